"""Tables: a grid of the rules that cross on a page, where text belongs to the cell that its middle lies in; rows of cells as lines."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from analyzer.reading.builder import TextLine
from analyzer.reading.runs import Rule

#: Rules closer than this, in points, are one rule drawn twice (both edges of a border, a cell's bottom and the next one's top).
SAME_RULE = 3.5
#: In a grid of more cells than this, merged cells are not looked for.
MAX_MERGED = 5_000


class Boxed(Protocol):
    @property
    def box(self) -> tuple[float, float, float, float]: ...


T = TypeVar("T", bound=Boxed)


class Grid:
    """A table: sorted y of its horizontal and x of its vertical rules, and the rules themselves, which tell what is merged."""

    def __init__(self, ys: list[float], xs: list[float], horizontal: Sequence[Rule] = ()) -> None:
        self.ys, self.xs, self.left, self.right = ys, xs, xs[0], xs[-1]
        self._horizontal = horizontal

    @property
    def top(self) -> float:
        return self.ys[0]

    def holds(self, box: tuple[float, float, float, float]) -> bool:
        x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        return self.ys[0] - 1 <= y <= self.ys[-1] + 1 and self.left - 3 <= x <= self.right + 3

    def rows(self, segments: list[T]) -> list[list[list[T]]]:
        """Return rows of cells of segments, in reading order; empty cells are empty lists. A cell that reaches down says the same in each row."""
        columns = max(1, len(self.xs) - 1)
        table: list[list[list[T]]] = [[[] for _ in range(columns)] for _ in range(max(1, len(self.ys) - 1))]
        for segment in sorted(segments, key=lambda s: (round(s.box[1]), s.box[0])):
            x0, top, x1, bottom = segment.box
            row = min(max(bisect_right(self.ys, (top + bottom) / 2) - 1, 0), len(table) - 1)
            # The left edge decides the column: text that runs over several columns begins in its own.
            column = min(max(bisect_right(self.xs, x0 + min(3.0, (x1 - x0) / 2)) - 1, 0), columns - 1)
            table[row][column].append(segment)
        self._reach_down(table, columns)
        return [row for row in table if any(row)]

    def _reach_down(self, table: list[list[list[T]]], columns: int) -> None:
        """Give the text of a cell without a rule under it to each row that it reaches over."""
        if len(table) < 2 or len(table) * columns > MAX_MERGED or not self._horizontal:
            return
        ruled = self._ruled(columns)
        for column in range(columns):
            first = 0
            while first < len(table):
                last = first
                while last + 1 < len(table) and not ruled[last + 1][column]:
                    last += 1
                if last > first and any(any(row) for row in table[first : last + 1]):
                    whole = [segment for row in table[first : last + 1] for segment in row[column]]
                    # A long text beside short rows is said once: it is no name of what stands in them.
                    for row in table[first : last + 1] if len(whole) <= 4 else table[first : first + 1]:
                        row[column] = list(whole)
                    for row in table[first + 1 : last + 1] if len(whole) > 4 else ():
                        row[column] = []
                first = last + 1

    def _ruled(self, columns: int) -> list[list[bool]]:
        """Tell for each horizontal rule of the grid over which columns it runs."""
        ruled = [[False] * columns for _ in self.ys]
        for rule in self._horizontal:
            line = min(max(bisect_right(self.ys, rule.top) - 1, 0), len(self.ys) - 1)
            for column in range(columns):
                middle = (self.xs[column] + self.xs[column + 1]) / 2
                if rule.x0 <= middle <= rule.x1:
                    ruled[line][column] = True
        return ruled


def find_grids(rules: list[Rule], width: float, height: float) -> list[Grid]:
    """Return the grids of a page, from top to bottom; at least two rows or columns each."""
    horizontal = [r for r in rules if r.top == r.bottom or abs(r.top - r.bottom) < 0.5]
    lying = set(horizontal)
    vertical = [r for r in rules if r not in lying]
    if len(horizontal) < 2 or len(vertical) < 2:
        return []
    vertical = [r for r in vertical if r.bottom - r.top > 4]
    groups = _connect(horizontal, vertical)
    grids: list[Grid] = []
    for hs, vs in groups:
        ys, xs = _distinct([r.top for r in hs]), _distinct([r.x0 for r in vs])
        if len(ys) < 2 or len(xs) < 3:
            continue
        if xs[-1] - xs[0] < 40 or ys[-1] - ys[0] < 8:
            continue
        grids.append(Grid(ys, xs, hs))
    return sorted(grids, key=lambda grid: grid.top)


def _connect(horizontal: list[Rule], vertical: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Group rules that touch, by a union over the vertical ones: each touches the horizontal rules in its reach."""
    horizontal = sorted(horizontal, key=lambda r: r.top)
    parent = list(range(len(horizontal)))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    tops = [r.top for r in horizontal]
    touched: list[tuple[Rule, int]] = []
    for rule in vertical[:2000]:
        first, last = bisect_right(tops, rule.top - SAME_RULE), bisect_right(tops, rule.bottom + SAME_RULE)
        near = [i for i in range(first, min(last, first + 400)) if horizontal[i].x0 - SAME_RULE <= rule.x0 <= horizontal[i].x1 + SAME_RULE]
        if not near:
            continue
        for other in near[1:]:
            parent[root(other)] = root(near[0])
        touched.append((rule, near[0]))
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for rule, index in touched:
        groups.setdefault(root(index), ([], []))[1].append(rule)
    for index, rule in enumerate(horizontal):
        if root(index) in groups:
            groups[root(index)][0].append(rule)
    return list(groups.values())


def _distinct(values: list[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > SAME_RULE:
            found.append(value)
    return found


def row_lines(cells: list[list[TextLine]], *, heads: bool = False) -> Iterator[TextLine]:
    """Yield a row of a table, given the lines of each cell, as one line of cells; a frame around text yields its own lines."""
    if sum(len(cell) for cell in cells) == 0:
        return
    longest = max((len(line.text) for cell in cells for line in cell), default=0)
    if len(cells) == 1 or (sum(bool(cell) for cell in cells) == 1 and (longest > 200 or max(len(c) for c in cells) > 2)):
        # A frame around text, or a layout table: its paragraphs stand for themselves.
        for cell in cells:
            yield from cell
    else:
        texts = [_cell_text(cell) for cell in cells]
        bold = heads or all(line.bold for cell in cells for line in cell)
        yield TextLine(" | ".join(texts), True, "table_row", None, None, bold, texts)


def _cell_text(lines: list[TextLine]) -> str:
    """Join the lines of a cell; the rows of a table in it are kept apart, and its cells told from those of the row."""
    text = ""
    for line in lines:
        inner = line.hint == "table_row" and line.cells is not None
        words = (": " if len(line.cells or ()) == 2 else ", ").join(filter(None, line.cells or ())) if inner else line.text
        text = f"{text}{'; ' if inner and text else ' '}{words}" if text else words
    return text
