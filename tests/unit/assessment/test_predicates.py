from __future__ import annotations

import pytest

from analyzer.assessment.passages import Passage
from analyzer.assessment.phrases import compile_stem, fold, read_groups
from analyzer.assessment.predicates import compile_condition, predicate_names
from analyzer.errors import ResourceError
from analyzer.quantities import find_quantities
from analyzer.settings import Settings, Thresholds

GROUPS = read_groups(
    {
        "liability": {"en": ["liab"], "de": [r"\w*haft"], "fr": ["responsab"]},
        "none": {"en": [r"not\b", "no "], "de": ["nicht", "kein"], "fr": ["aucun", "pas"]},
        "except": {"en": ["except"]},
        "swiss": {"en": ["swiss"]},
        "critical": {"en": ["critical"]},
    },
    where="test",
)


def _holds(condition, text, **options):
    options.setdefault("language", "en")
    options.setdefault("quantities", find_quantities(text, language=options["language"]))
    return compile_condition(condition, groups=GROUPS, rule="test", categories=("liability",))(Passage(text, **options))


def test_all_finds_words_in_any_order_and_shows_them():
    match = _holds({"all": ["liability", "none"]}, "We are not liable.")
    assert sorted(match.spans) == [(7, 10), (11, 15)]
    assert _holds({"all": ["liability", "none"]}, "We are liable.") is None


def test_any_and_unless():
    assert _holds({"any": ["except", "liability"]}, "Liability is capped.") is not None
    assert _holds({"all": ["liability"], "unless": ["except"]}, "Liability, except for intent.") is None
    assert _holds({"phrase": ["liability"]}, "Liability.") is not None


def test_at_least():
    condition = {"at_least": {"count": 2, "of": ["liability", "none", "except"]}}
    assert _holds(condition, "not liable") is not None
    assert _holds(condition, "liable") is None


def test_near():
    condition = {"near": {"of": ["none", "liability"], "within": 12}}
    assert _holds(condition, "not liable") is not None
    assert _holds(condition, "not in any case whatsoever be held liable") is None
    assert _holds({"near": {"of": ["liability", "none"], "within": 12, "ordered": True}}, "not liable") is None


def test_labels():
    assert _holds({"label_any": ["own"]}, "x", categories=frozenset({"liability"})) is not None
    assert _holds({"label_any": ["own"]}, "x", heading_categories=frozenset({"liability"})) is not None
    assert _holds({"label_own": ["own"]}, "x", heading_categories=frozenset({"liability"})) is None
    assert _holds({"label_all": ["own", "fees"]}, "x", categories=frozenset({"fees", "liability"})) is not None
    assert _holds({"label_all": ["own", "fees"]}, "x", categories=frozenset({"fees"})) is None
    assert _holds({"label_none": ["fees"]}, "x", categories=frozenset({"fees"})) is None


def test_kind_and_heading():
    assert _holds({"kind": ["sentence"]}, "x") is not None
    assert _holds({"kind": "table_row"}, "x") is None
    assert _holds({"heading": "liability"}, "x", heading_path=("7 Liability",)) is not None


def test_document_lacks():
    assert _holds({"document_lacks": ["except"]}, "x", document=lambda: "nothing here") is not None
    assert _holds({"document_lacks": ["except"]}, "x", document=lambda: "except for this") is None


def test_quantities():
    assert _holds({"no_quantity": ["duration"]}, "soon") is not None
    assert _holds({"no_quantity": ["duration"]}, "within two hours") is None
    assert _holds({"has_quantity": ["money"]}, "CHF 500") is not None
    assert _holds({"money_under": 1000}, "CHF 500") is not None
    assert _holds({"money_under": 1000}, "CHF 5000") is None
    assert _holds({"percentage_under": 10}, "at most 5 %") is not None
    assert _holds({"percentage_over": 10}, "at most 5 %") is None
    assert _holds({"hours_narrow": 50}, "Monday to Friday from 8:00 to 17:00") is not None
    assert _holds({"hours_narrow": 50}, "24/7") is None


@pytest.mark.parametrize(
    ("text", "over"),
    [
        ("within 9 business hours", True),
        ("within 8 business hours", False),
        ("within 2 business days", True),
        ("within 24 hours", False),
        ("within 3 days", True),
    ],
)
def test_duration_over_counts_in_its_own_calendar(text, over):
    condition = {"duration_over": {"business_days": "reaction_business_days"}}
    assert (_holds(condition, text) is not None) is over


def test_duration_over_takes_the_threshold_of_the_settings_and_of_critical_faults():
    condition = {
        "duration_over": {"business_days": "reaction_business_days", "critical": "critical", "critical_hours": "reaction_critical_hours"}
    }
    assert _holds(condition, "critical: 6 hours") is not None
    assert _holds(condition, "minor: 6 hours") is None
    lenient = Settings(thresholds=Thresholds(reaction_critical_hours=8))
    assert _holds(condition, "critical: 6 hours", settings=lenient) is None


def test_duration_under():
    assert _holds({"duration_under": {"months": 6}}, "three months") is not None
    assert _holds({"duration_under": {"months": 6}}, "six months") is None
    assert _holds({"duration_under": {"months": 6, "inclusive": True}}, "six months") is not None


def test_home_country():
    condition = {"home_country": {"CH": "swiss"}}
    assert _holds(condition, "Swiss law") is not None
    assert _holds(condition, "Swiss law", settings=Settings(country="FR")) is None


def test_unknown_predicate_names_the_known_ones():
    with pytest.raises(ResourceError, match="duration_over") as error:
        compile_condition({"sounds_bad": 1}, groups=GROUPS, rule="mine")
    assert "mine" in str(error.value)
    assert "near" in predicate_names()


@pytest.mark.parametrize(
    "condition",
    [
        {"all": ["unheard"]},
        {"near": {"of": ["liability"]}},
        {"duration_over": {"months": "no_such_threshold"}},
        {"duration_over": {"weeks": 3}},
        {"no_quantity": ["length"]},
        {"kind": "poem"},
        {"all": []},
        {},
    ],
)
def test_faulty_conditions_are_refused(condition):
    with pytest.raises(ResourceError):
        compile_condition(condition, groups=GROUPS, rule="mine")


def test_faulty_expression_is_named():
    group = read_groups({"broken": {"en": ["(open"]}}, where="test")["broken"]
    with pytest.raises(ResourceError, match="broken"):
        group.matches("text", "en")


@pytest.mark.parametrize("table", [[], {"a": []}, {"a": {"xx": ["b"]}}, {"a": {"en": "b"}}, {"a": {"en": [""]}}])
def test_faulty_groups_are_refused(table):
    with pytest.raises(ResourceError):
        read_groups(table, where="test")


def test_folding_keeps_the_way_back():
    text = "Dès  l’annonce"
    folded = fold(text)
    start = folded.text.index("annonce")
    span = folded.source(start, start + 7)
    assert text[span.start : span.end] == "annonce"
    assert fold("Straße").text == "straße"


def test_stems():
    assert compile_stem("für", "de") == "fue?r"
    assert compile_stem("ss", "de") == "(?:ss|ß)"
