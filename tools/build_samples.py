"""Render the sample contracts from their Markdown sources in `data/samples/src` to PDF and DOCX (make samples).

A source is plain Markdown: `#` headings, paragraphs, `-` items, `|` tables; its first line `<!-- pdf -->` or `<!-- docx -->` names the format.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1] / "data" / "samples"

Block = tuple[str, Any]


def parse(source: str) -> tuple[str, list[Block]]:
    """Return the wanted format and blocks: ("h1" | "h2" | "p" | "li", text) and ("table", rows)."""
    first, _, rest = source.partition("\n")
    format = re.fullmatch(r"<!-- (pdf|docx) -->\s*", first)
    if format is None:
        raise ValueError("the first line must be <!-- pdf --> or <!-- docx -->")
    blocks: list[Block] = []
    for line in rest.split("\n"):
        line = line.strip()
        if not line or re.fullmatch(r"[|:\- ]+", line):
            continue
        if line.startswith("|"):
            row = [cell.strip() for cell in line.strip("|").split("|")]
            if blocks and blocks[-1][0] == "table":
                blocks[-1][1].append(row)
            else:
                blocks.append(("table", [row]))
        elif match := re.match(r"(#{1,3}) (.*)", line):
            blocks.append((f"h{len(match[1])}", match[2]))
        elif line.startswith("- "):
            blocks.append(("li", line[2:]))
        else:
            blocks.append(("p", line))
    return format[1], blocks


def write_pdf(blocks: list[Block], path: Path, title: str) -> None:
    """Write a PDF with running head and page numbers, the same bytes each time."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.lib.units import cm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    styles = getSampleStyleSheet()
    body = styles["BodyText"]
    names = {"h1": "Title", "h2": "Heading2", "h3": "Heading3"}
    story: list[Any] = []
    for kind, content in blocks:
        if kind == "table":
            table = Table([[Paragraph(cell, body) for cell in row] for row in content])
            table.setStyle(TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.grey), ("VALIGN", (0, 0), (-1, -1), "TOP")]))
            story += [Spacer(1, 6), table, Spacer(1, 6)]
        elif kind == "li":
            story.append(Paragraph(content, body, bulletText="•"))
        else:
            story.append(Paragraph(content, styles[names[kind]] if kind in names else body))

    def furniture(canvas: Any, document: Any) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(2 * cm, A4[1] - 1.2 * cm, title)
        canvas.drawRightString(A4[0] - 2 * cm, 1 * cm, f"{document.page}")

    document = SimpleDocTemplate(
        str(path), pagesize=A4, leftMargin=2 * cm, rightMargin=2 * cm, topMargin=2 * cm, bottomMargin=2 * cm, title=title, invariant=1
    )
    document.build(story, onFirstPage=furniture, onLaterPages=furniture)


def write_docx(blocks: list[Block], path: Path) -> None:
    """Write a Word file with heading styles, lists and tables."""
    import datetime

    from docx import Document

    document = Document()
    stamp = datetime.datetime(2026, 1, 1)
    document.core_properties.created = document.core_properties.modified = stamp
    document.core_properties.author = "clause-analyzer"
    for kind, content in blocks:
        if kind == "table":
            table = document.add_table(rows=0, cols=len(content[0]), style="Table Grid")
            for row in content:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
        elif kind == "li":
            document.add_paragraph(content, style="List Bullet")
        elif kind == "p":
            document.add_paragraph(content)
        else:
            document.add_heading(content, level=int(kind[1]))
    document.save(str(path))


def main() -> None:
    """Build every source."""
    for source in sorted((ROOT / "src").glob("*.md")):
        format, blocks = parse(source.read_text(encoding="utf-8"))
        path = ROOT / f"{source.stem}.{format}"
        if format == "pdf":
            write_pdf(blocks, path, next(text for kind, text in blocks if kind == "h1"))
        else:
            write_docx(blocks, path)
        print(path.relative_to(ROOT.parents[1]))


if __name__ == "__main__":
    main()
