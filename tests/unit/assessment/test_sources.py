"""Every rule gives its reason in four languages, and names its source where an honest one is known."""

from __future__ import annotations

import re

import pytest

from analyzer.assessment import load_catalogue, render_finding
from analyzer.assessment.messages import finding_source
from analyzer.assessment.sources import SourceKind, known_sources, parse_sources, render_source
from analyzer.types import LANGUAGES, Finding, FindingKind

CATALOGUE = load_catalogue()
CATEGORIES = [category for category in CATALOGUE.categories.values() if category.id != "other"]
RULES = [*CATEGORIES, *CATALOGUE.risks.values()]
#: Nothing that we have read says where these come from. A new rule brings its source; who finds one for these takes the name out.
WITHOUT_SOURCE = {"exclusions", "insurance", "surcharge_outside_hours", "no_fault_found_billed", "broad_exclusions", "blank_fields"}


def test_rules_without_a_source_do_not_grow():
    assert {rule.id for rule in RULES if not rule.source} == WITHOUT_SOURCE


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_sources_are_well_formed(rule):
    citations = parse_sources(rule.source)
    for source, section in citations:
        assert source is not None, f"{section!r} is not in sources.toml"
        if source.kind is SourceKind.LAW:
            article = r"\d{1,3}(-\d{1,3})?( (I|II|III|IV|V))?( ff\.)?"
            assert re.fullmatch(rf"{article}(, {article})*", section), section
        elif source.unit:
            assert re.fullmatch(r"\d+(\.\d+)*|", section)
        else:
            assert section == ""
    keys = [source.key for source, _ in citations]
    assert len(keys) == len(set(keys))  # the articles of one work stand together
    kinds = [list(SourceKind).index(source.kind) for source, _ in citations]
    assert kinds == sorted(kinds)  # what binds comes first


def test_every_work_is_cited_and_can_be_found():
    cited = {source.key for rule in RULES for source, _ in parse_sources(rule.source)}
    assert cited == set(known_sources())
    for source in known_sources().values():
        assert (source.kind is SourceKind.LAW) == bool(source.short)
        assert not source.url or re.match(r"https?://", source.url)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_has_reason_source_and_sentence(language):
    findings = [Finding(f"missing_{c.id}", FindingKind.MISSING, c.id, severity="low") for c in CATEGORIES]
    findings += [Finding(r.id, FindingKind.WEAK, r.category, severity="low") for r in CATALOGUE.weak_rules.values()]
    findings += [Finding(r.id, FindingKind.RISK, r.categories[0], severity="low") for r in CATALOGUE.risks.values()]
    for finding in findings:
        words = render_finding(finding, language)
        assert words.title and words.explanation and words.ask and words.wording
        assert bool(words.source) == bool(finding_source(finding))
        assert not re.search(r"\b(CO|FADP)\b", words.source) or language != "de"


def test_articles_cited_in_a_reason_stand_in_its_source():
    """A reader of the reason finds each statute it names again under "source"."""
    lost = []
    for rule in RULES:
        text = (rule.law if rule in CATEGORIES else rule.explanation)["en"]
        named = {(key, number) for key, number in re.findall(r"\b(CO|FADP|PILA|CPC|CopA) (\d+)", text)}
        held = {(c.source.key, number) for c in parse_sources(rule.source) for number in re.findall(r"\d+", c.section)}
        lost += [f"{rule.id}: {key} {number}" for key, number in sorted(named - held)]
    assert lost == []


def test_law_is_told_from_advice():
    text = render_source("CO 102; EVB-IT; onlaw.ch", "fr")
    assert [part[part.index("[") :] for part in text.split("; ")] == ["[loi, CH]", "[norme ou modèle, DE]", "[conseil pratique]"]
    assert render_source("ISO/IEC 20000-1 8.6.1", "en") == "ISO/IEC 20000-1:2018, Service management clause 8.6.1 [standard or model]"
    assert render_source("CO 197 ff., 210", "it") == "Codice delle obbligazioni (CO) art. 197 segg., 210 [legge, CH]"


def test_a_work_of_the_users_own_is_named_as_it_is_written():
    assert render_source("House rules 7; CO 1", "en") == "House rules 7; Code of Obligations (CO) art. 1 [law, CH]"
    assert render_source("", "de") == ""
    assert render_source("CONTRACT LAW 3", "en") == "CONTRACT LAW 3"  # not an article of the CO
