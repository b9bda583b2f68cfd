from __future__ import annotations

import pytest
import spacy

from analyzer.errors import UnknownLanguageError
from analyzer.types import LANGUAGES, Duration

TEXTS = {
    "fr": ("Selon l'art. 5 al. 2, le délai de réaction est de 4 heures ouvrées. Il court dès l'annonce.", "4 heures ouvrées"),
    "de": ("Gemäss Ziff. 3.1 beträgt die Reaktionszeit 4 Arbeitsstunden. Sie läuft ab Meldung.", "4 Arbeitsstunden"),
    "it": ("Ai sensi dell'art. 1 il tempo di reazione è di 4 ore lavorative. Decorre dalla segnalazione.", "4 ore lavorative"),
    "en": ("Pursuant to Sec. 5 the response time is 4 business hours. It starts on notice.", "4 business hours"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_components_on_blank_pipelines(language: str) -> None:
    nlp = spacy.blank(language)
    for name in ("clause_sentences", "clause_quantities", "clause_labels"):
        nlp.add_pipe(name)
    text, words = TEXTS[language]
    doc = nlp(text)
    assert len(list(doc.sents)) == 2
    (span,) = [s for s in doc.spans["quantities"] if isinstance(s._.quantity, Duration)]
    assert span.text == words and span._.quantity.iso == "PT4H"
    first = next(iter(doc.sents))
    assert "reaction_time" in {label.category for label in first._.clause_labels}


def test_other_languages_are_refused() -> None:
    with pytest.raises(UnknownLanguageError):
        spacy.blank("es").add_pipe("clause_sentences")


def test_empty_doc() -> None:
    nlp = spacy.blank("fr")
    nlp.add_pipe("clause_sentences")
    nlp.add_pipe("clause_quantities")
    assert len(nlp("").spans["quantities"]) == 0
