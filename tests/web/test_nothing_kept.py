"""After people answered with codes, cards and personal links, what is written anywhere holds none of what they typed."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Iterator
from importlib import import_module
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, text

from forms import codec
from surveys import authoring, cards, inviting, promising, sealing
from surveys.settings import Settings
from surveys.storage import find_round
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_programme, a_round
from tests.web.doors import FORM

CODE = "      - {name: clave, kind: own_code, label: {es: Su clave, en: Your code}}\n"
#: What people type where an initial is asked: only the first letter leaves the form.
TYPED = {"clave/mother": "Qorilazo", "clave/father": "Wiracocha", "clave/town": "Xauxaqolla", "clave/siblings": "7", "clave/day": "29"}
DEVICE = {"REMOTE_ADDR": "203.0.113.77", "HTTP_USER_AGENT": "Kuntur/9.7 (Qhapaq)", "HTTP_X_FORWARDED_FOR": "198.51.100.23"}
#: An answer that is kept, so that a search which finds nothing is known to search.
KEPT = "Faltan sillas tejidas"


@pytest.fixture
def a_client(settings: Settings, database: Database) -> FlaskClient:
    settings.data.mkdir(parents=True, exist_ok=True)
    return import_module("app").create_app(settings, database).test_client()


def a_link(database: Database, level: str) -> str:
    with database.session() as session:
        form = FORM.replace("name: feedback", f"name: {level}") + (CODE if level in ("own_code", "card") else "")
        programme = a_programme(session, level.replace("_", "-"))
        survey = authoring.survey_of(session, authoring.import_form(session, programme, codec.load(form), TODAY).form)
        promising.choose_level(session, survey, level, TODAY)
        return a_round(session, survey).link


def a_token(database: Database, settings: Settings, link: str, invitation: UUID) -> str:
    with database.session() as session:
        round_ = find_round(session, link)
        assert round_ is not None
        return inviting.make_personal_link(session, round_, invitation, settings.keys, settings.secret)


def send(client: FlaskClient, path: str, **said: str) -> None:
    """Open, get something wrong, mend it, send, look at the thanks: as a person does."""
    client.get(path, environ_overrides=DEVICE)
    data = {"~id": str(uuid4()), "useful": "4", "wishes": KEPT, **said}
    client.post(path, data={**data, "useful": "9"}, environ_overrides=DEVICE)
    answer = client.post(path, data=data, environ_overrides=DEVICE)
    assert answer.status_code == 303
    client.get(answer.location, environ_overrides=DEVICE)


def written(database: Database, settings: Settings) -> Iterator[tuple[str, bytes]]:
    """(where, bytes) of everything that a copy of the data would hold: files, journal, a backup; on PostgreSQL every row."""
    if not database.is_sqlite:
        with database.session(reads_only=True) as session:
            for table in inspect(database.engine).get_table_names():
                rows = session.scalars(text(f'select t::text from "{table}" t'))  # the names come from the database
                yield table, "\n".join(rows).encode()
        return
    with sqlite3.connect(database.place) as source, sqlite3.connect(settings.data / "backup.db") as copy:
        source.backup(copy)
    for path in settings.data.rglob("*"):
        if path.is_file() and path.name != "secret":
            yield path.name, path.read_bytes()


def forms_of(secret: str) -> set[bytes]:
    """A string as it could be written: as it is, in lower case, and a UUID as its digits or its bytes."""
    said = {secret, secret.lower(), secret.replace("-", ""), secret.replace("-", "").lower()}
    raw = {UUID(secret).bytes} if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", secret) else set()
    return {one.encode() for one in said} | raw


def test_nothing_that_tells_a_person_is_written_anywhere(
    a_client: FlaskClient,
    database: Database,
    settings: Settings,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")
    [card], invitation = cards.make_stack(1), uuid4()
    links = {level: a_link(database, level) for level in ("own_code", "card", "confidential")}
    token = a_token(database, settings, links["confidential"], invitation)
    send(a_client, f"/r/{links['own_code']}", **TYPED)
    send(a_client, f"/r/{links['card']}", **{"~card": card.lower()})
    send(a_client, f"/r/{links['confidential']}/p/{token}")
    a_client.get(f"/r/{links['confidential']}/p/{token}x", environ_overrides=DEVICE)
    while_open = list(written(database, settings))
    with database.session() as session:
        for link in links.values():
            round_ = find_round(session, link)
            assert round_ is not None
            sealing.close_round(session, round_, NOW)
    logged = [("log", caplog.text.encode()), ("output", "".join(capfd.readouterr()).encode())]
    everything = [*while_open, *written(database, settings), *logged]
    assert any(KEPT.encode() in content for _, content in everything)
    names = [value for value in TYPED.values() if len(value) > 2]
    combined = ["mother=q", '"mother": "q"', "qwx729", "q,w,x,7,29", "clave/mother"]
    secrets = [*names, *combined, card, token, str(invitation), *DEVICE.values()]
    found = [(where, secret) for secret in secrets for where, content in everything for form in forms_of(secret) if form in content]
    assert found == []
    if database.is_sqlite:
        assert {"tupuy.db", "tupuy.db-wal", "backup.db"} <= {where for where, _ in everything}
