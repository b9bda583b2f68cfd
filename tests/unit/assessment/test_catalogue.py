from __future__ import annotations

import pytest

from analyzer.assessment import assess_risks, load_catalogue
from analyzer.errors import ResourceError
from analyzer.settings import Settings

OWN_RISK = """
[[risk]]
id = "mentions_fax"
categories = ["service_desk"]
severity = "low"
title = { fr = "Fax", de = "Fax", it = "Fax", en = "Fax" }
explanation = { fr = "x", de = "x", it = "x", en = "x" }
ask = { fr = "x", de = "x", it = "x", en = "x" }
wording = { fr = "x", de = "x", it = "x", en = "x" }
when = { all = ["fax"] }
[risk.phrases.fax]
en = ["fax"]
"""


def _write(tmp_path, text):
    path = tmp_path / "rules.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_user_adds_a_risk(tmp_path, make_clauses):
    rules = _write(tmp_path, OWN_RISK)
    found = assess_risks(*make_clauses([("service_desk", "Faults are reported by fax to the office.")]), settings=Settings(rules=rules))
    assert [finding.rule for finding in found] == ["mentions_fax"]
    assert "mentions_fax" not in load_catalogue().risks


def test_a_user_changes_and_disables(tmp_path):
    rules = _write(
        tmp_path,
        '[[risk]]\nid = "vague_commitment"\nseverity = "low"\n[risk.title]\nen = "Vague"\n'
        '[[risk]]\nid = "indexation"\nenabled = false\n'
        '[[category]]\nid = "insurance"\nweight = "essential"\n'
        '[[rule]]\nid = "fees_without_figure"\nenabled = false\n',
    )
    catalogue = load_catalogue(rules)
    assert catalogue.risks["vague_commitment"].severity == "low"
    assert catalogue.risks["vague_commitment"].title["en"] == "Vague"
    assert catalogue.risks["vague_commitment"].title["fr"] == load_catalogue().risks["vague_commitment"].title["fr"]
    assert "indexation" not in catalogue.risks
    assert catalogue.categories["insurance"].weight == "essential"
    assert "fees_without_figure" not in catalogue.weak_rules
    assert catalogue.sha256 != load_catalogue().sha256


def test_an_edited_file_is_read_again(tmp_path):
    rules = _write(tmp_path, '[[risk]]\nid = "indexation"\nseverity = "high"\n')
    assert load_catalogue(rules).risks["indexation"].severity == "high"
    _write(tmp_path, '[[risk]]\nid = "indexation"\nseverity = "medium"\n')
    assert load_catalogue(rules).risks["indexation"].severity == "medium"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no toml", "Cannot read"),
        ("[surprise]\na = 1", "surprise"),
        ('[[risk]]\nid = "indexation"\nseverity = "fatal"', "severity"),
        ('[[risk]]\nid = "indexation"\ncolour = "red"', "colour"),
        ('[[risk]]\nid = "indexation"\ncategories = ["weather"]', "weather"),
        ('[[risk]]\nid = "indexation"\nwhen = { sounds_bad = 1 }', "sounds_bad"),
        ('[[risk]]\nid = "brand_new"\ncategories = ["fees"]\nseverity = "low"\nwhen = { no_quantity = ["money"] }', "title"),
        ('[[risk]]\nseverity = "low"', "id"),
        ('[[risk]]\nid = "missing_annex"\ncheck = "crystal_ball"', "crystal_ball"),
        ('[[rule]]\nid = "fees_without_figure"\ncategory = "weather"', "weather"),
        ('[[category]]\nid = "fees"\nsilence = "golden"', "silence"),
    ],
)
def test_faulty_files_are_refused(tmp_path, text, message):
    with pytest.raises(ResourceError, match=message):
        load_catalogue(_write(tmp_path, text))


def test_missing_file(tmp_path):
    with pytest.raises(ResourceError, match=r"absent\.toml"):
        load_catalogue(str(tmp_path / "absent.toml"))


def test_texts_never_give_a_verdict():
    for risk in load_catalogue().risks.values():
        for language, words in {"en": ("abusive",), "fr": ("abusi",), "de": ("missbräuchlich",), "it": ("abusiv",)}.items():
            text = " ".join((risk.title[language], risk.explanation[language], risk.ask[language])).lower()
            assert not any(word in text for word in words)
