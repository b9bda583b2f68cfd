"""What reports say in whose language: reasons in the reader's, model wording in the contract's, and where a passage stands."""

from __future__ import annotations

import dataclasses
import io
import json
import re

import openpyxl
import pytest

import analyzer
from analyzer import errors
from analyzer.assessment import load_catalogue, render_finding
from analyzer.report.export_html import render_cards, render_checklist, render_durations, render_levels, render_text_view, telling_evidence
from analyzer.report.export_markdown import level_cells
from analyzer.report.levels import find_priority, find_vague_cells
from analyzer.report.model import Report
from analyzer.report.words import failure_text, word
from analyzer.types import LANGUAGES, FindingKind, Severity

CONTRACT = """# Contrat de maintenance

## 4. Niveaux de service

| Priorité | Temps de réaction | Temps de résolution |
|---|---|---|
| P1 | 4 heures ouvrées | dans les meilleurs délais |
| P2 | 1 jour ouvrable | 5 jours ouvrables |

Le délai de réaction est de 4 heures ouvrées dès l'annonce de la panne.
"""


@pytest.fixture(scope="module")
def report() -> Report:
    return analyzer.analyze(CONTRACT.encode(), language="fr")


def test_wording_speaks_the_language_of_the_contract(report: Report) -> None:
    finding = next(f for f in report.findings if f.kind is FindingKind.RISK and f.rule == "vague_commitment")
    german = render_finding(finding, "de", wording_language="fr")
    assert german.explanation == render_finding(finding, "de").explanation
    assert german.wording == render_finding(finding, "fr").wording != render_finding(finding, "de").wording
    assert render_finding(finding, "de", wording_language="nl") == render_finding(finding, "de")
    cards = render_cards(report, [finding], "de")
    assert f'<span lang="fr">{german.wording.replace(chr(39), "&#x27;")}</span>' in cards
    text = report.render("md", "de")
    assert isinstance(text, str) and german.wording in text.replace("\\", "")


def test_the_same_sentence_is_not_asked_for_twice(report: Report) -> None:
    missing = next(f for f in report.findings if f.kind is FindingKind.MISSING)
    sentence = render_finding(missing, "fr").wording
    assert report.render("md", "fr").count(sentence) == 1  # type: ignore[arg-type]
    cards = render_cards(report, [missing], "fr")
    assert word("report", "ask", "fr") not in cards and word("report", "wording", "fr") in cards


def test_a_risk_without_a_source_borrows_none(report: Report) -> None:
    catalogue = load_catalogue()
    rule = next(r for r in catalogue.risks.values() if not r.source and catalogue.categories[r.categories[0]].source)
    finding = dataclasses.replace(
        report.findings[0], rule=rule.id, kind=FindingKind.RISK, category=rule.categories[0], severity=Severity.LOW
    )
    assert render_finding(finding, "en").source == ""
    assert word("report", "source", "en") not in render_cards(report, [finding], "en")


def test_every_format_names_the_source(report: Report) -> None:
    import docx

    vague = "Obligationenrecht (OR) Art. 102 [Gesetz, CH]"
    silence = "Jusletter IT vom 11.12.2013 Ziff. 4.6 [Norm oder Muster, CH]"  # no clause on a spare device
    html, markdown, office = report.render("html", "de"), report.render("md", "de"), report.render("docx", "de")
    assert isinstance(html, str) and isinstance(markdown, str) and isinstance(office, bytes)
    paragraphs = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(office)).paragraphs)
    for text in (html, markdown.replace("\\", ""), paragraphs):
        assert vague in text and silence in text
    assert silence in render_checklist(report, "de")
    (line,) = [line for line in markdown.replace("\\", "").splitlines() if line.startswith("| Ersatzgerät")]
    assert silence in line
    book = openpyxl.load_workbook(io.BytesIO(report.render("xlsx", "de")))  # type: ignore[arg-type]
    assert any(silence in str(cell.value) for row in book["Checkliste"].iter_rows() for cell in row)
    found = next(f for f in json.loads(report.to_json())["findings"] if f["rule"] == "vague_commitment")
    assert found["sources"][0] == {"key": "CO", "kind": "law", "country": "CH", "section": "102"}
    assert found["sources"][1]["kind"] == "advice"


def test_words_stand_where_other_rows_have_a_time(report: Report) -> None:
    ((place, span),) = find_vague_cells(report.clauses).items()
    assert place == ("1", "resolution_time") and report.quote(span) == "dans les meilleurs délais"
    first, second = (level_cells(report, level, "fr") for level in report.service_levels if level.priority)
    assert first[2:4] == ("4 heures ouvrées", "≈ dans les meilleurs délais")
    assert second[2:4] == ("1 jour ouvrable", "5 jours ouvrables")


def test_every_link_of_the_tables_has_a_target(report: Report) -> None:
    targets = set(re.findall(r'id="(s\d+)"', render_text_view(report, "en")))
    for table in (render_levels(report, "en"), render_durations(report, "en"), render_checklist(report, "en")):
        links = re.findall(r'href="#(s\d+)"', table)
        assert links and set(links) <= targets


def test_the_checklist_quotes_a_row_with_a_time_not_the_heads(report: Report) -> None:
    checked = next(c for c in report.checklist if c.category == "reaction_time")
    span = telling_evidence(report, checked)
    assert span is not None and "4 heures" in report.quote(span)


def codes(kind: type[errors.AnalyzerError]) -> set[str]:
    return {kind.code}.union(*(codes(child) for child in kind.__subclasses__()))


@pytest.mark.parametrize("code", sorted(codes(errors.ReadError)))
def test_every_failure_is_told_in_four_languages(code: str) -> None:
    texts = {failure_text(code, "raw words", language) for language in LANGUAGES}
    assert len(texts) == len(LANGUAGES) and "raw words" not in texts


def test_an_unknown_failure_keeps_its_words() -> None:
    assert failure_text("new", "raw words", "de") == "raw words"


@pytest.mark.parametrize("text", ["non-critical issues", "pannes non bloquantes", "nicht kritische Fehler", "guasti non critici"])
def test_a_negated_priority_is_none(text: str) -> None:
    assert find_priority(text) == ""


def test_tables_for_people_speak_their_language(report: Report) -> None:
    content = report.render("xlsx", "de")
    assert isinstance(content, bytes)
    book = openpyxl.load_workbook(io.BytesIO(content))
    findings, durations = book["Befunde"], book["Fristen und Zeiten"]
    assert [cell.value for cell in findings[1]][:4] == ["Schwere", "Art", "Klausel", "Befund"]
    assert {row[0].value for row in findings.iter_rows(min_row=2)} <= {word("severity", s.value, "de") for s in Severity}
    assert durations["A2"].value == "Reaktionszeit"
