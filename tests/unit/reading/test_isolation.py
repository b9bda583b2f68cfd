"""The process in which documents are read: same results, limits that hold, and nothing but plain data out of it."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from test_bounds import PLAIN, SENTENCE, TEXT, page_of, stream

from analyzer import types
from analyzer.errors import CorruptDocumentError, EncryptedDocumentError, SettingsError, TimeLimitError, TooLargeError
from analyzer.reading import isolation, read_document
from analyzer.reading.isolation import needs_isolation
from analyzer.reading.wire import WireError, load_plain
from analyzer.settings import Limits, Settings

ALWAYS = Settings(ocr="never", isolation="always")
NEVER = Settings(ocr="never", isolation="never")
#: A page on which pdfminer works for a long time, where its own clock lets it.
#: Most pages end at their own time; inside a string of a million brackets nobody looks at the clock, and only the process can be ended.
BRACKETS = page_of(stream(TEXT + b"(" * 20_000_000))
ENDLESS = page_of(stream(TEXT + b"0 0 m 10 10 l S\n" * 3_000_000))


@pytest.fixture(autouse=True)
def _no_workers_left() -> object:
    yield
    isolation.close_workers()


@pytest.mark.parametrize(
    "data", [PLAIN, b"The fee is CHF 100 per month.", b"<html><body><h1>Fees</h1><p>CHF 100 per month.</p></body></html>"]
)
def test_the_result_is_the_same(data: bytes) -> None:
    assert read_document(data, name="x", settings=ALWAYS) == read_document(data, name="x", settings=NEVER)


def test_errors_come_back_as_they_are() -> None:
    for data in (b"%PDF-1.4 nothing", b"PK\x03\x04", b""):
        ends = []
        for settings in (ALWAYS, NEVER):
            with pytest.raises(Exception) as caught:
                read_document(data, settings=settings)
            ends.append((type(caught.value), str(caught.value)))
        assert ends[0] == ends[1]


def test_only_what_may_do_harm_is_read_apart() -> None:
    auto = Settings()
    assert needs_isolation([("", PLAIN)], auto) and needs_isolation([("", b"x " * 600_000)], auto)
    assert not needs_isolation([("", b"a text")], auto) and not needs_isolation([("", b"<html><p>a</p></html>")], auto)
    assert needs_isolation([("", b"a text"), ("", PLAIN)], auto)
    assert not needs_isolation([("", PLAIN)], NEVER) and needs_isolation([("", b"a text")], ALWAYS)
    with pytest.raises(SettingsError):
        Settings(isolation="sometimes")


def test_a_process_is_used_again() -> None:
    read_document(PLAIN, settings=ALWAYS)
    first = isolation._idle[0].process.pid
    read_document(PLAIN, settings=ALWAYS)
    assert [worker.process.pid for worker in isolation._idle] == [first]


def test_what_takes_too_long_is_killed_and_the_next_document_is_read() -> None:
    limits = Limits(timeout_s=6.0, timeout_per_page_s=0.0, page_timeout_s=1000.0)
    with pytest.raises(TimeLimitError, match="took more than 1 seconds"):
        read_document(BRACKETS, settings=Settings(ocr="never", isolation="always", limits=Limits(timeout_s=1.0, timeout_per_page_s=0.0)))
    document = read_document(ENDLESS, settings=Settings(ocr="never", isolation="always", limits=limits))
    assert document.text == SENTENCE and document.unread
    assert read_document(PLAIN, settings=ALWAYS).text == SENTENCE


def test_memory_is_bounded() -> None:
    text = b"The fee is CHF 100.\n" * 240_000
    with pytest.raises(TooLargeError, match="memory"):
        read_document(text, settings=Settings(isolation="always", limits=Limits(read_memory_bytes=60_000_000, max_lines=10_000_000)))


def test_a_process_that_dies_costs_one_document() -> None:
    """It is killed twice, as the document is tried again without the native reader."""
    stop = threading.Event()
    seen: list[isolation._Worker] = []
    make = isolation._Worker.__init__

    def begun(worker: isolation._Worker) -> None:
        make(worker)
        seen.append(worker)

    def kill() -> None:
        dead: set[int] = set()
        while not stop.wait(0.05):
            for worker in seen:
                if worker.started and worker.process.pid not in dead:
                    time.sleep(0.2)  # it reads by then
                    os.kill(worker.process.pid, signal.SIGKILL)
                    dead.add(worker.process.pid)

    patch = pytest.MonkeyPatch()
    patch.setattr(isolation._Worker, "__init__", begun)
    thread = threading.Thread(target=kill)
    thread.start()
    limits = Limits(page_timeout_s=60.0, timeout_s=60.0)
    try:
        with pytest.raises(CorruptDocumentError, match="ended the process"):
            read_document(ENDLESS, settings=Settings(ocr="never", isolation="always", limits=limits))
    finally:
        stop.set()
        thread.join()
        patch.undo()
    assert len(seen) == 2
    assert read_document(PLAIN, settings=ALWAYS).text == SENTENCE


def test_where_no_process_can_be_started(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert read_document(PLAIN, settings=Settings(ocr="never")).text == SENTENCE
    assert "read a document apart" in caplog.text
    with pytest.raises(Exception, match="No process can be started"):
        read_document(PLAIN, settings=ALWAYS)


def test_where_no_thread_can_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """As at the end of the interpreter, when something is read by a function for its exit."""

    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread at interpreter shutdown")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert read_document(PLAIN, settings=Settings(ocr="never")).text == SENTENCE
    assert not isolation._idle


def test_a_process_that_died_while_it_waited_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its end is not known yet when the next document comes; that document is not the one to do without the native reader."""
    read_document(PLAIN, settings=ALWAYS)
    (worker,) = isolation._idle
    asked: list[bool] = []
    read = isolation._Worker.read

    def spy(worker: isolation._Worker, *arguments: object, native: bool) -> object:
        asked.append(native)
        return read(worker, *arguments, native=native)  # type: ignore[arg-type]

    monkeypatch.setattr(isolation._Worker, "read", spy)
    monkeypatch.setattr(isolation._Worker, "alive", True)
    os.kill(worker.process.pid, signal.SIGKILL)
    assert read_document(PLAIN, settings=ALWAYS).text == SENTENCE
    assert asked == [True, True] and isolation._idle[0] is not worker


def test_a_process_that_will_end_gets_no_other_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_CODE", isolation._CODE.replace("serve()", "serve.__globals__.update(MOST_DOCUMENTS=2); serve()"))
    for left in (1, 0, 1, 0):
        assert read_document(PLAIN, settings=ALWAYS).text == SENTENCE
        assert len(isolation._idle) == left


def test_modules_come_from_where_the_caller_has_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not from the environment: notebooks, bundles and tests change the path at run time. Nor does our own folder go before the standard library."""
    assert isolation._module_paths() == [os.path.abspath(path) for path in sys.path if path]
    (tmp_path / "pdfminer.py").write_text("raise RuntimeError")
    with monkeypatch.context() as patch:
        patch.setattr(sys, "path", [str(tmp_path), *sys.path])
        with pytest.raises(CorruptDocumentError, match="RuntimeError"):
            read_document(PLAIN, settings=ALWAYS)
    isolation.close_workers()
    assert read_document(PLAIN, settings=ALWAYS).text == SENTENCE


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="no list of open files here")
def test_no_pipe_stays_open() -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(2):
        read_document(PLAIN, settings=ALWAYS)
        isolation.close_workers()
        with pytest.raises(TimeLimitError):
            read_document(
                BRACKETS, settings=Settings(ocr="never", isolation="always", limits=Limits(timeout_s=1.0, timeout_per_page_s=0.0))
            )
    assert len(os.listdir("/proc/self/fd")) == before and not isolation._idle


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm here")
def test_a_process_ends_itself_where_its_caller_is_gone() -> None:
    code = "from analyzer.reading.worker import _end_after\n_end_after(0.1)\nwhile True: pass"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == -signal.SIGALRM


def test_nothing_but_plain_data_comes_out() -> None:
    assert load_plain(pickle.dumps(("error", ("corrupt", "m", "h")))) == ("error", ("corrupt", "m", "h"))
    for forbidden in (os.system, isolation._Worker, EncryptedDocumentError, types.Bound, types.Decimal):
        with pytest.raises(WireError, match="no plain data"):
            load_plain(pickle.dumps(("document", forbidden)))


@pytest.mark.parametrize("kind", [types.Document, types.Page, types.Line, types.Notice, types.Part, types.Span, types.Box])
def test_no_class_is_changed(kind: type) -> None:
    """A pickle can name a class and set its attributes."""
    name, before = kind.__name__.encode(), dict(vars(kind))
    frame = b"\x80\x05X\x01\x00\x00\x00kcanalyzer.types\n" + name + b"\nN}X\x04\x00\x00\x00evilNs\x86b\x86."
    with contextlib.suppress(WireError):
        load_plain(frame)
    assert dict(vars(kind)) == before


def test_a_tuple_of_the_wrong_length_is_refused() -> None:
    span = pickle.dumps(("document", types.Span(1, 2)), 5)
    assert load_plain(span)[1] == types.Span(1, 2) and type(load_plain(span)[1]) is types.Span
    with pytest.raises(WireError, match="2 fields"):
        load_plain(b"\x80\x05X\x01\x00\x00\x00kcanalyzer.types\nSpan\n(K\x01t\x81\x86.")


def test_threads_get_a_process_each() -> None:
    with ThreadPoolExecutor(4) as executor:
        texts = list(executor.map(lambda _: read_document(PLAIN, settings=ALWAYS).text, range(12)))
    assert texts == [SENTENCE] * 12 and len(isolation._idle) <= isolation.MOST_IDLE


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_takes_one_of_its_own() -> None:
    read_document(PLAIN, settings=ALWAYS)
    pid = os.fork()
    if pid == 0:
        good = False
        try:
            good = not isolation._idle and read_document(PLAIN, settings=ALWAYS).text == SENTENCE
            isolation.close_workers()
        finally:
            os._exit(0 if good else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert read_document(PLAIN, settings=ALWAYS).text == SENTENCE


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm here")
def test_an_alarm_of_the_caller_leaves_no_answer_behind() -> None:
    """The command line bounds a document by an alarm; what was being read then must not be taken for the next document."""

    def ring(number: int, frame: object) -> None:
        raise TimeLimitError("the caller's own time is over")

    read_document(PLAIN, settings=ALWAYS)
    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(TimeLimitError, match="the caller's own"):
            read_document(ENDLESS, settings=ALWAYS)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert read_document(PLAIN, settings=ALWAYS).text == SENTENCE


class _Ringing(Exception):
    pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm here")
@pytest.mark.parametrize("kind", [TimeoutError, OSError, ValueError, RuntimeError, EOFError, _Ringing])
def test_what_an_alarm_raises_goes_to_the_caller(monkeypatch: pytest.MonkeyPatch, kind: type[Exception]) -> None:
    """It is no fault of the process: nothing is read again, and the process that still works on its answer is not used again."""

    def ring(number: int, frame: object) -> None:
        raise kind("mine")

    read_document(PLAIN, settings=ALWAYS)
    (first,) = isolation._idle
    previous = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(isolation, "_Worker", None)  # no other is started
            with pytest.raises(kind, match="mine"):
                isolation.read_isolated([("", ENDLESS)], "", ALWAYS)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert not isolation._idle and not first.alive


def test_a_watch_that_is_left_over_ends_no_process_that_was_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """An alarm can come in the moment in which the watch is to be ended, or has just begun."""
    for moment in ("start", "end"):
        done = getattr(isolation._Watch, moment)

        def rung(watch: isolation._Watch, moment: str = moment, done: object = done) -> None:
            if moment == "start":
                done(watch)  # type: ignore[operator]
            raise _Ringing

        read_document(PLAIN, settings=ALWAYS)
        (worker,) = isolation._idle
        with monkeypatch.context() as patch:
            patch.setattr(isolation._Watch, moment, rung)
            with pytest.raises(_Ringing):
                isolation.read_isolated([("", PLAIN)], "", ALWAYS)
        assert not isolation._idle and not worker.alive
        if moment == "start":
            assert "analyzer-watch" not in {thread.name for thread in threading.enumerate()}


def test_a_process_that_has_ended_is_not_killed_by_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    read_document(PLAIN, settings=ALWAYS)
    (worker,) = isolation._idle
    worker.process.kill()
    worker.process.wait()
    for name in ("killpg", "kill"):
        monkeypatch.setattr(os, name, lambda *_: pytest.fail("its number may be another's"), raising=False)
    worker.kill()
    worker.stop()
    worker.kill()


#: A process that says what it likes and then hangs.
LIAR = """
import sys; sys.path[:] = sys.argv[1:]
import os, pickle, time
from analyzer.reading.wire import send
out = os.fdopen(os.dup(1), "wb")
for kind, content in SAID:
    send(out, pickle.dumps((kind, content), 5))
    time.sleep(0.2)
while True:
    time.sleep(0.2)
    send(out, pickle.dumps(AGAIN, 5))
"""


@pytest.mark.parametrize(
    ("said", "again", "error"),
    [
        ("[('ready', None), ('time', 1e300)]", "('time', 1e300)", TimeLimitError),
        ("[('ready', None)]", "('ready', None)", CorruptDocumentError),
        ("[('ready', None), ('time', float('inf'))]", "('last', None)", CorruptDocumentError),
        ("[('ready', None), ('time', float('nan'))]", "('last', None)", CorruptDocumentError),
        ("[('ready', None), ('document', (1, 2))]", "('last', None)", CorruptDocumentError),
        ("[('ready', None), ('error', 7)]", "('last', None)", CorruptDocumentError),
    ],
)
def test_what_a_process_says_gives_it_no_time_without_end(
    monkeypatch: pytest.MonkeyPatch, said: str, again: str, error: type[Exception]
) -> None:
    monkeypatch.setattr(isolation, "_CODE", LIAR.replace("SAID", said).replace("AGAIN", again))
    monkeypatch.setattr(isolation, "PATIENCE_S", 1.0)
    limits = Limits(timeout_s=1.0, timeout_per_page_s=0.1, max_pages=10)
    begun = time.monotonic()
    with pytest.raises(error):
        isolation.read_isolated([("", PLAIN)], "", Settings(ocr="never", isolation="always", limits=limits))
    assert time.monotonic() - begun < 20


@pytest.mark.skipif(isolation._processor_seconds(os.getpid()) is None, reason="the system does not tell the time of a process")
def test_a_busy_machine_costs_no_document(monkeypatch: pytest.MonkeyPatch) -> None:
    # A clock that runs ten times too fast is a machine on which each process gets a tenth of the processor.
    begun, clock = time.monotonic(), time.monotonic
    monkeypatch.setattr(isolation.time, "monotonic", lambda: begun + 10 * (clock() - begun))
    isolation.close_workers()
    document = read_document(PLAIN, settings=Settings(isolation="always", limits=Limits(timeout_s=1.0)))
    assert document.text
    isolation.close_workers()


@pytest.mark.parametrize("library", ["lxml", "pdfminer"])
@pytest.mark.parametrize("isolation_", ["always", "never"])
def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, library: str, isolation_: str) -> None:
    # A module of that name comes first that cannot be imported, as where it was never installed.
    (tmp_path / f"{library}.py").write_text(f"raise ModuleNotFoundError('none', name={library!r})")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == library]:
        monkeypatch.delitem(sys.modules, name)
    data = PLAIN if library == "pdfminer" else b"<html><body><p>The fee is CHF 100 per month.</p></body></html>"
    with pytest.raises(SettingsError, match=f"{library} is not installed"):
        read_document(data, settings=Settings(ocr="never", isolation=isolation_))


def test_a_library_that_does_not_load_is_not_called_missing() -> None:
    from analyzer.extras import missing_library

    error = missing_library(ImportError("libz.so: failed to map segment from shared object", name="PIL"))
    assert "failed to map segment" in error.message and "clause-analyzer[ocr]" in error.hint


@pytest.mark.parametrize("most", [1, 2])
def test_so_many_are_read_at_once_and_the_others_wait(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    lock, running, peak = threading.Lock(), set(), [0]
    processes: list[subprocess.Popen[bytes]] = []
    read, make = isolation._Worker.read, isolation._Worker.__init__

    def counted(worker: isolation._Worker, *rest: object, **more: object) -> object:
        with lock:
            running.add(id(worker))
            peak[0] = max(peak[0], len(running))
        try:
            return read(worker, *rest, **more)  # type: ignore[arg-type]
        finally:
            with lock:
                running.discard(id(worker))

    def made(worker: isolation._Worker) -> None:
        make(worker)
        processes.append(worker.process)

    monkeypatch.setattr(isolation._Worker, "read", counted)
    monkeypatch.setattr(isolation._Worker, "__init__", made)
    settings = Settings(ocr="never", isolation="always", limits=Limits(max_readers=most))
    impatient = Settings(ocr="never", isolation="always", limits=Limits(max_readers=most, timeout_s=0.3, timeout_per_page_s=0.0))

    def work(number: int) -> str:
        # Documents that end well, badly, and by being killed: each gives its place to the next.
        if number % 4 == 1:
            with pytest.raises(CorruptDocumentError):
                read_document(b"%PDF-1.4 nothing", settings=settings)
            return SENTENCE
        if number % 8 == 2:
            with pytest.raises(TimeLimitError):
                read_document(BRACKETS, settings=impatient)
            return SENTENCE
        return read_document(PLAIN, settings=settings).text

    with ThreadPoolExecutor(12) as executor:
        assert list(executor.map(work, range(16), timeout=120)) == [SENTENCE] * 16
    assert peak[0] == most and isolation._gate.inside == 0
    isolation.close_workers()
    assert all(process.poll() is not None for process in processes)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no alarm here")
def test_an_alarm_while_waiting_takes_nobodys_place() -> None:
    def ring(number: int, frame: object) -> None:
        raise TimeLimitError("the caller's own time is over")

    settings = Settings(ocr="never", isolation="always", limits=Limits(max_readers=1))
    previous = signal.signal(signal.SIGALRM, ring)
    try:
        with isolation._gate.passed(1):
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(TimeLimitError, match="the caller's own"):
                read_document(PLAIN, settings=settings)
        assert isolation._gate.inside == 0
        assert read_document(PLAIN, settings=settings).text == SENTENCE
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def test_memory_is_watched_where_the_system_bounds_no_address_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS and Windows: the process sets no limit of its own."""
    free = "import analyzer.reading.worker as w; w._limit_memory = lambda _: None; w.serve()"
    monkeypatch.setattr(isolation, "_CODE", f"import sys; sys.path[:] = sys.argv[1:]; {free}")
    text = b"The fee is CHF 100.\n" * 1_000_000
    limits = Limits(read_memory_bytes=120_000_000, max_lines=10_000_000, max_characters=100_000_000, timeout_s=60)
    with pytest.raises(TooLargeError, match="memory"):
        read_document(text, settings=Settings(isolation="always", limits=limits))
    monkeypatch.undo()
    assert read_document(PLAIN, settings=ALWAYS).text == SENTENCE


@pytest.mark.skipif(shutil.which("ps") is None, reason="no ps here")
def test_the_memory_of_a_process_is_told_in_both_ways() -> None:
    from analyzer.reading.resident import ask_ps, resident_bytes

    own, said = resident_bytes(os.getpid()), ask_ps(os.getpid())
    assert own is not None and said is not None and own > 10_000_000 and abs(own - said) < 0.2 * own
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    assert resident_bytes(process.pid) is None
