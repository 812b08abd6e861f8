"""Forms and their versions. A published version is frozen."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from surveys.storage.base import Keyed, Record


class Form(Keyed, Record):
    """A form of a programme; ``draft`` is the definition as a document, not yet bound to the programme's groups."""

    __tablename__ = "form"
    __table_args__ = (UniqueConstraint("programme_id", "slug"),)

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id"))
    slug: Mapped[str]
    draft: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=1)

    versions: Mapped[list[FormVersion]] = relationship(order_by="FormVersion.number", back_populates="form", cascade="all, delete-orphan")


class FormVersion(Keyed, Record):
    """Version ``number`` of a form, bound to the programme's groups and frozen. ``digest`` is the SHA-256 of it."""

    __tablename__ = "form_version"
    __table_args__ = (UniqueConstraint("form_id", "number"),)

    form_id: Mapped[UUID] = mapped_column(ForeignKey("form.id"))
    number: Mapped[int]
    definition: Mapped[dict[str, Any]]
    digest: Mapped[str]
    published_on: Mapped[date]

    form: Mapped[Form] = relationship(back_populates="versions")
