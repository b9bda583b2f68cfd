"""How well found durations agree with annotated ones: the figures of `durations.py` and of `quality.py`.

Plain data and the standard library only, so that the figures are the same for our reader and for every peer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

LANGUAGES = ("fr", "de", "it", "en")
DAY = 86_400.0
#: Seconds of our units: a month counts 30 days, a year 365 (taxonomy, section 2).
SECONDS: Mapping[str, float] = {
    "second": 1.0, "minute": 60.0, "hour": 3600.0, "day": DAY, "week": 7 * DAY, "month": 30 * DAY, "quarter": 90 * DAY, "year": 365 * DAY,
}  # fmt: skip
#: A peer that answers in seconds only may count 30.4 days a month or 365.25 a year: that is no wrong value. 31 days for 30 is (3.3 %).
TOLERANCE = 0.02


class Span(NamedTuple):
    """A duration: half-open span in code points, bounds in seconds (None: open, or not said), calendar (None: the reader does not say)."""

    start: int
    end: int
    lower: float | None
    upper: float | None
    business: bool | None = None


class Case(NamedTuple):
    """A sentence with the durations that it holds."""

    language: str
    text: str
    wanted: tuple[Span, ...]


@dataclass(slots=True)
class Score:
    """Counts over the sentences of one language."""

    sentences: int = 0
    wanted: int = 0
    found: int = 0
    overlapping: int = 0
    exact: int = 0
    values: int = 0
    #: Found durations whose calendar the reader tells, and those told rightly.
    told: int = 0
    calendars: int = 0
    ranges: int = 0
    ranges_right: int = 0
    #: Sentences without a duration, and those in which one is found.
    empty: int = 0
    alarms: int = 0

    @property
    def f1(self) -> float | None:
        """F1 of overlapping spans; None where there is nothing to find and nothing found."""
        return _share(2 * self.overlapping, self.wanted + self.found)

    @property
    def f1_exact(self) -> float | None:
        """F1 of spans that begin and end where the annotated ones do."""
        return _share(2 * self.exact, self.wanted + self.found)

    @property
    def f1_value(self) -> float | None:
        """F1 of overlapping spans whose bounds are right."""
        return _share(2 * self.values, self.wanted + self.found)

    @property
    def value_accuracy(self) -> float | None:
        """Share of right bounds among the durations found in place."""
        return _share(self.values, self.overlapping)

    @property
    def calendar_accuracy(self) -> float | None:
        """Share of right calendars (business or elapsed) among those told; None where the reader tells none."""
        return _share(self.calendars, self.told)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def same_bounds(wanted: Span, found: Span) -> bool:
    """Tell whether both bounds agree; an open end agrees where the annotated bounds are one value.

    Examples
    --------
    >>> same_bounds(Span(0, 1, 7200.0, 14400.0), Span(0, 1, 7200.0, 14400.0))
    True
    >>> same_bounds(Span(0, 1, 7200.0, 14400.0), Span(0, 1, None, 14400.0))
    False
    """
    lower = wanted.lower if wanted.lower is not None else wanted.upper
    upper = wanted.upper if wanted.upper is not None else wanted.lower
    found_lower = found.lower if found.lower is not None else found.upper
    found_upper = found.upper if found.upper is not None else found.lower
    return _near(lower, found_lower) and _near(upper, found_upper)


def _near(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return False
    return abs(one - other) <= TOLERANCE * max(abs(one), abs(other))


def match_spans(wanted: Sequence[Span], found: Sequence[Span]) -> list[tuple[Span, Span]]:
    """Pair the spans that share most with each other, each span once."""
    shared = [(min(w.end, f.end) - max(w.start, f.start), -i, -j) for i, w in enumerate(wanted) for j, f in enumerate(found)]
    pairs: list[tuple[int, int]] = []
    for length, i, j in sorted(shared, reverse=True):
        if length > 0 and all(-i != a and -j != b for a, b in pairs):
            pairs.append((-i, -j))
    return [(wanted[i], found[j]) for i, j in sorted(pairs)]


def score_spans(cases: Iterable[tuple[Sequence[Span], Sequence[Span]]]) -> Score:
    """Count over sentences, each given as its annotated and its found durations."""
    score = Score()
    for wanted, found in cases:
        score.sentences += 1
        score.wanted += len(wanted)
        score.found += len(found)
        score.ranges += sum(w.lower != w.upper for w in wanted)
        if not wanted:
            score.empty += 1
            score.alarms += bool(found)
        for w, f in match_spans(wanted, found):
            right = same_bounds(w, f)
            score.overlapping += 1
            score.exact += (w.start, w.end) == (f.start, f.end)
            score.values += right
            score.ranges_right += right and w.lower != w.upper
            if f.business is not None:
                score.told += 1
                score.calendars += f.business == w.business
    return score


def read_own_cases(folder: Path) -> list[Case]:
    """Read `tests/cases/durations/*.jsonl`, what is known to fail and the sentences without a duration included."""
    return [
        Case(language, case["text"], tuple(_own_span(item, start) for item, start in place_expected(case)))
        for language, case in read_cases(folder)
    ]


def read_cases(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield language and case of every line; the language is the line's own or the file's name."""
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                case = json.loads(line)
                yield case.get("language", path.stem), case


def place_expected(case: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield each expected quantity with its start: the cases name the words, in reading order.

    Raises
    ------
    ValueError
        The words do not stand in the text, or not in that order.
    """
    position = 0
    for item in case["expected"]:
        start = case["text"].index(item["text"], position)
        position = start + len(item["text"])
        yield item, start


def _own_span(item: Mapping[str, Any], start: int) -> Span:
    factor = SECONDS[item["unit"]]
    lower, upper = (None if item[key] is None else float(item[key]) * factor for key in ("lower", "upper"))
    return Span(start, start + len(item["text"]), lower, upper, item["calendar"] == "business")


def read_real_cases(folder: Path) -> list[Case]:
    """Read the durations annotated in `<folder>/*.jsonl`; nothing where the folder is absent."""
    return [
        Case(
            row["language"],
            row["text"],
            tuple(Span(d["start"], d["end"], d["lo_s"], d["hi_s"], d["calendar"] == "business") for d in row["durations"]),
        )
        for _, row in read_cases(folder)
    ]


def show(value: float | None, *, absent: str = "–") -> str:
    """Return a share with three decimals."""
    return absent if value is None else f"{value:.3f}"


def score_cells(score: Score) -> tuple[str, ...]:
    """Return the cells that go with `SCORE_HEADS`."""
    return (
        str(score.wanted),
        show(score.f1),
        show(score.f1_exact),
        show(score.f1_value),
        show(score.value_accuracy),
        show(score.calendar_accuracy, absent="does not say" if score.overlapping else "–"),
        f"{score.ranges_right}/{score.ranges}" if score.ranges else "–",
        f"{score.alarms}/{score.empty}" if score.empty else "–",
    )


SCORE_HEADS = (
    "durations", "F1 overlapping", "F1 exact span", "F1 span and value", "values right of those found", "business right", "ranges right",
    "false alarms / sentences without",
)  # fmt: skip
