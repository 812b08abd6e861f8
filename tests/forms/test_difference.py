"""The difference between two versions, as a list of changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from forms.codec import difference
from forms.definition import FormDefinition, Question, Scale
from forms.difference import effects, turned_series
from forms.wording import Text
from surveys.languages import Speaker
from tests.forms.factories import AGREE, a_form, a_question, a_text, some_choices, some_rows

OLD = a_form(a_question("scale", "a"), a_question("choice", "b", choices=some_choices("x", "y")), a_question("number", "c"))
A, B, C = OLD.questions()


def changes(new: FormDefinition, old: FormDefinition = OLD) -> list[tuple[str, str]]:
    return [(change.what, change.place) for change in difference(old, new)]


def test_equal_forms_have_no_difference() -> None:
    assert difference(OLD, OLD) == []


def test_questions_are_added_and_removed() -> None:
    assert changes(a_form(A, B, a_question("day", "d"))) == [("removed", "questions.c"), ("added", "questions.d")]


def test_questions_and_options_in_another_order() -> None:
    assert changes(a_form(B, A, C)) == [("reordered", "questions")]
    assert changes(a_form(A, replace(B, choices=B.choices[::-1]), C)) == [("reordered", "questions.b.choices")]


def test_other_words_begin_a_new_series_and_a_missing_translation_does_not() -> None:
    (reworded,) = difference(OLD, a_form(replace(A, label=a_text("Otra", "Question a")), B, C))
    assert (reworded.what, reworded.place, reworded.languages, reworded.breaks_series) == ("reworded", "questions.a.label", ("es",), True)
    spanish = a_form(replace(A, label=Text.of({"es": "Pregunta a"})), B, C)
    (translated,) = difference(spanish, OLD)
    assert (translated.what, translated.languages, translated.breaks_series) == ("translated", ("en",), False)


def test_another_scale_is_told_for_each_question_that_uses_it() -> None:
    (change,) = difference(OLD, a_form(A, B, C, scales=(Scale("agree", 1, 7, labels=AGREE.labels), *OLD.scales[1:])))
    assert (change.what, change.place, change.old, change.new, change.breaks_series) == ("rescaled", "questions.a", "1–5", "1–7", True)


def test_a_new_label_of_a_point_is_reworded() -> None:
    labels = ((1, a_text("Nunca", "Do not agree")), AGREE.labels[1])
    assert changes(a_form(A, B, C, scales=(Scale("agree", 1, 5, labels=labels), *OLD.scales[1:]))) == [
        ("reworded", "scales.agree.labels.1")
    ]


def test_another_kind_of_question_is_told_and_breaks() -> None:
    (change,) = difference(OLD, a_form(A, B, a_question("day", "c")))
    assert (change.what, change.old, change.new) == ("retyped", "number", "day")


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (replace(A, show_if="b = 'x'", required="soft"), [("changed", "questions.a.required"), ("changed", "questions.a.show_if")]),
        (replace(A, reverse=True), [("changed", "questions.a.reverse")]),
    ],
)
def test_everything_else_that_changes_is_named(new: object, expected: list[tuple[str, str]]) -> None:
    assert changes(a_form(new, B, C)) == expected


def test_settings_options_and_the_form_itself() -> None:
    limited = replace(C, settings=(("maximum", 9),))
    assert changes(a_form(A, B, limited)) == [("changed", "questions.c.maximum")]
    assert changes(a_form(A, replace(B, choices=some_choices("x", "z")), C)) == [
        ("removed", "questions.b.choices.y"),
        ("added", "questions.b.choices.z"),
    ]
    assert changes(replace(OLD, minutes=5, languages=("en", "es"))) == [("changed", "minutes"), ("reordered", "languages")]


def test_a_change_is_said_in_both_languages() -> None:
    (change,) = difference(OLD, a_form(A, B, a_question("day", "c")))
    english, spanish = change.said(Speaker("en")), change.said(Speaker("es"))
    assert english.startswith("questions.c: from kind number to kind day.")
    assert spanish != english


@pytest.mark.parametrize(
    ("place", "new", "series", "is_decided"),
    [
        ("label", replace(A, label=a_text("Otra", "Question a")), "break", True),
        ("translation", replace(A, label=a_text("Pregunta a", "Other")), "comparable", False),
        ("hint", replace(A, hint=a_text("Piense en hoy")), "note", False),
        ("required", replace(A, required="soft"), "same", False),
        ("unknown", replace(A, unknown=True), "note", False),
        ("who is asked", replace(A, show_if="b = 'x'"), "note", False),
        ("direction", replace(A, reverse=True), "break", True),
        ("scale", replace(A, scale="ten"), "break", False),
    ],
)
def test_each_change_has_a_meaning_for_the_series(place: str, new: Question, series: str, is_decided: bool) -> None:
    changed = a_form(new, B, C)
    found = effects(difference(OLD, changed), changed)
    assert [(one.question, one.series, one.is_decided) for one in found] == [("a", series, is_decided)], place


def test_words_of_a_scale_are_decided_for_each_question_that_uses_it() -> None:
    labels = ((1, a_text("Nunca", "Do not agree")), AGREE.labels[1])
    changed = a_form(A, B, C, scales=(Scale("agree", 1, 5, labels=labels), *OLD.scales[1:]))
    assert [(one.question, one.is_decided) for one in effects(difference(OLD, changed), changed)] == [("a", True)]


def test_a_label_that_a_point_did_not_have_is_decided_too() -> None:
    changed = a_form(A, B, C, scales=(replace(AGREE, labels=(*AGREE.labels, (3, a_text("Regular")))), *OLD.scales[1:]))
    assert [(one.question, one.is_decided) for one in effects(difference(OLD, changed), changed)] == [("a", True)]


def test_another_scale_breaks_whatever_else_is_decided() -> None:
    changed = a_form(replace(A, scale="ten", label=a_text("Otra")), B, C)
    (effect,) = effects(difference(OLD, changed), changed)
    assert (effect.series, effect.is_decided, effect.may_be_decided) == ("break", False, False)


def test_a_question_that_is_gone_ends_its_series() -> None:
    (change,) = difference(OLD, a_form(A, B))
    assert change.told(Speaker("en")) == "Question: removed. Its series ends."


def test_another_scale_of_the_same_points_breaks_where_its_labels_say_something_else() -> None:
    often = Scale("often", 1, 5, labels=((1, a_text("Nunca", "Never")), (5, a_text("Siempre", "Always"))))
    new = a_form(replace(A, scale="often"), B, C, scales=(often, *OLD.scales))
    told = [change for change in difference(OLD, new) if change.place == "questions.a.scale"]
    assert [(change.what, change.languages, change.breaks_series) for change in told] == [("reworded", ("en", "es"), True)]
    same = a_form(replace(A, scale="again"), B, C, scales=(replace(AGREE, name="again"), *OLD.scales))
    assert not [change for change in difference(OLD, same) if change.breaks_series]


def test_words_about_an_answer_that_is_not_valid_break_nothing() -> None:
    (change,) = difference(OLD, a_form(replace(A, message=a_text("Elija", "Choose")), B, C))
    assert not change.breaks_series


PARTS = a_form(
    a_question("battery", "tr", rows=some_rows("x", "y")),
    a_question("before_now", "ca", settings={"before_label": a_text("Antes")}),
    a_question("several", "help", choices=some_choices("x", "y")),
)


@pytest.mark.parametrize(
    ("place", "changed", "ended"),
    [
        ("tr", {"label": a_text("Otra")}, {"tr/x", "tr/y"}),
        ("tr", {"rows": (some_rows("x")[0], replace(some_rows("y")[0], label=a_text("Otra")))}, {"tr/y"}),
        ("tr", {"rows": some_rows("x")}, set()),
        ("ca", {"settings": (("before_label", a_text("Hace un año")),)}, {"ca/before"}),
        ("help", {"choices": (replace(some_choices("x")[0], label=a_text("Otra")), some_choices("y")[0])}, {"help/x"}),
        ("help", {"choices": some_choices("x", "y", "z")}, set()),
    ],
)
def test_a_change_ends_the_series_of_the_parts_that_it_is_about(place: str, changed: dict[str, object], ended: set[str]) -> None:
    section = PARTS.sections[0]
    questions = tuple(replace(one, **changed) if one.name == place else one for one in section.questions)
    found = turned_series(PARTS, replace(PARTS, sections=(replace(section, questions=questions),)))
    assert {key for key, series in found.items() if series == "break"} == ended


def test_a_setting_is_told_in_the_words_that_its_editor_uses() -> None:
    day, number = a_question("day", "d"), a_question("number", "n")
    changed = (replace(day, settings=(("until_today", True),)), replace(number, settings=(("maximum", 9),)))
    told = [change.what_in_words(Speaker("en")) for change in difference(a_form(day, number), a_form(*changed))]
    assert told == ["Not after the day of the answer: changed.", "Maximum: changed."]


def test_other_words_for_a_point_end_the_series_of_all_who_use_the_scale() -> None:
    labels = ((1, a_text("Nunca", "Never")), AGREE.labels[1])
    new = replace(PARTS, scales=(Scale("agree", 1, 5, labels=labels), *PARTS.scales[1:]))
    assert set(turned_series(PARTS, new)) == {"tr/x", "tr/y", "ca/before", "ca/now"}
