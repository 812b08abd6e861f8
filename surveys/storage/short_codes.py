"""Short codes: what is typed to open a round that is not closed."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from surveys.storage.base import Record
from surveys.storage.rounds import Round


class ShortCode(Record):
    """The code of one round. It tells nothing of the round's link, and goes when the round is closed."""

    __tablename__ = "short_code"
    __table_args__ = (CheckConstraint("code = lower(code) and length(code) = 6", name="code_can_be_typed"),)

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)

    round: Mapped[Round] = relationship()


def find_code(session: Session, round_: Round) -> str | None:
    """The short code of a round, where it has one."""
    return session.scalar(select(ShortCode.code).where(ShortCode.round_id == round_.id))


def find_round_of_code(session: Session, code: str) -> Round | None:
    """The round of a short code, written exactly."""
    found = session.scalar(select(ShortCode).where(ShortCode.code == code).options(joinedload(ShortCode.round)))
    return found.round if found else None


def retire_codes(session: Session) -> None:
    """Codes of closed rounds go: they are free for other rounds."""
    closed = select(Round.id).where(Round.closed_at.is_not(None))
    session.execute(delete(ShortCode).where(ShortCode.round_id.in_(closed)), execution_options={"synchronize_session": False})
