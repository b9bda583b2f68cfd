"""Service windows as codes ("5x9", "8/5", "24x7x365"), and what was read of a window."""

from __future__ import annotations

from typing import NamedTuple

from analyzer.quantities.holidays import find_holidays_near, read_holidays
from analyzer.quantities.tokens import Tokens
from analyzer.types import TimeUnit

DAY = 1440
#: A window given by its length only ("5x9") is laid from this minute on.
_MORNING = 8 * 60
#: Tokens around "8/5" in which "24/7" tells that it is no date.
_NEAR = 40
_CROSS = frozenset(("x", "×", "*"))
_MORE_MARKS = frozenset(",/-&(x×*")


class Window(NamedTuple):
    """What was read; no intervals where the words are clock times without days, which only must not be durations."""

    end: int
    intervals: tuple[tuple[int, int, int], ...]
    holidays: bool | None


def read_code(t: Tokens, i: int) -> Window | None:
    """Read "5x9", "8x5", "12x7" at token `i`."""
    cross = t.lows[i + 1]
    if cross not in _CROSS and cross != "/":
        return None
    first, second = t.lows[i], t.lows[i + 2]
    if not (first.isascii() and first.isdecimal() and second.isascii() and second.isdecimal()) or len(first + second) > 4:
        return None
    low, high = sorted((int(first), int(second)))
    if low not in (5, 6, 7) or not 8 <= high <= 24:
        return None
    if cross == "/" and not (t.glued(i + 1) and t.glued(i + 2) and _plans(t, i)):
        return None
    unit = t.senses[i + 3].unit
    end = i + 3 + (unit is not None and unit.unit is TimeUnit.HOUR)
    if high == 24:
        last = skip_more(t, end)
        full_year = any(t.lows[k] == "365" for k in range(i, last))
        end, holidays = read_holidays(t, last)
        if holidays is None:
            holidays = True if full_year else find_holidays_near(t, end)
        return Window(end, tuple((day, 0, DAY) for day in range(low)), holidays)
    start = min(_MORNING, DAY - high * 60)
    end, holidays = read_holidays(t, end)
    return Window(end, tuple((day, start, start + high * 60) for day in range(low)), holidays)


def _plans(t: Tokens, i: int) -> bool:
    """Whether "8/5" is no date: public holidays behind it where dates have dots ("16/6 exkl. Feiertage"), or "24/7" nearby."""
    if t.lexicon.stems and read_holidays(t, i + 3)[1] is not None:
        return True
    if t.lows[i] == "24" or t.lows[i + 3] == "/" or t.lows[i - 1] == "/":
        return False
    around = range(max(1, i - _NEAR), min(t.n - 1, i + _NEAR))
    return any(t.lows[k] == "/" and t.lows[k - 1] == "24" and t.lows[k + 1] == "7" for k in around)


def skip_more(t: Tokens, i: int) -> int:
    """Skip what repeats a round-the-clock window: "24/24, 7/7, 365 jours par an"."""
    for _ in range(4):
        j = i
        if t.lows[j] in _MORE_MARKS or t.has(j, "and") or t.has(j, "week_link"):
            j += 1
        found = t.phrase(j, "whole_week_more")
        whole = t.phrase(j, "whole_week")
        best = max(found, whole)
        if best == -1:
            break
        i = best + (t.lows[best] == ")" and t.lows[j - 1] == "(")
    return i


def is_whole_year(t: Tokens, i: int, end: int) -> bool:
    """Whether "365" or "all year round" stands between two tokens."""
    return any(t.phrase(k, "whole_year") != -1 for k in range(i, min(end, t.n)))
