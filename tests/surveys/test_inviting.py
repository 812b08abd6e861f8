"""Short codes in the database: one for a round, drawn again where it is taken, retired when the round closes."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys import inviting
from surveys.errors import LinkUnknown
from surveys.inviting import CODE_LENGTH, CODE_LETTERS, code_of, code_typed, open_code
from surveys.sealing import close_round
from surveys.storage import ShortCode
from tests.records import NOW, a_round, a_survey


def test_a_round_keeps_its_code(session: Session) -> None:
    round_ = a_round(session)
    assert code_of(session, round_) == code_of(session, round_)
    assert open_code(session, code_of(session, round_)) is round_


def test_a_code_that_another_round_has_is_drawn_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    survey = a_survey(session)
    drawn = iter("kkkkkk" + "kkkkkk" + "mmmmmm")
    monkeypatch.setattr(inviting.secrets, "choice", lambda _: next(drawn))
    monkeypatch.setattr("surveys.authoring.make_link", iter(["a" * 10, "b" * 10]).__next__)
    rounds = [a_round(session, survey, key) for key in ("1", "2")]
    assert [code_of(session, round_) for round_ in rounds] == ["kkkkkk", "mmmmmm"]


def test_a_code_is_free_for_another_round_once_its_own_is_closed(session: Session) -> None:
    survey = a_survey(session)
    closed, next_ = a_round(session, survey, "1"), a_round(session, survey, "2")
    code = code_of(session, closed)
    close_round(session, closed, NOW)
    assert code_of(session, closed) == ""
    code_of(session, next_)
    with pytest.raises(LinkUnknown):
        open_code(session, code)
    assert [kept.round_id for kept in session.scalars(select(ShortCode))] == [next_.id]


def test_two_rounds_can_never_have_one_code(session: Session) -> None:
    survey = a_survey(session)
    session.add_all([ShortCode(round_id=a_round(session, survey, key).id, code="kmprtx") for key in ("1", "2")])
    with pytest.raises(IntegrityError):
        session.flush()


def test_letters_of_a_code_are_never_mistaken_for_others_or_for_words() -> None:
    assert not set(CODE_LETTERS) & set("aeiou10lv")
    assert len(CODE_LETTERS) ** CODE_LENGTH > 40_000_000
    assert code_typed("VVVVVV") == "bbbbbb"
