"""Undoes the filters of PDF streams with bounds: what is packed is given out in pieces, and damaged data as far as it goes."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator

from analyzer.errors import TooLargeError

#: Bytes of one stream; a page of dense text has 50 kB.
MAX_STREAM = 60_000_000
_WHITE = b" \t\n\r\f\v\0"
_PIECE = 65_535


def inflate(data: bytes, limit: int = MAX_STREAM) -> tuple[bytes, bool]:
    """Decompress zlib data as far as it goes.

    Returns
    -------
    tuple of (bytes, bool)
        The content, and whether it is damaged: cut off, faulty inside, or not what its checksum says. That the checksum is missing is no damage.

    Raises
    ------
    TooLargeError
        It unpacks to more than `limit` bytes.
    """
    plain = zlib.decompressobj()
    try:
        found = plain.decompress(data, limit + 1)
        whole = plain.eof
    except zlib.error:
        found, whole = b"", False
    if not whole and len(found) <= limit:
        found, whole = _salvage(data, limit)
    if len(found) > limit:
        raise TooLargeError(f"A stream of the PDF unpacks to more than {limit:,} bytes")
    return found, not whole


def _salvage(data: bytes, limit: int) -> tuple[bytes, bool]:
    """Decompress without header and checksum, in small bites, so that only what follows a fault is lost; tell whether only the checksum is missing."""
    best = b""
    for start in (2, 0, 3, 4):
        plain = zlib.decompressobj(-15)
        found: list[bytes] = []
        length = 0
        position = start
        try:
            while position < len(data) and length <= limit and not plain.eof:
                found.append(plain.decompress(data[position : position + 16], limit + 1 - length))
                length += len(found[-1])
                position += 16 - len(plain.unconsumed_tail)
        except zlib.error:
            pass
        best = max(best, b"".join(found), key=len)
        if plain.eof:
            rest = plain.unused_data + data[position:]
            return best, start == 2 and (len(rest) < 4 or not rest.strip())
        if len(best) > 200:
            break
    return best, False


def decode_runs(data: bytes) -> Iterator[bytes]:
    """Yield the runs of RunLengthDecode, a byte that says how many follow or how often the next stands; the original needs a list of numbers for them.

    Examples
    --------
    >>> b"".join(decode_runs(b"\\x01ab\\xfec\\x80no more"))
    b'abccc'
    """
    position = 0
    while position < len(data) and (length := data[position]) != 128:
        if length < 128:
            yield data[position + 1 : position + 2 + length]
            position += length + 2
        else:
            yield data[position + 1 : position + 2] * (257 - length)
            position += 2


def decode_ascii85(data: bytes) -> Iterator[bytes]:
    """Yield the content of ASCII85Decode; the original looks for the marks at both ends in a time that is quadratic in the white space.

    Raises
    ------
    ValueError
        A piece holds what is no digit.

    Examples
    --------
    >>> b"".join(decode_ascii85(b" <~87cUR D]j7B\\nEbo7~> "))
    b'Hello world'
    """
    data = data.translate(None, _WHITE)
    position = 2 if data.startswith(b"<~") else 1 if data.startswith(b"~") else 0
    end = data.find(b"~", position)
    end = len(data) if end < 0 else end
    while position < end:
        piece = data[position : min(end, position + _PIECE)]
        if position + len(piece) < end:
            # A piece ends with a group: five digits, or one z for four zeros.
            piece = piece[: len(piece) - (len(piece) - piece.count(b"z")) % 5]
        yield base64.a85decode(piece)
        position += len(piece)
