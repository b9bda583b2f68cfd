"""CSV of all sentences; no cell can act as a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from analyzer.report.frames import clause_records

if TYPE_CHECKING:
    from analyzer.report.model import Report


def safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet runs: a leading =, +, -, @, tab or return gets a quote before it."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def render_csv(report: Report) -> str:
    """Return one line per sentence, lists joined by semicolons."""
    records = clause_records(report)
    buffer = io.StringIO()
    if not records:
        return ""
    writer = csv.DictWriter(buffer, fieldnames=list(records[0]), lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({key: safe_cell(_flat(value)) for key, value in record.items()})
    return buffer.getvalue()


def _flat(value: Any) -> Any:
    return " ; ".join(str(item) for item in value) if isinstance(value, list) else value
