"""Staff sign in with a link that works once, and out again; the language they choose is remembered."""

from __future__ import annotations

from http.cookies import SimpleCookie

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys.storage import Person, StaffSession
from surveys.storage.database import Database
from tests.web.doors import a_sign_in_link, sign_in, token_of


def test_the_way_in_says_how_to_get_a_link(client: FlaskClient) -> None:
    assert "tupuy sign-in" in client.get("/sign-in").text


def test_looking_at_a_link_does_not_use_it_up(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_sign_in_link(sqlite_database)
    for _ in range(3):
        seen = client.get(link)
        assert seen.status_code == 200
        assert "Set-Cookie" not in seen.headers
        assert '<form method="post">' in seen.text
    assert client.post(link).status_code == 303


def test_a_link_works_once(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_sign_in_link(sqlite_database)
    assert client.post(link).headers["Location"] == "/"
    again = client.post(link)
    assert again.status_code == 403
    assert "ya se usó o venció" in again.text
    assert "has been used or has expired" in again.text
    assert client.get(link).status_code == 403


def test_the_cookie_is_not_for_scripts_nor_for_other_sites(app: Flask, sqlite_database: Database) -> None:
    plain = app.test_client().post(a_sign_in_link(sqlite_database)).headers["Set-Cookie"]
    secure = app.test_client().post(a_sign_in_link(sqlite_database), base_url="https://tupuy.example").headers["Set-Cookie"]
    for cookie, is_secure in ((plain, False), (secure, True)):
        held = SimpleCookie(cookie)["tupuy"]
        assert (held["httponly"], held["samesite"], bool(held["secure"])) == (True, "Lax", is_secure)
        assert len(held.value) >= 43


def test_the_cookie_itself_is_not_in_the_database(client: FlaskClient, sqlite_database: Database) -> None:
    sign_in(client, sqlite_database)
    cookie = client.get_cookie("tupuy")
    assert cookie is not None
    with sqlite_database.session() as session:
        assert cookie.value not in session.scalars(select(StaffSession.secret_hash)).all()


def test_signing_out_ends_the_session_on_the_server(client: FlaskClient, sqlite_database: Database) -> None:
    sign_in(client, sqlite_database)
    cookie = client.get_cookie("tupuy")
    assert cookie is not None
    gone = client.post("/sign-out", data={"csrf_token": token_of(client.get("/sign-out").text)})
    assert gone.headers["Location"] == "/sign-in"
    client.set_cookie("tupuy", cookie.value)
    assert client.get("/sign-out").status_code == 303


@pytest.mark.parametrize("cookie", ["", "nonsense", "é", "x" * 5000])
def test_a_cookie_that_is_nobodys_is_no_sign_in(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("tupuy", cookie)
    assert client.get("/sign-out").headers["Location"] == "/sign-in"


def test_the_language_chosen_is_remembered_with_the_person(client: FlaskClient, sqlite_database: Database) -> None:
    sign_in(client, sqlite_database)
    assert '<html lang="es">' in client.get("/sign-out", headers={"Accept-Language": "en"}).text
    assert '<html lang="en">' in client.get("/sign-out?lang=en").text
    assert '<html lang="en">' in client.get("/sign-out", headers={"Accept-Language": "es"}).text
    with sqlite_database.session() as session:
        assert session.scalars(select(Person.language)).one() == "en"


@pytest.mark.parametrize(
    ("asked", "browser", "answered"), [("en", "es", "en"), ("xx", "en-GB", "en"), (None, "qu", "es"), (None, "", "es")]
)
def test_a_language_that_is_not_spoken_is_answered_in_one_that_is(
    client: FlaskClient, asked: str | None, browser: str, answered: str
) -> None:
    page = client.get("/sign-in", query_string={"lang": asked} if asked else {}, headers={"Accept-Language": browser})
    assert f'<html lang="{answered}">' in page.text


def test_health_is_told_in_one_word(client: FlaskClient) -> None:
    assert client.get("/health").json == {"status": "ok"}
