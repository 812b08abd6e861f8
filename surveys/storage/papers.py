"""Forms on paper: batches of printed sheets, where each sheet is, and what was typed of it until two people agree."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from surveys.storage.base import Keyed, Record
from surveys.storage.rounds import Round

STATES = ("out", "once", "differs", "stored", "spoiled")
REASONS = ("empty", "unreadable", "no_consent", "damaged", "misprint")


class PaperBatch(Keyed, Record):
    """Sheets of one round printed together. ``languages``: one, or two side by side. ``entries``: how many people type each
    sheet, 1 or 2. ``made_on`` is a day."""

    __tablename__ = "paper_batch"
    __table_args__ = (
        UniqueConstraint("round_id", "number"),
        CheckConstraint("number >= 1", name="number_from_1"),
        CheckConstraint("entries in (1, 2)", name="typed_once_or_twice"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    number: Mapped[int]
    languages: Mapped[list[str]]
    is_large: Mapped[bool]
    entries: Mapped[int]
    made_on: Mapped[date]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    round: Mapped[Round] = relationship()
    sheets: Mapped[list[PaperSheet]] = relationship(order_by="PaperSheet.number", back_populates="batch", cascade="all, delete-orphan")


class PaperSheet(Record):
    """One printed sheet. ``code`` is random, printed on it, and says nothing of whoever fills it in.

    ``state``: ``out`` nothing is typed yet; ``once`` typed, waiting for the second time; ``differs`` typed twice, not the
    same; ``stored`` it became a response; ``spoiled`` it cannot be used, for the ``reason``. ``response_id`` is drawn at
    random when the sheet is printed, so that a sheet sent again never becomes a second response; closing the round
    forgets it for every sheet that is stored.
    """

    __tablename__ = "paper_sheet"
    __table_args__ = (
        UniqueConstraint("batch_id", "number"),
        CheckConstraint("number >= 1", name="number_from_1"),
        CheckConstraint("code = lower(code) and length(code) = 7", name="code_can_be_typed"),
        CheckConstraint(f"state in {STATES}", name="state_is_known"),
        CheckConstraint(f"reason in {REASONS}", name="reason_is_known"),
        CheckConstraint("(state = 'spoiled') = (reason is not null)", name="spoiled_for_a_reason"),
        CheckConstraint("response_id is not null or state = 'stored'", name="response_is_fixed_until_it_is_stored"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("paper_batch.id", ondelete="CASCADE"))
    number: Mapped[int]
    code: Mapped[str] = mapped_column(unique=True)
    response_id: Mapped[UUID | None] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="out")
    reason: Mapped[str | None]

    batch: Mapped[PaperBatch] = relationship(back_populates="sheets")
    entries: Mapped[list[PaperEntry]] = relationship(order_by="PaperEntry.turn", back_populates="sheet", cascade="all, delete-orphan")


class PaperEntry(Record):
    """What one person typed of a sheet, kept until the sheet is agreed and no longer.

    ``posted`` is what a page would send, without the own code. Of that there are only keyed hashes: ``code_hashes`` bound
    to the group, as a response keeps them, and ``code_alone`` without it, to compare two entries. ``typed_on`` is a day.
    """

    __tablename__ = "paper_entry"
    __table_args__ = (
        UniqueConstraint("sheet_id", "turn"),
        CheckConstraint("turn in (1, 2)", name="first_or_second"),
        CheckConstraint("length(code_alone) = 64", name="code_is_a_hash"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    sheet_id: Mapped[UUID] = mapped_column(ForeignKey("paper_sheet.id", ondelete="CASCADE"))
    turn: Mapped[int]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    posted: Mapped[dict[str, Any]]
    code_alone: Mapped[str | None]
    code_hashes: Mapped[list[str] | None]
    typed_on: Mapped[date]

    sheet: Mapped[PaperSheet] = relationship(back_populates="entries")


def paper_batches(session: Session, round_: Round) -> list[PaperBatch]:
    """The batches of a round, in order."""
    return list(session.scalars(select(PaperBatch).where(PaperBatch.round_id == round_.id).order_by(PaperBatch.number)))


def find_sheet(session: Session, round_: Round, code: str) -> PaperSheet | None:
    """The sheet of this round with this code, locked until the session ends where it may write."""
    wanted = select(PaperSheet).join(PaperBatch).where(PaperBatch.round_id == round_.id, PaperSheet.code == code)
    return session.scalar(wanted.with_for_update(of=PaperSheet), execution_options={"populate_existing": True})


def count_states(session: Session, batch: PaperBatch) -> Counter[str]:
    """How many sheets of a batch are in each state."""
    counted = select(PaperSheet.state, func.count()).where(PaperSheet.batch_id == batch.id).group_by(PaperSheet.state)
    return Counter({state: int(total) for state, total in session.execute(counted)})


def count_reasons(session: Session, batch: PaperBatch) -> Counter[str]:
    """How many sheets of a batch cannot be used, by reason."""
    counted = select(PaperSheet.reason, func.count()).where(PaperSheet.batch_id == batch.id, PaperSheet.reason.is_not(None))
    return Counter({str(reason): int(total) for reason, total in session.execute(counted.group_by(PaperSheet.reason))})


def count_waiting(session: Session, round_: Round) -> int:
    """Sheets of a round that are typed and not agreed yet: closing the round forgets what was typed of them."""
    waiting = select(func.count()).select_from(PaperSheet).join(PaperBatch)
    return session.scalar(waiting.where(PaperBatch.round_id == round_.id, PaperSheet.state.in_(("once", "differs")))) or 0


def forget_entries(session: Session, round_: Round, typed_before: date | None = None) -> None:
    """Delete what was typed of sheets that are not agreed (before a day, where one is given): they are out again."""
    sheets = select(PaperSheet.id).join(PaperBatch).where(PaperBatch.round_id == round_.id, PaperSheet.state.in_(("once", "differs")))
    if typed_before is not None:
        sheets = sheets.where(PaperSheet.id.in_(select(PaperEntry.sheet_id).where(PaperEntry.typed_on < typed_before)))
    ids = list(session.scalars(sheets))
    if ids:
        session.execute(delete(PaperEntry).where(PaperEntry.sheet_id.in_(ids)))
        session.execute(update(PaperSheet).where(PaperSheet.id.in_(ids)).values(state="out"))


def forget_responses(session: Session, round_: Round) -> None:
    """No stored sheet of a round leads to its response any more."""
    batches = select(PaperBatch.id).where(PaperBatch.round_id == round_.id)
    session.execute(update(PaperSheet).where(PaperSheet.batch_id.in_(batches), PaperSheet.state == "stored").values(response_id=None))
