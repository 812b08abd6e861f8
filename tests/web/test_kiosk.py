"""A kiosk: one device for many people, given back with a PIN; nothing of the staff can be reached from it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys import cards, collecting, lending, promising
from surveys.errors import ProblemsFound
from surveys.lending import KioskLocked
from surveys.storage import Kiosk, Response, Round, StaffSession
from surveys.storage.database import Database
from tests.records import TODAY
from tests.web.doors import an_asked_round, sign_in, token_of

PIN = "2580"
BEFORE = datetime.now(UTC) - timedelta(minutes=10)
JSON = {"Accept": "application/json"}


def a_kiosk(database: Database, **fields: object) -> tuple[str, UUID]:
    """A kiosk of an open round: its address and the round's id."""
    with database.session() as session:
        round_ = an_asked_round(session, **fields)
        _kiosk, token = lending.start_kiosk(session, round_, PIN, 60, datetime.now(UTC))
        return f"/k/{token}", round_.id


def answers(address: str, client: FlaskClient, **more: str) -> dict[str, str]:
    """What a page of the kiosk sends."""
    mark = re.search(r'name="~mark" value="([^"]*)"', client.get(address).text)
    assert mark
    return {"~id": str(uuid4()), "~lang": "es", "~mark": mark[1], "useful": "4", **more}


def close(database: Database, round_id: UUID) -> None:
    with database.session() as session:
        kiosk = session.scalars(select(Kiosk).where(Kiosk.round_id == round_id)).one()
        kiosk.round.closes_at = datetime.now(UTC)  # a page opened in the minute before is still in time


def test_answers_of_a_kiosk_are_stored_with_its_channel_and_a_receipt(client: FlaskClient, sqlite_database: Database) -> None:
    address, round_id = a_kiosk(sqlite_database)
    sent = answers(address, client)
    first, second = (client.post(address, data=sent, headers=JSON) for _ in range(2))
    assert first.status_code == 200
    assert first.json == second.json  # sent again, stored once
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", first.json["receipt"])
    with sqlite_database.session() as session:
        (stored,) = session.scalars(select(Response).where(Response.round_id == round_id))
        assert (stored.channel, stored.answers["useful"]) == ("kiosk", 4)


def test_a_kiosk_promises_no_link_and_a_receipt_only_with_a_signal(client: FlaskClient, sqlite_database: Database) -> None:
    address, _ = a_kiosk(sqlite_database)
    page = client.get(f"{address}?lang=en").get_data(as_text=True)
    assert "If there is signal, you get a receipt code." in page
    assert "can be read at an address that the team gives you." in page
    assert "on this same link" not in page


def test_a_kiosk_of_a_survey_with_cards_asks_for_the_card_and_keeps_its_code_scrambled(
    client: FlaskClient, sqlite_database: Database
) -> None:
    address, round_id = a_kiosk(sqlite_database)
    with sqlite_database.session() as session:
        promising.choose_level(session, session.get_one(Round, round_id).survey, "card", TODAY)
    (card,) = cards.make_stack(1)
    assert client.post(address, data=answers(address, client, **{"~card": card[:-1]})).status_code == 422
    assert client.post(address, data=answers(address, client, **{"~card": card.lower()}), headers=JSON).status_code == 200
    with sqlite_database.session() as session:
        (stored,) = session.scalars(select(Response).where(Response.round_id == round_id))
        assert stored.code_hash
        assert card not in repr(vars(stored))


def test_without_script_the_receipt_comes_on_a_page_that_turns_blank_by_itself(client: FlaskClient, sqlite_database: Database) -> None:
    address, _ = a_kiosk(sqlite_database)
    answer = client.post(address, data=answers(address, client))
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert re.search(r"<output[^>]*>[A-Z0-9]{4}-[A-Z0-9]{4}</output>", page.text)
    assert f'http-equiv="refresh" content="60;url={address}"' in page.text
    assert page.headers["Cache-Control"] == "no-store"


def test_the_page_keeps_no_draft_and_is_kept_by_no_cache(client: FlaskClient, sqlite_database: Database) -> None:
    address, _ = a_kiosk(sqlite_database)
    page = client.get(address)
    assert page.headers["Cache-Control"] == "no-store"
    assert '"key": ""' in page.text
    assert "Saved on this phone" not in page.text
    assert "Set-Cookie" not in page.headers


def test_a_kiosk_opened_in_a_signed_in_browser_signs_it_out(client: FlaskClient, sqlite_database: Database) -> None:
    address, round_id = a_kiosk(sqlite_database)
    sign_in(client, sqlite_database)
    assert client.get(f"/rounds/{round_id}/kiosk").status_code == 200
    client.get(address)
    for path in ("/", f"/rounds/{round_id}", f"/rounds/{round_id}/kiosk", "/p/norte", "/p/norte/trends"):
        assert client.get(path).status_code == 303
        assert client.get(path).location.startswith("/sign-in")


def test_starting_a_kiosk_on_this_device_ends_the_session_of_its_staff(client: FlaskClient, sqlite_database: Database) -> None:
    _, round_id = a_kiosk(sqlite_database)
    sign_in(client, sqlite_database)
    token = token_of(client.get(f"/rounds/{round_id}/kiosk").text)
    sent = {"csrf_token": token, "pin": PIN, "again": PIN, "idle": "60", "where": "here"}
    answer = client.post(f"/rounds/{round_id}/kiosk", data=sent)
    assert answer.status_code == 303
    assert answer.location.startswith("/k/")
    assert client.get(f"/rounds/{round_id}").status_code == 303
    with sqlite_database.session() as session:
        assert session.scalars(select(StaffSession)).all() == []


def test_an_address_for_another_device_is_shown_once_with_its_code(client: FlaskClient, sqlite_database: Database) -> None:
    _, round_id = a_kiosk(sqlite_database)
    sign_in(client, sqlite_database)
    token = token_of(client.get(f"/rounds/{round_id}/kiosk").text)
    page = client.post(
        f"/rounds/{round_id}/kiosk", data={"csrf_token": token, "pin": PIN, "again": PIN, "idle": "60", "where": "elsewhere"}
    )
    address = re.search(r"http://localhost(/k/[a-z0-9]{20})", page.text)
    assert address
    assert "<svg" in page.text
    assert client.application.test_client().get(address[1]).status_code == 200
    assert address[1] not in client.get(f"/rounds/{round_id}/kiosk").text


@pytest.mark.parametrize(
    ("pin", "again", "said"),
    [("123", "123", "no puede ser un PIN"), ("1234", "1234", "es de los primeros"), ("2580", "2581", "no son iguales")],
)
def test_a_weak_or_mistyped_pin_starts_nothing(client: FlaskClient, sqlite_database: Database, pin: str, again: str, said: str) -> None:
    _, round_id = a_kiosk(sqlite_database)
    sign_in(client, sqlite_database)
    token = token_of(client.get(f"/rounds/{round_id}/kiosk").text)
    page = client.post(f"/rounds/{round_id}/kiosk", data={"csrf_token": token, "pin": pin, "again": again, "idle": "60", "where": "here"})
    assert page.status_code == 422
    assert said in page.text
    assert pin not in page.text.replace("1234567890", "")


def test_the_pin_opens_the_teams_part_and_ends_the_kiosk(client: FlaskClient, sqlite_database: Database) -> None:
    address, _ = a_kiosk(sqlite_database)
    assert client.post(f"{address}/leave", data={"pin": "9999", "do": "look"}, headers=JSON).status_code == 403
    assert client.post(f"{address}/leave", data={"pin": PIN, "do": "look"}, headers=JSON).json == {"ended": False}
    assert client.get(address).status_code == 200
    assert client.post(f"{address}/leave", data={"pin": PIN, "do": "leave"}, headers=JSON).json == {"ended": True}
    page = client.get(address)
    assert page.status_code == 410
    assert "Este dispositivo ya no recibe respuestas" in page.text


def test_after_five_wrong_pins_the_right_one_is_not_looked_at_either(database: Database) -> None:
    now = datetime(2026, 7, 18, 15, tzinfo=UTC)
    with database.session() as session:
        _kiosk, token = lending.start_kiosk(session, an_asked_round(session), PIN, 60, now)
    for _ in range(lending.MOST_TRIES):
        database.write(lambda session: lending.count_try(session, token, now))
    with pytest.raises(KioskLocked):
        database.write(lambda session: lending.count_try(session, token, now))
    later = now + timedelta(minutes=lending.LOCKED_MINUTES)
    assert lending.is_pin(PIN, database.write(lambda session: lending.count_try(session, token, later)))


def test_only_slow_hashes_are_kept_of_pin_and_address(database: Database) -> None:
    with database.session() as session:
        kiosk, token = lending.start_kiosk(session, an_asked_round(session), PIN, 60, datetime.now(UTC))
        kept = [str(getattr(kiosk, column.key)) for column in Kiosk.__table__.columns]
        assert not any(token in words or PIN in words.split("$") for words in kept)
        assert kiosk.pin_hash.startswith("scrypt$16384$8$1$")
        with pytest.raises(ProblemsFound):
            lending.start_kiosk(session, kiosk.round, PIN, 5, datetime.now(UTC))


def test_when_the_round_closes_the_kiosk_says_so_and_still_takes_what_waited(client: FlaskClient, sqlite_database: Database) -> None:
    address, round_id = a_kiosk(sqlite_database)
    waiting = answers(address, client)
    assert client.get(f"{address}/state", headers=JSON).json["open"] is True
    close(sqlite_database, round_id)
    assert client.get(f"{address}/state", headers=JSON).json == {"open": False, "mark": ""}
    page = client.get(address)
    assert page.status_code == 410
    assert "Este cuestionario está cerrado" in page.text
    assert client.post(address, data=waiting, headers=JSON).status_code == 200
    assert client.post(address, data={**waiting, "~id": str(uuid4()), "~mark": ""}, headers=JSON).status_code == 410


def test_a_kiosk_that_was_ended_still_sends_what_waits_on_it(client: FlaskClient, sqlite_database: Database) -> None:
    address, round_id = a_kiosk(sqlite_database)
    waiting = answers(address, client)
    sign_in(client, sqlite_database)
    token = token_of(client.get(f"/rounds/{round_id}/kiosk").text)
    with sqlite_database.session() as session:
        kiosk_id = session.scalars(select(Kiosk.id)).one()
    assert client.post(f"/rounds/{round_id}/kiosk/{kiosk_id}/end", data={"csrf_token": token}).status_code == 303
    assert client.get(address).status_code == 410
    assert client.post(address, data=waiting, headers=JSON).status_code == 200


def test_a_page_drawn_again_keeps_the_mark_of_its_first_opening(client: FlaskClient, sqlite_database: Database) -> None:
    address, round_id = a_kiosk(sqlite_database)
    with sqlite_database.session() as session:
        mark = collecting.make_page_mark(session.get_one(Round, round_id), client.application.settings.secret, BEFORE)  # type: ignore[attr-defined]  # the app is Doors
    again = client.post(address, data={**answers(address, client), "~mark": mark, "~to": "en"})
    assert f'name="~mark" value="{mark}"' in again.text


def test_faulty_answers_come_back_with_their_faults_and_what_was_typed(client: FlaskClient, sqlite_database: Database) -> None:
    address, _ = a_kiosk(sqlite_database)
    page = client.post(address, data=answers(address, client, useful="9"), headers=JSON)
    assert page.status_code == 422
    assert 'id="sum"' in page.text


@pytest.mark.parametrize("path", ["/k/nothing", "/k/nothing/state", "/k/nothing/leave", "/k/nothing/thanks"])
def test_an_unknown_address_opens_nothing(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
