"""The facilitator's doors: the forms of a programme, the designer, and the small JSON interface that it speaks with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from forms import codec
from forms.messages import Message, Problem, Say, mark
from forms.questions import TYPES
from forms.questions.base import QuestionType
from forms.wording import Text
from surveys import drafting
from surveys.drafting import DraftClash
from surveys.errors import ProblemsFound
from surveys.storage import Form, Programme
from surveys.web.access import staff_only
from surveys.web.speaking import speaker

doors = Blueprint("author", __name__)


@doors.get("/forms/<uuid:form_id>")
@staff_only
def designer(form_id: UUID) -> str:
    form = form_or_404(form_id)
    programme = g.session.get_one(Programme, form.programme_id)
    say = speaker()
    return render_template("author/designer.html", here="forms", programme=programme, form=form, state=state_of(form), kinds=kinds_in(say))


@doors.get("/forms/kinds")
@staff_only
def kinds() -> ResponseReturnValue:
    return {"kinds": kinds_in(speaker())}


@doors.get("/forms/<uuid:form_id>/draft")
@staff_only
def draft(form_id: UUID) -> ResponseReturnValue:
    return state_of(form_or_404(form_id))


@doors.post("/forms/<uuid:form_id>/draft")
@staff_only
def save(form_id: UUID) -> ResponseReturnValue:
    """Save the draft; 409 with both versions when somebody else changed the same places, 422 when it is no form."""
    form, sent = form_or_404(form_id), sent_json()
    document, revision = sent.get("document"), sent.get("revision")
    if not isinstance(document, dict) or not isinstance(revision, int):
        raise unreadable()
    try:
        drafting.save_draft(g.session, form, document, revision, g.person, g.now)
    except codec.FormFileError as fault:
        raise ProblemsFound(fault.problems) from fault
    except DraftClash as clash:
        return clash_of(clash), clash.status
    return state_of(form) | {"merged": drafting.differences(form, document)}


@doors.post("/forms/<uuid:form_id>/condition")
@staff_only
def condition(form_id: UUID) -> ResponseReturnValue:
    """A condition as it is being written: in words, with what is wrong with it; nothing is stored."""
    form, sent = form_or_404(form_id), sent_json()
    question, asked = sent.get("question"), sent.get("show_if", sent.get("clauses"))
    if not isinstance(question, str) or not isinstance(asked, str | dict):
        raise unreadable()
    return drafting.try_condition(g.session, form, question, asked, speaker())


def form_or_404(form_id: UUID) -> Form:
    form = g.session.get(Form, form_id)
    if form is None:
        abort(404)
    return form


def state_of(form: Form) -> dict[str, Any]:
    """The State of the designer, in the language of the request."""
    return drafting.state(g.session, form, speaker()) | {
        "instruments_address": f"/p/{g.session.get_one(Programme, form.programme_id).slug}/library.json",
        "reach_address": f"/forms/{form.id}/reach",
    }


def clash_of(clash: DraftClash) -> dict[str, Any]:
    conflicts = [{"place": one.place, "mine": one.mine, "theirs": one.theirs} for one in clash.conflicts]
    return {"theirs": state_of(clash.form), "conflicts": conflicts, "merged": clash.merged, "kept": str(clash.kept)}


def sent_json() -> Mapping[str, Any]:
    """What was sent, as a mapping; 400 when it is not JSON."""
    sent = request.get_json()
    if not isinstance(sent, dict):
        raise unreadable()
    return sent


def unreadable() -> ProblemsFound:
    fault, remedy = Message(mark("This page could not read what was sent.")), Message(mark("Load the page again and send once more."))
    return ProblemsFound([Problem("form", fault, remedy)])


# What the designer must know of the kinds of questions -----------------------------------------------------------------


def kinds_in(say: Say) -> list[dict[str, Any]]:
    """Every kind of question, as it declares itself: enough to draw its editor."""
    return [_kind(type_, say) for type_ in TYPES]


def _kind(type_: QuestionType, say: Say) -> dict[str, Any]:
    return {
        "kind": type_.kind,
        "name": say(type_.name),
        "asks": type_.asks,
        "may_skip": type_.may_skip,
        "may_measure": type_.may_measure,
        "needs": list(type_.needs),
        "may_have": list(type_.may_have),
        "settings": [
            {"name": one.name, "kind": one.kind, "label": say(one.label), "default": _default(one.default)} for one in type_.settings
        ],
        "new": drafting.new_question(type_),
    }


def _default(value: Any) -> Any:
    return value.as_dict() if isinstance(value, Text) else value
