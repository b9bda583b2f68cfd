from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.assessment import assess_checklist, checklist_findings, render_finding
from analyzer.settings import Settings
from analyzer.types import FindingKind, Label, Severity, Side, Status


def _lines(made, **options):
    clauses, document = made
    return {line.category: line for line in assess_checklist(clauses, document, **options)}


def test_present_weak_missing(make_clauses):
    lines = _lines(
        make_clauses([("reaction_time", "The provider responds within two hours."), ("fees", "Services are billed at the usual rates.")])
    )
    assert lines["reaction_time"].status is Status.PRESENT
    assert lines["fees"].status is Status.WEAK
    assert lines["fees"].reasons == ("fees_without_figure",)
    assert lines["spare_equipment"].status is Status.MISSING
    assert "other" not in lines
    assert len(lines) == 39


def test_one_good_row_cures_the_others(make_clauses):
    rows = [("reaction_time", "Times depend on the priority of the fault."), ("reaction_time", "P1: within one hour.")]
    assert _lines(make_clauses(rows))["reaction_time"].status is Status.PRESENT


def test_a_heading_alone_is_no_clause(make_clauses):
    line = _lines(make_clauses([("spare_equipment", "Loan devices", "heading")]))["spare_equipment"]
    assert line.status is Status.MISSING
    assert line.nearest


def test_nearest_passages_by_probability_else_by_words(make_clauses):
    clauses, document = make_clauses([("other", "A loan printer may be had."), ("other", "Nothing of the kind.")])
    by_words = {line.category: line for line in assess_checklist(clauses, document)}["spare_equipment"]
    assert by_words.nearest == (clauses[0].sentence.span,)
    marked = (clauses[0], replace(clauses[1], labels=(Label("other", 0.6), Label("spare_equipment_x", 0.1))))
    assert assess_checklist(marked, document)


def test_severity_follows_weight_and_silence(make_clauses):
    clauses, document = make_clauses([("other", "Nothing at all.")])
    findings = {finding.category: finding for finding in checklist_findings(assess_checklist(clauses, document))}
    assert findings["reaction_time"].severity is Severity.HIGH
    assert findings["security"].severity is Severity.MEDIUM
    assert findings["term"].severity is Severity.INFO
    assert findings["liability"].severity is Severity.INFO
    assert dict(findings["liability"].params)["silence"] == "favourable"
    assert all(finding.kind is FindingKind.MISSING for finding in findings.values())


def test_nothing_is_missing_where_pages_were_not_read(make_clauses):
    clauses, document = make_clauses([("other", "Nothing at all.")])
    assert checklist_findings(assess_checklist(clauses, document, unread_pages=True)) == ()


def test_weak_weighs_by_category(make_clauses):
    rows = [("fees", "Services are billed at the usual rates."), ("uptime", "Uptime is 99.5 %.")]
    checked = assess_checklist(*make_clauses(rows))
    weak = {finding.rule: finding.severity for finding in checklist_findings(checked) if finding.kind is FindingKind.WEAK}
    assert weak == {"fees_without_figure": Severity.MEDIUM, "uptime_without_period": Severity.LOW}


def test_the_provider_is_told_but_not_alarmed(make_clauses):
    checked = assess_checklist(*make_clauses([("other", "Nothing at all.")]))
    findings = checklist_findings(checked, settings=Settings(side=Side.PROVIDER))
    assert {finding.severity for finding in findings} == {Severity.INFO}


@pytest.mark.parametrize("language", ["fr", "de", "it", "en"])
def test_rendering(make_clauses, language):
    checked = assess_checklist(*make_clauses([("fees", "Services are billed at the usual rates.")]))
    for finding in checklist_findings(checked):
        assert all(render_finding(finding, language)[:4])
