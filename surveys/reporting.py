"""Reports: frames to measures to disclosure to a finished Report; the status history; and the analysts' log.

The only way out for figures below the smallest cell is ``analyst_reports``, which names and logs its reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.columns import Audience, Plan
from analysis.report import Report, make_report
from forms.messages import Message, mark
from surveys.errors import TupuyError
from surveys.storage import AnalystReading, Indicator, Programme, Round, StatusRecord, Survey
from surveys.storage.frames import closed_rounds, frames, stated_frames


class AnalystUnknown(TupuyError):
    """Whoever asks for the analyst's figures is not one of the two people whom the programme names."""

    def __init__(self, programme: Programme, email: str) -> None:
        super().__init__(
            f"--person {email}".strip(),
            Message(
                mark("%(person)s is not named under analysts in the programme %(programme)s."),
                {"person": email or "—", "programme": programme.slug},
            ),
            Message(
                mark(
                    "Only the people named in the programme file under analysts may read unprotected figures. Give --person with one of their addresses."
                )
            ),
        )


def survey_report(session: Session, survey: Survey, audience: Audience, today: date) -> Report:
    """The report of one survey as pages and files show it. ValueError for the analyst's: see ``analyst_reports``."""
    _refuse_analyst(audience)
    return make_report(*frames(session, survey), audience, today)


def programme_reports(session: Session, programme: Programme, audience: Audience, today: date) -> tuple[Report, ...]:
    """One report per survey in the programme's order, and one with survey ``""`` where indicators are stated by hand."""
    _refuse_analyst(audience)
    return _reports(session, programme, audience, today)


def analyst_reports(session: Session, programme: Programme, email: str, now: datetime) -> tuple[Report, ...]:
    """Every figure of every closed round, unsuppressed, for one of the two named analysts; the reading is logged.

    AnalystUnknown when ``email`` is not named. ``now`` is an aware moment in UTC.
    """
    reader = email.strip().casefold()
    if not reader or reader not in {analyst.strip().casefold() for analyst in programme.analysts}:
        raise AnalystUnknown(programme, email.strip())
    session.add(AnalystReading(person_email=reader, programme_slug=programme.slug, read_at=now))
    session.flush()
    return _reports(session, programme, "analyst", now.date())


def _refuse_analyst(audience: Audience) -> None:
    if audience == "analyst":
        raise ValueError("The analyst's figures come from analyst_reports alone, which names and logs the reader.")


def _reports(session: Session, programme: Programme, audience: Audience, today: date) -> tuple[Report, ...]:
    made = [make_report(*frames(session, survey), audience, today) for survey in programme.surveys]
    stated = stated_frames(programme)
    if stated[2].indicators:
        made.append(make_report(*stated, audience, today))
    return tuple(made)


# The status history


def record_statuses(session: Session, programme: Programme, today: date) -> int:
    """Store the status of every indicator for each closed round that has none yet; returns how many were stored.

    A round's status is decided on what was known when it closed: its own answers and those of the rounds before it.
    What is stored stays, whatever later rounds, late answers or a changed target would say.
    """
    stored = 0
    for survey in programme.surveys:
        indicators = {
            indicator.code: indicator
            for result in programme.results
            for indicator in result.indicators
            if indicator.survey_slug == survey.slug
        }
        missing = _without_status(session, survey, list(indicators.values()))
        if missing:
            stored += _record(session, frames(session, survey), indicators, missing, today)
    return stored


def status_history(session: Session, programme: Programme) -> list[StatusRecord]:
    """The stored statuses of a programme, in the order of the rounds' own dates."""
    of_programme = select(StatusRecord).join(Round, Round.id == StatusRecord.round_id).join(Survey, Survey.id == Round.survey_id)
    return list(session.scalars(of_programme.where(Survey.programme_id == programme.id).order_by(Round.on, Round.key)))


def _without_status(session: Session, survey: Survey, indicators: list[Indicator]) -> list[Round]:
    """The closed rounds of which at least one indicator has no stored status."""
    rounds = closed_rounds(survey)
    known = set(
        session.execute(
            select(StatusRecord.round_id, StatusRecord.indicator_id).where(StatusRecord.round_id.in_([round_.id for round_ in rounds]))
        ).tuples()
    )
    return [round_ for round_ in rounds if any((round_.id, indicator.id) not in known for indicator in indicators)]


def _record(
    session: Session, made: tuple[pd.DataFrame, pd.DataFrame, Plan], indicators: Mapping[str, Indicator], rounds: list[Round], today: date
) -> int:
    answers, codebook, plan = made
    stored = 0
    for round_ in rounds:
        report = make_report(*_as_of(answers, codebook, plan, round_), "coordinator", round_.on)
        for figure in report.find(metric="status", round=round_.key):
            indicator = indicators.get(figure.indicator or "")
            if indicator is not None and not _is_stored(session, indicator, round_):
                session.add(_status(indicator, round_, figure.status or str(figure.value), figure.rule, today))
                stored += 1
    session.flush()
    return stored


def _as_of(answers: pd.DataFrame, codebook: pd.DataFrame, plan: Plan, round_: Round) -> tuple[pd.DataFrame, pd.DataFrame, Plan]:
    """The frames as they stood when ``round_`` closed: later rounds are left out."""
    place = [known.key for known in plan.rounds].index(round_.key)
    until = plan.rounds[: place + 1]
    kept = answers[answers["round"].isin([known.key for known in until])].reset_index(drop=True)
    return kept, codebook, replace(plan, rounds=until)


def _is_stored(session: Session, indicator: Indicator, round_: Round) -> bool:
    wanted = select(StatusRecord.id).where(StatusRecord.indicator_id == indicator.id, StatusRecord.round_id == round_.id)
    return session.scalar(wanted) is not None


def _status(indicator: Indicator, round_: Round, status: str, rule: str | None, today: date) -> StatusRecord:
    return StatusRecord(indicator_id=indicator.id, round_id=round_.id, status=status, rule=rule or "", decided_on=today)


# The report as records


def records(reports: tuple[Report, ...]) -> list[dict[str, Any]]:
    """Every figure of ``reports`` as one flat list of the records that docs/report-json.md describes."""
    return [{"programme": report.plan.programme, **figure.record()} for report in reports for figure in report.figures]
