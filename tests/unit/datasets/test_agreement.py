from __future__ import annotations

import json
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from analyzer.datasets.agreement import measure_agreement, pool, read_double_labels, render_agreement
from analyzer.errors import DataError

FIRST = [["fees"], ["fees", "term"], ["other"], ["term"], ["other"], ["audit"]]
SECOND = [["fees"], ["term"], ["other"], ["term"], ["fees"], ["other"]]


def test_kappa_is_that_of_scikit_learn() -> None:
    agreements = measure_agreement(FIRST, SECOND)
    assert [a.category for a in agreements] == ["audit", "fees", "other", "term"]
    for a in agreements:
        wanted = cohen_kappa_score([a.category in row for row in FIRST], [a.category in row for row in SECOND])
        assert a.kappa == pytest.approx(wanted)
    whole = pool(agreements)
    assert (whole.both, whole.first_only, whole.second_only) == (4, 3, 2) and whole.f1 == pytest.approx(8 / 13)


def test_a_category_that_both_always_use_has_no_kappa() -> None:
    (always,) = measure_agreement([["fees"]] * 3, [["fees"]] * 3)
    assert always.kappa is None and "| `fees` | 3 |  | 1.00 |" in render_agreement([always])


def test_faults_are_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not the same rows"):
        measure_agreement([["a"]], [])
    with pytest.raises(DataError, match="No doubly labelled rows"):
        read_double_labels(tmp_path)
    (tmp_path / "fr.jsonl").write_text(json.dumps({"id": "x", "first": ["fees"], "second": [], "agreed": ["fees"]}) + "\n")
    with pytest.raises(DataError, match=r"fr\.jsonl:1: no labels under 'second'"):
        read_double_labels(tmp_path)
