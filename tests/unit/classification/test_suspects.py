from __future__ import annotations

import numpy as np

from analyzer.api import review_labels
from analyzer.classification.suspects import find_suspects


def test_missing_and_wrong_labels_come_first() -> None:
    labels = [["fees"]] * 9 + [[]] + [[]] * 9 + [["fees"]]
    probabilities = np.asarray([[0.9]] * 9 + [[0.95]] + [[0.05]] * 9 + [[0.01]])
    found = [(s.row, s.category, s.given) for s in find_suspects(labels, probabilities, ["fees"])]
    assert found[:2] == [(19, "fees", True), (9, "fees", False)]


def test_a_category_that_all_or_none_have_is_not_doubted() -> None:
    assert find_suspects([["a"], ["a"]], np.asarray([[0.1, 0.9], [0.2, 0.9]]), ["a", "b"]) == []


def test_a_planted_error_is_found_in_real_training() -> None:
    words = {
        "fees": "The monthly fee of the service is invoiced in advance, item {}.",
        "audit": "The customer may audit the provider once a year, item {}.",
    }
    rows = [
        {"text": text.format(i), "labels": [name], "doc": f"contract {i % 6}", "language": "en"}
        for i in range(60)
        for name, text in words.items()
    ]
    rows[30] = {**rows[30], "labels": ["audit"]}  # a sentence on fees
    first = review_labels(rows)[:2]
    assert {(item["row"], item["category"], item["given"]) for item in first} == {(30, "fees", False), (30, "audit", True)}
