"""Labelled rows to a calibrated model, with grouped cross-validation: a contract is never on both sides."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.model_selection import GroupKFold

from analyzer.classification.calibration import Calibration, expected_calibration_error, fit_calibration
from analyzer.classification.context import fit_context
from analyzer.classification.model import ClauseModel
from analyzer.classification.pipeline import make_pipeline
from analyzer.classification.rows import Row
from analyzer.classification.scores import OTHER, Scores, score_labels
from analyzer.errors import DataError

logger = logging.getLogger("analyzer")

#: Folds of the cross-validation from which calibration and thresholds come.
FOLDS = 5


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """A row with its labels. `doc` names the contract, `family` its provider where several contracts are by one, `source` the file and line for error messages."""

    text: str
    labels: tuple[str, ...]
    heading: tuple[str, ...] = ()
    doc: str = ""
    language: str = ""
    kind: str = "sentence"
    weight: float = 1.0
    source: str = ""
    family: str = ""


@dataclass(frozen=True, slots=True)
class Training:
    """A trained model with what the cross-validation said about it.

    `probabilities` are those of the cross-validation, (n_rows, n_categories) in the order of `model.categories`: each row was predicted by a model that had not seen its
    contract. None where there was only one contract.
    """

    model: ClauseModel
    scores: Scores
    data_sha256: str
    rows: int
    documents: int
    probabilities: np.ndarray | None = None


def as_labelled_rows(rows: Iterable[Mapping[str, Any] | LabelledRow], *, detect: Callable[[str], str] | None = None) -> list[LabelledRow]:
    """Check rows given as dicts (`text`, `labels`, optional `heading`, `doc`, `language`, `kind`) and make them LabelledRow.

    Raises
    ------
    DataError
        Names the row (and file and line where known) and the fault.
    """
    found: list[LabelledRow] = []
    for number, row in enumerate(rows, 1):
        if isinstance(row, LabelledRow):
            found.append(row)
            continue
        if not isinstance(row, Mapping):
            raise DataError(f"row {number}: a {type(row).__name__}, not a table", hint='a row is {"text": ..., "labels": [...]}')
        where = str(row.get("source") or f"row {number}")
        weight = row.get("weight", 1.0)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 < weight < float("inf"):
            raise DataError(f"{where}: weight must be a number above 0, not {weight!r}")
        text, labels = row.get("text"), row.get("labels")
        if not isinstance(text, str) or not text.strip():
            raise DataError(f"{where}: no text")
        if isinstance(labels, str) or not isinstance(labels, Sequence) or not all(isinstance(label, str) and label for label in labels):
            raise DataError(f"{where}: labels must be a list of names, not {labels!r}")
        if OTHER in labels and len(set(labels)) > 1:
            raise DataError(f"{where}: {OTHER!r} stands with other labels")
        heading = row.get("heading") or ()
        if isinstance(heading, str):
            heading = (heading,)
        language = str(row.get("language") or "")
        if not language and detect is not None:
            language = detect(text)
        found.append(
            LabelledRow(
                text,
                tuple(dict.fromkeys(labels)),
                tuple(str(h) for h in heading),
                str(row.get("doc") or ""),
                language,
                str(row.get("kind") or "sentence"),
                float(weight),
                where,
                str(row.get("family") or ""),
            )
        )
    if not found:
        raise DataError("No labelled rows", hint="give rows with text and labels")
    return found


def link_rows(rows: Sequence[LabelledRow]) -> list[Row]:
    """Make classifier rows; rows of the same named document in sequence become neighbours."""
    linked = []
    for i, row in enumerate(rows):
        before = rows[i - 1].text if i and row.doc and rows[i - 1].doc == row.doc else ""
        after = rows[i + 1].text if i + 1 < len(rows) and row.doc and rows[i + 1].doc == row.doc else ""
        linked.append(Row(row.text, row.heading, row.language, row.kind, before, after, row.doc))
    return linked


def digest_rows(rows: Sequence[LabelledRow]) -> str:
    """Return a sha256 over texts, labels and headings in order: the identity of the training data."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update("\x1f".join([row.doc, row.text, ",".join(row.labels), "\x1e".join(row.heading), row.kind, row.language]).encode())
        digest.update(b"\n")
    return digest.hexdigest()


def train_model(
    data: Sequence[LabelledRow],
    *,
    seed: int = 0,
    progress: Callable[[str, float], None] | None = None,
    **options: Any,
) -> Training:
    """Train, calibrate and score.

    Parameters
    ----------
    data : sequence of LabelledRow
        In document order, so that neighbours can be used.
    seed : int
        Decides the folds; the same data, seed and versions give the same model.
    progress : callable, optional
        Called with a stage name and a share of 0 to 1.
    **options
        Passed to `make_pipeline`.

    Raises
    ------
    DataError
        No category at all.
    """
    categories = tuple(sorted({label for row in data for label in row.labels if label != OTHER}))
    if not categories:
        raise DataError("No row has a label other than 'other'", hint="label some rows first")
    rows = link_rows(data)
    y = np.asarray([[category in row.labels for category in categories] for row in data], dtype=np.int8)
    weights = np.asarray([row.weight for row in data])
    weighted = weights if not np.allclose(weights, 1.0) else None
    options.setdefault("cues", _speaks_of_contracts(rows, y))
    report = progress or (lambda stage, share: None)

    groups = _groups(data, seed)
    folds = min(FOLDS, len(set(groups)))
    decision = np.zeros(y.shape)
    if folds >= 2:
        for number, (train, test) in enumerate(GroupKFold(folds).split(rows, groups=groups)):
            report("cross-validation", number / (folds + 1))
            pipeline = make_pipeline(**options)
            _fit(pipeline, [rows[i] for i in train], y[train], None if weighted is None else weighted[train])
            decision[test] = pipeline.decision_function([rows[i] for i in test])
        calibration = fit_calibration(decision, y)
        context = fit_context(rows, decision, y, seed=seed)
    else:
        calibration = Calibration(np.ones(len(categories)), np.zeros(len(categories)), np.full(len(categories), 0.5), (0.1, 0.1))
        context = None
    context_calibration = calibration
    if context is not None:
        context_calibration = fit_calibration(context.decision_function(rows, decision), y)
    single = bool((y.sum(axis=1) == 1).all()) and len(categories) > 1
    report("model", folds / (folds + 1))
    pipeline = make_pipeline(**options)
    _fit(pipeline, rows, y, weighted)
    model = ClauseModel(pipeline, calibration, categories, single, context, context_calibration)
    probabilities = model.calibrate(rows, decision)
    predicted = (
        [[label.category for label in labels] for labels in model.choose_all(rows, probabilities)] if folds >= 2 else [[] for _ in data]
    )
    scores = score_labels(
        [row.labels for row in data],
        predicted,
        languages=[row.language or "?" for row in data],
        calibration_error=expected_calibration_error(probabilities, y) if folds >= 2 else None,
    )
    report("done", 1.0)
    return Training(model, scores, digest_rows(data), len(data), len(set(groups)), probabilities if folds >= 2 else None)


def _fit(pipeline: Any, rows: Sequence[Row], y: np.ndarray, weights: np.ndarray | None) -> None:
    pipeline.fit(rows, y, **({"model__sample_weight": weights} if weights is not None else {}))


def _groups(data: Sequence[LabelledRow], seed: int) -> list[int]:
    """Number the families, or documents, in an order that depends on the seed only; rows without a document come in blocks of twenty."""
    names = [row.family or row.doc or f"\x00{i // 20}" for i, row in enumerate(data)]
    distinct = sorted(set(names), key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
    number = {name: i for i, name in enumerate(distinct)}
    return [number[name] for name in names]


def _speaks_of_contracts(rows: Sequence[Row], y: np.ndarray) -> bool:
    """Tell whether the word lists of IT contracts are at home in this data: they hit more than a third of its labelled rows."""
    from analyzer.classification.cues import count_cues

    sample = [row for row, labels in zip(rows, y, strict=True) if labels.any()][:400]
    hits = sum(bool(count_cues(row.text, row.language)) for row in sample)
    return hits > 0.35 * max(1, len(sample))


def with_sha256(model: ClauseModel, sha256: str) -> ClauseModel:
    return replace(model, sha256=sha256)
