"""Check tells every problem of a definition at once, with its place, its fault and a remedy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from forms.check import check
from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.wording import Text
from tests.forms.factories import AGREE, a_form, a_question, a_text, faults, some_choices, some_rows


def told(*questions: Question, **attributes: Any) -> list[tuple[str, str]]:
    attributes.setdefault("scales", (AGREE,))
    return [one for one in faults(check(a_form(*questions, **attributes))) if one[1] != "No question uses this scale."]


A_GROUP = a_question("choice", "group", of_groups=True)


def test_a_sound_form_has_no_problems() -> None:
    assert told(A_GROUP, a_question("scale", construct="TRUST"), a_question("battery", "tr", of_groups=True)) == []


@pytest.mark.parametrize(
    ("question", "place", "fault"),
    [
        (a_question("scale", "Bad name"), "questions.Bad name.name", "“Bad name” cannot be a name."),
        (a_question("scale", ""), "questions..name", "The name is missing."),
        (a_question("scale", "round"), "questions.round.name", "“round” is a name with a meaning of its own."),
        (a_question("scale", "and"), "questions.and.name", "“and” is a name with a meaning of its own."),
        (a_question("scale", "group"), "questions.group.kind", "“group” is kept for who answers."),
        (a_question("choice", "circle", choices=some_choices("inner")), "questions.circle.choices.inner", "“inner” is not a circle."),
        (Question("q", "scael", label=a_text("Hola")), "questions.q.kind", "There is no kind of question called “scael”."),
        (a_question("scale", label=Text()), "questions.q.label", "The question has no words."),
        (a_question("scale", label=Text.of({"es": "Hola"})), "questions.q.label", "There are no words in “en”."),
        (a_question("scale", hint=Text.of({"en": "Help"})), "questions.q.hint", "There are no words in “es”."),
        (
            a_question("scale", label=Text.of({"es": "a", "en": "b", "qu": "c"})),
            "questions.q.label",
            "There are words in “qu”, which is not a language of the form.",
        ),
        (a_question("scale", label=a_text("Sobre {topic}")), "questions.q.label", "The place {topic} is not known."),
        (a_question("scale", scale=""), "questions.q.scale", "The question has no scale."),
        (a_question("scale", scale="agre"), "questions.q.scale", "There is no scale “agre”."),
        (a_question("choice"), "questions.q.choices", "The question has no options."),
        (a_question("battery"), "questions.q.rows", "The question has no rows."),
        (
            a_question("battery", of_groups=True),
            "questions.q.of_groups",
            "It asks about the groups, but the form does not ask for one's own.",
        ),
        (a_question("number", construct="TRUST"), "questions.q.construct", "“construct” means nothing in a question of the kind number."),
        (a_question("note", required="yes"), "questions.q.required", "“required” means nothing in a question of the kind note."),
        (a_question("own_code", refuse=True), "questions.q.refuse", "“refuse” means nothing in a question of the kind own_code."),
        (a_question("yes_no", scale="agree"), "questions.q.scale", "“scale” means nothing in a question of the kind yes_no."),
        (a_question("scale", construct="trust"), "questions.q.construct", "“trust” cannot be the name of a construct."),
        (
            a_question("before_now", construct="CAPACITY_NOW"),
            "questions.q.construct",
            "The construct “CAPACITY_NOW” already names one of the two moments.",
        ),
        (a_question("number", settings={"minimum": 5, "maximum": 2}), "questions.q.minimum", "The smallest, 5, is above the largest, 2."),
        (a_question("day", settings={"earliest": "18/07/2026"}), "questions.q.earliest", "“18/07/2026” is not a date."),
        (a_question("number", settings={"colour": "red"}), "questions.q.colour", "“colour” is not known here."),
        (a_question("number", settings={"minimum": "five"}), "questions.q.minimum", "“five” is not possible here."),
        (a_question("short_text", settings={"maximum": 0}), "questions.q.maximum", "0 is not possible here."),
    ],
)
def test_what_is_wrong_with_a_question(question: Question, place: str, fault: str) -> None:
    assert (place, fault) in told(question)


@pytest.mark.parametrize(
    ("choices", "place", "fault"),
    [
        (some_choices("a", "a"), "questions.q.choices", "“a” is there more than once."),
        ((Choice("a b", a_text("A")),), "questions.q.choices.a b", "“a b” cannot be a value."),
        ((Choice("~refused", a_text("A")),), "questions.q.choices.~refused", "“~refused” cannot be a value."),
        ((Choice("a", Text()),), "questions.q.choices.a", "The option has no words."),
        (
            (Choice("a", a_text("Igual")), Choice("b", a_text(" igual", "Other"))),
            "questions.q.choices.b",
            "“a” and “b” have the same label in “es”.",
        ),
        ((Choice("a", a_text("B")), Choice("b", a_text("C"))), "questions.q.choices.a", "The label of “a” is the value of “b”."),
        ((Choice("a", a_text("No sé", "Hm")),), "questions.q.choices.a", "“No sé” is not an answer: it is counted apart."),
        (
            (Choice("a", a_text("A"), exclusive=True),),
            "questions.q.choices.a",
            "“exclusive” means nothing in a question of the kind choice.",
        ),
    ],
)
def test_what_is_wrong_with_options(choices: tuple[Choice, ...], place: str, fault: str) -> None:
    assert (place, fault) in told(a_question("choice", choices=choices))


@pytest.mark.parametrize("kind", ["several", "ranking"])
def test_parts_with_a_meaning_cannot_be_options(kind: str) -> None:
    expected = ("questions.q.choices", "“comment” has a meaning of its own and cannot be a value here.")
    assert expected in told(a_question(kind, choices=some_choices("comment", "b")))
    assert ("questions.q.rows", expected[1]) in told(a_question("battery", rows=some_rows("comment")))


@pytest.mark.parametrize(
    ("scale", "place", "fault"),
    [
        (Scale("agree", 5, 1), "scales.agree.lo", "The lowest point, 5, is not below the highest, 1."),
        (Scale("agree", 1, 1), "scales.agree.lo", "The lowest point, 1, is not below the highest, 1."),
        (Scale("agree", 0, 10, 3), "scales.agree.step", "Steps of 3 do not lead from 0 to 10."),
        (Scale("agree", 0, 10, 0), "scales.agree.step", "Steps of 0 do not lead from 0 to 10."),
        (Scale("agree", 0, 10**12), "scales.agree.hi", "The scale has too many points."),
        (Scale("agree", 1, 5, labels=((6, a_text("Seis")),)), "scales.agree.labels.6", "The scale has no point 6."),
        (
            Scale("agree", 1, 5, labels=((1, a_text("Poco")), (2, a_text("POCO", "b")))),
            "scales.agree.labels.2",
            "“1” and “2” have the same label in “es”.",
        ),
        (Scale("agree", 1, 5, labels=((1, a_text("5")),)), "scales.agree.labels.1", "The label of point 1 is the number of another."),
        (Scale("agree", 1, 5, labels=((1, Text.of({"es": "Nada"})),)), "scales.agree.labels.1", "There are no words in “en”."),
        (Scale("Agree", 1, 5), "scales.Agree", "“Agree” cannot be a name."),
    ],
)
def test_what_is_wrong_with_a_scale(scale: Scale, place: str, fault: str) -> None:
    assert (place, fault) in told(a_question("scale"), scales=(scale,))


def test_an_unused_scale_is_a_warning_only() -> None:
    problems = check(a_form(a_question("number"), scales=(AGREE,)))
    assert [(problem.place, problem.blocks) for problem in problems] == [("scales.agree", False)]


def test_items_of_a_construct_share_their_scale() -> None:
    ten = Scale("ten", 0, 10)
    found = told(a_question("scale", "a", construct="TRUST"), a_question("scale", "b", construct="TRUST", scale="ten"), scales=(AGREE, ten))
    assert found == [("questions.b.scale", "TRUST has items on different scales: “a” and “b”.")]


def test_the_same_points_under_another_name_are_the_same_scale() -> None:
    again = Scale("again", 1, 5)
    assert (
        told(a_question("scale", "a", construct="T"), a_question("scale", "b", construct="T", scale="again"), scales=(AGREE, again)) == []
    )


def test_a_construct_rated_before_and_now_is_not_rated_once_as_well() -> None:
    found = told(a_question("before_now", "a", construct="CAPACITY"), a_question("scale", "b", construct="CAPACITY_NOW"))
    assert [place for place, _ in found] == ["questions.b.construct"]
    assert told(a_question("before_now", "a", construct="CAPACITY"), a_question("scale", "b", construct="CAPACITY")) == []


def a_conditional(show_if: str) -> list[tuple[str, str]]:
    before = (
        a_question("number", "age"),
        a_question("choice", "job", choices=some_choices("miner", "police")),
        a_question("several", "help", choices=some_choices("maps", "talks")),
        a_question("battery", "tr", rows=some_rows("police")),
        a_question("note", "words"),
    )
    return told(*before, a_question("yes_no", "q", show_if=show_if), a_question("number", "later"))


@pytest.mark.parametrize(
    ("show_if", "place", "fault"),
    [
        ("age >=", "questions.q.show_if:7", "The condition ends too early."),
        ("age > 3 or (job = 'miner'", "questions.q.show_if:26", "A closing parenthesis is missing."),
        ("agee > 3", "questions.q.show_if", "There is no question “agee”."),
        ("q = 1", "questions.q.show_if", "The condition looks at its own question."),
        ("later > 3", "questions.q.show_if", "The condition looks ahead, at “later”."),
        ("words = 1", "questions.q.show_if", "“words” has no answer that a condition could read."),
        ("tr/church > 3", "questions.q.show_if", "“tr” has no part “church”."),
        ("age/now > 3", "questions.q.show_if", "“age” has no part “now”."),
        ("job = 'minr'", "questions.q.show_if", "“job” has no option “minr”."),
        ("selected(help, 'map')", "questions.q.show_if", "“help” has no option “map”."),
        ("help = 'maps'", "questions.q.show_if", "“help” has several parts and no single answer."),
        ("tr > 3", "questions.q.show_if", "“tr” has several parts and no single answer."),
        ("job = 1", "questions.q.show_if", "A text is compared with a number."),
        ("age = '18'", "questions.q.show_if", "A text is compared with a number."),
        ("tr/police < '3'", "questions.q.show_if", "A text is compared with a number."),
        ("age >= 18 and not (job != 2 + 1)", "questions.q.show_if", "A text is compared with a number."),
        ("age = job", "questions.q.show_if", "A text is compared with a number."),
        ("job + 1 > 2", "questions.q.show_if", "A text stands where a number is needed."),
        ("selected(age, '18')", "questions.q.show_if", "selected does not work with “age”."),
        ("selected(help/maps, 'maps')", "questions.q.show_if", "selected does not work with “help/maps”."),
        ("count_selected(job) > 0", "questions.q.show_if", "count_selected does not work with “job”."),
        ("age/2 > 9", "questions.q.show_if", "“age” has no part “2”."),
        ("age = 1" + " or age = 1" * 200, "questions.q.show_if:1101", "The condition is too long."),
    ],
)
def test_what_is_wrong_with_a_condition(show_if: str, place: str, fault: str) -> None:
    assert (place, fault) in a_conditional(show_if)


@pytest.mark.parametrize(
    "show_if",
    [
        "age > 3",
        "job = 'miner'",
        "selected(help, 'maps')",
        "count_selected(help) > 1",
        "selected(job, 'police') or -age < 3",
        "(age > 3) + (job = 'miner') >= 1 and count_selected(help) = tr/police",
        "tr/police < 3",
        "not is_blank(tr)",
        "help/maps = 1",
    ],
)
def test_sound_conditions_are_no_problem(show_if: str) -> None:
    assert a_conditional(show_if) == []


def test_two_questions_that_wait_for_each_other_are_told() -> None:
    found = told(a_question("number", "a", show_if="b > 1"), a_question("number", "b", show_if="a > 1"))
    assert found == [("questions.a.show_if", "The condition looks ahead, at “b”.")]


def test_conditions_of_options_and_rows_are_checked_too() -> None:
    choices = (Choice("a", a_text("A"), show_if="nobody = 1"),)
    rows = (Row("r", a_text("R"), show_if="b = 1"),)
    found = told(a_question("choice", "a", choices=choices), a_question("battery", "b", rows=rows))
    assert [place for place, _ in found] == ["questions.a.choices.a.show_if", "questions.b.rows.r.show_if"]


def test_what_is_wrong_with_the_whole_form() -> None:
    form = FormDefinition("Bad", Text(), ("es", "es", "Español"), (Section("s"), Section("s")), minutes=-1)
    assert {place for place, _ in faults(check(form))} == {"name", "title", "languages", "sections", "sections.s", "minutes"}
    assert ("languages", "The form does not say its languages.") in faults(check(replace(form, languages=())))


def test_two_questions_of_one_name_are_told() -> None:
    assert ("questions", "“q” is there more than once.") in told(a_question("number"), a_question("number"))


def test_one_own_code_is_enough() -> None:
    assert ("questions", "The form asks for the own code more than once.") in told(a_question("own_code", "a"), a_question("own_code", "b"))


def test_all_problems_are_told_at_once() -> None:
    found = told(a_question("scale", "a", scale="x"), a_question("choice", "b"), a_question("number", "c", show_if="z = 1"))
    assert [place for place, _ in found] == ["questions.a.scale", "questions.b.choices", "questions.c.show_if"]


def test_words_for_places_are_known_and_needed() -> None:
    sound = a_question("scale", label=a_text("Sobre {topic}"))
    assert told(sound, words=(("topic", a_text("el canon")),)) == []
    assert ("words.topic", "There are no words for “topic”.") in told(sound, words=(("topic", Text()),))
