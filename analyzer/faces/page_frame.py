"""What Streamlit lacks: links that open the tab of their target, the uploader in four languages, a layout for narrow windows."""

from __future__ import annotations

import json

import streamlit as st

from analyzer.report.export_html import STYLE
from analyzer.report.words import word

#: A link to a row opens its tab, scrolls, and shows the place; Streamlit cannot do that from Python (its issue 636). The script is the same
#: for every contract and holds no word of one. Unsaved corrections make the browser ask before the page is left.
_SCRIPT = """
if (!window.clauseLinks) {
  window.clauseLinks = true;
  const show = (target) => {
    document.querySelectorAll(".ca .here").forEach((row) => row.classList.remove("here"));
    target.classList.add("here");
    target.tabIndex = -1;
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  };
  const seen = (id) => {
    const target = document.getElementById(id);
    return target && target.getClientRects().length ? target : null;
  };
  const wait = (id, tries) => {
    const target = seen(id);
    if (target) show(target);
    else if (tries) setTimeout(wait, 50, id, tries - 1);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest && event.target.closest('.ca a[href^="#s"]');
    if (!link) return;
    event.preventDefault();
    const id = link.getAttribute("href").slice(1);
    // What stands in another tab is absent or not drawn; the text stands in the first one.
    if (!seen(id)) document.querySelector('[role="tab"]').click();
    wait(id, 100);
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("[data-unsaved]")) event.preventDefault();
  });
}
"""

_STYLE = """
[data-testid="stMainBlockContainer"] { padding-top: 2.5rem; padding-bottom: 2rem; max-width: 1600px; }
h1 { font-size: 2rem !important; }
[data-testid="stFileUploaderDropzone"] [data-testid="stBaseButton-secondary"] p { font-size: 0; }
[data-testid="stFileUploaderDropzone"] [data-testid="stBaseButton-secondary"] p::after { font-size: 1rem; content: CHOOSE; }
[data-testid="stMainBlockContainer"] h1 { padding-top: 0; }
[data-testid="stFileUploaderDropzoneInstructions"] span { font-size: 0; }
[data-testid="stFileUploaderDropzoneInstructions"] span::after { font-size: .875rem; content: LIMIT; }
.ca.summary { display: flex; flex-wrap: wrap; gap: .2em 2em; font-size: 1.05rem; }
@media (max-width: 640px) {
  h1 { font-size: 1.4rem !important; }
  [data-testid="stMainBlockContainer"] { padding-left: .6rem; padding-right: .6rem; }
  .ca .tag { float: none; display: block; margin: 0; }
  .ca .finding { padding: .4em .6em; }
}
"""


def draw_frame(language: str, limit_mb: int) -> None:
    """Put the style and the script into the page.

    Parameters
    ----------
    limit_mb : int
        Largest upload in megabytes, for the words below the upload button.
    """
    style = _STYLE.replace("CHOOSE", json.dumps(word("page", "choose_files", language), ensure_ascii=False))
    style = style.replace("LIMIT", json.dumps(word("page", "upload_limit", language).format(size=limit_mb), ensure_ascii=False))
    st.html(f"<style>{STYLE}{style}</style>")
    st.html(f"<script>{_SCRIPT}</script>", unsafe_allow_javascript=True)
