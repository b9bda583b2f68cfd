"""The figures of `benchmarks/durations.py`: what counts as found, as right and as a false alarm."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
HOUR, DAY = 3600.0, 86_400.0


@pytest.fixture
def scores(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module("duration_scores")
    sys.modules.pop("duration_scores", None)


@pytest.fixture
def peers(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    yield importlib.import_module("duration_peers")
    sys.modules.pop("duration_peers", None)


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ((HOUR, HOUR), (HOUR, HOUR), True),
        ((HOUR, HOUR), (2 * HOUR, 2 * HOUR), False),
        ((2 * HOUR, 4 * HOUR), (2 * HOUR, 4 * HOUR), True),
        ((2 * HOUR, 4 * HOUR), (4 * HOUR, 4 * HOUR), False),
        ((2 * HOUR, 4 * HOUR), (None, 4 * HOUR), False),
        ((HOUR, HOUR), (None, HOUR), True),
        ((None, HOUR), (HOUR, HOUR), True),
        ((HOUR, HOUR), (None, None), False),
        # A month of 30.4 days is a month; 31 days are not 30.
        ((30 * DAY, 30 * DAY), (30.4375 * DAY, 30.4375 * DAY), True),
        ((30 * DAY, 30 * DAY), (31 * DAY, 31 * DAY), False),
    ],
)
def test_bounds(scores: Any, wanted: tuple[Any, Any], found: tuple[Any, Any], same: bool) -> None:
    assert scores.same_bounds(scores.Span(0, 1, *wanted), scores.Span(0, 1, *found)) is same


@pytest.mark.parametrize(
    ("wanted", "found", "pairs"),
    [
        ([(0, 4)], [(0, 4)], [(0, 0)]),
        ([(0, 4)], [(4, 8)], []),
        # The longer share wins, whatever comes first.
        ([(0, 10)], [(0, 2), (3, 10)], [(0, 1)]),
        ([(0, 4), (5, 9)], [(3, 9)], [(1, 0)]),
        ([(0, 4), (5, 9)], [(5, 9), (0, 4)], [(0, 1), (1, 0)]),
    ],
)
def test_each_span_is_matched_once(
    scores: Any, wanted: list[tuple[int, int]], found: list[tuple[int, int]], pairs: list[tuple[int, int]]
) -> None:
    ours, theirs = ([scores.Span(*ends, HOUR, HOUR) for ends in part] for part in (wanted, found))
    assert scores.match_spans(ours, theirs) == [(ours[i], theirs[j]) for i, j in pairs]


def test_counts_over_sentences(scores: Any) -> None:
    span = scores.Span
    score = scores.score_spans(
        [
            # in place, exact, right, calendar told and right
            ([span(0, 7, 4 * HOUR, 4 * HOUR, True)], [span(0, 7, 4 * HOUR, 4 * HOUR, True)]),
            # with a preposition, right, calendar told and wrong
            ([span(7, 14, DAY, DAY, True)], [span(0, 14, DAY, DAY, False)]),
            # a range of which the last value is found, nothing told
            ([span(0, 11, 2 * DAY, 4 * DAY, False)], [span(5, 11, 4 * DAY, 4 * DAY)]),
            # missed
            ([span(0, 4, DAY, DAY, False)], []),
            # nothing there: once silent, once two alarms in one sentence
            ([], []),
            ([], [span(0, 4, DAY, DAY), span(5, 9, DAY, DAY)]),
        ]
    )
    assert (score.sentences, score.wanted, score.found) == (6, 4, 5)
    assert (score.overlapping, score.exact, score.values) == (3, 1, 2)
    assert (score.told, score.calendars) == (2, 1)
    assert (score.ranges, score.ranges_right) == (1, 0)
    assert (score.empty, score.alarms) == (2, 1)
    assert (score.f1, score.f1_exact, score.f1_value) == (6 / 9, 2 / 9, 4 / 9)
    assert (score.value_accuracy, score.calendar_accuracy) == (2 / 3, 1 / 2)
    assert scores.score_cells(score) == ("4", "0.667", "0.222", "0.444", "0.667", "0.500", "0/1", "1/2")


def test_what_was_not_said_is_no_error(scores: Any) -> None:
    found = [scores.Span(0, 4, DAY, DAY)]
    cells = dict(zip(scores.SCORE_HEADS, scores.score_cells(scores.score_spans([(found, found)])), strict=True))
    assert cells["business right"] == "does not say"
    assert scores.score_cells(scores.score_spans([])) == ("0", *["–"] * 7)


def test_cases_name_words_and_get_places(scores: Any, tmp_path: Path) -> None:
    item = {"text": "2 days", "lower": "2", "upper": "2", "unit": "day", "calendar": "business", "bound": "max"}
    case = {"text": "2 days or 2 days", "expected": [item, {**item, "calendar": "elapsed"}]}
    (tmp_path / "en.jsonl").write_text(json.dumps(case) + "\n")
    (tmp_path / "negatives.jsonl").write_text(json.dumps({"language": "de", "text": "24/7", "expected": []}) + "\n")
    english, german = scores.read_own_cases(tmp_path)
    assert english.wanted == (scores.Span(0, 6, 2 * DAY, 2 * DAY, True), scores.Span(10, 16, 2 * DAY, 2 * DAY, False))
    assert (german.language, german.wanted) == ("de", ())
    with pytest.raises(ValueError, match="substring not found"):
        list(scores.place_expected({"text": "3 days", "expected": [item]}))


def test_units_of_both_files_are_those_of_the_project(scores: Any, peers: Any) -> None:
    from analyzer.types import UNIT_SECONDS

    for unit, seconds in UNIT_SECONDS.items():
        assert scores.SECONDS[str(unit)] == peers.SECONDS[str(unit)] == float(seconds)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("PT4H", 4 * HOUR),
        ("P1Y6M", 545 * DAY),
        ("P2W", 14 * DAY),
        ("PT1M", 60.0),
        ("P1M", 30 * DAY),
        ("P", None),
        ("P1BD", None),
        ("T04", None),
    ],
)
def test_iso(peers: Any, text: str, seconds: float | None) -> None:
    assert peers.seconds_of_iso(text) == seconds


@pytest.mark.parametrize(
    ("moved", "seconds"),
    [
        (datetime(2001, 4, 15), 90 * DAY),
        (datetime(2000, 1, 15), 365 * DAY),
        (datetime(2001, 1, 14, 20), 4 * HOUR),
        (datetime(2001, 2, 14), 30 * DAY),
    ],
)
def test_moved_dates(peers: Any, moved: datetime, seconds: float) -> None:
    assert peers.seconds_between(datetime(2001, 1, 15), moved) == seconds


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "within 4 hours", [(7, 14, 4 * HOUR, 4 * HOUR, False)]),
        ("en", "2-4 business days", [(0, 17, 2 * DAY, 4 * DAY, True)]),
        ("fr", "1,5 heures ouvrées", [(0, 18, 1.5 * HOUR, 1.5 * HOUR, True)]),
        ("de", "5 Arbeitstage", [(0, 13, 5 * DAY, 5 * DAY, True)]),
        ("it", "3 mesi", [(0, 6, 90 * DAY, 90 * DAY, False)]),
        ("it", "tre mesi", []),
    ],
)
def test_the_reference_in_regex(peers: Any, language: str, text: str, found: list[tuple[Any, ...]]) -> None:
    assert list(peers.regex(language)(text)) == found


def test_blanks_at_the_ends_do_not_count(peers: Any) -> None:
    assert peers.trim("in 4 hours now", [(2, 11, HOUR, HOUR, None)]) == [(3, 10, HOUR, HOUR, None)]


def test_every_peer_has_its_adapter_and_is_listed_where_it_is_absent(scores: Any, peers: Any) -> None:
    durations = importlib.import_module("durations")
    assert {peer.name for peer in durations.PEERS} == set(peers.READERS)
    ran = durations.Result(durations.PEERS[0], "1", "", {("en", "own"): scores.Score()}, {"en": 1000.0}, {"en": 0.1}, {})
    absent = durations.Result(next(p for p in durations.PEERS if p.name == "timefhuman"), fault="not installed")
    broken = durations.Result(
        next(p for p in durations.PEERS if p.name == "quantulum3"), "1", "", {}, {}, {}, {"en": "LookupError: no data"}
    )
    rows = [row for row in durations.table_rows([ran, absent, broken], ["own"]) if row[0] == "en"]
    assert [row[:4] for row in rows] == [
        ("en", "own", "**this project**", "0"),
        ("en", "", "timefhuman", "not installed"),
        ("en", "", "quantulum3", "did not run (see below)"),
    ]
    assert {len(row) for row in rows} == {len(durations.HEADS)}
    assert "LookupError: no data" in durations.render([ran, absent, broken], {"own": [scores.Case("en", "x", ())]})


def test_kinds_are_scored_by_language(scores: Any) -> None:
    quality = importlib.import_module("quantity_quality")
    cases = [
        ("en", {"text": "CHF 100 and EUR 5", "expected": [{"text": "CHF 100", "amount": "100", "currency": "CHF"}]}),
        ("en", {"text": "5 days", "expected": []}),
        ("en", {"text": "USD 7", "expected": []}),
    ]
    found = {
        score.language: (score.annotated, score.found, score.right, empty, alarms)
        for score, empty, alarms in quality.score_kind("money", cases)
    }
    assert found == {"fr": (0, 0, 0, 0, 0), "de": (0, 0, 0, 0, 0), "it": (0, 0, 0, 0, 0), "en": (1, 3, 1, 2, 1)}
