"""Numbers of lists as they are printed: figures, letters, Roman."""

from __future__ import annotations

_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"),
          (4, "iv"), (1, "i"))  # fmt: skip


def format_number(value: int, form: str) -> str:
    """Return a number in the form that Word calls "decimal", "decimalZero", "lowerLetter", "upperLetter", "lowerRoman" or "upperRoman".

    Examples
    --------
    >>> [format_number(4, form) for form in ("decimal", "lowerLetter", "upperRoman", "decimalZero")]
    ['4', 'd', 'IV', '04']
    """
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26) * min((value - 1) // 26 + 1, 4)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman, rest = "", min(value, 3999)
        for figure, sign in _ROMAN:
            while rest >= figure:
                roman, rest = roman + sign, rest - figure
        return roman if form == "lowerRoman" else roman.upper()
    return f"{value:02d}" if form == "decimalZero" else str(value)
