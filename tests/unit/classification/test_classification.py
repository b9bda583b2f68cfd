from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analyzer.classification.calibration import expected_calibration_error, fit_calibration, measure_doubt
from analyzer.classification.cues import Cue, count_cues, cue_categories, find_cues, required_elsewhere, required_literals
from analyzer.classification.explaining import explain_row
from analyzer.classification.linear import MultiLabelSVC
from analyzer.classification.masking import mask, mask_aligned
from analyzer.classification.ngrams import NgramTfidf
from analyzer.classification.persistence import load_model, read_manifest, run_self_test, save_model
from analyzer.classification.rows import Row, make_rows
from analyzer.classification.scores import score_labels
from analyzer.classification.training import LabelledRow, Training, as_labelled_rows, train_model
from analyzer.errors import DataError, ModelError, ModelIncompatibleError, ModelIntegrityError, ModelNotFoundError
from analyzer.resources import read_toml
from analyzer.types import LANGUAGES, Label


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5.2 Réaction sous 4 h, CHF 1'200.- par cas", "réaction sous 0 h, xmoney par cas"),
        ("Verfügbarkeit 99,95 % im Monat", "verfügbarkeit xpercent im monat"),
        ("a) from 8:00 to 17:30, call +41 21 555 01 23", "from xtime to xtime , call xphone"),
        ("Am 01.02.2026 an info@example.com", "am xdate an xmail"),
        ("support 24/7", "support xclock"),
        ("{{company.name}} paie", "xname paie"),
        ("", ""),
    ],
)
def test_what_differs_between_contracts_is_masked(text: str, expected: str) -> None:
    assert mask(text) == expected
    assert mask_aligned(text)[0] == expected


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        ("dépann", ("dépann",)),
        ("corrige[rz]? les", ("corrige",)),
        ("alpha|beta", ("alpha", "beta")),
        ("alpha|b", ()),
        ("(?:x|y)réparation", ("réparation",)),
        (r"(?<!\w)(?:gti|gtr)(?!\w)", ("gti", "gtr")),
        ("(optional)?abc", ("abc",)),
        ("ab?cde", ("cde",)),
        (r"a\(b\|c", ("a(b|c",)),
        ("x{2}long.{0,30}er", ("long",)),
    ],
)
def test_required_literals(pattern: str, literals: tuple[str, ...]) -> None:
    assert required_literals(pattern) == literals


def test_plain_words_are_told_as_their_expression_tells_them() -> None:
    import re

    for pattern in ("nda", r"(?<!\w)nda", r"nda(?!\w)", r"(?<!\w)nda(?!\w)", "point d'accès"):
        for text in ("nda", "agenda", "nda.", "ndas", "_nda", "agenda nda", "ndas xnda (nda)", "é nda", "éndaé", "point d'accès", ""):
            cue = Cue(pattern, 0)
            assert cue.stands_in(text) == bool(re.search(pattern, text)) == bool(cue.found_in(text)), (pattern, text)


def test_prefilter_finds_what_the_expressions_find() -> None:
    import re

    text = "réception, vérification et réparation de l'équipement: gti de 4 h, licence, correctifs, mises à jour"
    for language in LANGUAGES:
        cues = read_toml(f"cues/{language}.toml")["cues"]
        expected = {}
        for position, category in enumerate(cue_categories()):
            count = sum(
                bool(re.search(p if re.search(r"\\[A-Z]", p) else p.lower(), text, re.IGNORECASE)) for p in dict.fromkeys(cues[category])
            )
            if count:
                expected[position] = count
        assert count_cues(text, language) == expected
        assert {category for category, _, _ in find_cues(text, language)} == set(expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_lists_compile_and_know_only_categories(language: str) -> None:
    known = set(cue_categories())
    cues = read_toml(f"cues/{language}.toml")["cues"]
    assert set(cues) == known
    assert all(len(patterns) >= 10 for patterns in cues.values())
    assert count_cues("", language) == {}


@pytest.mark.parametrize(
    ("language", "text", "category"),
    [
        ("fr", "Le contrat peut être résilié avec un préavis de trois mois.", "termination"),
        ("de", "Die Haftung für Folgeschäden ist ausgeschlossen.", "liability"),
        ("it", "Le fatture sono pagabili entro 30 giorni.", "fees"),
        ("en", "Backups are taken daily and kept for 30 days.", "data_backup"),
    ],
)
def test_word_lists_count(language: str, text: str, category: str) -> None:
    assert cue_categories().index(category) in count_cues(text, language)


def test_rows_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="2 texts, but 1 headings"):
        make_rows(["a", "b"], headings=[None])


def test_consecutive_rows_know_their_neighbours() -> None:
    rows = make_rows(["a", "b", "c"], consecutive=True)
    assert (rows[0].before, rows[0].after, rows[2].before, rows[2].after) == ("", "b", "b", "")


def test_model_learns_and_abstains(small_training: Training) -> None:
    model = small_training.model
    found = model.classify(
        [Row("The fee is CHF 99 per month.", (), "en"), Row("zzz qqq", (), "en"), Row("Liability is limited to CHF 5.", (), "en")]
    )
    assert [labels[0].category for labels in found] == ["fees", "other", "liability"]
    assert all(0 <= label.probability <= 1 for labels in found for label in labels)
    assert small_training.scores.micro > 0.8


@pytest.mark.parametrize(
    ("text", "heading", "language"),
    [
        ("The fee is CHF 99 per month.", ("3 Fees",), "en"),
        ("a) Die Gebühr beträgt CHF 1'200.- pro Monat, zahlbar innert 30 Tagen.", (), "de"),
        ("Ⅳ. L’abonnement coûte 12 % de plus – {{prix}} – ẞİ", ("Prix", "Divers"), "fr"),
        ("", (), "it"),
        ("12.", (), "it"),
    ],
)
def test_explanation_is_exact(text: str, heading: tuple[str, ...], language: str, small_training: Training) -> None:
    model = small_training.model
    row = Row(text, heading, language, "sentence", "Invoices are due in 30 days.", "", "")
    why = explain_row(model, row, "fees")
    index = model.categories.index("fees")
    assert why.log_odds == pytest.approx(model.pipeline.decision_function([row])[0, index], abs=1e-3)
    assert why.base + sum(w.share for w in why.words) + sum(share for _, share in why.surroundings) == pytest.approx(why.log_odds)
    assert why.probability == pytest.approx(model.predict_proba([row])[0, index], abs=1e-4)
    assert all(text[w.start : w.end] == w.text for w in why.words)


def test_the_telling_word_gets_the_largest_share(small_training: Training) -> None:
    why = explain_row(small_training.model, Row("Please note: the fee is due.", (), "en"), "fees")
    assert why.strongest(1)[0].text == "fee"
    assert len(why.strongest(2)) <= 2


@pytest.mark.parametrize(
    ("analyzer", "ngram_range", "min_df", "max_features"),
    [("word", (1, 2), 2, None), ("char_wb", (3, 5), 2, 60), ("char_wb", (2, 4), 1, None)],
)
def test_ngrams_are_those_of_scikit_learn(analyzer: str, ngram_range: tuple[int, int], min_df: int, max_features: int | None) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = ["the fee is due", "the fee, the late fee", "à payer sous xmoney", "", "à l'heure", "fee fee fee a"] * 2
    ours = NgramTfidf(analyzer, ngram_range, min_df, max_features).fit(texts)
    theirs = TfidfVectorizer(
        analyzer=analyzer, ngram_range=ngram_range, min_df=min_df, max_features=max_features, sublinear_tf=True, lowercase=False,
        token_pattern=r"(?u)\b\w+\b" if analyzer == "word" else None, vocabulary=ours.vocabulary_ if max_features else None,
    ).fit(texts)  # fmt: skip
    assert ours.vocabulary_ == theirs.vocabulary_
    for texts_in in (texts, ["a late fee that nobody knows", "zzz"]):
        assert abs(ours.transform(texts_in) - theirs.transform(texts_in)).max() < 1e-6
    for text in texts:
        columns = {column for column, _, _ in ours.occurrences(text)}
        assert columns == set(ours.transform([text]).indices.tolist())


def test_ngrams_need_something_to_count() -> None:
    with pytest.raises(ValueError, match="2 texts"):
        NgramTfidf("word", (1, 1), 2).fit(["a b", "c d"])
    with pytest.raises(ValueError, match="char_wb"):
        NgramTfidf("letters", (1, 1))
    fitted = NgramTfidf("word", (1, 1)).fit(["a b"])
    assert fitted.transform([]).shape == (0, 2)


@pytest.mark.parametrize(
    ("pattern", "literals", "elsewhere"),
    [
        ("(client|customer) .{0,20}(must|shall) ", ("client", "customer"), ((" ",), ("must", "shall"))),
        ("alpha|beta", ("alpha", "beta"), ()),
        (r"fee.{0,9}\d %", ("fee",), ((" %",), tuple("0123456789"))),
    ],
)
def test_what_else_must_stand(pattern: str, literals: tuple[str, ...], elsewhere: tuple[tuple[str, ...], ...]) -> None:
    assert required_elsewhere(pattern, literals) == elsewhere


def test_same_data_and_seed_give_the_same_model(small_rows: list[LabelledRow], tmp_path: Path) -> None:
    digests = {save_model(train_model(small_rows, n_jobs=1), tmp_path / str(i), seed=0).sha256 for i in range(2)}
    assert len(digests) == 1


def test_the_model_is_the_same_in_another_process(tmp_path: Path) -> None:
    """Sets are iterated in another order there, and two threads share the work."""
    code = (
        "import glob, sys, analyzer, analyzer.classification.linear\n"
        "analyzer.classification.linear._WORTH_PROCESSES = 0\n"
        "print(analyzer.train([row for path in sorted(glob.glob('data/contracts/*/*-001.jsonl')) for row in analyzer.api.load_rows(path)], out=sys.argv[1]).sha256)"
    )
    digests = set()
    for seed in ("1", "2"):
        out = tmp_path / seed
        done = subprocess.run(
            [sys.executable, "-c", "import analyzer.api\n" + code, str(out)],
            env={**os.environ, "PYTHONHASHSEED": seed}, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True,
        )  # fmt: skip
        digests.add(done.stdout.strip())
    assert len(digests) == 1 and len(next(iter(digests))) == 64


def test_model_round_trip(small_training: Training, tmp_path: Path) -> None:
    save_model(small_training, tmp_path / "m", seed=0)
    model = load_model(tmp_path / "m")
    rows = [Row("The minimum term is 12 months.", (), "en")]
    assert model.classify(rows) == small_training.model.classify(rows)
    assert run_self_test(model, read_manifest(tmp_path / "m")) == []
    assert "Not meant for" in (tmp_path / "m" / "CARD.md").read_text()


def test_bad_models_are_refused_before_unpickling(small_training: Training, tmp_path: Path) -> None:
    folder = tmp_path / "m"
    with pytest.raises(ModelNotFoundError):
        load_model(folder)
    save_model(small_training, folder, seed=0)
    content = (folder / "model.joblib").read_bytes()
    (folder / "model.joblib").write_bytes(content[:-1] + b"\0")
    with pytest.raises(ModelIntegrityError, match="not the file"):
        load_model(folder)
    (folder / "model.joblib").write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    for change, error in (
        ({"versions": {**manifest["versions"], "scikit-learn": "0.20.1"}}, ModelIncompatibleError),
        ({"schema": 99}, ModelIncompatibleError),
        ({"word_lists_sha256": "0"}, ModelIncompatibleError),
        ({"features": 7}, ModelIncompatibleError),
    ):
        (folder / "manifest.json").write_text(json.dumps({**manifest, **change}))
        with pytest.raises(error, match=r"make train|0\.20\.1"):
            load_model(folder)
    (folder / "manifest.json").write_text("{")
    with pytest.raises(ModelIntegrityError):
        load_model(folder)


def test_a_failed_save_leaves_the_old_model(small_training: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import joblib

    folder = tmp_path / "m"
    save_model(small_training, folder, seed=0)
    monkeypatch.setattr(joblib, "dump", lambda *a, **k: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(ModelError, match="disk full"):
        save_model(small_training, folder, seed=0)
    assert load_model(folder).categories
    assert [p.name for p in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"labels": ["a"]}, "no text"),
        ({"text": "x", "labels": "a"}, "list of names"),
        ({"text": "x", "labels": ["other", "a"]}, "other"),
        ({"text": "x", "labels": ["a"], "weight": "heavy"}, "weight"),
        ("abc", "not a table"),
        ({"text": "x", "labels": ["a"], "source": "f.jsonl:7", "heading": []}, None),
    ],
)
def test_labelled_rows_are_checked(row: dict[str, object], message: str | None) -> None:
    if message is None:
        assert as_labelled_rows([row])[0].source == "f.jsonl:7"
    else:
        with pytest.raises(DataError, match=message):
            as_labelled_rows([row])


def test_training_on_any_label_set() -> None:
    rows = [LabelledRow(f"a cat says miau {i}", ("cat",)) for i in range(30)] + [
        LabelledRow(f"the dog barks wuff {i}", ("dog",)) for i in range(30)
    ]
    training = train_model(rows, n_jobs=1)
    assert training.model.single_label
    assert training.model.always_labelled
    assert [labels[0].category for labels in training.model.classify([Row("wuff wuff"), Row("miau")])] == ["dog", "cat"]


@pytest.mark.parametrize("count", [1, 2, 5, 20])
def test_training_on_few_rows(count: int) -> None:
    rows = [LabelledRow(f"price {i}", ("fees",)) for i in range(count)] + [LabelledRow("nothing", ())]
    assert train_model(rows, n_jobs=1).model.classify([Row("price 3")])


def test_one_label_at_most_and_none_where_nothing_fits() -> None:
    rows = [LabelledRow(f"a cat says miau {i}", ("cat",)) for i in range(30)] + [
        LabelledRow(f"the dog barks wuff {i}", ("dog",)) for i in range(30)
    ]
    model = train_model([*rows, *(LabelledRow(f"nothing to see {i}", ()) for i in range(60))], n_jobs=1).model
    assert model.single_label
    assert not model.always_labelled
    found = model.classify([Row("wuff barks and says miau"), Row("nothing to see at all")])
    assert [len(labels) for labels in found] == [1, 1]
    assert found[1][0].category == "other"


def test_much_data_is_cross_validated_once(small_rows: list[LabelledRow], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzer.classification.training.LARGE", 0)
    training = train_model(small_rows, n_jobs=1)
    assert training.probabilities is None
    assert 0 < training.scores.rows < len(small_rows)
    assert sum(labels is not None for labels in training.predicted) == training.scores.rows


def test_card_tells_reliability_and_doubt(small_training: Training, tmp_path: Path) -> None:
    save_model(small_training, tmp_path / "m", seed=0)
    card = (tmp_path / "m" / "CARD.md").read_text()
    manifest = read_manifest(tmp_path / "m")
    assert "predicted  observed  labels" in card
    assert sum(count for _, _, count in manifest["reliability"]) == small_training.scores.rows * len(manifest["categories"])
    assert 0 < manifest["doubt"]["coverage"] <= 1
    assert manifest["doubt"]["accuracy_sure"] >= manifest["doubt"]["accuracy_doubtful"]


@pytest.mark.parametrize(
    ("gold", "predicted", "expected"),
    [
        ([["a"], ["b"]], [[("a", False)], [("a", True)]], (0.5, 1.0, 0.0)),
        ([["other"]], [[("other", False)]], (1.0, 1.0, 0.0)),
        ([["a"]], [[("a", True)]], (0.0, 0.0, 1.0)),
    ],
)
def test_doubt_is_measured(gold: list[list[str]], predicted: list[list[tuple[str, bool]]], expected: tuple[float, float, float]) -> None:
    doubt = measure_doubt(gold, [[Label(name, 0.5, uncertain) for name, uncertain in labels] for labels in predicted])
    assert (doubt.coverage, doubt.accuracy_sure, doubt.accuracy_doubtful) == expected


def test_training_without_labels_is_refused() -> None:
    with pytest.raises(DataError, match="other"):
        train_model([LabelledRow("x", ("other",))])


def test_linear_model_survives_classes_without_examples() -> None:
    X = np.eye(6)
    y = np.zeros((6, 3), dtype=int)
    y[:3, 0] = 1
    y[:, 1] = 1
    model = MultiLabelSVC(n_jobs=1).fit(X, y)
    decision = model.decision_function(X)
    assert decision.shape == (6, 3)
    assert decision[:, 1].min() > 0 > decision[:, 2].max()
    assert model.rescale(2.0, -1.0).decision_function(X) == pytest.approx(2 * decision - 1, abs=1e-5)


def test_calibration_brings_probabilities_near_frequencies() -> None:
    rng = np.random.default_rng(0)
    p = rng.uniform(0.01, 0.99, size=(4000, 3))
    y = (rng.uniform(size=p.shape) < p).astype(int)
    overconfident = 3 * np.log(p / (1 - p))
    calibration = fit_calibration(overconfident, y)
    raw = 1 / (1 + np.exp(-overconfident))
    assert expected_calibration_error(calibration.probabilities(overconfident), y) < 0.03 < expected_calibration_error(raw, y)


def test_scores() -> None:
    scores = score_labels([["a"], ["a", "b"], ["other"]], [["a"], ["b"], ["b"]], languages=["fr", "fr", "de"])
    by_name = {score.category: score for score in scores.categories}
    assert (by_name["a"].precision, by_name["a"].recall) == (1.0, 0.5)
    assert (by_name["b"].precision, by_name["b"].recall) == (0.5, 1.0)
    assert scores.micro == pytest.approx(2 / 3)
    assert "other" not in by_name
    assert "| `a` | 1.00 | 0.50 |" in scores.to_markdown()
