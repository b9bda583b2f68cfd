"""PDF by pdfminer.six: its interpreter, and a lean device of our own.

pdfminer spends 44 % of its time on one `LTChar` per character and 37 % on grouping them; we need neither. The device
collects whole text runs with their boxes and the ruled lines; `layout` does the rest.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from analyzer.errors import ASK_PASSWORD, CorruptDocumentError, EncryptedDocumentError, TooLargeError
from analyzer.reading.bounded import FOREIGN, Meter, count_pages, make_interpreter, make_manager, open_document, walk_pages
from analyzer.reading.budget import Budget, Deadline
from analyzer.reading.runs import RawPage, Rule, Run, split_at_spaces
from analyzer.reading.unnamed import UnnamedGlyphs, without_signs
from analyzer.settings import Limits

#: A gap inside a run wider than this share of the type size is a space between words.
WORD_GAP = 0.17
#: In a string whose gaps are none or all a little narrower than that, one wider than this.
TIGHT_GAP = 0.13
#: Share of the box around all letters of a font that is the size of its type.
EM_OF_BOX = 0.85
#: A gap wider than this many type sizes may lead to another cell or column: the rest is a run of its own.
CELL_GAP = 0.6
#: Most rules kept per page: a drawing with more of them is a picture, not a table.
MAX_RULES = 20_000
#: Deepest nesting of form XObjects and most draws per page: beyond both lies only an endless structure.
MAX_FORM_DEPTH = 12
MAX_FORM_DRAWS = 3_000

#: Longest path in segments that can be a rule or a cell.
MAX_PATH = 40

#: Codes that WinAnsiEncoding leaves free; writers of PDF use 0x7f for the dots of lists.
_FREE_CODES = frozenset({0x7F, 0x81, 0x8D, 0x8F, 0x90, 0x9D})
_BOLD = ("bold", "black", "heavy", "semibold", "demi")


def read_pdf_pages(data: bytes, *, limits: Limits, budget: Budget | None = None, password: str = "") -> Iterator[RawPage]:
    """Yield the pages of a PDF, each with its runs and rules.

    A page that cannot be read comes with `error` set and what was found before; the others are read.

    Raises
    ------
    EncryptedDocumentError, CorruptDocumentError, TooLargeError
    """
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.psexceptions import PSException

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    budget = budget or Budget(limits)
    meter = Meter(limits, budget.check)
    foreign = (*FOREIGN, PSException, StopIteration)
    manager = make_manager()
    device = _make_device(manager, limits, budget)
    failure: Exception | None = None
    for content, rebuild in _ways_to_open(data):
        try:
            document = open_document(content, meter, rebuild=rebuild, password=password)
            pages = walk_pages(document)
            page = next(pages, None)
        except PDFPasswordIncorrect as error:
            raise EncryptedDocumentError(
                "The PDF asks for a password" if not password else "The password does not open the PDF", hint=ASK_PASSWORD
            ) from error
        except PDFEncryptionError as error:
            raise EncryptedDocumentError("The PDF is encrypted in a way that is not known", hint="print it to a new PDF") from error
        except foreign as error:
            failure = failure or error
            continue
        if page is not None:
            break
    else:
        reason = _reason(failure) if failure else "it has no pages"
        raise CorruptDocumentError(f"The PDF cannot be opened: {reason}", hint="open it in a viewer and print it to a new PDF") from failure
    number = 0
    read: list[RawPage] = []
    while page is not None:
        number += 1
        if number > limits.max_pages:
            raise TooLargeError(f"The PDF has more than {limits.max_pages} pages", hint="raise limits.max_pages or split the file")
        budget.add_page()
        result = _read_page(page, number, manager, device, foreign)
        try:
            page = next(pages, None)
        except foreign:
            page = None
        if page is None:
            result.lost = max(0, count_pages(document) - number)
        read.append(result)
    device.unnamed.name_letters(read)
    yield from read


def _ways_to_open(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """Yield the bytes of a file, and whether its table of objects is to be rebuilt: as it stands, without what precedes its head, rebuilt."""
    yield data, False
    start = data.find(b"%PDF-", 0, 65536)
    if start > 0:
        yield data[start:], False
    yield data, True


def _read_page(page: Any, number: int, manager: Any, device: Any, foreign: tuple[type[Exception], ...]) -> RawPage:
    device.start(number)
    try:
        device.look()
        interpreter = make_interpreter(manager, device)
        interpreter.process_page(page)
        _draw_annotations(page, interpreter)
    except TooLargeError:
        raise
    except (*foreign, *device.ends) as error:
        device.fail(error)
    except MemoryError:
        device.page.error = "out of memory"
    result: RawPage = device.page
    result.set_upright()
    return result


def _draw_annotations(page: Any, interpreter: Any) -> None:
    """Show the filled fields of a form and the text boxes laid over the page; they stand outside its content."""
    from pdfminer.pdftypes import PDFStream, dict_value, list_value, resolve1
    from pdfminer.utils import apply_matrix_rect, mult_matrix

    from analyzer.reading.fields import field_text, is_hidden

    ctm = interpreter.ctm
    for reference in list_value(page.annots)[:MAX_FORM_DRAWS] if page.annots else ():
        annotation = dict_value(reference)
        kind = getattr(resolve1(annotation.get("Subtype")), "name", "")
        if kind not in ("Widget", "FreeText") or is_hidden(annotation):
            continue
        look = resolve1(dict_value(annotation["AP"]).get("N")) if annotation.get("AP") else None
        if kind == "Widget" and (text := field_text(annotation, has_look=isinstance(look, PDFStream))):
            bounds_on_page: Any = tuple(float(resolve1(v)) for v in list_value(annotation["Rect"]))
            _write_field(interpreter.device.page, text, apply_matrix_rect(ctm, bounds_on_page))
            continue
        if not isinstance(look, PDFStream):
            continue
        x0, y0, x1, y1 = (float(resolve1(v)) for v in list_value(annotation["Rect"]))
        box = [float(resolve1(v)) for v in list_value(look.get("BBox", [0, 0, x1 - x0, y1 - y0]))]
        matrix: Any = tuple(float(resolve1(v)) for v in list_value(look.get("Matrix", [1, 0, 0, 1, 0, 0])))
        bounds: Any = tuple(box)
        left, low, right, high = apply_matrix_rect(matrix, bounds)
        a = (x1 - x0) / (right - left) if right != left else 1.0
        d = (y1 - y0) / (high - low) if high != low else 1.0
        place = (a, 0.0, 0.0, d, x0 - a * left, y0 - d * low)
        interpreter.render_contents(dict_value(look.get("Resources") or {}), [look], ctm=mult_matrix(matrix, mult_matrix(place, ctm)))


def _write_field(page: RawPage, text: str, box: tuple[float, float, float, float]) -> None:
    """Put the text of a field on the page, where a viewer would show it."""
    left, low, right, high = box
    size = min(10.0, 0.8 * (high - low))
    if size <= 0 or right <= left or not (-1e6 < left < right < 1e6 and -1e6 < low < high < 1e6):
        return
    base = page.height - (low + high) / 2 + 0.28 * size
    page.runs.append(
        Run(text, left + 1, base - 0.78 * size, min(right, left + 1 + 0.6 * size * len(text)), base + 0.22 * size, size, False)
    )


def _reason(error: BaseException) -> str:
    text = " ".join(str(error).split())[:120]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class PageEndedError(Exception):
    """The page passed a limit; what was read of it stays."""


def is_bold(name: str) -> bool:
    """Tell by the name of a font whether it is bold."""
    name = name.lower()
    return any(word in name for word in _BOLD)


def _em(font: Any) -> float:
    """Return how large the type is at size 1: 1, but for letters that are drawn by the PDF, whose size can be any."""
    try:
        return float(font.em)
    except AttributeError:
        font.em = 1.0
        if getattr(font, "matrix", None):
            low, high = (float(font.bbox[row]) for row in (1, 3))
            em = abs(font.vscale) * EM_OF_BOX * (high - low)
            if 0 < em < 1e4 and not 0.4 < em < 2.5:
                font.em = em
        return float(font.em)


def _is_tight(shown: Sequence[Any]) -> bool:
    """Tell whether the words of a string are parted by narrow gaps: a few of them, none wider, and no space. Letters set apart have one each."""
    gaps = [-item for item in shown if isinstance(item, int | float) and -item > 1000 * TIGHT_GAP]
    texts = [item for item in shown if isinstance(item, bytes)]
    return (
        len(gaps) > 1 and max(gaps) <= 1000 * WORD_GAP and 3 * len(gaps) <= sum(map(len, texts)) and not any(b" " in text for text in texts)
    )


def add_run(page: RawPage, text: str, x0: float, y0: float, x1: float, y1: float, size: float, bold: bool) -> None:
    """Add a text to the page by the ends of its baseline (origin bottom left), sorted by the direction in which it runs.

    Columns that are set with spaces ("Minor      2 days      5 days") are runs of their own.
    """
    if "   " in text or "\xa0\xa0\xa0" in text:
        for piece, start, end in split_at_spaces(text, ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, size):
            ax, ay, bx, by = x0 + start * (x1 - x0), y0 + start * (y1 - y0), x0 + end * (x1 - x0), y0 + end * (y1 - y0)
            add_run(page, piece, ax, ay, bx, by, size, bold)
        return
    if not text.strip() or size <= 0 or not (-1e6 < x0 < 1e6 and -1e6 < y0 < 1e6 and x1 - x0 < 1e6):
        return
    width, height = page.width, page.height
    along, across = abs(x1 - x0), abs(y1 - y0)
    if across <= 0.1 * along + 0.5 and x1 >= x0:
        left, right, base = x0, x1, height - y0
        runs = page.runs
    elif along <= 0.1 * across + 0.5 and y1 > y0:
        left, right, base = y0, y1, x0
        runs = page.turned.setdefault(1, [])
    elif across <= 0.1 * along + 0.5:
        left, right, base = width - x0, width - x1, y0
        runs = page.turned.setdefault(2, [])
    elif along <= 0.1 * across + 0.5:
        left, right, base = height - y0, height - y1, width - x0
        runs = page.turned.setdefault(3, [])
    else:
        left, right, base = x0, max(x0, x1), height - y0
        runs = page.turned.setdefault(0, [])
    runs.append(Run(text, left, base - 0.78 * size, right, base + 0.22 * size, size, bold))


def rules_of_path(points: Sequence[tuple[float, float]], stroke: bool, fill: bool, page_width: float) -> list[Rule]:
    """Return the rules that a path of straight lines draws, its points with the origin top left."""
    if not points:
        return []
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    left, right, top, bottom = min(xs), max(xs), min(ys), max(ys)
    width, height = right - left, bottom - top
    if height < 2.5 < width:
        return [Rule(left, (top + bottom) / 2, right, (top + bottom) / 2)]
    if width < 2.5 < height:
        return [Rule((left + right) / 2, top, (left + right) / 2, bottom)]
    if width <= 5 or height <= 5:
        return []
    if stroke:
        return [
            Rule(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by))
            for (ax, ay), (bx, by) in itertools.pairwise(points)
            if abs(ay - by) < 0.5 < abs(ax - bx) or abs(ax - bx) < 0.5 < abs(ay - by)
        ]
    if fill and width < 0.98 * page_width:
        # A shaded cell has no stroke, but its edges are the edges of a row.
        return [Rule(left, top, right, top), Rule(left, bottom, right, bottom)]
    return []


def _make_device(manager: Any, limits: Limits, budget: Budget) -> Any:
    """Build the device class on first use, so that importing this module does not import pdfminer."""
    from pdfminer.pdfdevice import PDFTextDevice
    from pdfminer.pdffont import PDFSimpleFont, PDFUnicodeNotDefined

    class RunDevice(PDFTextDevice):
        """Collects text runs and rules of a page."""

        page: RawPage
        #: What ends the page; anything else ends an operator.
        ends = (PageEndedError, TooLargeError)

        def __init__(self, manager: Any) -> None:
            super().__init__(manager)
            self.unnamed = UnnamedGlyphs()

        def start(self, number: int) -> None:
            self.page = RawPage(number, 0.0, 0.0)
            self.characters = 0
            self.depth = self.draws = 0
            self.calls = 0
            self.deadline = Deadline(budget.left_for_page(limits.page_timeout_s))

        def tick(self) -> None:
            """Give the page up when its time is over; the clock is looked at every 64th time."""
            self.calls += 1
            if not self.calls & 63:
                self.look()

        def look(self) -> None:
            if self.deadline.passed():
                self.page.gave_up = True
                raise PageEndedError("the time of the page is over")

        def fail(self, error: BaseException) -> None:
            """Note that the page was not read to its end, or not all of it."""
            self.page.error = self.page.error or _reason(error)

        def begin_page(self, page: Any, ctm: Any) -> None:
            x0, y0, x1, y1 = page.mediabox
            width, height = abs(x1 - x0), abs(y1 - y0)
            if page.rotate in (90, 270):
                width, height = height, width
            self.page.width, self.page.height = width, height

        def begin_figure(self, name: Any, bbox: Any, matrix: Any) -> None:
            self.look()  # a form can be heavy
            self.depth += 1
            self.draws += 1
            if self.depth > MAX_FORM_DEPTH or self.draws > MAX_FORM_DRAWS:
                raise PageEndedError("form XObjects nested too deeply, or drawn too often")

        def end_figure(self, name: Any) -> None:
            self.depth -= 1

        def render_image(self, name: Any, stream: Any) -> None:
            self.page.painted = True
            if self.ctm and self.page.width and self.page.height:
                a, b, c, d, _, _ = self.ctm
                area = abs(a * d - b * c) / (self.page.width * self.page.height)
                self.page.image_share = min(1.0, self.page.image_share + area)

        def render_string_horizontal(
            self, seq: Any, matrix: Any, pos: Any, font: Any, fontsize: Any, scaling: Any, charspace: Any, wordspace: Any,
            rise: Any, dxscale: Any, ncs: Any, graphicstate: Any,
        ) -> tuple[float, float]:  # fmt: skip
            """Add the runs of one string; the place of each character is the sum of the widths before it."""
            self.tick()
            x, y = pos
            # Fonts live as long as the resource manager; the cache hangs on the font itself.
            try:
                known = font.known_glyphs
            except AttributeError:
                known = font.known_glyphs = {}
            scale = fontsize * scaling
            size = abs(scale) * _em(font)
            # Letters set apart are no words: what is put between all of them counts for none.
            gap = size * WORD_GAP + max(0.0, charspace)
            jump = size * CELL_GAP + max(0.0, charspace)
            least = size * TIGHT_GAP + max(0.0, charspace)
            parts: list[str] = []
            start = end = x
            pending = False
            for item in seq:
                if isinstance(item, bytes):
                    for cid in font.decode(item):
                        if pending:
                            x += charspace
                        pending = True
                        glyph = known.get(cid)
                        if glyph is None:
                            glyph = known[cid] = (*self._letter(font, cid), font.char_width(cid))
                        text, mapped, width = glyph
                        if x - end > least and parts and (x - end > gap or _is_tight(seq)):
                            if x - end > jump:
                                # Some writers show a whole row of a table as one string.
                                self._add("".join(parts), matrix, start, end, y, font, fontsize, rise)
                                parts = []
                                start = x
                            else:
                                parts.append(" ")
                        if not mapped:
                            self.page.unmapped += 1
                        parts.append(text)
                        x += width * scale
                        end = x
                        if cid == 32 and wordspace:
                            x += wordspace
                elif isinstance(item, int | float):
                    x -= item * dxscale
                    pending = True
                else:
                    raise ValueError(f"not a string to show: {type(item).__name__}")
            if parts:
                self._add("".join(parts), matrix, start, end, y, font, fontsize, rise)
            return (x, y)

        def render_char(
            self, matrix: Any, font: Any, fontsize: float, scaling: float, rise: float, cid: int, ncs: Any, graphicstate: Any
        ) -> float:
            """Vertical writing only: one run per character."""
            text, mapped = self._letter(font, cid)
            self.page.unmapped += not mapped
            width = font.char_width(cid) * fontsize * scaling
            self._add(text, matrix, 0.0, width, 0.0, font, fontsize, rise)
            return float(width)

        def _letter(self, font: Any, cid: int) -> tuple[str, bool]:
            """Return what a glyph shows, and whether that is known yet."""
            try:
                text = font.to_unichr(cid)
            except PDFUnicodeNotDefined:
                if isinstance(font, PDFSimpleFont):
                    # A font of single bytes shows a bullet for the codes that its encoding leaves free (PDF 32000-1, D.2). A space it need not have.
                    return (" ", True) if cid == 32 else ("•", True) if cid in _FREE_CODES else ("\ufffd", False)
                self.look()  # a font's program can be large
                if letter := font.program_letters.get(cid):
                    return without_signs(letter), True
                return self.unnamed.sign(font, cid), False
            if getattr(font, "repeats_codes", False):
                return self.unnamed.sign(font, cid, text), True
            return without_signs(text), True

        def _add(self, text: str, matrix: Any, start: float, end: float, y: float, font: Any, fontsize: float, rise: float) -> None:
            self.characters += len(text)
            if self.characters > limits.max_page_characters:
                raise TooLargeError(f"Page {self.page.number} holds more than {limits.max_page_characters} characters")
            a, b, c, d, e, f = matrix
            x0, y0 = a * start + c * (y + rise) + e, b * start + d * (y + rise) + f
            x1, y1 = a * end + c * (y + rise) + e, b * end + d * (y + rise) + f
            size = abs(fontsize) * _em(font) * (c * c + d * d) ** 0.5
            try:
                bold = font.looks_bold
            except AttributeError:
                bold = font.looks_bold = is_bold(str(font.fontname))
            add_run(self.page, text, x0, y0, x1, y1, size, bold)

        def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Any) -> None:
            """Keep straight horizontal and vertical strokes and the edges of rectangles; curves are of no use to a table."""
            self.tick()
            rules = self.page.rules
            self.page.painted = True
            if len(path) > MAX_PATH or len(rules) > MAX_RULES or not self.ctm:
                return
            a, b, c, d, e, f = self.ctm
            points: list[tuple[float, float]] = []
            for segment in path:
                if segment[0] in ("m", "l"):
                    px, py = float(segment[1]), float(segment[2])
                    points.append((a * px + c * py + e, self.page.height - (b * px + d * py + f)))
                elif segment[0] == "h" and points:
                    points.append(points[0])
                else:
                    return
            rules += rules_of_path(points, stroke, fill, self.page.width)

    return RunDevice(manager)
