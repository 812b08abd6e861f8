"""Reports: frames to measures to disclosure to a finished Report; the status history; and the analysts' log.

The only way out for figures below the smallest cell is ``analyst_reports``, which names and logs its reader.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.columns import Audience, Plan, Turn, Words
from analysis.report import Figure, Report, make_report
from analysis.sentences import CHANGES, REASONS, change_word, status_word, withheld
from forms.messages import Message, Say, mark
from surveys import sealing
from surveys.errors import TupuyError
from surveys.storage import AnalystReading, Indicator, Programme, Round, StatusRecord, Survey
from surveys.storage.frames import closed_rounds, frames, stated_frames


class AnalystUnknown(TupuyError):
    """Whoever asks for the analyst's figures is not one of the two people whom the programme names."""

    def __init__(self, programme: Programme, email: str) -> None:
        super().__init__(
            f"--person {email}".strip(),
            Message(mark("The programme %(programme)s does not name this person under “analysts”."), {"programme": programme.slug}),
            Message(mark("Unprotected figures are for the people named in the programme file: give one of their addresses with --person.")),
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


# Closing


def close(session: Session, round_: Round, now: datetime) -> None:
    """Close a round for good and store the statuses that it decides. ``now`` is an aware moment in UTC."""
    sealing.close_round(session, round_, now)
    record_statuses(session, round_.survey.programme, now.date())


def close_due(session: Session, now: datetime) -> None:
    """Close every round whose time and grace are over, and store what they decide."""
    for programme in {round_.survey.programme for round_ in sealing.close_due(session, now)}:
        record_statuses(session, programme, now.date())


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
    wanted = select(StatusRecord.round_id, StatusRecord.indicator_id).where(StatusRecord.round_id.in_([round_.id for round_ in rounds]))
    known = {(round_id, indicator_id) for round_id, indicator_id in session.execute(wanted)}
    return [round_ for round_ in rounds if any((round_.id, indicator.id) not in known for indicator in indicators)]


def _record(
    session: Session, made: tuple[pd.DataFrame, pd.DataFrame, Plan], indicators: Mapping[str, Indicator], rounds: list[Round], today: date
) -> int:
    """The statuses of ``rounds``, closed together, from one report: it judges each round by the rounds until then."""
    report = make_report(*_as_of(*made, rounds[-1]), "coordinator", rounds[-1].on)
    of_key = {round_.key: round_ for round_ in rounds}
    stored = 0
    for figure in report.find(metric="status"):
        indicator, round_ = indicators.get(figure.indicator or ""), of_key.get(figure.round or "")
        if indicator is not None and round_ is not None and figure.status and not _is_stored(session, indicator, round_):
            rule = figure.rule or ""
            session.add(StatusRecord(indicator_id=indicator.id, round_id=round_.id, status=figure.status, rule=rule, decided_on=today))
            stored += 1
    session.flush()
    return stored


def _as_of(answers: pd.DataFrame, codebook: pd.DataFrame, plan: Plan, round_: Round) -> tuple[pd.DataFrame, pd.DataFrame, Plan]:
    """The frames as they stood when ``round_`` closed: later rounds are left out."""
    place = [known.key for known in plan.rounds].index(round_.key)
    until = plan.rounds[: place + 1]
    keys = [known.key for known in until]
    kept = answers[answers["round"].isin(keys)].reset_index(drop=True)
    return kept, codebook, replace(plan, rounds=until, turns=tuple(turn for turn in plan.turns if turn.round in keys))


def _is_stored(session: Session, indicator: Indicator, round_: Round) -> bool:
    wanted = select(StatusRecord.id).where(StatusRecord.indicator_id == indicator.id, StatusRecord.round_id == round_.id)
    return session.scalar(wanted) is not None


# The report as records


def records(reports: Sequence[Report], language: str, say: Say) -> list[dict[str, Any]]:
    """Every figure of ``reports`` as one flat list of the records that docs/report-json.md describes.

    Labels are in ``language``; the words of a status or a change are said by ``say``.
    """
    return [_record_of(figure, labels, say) for report in reports for labels in [_Labels(report, language)] for figure in report.figures]


class _Labels:
    """The words of one report in one language, looked up by what a figure names."""

    def __init__(self, report: Report, language: str) -> None:
        plan = report.plan
        self.programme, self.language = plan.programme, (language, *plan.languages)
        self.measured = {**report.items, **report.constructs}
        self.constructs = plan.constructs
        self.rounds = {round_.key: round_.label for round_ in plan.rounds}
        self.groups = {group.key: group.label for group in plan.groups}
        self.cuts = {cut.key: cut.values for cut in plan.cuts}
        self.indicators = {indicator.code: indicator.title for indicator in plan.indicators}
        breaks = [turn for turn in plan.turns if turn.kind == "break"]
        self.before = {(turn.of, plan.segment(turn.of, turn.round) - 1): turn for turn in breaks}

    def of(self, words: Words | None) -> str | None:
        """The words in the language asked for, else in the programme's first that has any."""
        return next((words[language] for language in self.language if words and words.get(language)), None)

    def subject(self, figure: Figure) -> str | None:
        key, was = figure.item or figure.construct or "", self._asked_before(figure)
        measured = self.measured.get(key)
        return self.of(was.label if was else measured.label if measured else self.constructs.get(key))

    def group(self, cut: str, key: str | None) -> str | None:
        return self.of(self.cuts.get(cut, self.groups).get(key or ""))

    def option(self, figure: Figure) -> str | None:
        was, measured = self._asked_before(figure), self.measured.get(figure.item or figure.construct or "")
        labels = was.labels if was else measured.labels if measured else {}
        return self.of(labels.get(figure.option or ""))

    def _asked_before(self, figure: Figure) -> Turn | None:
        """The turn that ended the segment of a figure about an item, which knows the words until then."""
        return self.before.get((figure.item or "", figure.segment or 0))


def _record_of(figure: Figure, labels: _Labels, say: Say) -> dict[str, Any]:
    return {
        "programme": labels.programme,
        **{name: _plain(value) for name, value in figure.record().items()},
        "label": labels.subject(figure),
        "option_label": labels.option(figure),
        "indicator_label": labels.of(labels.indicators.get(figure.indicator or "")),
        "round_label": labels.of(labels.rounds.get(figure.round or "")),
        "from_round_label": labels.of(labels.rounds.get(figure.from_round or "")),
        "group_label": labels.group(figure.cut, figure.group),
        "to_group_label": labels.group("group", figure.to_group),
        "said": _said(figure, say),
        "reason": say(REASONS[figure.words]) if figure.words in REASONS else None,
    }


def _said(figure: Figure, say: Say) -> str | None:
    """The words of a status, of a change, or of a figure that is not shown."""
    if figure.suppressed:
        return withheld(say)
    if figure.status is not None:
        return status_word(figure.status, say)
    return change_word(figure.words, say) if figure.words in CHANGES else None


def _plain(value: Any) -> Any:
    """A value that JSON can say: numpy's numbers as Python's, what is not a finite number as null."""
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
