"""Who is the same person, without knowing who: keyed hashes of participants' own codes, and links between rounds.

The key is random, one file per programme, outside the data folder; deleting it destroys what could test a guess
(privacy.md d). Codes are hashed as they arrive and never written or logged.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, func, null, select, update
from sqlalchemy.orm import Session, aliased

from forms.messages import Message, mark
from surveys.errors import SettingWrong
from surveys.settings import make_private, read_private
from surveys.storage import PaperBatch, PaperEntry, PaperSheet, PersonalAnswer, PersonalLink, Programme, Promise, Response, Round, Survey

# Keys ------------------------------------------------------------------------------------------------------------------


def programme_key(folder: Path, programme_id: UUID) -> bytes:
    """The 256-bit key of a programme: drawn at random when first needed, in a file that only its owner reads."""
    path = _key_file(folder, programme_id)
    return bytes.fromhex(read_private(path) or make_private(path, secrets.token_hex(32)))


def has_key(folder: Path, programme_id: UUID) -> bool:
    """Whether a key lies there: one has been needed, and it was not destroyed."""
    return _key_file(folder, programme_id).exists()


def _key_file(folder: Path, programme_id: UUID) -> Path:
    return folder / f"{programme_id}.key"


def forget_codes(session: Session, programme: Programme, today: date) -> None:
    """Blank all that a key could test: hashes of codes and personal links. Linked persons stay. Doing it again changes nothing.

    From its commit on no code of this programme is kept; ``erase_key`` then takes the key itself away. An answer that is
    being stored is waited for.
    """
    session.execute(select(Promise).join(Survey).where(Survey.programme_id == programme.id).with_for_update(of=Promise))
    rounds = select(Round.id).join(Survey).where(Survey.programme_id == programme.id)
    blank = update(Response).where(Response.round_id.in_(rounds), Response.code_hash.is_not(None))
    session.execute(blank.values(code_hash=null(), code_hashes=null()), execution_options={"synchronize_session": False})
    sheets = select(PaperSheet.id).join(PaperBatch).where(PaperBatch.round_id.in_(rounds))
    typed = update(PaperEntry).where(PaperEntry.sheet_id.in_(sheets)).values(code_alone=null(), code_hashes=null())
    session.execute(typed, execution_options={"synchronize_session": False})
    for table in (PersonalLink, PersonalAnswer):
        session.execute(delete(table).where(table.round_id.in_(rounds)), execution_options={"synchronize_session": False})
    session.refresh(programme, ["key_destroyed_on"])
    programme.key_destroyed_on = programme.key_destroyed_on or today
    session.flush()
    session.expire_all()


def erase_key(folder: Path, programme_id: UUID) -> bool:
    """Delete the file of a programme's key; whether there was one. Raises SettingWrong when it cannot be deleted."""
    path = _key_file(folder, programme_id)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as fault:
        words = Message(mark("The key cannot be deleted: %(fault)s."), {"fault": fault.strerror or str(fault)})
        raise SettingWrong(str(path), words, Message(mark("Delete this file by hand. Nothing needs it any more."))) from fault
    return True


# Codes -----------------------------------------------------------------------------------------------------------------


def normalised(words: str) -> str:
    """Trimmed, case-folded, accents stripped; ñ stays a letter of its own.

    >>> normalised("  Óscar "), normalised("Ñ"), normalised("07")
    ('oscar', 'ñ', '07')
    """
    letters = unicodedata.normalize("NFC", " ".join(words.split())).casefold()
    return "".join(letter if letter == "ñ" else _without_accent(letter) for letter in letters)


def _without_accent(letter: str) -> str:
    return "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))


def hashes_of_code(key: bytes, code: str) -> list[str]:
    """One keyed hash of a whole code (a printed card, a CSV's respondent_code), trimmed and case-folded, without group."""
    return [_hash(key, "code", " ".join(code.split()).casefold())]


def hashes_of_elements(key: bytes, group: str | None, elements: Mapping[str, str]) -> list[str]:
    """The keyed hash of all elements with the group, then one for each element left out (privacy.md d)."""
    parts = [f"{name}={normalised(elements[name])}" for name in sorted(elements)]
    labelled = f"group={group or ''}"
    without = [_hash(key, f"without {i}", labelled, *parts[:i], *parts[i + 1 :]) for i in range(len(parts))]
    return [_hash(key, "full", labelled, *parts), *without]


def hash_of_invitation(key: bytes, invitation_id: UUID) -> str:
    """The keyed hash by which the answers of one invited person are linked: only the key leads from one to the other."""
    return _hash(key, "invitation", str(invitation_id))


def hash_of_token(secret: str, round_id: UUID, token: str) -> str:
    """The keyed hash of the token of a personal link; the token itself is never kept."""
    return _hash(secret.encode(), "personal link", str(round_id), token)


def _hash(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


# Linking ---------------------------------------------------------------------------------------------------------------


class Coded(NamedTuple):
    """What linking reads of a response that carries a code."""

    id: UUID
    person: UUID | None
    is_superseded: bool
    code_hash: str
    code_hashes: list[str]


def link_round(session: Session, round_: Round) -> None:
    """Give a random person id to every response of the round that carries a code and has none yet.

    The same full hash in another round of the programme is the same person. Else one element may differ: exactly one
    open candidate shares a leave-one-out hash of the same index, and is the candidate of nobody else. Whoever is not
    linked is a new person. Earlier responses are not touched.
    """
    wanted = select(*(getattr(Response, name) for name in Coded._fields)).where(Response.code_hash.is_not(None))
    responses = [Coded(*row) for row in session.execute(wanted.where(Response.round_id == round_.id).order_by(Response.id))]
    open_ = [response for response in responses if response.person is None and not response.is_superseded]
    taken = {response.person for response in responses if response.person is not None}
    found: dict[UUID, UUID] = {}
    for hashes_of in (_whole, _leaving_one_out):
        asked = [(response.id, hashes) for response in open_ if response.id not in found and (hashes := hashes_of(response))]
        pairs = _mutual(asked, _known(session, round_, hashes_of), taken) if asked else []
        found.update(pairs)
        taken |= {person for _, person in pairs}
    if open_:
        rows = [{"id": response.id, "person": found.get(response.id) or uuid4()} for response in open_]
        session.execute(update(Response), rows)


Hashed = tuple[int, str]  # a hash with its place in the list


def _whole(response: Coded) -> list[Hashed]:
    return [(0, response.code_hash)]


def _leaving_one_out(response: Coded) -> list[Hashed]:
    return list(enumerate(response.code_hashes))[1:]


def _known(session: Session, round_: Round, hashes_of: Callable[[Coded], list[Hashed]]) -> dict[Hashed, set[UUID]]:
    """Persons of the programme's other rounds by hash."""
    query = (
        select(*(getattr(Response, name) for name in Coded._fields))
        .join(Round, Response.round_id == Round.id)
        .join(Survey, Round.survey_id == Survey.id)
        .where(Survey.programme_id == round_.survey.programme_id, Round.id != round_.id, Response.person.is_not(None))
    )
    known: dict[Hashed, set[UUID]] = defaultdict(set)
    for row in session.execute(query):
        response = Coded(*row)
        for hashed in hashes_of(response):
            known[hashed] |= {response.person} if response.person else set()
    return known


def _mutual(asked: Iterable[tuple[UUID, list[Hashed]]], known: Mapping[Hashed, set[UUID]], taken: set[UUID]) -> list[tuple[UUID, UUID]]:
    """(response, person) in which the response has one candidate and the candidate has one response."""
    wanted: Counter[UUID] = Counter()
    single: list[tuple[UUID, UUID]] = []
    for response, hashes in asked:
        candidates = {person for hashed in hashes for person in known.get(hashed, ())} - taken
        wanted.update(candidates)
        if len(candidates) == 1:
            single.append((response, candidates.pop()))
    return [(response, person) for response, person in single if wanted[person] == 1]


# What may be told ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matches:
    """How many of a round's answers with a code belong to somebody of an earlier round.

    ``share`` 0 to 1, in tenths below 20 answers; ``is_most``: nine in ten or more, and no finer. None where telling it
    would be about fewer than k people (privacy.md D7, D10). ``count``: answers with a code, in steps of k.
    """

    count: int
    share: float | None = None
    is_most: bool = False


#: A percentage is told of at least so many answers, and in tenths below twice as many (privacy.md D7).
LEAST_FOR_A_SHARE = 10


def matches_of(session: Session, round_: Round, k: int) -> Matches | None:
    """The match rate of a closed round, as far as it may be told; None while it is open and where it has no earlier round."""
    if round_.closed_at is None or not _has_earlier(session, round_):
        return None
    mine = (Response.round_id == round_.id, Response.person.is_not(None), Response.snapshot.is_not(None), Response.is_superseded.is_(False))
    other = aliased(Response)
    before = exists().where(other.person == Response.person, other.round_id.in_(_earlier(round_)))
    coded = session.scalar(select(func.count()).where(*mine)) or 0
    linked = session.scalar(select(func.count()).select_from(Response).where(*mine, before)) or 0
    return shown(coded, linked, k)


def shown(coded: int, linked: int, k: int) -> Matches:
    """What may be told of so many linked answers among those with a code.

    >>> shown(40, 30, 5).share, shown(14, 9, 5).share, shown(60, 60, 5).is_most, shown(14, 9, 5).count
    (0.75, 0.6, True, 10)
    >>> shown(40, 38, 5) == shown(40, 2, 5) == Matches(40)
    True
    """
    told = Matches(coded - coded % k)
    if coded < max(k, LEAST_FOR_A_SHARE) or linked < k or 0 < coded - linked < k:
        return told
    share = linked / coded
    if share >= 0.9:
        return Matches(told.count, is_most=True)
    return Matches(told.count, round(share, 1 if coded < 2 * LEAST_FOR_A_SHARE else 2))


def _earlier(round_: Round) -> Any:
    """Closed rounds of the programme before this one."""
    before = select(Round.id).join(Survey).where(Survey.programme_id == round_.survey.programme_id, Round.id != round_.id)
    return before.where(Round.closed_at.is_not(None), Round.on < round_.on)


def _has_earlier(session: Session, round_: Round) -> bool:
    coded = select(Response.id).where(Response.person.is_not(None), Response.round_id.in_(_earlier(round_)))
    return session.scalar(coded.limit(1)) is not None
