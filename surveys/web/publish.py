"""The facilitator's doors to publishing: what would be published and what it means, the decisions, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.definition import FormDefinition
from forms.difference import Change, Effect
from forms.messages import Problem, Say, mark
from forms.texts import all_texts
from surveys import authoring, drafting
from surveys.authoring import Decided, Review
from surveys.errors import ProblemsFound
from surveys.languages import locale, own_name
from surveys.storage import Form, FormVersion, Programme
from surveys.web.access import staff_only
from surveys.web.author import form_or_404
from surveys.web.speaking import speaker

doors = Blueprint("publish", __name__)

#: What can be decided about a series, in the words of the page.
VERDICTS: dict[str, str] = {
    "comparable": mark("Comparable: it asks the same. The series goes on."),
    "note": mark("Comparable with a note: the series goes on and the chart says what changed."),
    "break": mark("Not comparable: a new series begins."),
}
CHIPS: dict[str, tuple[str, str]] = {
    "same": ("", mark("no change")),
    "comparable": ("good", mark("comparable")),
    "note": ("care", mark("with a note")),
    "break": ("bad", mark("new series")),
    "ended": ("bad", mark("series ends")),
}


@dataclass(frozen=True)
class Shown:
    """One change in words, with what the text said before and says now, where it is one."""

    words: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Row:
    """One question that changes: its words, each change, and what is, or was, decided."""

    name: str
    label: str
    changes: tuple[Shown, ...]
    series: str
    is_decided: bool
    may_be_decided: bool
    verdict: str
    reason: str


@doors.get("/forms/<uuid:form_id>/publish")
@staff_only
def look(form_id: UUID) -> str:
    return page(form_or_404(form_id))


@doors.post("/forms/<uuid:form_id>/publish")
@staff_only
def publish_form(form_id: UUID) -> ResponseReturnValue:
    """Publish what was looked at; the same page with every problem when it cannot be."""
    form = form_or_404(form_id)
    try:
        version = authoring.publish(
            g.session,
            form,
            g.now.date(),
            revision=request.form.get("revision", 0, type=int),
            left_out=request.form.getlist("without"),
            decisions=dict(_decisions(speaker())),
            person=g.person,
        )
    except ProblemsFound as fault:
        return page(form, fault.problems), fault.status
    authoring.first_survey(g.session, form)
    return redirect(url_for("publish.version", form_id=form.id, number=version.number, fresh=1), 303)


@doors.get("/forms/<uuid:form_id>/versions/<int:number>")
@staff_only
def version(form_id: UUID, number: int) -> str:
    """One version: what it changed, what was decided, and what to do next."""
    form = form_or_404(form_id)
    shown = next((one for one in form.versions if one.number == number), None)
    if shown is None:
        abort(404)
    programme, say = g.session.get_one(Programme, form.programme_id), speaker()
    review = authoring.review_of_version(form, shown)
    return render_template(
        "author/version.html",
        here="forms",
        programme=programme,
        form=form,
        version=shown,
        title=in_words(shown.definition["title"], say),
        day=format_date(shown.published_on, "long", locale(say.language)),
        languages=[own_name(code) for code in shown.definition["languages"]],
        rows=rows_of(_before(form, shown), review, say, decided_of(form, number)),
        others=others_of(review, say),
        chips=CHIPS,
        verdicts=VERDICTS,
        surveys=[{"slug": one.slug, "title": in_words(one.title, say)} for one in programme.surveys if one.form_id == form.id],
        is_latest=shown is form.versions[-1],
        is_fresh="fresh" in request.args,
    )


def page(form: Form, problems: Sequence[Problem] = ()) -> str:
    """The review of the draft; with the problems of an attempt, and everything that was ticked and written."""
    say, programme = speaker(), g.session.get_one(Programme, form.programme_id)
    review = authoring.review(g.session, form)
    left_out = request.form.getlist("without") if request.method == "POST" else list(review.waiting)
    if left_out:
        review = authoring.review(g.session, form, left_out)
    state = drafting.state(g.session, form, say)
    told = list(problems or review.blocking)
    warnings = [*(one for one in review.problems if not one.blocks), *drafting.advice(programme, review.definition)]
    return render_template(
        "author/publish.html",
        here="forms",
        programme=programme,
        form=form,
        state=state,
        title=in_words(form.draft.get("title", {}), say),
        number=form.versions[-1].number + 1 if form.versions else 1,
        problems=[problem_shown(one, review.definition, say) for one in told],
        warnings=[problem_shown(one, review.definition, say) for one in warnings],
        left_out=left_out,
        rows=rows_of(_latest(form), review, say, dict(_decisions(say))),
        others=others_of(review, say),
        chips=CHIPS,
        verdicts=VERDICTS,
        is_new=review.is_new,
        is_hopeless=_is_hopeless(form),
    )


def _is_hopeless(form: Form) -> bool:
    """Whether something blocks that leaving languages out does not mend."""
    return bool(authoring.review(g.session, form, form.draft.get("languages", [])[1:]).blocking)


def _decisions(say: Say) -> Iterator[tuple[str, Decided]]:
    """What was decided on the page. A new series needs no reason of its own."""
    for field, verdict in request.form.items():
        question = field.removeprefix("verdict-")
        if question == field or not verdict:
            continue
        reason = request.form.get(f"reason-{question}", "").strip()
        yield question, Decided(verdict, reason or (say("Its words changed.") if verdict == "break" else ""))


# What is shown ---------------------------------------------------------------------------------------------------------


def in_words(words: Mapping[str, str], say: Say) -> str:
    """Words kept per language, in the reader's or else the first there is."""
    return words.get(say.language) or next(iter(words.values()), "")


def _latest(form: Form) -> FormDefinition | None:
    return authoring.definition_of(form.versions[-1]) if form.versions else None


def _before(form: Form, version: FormVersion) -> FormDefinition | None:
    earlier = [one for one in form.versions if one.number < version.number]
    return authoring.definition_of(earlier[-1]) if earlier else None


def decided_of(form: Form, number: int) -> dict[str, Decided]:
    return {one.question: Decided(one.verdict, one.reason) for one in form.decisions if one.number == number}


def rows_of(old: FormDefinition | None, review: Review, say: Say, decided: Mapping[str, Decided]) -> list[Row]:
    if old is None:
        return []
    return [_row(effect, old, review.definition, say, decided.get(effect.question)) for effect in review.effects]


def _row(effect: Effect, old: FormDefinition, new: FormDefinition, say: Say, decided: Decided | None) -> Row:
    question = new.question(effect.question) or old.question(effect.question)
    texts = dict(all_texts(old)), dict(all_texts(new))
    note = " ".join(change.what_in_words(say, own_name) for change in effect.changes if change.series == "note")
    ruled = Decided("note", note) if effect.series == "note" else Decided("", "")  # what the rules say unless a person says otherwise
    decided = decided or ruled
    return Row(
        effect.question,
        question.label.in_language(say.language, new.languages[0]) if question else "",
        tuple(_shown(change, *texts, say, effect.may_be_decided) for change in effect.changes),
        "ended" if any(change.ends_question for change in effect.changes) else effect.series,
        effect.is_decided,
        effect.may_be_decided,
        decided.verdict,
        decided.reason,
    )


def _shown(change: Change, old: Mapping[str, Any], new: Mapping[str, Any], say: Say, is_open: bool) -> Shown:
    """``is_open``: what it means for the series is for a person to say, not for the rules."""
    words = change.what_in_words(say, own_name) if is_open else change.told(say, own_name)
    if change.what not in ("reworded", "translated") or change.place not in old or change.place not in new:
        return Shown(words)
    language = say.language if say.language in change.languages else change.languages[0]
    return Shown(words, old[change.place].get(language) or "", new[change.place].get(language) or "")


def others_of(review: Review, say: Say) -> list[str]:
    """The changes that are of no one question, in words."""
    touched = {change for effect in review.effects for change in effect.changes}
    return [change.told(say, own_name) for change in review.changes if change not in touched]


def problem_shown(problem: Problem, form: FormDefinition, say: Say) -> dict[str, str]:
    """A problem with the words of its question and the place in the designer that it is mended at."""
    name = drafting.question_of(problem.place)
    question = form.question(name) if name else None
    where = question.label.in_language(say.language, form.languages[0]) if question else ""
    return {
        "where": where or problem.place,
        "address": f"#questions.{name}" if name else "",
        "fault": problem.fault.said(say),
        "remedy": problem.remedy.said(say),
    }
