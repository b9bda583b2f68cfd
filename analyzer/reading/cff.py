"""Names and codes of the glyphs in a CFF font program (Adobe Technical Note 5176), read within bounds."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Sequence
from typing import NamedTuple

_CHARSET, _ENCODING, _SHAPES, _REGISTRY = 15, 16, 17, (12, 30)


class CompactFont(NamedTuple):
    """What a CFF font says of its glyphs.

    Attributes
    ----------
    names : tuple of str
        By glyph number; empty for a font that numbers its glyphs by character identifiers.
    identifiers : tuple of int
        The character identifiers by glyph number of such a font; empty for others.
    codes : dict of int to int
        Glyph numbers by code where the font has an encoding of its own.
    """

    names: tuple[str, ...] = ()
    identifiers: tuple[int, ...] = ()
    codes: dict[int, int] = {}  # noqa: RUF012 - a default that nobody writes to


def read_compact_font(data: bytes, standard: Sequence[str]) -> CompactFont:
    """Return names and codes of the first font in `data`; empty where it is damaged.

    Parameters
    ----------
    data : bytes
    standard : sequence of str
        The 391 names that have a number without being written in the font.
    """
    try:
        place = data[2]
        _, place = _read_index(data, place)  # names of fonts
        tops, place = _read_index(data, place)
        strings, _ = _read_index(data, place)
        top = _read_dictionary(tops[0])
        (shapes,) = struct.unpack_from(">H", data, top[_SHAPES])
        numbers = _read_charset(data, top.get(_CHARSET, 0), shapes)
        if _REGISTRY in top:
            return CompactFont(identifiers=tuple(numbers))
        names = tuple(
            standard[number] if number < len(standard) else strings[number - len(standard)].decode("latin-1")
            for number in numbers
            if number < len(standard) + len(strings)
        )
        if len(names) != len(numbers):
            return CompactFont()
        encoding = top.get(_ENCODING, 0)
        return CompactFont(names=names, codes=_read_codes(data, encoding, numbers) if encoding > 1 else {})
    except (IndexError, KeyError, struct.error):
        return CompactFont()


def _read_index(data: bytes, place: int) -> tuple[list[bytes], int]:
    """Return the entries of an index and the place behind it."""
    (count,) = struct.unpack_from(">H", data, place)
    if not count:
        return [], place + 2
    size = data[place + 2]
    if not 1 <= size <= 4:
        raise IndexError(place)
    first = place + 3
    offsets = [int.from_bytes(data[first + size * number : first + size * (number + 1)], "big") for number in range(count + 1)]
    base = first + size * (count + 1) - 1
    if base + offsets[-1] > len(data) or any(high < low for low, high in itertools.pairwise(offsets)):
        raise IndexError(place)
    return [data[base + low : base + high] for low, high in itertools.pairwise(offsets)], base + offsets[-1]


def _read_dictionary(data: bytes) -> dict[int | tuple[int, int], int]:
    """Return the operators of a dictionary with the first of their whole numbers; other numbers are of no use here and count as 0."""
    found: dict[int | tuple[int, int], int] = {}
    operands: list[int] = []
    place = 0
    while place < len(data):
        byte = data[place]
        place += 1
        if byte <= 21:
            key: int | tuple[int, int] = byte
            if byte == 12:
                key = (12, data[place])
                place += 1
            found[key] = operands[0] if operands else 0
            operands = []
        elif byte == 28:
            operands.append(struct.unpack_from(">h", data, place)[0])
            place += 2
        elif byte == 29:
            operands.append(struct.unpack_from(">i", data, place)[0])
            place += 4
        elif byte == 30:
            while place < len(data) and data[place] & 0x0F != 0x0F and data[place] >> 4 != 0x0F:
                place += 1
            place += 1
            operands.append(0)
        elif byte >= 251:
            operands.append(-(byte - 251) * 256 - data[place] - 108)
            place += 1
        elif byte >= 247:
            operands.append((byte - 247) * 256 + data[place] + 108)
            place += 1
        elif byte >= 32:
            operands.append(byte - 139)
    return found


def _read_charset(data: bytes, place: int, count: int) -> list[int]:
    """Return the numbers of names, or character identifiers, of all glyphs; the first has none."""
    if place <= 2:
        # The predefined sets; only the first is that of texts, and it numbers the glyphs as their names.
        if place:
            raise KeyError(place)
        return list(range(count))
    kind = data[place]
    place += 1
    numbers = [0]
    if kind == 0:
        return numbers + list(struct.unpack_from(f">{max(0, count - 1)}H", data, place))
    while len(numbers) < count:
        (first,) = struct.unpack_from(">H", data, place)
        more = data[place + 2] if kind == 1 else struct.unpack_from(">H", data, place + 2)[0]
        numbers += range(first, first + min(more + 1, count - len(numbers)))
        place += 3 if kind == 1 else 4
    return numbers


def _read_codes(data: bytes, place: int, numbers: Sequence[int]) -> dict[int, int]:
    """Return the glyphs by their codes; a supplement gives some a second code, by the number of their name."""
    kind, count = data[place], data[place + 1]
    codes: dict[int, int] = {}
    place += 2
    glyph = 1
    for _ in range(count):
        first, more = (data[place], data[place + 1]) if kind & 0x7F else (data[place], 0)
        for code in range(first, min(first + more, 255) + 1):
            codes[code] = glyph
            glyph += 1
        place += 2 if kind & 0x7F else 1
    if kind & 0x80:
        glyphs = {number: glyph for glyph, number in enumerate(numbers)}
        for position in range(data[place]):
            code, number = struct.unpack_from(">BH", data, place + 1 + 3 * position)
            if number in glyphs:
                codes[code] = glyphs[number]
    return codes
