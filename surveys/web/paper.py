"""Forms on paper: batches of sheets to print, and the page where filled sheets are typed in by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, abort, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from analysis.saying import Teller, full_day
from forms.messages import Problem, mark
from surveys import keying, papering
from surveys.collecting import day_of, is_open
from surveys.errors import ProblemsFound, SheetBusy, TupuyError
from surveys.keying import Desk
from surveys.languages import own_name
from surveys.papering import said_code
from surveys.storage import PaperBatch, PaperSheet, Round, count_waiting
from surveys.storage.papers import REASONS
from surveys.web.access import staff_only
from surveys.web.drawing import wants_json
from surveys.web.sheet import ShownSheet
from surveys.web.speaking import speaker

doors = Blueprint("paper", __name__)

#: Control names of the page itself, never of a question.
SHEET, ENTRY, DO, REASON, RIGHT, CORRECTS = "~sheet", "~entry", "~do", "~reason", "~right/", "~corrects"
#: Why a sheet cannot be used.
WHY = {
    "empty": mark("It is empty"),
    "unreadable": mark("It cannot be read"),
    "no_consent": mark("The agreement was not given"),
    "damaged": mark("It is damaged, or a page is missing"),
    "misprint": mark("It was printed wrongly"),
}
#: What is told of the sheet before, by what became of it.
TOLD = {
    "once": mark("Kept. The sheet waits for its second typing, best by another person."),
    "stored": mark("Stored. What was typed is deleted; the answers count."),
    "late": mark("Stored. The round is closed: these answers wait outside its figures until enough late ones have come."),
    "corrected": mark("Corrected. The answers before are gone."),
    "spoiled": mark("Noted: the sheet cannot be used."),
    "back": mark("The sheet can be typed again."),
}


# Batches ---------------------------------------------------------------------------------------------------------------


@doors.get("/rounds/<uuid:round_id>/paper")
@staff_only
def batches(round_id: UUID) -> str:
    round_ = round_or_404(round_id)
    if round_.closed_at is not None:
        with g.database.session() as session:
            keying.forget_stale(session, session.get_one(Round, round_id), day_of(round_, g.now))
    return batches_page(round_)


@doors.post("/rounds/<uuid:round_id>/paper")
@staff_only
def make(round_id: UUID) -> ResponseReturnValue:
    round_, form = round_or_404(round_id), request.form
    languages = [code for code in dict.fromkeys((form.get("language", ""), form.get("second", ""))) if code]
    entries = 1 if form.get("entries") == "1" else 2
    try:
        papering.make_batch(g.session, round_, languages, _whole(form.get("count", "")), g.now, "large" in form, entries, g.person.id)
    except TupuyError as fault:
        return batches_page(round_, fault.problems), fault.status
    return redirect(url_for("paper.batches", round_id=round_id), 303)


@doors.get("/rounds/<uuid:round_id>/paper/<uuid:batch_id>.pdf")
@staff_only
def sheets(round_id: UUID, batch_id: UUID) -> Response:
    """Sheets of a batch, to be printed: those of one part, from ``?from=`` on."""
    batch, first = g.session.get(PaperBatch, batch_id), _whole(request.args.get("from", "1"))
    if batch is None or batch.round_id != round_id or not 1 <= first <= len(batch.sheets):
        abort(404)
    name = f"{batch.round.survey.slug}-{batch.round.key}-{batch.number}-{first}.pdf"
    said = {"Content-Disposition": f'inline; filename="{name}"'} if name.isascii() and '"' not in name else {}
    return Response(papering.print_batch(batch, first), mimetype="application/pdf", headers=said)


def batches_page(round_: Round, problems: Sequence[Problem] = ()) -> str:
    return render_template(
        "paper/batches.html",
        here="rounds",
        programme=round_.survey.programme,
        round=round_,
        tell=Teller(speaker()),
        say=speaker(),
        day_of=lambda day: full_day(day, speaker()),
        totals=papering.totals(g.session, round_),
        waiting=count_waiting(g.session, round_),
        most=papering.MOST_SHEETS,
        problems=problems,
        given=request.form,
        own_name=own_name,
        said_code=said_code,
        why=WHY,
    )


def round_or_404(round_id: UUID) -> Round:
    return g.session.get(Round, round_id) or abort(404)


def _whole(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0


# Typing ----------------------------------------------------------------------------------------------------------------


@doors.get("/rounds/<uuid:round_id>/paper/entry")
@staff_only
def ask_for_sheet(round_id: UUID) -> str:
    return sheet_page(round_or_404(round_id), told=TOLD.get(request.args.get("told", ""), ""))


@doors.post("/rounds/<uuid:round_id>/paper/entry")
@staff_only
def type_sheet(round_id: UUID) -> ResponseReturnValue:
    """One door for everything that is done with a sheet whose code is typed."""
    round_, do = round_or_404(round_id), request.form.get(DO, "open")
    if do not in DEEDS:
        abort(422)
    try:
        sheet = keying.open_sheet(g.session, round_, request.form.get(SHEET, ""))
        return DEEDS[do](sheet)
    except ProblemsFound as fault:
        return _again(sheet, fault.problems), 422
    except TupuyError as fault:
        g.session.rollback()
        return sheet_page(round_or_404(round_id), fault.problems), fault.status


def _open(sheet: PaperSheet) -> ResponseReturnValue:
    return typing_page(sheet) if sheet.state in ("out", "once") else state_page(sheet)


def _check(sheet: PaperSheet) -> ResponseReturnValue:
    """What is typed so far, in words: what it means, and what of it is not valid. Nothing is kept.

    Without a script this is what Enter does: it never saves a sheet that is half typed.
    """
    typed, shown = typed_values(request.form), ShownSheet(sheet, speaker())
    sent = keying.read_sheet(sheet, typed, day_of(sheet.batch.round, g.now))
    if not wants_json():
        return typing_page(sheet, typed, sent.blocking, CORRECTS in request.form)
    return jsonify(said=shown.meanings(typed), problems=shown.by_space(sent.blocking))


def _save(sheet: PaperSheet) -> ResponseReturnValue:
    outcome = keying.enter_sheet(g.session, sheet, entry_id(), typed_values(request.form), desk())
    return state_page(sheet) if outcome.state == "differs" else _next(sheet, outcome)


def _settle(sheet: PaperSheet) -> ResponseReturnValue:
    right = {name.removeprefix(RIGHT): said for name, said in request.form.items() if name.startswith(RIGHT)}
    return _next(sheet, keying.settle_sheet(g.session, sheet, right, typed_values(request.form), desk()))


def _retype(sheet: PaperSheet) -> ResponseReturnValue:
    if sheet.state != "stored" or sheet.response_id is None:
        raise SheetBusy(said_code(sheet.code), sheet.state)
    return typing_page(sheet, corrects=True)


def _correct(sheet: PaperSheet) -> ResponseReturnValue:
    return _next(sheet, keying.correct_sheet(g.session, sheet, typed_values(request.form), desk()))


def _spoil(sheet: PaperSheet) -> ResponseReturnValue:
    reason = request.form.get(REASON, "")
    if reason not in REASONS:
        abort(422)
    keying.spoil_sheet(g.session, sheet, reason)
    return _on(sheet, "spoiled")


def _take_back(sheet: PaperSheet) -> ResponseReturnValue:
    keying.take_back(g.session, sheet)
    return _on(sheet, "back")


DEEDS: dict[str, Callable[[PaperSheet], ResponseReturnValue]] = {
    "open": _open,
    "check": _check,
    "save": _save,
    "settle": _settle,
    "retype": _retype,
    "correct": _correct,
    "spoil": _spoil,
    "back": _take_back,
}


def _next(sheet: PaperSheet, outcome: keying.Outcome) -> ResponseReturnValue:
    return _on(sheet, "late" if outcome.is_late else outcome.state)


def _on(sheet: PaperSheet, told: str) -> ResponseReturnValue:
    """On to the next sheet."""
    return redirect(url_for("paper.ask_for_sheet", round_id=sheet.batch.round_id, told=told), 303)


def _again(sheet: PaperSheet, problems: Sequence[Problem]) -> str:
    """The page that sent something not valid, with what was typed and what is wrong."""
    if request.form.get(DO) == "settle":
        return state_page(sheet, problems)
    return typing_page(sheet, typed_values(request.form), problems, CORRECTS in request.form)


def typed_values(form: MultiDict[str, str]) -> dict[str, str]:
    return {name: said for name, said in form.items() if not name.startswith("~") and name != "csrf_token"}


def entry_id() -> UUID:
    """The id of this typing, made when its page was drawn."""
    try:
        return UUID(request.form.get(ENTRY, ""))
    except ValueError:
        abort(422)


def desk() -> Desk:
    return Desk(g.person.id, g.now, g.settings.secret, g.settings.keys)


# Drawing ---------------------------------------------------------------------------------------------------------------


def sheet_page(round_: Round, problems: Sequence[Problem] = (), told: str = "") -> str:
    """The page that asks for the code of a sheet."""
    values = {"problems": problems, "told": told, "given": request.form.get(SHEET, "")}
    return _drawn("paper/sheet.html", round_, **values)


def typing_page(sheet: PaperSheet, typed: Mapping[str, str] | None = None, problems: Sequence[Problem] = (), corrects: bool = False) -> str:
    """The page with one short input after the other, in the order of the sheet."""
    shown = ShownSheet(sheet, speaker())
    return _drawn(
        "paper/typing.html",
        sheet.batch.round,
        sheet=sheet,
        shown=shown,
        lines=shown.lines(typed or {}, problems),
        wholly=[f"{problem.fault.said(speaker())} {problem.remedy.said(speaker())}" for problem in problems if not problem.place],
        faults=len(problems),
        corrects=corrects,
        is_mine=keying.was_typed_by(sheet, g.person.id),
        entry=request.form.get(ENTRY) or uuid4(),
    )


def state_page(sheet: PaperSheet, problems: Sequence[Problem] = ()) -> str:
    """The page of a sheet that is not to be typed now: what differs, what it became, why it is of no use."""
    shown, is_open_question = ShownSheet(sheet, speaker()), sheet.state == "differs"
    return _drawn(
        "paper/state.html",
        sheet.batch.round,
        sheet=sheet,
        shown=shown,
        differences=keying.differences(sheet) if is_open_question else [],
        codes=list(keying.code_spaces(sheet).values()) if is_open_question and keying.must_retype_code(sheet) else [],
        problems=shown.by_space(problems),
        given=request.form if request.form.get(DO) == "settle" else {},
        may_correct=sheet.state == "stored" and sheet.response_id is not None and is_open(sheet.batch.round, g.now),
    )


def _drawn(template: str, round_: Round, **values: Any) -> str:
    names = {"SHEET": SHEET, "ENTRY": ENTRY, "DO": DO, "REASON": REASON, "RIGHT": RIGHT, "CORRECTS": CORRECTS}
    given = {"here": "rounds", "programme": round_.survey.programme, "round": round_, "why": WHY, "said_code": said_code, **names}
    return render_template(template, tell=Teller(speaker()), say=speaker(), **given, **values)
