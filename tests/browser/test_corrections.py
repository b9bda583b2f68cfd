"""Corrected labels count in the open report at once, with a way back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACT = b"""# Support agreement

The response time is four business hours from the report of the fault.
The fee is CHF 300 a month, payable within 30 days.
"""

pytestmark = pytest.mark.browser


def test_corrections_count_at_once_and_can_be_undone() -> None:
    from streamlit.testing.v1 import AppTest

    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    page.session_state["language"] = "en"
    page.run()
    page.file_uploader(key="upload").set_value(("a.txt", CONTRACT, "text/plain")).run()
    assert not page.exception

    def shown() -> str:
        return "".join(element.proto.body for element in page.get("html"))

    missing = 'data-kind="missing" data-category="reaction_time"'
    assert missing not in shown() and not [b for b in page.button if b.key == "apply-corrections"]
    digest = next(iter(page.session_state["corrections"]))
    report = next(iter(page.session_state["reports"].values()))
    rows = [clause for clause in report.clauses if "reaction_time" in clause.categories]
    # The editor's cells are drawn on a canvas, which the harness cannot reach: the session says what a person would have typed.
    page.session_state["corrections"] = {digest: {c.sentence.id: {"text": c.sentence.text, "labels": ["fees"]} for c in rows}}
    page.session_state["editor"] = ("", [])
    page.run()
    assert missing not in shown()  # nothing counts before it is applied

    page.button(key="apply-corrections").click().run()
    assert not page.exception
    assert missing in shown() and page.button(key="apply-corrections").disabled
    assert f"labelled by hand in this analysis: {len(rows)}" in page.info[0].value
    ((_, _, corrected),) = page.session_state["reassessed"].values()
    assert "missing_reaction_time" in {finding["rule"] for finding in json.loads(corrected.to_json())["findings"]}
    kept = page.session_state["corrections"][digest]
    assert {row: entry["labels"] for row, entry in kept.items()} == {c.sentence.id: ["fees"] for c in rows}  # still there to train on

    page.button(key="undo-corrections").click().run()
    assert not page.exception and not page.info
    assert missing not in shown()
    assert not page.button(key="apply-corrections").disabled  # the corrections wait

    page.session_state["applied"] = {digest: {rows[0].sentence.id: ("a category of another model",)}}
    page.run()
    assert not page.exception and "a category of another model" in page.error[0].value and not page.info
    page.button(key="discard").click().run()
    assert not page.exception and not page.info and page.session_state["corrections"][digest] == {}
