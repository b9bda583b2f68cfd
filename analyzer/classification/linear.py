"""All categories as one sparse product: independent linear support vector machines, stored as one matrix."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.svm import LinearSVC

#: Non-zero features times classes from which starting processes pays.
_WORTH_PROCESSES = 20_000_000


class MultiLabelSVC(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """One linear support vector machine (squared hinge loss) per class, on the same features.

    Parameters
    ----------
    C : float, default=0.15
        Inverse strength of the penalty.
    balance : float, default=0.3
        0 leaves classes as frequent as they are, 1 weighs both sides of a class equally; between them the weight is a power of the imbalance.
    n_jobs : int, default=2
        Classes fitted at a time, in processes where there is enough to do. The result does not depend on it.

    Attributes
    ----------
    coef_ : array of shape (n_classes, n_features), float32
    intercept_ : array of shape (n_classes,)
    """

    def __init__(self, C: float = 0.15, balance: float = 0.3, n_jobs: int = 2) -> None:
        self.C = C
        self.balance = balance
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: np.ndarray, sample_weight: np.ndarray | None = None) -> MultiLabelSVC:
        """Fit to `X` of shape (n_rows, n_features) and a 0/1 matrix `y` of shape (n_rows, n_classes)."""
        X = sparse.csr_matrix(X, dtype=np.float64)
        targets = np.asarray(y)
        if targets.ndim == 1:
            targets = targets[:, None]
        # Processes, not threads: liblinear draws from one generator per process, and two threads would take turns at it as chance has it.
        jobs = self.n_jobs if X.nnz * targets.shape[1] > _WORTH_PROCESSES else 1
        fitted = Parallel(n_jobs=jobs)(
            delayed(_fit_one)(X, targets[:, k], self.C, self.balance, sample_weight) for k in range(targets.shape[1])
        )
        self.coef_ = np.vstack([coefficients for coefficients, _ in fitted]).astype(np.float32)
        self.intercept_ = np.asarray([intercept for _, intercept in fitted])
        self.classes_ = np.arange(targets.shape[1])
        self.n_features_in_ = X.shape[1]
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Return signed distances (after `rescale`: about log-odds), shape (n_rows, n_classes)."""
        return np.asarray(X @ _columns(self.coef_) + self.intercept_, dtype=np.float64)

    def rescale(self, slope: float, shift: float) -> MultiLabelSVC:
        """Make distances log-odds: `slope * distance + shift`, the same for all classes, so that what comes after can add and compare them."""
        self.coef_ = (self.coef_ * slope).astype(np.float32)
        self.intercept_ = self.intercept_ * slope + shift
        return self

    def predict(self, X: Any) -> np.ndarray:
        return np.asarray(self.decision_function(X) > 0, dtype=int)


#: The last matrix of coefficients and its transpose in memory order: scipy would write it anew (18 MB) for every product, be it for one row.
_LAST: list[tuple[weakref.ref[np.ndarray], np.ndarray]] = []


def _columns(coefficients: np.ndarray) -> np.ndarray:
    """Return the transpose, remembered for as long as the same matrix is used; whoever changes a matrix makes a new one."""
    for known, transposed in _LAST:
        if known() is coefficients:
            return transposed
    transposed = np.ascontiguousarray(coefficients.T)
    _LAST[:] = [(weakref.ref(coefficients), transposed)]
    return transposed


def _fit_one(X: sparse.csr_matrix, y: np.ndarray, C: float, balance: float, sample_weight: np.ndarray | None) -> tuple[np.ndarray, float]:
    positives = int(y.sum())
    if positives == 0 or positives == len(y):
        # A class that one side of a fold does not know: constantly on its side of the border.
        return np.zeros(X.shape[1]), 1.0 if positives else -1.0
    ratio = ((len(y) - positives) / positives) ** balance
    model = LinearSVC(C=C, dual=True, class_weight={0: 1.0, 1: ratio}, tol=1e-2, max_iter=2000, random_state=0)
    model.fit(X, y, sample_weight=sample_weight)
    return model.coef_[0], float(model.intercept_[0])
