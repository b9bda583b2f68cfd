"""The grammar of lengths of time: numbers, words for units, ranges and compounds."""

from __future__ import annotations

from decimal import Decimal

from analyzer.quantities.clocks import spelled_clock
from analyzer.quantities.counted_days import read_day_plus, read_inverted, read_next_day, read_ordinal
from analyzer.quantities.lengths import Reading, add_markers, with_unit
from analyzer.quantities.numbers import Number, digits_fraction, fraction_behind, half_behind, read_number
from analyzer.quantities.senses import Unit
from analyzer.quantities.tokens import Tokens
from analyzer.types import UNIT_SECONDS, TimeUnit

_HYPHENS = frozenset("-‐‑–—")
_APOSTROPHES = frozenset("'’")
_HALF = Decimal("0.5")
#: Classes of words that may stand between the two figures of a range.
_CONNECTING = frozenset(("range", "and", "or"))
_JOINING = _HYPHENS | {"/", ","}
_DATE_UNITS = frozenset((TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR))
#: Adjectives between a number and its unit ("three (3) full consecutive months").
_MOST_ADJECTIVES = 3
#: Units that are added to the first ("1 year, 2 days, 3 hours and 4 seconds").
_MOST_PARTS = 4
#: A figure beyond is no length of time in a contract (in any unit): a year, an article number.
_GREATEST = Decimal(100_000)
_DAYS_UP = _DATE_UNITS | {TimeUnit.WEEK, TimeUnit.DAY}
_LATEST_YEARS = Decimal(500)
#: So many days are not counted on in hours without a word between them.
_MONTH_DAYS = Decimal(28)
#: Beyond, "200'" is no number of minutes.
_MOST_MINUTES = 480
#: Tokens back over which an opening quotation mark is looked for.
_QUOTED = 6
_HOUR_MINUTES = 60
#: Least minutes said in words behind hours ("une heure quinze").
_LEAST_SPELLED = 10
#: Letters from which on a weak unit is a word in the singular ("secondo") and no abbreviation.
_SPELLED_OUT = 5


def read_duration(t: Tokens, i: int) -> Reading | None:
    """Read the length of time that begins at token `i`."""
    found = read_next_day(t, i) or read_day_plus(t, i) or _ranged(t, i) or _compound(t, i) or read_ordinal(t, i) or read_inverted(t, i)
    if found is None or not _sane(found):
        return None
    return found


def read_plain(t: Tokens, i: int, number: Number, unit: Unit) -> Reading | None:
    """Read `number` at token `i` and the unit right behind it, where nothing goes on from them: the most frequent case; else as `read_duration`."""
    j = number.end
    if not t.senses[j + 1].closes or unit.weak or unit.led or unit.complete or number.article or t.has(j, "bound_form"):
        return read_duration(t, i)
    value = number.value * unit.count
    found = Reading(i, j + 1, value, value, unit.unit, unit.business, False, False, False, j)
    return found if _sane(found) else None


def _sane(found: Reading) -> bool:
    years = found.unit is TimeUnit.YEAR and found.upper > _LATEST_YEARS
    return found.upper > 0 and (found.upper < _GREATEST or found.composed) and not years


# ------------------------------------------------------------------------------------------------ one figure


def _single(t: Tokens, i: int) -> Reading | None:
    """Read a number and its unit, or a word that holds both."""
    sense = t.senses[i]
    if sense.unit is not None and sense.unit.complete:
        return with_unit(t, i, i, Decimal(1), article=False)
    if sense.unit is not None and sense.unit.led and (t.has(i - 1, "lead") or t.phrase_before(i, "article_lead_weak") != -1):
        return with_unit(t, i, i, Decimal(1), article=False)
    number = read_number(t, i)
    if number is not None and not (number.article and sense.unit is not None):
        return _behind_number(t, i, number)
    if sense.fraction is not None:
        return _fraction(t, i, i, Decimal(1))
    return _article_led(t, i)


def _behind_number(t: Tokens, i: int, number: Number) -> Reading | None:
    # Asked for the range and again for the single figure.
    if i in t.lengths:
        found: Reading | None = t.lengths[i]
        return found
    t.lengths[i] = found = _read_behind(t, i, number)
    return found


def _read_behind(t: Tokens, i: int, number: Number) -> Reading | None:
    value, j = number.value, number.end
    if t.lows[j] == ":":
        return _clocked(t, i)
    elided = t.lows[j] in _APOSTROPHES and t.glued(j) and t.glued(j + 1)
    if elided and number.digits:
        # "1'an" is a scanned "l'an".
        return None
    if number.digits and t.lows[j] in _APOSTROPHES and t.glued(j) and _minute_sign(t, i, number):
        return Reading(i, j + 1, value, value, TimeUnit.MINUTE, at=j)
    hyphened = t.lows[j] in _HYPHENS and (t.glued(j) or "\n" in t.gap(j + 1))
    if elided or hyphened:
        j += 1
    if t.senses[j].fraction is not None:
        found = _fraction(t, i, j, value)
        if found is not None:
            return found
    mixed = _and_half(t, j)
    if mixed is not None:
        behind = mixed[0] + (t.lows[mixed[0]] in _HYPHENS and t.glued(mixed[0]))
        if t.senses[behind].unit is not None:
            value, j, number = value + mixed[1], behind, number._replace(article=False)
    if number.fraction and value < 1 and t.has(j, "of"):
        # "3/4 of an hour"
        j = _skip_of(t, j)
    elif number.digits and not number.fraction and t.has(j, "and"):
        part = digits_fraction(t, j + 1)
        if part is not None and t.senses[part.end].unit is not None and not t.has(i - 1, "between"):
            # "2 and 1/2 years"
            value, j = value + part.value, part.end
    collective = t.senses[j].collective
    if collective is not None and (t.has(j + 1, "of") or t.has(j, "dozen")):
        value, j, number = value * collective, _skip_of(t, j + 1), number._replace(article=False)
    return _to_unit(t, i, j, value, number)


def _clocked(t: Tokens, i: int) -> Reading | None:
    """Read "1:30 Stunden": hours and minutes with the unit in words behind."""
    end = spelled_clock(t, i)
    if end == -1:
        return None
    value = Decimal(t.lows[i]) * _HOUR_MINUTES + Decimal(t.lows[i + 2])
    return Reading(i, end, value, value, TimeUnit.MINUTE, at=end - 1)


def _minute_sign(t: Tokens, i: int, number: Number) -> bool:
    """Whether the apostrophe of "15'" says minutes: in a table or behind a word such as "entro", and no closing quotation mark."""
    if number.value != int(number.value) or number.value > _MOST_MINUTES or "." in t.lows[i]:
        return False
    # "45' di assistenza"
    led = t.has(i + 2, "of") and not t.glued(i + 2)
    led |= i == 0 or t.lows[i - 1] in ("|", ":", "/", "<", "≤") or t.phrase_before(i, "max_before") != -1
    return led and not any(t.lows[k] in _APOSTROPHES and not t.glued(k) for k in range(max(0, i - _QUOTED), i))


def _to_unit(t: Tokens, i: int, j: int, value: Decimal, number: Number) -> Reading | None:
    first = t.senses[j]
    if first.unit is None and not first.classes and not first.heads and first.low != "m":
        # The most frequent case: some noun.
        return None
    business = False
    for _ in range(_MOST_ADJECTIVES):
        after = t.phrase(j, "business_before")
        if after != -1 and (t.senses[after].unit is not None or t.lows[after] in _HYPHENS):
            business, j = True, after
        elif t.has(j, "adjective") and t.senses[j].unit is None:
            j += 1
        else:
            break
        if t.lows[j] in _HYPHENS and t.glued(j):
            j += 1
    unit = t.senses[j].unit
    if unit is None and number.digits and t.lows[j] == "m" and t.glued(j) and any(t.has(k, "service_prefix") for k in range(i - 3, i)):
        # "RPO: 15m"
        return Reading(i, j + 1, value, value, TimeUnit.MINUTE, at=j)
    if unit is None or unit.led or (unit.complete and number.article):
        return None
    # "for not more than one quarter", but not "one quarter of the fee"
    if unit.weak and unit.unit is TimeUnit.QUARTER and number.article and t.lows[i] == "one" and not t.has(j + 1, "of"):
        bounded = t.phrase_before(i, "max_before") != -1 or t.phrase_before(i, "min_before") != -1 or t.has(i - 1, "lead")
        return with_unit(t, i, j, value, article=False) if bounded else None
    linked = t.lows[j + 1] in _HYPHENS and t.glued(j + 1)
    # "Zwölf-Monats-Vertrag", but not "ein Monats-Vertrag", "5-Tages-Woche"
    if t.has(j, "bound_form") and (not number.article or linked) and not (linked and t.lows[j - 1] in _HYPHENS and t.glued(j)):
        return None
    if linked and unit.unit is TimeUnit.DAY and t.has(j + 2, "week_noun"):
        return None
    # "grado 2 secondo l'allegato"; but "a 2-second delay", "1,5 seconde"
    spelled = unit.weak and unit.unit is TimeUnit.SECOND and len(t.lows[j]) >= _SPELLED_OUT
    if spelled and value != 1 and value == int(value) and t.lows[j - 1] not in _HYPHENS:
        return None
    if unit.weak and not number.digits and (number.article or len(t.lows[j]) == 1):
        return None
    if unit.weak and number.digits and not _abbreviates(t, j):
        return None
    found = with_unit(t, i, j, value, article=number.article)
    return found._replace(business=True) if business else found


def _abbreviates(t: Tokens, j: int) -> bool:
    """Single letters are units only where no word, apostrophe or figure clings to them ("5 s'", "3 d'entre")."""
    if len(t.lows[j]) > 1:
        return True
    # "cold storage 7y"; otherwise it is an axis or a variable.
    if t.lows[j] == "y" and not (t.glued(j) and t.word(j) == "y"):
        return False
    if t.lows[j + 1] in ("'", "’") and t.glued(j + 1):
        return False
    if t.lows[j] in ("s", "j", "d", "g") and (not t.glued(j) or t.lows[j - 1] in _HYPHENS) and t.word(j).isupper():
        return False
    if t.lows[j] == "g" and t.has(j + 1, "of"):
        # "12 g di polvere"
        return False
    # "9 d418822dex107.htm"
    if t.glued(j + 1) and t.senses[j + 1].digits and t.lows[j] != "h" and t.senses[j + 2].unit is None:
        return False
    cut = t.lows[j + 1] == "." and t.glued(j + 1) and t.glued(j + 2) and t.senses[j + 2].low.isalpha()
    # "5 j.o."
    return not cut or (t.lows[j + 3] == "." and t.phrase(j + 2, "business_after") != -1)


def _fraction(t: Tokens, i: int, j: int, factor: Decimal) -> Reading | None:
    """Read "demi-heure", "halbe Stunde", "half an hour", "quarts d'heure" at `j`."""
    fraction = t.senses[j].fraction
    if fraction is None:
        return None
    k = j + 1
    if t.lows[k] in _HYPHENS or t.lows[k] in ("'", "’"):
        k += 1
        if t.senses[k].article and t.lows[k + 1] in _HYPHENS:
            # "half-a-day"
            k += 2
    elif t.has(k, "of"):
        k = _skip_of(t, k)
    while k < j + 5 and t.has(k, "adjective"):
        k += 1
    unit = t.senses[k].unit
    if unit is None or (unit.weak and len(t.lows[k]) < 3) or k > j + 4:
        return None
    if fraction < _HALF and unit.unit is TimeUnit.DAY:
        # A "quarter day" is one on which rent falls due.
        return None
    if fraction < _HALF and k == j + 1:
        # "quart heure" is not said; "Viertel" stands with a unit only as "viertel Stunde".
        return with_unit(t, i, k, fraction * factor, article=False) if t.lexicon.stems or t.senses[j].unit is not None else None
    found = with_unit(t, i, k, fraction * factor, article=False)
    # "a mezz'ora iniziata"
    return found._replace(end=found.end + 1) if t.has(found.end, "block_after") else found


def _skip_of(t: Tokens, k: int) -> int:
    """Skip "de", "d'", "of an", "di"."""
    for _ in range(3):
        if not (t.has(k, "of") or t.lows[k] in ("'", "’")):
            break
        k += 1
    return k


def _and_half(t: Tokens, j: int) -> tuple[int, Decimal] | None:
    """Read "and a half", "et demie", "e mezza": the index behind and the part."""
    end, part = half_behind(t, j)
    return None if end == -1 or t.senses[end - 1].unit is not None else (end, part)


def _article_led(t: Tokens, i: int) -> Reading | None:
    """Read "dans l'heure", "within the hour": the unit alone, behind words that make it a length of time."""
    sense = t.senses[i]
    if sense.unit is None or sense.unit.weak:
        return None
    # "nell'ultimo triennio", "per il prossimo biennio"
    if sense.unit.count > 1 and sense.unit.unit is TimeUnit.YEAR and t.has(i - 1, "period_adjective"):
        return with_unit(t, i, i, Decimal(1), article=False)
    short = sense.unit.unit in (TimeUnit.MINUTE, TimeUnit.HOUR)
    led = short and t.phrase_before(i, "article_lead") != -1
    # "dans le mois qui suit", but not "dans le mois en cours"
    if not led and t.phrase_before(i, "article_lead_weak") == -1:
        return None
    # "procès-verbal dans la semaine."
    closed = sense.unit.unit is TimeUnit.WEEK and (i + 1 >= t.n or t.lows[i + 1] in (".", ";", "|"))
    if not led and not closed and t.phrase(i + 1, "ordinal_after") == -1:
        return None
    found = with_unit(t, i, i, Decimal(1), article=True)
    return None if t.phrase(found.end, "business_after") != -1 and not found.business else found


# ------------------------------------------------------------------------------------------------ several figures


def _compound(t: Tokens, i: int) -> Reading | None:
    """Read "1 Jahr und 6 Monate", "2 h 30", "une heure et demie", or one figure."""
    found = _single(t, i)
    if found is None:
        return None
    half = _and_half(t, found.end) or fraction_behind(t, found.end, hours=found.unit is TimeUnit.HOUR)
    if half is not None and t.senses[half[0]].unit is None:
        unit = t.senses[found.at].unit
        base = unit.count if unit is not None else Decimal(1)
        value = found.lower + half[1] * base
        return add_markers(t, found._replace(end=half[0], lower=value, upper=value, article=False), unit or Unit(found.unit), value)
    for _ in range(_MOST_PARTS):
        more = _minutes_behind(t, found) or _smaller_behind(t, found)
        if more is None:
            break
        found = more
    return found


def _minutes_behind(t: Tokens, found: Reading) -> Reading | None:
    """Read the 30 of "2h30" and "2 h 30"."""
    if found.unit is not TimeUnit.HOUR or found.business or not (t.lows[found.end - 1] == "." or t.has(found.end - 1, "minutes_behind")):
        return None
    low = t.lows[found.end]
    spelled = read_number(t, found.end) if t.senses[found.end].number is not None and not t.senses[found.end].digits else None
    if spelled is not None and _LEAST_SPELLED <= spelled.value < _HOUR_MINUTES and (spelled.end >= t.n or t.has(spelled.end, "stop")):
        # "une heure trente"
        value = found.lower * _HOUR_MINUTES + spelled.value
        return found._replace(end=spelled.end, lower=value, upper=value, unit=TimeUnit.MINUTE, article=False)
    if not (len(low) == 2 and low.isascii() and low.isdecimal() and int(low) < 60) or (
        t.lows[found.end - 1] == "." and "h" not in t.lows[found.end - 2]
    ):
        return None
    if not t.glued(found.end) and t.gap(found.end) not in (" ", "\xa0", "\u202f"):
        return None
    follower = t.senses[found.end + 1]
    letter = follower.low == "m" and t.glued(found.end + 1)
    if (
        (follower.unit is not None and not (follower.unit.weak and follower.unit.unit is TimeUnit.MINUTE))
        or follower.currency is not None
        or t.has(found.end + 1, "percent")
    ):
        return None
    end = found.end + 1 + (follower.unit is not None or letter)
    value = found.lower * 60 + int(low)
    return found._replace(end=end, lower=value, upper=value, unit=TimeUnit.MINUTE, article=False)


def _smaller_behind(t: Tokens, found: Reading) -> Reading | None:
    """Add a smaller unit: "1 an et 6 mois", "2 hours, 30 minutes", "1 h 15 min"."""
    j = found.end
    comma = t.lows[j] == "," and found.unit is not TimeUnit.SECOND
    joined = comma or t.has(j, "and")
    if joined:
        # ", and 3 months"
        j += 1 + (comma and t.has(j + 1, "and"))
    elif "\n" in t.gap(j):
        return None
    second = _single(t, j)
    if second is None or (second.article and not joined) or second.business != found.business:
        return None
    large, small = UNIT_SECONDS[found.unit], UNIT_SECONDS[second.unit]
    if small >= large or second.upper * small >= large or (large % small and found.unit not in _DATE_UNITS):
        return None
    if found.unit in _DATE_UNITS and second.unit not in _DAYS_UP:
        return None
    if found.unit is TimeUnit.DAY and joined and second.unit is not TimeUnit.HOUR:
        return None
    # "in einem Monat mit 30 Tagen 3 h 36 min"
    if found.unit is TimeUnit.DAY and not joined and found.lower >= _MONTH_DAYS and not found.composed:
        return None
    # A year is twelve months, whatever its days.
    months = (found.unit, second.unit) == (TimeUnit.YEAR, TimeUnit.MONTH)
    ratio = Decimal(12) if months else Decimal(large) / Decimal(small)
    value = found.lower * ratio + second.lower + found.lost / small
    lost = found.lower * (large - 12 * small) if months else Decimal(0)
    return second._replace(start=found.start, lower=value, upper=value, article=False, composed=True, lost=lost)


def _ranged(t: Tokens, i: int) -> Reading | None:
    """Read "2 à 4 heures", "zwischen 2 und 4 Stunden", "30 minutes to 2 hours", "zwei- bis dreijährig"."""
    first = read_number(t, i)
    if first is None or first.value <= 0:
        return None
    own = _own_unit(t, i, first)
    j = own.end if own is not None else first.end
    follower = t.senses[j]
    joined = not follower.classes.isdisjoint(_CONNECTING) or follower.low in _JOINING or "max_before" in follower.heads
    if not joined:
        return None
    if own is None and t.lows[j] in _HYPHENS and t.glued(j) and (t.has(j + 1, "range") or t.has(j + 1, "or")):
        j += 1
    k = _connector(t, i, j, with_unit=own is not None)
    # "19.3 Jusqu'à soixante jours": the number of a paragraph
    if k == -1 or (i == 0 and "." in t.lows[i] and t.word(j)[:1].isupper() and not t.word(j).isupper()):
        return None
    second = _single(t, k)
    # "six months to one year", "between a week and a month"
    if second is None or (second.article and (own is None or t.lows[k - 1] in _HYPHENS)):
        return None
    unit = t.senses[second.at].unit
    count = unit.count if unit is not None and not unit.complete else Decimal(1)
    if own is None:
        lower, upper = first.value * count, second.lower
        step = second.unit
    else:
        step, coarse = sorted((second.unit, own.unit), key=lambda unit: UNIT_SECONDS[unit])
        # A month is no whole number of weeks.
        step = TimeUnit.DAY if UNIT_SECONDS[coarse] % UNIT_SECONDS[step] and step is TimeUnit.WEEK else step
        lower, upper = _converted(own.lower, own.unit, step), _converted(second.lower, second.unit, step)
    if lower >= upper or (first.digits != t.senses[k].digits and own is None and not first.digits):
        return None
    business = second.business or (own is not None and own.business)
    return second._replace(start=i, lower=lower, upper=upper, unit=step, business=business, article=False)


def _own_unit(t: Tokens, i: int, first: Number) -> Reading | None:
    found = _behind_number(t, i, first)
    return found if found is not None and found.unit is not None else None


def _converted(value: Decimal, unit: TimeUnit, target: TimeUnit) -> Decimal:
    if (unit, target) == (TimeUnit.YEAR, TimeUnit.MONTH):
        return value * 12
    return value * UNIT_SECONDS[unit] / UNIT_SECONDS[target]


def _connector(t: Tokens, i: int, j: int, *, with_unit: bool) -> int:
    """Return the index of the second figure of a range, or -1."""
    if "\n\n" in t.gap(j):
        return -1
    if not with_unit and t.phrase_before(i, "min_before") != -1:
        # "mindestens 10 und höchstens 30 Tage", "not less than ten (10) nor more than sixty (60) days"
        most = t.phrase(j + (t.lows[j] == "," or t.has(j, "and")), "max_before")
        if most != -1:
            return most
    if t.has(j, "and") and t.has(i - 1 - t.has(i - 1, "article"), "between"):
        # "tra i 10 e i 15 minuti"
        return j + 1 + (t.has(j + 1, "article") and t.senses[j + 1].number is None)
    if t.has(j, "or") and not with_unit:
        j += 1
        return j + (t.lows[j] == "." and t.glued(j))
    if not t.has(j, "range"):
        return _slashed(t, i, j) if not with_unit and t.lows[j] == "/" else -1
    hyphen = t.lows[j] in _HYPHENS
    # "S1 – total – 15 min – 2 h": a table set with dashes
    if with_unit and t.lows[j] == t.lows[i - 1] and hyphen and t.gap(i):
        return -1
    if hyphen and with_unit and t.gap(j) != t.gap(j + 1):
        return -1
    j += 1
    # "jusqu'à", "bis zu", "to a maximum of"
    for _ in range(3):
        if t.lows[j] in ("'", "’", ".") or t.has(j, "range_more"):
            j += 1
    return j


def _slashed(t: Tokens, i: int, j: int) -> int:
    """Read the slash of "24/48 h" and "2/3 giorni lavorativi": plain figures, the second somewhat greater."""
    low, high = t.lows[i], t.lows[j + 1]
    if j != i + 1 or not (t.glued(j) and t.glued(j + 1)) or t.lows[i - 1] == "/" or t.lows[j + 2] == "/":
        return -1
    if not (low.isdecimal() and high.isdecimal() and len(high) <= 3) or (
        i > 0 and t.glued(i) and t.lows[i - 1] not in ("(", "|", ":", "<")
    ):
        return -1
    # "5/7 jours" are days of the week.
    return j + 1 if int(low) < int(high) <= 3 * int(low) and (low, high) not in (("5", "7"), ("6", "7")) else -1
