"""Speed as ratios against the raw libraries, in one run (make bench).

Seconds differ from machine to machine; the ratios carry over. Medians of several runs each.
"""

from __future__ import annotations

import io
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from analyzer.native import PURE

ROOT = Path(__file__).resolve().parents[1]


def median_seconds(run: Callable[[], object], times: int = 5) -> float:
    """Return the median wall time after one run that does not count."""
    run()
    spent = []
    for _ in range(times):
        begin = time.perf_counter()
        run()
        spent.append(time.perf_counter() - begin)
    return statistics.median(spent)


def median_against(base: Callable[[], object], runs: dict[str, Callable[[], object]], times: int = 7) -> dict[str, tuple[float, float]]:
    """Return per name the median seconds and the median ratio to `base`, "" being the base itself.

    All take turns and the ratio is taken within a turn, so that a machine busy with something else slows both sides of it.
    """
    spent: dict[str, list[float]] = {"": [], **{name: [] for name in runs}}
    for turn in range(times + 1):
        for name, run in {"": base, **runs}.items():
            begin = time.perf_counter()
            run()
            if turn:  # the first does not count
                spent[name].append(time.perf_counter() - begin)
    ratios = {name: statistics.median(a / b for a, b in zip(seconds, spent[""], strict=True)) for name, seconds in spent.items()}
    return {name: (statistics.median(seconds), ratios[name]) for name, seconds in spent.items()}


def contract_rows(pages: int, start: int = 0) -> list[dict[str, Any]]:
    """Return the rows of which `make_contract` makes so many pages, from the project's own contracts."""
    from analyzer.datasets import read_contract

    rows = [row for path in sorted((ROOT / "data" / "contracts" / "fr").glob("*.jsonl")) for row in read_contract(path).rows]
    return [rows[(start + i) % len(rows)] for i in range(pages * 29)]


def make_contract(pages: int, start: int = 0) -> bytes:
    """Return a PDF of about `pages` pages of contract text; contracts with other rows begin at another `start`."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    styles = getSampleStyleSheet()
    story: list[object] = []
    for row in contract_rows(pages, start):
        text = row["text"].replace("&", "&amp;").replace("<", "&lt;")
        story.append(Paragraph(text, styles["Heading2"] if row["kind"] == "heading" else styles["BodyText"]))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1).build(story)
    return buffer.getvalue()


#: Reads the durations of 4,000 rows of data/ a language, and of the rows with a duration; in a process of its own, compiled or not.
_DURATIONS = """
import json, statistics, sys, time
from pathlib import Path
from analyzer import find_durations
from analyzer.datasets import read_contract
rows = []
for language in ("fr", "de", "it", "en"):
    files = sorted(Path(sys.argv[1], language).glob("*.jsonl"))
    rows += [(row["text"], language) for file in files for row in read_contract(file).rows][:4000]
def rate(rows):
    spent = []
    for _ in range(5):
        begin = time.perf_counter()
        for text, language in rows:
            find_durations(text, language=language)
        spent.append(time.perf_counter() - begin)
    return len(rows) / statistics.median(spent)
timed = [(text, language) for text, language in rows if find_durations(text, language=language)]
print(json.dumps([rate(rows), rate(timed), len(timed) / len(rows), sys.modules["analyzer.quantities.scan"].__file__.endswith(".py")]))
"""


def duration_rates(*, pure: bool) -> tuple[float, float, float] | None:
    """Return rows a second, those with a duration a second, and their share; None where no compiled modules are there and they are asked for."""
    environment = {name: value for name, value in os.environ.items() if name != PURE} | ({PURE: "1"} if pure else {})
    command = [sys.executable, "-c", _DURATIONS, str(ROOT / "data" / "contracts")]
    all_rows, timed, share, from_source = json.loads(
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    )
    return None if from_source != pure else (all_rows, timed, share)


def main() -> None:
    """Print a table."""
    from pdfminer.high_level import extract_text

    from analyzer.api import default_analyzer
    from analyzer.quantities import find_durations
    from analyzer.reading import read_document
    from analyzer.settings import Settings

    data = make_contract(20)
    pages = len(read_document(data).pages)
    analyzer = default_analyzer()
    pdfium = Settings(pdf_engine="pdfium")
    against = median_against(
        lambda: extract_text(io.BytesIO(data)),
        {
            "reading with boxes": lambda: read_document(data),
            "whole analysis": lambda: analyzer.analyze(data),
            "reading, pdfium": lambda: read_document(data, settings=pdfium),
            "whole analysis, pdfium": lambda: analyzer.analyze(data, settings=pdfium),
        },
    )
    raw = against.pop("")[0]
    # Words and rows that were met before are remembered: a contract that is new costs more than the same one again.
    new = [make_contract(20, start=600 * number) for number in range(1, 9)]
    base, first = iter(new), iter(new)
    unseen = median_against(
        lambda: extract_text(io.BytesIO(next(base))),
        {"whole analysis, a contract not met before": lambda: analyzer.analyze(next(first))},
        7,
    )
    long, short = make_contract(100), make_contract(20, start=600)
    linear = median_against(lambda: [analyzer.analyze(short) for _ in range(5)], {"100": lambda: analyzer.analyze(long)}, 3)["100"][1]
    report = analyzer.analyze(data)
    texts = [clause.sentence.text for clause in report.clauses]
    classify = median_seconds(lambda: analyzer.classify(texts, language="fr"))
    together = median_seconds(lambda: analyzer._classify_sentences([clause.sentence for clause in report.clauses]))
    durations = median_seconds(lambda: [find_durations(text, language="fr") for text in texts])
    cold = [sys.executable, "-c", "import analyzer; analyzer.analyze(b'The fee is CHF 10 per month.')"]
    start = median_seconds(lambda: subprocess.run(cold, check=True), 3)
    light = median_seconds(lambda: subprocess.run([sys.executable, "-c", "import analyzer"], check=True), 3)
    first = [sys.executable, "-c", "import analyzer; analyzer.find_durations('within 4 hours', language='en')"]
    answer = median_seconds(lambda: subprocess.run(first, check=True), 5)
    bare = median_seconds(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True), 3)
    print(f"{pages} pages, {len(texts)} rows; pdfminer extract_text {raw:.2f} s\n")
    print("| what | measured | against extract_text |\n|---|---|---|")
    for name, (seconds, ratio) in (against | unseen).items():
        if name:
            print(f"| {name} | {seconds:.2f} s | {ratio:.2f} x |")
    print(f"| 100 pages, against five times 20 pages | {linear:.2f} x | |")
    print(f"| classify, rows alone | {len(texts) / classify:,.0f} rows/s | |")
    print(f"| classify, rows in context | {len(texts) / together:,.0f} rows/s | |")
    print(f"| durations, the rows of this contract | {len(texts) / durations:,.0f} rows/s | |")
    for pure, name in ((True, "Python"), (False, "compiled")):
        rates = duration_rates(pure=pure)
        if rates is not None:
            print(f"| durations, rows of data/, {name} | {rates[0]:,.0f} rows/s | |")
            print(f"| durations, the {rates[2]:.0%} of them that hold one, {name} | {rates[1]:,.0f} rows/s | |")
    print(f"| import | {light - bare:.2f} s | |")
    print(f"| cold durations of one sentence | {answer:.2f} s | |")
    print(f"| cold analysis of one sentence | {start:.2f} s | |")


if __name__ == "__main__":
    main()
