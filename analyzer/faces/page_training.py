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
from analyzer.classification.persistence import read_manifest
from analyzer.datasets import read_labelled
from analyzer.errors import AnalyzerError
from analyzer.faces.page_corrections import Corrections, edit_labels, show_apply, show_corrections
from analyzer.report.export_markdown import escape as escape_markdown
from analyzer.report.model import Report
from analyzer.report.words import category_name, word


def data_folder() -> Path | None:
    """Return the folder of the project's labelled contracts, where this is a checkout."""
    folder = Path(__file__).resolve().parents[2] / "data" / "contracts"
    return folder if folder.is_dir() else None


def show_training(report: Report | None, language: str) -> None:
    """Train on labelled files and corrections, show what changed, and let the person decide whether to use the result.

    `report` is the one that the model made: what is corrected is measured against it.
    """

    def t(key: str) -> str:
        return word("page", key, language)

    st.write(t("train_intro"))
    if report is not None:
        edit_labels(report, language)
    corrections: Corrections = st.session_state.get("corrections", {})
    corrected = [row for rows in corrections.values() for row in rows.values()]
    if report is not None:
        show_apply(report, language)
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
