"""Interviews: how many are planned, those that are not finished, what people were read, and who did how many on a day.

Nothing here points to a response, and no response says who entered it.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from surveys.storage.base import Keyed, Record
from surveys.storage.responses import Response


class InterviewPlan(Keyed, Record):
    """How many interviews a round should have with one ``value`` of a ``question`` (a region); both "" for the whole round."""

    __tablename__ = "interview_plan"
    __table_args__ = (
        UniqueConstraint("round_id", "question", "value"),
        CheckConstraint("planned between 1 and 100000", name="planned_is_a_number_of_people"),
        CheckConstraint("(question = '') = (value = '')", name="question_has_a_value"),
    )

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    question: Mapped[str] = mapped_column(default="")
    value: Mapped[str] = mapped_column(default="")
    planned: Mapped[int]


class InterviewDraft(Keyed, Record):
    """An interview that is not finished, encrypted: its label, its language and what was said so far.

    Only its interviewer opens it. It goes when the interview is finished or thrown away, and when the round closes.
    """

    __tablename__ = "interview_draft"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class SpokenConsent(Keyed, Record):
    """Version ``number`` of what people are told before an interview of a survey whose form does not ask for consent."""

    __tablename__ = "spoken_consent"
    __table_args__ = (UniqueConstraint("survey_id", "number"), CheckConstraint("number >= 1", name="number_from_1"))

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    number: Mapped[int]
    words: Mapped[dict[str, str]]
    since: Mapped[date]


class ConsentDay(Record):
    """How many people of a round agreed on a day to words of consent: "form 3" (version 3 of the form) or "spoken 2"."""

    __tablename__ = "consent_day"
    __table_args__ = (CheckConstraint("count >= 1", name="count_from_1"), {"sqlite_with_rowid": False})

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    told: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=1)


class InterviewDay(Record):
    """How many interviews of a round a person of the staff finished on a day.

    It is apart from the responses, so that none of them says who entered it: it serves to see that the work goes on and
    to notice when somebody enters more than can be asked in a day.
    """

    __tablename__ = "interview_day"
    __table_args__ = (CheckConstraint("count >= 1", name="count_from_1"), {"sqlite_with_rowid": False})

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=1)


def forget_drafts(session: Session, round_id: UUID) -> None:
    """What was not finished when a round closes goes."""
    session.execute(delete(InterviewDraft).where(InterviewDraft.round_id == round_id))


def plans_of(session: Session, round_id: UUID) -> list[InterviewPlan]:
    return list(session.scalars(select(InterviewPlan).where(InterviewPlan.round_id == round_id)))


def drafts_of(session: Session, round_id: UUID, person_id: UUID) -> list[InterviewDraft]:
    """The unfinished interviews of one person in a round."""
    mine = InterviewDraft.round_id == round_id, InterviewDraft.person_id == person_id
    return list(session.scalars(select(InterviewDraft).where(*mine).order_by(InterviewDraft.id)))


def consent_days_of(session: Session, round_id: UUID) -> list[ConsentDay]:
    """How many agreed to what, the latest day first."""
    return list(session.scalars(select(ConsentDay).where(ConsentDay.round_id == round_id).order_by(ConsentDay.on.desc(), ConsentDay.told)))


def latest_consent(session: Session, survey_id: UUID) -> SpokenConsent | None:
    mine = select(SpokenConsent).where(SpokenConsent.survey_id == survey_id)
    return session.scalar(mine.order_by(SpokenConsent.number.desc()).limit(1))


def days_of(session: Session, round_id: UUID) -> list[InterviewDay]:
    """The counts of a round, the latest day first."""
    mine = select(InterviewDay).where(InterviewDay.round_id == round_id)
    return list(session.scalars(mine.order_by(InterviewDay.on.desc(), InterviewDay.person_id)))


def count_of_person(session: Session, round_id: UUID, person_id: UUID) -> int:
    """How many interviews of a round a person finished."""
    mine = InterviewDay.round_id == round_id, InterviewDay.person_id == person_id
    return session.scalar(select(func.sum(InterviewDay.count)).where(*mine)) or 0


def interviews_by_value(session: Session, round_id: UUID, question: str) -> dict[str, int]:
    """{value: interviews that were sent with it}; without a question, all of them under ""."""
    mine = Response.round_id == round_id, Response.channel == "interview"
    if not question:
        return {"": session.scalar(select(func.count()).where(*mine)) or 0}
    value = Response.answers[question].as_string()
    found = session.execute(select(value, func.count()).where(*mine).group_by(value))
    return {said: count for said, count in found if said is not None}
