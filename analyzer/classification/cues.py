"""The word list: expressions of four languages by category. What it counts is the same in every language, so Italian profits from German data.

Most of some thousand expressions are not in a given sentence. Each has a literal part that must be there, so an expression runs only where its literal
was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from analyzer.classification.masking import MAX_CHARACTERS
from analyzer.resources import read_toml
from analyzer.types import LANGUAGES

_OPTIONAL = ("?", "*", "{")
_FIGURES = tuple("0123456789")
#: Literals of this length tell much; shorter ones are tried for all texts, once for all expressions that share them.
_TELLING = 3
#: Looking for more strings than this costs what running the expression costs.
_MOST_CHOICES = 12


def required_literals(pattern: str, shortest: int = _TELLING) -> tuple[str, ...]:
    """Return plain strings of which every match of `pattern` holds at least one; empty where none has `shortest` letters.

    Examples
    --------
    >>> required_literals("remise en (état|service)")
    ('remise en ',)
    >>> required_literals("licen[cs]e|(?:droit|diritto) d")
    ('licen', 'diritto', 'droit')
    >>> required_literals(r"\\d ?€", shortest=1)
    ('€',)
    """
    found: set[str] = set()
    for branch in _split_choices(pattern):
        best: tuple[str, ...] = ()
        for candidate in _candidates(branch, shortest):
            if _telling(candidate) > _telling(best):
                best = candidate
        if not best or min(map(len, best)) < shortest:
            return ()
        found.update(best)
    return tuple(sorted(found, key=lambda text: (text[:2] != pattern[:2], text)))


def _telling(candidate: tuple[str, ...]) -> float:
    """Return how much it says of a text that it holds one of these: by the shortest; below three letters a sign is rarer than a figure, a figure rarer than letters."""
    if not candidate:
        return 0.0
    shortest = min(map(len, candidate))
    if shortest >= _TELLING:
        return shortest
    return 2.0 if not any(map(str.isalnum, candidate)) else 1.0 + shortest / 4 if not any(map(str.isalpha, candidate)) else shortest / 4


def _candidates(branch: str, shortest: int) -> list[tuple[str, ...]]:
    """Return the alternatives for what a sequence without top-level choice must hold: each run of letters, each group, a figure."""
    found: list[tuple[str, ...]] = []
    run = ""
    position = 0
    while position < len(branch):
        character = branch[position]
        plain = ""
        if character == "\\":
            step = 2
            escaped = branch[position + 1]
            if not escaped.isalnum():
                plain = escaped
            elif escaped == "d" and not _may_be_absent(branch, position + 2):
                found.append(_FIGURES)
        elif character == "[":
            step = branch.index("]", position + 2) - position + 1
        elif character == "(":
            step = _group_end(branch, position) - position + 1
            inner = branch[position + 1 : position + step - 1]
            if not inner.startswith(("?=", "?!", "?<")) and not _may_be_absent(branch, position + step):
                literals = required_literals(inner.removeprefix("?:"), shortest)
                if literals:
                    found.append(literals)
        elif character == "{":
            step = branch.index("}", position) - position + 1
        else:
            step = 1
            plain = character if character not in ".^$*+?|)]}" else ""
        if plain and not _may_be_absent(branch, position + step):
            run += plain
        else:
            if run:
                found.append((run,))
            run = ""
        position += step
    if run:
        found.append((run,))
    return found


def _may_be_absent(branch: str, after: int) -> bool:
    """Whether what ends before `after` may be missing; `{1,3}` is counted as if it might, which is safe."""
    return branch[after : after + 1] in _OPTIONAL and bool(branch[after : after + 1])


def _group_end(pattern: str, start: int) -> int:
    """Return the position of the bracket that closes the group opened at `start`."""
    depth = 0
    position = start
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif character == "[":
            position = pattern.index("]", position + 2)
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if not depth:
                return position
        position += 1
    raise ValueError(f"unbalanced bracket in {pattern!r}")


def _split_choices(pattern: str) -> list[str]:
    """Split at the top-level bars."""
    parts: list[str] = []
    start = position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif character == "[":
            position = pattern.index("]", position + 2)
        elif character == "(":
            position = _group_end(pattern, position)
        elif character == "|":
            parts.append(pattern[start:position])
            start = position + 1
        position += 1
    return [*parts, pattern[start:]]


def required_elsewhere(pattern: str, literals: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return what every match must hold besides `literals`: groups of plain strings, one string of each group.

    Examples
    --------
    >>> required_elsewhere("(client|customer) .{0,20}(must|shall) ", ("client", "customer"))
    ((' ',), ('must', 'shall'))
    """
    branches = _split_choices(pattern)
    if len(branches) > 1:
        return ()
    groups = {group for group in _candidates(branches[0], 1) if len(group) <= _MOST_CHOICES and not set(group) & set(literals)}
    return tuple(sorted(groups, key=lambda group: (len(group), group)))


class Cue:
    """An expression that is compiled when its literals were first met: most of some thousand never are."""

    __slots__ = ("_compiled", "category", "elsewhere", "literals", "pattern")

    def __init__(self, pattern: str, category: int) -> None:
        self.pattern = pattern if re.search(r"\\[A-Z]", pattern) else pattern.lower()
        self.category = category
        self.literals = required_literals(self.pattern)
        self.elsewhere = tuple(group for group in required_elsewhere(self.pattern, self.literals) if group != (" ",))
        self._compiled: re.Pattern[str] | None = None

    def found_in(self, text: str) -> re.Match[str] | None:
        """Return the first match in a lowered text."""
        for group in self.elsewhere:
            for literal in group:
                if literal in text:
                    break
            else:
                return None
        if self._compiled is None:
            self._compiled = re.compile(self.pattern, re.IGNORECASE)
        return self._compiled.search(text)


class CueList:
    """The compiled expressions of one language, found through letter groups of their literals.

    A text of 150 letters has as many groups of four; one set intersection tells which expressions can match at all, out of thousands.
    """

    def __init__(self, cues: dict[str, Sequence[str]], categories: Sequence[str]) -> None:
        index = {category: position for position, category in enumerate(categories)}
        self._short: dict[tuple[str, ...], list[Cue]] = {}
        self._by_gram: dict[int, dict[str, list[tuple[str, Cue]]]] = {4: {}, 3: {}}
        for category, patterns in cues.items():
            for pattern in dict.fromkeys(patterns):
                cue = Cue(pattern, index[category])
                if not cue.literals:
                    self._short.setdefault(required_literals(cue.pattern, shortest=1), []).append(cue)
                for literal in cue.literals:
                    size = 4 if len(literal) >= 4 else 3
                    buckets = self._by_gram[size]
                    grams = [literal[k : k + size] for k in range(len(literal) - size + 1)]
                    gram = min(grams, key=lambda g, buckets=buckets: (len(buckets.get(g, ())), g))  # type: ignore[misc]
                    buckets.setdefault(gram, []).append((literal, cue))

    def count(self, text: str) -> dict[int, int]:
        """Return category index -> number of expressions found in a lowered text."""
        found: dict[int, int] = {}
        for cue in self.hits(text):
            found[cue.category] = found.get(cue.category, 0) + 1
        return found

    def hits(self, text: str) -> set[Cue]:
        """Return the expressions that match a lowered text."""
        hits: set[Cue] = set()
        for literals, cues in self._short.items():
            if not literals or any(literal in text for literal in literals):
                hits.update(cue for cue in cues if cue.found_in(text))
        for size, buckets in self._by_gram.items():
            for gram in {text[k : k + size] for k in range(len(text) - size + 1)} & buckets.keys():
                for literal, cue in buckets[gram]:
                    if literal in text and cue not in hits and cue.found_in(text):
                        hits.add(cue)
        return hits


@cache
def cue_categories() -> tuple[str, ...]:
    """Return the categories that the word lists speak of, sorted: those of the taxonomy."""
    return tuple(sorted(entry["id"] for entry in read_toml("categories.toml")["category"] if entry["id"] != "other"))


@cache
def _cue_list(language: str) -> CueList:
    return CueList(read_toml(f"cues/{language}.toml")["cues"], cue_categories())


@lru_cache(maxsize=4096)
def _count_heading(text: str, language: str) -> dict[int, int]:
    return _cue_list(language).count(text)


def count_cues(text: str, language: str, *, heading: bool = False) -> dict[int, int]:
    """Count the expressions of `language` in a text, by index into `cue_categories()`. An unknown language counts nothing; long texts are read as far as `mask` does."""
    if language not in LANGUAGES:
        return {}
    lowered = unicodedata.normalize("NFC", text[:MAX_CHARACTERS]).lower().replace("’", "'")
    return _count_heading(lowered, language) if heading else _cue_list(language).count(lowered)


def find_cues(text: str, language: str) -> list[tuple[int, int, int]]:
    """Return category index, start and end of the first match of each expression that `count_cues` counts; the whole text where it is not in normal form."""
    if language not in LANGUAGES:
        return []
    text = text[:MAX_CHARACTERS]
    lowered = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    found = [(cue.category, match) for cue in _cue_list(language).hits(lowered) if (match := cue.found_in(lowered))]
    aligned = len(lowered) == len(text)
    return sorted((category, *(match.span() if aligned and match.group().strip() else (0, len(text)))) for category, match in found)


#: What an expression counts in the row, in its nearest heading, and in the headings further out.
WEIGHTS = (1.0, 0.7, 0.3)
#: Points from which the word list alone gives a category.
RULE_THRESHOLD = 0.7


def score_by_cues(texts: Sequence[str], headings: Sequence[Sequence[str]], languages: Sequence[str]) -> np.ndarray:
    """Return the points of the word list alone, shape (n_rows, n_categories): a reference that the trained model must beat."""
    categories = cue_categories()
    points = np.zeros((len(texts), len(categories)))
    for row, (text, path, language) in enumerate(zip(texts, headings, languages, strict=True)):
        for category, count in count_cues(text, language).items():
            points[row, category] += WEIGHTS[0] * count
        for depth, title in enumerate(reversed(path)):
            for category, count in count_cues(title, language, heading=True).items():
                points[row, category] += WEIGHTS[1 if depth == 0 else 2] * count
    return points
