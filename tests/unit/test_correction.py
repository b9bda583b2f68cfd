"""Labels set by hand count at once: roles, levels, checklist and risks follow, and nothing else changes."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import analyzer
from analyzer.errors import SettingsError
from analyzer.report.model import Report
from analyzer.settings import Settings
from analyzer.types import Side, Status

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
CONTRACT = b"""# Support agreement

## 4 Service levels

The response time is four business hours from the report of the fault.
Faults are resolved within two business days.

## 5 Fees

The fee is CHF 300 a month, payable within 30 days.
The parties meet as soon as possible.
"""
REACTION, RESOLUTION, LAST = 2, 3, 6


@pytest.fixture(scope="module")
def report() -> Report:
    made = analyzer.analyze(CONTRACT, language="en")
    return analyzer.reassess(made, {REACTION: ["reaction_time"], RESOLUTION: ["resolution_time"], LAST: ["other"]})


def status(report: Report, category: str) -> Status:
    return next(line.status for line in report.checklist if line.category == category)


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir() if path.is_file()))
def test_nothing_set_changes_nothing(name: str) -> None:
    made = analyzer.analyze(SAMPLES / name)
    assert analyzer.reassess(made, {}) == made
    rows = {clause.sentence.id: clause.categories for clause in made.clauses if clause.categories != ("other",)}
    confirmed = analyzer.reassess(made, rows)
    assert (confirmed.findings, confirmed.checklist, confirmed.service_levels) == (made.findings, made.checklist, made.service_levels)
    labels = {(label.probability, label.uncertain) for clause in confirmed.clauses if clause.sentence.id in rows for label in clause.labels}
    assert labels == {(1.0, False)}


def test_only_the_rows_named_are_relabelled(report: Report) -> None:
    changed = analyzer.reassess(report, {RESOLUTION: ["fees", "fees"]})
    (label,) = changed.clauses[RESOLUTION].labels
    assert (label.category, label.probability, label.uncertain) == ("fees", 1.0, False)
    assert [c for i, c in enumerate(changed.clauses) if i != RESOLUTION] == [c for i, c in enumerate(report.clauses) if i != RESOLUTION]
    assert report.clauses[RESOLUTION].categories == ("resolution_time",)  # the first report stays


def test_roles_and_levels_follow(report: Report) -> None:
    moved = analyzer.reassess(report, {RESOLUTION: ("reaction_time",)})
    assert [{d.role for d in r.clauses[RESOLUTION].durations} for r in (report, moved)] == [{"resolution_time"}, {"reaction_time"}]
    assert any(level.resolution for level in report.service_levels)
    assert not any(level.resolution for level in moved.service_levels)


def test_checklist_and_findings_follow(report: Report) -> None:
    without = analyzer.reassess(report, dict.fromkeys((REACTION, 1), ()))
    assert status(report, "reaction_time") is Status.PRESENT and status(without, "reaction_time") is Status.MISSING
    assert "missing_reaction_time" in rules(without) - rules(report)
    assert "missing_reaction_time" in without.render("json")  # type: ignore[operator]


def test_risks_come_and_go_with_labels(report: Report) -> None:
    vague = analyzer.reassess(report, {LAST: ["resolution_time"]})
    assert "vague_commitment" in rules(vague) - rules(report)
    assert rules(analyzer.reassess(vague, {LAST: []})) == rules(report)


def test_a_row_of_no_category_has_no_roles_and_keeps_none(report: Report) -> None:
    """The words "response time" alone would give the role back."""
    timeless = analyzer.reassess(report, {REACTION: []})
    again = analyzer.reassess(timeless, {LAST: ["fees"]})
    assert [d.role for d in timeless.clauses[REACTION].durations + again.clauses[REACTION].durations] == [None, None]
    assert not any(level.reaction for level in again.service_levels)
    assert "clock_without_hours" in rules(report) - rules(again)


def test_the_way_back_gives_the_same_judgement(report: Report) -> None:
    back = analyzer.reassess(analyzer.reassess(report, {REACTION: ["fees"]}), {REACTION: ["reaction_time"]})
    assert back == report


def test_provenance_and_json(report: Report) -> None:
    first = analyzer.analyze(CONTRACT, language="en")
    once = analyzer.reassess(first, {3: ["fees"]})
    twice = analyzer.reassess(once, {1: ["term", "termination"], 3: ["fees"]})
    assert dict(once.provenance)["labels_by_hand"] == "3" and dict(twice.provenance)["labels_by_hand"] == "1 3"
    assert "labels_by_hand" not in dict(first.provenance)
    assert dict(twice.provenance)["model_sha256"] == dict(report.provenance)["model_sha256"]
    assert Report.from_json(twice.to_json()) == twice
    stored = Report.from_json(first.to_json())
    assert analyzer.reassess(stored, {3: ["fees"]}) == once  # a stored report can be corrected as well


def test_settings_count_again(report: Report) -> None:
    provider = Settings(side=Side.PROVIDER)
    first = analyzer.analyze(CONTRACT, language="en")
    assert analyzer.reassess(first, {}, settings=provider) == analyzer.analyze(CONTRACT, language="en", settings=provider) != first
    assert analyzer.Analyzer(settings=provider).reassess(report, {}) == analyzer.reassess(report, {}, settings=provider)


def test_wrong_corrections_are_refused(report: Report) -> None:
    for labels, words in (
        ({99_999: ["fees"]}, "no row 99999"),
        ({0: ["weather"]}, "unknown category 'weather'"),
        ({0: "fees"}, "not one text"),
        ({0: ["other", "fees"]}, "stands alone"),
    ):
        with pytest.raises(SettingsError, match=words):
            analyzer.reassess(report, labels)  # type: ignore[arg-type]


def test_no_model_is_loaded_and_it_is_fast() -> None:
    made = analyzer.analyze(SAMPLES / "contrat-maintenance-fr.pdf")
    stranger = analyzer.Analyzer(model="no/such/folder")
    stranger.reassess(made, {19: ["fees"]})  # would raise ModelNotFoundError
    started = time.process_time()
    stranger.reassess(made, {19: ["reaction_time"]})
    assert time.process_time() - started < 0.3
