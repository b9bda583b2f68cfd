"""The little that must be known of a TrueType font in a PDF: which codes its letters have where the PDF does not say."""

from __future__ import annotations

import struct

#: Platform and encoding of a table of codes. The second is that of fonts of signs, whose codes say nothing about letters.
_MACINTOSH, _SIGNS = (1, 0), (3, 0)


def has_mac_codes(font: bytes) -> bool:
    """Tell whether the only table of codes in a font that tells letters is that of the Macintosh.

    A PDF that names no encoding for such a font means its codes: 0x8E is "é" there, and "Ž" or nothing elsewhere (PDF 32000-1, 9.6.6.4).
    """
    try:
        (count,) = struct.unpack_from(">H", font, 4)
        for number in range(min(count, 64)):
            tag, _, start, _ = struct.unpack_from(">4sIII", font, 12 + 16 * number)
            if tag == b"cmap":
                (tables,) = struct.unpack_from(">H", font, start + 2)
                found = {struct.unpack_from(">HH", font, start + 4 + 8 * table) for table in range(min(tables, 64))}
                return found - {_SIGNS} == {_MACINTOSH}
    except struct.error:
        pass
    return False
