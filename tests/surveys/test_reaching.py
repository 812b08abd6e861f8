"""How many would have seen a question: from released figures, and never more than they tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from analysis.columns import Audience, Plan
from analysis.report import Report, make_report
from forms.conditions import evaluate, parse
from surveys.languages import Speaker
from surveys.reaching import Reach, reach, reach_of
from tests.analysis.programmes import a_codebook, a_plan, an_item, answers_of
from tests.forms.factories import a_form, a_question, some_choices
from tests.surveys.past import TODAY, a_csv, a_programme, a_survey, many_rows, merged_groups, take_in

KEYS = ("one", "two", "three")
FORM = a_form(
    a_question("choice", "group", choices=some_choices("a", "b", "c")),
    *(a_question("scale", key) for key in KEYS),
    a_question("number", "age"),
    a_question("short_text", "job"),
)
BOOK = a_codebook(*(an_item(key) for key in KEYS), an_item("age", kind="number", lo=np.nan, hi=np.nan, step=np.nan))
PARTS = {"a": ("a",), "b": ("b",), "c": ("c",)}


def drawn(seed: int, sizes: dict[str, int]) -> list[dict[str, Any]]:
    """People of three groups; each leaves an answer out now and then."""
    rng = np.random.default_rng(seed)
    found = []
    for group, people in sizes.items():
        for _ in range(people):
            given_ = {key: int(rng.integers(1, 6)) for key in KEYS if rng.random() > 0.15}
            found.append({"group": group, "age": int(rng.integers(18, 70)), **given_})
    return found


def report_of(people: list[dict[str, Any]], plan: Plan, audience: Audience = "coordinator") -> Report:
    return make_report(answers_of(BOOK, people), BOOK, plan, audience, date(2026, 1, 1))


def reached(report: Report, show_if: str, parts: Any = PARTS) -> Reach:
    return reach_of(report, "r1", FORM, parse(show_if).tree, parts)


def counted(people: list[dict[str, Any]], show_if: str) -> int:
    return sum(evaluate(parse(show_if), person) for person in people)


ATOMS = ("group = 'a'", "group != 'b'", "one >= 4", "two = 1", "three != 3", "is_blank(one)", "not is_blank(two)", "one + 1 > 3")
texts = st.one_of(
    st.sampled_from(ATOMS),
    st.tuples(st.sampled_from(ATOMS), st.sampled_from(["and", "or"]), st.sampled_from(ATOMS)).map(" ".join),
    st.tuples(st.sampled_from(ATOMS), st.sampled_from(ATOMS), st.sampled_from(ATOMS)).map(
        lambda three: f"not ({three[0]} and {three[1]}) or {three[2]}"
    ),
)
sizes = st.fixed_dictionaries({"a": st.integers(0, 14), "b": st.integers(3, 14), "c": st.integers(3, 14)})


@given(st.integers(0, 10**6), sizes, st.lists(texts, min_size=3, max_size=6))
@settings(max_examples=25, deadline=None)
def test_the_true_number_lies_within_what_is_told(seed: int, sizes: dict[str, int], asked: list[str]) -> None:
    people = drawn(seed, sizes)
    report = report_of(people, a_plan({"a": 14, "b": 14, "c": 14}))
    for show_if in asked:
        found = reached(report, show_if)
        if found.low is not None and found.high is not None:
            assert found.low <= counted(people, show_if) <= found.high <= (found.of or 0), show_if


def test_one_question_is_told_exactly_where_its_distribution_is_released() -> None:
    people = drawn(1, {"a": 14, "b": 14, "c": 14})
    report = report_of(people, a_plan({"a": 14, "b": 14, "c": 14}))
    for show_if in ("one >= 4", "one >= 2 and one <= 4", "one != 3", "is_blank(one)", "(one - 1) * 2 = 4", "group = 'b'"):
        found = reached(report, show_if)
        assert (found.low, found.high, found.of) == (counted(people, show_if), counted(people, show_if), 42), show_if


def test_several_questions_are_told_as_the_bounds_of_what_is_released() -> None:
    people = drawn(2, {"a": 14, "b": 14, "c": 14})
    report = report_of(people, a_plan({"a": 14, "b": 14, "c": 14}))
    one, two = counted(people, "one >= 3"), counted(people, "two >= 3")
    both, either = reached(report, "one >= 3 and two >= 3"), reached(report, "one >= 3 or two >= 3")
    assert (both.low, both.high) == (max(0, one + two - 42), min(one, two))
    assert (either.low, either.high) == (max(one, two), min(42, one + two))
    assert str(both.said) == f"Of the 42 people of the last round, between about {both.low} and {both.high} would have seen it."


def test_percentages_in_steps_of_ten_leave_a_range() -> None:
    people = [{"group": "a", "one": 1 + place % 4} for place in range(12)]
    found = reached(report_of(people, a_plan({"a": 14})), "one = 2")
    assert (found.low, found.high, found.of) == (3, 4, 12)


@pytest.mark.parametrize(
    ("people", "show_if"),
    [
        ([{"group": "a", "one": 1 + place % 5} for place in range(8)], "one >= 3"),
        ([{"group": "a", "one": 3, "two": 4} for _ in range(3)], "one = 3"),
        (drawn(3, {"a": 14, "b": 4, "c": 14}), "group = 'b'"),
        (drawn(3, {"a": 14, "b": 14, "c": 14}), "age >= 18"),
        (drawn(3, {"a": 14, "b": 14, "c": 14}), "job = 'nurse'"),
        (drawn(3, {"a": 14, "b": 14, "c": 14}), "one > two"),
    ],
)
def test_what_is_not_released_cannot_be_told(people: list[dict[str, Any]], show_if: str) -> None:
    found = reached(report_of(people, a_plan({"a": 14, "b": 14, "c": 14})), show_if)
    assert (found.low, found.high) == (None, None)
    assert "without showing small groups" in str(found.said)


def test_a_group_inside_a_merged_one_is_not_told_apart() -> None:
    people = drawn(4, {"a": 14, "b": 14, "c": 14})
    report = report_of(people, a_plan({"a": 14, "b": 14, "c": 14}))
    form = replace(
        FORM,
        sections=(
            replace(
                FORM.sections[0],
                questions=(a_question("choice", "group", choices=some_choices("a", "b", "c1", "c2")), *FORM.sections[0].questions[1:]),
            ),
        ),
    )
    parts = {"a": ("a",), "b": ("b",), "c": ("c1", "c2")}

    def told(show_if: str) -> tuple[int | None, int | None]:
        found = reach_of(report, "r1", form, parse(show_if).tree, parts)
        return found.low, found.high

    assert told("group = 'a'") == (14, 14)
    assert told("group = 'c1' or group = 'c2'") == (14, 14)
    assert told("group = 'c1'") == (None, None)


# The attack -----------------------------------------------------------------------------------------------------------


def shuffled_within_groups(people: list[dict[str, Any]], key: str, seed: int) -> list[dict[str, Any]]:
    """The same people, one question's answers dealt out anew within each group: every released figure stays as it was."""
    rng = np.random.default_rng(seed)
    dealt = [dict(person) for person in people]
    for group in {person["group"] for person in people}:
        places = [place for place, person in enumerate(people) if person["group"] == group]
        for place, other in zip(places, rng.permutation(places), strict=True):
            dealt[place].pop(key, None)
            dealt[place] |= {key: people[other][key]} if key in people[other] else {}
    return dealt


def test_conditions_asked_one_after_another_tell_no_more_than_the_released_figures() -> None:
    """An attacker narrows conditions down to one person. Where figures are alike, so is every reply, whoever answered what."""
    people = drawn(7, {"a": 14, "b": 13, "c": 12})
    other = shuffled_within_groups(shuffled_within_groups(people, "one", 1), "two", 2)
    plan = a_plan({"a": 14, "b": 14, "c": 14})
    first, second = report_of(people, plan), report_of(other, plan)
    assert first.records() == second.records()
    narrowing = [
        " and ".join(parts)
        for parts in product(("group = 'a'", "group = 'c'"), *([f"{key} = {point}" for point in range(1, 6)] for key in KEYS[:2]))
    ]
    assert any(counted(people, show_if) != counted(other, show_if) for show_if in narrowing)
    for show_if in narrowing:
        assert reached(first, show_if) == reached(second, show_if)
        assert counted(people, show_if) != 1 or reached(first, show_if).low in (None, 0)


def test_only_the_protected_report_is_counted_from() -> None:
    people = drawn(8, {"a": 3, "b": 14, "c": 14})
    report = report_of(people, a_plan({"a": 3, "b": 14, "c": 14}), "analyst")
    assert reached(report, "group = 'a'").low is None


# From records ---------------------------------------------------------------------------------------------------------


def test_the_last_closed_round_of_a_form_is_counted(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    assert "No round" in str(reach(session, survey.form, "tr_open >= 4", TODAY).said)
    take_in(session, survey, a_csv(*many_rows("2025-1", "2025-05-01", 24), *many_rows("2025-2", "2025-10-01", 30)), keys)
    assert reach(session, survey.form, "", TODAY).low == 30
    found = reach(session, survey.form, "tr_open >= 4", TODAY)
    assert (found.low, found.high, found.of) == (20, 20, 30)
    assert found.said.said(Speaker("es")) == "De las 30 personas de la última medición, 20 la habrían visto."


def test_what_cannot_be_read_or_was_not_asked_is_said(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    take_in(session, survey, a_csv(*many_rows(count=24)), keys)
    assert "ends too early" in str(reach(session, survey.form, "tr_open >=", TODAY).said)
    assert "“later” was not asked" in str(reach(session, survey.form, "later = 1", TODAY).said)
    assert reach(session, survey.form, "selected(help, 'maps')", TODAY).low in (None, 0)


def test_groups_that_are_shown_together_are_not_told_apart(session: Session, keys: Path) -> None:
    survey = a_survey(session, a_programme(session, groups=merged_groups()))
    header = "response_id,round,date,group,tr_open"
    rows = [f"{number},r,2025-05-01,{('police', 'church', 'press')[number % 3]},{3 + number % 2}" for number in range(36)]
    take_in(session, survey, a_csv(*rows, header=header), keys)
    assert reach(session, survey.form, "group = 'police'", TODAY).low == 12
    assert reach(session, survey.form, "group = 'church'", TODAY).low is None
