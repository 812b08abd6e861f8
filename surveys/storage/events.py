"""Events: meetings and workshops, with attendance as counts, never per person and never joined with answers."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.storage.base import Keyed, Record
from surveys.storage.programmes import Programme


class Event(Keyed, Record):
    """``attendance`` {group key: people}; groups not named are unknown, not zero."""

    __tablename__ = "event"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        CheckConstraint("mode in ('in_person', 'online', 'hybrid')", name="mode"),
        CheckConstraint("circle in ('core', 'extended', 'open')", name="circle"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    key: Mapped[str]
    name: Mapped[dict[str, str]]
    on: Mapped[date]
    place: Mapped[str] = mapped_column(default="")
    mode: Mapped[str] = mapped_column(default="in_person")
    circle: Mapped[str] = mapped_column(default="open")
    topics: Mapped[dict[str, str]] = mapped_column(default=dict)
    attendance: Mapped[dict[str, int]] = mapped_column(default=dict)
    institutions: Mapped[dict[str, int]] = mapped_column(default=dict)  # institution key: people, where it is kept

    programme: Mapped[Programme] = relationship(back_populates="events")
