"""Staff: people who sign in, their sessions and one-time sign-in links; and the log of analysts' reading."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from surveys.storage.base import Keyed, Record


class Person(Keyed, Record):
    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="es")


class SignInLink(Record):
    """A one-time link: the SHA-256 of its secret, good until ``expires_at`` or its first use."""

    __tablename__ = "sign_in_link"
    __table_args__ = (CheckConstraint("length(secret_hash) = 64", name="secret_is_a_hash"),)

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class StaffSession(Record):
    """A signed-in browser: the SHA-256 of its cookie, revocable."""

    __tablename__ = "staff_session"
    __table_args__ = (
        CheckConstraint("length(secret_hash) = 64", name="secret_is_a_hash"),
        CheckConstraint("started_at < ends_at", name="starts_before_it_ends"),
    )

    secret_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class AnalystReading(Keyed, Record):
    """Each use of the analyst's report: who and which programme."""

    __tablename__ = "analyst_reading"

    person_email: Mapped[str]
    programme_slug: Mapped[str]
    read_at: Mapped[datetime]
