"""Instruments: questions of a programme's own library, kept to be asked again. The bank's own are files in ``forms/bank``."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from surveys.storage.base import Keyed, Record


class Instrument(Keyed, Record):
    """A definition ready to insert, not bound to any programme's groups; its source and licence stand in it.

    ``scoring`` {language: how it is scored, in words}.
    """

    __tablename__ = "instrument"
    __table_args__ = (UniqueConstraint("programme_id", "slug"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    slug: Mapped[str]
    definition: Mapped[dict[str, Any]]
    scoring: Mapped[dict[str, str]] = mapped_column(default=dict)
    saved_on: Mapped[date]
    saved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


def all_instruments(session: Session, programme_id: UUID) -> list[Instrument]:
    """The instruments of a programme's own library, by name."""
    return list(session.scalars(select(Instrument).where(Instrument.programme_id == programme_id).order_by(Instrument.slug)))
