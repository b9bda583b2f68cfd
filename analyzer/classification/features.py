"""Rows to sparse features: n-grams of the masked row and of its headings, word-list and concept counts, kind and typed quantities.

All transformers are importable classes without lambdas, so a model file stays loadable and auditable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin

from analyzer.classification.concepts import concept_matcher, concept_names, fold
from analyzer.classification.cues import count_cues, cue_categories, find_cues
from analyzer.classification.masking import mask, mask_aligned
from analyzer.classification.ngrams import NgramTfidf
from analyzer.classification.rows import Row
from analyzer.types import LANGUAGES

#: Column, the part of the row ("text", "heading", "before", "after"), and where in it: start and end for the text, 0 and 0 for the others.
Place = tuple[int, str, int, int]
#: Parts of feature names that speak of what stands around a row.
CONTEXT_FEATURES = (":heading:", ":outer:", ":before:", ":after:", "__heading:", "__outer:")
_KINDS = ("sentence", "list_item", "table_row", "heading")
_TYPED = ("xclock", "xtime", "xdate", "xmoney", "xpercent", "xmail", "xurl", "xphone", "xname", " 0 ")


class CueFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Counts of the word lists in the row, its nearest heading, the headings further out, and the neighbours; and facts of form.

    Parameters
    ----------
    scale : float, default=0.35
        Factor against the n-grams, which are of unit length. At 1 the model leans on lists that know the training contracts better than any other.
    neighbours : bool, default=True
        Count in the row before and after, too.
    """

    def __init__(self, scale: float = 0.35, neighbours: bool = True) -> None:
        self.scale = scale
        self.neighbours = neighbours

    def fit(self, X: Sequence[Row], y: Any = None) -> CueFeatures:
        self.categories_ = cue_categories()
        return self

    def transform(self, X: Sequence[Row]) -> sparse.csr_matrix:
        """Return shape (n_rows, n_features), features named by `get_feature_names_out`."""
        n = len(self.categories_)
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []

        form = 6 * n
        texts: dict[tuple[str, str], dict[int, int]] = {}
        above: dict[tuple[tuple[str, ...], str], list[tuple[int, float]]] = {}
        for i, row in enumerate(X):
            own = texts.get((row.text, row.language))
            if own is None:
                own = texts[(row.text, row.language)] = count_cues(row.text, row.language)
            cells: list[tuple[int, float]] = []
            total = sum(own.values())
            for category, count in own.items():
                cells.append((category, min(count, 3) ** 0.5))
                if total == count:
                    cells.append((n + category, 1.0))  # the only category in sight
            path = (row.heading, row.language)
            titles = above.get(path)
            if titles is None:
                titles = above[path] = [
                    ((2 if depth == 0 else 3) * n + category, min(count, 2) ** 0.5)
                    for depth, title in enumerate(reversed(row.heading))
                    for category, count in count_cues(title, row.language, heading=True).items()
                ]
            cells += titles
            if self.neighbours:
                for block, text in ((4 * n, row.before), (5 * n, row.after)):
                    if text:
                        near = texts.get((text, row.language))
                        if near is None:
                            near = texts[(text, row.language)] = count_cues(text, row.language)
                        cells += [(block + category, 0.5 * min(count, 2) ** 0.5) for category, count in near.items()]
            if not own:
                cells.append((form, 1.0))
            if row.kind in _KINDS:
                cells.append((form + 1 + _KINDS.index(row.kind), 1.0))
            masked = f" {mask(row.text)} "
            cells += [(form + 5 + position, 1.0) for position, sign in enumerate(_TYPED) if sign in masked]
            words = masked.count(" ")
            cells.append((form + 15 + (0 if words < 6 else 1 if words < 16 else 2 if words < 40 else 3), 1.0))
            rows += [i] * len(cells)
            columns += [column for column, _ in cells]
            values += [value for _, value in cells]
        shape = (len(X), len(self.get_feature_names_out()))
        matrix = sparse.csr_matrix((np.asarray(values, dtype=np.float32), (rows, columns)), shape=shape)
        # Expressions come out of a set, in another order in each process; sums must not depend on it, or no two trainings would be alike.
        matrix.sort_indices()
        return matrix * np.float32(self.scale)

    def places(self, row: Row) -> Iterator[Place]:
        """Yield what each column of `transform` counts, see `Place`."""
        n = len(self.categories_)
        for category, start, end in find_cues(row.text, row.language):
            yield category, "text", start, end
            yield n + category, "text", start, end
        for block, field in ((2, "heading"), (3, "heading"), (4, "before"), (5, "after")):
            for category in range(n):
                yield block * n + category, field, 0, 0

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        blocks = ("text", "only", "heading", "outer", "before", "after")
        names = [f"cue:{block}:{category}" for block in blocks for category in self.categories_]
        names += ["form:no_cue", *(f"kind:{kind}" for kind in _KINDS), *(f"has:{sign.strip()}" for sign in _TYPED)]
        names += [f"length:{step}" for step in ("tiny", "short", "middle", "long")]
        return np.asarray(names, dtype=object)


class ConceptFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Counts of concepts in the row, its nearest heading and the headings further out; the same columns in every language.

    Parameters
    ----------
    scale : float, default=0.3
        Factor against the n-grams. The optimum is flat between 0.2 and 0.4.
    """

    def __init__(self, scale: float = 0.3) -> None:
        self.scale = scale

    def fit(self, X: Sequence[Row], y: Any = None) -> ConceptFeatures:
        self.concepts_ = concept_names()
        return self

    def transform(self, X: Sequence[Row]) -> sparse.csr_matrix:
        """Return shape (n_rows, 3 * n_concepts), features named by `get_feature_names_out`."""
        n = len(self.concepts_)
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        counted: dict[tuple[str, str], dict[int, int]] = {}
        for i, row in enumerate(X):
            fields = [(0, row.text, 1.0)]
            if row.heading:
                fields.append((n, row.heading[-1], 1.0))
                if len(row.heading) > 1:
                    fields.append((2 * n, " . ".join(row.heading[:-1]), 0.5))
            for offset, text, weight in fields:
                found = counted.get((text, row.language))
                if found is None:
                    found = counted[(text, row.language)] = concept_matcher(row.language).count(mask(text))
                for concept, count in found.items():
                    rows.append(i)
                    columns.append(offset + concept)
                    values.append(weight * min(count, 3) ** 0.5)
        matrix = sparse.csr_matrix((np.asarray(values, dtype=np.float32), (rows, columns)), shape=(len(X), 3 * n))
        return matrix * np.float32(self.scale)

    def places(self, row: Row) -> Iterator[Place]:
        """Yield what each column of `transform` counts, see `Place`."""
        masked, source = mask_aligned(row.text)
        words = [match.span() for match in re.finditer(r"\w+", masked)]
        folded = len(re.findall(r"\w+", fold(masked)))
        for concept, first, beyond in concept_matcher(row.language).find(masked):
            known = folded == len(words)
            start, end = (words[first][0], words[beyond - 1][1]) if known else (0, len(masked))
            yield concept, "text", source[start][0], source[end - 1][1]
        n = len(self.concepts_)
        for column in range(n, 3 * n):
            yield column, "heading", 0, 0

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        return np.asarray(
            [f"concept:{block}:{concept}" for block in ("text", "heading", "outer") for concept in self.concepts_], dtype=object
        )


class FieldTfidf(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """TF-IDF over one field of the row.

    Parameters
    ----------
    field : {"text", "heading", "outer", "before"}
        The masked row, its nearest heading, the headings further out joined, or the row before.
    analyzer : {"word", "char_wb"}
    ngram_range : tuple of int
    min_df, max_features : int
    scale : float, default=1.0
    """

    def __init__(
        self,
        field: str = "text",
        analyzer: str = "word",
        ngram_range: tuple[int, int] = (1, 2),
        min_df: int = 2,
        max_features: int | None = None,
        scale: float = 1.0,
    ) -> None:
        self.field = field
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.max_features = max_features
        self.scale = scale

    def _texts(self, X: Sequence[Row]) -> list[str]:
        if self.field == "text":
            return [mask(row.text) for row in X]
        if self.field == "heading":
            return [mask(row.heading[-1]) if row.heading else "" for row in X]
        if self.field == "outer":
            return [mask(" . ".join(row.heading[:-1])) for row in X]
        if self.field == "before":
            return [mask(row.before) for row in X]
        raise ValueError(f"unknown field {self.field!r}: text, heading, outer or before")

    def fit(self, X: Sequence[Row], y: Any = None) -> FieldTfidf:
        texts = self._texts(X)
        for min_df in (self.min_df, 1):
            try:
                self.vectorizer_: NgramTfidf | None = NgramTfidf(self.analyzer, self.ngram_range, min_df, self.max_features).fit(texts)
                return self
            except ValueError:
                # Nothing occurs often enough (twenty rows) or at all (no headings given): then with less, then without the field.
                continue
        self.vectorizer_ = None
        return self

    def transform(self, X: Sequence[Row]) -> sparse.csr_matrix:
        if self.vectorizer_ is None:
            return sparse.csr_matrix((len(X), 0), dtype=np.float32)
        return self.vectorizer_.transform(self._texts(X)) * np.float32(self.scale)

    def places(self, row: Row) -> Iterator[Place]:
        """Yield what each column of `transform` counts, see `Place`."""
        if self.vectorizer_ is None:
            return
        if self.field != "text":
            field = "before" if self.field == "before" else "heading"
            yield from ((column, field, 0, 0) for column in range(len(self.vectorizer_.vocabulary_)))
            return
        masked, source = mask_aligned(row.text)
        for column, start, end in self.vectorizer_.occurrences(masked):
            inside = source[max(0, start) : end]
            yield column, "text", inside[0][0], inside[-1][1]

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        if self.vectorizer_ is None:
            return np.asarray([], dtype=object)
        tag = f"{self.field}:{'char' if self.analyzer == 'char_wb' else 'word'}:"
        return np.asarray([tag + name for name in self.vectorizer_.get_feature_names_out()], dtype=object)


class LanguageFlags(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """One column per language, so that a class can be rarer in one of them."""

    def __init__(self, scale: float = 0.3) -> None:
        self.scale = scale

    def fit(self, X: Sequence[Row], y: Any = None) -> LanguageFlags:
        self.languages_ = LANGUAGES
        return self

    def transform(self, X: Sequence[Row]) -> sparse.csr_matrix:
        dense = np.asarray([[row.language == language for language in self.languages_] for row in X], dtype=np.float32)
        return sparse.csr_matrix(dense.reshape(len(X), len(self.languages_)) * np.float32(self.scale))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        return np.asarray([f"language:{language}" for language in self.languages_], dtype=object)
