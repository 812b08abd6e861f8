"""The end of a programme's key: what is lost, what stays, and that it may be done twice."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from surveys import errors, inviting, linking, promising, sealing
from surveys.cli import tupuy
from surveys.linking import matches_of
from surveys.settings import Settings
from surveys.storage import PersonalAnswer, PersonalLink, Programme, Response
from surveys.storage.database import Database
from tests.records import NOW, SECRET, TODAY, a_code, a_programme, a_response, a_round, a_survey


def test_linked_persons_stay_and_what_a_key_could_test_is_blanked(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        survey = a_survey(session)
        for key in ("1", "2"):
            round_ = a_round(session, survey, key)
            a_response(session, round_, a_code(), keys=tmp_path)
            sealing.close_round(session, round_, NOW)
        before = {response.id: response.person for response in session.scalars(select(Response))}
        linking.forget_codes(session, survey.programme, TODAY)
        after = session.scalars(select(Response)).all()
        assert {response.id: response.person for response in after} == before
        assert len(set(before.values())) == 1
        assert [(response.code_hash, response.code_hashes) for response in after] == [(None, None)] * 2


def test_a_code_that_comes_later_is_not_kept_and_makes_no_key(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = a_round(session)
        a_response(session, round_, a_code(), keys=tmp_path)
        linking.forget_codes(session, round_.survey.programme, TODAY)
        assert linking.erase_key(tmp_path, round_.survey.programme_id)
        late = a_response(session, round_, a_code(), keys=tmp_path)
        assert late.code_hash is None
        sealing.close_round(session, round_, NOW)
        assert session.scalars(select(Response.person)).all() == [None, None]
        assert not linking.has_key(tmp_path, round_.survey.programme_id)


def test_destroying_twice_changes_nothing(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        programme = a_round(session).survey.programme
        linking.programme_key(tmp_path, programme.id)
        linking.forget_codes(session, programme, TODAY)
        assert linking.erase_key(tmp_path, programme.id)
        linking.forget_codes(session, programme, TODAY.replace(year=2030))
        assert programme.key_destroyed_on == TODAY
        assert not linking.erase_key(tmp_path, programme.id)


def test_another_programme_keeps_its_codes(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        one, two = (a_round(session, a_survey(session, a_programme(session, slug), slug)) for slug in ("norte", "sur"))
        for round_ in (one, two):
            a_response(session, round_, a_code(), keys=tmp_path)
        linking.forget_codes(session, one.survey.programme, TODAY)
        coded = session.scalars(select(Response.round_id).where(Response.code_hash.is_not(None))).all()
        assert coded == [two.id]
        assert linking.has_key(tmp_path, two.survey.programme_id)


def test_personal_links_end_with_the_key(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        survey = a_survey(session)
        promising.choose_level(session, survey, "confidential", TODAY)
        round_ = a_round(session, survey)
        inviting.make_personal_link(session, round_, uuid4(), tmp_path, SECRET)
        linking.forget_codes(session, survey.programme, TODAY)
        assert session.scalars(select(PersonalLink)).all() == session.scalars(select(PersonalAnswer)).all() == []
        with pytest.raises(errors.ProblemsFound):
            inviting.make_personal_link(session, round_, uuid4(), tmp_path, SECRET)


def test_a_match_rate_is_of_earlier_closed_rounds_and_survives_the_key(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        survey = a_survey(session)
        first, second = (a_round(session, survey, key, on=TODAY.replace(month=month)) for key, month in (("1", 3), ("2", 6)))
        codes = [a_code(mother=letter, town=letter, father=letter) for letter in "abcdefghijklmnopqrst"]
        for code in codes:
            a_response(session, first, code, keys=tmp_path)
        for code in [*codes[:14], *(a_code(mother=one, town="z", father="z", siblings="9") for one in "abcdef")]:
            a_response(session, second, code, keys=tmp_path)
        sealing.close_round(session, first, NOW)
        assert matches_of(session, second, 5) is None  # still open
        sealing.close_round(session, second, NOW)
        linking.forget_codes(session, survey.programme, TODAY)
        assert matches_of(session, first, 5) is None
        assert matches_of(session, second, 5) == linking.Matches(20, 0.7)
        assert matches_of(session, second, 7) == linking.Matches(14)  # six unlinked are fewer than seven


def run(settings: Settings, *arguments: str, typed: str = "") -> tuple[int, str]:
    env = {"TUPUY_SECRET": settings.secret, "TUPUY_DATA": str(settings.data), "TUPUY_KEYS": str(settings.keys)}
    result = CliRunner().invoke(tupuy, [*arguments, "--lang", "en"], input=typed, env=env)
    return result.exit_code, result.output


def test_the_command_tells_what_is_lost_and_destroys_after_the_name_was_written(settings: Settings, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        round_ = a_round(session)
        a_response(session, round_, a_code(), keys=settings.keys)
    assert run(settings, "keys", "list") == (0, "norte: it has a key.\n")
    code, said = run(settings, "keys", "destroy", "--programme", "norte", typed="sur\n")
    assert code == 1
    assert "What is lost" in said
    assert "What stays" in said
    assert "trust 2026-1" in said
    assert "Nothing was destroyed." in said
    assert linking.has_key(settings.keys, round_.survey.programme_id)
    code, said = run(settings, "keys", "destroy", "--programme", "norte", typed="norte\n")
    assert code == 0
    assert not linking.has_key(settings.keys, round_.survey.programme_id)
    assert "norte: its key was destroyed on" in run(settings, "keys", "list")[1]
    assert run(settings, "keys", "destroy", "--programme", "norte", typed="norte\n")[0] == 0


def test_a_level_is_told_and_chosen_on_the_command_line(settings: Settings, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        a_round(session)
    assert run(settings, "promise", "trust") == (0, "trust: Anonymous (anonymous).\n")
    assert run(settings, "promise", "trust", "card") == (0, "trust: With a card (card).\n")
    assert run(settings, "promise", "trust", "secret")[0] == 1


def test_cards_are_printed_on_the_command_line(settings: Settings, sqlite_database: Database, tmp_path: Path) -> None:
    with sqlite_database.session() as session:
        a_round(session)
    code, said = run(settings, "cards", "trust", "--count", "12", "--to", str(tmp_path / "cards.pdf"))
    assert code == 0
    assert "tupuy promise trust card" in said
    assert (tmp_path / "cards.pdf").read_bytes().startswith(b"%PDF")
    with sqlite_database.session() as session:
        assert session.scalars(select(Programme)).one().surveys[0].promise.cards == 12
