"""People are invited one by one: the list, links that are not kept, sending that breaks off and goes on, and the way out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from surveys import collecting, invitations, linking, mailing, promising, sealing
from surveys.errors import LinkUnknown, ProblemsFound
from surveys.invitations import Desk, Progress
from surveys.inviting import find_personal_link
from surveys.languages import Speaker
from surveys.mailing import Kind, Postman
from surveys.settings import Settings
from surveys.storage import Delivery, Invitation, Mailing, PersonalLink, Response, Round, Survey, invitations_of
from surveys.storage.database import Database
from tests.records import NOW, SECRET, TODAY, a_round, a_sent, a_survey
from tests.surveys.sink import Sink, a_sink

LIST = (
    "nombre,correo,celular,idioma,grupo\n"
    "Ana Pérez,ana@example.org,987654321,español,police\n"
    "José Ríos,jose@example.org,,inglés,companies\n"
    "Rosa Luz,,911222333,,police\n"
)
LATER = datetime(2026, 7, 20, 20, 0, tzinfo=UTC)


def a_confidential_round(session: Session, survey: Survey | None = None, **fields: Any) -> Round:
    survey = survey or a_survey(session)
    promising.choose_level(session, survey, "confidential", TODAY)
    return a_round(session, survey, **fields)


@pytest.fixture
def keys(settings: Settings) -> Path:
    return settings.keys


@pytest.fixture
def desk(keys: Path) -> Desk:
    return a_desk(keys)


def a_desk(keys: Path) -> Desk:
    return Desk(lambda token: f"LINK={token}", lambda token: f"NO={token}", "RESULTS", Speaker, keys, SECRET)


def bring(session: Session, round_: Round, keys: Path, listed: str = LIST) -> list[Invitation]:
    seen = invitations.look_at(session, round_, listed.encode(), "lista.csv", keys)
    assert not seen.faults
    invitations.store(session, round_, seen.people, keys)
    return invitations_of(session, round_)


def a_list(database: Database, keys: Path, listed: str = LIST) -> Round:
    with database.session() as session:
        round_ = a_confidential_round(session)
        bring(session, round_, keys, listed)
        return round_


def begin(database: Database, round_: Round, kind: Kind = "invitation") -> Mailing:
    with database.session() as session:
        return invitations.begin_mailing(session, session.get_one(Round, round_.id), kind, None, NOW)


def send(database: Database, mailing_: Mailing, sink: Sink, desk: Desk) -> Progress:
    with Postman(sink.server) as postman:
        return invitations.send_on(database.session, mailing_.id, postman, desk, NOW)


def token_in(message: Any) -> str:
    return message.get_content().partition("LINK=")[2].split()[0]


# The list --------------------------------------------------------------------------------------------------------------


def test_a_list_is_shown_before_anything_is_stored(database: Database, keys: Path) -> None:
    with database.session() as session:
        round_ = a_confidential_round(session)
        seen = invitations.look_at(session, round_, LIST.encode(), "lista.csv", keys)
        assert (seen.new_count, seen.known_count, seen.opted_out_count) == (3, 0, 0)
        assert invitations_of(session, round_) == []


def test_whoever_is_on_the_list_already_is_brought_up_to_date_and_stays_the_same_person(database: Database, keys: Path) -> None:
    with database.session() as session:
        round_ = a_confidential_round(session)
        before = {one.email: one.invitee for one in bring(session, round_, keys)}
        after = bring(session, round_, keys, "nombre,correo,idioma\nAna P. Quispe,ana@example.org,en\n")
        assert len(after) == 3
        ana = next(one for one in after if one.email == "ana@example.org")
        assert (ana.name, ana.language, ana.phone, ana.invitee) == ("Ana P. Quispe", "en", "+51987654321", before["ana@example.org"])


def test_a_row_that_joins_two_people_of_the_list_is_told(database: Database, keys: Path) -> None:
    with database.session() as session:
        round_ = a_confidential_round(session)
        bring(session, round_, keys)
        seen = invitations.look_at(session, round_, b"nombre,correo,celular\nX,jose@example.org,987654321\n", "l.csv", keys)
        assert len(seen.faults) == 1


def test_an_address_is_on_a_rounds_list_once(database: Database, keys: Path) -> None:
    with database.session() as session:
        round_ = a_confidential_round(session)
        bring(session, round_, keys)
        session.add(Invitation(round_id=round_.id, name="Otra", email="ana@example.org", language="es"))
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_only_a_confidential_round_invites_one_by_one(database: Database, keys: Path, desk: Desk) -> None:
    with database.session() as session:
        round_ = a_round(session)
        seen = invitations.look_at(session, round_, LIST.encode(), "lista.csv", keys)
        with pytest.raises(ProblemsFound):
            invitations.store(session, round_, seen.people, keys)
        assert invitations_of(session, round_) == []


def test_the_list_says_how_many_of_each_group_are_invited(database: Database, keys: Path) -> None:
    with database.session() as session:
        round_ = a_confidential_round(session)
        bring(session, round_, keys)
        assert round_.invited == {"police": 2, "companies": 1}
        bring(session, round_, keys, "nombre,correo\nSin Grupo,sg@example.org\n")
        assert round_.invited is None


def test_whoever_is_removed_has_no_link_any_more(database: Database, keys: Path, desk: Desk) -> None:
    with database.session() as session:
        round_ = a_confidential_round(session)
        ana = bring(session, round_, keys)[0]
        written = invitations.write_text(session, round_, ana, "invitation", desk)
        token = written.partition("LINK=")[2].split()[0]
        assert find_personal_link(session, round_, token, SECRET) is not None
        invitations.remove(session, round_, ana.id, keys)
        assert find_personal_link(session, round_, token, SECRET) is None


# Links -----------------------------------------------------------------------------------------------------------------


def test_a_link_is_told_once_and_kept_nowhere(sqlite_database: Database, settings: Settings, keys: Path, desk: Desk) -> None:
    round_ = a_list(sqlite_database, keys)
    with sqlite_database.session() as session:
        mine = session.get_one(Round, round_.id)
        written = invitations.write_text(session, mine, invitations_of(session, mine)[0], "invitation", desk)
    token = written.partition("LINK=")[2].split()[0].encode()
    files = [path.read_bytes() for folder in (settings.data, keys) for path in folder.rglob("*") if path.is_file()]
    assert len(token) == 20
    assert not any(token in file for file in files)


def test_the_links_of_earlier_messages_go_on_working_and_lead_to_one_answer(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with a_sink() as sink:
        send(database, begin(database, round_), sink, desk)
        send(database, begin(database, round_, "reminder"), sink, desk)
    tokens = [token_in(message) for address, message in sink.taken if address == "ana@example.org"]
    assert len(set(tokens)) == 2
    with database.session() as session:
        mine = session.get_one(Round, round_.id)
        for number, token in enumerate(tokens):
            link = find_personal_link(session, mine, token, SECRET)
            assert link is not None
            collecting.take_personal_response(session, mine, link, uuid4(), "es", a_sent(tr_open=number + 1), NOW, SECRET)
        assert [one.answers["tr_open"] for one in session.scalars(select(Response))] == [2]


# Sending ---------------------------------------------------------------------------------------------------------------


def test_everybody_with_an_address_gets_a_message_in_their_language(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with a_sink() as sink:
        progress = send(database, begin(database, round_), sink, desk)
    assert progress == Progress(sent=2, failed=0, unknown=0, waiting=0)
    said = {address: message.get_content() for address, message in sink.taken}
    assert said["ana@example.org"].startswith("Hola Ana Pérez:")
    assert said["jose@example.org"].startswith("Hello José Ríos:")


def test_nobody_is_sent_the_same_mailing_twice(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with a_sink() as sink:
        mailing_ = begin(database, round_)
        for _ in range(3):
            send(database, mailing_, sink, desk)
        again = begin(database, round_)
        send(database, again, sink, desk)
    assert sorted(sink.addresses) == ["ana@example.org", "jose@example.org"]


def test_a_refused_address_is_told_with_its_reason_and_can_be_tried_again(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with a_sink() as sink:
        sink.refused = {"ana@example.org"}
        mailing_ = begin(database, round_)
        assert send(database, mailing_, sink, desk) == Progress(sent=1, failed=1, unknown=0, waiting=0)
        with database.session() as session:
            assert [one.reason for one in session.scalars(select(Delivery).where(Delivery.outcome == "failed"))] == [
                "550 5.1.1 no such mailbox here"
            ]
            invitations.try_again(session, session.get_one(Mailing, mailing_.id))
        sink.refused = set()
        assert send(database, mailing_, sink, desk) == Progress(sent=2, failed=0, unknown=0, waiting=0)
    assert sorted(sink.addresses) == ["ana@example.org", "jose@example.org"]


def test_a_server_that_dies_midway_loses_nobody_and_doubles_nobody(database: Database, keys: Path, desk: Desk) -> None:
    listed = "nombre,correo\n" + "".join(f"P{number},p{number}@example.org\n" for number in range(8))
    round_ = a_list(database, keys, listed)
    mailing_ = begin(database, round_)
    with a_sink() as sink:
        sink.dies, sink.lives_for = "before", 3
        broken = send(database, mailing_, sink, desk)
        assert (broken.sent, broken.waiting, broken.unknown) == (3, 5, 0)
        assert broken.reason
        sink.dies = "never"
        assert send(database, mailing_, sink, desk) == Progress(sent=8, failed=0, unknown=0, waiting=0)
    assert sorted(sink.addresses) == sorted(f"p{number}@example.org" for number in range(8))


def test_a_message_of_which_nobody_knows_whether_it_left_is_not_sent_again_by_itself(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    mailing_ = begin(database, round_)
    with a_sink() as sink:
        sink.dies = "after"
        assert send(database, mailing_, sink, desk).unknown == 1
        sink.dies = "never"
        assert send(database, mailing_, sink, desk) == Progress(sent=1, failed=0, unknown=1, waiting=0)
    assert len(sink.taken) == 1


def test_a_long_list_is_sent_in_parts(database: Database, keys: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invitations, "MOST_AT_ONCE", 2)
    listed = "nombre,correo\n" + "".join(f"P{number},p{number}@example.org\n" for number in range(5))
    mailing_ = begin(database, a_list(database, keys, listed))
    with a_sink() as sink:
        assert [send(database, mailing_, sink, desk).waiting for _ in range(3)] == [3, 1, 0]
    assert len(sink.taken) == 5


def test_a_round_that_closes_while_messages_leave_stops_the_sending(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    mailing_ = begin(database, round_)

    class Closing(Postman):
        def send(self, message: Any, address: str) -> mailing.Outcome:
            outcome = super().send(message, address)
            with database.session() as session:
                sealing.close_round(session, session.get_one(Round, round_.id), LATER)
            return outcome

    with a_sink() as sink, Closing(sink.server) as postman:
        progress = invitations.send_on(database.session, mailing_.id, postman, desk, NOW)
    assert progress == Progress(0, 0, 0, 0)
    assert len(sink.taken) == 1


# Reminders and silence about who answered ------------------------------------------------------------------------------


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """Every statement that the database is asked meanwhile."""
    asked: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement.lower())

    event.listen(database.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(database.engine, "before_cursor_execute", hear)


def test_a_reminder_goes_to_everybody_whether_they_answered_or_not(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with a_sink() as sink:
        send(database, begin(database, round_), sink, desk)
        with database.session() as session:
            mine = session.get_one(Round, round_.id)
            link = find_personal_link(session, mine, token_in(sink.taken[0][1]), SECRET)
            assert link is not None
            collecting.take_personal_response(session, mine, link, uuid4(), "es", a_sent(), NOW, SECRET)
        sink.taken.clear()
        send(database, begin(database, round_, "reminder"), sink, desk)
    assert sorted(sink.addresses) == ["ana@example.org", "jose@example.org"]


def test_inviting_and_reminding_never_ask_who_answered(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with a_sink() as sink, statements(database) as asked:
        send(database, begin(database, round_), sink, desk)
        send(database, begin(database, round_, "reminder"), sink, desk)
        with database.session() as session:
            mine = session.get_one(Round, round_.id)
            invitations.write_text(session, mine, invitations_of(session, mine)[0], "reminder", desk)
    assert len(asked) > 10
    assert not [one for one in asked if " response" in one or "personal_answer" in one or "withdrawn" in one]


@pytest.mark.parametrize("module", [invitations, mailing])
def test_what_writes_to_people_does_not_even_know_the_answers(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    known = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert not known & {"Response", "PersonalAnswer", "Withdrawn", "count_responses", "collecting"}


# The way out -----------------------------------------------------------------------------------------------------------


def test_whoever_opts_out_gets_nothing_more_not_in_a_later_round_either(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with a_sink() as sink:
        send(database, begin(database, round_), sink, desk)
        token = next(token_in(message) for address, message in sink.taken if address == "ana@example.org")
        with database.session() as session:
            mine = session.get_one(Round, round_.id)
            invitations.opt_out(session, mine, token, keys, SECRET)
            invitations.opt_out(session, mine, token, keys, SECRET)
        sink.taken.clear()
        send(database, begin(database, round_, "reminder"), sink, desk)
        assert sink.addresses == ["jose@example.org"]
        with database.session() as session:
            first = session.get_one(Round, round_.id)
            sealing.close_round(session, first, LATER)
            later = a_round(session, first.survey, "2026-2")
            seen = invitations.look_at(session, later, LIST.encode(), "lista.csv", keys)
            assert seen.opted_out_count == 1
            assert [one.name for one in bring(session, later, keys) if one.has_opted_out] == ["Ana Pérez"]


def test_once_the_key_is_destroyed_nobody_is_invited_and_no_key_is_made_anew(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with database.session() as session:
        mine = session.get_one(Round, round_.id)
        ana = invitations_of(session, mine)[0]
        token = invitations.write_text(session, mine, ana, "invitation", desk).partition("LINK=")[2].split()[0]
        invitations.opt_out(session, mine, token, keys, SECRET)
        linking.forget_codes(session, mine.survey.programme, TODAY)
        assert linking.erase_key(keys, mine.survey.programme_id)
        seen = invitations.look_at(session, mine, LIST.encode(), "lista.csv", keys)
        for refused in (lambda: invitations.store(session, mine, seen.people, keys), lambda: begin_in(session, mine)):
            with pytest.raises(ProblemsFound, match="destroyed"):
                refused()
        invitations.remove(session, mine, ana.id, keys)
        assert len(invitations_of(session, mine)) == 2
        assert not linking.has_key(keys, mine.survey.programme_id)


def begin_in(session: Session, round_: Round) -> Mailing:
    return invitations.begin_mailing(session, round_, "reminder", None, NOW)


def test_a_token_that_was_never_made_opts_nobody_out(database: Database, keys: Path) -> None:
    round_ = a_list(database, keys)
    with database.session() as session, pytest.raises(LinkUnknown):
        invitations.opt_out(session, session.get_one(Round, round_.id), "abcdefghjkmnpqrstuvw", keys, SECRET)


# Closing ---------------------------------------------------------------------------------------------------------------


def rows(database: Database) -> str:
    """Everything that the database holds, as words."""
    with database.engine.connect() as connection:
        tables = ["invitation", "delivery", "mailing", "personal_link", "invitation_list", "opt_out"]
        return "".join(repr(connection.execute(text(f"select * from {table}")).all()) for table in tables)


def test_closing_deletes_names_addresses_links_and_the_record_of_what_was_sent(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with a_sink() as sink:
        send(database, begin(database, round_), sink, desk)
    with database.session() as session:
        sealing.close_round(session, session.get_one(Round, round_.id), LATER)
    assert not any(word in rows(database) for word in ("Ana", "ana@example.org", "987654321", "sent", "hello"))
    with database.session() as session:
        for table in (Invitation, Delivery, Mailing, PersonalLink):
            assert session.scalars(select(table)).all() == []


def test_a_list_that_is_kept_invites_the_same_people_again_as_themselves(database: Database, keys: Path, desk: Desk) -> None:
    round_ = a_list(database, keys)
    with a_sink() as sink:
        send(database, begin(database, round_), sink, desk)
    with database.session() as session:
        first = session.get_one(Round, round_.id)
        invitations.choose_keeping(session, first, keeps=True)
        sealing.close_round(session, first, LATER)
        before = {one.email: one.invitee for one in invitations_of(session, first)}
        assert session.scalars(select(Delivery)).all() == []
        later = a_round(session, first.survey, "2026-2")
        after = {one.email: one.invitee for one in bring(session, later, keys)}
        assert after["ana@example.org"] == before["ana@example.org"]
