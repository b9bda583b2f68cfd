from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

import analyzer
from analyzer import batch
from analyzer.batch import Failure, analyze_isolated, collect_paths
from analyzer.errors import DataError, SettingsError
from analyzer.report.model import Report
from analyzer.settings import Limits, Settings

SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
FILES = sorted(p for p in SAMPLES.iterdir() if p.suffix in (".pdf", ".docx"))


def test_many_in_order_and_failures_cost_only_themselves(tmp_path: Path) -> None:
    bad = tmp_path / "bad.docx"
    bad.write_bytes(b"PK\x03\x04")
    sources = [FILES[0], tmp_path / "missing.pdf", bad, b"The fee is CHF 10 per month.", FILES[1]]
    results = list(analyzer.analyze_many(sources, n_jobs=2))
    assert [type(result) for result in results] == [Report, Failure, Failure, Report, Report]
    assert results[1].code == "read" and "missing.pdf" in results[1].name
    assert results[2].code == "corrupt"
    assert results[0] == analyzer.analyze(FILES[0])


def test_a_document_that_kills_its_process_costs_only_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    results = list(batch._run_window([("a", b"The fee is CHF 10."), ("deadly", DEADLY), ("b", b"The term is one year.")], 2, Settings()))
    assert [getattr(r, "code", "ok") for r in results] == ["ok", "crashed", "ok"]


#: Recognised by `_die` below, which the worker finds through the reader's entry.
DEADLY = b"%PDF-1.4 die now"


@pytest.fixture(autouse=True)
def deadly_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let worker processes die on DEADLY: the environment travels to them, and the guard reads it."""
    original = batch._guarded
    monkeypatch.setattr(batch, "_guarded", _die_or(original))


class _die_or:
    def __init__(self, original: object) -> None:
        self.original = original

    def __call__(self, name: str, data: bytes, settings: Settings, model: str | None = None) -> object:
        if data == DEADLY:
            os._exit(11)
        if data == b"slow":
            time.sleep(60)
        return batch_guarded(name, data, settings, model)


batch_guarded = batch._guarded


def test_isolated_analysis_is_killed_in_time() -> None:
    assert isinstance(analyze_isolated("ok.txt", b"The fee is CHF 10."), Report)
    begin = time.perf_counter()
    result = analyze_isolated("slow.txt", b"slow", timeout_s=2)
    assert isinstance(result, Failure) and result.code == "timeout"
    assert time.perf_counter() - begin < 50  # it sleeps for 60
    result = analyze_isolated("deadly.pdf", DEADLY)
    assert isinstance(result, Failure) and result.code == "crashed"
    assert isinstance(analyze_isolated("again.txt", b"The fee is CHF 10."), Report)


def test_alarm_stops_an_endless_document() -> None:
    from analyzer.errors import TimeLimitError

    with pytest.raises(TimeLimitError), batch._alarm(0.2):
        while True:
            pass


def test_paths_of_a_folder(tmp_path: Path) -> None:
    for name in ("b.pdf", "a.txt", "sub/c.docx", "ignore.xlsx"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [p.name for p in collect_paths(tmp_path)[0]] == ["a.txt", "b.pdf", "c.docx"]


def test_every_format_that_is_read_is_taken_from_a_folder_and_the_rest_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    from PIL import Image

    from analyzer.faces.cli import main

    folder = tmp_path / "offers"
    (folder / "old").mkdir(parents=True)
    (folder / "a.txt").write_text("The fee is CHF 10 per month.", encoding="utf-8")
    for number, name in enumerate(("scan.PNG", "photo.jpg", "photo.jpeg", "fax.tif", "fax.tiff")):
        Image.new("L", (30 + number, 30), 255).save(folder / name)
    for name in ("prices.xlsx", "old/all.zip", ".DS_Store"):
        (folder / name).write_bytes(b"x")
    result = analyzer.score(folder, folder / "scores", n_jobs=1)
    assert result.done == 1
    # Pictures without text fail by name; what is no document is named as left out, and what this writes is neither.
    assert sorted(Path(failure.name).name for failure in result.failures) == ["fax.tif", "fax.tiff", "photo.jpeg", "photo.jpg", "scan.PNG"]
    assert [path.name for path in result.left_out] == ["all.zip", "prices.xlsx"]
    again = analyzer.score([folder], folder / "scores", n_jobs=1)
    assert again.skipped == 1 and len(again.left_out) == 2
    assert main(["score", str(folder), "-o", str(folder / "scores")]) == 1
    said = capsys.readouterr().err
    assert "prices.xlsx" in said and "all.zip" in said and "scan.PNG" in said
    list(analyzer.analyze_many(str(folder), n_jobs=1))
    assert "prices.xlsx" in caplog.text


def test_score_writes_whole_parts_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "PART_DOCUMENTS", 1)
    out = tmp_path / "scores.parquet"
    calls = {"n": 0}
    original = batch._Manifest.write_part

    def fail_second(self: batch._Manifest, reports: list[tuple[str, Report]]) -> None:
        calls["n"] += 1
        if calls["n"] == 2:
            raise KeyboardInterrupt
        original(self, reports)

    monkeypatch.setattr(batch._Manifest, "write_part", fail_second)
    with pytest.raises(KeyboardInterrupt):
        analyzer.score(FILES, out, n_jobs=1)
    monkeypatch.setattr(batch._Manifest, "write_part", original)
    result = analyzer.score(FILES, out, n_jobs=1)
    assert (result.done, result.skipped) == (len(FILES) - 1, 1)
    frame = result.to_frame()
    assert frame.groupby("sha256").ngroups == len(FILES)
    assert not frame.duplicated(["sha256", "row"]).any()
    assert len(result.findings_frame()) > 10
    assert not list(out.glob(".tmp-*"))


def test_score_with_other_settings_refuses_to_mix(tmp_path: Path) -> None:
    out = tmp_path / "s.parquet"
    analyzer.score(FILES[:1], out, n_jobs=1)
    with pytest.raises(SettingsError, match="another model, version or settings"):
        analyzer.score(FILES[:1], out, n_jobs=1, settings=Settings(limits=Limits(max_pages=100)))
    assert analyzer.score(FILES[:1], out, n_jobs=1).skipped == 1


def test_score_drops_parts_that_no_manifest_names(tmp_path: Path) -> None:
    import pandas as pd

    out = tmp_path / "s.parquet"
    analyzer.score(FILES[:1], out, n_jobs=1)
    (out / "part-00001.parquet").write_bytes((out / "part-00000.parquet").read_bytes())
    result = analyzer.score(FILES[:2], out, n_jobs=1)
    assert (result.done, result.skipped) == (1, 1)
    assert not pd.read_parquet(out).duplicated(["sha256", "row"]).any()


def test_parts_without_lists_and_with_lists_are_one_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    monkeypatch.setattr(batch, "PART_DOCUMENTS", 1)
    for name, text in (("a.txt", "Hello there."), ("b.txt", "1. Fees\n\nThe fee of CHF 10 is due within 30 days.")):
        (tmp_path / name).write_text(text)
    out = tmp_path / "s.parquet"
    analyzer.score([tmp_path / "a.txt", tmp_path / "b.txt"], out, n_jobs=1)
    assert len(pd.read_parquet(out)) == 3


def test_two_runs_in_one_folder_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "s.parquet"
    out.mkdir()
    with batch._locked(out), pytest.raises(SettingsError, match="Another run"):
        analyzer.score(FILES[:1], out, n_jobs=1)


@pytest.mark.parametrize(("n_jobs", "expected"), [(1, 1), (3, 3), (None, 1), (-1, os.cpu_count()), (-100, 1)])
def test_jobs_are_counted_as_joblib_does(n_jobs: int | None, expected: int) -> None:
    assert batch.count_jobs(n_jobs) == expected


def test_odd_sources_cost_only_themselves() -> None:
    class Raises:
        def read(self, size: int) -> bytes:
            raise RuntimeError("boom")

    results = list(analyzer.analyze_many([Raises(), 5, b"The fee is CHF 10."], n_jobs=1))  # type: ignore[list-item]
    assert [type(result) for result in results] == [Failure, Failure, Report]


def test_score_refuses_foreign_folders(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError, match="is a file"):
        analyzer.score(FILES[:1], tmp_path / "file")
    folder = tmp_path / "f"
    folder.mkdir()
    (folder / "_manifest.json").write_text(json.dumps({"settings": 1}))
    with pytest.raises(DataError, match="damaged"):
        analyzer.score(FILES[:1], folder)


@pytest.mark.parametrize(("sources", "out"), [("contracts/2024", "contracts"), ("contracts", "contracts"), (".", ".")])
def test_contracts_in_the_folder_of_results_are_scored_and_results_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sources: str, out: str
) -> None:
    folder = tmp_path / "contracts" / "2024"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("The fee is CHF 10 per month.")
    monkeypatch.chdir(tmp_path)
    first = analyzer.score(sources, out, n_jobs=1)
    second = analyzer.score(tmp_path / sources, out, n_jobs=1)
    assert (first.done, second.done, second.skipped) == (1, 0, 1)
    assert first.left_out == second.left_out == ()


def test_results_within_the_folder_are_passed_over_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "a.txt").write_text("The fee is CHF 10 per month.")
    monkeypatch.chdir(tmp_path)
    for _ in range(2):
        result = analyzer.score(tmp_path / "contracts", "contracts/scores", n_jobs=1)
        assert result.left_out == ()
