"""Whom a confidential round invites, and what was sent to them. Nothing here knows who answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from surveys.storage.base import Keyed, Record
from surveys.storage.rounds import Round, Survey


class InvitationList(Record):
    """How a round's list is kept: names and addresses go at closing, unless they are needed to invite again."""

    __tablename__ = "invitation_list"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    keeps_people: Mapped[bool] = mapped_column(default=False)


class Invitation(Record):
    """One person whom a round invites: an e-mail address, a telephone number, or both.

    ``invitee`` is random and the same for this person in every round of the programme whose list is kept: what personal
    links are made for (linking.hash_of_invitation). No link is stored, and not whether one was used.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("round_id", "email"),
        UniqueConstraint("round_id", "phone"),
        UniqueConstraint("round_id", "invitee"),
        CheckConstraint("email is not null or phone is not null", name="can_be_reached"),
        CheckConstraint("email = lower(email)", name="email_is_lower_case"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    invitee: Mapped[UUID] = mapped_column(default=uuid4)
    name: Mapped[str]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    language: Mapped[str]
    group_key: Mapped[str | None]
    has_opted_out: Mapped[bool] = mapped_column(default=False)
    has_text: Mapped[bool] = mapped_column(default=False)  # a message to paste was made, with a link in it


class OptOut(Record):
    """Somebody who wants no messages from a programme: a keyed hash of the address, so that a later list knows it."""

    __tablename__ = "opt_out"
    __table_args__ = (CheckConstraint("length(address_hash) = 64", name="address_is_a_hash"), {"sqlite_with_rowid": False})

    programme_id: Mapped[UUID] = mapped_column(ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True)
    address_hash: Mapped[str] = mapped_column(primary_key=True)


class Mailing(Keyed, Record):
    """One message to everybody on the list: the invitation, or a reminder."""

    __tablename__ = "mailing"
    __table_args__ = (UniqueConstraint("round_id", "number"), CheckConstraint("kind in ('invitation', 'reminder')", name="kind_is_known"))

    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    number: Mapped[int]
    kind: Mapped[str]
    begun_at: Mapped[datetime]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class Delivery(Record):
    """What became of one mailing to one person. ``going`` is written before the message leaves: while it stands nobody
    knows whether it did, and it is not sent again by itself."""

    __tablename__ = "delivery"
    __table_args__ = (CheckConstraint("outcome in ('going', 'sent', 'failed')", name="outcome_is_known"), {"sqlite_with_rowid": False})

    mailing_id: Mapped[UUID] = mapped_column(ForeignKey("mailing.id", ondelete="CASCADE"), primary_key=True)
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True)
    outcome: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


def invitations_of(session: Session, round_: Round) -> list[Invitation]:
    """Everybody on a round's list, by name: an order that tells nothing."""
    found = session.scalars(select(Invitation).where(Invitation.round_id == round_.id))
    return sorted(found, key=lambda one: (one.name.casefold(), one.email or "", one.phone or ""))


def known_invitees(session: Session, round_: Round) -> dict[str, UUID]:
    """{address: the invitee it belongs to} in the kept lists of the programme's other rounds."""
    wanted = (
        select(Invitation.email, Invitation.phone, Invitation.invitee)
        .join(Round, Round.id == Invitation.round_id)
        .join(Survey, Survey.id == Round.survey_id)
        .where(Survey.programme_id == round_.survey.programme_id, Round.id != round_.id)
    )
    return {address: invitee for email, phone, invitee in session.execute(wanted) for address in (email, phone) if address}


def mailings_of(session: Session, round_: Round) -> list[Mailing]:
    return list(session.scalars(select(Mailing).where(Mailing.round_id == round_.id).order_by(Mailing.number)))


def deliveries_of(session: Session, mailing: Mailing) -> dict[UUID, Delivery]:
    """{invitation id: what became of it}."""
    found = session.scalars(select(Delivery).where(Delivery.mailing_id == mailing.id))
    return {one.invitation_id: one for one in found}
