"""What goes between a process that reads documents and its caller: frames with their length, and nothing but plain data on the way back."""

from __future__ import annotations

import errno
import io
import pickle
import struct
from typing import IO, Any

from analyzer import types
from analyzer.types import Box, Document, Line, Page, Span

_HEAD = struct.Struct(">Q")
#: Longest answer, in bytes; a length beyond is no length.
_LONGEST = 2**31
#: What a pipe says whose other end is gone (EINVAL on Windows), or that is closed.
_BROKEN = frozenset((errno.EPIPE, errno.EINVAL, errno.EBADF, errno.ECONNRESET, errno.EIO))
#: What a made up frame can make pickle and the types of a document raise.
_DAMAGED = (
    pickle.UnpicklingError, EOFError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError, ImportError, AssertionError,
    RecursionError, NotImplementedError, MemoryError,
)  # fmt: skip
#: Message and hint of a document that needs too much memory: the process that reads it finds out, or who watches it.
NEEDS_MEMORY = "The document needs more memory than it may have"
MORE_MEMORY = "raise limits.read_memory_bytes or split the file"


class WireError(Exception):
    """The other side is gone, or sends what is none of ours.

    Only what a pipe or a frame itself can raise becomes one: an alarm of the caller may raise what it likes in the middle of a wait (a TimeoutError is an
    OSError), and that is the caller's.
    """


def send(pipe: IO[bytes] | None, frame: bytes) -> None:
    """Write a frame.

    Raises
    ------
    WireError
        There is no pipe, nobody reads it, or it is closed.
    """
    if pipe is None:
        raise WireError("there is no pipe")
    try:
        pipe.write(_HEAD.pack(len(frame)))
        pipe.write(frame)
        pipe.flush()
    except (OSError, ValueError) as error:
        raise _of_the_pipe(error, pipe) from error


def receive(pipe: IO[bytes] | None) -> bytes:
    """Wait for a frame.

    Raises
    ------
    WireError
        The other side is gone, or sends what is no frame.
    """
    if pipe is None:
        raise WireError("there is no pipe")
    try:
        head = pipe.read(_HEAD.size)
        length = _HEAD.unpack(head)[0] if len(head) == _HEAD.size else _LONGEST + 1
        if length > _LONGEST:
            raise WireError("the pipe is closed")
        frame = pipe.read(length)
    except (OSError, ValueError) as error:
        raise _of_the_pipe(error, pipe) from error
    except MemoryError as error:
        raise WireError("the answer is too long") from error
    if len(frame) < length:
        raise WireError("the pipe is closed")
    return frame


def _of_the_pipe(error: Exception, pipe: IO[bytes]) -> Exception:
    """Return a WireError for what the pipe raised, and the error itself where it came from elsewhere."""
    if pipe.closed or (isinstance(error, OSError) and error.errno in _BROKEN):
        return WireError(str(error))
    return error


def load_plain(frame: bytes) -> tuple[str, Any]:
    """Return the kind and the content of an answer.

    Raises
    ------
    WireError
        The frame holds anything but the types of a packed document, or is damaged.
    """
    try:
        kind, content = _PlainData(io.BytesIO(frame)).load()
    except _DAMAGED as error:
        raise WireError(str(error) or type(error).__name__) from error
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
    WireError
        It is of another form.
    """
    try:
        return _unpack(packed)
    except _DAMAGED as error:
        raise WireError(f"no document: {error}") from error


def _unpack(packed: tuple[Any, ...]) -> Document:
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
