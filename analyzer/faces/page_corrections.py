"""Labels corrected on the page: kept in the session, applied to the open report, or kept for training."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.api import reassess
from analyzer.assessment import load_catalogue
from analyzer.errors import SettingsError
from analyzer.report.export_markdown import escape as escape_markdown
from analyzer.report.model import Report
from analyzer.report.words import category_name, word
from analyzer.settings import Settings
from analyzer.types import Clause

#: Corrected rows of the session: digest of the contract, then id of the row.
Corrections = dict[str, dict[int, dict[str, Any]]]
#: The labels that count in the reports of the session: digest of the contract, then id of the row.
Applied = dict[str, dict[int, tuple[str, ...]]]


def apply_corrections(report: Report, settings: Settings) -> Report:
    """Return the report with the corrections that the person has applied; the result is kept, as the page is drawn again at every click."""
    applied: Applied = st.session_state.get("applied", {})
    labels = applied.get(report.document.sha256)
    if not labels:
        return report
    kept: dict[str, tuple[Report, dict[int, tuple[str, ...]], Report]] = st.session_state.setdefault("reassessed", {})
    before = kept.get(report.document.sha256)
    if before is None or before[0] is not report or before[1] != labels:
        try:
            before = kept[report.document.sha256] = (report, labels, reassess(report, labels, settings=settings))
        except SettingsError as error:  # a category of another model of this session
            st.error(escape_markdown(str(error)))
            return report
    return before[2]


def show_apply(report: Report, language: str) -> None:
    """Offer to let the corrections of this contract count in its report, and the way back to what the model said."""
    digest = report.document.sha256
    applied: Applied = st.session_state.setdefault("applied", {})
    rows: dict[int, dict[str, Any]] = st.session_state.get("corrections", {}).get(digest, {})
    wanted = {row: tuple(corrected["labels"]) for row, corrected in rows.items()}
    used = applied.get(digest, {})
    if not wanted and not used:
        return
    apply, undo, note = st.columns([2, 2, 3], vertical_alignment="center")
    if apply.button(word("page", "corrections_apply", language), key="apply-corrections", type="primary", disabled=wanted == used):
        applied[digest] = wanted
        st.rerun()
    if undo.button(word("page", "corrections_undo", language), key="undo-corrections", disabled=not used):
        applied.pop(digest, None)
        st.rerun()
    if used:
        note.caption(word("page", "corrections_applied", language).format(count=len(used)))


def edit_labels(report: Report, language: str) -> None:
    """Show the rows of the contract, unsure ones first, and keep those whose labels were changed in the session.

    The editor forgets its edits when it leaves the screen (another contract, another language), so they are kept apart, and each new
    editor starts from them. While it is on the screen its table stays fixed: feeding edits back into it would lose every second one.
    """
    st.subheader(word("page", "train_corrections", language))
    st.caption(word("page", "train_corrections_hint", language))
    digest = report.document.sha256
    store: Corrections = st.session_state.setdefault("corrections", {})
    names = {c: category_name(c, language) for c in [*load_catalogue().categories, *(c for x in report.clauses for c in x.categories)]}
    names.setdefault("other", word("page", "no_label", language))
    ids = {name: category for category, name in names.items()}
    key = f"labels-{digest}-{language}-{st.session_state.get('model')}-{st.session_state.get('discarded', 0)}"
    order = sorted(range(len(report.clauses)), key=lambda i: (not any(x.uncertain for x in report.clauses[i].labels), i))
    if st.session_state.get("editor", ("",))[0] != key:
        kept = store.get(digest, {})
        labels = [kept[c.sentence.id]["labels"] if c.sentence.id in kept else c.categories for c in (report.clauses[i] for i in order)]
        st.session_state["editor"] = (key, [[names.get(c, c) for c in row] for row in labels])
    head_text, head_labels = word("page", "sentence", language), word("page", "labels", language)
    base = pd.DataFrame({head_text: [report.clauses[i].sentence.text for i in order], head_labels: st.session_state["editor"][1]})
    edited = st.data_editor(
        base,
        hide_index=True,
        num_rows="fixed",
        disabled=[head_text],
        height=400,
        column_config={
            head_text: st.column_config.TextColumn(width="large"),
            head_labels: st.column_config.MultiselectColumn(head_labels, options=list(names.values()), width="large"),
        },
        key=key,
    )
    changed: dict[int, dict[str, Any]] = {}
    for chosen, index in zip(edited[head_labels], order, strict=True):
        clause = report.clauses[index]
        corrected = [c for c in (ids.get(name, name) for name in chosen) if c != "other"] or ["other"]
        if set(corrected) != set(clause.categories):
            changed[clause.sentence.id] = corrected_row(report, clause, corrected)
    store[digest] = changed


def corrected_row(report: Report, clause: Clause, labels: list[str]) -> dict[str, Any]:
    """Return a row to train on."""
    sentence = clause.sentence
    return {
        "text": sentence.text, "labels": labels, "heading": list(sentence.heading_path), "doc": report.document.sha256[:12],
        "language": sentence.language, "kind": sentence.kind.value,
    }  # fmt: skip


def show_corrections(corrected: list[dict[str, Any]], language: str) -> None:
    """Say how many rows are corrected, and let them be saved or dropped; until then the browser asks before it leaves the page."""
    st.html("<span data-unsaved></span>")
    count, save, drop = st.columns([2, 2, 1], vertical_alignment="center")
    count.markdown(f"**{word('page', 'train_count', language).format(count=len(corrected))}**")
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in corrected)
    save.download_button(
        word("page", "train_download", language), content, file_name="corrections.jsonl", mime="application/jsonl",
        key="download-corrections", on_click="ignore",
    )  # fmt: skip
    if drop.button(word("page", "train_discard", language), key="discard"):
        st.session_state["corrections"] = {}
        st.session_state["applied"] = {}
        st.session_state["discarded"] = st.session_state.get("discarded", 0) + 1
        st.rerun()
