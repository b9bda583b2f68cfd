"""Documents that could hang, crash or fill the memory are read in a process of their own, which is killed when a limit is passed.

The process is warm: it is started on first use and takes one document after another, so that a call costs a few milliseconds. What it sends back is
plain data: nothing but the types of a Document can come out of it, whatever a file did to the libraries that read it.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import logging
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from analyzer import errors
from analyzer.errors import AnalyzerError, CorruptDocumentError, ReadError, TimeLimitError, TooLargeError
from analyzer.reading.budget import most_seconds
from analyzer.reading.resident import resident_bytes
from analyzer.reading.sniff import DOCX, HTML, MAIL, ODT, TEXT, sniff
from analyzer.reading.wire import MORE_MEMORY, NEEDS_MEMORY, WireError, load_plain, receive, send, unpack_document
from analyzer.settings import Settings
from analyzer.types import Document

logger = logging.getLogger("analyzer")

#: Files up to this size whose format is read by bounded code of ours stay in the caller's process: they cannot do harm, and the way costs more.
LIGHT_BYTES = 1_000_000
#: Idle processes that are kept.
MOST_IDLE = 2
#: Seconds that a process may take to start; the time of the document begins when it has.
START_S = 10.0
#: Seconds that a process may wait for the processor, on top of the time of its document.
PATIENCE_S = 20.0
#: What the process runs. It is told the way to its modules, as the caller may have come to them by other means than the environment.
_CODE = "import sys; sys.path[:] = sys.argv[1:]; from analyzer.reading.worker import serve; serve()"

Files = Sequence[tuple[str, bytes]]


class WorkerError(Exception):
    """The process could not be started, or ended."""


def needs_isolation(files: Files, settings: Settings) -> bool:
    """Tell whether a document is read in a process of its own: all but small texts and small DOCX, ODT and HTML files are, with "auto"."""
    if settings.isolation != "auto":
        return settings.isolation == "always"
    return any(not _is_light(data) for _, data in files)


def _is_light(data: bytes) -> bool:
    if len(data) > LIGHT_BYTES:
        return False
    try:
        kind = sniff(data)
    except ReadError:
        return True
    if kind in (DOCX, ODT):
        return _unpacked_size(data) <= 4 * LIGHT_BYTES
    return kind in (TEXT, HTML)


def _unpacked_size(data: bytes) -> int:
    """Return what the parts of a package say that they unpack to; zipfile gives no byte more."""
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(entry.file_size for entry in archive.infolist())
    except Exception:
        return len(data)  # a flat file, or a damaged one that is refused as soon as it is opened


def read_isolated(files: Files, name: str, settings: Settings) -> Document:
    """Read a document in another process.

    Raises
    ------
    ReadError
        What the reading raised; TimeLimitError where it took too long; CorruptDocumentError where the process ended.
    WorkerError
        No process can be started here.
    """
    with _gate.passed(settings.limits.max_readers):
        return _read_apart(files, name, settings)


def _read_apart(files: Files, name: str, settings: Settings) -> Document:
    worker = _take()
    if worker.started:
        # One that has waited may have been killed meanwhile, which is no fault of this document.
        with contextlib.suppress(WorkerError):
            return _read_with(worker, files, name, settings, native=True)
        worker = _Worker()
    try:
        return _read_with(worker, files, name, settings, native=True)
    except WorkerError:
        if not worker.started:
            raise
    # The native reader is what crashes. Without it there may still be text, or a better reason.
    try:
        return _read_with(_Worker(), files, name, settings, native=False)
    except WorkerError as error:
        raise CorruptDocumentError(
            "The document ended the process that read it", hint="open it in a viewer and print it to a new PDF"
        ) from error


def _read_with(worker: _Worker, files: Files, name: str, settings: Settings, *, native: bool) -> Document:
    try:
        return worker.read(files, name, settings, native=native)
    finally:
        _give_back(worker)


class _Worker:
    """One process and the pipes to it."""

    def __init__(self) -> None:
        if getattr(sys, "frozen", False) or not sys.executable:
            raise WorkerError("there is no Python to start")
        self.started = False
        #: Nothing is under way: the next frame from it belongs to the next document.
        self.clean = True
        #: It has said that it ends after this document.
        self.retired = False
        self._stopped = False
        # Threads would each claim 64 MB of the bounded address space for an arena of their own.
        environment = {**os.environ, "MALLOC_ARENA_MAX": "2"}
        try:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-P", "-c", _CODE, *_module_paths()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=environment, start_new_session=True, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )  # fmt: skip
        except TimeoutError:
            raise  # an alarm of the caller: no process that is started says so
        except (OSError, ValueError, RuntimeError, subprocess.SubprocessError) as error:  # RuntimeError: the interpreter is ending
            raise WorkerError(str(error)) from error

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def read(self, files: Files, name: str, settings: Settings, *, native: bool) -> Document:
        """Read a document.

        Raises
        ------
        ReadError
            What the reading raised, or a limit that was passed.
        WorkerError
            The process ended, or sends what is no answer.
        Exception
            Whatever an alarm or a key of the caller raises meanwhile; the process is not clean then.
        """
        self.clean = False
        watch = _Watch(self, settings.limits.timeout_s + (0.0 if self.started else START_S), settings.limits.read_memory_bytes)
        try:
            watch.start()
            answer = self._answer(
                watch, pickle.dumps((list(files), name, settings, native), 5), settings.limits.timeout_s, _longest(files, settings)
            )
        except WireError as error:
            if watch.outgrown:
                raise TooLargeError(NEEDS_MEMORY, hint=MORE_MEMORY) from error
            if watch.rang and self.started:
                raise TimeLimitError(
                    f"The document took more than {watch.allowed:.0f} seconds", hint="split the file, or print it to a new PDF"
                ) from error
            raise WorkerError("it took too long to start" if watch.rang else str(error)) from error
        finally:
            watch.end()
        # Not before the watch has ended: one that is left over would end the process while it reads for somebody else.
        self.clean = True
        if isinstance(answer, AnalyzerError):
            raise answer
        return answer

    def _answer(self, watch: _Watch, request: bytes, allowed: float, longest: float) -> Document | AnalyzerError:
        """Send a request and return what comes back; the process may be in the hands of the file it reads, so nothing it says is believed."""
        send(self.process.stdin, request)
        while True:
            kind, content = load_plain(receive(self.process.stdout))
            if kind == "ready" and not self.started:
                self.started = True
                watch.begin(allowed)
            elif kind == "time" and isinstance(content, float | int) and abs(content) < math.inf:
                watch.allowed = min(max(allowed, content), max(allowed, longest))
            elif kind == "last":
                self.retired = True
            elif kind == "document":
                return unpack_document(content)
            elif kind == "error":
                return _error_of(content)
            else:
                raise WireError(f"no answer: {kind[:40]}")

    def stop(self) -> None:
        """Kill the process and all that it started; once, as its number may be another's afterwards."""
        if self._stopped:
            return
        self._stopped = True
        self._kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def kill(self) -> None:
        """Kill the process and all that it started, unless it has been stopped."""
        if not self._stopped:
            self._kill()

    def _kill(self) -> None:
        if self.process.returncode is not None:
            return
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()


def _longest(files: Files, settings: Settings) -> float:
    """Return the seconds beyond which no process gets more, whatever it says; an e-mail may bring parts along."""

    def is_mail(data: bytes) -> bool:
        try:
            return sniff(data) == MAIL
        except ReadError:
            return False

    parts = settings.limits.max_parts if any(is_mail(data) for _, data in files) else len(files)
    return most_seconds(settings.limits, parts, recognizes=settings.ocr != "never")


def _error_of(content: Any) -> AnalyzerError:
    if not (isinstance(content, tuple) and len(content) == 3 and all(isinstance(text, str) for text in content)):
        raise WireError("no error")
    code, message, hint = content
    return _ERRORS.get(code, CorruptDocumentError)(message, hint=hint)


def _module_paths() -> list[str]:
    """Return where the modules of this process come from, in its order; the folder of this package is among them."""
    package = str(Path(__file__).resolve().parents[2])
    paths = [os.path.abspath(path) for path in sys.path if path]
    return paths if package in paths else [package, *paths]


class _Watch:
    """Kills a process when its time is over, which may become more while it runs, or when it holds more memory than it may.

    The process bounds its address space itself where the system lets it, as Linux does; macOS and Windows do not, and there this is all there is: it looks
    four times a second, so a process can be somewhat over the limit before it ends.

    The time is that of the clock, and on Linux that of the processor: on a busy machine a process gets up to `PATIENCE_S` more, as it has not had its time yet.
    """

    def __init__(self, worker: _Worker, allowed: float, memory_bytes: int) -> None:
        self.rang = self.outgrown = False
        self._memory_bytes = memory_bytes
        self._worker = worker
        self.begin(allowed)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True, name="analyzer-watch")

    def start(self) -> None:
        """Begin to watch.

        Raises
        ------
        WorkerError
            No thread can be started, as at the end of the interpreter.
        """
        try:
            self._thread.start()
        except RuntimeError as error:
            raise WorkerError(str(error)) from error

    def begin(self, allowed: float) -> None:
        self._begun, self._worked = time.monotonic(), _processor_seconds(self._worker.process.pid)
        self.allowed = allowed

    def _wait(self) -> None:
        while (left := self._left()) > 0:
            if self._over.wait(min(left, 0.25)):
                return
            if (resident_bytes(self._worker.process.pid) or 0) > self._memory_bytes:
                self.outgrown = True
                self._worker.kill()
                return
        if not self._over.is_set():
            self.rang = True
            self._worker.kill()

    def _left(self) -> float:
        passed = time.monotonic() - self._begun
        if passed < self.allowed or self._worked is None:
            return self.allowed - passed
        worked = _processor_seconds(self._worker.process.pid)
        if worked is None:
            return self.allowed - passed
        return min(self.allowed - (worked - self._worked), self.allowed + PATIENCE_S - passed)

    def end(self) -> None:
        self._over.set()
        if self._thread.ident is not None:
            self._thread.join()


def _processor_seconds(pid: int) -> float | None:
    """Return the processor time of a process and of what it waited for, or None where the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return None


_ERRORS: dict[str, type[AnalyzerError]] = {
    kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AnalyzerError)
}

# ------------------------------------------------------------------------------------------------ how many at once


class _Gate:
    """Lets a bounded number of documents through at once; the others wait. Each of those inside has its limit of time, so the wait ends."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self.inside = 0

    @contextlib.contextmanager
    def passed(self, most: int) -> Iterator[None]:
        """Wait until fewer than `most` are inside; 0 is one for each core, two at least."""
        most = most or max(2, os.cpu_count() or 1)
        entered = False
        try:
            with self._free:
                self._free.wait_for(lambda: self.inside < most)
                self.inside, entered = self.inside + 1, True
            yield
        finally:  # also where an alarm or a key of the caller ends the wait
            if entered:
                with self._free:
                    self.inside -= 1
                    # All, as those that wait may have limits of their own.
                    self._free.notify_all()


_gate = _Gate()

# ------------------------------------------------------------------------------------------------ idle processes

_lock = threading.Lock()
_idle: list[_Worker] = []


def _take() -> _Worker:
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.alive:
                return worker
            worker.stop()
    return _Worker()


def _give_back(worker: _Worker) -> None:
    # Not clean: an alarm or a key of the caller. The answer that nobody waits for would be taken for that of the next document.
    with _lock:
        if worker.clean and worker.started and not worker.retired and worker.alive and len(_idle) < MOST_IDLE:
            _idle.append(worker)
            return
    worker.stop()


def close_workers() -> None:
    """End the idle processes; the next document starts a new one."""
    with _lock:
        workers, _idle[:] = list(_idle), []
    for worker in workers:
        worker.stop()


def _forget() -> None:
    """After a fork the processes belong to the parent."""
    global _lock, _gate
    _lock, _gate = threading.Lock(), _Gate()
    _idle.clear()


atexit.register(close_workers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
