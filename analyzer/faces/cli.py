"""The commands. Exit codes: 0 done, 1 some documents failed (each is named), 2 wrong use."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer._version import __version__
from analyzer.errors import AnalyzerError, DataError, SettingsError
from analyzer.types import LANGUAGES

if TYPE_CHECKING:
    from analyzer.report.model import Report
    from analyzer.settings import Settings

FORMATS = ("text", "json", "html", "md", "csv", "xlsx", "docx", "pdf")
BACKENDS = ("loky", "dask", "ray")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows ASCII only still gets its answer
    try:
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except (SettingsError, DataError) as error:
        return _complain(error, 2)
    except AnalyzerError as error:
        return _complain(error, 1)
    except (PermissionError, IsADirectoryError, NotADirectoryError, FileNotFoundError) as error:
        return _complain(SettingsError(f"Cannot write to {error.filename}: {error.strerror}"), 2)
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (head, less); there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _complain(error: AnalyzerError, code: int) -> int:
    print(f"clause-analyzer: {error}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="clause-analyzer",
        description="Reads IT maintenance and support contracts for the customer: clauses, times, risks, gaps. All of it runs on this machine.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, text: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        return command

    analyze = add("analyze", "Analyze contracts one by one.", _analyze)
    analyze.add_argument("files", nargs="+", metavar="FILE", help="PDF, DOCX, ODT, HTML, e-mail, text, or a scan (PDF, PNG, JPEG, TIFF)")
    analyze.add_argument("--together", action="store_true", help="the files are one contract, the one that prevails first")
    analyze.add_argument("--format", choices=FORMATS, default=None, help="default: text, or by the ending of OUT")
    analyze.add_argument("-o", "--out", metavar="OUT", help="file, or folder for several contracts")
    _add_settings(analyze)
    analyze.add_argument("--json", action="store_true", help="the same as --format json")

    score = add("score", "Analyze many contracts into Parquet; a rerun does only what is left.", _score)
    score.add_argument("paths", nargs="+", metavar="PATH", help="files or folders")
    score.add_argument("-o", "--out", default="scores.parquet", metavar="OUT.parquet")
    score.add_argument("--jobs", type=int, default=-1, metavar="N", help="processes; default: one per core")
    score.add_argument("--backend", choices=BACKENDS, default="loky")
    score.add_argument("--json", action="store_true", help="print the result as JSON")
    _add_settings(score)

    compare = add("compare", "Set two or more offers side by side.", _compare)
    compare.add_argument("files", nargs="+", metavar="FILE")
    compare.add_argument("--json", action="store_true", help="print the result as JSON")
    _add_settings(compare)

    train = add("train", "Train a model from labelled data.", _train)
    train.add_argument("data", metavar="DATA", help="file or folder")
    train.add_argument("-o", "--out", required=True, metavar="MODEL", help="model folder to write")
    train.add_argument("--base", metavar="DATA", help="more data to train on, e.g. data/contracts")
    train.add_argument(
        "--weight", type=float, default=2.0, help="with --base: how much a row of DATA counts against one of it (default: 2)"
    )
    train.add_argument("--previous", metavar="MODEL", help="model to compare with on DATA; default: the shipped model")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--json", action="store_true", help="print the scores as JSON")

    evaluate = add("evaluate", "Score a model on labelled data.", _evaluate)
    evaluate.add_argument("data", metavar="DATA")
    evaluate.add_argument("--model", metavar="MODEL", help="model folder; default: the shipped model")
    evaluate.add_argument("--json", action="store_true", help="print the scores as JSON")

    data = commands.add_parser(
        "data", help="Check, convert and count labelled data.", description="Check, convert and count labelled data."
    )
    actions = data.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text, run in (
        ("check", "Name every fault with file and line.", _data_check),
        ("stats", "Count contracts, rows, categories and risks.", _data_stats),
    ):
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument("folder", nargs="?", default="data/contracts", metavar="FOLDER")
        action.add_argument("--json", action="store_true")
        action.set_defaults(run=run)
    for name, text, folder, run in (
        ("split", "Deal contracts without a split to train, validation and test, by provider family.", "data/contracts", _data_split),
        ("agreement", "Cohen's kappa per category on doubly labelled rows.", "data/agreement", _data_agreement),
        ("quantities", "Score the reader of quantities on annotated rows.", "data/quantities", _data_quantities),
    ):
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument("folder", nargs="?", default=folder, metavar="FOLDER")
        if name == "split":
            action.add_argument("--again", action="store_true", help="deal all contracts anew")
        action.set_defaults(run=run)
    action = actions.add_parser(
        "review",
        help="List the labels that a cross-validated model doubts.",
        description="List the labels that a cross-validated model doubts, most doubtful first, as JSON lines.",
    )
    action.add_argument("data", nargs="?", default="data/contracts", metavar="DATA")
    action.add_argument("-o", "--out", required=True, metavar="OUT.jsonl")
    action.add_argument("--most", type=int, default=None, metavar="N", help="at most N labels")
    action.set_defaults(run=_data_review)
    formats = ("native", "doccano", "prodigy", "labelstudio", "csv", "docbin")
    action = actions.add_parser(
        "import", help="Read another format and write ours (JSON lines).", description="Read another format and write ours (JSON lines)."
    )
    action.add_argument("file", metavar="FILE")
    action.add_argument("-o", "--out", required=True, metavar="OUT.jsonl")
    action.add_argument("--format", choices=formats, default=None, help="default: by content")
    action.add_argument("--corpus", choices=("cuad", "unfair_tos", "agb_de", "ledgar"), help="a public corpus as published")
    action.add_argument(
        "--labels", choices=("mapped", "original"), default="mapped", help="with --corpus: our categories, or its own labels"
    )
    action.add_argument("--split", choices=("train", "validation", "test"), help="with --corpus: only these rows, where the file tells")
    action.set_defaults(run=_data_import)
    action = actions.add_parser(
        "export", help="Write labelled data in another format.", description="Write labelled data in another format."
    )
    action.add_argument("data", metavar="DATA", help="file or folder")
    action.add_argument("-o", "--out", required=True, metavar="OUT")
    action.add_argument("--format", choices=formats, required=True)
    action.set_defaults(run=_data_export)

    model = add("model", "Check that the model loads and still finds its self-test sentences.", _model)
    model.add_argument("--model", metavar="MODEL", help="model folder; default: the shipped model")

    compiled = add(
        "compile",
        "Compile the innermost modules, so that they take half to two thirds of the time (a minute; needs a C compiler; again after an update).",
        _compile,
    )
    compiled.add_argument("--if-possible", action="store_true", help="where it is not, say why and go on in Python")

    app = add("app", "Open the page in the browser.", _app)
    app.add_argument("--port", type=int, default=8501)
    app.add_argument("--headless", action="store_true", help="do not open a browser")
    return parser


def _add_settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--settings", metavar="FILE", help="analyzer.toml; default: the one in this folder, if there is one")
    command.add_argument("--language", choices=LANGUAGES, help="language of the explanations; default: that of the contract")
    command.add_argument("--side", choices=("customer", "provider"), help="whose interests count; default: customer")
    command.add_argument("--pdf-engine", choices=("pdfminer", "pdfium"))
    command.add_argument(
        "--password-file", metavar="FILE", help="its first line opens PDF files that ask for a password; else a terminal is asked"
    )
    command.add_argument("--ocr", choices=("auto", "never", "force"), help="text recognition of scanned pages; default: auto")


def _settings(options: argparse.Namespace) -> Settings:
    from dataclasses import replace

    from analyzer.settings import Settings

    path = options.settings or ("analyzer.toml" if Path("analyzer.toml").is_file() else None)
    settings = Settings.from_file(path) if path else Settings()
    changes: dict[str, Any] = {
        name: value for name in ("language", "side", "pdf_engine", "ocr") if (value := getattr(options, name, None)) is not None
    }
    if getattr(options, "password_file", None):
        from analyzer.faces.passwords import read_password_file

        changes["password"] = read_password_file(options.password_file)
    return replace(settings, **changes) if changes else settings


def _write(out: Path, content: str | bytes) -> None:
    from analyzer.datasets.native import write_atomically

    write_atomically(out, content if isinstance(content, bytes) else content.encode())


def _analyze(options: argparse.Namespace) -> int:
    from analyzer.api import analyze
    from analyzer.batch import time_limit
    from analyzer.faces.passwords import with_password
    from analyzer.reading import Sources, read_bytes

    settings = _settings(options)
    ending = Path(options.out).suffix.lower().lstrip(".") if options.out else ""
    by_ending = {"txt": "text", "htm": "html", **{name: name for name in FORMATS}}
    format = "json" if options.json else options.format or by_ending.get(ending, "text")
    contracts: list[list[str]] = [options.files] if options.together else [[file] for file in options.files]
    several = len(contracts) > 1
    if format in ("xlsx", "docx", "pdf") and not options.out:
        raise SettingsError(f"The format {format} needs a file to write to", hint="-o OUT")
    if several and options.out and ending in by_ending:
        raise SettingsError("Several contracts need a folder to write to", hint="-o FOLDER")
    if (
        options.out
        and not several
        and any(Path(options.out).exists() and Path(file).exists() and Path(options.out).samefile(file) for file in options.files)
    ):
        raise SettingsError(f"{options.out} is the contract itself", hint="choose another name for the output")
    if options.out and not several and Path(options.out).is_dir():
        raise SettingsError(f"{options.out} is a folder", hint="name a file in it")
    names = _distinct_names([files[0] for files in contracts])
    failed = 0
    for files, own_name in zip(contracts, names, strict=True):
        source: Sources = files[0]
        data = None
        password = settings.password
        try:
            if len(files) > 1:
                source = list(files)
            else:
                name, data = read_bytes(files[0], limits=settings.limits)
                source = files[0] if name else data

            def read(opened: Settings, source: Sources = source) -> Report:
                nonlocal password
                password = opened.password
                with time_limit(opened):
                    return analyze(source, settings=opened)

            report = with_password(", ".join(files), settings, read)
            content = report.render(format, settings.language, source=data, password=password)
        except SettingsError:
            raise
        except AnalyzerError as error:
            failed += 1
            # The error about one of several files names it already.
            _complain(error if len(files) > 1 else type(error)(f"{files[0]}: {error.message}", hint=error.hint), 1)
            continue
        if not options.out:
            assert isinstance(content, str)
            print(content, end="" if content.endswith("\n") else "\n")
        elif several:
            _write(Path(options.out) / f"{own_name}.{'txt' if format == 'text' else format}", content)
        else:
            _write(Path(options.out), content)
    return 1 if failed else 0


def _distinct_names(files: Sequence[str]) -> list[str]:
    """Return a name per file; files of the same name in different folders get a number."""
    seen: dict[str, int] = {}
    names = []
    for file in files:
        name = Path(file).name
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{Path(file).stem}-{seen[name]}{Path(file).suffix}")
    return names


def _progress(label: str) -> Callable[[int, int], None] | None:
    """Return a progress line for a terminal, nothing for a pipe."""
    if not sys.stderr.isatty():
        return None

    def show(done: int, total: int) -> None:
        width = 30
        filled = width * done // max(1, total)
        end = "\n" if done >= total else ""
        print(f"\r{label} [{'#' * filled}{'.' * (width - filled)}] {done}/{total}", end=end, file=sys.stderr, flush=True)

    return show


def _training_progress(label: str) -> Callable[[str, float], None] | None:
    bar = _progress(label)
    return None if bar is None else lambda stage, share: bar(int(share * 100), 100)


def _score(options: argparse.Namespace) -> int:
    from joblib import parallel_config

    from analyzer.batch import score

    settings = _settings(options)
    if options.backend != "loky":
        try:
            with parallel_config(backend=options.backend):
                result = score(options.paths, options.out, n_jobs=options.jobs, settings=settings, progress=_progress("score"))
        except (ImportError, ValueError, KeyError) as error:
            raise SettingsError(
                f"The backend {options.backend} is not available: {error}", hint=f"pip install {options.backend}"
            ) from error
    else:
        result = score(options.paths, options.out, n_jobs=options.jobs, settings=settings, progress=_progress("score"))
    if options.json:
        failures = [{"name": f.name, "code": f.code, "message": f.message, "hint": f.hint} for f in result.failures]
        print(
            json.dumps(
                {
                    "path": str(result.path),
                    "done": result.done,
                    "skipped": result.skipped,
                    "failures": failures,
                    "left_out": [str(path) for path in result.left_out],
                },
                ensure_ascii=False,
            )
        )
    else:
        print(f"{result.done} analyzed, {result.skipped} already done, {len(result.failures)} failed -> {result.path}")
        for failure in result.failures:
            print(f"{failure.name}: {failure.message}" + (f" ({failure.hint})" if failure.hint else ""), file=sys.stderr)
        for path in result.left_out:
            print(f"{path}: left out, as its name is of no format that can be read", file=sys.stderr)
    return 1 if result.failures else 0


def _compare(options: argparse.Namespace) -> int:
    from analyzer.api import analyze
    from analyzer.comparison import compare_reports
    from analyzer.faces.passwords import with_password

    settings = _settings(options)
    if len(options.files) < 2:
        raise SettingsError("A comparison needs two contracts at least")

    def read(file: str) -> Report:
        return with_password(file, settings, lambda opened: analyze(file, settings=opened))

    comparison = compare_reports(tuple(map(read, options.files)), language=settings.language)
    if options.json:
        rows = [{"subject": row.subject, "cells": list(row.cells), "best": list(row.best)} for row in comparison.rows]
        print(json.dumps({"names": list(comparison.names), "rows": rows}, ensure_ascii=False))
    else:
        print(comparison.to_markdown(), end="")
    return 0


def _train(options: argparse.Namespace) -> int:
    from analyzer.api import train
    from analyzer.classification.card import render_comparison
    from analyzer.classification.persistence import read_manifest

    train(
        options.data,
        out=options.out,
        base=options.base,
        weight=options.weight,
        seed=options.seed,
        previous=options.previous,
        progress=_training_progress("train"),
    )
    manifest = read_manifest(options.out)
    scores, comparison = manifest["scores"], manifest.get("comparison")
    if options.json:
        print(json.dumps({**scores, "comparison": comparison}, ensure_ascii=False))
    else:
        print(
            f"{options.out}: micro-F1 {scores['micro_f1']:.3f}, macro-F1 {scores['macro_f1']:.3f} on {scores['rows']} rows (cross-validation by document)"
        )
        if comparison:
            print("\n" + render_comparison(comparison), end="")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from analyzer.api import evaluate

    scores = evaluate(options.data, model=options.model)
    print(json.dumps(scores.to_dict(), ensure_ascii=False) if options.json else scores.to_markdown())
    return 0


def _data_check(options: argparse.Namespace) -> int:
    from analyzer.datasets import check_contracts, read_contracts
    from analyzer.datasets.check import check_shares, find_near_duplicates

    contracts = read_contracts(options.folder)
    faults = [*check_contracts(contracts), *check_shares(contracts)]
    rows = sum(len(contract.rows) for contract in contracts)
    doubles = find_near_duplicates(contracts)
    share = len(doubles) / rows if rows else 0.0
    if options.json:
        result = {
            "contracts": len(contracts), "rows": rows, "faults": [str(fault) for fault in faults], "near_duplicate_share": round(share, 5),
            "near_duplicates": [{"row": a, "of": b, "similarity": round(s, 3)} for a, b, s in doubles],
        }  # fmt: skip
        print(json.dumps(result, ensure_ascii=False))
    else:
        for fault in faults:
            print(fault)
        print(f"{len(contracts)} contracts, {rows} rows, {len(faults)} faults, near-duplicates {share:.2%}")
    return 1 if faults else 0


def _data_stats(options: argparse.Namespace) -> int:
    from analyzer.datasets import describe_contracts, read_contracts
    from analyzer.datasets.stats import render_stats

    stats = describe_contracts(read_contracts(options.folder))
    print(json.dumps(stats, ensure_ascii=False) if options.json else render_stats(stats))
    return 0


def _data_import(options: argparse.Namespace) -> int:
    from analyzer.api import load_rows
    from analyzer.datasets import read_corpus, read_labelled, write_labelled

    if options.corpus:
        rows = read_corpus(options.file, options.corpus, labels=options.labels, split=options.split)
    else:
        rows = read_labelled(options.file, format=options.format)
    load_rows(rows)  # names the first fault before anything is written
    print(f"{write_labelled(rows, options.out, format='native')} rows -> {options.out}")
    return 0


def _data_split(options: argparse.Namespace) -> int:
    from analyzer.datasets import assign_splits, read_contracts, write_contract

    contracts = read_contracts(options.folder)
    changed = [
        (before, after)
        for before, after in zip(contracts, assign_splits(contracts, keep=not options.again), strict=True)
        if before.header.get("split") != after.header["split"]
    ]
    for before, after in changed:
        assert before.path is not None
        write_contract(after, before.path)
        print(f"{before.path}: {before.header.get('split') or 'none'} -> {after.header['split']}")
    print(f"{len(contracts)} contracts, {len(changed)} changed")
    return 0


def _data_agreement(options: argparse.Namespace) -> int:
    from analyzer.datasets.agreement import measure_agreement, read_double_labels, render_agreement

    rows = read_double_labels(options.folder)
    print(f"{len(rows)} rows labelled twice\n")
    print(render_agreement(measure_agreement([row["first"] for row in rows], [row["second"] for row in rows])))
    return 0


def _data_quantities(options: argparse.Namespace) -> int:
    from analyzer.datasets.quantities import read_quantities, render_quantity_scores, score_quantities

    rows = read_quantities(options.folder)
    print(f"{sum(map(len, rows.values()))} rows\n")
    print(render_quantity_scores(score_quantities(rows)))
    return 0


def _data_review(options: argparse.Namespace) -> int:
    from analyzer.api import review_labels
    from analyzer.datasets.native import write_atomically

    suspects = review_labels(options.data, progress=_training_progress("review"))[: options.most]
    write_atomically(Path(options.out), "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in suspects).encode())
    print(f"{len(suspects)} doubtful labels -> {options.out}")
    return 0


def _data_export(options: argparse.Namespace) -> int:
    from analyzer.datasets import read_labelled, write_labelled

    print(f"{write_labelled(read_labelled(options.data), options.out, format=options.format)} rows -> {options.out}")
    return 0


def _model(options: argparse.Namespace) -> int:
    from analyzer.api import default_model_folder
    from analyzer.classification.persistence import load_model, read_manifest, run_self_test

    folder = Path(options.model) if options.model else default_model_folder()
    failed = run_self_test(load_model(folder), read_manifest(folder))
    for text in failed:
        print(f"self-test: the label of {text!r} is no longer found", file=sys.stderr)
    print(f"{folder}: {'faulty' if failed else 'ok'}")
    return 1 if failed else 0


def _compile(options: argparse.Namespace) -> int:
    from analyzer.compiling import compile_modules

    try:
        print(f"Compiled: {compile_modules()}")
    except SettingsError as error:
        if not options.if_possible:
            raise
        print(f"{error}; all of it runs as Python")
    return 0


def _app(options: argparse.Namespace) -> int:
    try:
        from streamlit.web import cli as streamlit
    except ImportError as error:
        raise SettingsError("The page needs Streamlit", hint="pip install 'clause-analyzer[app]'") from error
    page = Path(__file__).with_name("page.py")
    url = f"http://localhost:{options.port}"
    if not options.headless:
        # Streamlit's own way to open a browser first asks for an e-mail address; a person who wants to read a contract is not asked for anything.
        import threading
        import webbrowser

        timer = threading.Timer(2.0, webbrowser.open, [url])
        timer.daemon = True
        timer.start()
    print(f"The page is at {url} (Ctrl-C ends it)", flush=True)
    sys.argv = ["streamlit", "run", str(page), "--server.port", str(options.port), "--server.address", "localhost", "--server.headless", "true",
                "--browser.gatherUsageStats", "false", "--server.maxUploadSize", "50", "--client.toolbarMode", "minimal"]  # fmt: skip
    code = streamlit.main()
    return int(code or 0)
