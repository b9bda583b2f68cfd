"""Findings over whole documents: for each a contract that shows it and one that does not."""

from __future__ import annotations

import pytest

from analyzer.assessment import assess_risks
from analyzer.settings import Settings
from analyzer.types import Side

CASES = {
    "unprotected_data": (
        [
            ("data_backup", "Backup of data is the sole responsibility of the Customer."),
            ("liability", "The Provider is not liable for loss of data."),
        ],
        [("data_backup", "The Provider backs up the data every night."), ("liability", "The Provider is not liable for loss of data.")],
    ),
    "no_resolution_time": (
        [("reaction_time", "The Provider responds within two hours.")],
        [("reaction_time", "The Provider responds within two hours."), ("resolution_time", "Faults are resolved within eight hours.")],
    ),
    "no_exit_on_repeated_misses": (
        [("service_credits", "For each hour of delay the monthly fee is reduced by 2 %.")],
        [
            ("service_credits", "For each hour of delay the monthly fee is reduced by 2 %."),
            ("termination", "If a service level is missed twice in three months, the Customer may terminate."),
        ],
    ),
    "no_breach_notice": (
        [
            ("data_protection", "Personal data are processed on instruction only."),
            ("data_protection", "Personal data stay in Switzerland."),
        ],
        [
            ("data_protection", "Personal data are processed on instruction only."),
            ("data_protection", "The Provider notifies every breach of data security within 24 hours."),
        ],
    ),
    "clock_without_hours": (
        [("reaction_time", "The response time is four hours.")],
        [("reaction_time", "The response time is four hours."), ("availability", "Service hours are Monday to Friday from 8:00 to 18:00.")],
    ),
    "undefined_priorities": (
        [("reaction_time", "P1 | 1 hour", "table_row"), ("reaction_time", "P2 | 4 hours", "table_row")],
        [
            ("severity_levels", "P1 means that the system is down for all users."),
            ("reaction_time", "P1 | 1 hour", "table_row"),
            ("reaction_time", "P2 | 4 hours", "table_row"),
        ],
    ),
    "missing_annex": (
        [("scope", "The equipment covered is listed in Annex 2.")],
        [("scope", "The equipment covered is listed in Annex 2."), ("other", "Annex 2: Inventory", "heading")],
    ),
    "blank_fields": (
        [("fees", "The monthly fee is CHF ________.")],
        [("fees", "The monthly fee is CHF 500."), ("other", "Place, date: ________ Signature: ________")],
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_document_rule(rule, make_clauses):
    fires, quiet = CASES[rule]
    found = {finding.rule: finding for finding in assess_risks(*make_clauses(fires))}
    assert rule in found
    assert found[rule].evidence
    assert rule not in {finding.rule for finding in assess_risks(*make_clauses(quiet))}


def test_annex_and_number_of_blanks_are_told(make_clauses):
    findings = {finding.rule: finding for finding in assess_risks(*make_clauses(CASES["missing_annex"][0] + CASES["blank_fields"][0]))}
    assert dict(findings["missing_annex"].params)["value"] == "2"
    assert dict(findings["blank_fields"].params)["value"] == "1"


def test_the_provider_sees_gaps_of_both_sides_only(make_clauses):
    rows = [("liability", "The Provider excludes all liability for its services."), *CASES["missing_annex"][0]]
    customer = {finding.rule for finding in assess_risks(*make_clauses(rows))}
    provider = {finding.rule for finding in assess_risks(*make_clauses(rows), settings=Settings(side=Side.PROVIDER))}
    assert customer >= {"liability_excluded", "missing_annex"}
    assert provider == {"missing_annex"}
