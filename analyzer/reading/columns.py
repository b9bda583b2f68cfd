"""Columns of prose on a page, and the order in which their rows are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from analyzer.reading.segments import Segment

#: A column has at least so many lines, and they are as long as this in the middle: cells of a table leave a gutter too.
LINES, LONG = 8, 24
#: Share of letters in what is written: rows of figures stand in columns of a table.
LETTERS = 0.5
#: Share of the letters of a column that stand in long lines where the middle line is short: labels of a figure are many and short.
LONG_SHARE = 0.6
#: A full line ends this many type sizes from the edge of its column, at most.
FULL = 1.5
#: Of the lines of a column that is not justified this share ends this many type sizes from the edge.
FILLED, NEARLY_FULL = 0.6, 4.5
#: Lines over the gutter, as a share of those beside it.
CROSSING = 0.35
#: Where a gutter can be, as shares of the width, and how often halves are looked through again: four columns at most.
FROM, TO, DEPTH = 0.3, 0.7, 2
#: Cells of a table over both columns are shorter than this on average, and there are two on either side.
CELL = 20
#: Cells of rows below one another begin at most this many points apart, and of two such rows at least this share of the cells does.
SAME_START, SHARED = 3.0, 0.75

_Rows = list[list[Segment]]
_Parts = tuple[list[Segment], list[Segment]]


class Columns(NamedTuple):
    """A gutter, and those in the column to its left and in that to its right."""

    x: float
    left: Columns | None
    right: Columns | None


def order_columns(rows: _Rows, width: float) -> _Rows:
    """Put the rows of a page with columns in reading order: bands between full-width lines, left before right."""
    columns = find_columns(rows, 0.0, width)
    return _order(rows, columns) if columns else rows


def find_columns(rows: _Rows, low: float, high: float, depth: int = DEPTH) -> Columns | None:
    """Return the gutters of rows between two edges, or None where there is one column."""
    x = find_gutter(rows, low, high)
    if x is None:
        return None
    if not depth:
        return Columns(x, None, None)
    parted = [part for row in rows if (part := _part(row, x)) is not None]
    left, right = [before for before, _ in parted if before], [after for _, after in parted if after]
    return Columns(x, find_columns(left, min(row[0].x0 for row in left), x, depth - 1),
                   find_columns(right, x, max(row[-1].x1 for row in right), depth - 1))  # fmt: skip


def find_gutter(rows: _Rows, low: float, high: float) -> float | None:
    """Return the x of a white gutter between two columns of prose, or None.

    Long lines of the left column can come closer to the right one than cells of a table do: they are one segment then, with a gap inside.
    """
    first, last = low + FROM * (high - low), low + TO * (high - low)
    starts: Counter[int] = Counter()
    for row in rows:
        for segment in row:
            starts.update(round(x / 4) for x in {segment.x0, *(right for _, right, _ in segment.gaps)} if first < x < last)
    for start, count in starts.most_common(5):
        if count < 6:
            return None
        x = start * 4.0 - 4.0
        parted = [_part(row, x) for row in rows]
        if _are_columns(parted):
            return x
        # Columns between lines over the whole page, above and below: these say nothing about what is between them.
        table = _find_table_rows(parted)
        both = [place for place, parts in enumerate(parted) if parts and all(parts) and place not in table]
        if both and _are_columns(parted[both[0] : both[-1] + 1], filled=True):
            return x
    return None


def _are_columns(parted: Sequence[_Parts | None], *, filled: bool = False) -> bool:
    table = _find_table_rows(parted)
    rows = [parts for place, parts in enumerate(parted) if parts is not None and place not in table]
    left, right = [line for before, _ in rows for line in before], [line for _, after in rows for line in after]
    if parted.count(None) > CROSSING * (len(left) + len(right)):
        return False
    return _is_prose(left) and _is_prose(right) and (not filled or (_is_filled(left) and _is_filled(right)))


def _is_filled(lines: list[Segment]) -> bool:
    """Tell whether most lines run to the edge of their column: cells end where their words do."""
    edge = sorted(line.x1 for line in lines)[-1 - len(lines) // 20]
    return sum(edge - line.x1 < NEARLY_FULL * line.size for line in lines) >= FILLED * len(lines)


def _is_prose(lines: list[Segment]) -> bool:
    if len(lines) < LINES:
        return False
    lengths = [len(line.text) for line in lines]
    if sum(map(str.isalpha, "".join(line.text for line in lines))) < LETTERS * sum(lengths):
        return False
    if median(lengths) >= LONG:
        return True
    edge = sorted(line.x1 for line in lines)[-1 - len(lines) // 20]
    full = sum(abs(line.x1 - edge) < FULL * line.size and len(line.text) >= LONG for line in lines)
    return full >= 2 * LINES and sum(length for length in lengths if length >= LONG) >= LONG_SHARE * sum(lengths)


def _find_table_rows(parted: Sequence[_Parts | None]) -> set[int]:
    """Return the places of rows of a table over both columns: two or more with cells below one another, or cells with figures.

    A justified line with wide gaps looks like cells as well, but what is below it begins elsewhere.
    """
    cells = [parts[0] + parts[1] if parts is not None and _has_cells(parts) else [] for parts in parted]
    found = {place for place, row in enumerate(cells) if row and 2 * sum(any(map(str.isdigit, cell.text)) for cell in row) >= len(row)}
    for place, (row, following) in enumerate(pairwise(cells)):
        if row and following and _share_starts(row, following):
            found |= {place, place + 1}
    return found


def _has_cells(parts: _Parts) -> bool:
    left, right = parts
    return len(left) >= 2 <= len(right) and sum(len(cell.text) for cell in left + right) < CELL * (len(left) + len(right))


def _share_starts(row: list[Segment], following: list[Segment]) -> bool:
    shared = sum(any(abs(cell.x0 - other.x0) <= SAME_START for other in following) for cell in row)
    return shared >= 4 and shared >= SHARED * max(len(row), len(following))


def _part(row: list[Segment], x: float) -> _Parts | None:
    """Return what of a row is left and right of a gutter; None where text runs over it."""
    left: list[Segment] = []
    right: list[Segment] = []
    for segment in row:
        if segment.x0 >= x - 2:
            right.append(segment)
        elif segment.x1 <= x + 4:
            left.append(segment)
        else:
            # The column begins behind the gap; where it begins elsewhere, the gap is one between words.
            gap = next((gap for gap in segment.gaps if gap[0] <= x + 4 and x - 2 <= gap[1] <= x + 9), None)
            pieces = segment.split_at([gap]) if gap else []
            if len(pieces) != 2:
                return None
            left.append(pieces[0])
            right.append(pieces[1])
    return left, right


def _order(rows: _Rows, columns: Columns | None) -> _Rows:
    if columns is None:
        return rows
    ordered: _Rows = []
    left: _Rows = []
    right: _Rows = []
    parted = [_part(row, columns.x) for row in rows]
    table = _find_table_rows(parted)
    for place, (row, parts) in enumerate(zip(rows, parted, strict=True)):
        if parts is None or place in table:
            heads = _take_heads(left, right)
            ordered += _order(left, columns.left) + _order(right, columns.right) + heads
            left, right = [], []
            ordered.append(row)
            continue
        before, after = parts
        if before:
            left.append(before)
        if after:
            right.append(after)
    return ordered + _order(left, columns.left) + _order(right, columns.right)


def _take_heads(left: _Rows, right: _Rows) -> _Rows:
    """Take the headings from the end of the left column that stand below the right one: they belong to the full lines that follow."""
    heads: _Rows = []
    while left and right and len(heads) < 2 and left[-1][0].top > right[-1][-1].bottom and all(segment.bold for segment in left[-1]):
        heads.insert(0, left.pop())
    return heads
