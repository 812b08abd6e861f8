"""A document in a file that only a passphrase opens: what is carried between a laptop and a server.

``cryptography``'s Fernet encrypts and authenticates; the key is made of the passphrase with scrypt and a random salt.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import secrets
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from forms.messages import Message, mark
from surveys.errors import TupuyError

HEAD = b"tupuy sealed 1\n"
SALT_BYTES = 16
SHORTEST_PASSPHRASE = 12
LARGEST_BYTES = 100_000_000  # as a file
LARGEST_OPENED_BYTES = 500_000_000


class FileUnreadable(TupuyError):
    """The file is none of ours, is damaged, or the passphrase is another one."""


def sealed(document: Any, passphrase: str) -> bytes:
    """The document (what JSON can hold) as the content of a file. TupuyError when the passphrase is too short."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise TupuyError(
            "passphrase",
            Message(mark("The passphrase is too short.")),
            Message(mark("Choose at least %(least)s letters, for example four words."), {"least": SHORTEST_PASSPHRASE}),
        )
    salt = secrets.token_bytes(SALT_BYTES)
    words = gzip.compress(json.dumps(document, ensure_ascii=False).encode())
    return HEAD + salt + Fernet(_key(passphrase, salt)).encrypt(words)


def opened(content: bytes, passphrase: str, place: str) -> Any:
    """What ``sealed`` was given. Raises FileUnreadable, which does not tell a wrong passphrase from a damaged file."""
    if not content.startswith(HEAD) or len(content) > LARGEST_BYTES:
        raise _unreadable(place, mark("This is not a file that Tupuy sealed."))
    salt, token = content[len(HEAD) : len(HEAD) + SALT_BYTES], content[len(HEAD) + SALT_BYTES :]
    try:
        return json.loads(_unpacked(Fernet(_key(passphrase, salt)).decrypt(token), place))
    except (InvalidToken, ValueError, OSError) as fault:
        raise _unreadable(place, mark("The passphrase is another one, or the file is damaged.")) from fault


def _unpacked(words: bytes, place: str) -> bytes:
    with gzip.open(io.BytesIO(words)) as packed:
        said = packed.read(LARGEST_OPENED_BYTES + 1)
    if len(said) > LARGEST_OPENED_BYTES:
        raise _unreadable(place, mark("The file is larger than it may be."))
    return said


def _unreadable(place: str, fault: str) -> FileUnreadable:
    return FileUnreadable(place, Message(fault), Message(mark("Check the file and the passphrase. Nothing was changed.")))


def _key(passphrase: str, salt: bytes) -> bytes:
    return base64.urlsafe_b64encode(Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(passphrase.encode()))
