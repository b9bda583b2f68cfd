"""Service windows: days of the week with hours, "24/7", "5x9"; with or without public holidays."""

from __future__ import annotations

from analyzer.quantities.clocks import Interval, Time, is_clock_interval, read_interval, read_time
from analyzer.quantities.days import WEEK, Days, read_days, read_weekday
from analyzer.quantities.holidays import find_holidays_near, read_holidays
from analyzer.quantities.tokens import Tokens
from analyzer.quantities.window_codes import DAY, Window, is_whole_year, read_code, skip_more

_NOON = 720
#: From here on hours that end at a smaller figure run over midnight.
_EVENING = 18 * 60
_HOUR = 60
#: Words of a time zone or place between times and days.
_PLACE = 3
_BRACKET = 8
#: Words of a time zone between commas.
_ZONE = 7
#: Days and holidays listed behind "except".
_MOST_EXCEPTED = 6
#: Parts of one window; a table of opening hours stays below.
_MOST_PARTS = 40
_DASHES = frozenset("-–—")


def read_window(t: Tokens, i: int) -> Window | None:
    """Read a service window that begins at token `i`."""
    crossed = read_code(t, i)
    if crossed is not None:
        return crossed
    # A list of days without times is read once, not again from each of its days.
    return None if i < t.barren and t.senses[i].weekday is not None else _Reader(t, i).read()


class _Group:
    """Times and the days they hold on; the order in which they are said differs."""

    __slots__ = ("days", "times")

    def __init__(self) -> None:
        self.days: list[frozenset[int]] = []
        self.times: list[Interval] = []


class _Reader:
    def __init__(self, t: Tokens, i: int) -> None:
        self.t, self.start = t, i
        #: What was read, in order: days, or times.
        self.items: list[frozenset[int] | Interval] = []
        self.end = i
        self.holidays: bool | None = None
        self.whole = self.led = self.full_year = False
        #: Windows that run over days ("Sunday 10 pm to Monday 4 am").
        self.laid: list[tuple[int, int, int]] = []
        #: Behind the last words that say something; days without times at the end are left out.
        self.useful = self.skipped = self.last_days = i

    def read(self) -> Window | None:
        i = self.start
        for _ in range(_MOST_PARTS):
            j = self._part(i)
            if j == -1 and i > self.start:
                j = self._behind_link(i)
            if j == -1 and i > self.start:
                j = self._dashed(i)
            if j == -1:
                break
            i = self.end = j
        return self._result()

    def _behind_link(self, i: int) -> int:
        """Read a part behind ", and", "|", or behind a few words on the place ("Irish time on weekdays")."""
        t, k = self.t, i
        if isinstance(self.items[-1] if self.items else None, Interval):
            k = self._placed(i)
        zoned = t.lows[i] in (",", "(") or any(t.has(j, "zone") for j in range(i, k))
        for skip in dict.fromkeys((*self._links(i), *((k, *self._links(k)) if k != i else ()))):
            if t.lows[skip - 1] == "|" and self._complete():
                # The next cell of a table has a window of its own.
                return -1
            named = read_days(t, skip + (t.has(skip, "from") and t.senses[skip + 1].weekday is not None), timed=True)
            if named is not None and t.has(i, "and") and not self._has_days():
                # "from 17:15 to 23:00 and at weekends": the hours are those of other days.
                return -1
            if k != i and skip >= k and named is None and not (zoned and read_holidays(t, skip)[1] is not None):
                continue
            j = self._part(skip)
            if j != -1:
                return j
        return -1

    def _dashed(self, i: int) -> int:
        """Read the "– 24/24" of "7/7 – 24/24"."""
        t = self.t
        days = bool(self.items) and not isinstance(self.items[-1], Interval) and not self._complete()
        return self._part(i + 1) if days and t.lows[i] in _DASHES and t.phrase(i + 1, "whole_week") != -1 else -1

    def _skip_place(self, i: int) -> int:
        """Skip a time zone or place of up to three words behind a time."""
        t = self.t
        if t.lows[i] == "(":
            # "(heure de l'Est)"
            for k in range(i + 1, i + _BRACKET):
                if t.lows[k] == ")":
                    return k + 1
                if t.senses[k].digits or t.senses[k].weekday is not None or t.lows[k] == "":
                    break
            return i
        for k in range(i, i + _PLACE + 1):
            if k > i and (t.lows[k] == "," or read_days(t, k, timed=True) is not None or t.phrase(k, "window_link") != -1):
                return k
            if not t.lows[k].isalpha() or t.has(k, "and") or t.senses[k].unit is not None or "\n" in t.gap(k):
                break
        return i

    def _placed(self, i: int) -> int:
        return self._skip_zone(i) if self.t.lows[i] == "," else self._skip_place(i)

    def _skip_zone(self, i: int) -> int:
        """Skip a time zone between commas: "8 h à 18 h, heure de Paris, du lundi au vendredi"."""
        t, zone = self.t, False
        for k in range(i + 1, i + _ZONE):
            if t.lows[k] in (",", "("):
                return k if zone else i
            if not t.lows[k].isalpha() and t.lows[k] not in ("'", "’"):
                break
            zone |= t.has(k, "zone")
        return i

    def _complete(self) -> bool:
        """Whether days have their times already."""
        return any(isinstance(item, Interval) for item in self.items) and not all(isinstance(item, Interval) for item in self.items)

    def _links(self, i: int) -> list[int]:
        found, j = [], i
        for _ in range(3):
            j = self.t.phrase(j, "window_link")
            if j == -1:
                break
            found.append(j)
        return found

    def _part(self, i: int) -> int:
        t = self.t
        whole = t.phrase(i, "whole_week")
        if whole != -1 and not self._complete():
            self.whole = True
            self.useful = skip_more(t, whole)
            begin = self.start if self._has_days() else i
            self.full_year = any(t.lows[k] == "365" for k in range(begin, self.useful)) or is_whole_year(t, begin, self.useful)
            return self.useful
        if self.items or self.whole:
            end, holidays = read_holidays(t, i)
            if holidays is not None:
                self.holidays = holidays
                self.useful = end
                return end
        across = _across(t, i) if t.senses[i].weekday is not None else None
        if across is not None:
            self.laid += across[0]
            self.useful = across[1]
            return across[1]
        night = t.phrase(i, "days_nights") if self.items and "days_nights" in t.senses[i].heads else -1
        if night != -1:
            # "Mo–Fr nachts von 22 bis 6 Uhr": the days are named; "de 2 à 4 h la nuit": they are not.
            return -1 if isinstance(self.items[-1], Interval) else night
        if self.items and t.has(i, "from") and t.senses[i + 1].weekday is not None:
            # "... und von Dienstag bis Freitag"
            i += 1
        days = self._days(i)
        if days is not None:
            return days.end
        if "all_day" in t.senses[i].heads and self._complete() and not isinstance(self.items[-1], Interval):
            # "Mo–Fr 18–7 Uhr, Sa/So ganztags"; alone it may be a day's work.
            whole = t.phrase(i, "all_day")
            if whole != -1:
                self.items.append(Interval(0, DAY, whole, bare=False, hours=False))
                self.useful = whole
                return whole
        until = self._until(i)
        if until:
            self.items += until
            self.useful = until[-1].end
            return self.useful
        excepted = self._except(i) if self.items else -1
        if excepted != -1:
            return excepted
        found = read_interval(t, i, between=self.led and bool(self.items), loose=self._has_days())
        if found is None and not self.items and t.senses[i].digits:
            # "9 to 5, Monday to Friday"
            found = read_interval(t, i, between=True)
            if found is not None and not any(t.senses[j].weekday is not None for j in (found.end, *self._links(found.end))):
                return -1
        if found is None:
            return -1
        alone = found.bare and not self._has_days() and t.phrase(i, "time_from") == -1
        # "9-12 / 14-18 dal lunedì": the second goes on from the first.
        if alone and not (self._stands(i, found) if self.items else self._opens(i, found)):
            return -1
        if not self.items and not self._stands(i, found):
            return -1
        self.led |= t.has(i, "between")
        last = self.items[-1] if self.items else None
        early = isinstance(last, Interval) and found.start < last.start and found.stop <= _NOON and found.bare
        if early and t.lexicon.senses.get("am") is not None:
            # "8 to 12 and 2 to 6"
            found = found._replace(start=found.start + _NOON, stop=found.stop + _NOON)
        self.items.append(found)
        self.useful = found.end
        return found.end

    def _except(self, i: int) -> int:
        """Read "esclusi sabato, domenica e festivi", "except weekends and public holidays" behind times."""
        t = self.t
        if not t.has(i, "except"):
            return -1
        days: frozenset[int] = frozenset()
        j, end = i + 1, -1
        for _ in range(_MOST_EXCEPTED):
            found = read_days(t, j + (t.has(j, "article") or t.lows[j] in ("on", "an", "am")))
            if found is not None:
                days, end = days | found.days, found.end
            else:
                k = next((k + 1 for k in range(j, j + 3) if t.has(k, "holiday")), -1)
                if k == -1 or not days:
                    break
                self.holidays, end = False, k
            j = end
            if t.lows[j] == "," and t.has(j + 1, "and"):
                j += 1
            if t.lows[j] != "," and not t.has(j, "and"):
                break
            j += 1
        if end == -1 or len(days) in (0, len(WEEK)):
            return -1
        self._take_away(days)
        self.useful = end
        return end

    def _has_days(self) -> bool:
        return any(not isinstance(item, Interval) for item in self.items)

    def _days(self, i: int) -> Days | None:
        """Read days; "sabato e domenica esclusi" and "werktags außer samstags" take them away."""
        t = self.t
        days = read_days(t, i, timed=bool(self.items))
        if days is None:
            return None
        if t.senses[i - 1].ordinal is not None or (
            t.lows[i - 1] == "." and t.glued(i - 1) and t.senses[i - 2].digits and t.lows[i - 2].isdecimal()
        ):
            # "third Tuesday, 20-24": once a month.
            return None
        if self._excepted(days.end) and not t.has(i - 1, "except"):
            self._take_away(days.days)
            return self._used(days.end + 1)
        excepted, k = days.end, t.phrase(days.end, "window_link")
        more = read_days(t, k) if k != -1 else None
        if more is not None and self._excepted(more.end) and t.has(days.end, "and"):
            self._take_away(days.days | more.days)
            return self._used(more.end + 1)
        if t.has(excepted, "except"):
            other = read_days(t, excepted + 1 + t.has(excepted + 1, "article"))
            if other is not None:
                if self.items and isinstance(self.items[0], Interval):
                    self.useful = other.end
                self.items.append(days.days - other.days)
                return Days(days.days, other.end)
        timed = any(isinstance(item, Interval) for item in self.items)
        half = self._half_day(days)
        if half is not None:
            return half
        self.items.append(days.days)
        self.last_days = days.end
        if t.senses[i].number is not None and i == self.start:
            self.skipped = days.end
        # "chaque nuit de 20 h à 6 h, sept jours sur sept" says the same twice.
        if timed and (isinstance(self.items[0], Interval) or days.days == WEEK == self.items[0]):
            self.useful = days.end
        return days

    def _excepted(self, i: int) -> bool:
        """Whether "esclusi" behind days takes them away; "ausgenommen Feiertage" takes other days away."""
        t = self.t
        if not t.has(i, "except_after"):
            return False
        return read_days(t, i + 1 + t.has(i + 1, "article")) is None and not any(t.has(k, "holiday") for k in range(i + 1, i + 6))

    def _used(self, end: int) -> Days:
        self.useful = end
        return Days(WEEK, end)

    def _take_away(self, days: frozenset[int]) -> None:
        if self._has_days():
            self.items = [item if isinstance(item, Interval) else item - days for item in self.items]
        else:
            self.items.append(WEEK - days)

    def _half_day(self, days: Days) -> Days | None:
        """Read "le vendredi le matin seulement" and "lundi au samedi midi" by the times of the days before."""
        times = [item for item in self.items if isinstance(item, Interval)]
        for name, morning in (("in_the_morning", True), ("in_the_afternoon", False)):
            end = self.t.phrase(days.end, name)
            if end == -1:
                continue
            hours = end + (self.t.lows[end] == ",")
            if self.t.senses[hours].digits or self.t.phrase(hours, "time_from") != -1:
                return self._plain(days, end)
            if len(times) > 1 and not isinstance(self.items[0], Interval):
                self.items += [days.days, times[0] if morning else times[1]]
                self.useful = end
                return Days(days.days, end)
        if (
            self.t.has(days.end, "noon")
            and self.t.phrase(days.end + 1, "time_to") == -1
            and times
            and isinstance(self.items[0], Interval)
            and len(days.days) > 1
        ):
            # Up to noon on the last of the days.
            last = max(days.days)
            noon = Interval(times[-1].start, _NOON, days.end + 1, bare=False, hours=False)
            self.items += [days.days - {last}, frozenset((last,)), noon]
            self.useful = days.end + 1
            return Days(days.days, days.end + 1)
        return None

    def _plain(self, days: Days, end: int) -> Days:
        self.items.append(days.days)
        return Days(days.days, end)

    def _until(self, i: int) -> list[Interval]:
        """Read "freitags bis 15:00 Uhr" behind days whose opening is known; the breaks of the days before hold here too."""
        j = self.t.phrase(i, "until")
        known = [k for k, item in enumerate(self.items) if isinstance(item, Interval)]
        if j == -1 or not known or known[-1] == len(self.items) - 1:
            return []
        # "8-18 h les jours ouvrables, jusqu'à 20 h": these days have their hours already.
        if isinstance(self.items[0], Interval) and len(self.items) - known[-1] < 3:
            return []
        time = read_time(self.t, j)
        if time is None:
            return []
        times: list[Interval] = []
        for item in reversed(self.items[: known[-1] + 1]):
            if not isinstance(item, Interval):
                break
            times.insert(0, item)
        minutes = time.minutes
        if minutes <= times[0].start and time.bare and self.t.lexicon.senses.get("am") is not None:
            minutes += _NOON
        kept = [item for item in times if item.start < minutes]
        if not kept:
            return []
        last = kept.pop()
        return [*kept, Interval(last.start, minutes, time.end, bare=False, hours=False)]

    def _stands(self, i: int, found: Interval) -> bool:
        """Whether an interval without days before it says times of the day: its own form, or days right behind it."""
        if is_clock_interval(self.t, i, found):
            return True
        behind = self._behind(found.end)
        # "dalle 9 alle 18 dal lunedì", but not "entre 2 et 4 jours ouvrables"
        led = self.t.phrase(i, "time_from") != -1 or any(self.t.lows[k] in _DASHES for k in range(i + 1, found.end))
        if found.bare:
            named = any(self._weekday(j) or (led and self._all_days(j)) for j in behind)
        else:
            named = any(read_days(self.t, j) is not None for j in behind)
        return named or (led and self._lists(i, behind[1:]))

    def _behind(self, i: int) -> list[int]:
        """Return where days may stand behind times: at once, behind a link, behind a place."""
        place = self._placed(i)
        return [i, *self._links(i), *(self._links(place) if place != i else ())]

    def _weekday(self, i: int) -> bool:
        return self.t.senses[i + self.t.has(i, "from")].weekday is not None

    def _lists(self, i: int, behind: list[int]) -> bool:
        """Whether more times follow with days behind them: "von 8 bis 12 und von 13 bis 17 Uhr", "9-12 / 14-18 dal lunedì"."""
        for j in behind:
            other = read_interval(self.t, j, between=True)
            if other is not None:
                clock = not other.bare and is_clock_interval(self.t, i, other)
                return clock or any(self._weekday(k) for k in self._behind(other.end))
        return False

    def _opens(self, i: int, found: Interval) -> bool:
        """Whether figures alone are hours: "06-22, 7 giorni su 7", "9 to 5, Monday to Friday", but not "art. 5-7, Montag"."""
        t = self.t
        clear = not self.items and not t.has(i - 1, "numbered") and t.lows[i - 1] not in (".", "-", "/") and "." not in t.lows[i]
        # "21-6, da domenica a giovedì"
        runs = found.stop > found.start or found.start >= _EVENING
        return clear and runs and (found.stop - found.start) % DAY >= _HOUR and self._stands(i, found)

    def _all_days(self, i: int) -> bool:
        return self.t.phrase(i, "days_all") != -1 or self.t.phrase(i, "whole_week_more") != -1

    def _result(self) -> Window | None:
        if self.end == self.start:
            return None
        if self.laid and not self.items:
            return Window(self.useful, _merged(sorted(self.laid)), self.holidays)
        end = self.end = max(self.useful, self.start + 1)
        if self.whole:
            some = self._some_days()
            if some is not None:
                holidays = self.holidays if self.holidays is not None else find_holidays_near(self.t, self.end)
                return Window(self.end, tuple((day, 0, DAY) for day in sorted(some)), holidays)
            end = max(end, _days_behind(self.t, end))
            holidays = self.holidays if self.holidays is not None else find_holidays_near(self.t, end)
            return Window(end, tuple((day, 0, DAY) for day in range(7)), True if holidays is None and self.full_year else holidays)
        early = bool(self.items) and isinstance(self.items[0], Interval)
        while self.items and not isinstance(self.items[-1], Interval) and not early:
            self.items.pop()
        intervals: set[tuple[int, int, int]] = set(self.laid)
        for group in self._groups(early=early):
            for day in frozenset().union(*group.days):
                for time in group.times:
                    intervals.update(_laid(day, time))
        if not intervals and self.skipped > self.start:
            # "7j/7" alone, "7 jours sur 7, fériés compris"
            return Window(max(self.skipped, end), (), None)
        if not intervals:
            # Times without days are clock times all the same; days without times say nothing.
            if early:
                return Window(self.end, (), None)
            self.t.barren = max(self.end, self.last_days)
            return None
        holidays = self.holidays if self.holidays is not None else find_holidays_near(self.t, end)
        if holidays is None and is_whole_year(self.t, self.start, end + 3):
            holidays = True
        return Window(self._closed(end), _merged(sorted(intervals)), holidays)

    def _closed(self, end: int) -> int:
        """Take in the bracket that closes one of the window: "07:00–19:00 (Mon–Fri)"."""
        t = self.t
        if t.lows[end] != ")" or t.lows[end - 1] == ")":
            return end
        depth = 0
        for k in range(self.start, end):
            depth += (t.lows[k] == "(") - (t.lows[k] == ")")
        return end + (depth == 1)

    def _some_days(self) -> frozenset[int] | None:
        """Return the days on which somebody is there around the clock: "24 hours a day, Monday to Friday"."""
        days = [item for item in self.items if not isinstance(item, Interval)]
        if not days or len(days) != len(self.items):
            return None
        # "Montag bis Freitag 8-17; 24/7": days named behind a stop are of no concern.
        some = frozenset().union(*days)
        end = self.end = max(self.useful, self.last_days)
        if some == WEEK or self.t.has(end, "include") or self.t.senses[end].digits or self.t.phrase(end, "time_from") != -1:
            self.end = self.useful
            return None
        return some

    def _groups(self, *, early: bool) -> list[_Group]:
        """Give each run of times its days: those before it, or, where times came first, those behind it."""
        runs: list[_Group] = []
        last_is_time = False
        for item in self.items:
            is_time = isinstance(item, Interval)
            opens = not runs or (last_is_time != is_time and is_time == early)
            if opens:
                runs.append(_Group())
            if isinstance(item, Interval):
                runs[-1].times.append(item)
            else:
                runs[-1].days.append(item)
            last_is_time = is_time
        if early and len(runs) > 1 and not runs[-1].days:
            # "7-19 h lundi à vendredi, samedi 8-12 h": the last times belong to the days right before.
            trailing = runs.pop()
            trailing.days.append(runs[-1].days[-1])
            if len(runs[-1].days) > 1:
                runs[-1].days.pop()
            runs.append(trailing)
        # "Mo-Fr, Sa 8-12" and days at the end of a list share the times of their neighbour.
        return [group for group in runs if group.times]


def _days_behind(t: Tokens, i: int) -> int:
    """Skip "7j/7" and the like behind "24h/24 et"."""
    j = i + (t.lows[i] in (",", "/") or t.has(i, "and"))
    return t.phrase(j, "days_all")


def _laid(day: int, time: Interval) -> list[tuple[int, int, int]]:
    if time.stop > time.start:
        return [(day, time.start, min(time.stop, DAY))]
    night = [(day, time.start, DAY)]
    return [*night, ((day + 1) % 7, 0, time.stop)] if time.stop else night


def _merged(intervals: list[tuple[int, int, int]]) -> tuple[tuple[int, int, int], ...]:
    out: list[tuple[int, int, int]] = []
    for day, start, stop in intervals:
        if out and out[-1][0] == day and start <= out[-1][2]:
            out[-1] = (day, out[-1][1], max(stop, out[-1][2]))
        else:
            out.append((day, start, stop))
    return tuple(out)


def _across(t: Tokens, i: int) -> tuple[list[tuple[int, int, int]], int] | None:
    """Read "Sunday 10 pm to Monday 4 am", "Freitag 20 Uhr bis Montag 6 Uhr": from a time of one day to a time of another."""
    first = read_weekday(t, i)
    opens = None if first is None else _time_of(t, first[1])
    if first is None or opens is None:
        return None
    to = opens.end + (t.lows[opens.end] == ",")
    j = max(t.phrase(to, "day_to"), t.phrase(to, "time_to"), t.phrase(to, "night_to"))
    # "tra venerdì alle 22 e sabato alle 6"
    open_end = j == -1 or (t.has(to, "and") and not t.has(i - 1, "between"))
    last = None if open_end else read_weekday(t, j + t.has(j, "day_to_more"))
    closes = None if last is None else _time_of(t, last[1])
    if last is None or closes is None or last[0] == first[0] or (opens.bare and closes.bare):
        return None
    out, day, start = [], first[0], opens.minutes
    while day != last[0]:
        out.append((day, start, DAY))
        day, start = (day + 1) % 7, 0
    if closes.minutes:
        out.append((day, 0, closes.minutes))
    return out, closes.end


def _time_of(t: Tokens, i: int) -> Time | None:
    """Read the time behind a day, with "at" or a comma between."""
    i += t.lows[i] == ","
    lead = t.phrase(i, "clock_lead")
    if lead == -1:
        i += t.has(i, "time_of")
    found = read_time(t, lead if lead != -1 else i)
    return found if found is None or lead == -1 else found._replace(bare=False)
