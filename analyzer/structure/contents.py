"""Tables of contents, with dotted leaders or without: their lines are no clauses."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEADER = re.compile(r"(?:(?:\.\s?){5,200}|…{2,60}|_{5,200}|(?:·\s?){5,200})\s{0,9}\|?\s{0,9}(?P<page>\d{1,4}|[ivx]{1,6})?\s{0,9}$")
_ENTRY = re.compile(r"(?P<title>\S.{2,110}?)[\s|]{1,9}(?P<page>\d{1,3})$")
_HEAD = re.compile(
    r"(?:\d{1,2}\.?\s)?(?:table (?:des matières|of contents?)|contents|index|sommaire|inhalt(?:sverzeichnis|sübersicht)?|verzeichnis\b.*|indice|sommario"
    r"|liste? (?:des|of|der|degli|delle) \w+|elenco (?:degli|dei|delle) \w+|list of \w+|anhangsverzeichnis)\s*:?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?:[^\W\d_]{2,12}\.?\s)?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[IVX]{1,5}|[A-Z])[.)]?\s+\S")
#: So many lines one after another make a table of contents where nothing but page numbers tells.
ENTRIES = 3


def find_contents(blocks: Sequence[Sequence[str]]) -> frozenset[int]:
    """Return the positions of blocks that are lines of a table of contents.

    A dotted leader with a page number is enough. Lines that only end with a figure are one where the figures rise and where most titles come again
    further down, or where the block before them says that it is one.

    Parameters
    ----------
    blocks : sequence of sequence of str
        The lines of each block; the cells of a table row joined by " | ".
    """
    found: set[int] = set()
    dotted: set[int] = set()
    for position, lines in enumerate(blocks):
        leader = _find_leader(lines[-1][-260:])
        if leader and leader["page"]:
            found.add(position)
        elif leader:
            dotted.add(position)
    # A leader without a page number, its number lost or on a line of its own; alone it is a blank to be filled in.
    found |= {position for position in dotted if position - 1 in found or position + 1 in found}
    later: dict[str, int] | None = None
    for position, lines in enumerate(blocks):
        if len(lines) == 1 and _HEAD.fullmatch(lines[0].strip()):
            later = _titles(blocks) if later is None else later
            found.update(range(position + 1, _end_without_pages(blocks, position + 1, later)))
    position = 0
    while position < len(blocks):
        run = _run(blocks, position)
        if run - position == 0:
            position += 1
            continue
        lines = [line for block in blocks[position:run] for line in block]
        if len(lines) >= ENTRIES:
            if later is None:
                later = _titles(blocks)
            titles = [_plain(match["title"]) for line in lines if (match := _ENTRY.match(line))]
            again = sum(later.get(title, -1) >= run for title in titles)
            announced = position > 0 and len(blocks[position - 1]) == 1 and _HEAD.fullmatch(blocks[position - 1][0].strip())
            if 2 * again >= len(titles) or announced:
                found.update(range(position, run))
        position = run
    return frozenset(found)


def _find_leader(line: str) -> re.Match[str] | None:
    """Return the leader at the end of a line; most lines do not have the dots for one, which is told faster than by the expression."""
    dotted = line.count(".") > 4 or line.count("_") > 4 or line.count("…") > 1 or line.count("·") > 4
    return _LEADER.search(line) if dotted else None


def _titles(blocks: Sequence[Sequence[str]]) -> dict[str, int]:
    """Map what can be a heading to where it stands last."""
    return {_plain(block[0]): number for number, block in enumerate(blocks) if len(block) < 3}


def _end_without_pages(blocks: Sequence[Sequence[str]], start: int, later: dict[str, int]) -> int:
    """Return where a table of contents ends that gives no pages: numbered titles, of which most come again below it."""
    position, again = start, 0
    seen: list[str] = []
    while position < len(blocks) and all(len(line) < 110 for line in blocks[position]):
        titles = [_plain(line) for line in blocks[position]]
        if any(title in seen for title in titles):
            break  # the first clause itself
        comes_again = [later.get(title, -1) > position for title in titles]
        if not all(known or _NUMBERED.match(line) for known, line in zip(comes_again, blocks[position], strict=True)):
            break
        again += sum(comes_again)
        seen += titles
        position += 1
    return position if len(seen) >= ENTRIES and 2 * again >= len(seen) else start


def _run(blocks: Sequence[Sequence[str]], start: int) -> int:
    """Return where the blocks end whose lines all end with a page number no lower than the one before."""
    page, position = 0, start
    while position < len(blocks):
        for line in blocks[position]:
            match = _ENTRY.fullmatch(line) if len(line) < 130 and line[-1:].isdecimal() else None
            if match is None or int(match["page"]) < page:
                return position
            page = int(match["page"])
        position += 1
    return position


def _plain(title: str) -> str:
    return "".join(c for c in title.casefold() if c.isalnum())
