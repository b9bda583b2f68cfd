"""Log-odds to probabilities and thresholds, per category, from predictions on contracts that the model had not seen.

Rare classes are the hard part: with ten positives a class of its own says little. Every parameter is therefore drawn towards the one of all classes together,
the more the rarer the class is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from analyzer.types import Label

#: Positives at which a class's own estimate weighs as much as the pooled one.
PRIOR_POSITIVES = 40.0
_GRID = np.round(np.arange(0.1, 0.81, 0.02), 2)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Per class: p = 1 / (1 + exp(-(slope * z + shift))), a threshold on p, and the band around it where a person should look."""

    slope: np.ndarray
    shift: np.ndarray
    threshold: np.ndarray
    band: tuple[float, float]

    def probabilities(self, decision: np.ndarray) -> np.ndarray:
        """Map log-odds of shape (n_rows, n_classes) to probabilities of the same shape."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(decision * self.slope + self.shift, -30, 30))))


def _fit_platt(z: np.ndarray, y: np.ndarray, prior: tuple[float, float] | None, weight: float) -> tuple[float, float]:
    """Fit slope and shift by maximum likelihood, pulled towards `prior` with `weight` in units of rows."""

    def loss(parameters: np.ndarray) -> float:
        logits = np.clip(parameters[0] * z + parameters[1], -30, 30)
        value = float(np.sum(np.logaddexp(0.0, logits) - y * logits))
        if prior is not None:
            value += weight * float((parameters[0] - prior[0]) ** 2 + 0.25 * (parameters[1] - prior[1]) ** 2)
        return value

    start = np.asarray(prior if prior is not None else (1.0, 0.0))
    best = minimize(loss, start, method="L-BFGS-B", bounds=[(0.2, 20.0), (-12.0, 12.0)]).x
    return float(best[0]), float(best[1])


def fit_scale(decision: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return slope and shift that make distances of all classes together log-odds."""
    return _fit_platt(decision.ravel(), y.ravel().astype(float), None, 0.0)


def fit_calibration(decision: np.ndarray, y: np.ndarray, *, caution: float = 1.0, shared: bool = False) -> Calibration:
    """Fit on out-of-fold log-odds.

    Parameters
    ----------
    decision, y : arrays of shape (n_rows, n_classes)
        Log-odds from folds whose contracts were held out, and 0/1 labels.
    caution : float, default=1.0
        Factor on the thresholds of best F1.
    shared : bool, default=False
        One slope, shift and threshold for all classes: twenty rows say nothing of each.
    """
    pooled = _fit_platt(decision.ravel(), y.ravel().astype(float), None, 0.0)
    count = y.shape[1]
    slope, shift = np.empty(count), np.empty(count)
    for k in range(count):
        if shared or y[:, k].sum() == 0:
            slope[k], shift[k] = pooled
        else:
            slope[k], shift[k] = _fit_platt(decision[:, k], y[:, k].astype(float), pooled, 12.0)
    calibrated = Calibration(slope, shift, np.full(count, 0.5), (0.0, 0.0))
    probabilities = calibrated.probabilities(decision)
    general = _best_threshold(probabilities.ravel(), y.ravel())
    threshold = np.empty(count)
    for k in range(count):
        positives = float(y[:, k].sum())
        own = _best_threshold(probabilities[:, k], y[:, k]) if positives >= 3 and not shared else general
        share = 0.0 if shared else positives / (positives + PRIOR_POSITIVES)
        threshold[k] = min(0.95, (share * own + (1 - share) * general) * caution)
    return Calibration(slope, shift, threshold, _uncertain_band(probabilities, y, threshold))


def _best_threshold(p: np.ndarray, y: np.ndarray) -> float:
    """Return the middle of the thresholds whose F1 is within half a point of the best: a plateau generalises, a peak does not."""
    scores = np.asarray([_f1(p >= t, y) for t in _GRID])
    good = _GRID[scores >= scores.max() - 0.005]
    return float(good.mean())


def _f1(predicted: np.ndarray, y: np.ndarray) -> float:
    hits = float(np.sum(predicted & (y > 0)))
    total = float(predicted.sum() + y.sum())
    return 2 * hits / total if total else 0.0


def _uncertain_band(p: np.ndarray, y: np.ndarray, threshold: np.ndarray) -> tuple[float, float]:
    """Return how far below and above its threshold a probability is doubtful: there the label is wrong more often than in two cases of five."""
    distance = p - threshold
    below, above = 0.0, 0.0
    for width in np.arange(0.02, 0.31, 0.02):
        over = (distance >= above) & (distance < width)
        if over.sum() >= 20 and (y[over] > 0).mean() < 0.6:
            above = float(width)
        under = (distance < -below) & (distance >= -width)
        if under.sum() >= 20 and (y[under] > 0).mean() > 0.25:
            below = float(width)
    return below, above


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Labels whose probability lay in one tenth: the mean of the probabilities, how often the label was right, and how many there were."""

    predicted: float
    observed: float
    count: int


def reliability(p: np.ndarray, y: np.ndarray, bins: int = 10) -> tuple[ReliabilityBin, ...]:
    """Return the reliability diagram as numbers, empty tenths left out."""
    flat, truth = p.ravel(), y.ravel() > 0
    which = np.minimum((flat * bins).astype(int), bins - 1)
    inside = [which == k for k in range(bins)]
    return tuple(ReliabilityBin(float(flat[i].mean()), float(truth[i].mean()), int(i.sum())) for i in inside if i.any())


@dataclass(frozen=True, slots=True)
class Doubt:
    """What the uncertain band is worth: the share of rows without any doubtful label, and how many of them, and of the doubtful ones, have exactly the right labels."""

    coverage: float
    accuracy_sure: float
    accuracy_doubtful: float


def measure_doubt(gold: Sequence[Sequence[str]], predicted: Sequence[Sequence[Label]]) -> Doubt:
    """Compare label sets, apart for rows with and without a label in the uncertain band."""
    right = np.asarray(
        [set(truth) - {"other"} == {label.category for label in labels} - {"other"} for truth, labels in zip(gold, predicted, strict=True)]
    )
    sure = np.asarray([not any(label.uncertain for label in labels) for labels in predicted])

    def share(of: np.ndarray) -> float:
        return float(right[of].mean()) if of.any() else 0.0

    return Doubt(float(sure.mean()) if len(sure) else 0.0, share(sure), share(~sure))


def expected_calibration_error(p: np.ndarray, y: np.ndarray, bins: int = 10) -> float:
    """Return the mean gap between probability and frequency over equal bins of probability, weighted by rows."""
    flat, truth = p.ravel(), y.ravel() > 0
    which = np.minimum((flat * bins).astype(int), bins - 1)
    error = 0.0
    for k in range(bins):
        inside = which == k
        if inside.any():
            error += inside.mean() * abs(flat[inside].mean() - truth[inside].mean())
    return float(error)
