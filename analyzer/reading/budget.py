"""What the reading of one document may cost: time, as a base and a share for every page that is found in it; and whether a native reader may help."""

from __future__ import annotations

import time
from collections.abc import Callable

from analyzer.errors import TimeLimitError
from analyzer.settings import Limits

#: Time is that of the processor in the thread that reads, so that a busy machine costs no pages. What waits for other programs has limits of its own.
clock = time.thread_time
#: Share of the time that is kept for what follows the pages: their layout, a second reader, the way back to the caller.
RESERVE = 0.3
#: A page that is done within this time never asks the clock of the processor.
_FIRST_LOOK_S = 0.05


class Deadline:
    """A moment in the time of the processor that a loop can ask for at each step.

    The clock of the processor is a call to the system, many times dearer than that of the wall, which never runs behind it: until the wall says that the
    time can be over, it is not. Most pages are done before the first call.
    """

    __slots__ = ("_begun", "_end", "_look", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun = time.monotonic()
        self._look = self._begun + min(seconds, _FIRST_LOOK_S)
        self._end: float | None = None

    def passed(self) -> bool:
        """Tell whether the time is over."""
        now = time.monotonic()
        if now < self._look:
            return False
        worked = clock()
        if self._end is None:
            # What has passed until now is taken for work: a few hundredths of a second, or one long step.
            self._end = worked + self._seconds - (now - self._begun)
        self._look = now + self._end - worked
        return self._end < worked


def most_seconds(limits: Limits, parts: int, *, recognizes: bool = True) -> float:
    """Return the seconds that a document of so many parts can be allowed at most, whatever its pages ask for."""
    for_scans = min(parts * limits.ocr_timeout_s, limits.max_pages * limits.ocr_page_timeout_s) if recognizes else 0.0
    return limits.timeout_s + limits.max_pages * limits.timeout_per_page_s + for_scans


class Budget:
    """Counts the pages of a document and tells how long its readers may still work.

    Parameters
    ----------
    limits : Limits
    on_time : callable, optional
        Called with the seconds that the document may take in all, when pages or scans made them more; at most twice a second.
    native : bool, default=True
        pdfium may be asked where pdfminer fails. It is written in C++ and could take the process along.
    """

    def __init__(self, limits: Limits, on_time: Callable[[float], None] | None = None, *, native: bool = True) -> None:
        self.native = native
        self._limits = limits
        self._start, self._begun = clock(), time.monotonic()
        self._told = self._begun
        self._allowed = limits.timeout_s
        self._on_time = on_time

    def add_page(self) -> None:
        self.add(self._limits.timeout_per_page_s)

    def add(self, seconds: float, *, now: bool = False) -> None:
        """Allow more time; `now` tells at once who waits, before something that takes long."""
        self._allowed += seconds
        if self._on_time is not None and (now or time.monotonic() - self._told > 0.5):
            self._told = time.monotonic()
            self._on_time(self._allowed)

    def check(self) -> None:
        """Raise TimeLimitError where the time is over."""
        if self.left < 0:
            raise TimeLimitError(
                f"The document takes more than {self._allowed:.0f} seconds", hint="split the file, or print it to a new PDF"
            )

    @property
    def left(self) -> float:
        """Seconds until everything must be done; may be negative."""
        return self._start + self._allowed - clock()

    def left_for_page(self, most: float) -> float:
        """Return the seconds for the next page, at most `most`; pages must end in time for what was read to be delivered. Negative where that is past."""
        for_pages = self._allowed * (1 - RESERVE)
        if self._begun + for_pages - time.monotonic() >= most:
            return most  # the clock of the processor, which costs more, cannot say less
        return min(most, self._start + for_pages - clock())
