"""The facilitator's doors to meetings: events, who came, meetings that come again, and the calendar to subscribe to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from analysis.saying import Teller
from forms.messages import Problem, mark
from surveys import meeting, scheduling, subscribing
from surveys.errors import ProblemsFound
from surveys.languages import own_name
from surveys.meeting import Meeting
from surveys.scheduling import Plan
from surveys.storage import Event, Group, Person, Programme, Round, Schedule, find_programme, schedules_of
from surveys.web.access import public, staff_only
from surveys.web.collect import WEEKDAYS, WEEKS, programme_or_404, rule_words
from surveys.web.fields import Fields, as_sent, told
from surveys.web.speaking import speaker

doors = Blueprint("meetings", __name__)

MODES = {"in_person": mark("In person"), "online": mark("Online"), "hybrid": mark("Both in person and online")}
CIRCLES = {"open": mark("Everybody"), "core": mark("Core group"), "extended": mark("Extended group")}


# Events ------------------------------------------------------------------------------------------------------------------


@doors.get("/p/<programme>/events/new")
@staff_only
def ask_for_event(programme: str) -> str:
    return _event_page(programme_or_404(programme), None, {"mode": "in_person", "circle": "open"})


@doors.post("/p/<programme>/events/new")
@staff_only
def make_event(programme: str) -> ResponseReturnValue:
    found = programme_or_404(programme)
    fields = Fields(request.form, found)
    try:
        event = meeting.add_event(g.session, found, _meeting(fields))
    except ProblemsFound as fault:
        return _event_page(found, None, request.form, [*fields.problems, *fault.problems]), fault.status
    return redirect(url_for("meetings.ask_about_event", programme=programme, event=event.key), 303)


@doors.get("/p/<programme>/events/<event>")
@staff_only
def ask_about_event(programme: str, event: str) -> str:
    found = event_or_404(programme, event)
    return _event_page(found.programme, found, _said_of(found.name, found.on, found))


@doors.post("/p/<programme>/events/<event>")
@staff_only
def change_event(programme: str, event: str) -> ResponseReturnValue:
    found = event_or_404(programme, event)
    fields = Fields(request.form, found.programme)
    try:
        said = _meeting(fields)
        meeting.change_event(g.session, found, said)
    except ProblemsFound as fault:
        return _event_page(found.programme, found, request.form, [*fields.problems, *fault.problems]), fault.status
    return redirect(url_for("collect.rounds_of", programme=programme), 303)


def _meeting(fields: Fields, day: str = "on") -> Meeting:
    """What the fields say of a meeting. Raises ProblemsFound with what cannot be read."""
    said = Meeting(
        fields.words("name"), fields.day(day), fields.hour("starts"), fields.text("place"), fields.text("mode"), fields.text("circle")
    )
    if fields.problems:
        raise ProblemsFound([*fields.problems, *meeting.problems_of(fields.programme, said)])
    return said


def _said_of(name: Mapping[str, str], on: date, record: Event | Schedule, day: str = "on") -> dict[str, str]:
    """An event, or a schedule, as the fields of a page."""
    said = {f"name.{language}": words for language, words in name.items()}
    hour = f"{record.starts:%H:%M}" if record.starts else ""
    return {**said, day: on.isoformat(), "starts": hour, "place": record.place, "mode": record.mode, "circle": record.circle}


def _event_page(programme: Programme, event: Event | None, sent: Mapping[str, str], problems: Sequence[Problem] = ()) -> str:
    say = speaker()
    return render_template(
        "collect/event.html",
        here="rounds",
        programme=programme,
        event=event,
        tell=Teller(say),
        sent=sent,
        faults=told(list(dict.fromkeys(problems)), say),
        modes=MODES,
        circles=CIRCLES,
        own_name=own_name,
        rounds=rounds_of_event(event) if event else [],
        zone=programme.time_zone,
    )


def rounds_of_event(event: Event) -> list[Round]:
    return list(g.session.scalars(select(Round).where(Round.event_id == event.id).order_by(Round.on)))


# Who came ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One group of the page on which people are counted: what is in its field, and what the page was opened with."""

    key: str
    name: dict[str, str]
    value: str
    seen: str


@doors.get("/p/<programme>/events/<event>/attendance")
@staff_only
def attendance(programme: str, event: str) -> str:
    found = event_or_404(programme, event)
    return _attendance_page(found, _counted(found, g.person))


@doors.post("/p/<programme>/events/<event>/attendance")
@staff_only
def count_attendance(programme: str, event: str) -> ResponseReturnValue:
    """Keep what was counted; a tap on one more or one less, where there is no script, counts with it."""
    found = event_or_404(programme, event)
    fields = Fields(request.form, found.programme)
    try:
        if "settle" in request.form:
            _settle(found, request.form["settle"])
        else:
            counted = _with_tap(fields.people("people"), request.form.get("tap", ""))
            if fields.problems:
                raise ProblemsFound(fields.problems)
            meeting.count_attendance(g.session, found, g.person, _own(found, g.person, counted), g.now)
    except ProblemsFound as fault:
        return _attendance_page(found, _typed(found), fault.problems), fault.status
    place = url_for("meetings.attendance", programme=programme, event=event, saved=1)
    return redirect(place, 303)


def _settle(event: Event, decided: str) -> None:
    group, _, people = decided.rpartition(":")
    if not people.isascii() or not people.isdigit():
        abort(400)
    meeting.settle(g.session, event, group, int(people))


def _with_tap(counted: dict[str, int], tap: str) -> dict[str, int]:
    """What was typed, with one person more or less: ``police+``, ``police-``."""
    group, step = tap[:-1], {"+": 1, "-": -1}.get(tap[-1:])
    return counted if step is None else {**counted, group: max(counted.get(group, 0) + step, 0)}


def _own(event: Event, person: Person, counted: Mapping[str, int]) -> dict[str, int]:
    """Of what the page sent, the groups that this person counts, now or before: not those that it only showed."""
    mine = next((count.people for count in event.counts if count.person_id == person.id), {})
    return {group: people for group, people in counted.items() if group in mine or request.form.get(f"seen.{group}") != str(people)}


def _counted(event: Event, person: Person) -> dict[str, str]:
    """What this person counted, else what the event states."""
    mine = next((count for count in event.counts if count.person_id == person.id), None)
    return {group: str(people) for group, people in {**event.attendance, **(mine.people if mine else {})}.items()}


def _typed(event: Event) -> dict[str, str]:
    return {group.key: request.form.get(f"people.{group.key}", "") for group in event.programme.groups}


def _attendance_page(event: Event, values: Mapping[str, str], problems: Sequence[Problem] = ()) -> str:
    say, programme = speaker(), event.programme
    return render_template(
        "collect/attendance.html",
        here="rounds",
        programme=programme,
        event=event,
        tell=Teller(say),
        rows=[_row(group, values) for group in programme.groups if group.is_asked],
        faults=told(problems, say, "people."),
        differing=meeting.disagreements(event),
        names={group.key: group.name for group in programme.groups},
        others=[count for count in event.counts if count.person_id != g.person.id],
        who=who,
        is_saved="saved" in request.args,
        rounds=[round_ for round_ in rounds_of_event(event) if round_.closed_at is None],
        total=sum(event.attendance.values()),
    )


def _row(group: Group, values: Mapping[str, str]) -> Row:
    value = values.get(group.key, "")
    return Row(group.key, group.name, value, request.form.get(f"seen.{group.key}", value))


def who(person: Person) -> str:
    """A person of the staff as colleagues know them."""
    return person.name or person.email


# Meetings that come again ------------------------------------------------------------------------------------------------


@doors.get("/p/<programme>/schedules/new")
@staff_only
def ask_for_schedule(programme: str) -> str:
    found = programme_or_404(programme)
    survey = found.surveys[0].id if found.surveys else ""
    first = {"mode": "in_person", "circle": "core", "unit": "months", "every": 1, "week": 1, "weekday": 4, "survey": survey}
    return _schedule_page(found, None, as_sent({**first, "ahead_days": 14, "open_days": 7, "opens": "time"}))


@doors.post("/p/<programme>/schedules/new")
@staff_only
def make_schedule(programme: str) -> ResponseReturnValue:
    found = programme_or_404(programme)
    fields = Fields(request.form, found)
    try:
        scheduling.add_schedule(g.session, found, _plan(fields))
    except ProblemsFound as fault:
        return _schedule_page(found, None, request.form, [*fields.problems, *fault.problems]), fault.status
    return redirect(url_for("collect.rounds_of", programme=programme, _anchor="schedules"), 303)


@doors.get("/p/<programme>/schedules/<schedule>")
@staff_only
def ask_about_schedule(programme: str, schedule: str) -> str:
    found = schedule_or_404(programme, schedule)
    names = ("unit", "every", "week", "weekday", "until", "ahead_days", "open_days")
    said = {name: getattr(found, name) for name in names} | {"survey": found.survey_id, "opens": "hand" if found.waits else "time"}
    return _schedule_page(found.programme, found, as_sent({**said, **_said_of(found.name, found.first_on, found, "first_on")}))


@doors.post("/p/<programme>/schedules/<schedule>")
@staff_only
def change_schedule(programme: str, schedule: str) -> ResponseReturnValue:
    found = schedule_or_404(programme, schedule)
    fields = Fields(request.form, found.programme)
    try:
        scheduling.change_schedule(g.session, found, _plan(fields))
    except ProblemsFound as fault:
        return _schedule_page(found.programme, found, request.form, [*fields.problems, *fault.problems]), fault.status
    return redirect(url_for("collect.rounds_of", programme=programme, _anchor="schedules"), 303)


@doors.post("/p/<programme>/schedules/<schedule>/days")
@staff_only
def change_days(programme: str, schedule: str) -> ResponseReturnValue:
    """Leave a day out, or hold its meeting after all."""
    found = schedule_or_404(programme, schedule)
    name = "skip" if "skip" in request.form else "hold"
    day = Fields(request.form, found.programme).day(name)
    if day is None:
        abort(400)
    if name == "skip":
        scheduling.skip(g.session, found, day, g.now)
    else:
        scheduling.hold(g.session, found, day)
    return redirect(url_for("collect.rounds_of", programme=programme, _anchor="schedules"), 303)


def _plan(fields: Fields) -> Plan:
    """What the fields say of a schedule. Raises ProblemsFound with what cannot be read."""
    chosen, until = fields.record("survey"), fields.day("until")
    numbers = {name: fields.whole(name) or 0 for name in ("every", "weekday", "ahead_days", "open_days")}
    week = int(fields.text("week")) if fields.text("week") in {str(week) for week in WEEKS} else 0
    survey = next((one for one in fields.programme.surveys if one.id == chosen), None)
    return Plan(
        _meeting(fields, "first_on"),
        unit=fields.text("unit"),
        week=week,
        until=until,
        survey=survey,
        waits=fields.text("opens") == "hand",
        **numbers,
    )


def _schedule_page(programme: Programme, schedule: Schedule | None, sent: Mapping[str, str], problems: Sequence[Problem] = ()) -> str:
    say = speaker()
    found = told(list(dict.fromkeys(problems)), say)
    if "on" in found:
        found["first_on"] = found.pop("on")
    return render_template(
        "collect/schedule.html",
        here="rounds",
        programme=programme,
        schedule=schedule,
        tell=Teller(say),
        sent=sent,
        faults=found,
        modes=MODES,
        circles=CIRCLES,
        weekdays=WEEKDAYS,
        weeks=WEEKS,
        rule=rule_words(schedule, say) if schedule else "",
        own_name=own_name,
        zone=programme.time_zone,
    )


# The calendar ------------------------------------------------------------------------------------------------------------


@doors.post("/p/<programme>/calendar")
@staff_only
def change_calendar(programme: str) -> ResponseReturnValue:
    """Give the calendar a new link, or end the one it has."""
    found = programme_or_404(programme)
    if "stop" in request.form:
        subscribing.stop(g.session, found)
    else:
        subscribing.renew(g.session, found)
    return redirect(url_for("collect.rounds_of", programme=programme, _anchor="calendar"), 303)


@doors.get("/p/<programme>/calendar/<token>.ics")
@public
def calendar(programme: str, token: str) -> Response:
    """The calendar, for whoever has its link; anybody else is told that there is nothing here."""
    found = find_programme(g.session, programme)
    if found is None or not subscribing.may_read(g.session, found, token, g.settings.secret):
        abort(404)
    return Response(subscribing.calendar_of(found, speaker(), g.now), mimetype="text/calendar")


# Finding -----------------------------------------------------------------------------------------------------------------


def event_or_404(programme: str, key: str) -> Event:
    event = next((one for one in programme_or_404(programme).events if one.key == key), None)
    if event is None:
        abort(404)
    return event


def schedule_or_404(programme: str, key: str) -> Schedule:
    found = programme_or_404(programme)
    schedule = next((one for one in schedules_of(g.session, found.id) if one.key == key), None)
    if schedule is None:
        abort(404)
    return schedule
