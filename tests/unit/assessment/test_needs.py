"""Rules are dismissed by what they need; that must never dismiss one that holds."""

from __future__ import annotations

import pytest

from analyzer.assessment import load_catalogue
from analyzer.assessment.needs import PhraseIndex, find_needs
from analyzer.assessment.passages import Passage
from analyzer.assessment.phrases import fold, fold_text, read_groups
from analyzer.quantities import find_quantities
from analyzer.types import LANGUAGES

CATALOGUE = load_catalogue()
EXAMPLES = [example for rule in (*CATALOGUE.risks.values(), *CATALOGUE.weak_rules.values()) for example in rule.examples]
GROUPS = read_groups({name: {"en": [name]} for name in "abcdef"} | {"german": {"de": ["nur"]}, "open": {"en": [r"\w+"]}}, where="test")


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_that_are_no_candidates_do_not_occur(language: str) -> None:
    groups = list(CATALOGUE.phrases._groups.values())
    dismissed = 0
    for text in {fold_text(example.text) for example in EXAMPLES if example.language == language}:
        candidates = CATALOGUE.phrases.candidates(text, language)
        for group in groups:
            if id(group) not in candidates:
                dismissed += 1
                pattern = group._compile(language)[0]
                assert pattern is None or pattern.search(text) is None, (group.name, text)
    assert dismissed > 10_000


def test_a_rule_that_holds_has_what_it_needs() -> None:
    held = 0
    for risk in CATALOGUE.risks.values():
        for example in EXAMPLES if risk.when else ():
            passage = Passage(
                example.text, example.language, frozenset((*example.labels, *risk.categories[:1])), heading_path=example.heading,
                quantities=find_quantities(example.text, language=example.language), phrases=CATALOGUE.phrases,
            )  # fmt: skip
            assert risk.when is not None
            if risk.when(passage) is not None:
                held += 1
                assert risk.needs.labels is None or risk.needs.labels & passage.categories
                assert not any(groups.isdisjoint(passage.candidates) for groups in risk.needs.groups)
    assert held > 500


def test_needs_of_conditions() -> None:
    def needs(condition, *names):  # type: ignore[no-untyped-def]
        return find_needs(condition, GROUPS, ("own category",)).groups == tuple(frozenset(id(GROUPS[n]) for n in sets) for sets in names)

    assert needs({"all": ["a", "b"]}, "a", "b")
    assert needs({"any": ["a", {"all": ["b", "c"]}]}, "ab")
    assert needs({"any": ["a", {"no_quantity": "duration"}]})
    assert needs({"unless": ["a"], "document_lacks": ["b"], "heading": ["c"]})
    assert needs({"near": {"of": ["a", "b"]}, "at_least": {"count": 2, "of": ["c", "d"]}}, "a", "b", "cd")
    assert find_needs({"label_any": ["own", "x"]}, GROUPS, ("y",)).labels == {"x", "y"}
    assert find_needs({"label_all": [], "label_none": ["x"]}, GROUPS, ()).labels is None


def test_index_keeps_groups_that_it_cannot_tell() -> None:
    index = PhraseIndex(GROUPS.values())
    names = {name for name in GROUPS if id(GROUPS[name]) in index.candidates("a b, nur so", "en")}
    assert names == {"a", "b", "open"}
    assert index.holds(GROUPS["a"]) and not index.holds(read_groups({"a": {"en": ["a"]}}, where="test")["a"])


@pytest.mark.parametrize("text", ["", " ", " a", "  a  b ", "É’à  x", "a\u00a0\n b", "ŒUVRE  ß"])
def test_folded_text_is_that_of_fold(text: str) -> None:
    folded = fold(text)
    assert folded.text == fold_text(text)
    assert folded.positions is None or len(folded.positions) == len(folded.text)
