"""The words of a chart within a document: its titles, the names of its series and categories. Its figures are a drawing, and stay one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analyzer.reading.builder import TextLine
from analyzer.types import Notice

_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_ODF = "{urn:oasis:names:tc:opendocument:xmlns:"
_ODF_TEXT, _ODF_TABLE, _ODF_OFFICE = (f"{_ODF}{name}:1.0}}" for name in ("text", "table", "office"))
_EXTENDED = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
#: Where a chart keeps texts: those of cells, of groups of categories, and of its own.
_CACHES = tuple(f"{_CHART}{name}" for name in ("strCache", "multiLvlStrCache", "strLit"))
#: Most words of one chart that are read; those of no drawing that anyone can see are more.
_MOST = 500

#: What is said where a document holds a chart.
CHART_NOTICE = Notice("chart", "The file holds charts; of those only titles and labels were read, no figures")
CUT_NOTICE = Notice(
    "chart", f"The file holds charts, of which only titles and labels were read, no figures, and of one no more than {_MOST}"
)


def word_chart_lines(root: Any) -> tuple[list[TextLine], bool]:
    """Return the words of a chart part of a DOCX: titles first, then the names of series and categories; and whether there are more than are read."""
    titles = ["".join(node.text or "" for node in paragraph.iter(f"{_DRAWING}t")) for paragraph in root.iter(f"{_DRAWING}p")]
    titles += [value.text or "" for data in root.iter(f"{_EXTENDED}txData") for value in data.iter(f"{_EXTENDED}v")]
    labels = [value.text or "" for cache in root.iter(*_CACHES) for value in cache.iter(f"{_CHART}v")]
    labels += [point.text or "" for texts in root.iter(f"{_EXTENDED}strDim") for point in texts.iter(f"{_EXTENDED}pt")]
    return _lines(titles, labels)


def odf_chart_lines(root: Any) -> tuple[list[TextLine], bool]:
    """Return the words of a chart object of an ODT: titles first, then the texts of the table behind it; and whether there are more than are read."""
    table = next(root.iter(f"{_ODF_TABLE}table"), None)
    titles = ("".join(node.itertext()) for node in root.iter(f"{_ODF_TEXT}p") if table is None or table not in node.iterancestors())
    cells = (
        "".join(cell.itertext())
        for cell in (table.iter(f"{_ODF_TABLE}table-cell") if table is not None else ())
        if cell.get(f"{_ODF_OFFICE}value-type") == "string"
    )
    return _lines(titles, cells)


def _lines(titles: Iterable[str], labels: Iterable[str]) -> tuple[list[TextLine], bool]:
    """Return a line per title and one of all labels, each once; and whether some were left out."""
    found: dict[str, None] = {}
    counts = []
    cut = False
    for texts in (titles, labels):
        for text in texts:
            words = " ".join(text.split())
            if words in found or not any(character.isalpha() for character in words):
                continue
            if len(found) >= _MOST:
                cut = True
                break
            found[words] = None
        counts.append(len(found))
    every = list(found)
    joined = ", ".join(every[counts[0] :])
    return [TextLine(text, new_block=True) for text in (*every[: counts[0]], joined) if text], cut
