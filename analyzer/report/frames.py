"""A report as pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.assessment.messages import render_finding
from analyzer.extras import load_extra
from analyzer.report.words import catalogue_of
from analyzer.types import Duration, Money, Percentage, ServiceWindow

if TYPE_CHECKING:
    import pandas as pd

    from analyzer.report.model import Report


def clause_records(report: Report) -> list[dict[str, Any]]:
    """Return one plain record per sentence; the columns of `Report.to_frame` and of the scored Parquet files."""
    risks: dict[int, list[str]] = {}
    starts = [clause.sentence.span for clause in report.clauses]
    for finding in report.risks:
        for span in finding.evidence:
            for index, place in enumerate(starts):
                if place.overlaps(span):
                    risks.setdefault(index, []).append(finding.rule)
    records = []
    for index, clause in enumerate(report.clauses):
        sentence = clause.sentence
        records.append(
            {
                "document": report.document.name,
                "sha256": report.document.sha256,
                "row": sentence.id,
                "page": report.document.page_of(sentence.span),
                "start": sentence.span.start,
                "end": sentence.span.end,
                "language": sentence.language,
                "kind": sentence.kind.value,
                "heading": list(sentence.heading_path),
                "text": sentence.text,
                "labels": [label.category for label in clause.labels],
                "probabilities": [round(label.probability, 4) for label in clause.labels],
                "uncertain": any(label.uncertain for label in clause.labels),
                "durations": [d.iso for d in clause.durations],
                "seconds": [float(d.seconds[1] if d.seconds[1] is not None else d.seconds[0] or 0.0) for d in clause.durations],
                "roles": [d.role or "" for d in clause.durations],
                "percentages": [float(q.value) for q in clause.quantities if isinstance(q, Percentage)],
                "amounts": [f"{q.currency} {q.amount}" for q in clause.quantities if isinstance(q, Money)],
                "service_hours": [q.hours_per_week for q in clause.quantities if isinstance(q, ServiceWindow)],
                "risks": list(dict.fromkeys(risks.get(index, []))),
            }
        )
    return records


def clauses_frame(report: Report) -> pd.DataFrame:
    pd = load_extra("pandas", "batch", "Data frames")
    return pd.DataFrame.from_records(clause_records(report))


def findings_frame(report: Report, language: str) -> pd.DataFrame:
    pd = load_extra("pandas", "batch", "Data frames")
    return pd.DataFrame.from_records(finding_records(report, language), columns=list(FINDING_COLUMNS))


FINDING_COLUMNS = (
    "severity",
    "kind",
    "category",
    "rule",
    "title",
    "explanation",
    "ask",
    "wording",
    "source",
    "quote",
    "page",
    "start",
    "end",
)


def finding_records(report: Report, language: str) -> list[dict[str, Any]]:
    """Return one plain record per finding, in the words of `language`."""
    records = []
    catalogue = catalogue_of(report)
    for finding in report.findings:
        words = render_finding(finding, language, wording_language=report.language, catalogue=catalogue)
        span = finding.evidence[0] if finding.evidence else None
        records.append(
            {
                "severity": finding.severity.value,
                "kind": finding.kind.value,
                "category": finding.category,
                "rule": finding.rule,
                "title": words.title,
                "explanation": words.explanation,
                "ask": words.ask,
                "wording": words.wording,
                "source": words.source,
                "quote": report.quote(span) if span else "",
                "page": report.document.page_of(span) if span else None,
                "start": span.start if span else None,
                "end": span.end if span else None,
            }
        )
    return records


def duration_records(report: Report) -> list[dict[str, Any]]:
    """Return one plain record per duration of the contract."""
    return [
        {
            "role": d.role or "",
            "duration": report.quote(d.span),
            "iso": d.iso,
            "bound": d.bound.value,
            "calendar": d.calendar.value,
            "anchor": d.anchor or "",
            "categories": ", ".join(clause.categories),
            "sentence": clause.sentence.text,
            "page": report.document.page_of(d.span),
            "start": d.span.start,
        }
        for clause in report.clauses
        for d in clause.quantities
        if isinstance(d, Duration)
    ]
