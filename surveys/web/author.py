"""The facilitator's doors: the forms of a programme, the designer, and the small JSON interface that it speaks with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms import codec
from forms.definition import FormDefinition
from forms.exchange.xlsform_write import write_xlsform
from forms.messages import Message, Problem, Say, mark
from forms.questions import TYPES
from forms.questions.base import QuestionType
from forms.wording import Text
from surveys import drafting, library, recording
from surveys.drafting import DraftClash
from surveys.errors import ProblemsFound
from surveys.languages import own_name
from surveys.library import InstrumentUnknown
from surveys.storage import Form, Programme, find_programme, frozen_of, recordings_of
from surveys.web.access import staff_only
from surveys.web.delivery import framing
from surveys.web.speaking import speaker

doors = Blueprint("author", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: The designer's modules: each is asked for by what it says, so that a browser keeps it.
MODULES = sorted(f"designer/{one.name}" for one in (resources.files("surveys.web") / "static" / "designer").iterdir())
#: Languages that a new form is offered in, beside those of its programme.
OFFERED = ("es", "en", "qu", "ay", "pt")


@doors.get("/p/<programme>/forms")
@staff_only
def forms_of(programme: str) -> str:
    return list_page(programme_or_404(programme))


@doors.post("/p/<programme>/forms")
@staff_only
def make(programme: str) -> ResponseReturnValue:
    """A new form, empty or from an instrument of the library; then the designer."""
    found = programme_or_404(programme)
    languages = tuple(dict.fromkeys([*request.form.getlist("base"), *request.form.getlist("language")]))
    chosen = request.form.get("instrument", "")
    try:
        ready = library.find_entry(g.session, chosen).definition if chosen else None
        definition = drafting.begun(request.form.get("title", ""), languages, ready)
    except (ProblemsFound, InstrumentUnknown) as fault:
        return list_page(found, fault.problems), 422
    form = drafting.new_form(g.session, found, definition, g.person, g.now)
    return redirect(url_for("author.designer", form_id=form.id), 303)


@doors.get("/forms/<uuid:form_id>/form.yaml")
@staff_only
def file(form_id: UUID) -> ResponseReturnValue:
    """The draft, or ``?version=n``, as a file that ``tupuy form import`` takes."""
    form = form_or_404(form_id)
    return download(codec.dump(asked_for(form)), "application/yaml", f"{form.slug}.yaml")


@doors.get("/forms/<uuid:form_id>/form.xlsx")
@staff_only
def workbook(form_id: UUID) -> ResponseReturnValue:
    """The draft, or ``?version=n``, as an XLSForm."""
    form = form_or_404(form_id)
    return download(write_xlsform(asked_for(form), recording.named_files(_recorded(form))), XLSX, f"{form.slug}.xlsx")


def _recorded(form: Form) -> dict[tuple[str, str], str]:
    """{(place, language): type} of the recordings of the draft, or of the version that the address names."""
    number = request.args.get("version")
    version = next((one for one in form.versions if str(one.number) == number), None)
    found = frozen_of(g.session, version.id) if version else recordings_of(g.session, form.id)
    return {(one.place, one.language): one.sound.mime for one in found}


def download(said: str | bytes, kind: str, name: str) -> Response:
    answer = make_response(said)
    answer.mimetype = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def asked_for(form: Form) -> FormDefinition:
    """The draft, or the version that the address names."""
    return codec.from_document(document_or_404(form, request.args.get("version")))


@doors.get("/forms/<uuid:form_id>")
@staff_only
def designer(form_id: UUID) -> Response:
    """The page of the designer. Its script asks for the draft itself, so that the page is drawn before the draft is judged."""
    form = form_or_404(form_id)
    shown = {
        "programme": g.session.get_one(Programme, form.programme_id),
        "form": form,
        "kinds": kinds_in(speaker()),
        "addresses": addresses_of(form),
        "modules": {url_for("static", filename=name).partition("?")[0]: url_for("static", filename=name) for name in MODULES},
    }
    return framing(make_response(render_template("author/designer.html", here="forms", **shown)))


def addresses_of(form: Form) -> dict[str, str]:
    """The doors that the designer's script speaks with."""
    base, programme = f"/forms/{form.id}", g.session.get_one(Programme, form.programme_id).slug
    own = {
        name: f"{base}/{name}" for name in ("draft", "condition", "texts", "preview", "trial", "publish", "insert", "instruments", "reach")
    }
    return own | {"library": f"/p/{programme}/library.json"}


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


def programme_or_404(slug: str) -> Programme:
    programme = find_programme(g.session, slug)
    if programme is None:
        abort(404)
    return programme


def document_or_404(form: Form, number: str | None) -> dict[str, Any]:
    """The document of the draft, or of the version with this number."""
    if number is None:
        return form.draft
    found = next((version for version in form.versions if str(version.number) == number), None)
    if found is None:
        abort(404)
    return found.definition


def form_or_404(form_id: UUID) -> Form:
    form = g.session.get(Form, form_id)
    if form is None:
        abort(404)
    return form


def state_of(form: Form) -> dict[str, Any]:
    """The State of the designer, in the language of the request."""
    addresses = addresses_of(form)
    return drafting.state(g.session, form, speaker()) | {"instruments_address": addresses["library"], "reach_address": addresses["reach"]}


def clash_of(clash: DraftClash) -> dict[str, Any]:
    conflicts = [{"place": one.place, "mine": one.mine, "theirs": one.theirs} for one in clash.conflicts]
    return {"theirs": state_of(clash.form), "conflicts": conflicts, "merged": clash.merged, "kept": str(clash.kept)}


def sent_json() -> Mapping[str, Any]:
    """What was sent, as a mapping; 400 when it is not JSON."""
    sent = request.get_json()
    if not isinstance(sent, dict):
        raise unreadable()
    return sent


# The list of forms -----------------------------------------------------------------------------------------------------


def list_page(programme: Programme, problems: Sequence[Problem] = ()) -> str:
    """The forms of a programme, and a form to make one; with what was typed when it could not be made."""
    say = speaker()
    codes = dict.fromkeys((*programme.languages, *OFFERED))
    typed = {name: request.form.get(name, "") for name in ("title", "instrument")}
    typed |= {"base": request.form.get("base", programme.languages[0])}
    chosen = request.form.getlist("language") if problems else programme.languages[1:]
    return render_template(
        "author/forms.html",
        here="forms",
        programme=programme,
        name=Text.of(programme.name).in_language(say.language),
        forms=[_listed(one, programme, say) for one in drafting.overview(g.session, programme)],
        known={code: own_name(code) for code in codes},
        typed=typed | {"languages": chosen},
        instruments=[(one.key, one.definition.title.in_language(say.language)) for one in library.offered(g.session, programme)],
        wrong=[f"{problem.fault.said(say)} {problem.remedy.said(say)}" for problem in problems],
    )


def _listed(one: drafting.Listed, programme: Programme, say: Say) -> dict[str, Any]:
    form_id = one.form.id
    return {
        "title": Text.of(one.form.draft.get("title", {})).in_language(say.language) or one.form.slug,
        "address": url_for("author.designer", form_id=form_id),
        "texts_address": url_for("translate.texts", form_id=form_id),
        "publish_address": url_for("publish.look", form_id=form_id),
        "recordings_address": url_for("recordings.show", form_id=form_id),
        "further": [
            (say("Download as YAML"), url_for("author.file", form_id=form_id)),
            (say("Download as XLSForm"), url_for("author.workbook", form_id=form_id)),
            *_answers_in(one.form, programme, say),
        ],
        "number": one.number,
        "version_address": url_for("publish.version", form_id=form_id, number=one.number) if one.number else "",
        "is_changed": one.is_changed,
        "answers": answers_in_words(one.answers, one.k, say),
        "languages": one.languages,
    }


def _answers_in(form: Form, programme: Programme, say: Say) -> list[tuple[str, str]]:
    """The way in for answers that were given elsewhere, of each survey that asks the form."""
    mine = [survey for survey in programme.surveys if survey.form_id == form.id]
    named = {survey.slug: f": {Text.of(survey.title).in_language(say.language)}" if len(mine) > 1 else "" for survey in mine}
    address = {slug: url_for("bring.ask_for_answers", programme=programme.slug, survey=slug) for slug in named}
    return [(say("Bring in answers") + more, address[slug]) for slug, more in named.items()]


def answers_in_words(count: int, k: int, say: Say) -> str:
    """How many answers a version has, in steps of k."""
    if count == 0:
        return say("Fewer than %(k)s answers so far.", k=k)
    return say.many("%(count)s answer or more so far.", "%(count)s answers or more so far.", count)


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
        "may_require": list(type_.may_require),
        "may_measure": type_.may_measure,
        "needs": list(type_.needs),
        "may_have": list(type_.may_have),
        "options_may": list(type_.options_may),
        "settings": [
            {"name": one.name, "kind": one.kind, "label": say(one.label), "default": _default(one.default), "needs": one.needs}
            for one in type_.settings
        ],
        "new": drafting.new_question(type_),
    }


def _default(value: Any) -> Any:
    return value.as_dict() if isinstance(value, Text) else value
