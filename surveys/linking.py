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
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from surveys.settings import make_private, read_private
from surveys.storage import Response, Round, Survey


def programme_key(folder: Path, programme_id: UUID) -> bytes:
    """The 256-bit key of a programme: drawn at random when first needed, in a file that only its owner reads."""
    path = folder / f"{programme_id}.key"
    return bytes.fromhex(read_private(path) or make_private(path, secrets.token_hex(32)))


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
