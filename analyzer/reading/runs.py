"""What every reader of pages hands to `layout`: pieces of text with a place, and ruled lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Run(NamedTuple):
    """A piece of text on one baseline, in PDF points with the origin top left."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool


class Rule(NamedTuple):
    """A drawn line or the edge of a drawn rectangle; horizontal where `top == bottom`, vertical where `x0 == x1`."""

    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(slots=True)
class RawPage:
    """One page before layout."""

    number: int
    width: float
    height: float
    runs: list[Run] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    #: Characters that the font maps to nothing readable.
    unmapped: int = 0
    #: Share of the page that images cover, 0 to 1.
    image_share: float = 0.0
    #: Text that does not run left to right: stamps, watermarks, side notes.
    rotated: list[str] = field(default_factory=list)
    error: str = ""
