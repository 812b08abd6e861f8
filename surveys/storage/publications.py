"""What participants are shown after closing: how it is being prepared, and every time that it was published."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from surveys.storage.base import Keyed, Record
from surveys.storage.people import Person
from surveys.storage.rounds import Round


class ResultsPlan(Record):
    """What is to be published of a round, as it is being written. One per round; nobody but staff reads it.

    ``link`` opens the results without the link of the questionnaire, for whoever has it, when ``is_public``. ``figures``
    are keys of panels of the public report; ``pairs`` {"said": {language: text}, "did": {language: text}}, in order;
    ``reply`` what the group answers, {language: text}.
    """

    __tablename__ = "results_plan"
    __table_args__ = (CheckConstraint("link = lower(link) and length(link) >= 8", name="link_can_be_typed"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    link: Mapped[str] = mapped_column(unique=True)
    expected_on: Mapped[date | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    figures: Mapped[list[str]] = mapped_column(default=list)
    pairs: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    reply: Mapped[dict[str, str]] = mapped_column(default=dict)


class PublishedResults(Keyed, Record):
    """The results of a round as they were published one day; never rewritten, so that it stays known what was shown.

    ``drawn`` {language: {key of the panel: the figure as it was drawn}}; ``snapshots`` {id of a round: the snapshot that
    the figures read of it}.
    """

    __tablename__ = "published_results"
    __table_args__ = (UniqueConstraint("round_id", "number"), CheckConstraint("number >= 1", name="number_from_1"))

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    number: Mapped[int]
    published_on: Mapped[date]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    is_public: Mapped[bool]
    figures: Mapped[list[str]]
    pairs: Mapped[list[dict[str, Any]]]
    reply: Mapped[dict[str, str]]
    drawn: Mapped[dict[str, Any]]
    snapshots: Mapped[dict[str, int]]


def latest_results(session: Session, round_: Round) -> PublishedResults | None:
    """What participants of a round are shown now."""
    return next(iter(all_published(session, round_)), None)


def all_published(session: Session, round_: Round) -> list[PublishedResults]:
    """Every publication of a round, the latest first."""
    wanted = select(PublishedResults).where(PublishedResults.round_id == round_.id)
    return list(session.scalars(wanted.order_by(PublishedResults.number.desc())))


def find_results_plan(session: Session, link: str) -> ResultsPlan | None:
    return session.scalar(select(ResultsPlan).where(ResultsPlan.link == link))


def who_published(session: Session, published: PublishedResults) -> Person | None:
    return session.get(Person, published.person_id) if published.person_id else None
