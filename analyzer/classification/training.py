"""Labelled rows to a calibrated model, with grouped cross-validation: a contract is never on both sides."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from analyzer.classification.calibration import (
    Calibration,
    Doubt,
    ReliabilityBin,
    expected_calibration_error,
    fit_calibration,
    fit_scale,
    measure_doubt,
    reliability,
)
from analyzer.classification.context import fit_context
from analyzer.classification.features import CONTEXT_FEATURES
from analyzer.classification.linear import MultiLabelSVC
from analyzer.classification.model import ClauseModel
from analyzer.classification.pipeline import make_pipeline
from analyzer.classification.rows import Row
from analyzer.classification.scores import OTHER, Scores, score_labels
from analyzer.errors import DataError

logger = logging.getLogger("analyzer")

#: Folds of the cross-validation from which calibration and thresholds come.
FOLDS = 5
#: Non-zero features times categories from which one fold is held out instead of five in turn: ten thousand rows to calibrate on, in a third of the time.
LARGE = 1_500_000_000
#: Data that comes in documents is used on documents of others: there probabilities are a little too sure, and rows without a clause get one too easily. F1 on real
#: contracts is flat from 1.0 to 1.3.
CAUTION = 1.15
#: Rows that name no document are taken for a sample of what the model will be used on: it may then fit them closer.
ALIKE = {"C": 0.7, "balance": 0.5}
#: Beyond this such rows teach their words themselves; the word lists would cost most of the time.
MANY_ROWS = 20_000
#: Below this every word counts, even if it stands in one row only.
FEW_ROWS = 500
#: The same where rows name no document; from `FEW_ROWS` on pairs of characters count too. Twelve draws of label sets of 600 to 3,500 rows: +2.3 points of F1 on average with the word
#: lists, the worst -0.6; below 500 rows pairs bring nothing (-0.2). Not measured beyond, where it would cost time.
SOME_ROWS = 10_000
#: Below this a category has so few examples that a calibration of its own is noise: all categories share one (+2 points at 20 rows, nothing sure from 40 on).
FEWEST_ROWS = 30
#: Each row is learned a second time without headings and neighbours, at this weight: contracts without headings, and single sentences, are read better.
BARE_WEIGHT = 0.25


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
    contract. None where there was only one contract, or where there was so much data that one fold was enough. `families` counts the groups that were kept together:
    providers, or contracts where no provider is given. `doubt` and `reliability` are measured on the held-out rows,
    `predicted` are their labels (None for rows that were never held out).
    """

    model: ClauseModel
    scores: Scores
    data_sha256: str
    rows: int
    documents: int
    families: int
    probabilities: np.ndarray | None = None
    doubt: Doubt | None = None
    reliability: tuple[ReliabilityBin, ...] = ()
    predicted: tuple[tuple[str, ...] | None, ...] = ()


def as_labelled_rows(rows: Iterable[Mapping[str, Any] | LabelledRow], *, detect: Callable[[str], str] | None = None) -> list[LabelledRow]:
    """Check rows given as dicts (`text`, `labels`, optional `heading`, `doc`, `language`, `kind`, `family`, `weight`) and make them LabelledRow.

    Raises
    ------
    DataError
        Names the row (and file and line where known) and the fault.
    """
    if not isinstance(rows, Iterable):
        raise DataError(f"Rows are needed, not {type(rows).__name__}", hint='a path, or a list of {"text": ..., "labels": [...]}')
    if isinstance(rows, Mapping) or hasattr(rows, "to_dict"):
        raise DataError(f"A list of rows is needed, not one {type(rows).__name__}", hint='of a frame: frame.to_dict("records")')
    found = [row if isinstance(row, LabelledRow) else _checked_row(row, number, detect) for number, row in enumerate(rows, 1)]
    if not found:
        raise DataError("No labelled rows", hint="give rows with text and labels")
    return found


def _checked_row(row: Any, number: int, detect: Callable[[str], str] | None) -> LabelledRow:
    if not isinstance(row, Mapping):
        raise DataError(f"row {number}: a {type(row).__name__}, not a table", hint='a row is {"text": ..., "labels": [...]}')
    where = _name_in(row, "source") or f"row {number}"
    weight = _as_weight(row.get("weight", 1.0))
    if weight is None:
        raise DataError(f"{where}: weight must be a number above 0, not {_shown(row['weight'])}")
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise DataError(f"{where}: no text")
    labels = _as_list(row.get("labels"))
    if labels is None or not all(isinstance(label, str) and label.strip() for label in labels):
        raise DataError(f"{where}: labels must be a list of names, not {_shown(row.get('labels'))}")
    if OTHER in labels and len(set(labels)) > 1:
        raise DataError(f"{where}: {OTHER!r} stands with other labels")
    given = None if _is_missing(row.get("heading")) else row["heading"]
    heading = [given] if isinstance(given, str) and given else _as_list(() if given is None or isinstance(given, str) else given)
    if heading is None or not all(isinstance(title, str) for title in heading):
        raise DataError(f"{where}: heading must be a title or a list of titles, not {_shown(given)}")
    names = [_name_in(row, key) for key in ("doc", "language", "kind", "family")]
    for value in (text, *labels, *heading, *names):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise DataError(
                f"{where}: half a character, {value[error.start]!r}, that no file can hold", hint="it was read in a wrong encoding"
            ) from error
    doc, language, kind, family = names
    if not language and detect is not None:
        language = detect(text)
    return LabelledRow(text, tuple(dict.fromkeys(labels)), tuple(heading), doc, language, kind or "sentence", weight, where, family)


def _is_missing(value: Any) -> bool:
    """Tell None and NaN, which is what tables have where nothing stands."""
    return value is None or (isinstance(value, float) and value != value)


def _name_in(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if _is_missing(value) else str(value)


def _as_weight(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        weight = float(value)
    except OverflowError:
        return None
    return weight if 0 < weight < float("inf") else None


def _shown(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:80]} ..."


def _as_list(value: Any) -> list[Any] | None:
    """Return the items of a list, tuple, set or array of one dimension; None for anything else."""
    if hasattr(value, "tolist"):  # how Parquet files give lists
        value = value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str | bytes) else None


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
    grouped = any(row.doc or row.family for row in data)
    options.setdefault("cues", (grouped or len(rows) <= MANY_ROWS) and _speaks_of_contracts(rows, y))
    if not grouped:
        options = {**ALIKE, "shortest": 2 if FEW_ROWS <= len(rows) < SOME_ROWS else 3, **options}
    options.setdefault("fewest", 1 if len(rows) < (FEW_ROWS if grouped else SOME_ROWS) else 2)
    report = progress or (lambda stage, share: None)

    report("features", 0.0)
    pipeline = make_pipeline(**options)
    features, linear = pipeline.named_steps["features"], pipeline.named_steps["model"]
    # N-grams are counted over all rows once, not fold by fold: no label is involved, and what only the held-out rows have gets no weight.
    X = sparse.csr_matrix(features.fit(rows).transform(rows), dtype=np.float32)
    bare = _without_context(X, features) if any(row.heading or row.before or row.after for row in rows) else None

    def fit_on(chosen: np.ndarray) -> MultiLabelSVC:
        model: MultiLabelSVC = clone(linear)
        if bare is None:
            return model.fit(X[chosen], y[chosen], sample_weight=weights[chosen])
        both = sparse.vstack((X[chosen], bare[chosen]), format="csr")
        return model.fit(
            both, np.vstack((y[chosen], y[chosen])), sample_weight=np.concatenate((weights[chosen], BARE_WEIGHT * weights[chosen]))
        )

    groups = _groups(data, seed)
    families = len(set(groups))
    documents = len({row.doc for row in data if row.doc}) or families
    folds = min(FOLDS, families)
    decision, alone = np.zeros(y.shape), np.zeros(y.shape)
    held = np.zeros(len(rows), dtype=bool)
    rounds = 0 if folds < 2 else 1 if X.nnz * len(categories) > LARGE else folds
    for number, (known, unseen) in enumerate(GroupKFold(folds).split(rows, groups=groups) if rounds else ()):
        if number == rounds:
            break
        report("cross-validation", 0.1 + 0.9 * number / (rounds + 1))
        model = fit_on(known)
        decision[unseen] = model.decision_function(X[unseen])
        alone[unseen] = decision[unseen] if bare is None else model.decision_function(bare[unseen])
        held[unseen] = True
    report("model", 0.1 + 0.9 * rounds / (rounds + 1))
    linear.__dict__.update(fit_on(np.arange(len(rows))).__dict__)
    labels_per_row = y.sum(axis=1)
    single = bool(labels_per_row.max() == 1) and len(categories) > 1
    always = bool(labels_per_row.min() >= 1)
    if not rounds:
        calibration = Calibration(np.full(len(categories), 2.0), np.zeros(len(categories)), np.full(len(categories), 0.5), (0.1, 0.1))
        unseen_scores = score_labels([row.labels for row in data], [[] for _ in data], languages=[row.language or "?" for row in data])
        report("done", 1.0)
        trained = ClauseModel(pipeline, calibration, categories, single, always)
        return Training(trained, unseen_scores, digest_rows(data), len(data), documents, families)

    # Distances become log-odds, alike for all categories: the second look at the neighbours and explanations add and compare them.
    slope, shift = fit_scale(decision[held], y[held])
    linear.rescale(slope, shift)
    decision, alone = decision * slope + shift, alone * slope + shift
    caution = CAUTION if grouped else 1.0
    shared = not grouped and len(rows) < FEWEST_ROWS
    context = fit_context(rows, decision, y, held=held, seed=seed)
    context_calibration = None
    if context is not None:
        context_calibration = fit_calibration(context.decision_function(rows, decision)[held], y[held], caution=caution)
    if bare is None:
        calibration = fit_calibration(decision[held], y[held], caution=caution, shared=shared)
    else:  # a row that stands alone may come with its headings or without
        calibration = fit_calibration(
            np.vstack((decision[held], alone[held])), np.vstack((y[held], y[held])), caution=caution, shared=shared
        )
    trained = ClauseModel(pipeline, calibration, categories, single, always, context, context_calibration)
    probabilities = trained.calibrate(rows, decision)
    predicted = trained.choose_all(rows, probabilities)
    checked = [i for i in range(len(rows)) if held[i]]
    scores = score_labels(
        [data[i].labels for i in checked],
        [[label.category for label in predicted[i]] for i in checked],
        languages=[data[i].language or "?" for i in checked],
        calibration_error=expected_calibration_error(probabilities[held], y[held]),
    )
    report("done", 1.0)
    return Training(
        trained,
        scores,
        digest_rows(data),
        len(data),
        documents,
        families,
        probabilities if held.all() else None,
        measure_doubt([data[i].labels for i in checked], [predicted[i] for i in checked]),
        reliability(probabilities[held], y[held]),
        tuple(tuple(label.category for label in labels) if known else None for labels, known in zip(predicted, held, strict=True)),
    )


def _without_context(X: sparse.csr_matrix, features: Any) -> sparse.csr_matrix:
    """Return the rows as they would be without headings and neighbours."""
    kept = np.asarray([not any(sign in name for sign in CONTEXT_FEATURES) for name in features.get_feature_names_out()])
    bare = X.copy()
    bare.data = bare.data * kept[bare.indices]
    bare.eliminate_zeros()
    return bare


def _groups(data: Sequence[LabelledRow], seed: int) -> list[int]:
    """Number the families, or documents, in an order that depends on the seed only; rows without a document come in blocks of twenty, few rows one by one."""
    block = 20 if len(data) >= FEW_ROWS else 1
    names = [row.family or row.doc or f"\x00{i // block}" for i, row in enumerate(data)]
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
