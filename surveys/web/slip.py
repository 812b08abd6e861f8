"""How a receipt reaches the thanks page.

The answers are posted, then the browser is sent on to the thanks page with 303, so that going back or reloading sends
nothing twice. Between the two the receipt must travel without a cookie (none is ever set) and must not be read in an
address that a log keeps or a person shares. So the address carries it sealed: encrypted under a key drawn from the
server's secret and a fresh random nonce, authenticated, and good for ten minutes. After that, or for anybody who
changes a letter, the page still says thank you and shows no receipt. The page's script takes the seal out of the
address as soon as it is read. The seal holds the receipt code only, never the response's id or any time but its end.

The receipt is one block long, so one block of HMAC-SHA256 of the nonce serves as a one-time pad (counter mode with one
block), and a second key authenticates it: encrypt, then authenticate.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

#: How long a seal may be opened, in seconds.
LASTS = 600
_NONCE, _LENGTH, _TAG = 16, 20, 16


def sealed(code: str, is_late: bool, secret: str, now: datetime) -> str:
    """The receipt code and whether the answers came late, as letters for an address."""
    ends = int(now.timestamp()) + LASTS
    plain = ends.to_bytes(6, "big") + bytes([is_late]) + code.encode("ascii").ljust(_LENGTH - 7, b"\0")
    if len(plain) != _LENGTH:
        raise ValueError("the receipt code is too long to be sealed")
    nonce = secrets.token_bytes(_NONCE)
    hidden = nonce + _with_pad(plain, nonce, secret)
    return urlsafe_b64encode(hidden + _tag(hidden, secret)).decode().rstrip("=")


def opened(token: str, secret: str, now: datetime) -> tuple[str, bool]:
    """The code and whether it came late; ("", False) when the seal is broken, missing or too old."""
    try:
        given = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError:
        return "", False
    hidden, tag = given[: _NONCE + _LENGTH], given[_NONCE + _LENGTH :]
    if len(hidden) != _NONCE + _LENGTH or not hmac.compare_digest(tag, _tag(hidden, secret)):
        return "", False
    plain = _with_pad(hidden[_NONCE:], hidden[:_NONCE], secret)
    if int.from_bytes(plain[:6], "big") < now.timestamp():
        return "", False
    return plain[7:].rstrip(b"\0").decode("ascii"), bool(plain[6])


def _with_pad(words: bytes, nonce: bytes, secret: str) -> bytes:
    pad = hmac.new(secret.encode(), b"slip pad\x1f" + nonce, hashlib.sha256).digest()
    return bytes(letter ^ other for letter, other in zip(words, pad[:_LENGTH], strict=True))


def _tag(hidden: bytes, secret: str) -> bytes:
    return hmac.new(secret.encode(), b"slip tag\x1f" + hidden, hashlib.sha256).digest()[:_TAG]
