"""Repetitions and rates: "monthly", "pro Quartal", "2 fois par an", "ogni sei mesi"."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from analyzer.quantities.clocks import read_interval
from analyzer.quantities.numbers import read_number
from analyzer.quantities.senses import Unit
from analyzer.quantities.tokens import Tokens
from analyzer.types import TimeUnit

_ONE = Decimal(1)
_HYPHENS = frozenset("-‐‑")
_LINKS = frozenset("-‐‑'’")
_CROSSES = frozenset("x×*")


class Repeated(NamedTuple):
    times: Decimal
    every: Decimal
    unit: TimeUnit
    end: int
    #: Where the block of time begins that is billed as a whole ("je angefangene Stunde"); -1 where it is a true repetition.
    block: int = -1
    business: bool = False
    #: The words say that a block begun is billed as a whole.
    started: bool = False


#: Words that may stand between "per" and "and month" ("per family of endpoints and month").
_MOST_NOUNS = 3
_TWO = Decimal(2)
_CYCLES = frozenset((TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.YEAR))
_MOST_CYCLES = 12
_MOST_DAYS = 6
_RARE = frozenset(("every_weekday", "every_closed"))
_EVERY = _RARE | {"every"}
_PER = frozenset(("per", "per_weak"))
_DECADE = 10
_MONTHS = 12
#: Words between a noun and the adjective said of it ("la vérification périodique de l'installation est triennale").
_MOST_BETWEEN = 8
_SEASONS = frozenset((TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR))


def read_recurrence(t: Tokens, i: int, *, behind: bool) -> Repeated | None:
    """Read a repetition that begins at token `i`; `behind` says that an amount or a duration stands right before."""
    # What a word can begin is asked first: most can begin one kind of repetition at most.
    sense = t.senses[i]
    heads, classes = sense.heads, sense.classes
    return (
        _word(t, i)
        or (_counted(t, i) if sense.number is not None or sense.times is not None or sense.fraction is not None or sense.digits else None)
        or (_one_in(t, i) if sense.article or sense.low == "1" else None)
        or (_alternate(t, i) if "alternate" in classes or "alternate_lead" in heads else None)
        or (_every(t, i) if not heads.isdisjoint(_EVERY) else None)
        or (_per(t, i, behind=behind) if not heads.isdisjoint(_PER) else None)
        or (read_from_to(t, i) if sense.unit is not None else None)
        or (_day_of(t, i) if sense.ordinal is not None or "last" in classes else None)
    )


def _word(t: Tokens, i: int) -> Repeated | None:
    """Read "monthly", "14-täglich", "half-yearly", "p.a."."""
    sense = t.senses[i]
    every = sense.every
    if "joined_prefix" in sense.classes and t.lows[i + 1] in _HYPHENS and t.glued(i + 1) and t.glued(i + 2):
        # "semi-annual", "bi-mensuel"
        joined = t.lexicon.senses.get(sense.low + t.lows[i + 2])
        every = None if joined is None else joined.every
        return None if every is None else Repeated(every.count, every.every, every.unit, i + 3)
    if every is not None:
        if every.led and not (any(t.has(k, "repeated_noun") for k in (i - 2, i - 1, i + 1, i + 2)) or t.has(i - 1, "repeated_verb")):
            return None
        dot = every.short and t.lows[i + 1] == "." and t.glued(i + 1)
        return Repeated(every.count, every.every, every.unit, i + 1 + dot)
    # "l'audit triennale"
    if (
        sense.unit is not None
        and sense.unit.complete
        and sense.unit.unit is TimeUnit.YEAR
        and (sense.unit.count < _DECADE or t.has(i - 1, "checking_noun") or t.has(i + 1, "checking_noun"))
        and _of_repeated(t, i)
    ):
        return Repeated(_ONE, sense.unit.count, sense.unit.unit, i + 1)
    if sense.fraction is not None and t.lows[i + 1] in _HYPHENS and t.glued(i + 1):
        every = t.senses[i + 2].every
        if every is not None and every.unit is TimeUnit.YEAR:
            return Repeated(_ONE, every.every * sense.fraction * 12, TimeUnit.MONTH, i + 3)
    end = t.phrase(i, "yearly")
    if end != -1 and t.lows[i - 1] != "." and _closes(t, i, end):
        return Repeated(_ONE, _ONE, TimeUnit.YEAR, end)
    return None


def _of_repeated(t: Tokens, i: int) -> bool:
    """Whether the adjective belongs to a noun for something that is done again and again: beside it, or behind "is", a colon or in the next cell."""
    if t.has(i - 1, "repeated_noun") or t.has(i + 1, "repeated_noun"):
        return True
    if not t.has(i - 1, "copula"):
        return False
    before = range(max(0, i - _MOST_BETWEEN), i - 1)
    return any(t.has(k, "repeated_noun") for k in before) and not any(t.has(k, "duration_noun") for k in before)


def _one_in(t: Tokens, i: int) -> Repeated | None:
    """Read "un lundi sur deux", "una settimana su due", "one Monday in two"."""
    day, unit = t.senses[i + 1].weekday, t.senses[i + 1].unit
    j = t.phrase(i + 2, "out_of")
    if j == -1 or (day is None and (unit is None or unit.unit not in _CYCLES or unit.count != 1)):
        return None
    number = read_number(t, j)
    if number is None or number.article or not 1 < number.value <= _MOST_CYCLES or number.value != int(number.value):
        return None
    if t.senses[number.end].unit is not None or t.lows[number.end] == "%":
        return None
    return Repeated(_ONE, number.value, TimeUnit.WEEK if day is not None or unit is None else unit.unit, number.end)


def _alternate(t: Tokens, i: int) -> Repeated | None:
    """Read "a giorni alterni", "on alternate Mondays"."""
    if t.has(i, "alternate"):
        day, unit = t.senses[i + 1].weekday, t.senses[i + 1].unit
        if day is not None:
            return Repeated(_ONE, _TWO, TimeUnit.WEEK, i + 2)
        return None if unit is None or unit.unit not in _CYCLES else Repeated(_ONE, _TWO * unit.count, unit.unit, i + 2)
    j = t.phrase(i, "alternate_lead")
    unit = t.senses[j].unit if j != -1 else None
    if unit is None or unit.unit not in _CYCLES or not t.has(j + 1, "alternate"):
        return None
    return Repeated(_ONE, _TWO * unit.count, unit.unit, j + 2)


def _closes(t: Tokens, i: int, end: int) -> bool:
    """Whether "l'an" stands for "par an": behind a noun or a figure and before a pause, not as in "durant l'an"."""
    if (t.lows[i] != "l" and not t.has(i, "article")) or t.has(i - 1, "percent"):
        return True
    if t.has(i - 1, "year_whole") or t.has(i - 1, "filler") or t.has(i - 1, "lead") or t.has(i - 1, "during") or t.has(i - 1, "of"):
        return False
    return end >= t.n or t.has(end, "stop") or t.phrase(end, "per") != -1 or t.has(end, "lead") or t.has(end, "year_follower")


def _counted(t: Tokens, i: int) -> Repeated | None:
    """Read "2 fois par an", "twice a year", "zweimal jährlich", "2x/Jahr", "14-täglich", "thrice in thirty days", "two per quarter"."""
    sense = t.senses[i]
    count, j, crossed = sense.times, i + 1, False
    if count is None or (count == 1 and t.has(i, "times")):
        number = read_number(t, i)
        if number is None:
            return None
        count, j = number.value, number.end
        follower = t.senses[j + 1].every if t.lows[j] in _HYPHENS else None
        if follower is not None and t.glued(j) and not number.article:
            return Repeated(_ONE, follower.every * count, follower.unit, j + 2)
        # "6-mal täglich"
        j += t.lows[j] in _HYPHENS and t.glued(j) and t.has(j + 1, "times")
        if not t.has(j, "times"):
            return None if number.article else _number_per(t, i, j, count)
        crossed = t.lows[j] in _CROSSES
        j += 1
    # "reconductible trois fois par période d'un an" is a length.
    if count <= 0 or t.has(i - 1, "renewal"):
        return None
    for skip in range(1 if crossed else 2):
        k = j + skip
        # "twice the annual fees" is an amount.
        word = None if skip and t.has(j, "article") else _word(t, k)
        found = word or _every(t, k) or _per(t, k, behind=True, counted=True)
        if found is not None:
            return found._replace(times=count * found.times, block=-1)
        over = _over(t, k)
        if over is not None:
            return over._replace(times=count)
        if t.lows[k] in ("", "|", ".", ";", ","):
            break
    return None


def _over(t: Tokens, i: int) -> Repeated | None:
    """Read "in thirty days" behind a count."""
    j = t.phrase(i, "observed")
    if j == -1:
        return None
    number = read_number(t, j)
    # "in any twelve-month period"
    return None if number is None or number.value <= 0 else _of_unit(t, number.end + (t.lows[number.end] in _HYPHENS), number.value)


def _number_per(t: Tokens, i: int, j: int, count: Decimal) -> Repeated | None:
    """Read "two per quarter", "10 per second"."""
    if count != int(count) or count <= 0 or t.senses[j].unit is not None or t.senses[j].currency is not None:
        return None
    if t.senses[i - 1].currency is not None or (t.lows[i - 1] == "." and t.senses[i - 2].currency is not None):
        return None
    if t.lows[j] == "/" or t.word(j)[:1].isupper():
        return None
    found = _per(t, j, behind=True)
    return None if found is None or found.block != -1 else found._replace(times=count)


def read_from_to(t: Tokens, i: int) -> Repeated | None:
    """Read "(d')année en année", "(from) year to year": the same unit twice."""
    unit = t.senses[i].unit
    if unit is None or unit.weak:
        return None
    j = t.phrase(i + 1, "unit_to_unit")
    if j == -1 or t.senses[j].unit != unit:
        return None
    return Repeated(_ONE, unit.count, unit.unit, j + 1)


def _day_of(t: Tokens, i: int) -> Repeated | None:
    """Read "first Monday of the month", "primo martedì del mese"."""
    sense = t.senses[i] if i < t.n else None
    if sense is None or (sense.ordinal is None and "last" not in sense.classes):
        return None
    j = t.phrase(i + 2, "of_the")
    if t.senses[i + 1].weekday is None:
        # "first day of each month"
        day = t.senses[i + 1].unit
        if j == -1 or day is None or day.unit is not TimeUnit.DAY or not any(t.has(k, "each") for k in range(i + 2, j)):
            return None
    unit = t.senses[j].unit if j != -1 else None
    return None if unit is None or unit.unit not in _SEASONS else Repeated(_ONE, unit.count, unit.unit, j + 1)


def _every(t: Tokens, i: int) -> Repeated | None:
    """Read "tous les 3 mois", "every other week", "alle zwei Stunden", "chaque trimestre", "each January", "jede Nacht"."""
    j = t.phrase(i, "every")
    if j == -1:
        if t.senses[i].heads.isdisjoint(_RARE):
            return None
        weekly = t.phrase(i, "every_weekday")
        # "jeweils sonntags"
        named = weekly != -1 and t.senses[weekly].weekday is not None and len(t.lows[weekly]) > 3
        return _weekdays(t, weekly) if named else _every_closed(t, i)
    if t.has(j, "alternate_word") and t.senses[j + 1].unit is not None:
        return _of_unit(t, j + 1, _TWO)
    nth = _TWO if t.has(j, "alternate_word") else t.senses[j].ordinal
    if nth is not None and t.senses[j + 1].weekday is not None and _day_of(t, j) is None and not _timed(t, j + 2):
        # "jeden zweiten Montag", but not "every second Monday of the month"
        return Repeated(_ONE, Decimal(nth), TimeUnit.WEEK, j + 2)
    day = _day_of(t, j) if nth is not None else None
    if day is not None:
        return day
    season = _season(t, j)
    if season is not None:
        return season
    number = read_number(t, j)
    if number is not None:
        k = number.end
        k += t.lows[k] in _HYPHENS
        if number.value <= 0 or (number.value > 1 and t.has(i, "in_word")):
            # "reports in every 30 seconds"
            return None
        found = _of_unit(t, k, number.value)
        # "in two halves, each 30 days from invoice"
        dated = found is not None and number.value > 1 and t.phrase(i, "per") != -1 and _anchored(t, found.end)
        return None if dated else found
    ordinal = t.senses[j].ordinal
    if ordinal is not None and t.senses[j + 1].unit is not None:
        # "every second year"
        return _of_unit(t, j + 1, Decimal(ordinal))
    return _of_unit(t, j, _ONE)


def _anchored(t: Tokens, i: int) -> bool:
    """Whether an event follows that a time counts from; "da parte" names somebody."""
    end = t.phrase(i, "anchor")
    return end != -1 and not t.has(end, "no_anchor")


def _every_closed(t: Tokens, i: int) -> Repeated | None:
    """Read "refaite aux deux ans" at the end of a clause, as is said in Québec."""
    j = t.phrase(i, "every_closed")
    number = read_number(t, j) if j != -1 else None
    if number is None or number.digits or number.article or not 0 < number.value <= _MOST_CYCLES or t.has(i - 1, "duration_head"):
        return None
    found = _of_unit(t, number.end, number.value)
    return found if found is not None and (found.end >= t.n or t.has(found.end, "stop")) else None


def _season(t: Tokens, j: int) -> Repeated | None:
    """Read what "each" stands before besides units: "January", "1 April", "mois de janvier", "night", "Wednesday"."""
    k = j
    if t.senses[k].unit is not None and t.senses[k].unit == t.senses[k - 1].unit:
        return None
    if t.senses[k].unit is not None and t.has(k + 1, "of"):
        k += 1
        while t.has(k, "of") or t.lows[k] in ("'", "’"):
            k += 1
    elif t.senses[k].digits and len(t.lows[k]) <= 2:
        k += 1
        k += t.has(k, "ordinal_mark") and t.glued(k)
    month = t.senses[k]
    if month.month is not None and month.unit is None and len(month.low) > 2 and not t.has(k, "per"):
        end = k + 1
        if k == j and t.senses[end].digits and len(t.lows[end]) <= 2:
            end += 1
        return Repeated(_ONE, _ONE, TimeUnit.YEAR, end)
    if k != j:
        return None
    # "chaque date anniversaire"
    lead = t.has(j, "cycle_lead") and t.senses[j + 1].cycle is not None
    cycle = t.senses[j + lead].cycle
    if cycle is not None:
        return Repeated(_ONE, _ONE, cycle, j + lead + 1)
    if t.senses[j].weekday is not None and len(t.lows[j]) > 3:
        return _weekdays(t, j)
    return None


def _weekdays(t: Tokens, j: int) -> Repeated | None:
    """Read "Tuesday and Thursday", "lundi, mercredi et vendredi" behind "each": so often a week; with hours they are a window."""
    days = {t.senses[j].weekday}
    end = j + 1
    for _ in range(_MOST_DAYS):
        k = end
        k += t.lows[k] == ","
        k += t.has(k, "and")
        k += k > end and (t.has(k, "article") or t.phrase(k, "every") == k + 1)
        if k == end or t.senses[k].weekday is None:
            break
        days.add(t.senses[k].weekday)
        end = k + 1
    return None if _timed(t, end) else Repeated(Decimal(len(days)), _ONE, TimeUnit.WEEK, end)


def _timed(t: Tokens, i: int) -> bool:
    """Whether hours or more days follow a day: "jeden Montag von 8 bis 12 Uhr" is a window, "every Sunday at 02:00" is none."""
    if t.lows[i] == ",":
        return t.senses[i + 1].weekday is not None or t.senses[i + 1].digits or t.phrase(i + 1, "time_from") != -1
    if t.has(i, "and") or t.phrase(i, "day_to") != -1:
        return t.senses[t.phrase(i, "day_to") if t.phrase(i, "day_to") != -1 else i + 1].weekday is not None
    if not (t.senses[i].digits or t.phrase(i, "time_from") != -1):
        return False
    return read_interval(t, i, loose=True) is not None


def _per(t: Tokens, i: int, *, behind: bool, counted: bool = False) -> Repeated | None:
    """Read "par mois", "/Std.", "pro Jahr", "all'anno", "per unit and month"; weak ones ("a year", "l'heure") only behind a figure."""
    j = t.phrase(i, "per")
    weak = j == -1
    if weak and behind:
        j = t.phrase(i, "per_weak")
        if j == -1 and counted:
            j = t.phrase(i, "per_counted")
    if j == -1:
        return None
    if weak and t.has(j, "next_adjective"):
        # "am folgenden Servicetag"
        return None
    rhythm = t.senses[j].every
    if rhythm is not None and rhythm.led is False and t.lows[j].endswith(t.lexicon.rhythms):
        # "im Monatsrhythmus"
        return Repeated(rhythm.count, rhythm.every, rhythm.unit, j + 1)
    slash = t.lows[i] == "/"
    if slash and (t.lows[i - 1] == ")" or (t.has(i - 1, "rate_unit") and t.lows[i - 2] != "/")):
        # "GB/h", "(a - b) / Minuten"
        return None
    if t.lexicon.inverted and t.senses[j].unit is not None and t.senses[j + 1].number is not None and not t.senses[j + 1].article:
        # "per mesi sei"
        return None
    if t.has(j, "adjective") and t.senses[j + 1].unit is not None and not t.has(j, "block"):
        j += 1
    number = read_number(t, j)
    if number is not None and number.value == 1 and not number.article and t.senses[number.end].unit is not None:
        if slash and not t.glued(i):
            # "2 h / 4 h / 1 j"
            return None
        if t.has(i, "per_for") and not behind and not counted:
            # "vale per 1 anno"
            return None
        j = number.end
    # "une fois par période de deux ans", but "se renouvelle par périodes de deux ans" is a length
    period = t.phrase(j, "period_of") if counted else -1
    if period != -1:
        number = read_number(t, period)
        return None if number is None or number.value <= 0 else _of_unit(t, number.end, number.value)
    found = _of_unit(t, j, _ONE, split=t.phrase(i, "every") == -1 and not weak)
    if found is None:
        return None if slash or weak else _per_thing(t, j)
    if (found.unit is TimeUnit.SECOND and (slash or weak)) or (weak and t.has(found.end, "dated")):
        return None
    return found


def _per_thing(t: Tokens, j: int) -> Repeated | None:
    """Read "Gerät und Monat" behind "je"."""
    for k in range(j, j + _MOST_NOUNS):
        if not t.lows[k].isalpha() or t.senses[k].digits:
            return None
        if t.has(k + 1, "and"):
            found = _of_unit(t, k + 2, _ONE) if t.phrase(k + 2, "per") == -1 else None
            return None if found is None or found.unit is TimeUnit.SECOND else found
    return None


def _of_unit(t: Tokens, i: int, every: Decimal, *, split: bool = False) -> Repeated | None:
    """Read the unit; with `split` a part of one ("par demi-heure") is a block that is billed, not a repetition."""
    skipped, first, block, business, part, started = 0, i, -1, False, -1, False
    while skipped < 2 and (t.has(i, "adjective") or t.has(i, "block") or t.phrase(i, "business_before") == i + 1):
        if t.has(i, "block"):
            block, started = i, True
        business |= not t.has(i, "adjective") and not t.has(i, "block")
        i, skipped = i + 1, skipped + 1
    fraction = t.senses[i].fraction
    hour = t.senses[i + 1 + (t.lows[i + 1] in _HYPHENS)].unit
    if fraction is not None and (t.senses[i].unit is None or (hour is not None and hour.unit is TimeUnit.HOUR)):
        part = i
        if split and block == -1 and not (hour is not None and hour.unit is TimeUnit.YEAR):
            block = i
        i += 1
        while i < first + 6 and (t.lows[i] in _LINKS or t.has(i, "of")):
            i += 1
        every *= fraction
    unit: Unit | None = t.senses[i].unit
    if unit is None or (unit.complete and unit.count != 1):
        return None
    end = i + 1
    if t.lows[end] == "." and t.glued(end) and unit.weak and end + 1 < t.n:
        end += 1
    # "Im Jahr 2023"
    if t.senses[end].digits and len(t.lows[end]) == 4 and t.lows[end][:2] in ("19", "20"):
        return None
    after = t.phrase(end, "business_after")
    business |= unit.business or after != -1
    end = after if after != -1 else end
    if t.has(end, "block_after"):
        started, block, end = True, block if block != -1 else part if part != -1 else i, end + 1
    if part != -1 and unit.unit is TimeUnit.YEAR:
        # "once every half-year"
        return Repeated(_ONE, every * unit.count * _MONTHS, TimeUnit.MONTH, end, block, business, started)
    return Repeated(_ONE, every * unit.count, unit.unit, end, block, business, started)
