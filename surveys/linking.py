"""Who is the same person, without knowing who: keyed hashes of participants' own codes, and links between rounds.

The key is random, one file per programme, outside the data folder; deleting it destroys what could test a guess
(privacy.md d). Codes are hashed as they arrive and never written or logged.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import select
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


def _hash(key: bytes, *parts: str) -> str:
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def link_round(session: Session, round_: Round) -> None:
    """Give a random person id to every response of the round that carries a code and has none yet.

    The same full hash in another round of the programme is the same person. Else one element may differ: exactly one
    open candidate shares a leave-one-out hash of the same index, and is the candidate of nobody else. Whoever is not
    linked is a new person. Earlier responses are not touched.
    """
    responses = session.scalars(select(Response).where(Response.round_id == round_.id).order_by(Response.id)).all()
    open_ = [r for r in responses if r.code_hashes and r.person is None and not r.is_superseded]
    taken = {r.person for r in responses if r.person is not None}
    others = _known(session, round_)
    for position in (slice(0, 1), slice(1, None)):
        pairs = _mutual(open_, others, position, taken)
        for response, person in pairs:
            response.person = person
        taken |= {person for _, person in pairs}
        open_ = [response for response in open_ if response.person is None]
    for response in open_:
        response.person = uuid4()


def _known(session: Session, round_: Round) -> dict[tuple[int, str], set[UUID]]:
    """Persons of the programme's other rounds by (index, hash)."""
    programme_id = round_.survey.programme_id
    query = (
        select(Response.person, Response.code_hashes)
        .join(Round, Response.round_id == Round.id)
        .join(Survey, Round.survey_id == Survey.id)
        .where(Survey.programme_id == programme_id, Round.id != round_.id, Response.person.is_not(None))
    )
    known: dict[tuple[int, str], set[UUID]] = defaultdict(set)
    for person, hashes in session.execute(query):
        for index, hashed in enumerate(hashes or ()):
            known[index, hashed] |= {person} if person else set()
    return known


def _mutual(
    responses: Iterable[Response], known: Mapping[tuple[int, str], set[UUID]], position: slice, taken: set[UUID]
) -> list[tuple[Response, UUID]]:
    """Pairs in which the response has one candidate and the candidate has one response."""
    wanted: dict[UUID, list[Response]] = defaultdict(list)
    single: list[tuple[Response, UUID]] = []
    for response in responses:
        keys = list(enumerate(response.code_hashes or ()))[position]
        candidates = {person for key in keys for person in known.get(key, ())} - taken
        for person in candidates:
            wanted[person].append(response)
        if len(candidates) == 1:
            single.append((response, candidates.pop()))
    return [(response, person) for response, person in single if len(wanted[person]) == 1]
