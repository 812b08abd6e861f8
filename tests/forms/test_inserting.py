"""An instrument put into a form keeps its meaning, and the form keeps its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forms import bank
from forms.check import check
from forms.codec import load
from forms.definition import FormDefinition, Scale
from forms.inserting import inserted, left_behind, taken_out
from forms.wording import Text
from tests.forms.factories import a_form, a_question, a_text

INSTRUMENT = load(
    """
name: use
title: {es: Uso, en: Use}
languages: [es, en]
words: {topic: {es: el canon, en: the canon}, idle: {es: nada, en: nothing}}
scales:
  agree: {lo: 1, hi: 5, labels: {1: {es: Nada de acuerdo, en: Do not agree}, 5: {es: Muy de acuerdo, en: Fully agree}}}
  times: {lo: 0, hi: 2}
sections:
  - name: who
    questions:
      - {name: group, kind: choice, of_groups: true, label: {es: Grupo, en: Group}}
  - name: main
    questions:
      - {name: used, kind: scale, scale: times, label: {es: Usé algo sobre {topic}, en: I used something on {topic}}}
      - {name: how, kind: long_text, show_if: used >= 1, label: {es: ¿Cómo?, en: How?}}
      - {name: trust, kind: scale, scale: agree, label: {es: Confío, en: I trust}}
""".replace(
        "{es: Usé algo sobre {topic}, en: I used something on {topic}}", "{es: 'Usé algo sobre {topic}', en: 'I used something on {topic}'}"
    )
)


def names(form: FormDefinition) -> list[tuple[str, list[str]]]:
    return [(section.name, [question.name for question in section.questions]) for section in form.sections]


def test_questions_are_put_after_one_at_the_end_of_a_section_or_in_sections_of_their_own() -> None:
    form = a_form(a_question("yes_no", "one"), a_question("yes_no", "two"))
    assert names(inserted(form, INSTRUMENT, after="one").form) == [("main", ["one", "used", "how", "trust", "two"])]
    assert names(inserted(form, INSTRUMENT, section="main").form) == [("main", ["one", "two", "used", "how", "trust"])]
    assert names(inserted(form, INSTRUMENT).form) == [("main", ["one", "two"]), ("main_2", ["used", "how", "trust"])]


def test_names_that_are_taken_get_a_number_and_conditions_follow() -> None:
    found = inserted(a_form(a_question("yes_no", "used"), a_question("yes_no", "used_2")), INSTRUMENT)
    assert found.questions == ("used_3", "how", "trust")
    how = found.form.question("how")
    assert how is not None
    assert how.show_if == "used_3 >= 1"
    assert "The question “used” is called “used_3” here: the form had a question of that name." in map(str, found.notes)
    assert [problem for problem in check(found.form) if problem.blocks] == []


def test_a_scale_that_says_the_same_is_shared_and_another_of_that_name_is_renamed() -> None:
    shared = inserted(a_form(a_question("yes_no", "one")), INSTRUMENT).form
    assert [scale.name for scale in shared.scales] == ["agree", "ten", "times"]
    other = inserted(a_form(a_question("yes_no", "one"), scales=(Scale("agree", 1, 7),)), INSTRUMENT)
    assert [(scale.name, scale.hi) for scale in other.form.scales] == [("agree", 7), ("agree_2", 5), ("times", 2)]
    trust = other.form.question("trust")
    assert trust is not None
    assert trust.scale == "agree_2"
    assert "The scale “agree” is called “agree_2” here." in map(str, other.notes)


def test_words_are_carried_where_they_are_needed_and_never_changed() -> None:
    form = a_form(a_question("yes_no", "one"))
    assert inserted(form, INSTRUMENT).form.words == (("topic", Text.of({"es": "el canon", "en": "the canon"})),)
    mine = (("topic", a_text("el agua", "water")),)
    assert inserted(replace(form, words=mine), INSTRUMENT).form.words == mine


def test_the_question_for_the_group_comes_only_when_a_question_about_groups_needs_it() -> None:
    empty = a_form(a_question("yes_no", "one"))
    assert "group" not in inserted(empty, INSTRUMENT).questions
    found = inserted(empty, bank.instrument("trust_facets"))
    assert found.questions[0] == "group"
    again = inserted(found.form, bank.instrument("trust"))
    assert "group" not in again.questions
    assert "Left out, because the form has it already or does not need it: “group”." in map(str, again.notes)
    assert [problem for problem in check(again.form) if problem.blocks] == []


def test_there_is_never_a_second_own_code() -> None:
    both = inserted(bank.instrument("trust"), bank.instrument("follow_up")).form
    assert [question.name for question in both.questions() if question.kind == "own_code"] == ["own"]


def test_languages_that_the_form_does_not_speak_are_left_out_and_those_it_lacks_are_told() -> None:
    form = replace(a_form(a_question("yes_no", "one")), languages=("es", "qu"))
    found = inserted(form, INSTRUMENT)
    trust = found.form.question("trust")
    assert trust is not None
    assert trust.label.as_dict() == {"es": "Confío"}
    assert [str(note) for note in found.notes][:2] == [
        "Left out, because the form does not speak it: “en”.",
        "The new questions still lack their words in “qu”.",
    ]


@pytest.mark.parametrize("first", bank.names())
@pytest.mark.parametrize("second", bank.names())
def test_any_two_instruments_of_the_bank_go_together(first: str, second: str) -> None:
    form = inserted(bank.instrument(first), bank.instrument(second)).form
    assert [problem for problem in check(form) if problem.blocks] == []


def test_what_is_taken_out_has_only_what_it_needs() -> None:
    part = taken_out(INSTRUMENT, ["trust"])
    assert (names(part), [scale.name for scale in part.scales], part.words) == ([("main", ["trust"])], ["agree"], ())
    assert [name for name, _ in taken_out(INSTRUMENT, ["used"]).words] == ["topic"]


def test_a_condition_on_a_question_left_behind_is_told() -> None:
    assert left_behind(INSTRUMENT, ["how", "trust"]) == [("how", "used")]
    assert left_behind(INSTRUMENT, ["used", "how"]) == []
