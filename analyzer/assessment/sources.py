"""The sources that rules name: statutes, standards, advice, each with its title in the reader's language.

A rule holds its sources as one text, "CO 97, 100 I; EVB-IT": keys of `resources/sources.toml`, each followed by its articles or sections.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from analyzer.errors import ResourceError
from analyzer.resources import read_toml
from analyzer.types import LANGUAGES


class SourceKind(StrEnum):
    """What a source is worth: it binds, it can be agreed on, or it is somebody's advice."""

    LAW = "law"
    STANDARD = "standard"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Source:
    """A work that rules cite. `country` is an ISO 3166 code or empty; `unit` is what its numbers count: "article", "clause" or nothing."""

    key: str
    kind: SourceKind
    title: Mapping[str, str]
    short: Mapping[str, str]
    country: str = ""
    unit: str = ""
    url: str = ""


class Citation(NamedTuple):
    """A place in a work; `source` is None where a user's own rule names a work that is not in the list."""

    source: Source | None
    #: Articles or sections as the rule writes them ("97, 100 I"); of an unknown work the whole text.
    section: str


#: "ff." as readers of Swiss statutes write it.
_FOLLOWING = {"fr": "ss", "it": "segg."}


@cache
def known_sources() -> Mapping[str, Source]:
    """Return the works by key.

    Raises
    ------
    ResourceError
        An entry of the shipped list is faulty.
    """
    found: dict[str, Source] = {}
    for key, entry in read_toml("sources.toml")["source"].items():
        if missing := [language for language in LANGUAGES if not entry.get("title", {}).get(language)]:
            raise ResourceError(f"source {key!r}: title lacks {', '.join(missing)}")
        if entry.get("kind") not in tuple(SourceKind) or entry.get("unit", "") not in ("", "article", "clause"):
            raise ResourceError(f"source {key!r}: unknown kind or unit", hint="kinds: " + ", ".join(SourceKind))
        found[key] = Source(
            key, SourceKind(entry["kind"]), entry["title"], entry.get("short", {}), entry.get("country", ""), entry.get("unit", ""),
            entry.get("url", ""),
        )  # fmt: skip
    return found


def parse_sources(text: str) -> tuple[Citation, ...]:
    """Take the sources of a rule apart.

    Examples
    --------
    >>> [(c.source.key, c.section) for c in parse_sources("CO 97, 100 I; EVB-IT")]
    [('CO', '97, 100 I'), ('EVB-IT', '')]
    """
    citations: list[Citation] = []
    # The longest key first: "ISO/IEC 20000-1" before a work that begins with the same words.
    keys = sorted(known_sources(), key=len, reverse=True)
    for part in filter(None, (part.strip() for part in text.split(";"))):
        key = next((key for key in keys if part == key or part.startswith(key + " ")), None)
        citations.append(Citation(None, part) if key is None else Citation(known_sources()[key], part[len(key) :].strip()))
    return tuple(citations)


def render_source(text: str, language: str) -> str:
    """Name the sources of a rule as readers of `language` know them, and say which bind and which advise.

    Parameters
    ----------
    text : str
        As a rule holds it; works that are not in the list are named as they are written.
    language : {"fr", "de", "it", "en"}

    Examples
    --------
    >>> render_source("CO 97, 99; FADP 8", "de")
    'Obligationenrecht (OR) Art. 97, 99 [Gesetz, CH]; Datenschutzgesetz (DSG) Art. 8 [Gesetz, CH]'
    >>> render_source("CO 363 ff.", "fr")
    'Code des obligations (CO) art. 363 ss [loi, CH]'
    """
    return "; ".join(_render(citation, language) for citation in parse_sources(text))


def _render(citation: Citation, language: str) -> str:
    source, section = citation
    section = re.sub(r"\bff\.", _FOLLOWING.get(language, "ff."), section)
    if source is None:
        return section
    words = read_toml("messages.toml")["source"]
    short = f" ({source.short[language]})" if source.short else ""
    unit = f" {words[source.unit][language]}" if source.unit and section else ""
    kind = words[source.kind.value][language] + (f", {source.country}" if source.country else "")
    return f"{source.title[language]}{short}{unit}{f' {section}' if section else ''} [{kind}]"
