"""Hebrew and Arabic lines as they are spoken: a PDF shows their letters from left to right, the last one first, and Arabic ones in the form of their place."""

from __future__ import annotations

import re
import unicodedata

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_FORMS = re.compile("[\ufb1d-\ufdff\ufe70-\ufefc]")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def runs_right_to_left(text: str) -> bool:
    """Tell whether some of a text is written from right to left."""
    return not text.isascii() and _RIGHT_TO_LEFT.search(text) is not None


def turn_line(text: str) -> str:
    """Return a line in the order in which it is spoken, from the order in which it is seen; or the other way round.

    Figures and Latin words stay as they are; the direction of the line is that of most of its letters.
    """
    kinds = [_kind(sign) for sign in text]
    base = "R" if kinds.count("R") >= kinds.count("L") else "L"
    pieces = _pieces(text, kinds, base)
    if base == "R":
        pieces.reverse()
    turned = "".join(piece[::-1].translate(_MIRRORED) if kind == "R" else piece for kind, piece in pieces)
    return _FORMS.sub(lambda match: unicodedata.normalize("NFKC", match[0]).strip(), turned)


def _kind(sign: str) -> str:
    """Return "R" or "L" for letters, "N" for figures, "" for what goes along with its neighbours."""
    return {"R": "R", "AL": "R", "NSM": "R" if _RIGHT_TO_LEFT.match(sign) else "", "L": "L", "EN": "N", "AN": "N"}.get(
        unicodedata.bidirectional(sign), ""
    )


def _pieces(text: str, kinds: list[str], base: str) -> list[tuple[str, str]]:
    """Cut a line where the direction changes; signs between two pieces of one direction belong to it, others to the line."""
    pieces: list[tuple[str, str]] = []
    start, current = 0, base
    last = 0  # where the last letter or figure of the current piece ended
    for place, kind in enumerate(kinds):
        direction = "L" if kind == "N" else kind
        if direction and direction != current:
            # What lies between goes with the direction of the line.
            cut = last if current != base else place
            pieces.append((current, text[start:cut]))
            if cut < place:
                pieces.append((base, text[cut:place]))
            start, current = place, direction
        if direction:
            last = place + 1
    if current != base:
        pieces += [(current, text[start:last]), (base, text[last:])]
    else:
        pieces.append((current, text[start:]))
    return [(kind, piece) for kind, piece in pieces if piece]
