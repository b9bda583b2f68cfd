"""What real contracts showed of headings, lists and tables: each case is the smallest text that was once parted wrong."""

from __future__ import annotations

import pytest

from analyzer.structure import split_document, split_sentences
from analyzer.structure.headings import HeadingPath, Origin, guess_heading
from analyzer.structure.tables import count_first_table, head_cells
from analyzer.types import Box, Document, Line, Page, Part, Sentence, SentenceKind, Span


def make_document(*blocks: str | list[str], bold: tuple[int, ...] = (), sizes: dict[int, float] | None = None) -> Document:
    """Return a document of one page whose blocks have the given lines; a block of a list is a row of a table."""
    text = ""
    lines: list[Line] = []
    for number, block in enumerate(blocks):
        text += "\n\n" if text else ""
        cells = isinstance(block, list)
        for position, piece in enumerate(block if cells else block.split("\n")):
            if position:
                text += " | " if cells else "\n"
            hint = ("table_row" if position == 0 else "table_cell") if cells else ""
            top = 40.0 * number + (0 if cells else 12.0 * position)
            box = Box(1, 60.0, top, 300.0, top + 10)
            span = Span(len(text), len(text) + len(piece))
            lines.append(Line(span, box, (sizes or {}).get(number, 10.0), number in bold, hint))
            text += piece
    return Document(
        "x",
        "application/pdf",
        "0" * 64,
        text,
        (Page(1, 595, 842, tuple(lines)),),
        (),
        (Part("x", "application/pdf", Span(0, len(text)), 1, "0" * 64),),
    )


def rows_of(document: Document, language: str) -> list[tuple[SentenceKind, str]]:
    return [(row.kind, row.text) for row in split_document(document, language=language)]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("de", "Die Übermittlung an Muster, Inc. (USA) ist nach Art. 44 ff. DSGVO zulässig.", 1),
        ("de", "Der Sitz ist an der Lindenstr. 14 in Chur.", 1),
        ("en", "The services are those of Sample Inc. The customer pays for them.", 2),
        ("de", "Es gelten Art. 12 ff. Der Kunde bezahlt.", 2),
    ],
)
def test_abbreviations_in_the_middle_of_a_sentence(language: str, text: str, count: int) -> None:
    assert len(split_sentences(text, language=language)) == count


@pytest.mark.parametrize(
    ("text", "language", "bold", "number"),
    [
        ("6 bis. Prévention des pannes", "fr", True, (6,)),
        ("12 ter Formation du personnel", "fr", True, (12,)),
        ("6.2 Repairs", "en", False, (6, 2)),
    ],
)
def test_numbers_of_headings(text: str, language: str, bold: bool, number: tuple[int, ...]) -> None:
    guess = guess_heading(text, bold=bold, language=language, size_pt=10, body_pt=10)
    assert guess is not None and guess.number is not None and guess.number.value == number


@pytest.mark.parametrize(
    ("text", "language", "bold", "hint"),
    [
        ("und", "de", True, ""),
        ("AB/CDE/123.4", "en", False, ""),
        ("6.2 Provider Warranties. Provider makes these promises to the Customer of Unit2.", "en", False, ""),
        ("3.1 (Keep the list of callers) The Client must keep the list and show it to the staff.", "en", False, "heading3"),
    ],
)
def test_no_headings(text: str, language: str, bold: bool, hint: str) -> None:
    assert guess_heading(text, bold=bold, language=language, hint=hint, size_pt=10, body_pt=10) is None


def test_first_large_line_of_a_title_page_is_the_title() -> None:
    document = make_document(
        "Hosting Agreement", "Between", "Quellhof AG", "1. Scope", "The provider runs the servers of the customer and keeps them up to date.",
        bold=(3,), sizes={0: 18, 1: 18, 2: 18},
    )  # fmt: skip
    rows = split_document(document, language="en")
    assert rows[-1].heading_path == ("Hosting Agreement", "1. Scope")


def test_large_lines_with_text_under_them_stand_side_by_side() -> None:
    path = HeadingPath()
    for title in ("Service", "Fees"):
        guess = guess_heading(title, size_pt=18, body_pt=10)
        assert guess is not None and guess.origin is Origin.LOOK
        path.close_for(guess)
        assert path.titles == ()
        path.add(guess, title)
        path.note_text("The provider runs the servers of the customer and keeps them up to date.")


def test_contents_without_pages() -> None:
    titles = ["1. Scope", "2. Fees", "3. Liability"]
    text = "The provider runs the servers of the customer and keeps them up to date."
    body = [part for title in titles for part in (title.upper(), text)]
    rows = rows_of(make_document("TABLE OF CONTENT", *titles, *body, bold=(0,)), "en")
    assert [words for kind, words in rows if kind is SentenceKind.HEADING] == ["TABLE OF CONTENT", *[title.upper() for title in titles]]
    # A heading of that name over a list that does not come again is no table of contents.
    rows = rows_of(make_document("Contents", "1. Servers", "2. Network", "3. Printers", text, bold=(0,)), "en")
    assert len(rows) == 5


def test_brackets_that_fell_to_the_start_of_a_line() -> None:
    paragraph = "5.2 The provider says that it will end the contract no later than sixty\n(60) days before the end of the year that is named in the order."
    assert len(rows_of(make_document(paragraph), "en")) == 1
    items = "(a) servers of the customer that are named in the annex to this order\n(b) printers"
    assert len(rows_of(make_document(items), "en")) == 2


def test_roman_items() -> None:
    rows = rows_of(make_document("ii. give notice to the customer of the fault;"), "en")
    assert rows[0][0] is SentenceKind.LIST_ITEM


def cells_of(document: Document) -> list[list[tuple[str, str]]]:
    def pairs(row: Sentence) -> list[tuple[str, str]]:
        return [(head, document.text[span.start : span.end]) for head, span in row.cells]

    return [pairs(row) for row in split_document(document, language="en")]


def test_heads_below_a_title_over_all_columns() -> None:
    document = make_document(["Rooms", "", ""], ["Place", "Number", "Staff"], ["Harbour", "25", "3"], ["Airport", "25", "4"])
    assert cells_of(document)[2] == [("Place", "Harbour"), ("Number", "25"), ("Staff", "3")]


def table_line(top: float) -> Line:
    return Line(Span(0, 0), Box(1, 60, top, 300, top + 10), 10.0, False, "table_row")


def test_tables_with_white_between_them_have_heads_of_their_own() -> None:
    assert count_first_table([[table_line(top)] for top in (0, 18, 36, 100, 118)]) == 3
    assert count_first_table([[table_line(top)] for top in (0, 60, 120, 180)]) == 4  # rows that all stand far apart
    assert head_cells("", [], []) == []
