"""How much memory a process holds, as its system tells it; without any library."""

from __future__ import annotations

import os
import subprocess
import sys


def resident_bytes(pid: int) -> int | None:
    """Return the bytes of memory that a process holds, or None where the system does not say, as of a process that has ended."""
    if sys.platform == "win32":
        return _ask_windows(pid)
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return ask_ps(pid)


def ask_ps(pid: int) -> int | None:
    """Return the same by the command `ps`, which every Unix has: macOS has no /proc. It takes some milliseconds."""
    try:
        said = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, timeout=5, check=False).stdout
        return int(said) * 1024
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _ask_windows(pid: int) -> int | None:
    """Return the working set of a process."""
    if sys.platform != "win32":
        return None
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [
            ("cb", wintypes.DWORD), ("faults", wintypes.DWORD),
            *((name, ctypes.c_size_t) for name in ("peak", "working", "a", "b", "c", "d", "pagefile", "peak_pagefile")),
        ]  # fmt: skip

    kernel = ctypes.WinDLL("kernel32")
    kernel.OpenProcess.restype = wintypes.HANDLE
    kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    kernel.K32GetProcessMemoryInfo.argtypes = (wintypes.HANDLE, ctypes.POINTER(Counters), wintypes.DWORD)
    kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return None
    try:
        counters = Counters(cb=ctypes.sizeof(Counters))
        done = kernel.K32GetProcessMemoryInfo(handle, ctypes.byref(counters), counters.cb)
        return int(counters.working) if done else None
    finally:
        kernel.CloseHandle(handle)
