"""The pages on meetings: events, who came, meetings that come again, and the calendar behind its secret link."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.storage import Event, Programme, Round, Schedule
from surveys.storage.database import Database
from tests.surveys.test_icalendar import read
from tests.web.doors import a_sign_in_link, an_asked_round, sign_in, token_of

EVENT = {
    "name.es": "Taller 6",
    "name.en": "Workshop 6",
    "on": "2026-07-18",
    "starts": "18:00",
    "place": "Ilo",
    "mode": "hybrid",
    "circle": "core",
}
SCHEDULE = {
    "name.es": "Grupo impulsor",
    "name.en": "Core group",
    "every": "1",
    "unit": "weeks",
    "week": "1",
    "weekday": "0",
    "first_on": "2026-01-01",
    "mode": "in_person",
    "circle": "core",
    "ahead_days": "14",
    "open_days": "7",
    "opens": "time",
}


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    with sqlite_database.session() as session:
        an_asked_round(session)
    return sign_in(client, sqlite_database, "en")


def said(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)))


def send(staff: FlaskClient, address: str, page: str = "", **fields: object) -> tuple[int, str]:
    token = token_of(staff.get(page or address).text)
    answer = staff.post(address, data={"csrf_token": token, **fields})
    return answer.status_code, answer.text


def the_event(database: Database) -> Event:
    with database.session() as session:
        event = session.scalars(select(Event)).one()
        _ = event.counts
        return event


# Events


def test_a_meeting_is_added_and_changed(staff: FlaskClient, sqlite_database: Database) -> None:
    assert send(staff, "/p/norte/events/new", **EVENT)[0] == 303
    assert send(staff, "/p/norte/events/taller-6", **{**EVENT, "place": "Moquegua", "starts": ""})[0] == 303
    event = the_event(sqlite_database)
    assert (event.place, event.starts, event.circle, event.is_by_hand) == ("Moquegua", None, "core", True)
    assert "Workshop 6 (Moquegua)." in said(staff.get("/p/norte/rounds").text)


def test_what_is_wrong_with_a_meeting_is_told_at_its_field(staff: FlaskClient) -> None:
    status, page = send(staff, "/p/norte/events/new", **{**EVENT, "name.en": "", "on": "tomorrow", "starts": "noon"})
    assert status == 422
    for field in ("name.en", "on", "starts"):
        assert f'id="e-{field}"' in page
    assert 'value="Taller 6"' in page


# Who came


def test_who_came_is_typed_and_shown_on_the_round(staff: FlaskClient, sqlite_database: Database) -> None:
    send(staff, "/p/norte/events/new", **EVENT)
    status, _ = send(
        staff, "/p/norte/events/taller-6/attendance", **{"people.police": "12", "people.companies": "0", "people.communities": ""}
    )
    assert (status, the_event(sqlite_database).attendance) == (303, {"police": 12, "companies": 0})


def test_a_tap_without_script_counts_one_more_and_the_same_tap_sent_again_does_not(staff: FlaskClient, sqlite_database: Database) -> None:
    send(staff, "/p/norte/events/new", **EVENT)
    address = "/p/norte/events/taller-6/attendance"
    for _ in range(2):  # a retry of the very same request
        send(staff, address, **{"people.police": "3", "tap": "police+"})
    assert the_event(sqlite_database).attendance == {"police": 4}
    send(staff, address, **{"people.police": "0", "tap": "police-"})
    assert the_event(sqlite_database).attendance == {"police": 0}


def test_a_number_that_cannot_be_is_told_at_its_group_and_nothing_typed_is_lost(staff: FlaskClient, sqlite_database: Database) -> None:
    send(staff, "/p/norte/events/new", **EVENT)
    status, page = send(staff, "/p/norte/events/taller-6/attendance", **{"people.police": "many", "people.companies": "7"})
    assert (status, 'id="e-police"' in page, 'value="7"' in page) == (422, True, True)
    assert the_event(sqlite_database).attendance == {}


def test_two_who_count_at_once_see_both_and_one_of_them_decides(app: Flask, staff: FlaskClient, sqlite_database: Database) -> None:
    send(staff, "/p/norte/events/new", **EVENT)
    address = "/p/norte/events/taller-6/attendance"
    luis = app.test_client()
    luis.post(a_sign_in_link(sqlite_database, "luis@example.org", "es"))
    send(staff, address, **{"people.police": "4"})
    send(luis, address, **{"people.police": "5"})
    for who, words in ((staff, "ana@example.org: 4. luis@example.org: 5."), (luis, "ana@example.org: 4. luis@example.org: 5.")):
        assert words in said(who.get(address).text)
    assert "Dos personas contaron distinto" in said(luis.get(address).text)
    assert send(luis, address, settle="police:9")[0] == 303
    assert (the_event(sqlite_database).attendance, "counted differently" in staff.get(address).text) == ({"police": 9}, False)
    assert send(luis, address, settle="police:all")[0] == 400


def test_what_the_page_only_showed_is_not_counted_by_whoever_saves_it(app: Flask, staff: FlaskClient, sqlite_database: Database) -> None:
    send(staff, "/p/norte/events/new", **EVENT)
    address = "/p/norte/events/taller-6/attendance"
    luis = app.test_client()
    luis.post(a_sign_in_link(sqlite_database, "luis@example.org", "en"))
    send(luis, address, **{"people.communities": "7"})
    assert 'name="seen.communities" value="7"' in staff.get(address).text
    send(staff, address, **{"people.police": "4", "seen.police": "", "people.communities": "7", "seen.communities": "7"})
    send(luis, address, **{"people.communities": "8", "seen.communities": "7", "people.police": "4", "seen.police": "4"})
    assert the_event(sqlite_database).attendance == {"police": 4, "communities": 8}
    assert "counted differently" not in luis.get(address).text


# Meetings that come again


def test_a_meeting_that_comes_again_is_prepared_when_a_page_is_read(staff: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        survey = session.scalars(select(Programme)).one().surveys[0].id
    assert send(staff, "/p/norte/schedules/new", **SCHEDULE, survey=survey)[0] == 303
    page = said(staff.get("/p/norte/rounds").text)
    assert "Every week, on Monday." in page
    staff.get("/p/norte/rounds")
    with sqlite_database.session() as session:
        made = session.scalars(select(Event).order_by(Event.on)).all()
        assert len(made) in (2, 3)  # so many Mondays are there from today to fourteen days on
        assert len(session.scalars(select(Round)).all()) == len(made) + 1


def test_a_day_is_left_out_and_held_after_all(staff: FlaskClient, sqlite_database: Database) -> None:
    send(staff, "/p/norte/schedules/new", **SCHEDULE)
    page = staff.get("/p/norte/rounds").text
    day = re.search(r'name="skip" value="([^"]+)"', page)
    assert day
    days = "/p/norte/schedules/grupo-impulsor/days"
    assert send(staff, days, "/p/norte/rounds", skip=day[1])[0] == 303
    assert f'name="hold" value="{day[1]}"' in staff.get("/p/norte/rounds").text
    with sqlite_database.session() as session:
        assert date.fromisoformat(day[1]) not in {event.on for event in session.scalars(select(Event))}
    assert send(staff, days, "/p/norte/rounds", hold=day[1])[0] == 303
    assert f'name="skip" value="{day[1]}"' in staff.get("/p/norte/rounds").text
    assert send(staff, days, "/p/norte/rounds", skip="Monday")[0] == 400


def test_a_schedule_is_changed_and_its_faults_are_told_at_their_fields(staff: FlaskClient, sqlite_database: Database) -> None:
    send(staff, "/p/norte/schedules/new", **SCHEDULE)
    address = "/p/norte/schedules/grupo-impulsor"
    assert 'value="2026-01-01"' in staff.get(address).text
    status, page = send(staff, address, **{**SCHEDULE, "first_on": "", "every": "", "until": "x"})
    assert status == 422
    for field in ("first_on", "until"):
        assert f'id="e-{field}"' in page
    status, page = send(staff, address, **{**SCHEDULE, "every": "40", "unit": "days"})
    assert (status, 'id="e-every"' in page, 'id="e-unit"' in page) == (422, True, True)
    assert send(staff, address, **{**SCHEDULE, "unit": "months", "week": "-1", "weekday": "4", "every": "2"})[0] == 303
    assert "Every 2 months, the last Friday" in said(staff.get("/p/norte/rounds").text)
    with sqlite_database.session() as session:
        assert session.scalars(select(Schedule)).one().week == -1


# The calendar


def test_the_calendar_is_read_with_its_link_and_with_no_other(app: Flask, staff: FlaskClient) -> None:
    send(staff, "/p/norte/events/new", **{**EVENT, "on": (datetime.now(UTC) + timedelta(days=3)).date().isoformat()})
    assert "/calendar/" not in staff.get("/p/norte/rounds").text
    send(staff, "/p/norte/calendar", "/p/norte/rounds", renew="1")
    found = re.search(r'href="http://localhost(/p/norte/calendar/[^"]+)"', staff.get("/p/norte/rounds").text)
    assert found
    stranger, link = app.test_client(), found[1]
    answer = stranger.get(link)
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert "Workshop 6" in {entry["SUMMARY"] for entry in read(answer.get_data(as_text=True))}
    assert stranger.get(re.sub(r"[0-9a-f]{32}", "0" * 32, link)).status_code == 404
    send(staff, "/p/norte/calendar", "/p/norte/rounds", renew="1")
    assert stranger.get(link).status_code == 404
    send(staff, "/p/norte/calendar", "/p/norte/rounds", stop="1")
    assert "Make a calendar address" in said(staff.get("/p/norte/rounds").text)
