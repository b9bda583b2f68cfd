"""Footnotes and side notes: small type under the text or beside it, which is read apart so that no sentence is torn by it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from analyzer.reading.runs import RawPage, Rule, Run
from analyzer.reading.segments import Segment

#: Notes are set in type of at most this share of that of the text.
SMALLER = 0.93
#: Footnotes begin below this share of the page.
LOWER_PART = 0.4
#: Longest line of a note in the margin, in characters.
SIDE_LENGTH = 45

_MARK = re.compile(r"\s*[\[(]?(?P<mark>\d{1,3}|[*†‡]{1,3}|[⁰¹²³⁴-⁹]{1,3})[\])]?[.)]?\s*(?=[^\W\d_]|[«\"„“(])")
_RAISED = re.compile(r"(?<=[^\W_])[⁰¹²³⁴-⁹]+")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
#: Units that carry an exponent: "12 m2" is no reference to note 2.
_UNIT = re.compile(r"(?:^|[\s\d])[kcdm]?m\s*$")
_ENDED = re.compile(r"[.!?:;][\"»”')\]]?\s*$")


def body_size(rows: Sequence[Sequence[Segment]]) -> float:
    """Return the type size of most of the text, 0 where there is none."""
    sizes: Counter[float] = Counter()
    for row in rows:
        for segment in row:
            sizes[segment.size] += len(segment.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def find_footnotes(rows: list[list[Segment]], page: RawPage, size: float) -> int:
    """Return the number of the row from which on a page holds footnotes, or `len(rows)`.

    They are the last rows of the page, in smaller type, and begin with a mark: a figure or a star. A short rule, or a gap, is above them.
    """
    height = page.width if page.turn in (1, 3) else page.height
    first = len(rows)
    for position in range(len(rows) - 1, -1, -1):
        row = rows[position]
        if max(s.size for s in row) > SMALLER * size or row[0].top < LOWER_PART * height or len(row) > 2:
            break
        if _MARK.match(" ".join(s.text for s in row)):
            first = position
    if not 0 < first < len(rows):
        return len(rows)
    top, above = rows[first][0].top, rows[first - 1][0]
    apart = top - above.bottom > 0.5 * size
    return first if apart or any(_is_short_rule(rule, above.bottom - 2, top + 2, page.width) for rule in page.rules) else len(rows)


def _is_short_rule(rule: Rule, top: float, bottom: float, width: float) -> bool:
    return rule.top == rule.bottom and top <= rule.top <= bottom and 20 < rule.x1 - rule.x0 < 0.6 * width


def marks_of(rows: Sequence[Sequence[Segment]]) -> frozenset[str]:
    """Return the marks with which footnotes begin, as plain figures."""
    found = (_MARK.match(row[0].text if len(row) == 1 else " ".join(s.text for s in row)) for row in rows)
    return frozenset(match["mark"].translate(_PLAIN) for match in found if match)


def drop_marks(runs: list[Run], marks: frozenset[str], size: float, bottom: float) -> list[Run]:
    """Take the raised marks of footnotes out of the text above `bottom`: "within 4 hours1" is no figure that could be read."""
    kept: list[Run] = []
    before = ""
    for run in runs:
        if run.bottom < bottom:
            text = run.text.strip()
            if run.size < 0.8 * size and text.strip("[]()") in marks and not _UNIT.search(before):
                continue
            if not run.text.isascii() and _RAISED.search(run.text):
                run = run._replace(
                    text=_RAISED.sub(
                        lambda m: "" if m[0].translate(_PLAIN) in marks and not _UNIT.search(m.string[: m.start()]) else m[0], run.text
                    )
                )
        before = run.text[-6:]
        kept.append(run)
    return kept


def place_side_notes(rows: list[list[Segment]], size: float) -> list[list[Segment]]:
    """Put the notes in the margin, each on one row, before the paragraphs beside which they stand."""
    if all(s.size > SMALLER * size for row in rows for s in row):
        return rows
    lefts = Counter(round(s.x0) for row in rows for s in row if s.size > SMALLER * size and len(s.text) > 30)
    if sum(lefts.values()) < 2:
        return rows
    # The column of text: the left edge that most of its lines share, and how far they reach.
    left = min(edge for edge, count in lefts.items() if count >= 0.3 * max(lefts.values()))
    right = max(s.x1 for row in rows for s in row if s.size > SMALLER * size and len(s.text) > 30)
    notes: list[list[Segment]] = []
    body: list[list[Segment]] = []
    for row in rows:
        beside = [s for s in row if s.size <= SMALLER * size and len(s.text) <= SIDE_LENGTH and (s.x1 < left - 3 or s.x0 > right + 3)]
        rest = [s for s in row if s not in beside] if beside else row
        for segment in beside:
            last = next((note for note in reversed(notes[-2:]) if abs(note[-1].x0 - segment.x0) < 60), None)
            if last is not None and segment.top - last[-1].bottom < 0.8 * segment.size and abs(last[-1].size - segment.size) < 1:
                last.append(segment)
            else:
                notes.append([segment])
        if rest:
            body.append(rest)
    if not notes or not body:
        return rows
    placed: dict[int, list[Segment]] = {}
    for note in notes:
        position = next((n for n, row in enumerate(body) if row[0].bottom > note[0].top + 1), len(body))
        placed.setdefault(_start_of_paragraph(body, position, right), []).append(_join(note))
    return [out for n in range(len(body) + 1) for out in (*([note] for note in placed.get(n, ())), *body[n : n + 1])]


def _start_of_paragraph(rows: list[list[Segment]], position: int, right: float) -> int:
    for number in range(min(position, len(rows) - 1), max(0, position - 40), -1):
        row, above = rows[number][0], rows[number - 1][-1]
        short = above.x1 < right - 0.2 * (right - row.x0)
        if row.top - above.bottom > 0.45 * row.size or (short and _ENDED.search(above.text)) or abs(above.size - row.size) > 1:
            return number
    return max(0, position - 40) if position < len(rows) else position


def _join(note: list[Segment]) -> Segment:
    text = ""
    for segment in note:
        text = text[:-1] + segment.text if text.endswith("-") and segment.text[:1].islower() else f"{text} {segment.text}".strip()
    return Segment(
        text,
        min(s.x0 for s in note),
        note[0].top,
        max(s.x1 for s in note),
        note[-1].bottom,
        note[0].size,
        all(s.bold for s in note),
        "side_note",
    )
