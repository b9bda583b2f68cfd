"""Many documents over processes, and their scores in Parquet.

joblib spreads the work; a document that hangs is stopped by an alarm inside its process, and one that kills its process is found out by running its batch
again, one document per process. Parts are written under another name and renamed, so a crash never leaves half a file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analyzer._version import __version__
from analyzer.api import Analyzer, default_analyzer, remember_rules, rules_digest
from analyzer.errors import AnalyzerError, DataError, SettingsError, TimeLimitError
from analyzer.extras import load_extra
from analyzer.reading import join_names, read_bytes, read_files
from analyzer.report.model import Report
from analyzer.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

    from analyzer.reading import Sources

logger = logging.getLogger("analyzer")

#: What is known of a contract before it is read: its bytes, or its files with their names where there are several.
Content = bytes | Sequence[tuple[str, bytes]]
#: Documents handed out at once per process: enough to keep all busy, few enough that the inputs of a batch fit in memory.
WINDOW = 16
#: Documents in one Parquet part.
PART_DOCUMENTS = 256
#: Names of what can be read; in a folder everything else is left out, and named.
SUFFIXES = (".pdf", ".docx", ".docm", ".dotx", ".odt", ".ott", ".fodt", ".html", ".htm", ".xhtml", ".eml", ".txt", ".text", ".md", ".markdown",
            ".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".tif", ".tiff")  # fmt: skip
#: Pages assumed for the time limit before a document is read: a limit per page needs a guess, and size tells little.
_ASSUMED_PAGES = 200


@dataclass(frozen=True, slots=True)
class Failure:
    """A document of a batch that could not be analyzed: its name, and the code, message and hint of the error."""

    name: str
    code: str
    message: str
    hint: str = ""

    @classmethod
    def from_error(cls, name: str, error: AnalyzerError) -> Failure:
        return cls(name, error.code, error.message, error.hint)


def analyze_many(sources: Iterable[Sources], *, n_jobs: int = -1, settings: Settings | None = None) -> Iterator[Report | Failure]:
    """Analyze many contracts, in input order; a document that fails gives a Failure and costs nothing but itself.

    Parameters
    ----------
    sources : iterable of path, bytes or binary file
        Taken as they are needed. A list or tuple among them is one contract of several files.
    n_jobs : int, default=-1
        Processes; -1 is one per core. Under `joblib.parallel_config` another backend takes the work.
    settings : Settings, optional
    """
    return run_batch(sources, n_jobs=n_jobs, settings=settings or default_analyzer().settings)


def run_batch(sources: Iterable[Sources], *, n_jobs: int, settings: Settings) -> Iterator[Report | Failure]:
    """Yield a Report or Failure per source, in order."""
    default_analyzer().model  # noqa: B018 - a missing model is one error now, not one failure per document
    remember_rules(settings.rules)  # reports come from other processes; this one puts them into words
    if isinstance(sources, str | Path):
        sources, left_out = collect_paths(sources)
        if left_out:
            logger.warning("%d files are of no format that can be read: %s", len(left_out), _name_some(left_out))
    iterator = iter(sources)
    jobs = count_jobs(n_jobs)
    while window := list(islice(iterator, WINDOW * jobs)):
        loaded = [_load(source, settings) for source in window]
        yield from _run_window(loaded, jobs, settings)


def count_jobs(n_jobs: int | None) -> int:
    """Return the number of processes as joblib counts them: None is 1, -1 all cores, -2 all but one."""
    cores = os.cpu_count() or 1
    if n_jobs is None:
        return 1
    if not isinstance(n_jobs, int) or n_jobs == 0:
        raise SettingsError(f"n_jobs must be a whole number other than 0, not {n_jobs!r}", hint="-1 is one process per core")
    return n_jobs if n_jobs > 0 else max(1, cores + 1 + n_jobs)


def _load(source: Sources, settings: Settings) -> tuple[str, Content] | Failure:
    name = str(source) if isinstance(source, str | Path) else ""
    try:
        if isinstance(source, list | tuple):
            files = read_files(source, limits=settings.limits)
            return join_names(files), files
        return read_bytes(source, limits=settings.limits)
    except AnalyzerError as error:
        return Failure.from_error(name, error)
    except Exception as error:
        # A file object of somebody else's making may raise anything; it costs its own document only.
        return Failure(name, "read", f"The source cannot be read: {type(error).__name__}: {error}")


def _run_window(loaded: list[tuple[str, Content] | Failure], jobs: int, settings: Settings) -> Iterator[Report | Failure]:
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    work = [item for item in loaded if not isinstance(item, Failure)]
    results: list[Report | Failure]
    if jobs == 1 or len(work) <= 1:
        results = [analyze_isolated(name, data, settings=settings) for name, data in work]
    else:
        try:
            results = list(Parallel(n_jobs=jobs)(delayed(_guarded)(name, data, settings) for name, data in work))
        except TerminatedWorkerError:
            logger.warning("a document ended its process; its batch is run again, one document per process")
            results = [analyze_isolated(name, data, settings=settings) for name, data in work]
    done = iter(results)
    for item in loaded:
        yield item if isinstance(item, Failure) else next(done)


def _guarded(name: str, data: Content, settings: Settings, model: str | None = None) -> Report | Failure:
    """Analyze in this process; any error becomes a Failure."""
    _limit_memory(settings.limits.memory_bytes)
    source: Sources = data if isinstance(data, bytes) else tuple(data)
    if _is_worker():
        # This process may die already; another one for the reading would only cost.
        settings = replace(settings, isolation="never")
    try:
        with time_limit(settings):
            return _analyzer_for(model).analyze(source, name=name, settings=settings)
    except AnalyzerError as error:
        return Failure.from_error(name, error)
    except MemoryError:
        return Failure(name, "too_large", "The document needs more memory than there is")
    except Exception as error:
        logger.exception("unexpected error in %s", name)
        return Failure(
            name, "internal", f"Unexpected {type(error).__name__}: {error}", "please report it with the file, if you may share it"
        )


def analyze_isolated(
    name: str, data: Content, *, settings: Settings | None = None, model: str | None = None, timeout_s: float | None = None
) -> Report | Failure:
    """Analyze in a warm process of its own, which is killed when time is up: for servers, where an endless document must cost only itself.

    Parameters
    ----------
    name : str
        Name to show.
    data : bytes, or sequence of (str, bytes)
        Content of the contract, or the files that it is made of, each with its name.
    model : str, optional
        Model folder; by default the shipped model.
    timeout_s : float, optional
        Wall time; by default that of the settings for 200 pages, and 20 seconds for the process to start.
    """
    from concurrent.futures import TimeoutError as FutureTimeoutError

    from joblib.externals.loky.process_executor import BrokenProcessPool, TerminatedWorkerError

    settings = settings or default_analyzer().settings
    with contextlib.suppress(AnalyzerError):  # what is wrong with the rules is the failure of the document
        remember_rules(settings.rules)
    limit = timeout_s or allowed_seconds(settings) + 20
    # One document at a time: its clock starts when its work does, and nobody else's document dies with it.
    with _isolation.lock:
        try:
            result: Report | Failure = _isolation.executor().submit(_guarded, name, data, settings, model).result(timeout=limit)
            return result
        except FutureTimeoutError:
            _isolation.kill()
            return Failure(name, "timeout", f"The document took more than {limit:.0f} seconds", "split the file, or print it to a new PDF")
        except (TerminatedWorkerError, BrokenProcessPool):
            _isolation.kill()
            return Failure(name, "crashed", "The document ended the process that read it", "open it in a viewer and print it to a new PDF")


class _Isolation:
    """A warm worker process, apart from those of joblib; made on first use and again after it was killed."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._executor: Any = None

    def executor(self) -> Any:
        if self._executor is None:
            from joblib.externals.loky.process_executor import ProcessPoolExecutor

            self._executor = ProcessPoolExecutor(max_workers=1, timeout=900)
        return self._executor

    def kill(self) -> None:
        executor, self._executor = self._executor, None
        if executor is not None:
            executor.shutdown(wait=False, kill_workers=True)


_isolation = _Isolation()


@cache
def _analyzer_for(model: str | None) -> Analyzer:
    return Analyzer(model) if model else default_analyzer()


def _is_worker() -> bool:
    """Tell whether this process was made for the batch."""
    from joblib.externals.loky import process_executor

    return bool(process_executor._CURRENT_DEPTH)


def _limit_memory(memory_bytes: int) -> None:
    """Bound the address space of a loky worker; a process that is not ours alone keeps its limits."""
    try:
        import resource
    except ImportError:
        return
    if not _is_worker():
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    ceiling = memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))


def time_limit(settings: Settings) -> contextlib.AbstractContextManager[None]:
    """Bound the wall time of one document in this process, where it is the main thread that works."""
    return _alarm(allowed_seconds(settings))


def allowed_seconds(settings: Settings) -> float:
    """Return the wall time of one document: a base, a share for each of 200 pages, and that of text recognition where there is any."""
    from analyzer.reading.ocr import can_recognize

    limits = settings.limits
    recognition = limits.ocr_timeout_s if settings.ocr != "never" and can_recognize() else 0.0
    return limits.timeout_s + limits.timeout_per_page_s * _ASSUMED_PAGES + recognition


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise TimeLimitError after `seconds`, where the platform and the thread allow it."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: Any) -> None:
        raise TimeLimitError(f"The document took more than {seconds:.0f} seconds", hint="raise limits.timeout_s or split the file")

    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


# ------------------------------------------------------------------------------------------------ Parquet


@dataclass(frozen=True, slots=True)
class ScoreResult:
    """What `score` did.

    Attributes
    ----------
    path : Path
        Folder of Parquet parts; `pandas.read_parquet(path)` reads them as one table, a row per sentence.
    done, skipped : int
        Documents analyzed now, and documents found done by an earlier run.
    failures : tuple of Failure
    left_out : tuple of Path
        Files in the folders given that are of no format that can be read, by their names.
    """

    path: Path
    done: int
    skipped: int
    failures: tuple[Failure, ...]
    left_out: tuple[Path, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """Return one row per sentence."""
        pd = load_extra("pandas", "batch", "Data frames")
        parts = sorted(self.path.glob("part-*.parquet"))
        return pd.concat([pd.read_parquet(part) for part in parts], ignore_index=True) if parts else pd.DataFrame()

    def findings_frame(self) -> pd.DataFrame:
        """Return one row per finding, with the document it stands in."""
        pd = load_extra("pandas", "batch", "Data frames")
        parts = sorted(self.path.glob("_findings-*.parquet"))
        return pd.concat([pd.read_parquet(part) for part in parts], ignore_index=True) if parts else pd.DataFrame()


def score(
    sources: Any,
    out: str | Path = "scores.parquet",
    *,
    n_jobs: int = -1,
    settings: Settings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> ScoreResult:
    """Analyze many contracts into Parquet, resumable.

    Parameters
    ----------
    sources : path, or iterable of paths
        Files, or folders, whose PDF, DOCX, ODT, HTML, EML, TXT, MD, PNG, JPEG and TIFF files are taken; `left_out` names the others.
    out : path
        A folder of Parquet parts, one row per sentence; a rerun skips what is done with the same content, model and settings, and retries failures.
    n_jobs : int, default=-1

    Returns
    -------
    ScoreResult
        Paths, counts and failures; `to_frame()` reads the parts.
    """
    return score_batch(sources, out, n_jobs=n_jobs, settings=settings or default_analyzer().settings, progress=progress)


def collect_paths(sources: Any, *, apart: Path | None = None) -> tuple[list[Path], list[Path]]:
    """Return the files of a path, a folder or an iterable of them, sorted within folders; and those in folders that are of no format we read.

    Hidden files of other formats are not named, and the folder `apart`, where results are written, is passed over where it lies within; where it is the folder
    itself or holds it, only what is written there is.
    """
    results = None if apart is None else apart.resolve()
    found: list[Path] = []
    left_out: list[Path] = []
    for source in [sources] if isinstance(sources, str | Path) else sources:
        path = Path(source)
        if not path.is_dir():
            found.append(path)
            continue
        within = results is not None and path.resolve() in results.parents
        for entry in sorted(path.rglob("*")):
            if not entry.is_file() or (results is not None and _is_result(entry, results, within=within)):
                continue
            if entry.suffix.lower() in SUFFIXES:
                found.append(entry)
            elif not any(part.startswith(".") for part in entry.relative_to(path).parts):
                left_out.append(entry)
    return found, left_out


def _is_result(entry: Path, results: Path, *, within: bool) -> bool:
    """Whether a file lies in the folder of results, or is one of them where contracts lie there too."""
    parents = entry.resolve().parents
    if within:
        return results in parents
    return parents[0] == results and (entry.name.startswith("_") or (entry.name.startswith("part-") and entry.suffix == ".parquet"))


def _name_some(paths: Sequence[Path], most: int = 10) -> str:
    """Return the names of the first files, and how many more there are."""
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return ", ".join(str(path) for path in paths[:most]) + more


def score_batch(
    sources: Any,
    out: str | Path,
    *,
    n_jobs: int,
    settings: Settings,
    progress: Callable[[int, int], None] | None = None,
) -> ScoreResult:
    """Analyze documents into Parquet parts; see `analyzer.score`."""
    _load_arrow()  # missing, it is one error now, not one after the work
    folder = Path(out)
    if folder.is_file():
        raise DataError(f"{folder} is a file", hint="score writes a folder of Parquet parts; choose another name")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"Cannot write to {folder}: {error.strerror}") from error
    paths, left_out = collect_paths(sources, apart=folder)
    with _locked(folder):
        result = _score_paths(paths, folder, n_jobs=n_jobs, settings=settings, progress=progress)
    return replace(result, left_out=tuple(left_out))


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder: two runs in one folder would write over each other's parts. The lock ends with its process, however that ends."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    with (folder / "_lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise SettingsError(f"Another run is writing to {folder}", hint="wait for it, or choose another name") from error
        yield


def _score_paths(
    paths: list[Path], folder: Path, *, n_jobs: int, settings: Settings, progress: Callable[[int, int], None] | None
) -> ScoreResult:
    for left in folder.glob(".tmp-*"):
        left.unlink(missing_ok=True)
    model = default_analyzer().model
    key_parts = f"{__version__}\n{model.sha256}\n{rules_digest(settings.rules)}\n{settings!r}"
    manifest = _Manifest(folder, hashlib.sha256(key_parts.encode()).hexdigest()[:16])
    skipped = 0
    todo: list[tuple[Path, str]] = []
    failures: list[Failure] = []
    for path in paths:
        try:
            key = hashlib.sha256(read_bytes(path, limits=settings.limits)[1]).hexdigest()
        except AnalyzerError as error:
            failures.append(Failure.from_error(str(path), error))
            continue
        if key in manifest.done:
            skipped += 1
        else:
            manifest.done[key] = ""  # the same content twice is analyzed once
            todo.append((path, key))
    for _, key in todo:
        del manifest.done[key]
    count = 0
    position = 0
    results = run_batch((path for path, _ in todo), n_jobs=n_jobs, settings=settings)
    while batch := list(islice(results, PART_DOCUMENTS)):
        reports: list[tuple[str, Report]] = []
        for result in batch:
            path, key = todo[position]
            position += 1
            if isinstance(result, Failure):
                failures.append(Failure(str(path), result.code, result.message, result.hint))
            else:
                reports.append((key, result))
            if progress is not None:
                progress(position, len(todo))
        if reports:
            manifest.write_part(reports)
            count += len(reports)
        manifest.write(failures)
    manifest.write(failures)
    return ScoreResult(folder, count, skipped, tuple(failures))


_CLAUSE_TYPES = {
    "document": "string", "sha256": "string", "row": "int64", "page": "int64", "start": "int64", "end": "int64", "language": "string", "kind": "string",
    "heading": "list:string", "text": "string", "labels": "list:string", "probabilities": "list:float64", "uncertain": "bool",
    "durations": "list:string", "seconds": "list:float64", "roles": "list:string", "percentages": "list:float64", "amounts": "list:string",
    "service_hours": "list:float64", "risks": "list:string",
}  # fmt: skip
_FINDING_TYPES = {
    **dict.fromkeys(
        ("document", "sha256", "severity", "kind", "category", "rule", "title", "explanation", "ask", "wording", "source", "quote"),
        "string",
    ),
    **dict.fromkeys(("page", "start", "end"), "int64"),
}


def _columns(types: dict[str, str]) -> list[tuple[str, Any]]:
    """Return the columns of a Parquet schema; "list:string" is a list of strings."""
    pa, _ = _load_arrow()
    plain = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64(), "bool": pa.bool_()}
    return [(name, pa.list_(plain[kind[5:]]) if kind.startswith("list:") else plain[kind]) for name, kind in types.items()]


def _load_arrow() -> tuple[Any, Any]:
    return load_extra("pyarrow", "batch", "Parquet files"), load_extra("pyarrow.parquet", "batch", "Parquet files")


class _Manifest:
    """`_manifest.json` in the folder: content hash -> part, per model and settings; and the failures of the last run."""

    def __init__(self, folder: Path, setting_key: str) -> None:
        self.folder, self.setting_key = folder, setting_key
        self.done: dict[str, str] = {}
        path = folder / "_manifest.json"
        if path.is_file():
            try:
                data = json.loads(path.read_text(encoding="utf-8"))
                known, done = data["settings"], dict(data["done"])
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise DataError(f"{path} is damaged: {error}", hint="delete the folder, or choose another name") from error
            if known != setting_key:
                # A table that mixes two models is worse than none, and deleting is not ours to do.
                raise SettingsError(
                    f"{folder} holds scores of another model, version or settings", hint="choose another name, or delete the folder"
                )
            self.done = {key: part for key, part in done.items() if (folder / part).is_file()}
        else:
            self.write([])
        # A part that the manifest does not name was written by a run that died before it could say so; its documents are done again.
        named = set(self.done.values())
        for part in folder.glob("part-*.parquet"):
            if part.name not in named:
                part.unlink()
                (folder / part.name.replace("part-", "_findings-")).unlink(missing_ok=True)

    def write_part(self, reports: list[tuple[str, Report]]) -> None:
        pa, pq = _load_arrow()

        from analyzer.report.frames import clause_records, finding_records

        number = 1 + max((int(p.stem.split("-")[1]) for p in self.folder.glob("part-*.parquet")), default=-1)
        name = f"part-{number:05d}.parquet"
        findings = [
            {"document": report.document.name, "sha256": report.document.sha256, **record}
            for _, report in reports
            for record in finding_records(report, report.language)
        ]
        clauses = [record for _, report in reports for record in clause_records(report)]
        # The schema is written out: guessed from the values, an empty list has another type in each part.
        rows = pa.Table.from_pylist(clauses, schema=pa.schema(_columns(_CLAUSE_TYPES)))
        table = pa.Table.from_pylist(findings, schema=pa.schema(_columns(_FINDING_TYPES)))
        self._atomic(f"_findings-{number:05d}.parquet", lambda path: pq.write_table(table, path))
        self._atomic(name, lambda path: pq.write_table(rows, path))
        for key, _ in reports:
            self.done[key] = name

    def write(self, failures: list[Failure]) -> None:
        content = {"settings": self.setting_key, "done": self.done, "failures": [asdict(failure) for failure in failures]}
        text = json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)
        self._atomic("_manifest.json", lambda path: path.write_text(text, encoding="utf-8"))

    def _atomic(self, name: str, write: Callable[[Path], Any]) -> None:
        temporary = self.folder / f".tmp-{name}"
        write(temporary)
        os.replace(temporary, self.folder / name)
