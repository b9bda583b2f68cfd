"""Numbers over several tokens: digits, words, both, fractions, with thousands set apart by spaces."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from analyzer.quantities.tokens import Tokens

#: Longest numeral in words, in tokens ("deux mille neuf cent quatre-vingt-dix-neuf" has 9 with its hyphens).
_LONGEST = 14
_HYPHENS = frozenset("-‐‑–")
#: Digits said behind "point" ("ninety-nine point nine five").
_MOST_DECIMALS = 4
_NO_HALF = (-1, Decimal(0))
_HALF = Decimal("0.5")
_VULGAR = frozenset("½¼¾")
_CLOSING = {"(": ")", "[": "]"}
_THOUSANDS_GAPS = frozenset((" ", "\xa0", "\u202f", "\u2009"))
#: Letters that a scan gives for digits: l and I for 1, O for 0.
_SLIPS = {"l": "1", "I": "1", "O": "0", "o": "0"}


class Number(NamedTuple):
    """A number as read: its value and the index of the token behind it."""

    value: Decimal
    end: int
    #: "un", "a", "eine": perhaps no number at all.
    article: bool = False
    digits: bool = False
    fraction: bool = False


def read_number(t: Tokens, i: int) -> Number | None:
    """Read the number that begins at token `i`; "trois (3)" and "3 (trois)" are one number."""
    # Every part of the grammar asks for the same number.
    if i in t.numbers:
        found: Number | None = t.numbers[i]
        return found
    t.numbers[i] = found = _read(t, i)
    return found


def _read(t: Tokens, i: int) -> Number | None:
    first = _simple(t, i)
    if first is None:
        return None
    doublet = _doublet(t, first.end)
    if doublet is not None:
        end, other = doublet
        # "one (1)" is no article any more; where the two differ the figure decides less often than the word.
        return Number(first.value, end, digits=first.digits or other.digits)
    return first


def _doublet(t: Tokens, i: int) -> tuple[int, Number] | None:
    closing = _CLOSING.get(t.lows[i])
    if closing is None:
        return None
    # "60 (diconsi sessanta)"
    said = t.phrase(i + 1, "in_words")
    inner = _simple(t, said if said != -1 else i + 1)
    if inner is not None and t.has(inner.end, "range"):
        # "three to five (3-5) days"
        inner = _simple(t, inner.end + 1)
    if inner is None or t.lows[inner.end] != closing:
        return None
    return inner.end + 1, inner


def _simple(t: Tokens, i: int) -> Number | None:
    if not 0 <= i < t.n:
        return None
    sense = t.senses[i]
    if sense.digits:
        return _digits(t, i)
    if sense.number is not None:
        return _decimal_words(t, _words(t, i))
    if sense.fraction is not None and sense.low in "½¼¾":
        return Number(sense.fraction, i + 1, digits=True, fraction=True)
    return _slip(t, i)


def _slip(t: Tokens, i: int) -> Number | None:
    """Read "l h" and "l5 min" as a scan garbled them: only right before a unit of time."""
    word = t.word(i)
    if word not in _SLIPS or t.lows[i + 1] in ("'", "’"):
        return None
    text, j = _SLIPS[word], i + 1
    if t.senses[j].digits and t.glued(j) and len(t.lows[j]) == 1:
        text, j = text + t.lows[j], j + 1
    unit = t.senses[max(j, t.phrase(j, "business_before"))].unit
    if text[0] == "0" or unit is None or (j == i + 1 and (word != "l" or t.glued(j))):
        return None
    return Number(Decimal(text), j, digits=True)


def _digits(t: Tokens, i: int) -> Number | None:
    value = t.senses[i].number
    if value is None:
        return None
    low, j = t.lows[i], i + 1
    if low.isdecimal():
        if len(low) <= 3 and not low.startswith("0"):
            joined, j = _spaced_thousands(t, i)
            value = joined if joined is not None else value
        if j == i + 1:
            mixed = _fraction_after(t, i, value)
            if mixed is not None:
                return mixed
            # "3O days", "thirty (3O) days"
            slip = t.word(j) in ("O", "o") and t.glued(j) and len(low) == 1
            if slip and (_counted(t, j + 1) or (t.lows[j + 1] == ")" and t.lows[i - 1] == "(" and _counted(t, j + 2))):
                return Number(value * 10, j + 1, digits=True)
    return Number(value, j, digits=True)


def _counted(t: Tokens, j: int) -> bool:
    """Whether a unit of time stands at `j`, with "business" before it or not."""
    return t.senses[max(j, t.phrase(j, "business_before"))].unit is not None


def _spaced_thousands(t: Tokens, i: int) -> tuple[Decimal | None, int]:
    """Join "80 000" and "1 250 000,50"."""
    text, j = t.lows[i], i + 1
    while j < t.n and j <= i + 4:
        low = t.lows[j]
        if not t.senses[j].digits or len(low) < 3 or t.gap(j) not in _THOUSANDS_GAPS or not low[:3].isdecimal():
            break
        if len(low) == 3:
            text, j = text + low, j + 1
            continue
        if low[3] in ".," and low[4:].isdecimal() and len(low) <= 8:
            return Decimal(f"{text}{low[:3]}.{low[4:]}"), j + 1
        break
    return (Decimal(text), j) if j > i + 1 else (None, i + 1)


def _fraction_after(t: Tokens, i: int, value: Decimal) -> Number | None:
    """Read "1½", "1 ½", "1/2" and "2 1/2"."""
    j = i + 1
    half = t.senses[j].fraction
    if half is not None and t.lows[j] in "½¼¾":
        return Number(value + half, j + 1, digits=True, fraction=True)
    top = _plain_fraction(t, i)
    if top is not None:
        return Number(top, i + 3, digits=True, fraction=True)
    more = _plain_fraction(t, j)
    if more is not None and not t.glued(j):
        return Number(value + more, j + 3, digits=True, fraction=True)
    return None


def _plain_fraction(t: Tokens, i: int) -> Decimal | None:
    if t.lows[i + 1] != "/" or not (t.glued(i + 1) and t.glued(i + 2)):
        return None
    top, bottom = t.lows[i], t.lows[i + 2]
    if (top, bottom) in (("1", "2"), ("1", "4"), ("3", "4")) and t.lows[i + 3] != "/":
        return Decimal(top) / Decimal(bottom)
    return None


def _words(t: Tokens, i: int) -> Number:
    """Add up "vingt-quatre", "quatre-vingt-dix", "one hundred and twenty", "deux mille"."""
    sense = t.senses[i]
    assert sense.number is not None
    total, current, last = Decimal(0), sense.number, sense.number
    j, limit = i + 1, min(t.n, i + _LONGEST)
    if current == 1000:
        total, current = current, Decimal(0)
    while j < limit:
        k = j
        if t.lows[k] in _HYPHENS or t.has(k, "number_glue"):
            if t.has(k, "number_glue") and not ((last >= 20 and last % 10 == 0) or last >= 100):
                break
            k += 1
            if t.lows[k] in _HYPHENS:
                k += 1
            if t.has(k, "number_glue") and t.lows[k - 1] in _HYPHENS:
                k += 1
                k += t.lows[k] in _HYPHENS
        following = t.senses[k]
        value = following.number
        if value is None or following.digits or value == 0 or (following.article and t.senses[k + 1].fraction is not None):
            break
        if value == 1000:
            total, current = total + max(current, Decimal(1)) * 1000, Decimal(0)
        elif value == 100:
            if not 1 <= current <= 99:
                break
            current *= 100
        elif t.lexicon.vigesimal and value == 20 and current % 100 == 4:
            current += 76
        elif _adds(last, current, value, vigesimal=t.lexicon.vigesimal):
            current += value
        else:
            break
        last, j = (value if value < 80 or value >= 100 else Decimal(80)), k + 1
        if t.lexicon.vigesimal and current % 100 == 80:
            last = Decimal(80)
    return Number(total + current, j, article=sense.article and j == i + 1)


def _decimal_words(t: Tokens, whole: Number) -> Number:
    """Read "quatre-vingt-dix-neuf virgule sept", "nine point five", "neunundneunzig Komma neun"."""
    k = whole.end
    if not t.has(k, "decimal_word") or t.lows[k - 1] in ("a", "an") or "\n" in t.gap(k + 1):
        return whole
    digits, k = "", k + 1
    while t.senses[k].number is not None and not t.senses[k].digits and len(digits) < _MOST_DECIMALS:
        part = _words(t, k)
        if part.value != int(part.value):
            break
        digits, k = digits + str(int(part.value)), part.end
    return whole if not digits else Number(Decimal(f"{whole.value.to_integral_value()}.{digits}"), k)


def read_mixed(t: Tokens, i: int) -> Number | None:
    """Read a number with "and a half" behind it: "deux et demi", "two and a half", "un milione e mezzo" lacks its million here."""
    number = read_number(t, i)
    if number is None or number.digits:
        return number
    end, part = half_behind(t, number.end)
    return number if end == -1 or t.senses[end - 1].unit is not None else number._replace(value=number.value + part, end=end, article=False)


def half_behind(t: Tokens, j: int) -> tuple[int, Decimal]:
    """Read "and a half", "-and-a-half", "et demie", "e mezza": the index behind and the part, or -1."""
    if t.lows[j] in _HYPHENS and t.glued(j):
        j += 1
    if not t.has(j, "and"):
        return _NO_HALF
    k = j + 1 + (t.lows[j + 1] in _HYPHENS)
    if t.senses[k].article and t.senses[k + 1 + (t.lows[k + 1] in _HYPHENS)].fraction is not None:
        k += 1 + (t.lows[k + 1] in _HYPHENS)
    fraction = t.senses[k].fraction
    return _NO_HALF if fraction is None else (k + 1, fraction)


def digits_fraction(t: Tokens, j: int) -> Number | None:
    """Read "1/2" or "½" that stands alone."""
    part = read_number(t, j) if t.senses[j].digits or t.lows[j] in _VULGAR else None
    return part if part is not None and part.fraction and part.value < 1 else None


def fraction_behind(t: Tokens, j: int, *, hours: bool) -> tuple[int, Decimal] | None:
    """Read the part behind a unit, the index behind it and its size: "1 an ½", "3 ore e 1/2"; with `hours` "and a quarter"."""
    joined = t.has(j, "and")
    part = digits_fraction(t, j + joined)
    if part is not None and t.senses[part.end].unit is None and not t.has(part.end, "of"):
        return part.end, part.value
    end, share = half_behind(t, j) if joined and hours else _NO_HALF
    return (end, share) if end != -1 and share < _HALF and not t.has(end, "of") else None


def _adds(last: Decimal, current: Decimal, value: Decimal, *, vigesimal: bool) -> bool:
    if last >= 100:
        return value < 100
    if current == 0:
        return value < 100
    if vigesimal and last == 10:
        return 7 <= value <= 9
    if last < 20 or last % 10:
        return False
    return value < 10 or (vigesimal and last in (60, 80) and value < 20)
