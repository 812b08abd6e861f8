"""When rounds open and close: at their time, by hand, at a number of answers; extended, never opened again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from forms.messages import Problem
from surveys import authoring, collecting, opening, sealing
from surveys.errors import ProblemsFound, RoundClosed, RoundNotOpenYet
from surveys.opening import RoundIsClosed, Times
from surveys.storage import Form, FormVersion, Programme, Response, Round, find_round
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_programme, a_round, a_survey, take

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session() as session:
        yield session


def problems(times: Times, session: Session, round_: Round) -> list[Problem]:
    with pytest.raises(ProblemsFound) as told:
        opening.set_times(session, round_, times, NOW)
    return list(told.value.problems)


# Opening


def test_a_round_that_waits_opens_when_a_person_says_so(session: Session) -> None:
    round_ = a_round(session, waits=True, opens_at=NOW - DAY)
    with pytest.raises(RoundNotOpenYet):
        collecting.open_link(session, round_.link, NOW)
    with pytest.raises(RoundNotOpenYet):
        take(session, round_)
    opening.open_now(session, round_, NOW)
    assert collecting.open_link(session, round_.link, NOW) is round_
    assert round_.opens_at == NOW


def test_a_round_opens_before_its_time_by_hand_and_only_once(session: Session) -> None:
    round_ = a_round(session, opens_at=NOW + DAY, closes_at=NOW + 2 * DAY)
    opening.open_now(session, round_, NOW)
    opening.open_now(session, round_, NOW + HOUR)
    assert (round_.opens_at, len(round_.changes)) == (NOW, 1)


def test_what_has_opened_does_not_open_at_another_time(session: Session) -> None:
    round_ = a_round(session, opens_at=NOW - HOUR)
    assert [one.place for one in problems(Times(opens_at=NOW + DAY), session, round_)] == ["opens_at"]
    assert [one.place for one in problems(Times(opens_at=NOW - HOUR, waits=True), session, round_)] == ["opens_at"]


# Closing by time


def test_a_later_closing_is_announced_with_the_one_told_first(session: Session) -> None:
    round_ = a_round(session, closes_at=NOW + DAY)
    opening.set_times(session, round_, Times(closes_at=NOW + 2 * DAY), NOW)
    opening.set_times(session, round_, Times(closes_at=NOW + 3 * DAY), NOW + HOUR)
    assert (round_.closes_at, round_.extended_from) == (NOW + 3 * DAY, NOW + DAY)
    history = [(change.was, change.became) for change in round_.changes]
    assert history == [((NOW + n * DAY).isoformat(), (NOW + (n + 1) * DAY).isoformat()) for n in (1, 2)]


def test_a_closing_moved_back_is_no_extension_any_more(session: Session) -> None:
    round_ = a_round(session, closes_at=NOW + 2 * DAY)
    opening.set_times(session, round_, Times(closes_at=NOW + 3 * DAY), NOW)
    opening.set_times(session, round_, Times(closes_at=NOW + DAY), NOW)
    assert round_.extended_from is None


def test_a_closing_changed_before_the_round_opens_was_never_announced(session: Session) -> None:
    round_ = a_round(session, opens_at=NOW + HOUR, closes_at=NOW + DAY)
    opening.set_times(session, round_, Times(NOW + HOUR, NOW + 2 * DAY), NOW)
    assert round_.extended_from is None


def test_a_round_in_its_grace_time_can_still_be_extended(session: Session) -> None:
    round_ = a_round(session, closes_at=NOW - HOUR)
    opening.set_times(session, round_, Times(closes_at=NOW + DAY), NOW)
    assert collecting.is_open(round_, NOW)


def test_a_closed_round_is_never_opened_again_and_says_why(session: Session) -> None:
    round_ = a_round(session)
    sealing.close_round(session, round_, NOW)
    for change in (
        lambda: opening.set_times(session, round_, Times(closes_at=NOW + DAY), NOW),
        lambda: opening.open_now(session, round_, NOW),
        lambda: opening.end_now(session, round_, NOW),
        lambda: opening.use_latest_version(session, round_, NOW),
    ):
        with pytest.raises(RoundIsClosed, match="cannot be opened again"):
            change()


def test_a_closing_that_cannot_be_is_told_at_its_place(session: Session) -> None:
    round_ = a_round(session, opens_at=NOW + HOUR, closes_at=NOW + DAY)
    assert [one.place for one in problems(Times(NOW + HOUR, NOW - DAY), session, round_)] == ["closes_at"]
    assert [one.place for one in problems(Times(NOW + 2 * DAY, NOW + DAY), session, round_)] == ["closes_at"]


def test_a_round_ended_by_hand_takes_what_was_begun_before(session: Session) -> None:
    round_ = a_round(session, closes_at=NOW + DAY)
    mark = collecting.make_page_mark(round_, "s" * 32, NOW - HOUR)
    opening.end_now(session, round_, NOW)
    with pytest.raises(RoundClosed):
        collecting.open_link(session, round_.link, NOW)
    assert collecting.open_link(session, round_.link, NOW + HOUR, mark, "s" * 32) is round_
    assert not sealing.is_any_due(session, NOW + HOUR)
    assert sealing.is_any_due(session, NOW + DAY)


# Closing by number


@pytest.mark.parametrize("count", [1, 4, 7, 12, -5])
def test_a_number_that_would_tell_how_many_answered_is_refused(session: Session, count: int) -> None:
    assert [one.place for one in problems(Times(closes_at_count=count), session, a_round(session))] == ["closes_at_count"]
    with pytest.raises(ProblemsFound):
        a_round(session, session.query(Programme).one().surveys[0], "next", closes_at_count=count)


def test_the_number_asked_for_ends_the_round_and_only_the_day_is_kept(session: Session) -> None:
    round_ = a_round(session, closes_at_count=5, closes_at=NOW + 9 * DAY)
    for _ in range(4):
        take(session, round_)
    session.refresh(round_)
    assert collecting.is_open(round_, NOW)
    take(session, round_)
    session.refresh(round_)
    assert (round_.full_on, round_.closes_at) == (date(2026, 7, 18), NOW + 9 * DAY)
    with pytest.raises(RoundClosed):
        take(session, round_)


def test_a_repeated_answer_is_not_counted_towards_the_number(session: Session) -> None:
    round_, one = a_round(session, closes_at_count=5), uuid4()
    for _ in range(6):
        take(session, round_, response_id=one)
    session.refresh(round_)
    assert round_.full_on is None


def test_a_full_round_closes_a_day_after_its_day_is_over_everywhere(session: Session) -> None:
    round_ = a_round(session, closes_at_count=5)
    for _ in range(5):
        take(session, round_)
    assert not sealing.is_any_due(session, NOW + DAY)
    assert not sealing.is_any_due(session, NOW + 1.5 * DAY)
    assert sealing.close_due(session, NOW + 3 * DAY) == [round_]


def test_a_larger_number_lets_a_full_round_go_on(session: Session) -> None:
    round_ = a_round(session, closes_at_count=5)
    for _ in range(5):
        take(session, round_)
    session.refresh(round_)
    opening.set_times(session, round_, Times(closes_at_count=10), NOW)
    assert collecting.is_open(round_, NOW)


def test_a_number_that_is_there_already_is_refused(session: Session) -> None:
    round_ = a_round(session)
    for _ in range(6):
        take(session, round_)
    assert [one.fault.words for one in problems(Times(closes_at_count=5), session, round_)] == ["There are that many answers already."]


def test_answers_that_arrive_at_once_end_the_round_and_none_is_refused_for_it(database: Database) -> None:
    with database.session() as session:
        link = a_round(session, closes_at_count=10).link
    started, faults = Barrier(10), []

    def send() -> None:
        started.wait()
        try:
            with database.session() as mine:
                round_ = find_round(mine, link)
                assert round_ is not None
                take(mine, round_)
        except Exception as fault:
            faults.append(fault)

    threads = [Thread(target=send) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session() as session:
        assert (faults, session.query(Response).count(), session.query(Round).one().full_on) == ([], 10, TODAY)


# The version


def test_a_prepared_round_can_ask_the_version_published_since(session: Session) -> None:
    round_ = a_round(session, opens_at=NOW + DAY)
    published(round_.survey.form)
    opening.use_latest_version(session, round_, NOW)
    assert (round_.version.number, round_.languages) == (2, ["es"])
    opening.open_now(session, round_, NOW)
    with pytest.raises(ProblemsFound):
        opening.use_latest_version(session, round_, NOW)


def published(form: Form) -> None:
    form.versions.append(FormVersion(number=2, definition={"languages": ["es"]}, digest="1" * 64, published_on=TODAY))


# Opening a round


def test_every_problem_of_a_new_round_is_told_at_its_own_field(session: Session) -> None:
    survey = a_survey(session)
    a_round(session, survey, "first")
    other = authoring.add_survey(session, a_programme(session, "sur"), form_of(session), "other", {"es": "Otra", "en": "Other"})
    with pytest.raises(ProblemsFound) as told:
        authoring.open_round(
            session,
            survey,
            "first",
            TODAY,
            version=other.form.versions[0],
            invited={"nobody": 3},
            opens_at=NOW,
            closes_at=NOW - DAY,
            languages=["qu"],
            closes_at_count=3,
        )
    places = [problem.place.removeprefix("first.") for problem in told.value.problems]
    assert places == ["key", "version", "closes_at", "languages", "invited.nobody", "closes_at_count"]


def form_of(session: Session) -> Form:
    programme = session.query(Programme).filter_by(slug="sur").one()
    version = FormVersion(number=1, definition={"languages": ["es"]}, digest="2" * 64, published_on=TODAY)
    form = Form(programme_id=programme.id, slug="other", draft={}, versions=[version])
    session.add(form)
    session.flush()
    return form
