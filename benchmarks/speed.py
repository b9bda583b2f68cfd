"""Speed as ratios against the raw libraries, in one run (make bench).

Seconds differ from machine to machine; the ratios carry over. Medians of several runs each.
"""

from __future__ import annotations

import io
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

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


def contract_rows(pages: int) -> list[dict[str, Any]]:
    """Return the rows of which `make_contract` makes so many pages, from the project's own contracts."""
    from analyzer.datasets import read_contract

    rows = [row for path in sorted((ROOT / "data" / "contracts" / "fr").glob("*.jsonl")) for row in read_contract(path).rows]
    return [rows[i % len(rows)] for i in range(pages * 29)]


def make_contract(pages: int) -> bytes:
    """Return a PDF of about `pages` pages of contract text."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    styles = getSampleStyleSheet()
    story: list[object] = []
    for row in contract_rows(pages):
        text = row["text"].replace("&", "&amp;").replace("<", "&lt;")
        story.append(Paragraph(text, styles["Heading2"] if row["kind"] == "heading" else styles["BodyText"]))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=A4, invariant=1).build(story)
    return buffer.getvalue()


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
    raw = median_seconds(lambda: extract_text(io.BytesIO(data)))
    reading = median_seconds(lambda: read_document(data))
    whole = median_seconds(lambda: analyzer.analyze(data))
    fast = median_seconds(lambda: read_document(data, settings=Settings(pdf_engine="pdfium")))
    fast_whole = median_seconds(lambda: analyzer.analyze(data, settings=Settings(pdf_engine="pdfium")))
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
    for name, seconds in (
        ("reading with boxes", reading), ("whole analysis", whole), ("reading, pdfium", fast), ("whole analysis, pdfium", fast_whole),
    ):  # fmt: skip
        print(f"| {name} | {seconds:.2f} s | {seconds / raw:.2f} x |")
    print(f"| classify, rows alone | {len(texts) / classify:,.0f} rows/s | |")
    print(f"| classify, rows in context | {len(texts) / together:,.0f} rows/s | |")
    print(f"| durations | {len(texts) / durations:,.0f} rows/s | |")
    print(f"| import | {light - bare:.2f} s | |")
    print(f"| cold durations of one sentence | {answer:.2f} s | |")
    print(f"| cold analysis of one sentence | {start:.2f} s | |")


if __name__ == "__main__":
    main()
