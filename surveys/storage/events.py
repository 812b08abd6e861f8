"""Events: meetings and workshops, with attendance as counts, never per person and never joined with answers."""

from __future__ import annotations

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.storage.base import Keyed, Record
from surveys.storage.people import Person
from surveys.storage.programmes import Programme


class Event(Keyed, Record):
    """``attendance`` {group key: people}; groups not named are unknown, not zero. ``starts``: the hour, where the programme is.

    ``is_by_hand``: made on a page or by a schedule, so that a programme file that does not name it leaves it alone.
    """

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
    starts: Mapped[time | None]
    is_by_hand: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    programme: Mapped[Programme] = relationship(back_populates="events")
    counts: Mapped[list[AttendanceCount]] = relationship(order_by="AttendanceCount.counted_at", cascade="all, delete-orphan")


class AttendanceCount(Keyed, Record):
    """What one person of the staff counted at an event: {group key: people}. Two who count at once overwrite nothing."""

    __tablename__ = "attendance_count"
    __table_args__ = (UniqueConstraint("event_id", "person_id"),)

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    people: Mapped[dict[str, int]]
    counted_at: Mapped[datetime]

    person: Mapped[Person] = relationship()
