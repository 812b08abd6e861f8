"""When something goes wrong: a kind page in both languages, the right status, and nothing lost."""

from __future__ import annotations

import html
import re
import sqlite3
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from surveys.settings import Settings, load_settings
from surveys.storage import Person, Response
from surveys.storage.database import Database, open_database
from surveys.web.access import public
from tests.web.doors import an_asked_round


def count(database: Database) -> int:
    with database.session(reads_only=True) as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


def a_link(database: Database) -> str:
    with database.session() as session:
        return f"/r/{an_asked_round(session).link}"


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("GET", "/sign-in/x", 403), ("DELETE", "/sign-in", 405)])
def test_an_error_page_speaks_both_languages(client: FlaskClient, method: str, path: str, status: int) -> None:
    page = client.open(path, method=method, headers={"Accept-Language": "en"})
    assert page.status_code == status
    assert page.text.index('<div lang="en"') < page.text.index('<div lang="es"')
    assert page.text.count("<h1>") == 1


def test_a_method_that_is_not_taken_is_answered_with_those_that_are(client: FlaskClient) -> None:
    assert "GET" in client.delete("/sign-in").headers["Allow"]


def test_something_too_large_is_refused(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    page = client.post(link, data={"wishes": "a" * 1_100_000})
    assert page.status_code == 413
    assert "demasiado grande" in page.text


@pytest.fixture
def impatient(settings: Settings, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """A browser on an application that gives a locked database up quickly."""
    monkeypatch.setattr("surveys.storage.database.PATIENCE_SECONDS", 0.1)
    return import_module("app").create_app(settings, Database(settings.database_url)).test_client()


def sent_again(page: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def test_a_locked_database_loses_no_answer(impatient: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    typed = {"~id": str(uuid4()), "~lang": "es", "group": "police", "useful": "4", "wishes": 'Más "luz" & <agua>'}
    with sqlite3.connect(sqlite_database.place, isolation_level=None) as other:
        other.execute("begin immediate")
        page = impatient.post(link, data=typed)
        other.execute("rollback")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert "no se han perdido" in page.text
    assert "are not lost" in page.text
    assert count(sqlite_database) == 0
    kept = sent_again(page.text)
    assert kept == {name: [value] for name, value in typed.items()}
    assert impatient.post(link, data=kept).status_code == 303
    assert impatient.post(link, data=kept).status_code == 303
    assert count(sqlite_database) == 1


def test_the_form_opens_while_somebody_writes(impatient: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    with sqlite3.connect(sqlite_database.place, isolation_level=None) as other:
        other.execute("begin immediate")
        assert impatient.get(link).status_code == 200
        other.execute("rollback")


def test_a_database_that_is_gone_is_told_kindly(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    sqlite_database.engine.dispose()
    for path in Path(sqlite_database.place).parent.glob("tupuy.db*"):
        path.unlink()
    for answer in (client.get(link), client.get("/health"), client.post(link, data={"~id": str(uuid4()), "useful": "4"})):
        assert answer.status_code == 503
        assert "Traceback" not in answer.text
        assert "sqlite" not in answer.text.lower()
    assert 'name="useful" value="4"' in answer.text


@pytest.mark.postgresql
def test_a_server_that_went_away_and_came_back_serves_again(settings: Settings, postgresql_database: Database) -> None:
    client = import_module("app").create_app(settings, postgresql_database).test_client()
    assert client.get("/health").status_code == 200
    with postgresql_database.engine.connect() as connection:
        connection.exec_driver_sql(
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"
        )
    assert client.get("/health").status_code == 200


@pytest.mark.postgresql
def test_an_answer_is_taken_on_postgresql_too(settings: Settings, postgresql_database: Database) -> None:
    client = import_module("app").create_app(settings, postgresql_database).test_client()
    link, mine = a_link(postgresql_database), {"~id": str(uuid4()), "group": "police", "useful": "4"}
    assert client.get(link).status_code == 200
    assert [client.post(link, data=mine).status_code for _ in range(2)] == [303, 303]
    assert count(postgresql_database) == 1


def test_a_fault_of_ours_keeps_what_was_typed(settings: Settings, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    client = import_module("app").create_app(settings, sqlite_database).test_client()
    link = a_link(sqlite_database)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("a fault")

    monkeypatch.setattr("surveys.collecting.take_response", fail)
    page = client.post(link, data={"~id": str(uuid4()), "wishes": "agua", "useful": "4"})
    assert page.status_code == 500
    assert 'name="wishes" value="agua"' in page.text
    assert "RuntimeError" not in page.text


def test_a_page_that_fails_after_storing_may_simply_be_sent_again(
    settings: Settings, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = import_module("app").create_app(settings, sqlite_database).test_client()
    link, mine = a_link(sqlite_database), {"~id": str(uuid4()), "group": "police"}
    with monkeypatch.context() as patch:
        patch.setattr("surveys.web.answer._thanks_for", lambda *_: 1 / 0)
        assert client.post(link, data=mine).status_code == 500
    assert client.post(link, data=mine).status_code == 303
    assert count(sqlite_database) == 1


def test_a_view_that_fails_stores_nothing(app: Flask, sqlite_database: Database) -> None:
    @public
    def fail() -> str:
        g.session.add(Person(email="lost@example.org"))
        g.session.flush()
        raise RuntimeError

    @public
    def work() -> str:
        g.session.add(Person(email="kept@example.org"))
        return "done"

    for path, view in (("/fails", fail), ("/works", work)):
        app.add_url_rule(path, view_func=view, methods=["POST"])
    assert [app.test_client().post(path).status_code for path in ("/fails", "/works")] == [500, 200]
    with sqlite_database.session() as session:
        assert session.scalars(select(Person.email)).all() == ["kept@example.org"]


def test_a_full_disk_is_told_and_what_was_stored_stays(settings: Settings, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    database = open_database(load_settings(settings.data, env={"TUPUY_SECRET": settings.given_secret}))
    client = import_module("app").create_app(settings, database).test_client()
    assert client.post(link, data={"~id": str(uuid4()), "group": "police"}).status_code == 303
    with database.engine.connect() as connection:  # a limit on pages fails as a full disk does
        pages = connection.exec_driver_sql("pragma page_count").scalar_one()

    @event.listens_for(database.engine, "checkout")
    def limit(connection: Any, *_: Any) -> None:
        connection.execute(f"pragma max_page_count = {pages}")

    statuses = [
        client.post(link, data={"~id": str(uuid4()), "group": "police", "wishes": "agua y luz " * 40}).status_code for _ in range(60)
    ]
    assert set(statuses) == {303, 503}
    assert count(sqlite_database) == 1 + statuses.count(303)
