"""Staff sign in with a one-time link and sign out; and whoever runs Tupuy asks whether it is well."""

from __future__ import annotations

from flask import Blueprint, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from surveys import accounts
from surveys.errors import SignInFailed
from surveys.web.access import COOKIE, public, staff_only

doors = Blueprint("staff", __name__)

DAY_SECONDS = 24 * 60 * 60


@doors.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    return render_template("staff/sign_in.html")


@doors.get("/sign-in/<secret>")
@public
def confirm_sign_in(secret: str) -> ResponseReturnValue:
    """A page with a button: programmes that look at links before people do not use the link up."""
    if not accounts.can_sign_in(g.session, secret, g.now):
        raise SignInFailed
    return render_template("staff/confirm.html")


@doors.post("/sign-in/<secret>")
@public
def enter(secret: str) -> ResponseReturnValue:
    person, cookie = accounts.use_sign_in_link(g.session, secret, g.now)
    g.language = person.language
    answer = make_response(redirect("/", 303))
    seconds = accounts.SESSION_DAYS * DAY_SECONDS
    answer.set_cookie(COOKIE, cookie, max_age=seconds, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


@doors.get("/sign-out")
@staff_only
def confirm_sign_out() -> ResponseReturnValue:
    return render_template("staff/sign_out.html")


@doors.post("/sign-out")
@staff_only
def sign_out() -> ResponseReturnValue:
    accounts.sign_out(g.session, request.cookies.get(COOKIE))
    answer = make_response(redirect("/sign-in", 303))
    answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


@doors.get("/health")
@public
def health() -> ResponseReturnValue:
    """200 while the database answers; 503 otherwise (the error page)."""
    g.session.execute(text("select 1"))
    return {"status": "ok"}
