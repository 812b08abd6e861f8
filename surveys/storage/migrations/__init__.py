"""Migrations: the schema from its first version to this one. Loaded only to make or upgrade a database."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection


def configuration(connection: Connection) -> Config:
    """What Alembic must know: where the scripts are and the connection to use."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, to: str = "head") -> None:
    """Run what is missing inside the connection's transaction."""
    command.upgrade(configuration(connection), to)


def draft(connection: Connection, words: str, version: str) -> None:
    """For developers: write the next migration from what the models say and the database lacks."""
    command.revision(configuration(connection), words, autogenerate=True, rev_id=version)
