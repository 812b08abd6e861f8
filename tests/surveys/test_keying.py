"""Sheets of paper are typed in twice, compared, and stored once; nothing that was typed stays, and no own code ever is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, inspect, select, text
from sqlalchemy.orm import Session

from forms.definition import FormDefinition, Question, Section
from surveys import collecting, keying, papering, sealing
from surveys.errors import ProblemsFound, RoundClosed, SheetBusy, SheetUnknown
from surveys.keying import Desk
from surveys.linking import hashes_of_elements, programme_key
from surveys.storage import PaperEntry, PaperSheet, Response, Round
from surveys.storage.database import Database
from tests.records import NOW, TODAY
from tests.surveys.papers import TYPED, a_batch, a_desk, a_paper_round, a_sheet, enter
from tests.web.questionnaires import a_round, words


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    """Both databases."""
    with database.session() as session:
        yield session


@pytest.fixture
def ana(session: Session, keys: Path) -> Desk:
    return a_desk(session, keys)


@pytest.fixture
def luis(session: Session, keys: Path) -> Desk:
    return a_desk(session, keys, "luis@example.org")


def responses(session: Session) -> list[Response]:
    return list(session.scalars(select(Response)))


def places(raised: pytest.ExceptionInfo[ProblemsFound]) -> list[str]:
    return [problem.place for problem in raised.value.problems]


# Twice -----------------------------------------------------------------------------------------------------------------


def test_a_sheet_that_two_people_type_alike_becomes_one_response(session: Session, ana: Desk, luis: Desk) -> None:
    sheet = a_sheet(session)
    assert enter(session, sheet, ana).state == "once"
    assert responses(session) == []
    assert enter(session, sheet, luis).state == "stored"
    [response] = responses(session)
    assert (response.channel, response.entered_by, response.answered_on, response.language) == ("paper", ana.person, TODAY, "es")
    assert (response.answers["why"], response.answers["help/talks"], response.answers["tr/boss:why"]) == ("Llovió", 1, "unknown")
    assert (response.answers["came"], response.answers["since"], response.answers["share"]) == (0, "2026-07-18", 55)


def test_what_was_typed_is_deleted_when_the_sheet_is_agreed(session: Session, ana: Desk, luis: Desk) -> None:
    sheet = a_sheet(session)
    enter(session, sheet, ana)
    enter(session, sheet, luis)
    assert session.scalar(select(func.count()).select_from(PaperEntry)) == 0


def test_a_difference_keeps_a_sheet_out_until_somebody_decides(session: Session, ana: Desk, luis: Desk) -> None:
    sheet = a_sheet(session)
    enter(session, sheet, ana, fair="4")
    assert enter(session, sheet, luis, fair="5", help="1").state == "differs"
    assert responses(session) == []
    assert [(one.space.name, one.first, one.second) for one in keying.differences(sheet)] == [("fair", "4", "5"), ("help", "1 2", "1")]
    assert keying.settle_sheet(session, sheet, {"fair": "2", "help": "other"}, {"help": "2"}, luis).state == "stored"
    [response] = responses(session)
    assert [response.answers[key] for key in ("fair", "help/maps", "help/talks")] == [5, 0, 1]


def test_every_difference_must_be_decided(session: Session, ana: Desk, luis: Desk) -> None:
    sheet = a_sheet(session)
    enter(session, sheet, ana)
    enter(session, sheet, luis, fair="5", far="1")
    with pytest.raises(ProblemsFound) as raised:
        keying.settle_sheet(session, sheet, {"fair": "2"}, {}, luis)
    assert places(raised) == ["far"]
    assert sheet.state == "differs"


def test_what_is_right_instead_must_be_valid(session: Session, ana: Desk, luis: Desk) -> None:
    sheet = a_sheet(session)
    enter(session, sheet, ana)
    enter(session, sheet, luis, fair="5")
    with pytest.raises(ProblemsFound) as raised:
        keying.settle_sheet(session, sheet, {"fair": "other"}, {"fair": "9"}, luis)
    assert places(raised) == ["fair"]


def test_spaces_and_case_that_change_nothing_are_no_difference(session: Session, ana: Desk, luis: Desk) -> None:
    sheet = a_sheet(session)
    enter(session, sheet, ana, help="1 2", tr__boss="n", since="18/7/2026")
    assert enter(session, sheet, luis, help="2,1", tr__boss="N", since="2026-07-18", why=" Llovió ").state == "stored"


def test_the_same_page_sent_again_is_not_a_second_persons(session: Session, ana: Desk) -> None:
    sheet, page = a_sheet(session), uuid4()
    enter(session, sheet, ana, page)
    assert enter(session, sheet, ana, page).state == "once"
    assert (len(sheet.entries), sheet.state) == (1, "once")


def test_a_stored_sheet_is_not_stored_again(session: Session, ana: Desk, luis: Desk) -> None:
    sheet = a_sheet(session)
    enter(session, sheet, ana)
    enter(session, sheet, luis)
    with pytest.raises(SheetBusy):
        enter(session, sheet, luis)
    assert len(responses(session)) == 1


def test_one_typing_is_enough_where_a_batch_says_so(session: Session, ana: Desk) -> None:
    assert enter(session, a_sheet(session, entries=1), ana).state == "stored"
    assert len(responses(session)) == 1


def test_two_people_who_save_one_sheet_at_once_are_the_first_and_the_second(database: Database, keys: Path) -> None:
    with database.session() as session:
        sheet = a_sheet(session)
        round_id, code = sheet.batch.round_id, sheet.code
        desks = [a_desk(session, keys, f"{name}@example.org") for name in ("ana", "luis")]

    def type_it(desk: Desk) -> str:
        with database.session() as session:
            return enter(session, keying.open_sheet(session, session.get_one(Round, round_id), code), desk).state

    with ThreadPoolExecutor(2) as people:
        assert sorted(people.map(type_it, desks)) == ["once", "stored"]
    with database.session() as session:
        assert len(responses(session)) == 1


# What may be typed -----------------------------------------------------------------------------------------------------


def test_every_fault_of_a_sheet_is_told_at_once_and_nothing_is_kept(session: Session, ana: Desk) -> None:
    sheet = a_sheet(session)
    wrong = {"came": "3", "job": "9", "years": "x", "fair": "6", "ca/now": "0", "help": "1 7", "best/water": "5", "wishes/quote": "2"}
    with pytest.raises(ProblemsFound) as raised:
        keying.enter_sheet(session, sheet, uuid4(), TYPED | wrong, ana)
    assert places(raised) == ["came", "job", "years", "fair", "ca/now", "help", "best"]  # wishes is asked for maps and "fair" only
    assert (sheet.state, len(sheet.entries)) == ("out", 0)


def test_a_tick_is_typed_as_one_or_x(session: Session, ana: Desk) -> None:
    assert keying.read_sheet(a_sheet(session), TYPED | {"agree": "x"}, TODAY).blocking == []
    sent = keying.read_sheet(a_sheet(session), TYPED | {"agree": "7", "wishes/quote": "7"}, TODAY)
    assert [problem.place for problem in sent.blocking] == ["agree", "wishes/quote"]


def test_a_sheet_without_its_consent_is_not_taken(session: Session, ana: Desk) -> None:
    with pytest.raises(ProblemsFound) as raised:
        enter(session, a_sheet(session), ana, agree="")
    assert places(raised) == ["agree"]


def test_what_paper_left_blank_is_a_blank_even_where_a_page_would_insist(session: Session) -> None:
    sent = keying.read_sheet(a_sheet(session), {"agree": "1", "came": "2"}, TODAY)
    assert sent.problems == []
    assert sent.answers["why:why"] == "blank"


def test_the_letters_of_an_own_code_are_letters(session: Session) -> None:
    """Elsewhere n and r say why there is no answer."""
    sent = keying.read_sheet(a_sheet(session), TYPED | {"code/mother": "n", "code/father": "r"}, TODAY)
    assert sent.own_code == {"mother": "n", "father": "r", "town": "ñ", "siblings": "2", "day": "14"}


def test_a_sheet_of_which_nothing_is_typed_is_not_an_answer(session: Session, ana: Desk) -> None:
    with pytest.raises(ProblemsFound):
        keying.enter_sheet(session, a_sheet(session), uuid4(), {"why": "  "}, ana)


# Codes -----------------------------------------------------------------------------------------------------------------


def test_one_wrong_letter_or_two_changed_about_are_always_caught(session: Session) -> None:
    code = a_sheet(session).code
    wrong = {code[:at] + letter + code[at + 1 :] for at in range(7) for letter in papering.LETTERS} - {code}
    wrong |= {code[:at] + code[at + 1] + code[at] + code[at + 2 :] for at in range(6)} - {code}
    assert [papering.code_of(one) for one in wrong] == [None] * len(wrong)


def test_a_code_is_found_however_it_is_typed_and_only_in_its_round(session: Session) -> None:
    sheet, other = a_sheet(session), a_paper_round(session)
    assert keying.open_sheet(session, sheet.batch.round, f" {papering.said_code(sheet.code)}. ").id == sheet.id
    with pytest.raises(SheetUnknown, match="No sheet"):
        keying.open_sheet(session, other, sheet.code)
    with pytest.raises(SheetUnknown, match="is wrong"):
        keying.open_sheet(session, sheet.batch.round, "aaaaaab")


# Own code --------------------------------------------------------------------------------------------------------------


def whole_database(session: Session) -> str:
    """Every cell of every table, as text."""
    session.flush()
    names = inspect(session.connection()).get_table_names()
    return "\n".join(str(row) for name in names for row in session.execute(text(f'select * from "{name}"')))


def test_an_own_code_is_never_kept_in_clear_while_it_waits(session: Session, ana: Desk) -> None:
    marked = {"code__mother": "Wilhelmina", "code__town": "Xanadu"}
    sheet = a_sheet(session)
    enter(session, sheet, ana, **marked)
    kept = whole_database(session)
    assert "Wilhelmina" not in kept
    assert "Xanadu" not in kept
    assert "code/" not in kept.split("paper_entry")[-1].replace('"name": "code"', "")
    assert len(sheet.entries[0].code_hashes or []) == 6


def test_the_hashes_of_paper_are_those_of_the_page(session: Session, ana: Desk, luis: Desk, keys: Path) -> None:
    sheet = a_sheet(session)
    enter(session, sheet, ana)
    enter(session, sheet, luis)
    elements = {"mother": "m", "father": "j", "town": "ñ", "siblings": "2", "day": "14"}
    key = programme_key(keys, sheet.batch.round.survey.programme_id)
    assert responses(session)[0].code_hashes == hashes_of_elements(key, None, elements)


def test_two_codes_that_differ_are_typed_from_the_sheet_once_more(session: Session, ana: Desk, luis: Desk, keys: Path) -> None:
    sheet = a_sheet(session)
    enter(session, sheet, ana)
    assert enter(session, sheet, luis, code__day="15").state == "differs"
    assert keying.differences(sheet) == []
    assert keying.must_retype_code(sheet)
    again = {name: TYPED[name] for name in keying.code_spaces(sheet)} | {"code/day": "16"}
    assert keying.settle_sheet(session, sheet, {}, again, luis).state == "stored"
    elements = {"mother": "m", "father": "j", "town": "ñ", "siblings": "2", "day": "16"}
    key = programme_key(keys, sheet.batch.round.survey.programme_id)
    assert responses(session)[0].code_hash == hashes_of_elements(key, None, elements)[0]


def a_form_of_groups() -> FormDefinition:
    group = Question("group", "choice", words("¿Su grupo?", "Your group?"), required="yes", of_groups=True)
    asked = (group, Question("code", "own_code", words("Su clave", "Your code")))
    return FormDefinition("groups", words("Grupos", "Groups"), ("es", "en"), (Section("one", questions=asked),))


def test_a_code_is_bound_to_the_group_that_is_right_in_the_end(session: Session, ana: Desk, luis: Desk, keys: Path) -> None:
    """The codes are typed alike; the group is not, and a hash of the wrong group would link to nobody."""
    sheet = a_sheet(session, round_=a_round(session, a_form_of_groups()))
    code = {name: said for name, said in TYPED.items() if name.startswith("code/")}
    keying.enter_sheet(session, sheet, uuid4(), {"group": "1", **code}, ana)
    assert keying.enter_sheet(session, sheet, uuid4(), {"group": "2", **code}, luis).state == "differs"
    assert keying.must_retype_code(sheet)
    keying.settle_sheet(session, sheet, {"group": "2"}, code, luis)
    elements = {"mother": "m", "father": "j", "town": "ñ", "siblings": "2", "day": "14"}
    key = programme_key(keys, sheet.batch.round.survey.programme_id)
    [response] = responses(session)
    assert (response.group_key, response.code_hashes) == ("company", hashes_of_elements(key, "company", elements))


# Afterwards ------------------------------------------------------------------------------------------------------------


def test_a_stored_sheet_is_corrected_while_its_round_is_open(session: Session, ana: Desk, luis: Desk) -> None:
    sheet = a_sheet(session, entries=1)
    enter(session, sheet, ana)
    assert keying.correct_sheet(session, sheet, TYPED | {"fair": "1"}, luis).state == "corrected"
    session.expire_all()
    assert [response.answers["fair"] for response in responses(session)] == [1]


def test_a_closed_round_takes_no_correction_and_no_longer_knows_which_response_a_sheet_became(session: Session, ana: Desk) -> None:
    sheet = a_sheet(session, entries=1)
    enter(session, sheet, ana)
    sealing.close_round(session, sheet.batch.round, NOW)
    session.refresh(sheet)
    assert sheet.response_id is None
    with pytest.raises(SheetBusy):
        keying.correct_sheet(session, sheet, TYPED, ana)


def test_a_round_past_its_time_takes_no_correction(session: Session, ana: Desk) -> None:
    round_ = a_paper_round(session, closes_at=NOW + timedelta(hours=1))
    sheet = a_sheet(session, round_=round_, entries=1)
    enter(session, sheet, ana)
    with pytest.raises(RoundClosed):
        keying.correct_sheet(session, sheet, TYPED, replace(ana, now=NOW + timedelta(hours=2)))


def test_closing_deletes_what_was_typed_and_not_agreed(session: Session, ana: Desk, luis: Desk) -> None:
    batch = a_batch(session, count=3)
    once, differs, out = batch.sheets
    enter(session, once, ana)
    enter(session, differs, ana)
    enter(session, differs, luis, fair="1")
    sealing.close_round(session, batch.round, NOW)
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(PaperEntry)) == 0
    assert [sheet.state for sheet in (once, differs, out)] == ["out"] * 3


def test_a_sheet_that_comes_after_closing_waits_outside_the_figures(session: Session, ana: Desk, luis: Desk) -> None:
    sheet = a_sheet(session)
    sealing.close_round(session, sheet.batch.round, NOW)
    enter(session, sheet, ana)
    outcome = enter(session, sheet, luis)
    assert (outcome.state, outcome.is_late) == ("stored", True)
    assert [(response.snapshot, sheet.response_id) for response in responses(session)] == [(None, None)]


def test_what_was_typed_after_closing_and_never_agreed_goes_after_thirty_days(session: Session, ana: Desk) -> None:
    batch = a_batch(session, count=2)
    sealing.close_round(session, batch.round, NOW)
    first, second = batch.sheets
    enter(session, first, ana)
    enter(session, second, replace(ana, now=NOW + timedelta(days=31)))
    assert [sheet.state for sheet in batch.sheets] == ["out", "once"]


def test_a_sheet_of_no_use_has_a_reason_and_can_be_taken_back(session: Session, ana: Desk) -> None:
    sheet = a_sheet(session)
    enter(session, sheet, ana)
    keying.spoil_sheet(session, sheet, "unreadable")
    assert (sheet.state, sheet.entries) == ("spoiled", [])
    with pytest.raises(SheetBusy):
        enter(session, sheet, ana)
    keying.take_back(session, sheet)
    assert enter(session, sheet, ana).state == "once"


def test_a_stored_sheet_cannot_be_said_to_be_of_no_use(session: Session, ana: Desk) -> None:
    sheet = a_sheet(session, entries=1)
    enter(session, sheet, ana)
    with pytest.raises(SheetBusy):
        keying.spoil_sheet(session, sheet, "empty")


def test_totals_say_where_every_sheet_is(session: Session, ana: Desk, luis: Desk) -> None:
    batch = a_batch(session, count=6)
    stored, once, differs, spoiled, *_ = batch.sheets
    for sheet in (stored, once, differs):
        enter(session, sheet, ana)
    enter(session, stored, luis)
    enter(session, differs, luis, fair="1")
    keying.spoil_sheet(session, spoiled, "empty")
    [told] = papering.totals(session, batch.round)
    assert (told.printed, told.stored, told.once, len(told.differs), told.spoiled, told.missing) == (6, 1, 1, 1, 1, "5–6")
    assert told.reasons == (("empty", 1),)


# Whatever happens ------------------------------------------------------------------------------------------------------

DEEDS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(["type", "type", "again", "settle", "spoil", "back", "close"]), st.sampled_from("45")),
    max_size=25,
)


@given(deeds=DEEDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_agreed_sheets_are_stored_exactly_once_and_no_difference_vanishes(sqlite_database: Database, keys: Path, deeds: list) -> None:
    """Whatever is typed, sent again, settled, spoiled, taken back and closed, in any order."""
    with sqlite_database.session() as session:
        batch = a_batch(session, count=3)
        desk, last = a_desk(session, keys), {}
        ids = {sheet.id: sheet.response_id for sheet in batch.sheets}
        expected: Counter[UUID | None] = Counter()
        for which, deed, fair in deeds:
            sheet = batch.sheets[which]
            before = [entry.posted["fair"] for entry in sheet.entries]
            try:
                if deed == "type":
                    last[which] = (uuid4(), fair)
                    enter(session, sheet, desk, last[which][0], fair=fair)
                elif deed == "again" and which in last:
                    enter(session, sheet, desk, last[which][0], fair=last[which][1])
                elif deed == "settle":
                    keying.settle_sheet(session, sheet, {"fair": "1"}, {}, desk)
                elif deed == "spoil":
                    keying.spoil_sheet(session, sheet, "empty")
                elif deed == "back":
                    keying.take_back(session, sheet)
                elif deed == "close":
                    sealing.close_round(session, batch.round, NOW)
            except SheetBusy:
                continue
            session.expire_all()
            if sheet.state == "stored" and not expected[ids[sheet.id]]:
                expected[ids[sheet.id]] += 1
                agreed = [*before, [fair]] if deed == "type" else before
                assert deed == "settle" or len({tuple(one) for one in agreed}) == 1
            if sheet.state == "differs":
                assert len(keying.differences(sheet)) == 1
        found = Counter(session.scalars(select(Response.id).where(Response.round_id == batch.round_id)))
        assert found == +expected
        session.rollback()


def test_a_paper_answer_shows_in_no_way_when_it_was_typed(session: Session, ana: Desk) -> None:
    """Of time the tables of paper have days only."""
    kinds = {str(column.type) for table in ("paper_batch", "paper_sheet", "paper_entry") for column in columns_of(table)}
    assert kinds & {"DATETIME", "TIMESTAMP"} == set()
    assert collecting.day_of(a_paper_round(session), ana.now) == TODAY


def columns_of(table: str) -> list:
    return list(PaperSheet.metadata.tables[table].columns)
