"""Every door says who may enter, other sites' pages cannot push through it, and what travels is safe."""

from __future__ import annotations

import gzip
import logging
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from surveys import web
from surveys.settings import Settings
from surveys.storage import Response
from surveys.storage.database import Database
from surveys.web.access import gate, who_may_enter
from tests.web.doors import an_asked_round, sign_in

ROOT = Path(__file__).resolve().parents[2]


def test_every_route_says_who_may_enter(app: Flask) -> None:
    silent = [rule.rule for rule in app.url_map.iter_rules() if who_may_enter(app, rule.endpoint) not in {"public", "staff"}]
    assert silent == []


def test_a_door_that_says_nothing_is_open_to_nobody(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


def test_only_answering_and_signing_in_are_public(app: Flask) -> None:
    public = {rule.rule for rule in app.url_map.iter_rules() if who_may_enter(app, rule.endpoint) == "public"}
    kiosk = {f"/k/<token>{end}" for end in ("", "/state", "/thanks", "/leave")}
    answering = {
        "/r/<link>",
        "/R/<link>",
        "/r/<link>/thanks",
        "/r/<link>/p/<token>",
        "/s/<link>",
        "/S/<link>",
        "/<code:link>",
    }
    answering |= {"/r/<link>/words", "/r/worker.js", "/r/<link>/voice/<digest>"}
    rights = {"/r/<link>/receipt", "/r/<link>/results", "/results/<link>", "/r/<link>/no/<token>"}
    trying = {"/t/<link>", "/T/<link>", "/t/<link>/thanks"}
    subscribing = {"/p/<programme>/calendar/<token>.ics"}
    others = {"/sign-in", "/sign-in/<secret>", "/health", "/static/<path:filename>"}
    assert public == answering | kiosk | rights | trying | subscribing | others


def test_every_other_page_is_closed_to_whoever_is_not_signed_in(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if who_may_enter(app, rule.endpoint) == "staff":
            path = re.sub(r"<uuid:\w+>", str(uuid4()), rule.rule).replace("<programme>", "norte").replace("<int:number>", "1")
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                answer = app.test_client().open(path, method=method)
                assert (answer.status_code, answer.headers.get("Location")) in {(303, "/sign-in"), (403, None)}, path


def test_the_doors_opened_later_are_those_that_their_rooms_declare(app: Flask) -> None:
    declared = Flask("declared")
    for room in {name.split(".")[0] for _, _, name, _ in web.LATER}:
        declared.register_blueprint(import_module(f"surveys.web.{room}").doors)
    rules = {
        (method, rule.rule, rule.endpoint, who_may_enter(declared, rule.endpoint))
        for rule in declared.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {rule for rule in rules if rule[2] != "static"} == set(web.LATER)


def test_the_gate_asks_before_any_view_runs(app: Flask) -> None:
    assert gate in app.before_request_funcs[None]


# Other sites


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "http://localhost.elsewhere.example"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, 404),
        ({"Origin": "null"}, 404),
        ({}, 404),
    ],
)
def test_a_send_from_another_site_is_refused_and_missing_headers_pass(client: FlaskClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/r/nowhere22", headers=headers).status_code == status


def test_a_staff_page_sent_without_its_token_is_refused(client: FlaskClient, sqlite_database: Database) -> None:
    sign_in(client, sqlite_database)
    assert client.post("/sign-out").status_code == 400
    assert client.get("/sign-out").status_code == 200  # still signed in


# What travels


def test_pages_forbid_inline_code_frames_and_other_hosts(client: FlaskClient) -> None:
    for path in ("/sign-in", "/nowhere", "/health", "/static/base.css"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_the_nonce_is_new_for_each_page_and_is_that_of_its_blocks(client: FlaskClient) -> None:
    first, second = client.get("/nowhere"), client.get("/nowhere")
    nonce = first.text.split('nonce="')[1].split('"')[0]
    assert f"'nonce-{nonce}'" in first.headers["Content-Security-Policy"]
    assert nonce not in second.text


def test_pages_are_compressed_for_those_who_take_it(client: FlaskClient) -> None:
    plain = client.get("/sign-in")
    small = client.get("/sign-in", headers={"Accept-Encoding": "gzip"})
    refused = client.get("/sign-in", headers={"Accept-Encoding": "gzip;q=0"})
    assert gzip.decompress(small.data) == plain.data == refused.data
    assert len(small.data) < len(plain.data) * 0.7
    assert "Accept-Encoding" in plain.headers["Vary"]


def test_files_are_kept_for_ever_under_a_name_that_changes_with_them(client: FlaskClient) -> None:
    page = client.get("/sign-in").text
    address = page.split('href="/static/base.css')[1].split('"')[0]
    assert address.startswith("?v=")
    assert "immutable" in client.get(f"/static/base.css{address}").headers["Cache-Control"]
    assert "immutable" not in client.get("/static/base.css").headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/static/../settings.py", "/static/%2e%2e/settings.py", "/static//etc/passwd"])
def test_no_file_outside_the_folder_is_sent(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in {403, 404, 308}
    assert b"SHORTEST_SECRET" not in client.get(path, follow_redirects=True).data


# Nothing of a participant


ADDRESS, DEVICE = "203.0.113.77", "Nokia-3310-of-Rosa"


def test_nothing_about_the_device_is_kept_or_logged(
    app: Flask, settings: Settings, sqlite_database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with sqlite_database.session() as session:
        link = an_asked_round(session).link
    client = app.test_client()
    from_phone = {"environ_overrides": {"REMOTE_ADDR": ADDRESS}, "headers": {"User-Agent": DEVICE, "X-Forwarded-For": ADDRESS}}
    page = client.get(f"/r/{link}", **from_phone)
    mine = uuid4()
    sent = client.post(f"/r/{link}", data={"~id": str(mine), "~lang": "es", "group": "~refused"}, **from_phone)
    assert (page.status_code, sent.status_code) == (200, 303)
    assert "Set-Cookie" not in page.headers
    assert "Set-Cookie" not in sent.headers
    with sqlite_database.session() as session:
        assert session.scalars(select(Response.id)).all() == [mine]
    sqlite_database.engine.dispose()
    kept = b"".join(path.read_bytes() for path in settings.data.rglob("*") if path.is_file())
    assert mine.hex.encode() in kept
    for trace in (ADDRESS, DEVICE, "203.0.113"):
        assert trace.encode() not in kept
        assert trace not in caplog.text
    assert link not in caplog.text


def test_a_fault_is_logged_without_the_link_or_the_answers(
    settings: Settings, sqlite_database: Database, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = import_module("app").create_app(settings, sqlite_database)
    monkeypatch.setattr("surveys.collecting.open_link", lambda *_, **__: 1 / 0)
    answer = app.test_client().post("/r/abcdefghjk", data={"wishes": "more-light"})
    assert answer.status_code == 500
    assert "ZeroDivisionError" in caplog.text
    assert "abcdefghjk" not in caplog.text
    assert "more-light" not in caplog.text


LIGHT = """
import sys
from uuid import uuid4
from app import create_app
from surveys.settings import load_settings
from surveys.storage.database import Database, open_database
from tests.web.doors import an_asked_round
settings = load_settings(sys.argv[1], env={})
database = open_database(settings)
with database.session() as session:
    link = an_asked_round(session).link
client = create_app(settings, database).test_client()
assert client.get(f"/r/{link}").status_code == 200
sent = client.post(f"/r/{link}", data={"~id": str(uuid4()), "group": "~refused"})
assert sent.status_code == 303, sent.status_code
assert client.get(sent.headers["Location"]).status_code == 200
assert client.get("/", follow_redirects=True).status_code == 200
assert client.get("/health").status_code == 200
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""
HEAVY = {"pandas", "numpy", "scipy", "statsmodels", "textblob", "nltk", "duckdb", "pyxform", "typst", "alembic", "openpyxl", "pyarrow"}


def test_a_process_that_only_takes_answers_loads_no_pandas(settings: Settings, sqlite_database: Database) -> None:
    sqlite_database.engine.dispose()
    command = [sys.executable, "-c", LIGHT, str(settings.data)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert {"flask", "sqlalchemy", "wtforms"} <= loaded
    assert loaded & HEAVY == set()
