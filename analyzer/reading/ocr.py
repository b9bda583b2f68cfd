"""Text recognition of scanned pages; an extra."""

from __future__ import annotations


def ocr_hint() -> str:
    """Return what a person can do about pages that are images."""
    return "run text recognition (OCR) on the file first"
