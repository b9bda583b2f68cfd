"""Documents that could hang, crash or fill the memory are read in a process of their own, which is killed when a limit is passed.

The process is warm: it is started on first use and takes one document after another, so that a call costs a few milliseconds. What it sends back is
plain data: nothing but the types of a Document can come out of it, whatever a file did to the libraries that read it.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import logging
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from analyzer import errors
from analyzer.errors import AnalyzerError, CorruptDocumentError, ReadError, TimeLimitError
from analyzer.reading.sniff import DOCX, HTML, ODT, TEXT, sniff
from analyzer.settings import Settings
from analyzer.types import Document

logger = logging.getLogger("analyzer")

#: Files up to this size whose format is read by bounded code of ours stay in the caller's process: they cannot do harm, and the way costs more.
LIGHT_BYTES = 1_000_000
#: Idle processes that are kept.
MOST_IDLE = 2
#: Seconds that a process may take to start; the time of the document begins when it has.
START_S = 5.0
_HEAD = struct.Struct(">Q")

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
    worker = _take()
    try:
        return worker.read(files, name, settings, native=True)
    except WorkerError:
        if worker.started:
            # The native reader is what crashes. Without it there may still be text, or a better reason.
            worker.stop()
            worker = _take()
            try:
                return worker.read(files, name, settings, native=False)
            except WorkerError as error:
                raise CorruptDocumentError(
                    "The document ended the process that read it", hint="open it in a viewer and print it to a new PDF"
                ) from error
        raise
    finally:
        _give_back(worker)


class _Worker:
    """One process and the pipes to it."""

    def __init__(self) -> None:
        package = str(Path(__file__).resolve().parents[2])
        paths = [package, *filter(None, [os.environ.get("PYTHONPATH", "")])]
        # One arena: threads would each claim 64 MB of the bounded address space.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "MALLOC_ARENA_MAX": "2"}
        self.started = False
        if getattr(sys, "frozen", False):
            raise WorkerError("there is no Python to start in a frozen application")
        try:
            self.process: subprocess.Popen[bytes] = subprocess.Popen(
                [sys.executable, "-P", "-m", "analyzer.reading.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env=environment, start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            raise WorkerError(str(error)) from error

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def read(self, files: Files, name: str, settings: Settings, *, native: bool) -> Document:
        begun = time.monotonic()
        answered = False
        watch = _Watch(self, begun + settings.limits.timeout_s + (0.0 if self.started else START_S))
        try:
            _send(self.process.stdin, pickle.dumps((list(files), name, settings, native), 5))
            while True:
                kind, content = _load(_receive(self.process.stdout))
                if kind == "ready":
                    self.started = True
                    begun = time.monotonic()
                    watch.deadline = begun + settings.limits.timeout_s
                elif kind == "time":
                    watch.deadline = begun + float(content)
                elif kind == "document" and isinstance(content, Document):
                    answered = True
                    return content
                elif kind == "error":
                    code, message, hint = content
                    answered = True
                    raise _ERRORS.get(code, CorruptDocumentError)(message, hint=hint)
        except AnalyzerError:
            raise
        except Exception as error:
            if watch.rang:
                raise TimeLimitError(
                    f"The document took more than {watch.deadline - begun:.0f} seconds", hint="split the file, or print it to a new PDF"
                ) from error
            raise WorkerError(str(error)) from error
        finally:
            watch.end()
            if not answered:
                self.stop()  # an alarm or a key of the caller: an answer that nobody waits for would be taken for that of the next document

    def stop(self) -> None:
        """Kill the process and all that it started."""
        with contextlib.suppress(OSError, ProcessLookupError):
            if hasattr(os, "killpg"):
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


class _Watch:
    """Kills a process at the deadline, which may move while it runs."""

    def __init__(self, worker: _Worker, deadline: float) -> None:
        self.deadline = deadline
        self.rang = False
        self._worker = worker
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, daemon=True, name="analyzer-watch")
        self._thread.start()

    def _wait(self) -> None:
        while (left := self.deadline - time.monotonic()) > 0:
            if self._over.wait(min(left, 0.25)):
                return
        self.rang = True
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._worker.process.pid, signal.SIGKILL)
            else:
                self._worker.process.kill()

    def end(self) -> None:
        self._over.set()
        self._thread.join()


# ------------------------------------------------------------------------------------------------ frames


class _PlainData(pickle.Unpickler):
    """Loads the types of a Document and nothing else: a process that a file has taken over must not reach its caller."""

    def find_class(self, module: str, name: str) -> Any:
        from analyzer import types

        found = getattr(types, name, None) if module == types.__name__ else None
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name} is no plain data")
        return found


def _load(frame: bytes) -> tuple[str, Any]:
    kind, content = _PlainData(io.BytesIO(frame)).load()
    return str(kind), content


def _send(pipe: IO[bytes] | None, frame: bytes) -> None:
    if pipe is None:
        raise EOFError
    pipe.write(_HEAD.pack(len(frame)))
    pipe.write(frame)
    pipe.flush()


def _receive(pipe: IO[bytes] | None) -> bytes:
    if pipe is None:
        raise EOFError
    (length,) = _HEAD.unpack(pipe.read(_HEAD.size))
    if length > 2**31:
        raise EOFError
    frame = pipe.read(length)
    if len(frame) < length:
        raise EOFError
    return frame


_ERRORS: dict[str, type[AnalyzerError]] = {
    kind.code: kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, AnalyzerError)
}

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
    with _lock:
        if worker.alive and worker.started and len(_idle) < MOST_IDLE:
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
    global _lock
    _lock = threading.Lock()
    _idle.clear()


atexit.register(close_workers)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
