"""Who may enter: every view says it, and one gate asks before any view runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFProtect

from surveys import accounts

Who = Literal["public", "staff"]
View = TypeVar("View", bound=Callable[..., object])

COOKIE = "tupuy"
AT_THIS_MACHINE = frozenset({"127.0.0.1", "::1"})
NAMES_OF_THIS_MACHINE = frozenset({"127.0.0.1", "[::1]", "localhost"})
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
#: Rooms of those who answer: nobody looks at who they are, and their pages only read.
OF_PARTICIPANTS = frozenset({"answer", "kiosk"})

csrf = CSRFProtect()


def public(view: View) -> View:
    """Anybody may enter."""
    view.access = "public"  # type: ignore[attr-defined]  # functions carry attributes; mypy does not know which
    return view


def staff_only(view: View) -> View:
    """Only people who are signed in may enter; what they send carries a token against forgery."""
    view.access = "staff"  # type: ignore[attr-defined]  # functions carry attributes; mypy does not know which
    return view


def of_content(view: View) -> View:
    """The ``?lang=`` of this page is a language of its content: it does not change the one that a person reads in."""
    view.is_of_content = True  # type: ignore[attr-defined]  # functions carry attributes; mypy does not know which
    return view


def register(app: Flask) -> None:
    csrf.init_app(app)
    if app.static_folder:
        public(app.view_functions["static"])
    app.before_request(gate)


def who_may_enter(app: Flask, endpoint: str | None) -> Who | None:
    """What the view of this endpoint says; None when there is no view, or it says nothing."""
    return getattr(app.view_functions.get(endpoint or ""), "access", None)


def gate() -> ResponseReturnValue | None:
    """Let the request in, or answer it. A view that does not say who may enter is open to nobody."""
    if request.endpoint is None:
        return None  # no such page: the error page says so
    if request.method not in SAFE and _is_from_elsewhere():
        abort(403)
    if request.blueprint not in OF_PARTICIPANTS:  # who answers is never looked at
        g.person = accounts.person_of_session(g.session, request.cookies.get(COOKIE), g.now) if COOKIE in request.cookies else None
        _keep_language()
    who = who_may_enter(current_app, request.endpoint)
    if who is None:
        abort(403)
    if g.settings.room and (who == "staff" or request.blueprint == "staff") and not _is_at_this_machine():
        abort(404)
    return _staff() if who == "staff" else None


def _staff() -> ResponseReturnValue | None:
    if g.person is None:
        return redirect(url_for("staff.sign_in", lang=request.args.get("lang")), 303) if request.method in SAFE else abort(403)
    if request.method not in SAFE:
        csrf.protect()
    return None


def _is_at_this_machine() -> bool:
    """Whether somebody sits at the machine that serves a room: phones in the room reach no page of the staff.

    The name asked for counts as well, so that no page of another site can reach in under a name of its own.
    """
    name = request.host.rpartition(":")[0] if ":" in request.host.rpartition("]")[2] else request.host
    return request.remote_addr in AT_THIS_MACHINE and name in NAMES_OF_THIS_MACHINE


def _is_from_elsewhere() -> bool:
    """Whether another site's page sends this. A missing header passes: the link is the authority, not a cookie."""
    origin = request.headers.get("Origin", "null")
    return request.headers.get("Sec-Fetch-Site") == "cross-site" or (origin != "null" and origin.partition("://")[2] != request.host)


def _keep_language() -> None:
    """A person reads in the language chosen last."""
    if g.person is None or getattr(current_app.view_functions[request.endpoint or ""], "is_of_content", False):
        return
    asked = request.args.get("lang")
    if asked is None or request.method not in SAFE:
        g.language = g.person.language
    elif g.language != g.person.language:
        g.session.expunge(g.person)  # this request reads only: the change is written, and committed, in a session of its own
        g.person.language = g.language
        with g.database.session() as session:
            session.merge(g.person)
