"""Runs and rules of a page to lines in reading order: columns, table rows, paragraphs; running heads dropped."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from statistics import median

from analyzer.reading.aligned import find_aligned
from analyzer.reading.bidi import runs_right_to_left, turn_line
from analyzer.reading.builder import TextLine, clean
from analyzer.reading.columns import order_columns
from analyzer.reading.notes import body_size, drop_marks, find_footnotes, marks_of, place_side_notes
from analyzer.reading.runs import RawPage, part_overlaid
from analyzer.reading.segments import Segment, split_segments
from analyzer.reading.tables import Grid, find_grids
from analyzer.types import Box

#: Lines of one paragraph that does not fill its lines stand closer than this many type sizes: on a form, all lines are far apart.
SPARSE = 1.7
#: A sentence goes on below a gap of at most this many type sizes.
TORN = 9.0
#: Share of the page height, top and bottom, where running heads and page numbers live.
MARGIN_BAND = 0.12
#: What is known for a running head is also one a little further in: on a page with a title above it, say.
WIDE_BAND = 0.15

_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^\W*(?:(?:page|seite|pagina|s\.|p\.|pag\.)\s*)?(?P<page>\d{1,4})\s*(?:(?:/|von|sur|of|di|de|\|)\s*(?P<of>\d{1,4}))?\W*$",
    re.IGNORECASE,
)
_LITERA = r"(?:lit|let|lett)\.?\s?[a-z]\b[.)]?"
_BULLET = re.compile(rf"^\s*(?:{_LITERA}|[☐☑☒•▪●○■□◦‣⁃∙·➢➤✓✔\-–—*]|\(?[a-z]\)|\(?[ivx]{{1,4}}\)|\(?\d{{1,2}}[.)](?!\d))\s", re.IGNORECASE)
_NUMBERED = re.compile(
    r"^\s*(?:(?:(?:art(?:icle|ikel|icolo)?\.?|§+|ziff(?:er)?\.?|section|clause)\s*)?\d{1,2}(?:\.\d{1,2}){0,4}\.?\)?\s+\S"
    r"|art(?:icle|icolo)\s+(?:premier|primo|unique|unico|[IVX]{1,5})\b"
    r"|(?:annexe?|anhang|anlage|allegato|appendix|schedule|exhibit|part(?:ie|e)?|teil|titre|titolo|chapitre|kapitel|capitolo|chapter)\s+(?:\d{1,2}|[IVX]{1,5}|[A-Z])\b\s*(?:[-–—:.]|$)"
    r"|[IVX]{1,5}\.\s+\S)",
    re.IGNORECASE,
)
#: Words that no sentence and no heading ends with.
_OPEN_END = re.compile(
    r"\b(?:der|die|das|dem|den|des|ein|eine|einen|einem|einer|eines|und|oder|von|vom|zum|zur|mit|innert|für|le|la|les|un|une|du|de|au|aux|et|ou|dans|par"
    r"|pour|avec|il|lo|gli|una|di|del|della|dei|delle|da|entro|per|con|the|a|an|of|and|or|to|within|by|with|for|from)$"
)
_FIGURE_GOES_ON = re.compile(r"\d{1,4}\s+[a-zà-öø-ÿ]")
_SENTENCE_END = frozenset(".!?:;…»”\"')")


def layout_page(page: RawPage, furniture: frozenset[str] | None = frozenset()) -> tuple[list[TextLine], tuple[str, ...], list[TextLine]]:
    """Return the lines of a page in reading order, the furniture that was dropped (none with None, page numbers neither), and the footnotes."""
    grids = find_grids(page.rules, page.width, page.height)
    shown, over = part_overlaid(page.runs)
    kept, dropped = _part_furniture(split_segments(shown, grids), page, furniture)
    dropped += over
    size = body_size(kept)
    first = find_footnotes(kept, page, size)
    notes = kept[first:]
    if notes:
        runs = drop_marks(shown, marks_of(notes), size, notes[0][0].top)
        kept, _ = _part_furniture(split_segments(runs, grids), page, furniture)
        kept = kept[: find_footnotes(kept, page, size)]
    kept = place_side_notes(kept, size)
    lines = _body_lines(kept, grids, page)
    note_lines = _note_lines(notes, page.number)
    if page.recognized is None:
        for line in lines + note_lines:
            if runs_right_to_left(line.text):
                line.cells = [turn_line(cell) for cell in line.cells] if line.cells else None
                line.text = " | ".join(line.cells) if line.cells else turn_line(line.text)
    if page.turn or page.slope:
        for line in lines + note_lines:
            line.box = _as_shown(line.box, page)
            line.cell_boxes = [_as_shown(box, page) for box in line.cell_boxes] if line.cell_boxes else None
    return lines, tuple(dropped), note_lines


def _part_furniture(rows: list[list[Segment]], page: RawPage, furniture: frozenset[str] | None) -> tuple[list[list[Segment]], list[str]]:
    dropped: list[str] = list(dict.fromkeys(page.rotated))
    kept: list[list[Segment]] = []
    for row in rows:
        text = " ".join(segment.text for segment in row)
        if furniture is not None and (
            (_in_margin(row, page, WIDE_BAND) and furniture_key(text, row) in furniture)
            or (_in_margin(row, page) and _is_page_number(text))
        ):
            dropped.append(text)
        else:
            kept.append(row)
    return kept, dropped


def _body_lines(kept: list[list[Segment]], grids: list[Grid], page: RawPage) -> list[TextLine]:
    lines: list[TextLine] = []
    inside: dict[int, list[Segment]] = defaultdict(list)
    outside: list[list[Segment]] = []
    order: list[tuple[float, int]] = []
    for row in kept:
        rest = []
        for segment in row:
            for number, grid in enumerate(grids):
                if grid.holds(segment.box):
                    inside[number].append(segment)
                    break
            else:
                rest.append(segment)
        if rest:
            outside.append(rest)
    blocks: list[tuple[float, list[TextLine]]] = []
    tables = [(grids[number].top, number) for number in inside]
    order = sorted(tables)
    # Prose above, between and below the tables, each stretch with its own columns.
    position = 0
    for top, number in [*order, (float("inf"), -1)]:
        stretch = []
        while position < len(outside) and outside[position][0].top < top:
            stretch.append(outside[position])
            position += 1
        if stretch:
            blocks.append((stretch[0][0].top, _prose_lines(order_columns(stretch, page.width), page)))
        if number >= 0:
            blocks.append((top, _grid_lines(grids[number].rows(inside[number]), page.number)))
    for _, block in blocks:
        if block:
            block[0].new_block = True
            lines += block
    return lines


def _note_lines(rows: list[list[Segment]], number: int) -> list[TextLine]:
    """Footnotes as blocks of lines, each begun by its mark."""
    return [
        TextLine(
            text, position == 0 or bool(marks_of([row])), "note", _union(row, number), max(s.size for s in row), all(s.bold for s in row)
        )
        for position, row in enumerate(rows)
        for text in (" ".join(s.text for s in row),)
    ]


def _as_shown(box: Box | None, page: RawPage) -> Box | None:
    return None if box is None else Box(box.page, *page.as_shown((box.x0, box.top, box.x1, box.bottom)))


def _grid_lines(rows: list[list[list[Segment]]], number: int) -> list[TextLine]:
    lines = []
    # Boxes to be filled in, and rules drawn twice, make columns in which nothing stands.
    used = [n for n in range(max(map(len, rows), default=0)) if any(row[n] for row in rows)]
    if len(used) > 1 and rows and len(rows[0]) > 2:
        rows = [[row[n] for n in used] for row in rows]
    for row in rows:
        cells = [" ".join(segment.text for segment in cell) for cell in row]
        boxes: list[Box | None] = [_union(cell, number) if cell else None for cell in row]
        if sum(bool(cell) for cell in cells) == 0:
            continue
        size = max(s.size for cell in row for s in cell)
        bold = all(s.bold for cell in row for s in cell)
        if sum(bool(cell) for cell in cells) == 1 and len(cells) <= 2 and sum(len(cell) for cell in row) > 3:
            # One cell with a paragraph in it is a frame around text, not a row.
            lines += [
                TextLine(s.text, position == 0, "", Box(number, *s.box), s.size, s.bold)
                for position, s in enumerate(next(cell for cell in row if cell))
            ]
            continue
        lines.append(TextLine(" | ".join(cells), True, "table_row", _union([s for c in row for s in c], number), size, bold, cells, boxes))
    return lines


def _union(segments: list[Segment], number: int) -> Box:
    if len(segments) == 1:
        return Box(number, *segments[0].box)
    return Box(
        number, min(s.x0 for s in segments), min(s.top for s in segments), max(s.x1 for s in segments), max(s.bottom for s in segments)
    )


def _prose_lines(rows: list[list[Segment]], page: RawPage) -> list[TextLine]:
    """Rows to lines, with block starts by distance, indent, size and weight; aligned short segments become table rows."""
    pitches = [b[0].top - a[0].top for a, b in itertools.pairwise(rows) if 0 < b[0].top - a[0].top < 60]
    pitch = median(pitches) if pitches else 14.0
    tables = {table.first: table for table in find_aligned(rows, page.rules)}
    after = 0
    right_edge = max((row[-1].x1 for row in rows), default=page.width)
    # On a form or a title page hardly a line is full; in a text set wide apart most are.
    loose = 2 * sum(row[-1].x1 < right_edge - 0.25 * max(60.0, right_edge - row[0].x0) for row in rows) > len(rows)
    lines: list[TextLine] = []
    previous: list[Segment] | None = None
    weight = (0.0, False)
    #: Where the item begins to which the lines belong: text that begins there and is no item of its own comes after the list.
    item_x: float | None = None
    for position, row in enumerate(rows):
        if position < after:
            continue
        if position in tables:
            lines += _grid_lines(tables[position].rows, page.number)
            previous, after = None, tables[position].last
            continue
        box = _union(row, page.number)
        if len(row) == 1:
            size, bold, text = row[0].size, row[0].bold, row[0].text
        else:
            size, bold = max(s.size for s in row), all(s.bold for s in row)
            text = " ".join(s.text for s in row)
        new_block = previous is None
        if previous is not None:
            distance = row[0].top - previous[0].top
            before, before_bold = weight
            same = abs(before - size) <= 0.12 * max(before, size) and bold == before_bold
            ended = _ends_sentence(lines[-1].text) if lines else True
            short = previous[-1].x1 < right_edge - 0.25 * max(60.0, right_edge - previous[0].x0)
            small = text[:1].islower()
            apart = distance > 1.45 * max(pitch, size)
            # A full line in the middle of a sentence goes on below a gap: there was a page break in the source.
            torn = apart and same and small and not ended and not short and distance < TORN * size and not previous[0].hint
            new_block = (
                not torn
                and (
                    distance < -pitch  # next column
                    or apart
                    or (short and not small and distance > 1.25 * max(pitch, size))
                    or not same
                    or bool(_BULLET.match(text) and (ended or short or row[0].item or row[0].x0 != previous[0].x0))
                    or bool(_NUMBERED.match(text) and (ended or short or bold or row[0].item))
                    or (loose and short and distance > SPARSE * size and not small)
                    or (ended and _is_capitals(text) and not _is_capitals(lines[-1].text))
                    or (short and _is_capitals(lines[-1].text) and not _is_capitals(text))
                    # Under the bullet, not under the words of the item: the list has ended.
                    or (
                        item_x is not None
                        and row[0].x0 < item_x + 3
                        and text[:1].isupper()
                        and (short or (previous[0].x0 > item_x + 0.8 * size and row[0].x0 > item_x - size))
                    )
                    or (short and ended and abs(row[0].x0 - previous[0].x0) < 3 and text[:1].isupper())
                )
            )
            if distance < -pitch and not ended and small and same:
                new_block = False  # a sentence that goes on in the next column
        lines.append(TextLine(text, new_block, row[0].hint, box, size, bold))
        if new_block or previous is None:
            item_x = row[0].x0 if _BULLET.match(text) else None
        previous, weight = row, (size, bold)
    return lines


def furniture_key(text: str, row: list[Segment]) -> str:
    """Return what two prints of the same running head share: the words, and the size (a title may repeat the head, larger)."""
    return f"{clean(text).casefold()}\x1f{max(s.size for s in row):.0f}"


def _is_page_number(text: str) -> bool:
    match = _PAGE_NUMBER.match(text)
    # "24/7" at the top of a page is no page number: there the second figure is the number of pages.
    return match is not None and (match["of"] is None or int(match["page"]) <= int(match["of"]))


def _in_margin(row: list[Segment], page: RawPage, band: float = MARGIN_BAND) -> bool:
    height = page.width if page.turn in (1, 3) else page.height
    return bool(height) and (row[0].bottom < band * height or row[0].top > (1 - band) * height)


def find_furniture(pages: list[RawPage]) -> frozenset[str]:
    """Return the lines that recur in the margins: on three pages, or on half of them where there are fewer than six.

    Lines that differ in figures are the same head only where a figure grows with the page ("Contract 47, page 3"); otherwise "Priority 1: 2 hours" and
    "Priority 2: 4 hours" at the top of two pages would be taken for one.
    """
    places: dict[str, set[int]] = defaultdict(set)
    counting: dict[str, list[tuple[int, tuple[int, ...], str]]] = defaultdict(list)
    #: Heads with a page number beside them, by what is to be added to the number of the page.
    numbered: dict[int, dict[int, str]] = defaultdict(dict)
    for number, page in enumerate(pages):
        if not page.height:
            continue
        margin = [run for run in page.runs if run.bottom < MARGIN_BAND * page.height or run.top > (1 - MARGIN_BAND) * page.height]
        for row in split_segments(margin):
            key = furniture_key(" ".join(s.text for s in row), row)
            places[key].add(number)
            for end in (row[0], row[-1]) if len(row) > 1 else ():
                if end.text.isdecimal() and len(end.text) < 4:
                    numbered[int(end.text) - number][number] = key
            figures = _DIGITS.findall(key)
            if figures and len(figures) <= 8:
                counting[_DIGITS.sub("#", key)].append((number, tuple(int(figure[:9]) for figure in figures), key))
    needed = max(2, min(3, (len(pages) + 1) // 2))
    found = {key for key, numbers in places.items() if len(numbers) >= needed}
    for heads in numbered.values():
        # "Chapter 2: Repairs        14": the words change with the chapter, the number goes on.
        if len(heads) >= max(3, needed):
            found |= set(heads.values())
    for entries in counting.values():
        if len({number for number, _, _ in entries}) < needed:
            continue
        for position in range(len(entries[0][1])):
            offsets = Counter(figures[position] - number for number, figures, _ in entries)
            offset, count = offsets.most_common(1)[0]
            others = {
                figures[:position] + figures[position + 1 :] for number, figures, _ in entries if figures[position] - number == offset
            }
            if count >= needed and len(others) == 1:
                found |= {key for number, figures, key in entries if figures[position] - number == offset}
    return frozenset(key for key in found if key.split("\x1f")[0])


def continues(previous: list[TextLine], following: list[TextLine]) -> bool:
    """Tell whether the first line of a page goes on with the paragraph at the end of the page before."""
    if not previous or not following or previous[-1].hint or following[0].hint:
        return False
    last, first = previous[-1], following[0]
    if _ends_sentence(last.text) or last.bold != first.bold or _BULLET.match(first.text):
        return False
    if first.text[:1].islower() or last.text.rstrip().endswith(("-", ",")) or _OPEN_END.search(last.text):
        return True
    # A noun or a figure in the middle of a sentence: the last line is full, and of the same type.
    if last.box is None or last.size_pt is None or first.size_pt is None or abs(last.size_pt - first.size_pt) > 0.06 * last.size_pt:
        return False
    edge = max(line.box.x1 for line in previous if line.box is not None)
    full = last.box.x1 > edge - 0.2 * (edge - last.box.x0) and len(last.text) > 40 and last.text[-1].isalpha()
    return (
        full
        and not last.bold
        and (bool(_FIGURE_GOES_ON.match(first.text)) or not _NUMBERED.match(first.text))
        and not _is_capitals(first.text)
    )


def _ends_sentence(text: str) -> bool:
    return text.rstrip()[-1:] in _SENTENCE_END


def _is_capitals(text: str) -> bool:
    capitals = sum(map(str.isupper, text))
    if capitals < 4:
        return False
    letters = list(filter(str.isalpha, text))
    return len(letters) > 3 and sum(map(str.isupper, letters)) > 0.85 * len(letters)
