"""A device is lent to the people of a round: a kiosk begins, takes one person after the other, and is left with a PIN.

The address of a kiosk is a secret of its own and opens nothing of the staff. Its PIN is kept as a slow hash, and tries
are counted before they are looked at, so that many at once gain nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.messages import Message, Problem, mark
from surveys.collecting import day_of, is_open
from surveys.errors import LinkUnknown, ProblemsFound, RoundClosed, TupuyError
from surveys.inviting import make_link, tidied
from surveys.storage import Kiosk, Round, find_kiosk

SHORTEST_PIN, LONGEST_PIN = 4, 12
#: After so many wrong PINs, none is looked at for so long: trying all of four digits takes weeks.
MOST_TRIES, LOCKED_MINUTES = 5, 15
#: How long nobody may touch the device before the form is blank again, in seconds.
IDLE_SECONDS = (60, 90, 120, 180, 300, 600)
#: What one guess costs: about 50 milliseconds and 16 megabytes.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 1


class KioskEnded(TupuyError):
    """The device was given back."""

    status = 410

    def __init__(self, token: str) -> None:
        super().__init__(
            token,
            Message(mark("This device no longer takes answers.")),
            Message(mark("Somebody of the team has to start it again.")),
        )


class PinWrong(TupuyError):
    status = 403

    def __init__(self, token: str) -> None:
        super().__init__(token, Message(mark("This is not the PIN.")), Message(mark("Try again.")))


class KioskLocked(TupuyError):
    status = 429

    def __init__(self, token: str) -> None:
        super().__init__(
            token,
            Message(mark("There were too many wrong PINs.")),
            Message(mark("Wait %(minutes)s minutes, or end the kiosk on the page of the round."), {"minutes": LOCKED_MINUTES}),
        )


def start_kiosk(session: Session, round_: Round, pin: str, idle_seconds: int, now: datetime) -> tuple[Kiosk, str]:
    """A new kiosk of an open round and the secret of its address, which is shown once. Raises ProblemsFound or RoundClosed."""
    if not is_open(round_, now):
        raise RoundClosed(round_.link)
    if problems := [*pin_problems(pin), *_idle_problems(idle_seconds)]:
        raise ProblemsFound(problems)
    token = make_link() + make_link()
    kiosk = Kiosk(
        round_id=round_.id,
        token_hash=_hash(token),
        pin_hash=hash_of_pin(pin),
        idle_seconds=idle_seconds,
        started_on=day_of(round_, now),
    )
    session.add(kiosk)
    session.flush()
    return kiosk, token


def open_kiosk(session: Session, token: str) -> Kiosk:
    """The kiosk of an address, however it was typed. Raises LinkUnknown."""
    kiosk = find_kiosk(session, _hash(tidied(token)))
    if kiosk is None:
        raise LinkUnknown(token)
    return kiosk


def count_try(session: Session, token: str, now: datetime) -> str:
    """Count one try of the PIN and give the hash to hold it against. Raises LinkUnknown or KioskLocked."""
    kiosk = session.scalar(select(Kiosk).where(Kiosk.token_hash == _hash(tidied(token))).with_for_update())
    if kiosk is None:
        raise LinkUnknown(token)
    if kiosk.locked_until is not None and now < kiosk.locked_until:
        raise KioskLocked(token)
    kiosk.tries += 1
    if kiosk.tries >= MOST_TRIES:
        kiosk.tries, kiosk.locked_until = 0, now + timedelta(minutes=LOCKED_MINUTES)
    session.flush()
    return kiosk.pin_hash


def welcome_staff(session: Session, token: str, ends: bool) -> None:
    """The PIN was right: tries begin anew, and the kiosk ends if that was wanted."""
    kiosk = open_kiosk(session, token)
    kiosk.tries, kiosk.locked_until = 0, None
    kiosk.is_ended = kiosk.is_ended or ends
    session.flush()


# The PIN ---------------------------------------------------------------------------------------------------------------


def pin_problems(pin: str) -> list[Problem]:
    """Why this cannot be a PIN.

    >>> [len(pin_problems(pin)) for pin in ("2580", "123", "1111", "4567", "no")]
    [0, 1, 1, 1, 1]
    """
    if not (pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        remedy = Message(mark("Write %(shortest)s to %(longest)s digits."), {"shortest": SHORTEST_PIN, "longest": LONGEST_PIN})
        return [Problem("pin", Message(mark("This cannot be a PIN.")), remedy)]
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        return [Problem("pin", Message(mark("This PIN is guessed first.")), Message(mark("Choose digits that do not follow one another.")))]
    return []


def _idle_problems(seconds: int) -> list[Problem]:
    if seconds in IDLE_SECONDS:
        return []
    return [Problem("idle", Message(mark("This time is not offered.")), Message(mark("Choose one of the list.")))]


def hash_of_pin(pin: str) -> str:
    """A slow, salted hash of a PIN with all that checking it needs."""
    salt = secrets.token_bytes(16)
    return f"scrypt${_COST}${_BLOCK}${_PARALLEL}${salt.hex()}${_scrypt(pin, salt, _COST, _BLOCK, _PARALLEL).hex()}"


def is_pin(pin: str, hashed: str) -> bool:
    """Whether a PIN is the one that was hashed.

    >>> is_pin("2580", hash_of_pin("2580")), is_pin("2581", hash_of_pin("2580"))
    (True, False)
    """
    _name, cost, block, parallel, salt, digest = hashed.split("$")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt), int(cost), int(block), int(parallel)).hex(), digest)


def _scrypt(pin: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(pin[:64].encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=64 * 1024 * 1024, dklen=32)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
