"""The tables of quantities in `docs/quality.md`: the project's own cases of every kind, and the durations annotated in real contracts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from duration_scores import (
    LANGUAGES,
    SCORE_HEADS,
    Case,
    Span,
    place_expected,
    read_cases,
    read_own_cases,
    read_real_cases,
    score_cells,
    score_spans,
)

from analyzer.datasets.quantities import KINDS, QuantityScore, describe, score_quantities
from analyzer.quantities import find_durations, find_quantities

#: Folder of the cases of each kind.
FOLDERS = {
    "duration": "durations",
    "recurrence": "recurrences",
    "window": "windows",
    "money": "money",
    "percentage": "percentages",
    "date": "dates",
}
#: What is asked of the durations, per language: in the order of SCORE_HEADS.
ASKED = ("", "≥ 0.970", "≥ 0.920", "", "≥ 0.980", "≥ 0.970", "≥ 0.900 of them", "≤ 1 in 15")


def duration_rows(parts: Iterable[tuple[str, Sequence[Case]]]) -> list[tuple[str, ...]]:
    """Return what is asked, then a row per part and language."""
    rows = [("asked", "", *ASKED)]
    for part, cases in parts:
        for language in LANGUAGES:
            pairs = [(case.wanted, find_spans(case)) for case in cases if case.language == language]
            if pairs:
                rows.append((part, language, *score_cells(score_spans(pairs))))
    return rows


def find_spans(case: Case) -> list[Span]:
    """Return what our reader finds in a case."""
    return [Span(*d.span, *d.seconds, str(d.calendar) == "business") for d in find_durations(case.text, language=case.language)]


def score_kind(kind: str, cases: Iterable[tuple[str, dict[str, Any]]]) -> list[tuple[QuantityScore, int, int]]:
    """Score the cases of one kind per language; with the sentences that hold none, and those of them in which one is found."""
    rows: dict[str, list[dict[str, Any]]] = {language: [] for language in LANGUAGES}
    for language, case in cases:
        expected = [
            {"kind": kind, "start": start, "end": start + len(item["text"]), **{key: item[key] for key in KINDS[kind]}}
            for item, start in place_expected(case)
        ]
        rows[language].append({"text": case["text"], "expected": expected})
    scored = []
    for language, part in rows.items():
        (score,) = (s for s in score_quantities({language: part}) if s.kind == kind)
        empty = [row["text"] for row in part if not row["expected"]]
        alarms = sum(any(describe(q)["kind"] == kind for q in find_quantities(text, language=language)) for text in empty)
        scored.append((score, len(empty), alarms))
    return scored


def kind_rows(folder: Path) -> list[tuple[str, ...]]:
    """Return a row per kind and language of the own cases."""
    return [
        (
            kind, score.language, str(score.annotated), f"{score.f1:.3f}", f"{score.exact_f1:.3f}", f"{score.value_accuracy:.3f}",
            f"{alarms}/{empty}" if empty else "–",
        )
        for kind, name in FOLDERS.items()
        for score, empty, alarms in score_kind(kind, read_cases(folder / name))
    ]  # fmt: skip


def render_quantities(cases: Path, real: Path, table: Any) -> list[str]:
    """Return the parts of the page; `table` makes a Markdown table of heads and rows."""
    parts = (("real", read_real_cases(real)), ("own", read_own_cases(cases / "durations")))
    return [
        "## Quantities\n",
        "Durations. *real*: those annotated in the real contracts; *own*: `tests/cases/durations`, with the sentences written to mislead and what is known to fail."
        " The reader was corrected on both, so these figures guard against losses; they are no forecast for the next contract."
        " Values are the bounds in seconds; *business right*: business or elapsed time.\n",
        table(("rows", "language", *SCORE_HEADS), duration_rows(parts)),
        "All kinds, own cases (`tests/cases`), what is known to fail included. Values: all of them at once, for durations unit, calendar and bound too.\n",
        table(
            ("kind", "language", "annotated", "F1 overlapping", "F1 exact span", "values right", "false alarms / sentences without"),
            kind_rows(cases),
        ),
    ]
