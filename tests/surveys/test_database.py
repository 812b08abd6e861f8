"""The database is there, of the right version and durable; or the person who runs Tupuy is told what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from time import sleep

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event, inspect, select, text
from sqlalchemy.exc import OperationalError, StatementError
from sqlalchemy.orm import Session

from surveys import errors
from surveys.settings import Settings, load_settings
from surveys.storage import Person, Record, StaffSession
from surveys.storage.database import Database, known_versions, open_database


def set_version(database: Database, version: str) -> None:
    with database.session() as session:
        session.execute(text("update alembic_version set version_num = :version"), {"version": version})


def test_models_equal_migrations(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Record.metadata) == []


def checks(inspector: object) -> dict[str, dict[str, str]]:
    tables = inspector.get_table_names()  # type: ignore[attr-defined]  # what inspect() returns
    found = {table: inspector.get_check_constraints(table) for table in tables if table != "alembic_version"}  # type: ignore[attr-defined]
    return {table: {check["name"]: check["sqltext"] for check in found[table]} for table in found}


def test_the_migrations_hold_the_same_promises_as_the_models(database: Database, tmp_path: Path) -> None:
    made = inspect(database.engine)
    migrated = checks(made)
    if database.is_sqlite:
        (tmp_path / "models.db").touch()
        fresh = Database(f"sqlite:///{tmp_path}/models.db")
        Record.metadata.create_all(fresh.engine)
        assert checks(inspect(fresh.engine)) == migrated
    assert "ck_response_id_is_random" in migrated["response"]
    assert sum(len(found) for found in migrated.values()) >= 18


def test_the_order_of_arrival_cannot_be_read_from_a_row_id(sqlite_database: Database) -> None:
    with sqlite3.connect(sqlite_database.place) as connection:
        for table in ("response", "withdrawn"):
            with pytest.raises(sqlite3.OperationalError, match="no such column: rowid"):
                connection.execute(f"select rowid from {table}")


def test_commits_are_durable(database: Database) -> None:
    with database.session() as session:
        if database.is_sqlite:
            assert [session.scalar(text(f"pragma {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")] == ["wal", 2, 1]
        else:
            assert session.scalar(text("show synchronous_commit")) == "on"


def write_and_fail(session: Session) -> None:
    session.add(Person(email="lost@example.org"))
    session.flush()
    raise ZeroDivisionError


def test_returning_commits_and_raising_rolls_back(database: Database) -> None:
    with database.session() as session:
        session.add(Person(email="kept@example.org"))
    with pytest.raises(ZeroDivisionError), database.session() as session:
        write_and_fail(session)
    with database.session(reads_only=True) as session:
        assert session.scalars(select(Person.email)).all() == ["kept@example.org"]


def test_a_moment_comes_back_aware_and_in_utc(database: Database) -> None:
    in_lima = datetime(2026, 7, 18, 15, 0, tzinfo=timezone(timedelta(hours=-5)))
    with database.session() as session:
        person = Person(email="a@example.org")
        session.add(person)
        session.flush()
        session.add(StaffSession(secret_hash="0" * 64, person_id=person.id, started_at=in_lima, ends_at=in_lima + timedelta(days=1)))
    with database.session() as session:
        back = session.scalars(select(StaffSession.started_at)).one()
    assert back == in_lima
    assert back.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(sqlite_database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"), sqlite_database.session() as session:
        session.scalars(select(StaffSession).where(StaffSession.ends_at > datetime(2026, 7, 18, tzinfo=UTC).replace(tzinfo=None))).all()


def test_many_writers_at_once_all_get_their_turn(database: Database) -> None:
    def write(number: int) -> None:
        with database.session() as session:
            session.scalars(select(Person)).all()  # reads first: a deferred transaction would fail here
            session.add(Person(email=f"{number}@example.org"))

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(60)))
    with database.session(reads_only=True) as session:
        assert len(session.scalars(select(Person)).all()) == 60


def test_a_reader_does_not_wait_for_a_writer(sqlite_database: Database) -> None:
    with sqlite_database.session() as writer:
        writer.add(Person(email="a@example.org"))
        writer.flush()
        with sqlite_database.session(reads_only=True) as reader:
            assert reader.scalars(select(Person)).all() == []


def test_a_failed_statement_gives_the_turn_back(sqlite_database: Database) -> None:
    with pytest.raises(errors.DatabaseProblem), sqlite_database.session() as session:
        session.execute(text("select * from nowhere"))
    with sqlite_database.session() as session:
        session.add(Person(email="a@example.org"))


def test_a_file_that_was_replaced_is_noticed_and_nothing_is_written_into_the_void(
    sqlite_database: Database, sqlite_template: Path, settings: Settings
) -> None:
    with sqlite_database.session() as session:
        session.add(Person(email="before@example.org"))
    for path in settings.data.glob("tupuy.db*"):
        path.unlink()
    with pytest.raises(errors.DatabaseMissing), sqlite_database.session() as session:
        session.add(Person(email="lost@example.org"))
    (settings.data / "tupuy.db").write_bytes(sqlite_template.read_bytes())  # restored, while the process goes on
    with sqlite_database.session() as session:
        session.add(Person(email="after@example.org"))
    with Database(settings.database_url).session(reads_only=True) as session:
        assert session.scalars(select(Person.email)).all() == ["after@example.org"]


# What is wrong with a database, told to whoever starts Tupuy


def told(settings: Settings) -> errors.DatabaseProblem:
    with pytest.raises(errors.DatabaseProblem) as caught:
        open_database(settings)
    return caught.value


def test_a_missing_database_is_named_and_not_made(settings: Settings) -> None:
    fault = told(settings)
    assert isinstance(fault, errors.DatabaseMissing)
    assert fault.place == str(settings.data / "tupuy.db")
    assert "tupuy demo" in fault.remedy.words
    assert not settings.data.exists()


def test_a_missing_database_is_made_when_asked_for(settings: Settings) -> None:
    assert open_database(settings, create=True).version() == known_versions()[-1]


def test_an_empty_file_is_a_missing_database(settings: Settings) -> None:
    settings.data.mkdir(parents=True)
    (settings.data / "tupuy.db").touch()
    assert isinstance(told(settings), errors.DatabaseMissing)
    assert open_database(settings, create=True).version() == known_versions()[-1]


def test_an_older_database_says_what_to_run(settings: Settings, sqlite_database: Database) -> None:
    with sqlite3.connect(sqlite_database.place) as connection:
        connection.execute("update alembic_version set version_num = '0000'")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("surveys.storage.database.known_versions", lambda: ["0000", "0001"])
        fault = told(settings)
    assert isinstance(fault, errors.DatabaseOlder)
    assert "tupuy database upgrade" in fault.remedy.words


def test_a_newer_database_is_refused_and_not_touched(settings: Settings, sqlite_database: Database) -> None:
    set_version(sqlite_database, "9999")
    assert isinstance(told(settings), errors.DatabaseNewer)
    with pytest.raises(errors.DatabaseNewer):
        open_database(settings, create=True)
    assert sqlite_database.version() == "9999"


def test_upgrading_a_newer_database_is_refused_with_words(database: Database) -> None:
    set_version(database, "9999")
    with pytest.raises(errors.DatabaseNewer):
        database.upgrade()


@pytest.mark.parametrize("content", [b"These are notes, not a database." * 200, b"SQLite format 3\x00" + b"\xff" * 4000])
def test_a_file_that_is_no_database_is_told(settings: Settings, content: bytes) -> None:
    settings.data.mkdir(parents=True)
    (settings.data / "tupuy.db").write_bytes(content)
    assert "not a database" in told(settings).fault.words
    assert (settings.data / "tupuy.db").read_bytes() == content


def test_somebody_elses_database_is_left_alone(settings: Settings) -> None:
    settings.data.mkdir(parents=True)
    with sqlite3.connect(settings.data / "tupuy.db") as connection:
        connection.execute("create table invoices (id integer)")
    with pytest.raises(errors.DatabaseProblem, match="something else") as caught:
        open_database(settings, create=True)
    assert caught.value.place == str(settings.data / "tupuy.db")


def test_a_locked_database_is_told(settings: Settings, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveys.storage.database.PATIENCE_SECONDS", 0.1)
    with sqlite3.connect(sqlite_database.place, isolation_level=None) as other:
        other.execute("begin exclusive")
        assert isinstance(told(settings), errors.DatabaseLocked)
        other.execute("rollback")
    open_database(settings)


def opened_by_nobody(folder: Path) -> str:
    """What opening the database of a folder comes to for a user who owns nothing; root may write what is read-only."""
    readable, writable = os.pipe()
    if not (child := os.fork()):
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        try:
            open_database(load_settings(folder, env={}))
            os.write(writable, b"opened")
        except BaseException as fault:
            os.write(writable, type(fault).__name__.encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writable)
    with open(readable) as said:
        return said.read()


@pytest.mark.skipif(os.name != "posix", reason="permissions of files are POSIX's")
def test_a_read_only_database_is_told(sqlite_template: Path, a_shared_folder: Path) -> None:
    file = a_shared_folder / "tupuy.db"
    file.write_bytes(sqlite_template.read_bytes())
    file.chmod(0o444)
    a_shared_folder.chmod(0o555)
    assert opened_by_nobody(a_shared_folder) == "DatabaseReadOnly"


@pytest.mark.skipif(os.name != "posix", reason="permissions of files are POSIX's")
def test_a_database_that_may_not_be_read_is_told(sqlite_template: Path, a_shared_folder: Path) -> None:
    file = a_shared_folder / "tupuy.db"
    file.write_bytes(sqlite_template.read_bytes())
    file.chmod(0o000)
    assert opened_by_nobody(a_shared_folder) == "DatabaseMissing"


@pytest.mark.postgresql
def test_a_read_only_server_is_told(postgresql_database: Database) -> None:
    name = postgresql_database.url.database
    with postgresql_database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(
            f'alter database "{name}" set default_transaction_read_only = on'
        )
    postgresql_database.engine.dispose()
    with pytest.raises(errors.DatabaseReadOnly):
        postgresql_database.check()


@pytest.mark.postgresql
def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://tupuy:very-secret@/tupuy?host={tmp_path}"
    fault = told(load_settings(tmp_path / "data", env={"TUPUY_DATABASE": url}))
    assert isinstance(fault, errors.DatabaseMissing)
    assert "very-secret" not in fault.place + str(fault)


@pytest.mark.parametrize("url", ["nonsense", "mysql://somewhere/x", "sqlite:///"])
def test_an_address_that_is_no_database_is_told(tmp_path: Path, url: str) -> None:
    assert told(load_settings(tmp_path / "data", env={"TUPUY_DATABASE": url})).remedy.words


def test_a_migration_that_fails_leaves_nothing_behind(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.data.mkdir(parents=True)
    broken = Database(settings.database_url)

    def half_done(connection: object) -> None:
        connection.exec_driver_sql("create table half (id integer)")  # type: ignore[attr-defined]  # a Connection
        raise ZeroDivisionError

    monkeypatch.setattr("surveys.storage.migrations.upgrade", half_done)
    with pytest.raises(ZeroDivisionError):
        broken.upgrade()
    assert broken.version() is None


# Written together


def an_address(number: int) -> Callable[[Session], int]:
    def work(session: Session) -> int:
        session.add(Person(email=f"{number}@example.org"))
        return number

    return work


@contextmanager
def a_queue(database: Database) -> Iterator[None]:
    """Nobody leads in the meantime: whatever is handed in waits."""
    database._is_led = True
    yield
    with database._changed:
        database._is_led = False
        database._changed.notify_all()


def test_what_waits_is_committed_together(sqlite_database: Database) -> None:
    commits = []
    event.listen(sqlite_database.engine, "commit", lambda _: commits.append(1))
    with ThreadPoolExecutor(10) as pool:
        with a_queue(sqlite_database):
            done = [pool.submit(sqlite_database.write, an_address(number)) for number in range(10)]
            while len(sqlite_database._waiting) < 10:
                sleep(0.001)
        assert [each.result() for each in done] == list(range(10))
    assert len(commits) == 1
    with sqlite_database.session(reads_only=True) as session:
        assert len(session.scalars(select(Person)).all()) == 10


def test_what_is_written_together_fails_alone(sqlite_database: Database) -> None:
    def refuse(session: Session) -> int:
        session.add(Person(email="refused@example.org"))
        session.flush()
        raise errors.RoundClosed("link")

    def break_(session: Session) -> int:
        session.add(Person(email="1@example.org"))  # the same address as another one's
        session.flush()
        return -1

    with ThreadPoolExecutor(10) as pool:
        with a_queue(sqlite_database):
            done = []
            for waiting, work in enumerate((an_address(1), refuse, break_, an_address(2)), 1):
                done.append(pool.submit(sqlite_database.write, work))
                while len(sqlite_database._waiting) < waiting:
                    sleep(0.001)
        assert [type(each.exception()).__name__ for each in done] == ["NoneType", "RoundClosed", "IntegrityError", "NoneType"]
    with sqlite_database.session(reads_only=True) as session:
        assert sorted(session.scalars(select(Person.email))) == ["1@example.org", "2@example.org"]


def test_nothing_is_told_as_written_before_it_is_committed(sqlite_database: Database) -> None:
    def fail(_: object) -> None:
        raise OperationalError("COMMIT", None, RuntimeError("database or disk is full"))

    event.listen(sqlite_database.engine, "commit", fail)
    with pytest.raises(OperationalError):
        sqlite_database.write(an_address(1))
    event.remove(sqlite_database.engine, "commit", fail)
    assert sqlite_database.write(an_address(1)) == 1


def test_many_pieces_at_once_are_all_written(database: Database) -> None:
    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(lambda number: database.write(an_address(number)), range(100))) == list(range(100))
    with database.session(reads_only=True) as session:
        assert len(session.scalars(select(Person)).all()) == 100
