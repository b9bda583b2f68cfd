"""Scores against floors. Lowering a floor is an explicit act, with its reason in the commit.

The cross-validated scores of the shipped model are in its manifest; they hold for the data whose digest stands there, so a model that was not rebuilt after a change of the
data fails here. The figures on real contracts need files that are no part of the project.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from analyzer.api import default_model_folder, load_rows
from analyzer.classification.persistence import load_model, read_manifest, run_self_test
from analyzer.classification.training import digest_rows
from analyzer.datasets import check_contracts, read_contracts
from analyzer.datasets.check import find_near_duplicates

ROOT = Path(__file__).resolve().parents[2]
FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text())


def test_shipped_model_is_made_of_this_data() -> None:
    manifest = read_manifest(default_model_folder())
    assert manifest["data"]["sha256"] == digest_rows(load_rows(ROOT / "data" / "contracts")), "run make train"
    assert (default_model_folder() / "model.joblib").stat().st_size < 25_000_000


def test_cross_validated_scores() -> None:
    scores = read_manifest(default_model_folder())["scores"]
    floors = FLOORS["cross_validation"]
    assert scores["micro_f1"] >= floors["micro_f1"] and scores["macro_f1"] >= floors["macro_f1"]
    assert scores["calibration_error"] <= floors["calibration_error"]
    for language, least in floors["languages"].items():
        assert scores["languages"][language]["micro_f1"] >= least, language
    low = {name: values["f1"] for name, values in scores["categories"].items() if values["f1"] < floors["category_f1"]}
    assert low == {}


def test_self_test_sentences() -> None:
    folder = default_model_folder()
    manifest = read_manifest(folder)
    assert len(manifest["self_test"]) == 4
    assert run_self_test(load_model(folder), manifest) == []


def test_labelled_data() -> None:
    contracts = read_contracts(ROOT / "data" / "contracts")
    assert check_contracts(contracts) == []
    rows = sum(len(contract.rows) for contract in contracts)
    assert len(find_near_duplicates(contracts)) <= FLOORS["near_duplicate_share"] * rows
    assert len(contracts) >= FLOORS["contracts"] and rows >= FLOORS["rows"]
    for language in ("fr", "de", "it", "en"):
        counts: dict[str, int] = {}
        for contract in contracts:
            if contract.language == language:
                for row in contract.rows:
                    for label in row["labels"]:
                        counts[label] = counts.get(label, 0) + 1
        assert len(counts) == 40 and min(counts.values()) >= 30, (language, sorted(counts.items(), key=lambda item: item[1])[:3])


REAL = Path(os.environ.get("REAL", ROOT.parent / "shared" / "real"))


@pytest.mark.skipif(not REAL.is_dir(), reason="real contracts are no part of the project; name their folder in REAL")
def test_real_contracts() -> None:
    import sys

    sys.path.insert(0, str(ROOT / "benchmarks"))
    from quality import read_rows, score_given_rows, score_whole_texts, score_word_list

    documents = read_rows(REAL)
    given, (whole, _) = score_given_rows(documents, consecutive=True), score_whole_texts(REAL, documents)
    floors = FLOORS["real"]
    assert given.micro >= floors["micro_f1"] and given.macro >= floors["macro_f1"]
    assert whole.micro >= floors["micro_f1"] - 0.03 and whole.macro >= floors["macro_f1"] - 0.03
    assert given.micro > score_word_list(documents).micro + 0.03
