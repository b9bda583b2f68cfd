"""Checklist and risk rules over clauses."""

from __future__ import annotations

from analyzer.assessment.catalogue import Catalogue, Category, Risk, WeakRule, load_catalogue
from analyzer.assessment.checklist import assess_checklist, checklist_findings
from analyzer.assessment.messages import Message, render_finding
from analyzer.assessment.risks import assess_risks
from analyzer.assessment.roles import assign_roles

__all__ = [
    "Catalogue",
    "Category",
    "Message",
    "Risk",
    "WeakRule",
    "assess_checklist",
    "assess_risks",
    "assign_roles",
    "checklist_findings",
    "load_catalogue",
    "render_finding",
]
