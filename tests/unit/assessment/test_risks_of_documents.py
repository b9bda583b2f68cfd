from __future__ import annotations

from analyzer.assessment import assess_risks, render_finding
from analyzer.types import LANGUAGES, Severity


def _found(clauses_and_document):
    clauses, document = clauses_and_document
    return {finding.rule: finding for finding in assess_risks(clauses, document)}, document


def test_evidence_is_the_words_that_decided(make_clauses):
    found, document = _found(make_clauses([("liability", "For the rest, the Provider is not liable for loss of data, as agreed.")]))
    span = found["data_loss_excluded"].evidence[0]
    assert "loss of data" in document.text[span.start : span.end]
    assert "as agreed" not in document.text[span.start : span.end]


def test_a_sentence_cut_over_two_rows(make_clauses):
    rows = [
        ("liability", "It is agreed that the Provider shall under no circumstances be liable"),
        ("liability", "for loss of profit or consequential damage."),
    ]
    found, _ = _found(make_clauses(rows))
    assert len(found["indirect_damage_excluded"].evidence) == 2


def test_a_lead_in_speaks_for_its_list(make_clauses):
    rows = [
        ("liability", "The Provider is not liable for:"),
        ("liability", "a) loss of data;", "list_item"),
        ("liability", "b) damage caused by the weather;", "list_item"),
    ]
    found, document = _found(make_clauses(rows))
    spans = [document.text[span.start : span.end] for span in found["data_loss_excluded"].evidence]
    assert len(spans) == 1
    assert "loss of data" in spans[0]


def test_headings_announce_and_do_not_fire(make_clauses):
    found, _ = _found(make_clauses([("liability", "Exclusion of all liability for loss of data", "heading")]))
    assert found == {}


def test_severity_by_size(make_clauses):
    low, _ = _found(make_clauses([("liability", "Liability is limited to the fees paid in the preceding twelve months.")]))
    high, _ = _found(make_clauses([("liability", "Liability is limited to the fees paid in the preceding three months.")]))
    assert low["low_liability_cap"].severity is Severity.LOW
    assert high["low_liability_cap"].severity is Severity.HIGH


def test_on_call_elsewhere_widens_narrow_hours(make_clauses):
    hours = ("availability", "Support is available Monday to Friday from 8:00 to 17:00.")
    assert "narrow_service_hours" in _found(make_clauses([hours]))[0]
    assert (
        "narrow_service_hours" not in _found(make_clauses([hours, ("availability", "Critical faults: on-call number, day and night.")]))[0]
    )


def test_rendering_in_every_language(make_clauses):
    found, _ = _found(make_clauses([("reaction_time", "The response time is three business days.")]))
    for language in LANGUAGES:
        message = render_finding(found["slow_reaction"], language)
        assert all(message[:4])
        assert "{" not in message.explanation
    assert "3" in render_finding(found["slow_reaction"], "en").explanation


def test_no_clauses_no_findings(make_clauses):
    assert assess_risks(*make_clauses([])) == ()
