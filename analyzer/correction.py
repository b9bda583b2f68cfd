"""From labelled rows to a report, and once more when a person has corrected labels: nothing is read or classified again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analyzer._version import __version__
from analyzer.assessment import assess_checklist, assess_risks, assign_roles, checklist_findings, load_catalogue
from analyzer.errors import SettingsError
from analyzer.report.model import Report, sort_findings
from analyzer.settings import Settings
from analyzer.types import Clause, Document, Duration, Label

#: Entry of `Report.provenance` with the ids of the rows whose labels were set by hand, in order, parted by blanks.
BY_HAND = "labels_by_hand"


def assess_clauses(
    document: Document, language: str, clauses: tuple[Clause, ...], provenance: tuple[tuple[str, str], ...], settings: Settings
) -> Report:
    """Return the report on rows that have their labels and quantities: roles, checklist, risks."""
    by_hand = {int(row) for row in dict(provenance).get(BY_HAND, "").split()}
    # The words around a time give it a role where the model saw no category. Where a person says that there is none, there is none.
    clauses = tuple(
        _without_roles(clause) if clause.sentence.id in by_hand and clause.categories == ("other",) else clause
        for clause in assign_roles(clauses)
    )
    risks = assess_risks(clauses, document, settings=settings, with_roles=True)
    checklist = assess_checklist(clauses, document, settings=settings, unread_pages=document.unread)
    findings = sort_findings((*risks, *checklist_findings(checklist, settings=settings)))
    return Report(document, language, clauses, checklist, findings, provenance)


def reassess_report(report: Report, labels: Mapping[int, Sequence[str]], *, settings: Settings, rules_sha256: str) -> Report:
    """Judge a report again with labels set by hand; see `analyzer.reassess`. `rules_sha256` is the digest of the rules in `settings`."""
    given = _check_labels(report, labels, settings)
    clauses = tuple(_relabel(clause, given[clause.sentence.id]) if clause.sentence.id in given else clause for clause in report.clauses)
    provenance = dict(report.provenance)
    rows = sorted({*map(int, provenance.get(BY_HAND, "").split()), *given})
    provenance |= {"analyzer": __version__, "rules_sha256": rules_sha256}
    if rows:
        provenance[BY_HAND] = " ".join(map(str, rows))
    return assess_clauses(report.document, report.language, clauses, tuple(sorted(provenance.items())), settings)


def _check_labels(report: Report, labels: Mapping[int, Sequence[str]], settings: Settings) -> dict[int, tuple[str, ...]]:
    rows = {clause.sentence.id for clause in report.clauses}
    # A model trained on labels of the user's own has categories that the rules do not know.
    known = {*load_catalogue(settings.rules).categories, *(category for clause in report.clauses for category in clause.categories)}
    given: dict[int, tuple[str, ...]] = {}
    for row, categories in labels.items():
        if row not in rows:
            raise SettingsError(f"The report has no row {row!r}", hint="rows are named by clause.sentence.id")
        if isinstance(categories, str):
            raise SettingsError(f"Row {row}: labels are a list of categories, not one text", hint=f"{{{row}: [{categories!r}]}}")
        chosen = tuple(dict.fromkeys(categories)) or ("other",)
        if wrong := [category for category in chosen if category not in known]:
            raise SettingsError(f"Row {row}: unknown category {wrong[0]!r}", hint="known: " + ", ".join(sorted(known)))
        if "other" in chosen and len(chosen) > 1:
            raise SettingsError(f"Row {row}: `other` stands alone, never beside another category")
        given[row] = chosen
    return given


def _relabel(clause: Clause, categories: tuple[str, ...]) -> Clause:
    """Return the clause with labels that are certain; the roles of its durations followed from the old labels and are open again."""
    return replace(_without_roles(clause), labels=tuple(Label(category, 1.0) for category in categories))


def _without_roles(clause: Clause) -> Clause:
    return replace(
        clause,
        quantities=tuple(replace(item, role=None) if isinstance(item, Duration) else item for item in clause.quantities),
    )
