"""Models on disk: joblib beside a manifest that is checked before anything is unpickled."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analyzer.classification.calibration import Calibration
from analyzer.classification.card import render_card
from analyzer.classification.context import ContextModel
from analyzer.classification.model import ClauseModel
from analyzer.classification.rows import Row
from analyzer.classification.training import Training, with_sha256
from analyzer.errors import ModelError, ModelIncompatibleError, ModelIntegrityError, ModelNotFoundError, SettingsError

MODEL_FILE = "model.joblib"
MANIFEST_FILE = "manifest.json"
CARD_FILE = "CARD.md"
SCHEMA = 2

#: Sentences with a category that a sound model of contracts finds; run at load time they show a model that unpickled but broke.
SELF_TEST = (
    ("en", "The Provider shall respond to every fault report within four business hours.", "reaction_time"),
    ("fr", "Le contrat peut être résilié moyennant un préavis de trois mois.", "termination"),
    ("de", "Die Haftung für leichte Fahrlässigkeit ist ausgeschlossen.", "liability"),
    ("it", "Le fatture sono pagabili entro 30 giorni.", "fees"),
)


def _versions() -> dict[str, str]:
    import joblib
    import numpy
    import scipy
    import sklearn

    return {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__, "scipy": scipy.__version__, "joblib": joblib.__version__}


def _minor(version: str) -> tuple[str, ...]:
    return tuple(version.split(".")[:2])


def resource_digest() -> str:
    """Return the sha256 over word lists and concepts: a model is only good with the lists it was trained with."""
    from importlib.resources import files

    digest = hashlib.sha256()
    for name in ("cues", "concepts"):
        for entry in sorted((files("analyzer.resources") / name).iterdir(), key=lambda item: item.name):
            if entry.name.endswith(".toml"):
                digest.update(f"{name}/{entry.name}".encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()


def taxonomy_digest() -> str:
    """Return the sha256 of the categories as they are defined: what the labels of a model mean."""
    from importlib.resources import files

    return hashlib.sha256((files("analyzer.resources") / "categories.toml").read_bytes()).hexdigest()


def check_target(folder: str | Path) -> Path:
    """Return the folder as a path if a model can be written there; only a model, or nothing, is ever replaced.

    Raises
    ------
    SettingsError
        It is no name of a folder, a file, a folder that holds something else, or lies where nothing can be written.
    """
    path = Path(folder)
    if path.name in ("", "..") or "\0" in path.name:
        raise SettingsError(f"A model needs a folder of its own, not {str(folder)!r}", hint="name one that does not exist yet")
    try:
        if path.exists():
            if not path.is_dir():
                raise SettingsError(f"{path} is a file, not a model folder", hint="name another folder")
            others = sorted({entry.name for entry in path.iterdir()} - {MODEL_FILE, MANIFEST_FILE, CARD_FILE})
            if others:
                raise SettingsError(f"{path} holds something else than a model: {', '.join(others[:3])}", hint="name another folder")
        parent = next(above for above in path.absolute().parents if above.exists())
        if not parent.is_dir() or not os.access(parent, os.W_OK | os.X_OK):
            raise SettingsError(f"No model can be written to {path}: {parent} is no folder one can write to", hint="name another folder")
    except (OSError, ValueError) as error:
        if isinstance(error, SettingsError):
            raise
        raise SettingsError(f"No model can be written to {path}: {error}", hint="name another folder") from error
    return path


def save_model(training: Training, folder: str | Path, *, seed: int, extra: dict[str, Any] | None = None) -> ClauseModel:
    """Write model, manifest and card; the folder appears whole or not at all.

    Returns
    -------
    ClauseModel
        The model with the sha256 of its file.

    Raises
    ------
    SettingsError
        No model can be written there, see `check_target`.
    ModelError
        Writing failed, the disk is full for instance; what stood there before still stands.
    """
    folder = check_target(folder)
    try:
        return _write_model(training, folder, seed, extra or {})
    except OSError as error:
        raise ModelError(f"The model could not be written to {folder}: {error}", hint="is there room on the disk?") from error


def _write_model(training: Training, folder: Path, seed: int, extra: dict[str, Any]) -> ClauseModel:
    import joblib

    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name[:60]}-", dir=folder.parent))
    old = work.with_name(f"{work.name}-old")
    try:
        model = training.model
        calibration = model.calibration
        joblib.dump(
            {
                "pipeline": model.pipeline,
                "calibration": _pack_calibration(calibration),
                "context": None if model.context is None else (model.context.weights, model.context.intercept),
                "context_calibration": None if model.context_calibration is None else _pack_calibration(model.context_calibration),
                "categories": list(model.categories), "single_label": model.single_label,
                "always_labelled": model.always_labelled,
            },
            work / MODEL_FILE,
            compress=("zlib", 6),
        )  # fmt: skip
        sha256 = hashlib.sha256((work / MODEL_FILE).read_bytes()).hexdigest()
        manifest = {
            "schema": SCHEMA,
            "sha256": sha256,
            "versions": _versions(),
            "categories": list(model.categories),
            "features": int(model.pipeline.named_steps["model"].coef_.shape[1]),
            "thresholds": {c: round(float(t), 4) for c, t in zip(model.categories, calibration.threshold, strict=True)},
            "seed": seed,
            "data": {"sha256": training.data_sha256, "rows": training.rows, "documents": training.documents, "families": training.families},
            "word_lists_sha256": resource_digest(),
            "taxonomy_sha256": taxonomy_digest(),
            "scores": training.scores.to_dict(),
            "doubt": None if training.doubt is None else {k: round(v, 4) for k, v in asdict(training.doubt).items()},
            "reliability": [[round(b.predicted, 4), round(b.observed, 4), b.count] for b in training.reliability],
            "self_test": [
                {"language": language, "text": text, "label": label}
                for language, text, label in SELF_TEST
                if label in model.categories and label in {x.category for x in model.classify([Row(text, (), language)])[0]}
            ],
            **extra,
        }
        (work / MANIFEST_FILE).write_text(json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
        (work / CARD_FILE).write_text(render_card(folder.name, manifest, training), encoding="utf-8")
        work.chmod(0o755)
        if folder.exists():
            os.replace(folder, old)
        os.replace(work, folder)
    finally:
        if old.exists() and not folder.exists():  # stopped between the two
            os.replace(old, folder)
        for left in (work, old):
            if left.is_symlink():
                left.unlink()
            shutil.rmtree(left, ignore_errors=True)
    return with_sha256(model, sha256)


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Return the manifest of a model folder.

    Raises
    ------
    ModelNotFoundError, ModelIntegrityError
    """
    path = Path(folder) / MANIFEST_FILE
    if not path.is_file() or not (Path(folder) / MODEL_FILE).is_file():
        raise ModelNotFoundError(f"No model in {folder}", hint="train one: make train, or clause-analyzer train DATA -o MODEL")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(manifest, dict) or not isinstance(manifest.get("sha256"), str) or not isinstance(manifest.get("versions"), dict):
            raise ValueError("fields are missing")
    except (OSError, ValueError, RecursionError) as error:
        raise ModelIntegrityError(f"The manifest of the model in {folder} is faulty: {error}", hint="train the model again") from error
    return manifest


def load_model(folder: str | Path) -> ClauseModel:
    """Load a model after checking manifest, hash and versions; nothing is unpickled before.

    Raises
    ------
    ModelNotFoundError
        No model there.
    ModelIntegrityError
        The file is not the one the manifest names.
    ModelIncompatibleError
        Written by another version of scikit-learn, of this package's format, or with other word lists.
    """
    import io

    import joblib

    folder = Path(folder)
    manifest = read_manifest(folder)
    if manifest.get("schema") != SCHEMA:
        raise ModelIncompatibleError(f"The model has format {manifest.get('schema')}, this version reads {SCHEMA}", hint="make train")
    data = (folder / MODEL_FILE).read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    if sha256 != manifest["sha256"]:
        raise ModelIntegrityError(f"{folder / MODEL_FILE} is not the file its manifest names", hint="it was changed or cut: train it again")
    ours = _versions()
    for name in ("scikit-learn",):
        theirs = str(manifest["versions"].get(name, "?"))
        if _minor(theirs) != _minor(ours[name]):
            raise ModelIncompatibleError(f"The model was made with {name} {theirs}, here is {ours[name]}", hint="make train builds it anew")
    if manifest.get("word_lists_sha256") != resource_digest():
        raise ModelIncompatibleError("The model was trained with other word lists", hint="make train builds it anew")
    try:
        content = joblib.load(io.BytesIO(data))
        packed = content["context_calibration"]
        model = ClauseModel(
            content["pipeline"],
            Calibration(*content["calibration"]),
            tuple(content["categories"]),
            content["single_label"],
            content["always_labelled"],
            None if content["context"] is None else ContextModel(*content["context"]),
            None if packed is None else Calibration(*packed),
            sha256,
        )
        if model.pipeline.named_steps["model"].coef_.shape[1] != manifest["features"]:
            raise ValueError("another number of features")
    except Exception as error:
        raise ModelIncompatibleError(f"The model in {folder} cannot be loaded: {error}", hint="make train builds it anew") from error
    return model


def _pack_calibration(calibration: Calibration) -> tuple[Any, ...]:
    return (calibration.slope, calibration.shift, calibration.threshold, tuple(calibration.band))


def run_self_test(model: ClauseModel, manifest: dict[str, Any]) -> list[str]:
    """Return the self-test sentences whose label the model no longer finds; empty when all is well."""
    tests = manifest.get("self_test", [])
    rows = [Row(str(t["text"]), (), str(t["language"])) for t in tests]
    return [
        str(t["text"])
        for t, labels in zip(tests, model.classify(rows), strict=True)
        if t["label"] not in {label.category for label in labels}
    ]
