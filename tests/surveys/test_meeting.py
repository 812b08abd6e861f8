"""Events and who came: counted per group, sent twice without harm, and shown from both sides where two counted at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

import pytest
from sqlalchemy.orm import Session

from surveys import accounts, meeting, sealing
from surveys.errors import ProblemsFound
from surveys.meeting import Meeting
from surveys.storage import Event, Person, Programme, invited_as_shown
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_programme, a_round, a_survey

NAMES = {"es": "Taller 6", "en": "Workshop 6"}


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.session() as session:
        yield session


def an_event(session: Session, programme: Programme | None = None, **fields: object) -> Event:
    return meeting.add_event(session, programme or a_programme(session), Meeting(**{"name": NAMES, "on": TODAY, **fields}))


def people(session: Session) -> tuple[Person, Person]:
    return accounts.ensure_person(session, "ana@example.org"), accounts.ensure_person(session, "luis@example.org")


def test_an_event_has_a_key_of_its_own_made_of_its_name(session: Session) -> None:
    programme = a_programme(session)
    keys = [an_event(session, programme).key for _ in range(3)]
    assert keys == ["taller-6", "taller-6-2026-07-18", "taller-6-2026-07-18-2"]


def test_every_problem_of_an_event_is_told_at_its_own_field(session: Session) -> None:
    with pytest.raises(ProblemsFound) as told:
        an_event(session, name={"es": " "}, on=None, mode="by boat", circle="all")
    assert [one.place for one in told.value.problems] == ["name.es", "name.en", "on", "mode", "circle"]


def test_an_event_can_be_moved_and_named_anew(session: Session) -> None:
    event = an_event(session)
    meeting.change_event(session, event, Meeting({"es": "Visita", "en": "Visit"}, date(2026, 8, 1), time(9), "Ilo", "hybrid", "core"))
    assert (event.name["en"], event.on, event.starts, event.key) == ("Visit", date(2026, 8, 1), time(9), "taller-6")


def test_the_circle_of_an_event_stays_once_its_figures_are_out(session: Session) -> None:
    event = an_event(session)
    round_ = a_round(session, a_survey(session, event.programme), event=event)
    sealing.close_round(session, round_, NOW)
    with pytest.raises(ProblemsFound) as told:
        meeting.change_event(session, event, Meeting(NAMES, TODAY, circle="core"))
    assert [one.place for one in told.value.problems] == ["circle"]
    meeting.change_event(session, event, Meeting(NAMES, TODAY, place="Ilo"))


# Attendance


def test_the_same_count_sent_twice_is_one_count(session: Session) -> None:
    event, (ana, _) = an_event(session), people(session)
    for later in range(2):
        meeting.count_attendance(session, event, ana, {"police": 4, "companies": 0}, NOW + timedelta(minutes=later))
    assert event.attendance == {"police": 4, "companies": 0}
    assert [count.counted_at for count in event.counts] == [NOW]


def test_two_who_count_at_once_are_both_kept_and_shown(session: Session) -> None:
    event, (ana, luis) = an_event(session), people(session)
    meeting.count_attendance(session, event, ana, {"police": 4, "companies": 2}, NOW)
    meeting.count_attendance(session, event, luis, {"police": 5, "communities": 7}, NOW + timedelta(seconds=1))
    assert event.attendance == {"police": 5, "companies": 2, "communities": 7}
    (one,) = meeting.disagreements(event)
    assert (one.group, [(person.email, count) for person, count in one.counts], one.total) == (
        "police",
        [("ana@example.org", 4), ("luis@example.org", 5)],
        9,
    )


def test_a_retry_of_the_first_does_not_undo_the_second(session: Session) -> None:
    event, (ana, luis) = an_event(session), people(session)
    meeting.count_attendance(session, event, ana, {"police": 4}, NOW)
    meeting.count_attendance(session, event, luis, {"police": 5}, NOW + timedelta(seconds=1))
    meeting.count_attendance(session, event, ana, {"police": 4}, NOW + timedelta(seconds=2))
    assert event.attendance == {"police": 5}


def test_deciding_settles_what_two_counted_differently(session: Session) -> None:
    event, (ana, luis) = an_event(session), people(session)
    meeting.count_attendance(session, event, ana, {"police": 4}, NOW)
    meeting.count_attendance(session, event, luis, {"police": 5}, NOW)
    meeting.settle(session, event, "police", 9)
    assert (event.attendance, meeting.disagreements(event)) == ({"police": 9}, [])


def test_a_group_blanked_again_is_not_known_and_never_zero(session: Session) -> None:
    event, (ana, _) = an_event(session), people(session)
    event.attendance = {"communities": 8}
    session.flush()
    meeting.count_attendance(session, event, ana, {"police": 4, "companies": 3}, NOW)
    meeting.count_attendance(session, event, ana, {"companies": 3}, NOW)
    assert event.attendance == {"communities": 8, "companies": 3}


@pytest.mark.parametrize("wrong", [{"nobody": 3}, {"police": -1}, {"police": 10_000}])
def test_a_count_that_cannot_be_keeps_nothing(session: Session, wrong: dict[str, int]) -> None:
    event, (ana, _) = an_event(session), people(session)
    with pytest.raises(ProblemsFound):
        meeting.count_attendance(session, event, ana, {"companies": 3, **wrong}, NOW)
    assert (event.attendance, event.counts) == ({}, [])


def test_who_came_are_those_invited_unless_the_round_says_otherwise(session: Session) -> None:
    event, (ana, _) = an_event(session), people(session)
    survey = a_survey(session, event.programme)
    open_one, listed = a_round(session, survey, "a", event=event), a_round(session, survey, "b", event=event, invited={"police": 20})
    meeting.count_attendance(session, event, ana, {"police": 6, "companies": 9}, NOW)
    assert invited_as_shown(open_one) == {"police": 6, "companies": 9}
    assert invited_as_shown(listed) == {"police": 20}
