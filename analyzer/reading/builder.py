"""Writes the canonical text of a document, once, with a span for every line.

All readers end here, so the rules of the text are in one place: NFC and ligatures folded, single spaces, words broken at line ends
healed, "\\n" between the lines of a block, an empty line between blocks, " | " between the cells of a table row.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from analyzer.errors import TooLargeError
from analyzer.types import Box, Line, Page, Span

#: Ligatures and presentation forms only: NFKC as a whole would turn "½" into "1/2" and "m²" into "m2".
_LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"}
_FOLD = str.maketrans({**_LIGATURES, "\u00ad": "", "\u200b": "", "\ufeff": "", "\u2028": " ", "\u2029": " ", "\t": " ", "\n": " ",
                       "\r": " ", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\uf0b7": "•", "\uf0a7": "▪",
                       "\u2011": "-", "\u2010": "-"})  # fmt: skip
#: Control characters, and those that turn the direction of text: a page can hide words behind them.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200c-\u200f]")
_SPACES = re.compile(r" {2,}")
#: Anything that `clean` would change, besides accents and runs of spaces: most lines have none of it.
_ODD = re.compile("[" + re.escape("".join(map(chr, _FOLD))) + _CONTROL.pattern[1:])
_BROKEN = re.compile(r"[^\W\d_]{2,}-$")
#: "Hard- / und Software", "lundi- / vendredi": the hyphen belongs to the word when the next line goes on with a conjunction.
_KEEPS_HYPHEN = re.compile(r"(und|oder|et|ou|e|o|and|or|bzw|sowie)\b", re.IGNORECASE)


@dataclass(slots=True)
class TextLine:
    """A line on its way into the text. `cells` are the cells of a table row, with `cell_boxes` beside them."""

    text: str
    new_block: bool = False
    hint: str = ""
    box: Box | None = None
    size_pt: float | None = None
    bold: bool = False
    cells: list[str] | None = None
    cell_boxes: list[Box | None] | None = None


#: Most characters in one cell of a table. Cells that reach down are read in every row, so a small file could say a great deal.
MAX_CELL_CHARACTERS = 500_000


def collect_lines(lines: Iterable[TextLine], limit: int = MAX_CELL_CHARACTERS) -> list[TextLine]:
    """Return the lines of a document or of a cell.

    Raises
    ------
    TooLargeError
        They hold more characters than `limit`.
    """
    found: list[TextLine] = []
    length = 0
    for line in lines:
        length += len(line.text)
        if length > limit:
            raise TooLargeError(f"The document, or a cell of it, holds more than {limit:,} characters")
        found.append(line)
    return found


def clean(text: str) -> str:
    """Fold ligatures and odd spaces, compose accents; no line breaks remain."""
    if not (text.isascii() and text.isprintable()):
        if _ODD.search(text):
            text = _CONTROL.sub("", text.translate(_FOLD))
        text = unicodedata.normalize("NFC", text)
    return (_SPACES.sub(" ", text) if "  " in text else text).strip()


def _rounded(box: Box | None, shift: int) -> Box | None:
    """Cut a box to hundredths of a point: finer is noise, and makes reports long. Its page is that of the document, not of the file."""
    return None if box is None else Box(box.page + shift, round(box.x0, 2), round(box.top, 2), round(box.x1, 2), round(box.bottom, 2))


def _points(size: float | None) -> float | None:
    return None if size is None else round(size, 2)


class TextBuilder:
    """Collects the lines of all pages into one text."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._pages: list[Page] = []
        self._shift = 0

    def add_page(
        self,
        number: int,
        width: float,
        height: float,
        lines: list[TextLine],
        furniture: tuple[str, ...] = (),
        *,
        joins: bool = False,
        shift: int = 0,
    ) -> None:
        """Append a page.

        With `joins` its first line goes on with the paragraph that the page before left open. `shift` is how many pages of other files are before
        those of this one; the boxes of its lines count from the first page of the file. A footnote can be among the lines of a later page.
        """
        placed: list[Line] = []
        self._shift = shift
        for position, line in enumerate(lines):
            first = position == 0
            new_block = line.new_block and not (first and joins)
            if first and not line.new_block and not joins and self._length:
                new_block = True
            self._append(line, new_block, placed)
        self._pages.append(Page(number, width, height, tuple(placed), furniture))

    def _append(self, line: TextLine, new_block: bool, placed: list[Line]) -> None:
        cells = [clean(cell) for cell in line.cells] if line.cells is not None else None
        text = " | ".join(cells) if cells is not None else clean(line.text)
        if not text.strip(" |"):
            return
        if self._length:
            if new_block:
                self._write("\n\n")
            elif self._heals(text):
                self._drop_hyphen(placed)
            else:
                self._write("\n")
        start = self._length
        if cells is None:
            self._write(text)
            placed.append(Line(Span(start, self._length), _rounded(line.box, self._shift), _points(line.size_pt), line.bold, line.hint))
            return
        boxes = line.cell_boxes or [line.box] * len(cells)
        for position, (cell, box) in enumerate(zip(cells, boxes, strict=True)):
            if position:
                self._write(" | ")
            begin = self._length
            self._write(cell)
            hint = "table_row" if position == 0 else "table_cell"
            placed.append(Line(Span(begin, self._length), _rounded(box, self._shift), _points(line.size_pt), line.bold, hint))

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _heals(self, text: str) -> bool:
        last = self._parts[-1]
        return last.endswith("-") and bool(_BROKEN.search(last[-40:])) and text[0].islower() and not _KEEPS_HYPHEN.match(text)

    def _drop_hyphen(self, placed: list[Line]) -> None:
        """Take the hyphen off the end of the text, and off the line that owned it."""
        self._parts[-1] = self._parts[-1][:-1]
        self._length -= 1
        if placed:
            last = placed[-1]
            placed[-1] = Line(Span(last.span.start, last.span.end - 1), last.box, last.size_pt, last.bold, last.hint)
        elif self._pages and self._pages[-1].lines:
            page = self._pages[-1]
            last = page.lines[-1]
            mended = Line(Span(last.span.start, last.span.end - 1), last.box, last.size_pt, last.bold, last.hint)
            self._pages[-1] = Page(page.number, page.width, page.height, (*page.lines[:-1], mended), page.furniture)

    @property
    def length(self) -> int:
        return self._length

    @property
    def page_count(self) -> int:
        return len(self._pages)

    def start_of_page(self, number: int) -> int:
        """Return where the text of a page begins, or of the next one that has any."""
        return next((page.lines[0].span.start for page in self._pages[number - 1 :] if page.lines), self._length)

    def finish(self) -> tuple[str, tuple[Page, ...]]:
        return "".join(self._parts), tuple(self._pages)
