"""Properties of the readers: whatever follows the first bytes of a format, the end is a Document or a ReadError."""

from __future__ import annotations

import io
import itertools
import zipfile
from email.message import EmailMessage

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analyzer.errors import ReadError
from analyzer.reading import read_document
from analyzer.reading.images import read_images
from analyzer.settings import Limits, Settings
from analyzer.structure import split_document

#: Pixels are read apart: text recognition of every example would take hours, and is no reader of ours.
NEVER = Settings(ocr="never")
SLOW = [HealthCheck.too_slow]
NS = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "text", "table", "style"))
ODF_TAGS = ("text:p", "text:h", "text:span", "text:list", "text:list-item", "text:list-header", "text:section", "text:note", "text:note-body",
            "text:line-break", "text:s", "text:number", "table:table", "table:table-row", "table:table-cell", "table:covered-table-cell",
            "table:table-header-rows", "office:annotation", "text:table-of-content", "text:index-body")  # fmt: skip
HTML_TAGS = ("p", "h1", "h2", "div", "table", "tr", "td", "th", "tbody", "thead", "caption", "ul", "ol", "li", "br", "b", "pre", "del", "script",
             "nav", "style", "span", "template", "a")  # fmt: skip
VALUES = ("0", "1", "2", "3", "40", "999999", "-1", "x", "")


def check(data: bytes, options: Settings = NEVER) -> None:
    try:
        document = read_document(data, settings=options)
    except ReadError as error:
        assert error.code and error.message
        return
    previous = 0
    for page in document.pages:
        for line in page.lines:
            assert previous <= line.span.start <= line.span.end <= len(document.text)
            previous = line.span.start
    assert document.parts[-1].span.end == len(document.text)
    for before, after in itertools.pairwise(document.parts):
        assert before.span.end <= after.span.start and before.first_page <= after.first_page
    rows = split_document(document)
    for one, two in itertools.pairwise(rows):
        assert one.span.end <= two.span.start


def zip_of(content: bytes, mimetype: str = "application/vnd.oasis.opendocument.text") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", mimetype)
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def mail() -> bytes:
    inner = EmailMessage()
    inner["Subject"], inner["From"], inner["Message-ID"] = "Inner", "a@example.com", "<2>"
    inner.set_content("Inner words")
    message = EmailMessage()
    message["Subject"], message["From"], message["Message-ID"] = "Größe", "a@example.com", "<1>"
    message.set_content("Plain words")
    message.add_alternative("<p>Rich <b>words</b></p>", subtype="html")
    message.add_attachment(b"annex", maintype="text", subtype="plain", filename="größe.txt")
    message.add_attachment(inner)
    return message.as_bytes()


MAGICS = (b"%PDF-1.7\n", b"PK\x03\x04", b"<!doctype html>", b"<html>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"{\\rtf1",
          b"Message-ID: <1>\nFrom: a\n", b"MIME-Version: 1.0\nSubject: x\nContent-Type: ", b"\xef\xbb\xbf", b"\xff\xfe", b"<?xml version='1.0'?>",
          f"<office:document {NS}>".encode(), f"<office:document {NS}><office:body><office:text>".encode())  # fmt: skip


@given(st.sampled_from(MAGICS), st.binary(max_size=1000))
@settings(max_examples=400, deadline=None)
def test_any_bytes_after_a_magic(magic: bytes, data: bytes) -> None:
    check(magic + data)


@given(st.binary(max_size=600), st.sampled_from((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\x00", b"MM\x00*")))
@settings(max_examples=150, deadline=None)
def test_any_bytes_as_an_image(data: bytes, magic: bytes) -> None:
    try:
        read_images(magic + data, limits=Limits())
    except ReadError as error:
        assert error.code


@given(st.lists(st.tuples(st.sampled_from(HTML_TAGS), st.booleans(), st.sampled_from(VALUES), st.text(max_size=12)), max_size=60))
@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
def test_any_soup_of_tags(pieces: list[tuple[str, bool, str, str]]) -> None:
    soup = "".join(
        f'<{tag} rowspan="{value}" colspan="{value}" start="{value}" value="{value}">{text}' if opens else f"</{tag}>{text}"
        for tag, opens, value, text in pieces
    )
    check(f"<!doctype html><body>{soup}".encode("utf-8", errors="replace"))


def odf_tree() -> st.SearchStrategy[str]:
    words = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="<>&"), max_size=10)
    return st.recursive(
        words,
        lambda inner: st.builds(
            lambda tag, value, children: (
                f'<{tag} text:outline-level="{value}" table:number-rows-spanned="{value}" table:number-columns-spanned="{value}" '
                f'table:number-columns-repeated="{value}" text:start-value="{value}" text:c="{value}">{"".join(children)}</{tag}>'
            ),
            st.sampled_from(ODF_TAGS), st.sampled_from(VALUES), st.lists(inner, max_size=5),
        ),
        max_leaves=40,
    )  # fmt: skip


@given(odf_tree())
@settings(max_examples=200, deadline=None, suppress_health_check=SLOW)
def test_any_tree_in_an_odt(tree: str) -> None:
    root = f"<office:document-content {NS}><office:body><office:text>{tree}</office:text></office:body></office:document-content>"
    check(zip_of(root.encode("utf-8", errors="replace")))


SAMPLES = (zip_of(f"<office:document-content {NS}><office:body><office:text><text:p>Words</text:p></office:text></office:body></office:document-content>".encode()),
           mail(), b"<!doctype html><html><body><table><tr><td>a</td><td>b</td></tr></table><ul><li>c</li></ul></body></html>")  # fmt: skip


@given(st.sampled_from(SAMPLES), st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=10), st.integers(0, 5000))
@settings(max_examples=300, deadline=None)
def test_damaged_files(data: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    damaged = bytearray(data)
    for position, value in changes:
        damaged[position % len(damaged)] = value
    check(bytes(damaged[: max(1, len(damaged) - cut % 300)]))


@given(st.lists(st.sampled_from((*SAMPLES, b"plain words", b"%PDF-1.4", b"")), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_several_files(files: list[bytes]) -> None:
    check(files)  # type: ignore[arg-type]
