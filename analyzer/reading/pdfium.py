"""PDF by pypdfium2: the second reader, faster and kinder to damaged files; an extra."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

from analyzer.errors import CorruptDocumentError, EncryptedDocumentError, SettingsError, TooLargeError
from analyzer.reading.runs import RawPage, Rule, Run
from analyzer.settings import Limits

_BOLD_WEIGHT = 600


def read_pdf_pages(data: bytes, *, limits: Limits, password: str = "") -> Iterator[RawPage]:
    """Yield the pages of a PDF as `analyzer.reading.pdf.read_pdf_pages` does."""
    try:
        import pypdfium2 as pdfium
        import pypdfium2.raw as raw
    except ImportError as error:
        raise SettingsError(
            "The reader pdfium is not installed", hint="install the extra: pip install 'clause-analyzer[pdfium]'"
        ) from error
    try:
        document = pdfium.PdfDocument(data, password or None)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise EncryptedDocumentError(
                "The PDF asks for a password", hint="give it as the setting password, or save a copy without one"
            ) from error
        raise CorruptDocumentError(f"The PDF cannot be opened: {error}", hint="open it in a viewer and print it to a new PDF") from error
    try:
        if len(document) > limits.max_pages:
            raise TooLargeError(f"The PDF has {len(document)} pages, more than {limits.max_pages}")
        for number in range(1, len(document) + 1):
            try:
                page = document[number - 1]
                yield _read_page(page, number, raw, limits)
                page.close()
            except pdfium.PdfiumError as error:
                broken = RawPage(number, 0, 0)
                broken.error = str(error)
                yield broken
    finally:
        document.close()


def _read_page(page: Any, number: int, raw: Any, limits: Limits) -> RawPage:
    width, height = page.get_size()
    result = RawPage(number, width, height)
    text_page = page.get_textpage()
    count = text_page.count_chars()
    if count > limits.max_page_characters:
        raise TooLargeError(f"Page {number} holds more than {limits.max_page_characters} characters")
    weight_of = raw.FPDFText_GetFontWeight
    for index in range(text_page.count_rects()):
        left, bottom, right, top = text_page.get_rect(index)
        text = text_page.get_text_bounded(left, bottom, right, top).replace("\x02", "-").replace("\r\n", " ").replace("\n", " ")
        if not text.strip():
            continue
        result.unmapped += text.count("\ufffd")
        at = raw.FPDFText_GetCharIndexAtPos(text_page.raw, left + 0.5, (top + bottom) / 2, 2.0, 2.0)
        size = float(raw.FPDFText_GetFontSize(text_page.raw, at)) if at >= 0 else top - bottom
        # The nominal size ignores the text matrix; the height of the box does not.
        if not 0.5 * (top - bottom) < size < 3 * (top - bottom):
            size = top - bottom
        bold = at >= 0 and weight_of(text_page.raw, at) >= _BOLD_WEIGHT
        result.runs.append(Run(text, left, height - top, right, height - bottom, size, bold))
    text_page.close()
    for item in page.get_objects(filter=(raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE), max_depth=4):
        values = [ctypes.c_float() for _ in range(4)]
        if not raw.FPDFPageObj_GetBounds(item.raw, *(ctypes.byref(value) for value in values)):
            continue
        left, bottom, right, top = (value.value for value in values)
        result.painted = True
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            result.image_share = min(1.0, result.image_share + max(0.0, (right - left) * (top - bottom)) / max(1.0, width * height))
        elif len(result.rules) < 20_000:
            upper, lower = height - top, height - bottom
            if lower - upper < 2.5 < right - left:
                result.rules.append(Rule(left, (upper + lower) / 2, right, (upper + lower) / 2))
            elif right - left < 2.5 < lower - upper:
                result.rules.append(Rule((left + right) / 2, upper, (left + right) / 2, lower))
            elif right - left < 0.98 * width:
                result.rules += [Rule(left, upper, right, upper), Rule(left, lower, right, lower),
                                 Rule(left, upper, left, lower), Rule(right, upper, right, lower)]  # fmt: skip
    return result
