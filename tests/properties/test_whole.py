"""Properties of the whole: any bytes end in a Document or a ReadError, spans stay in bounds, blank lines change nothing."""

from __future__ import annotations

import itertools
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import analyzer
from analyzer.errors import ReadError
from analyzer.reading import read_document
from analyzer.structure import split_document, split_sentences
from analyzer.types import LANGUAGES, SentenceKind

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
PDF = (SAMPLES / "support-agreement-en.pdf").read_bytes()
DOCX = (SAMPLES / "contratto-assistenza-it.docx").read_bytes()


def check_document(data: bytes) -> None:
    try:
        document = read_document(data)
    except ReadError as error:
        assert error.code and error.message
        return
    previous = 0
    for page in document.pages:
        for line in page.lines:
            assert previous <= line.span.start <= line.span.end <= len(document.text)
            previous = line.span.start
    rows = split_document(document)
    for before, after in itertools.pairwise(rows):
        assert before.span.end <= after.span.start
    for row in rows:
        assert 0 <= row.span.start < row.span.end <= len(document.text)
        document.boxes(row.span)


@given(st.binary(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_any_bytes(data: bytes) -> None:
    check_document(data)


@given(st.text(max_size=2000))
@settings(max_examples=150, deadline=None)
def test_any_text(text: str) -> None:
    check_document(text.encode("utf-8", errors="replace"))


@given(
    st.sampled_from([PDF, DOCX]),
    st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 255)), min_size=1, max_size=12),
    st.integers(0, 3),
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_files(data: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(data)
    for position, value in changes:
        damaged[position % len(damaged)] = value
    check_document(bytes(damaged[: len(damaged) - cut * len(damaged) // 4]))


@given(st.text(max_size=500), st.sampled_from(LANGUAGES))
@settings(max_examples=200, deadline=None)
def test_sentences_hold_all_but_white_space(text: str, language: str) -> None:
    spans = split_sentences(text, language=language)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())


@given(st.lists(st.integers(0, 7), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_blank_lines_change_no_finding(places: list[int]) -> None:
    paragraphs = [
        "Contrat de maintenance", "1. Réaction", "Le prestataire intervient dans les meilleurs délais après l'annonce de la panne.", "2. Responsabilité",
        "Toute responsabilité pour la perte de données est exclue.", "3. Durée", "Le contrat dure trois ans et se renouvelle tacitement d'année en année.",
        "4. Prix",
    ]  # fmt: skip
    plain = "\n\n".join(paragraphs)
    wide = "\n\n".join(("\n" * 3 + p) if i in places else p for i, p in enumerate(paragraphs))
    assert [(f.rule, f.category) for f in analyzer.analyze(plain.encode()).findings] == [
        (f.rule, f.category) for f in analyzer.analyze(wide.encode()).findings
    ]


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=400))
@settings(max_examples=30, deadline=None)
def test_any_text_is_analyzed_and_survives_json(text: str) -> None:
    try:
        report = analyzer.analyze(text.encode())
    except ReadError:
        return
    assert analyzer.Report.from_json(report.to_json()).clauses[:1] is not None
    assert all(clause.labels for clause in report.clauses)
    for clause in report.clauses:
        assert clause.sentence.kind in SentenceKind
        for quantity in clause.quantities:
            assert clause.sentence.span.start <= quantity.span.start < quantity.span.end <= clause.sentence.span.end
