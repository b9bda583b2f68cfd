"""The vocabulary that every room shares: frozen values, standard library only.

`Document.text` is written once, by `reading`; every later fact is a span of it. Pages and lines carry boxes, so one span leads from
a finding to its words and to its place on the page.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

LANGUAGES = ("fr", "de", "it", "en")


class Span(NamedTuple):
    """Half-open range of code points in `Document.text`."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def shifted(self, offset: int) -> Span:
        return Span(self.start + offset, self.end + offset)


class Box(NamedTuple):
    """A rectangle on a page, in PDF points, origin top left, pages counted from 1."""

    page: int
    x0: float
    top: float
    x1: float
    bottom: float


class SentenceKind(StrEnum):
    SENTENCE = "sentence"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"
    HEADING = "heading"


class Bound(StrEnum):
    MAX = "max"
    MIN = "min"
    EXACT = "exact"
    RANGE = "range"


class Calendar(StrEnum):
    BUSINESS = "business"
    ELAPSED = "elapsed"


class TimeUnit(StrEnum):
    SECOND = "second"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class FindingKind(StrEnum):
    MISSING = "missing"
    WEAK = "weak"
    RISK = "risk"


class Severity(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Status(StrEnum):
    PRESENT = "present"
    WEAK = "weak"
    MISSING = "missing"


class Side(StrEnum):
    CUSTOMER = "customer"
    PROVIDER = "provider"


# ------------------------------------------------------------------------------------------------ the document


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. `size_pt` and `bold` are None / False where the format does not tell."""

    span: Span
    box: Box | None = None
    size_pt: float | None = None
    bold: bool = False
    #: What the format itself says of the line: "heading1".."heading6", "list_item", "table_row" (with "table_cell" for its further cells), "toc", or what its
    #: place on the page says: "note" (a footnote), "side_note"; else "".
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of `number` >= 1; width and height in points (0 where the format has no pages)."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    #: Running heads, page numbers and the like, dropped from the text; kept so that nothing is lost silently.
    furniture: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the reader must know about the reading: a page that could not be read, tracked changes, an attachment that was left out.

    `name` is the file it is about, where a document has several.
    """

    code: str
    message: str
    page: int | None = None
    name: str = ""

    @property
    def unread(self) -> bool:
        """Something of the contract was not read, or not well: what is not found may stand there."""
        return self.code in _UNREAD


_UNREAD = frozenset({"image_page", "garbled_page", "broken_page", "empty_page", "doubtful_page", "unread_attachment", "broken_part"})


@dataclass(frozen=True, slots=True)
class Part:
    """One of the files that make up a contract; `span` is its place in `Document.text`, `first_page` the number of its first page there."""

    name: str
    media_type: str
    span: Span
    first_page: int
    sha256: str


_LAST = 1 << 60


@dataclass(frozen=True, slots=True)
class Document:
    """What `reading` makes of bytes.

    `text` is canonical: NFC, "\\n" between lines, an empty line between blocks, words broken at line ends healed.

    `parts` are the files it was read from, in order of precedence; most documents are one. Pages are numbered through all parts.
    """

    name: str
    media_type: str
    sha256: str
    text: str
    pages: tuple[Page, ...]
    notices: tuple[Notice, ...] = ()
    parts: tuple[Part, ...] = ()
    _starts: tuple[tuple[int, int, int], ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.parts:
            object.__setattr__(self, "parts", (Part(self.name, self.media_type, Span(0, len(self.text)), 1, self.sha256),))

    @property
    def unread(self) -> bool:
        """A page or an attachment was not read, or not well."""
        return any(notice.unread for notice in self.notices)

    def part_of(self, span: Span) -> Part:
        """Return the file where `span` begins."""
        return next((part for part in reversed(self.parts) if part.span.start <= span.start), self.parts[0])

    def boxes(self, span: Span) -> tuple[Box, ...]:
        """Return the boxes of the lines that `span` touches, in reading order; several over a page break."""
        index = self._line_index()
        first = max(0, bisect_right(index, (span.start, _LAST, _LAST)) - 1)
        last = bisect_left(index, (span.end, -1, -1))
        found: list[Box] = []
        for _, page_index, line_index in index[first:last]:
            line = self.pages[page_index].lines[line_index]
            if line.box is not None and span.overlaps(line.span):
                found.append(_clip(line, span))
        return tuple(found)

    def page_of(self, span: Span) -> int | None:
        """Return the number of the page where `span` begins, or None where there are no pages."""
        boxes = self.boxes(span)
        return boxes[0].page if boxes else None

    def _line_index(self) -> tuple[tuple[int, int, int], ...]:
        if not self._starts:
            index = tuple(
                sorted(
                    (line.span.start, number, position)
                    for number, page in enumerate(self.pages)
                    for position, line in enumerate(page.lines)
                )
            )
            object.__setattr__(self, "_starts", index)
        return self._starts


def _clip(line: Line, span: Span) -> Box:
    """Cut the box of a line to the part of it that `span` covers, taking all characters as equally wide."""
    assert line.box is not None
    length = line.span.end - line.span.start
    if length <= 0 or (span.start <= line.span.start and span.end >= line.span.end):
        return line.box
    width = line.box.x1 - line.box.x0
    left = max(0, span.start - line.span.start) / length
    right = min(length, span.end - line.span.start) / length
    return line.box._replace(x0=line.box.x0 + width * left, x1=line.box.x0 + width * right)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The unit of annotation: a sentence, list item, table row or heading, with the headings above it, outermost first."""

    id: int
    span: Span
    kind: SentenceKind
    language: str
    text: str
    heading_path: tuple[str, ...] = ()
    #: For a table row: its cells under their column heads, "" where a head is missing.
    cells: tuple[tuple[str, Span], ...] = ()


# ------------------------------------------------------------------------------------------------ quantities

#: Seconds of one unit; a month counts 30 days and a year 365, by convention (taxonomy, section 2).
UNIT_SECONDS = {
    TimeUnit.SECOND: 1,
    TimeUnit.MINUTE: 60,
    TimeUnit.HOUR: 3600,
    TimeUnit.DAY: 86_400,
    TimeUnit.WEEK: 604_800,
    TimeUnit.MONTH: 2_592_000,
    TimeUnit.QUARTER: 7_776_000,
    TimeUnit.YEAR: 31_536_000,
}

_ISO_LETTER = {
    TimeUnit.SECOND: "S",
    TimeUnit.MINUTE: "M",
    TimeUnit.HOUR: "H",
    TimeUnit.DAY: "D",
    TimeUnit.WEEK: "W",
    TimeUnit.MONTH: "M",
    TimeUnit.YEAR: "Y",
}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time.

    `lower` and `upper` are in `unit`; equal for a single value, one of them None for an open end. A compound ("1 year and 6 months")
    is expressed in its smallest unit.
    """

    span: Span
    lower: Decimal | None
    upper: Decimal | None
    unit: TimeUnit
    bound: Bound = Bound.EXACT
    calendar: Calendar = Calendar.ELAPSED
    anchor: str | None = None
    role: str | None = None

    @property
    def value(self) -> Decimal:
        """The figure that commits: the upper bound where there is one, else the lower."""
        value = self.upper if self.upper is not None else self.lower
        assert value is not None
        return value

    @property
    def seconds(self) -> tuple[float | None, float | None]:
        """Lower and upper bound in seconds (month = 30 days, year = 365 days, business day = 1 day)."""
        factor = UNIT_SECONDS[self.unit]
        return (
            None if self.lower is None else float(self.lower * factor),
            None if self.upper is None else float(self.upper * factor),
        )

    @property
    def iso(self) -> str:
        """ISO 8601 duration of `value`: PT4H, P30D, P3M, P1Y."""
        value, unit = self.value, self.unit
        if unit is TimeUnit.QUARTER:
            value, unit = value * 3, TimeUnit.MONTH
        if unit is TimeUnit.YEAR and value != value.to_integral_value() and value * 12 == (value * 12).to_integral_value():
            value, unit = value * 12, TimeUnit.MONTH
        number = format(value.normalize(), "f")
        time_part = "T" if unit in (TimeUnit.SECOND, TimeUnit.MINUTE, TimeUnit.HOUR) else ""
        return f"P{time_part}{number}{_ISO_LETTER[unit]}"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How often something happens: `count` times per `every` `unit` ("twice a year": 2, 1, year)."""

    span: Span
    count: Decimal
    every: Decimal
    unit: TimeUnit


@dataclass(frozen=True, slots=True)
class ServiceWindow:
    """Weekly hours: per weekday (0 = Monday) the open intervals in minutes after midnight.

    `holidays` is False where public holidays are excluded, True where they are included, None where nothing is said.
    `whole_hours` is the case "24/7".
    """

    span: Span
    intervals: tuple[tuple[int, int, int], ...]
    holidays: bool | None = None

    @property
    def hours_per_week(self) -> float:
        return sum(end - start for _, start, end in self.intervals) / 60

    @property
    def around_the_clock(self) -> bool:
        return self.hours_per_week >= 168


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in an ISO 4217 currency."""

    span: Span
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Percentage:
    """A share in per cent: 99.5 is 99.5 %."""

    span: Span
    value: Decimal

    @property
    def downtime_hours_per_year(self) -> Decimal:
        """Hours a year that are allowed to be lost, where this is an uptime around the clock (8,760 h)."""
        return (Decimal(100) - self.value) * Decimal("87.6")

    def downtime_hours(self, per: TimeUnit = TimeUnit.YEAR, window: ServiceWindow | None = None) -> float:
        """Hours that are allowed to be lost per month (a twelfth of a year) or year, where this is an uptime.

        With a service window only its hours count: 99 % of 45 hours a week allow 23.5 hours a year, around the clock they would be 87.6.
        """
        if per not in (TimeUnit.MONTH, TimeUnit.YEAR):
            raise ValueError(f"per month or per year, not per {per.value}")
        hours = 8760.0 if window is None else window.hours_per_week * 365 / 7
        lost = hours * (100.0 - float(self.value)) / 100.0
        return lost / 12 if per is TimeUnit.MONTH else lost


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """An absolute date, read day first."""

    span: Span
    value: date


Quantity = Duration | Recurrence | ServiceWindow | Money | Percentage | CalendarDate


# ------------------------------------------------------------------------------------------------ judgement


@dataclass(frozen=True, slots=True)
class Label:
    """A category with its calibrated probability; `uncertain` asks a person to look."""

    category: str
    probability: float
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """A word of a text with what it adds to (above 0) or takes from (below 0) the log-odds of a category; `text[start:end]` is the word."""

    text: str
    start: int
    end: int
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a text has a category, or has it not: `log_odds` is the exact sum of `base`, the shares of the words and those of the surroundings.

    `surroundings` are "heading", "before" and "after" (the neighbouring rows) and "form" (kind and length of the row, its language, no clue at all). `probability` is the
    calibrated one of the text taken by itself.
    """

    category: str
    probability: float
    log_odds: float
    base: float
    words: tuple[Contribution, ...]
    surroundings: tuple[tuple[str, float], ...] = ()

    def strongest(self, count: int = 5) -> tuple[Contribution, ...]:
        """Return the words that speak most for the category, at most `count`."""
        return tuple(sorted((word for word in self.words if word.share > 0), key=lambda word: -word.share)[:count])


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence with what was found in it; the first label is the most probable."""

    sentence: Sentence
    labels: tuple[Label, ...]
    quantities: tuple[Quantity, ...] = ()

    @property
    def categories(self) -> tuple[str, ...]:
        return tuple([label.category for label in self.labels])

    @property
    def durations(self) -> tuple[Duration, ...]:
        return tuple([quantity for quantity in self.quantities if isinstance(quantity, Duration)])


@dataclass(frozen=True, slots=True)
class Finding:
    """A result of a rule: ids and parameters only; `report` makes the sentence, in the reader's language."""

    rule: str
    kind: FindingKind
    category: str
    severity: Severity
    evidence: tuple[Span, ...] = ()
    params: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """One line of the checklist. `reasons` are ids of what is weak; `nearest` are passages to look at when it is missing."""

    category: str
    status: Status
    evidence: tuple[Span, ...] = ()
    reasons: tuple[str, ...] = ()
    nearest: tuple[Span, ...] = ()
