"""Amounts of money: "CHF 1'250.-", "Fr. 80.--", "EUR 1.250,00", "80 000 euros", "dix mille francs", "2 Mio. CHF"."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from analyzer.quantities.numbers import read_number
from analyzer.quantities.tokens import Tokens

_DASHES = frozenset("-–—")
#: Months and days that are also abbreviations of money ("Fr" is Friday in German) need the figure right beside.
_SIGNS = frozenset("$€£")


class Amount(NamedTuple):
    amount: Decimal
    currency: str
    end: int


def read_money(t: Tokens, i: int) -> Amount | None:
    """Read an amount that begins at token `i`, with the currency before or behind the figure."""
    currency = t.sense(i).currency
    # "FR 71 809" is a number of the French tax office.
    if currency is not None and t.word(i) != "FR":
        j = i + 1
        if t.low(j) == "." and t.glued(j):
            j += 1
        inner = t.sense(j).currency
        if inner is not None and t.low(j) in _SIGNS:
            currency, j = inner, j + 1
        elif t.low(i) == "us":
            return None
        number = read_number(t, j)
        if number is None or number.article or (not number.digits and t.low(i) not in _SIGNS):
            return None
        value, end = _scaled(t, number.value, _tail(t, number.end))
        return Amount(value, currency, end)
    number = read_number(t, i)
    if number is None or (number.article and t.sense(number.end).scale is None and t.sense(number.end).currency is None):
        return None
    end = _tail(t, number.end)
    swiss = end > number.end
    value, end = _scaled(t, number.value, end)
    j = end
    if t.low(j) in ("de", "d", "di", "of", "in"):
        j += 1
        j += t.low(j) in ("'", "’")
    if t.low(j) in ("swiss", "us", "schweizer", "amerikanische", "canadian"):
        j += 1
    found = t.sense(j).currency
    if found is None and t.low(j) == "k" and t.sense(j + 1).currency is not None:
        value, found, j = value * 1000, t.senses[j + 1].currency, j + 1
    if found is not None and not (t.sense(j).weekday is not None and number.article):
        j += 1
        if t.low(j) == "." and t.glued(j) and t.low(j - 1) in ("fr", "sfr", "frs") and j + 1 < t.n:
            j += 1
        if t.low(j) in ("suisses", "svizzeri"):
            j += 1
        return Amount(value, found, j)
    # "80.-" alone is Swiss for francs.
    return Amount(value, "CHF", end) if swiss and number.digits and t.low(number.end) in (".", ",") else None


def _tail(t: Tokens, i: int) -> int:
    """Skip ".-", ".--", ".—", ",-" behind the figure."""
    if t.low(i) in (".", ",") and t.glued(i) and t.low(i + 1) in _DASHES and t.glued(i + 1):
        i += 2
        while t.low(i) in _DASHES and t.glued(i):
            i += 1
    return i


def _scaled(t: Tokens, value: Decimal, i: int) -> tuple[Decimal, int]:
    scale = t.sense(i).scale
    if scale is None or (t.low(i) == "k" and not t.glued(i)) or (t.low(i) == "m" and not t.glued(i)):
        return value, i
    end = i + 1
    if t.low(end) == "." and t.glued(end) and end + 1 < t.n and t.low(i) in ("mio", "mrd", "tsd", "mln", "mld"):
        end += 1
    return value * scale, end
