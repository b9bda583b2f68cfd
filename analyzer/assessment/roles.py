"""Gives every duration the category that it serves: a time to react, a notice, a term."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from analyzer.assessment.phrases import Group, fold_text, read_groups
from analyzer.resources import read_toml
from analyzer.types import Clause, Duration, Sentence, TimeUnit

#: Categories whose durations have a meaning of their own; `fees` splits into payment and billing.
_ROLES = (
    "reaction_time",
    "resolution_time",
    "termination",
    "term",
    "payment",
    "warranty",
    "acceptance",
    "spare_equipment",
    "data_backup",
    "service_credits",
    "price_adjustment",
    "confidentiality",
    "liability",
    "exit_assistance",
    "security",
    "data_protection",
    "contract_amendment",
    "restrictive_covenants",
    "force_majeure",
    "uptime",
    "preventive_maintenance",
    "service_governance",
    "audit",
    "intellectual_property",
    "fees",
)
#: Characters around a duration in which a cue counts.
_BEFORE, _AFTER = 90, 45


@cache
def _cues() -> dict[str, Group]:
    return read_groups(read_toml("risks/phrases.toml").get("roles", {}), where="risks/phrases.toml: roles")


def assign_roles(clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
    """Set `Duration.role` from the labels and the words around, where it is not set yet.

    Parameters
    ----------
    clauses : tuple of Clause
        Labelled, with their quantities.

    Returns
    -------
    tuple of Clause
        The same clauses; those with new roles are replaced.
    """
    return tuple(_assign(clause) for clause in clauses)


def _assign(clause: Clause) -> Clause:
    open_durations = [item for item in clause.durations if item.role is None]
    if not open_durations:
        return clause
    roles: dict[Duration, str | None] = {}
    for index, item in enumerate(open_durations):
        roles[item] = _role(clause, item, index, len(open_durations))
    return replace(
        clause,
        quantities=tuple(
            replace(item, role=roles[item]) if isinstance(item, Duration) and roles.get(item) is not None else item
            for item in clause.quantities
        ),
    )


def _role(clause: Clause, item: Duration, index: int, count: int) -> str | None:
    sentence = clause.sentence
    language = sentence.language
    for head, span in sentence.cells:
        if head and span.start <= item.span.start < span.end:
            role = _from_cues(fold_text(head), language, ())
            if role is not None:
                return role
    if len(sentence.cells) > 2 and item.span.start >= sentence.cells[0][1].end:
        # Priorities as columns: the first cell says what the row is about.
        label = sentence.cells[0][1].shifted(-sentence.span.start)
        role = _from_cues(fold_text(sentence.text[label.start : label.end]), language, ())
        if role is not None:
            return role
    candidates = _candidates(clause, item)
    # In a row of levels without heads, the first figure is the reaction and the second the resolution.
    if {"reaction_time", "resolution_time"} <= set(candidates) and "|" in sentence.text and count >= 2:
        return "reaction_time" if index == 0 else "resolution_time"
    if len(candidates) == 1:
        return candidates[0]
    around = _around(sentence, item)
    role = _nearest(around, language, candidates)
    if role is None and not candidates:
        for heading in reversed(sentence.heading_path[-2:]):
            role = role or _from_cues(fold_text(heading), language, ())
    return role if role is not None else (candidates[0] if candidates else None)


def _candidates(clause: Clause, item: Duration) -> tuple[str, ...]:
    found: list[str] = []
    for category in clause.categories:
        role = category
        if category == "fees" and item.unit not in (TimeUnit.SECOND, TimeUnit.MINUTE, TimeUnit.HOUR):
            role = "payment"
        if role in _ROLES:
            found.append(role)
    return tuple(found)


def _around(sentence: Sentence, item: Duration) -> tuple[str, str]:
    start, end = item.span.start - sentence.span.start, item.span.end - sentence.span.start
    return fold_text(sentence.text[max(0, start - _BEFORE) : max(0, start)]), fold_text(sentence.text[end : end + _AFTER])


def _nearest(around: tuple[str, str], language: str, candidates: tuple[str, ...]) -> str | None:
    before, after = around
    best: tuple[int, str] | None = None
    for role, group in _cues().items():
        if candidates and role not in candidates:
            continue
        distances = [len(before) - end for _, end in group.matches(before, language)]
        # Words before a figure say what it is for; words behind it count as if farther off.
        distances += [start + 25 for start, _ in group.matches(after, language)]
        if distances and (best is None or min(distances) < best[0]):
            best = (min(distances), role)
    return best[1] if best else None


def _from_cues(folded: str, language: str, candidates: tuple[str, ...]) -> str | None:
    return _nearest((folded, ""), language, candidates)
