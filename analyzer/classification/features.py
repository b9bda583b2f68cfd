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


#: Roots of counts, which are cut at three.
_ROOTS = (0.0, 1.0, 2**0.5, 3**0.5)
#: Columns and their values.
_Row = tuple[list[int], list[float]]


class _Cells:
    """The cells of a sparse matrix, row after row; equal cells add up."""

    def __init__(self) -> None:
        self._columns: list[int] = []
        self._values: list[float] = []
        self._ends = [0]

    def add_row(self, *parts: _Row) -> None:
        for columns, values in parts:
            self._columns += columns
            self._values += values
        self._ends.append(len(self._columns))

    def add(self, column: int, value: float) -> None:
        """Add a cell to the last row."""
        self._columns.append(column)
        self._values.append(value)
        self._ends[-1] += 1

    def to_matrix(self, width: int) -> sparse.csr_matrix:
        values, columns = np.asarray(self._values, dtype=np.float32), np.asarray(self._columns, dtype=np.int32)
        matrix = sparse.csr_matrix((values, columns, np.asarray(self._ends, dtype=np.int32)), shape=(len(self._ends) - 1, width))
        matrix.sum_duplicates()
        return matrix


def _concept_cells(text: str, language: str, offset: int, weight: float) -> _Row:
    found = concept_matcher(language).count(mask(text))
    return [offset + concept for concept in found], [weight * _ROOTS[min(count, 3)] for count in found.values()]


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
        cells = _Cells()
        # A row is asked for three times, as itself and as the neighbour of two; its headings by all that stand under them.
        counted: dict[tuple[str, str], dict[int, int]] = {}
        own: dict[tuple[str, str], _Row] = {}
        near: dict[tuple[str, str, int], _Row] = {}
        above: dict[tuple[tuple[str, ...], str], _Row] = {}

        def count(key: tuple[str, str]) -> dict[int, int]:
            found = counted.get(key)
            if found is None:
                found = counted[key] = count_cues(*key)
            return found

        for row in X:
            key = (row.text, row.language)
            said = own.get(key)
            if said is None:
                said = own[key] = self._own_cells(row.text, count(key))
            path = (row.heading, row.language)
            titles = above.get(path)
            if titles is None:
                titles = above[path] = self._heading_cells(row.heading, row.language)
            around = []
            if self.neighbours:
                for block, text in ((4 * n, row.before), (5 * n, row.after)):
                    if text:
                        place = (text, row.language, block)
                        beside = near.get(place)
                        if beside is None:
                            counts = count(place[:2])
                            beside = near[place] = ([block + c for c in counts], [0.5 * _ROOTS[min(k, 2)] for k in counts.values()])
                        around.append(beside)
            cells.add_row(said, titles, *around)
            if row.kind in _KINDS:
                cells.add(6 * n + 1 + _KINDS.index(row.kind), 1.0)
        matrix = cells.to_matrix(len(self.get_feature_names_out()))
        # Expressions come out of a set, in another order in each process; sums must not depend on it, or no two trainings would be alike.
        matrix.sort_indices()
        return matrix * np.float32(self.scale)

    def _own_cells(self, text: str, own: dict[int, int]) -> _Row:
        """Return what a text says by itself."""
        n = len(self.categories_)
        form = 6 * n
        columns = list(own)
        values = [_ROOTS[min(count, 3)] for count in own.values()]
        if len(own) == 1:
            columns.append(n + columns[0])  # the only category in sight
            values.append(1.0)
        masked = f" {mask(text)} "
        words = masked.count(" ")
        facts = [form + 5 + position for position, sign in enumerate(_TYPED) if sign in masked]
        facts.append(form + 15 + (0 if words < 6 else 1 if words < 16 else 2 if words < 40 else 3))
        if not own:
            facts.append(form)
        return columns + facts, values + [1.0] * len(facts)

    def _heading_cells(self, heading: tuple[str, ...], language: str) -> _Row:
        n = len(self.categories_)
        columns: list[int] = []
        values: list[float] = []
        for depth, title in enumerate(reversed(heading)):
            for category, count in count_cues(title, language, heading=True).items():
                columns.append((2 if depth == 0 else 3) * n + category)
                values.append(_ROOTS[min(count, 2)])
        return columns, values

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
        cells = _Cells()
        own: dict[tuple[str, str], _Row] = {}
        above: dict[tuple[tuple[str, ...], str], _Row] = {}
        for row in X:
            key = (row.text, row.language)
            said = own.get(key)
            if said is None:
                said = own[key] = _concept_cells(row.text, row.language, 0, 1.0)
            path = (row.heading, row.language)
            titles = above.get(path)
            if titles is None:
                titles = above[path] = ([], [])
                if row.heading:
                    titles = _concept_cells(row.heading[-1], row.language, n, 1.0)
                    if len(row.heading) > 1:
                        outer = _concept_cells(" . ".join(row.heading[:-1]), row.language, 2 * n, 0.5)
                        titles = (titles[0] + outer[0], titles[1] + outer[1])
                    above[path] = titles
            cells.add_row(said, titles)
        return cells.to_matrix(3 * n) * np.float32(self.scale)

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
        texts = self._texts(X)
        if self.field in ("text", "before"):
            return self.vectorizer_.transform(texts) * np.float32(self.scale)
        # Many rows stand under one heading.
        numbers: dict[str, int] = {}
        which = [numbers.setdefault(text, len(numbers)) for text in texts]
        return (self.vectorizer_.transform(list(numbers)) * np.float32(self.scale))[which]

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
