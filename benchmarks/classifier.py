"""The classifier against scikit-learn's plain TF-IDF with logistic regression and spaCy's text classifier: same rows, one run, one core each (make peers).

Trained on the contracts of the train split, scored on those of the test split: providers that no side has seen. Headings are given to ours only where the
column says so; "row only" is the same information for all.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analyzer.api import load_rows
from analyzer.classification.scores import score_labels
from analyzer.classification.training import LabelledRow, link_rows, train_model
from analyzer.datasets import read_contract

ROOT = Path(__file__).resolve().parents[1]
Predict = Callable[[], list[list[str]]]


def split_rows(most: int) -> tuple[list[LabelledRow], list[LabelledRow]]:
    """Return rows of the train and of the test split; at most about `most` of the former, whole contracts of all languages."""
    parts: dict[str, list[list[LabelledRow]]] = {"train": [], "test": []}
    for path in sorted((ROOT / "data" / "contracts").glob("*/*.jsonl")):
        split = read_contract(path).header.get("split")
        if split in parts:
            parts[split].append(load_rows(path))
    step = max(1, round(sum(map(len, parts["train"])) / most))
    return [row for rows in parts["train"][::step] for row in rows], [row for rows in parts["test"] for row in rows]


def ours(train: Sequence[LabelledRow], test: Sequence[LabelledRow], *, bare: bool) -> Predict:
    """Train ours."""
    if bare:
        train = [LabelledRow(row.text, row.labels, language=row.language) for row in train]
        test = [LabelledRow(row.text, row.labels, language=row.language) for row in test]
    model = train_model(train, n_jobs=1).model
    rows = link_rows(test)
    return lambda: [[label.category for label in labels] for labels in model.classify(rows)]


def plain(train: Sequence[LabelledRow], test: Sequence[LabelledRow]) -> Predict:
    """Train scikit-learn's usual pair."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MultiLabelBinarizer

    coder = MultiLabelBinarizer()
    y = coder.fit_transform([[label for label in row.labels if label != "other"] for row in train])
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True),
        OneVsRestClassifier(LogisticRegression(C=10, class_weight="balanced", solver="liblinear")),
    )
    model.fit([row.text for row in train], y)
    texts = [row.text for row in test]
    return lambda: [list(labels) for labels in coder.inverse_transform(model.predict(texts))]


def spacy_textcat(train: Sequence[LabelledRow], test: Sequence[LabelledRow], *, rounds: int = 6) -> Predict:
    """Train spaCy's bag of n-grams for several labels on a blank pipeline."""
    import random

    import spacy
    from spacy.training import Example
    from spacy.util import minibatch

    random.seed(0)
    spacy.util.fix_random_seed(0)
    nlp = spacy.blank("xx")
    nlp.add_pipe("textcat_multilabel", config={"threshold": 0.4})
    names = sorted({label for row in train for label in row.labels if label != "other"})
    examples = [
        Example.from_dict(nlp.make_doc(row.text), {"cats": {name: float(name in row.labels) for name in names}})
        for row in train
        if row.text
    ]
    nlp.initialize(lambda: examples)
    for _ in range(rounds):
        random.shuffle(examples)
        for batch in minibatch(examples, size=128):
            nlp.update(batch)
    texts = [row.text for row in test]
    return lambda: [[name for name, p in doc.cats.items() if p >= 0.4] for doc in nlp.pipe(texts, batch_size=512)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=12_000, help="rows to train on")
    options = parser.parse_args()
    train, test = split_rows(options.most)
    print(f"{len(train)} rows to train on, {len(test)} rows of unseen providers to score\n")
    print("| classifier | micro-F1 | macro-F1 | training | rows/s |\n|---|---|---|---|---|")
    contenders: list[tuple[str, Callable[[], Predict]]] = [
        ("ours, with headings and neighbours", lambda: ours(train, test, bare=False)),
        ("ours, row only", lambda: ours(train, test, bare=True)),
        ("scikit-learn TF-IDF + logistic regression", lambda: plain(train, test)),
        ("spaCy textcat_multilabel", lambda: spacy_textcat(train, test)),
    ]
    gold = [row.labels for row in test]
    for name, build in contenders:
        begin = time.perf_counter()
        predict: Any = build()
        trained = time.perf_counter() - begin
        predict()
        spent = []
        for _ in range(3):
            begin = time.perf_counter()
            found = predict()
            spent.append(time.perf_counter() - begin)
        scores = score_labels(gold, found)
        print(
            f"| {name} | {scores.micro:.3f} | {scores.macro:.3f} | {trained:.0f} s | {len(test) / float(np.median(spent)):,.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
