from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.errors import CorruptDocumentError, NoTextError, ReadError, TooLargeError
from analyzer.reading import join_names, read_document
from analyzer.settings import Limits, Settings
from analyzer.structure import split_document
from analyzer.types import Span

MakePdf = Callable[..., bytes]
F, B = "Helvetica", "Helvetica-Bold"


def test_files_are_one_document_in_the_order_given(make_pdf: MakePdf, tmp_path: Path) -> None:
    pdf = make_pdf([[(60, 100, "The provider reacts within four", F, 10)], [(60, 100, "hours.", F, 10)]])
    (tmp_path / "contract.pdf").write_bytes(pdf)
    annex = io.BytesIO(b"annex words that are not the end")
    annex.name = "annex.txt"
    document = read_document(
        [tmp_path / "contract.pdf", annex, ("last.html", b"<html><body><p>and goes on</p></body></html>"), b"nameless"]
    )
    assert document.text.split("\n\n") == [
        "The provider reacts within four\nhours.", "annex words that are not the end", "and goes on", "nameless",
    ]  # fmt: skip
    assert document.name == "contract.pdf + 3"
    assert document.media_type == "multipart/mixed"
    assert [(part.name, part.first_page, part.media_type) for part in document.parts] == [
        ("contract.pdf", 1, "application/pdf"), ("annex.txt", 3, "text/plain"), ("last.html", 4, "text/html"), ("file 4", 5, "text/plain"),
    ]  # fmt: skip
    assert [page.number for page in document.pages] == [1, 2, 3, 4, 5]
    assert document.parts[0].sha256 == hashlib.sha256(pdf).hexdigest()
    assert [document.text[p.span.start : p.span.end] for p in document.parts][1:] == [
        "annex words that are not the end", "and goes on", "nameless",
    ]  # fmt: skip
    assert document.part_of(document.parts[2].span).name == "last.html"
    assert document.part_of(Span(document.parts[2].span.start - 2, document.parts[2].span.end)).name == "annex.txt"


def test_order_and_content_make_the_hash_and_names_do_not() -> None:
    one, two = ("a", b"first words"), ("b", b"second words")
    digests = {read_document(files).sha256 for files in ([one, two], [two, one], [one, ("b", b"second word")])}
    assert len(digests) == 3
    assert read_document([one, ("other", two[1])]).sha256 == read_document((one, two)).sha256


def test_a_list_of_one_is_the_file_itself_and_every_document_has_parts() -> None:
    alone, listed = read_document(b"Some words.", name="a.txt"), read_document([("a.txt", b"Some words.")])
    assert alone == listed
    ((part,),) = (alone.parts,)
    assert (part.name, part.span, part.first_page, part.sha256) == ("a.txt", Span(0, 11), 1, alone.sha256)


def test_language_headings_and_running_heads_are_those_of_each_file(make_pdf: MakePdf) -> None:
    pages = [
        [(60, 30, "Contract 4711", F, 8), (60, 200, f"This is sentence number {n} of the body.", F, 10), (300, 820, f"Page {n} of 4", F, 8)]
        for n in range(1, 5)
    ]
    german = b"## Leistungen\n\nDer Anbieter reagiert innert vier Stunden.\n\nGilt das?"
    document = read_document([("en.pdf", make_pdf(pages)), ("de.md", german), ("x.txt", b"Contract 4711\n\nThe end of it is here.")])
    assert document.text.count("4711") == 1 and "Page" not in document.text
    assert document.pages[2].furniture == ("Contract 4711", "Page 3 of 4")
    rows = split_document(document)
    assert [(row.text, row.language, row.heading_path) for row in rows if row.span.start >= document.parts[1].span.start] == [
        ("Leistungen", "de", ()),
        ("Der Anbieter reagiert innert vier Stunden.", "de", ("Leistungen",)),
        ("Gilt das?", "de", ("Leistungen",)),
        ("Contract 4711", "en", ()),
        ("The end of it is here.", "en", ()),
    ]
    assert [row.id for row in rows] == list(range(len(rows)))
    assert all(document.text[row.span.start : row.span.end].replace("\n", " ") == row.text for row in rows)


@pytest.mark.parametrize(
    ("files", "error", "match"),
    [
        ([("good.txt", b"Words."), ("bad.pdf", b"%PDF-1.4 nothing")], CorruptDocumentError, r"bad\.pdf: "),
        ([("good.txt", b"Words."), ("empty.txt", b" ")], NoTextError, r"empty\.txt: "),
        ([("good.txt", b"Words."), b"%PDF-1.4 nothing"], CorruptDocumentError, "File 2: "),
        ([("good.txt", b"Words."), "nowhere.pdf"], ReadError, r"nowhere\.pdf"),
        ([], ReadError, "No file"),
        ([("a", "no bytes"), b"x"], ReadError, "a name and bytes"),
        ([("a", b"x", b"y"), b"x"], ReadError, "a name and bytes"),
        ([b"words"] * 101, TooLargeError, "101 files"),
        ([12, b"x"], ReadError, "int"),
    ],
)
def test_one_file_that_cannot_be_read_is_one_error_that_names_it(files: list[object], error: type[ReadError], match: str) -> None:
    with pytest.raises(error, match=match):
        read_document(files)  # type: ignore[arg-type]


def test_limits_hold_for_the_files_together() -> None:
    with pytest.raises(TooLargeError, match="more than 15 characters"):
        read_document([b"ten letters", b"ten letters"], settings=Settings(limits=Limits(max_characters=15)))
    with pytest.raises(TooLargeError, match="together"):
        read_document([b"ten letters", b"ten letters"], settings=Settings(limits=Limits(max_unpacked_bytes=15)))
    with pytest.raises(TooLargeError, match="more than 1 pages"):
        read_document([b"ten letters", b"ten letters"], settings=Settings(limits=Limits(max_pages=1)))


def test_names() -> None:
    assert join_names([("a", b""), ("", b""), ("c", b"")]) == "a + file 2 + c"
    assert join_names([("a", b"")] * 5) == "a + 4"
