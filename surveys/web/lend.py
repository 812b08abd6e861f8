"""The doors by which a person of the staff lends a device: a kiosk is started with a PIN, seen, and ended from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from analysis.saying import Teller
from forms.messages import Message, Problem, mark
from surveys import accounts, lending
from surveys.collecting import is_open
from surveys.errors import ProblemsFound
from surveys.inviting import qr_svg, tidied
from surveys.storage import Kiosk, Round, kiosks_of
from surveys.web.access import COOKIE, staff_only
from surveys.web.collect import round_or_404
from surveys.web.kiosk import fresh_address, signed_out
from surveys.web.speaking import speaker

doors = Blueprint("lend", __name__)


@doors.get("/rounds/<uuid:round_id>/kiosk")
@staff_only
def ask(round_id: UUID) -> str:
    """Asks for a PIN, and shows the devices that are lent."""
    return kiosk_page(round_or_404(round_id))


@doors.post("/rounds/<uuid:round_id>/kiosk")
@staff_only
def start(round_id: UUID) -> ResponseReturnValue:
    """Start a kiosk: on this device, on which nobody of the staff is signed in afterwards, or on another one by its address."""
    round_, typed = round_or_404(round_id), request.form.get("idle", "")
    seconds = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 5 else 0
    problems = _unlike(request.form.get("pin", ""), request.form.get("again", ""))
    try:
        if problems:
            raise ProblemsFound(problems)
        _kiosk, token = lending.start_kiosk(g.session, round_, request.form.get("pin", ""), seconds, g.now)
    except ProblemsFound as fault:
        return kiosk_page(round_, fault.problems), fault.status
    if request.form.get("where") != "here":
        return kiosk_page(round_, address=fresh_address(token))
    accounts.sign_out(g.session, request.cookies.get(COOKIE))
    return signed_out(redirect(url_for("kiosk.show_kiosk", token=tidied(token)), 303))  # type: ignore[arg-type]  # werkzeug's Response


@doors.post("/rounds/<uuid:round_id>/kiosk/<uuid:kiosk_id>/end")
@staff_only
def end(round_id: UUID, kiosk_id: UUID) -> ResponseReturnValue:
    """End a kiosk whose PIN is forgotten, or whose device is elsewhere."""
    kiosk = g.session.get(Kiosk, kiosk_id)
    if kiosk is None or kiosk.round_id != round_id:
        abort(404)
    kiosk.is_ended = True
    return redirect(url_for("lend.ask", round_id=round_id), 303)


def _unlike(pin: str, again: str) -> list[Problem]:
    if pin == again:
        return []
    return [Problem("again", Message(mark("The two PINs are not the same.")), Message(mark("Write the same digits twice.")))]


def kiosk_page(round_: Round, problems: Sequence[Problem] = (), address: str = "") -> str:
    say = speaker()
    return render_template(
        "collect/kiosk.html",
        here="rounds",
        programme=round_.survey.programme,
        round=round_,
        tell=Teller(say),
        is_open=is_open(round_, g.now),
        kiosks=kiosks_of(g.session, round_.id),
        wrong=[(problem.place, f"{problem.fault.said(say)} {problem.remedy.said(say)}") for problem in problems],
        idle=[(seconds, request.form.get("idle", "90") == str(seconds)) for seconds in lending.IDLE_SECONDS],
        address=address,
        qr=qr_svg(address) if address else "",
        shortest=lending.SHORTEST_PIN,
    )
