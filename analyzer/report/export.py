"""One door to all formats of a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzer.errors import SettingsError
from analyzer.types import LANGUAGES

if TYPE_CHECKING:
    from analyzer.report.model import Report

FORMATS = ("text", "json", "html", "md", "csv", "xlsx", "docx", "pdf")
BINARY = frozenset({"xlsx", "docx", "pdf"})


def render(report: Report, format: str, language: str, *, source: bytes | None = None, password: str = "") -> str | bytes:
    """Render a report; see `Report.render`."""
    if language not in LANGUAGES:
        raise SettingsError(f"Unknown language {language!r}", hint="known: " + ", ".join(LANGUAGES))
    if format == "json":
        return report.to_json(indent=1)
    if format == "text":
        from analyzer.report.export_markdown import render_text

        return render_text(report, language)
    if format == "md":
        from analyzer.report.export_markdown import render_markdown

        return render_markdown(report, language)
    if format == "html":
        from analyzer.report.export_html import render_html

        return render_html(report, language)
    if format == "csv":
        from analyzer.report.export_csv import render_csv

        return render_csv(report)
    if format == "xlsx":
        from analyzer.report.export_office import render_xlsx

        return render_xlsx(report, language)
    if format == "docx":
        from analyzer.report.export_office import render_docx

        return render_docx(report, language)
    if format == "pdf":
        from analyzer.report.export_pdf import render_pdf

        return render_pdf(report, language, source, password)
    raise SettingsError(f"Unknown format {format!r}", hint="known: " + ", ".join(FORMATS))
