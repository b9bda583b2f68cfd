"""Runs of a page to rows of segments: text without a wide gap on one baseline."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.reading.builder import clean
from analyzer.reading.runs import Run
from analyzer.reading.tables import Grid

#: Runs whose baselines differ by less than this share of the type size stand on one line.
BASELINE_TOLERANCE = 0.45
#: Type more than this many times larger is no part of the line: a mark over the page, or a large initial, does not gather the lines that it touches.
LARGER = 2.5
#: A gap wider than this many type sizes parts two segments: cells of a row, or two columns of text.
SEGMENT_GAP = 1.6
#: A gap wider than this may part cells where other rows of a table show where its columns begin.
INNER_GAP = 0.6
#: Farther from a number or a bullet than this stands the other column, not the text of the item.
WIDEST_TAB = 12.0

_ENUMERATOR = re.compile(
    r"[☐☑☒•▪●○■□◦‣⁃∙·➢➤✓✔\-–—*o]|[(]?(?:[a-zA-Z]|[ivxIVX]{1,4}|\d{1,2}(?:\.\d{1,2}){0,4})[.)]{0,2}|§ ?\d+|Art\. ?\d+\.?"
)

_ROUND = ("o",)


@dataclass(slots=True)
class Segment:
    """Text without a wide gap on one baseline."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool
    #: "side_note" for what stands in the margin.
    hint: str = ""
    #: A number or a bullet with a tab behind it: a line that begins an item.
    item: bool = False
    #: The gaps wider than INNER_GAP: where they begin and end, and how many words are before them.
    gaps: list[tuple[float, float, int]] = field(default_factory=list)

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (self.x0, self.top, self.x1, self.bottom)

    def split_at(self, gaps: Sequence[tuple[float, float, int]]) -> list[Segment]:
        """Return the pieces between some of the gaps."""
        words = self.text.split()
        bounds = [(self.x0, 0), *((right, count) for _, right, count in gaps)]
        ends = [*((left, count) for left, _, count in gaps), (self.x1, len(words))]
        pieces = [
            Segment(
                " ".join(words[first:last]),
                x0,
                self.top,
                x1,
                self.bottom,
                self.size,
                self.bold,
                gaps=[(left, right, count - first) for left, right, count in self.gaps if first < count < last],
            )
            for (x0, first), (x1, last) in zip(bounds, ends, strict=True)
        ]
        return [piece for piece in pieces if piece.text]


def split_segments(runs: list[Run], grids: Sequence[Grid] = ()) -> list[list[Segment]]:
    """Group runs to rows by baseline, and each row to segments by gaps and by the rules of tables; rows from top to bottom."""
    rows: list[list[Run]] = []
    bases: list[float] = []
    for run in sorted(runs, key=lambda r: (round(r.bottom - 0.22 * r.size, 1), r.x0)):
        base = run.bottom - 0.22 * run.size
        # Superscripts and slightly shifted runs join the row just above; looking back two rows is enough, the list is sorted.
        for back in range(len(rows) - 1, max(-1, len(rows) - 3), -1):
            small, large = sorted((run.size, rows[back][0].size))
            if abs(bases[back] - base) <= BASELINE_TOLERANCE * (large if large <= LARGER * small else small):
                rows[back].append(run)
                break
        else:
            rows.append([run])
            bases.append(base)
    return [segments for row in rows if (segments := _join_runs(row, grids))]


def _count_trailing(text: str) -> int:
    return len(text) - len(text.rstrip())


def _join_runs(row: list[Run], grids: Sequence[Grid]) -> list[Segment]:
    row.sort(key=lambda r: r.x0)
    middle = (row[0].top + row[0].bottom) / 2
    rules = [x for grid in grids if grid.ys[0] <= middle <= grid.ys[-1] for x in grid.xs]
    segments: list[Segment] = []
    previous: Run | None = None
    for run in row:
        if segments:
            last = segments[-1]
            gap = run.x0 - last.x1
            size = max(min(run.size, last.size), 1.0)
            if previous is not None and run.text == previous.text and run.x0 - previous.x0 < 0.3 * min(size, previous.x1 - previous.x0):
                last.bold = True  # printed twice, a hair apart: that is how some writers make bold
                continue
            previous = run
            if gap <= SEGMENT_GAP * size and not any(last.x1 - 2 <= x <= run.x0 + 2 for x in rules):
                # A space at the end is part of the gap.
                if gap > INNER_GAP * size or (gap > 0.1 * size and gap > (INNER_GAP - 0.25 * _count_trailing(last.text)) * size):
                    if len(segments) == 1 and last.text.strip() in _ROUND:
                        last.text, last.item = "◦", True  # Word draws hollow bullets with the letter o
                    last.gaps.append((last.x1, run.x0, len(last.text.split())))
                space = " " if gap > 0.14 * size and not last.text.endswith(" ") and not run.text.startswith(" ") else ""
                if run.bold != last.bold:
                    if not any(map(str.isalpha, last.text)):
                        last.bold = run.bold  # a dash or a number before it says nothing of the weight
                    elif last.bold:
                        last.bold = len(run.text.strip()) < 3
                last.text += space + run.text
                last.x1 = max(last.x1, run.x1)
                last.top, last.bottom = min(last.top, run.top), max(last.bottom, run.bottom)
                last.size = max(last.size, run.size)
                continue
        previous = run
        segments.append(Segment(run.text, run.x0, run.top, run.x1, run.bottom, run.size, run.bold))
    for segment in segments:
        segment.text = clean(segment.text)
    segments = [segment for segment in segments if segment.text]
    if (
        len(segments) == 2
        and _ENUMERATOR.fullmatch(segments[0].text)
        and len(segments[1].text) > 2
        and segments[1].x0 - segments[0].x1 <= WIDEST_TAB * segments[1].size
    ):
        # A number or bullet with a tab behind it is no cell of a table.
        number, text = segments
        mark = "◦" if number.text in _ROUND else number.text
        return [Segment(f"{mark} {text.text}", number.x0, min(number.top, text.top), text.x1, max(number.bottom, text.bottom),
                        text.size, text.bold, item=True)]  # fmt: skip
    return segments
