from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.errors import SettingsError
from analyzer.quantities.business_time import BusinessClock
from analyzer.types import Bound, Calendar, Duration, Percentage, ServiceWindow, Span, TimeUnit

OFFICE = ServiceWindow(Span(0, 1), tuple((day, start, end) for day in range(5) for start, end in ((480, 720), (810, 1020))))
ALWAYS = ServiceWindow(Span(0, 1), tuple((day, 0, 1440) for day in range(7)), True)


def duration(value: float, unit: TimeUnit, *, business: bool = True, lower: bool = False) -> Duration:
    amount = Decimal(str(value))
    calendar = Calendar.BUSINESS if business else Calendar.ELAPSED
    return Duration(Span(0, 1), amount, None if lower else amount, unit, Bound.MIN if lower else Bound.MAX, calendar)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 27, 8, 0), True),
        (datetime(2026, 11, 27, 7, 59), False),
        (datetime(2026, 11, 27, 12, 0), False),
        (datetime(2026, 11, 27, 13, 30), True),
        (datetime(2026, 11, 28, 9, 0), False),
        (datetime(2027, 1, 2, 9, 0), False),
        (datetime(2026, 12, 25, 9, 0), False),
        (datetime(2026, 9, 21, 9, 0), False),  # Monday after the federal fast, Vaud only
    ],
)
def test_is_open(moment: datetime, expected: bool) -> None:
    assert BusinessClock(OFFICE, country="CH", subdivision="VD").is_open(moment) is expected


def test_cantons_differ() -> None:
    day = date(2026, 3, 19)  # Saint Joseph, a holiday in Ticino, not in Geneva
    assert not BusinessClock(OFFICE, country="CH", subdivision="TI").is_business_day(day)
    assert BusinessClock(OFFICE, country="CH", subdivision="GE").is_business_day(day)
    included = ServiceWindow(Span(0, 1), OFFICE.intervals, True)
    assert BusinessClock(included, country="CH", subdivision="TI").is_business_day(day)


@pytest.mark.parametrize(
    ("amount", "unit", "business", "start", "expected"),
    [
        (4, TimeUnit.HOUR, True, datetime(2026, 11, 27, 16, 30), datetime(2026, 11, 30, 11, 30)),
        (4, TimeUnit.HOUR, False, datetime(2026, 11, 27, 16, 30), datetime(2026, 11, 27, 20, 30)),
        (30, TimeUnit.MINUTE, True, datetime(2026, 11, 27, 11, 45), datetime(2026, 11, 27, 13, 45)),
        (4, TimeUnit.HOUR, True, datetime(2026, 11, 27, 8, 0), datetime(2026, 11, 27, 12, 0)),
        (1, TimeUnit.HOUR, True, datetime(2026, 11, 28, 3, 0), datetime(2026, 11, 30, 9, 0)),
        (1, TimeUnit.DAY, True, datetime(2026, 11, 27, 16, 30), datetime(2026, 11, 30, 17, 0)),
        (2, TimeUnit.DAY, True, datetime(2026, 12, 24, 9, 0), datetime(2026, 12, 29, 17, 0)),
        (1, TimeUnit.WEEK, True, datetime(2026, 11, 23, 9, 0), datetime(2026, 11, 30, 17, 0)),
        (1, TimeUnit.MONTH, True, datetime(2026, 1, 31, 9, 0), datetime(2026, 2, 28, 9, 0)),
        (1.5, TimeUnit.YEAR, False, datetime(2026, 1, 31, 9, 0), datetime(2027, 7, 31, 9, 0)),
        (1, TimeUnit.QUARTER, False, datetime(2026, 11, 30, 9, 0), datetime(2027, 2, 28, 9, 0)),
    ],
)
def test_when_a_period_ends(amount: float, unit: TimeUnit, business: bool, start: datetime, expected: datetime) -> None:
    clock = BusinessClock(OFFICE, holidays={date(2026, 12, 25)})
    assert clock.end_of(duration(amount, unit, business=business), start) == expected


def test_around_the_clock_business_time_is_time() -> None:
    start = datetime(2026, 12, 24, 22, 15, tzinfo=UTC)
    assert BusinessClock(ALWAYS, country="CH").end_of(duration(30, TimeUnit.HOUR), start) == start + timedelta(hours=30)


@given(
    minutes=st.integers(1, 10_000),
    start=st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)).map(lambda t: t.replace(second=0, microsecond=0)),
)
def test_open_time_until_the_end_is_the_period(minutes: int, start: datetime) -> None:
    clock = BusinessClock(OFFICE)
    end = clock.end_of(duration(minutes, TimeUnit.MINUTE), start)
    assert clock.open_time(start, end) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"country": "XX"}, "XX"), ({"country": "CH", "subdivision": "QQ"}, "QQ"), ({"subdivision": "VD"}, "of which country")],
)
def test_unknown_places_are_refused(arguments: dict[str, str], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        BusinessClock(OFFICE, **arguments)  # type: ignore[arg-type]


def test_what_cannot_be_answered_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="no hours"):
        BusinessClock(ServiceWindow(Span(0, 1), ()))
    with pytest.raises(SettingsError, match="no upper bound"):
        BusinessClock(OFFICE).end_of(duration(4, TimeUnit.HOUR, lower=True), datetime(2026, 1, 1))

    class Never:
        def __contains__(self, day: object) -> bool:
            return True

    with pytest.raises(SettingsError, match="does not open"):
        BusinessClock(OFFICE, holidays=Never()).end_of(duration(4, TimeUnit.HOUR), datetime(2026, 1, 1))
    with pytest.raises(SettingsError, match="does not open"):
        BusinessClock(OFFICE, holidays=Never()).end_of(duration(1, TimeUnit.DAY), datetime(2026, 1, 1))
    monkeypatch.setitem(sys.modules, "holidays", None)
    with pytest.raises(SettingsError, match="library holidays"):
        BusinessClock(OFFICE, country="CH")


@pytest.mark.parametrize(
    ("value", "per", "window", "expected"),
    [
        ("99", TimeUnit.YEAR, None, 87.6),
        ("99.9", TimeUnit.MONTH, None, 0.73),
        ("99", TimeUnit.YEAR, OFFICE, 37.5 * 365 / 7 / 100),
        ("100", TimeUnit.MONTH, ALWAYS, 0.0),
    ],
)
def test_downtime(value: str, per: TimeUnit, window: ServiceWindow | None, expected: float) -> None:
    assert Percentage(Span(0, 1), Decimal(value)).downtime_hours(per, window) == pytest.approx(expected)


def test_downtime_per_week_is_not_known() -> None:
    with pytest.raises(ValueError, match="week"):
        Percentage(Span(0, 1), Decimal(99)).downtime_hours(TimeUnit.WEEK)
