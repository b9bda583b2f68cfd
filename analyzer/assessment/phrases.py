"""Groups of phrases: one idea, said in four languages.

A group is a list of regular expressions per language, matched at the start of a word in *folded* text: lower case, accents taken off,
apostrophes and hyphens read as spaces, runs of blanks as one. Two shorthands keep the lists readable:

- `~` stands for a gap of up to 60 characters, without a semicolon, that ends where a word begins;
- an umlaut also matches its two-letter spelling, and `ss` also `ß` (German), `oe` also `œ` (French).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from analyzer.errors import ResourceError
from analyzer.resources.literals import leading_literals, required_literals
from analyzer.types import LANGUAGES, Span

_SEVERAL = re.compile(" {2,}")
_GAP = r"(?:[^;]{0,60}?(?<!\w))"
#: With more beginnings than this it costs less to try everywhere.
_MOST_BEGINNINGS = 60
_SPACES = "'’‘ʼ`´-‐‑–\u00a0\u202f\u2009\n\r\t"


def _folding() -> dict[int, str]:
    table: dict[int, str] = {}
    for code in [*range(0x41, 0x5B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)]:
        base = unicodedata.normalize("NFD", chr(code))[0].lower()
        if len(base) == 1 and base != chr(code):
            table[code] = base
    table.update({ord(space): " " for space in _SPACES})
    table[ord("Œ")] = "œ"
    return table


_FOLDING = _folding()


@dataclass(frozen=True, slots=True)
class Folded:
    """Text made comparable, with the way back to the characters it came from."""

    text: str
    #: Position in the source of every character of `text`, or None where they are the same.
    positions: tuple[int, ...] | None = None

    def source(self, start: int, end: int) -> Span:
        """Return where `text[start:end]` stands in the source."""
        if self.positions is None:
            return Span(start, end)
        if start >= end:
            return Span(self.positions[start], self.positions[start]) if start < len(self.positions) else Span(0, 0)
        return Span(self.positions[start], self.positions[end - 1] + 1)


def fold(text: str) -> Folded:
    """Fold case, accents, apostrophes, hyphens and runs of blanks.

    Examples
    --------
    >>> fold("Dès l’annonce,  sous-traitant").text
    'des l annonce, sous traitant'
    """
    folded = fold_text(text)
    if len(folded) == len(text):
        return Folded(folded)
    same_length = text.translate(_FOLDING)
    kept = [index for index, char in enumerate(same_length) if char != " " or (index and same_length[index - 1] != " ")]
    return Folded(folded, tuple(kept))


@lru_cache(maxsize=4096)  # the rules for the document, the roles and the checklist fold the rows that the rules for sentences have folded
def fold_text(text: str) -> str:
    """Return the text of `fold` alone, which costs less.

    Examples
    --------
    >>> fold_text("Dès l’annonce,  sous-traitant")
    'des l annonce, sous traitant'
    """
    same_length = text.translate(_FOLDING)
    return _SEVERAL.sub(" ", same_length).lstrip(" ") if "  " in same_length else same_length


def compile_stem(stem: str, language: str) -> str:
    """Turn one stem of a rules file into a regular expression over folded text."""
    if language == "de":
        stem = re.sub("[äöüÄÖÜ]", lambda match: fold(match.group()).text + "e?", stem)
        stem = stem.replace("ss", "(?:ss|ß)")
    elif language == "fr":
        stem = stem.replace("oe", "(?:oe|œ)")
    # Escapes such as \W must keep their case, so only letters with accents are folded.
    stem = "".join(fold(char).text if ord(char) > 127 else char for char in stem)
    return stem.replace("'", " ").replace("~", _GAP)


class _Compiled(NamedTuple):
    """The expression of a group; what a text must hold one of for it to match, () where that cannot be told; and what a match can begin with, in the same way."""

    pattern: re.Pattern[str] | None
    needed: tuple[str, ...]
    beginnings: tuple[str, ...]


@dataclass(slots=True)
class Group:
    """A named idea; compiled per language on first use."""

    name: str
    stems: Mapping[str, Sequence[str]]
    _compiled: dict[str, _Compiled] = field(default_factory=dict, repr=False)

    def matches(self, folded: str, language: str, *, likely: bool = False) -> list[tuple[int, int]]:
        """Return where the group occurs in folded text, in reading order; `likely` is that the text holds one of `literals`, as was seen already."""
        compiled = self._compiled.get(language)
        if compiled is None:
            compiled = self._compiled[language] = self._compile(language)
        pattern, needed, beginnings = compiled
        if pattern is None:
            return []
        if needed and not likely:
            for literal in needed:
                if literal in folded:
                    break
            else:
                return []
        if not beginnings:
            return [match.span() for match in pattern.finditer(folded)]
        # To find the few places where a match can begin and look there costs a fraction of trying everywhere.
        places: list[int] = []
        for beginning in beginnings:
            at = folded.find(beginning)
            while at >= 0:
                if not at or not ((before := folded[at - 1]).isalnum() or before == "_"):
                    places.append(at)
                at = folded.find(beginning, at + 1)
        places.sort()
        found: list[tuple[int, int]] = []
        reached = 0
        for at in places:
            if at >= reached and (match := pattern.match(folded, at)) is not None:
                found.append(match.span())
                reached = match.end()
        return found

    def literals(self, language: str) -> tuple[str, ...] | None:
        """Return plain strings of which a folded text holds one where the group occurs: () where that cannot be told, None where it never does."""
        if language not in self._compiled:
            self._compiled[language] = self._compile(language)
        pattern, needed, _ = self._compiled[language]
        return None if pattern is None else needed

    def _compile(self, language: str) -> _Compiled:
        stems = [compile_stem(stem, language) for stem in self.stems.get(language, ())]
        if not stems:
            return _Compiled(None, (), ())
        try:
            pattern = re.compile(r"(?<!\w)(?:" + "|".join(stems) + ")", re.DOTALL)
        except re.error as error:
            raise ResourceError(f"Faulty expression in phrase group {self.name!r} ({language}): {error}") from error
        beginnings = leading_literals("|".join(stems))
        if len(beginnings) > _MOST_BEGINNINGS:
            beginnings = ()
        found = [required_literals(stem) or required_literals(stem, shortest=1) for stem in stems]
        if not all(found):
            return _Compiled(pattern, (), beginnings)
        literals = {literal for choice in found for literal in choice}
        needed = tuple(sorted(item for item in literals if not any(other != item and other in item for other in literals)))
        return _Compiled(pattern, needed, beginnings)


def read_groups(table: object, *, where: str) -> dict[str, Group]:
    """Read `name -> language -> stems` from a rules file.

    Raises
    ------
    ResourceError
        The table has another form; `where` names the file or rule.
    """
    if not isinstance(table, dict):
        raise ResourceError(f"{where}: phrases must be a table of groups")
    groups: dict[str, Group] = {}
    for name, languages in table.items():
        if not isinstance(languages, dict):
            raise ResourceError(f"{where}: phrase group {name!r} must be a table of languages")
        for language, stems in languages.items():
            if language not in LANGUAGES:
                raise ResourceError(
                    f"{where}: phrase group {name!r} has unknown language {language!r}", hint="known: " + ", ".join(LANGUAGES)
                )
            if not isinstance(stems, list) or not all(isinstance(stem, str) and stem for stem in stems):
                raise ResourceError(f"{where}: phrase group {name!r} ({language}) must be a list of expressions")
        groups[name] = Group(name, {language: tuple(stems) for language, stems in languages.items()})
    return groups
