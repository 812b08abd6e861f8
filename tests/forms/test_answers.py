"""What was sent, read against the whole form: conditions, one's own group, what must be answered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.answers import marks_offered, write_posted
from forms.binding import bind
from forms.definition import Choice, FormDefinition, Row
from forms.questions import KINDS, columns
from forms.wording import Text
from tests.forms.factories import a_form, a_question, a_text, faults, sent_to, some_choices

GROUPS = tuple(
    Choice(key, a_text(name, key.title())) for key, name in (("police", "Policía"), ("church", "Iglesia"), ("firms", "Empresas"))
)


def a_trust_form() -> FormDefinition:
    form = a_form(a_question("choice", "group", of_groups=True), a_question("battery", "tr", of_groups=True, unknown=True))
    return bind(form, GROUPS)


def test_a_hidden_question_loses_its_answer_and_is_stored_as_not_asked() -> None:
    form = a_form(a_question("yes_no", "came"), a_question("number", "hours", show_if="came = 1"))
    assert sent_to(form, came="0", hours="3").answers == {"came": 0, "hours:why": "not_asked"}
    assert sent_to(form, came="0", hours="many").problems == []
    assert sent_to(form, came="1", hours="3").answers == {"came": 1, "hours": 3.0}


def test_what_hangs_on_a_hidden_question_is_hidden_too() -> None:
    form = a_form(
        a_question("yes_no", "came"),
        a_question("yes_no", "spoke", show_if="came = 1"),
        a_question("short_text", "what", show_if="spoke = 1"),
    )
    assert sent_to(form, came="0", spoke="1", what="algo").answers == {"came": 0, "spoke:why": "not_asked", "what:why": "not_asked"}


def test_the_row_of_ones_own_group_is_dropped_and_not_refused() -> None:
    sent = sent_to(a_trust_form(), group="police", tr__police="5", tr__church="2", tr__firms="~unknown")
    assert sent.problems == []
    assert sent.answers == {"group": "police", "tr/police:why": "not_asked", "tr/church": 2, "tr/firms:why": "unknown"}


def test_who_gives_no_group_is_asked_about_all() -> None:
    assert sent_to(a_trust_form(), tr__police="5").answers["tr/police"] == 5


def a_ranking_with_an_option_for_some(**settings: Any) -> FormDefinition:
    options = (Choice("water", a_text("Agua"), show_if="came = 1"), *some_choices("jobs", "health"))
    return a_form(a_question("yes_no", "came"), a_question("ranking", choices=options, settings=settings))


def test_places_move_up_when_a_ranked_option_was_not_for_this_person() -> None:
    sent = sent_to(a_ranking_with_an_option_for_some(), came="0", q__water="1", q__jobs="3", q__health="2")
    assert sent.problems == []
    assert sent.answers == {"came": 0, "q/water:why": "not_asked", "q/jobs": 2, "q/health": 1}


def test_an_option_dropped_from_the_ranking_leaves_fewer_places_and_no_fault() -> None:
    form = a_ranking_with_an_option_for_some(places=2)
    dropped = sent_to(form, came="0", q__water="1", q__jobs="2")
    assert dropped.problems == []
    assert dropped.answers == {"came": 0, "q/water:why": "not_asked", "q/jobs": 1, "q/health:why": "blank"}
    assert faults(sent_to(form, came="0", q__jobs="1").problems) == [("q", "Some places are empty.")]
    assert faults(sent_to(form, came="0", q__water="1", q__jobs="2", q__health="2").problems) == [("q", "Two options have the same place.")]


@pytest.mark.parametrize("required", ["yes", "soft"])
def test_every_row_without_an_answer_is_told_at_once(required: str) -> None:
    rows = tuple(Row(name, a_text(name.title())) for name in ("a", "b", "c"))
    form = a_form(a_question("battery", "tr", rows=rows, required=required))
    assert [problem.place for problem in sent_to(form, tr__b="2").problems] == ["tr/a", "tr/c"]


def test_nobody_is_asked_about_the_merged_group_that_holds_their_own() -> None:
    form = a_form(a_question("choice", "group", of_groups=True), a_question("battery", "tr", of_groups=True))
    shown = (GROUPS[0], Choice("others", a_text("Otros", "Others")))
    bound = bind(form, GROUPS, shown=shown, shown_in={"church": "others", "firms": "others"})
    assert [row.show_if for row in bound.question("tr").rows] == ["group != 'police'", "group != 'church' and group != 'firms'"]
    answers = sent_to(bound, group="church", tr__police="4", tr__others="5").answers
    assert answers == {"group": "church", "tr/police": 4, "tr/others:why": "not_asked"}


def test_an_option_that_a_condition_takes_out_is_dropped() -> None:
    choices = (Choice("a", a_text("A")), Choice("b", a_text("B"), show_if="came = 1"))
    form = a_form(a_question("yes_no", "came"), a_question("several", "s", choices=choices), a_question("choice", "c", choices=choices))
    sent = sent_to(form, came="0", s=["a", "b"], c="b")
    assert sent.problems == []
    assert sent.answers == {"came": 0, "s/a": 1, "s/b:why": "not_asked", "c:why": "blank"}


@pytest.mark.parametrize("kind", ["scale", "short_text", "number", "yes_no", "battery", "before_now"])
def test_what_must_be_answered_blocks_when_blank_and_can_be_refused(kind: str) -> None:
    more: dict[str, Any] = {"rows": (Row("r", a_text("R")),)} if kind == "battery" else {}
    form = a_form(a_question(kind, required="yes", **more))
    question = next(form.questions())
    assert {problem.fault.words for problem in sent_to(form).blocking} == {"This question needs an answer."}
    assert marks_offered(form, question) == ("~refused",)
    parts = {"battery": ("q__r",), "before_now": ("q__before", "q__now")}.get(kind, ("q",))
    assert sent_to(form, **dict.fromkeys(parts, "~refused")).problems == []


def test_a_hoped_for_answer_is_a_reminder_that_does_not_block() -> None:
    sent = sent_to(a_form(a_question("scale", required="soft")))
    assert sent.blocking == []
    assert [(problem.place, problem.blocks) for problem in sent.problems] == [("q", False)]
    assert sent.answers == {"q:why": "blank"}
    assert sent_to(a_form(a_question("scale", required="soft")), q="3").problems == []


def test_a_blank_answer_is_no_problem() -> None:
    sent = sent_to(a_form(a_question("scale"), a_question("choice", "c", choices=some_choices("a"))))
    assert (sent.problems, sent.answers) == ([], {"q:why": "blank", "c:why": "blank"})


def test_a_question_that_decides_what_follows_can_always_be_refused() -> None:
    form = a_form(a_question("yes_no", "came"), a_question("number", "hours", show_if="came = 1"))
    assert [marks_offered(form, question) for question in form.questions()] == [("~refused",), ()]
    assert sent_to(form, came="~refused").answers == {"came:why": "refused", "hours:why": "not_asked"}


def test_unknown_refused_blank_and_not_asked_are_kept_apart() -> None:
    form = a_form(*(a_question("scale", name, unknown=True, refuse=True) for name in "abc"), a_question("scale", "d", show_if="a = 1"))
    answers = sent_to(form, a="~unknown", b="~refused").answers
    assert answers == {"a:why": "unknown", "b:why": "refused", "c:why": "blank", "d:why": "not_asked"}


def test_a_mark_that_the_page_does_not_offer_is_not_taken() -> None:
    assert faults(sent_to(a_form(a_question("scale")), q="~unknown").problems) == [
        ("q", "That is not one of the answers to this question.")
    ]


def test_a_question_says_what_is_wrong_in_its_own_words_and_the_language_of_the_page() -> None:
    form = a_form(a_question("number", message=a_text("Escriba su edad.", "Write your age.")))
    for language, words in (("es", "Escriba su edad."), ("en", "Write your age."), ("qu", "Escriba su edad.")):
        (problem,) = sent_to(form, language, q="joven").problems
        assert problem.fault.words % problem.fault.values == words


def test_all_problems_of_a_page_are_told_at_once() -> None:
    form = a_form(a_question("scale", "a"), a_question("number", "b"), a_question("day", "c"))
    assert [place for place, _ in faults(sent_to(form, a="9", b="x", c="y").problems)] == ["a", "b", "c"]


def test_a_name_that_the_form_does_not_know_is_left_aside() -> None:
    assert sent_to(a_form(a_question("number")), q="1", zebra="2").answers == {"q": 1.0}


def test_a_page_can_be_drawn_again_from_what_was_stored() -> None:
    form = a_trust_form()
    sent = sent_to(form, group="police", tr__church="2", tr__firms="~unknown")
    assert write_posted(form, sent.answers) == {"group": ["police"], "tr/church": ["2"], "tr/firms": ["~unknown"]}


# A row of a file


def a_form_of_every_kind() -> FormDefinition:
    extra = {
        "choice": {"choices": some_choices("x", "y"), "settings": {"other": True, "comment": True}},
        "several": {"choices": (*some_choices("x", "y"), Choice("none", a_text("Ninguna", "None"), exclusive=True))},
        "battery": {"of_groups": True},
        "ranking": {"choices": some_choices("x", "y", "z"), "settings": {"places": 2}},
        "long_text": {"settings": {"quote": True}},
        "day": {"settings": {"earliest": "2020-01-01", "until_today": True}},
        "number": {"settings": {"minimum": 0, "whole": True}},
    }
    asked = [a_question(kind, f"q_{kind}", **extra.get(kind, {})) for kind in KINDS]
    last = a_question("scale", "last", show_if="q_scale >= 3 and not is_blank(q_several)", required="yes", unknown=True)
    return bind(a_form(a_question("choice", "group", of_groups=True), *asked, last), GROUPS)


EVERY_KIND = a_form_of_every_kind()
CONTROLS = sorted(
    {column.key for column in columns(EVERY_KIND)} | {question.name for question in EVERY_KIND.questions()} | {"q_own_code/day"}
)
TYPED = st.sampled_from(["1", "2", "3", "5", "x", "y", "none", "other", "police", "~unknown", "~refused", "2026-02-03", "", "m"]) | st.text(
    max_size=5
)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(CONTROLS), st.lists(TYPED, max_size=3), max_size=12))
def test_whatever_is_sent_every_column_has_a_value_or_a_reason(sent_values: dict[str, list[str]]) -> None:
    sent = sent_to(EVERY_KIND, **{name.replace("/", "__"): values for name, values in sent_values.items()})
    assert {key.removesuffix(":why") for key in sent.answers} == {column.key for column in columns(EVERY_KIND)}
    for column in columns(EVERY_KIND):
        assert (column.key in sent.answers) != (f"{column.key}:why" in sent.answers)
    faults(sent.problems)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(CONTROLS), st.lists(TYPED, max_size=2), max_size=12))
def test_what_was_stored_is_drawn_and_sent_again_alike(sent_values: dict[str, list[str]]) -> None:
    sent = sent_to(EVERY_KIND, **{name.replace("/", "__"): values for name, values in sent_values.items()})
    if not sent.blocking:
        page = sent_to(EVERY_KIND, **{name.replace("/", "__"): said for name, said in write_posted(EVERY_KIND, sent.answers).items()})
        assert page.answers == sent.answers


# Binding


def test_binding_fills_groups_and_words_and_binding_again_changes_nothing() -> None:
    form = a_form(
        a_question("choice", "group", of_groups=True, label=a_text("¿Qué grupo trabaja en {topic}?", "Who works on {topic}?")),
        words=(("topic", a_text("agua", "water")),),
    )
    bound = bind(form, GROUPS)
    group = bound.question("group")
    assert [choice.value for choice in group.choices] == ["police", "church", "firms"]
    assert group.label.as_dict() == {"es": "¿Qué grupo trabaja en agua?", "en": "Who works on water?"}
    assert bound.words == ()
    assert bind(bound, GROUPS) == bound
    told = bind(form, GROUPS, words={"topic": Text.of({"es": "el canon"})}).question("group").label
    assert told.as_dict() == {"es": "¿Qué grupo trabaja en el canon?", "en": "Who works on el canon?"}


def test_other_options_stay_behind_the_groups_except_in_group() -> None:
    more = some_choices("nobody")
    form = bind(a_form(*(a_question("choice", name, of_groups=True, choices=more) for name in ("group", "closest"))), GROUPS[:1])
    assert [[choice.value for choice in question.choices] for question in form.questions()] == [["police"], ["police", "nobody"]]
