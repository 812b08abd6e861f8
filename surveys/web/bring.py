"""The doors by which files come in: a form of another system, and answers that were given elsewhere.

A file is looked at first and nothing of it is kept. The page that shows what would come of it carries the file along; only
when that very page is sent back, with the mark of what it showed, is anything stored.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, cast

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from analysis.saying import Teller
from forms import codec
from forms.check import NAME, check
from forms.definition import FormDefinition
from forms.exchange import read_form
from forms.exchange.codes import Names
from forms.exchange.matching import Order, targets
from forms.exchange.report import Imported
from forms.messages import Message, Problem, Say, mark
from forms.places import places_in_words
from surveys import authoring, drafting, importing, matching, recording
from surveys.answers_file import NEEDED, read_table
from surveys.errors import ProblemsFound
from surveys.importing import Prepared
from surveys.matching import Preview
from surveys.storage import Form, Programme, Survey, all_forms
from surveys.web.access import staff_only
from surveys.web.coordinate import programme_or_404
from surveys.web.speaking import speaker

doors = Blueprint("bring", __name__)

#: How large a file may be that the page carries along; a larger one is chosen once more. How much it may unfold to.
MOST_CARRIED, MOST_UNFOLDED = 2_000_000, 50_000_000

#: What is shown of a long list.
MOST_SHOWN = 200

ORDERS = (("", mark("The file itself shows it")), ("day", mark("The day")), ("month", mark("The month")))


@dataclass(frozen=True)
class Sent:
    """A file as it was sent, or carried along by the page that showed it."""

    name: str
    data: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def carried(self) -> str:
        """The file as the page carries it along; '' when it is too large for that."""
        packed = zlib.compress(self.data, 6)
        return base64.b64encode(packed).decode() if len(packed) <= MOST_CARRIED else ""


def sent_file() -> Sent | None:
    """The file of this request, if there is one."""
    file = request.files.get("file")
    if file is not None and file.filename:
        return Sent(PurePath(file.filename.replace("\\", "/")).name[:120], file.read())
    return _unfolded(request.form.get("name", "")[:120], request.form.get("carried", ""))


def _unfolded(name: str, carried: str) -> Sent | None:
    reading = zlib.decompressobj()
    try:
        data = reading.decompress(base64.b64decode(carried, validate=True), MOST_UNFOLDED)
    except (binascii.Error, zlib.error, ValueError):
        return None
    return Sent(name, data) if reading.eof else None


def no_file() -> Problem:
    fault = Message(mark("No file was sent."))
    return Problem("–", fault, Message(mark("Choose a file, then send once more.")))


# A form ----------------------------------------------------------------------------------------------------------------


@doors.get("/p/<programme>/forms/import")
@staff_only
def ask_for_form(programme: str) -> str:
    return form_page(programme)


@doors.post("/p/<programme>/forms/import")
@staff_only
def bring_form(programme: str) -> ResponseReturnValue:
    """Show what would come of a file; make the draft when that was seen and decided."""
    g.session.rollback()  # reading a file takes long and must not keep participants waiting
    sent = sent_file()
    if sent is None:
        return form_page(programme, problems=[no_file()]), 422
    found = read_form(sent.data, sent.name)
    if found.form is None:
        return form_page(programme, problems=found.problems, sent=sent), 422
    if request.form.get("seen") != sent.digest:
        return form_page(programme, found=found, sent=sent)
    name = request.form.get("as", "").strip()
    mine = programme_or_404(g.session, programme)
    if faults := _faults_of_name(mine, name):
        return form_page(programme, found=found, sent=sent, problems=faults), 422
    try:
        form = drafting.new_form(g.session, mine, replace(found.form, name=name), g.person, g.now)
        _attach_recordings(form, found)
    except ProblemsFound as fault:
        g.session.rollback()
        return form_page(programme, found=found, sent=sent, problems=fault.problems), fault.status
    return redirect(url_for("author.designer", form_id=form.id), 303)


def _attach_recordings(form: Form, found: Imported) -> None:
    """The recordings that the file names and that came along; the others can be added later. Raises ProblemsFound."""
    sent = {PurePath((file.filename or "").replace("\\", "/")).name.casefold(): file for file in request.files.getlist("recordings")}
    definition, faults = authoring.bound_to(g.session.get_one(Programme, form.programme_id), codec.from_document(form.draft)), []
    for one in found.recordings:
        file = sent.get(PurePath(one.file.replace("\\", "/")).name.casefold())
        if file is None:
            continue
        file.seek(0)  # the same file may be named twice
        try:
            recording.attach(g.session, form, definition, one.place, one.language, file.read())
        except ProblemsFound as fault:
            faults += [replace(problem, place=one.file) for problem in fault.problems]
    if faults:
        raise ProblemsFound(faults)


def _faults_of_name(programme: Programme, name: str) -> list[Problem]:
    if not NAME.fullmatch(name):
        remedy = mark("Use small letters without accents, digits and _, beginning with a letter; at most 40.")
        return [Problem(name or "–", Message(mark("This cannot be a name.")), Message(remedy))]
    if name in taken_names(programme):
        fault, remedy = mark("The programme already has a form with this name."), mark("You can call it “%(name)s”.")
        return [Problem(name, Message(fault), Message(remedy, {"name": free_name(programme, name)}))]
    return []


def taken_names(programme: Programme) -> frozenset[str]:
    return frozenset(form.slug for form in all_forms(g.session, programme.id))


def free_name(programme: Programme, wanted: str) -> str:
    return Names(taken_names(programme)).take(wanted, "form")


def form_page(slug: str, found: Imported | None = None, sent: Sent | None = None, problems: Sequence[Problem] = ()) -> str:
    """The page that asks for a file, or shows what would come of one."""
    programme, say = programme_or_404(g.session, slug), speaker()
    form = found.form if found else None
    return render_template(
        "author/bring_form.html",
        here="forms",
        programme=programme,
        surveys=programme.surveys,
        tell=Teller(say),
        sent=sent,
        found=found,
        findings=_by_fate(found, say),
        problems=[*problems, *(found.problems if found else ())],
        open_points=_open_points(form, say) if form else (),
        name=free_name(programme, form.name) if form else "",
        is_taken=form is not None and form.name in taken_names(programme),
        say=say,
        most=MOST_SHOWN,
    )


#: The words over the findings of each fate, the heaviest first.
FATES = (
    ("left_out", mark("Left out"), mark("Tupuy has no room for these parts. They stay in your file.")),
    ("changed", mark("Taken in another shape"), mark("Look at these parts in the designer.")),
    ("kept", mark("Kept beside the form"), mark("They go out again when the form is exported.")),
)


@dataclass(frozen=True)
class Kind:
    """What is said of many places, once: ``places`` has each of them with what stands there."""

    said: str
    places: tuple[tuple[str, str], ...]


def _by_kind(told: Iterable[tuple[str, str, str]]) -> list[Kind]:
    """(place, what stands there, what is said of it), put together by what is said; the most frequent first."""
    kinds: dict[str, list[tuple[str, str]]] = {}
    for place, found, said in told:
        kinds.setdefault(said, []).append((place, found))
    return sorted((Kind(said, tuple(places)) for said, places in kinds.items()), key=lambda kind: -len(kind.places))


def _open_points(form: FormDefinition, say: Say) -> list[Kind]:
    """What is to be solved in the form before it is published."""
    where = places_in_words(form, say)
    return _by_kind((where.get(one.place, one.place), "", f"{one.fault.said(say)} {one.remedy.said(say)}") for one in check(form))


def _by_fate(found: Imported | None, say: Say) -> list[tuple[str, str, int, list[Kind]]]:
    """(title, what it means, how many, kinds) of each fate that a part of the file has."""
    told = (
        {fate: [(one.place, one.found, one.what.said(say)) for one in found.findings if one.fate == fate] for fate, *_ in FATES}
        if found
        else {}
    )
    return [(title, about, len(told[fate]), _by_kind(told[fate])) for fate, title, about in FATES if told.get(fate)]


# Answers ---------------------------------------------------------------------------------------------------------------


@doors.get("/p/<programme>/surveys/<survey>/answers")
@staff_only
def ask_for_answers(programme: str, survey: str) -> str:
    return answers_page(survey_or_404(programme, survey))


@doors.post("/p/<programme>/surveys/<survey>/answers")
@staff_only
def bring_answers(programme: str, survey: str) -> ResponseReturnValue:
    """Show which column is which question; store when that was seen and accepted."""
    g.session.rollback()  # reading a file takes long and must not keep participants waiting
    sent = sent_file()
    if sent is None:
        return answers_page(survey_or_404(programme, survey), problems=[no_file()]), 422
    with g.database.session(reads_only=True) as session:
        mine = survey_or_404(programme, survey, session)
        try:
            found, prepared = _looked_at(mine, sent)
        except ProblemsFound as fault:
            return answers_page(mine, problems=fault.problems, sent=sent), 422
        if prepared is None or request.form.get("seen") != seen(sent, found) or request.form.get("do") != "store":
            return answers_page(mine, sent, found, prepared)
    return _stored(survey_or_404(programme, survey), prepared)


def _looked_at(survey: Survey, sent: Sent) -> tuple[Preview | None, Prepared | None]:
    """What would come of a file: of one with our own columns what it holds, of any other which column is which question."""
    if set(NEEDED) <= set(read_table(sent.data, sent.name).header):
        return None, importing.prepare(survey, sent.data, g.settings.keys, sent.name)
    round_key = request.form.get("new_round", "").strip() or request.form.get("round", "").strip()
    order = request.form.get("order", "")
    known: Order = cast(Order, order) if order in ("day", "month") else ""
    found = matching.preview(survey, sent.data, g.settings.keys, round_key[:200], sent.name, chosen_columns(request.form), known)
    return found, found.prepared


def chosen_columns(form: Mapping[str, str]) -> dict[int, str]:
    """What the selects of a page say: {number of the column: target}."""
    numbered = ((name.removeprefix("column_"), target) for name, target in form.items() if name.startswith("column_"))
    return {int(number): target for number, target in numbered if number.isascii() and number.isdigit() and len(number) < 5}


def seen(sent: Sent, found: Preview | None) -> str:
    """The mark of what a page showed: the file, and what each of its columns is."""
    shown = (found.round_key, found.order, *(one.target for one in found.matches)) if found else ()
    return hashlib.sha256("\x1f".join([sent.digest, *shown]).encode()).hexdigest()


def _stored(survey: Survey, prepared: Prepared) -> ResponseReturnValue:
    done = importing.store(g.session, survey, prepared, g.now, keeps_open="keep_open" in request.form)
    return answers_page(survey, done=done)


def survey_or_404(programme: str, slug: str, session: Any = None) -> Survey:
    found = next((one for one in programme_or_404(session or g.session, programme).surveys if one.slug == slug), None)
    if found is None:
        abort(404)
    return found


def answers_page(
    survey: Survey,
    sent: Sent | None = None,
    found: Preview | None = None,
    prepared: Prepared | None = None,
    problems: Sequence[Problem] = (),
    done: importing.Imported | None = None,
) -> str:
    """The page that asks for a file of answers, shows what would come of it, or says what was stored."""
    say = speaker()
    return render_template(
        "author/bring_answers.html",
        here="forms",
        programme=survey.programme,
        survey=survey,
        tell=Teller(say),
        sent=sent,
        found=found,
        prepared=prepared,
        problems=[*problems, *(found.problems if found else ())],
        targets=_offered(found),
        orders=ORDERS,
        seen=seen(sent, found) if sent else "",
        done=done,
        say=say,
        most=MOST_SHOWN,
    )


def _offered(found: Preview | None) -> list[tuple[str, str]]:
    """(target, its words in the reader's language) of everything that a column can be."""
    if found is None:
        return []
    return [(one.key, one.label.in_language(g.language, found.definition.languages[0])) for one in targets(found.definition)]
