"""Files that somebody made to break a reader, or that a broken program wrote: each ends in its text or in one of our errors, soon and in little memory."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.errors import AnalyzerError
from analyzer.reading import read_document
from analyzer.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
WORDS = "The fee is CHF 100 per month."
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
ODF = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table", "style"))
ODF += ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
PARAGRAPH = f"<w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p>"
HEAD = "From: a@example.org\r\nTo: b@example.org\r\nSubject: Offer\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"


def packed(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(body: str = PARAGRAPH, **parts: str | bytes) -> bytes:
    named = {f"word/{name.replace('__', '/')}": content for name, content in parts.items()}
    return packed(
        {"[Content_Types].xml": "<Types/>", "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>", **named}
    )


def odt(body: str = f"<text:p>{WORDS}</text:p>", styles: str = "", **parts: str | bytes) -> bytes:
    content = f"<office:document-content {ODF}><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    return packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **parts})


def mail(kind: str, body: str | bytes, *more: str) -> bytes:
    text = body if isinstance(body, bytes) else body.encode()
    return (HEAD + "\r\n".join((*more, f"Content-Type: {kind}")) + "\r\n\r\n").encode() + text


def nested_mails(depth: int) -> bytes:
    inner = mail("text/plain; charset=utf-8", WORDS)
    for _ in range(depth):
        inner = mail("message/rfc822", inner)
    return inner


def nested_multiparts(depth: int) -> bytes:
    inner = f"Content-Type: text/plain\r\n\r\n{WORDS}\r\n"
    for level in range(depth):
        inner = f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n{inner}\r\n--b{level}--\r\n"
    return (HEAD + inner).encode()


def broken_directory() -> bytes:
    data = bytearray(docx())
    place = data.rindex(b"PK\x01\x02")
    data[place + 42 : place + 46] = b"\xff\xff\xff\x7f"
    return bytes(data)


def lying_sizes() -> bytes:
    data = docx()
    return data.replace(len(f"<w:document {W}><w:body>{PARAGRAPH}</w:body></w:document>").to_bytes(4, "little"), b"\x05\0\0\0")


def html(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def page_of_attributes() -> bytes:
    return html(f"<p {' '.join(f'a{i}=1' for i in range(100_000))}>{WORDS}</p>")


P = f"<p>{WORDS}</p>"
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    # DOCX
    "docx cut in the middle": (lambda: docx(PARAGRAPH * 500)[:-60], "corrupt"),
    "docx with a wrong directory": (broken_directory, "corrupt"),
    "docx that lies about sizes": (lying_sizes, "corrupt"),
    "docx without a document": (lambda: packed({"[Content_Types].xml": "<Types/>", "word/styles.xml": "<a/>"}), "corrupt"),
    "docx whose document is no XML": (lambda: packed({"[Content_Types].xml": "", "word/document.xml": b"\x00\x01\x02"}), "corrupt"),
    "docx with a broken part beside": (lambda: docx(**{"styles.xml": "<w:sty", "numbering.xml": b"\xff\xfe\x00"}), WORDS),
    "docx with the document twice": (lambda: docx() + docx(), WORDS),
    "docx behind garbage": (lambda: b"MZ" * 500 + docx(), "unsupported"),
    "docx nested deep": (lambda: docx("<w:sdt><w:sdtContent>" * 3_000 + PARAGRAPH + "</w:sdtContent></w:sdt>" * 3_000), "corrupt unsafe"),
    "docx with an endless attribute": (lambda: docx(f'<w:p w:rsid="{"x" * 9_000_000}">{PARAGRAPH[5:]}'), f"{WORDS} corrupt unsafe"),
    "docx with a hundred thousand empty paragraphs": (lambda: docx("<w:p/>" * 100_000 + PARAGRAPH), WORDS),
    "docx with a hundred thousand runs in one": (lambda: docx(f"<w:p>{'<w:r><w:t>a </w:t></w:r>' * 100_000}</w:p>"), "a a a"),
    "docx of styles in a ring": (
        lambda: docx(
            f'<w:p><w:pPr><w:pStyle w:val="A"/></w:pPr><w:r><w:t>{WORDS}</w:t></w:r></w:p>',
            **{"styles.xml": f'<w:styles {W}><w:style w:styleId="A" w:type="paragraph"><w:basedOn w:val="B"/></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style></w:styles>'},
        ),
        WORDS,
    ),
    "docx with relations to elsewhere": (
        lambda: docx(PARAGRAPH + '<w:altChunk r:id="r1"/><w:subDoc r:id="r2"/>', **{"_rels__document.xml.rels": '<Relationships><Relationship Id="r1" Target="file:///etc/passwd" TargetMode="External"/><Relationship Id="r2" Target="http://example.invalid/x.docx" TargetMode="External"/></Relationships>'}),
        WORDS,
    ),
    "docx with entities": (lambda: packed({"[Content_Types].xml": "", "word/document.xml": f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "{"&a;" * 50}">]><w:document {W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>'}), "unsafe"),
    "docx with an entity of a file": (lambda: packed({"[Content_Types].xml": "", "word/document.xml": f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document {W}><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>'}), "unsafe"),
    "docx that is a bomb": (lambda: docx(**{"footnotes.xml": b"<a>" + b" " * 60_000_000 + b"</a>"}), "unsafe"),
    "docx in UTF-16": (lambda: packed({"[Content_Types].xml": "", "word/document.xml": f'<?xml version="1.0" encoding="UTF-16"?><w:document {W}><w:body>{PARAGRAPH}</w:body></w:document>'.encode("utf-16")}), WORDS),
    "docx that lies about its letters": (lambda: packed({"[Content_Types].xml": "", "word/document.xml": f'<?xml version="1.0" encoding="ascii"?><w:document {W}><w:body><w:p><w:r><w:t>Gebühr</w:t></w:r></w:p></w:body></w:document>'.encode("latin-1")}), "corrupt"),
    "docx with numbers beyond numbers": (lambda: docx(f'<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="99999999999"/><w:vMerge w:val="x"/></w:tcPr>{PARAGRAPH}</w:tc></w:tr></w:tbl>'), WORDS),
    # ODT
    "odt cut in the middle": (lambda: odt(f"<text:p>{WORDS}</text:p>" * 900)[:-300], "corrupt"),
    "odt without content": (lambda: packed({"mimetype": "application/vnd.oasis.opendocument.text", "styles.xml": "<a/>"}), "unsupported corrupt"),
    "odt that says it is a spreadsheet": (lambda: packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"}), "unsupported"),
    "odt of spans in spans": (lambda: odt("<text:p>" + "<text:span>" * 200 + WORDS + "</text:span>" * 200 + "</text:p>"), "unsafe"),
    "odt of lists in lists": (lambda: odt("<text:list><text:list-item>" * 120 + f"<text:p>{WORDS}</text:p>" + "</text:list-item></text:list>" * 120), "unsafe corrupt"),
    "odt with a million repeated cells": (lambda: odt(f'<table:table><table:table-row table:number-rows-repeated="999999"><table:table-cell table:number-columns-repeated="999999"><text:p>{WORDS}</text:p></table:table-cell></table:table-row></table:table>'), WORDS),
    "odt with a million spaces": (lambda: odt(f'<text:p>{WORDS}<text:s text:c="999999999"/>end</text:p>'), WORDS),
    "odt of styles in a ring": (lambda: odt(f'<text:p text:style-name="A">{WORDS}</text:p>', '<style:style style:name="A" style:family="paragraph" style:parent-style-name="B"/><style:style style:name="B" style:family="paragraph" style:parent-style-name="A"/>'), WORDS),
    "odt with objects of objects": (lambda: odt(**{f"Object {i}/content.xml": "<a>" * 200 for i in range(300)}), WORDS),
    # HTML
    "html with a hundred thousand open tags": (lambda: html("<div>" * 100_000 + WORDS), "corrupt unsafe"),
    "html with a hundred thousand open paragraphs": (lambda: html("<p>" * 100_000 + WORDS), WORDS),
    "html with a hundred thousand open bold words": (lambda: html(P + "<b>a " * 100_000), f"{WORDS} corrupt unsafe"),
    "html with a hundred thousand attributes": (page_of_attributes, "unsafe"),
    "html with attributes in quotes, and signs of tags in them": (
        lambda: html("<p " + " ".join(f'a{i}="<b>"' for i in range(50_000)) + f">{WORDS}</p>"),
        "unsafe",
    ),
    "html with attributes parted by slashes": (lambda: html(f"<p {'/'.join(f'a{i}' for i in range(20_000))}>{WORDS}</p>"), "unsafe"),
    "html with attributes parted by quotes alone": (lambda: html("<p " + "".join(f'a{i}=""' for i in range(20_000)) + f">{WORDS}</p>"), "unsafe"),
    "html with attributes behind a quote out of its place": (
        lambda: html("<p a\"='x c=\"" + " ".join(f"a{i}" for i in range(20_000)) + f"'\">{WORDS}</p>"),
        "unsafe",
    ),
    "html with thousands of words and slashes in a value": (
        lambda: html(f"""<p a="{" ".join(f'{i}' for i in range(20_000))}" b={"/".join(f"{i}" for i in range(20_000))}>{WORDS}</p>"""),
        WORDS,
    ),
    "html with much script": (lambda: html(f"<script>for(i=0;i<n;i++)f([{','.join(f' {i}' for i in range(20_000))}])</script>{P}"), WORDS),
    "html with a quote that never ends": (lambda: html(P + '<p a="' * 100_000), f"{WORDS} corrupt unsafe"),
    "html with a picture in a tag": (lambda: html(f'<img src="data:image/png;base64,{"A" * 900_000}" alt="x">{P}'), WORDS),
    "docx with a hundred thousand attributes": (lambda: docx("<w:p " + " ".join(f'a{i}="1"' for i in range(100_000)) + f">{PARAGRAPH[5:]}"), f"{WORDS} corrupt unsafe"),
    "html with NUL bytes": (lambda: html(P.replace(" ", " \0")), "CHF"),
    "html in UTF-16 without a mark": (lambda: html(P).decode().encode("utf-16-le"), WORDS),
    "html that lies about its letters": (lambda: html("<p>Gebühr: 100</p>", '<meta charset="utf-16">'), "Gebühr: 100"),
    "html of a charset that is none": (lambda: html(P, '<meta charset="klingon-8">'), WORDS),
    "html of tables in tables": (lambda: html("<table><tr><td>" * 200 + WORDS + "</table>" * 200), f"{WORDS} corrupt unsafe too_large"),
    "html with a giant cell": (lambda: html(f'<table><tr><td rowspan="99999999" colspan="99999999">{WORDS}</td></tr>{"<tr><td>x</td></tr>" * 2000}</table>'), WORDS),
    "html with a comment that never ends": (lambda: html(P + "<!--" + "-" * 2_000_000), WORDS),
    "html with a frame of itself": (lambda: html(P + '<iframe src="file:///etc/passwd"></iframe><object data="x.html"></object>'), WORDS),
    # E-mail
    "mails fifty deep": (lambda: nested_mails(50), "Offer"),
    "multiparts fifty deep": (lambda: nested_multiparts(50), f"{WORDS} unsafe no_text"),
    "multiparts a thousand deep": (lambda: nested_multiparts(1_000), "unsafe"),
    "mail without its boundary": (lambda: mail("multipart/mixed", f"--x\r\n\r\n{WORDS}"), f"{WORDS} no_text"),
    "mail whose boundary never comes": (lambda: mail("multipart/mixed; boundary=abc", WORDS * 10), f"{WORDS} no_text Offer"),
    "mail whose boundary never ends": (lambda: mail("multipart/mixed; boundary=abc", f"--abc\r\nContent-Type: text/plain\r\n\r\n{WORDS}\r\n--abc\r\n"), WORDS),
    "mail of boundaries alone": (lambda: mail("multipart/mixed; boundary=a", "--a\r\n" * 100_000), "unsafe"),
    "mail of base64 garbage": (lambda: mail("text/plain", b"@@@@====!!" * 100_000, "Content-Transfer-Encoding: base64"), "Offer no_text"),
    "mail that lies about its letters": (lambda: mail("text/plain; charset=utf-8", "Gebühr 100".encode("latin-1")), "Gebühr 100"),
    "mail of a charset that is none": (lambda: mail("text/plain; charset=\"\0'x", WORDS), WORDS),
    "mail with an encoded word that is none": (lambda: mail("text/plain", WORDS).replace(b"Subject: Offer", b"Subject: =?utf-8?b?" + b"=" * 30_000 + b"?="), WORDS),
    "mail with a broken file": (lambda: mail("multipart/mixed; boundary=b", f"--b\r\nContent-Type: text/plain\r\n\r\n{WORDS}\r\n--b\r\nContent-Type: application/pdf; name*0*=utf-8''a; name*1*=%ff\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(b'%PDF-1.4 x').decode()}\r\n--b--"), WORDS),
    "mail with a bomb": (lambda: mail("multipart/mixed; boundary=b", f"--b\r\nContent-Type: text/plain\r\n\r\n{WORDS}\r\n--b\r\nContent-Type: application/x; name=a.docx\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(docx(**{'a.xml': b' ' * 60_000_000})).decode()}\r\n--b--"), WORDS),
    # Texts
    "text of NUL bytes": (lambda: b"\0" * 100_000, "no_text unsupported corrupt"),
    "text with NUL bytes in it": (lambda: WORDS.replace(" ", "\0 ").encode() * 50, "CHF unsupported"),
    "text in UTF-16 without a mark": (lambda: WORDS.encode("utf-16-be"), WORDS),
    "text of one endless line": (lambda: b"fee " * 2_000_000, "fee too_large"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_each_ends_in_its_text_or_a_clean_error(name: str) -> None:
    make, wanted = FILES[name]
    data = make()
    begin = time.process_time()
    try:
        end = " ".join(read_document(data, settings=Settings(ocr="never", isolation="never")).text.split())
    except AnalyzerError as error:
        end = error.code
        assert error.message
    assert time.process_time() - begin < 10
    assert any(
        want in end for want in ([wanted] if wanted == WORDS else [WORDS if WORDS in wanted else "\0", *wanted.replace(WORDS, "").split()])
    ), end[:300]
    assert "root:" not in end


@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="the system does not tell the most memory that was held")
def test_none_needs_a_gigabyte() -> None:
    code = (
        "import test_nasty_files as t\nfor make, _ in t.FILES.values():\n try: t.read_document(make(), settings=t.Settings(ocr='never', isolation='never'))\n"
        " except t.AnalyzerError: pass\nprint(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    paths = os.pathsep.join((str(ROOT), str(Path(__file__).parent)))
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env={**os.environ, "PYTHONPATH": paths}, check=True, timeout=300
    )
    assert int(done.stdout) < 1_000_000, f"{int(done.stdout)} KB"
