"""The facilitator's doors to rounds: those of a programme, a new one, and the home of each, from which every tool of
collecting is reached."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from analysis.saying import Teller
from forms.messages import Message, Problem, Say, mark
from surveys import authoring, following, meeting, opening, scheduling, sealing, subscribing
from surveys.collecting import State, day_in, state_of
from surveys.declared import KEY
from surveys.errors import ProblemsFound
from surveys.languages import locale, own_name
from surveys.opening import Times
from surveys.settings import GRACE
from surveys.storage import (
    Event,
    Programme,
    Round,
    RoundChange,
    Schedule,
    Survey,
    count_late,
    count_responses,
    find_programme,
    in_steps,
    schedules_of,
)
from surveys.web.access import staff_only
from surveys.web.fields import Fields, as_sent, told, written
from surveys.web.speaking import speaker

doors = Blueprint("collect", __name__)

STATES: dict[State, tuple[str, str]] = {
    "open": ("good", mark("Open for answers")),
    "coming": ("going", mark("Not open yet")),
    "ended": ("care", mark("Ended, not closed yet")),
    "closed": ("", mark("Closed")),
}
#: How many days of a schedule a page shows.
DAYS_SHOWN = 4


@dataclass(frozen=True)
class Line:
    """A round in the list: where it stands, and what happens next to it, in words."""

    round: Round
    state: State
    next: str
    answers: str


# The rounds of a programme -----------------------------------------------------------------------------------------------


@doors.get("/p/<programme>/rounds")
@staff_only
def rounds_of(programme: str) -> str:
    do_what_is_due()
    found, say = programme_or_404(programme), speaker()
    rounds = sorted((one for survey in found.surveys for one in survey.rounds), key=lambda one: (one.on, one.key))
    lines = [_line(round_, say) for round_ in rounds]
    today = day_in(found, g.now)
    return render_template(
        "collect/rounds.html",
        here="rounds",
        programme=found,
        tell=Teller(say),
        states=STATES,
        running=[line for line in lines if line.state in ("open", "ended")],
        coming=[line for line in lines if line.state == "coming"],
        closed=[line for line in reversed(lines) if line.state == "closed"],
        meetings=[event for event in found.events if event.on >= today],
        held=[event for event in reversed(found.events) if event.on < today],
        differs={event.key for event in found.events if event.counts and meeting.disagreements(event)},
        schedules=[
            (one, rule_words(one, say), _days_shown(one), told(scheduling.round_faults(one), say))
            for one in schedules_of(g.session, found.id)
        ],
        feed=_feed(found),
        zone=found.time_zone,
    )


def _line(round_: Round, say: Say) -> Line:
    state = state_of(round_, g.now)
    return Line(round_, state, next_words(round_, state, say), answers_words(round_, say) if state != "coming" else "")


def _days_shown(schedule: Schedule) -> list[tuple[str, str, bool]]:
    days = scheduling.next_days(schedule, day_in(schedule.programme, g.now), DAYS_SHOWN)
    return [(on.isoformat(), Teller(speaker()).short_day(on), on.isoformat() in schedule.skipped) for on in days]


def _feed(programme: Programme) -> str:
    token = subscribing.link_of(g.session, programme, g.settings.secret)
    if not token:
        return ""
    return url_for("meetings.calendar", programme=programme.slug, token=token, lang=speaker().language, _external=True)


# A new round -------------------------------------------------------------------------------------------------------------


@doors.get("/p/<programme>/rounds/new")
@staff_only
def ask_for_round(programme: str) -> str:
    found = programme_or_404(programme)
    event = next((one for one in found.events if one.key == request.args.get("event")), None)
    today = day_in(found, g.now)
    first = {"on": event.on if event else today, "event": event.id if event else "", "opens": "now" if not event else "time"}
    named = {f"label.{language}": words for language, words in event.name.items()} if event else {}
    opens = {"opens_at": written(_start(event, found), found)} if event else {}
    return _new_round_page(found, as_sent({**first, **named, **opens}))


def _start(event: Event, programme: Programme) -> datetime:
    starts = event.starts or datetime.min.time()
    return datetime.combine(event.on, starts, ZoneInfo(programme.time_zone))


@doors.post("/p/<programme>/rounds/new")
@staff_only
def make_round(programme: str) -> ResponseReturnValue:
    found = programme_or_404(programme)
    fields = Fields(request.form, found)
    key = ""
    try:
        survey = _survey(fields)
        key = fields.text("key") or _free_key(fields, survey)
        round_ = _opened(fields, survey, key)
    except ProblemsFound as fault:
        return _new_round_page(found, request.form, [*dict.fromkeys([*fields.problems, *fault.problems])], f"{key}."), fault.status
    return redirect(url_for("collect.round_home", round_id=round_.id), 303)


def _survey(fields: Fields) -> Survey:
    chosen = fields.record("survey")
    survey = next((one for one in fields.programme.surveys if one.id == chosen), None)
    if survey is None:
        raise ProblemsFound([Problem("survey", Message(mark("No survey was chosen.")), Message(mark("Choose one of the list.")))])
    return survey


def _free_key(fields: Fields, survey: Survey) -> str:
    named = fields.text(f"label.{fields.programme.languages[0]}")
    return meeting.key_from(named, {round_.key for round_ in survey.rounds})


def _opened(fields: Fields, survey: Survey, key: str) -> Round:
    """The round that the fields ask for. Raises ProblemsFound with what cannot be read and what cannot be."""
    programme, chosen, label = fields.programme, fields.record("event"), fields.words("label")
    event = next((one for one in programme.events if one.id == chosen), None)
    on, times, invited = fields.day("on") or (event.on if event else day_in(programme, g.now)), _times(fields), fields.people("invited")
    if not re.fullmatch(KEY, key):
        fault = Message(mark("“%(found)s” is not a key."), {"found": key})
        remedy = Message(mark("Write only letters, digits, - and _, beginning with a letter."))
        fields.problems.append(Problem("key", fault, remedy))
    for language, words in label.items():
        if not words:
            fault, remedy = Message(mark("The name is missing.")), Message(mark("Write how people call it, in each language."))
            fields.problems.append(Problem(f"label.{language}", fault, remedy))
    asked = {"event": event, "invited": invited or None, "languages": fields.sent.getlist("language") or None, **vars(times)}
    if fields.problems:
        raise ProblemsFound([*fields.problems, *_further_problems(survey, key, asked)])
    return authoring.open_round(g.session, survey, key, on, label=label, **asked)


def _further_problems(survey: Survey, key: str, asked: Mapping[str, Any]) -> list[Problem]:
    """What else is wrong with a round of which something could not be read, so that all is told at once."""
    said = {name: value for name, value in asked.items() if name != "waits"}
    version = survey.form.versions[-1]
    languages = said.pop("languages") or version.definition["languages"]
    return list(authoring.round_problems(survey, key, version, languages=languages, **said))


def _times(fields: Fields) -> Times:
    """When a round is to open and close: at once, at a time, or by hand."""
    how = fields.text("opens")
    opens_at = fields.moment("opens_at")
    if how == "time" and opens_at is None and not any(one.place == "opens_at" for one in fields.problems):
        fields.problems.append(Problem("opens_at", Message(mark("The opening is missing.")), Message(mark("Choose its day and hour."))))
    opens = opens_at if how == "time" else (g.now if how == "now" else None)
    return Times(opens, fields.moment("closes_at"), how == "hand", fields.whole("closes_at_count"))


def _new_round_page(programme: Programme, sent: MultiDict[str, str], problems: Sequence[Problem] = (), prefix: str = "") -> str:
    say = speaker()
    languages = dict.fromkeys(code for survey in programme.surveys for code in survey.form.versions[-1].definition["languages"])
    return render_template(
        "collect/new_round.html",
        here="rounds",
        programme=programme,
        tell=Teller(say),
        sent=sent,
        faults={"survey" if name.endswith(".promise") else name: words for name, words in told(problems, say, prefix).items()},
        languages={code: own_name(code) for code in languages},
        own_name=own_name,
        zone=programme.time_zone,
        k=programme.min_cell,
    )


# A round's home ----------------------------------------------------------------------------------------------------------


@doors.get("/rounds/<uuid:round_id>")
@staff_only
def round_home(round_id: UUID) -> str:
    """All that is known of a round while it collects, and the tools that collect."""
    do_what_is_due()
    return round_page(round_or_404(round_id))


def round_page(round_: Round, problems: Sequence[Problem] = ()) -> str:
    programme, say = round_.survey.programme, speaker()
    state, latest = state_of(round_, g.now), round_.survey.form.versions[-1]
    return render_template(
        "collect/round.html",
        here="rounds",
        programme=programme,
        round=round_,
        tell=Teller(say),
        state=state,
        states=STATES,
        is_open=state == "open",
        progress=following.progress(g.session, round_),
        answers=answers_words(round_, say),
        next=next_words(round_, state, say),
        left=left_words(round_, say) if state == "open" else "",
        extended=extended_words(round_, say),
        history=[history_words(change, programme, say) for change in round_.changes],
        late=late_words(round_, say) if state == "closed" else "",
        languages=[own_name(code) for code in round_.languages],
        newer=latest.number if latest is not round_.version and state == "coming" else 0,
        problems=told(problems, say),
        k=programme.min_cell,
        zone=programme.time_zone,
    )


@doors.post("/rounds/<uuid:round_id>/open")
@staff_only
def open_now(round_id: UUID) -> ResponseReturnValue:
    opening.open_now(g.session, round_or_404(round_id), g.now, g.person)
    return redirect(url_for("collect.round_home", round_id=round_id), 303)


@doors.post("/rounds/<uuid:round_id>/end")
@staff_only
def end_now(round_id: UUID) -> ResponseReturnValue:
    opening.end_now(g.session, round_or_404(round_id), g.now, g.person)
    return redirect(url_for("collect.round_home", round_id=round_id), 303)


@doors.post("/rounds/<uuid:round_id>/version")
@staff_only
def use_latest_version(round_id: UUID) -> ResponseReturnValue:
    round_ = round_or_404(round_id)
    try:
        opening.use_latest_version(g.session, round_, g.now, g.person)
    except ProblemsFound as fault:
        return round_page(round_, fault.problems), fault.status
    return redirect(url_for("collect.round_home", round_id=round_id), 303)


@doors.get("/rounds/<uuid:round_id>/times")
@staff_only
def ask_for_times(round_id: UUID) -> str:
    round_ = round_or_404(round_id)
    times, programme = opening.times_of(round_), round_.survey.programme
    moments = {name: written(getattr(times, name), programme) for name in ("opens_at", "closes_at")}
    return _times_page(round_, as_sent({**moments, "closes_at_count": times.closes_at_count, "opens": "hand" if times.waits else "time"}))


@doors.post("/rounds/<uuid:round_id>/times")
@staff_only
def change_times(round_id: UUID) -> ResponseReturnValue:
    round_ = round_or_404(round_id)
    fields = Fields(request.form, round_.survey.programme)
    times = _times_sent(fields, round_)
    try:
        if fields.problems:
            raise ProblemsFound(fields.problems)
        opening.set_times(g.session, round_, times, g.now, g.person)
    except ProblemsFound as fault:
        return _times_page(round_, request.form, fault.problems), fault.status
    return redirect(url_for("collect.round_home", round_id=round_id), 303)


def _times_sent(fields: Fields, round_: Round) -> Times:
    """What the page sent; what was not changed keeps its seconds, and what has opened stays open since then."""
    times, programme = _times(fields) if state_of(round_, g.now) == "coming" else opening.times_of(round_), fields.programme
    closes_at, count = fields.moment("closes_at"), fields.whole("closes_at_count")
    if fields.text("closes_at") == written(round_.closes_at, programme):
        closes_at = round_.closes_at
    opens_at = round_.opens_at if written(times.opens_at, programme) == written(round_.opens_at, programme) else times.opens_at
    return Times(opens_at, closes_at, times.waits, count)


def _times_page(round_: Round, sent: Mapping[str, str], problems: Sequence[Problem] = ()) -> str:
    say, programme = speaker(), round_.survey.programme
    return render_template(
        "collect/times.html",
        here="rounds",
        programme=programme,
        round=round_,
        tell=Teller(say),
        state=state_of(round_, g.now),
        sent=sent,
        faults=told(problems, say),
        zone=programme.time_zone,
        k=programme.min_cell,
        grace_hours=int(GRACE.total_seconds() // 3600),
    )


# Words -------------------------------------------------------------------------------------------------------------------


def moment_words(moment: datetime, programme: Programme, say: Say) -> str:
    """A moment of the plan on the clocks of the programme: "sábado, 25 de julio de 2026, 6:00 p. m."."""
    here = moment.astimezone(ZoneInfo(programme.time_zone))
    where = locale(say.language)
    return f"{format_date(here, 'full', where)}, {format_time(here, 'short', locale=where)}"


def next_words(round_: Round, state: State, say: Say) -> str:
    """What happens next to a round."""
    programme = round_.survey.programme
    if state == "coming":
        waits = say("It opens when you open it.")
        return (
            waits if round_.waits or round_.opens_at is None else say("Opens: %(when)s", when=moment_words(round_.opens_at, programme, say))
        )
    if state == "open":
        return _closing_words(round_, say)
    if state == "ended":
        return say("It takes no new answers. What was begun in time is still accepted for a day; then it closes.")
    return say("Closed: %(when)s", when=moment_words(round_.closed_at, programme, say)) if round_.closed_at else ""


def _closing_words(round_: Round, say: Say) -> str:
    said = []
    if round_.closes_at is not None:
        said.append(say("Closes: %(when)s", when=moment_words(round_.closes_at, round_.survey.programme, say)))
    if round_.closes_at_count is not None:
        said.append(say("It ends at %(count)s answers.", count=round_.closes_at_count))
    return " ".join(said) or say("It stays open until you close it.")


def left_words(round_: Round, say: Say) -> str:
    """How long a round is still open, by the clock of the server: "2 days 4 h", "3 h 20 min"."""
    if round_.closes_at is None:
        return ""
    minutes = max(int((round_.closes_at - g.now).total_seconds()) // 60, 0)
    hours = minutes // 60
    if hours >= 24:
        return " ".join([say.many("%(count)s day", "%(count)s days", hours // 24), say("%(hours)s h", hours=hours % 24)])
    rest = say("%(minutes)s min", minutes=minutes % 60)
    return " ".join([say("%(hours)s h", hours=hours), rest]) if hours else rest


def answers_words(round_: Round, say: Say) -> str:
    """How many answers a round has, in steps of k."""
    k = round_.survey.programme.min_cell
    count = in_steps(count_responses(g.session, round_), k)
    if count == 0:
        return say("Fewer than %(k)s answers so far.", k=k)
    return say.many("%(count)s answer or more so far.", "%(count)s answers or more so far.", count)


def extended_words(round_: Round, say: Say) -> str:
    """What participants are told of an extension; "" where there was none."""
    if round_.extended_from is None or round_.closes_at is None:
        return ""
    return say("Extended until %(when)s", when=moment_words(round_.closes_at, round_.survey.programme, say))


def late_words(round_: Round, say: Say) -> str:
    """How many answers came after a round closed, in steps of k, and what becomes of them."""
    k = round_.survey.programme.min_cell
    count = in_steps(count_late(g.session, round_), k)
    if count == 0:
        return say("Fewer than %(k)s answers came after it closed. They are kept, and count only when enough have gathered.", k=k)
    return say("%(count)s answers or more came after it closed. They count when enough of each group have gathered.", count=count)


CHANGED = {
    "opens_at": mark("%(day)s: it opens %(became)s instead of %(was)s."),
    "closes_at": mark("%(day)s: it closes %(became)s instead of %(was)s."),
    "closes_at_count": mark("%(day)s: it ends at %(became)s answers instead of %(was)s."),
    "version": mark("%(day)s: it asks version %(became)s instead of %(was)s."),
}


def history_words(change: RoundChange, programme: Programme, say: Say) -> str:
    """One change of when a round opens and closes, in words."""
    was, became = (_value_words(change.what, value, programme, say) for value in (change.was, change.became))
    return say(CHANGED[change.what], day=Teller(say).short_day(day_in(programme, change.changed_at)), was=was, became=became)


def _value_words(what: str, value: str, programme: Programme, say: Say) -> str:
    if not value:
        return say("no limit") if what != "opens_at" else say("by hand")
    return moment_words(datetime.fromisoformat(value), programme, say) if what in ("opens_at", "closes_at") else value


WEEKDAYS = (mark("Monday"), mark("Tuesday"), mark("Wednesday"), mark("Thursday"), mark("Friday"), mark("Saturday"), mark("Sunday"))
WEEKS = {1: mark("first"), 2: mark("second"), 3: mark("third"), 4: mark("fourth"), -1: mark("last")}


def rule_words(schedule: Schedule, say: Say) -> str:
    """The rule of a schedule: "The last Friday of every 2 months"."""
    weekday = say(WEEKDAYS[schedule.weekday])
    if schedule.unit == "weeks":
        return say.many("Every week, on %(weekday)s", "Every %(count)s weeks, on %(weekday)s", schedule.every, weekday=weekday)
    week = say(WEEKS[schedule.week])
    return say.many(
        "Every month, the %(week)s %(weekday)s",
        "Every %(count)s months, the %(week)s %(weekday)s",
        schedule.every,
        week=week,
        weekday=weekday,
    )


# Finding -----------------------------------------------------------------------------------------------------------------


def do_what_is_due() -> None:
    """Prepare the meetings that are near and close the rounds that are over, before a page reads; a page itself only reads.

    Closing needs pandas for the statuses that it decides: it is loaded when something is to be closed, and not before.
    """
    prepare_what_is_due()
    if sealing.is_any_due(g.session, g.now):
        import_module("surveys.web.coordinate").close_what_is_due()


def prepare_what_is_due() -> None:
    if scheduling.is_any_to_prepare(g.session, g.now):
        g.session.rollback()  # the page begins anew afterwards, and sees what was made
        with g.database.session() as session:
            scheduling.prepare_due(session, g.now)


def programme_or_404(slug: str) -> Programme:
    programme = find_programme(g.session, slug)
    if programme is None:
        abort(404)
    return programme


def round_or_404(round_id: UUID) -> Round:
    round_ = g.session.get(Round, round_id)
    if round_ is None:
        abort(404)
    return round_
