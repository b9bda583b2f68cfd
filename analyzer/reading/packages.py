"""Zip files of XML parts (DOCX, ODT), opened with every bound checked before and while a part is unpacked."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from analyzer.errors import CorruptDocumentError, TooLargeError, UnsafeDocumentError
from analyzer.settings import Limits
from analyzer.types import Notice

#: What is said where a document holds text that is neither shown nor printed.
HIDDEN_NOTICE = Notice("hidden_text", "The file holds hidden text, which is neither shown nor printed; it was not read")


class Package:
    """A zip file whose parts are XML.

    Parameters
    ----------
    data : bytes
    limits : Limits
    what, program : str
        Name of the kind of file and of the program that writes it, for messages.

    Raises
    ------
    CorruptDocumentError, TooLargeError, UnsafeDocumentError
    """

    def __init__(self, data: bytes, *, limits: Limits, what: str, program: str) -> None:
        self._limits, self._what, self._again = limits, what, f"open it in {program} and save it again"
        self._program = program
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
            entries = self._archive.infolist()
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
            raise CorruptDocumentError(f"The {what} is damaged", hint=self._again) from error
        self._check(entries)
        self.names = frozenset(entry.filename for entry in entries)

    def _check(self, entries: list[zipfile.ZipInfo]) -> None:
        limits = self._limits
        total = sum(entry.file_size for entry in entries)
        if len(entries) > limits.max_entries:
            raise TooLargeError(f"The {self._what} holds {len(entries)} parts, more than {limits.max_entries}")
        if total > limits.max_unpacked_bytes:
            raise TooLargeError(f"The {self._what} unpacks to {total:,} bytes, more than {limits.max_unpacked_bytes:,}")
        for entry in entries:
            bulky = entry.file_size > 1_000_000 and entry.file_size > limits.max_ratio * max(1, entry.compress_size)
            if entry.filename.endswith(".xml") and bulky:
                raise UnsafeDocumentError(
                    f"A part of the {self._what} unpacks to over {limits.max_ratio} times its size", hint="it may be a zip bomb"
                )

    def parse(self, name: str, *, replace: tuple[bytes, bytes] | None = None) -> Any:
        """Return the root of a part; `replace` is done on its bytes first."""
        limit = self._limits.max_part_bytes
        try:
            info = self._archive.getinfo(name)
            if info.file_size > limit:
                raise TooLargeError(f"{name} in the {self._what} is larger than {limit:,} bytes")
            with self._archive.open(info) as part:
                data = part.read(limit + 1)
        except (TooLargeError, MemoryError):
            raise
        except Exception as error:  # zipfile lets through what its decompressors raise: zlib, lzma and bz2 each have their own
            raise CorruptDocumentError(f"{name} in the {self._what} is damaged", hint=self._again) from error
        if len(data) > limit:
            raise TooLargeError(f"{name} in the {self._what} is larger than {limit:,} bytes")
        return parse_xml(
            data.replace(*replace) if replace else data, what=f"{name} in the {self._what}", program=self._program, hint=self._again
        )


def parse_xml(data: bytes, *, what: str, program: str, hint: str) -> Any:
    """Parse XML without entities, network or deep trees; a document type declaration is refused.

    Raises
    ------
    CorruptDocumentError, UnsafeDocumentError
    """
    from lxml import etree

    try:
        root: Any = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise CorruptDocumentError(f"{what} is damaged", hint=hint) from error
    if root.getroottree().docinfo.doctype:
        raise UnsafeDocumentError(f"{what} holds a document type declaration, which {program} never writes")
    return root
