"""What others rely on: names, entry points, signatures, behaviour of the functions of the README."""

from __future__ import annotations

import inspect
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

import analyzer
from analyzer.assessment import load_catalogue
from analyzer.classification.persistence import read_manifest
from analyzer.errors import DataError, ModelNotFoundError, SettingsError, UnknownLanguageError

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"


def test_public_names() -> None:
    assert sorted(analyzer.__all__) == [
        "Analyzer", "AnalyzerError", "BusinessClock", "Failure", "Limits", "Report", "Settings", "Thresholds", "__version__", "analyze", "analyze_many",
        "classify", "compare", "evaluate", "explain", "find_durations", "find_quantities", "reassess", "score", "train",
    ]  # fmt: skip
    assert all(getattr(analyzer, name) is not None for name in analyzer.__all__)
    with pytest.raises(AttributeError):
        _ = analyzer.nonsense


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("analyze", ["source", "language", "settings"]),
        ("analyze_many", ["sources", "n_jobs", "settings"]),
        ("score", ["sources", "out", "n_jobs", "settings", "progress"]),
        ("classify", ["texts", "headings", "language", "consecutive"]),
        ("find_quantities", ["text", "language"]),
        ("find_durations", ["text", "language"]),
        ("compare", ["reports"]),
        ("reassess", ["report", "labels", "settings"]),
        ("train", ["data", "out", "base", "weight", "seed", "previous", "progress"]),
        ("evaluate", ["data", "model"]),
        ("explain", ["text", "heading", "language", "category"]),
    ],
)
def test_signatures(name: str, parameters: list[str]) -> None:
    function = getattr(analyzer, name)
    assert list(inspect.signature(function).parameters) == parameters
    assert function.__doc__


def test_entry_points() -> None:
    names = {entry.name for entry in entry_points(group="spacy_factories")}
    assert {"clause_sentences", "clause_quantities", "clause_labels"} <= names


def test_import_is_light() -> None:
    code = "import sys, analyzer, analyzer.faces.cli; print([m for m in ('sklearn', 'spacy', 'pdfminer', 'streamlit', 'numpy', 'pandas') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def test_classify_in_bulk_with_headings() -> None:
    labels = analyzer.classify(
        ["Nous intervenons dans les quatre heures.", "Die Parteien unterzeichnen hier."], headings=[["5 Temps de réaction"], None]
    )
    assert "reaction_time" in {label.category for label in labels[0]}
    assert len(labels) == 2 and all(0 <= label.probability <= 1 for row in labels for label in row)
    assert analyzer.classify([]) == []
    with pytest.raises(SettingsError):
        analyzer.classify("one text")  # type: ignore[arg-type]
    with pytest.raises(SettingsError):
        analyzer.classify(["x"], language="es")


def test_categories_are_the_taxonomy() -> None:
    categories = set(load_catalogue().categories) - {"other"}
    model = set(analyzer.Analyzer().model.categories)
    assert model == categories and len(categories) == 39


def test_find_durations() -> None:
    (duration,) = analyzer.find_durations("Il fornitore interviene entro due giorni lavorativi dalla segnalazione.")
    assert (duration.iso, duration.calendar, duration.bound) == ("P2D", "business", "max")
    with pytest.raises((UnknownLanguageError, SettingsError)):
        analyzer.find_durations("x", language="es")


def test_compare_across_languages() -> None:
    reports = [analyzer.analyze(SAMPLES / name) for name in ("contrat-maintenance-fr.pdf", "wartungsvertrag-de.docx")]
    compared = analyzer.compare(reports)
    frame = compared.to_frame()
    assert list(frame.columns) == ["contrat-maintenance-fr.pdf", "wartungsvertrag-de.docx", "best"]
    assert frame.loc["Appareils de remplacement", "best"] == "wartungsvertrag-de.docx"
    with pytest.raises(SettingsError):
        analyzer.compare(reports[:1])


def test_train_evaluate_with_own_categories(tmp_path: Path) -> None:
    rows = [{"text": f"meow says cat {i}", "labels": ["cat"]} for i in range(12)] + [
        {"text": f"wuff says dog {i}", "labels": ["dog"]} for i in range(12)
    ]
    analyzer.train(rows, out=tmp_path / "pets")
    own = analyzer.Analyzer(model=tmp_path / "pets")
    assert own.classify(["wuff"])[0][0].category == "dog"
    scores = analyzer.evaluate(rows, model=tmp_path / "pets")
    assert scores.micro == 1.0
    with pytest.raises(DataError, match="row 1"):
        analyzer.train([{"text": "", "labels": ["cat"]}], out=tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_training_beside_a_base_compares_with_the_model_before(tmp_path: Path) -> None:
    base = [{"text": f"meow says cat {i}", "labels": ["cat"]} for i in range(12)] + [
        {"text": f"wuff says dog {i}", "labels": ["dog"]} for i in range(12)
    ]
    analyzer.train(base, out=tmp_path / "before")
    mine = [{"text": f"muh says cow {i}", "labels": ["cow"]} for i in range(12)] + [{"text": "meow says cat 3", "labels": ["other"]}]
    model = analyzer.train(iter(mine), base=base, weight=3, previous=tmp_path / "before", out=tmp_path / "after")
    assert model.categories == ("cat", "cow", "dog")
    comparison = read_manifest(tmp_path / "after")["comparison"]
    assert comparison["rows"] == 13
    assert comparison["micro"][0] < comparison["micro"][1]
    assert comparison["categories"][0][:3] == ["cow", 12, 0.0]
    assert "## Before and after" in (tmp_path / "after" / "CARD.md").read_text()
    assert read_manifest(tmp_path / "after")["data"]["rows"] == 24 - 1 + 13
    with pytest.raises(SettingsError, match="weight"):
        analyzer.train(mine, base=base, weight=0, out=tmp_path / "never")
    with pytest.raises(ModelNotFoundError):
        analyzer.train(mine, previous=tmp_path / "nowhere", out=tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_why_a_sentence_has_its_label() -> None:
    text = "The Provider keeps a loan device ready and reacts within 4 hours."
    found = analyzer.explain(text, language="en")
    assert [why.category for why in found] == [label.category for label in analyzer.classify([text], language="en")[0]]
    assert "spare_equipment" in {why.category for why in found}
    spare = next(why for why in found if why.category == "spare_equipment")
    assert {word.text for word in spare.strongest(3)} & {"loan", "device"}
    (nearest,) = analyzer.explain("Good morning.", language="en")
    assert nearest.probability < 0.5
    with pytest.raises(SettingsError, match="no category"):
        analyzer.explain(text, category="nonsense")
    with pytest.raises(SettingsError):
        analyzer.explain(3)  # type: ignore[arg-type]


def test_same_bytes_give_the_same_json() -> None:
    data = (SAMPLES / "contrat-maintenance-fr.pdf").read_bytes()
    assert analyzer.analyze(data).to_json() == analyzer.analyze(data).to_json()
    assert analyzer.Report.from_json(analyzer.analyze(data).to_json()).findings == analyzer.analyze(data).findings
