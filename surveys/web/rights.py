"""What participants may do with what they sent: see that it arrived, correct it, withdraw it; and read the results.

These doors are of the same audience as ``answer`` and stand on its blueprint: nobody is signed in, no cookie is read or
set, no cache keeps a page. A receipt code travels in the body of a request, never in an address.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask import Response, g, request
from flask.typing import ResponseReturnValue

from forms.answers import write_posted
from surveys import collecting
from surveys.errors import LinkUnknown
from surveys.inviting import tidied
from surveys.languages import locale
from surveys.storage import Response as StoredResponse
from surveys.storage import Round, find_round
from surveys.web.access import public
from surveys.web.answer import closing_of, doors, form_page, language_in, moment_of, page_of
from surveys.web.drawing import RECEIPT, TO, in_each, send

#: What a page of the receipt asks for next.
STEPS = ("ask", "arrived", "withdraw")


@doors.get("/r/<link>/receipt")
@public
def ask_for_receipt(link: str) -> ResponseReturnValue:
    round_ = known_round(link)
    return _receipt_page(round_, "ask" if collecting.is_open(round_, g.now) else "closed")


@doors.post("/r/<link>/receipt")
@public
def use_receipt(link: str) -> ResponseReturnValue:
    """With the code of the receipt: what arrived, a correction, or a withdrawal that was asked for twice."""
    round_ = known_round(link)
    if not collecting.is_open(round_, g.now):
        return _receipt_page(round_, "closed")
    code = request.form.get(RECEIPT, "").strip()
    if not code and TO in request.form:
        return _receipt_page(round_, "ask")
    mine = collecting.response_of_receipt(g.session, round_, code, g.settings.secret)
    stored = g.session.get(StoredResponse, mine) if mine else None
    if stored is None:
        return _receipt_page(round_, "ask", 422, code=code, is_wrong=True)
    return _go_on(round_, stored, code)


def known_round(link: str) -> Round:
    """The round of an open link, whether it may be answered now or not."""
    round_ = find_round(g.session, tidied(link))
    if round_ is None:
        raise LinkUnknown(link)
    return round_


def _go_on(round_: Round, stored: StoredResponse, code: str) -> ResponseReturnValue:
    asked = request.form.get("do") or request.form.get("step", "")
    if asked == "correct" and TO not in request.form:
        return _to_correct(round_, stored, code)
    if asked == "delete" and TO not in request.form:
        return _withdraw(round_, stored.id, code)
    step = "withdraw" if asked == "withdraw" else "arrived"
    page = page_of(round_, _language(round_), {})
    day = in_each(page, lambda language: format_date(stored.answered_on, "long", locale(language)))
    return _receipt_page(round_, step, code=code, day=day)


def _to_correct(round_: Round, stored: StoredResponse, code: str) -> Response:
    """The questionnaire with the answers of this receipt in it. The phone keeps nothing of it."""
    page = page_of(round_, _language(round_), {})
    known = {"group": stored.group_key, "circle": stored.circle}
    answers = stored.answers | {name: value for name, value in known.items() if value is not None}
    return form_page(round_, page_of(round_, page.language, write_posted(page.form, answers) | {RECEIPT: [code]}))


def _withdraw(round_: Round, response_id: UUID, code: str) -> Response:
    """Gone before the page says so, from the pages of the database file too."""
    now, secret = g.now, g.settings.secret
    g.database.write(lambda session: collecting.withdraw_response(session, round_, response_id, code, now, secret))
    g.session.rollback()  # the reading of this request would keep the file's log from being emptied
    g.database.forget_deleted()
    return _receipt_page(known_round(round_.link), "withdrawn")


def _receipt_page(round_: Round, step: str, status: int = 200, **values: Any) -> Response:
    page = page_of(round_, _language(round_), {})
    ended = round_.closed_at or round_.closes_at
    when = moment_of(round_, ended, page) if step == "closed" and ended else closing_of(round_, page)
    return send("answer/receipt.html", page, status, round_=round_, programme=round_.survey.programme, step=step, when=when, **values)


def _language(round_: Round) -> str:
    return language_in(round_, request.form.get(TO) or request.args.get("lang"))
