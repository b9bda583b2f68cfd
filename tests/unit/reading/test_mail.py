from __future__ import annotations

import contextlib
import io
import time
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from functools import partial

import pytest

from analyzer.errors import EncryptedDocumentError, NoTextError, ReadError, TooLargeError, UnsafeDocumentError
from analyzer.reading import read_document
from analyzer.reading.sniff import MAIL, TEXT, sniff
from analyzer.settings import Limits, Settings
from analyzer.structure import split_document

MakePdf = Callable[..., bytes]


def make_mail(text: str | None = "Please find our offer.\n", subject: str = "Offer for maintenance") -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Anna Muster <anna@example.com>"
    message["To"] = "it@example.org"
    message["Date"] = "Mon, 03 Mar 2025 10:00:00 +0100"
    message["Message-ID"] = "<1@example.com>"
    if text is not None:
        message.set_content(text)
    return message


def attach(message: EmailMessage, data: bytes, name: str, kind: str = "application/octet-stream") -> None:
    maintype, subtype = kind.split("/")
    message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)


def test_subject_body_and_attachments_are_parts_in_order(make_pdf: MakePdf) -> None:
    pdf = make_pdf([[(60, 100, "The provider reacts within four hours.", "Helvetica", 10)], [(60, 100, "Second page.", "Helvetica", 10)]])
    message = make_mail()
    attach(message, pdf, "contract.pdf", "application/pdf")
    attach(message, "Größe: 4 h\n".encode(), "annex.txt", "text/plain")
    attach(message, b"<html><body><h1>Prices</h1><p>CHF 10</p></body></html>", "prices.html", "text/html")
    attach(message, bytes(range(256)) * 20, "setup.exe")
    document = read_document(message.as_bytes(), name="offer.eml")
    assert document.text.split("\n\n") == [
        "Offer for maintenance", "Please find our offer.", "The provider reacts within four hours.", "Second page.", "Größe: 4 h", "Prices", "CHF 10",
    ]  # fmt: skip
    assert document.media_type == MAIL
    assert [(part.name, part.first_page) for part in document.parts] == [
        ("offer.eml", 1), ("contract.pdf", 2), ("annex.txt", 4), ("prices.html", 5),
    ]  # fmt: skip
    assert [document.text[part.span.start : part.span.end].split("\n")[0] for part in document.parts] == [
        "Offer for maintenance", "The provider reacts within four hours.", "Größe: 4 h", "Prices",
    ]  # fmt: skip
    assert [(notice.code, notice.name) for notice in document.notices] == [("unread_attachment", "setup.exe")]
    assert document.unread
    assert document.pages[0].furniture[0] == "From: Anna Muster <anna@example.com>"
    second = document.text.index("Second")
    assert document.page_of(document.parts[1].span) == 2
    assert [box.page for box in document.boxes(document.parts[1].span._replace(start=second))] == [3]
    assert split_document(document)[-1].heading_path == ("Prices",)


def test_plain_text_is_taken_before_html_and_html_where_there_is_no_other() -> None:
    both = make_mail("The plain words.\n")
    both.add_alternative("<html><body><p>The rich words.</p></body></html>", subtype="html")
    assert read_document(both.as_bytes()).text == "Offer for maintenance\n\nThe plain words."
    html = make_mail("  \n")
    html.add_alternative("<html><body><h2>Rich</h2><p>Größe</p></body></html>", subtype="html")
    assert read_document(html.as_bytes()).text == "Offer for maintenance\n\nRich\n\nGröße"


def test_pictures_in_the_text_and_signatures_are_named_but_do_not_count_as_unread() -> None:
    message = make_mail()
    message.add_alternative("<html><body><p>x</p><img src='cid:logo'></body></html>", subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG\r\n\x1a\n", "image", "png", cid="<logo>", filename="logo.png")  # type: ignore[union-attr,index]
    attach(message, b"BEGIN:VCALENDAR", "call.ics", "text/calendar")
    attach(message, b"\x30\x80", "smime.p7s", "application/pkcs7-signature")
    document = read_document(message.as_bytes())
    assert {(notice.code, notice.name) for notice in document.notices} == {
        ("skipped_attachment", name) for name in ("logo.png", "call.ics", "smime.p7s")
    }
    assert not document.unread


def test_a_file_beside_the_form_that_was_not_chosen_is_kept() -> None:
    rich = EmailMessage()
    rich.set_content("<p>rich</p>", subtype="html")
    attach(rich, b"Annex with words.", "annex.txt", "text/plain")
    message = make_mail("plain words\n")
    message.make_alternative()
    message.attach(rich)
    document = read_document(message.as_bytes())
    assert document.text.split("\n\n") == ["Offer for maintenance", "plain words", "Annex with words."]


def nested(depth: int) -> EmailMessage:
    message = make_mail("the innermost words\n", "level 0")
    for level in range(1, depth + 1):
        outer = make_mail(f"words of level {level}\n", f"level {level}")
        outer.add_attachment(message)
        message = outer
    return message


def test_messages_in_messages_to_a_bounded_depth() -> None:
    document = read_document(nested(2).as_bytes())
    assert [part.name for part in document.parts] == ["level 2", "level 1", "level 0"]
    assert document.text.endswith("the innermost words") and not document.notices
    deep = read_document(nested(9).as_bytes())
    assert len(deep.parts) == 5
    assert [notice.code for notice in deep.notices] == ["unread_attachment"]
    as_file = make_mail()
    attach(as_file, nested(1).as_bytes(), "mail.eml")
    assert [part.name for part in read_document(as_file.as_bytes()).parts] == ["Offer for maintenance", "mail.eml", "level 0"]


@pytest.mark.parametrize(
    ("header", "body", "expected"),
    [
        ("text/plain; charset=iso-8859-1", "Größe".encode("latin-1"), "Größe"),
        ("text/plain; charset=us-ascii", "Größe".encode("cp1252"), "Größe"),
        ("text/plain; charset=no-such-set", "Größe".encode(), "Größe"),
        ("text/plain; charset=utf-8", "Größe".encode("cp1252"), "Größe"),
        ("text/plain; charset=utf-16", b"odd", "odd"),
        ("text/plain; charset*=utf-8''utf-8", "Größe".encode(), "Größe"),
        ("text/html; charset=iso-8859-1", "<p>Größe</p>".encode("latin-1"), "Größe"),
        ("no type at all", b"words", "words"),
        ("multipart/mixed", b"no boundary, but words", "no boundary, but words"),
    ],
)
def test_character_sets_and_odd_types(header: str, body: bytes, expected: str) -> None:
    data = b"From: a@example.com\nMIME-Version: 1.0\nContent-Type: " + header.encode() + b"\nContent-Transfer-Encoding: 8bit\n\n" + body
    assert sniff(data) == MAIL
    assert read_document(data).text == expected


def test_headers_in_other_words() -> None:
    data = b"Message-ID: <1>\nFrom: x\nSubject: =?utf-8?B?V2FydHVuZ3N2ZXJ0cmFn?=\n =?iso-8859-1?Q?_Gr=F6=DFe?=\n\nText."
    assert read_document(data).text == "Wartungsvertrag Größe\n\nText."
    for odd in (b"=?no-such?B?AAAA?=", b"=?utf-8?B?@@@?=", "Größe".encode("latin-1")):
        assert read_document(b"Message-ID: <1>\nFrom: x\nSubject: " + odd + b"\n\nText.").text.endswith("Text.")


@pytest.mark.parametrize(
    "text",
    ["From: Anna\nTo: Bert\nSubject: Offer\n\nA memo typed by hand.", "Date: 1 May\nTerms: none", "Subject: x\n\nText", "1. Message-ID: is a header"],
)  # fmt: skip
def test_a_letter_with_from_and_to_is_text(text: str) -> None:
    assert sniff(text.encode()) == TEXT


def test_what_holds_nothing_to_read() -> None:
    empty = make_mail(None, "")
    attach(empty, bytes(range(256)) * 20, "data.bin")
    with pytest.raises(NoTextError, match=r"data\.bin"):
        read_document(empty.as_bytes())
    sealed = b"From: x\nMIME-Version: 1.0\nContent-Type: application/pkcs7-mime; name=smime.p7m\nContent-Transfer-Encoding: base64\n\nAAAA"
    with pytest.raises(EncryptedDocumentError):
        read_document(sealed)


def test_a_thousand_attachments_are_refused_and_bombs_cost_themselves_only() -> None:
    many = make_mail()
    for number in range(1000):
        attach(many, b"words", f"{number}.txt", "text/plain")
    with pytest.raises(TooLargeError, match="more than 100 attachments"):
        read_document(many.as_bytes())
    spread = make_mail()
    for _ in range(3):
        inner = make_mail()
        for number in range(40):
            attach(inner, b"words", f"{number}.txt", "text/plain")
        spread.add_attachment(inner)
    with pytest.raises(TooLargeError, match="more than 100 attachments"):
        read_document(spread.as_bytes())
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", " " * 30_000_000)
    message = make_mail()
    attach(message, bomb.getvalue(), "bomb.docx")
    attach(message, b"Words of the annex.", "annex.txt", "text/plain")
    document = read_document(message.as_bytes())
    assert document.text.endswith("Words of the annex.")
    assert [(notice.code, notice.name) for notice in document.notices] == [("unread_attachment", "bomb.docx")]


def test_hostile_headers_and_nesting_cost_little() -> None:
    read = partial(read_document, settings=Settings(isolation="never"))  # its time is that of this process
    begin = time.process_time()
    head = b"From: x\nMIME-Version: 1.0\n"
    with pytest.raises(UnsafeDocumentError):
        read(head + b"Content-Type: text/plain; " + b"a=b; " * 100_000 + b"\n\nText.")
    with pytest.raises(UnsafeDocumentError):
        read(head + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(2000)) + b"\nText.")
    nest = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(90))
    with pytest.raises(UnsafeDocumentError):
        read(head + nest + b"\n" + b"word\n" * 1_000_000)
    for part in (b"--b\nContent-Type: text/plain\n\nword\n", b"--b\n\nword\n"):
        with pytest.raises(UnsafeDocumentError):
            read(head + b"Content-Type: multipart/mixed; boundary=b\n\n" + part * 50_000)
    assert read(head + b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\nText.").text.endswith("Text.")
    assert read(head + b"To: " + b"<a@b>, " * 100_000 + b"\n\nText.").text == "Text."
    assert time.process_time() - begin < 10


def test_one_file_too_large_is_named() -> None:
    message = make_mail()
    attach(message, b"<html><body>" + b"x" * 5000 + b"</body></html>", "big.html", "text/html")
    document = read_document(message.as_bytes(), settings=Settings(limits=Limits(max_part_bytes=1000)))
    assert [notice.name for notice in document.notices] == ["big.html"]


def test_cut_messages_are_read_or_refused() -> None:
    message = make_mail()
    attach(message, b"words of an annex", "annex.txt", "text/plain")
    data = message.as_bytes()
    for cut in range(0, len(data), 7):
        with contextlib.suppress(ReadError):
            read_document(data[:cut])
