"""DOCX by walking its XML with lxml: paragraphs, tables, text boxes, content controls; tracked changes as accepted.

python-docx is 14 times slower and loses text boxes, content controls and inserted text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analyzer.errors import CorruptDocumentError, UnsafeDocumentError
from analyzer.reading.builder import TextLine, collect_lines
from analyzer.reading.charts import CHART_NOTICE, CUT_NOTICE, word_chart_lines
from analyzer.reading.embedded import relations_of, word_charts, word_objects
from analyzer.reading.hidden import HiddenText
from analyzer.reading.numbering import format_number
from analyzer.reading.packages import HIDDEN_NOTICE, Package
from analyzer.reading.tables import row_lines
from analyzer.settings import Limits
from analyzer.types import Notice

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_ALTERNATE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STYLE_LEVEL = re.compile(r"(?:heading|titre|überschrift|berschrift|titolo|title|berschrift)\s*(\d)?", re.IGNORECASE)

#: Signs of the fonts Symbol and Wingdings by their code; all others are bullets or ornaments.
_SIGNS = {
    "symbol": {0xA3: "≤", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xBB: "≈", 0xA5: "∞", 0x6D: "µ", 0xA7: "§"},
    "wingdings": {0x6F: "☐", 0x71: "☐", 0x72: "☐", 0xA8: "☐", 0x78: "☒", 0xFD: "☒", 0xFE: "☑", 0xFC: "✓", 0xE0: "→"},
}
_CONTENTS_STYLE = re.compile(r"(toc|tm|verzeichnis|sommario|inhaltsverzeichnis)\s*\d", re.IGNORECASE)


def read_word_lines(data: bytes, *, limits: Limits) -> tuple[list[TextLine], list[Notice], tuple[str, ...]]:
    """Return the lines of a DOCX, notices, and the text of headers and footers (furniture).

    Raises
    ------
    CorruptDocumentError, TooLargeError, UnsafeDocumentError
    """
    package = Package(data, limits=limits, what="Word file", program="Word")
    names = package.names
    main = next((name for name in sorted(names) if re.fullmatch(r"word/document\d*\.xml", name)), None)
    if main is None:
        raise CorruptDocumentError("The Word file has no document inside", hint="open it in Word and save it again")
    # The strict form of the format differs in its names only.
    root = package.parse(main, replace=(_STRICT, _TRANSITIONAL))
    notices: list[Notice] = []

    @functools.cache
    def part(name: str) -> Any:
        """Return a part beside the document; a damaged one is a notice, the document itself is read."""
        if name not in names:
            return None
        try:
            return package.parse(name, replace=(_STRICT, _TRANSITIONAL))
        except CorruptDocumentError:
            notices.append(Notice("broken_part", f"A part of the Word file is damaged and was not read: {name}"))
            return None

    numbering = _Numbering(part("word/numbering.xml"))
    sheet = part("word/styles.xml")
    styles = _Styles(_styles(sheet), HiddenText(sheet))
    if next(root.iter(f"{W}ins", f"{W}del", f"{W}moveFrom"), None) is not None:
        notices.append(Notice("tracked_changes", "The file holds tracked changes; they were read as accepted"))
    body = root.find(f"{W}body")
    lines = collect_lines(_block_lines(body if body is not None else root, styles, numbering, 0), limits.max_characters)
    furniture = [
        text
        for name in sorted(names)
        if re.fullmatch(r"word/(header|footer)\d*\.xml", name)
        if (content := part(name)) is not None
        and (text := " ".join(_paragraph_text(p, styles.hidden)[0] for p in content.iter(f"{W}p")).strip())
    ]
    for name in sorted(names):
        if re.fullmatch(r"word/diagrams/data\d*\.xml", name) and (diagram := part(name)) is not None:
            lines += _diagram_lines(diagram)
    charts = word_charts(package, part)
    any_cut = False
    for name in charts:
        if (chart := part(name)) is not None:
            words, cut = word_chart_lines(chart)
            lines += words
            any_cut = any_cut or cut
    unread = dict.fromkeys((*_names_of_chunks(root, relations_of(main, part)), *word_objects(names, part)))
    notices += [Notice("unread_attachment", f"A file within the Word file was not read: {name}", name=name) for name in unread]
    for name in ("word/footnotes.xml", "word/endnotes.xml"):
        if name in names:
            notes = part(name)
            for note in notes if notes is not None else ():
                if note.get(f"{W}type") is None:
                    text = " ".join(_paragraph_text(p, styles.hidden)[0] for p in note.iter(f"{W}p")).strip()
                    if text:
                        lines.append(TextLine(text, new_block=True, hint="note"))
    notices += [CUT_NOTICE if any_cut else CHART_NOTICE] if charts else []
    notices += [HIDDEN_NOTICE] if styles.hidden.met else []
    if not lines:
        # A letter or form may stand in its head alone, as on a page of PDF.
        return [TextLine(text, new_block=True) for text in dict.fromkeys(furniture)], notices, ()
    return lines, notices, tuple(dict.fromkeys(furniture))


def _diagram_lines(root: Any) -> Iterator[TextLine]:
    """Yield the texts of a diagram (SmartArt); the drawing in the document refers to them only."""
    for paragraph in root.iter(f"{_DIAGRAM}p"):
        text = "".join(node.text or "" for node in paragraph.iter(f"{_DIAGRAM}t")).strip()
        if text:
            yield TextLine(text, new_block=True)


def _names_of_chunks(root: Any, relations: list[Any]) -> tuple[str, ...]:
    """Return the names of the files that stand in place of a part of the document: Word shows them, but they are in formats of their own."""
    targets = {node.get("Id"): node.get("Target", "") for node in relations}
    chunks = (node.get(_RELATION, "") for node in root.iter(f"{W}altChunk", f"{W}subDoc"))
    return tuple(dict.fromkeys((targets.get(chunk) or chunk).rsplit("/", 1)[-1] for chunk in chunks))


def _styles(root: Any) -> dict[str, tuple[int, tuple[str, str] | None]]:
    """Map style ids to heading level (0: none) and to the numbering they bring."""
    found: dict[str, tuple[int, tuple[str, str] | None]] = {}
    if root is None:
        return found
    for style in root.iter(f"{W}style"):
        identifier, name = style.get(f"{W}styleId", ""), style.find(f"{W}name")
        outline = style.find(f"{W}pPr/{W}outlineLvl")
        label = name.get(f"{W}val", "") if name is not None else ""
        level = 0
        if outline is not None:
            level = _integer(outline.get(f"{W}val"), -1) + 1
        elif (match := _STYLE_LEVEL.match(label) or _STYLE_LEVEL.match(identifier)) and style.get(f"{W}type") == "paragraph":
            level = _integer(match.group(1), 1)
        number = style.find(f"{W}pPr/{W}numPr/{W}numId")
        depth = style.find(f"{W}pPr/{W}numPr/{W}ilvl")
        numbered = (number.get(f"{W}val", ""), depth.get(f"{W}val", "0") if depth is not None else "0") if number is not None else None
        found[identifier] = (level if level <= 6 else 0, numbered)
    return found


@dataclass(frozen=True, slots=True)
class _Styles:
    """What the styles say: of each its heading level and its numbering, and what they hide."""

    levels: dict[str, tuple[int, tuple[str, str] | None]]
    hidden: HiddenText


class _Numbering:
    """Counts list numbers as Word would print them; they are not in the text."""

    def __init__(self, root: Any) -> None:
        self.levels: dict[tuple[str, str], tuple[str, str, int]] = {}
        self.counts: dict[str, dict[int, int]] = {}
        self.abstract: dict[str, str] = {}
        if root is None:
            return
        for number in root.iter(f"{W}num"):
            link = number.find(f"{W}abstractNumId")
            if link is not None:
                self.abstract[number.get(f"{W}numId", "")] = link.get(f"{W}val", "")
        for abstract in root.iter(f"{W}abstractNum"):
            for level in abstract.iter(f"{W}lvl"):
                kind, text, start = level.find(f"{W}numFmt"), level.find(f"{W}lvlText"), level.find(f"{W}start")
                begin = start.get(f"{W}val", "1") if start is not None else "1"
                self.levels[(abstract.get(f"{W}abstractNumId", ""), level.get(f"{W}ilvl", "0"))] = (
                    kind.get(f"{W}val", "decimal") if kind is not None else "decimal",
                    text.get(f"{W}val", "") if text is not None else "",
                    min(_integer(begin, 1), 10_000),
                )

    def label(self, number: str, level: str) -> str:
        """Return the printed number of the next paragraph of this list, e.g. "3.2", "b)" or "•"."""
        abstract = self.abstract.get(number)
        depth = _integer(level, -1)
        if abstract is None or not 0 <= depth <= 9:
            return ""
        kind, pattern, start = self.levels.get((abstract, level), ("bullet", "•", 1))
        if kind in ("bullet", "none"):
            return "•" if kind == "bullet" else ""
        counts = self.counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, start - 1) + 1
        for deeper in [key for key in counts if key > depth]:
            del counts[deeper]

        def shown(match: re.Match[str]) -> str:
            at = int(match.group(1)) - 1
            form, _, first = self.levels.get((abstract, str(at)), ("decimal", "", 1))
            return format_number(counts.get(at, first), form)

        return re.sub(r"%(\d)", shown, pattern)


def _integer(text: str | None, default: int) -> int:
    """Return a small whole number; Word writes no other kind, but a damaged file may hold anything."""
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,6}", text) else default


#: Deepest nesting of tables and controls that is walked; deeper ones exist only in hostile files.
_MAX_DEPTH = 30


def _block_lines(parent: Any, styles: _Styles, numbering: _Numbering, depth: int) -> Iterator[TextLine]:
    if parent is None:
        return
    if depth > _MAX_DEPTH:
        raise UnsafeDocumentError("The Word file nests tables or controls more than 30 deep")
    for child in parent:
        if child.tag == f"{W}p":
            yield from _paragraph_lines(child, styles, numbering, depth)
        elif child.tag == f"{W}tbl":
            yield from _table_lines(child, styles, numbering, depth)
        elif child.tag == _ALTERNATE:
            chosen = child.find(_CHOICE)
            yield from _block_lines(chosen if chosen is not None else child.find(_FALLBACK), styles, numbering, depth + 1)
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}smartTag", f"{W}customXml", f"{W}moveTo"):
            yield from _block_lines(child, styles, numbering, depth + 1)


def _paragraph_lines(paragraph: Any, styles: _Styles, numbering: _Numbering, depth: int) -> Iterator[TextLine]:
    text, bold, boxes = _paragraph_text(paragraph, styles.hidden)
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    level, numbered = styles.levels.get(style.get(f"{W}val", ""), (0, None)) if style is not None else (0, None)
    number = paragraph.find(f"{W}pPr/{W}numPr/{W}numId")
    if number is not None:
        ilvl = paragraph.find(f"{W}pPr/{W}numPr/{W}ilvl")
        numbered = (number.get(f"{W}val", ""), ilvl.get(f"{W}val", "0") if ilvl is not None else "0")
    outline = paragraph.find(f"{W}pPr/{W}outlineLvl")
    if outline is not None and 0 <= _integer(outline.get(f"{W}val"), 9) < 6:
        level = _integer(outline.get(f"{W}val"), 9) + 1
    hint = f"heading{level}" if level and len(text) < 200 else ""
    if style is not None and _CONTENTS_STYLE.match(style.get(f"{W}val", "")):
        hint = "toc"
    if text.strip():
        label = numbering.label(*numbered) if numbered and numbered[0] != "0" else ""
        if label:
            hint = hint or "list_item"
            text = f"{label} {text}"
        for position, part in enumerate(text.split("\n")):
            if part.strip():
                yield TextLine(part, new_block=position == 0, hint=hint if position == 0 else "", bold=bold)
    for box in boxes:
        yield from _block_lines(box, styles, numbering, depth + 1)


def _paragraph_text(paragraph: Any, hidden: HiddenText) -> tuple[str, bool, list[Any]]:
    """Return the text of a paragraph, whether it is bold throughout, and the text boxes anchored in it."""
    parts: list[str] = []
    bold_length = length = 0
    hides = hidden.paragraph_style(paragraph)
    boxes: list[Any] = []
    stack: list[Any] = list(reversed(paragraph))
    while stack:
        node = stack.pop()
        tag = node.tag
        if tag in (f"{W}del", f"{W}moveFrom", f"{W}pPr", _FALLBACK) or not isinstance(tag, str):
            continue
        if tag == f"{W}r":
            weight = node.find(f"{W}rPr/{W}b")
            is_bold = weight is not None and weight.get(f"{W}val", "1") not in ("0", "false")
            if hidden.is_hidden(node, hides):
                continue  # neither shown nor printed
            before = len(parts)
            nested: list[Any] = []
            for item in node:
                if item.tag == f"{W}t":
                    parts.append(item.text or "")
                elif item.tag in (f"{W}tab", f"{W}ptab"):
                    parts.append(" ")
                elif item.tag in (f"{W}br", f"{W}cr"):
                    parts.append("\n")
                elif item.tag == f"{W}noBreakHyphen":
                    parts.append("-")
                elif item.tag == f"{W}sym":
                    parts.append(_sign(item))
                elif item.tag not in (f"{W}rPr", f"{W}instrText", f"{W}delText", f"{W}fldChar", _FALLBACK) and isinstance(item.tag, str):
                    nested.append(item)
            added = sum(len(part.strip()) for part in parts[before:])
            length += added
            bold_length += added if is_bold else 0
            stack.extend(reversed(nested))
        elif tag == f"{W}txbxContent":
            boxes.append(node)
        elif tag == _MATH_TEXT:
            parts.append(node.text or "")
            length += len(parts[-1].strip())
        else:
            stack.extend(reversed(node))
    return "".join(parts), bool(length) and bold_length == length, boxes


def _sign(node: Any) -> str:
    """Return a sign that is named by a font and a code: "≤" and ticked boxes say something, bullets do not."""
    font = (node.get(f"{W}font") or "").lower()
    code = node.get(f"{W}char") or ""
    number = int(code, 16) & 0xFF if re.fullmatch(r"[0-9A-Fa-f]{1,4}", code) else 0
    return next((signs.get(number, "•") for name, signs in _SIGNS.items() if font.startswith(name)), "•")


def _table_lines(table: Any, styles: _Styles, numbering: _Numbering, depth: int) -> Iterator[TextLine]:
    rows = [row for row in table.iter(f"{W}tr") if _owner(row) is table]
    above: list[list[TextLine]] = []
    for row in rows:
        cells: list[list[TextLine]] = []
        for cell in row.iter(f"{W}tc"):
            if _owner(cell) is not row:
                continue
            merge, span = cell.find(f"{W}tcPr/{W}vMerge"), cell.find(f"{W}tcPr/{W}gridSpan")
            if merge is not None and merge.get(f"{W}val") != "restart" and len(cells) < len(above):
                cells.append(above[len(cells)])  # a cell that reaches down says the same in each row
            else:
                cells.append(collect_lines(_block_lines(cell, styles, numbering, depth + 1)))
            if span is not None:
                cells += [[] for _ in range(min(_integer(span.get(f"{W}val"), 1), 40) - 1)]
        above = cells
        yield from row_lines(cells)


def _owner(node: Any) -> Any:
    """Return the nearest table or row above a row or cell, past content controls."""
    wanted = f"{W}tbl" if node.tag == f"{W}tr" else f"{W}tr"
    parent = node.getparent()
    while parent is not None and parent.tag != wanted:
        if parent.tag == f"{W}tc" and node.tag == f"{W}tr":
            return None
        parent = parent.getparent()
    return parent
