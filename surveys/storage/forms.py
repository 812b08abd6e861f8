"""Forms and their versions. A published version is frozen."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Connection, ForeignKey, UniqueConstraint, event, select
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column, relationship

from surveys.storage.base import Keyed, Record


class Form(Keyed, Record):
    """A form of a programme; ``draft`` is the definition as a document, not yet bound to the programme's groups."""

    __tablename__ = "form"
    __table_args__ = (
        UniqueConstraint("programme_id", "slug"),
        CheckConstraint("revision >= 1", name="revision_from_1"),
    )

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    slug: Mapped[str]
    draft: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)

    versions: Mapped[list[FormVersion]] = relationship(order_by="FormVersion.number", back_populates="form", cascade="all, delete-orphan")


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


def find_form(session: Session, programme_id: UUID, slug: str) -> Form | None:
    return session.scalar(select(Form).where(Form.programme_id == programme_id, Form.slug == slug))


@event.listens_for(FormVersion, "before_update")
def _refuse(mapper: Mapper[FormVersion], connection: Connection, version: FormVersion) -> None:
    raise ValueError("a published form version is frozen: publish the next one")
