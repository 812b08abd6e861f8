"""Meetings that come again: on the days of their rule, prepared once whoever prepares them, skipped by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy.orm import Session

from surveys import scheduling
from surveys.errors import ProblemsFound
from surveys.meeting import Meeting
from surveys.scheduling import AlreadyOpen, Plan
from surveys.storage import Event, Programme, Round, Schedule
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_programme, a_survey, take

NAMES = {"es": "Grupo impulsor", "en": "Core group"}
DAY = timedelta(days=1)


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session() as session:
        yield session


def a_schedule(session: Session, first: date = TODAY, starts: time | None = time(18), **fields: object) -> Schedule:
    programme = session.query(Programme).first() or a_programme(session)
    if fields.pop("asks", False):
        fields["survey"] = a_survey(session, programme)
    return scheduling.add_schedule(session, programme, Plan(Meeting(NAMES, first, starts, "Ilo", circle="core"), **fields))


def days(schedule: Schedule, count: int = 4) -> list[str]:
    return [day.isoformat() for day in scheduling.next_days(schedule, schedule.first_on, count)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"week": -1, "weekday": 4}, ["2026-07-31", "2026-08-28", "2026-09-25", "2026-10-30"]),
        ({"every": 2, "week": 1, "weekday": 5}, ["2026-09-05", "2026-11-07", "2027-01-02", "2027-03-06"]),
        ({"unit": "weeks", "every": 2, "weekday": 5}, ["2026-07-18", "2026-08-01", "2026-08-15", "2026-08-29"]),
        ({"week": 3, "weekday": 5, "until": date(2026, 8, 31)}, ["2026-07-18", "2026-08-15"]),
    ],
)
def test_meetings_fall_on_the_days_of_the_rule(session: Session, said: dict[str, object], expected: list[str]) -> None:
    assert days(a_schedule(session, **said)) == expected


def test_every_problem_of_a_schedule_is_told_at_its_own_field(session: Session) -> None:
    wrong = {"unit": "moons", "every": 0, "weekday": 9, "ahead_days": 0, "open_days": 99, "until": TODAY - DAY}
    with pytest.raises(ProblemsFound) as told:
        a_schedule(session, **wrong)
    assert [one.place for one in told.value.problems] == ["every", "weekday", "ahead_days", "open_days", "unit", "until"]


# Preparing


def test_a_meeting_is_prepared_ahead_with_its_event_and_its_round(session: Session) -> None:
    a_schedule(session, week=3, weekday=5, asks=True, open_days=7)
    (event,) = scheduling.prepare_due(session, NOW)
    round_ = session.query(Round).one()
    assert (event.on, event.name, event.place, event.circle, event.starts) == (TODAY, NAMES, "Ilo", "core", time(18))
    assert (round_.event, round_.key, round_.waits) == (event, "r2026-07-18", False)
    assert round_.opens_at == datetime(2026, 7, 18, 23, tzinfo=UTC)  # six in the evening in Lima
    assert round_.closes_at == datetime(2026, 7, 26, 5, tzinfo=UTC)  # the end of 25 July in Lima


def test_nothing_is_prepared_before_its_time_or_twice(session: Session) -> None:
    schedule = a_schedule(session, week=3, weekday=5, ahead_days=14)
    assert len(scheduling.prepare_due(session, NOW)) == 1
    assert not scheduling.is_any_to_prepare(session, NOW)
    assert scheduling.prepare_due(session, NOW) == []
    assert scheduling.prepare_due(session, NOW + 13 * DAY) == []
    assert [event.on for event in scheduling.prepare_due(session, NOW + 14 * DAY)] == [date(2026, 8, 15)]
    assert [one.on for one in schedule.prepared] == [TODAY, date(2026, 8, 15)]


def test_the_day_is_that_of_the_programme(session: Session) -> None:
    a_schedule(session, unit="weeks", weekday=5, ahead_days=1)  # Saturdays
    thursday_night_in_lima = datetime(2026, 7, 17, 4, 30, tzinfo=UTC)
    assert scheduling.prepare_due(session, thursday_night_in_lima) == []
    assert len(scheduling.prepare_due(session, thursday_night_in_lima + timedelta(hours=1))) == 1


def test_a_meeting_moved_by_hand_is_not_prepared_again(session: Session) -> None:
    a_schedule(session, week=3, weekday=5)
    (event,) = scheduling.prepare_due(session, NOW)
    event.on = date(2026, 7, 22)
    session.flush()
    assert scheduling.prepare_due(session, NOW) == []


def test_two_processes_prepare_a_meeting_once(database: Database) -> None:
    with database.session() as session:
        a_schedule(session, week=3, weekday=5, asks=True)
    started, faults = Barrier(4), []

    def prepare() -> None:
        started.wait()
        try:
            with database.session() as mine:
                scheduling.prepare_due(mine, NOW)
        except Exception as fault:
            faults.append(fault)

    threads = [Thread(target=prepare) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.session() as session:
        assert (faults, session.query(Event).count(), session.query(Round).count()) == ([], 1, 1)


def test_a_meeting_whose_round_could_not_be_opened_is_not_prepared_and_says_why(session: Session) -> None:
    schedule = a_schedule(session, week=3, weekday=5, asks=True)
    assert schedule.survey is not None
    schedule.survey.promise.level, schedule.survey.promise.stated_on = "own_code", TODAY
    session.flush()
    assert not scheduling.is_any_to_prepare(session, NOW)
    assert (scheduling.prepare_due(session, NOW), session.query(Event).count()) == ([], 0)
    assert [fault.fault.words for fault in scheduling.round_faults(schedule)] == [
        "The survey promises an own code, and its form does not ask for one."
    ]
    schedule.survey.promise.level = "anonymous"
    assert len(scheduling.prepare_due(session, NOW)) == 1


# Skipping


def test_a_day_left_out_is_not_prepared_until_it_is_held_after_all(session: Session) -> None:
    schedule = a_schedule(session, week=3, weekday=5)
    scheduling.skip(session, schedule, TODAY, NOW)
    assert scheduling.prepare_due(session, NOW) == []
    scheduling.hold(session, schedule, TODAY)
    assert len(scheduling.prepare_due(session, NOW)) == 1


def test_leaving_out_a_prepared_day_takes_its_event_and_round_back(session: Session) -> None:
    schedule = a_schedule(session, week=3, weekday=5, asks=True)
    scheduling.prepare_due(session, NOW)
    scheduling.skip(session, schedule, TODAY, NOW)
    assert (session.query(Event).count(), session.query(Round).count(), scheduling.prepare_due(session, NOW)) == (0, 0, [])
    scheduling.hold(session, schedule, TODAY)
    assert len(scheduling.prepare_due(session, NOW)) == 1


def test_a_day_whose_round_has_opened_or_has_answers_cannot_be_left_out(session: Session) -> None:
    schedule = a_schedule(session, week=3, weekday=5, asks=True)
    scheduling.prepare_due(session, NOW)
    with pytest.raises(AlreadyOpen):
        scheduling.skip(session, schedule, TODAY, NOW + DAY)
    take(session, session.query(Round).one(), channel="paper")
    with pytest.raises(AlreadyOpen):
        scheduling.skip(session, schedule, TODAY, NOW)
