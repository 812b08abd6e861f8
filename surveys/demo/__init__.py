"""The two example programmes of the founding documents, with synthetic answers from a stated truth (docs/demo.md).

This module is light: what builds (and judges, with pandas) is loaded by name only when something is to be built.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from surveys.authoring import open_round
from surveys.storage import Event, Programme, Round, Survey, find_programme

#: Slug of each example, its file, and the survey of which a round is kept open for whoever looks around.
EXAMPLES = (("moquegua", "moquegua.yaml", "moquegua-taller"), ("macro-sur", "macro_sur.yaml", "macro-sur-seguimiento"))
OPEN_BEFORE, OPEN_AFTER = timedelta(days=3), timedelta(days=30)
_MONTHS = {
    "es": ["ene.", "feb.", "mar.", "abr.", "mayo", "jun.", "jul.", "ago.", "set.", "oct.", "nov.", "dic."],
    "en": ["Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"],
}


def build(session: Session, today: date, keys_folder: Path) -> list[Programme]:
    """Both example programmes, built if they are not there, each with a round that is open today.

    Building again changes nothing but opens a new round where the last one has ended.
    """
    programmes = []
    for slug, file, survey_slug in EXAMPLES:
        programme = find_programme(session, slug)
        building = import_module("surveys.demo.building") if programme is None else None
        if building is not None:
            programme = building.build_programme(session, file, today, keys_folder)
        if programme is not None and (opened := keep_open(session, programme, survey_slug, today)) and building is not None:
            building.begin_round(session, opened, today, keys_folder)
        if programme is not None:
            programmes.append(programme)
    session.flush()
    return programmes


def keep_open(session: Session, programme: Programme, survey_slug: str, today: date) -> Round | None:
    """Open a round of the survey unless one is open at the end of ``today``; returns the one opened."""
    survey = next((one for one in programme.surveys if one.slug == survey_slug), None)
    if survey is None or any(_is_open(one, today) for one in survey.rounds):
        return None
    zone = ZoneInfo(programme.time_zone)
    starts, ends = (datetime.combine(day, time(), tzinfo=zone).astimezone(UTC) for day in (today - OPEN_BEFORE, today + OPEN_AFTER))
    label = {language: f"{months[today.month - 1]} {today.year}" for language, months in _MONTHS.items()}
    event = _latest_workshop(survey, today)
    key = f"{survey_slug.rsplit('-', 1)[-1]}-{today.isoformat()}"
    return open_round(session, survey, key=key, on=today, label=label, event=event, opens_at=starts, closes_at=ends)


def _is_open(one: Round, today: date) -> bool:
    return one.closed_at is None and (one.closes_at is None or one.closes_at.date() > today)


def _latest_workshop(survey: Survey, today: date) -> Event | None:
    """The latest event of the kind at which the survey was asked before."""
    circles = {one.event.circle for one in survey.rounds if one.event}
    past = [event for event in survey.programme.events if event.circle in circles and event.on <= today]
    return max(past, key=lambda event: event.on, default=None)
