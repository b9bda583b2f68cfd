from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.datasets.quantities import describe, read_quantities, render_quantity_scores, score_quantities
from analyzer.errors import DataError
from analyzer.quantities import find_quantities

TEXT = "Fees of CHF 100 monthly; reply within 4 business hours, Mon-Fri 8-17, 99.9 % from 1 March 2026."


def test_the_reader_agrees_with_itself_and_not_with_others() -> None:
    expected = [describe(quantity) for quantity in find_quantities(TEXT, language="en")]
    assert sorted({item["kind"] for item in expected}) == ["date", "duration", "money", "percentage", "recurrence", "window"]
    scores = score_quantities({"en": [{"text": TEXT, "expected": expected}]})
    assert all(score.f1 == score.exact_f1 == score.value_accuracy == 1.0 for score in scores)
    duration = next(item for item in expected if item["kind"] == "duration")
    wrong = [{**duration, "calendar": "elapsed", "end": duration["end"] - 1}]
    scores = {score.kind: score for score in score_quantities({"en": [{"text": TEXT, "expected": wrong}]})}
    assert (scores["duration"].f1, scores["duration"].exact_f1, scores["duration"].value_accuracy) == (1.0, 0.0, 0.0)
    assert (scores["money"].annotated, scores["money"].found, scores["money"].f1) == (0, 1, 0.0)
    assert "| en | duration | 1 | 1 | 1.000 | 0.000 | 0.000 |" in render_quantity_scores(list(scores.values()))


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("fr", {"text": "x"}, "needs text and expected"),
        ("fr", {"text": "x", "expected": [{"kind": "weight"}]}, "unknown kind"),
        ("fr", {"text": "x", "expected": [{"kind": "date", "start": 0, "end": 1}]}, "date without value"),
        ("fr", {"text": "x", "expected": [{"kind": "date", "start": 0, "end": 2, "value": "2026-01-01"}]}, "outside the text"),
        ("xx", {"text": "x", "expected": []}, "not named after a language"),
    ],
)
def test_faults_are_named(name: str, row: dict[str, object], message: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n")
    with pytest.raises(DataError, match=message):
        read_quantities(tmp_path)


def test_an_empty_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No annotated quantities"):
        read_quantities(tmp_path)
