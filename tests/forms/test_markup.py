"""Emphasis and nothing else: what was no emphasis looks as it always did, and nothing of it can run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from forms.check import check, mismatches
from forms.definition import Choice, FormDefinition, Question, Section
from forms.markup import as_html, cleaned, emphasis, has_html, plain, plain_text, without_html
from forms.questions import columns
from forms.wording import Text


@pytest.mark.parametrize(
    ("words", "drawn", "alone"),
    [
        ("**Sí** o *no*", "<strong>Sí</strong> o <em>no</em>", "Sí o no"),
        ("*a **b** c*", "<em>a <strong>b</strong> c</em>", "a b c"),
        (r"5 \* 3 y \*esto\*", "5 * 3 y *esto*", "5 * 3 y *esto*"),
        ("*Ñawpaq* kʼanchay", "<em>Ñawpaq</em> kʼanchay", "Ñawpaq kʼanchay"),
    ],
)
def test_stars_emphasise(words: str, drawn: str, alone: str) -> None:
    assert as_html(words) == drawn
    assert plain(words) == alone


@pytest.mark.parametrize(
    "words",
    [
        "Obligatorio *",
        "2 * 3 * 4",
        "tr_open, __init__ y ____",
        "x < 3 & y > 4",
        "&amp;",
        "# título",
        "1. uno",
        "[a](https://example.org)",
        "`x`",
        r"C:\n",
        "“comillas” 'y' \"otras\"",
    ],
)
def test_what_is_no_emphasis_looks_as_it_always_did(words: str) -> None:
    assert as_html(words) == escape(words)
    assert plain(words) == words
    assert emphasis(words) == ()


def test_a_line_break_is_drawn_where_there_is_room_for_it() -> None:
    assert as_html("Uno <b>\n\n*dos*", lines=True) == "Uno &lt;b&gt;<br><br><em>dos</em>"
    assert "<br>" not in as_html("Uno\ndos")


@given(st.text(alphabet="*\\ ab<>&'\"\n_éя", max_size=40))
def test_no_text_makes_any_tag_but_those_of_emphasis(words: str) -> None:
    drawn = str(as_html(words, lines=True))
    for tag in ("<strong>", "</strong>", "<em>", "</em>", "<br>"):
        drawn = drawn.replace(tag, "")
    assert "<" not in drawn
    assert ">" not in drawn


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("<b>Hola</b>", "Hola"),
        ("Hola<script>alert(1)</script>", "Hola"),
        ('<img src=x onerror="alert(1)">2 < 3', "2 < 3"),
        ("<style>p{}</style>A &amp; B", "A & B"),
    ],
)
def test_html_is_taken_out(words: str, left: str) -> None:
    assert has_html(words)
    assert without_html(words) == left


@pytest.mark.parametrize("words", ["x < y > z", "<nombre>", "a<b", "&lt;b&gt;", "<3"])
def test_angle_brackets_that_are_no_html_stay(words: str) -> None:
    assert without_html(words) == words


# Forms


def a_form(label: dict[str, str], words: dict[str, dict[str, str]] | None = None) -> FormDefinition:
    question = Question("age", "number", Text.of(label))
    said = tuple((name, Text.of(text)) for name, text in (words or {}).items())
    title = Text.of(dict.fromkeys(label, "Título"))
    return FormDefinition("mine", title, tuple(label), (Section("main", questions=(question,)),), words=said)


def test_a_form_is_published_without_html_and_the_check_says_where_some_was() -> None:
    form = a_form({"es": "<b>Edad</b>", "en": "Age"})
    assert [(problem.place, problem.blocks) for problem in check(form)] == [("questions.age.label", False)]
    assert next(cleaned(form).questions()).label == Text.of({"es": "Edad", "en": "Age"})
    assert cleaned(replace(form, sections=())) == replace(form, sections=())


def test_emphasis_must_be_the_same_in_every_language() -> None:
    found = check(a_form({"es": "**Su** edad, *hoy*", "en": "*Your* age, **today**", "qu": "Watayki"}))
    assert [(problem.place, problem.fault.values["language"]) for problem in found] == [("questions.age.label", "qu")]
    assert found[0].blocks
    assert "emphasised" in str(found[0].fault)


def test_places_must_be_the_same_in_every_language() -> None:
    words = {"topic": {"es": "agua", "en": "water"}, "year": {"es": "2026", "en": "2026"}}
    found = check(a_form({"es": "¿{topic}?", "en": "{year}?"}, words))
    assert [str(problem.fault) for problem in found] == [
        "The place {topic} is missing in “en”.",
        "The place {year} is in “en” and not in “es”.",
    ]
    assert mismatches(a_form({"es": "¿{topic}?", "en": "{year}?"}, words)) == found


def test_options_that_differ_by_stars_alone_are_told() -> None:
    choices = (Choice("x", Text.of({"es": "**Uno**"})), Choice("y", Text.of({"es": "Uno"})))
    form = a_form({"es": "¿Cuál?"})
    question = Question("which", "choice", Text.of({"es": "¿Cuál?"}), choices=choices)
    found = check(replace(form, sections=(Section("main", questions=(question,)),)))
    assert [problem.place for problem in found] == ["questions.which.choices.y"]


def test_columns_are_labelled_without_stars() -> None:
    (column,) = columns(a_form({"es": "**Edad**"}))
    assert column.label == Text.of({"es": "Edad"})
    assert plain_text(Text.of({"es": "sin nada"})) == Text.of({"es": "sin nada"})
