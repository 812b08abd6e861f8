"""A form tried before it is published: the phone preview beside the designer, and trials by link and QR code.

``/t/<link>`` is public, as a trial is handed to people without an account; nothing that is sent there is ever counted.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.build import build_form
from forms.markup import plain_text
from forms.messages import Problem, mark
from surveys import collecting, trying
from surveys.errors import LinkUnknown, TrialFull, TrialOver, TupuyError
from surveys.inviting import qr_svg, tidied
from surveys.languages import own_name
from surveys.storage import Form, Programme, Trial, find_trial
from surveys.web import speaking
from surveys.web.access import of_content, public, staff_only
from surveys.web.asking import Page, carried, chrome_of, speaker
from surveys.web.delivery import framed
from surveys.web.drawing import (
    ID,
    LANGUAGE,
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

doors = Blueprint("trying", __name__)

#: Why a column has no value, in words.
WHYS = {
    "unknown": mark("I do not know"),
    "refused": mark("I prefer not to answer"),
    "blank": mark("left blank"),
    "not_asked": mark("not asked"),
}


@doors.get("/forms/<uuid:form_id>/preview")
@staff_only
@of_content
def preview(form_id: UUID) -> Response:
    """The participant's page of the draft as it is saved: for a frame of the designer; it keeps and sends nothing."""
    form = form_or_404(form_id)
    programme = programme_of(form)
    chrome = chrome_of(programme.languages)
    definition = trying.draft_to_try(form, programme, partial(speaker, chrome=chrome))
    language = language_of(definition.languages, request.args.get("lang"))
    page = Page(definition, carried(definition.languages, language), language, offered=definition.languages, chrome=chrome)
    occasion = Occasion("preview", programme, g.now.date(), at=request.args.get("at", ""))
    return framed(send_form(occasion, page))


# Staff -----------------------------------------------------------------------------------------------------------------


@doors.post("/forms/<uuid:form_id>/trial")
@staff_only
def make_trial(form_id: UUID) -> ResponseReturnValue:
    """The draft as it is now, to be tried: its address and QR code. A plain form of a page is sent back to the answers."""
    form = form_or_404(form_id)
    programme = programme_of(form)
    say_in = partial(speaker, chrome=chrome_of(programme.languages))
    trial = trying.make_trial(g.session, form, programme, say_in, g.now)
    if request.form:
        return redirect(url_for("trying.show_answers", form_id=form_id), 303)
    return jsonify(address=address_of(trial), qr=qr_svg(address_of(trial)), made_at=trial.made_at.isoformat())


@doors.get("/forms/<uuid:form_id>/trial")
@staff_only
def show_answers(form_id: UUID) -> str:
    """What arrived, as it is stored: each column with its value or the reason why there is none."""
    form = form_or_404(form_id)
    programme, trial = programme_of(form), trying.trial_of(form, g.now)
    address = address_of(trial) if trial else ""
    return render_template(
        "trial/answers.html",
        programme=programme,
        form=form,
        trial=trial,
        title=plain_text(trying.title_of(form)).in_language(g.language, programme.languages[0]),
        address=address,
        qr=qr_svg(address) if address else "",
        answers=trying.tried(trial) if trial else [],
        base=programme.languages[0],
        whys={why: speaking.say(words) for why, words in WHYS.items()},
        own_name=own_name,
        days=trying.LASTS_DAYS,
    )


def form_or_404(form_id: UUID) -> Form:
    return g.session.get(Form, form_id) or abort(404)


def programme_of(form: Form) -> Programme:
    return g.session.get_one(Programme, form.programme_id)


def address_of(trial: Trial) -> str:
    return url_for("trying.show_trial", link=trial.link, _external=True)


# Participants of a trial -----------------------------------------------------------------------------------------------


@doors.get("/T/<link>")  # as some QR codes and keyboards write it
@doors.get("/t/<link>")
@public
@of_content
def show_trial(link: str) -> Response:
    trial = trying.open_trial(g.session, link, g.now)
    return send_form(_occasion(trial), _page(trial, request.args.get("lang"), {}))


@doors.post("/t/<link>")
@public
def take_trial(link: str) -> ResponseReturnValue:
    trial = trying.open_trial(g.session, link, g.now)
    posted = request.form.to_dict(flat=False)
    page = _page(trial, request.form.get(TO) or request.form.get(LANGUAGE), posted)
    if TO in posted:
        return send_form(_occasion(trial), page)
    today = collecting.day_in(programme_of_trial(trial), g.now)
    sent = build_form(page.form, page.language, page.speaks)(request.form).read(today)
    if problems := tuple(problem for problem in sent.problems if problem.blocks or SEEN not in posted):
        return send_form(_occasion(trial), _page(trial, page.language, posted, problems), 422)
    trying.take_trial_response(g.session, trial, _response_id(), page.language, sent, posted)
    where = url_for("trying.thank_for_trial", link=trial.link, lang=page.language)
    return jsonify(thanks=where) if wants_json() else redirect(where, 303)


@doors.get("/t/<link>/thanks")
@public
@of_content
def thank_for_trial(link: str) -> Response:
    trial = trying.open_trial(g.session, link, g.now)
    return send("answer/tried.html", _page(trial, request.args.get("lang"), {}), trial=trial, programme=programme_of_trial(trial))


def programme_of_trial(trial: Trial) -> Programme:
    return programme_of(g.session.get_one(Form, trial.form_id))


def _page(trial: Trial, asked: str | None, posted: dict[str, list[str]], problems: tuple[Problem, ...] = ()) -> Page:
    definition = trying.definition_of_trial(trial)
    language, chrome = language_of(definition.languages, asked), chrome_of(programme_of_trial(trial).languages)
    shown = carried(definition.languages, language)
    return Page(definition, shown, language, posted, problems, seed_of(posted), definition.languages, chrome)


def _occasion(trial: Trial) -> Occasion:
    action = url_for("trying.take_trial", link=trial.link)
    return Occasion("trial", programme_of_trial(trial), g.now.date(), key=f"{trial.link}-{trial.revision}", action=action)


def _response_id() -> UUID:
    try:
        return UUID(request.form.get(ID, ""))
    except ValueError:
        return uuid4()


@doors.errorhandler(LinkUnknown)
@doors.errorhandler(TrialOver)
@doors.errorhandler(TrialFull)
def tell_kindly(fault: TupuyError) -> ResponseReturnValue:
    """A page in words instead of the form."""
    if wants_json():
        return jsonify(), fault.status
    trial = find_trial(g.session, tidied((request.view_args or {}).get("link", "")))
    page = _page(trial, request.args.get("lang"), {}) if trial else page_of_nothing()
    programme = programme_of_trial(trial) if trial else None
    return send("answer/shut.html", page, fault.status, fault=fault, programme=programme, is_sent=request.method == "POST")
