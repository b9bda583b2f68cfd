"""Text of a DOCX that is neither shown nor printed: hidden by its own formatting, or by a style or one that the style is based on."""

from __future__ import annotations

from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Styles that are based on each other in a ring exist in damaged files.
_MOST_STEPS = 20


class HiddenText:
    """Tells hidden runs from shown ones, and remembers whether any text was hidden.

    Parameters
    ----------
    styles : element or None
        Root of the part with the styles.

    Notes
    -----
    What is set at the run decides. Else hiding is a toggle (ECMA-376, 17.7.3): hidden text within a hidden paragraph is shown.
    """

    def __init__(self, styles: Any) -> None:
        self.met = False
        self._own: dict[str, bool] = {}
        self._parents: dict[str, str] = {}
        self._usual = ""
        for style in styles.iter(f"{W}style") if styles is not None else ():
            name = style.get(f"{W}styleId", "")
            based = style.find(f"{W}basedOn")
            if based is not None:
                self._parents[name] = based.get(f"{W}val", "")
            if (said := _vanishes(style)) is not None:
                self._own[name] = said
            if style.get(f"{W}type") == "paragraph" and _is_on(style.get(f"{W}default", "0")):
                self._usual = name

    def paragraph_style(self, paragraph: Any) -> bool:
        """Return whether the style of a paragraph hides its text."""
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        return bool(self._own) and self._style(self._usual if style is None else style.get(f"{W}val", ""))

    def is_hidden(self, run: Any, paragraph_hides: bool) -> bool:
        """Tell whether a run is hidden, in a paragraph whose style hides its text or not."""
        said = _vanishes(run)
        if said is None:
            style = run.find(f"{W}rPr/{W}rStyle") if self._own else None
            said = paragraph_hides ^ (style is not None and self._style(style.get(f"{W}val", "")))
        if said and not self.met:
            self.met = any((text.text or "").strip() for text in run.iter(f"{W}t"))
        return said

    def _style(self, name: str) -> bool:
        for _ in range(_MOST_STEPS):
            if name in self._own:
                return self._own[name]
            if name not in self._parents:
                return False
            name = self._parents[name]
        return False


def _vanishes(node: Any) -> bool | None:
    """Return what a run or a style says of itself; None where it says nothing."""
    vanish = node.find(f"{W}rPr/{W}vanish")
    return None if vanish is None else _is_on(vanish.get(f"{W}val", "1"))


def _is_on(value: str) -> bool:
    return value not in ("0", "false", "off")
