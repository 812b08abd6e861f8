"""What the participants of a survey are promised, and the personal links of confidential ones."""

from __future__ import annotations

from datetime import date
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from surveys.storage.base import Record

Level = Literal["anonymous", "card", "own_code", "confidential"]

#: From the most anonymous to the least. Nobody can find the person of a card's code; an own code can be guessed by whoever
#: has the key and a personnel file; who answered through a personal link is known to whoever has the key and the list.
LEVELS: tuple[Level, ...] = get_args(Level)


class Promise(Record):
    """The level of anonymity of a survey, one row for each.

    ``stated_on`` is the day a person chose it; None: nobody has, and it follows the form. ``wording`` is the version of the
    sentences in which it was stated. ``is_answered`` is set by the database with the first answer of any round and never
    taken back, not even when that answer is withdrawn: from then on a trigger lets ``level`` move only to one that is more
    anonymous. ``cards`` counts the cards printed; the codes on them are not kept.
    """

    __tablename__ = "survey_promise"
    __table_args__ = (
        CheckConstraint("level in ('anonymous', 'card', 'own_code', 'confidential')", name="level"),
        CheckConstraint("wording >= 1", name="wording_from_1"),
        CheckConstraint("cards >= 0", name="cards_from_0"),
    )

    survey_id: Mapped[UUID] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[str]
    stated_on: Mapped[date | None]
    wording: Mapped[int] = mapped_column(default=1)
    is_answered: Mapped[bool] = mapped_column(default=False)
    cards: Mapped[int] = mapped_column(default=0)

    @property
    def is_stated(self) -> bool:
        """Whether a person chose the level."""
        return self.stated_on is not None


class PersonalLink(Record):
    """A link that is one person's own in one round: the keyed hash of its token, and that of the invitation.

    Whose invitation it is can be worked out with the programme's key only.
    """

    __tablename__ = "personal_link"
    __table_args__ = (
        Index("ix_personal_link_round_id_person_hash", "round_id", "person_hash"),
        CheckConstraint("length(token_hash) = 64", name="token_is_hashed"),
        CheckConstraint("length(person_hash) = 64", name="person_is_hashed"),
        {"sqlite_with_rowid": False},
    )

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    round_id: Mapped[UUID] = mapped_column(ForeignKey("round.id"))
    person_hash: Mapped[str]


class PersonalAnswer(Record):
    """The one response that an invitation has in a round: its key holds that there is no second.

    No foreign key to the response: closing a round writes the responses again in another order.
    """

    __tablename__ = "personal_answer"
    __table_args__ = (
        ForeignKeyConstraint(["round_id"], ["round.id"]),
        CheckConstraint("length(person_hash) = 64", name="person_is_hashed"),
        {"sqlite_with_rowid": False},
    )

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_hash: Mapped[str] = mapped_column(primary_key=True)
    response_id: Mapped[UUID] = mapped_column(unique=True)
