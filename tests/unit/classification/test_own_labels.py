"""Training and scoring on other people's rows, with all that can be wrong with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analyzer
from analyzer.api import load_rows, review_labels
from analyzer.classification import persistence
from analyzer.classification.cues import count_cues, find_cues
from analyzer.classification.masking import MAX_CHARACTERS
from analyzer.classification.persistence import load_model, save_model
from analyzer.classification.scores import score_labels
from analyzer.classification.training import FEW_ROWS, LabelledRow, Training, as_labelled_rows, train_model
from analyzer.errors import DataError, ModelError, ModelIntegrityError, SettingsError

PETS = [{"text": f"meow says cat {i}", "labels": ["cat"]} for i in range(12)] + [
    {"text": f"wuff says dog {i}", "labels": ["dog"]} for i in range(12)
]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "x", "labels": ["  "]}, "list of names"),
        ({"text": "x", "labels": [3]}, "list of names"),
        ({"text": "x", "labels": "y" * 1000}, r"not 'y{79} \.\.\."),
        ({"text": " \n\t", "labels": ["a"]}, "no text"),
        ({"text": "half \ud800", "labels": ["a"]}, "half a character"),
        ({"text": "x", "labels": ["half \udc00"]}, "half a character"),
        ({"text": "x", "labels": ["a"], "heading": 5}, "heading"),
        ({"text": "x", "labels": ["a"], "heading": ["1 Scope", None]}, "heading"),
        ({"text": "x", "labels": ["a"], "heading": np.asarray([[1, 2]])}, "heading"),
        ({"text": "x", "labels": ["a"], "weight": float("nan")}, "weight"),
        ({"text": "x", "labels": ["a"], "weight": 10**400}, "weight"),
        ({"text": "x", "labels": ["a"], "weight": True}, "weight"),
    ],
)
def test_a_faulty_row_is_named(row: dict[str, Any], message: str) -> None:
    with pytest.raises(DataError, match=f"row 2: .*{message}"):
        as_labelled_rows([PETS[0], row])


@pytest.mark.parametrize("data", [5, None, PETS[0], np.float64(1)])
def test_what_is_no_list_of_rows_is_refused(data: Any) -> None:
    with pytest.raises(DataError, match="needed"):
        load_rows(data)


def test_a_frame_is_refused_with_the_way_to_do_it() -> None:
    pandas = pytest.importorskip("pandas")
    with pytest.raises(DataError, match='to_dict\\("records"\\)'):
        load_rows(pandas.DataFrame(PETS))
    # What a frame from a Parquet file gives: arrays as lists, NaN where nothing stands.
    nothing = float("nan")
    (row,) = load_rows([{"text": "meow", "labels": np.asarray(["cat"]), "doc": nothing, "heading": nothing, "weight": np.float32(2)}])
    assert (row.labels, row.doc, row.heading, row.weight) == (("cat",), "", (), 2.0)


def test_the_first_document_may_be_number_zero() -> None:
    assert [row.doc for row in load_rows([{**PETS[0], "doc": 0}, {**PETS[1], "doc": None}])] == ["0", ""]


def test_a_set_of_labels_has_one_order() -> None:
    assert load_rows([{"text": "x", "labels": {"b", "a", "c"}}])[0].labels == ("a", "b", "c")


def test_odd_names_of_labels(tmp_path: Path) -> None:
    odd = ["Übér 🦊 ", "a|b\nc", "x" * 300, "Other"]
    rows = [{"text": f"number {i} {'abcd'[i % 4] * 9}", "labels": [odd[i % 4]]} for i in range(40)]
    model = analyzer.train(rows, out=tmp_path / "m")
    assert model.categories == tuple(sorted(odd))
    assert load_model(tmp_path / "m").categories == model.categories
    assert analyzer.evaluate(rows, model=tmp_path / "m").micro == 1.0
    table = [line for line in (tmp_path / "m" / "CARD.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    assert len(table) == 4
    assert all(line.replace("\\|", "").count("|") == 6 and len(line) < 160 for line in table)


@pytest.mark.parametrize(
    "rows",
    [
        PETS[:1],
        PETS[:2],
        PETS[:1] * 50 + PETS[12:13] * 50,
        [{"text": "same", "labels": ["a"]}, {"text": "same", "labels": ["b"]}] * 9,
        [{"text": "...", "labels": ["a"]}, {"text": "???", "labels": ["b"]}] * 5,
        [*PETS, {"text": "\x00", "labels": ["cat"]}],
        [*PETS, {"text": "x", "labels": ["cat"], "weight": 1e300}],
        [*PETS, {"text": "x", "labels": ["cat"], "language": "klingon"}],
    ],
)
def test_odd_rows_are_learned(rows: list[dict[str, Any]], tmp_path: Path) -> None:
    model = analyzer.train((row for row in rows), out=tmp_path / "m")
    (labels,) = analyzer.Analyzer(model=tmp_path / "m").classify(["meow"])
    assert all(0 <= label.probability <= 1 for label in labels)
    assert model.categories == tuple(sorted({label for row in rows for label in row["labels"]}))


def test_evaluate_counts_unknown_labels_as_missed(tmp_path: Path) -> None:
    analyzer.train(PETS, out=tmp_path / "m")
    scores = analyzer.evaluate([*PETS, {"text": "muh", "labels": ["cow"]}, {"text": "...", "labels": []}], model=tmp_path / "m")
    cow = next(score for score in scores.categories if score.category == "cow")
    assert (cow.support, cow.recall) == (1, 0.0)
    assert scores.rows == 26


def test_a_text_of_ten_megabytes_costs_what_its_beginning_costs() -> None:
    beginning = ("The provider reacts within 4 hours. " * 400)[:MAX_CHARACTERS]
    huge = beginning + " the liability is limited, invoices are payable" * 200_000
    assert count_cues(huge, "en") == count_cues(beginning, "en")
    assert find_cues(huge, "en") == find_cues(beginning, "en")


# ------------------------------------------------------------------------------------------------ the folder


@pytest.mark.parametrize(
    ("prepare", "out", "message"),
    [
        (lambda base: (base / "m").write_text("thesis"), "m", "is a file"),
        (lambda base: (base / "m").mkdir() or (base / "m" / "thesis.txt").write_text("x"), "m", "something else than a model: thesis.txt"),
        (lambda base: (base / "f").write_text("x"), "f/m", "no folder one can write to"),
        (lambda base: None, "..", "folder of its own"),
        (lambda base: None, "a\0b", "folder of its own"),
    ],
)
def test_nothing_but_a_model_is_replaced(prepare: Callable[[Path], object], out: str, message: str, tmp_path: Path) -> None:
    prepare(tmp_path)
    before = {path: path.is_file() and path.read_text() for path in tmp_path.rglob("*")}

    def never(stage: str, share: float) -> None:
        raise AssertionError("trained before the folder was checked")

    with pytest.raises(SettingsError, match=message):
        analyzer.train(PETS, out=f"{tmp_path}/{out}", progress=never)
    assert {path: path.is_file() and path.read_text() for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("out", ["", ".", "/"])
def test_a_model_needs_a_name(out: str) -> None:
    with pytest.raises(SettingsError, match="folder of its own"):
        analyzer.train(PETS, out=out)


def test_a_model_or_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    for _ in range(2):
        analyzer.train(PETS, out=tmp_path / "m")
        assert [path.name for path in tmp_path.iterdir()] == ["m"]
        assert load_model(tmp_path / "m").categories == ("cat", "dog")


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_stopped_while_the_folders_change_places(
    error: type[BaseException], small_training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = save_model(small_training, tmp_path / "m", seed=0)
    replace, calls = persistence.os.replace, []

    def stop(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 2:
            raise error("stopped")
        replace(source, target)

    monkeypatch.setattr(persistence.os, "replace", stop)
    with pytest.raises(KeyboardInterrupt if error is KeyboardInterrupt else ModelError, match="stopped"):
        save_model(small_training, tmp_path / "m", seed=1)
    assert load_model(tmp_path / "m").sha256 == old.sha256
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
@pytest.mark.parametrize("stage", ["features", "cross-validation", "model", "done"])
def test_a_stopped_training_writes_nothing(error: type[BaseException], stage: str, tmp_path: Path) -> None:
    def progress(name: str, share: float) -> None:
        if name == stage:
            raise error

    with pytest.raises(error):
        analyzer.train(PETS, out=tmp_path / "m", progress=progress)
    assert not list(tmp_path.iterdir())


def test_rows_that_fail_on_the_way_are_the_callers_matter(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, Any]]:
        yield PETS[0]
        raise ConnectionError("mine")

    with pytest.raises(ConnectionError, match="mine"):
        analyzer.train(rows(), out=tmp_path / "m")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("seed", ["x", -1, 1.0, True, 2**32])
def test_the_seed_is_checked(seed: Any, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="seed"):
        analyzer.train(PETS, out=tmp_path / "m", seed=seed)
    with pytest.raises(SettingsError, match="seed"):
        review_labels(PETS, seed=seed)


def test_progress_must_be_callable(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="progress"):
        analyzer.train(PETS, out=tmp_path / "m", progress=5)


def test_tampered_models_are_refused(tmp_path: Path) -> None:
    analyzer.train(PETS, out=tmp_path / "m")
    model, manifest = tmp_path / "m" / "model.joblib", tmp_path / "m" / "manifest.json"
    good = manifest.read_bytes()
    for faulty in (good[:100], b"\xff\xfe\x00", b"[]", b"[" * 100_000, b"{}", json.dumps({"sha256": 1}).encode()):
        manifest.write_bytes(faulty)
        with pytest.raises(ModelIntegrityError):
            analyzer.evaluate(PETS, model=tmp_path / "m")
    manifest.write_bytes(good)
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    with pytest.raises(ModelIntegrityError, match="not the file"):
        analyzer.evaluate(PETS, model=tmp_path / "m")


def test_scores_of_odd_labels_are_a_table() -> None:
    lines = score_labels([["a`|b\r\n"]], [["a`|b\r\n"]]).to_markdown().splitlines()
    assert lines[-1].startswith("| `a'\\|b` | 1.00 |")


# ------------------------------------------------------------------------------------------------ how rows without documents are learned


def test_rare_words_and_pairs_of_characters_count_in_rows_without_documents() -> None:
    rows = [LabelledRow(f"{'cat' if i % 2 else 'dog'} number {i}{i % 7}", (("cat", "dog")[i % 2],)) for i in range(FEW_ROWS + 40)]
    rows[7] = LabelledRow("once axolotl", ("cat",))
    names = train_model(rows, n_jobs=1).model.pipeline.named_steps["features"].get_feature_names_out()
    assert "word__text:word:axolotl" in names
    assert "char__text:char:ax" in names
    # Rows of documents are the shipped model's path and keep its features.
    named = [replace(row, doc=str(i // 40)) for i, row in enumerate(rows)]
    names = train_model(named, n_jobs=1).model.pipeline.named_steps["features"].get_feature_names_out()
    assert "word__text:word:axolotl" not in names
    assert "char__text:char:ca" not in names


def test_twenty_rows_share_one_calibration(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["cat"] * 11 + ["dog"] * 6 + ["cow"] * 3
    rows = [LabelledRow(f"an animal says {name if i % 3 else 'nothing'} {i % 5}", (name,)) for i, name in enumerate(names)]
    few = train_model(rows, n_jobs=1).model.calibration
    assert len({*few.slope}) == len({*few.shift}) == len({*few.threshold}) == 1
    monkeypatch.setattr("analyzer.classification.training.FEWEST_ROWS", 0)
    assert len({*train_model(rows, n_jobs=1).model.calibration.shift}) == 3
