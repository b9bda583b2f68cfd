"""The first tab of the page: findings beside the text, and the words that gave a label."""

from __future__ import annotations

from html import escape

import streamlit as st

from analyzer.api import Analyzer, default_analyzer
from analyzer.correction import BY_HAND
from analyzer.report.export_html import SEVERITY_MARKS, render_cards, render_legend, render_text_view
from analyzer.report.export_markdown import escape as escape_markdown
from analyzer.report.model import Report
from analyzer.report.words import category_name, notice_text, word
from analyzer.types import Explanation, Label, Severity, Status

#: Findings on one screen; more would make every rerun slow.
FINDINGS_SHOWN = 60


def show_review(report: Report, language: str) -> None:
    """Findings at the left, the contract with its marks at the right; a link in a finding scrolls to its place."""
    for notice in report.document.notices:
        st.warning(escape_markdown(notice_text(notice, language, report.document)))
    if by_hand := dict(report.provenance).get(BY_HAND):
        st.info(word("page", "corrections_applied", language).format(count=len(by_hand.split())))
    st.html(summary_html(report, language))
    left, right = st.columns([2, 3])
    with left:
        st.session_state.setdefault("severities", [Severity.HIGH, Severity.MEDIUM])
        severities = st.pills(
            word("page", "filter_severity", language),
            [Severity.HIGH, Severity.MEDIUM, Severity.LOW],
            selection_mode="multi",
            format_func=lambda s: f"{SEVERITY_MARKS[s.value]} {word('severity', s.value, language)}",
            key="severities",
        )
        chosen = [f for f in report.findings if f.severity in (severities or ())]
        if len(chosen) > FINDINGS_SHOWN:
            st.caption(word("page", "findings_cut", language).format(shown=FINDINGS_SHOWN, all=len(chosen)))
        with st.container(height=720, key="cards"):
            st.html(
                render_cards(report, chosen[:FINDINGS_SHOWN], language)
                or f'<p class="ca">{escape(word("page", "no_findings", language))}</p>'
            )
    with right:
        found = sorted(
            {c for clause in report.clauses for c in clause.categories if c != "other"}, key=lambda c: category_name(c, language)
        )
        only = st.multiselect(
            word("page", "filter_category", language), found, format_func=lambda c: category_name(c, language), key="only", placeholder="…"
        )
        st.html(render_legend(language))
        with st.container(height=680, key="text"):
            st.html(render_text_view(report, language, only=frozenset(only) if only else None))
        show_why(report, language)
    st.caption(word("report", "disclaimer", language))


def summary_html(report: Report, language: str) -> str:
    """Return one line of counts: findings by severity, and clauses of the checklist by status."""
    parts = []
    for severity in (Severity.HIGH, Severity.MEDIUM, Severity.LOW):
        count = sum(f.severity is severity for f in report.findings)
        parts.append(f"{SEVERITY_MARKS[severity.value]} <b>{count}</b> {escape(word('severity', severity.value, language))}")
    findings = " · ".join(parts)
    parts = []
    for status in (Status.PRESENT, Status.WEAK, Status.MISSING):
        count = sum(c.status is status for c in report.checklist)
        parts.append(f"<b>{count}</b> {escape(word('status', status.value, language))}")
    return (
        f'<div class="ca summary"><div>{escape(word("report", "findings", language))}: {findings}</div>'
        f"<div>{escape(word('page', 'clauses', language))}: {' · '.join(parts)}</div></div>"
    )


def show_why(report: Report, language: str) -> None:
    """Colour the words of a chosen row by what they say for and against its labels; doubtful rows come first."""
    key = f"why-{report.document.sha256}"  # a choice belongs to its contract
    with st.expander(word("page", "why", language), expanded=st.session_state.get(key) is not None):
        labelled = [i for i, clause in enumerate(report.clauses) if clause.categories != ("other",)]
        labelled.sort(key=lambda i: not any(label.uncertain for label in report.clauses[i].labels))

        def title(i: int) -> str:
            names = ", ".join(category_name(c, language) for c in report.clauses[i].categories)
            return f"{report.clauses[i].sentence.text[:90]} · {names}"

        chosen = st.selectbox(word("page", "why_row", language), labelled, index=None, format_func=title, key=key, placeholder="…")
        if chosen is None:
            return
        clause = report.clauses[chosen]
        model = st.session_state.get("model")
        analyzer = Analyzer(model) if model else default_analyzer()
        for label in clause.labels:
            if label.category not in analyzer.model.categories:
                continue  # set by hand: this model has no words for it
            (why,) = analyzer.explain(
                clause.sentence.text, heading=clause.sentence.heading_path, language=clause.sentence.language, category=label.category
            )
            st.html(why_html(clause.sentence.text, why, label, language))
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
