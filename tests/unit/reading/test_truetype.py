"""Codes of TrueType fonts that a PDF embeds without saying how they are encoded."""

from __future__ import annotations

import struct
import zlib

import pytest
from test_bounds import page_of, read, stream

from analyzer.reading.truetype import has_mac_codes

MAC, SIGNS, WINDOWS = (1, 0), (3, 0), (3, 1)


def font_with(*tables: tuple[int, int]) -> bytes:
    """Return the head of a TrueType font with tables of codes for these platforms and encodings."""
    cmap = struct.pack(">HH", 0, len(tables)) + b"".join(struct.pack(">HHI", *table, 0) for table in tables)
    return (
        struct.pack(">IHHHH", 0x00010000, 2, 0, 0, 0)
        + struct.pack(">4sIII", b"OS/2", 0, 44, 0)
        + struct.pack(">4sIII", b"cmap", 0, 44, len(cmap))
        + cmap
    )


@pytest.mark.parametrize(
    ("font", "mac"),
    [(font_with(MAC), True), (font_with(MAC, SIGNS), True), (font_with(MAC, WINDOWS), False), (font_with(SIGNS), False), (font_with(), False), (b"", False),
     (font_with(MAC)[:46], False), (b"\xff" * 99, False)],
)  # fmt: skip
def test_tables_of_codes(font: bytes, mac: bool) -> None:
    assert has_mac_codes(font) is mac


@pytest.mark.parametrize(
    ("entries", "text"),
    [(b"", "réaction"), (b"/Encoding/WinAnsiEncoding", "rŽaction")],
)
def test_accents_of_a_font_from_a_macintosh(entries: bytes, text: str) -> None:
    packed = zlib.compress(font_with(MAC))
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/AAAAAA+X/FirstChar 0/LastChar 0/Widths[500]/FontDescriptor 7 0 R" + entries + b">>"
    descriptor = b"<</Type/FontDescriptor/FontName/AAAAAA+X/Flags 4/MissingWidth 500/FontFile2 8 0 R>>"
    file = b"<</Length %d/Filter/FlateDecode>>\nstream\n" % len(packed) + packed + b"\nendstream"
    data = page_of(stream(b"BT /F2 12 Tf 50 400 Td (r\\216action) Tj ET"), b"/Font<</F2 6 0 R>>", [font, descriptor, file])
    assert read(data).text == text
