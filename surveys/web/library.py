"""The library's doors: instruments found, looked at, begun from, copied; and put into the draft that the designer holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request
from flask.typing import ResponseReturnValue

from forms.inserting import measured
from forms.messages import Say
from forms.wording import Text
from surveys import library
from surveys.drafting import DraftClash
from surveys.languages import own_name
from surveys.library import Entry, Use
from surveys.programme_file import STANDARD_CONSTRUCTS
from surveys.storage import Form, Programme, all_forms, all_programmes
from surveys.web.access import staff_only
from surveys.web.author import clash_of, form_or_404, programme_or_404, sent_json, state_of, unreadable
from surveys.web.speaking import speaker

doors = Blueprint("library", __name__)


@doors.get("/p/<programme>/library")
@staff_only
def shelf(programme: str) -> str:
    """The page: a search, and every instrument with what one must know before asking it."""
    mine, query = programme_or_404(programme), request.args.get("q", "")
    others = [one for one in all_programmes(g.session) if one is not mine]
    return render_template(
        "author/library.html",
        here="forms",
        programme=mine,
        query=query,
        entries=found(mine, query),
        words=words,
        own_name=own_name,
        measured=measured,
        construct=lambda name: words(Text.of(mine.constructs.get(name) or STANDARD_CONSTRUCTS.get(name, {}))) or name,
        others=[(one, forms) for one in others if (forms := all_forms(g.session, one.id))],
    )


@doors.get("/p/<programme>/library.json")
@staff_only
def listed(programme: str) -> ResponseReturnValue:
    return {"instruments": [_entry(entry, speaker()) for entry in found(programme_or_404(programme), request.args.get("q", ""))]}


@doors.post("/p/<programme>/library/start")
@staff_only
def start(programme: str) -> ResponseReturnValue:
    """A new form with the instrument as its draft, opened in the designer."""
    mine = programme_or_404(programme)
    form = library.start_form(g.session, mine, library.find_entry(g.session, request.form.get("instrument", "")), g.person, g.now)
    return redirect(f"/forms/{form.id}", 303)


@doors.post("/p/<programme>/library/copy")
@staff_only
def copy(programme: str) -> ResponseReturnValue:
    """An instrument of the bank or of another programme, taken into the programme's own library."""
    mine = programme_or_404(programme)
    library.copy_instrument(g.session, library.find_entry(g.session, request.form.get("instrument", "")), mine, g.person, g.now.date())
    return redirect(f"/p/{mine.slug}/library", 303)


@doors.post("/p/<programme>/library/copy-form")
@staff_only
def copy_form(programme: str) -> ResponseReturnValue:
    """The draft of another programme's form as a new form, opened in the designer."""
    mine, form = programme_or_404(programme), _form(request.form.get("form", ""))
    return redirect(f"/forms/{library.copy_form(g.session, form, mine, g.person, g.now).id}", 303)


@doors.post("/forms/<uuid:form_id>/insert")
@staff_only
def insert(form_id: UUID) -> ResponseReturnValue:
    """Put an instrument into the draft: its new State, with what was put in and what had to be done for it."""
    form, sent = form_or_404(form_id), sent_json()
    revision, key = sent.get("revision"), sent.get("instrument")
    if not isinstance(revision, int) or not isinstance(key, str):
        raise unreadable()
    entry, place = library.find_entry(g.session, key), {name: _word(sent, name) for name in ("section", "after")}
    try:
        put = library.insert(g.session, form, entry, revision, g.person, g.now, **place)
    except DraftClash as clash:
        return clash_of(clash), clash.status
    return state_of(form) | {"inserted": list(put.questions), "notes": [note.said(speaker()) for note in put.notes]}


@doors.post("/forms/<uuid:form_id>/instruments")
@staff_only
def keep(form_id: UUID) -> ResponseReturnValue:
    """Some questions of the draft as an instrument of the programme's own."""
    form, sent = form_or_404(form_id), sent_json()
    questions, title, scoring = sent.get("questions"), sent.get("title"), sent.get("scoring", {})
    if not (isinstance(questions, list) and all(isinstance(one, str) for one in questions) and _is_words(title) and _is_words(scoring)):
        raise unreadable()
    kept = library.save_instrument(
        g.session,
        form,
        questions,
        _word(sent, "slug"),
        title,
        g.person,
        g.now.date(),
        source=_word(sent, "source"),
        licence=_word(sent, "licence"),
        scoring=scoring,
    )
    return {"key": f"{g.session.get_one(Programme, kept.programme_id).slug}:{kept.slug}"}


def found(programme: Programme, query: str) -> list[Entry]:
    return library.own_first(library.searched(library.entries(g.session), query), programme)


def words(text: Text) -> str:
    """The words of the page's language, else those of the first that there is."""
    return text.in_language(speaker().language)


def _entry(entry: Entry, say: Say) -> dict[str, Any]:
    form = entry.definition
    return {
        "key": entry.key,
        "title": form.title.in_language(say.language),
        "source": form.source,
        "licence": form.licence,
        "scoring": entry.scoring.in_language(say.language),
        "languages": list(form.languages),
        "constructs": list(entry.constructs),
        "questions": [
            {"name": one.name, "kind": one.kind, "label": one.label.in_language(say.language)} for one in measured(entry.definition)
        ],
        "home": entry.home.slug if entry.home else library.BANK,
        "used_by": [_use(use, say) for use in entry.used_by],
    }


def _use(use: Use, say: Say) -> dict[str, Any]:
    title = use.title.in_language(say.language) or use.form.slug
    return {"programme": use.programme.slug, "form": str(use.form.id), "title": title, "shared": use.shared, "of": use.of}


def _form(said: str) -> Form:
    try:
        return form_or_404(UUID(said))
    except ValueError:
        abort(404)


def _word(sent: Mapping[str, Any], name: str) -> str:
    """A word that was sent, or "" where there is none; anything else is not understood."""
    said = sent.get(name) or ""
    if not isinstance(said, str):
        raise unreadable()
    return said


def _is_words(said: object) -> TypeGuard[dict[str, str]]:
    return isinstance(said, dict) and all(isinstance(one, str) for pair in said.items() for one in pair)
