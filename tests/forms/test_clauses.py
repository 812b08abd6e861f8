"""Conditions as clauses from lists, and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.check import check
from forms.clauses import (
    Clause,
    Clauses,
    clauses_from,
    clauses_of,
    document_of,
    expression_of,
    readable_before,
)
from forms.conditions import ConditionError, evaluate, parse
from tests.forms.factories import a_form, a_question, faults, some_choices, some_rows

FORM = a_form(
    a_question("choice", "sector", choices=some_choices("police", "firms", "it"), settings={"other": True}),
    a_question("several", "help", choices=some_choices("maps", "money"), settings={"comment": True}),
    a_question("scale", "useful"),
    a_question("battery", "tr", rows=some_rows("police", "firms")),
    a_question("before_now", "ca"),
    a_question("ranking", "topics", choices=some_choices("water", "roads")),
    a_question("number", "age"),
    a_question("day", "since"),
    a_question("yes_no", "attended"),
    a_question("short_text", "job"),
    a_question("note", "read_me"),
    a_question("long_text", "why", settings={"quote": True}),
)
READABLE = {one.name: one for one in readable_before(FORM, "")}
POINTS = [None, 1, 2, 3, 4, 5]
DRAWN: dict[str, list[Any]] = {
    "sector": [None, "police", "firms", "it", "other"],
    "help/maps": [None, 0, 1],
    "help/money": [None, 0, 1],
    **dict.fromkeys(("useful", "tr/police", "tr/firms", "ca/before", "ca/now"), POINTS),
    "topics/water": [None, 1, 2],
    "topics/roads": [None, 1, 2],
    "age": [None, 0, 17.5, 18, -3],
    "since": [None, "2026-01-01", "2026-07-18"],
    "attended": [None, 0, 1],
    "job": [None, "nurse", "it's", 'say "no"'],
    "why": [None, "so"],
}
answers = st.fixed_dictionaries({key: st.sampled_from(values) for key, values in DRAWN.items()})


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    one = READABLE[draw(st.sampled_from(list(READABLE)))]
    operator = draw(st.sampled_from(one.operators))
    if not operator.has_value:
        return Clause(one.name, operator.sign)
    if one.options:
        return Clause(one.name, operator.sign, draw(st.sampled_from([value for value, _ in one.options])))
    numbers, words = st.integers(-(10**9), 10**9).map(lambda number: number / 1000), st.text("ab '\"é)\n", max_size=8)
    return Clause(one.name, operator.sign, draw(numbers) if one.kind == "number" else draw(words))


many = st.builds(Clauses, st.sampled_from(["and", "or"]), st.lists(clauses(), min_size=2, max_size=4).map(tuple))


@given(many)
@settings(max_examples=200)
def test_clauses_survive_being_written_as_an_expression_and_as_json(chosen: Clauses) -> None:
    assert clauses_of(expression_of(chosen), FORM) == chosen
    assert clauses_from(document_of(chosen), FORM) == chosen


PARTS = (
    "sector = 'police'",
    "'police' != sector",
    "not (sector = 'it')",
    "not (sector != 'it')",
    "selected(sector, 'other')",
    "not selected(sector, 'firms')",
    "selected(help, 'maps')",
    "not not selected(help, 'money')",
    "not selected(topics, 'roads')",
    "topics/water = 1",
    "3 <= useful",
    "4 > tr/police",
    "ca/now != 5",
    "age >= -3",
    "17.5 < age",
    "since > '2026-01-01'",
    "attended",
    "not attended",
    "attended != 0",
    "job = 'it''s'",
    'job != "say no"',
    "is_blank(help)",
    "not is_blank(tr)",
    "is_blank(tr/firms)",
    "not is_blank(why)",
)


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=4), st.sampled_from(["and", "or"]), st.booleans(), answers)
@settings(max_examples=300)
def test_the_clauses_of_a_condition_mean_what_it_means(parts: list[str], joined: str, grouped: bool, drawn: dict[str, Any]) -> None:
    text = f" {joined} ".join(parts[:-1] + ([f"({parts[-1]})"] if grouped else parts[-1:]))
    found = clauses_of(text, FORM)
    assert found is not None
    assert evaluate(parse(expression_of(found)), drawn) == evaluate(parse(text), drawn)


@pytest.mark.parametrize(
    "text",
    [
        "age + 1 > 18",
        "count_selected(help) > 1",
        "sector = 'police' and (attended or age > 18)",
        "not (age > 18)",
        "not (attended and age > 18)",
        "useful > tr/police",
        "useful = 9",
        "sector = 'nobody'",
        "nowhere = 1",
        "age",
        "help/maps = 1",
        "why/quote = 1",
        "sector = ",
    ],
)
def test_a_condition_that_says_more_than_lists_stays_an_expression(text: str) -> None:
    assert clauses_of(text, FORM) is None


def test_no_condition_is_no_clauses() -> None:
    assert clauses_of("  ", FORM) == Clauses()
    assert expression_of(Clauses()) == ""


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"clauses": "all"},
        {"joined": "xor", "clauses": []},
        {"clauses": [{"name": "sector"}]},
        {"clauses": [{"name": "nowhere", "operator": "=", "value": 1}]},
        {"clauses": [{"name": "sector", "operator": "=", "value": "nobody"}]},
        {"clauses": [{"name": "sector", "operator": ">=", "value": "police"}]},
        {"clauses": [{"name": "age", "operator": "=", "value": float("inf")}]},
        {"clauses": [{"name": "age", "operator": "=", "value": 1e-20}]},
        {"clauses": [{"name": "age", "operator": "=", "value": "18"}]},
        {"clauses": [{"name": "age", "operator": "answered", "value": 18}]},
        {"clauses": [{"name": ["age"], "operator": "answered"}]},
    ],
)
def test_what_are_no_clauses_is_refused_with_a_remedy(document: Any) -> None:
    with pytest.raises(ConditionError) as refused:
        clauses_from(document, FORM)
    assert str(refused.value.remedy)


def test_only_what_is_asked_before_can_be_read() -> None:
    assert [one.name for one in readable_before(FORM, "useful")] == ["sector", "help"]
    names = [one.name for one in readable_before(FORM, "nowhere yet")]
    assert names[2:8] == ["useful", "tr", "tr/police", "tr/firms", "ca", "ca/before"]
    assert not {"read_me", "why/quote", "help/comment", "sector/other"} & set(names)


def test_each_kind_offers_the_operators_and_values_that_fit_it() -> None:
    signs = {name: " ".join(one.sign for one in READABLE[name].operators) for name in ("sector", "help", "useful", "tr", "age", "job")}
    assert signs == {
        "sector": "= != answered blank",
        "help": "selected not_selected answered blank",
        "useful": "= != >= <= > < answered blank",
        "tr": "answered blank",
        "age": "= != >= <= > < answered blank",
        "job": "= != answered blank",
    }
    assert [(value, words.get("es")) for value, words in READABLE["attended"].options] == [(1.0, "Sí"), (0.0, "No")]
    value, words = READABLE["useful"].options[0]
    assert (value, words.get("es")) == (1.0, "Nada de acuerdo")
    assert [value for value, _ in READABLE["sector"].options] == ["police", "firms", "it", "other"]


def test_a_draft_that_is_not_sound_yet_offers_what_is_sound() -> None:
    draft = a_form(
        a_question("scale", "bad", scale="nowhere"), a_question("several", "empty"), a_question("strange", "x"), FORM.questions().__next__()
    )
    assert [one.name for one in readable_before(draft, "")] == ["sector"]


def test_whatever_lists_can_say_passes_the_check() -> None:
    for one in READABLE.values():
        for operator in one.operators:
            value = (one.options[0][0] if one.options else 1.0 if one.kind == "number" else "2026-01-01") if operator.has_value else None
            asked = a_question("note", "last", show_if=expression_of(Clauses("and", (Clause(one.name, operator.sign, value),))))
            assert faults(check(a_form(*FORM.questions(), asked))) == [
                found for found in faults(check(a_form(*FORM.questions()))) if found
            ], (one.name, operator.sign)
