"""Walks over the tokens once and lets the parts of the grammar read; the first that succeeds takes its words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from analyzer.quantities.clocks import read_lone_clock
from analyzer.quantities.context import find_anchor, find_bound, find_business, same_bound
from analyzer.quantities.dates import read_date
from analyzer.quantities.durations import read_duration, read_plain
from analyzer.quantities.false_durations import is_idle, is_no_duration
from analyzer.quantities.lengths import Reading
from analyzer.quantities.lexicon import COMBINING, PIECE, PIECE_DECOMPOSED, SWISS, Lexicon, load_lexicon
from analyzer.quantities.money import read_money
from analyzer.quantities.numbers import Number, read_number
from analyzer.quantities.percentages import read_percentage
from analyzer.quantities.recurrences import Repeated, read_from_to, read_recurrence
from analyzer.quantities.senses import Sense
from analyzer.quantities.tokens import Tokens
from analyzer.quantities.window_codes import Window
from analyzer.quantities.windows import read_window
from analyzer.types import (
    Bound,
    Calendar,
    CalendarDate,
    Duration,
    Money,
    Percentage,
    Quantity,
    Recurrence,
    ServiceWindow,
    Span,
    TimeUnit,
)

_DIGIT = re.compile(r"[0-9½¼¾]").search
_CLOCK_MARKS = frozenset((":", "x", "×", "*", "a", "p", "am", "pm"))
_CLOSING = frozenset(")].|")
#: Lists of phrases that go on behind "8 heures" where it is a time of the day.
_CLOCK_GOES_ON = frozenset(("time_to", "clock_pm", "clock_after"))
#: Hours a week from which a window no longer makes a time a business time (7 to 21 h on all days is 98).
_OPEN_MOST = 100
#: Tokens from the beginning of a quantity to the first word that makes it one: numbers can be long.
_NEAR, _FAR = 8, 20
#: Days a week with which a window may begin ("six days a week").
_DAYS_A_WEEK = (5, 6, 7)
_SHORT = frozenset((TimeUnit.SECOND, TimeUnit.MINUTE, TimeUnit.HOUR))
_PERIODS = frozenset((TimeUnit.MINUTE, TimeUnit.HOUR, TimeUnit.DAY, TimeUnit.WEEK, TimeUnit.MONTH, TimeUnit.QUARTER, TimeUnit.YEAR))


#: Stands for a length of time whose surroundings are read at the end.
_PENDING = Duration(Span(0, 0), Decimal(1), Decimal(1), TimeUnit.DAY)


def scan(text: str, lexicon: Lexicon, offset: int) -> tuple[Quantity, ...]:
    """Find all quantities of `text`."""
    # What a line end may have cut in two is no word by itself.
    broken = "-\n" in text
    return () if not broken and _says_nothing(text, lexicon) else _scan(text, lexicon, offset, broken=broken)


def _scan(text: str, lexicon: Lexicon, offset: int, *, broken: bool) -> tuple[Quantity, ...]:
    pattern = PIECE
    broken |= "\xad" in text
    if not text.isascii() and COMBINING.search(text) is not None:
        pattern, broken = PIECE_DECOMPOSED, True
    # Without space at the end each piece ends in a token, which the expression would look for from every space.
    pieces = pattern.findall(text.rstrip())
    senses = list(map(lexicon.memory.__getitem__, pieces))
    # "80.-" is money without a word that says so.
    sparse = not broken and SWISS(text) is None
    return _Scanner(Tokens(text, lexicon, pieces, senses), offset, sparse=sparse).run()


def _says_nothing(text: str, lexicon: Lexicon) -> bool:
    """Whether no word of the text, as spaces part them, can be part of a quantity: so most sentences are done with."""
    chunks = text.split()
    if lexicon.quiet.issuperset(chunks):
        return True
    if not lexicon.known.issuperset(chunks) and not lexicon.learn(chunks):
        return False
    if lexicon.loud.isdisjoint(chunks):
        return True
    # "l h" is how a scan gives "1 h".
    return lexicon.strong.isdisjoint(chunks) and _DIGIT(text) is None and " l h" not in text.lower()


def _lasts_nothing(text: str, lexicon: Lexicon) -> bool:
    """Whether the text has a word of some quantity perhaps, but none of a length of time."""
    chunks = text.split()
    if lexicon.quiet.issuperset(chunks):
        return True
    if not lexicon.known.issuperset(chunks) and not lexicon.learn(chunks):
        return False
    return lexicon.lasting.isdisjoint(chunks) and (lexicon.lettered.isdisjoint(chunks) or _DIGIT(text) is None)


class _Scanner:
    __slots__ = ("behind", "currency", "offset", "out", "sparse", "t", "waiting", "windows")

    def __init__(self, t: Tokens, offset: int, *, sparse: bool) -> None:
        self.t, self.offset, self.sparse = t, offset, sparse
        self.out: list[Quantity] = []
        #: Durations wait for the windows that follow them.
        self.waiting: list[tuple[int, Reading]] = []
        self.windows: list[int] = []
        self.behind = -1
        #: Of the amount before, for its hundredths.
        self.currency = ""

    def run(self) -> tuple[Quantity, ...]:
        i, n, senses = 0, self.t.n, self.t.senses
        # Where the next word stands that no quantity can do without; nothing begins far before it.
        following = -1
        while i < n:
            if i > following and self.sparse:
                following = i
                while following < n and not senses[following].trigger:
                    following += 1
                if following == n:
                    break
            sense = senses[i]
            if sense.starts and following - i <= (_FAR if sense.digits or sense.window or sense.number is not None else _NEAR):
                i = self._step(i)
            else:
                i += 1
        before: tuple[Reading, Duration] | None = None
        for position, reading in self.waiting:
            found = self._duration(reading)
            # "innert 1 Std. (Stadt) bzw. 2 Std. (Land)"
            goes_on = before is not None and before[1].bound in (Bound.MAX, Bound.MIN) and same_bound(self.t, before[0], reading)
            if before is not None and goes_on and found.bound is Bound.EXACT:
                found = replace(found, bound=before[1].bound)
            self.out[position] = found
            before = (reading, found)
        return tuple(self.out)

    def _step(self, i: int) -> int:
        t = self.t
        sense = t.senses[i]
        digits = sense.digits
        if digits and t.glued(i) and t.word(i - 1).isalpha() and not t.has(i - 1, "service_prefix"):
            # The figure of a name: "S3", "M365".
            return i + 1
        if (digits and not sense.trigger) or (sense.counts_only and not sense.opening):
            number = read_number(t, i)
            if number is not None:
                follower = t.senses[number.end]
                if not follower.linked and (number.end < t.n or digits):
                    return i + 1
                if digits and follower.low in _CLOSING and self._numbers(i, number.end):
                    return i + 1
                if follower.unit is not None and not sense.article and follower.month is None and follower.currency is None:
                    end = self._plain(i, number, follower)
                    if end != -1:
                        return end
        if self._may_open(i) if digits else (self._opens(i, sense) if sense.window else self._counts_days(i)):
            window = read_window(t, i)
            if window is not None:
                return self._window(i, window)
        if digits or sense.month is not None or sense.number is not None or sense.ordinal is not None:
            day = read_date(t, i)
            if day is not None:
                if day.value is not None:
                    self.out.append(CalendarDate(self._span(i, day.end), day.value))
                return day.end
            if digits:
                end = read_lone_clock(t, i)
                if end != -1:
                    return end
        if digits or sense.number is not None or sense.currency is not None or sense.fraction is not None:
            start = i
            for amount in read_money(t, i, self.currency):
                self.out.append(Money(self._span(start, amount.end), amount.amount, amount.currency))
                self.currency, self.behind, start = amount.currency, amount.end, amount.end + 1
            if start > i:
                return self.behind
            shares = read_percentage(t, i)
            if shares:
                start = i
                for share in shares:
                    start = max(start, share.start)
                    self.out.append(Percentage(self._span(start, share.end), share.value))
                    start = share.end + 1
                return shares[-1].end
        repeated = read_recurrence(t, i, behind=self.behind == i) if sense.repeats and (sense.counted or self._repeats(i, sense)) else None
        if repeated is not None:
            return self._recurrence(i, repeated)
        reading = read_duration(t, i) if sense.lasts else None
        if reading is not None:
            return self._reading(i, reading)
        return i + 1

    def _numbers(self, i: int, end: int) -> bool:
        """Whether the mark behind a figure makes it the number of an item or of a sentence's end: "2)", "2. Der"."""
        t = self.t
        return t.lows[i] not in t.lexicon.window_figures and (t.lows[end] != "." or not t.senses[end + 1].linked)

    def _plain(self, i: int, number: Number, follower: Sense) -> int:
        """Read the most frequent case, a number and a unit that is no time of the day; -1 where it may be something else."""
        t = self.t
        digits = t.senses[i].digits
        if (digits and t.lows[i] in t.lexicon.window_figures) or self._counts_days(i):
            return -1
        if digits and "clock_unit" in follower.classes:
            behind = t.senses[number.end + 1]
            if behind.digits or not behind.heads.isdisjoint(_CLOCK_GOES_ON):
                return -1
            clock = read_lone_clock(t, i)
            if clock != -1:
                return clock
        assert follower.unit is not None
        reading = read_plain(t, i, number, follower.unit)
        return -1 if reading is None else self._reading(i, reading)

    def _may_open(self, i: int) -> bool:
        """Whether a figure can begin a window: what stands behind it tells at once."""
        t = self.t
        following = t.senses[i + 1]
        if following.low == "/" and t.lows[i + 2] in ("5", "6", "7") and (t.lows[i] in ("5", "6") or (t.lexicon.stems and t.glued(i + 2))):
            return True
        if self._counts_days(i):
            return True
        if following.low in _CLOCK_MARKS or t.lows[i] in t.lexicon.window_figures:
            return True
        return "clock_unit" in following.classes or t.phrase(i + 1, "time_to") != -1

    def _opens(self, i: int, sense: Sense) -> bool:
        """Whether a word can begin a window: a day, or words such as "from" before a time."""
        t = self.t
        if sense.low == "l" and t.lows[i + 1] not in ("-", "–"):
            return False
        if sense.timed:
            return True
        if sense.opening_with is not None and t.lows[i + 1] not in sense.opening_with and t.lows[i + 1] != "’":
            return False
        for name in sense.opening:
            j = t.phrase(i, name)
            if j != -1 and (name != "time_from" or t.senses[j].digits or t.senses[j].timed):
                return True
        return False

    def _repeats(self, i: int, sense: Sense) -> bool:
        """Whether a phrase such as "every" or "per" stands here."""
        following = self.t.lows[i + 1]
        if sense.repeating_with is not None and following not in sense.repeating_with and following != "’":
            return False
        return any(self.t.phrase(i, name) != -1 for name in sense.repeating)

    def _counts_days(self, i: int) -> bool:
        """Whether "six days" stands here."""
        unit = self.t.senses[i + 1].unit
        return unit is not None and unit.unit is TimeUnit.DAY and self.t.senses[i].number in _DAYS_A_WEEK

    def _window(self, i: int, window: Window) -> int:
        if window.intervals:
            found = ServiceWindow(self._span(i, window.end), window.intervals, window.holidays)
            self.out.append(found)
            if found.hours_per_week < _OPEN_MOST:
                self.windows.append(i)
        return window.end

    def _recurrence(self, i: int, found: Repeated) -> int:
        # "CHF 120 per hour" is a price; the hour is not how often anything happens.
        priced = self.behind == i and bool(self.out) and isinstance(self.out[-1], Money)
        if found.block != -1:
            # "Je angefangene Stunde" is a rate like "pro Stunde"; only a block with a figure ("halbe Stunde") says how long something is.
            if found.every != 1 and (found.started or not priced):
                self._reading(i, self._block(found))
            return found.end
        if not (priced and found.unit in _SHORT):
            self.out.append(Recurrence(self._span(i, found.end), found.times, found.every, found.unit))
        return found.end

    def _block(self, found: Repeated) -> Reading:
        """Return the block of time that is billed as a whole: "je angefangene halbe Stunde"."""
        start = found.block
        return Reading(start, found.end, found.every, found.every, found.unit, business=found.business, at=found.end - 1)

    def _reading(self, i: int, reading: Reading) -> int:
        # "in two months of a year": the year is the period, whichever way it is said.
        period = reading.article and reading.upper == 1 and self.behind == i and isinstance(self.out[-1], Duration)
        if reading.article and read_from_to(self.t, reading.at) is not None:
            # "on a month-to-month basis"
            return reading.at
        idle = not period and is_idle(self.t, reading)
        if period or idle or is_no_duration(self.t, reading):
            ends = self.t.phrase_before(reading.start, "end_of") != -1
            if reading.article and reading.upper == 1 and reading.unit in _PERIODS and not ends and not idle:
                self.out.append(Recurrence(self._span(i, reading.end), reading.upper, reading.upper, reading.unit))
            # "365 jours par an" counts no years.
            cycle = (
                read_recurrence(self.t, reading.end, behind=True) if reading.unit is TimeUnit.DAY and reading.upper in (7, 365) else None
            )
            return reading.end if cycle is None else cycle.end
        self.waiting.append((len(self.out), reading))
        self.out.append(_PENDING)
        self.behind = reading.end
        return reading.end

    def _duration(self, reading: Reading) -> Duration:
        t = self.t
        return Duration(
            self._span(reading.start, reading.end),
            reading.lower,
            reading.upper,
            reading.unit,
            find_bound(t, reading),
            Calendar.BUSINESS if find_business(t, reading, self.windows) else Calendar.ELAPSED,
            find_anchor(t, reading),
        )

    def _span(self, first: int, behind: int) -> Span:
        behind = max(first + 1, min(behind, self.t.n))
        return Span(self.t.start(first) + self.offset, self.t.ends[behind - 1] + self.offset)


def find_quantities(text: str, *, language: str, offset: int = 0) -> tuple[Quantity, ...]:
    """Find durations, recurrences, service windows, percentages, money and dates.

    Parameters
    ----------
    text : str
        A sentence, a table row or any other piece of a document, as it stands there.
    language : str
        ISO 639-1 code with a lexicon.
    offset : int, default=0
        Where `text` starts in the document, in code points.

    Returns
    -------
    tuple of Quantity
        In reading order; no two of them share a character.

    Raises
    ------
    UnknownLanguageError
        No lexicon for `language`.

    Examples
    --------
    >>> found = find_quantities("CHF 1'250.- par an, payables à 30 jours", language="fr")
    >>> [type(quantity).__name__ for quantity in found]
    ['Money', 'Recurrence', 'Duration']
    """
    return scan(text, load_lexicon(language), offset)


def find_durations(text: str, *, language: str, offset: int = 0) -> tuple[Duration, ...]:
    """Find lengths of time.

    Parameters
    ----------
    text : str
        A sentence, a table row or any other piece of a document, as it stands there.
    language : str
        ISO 639-1 code with a lexicon.
    offset : int, default=0
        Where `text` starts in the document, in code points.

    Returns
    -------
    tuple of Duration
        In reading order, never overlapping.

    Raises
    ------
    UnknownLanguageError
        No lexicon for `language`.

    Notes
    -----
    A month counts 30 days in `seconds` only (taxonomy, section 2). A "next business day" runs from 0 to 1 day.

    Examples
    --------
    >>> [d.iso for d in find_durations("innert vier Stunden", language="de")]
    ['PT4H']
    >>> [(d.iso, str(d.calendar)) for d in find_durations("within two (2) business days", language="en")]
    [('P2D', 'business')]
    """
    lexicon = load_lexicon(language)
    broken = "-\n" in text
    if not broken and _lasts_nothing(text, lexicon):
        return ()
    return tuple([found for found in _scan(text, lexicon, offset, broken=broken) if isinstance(found, Duration)])


def find_quantities_many(
    texts: Sequence[str], *, languages: str | Sequence[str], offsets: Sequence[int] | None = None
) -> list[tuple[Quantity, ...]]:
    """Find the quantities of many texts, such as the sentences of a document.

    Parameters
    ----------
    texts : sequence of str
        Shape `(n_sentences,)`.
    languages : str or sequence of str
        One language for all, or one for each text.
    offsets : sequence of int, optional
        Where each text starts in the document; 0 where not given.

    Returns
    -------
    list of tuple of Quantity
        One entry for each text.

    Raises
    ------
    UnknownLanguageError
        No lexicon for a language.
    ValueError
        The lengths differ.

    Examples
    --------
    >>> [len(found) for found in find_quantities_many(["within 4 hours", "always"], languages="en")]
    [1, 0]
    """
    many = [languages] * len(texts) if isinstance(languages, str) else languages
    starts = [0] * len(texts) if offsets is None else offsets
    return [scan(text, load_lexicon(language), start) for text, language, start in zip(texts, many, starts, strict=True)]
