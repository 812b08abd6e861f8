"""The base of every record: typed columns, random keys, names for constraints."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, MetaData, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

#: JSON on SQLite, JSONB on PostgreSQL.
Document = JSON().with_variant(JSONB(), "postgresql")


class Record(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        UUID: Uuid(),
        datetime: DateTime(timezone=True),
        dict[str, Any]: Document,
        dict[str, str]: Document,
        dict[str, int]: Document,
        dict[str, float]: Document,
        list[str]: Document,
        list[dict[str, Any]]: Document,
    }


class Keyed:
    """A random version 4 UUID: hides the order of insertion."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
