"""Whatever phones send, send again, correct and withdraw, and whenever the round closes: nothing is stored twice, nothing
acknowledged is lost, and what comes late enters no figure before enough of it has gathered."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from surveys import collecting, errors, sealing
from surveys.storage import Response, Round, Survey
from surveys.storage.database import Database
from tests.records import NOW, SECRET, a_round, a_sent, a_survey

PHONES = 12
K = 5
#: What happens next: an act, the phone that it concerns, the answer, and whether the page was drawn while the round was open.
ACTS = ("send", "again", "other", "correct", "withdraw", "close", "gather")
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, PHONES - 1), st.integers(1, 5), st.booleans()), max_size=60)


@dataclass
class Expected:
    """What must be stored: {response id: answer}; and what figures may count."""

    stored: dict[UUID, int] = field(default_factory=dict)
    counted: set[UUID] = field(default_factory=set)
    withdrawn: set[UUID] = field(default_factory=set)
    is_closed: bool = False


@dataclass
class Play:
    session: Session
    round_: Round
    phones: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(PHONES)])
    expected: Expected = field(default_factory=Expected)
    receipts: dict[UUID, str] = field(default_factory=dict)

    def act(self, act: str, phone: int, answer: int, has_mark: bool) -> None:
        response_id = self.phones[phone]
        if act in {"send", "again", "other"}:
            was = self.expected.stored.get(response_id, answer)
            said = was if act == "again" else was % 5 + 1 if act == "other" else answer
            self.send(response_id, said, has_mark)
        elif act in {"correct", "withdraw"}:
            self.change(act, response_id, answer)
        elif act == "close":
            sealing.close_round(self.session, self.round_, NOW)
            if not self.expected.is_closed:
                self.expected.counted = set(self.expected.stored)
            self.expected.is_closed = True
        else:
            self.gather()

    def send(self, response_id: UUID, answer: int, has_mark: bool) -> None:
        page_mark = collecting.make_page_mark(self.round_, SECRET, NOW - timedelta(hours=1)) if has_mark else ""
        known = self.expected.stored.get(response_id)
        expected = self.refusal(response_id, known, answer, has_mark)
        options = {"secret": SECRET, "page_mark": page_mark}
        if expected is not None:
            with pytest.raises(expected):
                collecting.take_response(self.session, self.round_, response_id, "es", a_sent(tr_open=answer), NOW, "web", **options)
            return
        receipt = collecting.take_response(self.session, self.round_, response_id, "es", a_sent(tr_open=answer), NOW, "web", **options)
        assert receipt.is_repeat == (known is not None)
        assert self.receipts.setdefault(response_id, receipt.code) == receipt.code
        self.expected.stored[response_id] = answer

    def refusal(self, response_id: UUID, known: int | None, answer: int, has_mark: bool) -> type[errors.TupuyError] | None:
        """The error that these answers must meet, or None when they must be acknowledged."""
        if self.expected.is_closed and not has_mark:
            return errors.RoundClosed
        if response_id in self.expected.withdrawn:
            return errors.AnswerWithdrawn
        return errors.AnsweredDifferently if known not in (None, answer) else None

    def change(self, act: str, response_id: UUID, answer: int) -> None:
        """A correction or a withdrawal, with the receipt of the phone; without answers of its own it has none."""
        code = self.receipts.get(response_id, "AAAA-AAAA")
        known, later = response_id in self.expected.stored, NOW + timedelta(minutes=1)
        expected = errors.RoundClosed if self.expected.is_closed else None if known else errors.ReceiptWrong

        def ask() -> None:
            if act == "correct":
                collecting.correct_response(self.session, self.round_, response_id, code, a_sent(tr_open=answer), later, secret=SECRET)
            else:
                collecting.withdraw_response(self.session, self.round_, response_id, code, later, SECRET)

        if expected is not None:
            with pytest.raises(expected):
                ask()
            return
        ask()
        if act == "correct":
            self.expected.stored[response_id] = answer
        else:
            del self.expected.stored[response_id]
            self.expected.withdrawn.add(response_id)

    def gather(self) -> None:
        """Late answers are taken in together, once there are k of them, and never before."""
        waiting = set(self.expected.stored) - self.expected.counted
        is_taken = sealing.take_in_late(self.session, self.round_, K)
        assert is_taken == (self.expected.is_closed and len(waiting) >= K)
        if is_taken:
            self.expected.counted |= waiting

    def check(self) -> None:
        rows = self.session.execute(
            select(Response.id, Response.answers, Response.snapshot).where(Response.round_id == self.round_.id)
        ).all()
        assert {id_: answers["tr_open"] for id_, answers, _ in rows} == self.expected.stored
        assert {id_ for id_, _, snapshot in rows if snapshot is not None} == self.expected.counted


@pytest.fixture
def survey_id(database: Database) -> UUID:
    with database.session() as session:
        return a_survey(session).id


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_no_sequence_stores_twice_loses_or_counts_too_early(
    database: Database, survey_id: UUID, steps: list[tuple[str, int, int, bool]]
) -> None:
    with database.session() as session:
        play = Play(session, a_round(session, session.get_one(Survey, survey_id), key=uuid4().hex))
        for step in steps:
            play.act(*step)
            session.flush()
            play.check()
