"""What a passage must have for a rule to hold at all: labels, and words of phrase groups. Most rules are dismissed by that, unread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from analyzer.assessment.phrases import Group
from analyzer.resources.literals import LiteralIndex


class Needs(NamedTuple):
    """Necessary, never sufficient: one of `labels` on the passage or the heading above it (None: any will do), and one group of each set."""

    labels: frozenset[str] | None = None
    groups: tuple[frozenset[int], ...] = ()


class PhraseIndex:
    """Tells which of some hundred phrase groups can occur in a folded text at all.

    Groups are named by their `id`; the index keeps them alive.
    """

    def __init__(self, groups: Iterable[Group]) -> None:
        self._groups = {id(group): group for group in groups}
        self._by_language: dict[str, LiteralIndex[int]] = {}

    def candidates(self, folded: str, language: str) -> set[int]:
        """Return the groups that may occur; a group that is not among them does not."""
        if language not in self._by_language:
            literals = {key: group.literals(language) for key, group in self._groups.items()}
            self._by_language[language] = LiteralIndex((needed, key) for key, needed in literals.items() if needed is not None)
        return self._by_language[language].candidates(folded)

    def holds(self, group: Group) -> bool:
        return id(group) in self._groups


def find_needs(condition: Mapping[str, Any], groups: Mapping[str, Group], categories: Sequence[str]) -> Needs:
    """Return what a condition of a rule needs; the condition is one that `compile_condition` accepts."""
    labels: frozenset[str] | None = None
    for name in ("label_any", "label_own", "label_all"):
        if name in condition:
            given = condition[name]
            wanted = frozenset(given if isinstance(given, list) else [given])
            wanted = wanted - {"own"} | (frozenset(categories) if "own" in wanted else frozenset())
            if name == "label_all" and not wanted:
                continue  # all of none holds of every passage
            labels = wanted if labels is None or len(wanted) < len(labels) else labels
    return Needs(labels, tuple(dict.fromkeys(_groups_of(condition, groups))))


def _groups_of(condition: Mapping[str, Any], groups: Mapping[str, Group]) -> list[frozenset[int]]:
    found: list[frozenset[int]] = []
    for name, argument in condition.items():
        items = argument if isinstance(argument, list) else [argument]
        if name == "all":
            for item in items:
                found += _groups_of_item(item, groups)
        elif name in ("any", "phrase"):
            found += _one_of(items, groups)
        elif name == "near":
            found += [frozenset({id(groups[entry])}) for entry in argument["of"]]
        elif name == "at_least" and argument["count"] > 0:
            of = argument["of"]
            found += _one_of(of if isinstance(of, list) else [of], groups)
    return found


def _groups_of_item(item: Any, groups: Mapping[str, Group]) -> list[frozenset[int]]:
    return [frozenset({id(groups[item])})] if isinstance(item, str) else _groups_of(item, groups)


def _one_of(items: Sequence[Any], groups: Mapping[str, Group]) -> list[frozenset[int]]:
    """Return the groups of which one is needed where any of the items is enough: nothing where an item needs no group."""
    needed = [_groups_of_item(item, groups) for item in items]
    return [frozenset().union(*(min(sets, key=len) for sets in needed))] if all(needed) else []
