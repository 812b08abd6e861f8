"""The facilitator's door to recordings: each text of a form beside what can be heard of it, in any language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms import codec
from forms.definition import FormDefinition
from forms.markup import plain
from forms.messages import Problem
from surveys import authoring, recording
from surveys.errors import ProblemsFound
from surveys.languages import own_name
from surveys.storage import Form, Programme, Recording, Sound, recordings_of
from surveys.web import delivery
from surveys.web.access import staff_only
from surveys.web.author import OFFERED, form_or_404
from surveys.web.speaking import speaker

doors = Blueprint("recordings", __name__)


@dataclass(frozen=True)
class Line:
    """One text of the form that can be heard, and its recordings: (recording, its address, name of its file, is stale)."""

    place: str
    words: str
    is_question: bool
    heard: tuple[tuple[Recording, str, str, bool], ...]


@doors.get("/forms/<uuid:form_id>/recordings")
@staff_only
def show(form_id: UUID) -> Response:
    return recordings_page(form_or_404(form_id))


@doors.post("/forms/<uuid:form_id>/recordings")
@staff_only
def change(form_id: UUID) -> ResponseReturnValue:
    """Put a recording beside a text, or take one away."""
    form, place, language = form_or_404(form_id), request.form.get("place", ""), request.form.get("language", "").strip()
    if request.form.get("do") == "remove":
        recording.remove(g.session, form, place, language)
        return redirect(_back(form, place), 303)
    file = request.files.get("sound")
    try:
        recording.attach(g.session, form, bound_draft(form), place, language, file.read() if file else b"")
    except ProblemsFound as fault:
        g.session.rollback()
        page = recordings_page(form_or_404(form_id), fault.problems, place)
        page.status_code = fault.status
        return page
    return redirect(_back(form, place), 303)


@doors.get("/forms/<uuid:form_id>/voice/<digest>")
@staff_only
def hear(form_id: UUID, digest: str) -> Response:
    """A recording beside the draft."""
    sound = g.session.get(Sound, digest)
    if sound is None or not any(one.digest == digest for one in recordings_of(g.session, form_or_404(form_id).id)):
        abort(404)
    return delivery.sent_sound(sound)


def bound_draft(form: Form) -> FormDefinition:
    """The draft with the programme's groups, whatever of it is finished."""
    return authoring.bound_to(g.session.get_one(Programme, form.programme_id), codec.read_unfinished(form.draft)[0])


def _back(form: Form, place: str) -> str:
    return url_for("recordings.show", form_id=form.id, _anchor=place)


def recordings_page(form: Form, problems: Sequence[Problem] = (), wrong_place: str = "") -> Response:
    say, programme = speaker(), g.session.get_one(Programme, form.programme_id)
    definition = bound_draft(form)
    lines, kept = _lines(form, definition, say.language), recordings_of(g.session, form.id)
    codes = dict.fromkeys([*(one.language for one in kept), "qu", "ay", *definition.languages, *programme.languages, *OFFERED])
    page = render_template(
        "author/recordings.html",
        here="forms",
        programme=programme,
        form=form,
        title=plain(definition.title.in_language(say.language, definition.languages[0] if definition.languages else "es")),
        lines=lines,
        languages=[(code, own_name(code)) for code in codes],
        own_name=own_name,
        chosen=request.form.get("language", next(iter(codes))),
        voiced=[own_name(code) for code in dict.fromkeys(one.language for one in kept)],
        stale=sum(is_stale for line in lines for _one, _address, _name, is_stale in line.heard),
        wrong_place=wrong_place,
        wrong=[f"{problem.fault.said(say)} {problem.remedy.said(say)}" for problem in problems],
        kilobytes=recording.MOST_BYTES // 1024,
    )
    return delivery.recording(make_response(page))


def _lines(form: Form, definition: FormDefinition, language: str) -> list[Line]:
    kept: dict[str, list[Recording]] = {}
    for one in recordings_of(g.session, form.id):
        kept.setdefault(one.place, []).append(one)
    base = definition.languages[0] if definition.languages else "es"
    return [
        Line(
            place,
            plain(words.in_language(language, base)),
            place.endswith(".label"),
            tuple(_heard(form, one, definition) for one in kept.get(place, ())),
        )
        for place, words in recording.places_of(definition)
    ]


def _heard(form: Form, one: Recording, definition: FormDefinition) -> tuple[Recording, str, str, bool]:
    address = url_for("recordings.hear", form_id=form.id, digest=one.digest)
    name = recording.file_name(one.place, one.language, one.sound.mime)
    return one, address, name, recording.is_stale(one, definition)
