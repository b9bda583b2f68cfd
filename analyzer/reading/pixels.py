"""Pixels on their way to the tesseract command: a file in memory where the system has such, else its standard input."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

#: Names of files under which a process finds what it has inherited.
_OPEN_FILES = "/proc/self/fd"


@contextlib.contextmanager
def tesseract_input(pixels: np.ndarray[Any, Any]) -> Iterator[tuple[str, tuple[int, ...], bytes]]:
    """Yield the name of an image for tesseract, the open files that it must inherit, and what to write to its standard input.

    Parameters
    ----------
    pixels : ndarray of uint8, shape (height, width)

    Notes
    -----
    tesseract takes its standard input byte by byte, and leptonica the pixels of a PNM file likewise: a sixth of what a page costs. Nothing is
    written to a disk, as contracts are nobody else's business.
    """
    height, width = pixels.shape
    file = _new_memory_file() if has_memory_files() else None
    if file is None:
        yield "stdin", (), tiff_header(width, height) + pixels.tobytes()
        return
    try:
        whole = pixels.data if pixels.flags.c_contiguous else memoryview(pixels.tobytes())
        for left in (memoryview(tiff_header(width, height)), whole.cast("B")):
            while left:
                left = left[os.write(file, left) :]
        yield f"{_OPEN_FILES}/{file}", (file,), b""
    finally:
        os.close(file)


def _new_memory_file() -> int | None:
    try:
        return os.memfd_create("page.tif")
    except OSError:  # no more open files, or a sandbox that forbids it
        return None


@cache
def has_memory_files() -> bool:
    """Tell whether a file in memory can be handed to another process by its name."""
    return hasattr(os, "memfd_create") and os.path.isdir(_OPEN_FILES)


def tiff_header(width: int, height: int) -> bytes:
    """Return all of a grey TIFF of 8 bits that comes before its pixels.

    Examples
    --------
    >>> len(tiff_header(2480, 3508))
    122
    """
    size = 8 + 2 + 12 * 9 + 4
    fields = ((256, width), (257, height), (258, 8), (259, 1), (262, 1), (273, size), (277, 1), (278, height), (279, width * height))
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in fields)
    return b"II*\0" + struct.pack("<IH", 8, len(fields)) + entries + struct.pack("<I", 0)
