"""Puts a finding into words, in the reader's language."""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.assessment.catalogue import Catalogue, load_catalogue
from analyzer.assessment.sources import render_source
from analyzer.types import LANGUAGES, Finding, FindingKind


class Message(NamedTuple):
    """What a finding says: what it is, why it matters, what to ask for, model wording, and the sources."""

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
_UNKNOWN = {
    "fr": "La règle « {rule} » n'est pas parmi les règles disponibles ici ; ses textes manquent.",
    "de": "Die Regel «{rule}» ist nicht unter den Regeln, die hier vorliegen; ihre Texte fehlen.",
    "it": "La regola «{rule}» non è tra le regole disponibili qui; i suoi testi mancano.",
    "en": "The rule “{rule}” is not among the rules at hand here; its texts are missing.",
}
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


def finding_source(finding: Finding, *, catalogue: Catalogue | None = None) -> str:
    """Return the sources of a finding as the rules hold them: of the risk itself, or of the category that is weak or missing.

    A risk without a source has none: what is cited for its category may be about something else. Empty too for a rule that is not in `catalogue`.
    """
    catalogue = catalogue or load_catalogue()
    if finding.kind is FindingKind.RISK:
        return catalogue.risks[finding.rule].source if finding.rule in catalogue.risks else ""
    return catalogue.categories[finding.category].source if finding.category in catalogue.categories else ""


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
        The rules that made the finding; the shipped ones by default. A finding of a rule that is not among them is named by its id.
    """
    language = language if language in LANGUAGES else "en"
    catalogue = catalogue or load_catalogue()
    spoken = wording_language if wording_language in LANGUAGES else language
    params = _shown(finding, language)
    source = render_source(finding_source(finding, catalogue=catalogue), language)
    if not is_known(finding, catalogue):
        name = catalogue.categories[finding.category].name[language] if finding.category in catalogue.categories else finding.category
        title = finding.rule.replace("_", " ") if finding.kind is FindingKind.RISK else name
        return Message(title, _UNKNOWN[language].format(rule=finding.rule), "", "", source)
    if finding.kind is FindingKind.RISK:
        risk = catalogue.risks[finding.rule]
        return Message(
            _fill(risk.title[language], params),
            _fill(risk.explanation[language], params),
            _fill(risk.ask[language], params),
            risk.wording[spoken],
            source,
        )
    category = catalogue.categories[finding.category]
    if finding.kind is FindingKind.WEAK:
        rule = catalogue.weak_rules[finding.rule]
        return Message(
            category.name[language],
            _fill(rule.message[language], params),
            rule.ask[language],
            rule.ask[spoken],
            source,
        )
    return Message(
        category.name[language],
        category.law[language],
        category.ask[language],
        category.ask[spoken],
        source,
    )


def is_known(finding: Finding, catalogue: Catalogue) -> bool:
    """Tell whether the catalogue holds the words of a finding; those made with a user's own rules may not be in the one at hand."""
    if finding.kind is FindingKind.RISK:
        return finding.rule in catalogue.risks
    return finding.category in catalogue.categories and (finding.kind is not FindingKind.WEAK or finding.rule in catalogue.weak_rules)


def _shown(finding: Finding, language: str) -> dict[str, str]:
    params = {name: render_duration(value, language) for name, value in finding.params}
    if params.get("calendar") == "business" and "value" in params:
        params["value"] += f" ({_BUSINESS[language]})"
    return params


def _fill(text: str, params: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: params.get(match.group(1), "–"), text)
