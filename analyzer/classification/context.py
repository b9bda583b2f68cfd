"""A second look at each row with its neighbours: contracts speak of one matter for several rows on end.

One small logistic regression, shared by all categories, maps a row's own log-odds and those around it to new log-odds. It is shared because the rule is the
same for all ("between two rows on liability stands liability"), and because rare categories could not teach it.

What stands below a heading is seen for the heading as for any row of its section, with no weight of its own: in our contracts headings name what follows better than in real ones,
and a model that trusts them labels "Preamble" by the clauses under it (half a point of F1 on real contracts).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analyzer.classification.rows import Row

#: Log-odds beyond the start or end of a document.
_NOTHING = -4.0
_CLIP = (-6.0, 4.0)
FEATURES = (
    "own",
    "before",
    "after",
    "before2",
    "after2",
    "section",
    "rival",
    "heading",
    "unsure_before",
    "unsure_section",
    "both",
)


@dataclass(frozen=True, slots=True)
class ContextModel:
    """Weights of `FEATURES` and the intercept."""

    weights: np.ndarray
    intercept: float

    def decision_function(self, rows: Sequence[Row], decision: np.ndarray) -> np.ndarray:
        """Return new log-odds of shape (n_rows, n_classes) from those of the rows alone."""
        return np.asarray(context_features(rows, decision) @ self.weights + self.intercept)


def context_features(rows: Sequence[Row], decision: np.ndarray) -> np.ndarray:
    """Return shape (n_rows, n_classes, n_features). Rows of one document stand in sequence."""
    n, k = decision.shape
    z = np.clip(decision, *_CLIP)
    p = 1.0 / (1.0 + np.exp(-decision))
    docs = [row.doc for row in rows]
    shifted = {step: _shift(z, docs, step) for step in (-2, -1, 1, 2)}
    section = np.zeros((n, k))
    members: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for i, row in enumerate(rows):
        if row.kind != "heading":
            members.setdefault((row.doc, row.heading), []).append(i)
    for indices in members.values():
        if len(indices) > 1:
            total = p[indices].sum(axis=0)
            section[indices] = (total - p[indices]) / (len(indices) - 1)
    is_heading = np.asarray([row.kind == "heading" for row in rows], dtype=float)[:, None]
    for i, row in enumerate(rows):
        if row.kind == "heading" and (below := members.get((row.doc, (*row.heading, row.text)))):
            section[i] = p[below].mean(axis=0)
    ordered = np.sort(p, axis=1)
    best = ordered[:, -1:]
    runner_up = ordered[:, -2:-1] if k > 1 else np.zeros((n, 1))
    rival = np.where(p == best, runner_up, best)
    unsure = (best < 0.3).astype(float)
    before, after = shifted[-1], shifted[1]
    both = (1.0 / (1.0 + np.exp(-before))) * (1.0 / (1.0 + np.exp(-after)))
    ones = np.ones((1, k))
    return np.stack(
        [
            z, before, after, shifted[-2], shifted[2], section, rival, is_heading * ones, unsure * before,
            unsure * section, both,
        ],
        axis=2,
    )  # fmt: skip


def _shift(z: np.ndarray, docs: Sequence[str], step: int) -> np.ndarray:
    result = np.full(z.shape, _NOTHING)
    names = np.asarray(docs, dtype=object)
    here = np.arange(max(0, -step), min(len(docs), len(docs) - step))
    here = here[names[here] == names[here + step]]
    result[here] = z[here + step]
    return result


def fit_context(
    rows: Sequence[Row], decision: np.ndarray, y: np.ndarray, *, held: np.ndarray | None = None, seed: int = 0
) -> ContextModel | None:
    """Fit on out-of-fold log-odds, of the rows marked in `held`; None where no row has a neighbour."""
    from sklearn.linear_model import LogisticRegression

    known = [i for i, row in enumerate(rows) if row.doc and (held is None or held[i])]
    if len(known) < 50 or y[known].sum() < 20:
        return None
    features = context_features(rows, decision)[known]
    x = features.reshape(-1, features.shape[2])
    mean, deviation = x.mean(axis=0), x.std(axis=0) + 1e-9
    model = LogisticRegression(C=1.0, max_iter=300, random_state=seed).fit((x - mean) / deviation, y[known].ravel())
    weights = model.coef_[0] / deviation
    return ContextModel(weights, float(model.intercept_[0] - weights @ mean))
