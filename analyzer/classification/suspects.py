"""Labels that a model which never saw the contract doubts: a reading list for the annotator.

Confident learning (Northcutt, Jiang and Chuang, Journal of Artificial Intelligence Research 70, 2021), taken per category because rows may have several: a label is suspect
when the probability of the other side is above what that side has on average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

#: On easy data the means run to 1 and 0, and nothing would be doubted: from here on a probability always counts as surely yes or surely no.
SURE_YES, SURE_NO = 0.9, 0.03


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label that may be missing (`given` False) or wrong (`given` True) on row number `row`; `doubt` of 0 to 1 orders the list."""

    row: int
    category: str
    given: bool
    probability: float
    doubt: float


def find_suspects(labels: Sequence[Sequence[str]], probabilities: np.ndarray, categories: Sequence[str]) -> list[Suspect]:
    """Return the doubtful labels, the most doubtful first.

    Parameters
    ----------
    labels : sequence of sequences of str
        The labels given to each of n rows.
    probabilities : array (n_rows, n_categories)
        From cross-validation over contracts.
    categories : sequence of str
        What the columns stand for.

    Notes
    -----
    Thresholds are the means of confident learning: a missing label is suspect from the mean probability of the rows that have it; a given label when the probability of its
    absence is above the mean of the rows without it. The latter is near 1 for rare categories, so few given labels are doubted where the model knows little.
    """
    y = np.asarray([[category in row for category in categories] for row in labels], dtype=bool).reshape(len(labels), len(categories))
    found: list[Suspect] = []
    for column, category in enumerate(categories):
        p, has = probabilities[:, column], y[:, column]
        if not has.any() or has.all():
            continue
        from_here, until_here = min(float(p[has].mean()), SURE_YES), max(float(p[~has].mean()), SURE_NO)
        for row in np.flatnonzero((~has & (p >= from_here)) | (has & (p <= until_here))):
            probability = float(p[row])
            doubt = 1.0 - probability if has[row] else probability
            found.append(Suspect(int(row), category, bool(has[row]), probability, doubt))
    return sorted(found, key=lambda suspect: (-suspect.doubt, suspect.row, suspect.category))
