"""Ruled lines in the pixels of a scan: they part the cells of a table, as the drawn lines of a PDF do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analyzer.reading.runs import Rule

if TYPE_CHECKING:
    import numpy as np

#: Darker than this, of 255, is ink: thin lines are grey in a scan.
INK = 160
#: Shortest lines in points: no letter has a stroke so long, and most cells are larger.
SHORTEST_ACROSS, SHORTEST_DOWN = 30.0, 20.0
#: Thicker than this in points is a bar, a picture or a dark border of the scan.
THICKEST = 4.0
#: Most pieces of lines on a page: more of them are a picture.
MAX_PIECES = 20_000


def find_strokes(pixels: np.ndarray[Any, Any], scale: float) -> list[Rule]:
    """Return the straight horizontal and vertical lines of a page in points; `scale` is points per pixel."""

    height, width = (size // 2 * 2 for size in pixels.shape)
    ink = pixels[:height, :width] < INK
    # Half the resolution is enough; a pixel is dark where one of its four is, so that thin lines hold together.
    half = ink[::2, ::2] | ink[1::2, ::2] | ink[::2, 1::2] | ink[1::2, 1::2]
    step = 2 * scale
    across = _lines(half, round(SHORTEST_ACROSS / step), THICKEST / step)
    down = _lines(half.T, round(SHORTEST_DOWN / step), THICKEST / step)
    return [Rule(a * step, y * step, b * step, y * step) for y, a, b in across] + [
        Rule(x * step, a * step, x * step, b * step) for x, a, b in down
    ]


def _lines(ink: np.ndarray[Any, Any], shortest: int, thickest: float) -> list[tuple[float, float, float]]:
    """Return (row, start, end) of the lines along the rows of an image, in pixels."""
    import numpy as np

    if shortest < 2 or ink.shape[1] <= shortest:
        return []
    # A line covers a whole block of half its least length wherever it begins: most rows have no such block, and need no sums.
    block = (shortest + 1) // 2
    whole = ink.shape[1] // block * block
    kept = np.flatnonzero(np.any(np.all(ink[:, :whole].reshape(ink.shape[0], -1, block), axis=2), axis=1))
    ink = np.ascontiguousarray(ink[kept])
    sums = np.zeros((ink.shape[0], ink.shape[1] + 1), dtype=np.int32)
    np.cumsum(ink, axis=1, out=sums[:, 1:])
    full = (sums[:, shortest:] - sums[:, :-shortest]) == shortest
    edges = np.diff(np.pad(full, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    rows = kept[rows]
    ends = np.nonzero(edges == -1)[1] + shortest - 1
    if len(rows) > MAX_PIECES:
        return []
    # Pieces on neighbouring rows that overlap are one line; what is too thick is none.
    open_lines: list[list[float]] = []
    found: list[list[float]] = []
    for row, start, end in zip(rows.tolist(), starts.tolist(), ends.tolist(), strict=True):
        still = [line for line in open_lines if line[1] >= row - 2]
        found += [line for line in open_lines if line[1] < row - 2]
        open_lines = still
        for line in open_lines:
            if start <= line[3] and end >= line[2]:
                line[1], line[2], line[3] = row, min(line[2], start), max(line[3], end)
                break
        else:
            open_lines.append([row, row, start, end])
    found += open_lines
    return [((top + bottom + 1) / 2, start, end) for top, bottom, start, end in found if bottom - top < thickest]
