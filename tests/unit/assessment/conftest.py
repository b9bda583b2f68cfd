"""Clauses made by hand, without reading or classifying anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from analyzer.quantities import find_quantities
from analyzer.types import Clause, Document, Label, Sentence, SentenceKind, Span

Row = tuple[str, str] | tuple[str, str, str]


def _make_clauses(rows: list[Row], language: str = "en") -> tuple[tuple[Clause, ...], Document]:
    """Rows are (labels separated by commas, text) or (labels, text, kind); headings hold for the rows under them."""
    clauses: list[Clause] = []
    position = 0
    path: tuple[str, ...] = ()
    for number, row in enumerate(rows):
        labels, text = row[0], row[1]
        kind = SentenceKind(row[2] if len(row) > 2 else "sentence")
        span = Span(position, position + len(text))
        position += len(text) + 1
        if kind is SentenceKind.HEADING:
            path = (text,)
        quantities = tuple(replace(item, span=item.span.shifted(span.start)) for item in find_quantities(text, language=language))
        sentence = Sentence(number, span, kind, language, text, () if kind is SentenceKind.HEADING else path)
        clauses.append(Clause(sentence, tuple(Label(label, 0.9) for label in labels.split(",")), quantities))
    return tuple(clauses), Document("made.txt", "text/plain", "0" * 64, "\n".join(row[1] for row in rows), ())


@pytest.fixture(scope="session")
def make_clauses() -> Callable[..., tuple[tuple[Clause, ...], Document]]:
    return _make_clauses
