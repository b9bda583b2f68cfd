"""How reading ends on a folder of broken and odd files, such as the test suites of PDF readers: text, one clean error, or something worse.

    python benchmarks/robustness.py FOLDER [--call read|analyze] [--isolation auto|always|never] [--ocr auto|never] [--details out.jsonl]

Every file is read as a user would, one after another in one process, which is watched from outside: wall time, peak memory (worker processes
included), foreign exceptions, crashes, endless loops, network access and files written. For PDF the words are compared with those of pypdfium2, which
runs in a process of its own. Files are not part of this repository: unpack the source archives of PDF, Word and HTML libraries somewhere and point at them.
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import json
import os
import re
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SUFFIXES = {".pdf", ".docx", ".odt", ".fodt", ".html", ".htm", ".xhtml", ".eml", ".rtf", ".txt", ".md", ".doc"}
#: Seconds (and more of them for each page: a file of 957 pages is no slow one) and bytes that no file may pass; a process that has not answered after
#: GIVE_UP_S is killed.
MOST_SECONDS, MOST_SECONDS_PER_PAGE, MOST_BYTES, GIVE_UP_S = 10.0, 0.02, 1_000_000_000, 60.0
#: Share of pdfium's words that must be found for a file to count as read alike.
ALIKE = 0.8
_WORD = re.compile(r"\w{2,}")


# ------------------------------------------------------------------------------------------------ inside the watched processes


def _peak(pid: int | str = "self") -> int:
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    match = re.search(r"VmHWM:\s+(\d+) kB", text)
    return int(match.group(1)) * 1024 if match else 0


def _reset_peaks() -> None:
    for pid in ("self", *_children()):
        try:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        except OSError:
            continue


def _children() -> list[str]:
    try:
        return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    except OSError:
        return []


def _watch_side_effects(seen: list[str]) -> None:
    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect" or event == "socket.getaddrinfo":
            seen.append(f"network: {arguments[-1]!r}")
        elif (
            event == "open"
            and isinstance(arguments[1], str)
            and set(arguments[1]) & set("wax+")
            and isinstance(arguments[0], str)
            and "/proc/" not in arguments[0]
        ):
            seen.append(f"wrote {arguments[0]!r}")

    sys.addaudithook(hook)


def _serve(task: str, options: dict[str, str]) -> None:
    """Answer one JSON line per path on standard input."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    seen: list[str] = []
    if task != "pdfium":
        _watch_side_effects(seen)
    for line in sys.stdin:
        path = Path(line.rstrip("\n"))
        seen.clear()
        _reset_peaks()
        start = time.perf_counter()
        result = _words_of_pdfium(path) if task == "pdfium" else _read(path, task, options)
        result["seconds"] = round(time.perf_counter() - start, 3)
        result["peak"] = _peak() + sum(_peak(pid) for pid in _children())
        result["effects"] = [effect for effect in seen if "/dev/null" not in effect][:5]
        out.write(json.dumps(result) + "\n")
        out.flush()


def _read(path: Path, task: str, options: dict[str, str]) -> dict[str, Any]:
    import analyzer
    from analyzer.reading import read_document

    known = {item.name for item in dataclasses.fields(analyzer.Settings)}
    settings = analyzer.Settings.from_dict({name: value for name, value in options.items() if name in known})
    try:
        if task == "analyze":
            document = analyzer.analyze(path, settings=settings).document
        else:
            document = read_document(path, settings=settings)
    except analyzer.AnalyzerError as error:
        return {"end": error.code, "message": str(error), "cause": f"{type(error.__cause__).__name__}: {error.__cause__}"[:300]}
    except BaseException as error:  # what must never happen is what is looked for
        return {"end": "foreign", "message": f"{type(error).__name__}: {error}"[:300]}
    text = " ".join([document.text, *(line for page in document.pages for line in page.furniture)])
    notices = Counter(notice.code for notice in document.notices)
    return {"end": "read", "characters": len(document.text), "pages": len(document.pages), "notices": notices, "words": _count_words(text)}


def _words_of_pdfium(path: Path) -> dict[str, Any]:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
        texts = []
        for number in range(len(document)):
            try:
                texts.append(document[number].get_textpage().get_text_bounded())
            except pdfium.PdfiumError:
                continue
    except pdfium.PdfiumError as error:
        return {"end": "refused", "message": str(error), "words": {}}
    return {"end": "read", "pages": len(document), "words": _count_words(" ".join(texts))}


def _count_words(text: str) -> dict[str, int]:
    import unicodedata

    folded = unicodedata.normalize("NFKC", text.replace("\x02", "").replace("\xad", "")).casefold()
    return Counter(_WORD.findall(folded))


# ------------------------------------------------------------------------------------------------ outside


class Watched:
    """A process that is asked about one file after another, and started again when it died or had to be killed."""

    def __init__(self, task: str, options: dict[str, str]) -> None:
        self._command = [sys.executable, __file__, "--serve", task, "--options", json.dumps(options)]
        self._process: subprocess.Popen[str] | None = None

    def ask(self, path: Path) -> dict[str, Any]:
        if self._process is None:
            self._process = subprocess.Popen(
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
            )
        process = self._process
        assert process.stdin is not None and process.stdout is not None
        start = time.monotonic()
        process.stdin.write(f"{path}\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], GIVE_UP_S)
        answer = process.stdout.readline() if ready else ""
        if answer:
            found: dict[str, Any] = json.loads(answer)
            return found
        self.stop()
        end = "crash" if ready else "hang"
        return {"end": end, "message": f"exit {process.returncode}", "seconds": time.monotonic() - start, "peak": 0, "effects": []}

    def stop(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process = None


def find_files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that could be contracts, each content once."""
    seen: set[str] = set()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in SUFFIXES or not path.is_file() or path.stat().st_size > 60_000_000:
            continue
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if digest not in seen:
            seen.add(digest)
            yield path


def recall(found: dict[str, int], wanted: dict[str, int]) -> float:
    """Return the share of the wanted words, counted as often as they stand, that were found."""
    total = sum(wanted.values())
    return sum(min(count, found.get(word, 0)) for word, count in wanted.items()) / total if total else 1.0


def judge(ours: dict[str, Any]) -> str:
    """Return what is bad about an end, or ""."""
    if ours["end"] in ("foreign", "crash", "hang", "crashed", "internal", "error"):
        return str(ours["end"])
    if ours["seconds"] > MOST_SECONDS + MOST_SECONDS_PER_PAGE * ours.get("pages", 0):
        return "slow"
    if ours["peak"] > MOST_BYTES:
        return "memory"
    return "side effect" if ours["effects"] else ""


def run(folder: Path, task: str, options: dict[str, str], details: Path | None, only: str) -> list[dict[str, Any]]:
    reader, second = Watched(task, options), Watched("pdfium", {})
    cache = folder / ".pdfium-words.json"
    known: dict[str, Any] = json.loads(cache.read_text()) if cache.is_file() else {}
    rows: list[dict[str, Any]] = []
    files = [path for path in find_files(folder) if only in str(path)]
    for number, path in enumerate(files, 1):
        ours = reader.ask(path)
        key = str(path.relative_to(folder))
        theirs: dict[str, Any] = {}
        if path.suffix.lower() == ".pdf":
            theirs = known[key] = known.get(key) or second.ask(path)
        row = {"file": key, "bytes": path.stat().st_size, **ours, "bad": judge(ours)}
        wanted = theirs.get("words") or {}
        row["theirs"] = sum(wanted.values())
        row["recall"] = round(recall(ours.get("words") or {}, wanted), 3) if wanted else None
        row["words"] = sum((ours.get("words") or {}).values())
        rows.append(row)
        if sys.stderr.isatty():
            print(f"\r{number}/{len(files)} {key[-60:]:60}", end="", file=sys.stderr)
    reader.stop()
    second.stop()
    cache.write_text(json.dumps(known))
    if details is not None:
        details.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return rows


def table(rows: list[dict[str, Any]]) -> str:
    """Return the results as Markdown: per kind of file, then what is worth a look."""
    kinds: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        kinds.setdefault(Path(row["file"]).suffix.lower(), []).append(row)
    lines = ["| kind | files | read | clean errors | bad ends | s, median and worst | MB, worst |", "|---|---|---|---|---|---|---|"]
    for kind, group in sorted(kinds.items()):
        errors = Counter(row["end"] for row in group if row["end"] != "read" and not row["bad"])
        bad = Counter(row["bad"] for row in group if row["bad"])
        seconds = sorted(row["seconds"] for row in group)
        listed = ", ".join(f"{name} {count}" for name, count in errors.most_common())
        lines.append(
            f"| {kind[1:]} | {len(group)} | {sum(row['end'] == 'read' for row in group)} | {listed} | "
            f"{', '.join(f'{name} {count}' for name, count in bad.items()) or 0} | {seconds[len(seconds) // 2]:.2f}, {seconds[-1]:.1f} | "
            f"{max(row['peak'] for row in group) / 1e6:.0f} |"
        )
    with_text = [row for row in rows if row["theirs"]]
    if with_text:
        found = sum(row.get("characters", 0) > 0 for row in with_text)
        alike = sum((row["recall"] or 0) >= ALIKE for row in with_text)
        lines += ["", f"pdfium finds words in {len(with_text)} files; we find text in {found} ({found / len(with_text):.1%}), and at least "
                  f"{ALIKE:.0%} of them in {alike} ({alike / len(with_text):.1%})."]  # fmt: skip
    for title, chosen in (
        ("Bad ends", [row for row in rows if row["bad"]]),
        ("pdfium finds words, we find none", [row for row in with_text if not row.get("characters")]),
        ("Much less than pdfium", sorted((r for r in with_text if r["words"] and r["recall"] < ALIKE), key=lambda r: r["recall"])),
        ("Slowest", sorted(rows, key=lambda r: -r["seconds"])[:8]),
        ("Largest", sorted(rows, key=lambda r: -r["peak"])[:5]),
    ):
        lines += ["", f"{title} ({len(chosen)}):"] + [
            f"- {row['file']}: {row['bad'] or row['end']}, {row['seconds']:.1f} s, {row['peak'] / 1e6:.0f} MB, words {row['words']} of {row['theirs']}"
            f" {row.get('message', '')[:140]} {row.get('cause', '')[:120]}"
            for row in chosen[:60]
        ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--call", choices=("read", "analyze"), default="read")
    parser.add_argument("--isolation", choices=("auto", "always", "never"), default="auto")
    parser.add_argument("--ocr", choices=("auto", "never"), default="never")
    parser.add_argument("--engine", choices=("pdfminer", "pdfium"), default="pdfminer")
    parser.add_argument("--details", type=Path)
    parser.add_argument("--only", default="", help="files whose path holds this text")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--options", default="{}", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        _serve(arguments.serve, json.loads(arguments.options))
        return
    if arguments.folder is None or not arguments.folder.is_dir():
        parser.error("name a folder of files")
    options = {"ocr": arguments.ocr, "pdf_engine": arguments.engine, "isolation": arguments.isolation}
    print(table(run(arguments.folder, arguments.call, options, arguments.details, arguments.only)))


if __name__ == "__main__":
    main()
