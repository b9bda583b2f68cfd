"""Plain text and Markdown to lines."""

from __future__ import annotations

import re

from analyzer.reading.builder import TextLine

_MARKDOWN_HEADING = re.compile(r"^ {0,3}(#{1,6})\s+(?=\S)")
_UNDERLINE = re.compile(r"^ {0,3}(=+|-{3,})\s*$")
_TABLE_RULE = re.compile(r"[|:\- ]*--[|:\- ]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200c\u200d\u2060\ufeff]")


def decode(data: bytes) -> str:
    """Decode text: byte order mark, strict UTF-8, UTF-16 by its zero bytes, else Windows-1252.

    A statistical detector took German for cp1250, so none is used; cp1252 is what old Swiss office files hold.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    sample = data[:4096]
    if sample.count(0) > 0.2 * len(sample):
        encoding = "utf-16-le" if sample[1::2].count(0) >= sample[0::2].count(0) else "utf-16-be"
        return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def read_plain_lines(text: str) -> list[TextLine]:
    """Return the lines of a text; an empty line ends a block.

    Hints are set for Markdown headings (`#`, underlined) and table rows; a table's ruling line is dropped. Nothing else is removed, so that
    offsets in simple texts stay those of the file as far as possible.
    """
    source = _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    lines: list[TextLine] = []
    new_block = True
    for position, raw in enumerate(source):
        stripped = raw.strip()
        if not stripped:
            new_block = True
            continue
        if "|" in stripped and _TABLE_RULE.fullmatch(stripped):
            continue
        if _UNDERLINE.match(raw):
            if lines and not new_block and not lines[-1].hint and len(lines[-1].text) < 120:
                lines[-1].hint = "heading1" if "=" in raw else "heading2"
            new_block = True
            continue
        hint = ""
        heading = _MARKDOWN_HEADING.match(raw)
        if heading:
            stripped = raw[heading.end() :].strip().rstrip("#").rstrip()
            hint = f"heading{len(heading.group(1))}"
        elif _is_row(stripped) and _is_table(source, position):
            stripped = stripped.strip("|").strip()
            hint = "table_row"
        if stripped:
            cells = [cell.strip() for cell in stripped.split("|")] if hint == "table_row" else None
            lines.append(TextLine(stripped, new_block=new_block or bool(hint), hint=hint, cells=cells))
        new_block = bool(heading)
    return lines


def _is_row(stripped: str) -> bool:
    bars = stripped.count("|")
    return bars >= 2 if stripped.startswith("|") else bars >= 1 and not stripped.endswith("||")


def _is_table(source: list[str], position: int) -> bool:
    """Tell whether a line with bars has a neighbour with bars: one alone is more often a menu or a footer."""
    around = source[max(0, position - 1) : position] + source[position + 1 : position + 2]
    return source[position].lstrip().startswith("|") or any("|" in line for line in around)
