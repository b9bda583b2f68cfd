"""The unit that is classified: a row of a contract with what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """A sentence, list item, table row or heading on its way to its labels.

    `heading` is the heading path, outermost first. `before` and `after` are the neighbouring rows of the same document, "" where there are none
    or where the rows do not come in order. `doc` names the document; "" is a row that stands alone.
    """

    text: str
    heading: tuple[str, ...] = ()
    language: str = ""
    kind: str = "sentence"
    before: str = ""
    after: str = ""
    doc: str = ""


def make_rows(
    texts: Sequence[str],
    *,
    headings: Sequence[Sequence[str] | None] | None = None,
    languages: Sequence[str] | str | None = None,
    kinds: Sequence[str] | None = None,
    consecutive: bool = False,
) -> list[Row]:
    """Bundle parallel sequences to rows; with `consecutive` each row knows its neighbours."""
    count = len(texts)
    paths = [(path,) if isinstance(path, str) else tuple(path or ()) for path in headings] if headings is not None else [()] * count
    spoken = [languages] * count if isinstance(languages, str) else list(languages) if languages is not None else [""] * count
    sorts = list(kinds) if kinds is not None else ["sentence"] * count
    if not len(paths) == len(spoken) == len(sorts) == count:
        raise ValueError(f"{count} texts, but {len(paths)} headings, {len(spoken)} languages and {len(sorts)} kinds")
    return [
        Row(
            text,
            paths[i],
            spoken[i],
            sorts[i],
            texts[i - 1] if consecutive and i else "",
            texts[i + 1] if consecutive and i + 1 < count else "",
            "document" if consecutive else "",
        )
        for i, text in enumerate(texts)
    ]
