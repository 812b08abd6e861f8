"""How a round is doing is told in steps of k: one answer more or less tells nobody apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from surveys import following
from surveys.following import kind_of
from surveys.storage import in_steps
from tests.records import a_response, a_round


@given(st.integers(0, 60), st.integers(0, 70), st.integers(5, 12))
def test_what_is_told_of_a_group_depends_on_the_step_of_its_count_alone(invited: int, answered: int, k: int) -> None:
    assert kind_of(invited, answered, k) == kind_of(invited, in_steps(min(answered, invited), k), k)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(5, 12))
def test_what_is_told_of_a_group_is_true(invited: int, answered: int, k: int) -> None:
    answered = min(answered, invited)
    told = kind_of(invited, answered, k)
    assert told != "over" or 2 * answered > invited
    assert told != "under" or 2 * answered < invited
    assert told != "all" or answered == invited
    assert told != "few" or answered < k
    assert (told == "hidden") == (invited < k)


@given(st.integers(5, 60), st.integers(0, 60), st.integers(5, 12))
def test_a_number_is_never_told_where_fewer_than_k_people_are_missing(invited: int, answered: int, k: int) -> None:
    answered = min(answered, invited)
    if kind_of(invited, answered, k) == "some":
        assert invited - in_steps(answered, k) >= k


def test_the_groups_that_answer_least_come_first_and_merged_ones_are_one(session: Session) -> None:
    round_ = a_round(session, invited={"police": 12, "companies": 9, "communities": 8})
    groups = {group.key: group for group in round_.survey.programme.groups}
    groups["communities"].shown_in = "companies"
    for group in ["police"] * 4 + ["companies"] * 7 + ["communities"] * 4:
        a_response(session, round_, group=group)
    found = following.progress(session, round_)
    assert [(part.group, part.invited, part.kind, part.count) for part in found.parts] == [
        ("police", 12, "under", 0),
        ("companies", 17, "some", 10),
    ]
    assert (found.count, found.invited, [part.group for part in found.behind]) == (15, 29, ["police"])
