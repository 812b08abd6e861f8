"""The level of anonymity of a survey: chosen before the first answer, then only more anonymous."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import MetaData, Uuid, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from forms import codec
from surveys import authoring, cards, collecting, inviting, linking, promising, sealing
from surveys.collecting import take_personal_response
from surveys.errors import AnsweredDifferently, ProblemsFound, RoundClosed
from surveys.storage import LEVELS, FormVersion, PersonalAnswer, PersonalLink, Promise, Response, Round, Survey, migrations
from surveys.storage.database import Database
from tests.records import NOW, SECRET, TODAY, a_code, a_programme, a_response, a_round, a_sent, a_survey, take

PAIRS = [(before, after) for before in LEVELS for after in LEVELS]


def a_promised_survey(session: Session, level: str) -> Survey:
    survey = a_survey(session)
    promising.choose_level(session, survey, level, TODAY)
    return survey


def open_round(session: Session, survey: Survey, key: str = "2026-1") -> Round:
    """A round of a survey whatever its form asks."""
    asking = {"sections": [{"questions": [{"kind": "own_code"}]}]} if survey.promise.level == "own_code" else {}
    session.execute(update(FormVersion).values(definition={"languages": ["es", "en"], **asking}))
    session.expire_all()
    return a_round(session, survey, key)


# One way -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_any_level_may_be_chosen_before_the_first_answer(database: Database, before: str, after: str) -> None:
    with database.session() as session:
        survey = a_promised_survey(session, before)
        open_round(session, survey)
        promising.choose_level(session, survey, after, TODAY)
        assert survey.promise.level == after


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_after_the_first_answer_a_survey_only_becomes_more_anonymous(database: Database, before: str, after: str) -> None:
    with database.session() as session:
        survey = a_promised_survey(session, before)
        take(session, open_round(session, survey))
    is_weaker = LEVELS.index(after) > LEVELS.index(before)
    with database.session() as session:
        survey = session.get_one(Survey, survey.id)
        if is_weaker:
            with pytest.raises(ProblemsFound):
                promising.choose_level(session, survey, after, TODAY)
        else:
            promising.choose_level(session, survey, after, TODAY)
        assert survey.promise.level == (before if is_weaker else after)


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_the_database_itself_refuses_less_anonymity(database: Database, before: str, after: str) -> None:
    with database.session() as session:
        take(session, open_round(session, a_promised_survey(session, before)))
    change = text("update survey_promise set level = :level")
    if LEVELS.index(after) > LEVELS.index(before):
        with pytest.raises(IntegrityError), database.session() as session:
            session.execute(change, {"level": after})
    else:
        with database.session() as session:
            session.execute(change, {"level": after})


def test_the_database_binds_the_promise_however_an_answer_comes_in(database: Database) -> None:
    with database.session() as session:
        response = a_response(session, round_ := a_round(session))
        fields = {name: getattr(response, name) for name in Response.__table__.columns.keys()}  # noqa: SIM118 columns, not a dict
        session.delete(response)
        session.flush()
        survey_id = round_.survey_id
    with database.session() as session:
        promise = session.get_one(Promise, survey_id)
        assert promise.is_answered
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(update(Promise).values(is_answered=False))
    with database.session() as session:
        other = a_round(session, a_survey(session, a_programme(session, "sur"), "other"))
        assert not other.survey.promise.is_answered
        session.execute(Response.__table__.insert().values(**{**fields, "id": uuid4(), "round_id": other.id}))
        session.refresh(other.survey.promise)
        assert other.survey.promise.is_answered


def test_withdrawing_the_only_answer_does_not_reopen_the_choice(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        round_, response_id = a_round(session, survey), uuid4()
        receipt = take(session, round_, response_id=response_id)
        collecting.withdraw_response(session, round_, response_id, receipt.code, NOW, SECRET)
        with pytest.raises(ProblemsFound):
            promising.choose_level(session, survey, "own_code", TODAY)


def test_first_answers_that_arrive_while_the_level_changes_leave_one_of_the_two(database: Database) -> None:
    """Many first answers and a choice of less anonymity at once: all answers are stored, and the choice came first or not at all."""
    for attempt in range(4):
        with database.session() as session:
            round_id = a_round(session, a_survey(session, a_programme(session, f"p{attempt}"), f"s{attempt}")).id
        gate, chosen, faults = threading.Barrier(7), [], []

        def answer(gate: threading.Barrier = gate, round_id: UUID = round_id, faults: list[Exception] = faults) -> None:
            gate.wait()
            try:
                database.write(lambda session: take(session, session.get_one(Round, round_id)))
            except Exception as fault:  # shown by the assertion below
                faults.append(fault)

        def choose(gate: threading.Barrier = gate, round_id: UUID = round_id, chosen: list[bool] = chosen) -> None:
            gate.wait()
            try:
                with database.session() as session:
                    promising.choose_level(session, session.get_one(Round, round_id).survey, "own_code", TODAY)
                chosen.append(True)
            except ProblemsFound:
                chosen.append(False)

        threads = [threading.Thread(target=answer) for _ in range(6)] + [threading.Thread(target=choose)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        with database.session() as session:
            round_ = session.get_one(Round, round_id)
            assert len(session.scalars(select(Response).where(Response.round_id == round_id)).all()) == 6
            assert round_.survey.promise.is_answered
            assert (round_.survey.promise.level == "own_code") is chosen[0]


# The level and the form ----------------------------------------------------------------------------------------------------


CODE = "{name: code, kind: own_code, label: {es: Clave, en: Code}}"
FORM = """
name: feedback
title: {{es: Opinión, en: View}}
languages: [es, en]
sections:
  - name: main
    questions:
      - {{name: wishes, kind: long_text, label: {{es: ¿Qué falta?, en: What is missing?}}}}
      {code}
"""


def a_form_version(session: Session, has_code: bool, programme: object = None) -> FormVersion:
    written = FORM.format(code=f"- {CODE}" if has_code else "")
    return authoring.import_form(session, programme or a_programme(session), codec.load(written), TODAY)


@pytest.mark.parametrize(("has_code", "level"), [(True, "own_code"), (False, "anonymous")])
def test_until_somebody_chooses_a_survey_promises_what_its_form_asks(database: Database, has_code: bool, level: str) -> None:
    with database.session() as session:
        survey = authoring.survey_of(session, a_form_version(session, has_code).form)
        assert (survey.promise.level, survey.promise.stated_on) == (level, None)


def test_a_form_that_gains_an_own_code_before_the_first_answer_is_followed(database: Database) -> None:
    with database.session() as session:
        version = a_form_version(session, False)
        survey = authoring.survey_of(session, version.form)
        a_form_version(session, True, survey.programme)
        a_round(session, survey)
        assert survey.promise.level == "own_code"


def test_a_form_that_gains_an_own_code_after_the_first_answer_opens_no_round(database: Database) -> None:
    with database.session() as session:
        survey = authoring.survey_of(session, a_form_version(session, False).form)
        take(session, a_round(session, survey))
        session.refresh(survey.promise)
        a_form_version(session, True, survey.programme)
        with pytest.raises(ProblemsFound) as caught:
            a_round(session, survey, "2026-2")
        assert "own code" in caught.value.problems[0].fault.words


MISFITS = [("own_code", False), ("anonymous", True), ("confidential", True)]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("has_code", [True, False])
def test_a_round_opens_only_when_level_and_form_fit(database: Database, level: str, has_code: bool) -> None:
    with database.session() as session:
        survey = authoring.survey_of(session, a_form_version(session, has_code).form)
        promising.choose_level(session, survey, level, TODAY)
        if (level, has_code) not in MISFITS:
            assert a_round(session, survey).survey is survey
            return
        with pytest.raises(ProblemsFound) as caught:
            a_round(session, survey)
        assert [problem.place for problem in caught.value.problems] == [f"{survey.slug}.promise"]


@pytest.mark.parametrize(("level", "kept"), [("anonymous", 0), ("confidential", 0), ("own_code", 6), ("card", 6)])
def test_an_own_code_is_kept_only_where_that_is_promised(database: Database, tmp_path: Path, level: str, kept: int) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, level))
        assert len(a_response(session, round_, a_code(), keys=tmp_path).code_hashes or []) == kept


# Cards -----------------------------------------------------------------------------------------------------------------------


def test_the_code_of_a_card_links_two_rounds_however_it_is_typed(database: Database, tmp_path: Path) -> None:
    [code] = cards.make_stack(1)
    typed = f" {code.lower().replace('-', ' ').replace('0', 'o').replace('1', 'l')} "
    with database.session() as session:
        survey = a_promised_survey(session, "card")
        first = a_response(session, one := open_round(session, survey, "1"), keys=tmp_path, card=code)
        sealing.close_round(session, one, NOW)
        second = a_response(session, two := open_round(session, survey, "2"), keys=tmp_path, card=typed, group="companies")
        sealing.close_round(session, two, NOW)
        assert first.person == second.person is not None
        assert len(first.code_hashes or []) == 1


def test_a_card_goes_before_an_own_code(database: Database, tmp_path: Path) -> None:
    [code] = cards.make_stack(1)
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "card"))
        response = a_response(session, round_, a_code(), keys=tmp_path, card=code)
        assert response.code_hashes == linking.hashes_of_code(linking.programme_key(tmp_path, round_.survey.programme_id), code)


def test_a_wrong_card_is_told_and_nothing_is_stored(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "card"))
        with pytest.raises(ProblemsFound) as caught:
            take(session, round_, keys=tmp_path, card="0000-0001")
        assert caught.value.problems[0].place == cards.FIELD
        assert session.scalars(select(Response)).all() == []


def test_a_card_is_not_kept_where_it_is_not_promised(database: Database, tmp_path: Path) -> None:
    [code] = cards.make_stack(1)
    with database.session() as session:
        assert a_response(session, a_round(session), keys=tmp_path, card=code).code_hash is None
        assert not list(tmp_path.glob("*.key"))


# Personal links --------------------------------------------------------------------------------------------------------------


def an_invited(session: Session, round_: Round, keys: Path, invitation: UUID | None = None) -> PersonalLink:
    token = inviting.make_personal_link(session, round_, invitation or uuid4(), keys, SECRET)
    found = inviting.find_personal_link(session, round_, f" {token.upper()}. ", SECRET)
    assert found is not None
    return found


def send(session: Session, round_: Round, link: PersonalLink, response_id: UUID | None = None, **answers: int) -> collecting.Receipt:
    return take_personal_response(session, round_, link, response_id or uuid4(), "es", a_sent(**answers), NOW, SECRET)


def test_a_personal_link_has_one_answer_and_the_later_one_takes_its_place(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        link = an_invited(session, round_, tmp_path)
        first, again = send(session, round_, link, tr_open=2), send(session, round_, link, tr_open=5)
        [response] = session.scalars(select(Response)).all()
        assert response.answers == {"tr_open": 5}
        assert first.code == again.code


def test_the_links_of_one_invitation_share_one_answer(database: Database, tmp_path: Path) -> None:
    invitation = uuid4()
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        for stars in (1, 2, 3):
            send(session, round_, an_invited(session, round_, tmp_path, invitation), tr_open=stars)
        [response] = session.scalars(select(Response)).all()
        assert response.answers == {"tr_open": 3}


def test_a_retry_through_a_personal_link_stores_nothing_again_and_a_changed_page_corrects(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        link, response_id = an_invited(session, round_, tmp_path), uuid4()
        send(session, round_, link, response_id, tr_open=2)
        assert send(session, round_, link, response_id, tr_open=2).is_repeat
        send(session, round_, link, response_id, tr_open=4)
        [response] = session.scalars(select(Response)).all()
        assert (response.id, response.answers) == (response_id, {"tr_open": 4})


def test_the_schema_refuses_a_second_answer_of_an_invitation(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        link = an_invited(session, round_, tmp_path)
        send(session, round_, link)
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(PersonalAnswer.__table__.insert().values(round_id=round_.id, person_hash=link.person_hash, response_id=uuid4()))


def test_many_sends_through_one_personal_link_at_once_leave_one_answer(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_id = open_round(session, a_promised_survey(session, "confidential")).id
        token = inviting.make_personal_link(session, session.get_one(Round, round_id), uuid4(), tmp_path, SECRET)
    gate, faults = threading.Barrier(8), []

    def work(session: Session, stars: int) -> collecting.Receipt:
        round_ = session.get_one(Round, round_id)
        link = inviting.find_personal_link(session, round_, token, SECRET)
        assert link is not None
        return send(session, round_, link, tr_open=stars)

    def answer(stars: int) -> None:
        gate.wait()
        try:
            database.write(lambda session: work(session, stars))
        except Exception as fault:  # shown by the assertion below
            faults.append(fault)

    threads = [threading.Thread(target=answer, args=(stars,)) for stars in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with database.session() as session:
        assert len(session.scalars(select(Response)).all()) == len(session.scalars(select(PersonalAnswer)).all()) == 1


def test_one_invitation_is_one_person_in_every_round_and_the_id_is_random(database: Database, tmp_path: Path) -> None:
    invitation = uuid4()
    with database.session() as session:
        survey = a_promised_survey(session, "confidential")
        for key in ("1", "2"):
            round_ = open_round(session, survey, key)
            send(session, round_, an_invited(session, round_, tmp_path, invitation))
            send(session, round_, an_invited(session, round_, tmp_path))
            sealing.close_round(session, round_, NOW)
        persons = [response.person for response in session.scalars(select(Response)).all()]
        assert len(persons) == 4
        assert len(set(persons)) == 3
        assert invitation not in persons


def test_what_is_kept_of_a_personal_link_leads_to_its_invitation_with_the_key_only(database: Database, tmp_path: Path) -> None:
    invitation = uuid4()
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        token = inviting.make_personal_link(session, round_, invitation, tmp_path, SECRET)
        [row] = session.execute(select(*PersonalLink.__table__.columns)).all()
        assert token not in str(row)
        assert str(invitation) not in str(row)
        assert row.person_hash == linking.hash_of_invitation(linking.programme_key(tmp_path, round_.survey.programme_id), invitation)


def test_a_withdrawn_personal_answer_may_be_given_anew(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        link, response_id = an_invited(session, round_, tmp_path), uuid4()
        receipt = send(session, round_, link, response_id)
        collecting.withdraw_response(session, round_, response_id, receipt.code, NOW, SECRET)
        send(session, round_, link)
        assert len(session.scalars(select(Response)).all()) == 1


def test_a_receipt_corrects_a_personal_answer_and_keeps_its_person(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        link, response_id = an_invited(session, round_, tmp_path), uuid4()
        receipt = send(session, round_, link, response_id)
        collecting.correct_response(session, round_, response_id, receipt.code, a_sent(tr_open=1), NOW, secret=SECRET)
        assert session.get_one(Response, response_id).code_hash == link.person_hash


def test_a_closed_round_refuses_a_correction_through_its_link(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        link = an_invited(session, round_, tmp_path)
        send(session, round_, link)
        session.expunge(link)  # as a page that found it just before the closing, which deletes it
        sealing.close_round(session, round_, NOW)
        with pytest.raises(RoundClosed):
            send(session, round_, link, tr_open=1)


def test_nobody_takes_the_place_of_somebody_elses_answer(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        mine, response_id = an_invited(session, round_, tmp_path), uuid4()
        send(session, round_, mine, response_id, tr_open=2)
        with pytest.raises(AnsweredDifferently):
            send(session, round_, an_invited(session, round_, tmp_path), response_id, tr_open=5)
        assert session.get_one(Response, response_id).answers == {"tr_open": 2}


@pytest.mark.parametrize("level", ["anonymous", "card", "own_code"])
def test_only_a_confidential_survey_has_personal_links(database: Database, tmp_path: Path, level: str) -> None:
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, level))
        with pytest.raises(ProblemsFound):
            inviting.make_personal_link(session, round_, uuid4(), tmp_path, SECRET)


def test_a_link_of_one_round_opens_no_other(database: Database, tmp_path: Path) -> None:
    with database.session() as session:
        survey = a_promised_survey(session, "confidential")
        one, two = open_round(session, survey, "1"), open_round(session, survey, "2")
        token = inviting.make_personal_link(session, one, uuid4(), tmp_path, SECRET)
        assert inviting.find_personal_link(session, two, token, SECRET) is None
        assert inviting.find_personal_link(session, one, token, SECRET) is not None


def test_who_opted_out_has_no_link_and_keeps_the_answer(database: Database, tmp_path: Path) -> None:
    invitation = uuid4()
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, "confidential"))
        send(session, round_, an_invited(session, round_, tmp_path, invitation))
        inviting.forget_personal_links(session, round_, invitation, tmp_path)
        assert session.scalars(select(PersonalLink)).all() == []
        assert len(session.scalars(select(Response)).all()) == 1


# What was there before -----------------------------------------------------------------------------------------------------


def a_database_of_before(database: Database) -> None:
    """An empty database in the schema of version 2."""
    if database.file:
        database.engine.dispose()
        for path in database.file.parent.glob(f"{database.file.name}*"):
            path.unlink()
        database.file.touch()
    with database.engine.begin() as connection:
        if not database.file:
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public"))
        migrations.upgrade(connection, "0002")


def test_surveys_made_before_promise_what_they_asked(database: Database) -> None:
    a_database_of_before(database)
    asks = {"languages": ["es"], "sections": [{"questions": [{"name": "code", "kind": "own_code"}]}]}
    surveys: dict[str, UUID] = {}
    with database.engine.begin() as connection:
        there = MetaData()
        there.reflect(connection)
        for column in (column for table in there.tables.values() for column in table.columns):
            column.type = Uuid() if column.name == "id" or column.name.endswith("_id") else column.type
        person = {"programme_id": uuid4()}
        connection.execute(
            there.tables["programme"].insert().values(
                id=person["programme_id"], slug="norte", name={}, about={}, languages=["es"], min_cell=5, mix={}, cuts=[], constructs={},
                analysts=[], contact="", time_zone="America/Lima", is_synthetic=False,
            )
        )  # fmt: skip
        for slug, definition, code in (("asks", asks, None), ("brought", {}, "a" * 64), ("plain", {}, None), ("new", {}, "")):
            form, version, surveys[slug], round_ = (uuid4() for _ in range(4))
            add = {name: there.tables[name].insert() for name in ("form", "form_version", "survey", "round", "response")}
            connection.execute(add["form"].values(id=form, slug=slug, draft={}, revision=1, memory={}, **person))
            frozen = {"number": 1, "definition": definition, "digest": "0" * 64, "published_on": TODAY}
            connection.execute(add["form_version"].values(id=version, form_id=form, **frozen))
            connection.execute(add["survey"].values(id=surveys[slug], form_id=form, slug=slug, title={}, position=0, **person))
            asked = {"survey_id": surveys[slug], "version_id": version, "key": "1", "label": {}, "on": TODAY, "languages": ["es"]}
            connection.execute(add["round"].values(id=round_, link=f"{slug}abcdefgh", **asked))
            if code != "":
                sent = {"answered_on": TODAY, "language": "es", "channel": "web", "answers": {}, "digest": "0" * 64}
                content = {"code_hash": code, "is_superseded": False, "round_id": round_, "version_id": version, **sent}
                connection.execute(add["response"].values(id=uuid4(), **content))
    database.upgrade()
    with database.session() as session:
        found = {slug: session.get_one(Promise, id_) for slug, id_ in surveys.items()}
        assert {slug: (promise.level, promise.is_answered, promise.stated_on) for slug, promise in found.items()} == {
            "asks": ("own_code", True, None),
            "brought": ("own_code", True, None),
            "plain": ("anonymous", True, None),
            "new": ("anonymous", False, None),
        }


@pytest.mark.parametrize(("level", "kept"), [("anonymous", 0), ("card", 6), ("own_code", 6)])
def test_hashes_that_were_made_elsewhere_are_kept_only_where_codes_are(database: Database, level: str, kept: int) -> None:
    """Answers that a laptop brings home, after the survey became anonymous, are followed no more than others."""
    with database.session() as session:
        round_ = open_round(session, a_promised_survey(session, level))
        response = a_response(session, round_, code_hashes=linking.hashes_of_elements(b"k" * 32, "police", a_code()))
        assert len(response.code_hashes or []) == kept
