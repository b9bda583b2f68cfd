"""Times of the day and spans between two of them: "8h00", "08.00 Uhr", "9:30 pm", "ore 8"; what is a clock time is no duration."""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.quantities.numbers import read_number
from analyzer.quantities.tokens import Tokens
from analyzer.types import TimeUnit

_DOTTED = re.compile(r"([01]?\d|2[0-4])[.,]([0-5]\d)$")
_DASHES = frozenset("-–—‑")
_DAY = 1440
_NOON = 720
_HOURS = 24
_HOUR = 60
#: From this hour on "de 8 à 12 heures" is read as a clock time where nothing else tells.
_MORNING = 5
#: From this hour on a span that ends at a smaller hour runs over midnight.
_EVENING = 18
#: Figures of "0800".
_MILITARY = 4


class Time(NamedTuple):
    """Minutes after midnight, and the index behind."""

    minutes: int
    end: int
    #: Only a number, as in "8-12".
    bare: bool = False
    #: A number of hours, which may also be a duration ("8 heures").
    hours: bool = False
    meridiem: str = ""


class Interval(NamedTuple):
    start: int
    stop: int
    end: int
    bare: bool
    hours: bool


def read_time(t: Tokens, i: int, *, words: bool = False) -> Time | None:
    """Read a time of the day at token `i`; with `words` also "neuf heures" and "acht", as between two days and a place."""
    sense = t.senses[i]
    if not sense.digits:
        if words and sense.number is not None:
            number = read_number(t, i)
            if number is not None and number.value == int(number.value) and number.value <= _HOURS and not t.has(i, "article"):
                minutes = int(number.value) * 60
                if t.has(number.end, "clock_unit"):
                    return _marked(t, number.end, minutes, bare=True)
                return Time(minutes, number.end, bare=True)
        spoken = _spoken(t, i) if sense.number is not None else None
        if spoken is not None:
            return spoken
        if t.has(i, "noon"):
            return Time(720, i + 1)
        return Time(_DAY, i + 1) if t.has(i, "midnight") else None
    low = sense.low
    military = _military(t, i) if len(low) == _MILITARY else -1
    if military != -1:
        return _marked(t, i + 1, military, bare=False)
    dotted = _DOTTED.match(low)
    if dotted is not None:
        return _marked(t, i + 1, int(dotted[1]) * 60 + int(dotted[2]), bare=True)
    if len(low) > 2 or not low.isdecimal() or int(low) > 24:
        return None
    hour = int(low)
    # "8 :00" is a slip.
    if t.lows[i + 1] == ":" and (t.glued(i + 1) or t.gap(i + 1) == " ") and t.glued(i + 2) and _minutes(t, i + 2) is not None:
        end = i + 3
        if t.lows[end] == ":" and t.glued(end) and _minutes(t, end + 1) is not None:
            end += 2
        found = _marked(t, end, hour * 60 + int(t.lows[i + 2]), bare=False)
        return found if found is not None and found.minutes <= _DAY else None
    return _marked(t, i + 1, hour * 60, bare=True)


def _military(t: Tokens, i: int) -> int:
    """Return the minutes of "0800" and "2200 hours", or -1: a year or an amount looks the same without a mark beside it."""
    low = t.lows[i]
    if not (low.isascii() and low.isdecimal()) or int(low[:2]) > _HOURS or low[2] > "5":
        return -1
    marked = t.has(i + 1, "clock_unit") and not t.glued(i + 1) and t.lows[i + 1] != "h"
    before = t.lows[i - 2]
    opened = len(before) == _MILITARY and before.isdecimal() and (t.phrase(i - 1, "time_to") == i)
    following = t.phrase(i + 1, "time_to")
    closes = following != -1 and len(t.lows[following]) == _MILITARY and t.lows[following].isdecimal()
    # "0800 to 1700": the first has a zero in front, or the second its mark.
    zero = low[0] == "0" and closes
    if marked or zero or (opened and before[0] == "0") or (closes and t.has(following + 1, "clock_unit") and t.lows[following + 1] != "h"):
        return int(low[:2]) * 60 + int(low[2:])
    return -1


def _spoken(t: Tokens, i: int) -> Time | None:
    """Read "neuf heures du matin", "eleven o'clock at night": a number in words, with the part of the day behind it."""
    number = read_number(t, i)
    if number is None or number.article or number.value > 24 or number.value != int(number.value):
        return None
    j = number.end
    if not t.has(j, "clock_unit"):
        return None
    end = t.phrase(j + 1, "clock_pm")
    if end != -1:
        return Time(int(number.value) * 60 + (_NOON if number.value < 12 else 0), end)
    end = t.phrase(j + 1, "clock_after")
    return Time(int(number.value) * 60, end) if end != -1 else None


def _minutes(t: Tokens, i: int) -> int | None:
    low = t.lows[i]
    return int(low) if len(low) == 2 and low.isascii() and low.isdecimal() and int(low) < 60 else None


def _marked(t: Tokens, i: int, minutes: int, *, bare: bool) -> Time | None:
    """Take what follows the figures: "h", "h30", "Uhr", "am", "p.m."."""
    low, exact = t.lows[i], bare and minutes % 60 == 0
    half = low if low in ("am", "pm") else low + "m" if low in ("a", "p") and t.lows[i + 1] == "." and t.lows[i + 2] == "m" else ""
    if half and t.lexicon.senses.get("am") is not None:
        end = i + 1 if low in ("am", "pm") else i + 3 + (t.lows[i + 3] == "." and t.glued(i + 3))
        if minutes >= 780:
            return Time(minutes, end)
        return Time(minutes % 720 + (720 if half == "pm" else 0), end, meridiem=half)
    if t.has(i, "clock_unit") and low not in ("am", "pm"):
        more = _minutes(t, i + 1)
        unit = t.senses[i].unit
        if (
            more is not None
            and exact
            and t.senses[i + 2].unit is None
            and not t.has(i + 2, "percent")
            and (t.glued(i + 1) or t.gap(i + 1) in (" ", "\xa0"))
        ):
            end = i + 2
            if t.has(end, "clock_mark") and t.glued(end):
                end += 1
            return Time(minutes + more, end)
        if minutes < _NOON:
            later = t.phrase(i + 1, "clock_pm")
            if later != -1:
                return Time(minutes + _NOON, later)
        return Time(minutes, i + 1, hours=exact and unit is not None and unit.unit is TimeUnit.HOUR)
    if exact and minutes < _NOON and "clock_pm" in t.senses[i].heads:
        # "between 7 in the morning and 11 at night", but "2 at night"
        later = t.phrase(i, "clock_pm")
        if later != -1 and (minutes >= _MORNING * _HOUR or not t.has(later - 1, "night_word")):
            return Time(minutes + _NOON, later)
    return Time(minutes, i, bare=bare)


def read_interval(t: Tokens, i: int, *, between: bool = False, loose: bool = False) -> Interval | None:
    """Read "de 8h00 à 12h00", "7-18 Uhr", "9am to 5pm", "dalle 9 alle 18" at token `i`.

    With `between` the words before were "zwischen 9 und 12", so that "13 und 17" is an interval too; with `loose` they were days, so that
    "8 to 12" is one.
    """
    begin = t.phrase(i, "time_from")
    led = begin != -1
    first = read_time(t, begin if led else i, words=led)
    if first is None:
        return None
    j = t.phrase(first.end, "time_to")
    if j == -1 and "clock_after" in t.senses[first.end].heads:
        # "von 8 Uhr morgens bis 6 Uhr abends"
        said = t.phrase(first.end, "clock_after")
        j = t.phrase(said, "time_to") if said != -1 else -1
    if j == -1:
        return None
    if t.phrase(j, "time_from") != -1 and t.lows[j] in ("ore", "h"):
        j += 1
    second = read_time(t, j, words=led)
    spelled = led and not loose and not (t.senses[begin].digits and t.senses[j].digits)
    if spelled and not (first.hours and second is not None and second.hours) and not _said(t, begin, j):
        # "de deux à quatre heures"
        return None
    if second is not None and loose and first.bare and second.bare and t.senses[second.end].unit is None and not t.has(first.end, "and"):
        between = True
    if second is None or (t.lows[first.end] not in _DASHES and not led and not between and first.bare and second.bare):
        return None
    if t.has(first.end, "and") and not led and not between:
        return None
    start, stop = first.minutes % _DAY, second.minutes
    if second.meridiem == "pm" and not first.meridiem and first.bare and start + 720 < stop:
        start += 720
    if (
        stop <= start <= _NOON
        and t.lexicon.senses.get("am") is not None
        and stop + _NOON > start
        and not (first.meridiem and second.meridiem)
    ):
        # "9:30-5:30", but not "08:00-02:00"
        padded = any(t.lows[k][:1] == "0" for k in (j, begin if led else i))
        if second.bare or not (second.meridiem or padded):
            stop += _NOON
    if start == stop or (first.bare and second.bare and (first.minutes > _DAY or stop > _DAY)):
        return None
    bare = first.bare and second.bare
    hours = (first.hours or first.bare) and (second.hours or second.bare) and not bare
    # "8.00-17.00" and "08-17" look like times even without a mark.
    if bare and (first.minutes % 60 or second.minutes % 60 or len(t.lows[second.end - 1]) > 3):
        bare = False
    return Interval(start, stop, second.end, bare, hours)


def _said(t: Tokens, first: int, second: int) -> bool:
    """Whether both are a time of the day by themselves: noon, midnight, "neuf heures du matin", or figures."""
    return all(t.senses[k].digits or read_time(t, k) is not None for k in (first, second))


def is_clock_interval(t: Tokens, i: int, found: Interval) -> bool:
    """Tell whether an interval of whole hours ("de 8 à 12 heures") that stands alone says a time of the day."""
    if found.bare:
        return False
    if not found.hours:
        return True
    if t.phrase(found.end, "clock_after") != -1:
        return True
    if any(t.has(k, "night_word") for k in range(max(0, i - 8), i)):
        return True
    if t.phrase(i, "time_from") != -1 and any(t.senses[k].weekday is not None for k in range(max(0, i - 5), i)):
        return True
    # "entre 22 h et 4 h"
    if found.start >= _EVENING * 60 and found.stop < found.start and t.phrase(i, "time_from") != -1:
        return True
    if found.start < _MORNING * 60 or found.stop <= found.start:
        return False
    if any(t.has(k, "duration_noun") or t.senses[k].unit is not None for k in range(max(0, i - 3), i)):
        return False
    # "9 h – 18 h" and "8-17h" are hours of a shop; "8-12 h" may well be a length of time.
    begin, stop = found.start // 60, found.stop // 60
    if (t.lows[i + 2] in _DASHES and 6 <= begin <= 10 and stop >= begin + 4) or (6 <= begin <= 10 and 16 <= stop <= 22):
        return True
    return t.phrase(i, "time_from") != -1 or any(t.has(k, "window_word") for k in range(max(0, i - 8), i))


def spelled_clock(t: Tokens, i: int) -> int:
    """Return the index behind "1:30 Stunden" at `i`, which is how long something takes, or -1: behind "at" it is a time of the day."""
    if not (t.lows[i].isdecimal() and len(t.lows[i]) <= 2 and t.lows[i + 1] == ":" and t.glued(i + 1) and t.glued(i + 2)):
        return -1
    if _minutes(t, i + 2) is None or t.glued(i + 3) or not t.has(i + 3, "clocked_unit") or t.phrase_before(i, "clock_lead") != -1:
        return -1
    return i + 4


def read_lone_clock(t: Tokens, i: int) -> int:
    """Return the index behind a single time of the day ("08.00 Uhr", "à 18 heures", "8h30") that begins at `i`, or -1."""
    found = read_time(t, i)
    if found is None or found.bare or spelled_clock(t, i) != -1:
        return -1
    if len(t.lows[i]) == _MILITARY and t.lows[i].isdecimal():
        # "at 2200 hours", but not "1200 hours of support"
        return found.end if t.phrase_before(i, "clock_lead") != -1 and t.phrase(found.end, "per") == -1 else -1
    if found.meridiem or t.has(found.end - 1, "clock_only") or t.lows[i + 1] == ":":
        return found.end
    if t.has(found.end - 1, "noon") or t.has(found.end - 1, "midnight"):
        return -1
    if t.has(i + 1, "hour_count") and t.lows[i].isdecimal() and not t.lows[i].startswith("0"):
        # "after 4 hours": the time of the day is "after 4 o'clock"
        return -1
    lead = t.phrase_before(i, "clock_lead")
    if lead == -1 and t.lows[i - 1] == "(" and t.senses[i - 2].weekday is not None:
        # "sauf le vendredi (16 h)"
        return found.end
    if lead == -1 and found.minutes >= _NOON and not t.has(found.end, "of") and any(t.has(k, "reported") for k in range(max(0, i - 4), i)):
        # "l'appel arrive après 16 h"
        lead = t.phrase_before(i, "clock_lead_late")
    if not found.hours:
        # "8h00" is a clock time; "2h30" is one only from the morning on, and never behind "délai de".
        if t.lows[found.end - 1] == "00":
            # "sous 24h00"
            return -1 if t.has(i - 1, "within_word") else found.end
        afternoon = found.minutes >= _NOON
        if any(t.has(k, "duration_noun") or (t.has(k, "lead") and lead == -1 and not afternoon) for k in range(max(0, i - 3), i)):
            return -1
        return found.end if found.minutes >= 6 * 60 else -1
    # "jusqu'à 2 h" is an amount of work.
    if t.phrase_before(i, "max_before") == lead and found.minutes <= _MORNING * 60 and t.phrase(found.end, "clock_after") == -1:
        return -1
    if lead == -1 or found.minutes > _DAY or t.phrase(found.end, "business_after") != -1:
        return -1
    before = t.senses[lead - 1]
    bounds = (t.phrase_before(i, "max_before"), t.phrase_before(i, "min_before"))
    if "duration_head" in before.classes or "duration_noun" in before.classes or any(-1 < bound < lead for bound in bounds):
        return -1
    if t.phrase(found.end, "anchor") != -1 or t.phrase(found.end, "max_after") != -1:
        return -1
    return found.end
