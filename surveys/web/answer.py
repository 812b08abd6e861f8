"""The door of those who answer: /r/<link>. No account, no cookie; nothing about the device is read or kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Blueprint, Response, abort, current_app, g, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.answers import Sent
from forms.messages import Message, Problem, mark, mark_many
from forms.wording import Text
from surveys import cards, collecting, inviting, promising
from surveys.collecting import Receipt
from surveys.errors import AnsweredDifferently, AnswerWithdrawn, LinkUnknown, RoundClosed, RoundNotOpenYet, TooManyGuesses, TupuyError
from surveys.inviting import tidied
from surveys.languages import locale
from surveys.linking import hash_of_token
from surveys.storage import PersonalLink, Programme, Round, find_frozen, find_round
from surveys.web import slip
from surveys.web.access import public
from surveys.web.asking import Page, carried, chrome_of
from surveys.web.delivery import sent_sound
from surveys.web.drawing import (
    AS,
    ID,
    LANGUAGE,
    MARK,
    NEW,
    RECEIPT,
    SEEN,
    TO,
    Occasion,
    in_each,
    language_of,
    page_of_nothing,
    seed_of,
    send,
    send_form,
    wants_json,
)
from surveys.web.filling import asked_form, definition_of_round, voices_of_round
from surveys.web.guessing import Guesses

doors = Blueprint("answer", __name__)
doors.add_app_template_global(mark, "mark")
doors.add_app_template_global(mark_many, "mark_many")

#: The header of a page that the phone may keep, so that it opens again without a signal; any other page it never keeps.
KEEP = "Tupuy-Keep"


@doors.get("/R/<link>")  # as some QR codes and keyboards write it
@doors.get("/r/<link>")
@doors.get("/r/<link>/p/<token>")
@public
def show_form(link: str, token: str = "") -> ResponseReturnValue:
    round_ = collecting.open_link(g.session, link, g.now)
    _personal(round_, token)
    page = form_page(round_, page_of(round_, language_in(round_, request.args.get("lang")), {}))
    return page if token else _may_be_kept(page)


@doors.get("/S/<link>")
@doors.get("/s/<link>")
@doors.get("/<code:link>")
@public
def open_code(link: str) -> ResponseReturnValue:
    """A short code that somebody typed leads to the link of its round. Wrong ones are counted, so that nobody guesses."""
    guesses: Guesses = current_app.extensions.setdefault("tupuy_guesses", Guesses())
    address = request.remote_addr or ""
    if not guesses.may_try(address, g.now):
        raise TooManyGuesses
    try:
        round_ = inviting.open_code(g.session, link)
    except LinkUnknown:
        guesses.was_wrong(address, g.now)
        raise
    return redirect(url_for("answer.show_form", link=round_.link, lang=request.args.get("lang")), 302)


@doors.post("/r/<link>")
@doors.post("/r/<link>/p/<token>")
@public
def take_answers(link: str, token: str = "") -> ResponseReturnValue:
    round_ = collecting.open_link(g.session, link, g.now, request.form.get(MARK, ""), g.settings.secret)
    personal = _personal(round_, token)
    posted = request.form.to_dict(flat=False)
    language = language_in(round_, request.form.get(TO) or request.form.get(LANGUAGE))
    page = page_of(round_, language, posted)
    if TO in posted:  # another language: everything typed is drawn again, nothing is stored
        return form_page(round_, page)
    sent = asked_form(round_, language)(request.form).read(collecting.day_of(round_, g.now))
    if problems := _problems_of(round_, sent):
        return form_page(round_, page_of(round_, language, posted, problems), status=422)
    try:
        receipt = _store_personal(round_, personal, language, sent) if personal else _store(round_, language, sent)
        return _thanks_for(round_, language, receipt)
    except AnsweredDifferently:
        return _two_ways_on(round_, page)


@doors.get("/r/<link>/voice/<digest>")
@public
def hear(link: str, digest: str) -> Response:
    """One recording of the round's version: it never changes under its digest, so a phone may keep it."""
    round_ = find_round(g.session, tidied(link))
    found = find_frozen(g.session, round_.version_id, digest) if round_ else None
    if found is None:
        abort(404)
    return sent_sound(found.sound)


@doors.get("/r/<link>/words")
@public
def tell_the_phone(link: str) -> Response:
    """What a phone may have to say while it has no signal: fetched once the form can be used, and kept beside it."""
    round_ = _round_of(link)
    page = page_of(round_, language_in(round_, request.args.get("lang")), {})
    return _may_be_kept(send("answer/words.html", page, ends=_grace(round_, page), k=round_.survey.programme.min_cell))


@doors.get("/r/worker.js")
@public
def work_offline() -> Response:
    """The service worker, for pages under /r/ alone; where pages may not be kept, one that takes itself away."""
    name = "worker.js" if g.settings.keeps_pages else "retire.js"
    response = current_app.send_static_file(name)
    response.headers["Cache-Control"] = "no-cache"
    return response


@doors.get("/r/<link>/thanks")
@public
def thank(link: str) -> ResponseReturnValue:
    round_ = _round_of(link)
    page = page_of(round_, language_in(round_, request.args.get("lang")), {})
    code, is_late = slip.opened(request.args.get("t", ""), g.settings.secret, g.now)
    return send(
        "answer/thanks.html",
        page,
        round_=round_,
        receipt=code,
        seal=request.args.get("t", ""),
        is_late=is_late,
        may_correct=collecting.is_open(round_, g.now),
        closes=closing_of(round_, page),
        words=url_for("answer.tell_the_phone", link=round_.link),
    )


def _round_of(link: str) -> Round:
    """The round of a link, open or not."""
    round_ = find_round(g.session, tidied(link))
    if round_ is None:
        raise LinkUnknown(link)
    return round_


def _personal(round_: Round, token: str) -> PersonalLink | None:
    """The personal link that the page was opened with; None with the open one. Looking changes nothing.

    Where nobody can be followed any more, a personal link opens the form as the open one does; and what was begun in time
    and arrives after the closing, which deletes the links, is taken as through the open one.
    """
    if not token or not promising.follows_links(round_.survey):
        return None
    found = inviting.find_personal_link(g.session, round_, token, g.settings.secret)
    if found is None and round_.closed_at is None:
        raise LinkUnknown(round_.link)
    return found


# Taking ----------------------------------------------------------------------------------------------------------------


def _problems_of(round_: Round, sent: Sent) -> tuple[Problem, ...]:
    """What must be mended or looked at before these answers are stored. A reminder that was seen is a problem no more."""
    problems = [problem for problem in sent.problems if problem.blocks or SEEN not in request.form]
    if promising.asks_card(round_.survey) and (wrong := cards.fault_of(request.form.get(cards.FIELD, ""))):
        problems.append(wrong)
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
    keys = {"secret": g.settings.secret, "keys": g.settings.keys, "card": request.form.get(cards.FIELD, "")}
    if (code := _receipt_given()) and (mine := _id_of_receipt(round_, code)):
        return g.database.write(lambda session: collecting.correct_response(session, round_, mine, code, sent, now, language, **keys))
    return g.database.write(
        lambda session: collecting.take_response(session, round_, new, language, sent, now, "web", page_mark=given, **keys)
    )


def _store_personal(round_: Round, link: PersonalLink, language: str, sent: Sent) -> Receipt:
    """Stored as the one response of this link; what was sent through it before is replaced."""
    now, given, new, secret = g.now, request.form.get(MARK, ""), _response_id(), g.settings.secret
    return g.database.write(
        lambda session: collecting.take_personal_response(session, round_, link, new, language, sent, now, secret, given)
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
    if wants_json():
        return jsonify(thanks=where)
    return redirect(where, 303)


def _two_ways_on(round_: Round, page: Page) -> ResponseReturnValue:
    """Nothing stored, nothing lost: another person, or a correction (house.md 3)."""
    if wants_json():
        return jsonify(), 409
    kept = [(name, value) for name, values in page.posted.items() if name not in {NEW, RECEIPT, AS} for value in values]
    return send("answer/two_ways.html", page, 409, round_=round_, action=_action(round_), kept=kept, fresh_id=uuid4())


# Drawing ---------------------------------------------------------------------------------------------------------------


def page_of(round_: Round, language: str, posted: Mapping[str, list[str]], problems: tuple[Problem, ...] = ()) -> Page:
    spoken, chrome = tuple(round_.languages), chrome_of(round_.survey.programme.languages)
    return Page(
        definition_of_round(round_),
        carried(spoken, language),
        language,
        posted,
        problems,
        seed_of(posted),
        spoken,
        chrome,
        voices=voices_of_round(round_),
    )


def language_in(round_: Round, asked: str | None) -> str:
    return language_of(round_.languages, asked)


def form_page(round_: Round, page: Page, status: int = 200) -> Response:
    occasion = Occasion(
        "round",
        round_.survey.programme,
        round_.event.on if round_.event else round_.on,
        event=round_.event,
        key="" if page.typed(RECEIPT) else _draft_key(round_),  # stored answers that are being corrected stay off the phone
        action=_action(round_),
        page_mark=_page_mark(round_, page),
        closes=closing_of(round_, page),
        ends=_grace(round_, page),
        worker="" if _token(round_) or not g.settings.keeps_pages else url_for("answer.work_offline"),
        words=url_for("answer.tell_the_phone", link=round_.link),
        network=(g.settings.network or page.text(round_.survey.programme.name)) if g.settings.room else "",
        until=closing_of(round_, page) if round_.extended_from else Text(),
        asks_card=promising.asks_card(round_.survey),
        is_personal=bool(_token(round_)),
        corrects_personal=_corrects_personal(round_, page),
    )
    return send_form(occasion, page, status)


def _corrects_personal(round_: Round, page: Page) -> bool:
    """Whether the receipt on this page is that of answers that came through a personal link."""
    code = page.typed(RECEIPT) if promising.follows_links(round_.survey) and not _token(round_) else ""
    mine = _id_of_receipt(round_, code) if code else None
    return mine is not None and inviting.is_followed(g.session, mine)


def _token(round_: Round) -> str:
    """The token of the personal link that this page was opened with; "" with an open link."""
    given = (request.view_args or {}).get("token", "")
    return tidied(given) if promising.follows_links(round_.survey) else ""


def _action(round_: Round) -> str:
    """Where this page sends its answers."""
    token = _token(round_)
    return inviting.personal_path(round_, token) if token else url_for("answer.take_answers", link=round_.link)


def _draft_key(round_: Round) -> str:
    """Under which a telephone keeps what was typed: on a shared one, the drafts of two personal links are two."""
    token = _token(round_)
    return f"{round_.link}-{hash_of_token(g.settings.secret, round_.id, token)[:8]}" if token else round_.link


def _page_mark(round_: Round, page: Page) -> str:
    """A page drawn again keeps the mark of its first opening."""
    given = next(iter(page.posted.get(MARK, ())), "")
    if collecting.opened_at(round_, given, g.settings.secret):
        return given
    return collecting.make_page_mark(round_, g.settings.secret, g.now)


def _may_be_kept(response: Response) -> Response:
    response.headers[KEEP] = "yes"
    return response


def closing_of(round_: Round, page: Page) -> Text:
    return moment_of(round_, round_.closes_at, page) if round_.closes_at else Text()


def _grace(round_: Round, page: Page) -> Text:
    ends = collecting.grace_ends(round_)
    return moment_of(round_, ends, page) if ends else Text()


def moment_of(round_: Round, moment: datetime, page: Page) -> Text:
    """A moment of the plan, where the programme is: "25 de julio de 2026, 6:00 p. m."."""
    here = moment.astimezone(ZoneInfo(round_.survey.programme.time_zone))
    return in_each(page, lambda code: f"{format_date(here, 'long', locale(code))}, {format_time(here, 'short', locale=locale(code))}")


# Links that do not open ------------------------------------------------------------------------------------------------


@doors.errorhandler(LinkUnknown)
@doors.errorhandler(RoundNotOpenYet)
@doors.errorhandler(RoundClosed)
@doors.errorhandler(AnswerWithdrawn)
@doors.errorhandler(TooManyGuesses)
def tell_kindly(fault: TupuyError) -> ResponseReturnValue:
    """A page in words instead of the form, with the status of what went wrong."""
    if wants_json():
        return jsonify(), fault.status
    round_ = find_round(g.session, tidied(request.view_args["link"])) if request.view_args else None
    page = page_of(round_, language_in(round_, request.args.get("lang")), {}) if round_ else page_of_nothing()
    is_sent = request.method == "POST"
    return send(
        "answer/shut.html",
        page,
        fault.status,
        fault=fault,
        when=_when(round_, fault, page),
        programme=_programme_of(round_),
        is_sent=is_sent,
        results=url_for("answer.read_results", link=round_.link, lang=page.language) if round_ and isinstance(fault, RoundClosed) else "",
    )


def _programme_of(round_: Round | None) -> Programme | None:
    return round_.survey.programme if round_ else None


def _when(round_: Round | None, fault: TupuyError, page: Page) -> Text:
    moment = None
    if round_ is not None and isinstance(fault, RoundNotOpenYet):
        moment = None if round_.waits else round_.opens_at  # who opens it by hand has named no hour
    elif round_ is not None and isinstance(fault, RoundClosed):
        moment = round_.closed_at or (round_.closes_at if round_.full_on is None else None)
    return moment_of(round_, moment, page) if round_ is not None and moment is not None else Text()
