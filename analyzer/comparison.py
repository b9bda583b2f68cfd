"""Two or more offers side by side, by meaning: the taxonomy and the normalised quantities align contracts of different languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analyzer.assessment.messages import render_duration
from analyzer.errors import SettingsError
from analyzer.extras import load_extra
from analyzer.report.model import Report
from analyzer.report.words import catalogue_of, category_name, word
from analyzer.types import Duration, FindingKind, Severity, Status

if TYPE_CHECKING:
    import pandas as pd

#: Roles of durations of which the shorter one is better for the customer.
SHORTER_IS_BETTER = ("reaction_time", "resolution_time", "spare_equipment", "termination", "term")


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One line of a comparison: what is compared, a cell per offer, and the offers that do best (empty where none does)."""

    subject: str
    cells: tuple[str, ...]
    best: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Offers side by side; rows are categories, then durations by role, then counts of findings."""

    names: tuple[str, ...]
    language: str
    rows: tuple[ComparedRow, ...]

    def to_frame(self) -> pd.DataFrame:
        """Return a frame: a row per subject, a column per offer, and `best`."""
        pd = load_extra("pandas", "batch", "Data frames")
        frame = pd.DataFrame([row.cells for row in self.rows], index=[row.subject for row in self.rows], columns=list(self.names))
        frame["best"] = [", ".join(self.names[i] for i in row.best) for row in self.rows]
        return frame

    def to_markdown(self) -> str:
        """Return a table; the best cells are bold."""
        lines = ["| | " + " | ".join(_cell(name) for name in self.names) + " |", "|---" * (len(self.names) + 1) + "|"]
        for row in self.rows:
            cells = [f"**{_cell(cell)}**" if i in row.best and cell else _cell(cell) for i, cell in enumerate(row.cells)]
            lines.append(f"| {_cell(row.subject)} | " + " | ".join(cells) + " |")
        return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


_RANK = {Status.PRESENT: 2, Status.WEAK: 1, Status.MISSING: 0}


def compare_reports(reports: tuple[Report, ...], *, language: str | None = None) -> Comparison:
    """Compare reports; see `analyzer.compare`."""
    wrong = next((report for report in reports if not isinstance(report, Report)), None)
    if wrong is not None:
        raise SettingsError(f"A {type(wrong).__name__} cannot be compared", hint="leave out what could not be read")
    if len(reports) < 2:
        raise SettingsError("A comparison needs two reports at least")
    language = language or reports[0].language
    catalogue = catalogue_of(reports[0])
    names = _distinct([report.document.name or f"{i}" for i, report in enumerate(reports, 1)])
    rows: list[ComparedRow] = []
    words = {"fr": ("présent", "faible", "absent"), "de": ("vorhanden", "schwach", "fehlt"), "it": ("presente", "debole", "assente"),
             "en": ("present", "weak", "missing")}[language]  # fmt: skip
    by_status = dict(zip((Status.PRESENT, Status.WEAK, Status.MISSING), words, strict=True))
    lines = [{checked.category: checked.status for checked in report.checklist} for report in reports]
    for category in lines[0]:
        statuses = [line.get(category, Status.MISSING) for line in lines]
        ranks = [_RANK[status] for status in statuses]
        best = tuple(i for i, rank in enumerate(ranks) if rank == max(ranks)) if len(set(ranks)) > 1 else ()
        rows.append(ComparedRow(category_name(category, language, catalogue), tuple(by_status[s] for s in statuses), best))
    for role in SHORTER_IS_BETTER:
        found = [_shortest(report, role) for report in reports]
        if not any(found):
            continue
        seconds = [d.seconds[1] or d.seconds[0] if d else None for d in found]
        known = [value for value in seconds if value is not None]
        best = tuple(i for i, value in enumerate(seconds) if value == min(known)) if len(set(seconds)) > 1 else ()
        rows.append(
            ComparedRow(
                f"{category_name(role, language, catalogue)} (min.)",
                tuple(render_duration(d.iso, language) if d else "–" for d in found),
                best,
            )
        )
    for severity in (Severity.HIGH, Severity.MEDIUM, Severity.LOW):
        counts = [sum(f.severity is severity and f.kind is FindingKind.RISK for f in report.findings) for report in reports]
        best = tuple(i for i, count in enumerate(counts) if count == min(counts)) if len(set(counts)) > 1 else ()
        rows.append(
            ComparedRow(
                f"{word('kind', 'risk', language)}: {word('severity', severity.value, language)}",
                tuple(str(count) for count in counts),
                best,
            )
        )
    return Comparison(tuple(names), language, tuple(rows))


def _shortest(report: Report, role: str) -> Duration | None:
    durations = [d for clause in report.clauses for d in clause.durations if d.role == role]
    return min(durations, key=lambda d: d.seconds[1] or d.seconds[0] or 0.0) if durations else None


def _distinct(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    result = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        result.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return result
