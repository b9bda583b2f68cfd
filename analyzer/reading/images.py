"""Pages as pixels: rendered from a PDF by pypdfium2, or taken from an image file by Pillow. Both belong to the extra `ocr`."""

from __future__ import annotations

import ctypes
import io
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from analyzer.errors import CorruptDocumentError, SettingsError, TooLargeError
from analyzer.reading.ocr import BLANK_INK, DPI, GrayImage
from analyzer.reading.runs import RawPage
from analyzer.settings import Limits

_EXTRA = "install the extra: pip install 'clause-analyzer[ocr]'"
#: Coarser than this, letters of a usual size cannot be told apart: a page so large stays unread.
MIN_DPI = 100
#: How far in points the edges of an image may lie from those of the page that it is all of.
SAME_PLACE = 0.5
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
                image = _scan_of(page, number, width, height, limits)
                scale = min(DPI / 72, (limits.max_ocr_pixels / max(1.0, width * height)) ** 0.5)
                if image is not None:
                    yield image
                elif width > 0 and height > 0 and scale * 72 >= MIN_DPI:
                    bitmap = page.render(scale=scale, grayscale=True)
                    pixels = bitmap.to_numpy().copy()
                    bitmap.close()
                    yield GrayImage(number, pixels.reshape(pixels.shape[0], -1), width, height)
                page.close()
            except (pdfium.PdfiumError, ValueError, MemoryError):
                continue
    finally:
        document.close()


def _scan_of(page: Any, number: int, width: float, height: float, limits: Limits) -> GrayImage | None:
    """Return the image that is all of a page, as it was scanned: a tenth of what rendering costs, and no pixel is blurred. None where the page is more."""
    import numpy as np
    from pypdfium2 import raw

    if raw.FPDFPage_CountObjects(page.raw) != 1 or raw.FPDFPage_GetAnnotCount(page.raw) > 0:
        return None
    (found,) = page.get_objects(max_depth=1)
    if found.type != raw.FPDF_PAGEOBJ_IMAGE or raw.FPDFPageObj_HasTransparency(found.raw):
        return None
    columns, rows = ctypes.c_uint(), ctypes.c_uint()
    if not raw.FPDFImageObj_GetImagePixelSize(found.raw, columns, rows) or not 0 < columns.value * rows.value <= limits.max_ocr_pixels:
        return None
    across, b, c, up, left, bottom = found.get_matrix().get()
    x0, y0, x1, y1 = page.get_bbox()
    edges = (left - x0, bottom - y0, left + across - x1, bottom + up - y1)
    if abs(b) > 1e-3 or abs(c) > 1e-3 or across <= 0 or up <= 0 or max(map(abs, edges)) > SAME_PLACE:
        return None
    resolutions = (72 * columns.value / across, 72 * rows.value / up)
    if not all(abs(dpi / DPI - 1) < 0.1 for dpi in resolutions) or abs(resolutions[0] / resolutions[1] - 1) > 0.01:
        return None
    bitmap = found.get_bitmap()
    if bitmap.format == raw.FPDFBitmap_Gray:
        pixels = bitmap.to_numpy().reshape(bitmap.height, -1).copy()
    else:
        pixels = np.asarray(bitmap.to_pil().convert("L"))
    if not np.any((pixels[::8, ::8] > 0) & (pixels[::8, ::8] < 255)):
        return None  # black and white: rendering makes the edges of letters smooth, and a seventh of a per cent more words are right
    image = GrayImage(number, np.ascontiguousarray(np.rot90(pixels, -(page.get_rotation() // 90))), width, height)
    # A stencil, or an image that a mask gives its shape, says something else by itself than on the page: dark all over, or empty.
    return image if BLANK_INK <= image.ink < 0.4 else None


def read_images(data: bytes, *, limits: Limits) -> list[GrayImage]:
    """Return the pages of a PNG, JPEG or TIFF file, upright as the camera says.

    Raises
    ------
    SettingsError
        Pillow is not installed.
    ImportError
        Another library is missing, such as numpy.
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
    except (TooLargeError, ImportError):
        raise  # a library that is missing is no damage of the image
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
