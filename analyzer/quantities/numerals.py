"""Numbers inside one token: digits with their separators, and numerals written as one word."""

from __future__ import annotations

import re
from decimal import Decimal

#: Longest run of digits and separators taken as a number.
_LONGEST = 24
_PLAIN = re.compile(r"\d+$")
_GROUPED = re.compile(r"(\d{1,3}(?:(?P<mark>['’.,])\d{3})(?:(?P=mark)\d{3}){0,4})(?:(?P<point>[.,])(\d{1,4}))?$")
_DECIMAL = re.compile(r"\d+[.,]\d+$")


def parse_digits(token: str, *, decimal_comma: bool) -> Decimal | None:
    """Return the number that a token of digits and separators writes, or None.

    Examples
    --------
    >>> parse_digits("1'250.50", decimal_comma=True), parse_digits("1.250,00", decimal_comma=True)
    (Decimal('1250.50'), Decimal('1250.00'))
    >>> parse_digits("1,250", decimal_comma=False), parse_digits("99,95", decimal_comma=False)
    (Decimal('1250'), Decimal('99.95'))
    >>> parse_digits("31.12.2025", decimal_comma=True)
    """
    if len(token) > _LONGEST:
        return None
    if _PLAIN.match(token):
        return Decimal(token)
    grouped = _GROUPED.match(token)
    if grouped is not None and not token.startswith("0"):
        mark, point = grouped["mark"], grouped["point"]
        several = grouped[1].count(mark) > 1
        # "1.250" is a thousand where the comma is the decimal point, and "1,250" where the point is.
        as_thousands = mark in "'’" or several or point is not None or mark == ("." if decimal_comma else ",")
        if as_thousands and point != mark:
            whole = grouped[1].replace(mark, "")
            return Decimal(f"{whole}.{grouped[4]}" if point else whole)
    if _DECIMAL.match(token):
        return Decimal(token.replace(",", "."))
    return None


def compound_numerals(cardinals: dict[str, Decimal], *, order: str, link: str) -> dict[str, Decimal]:
    """Write 21 to 99 as one word where the language does.

    Parameters
    ----------
    cardinals : dict of str to Decimal
        The simple numerals.
    order : str
        "unit-ten" (einundzwanzig), "ten-unit" (ventuno) or "" (not as one word).
    link : str
        What stands between them ("und").
    """
    units = {word: value for word, value in cardinals.items() if 1 <= value <= 9}
    tens = {word: value for word, value in cardinals.items() if 20 <= value <= 90 and value % 10 == 0}
    if order == "unit-ten":
        return {f"{unit}{link}{ten}": high + low for unit, low in units.items() for ten, high in tens.items()}
    if order == "ten-unit":
        return {
            f"{ten[:-1] if unit[0] in 'aeiou' else ten}{link}{unit}": high + low
            for unit, low in units.items()
            for ten, high in tens.items()
        }
    return {}


def parse_compound(
    word: str, numerals: dict[str, Decimal], *, hundred: tuple[str, ...], thousand: tuple[str, ...], link: str = ""
) -> Decimal | None:
    """Return the value of a numeral with hundreds or thousands in it, written as one word, or None.

    Examples
    --------
    >>> ones = {"zwei": Decimal(2), "fünf": Decimal(5)}
    >>> parse_compound("zweitausendfünfhundert", ones, hundred=("hundert",), thousand=("tausend",))
    Decimal('2500')
    """
    known = numerals.get(word)
    if known is not None:
        return known
    for parts, factor in ((thousand, 1000), (hundred, 100)):
        for part in parts:
            before, found, after = word.partition(part)
            if not found:
                continue
            high = parse_compound(before, numerals, hundred=hundred, thousand=(), link=link) if before else Decimal(1)
            after = after.removeprefix(link)
            low = (
                parse_compound(after, numerals, hundred=hundred if factor == 1000 else (), thousand=(), link=link) if after else Decimal(0)
            )
            if high is not None and low is not None and high < 1000 and low < factor:
                return high * factor + low
    return None
