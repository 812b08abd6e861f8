"""The WTForms form of a definition."""

from __future__ import annotations

import pytest

from forms import bank
from forms.binding import bind
from forms.build import build_form
from surveys.languages import Speaker
from tests.forms.factories import TODAY, a_form, a_question, a_text, posted, some_choices, some_rows

ENGLISH = Speaker("en")


def test_each_asked_question_has_a_field_of_its_name() -> None:
    form = a_form(a_question("note", "n"), a_question("number", "a"), a_question("long_text", "b", settings={"quote": True}))
    assert list(build_form(form, "en", ENGLISH)(posted())._fields) == ["a", "b", "b/quote"]


def test_the_fields_speak_the_language_of_the_form_and_offer_the_marks() -> None:
    form = a_form(a_question("choice", choices=some_choices("a"), unknown=True, refuse=True, hint=a_text("Ayuda", "Help")))
    field = build_form(form, "en", ENGLISH)(posted())["q"]
    assert (field.label.text, field.description) == ("Question q", "Help")
    assert [(choice.value, choice.label) for choice in field.choices] == [
        ("a", "The a"),
        ("~unknown", "I do not know"),
        ("~refused", "I prefer not to answer"),
    ]


def test_rows_of_a_battery_have_the_names_that_the_page_sends() -> None:
    form = a_form(a_question("battery", rows=some_rows("x", "y"), refuse=True))
    battery = build_form(form, "en", ENGLISH)(posted(q__x="3"))["q"]
    assert [field.name for field in battery] == ["q/x", "q/y"]
    assert battery.data == {"x": "3", "y": None}
    assert battery.form["x"].choices[-1].label == "I prefer not to answer"


def test_problems_stand_at_their_fields() -> None:
    form = build_form(a_form(a_question("number", "a"), a_question("battery", "b", rows=some_rows("x"))), "en", ENGLISH)
    sent = form(posted(a="x", b__x="9"))
    assert not sent.validate(TODAY)
    assert sent["a"].errors == ["“x” is not a number. Write digits only, with a point for decimals: 12 or 12.5."]
    assert sent.field_at("b/x").errors == ["“9” is not on the scale. Choose one of the points shown."]


def test_a_form_without_problems_gives_the_answers() -> None:
    form = build_form(a_form(a_question("number", "a")), "en", ENGLISH)(posted(a="4"))
    assert form.validate(TODAY)
    assert form.read(TODAY).answers == {"a": 4.0}


@pytest.mark.parametrize("name", bank.names())
def test_every_instrument_can_be_built(name: str) -> None:
    form = build_form(bind(bank.instrument(name), some_choices("police", "church")), "es", Speaker("es"))(posted())
    assert form["group"].label.text == "¿A qué grupo pertenece usted?"
