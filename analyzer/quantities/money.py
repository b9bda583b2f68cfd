"""Amounts of money: "CHF 1'250.-", "Fr. 80.--", "EUR 1.250,00", "80 000 euros", "dix mille francs", "2 Mio. CHF"."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from analyzer.quantities.numbers import Number, half_behind, read_mixed, read_number
from analyzer.quantities.tokens import Tokens

_DASHES = frozenset("-–—")
#: Months and days that are also abbreviations of money ("Fr" is Friday in German) need the figure right beside.
_SIGNS = frozenset("$€£")
#: Currencies whose countries write "2,500" for two thousand five hundred.
_POINTED = frozenset(("GBP", "USD", "AUD"))
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_MILLION = 1_000_000
_CENTS = 2
#: From here on a number in words behind the name of a currency is its amount.
_SPELLED = 10


class Amount(NamedTuple):
    amount: Decimal
    currency: str
    end: int


def read_money(t: Tokens, i: int, named: str = "") -> tuple[Amount, ...]:
    """Read an amount that begins at token `i`, with the currency before or behind the figure; two for "40 à 90 €".

    `named` is the currency of the amount before in the text, for "90 centimes".
    """
    currency = t.senses[i].currency
    if currency is None and t.lows[i + 1] == "$" and t.glued(i + 1):
        currency = t.lexicon.glued_dollars.get(t.word(i))
    # "FR 71 809" is a number of the French tax office.
    if currency is not None and t.word(i) != "FR":
        found = _sign_first(t, i, currency)
        return () if found is None else (found,)
    sense = t.senses[i]
    part = _part_of_scale(t, i) if sense.fraction is not None or sense.article else None
    if part is not None:
        found = _sign_last(t, i, part, named)
        return () if found is None else (found,)
    number = read_mixed(t, i)
    if number is None:
        return ()
    # "a dollar", "un million"; but "A$" is no amount
    if number.article and (t.glued(number.end) or (t.senses[number.end].scale is None and t.senses[number.end].currency is None)):
        return ()
    found = _sign_last(t, i, number, named)
    if found is not None:
        # "-.75 CHF"
        cents = t.lows[i - 1] == "." and t.glued(i) and t.lows[i - 2] in _DASHES and t.glued(i - 1) and len(t.lows[i]) == _CENTS
        return (found._replace(amount=found.amount / 100) if cents else found,)
    ranged = t.has(number.end, "range") or t.has(number.end, "or") or (t.has(number.end, "and") and t.has(i - 1, "between"))
    second = read_number(t, number.end + 1) if ranged and not number.article else None
    if second is None or second.article or number.value <= 0 or second.value <= number.value or t.senses[second.end].scale is not None:
        return ()
    upper = _sign_last(t, number.end + 1, second, named)
    return () if upper is None else (Amount(number.value, upper.currency, number.end), upper)


def _part_of_scale(t: Tokens, i: int) -> Number | None:
    """Read the "half a" of "half a million", "mezzo milione", "un demi-million", "eine halbe Million"."""
    j = i + 1 if t.senses[i].article else i
    fraction = t.senses[j].fraction
    if fraction is None or t.senses[j].digits:
        return None
    j += 1
    j += t.senses[j].article or (t.lows[j] in _DASHES and t.glued(j))
    return Number(fraction, j) if (t.senses[j].scale or 0) >= _MILLION else None


def _sign_first(t: Tokens, i: int, currency: str) -> Amount | None:
    """Read "CHF 1'250.-", "US$ 5", "C$ 40"."""
    j = i + 1
    if t.lows[j] == "." and t.glued(j):
        j += 1
    inner = t.senses[j].currency
    if inner is not None and t.lows[j] in _SIGNS:
        # "US$", "CAD $": the letters say which dollar.
        currency, j = (inner if t.lows[i] in _SIGNS else currency), j + 1
    elif t.has(i, "dollar_of"):
        return None
    if t.lows[j] in _DASHES and t.lows[j + 1] == "." and t.glued(j + 1) and t.glued(j + 2) and len(t.lows[j + 2]) == _CENTS:
        # "Fr. -.50"
        return Amount(Decimal(t.lows[j + 2]) / 100, currency, j + 3) if t.lows[j + 2].isdecimal() else None
    if t.lows[i] in _SIGNS and j == i + 2 and t.glued(j) and t.lows[j].isdecimal() and len(t.lows[j]) == _CENTS:
        # "$.05"
        return Amount(Decimal(t.lows[j]) / 100, currency, j + 1)
    number = read_number(t, j)
    # Italian deeds write "euro diecimila".
    spelled = t.lows[i] in _SIGNS or (t.lexicon.inverted and number is not None and number.value >= _SPELLED)
    if number is None or number.article or not (number.digits or spelled):
        return None
    value = number.value * (t.senses[i].scale or 1)
    grouped = _THOUSANDS.fullmatch(t.lows[j]) if t.lexicon.decimal_comma and currency in _POINTED else None
    if grouped is not None:
        # "£ 2,500" keeps the form of its country.
        value = Decimal(t.lows[j].replace(",", ""))
    letter = t.lexicon.glued_scales.get(t.word(number.end)) if t.glued(number.end) else None
    value, end = (value * letter, number.end + 1) if letter is not None else _scaled(t, value, _tail(t, number.end))
    country = t.senses[end].currency
    if t.lows[i] in _SIGNS and t.has(end, "dollar_of") and country is not None:
        # "$40 CAD"
        currency, end = country, end + 1
    return Amount(value, currency, end)


def _sign_last(t: Tokens, i: int, number: Number, named: str) -> Amount | None:
    """Read "80.-", "2 Mio. CHF", "dix mille francs", "40 $ CA", "90 Rappen"."""
    end = _tail(t, number.end)
    swiss = end > number.end
    value, end = _scaled(t, number.value, end)
    hundredth = t.senses[end].hundredth
    if hundredth is not None and t.lows[end] == "p" and not (t.glued(end) and number.digits):
        # "7p", but not "7 p."
        hundredth = None
    if hundredth is not None and (hundredth or named):
        dot = t.lows[end + 1] == "." and t.glued(end + 1) and len(t.lows[end]) <= 3 and end + 2 < t.n
        return Amount(value / 100, hundredth if hundredth == "CHF" else named or hundredth, end + 1 + dot)
    if hundredth is not None and t.has(end + 1, "of") and t.senses[end + 2].currency is not None:
        # "45 centesimi di franco"
        return Amount(value / 100, t.senses[end + 2].currency or "", end + 3)
    j = end
    if t.has(j, "amount_of"):
        j += 1
        j += t.lows[j] in ("'", "’")
    country = t.senses[j].currency if t.has(j, "dollar_of") else None
    if country is not None and t.senses[j + 1].currency is not None:
        # "40 Canadian dollars"
        j += 1
        j += t.lows[j] in _DASHES | {"-"} and t.glued(j)
    elif country is not None and t.lows[j + 1] == "-" and t.senses[j + 2].currency is not None:
        # "150 US-Dollar"
        j += 2
    elif t.has(j, "swiss"):
        j += 1
    found = None if t.has(j, "dollar_of") else t.senses[j].currency
    glued = t.lexicon.glued_scales.get(t.word(j)) if found is None and t.senses[j + 1].currency is not None else None
    if glued is not None and (t.glued(j + 1) or t.lows[j] == "k"):
        value, found, j = value * glued, t.senses[j + 1].currency, j + 1
    if found is not None:
        # "TEUR", "kCHF"
        value *= t.senses[j].scale or 1
    if found is not None and not (t.senses[j].weekday is not None and number.article):
        j += 1
        if t.lows[j] == "." and t.glued(j) and t.has(j - 1, "dotted_money") and j + 1 < t.n:
            j += 1
        if t.has(j, "swiss"):
            j += 1
        elif t.has(j, "dollar_of"):
            country, j = t.senses[j].currency, j + 1
        return Amount(value, country or found, j)
    # "80.-" alone is Swiss for francs.
    return Amount(value, "CHF", end) if swiss and number.digits and t.lows[number.end] in (".", ",") else None


def _tail(t: Tokens, i: int) -> int:
    """Skip ".-", ".--", ".—", ",-" behind the figure."""
    if t.lows[i] in (".", ",") and t.glued(i) and t.lows[i + 1] in _DASHES and t.glued(i + 1):
        i += 2
        while t.lows[i] in _DASHES and t.glued(i):
            i += 1
    return i


def _scaled(t: Tokens, value: Decimal, i: int) -> tuple[Decimal, int]:
    scale = t.senses[i].scale
    if scale is None or t.senses[i].currency is not None or (t.lows[i] == "k" and not t.glued(i)) or (t.lows[i] == "m" and not t.glued(i)):
        return value, i
    end = i + 1
    if t.lows[end] == "." and t.glued(end) and end + 1 < t.n and t.has(i, "dotted_money"):
        end += 1
    value *= scale
    more, part = half_behind(t, end)
    if more != -1:
        # "un milione e mezzo"
        return value + part * scale, more
    # "un million cinq cent mille"
    lower = read_number(t, end) if scale >= _MILLION else None
    if lower is not None and not lower.digits and not lower.article and lower.value < scale:
        rest = lower.value
        end = lower.end
        if t.senses[end].scale is not None and t.senses[end].scale != scale and rest * (t.senses[end].scale or 1) < scale:
            rest, end = rest * (t.senses[end].scale or 1), end + 1
        return value + rest, end
    return value, end
