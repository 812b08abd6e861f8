"""The interviewer's doors: interviews that are open, consent, the form filled for another person, and the plan.

What is typed goes to the draft of this interviewer alone (:mod:`surveys.interviewing`); the page works on without a
signal and is sent when it is back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from analysis.saying import Teller
from forms.messages import Problem
from forms.wording import Text
from surveys import cards, collecting, interviewing, promising
from surveys.errors import ProblemsFound
from surveys.interviewing import Interview
from surveys.languages import own_name
from surveys.storage import Person, Round, consent_days_of, days_of, in_steps, latest_consent, plans_of
from surveys.web import slip
from surveys.web.access import of_content, staff_only
from surveys.web.asking import Page, chrome_of
from surveys.web.collect import round_or_404
from surveys.web.drawing import SEEN, TO, Occasion, language_of, seed_of, send, send_form, wants_json
from surveys.web.filling import asked_form, definition_of_round, voices_of_round
from surveys.web.speaking import speaker

doors = Blueprint("interview", __name__)

#: Control name of what to do with the page: pause, keep, finish, agree, refuse, forget.
DO = "~do"


# The list --------------------------------------------------------------------------------------------------------------


@doors.get("/rounds/<uuid:round_id>/interview")
@staff_only
def mine(round_id: UUID) -> str:
    """The interviews of whoever is signed in, and how far the plan is."""
    return list_page(round_or_404(round_id))


@doors.post("/rounds/<uuid:round_id>/interview")
@staff_only
def begin(round_id: UUID) -> ResponseReturnValue:
    round_ = round_or_404(round_id)
    try:
        label, language = request.form.get("label", ""), request.form.get("language", "")
        interview = interviewing.begin(g.session, round_, g.person, label, language, g.settings.keys, g.now)
    except ProblemsFound as fault:
        return list_page(round_, fault.problems), fault.status
    return redirect(_address(round_, interview), 303)


def list_page(round_: Round, problems: Sequence[Problem] = ()) -> str:
    say, definition = speaker(), definition_of_round(round_)
    question = interviewing.plan_question(round_, definition)
    names = (
        {choice.value: choice.label.in_language(say.language, definition.languages[0]) for choice in question.choices} if question else {}
    )
    code, _late = slip.opened(request.args.get("t", ""), g.settings.secret, g.now)
    return render_template(
        "collect/interviews.html",
        here="rounds",
        programme=round_.survey.programme,
        round=round_,
        tell=Teller(say),
        is_open=collecting.is_open(round_, g.now),
        may_begin=bool(interviewing.words_of_consent(g.session, round_, definition)[0]),
        open_ones=interviewing.open_interviews(g.session, round_, g.person, g.settings.keys),
        done=interviewing.done_by(g.session, round_, g.person),
        plan=interviewing.progress(g.session, round_, question),
        asked=question.label.in_language(say.language, definition.languages[0]) if question else "",
        names=names,
        receipt=code,
        typed=request.form,
        wrong=[f"{problem.fault.said(say)} {problem.remedy.said(say)}" for problem in problems],
        longest=interviewing.LONGEST_LABEL,
        own_name=own_name,
    )


# One interview ---------------------------------------------------------------------------------------------------------


@doors.get("/rounds/<uuid:round_id>/interview/<uuid:interview_id>")
@staff_only
@of_content
def go_on(round_id: UUID, interview_id: UUID) -> Response:
    """The words of consent, until somebody agreed to them; then the form as it was left."""
    round_ = round_or_404(round_id)
    interview = _resume(round_, interview_id)
    if interview.agreed_on is None:
        return consent_page(round_, interview)
    asked = request.args.get("lang", interview.language)
    return form_page(round_, interview, _page(round_, asked, {name: list(said) for name, said in interview.typed.items()}))


@doors.post("/rounds/<uuid:round_id>/interview/<uuid:interview_id>")
@staff_only
@of_content
def write(round_id: UUID, interview_id: UUID) -> ResponseReturnValue:
    """What the interviewer does with the page; without ``~do`` it is finished."""
    round_ = round_or_404(round_id)
    interview, what = _resume(round_, interview_id), request.form.get(DO, "finish")
    if what in ("refuse", "forget"):
        interviewing.throw_away(g.session, round_, g.person, interview.id)
        return _to(url_for("interview.mine", round_id=round_.id))
    if what == "agree":
        interviewing.agree(g.session, round_, g.person, interview, definition_of_round(round_), g.settings.keys, g.now)
        return redirect(_address(round_, interview), 303)
    return _written(round_, interview, what)


def _written(round_: Round, interview: Interview, what: str) -> ResponseReturnValue:
    """The page as it stands is kept; then it is drawn in another language, left, or finished."""
    posted = request.form.to_dict(flat=False)
    language = language_of(round_.languages, request.form.get(TO) or request.form.get("~lang"))
    interview = _with(interview, language, interviewing.typed_of(definition_of_round(round_), posted))
    interviewing.keep(g.session, round_, g.person, interview, g.settings.keys)
    if TO in posted:
        return form_page(round_, interview, _page(round_, language, posted))
    if what in ("pause", "keep"):
        return _to(url_for("interview.mine", round_id=round_.id))
    return _finished(round_, interview, posted)


def _finished(round_: Round, interview: Interview, posted: Mapping[str, list[str]]) -> ResponseReturnValue:
    sent = asked_form(round_, interview.language)(request.form).read(collecting.day_of(round_, g.now))
    card, problems = request.form.get(cards.FIELD, ""), [problem for problem in sent.problems if problem.blocks or SEEN not in posted]
    if promising.asks_card(round_.survey) and (wrong := cards.fault_of(card)):
        problems.append(wrong)
    if problems:
        return form_page(round_, interview, _page(round_, interview.language, posted, tuple(problems)), 422)
    receipt = interviewing.finish(g.session, round_, g.person, interview, sent, g.now, g.settings.secret, g.settings.keys, card)
    sealed = slip.sealed(receipt.code, receipt.is_late, g.settings.secret, g.now)
    return _to(url_for("interview.mine", round_id=round_.id, t=sealed))


def _to(address: str) -> ResponseReturnValue:
    return jsonify(to=address) if wants_json() else redirect(address, 303)


def _resume(round_: Round, interview_id: UUID) -> Interview:
    return interviewing.resume(g.session, round_, _person(), interview_id, g.settings.keys)


def _person() -> Person:
    return g.person


def _with(interview: Interview, language: str, typed: Mapping[str, Sequence[str]]) -> Interview:
    return Interview(interview.id, interview.label, language, interview.begun_on, interview.told, interview.agreed_on, typed)


def _address(round_: Round, interview: Interview) -> str:
    return url_for("interview.go_on", round_id=round_.id, interview_id=interview.id)


def _page(round_: Round, asked: str | None, posted: Mapping[str, list[str]], problems: tuple[Problem, ...] = ()) -> Page:
    """A page that carries every language, with the notes for whoever interviews."""
    spoken, chrome = tuple(round_.languages), chrome_of(round_.survey.programme.languages)
    language, definition = language_of(spoken, asked), definition_of_round(round_)
    return Page(definition, spoken, language, posted, problems, seed_of(posted), spoken, chrome, True, voices_of_round(round_))


def consent_page(round_: Round, interview: Interview) -> Response:
    _told, words = interviewing.words_of_consent(g.session, round_, definition_of_round(round_))
    page = _page(round_, request.args.get("lang", interview.language), {})
    return send("interview/consent.html", page, round_=round_, interview=interview, words=words, programme=round_.survey.programme)


def form_page(round_: Round, interview: Interview, page: Page, status: int = 200) -> Response:
    occasion = Occasion(
        "interview",
        round_.survey.programme,
        collecting.day_of(round_, g.now),
        event=round_.event,
        key=f"interview:{interview.id}",
        action=_address(round_, interview),
        asks_card=promising.asks_card(round_.survey),
    )
    return send_form(occasion, page, status, interview=interview, round_=round_)


# The plan --------------------------------------------------------------------------------------------------------------


@doors.get("/rounds/<uuid:round_id>/interview/plan")
@staff_only
def plan(round_id: UUID) -> str:
    """How many interviews there should be, what people are told, and what was done on which day."""
    return plan_page(round_or_404(round_id))


@doors.post("/rounds/<uuid:round_id>/interview/plan")
@staff_only
def save_plan(round_id: UUID) -> ResponseReturnValue:
    round_ = round_or_404(round_id)
    definition = definition_of_round(round_)
    planned = {name.removeprefix("planned-"): said for name, said in request.form.items() if name.startswith("planned-")}
    words = {code: request.form.get(f"consent-{code}", "") for code in round_.languages}
    try:
        interviewing.plan_interviews(g.session, round_, interviewing.plan_question(round_, definition), planned)
        if interviewing.consent_question(definition) is None:
            interviewing.word_consent(g.session, round_.survey, words, collecting.day_of(round_, g.now))
    except ProblemsFound as fault:
        g.session.rollback()
        return plan_page(round_or_404(round_id), fault.problems), fault.status
    return redirect(url_for("interview.mine", round_id=round_.id), 303)


def plan_page(round_: Round, problems: Sequence[Problem] = ()) -> str:
    say, definition = speaker(), definition_of_round(round_)
    question, consent = interviewing.plan_question(round_, definition), interviewing.consent_question(definition)
    kept = {plan.value: plan.planned for plan in plans_of(g.session, round_.id)}
    spoken, k = latest_consent(g.session, round_.survey_id), round_.survey.programme.min_cell
    return render_template(
        "collect/interview_plan.html",
        here="rounds",
        programme=round_.survey.programme,
        round=round_,
        tell=Teller(say),
        lines=_lines(question.choices if question else (), kept, say.language, definition.languages[0]),
        asked=question.label.in_language(say.language, definition.languages[0]) if question else "",
        form_consent=consent.label.in_language(say.language, definition.languages[0]) if consent else "",
        spoken={code: request.form.get(f"consent-{code}", (spoken.words if spoken else {}).get(code, "")) for code in round_.languages},
        number=spoken.number if spoken else 0,
        own_name=own_name,
        days=[(day.on, g.session.get_one(Person, day.person_id), in_steps(day.count, k)) for day in days_of(g.session, round_.id)],
        consents=[(one, in_steps(one.count, k)) for one in consent_days_of(g.session, round_.id)],
        k=k,
        wrong=[(problem.place, f"{problem.fault.said(say)} {problem.remedy.said(say)}") for problem in problems],
    )


def _lines(choices: Sequence[Any], kept: Mapping[str, int], language: str, base: str) -> list[tuple[str, str, str]]:
    """(value, its words, how many as typed or kept) of what can be planned; one line for the whole round without a cut."""
    named: list[tuple[str, Text]] = [(choice.value, choice.label) for choice in choices] or [("", Text())]
    return [
        (value, words.in_language(language, base), request.form.get(f"planned-{value}", str(kept.get(value, "")))) for value, words in named
    ]
