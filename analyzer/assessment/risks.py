"""Risks: formulations that should not be signed unread, found by rules over located wording, with the words shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from itertools import pairwise

from analyzer.assessment.catalogue import Risk, load_catalogue
from analyzer.assessment.document_rules import Whole
from analyzer.assessment.passages import Match, Passage
from analyzer.assessment.phrases import fold_text
from analyzer.assessment.roles import assign_roles
from analyzer.settings import Settings
from analyzer.types import LANGUAGES, Clause, Document, Finding, FindingKind, Quantity, SentenceKind, Side, Span

#: Rows of a broken sentence that are read together at most.
_MOST_ROWS = 3
#: A row of fewer characters is a title, whatever its kind.
_SHORTEST = 28
#: ... unless it is a sentence after all: so many words and a full stop ("Swiss law applies here.").
_FEWEST_WORDS = 4
#: A list item longer than this says by itself what it means.
_LONGEST_ITEM = 400


def assess_risks(
    clauses: tuple[Clause, ...], document: Document, *, settings: Settings | None = None, with_roles: bool = False
) -> tuple[Finding, ...]:
    """Find risky formulations, then combinations and gaps over the whole document.

    Parameters
    ----------
    clauses : tuple of Clause
        In document order.
    document : Document
        Its text is what the evidence points into.
    settings : Settings, optional
        Side, thresholds and the user's own rules.
    with_roles : bool, default=False
        The durations have the roles they should have. By default roles are assigned here where they are missing.

    Returns
    -------
    tuple of Finding
        In reading order, document-level findings last. For the provider's side only those gaps that hurt both sides.
    """
    settings = settings or Settings()
    catalogue = load_catalogue(settings.rules)
    if not with_roles:
        clauses = assign_roles(clauses)
    risks = [risk for risk in catalogue.risks.values() if risk.when is not None]
    whole = Whole(clauses, document, settings, phrases=catalogue.phrases)
    findings = list(_sentence_findings(whole, _Risks(risks)))
    findings.sort(key=lambda finding: (finding.evidence[0].start, finding.rule))
    whole.findings = tuple(findings)
    for risk in catalogue.risks.values():
        if risk.check is None or (settings.side is Side.PROVIDER and not risk.both_sides):
            continue
        match = risk.check(whole)
        if match is not None:
            findings.append(Finding(risk.id, FindingKind.RISK, risk.categories[0], risk.severity, match.evidence, match.params))
    if settings.side is Side.PROVIDER:
        both = {risk.id for risk in catalogue.risks.values() if risk.both_sides}
        findings = [finding for finding in findings if finding.rule in both]
    return tuple(findings)


# ------------------------------------------------------------------------------------------------ sentences


class _Risks:
    """The rules for sentences, found by the labels that they need."""

    def __init__(self, risks: list[Risk]) -> None:
        self._risks = risks
        self._free = [number for number, risk in enumerate(risks) if risk.needs.labels is None]
        self._by_label: dict[str, list[int]] = {}
        for number, risk in enumerate(risks):
            for label in risk.needs.labels or ():
                self._by_label.setdefault(label, []).append(number)
        self._by_labels: dict[tuple[frozenset[str], frozenset[str]], list[tuple[Risk, str, tuple[frozenset[int], ...]]]] = {}

    def _for_labels(self, passage: Passage) -> list[tuple[Risk, str, tuple[frozenset[int], ...]]]:
        """Return the rules that the labels of a passage allow, in their order, each with its id and the words that it needs."""
        key = passage.categories, passage.heading_categories
        known = self._by_labels.get(key)
        if known is None:
            numbers = set(self._free)
            for label in key[0] | key[1]:
                numbers.update(self._by_label.get(label, ()))
            allowed = [self._risks[number] for number in sorted(numbers)]
            known = self._by_labels[key] = [(risk, risk.id, risk.needs.groups) for risk in allowed]
        return known

    def firing(self, passage: Passage, pieces: Sequence[_Piece], known: Set[str] = frozenset()) -> Iterator[tuple[Risk, Match]]:
        """Yield the rules that hold on a passage, in their order; those in `known` are not asked again."""
        candidates = passage.candidates
        filled = False
        for risk, name, needed in self._for_labels(passage):
            if name in known:
                continue
            for groups in needed:
                if groups.isdisjoint(candidates):
                    break
            else:
                assert risk.when is not None
                if not filled:
                    # Most passages are read by no rule at all.
                    passage.quantities, filled = _quantities_of(pieces), True
                match = risk.when(passage)
                if match is not None:
                    yield risk, match


@dataclass(frozen=True, slots=True)
class _Piece:
    """A clause as a part of a passage: where its text starts there."""

    clause: Clause
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.clause.sentence.text)


def _quantities_of(pieces: Sequence[_Piece]) -> tuple[Quantity, ...]:
    """Return the quantities of the parts of a passage, counted from its start."""
    return tuple(
        replace(item, span=item.span.shifted(piece.start - piece.clause.sentence.span.start))
        for piece in pieces
        for item in piece.clause.quantities
    )


def _sentence_findings(whole: Whole, risks: _Risks) -> Iterator[Finding]:
    builder = _Builder(whole)
    fired: list[set[str]] = []
    for index in range(len(whole.clauses)):
        found: set[str] = set()
        fired.append(found)
        if builder.bare(index):
            continue
        passage, pieces = builder.passage([index])
        for risk, match in risks.firing(passage, pieces):
            found.add(risk.id)
            yield _finding(risk, passage, pieces, match)
    for rows in builder.joined_rows():
        passage, pieces = builder.passage(rows)
        known = set().union(*(fired[row] for row in rows))
        for risk, match in risks.firing(passage, pieces, known):
            # Words on both sides of a break are what the rows alone could not show.
            if len(_touched(match, pieces)) > 1:
                for row in rows:
                    fired[row].add(risk.id)
                yield _finding(risk, passage, pieces, match)
    for lead, item in builder.list_items():
        passage, pieces = builder.passage([lead, item])
        for risk, match in risks.firing(passage, pieces, fired[item] | fired[lead]):
            if len(_touched(match, pieces)) > 1:
                fired[item].add(risk.id)
                yield _finding(risk, passage, pieces[1:], match)


class _Builder:
    """Makes passages of clauses, with what the headings above say."""

    def __init__(self, whole: Whole) -> None:
        self.whole = whole
        self.clauses = clauses = whole.clauses
        self._memo: dict[str, dict[int, bool]] = {}
        self._text = ""
        self._headings: dict[str, frozenset[str]] = {
            clause.sentence.text.strip(): frozenset(clause.categories) - {"other"}
            for clause in clauses
            if clause.sentence.kind is SentenceKind.HEADING
        }

    def passage(self, rows: list[int]) -> tuple[Passage, list[_Piece]]:
        """Return a passage, without its quantities as long as no rule asks, and its parts."""
        pieces: list[_Piece] = []
        position = 0
        for row in rows:
            pieces.append(_Piece(self.clauses[row], position))
            position = pieces[-1].end + 1
        last = pieces[-1].clause.sentence
        language = last.language if last.language in LANGUAGES else "en"
        above = last.heading_path[-1].strip() if last.heading_path else ""
        passage = Passage(
            text=" ".join(piece.clause.sentence.text for piece in pieces),
            language=language,
            categories=frozenset(category for piece in pieces for category in piece.clause.categories),
            heading_categories=self._headings.get(above, frozenset()),
            heading_path=last.heading_path,
            kind=last.kind,
            settings=self.whole.settings,
            document=self._whole_text,
            document_memo=self._memo.setdefault(language, {}),
            phrases=self.whole.phrases,
            # What a row by itself may say is asked for by the rules over the document too.
            _candidates=self.whole.candidates(rows[0]) if len(rows) == 1 else None,
        )
        return passage, pieces

    def _whole_text(self) -> str:
        self._text = self._text or fold_text("\n".join(clause.sentence.text for clause in self.clauses))
        return self._text

    def bare(self, row: int) -> bool:
        """Whether a row only announces: a heading, or a few words without a figure ("4. Exclusive remedy.")."""
        sentence = self.clauses[row].sentence
        if sentence.kind is SentenceKind.HEADING:
            return True
        text = sentence.text.strip()
        if len(text) >= _SHORTEST or self.clauses[row].quantities or sentence.kind is SentenceKind.TABLE_ROW:
            return False
        words = sum(1 for word in text.split() if word[0].isalpha())
        return words < _FEWEST_WORDS or not text.endswith(".")

    def joined_rows(self) -> Iterator[list[int]]:
        """Rows that a line break has cut: the first ends without punctuation and both are running text."""
        running = (SentenceKind.SENTENCE, SentenceKind.LIST_ITEM)
        breaks = {
            index
            for index, (first, second) in enumerate(pairwise(self.clauses))
            if first.sentence.kind in running
            and second.sentence.kind is SentenceKind.SENTENCE
            and first.sentence.text.rstrip()[-1:] not in (".", ";", ":", "!", "?", "|", "")
            and len(first.sentence.text) > 25
        }
        for index in sorted(breaks):
            yield [index, index + 1]
        for index in sorted(breaks):
            if index + 1 in breaks:
                yield list(range(index, index + _MOST_ROWS))

    def list_items(self) -> Iterator[tuple[int, int]]:
        """Pairs of a lead-in ("The provider is not liable for:") and each item of its list."""
        lead: int | None = None
        for index, clause in enumerate(self.clauses):
            sentence = clause.sentence
            if lead is not None and sentence.kind is SentenceKind.LIST_ITEM and not sentence.text.rstrip().endswith(":"):
                if len(sentence.text) <= _LONGEST_ITEM:
                    yield lead, index
            elif sentence.text.rstrip().endswith(":") and sentence.kind is not SentenceKind.TABLE_ROW:
                lead = index
            else:
                lead = None


def _touched(match: Match, pieces: list[_Piece]) -> list[tuple[_Piece, int, int]]:
    """Return per piece the stretch of it, in the passage, that holds words of the match."""
    touched: list[tuple[_Piece, int, int]] = []
    for piece in pieces:
        spans = [span for span in match.spans if span.start < piece.end and span.end > piece.start]
        if spans:
            start = max(piece.start, min(span.start for span in spans))
            end = min(piece.end, max(span.end for span in spans))
            touched.append((piece, start, end))
    return touched


def _finding(risk: Risk, passage: Passage, pieces: list[_Piece], match: Match) -> Finding:
    evidence: list[Span] = []
    for piece, start, end in _touched(match, pieces) or [(pieces[-1], pieces[-1].start, pieces[-1].end)]:
        sentence = piece.clause.sentence
        if len(sentence.text) != sentence.span.end - sentence.span.start or end - start < 3:
            evidence.append(sentence.span)
        else:
            start, end = _whole_words(passage.text, start, end, piece)
            evidence.append(Span(start - piece.start + sentence.span.start, end - piece.start + sentence.span.start))
    severity = next((grade for grade, when in risk.graded if when(passage) is not None), risk.severity)
    category = next((category for category in risk.categories if category in passage.categories), risk.categories[0])
    return Finding(risk.id, FindingKind.RISK, category, severity, tuple(evidence), match.params)


def _whole_words(text: str, start: int, end: int, piece: _Piece) -> tuple[int, int]:
    while start > piece.start and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < piece.end and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end
