"""Service hours as a clock: is somebody there at a given moment, and when does a period of business time end?

A contract that says "4 business hours, Monday to Friday 8 to 17, public holidays excepted" says with this when at the latest the phone rings. Public holidays, cantonal ones included,
come from the library `holidays`; the clock works in the wall-clock time of the place where the service is given.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from analyzer.errors import SettingsError
from analyzer.types import UNIT_SECONDS, Calendar, Duration, ServiceWindow, TimeUnit

_DAY_MINUTES = 24 * 60
#: No service window lets a period of business time run on for longer than this: it never opens.
_HORIZON = timedelta(days=366 * 30)


class BusinessClock:
    """A clock that runs in the hours of a service window.

    Parameters
    ----------
    window : ServiceWindow
        Weekly hours. Where its `holidays` is True they hold on public holidays, too; where it is False or None (nothing is said) the clock stands still on the
        holidays it is given.
    country : str, optional
        ISO 3166 code whose public holidays count, e.g. "CH".
    subdivision : str, optional
        Canton, Land or region, e.g. "VD", "BY".
    holidays : container of date, optional
        Days of one's own instead, e.g. a set of dates.

    Raises
    ------
    SettingsError
        Unknown country or subdivision, a window without any hours, or the library `holidays` is not installed and a country is given.

    Examples
    --------
    >>> from analyzer import find_quantities
    >>> window, four_hours = find_quantities("Mo-Fr 8-17 Uhr, Reaktion innert 4 Arbeitsstunden", language="de")
    >>> clock = BusinessClock(window)
    >>> clock.is_open(datetime(2026, 11, 28, 10, 0))  # a Saturday
    False
    >>> clock.end_of(four_hours, datetime(2026, 11, 27, 16, 30))  # Friday, half past four
    datetime.datetime(2026, 11, 30, 11, 30)
    """

    def __init__(
        self,
        window: ServiceWindow,
        *,
        country: str | None = None,
        subdivision: str | None = None,
        holidays: Container[date] | None = None,
    ) -> None:
        if not any(end > start for _, start, end in window.intervals):
            raise SettingsError("The service window has no hours")
        self.window = window
        self._holidays: Container[date] = ()
        if window.holidays is not True:
            self._holidays = holidays if holidays is not None else _public_holidays(country, subdivision)
        self._by_weekday: list[list[tuple[int, int]]] = [[] for _ in range(7)]
        for day, start, end in sorted(window.intervals):
            self._by_weekday[day].append((start, end))

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is there: the first minute of an interval belongs to it, the last does not."""
        minute = moment.hour * 60 + moment.minute
        return any(start <= minute < end for start, end in self._hours(moment.date()))

    def is_business_day(self, day: date) -> bool:
        """Whether the window opens at all on this day."""
        return bool(self._hours(day))

    def open_time(self, start: datetime, end: datetime) -> timedelta:
        """Return how much of the time between two moments is business time."""
        total = timedelta()
        for opens, closes in self._intervals(start):
            if opens >= end:
                break
            total += min(closes, end) - opens
        return total

    def end_of(self, duration: Duration, start: datetime) -> datetime:
        """Return the moment at which a duration that starts at `start` is over at the latest.

        Business hours run only while the window is open. Business days are whole days: the day of the report does not count, and the period ends when the window closes on the last one
        (taxonomy: "next business day" is at most one). Elapsed time, and months and years of any kind, run through; a month ends on the same day of a later month, or on its last.

        Raises
        ------
        SettingsError
            The duration has no upper bound.
        """
        if duration.upper is None:
            raise SettingsError("The duration has no upper bound: it never ends", hint="it is a minimum")
        value, unit = duration.upper, duration.unit
        if unit in (TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR):
            return _months_later(start, value * {TimeUnit.MONTH: 1, TimeUnit.QUARTER: 3, TimeUnit.YEAR: 12}[unit])
        if duration.calendar is not Calendar.BUSINESS:
            return start + timedelta(seconds=float(value * UNIT_SECONDS[unit]))
        if unit in (TimeUnit.DAY, TimeUnit.WEEK):
            return self._days_later(start, value * (1 if unit is TimeUnit.DAY else self._days_per_week()))
        left = timedelta(seconds=float(value * UNIT_SECONDS[unit]))
        for opens, closes in self._intervals(start):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise SettingsError("The service window does not open for as long")

    def _hours(self, day: date) -> list[tuple[int, int]]:
        hours = self._by_weekday[day.weekday()]
        return [] if hours and day in self._holidays else hours

    def _days_per_week(self) -> int:
        return sum(bool(hours) for hours in self._by_weekday)

    def _intervals(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield what is open from `start` on, each day apart."""
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        while day - start < _HORIZON:
            for opens, closes in self._hours(day.date()):
                begin, end = max(start, day + timedelta(minutes=opens)), day + timedelta(minutes=min(closes, _DAY_MINUTES))
                if begin < end:
                    yield begin, end
            day += timedelta(days=1)

    def _days_later(self, start: datetime, days: Decimal) -> datetime:
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        left = int(days.to_integral_value(rounding="ROUND_CEILING"))
        while left > 0:
            day += timedelta(days=1)
            if day - start > _HORIZON:
                raise SettingsError("The service window does not open for as long")
            left -= self.is_business_day(day.date())
        hours = self._hours(day.date())
        return day + timedelta(minutes=hours[-1][1]) if hours else start


def _public_holidays(country: str | None, subdivision: str | None) -> Container[date]:
    if country is None:
        if subdivision is not None:
            raise SettingsError(f"Subdivision {subdivision!r} of which country?", hint='country="CH", subdivision="VD"')
        return ()
    try:
        import holidays
    except ImportError as error:
        raise SettingsError(
            "Public holidays need the library holidays", hint="install the extra: pip install 'clause-analyzer[calendar]'"
        ) from error
    try:
        return holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError as error:
        raise SettingsError(f"No public holidays are known for {country} {subdivision or ''}".strip(), hint='e.g. "CH" and "VD"') from error


def _months_later(start: datetime, months: Decimal) -> datetime:
    whole = int(months)
    month = start.month - 1 + whole
    year, month = start.year + month // 12, month % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    moved = start.replace(year=year, month=month, day=min(start.day, last))
    return moved + timedelta(days=float((months - whole) * 30))
