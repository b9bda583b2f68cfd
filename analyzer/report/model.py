"""The immutable result of an analysis, and its way to JSON and back.

A report knows no clock and no path: the same bytes, model and rules give the same JSON.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, assert_never

from analyzer.report.levels import ServiceLevel, find_service_levels
from analyzer.types import (
    Bound,
    Box,
    Calendar,
    CalendarDate,
    Checked,
    Clause,
    Document,
    Duration,
    Finding,
    FindingKind,
    Label,
    Line,
    Money,
    Notice,
    Page,
    Part,
    Percentage,
    Quantity,
    Recurrence,
    Sentence,
    SentenceKind,
    ServiceWindow,
    Severity,
    Span,
    Status,
    TimeUnit,
)

if TYPE_CHECKING:
    import pandas as pd

    from analyzer.assessment.catalogue import Catalogue

SCHEMA = 1

_SEVERITY_ORDER = {Severity.HIGH: 0, Severity.MEDIUM: 1, Severity.LOW: 2, Severity.INFO: 3}


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found in a contract.

    Attributes
    ----------
    document : Document
    language : str
        Main language of the contract.
    clauses : tuple of Clause
        In reading order.
    checklist : tuple of Checked
        One line per category, in the order of the taxonomy.
    findings : tuple of Finding
        Most severe first, then in reading order.
    provenance : tuple of (str, str)
        Versions, and sha256 of model and rules.
    """

    document: Document
    language: str
    clauses: tuple[Clause, ...]
    checklist: tuple[Checked, ...]
    findings: tuple[Finding, ...]
    provenance: tuple[tuple[str, str], ...] = ()
    schema: int = SCHEMA

    @property
    def service_levels(self) -> tuple[ServiceLevel, ...]:
        """One row per priority: service hours, reaction, resolution, spare device, uptime, each with its evidence."""
        return find_service_levels(self.clauses)

    @property
    def risks(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.kind is FindingKind.RISK)

    @property
    def missing(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.kind is FindingKind.MISSING)

    def quote(self, span: Span) -> str:
        """Return the words of a span on one line."""
        return " ".join(self.document.text[span.start : span.end].split())

    def to_frame(self) -> pd.DataFrame:
        """Return one row per sentence (needs pandas)."""
        from analyzer.report.frames import clauses_frame

        return clauses_frame(self)

    def findings_frame(self, language: str | None = None) -> pd.DataFrame:
        """Return one row per finding, in words (needs pandas)."""
        from analyzer.report.frames import findings_frame

        return findings_frame(self, language or self.language)

    def render(self, format: str = "text", language: str | None = None, *, source: bytes | None = None, password: str = "") -> str | bytes:
        """Return the report as "text", "json", "html", "md", "csv" (str) or "xlsx", "docx", "pdf" (bytes).

        `language` is that of headings and explanations, by default the contract's. "pdf" marks the findings in the original and needs the `source` bytes,
        and the `password` that opened them; the marked copy is not closed.
        """
        from analyzer.report.export import render

        return render(self, format, language or self.language, source=source, password=password)

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the whole report as JSON; `from_json` gives an equal report back."""
        return json.dumps(encode_report(self), ensure_ascii=False, indent=indent, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """Read what `to_json` wrote.

        Raises
        ------
        ValueError
            Not such JSON, or of another schema.
        """
        data = json.loads(text)
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ValueError(f"not a report of schema {SCHEMA}")
        try:
            return decode_report(data)
        except (KeyError, TypeError, IndexError, ArithmeticError) as error:
            raise ValueError(f"not a complete report: {type(error).__name__} {error}") from error


def sort_findings(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Return findings by severity, then by place, then by rule."""
    far = 1 << 60
    findings = tuple(replace(finding, params=tuple(sorted(finding.params))) for finding in findings)
    return tuple(sorted(findings, key=lambda f: (_SEVERITY_ORDER[f.severity], f.evidence[0].start if f.evidence else far, f.rule)))


# ------------------------------------------------------------------------------------------------ JSON


def _spans(spans: tuple[Span, ...]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _read_spans(data: list[list[int]]) -> tuple[Span, ...]:
    return tuple(Span(int(start), int(end)) for start, end in data)


def encode_quantity(quantity: Quantity) -> dict[str, Any]:
    """Return a quantity as plain data, with what follows from its value beside it."""
    base: dict[str, Any] = {"span": [quantity.span.start, quantity.span.end]}
    match quantity:
        case Duration():
            lower, upper = quantity.lower, quantity.upper
            return base | {
                "type": "duration", "lower": None if lower is None else str(lower), "upper": None if upper is None else str(upper),
                "unit": quantity.unit.value, "bound": quantity.bound.value, "calendar": quantity.calendar.value,
                "anchor": quantity.anchor, "role": quantity.role, "iso": quantity.iso, "seconds": list(quantity.seconds),
            }  # fmt: skip
        case Recurrence():
            return base | {"type": "recurrence", "count": str(quantity.count), "every": str(quantity.every), "unit": quantity.unit.value}
        case ServiceWindow():
            return base | {
                "type": "service_window", "intervals": [list(interval) for interval in quantity.intervals],
                "holidays": quantity.holidays, "hours_per_week": quantity.hours_per_week,
            }  # fmt: skip
        case Money():
            return base | {"type": "money", "amount": str(quantity.amount), "currency": quantity.currency}
        case Percentage():
            return base | {"type": "percentage", "value": str(quantity.value)}
        case CalendarDate():
            return base | {"type": "date", "value": quantity.value.isoformat()}
        case _:
            assert_never(quantity)


def decode_quantity(data: dict[str, Any]) -> Quantity:
    span = Span(*data["span"])
    match data["type"]:
        case "duration":
            lower, upper = data["lower"], data["upper"]
            return Duration(
                span, None if lower is None else Decimal(lower), None if upper is None else Decimal(upper), TimeUnit(data["unit"]),
                Bound(data["bound"]), Calendar(data["calendar"]), data["anchor"], data["role"],
            )  # fmt: skip
        case "recurrence":
            return Recurrence(span, Decimal(data["count"]), Decimal(data["every"]), TimeUnit(data["unit"]))
        case "service_window":
            return ServiceWindow(span, tuple((a, b, c) for a, b, c in data["intervals"]), data["holidays"])
        case "money":
            return Money(span, Decimal(data["amount"]), data["currency"])
        case "percentage":
            return Percentage(span, Decimal(data["value"]))
        case "date":
            return CalendarDate(span, date.fromisoformat(data["value"]))
    raise ValueError(f"unknown quantity {data['type']!r}")


def _encode_parts(document: Document) -> list[dict[str, Any]]:
    return [
        {"name": p.name, "media_type": p.media_type, "span": [p.span.start, p.span.end], "first_page": p.first_page, "sha256": p.sha256}
        for p in document.parts
    ]


def _encode_sources(finding: Finding, catalogue: Catalogue) -> list[dict[str, str]]:
    """Return where the rule comes from; like the ISO form of a duration it follows from what stands beside it, and is not read back."""
    from analyzer.assessment.messages import finding_source
    from analyzer.assessment.sources import parse_sources

    return [
        {"key": source.key, "kind": source.kind.value, "country": source.country, "section": section}
        if source is not None
        else {"key": "", "kind": "", "country": "", "section": section}
        for source, section in parse_sources(finding_source(finding, catalogue=catalogue))
    ]


def encode_report(report: Report) -> dict[str, Any]:
    """Return the report as plain data."""
    from analyzer.report.words import catalogue_of

    document, catalogue = report.document, catalogue_of(report)
    return {
        "schema": report.schema,
        "language": report.language,
        "document": {
            "name": document.name,
            "media_type": document.media_type,
            "sha256": document.sha256,
            "text": document.text,
            "notices": [
                {"code": n.code, "message": n.message, "page": n.page, **({"name": n.name} if n.name else {})} for n in document.notices
            ],
            **({"parts": _encode_parts(document)} if len(document.parts) > 1 else {}),
            "pages": [
                {
                    "number": page.number, "width": page.width, "height": page.height, "furniture": list(page.furniture),
                    "lines": [
                        [line.span.start, line.span.end, None if line.box is None else list(line.box), line.size_pt, line.bold, line.hint]
                        for line in page.lines
                    ],
                }
                for page in document.pages
            ],
        },
        "clauses": [
            {
                "id": c.sentence.id, "span": [c.sentence.span.start, c.sentence.span.end], "kind": c.sentence.kind.value,
                "language": c.sentence.language, "text": c.sentence.text, "heading_path": list(c.sentence.heading_path),
                "cells": [[head, span.start, span.end] for head, span in c.sentence.cells],
                "labels": [{"category": x.category, "probability": x.probability, "uncertain": x.uncertain} for x in c.labels],
                "quantities": [encode_quantity(q) for q in c.quantities],
            }
            for c in report.clauses
        ],
        "checklist": [
            {"category": c.category, "status": c.status.value, "evidence": _spans(c.evidence), "reasons": list(c.reasons), "nearest": _spans(c.nearest)}
            for c in report.checklist
        ],
        "findings": [
            {
                "rule": f.rule, "kind": f.kind.value, "category": f.category, "severity": f.severity.value, "evidence": _spans(f.evidence),
                "params": dict(f.params), "sources": _encode_sources(f, catalogue),
            }
            for f in report.findings
        ],
        "provenance": dict(report.provenance),
    }  # fmt: skip


def decode_report(data: dict[str, Any]) -> Report:
    """Build a report from what `encode_report` returned."""
    d = data["document"]
    document = Document(
        d["name"], d["media_type"], d["sha256"], d["text"],
        tuple(
            Page(
                p["number"], p["width"], p["height"],
                tuple(
                    Line(Span(start, end), None if box is None else Box(int(box[0]), *box[1:]), size, bold, hint)
                    for start, end, box, size, bold, hint in p["lines"]
                ),
                tuple(p["furniture"]),
            )
            for p in d["pages"]
        ),
        tuple(Notice(n["code"], n["message"], n["page"], n.get("name", "")) for n in d["notices"]),
        tuple(Part(p["name"], p["media_type"], Span(*p["span"]), p["first_page"], p["sha256"]) for p in d.get("parts", ())),
    )  # fmt: skip
    clauses = tuple(
        Clause(
            Sentence(
                c["id"], Span(*c["span"]), SentenceKind(c["kind"]), c["language"], c["text"], tuple(c["heading_path"]),
                tuple((head, Span(start, end)) for head, start, end in c["cells"]),
            ),
            tuple(Label(x["category"], x["probability"], x["uncertain"]) for x in c["labels"]),
            tuple(decode_quantity(q) for q in c["quantities"]),
        )
        for c in data["clauses"]
    )  # fmt: skip
    return Report(
        document,
        data["language"],
        clauses,
        tuple(
            Checked(c["category"], Status(c["status"]), _read_spans(c["evidence"]), tuple(c["reasons"]), _read_spans(c["nearest"]))
            for c in data["checklist"]
        ),
        tuple(
            Finding(
                f["rule"],
                FindingKind(f["kind"]),
                f["category"],
                Severity(f["severity"]),
                _read_spans(f["evidence"]),
                tuple(sorted(f["params"].items())),
            )
            for f in data["findings"]
        ),
        tuple(sorted(data["provenance"].items())),
        data["schema"],
    )
