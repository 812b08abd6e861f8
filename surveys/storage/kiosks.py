"""Kiosks: a device on which many people answer one round, one after the other."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from surveys.storage.base import Keyed, Record
from surveys.storage.rounds import Round


class Kiosk(Keyed, Record):
    """A round opened on a device. Only hashes of its token and of the staff's PIN are kept, and nothing of the device.

    ``idle_seconds``: without a touch for so long, the form is blank again. ``tries``: wrong PINs in a row;
    ``locked_until``: no PIN is looked at before. ``is_ended``: a person of the staff left it, or ended it from elsewhere.
    """

    __tablename__ = "kiosk"
    __table_args__ = (
        CheckConstraint("length(token_hash) = 64", name="token_is_a_hash"),
        CheckConstraint("pin_hash like 'scrypt$%'", name="pin_is_a_slow_hash"),
        CheckConstraint("idle_seconds between 30 and 600", name="idle_seconds_are_sensible"),
        CheckConstraint("tries >= 0", name="tries_from_0"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    pin_hash: Mapped[str]
    idle_seconds: Mapped[int]
    started_on: Mapped[date]
    tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    is_ended: Mapped[bool] = mapped_column(default=False)

    round: Mapped[Round] = relationship()


def find_kiosk(session: Session, token_hash: str) -> Kiosk | None:
    return session.scalar(select(Kiosk).where(Kiosk.token_hash == token_hash))


def kiosks_of(session: Session, round_id: UUID) -> list[Kiosk]:
    """The kiosks of a round that nobody has left, the first one first."""
    mine = select(Kiosk).where(Kiosk.round_id == round_id, Kiosk.is_ended.is_(False))
    return list(session.scalars(mine.order_by(Kiosk.started_on, Kiosk.id)))
