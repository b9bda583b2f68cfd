"""Checks that need the whole document: combinations of findings, absences, references that lead nowhere, blanks.

Each check is registered by name; a risk of the catalogue names it in `check` and gives its words and categories in `check_options`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analyzer.assessment.needs import PhraseIndex
from analyzer.assessment.phrases import Group, fold_text
from analyzer.errors import ResourceError
from analyzer.resources.literals import leading_literals, required_literals
from analyzer.settings import Settings
from analyzer.types import LANGUAGES, Clause, Document, Duration, Finding, Sentence, SentenceKind, ServiceWindow, Span, TimeUnit


@dataclass(slots=True)
class Whole:
    """A document with its clauses and the findings so far."""

    clauses: tuple[Clause, ...]
    document: Document
    settings: Settings
    findings: tuple[Finding, ...] = ()
    #: Tells which groups can occur in a row at all; without it each is tried.
    phrases: PhraseIndex | None = None
    _folded: list[str] = field(default_factory=list)
    _categories: list[frozenset[str]] = field(default_factory=list)
    _candidates: dict[int, set[int]] = field(default_factory=dict)

    @property
    def folded(self) -> list[str]:
        """Folded text of every clause."""
        if not self._folded:
            self._folded = [fold_text(clause.sentence.text) for clause in self.clauses]
        return self._folded

    def with_category(self, categories: Iterable[str]) -> list[Clause]:
        wanted = frozenset(categories)
        if not self._categories:
            self._categories = [frozenset(clause.categories) for clause in self.clauses]
        return [clause for clause, own in zip(self.clauses, self._categories, strict=True) if not wanted.isdisjoint(own)]

    def candidates(self, row: int) -> set[int]:
        """Return the groups of `phrases` that may occur in a row, by their id."""
        found = self._candidates.get(row)
        if found is None:
            assert self.phrases is not None
            language = self.clauses[row].sentence.language
            found = self._candidates[row] = self.phrases.candidates(self.folded[row], language if language in LANGUAGES else "en")
        return found

    def says(self, row: int, group: Group) -> bool:
        """Tell whether a group occurs in a row."""
        language = self.clauses[row].sentence.language
        indexed = self.phrases is not None and language in LANGUAGES and self.phrases.holds(group)
        if indexed and id(group) not in self.candidates(row):
            return False
        return bool(group.matches(self.folded[row], language, likely=indexed))

    def with_phrase(self, group: Group) -> list[Clause]:
        return [clause for row, clause in enumerate(self.clauses) if self.says(row, group)]


@dataclass(frozen=True, slots=True)
class DocumentMatch:
    """Where a document-level finding shows, and figures for its message."""

    evidence: tuple[Span, ...]
    params: tuple[tuple[str, str], ...] = ()


DocumentCheck = Callable[[Whole], DocumentMatch | None]
_Factory = Callable[[dict[str, Any], Mapping[str, Group], str], DocumentCheck]

DOCUMENT_CHECKS: dict[str, _Factory] = {}

#: A finding shows at most so many places.
_MOST_EVIDENCE = 12


def _check(name: str) -> Callable[[_Factory], _Factory]:
    def register(factory: _Factory) -> _Factory:
        DOCUMENT_CHECKS[name] = factory
        return factory

    return register


def _group(options: dict[str, Any], key: str, groups: Mapping[str, Group], where: str) -> Group:
    name = options.get(key)
    if not isinstance(name, str) or name not in groups:
        raise ResourceError(f"{where}: {key} names the unknown phrase group {name!r}", hint="known: " + ", ".join(sorted(groups)))
    return groups[name]


def _ids(options: dict[str, Any], key: str) -> tuple[str, ...]:
    value = options.get(key, [])
    return tuple(value) if isinstance(value, list) else (str(value),)


def _spans(clauses: Iterable[Clause]) -> tuple[Span, ...]:
    return tuple(clause.sentence.span for clause in clauses)[:_MOST_EVIDENCE]


def _body(clauses: Iterable[Clause]) -> list[Clause]:
    return [clause for clause in clauses if clause.sentence.kind is not SentenceKind.HEADING]


@_check("combination")
def _combination(options: dict[str, Any], groups: Mapping[str, Group], where: str) -> DocumentCheck:
    """Every risk of `risks` was found."""
    wanted = _ids(options, "risks")
    if len(wanted) < 2:
        raise ResourceError(f"{where}: a combination needs two risks or more")

    def holds(whole: Whole) -> DocumentMatch | None:
        evidence: list[Span] = []
        for rule in wanted:
            spans = [span for finding in whole.findings if finding.rule == rule for span in finding.evidence]
            if not spans:
                return None
            evidence.extend(spans)
        return DocumentMatch(tuple(evidence[:_MOST_EVIDENCE]))

    return holds


@_check("present_without")
def _present_without(options: dict[str, Any], groups: Mapping[str, Group], where: str) -> DocumentCheck:
    """A category is regulated, but neither a category of `without` nor the phrases of `without_phrase` occur.

    `at_least` is how many rows (without headings) the first must have, so that a passing mention is not enough.
    """
    present, without = _ids(options, "present"), _ids(options, "without")
    at_least = int(options.get("at_least", 1))
    phrase = _group(options, "without_phrase", groups, where) if "without_phrase" in options else None
    needed = _group(options, "phrase", groups, where) if "phrase" in options else None

    def holds(whole: Whole) -> DocumentMatch | None:
        found = _body(whole.with_category(present))
        if needed is not None:
            found = [clause for clause in found if needed.matches(fold_text(clause.sentence.text), clause.sentence.language)]
        if len(found) < at_least or (without and whole.with_category(without)):
            return None
        if phrase is not None and whole.with_phrase(phrase):
            return None
        return DocumentMatch(_spans(found))

    return holds


@_check("clock_without_hours")
def _clock_without_hours(options: dict[str, Any], groups: Mapping[str, Group], where: str) -> DocumentCheck:
    """Reaction or resolution in hours, and no hours of service anywhere."""
    roles = frozenset(_ids(options, "roles"))
    hours = _group(options, "hours_phrase", groups, where)

    def holds(whole: Whole) -> DocumentMatch | None:
        timed = [
            clause
            for clause in whole.clauses
            if any(item.role in roles and item.unit in (TimeUnit.HOUR, TimeUnit.MINUTE) for item in clause.durations)
        ]
        if not timed or any(isinstance(item, ServiceWindow) for clause in whole.clauses for item in clause.quantities):
            return None
        return None if whole.with_phrase(hours) else DocumentMatch(_spans(timed))

    return holds


@_check("undefined_priorities")
def _undefined_priorities(options: dict[str, Any], groups: Mapping[str, Group], where: str) -> DocumentCheck:
    """Times depend on priorities ("P1 | 1 h"), and no sentence says what the priorities mean."""
    priority = _group(options, "priority", groups, where)
    meaning = _group(options, "meaning", groups, where)
    timed = frozenset(_ids(options, "timed"))

    def holds(whole: Whole) -> DocumentMatch | None:
        named: list[Clause] = []
        for row, clause in enumerate(whole.clauses):
            if (
                whole.says(row, priority)
                and timed.intersection(clause.categories)
                and any(isinstance(item, Duration) for item in clause.quantities)
            ):
                named.append(clause)
                # The row itself may say what the priority means.
                if whole.says(row, meaning):
                    return None
            elif (
                "severity_levels" in clause.categories
                and clause.sentence.kind is not SentenceKind.HEADING
                and (len(whole.folded[row]) > 60 or whole.says(row, meaning))
            ):
                return None
        return DocumentMatch(_spans(named)) if len(named) >= 2 else None

    return holds


#: What follows the annex of a statute or a page number of a filing ("Exhibit 10.14"): those are not the contract's own.
_ANNEX_OF_A_LAW = re.compile(
    r"\.\d|.{0,20}\b(?:de la loi|della legge|del codice|des gesetzes|der verordnung|of the act|gdpr|dsgvo|rgpd)\b", re.IGNORECASE
)
#: How an annex is called: a number, a capital letter or a Roman number after its name.
_ANNEX_NAME = r"\s*(?:n[o°]\.?\s*)?(\d{1,2}|[A-Z]\b(?!\.[a-zà-ü])|[IVX]{1,4}\b)"


@_check("missing_annex")
def _missing_annex(options: dict[str, Any], groups: Mapping[str, Group], where: str) -> DocumentCheck:
    """An annex is referred to by name, and nothing in the document begins with that name."""
    words = {
        language: (_expression(rf"\b({'|'.join(stems)}){_ANNEX_NAME}", where, re.IGNORECASE), _all_needed([stem.lower() for stem in stems]))
        for language, stems in _words(options, where).items()
    }

    def holds(whole: Whole) -> DocumentMatch | None:
        referred: dict[str, list[Clause]] = {}
        present: set[str] = set()
        for clause in whole.clauses:
            pattern, needed = words.get(clause.sentence.language, (None, ()))
            lowered = clause.sentence.text.lower()
            if pattern is None or not any(stem in lowered for stem in needed):
                continue
            for match in pattern.finditer(clause.sentence.text):
                name = match.group(2).upper()
                if not re.fullmatch(r"\d{1,2}|[A-Z]|[IVX]{1,4}", match.group(2)):
                    continue  # a small letter is an article or a letter of a list, never the name of an annex
                if _ANNEX_OF_A_LAW.match(clause.sentence.text, match.end()):
                    continue
                # A heading that names the annex is the annex; an entry of the list of annexes is not.
                if clause.sentence.kind is SentenceKind.HEADING:
                    present.add(name)
                else:
                    referred.setdefault(name, []).append(clause)
        missing = {name: clauses for name, clauses in referred.items() if name not in present}
        if not missing:
            return None
        evidence = _spans(clause for clauses in missing.values() for clause in clauses[:2])
        return DocumentMatch(evidence, (("value", ", ".join(sorted(missing, key=lambda name: (len(name), name)))),))

    return holds


def _words(options: dict[str, Any], where: str) -> dict[str, list[str]]:
    words = options.get("words")
    if not isinstance(words, dict) or not all(map(_are_strings, words.values())):
        raise ResourceError(f"{where}: words must be lists per language")
    return words


def _are_strings(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _expression(pattern: str, where: str, flags: int = 0) -> re.Pattern[str]:
    try:
        return re.compile(pattern, flags)
    except re.error as error:
        raise ResourceError(f"{where}: {error} in an expression", hint="see the documentation of Python's re") from error


def _all_needed(expressions: list[str]) -> tuple[str, ...]:
    """Return strings of which a text holds one where one of the expressions matches: ("",) where that cannot be told."""
    if any(re.search(r"\(\?[a-zA-Z-]", expression) for expression in expressions):
        return ("",)  # flags: letters may not stand for themselves
    choices: list[tuple[str, ...]] = []
    for expression in expressions:
        found = [choice for choice in (required_literals(expression, shortest=1), leading_literals(expression)) if choice]
        choices.append(min(found, key=len, default=("",)))
    return tuple(dict.fromkeys(literal for choice in choices for literal in choice))


@_check("blank_fields")
def _blank_fields(options: dict[str, Any], groups: Mapping[str, Group], where: str) -> DocumentCheck:
    """Blanks of a form were never filled in. A line of blanks for a signature or a date beside it is no gap."""
    if not _are_strings(options.get("blanks")):
        raise ResourceError(f"{where}: blanks must be a list of expressions")
    blank = _expression("|".join(options["blanks"]), where)
    signature = _group(options, "signature", groups, where)
    # Hardly a row holds a blank: what each of them must hold tells so at once.
    needed = _all_needed(options["blanks"])

    def holds(whole: Whole) -> DocumentMatch | None:
        found: list[Span] = []
        for index, (clause, folded) in enumerate(zip(whole.clauses, whole.folded, strict=True)):
            text = clause.sentence.text
            for mark in needed:
                if mark in text:
                    break
            else:
                continue
            match = blank.search(text)
            # A bare line is there to be signed on, or to write below.
            if match is None or not any(map(str.isalpha, text)) or _leader_of_contents(clause.sentence, match):
                continue
            near = " ".join(whole.folded[max(0, index - 3) : index + 4]) if len(folded) < 80 else folded
            if not signature.matches(near, clause.sentence.language):
                found.append(_within(clause.sentence, match.start(), match.end()))
        return DocumentMatch(tuple(found[:_MOST_EVIDENCE]), (("value", str(len(found))),)) if found else None

    return holds


def _leader_of_contents(sentence: Sentence, match: re.Match[str]) -> bool:
    """Dots that lead to a page number are a table of contents."""
    return match.group().startswith((".", "…")) and bool(re.match(r"\s*\d{1,3}\s*$", sentence.text[match.end() :]))


def _within(sentence: Sentence, start: int, end: int) -> Span:
    if len(sentence.text) != sentence.span.end - sentence.span.start:
        return sentence.span
    return Span(sentence.span.start + start, sentence.span.start + end)
