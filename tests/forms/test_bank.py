"""The bank holds every item of measures a.4, word for word, in both languages, and nothing about it is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from forms import bank, schema
from forms.binding import bind
from forms.check import check
from forms.codec import dump, load, placed
from forms.definition import Choice, FormDefinition
from forms.questions import columns, type_of
from forms.reading import read
from tests.forms.factories import a_text

ROOT = Path(__file__).resolve().parents[2]
GROUPS = (Choice("police", a_text("La Policía", "The police")), Choice("church", a_text("La Iglesia", "The church")))

#: measures.md a.4: instrument, question, Spanish, English, construct, reversed.
ITEMS = Path(__file__).with_name("items.txt").read_text(encoding="utf-8")
SCALES = {"tr_members": (0, 10), "sa_recommend": (0, 10), "ca_used": (0, 2)}
NAMED = {
    "[grupo]": "cada grupo",
    "[group]": "each group",
    "[Grupo]": "Este grupo",
    "[Group]": "This group",
    "[tema]": "{topic}",
    "[topic]": "{topic}",
}


@pytest.mark.parametrize("line", [line for line in ITEMS.split("\n") if line])
def test_every_item_is_there_word_for_word(line: str) -> None:
    instrument, name, es, en, construct, reverse = line.split("|")
    for place, words in NAMED.items():
        es, en = es.replace(place, words), en.replace(place, words)
    form = bank.instrument(instrument)
    question = form.question(name)
    assert question.label.as_dict() == {"es": es, "en": en}
    assert (question.construct, question.reverse) == (construct, reverse == "R")
    scale = form.scale(question.scale)
    assert (scale.lo, scale.hi) == SCALES.get(name, (1, 5))


@pytest.mark.parametrize("name", bank.names())
def test_an_instrument_has_no_problems_bound_or_not(name: str) -> None:
    form = bank.instrument(name)
    assert placed(bank.text_of(name), check(form)) == []
    bound = bind(form, GROUPS)
    assert check(bound) == []
    assert load(dump(bound)) == bound
    assert form.name == name
    assert form.languages == ("es", "en")


@pytest.mark.parametrize("name", bank.names())
def test_every_question_of_the_bank_offers_both_marks(name: str) -> None:
    asked = [question for question in bank.instrument(name).questions() if type_of(question.kind).may_skip]
    assert asked
    assert all(question.unknown and question.refuse for question in asked)


def test_the_labels_are_those_of_the_measures() -> None:
    form = bank.instrument("trust")
    said = {
        name: [" / ".join(words for _, words in sorted(label.words)) for _, label in form.scale(name).labels]
        for name in ("agree", "confidence")
    }
    assert said == {
        "agree": [
            "Do not agree / Nada de acuerdo",
            "A little / Poco",
            "Partly / Regular",
            "Mostly / Bastante",
            "Fully agree / Muy de acuerdo",
        ],
        "confidence": ["None / Ninguna", "A little / Poca", "Some / Regular", "Quite a lot / Bastante", "A lot / Mucha"],
    }


def constructs_of(form: FormDefinition) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column in columns(form):
        found.setdefault(column.construct, []).append(column.key)
    return found


def test_the_constructs_hold_the_items_that_the_measures_say() -> None:
    trust = constructs_of(bind(bank.instrument("trust"), GROUPS))
    assert trust["TRUST"] == ["tr_open", "tr_share", "tr_guard", "tr_fair"]
    assert trust["TRUST_BETWEEN"] == ["tr/police", "tr/church"]
    capacity = constructs_of(bank.instrument("capacity"))
    assert capacity["CAPACITY_THEN"] == ["ca_needs/before", "ca_project/before", "ca_dialogue/before"]
    assert capacity["CAPACITY_NOW"] == ["ca_needs/now", "ca_project/now", "ca_dialogue/now"]
    assert len(constructs_of(bank.instrument("capacity_vp"))["CAPACITY_NOW"]) == 4
    follow_up = constructs_of(bank.instrument("follow_up"))
    assert [len(follow_up[name]) for name in ("LEARNING", "ACCESS", "COALITION")] == [2, 3, 3]
    assert constructs_of(bank.instrument("workshop_feedback"))["PROCESS"] == ["sa_useful", "sa_time", "sa_voice", "sa_facil"]


def test_the_shared_items_of_both_capacity_instruments_are_the_same() -> None:
    short, long = bank.instrument("capacity"), bank.instrument("capacity_vp")
    assert list(short.questions()) == [question for question in long.questions() if question.name != "ca_vp"]


def test_trust_asks_about_every_group_but_ones_own() -> None:
    assert [row.show_if for row in bind(bank.instrument("trust"), GROUPS).question("tr").rows] == ["group != 'police'", "group != 'church'"]


def test_the_open_comments_carry_a_quote_tick() -> None:
    asked = [question for question in bank.instrument("workshop_feedback").questions() if question.kind == "long_text"]
    assert [question.setting("quote") for question in asked] == [True, True]


def test_an_instrument_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        bank.instrument("../codec")


# The schema and the documentation


def test_the_published_schema_is_what_the_kinds_say() -> None:
    assert (ROOT / "docs" / "form.schema.json").read_text(encoding="utf-8") == schema.as_text(), (
        "python -m forms.schema > docs/form.schema.json"
    )


VALIDATOR = jsonschema.Draft202012Validator(schema.document_schema())


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.document_schema())


@pytest.mark.parametrize("name", bank.names())
def test_the_bank_is_valid_by_the_published_schema(name: str) -> None:
    assert list(VALIDATOR.iter_errors(read(bank.text_of(name)).data)) == []
    assert list(VALIDATOR.iter_errors(read(dump(bank.instrument(name))).data)) == []


@pytest.mark.parametrize(
    ("old", "new"), [("kind: scale", "kind: scael"), ("reverse: true", "revers: true"), ("lo: 1", "lo: one"), ("es: Poco", "spanish: Poco")]
)
def test_the_schema_refuses_what_the_codec_refuses(old: str, new: str) -> None:
    text = bank.text_of("trust")
    assert old in text
    assert not VALIDATOR.is_valid(read(text.replace(old, new, 1)).data)


def test_the_schema_is_valid_json_in_the_docs() -> None:
    assert json.loads((ROOT / "docs" / "form.schema.json").read_text(encoding="utf-8"))["$schema"].endswith("2020-12/schema")


def the_examples_of_the_documentation() -> list[str]:
    text = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    return [part.split("```")[0] for part in text.split("```yaml\n")[1:] if part.startswith("name:")]


@pytest.mark.parametrize("text", the_examples_of_the_documentation())
def test_the_examples_of_the_documentation_are_forms_without_problems(text: str) -> None:
    assert check(load(text)) == []
    assert VALIDATOR.is_valid(read(text).data)


def test_the_documentation_names_every_kind_setting_and_instrument() -> None:
    text = (ROOT / "docs" / "forms.md").read_text(encoding="utf-8")
    assert the_examples_of_the_documentation()
    named = {kind for kind in schema.document_schema()["$defs"] if kind.startswith("question_")}
    for kind in named:
        type_ = type_of(kind.removeprefix("question_"))
        assert f"| `{type_.kind}` |" in text
        assert all(f"`{setting.name}" in text for setting in type_.settings), type_.kind
    assert all(f"`{name}`" in text for name in bank.names())
