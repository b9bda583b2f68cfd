"""HTML and XHTML by lxml: headings, paragraphs, lists, tables; nothing is fetched, and what a browser does not show is left out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

from analyzer.errors import CorruptDocumentError, TooLargeError, UnsafeDocumentError
from analyzer.reading.builder import TextLine, collect_lines
from analyzer.reading.numbering import format_number
from analyzer.reading.plain import decode
from analyzer.reading.tables import row_lines
from analyzer.settings import Limits
from analyzer.types import Notice

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_SKIPPED = frozenset(
    ("head", "script", "style", "noscript", "template", "nav", "iframe", "object", "embed", "svg", "canvas", "audio", "video", "select",
     "datalist", "textarea", "map", "del", "title", "meta", "link", "rp", "rt")
)  # fmt: skip
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
     "fieldset", "figcaption", "figure", "footer", "form", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "ol", "p",
     "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", *_HEADINGS)
)  # fmt: skip
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)\b", re.IGNORECASE)
_WEIGHT = re.compile(r"font-weight\s*:\s*(bold|normal|[1-9]00)\b", re.IGNORECASE)
_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_META = re.compile(rb"""<meta\b[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(rb"""^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
#: Character sets that a page may name; others (utf-7, codecs that are no character sets) are not believed.
_KNOWN_CHARSETS = re.compile(r"utf[-_](8|16|32)|iso8859|cp\d|mac|koi8|latin|ascii|gb|big5|euc|shift")
#: libxml2 gives a page up at 256 levels; ours are fewer, so that a walk never ends in a RecursionError.
_MAX_DEPTH = 250
_MAX_COLUMNS = 40
_MAX_ATTRIBUTES = 5_000
#: A tag with its attributes, whatever stands in their quotes; nothing is tried twice.
_VALUE = r"""\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>"'][^\s>]*+)?+"""
_TAG = re.compile(rf"<[a-z][^\s/>]*+(?:[\s/]++|=?[^\s/>=]++(?:{_VALUE})?+|=)*+", re.IGNORECASE)
#: An attribute with its value: the parser begins a new one after a space, a slash or the end of a quoted value.
_ATTRIBUTE = re.compile(rf"(=?[^\s/>=]++)(?:{_VALUE})?+")
_MAX_ROWS_DOWN = 1000


def decode_declared(data: bytes, charset: str | None) -> str:
    """Decode text whose character set somebody named: believed where it fits, after a byte order mark and strict UTF-8.

    Old pages and mails name the wrong one often enough; UTF-8 with accents in it is hardly ever anything else.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:3] == b"\xef\xbb\xbf":
        return decode(data)
    try:
        return data.decode("utf-8") if data.count(0) == 0 else decode(data)
    except UnicodeDecodeError:
        pass
    try:
        name = codecs.lookup(charset or "").name
        # Browsers read Latin-1 as Windows-1252, which has the quotes and the euro sign.
        name = "cp1252" if name in ("iso8859-1", "ascii") else name
        return data.decode(name) if _KNOWN_CHARSETS.match(name) else decode(data)
    except (LookupError, ValueError):
        return decode(data)


def read_html_lines(data: bytes, *, limits: Limits, charset: str | None = None) -> tuple[list[TextLine], list[Notice]]:
    """Return the lines of a page and notices.

    Parameters
    ----------
    data : bytes
    limits : Limits
    charset : str, optional
        What the carrier says of the character set (an e-mail does); by default the page is asked.

    Raises
    ------
    CorruptDocumentError, TooLargeError, UnsafeDocumentError
    """
    from lxml import etree, html

    if len(data) > limits.max_part_bytes:
        raise TooLargeError(f"The HTML file is larger than {limits.max_part_bytes:,} bytes")
    if charset is None:
        named = _DECLARATION.search(data[:1024]) or _META.search(data[:4096])
        charset = named.group(1).decode("ascii", errors="replace") if named else None
    text = _CONTROL.sub(" ", decode_declared(data, charset)).lstrip("\ufeff")
    _check_tags(text)
    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        _check_log(parser)
        raise CorruptDocumentError("The HTML file cannot be read", hint="open it in a browser and print it to PDF") from error
    _check_log(parser)
    notices: list[Notice] = []
    if next(root.iter("del", "ins"), None) is not None:
        notices.append(Notice("tracked_changes", "The file holds tracked changes; they were read as accepted"))
    return collect_lines(_Walk().lines(root), limits.max_characters), notices


def _check_tags(text: str) -> None:
    """Refuse tags with thousands of attributes: the parser compares each with all before it, 25 seconds for 100,000 of them in half a megabyte."""
    doubtful = 0
    for tag in _TAG.finditer(text):
        start, end = tag.span()
        if end - start < 2 * _MAX_ATTRIBUTES or _count_attributes(tag.group()) < _MAX_ATTRIBUTES:
            continue
        # "i<n" in a script begins no tag.
        doubtful += 1
        before = text[:start].lower()
        if before.rfind("<script") <= before.rfind("</script") or doubtful > 10:
            raise UnsafeDocumentError(f"A tag of the HTML file has more than {_MAX_ATTRIBUTES:,} attributes")


def _count_attributes(tag: str) -> int:
    names = set(_ATTRIBUTE.findall(tag))
    if any('"' in name or "'" in name for name in names):
        # A quote out of its place: versions of the parser differ in where a value ends, so none is believed to hide anything.
        names.update(re.split(r"""[\s/"'=]+""", tag))
    return len(names)


def _check_log(parser: Any) -> None:
    """Refuse what the parser cut off: it says so in its log only."""
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise UnsafeDocumentError("The HTML file is nested too deeply, or holds a piece of text without end")


class _Walk:
    """Walks a tree in reading order and cuts it into lines; inline text is gathered until a block begins or ends."""

    def __init__(self) -> None:
        self._inline: list[tuple[str, bool]] = []
        self._label = ""

    def lines(self, node: Any) -> Iterator[TextLine]:
        yield from self._walk(node, "", False, False, 0)
        yield from self._flush("")

    def _flush(self, hint: str) -> Iterator[TextLine]:
        """Yield what was gathered as a paragraph."""
        inline, self._inline = self._inline, []
        text = "".join(part for part, _ in inline)
        if not text.strip():
            return
        bold = all(heavy for part, heavy in inline if part.strip())
        if self._label:
            text, self._label = f"{self._label} {text.lstrip()}", ""
            hint = hint or "list_item"
        first = True
        for part in text.split("\n"):
            if part.strip():
                yield TextLine(part.strip(), new_block=first, hint=hint if first else "", bold=bold)
                first = False

    def _walk(self, node: Any, hint: str, bold: bool, preformatted: bool, depth: int) -> Iterator[TextLine]:
        tag = node.tag
        if not isinstance(tag, str) or depth > _MAX_DEPTH or _is_hidden(node, tag):
            return
        if tag == "br":
            self._inline.append(("\n", bold))
            return
        if tag == "table":
            yield from self._flush(hint)
            yield from self._table(node, hint, bold, depth)
            return
        block = tag in _BLOCKS
        if block:
            yield from self._flush(hint)
        within = f"heading{_HEADINGS[tag]}" if tag in _HEADINGS else hint
        heavy = _is_bold(node, tag, bold)
        pre = preformatted or tag in ("pre", "listing", "xmp")
        self._gather(node.text, heavy, pre)
        numbers = _Numbers(node) if tag in ("ol", "ul", "menu", "dir") else None
        for child in node:
            if numbers is not None and child.tag == "li":
                yield from self._flush(within)
                self._label = numbers.next(child)
            yield from self._walk(child, within, heavy, pre, depth + 1)
            if numbers is not None and child.tag == "li":
                yield from self._flush(within)
                self._label = ""
            self._gather(child.tail, heavy, pre)
        if block:
            yield from self._flush(within)

    def _gather(self, text: str | None, bold: bool, preformatted: bool) -> None:
        if text:
            self._inline.append((text.replace("\r", "") if preformatted else re.sub(r"[ \t\r\n\f]+", " ", text), bold))

    def _table(self, table: Any, hint: str, bold: bool, depth: int) -> Iterator[TextLine]:
        """Yield a table row by row, as in DOCX; a table that only places things on the page yields their own lines."""
        reaching: dict[int, tuple[int, list[TextLine]]] = {}
        presentation = (table.get("role") or "").lower() in ("presentation", "none")
        for row in _rows(table):
            if row.tag == "caption":
                yield from self._walk(row, hint, bold, False, depth + 1)
                continue
            if _is_hidden(row, "tr"):
                continue
            cells: list[list[TextLine]] = []
            over: list[TextLine] = []
            heads = True
            placed = presentation

            def fill(cells: list[list[TextLine]]) -> None:
                while (down := reaching.get(len(cells))) and down[0] > 0 and len(cells) < _MAX_COLUMNS:
                    reaching[len(cells)] = (down[0] - 1, down[1])
                    cells.append(down[1])

            for cell in row:
                if cell.tag not in ("td", "th") or _is_hidden(cell, "td"):
                    continue
                fill(cells)
                inner = _Walk()
                lines = collect_lines(inner.cell_lines(cell, bold, depth + 1))
                if len(cells) >= _MAX_COLUMNS:
                    over += lines
                    continue
                heads = heads and cell.tag == "th"
                placed = placed or cell.find(".//table") is not None or any(line.hint.startswith("heading") for line in lines)
                down = min(_integer(cell.get("rowspan"), 1), _MAX_ROWS_DOWN) - 1
                wide = min(max(_integer(cell.get("colspan"), 1), 1), _MAX_COLUMNS)
                for column in range(wide):
                    content = lines if column == 0 else []
                    reaching[len(cells)] = (down, content)
                    cells.append(content)
            fill(cells)
            if over:
                cells[-1] = [*cells[-1], *over]  # no table has so many columns, but its text must not be lost
            if placed:
                for content in cells:
                    yield from content
            else:
                yield from row_lines(cells, heads=heads and len(cells) > 1)

    def cell_lines(self, cell: Any, bold: bool, depth: int) -> Iterator[TextLine]:
        heavy = _is_bold(cell, cell.tag, bold)
        self._gather(cell.text, heavy, False)
        for child in cell:
            yield from self._walk(child, "", heavy, False, depth + 1)
            self._gather(child.tail, heavy, False)
        yield from self._flush("")


class _Numbers:
    """The labels of the items of a list."""

    def __init__(self, node: Any) -> None:
        self._ordered = node.tag == "ol"
        self._form = _FORMS.get(node.get("type") or "", "decimal")
        style = (node.get("style") or "") + (node.get("class") or "")
        self._none = bool(re.search(r"list-style(?:-type)?\s*:\s*none", style))
        self._value = _integer(node.get("start"), 1) - 1

    def next(self, item: Any) -> str:
        if self._none:
            return ""
        if not self._ordered:
            return "•"
        self._value = _integer(item.get("value"), self._value + 1)
        return f"{format_number(self._value, self._form)}." if self._value > 0 else "0."


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag in ("tr", "caption"):
            yield child
        elif child.tag in ("thead", "tbody", "tfoot") and not _is_hidden(child, child.tag):
            yield from (row for row in child if row.tag == "tr")


def _is_hidden(node: Any, tag: str) -> bool:
    if tag in _SKIPPED or node.get("hidden") is not None or (tag == "input"):
        return True
    style = node.get("style")
    return bool(style and _HIDDEN.search(style))


def _is_bold(node: Any, tag: str, above: bool) -> bool:
    style = node.get("style")
    if style and (weight := _WEIGHT.search(style)):
        return weight.group(1).lower() == "bold" or weight.group(1) >= "600"
    return above or tag in ("b", "strong", "th")


def _integer(text: str | None, default: int) -> int:
    """Return a small whole number; a page may say anything."""
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,6}", text.strip()) else default
