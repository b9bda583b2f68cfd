"""Service windows: days of the week with hours, "24/7", "5x9"; with or without public holidays."""

from __future__ import annotations

from typing import NamedTuple

from analyzer.quantities.clocks import Interval, is_clock_interval, read_interval, read_time
from analyzer.quantities.tokens import Tokens

_DAY = 1440
_WEEK = frozenset(range(7))
_WORKDAYS = frozenset(range(5))
_WEEKEND = frozenset((5, 6))
#: A window given by its length only ("5x9") is laid from this minute on.
_MORNING = 8 * 60
#: Parts of one window; a table of opening hours stays below.
_MOST_PARTS = 40
_CROSS = frozenset(("x", "×", "*"))


class Window(NamedTuple):
    """What was read; no intervals where the words are clock times without days, which only must not be durations."""

    end: int
    intervals: tuple[tuple[int, int, int], ...]
    holidays: bool | None


class _Days(NamedTuple):
    days: frozenset[int]
    end: int


def read_window(t: Tokens, i: int) -> Window | None:
    """Read a service window that begins at token `i`."""
    crossed = _crossed(t, i)
    if crossed is not None:
        return crossed
    return _Reader(t, i).read()


def _crossed(t: Tokens, i: int) -> Window | None:
    """Read "5x9", "8x5", "12x7"."""
    first, cross, second = t.low(i), t.low(i + 1), t.low(i + 2)
    if (
        cross not in _CROSS
        or not (first.isascii() and first.isdecimal() and second.isascii() and second.isdecimal())
        or len(first + second) > 4
    ):
        return None
    low, high = sorted((int(first), int(second)))
    if low not in (5, 6, 7) or not 8 <= high <= 24:
        return None
    end = i + 3 + (t.low(i + 3) == "h")
    if high == 24:
        end, holidays = _holidays(t, _more(t, end))
        return Window(end, tuple((day, 0, _DAY) for day in range(low)), holidays)
    start = min(_MORNING, _DAY - high * 60)
    end, holidays = _holidays(t, end)
    return Window(end, tuple((day, start, start + high * 60) for day in range(low)), holidays)


def _more(t: Tokens, i: int) -> int:
    """Skip what repeats a round-the-clock window: "24/24, 7/7, 365 jours par an"."""
    for _ in range(4):
        j = i
        if t.low(j) in (",", "/", "-", "et", "und", "and", "e", "&", "(", "x", "on", "et,"):
            j += 1
        found = t.phrase(j, "whole_week_more")
        whole = t.phrase(j, "whole_week")
        best = max(found, whole)
        if best == -1:
            break
        i = best + (t.low(best) == ")" and t.low(j - 1) == "(")
    return i


def _holidays(t: Tokens, i: int) -> tuple[int, bool | None]:
    """Read what is said of public holidays, behind a comma or a bracket."""
    for skip in range(4):
        for name, value in (("holidays_out", False), ("holidays_in", True)):
            end = t.phrase(i + skip, name)
            if end != -1:
                return end + (t.low(end) == ")"), value
        if t.low(i + skip) not in (",", "(", ")", ";", "-", "–", ".", "et", "und", "and", "e", "/"):
            break
    return i, None


class _Reader:
    def __init__(self, t: Tokens, i: int) -> None:
        self.t, self.start = t, i
        self.parts: list[tuple[frozenset[int], list[Interval]]] = []
        self.early: list[Interval] = []
        self.end = i
        self.holidays: bool | None = None
        self.whole = False
        #: Behind the last words that say something; days without times at the end are left out.
        self.useful = self.skipped = i

    def read(self) -> Window | None:
        i = self.start
        for _ in range(_MOST_PARTS):
            j = self._part(i)
            if j == -1 and i > self.start:
                for skip in self._links(i):
                    j = self._part(skip)
                    if j != -1:
                        break
            if j == -1:
                break
            i = self.end = j
        return self._result()

    def _links(self, i: int) -> list[int]:
        found, j = [], i
        for _ in range(3):
            j = self.t.phrase(j, "window_link")
            if j == -1:
                break
            found.append(j)
        return found

    def _part(self, i: int) -> int:
        t = self.t
        whole = t.phrase(i, "whole_week")
        if whole != -1:
            self.whole = True
            self.useful = _more(t, whole)
            return self.useful
        days = read_days(t, i)
        if days is not None:
            self.parts.append((days.days, []))
            if self.t.sense(i).digits and i == self.start:
                self.skipped = days.end
            if self.early:
                self.useful = days.end
            return days.end
        if self.parts or self.early or self.whole:
            end, holidays = _holidays(t, i)
            if holidays is not None:
                self.holidays = holidays
                self.useful = end
                return end
        found = self._until(i)
        if found is not None:
            # The breaks of the days before hold here too.
            self.parts[-1][1].extend(self.parts[-2][1][:-1])
        else:
            found = read_interval(t, i)
        if found is None or (found.bare and not self.parts and t.phrase(i, "time_from") == -1):
            return -1
        if not self.parts and not self.early and not self._stands(i, found):
            return -1
        (self.parts[-1][1] if self.parts and not self.early else self.early).append(found)
        self.useful = found.end
        return found.end

    def _until(self, i: int) -> Interval | None:
        """Read "freitags bis 15:00 Uhr" behind days whose opening is known."""
        if len(self.parts) < 2 or self.parts[-1][1] or not self.parts[-2][1]:
            return None
        j = self.t.phrase(i, "until")
        time = read_time(self.t, j) if j != -1 else None
        if time is None:
            return None
        start = self.parts[-2][1][-1].start
        return None if time.minutes <= start else Interval(start, time.minutes, time.end, bare=False, hours=False)

    def _stands(self, i: int, found: Interval) -> bool:
        """Whether an interval without days before it says times of the day: its own form, or days right behind it."""
        if is_clock_interval(self.t, i, found):
            return True
        behind = (found.end, *self._links(found.end))
        if found.bare:
            # "dalle 9 alle 18 dal lunedì", but not "entre 2 et 4 jours ouvrables"
            return any(self.t.sense(j).weekday is not None for j in behind)
        return any(read_days(self.t, j) is not None for j in behind)

    def _result(self) -> Window | None:
        if self.end == self.start:
            return None
        end = self.end = max(self.useful, self.start + 1)
        if self.whole:
            end = max(end, _days_behind(self.t, end))
            return Window(end, tuple((day, 0, _DAY) for day in range(7)), self.holidays)
        while self.parts and not self.parts[-1][1] and not self.early:
            self.parts.pop()
        self._spread()
        intervals: set[tuple[int, int, int]] = set()
        for days, times in self.parts:
            for day in days:
                for time in times:
                    intervals.update(_laid(day, time))
        if not intervals and self.skipped > end:
            # "7j/7" alone
            return Window(self.skipped, (), None)
        if not intervals:
            # Times without days are clock times all the same; days without times say nothing.
            return Window(self.end, (), None) if self.early else None
        return Window(self.end, _merged(sorted(intervals)), self.holidays)

    def _spread(self) -> None:
        """Give times written before or after a list of days to each of its members."""
        if self.early and self.parts:
            self.parts[0] = (self.parts[0][0], [*self.early, *self.parts[0][1]])
            for position in range(1, len(self.parts)):
                if not self.parts[position][1]:
                    self.parts[position] = (self.parts[position][0], list(self.early))
        for position in range(len(self.parts) - 2, -1, -1):
            if not self.parts[position][1]:
                self.parts[position] = (self.parts[position][0], self.parts[position + 1][1])


def _days_behind(t: Tokens, i: int) -> int:
    """Skip "7j/7" and the like behind "24h/24 et"."""
    j = i + (t.low(i) in (",", "et", "und", "and", "e", "/"))
    return t.phrase(j, "days_all")


def _laid(day: int, time: Interval) -> list[tuple[int, int, int]]:
    if time.stop > time.start:
        return [(day, time.start, min(time.stop, _DAY))]
    night = [(day, time.start, _DAY)]
    return [*night, ((day + 1) % 7, 0, time.stop)] if time.stop else night


def _merged(intervals: list[tuple[int, int, int]]) -> tuple[tuple[int, int, int], ...]:
    out: list[tuple[int, int, int]] = []
    for day, start, stop in intervals:
        if out and out[-1][0] == day and start <= out[-1][2]:
            out[-1] = (day, out[-1][1], max(stop, out[-1][2]))
        else:
            out.append((day, start, stop))
    return tuple(out)


def read_days(t: Tokens, i: int) -> _Days | None:
    """Read days of the week: one, a range, a group ("werktags")."""
    for name, days in (("days_all", _WEEK), ("days_work", _WORKDAYS), ("days_weekend", _WEEKEND)):
        end = t.phrase(i, name)
        if end != -1:
            return _Days(days, end)
    first = _weekday(t, i)
    if first is None:
        return None
    day, end = first
    j = t.phrase(end, "day_to")
    if j != -1:
        last = _weekday(t, j + (t.low(j) in ("le", "al", "il", "und")))
        if last is not None and not (t.has(end, "and")):
            return _Days(frozenset((day + step) % 7 for step in range((last[0] - day) % 7 + 1)), last[1])
    return _Days(frozenset((day,)), end)


def _weekday(t: Tokens, i: int) -> tuple[int, int] | None:
    day = t.sense(i).weekday
    if day is None:
        return None
    return day, i + 1 + (t.low(i + 1) == "." and t.glued(i + 1) and len(t.low(i)) <= 4)
