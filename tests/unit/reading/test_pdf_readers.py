"""Both readers of PDF give the same sentences: pages that pdfium once read otherwise."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from analyzer.reading import read_document
from analyzer.reading.pdf import read_pdf_pages as read_by_pdfminer
from analyzer.reading.pdfium import read_pdf_pages as read_by_pdfium
from analyzer.settings import Limits, Settings

A4_HEIGHT = 841.89
ENGINES = ["pdfminer", "pdfium"]


def draw(paint: Callable[[Any], None], **options: Any) -> bytes:
    """Return a PDF of one page that `paint` draws."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, **options)
    paint(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def read(data: bytes, engine: str) -> str:
    return read_document(data, settings=Settings(pdf_engine=engine, ocr="never")).text


@pytest.mark.parametrize("engine", ENGINES)
def test_lines_that_touch_keep_to_themselves(engine: str) -> None:
    def paint(canvas: Any) -> None:
        canvas.setFont("Helvetica", 12)
        canvas.drawString(60, 700, "The provider reacts (gq) quickly")
        canvas.drawString(60, 691, "Jj and within four hours.")  # set so tight that the boxes of the letters overlap

    assert read(draw(paint), engine) == "The provider reacts (gq) quickly\nJj and within four hours."


@pytest.mark.parametrize("engine", ENGINES)
def test_words_in_another_type_are_parted_as_they_are_set(engine: str) -> None:
    def paint(canvas: Any) -> None:
        text = canvas.beginText(60, 700)
        for font, words in (
            ("Helvetica", "The fee of the "),
            ("Helvetica-Bold", "Prov"),
            ("Helvetica", "ider is "),
            ("Courier", "due now."),
        ):
            text.setFont(font, 10)
            text.textOut(words)
        canvas.drawText(text)

    assert read(draw(paint), engine) == "The fee of the Provider is due now."


@pytest.mark.parametrize("engine", ENGINES)
def test_type_scaled_by_the_matrix_and_bold_by_the_name(engine: str) -> None:
    def paint(canvas: Any) -> None:
        canvas.saveState()
        canvas.scale(10, 10)
        canvas.setFont("Helvetica-Bold", 1.4)
        canvas.drawString(6, 70, "Prices")
        canvas.restoreState()
        canvas.setFont("Helvetica", 10)
        canvas.drawString(60, 650, "The fee is due in thirty days.")

    document = read_document(draw(paint), settings=Settings(pdf_engine=engine))
    title, body = document.pages[0].lines
    assert (title.size_pt, title.bold) == (14.0, True)
    assert (body.size_pt, body.bold) == (10.0, False)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_pages_shown_turned_and_boxes_that_do_not_begin_at_zero(engine: str, turn: int) -> None:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import RectangleObject

    def paint(canvas: Any) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(160, 700, "The provider reacts within four hours.")
        canvas.drawString(160, 685, "Faults are reported by telephone.")

    page = PdfReader(io.BytesIO(draw(paint))).pages[0]
    page.mediabox = page.cropbox = RectangleObject((100, 50, 595, 841))
    page.rotate(turn)
    writer = PdfWriter()
    writer.add_page(page)
    buffer = io.BytesIO()
    writer.write(buffer)
    assert read(buffer.getvalue(), engine) == "The provider reacts within four hours.\nFaults are reported by telephone."
    ours, theirs = (next(reader(buffer.getvalue(), limits=Limits())) for reader in (read_by_pdfminer, read_by_pdfium))
    assert (ours.width, ours.height, ours.turn) == pytest.approx((theirs.width, theirs.height, theirs.turn))
    for one, other in zip(sorted(ours.runs), sorted(theirs.runs), strict=True):
        assert one[1:6] == pytest.approx(other[1:6], abs=0.5)


@pytest.mark.parametrize("engine", ENGINES)
def test_filled_fields_are_read(engine: str) -> None:
    def paint(canvas: Any) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(60, 700, "Reaction time:")
        canvas.acroForm.textfield(name="t", value="four hours", x=140, y=692, width=120, height=20, borderWidth=0, fontSize=10)

    assert "four hours" in read(draw(paint), engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_dots_of_lists_in_codes_that_the_encoding_leaves_free(engine: str) -> None:
    def paint(canvas: Any) -> None:
        canvas.setFont("Helvetica", 10)
        for number, words in enumerate(("updates of the software;", "spare parts.")):
            text = canvas.beginText(60, 700 - 20 * number)
            text._code.append("(\x7f) Tj")
            canvas.drawText(text)
            canvas.drawString(75, 700 - 20 * number, words)

    assert read(draw(paint), engine) == "• updates of the software;\n\n• spare parts."


@pytest.mark.parametrize("engine", ENGINES)
def test_tables_are_parted_by_rules_and_pictures_are_no_tables(engine: str) -> None:
    def paint(canvas: Any) -> None:
        canvas.setFont("Helvetica", 10)
        for row, cells in enumerate((("Priority", "Reaction"), ("P1", "1 hour"))):
            for column, words in enumerate(cells):
                canvas.rect(60 + 55 * column, 690 - 20 * row, 55, 20)
                canvas.drawString(61 + 55 * column, 696 - 20 * row, words)
        for step in range(30):  # a drawing of curves over the text below
            canvas.bezier(50, 500 + step, 200, 640, 300, 400, 500, 500 + 2 * step)
        canvas.drawString(60, 520, "Faults are reported by telephone.")

    assert read(draw(paint), engine) == "Priority | Reaction\n\nP1 | 1 hour\n\nFaults are reported by telephone."


def test_rules_inside_a_moved_form_stand_where_they_are_shown() -> None:
    def paint(canvas: Any) -> None:
        canvas.beginForm("table")
        canvas.setFont("Helvetica", 10)
        canvas.rect(0, 0, 100, 20)
        canvas.drawString(5, 6, "P1")
        canvas.endForm()
        canvas.translate(60, 600)
        canvas.doForm("table")

    ours, theirs = (next(reader(draw(paint), limits=Limits())) for reader in (read_by_pdfminer, read_by_pdfium))
    assert len(theirs.rules) == 4
    for one, other in zip(ours.rules, theirs.rules, strict=True):
        assert one == pytest.approx(other, abs=0.1)
    assert theirs.runs[0].x0 == pytest.approx(65, abs=0.1) and theirs.runs[0].bottom == pytest.approx(A4_HEIGHT - 606 + 2.2, abs=0.1)
