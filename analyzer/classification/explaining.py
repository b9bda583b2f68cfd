"""Why a row got a label: the model is linear, so its log-odds are an exact sum over what stands in the row."""

from __future__ import annotations

import re

import numpy as np

from analyzer.classification.model import ClauseModel
from analyzer.classification.rows import Row
from analyzer.types import Contribution, Explanation

_TOKEN = re.compile(r"\S+")


def explain_row(model: ClauseModel, row: Row, category: str) -> Explanation:
    """Share the log-odds of a category among the words of the row, its headings and neighbours.

    A feature that occurs several times is shared evenly among its places, and a place evenly among the letters it covers; so the shares of words, of the surroundings and the
    base add up to the log-odds of the row taken by itself (the second look at the neighbours comes after them).
    """
    features, linear = model.pipeline.named_steps["features"], model.pipeline.named_steps["model"]
    number = model.categories.index(category)
    x = features.transform([row]).tocsr()
    effect = dict(zip(x.indices.tolist(), (x.data.astype(np.float64) * linear.coef_[number, x.indices]).tolist(), strict=True))
    tokens = [match.span() for match in _TOKEN.finditer(row.text)]
    owner = np.full(len(row.text) + 1, -1)
    for i, (start, end) in enumerate(tokens):
        owner[start:end] = i
    shares = np.zeros(len(tokens))
    around = {"heading": 0.0, "before": 0.0, "after": 0.0, "form": 0.0}
    offset = 0
    for _, transformer in features.transformer_list:
        width = len(transformer.get_feature_names_out())
        places: dict[int, list[tuple[str, int, int]]] = {}
        if hasattr(transformer, "places"):
            for column, field, start, end in transformer.places(row):
                if offset + column in effect:
                    places.setdefault(offset + column, []).append((field, start, end))
        for column in [c for c in effect if offset <= c < offset + width]:
            found = places.get(column)
            if not found:
                around["form"] += effect[column]
                continue
            for field, start, end in found:
                share = effect[column] / len(found)
                covered = owner[start:end]
                covered = covered[covered >= 0]
                if field == "text" and len(covered):
                    np.add.at(shares, covered, share / len(covered))
                else:
                    around["form" if field == "text" else field] += share
        offset += width
    base = float(linear.intercept_[number])
    log_odds = base + float(shares.sum()) + sum(around.values())
    calibration = model.calibration
    probability = 1.0 / (1.0 + np.exp(-np.clip(log_odds * calibration.slope[number] + calibration.shift[number], -30, 30)))
    words = tuple(Contribution(row.text[a:b], a, b, float(share)) for (a, b), share in zip(tokens, shares, strict=True))
    return Explanation(category, float(probability), log_odds, base, words, tuple((name, share) for name, share in around.items() if share))
