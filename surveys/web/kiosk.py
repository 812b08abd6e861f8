"""The doors of a kiosk: /k/<token>, one device on which many people answer, one after the other.

No cookie is read to know anybody: a browser that is signed in is signed out here, so that whoever sits at the device
reaches nothing of the staff. The page is one page that is blank again after each person; what cannot be sent waits on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, abort, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.answers import Sent
from forms.messages import Problem
from surveys import cards, collecting, lending, promising
from surveys.collecting import Receipt
from surveys.errors import AnsweredDifferently, AnswerWithdrawn, LinkUnknown, RoundClosed, RoundNotOpenYet, TupuyError
from surveys.lending import KioskEnded, KioskLocked, PinWrong
from surveys.storage import Kiosk, Round
from surveys.web import slip
from surveys.web.access import COOKIE, public
from surveys.web.asking import Page, chrome_of
from surveys.web.drawing import (
    ID,
    LANGUAGE,
    MARK,
    SEEN,
    TO,
    Occasion,
    language_of,
    page_of_nothing,
    seed_of,
    send,
    send_form,
    wants_json,
)
from surveys.web.filling import asked_form, definition_of_round, voices_of_round

doors = Blueprint("kiosk", __name__)

#: How long the countdown runs before a form that nobody touches is blank again, in seconds.
COUNTDOWN_SECONDS = 20


@doors.get("/k/<token>")
@public
def show_kiosk(token: str) -> Response:
    """The questions for the next person, in every language of the round; the staff is signed out on this device."""
    kiosk = _open(token)
    return signed_out(_form(kiosk, token, _page(kiosk.round, request.args.get("lang"), {})))


@doors.post("/k/<token>")
@public
def take_answers(token: str) -> ResponseReturnValue:
    """What the device sends, at once or after it had waited: a device that was given back may still send what waits."""
    kiosk = lending.open_kiosk(g.session, token)
    round_, posted = kiosk.round, request.form.to_dict(flat=False)
    language = language_of(round_.languages, request.form.get(TO) or request.form.get(LANGUAGE))
    if TO in posted:
        return _form(kiosk, token, _page(round_, language, posted))
    sent = asked_form(round_, language)(request.form).read(collecting.day_of(round_, g.now))
    if problems := _problems_of(round_, sent):
        return _form(kiosk, token, _page(round_, language, posted, problems), 422)
    new, now, mark_ = _response_id(), g.now, request.form.get(MARK, "")
    more = {"secret": g.settings.secret, "keys": g.settings.keys, "page_mark": mark_, "card": request.form.get(cards.FIELD, "")}
    receipt = g.database.write(lambda session: collecting.take_response(session, round_, new, language, sent, now, channel="kiosk", **more))
    return _thanks_for(token, language, receipt)


def _problems_of(round_: Round, sent: Sent) -> tuple[Problem, ...]:
    problems = [problem for problem in sent.problems if problem.blocks or SEEN not in request.form]
    if promising.asks_card(round_.survey) and (wrong := cards.fault_of(request.form.get(cards.FIELD, ""))):
        problems.append(wrong)
    return tuple(problems)


@doors.get("/k/<token>/thanks")
@public
def thank(token: str) -> Response:
    """The receipt on a device without script; the page turns blank by itself."""
    kiosk = lending.open_kiosk(g.session, token)
    code, is_late = slip.opened(request.args.get("t", ""), g.settings.secret, g.now)
    page = _page(kiosk.round, request.args.get("lang"), {})
    return send("kiosk/thanks.html", page, receipt=code, is_late=is_late, kiosk=kiosk, token=token, programme=kiosk.round.survey.programme)


@doors.get("/k/<token>/state")
@public
def state(token: str) -> ResponseReturnValue:
    """Whether the next person may answer, and the mark of the page that is opened for them."""
    kiosk = lending.open_kiosk(g.session, token)
    may_answer = not kiosk.is_ended and collecting.is_open(kiosk.round, g.now)
    return jsonify(open=may_answer, mark=_page_mark(kiosk.round) if may_answer else "")


@doors.get("/k/<token>/leave")
@public
def ask_for_pin(token: str) -> Response:
    """The PIN, asked of a person of the staff on a device without script."""
    kiosk = _open(token)
    return send("kiosk/leave.html", _page(kiosk.round, request.args.get("lang"), {}), token=token, fault=None)


@doors.post("/k/<token>/leave")
@public
def let_staff_in(token: str) -> ResponseReturnValue:
    """With the right PIN: see what waits (``do=look``), or give the device back. Each try is counted before it is looked at."""
    now, ends = g.now, request.form.get("do") != "look"
    hashed = g.database.write(lambda session: lending.count_try(session, token, now))
    if not lending.is_pin(request.form.get("pin", ""), hashed):
        raise PinWrong(token)
    g.database.write(lambda session: lending.welcome_staff(session, token, ends))
    return jsonify(ended=ends) if wants_json() else redirect(url_for("kiosk.show_kiosk", token=token), 303)


def signed_out(response: Response) -> Response:
    """The response, after which this browser is nobody's of the staff."""
    if COOKIE in request.cookies:
        response.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure)
    return response


def _open(token: str) -> Kiosk:
    """The kiosk whose round may be answered now."""
    kiosk = lending.open_kiosk(g.session, token)
    if kiosk.is_ended:
        raise KioskEnded(token)
    collecting.open_link(g.session, kiosk.round.link, g.now)
    return kiosk


def _response_id() -> UUID:
    try:
        return UUID(request.form.get(ID, ""))
    except ValueError:
        abort(422)


def _thanks_for(token: str, language: str, receipt: Receipt) -> ResponseReturnValue:
    if wants_json():
        return jsonify(receipt=receipt.code, late=receipt.is_late)
    sealed = slip.sealed(receipt.code, receipt.is_late, g.settings.secret, g.now)
    return redirect(url_for("kiosk.thank", token=token, lang=language, t=sealed), 303)


def _page(round_: Round, asked: str | None, posted: Mapping[str, list[str]], problems: tuple[Problem, ...] = ()) -> Page:
    """A page that carries every language, so that the next person can choose without a signal."""
    spoken, chrome = tuple(round_.languages), chrome_of(round_.survey.programme.languages)
    language = language_of(spoken, asked)
    return Page(
        definition_of_round(round_), spoken, language, posted, problems, seed_of(posted), spoken, chrome, voices=voices_of_round(round_)
    )


def _form(kiosk: Kiosk, token: str, page: Page, status: int = 200) -> Response:
    round_ = kiosk.round
    occasion = Occasion(
        "kiosk",
        round_.survey.programme,
        round_.event.on if round_.event else round_.on,
        event=round_.event,
        action=url_for("kiosk.take_answers", token=token),
        page_mark=_page_mark(round_, next(iter(page.posted.get(MARK, ())), "")),
        asks_card=promising.asks_card(round_.survey),
    )
    return send_form(occasion, page, status, kiosk=kiosk, told=_told(kiosk, token))


def _told(kiosk: Kiosk, token: str) -> dict[str, object]:
    """What the page's script must know. ``box``: under which answers wait on the device, for whichever kiosk of the round."""
    round_ = kiosk.round
    return {
        "action": url_for("kiosk.take_answers", token=token),
        "state": url_for("kiosk.state", token=token),
        "leave": url_for("kiosk.let_staff_in", token=token),
        "box": f"tupuy-kiosk:{round_.id}:",
        "idle": kiosk.idle_seconds,
        "countdown": COUNTDOWN_SECONDS,
        "left": _seconds_left(round_, g.now),
    }


def _seconds_left(round_: Round, now: datetime) -> int | None:
    """Until the round closes, for a device whose clock is wrong and that hears nothing of it; None when nobody has said."""
    return max(0, int((round_.closes_at - now).total_seconds())) if round_.closes_at else None


def _page_mark(round_: Round, given: str = "") -> str:
    """A page drawn again keeps the mark of its first opening."""
    if collecting.opened_at(round_, given, g.settings.secret):
        return given
    return collecting.make_page_mark(round_, g.settings.secret, g.now)


@doors.errorhandler(LinkUnknown)
@doors.errorhandler(KioskEnded)
@doors.errorhandler(KioskLocked)
@doors.errorhandler(PinWrong)
@doors.errorhandler(RoundNotOpenYet)
@doors.errorhandler(RoundClosed)
@doors.errorhandler(AnswerWithdrawn)
@doors.errorhandler(AnsweredDifferently)
def tell_kindly(fault: TupuyError) -> ResponseReturnValue:
    """A page in words instead of the form; it still sends what waits on the device."""
    if wants_json():
        return jsonify(), fault.status
    token = (request.view_args or {}).get("token", "")
    try:
        kiosk = lending.open_kiosk(g.session, token)
    except LinkUnknown:
        return send("answer/shut.html", page_of_nothing(), fault.status, fault=fault, programme=None, is_sent=False)
    page, programme = _page(kiosk.round, request.args.get("lang"), {}), kiosk.round.survey.programme
    if isinstance(fault, PinWrong | KioskLocked):
        return send("kiosk/leave.html", page, fault.status, token=token, fault=fault)
    shown = send("kiosk/shut.html", page, fault.status, fault=fault, programme=programme, told=_told(kiosk, token))
    return signed_out(shown)


def fresh_address(token: str) -> str:
    """The address of a kiosk as another device opens it."""
    return url_for("kiosk.show_kiosk", token=token, _external=True)
