"""Text recognition of scanned pages by the tesseract command, in a process per page with bounds on time, memory and pixels. An extra.

Its hOCR output gives words with boxes, the slope of each line and its type size; they become the same runs that a PDF gives, so that columns,
tables and paragraphs are found by the same code. One language at a time is quicker than four, and no worse: it is taken from the text that is
known already, or from the first page.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING, Any

from analyzer.reading.pixels import tesseract_input
from analyzer.reading.runs import RawPage, Run
from analyzer.reading.strokes import INK, find_strokes
from analyzer.resources import read_toml
from analyzer.settings import Limits, Settings
from analyzer.types import LANGUAGES

if TYPE_CHECKING:
    import numpy as np

#: Resolution of rendered pages: 200 dpi reads 98.9 % of words, 300 dpi 99.4 % in 1.2 times the time.
DPI = 300
#: Mean confidence under which a page is read again (turned, in all languages), named as doubtful, or taken as unread.
AGAIN, DOUBTFUL, UNREAD = 80.0, 70.0, 40.0
#: A page with less ink than this share of its pixels is the empty back of a sheet.
BLANK_INK = 0.0005
#: Which parts of the first page are read for its language, one after another until one tells it. Of 23 pages of real contracts that tell it by a
#: sixth of the page 20 do by a sixteenth, which costs two thirds, and none tells another one.
TASTES = (16, 6)
#: White border in pixels that is left around the ink of a page.
MARGIN = 40
#: Lines of a table are looked for on pages that lie straighter than this: on others each falls into many pieces.
MAX_RULED_SLOPE = 0.006
_NAMES = {"fr": "fra", "de": "deu", "it": "ita", "en": "eng"}
_INSTALL = (
    "install tesseract (Debian, Ubuntu: apt-get install tesseract-ocr tesseract-ocr-fra tesseract-ocr-deu tesseract-ocr-ita) and the extra "
    "(pip install 'clause-analyzer[ocr]'), or run text recognition (OCR) on the file first"
)


@dataclass(slots=True)
class GrayImage:
    """A page as pixels, with its size in points."""

    number: int
    pixels: np.ndarray[Any, Any]
    width: float
    height: float

    @property
    def scale(self) -> float:
        """Points per pixel."""
        return float(self.width / max(1, self.pixels.shape[1]))

    @property
    def ink(self) -> float:
        return float((self.pixels < 128).mean()) if self.pixels.size else 0.0


@dataclass(slots=True)
class _Word:
    text: str
    x0: float
    x1: float
    base: float
    size: float
    confidence: float


@dataclass(slots=True)
class _Reading:
    """The words of a page in pixels, upright, with the slope of its lines; `turn` as in RawPage.

    `angle` is the turn that tesseract found out by itself: the words are right then, but their order on the page is not.
    """

    words: list[_Word]
    slope: float = 0.0
    turn: int = 0
    angle: int = 0

    @property
    def letters(self) -> int:
        return sum(len(word.text) for word in self.words)

    @property
    def score(self) -> float:
        return sum(word.confidence * len(word.text) for word in self.words)

    @property
    def confidence(self) -> float:
        return self.score / self.letters if self.letters else 0.0


def find_command() -> str | None:
    return shutil.which("tesseract")


@cache
def find_languages(command: str) -> tuple[str, ...]:
    """Return the tesseract names of those of our languages that are installed; "osd" among them tells which way is up."""
    try:
        done = subprocess.run([command, "--list-langs"], capture_output=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return ()
    listed = done.stdout.decode(errors="replace").split()
    return tuple(name for name in (*_NAMES.values(), "osd") if name in listed)


def can_recognize() -> bool:
    """Tell whether tesseract is there with one of our languages at least, and the extra that makes pixels of pages."""
    command = find_command()
    return command is not None and _has_extra() and any(name != "osd" for name in find_languages(command))


def _has_extra() -> bool:
    return all(find_spec(name) is not None for name in ("PIL", "pypdfium2"))


def ocr_hint(settings: Settings | None = None) -> str:
    """Return what a person can do about pages that are images."""
    if settings is not None and settings.ocr == "never":
        return 'set ocr = "auto" in the settings'
    return "scan it again, straight and at 300 dpi" if can_recognize() else _INSTALL


def recognize_pages(images: Iterable[GrayImage], *, limits: Limits, text: str = "") -> Iterator[RawPage]:
    """Yield the pages that could be read, in order; `recognized` is the mean confidence of their words, 0 to 100.

    Parameters
    ----------
    images : iterable of GrayImage
        Taken a few at a time, so that a long scan needs no more memory than a short one.
    limits : Limits
    text : str
        What is known of the document already; it tells the language.
    """
    command = find_command()
    if command is None:
        return
    known = tuple(name for name in find_languages(command) if name != "osd")
    if not known:
        return
    deadline = time.monotonic() + limits.ocr_timeout_s
    languages = _choose_languages(text, known)
    threads = max(1, min(4, _count_cores()))
    iterator = iter(images)
    executor = ThreadPoolExecutor(threads)
    waiting: deque[tuple[GrayImage, Future[_Reading | None]]] = deque()
    ahead: deque[GrayImage] = deque()
    try:
        while True:
            # One page more than there are threads: the next is rendered while they read, and none waits for the slowest.
            while len(waiting) <= threads and (image := ahead.popleft() if ahead else next(iterator, None)) is not None:
                if len(languages) == len(known) > 1 and image.ink >= BLANK_INK:
                    tasting = executor.submit(_taste_languages, image.pixels, command, known, deadline, limits)
                    ahead.extend(islice(iterator, 1 - len(ahead)))  # rendered meanwhile
                    languages = tasting.result()
                waiting.append((image, executor.submit(_recognize, image, command, languages, known, deadline, limits)))
            if not waiting:
                return
            image, future = waiting.popleft()
            reading = future.result()
            page = _make_page(image, reading)
            if page is not None:
                if languages == known and reading is not None:
                    languages = _choose_languages(" ".join(word.text for word in reading.words), known)
                yield page
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _taste_languages(
    pixels: np.ndarray[Any, Any], command: str, known: tuple[str, ...], deadline: float, limits: Limits
) -> tuple[str, ...]:
    """Return the language of a page by a few of its lines, read small: a tenth of what the page costs, where four languages at once cost as much again."""
    dark = (pixels[:, ::4] < 128).mean(axis=1)
    for share in TASTES:
        band = _halve(_densest_band(pixels, dark, share))
        if min(band.shape) < 20:
            continue
        # Any of the models reads the small words of all our languages, which have no accents.
        end = min(deadline, time.monotonic() + limits.ocr_page_timeout_s / 4)
        printed = _run(command, band, ["-l", known[0], "--psm", "6", "-c", "tessedit_do_invert=0"], end, limits, dpi=DPI // 2)
        languages = _choose_languages(printed.decode(errors="replace"), known)
        if languages != known:
            return languages
    return known


def _densest_band(pixels: np.ndarray[Any, Any], dark: np.ndarray[Any, Any], share: int) -> np.ndarray[Any, Any]:
    """Return the part of a page, one in `share` of its height, that has the most text; `dark` is the share of dark pixels in each row."""
    import numpy as np

    lines = np.concatenate(([0], np.cumsum((dark > 0.01) & (dark < 0.4))))
    height = max(1, len(dark) // share)
    top = int(np.argmax(lines[height:] - lines[:-height]))
    return pixels[top : top + height]


def _halve(pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return an image in half its resolution."""
    import numpy as np

    rows, columns = pixels.shape[0] // 2 * 2, pixels.shape[1] // 2 * 2
    quarters = [pixels[y:rows:2, x:columns:2].astype(np.uint16) for y in (0, 1) for x in (0, 1)]
    return (sum(quarters[1:], quarters[0]) // 4).astype(np.uint8)


def _count_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@cache
def _own_words() -> dict[str, frozenset[str]]:
    """Return the function words that only one of our languages has, by the name tesseract gives it."""
    lists = {language: frozenset(read_toml("languages.toml")["words"][language]) for language in LANGUAGES}
    return {_NAMES[name]: own.difference(*(words for other, words in lists.items() if other != name)) for name, own in lists.items()}


def _choose_languages(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the language of a text, or two where it has a good part of both; all that are installed where nothing tells."""
    words = Counter(re.findall(r"[^\W\d_]+", text[:20_000].lower()))
    points = {name: sum(words[word] for word in own) for name, own in _own_words().items()}
    most = max(points.values())
    chosen = tuple(name for name in known if points[name] >= max(3, 0.3 * most))
    return chosen if most >= 3 and chosen else known


def _recognize(
    image: GrayImage, command: str, languages: tuple[str, ...], known: tuple[str, ...], deadline: float, limits: Limits
) -> _Reading | None:
    """Read a page; turned upright where it is not, and again in other languages where the result is poor or speaks another one."""
    if image.ink < BLANK_INK:
        return _Reading([])
    end = min(deadline, time.monotonic() + limits.ocr_page_timeout_s)
    best = _read_words(image.pixels, command, languages, end, limits)
    if best is None:
        return None
    turn = (_find_turn(image.pixels, command, end, limits) if best.confidence < AGAIN else 0) or best.angle
    if turn:
        turned = _read_words(image.pixels, command, languages, end, limits, turn)
        best = turned if best.angle and turned is not None and turned.score > 0.8 * best.score else _better(best, turned)
    spoken = _choose_languages(" ".join(word.text for word in best.words), known)
    if best.confidence < AGAIN and languages != known:
        best = _better(best, _read_words(image.pixels, command, known, end, limits, best.turn))
    elif not set(spoken) <= set(languages):
        # A page in another language than the first: letters with accents are missing, though each word looks sure.
        best = _read_words(image.pixels, command, spoken, end, limits, best.turn) or best
    return best


def _better(one: _Reading, other: _Reading | None) -> _Reading:
    return other if other is not None and other.score > one.score else one


def _find_turn(pixels: Any, command: str, end: float, limits: Limits) -> int:
    """Return in how many quarter turns, counter-clockwise, the text runs away from upright: 0 where that is not clear."""
    if "osd" not in find_languages(command):
        return 0
    said = _run(command, pixels, ["--psm", "0", "-l", "osd"], end, limits)
    found = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in said.decode(errors="replace").splitlines())}
    try:
        sure = float(found.get("Orientation confidence", "0")) >= 1.0
        return int(found.get("Rotate", "0")) // 90 % 4 if sure else 0
    except ValueError:
        return 0


def _run(command: str, pixels: Any, options: Sequence[str], end: float, limits: Limits, *, dpi: int = DPI) -> bytes:
    """Run tesseract on an image and return what it prints: nothing where it fails or takes too long."""
    with tesseract_input(pixels) as (name, files, given):
        left = end - time.monotonic()
        if left <= 0:
            return b""
        environment = {**os.environ, "OMP_THREAD_LIMIT": "1"}
        try:
            with subprocess.Popen(
                [command, name, "stdout", "--dpi", str(dpi), *options], pass_fds=files,
                stdin=subprocess.PIPE if given else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            ) as process:  # fmt: skip
                _limit_memory(process.pid, limits.ocr_memory_bytes)
                try:
                    printed, _ = process.communicate(given or None, timeout=left)
                except subprocess.TimeoutExpired:
                    process.kill()
                    return b""
        except OSError:
            return b""
    return printed if process.returncode == 0 else b""


def _limit_memory(pid: int, memory_bytes: int) -> None:
    """Bound the address space of a process, where the platform can."""
    try:
        import resource

        resource.prlimit(pid, resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ImportError, AttributeError, OSError, ValueError):
        return


def _read_words(pixels: Any, command: str, languages: tuple[str, ...], end: float, limits: Limits, turn: int = 0) -> _Reading | None:
    """Return the words that tesseract reads on a page that is turned upright first; None where it fails."""
    import numpy as np

    upright = np.rot90(pixels, -turn)
    rows, columns = _find_inked(upright)
    printed = _run(command, upright[rows, columns], ["-l", "+".join(languages), "--psm", "3", "hocr"], end, limits)
    if not printed:
        return None
    words, slopes, angles = _parse_hocr(printed)
    for word in words:
        word.x0, word.x1, word.base = word.x0 + columns.start, word.x1 + columns.start, word.base + rows.start
    lying = max((1, 3), key=lambda angle: angles[angle])
    return _Reading(words, median(slopes) if slopes else 0.0, turn, lying if 3 * angles[lying] > len(words) else 0)


def _find_inked(pixels: np.ndarray[Any, Any]) -> tuple[slice, slice]:
    """Return the rows and the columns between which all ink lies, with a margin: the white around it costs tesseract a twentieth of its time."""
    import numpy as np

    ink = pixels < INK
    found = []
    for axis in (1, 0):
        places = np.flatnonzero(ink.any(axis=axis))
        length = ink.shape[1 - axis]
        found.append(slice(max(0, int(places[0]) - MARGIN), min(length, int(places[-1]) + 1 + MARGIN)) if len(places) else slice(0, length))
    return found[0], found[1]


_BOX = re.compile(r"bbox (\d{1,6}) (\d{1,6}) (\d{1,6}) (\d{1,6})")
_BASELINE = re.compile(r"baseline (-?[\d.]{1,12}) (-?[\d.]{1,12})")
_SIZE = re.compile(r"x_size ([\d.]{1,12})")
_CONFIDENCE = re.compile(r"x_wconf (\d{1,3})")


def _parse_hocr(printed: bytes) -> tuple[list[_Word], list[float], Counter[int]]:
    """Return words, the slopes of the lines that are long enough to tell, and how many words run in which direction."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(printed, parser)
    words: list[_Word] = []
    slopes: list[float] = []
    angles: Counter[int] = Counter()
    if root is None:
        return words, slopes, angles
    for line in root.iter("{*}span"):
        title = line.get("title", "")
        box, baseline, size = _BOX.search(title), _BASELINE.search(title), _SIZE.search(title)
        if "ocr_" not in line.get("class", "") or box is None or size is None:
            continue
        left, _, right, bottom = (int(value) for value in box.groups())
        slope, offset = (float(value) for value in baseline.groups()) if baseline else (0.0, 0.0)
        slope = slope if abs(slope) < 0.2 else 0.0
        found = len(words)
        above: int | None = None
        for span in line:
            place, sure = _BOX.search(span.get("title", "")), _CONFIDENCE.search(span.get("title", ""))
            text = "".join(str(part) for part in span.itertext()).strip().strip("|¦‖")
            if place is None or sure is None or not _is_word(text, int(sure.group(1))):
                continue
            x0, y0, x1, y1 = (int(value) for value in place.groups())
            # A long word that is higher than wide runs up or down the page; the next one tells which.
            upwards = above is not None and y0 < above
            angles[(1 if upwards else 3) if len(text) > 3 and y1 - y0 > 1.5 * (x1 - x0) and above is not None else 0] += 1
            above = y0
            base = bottom + offset + slope * ((x0 + x1) / 2 - left)
            words.append(_Word(text, x0, x1, base, float(size.group(1)), float(sure.group(1))))
        if right - left > 400 and len(words) - found > 3:
            slopes.append(slope)
    return words, slopes, angles


def _is_word(text: str, confidence: int) -> bool:
    """Tell words from specks and the rules of tables, which are read as strokes."""
    if not text or set(text) <= set("|_¦‖~`'^"):
        return False
    return confidence >= (20 if any(character.isalnum() for character in text) else 50)


def _make_page(image: GrayImage, reading: _Reading | None) -> RawPage | None:
    """Return the words of a page as runs in points, straightened; None where it was not read."""
    if reading is None or (reading.words and reading.confidence < UNREAD) or (not reading.words and image.ink >= BLANK_INK):
        return None
    page = RawPage(image.number, image.width, image.height)
    page.painted, page.turn, page.slope = True, reading.turn, reading.slope
    page.recognized = reading.confidence if reading.words else 100.0
    scale = image.scale
    if reading.words and abs(reading.slope) < MAX_RULED_SLOPE:
        import numpy as np

        page.rules = find_strokes(np.rot90(image.pixels, -reading.turn), scale)
    upright_width = image.height if reading.turn in (1, 3) else image.width
    usual = median(word.size for word in reading.words for _ in word.text) if reading.words else 0.0
    for word in reading.words:
        # Lines without long letters are measured a little small: what is nearly the usual size is the usual size.
        size = (usual if abs(word.size - usual) < 0.15 * usual else word.size) * scale
        middle = (word.x0 + word.x1) / 2 * scale
        base = word.base * scale - reading.slope * (middle - upright_width / 2)
        page.runs.append(Run(f"{word.text} ", word.x0 * scale, base - 0.78 * size, word.x1 * scale, base + 0.22 * size, size, False))
    return page
