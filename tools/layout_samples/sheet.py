"""A sheet of paper to write on: lines at given places, wrapped paragraphs, ruled tables; the same bytes each time."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

F, B, ITALIC = "Times-Roman", "Times-Bold", "Times-Italic"
WIDTH, HEIGHT = A4


class Sheet:
    """A canvas with its origin top left and a pen that moves down."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self.canvas: Any = Canvas(self._buffer, pagesize=A4, invariant=1)
        self.top = 70.0

    def put(self, x: float, top: float, text: str, font: str = F, size: float = 10, *, right: bool = False) -> None:
        """Write one line with its baseline at `top`."""
        self.canvas.setFont(font, size)
        (self.canvas.drawRightString if right else self.canvas.drawString)(x, HEIGHT - top, text)

    def paragraph(
        self, text: str, x: float = 70, width: float = 455, font: str = F, size: float = 10, *, first: float = 0, gap: float = 6,
        justify: bool = False,
    ) -> None:  # fmt: skip
        """Write a wrapped paragraph at the pen and move it down; "\\n" breaks a line by hand."""
        lines = [line for part in text.split("\n") for line in simpleSplit(part, font, size, width)]
        for number, line in enumerate(lines):
            self.top += size * 1.25
            self.canvas.setFont(font, size)
            spaces = line.count(" ")
            rest = width - self.canvas.stringWidth(line, font, size)
            words = self.canvas.beginText(x + (first if number == 0 else 0), HEIGHT - self.top)
            words.setWordSpace(rest / spaces if justify and spaces and number < len(lines) - 1 and rest < 0.3 * width else 0)
            words.textOut(line)
            self.canvas.drawText(words)
        self.top += gap

    def heading(self, text: str, x: float = 70, size: float = 12, font: str = B) -> None:
        """Write a heading at the pen."""
        self.top += 6
        self.paragraph(text, x, font=font, size=size, gap=4)

    def rule(self, x0: float, top: float, x1: float, bottom: float, width: float = 0.5) -> None:
        """Draw a line."""
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, HEIGHT - top, x1, HEIGHT - bottom)

    def table(
        self, rows: Sequence[Sequence[str | None]], xs: Sequence[float], *, head: int = 1, size: float = 9, vertical: bool = True,
        rules: str = "all",
    ) -> None:  # fmt: skip
        """Write a table at the pen. None goes on with the cell to its left, "^" with the cell above.

        `rules` is "all", "head" (above and below the heads and at the end, as printers do it) or "none".
        """
        top = self.top + 4
        heights: list[float] = []
        for row in rows:
            most = 1
            for column, cell in enumerate(row):
                if cell and cell != "^":
                    end = column + 1
                    while end < len(row) and row[end] is None:
                        end += 1
                    most = max(most, len(simpleSplit(cell, F, size, xs[end] - xs[column] - 6)))
            heights.append(most * size * 1.2 + 5)
        ys = [top]
        for height in heights:
            ys.append(ys[-1] + height)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                end = column + 1
                while end < len(row) and row[end] is None:
                    end += 1
                if cell is not None and cell != "^":
                    for position, line in enumerate(simpleSplit(cell, F, size, xs[end] - xs[column] - 6)):
                        self.put(xs[column] + 3, ys[number] + (position + 1) * size * 1.2, line, B if number < head else F, size)
                if rules == "all" and cell != "^":
                    self.rule(xs[column], ys[number], xs[column + 1], ys[number])
                if rules == "all" and vertical and cell is not None:
                    self.rule(xs[column], ys[number], xs[column], ys[number + 1])
            if rules == "all" and vertical:
                self.rule(xs[-1], ys[number], xs[-1], ys[number + 1])
        if rules == "all":
            self.rule(xs[0], ys[-1], xs[-1], ys[-1])
        elif rules == "head":
            for y in (ys[0], ys[head], ys[-1]):
                self.rule(xs[0], y, xs[-1], y)
        self.top = ys[-1] + 8

    def watermark(self, text: str) -> None:
        """Print pale letters slantwise over the page."""
        self.canvas.saveState()
        self.canvas.setFillGray(0.85)
        self.canvas.setFont(B, 90)
        self.canvas.translate(WIDTH / 2, HEIGHT / 2)
        self.canvas.rotate(50)
        self.canvas.drawCentredString(0, 0, text)
        self.canvas.restoreState()

    def turn_page(self, top: float = 70) -> None:
        """Begin the next page."""
        self.canvas.showPage()
        self.top = top

    def finish(self) -> bytes:
        """Return the file."""
        self.canvas.save()
        return self._buffer.getvalue()
