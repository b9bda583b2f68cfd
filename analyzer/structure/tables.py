"""Column heads of a table, so that "P1 | 1 h | 4 h" is read under "reaction | resolution"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.types import Span

_DIGIT = re.compile(r"\d")


def head_cells(text: str, rows: Sequence[Sequence[Span]], bold: Sequence[bool]) -> list[tuple[tuple[str, Span], ...]]:
    """Pair every cell with the head of its column; the head row itself, and tables without one, get empty heads.

    Parameters
    ----------
    text : str
        The document's text.
    rows : sequence of sequences of Span
        Cells of consecutive table rows.
    bold : sequence of bool
        Per row, whether all of it is bold.
    """
    heads: list[str] = []
    paired: list[tuple[tuple[str, Span], ...]] = []
    for position, row in enumerate(rows):
        words = [text[span.start : span.end] for span in row]
        following = rows[position + 1] if position + 1 < len(rows) else ()
        if _is_head(words, bold[position], [text[s.start : s.end] for s in following], first=position == 0, has_heads=bool(heads)):
            heads = words
            paired.append(tuple(("", span) for span in row))
        elif len(row) == len(heads):
            paired.append(tuple(zip(heads, row, strict=True)))
        else:
            if len(row) > 1 and heads and abs(len(row) - len(heads)) > 1:
                heads = []  # another table
            paired.append(tuple((heads[i] if i < len(heads) else "", span) for i, span in enumerate(row)))
    return paired


def _is_head(words: list[str], bold: bool, following: list[str], *, first: bool, has_heads: bool) -> bool:
    if len(words) < 2 or sum(bool(word.strip()) for word in words) < 2 or not following:
        return False
    digits = sum(bool(_DIGIT.search(word)) for word in words)
    if first:
        short = all(len(word) < 60 for word in words)
        return (digits == 0 and short) or (bold and digits < len(words) - 1)
    return bold and digits == 0 and has_heads
