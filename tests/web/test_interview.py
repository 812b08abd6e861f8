"""Interviews: consent first, notes for the interviewer, pause and resume, a plan by region; no answer says who entered it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from importlib import resources
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from forms import codec
from surveys import authoring, cards, interviewing, promising, sealing
from surveys.interviewing import InterviewGone
from surveys.settings import Settings
from surveys.storage import (
    ConsentDay,
    InterviewDay,
    InterviewDraft,
    Person,
    Response,
    Round,
    consent_days_of,
    days_of,
    find_programme,
)
from surveys.storage.database import Database
from tests.records import TODAY, a_programme, a_round
from tests.web.doors import FORM, sign_in, token_of

WITH_NOTE = FORM.replace("kind: long_text,", "kind: long_text, interviewer_note: {es: Espere diez segundos., en: Wait ten seconds.},")


def a_round_of(session: Any, form: str, cuts: tuple[str, ...] = ()) -> Round:
    programme = a_programme(session)
    programme.cuts = list(cuts)
    version = authoring.import_form(session, programme, codec.load(form), TODAY)
    survey = authoring.add_survey(session, programme, version.form, "interviews", {"es": "Entrevistas", "en": "Interviews"})
    return a_round(session, survey)


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database)


def the_study(database: Database) -> UUID:
    """The 72 interviews in four regions of the example programme."""
    form = (resources.files("surveys.demo") / "macro_sur_entrevista.yaml").read_text(encoding="utf-8")
    with database.session() as session:
        return a_round_of(session, form, ("region",)).id


def a_spoken_study(database: Database, consent: bool = True) -> UUID:
    """A round whose form does not ask for consent."""
    with database.session() as session:
        round_ = a_round_of(session, WITH_NOTE)
        if consent:
            interviewing.word_consent(session, round_.survey, {"es": "Puede parar cuando quiera."}, TODAY)
        return round_.id


def begun(staff: FlaskClient, round_id: UUID, label: str = "Puno 7") -> tuple[str, str]:
    """The address of an interview in which somebody agreed, and the token of its pages."""
    home = f"/rounds/{round_id}/interview"
    token = token_of(staff.get(home).text)
    address = staff.post(home, data={"csrf_token": token, "label": label, "language": "es"}).location
    staff.post(address, data={"csrf_token": token, "~do": "agree"})
    return address, token


def test_consent_comes_first_and_is_recorded_with_its_version_and_day(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = a_spoken_study(sqlite_database)
    home = f"/rounds/{round_id}/interview"
    token = token_of(staff.get(home).text)
    address = staff.post(home, data={"csrf_token": token, "label": "Puno 7", "language": "es"}).location
    page = staff.get(address)
    assert "Puede parar cuando quiera." in page.text
    assert 'id="q-useful"' not in page.text
    early = staff.post(address, data={"csrf_token": token, "useful": "4"})
    assert early.status_code == 422  # nobody has agreed yet
    staff.post(address, data={"csrf_token": token, "~do": "agree"})
    assert 'id="q-useful"' in staff.get(address).text
    assert staff.post(address, data={"csrf_token": token, "useful": "4"}).status_code == 303
    with sqlite_database.session() as session:
        assert [(day.told, day.count) for day in consent_days_of(session, round_id)] == [("spoken 1", 1)]


def test_who_does_not_agree_leaves_nothing(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = a_spoken_study(sqlite_database)
    home = f"/rounds/{round_id}/interview"
    token = token_of(staff.get(home).text)
    address = staff.post(home, data={"csrf_token": token, "label": "Puno 7", "language": "es"}).location
    assert staff.post(address, data={"csrf_token": token, "~do": "refuse"}).location == home
    with sqlite_database.session() as session:
        assert [session.scalars(select(table)).all() for table in (InterviewDraft, Response, InterviewDay, ConsentDay)] == [[], [], [], []]


def test_without_words_of_consent_no_interview_can_be_begun(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = a_spoken_study(sqlite_database, consent=False)
    page = staff.get(f"/rounds/{round_id}/interview")
    assert 'name="label"' not in page.text
    assert "nadie ha escrito lo que se dice" in page.text


def test_words_of_consent_are_kept_version_by_version(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = a_spoken_study(sqlite_database)
    address = f"/rounds/{round_id}/interview/plan"
    token = token_of(staff.get(address).text)
    for words in ("Puede parar cuando quiera.", "Puede parar cuando quiera. Nadie sabrá su nombre."):
        assert staff.post(address, data={"csrf_token": token, "consent-es": words, "planned-": "12"}).status_code == 303
    assert "Versión 2" in staff.get(address).text
    assert staff.post(address, data={"csrf_token": token, "consent-es": " "}).status_code == 422
    assert ">12<" in staff.get(f"/rounds/{round_id}/interview").text


def test_a_paused_interview_goes_on_as_it_was_left(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = a_spoken_study(sqlite_database)
    address, token = begun(staff, round_id)
    typed = {"csrf_token": token, "useful": "2", "wishes": "Más agua", "~lang": "en", "~do": "pause"}
    assert staff.post(address, data=typed).status_code == 303
    second, _ = begun(staff, round_id, "Cusco 1")
    page = staff.get(address).text
    assert '<html lang="en">' in page
    assert re.search(r'name="useful" value="2" checked', page)
    assert "Más agua" in page
    listed = staff.get(f"/rounds/{round_id}/interview").text
    assert listed.index("Cusco 1") < listed.index("Puno 7")
    assert second in listed
    assert staff.post(address, data={**typed, "~do": "finish"}).status_code == 303
    assert staff.get(address).status_code == 404


def test_a_finished_interview_says_nothing_of_who_entered_it(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = a_spoken_study(sqlite_database)
    address, token = begun(staff, round_id)
    done = staff.post(address, data={"csrf_token": token, "useful": "4", "wishes": "Agua"})
    assert re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", staff.get(done.location).text)
    with sqlite_database.session() as session:
        (person,) = session.scalars(select(Person))
        (response,) = session.scalars(select(Response))
        kept = " ".join(str(getattr(response, column.key)) for column in Response.__table__.columns)
        assert response.channel == "interview"
        assert str(person.id) not in kept
        assert person.email not in kept
        assert [(day.person_id, day.count) for day in days_of(session, round_id)] == [(person.id, 1)]
        assert session.scalars(select(InterviewDraft)).all() == []
    assert "ana@example.org" in staff.get(f"/rounds/{round_id}/interview/plan").text


def test_whoever_has_a_card_can_say_its_code_in_an_interview(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = a_spoken_study(sqlite_database)
    with sqlite_database.session() as session:
        promising.choose_level(session, session.get_one(Round, round_id).survey, "card", TODAY)
    address, token = begun(staff, round_id)
    (card,) = cards.make_stack(1)
    sent = {"csrf_token": token, "useful": "4"}
    assert 'name="~card"' in staff.get(address).text
    assert staff.post(address, data={**sent, "~card": card[:-1]}).status_code == 422
    assert staff.post(address, data={**sent, "~card": card}).status_code == 303
    with sqlite_database.session() as session:
        assert session.scalars(select(Response.code_hash)).one()


def test_notes_are_for_interviewers_only(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = a_spoken_study(sqlite_database)
    address, _ = begun(staff, round_id)
    assert "Espere diez segundos." in staff.get(address).text
    with sqlite_database.session() as session:
        link = session.get_one(Round, round_id).link
    assert "Espere diez segundos." not in staff.get(f"/r/{link}").text


def test_only_its_interviewer_opens_an_interview(staff: FlaskClient, sqlite_database: Database, settings: Settings) -> None:
    round_id = a_spoken_study(sqlite_database)
    address, _ = begun(staff, round_id)
    with sqlite_database.session() as session:
        other = Person(email="luz@example.org")
        session.add(other)
        session.flush()
        round_ = session.get_one(Round, round_id)
        (draft,) = session.scalars(select(InterviewDraft))
        with pytest.raises(InterviewGone):
            interviewing.resume(session, round_, other, draft.id, settings.keys)
        draft.person_id = other.id  # whoever can write the database cannot read it either
        session.flush()
        with pytest.raises(InterviewGone):
            interviewing.resume(session, round_, other, draft.id, settings.keys)
        session.rollback()
    assert staff.get(address).status_code == 200


def test_a_draft_is_encrypted_and_never_holds_an_own_code(staff: FlaskClient, sqlite_database: Database, settings: Settings) -> None:
    form = FORM + "      - {name: code, kind: own_code, label: {es: Su clave, en: Your code}}\n"
    with sqlite_database.session() as session:
        round_ = a_round_of(session, form)
        interviewing.word_consent(session, round_.survey, {"es": "Puede parar."}, TODAY)
        round_id = round_.id
    address, token = begun(staff, round_id, "Huayllabamba 7")
    staff.post(address, data={"csrf_token": token, "wishes": "Un secreto", "code/mother": "Q", "~do": "pause"})
    page = staff.get(address).text
    assert "Un secreto" in page
    assert 'name="code/mother" value=""' in page
    raw = b"".join(path.read_bytes() for path in settings.data.rglob("*") if path.is_file())
    assert b"Un secreto" not in raw
    assert b"Huayllabamba" not in raw
    assert list(settings.keys.glob("*.interviews"))


@pytest.mark.parametrize("label", ["Rosa Quispe", "María", "", "x1" * 16])
def test_a_label_that_could_be_a_name_is_refused(staff: FlaskClient, sqlite_database: Database, label: str) -> None:
    home = f"/rounds/{a_spoken_study(sqlite_database)}/interview"
    page = staff.post(home, data={"csrf_token": token_of(staff.get(home).text), "label": label, "language": "es"})
    assert page.status_code == 422
    assert 'id="problems"' in page.text


def test_closing_a_round_erases_what_was_not_finished(database: Database, settings: Settings) -> None:
    with database.session() as session:
        round_ = a_round_of(session, WITH_NOTE)
        person = Person(email="ana@example.org")
        session.add(person)
        session.flush()
        interviewing.begin(session, round_, person, "Puno 7", "es", settings.keys, datetime.now(UTC))
        sealing.close_round(session, round_, datetime.now(UTC))
        assert session.scalars(select(InterviewDraft)).all() == []


def test_a_closed_round_takes_no_interview(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = a_spoken_study(sqlite_database)
    address, token = begun(staff, round_id)
    with sqlite_database.session() as session:
        session.get_one(Round, round_id).closes_at = datetime(2020, 1, 1, tzinfo=UTC)
    assert staff.post(address, data={"csrf_token": token, "useful": "4"}).status_code == 410
    assert staff.post(f"/rounds/{round_id}/interview", data={"csrf_token": token, "label": "a 1"}).status_code == 410


def test_seventy_two_interviews_in_four_regions_are_counted_by_plan_in_steps_of_k(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id = the_study(sqlite_database)
    plan = f"/rounds/{round_id}/interview/plan"
    token = token_of(staff.get(plan).text)
    regions = {"apurimac": 18, "arequipa": 18, "cusco": 18, "puno": 18}
    assert staff.post(plan, data={"csrf_token": token, **{f"planned-{one}": str(many) for one, many in regions.items()}}).status_code == 303
    for region, many in {"puno": 7, "cusco": 5, "apurimac": 4}.items():
        for number in range(many):
            address, _ = begun(staff, round_id, f"{region} {number}")
            sent = {"csrf_token": token, "agreed": "1", "group": "police", "region": region}
            assert staff.post(address, data=sent).status_code == 303
    page = staff.get(f"/rounds/{round_id}/interview").text
    rows = dict(re.findall(r'<tr><th scope="row">([^<]+)</th><td>(\d+)</td><td>\d+</td>', page))
    assert rows == {"Apurímac": "0", "Arequipa": "0", "Cusco": "5", "Puno": "5", "En total": "10"}
    assert ">72<" in page
    assert "Usted terminó 16 entrevistas" in page
    days = staff.get(plan).text.partition("Entrevistas por día")[2]
    assert days.count("<td>15 o más</td>") == 2  # interviews of the day, and those who agreed: no exact number on any page
    assert "<td>16</td>" not in days
    with sqlite_database.session() as session:
        assert {day.told for day in consent_days_of(session, round_id)} == {"form 1"}
        assert find_programme(session, "norte") is not None


def test_the_table_of_days_has_no_way_to_a_response(database: Database) -> None:
    with database.session() as session:
        columns = {column.key for column in InterviewDay.__table__.columns}
        assert columns == {"round_id", "person_id", "on", "count"}
        targets = {key.column.table.name for key in InterviewDay.__table__.foreign_keys | InterviewDraft.__table__.foreign_keys}
        assert "response" not in targets
        assert session.execute(text("select count(*) from interview_day")).scalar() == 0
