"""The word list: expressions of four languages by category. What it counts is the same in every language, so Italian profits from German data.

Most of some thousand expressions are not in a given sentence. Each has literal parts that must be there (`resources/literals.py`), so an expression runs
only where they were found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache

import numpy as np

from analyzer.classification.masking import MAX_CHARACTERS
from analyzer.resources import read_toml
from analyzer.resources.literals import LiteralIndex, required_elsewhere, required_literals, split_choices
from analyzer.types import LANGUAGES

#: Plain words, at the beginning or end of a word or both.
_PLAIN = re.compile(r"(?P<start>\(\?<!\\w\))?(?P<words>[^\\.^$*+?{}\[\]|()]+)(?P<end>\(\?!\\w\))?")
#: Escapes such as \W, whose capital means something, and what stands between them.
_ESCAPED = re.compile(r"\\.|[^\\]+", re.DOTALL)


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


class Cue:
    """An expression that is compiled when its literals were first met: most of some thousand never are."""

    __slots__ = ("_besides", "_plain", "_search", "category", "literals", "must", "pattern")

    def __init__(self, pattern: str, category: int) -> None:
        self.pattern = _ESCAPED.sub(lambda part: part.group() if part.group()[0] == "\\" else part.group().lower(), pattern)
        self.category = category
        self.literals = required_literals(self.pattern) or required_literals(self.pattern, shortest=1)
        elsewhere = [group for group in required_elsewhere(self.pattern, self.literals) if group != (" ",)]
        # The longest first: it is the rarest, and asked for where candidates are looked up.
        alone = sorted((group for group in elsewhere if len(group) == 1), key=lambda group: len(group[0]), reverse=True)
        self.must = alone[0][0] if alone else ""
        self._besides = (*alone[1:], *(group for group in elsewhere if len(group) > 1))
        self._search: Callable[[str], re.Match[str] | None] | None = None
        plain = _PLAIN.fullmatch(self.pattern)
        self._plain = (plain["words"], bool(plain["start"]), bool(plain["end"])) if plain else None

    def stands_in(self, text: str) -> bool:
        """Tell whether a lowered text, which holds one of the literals and `must`, matches; plain words are told without an expression."""
        if self._plain is None:
            for group in self._besides:
                for literal in group:
                    if literal in text:
                        break
                else:
                    return False
            return (self._search or self._compile())(text) is not None
        words, start, end = self._plain
        if not (start or end):
            return words in text
        at = text.find(words)
        while at >= 0:
            beyond = at + len(words)
            if not (start and at and _in_word(text[at - 1])) and not (end and beyond < len(text) and _in_word(text[beyond])):
                return True
            at = text.find(words, at + 1)
        return False

    def found_in(self, text: str) -> re.Match[str] | None:
        """Return the first match in a lowered text."""
        return (self._search or self._compile())(text)

    def _compile(self) -> Callable[[str], re.Match[str] | None]:
        # Texts are lowered, and without IGNORECASE an expression looks for its first letters before anything else: half the time.
        compiled = re.compile(self.pattern)
        # An expression for the beginning is not tried anywhere else.
        self._search = compiled.match if self.pattern.startswith("^") and len(split_choices(self.pattern)) == 1 else compiled.search
        return self._search


class CueList:
    """The expressions of one language, of which a text runs those that can match."""

    def __init__(self, cues: dict[str, Sequence[str]], categories: Sequence[str]) -> None:
        index = {category: position for position, category in enumerate(categories)}
        made = (Cue(pattern, index[category]) for category, patterns in cues.items() for pattern in dict.fromkeys(patterns))
        self._index = LiteralIndex(((cue.literals, cue) for cue in made), also=lambda cue: cue.must)

    def count(self, text: str) -> dict[int, int]:
        """Return category index -> number of expressions found in a lowered text."""
        found: dict[int, int] = {}
        for cue in self._index.candidates(text):
            if cue.stands_in(text):
                found[cue.category] = found.get(cue.category, 0) + 1
        return found

    def hits(self, text: str) -> set[Cue]:
        """Return the expressions that match a lowered text."""
        return {cue for cue in self._index.candidates(text) if cue.stands_in(text)}


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
