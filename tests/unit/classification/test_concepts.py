from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.classification.concepts import ConceptMatcher, concept_matcher, concept_names, fold
from analyzer.resources import read_toml
from analyzer.types import LANGUAGES

PATTERNS = {
    "loan": ["leihgerät*", "*ersatzgerät"],
    "restore": ["stellt ~ wieder her"],
    "fault": ["*störung*"],
    "writing": ["in schriftform"],
}
NAMES = tuple(PATTERNS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Das Leihgerät und die Leihgeräte", {"loan": 2}),
        ("Ein Ersatzgerät", {"loan": 1}),
        ("Ersatzgeräte", {}),
        ("Der Anbieter stellt den Dienst wieder her.", {"restore": 1}),
        ("Er stellt wieder her", {"restore": 1}),
        ("Er stellt den alten Dienst wieder her", {"restore": 1}),
        ("Er stellt den einen alten Dienst wieder her", {}),
        ("ENTSTÖRUNGSDIENST, Betriebsstoerung, Betriebsstorung", {"fault": 2}),
        ("in Schriftform", {"writing": 1}),
        ("in", {}),
        ("", {}),
    ],
)
def test_patterns(text: str, expected: dict[str, int]) -> None:
    counts = ConceptMatcher(PATTERNS, NAMES).count(text)
    assert {NAMES[number]: count for number, count in counts.items()} == expected


def test_a_pattern_with_a_gap_counts_once_from_each_first_word() -> None:
    patterns = {
        "one": ["stellt ~ fehler*", "stellt ~ aus"],
        "two": ["stellt ~ fehlerzahl*"],
        "three": ["stellt ~ *zahl", "stellt ~ ~ fest"],
    }
    matcher = ConceptMatcher(patterns, ("one", "two", "three"))
    # "fehler" is as long as a beginning and shorter than another; twice in reach it is still one.
    assert matcher.count("stellt fehler") == {0: 1}
    assert matcher.count("stellt den fehler und fehler aus") == {0: 1}
    assert matcher.count("stellt fehler aus") == {0: 2}
    assert matcher.count("stellt die fehlerzahlen fest") == {0: 1, 1: 1, 2: 1}
    assert matcher.count("stellt a b c fehler, stellt a b c d fehler") == {0: 1}


def test_every_language_has_every_concept() -> None:
    names = concept_names()
    assert len(names) >= 380
    for language in LANGUAGES:
        concepts = read_toml(f"concepts/{language}.toml")["concepts"]
        assert tuple(concepts) == names
        assert min(len(patterns) for patterns in concepts.values()) >= 10, language


@pytest.mark.parametrize(
    ("language", "text", "concept"),
    [
        ("fr", "Un appareil de prêt est remis au client pendant la réparation.", "loan_device"),
        ("de", "Der Anbieter stellt ein Leihgerät zur Verfügung.", "loan_device"),
        ("it", "Un apparecchio sostitutivo è messo a disposizione.", "loan_device"),
        ("en", "A loan device is provided while the repair lasts.", "loan_device"),
        ("fr", "Le contrat est renouvelé tacitement d'année en année.", "tacit"),
        ("de", "bei Vorsatz und grober Fahrlässigkeit", "gross_negligence"),
        ("it", "salvo dolo o colpa grave", "gross_negligence"),
        ("en", "except for wilful misconduct and gross negligence", "gross_negligence"),
    ],
)
def test_concepts_are_found(language: str, text: str, concept: str) -> None:
    counts = concept_matcher(language).count(text)
    assert concept_names().index(concept) in counts


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from([*LANGUAGES, "xx"]))
def test_any_text_is_counted(text: str, language: str) -> None:
    counts = concept_matcher(language).count(text)
    assert all(0 <= number < len(concept_names()) and count > 0 for number, count in counts.items())
    assert counts == concept_matcher(language).count(fold(text)), "case and accents do not count"
