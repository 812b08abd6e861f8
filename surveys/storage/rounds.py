"""Surveys (a form asked for one purpose) and rounds (one time it is asked)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select, text
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from surveys.storage.base import Keyed, Record
from surveys.storage.events import Event
from surveys.storage.forms import Form, FormVersion
from surveys.storage.programmes import Programme

if TYPE_CHECKING:
    from surveys.storage.promises import Promise


class Survey(Keyed, Record):
    """``slug`` is unique in the whole database, so that a command can name it alone."""

    __tablename__ = "survey"

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    form_id: Mapped[UUID] = mapped_column(ForeignKey("form.id"))
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[dict[str, str]]
    position: Mapped[int] = mapped_column(default=0)

    programme: Mapped[Programme] = relationship(back_populates="surveys")
    form: Mapped[Form] = relationship()
    rounds: Mapped[list[Round]] = relationship(order_by="Round.on", back_populates="survey", cascade="all, delete-orphan")
    promise: Mapped[Promise] = relationship(cascade="all, delete-orphan", single_parent=True)


class Round(Keyed, Record):
    """One time a survey is asked of one form version. ``link`` is the open link, good for any number of answers.

    ``on`` is the round's own date; ``opens_at`` and ``closes_at`` are moments of the plan (staff's, never a
    participant's); ``closed_at`` is set once, when figures may be shown. ``invited`` {group key: people}; None: those
    whom the attendance of its event counts.

    ``waits``: it opens when a person says so, not by its time. ``closes_at_count``: so many answers end it, a multiple of
    k; ``full_on`` is the day on which they had come, and no finer, as the last of them was somebody's.
    ``extended_from``: the closing that participants were told first, when they have been told a later one since.
    """

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("survey_id", "key"),
        CheckConstraint("opens_at is null or closes_at is null or opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint("link = lower(link) and length(link) >= 8", name="link_can_be_typed"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("form_version.id"))
    event_id: Mapped[UUID | None] = mapped_column(ForeignKey("event.id"))
    key: Mapped[str]
    label: Mapped[dict[str, str]]
    on: Mapped[date]
    link: Mapped[str] = mapped_column(unique=True)
    languages: Mapped[list[str]]
    opens_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    invited: Mapped[dict[str, int] | None]
    waits: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    closes_at_count: Mapped[int | None]
    full_on: Mapped[date | None]
    extended_from: Mapped[datetime | None]

    survey: Mapped[Survey] = relationship(back_populates="rounds")
    version: Mapped[FormVersion] = relationship()
    event: Mapped[Event | None] = relationship()
    changes: Mapped[list[RoundChange]] = relationship(order_by="RoundChange.changed_at", cascade="all, delete-orphan")


class RoundChange(Keyed, Record):
    """One change that a person made to when a round opens and closes: from when to when, as ISO text, "" for none."""

    __tablename__ = "round_change"
    __table_args__ = (CheckConstraint("what in ('opens_at', 'closes_at', 'closes_at_count', 'version')", name="what_is_known"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    what: Mapped[str]
    was: Mapped[str]
    became: Mapped[str]
    changed_at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


def find_survey(session: Session, slug: str) -> Survey | None:
    return session.scalar(select(Survey).where(Survey.slug == slug))


def find_round(session: Session, link: str) -> Round | None:
    """The round of an open link, written exactly, with what answering it needs in two queries."""
    survey = joinedload(Round.survey)
    chain = survey.joinedload(Survey.programme)
    wanted = select(Round).where(Round.link == link)
    return session.scalar(wanted.options(survey.joinedload(Survey.promise), chain, chain.selectinload(Programme.groups)))


def invited_as_shown(round_: Round) -> dict[str, int]:
    """{group as shown: people invited}. A merged group of which one part is unknown is unknown itself."""
    stated = round_.invited if round_.invited is not None else (round_.event.attendance if round_.event else {})
    groups, found = round_.survey.programme.groups, {}
    for key in dict.fromkeys(group.shown_in or group.key for group in groups):
        parts = [group.key for group in groups if (group.shown_in or group.key) == key and group.is_asked]
        if key in stated and key not in parts:
            found[key] = sum(stated.get(part, 0) for part in {key, *parts})
        elif parts and all(part in stated for part in parts):
            found[key] = sum(stated[part] for part in parts)
    return found
