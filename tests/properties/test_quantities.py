"""Properties of the quantity reader: spans, robustness, linear time, and reading back what was rendered."""

from __future__ import annotations

import gc
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.quantities import find_durations, find_quantities, find_quantities_many
from analyzer.types import LANGUAGES, Bound, Calendar, TimeUnit

UNITS = {
    "fr": {TimeUnit.MINUTE: "minutes", TimeUnit.HOUR: "heures", TimeUnit.DAY: "jours", TimeUnit.WEEK: "semaines", TimeUnit.MONTH: "mois"},
    "de": {TimeUnit.MINUTE: "Minuten", TimeUnit.HOUR: "Stunden", TimeUnit.DAY: "Tage", TimeUnit.WEEK: "Wochen", TimeUnit.MONTH: "Monate"},
    "it": {TimeUnit.MINUTE: "minuti", TimeUnit.HOUR: "ore", TimeUnit.DAY: "giorni", TimeUnit.WEEK: "settimane", TimeUnit.MONTH: "mesi"},
    "en": {TimeUnit.MINUTE: "minutes", TimeUnit.HOUR: "hours", TimeUnit.DAY: "days", TimeUnit.WEEK: "weeks", TimeUnit.MONTH: "months"},
}
WITHIN = {"fr": "dans un délai de", "de": "innert", "it": "entro", "en": "within"}
BUSINESS_DAYS = {"fr": "{} jours ouvrables", "de": "{} Arbeitstage", "it": "{} giorni lavorativi", "en": "{} business days"}
RANGE = {"fr": "{} à {} jours", "de": "{} bis {} Tage", "it": "{} a {} giorni", "en": "{} to {} days"}
WORDS = {
    "fr": {2: "deux", 3: "trois", 12: "douze", 21: "vingt et un", 72: "soixante-douze", 90: "quatre-vingt-dix", 95: "nonante-cinq"},
    "de": {2: "zwei", 3: "drei", 12: "zwölf", 21: "einundzwanzig", 72: "zweiundsiebzig", 90: "neunzig", 120: "hundertzwanzig"},
    "it": {2: "due", 3: "tre", 12: "dodici", 21: "ventuno", 72: "settantadue", 90: "novanta", 120: "centoventi"},
    "en": {2: "two", 3: "three", 12: "twelve", 21: "twenty-one", 72: "seventy-two", 90: "ninety", 120: "one hundred and twenty"},
}
#: Pieces that the grammar knows, in an order no contract has.
PIECES = st.sampled_from(
    [
        *[
            "1",
            "2",
            "30",
            "8.00",
            "12,5",
            "1'250",
            "31.12.2025",
            "½",
            "(",
            ")",
            "[",
            "-",
            "–",
            "/",
            "|",
            ":",
            ".",
            ",",
            "%",
            "+",
            "x",
            "h",
            "j",
            "²",
            "٣",
        ],
        *[
            "un",
            "une",
            "deux",
            "à",
            "et",
            "ou",
            "entre",
            "de",
            "d'",
            "l'",
            "heures",
            "jours",
            "mois",
            "ans",
            "min",
            "demi",
            "ouvrés",
            "(heures",
            "ouvrées)",
            "1er",
            "janvier",
            "lundi",
        ],
        *["Std.", "Stunden", "bis", "und", "zwischen", "Mo-Fr", "Montag", "Uhr", "pro", "halbe", "dreimonatige", "Monatsfrist"],
        *[
            "CHF",
            "Fr.",
            "€",
            ".-",
            "a",
            "an",
            "and",
            "to",
            "between",
            "hours",
            "days",
            "business",
            "next",
            "day",
            "am",
            "pm",
            "every",
            "twice",
            "24/7",
            "J+1",
            "NBD",
        ],
        *["ore", "giorni", "dalle", "alle", "ogni", "mezza"],
        *("\n", "-\n", "\xa0", "\u202f", "\u0301", ""),
    ]
)


def _check(text: str, language: str) -> None:
    last = 0
    for found in find_quantities(text, language=language):
        start, end = found.span
        assert last <= start < end <= len(text)
        last = end


@given(st.text(max_size=200), st.sampled_from(LANGUAGES))
def test_any_text_gives_sorted_spans_in_bounds(text: str, language: str) -> None:
    _check(text, language)


@settings(max_examples=400)
@given(st.lists(PIECES, max_size=40), st.sampled_from(["", " "]), st.sampled_from(LANGUAGES))
def test_shuffled_words_give_sorted_spans_in_bounds(pieces: list[str], glue: str, language: str) -> None:
    _check(glue.join(pieces), language)


@given(st.lists(PIECES, max_size=30), st.sampled_from(LANGUAGES), st.integers(0, 10_000))
def test_offset_only_shifts(pieces: list[str], language: str, offset: int) -> None:
    text = " ".join(pieces)
    plain = find_quantities(text, language=language)
    shifted = find_quantities(text, language=language, offset=offset)
    assert [found.span.shifted(offset) for found in plain] == [found.span for found in shifted]
    assert find_quantities_many([text], languages=language, offsets=[offset]) == [shifted]


@given(st.integers(2, 999), st.sampled_from(list(UNITS["fr"])), st.sampled_from(LANGUAGES), st.sampled_from([" ", "\xa0", "\u202f", "\n"]))
def test_rendered_digits_are_read_back(number: int, unit: TimeUnit, language: str, space: str) -> None:
    words = f"{number}{space}{UNITS[language][unit]}"
    text = f"{WITHIN[language]} {words}."
    (found,) = find_durations(text, language=language)
    assert text[found.span.start : found.span.end] == words
    assert (found.lower, found.upper) == (Decimal(number), Decimal(number))
    assert found.unit is unit
    assert (found.bound, found.calendar) == (Bound.MAX, Calendar.ELAPSED)


@given(st.sampled_from(LANGUAGES), st.data(), st.booleans())
def test_rendered_words_are_read_back(language: str, data: st.DataObject, doublet: bool) -> None:
    number = data.draw(st.sampled_from(sorted(WORDS[language])))
    word = WORDS[language][number] + (f" ({number})" if doublet else "")
    (found,) = find_durations(f"{WITHIN[language]} {word} {UNITS[language][TimeUnit.DAY]}", language=language)
    assert (found.lower, found.upper) == (Decimal(number), Decimal(number))
    assert found.unit is TimeUnit.DAY


@given(st.integers(2, 300), st.sampled_from(LANGUAGES))
def test_business_days_are_read_back(number: int, language: str) -> None:
    (found,) = find_durations(BUSINESS_DAYS[language].format(number), language=language)
    assert found.value == Decimal(number)
    assert found.calendar is Calendar.BUSINESS


@given(st.integers(2, 100), st.integers(1, 100), st.sampled_from(LANGUAGES))
def test_ranges_are_read_back(lower: int, more: int, language: str) -> None:
    (found,) = find_durations(RANGE[language].format(lower, lower + more), language=language)
    assert (found.lower, found.upper) == (Decimal(lower), Decimal(lower + more))
    assert found.bound is Bound.RANGE


@given(st.decimals(min_value="0.5", max_value=99, places=1).filter(lambda value: value != value.to_integral_value()))
def test_decimals_are_read_back(value: Decimal) -> None:
    (found,) = find_durations(f"{str(value).replace('.', ',')} Stunden", language="de")
    assert found.value == value


#: Every form in which a language says a plain length of time: one for each unit, and how a number stands before it.
FORMS = {
    "fr": ["{n} {unit}", "{n}\xa0{unit}", "{n}\u202f{unit}", "{n}\u2009{unit}", "{w} {unit}", "{w} ({n}) {unit}", "{n} ({w}) {unit}"],
    "de": ["{n} {unit}", "{n}\xa0{unit}", "{n}-{unit}", "{w} {unit}", "{w} ({n}) {unit}", "{n} ({w}) {unit}", "{w}-{unit}"],
    "it": ["{n} {unit}", "{n}\xa0{unit}", "{n}\u2009{unit}", "{w} {unit}", "{w} ({n}) {unit}", "{n} ({w}) {unit}"],
    "en": ["{n} {unit}", "{n}\xa0{unit}", "{n}-{unit}", "{w} {unit}", "{w}-{unit}", "{w} ({n}) {unit}", "{n} ({w}) {unit}"],
}
#: Least and greatest number each, with how it is said.
SPELLED = {
    "fr": {
        2: "deux",
        16: "seize",
        71: "soixante et onze",
        80: "quatre-vingts",
        99: "quatre-vingt-dix-neuf",
        200: "deux cents",
        1250: "mille deux cent cinquante",
    },
    "de": {
        2: "zwei",
        16: "sechzehn",
        71: "einundsiebzig",
        80: "achtzig",
        99: "neunundneunzig",
        200: "zweihundert",
        1250: "eintausendzweihundertfünfzig",
    },
    "it": {2: "due", 16: "sedici", 71: "settantuno", 80: "ottanta", 99: "novantanove", 200: "duecento", 1250: "milleduecentocinquanta"},
    "en": {
        2: "two",
        16: "sixteen",
        71: "seventy-one",
        80: "eighty",
        99: "ninety-nine",
        200: "two hundred",
        1250: "one thousand two hundred and fifty",
    },
}
MIN = {"fr": "au moins", "de": "mindestens", "it": "almeno", "en": "at least"}
BUSINESS_HOURS = {"fr": "{} heures ouvrées", "de": "{} Stunden (Servicezeit)", "it": "{} ore lavorative", "en": "{} business hours"}
COMPOUND = {"fr": "{} ans et {} mois", "de": "{} Jahre und {} Monate", "it": "{} anni e {} mesi", "en": "{} years and {} months"}
TWO_UNITS = {"fr": "{} minutes à {} heures", "de": "{} Minuten bis {} Stunden", "it": "{} minuti a {} ore", "en": "{} minutes to {} hours"}
HALF = {"fr": "{} heures et demie", "de": "{}½ Stunden", "it": "{} ore e mezza", "en": "{} and a half hours"}


@settings(max_examples=300)
@given(st.sampled_from(LANGUAGES), st.sampled_from(list(UNITS["fr"])), st.booleans(), st.data())
def test_every_form_is_read_back(language: str, unit: TimeUnit, least: bool, data: st.DataObject) -> None:
    number = data.draw(st.sampled_from(sorted(SPELLED[language])))
    form = data.draw(st.sampled_from(FORMS[language]))
    words = form.format(n=number, w=SPELLED[language][number], unit=UNITS[language][unit])
    text = f"{(MIN if least else WITHIN)[language]} {words}"
    (found,) = find_durations(text, language=language)
    assert text[found.span.start : found.span.end] == words
    assert (found.lower, found.upper, found.unit) == (Decimal(number), Decimal(number), unit)
    assert found.bound is (Bound.MIN if least else Bound.MAX)


@given(st.integers(1, 500), st.sampled_from(LANGUAGES))
def test_business_hours_are_read_back(number: int, language: str) -> None:
    text = BUSINESS_HOURS[language].format(number)
    (found,) = find_durations(text, language=language)
    assert (found.value, found.unit, found.calendar) == (Decimal(number), TimeUnit.HOUR, Calendar.BUSINESS)
    assert (found.span.start, found.span.end) == (0, len(text))


@given(st.integers(2, 60), st.integers(2, 11), st.sampled_from(LANGUAGES))
def test_compounds_are_read_back(years: int, months: int, language: str) -> None:
    text = COMPOUND[language].format(years, months)
    (found,) = find_durations(text, language=language)
    assert (found.value, found.unit) == (Decimal(years * 12 + months), TimeUnit.MONTH)
    assert (found.span.start, found.span.end) == (0, len(text))


@given(st.integers(2, 59), st.integers(2, 48), st.sampled_from(LANGUAGES))
def test_ranges_of_two_units_are_read_back(minutes: int, hours: int, language: str) -> None:
    (found,) = find_durations(TWO_UNITS[language].format(minutes, hours), language=language)
    assert (found.lower, found.upper, found.unit) == (Decimal(minutes), Decimal(hours * 60), TimeUnit.MINUTE)


@given(st.integers(2, 40), st.sampled_from(LANGUAGES))
def test_halves_are_read_back(number: int, language: str) -> None:
    (found,) = find_durations(HALF[language].format(number), language=language)
    assert found.value == number + Decimal("0.5")


@given(st.integers(2, 999))
def test_full_width_figures_are_read_back(number: int) -> None:
    wide = str(number).translate({48 + figure: 0xFF10 + figure for figure in range(10)})
    (found,) = find_durations(f"within {wide} days", language="en")
    assert found.value == number


@pytest.mark.parametrize(
    ("language", "broken"),
    [("fr", "10 jours ou-\nvrables"), ("de", "10 Arbeits-\ntage"), ("it", "10 giorni lavo-\nrativi"), ("en", "10 busi\xadness days")],
)
def test_words_cut_in_two_are_read(language: str, broken: str) -> None:
    (found,) = find_durations(broken, language=language)
    assert (found.value, found.unit, found.calendar) == (Decimal(10), TimeUnit.DAY, Calendar.BUSINESS)
    assert (found.span.start, found.span.end) == (0, len(broken))


def _seconds(text: str, language: str) -> float:
    # Time of the process, not of the clock, and without the collector, which walks over all that other tests left behind.
    gc.collect()
    gc.disable()
    try:
        started = time.process_time()
        find_quantities(text, language=language)
        return time.process_time() - started
    finally:
        gc.enable()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "piece",
    [
        *["1", "(", " ", "1(", "1.", "2h", "-", "½", "a-\n", "80.-", "un ", "4 h ", "Mo-Fr 8-12, ", "24/7 ", "1, ", "heures ", "lundi, "],
        *[
            "und ",
            "e ",
            "zwei ",
            "jours ",
            "2 jours et ",
            "every Monday and ",
            "lundi et ",
            "anni 2 e ",
            "0800 to ",
            "$.",
            "half a ",
            "au plus tard ",
        ],
    ],
)
def test_hostile_input_takes_linear_time(piece: str, language: str) -> None:
    short, long = (piece * (size // len(piece)) for size in (20_000, 80_000))
    find_quantities("1 h", language=language)
    # Four times as much text takes four times as long; a quadratic reader takes sixteen times. Below a tenth of a second nothing is measured.
    assert _seconds(long, language) < 9 * max(_seconds(short, language), 0.1)


@pytest.mark.parametrize(
    ("language", "piece"), [("fr", "1"), ("fr", "jours "), ("de", "und "), ("de", "("), ("it", "giorni "), ("en", ")"), ("en", "days ")]
)
def test_a_megabyte_of_the_same(language: str, piece: str) -> None:
    # 2 s at most on the machine where this was written.
    assert _seconds(piece * (1_000_000 // len(piece)), language) < 20


def test_a_megabyte_of_digits() -> None:
    assert find_quantities("1" * 1_000_000 + " jours", language="fr") == ()
