"""Pages as pixels: rendered from a PDF by pypdfium2, or taken from an image file by Pillow. Both belong to the extra `ocr`."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.errors import CorruptDocumentError, SettingsError, TooLargeError
from analyzer.reading.ocr import DPI, GrayImage
from analyzer.reading.runs import RawPage
from analyzer.settings import Limits

_EXTRA = "install the extra: pip install 'clause-analyzer[ocr]'"
#: Coarser than this, letters of a usual size cannot be told apart: a page so large stays unread.
MIN_DPI = 100
#: Width of a page in points where an image does not say its resolution: A4.
A4_WIDTH = 595.0


def render_pdf(data: bytes, wanted: Mapping[int, RawPage], *, limits: Limits, password: str = "") -> Iterator[GrayImage]:
    """Yield the wanted pages of a PDF, by number; one that cannot be rendered is left out."""
    try:
        import pypdfium2 as pdfium
    except ImportError:
        return
    try:
        document = pdfium.PdfDocument(data, password or None)
    except pdfium.PdfiumError:
        return
    try:
        for number in sorted(wanted):
            if number > len(document):
                return
            try:
                page = document[number - 1]
                width, height = page.get_size()
                scale = min(DPI / 72, (limits.max_ocr_pixels / max(1.0, width * height)) ** 0.5)
                if width > 0 and height > 0 and scale * 72 >= MIN_DPI:
                    bitmap = page.render(scale=scale, grayscale=True)
                    pixels = bitmap.to_numpy().copy()
                    bitmap.close()
                    yield GrayImage(number, pixels.reshape(pixels.shape[0], -1), width, height)
                page.close()
            except (pdfium.PdfiumError, ValueError, MemoryError):
                continue
    finally:
        document.close()


def read_images(data: bytes, *, limits: Limits) -> list[GrayImage]:
    """Return the pages of a PNG, JPEG or TIFF file, upright as the camera says.

    Raises
    ------
    SettingsError
        Pillow is not installed.
    CorruptDocumentError, TooLargeError
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise SettingsError("Images need Pillow", hint=_EXTRA) from error
    found: list[GrayImage] = []
    total = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of odd files; they are read or refused
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF")) as image:
                frames = getattr(image, "n_frames", 1)
                if frames > limits.max_pages:
                    raise TooLargeError(f"The image has {frames} pages, more than {limits.max_pages}")
                for number in range(frames):
                    image.seek(number)
                    pixels = image.width * image.height
                    total += pixels
                    if pixels > limits.max_ocr_pixels or total > 10 * limits.max_ocr_pixels:
                        raise TooLargeError(f"The image has {total:,} pixels; a page may have {limits.max_ocr_pixels:,}")
                    found.append(_read_frame(image, number + 1))
    except TooLargeError:
        raise
    except Exception as error:  # Pillow's decoders raise what they like on a damaged file
        raise CorruptDocumentError("The image cannot be read", hint="open it in a viewer and save it again") from error
    return found


def _read_frame(image: Any, number: int) -> GrayImage:
    import numpy as np
    from PIL import Image, ImageOps

    stated = image.info.get("dpi")
    frame = ImageOps.exif_transpose(image)
    if frame.mode in ("RGBA", "LA", "PA") or "transparency" in frame.info:
        frame = frame.convert("RGBA")
        paper = Image.new("RGBA", frame.size, "white")
        paper.alpha_composite(frame)
        frame = paper
    frame = frame.convert("L")
    dpi = float(stated[0]) if stated and 72 < float(stated[0]) <= 1200 else 72 * frame.width / A4_WIDTH
    width, height = 72 * frame.width / dpi, 72 * frame.height / dpi
    if dpi < 180:
        # Screenshots and faxes: tesseract wants letters of 20 pixels or more.
        frame = frame.resize((frame.width * 2, frame.height * 2), Image.Resampling.BICUBIC)
    return GrayImage(number, np.asarray(frame).copy(), width, height)
