"""The service levels of a contract as a table: one row per priority."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from analyzer.types import Clause, Duration, Percentage, SentenceKind, ServiceWindow, Span

#: Words for priorities, most urgent first. A figure ("P1", "Prio 2", "Sev. 3") decides before a word.
_FIGURE = re.compile(
    r"\b(?:p|prio(?:rit\w*|\.)?|sev(?:erit\w*|\.)?|stufe|klasse|fehlerklasse|kategorie|classe|niveau|livello|level|gravit\w+|cat(?:égorie|egoria)?\.?)\s?(?:n°\s?)?([1-5]|[a-d](?=\W|$))\b",
    re.I,
)
_WORDS = (
    ("1", re.compile(r"\b(?:critique|critiques|bloquante?s?|urgente?s?|kritisch\w*|betriebsverhindernd\w*|notfall|critic[aio]|bloccant[ei]|critical|blocker|urgent|emergency)\b", re.I)),
    ("2", re.compile(r"\b(?:majeure?s?|haute?|hoch|hohe[rsnm]?|schwer\w*|betriebsbehindernd\w*|alta|grav[ei]|high|major)\b", re.I)),
    ("3", re.compile(r"\b(?:moyenne?s?|normale?s?|mittel|mittlere?\w*|media|medium|moderate)\b", re.I)),
    ("4", re.compile(r"\b(?:mineure?s?|basse|faible|niedrig\w*|gering\w*|leicht\w*|bassa|liev[ei]|minore|low|minor|cosmetic)\b", re.I)),
)  # fmt: skip
#: "non-critical faults" are not critical ones.
_NEGATED = re.compile(r"\b(?:non|not|nicht|pas)[ -]+\w+", re.I)
_LETTERS = {"a": "1", "b": "2", "c": "3", "d": "4"}


@dataclass(slots=True)
class _Cells:
    reaction: list[Duration] = field(default_factory=list)
    resolution: list[Duration] = field(default_factory=list)
    spare: list[Duration] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """What the contract promises for one priority; "" is every fault alike. Quantities carry their span, the evidence."""

    priority: str
    reaction: tuple[Duration, ...] = ()
    resolution: tuple[Duration, ...] = ()
    spare: tuple[Duration, ...] = ()
    hours: tuple[ServiceWindow, ...] = ()
    uptime: tuple[Percentage, ...] = ()

    @property
    def evidence(self) -> tuple[Span, ...]:
        return tuple(q.span for group in (self.reaction, self.resolution, self.spare, self.hours, self.uptime) for q in group)


def find_priority(text: str) -> str:
    """Return "1" to "5" where the text names one priority, else "".

    Examples
    --------
    >>> find_priority("P1 | 1 h | 4 h"), find_priority("panne bloquante"), find_priority("within 4 hours"), find_priority("non-critical issues")
    ('1', '1', '', '')
    """
    figures: set[str] = {_LETTERS.get(match.lower(), match) for match in _FIGURE.findall(text)}
    if len(figures) == 1:
        return figures.pop()
    if figures:
        return ""
    said = _NEGATED.sub(" ", text)
    named = [number for number, pattern in _WORDS if pattern.search(said)]
    return named[0] if len(named) == 1 else ""


def find_service_levels(clauses: Iterable[Clause]) -> tuple[ServiceLevel, ...]:
    """Gather the levels, most urgent priority first; service hours and uptime stand in each row, as they hold for all."""
    rows: dict[str, _Cells] = {}
    hours: list[ServiceWindow] = []
    uptime: list[Percentage] = []
    carried = ""
    for clause in clauses:
        categories = set(clause.categories)
        sentence = clause.sentence
        if sentence.kind is SentenceKind.HEADING:
            carried = find_priority(sentence.text)
        priority = _priority_of(clause) or (carried if sentence.kind is not SentenceKind.TABLE_ROW else "")
        for quantity in clause.quantities:
            if isinstance(quantity, ServiceWindow) and ("availability" in categories or "service_desk" in categories):
                hours.append(quantity)
            elif (
                isinstance(quantity, Percentage) and "uptime" in categories and "service_credits" not in categories and quantity.value >= 90
            ):
                uptime.append(quantity)
            elif isinstance(quantity, Duration) and quantity.role in ("reaction_time", "resolution_time", "spare_equipment"):
                cells = rows.setdefault(_column_priority(clause, quantity) or priority, _Cells())
                {"reaction_time": cells.reaction, "resolution_time": cells.resolution, "spare_equipment": cells.spare}[
                    quantity.role
                ].append(quantity)
    if not rows and (hours or uptime):
        rows[""] = _Cells()
    return tuple(
        ServiceLevel(priority, tuple(cells.reaction), tuple(cells.resolution), tuple(cells.spare), tuple(hours), tuple(uptime))
        for priority, cells in sorted(rows.items(), key=lambda item: item[0] or "9")
    )


def find_vague_cells(clauses: Iterable[Clause]) -> dict[tuple[str, str], Span]:
    """Find the cells of level tables that hold words where other rows of their column hold a time ("as soon as possible").

    Returns
    -------
    dict of (priority, role) to Span
        An empty cell would look as if the contract were silent there.
    """
    rows = [clause for clause in clauses if clause.sentence.cells]
    columns = {
        head: str(quantity.role)
        for clause in rows
        for head, span in clause.sentence.cells
        for quantity in clause.durations
        if head and quantity.role in ("reaction_time", "resolution_time") and span.start <= quantity.span.start < span.end
    }
    found: dict[tuple[str, str], Span] = {}
    for clause in rows:
        priority, start = _priority_of(clause), clause.sentence.span.start
        for head, span in clause.sentence.cells[1:]:
            text = clause.sentence.text[span.start - start : span.end - start]
            timed = any(span.start <= quantity.span.start < span.end for quantity in clause.quantities)
            if priority and head in columns and not timed and any(c.isalpha() for c in text) and text.strip() != head.strip():
                found.setdefault((priority, columns[head]), span)
    return found


def _priority_of(clause: Clause) -> str:
    sentence = clause.sentence
    if sentence.cells:
        first = sentence.cells[0][1]
        start = sentence.span.start
        own = find_priority(sentence.text[first.start - start : first.end - start])
        figure = re.fullmatch(r"\s*([1-5])\s*", sentence.text[first.start - start : first.end - start])
        if own or figure:
            return own or (figure.group(1) if figure else "")
    return find_priority(sentence.text)


def _column_priority(clause: Clause, duration: Duration) -> str:
    """Return the priority of the column, for tables whose columns are priorities and whose rows are reaction and resolution."""
    for head, span in clause.sentence.cells:
        if span.start <= duration.span.start < span.end:
            return find_priority(head)
    return ""
