"""What a font program in a PDF says of its letters: tables of codes and names of glyphs of TrueType and OpenType fonts.

Fonts come from strangers: every table is read within its bounds, what is counted out is counted up to a limit, and damage ends in fewer letters.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

#: Platform and encoding of a table of codes. The second is that of fonts of signs, whose codes say nothing about letters.
_MACINTOSH, _SIGNS = (1, 0), (3, 0)
#: Tables of codes in Unicode, the fullest first.
_UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))
#: Most tables of a font, tables of codes in it, and codes that are counted out of one of them: overlapping ranges can name billions.
MAX_TABLES, MAX_CODES = 64, 150_000
#: The order in which fonts of word processors number their first glyphs, and by which fonts name them (Apple, TrueType Reference Manual, "post"):
#: three without a shape, ASCII, the upper half of the character set of the Macintosh, 32 more.
STANDARD_ORDER = (
    "\0\0\0"
    + bytes(range(32, 127)).decode("ascii")
    + bytes(range(128, 256)).decode("mac_roman").replace("€", "¤")
    + "ŁłŠšŽž¦ÐðÝýÞþ−×¹²³½¼¾₣ĞğİŞşĆćČčđ"
)
_STANDARD_NAMES = tuple("" if letter == "\0" else f"uni{ord(letter):04X}" for letter in STANDARD_ORDER)


def has_mac_codes(font: bytes) -> bool:
    """Tell whether the only table of codes in a font that tells letters is that of the Macintosh.

    A PDF that names no encoding for such a font means its codes: 0x8E is "é" there, and "Ž" or nothing elsewhere (PDF 32000-1, 9.6.6.4).
    """
    return set(_find_codes(font)) - {_SIGNS} == {_MACINTOSH}


def find_table(font: bytes, tag: bytes) -> bytes:
    """Return a table of a font, cut where the font ends; empty where there is none."""
    try:
        (count,) = struct.unpack_from(">H", font, 4)
        for number in range(min(count, MAX_TABLES)):
            found, _, start, length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
            if found == tag:
                return font[start : start + length]
    except struct.error:
        pass
    return b""


def read_letters(font: bytes, name_letter: Callable[[str], str]) -> dict[int, str]:
    """Return the letters of a font by the numbers of its glyphs, as its tables of codes say, or else the names of the glyphs.

    Parameters
    ----------
    font : bytes
    name_letter : callable
        Gives the letter with the name of a glyph; raises KeyError or ValueError where it is none.

    Returns
    -------
    dict of int to str
        Empty where the font says nothing. Glyphs without a letter are missing.
    """
    cmap, places = find_table(font, b"cmap"), _find_codes(font)
    for kind in _UNICODE:
        if kind in places and (letters := _letters(_walk_codes(cmap, places[kind]), chr)):
            return letters
    named: dict[int, str] = {}
    for glyph, name in read_names(font).items():
        try:
            named[glyph] = name_letter(name)
        except (KeyError, ValueError):
            continue
    if not named and _MACINTOSH in places:
        return _letters(_walk_codes(cmap, places[_MACINTOSH]), lambda code: bytes((code,)).decode("mac_roman"))
    return named


def read_code_glyphs(font: bytes) -> dict[int, int]:
    """Return the glyph numbers by the single bytes that show them in a font whose codes are its own: signs, else the Macintosh."""
    cmap, places = find_table(font, b"cmap"), _find_codes(font)
    for kind in (_SIGNS, _MACINTOSH):
        if kind in places:
            glyphs = {code & 0xFF: glyph for code, glyph in _walk_codes(cmap, places[kind]) if glyph and (code < 256 or code >> 8 == 0xF0)}
            if glyphs:
                return glyphs
    return {}


def _find_codes(font: bytes) -> dict[tuple[int, int], int]:
    """Return where the tables of codes begin in the table `cmap`, by platform and encoding."""
    cmap = find_table(font, b"cmap")
    places: dict[tuple[int, int], int] = {}
    try:
        (count,) = struct.unpack_from(">H", cmap, 2)
        for number in range(min(count, MAX_TABLES)):
            platform, encoding, start = struct.unpack_from(">HHI", cmap, 4 + 8 * number)
            places.setdefault((platform, encoding), start)
    except struct.error:
        pass
    return places


def _letters(codes: Iterator[tuple[int, int]], letter: Callable[[int], str]) -> dict[int, str]:
    """Turn codes around. A glyph that has several keeps the lowest: the space is also the fixed space, the hyphen the soft one."""
    found: dict[int, str] = {}
    for code, glyph in codes:
        # No letters: controls, halves of letters, and what each font means for itself.
        if glyph and code >= 0x20 and not 0xD800 <= code < 0xF900 and code < 0xF0000 and glyph not in found:
            try:
                found[glyph] = letter(code)
            except ValueError:
                continue
    return found


def _walk_codes(cmap: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Yield codes and glyph numbers of one table of codes: formats 0, 4, 6 and 12, which all writers of fonts use."""
    left = MAX_CODES
    try:
        (kind,) = struct.unpack_from(">H", cmap, start)
        if kind == 0:
            yield from enumerate(struct.unpack_from(">256B", cmap, start + 6))
        elif kind == 6:
            first, count = struct.unpack_from(">HH", cmap, start + 6)
            for number in range(count):
                yield first + number, struct.unpack_from(">H", cmap, start + 10 + 2 * number)[0]
        elif kind == 4:
            segments = struct.unpack_from(">H", cmap, start + 6)[0] // 2
            ends, firsts = start + 14, start + 16 + 2 * segments
            for number in range(segments):
                (last,) = struct.unpack_from(">H", cmap, ends + 2 * number)
                first, shift = (struct.unpack_from(">H", cmap, firsts + 2 * (row * segments + number))[0] for row in (0, 1))
                place = firsts + 2 * (2 * segments + number)
                (offset,) = struct.unpack_from(">H", cmap, place)
                for code in range(first, last + 1):
                    left -= 1
                    if left < 0:
                        return
                    if offset in (0, 0xFFFF):
                        yield code, (code + shift) & 0xFFFF
                        continue
                    at = place + offset + 2 * (code - first)
                    if at + 2 > len(cmap):
                        break
                    (glyph,) = struct.unpack_from(">H", cmap, at)
                    yield code, (glyph + shift) & 0xFFFF if glyph else 0
        elif kind == 12:
            (groups,) = struct.unpack_from(">I", cmap, start + 12)
            for number in range(min(groups, MAX_CODES)):
                first, last, glyph = struct.unpack_from(">III", cmap, start + 16 + 12 * number)
                for code in range(first, min(last, 0x10FFFF) + 1):
                    left -= 1
                    if left < 0:
                        return
                    yield code, glyph + code - first
    except struct.error:
        return


def read_names(font: bytes) -> dict[int, str]:
    """Return the names of the glyphs that have one: in the standard order, or each its own. Those of the standard order are named by their letter."""
    post = find_table(font, b"post")
    try:
        (version,) = struct.unpack_from(">I", post, 0)
        if version == 0x00010000:
            return {glyph: _STANDARD_NAMES[glyph] for glyph in range(len(STANDARD_ORDER)) if _STANDARD_NAMES[glyph]}
        if version != 0x00020000:
            return {}
        (count,) = struct.unpack_from(">H", post, 32)
        numbers = struct.unpack_from(f">{count}H", post, 34)
    except struct.error:
        return {}
    own: list[str] = []
    place = 34 + 2 * count
    while place < len(post) and len(own) < 65_536:
        own.append(post[place + 1 : place + 1 + post[place]].decode("latin-1"))
        place += 1 + post[place]
    names = (*_STANDARD_NAMES, *own)
    return {glyph: names[number] for glyph, number in enumerate(numbers) if number < len(names) and names[number]}
