"""A length of time as it was read, and what clings to its unit: markers of its clock, a doublet in brackets, the stop of an abbreviation."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from analyzer.quantities.numbers import read_number
from analyzer.quantities.senses import Unit
from analyzer.quantities.tokens import Tokens
from analyzer.types import TimeUnit

#: Markers behind a unit, one after another.
_MOST_MARKERS = 3
#: Endings that forms leave open ("day(s)", "Tag(e)").
_PLURALS = frozenset(("s", "e", "en", "n", "i"))


class Reading(NamedTuple):
    """A length of time as read from the tokens `start` to `end`."""

    start: int
    end: int
    lower: Decimal
    upper: Decimal
    unit: TimeUnit
    business: bool = False
    elapsed: bool = False
    #: "next business day": up to one day, whatever stands around.
    until: bool = False
    #: "un", "a", "eine" as the number.
    article: bool = False
    #: Index of the unit word.
    at: int = 0
    #: Several units: "1 year 2 days".
    composed: bool = False
    #: Seconds by which a year is longer than its twelve months, where years were made months.
    lost: Decimal = Decimal(0)

    @property
    def ranged(self) -> bool:
        return self.lower != self.upper


def with_unit(t: Tokens, i: int, j: int, value: Decimal, *, article: bool) -> Reading:
    """Close a length of time whose unit is token `j`: what clings to the unit belongs to it."""
    unit = t.senses[j].unit
    assert unit is not None
    end = j + 1
    if (
        t.lows[end] == "."
        and t.glued(end)
        and unit.weak
        and (t.phrase(end + 1, "business_after") != -1 or (len(t.lows[j]) >= 2 and _dot_belongs(t, end)))
    ):
        end += 1
    if t.lows[end] == "(" and t.glued(end) and t.lows[end + 1] in _PLURALS and t.glued(end + 1) and t.lows[end + 2] == ")":
        # "5 business day(s)"
        end += 3
    reading = Reading(i, end, value * unit.count, value * unit.count, unit.unit, business=unit.business, article=article, at=j)
    return add_markers(t, reading, unit, value)


def _dot_belongs(t: Tokens, dot: int) -> bool:
    """Whether a full stop is that of an abbreviation: something follows on the same line that begins no sentence."""
    if dot + 1 >= t.n:
        # In a row of a table the last "Std." is none the less an abbreviation.
        return bool(t.lexicon.stems) and t.has(dot - 1, "dotted")
    if "\n" in t.gap(dot + 1):
        return False
    return not (t.word(dot + 1)[:1].isupper() and not t.lexicon.stems) or t.has(dot + 1, "dot_before")


def add_markers(t: Tokens, found: Reading, unit: Unit, value: Decimal) -> Reading:
    """Take in "ouvrés", "(heures ouvrées)", "calendaires" and a doublet "(trente)" behind the unit."""
    end, business, elapsed = found.end, found.business, found.elapsed
    for _ in range(_MOST_MARKERS):
        after = t.phrase(end, "business_after")
        if after != -1 and t.phrase(end, "business_not") == -1:
            end, business = after, True
            continue
        after = t.phrase(end, "elapsed_after")
        # "due anni successivi al collaudo": there the word leads to the event.
        if after == -1 and t.has(end, "after_unit") and not (t.phrase(end, "anchor") != -1 and t.has(end + 1, "anchor_to")):
            after = end + 1
        if after != -1:
            end, elapsed = after, True
            continue
        if t.lows[end] in ("(", "["):
            inner = end + 1
            if t.senses[inner].unit is not None and t.senses[inner].unit == unit:
                inner += 1
            after = t.phrase(inner, "business_after")
            if after != -1 and t.lows[after] in (")", "]"):
                end, business = after + 1, True
                continue
            number = read_number(t, end + 1)
            if number is not None and number.value == value and not number.article:
                # "(30)", "(30 jours)"
                again = t.senses[number.end].unit
                inner = number.end + (again is not None and again.unit is unit.unit)
                if t.lows[inner] in (")", "]"):
                    end = inner + 1
                    continue
        break
    return found._replace(end=end, business=business, elapsed=elapsed and not business)
