"""Steps that are skipped because something cheaper tells their result: the result is that of taking them."""

from __future__ import annotations

import itertools
import pickle
import random
import re
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.assessment import load_catalogue
from analyzer.assessment.document_rules import _all_needed
from analyzer.assessment.phrases import Group, fold_text
from analyzer.classification.calibration import Calibration
from analyzer.classification.concepts import concept_matcher
from analyzer.classification.context import ContextModel
from analyzer.classification.cues import _cue_list, cue_categories
from analyzer.classification.features import FieldTfidf
from analyzer.classification.masking import mask, mask_aligned
from analyzer.classification.model import ClauseModel
from analyzer.classification.rows import Row
from analyzer.reading import budget, isolation
from analyzer.reading.layout import _ends_sentence, _is_capitals
from analyzer.reading.wire import WireError, load_plain, pack_document, unpack_document
from analyzer.resources import read_toml
from analyzer.resources.literals import leading_literals, required_literals
from analyzer.settings import Limits
from analyzer.structure import _ends_text
from analyzer.structure.contents import _LEADER, _find_leader
from analyzer.structure.headings import _ENDS_LIKE_TEXT, _ends_like_text
from analyzer.structure.language import _count_italian_letters, detect_block_language, score_languages
from analyzer.types import LANGUAGES, Box, Document, Line, Notice, Page, Span

# ------------------------------------------------------------------------------------------------ expressions


@pytest.mark.parametrize("pattern, beginnings", [
    ("client[ei]", ("client",)), ("(?:le |la )?client", ("client", "la ", "le ")), ("(?:le |la )client", ("la ", "le ")), (r"\w*kunde|kunde", ()),
    ("clients?|cli", ("cli",)), ("colou?r", ("colo",)), ("a?b", ()), ("_{3,}", ("_",)), (r"\[(?:x|y)\]", ("[",)), ("(?:a|b)*c", ()), ("(?:a|b)??c", ()),
    ("(?!un)klar", ()), (r"\bTBD", ()), ("x{0,2}y", ()), ("", ()),
])  # fmt: skip
def test_how_an_expression_begins(pattern: str, beginnings: tuple[str, ...]) -> None:
    assert leading_literals(pattern) == beginnings


@pytest.mark.parametrize("pattern, literals", [
    ("_{3,}", ("___",)), ("ab{2}c", ("abb",)), ("x{0,3}yy", ("yy",)), ("p ?[1-3]", ("1", "2", "3")), ("[13-5]a", ("1", "3", "4", "5")),
    ("(?:par|le) (?:km|kilometre)", ("kilometre", "km")), ("[a1]b", ("b",)),
])  # fmt: skip
def test_what_short_expressions_need(pattern: str, literals: tuple[str, ...]) -> None:
    assert required_literals(pattern, shortest=1) == literals


def test_needed_signs_are_not_asked_for_where_letters_may_stand_for_others() -> None:
    assert _all_needed(["_{3,}", "TBD"]) == ("___", "TBD") and _all_needed(["(?i)TBD"]) == ("",) and _all_needed(["x?"]) == ("",)


def _texts(language: str) -> list[str]:
    """Return texts made of the words of all expressions, in an order of chance."""
    chance = random.Random(language)
    words = re.findall(
        r"[^\W\d_]{2,}", " ".join(stem for group in load_catalogue().groups.values() for stem in group.stems.get(language, ()))
    )
    return [fold_text(" ".join(chance.choices([*words, "1", "4 h", "-", ";", "|", "%"], k=14))) for _ in range(150)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_are_found_where_trying_everywhere_finds_them(language: str) -> None:
    found = 0
    texts = _texts(language)
    for group in load_catalogue().phrases._groups.values():
        pattern = group._compile(language).pattern
        if pattern is None:
            continue
        for text in texts:
            expected = [match.span() for match in pattern.finditer(text)]
            assert group.matches(text, language) == expected, (group.name, text)
            assert not expected or group.matches(text, language, likely=True) == expected
            found += bool(expected)
    assert found > 500


def test_a_match_hides_those_that_begin_in_it() -> None:
    group = Group("g", {"fr": ("ab~cd", "cd")})
    assert group.matches("ab x cd cd, xcd", "fr") == [(0, 7), (8, 10)] and group.matches("xab", "fr") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_cues_are_those_whose_expression_matches(language: str) -> None:
    patterns = {
        (n, pattern) for n, name in enumerate(cue_categories()) for pattern in read_toml(f"cues/{language}.toml")["cues"].get(name, ())
    }
    compiled = [(n, re.compile(pattern, re.IGNORECASE)) for n, pattern in patterns]
    cues, hits = _cue_list(language), 0
    for text in [*_texts(language)[:12], "§ 3 prix", "p 1", "art. 5 for", "p1 | 4 h"]:
        expected: dict[int, int] = {}
        for n, pattern in compiled:
            if pattern.search(text):
                expected[n] = expected.get(n, 0) + 1
        assert cues.count(text) == expected, text
        hits += len(expected)
    assert hits


@pytest.mark.parametrize("language", LANGUAGES)
def test_concepts_are_counted_where_they_are_found(language: str) -> None:
    matcher = concept_matcher(language)
    for text in [*_texts(language), "de la", "a", ""]:
        counts: dict[int, int] = {}
        for concept, _, _ in matcher.find(text):
            counts[concept] = counts.get(concept, 0) + 1
        assert matcher.count(text) == counts, text


# ------------------------------------------------------------------------------------------------ lines


@given(st.text(alphabet="aàèòì _x.1\n", max_size=9))
def test_italian_letters(text: str) -> None:
    assert _count_italian_letters(text) == len(re.findall(r"[òì]|\w[àè]\b", text))


@given(st.text(alphabet='etc 1.,;:)"\n·…_v', max_size=14))
def test_ends_of_lines(text: str) -> None:
    assert _ends_like_text(text) == bool(_ENDS_LIKE_TEXT.search(text))
    assert _ends_text(text) == bool(re.search(r"[.!?:;…][\"»”')\]]?\s*$", text))
    assert _ends_sentence(text) == bool(re.search(r"[.!?:;…»”\"')]\s*$", text))
    assert (_find_leader(text) is None) == (_LEADER.search(text) is None)


@given(st.text(alphabet="aBÀÉßⅣ1中 ", max_size=9))
def test_capitals(text: str) -> None:
    letters = [c for c in text if c.isalpha()]
    assert _is_capitals(text) == (len(letters) > 3 and sum(c.isupper() for c in letters) > 0.85 * len(letters))


@given(
    st.lists(
        st.sampled_from([word for words in read_toml("languages.toml")["words"].values() for word in words] + ["xyz", "già", "für"]),
        min_size=9,
    )
)
def test_blocks_that_are_not_scored_speak_no_other_language(words: list[str]) -> None:
    text = " ".join(words).ljust(40, ".")
    scores = score_languages(text)
    best = max(scores, key=lambda language: scores[language])
    for main in LANGUAGES:
        clear = best != main and scores[best] >= 3 and scores[best] > 2.0 * scores[main] + 1
        assert detect_block_language(text, main) == (best if clear else main)


# ------------------------------------------------------------------------------------------------ rows


_PIECES = [
    "1",
    "24",
    "7",
    "/",
    "a@b.ch",
    "www.x",
    "http://x",
    "[x]",
    "<b>",
    "{{n}}",
    "%",
    "pour cent",
    "CHF ",
    "²",
    "2024",
    "1.2.",
    "b) ",
    "Art. 3 ",
    " ",
    "h",
    "\n",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=10).map("".join))
def test_masks_that_are_not_tried_would_change_nothing(text: str) -> None:
    assert mask(text) == mask_aligned(text)[0]


@pytest.mark.parametrize("with_context", [True, False])
def test_labels_of_all_rows_are_those_of_each(with_context: bool) -> None:
    chance = np.random.default_rng(0)
    thresholds = np.asarray([0.3, 0.5, 0.6])
    alone = Calibration(np.ones(3), np.zeros(3), thresholds, (0.1, 0.2))
    among = Calibration(np.ones(3), np.zeros(3), thresholds + 0.1, (0.0, 0.05))
    context = {"context": ContextModel(np.ones(11), 0.0), "context_calibration": among} if with_context else {}
    model = ClauseModel(None, alone, ("a", "b", "c"), **context)  # type: ignore[arg-type]
    rows = [Row("x", doc="d" if n % 3 else "", before="y") for n in range(300)]
    probabilities = chance.random((300, 3)).round(1)
    labels = model.choose_all(rows, probabilities)
    assert labels == [model._choose(p, among if with_context and row.doc else alone) for p, row in zip(probabilities, rows, strict=True)]
    assert len(set(map(len, labels))) > 2 and len({label.uncertain for row in labels for label in row}) == 2
    assert model.choose_all([], np.zeros((0, 3))) == []


def test_rows_under_one_heading_weigh_as_each_alone() -> None:
    paths = [("Prix", "Facturation"), ("Prix",), (), ("Prix", "Facturation"), ("Durée",)]
    rows = [Row("Texte", heading=path) for path in paths]
    for field in ("heading", "outer"):
        features = FieldTfidf(field, "char_wb", (2, 3), min_df=1).fit(rows)
        together = features.transform(rows).toarray()
        assert (together == np.vstack([features.transform([row]).toarray() for row in rows])).all() and together.any()


# ------------------------------------------------------------------------------------------------ reading


def test_a_packed_document_comes_out_as_it_was() -> None:
    lines = (Line(Span(0, 1), Box(1, 1.0, 2.0, 3.5, 4.25), 9.5, True, "heading1"), Line(Span(2, 3)))
    document = Document("n", "m", "s", "a\nb", (Page(1, 5.0, 6.0, lines, ("7",)), Page(2, 0.0, 0.0, ())), (Notice("ocr", "x", 1),))
    kind, packed = load_plain(pickle.dumps(("document", pack_document(document)), 5))
    again = unpack_document(packed)
    assert kind == "document" and again == document and type(again.pages[0].lines[0].box) is Box and type(again.parts[0].span) is Span
    with pytest.raises(WireError):
        unpack_document(packed[:-1])
    with pytest.raises(WireError):
        unpack_document((*packed[:4], [(1, 5.0, 6.0, (), [(0, 1, 9.0, False, "", 1.0)])], (), ()))


def test_the_clock_of_the_processor_is_asked_late_and_seldom(monkeypatch: pytest.MonkeyPatch) -> None:
    wall, worked, asked = 0.0, 0.0, 0

    def clock() -> float:
        nonlocal asked
        asked += 1
        return worked

    monkeypatch.setattr(budget, "clock", clock)
    monkeypatch.setattr(time, "monotonic", lambda: wall)
    deadline = budget.Deadline(10.0)
    for step in itertools.count(1):  # a machine on which the process has half of the processor
        wall, worked = 0.01 * step, 0.005 * step
        if deadline.passed():
            break
    assert 9.9 < worked < 10.1 and asked < 40
    assert budget.Deadline(-1.0).passed()


def test_time_left_for_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    wall = worked = 0.0
    monkeypatch.setattr(budget, "clock", lambda: worked)
    monkeypatch.setattr(time, "monotonic", lambda: wall)
    left = budget.Budget(Limits(timeout_s=10.0))
    assert left.left_for_page(5.0) == 5.0
    wall, worked = 100.0, 1.0  # it waited for the processor
    assert left.left_for_page(5.0) == 5.0 and left.left_for_page(8.0) == pytest.approx(6.0)
    worked = 8.0
    assert left.left_for_page(5.0) == pytest.approx(-1.0)


def test_a_watch_does_not_ask_the_system_before_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Process:
        pid = 1

    class Worker:
        process = Process()

        def kill(self) -> None:
            raise AssertionError

    monkeypatch.setattr(isolation, "_processor_seconds", lambda pid: asked.append(pid) or 0.0)
    watch = isolation._Watch(Worker(), 60.0, 10**9)  # type: ignore[arg-type]
    watch.start()
    watch.end()
    assert asked == [1] and not watch.rang
