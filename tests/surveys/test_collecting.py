"""A response is taken once, by an open round, whatever the phone and the line do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid1, uuid4

import pytest
from sqlalchemy import func, select

from forms.messages import Message, Problem
from surveys import collecting, errors, sealing
from surveys.storage import Response, Round
from surveys.storage.database import Database
from tests.records import NOW, SECRET, a_code, a_response, a_round, a_sent, a_survey, take

HOUR = timedelta(hours=1)


def count(database: Database) -> int:
    with database.session(reads_only=True) as session:
        return session.scalar(select(func.count()).select_from(Response)) or 0


# Links


@pytest.mark.parametrize("typed", ["{}", "{}.", " {} ", "«{}»", "{}/", "<{}>,"])
def test_a_link_opens_however_it_was_pasted(database: Database, typed: str) -> None:
    with database.session() as session:
        round_ = a_round(session)
        assert collecting.open_link(session, typed.format(round_.link), NOW).id == round_.id
        assert collecting.open_link(session, typed.format(round_.link.upper()), NOW).id == round_.id


@pytest.mark.parametrize("link", ["", "nowhere", "'; drop table round; --", "x" * 5000, "ñ\u0000"])
def test_an_unknown_link_is_told(database: Database, link: str) -> None:
    with database.session() as session, pytest.raises(errors.LinkUnknown):
        collecting.open_link(session, link, NOW)


def test_a_round_that_is_not_open_yet_refuses(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session, opens_at=NOW + HOUR)
        for refused in (lambda: collecting.open_link(session, round_.link, NOW), lambda: take(session, round_)):
            with pytest.raises(errors.RoundNotOpenYet):
                refused()
        assert collecting.open_link(session, round_.link, NOW + HOUR).id == round_.id


def test_a_closed_round_refuses_answers(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        over, closed = a_round(session, survey, "over", closes_at=NOW), a_round(session, survey, "closed")
        sealing.close_round(session, closed, NOW)
        for round_ in (over, closed):
            with pytest.raises(errors.RoundClosed):
                collecting.open_link(session, round_.link, NOW)
            with pytest.raises(errors.RoundClosed):
                take(session, round_)
    assert count(database) == 0


def test_an_answer_begun_in_time_is_accepted_late_and_waits(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session)
        in_time = a_response(session, round_)
        mark = collecting.make_page_mark(round_, SECRET, NOW - HOUR)
        sealing.close_round(session, round_, NOW)
        assert collecting.open_link(session, round_.link, NOW + HOUR, mark, SECRET).id == round_.id
        late = uuid4()
        assert take(session, round_, a_sent(tr_open=2), late, page_mark=mark, now=NOW + HOUR).is_late
        session.expire_all()
        assert session.get_one(Response, in_time.id).snapshot == 1
        assert session.get_one(Response, late).snapshot is None


def test_a_mark_of_another_round_opens_nothing(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        closed, other = a_round(session, survey, "one"), a_round(session, survey, "two")
        sealing.close_round(session, closed, NOW)
        for mark in (collecting.make_page_mark(other, SECRET, NOW - HOUR), "", "é" * 16):
            with pytest.raises(errors.RoundClosed):
                take(session, closed, page_mark=mark)


def test_imported_answers_need_no_open_round(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session, closes_at=NOW)
        take(session, round_, channel="import")
    assert count(database) == 1


# Once


def test_the_same_response_twice_is_stored_once_with_the_same_receipt(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_ = a_round(session)
        first = take(session, round_, response_id=same)
    with database.session() as session:
        again = take(session, session.get_one(Round, round_.id), response_id=same)
    assert (again.code, first.is_repeat, again.is_repeat) == (first.code, False, True)
    assert count(database) == 1


def test_a_retry_in_the_other_language_is_the_same_response(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_ = a_round(session)
        for language in ("es", "en"):
            collecting.take_response(session, round_, same, language, a_sent(), NOW, secret=SECRET)
    assert count(database) == 1


def test_a_retry_on_the_next_day_changes_nothing(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_ = a_round(session)
        take(session, round_, response_id=same)
        assert take(session, round_, response_id=same, now=NOW + timedelta(days=2)).is_repeat
        assert session.get_one(Response, same).answered_on == date(2026, 7, 18)


@pytest.mark.parametrize(
    "changed", [a_sent(tr_open=1), a_sent(group="companies"), a_sent(a_code(day="3"))], ids=["answer", "group", "code"]
)
def test_a_changed_response_under_the_same_id_is_not_stored_and_loses_nothing(
    database: Database, tmp_path: Path, changed: collecting.Sent
) -> None:
    same = uuid4()
    with database.session() as session:
        round_ = a_round(session)
        take(session, round_, a_sent(a_code()), same, keys=tmp_path)
        before = dict(session.get_one(Response, same).answers)
        with pytest.raises(errors.AnsweredDifferently):
            take(session, round_, changed, same, keys=tmp_path)
        session.expire_all()
        assert session.get_one(Response, same).answers == before
    assert count(database) == 1


def test_the_same_id_in_another_round_is_another_response(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        survey = a_survey(session)
        take(session, a_round(session, survey, "one"), response_id=same)
        with pytest.raises(errors.AnsweredDifferently):
            take(session, a_round(session, survey, "two"), response_id=same)


def test_twenty_retries_at_once_store_one_row(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_id = a_round(session).id

    def retry(_: int) -> collecting.Receipt:
        with database.session() as session:
            return take(session, session.get_one(Round, round_id), response_id=same)

    with ThreadPoolExecutor(20) as pool:
        receipts = list(pool.map(retry, range(20)))
    assert count(database) == 1
    assert len({receipt.code for receipt in receipts}) == 1
    assert sorted(receipt.is_repeat for receipt in receipts) == [False] + [True] * 19


def test_twenty_different_responses_under_one_id_store_the_first(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_id = a_round(session).id

    def send(number: int) -> str:
        try:
            with database.session() as session:
                return "stored" if take(session, session.get_one(Round, round_id), a_sent(tr_open=number), same).code else ""
        except errors.AnsweredDifferently:
            return "told"

    with ThreadPoolExecutor(20) as pool:
        assert sorted(pool.map(send, range(20))) == ["stored"] + ["told"] * 19
    assert count(database) == 1


@pytest.mark.parametrize("bad", [uuid1(), UUID(int=0), UUID("018f4e2b-7b1a-7c3d-9e4f-5a6b7c8d9e0f")])
def test_an_id_that_is_not_random_is_refused_with_words(database: Database, bad: UUID) -> None:
    with database.session() as session, pytest.raises(errors.AnswerInvalid):
        take(session, a_round(session), response_id=bad)


# What is kept


def test_group_and_circle_leave_the_document(database: Database) -> None:
    with database.session() as session:
        same = uuid4()
        sent = collecting.Sent({"group": "police", "circle": "core", "tr_open": 4, "job:why": "refused"})
        take(session, a_round(session), sent, same)
        response = session.get_one(Response, same)
        assert (response.group_key, response.circle) == ("police", "core")
        assert response.answers == {"tr_open": 4, "job:why": "refused"}


def test_a_group_that_was_refused_is_no_group(database: Database) -> None:
    with database.session() as session:
        sent = collecting.Sent({"group:why": "refused", "tr_open": 4})
        same = uuid4()
        take(session, a_round(session), sent, same)
        response = session.get_one(Response, same)
        assert (response.group_key, response.answers) == (None, {"tr_open": 4})


def test_a_group_of_another_programme_is_refused(database: Database) -> None:
    with database.session() as session, pytest.raises(errors.AnswerInvalid):
        take(session, a_round(session), a_sent(group="martians"))


def test_the_day_is_that_of_the_programme_not_of_the_server(database: Database) -> None:
    late_in_lima = datetime(2026, 7, 19, 3, 30, tzinfo=UTC)
    with database.session() as session:
        assert a_response(session, a_round(session), now=late_in_lima).answered_on == date(2026, 7, 18)


def test_an_unknown_language_becomes_the_rounds_own(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        collecting.take_response(session, a_round(session), same, "xx", a_sent(), NOW, secret=SECRET)
        assert session.get_one(Response, same).language == "es"


def test_answers_with_problems_are_never_stored(database: Database) -> None:
    wrong = collecting.Sent({}, None, [Problem("tr_open", Message("Wrong."), Message("Mend it."))])
    with database.session() as session, pytest.raises(errors.ProblemsFound):
        take(session, a_round(session), wrong)
    assert count(database) == 0


def test_a_code_without_a_folder_of_keys_is_a_fault_of_the_code(database: Database) -> None:
    with database.session() as session, pytest.raises(ValueError, match="keys"):
        take(session, a_round(session), a_sent(a_code()))


# Receipts and corrections


def test_a_receipt_is_short_and_has_no_look_alikes() -> None:
    codes = {collecting.receipt_code(SECRET, uuid4()) for _ in range(300)}
    assert len(codes) == 300
    assert all(len(code) == 9 and code[4] == "-" and not set(code) & set("IL01O") for code in codes)


def test_a_receipt_finds_its_response_however_it_is_typed(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_ = a_round(session)
        code = take(session, round_, response_id=same).code
        take(session, round_)
        for typed in (code, code.lower(), code.replace("-", " "), f" {code}. "):
            assert collecting.response_of_receipt(session, round_, typed, SECRET) == same
        assert collecting.response_of_receipt(session, round_, "AAAA-AAAA", SECRET) is None


def test_a_correction_needs_the_receipt_and_replaces(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_ = a_round(session)
        code = take(session, round_, response_id=same).code
        with pytest.raises(errors.ReceiptWrong):
            collecting.correct_response(session, round_, same, "AAAA-AAAA", a_sent(tr_open=1), NOW, secret=SECRET)
        receipt = collecting.correct_response(session, round_, same, code.lower(), a_sent(tr_open=1), NOW, secret=SECRET)
        assert receipt.code == code
        assert take(session, round_, a_sent(tr_open=1), same).is_repeat
        assert session.get_one(Response, same).answers["tr_open"] == 1
    assert count(database) == 1


def test_nothing_is_corrected_once_the_round_is_closed(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_ = a_round(session)
        code = take(session, round_, response_id=same).code
        sealing.close_round(session, round_, NOW)
        with pytest.raises(errors.RoundClosed):
            collecting.correct_response(session, round_, same, code, a_sent(tr_open=1), NOW, secret=SECRET)


def test_a_correction_that_crosses_the_closing_is_refused(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_ = a_round(session)
        code = take(session, round_, response_id=same).code
    with database.session() as session:
        sealing.close_round(session, session.get_one(Round, round_.id), NOW)
    with database.session() as session, pytest.raises(errors.RoundClosed):  # the round as it was read before
        collecting.correct_response(session, round_, same, code, a_sent(tr_open=1), NOW, secret=SECRET)


def test_a_withdrawn_response_is_gone_and_a_late_retry_is_not_stored(database: Database) -> None:
    same = uuid4()
    with database.session() as session:
        round_ = a_round(session)
        code = take(session, round_, response_id=same).code
        collecting.withdraw_response(session, round_, same, code, NOW, SECRET)
    with pytest.raises(errors.AnswerWithdrawn), database.session() as session:
        take(session, session.get_one(Round, round_.id), response_id=same)
    assert count(database) == 0


def test_a_withdrawal_and_retries_at_once_leave_nothing(database: Database) -> None:
    ids = [uuid4() for _ in range(8)]
    with database.session() as session:
        round_ = a_round(session)
        codes = {each: take(session, round_, response_id=each).code for each in ids}

    def act(number: int) -> None:
        each = ids[number % 8]
        try:
            with database.session() as session:
                mine = session.get_one(Round, round_.id)
                if number < 8:
                    collecting.withdraw_response(session, mine, each, codes[each], NOW, SECRET)
                else:
                    take(session, mine, response_id=each)
        except errors.AnswerWithdrawn:
            pass

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(act, [number for turn in range(8) for number in (turn, turn + 8, turn + 16)]))
    assert count(database) == 0


def test_the_same_code_again_supersedes_the_earlier_answer(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = a_round(session)
        first, second = (a_response(session, round_, a_code(), keys=tmp_path) for _ in range(2))
        other = a_response(session, round_, a_code(town="c"), keys=tmp_path)
        session.expire_all()
        assert [r.is_superseded for r in (first, second, other)] == [True, False, False]
