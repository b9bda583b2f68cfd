"""Broken samples of every format, the same ones in every run; `make fuzz` goes on for as long as one likes."""

from __future__ import annotations

import importlib.util
import time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TOOL = Path(__file__).resolve().parents[2] / "tools" / "fuzz.py"
spec = importlib.util.spec_from_file_location("fuzz", TOOL)
assert spec is not None and spec.loader is not None
fuzz = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fuzz)

SEEDS = fuzz.seeds()


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_the_samples_themselves_are_read(name: str) -> None:
    assert fuzz.check(SEEDS[name]) == "read"


def test_broken_samples_end_well() -> None:
    """150 files, or 12 seconds of them on a slow machine."""
    stop = time.monotonic() + 12
    ends = []
    for name, data in islice(fuzz.broken_files(seed=20251126), 150):
        try:
            ends.append(fuzz.check(data))
        except Exception as error:
            raise AssertionError(f"file {len(ends)}, of {name}: {error!r}") from error
        if time.monotonic() > stop:
            break
    assert ends.count("read") > len(ends) / 3 and len(set(ends)) > 1


TOKENS = st.sampled_from(
    (b"q", b"Q", b"BT", b"ET", b"Tj", b"TJ", b"Tf", b"Td", b"Tm", b"cm", b"Do", b"'", b'"', b"T*", b"re", b"f", b"BI", b"ID", b"EI", b"BDC", b"EMC", b"(text)", b"<41",
     b"<4142>", b"[", b"]", b"<<", b">>", b"/F1", b"/X", b"1", b"0", b"-3.5", b"99999999999", b"12 0 0 12 50 700 Tm", b"/F1 12 Tf", b"(", b")", b"\xff", b"%", b"{", b"null")
)  # fmt: skip


@given(st.lists(TOKENS, max_size=80))
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_any_operators(tokens: list[bytes]) -> None:
    content = b" ".join(tokens)
    data = (
        b"%%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
        b"3 0 obj\n<</Type/Page/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>\nendobj\n"
        b"4 0 obj\n<</Length %d>>\nstream\n%b\nendstream\nendobj\ntrailer\n<</Root 1 0 R>>\n" % (len(content), content)
    )
    assert fuzz.check(data) in ("read", "no_text")


NUMBERS = st.one_of(st.integers(-3, 12), st.sampled_from((2**31, -(2**63), 10**30)))


@given(
    st.lists(
        st.tuples(
            st.sampled_from(("Kids", "Count", "Parent", "Contents", "MediaBox", "Rotate", "Resources", "Type", "Length", "Filter")), NUMBERS
        ),
        max_size=8,
    )
)
@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
def test_any_values_in_the_tree(changes: list[tuple[str, int]]) -> None:
    """Entries of the objects point anywhere: to themselves, to nothing, to a number."""
    entries = {
        1: {"Type": "/Catalog", "Pages": "2 0 R"},
        2: {"Type": "/Pages", "Kids": "[3 0 R]", "Count": "1"},
        3: {"Type": "/Page", "Parent": "2 0 R", "MediaBox": "[0 0 595 842]", "Contents": "4 0 R"},
        4: {"Length": "30"},
    }
    for position, (key, number) in enumerate(changes):
        entries[1 + position % 4][key] = f"{number} 0 R" if position % 2 else f"[{number} 0 R {number}]"
    parts = [b"%PDF-1.4\n"]
    for number, values in entries.items():
        listed = "".join(f"/{key} {value}" for key, value in values.items())
        body = b"\nstream\nBT (text) Tj ET               \nendstream" if number == 4 else b""
        parts.append(b"%d 0 obj\n<<%b>>%b\nendobj\n" % (number, listed.encode(), body))
    assert fuzz.check(b"".join(parts) + b"trailer\n<</Root 1 0 R>>\n") in ("read", "no_text", "corrupt")
