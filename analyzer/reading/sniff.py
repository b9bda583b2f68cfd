"""The type of a document by its content, never by its name."""

from __future__ import annotations

import io
import re
import zipfile

from analyzer.errors import CorruptDocumentError, EncryptedDocumentError, NoTextError, UnsupportedFormatError

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
HTML = "text/html"
MAIL = "message/rfc822"
TEXT = "text/plain"
IMAGES = ("image/png", "image/jpeg", "image/tiff")

_KNOWN = ((b"\xd0\xcf\x11\xe0", "an old Word file (.doc) or an encrypted Office file", "open it in Word and save it as DOCX or PDF without a password"),
          (b"{\\rtf", "an RTF file", "save it as DOCX or PDF"),
          (b"\x1f\x8b", "a gzip archive", "unpack it first"),
          (b"Rar!", "an archive", "unpack it first"),
          (b"7z\xbc\xaf", "an archive", "unpack it first"),
          (b"\x7fELF", "a program", ""), (b"MZ\x90", "a program", ""))  # fmt: skip
_IMAGE_MAGIC = ((b"\x89PNG", IMAGES[0]), (b"\xff\xd8\xff", IMAGES[1]), (b"II*\x00", IMAGES[2]), (b"MM\x00*", IMAGES[2]))

#: What may stand before the first tag: the declaration of XML, comments, processing instructions.
_PROLOGUE = re.compile(r"\s*(?:<\?[^>]{0,500}\?>\s*|<!--.{0,2000}?-->\s*){0,8}", re.DOTALL)
_HTML = re.compile(r"<(?:!doctype\s+html\b|(?:html|head|body)[\s>])", re.IGNORECASE)
#: The first tag of a page cut out of its frame, as wikis and shops export it; what is opened must be closed somewhere.
_FRAGMENT = re.compile(
    r"<(div|p|h[1-6]|table|ul|ol|dl|section|article|main|header|center|font|title|style)(?:\s[^<>]{0,500})?>", re.IGNORECASE
)
_FLAT_ODT = re.compile(
    r"(?:<!DOCTYPE\b.{0,4000}?)?<[\w.-]{1,20}:document\s[^>]{0,20000}?urn:oasis:names:tc:opendocument:xmlns:office:1\.0", re.DOTALL
)
_HEADER = re.compile(rb"(?P<name>[!-9;-~]{1,76}):(?:[ \t]|\r?$)")
#: Headers that only a mail program writes, and those that a letter typed by hand may have as well.
_MAILED = frozenset((b"message-id", b"received", b"mime-version", b"return-path", b"delivered-to", b"dkim-signature", b"x-mailer"))
_LETTER = frozenset((b"from", b"to", b"subject", b"date", b"content-type"))


def sniff(data: bytes) -> str:
    """Return the media type of `data`.

    Raises
    ------
    UnsupportedFormatError
        Known to be something else, or binary.
    NoTextError
        Empty.
    """
    if not data.strip():
        raise NoTextError("The file is empty")
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _sniff_zip(data)
    # An e-mail with a PDF among its first lines is an e-mail still.
    if is_mail(data):
        return MAIL
    if b"%PDF-" in data[:1024]:
        return PDF
    for magic, media_type in _IMAGE_MAGIC:
        if data.startswith(magic):
            return media_type
    for magic, what, hint in _KNOWN:
        if data.startswith(magic):
            raise UnsupportedFormatError(
                f"The file is {what}, not a contract that can be read", hint=hint or "use PDF, DOCX, ODT, HTML or text"
            )
    return _sniff_markup(data) or _sniff_text(data)


def _sniff_markup(data: bytes) -> str:
    """Tell HTML and flat ODT by their first tag; a text with a few tags in it is a text."""
    from analyzer.reading.plain import decode

    start = decode(data[:32768]).lstrip("\ufeff")
    prologue = _PROLOGUE.match(start)
    start = start[prologue.end() :] if prologue else start
    fragment = _FRAGMENT.match(start)
    if _HTML.match(start) or (fragment and f"</{fragment[1].lower()}>" in start.lower()):
        return HTML
    return ODT if _FLAT_ODT.match(start) else ""


def _sniff_text(data: bytes) -> str:
    sample = data[:4096]
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff") or sample[:3] == b"\xef\xbb\xbf":
        return TEXT
    nulls = sample.count(0)
    if nulls > 0.2 * len(sample) and max(sample[0::2].count(0), sample[1::2].count(0)) > 0.8 * nulls:
        return TEXT  # UTF-16 without a mark
    controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in sample)
    if controls > 0.02 * len(sample):
        raise UnsupportedFormatError("The file is in no format that can be read", hint="use PDF, DOCX, ODT, HTML or text")
    return TEXT


def is_mail(data: bytes) -> bool:
    """Tell whether `data` begins with the headers of an e-mail, at least one of them such as only programs write."""
    names: set[bytes] = set()
    for number, line in enumerate(data[:65536].lstrip(b"\r\n").split(b"\n")[:400]):
        if number == 0 and line.startswith(b"From "):
            continue
        if line[:1] in (b" ", b"\t") and names:
            continue
        match = _HEADER.match(line)
        if match is None:
            break
        names.add(match["name"].lower())
    return bool(names & _MAILED and names & _LETTER)


def _sniff_zip(data: bytes) -> str:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = set(archive.namelist())
        kind = _open_document_type(archive) if "content.xml" in names else ""
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise CorruptDocumentError("The file is a damaged archive or document", hint="save it again") from error
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return DOCX
    if kind.startswith(ODT):
        return ODT
    if kind or any(name.startswith(("xl/", "ppt/")) for name in names):
        raise UnsupportedFormatError("The file is a spreadsheet, a drawing or a presentation", hint="save it as PDF")
    if "encrypted-package" in names:
        raise EncryptedDocumentError("The document asks for a password", hint="save a copy without a password and try again")
    raise UnsupportedFormatError("The file is an archive, not a contract", hint="unpack it and use the documents inside")


def _open_document_type(archive: zipfile.ZipFile) -> str:
    """Return what an OpenDocument file says that it is; text where it says nothing."""
    try:
        with archive.open("mimetype") as part:
            return part.read(200).decode("ascii", errors="replace").strip()
    except Exception:
        return ODT
