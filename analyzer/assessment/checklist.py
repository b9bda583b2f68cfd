"""The checklist: per category present, weak or missing, with the sentences that prove it."""

from __future__ import annotations

from functools import cache

from analyzer.assessment.catalogue import Catalogue, Category, WeakRule, load_catalogue
from analyzer.assessment.passages import Passage
from analyzer.assessment.phrases import Group, fold_text, read_groups
from analyzer.resources import read_toml
from analyzer.settings import Settings
from analyzer.types import (
    LANGUAGES,
    Checked,
    Clause,
    Document,
    Finding,
    FindingKind,
    SentenceKind,
    Severity,
    Side,
    Span,
    Status,
)

_MOST_EVIDENCE = 12
_MOST_NEAREST = 3
#: What the page shows in grey: a passage under this probability is not near at all.
_LEAST_PROBABILITY = 0.08

_MISSING_SEVERITY = {"essential": Severity.HIGH, "recommended": Severity.MEDIUM, "optional": Severity.LOW}


def assess_checklist(
    clauses: tuple[Clause, ...], document: Document, *, settings: Settings | None = None, unread_pages: bool = False
) -> tuple[Checked, ...]:
    """Tell for every category whether the contract regulates it, and whether it binds.

    Parameters
    ----------
    clauses : tuple of Clause
        In document order, with roles assigned.
    document : Document
        The document they stand in.
    settings : Settings, optional
        The user's own rules.
    unread_pages : bool, default=False
        Whether pages could not be read. The status says "missing" all the same, but `checklist_findings` will not call it a defect.

    Returns
    -------
    tuple of Checked
        One per category, in the order of the taxonomy, `other` left out.
    """
    settings = settings or Settings()
    catalogue = load_catalogue(settings.rules)
    by_category: dict[str, list[Clause]] = {}
    for clause in clauses:
        for name in dict.fromkeys(clause.categories):
            by_category.setdefault(name, []).append(clause)
    return tuple(
        _check(category, by_category.get(category.id, []), clauses, catalogue, settings, unread_pages)
        for category in catalogue.categories.values()
        if category.id != "other"
    )


def _check(
    category: Category, found: list[Clause], clauses: tuple[Clause, ...], catalogue: Catalogue, settings: Settings, unread_pages: bool
) -> Checked:
    body = [clause for clause in found if clause.sentence.kind is not SentenceKind.HEADING]
    if not body:
        # A heading alone announces and regulates nothing; it is the nearest passage there is.
        nearest = tuple(clause.sentence.span for clause in found) or _nearest(category, clauses)
        return Checked(category.id, Status.MISSING, reasons=("unread_pages",) if unread_pages else (), nearest=nearest[:_MOST_NEAREST])
    rules = [rule for rule in catalogue.weak_rules.values() if rule.category == category.id]
    passages = [_passage(clause, settings, catalogue) for clause in body] if rules else []
    reasons: list[str] = []
    evidence: list[Span] = []
    for rule in rules:
        weak = _weak(rule, passages)
        if weak:
            reasons.append(rule.id)
            evidence.extend(body[index].sentence.span for index in weak)
    if reasons:
        unique = tuple(dict.fromkeys(sorted(evidence)))
        return Checked(category.id, Status.WEAK, unique[:_MOST_EVIDENCE], tuple(reasons))
    return Checked(category.id, Status.PRESENT, tuple(clause.sentence.span for clause in body)[:_MOST_EVIDENCE])


def _weak(rule: WeakRule, passages: list[Passage]) -> list[int]:
    """Return the rows that show the fault; none if (scope "category") another row of the category is free of it."""
    faulty = [index for index, passage in enumerate(passages) if rule.when(passage) is not None]
    if rule.scope == "category" and len(faulty) < len(passages):
        return []
    return faulty


def _passage(clause: Clause, settings: Settings, catalogue: Catalogue) -> Passage:
    sentence = clause.sentence
    language = sentence.language if sentence.language in LANGUAGES else "en"
    return Passage(
        text=sentence.text,
        language=language,
        categories=frozenset(clause.categories),
        heading_path=sentence.heading_path,
        kind=sentence.kind,
        quantities=clause.quantities,
        settings=settings,
        phrases=catalogue.phrases,
    )


def _nearest(category: Category, clauses: tuple[Clause, ...]) -> tuple[Span, ...]:
    """Return passages that come closest: by the probability of the label where the classifier gives it, else by words."""
    scored = [
        (label.probability, clause.sentence.span)
        for clause in clauses
        for label in clause.labels
        if label.category == category.id and label.probability >= _LEAST_PROBABILITY
    ]
    if not scored:
        group = _keywords().get(category.id)
        if group is None:
            return ()
        for clause in clauses:
            count = len(set(group.matches(fold_text(clause.sentence.text), clause.sentence.language)))
            if count:
                scored.append((float(count), clause.sentence.span))
    scored.sort(key=lambda pair: (-pair[0], pair[1]))
    return tuple(span for _, span in scored[:_MOST_NEAREST])


@cache
def _keywords() -> dict[str, Group]:
    return read_groups(read_toml("checklist.toml").get("keywords", {}), where="checklist.toml: keywords")


def checklist_findings(checked: tuple[Checked, ...], *, settings: Settings | None = None) -> tuple[Finding, ...]:
    """Turn the checklist into findings.

    A missing clause weighs by its category where silence harms the customer; where it is neutral, or the law is better than most
    clauses, it is information. Where pages were not read, nothing is called missing.

    Parameters
    ----------
    checked : tuple of Checked
        From `assess_checklist`.
    settings : Settings, optional
        Side and the user's own rules.
    """
    settings = settings or Settings()
    catalogue = load_catalogue(settings.rules)
    findings: list[Finding] = []
    for line in checked:
        category = catalogue.categories[line.category]
        if line.status is Status.MISSING and "unread_pages" not in line.reasons:
            findings.append(
                Finding(
                    rule=f"missing_{category.id}",
                    kind=FindingKind.MISSING,
                    category=category.id,
                    severity=_severity_of_silence(category, settings.side),
                    evidence=(),
                    params=(("silence", category.silence), ("weight", category.weight)),
                )
            )
        elif line.status is Status.WEAK:
            severity = Severity.MEDIUM if category.weight == "essential" else Severity.LOW
            findings.extend(
                Finding(rule=reason, kind=FindingKind.WEAK, category=category.id, severity=severity, evidence=line.evidence)
                for reason in line.reasons
                if reason in catalogue.weak_rules
            )
    return tuple(findings)


def _severity_of_silence(category: Category, side: Side) -> Severity:
    # What the law gives the customer is no gap of the provider's either: both are told, neither is alarmed.
    if category.silence != "harmful" or side is Side.PROVIDER:
        return Severity.INFO
    return _MISSING_SEVERITY[category.weight]
