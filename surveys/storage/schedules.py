"""Schedules: meetings that come again by a rule, what was prepared of them, and the calendar that others subscribe to."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from surveys.storage.base import Keyed, Record
from surveys.storage.programmes import Programme
from surveys.storage.rounds import Survey


class Schedule(Keyed, Record):
    """A meeting that comes again: every so many weeks on a weekday, or every so many months on, say, its last Friday.

    ``weekday`` 0 is Monday; ``week`` 1 to 4, or -1 for the last, counts within the month. ``starts`` is the hour, where the
    programme is. ``ahead_days`` before the day its event is made, and its round when there is a survey; the round opens
    when the meeting starts, or waits for a person (``waits``), and closes at the end of the day ``open_days`` later.
    ``skipped`` ISO days on which there is no meeting.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        CheckConstraint("unit in ('weeks', 'months')", name="unit"),
        CheckConstraint("every between 1 and 12", name="every"),
        CheckConstraint("weekday between 0 and 6", name="weekday"),
        CheckConstraint("week in (-1, 1, 2, 3, 4)", name="week"),
        CheckConstraint("ahead_days between 1 and 60", name="ahead_days"),
        CheckConstraint("open_days between 0 and 60", name="open_days"),
        CheckConstraint("mode in ('in_person', 'online', 'hybrid')", name="mode"),
        CheckConstraint("circle in ('core', 'extended', 'open')", name="circle"),
        CheckConstraint("until is null or first_on <= until", name="begins_before_it_ends"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"))
    survey_id: Mapped[UUID | None] = mapped_column(ForeignKey("survey.id", ondelete="SET NULL"))
    key: Mapped[str]
    name: Mapped[dict[str, str]]
    place: Mapped[str] = mapped_column(default="")
    mode: Mapped[str] = mapped_column(default="in_person")
    circle: Mapped[str] = mapped_column(default="open")
    unit: Mapped[str]
    every: Mapped[int] = mapped_column(default=1)
    week: Mapped[int] = mapped_column(default=1)
    weekday: Mapped[int]
    starts: Mapped[time | None]
    first_on: Mapped[date]
    until: Mapped[date | None]
    ahead_days: Mapped[int] = mapped_column(default=14)
    open_days: Mapped[int] = mapped_column(default=7)
    waits: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    skipped: Mapped[list[str]] = mapped_column(default=list)

    programme: Mapped[Programme] = relationship()
    survey: Mapped[Survey | None] = relationship()
    prepared: Mapped[list[Prepared]] = relationship(order_by="Prepared.on", cascade="all, delete-orphan")


class Prepared(Record):
    """One day of a schedule that was prepared: there is one row and no more, whoever prepares it, so never twice."""

    __tablename__ = "prepared"

    schedule_id: Mapped[UUID] = mapped_column(ForeignKey("schedule.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"))
    round_id: Mapped[UUID | None] = mapped_column(ForeignKey("round.id", ondelete="SET NULL"))


class CalendarFeed(Record):
    """The calendar of a programme that others subscribe to. Its link is derived from ``number``: a new number ends the old
    link. ``is_on`` False: there is none."""

    __tablename__ = "calendar_feed"
    __table_args__ = (CheckConstraint("number >= 1", name="number_from_1"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(default=1)
    is_on: Mapped[bool] = mapped_column(default=True)


def schedules_of(session: Session, programme_id: UUID) -> list[Schedule]:
    return list(session.scalars(select(Schedule).where(Schedule.programme_id == programme_id).order_by(Schedule.first_on, Schedule.key)))
