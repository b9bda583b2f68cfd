"""What looks like a length of time and is none: ages, idioms, headings, rates, opening hours, periods that only refer to something."""

from __future__ import annotations

from analyzer.quantities.lengths import Reading
from analyzer.quantities.senses import Sense
from analyzer.quantities.tokens import Tokens
from analyzer.types import TimeUnit

_REFERENCE_BEFORE, _SENTENCE = 6, 40
_REFERENCE_UNITS = frozenset((TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR))
#: Ages at which the law tells young people apart.
_YOUNG = range(12, 22)
#: Letters of the longest abbreviation of a numbered part ("Ziff.", "art.").
_ABBREVIATED = 4
#: Tokens back from an age to the thing that has it.
_AGING = 9
_POSTAL = 5
_OLD = 5
#: From this age on people act for themselves.
_OF_AGE = 16
_HOURS = 24
_CLINGING = frozenset(("-", ".", "/", "_", "#", "@"))
_OPENING = frozenset('«“„"‹')
_APOSTROPHES = frozenset(("'", "’"))
_DASHES = frozenset("-‐‑–")


def is_idle(t: Tokens, found: Reading) -> bool:
    """Tell whether the words say neither a length nor a period: "si un jour", "from one day to the next", "un an de salaire"."""
    if found.upper == 1 and (t.phrase(found.end, "not_length_after") != -1 or _idiom(t, found)):
        return True
    if found.unit not in _REFERENCE_UNITS or found.ranged:
        return False
    # "canoni di un anno"
    i = found.start
    return ((found.upper <= 1 or t.lows[found.end] in _APOSTROPHES) and _of_money(t, found.end)) or (
        found.article and t.has(i - 1, "of") and t.has(i - 2, "money_noun")
    )


def is_no_duration(t: Tokens, found: Reading) -> bool:
    """Tell whether the words are an age, a rate, a reference period, round-the-clock service or a numbered heading."""
    i, at, unit = found.start, found.at, found.unit
    before, digits = t.senses[i - 1], t.senses[i].digits
    if digits and (_numbers(t, found, before) or _heading(t, found)):
        return True
    # "iPhone 6s"
    if len(t.lows[at]) == 1 and t.glued(at) and _camel(t.word(i - 1)):
        return True
    if "address_noun" in before.classes and t.word(i)[:1].isupper():
        # "piazza Cinque Giornate 10"
        return True
    # "le quotidien « 24 heures »"
    if before.low in _OPENING and t.has(i - 2, "title_noun"):
        return True
    if digits and at == i + 1 and not t.lexicon.stems and t.word(at).istitle() and _title(t, found):
        return True
    if unit is TimeUnit.YEAR and _age(t, found):
        return True
    if found.upper == 1 and t.phrase(found.end, "one_to_next") != -1:
        return True
    if unit is TimeUnit.HOUR and found.upper <= _HOURS and not found.ranged and t.phrase(found.end, "clock_after") != -1:
        return True
    # "7 giorni festivi"
    if unit is TimeUnit.DAY and t.has(found.end, "holiday"):
        return True
    if "out_of" in before.tails and _counted_out(t, found):
        return True
    if found.article and _rate(t, found):
        return True
    return _round_the_clock(t, found) or (found.upper == 1 and not digits and unit in _REFERENCE_UNITS and _reference(t, found))


def _numbers(t: Tokens, found: Reading, before: Sense) -> bool:
    """Whether the figure is that of a paragraph, a version or a name: "art. 97 s.", "release 8d", "M365"."""
    i, low = found.start, t.lows[found.at]
    if "numbered" in before.classes and low not in ("h", "min"):
        return True
    # "versione 9.7 h"
    if "labelled" in before.classes and ("." in t.lows[i] or (len(low) == 1 and low != "h" and t.glued(found.at))):
        return True
    # "art. 97 s. CO"
    if (
        before.low == "."
        and t.has(i - 2, "numbered")
        and t.glued(i - 1)
        and 1 < len(t.lows[i - 2]) <= _ABBREVIATED
        and t.lows[i - 2][0] != "n"
    ):
        return True
    if not t.glued(i):
        return False
    if t.word(i - 1).isalpha() and "service_prefix" not in before.classes:
        return True
    return before.low in _CLINGING and t.glued(i - 1) and (before.low != "/" or t.senses[i - 2].digits)


def _camel(word: str) -> bool:
    return any(char.isupper() for char in word[1:]) and not word.isupper()


def _title(t: Tokens, found: Reading) -> bool:
    """Whether a name goes on in capitals where units have small letters: "Il Sole 24 Ore"."""
    i, at = found.start, found.at
    # "39040 Ora (BZ)" is a town.
    if len(t.lows[i]) == _POSTAL and t.lows[i].isdecimal():
        return True
    # "aux 24 Heures du Mans"
    if i > 0 and t.has(at + 1, "title_of") and t.word(at + 2)[:1].isupper():
        return True
    if i == 0 or len(t.lows[at]) <= 2 or not t.word(i - 1).istitle() or t.senses[i - 1].starts:
        return False
    # "Payment Within 30 Days", "After 30 Days"
    return not (t.has(i - 1, "lead") or t.phrase_before(i, "max_before") != -1 or t.phrase_before(i, "min_before") != -1)


def _idiom(t: Tokens, found: Reading) -> bool:
    """Whether "un jour" is some day: "si un jour vous partez", "should one day move"; or "call it a day"."""
    if t.phrase_before(found.start, "idiom") != -1:
        return True
    # "on another day", "carried over to another month"; but "for another year"
    if t.has(found.start, "one_more") or t.has(found.start + 1, "one_more"):
        someday = found.unit is TimeUnit.DAY and not found.business
        return someday or t.phrase_before(found.start, "one_more_lead") == -1
    if found.article and found.unit is TimeUnit.DAY:
        opens = found.start == 0 or t.lows[found.start - 1] == "."
        # "treffen sich eines Tages", but not "binnen eines Tages", "die Frist eines Tages"
        small = t.word(found.start - 1)[:1].islower() and not t.has(found.start - 1, "lead")
        if (
            t.has(found.at, "bound_form")
            and small
            and t.phrase_before(found.start, "max_before") == -1
            and not t.has(found.start - 1, "filler")
        ):
            return True
        # "Un jour, si le besoin s'en fait sentir"; "eines Tages", but not "binnen eines Tages"
        if opens and (t.lows[found.end] == "," or t.has(found.at, "bound_form")):
            return True
    return (
        found.article
        and found.unit is TimeUnit.DAY
        and t.has(found.start - 1 - (t.lows[found.start - 1] == ","), "idiom_before")
        and t.phrase(found.end, "anchor") == -1
    )


def _counted_out(t: Tokens, found: Reading) -> bool:
    """Whether periods are counted out of others: "in drei von vier Quartalen"."""
    k = t.phrase_before(found.start, "out_of")
    number = t.senses[k - 1].number
    return k > 0 and number is not None and number < found.upper and not found.ranged and t.senses[k - 1].unit is None


def _age(t: Tokens, found: Reading) -> bool:
    # "Madame Riat, 84 ans, envoie"
    named = t.lows[found.start - 1] == "," and t.word(found.start - 2)[:1].isupper() and t.lows[found.end] in (",", ")")
    if named and 14 <= found.upper <= 120 and t.senses[found.start].digits:
        return True
    if t.has(found.start - 1, "turned"):
        return True
    if t.phrase(found.end, "age_after") != -1:
        # "a ten-year-old server" is no person.
        return not any(t.has(k, "aging") for k in range(found.end, found.end + _OLD))
    i = found.start
    # "der 55-jährige Betriebsleiter"
    if found.upper >= _OF_AGE and any(t.has(k, "person") for k in range(found.end, found.end + 3)):
        return True
    if found.upper in _YOUNG and any(t.has(k, "minor") for k in range(i - 4, i - 1)):
        bounded = t.phrase_before(i, "less_than") != -1 or t.phrase_before(i, "more_than") != -1 or t.phrase_before(i, "max_before") != -1
        if bounded:
            return True
    if not any(t.has(k, "age_before") for k in range(i - 5, i)):
        return False
    # "du matériel âgé de plus de sept ans"
    return not any(t.has(k, "aging") for k in range(max(0, i - _AGING), i))


def _heading(t: Tokens, found: Reading) -> bool:
    """Whether the figure numbers a heading: "4.2 Heures d'ouverture"."""
    i = found.start
    if i > 0 and "\n" not in t.gap(i):
        return False
    low, unit = t.lows[i], t.senses[found.at].unit
    if found.at != i + 1:
        return False
    if len(t.lows[found.at]) == 1:
        # "2d Eltern", "2d.4 Arbeiten"
        following = t.word(found.end + (t.lows[found.end] == "." and t.glued(found.end)))
        return (
            t.glued(found.at)
            and t.lows[found.at] != "h"
            and following[:1].isupper() | (following[:1].isdecimal() and t.lows[found.end] == ".")
        )
    # Where all nouns are written with a capital, only a word that is rarely a unit ("Wo", "Schalterstunden") tells.
    rare = unit is not None and (unit.weak or unit.business)
    # "7.1 Tage und Fristen"
    rare |= t.has(found.end, "and") and t.word(found.end + 1)[:1].isupper() and found.end + 2 >= t.n
    return "." in low and t.word(found.at)[:1].isupper() and (rare if t.lexicon.stems else len(t.lows[found.at]) > 2)


def _rate(t: Tokens, found: Reading) -> bool:
    """Whether an article is "per" here: "three times a day", "CHF 80 an hour"."""
    i = found.start
    if not t.has(i, "per"):
        return False
    if i == 0 or t.has(i - 1, "stop") or t.has(i - 1, "lead"):
        return False
    if t.phrase(found.end, "length_after") != -1 or (t.phrase(found.end, "per") != -1 and not t.has(i - 1, "percent")):
        return False
    return not (t.lows[found.end] in _APOSTROPHES or t.phrase(found.end, "anchor") != -1)


def _round_the_clock(t: Tokens, found: Reading) -> bool:
    """Whether "24 Stunden" is the whole day of a service: "24-hour hotline", "24 Stunden Pikett"."""
    if found.unit is TimeUnit.DAY and found.upper in (7, 365) and _whole_cycle(t, found):
        return True
    if found.unit is TimeUnit.HOUR and _daily_extent(t, found):
        return True
    if found.unit is not TimeUnit.HOUR or found.upper != 24 or found.business:
        return False
    # "24-Stunden-Leitstelle", but not "24-Stunden-Frist"
    if t.lows[found.end] in _DASHES and t.glued(found.end) and t.glued(found.end + 1) and t.word(found.end + 1)[:1].isupper():
        return t.lexicon.stems != {} and not t.has(found.end + 1, "duration_noun")
    # "die Hotline 24h"
    before = t.glued(found.at) and t.has(found.start - 1, "round_the_clock_noun") and (found.end >= t.n or t.has(found.end, "stop"))
    if before:
        return True
    return any(t.has(found.end + step, "round_the_clock_noun") for step in range(3)) and t.phrase_before(found.start, "max_before") == -1


def _daily_extent(t: Tokens, found: Reading) -> bool:
    """Whether hours a day stand behind days of the week: "5 j/7, 12 h/jour"."""
    j = t.phrase(found.end, "per")
    unit = t.senses[j].unit if j != -1 else None
    if unit is None or unit.unit is not TimeUnit.DAY:
        return False
    return any(
        t.lows[k] in ("7", "sept", "sette") and (t.lows[k - 1] == "/" or t.has(k - 1, "out_of_word"))
        for k in range(found.start - 5, found.start)
    )


def _of_money(t: Tokens, i: int) -> bool:
    """Whether "de salaire", "d'abonnement", "de son dernier salaire brut" follows: an amount, not a length of time."""
    # "one year's fees", "three months' rent"
    owned = t.lows[i] in _APOSTROPHES and t.glued(i) and t.lows[i + 1] == "s" and t.glued(i + 1)
    if t.lows[i] in _APOSTROPHES and t.glued(i) and any(t.has(k, "money_noun") for k in range(i + 1 + owned, i + 3 + owned)):
        return True
    if not t.has(i, "of"):
        return False
    for k in range(i + 1, i + 5):
        if t.has(k, "money_noun"):
            return True
        if t.has(k, "stop") or t.senses[k].number is not None:
            return False
    return False


def _whole_cycle(t: Tokens, found: Reading) -> bool:
    """Whether "365 jours par an", "7 days a week" follows: all days, not their number."""
    j = t.phrase(found.end, "per")
    if j == -1:
        j = t.phrase(found.end, "per_weak")
    unit = t.senses[j].unit
    return unit is not None and unit.unit is (TimeUnit.WEEK if found.upper == 7 else TimeUnit.YEAR)


def _length_said(t: Tokens, found: Reading) -> bool:
    """Whether a calendar month is how long something takes: "one calendar month after", "Kündigungsfrist: ein Kalendermonat"."""
    i = found.start
    if t.phrase(found.end, "ordinal_after") != -1 or t.phrase_before(i, "min_before") != -1:
        return True
    if t.has(found.end, "of") and t.has(found.end + 1, "duration_noun"):
        # "un mese solare di preavviso"
        return True
    if t.has(i, "single") or t.has(i - 1, "duration_noun") or (t.lows[i - 1] == ":" and t.has(i - 2, "duration_noun")):
        return not any(t.has(k, "money_noun") for k in range(max(0, i - _REFERENCE_BEFORE), i))
    return False


def _soon(t: Tokens, found: Reading) -> bool:
    """Whether "in a week" ends a clause that counts nothing: then it is when something happens."""
    if found.unit is not TimeUnit.WEEK or not (found.end >= t.n or t.has(found.end, "stop")):
        return False
    for k in range(found.start - 1, max(-1, found.start - _SENTENCE), -1):
        sense = t.senses[k]
        if t.has(k, "stop"):
            break
        if sense.number is not None or sense.times is not None or sense.ordinal is not None or t.has(k, "denial") or t.has(k, "each"):
            return False
    return True


def _reference(t: Tokens, found: Reading) -> bool:
    """Whether "one year" names the period over which amounts are summed up ("capped at the fees of one year")."""
    if found.ranged:
        return False
    i = found.start
    named = (
        t.has(found.end - 1, "reference_after") or t.phrase(found.at, "reference") != -1 or t.phrase(found.at - 1, "reference") > found.at
    )
    if named and not _length_said(t, found):
        return True
    # "Gutschriften eines Jahres"
    if found.article and t.has(i - 1, "money_noun"):
        return True
    # "die Anrufe eines Monats", but not "binnen eines Monats", "die Frist eines Monats"
    noun = t.word(i - 1)[:1].isupper() and not t.has(i - 1, "duration_noun") and not t.has(i - 1, "lead")
    if found.article and noun and t.has(found.at, "bound_form") and t.phrase_before(i, "max_before") == -1:
        return True
    if t.phrase_before(i, "reference_lead") != -1 and t.phrase(found.end, "anchor") == -1 and found.article and not _soon(t, found):
        # "answers in a month at most"
        return t.phrase(found.end, "max_after") == -1
    if t.phrase_before(i, "reference_before") == -1 and not t.has(i - 1, "money_noun"):
        return False
    near = any(t.has(k, "money_noun") for k in range(max(0, i - _REFERENCE_BEFORE), i))
    return near and any(t.has(k, "cap_verb") for k in range(max(0, i - _SENTENCE), min(t.n, found.end + _SENTENCE)))
