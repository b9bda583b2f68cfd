"""Repetitions and rates: "monthly", "pro Quartal", "2 fois par an", "ogni sei mesi"."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from analyzer.quantities.lexicon import Unit
from analyzer.quantities.numbers import read_number
from analyzer.quantities.tokens import Tokens
from analyzer.types import TimeUnit

_ONE = Decimal(1)
_HYPHENS = frozenset("-‐‑")
_LINKS = frozenset("-‐‑'’")


class Repeated(NamedTuple):
    times: Decimal
    every: Decimal
    unit: TimeUnit
    end: int


def read_recurrence(t: Tokens, i: int, *, behind: bool) -> Repeated | None:
    """Read a repetition that begins at token `i`; `behind` says that an amount or a duration stands right before."""
    return _word(t, i) or _counted(t, i) or _every(t, i) or _per(t, i, behind=behind)


def _word(t: Tokens, i: int) -> Repeated | None:
    """Read "monthly", "14-täglich", "semi-annual"."""
    every = t.sense(i).every
    return None if every is None else Repeated(every.count, every.every, every.unit, i + 1)


def _counted(t: Tokens, i: int) -> Repeated | None:
    """Read "2 fois par an", "twice a year", "zweimal jährlich", "2x/Jahr", "14-täglich"."""
    sense = t.sense(i)
    count, j = sense.times, i + 1
    if count is None or (count == 1 and t.has(i, "times")):
        number = read_number(t, i)
        if number is None:
            return None
        count, j = number.value, number.end
        follower = t.sense(j + 1).every if t.low(j) in _HYPHENS else None
        if follower is not None and number.digits and t.glued(j):
            return Repeated(_ONE, follower.every * count, follower.unit, j + 2)
        if not t.has(j, "times"):
            return None
        j += 1
    if count <= 0:
        return None
    for skip in range(2):
        found = _word(t, j + skip) or _every(t, j + skip) or _per(t, j + skip, behind=True)
        if found is not None:
            return found._replace(times=count * found.times)
        if t.low(j + skip) in ("", "|", ".", ";", ","):
            break
    return None


def _every(t: Tokens, i: int) -> Repeated | None:
    """Read "tous les 3 mois", "every other week", "alle zwei Stunden", "chaque trimestre"."""
    j = t.phrase(i, "every")
    if j == -1:
        return None
    if t.low(j) == "other" and t.sense(j + 1).unit is not None:
        return _of_unit(t, j + 1, Decimal(2))
    number = read_number(t, j)
    if number is not None:
        k = number.end
        k += t.low(k) in _HYPHENS
        return None if number.value <= 0 else _of_unit(t, k, number.value)
    ordinal = t.sense(j).ordinal
    if ordinal is not None and t.sense(j).unit is None and t.sense(j + 1).unit is not None:
        return _of_unit(t, j + 1, Decimal(ordinal))
    return _of_unit(t, j, _ONE)


def _per(t: Tokens, i: int, *, behind: bool) -> Repeated | None:
    """Read "par mois", "/Std.", "pro Jahr", "all'anno"; the weak ones ("a year", "l'heure") only behind a figure."""
    j = t.phrase(i, "per")
    if j == -1 and behind:
        j = t.phrase(i, "per_weak")
    if j == -1:
        return None
    if t.has(j, "adjective") and t.sense(j + 1).unit is not None:
        j += 1
    number = read_number(t, j)
    if number is not None and number.value == 1 and not number.article and t.sense(number.end).unit is not None:
        j = number.end
    return _of_unit(t, j, _ONE)


def _of_unit(t: Tokens, i: int, every: Decimal) -> Repeated | None:
    skipped, first = 0, i
    while skipped < 2 and (t.has(i, "adjective") or t.phrase(i, "business_before") == i + 1):
        i, skipped = i + 1, skipped + 1
    fraction = t.sense(i).fraction
    if fraction is not None and t.sense(i).unit is None:
        i += 1
        while i < first + 6 and (t.low(i) in _LINKS or t.has(i, "of")):
            i += 1
        every *= fraction
    unit: Unit | None = t.sense(i).unit
    if unit is None or unit.led or (unit.complete and unit.count != 1):
        return None
    end = i + 1
    if t.low(end) == "." and t.glued(end) and unit.weak and end + 1 < t.n:
        end += 1
    after = t.phrase(end, "business_after")
    return Repeated(_ONE, every * unit.count, unit.unit, after if after != -1 else end)
