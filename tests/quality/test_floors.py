"""Scores against floors. Lowering a floor is an explicit act, with its reason in the commit.

The cross-validated scores of the shipped model are in its manifest; they hold for the data whose digest stands there, so a model that was not rebuilt after a change of the
data fails here. The figures on real contracts need files that are no part of the project.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from analyzer.api import default_model_folder, load_rows
from analyzer.classification.persistence import load_model, read_manifest, run_self_test
from analyzer.classification.training import digest_rows
from analyzer.datasets import Contract, check_contracts, describe_contracts, read_contracts
from analyzer.datasets.agreement import measure_agreement, pool, read_double_labels
from analyzer.datasets.check import check_shares
from analyzer.datasets.quantities import read_quantities, score_quantities

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


@pytest.fixture(scope="module")
def contracts() -> list[Contract]:
    return read_contracts(ROOT / "data" / "contracts")


def test_labelled_data(contracts: list[Contract]) -> None:
    assert check_contracts(contracts) == [] and check_shares(contracts) == []
    stats = describe_contracts(contracts)
    assert stats["rows"]["all"] >= FLOORS["rows"]
    for language, least in FLOORS["contracts"].items():
        assert stats["contracts"][language] >= least
        rare = {name: counts[language] for name, counts in stats["categories"].items() if counts[language] < FLOORS["category_rows"]}
        assert len(stats["categories"]) == 40 and rare == {}, language
    for part in ("risks", "safe"):
        rare = {
            name: sum(counts.values()) for name, counts in stats[part].items() if sum(counts.values()) < FLOORS[f"{part.rstrip('s')}_rows"]
        }
        assert rare == {}, part


def test_splits_are_alike(contracts: list[Contract]) -> None:
    for language in FLOORS["contracts"]:
        sides = [contract.header["split"] for contract in contracts if contract.language == language]
        assert 0.65 <= sides.count("train") / len(sides) <= 0.8
        held = {split: {label for c in contracts if c.language == language and c.header["split"] == split for row in c.rows for label in row["labels"]}
                for split in ("validation", "test")}  # fmt: skip
        assert len(held["validation"]) >= 39 and len(held["test"]) >= 39, language


def test_agreement(contracts: list[Contract]) -> None:
    rows = read_double_labels(ROOT / "data" / "agreement")
    known = {row["id"] for contract in contracts for row in contract.rows}
    assert {row["id"] for row in rows} <= known and len({row["id"] for row in rows}) == len(rows)
    assert len(rows) >= FLOORS["double_labelled_share"] * len(known)
    agreements = measure_agreement([row["first"] for row in rows], [row["second"] for row in rows])
    assert (pool(agreements).kappa or 0) >= FLOORS["kappa"]
    assert {a.category: a.kappa for a in agreements if (a.kappa or 0) < FLOORS["category_kappa"]} == {}


def test_quantities_on_rows(contracts: list[Contract]) -> None:
    rows = read_quantities(ROOT / "data" / "quantities")
    texts = {row["id"]: row["text"] for contract in contracts for row in contract.rows}
    for items in rows.values():
        assert all(texts[row["id"]] == row["text"] for row in items)
    floors = FLOORS["quantities"]
    assert sum(map(len, rows.values())) >= floors["rows"]
    for score in score_quantities(rows):
        least = floors[score.kind]
        assert score.f1 >= least["f1"] and score.exact_f1 >= least["exact_f1"] and score.value_accuracy >= least["value"], score


def test_data_card_is_up_to_date() -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    from data_card import fill, measured_parts

    card = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
    assert fill(card, measured_parts()) == card, "run make card"


REAL = Path(os.environ.get("REAL", ROOT.parent / "shared" / "real"))


@pytest.mark.skipif(not REAL.is_dir(), reason="real contracts are no part of the project; name their folder in REAL")
def test_real_contracts() -> None:
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from quality import read_rows, score_given_rows, score_whole_texts, score_word_list

    documents = read_rows(REAL)
    given, (whole, _) = score_given_rows(documents, consecutive=True), score_whole_texts(REAL, documents)
    floors = FLOORS["real"]
    assert given.micro >= floors["micro_f1"] and given.macro >= floors["macro_f1"]
    assert whole.micro >= floors["micro_f1"] - 0.03 and whole.macro >= floors["macro_f1"] - 0.03
    assert given.micro > score_word_list(documents).micro + 0.03
