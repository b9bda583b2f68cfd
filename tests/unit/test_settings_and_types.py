from __future__ import annotations

import pickle
from decimal import Decimal
from pathlib import Path

import pytest

from analyzer.errors import AnalyzerError, EncryptedDocumentError, SettingsError
from analyzer.settings import Settings
from analyzer.types import Box, Document, Duration, Line, Page, Percentage, Side, Span, TimeUnit


def test_settings_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "analyzer.toml"
    path.write_text('side = "provider"\nlanguage = "it"\n[thresholds]\nnotice_months = 2\n[limits]\nmax_pages = 5\n')
    settings = Settings.from_file(path)
    assert (settings.side, settings.language, settings.thresholds.notice_months, settings.limits.max_pages) == (Side.PROVIDER, "it", 2, 5)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('side = "judge"', "Unknown side"),
        ('colour = "red"', "Unknown setting colour"),
        ("[thresholds]\nnotice = 1", "Unknown setting thresholds.notice"),
        ("[thresholds]\nnotice_months = -1", "0 or more"),
        ('[limits]\nmax_pages = "many"', "must be a whole number"),
        ("limits = 3", "must be a table"),
        ('language = "es"', "Unknown language"),
        ("language = 3", "must be a text"),
        ("= broken", "Cannot read"),
    ],
)
def test_faulty_settings_are_one_clear_error(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "analyzer.toml"
    path.write_text(content)
    with pytest.raises(SettingsError, match=message) as caught:
        Settings.from_file(path)
    assert isinstance(caught.value, ValueError)


def test_errors_survive_pickling_with_their_hint() -> None:
    error = pickle.loads(pickle.dumps(EncryptedDocumentError("locked", hint="unlock")))
    assert isinstance(error, AnalyzerError)
    assert (error.code, error.message, error.hint, str(error)) == ("encrypted", "locked", "unlock", "locked (unlock)")


@pytest.mark.parametrize(
    ("value", "unit", "iso", "seconds"),
    [
        ("4", TimeUnit.HOUR, "PT4H", 14_400),
        ("30", TimeUnit.DAY, "P30D", 2_592_000),
        ("3", TimeUnit.MONTH, "P3M", 7_776_000),
        ("1.5", TimeUnit.YEAR, "P18M", 47_304_000),
        ("2", TimeUnit.QUARTER, "P6M", 15_552_000),
        ("0.5", TimeUnit.HOUR, "PT0.5H", 1800),
        ("100", TimeUnit.MINUTE, "PT100M", 6000),
    ],
)
def test_duration_iso_and_seconds(value: str, unit: TimeUnit, iso: str, seconds: float) -> None:
    duration = Duration(Span(0, 1), Decimal(value), Decimal(value), unit)
    assert (duration.iso, duration.seconds) == (iso, (seconds, seconds))


def test_uptime_as_downtime() -> None:
    assert Percentage(Span(0, 1), Decimal("99.9")).downtime_hours_per_year == Decimal("8.76")


def test_boxes_of_a_span_are_cut_to_its_words() -> None:
    lines = (Line(Span(0, 10), Box(1, 0, 0, 100, 10)), Line(Span(11, 21), Box(1, 0, 12, 100, 22)))
    document = Document("", "", "", "0123456789 0123456789", (Page(1, 200, 200, lines),))
    assert document.boxes(Span(5, 16)) == (Box(1, 50, 0, 100, 10), Box(1, 0, 12, 50, 22))
    assert document.boxes(Span(11, 21)) == (Box(1, 0, 12, 100, 22),)
    assert document.page_of(Span(5, 16)) == 1
