"""The door of those who answer: /r/<link>. No account, no cookie; nothing about the device is read or kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Blueprint, Response, abort, current_app, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.answers import Sent
from forms.build import AskedForm, build_form
from forms.definition import FormDefinition
from forms.messages import Message, Problem, mark, mark_many
from forms.wording import Text
from surveys import collecting
from surveys.authoring import definition_of
from surveys.collecting import Receipt
from surveys.errors import AnsweredDifferently, AnswerWithdrawn, LinkUnknown, RoundClosed, RoundNotOpenYet, TupuyError
from surveys.inviting import tidied
from surveys.languages import SPOKEN, locale, own_name
from surveys.storage import Round, find_round
from surveys.web import slip
from surveys.web.access import public
from surveys.web.asking import AT_ONCE, Page
from surveys.web.asking import speaker as said_by
from surveys.web.inlined import inlined_script, inlined_style
from surveys.web.promises import promises

doors = Blueprint("answer", __name__)
doors.add_app_template_global(mark, "mark")
doors.add_app_template_global(mark_many, "mark_many")

#: Control names of the page itself, never of a question.
ID, NEW, LANGUAGE, SEED, MARK, RECEIPT, SEEN, TO, AS = "~id", "~new", "~lang", "~seed", "~mark", "~receipt", "~seen", "~to", "~as"


@doors.get("/R/<link>")  # as some QR codes and keyboards write it
@doors.get("/r/<link>")
@public
def show_form(link: str) -> ResponseReturnValue:
    round_ = collecting.open_link(g.session, link, g.now)
    return _form(round_, _page(round_, _language(round_, request.args.get("lang")), {}))


@doors.post("/r/<link>")
@public
def take_answers(link: str) -> ResponseReturnValue:
    round_ = collecting.open_link(g.session, link, g.now, request.form.get(MARK, ""), g.settings.secret)
    posted = request.form.to_dict(flat=False)
    language = _language(round_, request.form.get(TO) or request.form.get(LANGUAGE))
    page = _page(round_, language, posted)
    if TO in posted:  # another language: everything typed is drawn again, nothing is stored
        return _form(round_, page)
    sent = _asked(round_, language)(request.form).read(collecting.day_of(round_, g.now))
    if problems := _problems_of(round_, sent):
        return _form(round_, _page(round_, language, posted, problems), status=422)
    try:
        return _thanks_for(round_, language, _store(round_, language, sent))
    except AnsweredDifferently:
        return _two_ways_on(round_, page)


@doors.get("/r/<link>/thanks")
@public
def thank(link: str) -> ResponseReturnValue:
    round_ = find_round(g.session, tidied(link))
    if round_ is None:
        raise LinkUnknown(link)
    page = _page(round_, _language(round_, request.args.get("lang")), {})
    code, is_late = slip.opened(request.args.get("t", ""), g.settings.secret, g.now)
    return _send(
        "answer/thanks.html",
        page,
        round_=round_,
        receipt=code,
        seal=request.args.get("t", ""),
        is_late=is_late,
        closes=_closing(round_, page),
    )


# Taking ----------------------------------------------------------------------------------------------------------------


def _problems_of(round_: Round, sent: Sent) -> tuple[Problem, ...]:
    """What must be mended or looked at before these answers are stored. A reminder that was seen is a problem no more."""
    problems = [problem for problem in sent.problems if problem.blocks or SEEN not in request.form]
    code = _receipt_given()
    if code and _id_of_receipt(round_, code) is None:
        fault = Message(mark("No answers of this questionnaire have this receipt code."))
        problems.append(Problem(RECEIPT, fault, Message(mark("Check the code, or leave it blank to send these answers as new."))))
    return tuple(problems)


def _receipt_given() -> str:
    return "" if request.form.get(AS) == "new" else request.form.get(RECEIPT, "").strip()


def _id_of_receipt(round_: Round, code: str) -> UUID | None:
    return collecting.response_of_receipt(g.session, round_, code, g.settings.secret)


def _store(round_: Round, language: str, sent: Sent) -> Receipt:
    """Written and committed together with what others are sending at this moment."""
    now, given, new = g.now, request.form.get(MARK, ""), _response_id()
    keys = {"secret": g.settings.secret, "keys": g.settings.keys}
    if (code := _receipt_given()) and (mine := _id_of_receipt(round_, code)):
        return g.database.write(lambda session: collecting.correct_response(session, round_, mine, code, sent, now, language, **keys))
    return g.database.write(
        lambda session: collecting.take_response(session, round_, new, language, sent, now, "web", page_mark=given, **keys)
    )


def _response_id() -> UUID:
    """The id that the client made; a page without one (a hand-made request) gets its own."""
    given = request.form.get(NEW if request.form.get(AS) == "new" else ID)
    try:
        return UUID(given) if given else uuid4()
    except ValueError:
        abort(422)


def _thanks_for(round_: Round, language: str, receipt: Receipt) -> ResponseReturnValue:
    """To the thanks page, with the receipt sealed into the address: see :mod:`surveys.web.slip` for why."""
    sealed = slip.sealed(receipt.code, receipt.is_late, g.settings.secret, g.now)
    where = url_for("answer.thank", link=round_.link, lang=language, t=sealed)
    if _wants_json():
        return jsonify(thanks=where)
    return redirect(where, 303)


def _wants_json() -> bool:
    """The page's own script asks for JSON, so that it can tell a lost signal from an answer."""
    return request.accept_mimetypes.best == "application/json"


def _two_ways_on(round_: Round, page: Page) -> ResponseReturnValue:
    """Nothing stored, nothing lost: another person, or a correction (house.md 3)."""
    if _wants_json():
        return jsonify(), 409
    kept = [(name, value) for name, values in page.posted.items() if name not in {NEW, RECEIPT, AS} for value in values]
    return _send("answer/two_ways.html", page, 409, round_=round_, kept=kept, fresh_id=uuid4())


# Drawing ---------------------------------------------------------------------------------------------------------------


def _page(round_: Round, language: str, posted: Mapping[str, list[str]], problems: tuple[Problem, ...] = ()) -> Page:
    carried = tuple(round_.languages) if len(round_.languages) <= AT_ONCE else (language,)
    return Page(_definition(round_), carried, language, posted, problems, _seed(posted), tuple(round_.languages))


def _definition(round_: Round) -> FormDefinition:
    """The frozen definition that the round asks; read from its record once per process, as it never changes."""
    known: dict[UUID, FormDefinition] = current_app.extensions.setdefault("tupuy_definitions", {})
    if round_.version_id not in known:
        known[round_.version_id] = definition_of(round_.version)
    return known[round_.version_id]


def _asked(round_: Round, language: str) -> type[AskedForm]:
    """The WTForms class that reads what this round's page sends in ``language``; made once per process."""
    known: dict[tuple[UUID, str], type[AskedForm]] = current_app.extensions.setdefault("tupuy_forms", {})
    if (round_.version_id, language) not in known:
        known[round_.version_id, language] = build_form(_definition(round_), language, said_by(language))
    return known[round_.version_id, language]


def _language(round_: Round, asked: str | None) -> str:
    return asked if asked in round_.languages else round_.languages[0]


def _seed(posted: Mapping[str, list[str]]) -> int:
    """What seeds this person's order of rows: drawn once, carried by the page, never stored."""
    given = (posted.get(SEED) or [""])[0]
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else secrets.randbelow(10**9)


def _form(round_: Round, page: Page, status: int = 200) -> Response:
    programme = round_.survey.programme
    asked = request.args.get("lang", page.language)
    return _send(
        "answer/form.html",
        page,
        status,
        round_=round_,
        response_id=next(iter(page.posted.get(ID, ())), "") or uuid4(),
        page_mark=collecting.make_page_mark(round_, g.settings.secret),
        promises=promises(page, programme),
        not_spoken="" if asked in round_.languages else asked[:20],
        day=_in_each(page, lambda code: format_date(round_.event.on if round_.event else round_.on, "long", locale(code))),
    )


def _send(template: str, page: Page, status: int = 200, **values: Any) -> Response:
    """A page with its style and script inside it (one request), that no cache keeps and that sets no cookie."""
    values = {"style": inlined_style(template), "script": inlined_script(template), "names": _names(page), **values}
    response = Response(render_template(template, page=page, **values), status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _names(page: Page) -> dict[str, str]:
    """The languages of the switch, each by its own name."""
    return {code: own_name(code) for code in page.all_languages}


def _in_each(page: Page, words_in: Any) -> Text:
    return Text.of({language: words_in(language) for language in {*page.languages, page.language}})


def _closing(round_: Round, page: Page) -> Text:
    return _moment(round_, round_.closes_at, page) if round_.closes_at else Text()


def _moment(round_: Round, moment: datetime, page: Page) -> Text:
    """A moment of the plan, where the programme is: "25 de julio de 2026, 6:00 p. m."."""
    here = moment.astimezone(ZoneInfo(round_.survey.programme.time_zone))
    return _in_each(page, lambda code: f"{format_date(here, 'long', locale(code))}, {format_time(here, 'short', locale=locale(code))}")


# Links that do not open ------------------------------------------------------------------------------------------------


@doors.errorhandler(LinkUnknown)
@doors.errorhandler(RoundNotOpenYet)
@doors.errorhandler(RoundClosed)
@doors.errorhandler(AnswerWithdrawn)
def tell_kindly(fault: TupuyError) -> ResponseReturnValue:
    """A page in words instead of the form, with the status of what went wrong."""
    if _wants_json():
        return jsonify(), fault.status
    round_ = find_round(g.session, tidied(request.view_args["link"])) if request.view_args else None
    page = _page(round_, _language(round_, request.args.get("lang")), {}) if round_ else _page_of_nothing()
    is_sent = request.method == "POST"
    return _send("answer/shut.html", page, fault.status, fault=fault, when=_when(round_, fault, page), round_=round_, is_sent=is_sent)


def _when(round_: Round | None, fault: TupuyError, page: Page) -> Text:
    moment = None
    if round_ is not None and isinstance(fault, RoundNotOpenYet):
        moment = round_.opens_at
    elif round_ is not None and isinstance(fault, RoundClosed):
        moment = round_.closed_at or round_.closes_at
    return _moment(round_, moment, page) if round_ is not None and moment is not None else Text()


def _page_of_nothing() -> Page:
    asked = request.args.get("lang", "")
    return Page(FormDefinition("", Text(), SPOKEN, ()), SPOKEN, asked if asked in SPOKEN else SPOKEN[0])
