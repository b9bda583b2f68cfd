"""The customer's own PDF with the findings marked and explained in notes. Needs the extra `office` (pypdf)."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

from analyzer.assessment.messages import render_finding
from analyzer.errors import SettingsError
from analyzer.report.words import catalogue_of, word
from analyzer.types import Severity

if TYPE_CHECKING:
    from analyzer.report.model import Report

_COLOURS = {Severity.HIGH: "ef9a9a", Severity.MEDIUM: "ffcc80", Severity.LOW: "e6ee9c"}


def render_pdf(report: Report, language: str, source: bytes | None, password: str = "") -> bytes:
    """Return the original PDF with a highlight and a note per finding; a closed one is opened with the password, and the copy is open.

    Raises
    ------
    SettingsError
        No source given, the source is not this report's PDF, or pypdf is not installed.
    """
    try:
        from pypdf import PdfReader, PdfWriter
        from pypdf.annotations import Highlight
        from pypdf.errors import PyPdfError
        from pypdf.generic import ArrayObject, FloatObject, NameObject, TextStringObject
    except ImportError as error:
        raise SettingsError("Marked PDF files need pypdf", hint="install the extra: pip install 'clause-analyzer[office]'") from error
    if report.document.media_type != "application/pdf":
        raise SettingsError("Only a PDF can be marked, and this contract is no PDF", hint="use the format docx or html")
    if source is None or hashlib.sha256(source).hexdigest() != report.document.sha256:
        raise SettingsError("The format pdf needs the original file", hint="render('pdf', source=the bytes that were analyzed)")
    try:
        catalogue = catalogue_of(report)
        writer = PdfWriter(clone_from=PdfReader(io.BytesIO(source), strict=False, password=password or None))
        for finding in report.findings:
            if finding.severity is Severity.INFO:
                continue
            words = render_finding(finding, language, wording_language=report.language, catalogue=catalogue)
            note = f"{word('severity', finding.severity.value, language)}: {words.title}\n{words.explanation}"
            if words.ask and words.ask != words.wording:
                note += f"\n{word('report', 'ask', language)}: {words.ask}"
            if words.wording:
                note += f"\n{word('report', 'wording', language)}: {words.wording}"
            if words.source:
                note += f"\n{word('report', 'source', language)}: {words.source}"
            for span in finding.evidence:
                by_page: dict[int, list[tuple[float, float, float, float]]] = {}
                for box in report.document.boxes(span):
                    by_page.setdefault(box.page, []).append((box.x0, box.top, box.x1, box.bottom))
                for number, boxes in by_page.items():
                    page = writer.pages[number - 1]
                    rectangles = [_to_page(page, box) for box in boxes]
                    corners: list[float] = []
                    for left, low, right, high in rectangles:
                        corners += [left, high, right, high, left, low, right, low]
                    outer = (
                        min(r[0] for r in rectangles),
                        min(r[1] for r in rectangles),
                        max(r[2] for r in rectangles),
                        max(r[3] for r in rectangles),
                    )
                    mark: Any = Highlight(
                        rect=outer, quad_points=ArrayObject([FloatObject(c) for c in corners]), highlight_color=_COLOURS[finding.severity]
                    )
                    mark[NameObject("/Contents")] = TextStringObject(note)
                    mark[NameObject("/CA")] = FloatObject(0.6)  # marks that lie on each other multiply; full colour would hide the words
                    mark[NameObject("/T")] = TextStringObject("clause-analyzer")
                    writer.add_annotation(page_number=number - 1, annotation=mark)
        buffer = io.BytesIO()
        writer.write(buffer)
    except (PyPdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as error:
        raise SettingsError(f"The PDF cannot be marked: {type(error).__name__}", hint="use the format docx or html") from error
    return buffer.getvalue()


def _to_page(page: Any, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Map a box with its origin at the top left of the page as shown to the page's own coordinates."""
    x0, top, x1, bottom = box
    left, low, right, high = (float(v) for v in page.mediabox)
    rotation = int(page.get("/Rotate", 0) or 0) % 360
    if rotation == 90:
        return left + top, low + x0, left + bottom, low + x1
    if rotation == 180:
        return right - x1, low + top, right - x0, low + bottom
    if rotation == 270:
        return right - bottom, high - x1, right - top, high - x0
    return left + x0, high - bottom, left + x1, high - top
