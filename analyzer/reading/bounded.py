"""pdfminer with bounds: streams that unpack to a limit, ranges that are counted before they are written out, operators under a clock.

It is also kinder to damaged files than the original: lost tables of objects are rebuilt, a wrong length of a stream is found out, a faulty operator or
font costs itself and not its page. The subclasses are made on first use, so that importing this module does not import pdfminer.
"""

from __future__ import annotations

import io
import itertools
import re
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any, cast

from analyzer.errors import TooLargeError
from analyzer.reading.content import read_operators
from analyzer.reading.filters import MAX_STREAM, decode_ascii85, decode_runs, inflate
from analyzer.reading.fontfiles import find_own_encoding, read_program_letters
from analyzer.reading.pdfobjects import rebuild_offsets
from analyzer.settings import Limits

#: Characters of one font's tables; a font of all Chinese letters has 70,000.
MAX_RANGES = 300_000
#: Nodes of the page tree, and faulty pieces of a content stream after which the rest is given up.
MAX_NODES = 100_000
MAX_FAULTS = 200
#: Longest stream that is undone row by row, in Python; only tables and pixels are packed so.
MAX_PREDICTED = 20_000_000
_INHERITED = ("Resources", "MediaBox", "CropBox", "Rotate")
_RANGES = re.compile(rb"end(?:bf|cid)range")
_RANGES_BEGIN = re.compile(rb"begin(?:bf|cid)range")
_RANGE = re.compile(rb"<([0-9A-Fa-f\s]{1,20})>\s*<([0-9A-Fa-f\s]{1,20})>\s*(?:<[^>]*>|\[[^\]]*\]|\d+)")
_COMPOSITE = ("CIDFontType0", "CIDFontType2")
#: Operators whose failure loses text.
_TELLING = frozenset(("do_Tj", "do_TJ", "do__q", "do__w", "do_Do"))
#: Colours say nothing about text.
_COLOURS = frozenset(f"do_{name}" for name in ("sc", "SC", "scn", "SCN", "cs", "CS", "g", "G", "rg", "RG", "k", "K", "sh", "ri", "i"))
#: What pdfminer and the libraries below it raise at a damaged file.
FOREIGN = (ValueError, KeyError, TypeError, AttributeError, IndexError, AssertionError, OverflowError, RecursionError, ArithmeticError, OSError,
           struct.error, zlib.error, NotImplementedError)  # fmt: skip


class Meter:
    """Counts what the streams of a document unpack to.

    Parameters
    ----------
    limits : Limits
    check_time : callable
        Raises where the time of the document is over.
    """

    def __init__(self, limits: Limits, check_time: Callable[[], None]) -> None:
        self._most = limits.max_unpacked_bytes
        self._unpacked = 0
        self.check_time = check_time

    def add(self, size: int) -> None:
        self._unpacked += size
        if self._unpacked > self._most:
            raise TooLargeError(
                f"The PDF unpacks to more than {self._most:,} bytes", hint="raise limits.max_unpacked_bytes or split the file"
            )


def count_ranges(data: bytes) -> int:
    """Return how many characters the ranges of a CMap name; 256 letters and 4,000,000,000 take the same room."""
    total = 0
    for part in _RANGES.split(data)[:-1]:
        ranges = _RANGES_BEGIN.split(part)[-1]
        if b"(" in ranges:
            return MAX_RANGES + 1  # codes as text in brackets: allowed, but nobody writes them
        for low, high in _RANGE.findall(ranges):
            total += max(0, int(b"".join(high.split()) or b"0", 16) - int(b"".join(low.split()) or b"0", 16)) + 1
    return total


def open_document(data: bytes, meter: Meter, *, rebuild: bool = False, password: str = "") -> Any:
    """Return pdfminer's document; with `rebuild` its table of objects is not believed but made anew from what stands in the file."""
    tools = _tools()
    return (tools.RebuiltDocument if rebuild else tools.PDFDocument)(tools.Parser(data, meter), password)


def make_manager() -> Any:
    return _tools().Manager(caching=True)


def make_interpreter(manager: Any, device: Any) -> Any:
    return _tools().Interpreter(manager, device)


def walk_pages(document: Any) -> Iterator[Any]:
    """Yield the pages in order. Nodes without a type, pages that stand in the tree directly and pages named twice are pages; circles are not followed."""
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdftypes import PDFObjRef, resolve1

    def resolve(value: Any) -> Any:
        try:
            return resolve1(value)
        except FOREIGN:
            return None
        except Exception as error:
            if isinstance(error, TooLargeError) or type(error).__module__.startswith("analyzer"):
                raise
            return None

    seen = 0
    stack: list[tuple[Any, dict[str, Any], frozenset[int]]] = [(document.catalog.get("Pages"), {}, frozenset())]
    found = False
    while stack:
        reference, above, path = stack.pop()
        seen += 1
        number = reference.objid if isinstance(reference, PDFObjRef) else None
        node = resolve(reference)
        if not isinstance(node, dict) or seen > MAX_NODES or (number is not None and number in path) or len(path) > 500:
            continue
        attributes = {**above, **node}
        kids = resolve(node.get("Kids"))
        kind = getattr(resolve(node.get("Type")), "name", "")
        if isinstance(kids, list) and kind != "Page":
            inherited = {name: attributes[name] for name in _INHERITED if name in attributes}
            below = path | {number} if number is not None else path
            stack += [(kid, inherited, below) for kid in reversed(kids)]
        elif kind == "Page" or (kind != "Pages" and ("Contents" in node or "MediaBox" in node)):
            found = True
            yield PDFPage(document, number, attributes, None)
    if found:
        return
    for number in list(dict.fromkeys(number for xref in document.xrefs for number in xref.get_objids()))[:MAX_NODES]:
        node = resolve(PDFObjRef(document, number))
        if isinstance(node, dict) and getattr(resolve(node.get("Type")), "name", "") == "Page":
            attributes, above = dict(node), node
            for _ in range(50):
                above = resolve(above.get("Parent"))
                if not isinstance(above, dict):
                    break
                attributes = {**{name: above[name] for name in _INHERITED if name in above}, **attributes}
            yield PDFPage(document, number, attributes, None)


def count_pages(document: Any) -> int:
    """Return how many pages the file says that it has; 0 where it says nothing sensible."""
    from pdfminer.pdftypes import resolve1

    try:
        count = resolve1(resolve1(document.catalog.get("Pages"))["Count"])
    except Exception:
        return 0
    return count if isinstance(count, int) and not isinstance(count, bool) and 0 < count < 1_000_000 else 0


@cache
def _tools() -> SimpleNamespace:
    from pdfminer import lzw
    from pdfminer.ascii85 import asciihexdecode
    from pdfminer.cmapdb import IdentityUnicodeMap
    from pdfminer.pdfcolor import PREDEFINED_COLORSPACE
    from pdfminer.pdfdocument import PDFDocument, PDFXRef
    from pdfminer.pdffont import PDFCIDFont, PDFType1Font
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfparser import PDFParser
    from pdfminer.pdftypes import PDFStream, dict_value, int_value, resolve1, stream_value
    from pdfminer.psexceptions import PSException
    from pdfminer.psparser import LIT, PSKeyword
    from pdfminer.utils import apply_png_predictor, apply_tiff_predictor

    faults = (*FOREIGN, PSException)

    class Stream(PDFStream):
        """A stream that unpacks to a limit, and gives what can be had of damaged data."""

        meter: Meter
        damaged = False

        def decode(self) -> None:
            data = self.rawdata or b""
            decipher: Any = self.decipher
            if decipher:
                try:
                    data = decipher(self.objid, self.genno, data, self.attrs)
                except ValueError:
                    # Blocks of 16 bytes, and a line end that came along because the length was wrong.
                    data = decipher(self.objid, self.genno, data[: len(data) // 16 * 16], self.attrs)
            for name, parameters in self.get_filters():
                data = self._unfilter(data, getattr(name, "name", ""), parameters if isinstance(parameters, dict) else {})
                self.meter.add(len(data))
            self.data, self.rawdata = data, None

        def _unfilter(self, data: bytes, name: str, parameters: dict[str, Any]) -> bytes:
            if name in ("FlateDecode", "Fl"):
                data, damaged = inflate(data)
                self.damaged |= damaged
            elif name in ("LZWDecode", "LZW"):
                data = b"".join(self._bounded(lzw.LZWDecoder(io.BytesIO(data)).run()))
            elif name in ("ASCII85Decode", "A85"):
                data = b"".join(self._bounded(decode_ascii85(data)))
            elif name in ("ASCIIHexDecode", "AHx"):
                data = asciihexdecode(data)
            elif name in ("RunLengthDecode", "RL"):
                data = b"".join(self._bounded(decode_runs(data)))
            elif name not in ("DCTDecode", "DCT", "JBIG2Decode", "JPXDecode", "CCITTFaxDecode", "CCF", "Crypt"):
                raise NotImplementedError(f"filter {name}")
            kind = int_value(parameters.get("Predictor", 1))
            if kind == 1 or name not in ("FlateDecode", "Fl", "LZWDecode", "LZW"):
                return data
            colors, columns, bits = (
                max(1, int_value(parameters.get(key, usual))) for key, usual in (("Colors", 1), ("Columns", 1), ("BitsPerComponent", 8))
            )
            if colors * columns * bits > 8 * MAX_STREAM or len(data) > MAX_PREDICTED:
                raise ValueError("too much to undo by a predictor")
            if kind == 2:
                return bytes(apply_tiff_predictor(colors, columns, bits, data))
            return bytes(apply_png_predictor(kind, colors, columns, bits, data))

        def _bounded(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
            length = 0
            self.meter.check_time()
            for number, piece in enumerate(pieces, 1):
                length += len(piece)
                if length > MAX_STREAM:
                    raise TooLargeError(f"A stream of the PDF unpacks to more than {MAX_STREAM:,} bytes")
                if not number & 0xFFFF or len(piece) > 10_000:
                    self.meter.check_time()
                yield piece

    class Parser(PDFParser):
        """Makes bounded streams, and looks for the end of those whose length is wrong."""

        def __init__(self, data: bytes, meter: Meter) -> None:
            super().__init__(io.BytesIO(data))
            self.content, self.meter = data, meter

        def push(self, *objects: Any) -> None:
            for _, value in objects:
                if type(value) is PDFStream:
                    value.__class__ = Stream
                    value.meter = self.meter  # type: ignore[attr-defined]
            super().push(*objects)

        def do_keyword(self, pos: int, token: PSKeyword) -> None:
            if token is not self.KEYWORD_STREAM or self.fallback or self._ends_as_told(pos):
                super().do_keyword(pos, token)
                return
            self.meter.check_time()
            self.fallback = True
            try:
                super().do_keyword(pos, token)
            finally:
                self.fallback = False

        def _ends_as_told(self, pos: int) -> bool:
            # A length that stands elsewhere is read by this very parser, whose stack must survive that.
            stack, self.curstack = self.curstack, []
            try:
                length = resolve1(dict_value(stack[-1][1])["Length"])
            except (*FOREIGN, PSException):
                length = None
            self.curstack = stack
            if not isinstance(length, int) or length < 0:
                return False
            start = pos + len(b"stream")
            line_end = self.content[start : start + 2]
            start += 2 if line_end == b"\r\n" else 1 if line_end[:1] in (b"\r", b"\n") else 0
            return self.content[start + length : start + length + 24].lstrip(b"\r\n\t\0 ").startswith((b"endstream", b"endobj"))

    class RebuiltTable(PDFXRef):
        """Where the objects really stand."""

        def load(self, parser: Any) -> None:
            self.offsets, self.trailer = rebuild_offsets(parser)

    class RebuiltDocument(PDFDocument):
        def find_xref(self, parser: Any) -> int:
            return 0

        def read_xref_from(self, parser: Any, start: int, xrefs: list[Any]) -> None:
            table = RebuiltTable()
            table.load(parser)
            xrefs.append(table)

    class Manager(PDFResourceManager):
        """Makes fonts without the tables that are too large or faulty."""

        def get_font(self, objid: object, spec: Any) -> Any:
            if objid and objid in self._cached_fonts:
                return self._cached_fonts[objid]
            given: Any = spec
            spec = _prepared(spec)
            for dropped in ((), ("ToUnicode",), ("ToUnicode", "FontDescriptor", "Encoding", "Widths", "W")):
                try:
                    font = super().get_font(objid, {key: value for key, value in spec.items() if key not in dropped})
                except faults:
                    continue
                if type(font) is PDFCIDFont:
                    font.__class__ = CompositeFont
                    cast(CompositeFont, font).program = given
                return font
            return PDFType1Font(self, {})

    class CompositeFont(PDFCIDFont):
        """A font with glyph numbers for codes. Its program is only read where the PDF has no letter for a glyph, and by a parser of ours."""

        program: dict[str, Any] | None = None

        @cached_property
        def repeats_codes(self) -> bool:
            """Whether the PDF gives the code itself for the letter of each: where these are numbers of glyphs, as in ToUnicode /Identity-H, it says nothing."""
            if isinstance(self.unicode_map, IdentityUnicodeMap):
                return True
            letters: dict[int, str] = getattr(self.unicode_map, "cid2unichr", {})
            return bool(letters) and sum(letter == chr(code) for code, letter in letters.items()) > 0.9 * len(letters)

        @cached_property
        def program_letters(self) -> dict[int, str]:
            try:
                return read_program_letters(self.program) if self.program else {}
            except faults:
                return {}

    def _prepared(given: Any) -> dict[str, Any]:
        """Return what is said of a font without its bombs, and with the encoding that it has but does not name."""
        spec: dict[str, Any] = dict(given)
        table = resolve1(spec.get("ToUnicode"))
        if isinstance(table, PDFStream):
            try:
                if count_ranges(table.get_data()) > MAX_RANGES:
                    del spec["ToUnicode"]
            except faults:
                del spec["ToUnicode"]
        for key in ("W", "W2"):
            if key in spec and _width_range(resolve1(spec[key])) > MAX_RANGES:
                del spec[key]
        kind = getattr(spec.get("Subtype"), "name", "")
        descriptor = resolve1(spec.get("FontDescriptor"))
        if kind in _COMPOSITE and isinstance(descriptor, dict):
            spec["FontDescriptor"] = {key: value for key, value in descriptor.items() if key != "FontFile2"}
        elif kind in ("TrueType", "Type1", "MMType1") and "Encoding" not in spec and "ToUnicode" not in spec:
            try:
                encoding = find_own_encoding(spec)
            except faults:
                encoding = None
            if encoding is not None:
                spec["Encoding"] = encoding
        return spec

    def _width_range(widths: Any) -> int:
        """Return the most characters that a range of widths names."""
        numbers = [resolve1(value) for value in widths] if isinstance(widths, list) else []
        return max(
            (
                int(high - low)
                for low, high in itertools.pairwise(numbers)
                if isinstance(low, int | float) and isinstance(high, int | float) and abs(high) < 1e12
            ),
            default=0,
        )

    class Interpreter(PDFPageInterpreter):
        """Runs operators under the clock of the device; one that fails is left out."""

        def init_resources(self, resources: dict[object, object]) -> None:
            self.resources = resources if isinstance(resources, dict) else {}
            self.fontmap, self.xobjmap, self.csmap = {}, {}, dict(PREDEFINED_COLORSPACE)
            for name, spec in _entries(self.resources, "Font"):
                found = resolve1(spec)
                self.fontmap[name] = self.rsrcmgr.get_font(getattr(spec, "objid", None), found if isinstance(found, dict) else {})
            self.xobjmap = dict(_entries(self.resources, "XObject"))

        def execute(self, streams: Sequence[object]) -> None:
            device: Any = self.device
            self.stream_ids.clear()
            found = []
            for entry in streams:
                stream = stream_value(entry)
                if stream.objid is None or stream.objid not in self.parent_stream_ids:
                    found.append(stream)
                    if stream.objid is not None:
                        self.stream_ids.add(stream.objid)
            # A token does not go on from one stream to the next (PDF 32000-1, 7.8.2).
            data = b"\n".join(stream.get_data() for stream in found if _decodes(stream, device))
            failures = 0
            for word, arguments in read_operators(data, LIT, device.look, device.fail):
                method, needed = _operator(word)
                if not method or len(arguments) < needed:
                    continue
                try:
                    getattr(self, method)(*arguments[len(arguments) - needed :])
                except device.ends:
                    raise
                except faults as error:
                    failures += 1
                    if method in _TELLING or failures == MAX_FAULTS:
                        device.fail(error)
                    if failures == MAX_FAULTS:
                        break
            if any(getattr(stream, "damaged", False) for stream in found):
                device.fail(ValueError("a stream of the page is damaged"))

        def do_F(self) -> None:
            self.do_f()

        def do__w(self, aw: Any, ac: Any, s: Any) -> None:
            """Set the spaces of words and letters and show a string on the next line; the original stays on the line."""
            self.do_Tw(aw)
            self.do_Tc(ac)
            self.do__q(s)

        def do_EI(self, image: object, pixels: object) -> None:  # type: ignore[override]
            if isinstance(image, dict) and isinstance(pixels, bytes):
                super().do_EI(PDFStream(image, pixels))

    def _entries(resources: Any, kind: str) -> list[tuple[Any, Any]]:
        try:
            return list(dict_value(resources.get(kind)).items())
        except faults:
            return []

    def _decodes(stream: Any, device: Any) -> bool:
        try:
            stream.get_data()
        except faults as error:
            device.fail(error)
            return False
        return True

    known: dict[bytes, tuple[str, int]] = {}

    def _operator(word: bytes) -> tuple[str, int]:
        found = known.get(word)
        if found is None:
            name = "do_" + word.decode("latin-1").replace("*", "_a").replace('"', "_w").replace("'", "_q")
            method = None if name in _COLOURS else getattr(Interpreter, name, None)
            found = (name, method.__code__.co_argcount - 1) if method else ("", 0)
            if len(known) < 10_000:
                known[word] = found
        return found

    return SimpleNamespace(
        Parser=Parser, PDFDocument=PDFDocument, RebuiltDocument=RebuiltDocument, Manager=Manager, Interpreter=Interpreter
    )
