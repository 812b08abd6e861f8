"""A programme is lent to a laptop without internet, and what was answered there comes home once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from forms.answers import Sent
from surveys import carrying, collecting, errors, sealed_files, sealing
from surveys.authoring import add_survey, import_form, open_round
from surveys.linking import hashes_of_elements, programme_key
from surveys.settings import Settings, load_settings
from surveys.storage import Programme, Response, Round
from surveys.storage.database import Database
from tests.faults.serving import a_form
from tests.records import NOW, SECRET, TODAY, a_code, a_programme

LAPTOP = "the-secret-of-the-laptop-is-another-one-0123"
WORDS = "cuatro palabras que nadie adivina"


@pytest.fixture
def laptop(tmp_path: Path, sqlite_template: Path) -> tuple[Database, Settings]:
    settings = load_settings(tmp_path / "laptop", env={"TUPUY_SECRET": LAPTOP})
    settings.data.mkdir()
    (settings.data / "tupuy.db").write_bytes(sqlite_template.read_bytes())
    return Database(settings.database_url), settings


@pytest.fixture
def lent(database: Database, laptop: tuple[Database, Settings], tmp_path: Path) -> Database:
    """The laptop's database, with the programme of ``database`` lent to it."""
    with database.session() as session:
        programme = a_programme(session)
        version = import_form(session, programme, a_form(), TODAY)
        open_round(session, add_survey(session, programme, version.form, "killed", {"es": "Prueba", "en": "Trial"}), "1", TODAY)
        document = carrying.lend(session, programme, tmp_path / "keys")
    store, settings = laptop
    with store.session() as session:
        carrying.borrow(session, document, settings.keys, "lent")
    return store


def the_round(session: object) -> Round:
    return session.scalars(select(Round)).one()  # type: ignore[attr-defined]  # a session


def answer(store: Database, said: int, response_id: UUID | None = None, code: list[str] | None = None) -> tuple[UUID, str]:
    response_id = response_id or uuid4()
    with store.session() as session:
        sent = Sent({"trust": said}, None, [])
        taken = collecting.take_response(session, the_round(session), response_id, "es", sent, NOW, secret=LAPTOP, code_hashes=code)
    return response_id, taken.code


def packed(store: Database) -> dict[str, object]:
    with store.session() as session:
        return carrying.pack(session, [the_round(session)], LAPTOP)


def received(database: Database, document: dict[str, object], later: timedelta = timedelta(days=3)) -> carrying.Received:
    with database.session() as session:
        return carrying.receive(session, document, NOW + later, SECRET, "file")


def test_answers_come_home_once_with_their_day_their_receipt_and_their_words(database: Database, lent: Database) -> None:
    sent = dict(answer(lent, said) for said in (1, 4, 5))
    first, again = received(database, packed(lent)), received(database, packed(lent))
    assert (first.stored, first.repeated, again.stored, again.repeated) == (3, 0, 0, 3)
    assert first.problems == again.problems == []
    with database.session() as session:
        round_ = the_round(session)
        stored = session.scalars(select(Response)).all()
        assert {one.id for one in stored} == set(sent)
        assert sorted(one.answers["trust"] for one in stored) == [1, 4, 5]
        assert {one.answered_on for one in stored} == {collecting.day_of(round_, NOW)}
        for response_id, receipt in sent.items():
            assert collecting.response_of_receipt(session, round_, receipt, SECRET) == response_id


def test_a_code_given_in_the_room_finds_the_same_person(database: Database, lent: Database, tmp_path: Path) -> None:
    with database.session() as session:
        programme = session.scalars(select(Programme)).one()
        hashes = hashes_of_elements(programme_key(tmp_path / "keys", programme.id), None, a_code())
    with lent.session() as session:
        borrowed = session.scalars(select(Programme)).one()
        assert hashes_of_elements(programme_key(tmp_path / "laptop-keys", borrowed.id), None, a_code()) == hashes
    answer(lent, 3, code=hashes)
    received(database, packed(lent))
    with database.session() as session:
        assert session.scalars(select(Response.code_hash)).one() == hashes[0]


def test_of_two_answers_with_one_code_the_one_that_stood_in_the_room_stands_at_home(database: Database, lent: Database) -> None:
    first, second = sorted(uuid4() for _ in range(2))
    answer(lent, 2, second, code=["0" * 64])
    answer(lent, 4, first, code=["0" * 64])  # later, under the smaller id
    received(database, packed(lent))
    with database.session() as session:
        assert session.scalars(select(Response.id).where(Response.is_superseded.is_(False))).all() == [first]


def test_answers_that_come_after_the_closing_wait(database: Database, lent: Database) -> None:
    answer(lent, 2)
    with database.session() as session:
        sealing.close_round(session, the_round(session), NOW)
    done = received(database, packed(lent))
    assert (done.stored, done.late) == (1, 1)
    with database.session() as session:
        assert session.scalars(select(Response.snapshot)).one() is None


def test_what_was_withdrawn_in_the_room_is_gone_at_home_too(database: Database, lent: Database) -> None:
    response_id, receipt = answer(lent, 2)
    before = packed(lent)
    with lent.session() as session:
        collecting.withdraw_response(session, the_round(session), response_id, receipt, NOW, LAPTOP)
    received(database, before)
    assert received(database, packed(lent)).withdrawn == 1
    late = received(database, before)
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 0
    assert [str(problem.fault) for problem in late.problems] == ["These answers were withdrawn and are not stored again."]


def test_answers_that_the_form_does_not_take_are_told_and_the_others_stored(database: Database, lent: Database) -> None:
    for said in (1, 2):
        answer(lent, said)
    document = packed(lent)
    document["rounds"][0]["answers"][0]["answers"] = {"trust": 9}  # type: ignore[index]  # as a damaged file would say
    done = received(database, document)
    assert (done.stored, len(done.problems)) == (1, 1)
    assert done.problems[0].place == "1:1"


def test_answers_of_a_programme_that_is_not_here_are_told(sqlite_database: Database, database: Database, lent: Database) -> None:
    answer(lent, 2)
    document = packed(lent)
    document["rounds"][0]["round"] = "another"  # type: ignore[index]  # of a programme that this server never lent
    done = received(database, document)
    assert (done.stored, len(done.problems)) == (0, 1)


def test_a_programme_is_lent_without_anything_of_participants_or_staff(database: Database, lent: Database, tmp_path: Path) -> None:
    with database.session() as session:
        programme = session.scalars(select(Programme)).one()
        assert set(carrying.lend(session, programme, tmp_path / "keys")["rows"]) == {
            *("programme", "stakeholder_group", "event", "form", "form_version", "survey", "survey_promise", "round")
        }


def test_a_sealed_file_opens_with_its_passphrase_only() -> None:
    content = sealed_files.sealed({"said": "confidencial"}, WORDS)
    assert b"confidencial" not in content
    assert sealed_files.opened(content, WORDS, "file") == {"said": "confidencial"}
    for wrong, passphrase in ((content, WORDS + "s"), (content[:-9], WORDS), (content[:20] + b"x" + content[21:], WORDS), (b"PK", WORDS)):
        with pytest.raises(sealed_files.FileUnreadable):
            sealed_files.opened(wrong, passphrase, "file")
    with pytest.raises(errors.TupuyError):
        sealed_files.sealed({}, "short")
