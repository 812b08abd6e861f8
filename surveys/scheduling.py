"""Meetings that come again: by a rule chosen from lists, prepared ahead of their day, each with its event and its round."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from dateutil.rrule import FR, MO, MONTHLY, SA, SU, TH, TU, WE, WEEKLY, rrule
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forms.messages import Message, Problem, mark
from surveys.authoring import open_round, round_problems
from surveys.collecting import day_in, has_begun
from surveys.errors import ProblemsFound, TupuyError
from surveys.meeting import NEW, Meeting, add_event, key_from, problems_of
from surveys.storage import Event, Prepared, Programme, Round, Schedule, Survey, count_responses, schedules_of

Unit = Literal["weeks", "months"]
WEEKDAYS = (MO, TU, WE, TH, FR, SA, SU)
WEEKS = (1, 2, 3, 4, -1)


@dataclass(frozen=True)
class Plan:
    """What is said of a schedule, as :class:`surveys.storage.Schedule` keeps it."""

    meeting: Meeting  # its day is the first on which there may be a meeting
    unit: str = "months"
    every: int = 1
    week: int = 1
    weekday: int = 0
    until: date | None = None
    survey: Survey | None = None
    ahead_days: int = 14
    open_days: int = 7
    waits: bool = False


class AlreadyOpen(TupuyError):
    """A day cannot be skipped: its round has opened."""

    status = 409

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(
            schedule.key,
            Message(mark("The round of this day has opened or has answers: the day cannot be left out.")),
            Message(mark("Close the round instead.")),
        )


# Schedules -------------------------------------------------------------------------------------------------------------


def add_schedule(session: Session, programme: Programme, plan: Plan) -> Schedule:
    """A new schedule. Raises ProblemsFound with every problem, each at the name of what is wrong."""
    _refuse(programme, plan)
    taken = {NEW, *(schedule.key for schedule in schedules_of(session, programme.id))}
    schedule = Schedule(programme=programme, key=key_from(plan.meeting.name[programme.languages[0]], taken), skipped=[], **_values(plan))
    session.add(schedule)
    session.flush()
    return schedule


def change_schedule(session: Session, schedule: Schedule, plan: Plan) -> None:
    """Say something else of a schedule. What was prepared already stays as it is."""
    _refuse(schedule.programme, plan)
    for name, value in _values(plan).items():
        setattr(schedule, name, value)
    session.flush()


def plan_of(schedule: Schedule) -> Plan:
    meeting = Meeting(schedule.name, schedule.first_on, schedule.starts, schedule.place, schedule.mode, schedule.circle)
    names = ("unit", "every", "week", "weekday", "until", "survey", "ahead_days", "open_days", "waits")
    return Plan(meeting, **{name: getattr(schedule, name) for name in names})


def _values(plan: Plan) -> dict[str, Any]:
    said = {name: value for name, value in vars(plan).items() if name != "meeting"}
    meeting = {name: value for name, value in vars(plan.meeting).items() if name != "on"}
    return {**said, **meeting, "name": dict(plan.meeting.name), "first_on": plan.meeting.on}


def _refuse(programme: Programme, plan: Plan) -> None:
    problems = [*problems_of(programme, plan.meeting), *_plan_problems(programme, plan)]
    if problems:
        raise ProblemsFound(problems)


def _plan_problems(programme: Programme, plan: Plan) -> Iterator[Problem]:
    limits = {"every": (1, 12), "weekday": (0, 6), "ahead_days": (1, 60), "open_days": (0, 60)}
    for name, (low, high) in limits.items():
        if not low <= getattr(plan, name) <= high:
            remedy = Message(mark("Choose a number from %(low)s to %(high)s."), {"low": low, "high": high})
            yield Problem(name, Message(mark("This number cannot be.")), remedy)
    if plan.unit not in get_args(Unit) or plan.week not in WEEKS:
        yield Problem("unit", Message(mark("This is none of the choices offered.")), Message(mark("Choose one of the list.")))
    if plan.until and plan.meeting.on and plan.until < plan.meeting.on:
        yield Problem("until", Message(mark("It would end before it begins.")), Message(mark("Choose a later day, or none.")))
    if plan.survey and plan.survey.programme_id != programme.id:
        yield Problem("survey", Message(mark("The survey is of another programme.")), Message(mark("Choose one of the list.")))
    if plan.survey and not plan.survey.form.versions:
        yield Problem("survey", Message(mark("Its form is not published yet.")), Message(mark("Publish the form first.")))


# Days ------------------------------------------------------------------------------------------------------------------


def days_of(schedule: Schedule, start: date, end: date) -> list[date]:
    """The days of the rule from ``start`` to ``end``, those that are skipped among them."""
    first = datetime.combine(start, time())  # of a rule that knows no zone: days only
    return [day.date() for day in _rule(schedule).between(first, datetime.combine(end, time()), inc=True)]


def next_days(schedule: Schedule, today: date, count: int) -> list[date]:
    """The next days of the rule from ``today`` on, those that are skipped among them; fewer when it ends."""
    return [day.date() for day in islice(_rule(schedule).xafter(datetime.combine(today, time()), inc=True), count)]


def _rule(schedule: Schedule) -> rrule:
    day = WEEKDAYS[schedule.weekday]
    is_weekly = schedule.unit == "weeks"
    return rrule(
        WEEKLY if is_weekly else MONTHLY,
        dtstart=datetime.combine(schedule.first_on, time()),
        interval=schedule.every,
        byweekday=day if is_weekly else day(schedule.week),
        until=datetime.combine(schedule.until, time()) if schedule.until else None,
    )


def skip(session: Session, schedule: Schedule, on: date, now: datetime) -> None:
    """No meeting on this day. What was prepared for it goes, while its round has neither opened nor any answer.

    Raises AlreadyOpen.
    """
    session.refresh(schedule, with_for_update=True)
    prepared = session.get(Prepared, (schedule.id, on))
    if prepared is not None:
        _take_back(session, schedule, prepared, now)
    if on.isoformat() not in schedule.skipped:
        schedule.skipped = sorted([*schedule.skipped, on.isoformat()])
    session.flush()


def hold(session: Session, schedule: Schedule, on: date) -> None:
    """There is a meeting on this day after all."""
    session.refresh(schedule, with_for_update=True)
    schedule.skipped = [day for day in schedule.skipped if day != on.isoformat()]
    session.flush()


def _take_back(session: Session, schedule: Schedule, prepared: Prepared, now: datetime) -> None:
    round_ = session.get(Round, prepared.round_id) if prepared.round_id else None
    event = session.get(Event, prepared.event_id) if prepared.event_id else None
    if round_ is not None and (has_begun(round_, now) or count_responses(session, round_)):
        raise AlreadyOpen(schedule)
    others = session.scalars(select(Round).where(Round.event_id == prepared.event_id, Round.id != prepared.round_id)).all() if event else ()
    session.delete(prepared)
    session.flush()
    if round_ is not None:
        round_.survey.rounds.remove(round_)
        session.flush()
    if event is not None and not others and not event.attendance:
        event.programme.events.remove(event)


# Preparing -------------------------------------------------------------------------------------------------------------


def is_any_to_prepare(session: Session, now: datetime) -> bool:
    """Whether ``prepare_due`` would prepare a meeting."""
    return any(True for schedule in session.scalars(select(Schedule)) for _ in _due(schedule, now))


def prepare_due(session: Session, now: datetime) -> list[Event]:
    """Prepare every meeting whose day is near: its event, and its round. Run it as often as you like, from anywhere.

    A day is claimed by its row before anything is made of it, so that two processes never prepare it twice.
    """
    made = []
    for schedule in session.scalars(select(Schedule).order_by(Schedule.id)).all():
        for on in _due(schedule, now):
            if _is_claimed(session, schedule, on):
                made.append(_prepare(session, schedule, on))
    return made


def round_faults(schedule: Schedule) -> list[Problem]:
    """What keeps a round of this schedule from being opened, as things are now; nothing is prepared until it is mended."""
    survey = schedule.survey
    if survey is None:
        return []
    version = survey.form.versions[-1]
    return list(round_problems(survey, schedule.key, version, None, None, None, None, version.definition["languages"]))


def _due(schedule: Schedule, now: datetime) -> list[date]:
    """The days that are near, not skipped and not prepared; none while the round of one could not be opened."""
    if round_faults(schedule):
        return []
    today = day_in(schedule.programme, now)
    known = {*schedule.skipped, *(prepared.on.isoformat() for prepared in schedule.prepared)}
    return [on for on in days_of(schedule, today, today + timedelta(days=schedule.ahead_days)) if on.isoformat() not in known]


def _is_claimed(session: Session, schedule: Schedule, on: date) -> bool:
    """Take a day to prepare; False when another process has it."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    taken = insert(Prepared).values(schedule_id=schedule.id, on=on).on_conflict_do_nothing().returning(Prepared.on)
    return session.execute(taken).first() is not None


def _prepare(session: Session, schedule: Schedule, on: date) -> Event:
    event = add_event(session, schedule.programme, replace(plan_of(schedule).meeting, on=on))
    prepared = session.get_one(Prepared, (schedule.id, on))
    prepared.event_id = event.id
    if schedule.survey is not None:
        prepared.round_id = _open(session, schedule, schedule.survey, event).id
    session.flush()
    session.expire(schedule, ["prepared"])
    return event


def _open(session: Session, schedule: Schedule, survey: Survey, event: Event) -> Round:
    zone = ZoneInfo(schedule.programme.time_zone)
    key = key_from_day(event.on, {round_.key for round_ in survey.rounds})
    return open_round(
        session,
        survey,
        key,
        event.on,
        label=event.name,
        event=event,
        opens_at=datetime.combine(event.on, event.starts or time(), zone),
        closes_at=datetime.combine(event.on + timedelta(days=schedule.open_days + 1), time(), zone),
        waits=schedule.waits,
    )


def key_from_day(on: date, taken: set[str]) -> str:
    """The key of a round by its day, with a number behind it where the survey has one of that day.

    >>> key_from_day(date(2026, 7, 18), {"first"})
    'r2026-07-18'
    """
    names = (f"r{on}" if number == 1 else f"r{on}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
