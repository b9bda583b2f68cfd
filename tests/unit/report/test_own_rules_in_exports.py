"""Reports made with a user's own rules, in every format; and reports whose rules are not at hand, as they come from a file or another machine."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path

import pytest

import analyzer
from analyzer.assessment import catalogue, load_catalogue, render_finding
from analyzer.report.export_html import render_cards, render_checklist, render_text_view
from analyzer.report.model import Report
from analyzer.settings import Settings
from analyzer.types import LANGUAGES, Checked, Finding, FindingKind, Severity, Span, Status

RULES = """
[[risk]]
id = "mentions_fax"
categories = ["service_desk"]
severity = "high"
title = { fr = "Le fax", de = "Das Fax", it = "Il fax", en = "The fax machine" }
explanation = { fr = "x", de = "x", it = "x", en = "Nobody has one any more." }
ask = { fr = "x", de = "x", it = "x", en = "Ask for a telephone number." }
wording = { fr = "x", de = "x", it = "x", en = "Faults are reported by telephone." }
when = { all = ["fax"] }
[risk.phrases.fax]
en = ["fax"]
"""


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "_remembered", {})


def contract_of(make_pdf) -> bytes:
    return make_pdf(
        [
            [
                (60, 90, "7 Service desk", "Helvetica-Bold", 14),
                (60, 120, "The service desk takes reports of faults by fax only.", "Helvetica", 11),
            ]
        ]
    )


def own_report(tmp_path: Path, data: bytes) -> Report:
    path = tmp_path / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    report = analyzer.analyze(data, language="en", settings=Settings(rules=str(path)))
    # What labels a model gives is no matter here.
    if not any(finding.rule == "mentions_fax" for finding in report.findings):
        start = report.document.text.index("The service desk")
        found = Finding("mentions_fax", FindingKind.RISK, "service_desk", Severity.HIGH, (Span(start, start + 30),))
        report = dataclasses.replace(report, findings=(found, *report.findings))
    return report


def texts_of(report: Report, source: bytes) -> dict[str, str]:
    """Return the text that each format holds."""
    import docx
    import openpyxl
    import pypdf

    texts = {name: str(report.render(name, "en")) for name in ("text", "json", "html", "md", "csv")}
    book = openpyxl.load_workbook(io.BytesIO(report.render("xlsx", "en")))
    texts["xlsx"] = "\n".join(str(cell.value) for sheet in book for row in sheet for cell in row)
    texts["docx"] = "\n".join(p.text for p in docx.Document(io.BytesIO(report.render("docx", "en"))).paragraphs)
    marked = pypdf.PdfReader(io.BytesIO(report.render("pdf", "en", source=source)))
    texts["pdf"] = "\n".join(str(note.get_object().get("/Contents")) for page in marked.pages for note in page.get("/Annots", []))
    texts["frame"] = report.findings_frame("en").to_csv()
    texts["page"] = render_cards(report, list(report.findings), "en") + render_checklist(report, "en") + render_text_view(report, "en")
    return texts


def test_every_format_holds_the_words_of_the_users_own_rules(make_pdf, tmp_path):
    data = contract_of(make_pdf)
    for name, text in texts_of(own_report(tmp_path, data), data).items():
        wanted = "mentions_fax" if name in ("json", "csv") else "The fax machine"
        assert wanted in text, name


def test_reports_from_elsewhere_name_what_the_rules_at_hand_do_not_know(make_pdf, tmp_path, monkeypatch):
    data = contract_of(make_pdf)
    report = own_report(tmp_path, data)
    monkeypatch.setattr(catalogue, "_remembered", {})
    start = report.document.text.index("The service desk")
    span = Span(start, start + 30)
    strange = (
        Finding("fax_is_weak", FindingKind.WEAK, "fax_lines", Severity.HIGH, (span,)),
        Finding("no_pigeons", FindingKind.MISSING, "carrier_pigeons", Severity.MEDIUM),
    )
    report = dataclasses.replace(
        Report.from_json(report.to_json()),
        findings=(*report.findings, *strange),
        checklist=(*report.checklist, Checked("carrier_pigeons", Status.MISSING), Checked("fax_lines", Status.WEAK, (span,))),
    )
    texts = texts_of(report, data)
    for name in ("docx", "pdf", "text", "md", "html", "xlsx", "frame", "page"):
        assert "mentions fax" in texts[name] or "mentions_fax" in texts[name], name
    for name in ("docx", "text", "md", "html", "xlsx", "frame", "page"):
        assert "carrier_pigeons" in texts[name], name
    assert analyzer.compare([report, report]).to_frame().shape[0] > 2
    for language in LANGUAGES:
        assert "mentions_fax" in render_finding(report.findings[0], language, catalogue=load_catalogue()).explanation


def test_scores_hold_the_words_of_the_users_own_rules(tmp_path):
    rules = tmp_path / "rules.toml"
    rules.write_text(RULES.replace('["service_desk"]', str([*load_catalogue().categories])), encoding="utf-8")
    (tmp_path / "a.txt").write_text("7 Service desk\n\nThe service desk takes reports of faults by fax only.\n", encoding="utf-8")
    result = analyzer.score(tmp_path / "a.txt", tmp_path / "out", n_jobs=1, settings=Settings(rules=str(rules)))
    assert not result.failures
    frame = result.findings_frame()
    assert "The fax machine" in set(frame[frame["rule"] == "mentions_fax"]["title"])
