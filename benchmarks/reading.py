"""Reading PDF against pdfminer.six, pdfplumber and pypdfium2, and scans against the tesseract command alone, in one run (make reading).

Every measurement is a process of its own, so that its peak memory is its own; readers take turns, and the ratio is the median of the ratios within a turn.
pdfplumber is no dependency of ours: it is measured where `--peer` names an interpreter that has it, or `--install` makes an environment for it.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "clause-analyzer" / "peers"
PDFMINER, PLUMBER, PDFIUM = "pdfminer.six extract_text", "pdfplumber extract_text", "pypdfium2 get_text_range"
OURS, OURS_PDFIUM = "read_document", 'read_document, pdf_engine="pdfium"'
#: Pages and text of what a reader can do of a file: ours give boxes, lines, tables and paragraphs as well.
Reader = Callable[[bytes], str]


def _by_pdfminer(data: bytes) -> str:
    from pdfminer.high_level import extract_text

    return extract_text(io.BytesIO(data))


def _by_plumber(data: bytes) -> str:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as document:
        return "\n".join(page.extract_text() or "" for page in document.pages)


def _by_pdfium(data: bytes) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def _by_us(engine: str) -> Reader:
    def read(data: bytes) -> str:
        from analyzer.reading import read_document
        from analyzer.settings import Settings

        return read_document(data, settings=Settings(pdf_engine=engine, ocr="never", isolation="never")).text

    return read


READERS: dict[str, Reader] = {
    PDFMINER: _by_pdfminer,
    PLUMBER: _by_plumber,
    PDFIUM: _by_pdfium,
    OURS: _by_us("pdfminer"),
    OURS_PDFIUM: _by_us("pdfium"),
}


# ------------------------------------------------------------------------------------------------ inside a process


def _peak_mb() -> float:
    """Return the most memory that this process has held, in MB."""
    import resource

    status = Path("/proc/self/status")
    if status.exists():
        # Linux counts into getrusage what the process that started this one held.
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def measure_reader(name: str, path: str) -> dict[str, Any]:
    """Read a file once for warmth and twice for the clock."""
    data, read = Path(path).read_bytes(), READERS[name]
    text = read(data)
    spent = []
    for _ in range(2):
        begin = time.perf_counter()
        read(data)
        spent.append(time.perf_counter() - begin)
    return {"seconds": min(spent), "memory": _peak_mb(), "words": text.split()}


def measure_file(path: str) -> dict[str, Any]:
    """Return counts of a real file, and what it costs; nothing of its text."""
    from analyzer.errors import ReadError
    from analyzer.reading import read_document
    from analyzer.settings import Settings
    from analyzer.structure import split_document
    from analyzer.types import SentenceKind

    begin = time.perf_counter()
    try:
        document = read_document(path, settings=Settings(isolation="never"))
    except ReadError as error:
        return {"error": error.code}
    seconds = time.perf_counter() - begin
    rows = split_document(document)
    kinds = [row.kind for row in rows]
    return {
        "pages": len(document.pages),
        "sentences": len(rows),
        "headings": kinds.count(SentenceKind.HEADING),
        "tables": sum(
            kind is SentenceKind.TABLE_ROW and (i == 0 or kinds[i - 1] is not SentenceKind.TABLE_ROW) for i, kind in enumerate(kinds)
        ),
        "furniture": sum(len(page.furniture) for page in document.pages),
        "recognized": any(notice.code == "ocr" for notice in document.notices),
        "seconds": seconds,
        "memory": _peak_mb(),
    }


# ------------------------------------------------------------------------------------------------ around the processes


def _ask(python: str, *arguments: str) -> dict[str, Any] | None:
    """Run this script in a process of its own; None where it fails, as where a library is missing."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([python, __file__, *arguments], capture_output=True, env=environment, check=False, timeout=1800)
    if done.returncode:
        return None
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _install_peer() -> str:
    """Make an environment with pdfplumber in the cache folder, once; return its interpreter."""
    import venv

    python = CACHE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(CACHE, with_pip=True)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "pdfplumber"], check=True)
    return str(python)


def _sample_files(folder: Path) -> list[tuple[str, Path, Counter[str]]]:
    """Return name, path and true words: a contract of 20 pages made of the project's own rows, and the sample contracts."""
    sys.path[:0] = [str(ROOT / "benchmarks"), str(ROOT / "tools")]
    from build_samples import parse
    from speed import contract_rows, make_contract

    made = folder / "contract.pdf"
    made.write_bytes(make_contract(20))
    found = [("contract of 20 pages", made, Counter(word for row in contract_rows(20) for word in row["text"].split()))]
    for source in sorted((ROOT / "data" / "samples" / "src").glob("*.md")):
        pdf = ROOT / "data" / "samples" / f"{source.stem}.pdf"
        if pdf.is_file():
            words: Counter[str] = Counter()
            for _, content in parse(source.read_text(encoding="utf-8"))[1]:
                for part in [content] if isinstance(content, str) else [cell for row in content for cell in row]:
                    words.update(part.split())
            found.append((f"{source.stem}.pdf", pdf, words))
    return found


def compare_readers(peer: str | None, turns: int = 5) -> list[str]:
    """Return the lines of the tables of all readers on the sample contracts."""
    import pypdfium2

    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, path, truth in _sample_files(Path(folder)):
            with pypdfium2.PdfDocument(path) as document:
                pages = len(document)
            results: dict[str, list[dict[str, Any]]] = {reader: [] for reader in READERS}
            for _ in range(turns):
                for reader, found in results.items():
                    python = peer if reader == PLUMBER else sys.executable
                    answer = _ask(python, "--reader", reader, str(path)) if python else None
                    if answer is not None:
                        found.append(answer)
            lines += [
                f"### {name}, {pages} pages",
                "",
                "| reader | s a page | against extract_text | peak memory | words found |",
                "|---|---|---|---|---|",
            ]
            for reader, found in results.items():
                if len(found) < turns:
                    lines.append(f"| {reader} | not installed | | | |")
                    continue
                seconds = statistics.median(answer["seconds"] for answer in found) / pages
                ratio = statistics.median(a["seconds"] / b["seconds"] for a, b in zip(found, results[PDFMINER], strict=True))
                memory = statistics.median(answer["memory"] for answer in found)
                share = sum((truth & Counter(found[0]["words"])).values()) / truth.total()
                lines.append(f"| {reader} | {seconds:.4f} | {ratio:.2f} x | {memory:.0f} MB | {100 * share:.1f} % |")
            lines.append("")
    return lines


def _processor_seconds() -> float:
    """Return the processor time of this process and of those it has waited for: unlike the clock it does not depend on what else is running."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def _run_tesseract(command: str, language: str, image: bytes | Path) -> None:
    by_pipe = isinstance(image, bytes)
    options = [command, "stdin" if by_pipe else str(image), "stdout", "--dpi", "300", "-l", language, "--psm", "3", "hocr"]
    subprocess.run(options, input=image if by_pipe else None, capture_output=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"}, check=True)


def _spend(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long something takes by the clock and by the processor."""
    begin, used = time.perf_counter(), _processor_seconds()
    work()
    return time.perf_counter() - begin, _processor_seconds() - used


def compare_scans(turns: int = 5) -> list[str]:
    """Return the lines on text recognition: all of reading, against nothing but the calls of tesseract on the same pixels, as many at a time.

    The calls are given the pixels in both ways that a user of the command has: through a pipe, and as the file that it opens quickest.
    """
    import pypdfium2
    from PIL import Image

    from analyzer.reading import ocr, read_document
    from analyzer.settings import Settings

    command = ocr.find_command()
    if command is None or not ocr.can_recognize():
        return ["tesseract is not installed.", ""]
    lines = [
        "| scan at 300 dpi | pages | tesseract on files | tesseract by a pipe | read_document | ratio to files, clock / processor | ratio to the pipe |",
        "|---|---|---|---|---|---|---|",
    ]
    threads = max(1, min(4, ocr._count_cores()))
    for path in sorted((ROOT / "data" / "samples").glob("*.pdf")):
        language = {"fr": "fra", "de": "deu", "it": "ita", "en": "eng"}[path.stem[-2:]]
        with pypdfium2.PdfDocument(path) as document:
            images: list[Image.Image] = [page.render(scale=300 / 72, grayscale=True).to_pil().convert("L") for page in document]
        buffer = io.BytesIO()
        images[0].save(buffer, "PDF", save_all=True, append_images=images[1:], resolution=300)
        pipes = [b"P5\n%d %d\n255\n" % image.size + image.tobytes() for image in images]
        with tempfile.TemporaryDirectory() as folder:
            files = [Path(folder) / f"{number}.tif" for number in range(len(images))]
            for image, file in zip(images, files, strict=True):
                image.save(file)

            def call(inputs: Sequence[bytes | Path], language: str = language) -> None:
                with ThreadPoolExecutor(threads) as executor:
                    list(executor.map(partial(_run_tesseract, command, language), inputs))

            works = (
                partial(call, files),
                partial(call, pipes),
                partial(read_document, buffer.getvalue(), settings=Settings(isolation="never")),
            )
            spent = [[_spend(work) for work in works] for _ in range(turns)]
        by_file, by_pipe, whole = (statistics.median(turn[i][0] for turn in spent) for i in range(3))

        def ratios(other: int, spent: list[list[tuple[float, float]]] = spent) -> str:
            clock, processor = (statistics.median(turn[2][kind] / turn[other][kind] for turn in spent) for kind in (0, 1))
            return f"{clock:.2f} x / {processor:.2f} x"

        lines.append(f"| {path.name} | {len(images)} | {by_file:.2f} s | {by_pipe:.2f} s | {whole:.2f} s | {ratios(0)} | {ratios(1)} |")
    return [*lines, ""]


def measure_real(folder: Path) -> list[str]:
    """Return a table of real files: counts and figures, no text."""
    lines = [
        "| file | pages | rows | headings | tables | heads and page numbers dropped | seconds | peak memory |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for path in sorted(entry for entry in folder.iterdir() if entry.is_file() and not entry.name.startswith(".")):
        found = _ask(sys.executable, "--file", str(path))
        if found is None or "error" in found:
            lines.append(f"| {path.name} | not read: {found['error'] if found else 'failed'} | | | | | | |")
            continue
        pages = f"{found['pages']}{', recognized' if found['recognized'] else ''}"
        counts = " | ".join(str(found[key]) for key in ("sentences", "headings", "tables", "furniture"))
        lines.append(f"| {path.name} | {pages} | {counts} | {found['seconds']:.2f} | {found['memory']:.0f} MB |")
    return [*lines, ""]


def main() -> None:
    """Print the tables, or write them to a page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real" / "files", help="folder with real contracts")
    parser.add_argument("--peer", help="an interpreter that has pdfplumber")
    parser.add_argument("--install", action="store_true", help="make an environment with pdfplumber in the cache folder")
    parser.add_argument("--out", type=Path, help="Markdown file to write")
    parser.add_argument("--reader", nargs=2, metavar=("READER", "FILE"), help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reader or options.file:
        print(json.dumps(measure_reader(*options.reader) if options.reader else measure_file(options.file)))
        return
    lines = [
        "# Reading, measured",
        "",
        "By `make reading`. Seconds are those of the machine it ran on, ratios carry over. Each measurement is a process of its own; readers take turns, the",
        "ratio is the median of five turns. Words found are words of the source that stand in the result as they are written; a word broken at the end of a",
        "line, or run into the next cell of a table, is not found. Ours give lines with boxes, paragraphs, columns and tables besides the text, without",
        "running heads and page numbers.",
        "",
        "## Against the raw libraries",
        "",
        *compare_readers(_install_peer() if options.install else options.peer),
        "## Scans, against the tesseract command alone",
        "",
        *compare_scans(),
    ]
    if options.real.is_dir():
        lines += [
            "## Real contracts",
            "",
            "Files that are not part of the repository; rows are sentences, list items, table rows and headings, seconds those of a first reading.",
            "",
            *measure_real(options.real),
        ]
    text = "\n".join(lines).rstrip() + "\n"
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text, end="")


if __name__ == "__main__":
    main()
