"""Percentages: "99,9 %", "dix pour cent", "99.95%", "5 à 10 %"."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from analyzer.quantities.numbers import Number, read_mixed
from analyzer.quantities.tokens import Tokens


class Share(NamedTuple):
    value: Decimal
    end: int
    #: First token of the second of a range; -1 where it is the next one but one.
    start: int = -1


def read_percentage(t: Tokens, i: int) -> tuple[Share, ...]:
    """Read the percentage that begins at token `i`; two for a range, whose first one ends behind its number."""
    sense = t.senses[i]
    if "percent_word" in sense.classes:
        # "zehnprozentig"
        return (Share(sense.number or _ONE, i + 1),)
    if sense.fraction is not None or sense.article:
        half = _half(t, i)
        if half is not None:
            return (half,)
    number = read_mixed(t, i)
    if number is None or (number.article and t.has(i, "per")) or (t.word(i - 1) == "-" and t.glued(i) and t.senses[i - 2].digits):
        return ()
    end = _sign(t, number.end)
    if end != -1:
        return (Share(number.value * _factor(t, number.end), end),)
    linking = t.senses[number.end].classes
    if linking.isdisjoint(_LINKING):
        return ()
    between = t.has(i - 1 - t.has(i - 1, "article"), "between")
    if "range" in linking or "or" in linking or between:
        # "bis unter 10 %", "e il 99,5 %"
        j = number.end + 1 + (between and t.has(number.end + 1, "article") and t.senses[number.end + 1].number is None)
        j = max(j, t.phrase(j, "less_than"))
        second = read_mixed(t, j)
        end = -1 if second is None else _sign(t, second.end)
        if second is not None and end != -1:
            factor = _factor(t, second.end)
            return (Share(number.value * factor, number.end), Share(second.value * factor, end, j))
    return ()


def _half(t: Tokens, i: int) -> Share | None:
    """Read "half a percent", "ein halbes Prozent", "un demi pour cent"."""
    j = i + 1 if t.senses[i].article else i
    fraction = t.senses[j].fraction
    if fraction is None or t.senses[j].digits or t.lows[j] in _SIGNED:
        return None
    end = _sign(t, j + 1 + t.senses[j + 1].article)
    return None if end == -1 else Share(fraction, end)


def _sign(t: Tokens, i: int) -> int:
    sense = t.senses[i]
    if sense.low in _HYPHENS and t.glued(i) and t.glued(i + 1):
        # "20-percent"
        i += 1
        sense = t.senses[i]
    if sense.heads.isdisjoint(_SIGNS):
        return i + 1 if "percent" in sense.classes else -1
    for name in _SIGNS:
        end = t.phrase(i, name)
        if end != -1:
            return end
    return i + 1 if t.has(i, "percent") else -1


def _factor(t: Tokens, i: int) -> Decimal:
    """Return what one of the signs at `i` is in per cent."""
    if t.phrase(i, "per_mille") != -1:
        return _TENTH
    return _HUNDREDTH if t.phrase(i, "basis_points") != -1 else _ONE


_HYPHENS = frozenset("-‐‑")
_LINKING = frozenset(("range", "or", "and"))
_SIGNED = frozenset("½¼¾")
_SIGNS = ("percent", "per_mille", "basis_points")
_ONE, _TENTH, _HUNDREDTH = Decimal(1), Decimal("0.1"), Decimal("0.01")


def is_percentage(t: Tokens, number: Number) -> bool:
    return _sign(t, number.end) != -1
