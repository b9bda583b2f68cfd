"""What pages of real contracts showed: each case is the smallest page that was once read wrong."""

from __future__ import annotations

import io
from typing import Any

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas
from test_bounds import page_of, read, stream

from analyzer.reading import read_document
from analyzer.reading.layout import layout_page
from analyzer.reading.runs import RawPage, Run, drop_redrawn
from analyzer.settings import Settings
from analyzer.structure import split_document
from analyzer.types import Document, SentenceKind

ENGINES = ["pdfminer", "pdfium"]
SIZE = 10.0


class Sheet:
    """A page under a pen, read by either engine."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4, invariant=1)

    def put(self, x: float, y: float, text: str, font: str = "Helvetica", size: float = SIZE) -> None:
        self.canvas.setFont(font, size)
        self.canvas.drawString(x, y, text)

    def read(self, engine: str = "pdfminer") -> Document:
        self.canvas.showPage()
        self.canvas.save()
        return read_document(self.buffer.getvalue(), settings=Settings(pdf_engine=engine, ocr="never"))


def run(text: str, x: float, top: float, **changes: Any) -> Run:
    width = changes.pop("width", 0.5 * SIZE * len(text))
    return Run(text, x, top, x + width, top + SIZE, SIZE, False)._replace(**changes)


def lines_of(*runs: Run) -> list[str]:
    page = RawPage(1, 595.0, 842.0, list(runs))
    lines, _, _ = layout_page(page)
    blocks: list[str] = []
    for line in lines:
        if line.new_block or not blocks:
            blocks.append(line.text)
        else:
            blocks[-1] += " " + line.text
    return blocks


@pytest.mark.parametrize("engine", ENGINES)
def test_letters_drawn_three_times_are_read_once(engine: str) -> None:
    sheet = Sheet()
    sheet.canvas.setFont("Helvetica", 14)
    for shift in (2.0, 0.0, 1.0):
        x = 70.0
        for letter in "3. Willful act":  # one string per letter, as some writers do
            sheet.canvas.drawString(x + shift, 760 - shift, letter)
            x += sheet.canvas.stringWidth(letter, "Helvetica", 14)
    for number in range(4):
        sheet.put(70, 720 - 14 * number, "The provider answers for what its staff does in the course of the work.")
    document = sheet.read(engine)
    assert document.text.startswith("3. Willful act\n")
    assert document.pages[0].lines[0].bold


def test_twin_letters_and_repeated_words_stay() -> None:
    runs = [run("l", 10.0, 5, width=2.2), run("l", 12.2, 5, width=2.2), run("4", 40, 5), run("4", 40, 17), run("4", 120, 5)]
    assert drop_redrawn(runs) == runs


@pytest.mark.parametrize("engine", ENGINES)
def test_columns_set_with_spaces_are_cells(engine: str) -> None:
    sheet = Sheet()
    for number, row in enumerate(
        ("Fault         Answer                Repair", "-----         ------                ------", "Severe        2 working hours       1 working day",
         "Slight        1 working day         10 working days")
    ):  # fmt: skip
        sheet.put(60, 760 - 12 * number, row, "Courier", 9)
    sheet.put(60, 690, "Other faults are mended with the next release.", "Courier", 9)
    rows = split_document(sheet.read(engine))
    cells = [
        [(head, words) for head, words in zip((h for h, _ in row.cells), row.text.split(" | "), strict=True)] for row in rows if row.cells
    ]
    assert cells[1:] == [
        [("Fault", "Severe"), ("Answer", "2 working hours"), ("Repair", "1 working day")],
        [("Fault", "Slight"), ("Answer", "1 working day"), ("Repair", "10 working days")],
    ]


def test_bullets_that_are_the_letter_o() -> None:
    blocks = lines_of(
        run("The fee covers:", 60, 100), run("o", 60, 114), run("spare parts", 76, 114), run("o", 60, 128), run("travel", 76, 128)
    )
    assert blocks == ["The fee covers:", "◦ spare parts", "◦ travel"]
    assert lines_of(run("o il cliente", 60, 100)) == ["o il cliente"]  # Italian for "or"


def test_a_number_with_a_tab_begins_an_item_under_a_full_line() -> None:
    full = "The first term ends on the day that is named in clause 17.1 of"
    blocks = lines_of(
        run("1.8", 60, 100), run(full, 100, 100), run("1.9", 60, 114), run("Hours are those of the place of the customer", 100, 114)
    )
    assert blocks == [f"1.8 {full}", "1.9 Hours are those of the place of the customer"]
    # Without a tab it is a figure that fell to the start of a line.
    assert lines_of(run(full, 60, 100), run("30 days follow it in the year after the one before", 60, 114)) == [
        f"{full} 30 days follow it in the year after the one before"
    ]


def test_cells_closer_than_a_tab_are_parted_where_other_rows_show_the_column() -> None:
    page = RawPage(1, 595.0, 842.0)
    for top, cells in (
        (100, ("System", "Harbour", "Airport")),
        (130, ("Mail server", "two", "three")),
        (160, ("Archive", "Vault of 2019", "Vault of 2024")),
    ):
        page.runs += [run(text, x, top) for text, x in zip(cells, (60, 160, 234), strict=True)]
    lines, _, _ = layout_page(page)
    assert [line.cells for line in lines] == [
        ["System", "Harbour", "Airport"], ["Mail server", "two", "three"], ["Archive", "Vault of 2019", "Vault of 2024"]
    ]  # fmt: skip


def test_a_sentence_goes_on_below_a_gap() -> None:
    first = "This agreement and its annexes replace all that was agreed before or"
    blocks = lines_of(run(first, 60, 100), run("said otherwise, in writing or by word of mouth, about the same matter.", 60, 150))
    assert blocks == [f"{first} said otherwise, in writing or by word of mouth, about the same matter."]


def test_text_after_a_list_is_no_part_of_its_last_item() -> None:
    wide = "The provider says in its offer how it means to deal with each of these"
    blocks = lines_of(
        run(wide, 60, 100),
        run("cases:", 60, 114),
        run("- loss of power", 60, 128),
        run("- loss of data", 60, 142),
        run("The Customer pays:", 60, 156),
    )
    assert blocks[1:] == ["- loss of power", "- loss of data", "The Customer pays:"]


def test_a_known_running_head_is_dropped_a_little_further_in() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for number in range(4):
        canvas.setFont("Helvetica", SIZE)
        canvas.drawString(60, 780 if number < 3 else 730, "Support agreement of Quellhof AG")
        canvas.drawString(60, 600, f"Clause {'abcd'[number]} of the agreement holds for all of the services.")
        canvas.showPage()
    canvas.save()
    document = read_document(buffer.getvalue(), settings=Settings(ocr="never"))
    assert "Quellhof" not in document.text
    assert [page.furniture for page in document.pages] == [("Support agreement of Quellhof AG",)] * 4


def test_a_dash_does_not_hide_the_weight_of_an_item() -> None:
    bold = "The list is not closed, and other systems may be added to it in the course of"
    page = RawPage(1, 595.0, 842.0, [run("-", 60, 100), run(bold, 70, 100, bold=True), run("the years.", 70, 114, bold=True)])
    lines, _, _ = layout_page(page)
    assert [line.new_block for line in lines] == [True, False]
    assert all(line.bold for line in lines)


def test_kinds_of_what_was_read() -> None:
    sheet = Sheet()
    sheet.put(60, 760, "The provider trains the staff of the customer as follows:")
    sheet.put(60, 746, "o")
    sheet.put(80, 746, "two days at the start")
    rows = split_document(sheet.read())
    assert [row.kind for row in rows] == [SentenceKind.SENTENCE, SentenceKind.LIST_ITEM]


def test_heads_of_chapters_beside_page_numbers_are_dropped() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for number, chapter in enumerate(("Scope", "Repairs", "Repairs", "Fees", "Term")):
        canvas.setFont("Helvetica", SIZE)
        canvas.drawString(60, 790, f"Chapter {number}: {chapter}")
        canvas.drawRightString(530, 790, str(number + 11))
        canvas.drawString(60, 600, f"Clause {'abcde'[number]} of the agreement holds for all of the services.")
        canvas.showPage()
    canvas.save()
    document = read_document(buffer.getvalue(), settings=Settings(ocr="never"))
    assert "Chapter" not in document.text and document.pages[3].furniture == ("Chapter 3: Fees 14",)


def test_text_after_a_hanging_item_with_a_full_line() -> None:
    wide = "the same as the files above, in a form that is read at once, and no other files"
    blocks = lines_of(
        run("•", 60, 100),
        run(wide, 80, 100),
        run(wide.replace(" ", "  ")[:78] + ")", 80, 114),
        run("The form of these files is told below.", 60, 128),
    )
    assert blocks[1:] == ["The form of these files is told below."]


def test_columns_in_which_nothing_stands_are_no_columns() -> None:
    sheet = Sheet()
    for x in (60, 200, 204, 340, 480):
        sheet.canvas.line(x, 700, x, 760)
    for y in (700, 730, 760):
        sheet.canvas.line(60, y, 480, y)
    for y, cells in ((740, ("Place", "Hours")), (710, ("Harbour", "8 to 18"))):
        sheet.put(66, y, cells[0])
        sheet.put(210, y, cells[1])
    rows = split_document(sheet.read())
    assert [row.text for row in rows] == ["Place | Hours", "Harbour | 8 to 18"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_mark_written_over_the_page_is_no_part_of_its_sentences(engine: str) -> None:
    sheet = Sheet()
    sheet.put(80, 700, "DRAFT", size=130)
    for number in range(12):
        sheet.put(
            72, 790 - 13 * number, f"The provider reacts to call number {number} within four hours and repairs the fault within a day,"
        )
    document = sheet.read(engine)
    assert "DRAFT" not in document.text
    assert document.pages[0].furniture == ("DRAFT",)
    assert len(split_document(document)) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_clauses_before_microprint_are_text(engine: str) -> None:
    sheet = Sheet()
    clauses = [f"The customer pays fee number {number} for each day of delay." for number in range(30)]
    for number, text in enumerate(clauses):
        sheet.put(60, 800 - 20 * number, text, size=11)
        for place in range(6):
            sheet.put(65 + 45 * place, 802 - 20 * number, "confidential copy of a document here now", size=2.5)
    document = sheet.read(engine)
    assert [text for text in clauses if text not in document.text] == []


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("text", ["EUR 12,500 per year", "Sold as is"])
def test_large_type_with_small_print_on_it_is_text(engine: str, text: str) -> None:
    sheet = Sheet()
    for number in range(10):
        sheet.put(60, 780 - 12 * number, f"Offer {number} is valid for thirty days from the date of issue to the customer.", size=9)
    sheet.put(60, 560, text, "Helvetica-Bold", 40)
    for x in (70, 120, 170):
        sheet.put(x, 565, "plus VAT", size=9)
    assert text in sheet.read(engine).text


def test_a_sentence_across_the_labels_of_a_plan_is_text() -> None:
    sheet = Sheet()
    for y in range(100, 700, 12):
        for x in range(60, 500, 60):
            sheet.put(x, y, f"Rack {x} row {y}", size=3)
    sheet.put(60, 459, "The supplier is not liable for damage in this area.")
    assert "The supplier is not liable for damage in this area." in sheet.read().text


@pytest.mark.parametrize("engine", ENGINES)
def test_a_large_initial_does_not_gather_the_lines_beside_it(engine: str) -> None:
    sheet = Sheet()
    sheet.put(72, 770, "T", size=34)
    for number, text in enumerate(("he provider reacts within", "four hours of the call and", "repairs it within a day.")):
        sheet.put(96, 794 - 12 * number, text)
    assert "reacts within four hours of the call and" in " ".join(sheet.read(engine).text.split())


def shown(content: bytes, font: bytes = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>") -> str:
    return read(page_of(stream(b"BT /F2 10 Tf 50 400 Td " + content + b" ET"), b"/Font<</F2 6 0 R>>", [font])).text


def test_the_spacing_of_letters_is_not_that_of_words() -> None:
    assert shown(b"2.5 Tc (Payment terms) Tj") == "Payment terms"
    assert shown(b"2 Tc [(Payment)-400(terms)] TJ") == "Payment terms"


def test_narrow_gaps_part_words_where_no_wider_ones_do() -> None:
    assert shown(b"[(T)10(wo)-158(y)20(ears)-158(after)-158(delivery)] TJ") == "Two years after delivery"
    # Kerning beside words with wider gaps, and letters that are set apart, are none.
    assert shown(b"[(etc.)-150(.)-150(.)-333(The)-333(rest)] TJ") == "etc... The rest"
    assert shown(b"[(T)-150(E)-150(R)-150(M)-150(S)] TJ") == "TERMS"


def test_a_string_with_its_own_spacing_stands_on_the_next_line() -> None:
    assert shown(b'14 TL (The first line) Tj 1 0 (and the second) "') == "The first line\nand the second"


@pytest.mark.parametrize("engine", ENGINES)
def test_letters_drawn_by_the_pdf_have_the_size_of_their_box(engine: str) -> None:
    """Converters of print files show bitmaps at size 0.24, a letter at a time; their gaps were taken for those between words."""
    font = (
        b"<</Type/Font/Subtype/Type3/FontBBox[0 -14 64 58]/FontMatrix[1 0 0 1 0 0]/FirstChar 97/LastChar 99/Widths[40 40 40]"
        b"/Encoding<</Differences[97/a/b/c]>>/CharProcs<</a 7 0 R/b 7 0 R/c 7 0 R>>>>"
    )
    content = (
        b" ".join(b"1 0 0 1 %.1f 400 Tm (%s) Tj" % (50 + 10.2 * n, b"abcab"[n : n + 1]) for n in range(5)) + b" 1 0 0 1 108 400 Tm (cab) Tj"
    )
    data = page_of(
        stream(b"BT /F2 0.24 Tf " + content + b" ET"), b"/Font<</F2 6 0 R>>", [font, stream(b"40 0 0 0 40 50 d1 0 0 40 50 re f")]
    )
    if engine == "pdfium":
        pytest.importorskip("pypdfium2")
    document = read_document(data, settings=Settings(pdf_engine=engine, ocr="never"))
    assert document.text == "abcab cab"
    assert 10 < (document.pages[0].lines[0].size_pt or 0) < 20


def test_a_bullet_beside_the_other_column_is_no_item_of_it() -> None:
    left = [run(f"The left column is full of words number {n}", 72, 100 + 12 * n, width=220) for n in range(12) if n != 6]
    right = [run(f"the right one goes on with others number {n}", 310, 100 + 12 * n, width=220) for n in range(12)]
    bullet = [run("•", 64, 172, width=4), run("An item of the left column", 72, 177, width=150)]
    assert not any("• the right" in block for block in lines_of(*left, *right, *bullet))


def test_small_print_in_a_column_does_not_go_on_in_large_type_in_the_next() -> None:
    left = [run(f"The left column is full of words number {n}", 60, 100 + 12 * n, width=220) for n in range(12)]
    left.append(run("Copyright of the publisher", 60, 260, width=120, size=7.0))
    right = [run(f"and the right one goes on with others {n}", 300, 100 + 12 * n, width=220) for n in range(12)]
    assert not any("publisher and the right" in block for block in lines_of(*left, *right))


def test_rows_of_figures_are_not_columns_of_prose() -> None:
    """Figures set closer than cells of a table are one segment, with gaps at the same places in all rows."""
    rows = [run(f"{1000 + n} 2000 3000 4000 5000 6000", x, 100 + 12 * n, width=200) for n in range(12) for x in (60, 272)]
    assert "1000 2000 3000 4000 5000 6000 1000 2000 3000 4000 5000 6000" in " ".join(lines_of(*rows))


def test_three_columns_are_read_one_after_another() -> None:
    runs = [
        run(f"{name} column has a line number {n}", x, 100 + 12 * n, width=160)
        for x, name in ((40, "First"), (215, "Second"), (390, "Third"))
        for n in range(10)
    ]
    text = " ".join(lines_of(*sorted(runs, key=lambda r: (r.top, r.x0))))
    assert text.index("First column has a line number 9") < text.index("Second column has a line number 0")
    assert text.index("Second column has a line number 9") < text.index("Third column has a line number 0")


def three_columns(*inserted: Run) -> str:
    runs = [
        run(f"{name} column has a line number {n}", x, 100 + 12 * n, width=160)
        for x, name in ((40, "First"), (215, "Second"), (390, "Third"))
        for n in range(24)
        if n not in (10, 11)
    ]
    return " ".join(lines_of(*sorted([*runs, *inserted], key=lambda r: (r.top, r.x0))))


def test_a_justified_line_with_wide_gaps_is_no_row_of_a_table() -> None:
    rows = [[(40, "which"), (110, "is"), (165, "torn"), (215, "here and"), (290, "there"), (390, "or so"), (500, "set")],
            [(40, "by"), (85, "gaps"), (180, "so"), (215, "wide"), (350, "as"), (390, "these"), (455, "are here")]]  # fmt: skip
    text = three_columns(*(run(word, x, 220 + 12 * n, width=20) for n, row in enumerate(rows) for x, word in row))
    assert text.index("First column has a line number 23") < text.index("Second column has a line number 0")
    assert text.index("Second column has a line number 23") < text.index("Third column has a line number 0")


def test_rows_of_a_table_over_three_columns_are_read_across() -> None:
    text = three_columns(
        *(run(f"{word} here", x, 220 + 12 * n, width=30) for n, word in enumerate(("One", "Two")) for x in (40, 110, 260, 330, 420, 490))
    )
    assert " | ".join(["One here"] * 6) in text
