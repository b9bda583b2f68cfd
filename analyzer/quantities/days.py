"""Days of the week: one, a range, a group ("werktags", "in settimana"), so many of seven."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from analyzer.quantities.numbers import read_number
from analyzer.quantities.tokens import Tokens
from analyzer.types import TimeUnit

WEEK = frozenset(range(7))
_WORKDAYS = frozenset(range(5))
_GROUPS = {
    "days_all": WEEK, "days_work": _WORKDAYS, "days_six": frozenset(range(6)), "days_weekend": frozenset((5, 6)), "days_nights": WEEK
}  # fmt: skip
_FIVE_TO_SEVEN = frozenset("567")
_COUNTED = {Decimal(5): _WORKDAYS, Decimal(6): frozenset(range(6)), Decimal(7): WEEK}
#: Letters of the longest abbreviation of a day.
_ABBREVIATED = 4
_JOINTS = frozenset("-–—/,")


class Days(NamedTuple):
    """Days of the week, 0 for Monday, and the index behind the words."""

    days: frozenset[int]
    end: int


def read_days(t: Tokens, i: int, *, timed: bool = False) -> Days | None:
    """Read days of the week: one, a range, a group ("werktags"); behind times also "seven days"."""
    if not t.senses[i].heads.isdisjoint(_GROUPS):
        for name, days in _GROUPS.items():
            end = t.phrase(i, name)
            if end == -1:
                continue
            lead = t.phrase(end, "time_from") if name == "days_nights" else -1
            # "nuits de 18 h à 7 h", but not "l'équipe de nuit : du lundi", "les nuits de mercredi"
            if name != "days_nights" or t.senses[lead if lead != -1 else end].digits:
                return _worked(t, days, end)
    if timed:
        end = max(t.phrase(i, "whole_week_more"), t.phrase(i, "days_all_behind"))
        if end != -1:
            return _worked(t, WEEK, end)
    sense = t.senses[i]
    pair = t.phrase(i, "days_pair") if "days_pair" in sense.heads else -1
    if pair != -1:
        # "lu-je", "ve–di"
        first, last = t.lexicon.inside[t.lows[i]], t.lexicon.inside[t.lows[pair - 1]]
        return Days(frozenset((first + step) % 7 for step in range((last - first) % 7 + 1)), pair)
    if sense.number is not None:
        return _of_seven(t, i) if not sense.digits or sense.low in _FIVE_TO_SEVEN else None
    opened = read_weekday(t, i) or (_inside(t, i) if timed else None)
    if opened is None:
        return None
    day, end = opened
    j = t.phrase(end, "day_to")
    if j == -1 and day == 0 and t.lows[end] == "/" and t.senses[end + 1].weekday in (4, 5) and len(t.lows[i]) <= _ABBREVIATED:
        # "LUN/VEN"
        return Days(frozenset(range((t.senses[end + 1].weekday or 0) + 1)), end + 2)
    if j != -1:
        k = j + t.has(j, "day_to_more")
        closed = read_weekday(t, k) or (_inside(t, k) if timed else None)
        if closed is not None and not (t.has(end, "and")):
            return Days(frozenset((day + step) % 7 for step in range((closed[0] - day) % 7 + 1)), closed[1])
    return Days(frozenset((day,)), end)


def _inside(t: Tokens, i: int) -> tuple[int, int] | None:
    """Read the "sa" of "lu-ve 8-18, sa 8-12": a day where hours, a dash or another day follow, elsewhere another word."""
    day = t.lexicon.inside.get(t.lows[i])
    if day is None:
        return None
    end = i + 1 + (t.lows[i + 1] == "." and t.glued(i + 1))
    lead = t.phrase(end, "time_from")
    if t.senses[lead if lead != -1 else end].digits:
        return day, end
    named = t.lows[end + 1] in t.lexicon.inside or t.senses[end + 1].weekday is not None
    holiday = t.has(end, "and") and (t.has(end + 1, "holiday") or t.has(end + 2, "holiday"))
    return (day, end) if holiday or (named and (t.lows[end] in _JOINTS or t.has(end, "and"))) else None


def _of_seven(t: Tokens, i: int) -> Days | None:
    """Read "5 j/7", "cinque giorni su sette", "six days a week", "an 6 Tagen die Woche"."""
    number = read_number(t, i)
    if number is None or number.value not in _COUNTED:
        return None
    j = number.end
    unit = t.senses[j].unit
    if unit is not None and unit.unit is TimeUnit.DAY and unit.count == 1:
        j += 1
        k = t.phrase(j, "per")
        k = k if k != -1 else t.phrase(j, "per_weak")
        week = t.senses[k].unit if k != -1 else None
        if week is not None and week.unit is TimeUnit.WEEK:
            return Days(_COUNTED[number.value], k + 1)
    if t.lows[j] != "/" and t.phrase(j, "out_of") == -1:
        return None
    if unit is None and not (t.lows[j] == "/" and t.glued(j) and t.glued(j + 1)):
        return None
    j = j + 1 if t.lows[j] == "/" else t.phrase(j, "out_of")
    seven = read_number(t, j)
    if seven is None or seven.value != len(WEEK) or (unit is None and t.lows[seven.end] == "/"):
        return None
    j = seven.end
    more = t.senses[j].unit
    return Days(_COUNTED[number.value], j + (t.glued(j) and more is not None and more.unit is TimeUnit.DAY))


def _worked(t: Tokens, days: frozenset[int], end: int) -> Days:
    """Leave out the weekend where "tous les jours" goes on with "ouvrés"."""
    after = t.phrase(end, "business_after") if days is WEEK else -1
    return Days(days, end) if after == -1 else Days(_WORKDAYS, after)


def read_weekday(t: Tokens, i: int) -> tuple[int, int] | None:
    """Read one day of the week: its number, and the index behind it with the full stop of an abbreviation."""
    day = t.senses[i].weekday
    if day is None:
        return None
    if t.lows[i + 1] == "-" and t.glued(i + 1) and not t.glued(i + 2) and t.has(i + 2, "and"):
        # "Sonn- und Feiertage"
        return day, i + 2
    short = len(t.lows[i]) <= _ABBREVIATED or t.has(i, "day_short")
    return day, i + 1 + (t.lows[i + 1] == "." and t.glued(i + 1) and short)
