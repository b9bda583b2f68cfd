"""The other side of `isolation`: reads one document after another from its standard input, under a limit of memory."""

from __future__ import annotations

import gc
import os
import pickle
import signal
from typing import Any

from analyzer.errors import AnalyzerError, CorruptDocumentError
from analyzer.extras import missing_library
from analyzer.reading.resident import resident_bytes
from analyzer.reading.wire import MORE_MEMORY, NEEDS_MEMORY, pack_document, receive, send
from analyzer.settings import Settings

#: The process ends after so many documents, or when it has grown beyond this: libraries keep what they once took.
MOST_DOCUMENTS = 500
MOST_BYTES = 400_000_000
#: Seconds beyond the time of a document after which the process ends itself: by then the caller would have ended it, so the caller is gone.
GRACE_S = 30.0
_TOO_LARGE = ("error", ("too_large", NEEDS_MEMORY, MORE_MEMORY))


def serve() -> None:
    """Answer until the pipe is closed."""
    pipe_in = os.fdopen(os.dup(0), "rb")
    pipe_out = os.fdopen(os.dup(1), "wb")
    # Libraries print; nothing of it may get among the answers.
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)

    def say(kind: str, content: Any = None) -> None:
        send(pipe_out, pickle.dumps((kind, content), 5))

    def say_time(seconds: float) -> None:
        _end_after(seconds + GRACE_S)
        say("time", seconds)

    say("ready")
    for number in range(1, MOST_DOCUMENTS + 1):
        try:
            frame = receive(pipe_in)
        except Exception:  # the caller has gone
            return
        # The request comes from our own package in the calling process, so it may hold any class.
        files, name, settings, native = pickle.loads(frame)
        del frame
        _end_after(settings.limits.timeout_s + GRACE_S)
        answer = _answer(files, name, settings, native, say_time)
        del files
        try:
            frame = pickle.dumps(answer, 5)
        except MemoryError:
            frame = pickle.dumps(_TOO_LARGE, 5)
        del answer
        last = number == MOST_DOCUMENTS or _has_grown()
        if last:
            say("last")  # before the answer: the caller may send the next document as soon as it has it
        send(pipe_out, frame)
        _end_after(0)
        if last:
            return


def _answer(files: Any, name: str, settings: Settings, native: bool, tell: Any) -> tuple[str, Any]:
    _limit_memory(settings.limits.read_memory_bytes)
    try:
        from analyzer.reading import read_here
        from analyzer.reading.budget import Budget

        return "document", pack_document(read_here(files, name, settings, Budget(settings.limits, tell, native=native)))
    except MemoryError:
        return _TOO_LARGE
    except AnalyzerError as error:
        return "error", (error.code, error.message, error.hint)
    except ImportError as error:
        missing = missing_library(error)
        return "error", (missing.code, missing.message, missing.hint)
    except Exception as error:
        return "error", (
            CorruptDocumentError.code,
            f"The file cannot be read: {type(error).__name__}",
            "it is damaged, or nested too deeply",
        )


def _limit_memory(memory_bytes: int) -> None:
    """Bound the address space, where the platform can; a limit that is set from outside stays."""
    try:
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes if hard == resource.RLIM_INFINITY else min(memory_bytes, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return


def _end_after(seconds: float) -> None:
    """Let the system end this process, wherever it hangs; 0 takes that back."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _has_grown() -> bool:
    if (resident_bytes(os.getpid()) or 0) <= MOST_BYTES:
        return False
    gc.collect()
    return (resident_bytes(os.getpid()) or 0) > MOST_BYTES
