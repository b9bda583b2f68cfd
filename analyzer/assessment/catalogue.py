"""The catalogue of categories, risks and checklist rules, read from TOML into frozen values, once.

A user's file (`Settings.rules`) may hold `[[category]]`, `[[rule]]`, `[[risk]]` and `[phrases]`; an entry with a known id changes the
fields it names, one with a new id is added, and `enabled = false` switches a rule off.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from analyzer.assessment.document_rules import DOCUMENT_CHECKS, DocumentCheck
from analyzer.assessment.needs import Needs, PhraseIndex, find_needs
from analyzer.assessment.phrases import Group, read_groups
from analyzer.assessment.predicates import Predicate, compile_condition
from analyzer.errors import ResourceError
from analyzer.resources import read_toml
from analyzer.types import LANGUAGES, Severity

RISK_FILES = ("levels", "services", "money", "protection", "legal", "exit", "document")

#: A text in each language of the package.
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Category:
    """A category of the taxonomy, with what the law says where the contract is silent."""

    id: str
    group: str
    weight: str
    silence: str
    name: Texts
    description: Texts
    law: Texts
    ask: Texts
    source: str


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence on which a rule must fire or stay quiet."""

    language: str
    text: str
    fires: bool
    labels: tuple[str, ...]
    heading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Risk:
    """A formulation that should not be signed unread. `when` looks at a sentence, `check` at the whole document."""

    id: str
    categories: tuple[str, ...]
    severity: Severity
    graded: tuple[tuple[Severity, Predicate], ...]
    source: str
    title: Texts
    explanation: Texts
    ask: Texts
    wording: Texts
    when: Predicate | None
    check: DocumentCheck | None
    #: Whether a provider who reads the contract wants to know it too.
    both_sides: bool
    examples: tuple[Example, ...]
    #: What a sentence must have for `when` to hold at all.
    needs: Needs


@dataclass(frozen=True, slots=True)
class WeakRule:
    """What makes a clause of a category weak: `when` holds on no sentence of the category that could cure it (`scope`)."""

    id: str
    category: str
    when: Predicate
    #: "clause": every clause of the category that fits counts; "category": only if no clause of the category lacks the fault.
    scope: str
    message: Texts
    ask: Texts
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All rules that hold for an analysis."""

    categories: Mapping[str, Category]
    risks: Mapping[str, Risk]
    weak_rules: Mapping[str, WeakRule]
    groups: Mapping[str, Group]
    #: SHA-256 over the rules as data, for the provenance of a report.
    sha256: str
    #: All groups, those of single rules too.
    phrases: PhraseIndex


def load_catalogue(rules: str | None = None) -> Catalogue:
    """Return the shipped catalogue, changed by a user's file where one is given.

    Parameters
    ----------
    rules : str or None, default=None
        Path of a TOML file that overrides by id (`Settings.rules`).

    Raises
    ------
    ResourceError
        A file is missing, no TOML, or faulty; the message names the rule and what is wrong.
    """
    if rules is None:
        return _shipped()
    path = Path(rules)
    try:
        content = path.read_bytes()
        data = tomllib.loads(content.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ResourceError(f"Cannot read the rules in {path.name}: {error}") from error
    return _overridden(json.dumps(data, sort_keys=True, default=str))


#: Catalogues with rules of a user's own, by the digest that the provenance of a report holds; the last few.
_remembered: dict[str, Catalogue] = {}


def remember_catalogue(rules_sha256: str, catalogue: Catalogue) -> None:
    """Keep the catalogue that a report was made with, so that the report can be put into its words: a report holds ids only."""
    _remembered.pop(rules_sha256, None)
    _remembered[rules_sha256] = catalogue
    while len(_remembered) > 8:
        # Threads may do this at the same time.
        _remembered.pop(next(iter(list(_remembered))), None)


def recall_catalogue(rules_sha256: str) -> Catalogue:
    """Return the catalogue that was remembered under a digest; the shipped one where there is none, as for a report from a file."""
    return _remembered.get(rules_sha256) or _shipped()


@cache
def _shipped() -> Catalogue:
    return _build(_shipped_tables())


@lru_cache(maxsize=8)
def _overridden(own: str) -> Catalogue:
    tables = _shipped_tables()
    data = json.loads(own)
    known = ("schema", "category", "rule", "risk", "phrases")
    if unknown := [key for key in data if key not in known]:
        raise ResourceError(f"Rules file: unknown table {unknown[0]!r}", hint="known: " + ", ".join(known))
    for kind in ("category", "rule", "risk"):
        tables[kind] = _merge(tables[kind], data.get(kind, []), kind)
    tables["phrases"] = {**tables["phrases"], **data.get("phrases", {})}
    return _build(tables)


def _shipped_tables() -> dict[str, Any]:
    risks: list[dict[str, Any]] = []
    for name in RISK_FILES:
        risks.extend(read_toml(f"risks/{name}.toml").get("risk", []))
    return {
        "category": list(read_toml("categories.toml").get("category", [])),
        "rule": list(read_toml("checklist.toml").get("rule", [])),
        "risk": risks,
        "phrases": dict(read_toml("risks/phrases.toml").get("phrases", {})),
    }


def _merge(shipped: list[dict[str, Any]], own: object, kind: str) -> list[dict[str, Any]]:
    if not isinstance(own, list) or not all(isinstance(entry, dict) and isinstance(entry.get("id"), str) for entry in own):
        raise ResourceError(f"Rules file: [[{kind}]] must be tables with an id")
    merged = {entry["id"]: entry for entry in shipped}
    for entry in own:
        merged[entry["id"]] = _update(merged.get(entry["id"], {}), entry)
    return list(merged.values())


def _update(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Change the fields named; texts by language are changed language by language, conditions as a whole."""
    result = dict(base)
    for key, value in change.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict) and key != "when":
            result[key] = {**base[key], **value}
        else:
            result[key] = value
    return result


# ------------------------------------------------------------------------------------------------ validation


def _build(tables: dict[str, Any]) -> Catalogue:
    groups = read_groups(tables["phrases"], where="phrases")
    every = list(groups.values())
    categories = {category.id: category for category in map(_category, tables["category"])}
    risks: dict[str, Risk] = {}
    for entry in tables["risk"]:
        if entry.get("enabled", True):
            own = read_groups(entry.get("phrases", {}), where=f"risk {entry.get('id')!r}")
            every += own.values()
            risk = _risk(entry, {**groups, **own}, categories)
            if risk.id in risks:
                raise ResourceError(f"Risk {risk.id!r} is defined twice")
            risks[risk.id] = risk
    weak: dict[str, WeakRule] = {}
    for entry in tables["rule"]:
        if entry.get("enabled", True):
            own = read_groups(entry.get("phrases", {}), where=f"checklist rule {entry.get('id')!r}")
            every += own.values()
            rule = _weak_rule(entry, {**groups, **own}, categories)
            weak[rule.id] = rule
    digest = hashlib.sha256(json.dumps(tables, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
    return Catalogue(categories, risks, weak, groups, digest, PhraseIndex(every))


def _category(entry: dict[str, Any]) -> Category:
    where = f"category {entry.get('id')!r}"
    return Category(
        id=_text(entry, "id", where),
        group=_choice(entry, "group", ("services", "levels", "money", "protection", "legal", "exit", "other"), where),
        weight=_choice(entry, "weight", ("essential", "recommended", "optional"), where),
        silence=_choice(entry, "silence", ("harmful", "neutral", "favourable"), where),
        name=_texts(entry, "name", where),
        description=_texts(entry, "description", where),
        law=_texts(entry, "law", where),
        ask=_texts(entry, "ask", where),
        source=str(entry.get("source", "")),
    )


_RISK_KEYS = frozenset(
    [
        "id",
        "categories",
        "severity",
        "graded",
        "source",
        "title",
        "explanation",
        "ask",
        "wording",
        "when",
        "check",
        "check_options",
        "both_sides",
        "labels",
        "phrases",
        "examples",
        "enabled",
    ]
)


def _risk(entry: dict[str, Any], groups: Mapping[str, Group], known: Mapping[str, Category]) -> Risk:
    where = f"risk {entry.get('id')!r}"
    name = _text(entry, "id", where)
    _only(entry, _RISK_KEYS, where)
    categories = _names(entry, "categories", where)
    for category in categories:
        if category not in known:
            raise ResourceError(f"{where}: unknown category {category!r}", hint="known: " + ", ".join(known))
    severity = Severity(_choice(entry, "severity", tuple(Severity), where))
    graded: list[tuple[Severity, Predicate]] = []
    for grade in entry.get("graded", []):
        graded.append(
            (
                Severity(_choice(grade, "severity", tuple(Severity), where)),
                compile_condition(grade.get("when"), groups=groups, rule=name, categories=categories),
            )
        )
    if ("when" in entry) == ("check" in entry):
        raise ResourceError(f"{where}: needs either a condition `when` (a sentence) or a `check` (the document)")
    when = check = None
    needs = Needs()
    if "when" in entry:
        when = compile_condition(entry["when"], groups=groups, rule=name, categories=categories)
        needs = find_needs(entry["when"], groups, categories)
    else:
        factory = DOCUMENT_CHECKS.get(entry["check"])
        if factory is None:
            raise ResourceError(f"{where}: unknown check {entry['check']!r}", hint="known: " + ", ".join(sorted(DOCUMENT_CHECKS)))
        check = factory(entry.get("check_options", {}), groups, where)
    labels = _names(entry, "labels", where) if "labels" in entry else categories
    return Risk(
        id=name,
        categories=categories,
        severity=severity,
        graded=tuple(graded),
        source=str(entry.get("source", "")),
        title=_texts(entry, "title", where),
        explanation=_texts(entry, "explanation", where),
        ask=_texts(entry, "ask", where),
        wording=_texts(entry, "wording", where),
        when=when,
        check=check,
        both_sides=bool(entry.get("both_sides", False)),
        examples=_examples(entry, labels, where),
        needs=needs,
    )


_RULE_KEYS = frozenset(["id", "category", "when", "scope", "message", "ask", "labels", "phrases", "examples", "enabled"])


def _weak_rule(entry: dict[str, Any], groups: Mapping[str, Group], known: Mapping[str, Category]) -> WeakRule:
    where = f"checklist rule {entry.get('id')!r}"
    name = _text(entry, "id", where)
    _only(entry, _RULE_KEYS, where)
    category = _text(entry, "category", where)
    if category not in known:
        raise ResourceError(f"{where}: unknown category {category!r}", hint="known: " + ", ".join(known))
    labels = _names(entry, "labels", where) if "labels" in entry else (category,)
    return WeakRule(
        id=name,
        category=category,
        when=compile_condition(entry.get("when"), groups=groups, rule=name, categories=(category,)),
        scope=_choice({"scope": "category", **entry}, "scope", ("category", "clause"), where),
        message=_texts(entry, "message", where),
        ask=_texts(entry, "ask", where),
        examples=_examples(entry, labels, where),
    )


def _only(entry: dict[str, Any], known: frozenset[str], where: str) -> None:
    for key in entry:
        if key not in known:
            raise ResourceError(f"{where}: unknown field {key!r}", hint="known: " + ", ".join(sorted(known)))


def _text(entry: dict[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise ResourceError(f"{where}: {key} must be a text")
    return value


def _choice(entry: dict[str, Any], key: str, known: tuple[str, ...], where: str) -> str:
    value = entry.get(key)
    if value not in known:
        raise ResourceError(f"{where}: unknown {key} {value!r}", hint="known: " + ", ".join(known))
    return str(value)


def _names(entry: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = entry.get(key)
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise ResourceError(f"{where}: {key} must be a list of ids")
    return tuple(value)


def _texts(entry: dict[str, Any], key: str, where: str) -> Texts:
    value = entry.get(key)
    if not isinstance(value, dict):
        raise ResourceError(f"{where}: {key} must be a table of languages")
    if missing := [language for language in LANGUAGES if not isinstance(value.get(language), str) or not value[language]]:
        raise ResourceError(f"{where}: {key} lacks {', '.join(missing)}")
    return {language: value[language] for language in LANGUAGES}


def _examples(entry: dict[str, Any], labels: tuple[str, ...], where: str) -> tuple[Example, ...]:
    table = entry.get("examples", {})
    if not isinstance(table, dict):
        raise ResourceError(f"{where}: examples must be a table of languages")
    found: list[Example] = []
    for language, lists in table.items():
        if language not in LANGUAGES or not isinstance(lists, dict) or set(lists) - {"fires", "quiet"}:
            raise ResourceError(f"{where}: examples.{language} must hold `fires` and `quiet`")
        for kind, items in lists.items():
            for item in items:
                if isinstance(item, str):
                    item = {"text": item}
                if not isinstance(item, dict) or not isinstance(item.get("text"), str):
                    raise ResourceError(f"{where}: an example must be a text or a table with `text`")
                found.append(
                    Example(
                        language=language,
                        text=item["text"],
                        fires=kind == "fires",
                        labels=tuple(item.get("labels", labels)),
                        heading=tuple(item.get("heading", ())),
                    )
                )
    return tuple(found)
