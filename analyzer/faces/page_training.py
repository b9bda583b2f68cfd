"""The last tab of the page: correct labels, train on them and on labelled files, see what changed, use the result or not."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.api import default_model_folder, train
from analyzer.assessment import load_catalogue
from analyzer.classification.persistence import read_manifest
from analyzer.datasets import read_labelled
from analyzer.errors import AnalyzerError
from analyzer.report.export_markdown import escape as escape_markdown
from analyzer.report.model import Report
from analyzer.report.words import category_name, word
from analyzer.types import Clause

#: Corrected rows of the session: digest of the contract, then id of the row.
Corrections = dict[str, dict[int, dict[str, Any]]]


def data_folder() -> Path | None:
    """Return the folder of the project's labelled contracts, where this is a checkout."""
    folder = Path(__file__).resolve().parents[2] / "data" / "contracts"
    return folder if folder.is_dir() else None


def show_training(report: Report | None, language: str) -> None:
    """Train on labelled files and corrections, show what changed, and let the person decide whether to use the result."""

    def t(key: str) -> str:
        return word("page", key, language)

    st.write(t("train_intro"))
    if report is not None:
        edit_labels(report, language)
    corrections: Corrections = st.session_state.get("corrections", {})
    corrected = [row for rows in corrections.values() for row in rows.values()]
    if corrected:
        show_corrections(corrected, language)
    uploads = st.file_uploader(t("train_files"), type=["jsonl", "json", "csv", "spacy"], accept_multiple_files=True, key="labelled")
    base = data_folder()
    with_base = st.checkbox(t("train_base"), value=base is not None, disabled=base is None, key="with_base", help=t("train_base_hint"))
    if st.button(t("train_run"), key="train", type="primary"):
        try:
            rows = [row for item in uploads or () for row in read_upload(item.name, item.getvalue())] + corrected
            if rows:
                run_training(rows, base if with_base else None, language)
            else:
                st.info(t("train_nothing"))
        except AnalyzerError as error:
            st.error(escape_markdown(str(error)))
    trained = st.session_state.get("trained")
    if trained and (Path(trained) / "manifest.json").is_file():
        st.success(t("train_saved").format(path=escape_markdown(trained)))
        show_scores(Path(trained), language)
    show_choice(trained, language)


def run_training(rows: list[dict[str, Any]], base: Path | None, language: str) -> None:
    """Train with a bar that says from the first moment what is done, and note the folder of the result in the session."""
    stages = ("read", "features", "cross-validation", "model", "done")
    bar = st.progress(0.0, text=word("page", "stage_read", language))

    def step(stage: str, share: float) -> None:
        bar.progress(min(1.0, share), text=word("page", f"stage_{stage}", language) if stage in stages else stage)

    digest = hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()[:8]
    out = Path("models") / f"mine-{digest}"
    try:
        train(rows, out=out, base=base, progress=step)
    finally:
        bar.empty()
    st.session_state["trained"] = str(out)


def show_choice(trained: str | None, language: str) -> None:
    """Offer the new model, or the way back to the shipped one."""
    used = st.session_state.get("model")
    if trained and used != trained and st.button(word("page", "train_use", language), key="use-trained"):
        st.session_state["model"] = trained
        st.rerun()
    if used:
        st.info(word("page", "train_used", language).format(path=escape_markdown(used)))
        if st.button(word("page", "train_back", language), key="use-shipped"):
            st.session_state["model"] = None
            st.rerun()


def read_upload(name: str, data: bytes) -> list[dict[str, Any]]:
    """Read labelled rows from an uploaded file, through a temporary file with a name of our own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"upload{Path(name).suffix.lower()}"
        path.write_bytes(data)
        try:
            return [{**row, "source": str(row.get("source", "")).replace(str(path), name)} for row in read_labelled(path)]
        except AnalyzerError as error:
            raise type(error)(error.message.replace(str(path), name), hint=error.hint) from error


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
        st.session_state["discarded"] = st.session_state.get("discarded", 0) + 1
        st.rerun()


def show_scores(folder: Path, language: str) -> None:
    """Set the model before and the new one side by side: on the person's own rows where they can be compared, else each on the rows it was trained on."""
    manifest = read_manifest(folder)
    b, a = word("page", "train_before", language), word("page", "train_after", language)
    comparison = manifest.get("comparison")
    if comparison:
        rows = [{"": "micro-F1", b: comparison["micro"][0], a: comparison["micro"][1]}]
        rows += [{"": category_name(name, language), b: before, a: after} for name, _, before, after in comparison["categories"]]
        st.caption(word("page", "train_compared", language).format(rows=comparison["rows"]))
    else:
        after = manifest["scores"]
        try:
            before = read_manifest(default_model_folder())["scores"]
        except AnalyzerError:
            before = {"micro_f1": None, "macro_f1": None, "categories": {}}
        rows = [{"": name, b: before[key], a: after[key]} for name, key in (("micro-F1", "micro_f1"), ("macro-F1", "macro_f1"))]
        rows += [
            {"": category_name(c, language), b: before["categories"].get(c, {}).get("f1"), a: scores["f1"]}
            for c, scores in sorted(after["categories"].items())
        ]
        st.caption(word("page", "train_measured", language))
    st.caption(word("page", "train_scale", language))
    st.dataframe(pd.DataFrame(rows), hide_index=True, key=f"scores-{folder.name}-{language}")
