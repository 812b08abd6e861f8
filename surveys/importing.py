"""Past answers of a CSV file are stored once, and their rounds closed (docs/answers-csv.md).

``prepare`` reads and checks a file without changing anything, ``store`` writes what it found valid, and
``import_answers`` does both. What is invalid is told and never stored: no value is clipped, rounded or guessed.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from forms.messages import Message, Say, mark, mark_many
from surveys import authoring, linking, sealing
from surveys.answers_file import Asked, Draft, Fault, Rows, Table, group_words, read_table
from surveys.promising import follow_codes, keeps_codes
from surveys.reporting import record_statuses
from surveys.storage import Response, Round, Survey, Withdrawn

#: How many ids one query asks for.
AT_ONCE = 500


@dataclass(frozen=True)
class Ready:
    """One valid row as it will be stored: ``content`` are columns of Response, ``moment`` only orders."""

    row: int
    response_id: str
    round: str
    moment: datetime
    is_empty: bool
    id: UUID
    content: Mapping[str, Any]


@dataclass
class Prepared:
    """What a file holds: valid rows and every fault. ``repeated`` counts rows that stand twice in the file."""

    name: str
    ready: list[Ready] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    row_count: int = 0
    repeated: int = 0


@dataclass
class Imported:
    """What an import did: numbers of rows, keys of rounds, and every fault in the order of the file."""

    rows: int = 0
    stored: int = 0
    already: int = 0
    withdrawn: int = 0
    late: int = 0
    superseded: list[int] = field(default_factory=list)  # rows of the file whose answers another one of the same code replaces
    replaced: int = 0  # answers stored earlier that this file's replace
    rounds_made: list[str] = field(default_factory=list)
    rounds_closed: list[str] = field(default_factory=list)
    rounds_open: list[str] = field(default_factory=list)
    problems: list[Fault] = field(default_factory=list)
    is_refused: bool = False  # nothing was stored because something was invalid

    @property
    def rejected(self) -> int:
        return len({problem.row for problem in self.problems})

    def document(self, say: Say) -> dict[str, Any]:
        """The same as plain data, faults in the reader's language."""
        kept = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "problems"}
        return {**kept, "rejected": self.rejected, "problems": [problem.document(say) for problem in self.problems]}

    def said(self, say: Say) -> str:
        """What happened, one sentence a line."""
        told = [say("Nothing was stored: with --strict every cell must be valid.")] if self.is_refused else []
        told += [say.many(*counted, number) for counted, number in self._numbers() if number]
        rows = ", ".join(map(str, self.superseded))
        told += [say("Rows set aside because the same code answered again in the round: %(rows)s.", rows=rows)] if rows else []
        told += [say(words, names=", ".join(keys)) for words, keys in self._rounds() if keys]
        return "\n".join(told)

    def _numbers(self) -> list[tuple[tuple[str, str], int]]:
        return [
            (mark_many("%(count)s answer stored.", "%(count)s answers stored."), self.stored),
            (mark_many("%(count)s answer was there already.", "%(count)s answers were there already."), self.already),
            (mark_many("%(count)s row rejected.", "%(count)s rows rejected."), self.rejected),
            (
                (
                    mark_many(
                        "%(count)s answer was withdrawn and is not stored again.",
                        "%(count)s answers were withdrawn and are not stored again.",
                    )
                ),
                self.withdrawn,
            ),
            ((mark_many("%(count)s earlier answer replaced.", "%(count)s earlier answers replaced.")), self.replaced),
            (
                mark_many(
                    "%(count)s answer arrived after its round closed; late answers count once there are enough of them.",
                    "%(count)s answers arrived after their round closed; late answers count once there are enough of them.",
                ),
                self.late,
            ),
        ]

    def _rounds(self) -> list[tuple[str, list[str]]]:
        return [
            (mark("Rounds made: %(names)s."), self.rounds_made),
            (mark("Rounds closed: %(names)s."), self.rounds_closed),
            (mark("Rounds that stay open: %(names)s."), self.rounds_open),
        ]


def import_answers(
    session: Session,
    survey: Survey,
    content: bytes,
    keys: Path,
    now: datetime,
    name: str = "answers.csv",
    is_strict: bool = False,
    keeps_open: bool = False,
) -> Imported:
    """Store the valid rows of a CSV file once (with ``is_strict`` none unless all are valid) and close their rounds.

    ``keys`` is the folder of the programme's linking key. Raises ProblemsFound when the file or its first line cannot
    be read at all; nothing is stored then.
    """
    prepared = prepare(survey, content, keys, name)
    return store(session, survey, prepared, now, is_strict, keeps_open)


# Reading


def prepare(survey: Survey, content: bytes, keys: Path, name: str = "answers.csv") -> Prepared:
    """Every valid row of a file, and every fault; changes nothing."""
    return prepare_table(survey, read_table(content, name), keys)


def prepare_table(survey: Survey, table: Table, keys: Path) -> Prepared:
    """Every valid row of a table whose columns have our names, and every fault; changes nothing."""
    asked = {version.id: Asked(authoring.definition_of(version)) for version in survey.form.versions}
    latest = asked[survey.form.versions[-1].id]
    rows = Rows(table, {round_.key: asked[round_.version_id] for round_ in survey.rounds}, latest, _group_words(survey))
    hashed = _Hashes(survey, keys)
    kept, refused = _parted(rows.drafts(), keeps_codes(survey))
    ready = [_ready(survey, draft, hashed) for draft in kept]
    faults = [*rows.faults, *(_code_not_kept(table.name, draft) for draft in refused)]
    prepared = Prepared(table.name, faults=faults, row_count=len(table.rows) + len(table.faults))
    _keep_first(prepared, ready)
    return prepared


def _parted(drafts: Iterable[Draft], keeps_codes: bool) -> tuple[list[Draft], list[Draft]]:
    """The rows that may be stored, and those with a code that the survey promised not to keep."""
    found = list(drafts)
    refused = [draft for draft in found if draft.code and not keeps_codes]
    return [draft for draft in found if not draft.code or keeps_codes], refused


def _code_not_kept(name: str, draft: Draft) -> Fault:
    fault = Message(mark("The row has a code, and this survey keeps none."))
    remedy = Message(mark("Empty the column respondent_code: these answers cannot be followed from one round to the next."))
    return Fault(name, fault, remedy, row=draft.row)


def _group_words(survey: Survey) -> dict[str, str]:
    return group_words((group.key, group.name.values()) for group in survey.programme.groups)


class _Hashes:
    """Keyed hashes of respondent codes; the key is read, or made, only when the first code is met."""

    def __init__(self, survey: Survey, keys: Path) -> None:
        self.programme_id, self.keys = survey.programme_id, keys
        self.key: bytes | None = None

    def of(self, code: str) -> list[str] | None:
        if not code:
            return None
        self.key = self.key or linking.programme_key(self.keys, self.programme_id)
        return linking.hashes_of_code(self.key, code)


def _ready(survey: Survey, draft: Draft, hashed: _Hashes) -> Ready:
    hashes = hashed.of(draft.code)
    content = {
        "answered_on": draft.on,
        "language": draft.language,
        "group_key": draft.group,
        "circle": draft.circle,
        "answers": draft.answers,
        "code_hash": hashes[0] if hashes else None,
        "code_hashes": hashes,
    }
    content["digest"] = _digest(draft.round, content)
    response_id = id_of(survey, draft.response_id)
    return Ready(draft.row, draft.response_id, draft.round, draft.moment, draft.is_empty, response_id, content)


def id_of(survey: Survey, response_id: str) -> UUID:
    """The UUID under which a response is stored: a random one (version 4) as it is, any other name always to the same.

    Another name, or a UUID that would tell a time or a device, becomes the UUID5 of the survey's id and the name, with
    the version that the schema asks for: the same name of the same survey is the same response, in whatever order.
    """
    try:
        given = UUID(response_id)
    except ValueError:
        given = None
    if given is not None and given.version == 4:
        return given
    return UUID(bytes=uuid5(survey.id, response_id).bytes, version=4)


def _digest(round_key: str, content: Mapping[str, Any]) -> str:
    """SHA-256 of what the row says, in whichever words or order it says it."""
    said = json.dumps(
        [round_key, {name: str(value) if isinstance(value, date) else value for name, value in content.items()}], sort_keys=True
    )
    return hashlib.sha256(said.encode()).hexdigest()


def _keep_first(prepared: Prepared, ready: Iterable[Ready]) -> None:
    """Of rows with one response_id the first stays; a later one that says something else is a fault."""
    first: dict[UUID, Ready] = {}
    for one in ready:
        known = first.setdefault(one.id, one)
        if known is one:
            prepared.ready.append(one)
        elif known.content["digest"] == one.content["digest"]:
            prepared.repeated += 1
        else:
            fault = Message(mark("Row %(row)s has the same response_id and says something else."), {"row": known.row})
            prepared.faults.append(_of_response(prepared.name, one, fault, Message(mark("Give each response an id of its own."))))


def _of_response(name: str, one: Ready, fault: Message, remedy: Message) -> Fault:
    return Fault(name, fault, remedy, row=one.row, column="response_id", value=one.response_id)


# Storing


def store(
    session: Session, survey: Survey, prepared: Prepared, now: datetime, is_strict: bool = False, keeps_open: bool = False
) -> Imported:
    """Write what ``prepare`` found valid, close the rounds and store their statuses."""
    done = Imported(rows=prepared.row_count, already=prepared.repeated)
    fresh = _fresh(session, survey, prepared, done)
    done.problems = sorted(prepared.faults, key=lambda fault: fault.row)
    done.is_refused = is_strict and bool(done.problems)
    if done.is_refused:
        return done
    rounds = _rounds(session, survey, fresh, done)
    follow_codes(survey.promise, any(one.content["code_hash"] for one in fresh))
    superseded = _supersede(session, rounds, fresh, done)
    _insert(session, rounds, fresh, superseded)
    done.stored = len(fresh)
    touched = [round_ for round_ in sorted(survey.rounds, key=_by_date) if round_.key in {one.round for one in prepared.ready}]
    _close(session, touched, [one for one in fresh if one.id not in superseded], now, keeps_open, done)
    record_statuses(session, survey.programme, now.date())
    return done


def _by_date(round_: Round) -> tuple[date, str]:
    return round_.on, round_.key


def _fresh(session: Session, survey: Survey, prepared: Prepared, done: Imported) -> list[Ready]:
    """The rows that are not stored yet; those stored with other content are faults."""
    ids = [one.id for one in prepared.ready]
    there = {id_: (round_id, digest) for part in _parts(ids) for id_, round_id, digest in _stored(session, part)}
    gone = {id_ for part in _parts(ids) for id_ in session.scalars(select(Withdrawn.id).where(Withdrawn.id.in_(part)))}
    fresh = []
    for one in prepared.ready:
        if one.id in gone:
            done.withdrawn += 1
        elif one.id not in there:
            fresh.append(one)
        elif _is_same(session, survey, one, *there[one.id]):
            done.already += 1
        else:
            fault = Message(mark("This response is stored already and says something else."))
            remedy = Message(mark("What was stored stays. Give a different response an id of its own."))
            prepared.faults.append(_of_response(prepared.name, one, fault, remedy))
    return fresh


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _stored(session: Session, ids: Sequence[UUID]) -> Iterable[Any]:
    return session.execute(select(Response.id, Response.round_id, Response.digest).where(Response.id.in_(ids)))


def _is_same(session: Session, survey: Survey, one: Ready, round_id: UUID, digest: str) -> bool:
    """Whether what is stored under the id is this row: by digest, or by content where another way in stored it."""
    if digest == one.content["digest"]:
        return True
    there = session.get_one(Response, one.id)
    key = next((round_.key for round_ in survey.rounds if round_.id == round_id), None)
    told = ("group_key", "circle", "answers")
    return key == one.round and all(getattr(there, name) == one.content[name] for name in told)


def _rounds(session: Session, survey: Survey, fresh: Sequence[Ready], done: Imported) -> dict[str, Round]:
    """The rounds of the rows by key; one that is not there is made, on the first date of its rows."""
    rounds = {round_.key: round_ for round_ in survey.rounds}
    first: dict[str, date] = {}
    for one in fresh:
        if one.round not in rounds:
            first[one.round] = min(one.content["answered_on"], first.get(one.round, date.max))
    for key, on in sorted(first.items(), key=lambda pair: (pair[1], pair[0])):
        rounds[key] = authoring.open_round(session, survey, key=key, on=on)
        done.rounds_made.append(key)
    return rounds


def _supersede(session: Session, rounds: Mapping[str, Round], fresh: Sequence[Ready], done: Imported) -> set[UUID]:
    """Of several answers with one code in a round the last that says something stands (measures b.1).

    The order is that of the dates, with their time where the file has one, then of the rows; what was stored before
    has a day only and comes first on it. An answer that a snapshot counts already stays, and late ones of its code do
    not count. Returns the ids of the new ones to set aside; stored ones are marked here.
    """
    by_code: dict[tuple[str, str], list[Ready]] = defaultdict(list)
    for one in fresh:
        if one.content["code_hash"]:
            by_code[one.round, one.content["code_hash"]].append(one)
    stored = _stored_of_codes(session, rounds, {key for key, _code in by_code})
    aside: set[UUID] = set()
    for (key, code), ones in by_code.items():
        aside |= _losers(ones, stored.get((key, code), []))
    replaced = [id_ for known in stored.values() for id_, *_rest in known if id_ in aside]
    for part in _parts(replaced):
        session.execute(update(Response).where(Response.id.in_(part)).values(is_superseded=True))
    done.replaced = len(replaced)
    done.superseded = [one.row for one in fresh if one.id in aside]
    return aside


Stored = tuple[UUID, datetime, bool, bool]  # id, start of its day, is empty, is counted by a snapshot


def _stored_of_codes(session: Session, rounds: Mapping[str, Round], keys: Iterable[str]) -> dict[tuple[str, str], list[Stored]]:
    """Stored answers with a code, not set aside, by (round key, hash of the code)."""
    key_of = {rounds[key].id: key for key in keys}
    wanted = select(Response.id, Response.round_id, Response.code_hash, Response.answered_on, Response.answers, Response.snapshot).where(
        Response.round_id.in_(key_of), Response.code_hash.is_not(None), Response.is_superseded.is_(False)
    )
    found: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for id_, round_id, code, on, answers, snapshot in session.execute(wanted):
        is_empty = all(name.endswith(":why") for name in answers)
        found[key_of[round_id], code].append((id_, datetime.combine(on, time.min, UTC), is_empty, snapshot is not None))
    return found


def _losers(ones: Sequence[Ready], stored: Sequence[Stored]) -> set[UUID]:
    if any(is_counted for *_rest, is_counted in stored):
        return {one.id for one in ones}
    known = [(moment, -1, is_empty, id_) for id_, moment, is_empty, _is_counted in stored]
    order = sorted([*known, *((one.moment, one.row, one.is_empty, one.id) for one in ones)], key=lambda told: told[:2])
    standing = next((told for told in reversed(order) if not told[2]), order[-1])
    return {told[3] for told in order if told is not standing}


def _insert(session: Session, rounds: Mapping[str, Round], fresh: Sequence[Ready], superseded: set[UUID]) -> None:
    """One insert of many rows; a missing code is NULL and not a document that says null."""
    for has_code in (True, False):
        rows = [
            {
                **{name: value for name, value in one.content.items() if value is not None},
                "id": one.id,
                "round_id": rounds[one.round].id,
                "version_id": rounds[one.round].version_id,
                "channel": "import",
                "group_key": one.content["group_key"],
                "circle": one.content["circle"],
                "is_superseded": one.id in superseded,
            }
            for one in fresh
            if bool(one.content["code_hash"]) is has_code
        ]
        if rows:
            session.execute(insert(Response), rows)


def _close(session: Session, rounds: Sequence[Round], fresh: Sequence[Ready], now: datetime, keeps_open: bool, done: Imported) -> None:
    """Close the rounds that the file fills; late answers of closed ones wait until there are enough (privacy D5).

    A round that people can still answer by its own plan, or have answered on the web, is left to its staff.
    """
    late: dict[str, int] = defaultdict(int)
    for one in fresh:
        late[one.round] += 1
    for round_ in rounds:
        if round_.closed_at is not None:
            taken = late[round_.key] and sealing.take_in_late(session, round_, round_.survey.programme.min_cell)
            done.late += 0 if taken else late[round_.key]
        elif keeps_open or _is_live(session, round_, now):
            done.rounds_open.append(round_.key)
        else:
            sealing.close_round(session, round_, now)
            done.rounds_closed.append(round_.key)


def _is_live(session: Session, round_: Round, now: datetime) -> bool:
    if round_.closes_at is not None and now < round_.closes_at:
        return True
    others = select(Response.id).where(Response.round_id == round_.id, Response.channel != "import").limit(1)
    return round_.closes_at is None and session.scalar(others) is not None
