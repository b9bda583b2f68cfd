"""TF-IDF of words and of characters within words, several times faster than going through each text letter by letter.

Contracts repeat their words: the character n-grams of a word are cut once and remembered, and what remains per text is to look up its words and to add up
columns, for thousands of texts in a few numpy calls. The weights are those of scikit-learn's `TfidfVectorizer` with `sublinear_tf` (checked in the tests).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from scipy import sparse

_WORD = re.compile(r"\w+")
#: Words whose columns are remembered; texts full of serial numbers must not fill the memory.
_MOST_WORDS = 200_000
#: Beyond this a "word" is a hostile string or a line of dots: its beginning is enough.
_LONGEST_WORD = 60
#: Texts at a time: the numbers stay in the cache, and cells fit into 32 bits.
_BLOCK = 1_000
_Counts = tuple[np.ndarray, np.ndarray]


class NgramTfidf:
    """TF-IDF over n-grams of words, or of characters inside words.

    Parameters
    ----------
    analyzer : {"word", "char_wb"}
        As in scikit-learn: runs of letters and figures, or characters of blank-separated words with a blank on both sides.
    ngram_range : tuple of int
        Shortest and longest n-gram.
    min_df : int
        Fewest texts an n-gram must occur in.
    max_features : int, optional
        Only the most frequent n-grams are kept; of equally frequent ones the first by the alphabet.

    Attributes
    ----------
    vocabulary_ : dict from n-gram to column
    idf_ : array of shape (n_features,)
    """

    def __init__(self, analyzer: str, ngram_range: tuple[int, int], min_df: int = 1, max_features: int | None = None) -> None:
        if analyzer not in ("word", "char_wb"):
            raise ValueError(f"analyzer must be 'word' or 'char_wb', not {analyzer!r}")
        self.analyzer = analyzer
        self.ngram_range = ngram_range
        self.min_df = min_df
        self.max_features = max_features

    def __getstate__(self) -> dict[str, object]:
        return {name: value for name, value in self.__dict__.items() if name != "_columns"}

    def __setstate__(self, state: dict[str, object]) -> None:
        self.__dict__.update(state)
        self._forget()

    def _forget(self) -> None:
        self._columns: dict[str, bytes] = {}

    def fit(self, texts: Sequence[str]) -> NgramTfidf:
        """Learn the n-grams that are kept, and how rare they are.

        Raises
        ------
        ValueError
            No n-gram occurs in `min_df` texts.
        """
        numbers: dict[str, int] = {}
        known: dict[str, bytes] = {}
        occurrences = documents = np.zeros(0, dtype=np.int64)
        for start in range(0, len(texts), _BLOCK):
            rows, columns = self._tokens(texts[start : start + _BLOCK], numbers, known)
            size = len(numbers)
            cells = np.unique(rows.astype(np.int64) * max(1, size) + columns)
            occurrences = _grown(occurrences, size) + np.bincount(columns, minlength=size)
            documents = _grown(documents, size) + np.bincount(cells % max(1, size), minlength=size)
        names = np.asarray(list(numbers), dtype=object)
        kept = np.flatnonzero(documents >= self.min_df)
        if not len(kept):
            raise ValueError(f"no n-gram occurs in {self.min_df} texts")
        kept = kept[np.argsort(names[kept])]
        if self.max_features is not None and len(kept) > self.max_features:
            order = np.argsort(-occurrences[kept], kind="stable")[: self.max_features]
            kept = kept[np.sort(order)]
        self.vocabulary_ = {str(names[k]): i for i, k in enumerate(kept)}
        self.idf_ = (np.log((1.0 + len(texts)) / (1.0 + documents[kept])) + 1.0).astype(np.float32)
        self._forget()
        return self

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return shape (n_texts, n_features), float32, rows of unit length (or empty)."""
        blocks = [self._weigh(texts[start : start + _BLOCK]) for start in range(0, len(texts), _BLOCK)]
        return sparse.vstack(blocks, format="csr") if len(blocks) > 1 else blocks[0] if blocks else self._weigh(())

    def _weigh(self, texts: Sequence[str]) -> sparse.csr_matrix:
        rows, columns = self._known_tokens(texts)
        width = len(self.vocabulary_)
        # Equal cells next to each other: sorting one array of small integers is faster than letting scipy add up duplicates.
        cells = rows * np.int32(width) + columns if width * _BLOCK < 2**31 else rows.astype(np.int64) * width + columns
        cells.sort()
        new = np.empty(len(cells), dtype=bool)
        new[:1] = True
        np.not_equal(cells[1:], cells[:-1], out=new[1:])
        first = np.flatnonzero(new)
        counts = np.diff(first, append=len(cells))
        cells = cells[first]
        row = cells // width
        column = cells - row * width
        values = self.idf_[column]
        several = counts > 1
        values[several] *= 1.0 + np.log(counts[several].astype(np.float32))
        lengths = np.bincount(row, minlength=len(texts))
        norms = np.sqrt(np.bincount(row, weights=values * values, minlength=len(texts)))
        values /= np.repeat(norms, lengths).astype(np.float32)
        pointers = np.concatenate(([0], np.cumsum(lengths)))
        return sparse.csr_matrix((values, column.astype(np.int32), pointers), shape=(len(texts), width))

    def get_feature_names_out(self) -> np.ndarray:
        return np.asarray(list(self.vocabulary_), dtype=object)

    def occurrences(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield column, start and end of each known n-gram in a text, overlapping ones too; an end may stand one beyond its word, for the blank."""
        for name, start, end in self._spans(text):
            column = self.vocabulary_.get(name)
            if column is not None:
                yield column, start, end

    def _spans(self, text: str) -> Iterator[tuple[str, int, int]]:
        low, high = self.ngram_range
        if self.analyzer == "word":
            words = [(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]
            for n in range(low, high + 1):
                for i in range(len(words) - n + 1):
                    yield " ".join(word for word, _, _ in words[i : i + n]), words[i][1], words[i + n - 1][2]
            return
        for match in re.finditer(r"\S+", text):
            padded = f" {match.group()[:_LONGEST_WORD]} "
            for gram, at in _character_ngrams(padded, low, high):
                yield gram, match.start() + at - 1, match.start() + at - 1 + len(gram)

    def _tokens(self, texts: Sequence[str], numbers: dict[str, int], known: dict[str, bytes]) -> _Counts:
        """Return text and number of every n-gram, numbering new ones as they come; `known` keeps those of words met before."""

        def number(grams: Iterable[str]) -> list[int]:
            return [numbers.setdefault(gram, len(numbers)) for gram in grams]

        return self._look_up_words(texts, number) if self.analyzer == "word" else self._look_up_characters(texts, known, number)

    def _known_tokens(self, texts: Sequence[str]) -> _Counts:
        """Return text and column of every n-gram that is in the vocabulary."""
        vocabulary = self.vocabulary_
        if self.analyzer == "word":
            return self._look_up_words(texts, lambda grams: map(vocabulary.get, grams))
        if len(self._columns) > _MOST_WORDS:
            self._forget()
        return self._look_up_characters(texts, self._columns, lambda grams: [vocabulary[gram] for gram in grams if gram in vocabulary])

    def _look_up_words(self, texts: Sequence[str], number: Callable[[Iterable[str]], Iterable[int | None]]) -> _Counts:
        low, high = self.ngram_range
        lengths: list[int] = []
        found: list[int] = []
        for text in texts:
            before = len(found)
            words = _WORD.findall(text)
            for n in range(low, high + 1):
                grams = words if n == 1 else map(" ".join, zip(*[words[k:] for k in range(n)], strict=False))
                found += [column for column in number(grams) if column is not None]
            lengths.append(len(found) - before)
        return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths), np.asarray(found, dtype=np.int32)

    def _look_up_characters(self, texts: Sequence[str], known: dict[str, bytes], number: Callable[[Iterable[str]], list[int]]) -> _Counts:
        low, high = self.ngram_range
        lengths: list[int] = []
        # The numbers of a word are kept as bytes: joining them is many times faster than a list of a hundred thousand integers.
        found: list[bytes] = []
        for text in texts:
            words = text.split()
            columns = list(map(known.get, words))
            if None in columns:
                for position, word in enumerate(words):
                    if columns[position] is None:
                        columns[position] = known.get(word)
                    if columns[position] is None:
                        padded = f" {word[:_LONGEST_WORD]} "
                        numbers = number([gram for gram, _ in _character_ngrams(padded, low, high)])
                        columns[position] = known[word] = np.asarray(numbers, dtype=np.int32).tobytes()
            joined = b"".join(columns)  # type: ignore[arg-type]
            found.append(joined)
            lengths.append(len(joined) // 4)
        return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths), np.frombuffer(b"".join(found), dtype=np.int32)


def _character_ngrams(padded: str, low: int, high: int) -> list[tuple[str, int]]:
    """Return the n-grams of a word with its blanks and where they start; a word shorter than n counts once as it is, as in scikit-learn."""
    found: list[tuple[str, int]] = []
    for n in range(low, high + 1):
        if n >= len(padded):
            found.append((padded, 0))
            break
        found += [(padded[k : k + n], k) for k in range(len(padded) - n + 1)]
    return found


def _grown(counts: np.ndarray, size: int) -> np.ndarray:
    return np.concatenate((counts, np.zeros(size - len(counts), dtype=np.int64)))
