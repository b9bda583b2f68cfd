"""E-mail (RFC 5322): the message as the first part, its attachments that can be read as further parts, in order.

What cannot be read is named in a notice; only decoration (pictures inside the text, signatures, calendar entries) is named without being counted
as unread.
"""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from dataclasses import dataclass, field
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import collapse_rfc2231_value
from pathlib import PurePath

from analyzer.errors import EncryptedDocumentError, NoTextError, ReadError, TooLargeError, UnsafeDocumentError, UnsupportedFormatError
from analyzer.reading.builder import TextLine, clean
from analyzer.reading.parts import Bounds, ReadPage, ReadPart, read_parts
from analyzer.reading.plain import read_plain_lines
from analyzer.reading.sniff import MAIL, TEXT, sniff
from analyzer.reading.web import decode_declared, read_html_lines
from analyzer.settings import Settings
from analyzer.types import Notice

#: Longest header that says what a part is, and most boundaries of multiparts in one another: the library's time grows with their square.
MAX_CONTENT_HEADER = 4_000
MAX_BOUNDARIES = 100
#: Most headers that say what a part is, over all parts; and most lines times boundaries: 2.4 million of them take a second.
MAX_CONTENT_HEADERS = 5_000
MAX_LINE_STEPS = 12_000_000
_CONTENT_HEADER = re.compile(rb"^(?:content|mime)-[a-z-]{1,40}:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(rb"\bboundary\*?0?\*?\s*=", re.IGNORECASE)
#: Text that is no prose: its name is shown, its content would only disturb.
_NO_PROSE = ("text/calendar", "text/vcard", "text/x-vcard", "text/directory", "text/rfc822-headers", "text/css")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys")
#: Texts that are documents; others (CSV, XML, source code) are not read as a contract.
_DOCUMENT_TEXTS = ("text/plain", "text/html", "text/markdown", "text/x-markdown")
_SEALED = ("application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted")


@dataclass(slots=True)
class _Found:
    """What one message holds, before its attachments are read."""

    bodies: list[tuple[str, Message]] = field(default_factory=list)
    attachments: list[Message] = field(default_factory=list)
    decoration: list[str] = field(default_factory=list)
    sealed: bool = False


def read_mail(name: str, data: bytes, settings: Settings, bounds: Bounds) -> list[ReadPart]:
    """Return the parts of an e-mail: its own text, then what is attached to it.

    Raises
    ------
    EncryptedDocumentError, TooLargeError, UnsafeDocumentError
    """
    lengths = [len(match.group()) for match in _CONTENT_HEADER.finditer(data)]
    if max(lengths, default=0) > MAX_CONTENT_HEADER:
        raise UnsafeDocumentError(f"A header of the e-mail is longer than {MAX_CONTENT_HEADER:,} characters")
    if len(lengths) > MAX_CONTENT_HEADERS or data.count(b"\n--") > 4 * MAX_CONTENT_HEADERS:
        raise UnsafeDocumentError(f"The e-mail has thousands of parts (over {MAX_CONTENT_HEADERS:,} headers of parts)")
    boundaries = len(_BOUNDARY.findall(data))
    # Each line passes through every multipart around it.
    if boundaries > MAX_BOUNDARIES or boundaries * data.count(b"\n") > MAX_LINE_STEPS:
        raise UnsafeDocumentError(f"The e-mail nests its parts too deeply ({boundaries} boundaries)")
    message = email.message_from_bytes(data.lstrip(b"\r\n"), policy=email.policy.default)
    return _read_message(message, name, hashlib.sha256(data).hexdigest(), settings, bounds)


def _read_message(message: Message, name: str, sha256: str, settings: Settings, bounds: Bounds) -> list[ReadPart]:
    if bounds.depth < 0:
        raise UnsafeDocumentError(f"e-mails lie more than {settings.limits.max_mail_depth} deep in one another")
    bounds.depth -= 1
    try:
        return _read_open_message(message, name, sha256, settings, bounds)
    finally:
        bounds.depth += 1


def _read_open_message(message: Message, name: str, sha256: str, settings: Settings, bounds: Bounds) -> list[ReadPart]:
    found = _Found()
    _sort(message, found, 0)
    if found.sealed and not found.bodies:
        raise EncryptedDocumentError("The e-mail is encrypted", hint="open it in your mail program and save what it holds")
    lines: list[TextLine] = []
    subject = _header(message, "subject")
    if subject:
        lines.append(TextLine(subject, new_block=True, hint="heading1"))
    notices: list[Notice] = []
    for kind, body in found.bodies:
        content, said = _body_lines(kind, body, settings)
        if content:
            content[0].new_block = True
        lines += content
        notices += said
    notices += [
        Notice("skipped_attachment", f"Left out as no part of the text: {decoration}", name=decoration) for decoration in found.decoration
    ]
    furniture = tuple(f"{label}: {value}" for label in ("From", "To", "Cc", "Date") if (value := _header(message, label.lower())))
    own = ReadPart(name or subject or "e-mail", MAIL, sha256, [ReadPage(0, 0, lines, furniture)], notices)
    parts = [own]
    for number, attachment in enumerate(found.attachments, 1):
        bounds.files -= 1
        if bounds.files < 0:
            limit = settings.limits.max_parts
            raise TooLargeError(f"The e-mail has more than {limit} attachments", hint="raise limits.max_parts, or save those that count")
        title = _file_name(attachment) or f"attachment {number}"
        try:
            parts += _read_attachment(attachment, title, settings, bounds)
        except TooLargeError as error:
            if bounds.files < 0:
                raise  # too many files in all: no fault of this one
            own.notices.append(_unread(title, error))
        except ReadError as error:
            own.notices.append(_unread(title, error))
    return parts


def _unread(title: str, error: ReadError) -> Notice:
    return Notice("unread_attachment", f"The attachment {title} was not read: {error.message}", name=title)


def _sort(node: Message, found: _Found, depth: int) -> None:
    """Tell the text of a message from its attachments, walking multiparts."""
    kind = node.get_content_type()
    if kind in _SEALED:
        found.sealed = True
        found.attachments.append(node)
    elif kind == "multipart/alternative":
        _choose(node, found, depth)
    elif node.is_multipart() and kind != "message/rfc822" and not kind.startswith("message/"):
        related = kind == "multipart/related"
        for child in _children(node):
            shown = child.get("content-id") or child.get_content_disposition() != "attachment"
            if related and child.get_content_maintype() == "image" and shown:
                found.decoration.append(_file_name(child) or child.get_content_type())
            else:
                _sort(child, found, depth + 1)
    elif kind in _SIGNATURES or kind in _NO_PROSE:
        found.decoration.append(_file_name(node) or kind)
    elif kind in ("text/plain", "text/html") and node.get_content_disposition() != "attachment" and not _file_name(node):
        found.bodies.append((kind, node))
    elif node.get_content_maintype() == "image" and node.get_content_disposition() == "inline" and node.get("content-id"):
        found.decoration.append(_file_name(node) or kind)
    else:
        found.attachments.append(node)


def _choose(node: Message, found: _Found, depth: int) -> None:
    """Take one of the forms of the same text, plain before HTML; files that lie beside the other form are kept."""
    forms: list[_Found] = []
    for child in _children(node):
        form = _Found()
        _sort(child, form, depth + 1)
        forms.append(form)

    def rank(form: _Found) -> int:
        if not form.bodies or not any(_text(body).strip() for _, body in form.bodies):
            return 2
        return 0 if all(kind == "text/plain" for kind, _ in form.bodies) else 1

    chosen = min(forms, key=rank, default=None)
    for form in forms:
        if form is chosen:
            found.bodies += form.bodies
        found.attachments += form.attachments
        found.decoration += form.decoration
        found.sealed = found.sealed or form.sealed


def _children(node: Message) -> list[Message]:
    payload = node.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _payload(node: Message) -> bytes:
    """Return the content of a part, decoded as far as it can be."""
    payload = node.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(node: Message) -> str:
    return decode_declared(_payload(node), _charset(node))


def _charset(node: Message) -> str | None:
    charset = node.get_param("charset")
    return collapse_rfc2231_value(charset) if charset else None


def _body_lines(kind: str, body: Message, settings: Settings) -> tuple[list[TextLine], list[Notice]]:
    data = _payload(body)
    if not data.strip():
        return [], []
    if kind == "text/html":
        return read_html_lines(data, limits=settings.limits, charset=_charset(body))
    return read_plain_lines(_text(body)), []


def _read_attachment(node: Message, title: str, settings: Settings, bounds: Bounds) -> list[ReadPart]:
    kind = node.get_content_type()
    if kind == "message/rfc822":
        inner = next(iter(_children(node)), None)
        if inner is None:
            raise NoTextError("it is empty")
        parts = _read_message(inner, title, hashlib.sha256(_as_bytes(inner)).hexdigest(), settings, bounds)
        if not any(part.has_text for part in parts):
            raise NoTextError("it holds no text")
        return parts
    if kind in _SEALED:
        raise EncryptedDocumentError("it is encrypted")
    data = _payload(node)
    text = node.get_content_maintype() == "text"
    if text and kind in _DOCUMENT_TEXTS:
        # The carrier knows the character set of a text; the file itself does not say it.
        data = _text(node).encode() if _charset(node) else data
    if sniff(data) == TEXT and kind not in _DOCUMENT_TEXTS and (text or PurePath(title).suffix.lower() not in ("", ".txt", ".text", ".md")):
        raise UnsupportedFormatError(f"it is of type {kind}")
    return read_parts(title, data, settings, bounds.budget, bounds=bounds)


def _as_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes()
    except (ValueError, LookupError, TypeError, AttributeError, MessageError):
        return repr(message.get_payload()).encode(errors="replace")


def _header(message: Message, name: str) -> str:
    """Return a header in words. Parsed by hand: the library's parser takes minutes over a long one."""
    raw = next((str(value) for key, value in message.raw_items() if key.lower() == name), "")[:MAX_CONTENT_HEADER]
    unfolded = re.sub(r"[ \t]*\r?\n[ \t]*", " ", raw)
    plain = decode_declared(unfolded.encode("utf-8", errors="surrogateescape"), None)
    try:
        return clean(str(make_header(decode_header(plain))))
    except (MessageError, ValueError, LookupError):
        return clean(plain)


def _file_name(node: Message) -> str:
    """Return the name of an attachment without its folders; of an e-mail its subject."""
    try:
        given = node.get_filename() or ""
    except (ValueError, LookupError, TypeError, AttributeError, MessageError):
        given = ""
    if not given and node.get_content_type() == "message/rfc822":
        given = next((_header(inner, "subject") for inner in _children(node)), "").replace("/", "-")
    return clean(re.split(r"[/\\]", given)[-1].encode("utf-8", errors="replace").decode())[:200]
