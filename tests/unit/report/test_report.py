from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from analyzer.errors import SettingsError
from analyzer.reading import read_document
from analyzer.report.export_csv import safe_cell
from analyzer.report.export_html import render_text_view
from analyzer.report.levels import find_priority, find_service_levels
from analyzer.report.model import Report, decode_quantity, encode_quantity, sort_findings
from analyzer.types import (
    LANGUAGES,
    Bound,
    Calendar,
    CalendarDate,
    Checked,
    Clause,
    Duration,
    Finding,
    FindingKind,
    Label,
    Money,
    Notice,
    Percentage,
    Recurrence,
    Sentence,
    SentenceKind,
    ServiceWindow,
    Severity,
    Span,
    Status,
    TimeUnit,
)

SAMPLES = Path(__file__).resolve().parents[3] / "data" / "samples"
TEXT = "=1+1 <script>alert(1)</script> within 4 hours"


def hours(value: int, start: int, role: str, end: int | None = None) -> Duration:
    return Duration(
        Span(start, end or start + 7), Decimal(value), Decimal(value), TimeUnit.HOUR, Bound.MAX, Calendar.BUSINESS, "after notice", role
    )


@pytest.fixture
def report() -> Report:
    document = read_document(TEXT.encode(), name="=evil.txt")
    start = TEXT.index("4 hours")
    clause = Clause(
        Sentence(0, Span(0, len(TEXT)), SentenceKind.SENTENCE, "en", TEXT, ("1 <b>",)),
        (Label("reaction_time", 0.9, True),),
        (hours(4, start, "reaction_time"),),
    )
    findings = (
        Finding("vague_commitment", FindingKind.RISK, "reaction_time", Severity.HIGH, (Span(0, 4),)),
        Finding("missing", FindingKind.MISSING, "spare_equipment", Severity.HIGH),
        Finding("slow_reaction", FindingKind.RISK, "reaction_time", Severity.LOW, (Span(start, start + 7),), (("value", "PT4H"),)),
    )
    checklist = (Checked("reaction_time", Status.PRESENT, (Span(0, len(TEXT)),)), Checked("spare_equipment", Status.MISSING))
    return Report(document, "en", (clause,), checklist, sort_findings(findings), (("analyzer", "0"),))


@pytest.mark.parametrize(
    "quantity",
    [
        hours(4, 3, "reaction_time"),
        Duration(Span(0, 1), None, Decimal("2.5"), TimeUnit.DAY),
        Recurrence(Span(0, 1), Decimal(2), Decimal(1), TimeUnit.YEAR),
        ServiceWindow(Span(0, 1), ((0, 480, 1020),), False),
        Money(Span(0, 1), Decimal("1250.50"), "CHF"),
        Percentage(Span(0, 1), Decimal("99.95")),
        CalendarDate(Span(0, 1), __import__("datetime").date(2026, 3, 1)),
    ],
)
def test_quantities_survive_json(quantity: object) -> None:
    assert decode_quantity(json.loads(json.dumps(encode_quantity(quantity)))) == quantity  # type: ignore[arg-type]


def test_report_survives_json(report: Report) -> None:
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize("text", ["{}", "[]", '{"schema": 1}', '{"schema": 2}', "nonsense"])
def test_other_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Report.from_json(text)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("format", ["text", "json", "html", "md", "csv"])
def test_text_formats(report: Report, format: str, language: str) -> None:
    content = report.render(format, language)
    assert isinstance(content, str) and "4 hours" in content


def test_html_escapes_everything(report: Report) -> None:
    page = report.render("html", "en")
    assert isinstance(page, str)
    assert "<script>" not in page and "&lt;script&gt;" in page and "=evil.txt" in page
    assert "default-src 'none'" in page
    view = render_text_view(report, "en")
    assert '<mark class="duration" data-role="reaction_time" title="Reaction time PT4H">4 hours</mark>' in view


def test_markdown_escapes(report: Report) -> None:
    content = report.render("md", "fr")
    assert isinstance(content, str) and "\\<script\\>" in content and "<script>" not in content


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\ta", "\ra"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe_cell(cell) == "'" + cell
    assert safe_cell("a" + cell) == "a" + cell


def test_csv_has_one_line_per_sentence(report: Report) -> None:
    content = report.render("csv")
    assert isinstance(content, str)
    (row,) = list(csv.DictReader(io.StringIO(content)))
    assert row["text"] == "'" + TEXT and row["labels"] == "reaction_time" and row["risks"] == "vague_commitment ; slow_reaction"
    assert (row["durations"], row["seconds"], row["roles"]) == ("PT4H", "14400.0", "reaction_time")


def test_office_formats(report: Report) -> None:
    import docx
    import openpyxl

    xlsx, word = report.render("xlsx", "de"), report.render("docx", "de")
    assert isinstance(xlsx, bytes) and isinstance(word, bytes)
    book = openpyxl.load_workbook(io.BytesIO(xlsx))
    assert book.sheetnames == ["Befunde", "Checkliste", "Service-Levels", "Fristen und Zeiten", "Text"]
    assert all(not str(cell.value).startswith("=") for sheet in book for line in sheet.iter_rows() for cell in line)
    assert "Anliegen an den Anbieter" in docx.Document(io.BytesIO(word)).paragraphs[0].text


def test_marked_pdf_needs_its_source(report: Report) -> None:
    with pytest.raises(SettingsError, match="no PDF"):
        report.render("pdf")
    with pytest.raises(SettingsError, match="known: text"):
        report.render("odt")
    with pytest.raises(SettingsError, match="Unknown language"):
        report.render("text", "es")


def test_marked_pdf_has_a_note_per_finding() -> None:
    from pypdf import PdfReader

    source = (SAMPLES / "contrat-maintenance-fr.pdf").read_bytes()
    document = read_document(source)
    start = document.text.index("dans les meilleurs délais")
    finding = Finding("vague_commitment", FindingKind.RISK, "resolution_time", Severity.HIGH, (Span(start, start + 25),))
    made = Report(document, "fr", (), (), (finding,), ())
    with pytest.raises(SettingsError, match="original file"):
        made.render("pdf")
    content = made.render("pdf", "fr", source=source)
    assert isinstance(content, bytes)
    (note,) = [a.get_object() for a in PdfReader(io.BytesIO(content)).pages[0]["/Annots"]]
    assert note["/Subtype"] == "/Highlight" and "À demander" in note["/Contents"]
    assert "Source: Code des obligations (CO) art. 102 [loi, CH]" in note["/Contents"]
    (box,) = document.boxes(Span(start, start + 25))
    assert float(note["/Rect"][0]) == pytest.approx(box.x0, abs=0.5)


def test_frames(report: Report) -> None:
    frame = report.to_frame()
    assert frame.shape[0] == 1 and frame.loc[0, "labels"] == ["reaction_time"]
    findings = report.findings_frame("it")
    assert list(findings["severity"]) == ["high", "high", "low"] and findings.loc[0, "quote"] == "=1+1"


def test_findings_are_sorted_by_severity_then_place(report: Report) -> None:
    assert [f.rule for f in report.findings] == ["vague_commitment", "missing", "slow_reaction"]


@pytest.mark.parametrize(
    ("text", "priority"),
    [
        ("P1 | 1 h", "1"), ("Priorität 2", "2"), ("Sev. 3", "3"), ("Fehlerklasse A", "1"), ("panne bloquante", "1"), ("guasto grave", "2"),
        ("niveau 4", "4"), ("P1 et P2", ""), ("within 4 hours", ""), ("geringe Störung", "4"),
    ],
)  # fmt: skip
def test_priorities(text: str, priority: str) -> None:
    assert find_priority(text) == priority


def make_row(id: int, text: str, heads: tuple[str, ...], quantities: tuple[Duration, ...]) -> Clause:
    cells, position = [], 0
    for head, cell in zip(heads, text.split(" | "), strict=True):
        cells.append((head, Span(position, position + len(cell))))
        position += len(cell) + 3
    sentence = Sentence(id, Span(0, len(text)), SentenceKind.TABLE_ROW, "en", text, (), tuple(cells))
    return Clause(sentence, (Label("reaction_time", 0.9), Label("resolution_time", 0.9)), quantities)


def test_levels_by_rows_and_by_columns() -> None:
    rows = (
        make_row(
            1, "P1 | 1 hours | 4 hours", ("Prio", "Reaction", "Resolution"), (hours(1, 5, "reaction_time"), hours(4, 15, "resolution_time"))
        ),
        make_row(
            2, "P2 | 8 hours | 9 hours", ("Prio", "Reaction", "Resolution"), (hours(8, 5, "reaction_time"), hours(9, 15, "resolution_time"))
        ),
    )
    levels = find_service_levels(rows)
    assert [(x.priority, x.reaction[0].value, x.resolution[0].value) for x in levels] == [("1", 1, 4), ("2", 8, 9)]
    turned = (
        make_row(1, "Reaction | 1 hours | 8 hours", ("", "P1", "P2"), (hours(1, 11, "reaction_time"), hours(8, 21, "reaction_time"))),
    )
    assert [(x.priority, x.reaction[0].value) for x in find_service_levels(turned)] == [("1", 1), ("2", 8)]


def test_a_report_on_several_files_survives_json_and_names_the_file() -> None:
    document = read_document([("contract.txt", b"The first file."), ("annex [1].txt", TEXT.encode())])
    document = replace(
        document, notices=(Notice("unread_attachment", "not read", name="plan.xyz"), Notice("image_page", "image", 2, "annex [1].txt"))
    )
    place = Span(document.text.index("within"), len(document.text))
    clause = Clause(Sentence(0, place, SentenceKind.SENTENCE, "en", "within 4 hours", ()), (Label("reaction_time", 0.9),))
    finding = Finding("vague_commitment", FindingKind.RISK, "reaction_time", Severity.HIGH, (place,))
    report = Report(document, "en", (clause,), (), (finding,), (("analyzer", "0"),))
    again = Report.from_json(report.to_json())
    assert again == report and [part.name for part in again.document.parts] == ["contract.txt", "annex [1].txt"]
    text = str(report.render("text", "en"))
    assert "annex [1].txt" in text and "The attachment plan.xyz was not read" in text and "annex [1].txt: Page 1: an image" in text
    for language in LANGUAGES:
        for format in ("md", "html"):
            assert "plan.xyz" in str(report.render(format, language))
    with pytest.raises(SettingsError, match="PDF"):
        report.render("pdf", source=b"")


def test_a_report_on_one_file_says_nothing_of_parts(report: Report) -> None:
    assert "parts" not in json.loads(report.to_json())["document"]
    assert Report.from_json(report.to_json()).document.parts == report.document.parts
