"""Links that invite: short, random, easy to read aloud and to type."""

from __future__ import annotations

import secrets

#: Lower-case letters and digits without look-alikes (no i, l, o, 0, 1).
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 10


def make_link() -> str:
    """A new random link: 31 letters to the power of ten, about 50 bits."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def tidied(link: str) -> str:
    """A link as somebody typed or pasted it, without what messengers and keyboards add.

    >>> tidied(" K7mP-4t2qaa. ")
    'k7mp4t2qaa'
    """
    return "".join(letter for letter in link.casefold() if letter.isalnum())[:64]
