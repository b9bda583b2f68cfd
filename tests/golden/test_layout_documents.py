"""Documents made by `tools/build_layout_samples.py`, each with the rows that a person reads in it (`layout/<name>/expected.json`).

After a wanted change run `pytest tests/golden --regen` and read the diff like code.
"""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

import analyzer
from analyzer.errors import EncryptedDocumentError
from analyzer.reading import read_document
from analyzer.settings import Settings
from analyzer.structure import split_document
from analyzer.types import Document, Sentence, SentenceKind

FOLDER = Path(__file__).parent / "layout"
SAMPLES = sorted(FOLDER.glob("*/contract.*"))
TABLES = [path for path in SAMPLES if path.parent.name.startswith(("table", "word-table", "odt", "html", "markdown"))]


def describe(document: Document) -> dict[str, Any]:
    """Return the structure of a document: its rows in order, with heads over the cells of tables, and the furniture of its pages."""
    notes = {line.span.start for page in document.pages for line in page.lines if line.hint == "note"}
    rows = [
        {
            "number": number,
            "kind": "note" if row.span.start in notes else row.kind.value,
            "path": list(row.heading_path),
            "page": document.page_of(row.span),
            "text": row.text,
        }
        | ({"cells": [[head, document.text[span.start : span.end]] for head, span in row.cells]} if row.cells else {})
        for number, row in enumerate(split_document(document))
    ]
    return {
        "rows": rows,
        "furniture": [list(page.furniture) for page in document.pages],
        "notices": [notice.code for notice in document.notices],
    }


def describe_levels(report: analyzer.Report) -> list[dict[str, Any]]:
    return [
        {
            "priority": level.priority,
            "reaction": [report.quote(d.span) for d in level.reaction],
            "resolution": [report.quote(d.span) for d in level.resolution],
        }
        for level in report.service_levels
    ]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parent.name)
def test_structure(path: Path, request: pytest.FixtureRequest) -> None:
    golden = path.with_name("expected.json")
    found = describe(read_document(path))
    if path in TABLES:
        found["levels"] = describe_levels(analyzer.analyze(path))
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    if request.config.getoption("--regen"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


def words_in(page: Any, box: tuple[float, ...]) -> str:
    """Return what pdfium, which knows nothing of our reading, finds in a box."""
    _, x0, top, x1, bottom = box
    height = page.get_height()
    return " ".join(page.get_textpage().get_text_bounded(x0 - 1, height - bottom - 1, x1 + 1, height - top + 1).split())


@pytest.mark.parametrize("path", [p for p in TABLES if p.suffix == ".pdf"], ids=lambda path: path.parent.name)
def test_every_cell_leads_to_its_place_on_the_page(path: Path) -> None:
    import pypdfium2 as pdfium

    document = read_document(path)
    pages = pdfium.PdfDocument(path.read_bytes())
    cells = [span for row in split_document(document) for _, span in row.cells if span.end > span.start]
    assert len(cells) >= 9
    for span in cells:
        (box,) = document.boxes(span)
        assert words_in(pages[box.page - 1], box) == document.text[span.start : span.end]


@pytest.mark.parametrize("path", [p for p in TABLES if p.suffix == ".pdf"], ids=lambda path: path.parent.name)
def test_every_service_level_leads_to_its_place_on_the_page(path: Path) -> None:
    import pypdfium2 as pdfium

    report = analyzer.analyze(path)
    pages = pdfium.PdfDocument(path.read_bytes())
    assert len(report.service_levels) >= 3
    for level in report.service_levels:
        assert (level.reaction and level.resolution) or (level.spare and not level.priority)
        for span in level.evidence:
            (box,) = report.document.boxes(span)
            assert report.quote(span) in words_in(pages[box.page - 1], box)


def rows_of(name: str) -> list[Sentence]:
    (path,) = (FOLDER / name).glob("contract.*")
    return list(split_document(read_document(path)))


def test_sentences_go_on_over_pages_and_columns() -> None:
    for name, words in (
        ("columns-en", "These persons can be reached during"), ("columns-en", "confirmed them in writing."), ("columns-en", "invoice, and may end the order"),
        ("breaks-fr", "les sauvegardes soient faites"), ("breaks-fr", "un délai de 8 heures ouvrées"), ("notes-de", "auf eigene Kosten ein Ersatzgerät zur Verfügung"),
    ):  # fmt: skip
        assert any(words in row.text for row in rows_of(name)), (name, words)


def test_clauses_nest_as_deep_as_they_are_numbered() -> None:
    deepest = {name: max(len(row.heading_path) for row in rows_of(name)) for name in ("clauses-en", "clauses-de", "clauses-fr")}
    assert deepest == {"clauses-en": 3, "clauses-de": 2, "clauses-fr": 2}


def test_no_line_of_a_table_of_contents_is_a_row() -> None:
    first_page = [row.text for row in rows_of("contents-it")[:4]]
    assert first_page == ["Contratto di assistenza", "Indice", "Elenco degli allegati", "1 Oggetto"]


def test_empty_fields_of_a_form_are_blanks_that_are_found() -> None:
    report = analyzer.analyze(FOLDER / "form-de" / "contract.pdf")
    found = next(finding for finding in report.findings if finding.rule == "blank_fields")
    assert [report.quote(span) for span in found.evidence] == ["__________", "__________"]
    assert [report.document.page_of(span) for span in found.evidence] == [1, 1]


def test_blanks_are_found_and_signature_lines_are_none() -> None:
    report = analyzer.analyze(FOLDER / "definitions-en" / "contract.pdf")
    found = next(finding for finding in report.findings if finding.rule == "blank_fields")
    quotes = [report.quote(span) for span in found.evidence]
    assert quotes[:3] == ["__________", "[•]", "......................."]
    assert not any(len(quote) > 23 for quote in quotes)


def test_several_files_are_one_contract() -> None:
    names = ("columns-en", "table-ruled-en", "html-en")
    files = [next((FOLDER / name).glob("contract.*")) for name in names]
    document = read_document(files)
    rows = split_document(document)
    assert [row.text for row in rows] == [row.text for name in names for row in rows_of(name)]
    assert [part.first_page for part in document.parts] == [1, 3, 4]
    table = next(row for row in rows if row.kind is SentenceKind.TABLE_ROW and row.text.startswith("P2 |"))
    assert document.page_of(table.span) == 3
    assert [box.page for box in document.boxes(table.cells[2][1])] == [3]


def test_footnotes_of_a_second_file_have_their_boxes_on_its_pages() -> None:
    files = [FOLDER / name / "contract.pdf" for name in ("columns-en", "notes-de")]
    document = read_document(files)
    start = document.text.index("2 Als Störung gilt")
    line = next(line for page in document.pages for line in page.lines if line.span.start == start)
    assert line.hint == "note" and line.box is not None and line.box.page == 3


def test_password_opens_a_file() -> None:
    from pypdf import PdfReader, PdfWriter

    path = FOLDER / "table-ruled-en" / "contract.pdf"
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.encrypt("open sesame", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    closed = buffer.getvalue()
    with pytest.raises(EncryptedDocumentError, match="asks for a password"):
        read_document(closed)
    with pytest.raises(EncryptedDocumentError, match="does not open"):
        read_document(closed, settings=Settings(password="wrong"))
    for engine in ("pdfminer", "pdfium"):
        settings = Settings(password="open sesame", pdf_engine=engine)
        assert "P2 | An important function fails for many users | 4 hours" in read_document(closed, settings=settings).text
        assert "sesame" not in repr(settings)
