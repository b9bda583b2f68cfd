"""Properties of the quantity reader: spans, robustness, linear time, and reading back what was rendered."""

from __future__ import annotations

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


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "piece",
    ["1", "(", " ", "1(", "1.", "2h", "-", "½", "a-\n", "80.-", "un ", "4 h ", "Mo-Fr 8-12, ", "24/7 ", "1, ", "heures ", "lundi, "],
)
def test_hostile_input_takes_linear_time(piece: str, language: str) -> None:
    text = piece * (200_000 // len(piece))
    started = time.process_time()
    find_quantities(text, language=language)
    # 0.6 s at most on the machine where this was written; a quadratic reader takes minutes.
    assert time.process_time() - started < 10


def test_a_megabyte_of_digits() -> None:
    started = time.process_time()
    assert find_quantities("1" * 1_000_000 + " jours", language="fr") == ()
    assert time.process_time() - started < 5
