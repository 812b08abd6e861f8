"""Links that invite: short, random, easy to read aloud and to type; personal ones, for confidential surveys; shorter codes for
the wall of a room; QR codes."""

from __future__ import annotations

import secrets
from io import BytesIO
from pathlib import Path
from uuid import UUID

import segno
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forms.messages import Message, Problem, mark
from surveys.errors import LinkUnknown, ProblemsFound
from surveys.linking import hash_of_invitation, hash_of_token, programme_key
from surveys.promising import is_key_destroyed
from surveys.storage import PersonalAnswer, PersonalLink, Round, ShortCode, find_code, find_round_of_code, retire_codes

#: Lower-case letters and digits without look-alikes (no i, l, o, 0, 1).
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 10
#: Letters of a short code: no vowels, so that it is never a word; no l, which looks like 1; no v, which sounds like b.
CODE_LETTERS = "bcdfghjkmnpqrstwxyz"
CODE_LENGTH = 6
#: Light modules around a QR code: four, as the standard asks.
QUIET_ZONE = 4
#: How a code is drawn: black on white whatever the theme, as large as its place.
DRAWN = {"border": QUIET_ZONE, "dark": "#000", "light": "#fff", "omitsize": True, "svgclass": None, "lineclass": None}
#: A personal link is sent, never typed: about 99 bits.
TOKEN_LENGTH = 20


def make_link(length: int = LENGTH) -> str:
    """A new random link: 31 letters to the power of ten, about 50 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def tidied(link: str) -> str:
    """A link as somebody typed or pasted it, without what messengers and keyboards add.

    >>> tidied(" K7mP-4t2qaa. ")
    'k7mp4t2qaa'
    """
    return "".join(letter for letter in link.casefold() if letter.isalnum())[:64]


# Short codes and QR codes --------------------------------------------------------------------------------------------


def code_typed(words: str) -> str:
    """A short code as it is kept, however it was typed; "" where it cannot be one. A v was heard for a b.

    >>> code_typed(" KMP-vtx. "), code_typed("rounds"), code_typed("kmp")
    ('kmpbtx', '', '')
    """
    code = tidied(words).replace("v", "b")
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_LETTERS) else ""


def code_of(session: Session, round_: Round) -> str:
    """The short code of a round, made at its first use: one of 47 million. A closed round has none: "".

    Codes of rounds that have closed since are retired on the way.
    """
    if round_.closed_at is not None:
        return ""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    retire_codes(session)
    while (code := find_code(session, round_)) is None:
        drawn = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        session.execute(insert(ShortCode).values(round_id=round_.id, code=drawn).on_conflict_do_nothing())
    return code


def open_code(session: Session, words: str) -> Round:
    """The round of a short code, however it was typed. Raises LinkUnknown."""
    round_ = find_round_of_code(session, code_typed(words))
    if round_ is None:
        raise LinkUnknown(words)
    return round_


def qr_svg(address: str) -> str:
    """A QR code as inline SVG; nothing is in it but the address."""
    return str(segno.make_qr(address, error="m").svg_inline(**DRAWN))


def qr_file(address: str) -> bytes:
    """A QR code as an SVG file."""
    out = BytesIO()
    segno.make_qr(address, error="m").save(out, kind="svg", **DRAWN)
    return out.getvalue()


def qr_text(address: str) -> str:
    """A QR code for a terminal, two rows in a line: black on white whatever the terminal's own colours are."""
    rows = [[bool(dark) for dark in row] for row in segno.make_qr(address, error="m").matrix_iter(border=QUIET_ZONE)]
    rows += [[False] * len(rows[0])] * (len(rows) % 2)
    halves = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
    lines = ("".join(halves[pair] for pair in zip(*two, strict=True)) for two in zip(rows[::2], rows[1::2], strict=True))
    return "\n".join(f"\x1b[30;107m{line}\x1b[0m" for line in lines)


# Personal links --------------------------------------------------------------------------------------------------------


def make_personal_link(session: Session, round_: Round, invitation_id: UUID, keys: Path, secret: str) -> str:
    """A new token for one invited person in one round; every token of an invitation leads to the same single answer.

    ``invitation_id`` is random and the same in every round. Only keyed hashes of both are kept, so a token is handed out
    once and cannot be told again: a reminder makes a new one. Raises ProblemsFound unless the survey is confidential and
    the programme still has its key.
    """
    if problem := _no_personal_link(session, round_):
        raise ProblemsFound([problem])
    token = make_link(TOKEN_LENGTH)
    person_hash = hash_of_invitation(programme_key(keys, round_.survey.programme_id), invitation_id)
    session.add(PersonalLink(token_hash=hash_of_token(secret, round_.id, token), round_id=round_.id, person_hash=person_hash))
    session.flush()
    return token


def _no_personal_link(session: Session, round_: Round) -> Problem | None:
    if round_.survey.promise.level != "confidential":
        fault = mark("Personal links are for confidential surveys only, and this one promises more.")
        return Problem(round_.survey.slug, Message(fault), Message(mark("Share the open link of the round instead.")))
    if is_key_destroyed(session, round_.survey.programme_id):
        fault = mark("The key of this programme was destroyed, so nobody can be followed any more.")
        return Problem(round_.survey.slug, Message(fault), Message(mark("Share the open link of the round instead.")))
    return None


def personal_path(round_: Round, token: str) -> str:
    """Where a personal link leads on this server."""
    return f"/r/{round_.link}/p/{token}"


def find_personal_link(session: Session, round_: Round, token: str, secret: str) -> PersonalLink | None:
    """The personal link of a token, however it was pasted; looking it up changes nothing."""
    found = session.get(PersonalLink, hash_of_token(secret, round_.id, tidied(token)))
    return found if found is not None and found.round_id == round_.id else None


def is_followed(session: Session, response_id: UUID) -> bool:
    """Whether a response came through a personal link. For the participant's own page only."""
    wanted = select(PersonalAnswer.response_id).where(PersonalAnswer.response_id == response_id)
    return session.scalar(wanted) is not None


def forget_personal_links(session: Session, round_: Round, invitation_id: UUID, keys: Path) -> None:
    """The links of an invitation open nothing any more (someone opted out); what was answered stands."""
    person_hash = hash_of_invitation(programme_key(keys, round_.survey.programme_id), invitation_id)
    session.execute(delete(PersonalLink).where(PersonalLink.round_id == round_.id, PersonalLink.person_hash == person_hash))
