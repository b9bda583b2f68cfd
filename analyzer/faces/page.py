"""The page: upload, findings beside the text, checklist, times, comparison, downloads, retraining.

Contract text lives in the session only: no cache that other visitors share, nothing on disk, and only `report.export_html` turns it into HTML.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import streamlit as st

from analyzer.batch import Content, Failure, analyze_isolated
from analyzer.errors import ASK_PASSWORD, EncryptedDocumentError
from analyzer.faces.page_corrections import apply_corrections
from analyzer.faces.page_frame import draw_frame
from analyzer.faces.page_review import show_review
from analyzer.faces.page_tables import show_checklist, show_comparison, show_downloads, show_times
from analyzer.faces.page_training import show_training
from analyzer.reading import join_names
from analyzer.report.export_markdown import escape as escape_markdown
from analyzer.report.model import Report
from analyzer.report.words import failure_text, word
from analyzer.settings import Settings
from analyzer.types import LANGUAGES, Side

LANGUAGE_NAMES = {"fr": "Français", "de": "Deutsch", "it": "Italiano", "en": "English"}
UPLOAD_TYPES = ["pdf", "docx", "odt", "fodt", "html", "htm", "xhtml", "eml", "txt", "md", "png", "jpg", "jpeg", "tif", "tiff"]
TABS = ("review", "checklist", "times", "compare", "export", "train")
#: Widgets whose options are named in the language of the page. Streamlit knows a choice by its name, and drops it when the name changes.
NAMED_CHOICES = ("side", "sample", "severities", "only")


def samples_folder() -> Path | None:
    """Return the folder of the sample contracts, in the repository or in the installed package."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parent / "data" / "samples", package / "_samples"):
        if folder.is_dir():
            return folder
    return None


def browser_language() -> str:
    """Return the language of the browser where the page speaks it, else French."""
    locale = (st.context.locale or "")[:2].lower()
    return locale if locale in LANGUAGES else "fr"


def keep_choices() -> None:
    """Hand the choices over to the widgets in the new language."""
    for key in list(st.session_state):
        if key in NAMED_CHOICES or str(key).startswith("why-"):
            st.session_state[key] = st.session_state[key]


def main() -> None:
    """Draw the page."""
    st.set_page_config(page_title="Clause analyzer", page_icon="📄", layout="wide")
    if "language" not in st.session_state:
        st.session_state["language"] = browser_language()
    chosen_language = st.segmented_control(
        "Langue / Sprache / Lingua / Language", LANGUAGES, format_func=LANGUAGE_NAMES.__getitem__, required=True, key="language",
        label_visibility="collapsed", on_change=keep_choices, bind="query-params",
    )  # fmt: skip
    language = chosen_language or browser_language()
    draw_frame(language, int(st.get_option("server.maxUploadSize")))
    st.title(word("page", "heading", language))
    st.caption(word("page", "intro", language))
    contracts, side = choose_contracts(language)
    settings = Settings(side=side, language=language)
    reports = analyze_files(contracts, settings, language)
    chosen: int | None = 0
    if len(reports) > 1:
        chosen = st.selectbox(
            word("page", "choose_document", language),
            range(len(reports)),
            format_func=lambda i: reports[i][0].document.name,
            key=f"document{len(reports)}",
        )
    read, source, password = reports[chosen or 0] if reports else (None, None, "")
    report = None if read is None else apply_corrections(read, settings)
    tabs = open_tabs(language)
    if report is None:
        for tab in tabs[:5]:
            tab.caption(word("page", "start", language))
    else:
        with tabs[0]:
            show_review(report, language)
        with tabs[1]:
            show_checklist(report, language)
        with tabs[2]:
            show_times(report, language)
        with tabs[3]:
            show_comparison([apply_corrections(r, settings) for r, _, _ in reports], language)
        with tabs[4]:
            show_downloads(report, source, language, password)
    with tabs[5]:
        show_training(read, language)


def choose_contracts(language: str) -> tuple[list[tuple[str, Content]], Side]:
    """Draw the box with upload, samples and point of view; it stands in the page itself, as a phone hides the sidebar.

    Returns
    -------
    list of (name, content), Side
        A contract of several files has pairs of name and bytes for content.
    """

    def t(key: str) -> str:
        return word("page", key, language)

    names = [item.name for item in st.session_state.get("upload") or ()]
    names += [name for name in (st.session_state.get("sample"),) if name]
    title = f"{t('opened')}: {escape_markdown(', '.join(names))}" if names else t("start")
    with st.expander(title, expanded=not names):
        left, right = st.columns([3, 2])
        uploads = left.file_uploader(t("upload"), type=UPLOAD_TYPES, accept_multiple_files=True, key="upload")
        folder = samples_folder()
        samples = sorted(p.name for p in folder.iterdir() if p.suffix.lstrip(".") in UPLOAD_TYPES) if folder else []
        sample = right.selectbox(t("sample"), ["", *samples], format_func=lambda n: n or t("no_sample"), key="sample")
        side = right.radio(t("side"), [Side.CUSTOMER, Side.PROVIDER], format_func=lambda s: t(s.value), key="side", horizontal=True)
        files = [(item.name, item.getvalue()) for item in uploads or ()]
        contracts: list[tuple[str, Content]] = list(files)
        if len(files) > 1 and left.checkbox(t("together"), key="together", help=t("together_hint")):
            contracts = [(join_names(files), tuple(files))]
    if sample and folder:
        contracts.append((sample, (folder / sample).read_bytes()))
    return contracts, side


def open_tabs(language: str) -> list[st.delta_generator.DeltaGenerator]:
    """Draw the tabs; the open one stays open when the language changes, and with it the names of all."""
    titles = [word("page", f"tab_{name}", language) for name in TABS]
    key = f"tabs-{language}"

    def remember() -> None:
        if (title := st.session_state.get(key)) in titles:
            st.session_state["tab"] = titles.index(title)

    # Tabs follow a default that changes while they are on the screen, against a click that came later: it is fixed per language.
    if st.session_state.get("opened", ("", 0))[0] != language:
        st.session_state["opened"] = (language, st.session_state.get("tab", 0))
    return list(st.tabs(titles, key=key, default=titles[st.session_state["opened"][1]], on_change=remember))


def digest_content(data: Content) -> bytes:
    """Return the sha256 of a contract: of its bytes, or of the names and bytes of its files in their order."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).digest()
    return hashlib.sha256(b"".join(repr(name).encode() + hashlib.sha256(content).digest() for name, content in data)).digest()


def analyze_files(files: list[tuple[str, Content]], settings: Settings, language: str) -> list[tuple[Report, bytes | None, str]]:
    """Analyze what is not yet in this session; every contract in a process that may die alone.

    A PDF that asks for a password gets a field for it. Passwords stay in the session as long as their file does, beside its bytes.

    Returns
    -------
    list of (report, bytes of the only file, password that opened it)
    """
    store: dict[str, Report | Failure] = st.session_state.setdefault("reports", {})
    passwords: dict[str, str] = st.session_state.setdefault("passwords", {})
    model = st.session_state.get("model")
    keys = [hashlib.sha256(repr((name, settings.side, model)).encode() + digest_content(data)).hexdigest() for name, data in files]
    for stale in set(store) - set(keys):
        del store[stale]
    closed = [hashlib.sha256(repr(name).encode() + digest_content(data)).hexdigest() for name, data in files]
    for stale in set(passwords) - set(closed):
        del passwords[stale]
    for key, lock in zip(keys, closed, strict=True):
        given = st.session_state.get(f"password-{lock}")
        if given and given != passwords.get(lock):
            passwords[lock] = given
            if isinstance(store.get(key), Failure):
                del store[key]
    todo = [
        (key, name, data, passwords.get(lock, "")) for key, lock, (name, data) in zip(keys, closed, files, strict=True) if key not in store
    ]
    if todo:
        bar = st.progress(0.0)
        for position, (key, name, data, password) in enumerate(todo):
            bar.progress((position + 0.1) / len(todo), text=word("page", "reading", language).format(name=escape_markdown(name)))
            store[key] = analyze_isolated(name, data, settings=replace(settings, password=password), model=model)
        bar.progress(1.0, text=word("page", "done", language))
        bar.empty()
    found: list[tuple[Report, bytes | None, str]] = []
    for key, lock, (name, data) in zip(keys, closed, files, strict=True):
        result = store[key]
        if isinstance(result, Failure) and result.code == EncryptedDocumentError.code and result.hint == ASK_PASSWORD:
            label = word("page", "password_wrong" if lock in passwords else "password", language).format(name=escape_markdown(name))
            st.text_input(label, type="password", key=f"password-{lock}", autocomplete="off", help=word("page", "password_hint", language))
        elif isinstance(result, Failure):
            st.error(
                f"**{word('page', 'failed', language).format(name=escape_markdown(name))}**. {escape_markdown(failure_text(result.code, result.message, language))}"
            )
        else:
            found.append((result, data if isinstance(data, bytes) else None, passwords.get(lock, "")))
    return found


if __name__ == "__main__":
    main()
