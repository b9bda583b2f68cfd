"""The one place where contract text becomes HTML; every word of it is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from analyzer.assessment import load_catalogue
from analyzer.assessment.messages import render_finding
from analyzer.report.export_markdown import LEVEL_CATEGORIES, level_cells
from analyzer.report.frames import duration_records
from analyzer.report.levels import find_vague_cells
from analyzer.report.words import catalogue_of, category_name, notice_text, place_text, role_name, silence_text, word
from analyzer.types import LANGUAGES, Checked, Clause, Duration, Finding, FindingKind, SentenceKind, Severity, Span, Status

if TYPE_CHECKING:
    from analyzer.report.model import Report

#: One colour per group of categories: forty colours cannot be told apart. Contrast of text on them is at least 7:1.
GROUP_COLOURS = {
    "services": "#dcedc8", "levels": "#bbdefb", "money": "#ffe0b2", "protection": "#d1c4e9", "legal": "#f8d7da", "exit": "#cfd8dc",
}  # fmt: skip
SEVERITY_MARKS = {"high": "▲", "medium": "◆", "low": "●", "info": "○"}
STATUS_MARKS = {Status.PRESENT: "✓", Status.WEAK: "≈", Status.MISSING: "✗"}

STYLE = """
.ca { font: 15px/1.55 system-ui, sans-serif; color: inherit; overflow-wrap: anywhere; } .ca a { color: inherit; text-decoration: underline; }
.ca h1, .ca h2, .ca h3 { line-height: 1.25; }
.ca table { border-collapse: collapse; width: 100%; margin: .5em 0 1.5em; overflow-wrap: break-word; } .ca td, .ca th { border: 1px solid #8c959f; padding: .3em .6em; text-align: left; vertical-align: top; }
.ca .status { white-space: nowrap; } .ca .missing .status { font-weight: 600; } .ca .pagebreak { margin: 1.2em 0 .6em; border-top: 1px dashed #8c959f; text-align: right; font-size: 12px; opacity: .75; }
.ca :target, .ca .here { outline: 3px solid #d84315; outline-offset: 2px; }
.ca .row { padding: .15em .5em; margin: .15em 0; border-left: 4px solid transparent; border-radius: 3px; }
.ca .heading { font-weight: 600; margin-top: 1em; } .ca .list_item { margin-left: 1.4em; } .ca .table_row { font-family: ui-monospace, monospace; font-size: 13px; }
.ca .tag { float: right; margin-left: .8em; font-size: 11px; opacity: .85; } .ca .unsure { border-bottom: 1px dashed #666; }
.ca mark { padding: 0 .15em; border-radius: 2px; } .ca mark.duration { background: #fff176; color: #1b1f23; box-shadow: inset 0 -2px 0 #b59b00; }
.ca .risk-high { border-left-color: #b71c1c; } .ca .risk-medium { border-left-color: #e65100; } .ca .risk-low { border-left-color: #9e9d24; }
.ca .finding { border: 1px solid #c9d1d9; border-left-width: 5px; border-radius: 4px; padding: .5em .9em; margin: .6em 0; }
.ca .finding.risk-high { border-left-color: #b71c1c; } .ca .finding.risk-medium { border-left-color: #e65100; } .ca .finding.risk-low { border-left-color: #9e9d24; }
.ca blockquote { margin: .4em 0; padding-left: .8em; border-left: 3px solid #c9d1d9; } .ca .muted { opacity: .8; font-size: 13px; } .ca .wording { font-size: 14px; }
@media (max-width: 640px) { .ca table, .ca tbody, .ca tr, .ca td { display: block; } .ca tr.heads { display: none; } .ca tr { border: 1px solid #8c959f; margin: 0 0 .7em; }
  .ca tr > th { display: block; border: 0; } .ca td { border: 0; padding: .15em .6em; } .ca td[data-head]::before { content: attr(data-head) ": "; font-weight: 600; } }
.ca .legend { display: flex; flex-wrap: wrap; gap: .3em; } .ca .legend span { padding: .1em .5em; margin-right: .5em; border-radius: 3px; }
"""


def _worst(report: Report) -> dict[int, tuple[str, list[str]]]:
    """Map the index of a clause to its worst severity and the titles' rule ids."""
    order = ["high", "medium", "low", "info"]
    found: dict[int, tuple[str, list[str]]] = {}
    for finding in report.findings:
        if finding.kind is FindingKind.MISSING:
            continue
        for span in finding.evidence:
            for index in touched(report, span):
                severity, rules = found.get(index, ("info", []))
                worst = min(severity, finding.severity.value, key=order.index)
                found[index] = (worst, [*rules, finding.rule] if finding.rule not in rules else rules)
    return found


def touched(report: Report, span: Span) -> list[int]:
    """Return the indices of the clauses that a span touches, in order."""
    from bisect import bisect_right

    starts = [clause.sentence.span.start for clause in report.clauses]
    index = max(0, bisect_right(starts, span.start) - 1)
    touched = []
    while index < len(starts) and starts[index] < span.end:
        if report.clauses[index].sentence.span.overlaps(span):
            touched.append(index)
        index += 1
    return touched


def render_text_view(report: Report, language: str, *, only: frozenset[str] | None = None) -> str:
    """Return the contract as HTML: sentences coloured by group, durations marked, risks at the edge.

    Parameters
    ----------
    only : frozenset of str, optional
        Colour these categories alone.
    """
    catalogue = catalogue_of(report)
    worst = _worst(report)
    titles = {finding.rule: render_finding(finding, language, catalogue=catalogue).title for finding in report.findings}
    parts: list[str] = ['<div class="ca">']
    place = ""
    for index, clause in enumerate(report.clauses):
        before, place = place, place_text(report.document, clause.sentence.span, language)
        if place != before:
            parts.append(f'<div class="pagebreak">{escape(place)}</div>')
        categories = [c for c in clause.categories if c != "other" and (only is None or c in only)]
        known = [catalogue.categories[c] for c in categories if c in catalogue.categories]
        colour = GROUP_COLOURS.get(known[0].group, "#eeeeee") if known else ""
        severity, rules = worst.get(index, ("", []))
        classes = ["row", clause.sentence.kind.value]
        if severity:
            classes.append(f"risk-{severity}")
        style = f' style="background:{colour};color:#1b1f23"' if colour else ""
        names = ", ".join(category.name[language] for category in known) or ", ".join(categories)
        unsure = " unsure" if any(label.uncertain for label in clause.labels) else ""
        hint = f' title="{escape(", ".join(titles.get(rule, rule) for rule in rules), quote=True)}"' if rules else ""
        tag = f'<span class="tag{unsure}">{SEVERITY_MARKS.get(severity, "")} {escape(names)}</span>' if names or severity else ""
        parts.append(
            f'<div class="{" ".join(classes)}" id="s{clause.sentence.id}" data-categories="{escape(" ".join(categories), quote=True)}"{style}{hint}>{tag}{_marked(clause, language)}</div>'
        )
    parts.append("</div>")
    return "".join(parts)


def _marked(clause: Clause, language: str) -> str:
    """Return the words of a clause with its durations marked."""
    text, start = clause.sentence.text, clause.sentence.span.start
    parts: list[str] = []
    position = 0
    for quantity in clause.quantities:
        if isinstance(quantity, Duration):
            begin, end = quantity.span.start - start, quantity.span.end - start
            role = quantity.role or ""
            parts.append(escape(text[position:begin]))
            parts.append(
                f'<mark class="duration" data-role="{escape(role, quote=True)}" title="{escape(f"{role_name(role, language)} {quantity.iso}".strip(), quote=True)}">{escape(text[begin:end])}</mark>'
            )
            position = end
    parts.append(escape(text[position:]))
    words = "".join(parts)
    return f"<b>{words}</b>" if clause.sentence.kind is SentenceKind.HEADING else words


def render_legend(language: str) -> str:
    """Return the colours of the groups, with their categories as hint."""
    catalogue = load_catalogue()
    spans = []
    for group, colour in GROUP_COLOURS.items():
        names = ", ".join(c.name[language] for c in catalogue.categories.values() if c.group == group)
        spans.append(
            f'<span style="background:{colour};color:#1b1f23" title="{escape(names, quote=True)}">{escape(word("group", group, language))}</span>'
        )
    return f'<div class="ca"><div class="legend">{"".join(spans)}</div></div>'


def _link(report: Report, span: Span, text: str) -> str:
    """Return the text as a link to the row of the contract where the span stands."""
    rows = touched(report, span)
    return f'<a href="#s{report.clauses[rows[0]].sentence.id}" target="_self">{escape(text)}</a>' if rows else escape(text)


def telling_evidence(report: Report, checked: Checked) -> Span | None:
    """Return the passage that says most about a line of the checklist: one with a time for it, else a sentence rather than a heading."""
    best: tuple[int, Span] | None = None
    for span in checked.evidence:
        clauses = [report.clauses[i] for i in touched(report, span)]
        timed = any(d.role == checked.category for clause in clauses for d in clause.durations)
        plain = any(
            clause.sentence.kind is not SentenceKind.HEADING and (clause.quantities or not clause.sentence.cells) for clause in clauses
        )
        rank = 2 if timed else int(plain)
        if best is None or rank > best[0]:
            best = (rank, span)
    return best[1] if best else None


def render_cards(report: Report, findings: list[Finding], language: str) -> str:
    """Return a card per finding: what it is, why, the passages with links to them, what to ask for, and the source."""
    parts = []
    catalogue = catalogue_of(report)
    for finding in findings:
        words = render_finding(finding, language, wording_language=report.language, catalogue=catalogue)
        severity = finding.severity.value
        parts.append(
            f'<div class="finding risk-{severity}" data-rule="{escape(finding.rule, quote=True)}" data-kind="{finding.kind.value}" '
            f'data-category="{escape(finding.category, quote=True)}"><b>{SEVERITY_MARKS[severity]} {escape(words.title)}</b> '
            f'<span class="muted">{escape(word("severity", severity, language))} · {escape(word("kind", finding.kind.value, language))}</span>'
            f"<div>{escape(words.explanation)}</div>"
        )
        if finding.kind is not FindingKind.MISSING:
            for span in finding.evidence[:2]:
                place = place_text(report.document, span, language)
                where = f" ({escape(place)})" if place else ""
                link = _link(report, span, word("page", "show_in_text", language))
                parts.append(f"<blockquote>{escape(report.quote(span)[:400])}{where} {link}</blockquote>")
        if words.ask and words.ask != words.wording:
            parts.append(f'<div class="wording"><b>{escape(word("report", "ask", language))}</b>: {escape(words.ask)}</div>')
        if words.wording:
            # The sentence goes into the contract, so it speaks the contract's language; a screen reader must know.
            spoken = report.language if report.language in LANGUAGES else language
            parts.append(
                f'<div class="wording"><b>{escape(word("report", "wording", language))}</b>: <span lang="{spoken}">{escape(words.wording)}</span></div>'
            )
        if words.source:
            parts.append(f'<div class="muted"><b>{escape(word("report", "source", language))}</b>: {escape(words.source)}</div>')
        parts.append("</div>")
    return f'<div class="ca">{"".join(parts)}</div>' if parts else ""


def _table(heads: list[str], rows: list[tuple[str, list[str]]]) -> str:
    """Return a table of cells that are HTML already; on a narrow window each row becomes a block, with the heads before its cells.

    Parameters
    ----------
    rows : list of (attributes of the row, its cells)
    """
    lines = []
    for attributes, (first, *cells) in rows:
        rest = "".join(f'<td data-head="{escape(head, quote=True)}">{cell}</td>' for head, cell in zip(heads[1:], cells, strict=True))
        lines.append(f'<tr{attributes}><th scope="row">{first}</th>{rest}</tr>')
    top = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    return f'<div class="ca"><table><tbody><tr class="heads">{top}</tr>{"".join(lines)}</tbody></table></div>'


def render_checklist(report: Report, language: str) -> str:
    """Return the checklist as a table: status, and the passage or what the law says where there is none."""
    catalogue = catalogue_of(report)
    rows = []
    for checked in report.checklist:
        span = telling_evidence(report, checked)
        if span is None:
            words = escape(silence_text(checked.category, language, catalogue)) if checked.status is Status.MISSING else ""
        else:
            place = place_text(report.document, span, language) or word("page", "show_in_text", language)
            words = f"{escape(report.quote(span)[:240])} ({_link(report, span, place)})"
        status = f"{STATUS_MARKS[checked.status]} {word('status', checked.status.value, language)}"
        attributes = f' class="{checked.status.value}" data-category="{escape(checked.category, quote=True)}"'
        rows.append(
            (
                attributes,
                [escape(category_name(checked.category, language, catalogue)), f'<span class="status">{escape(status)}</span>', words],
            )
        )
    return _table([word("report", key, language) for key in ("category", "status", "quote")], rows)


def render_levels(report: Report, language: str) -> str:
    """Return the service levels as a table; every value is a link to its row, and a cell without a value is a dash."""
    vague = find_vague_cells(report.clauses)
    rows = []
    for level in report.service_levels:
        first, *cells = level_cells(report, level, language)
        groups = (level.hours, level.reaction, level.resolution, level.spare, level.uptime)
        spans = [[quantity.span for quantity in group] for group in groups]
        shown = []
        for category, cell, values in zip(LEVEL_CATEGORIES, cells, spans, strict=True):
            links = {report.quote(span): _link(report, span, report.quote(span)) for span in values}
            words = vague.get((level.priority, category))
            shown.append("<br>".join(links.values()) or (_link(report, words, cell) if words and cell else escape(cell)) or "–")
        rows.append(("", [escape(first), *shown]))
    return _table(
        [word("report", "priority", language), *(category_name(c, language, catalogue_of(report)) for c in LEVEL_CATEGORIES)], rows
    )


def render_durations(report: Report, language: str) -> str:
    """Return every duration of the contract as a table, each a link to its row."""
    rows = []
    for record in duration_records(report):
        span = Span(record["start"], record["start"] + len(record["duration"]))
        place = place_text(report.document, span, language)
        where = f" ({escape(place)})" if place else ""
        cells = [
            escape(role_name(record["role"], language, catalogue_of(report))) or "–",
            f'<span title="{escape(record["iso"], quote=True)}">{_link(report, span, record["duration"])}</span>',
            escape(word("calendar", record["calendar"], language)),
            escape(record["anchor"]),
            escape(record["sentence"][:240]) + where,
        ]
        rows.append(("", cells))
    return _table([word("page", key, language) for key in ("role", "duration", "calendar", "anchor", "sentence")], rows)


def render_html(report: Report, language: str) -> str:
    """Return a page that stands alone: no script, nothing fetched."""
    name = escape(report.document.name or report.document.sha256[:12])

    def head(key: str) -> str:
        return escape(word("report", key, language))

    body = [f"<h1>{head('title')}: {name}</h1>", f'<p class="muted">{head("disclaimer")}</p>']
    if report.document.notices:
        body.append(
            f"<h2>{head('notices')}</h2><ul>"
            + "".join(f"<li>{escape(notice_text(n, language, report.document))}</li>" for n in report.document.notices)
            + "</ul>"
        )
    shown = [finding for finding in report.findings if finding.severity is not Severity.INFO]
    body += [f"<h2>{head('findings')}</h2>", render_cards(report, shown, language)]
    body += [f"<h2>{head('checklist')}</h2>", render_checklist(report, language)]
    body += [f"<h2>{head('levels')}</h2>", render_levels(report, language)]
    body += [f"<h2>{head('durations')}</h2>", render_durations(report, language)]
    body.append(f"<h2>{head('text')}</h2>{render_legend(language)}")
    page = "".join(body) + render_text_view(report, language)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title><style>body{{color:#1b1f23;background:#fff;max-width:70em;margin:2em auto;padding:0 1em}}{STYLE}</style></head>'
        f'<body class="ca">{page}</body></html>\n'
    )
