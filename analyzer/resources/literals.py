"""What every match of an expression must hold, so that thousands of expressions cost a text only those that can match.

Each expression has literal parts that must be there. They are found by the words of a text: which literals a word can be part of is worked out when
the word is first met, and contracts repeat their words.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
#: Where a piece that stands in a word leads: a literal ("" where the piece is all of it), what the text must hold besides, and the item.
_Entry = tuple[str, str, T]

#: What a piece leads to: items, items by a string that the text must hold too, and items by two of them.
_Asking = tuple[tuple[str, list[T]], ...]
_Known = tuple[tuple[T, ...], _Asking[T], tuple[tuple[str, _Asking[T]], ...]]

_WORD = re.compile(r"\w+")
#: Words remembered per index, and the longest of them: texts full of serial numbers must not fill the memory.
_MOST_WORDS = 100_000
_LONGEST_WORD = 60
#: Letters that stand for themselves, and what can follow the last of them and is about it alone.
_LETTERS = re.compile(r"[^\\.^$*+?|()\[\]{}]+")
_REPEATS = tuple("?*{")
_COUNT = re.compile(r"\{(\d*)(?:,\d*)?\}")
#: Escapes that stand for a letter by its number or name, or for a group: nothing is known of what they match.
_NUMBERED = re.compile(r"\\(?:x..|u....|U.{8}|N\{[^}]*\}|\d{1,3})", re.DOTALL)
_FIGURES = tuple("0123456789")
_CLASS_OF_FIGURES = re.compile(r"(?:\d-\d|\d)+", re.ASCII)
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
    for branch in split_choices(pattern):
        best: tuple[str, ...] = ()
        for candidate in _candidates(branch, shortest):
            if _telling(candidate) > _telling(best):
                best = candidate
        if not best or min(map(len, best)) < shortest:
            return ()
        found.update(best)
    return tuple(sorted(found, key=lambda text: (text[:2] != pattern[:2], text)))


def _telling(candidate: tuple[str, ...]) -> float:
    """Return how much it says of a text that it holds one of these: by the shortest; below three letters a sign is rarer than a figure, a figure rarer than letters.

    A blank says nothing. Of short ones the longer as a whole say more: "km" or "kilometre" against "le", "du" or "par".
    """
    if not candidate:
        return 0.0
    shortest = min(map(len, candidate))
    if shortest >= _TELLING:
        return shortest
    if any(map(str.isspace, candidate)):
        return 0.01
    if not any(map(str.isalnum, candidate)):
        return 2.0
    if not any(map(str.isalpha, candidate)):
        return 1.0 + shortest / 4
    return shortest / 4 + 0.01 * min(20.0, sum(map(len, candidate)) / len(candidate))


def _candidates(branch: str, shortest: int) -> list[tuple[str, ...]]:
    """Return the alternatives for what a sequence without top-level choice must hold: each run of letters, each group, a figure."""
    found: list[tuple[str, ...]] = []
    run = ""
    position = 0
    while position < len(branch):
        letters = _LETTERS.match(branch, position)
        if letters is not None:
            position = letters.end() - (branch[letters.end() : letters.end() + 1] in _REPEATS)
            run += branch[letters.start() : position]
            if position == letters.end():
                continue
        character = branch[position]
        plain = ""
        if character == "\\":
            numbered = _NUMBERED.match(branch, position)
            step = 2 if numbered is None else len(numbered[0])
            escaped = branch[position + 1]
            if not escaped.isalnum():
                plain = escaped
            elif escaped == "d" and not _may_be_absent(branch, position + 2):
                found.append(_FIGURES)
        elif character == "[":
            step = _class_end(branch, position) - position + 1
            figures = _figures_of(branch[position + 1 : position + step - 1])
            if figures and not _may_be_absent(branch, position + step):
                found.append(figures)
        elif character == "(":
            step = _group_end(branch, position) - position + 1
            inner = branch[position + 1 : position + step - 1]
            if (not inner.startswith("?") or inner.startswith("?:")) and not _may_be_absent(branch, position + step):
                literals = required_literals(inner.removeprefix("?:"), shortest)
                if literals:
                    found.append(literals)
        elif character == "{" and (count := _COUNT.match(branch, position)) is not None:
            step = len(count[0])
        else:
            step = 1
            plain = character if character not in ".^$*+?|)" else ""
        if plain and not _may_be_absent(branch, position + step):
            run += plain if branch[position + step : position + step + 1] != "{" else plain * _least(branch, position + step)
        else:
            if run:
                found.append((run,))
            run = ""
        position += step
    if run:
        found.append((run,))
    return found


def _figures_of(inside: str) -> tuple[str, ...]:
    """Return the figures that a class such as `[1-5]` stands for; none where it holds anything else."""
    if not _CLASS_OF_FIGURES.fullmatch(inside):
        return ()
    bounds = [(part[0], part[-1]) for part in re.findall(r"\d-\d|\d", inside)]
    return tuple(figure for figure in _FIGURES if any(low <= figure <= high for low, high in bounds))


def _may_be_absent(branch: str, after: int) -> bool:
    """Whether what ends before `after` may be missing."""
    mark = branch[after : after + 1]
    return mark == "?" or mark == "*" or (mark == "{" and not _least(branch, after))


def _least(branch: str, after: int) -> int:
    """Return how often at least what ends before a count such as `{3,}` stands there, at most 8; 1 where that is no count."""
    count = _COUNT.match(branch, after)
    return 1 if count is None else min(int(count.group(1) or 0), 8)


def _class_end(pattern: str, start: int) -> int:
    """Return the position of the bracket that closes the class of letters opened at `start`."""
    position = start + 1 + (pattern[start + 1 : start + 2] == "^")
    # The first letter may be a closing bracket.
    position += 2 if pattern[position : position + 1] == "\\" else 1
    while pattern[position] != "]":
        position += 2 if pattern[position] == "\\" else 1
    return position


def _group_end(pattern: str, start: int) -> int:
    """Return the position of the bracket that closes the group opened at `start`."""
    depth = 0
    position = start
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif character == "[":
            position = _class_end(pattern, position)
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if not depth:
                return position
        position += 1
    raise ValueError(f"unbalanced bracket in {pattern!r}")


def split_choices(pattern: str) -> list[str]:
    """Split an expression at its top-level bars."""
    if "|" not in pattern:
        return [pattern]
    parts: list[str] = []
    start = position = 0
    while position < len(pattern):
        character = pattern[position]
        if character == "\\":
            position += 1
        elif character == "[":
            position = _class_end(pattern, position)
        elif character == "(":
            position = _group_end(pattern, position)
        elif character == "|":
            parts.append(pattern[start:position])
            start = position + 1
        position += 1
    return [*parts, pattern[start:]]


def leading_literals(pattern: str) -> tuple[str, ...]:
    """Return plain strings with one of which every match of `pattern` begins; empty where that cannot be told.

    Examples
    --------
    >>> leading_literals("(?:le |la )?client[ei]|mandant")
    ('client', 'la ', 'le ', 'mandant')
    >>> leading_literals(r"\\w*kunde")
    ()
    """
    found: set[str] = set()
    for branch in split_choices(pattern):
        literals = _beginnings_of(branch)
        if not literals:
            return ()
        found |= literals
    return tuple(sorted(text for text in found if not any(text[:n] in found for n in range(1, len(text)))))


def _beginnings_of(branch: str) -> set[str]:
    """Return what a sequence without top-level choice can begin with, empty where that cannot be told."""
    run = ""
    position = 0
    while position < len(branch):
        character = branch[position]
        if character == "(":
            end = _group_end(branch, position) + 1
            inner = branch[position + 1 : end - 1]
            if run or (inner.startswith("?") and not inner.startswith("?:")):
                break
            literals = set(leading_literals(inner.removeprefix("?:")))
            if literals and _may_be_absent(branch, end):
                if branch[end : end + 1] != "?" or branch[end + 1 : end + 2] == "?":
                    return set()
                rest = _beginnings_of(branch[end + 1 :])
                return literals | rest if rest else set()
            return literals
        escaped = character == "\\"
        plain = branch[position + 1] if escaped else character
        if plain.isalnum() if escaped else character in ".^$*+?|)[]{}":
            break
        position += 2 if escaped else 1
        if _may_be_absent(branch, position):
            break
        run += plain
        if branch[position : position + 1] in ("+", "{"):
            break
    return {run} if run else set()


def required_elsewhere(pattern: str, literals: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return what every match must hold besides `literals`: groups of plain strings, one string of each group.

    Examples
    --------
    >>> required_elsewhere("(client|customer) .{0,20}(must|shall) ", ("client", "customer"))
    ((' ',), ('must', 'shall'))
    """
    branches = split_choices(pattern)
    if len(branches) > 1:
        return ()
    groups = {group for group in _candidates(branches[0], 1) if len(group) <= _MOST_CHOICES and not set(group) & set(literals)}
    return tuple(sorted(groups, key=lambda group: (len(group), group)))


class LiteralIndex(Generic[T]):
    """Items, each with literals of which a text must hold one, found by the words of the text.

    Parameters
    ----------
    items : iterable of (literals, item)
        An item without literals is always a candidate.
    also : function, optional
        Returns of an item a string that the text must hold besides, "" for none.
    """

    def __init__(self, items: Iterable[tuple[Sequence[str], T]], *, also: Callable[[T], str] = lambda _: "") -> None:
        self._always: list[T] = []
        self._signs: dict[tuple[str, ...], list[T]] = {}
        #: Literals by a piece of them that stands in one word: as the whole word, its beginning, its end, or anywhere in it.
        tables: tuple[dict[str, list[_Entry[T]]], ...] = ({}, {}, {}, {})
        for literals, item in items:
            if not literals:
                self._always.append(item)
                continue
            signs = tuple(literal for literal in literals if not _WORD.search(literal))
            if signs:
                self._signs.setdefault(signs, []).append(item)
            for literal in literals:
                if literal in signs:
                    continue
                found = max(_WORD.finditer(literal), key=lambda m: (m.end() - m.start(), m.start() > 0, m.end() < len(literal)))
                piece, starts, ends = found.group(), found.start() > 0, found.end() < len(literal)
                table = tables[(0 if ends else 1) if starts else (2 if ends else 3)]
                table.setdefault(piece, []).append(("" if piece == literal else literal, also(item), item))
        #: How long the pieces are that begin with the same letters, so that a word is cut only where a piece can stand.
        self._tables: tuple[dict[str, _Known[T]], ...] = tuple(
            {piece: _by_what_is_asked(entries) for piece, entries in table.items()} for table in tables
        )
        self._lengths = tuple(_lengths_by_start(table) for table in self._tables)
        self._known: dict[str, tuple[_Known[T], ...]] = {}

    def candidates(self, text: str) -> set[T]:
        """Return the items one of whose literals stands in a text, and what they need besides."""
        found = set(self._always)
        for signs, items in self._signs.items():
            for sign in signs:
                if sign in text:
                    found.update(items)
                    break
        words = set(_WORD.findall(text))
        met = list(filter(None, map(self._known.get, words)))
        met += filter(None, map(self._entries, words.difference(self._known)))
        for sure, asking, both in itertools.chain.from_iterable(met):
            if sure:
                found.update(sure)
            for literal, items in asking:
                if literal in text:
                    found.update(items)
            for literal, more in both:
                if literal in text:
                    for besides, items in more:
                        if besides in text:
                            found.update(items)
        return found

    def _entries(self, word: str) -> tuple[_Known[T], ...]:
        """Return what a text with this word may hold. What a piece leads to is shared by all words with it: a memory of many small things costs the collector."""
        size = len(word)
        whole, beginnings, ends, inside = self._tables
        at_start, at_end, anywhere = self._lengths[1:]
        found: list[_Known[T] | None] = [whole.get(word)]
        found += [beginnings.get(word[:n]) for n in (*at_start.get("", ()), *at_start.get(word[:_TELLING], ())) if n <= size]
        pieces: set[str] = set()
        briefest = anywhere.get("", ())
        for k in range(size):
            letters = word[k : k + _TELLING]
            if letters in at_end and size - k in at_end[letters]:
                found.append(ends.get(word[k:]))
            if letters in anywhere:
                pieces.update([word[k : k + n] for n in anywhere[letters]])
            for n in briefest:
                pieces.add(word[k : k + n])
        found += [ends.get(word[size - n :]) for n in at_end.get("", ()) if n <= size]
        found += [inside[piece] for piece in pieces & inside.keys()]
        entries = tuple(filter(None, found))
        if size <= _LONGEST_WORD:
            if len(self._known) >= _MOST_WORDS:
                self._known.clear()
            self._known[word] = entries
        return entries


def _by_what_is_asked(entries: Iterable[_Entry[T]]) -> _Known[T]:
    sure: list[T] = []
    asking: dict[str, list[T]] = {}
    both: dict[str, dict[str, list[T]]] = {}
    for literal, besides, item in entries:
        if literal and besides:
            both.setdefault(literal, {}).setdefault(besides, []).append(item)
        elif literal or besides:
            asking.setdefault(literal or besides, []).append(item)
        else:
            sure.append(item)
    return tuple(sure), tuple(asking.items()), tuple([(literal, tuple(more.items())) for literal, more in both.items()])


def _lengths_by_start(pieces: Iterable[str]) -> dict[str, tuple[int, ...]]:
    """Map the first letters of pieces to their lengths; pieces of fewer letters stand under ""."""
    lengths: dict[str, set[int]] = {}
    for piece in pieces:
        lengths.setdefault(piece[:_TELLING] if len(piece) >= _TELLING else "", set()).add(len(piece))
    return {start: tuple(sorted(found)) for start, found in lengths.items()}
