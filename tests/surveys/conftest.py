"""What the tests of records share: a session on an empty database, and the folder of the keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from surveys.settings import Settings
from surveys.storage.database import Database


@pytest.fixture
def session(sqlite_database: Database) -> Iterator[Session]:
    with sqlite_database.session() as session:
        yield session


@pytest.fixture
def keys(settings: Settings) -> Path:
    return settings.keys
