"""Between a server and a laptop without internet: a programme is lent with its open rounds, their answers come home.

Ids travel with everything, so that a round is the same round in both places and an answer brought twice is stored once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Date, Uuid, inspect, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from forms.answers import read_answers, write_posted
from forms.messages import Message, Problem, Say, mark
from surveys import collecting
from surveys.authoring import definition_of
from surveys.errors import TupuyError
from surveys.linking import programme_key
from surveys.settings import make_private
from surveys.storage import Event, Form, FormVersion, Group, Programme, Promise, Record, Response, Round, Survey, Withdrawn, find_programme
from surveys.storage.base import Moment

#: What a programme is lent with, parents first. Nothing of a participant, and nothing of the staff, is among it.
LENT: tuple[type[Record], ...] = (Programme, Group, Event, Form, FormVersion, Survey, Promise, Round)
#: The laptop has looked at the hours of its round itself: what it took was begun in time.
BEGUN_IN_TIME = datetime.fromtimestamp(0, UTC)
Kind = TypeVar("Kind", bound=Record)


class Posted(dict[str, list[str]]):
    """Stored answers as a page would have sent them."""

    def getlist(self, name: str, /) -> list[str]:
        return self.get(name, [])


# Lending ---------------------------------------------------------------------------------------------------------------


def lend(session: Session, programme: Programme, keys: Path) -> dict[str, Any]:
    """The programme as a laptop needs it to collect: its groups, events, forms and the rounds that are not closed.

    The linking key goes along, unless it was destroyed, so that codes given in the room find the same person later.
    """
    surveys = list(programme.surveys)
    forms = {survey.form_id: survey.form for survey in surveys}
    rounds = [round_ for survey in surveys for round_ in survey.rounds if round_.closed_at is None]
    versions = {round_.version_id: round_.version for round_ in rounds} | {
        form.versions[-1].id: form.versions[-1] for form in forms.values()
    }
    promises = [survey.promise for survey in surveys]
    parts: tuple[Iterable[Record], ...] = (
        [programme],
        programme.groups,
        programme.events,
        forms.values(),
        versions.values(),
        surveys,
        promises,
        rounds,
    )
    lent = {model.__tablename__: [_document(one) for one in records] for model, records in zip(LENT, parts, strict=True)}
    key = "" if programme.key_destroyed_on else programme_key(keys, programme.id).hex()
    return {"what": "programme", "rows": lent, "key": key}


def borrow(session: Session, document: Mapping[str, Any], keys: Path, place: str) -> Programme:
    """Take a lent programme in; lent again, what is new comes along. Raises TupuyError when this is another one's name."""
    _refuse_unless("programme", document, place)
    rows = document["rows"]
    lent = UUID(rows[Programme.__tablename__][0]["id"])
    there = find_programme(session, rows[Programme.__tablename__][0]["slug"])
    if there is not None and there.id != lent:
        raise TupuyError(
            there.slug,
            Message(mark("Another programme of this name is here already.")),
            Message(mark("Take the lent one into an empty data folder: --data DIR.")),
        )
    for model in LENT:
        for row in rows[model.__tablename__]:
            record = _record(model, row)
            if session.get(model, inspect(model).primary_key_from_instance(record)) is None:
                session.add(record)
        session.flush()
    if document["key"]:
        make_private(keys / f"{lent}.key", document["key"])
    return session.get_one(Programme, lent)


def _document(record: Record) -> dict[str, Any]:
    return {column.key: _plain(getattr(record, column.key)) for column in inspect(type(record)).column_attrs}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value


def _record(model: type[Kind], document: Mapping[str, Any]) -> Kind:
    columns = inspect(model).columns
    return model(**{name: _typed(columns[name].type, value) for name, value in document.items() if name in columns})


def _typed(kind: TypeEngine[Any], value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if isinstance(kind, Moment):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return UUID(value) if isinstance(kind, Uuid) else value


# Sending home ----------------------------------------------------------------------------------------------------------


def pack(session: Session, rounds: Sequence[Round], secret: str) -> dict[str, Any]:
    """Every answer of these rounds with its receipt, and what was withdrawn, to be received by the server."""
    packed = [{"survey": one.survey.slug, "round": one.key, "answers": list(_answers(session, one, secret))} for one in rounds]
    return {"what": "answers", "rounds": packed, "withdrawn": [str(id_) for id_ in session.scalars(select(Withdrawn.id))]}


def _answers(session: Session, round_: Round, secret: str) -> Iterator[dict[str, Any]]:
    """In the order of their random ids, which tells nothing of when they came; of one code, what stands comes last, to stand again."""
    mine = select(Response).where(Response.round_id == round_.id)
    for one in session.scalars(mine.order_by(Response.is_superseded.desc(), Response.id)):
        names = ("id", "answered_on", "language", "channel", "group_key", "circle", "answers", "code_hashes")
        told = {name: _plain(getattr(one, name)) for name in names}
        version = session.get_one(FormVersion, one.version_id)
        yield {**told, "version": version.digest, "receipt": collecting.receipt_code(secret, one.id)}


# Receiving -------------------------------------------------------------------------------------------------------------


@dataclass
class Received:
    """What came of a file: answers stored now, those that were here already, those that could not be taken."""

    stored: int = 0
    repeated: int = 0
    late: int = 0
    withdrawn: int = 0
    problems: list[Problem] = field(default_factory=list)

    def said(self, say: Say) -> str:
        told = [
            say.many("%(count)s answer stored.", "%(count)s answers stored.", self.stored),
            say.many("%(count)s was here already.", "%(count)s were here already.", self.repeated),
        ]
        if self.late:
            waiting = say.many(
                "%(count)s came after the round was closed and waits.", "%(count)s came after the round was closed and wait.", self.late
            )
            told.append(waiting)
        return " ".join(told)


def receive(session: Session, document: Mapping[str, Any], now: datetime, secret: str, place: str) -> Received:
    """Store what a laptop collected, each answer once and read anew by its form; tell what could not be taken."""
    _refuse_unless("answers", document, place)
    done = Received()
    for packed in document["rounds"]:
        round_ = _round_of(session, packed)
        if round_ is None:
            done.problems.append(_unknown_round(packed))
            continue
        versions = {version.digest: version for version in round_.survey.form.versions}
        for number, one in enumerate(packed["answers"], start=1):
            _receive(session, round_, versions.get(one["version"]), one, (now, secret, f"{packed['round']}:{number}"), done)
    done.withdrawn = _forget(session, map(UUID, document["withdrawn"]))
    return done


def _round_of(session: Session, packed: Mapping[str, Any]) -> Round | None:
    wanted = select(Round).join(Survey).where(Survey.slug == packed["survey"], Round.key == packed["round"])
    return session.scalar(wanted)


def _receive(
    session: Session, round_: Round, version: FormVersion | None, one: Mapping[str, Any], how: tuple[datetime, str, str], done: Received
) -> None:
    now, secret, place = how
    try:
        if version is None:
            raise _version_unknown(place)
        taken = _take(session, round_, version, one, now, secret)
    except TupuyError as fault:
        done.problems += [Problem(place, problem.fault, problem.remedy) for problem in fault.problems]
        return
    done.repeated += taken.is_repeat
    done.stored += not taken.is_repeat
    done.late += taken.is_late and not taken.is_repeat


def _take(session: Session, round_: Round, version: FormVersion, one: Mapping[str, Any], now: datetime, secret: str) -> collecting.Receipt:
    """Read the answers by their form as any others, and store them under their own id, day and receipt."""
    definition, day = definition_of(version), date.fromisoformat(one["answered_on"])
    reserved = {name: one[column] for name, column in (("group", "group_key"), ("circle", "circle")) if one[column] is not None}
    sent = read_answers(definition, Posted(write_posted(definition, {**one["answers"], **reserved})), one["language"], day)
    response_id = UUID(one["id"])
    taken = collecting.take_response(
        session,
        round_,
        response_id,
        one["language"],
        sent,
        now,
        one["channel"],
        secret=secret,
        page_mark=collecting.make_page_mark(round_, secret, BEGUN_IN_TIME),
        code_hashes=one["code_hashes"] or [],
    )
    if not taken.is_repeat:
        collecting.mark_carried(session, round_, response_id, version, day, one["receipt"], secret)
    return taken


def _forget(session: Session, ids: Iterable[UUID]) -> int:
    """Withdrawn on the laptop: gone here too, unless a figure counts it already; never stored again."""
    count = 0
    for id_ in ids:
        there = session.get(Response, id_)
        if there is not None and there.snapshot is None:
            session.delete(there)
        if session.get(Withdrawn, id_) is None:
            session.add(Withdrawn(id=id_))
            count += 1
    session.flush()
    return count


def _refuse_unless(what: str, document: Any, place: str) -> None:
    if not isinstance(document, dict) or document.get("what") != what:
        raise TupuyError(
            place,
            Message(mark("This file carries something else.")),
            Message(mark("A programme is taken in with “programme borrow”, answers with “answers receive”.")),
        )


def _unknown_round(packed: Mapping[str, Any]) -> Problem:
    fault = Message(mark("There is no round %(round)s of %(survey)s here."), {"round": packed["round"], "survey": packed["survey"]})
    return Problem(packed["survey"], fault, Message(mark("Receive the file on the server that lent the programme.")))


def _version_unknown(place: str) -> TupuyError:
    fault = Message(mark("These answers were given to a version of the form that is not here."))
    return TupuyError(place, fault, Message(mark("Receive the file on the server that lent the programme.")))
