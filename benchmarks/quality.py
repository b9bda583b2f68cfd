"""Measure on real contracts that are no part of the project, and write `docs/quality.md` (make quality).

The folder holds `*.jsonl` (rows with `text`, `labels`, `risks`, `heading`, `durations`), `texts/<document>.txt` (whole documents, with `start` and `end` of
each row) and `files/` (PDF and DOCX to read).
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quantity_quality import render_quantities

from analyzer._version import __version__
from analyzer.api import default_analyzer, load_rows
from analyzer.classification.cues import RULE_THRESHOLD, cue_categories, score_by_cues
from analyzer.classification.scores import Scores, score_labels
from analyzer.classification.training import link_rows
from analyzer.errors import AnalyzerError
from analyzer.quantities import find_quantities

Row = dict[str, Any]


def read_rows(folder: Path) -> dict[str, list[Row]]:
    """Return the annotated rows per document."""
    return {
        path.stem: [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        for path in sorted(folder.glob("*.jsonl"))
    }


def score_given_rows(documents: dict[str, list[Row]], *, consecutive: bool) -> Scores:
    """Score the classifier on the rows as they were cut, with their headings."""
    rows = [{**row, "doc": name} for name, part in documents.items() for row in part]
    linked = link_rows(load_rows(rows))
    if not consecutive:
        linked = [row._replace(before="", after="", doc="") for row in linked]
    predicted = [[label.category for label in labels] for labels in default_analyzer().model.classify(linked)]
    return score_labels([row["labels"] for row in rows], predicted, languages=[row["language"] for row in rows])


def score_word_list(documents: dict[str, list[Row]]) -> Scores:
    """Score the word lists alone, as a reference."""
    rows = [row for part in documents.values() for row in part]
    points = score_by_cues([r["text"] for r in rows], [r["heading"] for r in rows], [r["language"] for r in rows])
    names = cue_categories()
    predicted = [[name for name, value in zip(names, line, strict=True) if value >= RULE_THRESHOLD] for line in points]
    return score_labels([row["labels"] for row in rows], predicted, languages=[row["language"] for row in rows])


def map_offsets(original: str, canonical: str) -> list[int]:
    """Return for each offset of `canonical` its offset in `original`: both hold the same letters and figures in the same order."""
    mapped: list[int] = []
    position = 0
    for character in canonical:
        if character.isalnum():
            while position < len(original) and original[position] != character:
                position += 1
            mapped.append(position)
            position += 1
        else:
            mapped.append(position)
    return [*mapped, len(original)]


def score_whole_texts(folder: Path, documents: dict[str, list[Row]]) -> tuple[Scores, int]:
    """Score end to end: the analyzer reads the whole text, and each annotated row gets the labels of the sentences over it."""
    gold: list[Sequence[str]] = []
    predicted: list[Sequence[str]] = []
    languages: list[str] = []
    count = 0
    for name, rows in documents.items():
        path = folder / "texts" / f"{name}.txt"
        report = default_analyzer().analyze(path)
        count += 1
        mapped = map_offsets(path.read_text(encoding="utf-8"), report.document.text)
        sentences = [(mapped[c.sentence.span.start], mapped[c.sentence.span.end - 1] + 1, c.categories) for c in report.clauses]
        for row in rows:
            found: set[str] = set()
            for start, end, categories in sentences:
                shared = min(end, row["end"]) - max(start, row["start"])
                if shared > 0.5 * min(end - start, row["end"] - row["start"]):
                    found.update(categories)
            gold.append(row["labels"])
            predicted.append(sorted(found - {"other"}) or ["other"])
            languages.append(row["language"])
    return score_labels(gold, predicted, languages=languages), count


def score_risks(documents: dict[str, list[Row]], folder: Path) -> tuple[Scores, Scores]:
    """Score the risk rules on the given rows: with the annotated labels, and with the model's own."""
    from analyzer.assessment import assess_risks
    from analyzer.types import Clause, Document, Label, Sentence, SentenceKind, Span

    gold: list[list[str]] = []
    results: tuple[list[list[str]], list[list[str]]] = ([], [])
    languages: list[str] = []
    for name, rows in documents.items():
        linked = link_rows(load_rows([{**row, "doc": name} for row in rows]))
        own = default_analyzer().model.classify(linked)
        offsets, position = [], 0
        for row in rows:
            offsets.append(position)
            position += len(row["text"]) + 1
        text = "\n".join(row["text"] for row in rows)
        document = Document(name, "text/plain", "", text, ())
        for result, labels in zip(results, ([tuple(Label(x, 1.0) for x in row["labels"]) for row in rows], own), strict=True):
            clauses = tuple(
                Clause(
                    Sentence(
                        i,
                        Span(start, start + len(row["text"])),
                        SentenceKind(row["kind"]),
                        row["language"],
                        row["text"],
                        tuple(row["heading"]),
                    ),
                    found,
                    find_quantities(row["text"], language=row["language"], offset=start),
                )
                for i, (row, start, found) in enumerate(zip(rows, offsets, labels, strict=True))
            )
            fired: list[set[str]] = [set() for _ in rows]
            for finding in assess_risks(clauses, document):
                if len(finding.evidence) > 3:
                    continue
                for span in finding.evidence:
                    for i, clause in enumerate(clauses):
                        if clause.sentence.span.overlaps(span):
                            fired[i].add(finding.rule)
            result.extend(sorted(rules) for rules in fired)
        gold += [row["risks"] for row in rows]
        languages += [row["language"] for row in rows]
    known = {risk for risks in gold for risk in risks}
    # Document-level combinations are not annotated on rows.
    clean = [[[rule for rule in rules if rule in known or rule not in _DOCUMENT_RULES] for rules in result] for result in results]
    return score_labels(gold, clean[0], languages=languages), score_labels(gold, clean[1], languages=languages)


_DOCUMENT_RULES = frozenset(
    {"unprotected_data", "no_resolution_time", "no_exit_on_repeated_misses", "no_breach_notice", "clock_without_hours", "undefined_priorities",
     "missing_annex", "blank_fields"}
)  # fmt: skip


def read_files(folder: Path) -> list[tuple[str, ...]]:
    """Analyze every file and return name, outcome, pages, sentences, headings, table rows, seconds."""
    table = []
    for path in sorted((folder / "files").iterdir()):
        begin = time.perf_counter()
        try:
            report = default_analyzer().analyze(path)
            kinds = [c.sentence.kind.value for c in report.clauses]
            outcome = ", ".join(sorted({n.code for n in report.document.notices})) or "read"
            cells = (str(len(report.document.pages)), str(len(kinds)), str(kinds.count("heading")), str(kinds.count("table_row")))
        except AnalyzerError as error:
            outcome, cells = f"{error.code}: {error.message}", ("", "", "", "")
        table.append((f"`{path.name}`", outcome, *cells, f"{time.perf_counter() - begin:.2f}"))
    return table


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|", *("| " + " | ".join(row) + " |" for row in rows)]
    return "\n".join(lines) + "\n"


def compare_scores(columns: Sequence[tuple[str, Scores]]) -> str:
    """Return a table of precision, recall and F1 per category for several scorings, then micro and macro per language."""
    names = sorted({s.category for _, scores in columns for s in scores.categories if s.support}, key=lambda c: -_of(columns[0][1], c)[3])
    rows = []
    for name in names:
        cells = [f"`{name}`", str(_of(columns[0][1], name)[3])]
        for _, scores in columns:
            precision, recall, f1, _ = _of(scores, name)
            cells += [f"{precision:.2f}", f"{recall:.2f}", f"{f1:.2f}"]
        rows.append(cells)
    heads = ["category", "rows", *(f"{title} {part}" for title, _ in columns for part in ("P", "R", "F1"))]
    summary = []
    for title, scores in columns:
        languages = {name: f"{micro:.3f} / {macro:.3f}" for name, micro, macro in scores.languages}
        summary.append([title, f"{scores.micro:.3f} / {scores.macro:.3f}", *(languages.get(x, "") for x in ("fr", "de", "it", "en"))])
    return markdown_table(["micro-F1 / macro-F1", "all", "fr", "de", "it", "en"], summary) + "\n" + markdown_table(heads, rows)


def _of(scores: Scores, category: str) -> tuple[float, float, float, int]:
    for score in scores.categories:
        if score.category == category:
            return score.precision, score.recall, score.f1, score.support
    return 0.0, 0.0, 0.0, 0


def main() -> int:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=None)
    options = parser.parse_args()
    if not options.real.is_dir():
        print(f"{options.real}: no such folder; name one with REAL=...", file=sys.stderr)
        return 2
    documents = read_rows(options.real)
    rows = sum(len(part) for part in documents.values())
    given = score_given_rows(documents, consecutive=True)
    alone = score_given_rows(documents, consecutive=False)
    whole, count = score_whole_texts(options.real, documents)
    words = score_word_list(documents)
    risks_gold, risks_own = score_risks(documents, options.real)
    parts = [
        "# Quality on real contracts\n",
        f"Version {__version__}, model `{default_analyzer().model.sha256[:12]}`. Made by `make quality` on {rows} annotated rows of {len(documents)} real documents"
        " (public contracts of providers that the training data does not know; they are not part of this repository and nothing was trained on them).\n",
        "What goes wrong, and why: [twenty telling errors](errors.md).\n",
        "## Clause categories\n",
        "*rows*: the rows as cut by the annotators, with their headings and neighbours; *end to end*: the analyzer reads the whole text, and its own sentences are"
        f" matched to the rows by overlap ({count} texts); *alone*: each row by itself with its headings; *word list*: no model at all.\n",
        compare_scores([("rows", given), ("end to end", whole), ("alone", alone), ("word list", words)]),
        *render_quantities(Path(__file__).resolve().parents[1] / "tests" / "cases", options.real, markdown_table),
        "## Risks\n",
        "With the annotated labels, and with the model's own labels.\n",
        compare_scores([("gold labels", risks_gold), ("own labels", risks_own)]),
        "## Files\n",
        markdown_table(("file", "outcome", "pages", "rows", "headings", "table rows", "seconds"), read_files(options.real)),
    ]
    text = "\n".join(parts)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
