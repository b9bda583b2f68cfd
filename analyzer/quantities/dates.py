"""Absolute dates, day first: "31.12.2025", "1er janvier 2025", "2025-12-31", "January 1, 2025"."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from analyzer.quantities.numbers import read_number
from analyzer.quantities.tokens import Tokens
from analyzer.types import TimeUnit

_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4}|\d{2})$")
_DAY_MONTH = re.compile(r"(\d{1,2})\.(\d{1,2})$")
_HYPHENS = frozenset("-‐‑")
#: Words and marks between the day and the month.
_LINKING = frozenset(("ordinal_mark", "date_of"))
_TENS = 20
_MONTHS = 12
#: Years read in words.
_FIRST, _LAST = 1900, 2199


class Day(NamedTuple):
    """A date, or None where no year is said or the day does not exist; and the index behind the words."""

    value: date | None
    end: int


def read_date(t: Tokens, i: int) -> Day | None:
    """Read a date that begins at token `i`."""
    sense = t.senses[i]
    if sense.digits:
        return _numeric(t, i) or _day_first(t, i)
    if sense.month is not None:
        return _month_first(t, i)
    return _day_first(t, i) if sense.ordinal is not None or sense.number is not None else None


def _numeric(t: Tokens, i: int) -> Day | None:
    low = t.lows[i]
    dotted = _DOTTED.match(low)
    if dotted is not None and i == 0 and len(dotted[3]) == 2 and low[0] != "0" and t.word(1)[:1].isupper():
        # "4.2.10 Non correggiamo": the number of a paragraph
        return Day(None, i + 1)
    if dotted is not None:
        return Day(_made(int(dotted[3]), int(dotted[2]), int(dotted[1])), i + 1)
    mark = t.lows[i + 1]
    if mark in ("/", "-", "‑", "–") and t.lows[i + 3] == mark and all(t.glued(i + step) for step in range(1, 5)):
        parts = (low, t.lows[i + 2], t.lows[i + 4])
        if not all(part.isascii() and part.isdecimal() and len(part) in (1, 2, 4) for part in parts):
            return None
        if len(low) == 4:
            return Day(_made(int(low), int(parts[1]), int(parts[2])), i + 5)
        late = mark == "/" and len(low) == 2 and parts[2] >= "20"
        if len(parts[2]) == 4 or (len(parts[2]) == 2 and (len(parts[1]) == 2 or late)):
            day, month = int(low), int(parts[1])
            # "12/31/2025" can be read in one way only.
            if mark == "/" and day <= _MONTHS < month and not t.lexicon.decimal_comma:
                day, month = month, day
            return Day(_made(int(parts[2]), month, day), i + 5)
        return None
    # "31. 12. 2025" and "01.04. 2025"
    if mark == ".":
        short = _DAY_MONTH.match(low)
        if short is not None and _year(t, i + 2) is not None and not t.glued(i + 2):
            return Day(_made(_year(t, i + 2) or 0, int(short[2]), int(short[1])), i + 3)
        second = t.lows[i + 2]
        if (
            len(low) <= 2
            and low.isdecimal()
            and second.isascii()
            and second.isdecimal()
            and len(second) <= 2
            and t.lows[i + 3] == "."
            and _year(t, i + 4)
        ):
            return Day(_made(_year(t, i + 4) or 0, int(second), int(low)), i + 5)
    return None


def _year(t: Tokens, i: int) -> int | None:
    low = t.lows[i]
    return int(low) if len(low) == 4 and low.isascii() and low.isdecimal() and low[:2] in ("19", "20", "21") else None


def _day_first(t: Tokens, i: int) -> Day | None:
    """Read "1er janvier 2025", "31. Dezember 2025", "1st of January 2025", "premier janvier", "30-Nov-2028"."""
    sense = t.senses[i]
    if sense.digits and t.lows[i + 1] in _HYPHENS and t.lows[i + 3] in _HYPHENS and all(t.glued(i + step) for step in range(1, 5)):
        dashed, month = _year(t, i + 4), t.senses[i + 2].month
        return None if dashed is None or month is None or not sense.low.isdecimal() else Day(_made(dashed, month, int(sense.low)), i + 5)
    number = sense.number if sense.number is not None else sense.ordinal
    j = i + 1
    if number is not None and not sense.digits and sense.number is not None:
        # "trente et un décembre"
        spoken = read_number(t, i)
        number, j = (number, j) if spoken is None else (spoken.value, spoken.end)
        if t.lows[j] in _HYPHENS and t.senses[j + 1].ordinal is not None and number >= _TENS:
            number, j = number + (t.senses[j + 1].ordinal or 0), j + 2
    if number is None or number != int(number) or not 1 <= number <= 31:
        return None
    follower = t.senses[j]
    if follower.month is None and follower.unit is None and follower.classes.isdisjoint(_LINKING):
        return None
    if t.has(j, "ordinal_mark") and t.glued(j):
        j += 1
    day_word = t.senses[j].unit
    if day_word is not None and day_word.unit is TimeUnit.DAY and not sense.article and t.has(j + 1, "date_of"):
        # "1st day of January 2026"
        j += 1
    if t.has(j, "date_of"):
        j += 1
        month_word = t.senses[j].unit
        if month_word is not None and month_word.unit is TimeUnit.MONTH and t.has(j + 1, "date_of"):
            j += 2
    month = t.senses[j].month
    if month is None or (t.senses[j].weekday is not None and not sense.digits):
        return None
    j += 1
    if t.lows[j] == "." and t.glued(j) and len(t.lows[j - 1]) <= 5:
        j += 1
    if (t.lows[j] == "," or t.has(j, "date_of")) and _year(t, j + 1) is not None:
        # "1st of May of 2026"
        j += 1
    year, end = _year(t, j), j + 1
    if year is None and t.senses[j].number is not None and not t.senses[j].digits:
        spelled = read_number(t, j)
        if spelled is not None and spelled.value == int(spelled.value) and _FIRST <= spelled.value <= _LAST:
            year, end = int(spelled.value), spelled.end
    if year is None:
        # "2 sett." may be two weeks.
        if t.senses[j - 1 - (t.lows[j - 1] == ".")].unit is not None:
            return None
        # A day of every year, or of a year said elsewhere: no absolute date, but no duration either.
        return Day(None, j) if sense.digits and t.senses[j - 1].number is None else None
    return Day(_made(year, month, int(number)), end)


def _month_first(t: Tokens, i: int) -> Day | None:
    """Read "January 1, 2025" and "January 1st, 2025"."""
    j = i + 1 + (t.lows[i + 1] == "." and t.glued(i + 1))
    low = t.lows[j]
    if not (low.isascii() and low.isdecimal() and len(low) <= 2) or t.senses[i].month is None:
        return None
    k = j + 1
    if t.has(k, "ordinal_mark"):
        k += 1
    if t.lows[k] == ",":
        k += 1
    year = _year(t, k)
    return None if year is None else Day(_made(year, t.senses[i].month or 0, int(low)), k + 1)


def _made(year: int, month: int, day: int) -> date | None:
    if year < 100:
        year += 2000 if year < 70 else 1900
    if not _FIRST <= year <= _LAST:
        # "Nr. 12.05.4711"
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
