"""What goes between a process that reads documents and its caller: frames with their length, and nothing but plain data on the way back."""

from __future__ import annotations

import io
import pickle
import struct
from typing import IO, Any

from analyzer import types
from analyzer.types import Box, Document, Line, Page, Span

_HEAD = struct.Struct(">Q")
#: Longest answer, in bytes; a length beyond is no length.
_LONGEST = 2**31
#: Message and hint of a document that needs too much memory: the process that reads it finds out, or who watches it.
NEEDS_MEMORY = "The document needs more memory than it may have"
MORE_MEMORY = "raise limits.read_memory_bytes or split the file"


def send(pipe: IO[bytes] | None, frame: bytes) -> None:
    """Write a frame.

    Raises
    ------
    EOFError, OSError, ValueError
        There is no pipe, nobody reads it, or it is closed.
    """
    if pipe is None:
        raise EOFError
    pipe.write(_HEAD.pack(len(frame)))
    pipe.write(frame)
    pipe.flush()


def receive(pipe: IO[bytes] | None) -> bytes:
    """Wait for a frame.

    Raises
    ------
    EOFError, OSError, ValueError
        The other side is gone, or sends what is no frame.
    """
    if pipe is None:
        raise EOFError
    head = pipe.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    (length,) = _HEAD.unpack(head)
    if length > _LONGEST:
        raise EOFError
    frame = pipe.read(length)
    if len(frame) < length:
        raise EOFError
    return frame


def load_plain(frame: bytes) -> tuple[str, Any]:
    """Return the kind and the content of an answer.

    Raises
    ------
    Exception
        The frame holds anything but the types of a packed document; a frame made up by somebody else can raise whatever pickle does.
    """
    kind, content = _PlainData(io.BytesIO(frame)).load()
    return str(kind), content


def pack_document(document: Document) -> tuple[Any, ...]:
    """Return a document with its lines as bare tuples: a thousand of them go through the pipe in a tenth of the time that objects take."""
    pages = [
        (
            page.number, page.width, page.height, page.furniture,
            [(*line.span, line.size_pt, line.bold, line.hint, *(line.box or ())) for line in page.lines],
        )
        for page in document.pages
    ]  # fmt: skip
    return document.name, document.media_type, document.sha256, document.text, pages, document.notices, document.parts


def unpack_document(packed: tuple[Any, ...]) -> Document:
    """Return the document that `pack_document` was given.

    Raises
    ------
    TypeError, ValueError
        It is of another form.
    """
    name, media_type, sha256, text, pages, notices, parts = packed
    read = [
        Page(
            number, width, height,
            tuple([Line(Span(start, end), Box(*box) if box else None, size, bold, hint) for start, end, size, bold, hint, *box in lines]),
            furniture,
        )
        for number, width, height, furniture, lines in pages
    ]  # fmt: skip
    return Document(name, media_type, sha256, text, tuple(read), notices, parts)


class _PlainData(pickle.Unpickler):
    """Loads the types of a packed document and nothing else: a process that a file has taken over must not reach its caller.

    A pickle can also set attributes of what it names, of classes too. The dataclasses refuse that, as they set their state by a method; a named tuple does
    not, so it is made by a class that is thrown away.
    """

    def find_class(self, module: str, name: str) -> Any:
        if module == types.__name__:
            if name in _DATA:
                return _DATA[name]
            if name in _TUPLES:
                return _maker(_TUPLES[name])
        raise pickle.UnpicklingError(f"{module}.{name} is no plain data")


_DATA = {kind.__name__: kind for kind in (types.Notice, types.Part)}
_TUPLES: dict[str, Any] = {kind.__name__: kind for kind in (types.Span,)}


def _maker(kind: Any) -> type:
    length = len(kind._fields)

    def make(cls: type, *values: Any) -> Any:
        if len(values) != length:
            raise pickle.UnpicklingError(f"{kind.__name__} has {length} fields")
        return tuple.__new__(kind, values)

    return type(kind.__name__, (), {"__new__": make, "__slots__": ()})
