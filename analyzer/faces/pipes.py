"""spaCy components on blank pipelines: sentence boundaries for legal text, quantities, clause labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc, Span

if TYPE_CHECKING:
    from collections.abc import Callable


def _language_of(nlp: Language) -> str:
    from analyzer.errors import UnknownLanguageError
    from analyzer.types import LANGUAGES

    if nlp.lang not in LANGUAGES:
        raise UnknownLanguageError(f"No rules for the pipeline language {nlp.lang!r}", hint='spacy.blank("fr"), "de", "it" or "en"')
    return str(nlp.lang)


@Language.factory("clause_sentences", assigns=["token.is_sent_start", "doc.sents"])
def make_clause_sentences(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Set sentence starts by the rules for legal text."""
    language = _language_of(nlp)

    def component(doc: Doc) -> Doc:
        from analyzer.structure import split_sentences

        starts: set[int] = set()
        offset = 0
        for block in doc.text.split("\n\n"):
            starts |= {span.start for span in split_sentences(block, language=language, offset=offset)}
            offset += len(block) + 2
        for token in doc:
            # A sentence may begin inside a token of spaCy ("Ende.Neu"); then the token that holds it starts the sentence.
            token.is_sent_start = token.i == 0 or any(position in starts for position in range(token.idx, token.idx + max(1, len(token))))
        return doc

    return component


@Language.factory("clause_quantities")
def make_clause_quantities(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Fill `doc.spans["quantities"]`; the value of each is in `span._.quantity`."""
    language = _language_of(nlp)
    if not Span.has_extension("quantity"):
        Span.set_extension("quantity", default=None)

    def component(doc: Doc) -> Doc:
        from analyzer.quantities import find_quantities

        spans: list[Span] = []
        for quantity in find_quantities(doc.text, language=language):
            span = doc.char_span(quantity.span.start, quantity.span.end, label=type(quantity).__name__, alignment_mode="expand")
            if span is not None:
                span._.quantity = quantity
                spans.append(span)
        doc.spans["quantities"] = spans
        return doc

    return component


@Language.factory("clause_labels", requires=["doc.sents"], default_config={"model": None})
def make_clause_labels(nlp: Language, name: str, model: str | None) -> Callable[[Doc], Doc]:
    """Set `span._.clause_labels` on each sentence; needs sentence boundaries, e.g. by `clause_sentences`."""
    language = _language_of(nlp)
    if not Span.has_extension("clause_labels"):
        Span.set_extension("clause_labels", default=())
    state: dict[str, Any] = {}

    def component(doc: Doc) -> Doc:
        from analyzer.api import Analyzer, default_analyzer

        analyzer = state.setdefault("analyzer", Analyzer(model) if model else default_analyzer())
        sentences = list(doc.sents)
        labels = analyzer.classify([sentence.text.strip() or " " for sentence in sentences], language=language, consecutive=True)
        for sentence, found in zip(sentences, labels, strict=True):
            sentence._.clause_labels = found
        return doc

    return component
