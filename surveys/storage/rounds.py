"""Surveys (a form asked for one purpose) and rounds (one time it is asked)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
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
    participant's); ``closed_at`` is set once, when figures may be shown. ``invited`` {group key: people}.
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

    survey: Mapped[Survey] = relationship(back_populates="rounds")
    version: Mapped[FormVersion] = relationship()
    event: Mapped[Event | None] = relationship()


def find_survey(session: Session, slug: str) -> Survey | None:
    return session.scalar(select(Survey).where(Survey.slug == slug))


def find_round(session: Session, link: str) -> Round | None:
    """The round of an open link, written exactly, with what answering it needs in two queries."""
    survey = joinedload(Round.survey)
    chain = survey.joinedload(Survey.programme)
    wanted = select(Round).where(Round.link == link)
    return session.scalar(wanted.options(survey.joinedload(Survey.promise), chain, chain.selectinload(Programme.groups)))
