from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from analyzer.errors import CorruptDocumentError, EncryptedDocumentError, NoTextError, ReadError, TooLargeError
from analyzer.reading import read_document
from analyzer.settings import Limits, Settings
from analyzer.types import Span

MakePdf = Callable[..., bytes]
F, B = "Helvetica", "Helvetica-Bold"


@pytest.mark.parametrize("engine", ["pdfminer", "pdfium"])
def test_lines_paragraphs_and_boxes(make_pdf: MakePdf, engine: str) -> None:
    data = make_pdf([[(60, 100, "1. Prices", B, 14), (60, 130, "The fee is due in", F, 10), (60, 142, "thirty days.", F, 10)]])
    document = read_document(data, settings=Settings(pdf_engine=engine))
    assert document.text == "1. Prices\n\nThe fee is due in\nthirty days."
    start = document.text.index("thirty")
    (box,) = document.boxes(Span(start, start + 6))
    assert box.page == 1
    assert 58 < box.x0 < 62 and 130 < box.top < 142 and 140 < box.bottom < 147
    assert document.page_of(Span(start, start + 6)) == 1


def test_running_heads_and_page_numbers_are_furniture(make_pdf: MakePdf) -> None:
    pages = [
        [(60, 30, "Contract 4711", F, 8), (60, 200, f"This is sentence number {n} of the body.", F, 10), (300, 820, f"Page {n} of 4", F, 8)]
        for n in range(1, 5)
    ]
    document = read_document(make_pdf(pages))
    assert "4711" not in document.text and "Page" not in document.text
    assert document.pages[2].furniture == ("Contract 4711", "Page 3 of 4")


def test_title_like_the_running_head_stays(make_pdf: MakePdf) -> None:
    pages = [[(60, 30, "Support Agreement", F, 8), (60, 200, f"Body text {n} is here.", F, 10)] for n in range(3)]
    pages[0].insert(1, (60, 70, "Support Agreement", B, 18))
    assert read_document(make_pdf(pages)).text.startswith("Support Agreement\n\nBody text 0")


def test_paragraph_goes_on_over_the_page_break(make_pdf: MakePdf) -> None:
    document = read_document(
        make_pdf([[(60, 700, "The provider reacts within four", F, 10)], [(60, 100, "hours after the report.", F, 10)]])
    )
    assert document.text == "The provider reacts within four\nhours after the report."
    boxes = document.boxes(Span(0, len(document.text)))
    assert [box.page for box in boxes] == [1, 2]


def test_two_columns_are_read_one_after_the_other(make_pdf: MakePdf) -> None:
    left = [(50, 100 + 14 * i, f"left column line {i} with several words", F, 9) for i in range(12)]
    right = [(320, 100 + 14 * i, f"right column line {i} with several words", F, 9) for i in range(12)]
    text = read_document(make_pdf([left + right])).text
    assert text.index("left column line 11") < text.index("right column line 0")


def test_ruled_table_keeps_its_cells_apart(make_pdf: MakePdf) -> None:
    xs, ys = (60, 150, 250, 350), (100, 130, 160, 190)
    rules = [(xs[0], y, xs[-1], y) for y in ys] + [(x, ys[0], x, ys[-1]) for x in xs]
    # The second row's first cell ends right at the rule: only the rule tells the cells apart.
    cells = [("Priority", "Reaction", "Resolution"), ("P1 everything stops", "1 h", "4 h"), ("P2", "4 h", "2 days")]
    page = [(x + 3, y + 18, text, F, 9.2) for y, row in zip(ys, cells, strict=False) for x, text in zip(xs, row, strict=False)]
    text = read_document(make_pdf([page], rules)).text
    assert text == "Priority | Reaction | Resolution\n\nP1 everything stops | 1 h | 4 h\n\nP2 | 4 h | 2 days"


def test_columns_aligned_without_rules_become_rows(make_pdf: MakePdf) -> None:
    cells = [("Priority", "Reaction"), ("P1", "1 h"), ("P2", "4 h")]
    page = [(x, 100 + 20 * i, text, F, 10) for i, row in enumerate(cells) for x, text in zip((60, 300), row, strict=True)]
    assert "P1 | 1 h" in read_document(make_pdf([page])).text


def test_number_with_a_tab_is_no_cell(make_pdf: MakePdf) -> None:
    page = [
        (x, 100 + 20 * i, t, F, 10)
        for i, row in enumerate([("1.1.", "First rule of all."), ("1.2.", "Second rule of all.")])
        for x, t in zip((60, 110), row, strict=True)
    ]
    assert read_document(make_pdf([page])).text == "1.1. First rule of all.\n\n1.2. Second rule of all."


def test_text_in_form_xobjects_is_read() -> None:
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.beginForm("part")
    canvas.drawString(60, 700, "Text inside a form.")
    canvas.endForm()
    canvas.doForm("part")
    canvas.save()
    assert read_document(buffer.getvalue()).text == "Text inside a form."


def test_overprinted_bold_is_read_once(make_pdf: MakePdf) -> None:
    page = [(60 + 0.4 * i, 100, "Liability", F, 12) for i in range(3)]
    assert read_document(make_pdf([page])).text == "Liability"


def test_image_page_is_a_notice_and_an_image_only_file_an_error() -> None:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
        "53de0000000c4944415408d763f8ffff3f0005fe02fea735818400000000" "49454e44ae426082"
    )  # fmt: skip

    def draw(with_text: bool) -> bytes:
        buffer = io.BytesIO()
        canvas = Canvas(buffer)
        if with_text:
            canvas.drawString(60, 700, "A page with text.")
            canvas.showPage()
        canvas.drawImage(ImageReader(io.BytesIO(png)), 0, 0, 595, 842)
        canvas.save()
        return buffer.getvalue()

    never = Settings(ocr="never")
    document = read_document(draw(True), settings=never)
    assert [(notice.code, notice.page) for notice in document.notices] == [("image_page", 2)]
    with pytest.raises(NoTextError, match="1 of 1 pages"):
        read_document(draw(False), settings=never)


def test_encrypted_and_broken_files(make_pdf: MakePdf) -> None:
    from pypdf import PdfReader, PdfWriter

    data = make_pdf([[(60, 100, "Secret words here.", F, 10)]])
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt("password", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    with pytest.raises(EncryptedDocumentError):
        read_document(buffer.getvalue())
    with pytest.raises(CorruptDocumentError):
        read_document(b"%PDF-1.4\nnothing of a PDF follows")
    with pytest.raises(ReadError):
        read_document(data[: len(data) // 3])


def test_page_limit(make_pdf: MakePdf) -> None:
    data = make_pdf([[(60, 100, "Some words.", F, 10)]] * 3)
    with pytest.raises(TooLargeError, match="more than 2 pages"):
        read_document(data, settings=Settings(limits=Limits(max_pages=2)))


def test_scattered_letters_cost_little(make_pdf: MakePdf) -> None:
    import random
    import time

    rng = random.Random(1)
    page = [(rng.uniform(20, 570), rng.uniform(20, 820), "x", F, 6) for _ in range(5000)]
    begin = time.process_time()
    read_document(make_pdf([page]), settings=Settings(isolation="never"))
    assert time.process_time() - begin < 10


def test_a_row_shown_as_one_string_is_parted_into_its_cells() -> None:
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pageCompression=0)
    canvas.setFont(F, 10)
    for number, row in enumerate(("(Priority) -8000 (Reaction) -8000 (Repair)", "(P1) -10580 (1 h) -10460 (4 h)")):
        canvas._code.append(f"BT /F1 10 Tf 1 0 0 1 60 {700 - 20 * number} Tm [{row}] TJ ET")
    canvas.save()
    assert read_document(buffer.getvalue()).text == "Priority | Reaction | Repair\n\nP1 | 1 h | 4 h"
