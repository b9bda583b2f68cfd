from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.assessment import assign_roles
from analyzer.types import Span


def _roles(made):
    clauses, _ = made
    return [duration.role for clause in assign_roles(clauses) for duration in clause.durations]


@pytest.mark.parametrize(
    ("labels", "text", "roles"),
    [
        ("reaction_time", "Within two hours.", ["reaction_time"]),
        ("reaction_time,resolution_time", "Response within 2 hours, resolution within 8 hours.", ["reaction_time", "resolution_time"]),
        ("reaction_time,resolution_time", "P1 | 1 hour | 4 hours", ["reaction_time", "resolution_time"]),
        (
            "term,termination",
            "It runs for a term of 12 months and renews unless terminated on three months' notice.",
            ["term", "termination"],
        ),
        ("fees", "Invoices are payable within 30 days.", ["payment"]),
        ("warranty", "The warranty lasts 24 months.", ["warranty"]),
    ],
)
def test_roles_from_labels_and_words(labels, text, roles, make_clauses):
    assert _roles(make_clauses([(labels, text)])) == roles


def test_column_heads_decide(make_clauses):
    clauses, _ = make_clauses([("reaction_time,resolution_time", "P1 | 4 hours | 1 hour", "table_row")])
    sentence = clauses[0].sentence
    cells = (("Priority", Span(0, 2)), ("Resolution", Span(5, 12)), ("Response time", Span(15, 21)))
    marked = (replace(clauses[0], sentence=replace(sentence, cells=cells)),)
    assert [duration.role for duration in assign_roles(marked)[0].durations] == ["resolution_time", "reaction_time"]


def test_words_alone_where_no_label_tells(make_clauses):
    assert _roles(make_clauses([("other", "The response time is two hours.")])) == ["reaction_time"]


def test_roles_that_are_set_stay(make_clauses):
    clauses, _ = make_clauses([("reaction_time", "Within two hours.")])
    clause = clauses[0]
    marked = replace(clause, quantities=tuple(replace(item, role="uptime") for item in clause.quantities))
    assert assign_roles((marked,))[0] is marked
