"""Column heads of a table, so that "P1 | 1 h | 4 h" is read under "reaction | resolution"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from statistics import median

from analyzer.types import Line, Span

_DIGIT = re.compile(r"\d")
#: Rows of a table stand no further apart than this many type sizes, nor than this many times what its rows usually do.
TABLE_GAP = 2.5
USUAL_GAPS = 2.0


def count_first_table(rows: Sequence[Sequence[Line]]) -> int:
    """Return how many rows belong to the first table, where several follow each other on a page with nothing but white between them."""
    gaps: list[tuple[int, float]] = []
    for position, (above, below) in enumerate(itertools.pairwise(rows), 1):
        upper = [line.box for line in above if line.box is not None]
        lower = [line.box for line in below if line.box is not None]
        if upper and lower and upper[0].page == lower[0].page:
            size = below[0].size_pt or 10.0
            gaps.append((position, (min(box.top for box in lower) - max(box.bottom for box in upper)) / size))
    if not gaps:
        return len(rows)
    usual = max(median(gap for _, gap in gaps), 0.0)
    return next((position for position, gap in gaps if gap > TABLE_GAP and gap > USUAL_GAPS * usual), len(rows))


def head_cells(text: str, rows: Sequence[Sequence[Span]], bold: Sequence[bool]) -> list[tuple[tuple[str, Span], ...]]:
    """Pair every cell with the head of its column; the head row itself, and tables without one, get empty heads.

    Heads of two rows are said together: "Service times" over "Response | Resolution" gives "Service times Response".

    Parameters
    ----------
    text : str
        The document's text.
    rows : sequence of sequences of Span
        Cells of consecutive table rows.
    bold : sequence of bool
        Per row, whether all of it is bold.
    """
    words = [[text[span.start : span.end] for span in row] for row in rows]
    heads: list[str] = []
    under_head = False
    paired: list[tuple[tuple[str, Span], ...]] = []
    # A title over all columns stands above the heads.
    titles = next((n for n, row in enumerate(words) if len(row) < 2 or sum(bool(word.strip()) for word in row) > 1), 0)
    for position, row in enumerate(rows):
        here = words[position]
        following = words[position + 1] if position + 1 < len(words) else []
        if under_head and _is_second_head(here, words[position - 1], following, bold[position], bold[position - 1]):
            heads = _join_heads(words[position - 1], here)
            under_head = False
            paired.append(tuple(("", span) for span in row))
        elif _is_head(
            here,
            bold[position],
            words[position + 1 :] if position == titles else [following],
            first=position == titles,
            has_heads=bool(heads),
        ):
            heads, under_head = here, True
            paired.append(tuple(("", span) for span in row))
        else:
            under_head = False
            if len(row) > 1 and heads and abs(len(row) - len(heads)) > 1:
                heads = []  # another table
            paired.append(tuple((heads[i] if i < len(heads) else "", span) for i, span in enumerate(row)))
    return paired


def _is_head(words: list[str], bold: bool, following: Sequence[list[str]], *, first: bool, has_heads: bool) -> bool:
    if len(words) < 2 or sum(bool(word.strip()) for word in words) < 2 or not any(following) or words[0].rstrip().endswith(":"):
        return False
    digits = sum(bool(_DIGIT.search(word)) for word in words)
    if first:
        if bold and digits < len(words) - 1:
            return True
        if digits == 0 and len(words) == 2 and not any(_DIGIT.search(word) for row in following for word in row):
            # Two columns without any figure are terms and what they mean as often as heads and what is under them: heads are a word or two.
            return all(len(word.split()) < 3 for word in words) and any(len(word.split()) > 2 for row in following[:3] for word in row)
        # Priorities as columns: "" | "Priority 1" | "Priority 2".
        across = not words[0].strip() and len(words) > 2 and any(_DIGIT.search(word) for word in following[0])
        return (digits == 0 or across) and all(len(word) < 60 for word in words)
    return bold and digits == 0 and has_heads


def _is_second_head(words: list[str], above: list[str], following: list[str], bold: bool, bold_above: bool) -> bool:
    """Tell whether a row under a row of heads says more of them: a head above reaches over several columns."""
    if len(words) != len(above) or not following or any(_DIGIT.search(word) for word in words) or max(map(len, words)) >= 60:
        return False
    over = any(
        not head.strip() and i and above[i - 1].strip() and word.strip() for i, (head, word) in enumerate(zip(above, words, strict=True))
    )
    return over and bold == bold_above


def _join_heads(above: list[str], below: list[str]) -> list[str]:
    joined: list[str] = []
    reach = ""
    for head, word in zip(above, below, strict=True):
        reach = head.strip() or reach
        joined.append(reach if word.strip() in ("", reach) else f"{reach} {word}".strip())
    return joined
