"""Programmes, their stakeholder groups and institutions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from surveys.storage.base import Keyed, Record

if TYPE_CHECKING:
    from surveys.storage.events import Event
    from surveys.storage.results import ExpectedResult
    from surveys.storage.rounds import Survey


class Programme(Keyed, Record):
    """A programme with its languages (first is the base), frozen mix, smallest cell shown and further cuts.

    ``mix`` {group key as shown: share}, sums to 1; ``cuts`` keys of choice questions, in order;
    ``constructs`` {construct: {language: text}}; ``analysts`` e-mail addresses of the two named people (or none).
    ``started_on`` freezes groups, mix, k and cuts: set when the first round opens. ``key_destroyed_on``: the day the key of
    its codes was destroyed, from which on no code is asked or kept.
    """

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("min_cell >= 5", name="min_cell_at_least_5"),)

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[dict[str, str]]
    about: Mapped[dict[str, str]] = mapped_column(default=dict)
    languages: Mapped[list[str]]
    min_cell: Mapped[int] = mapped_column(default=5)
    mix: Mapped[dict[str, float]]
    cuts: Mapped[list[str]] = mapped_column(default=list)
    constructs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    analysts: Mapped[list[str]] = mapped_column(default=list)
    contact: Mapped[str] = mapped_column(default="")
    time_zone: Mapped[str] = mapped_column(default="America/Lima")  # in which the day of an answer is told
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    started_on: Mapped[date | None]
    key_destroyed_on: Mapped[date | None]

    groups: Mapped[list[Group]] = relationship(order_by="Group.position", back_populates="programme", cascade="all, delete-orphan")
    institutions: Mapped[list[Institution]] = relationship(back_populates="programme", cascade="all, delete-orphan")
    events: Mapped[list[Event]] = relationship(order_by="Event.on", back_populates="programme", cascade="all, delete-orphan")
    surveys: Mapped[list[Survey]] = relationship(order_by="Survey.position", back_populates="programme", cascade="all, delete-orphan")
    results: Mapped[list[ExpectedResult]] = relationship(
        order_by="ExpectedResult.position", back_populates="programme", cascade="all, delete-orphan"
    )


class Group(Keyed, Record):
    """A stakeholder group, in the programme's order. ``shown_in`` names the group it is merged into (privacy D17)."""

    __tablename__ = "stakeholder_group"
    __table_args__ = (UniqueConstraint("programme_id", "key"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    key: Mapped[str]
    position: Mapped[int]
    name: Mapped[dict[str, str]]
    members: Mapped[int | None]
    shown_in: Mapped[str | None]
    is_asked: Mapped[bool] = mapped_column(default=True)  # False: only a merged group such as Otros, never an option of the form

    programme: Mapped[Programme] = relationship(back_populates="groups")


class Institution(Keyed, Record):
    """An institution that takes part; never joined with answers."""

    __tablename__ = "institution"
    __table_args__ = (
        UniqueConstraint("programme_id", "key"),
        CheckConstraint("circle in ('core', 'extended', 'observer')", name="circle"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    key: Mapped[str]
    name: Mapped[dict[str, str]]
    group_key: Mapped[str]
    circle: Mapped[str]
    joined_on: Mapped[date | None]
    left_on: Mapped[date | None]

    programme: Mapped[Programme] = relationship(back_populates="institutions")


def find_programme(session: Session, slug: str) -> Programme | None:
    return session.scalar(select(Programme).where(Programme.slug == slug))


def all_programmes(session: Session) -> list[Programme]:
    return list(session.scalars(select(Programme).order_by(Programme.slug)))
