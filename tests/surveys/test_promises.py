"""What a participant is promised is held by the schema: the database itself refuses what breaks it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid1, uuid4

import pytest
from sqlalchemy import Date, insert, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys.settings import Settings
from surveys.storage import FormVersion, Person, Record, Response, Round
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_code, a_programme, a_response, a_round, a_survey, take

UUID7 = UUID("018f4e2b-7b1a-7c3d-9e4f-5a6b7c8d9e0f")


def a_row(round_: Round, **fields: Any) -> dict[str, Any]:
    plain = {"id": uuid4(), "round_id": round_.id, "version_id": round_.version_id, "answered_on": TODAY, "language": "es"}
    return {**plain, "answers": {"tr_open": 4}, "digest": "0" * 64, **fields}


BROKEN = {
    "an id that tells the time": {"id": UUID7},
    "an id that tells the device": {"id": uuid1()},
    "a channel nobody knows": {"channel": "carrier pigeon"},
    "a circle nobody knows": {"circle": "inner"},
    "a digest that is no hash": {"digest": "tr_open=4"},
    "a receipt in plain words": {"receipt": "K7PM-4T2Q"},
    "a snapshot before the first": {"snapshot": 0},
    "a round that is not there": {"round_id": uuid4()},
}


@pytest.mark.parametrize("fields", BROKEN.values(), ids=BROKEN.keys())
def test_a_response_that_breaks_a_promise_is_refused(database: Database, fields: dict[str, Any]) -> None:
    with database.session() as session:
        row = a_row(a_round(session))
        session.execute(insert(Response).values(row | {"id": uuid4()}))
    with pytest.raises(IntegrityError), database.session() as session:
        session.execute(insert(Response).values(row | fields))


def refuse(session: Session, statement: str, **values: Any) -> None:
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text(statement), values)


def test_k_below_five_is_refused(database: Database) -> None:
    with database.session() as session:
        a_programme(session)
        refuse(session, "update programme set min_cell = 4")


def test_a_round_that_closes_before_it_opens_is_refused(database: Database) -> None:
    with database.session() as session:
        a_round(session, opens_at=NOW)
        refuse(session, "update round set closes_at = opens_at")


@pytest.mark.parametrize("link", ["ABCDEFGHJK", "short"])
def test_a_link_that_is_hard_to_type_is_refused(database: Database, link: str) -> None:
    with database.session() as session:
        a_round(session)
        refuse(session, "update round set link = :link", link=link)


def test_two_rounds_never_share_a_link(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        a_round(session, survey, "one")
        a_round(session, survey, "two")
        refuse(session, "update round set link = 'abcdefghjk'")


def test_two_people_never_share_an_address(database: Database) -> None:
    with database.session() as session:
        session.add(Person(email="ana@example.org"))
        session.flush()
        refuse(session, "insert into person (id, email, name, language) values (:id, 'ana@example.org', '', 'es')", id=str(uuid4()))
        refuse(session, "insert into person (id, email, name, language) values (:id, 'Ana@example.org', '', 'es')", id=str(uuid4()))


@pytest.mark.parametrize("table", ["sign_in_link", "staff_session"])
def test_a_secret_that_is_not_hashed_is_refused(database: Database, table: str) -> None:
    moments = {"sign_in_link": "expires_at", "staff_session": "started_at, ends_at"}[table]
    with database.session() as session:
        person = Person(email="ana@example.org")
        session.add(person)
        session.flush()
        places = ", ".join(f":{name.strip()}" for name in moments.split(","))
        values = {"expires_at": NOW, "started_at": NOW, "ends_at": NOW + timedelta(days=1)}
        kept = {name: value.isoformat(" ") for name, value in values.items() if name in moments}
        mine = person.id.hex if database.is_sqlite else str(person.id)
        refuse(session, f"insert into {table} (secret_hash, person_id, {moments}) values ('plain', :person, {places})", person=mine, **kept)


def test_a_published_version_is_frozen(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session)
    with pytest.raises(ValueError, match="frozen"), database.session() as session:
        session.get_one(FormVersion, round_.version_id).definition = {"languages": ["es"]}


def test_no_column_of_a_response_can_hold_a_clock_time(database: Database) -> None:
    for table in ("response", "withdrawn"):
        columns = {column["name"]: column["type"] for column in inspect(database.engine).get_columns(table)}
        timed = [name for name, kind in columns.items() if "TIME" in str(kind).upper()]
        assert timed == []
    assert isinstance(Record.metadata.tables["response"].c.answered_on.type, Date)


def test_no_column_is_made_for_an_account_an_address_or_a_device(sqlite_database: Database) -> None:
    names = {column["name"] for column in inspect(sqlite_database.engine).get_columns("response")}
    assert names == {
        "id", "round_id", "version_id", "answered_on", "language", "channel", "group_key", "circle", "answers", "digest",
        "receipt", "code_hash", "code_hashes", "person", "is_superseded", "snapshot", "entered_by",
    }  # fmt: skip


def test_nothing_of_a_code_is_in_the_bytes_of_the_database(settings: Settings, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        round_ = a_round(session)
        hashes = a_response(session, round_, a_code(mother="qqqq", town="wwww"), keys=settings.keys).code_hashes
        code = take(session, round_).code
    sqlite_database.engine.dispose()
    bytes_ = b"".join(path.read_bytes() for path in settings.data.glob("tupuy.db*"))
    assert hashes is not None
    assert hashes[0].encode() in bytes_  # the answer is there
    for raw in (b"qqqq", b"wwww", code.encode(), code.replace("-", "").encode()):
        assert raw not in bytes_
