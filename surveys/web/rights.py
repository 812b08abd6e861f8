"""What participants may do with what they sent: see that it arrived, correct it, withdraw it; and read the results.

These doors are of the same audience as ``answer`` and stand on its blueprint: nobody is signed in, no cookie is read or
set, no cache keeps a page. A receipt code travels in the body of a request, never in an address.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask import Response, g, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from forms.answers import write_posted
from surveys import collecting, invitations
from surveys.errors import LinkUnknown
from surveys.inviting import find_personal_link, tidied
from surveys.languages import locale
from surveys.storage import PublishedResults, ResultsPlan, Round, find_results_plan, find_round, latest_results
from surveys.storage import Response as StoredResponse
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


# No more messages ------------------------------------------------------------------------------------------------------


@doors.get("/r/<link>/no/<token>")
@public
def ask_for_quiet(link: str, token: str) -> ResponseReturnValue:
    """A page with a button: programmes that look at links before people do opt nobody out."""
    round_ = known_round(link)
    if find_personal_link(g.session, round_, token, g.settings.secret) is None:
        raise LinkUnknown(link)
    return _quiet_page(round_, token)


@doors.post("/r/<link>/no/<token>")
@public
def be_quiet(link: str, token: str) -> ResponseReturnValue:
    round_, settings = known_round(link), g.settings
    g.database.write(lambda session: invitations.opt_out(session, session.get_one(Round, round_.id), token, settings.keys, settings.secret))
    return _quiet_page(round_, token, is_done=True)


def _quiet_page(round_: Round, token: str, is_done: bool = False) -> Response:
    page = page_of(round_, _language(round_), {})
    return send("answer/quiet.html", page, round_=round_, programme=round_.survey.programme, token=token, is_done=is_done)


# Results ---------------------------------------------------------------------------------------------------------------


@doors.get("/r/<link>/results")
@public
def read_results(link: str) -> ResponseReturnValue:
    return shown_results(known_round(link), latest_results(g.session, known_round(link)))


@doors.get("/results/<link>")
@public
def read_public_results(link: str) -> ResponseReturnValue:
    """The same without the link of the questionnaire, where the results are for everybody."""
    plan = find_results_plan(g.session, tidied(link))
    round_ = g.session.get(Round, plan.round_id) if plan else None
    published = latest_results(g.session, round_) if round_ else None
    if round_ is None or published is None or not published.is_public:
        raise LinkUnknown(link)
    return shown_results(round_, published)


def shown_results(round_: Round, published: PublishedResults | None, **values: Any) -> Response:
    """What is published of a round, in one language; before that, when to expect it."""
    page = page_of(round_, _language(round_), {})
    page = replace(page, languages=(page.language,))
    plan = g.session.get(ResultsPlan, round_.id)
    return send(
        "answer/results.html",
        page,
        round_=round_,
        programme=round_.survey.programme,
        published=published,
        figures=[Markup(published.drawn[page.language][key]) for key in published.figures] if published else [],  # noqa: S704 drawn by us
        is_open=collecting.is_open(round_, g.now),
        ended=closing_of(round_, page),
        day_of=lambda day: in_each(page, lambda language: format_date(day, "long", locale(language))),
        expected_on=plan.expected_on if plan else None,
        **values,
    )
