"""The database: sessions that commit or roll back, one writer at a time on SQLite, and the check of its version.

Sessions are handed on, never imported. A session that reads takes no lock; a session that may write takes its turn at
its first statement and keeps it until it commits. Short pieces of writing that wait for one another are committed
together. Commits are on disk before they return.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from threading import Condition, Lock
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool

from forms.messages import Message, mark
from surveys.errors import (
    DatabaseFull,
    DatabaseLocked,
    DatabaseMissing,
    DatabaseNewer,
    DatabaseOlder,
    DatabaseProblem,
    DatabaseReadOnly,
)
from surveys.settings import Settings

VERSIONS = Path(__file__).with_name("migrations") / "versions"
#: How long a writer waits for its turn, in seconds.
PATIENCE_SECONDS = 10
#: How long the emptying of the log waits for those who read.
FORGETTING_SECONDS = 2


T = TypeVar("T")


@dataclass
class Piece(Generic[T]):
    """A short piece of writing that waits for its turn, then its outcome."""

    work: Callable[[Session], T]
    outcome: T | None = None
    fault: BaseException | None = None
    is_done: bool = False

    def run(self, connection: Connection) -> None:
        """Do the work in a savepoint of its own: what it raises undoes it alone. A fault of the database is not caught."""
        self.fault = None
        try:
            with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session, session.begin():
                self.outcome = self.work(session)
        except DBAPIError:
            raise
        except Exception as fault:  # told to whoever handed the work in
            self.fault = fault

    def told(self) -> T:
        """The outcome, once committed; raises what was raised, and when whoever led was stopped half-way."""
        if self.fault is not None:
            raise self.fault
        if not self.is_done:
            raise InterruptedError("the writer was stopped before it committed")
        return self.outcome  # type: ignore[return-value]  # it was run: an outcome of None is of type T


class Database:
    """One database, on SQLite or PostgreSQL, for the life of the process."""

    def __init__(self, url: str) -> None:
        self.url = make_url(re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and self.url.database in {None, "", ":memory:"}:
            raise ValueError("a database in memory keeps nothing")
        self.file = Path(self.url.database or "").absolute() if self.is_sqlite else None
        self.place = str(self.file or self.url.render_as_string(hide_password=True))
        self.engine = _sqlite(self.file) if self.file else _postgresql(self.url)
        self._writers = sessionmaker(self.engine, expire_on_commit=False)
        self._waiting: list[Piece[Any]] = []  # pieces of writing; whoever leads takes and commits them all
        self._is_led = False
        self._changed = Condition()
        self._readers = sessionmaker(self.engine.execution_options(reads_only=True), expire_on_commit=False)

    def open_session(self, reads_only: bool = False) -> Session:
        """A session that the caller commits and closes; nothing is locked before its first statement."""
        return self._readers() if reads_only else self._writers()

    @contextmanager
    def session(self, reads_only: bool = False) -> Iterator[Session]:
        """A session: returning commits, raising rolls back. A database at fault is told as a DatabaseProblem."""
        try:
            with self.open_session(reads_only) as session, session.begin():
                yield session
        except DBAPIError as fault:
            problem = problem_of(fault, self.place)
            if problem is None:
                raise
            raise problem from fault

    def write(self, work: Callable[[Session], T]) -> T:
        """Do a short piece of writing and commit it; what others wait to write is committed with it (SQLite).

        The work may be done by another thread that was waiting too: it is handed all it needs and reads no request.
        Returns what the work returned, or raises what it raised, after the commit.
        """
        if self.file is None:
            with self.open_session() as session, session.begin():
                return work(session)
        mine = Piece(work)
        with self._changed:
            self._waiting.append(mine)
            while self._is_led and not mine.is_done:
                self._changed.wait()
            if mine.is_done:
                return mine.told()
            self._is_led, pieces, self._waiting = True, self._waiting, []
        try:
            self._commit_together(pieces)
        finally:
            with self._changed:
                self._is_led = False
                self._changed.notify_all()
        return mine.told()

    def _commit_together(self, pieces: list[Piece[Any]]) -> None:
        try:
            with self.engine.begin() as connection:
                for piece in pieces:
                    piece.run(connection)
        except Exception as fault:  # nothing was committed: each alone, so that one piece never fails another
            if len(pieces) > 1:
                for piece in pieces:
                    self._commit_together([piece])
                return
            pieces[0].fault = fault
        for piece in pieces:
            piece.is_done = True

    def forget_deleted(self) -> None:
        """Empty the log that SQLite writes ahead of its file, in which what was just deleted can still be read.

        The pages of the file itself are overwritten by ``secure_delete``. While somebody reads or writes the log cannot be
        emptied; it is when SQLite next writes it back, at the latest when Tupuy stops.
        """
        if self.file is None:
            return
        with closing(_connect(self.file, FORGETTING_SECONDS)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def version(self) -> str | None:
        """The version of the schema in the database; None when the database is empty or not there."""
        with self.engine.execution_options(reads_only=True).connect() as connection:
            return _version(connection, self.place)

    def upgrade(self) -> None:
        """Bring the schema to the version of this code: all of it, or nothing. Makes what is not there.

        Alembic takes half a second to load and only this needs it, so it is loaded by name here.
        """
        if self.file:
            _make_file(self.file)
        try:
            with self.engine.begin() as connection:
                self._refuse_newer(_version(connection, self.place))
                import_module("surveys.storage.migrations").upgrade(connection)
        except DBAPIError as fault:
            raise problem_of(fault, self.place) or fault from fault

    def check(self) -> None:
        """Raise the DatabaseProblem that keeps this code from using the database, if there is one."""
        if self.file and not self.file.exists():
            raise missing(self.place)
        try:
            there = self.version()
            self._check_version(there)
            with self.engine.connect() as connection:
                _check_writable(connection, self.place)
        except DBAPIError as fault:
            raise problem_of(fault, self.place) or fault from fault

    def _check_version(self, there: str | None) -> None:
        known = known_versions()
        if there is None:
            raise missing(self.place)
        self._refuse_newer(there)
        if there != known[-1]:
            raise DatabaseOlder(
                self.place,
                Message(mark("The database is older than this Tupuy (version %(old)s of %(new)s)."), {"old": there, "new": known[-1]}),
                Message(mark("Make a copy of it, then run: tupuy database upgrade")),
            )

    def _refuse_newer(self, there: str | None) -> None:
        if there is not None and there not in known_versions():
            raise DatabaseNewer(
                self.place,
                Message(mark("The database is newer than this Tupuy (its version is %(version)s)."), {"version": there}),
                Message(mark("Install the Tupuy that made it, or a later one. Nothing was changed.")),
            )


def open_database(settings: Settings, create: bool = False) -> Database:
    """The database of these settings, ready for use; with ``create`` one that is not there is made. Raises DatabaseProblem."""
    try:
        database = Database(settings.database_url)
    except Exception as fault:  # a URL that SQLAlchemy cannot read, or a driver that is not installed
        raise DatabaseMissing(
            "TUPUY_DATABASE",
            Message(mark("This is not the address of a database that Tupuy knows.")),
            Message(mark("Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.")),
        ) from fault
    try:
        database.check()
    except DatabaseMissing:
        if not create:
            raise
        database.upgrade()
        database.check()
    return database


def known_versions() -> list[str]:
    """Every version of the schema that this code knows, in order."""
    return sorted(path.name.split("_")[0] for path in VERSIONS.glob("[0-9]*.py"))


def _connect(file: Path, patience_seconds: float = PATIENCE_SECONDS) -> sqlite3.Connection:
    """A connection on which what is deleted is overwritten, so that a withdrawn answer is not left in the file."""
    address = f"{file.as_uri()}?mode=rw"  # a file that went away is a fault, never a new and empty database
    connection = sqlite3.connect(address, uri=True, timeout=patience_seconds, check_same_thread=False, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _sqlite(file: Path) -> Engine:
    engine = create_engine(
        "sqlite:///", creator=lambda: _connect(file), poolclass=QueuePool, pool_size=8, max_overflow=32, hide_parameters=True
    )
    turn = Lock()

    @event.listens_for(engine, "connect")
    def remember(_connection: Any, record: Any) -> None:
        record.info["file"] = _identity(file)

    @event.listens_for(engine, "checkout")
    def compare(_connection: Any, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != _identity(file):  # moved, deleted or replaced: what is written there would be lost
            raise DisconnectionError("the file of the database is another one")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("reads_only"):
            connection.exec_driver_sql("BEGIN")
            return
        if not turn.acquire(timeout=PATIENCE_SECONDS):
            raise OperationalError("BEGIN IMMEDIATE", None, RuntimeError("database is locked"))
        connection.info["has_turn"] = True
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    @event.listens_for(engine, "checkin")
    def give_turn(connection: Any, record: Any) -> None:
        if record.info.pop("has_turn", False):
            turn.release()

    return engine


def _identity(file: Path) -> tuple[int, int] | None:
    try:
        there = file.stat()
    except OSError:
        return None
    return there.st_dev, there.st_ino


def _postgresql(url: Any) -> Engine:
    options = f"-c synchronous_commit=on -c lock_timeout={PATIENCE_SECONDS}s -c timezone=UTC"
    return create_engine(
        url, hide_parameters=True, pool_pre_ping=True, connect_args={"options": options, "connect_timeout": PATIENCE_SECONDS}
    )


def _version(connection: Connection, place: str) -> str | None:
    tables = set(connection.dialect.get_table_names(connection))
    if "alembic_version" in tables:
        return connection.scalar(text("select version_num from alembic_version"))
    if not tables:
        return None
    raise DatabaseProblem(
        place,
        Message(mark("There is something else in this database; Tupuy did not make it.")),
        Message(mark("Choose another database or another data folder.")),
    )


def _check_writable(connection: Connection, place: str) -> None:
    """A transaction that could write, rolled back."""
    if connection.dialect.name == "postgresql" and connection.scalar(text("show transaction_read_only")) == "on":
        raise read_only(place)
    connection.execute(text("select 1"))
    connection.rollback()


def _make_file(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as fault:
        raise DatabaseMissing(
            str(file),
            Message(mark("The data folder cannot be made: %(fault)s."), {"fault": fault.strerror}),
            Message(mark("Choose another one with --data, or ask for the right to write there.")),
        ) from fault


def missing(place: str) -> DatabaseMissing:
    return DatabaseMissing(
        place,
        Message(mark("There is no Tupuy database here.")),
        Message(mark("Check --data or TUPUY_DATA. To begin, run: tupuy demo, or: tupuy programme import FILE.yaml")),
    )


def read_only(place: str) -> DatabaseReadOnly:
    return DatabaseReadOnly(
        place,
        Message(mark("The database can be read but not written.")),
        Message(mark("Give Tupuy the right to write the file and its folder, or use the main server, not a copy.")),
    )


def problem_of(fault: DBAPIError, place: str) -> DatabaseProblem | None:
    """What a driver's error means to the person who runs Tupuy; None when it is a fault of the code."""
    said = str(fault.orig).lower()
    state = getattr(fault.orig, "sqlstate", None) or ""
    if "locked" in said or state in {"55P03", "40P01"}:
        return DatabaseLocked(
            place,
            Message(mark("The database is locked: another program is writing.")),
            Message(mark("Try again in a minute. If it goes on, close the other program.")),
        )
    if "readonly" in said or state == "25006" or "not permitted" in said:
        return read_only(place)
    if "disk is full" in said or "disk i/o" in said or state in {"53100", "53200"}:
        return DatabaseFull(
            place,
            Message(mark("The disk is full or failing: the database could not write.")),
            Message(mark("Make room on the disk, then try again. What was stored before is still there.")),
        )
    if "not a database" in said or "malformed" in said:
        return DatabaseProblem(
            place,
            Message(mark("This file is not a database, or it is damaged.")),
            Message(mark("Put back a copy of it, or choose another data folder.")),
        )
    if "unable to open" in said or "no such table" in said or isinstance(fault, (OperationalError, InterfaceError)):
        return DatabaseMissing(
            place,
            Message(mark("The database cannot be reached.")),
            Message(mark("Check that it is there, that its server is running, and that Tupuy may open it.")),
        )
    return None
