"""The page: upload, findings beside the text, checklist, times, comparison, downloads, retraining.

Contract text lives in the session only: no cache that other visitors share, nothing on disk, and only `report.export_html` turns it into HTML.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from analyzer.api import Analyzer, default_analyzer, default_model_folder, train
from analyzer.assessment import load_catalogue
from analyzer.assessment.messages import render_finding
from analyzer.batch import Content, Failure, analyze_isolated
from analyzer.classification.persistence import read_manifest
from analyzer.comparison import compare_reports
from analyzer.datasets import read_labelled
from analyzer.errors import AnalyzerError
from analyzer.reading import join_names
from analyzer.report.export_html import SEVERITY_MARKS, STYLE, render_legend, render_text_view
from analyzer.report.export_markdown import LEVEL_CATEGORIES, level_cells
from analyzer.report.export_markdown import escape as escape_markdown
from analyzer.report.frames import duration_records
from analyzer.report.model import Report
from analyzer.report.words import notice_text, place_text, word
from analyzer.resources import read_toml
from analyzer.settings import Settings
from analyzer.types import LANGUAGES, Explanation, FindingKind, Label, Severity, Side, Status

LANGUAGE_NAMES = {"fr": "Français", "de": "Deutsch", "it": "Italiano", "en": "English"}
UPLOAD_TYPES = ["pdf", "docx", "odt", "fodt", "html", "htm", "xhtml", "eml", "txt", "md", "png", "jpg", "jpeg", "tif", "tiff"]
#: Findings on one screen; more would make every rerun slow.
FINDINGS_SHOWN = 60
STATUS_MARKS = {Status.PRESENT: "✓", Status.WEAK: "≈", Status.MISSING: "✗"}


def samples_folder() -> Path | None:
    """Return the folder of the sample contracts, in the repository or in the installed package."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parent / "data" / "samples", package / "_samples"):
        if folder.is_dir():
            return folder
    return None


def data_folder() -> Path | None:
    """Return the folder of the project's labelled contracts, where this is a checkout."""
    folder = Path(__file__).resolve().parents[2] / "data" / "contracts"
    return folder if folder.is_dir() else None


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Clause analyzer", page_icon="📄", layout="wide")
    with st.sidebar:
        language = st.selectbox("Langue / Sprache / Lingua / Language", LANGUAGES, format_func=LANGUAGE_NAMES.__getitem__, key="language")

        def t(key: str) -> str:
            return word("page", key, language)

        side = st.radio(t("side"), [Side.CUSTOMER, Side.PROVIDER], format_func=lambda s: t(s.value), key="side", horizontal=True)
        uploads = st.file_uploader(t("upload"), type=UPLOAD_TYPES, accept_multiple_files=True, key="upload")
        folder = samples_folder()
        names = sorted(p.name for p in folder.iterdir() if p.suffix.lstrip(".") in UPLOAD_TYPES) if folder else []
        sample = st.selectbox(t("sample"), ["", *names], format_func=lambda n: n or t("no_sample"), key="sample")
    st.title(t("heading"))
    st.caption(t("intro"))
    files = [(item.name, item.getvalue()) for item in uploads or ()]
    contracts: list[tuple[str, Content]] = list(files)
    if len(files) > 1:
        with st.sidebar:
            if st.checkbox(t("together"), key="together", help=t("together_hint")):
                contracts = [(join_names(files), tuple(files))]
    if sample and folder:
        contracts.append((sample, (folder / sample).read_bytes()))
    reports = analyze_files(contracts, Settings(side=side, language=language), language)
    tabs = st.tabs([t(f"tab_{name}") for name in ("review", "checklist", "times", "compare", "export", "train")])
    if not reports:
        with tabs[0]:
            st.info(t("start"))
        for tab in tabs[1:5]:
            with tab:
                st.caption(t("start"))
    else:
        chosen = 0
        if len(reports) > 1:
            with st.sidebar:
                chosen = st.selectbox(
                    t("choose_document"),
                    range(len(reports)),
                    format_func=lambda i: reports[i][0].document.name,
                    key=f"document{len(reports)}",
                )
        report, source = reports[chosen]
        with tabs[0]:
            show_review(report, language)
        with tabs[1]:
            show_checklist(report, language)
        with tabs[2]:
            show_times(report, language)
        with tabs[3]:
            show_comparison([r for r, _ in reports], language)
        with tabs[4]:
            show_downloads(report, source, language)
    with tabs[5]:
        show_training(reports[0][0] if reports else None, language)


def digest_content(data: Content) -> bytes:
    """Return the sha256 of a contract: of its bytes, or of the names and bytes of its files in their order."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).digest()
    return hashlib.sha256(b"".join(repr(name).encode() + hashlib.sha256(content).digest() for name, content in data)).digest()


def analyze_files(files: list[tuple[str, Content]], settings: Settings, language: str) -> list[tuple[Report, bytes | None]]:
    """Analyze what is not yet in this session; every contract in a process that may die alone."""
    store: dict[str, Report | Failure] = st.session_state.setdefault("reports", {})
    model = st.session_state.get("model")
    keys = [hashlib.sha256(repr((name, settings.side, model)).encode() + digest_content(data)).hexdigest() for name, data in files]
    for stale in set(store) - set(keys):
        del store[stale]
    todo = [(key, name, data) for key, (name, data) in zip(keys, files, strict=True) if key not in store]
    if todo:
        bar = st.progress(0.0)
        for position, (key, name, data) in enumerate(todo):
            bar.progress((position + 0.1) / len(todo), text=word("page", "reading", language).format(name=escape_markdown(name)))
            store[key] = analyze_isolated(name, data, settings=settings, model=model)
        bar.progress(1.0, text=word("page", "done", language))
        bar.empty()
    found: list[tuple[Report, bytes | None]] = []
    for key, (name, data) in zip(keys, files, strict=True):
        result = store[key]
        if isinstance(result, Failure):
            st.error(
                f"**{word('page', 'failed', language).format(name=escape_markdown(name))}**: {escape_markdown(result.message)}. {escape_markdown(result.hint)}"
            )
        else:
            found.append((result, data if isinstance(data, bytes) else None))
    return found


def role_name(role: str, language: str) -> str:
    """Return what a duration is for: a category by name, or one of the finer roles."""
    return word("role", role, language) if role in read_toml("messages.toml")["role"] else category_name(role, language)


def category_name(category: str, language: str) -> str:
    known = load_catalogue().categories.get(category)
    return known.name[language] if known else category


def show_review(report: Report, language: str) -> None:
    """Findings at the left, the contract with its marks at the right; a link in a finding scrolls to its place."""
    for notice in report.document.notices:
        st.warning(escape_markdown(notice_text(notice, language, report.document)))
    counts = {s: sum(f.severity is s for f in report.findings) for s in Severity}
    columns = st.columns(4)
    columns[0].metric(f"▲ {word('severity', 'high', language)}", counts[Severity.HIGH])
    columns[1].metric(f"◆ {word('severity', 'medium', language)}", counts[Severity.MEDIUM])
    columns[2].metric(f"● {word('severity', 'low', language)}", counts[Severity.LOW])
    present = sum(c.status is Status.PRESENT for c in report.checklist)
    columns[3].metric(f"✓ {word('status', 'present', language)}", f"{present} / {len(report.checklist)}")
    left, right = st.columns([2, 3])
    with left:
        severities = st.pills(
            word("page", "filter_severity", language),
            [Severity.HIGH, Severity.MEDIUM, Severity.LOW],
            selection_mode="multi",
            default=[Severity.HIGH, Severity.MEDIUM],
            format_func=lambda s: f"{SEVERITY_MARKS[s.value]} {word('severity', s.value, language)}",
            key="severities",
        )
        chosen = [f for f in report.findings if f.severity in (severities or ())][:FINDINGS_SHOWN]
        with st.container(height=720):
            st.html(
                f"<style>{STYLE}</style>"
                + (findings_html(report, chosen, language) or f"<p>{escape(word('page', 'no_findings', language))}</p>")
            )
    with right:
        found = sorted(
            {c for clause in report.clauses for c in clause.categories if c != "other"}, key=lambda c: category_name(c, language)
        )
        only = st.multiselect(
            word("page", "filter_category", language), found, format_func=lambda c: category_name(c, language), key="only", placeholder="…"
        )
        st.html(f"<style>{STYLE}</style>{render_legend(language)}")
        with st.container(height=680):
            st.html(f"<style>{STYLE}</style>" + render_text_view(report, language, only=frozenset(only) if only else None))
        show_why(report, language)
    st.caption(word("report", "disclaimer", language))


def show_why(report: Report, language: str) -> None:
    """Colour the words of a chosen row by what they say for and against its labels; doubtful rows come first."""
    key = f"why-{report.document.sha256}"  # a choice belongs to its contract
    with st.expander(word("page", "why", language), expanded=st.session_state.get(key) is not None):
        labelled = [i for i, clause in enumerate(report.clauses) if clause.categories != ("other",)]
        labelled.sort(key=lambda i: not any(label.uncertain for label in report.clauses[i].labels))

        def title(i: int) -> str:
            names = ", ".join(category_name(c, language) for c in report.clauses[i].categories)
            return f"{report.clauses[i].sentence.text[:90]} · {names}"

        chosen = st.selectbox(word("page", "why_row", language), labelled, index=None, format_func=title, key=key)
        if chosen is None:
            return
        clause = report.clauses[chosen]
        model = st.session_state.get("model")
        analyzer = Analyzer(model) if model else default_analyzer()
        for label in clause.labels:
            (why,) = analyzer.explain(
                clause.sentence.text, heading=clause.sentence.heading_path, language=clause.sentence.language, category=label.category
            )
            st.html(f"<style>{STYLE}</style>" + why_html(clause.sentence.text, why, label, language))
        st.caption(word("page", "why_hint", language))


def why_html(text: str, why: Explanation, label: Label, language: str) -> str:
    """Return the text with each word tinted by its share: green speaks for the label, red against it, the stronger the more."""
    most = max((abs(part.share) for part in why.words), default=0.0) or 1.0
    parts, position = [], 0
    for part in why.words:
        colour = "46,160,67" if part.share > 0 else "207,34,46"
        strength = min(1.0, abs(part.share) / most) * 0.75
        parts.append(escape(text[position : part.start]))
        parts.append(
            f'<span class="why" style="background:rgba({colour},{strength:.2f})" title="{part.share:+.2f}">{escape(part.text)}</span>'
            if strength > 0.05
            else escape(part.text)
        )
        position = part.end
    around = " · ".join(f"{escape(word('page', f'why_{name}', language))} {share:+.1f}" for name, share in why.surroundings)
    name = escape(category_name(label.category, language))
    return f'<div class="ca"><b>{name}</b> <span class="muted">{label.probability:.0%} · {around}</span><div>{"".join(parts)}{escape(text[position:])}</div></div>'


def findings_html(report: Report, findings: list[Any], language: str) -> str:
    """Return cards of findings, each with a link to its sentence."""
    starts = [(clause.sentence.span, clause.sentence.id) for clause in report.clauses]
    parts = []
    for finding in findings:
        words = render_finding(finding, language)
        severity = finding.severity.value
        kind = word("kind", finding.kind.value, language)
        parts.append(
            f'<div class="finding risk-{severity}" data-rule="{escape(finding.rule, quote=True)}" data-kind="{finding.kind.value}" '
            f'data-category="{escape(finding.category, quote=True)}"><b>{SEVERITY_MARKS[severity]} {escape(words.title)}</b> '
            f'<span class="muted">{escape(kind)}</span><div>{escape(words.explanation)}</div>'
        )
        if finding.kind is not FindingKind.MISSING:
            for span in finding.evidence[:2]:
                target = next((i for place, i in starts if place.overlaps(span)), None)
                place = place_text(report.document, span, language)
                where = f" ({place})" if place else ""
                link = (
                    f' <a href="#s{target}" target="_self">{escape(word("page", "show_in_text", language))}</a>'
                    if target is not None
                    else ""
                )
                parts.append(f"<blockquote>{escape(report.quote(span)[:400])}{escape(where)}{link}</blockquote>")
        for key, text in (("ask", words.ask), ("wording", words.wording), ("source", words.source)):
            if text:
                parts.append(f'<div class="muted"><b>{escape(word("report", key, language))}</b>: {escape(text)}</div>')
        parts.append("</div>")
    return f'<div class="ca">{"".join(parts)}</div>' if parts else ""


def show_checklist(report: Report, language: str) -> None:
    """One line per category, with what silence means."""
    catalogue = load_catalogue()
    rows = []
    for checked in report.checklist:
        category = catalogue.categories[checked.category]
        silence = category.law[language] if checked.status is Status.MISSING else ""
        rows.append(
            {
                word("report", "category", language): category.name[language],
                word("report", "status", language): f"{STATUS_MARKS[checked.status]} {word('status', checked.status.value, language)}",
                word("report", "quote", language): report.quote(checked.evidence[0])[:240] if checked.evidence else silence,
            }
        )
    st.dataframe(pd.DataFrame(rows), hide_index=True, height=min(1500, 36 * (len(rows) + 1)), key=f"checklist-{report.document.sha256}")


def show_times(report: Report, language: str) -> None:
    """Service levels per priority, then every duration of the contract."""
    st.subheader(word("report", "levels", language))
    heads = [word("report", "priority", language), *(category_name(c, language) for c in LEVEL_CATEGORIES)]
    levels = [dict(zip(heads, level_cells(report, level, language), strict=True)) for level in report.service_levels]
    st.dataframe(pd.DataFrame(levels, columns=heads), hide_index=True, key=f"levels-{report.document.sha256}")
    st.subheader(word("report", "durations", language))
    rows = [
        {
            word("page", "role", language): role_name(r["role"], language),
            word("page", "duration", language): r["duration"],
            "ISO 8601": r["iso"],
            word("page", "calendar", language): word("calendar", r["calendar"], language),
            word("page", "anchor", language): r["anchor"],
            word("page", "sentence", language): r["sentence"],
            word("report", "page", language): r["page"],
        }
        for r in duration_records(report)
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key=f"durations-{report.document.sha256}")


def show_comparison(reports: list[Report], language: str) -> None:
    if len(reports) < 2:
        st.caption(word("page", "compare_hint", language))
        return
    st.markdown(compare_reports(tuple(reports), language=language).to_markdown())


def show_downloads(report: Report, source: bytes | None, language: str) -> None:
    """Files are built when they are asked for."""
    stem = Path(report.document.name or "contract").stem
    offers = [("JSON", "json", "application/json"), ("CSV", "csv", "text/csv"), ("HTML", "html", "text/html"), ("Markdown", "md", "text/markdown"),
              (word("page", "tables_xlsx", language), "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
              (word("page", "requests_docx", language), "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]  # fmt: skip
    if report.document.media_type == "application/pdf":
        offers.append((word("page", "marked_pdf", language), "pdf", "application/pdf"))
    for label, format, mime in offers:

        def build(format: str = format) -> str | bytes:
            return report.render(format, language, source=source)

        try:
            st.download_button(label, build, file_name=f"{stem}.{format}", mime=mime, key=f"download-{format}", on_click="ignore")
        except AnalyzerError as error:
            st.caption(f"{label}: {error}")


def show_training(report: Report | None, language: str) -> None:
    """Train on labelled files and corrections, show what changed, and let the person decide whether to use the result."""

    def t(key: str) -> str:
        return word("page", key, language)

    st.write(t("train_intro"))
    uploads = st.file_uploader(t("train_files"), type=["jsonl", "json", "csv", "spacy"], accept_multiple_files=True, key="labelled")
    base = data_folder()
    with_base = st.checkbox(t("train_base"), value=base is not None, disabled=base is None, key="with_base")
    corrections = edit_labels(report, language) if report is not None else []
    if corrections:
        content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in corrections)
        st.download_button(
            t("train_download"), content, file_name="corrections.jsonl", mime="application/jsonl", key="download-corrections"
        )
    if st.button(t("train_run"), key="train", type="primary"):
        try:
            rows = [row for item in uploads or () for row in read_upload(item.name, item.getvalue())] + corrections
            if not rows:
                st.info(t("train_nothing"))
                return
            bar = st.progress(0.0)
            digest = hashlib.sha256(json.dumps(rows, sort_keys=True, default=str).encode()).hexdigest()[:8]
            out = Path("models") / f"mine-{digest}"
            train(rows, out=out, base=base if with_base else None, progress=lambda stage, share: bar.progress(min(1.0, share), text=stage))
            bar.empty()
            st.session_state["trained"] = str(out)
        except AnalyzerError as error:
            st.error(escape_markdown(str(error)))
    trained = st.session_state.get("trained")
    if trained and (Path(trained) / "manifest.json").is_file():
        st.success(t("train_saved").format(path=trained))
        show_scores(Path(trained), language)
        if st.button(t("train_use"), key="use-trained"):
            st.session_state["model"] = trained
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


def edit_labels(report: Report, language: str) -> list[dict[str, Any]]:
    """Show the rows of the contract, unsure ones first, and return those whose labels were changed."""
    st.subheader(word("page", "train_corrections", language))
    names = [*load_catalogue().categories, *(["other"] if "other" not in load_catalogue().categories else [])]
    order = sorted(range(len(report.clauses)), key=lambda i: (not any(x.uncertain for x in report.clauses[i].labels), i))
    # The base table is fixed for the document; feeding edits back into it would lose every second one.
    base = pd.DataFrame(
        {
            "id": order,
            "text": [report.clauses[i].sentence.text for i in order],
            "labels": [list(report.clauses[i].categories) for i in order],
        }
    )
    edited = st.data_editor(
        base,
        hide_index=True,
        num_rows="fixed",
        disabled=["id", "text"],
        height=360,
        column_config={"id": None, "labels": st.column_config.MultiselectColumn("labels", options=names, width="medium")},
        key=f"labels-{report.document.sha256}",
    )
    changed = []
    for before, after, index in zip(base["labels"], edited["labels"], base["id"], strict=True):
        chosen = list(after) or ["other"]
        if set(chosen) != set(before):
            sentence = report.clauses[index].sentence
            chosen = [c for c in chosen if c != "other"] or ["other"]
            changed.append(
                {"text": sentence.text, "labels": chosen, "heading": list(sentence.heading_path), "doc": report.document.sha256[:12],
                 "language": sentence.language, "kind": sentence.kind.value}
            )  # fmt: skip
    return changed


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
    st.dataframe(pd.DataFrame(rows), hide_index=True, key=f"scores-{folder.name}")


if __name__ == "__main__":
    main()
