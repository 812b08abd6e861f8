"""Past answers come in from CSV: every invalid cell is told, valid rows are stored once, rounds are made and closed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from analysis.columns import check_frame
from surveys import authoring, sealing
from surveys.answers_file import FIXED, NEEDED
from surveys.errors import ProblemsFound
from surveys.importing import Imported, id_of
from surveys.languages import Speaker
from surveys.settings import Settings
from surveys.storage import Response, Survey, Withdrawn
from surveys.storage.database import Database
from surveys.storage.frames import frames
from tests.surveys.past import NOW, QUESTIONS, a_csv, a_programme, a_survey, many_rows, merged_groups, stored, take_in, the_next_version

ES, EN = Speaker("es"), Speaker("en")
RANDOM_ID = "0b6c1a52-7c1d-4f0e-9a57-2f4e7c1d9a11"


@pytest.fixture
def survey(session: Session) -> Survey:
    return a_survey(session)


def answers_of(session: Session) -> list[dict]:
    return [response.answers for response in stored(session)]


def told(done: Imported) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.value) for problem in done.problems]


def test_codes_and_labels_in_any_language_mean_the_same(session: Session, survey: Survey, keys: Path) -> None:
    rows = ("a,r,2025-05-01,police,,es,5", "b,r,2025-05-01,Policía,,es,mucho", "c,r,2025-05-01,POLICE,,en, Fully ")
    done = take_in(session, survey, a_csv(*rows), keys)
    assert (done.stored, done.problems) == (3, [])
    assert {(response.group_key, response.answers["tr_open"]) for response in stored(session)} == {("police", 5)}


def test_a_blank_cell_is_an_answer_not_given_and_an_absent_column_was_not_asked(session: Session, survey: Survey, keys: Path) -> None:
    take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,"), keys)
    (answers,) = answers_of(session)
    assert answers["tr_open:why"] == "blank"
    assert answers["tr_guard:why"] == "not_asked"
    assert "tr_open" not in answers


def test_words_for_not_knowing_and_not_answering_are_kept_apart(session: Session, survey: Survey, keys: Path) -> None:
    header = "response_id,round,date,tr_open,tr_open:why,tr_guard,tr_guard:why"
    take_in(session, survey, a_csv("a,r,2025-05-01,no sé,,,refused", header=header), keys)
    (answers,) = answers_of(session)
    assert answers["tr_open:why"] == "unknown"
    assert answers["tr_guard:why"] == "refused"


def test_an_answer_beside_a_reason_for_having_none_is_a_fault(session: Session, survey: Survey, keys: Path) -> None:
    header = "response_id,round,date,tr_open,tr_open:why"
    done = take_in(session, survey, a_csv("a,r,2025-05-01,4,refused", "b,r,2025-05-01,,maybe", header=header), keys)
    assert told(done) == [(2, "tr_open:why", "refused"), (3, "tr_open:why", "maybe")]


def test_only_the_first_three_columns_are_needed(session: Session, survey: Survey, keys: Path) -> None:
    done = take_in(session, survey, a_csv("a,r,2025-05-01", header="response_id,round,date"), keys)
    assert done.stored == 1


@pytest.mark.parametrize("cell", ["6", "0", "4.5", "-1", "5,5", "nan", "1e0", "excelente"])
def test_a_value_off_the_scale_is_told_and_never_clipped_or_rounded(session: Session, survey: Survey, keys: Path, cell: str) -> None:
    done = take_in(session, survey, a_csv(f'a,r,2025-05-01,police,,es,"{cell}"', "b,r,2025-05-01,police,,es,4"), keys)
    assert told(done) == [(2, "tr_open", cell)]
    assert [answers["tr_open"] for answers in answers_of(session)] == [4]


def test_every_invalid_cell_of_a_row_is_told(session: Session, survey: Survey, keys: Path) -> None:
    done = take_in(session, survey, a_csv(",,yesterday,pirates,,xx,9", "b,r,2025-05-01,police,,es,4"), keys)
    assert [column for _row, column, _value in told(done)] == ["round", "response_id", "date", "group", "lang", "tr_open"]
    assert (done.stored, done.rejected) == (1, 1)


def test_the_row_told_is_the_line_of_the_file_even_after_a_cell_of_several_lines(session: Session, survey: Survey, keys: Path) -> None:
    header = "response_id,round,date,help,why_maps,tr_open"
    content = a_csv('a,r,2025-05-01,maps,"one\ntwo",4', "", "b,r,2025-05-01,,,9", header=header)
    assert told(take_in(session, survey, content, keys)) == [(5, "tr_open", "9")]


def test_a_cell_of_a_megabyte_is_a_fault_of_that_cell_alone(session: Session, survey: Survey, keys: Path) -> None:
    cell = "x" * 2**20
    done = take_in(session, survey, a_csv(f"a,r,2025-05-01,police,,es,{cell}", "b,r,2025-05-01,police,,es,4"), keys)
    assert told(done) == [(2, "tr_open", cell)]
    assert done.stored == 1
    assert len(done.problems[0].said(EN)) < 500


def test_a_fault_is_said_in_both_languages_with_row_column_and_value(session: Session, survey: Survey, keys: Path) -> None:
    (fault,) = take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,9"), keys, name="past.csv").problems
    for words in (fault.said(ES), fault.said(EN)):
        assert all(part in words for part in ("past.csv", "2", "tr_open", "9"))
    assert fault.said(ES) != fault.said(EN)


def test_strict_stores_nothing_when_anything_is_invalid(session: Session, survey: Survey, keys: Path) -> None:
    done = take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,4", "b,r,2025-05-01,police,,es,9"), keys, is_strict=True)
    assert (done.stored, len(done.problems)) == (0, 1)
    assert stored(session) == []
    assert survey.rounds == []


def test_a_second_import_of_the_same_file_stores_nothing_twice(session: Session, survey: Survey, keys: Path) -> None:
    content = a_csv(*many_rows())
    first, second = take_in(session, survey, content, keys), take_in(session, survey, content, keys)
    assert (first.stored, second.stored, second.already) == (12, 0, 12)
    assert second.problems == []
    assert len(stored(session)) == 12


def test_the_same_answers_with_labels_for_codes_are_there_already(session: Session, survey: Survey, keys: Path) -> None:
    take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,5"), keys)
    assert take_in(session, survey, a_csv("a,r,2025-05-01,Policía,,es,Mucho"), keys).already == 1


def test_another_answer_under_a_known_id_is_told_and_changes_nothing(session: Session, survey: Survey, keys: Path) -> None:
    take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,5"), keys)
    done = take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,1"), keys)
    assert told(done) == [(2, "response_id", "a")]
    assert [answers["tr_open"] for answers in answers_of(session)] == [5]


def test_an_id_twice_in_one_file_is_stored_once_or_told(session: Session, survey: Survey, keys: Path) -> None:
    rows = ("a,r,2025-05-01,police,,es,5", "a,r,2025-05-01,police,,es,5", "a,r,2025-05-01,police,,es,1")
    done = take_in(session, survey, a_csv(*rows), keys)
    assert (done.stored, done.already, told(done)) == (1, 1, [(4, "response_id", "a")])


def test_a_random_uuid_is_kept_and_any_other_name_is_always_mapped_to_the_same(session: Session, survey: Survey) -> None:
    assert id_of(survey, RANDOM_ID) == UUID(RANDOM_ID)
    assert id_of(survey, "17") == id_of(survey, "17") != id_of(survey, "18")
    assert id_of(survey, "17").version == 4


def test_a_uuid_that_tells_the_time_is_not_kept(session: Session, survey: Survey) -> None:
    timed = "018f4e3c-7a10-7b6e-8f00-3f0a2b1c4d5e"
    assert UUID(timed).version == 7
    assert id_of(survey, timed) != UUID(timed)


def test_rounds_that_are_not_there_are_made_on_their_first_date_and_closed(session: Session, survey: Survey, keys: Path) -> None:
    done = take_in(
        session, survey, a_csv("a,r2,2025-06-03,police,,es,4", "b,r2,2025-06-01T10:00,police,,es,4", "c,r1,2025-01-09,police,,es,4"), keys
    )
    assert done.rounds_made == done.rounds_closed == ["r1", "r2"]
    assert {round_.key: round_.on for round_ in survey.rounds} == {"r1": date(2025, 1, 9), "r2": date(2025, 6, 1)}
    assert all(round_.closed_at == NOW for round_ in survey.rounds)
    assert {response.snapshot for response in stored(session)} == {1}


def test_a_round_is_not_made_for_rows_that_are_all_invalid(session: Session, survey: Survey, keys: Path) -> None:
    assert take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,9"), keys).rounds_made == []
    assert survey.rounds == []


def test_keep_open_leaves_the_rounds_open_and_a_later_import_closes_them(session: Session, survey: Survey, keys: Path) -> None:
    content = a_csv("a,r,2025-05-01,police,,es,4")
    assert take_in(session, survey, content, keys, keeps_open=True).rounds_open == ["r"]
    assert take_in(session, survey, content, keys).rounds_closed == ["r"]


def test_a_round_that_people_answer_on_the_web_is_left_open(session: Session, survey: Survey, keys: Path) -> None:
    authoring.open_round(session, survey, "r", date(2025, 5, 1), closes_at=NOW.replace(year=2027))
    done = take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,4"), keys)
    assert (done.stored, done.rounds_open, done.rounds_closed) == (1, ["r"], [])


def test_of_one_code_in_a_round_the_last_date_stands_then_the_last_row(session: Session, survey: Survey, keys: Path) -> None:
    rows = (
        "a,r,2025-05-01T18:30,police, ana ,es,1",
        "b,r,2025-05-01T09:00,police,ANA,es,2",
        "c,r,2025-05-02,police,luz,es,3",
        "d,r,2025-05-02,police,luz,es,4",
        "e,r2,2025-05-03,police,ana,es,5",
    )
    done = take_in(session, survey, a_csv(*rows), keys)
    assert done.superseded == [3, 4]
    assert sorted(response.answers["tr_open"] for response in stored(session) if not response.is_superseded) == [1, 4, 5]
    assert {response.answered_on for response in stored(session)} == {date(2025, 5, 1), date(2025, 5, 2), date(2025, 5, 3)}


def test_blank_codes_are_never_merged_and_a_code_is_never_stored(session: Session, survey: Survey, keys: Path) -> None:
    take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,1", "b,r,2025-05-01,police, ,es,2", "c,r,2025-05-01,police,ana,es,3"), keys)
    responses = stored(session)
    assert not any(response.is_superseded for response in responses)
    assert [bool(response.code_hashes) for response in sorted(responses, key=lambda r: r.answers["tr_open"])] == [False, False, True]
    assert "ana" not in repr([vars(response) for response in responses])


def test_an_empty_answer_does_not_replace_one_that_says_something(session: Session, survey: Survey, keys: Path) -> None:
    take_in(session, survey, a_csv("a,r,2025-05-01,police,ana,es,3", "b,r,2025-05-02,police,ana,es,"), keys)
    assert [response.answers.get("tr_open") for response in stored(session) if not response.is_superseded] == [3]


def test_the_same_code_in_two_rounds_is_one_person(session: Session, survey: Survey, keys: Path) -> None:
    take_in(
        session,
        survey,
        a_csv("a,r1,2025-05-01,police,Ana,es,3", "b,r2,2025-11-01,police,ana ,es,4", "c,r2,2025-11-01,police,luz,es,4"),
        keys,
    )
    people = {response.answers["tr_open"]: response.person for response in stored(session) if response.answered_on < date(2025, 6, 1)}
    assert [response.person for response in stored(session)].count(people[3]) == 2
    assert len({response.person for response in stored(session)}) == 2


def test_answers_for_a_closed_round_wait_until_enough_have_gathered(session: Session, survey: Survey, keys: Path) -> None:
    take_in(session, survey, a_csv(*many_rows("r")), keys)
    late = [f"late{i},r,2025-05-09,police,,es,2" for i in range(5)]
    assert take_in(session, survey, a_csv(*late[:4]), keys).late == 4
    assert sum(response.snapshot is None for response in stored(session)) == 4
    assert take_in(session, survey, a_csv(late[4]), keys).late == 0
    assert sorted({response.snapshot for response in stored(session)}) == [1, 2]


def test_a_late_answer_of_a_code_that_is_counted_replaces_nothing(session: Session, survey: Survey, keys: Path) -> None:
    take_in(session, survey, a_csv("a,r,2025-05-01,police,ana,es,3", *many_rows("r")), keys)
    assert take_in(session, survey, a_csv("b,r,2025-05-02,police,ana,es,5"), keys).late == 0
    kept = {response.answers["tr_open"]: response.is_superseded for response in stored(session) if response.code_hash}
    assert kept == {3: False, 5: True}


def test_several_choices_stand_in_one_column_or_in_one_each(session: Session, survey: Survey, keys: Path) -> None:
    take_in(session, survey, a_csv("a,r,2025-05-01,maps; Charlas", "b,r,2025-05-01,Talks", header="response_id,round,date,help"), keys)
    take_in(session, survey, a_csv("c,r,2025-05-01,,x", header="response_id,round,date,help/maps,help/talks"), keys)
    found = sorted((answers["help/maps"], answers["help/talks"]) for answers in answers_of(session))
    assert found == [(0, 1), (0, 1), (1, 1)]


def test_what_a_condition_hides_is_dropped_as_not_asked(session: Session, survey: Survey, keys: Path) -> None:
    header = "response_id,round,date,help,why_maps"
    done = take_in(session, survey, a_csv("a,r,2025-05-01,talks,because", "b,r,2025-05-01,maps,because", header=header), keys)
    assert done.problems == []
    assert sorted(answers.get("why_maps", "-") for answers in answers_of(session)) == ["-", "because"]
    assert {answers.get("why_maps:why") for answers in answers_of(session)} == {"not_asked", None}


def test_trust_in_ones_own_group_is_dropped(session: Session, survey: Survey, keys: Path) -> None:
    header = "response_id,round,date,group,tr/police,tr/communities"
    take_in(session, survey, a_csv("a,r,2025-05-01,police,5,4", header=header), keys)
    (answers,) = answers_of(session)
    assert "tr/police" not in answers
    assert (answers["tr/police:why"], answers["tr/communities"]) == ("not_asked", 4)


def test_a_round_is_read_by_the_version_of_the_form_that_it_asks(session: Session, survey: Survey, keys: Path) -> None:
    take_in(session, survey, a_csv("a,old,2025-01-01,police,,es,4"), keys, keeps_open=True)
    the_next_version(session, survey, QUESTIONS + "      - {name: new, kind: yes_no, label: {es: Nueva, en: New}}\n")
    header = "response_id,round,date,tr_open,new"
    done = take_in(session, survey, a_csv("b,old,2025-01-01,4,yes", "c,recent,2025-06-01,4,sí", header=header), keys)
    assert told(done) == [(2, "new", "yes")]
    assert done.rounds_made == ["recent"]


@pytest.mark.parametrize(
    ("content", "row", "words"),
    [
        (b"", 1, "empty"),
        ("response_id,round,date,tr_open\na,r,2025-05-01,Policía".encode("latin-1"), 2, "UTF-8"),
        ("response_id,round,date\n".encode("utf-16"), 1, "UTF-16"),
        (b"response_id,round,date\na,r,2025-05-01\n\0", 3, "NUL"),
        (b"response_id|round|date\na|r|2025-05-01", 1, "missing"),
        (b"response_id,round\na,r", 1, "missing"),
        (b"response_id,round,date,tr_opne\na,r,2025-05-01,4", 1, "tr_open"),
        (b"response_id,round,date,date\na,r,2025-05-01,2025-05-01", 1, "two columns"),
        (b'response_id,round,date\na,r,"2025-05-01\nb,r,2025-05-01', 2, "quotation mark"),
        (b"response_id,round,date,help,help/maps\na,r,2025-05-01,maps,1", 1, "own"),
    ],
)
def test_a_file_that_cannot_be_read_says_where_what_and_what_to_do(
    session: Session, survey: Survey, keys: Path, content: bytes, row: int, words: str
) -> None:
    with pytest.raises(ProblemsFound) as refused:
        take_in(session, survey, content, keys)
    assert {problem.row for problem in refused.value.problems} == {row}
    assert words in refused.value.said(EN)
    assert stored(session) == []


def test_a_file_that_is_too_large_is_refused(session: Session, survey: Survey, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveys.answers_file.LARGEST", 100)
    with pytest.raises(ProblemsFound, match="too large"):
        take_in(session, survey, a_csv(*many_rows()), keys)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_commas_semicolons_and_tabs_are_recognised_and_a_byte_order_mark_accepted(
    session: Session, survey: Survey, keys: Path, delimiter: str
) -> None:
    content = "\ufeff" + a_csv("a,r,2025-05-01,police,,es,4").decode().replace(",", delimiter).replace("\n", "\r\n")
    assert take_in(session, survey, content.encode(), keys).stored == 1


def test_a_row_with_too_few_or_too_many_cells_is_told_and_the_others_stored(session: Session, survey: Survey, keys: Path) -> None:
    done = take_in(session, survey, a_csv("a,r", "b,r,2025-05-01,police,,es,4", "c,r,2025-05-01,police,,es,4,4"), keys)
    assert ([problem.row for problem in done.problems], done.stored) == ([2, 4], 1)


@pytest.mark.parametrize("day", ["01/05/2025", "2025-02-30", "2025", "2025-13-01", "45000", "2025-05-01T25:00"])
def test_a_date_that_is_none_is_told(session: Session, survey: Survey, keys: Path, day: str) -> None:
    assert told(take_in(session, survey, a_csv(f"a,r,{day},police,,es,4"), keys)) == [(2, "date", day)]


def test_an_import_that_fails_half_way_leaves_nothing(
    sqlite_database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object) -> None:
        raise RuntimeError("the power went")

    with sqlite_database.session() as session:
        a_survey(session)
    monkeypatch.setattr(sealing, "close_round", fail)
    with pytest.raises(RuntimeError, match="power"), sqlite_database.session() as session:
        take_in(session, session.query(Survey).one(), a_csv(*many_rows()), settings.keys)
    with sqlite_database.session() as session:
        assert session.query(Response).count() == 0
        assert session.query(Survey).one().rounds == []


def test_what_was_withdrawn_is_not_stored_again(session: Session, survey: Survey, keys: Path) -> None:
    session.add(Withdrawn(id=UUID(RANDOM_ID)))
    done = take_in(session, survey, a_csv(f"{RANDOM_ID},r,2025-05-01,police,,es,4"), keys)
    assert (done.stored, done.withdrawn) == (0, 1)


def test_the_outcome_is_said_in_both_languages(session: Session, survey: Survey, keys: Path) -> None:
    done = take_in(session, survey, a_csv("a,r,2025-05-01,police,,es,4", "b,r,2025-05-01,police,,es,9"), keys)
    assert done.said(EN).splitlines() == ["1 answer stored.", "1 row rejected.", "Rounds made: r.", "Rounds closed: r."]
    assert len(done.said(ES).splitlines()) == 4
    assert done.said(ES) != done.said(EN)


def test_a_merged_group_is_stored_as_it_was_given(session: Session, keys: Path) -> None:
    survey = a_survey(session, a_programme(session, groups=merged_groups()))
    done = take_in(session, survey, a_csv("a,r,2025-05-01,Church,,es,4", "b,r,2025-05-01,others,,es,4"), keys)
    assert done.problems == []
    assert {response.group_key for response in stored(session)} == {"church", "others"}


@pytest.mark.parametrize("own", ["church", "others"])
def test_trust_in_the_group_that_holds_ones_own_is_dropped(session: Session, keys: Path, own: str) -> None:
    survey = a_survey(session, a_programme(session, groups=merged_groups()))
    take_in(session, survey, a_csv(f"a,r,2025-05-01,{own},4,5", header="response_id,round,date,group,tr/police,tr/others"), keys)
    (answers,) = answers_of(session)
    assert (answers["tr/police"], answers["tr/others:why"]) == (4, "not_asked")


# docs/answers-csv.md


def the_page() -> str:
    return (Path(__file__).resolve().parents[2] / "docs" / "answers-csv.md").read_text(encoding="utf-8")


def test_the_example_of_the_page_does_what_the_page_says(session: Session, survey: Survey, keys: Path) -> None:
    example = the_page().split("## An example")[1].split("```\n")[1]
    done = take_in(session, survey, example.encode(), keys)
    assert (done.problems, done.stored, done.superseded) == ([], 3, [2])


def test_the_page_names_every_column_with_a_meaning_of_its_own() -> None:
    rows = [line.split("|") for line in the_page().split("## What happens")[0].splitlines() if line.startswith("| `")]
    named = {row[1].strip(" `"): row[2].strip() for row in rows}
    assert {name: "yes" if name in NEEDED else "no" for name in FIXED} == named


def test_an_import_gives_the_same_frames_on_both_databases(database: Database, settings: Settings) -> None:
    rows = [*many_rows("r1"), "a,r1,2025-05-01,police,ana,es,5", "b,r2,2025-06-01,police,ANA,es,1", "c,r2,2025-06-02,,,es,no sé"]
    with database.session() as session:
        done = take_in(session, a_survey(session), a_csv(*rows), settings.keys)
        again = take_in(session, session.query(Survey).one(), a_csv(*rows), settings.keys)
    with database.session(reads_only=True) as session:
        answers, codebook, plan = frames(session, session.query(Survey).one())
    assert (done.stored, again.stored, again.already, len(answers)) == (15, 0, 15, 15)
    assert check_frame(answers, codebook, plan) == []
    assert answers["person"].dropna().nunique() == 1
    assert answers.groupby("round")["tr_open"].sum().to_dict() == {"r1": 53.0, "r2": 1.0}
