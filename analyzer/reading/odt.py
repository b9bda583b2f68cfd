"""ODT (OpenDocument text) and flat ODT by walking their XML with lxml; tracked changes as accepted, comments left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from analyzer.errors import CorruptDocumentError, EncryptedDocumentError, UnsafeDocumentError
from analyzer.reading.builder import TextLine, collect_lines
from analyzer.reading.charts import CHART_NOTICE, CUT_NOTICE, odf_chart_lines
from analyzer.reading.embedded import odf_objects
from analyzer.reading.numbering import format_number
from analyzer.reading.packages import HIDDEN_NOTICE, Package, parse_xml
from analyzer.reading.tables import row_lines
from analyzer.settings import Limits
from analyzer.types import Notice

_NS = "{urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TEXT, TABLE, STYLE, DRAW = (f"{_NS}{name}:1.0}}" for name in ("office", "text", "table", "style", "drawing"))
FO = f"{_NS}xsl-fo-compatible:1.0}}"
_MANIFEST = f"{_NS}manifest:1.0}}"

_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
#: Deepest nesting of lists, sections, frames and tables that is walked; deeper ones exist only in hostile files.
_MAX_DEPTH = 40
_MAX_COLUMNS = 40
_HINT = "open it in LibreOffice and save it again"
#: Inline content that is no text of the contract: comments, what is hidden, and the anchors of changes.
_SKIPPED = frozenset(
    (f"{OFFICE}annotation", f"{OFFICE}annotation-end", f"{TEXT}hidden-text", f"{TEXT}ruby-text", f"{TEXT}script", f"{OFFICE}forms")
)


def read_odt_lines(data: bytes, *, limits: Limits) -> tuple[list[TextLine], list[Notice], tuple[str, ...]]:
    """Return the lines of an ODT or a flat ODT, notices, and the text of headers and footers (furniture).

    Raises
    ------
    CorruptDocumentError, EncryptedDocumentError, TooLargeError, UnsafeDocumentError
    """
    notices: list[Notice] = []
    if data.startswith(b"PK"):
        package = Package(data, limits=limits, what="OpenDocument file", program="LibreOffice")
        if _is_encrypted(package):
            raise EncryptedDocumentError("The OpenDocument file asks for a password", hint="save a copy without a password and try again")
        roots = [package.parse("content.xml")]
        if "styles.xml" in package.names:
            try:
                roots.append(package.parse("styles.xml"))
            except CorruptDocumentError:
                notices.append(Notice("broken_part", "A part of the OpenDocument file is damaged and was not read: styles.xml"))
        objects = odf_objects(package, roots, notices)
    else:
        roots = [parse_xml(data, what="The OpenDocument file", program="LibreOffice", hint=_HINT)]
        objects = odf_objects(None, roots, notices)
    body = roots[0].find(f"{OFFICE}body/{OFFICE}text")
    if body is None:
        raise CorruptDocumentError("The OpenDocument file has no text inside", hint=_HINT)
    if body.find(f"{TEXT}tracked-changes/{TEXT}changed-region") is not None:
        notices.append(Notice("tracked_changes", "The file holds tracked changes; they were read as accepted"))
    reader = _Reader(_Styles(roots))
    lines = collect_lines(reader.block_lines(body, 0), limits.max_characters)
    charts = [chart for root in objects for chart in root.iter(f"{OFFICE}chart")]
    any_cut = False
    for chart in charts:
        words, cut = odf_chart_lines(chart)
        lines += words
        any_cut = any_cut or cut
    lines += [TextLine(note, new_block=True, hint="note") for note in reader.notes]
    furniture = tuple(dict.fromkeys(_furniture(roots, reader)))
    notices += [CUT_NOTICE if any_cut else CHART_NOTICE] if charts else []
    notices += [HIDDEN_NOTICE] if reader.met_hidden else []
    if not lines:
        # A letter or form may stand in its head alone, as on a page of PDF.
        return [TextLine(text, new_block=True) for text in furniture], notices, ()
    return lines, notices, furniture


def _is_encrypted(package: Package) -> bool:
    if "META-INF/manifest.xml" not in package.names:
        return False
    try:
        # The manifest names what is encrypted; some programs give it a document type, so what cannot be parsed decides nothing here.
        manifest = package.parse("META-INF/manifest.xml")
    except (CorruptDocumentError, UnsafeDocumentError):
        return False
    return next(manifest.iter(f"{_MANIFEST}encryption-data"), None) is not None


def _furniture(roots: list[Any], reader: _Reader) -> Iterator[str]:
    for root in roots:
        for master in root.iter(f"{STYLE}master-page"):
            for child in master:
                if isinstance(child.tag, str) and child.tag.startswith((f"{STYLE}header", f"{STYLE}footer")):
                    text = " ".join(line.text for line in reader.block_lines(child, 0)).strip()
                    if text:
                        yield text


@dataclass(slots=True)
class _Level:
    """How a level of a list is numbered: form "" is a bullet or nothing."""

    form: str = ""
    prefix: str = ""
    suffix: str = ""
    start: int = 1
    shown: int = 1
    bullet: bool = False


class _Styles:
    """What styles say of a paragraph: its outline level, its weight, the list it belongs to."""

    def __init__(self, roots: list[Any]) -> None:
        self.parents: dict[str, str] = {}
        self.levels: dict[str, int] = {}
        self.bold: dict[str, bool] = {}
        self.hidden: dict[str, bool] = {}
        self.lists: dict[str, dict[int, _Level]] = {}
        self.list_of: dict[str, str] = {}
        self.outline: dict[int, _Level] = {}
        for root in roots:
            for style in root.iter(f"{STYLE}style"):
                if style.get(f"{STYLE}family") in ("paragraph", "text"):
                    self._add(style)
            for style in root.iter(f"{TEXT}list-style"):
                self.lists.setdefault(style.get(f"{STYLE}name", ""), _list_levels(style))
            for style in root.iter(f"{TEXT}outline-style"):
                self.outline = self.outline or _list_levels(style)

    def _add(self, style: Any) -> None:
        name = style.get(f"{STYLE}name", "")
        if name in self.parents:
            return
        self.parents[name] = style.get(f"{STYLE}parent-style-name", "")
        level = _integer(style.get(f"{STYLE}default-outline-level"), 0)
        if level:
            self.levels[name] = level
        if style.get(f"{STYLE}list-style-name"):
            self.list_of[name] = style.get(f"{STYLE}list-style-name")
        properties = style.find(f"{STYLE}text-properties")
        weight = properties.get(f"{FO}font-weight") if properties is not None else None
        if weight:
            self.bold[name] = weight == "bold" or _integer(weight, 0) >= 600
        display = properties.get(f"{TEXT}display") if properties is not None else None
        if display:
            self.hidden[name] = display == "none"

    def is_bold(self, name: str) -> bool | None:
        """Return the weight that a style or one above it sets, None where none does."""
        for _ in range(20):
            if name in self.bold:
                return self.bold[name]
            name = self.parents.get(name, "")
        return None

    def is_hidden(self, name: str) -> bool | None:
        """Return whether a style or one above it hides its text, None where none says so."""
        if not self.hidden:
            return None
        for _ in range(20):
            if name in self.hidden:
                return self.hidden[name]
            name = self.parents.get(name, "")
        return None

    def outline_level(self, name: str) -> int:
        for _ in range(20):
            if name in self.levels:
                return self.levels[name]
            name = self.parents.get(name, "")
        return 0


def _list_levels(style: Any) -> dict[int, _Level]:
    found: dict[int, _Level] = {}
    for level in style:
        if not isinstance(level.tag, str):
            continue
        depth = _integer(level.get(f"{TEXT}level"), 0)
        form = _FORMS.get(level.get(f"{STYLE}num-format", ""), "")
        found[depth] = _Level(
            form,
            level.get(f"{STYLE}num-prefix", "")[:10],
            level.get(f"{STYLE}num-suffix", "")[:10],
            min(_integer(level.get(f"{TEXT}start-value"), 1), 10_000),
            min(max(_integer(level.get(f"{TEXT}display-levels"), 1), 1), 10),
            level.tag == f"{TEXT}list-level-style-bullet",
        )
    return found


class _Counter:
    """The numbers of a list as they would be printed."""

    def __init__(self, levels: dict[int, _Level]) -> None:
        self.levels = levels
        self.counts: dict[int, int] = {}

    def next(self, depth: int, start: int | None = None) -> str:
        """Return the number of the next item, e.g. "3.2" or "b)"."""
        level = self.levels.get(depth, _Level(bullet=True))
        first = level.start if start is None else start
        self.counts[depth] = first if start is not None else self.counts.get(depth, first - 1) + 1
        for deeper in [key for key in self.counts if key > depth]:
            del self.counts[deeper]
        if not level.form:
            return "•" if level.bullet else ""
        shown = []
        for above in range(max(1, depth - level.shown + 1), depth + 1):
            other = self.levels.get(above, _Level())
            if other.form:
                shown.append(format_number(self.counts.get(above, other.start), other.form))
        return f"{level.prefix}{'.'.join(shown)}{level.suffix}".strip()


@dataclass(slots=True)
class _List:
    """A list that is open: its counter, its depth, and the number that waits for the first paragraph of the item."""

    counter: _Counter
    depth: int
    label: str = ""


@dataclass(slots=True)
class _Inline:
    """The text of a paragraph as it is gathered."""

    parts: list[tuple[str, bool]] = field(default_factory=list)
    number: str = ""
    boxes: list[Any] = field(default_factory=list)


class _Reader:
    def __init__(self, styles: _Styles) -> None:
        self.styles = styles
        self.notes: list[str] = []
        self.met_hidden = False
        self._outline = _Counter(styles.outline)
        self._by_id: dict[str, _Counter] = {}
        self._by_style: dict[str, _Counter] = {}

    def block_lines(self, parent: Any, depth: int, within: _List | None = None, hint: str = "") -> Iterator[TextLine]:
        """Yield the lines of all blocks in `parent`."""
        if depth > _MAX_DEPTH:
            raise UnsafeDocumentError(f"The OpenDocument file nests its text more than {_MAX_DEPTH} deep")
        for child in parent:
            tag = child.tag
            if tag in (f"{TEXT}p", f"{TEXT}h"):
                yield from self._paragraph_lines(child, depth, within, hint)
            elif tag == f"{TEXT}list":
                yield from self._list_lines(child, depth, within, hint)
            elif tag == f"{TABLE}table":
                yield from self._table_lines(child, depth)
            elif tag == f"{TEXT}section":
                if child.get(f"{TEXT}display") != "none":
                    yield from self.block_lines(child, depth + 1, within, hint)
                else:
                    self.met_hidden = self.met_hidden or any(text.strip() for text in child.itertext())
            elif tag in (f"{TEXT}table-of-content", f"{TEXT}alphabetical-index", f"{TEXT}illustration-index", f"{TEXT}table-index"):
                index = child.find(f"{TEXT}index-body")
                if index is not None:
                    yield from self.block_lines(index, depth + 1, within, "toc")
            elif tag in (f"{TEXT}index-title", f"{TEXT}numbered-paragraph", f"{DRAW}frame", f"{DRAW}text-box", f"{DRAW}g",
                         f"{TEXT}bibliography", f"{TEXT}user-index", f"{TEXT}object-index", f"{TEXT}index-body"):  # fmt: skip
                yield from self.block_lines(child, depth + 1, within, hint)

    def _list_lines(self, node: Any, depth: int, outer: _List | None, hint: str) -> Iterator[TextLine]:
        name = node.get(f"{TEXT}style-name", "")
        if (outer is not None and not name) or (outer is not None and self.styles.lists.get(name) == outer.counter.levels):
            here = _List(outer.counter, outer.depth + 1)
        else:
            here = _List(self._counter(node, name), 1 if outer is None else outer.depth + 1)
        for item in node:
            if item.tag == f"{TEXT}list-header":
                yield from self.block_lines(item, depth + 1, here, hint)
            elif item.tag == f"{TEXT}list-item":
                given = item.find(f"{TEXT}number")
                start = item.get(f"{TEXT}start-value")
                # An item that only holds a deeper list has no number of its own.
                if any(child.tag in (f"{TEXT}p", f"{TEXT}h") for child in item):
                    label = here.counter.next(here.depth, None if start is None else _integer(start, 1))
                    here.label = "".join(given.itertext()).strip()[:40] if given is not None else label
                yield from self.block_lines(item, depth + 1, here, hint)
                here.label = ""

    def _counter(self, node: Any, name: str) -> _Counter:
        """Return the counter of a list: a new one, or that of the list which it continues."""
        levels = self.styles.lists.get(name, {})
        continued = self._by_id.get(node.get(f"{TEXT}continue-list", ""))
        if continued is None and node.get(f"{TEXT}continue-numbering") == "true":
            continued = self._by_style.get(name)
        counter = continued if continued is not None and continued.levels == levels else _Counter(levels)
        self._by_style[name] = counter
        identifier = node.get("{http://www.w3.org/XML/1998/namespace}id")
        if identifier:
            self._by_id[identifier] = counter
        return counter

    def _paragraph_lines(self, node: Any, depth: int, within: _List | None, hint: str) -> Iterator[TextLine]:
        style = node.get(f"{TEXT}style-name", "")
        inline = _Inline()
        self._gather(node, bool(self.styles.is_bold(style)), inline, 0, bool(self.styles.is_hidden(style)))
        text = "".join(part for part, _ in inline.parts)
        bold = bool(text.strip()) and all(heavy for part, heavy in inline.parts if part.strip())
        level = 0
        if node.tag == f"{TEXT}h":
            level = max(1, _integer(node.get(f"{TEXT}outline-level"), 1))
        elif self.styles.outline_level(style):
            level = self.styles.outline_level(style)
        label, is_item = "", False
        if within is not None and within.label:
            label, within.label, is_item = within.label, "", True
        elif level and node.tag == f"{TEXT}h" and within is None and node.get(f"{TEXT}is-list-header") != "true" and text.strip():
            label = self._outline.next(level) if self.styles.outline else ""
        label = (inline.number or label).strip()
        if not hint:
            hint = f"heading{min(level, 6)}" if level and len(text) < 200 else "list_item" if is_item else ""
        if label and hint.startswith("heading") and label in "•◦▪":
            label = ""
        if text.strip():
            text = f"{label} {text}" if label else text
            for position, part in enumerate(text.split("\n")):
                if part.strip():
                    yield TextLine(part, new_block=position == 0, hint=hint if position == 0 or hint == "toc" else "", bold=bold)
        for box in inline.boxes:
            yield from self.block_lines(box, depth + 1)

    def _gather(self, node: Any, bold: bool, inline: _Inline, depth: int, hidden: bool = False) -> None:
        """Collect the text of a paragraph with its weight; footnotes and text boxes are put aside."""
        if depth > _MAX_DEPTH:
            raise UnsafeDocumentError(f"The OpenDocument file nests its text more than {_MAX_DEPTH} deep")
        if node.text:
            self._add_text(node.text, bold, inline, hidden)
        for child in node:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SKIPPED:
                # A conditional text is left out; it counts as hidden where it holds one.
                texts = (*child.itertext(), child.get(f"{TEXT}string-value", "")) if tag == f"{TEXT}hidden-text" else ()
                self.met_hidden = self.met_hidden or any(text.strip() for text in texts)
            elif tag == f"{TEXT}s" or tag == f"{TEXT}tab":
                inline.parts.append((" ", bold))
            elif tag == f"{TEXT}line-break":
                inline.parts.append(("\n", bold))
            elif tag == f"{TEXT}number":
                inline.number = "".join(child.itertext()).strip()[:40]
            elif tag == f"{TEXT}note":
                body = child.find(f"{TEXT}note-body")
                if body is not None:
                    note = " ".join(line.text for line in self.block_lines(body, depth + 1)).strip()
                    if note:
                        self.notes.append(note)
            elif tag in (f"{DRAW}frame", f"{DRAW}g", f"{DRAW}custom-shape", f"{DRAW}rect"):
                inline.boxes.append(child)
            else:
                weight = self.styles.is_bold(child.get(f"{TEXT}style-name", "")) if tag == f"{TEXT}span" else None
                hides = self.styles.is_hidden(child.get(f"{TEXT}style-name", "")) if tag == f"{TEXT}span" else None
                self._gather(child, bold if weight is None else weight, inline, depth + 1, hidden if hides is None else hides)
            if child.tail:
                self._add_text(child.tail, bold, inline, hidden)

    def _add_text(self, text: str, bold: bool, inline: _Inline, hidden: bool) -> None:
        if not hidden:
            inline.parts.append((_flat(text), bold))
        elif text.strip():
            self.met_hidden = True

    def _table_lines(self, table: Any, depth: int) -> Iterator[TextLine]:
        """Yield a table row by row; a cell that reaches down says the same in each row."""
        reaching: dict[int, tuple[int, list[TextLine]]] = {}
        for row, heads in _rows(table, 0):
            cells: list[list[TextLine]] = []
            over: list[TextLine] = []
            for cell in row:
                if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                    continue
                if len(cells) >= _MAX_COLUMNS:
                    over += collect_lines(self.block_lines(cell, depth + 1))
                    continue
                column = len(cells)
                if cell.tag == f"{TABLE}covered-table-cell":
                    left, lines = reaching.get(column, (0, []))
                    cells.append(lines if left else [])
                    if left:
                        reaching[column] = (left - 1, lines)
                else:
                    lines = collect_lines(self.block_lines(cell, depth + 1))
                    down = min(_integer(cell.get(f"{TABLE}number-rows-spanned"), 1), 1000)
                    reaching[column] = (down - 1, lines)
                    cells.append(lines)
                repeated = min(_integer(cell.get(f"{TABLE}number-columns-repeated"), 1), _MAX_COLUMNS) - 1
                cells += [list(cells[-1]) for _ in range(min(repeated, _MAX_COLUMNS - len(cells)))] if repeated > 0 else []
            if over:
                cells[-1] = [*cells[-1], *over]  # no table has so many columns, but its text must not be lost
            yield from row_lines(cells, heads=heads)


def _rows(table: Any, depth: int) -> Iterator[tuple[Any, bool]]:
    """Yield the rows of a table, each with whether it is one of its heads."""
    if depth > _MAX_DEPTH:
        raise UnsafeDocumentError(f"The OpenDocument file nests its tables more than {_MAX_DEPTH} deep")
    for child in table:
        if child.tag == f"{TABLE}table-row":
            yield child, False
        elif child.tag == f"{TABLE}table-header-rows":
            yield from ((row, True) for row, _ in _rows(child, depth + 1))
        elif child.tag in (f"{TABLE}table-rows", f"{TABLE}table-row-group"):
            yield from _rows(child, depth + 1)


def _flat(text: str) -> str:
    """White space in the file is one space; line breaks have a tag of their own."""
    return re.sub(r"\s+", " ", text)


def _integer(text: str | None, default: int) -> int:
    """Return a small whole number; a damaged file may hold anything."""
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,6}", text) else default
