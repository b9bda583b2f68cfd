"""The type of a document by its content, never by its name."""

from __future__ import annotations

import io
import zipfile

from analyzer.errors import CorruptDocumentError, NoTextError, UnsupportedFormatError

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = "text/plain"

_KNOWN = ((b"\xd0\xcf\x11\xe0", "an old Word file (.doc) or an encrypted Office file", "open it in Word and save it as DOCX or PDF without a password"),
          (b"\x89PNG", "an image", "scan it to a PDF with text recognition"),
          (b"\xff\xd8\xff", "an image", "scan it to a PDF with text recognition"),
          (b"II*\x00", "an image", "scan it to a PDF with text recognition"),
          (b"MM\x00*", "an image", "scan it to a PDF with text recognition"),
          (b"{\\rtf", "an RTF file", "save it as DOCX or PDF"),
          (b"\x1f\x8b", "a gzip archive", "unpack it first"),
          (b"Rar!", "an archive", "unpack it first"),
          (b"7z\xbc\xaf", "an archive", "unpack it first"),
          (b"\x7fELF", "a program", ""), (b"MZ\x90", "a program", ""))  # fmt: skip


def sniff(data: bytes) -> str:
    """Return the media type of `data`: PDF, DOCX or plain text.

    Raises
    ------
    UnsupportedFormatError
        Known to be something else, or binary.
    NoTextError
        Empty.
    """
    if not data.strip():
        raise NoTextError("The file is empty")
    if b"%PDF-" in data[:1024]:
        return PDF
    if data[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _sniff_zip(data)
    for magic, what, hint in _KNOWN:
        if data.startswith(magic):
            raise UnsupportedFormatError(f"The file is {what}, not a contract that can be read", hint=hint or "use PDF, DOCX or text")
    sample = data[:4096]
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff") or sample[:3] == b"\xef\xbb\xbf":
        return TEXT
    nulls = sample.count(0)
    if nulls > 0.2 * len(sample) and max(sample[0::2].count(0), sample[1::2].count(0)) > 0.8 * nulls:
        return TEXT  # UTF-16 without a mark
    controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in sample)
    if controls > 0.02 * len(sample):
        raise UnsupportedFormatError("The file is neither PDF nor DOCX nor text", hint="use PDF, DOCX or text")
    return TEXT


def _sniff_zip(data: bytes) -> str:
    try:
        names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise CorruptDocumentError("The file is a damaged archive or Word document", hint="save it again in Word") from error
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return DOCX
    if any(name.startswith(("xl/", "ppt/")) for name in names):
        raise UnsupportedFormatError("The file is a spreadsheet or a presentation", hint="save it as PDF")
    raise UnsupportedFormatError("The file is an archive, not a contract", hint="unpack it and use the PDF, DOCX or text inside")
