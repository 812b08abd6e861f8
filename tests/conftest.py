"""Databases for the tests: SQLite in a file, and a private PostgreSQL server that is started and stopped here."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from sqlalchemy import create_engine, text

from surveys.settings import Settings, load_settings
from surveys.storage.database import Database

#: No test is judged by how long it took: a busy machine is not a fault.
hypothesis_settings.register_profile("untimed", deadline=None)
hypothesis_settings.load_profile("untimed")

#: Set where PostgreSQL must not be missing (the build): its absence is then a failure, not a skip.
MUST_HAVE = "TUPUY_MUST_HAVE_POSTGRESQL"


def postgresql_folder() -> Path | None:
    """The programs of the newest PostgreSQL that Debian installed, or None."""
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(folders, key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def a_postgresql_server() -> Iterator[str]:
    """A cluster of our own in a temporary folder, reached through a socket in it; yields the folder."""
    programs = postgresql_folder()
    folder = Path(tempfile.mkdtemp(prefix="tupuy-pg-", dir="/tmp"))  # short: a socket's path has at most 107 letters
    user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if user:
        shutil.chown(folder, user)

    def run(program: str, *arguments: str) -> None:
        command = [f"{programs}/{program}", "-D", f"{folder}/data", *arguments]
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, env=env, user=user, group=user)

    try:
        run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
        quick = f"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=32MB -c max_connections=60"
        run("pg_ctl", "-w", "-l", f"{folder}/log", "-o", quick, "start")
        yield str(folder)
        run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_folder_url() -> Iterator[str]:
    """The address of the server without the name of a database; a migrated ``template_tupuy`` is ready in it."""
    if postgresql_folder() is None:
        if os.environ.get(MUST_HAVE):
            pytest.fail(f"PostgreSQL is not installed and {MUST_HAVE} is set")
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    with a_postgresql_server() as folder:
        url = f"postgresql://postgres@/%s?host={folder}"
        make_database(url, "template_tupuy")
        template = Database(url % "template_tupuy")
        template.upgrade()
        template.engine.dispose()
        yield url


def make_database(url: str, name: str, template: str = "template0") -> str:
    """A new database on the server; returns its address."""
    engine = create_engine((url % "postgres").replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'create database "{name}" template {template}'))
    engine.dispose()
    return url % name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "tupuy.db"
    template = Database(f"sqlite:///{path}")
    template.upgrade()
    template.engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a data folder of this test alone; nothing is in it yet."""
    return load_settings(tmp_path / "data", env={"TUPUY_SECRET": "0123456789abcdefghijklmnopqrstuvwxyz"})


@pytest.fixture
def sqlite_database(settings: Settings, sqlite_template: Path) -> Iterator[Database]:
    """An empty database of the current version on SQLite, in the data folder of ``settings``."""
    settings.data.mkdir(parents=True, exist_ok=True)
    shutil.copy(sqlite_template, settings.data / "tupuy.db")
    database = Database(settings.database_url)
    yield database
    database.engine.dispose()


@pytest.fixture
def postgresql_database(postgresql_folder_url: str) -> Iterator[Database]:
    """An empty database of the current version on PostgreSQL."""
    database = Database(make_database(postgresql_folder_url, f"t_{uuid4().hex}", "template_tupuy"))
    yield database
    database.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest) -> Database:
    """An empty database of the current version: the test runs once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_database")


@pytest.fixture
def app(settings: Settings, sqlite_database: Database) -> Flask:
    """The web application on SQLite; loaded here, so that tests of the pure rooms start without it."""
    return import_module("app").create_app(settings, sqlite_database)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def a_shared_folder() -> Iterator[Path]:
    """A temporary folder that other users may reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="tupuy-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)
