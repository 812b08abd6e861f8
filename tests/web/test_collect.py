"""The pages on rounds: the list, a new round, its home, opening and closing; what they say and what they never show."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import opening, sealing
from surveys.opening import Times
from surveys.storage import Event, Programme, Round
from surveys.storage.database import Database
from tests.records import a_response
from tests.web.doors import an_asked_round, sign_in, token_of

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database)


def said(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)))


def a_home(database: Database, **fields: object) -> str:
    with database.session() as session:
        return f"/rounds/{an_asked_round(session, **fields).id}"


def the_round(session: Session) -> Round:
    return session.scalars(select(Round)).one()


def send(staff: FlaskClient, address: str, **fields: object) -> tuple[int, str]:
    """Fill in the form of a page and send it; the fields that are not named stay as the page had them."""
    page = staff.get(f"{address}?lang=en").text
    answer = staff.post(address, data={"csrf_token": token_of(page), **fields})
    return answer.status_code, answer.text


# The list


def test_the_list_says_where_each_round_stands_in_both_languages(staff: FlaskClient, sqlite_database: Database) -> None:
    a_home(sqlite_database, closes_at=NOW + DAY, label={"es": "Julio", "en": "July"})
    english, spanish = said(staff.get("/p/norte/rounds?lang=en").text), said(staff.get("/p/norte/rounds?lang=es").text)
    assert "Your view, July Open for answers Closes:" in english
    assert "Su opinión, Julio Abierta Cierra:" in spanish
    assert "Fewer than 5 answers so far." in english


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"opens_at": NOW + DAY}, "Not open yet"),
        ({"waits": True}, "It opens when you open it."),
        ({"closes_at": NOW - HOUR}, "Ended, not closed yet"),
        ({"closes_at": NOW - 2 * DAY}, "Closed"),
    ],
)
def test_every_state_is_said(staff: FlaskClient, sqlite_database: Database, fields: dict[str, object], word: str) -> None:
    home = a_home(sqlite_database, **fields)
    assert word in said(staff.get("/p/norte/rounds?lang=en").text)
    assert word in said(staff.get(f"{home}?lang=en").text)


# A new round


def test_a_round_is_made_on_a_page_in_the_time_zone_of_the_programme(staff: FlaskClient, sqlite_database: Database) -> None:
    a_home(sqlite_database)
    with sqlite_database.session() as session:
        survey = session.scalars(select(Programme)).one().surveys[0].id
    status, _ = send(
        staff,
        "/p/norte/rounds/new",
        **{
            "survey": survey,
            "label.es": "Agosto",
            "label.en": "August",
            "on": "2031-08-01",
            "opens": "time",
            "opens_at": "2031-08-01T18:00",
            "closes_at": "2031-08-08T18:00",
            "closes_at_count": "40",
            "language": "es",
            "invited.police": "12",
        },
    )
    assert status == 303
    with sqlite_database.session() as session:
        made = session.scalars(select(Round).where(Round.key == "agosto")).one()
        assert (made.opens_at, made.closes_at) == (datetime(2031, 8, 1, 23, tzinfo=UTC), datetime(2031, 8, 8, 23, tzinfo=UTC))
        assert (made.closes_at_count, made.languages, made.invited, made.label["en"]) == (40, ["es"], {"police": 12}, "August")


def test_what_is_wrong_with_a_new_round_is_told_at_its_field_and_nothing_typed_is_lost(
    staff: FlaskClient, sqlite_database: Database
) -> None:
    a_home(sqlite_database, key="first")
    with sqlite_database.session() as session:
        survey = session.scalars(select(Programme)).one().surveys[0].id
    wrong = {
        "survey": survey,
        "label.es": "Uno",
        "label.en": "One",
        "opens": "now",
        "closes_at": "2001-01-01T10:00",
        "closes_at_count": "7",
    }
    status, page = send(staff, "/p/norte/rounds/new", **wrong, key="first")
    assert status == 422
    for field in ("key", "closes_at", "closes_at_count"):
        assert f'id="e-{field}"' in page
    assert 'value="One"' in page
    assert 'id="e-key"' in send(staff, "/p/norte/rounds/new", **wrong, key="una medición")[1]
    status, page = send(staff, "/p/norte/rounds/new", **{**wrong, "closes_at": "soon", "label.en": ""})
    assert status == 422
    assert 'id="e-closes_at"' in page
    assert 'id="e-label.en"' in page
    assert 'id="e-closes_at_count"' in page
    with sqlite_database.session() as session:
        assert len(session.scalars(select(Round)).all()) == 1


# A round's home


def test_the_home_of_a_round_says_what_it_asks_and_leads_on(staff: FlaskClient, sqlite_database: Database) -> None:
    home = a_home(sqlite_database, closes_at=datetime.now(UTC) + 2 * DAY + 4 * HOUR + timedelta(minutes=30))
    page = staff.get(f"{home}?lang=en").text
    with sqlite_database.session() as session:
        assert f"/r/{the_round(session).link}" in page
    assert "Version 1. Español, English. Across meetings." in said(page)
    assert "2 days 4 h Closes:" in said(page)


def test_counts_move_in_steps_and_small_groups_are_not_told(staff: FlaskClient, sqlite_database: Database) -> None:
    home = a_home(sqlite_database, invited={"police": 12, "companies": 11, "communities": 4})
    pages = []
    for group in ["police", "companies", "communities"] * 3:
        with sqlite_database.session() as session:
            a_response(session, the_round(session), group=group)
        pages.append(said(staff.get(f"{home}?lang=en").text))
    assert pages[0] == pages[1] == pages[2] == pages[3]  # fewer than five in all: nothing moves
    assert pages[4] == pages[8]
    assert pages[3] != pages[4]
    assert "5 or more of 27 people answered" in pages[8]
    assert "police under 50% of 12 companies under 50% of 11 communities not shown, to protect small groups" in pages[8]


def test_what_is_told_of_a_group_shows_nothing_but_steps(staff: FlaskClient, sqlite_database: Database) -> None:
    home = a_home(sqlite_database, invited={"police": 12, "companies": 10})
    told = []
    for _ in range(12):
        with sqlite_database.session() as session:
            a_response(session, the_round(session))
        row = re.search(r'<th scope="row">police</th>.*?</tr>', staff.get(f"{home}?lang=en").text, re.DOTALL)
        assert row
        told.append(said(row[0]).strip())
    assert list(dict.fromkeys(told)) == ["police under 50% of 12", "police 5 or more of 12", "police over 50% of 12"]
    assert [told.index(words) for words in dict.fromkeys(told)] == [0, 4, 9]


def test_late_answers_are_told_in_words(staff: FlaskClient, sqlite_database: Database) -> None:
    home = a_home(sqlite_database, closes_at=NOW - 3 * DAY)
    with sqlite_database.session() as session:
        sealing.close_round(session, the_round(session), NOW)
    assert "Fewer than 5 answers came after it closed." in said(staff.get(f"{home}?lang=en").text)
    for _ in range(7):
        with sqlite_database.session() as session:
            a_response(session, the_round(session), channel="paper")
    page = said(staff.get(f"{home}?lang=en").text)
    assert "5 answers or more came after it closed." in page
    assert "7" not in re.findall(r"\b\d+\b", page)


# Opening and closing


def test_a_round_is_opened_ended_and_closed_from_its_home(staff: FlaskClient, sqlite_database: Database) -> None:
    home = a_home(sqlite_database, waits=True)
    token = token_of(staff.get(home).text)
    assert staff.post(f"{home}/open", data={"csrf_token": token}).status_code == 303
    assert "Open" in said(staff.get(f"{home}?lang=en").text)
    assert staff.post(f"{home}/end", data={"csrf_token": token}).status_code == 303
    assert "Ended, not closed yet" in said(staff.get(f"{home}?lang=en").text)
    assert staff.post(f"{home}/close", data={"csrf_token": token}).status_code == 303
    assert "Closed:" in said(staff.get(f"{home}?lang=en").text)
    refused = staff.post(f"{home}/open", data={"csrf_token": token})
    assert (refused.status_code, "cannot be opened again" in said(refused.text)) == (409, True)
    for address in (home, f"{home}/times"):
        assert "they would tell what single people said. Open a new round instead." in said(staff.get(f"{address}?lang=en").text)


def test_an_extension_is_told_on_the_round_and_to_participants_and_kept(staff: FlaskClient, sqlite_database: Database) -> None:
    home = a_home(sqlite_database, closes_at=NOW + DAY)
    status, _ = send(staff, f"{home}/times", closes_at="2031-07-25T18:00", closes_at_count="")
    assert status == 303
    page = said(staff.get(f"{home}?lang=en").text)
    assert "Extended until Friday, 25 July 2031" in page
    assert "instead of" in page
    with sqlite_database.session() as session:
        link = the_round(session).link
    for language, words in {"en": "More time: open until 25 July 2031", "es": "Más tiempo: abierto hasta el 25 de julio de 2031"}.items():
        assert words in said(staff.get(f"/r/{link}?lang={language}").text)


def test_sending_the_times_unchanged_changes_nothing(staff: FlaskClient, sqlite_database: Database) -> None:
    home = a_home(sqlite_database, opens_at=NOW - DAY, closes_at=NOW + DAY + timedelta(seconds=17))
    page = staff.get(f"{home}/times").text
    kept = re.search(r'name="closes_at" value="([^"]+)"', page)
    assert kept
    assert send(staff, f"{home}/times", closes_at=kept[1])[0] == 303
    with sqlite_database.session() as session:
        assert (the_round(session).closes_at, the_round(session).changes) == (NOW + DAY + timedelta(seconds=17), [])


def test_a_closing_that_has_passed_is_refused_at_its_field(staff: FlaskClient, sqlite_database: Database) -> None:
    home = a_home(sqlite_database, closes_at=NOW + DAY)
    status, page = send(staff, f"{home}/times", closes_at="2001-07-25T18:00", closes_at_count="6")
    assert (status, 'id="e-closes_at"' in page, 'id="e-closes_at_count"' in page) == (422, True, True)


@pytest.mark.parametrize("end", ["9999-12-31T23:59", "0001-01-01T00:00"])
def test_the_ends_of_the_calendar_are_no_closing(staff: FlaskClient, sqlite_database: Database, end: str) -> None:
    home = a_home(sqlite_database, closes_at=NOW + DAY)
    status, page = send(staff, f"{home}/times", closes_at=end)
    assert (status, 'id="e-closes_at"' in page) == (422, True)


def test_the_clock_of_the_phone_decides_nothing(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        round_ = an_asked_round(session, closes_at=NOW + DAY)
        link = round_.link
    wrong = {"Date": "Mon, 18 Jul 2011 20:00:00 GMT"}
    assert client.get(f"/r/{link}", headers=wrong).status_code == 200
    with sqlite_database.session() as session:
        opening.set_times(session, the_round(session), Times(closes_at=NOW + HOUR), NOW)
        the_round(session).closes_at = NOW - HOUR
    assert client.get(f"/r/{link}", headers=wrong).status_code == 410


def test_a_link_that_does_not_open_never_names_an_hour_that_is_not_so(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        round_ = an_asked_round(session, waits=True, opens_at=NOW + DAY, closes_at=NOW + 2 * DAY, closes_at_count=5)
        link = round_.link
    page = client.get(f"/r/{link}?lang=en")
    assert (page.status_code, "Opens:" in said(page.text)) == (403, False)
    with sqlite_database.session() as session:
        opening.open_now(session, the_round(session), NOW)
        for _ in range(5):
            a_response(session, the_round(session), now=NOW)
    page = client.get(f"/r/{link}?lang=en")
    assert (page.status_code, "Closed:" in said(page.text)) == (410, False)


def test_a_round_at_a_meeting_takes_its_name_and_day_from_it(staff: FlaskClient, sqlite_database: Database) -> None:
    a_home(sqlite_database)
    with sqlite_database.session() as session:
        programme = session.scalars(select(Programme)).one()
        programme.events.append(Event(key="taller", name={"es": "Taller", "en": "Workshop"}, on=NOW.date(), attendance={}))
    page = staff.get("/p/norte/rounds/new?event=taller").text
    assert 'value="Workshop"' in page
    assert f'value="{NOW.date()}"' in page
