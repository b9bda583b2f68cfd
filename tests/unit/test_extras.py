"""What only an extra brings: the error names it, before any work is done."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import analyzer
from analyzer.batch import ScoreResult
from analyzer.errors import SettingsError


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = analyzer.analyze(b"The provider reacts within 4 hours.")
    for library in ("pandas", "pyarrow"):
        monkeypatch.setitem(sys.modules, library, None)
    scored = ScoreResult(tmp_path, 0, 0, ())
    for call in (
        report.to_frame,
        report.findings_frame,
        analyzer.compare([report, report]).to_frame,
        scored.to_frame,
        scored.findings_frame,
    ):
        with pytest.raises(SettingsError, match=r"pandas.*clause-analyzer\[batch\]"):
            call()
    with pytest.raises(SettingsError, match=r"pyarrow.*clause-analyzer\[batch\]"):
        analyzer.score([], tmp_path / "scores")
    assert not (tmp_path / "scores").exists()
