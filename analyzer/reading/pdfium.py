"""PDF by pypdfium2: the second reader, faster and kinder to damaged files; an extra.

A run is what one operator of the page shows, as in `analyzer.reading.pdf`, with the same place, size and weight, so that both readers give the same
sentences. pdfium has the text of a page in one piece; asking it for the text of a rectangle is slow, and returns letters of the lines that touch it too.
"""

from __future__ import annotations

import ctypes
import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

from analyzer.errors import ASK_PASSWORD, CorruptDocumentError, EncryptedDocumentError, SettingsError, TooLargeError
from analyzer.reading.bidi import runs_right_to_left, turn_line
from analyzer.reading.budget import Budget, Deadline
from analyzer.reading.pdf import EM_OF_BOX, MAX_FORM_DEPTH, MAX_FORM_DRAWS, MAX_PATH, MAX_RULES, add_run, is_bold, rules_of_path
from analyzer.reading.runs import RawPage
from analyzer.settings import Limits

#: What pdfium writes for a hyphen at the end of a line, depending on its version.
_HYPHENS = str.maketrans({"\x02": "-", "\ufffe": "-"})
_WORD = re.compile("[^ \xa0]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_Matrix = tuple[float, float, float, float, float, float]
_UNIT: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def read_pdf_pages(
    data: bytes, *, limits: Limits, budget: Budget | None = None, wanted: Callable[[int], bool] | None = None, password: str = ""
) -> Iterator[RawPage]:
    """Yield the pages of a PDF as `analyzer.reading.pdf.read_pdf_pages` does; those that are not `wanted` come empty."""
    try:
        import pypdfium2 as pdfium
        import pypdfium2.raw as raw
    except ImportError as error:
        raise SettingsError(
            "The reader pdfium is not installed", hint="install the extra: pip install 'clause-analyzer[pdfium]'"
        ) from error
    try:
        document = pdfium.PdfDocument(data, password or None)
    except pdfium.PdfiumError as error:
        if any(word in str(error).lower() for word in ("password", "security")):
            raise EncryptedDocumentError(
                "The PDF asks for a password" if not password else "The password does not open the PDF", hint=ASK_PASSWORD
            ) from error
        raise CorruptDocumentError(f"The PDF cannot be opened: {error}", hint="open it in a viewer and print it to a new PDF") from error
    try:
        if len(document) > limits.max_pages:
            raise TooLargeError(f"The PDF has {len(document)} pages, more than {limits.max_pages}")
        bold: dict[bytes, bool] = {}
        for number in range(1, len(document) + 1):
            if wanted is not None and not wanted(number):
                yield RawPage(number, 0, 0)
                continue
            if budget is not None:
                budget.add_page()
                if budget.left_for_page(0.0) < 0:
                    late = RawPage(number, 0, 0)
                    late.error, late.gave_up = "no time was left for the page", True
                    yield late
                    continue
            try:
                page = document[number - 1]
                if _has_fields(page.raw, raw) and raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
                    page.close()
                    page = document[number - 1]
                yield _PageReader(page, number, raw, limits, bold).read()
                page.close()
            except pdfium.PdfiumError as error:
                broken = RawPage(number, 0, 0)
                broken.error = str(error)
                yield broken
    finally:
        document.close()


def _has_fields(page: Any, raw: Any) -> bool:
    """Tell whether filled fields or text boxes lie over the page: only then are they written into it."""
    for index in range(min(MAX_FORM_DRAWS, raw.FPDFPage_GetAnnotCount(page))):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind in (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT):
            return True
    return False


class _PageReader:
    """Takes text and rules off one page; `raw` is the C interface of pdfium."""

    def __init__(self, page: Any, number: int, raw: Any, limits: Limits, bold: dict[bytes, bool]) -> None:
        self.page, self.raw, self.limits, self.bold = page, raw, limits, bold
        width, height = page.get_size()
        self.result = RawPage(number, width, height)
        self.deadline = Deadline(limits.page_timeout_s)
        self.ctm = self._page_matrix()
        # What pdfium writes its answers into, for each letter anew.
        self.x, self.y, self.matrix, self.box = ctypes.c_double(), ctypes.c_double(), raw.FS_MATRIX(), raw.FS_RECTF()
        self.name, self.flags = ctypes.create_string_buffer(128), ctypes.c_int()

    def _page_matrix(self) -> _Matrix:
        """Return what turns coordinates of the content into those of the page as it is shown, origin bottom left."""
        x0, y0, x1, y1 = self.page.get_bbox()
        match self.page.get_rotation():
            case 90:
                return (0.0, -1.0, 1.0, 0.0, -y0, x1)
            case 180:
                return (-1.0, 0.0, 0.0, -1.0, x1, y1)
            case 270:
                return (0.0, 1.0, -1.0, 0.0, y1, -x0)
        return (1.0, 0.0, 0.0, 1.0, -x0, -y0)

    def read(self) -> RawPage:
        text_page = self.page.get_textpage()
        try:
            count = text_page.count_chars()
            if count > self.limits.max_page_characters:
                raise TooLargeError(f"Page {self.result.number} holds more than {self.limits.max_page_characters} characters")
            if count > 0:
                self._read_text(text_page.raw, count)
            self.draws = 0
            objects = self.raw.FPDFPage_CountObjects(self.page.raw), self.raw.FPDFPage_GetObject
            self._read_objects(self.page.raw, *objects, self.ctm, 0)
        except _TimeIsUp:
            self.result.gave_up = True
            self.result.error = f"the page takes more than {self.limits.page_timeout_s:.0f} seconds"
        finally:
            text_page.close()
        self.result.set_upright()
        return self.result

    # -------------------------------------------------------------------------------------------- text

    def _read_text(self, text_page: Any, count: int) -> None:
        """Cut the text of the page into its lines, and each line where another operator goes on."""
        raw = self.raw
        buffer = (ctypes.c_ushort * (count + 1))()
        length = max(0, raw.FPDFText_GetText(text_page, 0, count, buffer) - 1)
        # One element per UTF-16 unit, so that places in the text are those that pdfium counts.
        text = ctypes.string_at(buffer, 2 * length).decode("utf-16-le", "surrogatepass")
        if len(text) != length:
            text = "".join(map(chr, buffer[:length]))
        same = length == count
        begin = 0
        while begin < length:
            self._check_time()
            end = text.find("\r\n", begin)
            end = length if end < 0 else end
            if end > begin:
                first = begin if same else raw.FPDFText_GetCharIndexFromTextIndex(text_page, begin)
                beyond = end if same else raw.FPDFText_GetCharIndexFromTextIndex(text_page, end - 1) + 1
                for start, stop in self._split(text_page, first, beyond):
                    if same:
                        shown = text[start:stop]
                    else:
                        a, b = (raw.FPDFText_GetTextIndexFromCharIndex(text_page, at) for at in (start, stop - 1))
                        shown = text[a : b + 1] if 0 <= a <= b else ""
                    self._add(text_page, shown, start, stop)
            begin = end + 2

    def _split(self, text_page: Any, first: int, beyond: int) -> Iterator[tuple[int, int]]:
        """Yield the stretches of a line that one operator each shows: pdfium counts a rectangle for each."""
        count_rects = self.raw.FPDFText_CountRects
        while first < beyond:
            # Most lines are one stretch. Steps that grow keep a line of thousands of stretches from being counted through for each.
            low, high = first, min(first + 128, beyond)
            while (single := count_rects(text_page, first, high - first) <= 1) and high < beyond:
                low, high = high, min(first + 2 * (high - first), beyond)
            if single:
                yield first, beyond
                return
            while low < high:  # the fewest characters that make a second rectangle
                middle = (low + high) // 2
                if count_rects(text_page, first, middle - first) > 1:
                    high = middle
                else:
                    low = middle + 1
            yield first, low - 1
            first = low - 1

    def _add(self, text_page: Any, text: str, start: int, stop: int, *, whole: bool = False) -> None:
        """Add a run, placed by the origin of its first letter and the end of its last."""
        raw = self.raw
        if not text.isascii() or "\x02" in text:
            text = text.translate(_HYPHENS)
        kept = text.lstrip()
        if not kept.strip("\x00 "):
            return
        if len(text) == stop - start:
            start += len(text) - len(kept)
        x, y, matrix, box = self.x, self.y, self.matrix, self.box
        # pdfium has turned Hebrew and Arabic already, a stretch at a time; the layout wants all letters as they are seen, the leftmost first.
        leftwards = runs_right_to_left(kept)
        if leftwards:
            kept = turn_line(kept)
            start, stop = stop - 1, start + 1
            while start >= stop and raw.FPDFText_IsGenerated(text_page, start) == 1:
                start -= 1
        if not raw.FPDFText_GetCharOrigin(text_page, start, x, y) or not raw.FPDFText_GetMatrix(text_page, start, matrix):
            return
        last = stop - 1
        while not leftwards and last > start and raw.FPDFText_IsGenerated(text_page, last) == 1:
            last -= 1
        raw.FPDFText_GetLooseCharBox(text_page, last, box)
        if _SURROGATE.search(kept):
            kept = kept.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if raw.FPDFText_HasUnicodeMapError(text_page, start) == 1 or "\ufffd" in kept or "\x00" in kept:
            bad = raw.FPDFText_HasUnicodeMapError
            self.result.unmapped += sum(bad(text_page, at) == 1 for at in range(min(start, last), max(start, last) + 1))
        a, b, c, d = matrix.a, matrix.b, matrix.c, matrix.d
        x0, y0 = x.value, y.value
        # The box lies along the axes; its far corner in the direction of the text is where the text ends.
        x1 = box.right if a >= 0 else box.left
        y1 = box.top if b >= 0 else box.bottom
        if abs(b) <= 0.1 * abs(a):
            y1 = y0 + (x1 - x0) * b / a
        elif abs(a) <= 0.1 * abs(b):
            x1 = x0 + (y1 - y0) * a / b
        size = raw.FPDFText_GetFontSize(text_page, start) * (c * c + d * d) ** 0.5
        if abs(b) <= 0.1 * abs(a) and box.top - box.bottom > 3.0 * size:
            size = EM_OF_BOX * (box.top - box.bottom)  # letters drawn by the PDF, of any size at size 1
        # Type of one width has letters of 0.6 of its size, and most other type has narrower ones: few lines need a closer look.
        if not whole and abs(x1 - x0) > 0.605 * size * len(kept) and len(kept) == stop - start:
            cuts = self._find_wide_gaps(text_page, kept, start, size)
            if cuts:
                for begin, end in itertools.pairwise([0, *cuts, len(kept)]):
                    self._add(text_page, kept[begin:end], start + begin, start + end, whole=True)
                return
        p, q, r, s, e, f = self.ctm
        add_run(
            self.result, kept, p * x0 + r * y0 + e, q * x0 + s * y0 + f, p * x1 + r * y1 + e, q * x1 + s * y1 + f, size,
            self._is_bold(text_page, start),
        )  # fmt: skip

    def _find_wide_gaps(self, text_page: Any, text: str, start: int, size: float) -> list[int]:
        """Return the places in a text behind gaps of three spaces or more: pdfium shows them as one, and another cell stands behind."""
        left, right = self.raw.FS_RECTF(), self.raw.FS_RECTF()
        places = []
        for (_, end), (begin, _) in itertools.pairwise(match.span() for match in _WORD.finditer(text)):
            self.raw.FPDFText_GetLooseCharBox(text_page, start + end - 1, left)
            self.raw.FPDFText_GetLooseCharBox(text_page, start + begin, right)
            if right.left - left.right > 1.7 * size:
                places.append(begin)
        return places

    def _is_bold(self, text_page: Any, at: int) -> bool:
        size = self.raw.FPDFText_GetFontInfo(text_page, at, self.name, 128, self.flags)
        key = self.name.value if 0 < size <= 128 else b""
        known = self.bold.get(key)
        if known is None:
            known = self.bold[key] = is_bold(key.decode("utf-8", "replace"))
        return known

    # -------------------------------------------------------------------------------------------- rules

    def _read_objects(self, parent: Any, count: int, get: Any, ctm: _Matrix, depth: int) -> None:
        raw, result = self.raw, self.result
        for index in range(count):
            if not index & 63:
                self._check_time()
            item = get(parent, index)
            kind = raw.FPDFPageObj_GetType(item)
            if kind == raw.FPDF_PAGEOBJ_TEXT:
                continue
            if kind == raw.FPDF_PAGEOBJ_FORM:
                self.draws += 1
                if depth < MAX_FORM_DEPTH and self.draws <= MAX_FORM_DRAWS:
                    inner = _multiply(self._matrix(item), ctm)
                    self._read_objects(item, raw.FPDFFormObj_CountObjects(item), raw.FPDFFormObj_GetObject, inner, depth + 1)
                continue
            result.painted = True
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                a, b, c, d, _, _ = _multiply(self._matrix(item), ctm)
                area = abs(a * d - b * c) / max(1.0, result.width * result.height)
                result.image_share = min(1.0, result.image_share + area)
            elif kind == raw.FPDF_PAGEOBJ_PATH and len(result.rules) <= MAX_RULES:
                self._read_path(item, ctm)

    def _matrix(self, item: Any) -> _Matrix:
        matrix = self.raw.FS_MATRIX()
        if not self.raw.FPDFPageObj_GetMatrix(item, matrix):
            return _UNIT
        return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)

    def _read_path(self, item: Any, ctm: _Matrix) -> None:
        raw = self.raw
        count = raw.FPDFPath_CountSegments(item)
        if not 1 < count <= MAX_PATH:
            return
        a, b, c, d, e, f = _multiply(self._matrix(item), ctm)
        x, y = ctypes.c_float(), ctypes.c_float()
        height = self.result.height
        points: list[tuple[float, float]] = []
        for index in range(count):
            segment = raw.FPDFPath_GetPathSegment(item, index)
            if raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_BEZIERTO or not raw.FPDFPathSegment_GetPoint(segment, x, y):
                return
            points.append((a * x.value + c * y.value + e, height - (b * x.value + d * y.value + f)))
            if raw.FPDFPathSegment_GetClose(segment) and points[-1] != points[0]:
                points.append(points[0])
        fill, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, fill, stroke)
        self.result.rules += rules_of_path(points, bool(stroke.value), fill.value != 0, self.result.width)

    def _check_time(self) -> None:
        if self.deadline.passed():
            raise _TimeIsUp


class _TimeIsUp(Exception):
    """The page took too long."""


def _multiply(inner: _Matrix, outer: _Matrix) -> _Matrix:
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return (a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u)
