from __future__ import annotations

import re

import pytest

from analyzer.resources.literals import LiteralIndex, leading_literals, required_literals

PATTERNS = [
    "remise en (état|service)", r"(?<!\w)nda(?!\w)", "%", r"\d ?€", "licen[cs]e", "garanti", "en service ", r"(prix|tarif)s? fixes?", "d'état", "x", "24/7",
    "(client|customer) .{0,20}(must|shall) ",
]  # fmt: skip
TEXTS = [
    "la remise en service est gratuite", "nda", "l'agenda", "un nda.", "100 %", "10 € ou 10€", "licence et license", "sans garantie", "en service", "en service 24/7",
    "prix fixes, tarif fixe", "chef d'état", "", "  ", "the customer then must pay", "extra", "_nda_", "x" * 200 + "garantit",
]  # fmt: skip


def test_candidates_hold_all_that_match_and_one_of_their_literals() -> None:
    literals = {pattern: required_literals(pattern) or required_literals(pattern, shortest=1) for pattern in PATTERNS}
    index = LiteralIndex((literals[pattern], pattern) for pattern in PATTERNS)
    for _ in range(2):  # the second time from memory
        for text in TEXTS:
            candidates = index.candidates(text)
            assert candidates >= {pattern for pattern in PATTERNS if re.search(pattern, text)}
            assert candidates == {
                pattern for pattern in PATTERNS if not literals[pattern] or any(item in text for item in literals[pattern])
            }


def test_memory_does_not_grow_with_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.resources.literals._MOST_WORDS", 50)
    index = LiteralIndex([(("serial",), 1)])
    for number in range(500):
        assert index.candidates(f"serial{number:x} and {number}") == {1}
    assert len(index._known) <= 50
    assert index.candidates("a" * 100_000 + "serial") == {1}
    assert all(len(word) <= 60 for word in index._known)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (r"\u00e9tat civil", "état civil"),
        (r"\x41nnexe", "Annexe"),
        (r"\U0001F4B0 fee", "\U0001f4b0 fee"),
        (r"\N{EURO SIGN}uro", "€uro"),
        (r"(abc)\1", "abcabc"),
        ("(?>abc)d", "abcd"),
        ("(?#note)fee", "fee"),
        ("(?P<word>fee)s", "fees"),
        ("monthly{", "monthly{"),
        ("a{b}c", "a{b}c"),
        (r"[\]x]fee", "]fee"),
        ("[^]]fee", "xfee"),
    ],
)
def test_what_is_needed_is_in_whatever_matches(expression: str, text: str) -> None:
    assert re.search(expression, text)
    for found in (required_literals(expression, shortest=1), leading_literals(expression)):
        assert not found or any(literal in text for literal in found)
