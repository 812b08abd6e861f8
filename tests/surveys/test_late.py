"""What was begun in time counts within the grace time and waits after it, whoever closes the round, and is stored once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from surveys import authoring, collecting, errors, sealing
from surveys.settings import GRACE, load_settings
from surveys.storage import Late, Response
from surveys.storage.database import Database
from tests.records import NOW, SECRET, a_code, a_response, a_round, a_sent, a_survey, take

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_a_mark_says_when_its_page_was_opened_and_for_which_round(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        round_, other = a_round(session, survey, "one"), a_round(session, survey, "two")
        mark = collecting.make_page_mark(round_, SECRET, NOW)
        assert collecting.opened_at(round_, mark, SECRET) == NOW
        assert collecting.opened_at(other, mark, SECRET) is None
        assert collecting.opened_at(round_, mark, "another secret") is None


@pytest.mark.parametrize("mark", ["", ".", "é", "1", "ffffffffff.0", "ffffffff.0", "-1.0", "0." + "0" * 20, "zz." + "0" * 20, "١.0"])
def test_a_mark_that_is_not_ours_is_none(database: Database, mark: str) -> None:
    with database.session() as session:
        assert collecting.opened_at(a_round(session), mark, SECRET) is None


def test_a_page_opened_after_the_closing_is_refused_also_within_the_grace_time(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session, closes_at=NOW)
        for opened, is_taken in ((NOW - MINUTE, True), (NOW, False), (NOW + MINUTE, False)):
            mark = collecting.make_page_mark(round_, SECRET, opened)
            assert collecting.began_in_time(round_, mark, SECRET) is is_taken
        with pytest.raises(errors.RoundClosed):
            take(session, round_, page_mark=collecting.make_page_mark(round_, SECRET, NOW + MINUTE), now=NOW + HOUR)


def test_what_arrives_within_the_grace_time_is_counted_with_the_others(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session, closes_at=NOW)
        mark, mine = collecting.make_page_mark(round_, SECRET, NOW - HOUR), uuid4()
        assert not take(session, round_, None, mine, page_mark=mark, now=NOW + GRACE - MINUTE).is_late
        sealing.close_round(session, round_, NOW + GRACE)
        assert session.get_one(Response, mine).snapshot == 1


def test_what_arrives_after_the_grace_time_waits_although_nobody_closed_the_round(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session, closes_at=NOW)
        mark, mine = collecting.make_page_mark(round_, SECRET, NOW - HOUR), uuid4()
        assert take(session, round_, None, mine, page_mark=mark, now=NOW + GRACE).is_late
        retried = take(session, round_, None, mine, page_mark=mark, now=NOW + GRACE + HOUR)
        assert (retried.is_repeat, retried.is_late) == (True, True)
        sealing.close_round(session, round_, NOW + GRACE + HOUR)
        assert session.get_one(Response, mine).snapshot is None
        assert session.scalar(select(func.count()).select_from(Late)) == 0
        assert take(session, round_, None, mine, page_mark=mark, now=NOW + 2 * GRACE).is_late


def test_late_ones_that_no_closing_had_counted_enter_together(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session, closes_at=NOW)
        mark = collecting.make_page_mark(round_, SECRET, NOW - HOUR)
        take(session, round_, page_mark=mark, now=NOW)
        for number in range(5):
            take(session, round_, a_sent(tr_open=number), page_mark=mark, now=NOW + GRACE)
        sealing.close_round(session, round_, NOW + GRACE)
        assert sealing.take_in_late(session, round_, 5)
        assert sorted(filter(None, session.scalars(select(Response.snapshot)))) == [1, 2, 2, 2, 2, 2]


def test_an_answer_after_the_grace_time_does_not_replace_one_that_came_in_time(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = a_round(session, closes_at=NOW + HOUR)
        in_time = a_response(session, round_, a_code(), keys=tmp_path)
        mark = collecting.make_page_mark(round_, SECRET, NOW)
        late = a_response(session, round_, a_code(), keys=tmp_path, page_mark=mark, now=NOW + HOUR + GRACE)
        session.expire_all()
        assert (in_time.is_superseded, late.is_superseded) == (False, True)


def test_the_next_version_published_while_someone_answers_changes_nothing_for_the_round(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        round_ = a_round(session, survey)
        asked = round_.version_id
        survey.form.versions.append(
            type(round_.version)(number=2, definition={"languages": ["es"]}, digest="1" * 64, published_on=round_.on)
        )
        session.flush()
        assert a_response(session, round_).version_id == asked
        assert authoring.open_round(session, survey, "next", round_.on).version_id != asked


@pytest.mark.parametrize(("words", "keeps"), [("yes", True), ("no", False), ("", True)])
def test_whether_phones_may_keep_pages_is_a_setting(tmp_path: Path, words: str, keeps: bool) -> None:
    assert load_settings(tmp_path, env={"TUPUY_KEEPS_PAGES": words}).keeps_pages is keeps


def test_a_setting_that_is_neither_yes_nor_no_is_told(tmp_path: Path) -> None:
    with pytest.raises(errors.SettingWrong):
        load_settings(tmp_path, env={"TUPUY_KEEPS_PAGES": "perhaps"})


# Any order of things ---------------------------------------------------------------------------------------------------

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 3), st.integers(1, 2)),
        st.tuples(st.just("correct"), st.integers(0, 3), st.integers(1, 2)),
        st.tuples(st.just("withdraw"), st.integers(0, 3), st.just(0)),
        st.tuples(st.just("wait"), st.integers(1, 30), st.just(0)),
        st.tuples(st.just("close"), st.just(0), st.just(0)),
    ),
    max_size=14,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_order_of_sends_retries_corrections_withdrawals_and_closings_counts_one_twice_or_too_late(
    sqlite_database: Database, steps: list[tuple[str, int, int]]
) -> None:
    """Four phones opened the form an hour before it closes; hours pass, and whoever is due closes the round or nobody does."""
    phones = [uuid4() for _ in range(4)]
    acknowledged: dict[UUID, bool] = {}  # id -> whether it was told that it came late
    withdrawn: set[UUID] = set()
    with sqlite_database.open_session() as session:
        round_ = a_round(session, closes_at=NOW + HOUR)
        now, mark = NOW, collecting.make_page_mark(round_, SECRET, NOW)
        receipts = {phone: collecting.receipt_code(SECRET, phone) for phone in phones}
        for act, number, said in steps:
            if act == "wait":
                now += number * HOUR
            elif act == "close":
                sealing.close_due(session, now)
            else:
                phone = phones[number]
                with suppress(errors.TupuyError), session.begin_nested():
                    if act == "send":
                        told = take(session, round_, a_sent(tr_open=said), phone, page_mark=mark, now=now)
                        assert phone not in withdrawn
                        assert acknowledged.setdefault(phone, told.is_late) == told.is_late
                    elif act == "correct":
                        collecting.correct_response(session, round_, phone, receipts[phone], a_sent(tr_open=said), now, secret=SECRET)
                    else:
                        collecting.withdraw_response(session, round_, phone, receipts[phone], now, SECRET)
                        withdrawn.add(phone)
        sealing.close_due(session, now + GRACE + 2 * HOUR)
        session.expire_all()
        stored = {row.id: row for row in session.scalars(select(Response))}
        assert set(stored) == set(acknowledged) - withdrawn
        assert {id_: row.snapshot for id_, row in stored.items()} == {id_: None if acknowledged[id_] else 1 for id_ in stored}
        session.rollback()
