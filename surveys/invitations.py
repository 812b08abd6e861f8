"""Inviting the people of a list to a confidential round: the list, the messages, the reminders, and the way out.

Nobody is told who has answered, and nothing here asks: a reminder goes to everybody who has not opted out. Of a personal
link nothing is kept but the keyed hash that ``inviting`` keeps. What is sent is written down before it leaves, so that a
sending that breaks off can go on and nobody gets a message twice. All of it goes when the round closes.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forms.messages import Message, Problem, Say, mark
from surveys.errors import LinkUnknown, ProblemsFound
from surveys.invitation_file import Invitee, PeopleFile, read_people
from surveys.inviting import find_personal_link, forget_personal_links, make_personal_link
from surveys.languages import locale
from surveys.linking import hash_of_invitation, programme_key
from surveys.mailing import Kind, Letter, Outcome, Postman, as_email
from surveys.storage import (
    Delivery,
    Invitation,
    InvitationList,
    Mailing,
    OptOut,
    Person,
    PersonalLink,
    Round,
    deliveries_of,
    invitations_of,
    known_invitees,
    mailings_of,
)

#: A sending stops after so many messages and is taken up again, so that no request lasts long.
MOST_AT_ONCE = 25

OpenSession = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Seen:
    """What would come of a file. Nothing may be stored while it has ``faults``."""

    people: Sequence[Invitee]
    faults: Sequence[Problem]
    unread: Sequence[str]
    new_count: int
    known_count: int
    opted_out_count: int


@dataclass(frozen=True)
class Desk:
    """What every message needs: where its links lead, who says it in a language, and what the links are made with."""

    answer: Callable[[str], str]
    opt_out: Callable[[str], str]
    results: str
    speaks: Callable[[str], Say]
    keys: Path
    secret: str


@dataclass(frozen=True)
class Progress:
    """Where a mailing stands: people by what became of it; ``reason`` why it broke off."""

    sent: int
    failed: int
    unknown: int
    waiting: int
    reason: str = ""


# The list --------------------------------------------------------------------------------------------------------------


def problems_of(round_: Round) -> list[Problem]:
    """Why people cannot be invited one by one to this round."""
    if round_.closed_at is not None:
        fault, remedy = mark("This round is closed."), mark("Invite people to the next one.")
        return [Problem(round_.key, Message(fault), Message(remedy))]
    if round_.survey.promise.level != "confidential":
        fault = mark("Personal invitations are for confidential surveys only, and this one promises more.")
        return [Problem(round_.key, Message(fault), Message(mark("Share the open link of the round instead.")))]
    if round_.survey.programme.key_destroyed_on is not None:
        fault = mark("The key of this programme was destroyed, so nobody can be followed any more.")
        return [Problem(round_.key, Message(fault), Message(mark("Share the open link of the round instead.")))]
    return []


def look_at(session: Session, round_: Round, content: bytes, name: str, keys: Path) -> Seen:
    """Read a list and say what would come of it; nothing is stored. Raises ProblemsFound when it is no table."""
    groups = {group.key: list(group.name.values()) for group in round_.survey.programme.groups if group.is_asked}
    read = read_people(content, name, round_.languages, groups)
    there = _by_address(invitations_of(session, round_))
    out = _opted_out(session, round_, keys)
    known = sum(1 for person in read.people if any(address in there for address in person.addresses))
    return Seen(
        read.people,
        [*read.faults, *_clashes(read, there)],
        read.unread,
        new_count=len(read.people) - known,
        known_count=known,
        opted_out_count=sum(1 for person in read.people if any(out(address) for address in person.addresses)),
    )


def _by_address(invitations: Iterable[Invitation]) -> dict[str, Invitation]:
    return {address: one for one in invitations for address in (one.email, one.phone) if address}


def _clashes(read: PeopleFile, there: dict[str, Invitation]) -> list[Problem]:
    """Rows that would join two people who are on the list already."""
    problems = []
    for person in read.people:
        if len({there[address].id for address in person.addresses if address in there}) > 1:
            fault = Message(
                mark("Row %(row)s has the e-mail address of one person on the list and the telephone of another."), {"row": person.row}
            )
            problems.append(Problem(person.name, fault, Message(mark("Remove one of the two from the list, or correct the row."))))
    return problems


def store(session: Session, round_: Round, people: Sequence[Invitee], keys: Path) -> None:
    """Put people on the list; whoever is on it already, by address, is brought up to date and keeps their links."""
    if problems := problems_of(round_):
        raise ProblemsFound(problems)
    there, before = _by_address(invitations_of(session, round_)), known_invitees(session, round_)
    out = _opted_out(session, round_, keys)
    taken = {one.invitee for one in there.values()}
    for person in people:
        one = next((there[address] for address in person.addresses if address in there), None)
        if one is None:
            known = next((before[address] for address in person.addresses if address in before), None)
            one = Invitation(round_id=round_.id, invitee=known if known and known not in taken else uuid4(), has_opted_out=False)
            session.add(one)
            taken.add(one.invitee)
        one.name, one.language, one.group_key = person.name, person.language, person.group
        one.email, one.phone = person.email or one.email, person.phone or one.phone
        one.has_opted_out = one.has_opted_out or any(out(address) for address in person.addresses)
    session.flush()
    _count_invited(session, round_)


def remove(session: Session, round_: Round, invitation_id: UUID, keys: Path) -> None:
    """Take somebody off the list; their links open nothing any more, and what they answered stands."""
    one = session.get(Invitation, invitation_id)
    if one is not None and one.round_id == round_.id:
        if round_.survey.programme.key_destroyed_on is None:  # the links went with the key, and none is made anew
            forget_personal_links(session, round_, one.invitee, keys)
        session.delete(one)
        session.flush()
        _count_invited(session, round_)


def _count_invited(session: Session, round_: Round) -> None:
    """How many people of each group are invited, where the list says everybody's group: the base of the response rate."""
    groups = [one.group_key for one in invitations_of(session, round_)]
    named = [group for group in groups if group]
    round_.invited = dict(Counter(named)) if named and len(named) == len(groups) else None
    session.flush()


def keeps_people(session: Session, round_: Round) -> bool:
    """Whether names and addresses stay after closing, to invite the same people again."""
    found = session.get(InvitationList, round_.id)
    return found is not None and found.keeps_people


def choose_keeping(session: Session, round_: Round, keeps: bool) -> None:
    session.merge(InvitationList(round_id=round_.id, keeps_people=keeps))
    session.flush()


def forget_list(session: Session, round_: Round) -> None:
    """At closing: what was sent to whom goes; so do names, addresses and links, unless the list is kept for another round."""
    of_round = select(Mailing.id).where(Mailing.round_id == round_.id)
    session.execute(delete(Delivery).where(Delivery.mailing_id.in_(of_round)), execution_options={"synchronize_session": False})
    session.execute(delete(Mailing).where(Mailing.round_id == round_.id), execution_options={"synchronize_session": False})
    if not keeps_people(session, round_):
        for table in (Invitation, PersonalLink):
            session.execute(delete(table).where(table.round_id == round_.id), execution_options={"synchronize_session": False})


# The way out -----------------------------------------------------------------------------------------------------------


def opt_out(session: Session, round_: Round, token: str, keys: Path, secret: str) -> None:
    """Whoever has this personal link gets no more messages of the programme. Doing it again changes nothing."""
    one = invitation_of(session, round_, token, keys, secret)
    one.has_opted_out = True
    for address in (one.email, one.phone):
        if address:
            session.merge(OptOut(programme_id=round_.survey.programme_id, address_hash=_hash_of(round_, address, keys)))
    session.flush()


def invitation_of(session: Session, round_: Round, token: str, keys: Path, secret: str) -> Invitation:
    """The invitation that a personal link was made for: only the programme's key leads from one to the other."""
    link = find_personal_link(session, round_, token, secret)
    key = programme_key(keys, round_.survey.programme_id) if link else b""
    mine = (one for one in invitations_of(session, round_) if link and hash_of_invitation(key, one.invitee) == link.person_hash)
    found = next(mine, None)
    if found is None:
        raise LinkUnknown(token)
    return found


def _hash_of(round_: Round, address: str, keys: Path) -> str:
    key = programme_key(keys, round_.survey.programme_id)
    return hmac.new(key, f"opt out\x1f{address}".encode(), hashlib.sha256).hexdigest()


def _opted_out(session: Session, round_: Round, keys: Path) -> Callable[[str], bool]:
    """Tells whether an address wants no messages of this programme. With its key destroyed nobody is written to, or made out."""
    if round_.survey.programme.key_destroyed_on is not None:
        return lambda _address: False
    wanted = select(OptOut.address_hash).where(OptOut.programme_id == round_.survey.programme_id)
    hashes = set(session.scalars(wanted))
    return lambda address: bool(hashes) and _hash_of(round_, address, keys) in hashes


# Messages --------------------------------------------------------------------------------------------------------------


def letter_to(session: Session, one: Invitation, round_: Round, kind: Kind, desk: Desk) -> Letter:
    """A message with a new personal link in it; the links of earlier messages go on working."""
    token = make_personal_link(session, round_, one.invitee, desk.keys, desk.secret)
    programme = round_.survey.programme
    return Letter(
        kind,
        one.name,
        _in(round_.survey.title, one.language, programme.languages),
        _in(programme.name, one.language, programme.languages),
        desk.answer(token),
        desk.opt_out(token),
        desk.results,
        _closing(round_, one.language),
        programme.contact,
        programme.min_cell,
    )


def _in(words: dict[str, str], language: str, languages: Sequence[str]) -> str:
    return next((words[code] for code in (language, *languages) if words.get(code)), "")


def _closing(round_: Round, language: str) -> str:
    if round_.closes_at is None:
        return ""
    here = round_.closes_at.astimezone(ZoneInfo(round_.survey.programme.time_zone))
    return f"{format_date(here, 'long', locale(language))}, {format_time(here, 'short', locale=locale(language))}"


def write_text(session: Session, round_: Round, one: Invitation, kind: Kind, desk: Desk) -> str:
    """A message to paste, told this once: its link is not kept."""
    _refuse_closed(round_)
    one.has_text = True
    return letter_to(session, one, round_, kind, desk).text(desk.speaks(one.language))


def _refuse_closed(round_: Round) -> None:
    if problems := problems_of(round_):
        raise ProblemsFound(problems)


# Sending ---------------------------------------------------------------------------------------------------------------


def begin_mailing(session: Session, round_: Round, kind: Kind, person: Person | None, now: datetime) -> Mailing:
    """A new mailing to everybody on the list; one of this kind that is not finished goes on instead."""
    _refuse_closed(round_)
    before = mailings_of(session, round_)
    unfinished = next((one for one in before if one.kind == kind and progress(session, round_, one).waiting), None)
    if unfinished is not None:
        return unfinished
    made = Mailing(round_id=round_.id, number=len(before) + 1, kind=kind, begun_at=now, person_id=person.id if person else None)
    session.add(made)
    session.flush()
    return made


def progress(session: Session, round_: Round, mailing: Mailing, reason: str = "") -> Progress:
    """Where a mailing stands."""
    outcomes = Counter(one.outcome for one in deliveries_of(session, mailing).values())
    waiting = len(_waiting(session, round_, mailing))
    return Progress(outcomes["sent"], outcomes["failed"], outcomes["going"], waiting, reason)


def _waiting(session: Session, round_: Round, mailing: Mailing) -> list[UUID]:
    """Whom this mailing has not been sent to yet. An invitation is for those who have had none by e-mail."""
    done = set(deliveries_of(session, mailing))
    if mailing.kind == "invitation":
        for earlier in mailings_of(session, round_):
            done |= {
                id_ for id_, one in deliveries_of(session, earlier).items() if one.outcome != "failed" and earlier.kind == "invitation"
            }
    return [one.id for one in invitations_of(session, round_) if one.email and not one.has_opted_out and one.id not in done]


def try_again(session: Session, mailing: Mailing) -> None:
    """The messages that the mail server refused wait again. One of which nobody knows whether it left does not."""
    session.execute(delete(Delivery).where(Delivery.mailing_id == mailing.id, Delivery.outcome == "failed"))


def send_on(open_session: OpenSession, mailing_id: UUID, postman: Postman, desk: Desk, now: datetime) -> Progress:
    """Send a mailing to the next of those who wait for it, at most ``MOST_AT_ONCE``; no session is open while one is sent.

    Where the mail server cannot be reached it stops, and nobody is recorded as written to.
    """
    with open_session() as session:
        found = _mailing(session, mailing_id)
        next_ones = _waiting(session, found[1], found[0])[:MOST_AT_ONCE] if found else []
    reason = ""
    for invitation_id in next_ones:
        outcome = _send_one(open_session, mailing_id, invitation_id, postman, desk, now)
        if outcome and outcome.fate in ("unreachable", "unknown"):
            reason = outcome.reason
            break
    with open_session() as session:
        found = _mailing(session, mailing_id)
        return progress(session, found[1], found[0], reason) if found else Progress(0, 0, 0, 0)


def _mailing(session: Session, mailing_id: UUID) -> tuple[Mailing, Round] | None:
    """A mailing with its round; None when the round has closed, which deletes it."""
    mailing = session.get(Mailing, mailing_id)
    return (mailing, session.get_one(Round, mailing.round_id)) if mailing else None


def _send_one(
    open_session: OpenSession, mailing_id: UUID, invitation_id: UUID, postman: Postman, desk: Desk, now: datetime
) -> Outcome | None:
    """Write down that it goes, send it, write down what became of it. None when somebody else is sending it."""
    with open_session() as session:
        found, one = _mailing(session, mailing_id), session.get(Invitation, invitation_id)
        if found is None or one is None or one.email is None or one.has_opted_out or not _is_mine(session, mailing_id, invitation_id, now):
            return None
        kind: Kind = "reminder" if found[0].kind == "reminder" else "invitation"
        say, address, letter = desk.speaks(one.language), one.email, letter_to(session, one, found[1], kind, desk)
    outcome = postman.send(as_email(letter, address, postman.server.sender, say, now), address)
    with open_session() as session:
        _write_down(session, mailing_id, invitation_id, outcome)
    return outcome


def _is_mine(session: Session, mailing_id: UUID, invitation_id: UUID, now: datetime) -> bool:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"mailing_id": mailing_id, "invitation_id": invitation_id, "outcome": "going", "reason": "", "at": now}
    going = insert(Delivery).values(**row).on_conflict_do_nothing().returning(Delivery.mailing_id)
    return session.execute(going).first() is not None


def _write_down(session: Session, mailing_id: UUID, invitation_id: UUID, outcome: Outcome) -> None:
    there = session.get(Delivery, (mailing_id, invitation_id))
    if there is None:  # the round closed meanwhile
        return
    if outcome.fate == "unreachable":
        session.delete(there)
    elif outcome.fate != "unknown":
        there.outcome, there.reason = outcome.fate, outcome.reason
