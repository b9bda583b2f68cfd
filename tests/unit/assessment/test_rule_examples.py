"""Every example that a rule carries: it fires where it should and stays quiet where it should, in each language."""

from __future__ import annotations

import pytest

from analyzer.assessment import assess_checklist, assess_risks, load_catalogue
from analyzer.assessment.catalogue import Example
from analyzer.types import LANGUAGES, Severity

CATALOGUE = load_catalogue()
RISKS = [(risk.id, example) for risk in CATALOGUE.risks.values() for example in risk.examples]
WEAK = [(rule.id, example) for rule in CATALOGUE.weak_rules.values() for example in rule.examples]


def _name(value: object) -> str:
    return f"{value.language}-{'fires' if value.fires else 'quiet'}-{value.text[:40]}" if isinstance(value, Example) else str(value)


@pytest.mark.parametrize(("rule", "example"), RISKS, ids=_name)
def test_risk_example(rule, example, make_clauses):
    clauses, document = make_clauses([(",".join(example.labels), example.text)], example.language)
    found = {finding.rule for finding in assess_risks(clauses, document)}
    assert (rule in found) is example.fires


@pytest.mark.parametrize(("rule", "example"), WEAK, ids=_name)
def test_checklist_example(rule, example, make_clauses):
    clauses, document = make_clauses([(",".join(example.labels), example.text)], example.language)
    reasons = {reason for line in assess_checklist(clauses, document) for reason in line.reasons}
    assert (rule in reasons) is example.fires


@pytest.mark.parametrize("rule", [*CATALOGUE.risks.values(), *CATALOGUE.weak_rules.values()], ids=lambda rule: rule.id)
def test_enough_examples_in_each_language(rule):
    if getattr(rule, "check", None) is not None:
        return  # documents are their examples: test_document_rules.py
    for language in LANGUAGES:
        for fires in (True, False):
            assert sum(1 for example in rule.examples if example.language == language and example.fires is fires) >= 2


def test_all_expressions_compile():
    for group in CATALOGUE.groups.values():
        for language in LANGUAGES:
            group.matches("x", language)


def test_the_taxonomy_is_complete():
    assert len(CATALOGUE.categories) == 40
    assert len(CATALOGUE.risks) == 64
    assert all(risk.severity in Severity for risk in CATALOGUE.risks.values())


def _rules(clauses, document):
    # An index is what we ask for instead of a free hand: a low finding on it is right.
    return {finding.rule for finding in assess_risks(clauses, document) if CATALOGUE.risks[finding.rule].when} - {"indexation"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_model_wording_is_clean(language, make_clauses):
    """What we tell people to ask for must not itself be a finding."""
    rows = [(risk.categories[0], risk.wording[language]) for risk in CATALOGUE.risks.values() if risk.when is not None]
    for row in rows:
        clauses, document = make_clauses([row], language)
        assert _rules(clauses, document) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_wording_of_categories_is_clean(language, make_clauses):
    rows = [(category.id, category.ask[language]) for category in CATALOGUE.categories.values()]
    clauses, document = make_clauses(rows, language)
    assert _rules(clauses, document) == set()
