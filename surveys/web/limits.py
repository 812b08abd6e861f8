"""How much one address may ask for in a minute: a flood is slowed, a full room is not.

A whole workshop may stand behind one address, so the limit is far above what 300 phones need; guessing a link, a code or
a receipt at that pace takes years. Addresses are counted under a hash with a key that lives and dies with the process,
and forgotten after a minute; nothing of it is written. Several processes count each for itself.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets

from flask import Flask, request
from flask_limiter import ApplicationLimit, Limiter
from werkzeug.middleware.proxy_fix import ProxyFix

from surveys.settings import Settings

#: Requests of one address; static files do not count.
MOST = "3000 per minute"
_KEY = secrets.token_bytes(32)


def register(app: Flask, settings: Settings) -> None:
    """Count from here on. Behind ``settings.proxies`` proxies the address is what the nearest of them saw."""
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, settings.proxies, settings.proxies, settings.proxies)  # type: ignore[method-assign]  # the way of WSGI
    limit = ApplicationLimit(MOST, exempt_when=is_exempt)
    Limiter(counted_address, app=app, application_limits=[limit], storage_uri="memory://", swallow_errors=True)


def counted_address() -> str:
    """The address of this request, hashed so that nobody can read it back."""
    return hmac.new(_KEY, (request.remote_addr or "").encode(), hashlib.sha256).hexdigest()


def is_exempt() -> bool:
    """Static files; and this machine itself, as an unnamed proxy on it would make everybody look like one address."""
    return request.endpoint == "static" or _is_this_machine(request.remote_addr)


def _is_this_machine(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
