"""Inviting over HTTP: a list looked at and stored, e-mails through a mail server, texts shown once, and nobody told on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from importlib import import_module
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys import promising
from surveys.authoring import open_round
from surveys.settings import Settings
from surveys.storage import Invitation, Response, Round
from surveys.storage.database import Database
from tests.records import TODAY
from tests.surveys.sink import Sink, a_sink
from tests.web.doors import an_asked_round, sign_in, token_of

LIST = "nombre,correo,celular,idioma,DNI\nAna Pérez,ana@example.org,987654321,es,12345678\nJosé Ríos,jose@example.org,,en,\n"


@pytest.fixture
def round_id(sqlite_database: Database) -> UUID:
    with sqlite_database.session() as session:
        round_ = an_asked_round(session)
        promising.choose_level(session, round_.survey, "confidential", datetime.now(UTC).date())
        return round_.id


@pytest.fixture
def sink() -> Iterator[Sink]:
    with a_sink() as running:
        yield running


@pytest.fixture
def posting(settings: Settings, sqlite_database: Database, sink: Sink) -> Flask:
    """The application with a mail server."""
    return import_module("app").create_app(replace(settings, mail=sink.server), sqlite_database)


@pytest.fixture
def staff(app: Flask, sqlite_database: Database) -> FlaskClient:
    return sign_in(app.test_client(), sqlite_database, "en")


@pytest.fixture
def postmaster(posting: Flask, sqlite_database: Database) -> FlaskClient:
    """Somebody of the staff where a mail server is set up."""
    return sign_in(posting.test_client(), sqlite_database, "en")


def page_of(staff: FlaskClient, round_id: UUID) -> str:
    return staff.get(f"/rounds/{round_id}/invitations").get_data(as_text=True)


def post(staff: FlaskClient, round_id: UUID, where: str = "", **data: object) -> TestResponse:
    token = token_of(staff.get("/sign-out").get_data(as_text=True))
    return staff.post(f"/rounds/{round_id}/invitations{where}", data={"csrf_token": token, **data})


def look(staff: FlaskClient, round_id: UUID, listed: str = LIST) -> str:
    return post(staff, round_id, file=(BytesIO(listed.encode()), "lista.csv")).get_data(as_text=True)


def bring(staff: FlaskClient, round_id: UUID, listed: str = LIST) -> str:
    """Look at a list and store what was looked at."""
    page = look(staff, round_id, listed)
    carried = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("name", "carried", "seen")}
    answer = post(staff, round_id, **{name: unescape(found[1]) for name, found in carried.items() if found})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_list_is_looked_at_before_anything_is_stored(staff: FlaskClient, sqlite_database: Database, round_id: UUID) -> None:
    page = look(staff, round_id)
    assert "2 new people" in page
    assert "Columns that are not read and not stored: DNI" in page
    assert "12345678" not in page.replace("+51", "")
    with sqlite_database.session() as session:
        assert session.scalars(select(Invitation)).all() == []
    assert "2 people of the file are on the list." in bring(staff, round_id)
    with sqlite_database.session() as session:
        assert sorted(session.scalars(select(Invitation.name))) == ["Ana Pérez", "José Ríos"]


def test_every_fault_of_a_list_is_told_and_nothing_is_stored(staff: FlaskClient, sqlite_database: Database, round_id: UUID) -> None:
    page = unescape(look(staff, round_id, "nombre,correo\nAna,ana\n,b@example.org\n"))
    assert "lista.csv, row 2, column correo, value “ana”: This is not an e-mail address." in page
    assert "lista.csv, row 3, column nombre" in page
    assert 'name="seen"' not in page
    with sqlite_database.session() as session:
        assert session.scalars(select(Invitation)).all() == []


def test_without_a_file_it_says_so(staff: FlaskClient, round_id: UUID) -> None:
    assert post(staff, round_id).status_code == 422


def test_a_survey_that_promises_more_is_not_offered_a_list(staff: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        other = an_asked_round(session).id
    assert "this one promises more" in page_of(staff, other)
    assert "Bring in a list" not in page_of(staff, other)


def test_without_a_mail_server_everything_works_by_pasting(staff: FlaskClient, round_id: UUID) -> None:
    bring(staff, round_id)
    assert "No mail server is set up" in page_of(staff, round_id)
    assert post(staff, round_id, "/send", kind="invitation").status_code == 404
    page = unescape(post(staff, round_id, "/texts").get_data(as_text=True))
    assert "Hola Ana Pérez:" in page
    assert "https://wa.me/51987654321?text=Hola%20Ana" in page


def test_a_pasted_link_is_shown_once_and_opens_the_form(app: Flask, staff: FlaskClient, sqlite_database: Database, round_id: UUID) -> None:
    bring(staff, round_id)
    page = unescape(post(staff, round_id, "/texts").get_data(as_text=True))
    address = re.search(r"http://localhost(/r/[a-z0-9]+/p/[a-z0-9]{20})", page)
    assert address
    token = address[1].rsplit("/", 1)[1]
    assert token not in page_of(staff, round_id)
    assert "There is no message to write." in post(staff, round_id, "/texts").get_data(as_text=True)
    assert app.test_client().get(address[1]).status_code == 200
    with sqlite_database.session() as session:
        ana = session.scalars(select(Invitation).where(Invitation.name == "Ana Pérez")).one()
    again = unescape(post(staff, round_id, "/texts", who=str(ana.id), kind="reminder").get_data(as_text=True))
    assert "si ya respondió, gracias" in again.casefold()
    assert token not in again


def test_everybody_is_invited_and_reminded_by_e_mail_in_their_language(
    posting: Flask, postmaster: FlaskClient, sink: Sink, sqlite_database: Database, round_id: UUID
) -> None:
    bring(postmaster, round_id)
    assert "2 messages sent." in post(postmaster, round_id, "/send", kind="invitation").get_data(as_text=True)
    said = {address: message.get_content() for address, message in sink.taken}
    assert said["ana@example.org"].startswith("Hola Ana Pérez:")
    assert said["jose@example.org"].startswith("Hello José Ríos:")
    address = re.search(r"http://localhost(/r/[a-z0-9]+/p/[a-z0-9]{20})", said["ana@example.org"])
    assert address
    before = page_of(postmaster, round_id)
    assert posting.test_client().post(address[1], data={"group": "police", "useful": "4"}).status_code == 303
    with sqlite_database.session() as session:
        assert len(session.scalars(select(Response)).all()) == 1
    assert without_tokens(page_of(postmaster, round_id)) == without_tokens(before)  # nobody is told that she answered
    sink.taken.clear()
    post(postmaster, round_id, "/send", kind="reminder")
    assert sorted(sink.addresses) == ["ana@example.org", "jose@example.org"]


def without_tokens(page: str) -> str:
    return re.sub(r'(csrf_token" value|nonce)="[^"]*"', "", page)


def test_a_server_that_is_away_is_told_and_the_sending_goes_on_later(
    postmaster: FlaskClient, sink: Sink, sqlite_database: Database, round_id: UUID
) -> None:
    bring(postmaster, round_id)
    sink.dies, sink.lives_for = "before", 1
    page = post(postmaster, round_id, "/send", kind="invitation").get_data(as_text=True)
    assert "The mail server cannot be reached." in page
    assert "1 message sent. 1 waits." in page
    assert 'data-goes-on=""' in page
    sink.dies = "never"
    mailing = re.search(r'name="mailing" value="([^"]+)"', page)
    assert mailing
    assert "2 messages sent." in post(postmaster, round_id, "/send", mailing=mailing[1], do="on").get_data(as_text=True)
    assert sorted(sink.addresses) == ["ana@example.org", "jose@example.org"]


def test_a_refused_address_is_named_with_the_servers_words(postmaster: FlaskClient, sink: Sink, round_id: UUID) -> None:
    bring(postmaster, round_id)
    sink.refused = {"jose@example.org"}
    page = post(postmaster, round_id, "/send", kind="invitation").get_data(as_text=True)
    assert "1 was refused." in page
    assert re.search(r"José Ríos: <span lang=\"en\">550 5.1.1 no such mailbox here", page)


def test_somebody_is_taken_off_the_list(staff: FlaskClient, sqlite_database: Database, round_id: UUID) -> None:
    bring(staff, round_id)
    with sqlite_database.session() as session:
        who = session.scalars(select(Invitation.id).where(Invitation.name == "José Ríos")).one()
    page = post(staff, round_id, "/list", who=str(who), do="remove").get_data(as_text=True)
    assert "José Ríos" not in page
    assert "1 person on the list" in page


def test_whoever_declines_is_marked_and_gets_nothing(
    posting: Flask, postmaster: FlaskClient, sink: Sink, sqlite_database: Database, round_id: UUID
) -> None:
    bring(postmaster, round_id)
    post(postmaster, round_id, "/send", kind="invitation")
    message = next(message for address, message in sink.taken if address == "ana@example.org")
    way_out = re.search(r"http://localhost(/r/[^>\s]+)", message["List-Unsubscribe"])
    assert way_out
    assert posting.test_client().post(way_out[1]).status_code == 200
    assert "Wants no messages." in page_of(postmaster, round_id)
    sink.taken.clear()
    post(postmaster, round_id, "/send", kind="reminder")
    assert sink.addresses == ["jose@example.org"]


def test_the_choice_to_keep_the_list_is_kept(staff: FlaskClient, round_id: UUID) -> None:
    bring(staff, round_id)
    assert 'name="keeps"> ' in page_of(staff, round_id)
    post(staff, round_id, "/list", do="keep", keeps="on")
    assert 'name="keeps" checked> ' in page_of(staff, round_id)


def test_a_person_of_another_round_cannot_be_written_to_from_here(staff: FlaskClient, sqlite_database: Database, round_id: UUID) -> None:
    bring(staff, round_id)
    with sqlite_database.session() as session:
        who = session.scalars(select(Invitation.id)).first()
        other = open_round(session, session.get_one(Round, round_id).survey, "2026-2", TODAY).id
    assert post(staff, other, "/texts", who=str(who)).status_code == 404
