"""Concepts ("loan device", "to lapse", "in writing") found in a text by what each language calls them.

The words are in `resources/concepts/<language>.toml`. Concepts are the same in all languages, so what a model learns of them from German rows helps it with Italian ones.

A pattern is a sequence of words. `*` at either end of a word stands for any letters ("leihgerät*", "*behebung"), a lone `~` for up to three words ("stellt ~ zur verfügung"). Accents and
case do not count. All patterns are looked up in one pass over the words of a text: by the word itself, its beginnings and its parts, so that the time does not grow with their number.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from analyzer.resources import read_toml
from analyzer.types import LANGUAGES

_WORD = re.compile(r"\w+")
_ELEMENT = re.compile(r"\*?\w+\*?|~")
_GAP = "~"
#: Words that a gap may hold.
_GAP_WORDS = 3
#: Nothing longer is a word of a contract; hostile text must not cost time.
_LONGEST_WORD = 48
#: Words remembered per language; texts full of serial numbers must not fill the memory.
_MOST_WORDS = 100_000

_Entry = tuple[int, tuple[str, ...]]
_LETTERS = {
    code: "".join(character for character in unicodedata.normalize("NFKD", chr(code)) if not unicodedata.combining(character))
    for code in range(0xC0, 0x180)
} | {ord("ß"): "ss"}

#: Few letters of a text are any of these: finding them costs less than looking up each letter.
_ACCENTED = re.compile("[" + "".join(map(chr, _LETTERS)) + "]")


def _plain_letter(match: re.Match[str]) -> str:
    return _LETTERS[ord(match.group())]


class _Start(NamedTuple):
    """What may begin with a word: concepts of that word alone, and longer patterns by their next word, whole or its beginning; the rest must be tried.

    `gaps` are patterns whose next word comes after a gap, by that word, where it is whole: most of them are dismissed by what stands in reach.
    """

    alone: tuple[int, ...]
    whole: dict[str, list[_Entry]]
    beginnings: dict[str, list[_Entry]]
    lengths: tuple[int, ...]
    others: tuple[_Entry, ...]
    gaps: dict[str, list[_Entry]]
    gap_beginnings: dict[str, list[_Entry]]
    gap_lengths: tuple[int, ...]
    #: Whether anything but whole words can come next.
    varied: bool
    #: What may follow on a next word that came whole, made when it first did: thousands of patterns begin with "de la".
    after: dict[str, _Start]

    def in_reach(self, following: Sequence[str]) -> list[_Entry]:
        """Return the patterns with a gap behind the first word whose word after the gap is among the following ones; each once."""
        found: list[_Entry] = []
        for word in set(following):
            found += self.gaps.get(word, ())
        for n in self.gap_lengths:
            for core in {word[:n] for word in following if len(word) >= n}:
                found += self.gap_beginnings.get(core, ())
        return found


_UNKNOWN = _Start((), {}, {}, (), (), {}, {}, (), False, {})


def fold(text: str) -> str:
    """Lower a text and take off its accents.

    Examples
    --------
    >>> fold("Störungsbehebung – Délai GRÖSSER")
    'storungsbehebung – delai grosser'
    """
    lowered = text.lower()
    if lowered.isascii():
        return lowered
    lowered = _ACCENTED.sub(_plain_letter, lowered)
    if lowered.isascii() or not any(unicodedata.combining(character) for character in lowered):
        return lowered
    return "".join(character for character in lowered if not unicodedata.combining(character))


class ConceptMatcher:
    """Counts concepts in texts of one language.

    Parameters
    ----------
    patterns : mapping from concept to its patterns
    concepts : sequence of str
        Order of the numbers that `count` returns.
    """

    def __init__(self, patterns: Mapping[str, Iterable[str]], concepts: Sequence[str]) -> None:
        number = {name: index for index, name in enumerate(concepts)}
        self._whole: dict[str, list[_Entry]] = {}
        self._beginnings: dict[str, list[_Entry]] = {}
        self._endings: dict[str, list[_Entry]] = {}
        self._parts: dict[str, list[_Entry]] = {}
        for name, items in patterns.items():
            for pattern in items:
                elements = _ELEMENT.findall(fold(pattern))
                if not elements or elements[0] == _GAP:
                    continue
                first = elements[0]
                core = first.strip("*")
                table = (self._whole, self._beginnings, self._endings, self._parts)[2 * first.startswith("*") + first.endswith("*")]
                table.setdefault(core, []).append((number[name], tuple(elements[1:])))
        self._beginning_lengths = sorted({len(core) for core in self._beginnings})
        self._ending_lengths = sorted({len(core) for core in self._endings})
        self._part_lengths = sorted({len(core) for core in self._parts})
        self._known: dict[str, _Start | None] = {}

    def count(self, text: str) -> dict[int, int]:
        """Return how often each concept occurs, by its number."""
        words = _WORD.findall(fold(text))
        counts: dict[int, int] = {}
        last = len(words) - 1
        for i, start in enumerate(map(self._known.get, words, itertools.repeat(_UNKNOWN))):
            if start is None:
                continue
            if start is _UNKNOWN:
                start = self._starting_with(words[i])
            at = i
            while start is not None:
                for concept in start.alone:
                    counts[concept] = counts.get(concept, 0) + 1
                if at == last:
                    if start.others and at > i:
                        _count_others(counts, start, words, at + 1)
                    break
                at += 1
                if start.varied:
                    _count_others(counts, start, words, at)
                word = words[at]
                following = start.after.get(word)
                if following is None and word in start.whole:
                    following = start.after[word] = _sort_by_next_word(start.whole[word])
                start = following
        return counts

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """Yield number, first word and word after the last of each concept that `count` counts. Words are those of the folded text."""
        words = _WORD.findall(fold(text))
        for i, word in enumerate(words):
            start = self._known.get(word) or self._starting_with(word)
            if start is None:
                continue
            yield from ((concept, i, i + 1) for concept in start.alone)
            following = words[i + 1 :][:1]
            nexts = [entry for w in following for entry in start.whole.get(w, ())]
            nexts += [entry for w in following for n in start.lengths if len(w) >= n for entry in start.beginnings.get(w[:n], ())]
            for concept, rest in nexts:
                end = _end(rest, words, i + 2) if rest else i + 2
                if end:
                    yield concept, i, end
            if following:
                for concept, rest in (*start.others, *start.in_reach(words[i + 1 : i + 2 + _GAP_WORDS])):
                    end = _end(rest, words, i + 1)
                    if end:
                        yield concept, i, end

    def _starting_with(self, word: str) -> _Start | None:
        """Return what may begin with a word, None for nothing, and remember it."""
        found: list[_Entry] = []
        length = len(word)
        if length <= _LONGEST_WORD:
            found += self._whole.get(word, ())
            for n in self._beginning_lengths:
                if n > length:
                    break
                found += self._beginnings.get(word[:n], ())
            for n in self._ending_lengths:
                if n > length:
                    break
                found += self._endings.get(word[length - n :], ())
            for n in self._part_lengths:
                if n > length:
                    break
                for part in {word[start : start + n] for start in range(length - n + 1)}:
                    found += self._parts.get(part, ())
        if len(self._known) >= _MOST_WORDS:
            self._known.clear()
        start = self._known[word] = _sort_by_next_word(found) if found else None
        return start


def _sort_by_next_word(entries: Iterable[_Entry]) -> _Start:
    whole: dict[str, list[_Entry]] = {}
    beginnings: dict[str, list[_Entry]] = {}
    alone: list[int] = []
    others: list[_Entry] = []
    gaps: dict[str, list[_Entry]] = {}
    gap_beginnings: dict[str, list[_Entry]] = {}
    for concept, rest in entries:
        if not rest:
            alone.append(concept)
        elif rest[0] == _GAP and len(rest) > 1 and rest[1] != _GAP and rest[1][0] != "*":
            table, core = (gap_beginnings, rest[1][:-1]) if rest[1][-1] == "*" else (gaps, rest[1])
            table.setdefault(core, []).append((concept, rest))
        elif rest[0] == _GAP or rest[0][0] == "*":
            others.append((concept, rest))
        elif rest[0][-1] == "*":
            beginnings.setdefault(rest[0][:-1], []).append((concept, rest[1:]))
        else:
            whole.setdefault(rest[0], []).append((concept, rest[1:]))
    varied = bool(beginnings or others or gaps or gap_beginnings)
    return _Start(
        tuple(alone), whole, beginnings, _lengths(beginnings), tuple(others), gaps, gap_beginnings, _lengths(gap_beginnings), varied, {}
    )  # fmt: skip


def _count_others(counts: dict[int, int], start: _Start, words: Sequence[str], i: int) -> None:
    """Count the patterns that go on with anything but a whole word, from word `i` on."""
    following = words[i] if i < len(words) else ""
    for n in start.lengths:
        for concept, rest in start.beginnings.get(following[:n], ()):
            if len(following) >= n and (not rest or _end(rest, words, i + 1)):
                counts[concept] = counts.get(concept, 0) + 1
    for concept, rest in start.others:
        if _end(rest, words, i):
            counts[concept] = counts.get(concept, 0) + 1
    if start.gaps or start.gap_lengths:
        for concept, rest in start.in_reach(words[i : i + 1 + _GAP_WORDS]):
            if _end(rest, words, i):
                counts[concept] = counts.get(concept, 0) + 1


def _lengths(cores: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({len(core) for core in cores}))


def _end(elements: Sequence[str], words: Sequence[str], i: int) -> int:
    """Return the number of the word after the rest of a pattern that begins at word `i`, 0 where it does not stand there."""
    for k, element in enumerate(elements):
        if element == _GAP:
            rest = elements[k + 1 :]
            ends = (_end(rest, words, j) for j in range(i, min(i + _GAP_WORDS, len(words)) + 1))
            return next((end for end in ends if end), 0)
        if i >= len(words) or not _matches(element, words[i]):
            return 0
        i += 1
    return i


def _matches(element: str, word: str) -> bool:
    core = element.strip("*")
    if element[0] == "*":
        return core in word if element[-1] == "*" else word.endswith(core)
    return word.startswith(core) if element[-1] == "*" else word == element


@cache
def concept_names() -> tuple[str, ...]:
    """Return the names of all concepts, in the order of their numbers."""
    return tuple(read_toml("concepts/en.toml")["concepts"])


@cache
def concept_matcher(language: str) -> ConceptMatcher:
    """Return the matcher of a language; English for one without concepts."""
    known = language if language in LANGUAGES else "en"
    return ConceptMatcher(read_toml(f"concepts/{known}.toml")["concepts"], concept_names())
