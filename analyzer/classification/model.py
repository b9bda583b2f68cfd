"""A trained model: pipeline, calibration, category names; rows in, labels out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyzer.classification.calibration import Calibration
from analyzer.classification.context import ContextModel
from analyzer.classification.rows import Row
from analyzer.classification.scores import OTHER
from analyzer.types import Label

#: Rows classified at once: enough to be fast, little enough to stay small.
BATCH = 4_000


@dataclass(frozen=True, slots=True)
class ClauseModel:
    """What `models/<name>/model.joblib` holds, and how it is used.

    `single_label`: a row has one category at most. `always_labelled`: it has at least one, so that the most probable is right where none is sure.
    """

    pipeline: Any
    calibration: Calibration
    categories: tuple[str, ...]
    single_label: bool = False
    always_labelled: bool = False
    context: ContextModel | None = None
    context_calibration: Calibration | None = None
    sha256: str = ""

    def predict_proba(self, rows: Sequence[Row]) -> np.ndarray:
        """Return calibrated probabilities, shape (n_rows, n_categories), columns as in `categories`."""
        if not rows:
            return np.zeros((0, len(self.categories)))
        parts = [self.pipeline.decision_function(rows[start : start + BATCH]) for start in range(0, len(rows), BATCH)]
        return self.calibrate(rows, np.vstack(parts))

    def calibrate(self, rows: Sequence[Row], decision: np.ndarray) -> np.ndarray:
        """Turn log-odds of rows into probabilities: with their neighbours where they are rows of a document, else each alone."""
        probabilities = self.calibration.probabilities(decision)
        if self.context is not None and self.context_calibration is not None:
            linked = self._linked(rows)
            if linked.any():
                among = self.context_calibration.probabilities(self.context.decision_function(rows, decision))
                probabilities[linked] = among[linked]
        return probabilities

    def _linked(self, rows: Sequence[Row]) -> np.ndarray:
        return np.asarray([bool(row.doc and (row.before or row.after)) for row in rows], dtype=bool)

    def classify(self, rows: Sequence[Row]) -> list[tuple[Label, ...]]:
        """Return the labels of each row, most probable first; `other` where every category is under its threshold."""
        return self.choose_all(rows, self.predict_proba(rows))

    def choose_all(self, rows: Sequence[Row], probabilities: np.ndarray) -> list[tuple[Label, ...]]:
        """Turn probabilities into labels, with the thresholds for rows in context or alone."""
        linked = (
            self._linked(rows) if self.context is not None and self.context_calibration is not None else np.zeros(len(rows), dtype=bool)
        )
        alone = self.calibration
        among = self.context_calibration or alone
        if self.single_label or self.always_labelled:
            return [self._choose(p, among if near else alone) for p, near in zip(probabilities, linked, strict=True)]
        distance = probabilities - np.where(linked[:, None], among.threshold, alone.threshold)
        below, above = np.where(linked[:, None], among.band, alone.band).T
        nearly = ((distance >= -below[:, None]).any(axis=1) & (below > 0)).tolist()
        most = probabilities.max(axis=1, initial=0.0).tolist()
        found: list[list[Label]] = [[] for _ in rows]
        chosen = np.nonzero(distance >= 0)
        doubtful = distance[chosen] < above[chosen[0]]
        for row, k, p, uncertain in zip(*(part.tolist() for part in (*chosen, probabilities[chosen], doubtful)), strict=True):
            found[row].append(Label(self.categories[k], round(p, 4), uncertain))
        return [
            tuple(sorted(labels, key=_by_probability) if len(labels) > 1 else labels)
            if labels
            else (Label(OTHER, round(1.0 - most[row], 4), nearly[row]),)
            for row, labels in enumerate(found)
        ]

    def _choose(self, probabilities: np.ndarray, calibration: Calibration) -> tuple[Label, ...]:
        below, above = calibration.band
        distance = probabilities - calibration.threshold
        chosen = np.flatnonzero(distance >= 0)
        if self.single_label and (len(chosen) > 1 or self.always_labelled):
            chosen = np.asarray([int(np.argmax(probabilities))])
        elif self.always_labelled and len(chosen) == 0:
            chosen = np.asarray([int(np.argmax(distance))])
        labels = [Label(self.categories[k], round(float(probabilities[k]), 4), bool(distance[k] < above)) for k in chosen]
        if not labels:
            nearly = bool((distance >= -below).any()) and below > 0
            return (Label(OTHER, round(float(1.0 - probabilities.max(initial=0.0)), 4), nearly),)
        return tuple(sorted(labels, key=_by_probability))


def _by_probability(label: Label) -> tuple[float, str]:
    return -label.probability, label.category
