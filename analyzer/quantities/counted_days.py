"""Lengths of time that are not a number and its unit: "next business day", "J+1", "30th day after", "mesi 12"."""

from __future__ import annotations

from decimal import Decimal

from analyzer.quantities.lengths import Reading, add_markers, with_unit
from analyzer.quantities.numbers import read_number
from analyzer.quantities.senses import Unit
from analyzer.quantities.tokens import Tokens
from analyzer.types import UNIT_SECONDS, TimeUnit

_DAY_HOURS = 24
_LATEST_YEARS = Decimal(500)


def read_next_day(t: Tokens, i: int) -> Reading | None:
    """Read "next business day", "premier jour ouvrable suivant", "NBD": some time until its end."""
    if t.senses[i].heads.isdisjoint(_NEXT_DAYS):
        return None
    unit = t.senses[i + 1].unit if t.has(i, "next_adjective") else None
    if unit is not None and unit.business and unit.unit is TimeUnit.DAY and t.lows[i + 1].endswith(t.lexicon.singular):
        # "am folgenden Servicetag"
        return Reading(i, i + 2, Decimal(0), Decimal(1), TimeUnit.DAY, business=True, until=True, at=i + 1)
    for name in ("next_day", "next_day_elapsed"):
        end = t.phrase(i, name)
        if end != -1:
            return Reading(i, end, Decimal(0), Decimal(1), TimeUnit.DAY, business=name == "next_day", until=True, at=end - 1)
    for name in ("second_next_day", "second_next_day_elapsed"):
        end = t.phrase(i, name)
        if end != -1:
            return Reading(i, end, _TWO, _TWO, TimeUnit.DAY, business=name == "second_next_day", until=True, at=end - 1)
    return None


_NEXT_DAYS = ("next_day", "next_day_elapsed", "second_next_day", "second_next_day_elapsed")
_TWO = Decimal(2)
_PLUS_UNITS = {"j": TimeUnit.DAY, "t": TimeUnit.DAY, "d": TimeUnit.DAY, "g": TimeUnit.DAY, "h": TimeUnit.HOUR, "m": TimeUnit.MONTH}


def read_day_plus(t: Tokens, i: int) -> Reading | None:
    """Read "J+1", "T+2", "H+4"."""
    word = t.word(i)
    unit = _PLUS_UNITS.get(word.lower())
    if unit is None or t.lows[i + 1] != "+" or not t.glued(i + 1) or not t.glued(i + 2) or not word.isupper():
        return None
    low = t.lows[i + 2]
    if not (low.isascii() and low.isdecimal() and len(low) <= 3) or low == "0":
        return None
    value = Decimal(low)
    found = Reading(i, i + 3, value, value, unit, at=i)
    return add_markers(t, found, Unit(unit), value)


def read_ordinal(t: Tokens, i: int) -> Reading | None:
    """Read "trentième jour suivant", "30. Tag nach", "third business day after": only where a starting point follows."""
    sense = t.senses[i]
    value, j = sense.ordinal, i + 1
    if value is None:
        if not sense.digits or sense.number is None or not t.glued(j) or not t.has(j, "ordinal_mark") or not sense.low.isdecimal():
            return None
        value, j = int(sense.number) if len(sense.low) <= 3 else 0, j + 1
    elif t.lows[j] == "(" and t.senses[j + 1].digits and t.lows[j + 2 + t.has(j + 2, "ordinal_mark")] == ")":
        # "tenth (10th) day"
        j += 3 + t.has(j + 2, "ordinal_mark")
    business = False
    after = t.phrase(j, "business_before")
    if after != -1:
        business, j = True, after
    elif t.has(j, "adjective") and t.senses[j].unit is None:
        j += 1
    unit = t.senses[j].unit
    if unit is None or unit.unit is not TimeUnit.DAY or unit.weak or value <= 0:
        return None
    found = with_unit(t, i, j, Decimal(value), article=False)
    found = found._replace(business=found.business or business)
    if t.phrase(found.end + (t.lows[found.end] == ","), "ordinal_after") != -1:
        return found
    # "fifth business day" alone in the cell of a table
    alone = found.business and t.lows[i - 1] in ("|", "") and t.lows[found.end] in ("|", "")
    return found._replace(until=True) if alone else None


def read_inverted(t: Tokens, i: int) -> Reading | None:
    """Read "giorni 15", "mesi 12 (dodici)" and "anni 2 e mesi 6", as Italian deeds write."""
    found = _inverted_part(t, i)
    if found is None or found.business:
        return found
    following = found.end + 1 if t.has(found.end, "and") or t.lows[found.end] == "," else found.end
    second = _inverted_part(t, following) if t.senses[following].unit is not None else None
    if second is None or (found.unit, second.unit) not in _PARTS:
        return found
    ratio = Decimal(12) if second.unit is TimeUnit.MONTH else Decimal(UNIT_SECONDS[found.unit]) / Decimal(UNIT_SECONDS[second.unit])
    value = found.lower * ratio + second.lower
    return second._replace(start=i, lower=value, upper=value)


def _inverted_part(t: Tokens, i: int) -> Reading | None:
    """Read one unit with its figure behind it."""
    unit = t.senses[i].unit
    if not t.lexicon.inverted or unit is None or unit.complete:
        return None
    dot = t.lows[i + 1] == "." and t.glued(i + 1)
    if unit.weak and not t.has(i, "figure_behind"):
        return None
    number = read_number(t, i + 1 + dot)
    # "anni tre" only where a length is spoken of: "durata di anni tre"
    if number is not None and not number.digits and (number.article or not (t.has(i - 1, "of") or t.has(i - 1, "lead"))):
        return None
    if number is None or number.value != int(number.value) or number.value > _LATEST_YEARS:
        return None
    if unit.unit is TimeUnit.HOUR and number.value <= _DAY_HOURS:
        # "ore 18" is a time of the day, "ore 48" a length.
        return None
    follower = t.senses[number.end]
    # "settimana 34", "anno 2026": one of them, numbered
    if t.has(i, "one_unit") or follower.unit is not None or follower.month is not None or t.lows[number.end] in ("/", "-", ":"):
        return None
    found = Reading(i, number.end, number.value * unit.count, number.value * unit.count, unit.unit, business=unit.business, at=i)
    return add_markers(t, found, unit, number.value)


_PARTS = frozenset(
    ((TimeUnit.YEAR, TimeUnit.MONTH), (TimeUnit.YEAR, TimeUnit.DAY), (TimeUnit.MONTH, TimeUnit.DAY), (TimeUnit.WEEK, TimeUnit.DAY))
)
