"""Predicates: the words in which rules are written.

A rule's condition is a TOML table. Every key names a predicate, its value is the argument, and all keys must hold. In lists, a text
is a phrase group and a table is a condition again. A predicate answers with a `Match` (the words that decided, and figures) or None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from analyzer.assessment.measures import in_business_days, in_days, in_hours, in_months
from analyzer.assessment.passages import Match, Passage
from analyzer.assessment.phrases import Group
from analyzer.errors import ResourceError
from analyzer.settings import Settings, Thresholds
from analyzer.types import (
    CalendarDate,
    Duration,
    Money,
    Percentage,
    Recurrence,
    SentenceKind,
    ServiceWindow,
    Span,
)

Predicate = Callable[[Passage], Match | None]
#: Turns the argument of a predicate into the predicate; `Compiler` resolves groups and nested conditions.
Factory = Callable[[Any, "Compiler"], Predicate]

_REGISTRY: dict[str, Factory] = {}
_NOTHING = Match()


def predicate(name: str) -> Callable[[Factory], Factory]:
    """Register a predicate under the name that rules use."""

    def register(factory: Factory) -> Factory:
        _REGISTRY[name] = factory
        return factory

    return register


def predicate_names() -> tuple[str, ...]:
    """Return the names that a rule may use, sorted."""
    return tuple(sorted(_REGISTRY))


@dataclass(frozen=True, slots=True)
class Compiler:
    """Resolves names while a rule is compiled.

    Parameters
    ----------
    groups : mapping of str to Group
        The phrase groups that the rule may name.
    rule : str
        Id of the rule, for messages.
    categories : tuple of str
        Categories of the rule: what `label_any = ["own"]` stands for.
    """

    groups: Mapping[str, Group]
    rule: str
    categories: tuple[str, ...] = ()

    def group(self, name: object) -> Group:
        if not isinstance(name, str) or name not in self.groups:
            raise ResourceError(
                f"Rule {self.rule!r} names the unknown phrase group {name!r}", hint="known: " + ", ".join(sorted(self.groups))
            )
        return self.groups[name]

    def item(self, item: object) -> Predicate:
        """Compile an entry of a list: a phrase group or a nested condition."""
        if isinstance(item, str):
            return _phrase(item, self)
        return self.condition(item)

    def condition(self, table: object) -> Predicate:
        """Compile a table of predicates, all of which must hold."""
        if not isinstance(table, dict) or not table:
            raise ResourceError(f"Rule {self.rule!r}: a condition must be a table of predicates, not {table!r}")
        parts: list[Predicate] = []
        # Labels are looked up, phrases are searched: the cheap test goes first.
        for name in sorted(table, key=lambda key: (not str(key).startswith(("label", "kind")), key == "unless")):
            if name not in _REGISTRY:
                raise ResourceError(
                    f"Rule {self.rule!r} uses the unknown predicate {name!r}", hint="known: " + ", ".join(predicate_names())
                )
            parts.append(_REGISTRY[name](table[name], self))
        return parts[0] if len(parts) == 1 else _conjunction(parts)

    def fault(self, name: str, argument: object, expected: str) -> ResourceError:
        return ResourceError(f"Rule {self.rule!r}: predicate {name!r} needs {expected}, not {argument!r}")


def compile_condition(table: object, *, groups: Mapping[str, Group], rule: str, categories: tuple[str, ...] = ()) -> Predicate:
    """Compile the condition of a rule.

    Raises
    ------
    ResourceError
        An unknown predicate or phrase group (the message names the known ones), or an argument of the wrong form.
    """
    return Compiler(groups, rule, categories).condition(table)


# ------------------------------------------------------------------------------------------------ combining


def _conjunction(parts: Sequence[Predicate]) -> Predicate:
    def holds(passage: Passage) -> Match | None:
        spans: list[Span] = []
        params: list[tuple[str, str]] = []
        for part in parts:
            match = part(passage)
            if match is None:
                return None
            spans.extend(match.spans)
            params.extend(match.params)
        return Match(tuple(spans), tuple(params))

    return holds


def _listed(name: str, argument: object, compiler: Compiler) -> list[Predicate]:
    items = argument if isinstance(argument, list) else [argument]
    if not items:
        raise compiler.fault(name, argument, "at least one entry")
    return [compiler.item(item) for item in items]


@predicate("all")
def _all(argument: Any, compiler: Compiler) -> Predicate:
    return _conjunction(_listed("all", argument, compiler))


@predicate("any")
def _any(argument: Any, compiler: Compiler) -> Predicate:
    parts = _listed("any", argument, compiler)

    def holds(passage: Passage) -> Match | None:
        return next((match for part in parts if (match := part(passage)) is not None), None)

    return holds


@predicate("unless")
def _unless(argument: Any, compiler: Compiler) -> Predicate:
    parts = _listed("unless", argument, compiler)

    def holds(passage: Passage) -> Match | None:
        return None if any(part(passage) is not None for part in parts) else _NOTHING

    return holds


@predicate("at_least")
def _at_least(argument: Any, compiler: Compiler) -> Predicate:
    """At least `count` of the entries of `of` hold."""
    if not isinstance(argument, dict) or not isinstance(argument.get("count"), int):
        raise compiler.fault("at_least", argument, "{count = number, of = [entries]}")
    count = argument["count"]
    parts = _listed("at_least", argument.get("of"), compiler)

    def holds(passage: Passage) -> Match | None:
        found = [match for part in parts if (match := part(passage)) is not None]
        return Match(tuple(span for match in found for span in match.spans)) if len(found) >= count else None

    return holds


# ------------------------------------------------------------------------------------------------ words


def _phrase(name: object, compiler: Compiler) -> Predicate:
    group = compiler.group(name)

    def holds(passage: Passage) -> Match | None:
        found = passage.occurrences(group)
        return Match((passage.folded.source(*found[0]),)) if found else None

    return holds


@predicate("phrase")
def _phrase_any(argument: Any, compiler: Compiler) -> Predicate:
    """One of the named groups occurs."""
    return _any(argument, compiler)


@predicate("near")
def _near(argument: Any, compiler: Compiler) -> Predicate:
    """Two groups with at most `within` characters and no semicolon between them; `ordered` keeps their order."""
    if not isinstance(argument, dict) or not isinstance(argument.get("of"), list) or len(argument["of"]) != 2:
        raise compiler.fault("near", argument, "{of = [group, group], within = characters}")
    first, second = (compiler.group(name) for name in argument["of"])
    within = int(argument.get("within", 60))
    ordered = bool(argument.get("ordered", False))

    def holds(passage: Passage) -> Match | None:
        for start, end in passage.occurrences(first):
            for start_2, end_2 in passage.occurrences(second):
                forward = 0 <= start_2 - end <= within
                backward = not ordered and 0 <= start - end_2 <= within
                between = passage.folded.text[end:start_2] if forward else passage.folded.text[end_2:start]
                if (forward or backward) and ";" not in between:
                    source = passage.folded.source
                    return Match((source(start, end), source(start_2, end_2)))
        return None

    return holds


@predicate("heading")
def _heading(argument: Any, compiler: Compiler) -> Predicate:
    """A group occurs in the headings above."""
    groups = [compiler.group(name) for name in (argument if isinstance(argument, list) else [argument])]
    return lambda passage: _NOTHING if any(passage.in_heading(group) for group in groups) else None


@predicate("document_lacks")
def _document_lacks(argument: Any, compiler: Compiler) -> Predicate:
    """None of the groups occurs anywhere in the document."""
    groups = [compiler.group(name) for name in (argument if isinstance(argument, list) else [argument])]
    return lambda passage: None if any(passage.in_document(group) for group in groups) else _NOTHING


@predicate("home_country")
def _home_country(argument: Any, compiler: Compiler) -> Predicate:
    """The group of the customer's country (`Settings.country`) occurs: `{CH = "swiss", DE = "german"}`."""
    if not isinstance(argument, dict):
        raise compiler.fault("home_country", argument, "a table of country codes and groups")
    groups = {code: compiler.group(name) for code, name in argument.items()}

    def holds(passage: Passage) -> Match | None:
        group = groups.get(passage.settings.country.upper())
        return _NOTHING if group is not None and passage.occurrences(group) else None

    return holds


# ------------------------------------------------------------------------------------------------ labels


def _categories(name: str, argument: Any, compiler: Compiler) -> frozenset[str]:
    names = argument if isinstance(argument, list) else [argument]
    if not all(isinstance(item, str) for item in names):
        raise compiler.fault(name, argument, "category ids")
    return frozenset(names) - {"own"} | (frozenset(compiler.categories) if "own" in names else frozenset())


@predicate("label_any")
def _label_any(argument: Any, compiler: Compiler) -> Predicate:
    """The sentence, or the heading above it, has one of the categories ("own": those of the rule)."""
    wanted = _categories("label_any", argument, compiler)
    return lambda passage: _NOTHING if wanted & passage.categories or wanted & passage.heading_categories else None


@predicate("label_own")
def _label_own(argument: Any, compiler: Compiler) -> Predicate:
    """The sentence itself has one of the categories."""
    wanted = _categories("label_own", argument, compiler)
    return lambda passage: _NOTHING if wanted & passage.categories else None


@predicate("label_all")
def _label_all(argument: Any, compiler: Compiler) -> Predicate:
    """The sentence has all of the categories."""
    wanted = _categories("label_all", argument, compiler)
    return lambda passage: _NOTHING if wanted <= passage.categories else None


@predicate("label_none")
def _label_none(argument: Any, compiler: Compiler) -> Predicate:
    """The sentence has none of the categories."""
    unwanted = _categories("label_none", argument, compiler)
    return lambda passage: None if unwanted & passage.categories else _NOTHING


@predicate("kind")
def _kind(argument: Any, compiler: Compiler) -> Predicate:
    """The passage is of one of the kinds (sentence, list_item, table_row, heading)."""
    try:
        kinds = frozenset(SentenceKind(item) for item in (argument if isinstance(argument, list) else [argument]))
    except ValueError:
        raise compiler.fault("kind", argument, "one of " + ", ".join(SentenceKind)) from None
    return lambda passage: _NOTHING if passage.kind in kinds else None


# ------------------------------------------------------------------------------------------------ figures

_QUANTITIES: dict[str, type] = {
    "duration": Duration,
    "recurrence": Recurrence,
    "window": ServiceWindow,
    "money": Money,
    "percentage": Percentage,
    "date": CalendarDate,
}


def _kinds_of(name: str, argument: Any, compiler: Compiler) -> tuple[type, ...]:
    names = argument if isinstance(argument, list) else [argument]
    if not all(isinstance(item, str) and item in _QUANTITIES for item in names):
        raise compiler.fault(name, argument, "some of " + ", ".join(_QUANTITIES))
    return tuple(_QUANTITIES[item] for item in names)


@predicate("no_quantity")
def _no_quantity(argument: Any, compiler: Compiler) -> Predicate:
    kinds = _kinds_of("no_quantity", argument, compiler)
    return lambda passage: None if any(isinstance(item, kinds) for item in passage.quantities) else _NOTHING


@predicate("has_quantity")
def _has_quantity(argument: Any, compiler: Compiler) -> Predicate:
    kinds = _kinds_of("has_quantity", argument, compiler)

    def holds(passage: Passage) -> Match | None:
        found = next((item for item in passage.quantities if isinstance(item, kinds)), None)
        return None if found is None else Match((found.span,))

    return holds


def _limit(value: object, name: str, compiler: Compiler) -> Callable[[Settings], float]:
    """Read a limit: a number, or the name of a field of `Settings.thresholds`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value)
        return lambda settings: number
    if isinstance(value, str) and value in Thresholds.__dataclass_fields__:
        return lambda settings: float(getattr(settings.thresholds, value))
    raise compiler.fault(name, value, "a number or one of the thresholds " + ", ".join(Thresholds.__dataclass_fields__))


_MEASURES: dict[str, Callable[[Duration], float]] = {
    "hours": in_hours,
    "days": in_days,
    "business_days": in_business_days,
    "months": in_months,
}


def _duration(name: str, argument: Any, compiler: Compiler, *, over: bool) -> Predicate:
    if not isinstance(argument, dict) or len(measures := [key for key in argument if key in _MEASURES]) != 1:
        raise compiler.fault(name, argument, "{one of " + ", ".join(_MEASURES) + " = limit}")
    unknown = set(argument) - {*_MEASURES, "role", "inclusive", "critical", "critical_hours", "critical_business_days"}
    if unknown:
        raise compiler.fault(name, argument, "no key " + ", ".join(sorted(unknown)))
    measure = _MEASURES[measures[0]]
    limit = _limit(argument[measures[0]], name, compiler)
    role = argument.get("role", [])
    roles = frozenset(role if isinstance(role, list) else [role])
    inclusive = bool(argument.get("inclusive", False))
    critical = compiler.group(argument["critical"]) if "critical" in argument else None
    critical_measure, critical_limit = measure, limit
    for key, function in (("critical_hours", in_hours), ("critical_business_days", in_business_days)):
        if key in argument:
            critical_measure, critical_limit = function, _limit(argument[key], name, compiler)

    def holds(passage: Passage) -> Match | None:
        durations = [item for item in passage.quantities if isinstance(item, Duration) and (not roles or item.role in roles)]
        if not durations:
            return None
        for item in durations:
            is_critical = critical is not None and _governs(critical, item, passage)
            used, bar = (critical_measure, critical_limit) if is_critical else (measure, limit)
            bound = bar(passage.settings)
            value = used(item)
            if (value > bound if over else value < bound) or (inclusive and value == bound):
                return Match((item.span,), (("value", item.iso), ("calendar", item.calendar.value), ("limit", f"{bound:g}")))
        return None

    return holds


def _governs(group: Group, duration: Duration, passage: Passage) -> bool:
    """Whether the group speaks of this duration: anywhere in a table row, else after the duration before it."""
    found = passage.occurrences(group)
    if not found or passage.kind is SentenceKind.TABLE_ROW or "|" in passage.text:
        return bool(found)
    start = max(
        (item.span.end for item in passage.quantities if isinstance(item, Duration) and item.span.end <= duration.span.start), default=0
    )
    return any(start <= passage.folded.source(first, last).start < duration.span.end for first, last in found)


@predicate("duration_over")
def _duration_over(argument: Any, compiler: Compiler) -> Predicate:
    """A duration (of a role) is longer than the limit; where a `critical` group occurs, than the limit for critical faults."""
    return _duration("duration_over", argument, compiler, over=True)


@predicate("duration_under")
def _duration_under(argument: Any, compiler: Compiler) -> Predicate:
    return _duration("duration_under", argument, compiler, over=False)


def _number(name: str, argument: Any, compiler: Compiler, *, kind: type, over: bool) -> Predicate:
    limit = _limit(argument, name, compiler)

    def holds(passage: Passage) -> Match | None:
        bound = Decimal(str(limit(passage.settings)))
        for item in passage.quantities:
            if isinstance(item, kind) and isinstance(item, Money | Percentage):
                value = item.amount if isinstance(item, Money) else item.value
                if value > bound if over else value <= bound:
                    shown = f"{item.currency} {value:f}" if isinstance(item, Money) else f"{value:f} %"
                    return Match((item.span,), (("value", shown), ("limit", f"{bound:f}")))
        return None

    return holds


@predicate("percentage_under")
def _percentage_under(argument: Any, compiler: Compiler) -> Predicate:
    """A percentage at or under the limit."""
    return _number("percentage_under", argument, compiler, kind=Percentage, over=False)


@predicate("percentage_over")
def _percentage_over(argument: Any, compiler: Compiler) -> Predicate:
    return _number("percentage_over", argument, compiler, kind=Percentage, over=True)


@predicate("money_under")
def _money_under(argument: Any, compiler: Compiler) -> Predicate:
    """An amount at or under the limit, in its own currency."""
    return _number("money_under", argument, compiler, kind=Money, over=False)


@predicate("hours_narrow")
def _hours_narrow(argument: Any, compiler: Compiler) -> Predicate:
    """Service hours of at most so many hours a week."""
    limit = _limit(argument, "hours_narrow", compiler)

    def holds(passage: Passage) -> Match | None:
        windows = [item for item in passage.quantities if isinstance(item, ServiceWindow)]
        # A table row may say the same hours once per plan: equal intervals count once.
        total = sum(end - start for _, start, end in {part for window in windows for part in window.intervals}) / 60
        if not windows or not 0 < total <= limit(passage.settings):
            return None
        return Match(tuple(window.span for window in windows), (("value", f"{total:g}"),))

    return holds
