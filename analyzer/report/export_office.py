"""Excel with all tables, and Word with the requests to the provider. Needs the extra `office`."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

from analyzer.assessment.messages import is_known, render_finding
from analyzer.errors import SettingsError
from analyzer.report.export_csv import safe_cell
from analyzer.report.export_markdown import LEVEL_CATEGORIES, level_cells
from analyzer.report.frames import clause_records, duration_records, finding_records
from analyzer.report.words import catalogue_of, category_name, place_text, role_name, silence_text, word
from analyzer.types import Severity, Status

if TYPE_CHECKING:
    from analyzer.report.model import Report

_HINT = "install the extra: pip install 'clause-analyzer[office]'"
#: Characters that XML 1.0 cannot hold.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def _clean(value: Any) -> Any:
    if isinstance(value, list):
        value = " ; ".join(str(item) for item in value)
    return safe_cell(_NOT_XML.sub(" ", value)[:32_000]) if isinstance(value, str) else value


def render_xlsx(report: Report, language: str) -> bytes:
    """Return a workbook: findings, checklist, service levels, durations, sentences."""
    try:
        from openpyxl import Workbook
        from openpyxl.styles import Alignment, Font
    except ImportError as error:
        raise SettingsError("Excel files need openpyxl", hint=_HINT) from error
    catalogue = catalogue_of(report)
    book = Workbook()
    book.remove(book.active)

    def sheet(key: str, heads: list[str], rows: list[list[Any]]) -> None:
        page = book.create_sheet(word("report", key, language)[:31])
        page.append([_clean(head) for head in heads])
        for row in rows:
            page.append([_clean(cell) for cell in row])
        for cell in page[1]:
            cell.font = Font(bold=True)
        page.freeze_panes = "A2"
        for column in page.columns:
            width = max(min(60, max(len(str(cell.value or "")) for cell in column)), 8)
            page.column_dimensions[column[0].column_letter].width = width
            for cell in column:
                cell.alignment = Alignment(wrap_text=True, vertical="top")

    texts = ("title", "explanation", "ask", "wording", "source", "quote", "page")
    sheet(
        "findings",
        [word("report", n, language) for n in ("severity", "kind", "category", "title_of_finding", *texts[1:])],
        [
            [
                word("severity", r["severity"], language),
                word("kind", r["kind"], language),
                category_name(r["category"], language, catalogue),
            ]
            + [r[name] for name in texts]
            for r in finding_records(report, language)
        ],
    )
    sheet(
        "checklist",
        [word("report", "category", language), word("report", "status", language), word("report", "quote", language)],
        [
            [
                category_name(c.category, language, catalogue),
                word("status", c.status.value, language),
                report.quote(c.evidence[0])
                if c.evidence
                else silence_text(c.category, language, catalogue)
                if c.status is Status.MISSING
                else "",
            ]
            for c in report.checklist
        ],
    )
    heads = [word("report", "priority", language), *(category_name(c, language, catalogue) for c in LEVEL_CATEGORIES)]
    sheet("levels", heads, [list(level_cells(report, level, language)) for level in report.service_levels])
    durations = duration_records(report)
    if durations:
        heads = [word("page", "role", language), word("page", "duration", language), "ISO 8601"]
        heads += [*(word("page", key, language) for key in ("calendar", "anchor", "sentence")), word("report", "page", language)]
        sheet(
            "durations",
            heads,
            [
                [
                    role_name(r["role"], language, catalogue),
                    r["duration"],
                    r["iso"],
                    word("calendar", r["calendar"], language),
                    r["anchor"],
                    r["sentence"],
                    r["page"],
                ]
                for r in durations
            ],
        )
    clauses = clause_records(report)
    if clauses:
        sheet("text", list(clauses[0]), [list(record.values()) for record in clauses])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def render_docx(report: Report, language: str) -> bytes:
    """Return a Word document: the requests to the provider, most important first, each with passage, reason and wording."""
    try:
        from docx import Document as WordDocument
    except ImportError as error:
        raise SettingsError("Word files need python-docx", hint=_HINT) from error
    catalogue = catalogue_of(report)
    document = WordDocument()
    name = report.document.name or report.document.sha256[:12]
    document.add_heading(_NOT_XML.sub(" ", f"{word('report', 'requests', language)}: {name}"), level=1)
    document.add_paragraph().add_run(word("report", "disclaimer", language)).italic = True
    number = 0
    for finding in report.findings:
        if finding.severity is Severity.INFO:
            continue
        words = render_finding(finding, language, wording_language=report.language, catalogue=catalogue)
        if not words.ask and not words.wording and is_known(finding, catalogue):
            continue
        number += 1
        document.add_heading(f"{number}. {words.title} ({word('severity', finding.severity.value, language)})", level=2)
        for span in finding.evidence[:2]:
            where = place_text(report.document, span, language)
            place = f" ({where})" if where else ""
            document.add_paragraph(_NOT_XML.sub(" ", f"«{report.quote(span)}»{place}"), style="Intense Quote")
        document.add_paragraph(words.explanation)
        for key, text in (("ask", words.ask), ("wording", words.wording), ("source", words.source)):
            if text and not (key == "ask" and text == words.wording):
                paragraph = document.add_paragraph()
                paragraph.add_run(f"{word('report', key, language)}: ").bold = True
                paragraph.add_run(text)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
