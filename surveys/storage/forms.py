"""Forms: the draft and its history, the frozen versions, what was decided about a change, and the trials of a draft."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, Connection, ForeignKey, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column, relationship

from forms.difference import Verdict
from surveys.storage.base import Keyed, Record


class Form(Keyed, Record):
    """A form of a programme; ``draft`` is the definition as a document, not yet bound to the programme's groups.

    ``revision`` grows with each save of the draft. ``memory`` is what is remembered of each translation
    (``forms.translating``): the base words that it translates, and who reviewed it.
    """

    __tablename__ = "form"
    __table_args__ = (
        UniqueConstraint("programme_id", "slug"),
        CheckConstraint("revision >= 1", name="revision_from_1"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    slug: Mapped[str]
    draft: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)
    memory: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")

    versions: Mapped[list[FormVersion]] = relationship(order_by="FormVersion.number", back_populates="form", cascade="all, delete-orphan")
    decisions: Mapped[list[Decision]] = relationship(order_by="Decision.number", cascade="all, delete-orphan")
    trials: Mapped[list[Trial]] = relationship(cascade="all, delete-orphan")
    revisions: Mapped[list[DraftRevision]] = relationship(order_by="DraftRevision.number", cascade="all, delete-orphan")


class DraftRevision(Keyed, Record):
    """The draft as it was saved, so that two people who edit at once lose nothing.

    ``is_refused``: it was saved on top of a revision that was no longer the latest, and is kept aside.
    """

    __tablename__ = "draft_revision"
    __table_args__ = (CheckConstraint("number >= 1", name="number_from_1"),)

    form_id: Mapped[UUID] = mapped_column(ForeignKey("form.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    document: Mapped[dict[str, Any]]
    is_refused: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class FormVersion(Keyed, Record):
    """Version ``number`` of a form, bound to the programme's groups and frozen. ``digest`` is the SHA-256 of it."""

    __tablename__ = "form_version"
    __table_args__ = (
        UniqueConstraint("form_id", "number"),
        CheckConstraint("number >= 1", name="number_from_1"),
        CheckConstraint("length(digest) = 64", name="digest_is_a_hash"),
    )

    form_id: Mapped[UUID] = mapped_column(ForeignKey("form.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    digest: Mapped[str]
    published_on: Mapped[date]

    form: Mapped[Form] = relationship(back_populates="versions")


class Decision(Keyed, Record):
    """What a facilitator decided about the series of ``question`` when version ``number`` changed its words or scale.

    ``verdict``: "comparable" (the series goes on), "note" (it goes on and the chart says why not quite), "break" (a new
    series begins). ``reason`` in the words of whoever decided, never empty.
    """

    __tablename__ = "series_decision"
    __table_args__ = (
        UniqueConstraint("form_id", "number", "question"),
        CheckConstraint("number >= 2", name="first_version_changes_nothing"),
        CheckConstraint(f"verdict in {get_args(Verdict)}", name="verdict_is_known"),
        CheckConstraint("length(reason) > 0", name="has_a_reason"),
    )

    form_id: Mapped[UUID] = mapped_column(ForeignKey("form.id", ondelete="CASCADE"))
    number: Mapped[int]
    question: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str]
    decided_on: Mapped[date]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class Trial(Keyed, Record):
    """A draft opened on a phone to try it: its own link, the draft as it was then. Gone when the form is published."""

    __tablename__ = "trial"
    __table_args__ = (CheckConstraint("link = lower(link) and length(link) >= 8", name="link_can_be_typed"),)

    form_id: Mapped[UUID] = mapped_column(ForeignKey("form.id", ondelete="CASCADE"), index=True)
    link: Mapped[str] = mapped_column(unique=True)
    definition: Mapped[dict[str, Any]]
    revision: Mapped[int]
    made_at: Mapped[datetime]

    responses: Mapped[list[TrialResponse]] = relationship(cascade="all, delete-orphan")


class TrialResponse(Keyed, Record):
    """One test answer: never counted, never exported, gone with its trial."""

    __tablename__ = "trial_response"

    trial_id: Mapped[UUID] = mapped_column(ForeignKey("trial.id", ondelete="CASCADE"), index=True)
    language: Mapped[str]
    answers: Mapped[dict[str, Any]]


def all_forms(session: Session, programme_id: UUID) -> list[Form]:
    """The forms of a programme, by name."""
    return list(session.scalars(select(Form).where(Form.programme_id == programme_id).order_by(Form.slug)))


def find_form(session: Session, programme_id: UUID, slug: str) -> Form | None:
    return session.scalar(select(Form).where(Form.programme_id == programme_id, Form.slug == slug))


def keep_draft(session: Session, form: Form, now: datetime) -> None:
    """Keep the draft of a form in its history before another takes its place, unless it is there already."""
    if draft_at(session, form, form.revision) is None:
        session.add(DraftRevision(form_id=form.id, number=form.revision, document=form.draft, saved_at=now))
        session.flush()


def draft_at(session: Session, form: Form, revision: int) -> dict[str, Any] | None:
    """The draft as it was saved at a revision; None when it is not kept, or no longer."""
    mine = DraftRevision.form_id == form.id, DraftRevision.number == revision, DraftRevision.is_refused.is_(False)
    return session.scalar(select(DraftRevision.document).where(*mine))


def find_trial(session: Session, link: str) -> Trial | None:
    """The trial of a link, written exactly."""
    return session.scalar(select(Trial).where(Trial.link == link))


@event.listens_for(FormVersion, "before_update")
def _refuse(mapper: Mapper[FormVersion], connection: Connection, version: FormVersion) -> None:
    raise ValueError("a published form version is frozen: publish the next one")
