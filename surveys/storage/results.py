"""Expected results, their indicators with every version of a target, stated values, and the status history."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.storage.base import Keyed, Record
from surveys.storage.programmes import Programme


class ExpectedResult(Keyed, Record):
    """What the programme promised, in the programme's own words."""

    __tablename__ = "expected_result"
    __table_args__ = (UniqueConstraint("programme_id", "key"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    key: Mapped[str]
    position: Mapped[int]
    title: Mapped[dict[str, str]]
    level: Mapped[str] = mapped_column(default="outcome")

    programme: Mapped[Programme] = relationship(back_populates="results")
    indicators: Mapped[list[Indicator]] = relationship(order_by="Indicator.position", back_populates="result", cascade="all, delete-orphan")


class Indicator(Keyed, Record):
    """``definition`` holds the fields of measures e under the names of analysis.columns.Indicator (days as ISO
    text); ``survey_slug`` names the survey it reads (None: stated by hand)."""

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("result_id", "code"),
        CheckConstraint("source in ('construct', 'item', 'share', 'nps', 'count', 'manual')", name="source"),
    )

    result_id: Mapped[UUID] = mapped_column(ForeignKey("expected_result.id"))
    code: Mapped[str]
    position: Mapped[int]
    title: Mapped[dict[str, str]]
    source: Mapped[str]
    survey_slug: Mapped[str | None]
    definition: Mapped[dict[str, Any]]
    changes: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  # {on, field, old, new, reason}

    result: Mapped[ExpectedResult] = relationship(back_populates="indicators")
    stated: Mapped[list[StatedValue]] = relationship(order_by="StatedValue.on", cascade="all, delete-orphan")


class StatedValue(Keyed, Record):
    """A value stated by hand, with its evidence."""

    __tablename__ = "stated_value"

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicator.id"))
    on: Mapped[date]
    value: Mapped[float]
    evidence: Mapped[str]


class StatusRecord(Keyed, Record):
    """The status of an indicator as it was decided when a round closed; never rewritten."""

    __tablename__ = "status_record"
    __table_args__ = (UniqueConstraint("indicator_id", "round_id"),)

    indicator_id: Mapped[UUID] = mapped_column(ForeignKey("indicator.id"))
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"))
    status: Mapped[str]
    rule: Mapped[str]
    decided_on: Mapped[date]
