"""Responses: one row each, with no account, no address and no clock time finer than the day."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from surveys.storage.base import Record
from surveys.storage.forms import FormVersion
from surveys.storage.rounds import Round


class Response(Record):
    """One person's answers in one round.

    ``id`` is the UUID that the client made (version 4: no other kind is taken, as they tell time or device). ``digest`` is
    a keyed hash of what was sent, so that the same response sent again is recognised. ``group_key`` and ``circle`` are
    taken out of the answers. ``code_hashes`` are keyed hashes of the participant's own code (full, then leave-one-out),
    never the code. ``person`` is random and set when the round closes. ``is_superseded``: the same code answered again in
    the round. ``snapshot`` is the snapshot of its round that counts it; None: not in any figure yet. ``receipt`` is a
    keyed hash.
    """

    __tablename__ = "response"
    __table_args__ = (
        Index("ix_response_round_id_snapshot", "round_id", "snapshot"),
        Index("ix_response_round_id_code_hash", "round_id", "code_hash"),
        Index("ix_response_round_id_receipt", "round_id", "receipt"),
        CheckConstraint("channel in ('web', 'import', 'paper', 'interview', 'kiosk')", name="channel"),
        CheckConstraint("circle in ('core', 'extended')", name="circle"),
        CheckConstraint("length(digest) = 64", name="digest_is_a_hash"),
        CheckConstraint("length(receipt) = 64", name="receipt_is_a_hash"),
        CheckConstraint("snapshot >= 1", name="snapshot_from_1"),
        CheckConstraint("substr(id, 13, 1) = '4'", name="id_is_random").ddl_if(dialect="sqlite"),
        CheckConstraint("substr(id::text, 15, 1) = '4'", name="id_is_random").ddl_if(dialect="postgresql"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"))
    version_id: Mapped[UUID] = mapped_column(ForeignKey("form_version.id"))
    answered_on: Mapped[date]
    language: Mapped[str]
    channel: Mapped[str] = mapped_column(default="web")
    group_key: Mapped[str | None]
    circle: Mapped[str | None]
    answers: Mapped[dict[str, Any]]
    digest: Mapped[str]
    receipt: Mapped[str | None]
    code_hash: Mapped[str | None]  # the first of code_hashes, to find it
    code_hashes: Mapped[list[str] | None]
    person: Mapped[UUID | None] = mapped_column(index=True)
    is_superseded: Mapped[bool] = mapped_column(default=False)
    snapshot: Mapped[int | None]
    entered_by: Mapped[UUID | None]  # who of the staff typed it from paper; nobody for what people send themselves

    round: Mapped[Round] = relationship()


class Withdrawn(Record):
    """A bare marker of a withdrawn response, so that a late retry is not stored again."""

    __tablename__ = "withdrawn"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True)


class Late(Record):
    """A bare marker of a response that came after the grace time of a round which nobody has closed yet.

    Closing leaves it out of the figures and removes the marker.
    """

    __tablename__ = "late"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[UUID] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"), primary_key=True)


def count_responses(session: Session, round_: Round) -> int:
    """People who answered: responses that no later one of the same person supersedes."""
    counted = select(func.count()).where(Response.round_id == round_.id, Response.is_superseded.is_(False))
    return session.scalar(counted) or 0


def count_late(session: Session, round_: Round) -> int:
    """Responses of a closed round that no snapshot counts yet."""
    waiting = select(func.count()).where(Response.round_id == round_.id, Response.snapshot.is_(None), Response.is_superseded.is_(False))
    return session.scalar(waiting) or 0


def count_of_version(session: Session, version: FormVersion, k: int) -> int:
    """People who answered a version, at least: each round's count in steps of k, so that nothing finer can be worked out."""
    counts = select(func.count()).select_from(Response).join(Round, Round.id == Response.round_id).where(Round.version_id == version.id)
    counted = counts.where(Response.is_superseded.is_(False)).group_by(Round.id)
    return sum(in_steps(count, k) for count in session.scalars(counted))


def in_steps(count: int, k: int) -> int:
    """A count of answers as it may be shown while they come in (privacy D11).

    >>> in_steps(13, 5)
    10
    """
    return count - count % k
