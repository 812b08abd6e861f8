"""Planning: a programme file becomes a programme, or brings one up to date without moving what was promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import codec
from forms.definition import FormDefinition
from forms.messages import mark
from surveys import authoring
from surveys.declared import Reading
from surveys.programme_file import (
    STANDARD_CONSTRUCTS,
    IndicatorPlan,
    ProgrammeFile,
    ProgrammeFileError,
    ResultPlan,
    RoundPlan,
    SurveyPlan,
    check_sources,
    read_programme,
)
from surveys.promising import choose_level, is_allowed, refused
from surveys.storage import (
    Event,
    ExpectedResult,
    Form,
    Group,
    Indicator,
    Institution,
    Programme,
    Round,
    StatedValue,
    StatusRecord,
    Survey,
    find_programme,
)

__all__ = ["ProgrammeFile", "ProgrammeFileError", "has_started", "import_programme", "read_programme"]

#: Fields of an indicator whose change after the first round needs a reason and is logged.
LOGGED = (
    "source", "survey", "of", "values", "group", "direction", "baseline", "baseline_on", "baseline_round",
    "target_kind", "target", "due_on", "milestones", "delta", "max_half_width", "is_key", "sensitive",
)  # fmt: skip
#: What every figure already shown depends on, by its name in the file.
FROZEN = ("languages", "groups", "mix", "min_cell", "cuts")


def import_programme(session: Session, plan: ProgrammeFile, today: date) -> Programme:
    """Create the programme of a file, or bring it up to date; the same file again changes nothing.

    Raises ProgrammeFileError with every refusal at once, before anything is changed.
    """
    programme = find_programme(session, plan.slug)
    definitions = {definition.name: definition for definition in plan.definitions}
    reading = Reading(plan.languages)
    _refuse_surveys(session, plan, programme, definitions, reading)
    if programme is not None:
        _refuse_changes(session, programme, plan, today, reading)
    if any(problem.blocks for problem in reading.problems):
        raise ProgrammeFileError(reading.problems)
    if programme is None:
        programme = Programme(slug=plan.slug, name=plan.name, languages=list(plan.languages), mix=plan.shares())
        session.add(programme)
    _write_programme(programme, plan)
    _write_groups(session, programme, plan)
    _write_institutions(session, programme, plan)
    _write_events(session, programme, plan)
    for definition in plan.definitions:
        authoring.import_form(session, programme, definition, today)
    _write_surveys(session, programme, plan, today)
    _write_results(session, programme, plan, today)
    session.flush()
    return programme


def has_started(programme: Programme, today: date) -> bool:
    """Whether a first round has opened: from then on groups, mix, smallest cell, cuts and languages are frozen."""
    return any(_has_opened(one, today) for survey in programme.surveys for one in survey.rounds)


def _has_opened(one: Round, today: date) -> bool:
    return one.closed_at is not None or one.opens_at is None or one.opens_at.date() <= today


# --- refusals ---------------------------------------------------------------------------------------------------------


def _refuse_surveys(
    session: Session, plan: ProgrammeFile, programme: Programme | None, definitions: dict[str, FormDefinition], reading: Reading
) -> None:
    """Surveys of forms brought in earlier are checked here, where those forms are known."""
    earlier = {form.slug: form for form in session.scalars(select(Form).where(Form.programme_id == programme.id))} if programme else {}
    for survey in plan.surveys:
        place = f"surveys.{survey.slug}"
        if survey.form not in definitions and survey.form not in earlier:
            known = ", ".join([*definitions, *earlier])
            remedy = mark("Add it to “forms”, or write one of: %(known)s.")
            reading.tell(f"{place}.form", mark("There is no form “%(key)s”."), remedy, key=survey.form, known=known)
        there = session.scalar(select(Survey).where(Survey.slug == survey.slug))
        if there is not None and there.programme is not programme:
            reading.tell(place, mark("Another programme has a survey “%(key)s”."), mark("Give it another slug."), key=survey.slug)
        elif there is not None and there.rounds and there.form.slug != survey.form:
            remedy = mark("Begin a new survey with its own slug.")
            reading.tell(f"{place}.form", mark("This survey already asks “%(key)s”."), remedy, key=there.form.slug)
        if there is not None and survey.promise and not is_allowed(there.promise, survey.promise):
            reading.problems.append(replace(refused(survey.slug), place=f"{place}.promise"))
    needed = {survey.form for survey in plan.surveys} - set(definitions)
    if needed and needed <= set(earlier):
        there_too = {name: codec.from_document(earlier[name].draft) for name in needed}
        check_sources(plan, {**definitions, **there_too}, reading)


def _refuse_changes(session: Session, programme: Programme, plan: ProgrammeFile, today: date, reading: Reading) -> None:
    if has_started(programme, today):
        _refuse_frozen(programme, plan, reading)
        _refuse_unreasoned(programme, plan, reading)
    _refuse_left_out(session, programme, plan, reading)
    _refuse_rounds(programme, plan, reading)
    _refuse_restated(programme, plan, reading)


def _frozen_of(programme: Programme) -> dict[str, Any]:
    groups = [(group.key, group.members, group.shown_in, group.is_asked) for group in programme.groups]
    mix = {key: round(share, 9) for key, share in programme.mix.items()}
    return {"languages": programme.languages, "groups": groups, "mix": mix, "min_cell": programme.min_cell, "cuts": programme.cuts}


def _frozen_in(plan: ProgrammeFile) -> dict[str, Any]:
    groups = [(group.key, group.members, group.shown_in, group.is_asked) for group in plan.groups]
    mix = {key: round(share, 9) for key, share in plan.shares().items()}
    return {"languages": list(plan.languages), "groups": groups, "mix": mix, "min_cell": plan.min_cell, "cuts": list(plan.cuts)}


def _refuse_frozen(programme: Programme, plan: ProgrammeFile, reading: Reading) -> None:
    before, after = _frozen_of(programme), _frozen_in(plan)
    for name in FROZEN:
        if before[name] != after[name]:
            fault = mark("The first round has opened, so this stays as it was: figures already shown depend on it. It was: %(before)s.")
            reading.tell(
                name, fault, mark("Write it as it was, or begin a new programme with its own slug."), before=_as_written(before[name])
            )


def _as_written(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {share:g}" for key, share in value.items())
    if isinstance(value, list):
        return (
            ", ".join(
                " ".join(str(part) for part in one if part not in (None, True)) if isinstance(one, tuple) else str(one) for one in value
            )
            or "–"
        )
    return str(value)


def _refuse_unreasoned(programme: Programme, plan: ProgrammeFile, reading: Reading) -> None:
    stored = _indicators_of(programme)
    for result, indicator in plan.indicators():
        record = stored.get(indicator.code)
        changed = _changed(record, result, indicator) if record else []
        if record and changed and indicator.reason in ("", *(change["reason"] for change in record.changes)):
            fault = mark("The first round has opened, and this changes: %(fields)s.")
            remedy = mark("Say why under “reason”, in new words; both go into the indicator's change log.")
            reading.tell(
                f"results.{result.key}.indicators.{indicator.code}", fault, remedy, fields=", ".join(name for name, _, _ in changed)
            )


def _refuse_left_out(session: Session, programme: Programme, plan: ProgrammeFile, reading: Reading) -> None:
    """What has rounds or stored statuses may not be left out."""
    remedy = mark("Name it again.")
    events, surveys = {event.key for event in plan.events}, {survey.slug for survey in plan.surveys}
    codes = {indicator.code for _, indicator in plan.indicators()}
    for survey in programme.surveys:
        if survey.rounds and survey.slug not in surveys:
            reading.tell(f"surveys.{survey.slug}", mark("The file leaves out a survey that has rounds."), remedy)
        for one in survey.rounds:
            if one.event and not one.event.is_by_hand and one.event.key not in events:
                reading.tell(f"events.{one.event.key}", mark("The file leaves out an event that has a round."), remedy)
    for code, indicator in _indicators_of(programme).items():
        if code not in codes and session.scalar(select(StatusRecord.id).where(StatusRecord.indicator_id == indicator.id).limit(1)):
            reading.tell(
                f"results.{indicator.result.key}.indicators.{code}",
                mark("The file leaves out an indicator that has a stored status."),
                remedy,
            )


def _refuse_rounds(programme: Programme, plan: ProgrammeFile, reading: Reading) -> None:
    """A closed round keeps its date and takes only what was not known: its event, who was invited."""
    stored = {(survey.slug, one.key): one for survey in programme.surveys for one in survey.rounds if one.closed_at}
    for survey in plan.surveys:
        for planned in survey.rounds:
            one = stored.get((survey.slug, planned.key))
            if one is None:
                continue
            event = one.event.key if one.event else None
            pairs = {"date": (one.on, planned.on), "event": (event, planned.event), "invited": (one.invited, planned.invited)}
            for name, (before, after) in pairs.items():
                if before is not None and before != after:
                    place = f"surveys.{survey.slug}.rounds.{planned.key}.{name}"
                    reading.tell(
                        place,
                        mark("This round is closed, so this stays as it was: %(before)s."),
                        mark("Write it as it was."),
                        before=before,
                    )


def _refuse_restated(programme: Programme, plan: ProgrammeFile, reading: Reading) -> None:
    stored = _indicators_of(programme)
    for result, indicator in plan.indicators():
        kept = {(one.on, one.value, one.evidence) for one in stored[indicator.code].stated} if indicator.code in stored else set()
        for day, value, evidence in sorted(kept - {(one.on, one.value, one.evidence) for one in indicator.stated}):
            fault = mark("A stated value stays as it was: %(day)s, %(value)s, “%(evidence)s”.")
            remedy = mark("Write it again as it was; a correction is a new value with its own day.")
            place = f"results.{result.key}.indicators.{indicator.code}.stated"
            reading.tell(place, fault, remedy, day=day.isoformat(), value=f"{value:g}", evidence=evidence)


# --- writing ----------------------------------------------------------------------------------------------------------


def _write(record: Any, values: Mapping[str, Any]) -> None:
    """Set what differs, so that the same file again writes nothing."""
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)


def _write_programme(programme: Programme, plan: ProgrammeFile) -> None:
    own = {key: words for key, words in plan.constructs.items() if words}
    values = {
        "name": plan.name,
        "about": plan.about,
        "languages": list(plan.languages),
        "min_cell": plan.min_cell,
        "mix": plan.shares(),
        "cuts": list(plan.cuts),
        "constructs": {**STANDARD_CONSTRUCTS, **own},
        "analysts": list(plan.analysts),
        "time_zone": plan.time_zone,
        "contact": plan.contact,
        "is_synthetic": plan.synthetic,
    }
    _write(programme, values)


def _write_listed(session: Session, records: list[Any], make: Any, named: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Bring a programme's list of keyed records to what the file names: make, set, or remove."""
    planned = dict(named)
    there = {record.key: record for record in records}
    for key, record in there.items():
        if key not in planned:
            records.remove(record)
    session.flush()
    for key, values in planned.items():
        if key in there:
            _write(there[key], values)
        else:
            records.append(make(key=key, **values))


def _write_groups(session: Session, programme: Programme, plan: ProgrammeFile) -> None:
    planned = (
        (
            group.key,
            {"position": position, "name": group.name, "members": group.members, "shown_in": group.shown_in, "is_asked": group.is_asked},
        )
        for position, group in enumerate(plan.groups)
    )
    _write_listed(session, programme.groups, Group, planned)


def _write_institutions(session: Session, programme: Programme, plan: ProgrammeFile) -> None:
    planned = (
        (one.key, {"name": one.name, "group_key": one.group, "circle": one.circle, "joined_on": one.joined_on, "left_on": one.left_on})
        for one in plan.institutions
    )
    _write_listed(session, programme.institutions, Institution, planned)


def _write_events(session: Session, programme: Programme, plan: ProgrammeFile) -> None:
    """Events made on a page stay although the file does not name them, and what people counted stays as they counted it."""
    names = ("name", "on", "place", "mode", "circle", "topics", "attendance", "institutions")
    planned = {event.key: {name: getattr(event, name) for name in names} for event in plan.events}
    for event in programme.events:
        kept = planned.setdefault(event.key, {}) if event.is_by_hand else planned.get(event.key, {})
        if event.counts:
            kept.pop("attendance", None)
    _write_listed(session, programme.events, Event, planned.items())


def _write_surveys(session: Session, programme: Programme, plan: ProgrammeFile, today: date) -> None:
    there = {survey.slug: survey for survey in programme.surveys}
    named = {survey.slug for survey in plan.surveys}
    for slug, survey in there.items():
        if slug not in named and not survey.rounds:
            programme.surveys.remove(survey)
    session.flush()
    forms = {form.slug: form for form in session.scalars(select(Form).where(Form.programme_id == programme.id))}
    for position, planned in enumerate(plan.surveys):
        form = forms[planned.form]
        survey = there.get(planned.slug) or authoring.add_survey(session, programme, form, planned.slug, planned.title)
        _write(survey, {"title": planned.title, "form": form, "position": position})
        if planned.promise:
            choose_level(session, survey, planned.promise, today)
        _write_rounds(session, programme, survey, planned, plan.languages)


def _write_rounds(session: Session, programme: Programme, survey: Survey, planned: SurveyPlan, languages: tuple[str, ...]) -> None:
    """An opening or closing that a person changed on a page stays as it was announced."""
    events = {event.key: event for event in programme.events}
    there = {one.key: one for one in survey.rounds}
    for one in planned.rounds:
        values = _round_values(one, events, languages)
        if one.key not in there:
            authoring.open_round(session, survey, key=one.key, version=survey.form.versions[-1], **values)
        elif there[one.key].closed_at is None:
            changed = {change.what for change in there[one.key].changes}
            _write(there[one.key], {name: value for name, value in values.items() if name not in changed})
        else:
            _write(there[one.key], {name: values[name] for name in ("label", "event", "invited") if values[name]})


def _round_values(one: RoundPlan, events: Mapping[str, Event], languages: tuple[str, ...]) -> dict[str, Any]:
    return {
        "on": one.on,
        "label": one.label or dict.fromkeys(languages, one.key),
        "event": events.get(one.event or ""),
        "invited": one.invited,
        "opens_at": one.opens_at,
        "closes_at": one.closes_at,
        "languages": list(one.languages or languages),
    }


def _write_results(session: Session, programme: Programme, plan: ProgrammeFile, today: date) -> None:
    started = has_started(programme, today)
    stored = _indicators_of(programme)
    planned = ((one.key, {"position": position, "title": one.title, "level": one.level}) for position, one in enumerate(plan.results))
    _move_indicators(session, programme, plan, stored)
    _write_listed(session, programme.results, ExpectedResult, planned)
    results = {result.key: result for result in programme.results}
    for result in plan.results:
        for position, indicator in enumerate(result.indicators):
            record = stored.get(indicator.code)
            if record is not None and started:
                record.changes = [*record.changes, *_log(record, result, indicator, today)]
            if record is None:
                record = Indicator(code=indicator.code, changes=[])
                results[result.key].indicators.append(record)
            _write(record, {"position": position, "title": indicator.title, "source": indicator.source, "survey_slug": indicator.survey})
            _write(record, {"definition": _definition(result, indicator)})
            _write_stated(record, indicator)


def _move_indicators(session: Session, programme: Programme, plan: ProgrammeFile, stored: Mapping[str, Indicator]) -> None:
    """Indicators that the file no longer names go; those that it names under another result move there."""
    home = {indicator.code: result.key for result, indicator in plan.indicators()}
    results = {result.key: result for result in programme.results}
    for code, record in stored.items():
        if code not in home:
            record.result.indicators.remove(record)
        elif home[code] != record.result.key:
            if home[code] not in results:
                results[home[code]] = ExpectedResult(key=home[code], position=len(results), title={})
                programme.results.append(results[home[code]])
            record.result = results[home[code]]
    session.flush()


def _indicators_of(programme: Programme) -> dict[str, Indicator]:
    return {indicator.code: indicator for result in programme.results for indicator in result.indicators}


def _definition(result: ResultPlan, indicator: IndicatorPlan) -> dict[str, Any]:
    """The fields of measures e under the names of analysis.columns.Indicator; days as ISO text."""
    kept = (
        "of", "values", "direction", "target_kind", "target", "due_on", "baseline", "baseline_round", "baseline_on",
        "delta", "max_half_width", "is_key", "sensitive", "unit", "group", "definition", "frequency", "responsible",
        "verification", "assumptions", "limits",
    )  # fmt: skip
    values = {name: _as_stored(getattr(indicator, name)) for name in kept}
    milestones = [[one.on.isoformat(), one.value] for one in indicator.milestones if one.on]
    return {**values, "level": result.level, "milestones": milestones}


def _as_stored(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _changed(record: Indicator, result: ResultPlan, indicator: IndicatorPlan) -> list[tuple[str, Any, Any]]:
    """(field, old, new) of every logged field that the file changes."""
    new = {**_definition(result, indicator), "source": indicator.source, "survey": indicator.survey}
    old = {**record.definition, "source": record.source, "survey": record.survey_slug}
    return [(name, old.get(name), new[name]) for name in LOGGED if old.get(name) != new[name]]


def _log(record: Indicator, result: ResultPlan, indicator: IndicatorPlan, today: date) -> list[dict[str, Any]]:
    changes = _changed(record, result, indicator)
    return [{"on": today.isoformat(), "field": name, "old": old, "new": new, "reason": indicator.reason} for name, old, new in changes]


def _write_stated(record: Indicator, indicator: IndicatorPlan) -> None:
    kept = {one.on for one in record.stated}
    for one in indicator.stated:
        if one.on and one.value is not None and one.on not in kept:
            record.stated.append(StatedValue(on=one.on, value=one.value, evidence=one.evidence))
