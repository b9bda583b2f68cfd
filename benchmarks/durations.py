"""Our reader of durations against those that pip can install: same sentences, one run, each in its own process and environment (make peers-durations).

The readers are no dependencies of the project: `--install` makes a virtual environment for each in a folder of its own (build/peers), and
`--python NAME=PATH` names an interpreter that has one already. What is not installed is listed as such. Writes `docs/quantities-peers.md`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from duration_scores import LANGUAGES, SCORE_HEADS, TOLERANCE, Case, Score, Span, read_own_cases, read_real_cases, score_cells, score_spans

from analyzer._version import __version__

ROOT = Path(__file__).resolve().parents[1]
WORKER = Path(__file__).with_name("duration_peers.py")
#: Seconds after which a reader is given up.
TIMEOUT_S = 300
WARM_UP = {
    "fr": "Intervention sous 4 heures.", "de": "Reaktion innert 4 Stunden.", "it": "Intervento entro 4 ore.", "en": "We respond within 4 hours.",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Peer:
    """A reader: name in `duration_peers.py`, what is shown, languages, the arguments of pip (a call each), the distribution whose version counts."""

    name: str
    title: str
    languages: tuple[str, ...]
    pip: tuple[tuple[str, ...], ...] = ()
    distribution: str = ""
    note: str = ""
    #: Environment shared with another peer.
    home: str = ""
    #: Locales that the peer cannot read figures without, made beside its environment.
    locales: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The name of its environment."""
        return self.home or self.name


_RECOGNIZERS = (("recognizers-text-suite==1.0.2a2", "emoji<2"),)
PEERS = (
    Peer("ours", "**this project**", LANGUAGES),
    Peer("regex", "twenty lines of regex", LANGUAGES, note="figures, a unit, a word for business time; in `benchmarks/duration_peers.py`"),
    Peer("duckling", "Duckling", LANGUAGES, (("duckling==1.8.0", "jpype1>=1.5", "setuptools<80"),), "duckling",
         "the one in Clojure (0.4.23), in a wheel of 2018; needs Java, and two lines in our adapter to start under today's JPype; the later one in Haskell has no wheel"),
    Peer("recognizers_duration", "recognizers-text, durations alone", ("fr", "en"), _RECOGNIZERS, "recognizers-text-date-time",
         "its extractor and parser of durations; the Python package has no German and no Italian", "recognizers"),
    Peer("recognizers", "recognizers-text, date-time model", ("fr", "en"), _RECOGNIZERS, "recognizers-text-date-time",
         "as its users call it; needs `emoji<2`, which it does not ask for"),
    Peer("lexnlp", "LexNLP", ("de", "en"),
         (("--no-deps", "lexnlp==2.3.0"), ("regex", "num2words", "pandas", "nltk", "zahlwort2num", "scikit-learn", "Unidecode", "reporters-db")),
         "lexnlp", "does not install as it asks (gensim 4.1.2 does not build on Python 3.11), so without its pins; needs the locales de_DE and en_US to read figures;"
         " English needs NLTK's tokenizer and tagger, which are downloaded at run time, not installed", locales=("de_DE", "en_US")),
    Peer("edsnlp", "edsnlp", ("fr",), (("edsnlp==0.23.0",),), "edsnlp", "its quantities of time; `eds.dates` keeps durations for such as stand behind *pendant*"),
    Peer("timexy", "timexy", ("fr", "de", "en"), (("timexy==0.1.3",),), "timexy", "knows days, weeks, months, years"),
    Peer("ctparse", "ctparse", ("de", "en"), (("ctparse==0.3.6",),), "ctparse", "one expression a text"),
    Peer("quantulum3", "quantulum3", ("en",), (("quantulum3==0.10.0",),), "quantulum3", "without its classifier"),
    Peer("timefhuman", "timefhuman", ("en",), (("timefhuman==0.1.5",),), "timefhuman"),
    Peer("dateparser", "dateparser's search", LANGUAGES, (("dateparser==1.5.0",),), "dateparser",
         "reads dates; a length of time is what moves with the day of reference"),
    Peer("parsedatetime", "parsedatetime", ("fr", "de", "en"), (("parsedatetime==2.6",),), "parsedatetime", "reads dates, likewise"),
)  # fmt: skip


@dataclass(slots=True)
class Result:
    """What a reader did: per language its scores (own, real), sentences per second and seconds to the first answer; or why it did not run."""

    peer: Peer
    version: str = ""
    fault: str = ""
    scores: dict[tuple[str, str], Score] | None = None
    rates: dict[str, float] | None = None
    starts: dict[str, float] | None = None
    faults: dict[str, str] | None = None


def install(peer: Peer, folder: Path) -> None:
    """Make the environment of a peer, unless it is there; a failure is said, and the peer then counts as not installed."""
    home = folder / peer.folder
    if not peer.pip or interpreter(home).exists():
        return
    venv.create(home, with_pip=True, clear=True)
    for arguments in peer.pip:
        command = [str(interpreter(home)), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments]
        if subprocess.run(command, check=False).returncode:
            print(f"{peer.name}: pip install {' '.join(arguments)} failed", file=sys.stderr)
            interpreter(home).unlink()
            return
    for name in peer.locales:
        # Where there is no localedef, the peer makes do with the machine's locales.
        (home / "locales").mkdir(exist_ok=True)
        with contextlib.suppress(OSError):
            subprocess.run(["localedef", "-i", name, "-f", "UTF-8", str(home / "locales" / f"{name}.UTF-8")], check=False)


def interpreter(home: Path) -> Path:
    """Return the Python of an environment."""
    return home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def ask(python: str, peer: Peer, texts: Mapping[str, Sequence[str]], least_s: float) -> tuple[dict[str, Any], float]:
    """Let a reader read in its own process; return its answer and the wall time, the interpreter's own start included."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in.json"), Path(folder, "out.json")
        source.write_text(json.dumps({"texts": texts, "least_s": least_s}), encoding="utf-8")
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT) if peer.name == "ours" else ""}
        if peer.locales:
            environment |= {"LOCPATH": str(Path(python).parents[1] / "locales"), "LC_ALL": "en_US.UTF-8"}
        begin = time.perf_counter()
        try:
            done = subprocess.run(
                [python, str(WORKER), peer.name, str(source), str(target)],
                env=environment,
                timeout=TIMEOUT_S,
                check=False,
                capture_output=True,
            )
        except subprocess.TimeoutExpired:
            return {language: {"error": f"no answer in {TIMEOUT_S} s"} for language in texts}, TIMEOUT_S
        spent = time.perf_counter() - begin
        if not target.exists():
            lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
            return {language: {"error": lines[-1] if lines else f"ended with {done.returncode}"} for language in texts}, spent
        answer: dict[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return answer, spent


def version_of(python: str, peer: Peer) -> str:
    """Return the installed version of a peer."""
    if not peer.distribution:
        return __version__ if peer.name == "ours" else ""
    code = f"import importlib.metadata as m; print(m.version({peer.distribution!r}))"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=False).stdout.strip()


def measure(peer: Peer, python: str, parts: Mapping[str, Sequence[Case]], languages: Sequence[str], least_s: float) -> Result:
    """Run a peer over all sentences of its languages and score it per language and part (own, real)."""
    result = Result(peer, version_of(python, peer), "", {}, {}, {}, {})
    assert result.scores is not None and result.rates is not None and result.starts is not None and result.faults is not None
    start = first_answer(python, peer)
    for language in (x for x in languages if x in peer.languages):
        cases = [(part, case) for part, group in parts.items() for case in group if case.language == language]
        answer, _ = ask(python, peer, {language: [WARM_UP[language], *(case.text for _, case in cases)]}, least_s)
        if "error" in answer[language]:
            result.faults[language] = answer[language]["error"]
            continue
        if answer[language]["faults"]:
            result.faults[language] = ", ".join(f"{name} on {count} sentences" for name, count in answer[language]["faults"].items())
        found = [tuple(Span(*item) for item in items) for items in answer[language]["found"][1:]]
        for part in parts:
            pairs = [(case.wanted, spans) for (name, case), spans in zip(cases, found, strict=True) if name == part]
            if pairs:
                result.scores[language, part] = score_spans(pairs)
        result.rates[language], result.starts[language] = answer[language]["rate"], start
    return result


def first_answer(python: str, peer: Peer) -> float:
    """Return the seconds of a fresh process until it has read one sentence, in the peer's last language; the median of three, but slow ones wait once only."""
    language = peer.languages[-1]
    spent: list[float] = []
    while len(spent) < 3 and sum(spent) < 10:
        spent.append(ask(python, peer, {language: [WARM_UP[language]]}, 0.0)[1])
    return statistics.median(spent)


HEADS = ("language", "sentences of", "reader", *SCORE_HEADS, "sentences/s", "s to the first answer")


def table_rows(results: Sequence[Result], parts: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the rows of the table: per language and part the readers, the best F1 of span and value first; then those that did not run."""
    rows: list[tuple[str, ...]] = []
    for language in LANGUAGES:
        for part in parts:
            ran = [(r, r.scores[language, part]) for r in results if r.scores and (language, part) in r.scores]
            for r, score in sorted(ran, key=lambda item: -(item[1].f1_value or 0.0)):
                assert r.rates is not None and r.starts is not None
                speed = (f"{r.rates[language]:,.0f}", f"{r.starts[language]:.2f}")
                rows.append((language, part, r.peer.title, *score_cells(score), *speed))
        rows += [
            (language, "", r.peer.title, r.fault or "did not run (see below)", *[""] * (len(SCORE_HEADS) + 1))
            for r in results
            if language in r.peer.languages and (r.fault or (r.scores is not None and not any((language, p) in r.scores for p in parts)))
        ]
    return rows


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|", *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


GUIDE = """\
How to read it:

- *own*: `tests/cases/durations`, sentences that were written for this project, negatives and known failures included. *real*: rows of real contracts, annotated by
  hand, no part of this repository. Our reader was corrected on both, the others on neither: our figures show what it does on texts that its authors know, not what
  it does on the next contract; the others' figures show what a user would have to add.
- *F1 overlapping* asks only that something is found in the right place, so a preposition in the span costs nothing; *exact span* asks for our limits, which
  are a convention (no preposition, "business" inside), and is the harshest on others. *F1 span and value* is the figure to compare: in place, and both bounds right
  in seconds, at most {tolerance:.0%} off (a month of 30.4 days is right).
- *business right*: business or elapsed time, of those found in place; most readers do not say.
- A *false alarm* is a sentence without a duration in which one is found. What is no duration is our taxonomy's word: "every 3 months" and an hourly rate count
  as none. A reader made for other texts is right to see it otherwise.
- *sentences/s*: one by one, in one process, warm, one core. *s to the first answer*: a fresh process, from its start to one sentence read, the interpreter's own
  start included (median of three).
- Every reader's answer is brought to our units as its users would do it; the adapters are in `benchmarks/duration_peers.py`.
"""


def render(results: Sequence[Result], parts: Mapping[str, Sequence[Case]]) -> str:
    """Return the page."""
    counts = ", ".join(f"{len(cases)} {part}" for part, cases in parts.items() if cases)
    versions = []
    for r in results:
        faults = "; ".join(f"{language}: {text}" for language, text in (r.faults or {}).items())
        state = r.fault or "; ".join(filter(None, [r.version, faults]))
        versions.append((r.peer.title, state, " ".join(r.peer.languages), r.peer.note))
    load = os.getloadavg()[1] if hasattr(os, "getloadavg") else float("nan")
    return "\n".join(
        [
            "# Readers of durations, side by side\n",
            f"Made by `make peers-durations` on {date.today().isoformat()}, version {__version__}, Python {sys.version.split()[0]}; {counts} sentences;"
            f" {os.cpu_count()} cores, load {load:.1f} at the end (over {os.cpu_count()}, the seconds are too long, the order of the readers still holds roughly).\n",
            markdown_table(HEADS, table_rows(results, [part for part, cases in parts.items() if cases])),
            GUIDE.format(tolerance=TOLERANCE),
            "## The readers\n",
            markdown_table(("reader", "version", "languages", "note"), versions),
        ]
    )


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, default=None, help="folder with annotated rows (*.jsonl); left out where it is absent")
    parser.add_argument("--out", type=Path, default=None, help="file to write beside printing")
    parser.add_argument("--install", action="store_true", help="make the missing environments (minutes, a few hundred megabytes)")
    parser.add_argument("--venvs", type=Path, default=ROOT / "build" / "peers", help="folder of the environments")
    parser.add_argument("--python", action="append", default=[], metavar="NAME=PATH", help="interpreter of a peer")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="run these peers only")
    parser.add_argument("--least", type=float, default=1.0, metavar="SECONDS", help="how long the speed is measured")
    options = parser.parse_args()
    named = dict(item.split("=", 1) for item in options.python)
    unknown = {*named, *options.only} - {peer.name for peer in PEERS}
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; known: {', '.join(peer.name for peer in PEERS)}")
    parts = {"own": read_own_cases(ROOT / "tests" / "cases" / "durations"), "real": read_real_cases(options.real) if options.real else []}
    results = []
    for peer in PEERS:
        if options.only and peer.name not in options.only:
            continue
        python = sys.executable if not peer.pip else named.get(peer.name, str(interpreter(options.venvs / peer.folder)))
        if options.install and peer.name not in named:
            install(peer, options.venvs)
        if not Path(python).exists() or (peer.distribution and not version_of(python, peer)):
            results.append(Result(peer, fault="not installed"))
            continue
        print(f"{peer.name} ...", file=sys.stderr, flush=True)
        results.append(measure(peer, python, parts, LANGUAGES, options.least))
    text = render(results, parts)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
