"""The coordinator's doors: the programmes, and each one's expected results at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from analysis import charts, panels, readings, sentences
from analysis.figures import Report
from analysis.readings import Goal, Reading
from analysis.saying import Say, Teller
from surveys import reporting, sealing
from surveys.collecting import State, state_of
from surveys.promising import NAMES
from surveys.reporting import programme_reports
from surveys.storage import ExpectedResult, Programme, Round, all_programmes, count_responses, count_waiting, find_programme, in_steps
from surveys.web.access import staff_only
from surveys.web.collect import prepare_what_is_due
from surveys.web.speaking import speaker

doors = Blueprint("coordinate", __name__)


@dataclass(frozen=True)
class Row:
    """One indicator of the table: its goal, drawn; ``result`` only where the indicator is its result's first."""

    goal: Goal
    result: ExpectedResult | None
    number: int
    result_status: str
    spark: charts.Spark | None


@dataclass(frozen=True)
class Ahead:
    """A round without results yet: open, ended (waiting to be closed) or still to come. The count of its answers goes
    in steps of k (privacy D11)."""

    round: Round
    state: State
    count: int


@doors.get("/")
@staff_only
def home() -> ResponseReturnValue:
    """The programmes. Whoever is not signed in is sent to the way in before this file is loaded."""
    return render_template("coordinate/home.html", programmes=all_programmes(g.session), tell=Teller(speaker()))


@doors.get("/p/<programme>")
@staff_only
def overview(programme: str) -> str:
    prepare_what_is_due()
    close_what_is_due()
    return overview_page(programme_or_404(g.session, programme))


@doors.get("/rounds/<uuid:round_id>/close")
@staff_only
def ask_to_close(round_id: UUID) -> str:
    """Closing is for good, so it is asked on a page of its own."""
    round_ = open_round_or_404(g.session, round_id)
    return render_template(
        "coordinate/close.html",
        here="rounds",
        programme=round_.survey.programme,
        round=round_,
        may_end=state_of(round_, g.now) == "open",
        waiting=count_waiting(g.session, round_),
        tell=Teller(speaker()),
    )


@doors.post("/rounds/<uuid:round_id>/close")
@staff_only
def close_round(round_id: UUID) -> ResponseReturnValue:
    reporting.close(g.session, open_round_or_404(g.session, round_id), g.now)
    return redirect(url_for("collect.round_home", round_id=round_id), 303)


def close_what_is_due() -> None:
    """Close the rounds whose time and grace are over, before a page reads figures; a page itself only reads."""
    if sealing.is_any_due(g.session, g.now):
        g.session.rollback()  # the page begins anew after the closing, and sees it
        with g.database.session() as session:
            reporting.close_due(session, g.now)


def open_round_or_404(session: Session, round_id: UUID) -> Round:
    """A round that is not closed yet."""
    round_ = session.get(Round, round_id)
    if round_ is None or round_.closed_at is not None:
        abort(404)
    return round_


def overview_page(programme: Programme) -> str:
    """The page of a programme: the story, the table of expected results, what comes next, how a status is decided."""
    say = speaker()
    reports = programme_reports(g.session, programme, "coordinator", g.now.date())
    goals = in_order(programme, [goal for report in reports for goal in readings.goals(report)])
    trends = [trend for report in reports for trend in readings.trends(report)]
    return render_template(
        "coordinate/overview.html",
        here="programme",
        programme=programme,
        tell=Teller(say),
        story=sentences.story(goals, trends, say),
        rows=rows_of(programme, goals),
        latest=latest_round(reports),
        starts=_starts(goals),
        decided=panels.goal_table(goals, say),
        count_of=lambda ahead: say_count(ahead, programme.min_cell, say),
        ahead=rounds_ahead(g.session, programme, g.now),
        events=[event for event in programme.events if event.on >= g.now.date()],
        levels=NAMES,
        sentences=sentences,
        updated=last_change(programme, g.now.date()),
    )


def programme_or_404(session: Session, slug: str) -> Programme:
    programme = find_programme(session, slug)
    if programme is None:
        abort(404)
    return programme


def in_order(programme: Programme, goals: Sequence[Goal]) -> list[Goal]:
    """The goals as the programme orders its indicators, whichever survey they read."""
    codes = [indicator.code for result in programme.results for indicator in result.indicators]
    place = {code: number for number, code in enumerate(codes)}
    return sorted(goals, key=lambda goal: place.get(goal.code, len(codes)))


def rows_of(programme: Programme, goals: Sequence[Goal]) -> list[Row]:
    """The table's rows: results in the programme's order, each with its indicators."""
    rows = []
    for number, result in enumerate(programme.results, start=1):
        mine = [goal for goal in goals if goal.result == result.key]
        status = readings.status_of_result(mine)
        rows += [
            Row(goal, None if place else result, number, status if len(mine) > 1 else "", charts.spark(goal))
            for place, goal in enumerate(mine)
        ]
    return rows


def latest_round(reports: Sequence[Report]) -> Reading | None:
    """The last closed round of the programme."""
    closed = [round_ for report in reports for round_ in report.plan.rounds]
    last = max(closed, key=lambda round_: round_.on, default=None)
    return Reading(last.key, last.on, last.label) if last else None


def last_change(programme: Programme, today: date) -> date | None:
    """The day from which the page reads as it does: the last closing of a round, or the last value stated by hand."""
    closed = [round_.closed_at.date() for survey in programme.surveys for round_ in survey.rounds if round_.closed_at]
    stated = [value.on for result in programme.results for indicator in result.indicators for value in indicator.stated]
    return max((day for day in (*closed, *stated) if day <= today), default=None)


def _starts(goals: Sequence[Goal]) -> date | None:
    """The day that all baselines share, for the head of their column; None where they differ."""
    days = {goal.baseline_on for goal in goals if goal.baseline is not None}
    return days.pop() if len(days) == 1 else None


def rounds_ahead(session: Session, programme: Programme, now: datetime) -> list[Ahead]:
    """Rounds that are open, then those to come, in order of their day."""
    waiting = [round_ for survey in programme.surveys for round_ in survey.rounds if round_.closed_at is None]
    found = [Ahead(round_, state_of(round_, now), in_steps(count_responses(session, round_), programme.min_cell)) for round_ in waiting]
    return sorted(found, key=lambda ahead: (ahead.state != "open", ahead.round.on))


def say_count(ahead: Ahead, k: int, say: Say) -> str:
    """How many answers an open round has, in steps of k."""
    if ahead.count == 0:
        return say("Fewer than %(k)s answers so far.", k=k)
    return say.many("%(count)s answer or more so far.", "%(count)s answers or more so far.", ahead.count)
