"""The word list: expressions of four languages by category. What it counts is the same in every language, so Italian profits from German data.

Most of some thousand expressions are not in a given sentence. Each has a literal part that must be there; a substring test is 50 times cheaper than the
expression, so the expression runs only where its literal was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np

from analyzer.resources import read_toml
from analyzer.types import LANGUAGES

_SPECIAL = set(".^$*+?{}[]\\|()")


def required_literal(pattern: str) -> str:
    """Return the longest run of plain characters that every match of `pattern` holds; "" where there is none."""
    best = run = ""
    depth = position = 0
    if _top_level_choice(pattern):
        return ""
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            step, plain = 2, ""
        elif character == "[":
            step, plain = pattern.index("]", position + 2) - position + 1, ""
        elif character in "()":
            depth += 1 if character == "(" else -1
            step, plain = 1, ""
        elif character in _SPECIAL:
            step, plain = 1, ""
            if character == "{":
                step = pattern.index("}", position) - position + 1
        else:
            step, plain = 1, character
        following = pattern[position + step : position + step + 1]
        if plain and not depth and following not in ("?", "*", "{"):
            run += plain
        else:
            run = ""
        if len(run) > len(best):
            best = run
        position += step
    return best


def _top_level_choice(pattern: str) -> bool:
    depth = 0
    escaped = False
    for character in pattern:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in "([":
            depth += 1
        elif character in ")]":
            depth -= 1
        elif character == "|" and not depth:
            return True
    return False


class CueList:
    """The compiled expressions of one language."""

    def __init__(self, cues: dict[str, Sequence[str]], categories: Sequence[str]) -> None:
        index = {category: position for position, category in enumerate(categories)}
        self._entries: list[tuple[str, re.Pattern[str], int]] = []
        for category, patterns in cues.items():
            for pattern in patterns:
                lowered = pattern.lower() if not re.search(r"\\[A-Z]", pattern) else pattern
                self._entries.append((required_literal(lowered), re.compile(lowered, re.IGNORECASE), index[category]))
        self._width = len(categories)

    def count(self, text: str) -> dict[int, int]:
        """Return category index -> number of expressions found in a lowered text."""
        found: dict[int, int] = {}
        for literal, pattern, category in self._entries:
            if literal in text and pattern.search(text):
                found[category] = found.get(category, 0) + 1
        return found


def cue_categories() -> tuple[str, ...]:
    """Return the categories of the word lists, sorted."""
    names: set[str] = set()
    for language in LANGUAGES:
        names |= set(read_toml(f"cues/{language}.toml")["cues"])
    return tuple(sorted(names))


@cache
def _lists() -> dict[str, CueList]:
    categories = cue_categories()
    return {language: CueList(read_toml(f"cues/{language}.toml")["cues"], categories) for language in LANGUAGES}


@lru_cache(maxsize=4096)
def _count_heading(text: str, language: str) -> dict[int, int]:
    return _lists()[language].count(text)


def count_cues(text: str, language: str, *, heading: bool = False) -> dict[int, int]:
    """Count the expressions of `language` in a text, by index into `cue_categories()`. An unknown language counts nothing."""
    if language not in LANGUAGES:
        return {}
    lowered = unicodedata.normalize("NFC", text).lower().replace("’", "'")
    return _count_heading(lowered, language) if heading else _lists()[language].count(lowered)


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
