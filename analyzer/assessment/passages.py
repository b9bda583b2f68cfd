"""What predicates look at, and what they answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from analyzer.assessment.needs import PhraseIndex
from analyzer.assessment.phrases import Folded, Group, fold, fold_text
from analyzer.settings import Settings
from analyzer.types import Quantity, SentenceKind, Span


class Match(NamedTuple):
    """Why a predicate holds: spans within the passage, and figures for the message."""

    spans: tuple[Span, ...] = ()
    params: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Passage:
    """What predicates look at: a sentence, or a sentence joined with its neighbour. Quantities count from the passage's start."""

    text: str
    language: str
    categories: frozenset[str] = frozenset()
    heading_categories: frozenset[str] = frozenset()
    heading_path: tuple[str, ...] = ()
    kind: SentenceKind = SentenceKind.SENTENCE
    quantities: tuple[Quantity, ...] = ()
    settings: Settings = field(default_factory=Settings)
    #: Gives the folded text of the whole document, for predicates that ask whether something is said elsewhere.
    document: Callable[[], str] | None = None
    #: Results over the whole document, shared between its passages.
    document_memo: dict[int, bool] = field(default_factory=dict)
    #: Tells which groups can occur at all; without it each is tried.
    phrases: PhraseIndex | None = None
    _folded: Folded | None = None
    _candidates: set[int] | None = None
    _heading: str | None = None
    _memo: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    @property
    def folded(self) -> Folded:
        if self._folded is None:
            self._folded = fold(self.text)
        return self._folded

    @property
    def candidates(self) -> set[int]:
        """The groups of `phrases` that may occur, by their id."""
        if self._candidates is None:
            assert self.phrases is not None
            self._candidates = self.phrases.candidates(self.folded.text, self.language)
        return self._candidates

    def occurrences(self, group: Group) -> list[tuple[int, int]]:
        """Where a group stands in the folded text; remembered, since rules share groups."""
        key = id(group)
        found = self._memo.get(key)
        if found is None:
            indexed = self.phrases is not None and self.phrases.holds(group)
            dismissed = indexed and key not in self.candidates
            found = self._memo[key] = [] if dismissed else group.matches(self.folded.text, self.language, likely=indexed)
        return found

    def in_heading(self, group: Group) -> bool:
        if self._heading is None:
            self._heading = fold_text(" | ".join(self.heading_path))
        return bool(group.matches(self._heading, self.language))

    def in_document(self, group: Group) -> bool:
        if self.document is None:
            return False
        key = id(group)
        if key not in self.document_memo:
            self.document_memo[key] = bool(group.matches(self.document(), self.language))
        return self.document_memo[key]
