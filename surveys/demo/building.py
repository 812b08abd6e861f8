"""The example programmes built: their files imported, their rounds answered from the stated truth, closed and judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from forms.answers import read_answers
from forms.definition import FormDefinition
from forms.questions import columns
from surveys.authoring import definition_of
from surveys.collecting import take_response
from surveys.demo.truth import (
    TRUTHS,
    Occasion,
    Person,
    ProgrammeTruth,
    SurveyTruth,
    choose_respondents,
    deal,
    expected_construct,
    make_people,
)
from surveys.planning import ProgrammeFile, import_programme, read_programme
from surveys.reporting import record_statuses
from surveys.sealing import close_round
from surveys.storage import Programme, Round, Survey

FOLDER = Path(__file__).parent
#: Longer rounds, such as interviews, are answered evenly; shorter ones mostly in their first days.
MONTHS = timedelta(days=60)


class Posted(dict[str, list[str]]):
    """What a page sends, as forms.answers reads it."""

    def getlist(self, name: str, /) -> list[str]:
        return self.get(name, [])


def build_programme(session: Session, file: str, today: date, keys_folder: Path) -> Programme:
    """One example programme with its past rounds answered and closed in the order of their days."""
    plan = read_programme((FOLDER / file).read_text(encoding="utf-8"), FOLDER)
    programme = import_programme(session, plan, today)
    truth = TRUTHS[plan.slug]
    people = people_of(programme, truth)
    for survey, place, one in in_order(programme):
        answer_round(session, truth, truth.surveys[survey.slug], place, one, people, keys_folder, _draw(truth, survey.slug, one.key))
        close_round(session, one, one.closes_at or datetime.combine(one.on, datetime.min.time(), tzinfo=UTC))
        session.flush()
    record_statuses(session, programme, today)
    return programme


def people_of(programme: Programme, truth: ProgrammeTruth) -> dict[str, list[Person]]:
    """The invented people on the roster, always the same."""
    return make_people(truth, {group.key: group.members or 0 for group in programme.groups if group.is_asked}, _draw(truth, "people"))


def _draw(truth: ProgrammeTruth, *names: str) -> Random:
    """A source of chance of its own for each thing, so that one round's numbers do not depend on another's."""
    return Random(":".join((str(truth.seed), *names)))  # noqa: S311 -- invented answers, reproducible; nothing secret


def true_mean(plan: ProgrammeFile, survey_slug: str, construct: str, place: int) -> float:
    """The fixed-mix mean of a construct, on 1 to 5, that the truth gives in the round at ``place`` (from 0)."""
    truth = TRUTHS[plan.slug]
    survey = truth.surveys[survey_slug]
    form = next(one.form for one in plan.surveys if one.slug == survey_slug)
    definition = next(one for one in plan.definitions if one.name == form)
    items = [column.question for column in columns(plan.bound(definition)) if column.construct == construct]
    return expected_construct(truth, survey, construct, items, place, _weights(plan, survey))


def _weights(plan: ProgrammeFile, survey: SurveyTruth) -> dict[str, float]:
    """The weight of each group in a fixed-mix mean: its share, divided among merged groups as they answer."""
    answering = {one.key: (one.members or 0) * survey.by_group.get(one.key, survey.rates[0]) for one in plan.groups if one.is_asked}
    home = {one.key: one.shown_in or one.key for one in plan.groups}
    whole = {shown: sum(count for key, count in answering.items() if home[key] == shown) for shown in plan.shown()}
    return {key: plan.shares()[home[key]] * count / whole[home[key]] for key, count in answering.items()}


def in_order(programme: Programme) -> list[tuple[Survey, int, Round]]:
    """Every round that is not closed, with its survey and its place in it from 0, by day."""
    rounds = [
        (survey, place, one)
        for survey in programme.surveys
        for place, one in enumerate(sorted(survey.rounds, key=lambda one: (one.on, one.key)))
        if one.closed_at is None
    ]
    return sorted(rounds, key=lambda found: (found[2].on, found[0].position))


def answer_round(
    session: Session,
    truth: ProgrammeTruth,
    survey: SurveyTruth,
    place: int,
    one: Round,
    people: Mapping[str, list[Person]],
    keys_folder: Path,
    draw: Random,
    until: datetime | None = None,
) -> int:
    """Let the people of the truth answer a round through the real path; returns how many did."""
    definition = definition_of(one.version)
    invited = one.invited if one.invited is not None else (one.event.attendance if one.event else {})
    respondents = choose_respondents(people, invited, survey, place, draw)
    moments = _moments(one, len(respondents), draw, until)
    hands = deal(survey, len(respondents), draw)
    for person, moment, hand in zip(respondents, moments, hands, strict=True):
        occasion = Occasion(truth, survey, place, person, definition, draw, hand)
        _take(session, one, definition, occasion, moment, keys_folder)
    return len(respondents)


def _take(session: Session, one: Round, definition: FormDefinition, occasion: Occasion, moment: datetime, keys_folder: Path) -> None:
    language = occasion.person.language if occasion.person.language in one.languages else one.languages[0]
    sent = read_answers(definition, Posted(occasion.posted()), language, moment.date())
    response_id = UUID(int=occasion.draw.getrandbits(128), version=4)
    take_response(session, one, response_id, language, sent, moment, channel=occasion.survey.channel, keys=keys_folder)


def _moments(one: Round, count: int, draw: Random, until: datetime | None) -> Iterator[datetime]:
    """When each answers, in order."""
    zone = ZoneInfo(one.survey.programme.time_zone)
    opens = one.opens_at or datetime.combine(one.on, datetime.min.time(), tzinfo=zone).astimezone(UTC)
    closes = until or one.closes_at or opens + timedelta(days=10)
    whole, haste = closes - opens - timedelta(minutes=1), 1 if closes - opens > MONTHS else 2
    yield from (opens + whole * share for share in sorted(draw.random() ** haste for _ in range(count)))


def begin_round(session: Session, one: Round, today: date, keys_folder: Path) -> int:
    """Let some people answer the round that is kept open, before ``today`` begins; returns how many did."""
    programme = one.survey.programme
    truth = TRUTHS[programme.slug]
    people = people_of(programme, truth)
    if one.invited is None and one.event is None:
        one.invited = {group: len(members) for group, members in people.items()}
    place = len(one.survey.rounds) - 1
    until = datetime.combine(today, datetime.min.time(), tzinfo=ZoneInfo(programme.time_zone)).astimezone(UTC)
    return answer_round(
        session, truth, truth.surveys[one.survey.slug], place, one, people, keys_folder, _draw(truth, one.survey.slug, "open"), until
    )
