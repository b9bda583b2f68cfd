"""Codes of TrueType fonts that a PDF embeds without saying how they are encoded."""

from __future__ import annotations

import struct
import zlib

import pytest
from test_bounds import page_of, read, stream

from analyzer.reading.truetype import has_mac_codes


def font_with(*platforms: int) -> bytes:
    """Return the head of a TrueType font whose table of codes has these platforms."""
    cmap = struct.pack(">HH", 0, len(platforms)) + b"".join(struct.pack(">HHI", platform, platform == 3, 0) for platform in platforms)
    return (
        struct.pack(">IHHHH", 0x00010000, 2, 0, 0, 0)
        + struct.pack(">4sIII", b"OS/2", 0, 44, 0)
        + struct.pack(">4sIII", b"cmap", 0, 44, len(cmap))
        + cmap
    )


@pytest.mark.parametrize(
    ("font", "mac"),
    [(font_with(1), True), (font_with(3, 1), False), (font_with(3), False), (font_with(), False), (b"", False), (font_with(1)[:46], False), (b"\xff" * 99, False)],
)  # fmt: skip
def test_tables_of_codes(font: bytes, mac: bool) -> None:
    assert has_mac_codes(font) is mac


@pytest.mark.parametrize(
    ("platform", "entries", "text"),
    [(1, b"", "réaction"), (1, b"/Encoding/WinAnsiEncoding", "rŽaction")],
)
def test_accents_of_a_font_from_a_macintosh(platform: int, entries: bytes, text: str) -> None:
    packed = zlib.compress(font_with(platform))
    font = b"<</Type/Font/Subtype/TrueType/BaseFont/AAAAAA+X/FirstChar 0/LastChar 0/Widths[500]/FontDescriptor 7 0 R" + entries + b">>"
    descriptor = b"<</Type/FontDescriptor/FontName/AAAAAA+X/Flags 4/MissingWidth 500/FontFile2 8 0 R>>"
    file = b"<</Length %d/Filter/FlateDecode>>\nstream\n" % len(packed) + packed + b"\nendstream"
    data = page_of(stream(b"BT /F2 12 Tf 50 400 Td (r\\216action) Tj ET"), b"/Font<</F2 6 0 R>>", [font, descriptor, file])
    assert read(data).text == text
