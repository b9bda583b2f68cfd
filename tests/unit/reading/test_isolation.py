"""The process in which documents are read: same results, limits that hold, and nothing but plain data out of it."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_bounds import PLAIN, SENTENCE, TEXT, page_of, stream

from analyzer.errors import CorruptDocumentError, EncryptedDocumentError, SettingsError, TimeLimitError, TooLargeError
from analyzer.reading import isolation, read_document
from analyzer.reading.isolation import needs_isolation
from analyzer.settings import Limits, Settings

ALWAYS = Settings(ocr="never", isolation="always")
NEVER = Settings(ocr="never", isolation="never")
#: A page on which pdfminer works for a long time, where its own clock lets it.
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
    limits = Limits(timeout_s=4.0, timeout_per_page_s=0.0, page_timeout_s=1000.0)
    # Most pages end at their own time; inside a string of a million brackets nobody looks at the clock, and only the process can be ended.
    brackets = page_of(stream(TEXT + b"(" * 20_000_000))
    begin = time.perf_counter()
    with pytest.raises(TimeLimitError, match="took more than 1 seconds"):
        read_document(brackets, settings=Settings(ocr="never", isolation="always", limits=Limits(timeout_s=1.0, timeout_per_page_s=0.0)))
    assert time.perf_counter() - begin < 10
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
    seen: set[int] = set()
    take = isolation._Worker.__init__

    def begun(worker: isolation._Worker) -> None:
        take(worker)
        seen.add(worker.process.pid)

    def kill() -> None:
        dead: set[int] = set()
        while not stop.wait(0.05):
            for pid in seen - dead:
                time.sleep(0.8)  # it has started by then, and reads
                os.kill(pid, signal.SIGKILL)
                dead.add(pid)

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


def test_nothing_but_plain_data_comes_out() -> None:
    assert isolation._load(pickle.dumps(("error", ("corrupt", "m", "h")))) == ("error", ("corrupt", "m", "h"))
    for forbidden in (os.system, isolation._Worker, EncryptedDocumentError):
        with pytest.raises(pickle.UnpicklingError, match="no plain data"):
            isolation._load(pickle.dumps(("document", forbidden)))


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
