"""The classifier: features and linear model as one scikit-learn Pipeline."""

from __future__ import annotations

from sklearn.pipeline import FeatureUnion, Pipeline

from analyzer.classification.features import ConceptFeatures, CueFeatures, FieldTfidf, LanguageFlags
from analyzer.classification.linear import MultiLabelSVC


def make_pipeline(
    *,
    C: float = 0.15,
    balance: float = 0.3,
    word_features: int | None = 40_000,
    char_features: int | None = 60_000,
    fewest: int = 2,
    shortest: int = 3,
    cues: bool = True,
    n_jobs: int = 2,
) -> Pipeline:
    """Return the untrained pipeline; it takes a sequence of `Row` and a 0/1 matrix of labels.

    Parameters
    ----------
    C, balance
        See `MultiLabelSVC`.
    word_features, char_features : int
        Most n-grams of words and of characters that are kept; they bound the size of the model file.
    fewest : int
        Rows in which a word must occur to count; characters in one more.
    shortest : int
        Characters of the shortest n-gram of them in the row.
    cues : bool
        With the word lists and concepts of IT contracts; a data set about something else does better without.
    """
    letters = (3, 5)  # one object for both, or the same model would be other bytes on disk
    parts = [
        ("word", FieldTfidf("text", "word", (1, 2), min_df=fewest, max_features=word_features)),
        (
            "char",
            FieldTfidf(
                "text",
                "char_wb",
                letters if shortest == 3 else (shortest, 5),
                min_df=fewest + (fewest > 1),
                max_features=char_features,
                scale=0.8,
            ),
        ),
        ("heading", FieldTfidf("heading", "char_wb", letters, max_features=15_000, scale=0.35)),
        ("outer", FieldTfidf("outer", "word", (1, 1), max_features=5_000, scale=0.3)),
        ("language", LanguageFlags()),
    ]
    if cues:
        parts += [("cues", CueFeatures()), ("concepts", ConceptFeatures())]
    return Pipeline([("features", FeatureUnion(parts)), ("model", MultiLabelSVC(C=C, balance=balance, n_jobs=n_jobs))])
