"""Codes that are short enough to type are short enough to guess: wrong ones are counted, and too many wait."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from datetime import datetime
from threading import Lock

from werkzeug.routing import BaseConverter, ValidationError

from surveys.inviting import CODE_LENGTH, CODE_LETTERS, code_typed

#: Wrong codes that one address may try in a minute: more than a room of people mistypes, who all share one address.
MOST_WRONG = 40


class Code(BaseConverter):
    """What may be a short code, however it was typed, right behind the name of the site: ``/kmprtx``."""

    regex = rf"(?i:[{CODE_LETTERS}v .,_-]){{{CODE_LENGTH},24}}"

    def to_python(self, value: str) -> str:
        if not code_typed(value):
            raise ValidationError
        return value


class Guesses:
    """Wrong codes of the running minute. Addresses are scrambled with a key of that minute, in memory; both go with it."""

    def __init__(self, most: int = MOST_WRONG) -> None:
        self.most = most
        self._lock, self._minute = Lock(), ""
        self._key, self._wrong = b"", Counter[bytes]()

    def may_try(self, address: str, now: datetime) -> bool:
        """Whether another code from this address is looked at."""
        with self._lock:
            scrambled = self._scrambled(address, now)
            return self._wrong[scrambled] < self.most

    def was_wrong(self, address: str, now: datetime) -> None:
        with self._lock:
            scrambled = self._scrambled(address, now)
            self._wrong[scrambled] += 1

    def _scrambled(self, address: str, now: datetime) -> bytes:
        if (minute := f"{now:%Y-%m-%d %H:%M}") != self._minute:
            self._minute, self._key, self._wrong = minute, secrets.token_bytes(32), Counter()
        return hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()
