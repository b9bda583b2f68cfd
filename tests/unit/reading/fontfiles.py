"""Font programs for tests, written by hand: just the tables that tell letters."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence


def program(tables: Mapping[bytes, bytes], head: bytes = b"\x00\x01\x00\x00") -> bytes:
    """Return a TrueType or OpenType font of these tables."""
    out, place = head + struct.pack(">HHHH", len(tables), 0, 0, 0), 12 + 16 * len(tables)
    for tag, table in tables.items():
        out += struct.pack(">4sIII", tag, 0, place, len(table))
        place += len(table)
    return out + b"".join(tables.values())


def cmap(tables: Mapping[tuple[int, int], bytes]) -> bytes:
    """Return the table of tables of codes, by platform and encoding."""
    out, place = struct.pack(">HH", 0, len(tables)), 4 + 8 * len(tables)
    for kind, table in tables.items():
        out += struct.pack(">HHI", *kind, place)
        place += len(table)
    return out + b"".join(tables.values())


def codes_4(glyphs: Mapping[int, int]) -> bytes:
    """Return a table of codes of format 4, a segment for each code."""
    pairs = [*sorted(glyphs.items()), (0xFFFF, 0)]
    rows = [
        [code for code, _ in pairs],
        [0],
        [code for code, _ in pairs],
        [(glyph - code) & 0xFFFF for code, glyph in pairs],
        [0] * len(pairs),
    ]
    return struct.pack(">HHHHHHH", 4, 0, 0, 2 * len(pairs), 0, 0, 0) + b"".join(struct.pack(f">{len(row)}H", *row) for row in rows)


def codes_6(first: int, glyphs: Sequence[int]) -> bytes:
    return struct.pack(f">HHHHH{len(glyphs)}H", 6, 0, 0, first, len(glyphs), *glyphs)


def codes_12(groups: Sequence[tuple[int, int, int]]) -> bytes:
    return struct.pack(">HHIII", 12, 0, 0, 0, len(groups)) + b"".join(struct.pack(">III", *group) for group in groups)


def post(names: Sequence[str | int]) -> bytes:
    """Return names of glyphs: their places in the standard order, or their own."""
    own = [name for name in names if isinstance(name, str)]
    numbers = [name if isinstance(name, int) else 258 + own.index(name) for name in names]
    return (
        struct.pack(">I28xH", 0x00020000, len(names))
        + struct.pack(f">{len(names)}H", *numbers)
        + b"".join(bytes((len(n),)) + n.encode() for n in own)
    )


def index(entries: Sequence[bytes]) -> bytes:
    """Return an index of a CFF font."""
    if not entries:
        return b"\0\0"
    ends = [1]
    for entry in entries:
        ends.append(ends[-1] + len(entry))
    return struct.pack(">HB", len(entries), 2) + struct.pack(f">{len(ends)}H", *ends) + b"".join(entries)


def compact(names: Sequence[int], own: Sequence[str] = (), codes: Sequence[int] = (), *, identifiers: bool = False) -> bytes:
    """Return a CFF font: the numbers of the names of its glyphs after the first, names of its own, and codes in the order of the glyphs."""

    def number(value: int) -> bytes:
        return b"\x1d" + struct.pack(">i", value)

    charset = b"\0" + struct.pack(f">{len(names)}H", *names)
    # The first glyph has a second code, one above the last.
    encoding = bytes((0x80, len(codes), *codes, 1, max(codes) + 1)) + struct.pack(">H", names[0]) if codes else b""
    shapes = index([b"\x0e"] * (len(names) + 1))
    registry = number(0) * 3 + b"\x0c\x1e" if identifiers else b""
    strings = index([name.encode() for name in own])
    size = len(registry) + 3 * 6
    start = 4 + len(index([b"X"])) + len(index([b"\0" * size])) + len(strings) + 2
    places = (start, start + len(charset) if codes else 0, start + len(charset) + len(encoding))
    top = registry + b"".join(number(place) + bytes((operator,)) for place, operator in zip(places, (15, 16, 17), strict=True))
    return b"\x01\x00\x04\x02" + index([b"X"]) + index([top]) + strings + index([]) + charset + encoding + shapes
