"""Recordings: the words of a form spoken in a language, beside its draft, and as a version froze them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from surveys.storage.base import Keyed, Record


class Sound(Record):
    """The bytes of a recording under the SHA-256 of them: the same sound is kept once, and never changes."""

    __tablename__ = "sound"
    __table_args__ = (
        CheckConstraint("length(digest) = 64", name="digest_is_a_hash"),
        CheckConstraint("length(content) between 1 and 102400", name="content_is_at_most_100_kilobytes"),
        CheckConstraint("mime like 'audio/%'", name="mime_is_a_sound"),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    mime: Mapped[str]
    seconds: Mapped[int | None]
    content: Mapped[bytes] = mapped_column(LargeBinary)


class Recording(Keyed, Record):
    """The sound of one place of a form's draft (``questions.age.label``) in a language.

    ``words``: what stood there when it was recorded, so that it is told when the text has changed since.
    """

    __tablename__ = "recording"
    __table_args__ = (UniqueConstraint("form_id", "place", "language"),)

    form_id: Mapped[UUID] = mapped_column(ForeignKey("form.id", ondelete="CASCADE"))
    place: Mapped[str]
    language: Mapped[str]
    words: Mapped[str]
    digest: Mapped[str] = mapped_column(ForeignKey("sound.digest"))

    sound: Mapped[Sound] = relationship()


class FrozenRecording(Keyed, Record):
    """The same in a published version: what changes in the draft later does not reach it."""

    __tablename__ = "frozen_recording"
    __table_args__ = (UniqueConstraint("version_id", "place", "language"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("form_version.id", ondelete="CASCADE"))
    place: Mapped[str]
    language: Mapped[str]
    digest: Mapped[str] = mapped_column(ForeignKey("sound.digest"))

    sound: Mapped[Sound] = relationship()


def recordings_of(session: Session, form_id: UUID) -> list[Recording]:
    return list(session.scalars(select(Recording).where(Recording.form_id == form_id).order_by(Recording.place, Recording.language)))


def find_recording(session: Session, form_id: UUID, place: str, language: str) -> Recording | None:
    mine = Recording.form_id == form_id, Recording.place == place, Recording.language == language
    return session.scalar(select(Recording).where(*mine))


def frozen_of(session: Session, version_id: UUID) -> list[FrozenRecording]:
    mine = select(FrozenRecording).where(FrozenRecording.version_id == version_id)
    return list(session.scalars(mine.order_by(FrozenRecording.place, FrozenRecording.language)))


def find_frozen(session: Session, version_id: UUID, digest: str) -> FrozenRecording | None:
    mine = FrozenRecording.version_id == version_id, FrozenRecording.digest == digest
    return session.scalars(select(FrozenRecording).where(*mine).limit(1)).first()


def forget_unheard(session: Session) -> None:
    """Sounds that no draft and no version has any more are deleted."""
    session.flush()
    heard = select(Recording.digest).union(select(FrozenRecording.digest))
    session.execute(delete(Sound).where(Sound.digest.not_in(heard)))
