"""What every reader of pages hands to `layout`: pieces of text with a place, and ruled lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

#: What is drawn again at most this share of the type size away is the same text.
REDRAWN = 0.25
#: Type so many times larger than that of most of the page, and of at least so many points, with so many lines of text under it, is written over the page:
#: DRAFT, COPY.
OVER_SIZE, LEAST_OVER, UNDER_IT = 3.0, 24.0, 3
#: Pieces of such a mark on a page, and words in each, at most; what says more is text.
MOST_MARKS, MARK_WORDS = 3, 3
#: Three spaces or more set a column apart.
_SPACES = re.compile("[ \xa0]{3,}")
#: Signs for an unknown letter, and control characters that a font gives for one.
_LOST = re.compile("[\ufffd\x00-\x08\x0e-\x1f]")
#: A bullet stands alone in front of a text or of nothing; it is no letter of it.
_BULLET = re.compile(r"\s*[\ufffd\x00-\x08\x0e-\x1f](?=\s|$)")
#: Closer than this share of the type size to its neighbours on the line, a sign is one of their letters or figures, or the currency of an amount.
BESIDE = 0.7


class Run(NamedTuple):
    """A piece of text on one baseline, in PDF points with the origin top left."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool


class Rule(NamedTuple):
    """A drawn line or the edge of a drawn rectangle; horizontal where `top == bottom`, vertical where `x0 == x1`."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class RawPage:
    """One page before layout."""

    number: int
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    #: Characters that the font maps to nothing readable.
    unmapped: int = 0
    #: Share of the page that images cover, 0 to 1.
    image_share: float = 0.0
    #: Runs that do not go left to right, by quarter turns counter-clockwise (1: upwards), their boxes as if the page were turned upright;
    #: 0 is any other angle. Stamps, watermarks, side notes, or all of a landscape page.
    turned: dict[int, list[Run]] = field(default_factory=dict)
    #: How the page was turned to be read, in quarter turns counter-clockwise.
    turn: int = 0
    #: How much the lines of a scan fall per point to the right; the runs are straightened.
    slope: float = 0.0
    #: Mean confidence of the words, 0 to 100, where the page was read by text recognition.
    recognized: float | None = None
    #: Something was painted: a page without text that is not empty either.
    painted: bool = False
    error: str = ""
    #: The page took too long.
    gave_up: bool = False
    #: On the last page: how many more the file says that it has.
    lost: int = 0

    @property
    def shown(self) -> int:
        """Characters that run along with the page."""
        return sum(len(run.text.strip()) for run in self.runs)

    @property
    def lost_letters(self) -> int:
        """Characters of the text that are not known, without the bullets in front of it."""
        count = 0
        before: Run | None = None
        for run in self.runs:
            found = len(_LOST.findall(run.text))
            if found and _BULLET.match(run.text) and not (before is not None and _stands_beside(before, run)):
                found -= 1
            count += found
            before = run
        return count

    @property
    def rotated(self) -> list[str]:
        """The text that does not run along with the page."""
        return [run.text for runs in self.turned.values() for run in runs]

    def set_upright(self) -> None:
        """Read the page along the direction in which most of its text runs; letters that are drawn again at the same place are dropped."""
        self.runs = drop_redrawn(self.runs)
        self.turned = {turn: drop_redrawn(runs) for turn, runs in self.turned.items()}
        counts = {turn: sum(len(run.text) for run in runs) for turn, runs in self.turned.items() if turn}
        best = max(counts, key=lambda turn: counts[turn], default=0)
        along = sum(len(run.text) for run in self.runs)
        if not best and not along:
            # All that the page says runs at some other angle: better in a doubtful order than not at all.
            self.runs = self.turned.pop(0, [])
            return
        if not best or (along and counts[best] <= max(20, along)):
            return
        upright = self.turned.pop(best)
        if self.runs:
            self.turned[0] = self.turned.get(0, []) + self.runs
        self.runs, self.rules, self.turn = upright, [], best

    def as_shown(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """Return a box of the turned and straightened page in the coordinates of the page as it is shown."""
        x0, top, x1, bottom = box
        if self.slope:
            fall = self.slope * ((x0 + x1) / 2 - (self.height if self.turn in (1, 3) else self.width) / 2)
            top, bottom = top + fall, bottom + fall
        if self.turn == 1:
            return top, self.height - x1, bottom, self.height - x0
        if self.turn == 2:
            return self.width - x1, self.height - bottom, self.width - x0, self.height - top
        if self.turn == 3:
            return self.width - bottom, x0, self.width - top, x1
        return box


def _stands_beside(before: Run, run: Run) -> bool:
    return abs(before.bottom - run.bottom) < 0.3 * run.size and abs(run.x0 - before.x1) < BESIDE * run.size


def drop_redrawn(runs: list[Run]) -> list[Run]:
    """Drop what is drawn again within a fraction of its size at the same place, and call what stays bold: a shadow, or bold by hand.

    Two letters of a word that are the same ("ll") stand a whole letter apart, and on one baseline.
    """
    if len({run.text for run in runs}) == len(runs):
        return runs
    places: dict[str, list[int]] = defaultdict(list)
    for number, run in enumerate(runs):
        places[run.text.strip()].append(number)
    dropped: set[int] = set()
    bold: set[int] = set()
    for numbers in places.values():
        if len(numbers) == 1:
            continue
        numbers.sort(key=lambda number: runs[number].x0)
        near: list[int] = []
        for number in numbers:
            run = runs[number]
            near = [kept for kept in near if run.x0 - runs[kept].x0 <= REDRAWN * run.size]
            kept = next((kept for kept in reversed(near) if _is_redrawn(runs[kept], run)), None)
            if kept is None:
                near.append(number)
            else:
                dropped.add(number)
                bold.add(kept)
    if not dropped:
        return runs
    return [run._replace(bold=True) if number in bold else run for number, run in enumerate(runs) if number not in dropped]


def _is_redrawn(first: Run, again: Run) -> bool:
    aside, below = again.x0 - first.x0, abs(again.bottom - first.bottom)
    share = 0.75 if below > 0.01 * first.size else 0.5
    return below <= REDRAWN * first.size and aside <= share * (first.x1 - first.x0) and abs(again.size - first.size) <= 0.02 * first.size


def split_at_spaces(text: str, length: float, size: float) -> Iterator[tuple[str, float, float]]:
    """Yield the pieces between three spaces or more, each with the shares of the length at which it begins and ends.

    In type of one width all characters count the same; in other type a space is about a quarter of the size (0.25 in Times, 0.28 in Helvetica).
    """
    single = abs(length - 0.6 * size * len(text)) < 0.06 * length
    blanks = sum(character in " \xa0" for character in text)
    others = len(text) - blanks
    space = 1.0 if single else 0.26 * size
    width = 1.0 if single else max(length - space * blanks, 0.1 * size * others) / max(others, 1)
    total = space * blanks + width * others
    place, begin = 0.0, 0
    for gap in _SPACES.finditer(text + "   "):
        piece = text[begin : gap.start()]
        inner = sum(character in " \xa0" for character in piece)
        end = place + space * inner + width * (len(piece) - inner)
        if piece:
            yield piece, place / total, end / total
        place, begin = end + space * (gap.end() - gap.start()), gap.end()


def part_overlaid(runs: list[Run]) -> tuple[list[Run], list[str]]:
    """Return the runs without the marks that are written over others in much larger type, and the text of these.

    Only a word or a few without a figure, over several lines, is a mark. A price with small print on it, or clauses before microprint, are text.
    """
    sizes = sorted((run.size, len(run.text)) for run in runs)
    half, usual = sum(length for _, length in sizes) / 2, 0.0
    for size, length in sizes:
        half -= length
        if half <= 0:
            usual = size
            break
    large = [run for run in runs if run.size > max(OVER_SIZE * usual, LEAST_OVER) and run.text.strip()]
    if not 0 < len(large) <= 100:
        return runs, []
    over = [run for run in large if _count_lines_under(run, runs) >= UNDER_IT]
    if not 0 < len(over) <= MOST_MARKS or not all(map(_is_mark, over)):
        return runs, []
    marks = set(map(id, over))
    return [run for run in runs if id(run) not in marks], [run.text.strip() for run in over]


def _count_lines_under(run: Run, runs: list[Run]) -> int:
    return len(
        {
            round(other.bottom)
            for other in runs
            if other.size * OVER_SIZE < run.size
            and run.top < (other.top + other.bottom) / 2 < run.bottom
            and run.x0 < (other.x0 + other.x1) / 2 < run.x1
        }
    )


def _is_mark(run: Run) -> bool:
    text = run.text.strip()
    return len(text.split()) <= MARK_WORDS and not any(map(str.isdigit, text)) and text[-1] not in ".:;,?%"
