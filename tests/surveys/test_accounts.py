"""Staff sign in with a link that works once; only hashes are kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from surveys import accounts, errors
from surveys.storage import Person, SignInLink, StaffSession
from surveys.storage.database import Database
from tests.records import NOW


def test_a_person_is_the_same_in_any_case(database: Database) -> None:
    with database.session() as session:
        assert accounts.ensure_person(session, " Ana@Example.org ").id == accounts.ensure_person(session, "ana@example.org").id


def test_a_link_signs_in_once(database: Database) -> None:
    with database.session() as session:
        ana = accounts.ensure_person(session, "ana@example.org")
        secret = accounts.make_sign_in_link(session, ana, NOW)
        assert accounts.can_sign_in(session, secret, NOW)
        person, cookie = accounts.use_sign_in_link(session, secret, NOW)
        assert person.id == ana.id
        assert accounts.person_of_session(session, cookie, NOW) is person
        assert not accounts.can_sign_in(session, secret, NOW)
        with pytest.raises(errors.SignInFailed):
            accounts.use_sign_in_link(session, secret, NOW)


def test_a_link_pressed_many_times_at_once_signs_in_once(database: Database) -> None:
    with database.session() as session:
        secret = accounts.make_sign_in_link(session, accounts.ensure_person(session, "ana@example.org"), NOW)

    def press(_: int) -> bool:
        try:
            with database.session() as session:
                return bool(accounts.use_sign_in_link(session, secret, NOW))
        except errors.SignInFailed:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(press, range(8))) == 1


@pytest.mark.parametrize("secret", ["", "nonsense", "é"])
def test_an_unknown_link_is_refused(database: Database, secret: str) -> None:
    with database.session() as session, pytest.raises(errors.SignInFailed):
        accounts.use_sign_in_link(session, secret, NOW)


def test_an_expired_link_is_refused(database: Database) -> None:
    with database.session() as session:
        secret = accounts.make_sign_in_link(session, accounts.ensure_person(session, "ana@example.org"), NOW)
        with pytest.raises(errors.SignInFailed):
            accounts.use_sign_in_link(session, secret, NOW + timedelta(days=accounts.LINK_DAYS))


def test_a_session_ends_by_itself_and_by_signing_out(database: Database) -> None:
    with database.session() as session:
        ana = accounts.ensure_person(session, "ana@example.org")
        cookie, other = (accounts.start_session(session, ana, NOW) for _ in range(2))
        accounts.sign_out(session, other)
        accounts.sign_out(session, None)
        assert accounts.person_of_session(session, cookie, NOW) is ana
        assert accounts.person_of_session(session, other, NOW) is None
        assert accounts.person_of_session(session, cookie, NOW + timedelta(days=accounts.SESSION_DAYS)) is None
        assert accounts.person_of_session(session, None, NOW) is None


def test_no_secret_is_kept_in_plain_words(database: Database) -> None:
    with database.session() as session:
        ana = accounts.ensure_person(session, "ana@example.org")
        secret = accounts.make_sign_in_link(session, ana, NOW)
        cookie = accounts.start_session(session, ana, NOW)
        kept = {*session.scalars(select(SignInLink.secret_hash)), *session.scalars(select(StaffSession.secret_hash))}
        assert not kept & {secret, cookie}
        assert session.scalars(select(Person.email)).all() == ["ana@example.org"]
