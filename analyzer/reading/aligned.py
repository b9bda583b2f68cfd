"""Tables without vertical rules: columns by alignment, rows by spacing, with cells of several lines."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.reading.runs import Rule
from analyzer.reading.segments import Segment

#: Two edges closer than this, in points, are aligned.
ALIGNED = 6.0
#: Lines of one cell follow each other at this many type sizes at most.
LINE_STEP = 1.42
#: Paragraphs of one cell, other than the first of a row, follow each other at this many at most.
PARAGRAPH_STEP = 2.2
#: Two lines of a table lie no further apart than this many type sizes.
ROW_STEP = 5.0
#: More columns, or rules, have no table but only drawings and hostile pages.
MAX_COLUMNS = 40
MAX_RULES = 1000

_BULLET = re.compile(r"\s*(?:[•▪●○■□◦‣⁃∙·➢➤✓✔\-–—*]|\(?[a-z]\)|\(?[ivx]{1,4}\)|\(?\d{1,2}[.)](?!\d))\s")
_GOES_ON = re.compile(r"[a-zà-öø-ÿ(]")
#: Rules that are typed, under the heads of a table.
_TYPED_RULE = re.compile(r"[-=–—]{3,}")


@dataclass(slots=True)
class AlignedTable:
    """The printed rows `first` to `last` (half-open) as rows of cells of segments; an empty cell is an empty list."""

    first: int
    last: int
    rows: list[list[list[Segment]]]


@dataclass(slots=True)
class _Region:
    """Printed rows that share columns; a column is the stretch of x that its segments cover."""

    first: int
    last: int
    columns: list[list[float]]
    placed: list[list[tuple[int, Segment]]] = field(default_factory=list)
    multiple: int = 0

    def match(self, segment: Segment) -> int | None:
        """Return the column that a segment overlaps most, None where it overlaps none."""
        best, most = None, 0.0
        for number, (left, right) in enumerate(self.columns):
            shared = min(right, segment.x1) - max(left, segment.x0)
            if shared > most:
                best, most = number, shared
        return best

    def is_aligned(self, number: int, segment: Segment) -> bool:
        left, right = self.columns[number]
        return (
            abs(left - segment.x0) < ALIGNED
            or abs(right - segment.x1) < ALIGNED
            or (abs(left + right - segment.x0 - segment.x1) < 2 * ALIGNED and right - left < 200)
        )

    def fits(self, segment: Segment) -> bool:
        """Tell whether a segment alone on its line goes on with a cell: it begins with a column and ends before the next."""
        number = self.match(segment)
        if number is None or not self.is_aligned(number, segment):
            return False
        return number + 1 == len(self.columns) or segment.x1 < self.columns[number + 1][0] - 2

    def split(self, row: list[Segment]) -> list[Segment]:
        """Part text that runs over a column where a gap in it ends at the left edge of that column."""
        if not any(segment.gaps for segment in row):
            return row
        pieces: list[Segment] = []
        for segment in row:
            wide = [gap for gap in segment.gaps if any(abs(left - gap[1]) < ALIGNED for left, _ in self.columns[1:])]
            # A line of prose has wide gaps wherever it is stretched; alone on its line, all gaps must be those of columns.
            if wide and (len(row) > 1 or len(wide) == len(segment.gaps)):
                pieces += segment.split_at(wide)
            else:
                pieces.append(segment)
        return pieces

    def add(self, row: Sequence[Segment]) -> None:
        placed: list[tuple[int, Segment]] = []
        for segment in row:
            number = self.match(segment)
            if number is None:
                number = sum(left < segment.x0 for left, _ in self.columns)
                self.columns.insert(number, [segment.x0, segment.x1])
                self.placed = [[(n + (n >= number), s) for n, s in other] for other in self.placed]
                placed = [(n + (n >= number), s) for n, s in placed]
            else:
                column = self.columns[number]
                ahead = self.columns[number + 1][0] - 2 if number + 1 < len(self.columns) else float("inf")
                column[0], column[1] = min(column[0], segment.x0), max(column[1], min(segment.x1, ahead))
            placed.append((number, segment))
        self.placed.append(placed)


def find_aligned(rows: list[list[Segment]], rules: Sequence[Rule] = ()) -> list[AlignedTable]:
    """Find the tables among printed rows: two neighbours at least that have two columns or more in common.

    Parameters
    ----------
    rows : list of list of Segment
        From top to bottom.
    rules : sequence of Rule
        Horizontal rules of the page; where they part the rows of a table, they decide what belongs together.
    """
    found: list[AlignedTable] = []
    level = [rule for rule in rules if rule.top == rule.bottom and rule.x1 - rule.x0 > 40][:MAX_RULES]
    position = 0
    while position < len(rows):
        region = _grow(rows, position) if _can_begin(rows[position]) else None
        if region is None:
            position += 1
            continue
        found.append(AlignedTable(region.first, region.last, _gather(region, rows, level)))
        position = region.last
    return found


def _can_begin(row: list[Segment]) -> bool:
    return 1 < len(row) <= MAX_COLUMNS and not (_BULLET.match(row[0].text + " ") and len(row[0].text) < 4)


def _grow(rows: list[list[Segment]], first: int) -> _Region | None:
    region = _Region(first, first + 1, [[s.x0, s.x1] for s in rows[first]])
    region.placed.append(list(enumerate(rows[first])))
    end, pending = first + 1, 0
    for position in range(first + 1, len(rows)):
        row, above = region.split(rows[position]), rows[position - 1]
        size = max(s.size for s in row)
        distance = row[0].bottom - above[0].bottom
        if not 0 < distance < ROW_STEP * size or len(row) > MAX_COLUMNS or len(region.columns) > MAX_COLUMNS:
            break
        if len(row) > 1:
            numbers = [region.match(s) for s in row]
            shared = sum(number is not None and region.is_aligned(number, s) for number, s in zip(numbers, row, strict=True))
            if shared < 2 or len({n for n in numbers if n is not None}) < sum(n is not None for n in numbers):
                break
            region.multiple += 1
            pending = 0
        elif distance > (PARAGRAPH_STEP if region.match(row[0]) else LINE_STEP) * size or not region.fits(row[0]) or pending > 6:
            break
        else:
            pending += 1
        region.add(row)
        end = position + 1
    if not region.multiple:
        return None
    # A single line in the first column under the last row is the text after the table.
    while (
        end - 1 > first
        and len(rows[end - 1]) == 1
        and region.placed[end - 1 - first][0][0] == 0
        and not _GOES_ON.match(rows[end - 1][0].text)
    ):
        end -= 1
    region.last = end
    region.placed = region.placed[: end - first]
    return region


def _gather(region: _Region, rows: list[list[Segment]], rules: Sequence[Rule]) -> list[list[list[Segment]]]:
    """Put printed rows together to rows of the table."""
    printed = rows[region.first : region.last]
    bases = [row[0].bottom for row in printed]
    steps = [b - a for a, b in itertools.pairwise(bases)]
    closest = min(steps, default=0.0)
    starts = [step for step, placed in zip(steps, region.placed[1:], strict=True) if placed[0][0] == 0]
    # Where rows stand apart, lines that stand close together are of one row, in whatever column they begin.
    spaced = bool(starts) and closest <= LINE_STEP * printed[0][0].size and max(starts) > 1.25 * closest
    bands = _bands(region, printed, rules)
    table: list[list[list[Segment]]] = []
    for position, placed in enumerate(region.placed):
        if bands is not None:
            # Shading is drawn line by line at times: a rule through a cell that goes on does not part it.
            within = position > 0 and len(placed) == 1 and _joins(placed, table[-1], steps[position - 1], False)
            joins = within or (position > 0 and bands[position] == bands[position - 1])
        else:
            joins = position > 0 and _joins(placed, table[-1], steps[position - 1], spaced and steps[position - 1] < 1.15 * closest)
        if not joins:
            table.append([[] for _ in region.columns])
        for number, segment in placed:
            if not _TYPED_RULE.fullmatch(segment.text):
                table[-1][number].append(segment)
    return table


def _joins(placed: list[tuple[int, Segment]], current: list[list[Segment]], step: float, close: bool) -> bool:
    if step > LINE_STEP * max(segment.size for _, segment in placed):
        return False
    if close:
        return True
    first, segment = placed[0]
    if first == 0:
        return len(placed) == 1 and bool(_GOES_ON.match(segment.text))
    filled = sum(bool(cell) for cell in current)
    return len(placed) == 1 or len(placed) < filled - 1 or all(bool(_GOES_ON.match(s.text)) for _, s in placed)


def _bands(region: _Region, printed: list[list[Segment]], rules: Sequence[Rule]) -> list[int] | None:
    """Return the number of the band between rules in which each printed row lies, None where the rules do not part the rows."""
    left, right = region.columns[0][0], region.columns[-1][1]
    top, bottom = printed[0][0].top, printed[-1][0].bottom
    covered: dict[float, float] = {}
    for rule in rules:
        if top < rule.top < bottom:
            key = round(rule.top)
            covered[key] = covered.get(key, 0.0) + max(0.0, min(right, rule.x1) - max(left, rule.x0))
    ys = sorted(y for y, length in covered.items() if length > 0.6 * (right - left))
    if not ys:
        return None
    bands = [sum(y < (row[0].top + row[0].bottom) / 2 for y in ys) for row in printed]
    begun = [band for band, placed in zip(bands, region.placed, strict=True) if placed[0][0] == 0]
    # Rules under the heads and at the foot alone say nothing of the rows between.
    return bands if len(begun) == len(set(begun)) and len(set(bands)) > 1 else None
