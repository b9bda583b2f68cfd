"""Fields of a PDF form: what was written into them, also where no look of it is stored, and which were left empty."""

from __future__ import annotations

from typing import Any

#: Flags of an annotation that is not shown, and of a field that is a button to press or a radio button.
HIDDEN = 2 | 32
_PUSH_BUTTON = 1 << 16
#: What stands for an empty field; the same as a line on paper that was never filled in.
BLANK = "__________"
TICKED, UNTICKED = "☒", "☐"


def is_hidden(annotation: dict[str, Any]) -> bool:
    """Tell whether a viewer does not show an annotation."""
    flags = _inherited(annotation, "F", 1)
    return isinstance(flags, int) and bool(flags & HIDDEN)


def field_text(annotation: dict[str, Any], *, has_look: bool) -> str:
    """Return what stands in a field of a form, or "" where its look on the page says it.

    Parameters
    ----------
    annotation : dict
        A widget.
    has_look : bool
        It brings its own drawing.
    """
    from pdfminer.psparser import PSLiteral
    from pdfminer.utils import decode_text

    kind = getattr(_inherited(annotation, "FT"), "name", "")
    value = _inherited(annotation, "V")
    if kind == "Btn":
        flags = _inherited(annotation, "Ff")
        if isinstance(flags, int) and flags & _PUSH_BUTTON:
            return ""
        state = annotation.get("AS", value)
        return UNTICKED if not isinstance(state, PSLiteral) or state.name == "Off" else TICKED
    if kind not in ("Tx", "Ch"):
        return ""
    text = " ".join(decode_text(value).split()) if isinstance(value, bytes) else ""
    if not text:
        return BLANK
    return "" if has_look else text


def _inherited(annotation: dict[str, Any], key: str, depth: int = 8) -> Any:
    """Return an entry of a field, or of the field that it is a part of."""
    from pdfminer.pdftypes import dict_value, resolve1

    for _ in range(depth):
        if key in annotation:
            return resolve1(annotation[key])
        if "Parent" not in annotation:
            return None
        annotation = dict_value(annotation["Parent"])
    return None
