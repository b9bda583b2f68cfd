"""Puts a finding into words, in the reader's language."""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.assessment.catalogue import Catalogue, load_catalogue
from analyzer.types import LANGUAGES, Finding, FindingKind


class Message(NamedTuple):
    """What a finding says: what it is, why it matters, what to ask for, model wording, and the rule of law where there is one."""

    title: str
    explanation: str
    ask: str
    wording: str
    source: str


_UNITS = {
    "fr": {"TS": "s", "TM": "min", "TH": "h", "D": ("jour", "jours"), "W": ("semaine", "semaines"), "M": "mois", "Y": ("an", "ans")},
    "de": {
        "TS": "Sek.",
        "TM": "Min.",
        "TH": "Std.",
        "D": ("Tag", "Tage"),
        "W": ("Woche", "Wochen"),
        "M": ("Monat", "Monate"),
        "Y": ("Jahr", "Jahre"),
    },
    "it": {
        "TS": "s",
        "TM": "min",
        "TH": "ore",
        "D": ("giorno", "giorni"),
        "W": ("settimana", "settimane"),
        "M": ("mese", "mesi"),
        "Y": ("anno", "anni"),
    },
    "en": {
        "TS": "s",
        "TM": "min",
        "TH": "h",
        "D": ("day", "days"),
        "W": ("week", "weeks"),
        "M": ("month", "months"),
        "Y": ("year", "years"),
    },
}
_BUSINESS = {"fr": "heures ou jours ouvrables", "de": "Arbeitszeit", "it": "tempo lavorativo", "en": "business time"}
_ISO = re.compile(r"P(T?)([\d.]+)([SMHDWY])")


def render_duration(iso: str, language: str) -> str:
    """Write an ISO 8601 duration as people do.

    Examples
    --------
    >>> render_duration("PT8H", "en"), render_duration("P1D", "de")
    ('8 h', '1 Tag')
    """
    match = _ISO.fullmatch(iso)
    if match is None:
        return iso
    unit = _UNITS[language].get(match.group(1) + match.group(3), match.group(3))
    word = unit if isinstance(unit, str) else unit[0 if match.group(2) == "1" else 1]
    return f"{match.group(2)} {word}"


#: The statutes by the abbreviation of each language; the rules name them once, as the French or the English do.
_STATUTES = {
    "CO": {"de": "OR"},
    "FADP": {"fr": "LPD", "de": "DSG", "it": "LPD"},
    "PILA": {"fr": "LDIP", "de": "IPRG", "it": "LDIP"},
    "CPC": {"de": "ZPO"},
    "CopA": {"fr": "LDA", "de": "URG", "it": "LDA"},
    "ff.": {"fr": "ss", "it": "segg."},
}
_STATUTE = re.compile(r"\b(?:CO|FADP|PILA|CPC|CopA)\b|\bff\.")


def render_source(source: str, language: str) -> str:
    """Name the statutes of a source as readers of `language` know them.

    Examples
    --------
    >>> render_source("CO 97, 99; FADP 8", "de"), render_source("CO 363 ff.", "fr")
    ('OR 97, 99; DSG 8', 'CO 363 ss')
    """
    return _STATUTE.sub(lambda match: _STATUTES[match.group()].get(language, match.group()), source)


def render_finding(finding: Finding, language: str, *, wording_language: str | None = None, catalogue: Catalogue | None = None) -> Message:
    """Return the texts of a finding.

    Parameters
    ----------
    finding : Finding
        Of the checklist or of the risks.
    language : {"fr", "de", "it", "en"}
        Language of the answer; another one is answered in English.
    wording_language : str, optional
        Language of the model wording: the contract's, so that the sentence can be put into it. By default, and for a language
        that has no wording, the language of the answer.
    catalogue : Catalogue, optional
        The rules that made the finding; the shipped ones by default.
    """
    language = language if language in LANGUAGES else "en"
    catalogue = catalogue or load_catalogue()
    spoken = wording_language if wording_language in LANGUAGES else language
    params = _shown(finding, language)
    if finding.kind is FindingKind.RISK:
        risk = catalogue.risks[finding.rule]
        return Message(
            _fill(risk.title[language], params),
            _fill(risk.explanation[language], params),
            _fill(risk.ask[language], params),
            risk.wording[spoken],
            render_source(risk.source or catalogue.categories[finding.category].source, language),
        )
    category = catalogue.categories[finding.category]
    if finding.kind is FindingKind.WEAK:
        rule = catalogue.weak_rules[finding.rule]
        return Message(
            category.name[language],
            _fill(rule.message[language], params),
            rule.ask[language],
            rule.ask[spoken],
            render_source(category.source, language),
        )
    return Message(
        category.name[language],
        category.law[language],
        category.ask[language],
        category.ask[spoken],
        render_source(category.source, language),
    )


def _shown(finding: Finding, language: str) -> dict[str, str]:
    params = {name: render_duration(value, language) for name, value in finding.params}
    if params.get("calendar") == "business" and "value" in params:
        params["value"] += f" ({_BUSINESS[language]})"
    return params


def _fill(text: str, params: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: params.get(match.group(1), "–"), text)
