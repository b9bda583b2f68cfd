"""Bytes to a Document: pages and lines with boxes under one canonical text."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import BinaryIO

from analyzer.errors import ReadError, TooLargeError
from analyzer.reading.budget import Budget
from analyzer.reading.builder import TextBuilder
from analyzer.reading.isolation import WorkerError, needs_isolation, read_isolated
from analyzer.reading.parts import ReadPart, read_parts
from analyzer.settings import Limits, Settings
from analyzer.types import Document, Notice, Part, Span

logger = logging.getLogger("analyzer")

#: What can be read: a path, bytes, or an open binary file.
Source = str | Path | bytes | BinaryIO
#: Several files that are one contract: a list or tuple of them, the one that prevails first; bytes can come with their name, as a pair.
Sources = Source | list["Source | tuple[str, bytes]"] | tuple["Source | tuple[str, bytes]", ...]

#: Media type of a contract that is made of several files.
SEVERAL = "multipart/mixed"


def read_bytes(source: Source, *, limits: Limits | None = None) -> tuple[str, bytes]:
    """Return name and content of a path, bytes, or an open binary file.

    Raises
    ------
    ReadError
        No such file, not readable, or not bytes.
    TooLargeError
        More than `limits.max_bytes`; no more than that is ever read.
    """
    limits = limits or Limits()
    if isinstance(source, bytes | bytearray | memoryview):
        name, data = "", bytes(source)
    elif isinstance(source, str | PurePath):
        path = Path(source)
        name = path.name
        try:
            if path.is_dir():
                raise ReadError(f"{path} is a folder", hint="name a file; score takes folders")
            if not path.is_file():
                raise ReadError(f"No such file: {path}", hint="check the name and the folder")
            with path.open("rb") as file:
                data = file.read(limits.max_bytes + 1)
        except (OSError, ValueError) as error:
            raise ReadError(f"Cannot open {path}: {error}") from error
    elif hasattr(source, "read"):
        name = PurePath(str(getattr(source, "name", "") or "")).name
        try:
            content = source.read(limits.max_bytes + 1)
        except (OSError, ValueError) as error:
            raise ReadError(f"The open file cannot be read: {error}") from error
        if not isinstance(content, bytes):
            raise ReadError("The file is open as text", hint='open it with mode "rb"')
        data = content
    else:
        raise ReadError(f"Cannot read a {type(source).__name__}", hint="give a path, bytes or a binary file")
    if len(data) > limits.max_bytes:
        raise TooLargeError(f"The file is larger than {limits.max_bytes:,} bytes", hint="raise limits.max_bytes or split the file")
    return name, data


def read_files(sources: Sources, *, limits: Limits | None = None) -> tuple[tuple[str, bytes], ...]:
    """Return name and content of every file of a contract; one for a path, bytes or a file, several for a list or tuple of them.

    Raises
    ------
    ReadError
        The list is empty, or a file cannot be opened.
    TooLargeError
        A file, their number, or all of them together pass a limit.
    """
    limits = limits or Limits()
    if not isinstance(sources, list | tuple):
        return (read_bytes(sources, limits=limits),)
    if not sources:
        raise ReadError("No file is given", hint="give at least one")
    if len(sources) > limits.max_parts:
        raise TooLargeError(f"{len(sources)} files are more than {limits.max_parts}", hint="raise limits.max_parts")
    files: list[tuple[str, bytes]] = []
    for source in sources:
        if isinstance(source, tuple):
            if len(source) != 2 or not isinstance(source[0], str) or not isinstance(source[1], bytes):
                raise ReadError("A pair among the files must be a name and bytes")
            files.append((source[0], read_bytes(source[1], limits=limits)[1]))
        else:
            files.append(read_bytes(source, limits=limits))
        if sum(len(data) for _, data in files) > limits.max_unpacked_bytes:
            raise TooLargeError(f"The files together are larger than {limits.max_unpacked_bytes:,} bytes")
    return tuple(files)


def join_names(files: Sequence[tuple[str, bytes]]) -> str:
    """Return the name of a contract of several files.

    Examples
    --------
    >>> join_names([("contract.pdf", b""), ("annex.docx", b"")])
    'contract.pdf + annex.docx'
    """
    names = [given or f"file {number}" for number, (given, _) in enumerate(files, 1)]
    return " + ".join(names if len(names) < 4 else [names[0], str(len(names) - 1)])


def read_document(source: Sources, *, name: str | None = None, settings: Settings | None = None) -> Document:
    """Read a contract.

    Parameters
    ----------
    source : path, bytes or binary file, or a list or tuple of them
        Several files are read as one contract, one after another in the order given, which is their order of precedence. Bytes in a list can
        come with their name: `("annex.pdf", data)`. An e-mail is read with its attachments.
    name : str, optional
        Name to show; by default that of the file, or of the files.
    settings : Settings, optional

    Raises
    ------
    ReadError
        One of its kinds, each with a code and a hint. Where one of several files cannot be read, the error names it and nothing is returned.
    """
    settings = settings or Settings()
    files = read_files(source, limits=settings.limits)
    title = (files[0][0] if len(files) == 1 else join_names(files)) if name is None else name
    if needs_isolation(files, settings):
        try:
            return read_isolated(files, title, settings)
        except WorkerError as error:
            if settings.isolation == "always":
                raise ReadError(
                    f"No process can be started to read the document: {error}", hint='isolation = "auto" reads it here'
                ) from error
            logger.warning("no process can be started to read a document apart: %s", error)
    return read_here(files, title, settings, Budget(settings.limits))


def read_here(files: Sequence[tuple[str, bytes]], name: str, settings: Settings, budget: Budget) -> Document:
    """Read the files of a contract in this process.

    Raises
    ------
    ReadError
    """
    if len(files) == 1:
        ((given, data),) = files
        return _assemble(read_parts(name, data, settings, budget), name, hashlib.sha256(data).hexdigest(), settings)
    read: list[ReadPart] = []
    for number, (given, data) in enumerate(files, 1):
        try:
            read += read_parts(given or f"file {number}", data, settings, budget)
        except ReadError as error:
            raise type(error)(f"{given or f'File {number}'}: {error.message}", hint=error.hint) from error
    digests = "\n".join(hashlib.sha256(data).hexdigest() for _, data in files)
    return _assemble(read, name, hashlib.sha256(digests.encode()).hexdigest(), settings, SEVERAL)


def _assemble(read: list[ReadPart], name: str, sha256: str, settings: Settings, media_type: str | None = None) -> Document:
    """Write the parts into one text, with pages numbered through."""
    limits = settings.limits
    builder = TextBuilder()
    notices: list[Notice] = []
    parts: list[Part] = []
    for part in read:
        first = builder.page_count + 1
        for page in part.pages:
            builder.add_page(builder.page_count + 1, page.width, page.height, page.lines, page.furniture, joins=page.joins, shift=first - 1)
            if builder.length > limits.max_characters:
                raise TooLargeError(f"The document holds more than {limits.max_characters:,} characters")
        if builder.page_count > limits.max_pages:
            raise TooLargeError(f"The files together have more than {limits.max_pages} pages")
        file = part.name if len(read) > 1 else ""
        notices += [
            replace(notice, page=None if notice.page is None else notice.page + first - 1, name=notice.name or file)
            for notice in part.notices
        ]
        parts.append(Part(part.name, part.media_type, Span(builder.start_of_page(first), builder.length), first, part.sha256))
    text, pages = builder.finish()
    return Document(name, media_type or read[0].media_type, sha256, text, pages, tuple(notices), tuple(parts))
