"""A flood from one address is slowed; a full room behind one address is not; no address is kept in clear."""

from __future__ import annotations

import gc
from importlib import import_module

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.settings import load_settings
from surveys.storage.database import Database
from surveys.web import limits

ROOM, OTHER = "203.0.113.77", "198.51.100.5"


def opened(app: Flask, address: str, method: str = "GET", path: str = "/r/aaaaaaaaaa", **more: object) -> int:
    return app.test_client().open(path, method=method, environ_base={"REMOTE_ADDR": address}, **more).status_code


@pytest.fixture
def a_small_limit(monkeypatch: pytest.MonkeyPatch, app: Flask, sqlite_database: Database) -> Flask:
    monkeypatch.setattr(limits, "MOST", "40 per minute")
    return import_module("app").create_app(app.settings, sqlite_database)


def test_a_flood_is_told_to_wait_and_others_are_not(a_small_limit: Flask) -> None:
    statuses = [opened(a_small_limit, ROOM) for _ in range(45)]
    assert statuses == [404] * 40 + [429] * 5
    assert opened(a_small_limit, OTHER) == 404


def test_what_was_sent_while_waiting_is_kept_on_the_page(a_small_limit: Flask) -> None:
    for _ in range(40):
        opened(a_small_limit, ROOM)
    client = a_small_limit.test_client()
    page = client.post("/r/aaaaaaaaaa", data={"why": "mi respuesta"}, environ_base={"REMOTE_ADDR": ROOM})
    assert (page.status_code, page.headers["Retry-After"]) == (429, "30")
    assert 'value="mi respuesta"' in page.text
    assert "no se han perdido" in page.text


def test_three_hundred_phones_behind_one_address_are_never_stopped(app: Flask) -> None:
    assert {opened(app, ROOM) for _ in range(300 * 5)} == {404}


def test_this_machine_is_not_counted(a_small_limit: Flask) -> None:
    assert {opened(a_small_limit, "127.0.0.1") for _ in range(60)} == {404}


def test_behind_a_proxy_of_ours_each_phone_counts_for_itself(
    app: Flask, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST", "40 per minute")
    settings = load_settings(app.settings.data, env={"TUPUY_PROXIES": "1", "TUPUY_SECRET": app.settings.given_secret})
    behind = import_module("app").create_app(settings, sqlite_database)
    statuses = [opened(behind, "127.0.0.1", headers={"X-Forwarded-For": address}) for address in [ROOM] * 41 + [OTHER]]
    assert statuses[-2:] == [429, 404]


def test_an_address_is_counted_under_a_hash(app: Flask) -> None:
    client: FlaskClient = app.test_client()
    with client:
        client.get("/r/aaaaaaaaaa", environ_base={"REMOTE_ADDR": ROOM})
        key = limits.counted_address()
    assert ROOM not in key
    counters = [one for one in gc.get_objects() if type(one).__name__ == "MemoryStorage"]
    assert any(key in str(list(one.storage)) for one in counters)
    assert not any(ROOM in str(list(one.storage)) for one in counters)
