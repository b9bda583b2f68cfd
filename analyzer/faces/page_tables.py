"""The tabs of the page that show the whole contract at once: checklist, times, comparison, downloads."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from analyzer.comparison import compare_reports
from analyzer.errors import AnalyzerError
from analyzer.report.export_html import render_checklist, render_durations, render_levels
from analyzer.report.model import Report
from analyzer.report.words import word


def show_checklist(report: Report, language: str) -> None:
    """One line per category, with its passage or with what silence means."""
    st.html(render_checklist(report, language))


def show_times(report: Report, language: str) -> None:
    """Service levels per priority, then every duration of the contract."""
    st.subheader(word("report", "levels", language))
    if report.service_levels:
        st.html(render_levels(report, language))
        st.caption(word("page", "levels_hint", language))
    else:
        st.warning(word("page", "no_levels", language))
    st.subheader(word("report", "durations", language))
    st.html(render_durations(report, language))


def show_comparison(reports: list[Report], language: str) -> None:
    if len(reports) < 2:
        st.caption(word("page", "compare_hint", language))
        return
    st.markdown(compare_reports(tuple(reports), language=language).to_markdown())


def show_downloads(report: Report, source: bytes | None, language: str, password: str = "") -> None:
    """Files are built when they are asked for; what people send on comes first, what programs read last."""
    stem = Path(report.document.name or "contract").stem
    offers = [
        ("requests_docx", "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("report_html", "html", "text/html"),
        ("tables_xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("report_md", "md", "text/markdown"),
        ("rows_csv", "csv", "text/csv"),
        ("all_json", "json", "application/json"),
    ]
    if report.document.media_type == "application/pdf" and source is not None:
        offers.insert(0, ("marked_pdf", "pdf", "application/pdf"))
    else:
        st.caption(word("page", "no_marked_pdf", language))
    for name, format, mime in offers:

        def build(format: str = format) -> str | bytes:
            return report.render(format, language, source=source, password=password)

        button, words = st.columns([1, 3], vertical_alignment="center")
        label = word("page", name, language)
        try:
            button.download_button(
                label, build, file_name=f"{stem}.{format}", mime=mime, key=f"download-{format}", on_click="ignore", width="stretch"
            )
            words.caption(word("page", f"{name}_hint", language))
        except AnalyzerError as error:
            words.caption(f"{label}: {error}")
