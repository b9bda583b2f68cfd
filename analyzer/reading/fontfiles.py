"""What the program of a font says where the PDF around it does not: letters of glyphs, and the encoding of single bytes."""

from __future__ import annotations

from typing import Any

from analyzer.reading.cff import read_compact_font
from analyzer.reading.truetype import find_table, has_mac_codes, read_code_glyphs, read_letters, read_names


def read_program_letters(spec: Any) -> dict[int, str]:
    """Return the letters of a font with glyph numbers for codes, by those codes; empty where its program names none.

    Parameters
    ----------
    spec : dict
        The descendant font (CIDFontType0 or CIDFontType2) of pdfminer.
    """
    from pdfminer.encodingdb import name2unicode
    from pdfminer.pdftypes import PDFStream, resolve1

    program = _program(spec)
    compact = find_table(program, b"CFF ") if program[:4] == b"OTTO" else program if program[:1] == b"\x01" else b""
    letters = {} if program[:1] == b"\x01" else read_letters(program, name2unicode)
    if compact:
        names, identifiers, _ = read_compact_font(compact, _standard_names())
        if identifiers:
            return {identifiers[glyph]: letter for glyph, letter in letters.items() if glyph < len(identifiers)}
        letters = letters or _name_letters(enumerate(names))
    places = resolve1(spec.get("CIDToGIDMap"))
    if isinstance(places, PDFStream) and letters:
        data = places.get_data()
        glyphs = ((code, int.from_bytes(data[2 * code : 2 * code + 2], "big")) for code in range(min(len(data) // 2, 65_536)))
        return {code: letters[glyph] for code, glyph in glyphs if glyph in letters}
    return letters


def find_own_encoding(spec: Any) -> Any:
    """Return the encoding of a font of single bytes that has one in its program only, as an entry for `spec`, or None."""
    from pdfminer.psparser import LIT

    program = _program(spec)
    if getattr(spec.get("Subtype"), "name", "") == "TrueType":
        if has_mac_codes(program):
            return LIT("MacRomanEncoding")
        names_of = read_names(program)
        named = {code: names_of[glyph] for code, glyph in read_code_glyphs(program).items() if names_of.get(glyph, ".notdef") != ".notdef"}
    elif program[:1] == b"\x01":
        names, _, codes = read_compact_font(program, _standard_names())
        named = {code: names[glyph] for code, glyph in codes.items() if glyph < len(names)}
    else:
        return None
    differences: list[Any] = []
    for code, name in sorted(named.items()):
        differences += [code, LIT(name)]
    return {"Differences": differences} if _name_letters(named.items()) else None


def _program(spec: Any) -> bytes:
    """Return the program of a font, its streams undone; empty where there is none."""
    from pdfminer.pdftypes import PDFStream, resolve1

    descriptor = resolve1(spec.get("FontDescriptor"))
    if isinstance(descriptor, dict):
        for entry in ("FontFile2", "FontFile3"):
            stream = resolve1(descriptor.get(entry))
            if isinstance(stream, PDFStream):
                return bytes(stream.get_data() or b"")
    return b""


def _standard_names() -> tuple[str, ...]:
    from pdfminer.pdffont import CFFFont

    return CFFFont.STANDARD_STRINGS


def _name_letters(names: Any) -> dict[int, str]:
    from pdfminer.encodingdb import name2unicode

    letters: dict[int, str] = {}
    for number, name in names:
        try:
            letters[number] = name2unicode(name)
        except (KeyError, ValueError):
            continue
    return letters
