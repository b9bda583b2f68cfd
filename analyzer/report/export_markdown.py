"""Markdown, and plain text for the terminal."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from analyzer.assessment.messages import render_finding
from analyzer.report.frames import duration_records
from analyzer.report.levels import find_vague_cells
from analyzer.report.words import catalogue_of, category_name, notice_text, place_text, silence_text, word
from analyzer.types import Duration, FindingKind, Percentage, ServiceWindow, Severity, Status

if TYPE_CHECKING:
    from analyzer.report.levels import ServiceLevel
    from analyzer.report.model import Report

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


def escape(text: str) -> str:
    """Escape contract text for Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def level_cells(report: Report, level: ServiceLevel, language: str) -> tuple[str, str, str, str, str, str]:
    """Return priority, service hours, reaction, resolution, spare device and uptime in the contract's own words; "≈" stands before words without a time."""

    def quote(items: tuple[Duration, ...] | tuple[ServiceWindow, ...] | tuple[Percentage, ...]) -> str:
        return "; ".join(dict.fromkeys(report.quote(item.span) for item in items))

    priority = level.priority or word("report", "all_faults", language)
    vague = {role: f"≈ {report.quote(span)}" for (key, role), span in find_vague_cells(report.clauses).items() if key == level.priority}
    reaction = quote(level.reaction) or vague.get("reaction_time", "")
    resolution = quote(level.resolution) or vague.get("resolution_time", "")
    return (priority, quote(level.hours), reaction, resolution, quote(level.spare), quote(level.uptime))


LEVEL_CATEGORIES = ("availability", "reaction_time", "resolution_time", "spare_equipment", "uptime")


def render_markdown(report: Report, language: str) -> str:
    """Return findings, checklist, service levels and durations as Markdown."""
    catalogue = catalogue_of(report)

    def title(category: str) -> str:
        return category_name(category, language, catalogue)

    lines = [f"# {word('report', 'title', language)}: {escape(report.document.name or report.document.sha256[:12])}", ""]
    lines += [f"*{word('report', 'disclaimer', language)}*", ""]
    if report.document.notices:
        lines += [f"## {word('report', 'notices', language)}", ""]
        lines += [f"- {escape(notice_text(notice, language, report.document))}" for notice in report.document.notices] + [""]
    lines += [f"## {word('report', 'findings', language)}", ""]
    for finding in report.findings:
        if finding.severity is Severity.INFO:
            continue
        words = render_finding(finding, language, wording_language=report.language, catalogue=catalogue)
        lines.append(f"### {word('severity', finding.severity.value, language)}: {words.title}")
        lines.append("")
        lines.append(words.explanation)
        for span in finding.evidence[:3]:
            where = escape(place_text(report.document, span, language))
            place = f" ({where})" if where else ""
            lines += ["", f"> {escape(report.quote(span))}{place}"]
        if words.ask and words.ask != words.wording:
            lines += ["", f"**{word('report', 'ask', language)}**: {words.ask}"]
        if words.wording:
            lines += ["", f"**{word('report', 'wording', language)}**: {words.wording}"]
        if words.source:
            lines += ["", f"{word('report', 'source', language)}: {words.source}"]
        lines.append("")
    lines += [f"## {word('report', 'checklist', language)}", ""]
    lines += [
        f"| {word('report', 'category', language)} | {word('report', 'status', language)} | {word('report', 'quote', language)} |",
        "|---|---|---|",
    ]
    for checked in report.checklist:
        quote = escape(report.quote(checked.evidence[0])[:120]) if checked.evidence else ""
        if checked.status is Status.MISSING:
            quote = escape(silence_text(checked.category, language, catalogue))
        lines.append(f"| {title(checked.category)} | {word('status', checked.status.value, language)} | {quote} |")
    lines += ["", f"## {word('report', 'levels', language)}", ""]
    heads = [word("report", "priority", language), *(title(category) for category in LEVEL_CATEGORIES)]
    lines += ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    lines += ["| " + " | ".join(escape(cell) for cell in level_cells(report, level, language)) + " |" for level in report.service_levels]
    lines += ["", f"## {word('report', 'durations', language)}", "", "| | | ISO 8601 | |", "|---|---|---|---|"]
    lines += [
        f"| {escape(title(r['role']) if r['role'] else '')} | {escape(r['duration'])} | {r['iso']} | {word('calendar', r['calendar'], language)} |"
        for r in duration_records(report)
    ]
    return "\n".join(lines) + "\n"


_MARK = {Status.PRESENT: "+", Status.WEAK: "~", Status.MISSING: "-"}


def render_text(report: Report, language: str) -> str:
    """Return what fits a terminal: what to look at first, then the checklist and the service levels."""
    catalogue = catalogue_of(report)
    name = report.document.name or report.document.sha256[:12]
    lines = [name, "=" * len(name), word("report", "disclaimer", language), ""]
    lines += [f"! {notice_text(notice, language, report.document)}" for notice in report.document.notices]
    for finding in report.findings:
        if finding.severity is Severity.INFO:
            continue
        words = render_finding(finding, language, wording_language=report.language, catalogue=catalogue)
        kind = word("kind", finding.kind.value, language)
        lines.append(f"[{word('severity', finding.severity.value, language)}] {words.title} ({kind})")
        if finding.evidence and finding.kind is not FindingKind.MISSING:
            where = place_text(report.document, finding.evidence[0], language)
            place = f" ({where})" if where else ""
            lines += textwrap.wrap(f"«{report.quote(finding.evidence[0])}»{place}", 110, initial_indent="    ", subsequent_indent="    ")
        if words.ask:
            lines += textwrap.wrap("→ " + words.ask, 110, initial_indent="    ", subsequent_indent="      ")
    lines += ["", word("report", "checklist", language)]
    lines += [
        f"  {_MARK[c.status]} {category_name(c.category, language, catalogue)}: {word('status', c.status.value, language)}"
        for c in report.checklist
    ]
    lines += ["", word("report", "levels", language)]
    for level in report.service_levels:
        cells = level_cells(report, level, language)
        lines.append("  " + " | ".join(cell or "–" for cell in cells))
    return "\n".join(lines) + "\n"
