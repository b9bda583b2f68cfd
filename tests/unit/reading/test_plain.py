from __future__ import annotations

import pytest

from analyzer.errors import NoTextError, ReadError, TooLargeError, UnsupportedFormatError
from analyzer.reading import read_document
from analyzer.settings import Limits, Settings


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Prix: 1’000 francs".encode(), "Prix: 1’000 francs"),
        ("\ufeffGrüsse".encode(), "Grüsse"),
        ("Größe überall".encode("cp1252"), "Größe überall"),
        ("Perché è così".encode("utf-16"), "Perché è così"),
        ("Perché è così, il contratto".encode("utf-16-le"), "Perché è così, il contratto"),
        (b"one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("e\u0301te\u0301".encode(), "été"),
        ("le ﬁchier oﬃciel".encode(), "le fichier officiel"),
        (b"Titel\n=====\nText", "Titel\n\nText"),
        (b"## Prix\nCHF 10", "Prix\n\nCHF 10"),
    ],
)
def test_text_is_canonical(data: bytes, expected: str) -> None:
    assert read_document(data).text == expected


def test_words_broken_at_a_line_end_are_healed_but_compounds_are_not() -> None:
    document = read_document("Die Wartungs-\nverträge für Hard-\nund Software".encode())
    assert document.text == "Die Wartungsverträge für Hard-\nund Software"


def test_markdown_tables_become_rows_of_cells() -> None:
    document = read_document(b"| P | Reaction |\n|---|---|\n| P1 | 4 h |\n")
    assert document.text == "P | Reaction\n\nP1 | 4 h"
    hints = [line.hint for line in document.pages[0].lines]
    assert hints == ["table_row", "table_cell", "table_row", "table_cell"]


@pytest.mark.parametrize(
    ("data", "error", "code"),
    [
        (b"", NoTextError, "no_text"),
        (b"  \n\t ", NoTextError, "no_text"),
        (b"12 34 -- 56", NoTextError, "no_text"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", UnsupportedFormatError, "unsupported"),
        (bytes(range(32)) * 40, UnsupportedFormatError, "unsupported"),
        (b"PK\x03\x04broken", ReadError, "corrupt"),
    ],
)
def test_what_is_no_contract_is_one_clear_error(data: bytes, error: type[ReadError], code: str) -> None:
    with pytest.raises(error) as caught:
        read_document(data)
    assert caught.value.code == code


def test_limits_refuse_with_the_figure() -> None:
    settings = Settings(limits=Limits(max_bytes=10))
    with pytest.raises(TooLargeError, match="10 bytes"):
        read_document(b"more than ten bytes", settings=settings)
    with pytest.raises(TooLargeError, match="more than 5"):
        read_document(b"abcdefgh", settings=Settings(limits=Limits(max_characters=5)))


def test_missing_file_names_it(tmp_path: object) -> None:
    with pytest.raises(ReadError, match="nowhere"):
        read_document(f"{tmp_path}/nowhere.pdf")


def test_text_file_object_is_refused(tmp_path: object) -> None:
    import io

    with pytest.raises(ReadError, match="open as text"):
        read_document(io.StringIO("text"))  # type: ignore[arg-type]
