"""Lengths of time in one unit, to compare them with thresholds."""

from __future__ import annotations

from analyzer.types import UNIT_SECONDS, Calendar, Duration, TimeUnit

#: Working hours in a business day, by which hours "of service" are turned into days (EVB-IT and most Swiss terms: 8 to 17 with a break).
_BUSINESS_HOURS = 8


def in_hours(duration: Duration) -> float:
    """Return the figure in hours as its own calendar counts them (a business day has 8)."""
    value = float(duration.value)
    if duration.calendar is Calendar.BUSINESS and duration.unit in (TimeUnit.DAY, TimeUnit.WEEK):
        return value * _BUSINESS_HOURS * (5 if duration.unit is TimeUnit.WEEK else 1)
    return value * UNIT_SECONDS[duration.unit] / 3600


def in_business_days(duration: Duration) -> float:
    """Return the figure in business days; elapsed days from a week on are taken as calendar days of a working week."""
    if duration.calendar is Calendar.BUSINESS:
        return in_hours(duration) / _BUSINESS_HOURS
    days = float(duration.value) * UNIT_SECONDS[duration.unit] / 86_400
    return days * 5 / 7 if days >= 7 else days


def in_months(duration: Duration) -> float:
    """Return the figure in months: years count 12, days 1/30."""
    value = float(duration.value)
    match duration.unit:
        case TimeUnit.YEAR:
            return value * 12
        case TimeUnit.QUARTER:
            return value * 3
        case TimeUnit.MONTH:
            return value
        case _:
            return value * UNIT_SECONDS[duration.unit] / UNIT_SECONDS[TimeUnit.MONTH]


def in_days(duration: Duration) -> float:
    """Return the figure in days, business days counted as days."""
    return float(duration.value) * UNIT_SECONDS[duration.unit] / 86_400
