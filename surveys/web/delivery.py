"""How pages travel: headers that keep them safe, small over a slow line, files that a browser may keep."""

from __future__ import annotations

import gzip
import hashlib
import io
import secrets
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request, send_file

from surveys.storage import Sound

#: Answers shorter than one packet gain nothing.
SHORTEST_BYTES = 860
#: Media types that become smaller.
WORDS = ("text/", "application/json", "application/javascript", "image/svg+xml")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def register(app: Flask) -> None:
    app.context_processor(lambda: {"nonce": nonce()})
    app.url_defaults(_name_the_version)
    app.after_request(protect)
    app.after_request(shrink)


def nonce() -> str:
    """The word that marks this page's own <style> and <script> blocks; new for each request."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(12)
    return g.nonce


def policy(word: str | None, *, frames: bool = False, may_be_framed: bool = False, records: bool = False) -> str:
    """The content security policy: nothing from anywhere else, no inline code but the page's own.

    ``frames``: the page frames another of ours. ``may_be_framed``: one of our pages may frame it.
    ``records``: the page plays what it has just recorded.
    """
    own = f"'self' 'nonce-{word}'" if word else "'self'"
    heard = " blob:" if records else ""
    inside, around = "frame-src 'self'; " if frames else "", "'self'" if may_be_framed else "'none'"
    return (
        f"default-src 'none'; script-src {own}; style-src {own}; img-src 'self' data:; media-src 'self'{heard}; "
        f"connect-src 'self'; manifest-src 'self'; worker-src 'self'; {inside}form-action 'self'; base-uri 'none'; frame-ancestors {around}"
    )


def framing(response: Response) -> Response:
    """A page that frames another of ours."""
    response.headers["Content-Security-Policy"] = policy(nonce(), frames=True)
    return response


def recording(response: Response) -> Response:
    """A page that may use the microphone, when a person allows it."""
    response.headers["Content-Security-Policy"] = policy(nonce(), records=True)
    response.headers["Permissions-Policy"] = HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
    return response


def framed(response: Response) -> Response:
    """A page that may stand in a frame of ours, and of nobody else."""
    response.headers["Content-Security-Policy"] = policy(nonce(), may_be_framed=True)
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


def sent_sound(sound: Sound) -> Response:
    """A recording as a phone asks for it, whole or in parts; under its digest it is the same for ever."""
    response = send_file(io.BytesIO(sound.content), sound.mime, conditional=True, etag=sound.digest[:16])
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def protect(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if g.settings.room:  # over plain http:// browsers ignore it, and complain
        del response.headers["Cross-Origin-Opener-Policy"]
    response.headers.setdefault("Content-Security-Policy", policy(g.get("nonce")))
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "static" and request.args.get("v"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def shrink(response: Response) -> Response:
    """Compress what a browser takes compressed."""
    response.vary.add("Accept-Encoding")
    is_plain = response.status_code not in {204, 206, 304} and not response.headers.get("Content-Encoding")
    if not is_plain or not (response.mimetype or "").startswith(WORDS) or request.accept_encodings["gzip"] <= 0:
        return response
    response.direct_passthrough = False
    said = response.get_data()
    if len(said) >= SHORTEST_BYTES:
        response.set_data(gzip.compress(said, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
        etag, is_weak = response.get_etag()
        if etag and not is_weak:
            response.set_etag(etag, weak=True)
    return response


def _name_the_version(endpoint: str, values: dict[str, Any]) -> None:
    """Files of /static are asked for with a digest of what they say, so that a browser may keep them for ever."""
    if endpoint == "static" and "filename" in values and current_app.static_folder:
        path = Path(current_app.static_folder, values["filename"])
        if path.is_file():
            values.setdefault("v", _digest(path, path.stat().st_mtime_ns))


@cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
