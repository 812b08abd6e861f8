"""The reports' doors: the trends of a programme, each finding with its sentence, its chart and its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import Blueprint, abort, g, render_template, request

from analysis import sentences
from analysis.figures import Report
from analysis.panels import Panel, panels
from analysis.saying import Teller
from surveys import reaching
from surveys.reporting import programme_reports
from surveys.storage import Form, Programme
from surveys.web.access import staff_only
from surveys.web.coordinate import close_what_is_due, programme_or_404
from surveys.web.speaking import speaker

doors = Blueprint("reports", __name__)


@dataclass(frozen=True)
class Chapter:
    """One survey of the page: its title and its panels."""

    report: Report
    panels: list[Panel]


@doors.get("/p/<programme>/trends")
@staff_only
def trends(programme: str) -> str:
    close_what_is_due()
    return trends_page(programme_or_404(g.session, programme))


@doors.get("/forms/<uuid:form_id>/reach")
@staff_only
def reach(form_id: UUID) -> dict[str, object]:
    """How many people of the last round a condition would have let through, from its released figures."""
    form = g.session.get(Form, form_id) or abort(404)
    found = reaching.reach(g.session, form, request.args.get("show_if", ""), g.now.date())
    return {"said": found.said.said(speaker()), "low": found.low, "high": found.high, "of": found.of}


def trends_page(programme: Programme) -> str:
    """Every survey of a programme, one chapter each."""
    say = speaker()
    reports = programme_reports(g.session, programme, "coordinator", g.now.date())
    chapters = [Chapter(report, panels(report, say)) for report in reports if report.plan.survey]
    return render_template(
        "reports/trends.html",
        here="trends",
        programme=programme,
        tell=Teller(say),
        chapters=[chapter for chapter in chapters if chapter.panels],
        span=_span(reports),
        withheld=sentences.withheld(say),
        sentences=sentences,
    )


def _span(reports: tuple[Report, ...]) -> tuple[date, date] | None:
    """The days of the first and the last closed round."""
    days = [round_.on for report in reports for round_ in report.plan.rounds]
    return (min(days), max(days)) if days else None
