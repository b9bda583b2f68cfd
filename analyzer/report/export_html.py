"""The one place where contract text becomes HTML; every word of it is escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from analyzer.assessment import load_catalogue
from analyzer.assessment.messages import render_finding
from analyzer.report.export_markdown import LEVEL_CATEGORIES, level_cells
from analyzer.report.frames import duration_records
from analyzer.report.words import notice_text, word
from analyzer.types import Clause, Duration, FindingKind, SentenceKind, Severity, Span

if TYPE_CHECKING:
    from analyzer.report.model import Report

#: One colour per group of categories: forty colours cannot be told apart. Contrast of text on them is at least 7:1.
GROUP_COLOURS = {
    "services": "#dcedc8", "levels": "#bbdefb", "money": "#ffe0b2", "protection": "#d1c4e9", "legal": "#f8d7da", "exit": "#cfd8dc",
}  # fmt: skip
SEVERITY_MARKS = {"high": "▲", "medium": "◆", "low": "●", "info": "○"}

STYLE = """
.ca { font: 15px/1.55 system-ui, sans-serif; color: #1b1f23; }
.ca h1, .ca h2, .ca h3 { line-height: 1.25; }
.ca table { border-collapse: collapse; width: 100%; margin: .5em 0 1.5em; } .ca td, .ca th { border: 1px solid #c9d1d9; padding: .3em .6em; text-align: left; vertical-align: top; }
.ca .row { padding: .15em .5em; margin: .15em 0; border-left: 4px solid transparent; border-radius: 3px; }
.ca .heading { font-weight: 600; margin-top: 1em; } .ca .list_item { margin-left: 1.4em; } .ca .table_row { font-family: ui-monospace, monospace; font-size: 13px; }
.ca .tag { float: right; margin-left: .8em; font-size: 11px; color: #444; } .ca .unsure { border-bottom: 1px dashed #666; }
.ca mark { padding: 0 .15em; border-radius: 2px; } .ca mark.duration { background: #fff176; color: #1b1f23; box-shadow: inset 0 -2px 0 #b59b00; }
.ca .risk-high { border-left-color: #b71c1c; } .ca .risk-medium { border-left-color: #e65100; } .ca .risk-low { border-left-color: #9e9d24; }
.ca .finding { border: 1px solid #c9d1d9; border-left-width: 5px; border-radius: 4px; padding: .5em .9em; margin: .6em 0; }
.ca .finding.risk-high { border-left-color: #b71c1c; } .ca .finding.risk-medium { border-left-color: #e65100; } .ca .finding.risk-low { border-left-color: #9e9d24; }
.ca blockquote { margin: .4em 0; padding-left: .8em; border-left: 3px solid #c9d1d9; color: #333; } .ca .muted { color: #57606a; font-size: 13px; }
.ca .legend span { padding: .1em .5em; margin-right: .5em; border-radius: 3px; }
"""


def _worst(report: Report) -> dict[int, tuple[str, list[str]]]:
    """Map the index of a clause to its worst severity and the titles' rule ids."""
    order = ["high", "medium", "low", "info"]
    found: dict[int, tuple[str, list[str]]] = {}
    for finding in report.findings:
        if finding.kind is FindingKind.MISSING:
            continue
        for span in finding.evidence:
            for index in _touched(report, span):
                severity, rules = found.get(index, ("info", []))
                worst = min(severity, finding.severity.value, key=order.index)
                found[index] = (worst, [*rules, finding.rule] if finding.rule not in rules else rules)
    return found


def _touched(report: Report, span: Span) -> list[int]:
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
    catalogue = load_catalogue()
    worst = _worst(report)
    parts: list[str] = ['<div class="ca">']
    for index, clause in enumerate(report.clauses):
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
        hint = f' title="{escape(", ".join(rules), quote=True)}"' if rules else ""
        tag = f'<span class="tag{unsure}">{SEVERITY_MARKS.get(severity, "")} {escape(names)}</span>' if names or severity else ""
        parts.append(
            f'<div class="{" ".join(classes)}" id="s{clause.sentence.id}" data-categories="{escape(" ".join(categories), quote=True)}"{style}{hint}>{tag}{_marked(clause)}</div>'
        )
    parts.append("</div>")
    return "".join(parts)


def _marked(clause: Clause) -> str:
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
                f'<mark class="duration" data-role="{escape(role, quote=True)}" title="{escape(f"{role} {quantity.iso}".strip(), quote=True)}">{escape(text[begin:end])}</mark>'
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


def render_html(report: Report, language: str) -> str:
    """Return a page that stands alone: no script, nothing fetched."""
    catalogue = load_catalogue()
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
    body.append(f"<h2>{head('findings')}</h2>")
    for finding in report.findings:
        if finding.severity is Severity.INFO:
            continue
        words = render_finding(finding, language)
        severity = finding.severity.value
        body.append(
            f'<div class="finding risk-{severity}"><b>{SEVERITY_MARKS[severity]} {escape(words.title)}</b> <span class="muted">{escape(word("severity", severity, language))}</span><br>{escape(words.explanation)}'
        )
        body += [f"<blockquote>{escape(report.quote(span))}</blockquote>" for span in finding.evidence[:3]]
        for key, text in (("ask", words.ask), ("wording", words.wording), ("source", words.source)):
            if text:
                body.append(f"<div><b>{head(key)}</b>: {escape(text)}</div>")
        body.append("</div>")
    body.append(f"<h2>{head('checklist')}</h2><table><tr><th>{head('category')}</th><th>{head('status')}</th><th>{head('quote')}</th></tr>")
    for checked in report.checklist:
        quote = escape(report.quote(checked.evidence[0])[:160]) if checked.evidence else ""
        title = escape(catalogue.categories[checked.category].name[language])
        body.append(f"<tr><td>{title}</td><td>{escape(word('status', checked.status.value, language))}</td><td>{quote}</td></tr>")
    heads = [head("priority"), *(escape(catalogue.categories[c].name[language]) for c in LEVEL_CATEGORIES)]
    body.append(f"</table><h2>{head('levels')}</h2><table><tr>" + "".join(f"<th>{h}</th>" for h in heads) + "</tr>")
    for level in report.service_levels:
        body.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in level_cells(report, level, language)) + "</tr>")
    body.append(f"</table><h2>{head('durations')}</h2><table>")
    for record in duration_records(report):
        role = catalogue.categories[record["role"]].name[language] if record["role"] in catalogue.categories else ""
        calendar = word("calendar", record["calendar"], language)
        body.append(
            f"<tr><td>{escape(role)}</td><td>{escape(record['duration'])}</td><td>{record['iso']}</td><td>{escape(calendar)}</td><td>{escape(record['sentence'][:200])}</td></tr>"
        )
    body.append(f"</table><h2>{head('text')}</h2>{render_legend(language)}")
    page = "".join(body) + render_text_view(report, language)
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{name}</title><style>body{{max-width:70em;margin:2em auto;padding:0 1em}}{STYLE}</style></head>'
        f'<body class="ca">{page}</body></html>\n'
    )
