"""People of the staff: one-time sign-in links and signed-in browsers. Only hashes of secrets are kept."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from surveys.errors import SignInFailed
from surveys.storage import Person, SignInLink, StaffSession

LINK_DAYS = 3
SESSION_DAYS = 14


def ensure_person(session: Session, email: str, name: str = "", language: str = "es") -> Person:
    """The person of this e-mail address (in any case), added when new."""
    address = email.strip().lower()
    person = session.scalar(select(Person).where(Person.email == address))
    if person is None:
        person = Person(email=address, name=name, language=language)
        session.add(person)
        session.flush()
    return person


def make_sign_in_link(session: Session, person: Person, now: datetime) -> str:
    """The secret of a new one-time link: good for three days or its first use."""
    secret = secrets.token_urlsafe(32)
    session.add(SignInLink(secret_hash=_hash(secret), person_id=person.id, expires_at=now + timedelta(days=LINK_DAYS)))
    session.flush()
    return secret


def can_sign_in(session: Session, secret: str, now: datetime) -> bool:
    """Whether the link still works; asking does not use it."""
    good = select(SignInLink).where(SignInLink.secret_hash == _hash(secret), SignInLink.used_at.is_(None), SignInLink.expires_at > now)
    return session.scalar(good) is not None


def use_sign_in_link(session: Session, secret: str, now: datetime) -> tuple[Person, str]:
    """Use a link up: its person and the cookie of a new session. Raises SignInFailed when it is used, expired or unknown."""
    mine = SignInLink.secret_hash == _hash(secret)
    used = update(SignInLink).where(mine, SignInLink.used_at.is_(None), SignInLink.expires_at > now).values(used_at=now)
    if session.connection().execute(used).rowcount != 1:
        raise SignInFailed
    person = session.scalars(select(Person).join(SignInLink, SignInLink.person_id == Person.id).where(mine)).one()
    return person, start_session(session, person, now)


def start_session(session: Session, person: Person, now: datetime) -> str:
    """Sign a browser in; returns the cookie's secret."""
    cookie = secrets.token_urlsafe(32)
    ends_at = now + timedelta(days=SESSION_DAYS)
    session.execute(delete(StaffSession).where(StaffSession.ends_at <= now))
    session.add(StaffSession(secret_hash=_hash(cookie), person_id=person.id, started_at=now, ends_at=ends_at))
    session.flush()
    return cookie


def person_of_session(session: Session, cookie: str | None, now: datetime) -> Person | None:
    """Who is signed in with this cookie, or None."""
    if not cookie:
        return None
    query = select(Person).join(StaffSession, StaffSession.person_id == Person.id)
    return session.scalar(query.where(StaffSession.secret_hash == _hash(cookie), StaffSession.ends_at > now))


def sign_out(session: Session, cookie: str | None) -> None:
    """End the session of this cookie, if there is one."""
    session.execute(delete(StaffSession).where(StaffSession.secret_hash == _hash(cookie or "")))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
