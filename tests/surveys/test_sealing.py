"""A round closes once; what arrives later waits until enough have gathered."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from surveys import collecting, sealing
from surveys.storage import Response, count_late, count_responses
from surveys.storage.database import Database
from tests.records import NOW, SECRET, a_code, a_response, a_round, a_sent, a_survey, take


def test_closing_counts_what_had_arrived(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session)
        responses = [a_response(session, round_) for _ in range(3)]
        sealing.close_round(session, round_, NOW)
        session.expire_all()
        assert round_.closed_at == NOW
        assert [response.snapshot for response in responses] == [1, 1, 1]
        assert count_responses(session, round_) == 3


def test_closing_again_changes_nothing(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session)
        sealing.close_round(session, round_, NOW)
        sealing.close_round(session, round_, NOW + timedelta(days=1))
        assert round_.closed_at == NOW


def test_the_later_day_of_one_code_counts(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = a_round(session)
        early = a_response(session, round_, a_code(), keys=tmp_path)
        later = a_response(session, round_, a_code(), keys=tmp_path, now=NOW + timedelta(days=1))
        session.execute(text("update response set is_superseded = false"))
        session.expire_all()
        sealing.close_round(session, round_, NOW + timedelta(days=2))
        session.expire_all()
        assert (early.is_superseded, later.is_superseded) == (True, False)
        assert early.person is None
        assert count_responses(session, round_) == 1


def test_only_rounds_whose_grace_is_over_are_due(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        over = a_round(session, survey, "over", closes_at=NOW - timedelta(days=1))
        in_grace = a_round(session, survey, "grace", closes_at=NOW - timedelta(hours=23))
        open_ended = a_round(session, survey, "open")
        assert sealing.close_due(session, NOW) == [over]
        assert (in_grace.closed_at, open_ended.closed_at) == (None, None)
        assert sealing.close_due(session, NOW) == []


def test_late_answers_enter_together_when_k_have_gathered(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session)
        a_response(session, round_)
        sealing.close_round(session, round_, NOW)
        mark = collecting.make_page_mark(round_, SECRET, NOW - timedelta(hours=1))
        for number in range(4):
            take(session, round_, a_sent(tr_open=number), page_mark=mark)
        assert not sealing.take_in_late(session, round_, 5)
        assert count_late(session, round_) == 4
        take(session, round_, page_mark=mark)
        assert sealing.take_in_late(session, round_, 5)
        session.expire_all()
        assert sorted(session.scalars(text("select snapshot from response"))) == [1, 2, 2, 2, 2, 2]
        assert not sealing.take_in_late(session, round_, 5)


def test_late_answers_wait_while_a_group_would_grow_by_fewer_than_k(database: Database) -> None:
    """What the group's mean was before and is after would tell the one late answer in it."""
    with database.session() as session:
        round_ = a_round(session)
        a_response(session, round_)
        sealing.close_round(session, round_, NOW)
        mark = collecting.make_page_mark(round_, SECRET, NOW - timedelta(hours=1))
        groups = [group.key for group in round_.survey.programme.groups]
        for number in range(5):
            take(session, round_, a_sent(group=groups[number == 0]), page_mark=mark)
        assert not sealing.take_in_late(session, round_, 5)
        for _ in range(4):
            take(session, round_, a_sent(group=groups[1]), page_mark=mark)
        assert not sealing.take_in_late(session, round_, 5)
        take(session, round_, a_sent(group=groups[0]), page_mark=mark)
        assert sealing.take_in_late(session, round_, 5)
        assert count_late(session, round_) == 0


def test_an_open_round_takes_in_nobody(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session)
        for _ in range(5):
            a_response(session, round_)
        assert not sealing.take_in_late(session, round_, 5)


def test_a_late_answer_of_a_counted_person_does_not_replace_it(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = a_round(session)
        counted = a_response(session, round_, a_code(), keys=tmp_path)
        sealing.close_round(session, round_, NOW)
        mark = collecting.make_page_mark(round_, SECRET, NOW - timedelta(hours=1))
        late = a_response(session, round_, a_code(), keys=tmp_path, page_mark=mark)
        session.expire_all()
        assert (counted.is_superseded, late.is_superseded) == (False, True)
        assert count_late(session, round_) == 0


@pytest.mark.postgresql
def test_the_order_of_arrival_cannot_be_read_from_the_table(postgresql_database: Database) -> None:
    with postgresql_database.session() as session:
        round_ = a_round(session)
        arrived = [a_response(session, round_).id for _ in range(30)]
        sealing.close_round(session, round_, NOW)
    with postgresql_database.session() as session:
        kept = list(session.scalars(text("select id from response order by ctid")))
        rows = session.query(Response).count()
    assert set(kept) == set(arrived)
    assert rows == 30
    assert kept != arrived
