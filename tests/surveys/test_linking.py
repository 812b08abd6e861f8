"""The same person is found again between rounds without anybody knowing who it is."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from surveys import errors, linking, sealing
from surveys.storage import Response, Round
from surveys.storage.database import Database
from tests.records import NOW, SECRET, a_code, a_programme, a_response, a_round, a_survey

KEY = b"k" * 32


@pytest.fixture
def person(database: Database, tmp_path: Path) -> Callable[..., list[UUID | None]]:
    """Persons, round by round, of answers given as (code, group) in rounds that close one after the other."""

    def link(*rounds: list[tuple[dict[str, str], str]]) -> list[list[UUID | None]]:
        found = []
        with database.session() as session:
            survey = a_survey(session)
            for number, answers in enumerate(rounds):
                round_ = a_round(session, survey, str(number))
                ids = [a_response(session, round_, code, group, keys=tmp_path).id for code, group in answers]
                sealing.close_round(session, round_, NOW)
                session.expire_all()
                found.append([session.get_one(Response, each).person for each in ids])
        return found

    return link


Link = Callable[..., list[list[UUID | None]]]


def test_the_same_code_in_the_same_group_is_the_same_person(person: Link) -> None:
    [[first], [second], [third]] = person(*[[(a_code(), "police")]] * 3)
    assert first is not None
    assert first == second == third


def test_how_a_code_is_typed_does_not_matter(person: Link) -> None:
    [[first], [second]] = person([(a_code(mother="Á", town="ñ"), "police")], [(a_code(mother=" a ", town="Ñ "), "police")])
    assert first == second


def test_n_and_ene_are_two_letters(person: Link) -> None:
    [first, second] = person([(a_code(mother="ñ", town="p"), "police")], [(a_code(mother="n", town="q"), "police")])
    assert first != second


@pytest.mark.parametrize("element", ["mother", "father", "town", "siblings", "day"])
def test_one_element_may_differ(person: Link, element: str) -> None:
    [[first], [second]] = person([(a_code(), "police")], [(a_code(**{element: "9"}), "police")])
    assert first == second


def test_two_elements_may_not_differ(person: Link) -> None:
    [[first], [second]] = person([(a_code(), "police")], [(a_code(day="9", town="x"), "police")])
    assert first != second


def test_another_group_is_another_person(person: Link) -> None:
    [[first], [second]] = person([(a_code(), "police")], [(a_code(), "companies")])
    assert first != second


def test_two_candidates_for_one_answer_link_nobody(person: Link) -> None:
    [known, [new]] = person([(a_code(day="1"), "police"), (a_code(day="2"), "police")], [(a_code(day="3"), "police")])
    assert new not in known


def test_one_candidate_for_two_answers_links_nobody(person: Link) -> None:
    [[known], new] = person([(a_code(day="1"), "police")], [(a_code(day="2"), "police"), (a_code(day="3"), "police")])
    assert known not in new
    assert len(set(new)) == 2


def test_an_exact_match_goes_before_a_near_one(person: Link) -> None:
    [[known], [near, exact]] = person([(a_code(), "police")], [(a_code(day="3"), "police"), (a_code(), "police")])
    assert exact == known
    assert near != known


def test_a_near_match_keeps_its_person_in_the_third_round(person: Link) -> None:
    [[first], [second], [third]] = person([(a_code(), "police")], [(a_code(day="9"), "police")], [(a_code(day="9"), "police")])
    assert first == second == third


def test_an_answer_without_a_code_is_nobody_we_know(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session)
        response = a_response(session, round_)
        sealing.close_round(session, round_, NOW)
        session.expire_all()
        assert session.get_one(Response, response.id).person is None


def test_two_programmes_never_share_a_person(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        responses = [_closed(session, slug, tmp_path) for slug in ("norte", "sur")]
        persons = {response.person for response in responses}
        hashes = [set(response.code_hashes or ()) for response in responses]
    assert len(persons) == 2
    assert not hashes[0] & hashes[1]


def _closed(session: Session, slug: str, keys: Path) -> Response:
    round_ = a_round(session, a_survey(session, a_programme(session, slug), slug))
    response = a_response(session, round_, a_code(), keys=keys)
    sealing.close_round(session, round_, NOW)
    session.expire_all()
    return response


def test_a_whole_code_is_trimmed_and_case_folded_and_knows_no_group() -> None:
    assert linking.hashes_of_code(KEY, " Ab-12 ") == linking.hashes_of_code(KEY, "aB-12") != linking.hashes_of_code(KEY, "ab-13")


def test_six_values_are_kept_of_five_elements_and_none_tells_an_element() -> None:
    hashes = linking.hashes_of_elements(KEY, "police", a_code())
    assert len(set(hashes)) == 6
    assert all(len(hashed) == 64 and set(hashed) <= set("0123456789abcdef") for hashed in hashes)


def test_another_key_gives_other_hashes() -> None:
    assert not set(linking.hashes_of_elements(KEY, "police", a_code())) & set(linking.hashes_of_elements(b"j" * 32, "police", a_code()))


def test_a_key_is_drawn_once_in_a_file_of_its_owner_alone(tmp_path: Path) -> None:
    programme_id = uuid4()
    first = linking.programme_key(tmp_path / "keys", programme_id)
    [file] = (tmp_path / "keys").iterdir()
    assert len(first) == 32
    assert linking.programme_key(tmp_path / "keys", programme_id) == first != linking.programme_key(tmp_path / "keys", uuid4())
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    programme_id = uuid4()
    linking.programme_key(tmp_path, programme_id)
    (tmp_path / f"{programme_id}.key").chmod(0o644)
    with pytest.raises(errors.SettingWrong) as caught:
        linking.programme_key(tmp_path, programme_id)
    assert "chmod 600" in caught.value.remedy.words


def test_many_processes_that_need_the_key_at_once_draw_one(tmp_path: Path) -> None:
    programme_id, (readable, writable) = uuid4(), os.pipe()
    for _ in range(12):
        if not os.fork():
            try:
                os.write(writable, linking.programme_key(tmp_path / "keys", programme_id).hex().encode() + b"\n")
            finally:
                os._exit(0)
    os.close(writable)
    with open(readable) as said:
        assert len(set(said.read().split())) == 1
    assert [path.name for path in (tmp_path / "keys").iterdir()] == [f"{programme_id}.key"]


def test_nothing_of_a_code_is_logged(database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("sqlalchemy.engine").setLevel(logging.DEBUG)
    try:
        with database.session() as session:
            round_ = a_round(session)
            a_response(session, round_, a_code(mother="qqqq"), keys=tmp_path)
            sealing.close_round(session, round_, NOW)
    finally:
        logging.getLogger("sqlalchemy.engine").setLevel(logging.NOTSET)
    assert "INSERT INTO response" in caplog.text
    assert "qqqq" not in caplog.text
    assert SECRET not in caplog.text


def test_losing_the_key_keeps_the_links_that_were_made(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        survey = a_survey(session)
        first = a_response(session, one := a_round(session, survey, "1"), a_code(), keys=tmp_path / "old")
        sealing.close_round(session, one, NOW)
        second = a_response(session, two := a_round(session, survey, "2"), a_code(), keys=tmp_path / "new")
        sealing.close_round(session, two, NOW)
        session.expire_all()
        assert None not in {first.person, second.person}
        assert first.person != second.person


def test_a_folder_that_cannot_be_written_is_told() -> None:
    with pytest.raises(errors.SettingWrong) as caught:
        linking.programme_key(Path("/proc/tupuy"), uuid4())
    assert caught.value.place.startswith("/proc/tupuy")


def test_git_never_sees_a_key() -> None:
    listed = subprocess.run(["git", "ls-files", "*.key"], capture_output=True, text=True, cwd=Path(__file__).parent)
    assert listed.stdout == ""


def test_linking_a_closed_round_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        response = _closed(session, "norte", tmp_path)
        before = response.person
        linking.link_round(session, session.get_one(Round, response.round_id))
        assert response.person == before
