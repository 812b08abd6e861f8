"""The programme file: what it may say (docs/programme-file.md), and every problem of one at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from forms import bank, binding, check, codec
from forms.definition import Choice, FormDefinition
from forms.messages import Problem, mark
from forms.questions import columns
from forms.questions.base import Column
from forms.wording import Text
from surveys.declared import Reading, Words, asked, read_document, read_record
from surveys.errors import ProblemsFound
from surveys.promising import level_mismatches
from surveys.storage import LEVELS

TIME_ZONE = "America/Lima"

#: Constructs of the item bank (measures a.4) have their words from the start.
STANDARD_CONSTRUCTS: dict[str, Words] = {
    "TRUST": {"es": "Confianza en el grupo", "en": "Trust in the group"},
    "TRUST_BETWEEN": {"es": "Confianza entre grupos", "en": "Trust between groups"},
    "CAPACITY_THEN": {"es": "Capacidad antes, según cada persona", "en": "Capacity before, as each person sees it"},
    "CAPACITY_NOW": {"es": "Capacidad ahora, según cada persona", "en": "Capacity now, as each person sees it"},
    "LEARNING": {"es": "Aprendizaje conjunto", "en": "Learning together"},
    "ACCESS": {"es": "Acceso a herramientas e información", "en": "Access to tools and information"},
    "COALITION": {"es": "Coalición", "en": "Coalition"},
    "PROCESS": {"es": "Calidad de los talleres", "en": "Quality of the workshops"},
}


@dataclass(frozen=True)
class GroupPlan:
    key: str = asked("value", required=True)
    name: Words = asked("words", required=True)
    members: int | None = asked("whole", low=0)
    shown_in: str | None = asked("value")
    is_asked: bool = asked("flag", "asked", default=True)


@dataclass(frozen=True)
class InstitutionPlan:
    key: str = asked("key", required=True)
    name: Words = asked("words", required=True)
    group: str = asked("key", required=True)
    circle: str = asked("one_of", default="extended", of=("core", "extended", "observer"))
    joined_on: date | None = asked("day")
    left_on: date | None = asked("day")


@dataclass(frozen=True)
class EventPlan:
    key: str = asked("key", required=True)
    name: Words = asked("words", required=True)
    on: date | None = asked("day", "date", required=True)
    place: str = asked("text")
    mode: str = asked("one_of", default="in_person", of=("in_person", "online", "hybrid"))
    circle: str = asked("one_of", default="open", of=("core", "extended", "open"))
    topics: Words = asked("words")
    attendance: dict[str, int] = asked("counts")
    institutions: dict[str, int] = asked("counts")


@dataclass(frozen=True)
class FormPlan:
    """One of the three: a ready instrument, a file beside this one, or the form itself."""

    bank: str = asked("text")
    file: str = asked("text")
    form: dict[str, Any] | None = asked("mapping")


@dataclass(frozen=True)
class RoundPlan:
    key: str = asked("key", required=True)
    on: date | None = asked("day", "date", required=True)
    label: Words = asked("words")
    event: str | None = asked("key")
    invited: dict[str, int] | None = asked("people")
    opens_at: datetime | None = asked("opening", "opens")
    closes_at: datetime | None = asked("closing", "closes")
    languages: tuple[str, ...] = asked("codes")


@dataclass(frozen=True)
class SurveyPlan:
    slug: str = asked("slug", required=True)
    title: Words = asked("words", required=True)
    form: str = asked("text", required=True)
    promise: str | None = asked("one_of", of=LEVELS)
    rounds: tuple[RoundPlan, ...] = asked("records", of=RoundPlan)


@dataclass(frozen=True)
class MilestonePlan:
    on: date | None = asked("day", "date", required=True)
    value: float | None = asked("number", required=True)


@dataclass(frozen=True)
class StatedPlan:
    on: date | None = asked("day", "date", required=True)
    value: float | None = asked("number", required=True)
    evidence: str = asked("text", required=True)


@dataclass(frozen=True)
class IndicatorPlan:
    code: str = asked("code", required=True)
    title: Words = asked("words", required=True)
    definition: Words = asked("words")
    source: str = asked("one_of", required=True, of=("construct", "item", "share", "nps", "count", "manual"))
    survey: str | None = asked("slug")
    of: str = asked("text")
    values: tuple[str, ...] = asked("texts")
    group: str | None = asked("key")
    direction: str = asked("one_of", default="up", of=("up", "down"))
    unit: Words = asked("words")
    baseline: float | None = asked("number")
    baseline_on: date | None = asked("day")
    baseline_round: str | None = asked("key")
    target_kind: str = asked("one_of", default="level", of=("level", "change"))
    target: float | None = asked("number")
    due_on: date | None = asked("day")
    milestones: tuple[MilestonePlan, ...] = asked("records", of=MilestonePlan)
    delta: float | None = asked("number", low=0)
    max_half_width: float | None = asked("number", low=0)
    is_key: bool = asked("flag", "key", default=True)
    sensitive: bool = asked("flag", default=False)
    frequency: Words = asked("words")
    responsible: Words = asked("words")
    verification: Words = asked("words")
    assumptions: Words = asked("words")
    limits: Words = asked("words")
    stated: tuple[StatedPlan, ...] = asked("records", of=StatedPlan)
    reason: str = asked("text")


@dataclass(frozen=True)
class ResultPlan:
    key: str = asked("key", required=True)
    title: Words = asked("words", required=True)
    level: str = asked("one_of", default="outcome", of=("output", "outcome", "impact"))
    indicators: tuple[IndicatorPlan, ...] = asked("records", of=IndicatorPlan)


@dataclass(frozen=True)
class ProgrammeFile:
    """A programme file as read. ``definitions`` holds its forms, not yet bound to the groups; ``warnings`` do not block."""

    slug: str = asked("slug", required=True)
    name: Words = asked("words", required=True)
    about: Words = asked("words")
    languages: tuple[str, ...] = asked("codes", required=True)
    time_zone: str = asked("text", default=TIME_ZONE)
    contact: str = asked("text")
    synthetic: bool = asked("flag", default=False)
    min_cell: int = asked("whole", default=5, low=5)
    analysts: tuple[str, ...] = asked("texts")
    groups: tuple[GroupPlan, ...] = asked("records", required=True, of=GroupPlan)
    mix: str | dict[str, float] = asked("mix", default="roster")
    cuts: tuple[str, ...] = asked("texts")
    constructs: dict[str, Words] = asked("labels")
    institutions: tuple[InstitutionPlan, ...] = asked("records", of=InstitutionPlan)
    events: tuple[EventPlan, ...] = asked("records", of=EventPlan)
    forms: tuple[FormPlan, ...] = asked("records", of=FormPlan)
    surveys: tuple[SurveyPlan, ...] = asked("records", of=SurveyPlan)
    results: tuple[ResultPlan, ...] = asked("records", of=ResultPlan)
    definitions: tuple[FormDefinition, ...] = ()
    warnings: tuple[Problem, ...] = field(default=(), compare=False)

    def shown(self) -> tuple[str, ...]:
        """Keys of the groups as shown, in order: those that are not merged into another."""
        return tuple(group.key for group in self.groups if not group.shown_in)

    def shares(self) -> dict[str, float]:
        """The mix as shares of the groups as shown, summing to 1."""
        if isinstance(self.mix, dict):
            return {key: self.mix[key] for key in self.shown()}
        people = dict.fromkeys(self.shown(), 0 if self.mix == "roster" else 1)
        for group in self.groups if self.mix == "roster" else ():
            people[group.shown_in or group.key] += group.members or 0
        return {key: count / sum(people.values()) for key, count in people.items()}

    def bound(self, definition: FormDefinition) -> FormDefinition:
        """A form with the groups in it, as it will be published."""
        asked = [Choice(group.key, Text.of(group.name)) for group in self.groups if group.is_asked]
        shown = [Choice(group.key, Text.of(group.name)) for group in self.groups if not group.shown_in]
        return binding.bind(definition, asked, shown=shown, shown_in={group.key: group.shown_in for group in self.groups if group.shown_in})

    def indicators(self) -> Iterator[tuple[ResultPlan, IndicatorPlan]]:
        for result in self.results:
            for indicator in result.indicators:
                yield result, indicator


class ProgrammeFileError(ProblemsFound):
    """A programme file with problems: all of them, none of it stored."""


def read_programme(text: str, base_folder: Path) -> ProgrammeFile:
    """The programme that ``text`` (YAML or JSON) describes; ``base_folder`` is where its form files lie.

    Raises ProgrammeFileError with every problem at once.
    """
    try:
        found, lines = read_document(text)
    except codec.FormFileError as fault:
        raise ProgrammeFileError(fault.problems) from fault
    reading = Reading(_languages_of(found), _zone_of(found), lines)
    plan = read_record(ProgrammeFile, found, "", reading)
    reading.settle()
    definitions = _read_forms(plan, base_folder, reading)
    plan = _with(plan, definitions=tuple(definitions.values()))
    for look in CHECKS:
        look(plan, reading)
    check_sources(plan, definitions, reading)
    blocking = [problem for problem in reading.problems if problem.blocks]
    if blocking:
        raise ProgrammeFileError(blocking)
    return _with(plan, warnings=tuple(reading.problems))


def _with(plan: ProgrammeFile, **values: Any) -> ProgrammeFile:
    return ProgrammeFile(**{**vars(plan), **values})


def _languages_of(found: Mapping[str, Any]) -> tuple[str, ...]:
    languages = found.get("languages")
    return tuple(one for one in languages if isinstance(one, str)) if isinstance(languages, list) else ()


def _zone_of(found: Mapping[str, Any]) -> ZoneInfo:
    """The zone that the file names; one that does not exist is told by the checks."""
    try:
        return ZoneInfo(str(found.get("time_zone", TIME_ZONE)))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(TIME_ZONE)


# --- forms ------------------------------------------------------------------------------------------------------------


def _read_forms(plan: ProgrammeFile, base_folder: Path, reading: Reading) -> dict[str, FormDefinition]:
    """{name: definition} of every form that could be read and checked."""
    definitions: dict[str, FormDefinition] = {}
    for number, entry in enumerate(plan.forms, start=1):
        place = f"forms.{entry.bank or entry.file or number}"
        definition = _read_form(entry, place, base_folder, reading)
        if definition is None:
            continue
        if definition.name in definitions:
            reading.tell(place, mark("There are two forms named “%(name)s”."), mark("Give each its own name."), name=definition.name)
        definitions[definition.name] = definition
        _take_over(check.check(plan.bound(definition)), place, reading)
    return definitions


def _read_form(entry: FormPlan, place: str, base_folder: Path, reading: Reading) -> FormDefinition | None:
    if sum(1 for way in (entry.bank, entry.file, entry.form) if way) != 1:
        reading.tell(place, mark("A form is given in exactly one way."), mark("Write one of bank, file or form."))
        return None
    try:
        if entry.bank:
            return _from_bank(entry.bank, place, reading)
        if entry.file:
            return _from_file(entry.file, place, base_folder, reading)
        return codec.from_document(dict(entry.form or {}))
    except codec.FormFileError as fault:
        _take_over(fault.problems, place, reading)
        return None


def _from_bank(name: str, place: str, reading: Reading) -> FormDefinition | None:
    if name in bank.names():
        return bank.instrument(name)
    known = ", ".join(bank.names())
    reading.tell(place, mark("There is no ready instrument “%(name)s”."), mark("Write one of: %(known)s."), name=name, known=known)
    return None


def _from_file(name: str, place: str, base_folder: Path, reading: Reading) -> FormDefinition | None:
    path = (base_folder / name).resolve()
    if not path.is_relative_to(base_folder.resolve()):
        remedy = mark("Put the form file in the folder of this file, and write its name only.")
        reading.tell(place, mark("The form file “%(name)s” lies outside the folder of this file."), remedy, name=name)
        return None
    try:
        return codec.load(path.read_text(encoding="utf-8"))
    except OSError:
        reading.tell(place, mark("The form file “%(name)s” cannot be read."), mark("Put it beside this file, or mend its name."), name=name)
    except UnicodeDecodeError:
        reading.tell(place, mark("The form file “%(name)s” is not in UTF-8."), mark("Save it again as UTF-8."), name=name)
    return None


def _take_over(problems: Iterable[Problem], place: str, reading: Reading) -> None:
    for problem in problems:
        reading.problems.append(Problem(f"{place}: {problem.place}", problem.fault, problem.remedy, problem.blocks))


# --- what must fit together -------------------------------------------------------------------------------------------


def _repeated(keys: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for key in keys:
        if key and key in seen:
            yield key
        seen.add(key)


def _tell_repeated(place: str, keys: Iterable[str], reading: Reading) -> None:
    for key in _repeated(keys):
        reading.tell(f"{place}.{key}", mark("“%(key)s” stands twice."), mark("Give each entry its own key."), key=key)


def _tell_absent(place: str, key: str, known: Iterable[str], fault: str, reading: Reading) -> None:
    reading.tell(place, fault, mark("Write one of: %(known)s."), key=key, known=", ".join(known))


_NO_GROUP = mark("There is no group “%(key)s”.")


def _check_repeated(plan: ProgrammeFile, reading: Reading) -> None:
    _tell_repeated("groups", (group.key for group in plan.groups), reading)
    _tell_repeated("institutions", (one.key for one in plan.institutions), reading)
    _tell_repeated("events", (event.key for event in plan.events), reading)
    _tell_repeated("surveys", (survey.slug for survey in plan.surveys), reading)
    _tell_repeated("results", (result.key for result in plan.results), reading)
    _tell_repeated("results", (indicator.code for _, indicator in plan.indicators()), reading)
    _tell_repeated("cuts", plan.cuts, reading)
    for survey in plan.surveys:
        _tell_repeated(f"surveys.{survey.slug}.rounds", (one.key for one in survey.rounds), reading)


def _check_programme(plan: ProgrammeFile, reading: Reading) -> None:
    if len(plan.analysts) > 2:
        reading.tell("analysts", mark("More than two people are named."), mark("Name at most two."))
    for person in plan.analysts:
        if not re.match(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", person):
            reading.tell("analysts", mark("“%(found)s” is not an e-mail address."), mark("Write it as in name@example.org."), found=person)
    for name, fault in (("languages", mark("No language is named.")), ("groups", mark("No group is named."))):
        if not getattr(plan, name):
            reading.tell(name, fault, mark("Name at least one."))
    _tell_repeated("languages", plan.languages, reading)
    if _zone_of({"time_zone": plan.time_zone}).key != plan.time_zone:
        remedy = mark("Write it as in America/Lima or Europe/Zurich.")
        reading.tell("time_zone", mark("There is no time zone “%(found)s”."), remedy, found=plan.time_zone)


def _check_groups(plan: ProgrammeFile, reading: Reading) -> None:
    by_key = {group.key: group for group in plan.groups}
    holding = {group.shown_in for group in plan.groups}
    for group in plan.groups:
        place = f"groups.{group.key}"
        if group.shown_in and group.shown_in not in by_key:
            _tell_absent(f"{place}.shown_in", group.shown_in, by_key, _NO_GROUP, reading)
        elif group.shown_in and (by_key[group.shown_in].shown_in or group.shown_in == group.key):
            remedy = mark("Name a group that is not merged itself.")
            reading.tell(f"{place}.shown_in", mark("“%(key)s” is merged into another group."), remedy, key=group.shown_in)
        if not group.is_asked and group.key not in holding:
            remedy = mark("Merge groups into it with shown_in, or let it be asked.")
            reading.tell(place, mark("Nobody can choose this group and none is merged into it."), remedy)


def _people_shown(plan: ProgrammeFile) -> dict[str, int | None]:
    """People on the roster by group as shown; None where a member group does not say."""
    people: dict[str, int | None] = {}
    for key in plan.shown():
        known = [group.members for group in plan.groups if key in (group.key, group.shown_in) and group.is_asked]
        people[key] = None if None in known else sum(count or 0 for count in known)
    return people


def _check_roster(plan: ProgrammeFile, reading: Reading) -> None:
    """The mix needs members; groups too small to be shown should be merged (privacy D17)."""
    for key, count in _people_shown(plan).items():
        place = f"groups.{key}"
        if plan.mix == "roster" and not count:
            remedy = mark("State members for each group, or choose another mix.")
            reading.tell(place, mark("The mix follows the roster, and this group has no members on it."), remedy)
        elif count is not None and count < 2 * plan.min_cell:
            remedy = mark("Merge it into another group with shown_in, or expect it to be hidden in most rounds.")
            fault = mark("%(count)s members are few: fewer than %(least)s answers to a round.")
            reading.tell(place, fault, remedy, blocks=False, count=count, least=2 * plan.min_cell)


def _check_mix(plan: ProgrammeFile, reading: Reading) -> None:
    if not isinstance(plan.mix, dict):
        return
    for key in plan.mix:
        if key not in plan.shown():
            _tell_absent(f"mix.{key}", key, plan.shown(), mark("“%(key)s” is not a group as shown."), reading)
    for key in plan.shown():
        if plan.mix.get(key, 0) <= 0:
            remedy = mark("Give each group as shown a share above 0.")
            reading.tell(f"mix.{key}", mark("This group has no share in the mix."), remedy)
    total = sum(plan.mix.values())
    if abs(total - 1) > 1e-6:
        reading.tell("mix", mark("The shares sum to %(total)s."), mark("Make them sum to 1."), total=f"{total:.6g}")


def _check_institutions(plan: ProgrammeFile, reading: Reading) -> None:
    groups = [group.key for group in plan.groups]
    for one in plan.institutions:
        place = f"institutions.{one.key}"
        if one.group and one.group not in groups:
            _tell_absent(f"{place}.group", one.group, groups, _NO_GROUP, reading)
        if one.joined_on and one.left_on and one.left_on < one.joined_on:
            reading.tell(f"{place}.left_on", mark("It leaves before it joins."), mark("Mend one of the two days."))


def _check_events(plan: ProgrammeFile, reading: Reading) -> None:
    groups = [group.key for group in plan.groups]
    group_of = {one.key: one.group for one in plan.institutions}
    for event in plan.events:
        place = f"events.{event.key}"
        for key in event.attendance:
            if key not in groups:
                _tell_absent(f"{place}.attendance", key, groups, _NO_GROUP, reading)
        for key in event.institutions:
            if key not in group_of:
                _tell_absent(f"{place}.institutions", key, group_of, mark("There is no institution “%(key)s”."), reading)
        for group, count in event.attendance.items():
            named = sum(people for key, people in event.institutions.items() if group_of.get(key) == group)
            if named > count:
                fault = mark("The institutions of “%(group)s” brought %(named)s people, but the group's attendance is %(count)s.")
                reading.tell(f"{place}.institutions", fault, mark("Mend one of the two."), group=group, named=named, count=count)


def _check_rounds(plan: ProgrammeFile, reading: Reading) -> None:
    groups, events = [group.key for group in plan.groups], [event.key for event in plan.events]
    for survey in plan.surveys:
        for one in survey.rounds:
            place = f"surveys.{survey.slug}.rounds.{one.key}"
            if one.event and one.event not in events:
                _tell_absent(f"{place}.event", one.event, events, mark("There is no event “%(key)s”."), reading)
            for key in one.invited or {}:
                if key not in groups:
                    _tell_absent(f"{place}.invited", key, groups, _NO_GROUP, reading)
            for language in one.languages:
                if language not in plan.languages:
                    _tell_absent(
                        f"{place}.languages", language, plan.languages, mark("“%(key)s” is not a language of the programme."), reading
                    )
            if one.opens_at and one.closes_at and one.opens_at >= one.closes_at:
                reading.tell(f"{place}.closes", mark("The round closes before it opens."), mark("Mend one of the two moments."))


def _check_promises(plan: ProgrammeFile, reading: Reading) -> None:
    """A level that a survey states fits what its form asks; forms brought in earlier are looked at when a round opens."""
    asking = {one.name: any(question.kind == "own_code" for question in one.questions()) for one in plan.definitions}
    for survey in plan.surveys:
        if survey.promise and survey.form in asking:
            problems = level_mismatches(survey.slug, survey.promise, True, asking[survey.form])
            reading.problems += [replace(problem, place=f"surveys.{problem.place}") for problem in problems]


def _check_indicators(plan: ProgrammeFile, reading: Reading) -> None:
    surveys = {survey.slug: survey for survey in plan.surveys}
    for result, indicator in plan.indicators():
        place = f"results.{result.key}.indicators.{indicator.code}"
        _check_target(indicator, place, reading)
        _check_stated(indicator, place, reading)
        if indicator.group and indicator.group not in plan.shown():
            _tell_absent(f"{place}.group", indicator.group, plan.shown(), mark("“%(key)s” is not a group as shown."), reading)
        if indicator.source == "manual":
            continue
        if not indicator.of:
            reading.tell(f"{place}.of", mark("This is missing."), mark("Name the construct or the question that it reads."))
        if not indicator.survey:
            reading.tell(f"{place}.survey", mark("This is missing."), mark("Name the survey that it reads."))
        elif indicator.survey not in surveys:
            _tell_absent(f"{place}.survey", indicator.survey, surveys, mark("There is no survey “%(key)s”."), reading)
        elif indicator.baseline_round:
            rounds = [one.key for one in surveys[indicator.survey].rounds]
            if rounds and indicator.baseline_round not in rounds:
                fault = mark("The survey has no round “%(key)s”.")
                _tell_absent(f"{place}.baseline_round", indicator.baseline_round, rounds, fault, reading)


def _check_target(indicator: IndicatorPlan, place: str, reading: Reading) -> None:
    has_baseline = indicator.baseline is not None
    if has_baseline and indicator.baseline_round:
        reading.tell(f"{place}.baseline", mark("The baseline is given twice."), mark("Keep baseline or baseline_round."))
    if indicator.target is not None and indicator.due_on is None:
        reading.tell(f"{place}.due_on", mark("There is a target without a due date."), mark("Add “due_on: …”."))
    if indicator.target is None and (indicator.due_on or indicator.milestones or indicator.target_kind == "change"):
        reading.tell(f"{place}.target", mark("This is missing."), mark("State the target, or remove its date and milestones."))
    if indicator.target_kind == "change":
        _check_change(indicator, place, reading)
    elif has_baseline and indicator.target is not None:
        away = indicator.target - (indicator.baseline or 0)
        if (away < 0 and indicator.direction == "up") or (away > 0 and indicator.direction == "down"):
            remedy = mark("Mend the baseline, the target or the direction.")
            reading.tell(f"{place}.target", mark("From the baseline the target lies against the direction."), remedy)
    for number, milestone in enumerate(indicator.milestones, start=1):
        if milestone.on and indicator.due_on and milestone.on > indicator.due_on:
            reading.tell(f"{place}.milestones.{number}", mark("The milestone lies after the due date."), mark("Give it an earlier day."))
    if indicator.baseline_on and indicator.due_on and indicator.baseline_on >= indicator.due_on:
        reading.tell(f"{place}.due_on", mark("The due date is not after the baseline."), mark("Mend one of the two days."))


def _check_change(indicator: IndicatorPlan, place: str, reading: Reading) -> None:
    if indicator.source == "manual":
        remedy = mark("Use target_kind: level.")
        reading.tell(f"{place}.target_kind", mark("A value stated by hand has no change with an interval."), remedy)
    elif not indicator.baseline_round:
        remedy = mark("Name the round from which the change is counted.")
        reading.tell(f"{place}.baseline_round", mark("A change needs a baseline round."), remedy)
    if indicator.target is not None and indicator.target <= 0:
        remedy = mark("Write how far it should move, above 0; direction says which way.")
        reading.tell(f"{place}.target", mark("%(found)s is not a change."), remedy, found=indicator.target)


def _check_stated(indicator: IndicatorPlan, place: str, reading: Reading) -> None:
    if indicator.stated and indicator.source != "manual":
        reading.tell(f"{place}.stated", mark("Only a manual indicator has stated values."), mark("Remove them, or write source: manual."))
    for name in ("survey", "of", "values", "group", "baseline_round"):
        if indicator.source == "manual" and getattr(indicator, name):
            reading.tell(f"{place}.{name}", mark("A manual indicator reads no survey."), mark("Remove it, or choose another source."))
    _tell_repeated(f"{place}.stated", (one.on.isoformat() for one in indicator.stated if one.on), reading)


CHECKS = (
    _check_programme,
    _check_repeated,
    _check_groups,
    _check_roster,
    _check_mix,
    _check_institutions,
    _check_events,
    _check_rounds,
    _check_promises,
    _check_indicators,
)


# --- what indicators read from forms ----------------------------------------------------------------------------------


def check_sources(plan: ProgrammeFile, definitions: Mapping[str, FormDefinition], reading: Reading) -> None:
    """Cuts, constructs and columns exist in the forms. Surveys of forms that are not in ``definitions`` are left out."""
    read = {name: columns(plan.bound(definition)) for name, definition in definitions.items()}
    form_of = {survey.slug: survey.form for survey in plan.surveys}
    if set(form_of.values()) <= set(definitions):
        _check_cuts(plan, read, reading)
    _check_constructs(plan, read, reading)
    for result, indicator in plan.indicators():
        there = read.get(form_of.get(indicator.survey or "", ""))
        if there is not None and indicator.of and indicator.source != "manual":
            _check_source(indicator, there, f"results.{result.key}.indicators.{indicator.code}", reading)


def _check_cuts(plan: ProgrammeFile, read: Mapping[str, tuple[Column, ...]], reading: Reading) -> None:
    choices = {column.key for there in read.values() for column in there if column.kind == "choice"} - {"group", "circle"}
    for cut in plan.cuts:
        if cut in ("group", "circle", "event"):
            remedy = mark("Remove it: group, circle and event are always there.")
            reading.tell(f"cuts.{cut}", mark("“%(key)s” is not a further cut."), remedy, key=cut)
        elif cut not in choices:
            remedy = mark("Name a question with one choice, or add it to a form.")
            reading.tell(f"cuts.{cut}", mark("No form has a choice question “%(key)s”."), remedy, key=cut)


def _check_constructs(plan: ProgrammeFile, read: Mapping[str, tuple[Column, ...]], reading: Reading) -> None:
    known = {*STANDARD_CONSTRUCTS, *plan.constructs}
    unnamed = sorted({column.construct for there in read.values() for column in there if column.construct} - known)
    for construct in unnamed:
        remedy = mark("Add its name in each language.")
        reading.tell(
            f"constructs.{construct}", mark("A form uses the construct “%(key)s”, which has no name."), remedy, blocks=False, key=construct
        )


def _check_source(indicator: IndicatorPlan, there: tuple[Column, ...], place: str, reading: Reading) -> None:
    if indicator.source == "construct":
        used = [column for column in there if column.construct == indicator.of]
        if not used:
            known = dict.fromkeys(column.construct for column in there if column.construct)
            _tell_absent(f"{place}.of", indicator.of, known, mark("The form has no construct “%(key)s”."), reading)
        _check_within(indicator, used, place, reading)
        return
    column = next((one for one in there if one.key == indicator.of), None)
    if column is None:
        known = dict.fromkeys(one.key for one in there)
        _tell_absent(f"{place}.of", indicator.of, known, mark("The form has no column “%(key)s”."), reading)
        return
    _check_kind(indicator, column, place, reading)
    _check_values(indicator, column, place, reading)
    _check_within(indicator, [column], place, reading)


def _check_kind(indicator: IndicatorPlan, column: Column, place: str, reading: Reading) -> None:
    allowed = {"item": ("scale", "number"), "nps": ("scale",), "share": ("scale", "choice", "flag"), "count": ("scale", "choice", "flag")}
    if column.kind not in allowed[indicator.source] or (indicator.source == "nps" and (column.lo, column.hi) != (0, 10)):
        remedy = mark("An item needs a scale or a number, nps a scale from 0 to 10, share and count a scale, a choice or yes and no.")
        reading.tell(f"{place}.of", mark("The source “%(source)s” cannot read “%(key)s”."), remedy, source=indicator.source, key=column.key)
    elif column.kind in ("choice", "flag") and indicator.source in ("share", "count") and not indicator.values:
        reading.tell(f"{place}.values", mark("It does not say which answers count."), mark("List them under values."))


def _check_values(indicator: IndicatorPlan, column: Column, place: str, reading: Reading) -> None:
    known = [value for value, _ in column.labels]
    if column.kind == "flag":
        known = ["1", "0"]
    elif column.kind == "scale" and column.lo is not None and column.hi is not None:
        known = [str(point) for point in range(int(column.lo), int(column.hi) + 1, int(column.step or 1))]
    if indicator.values and indicator.source not in ("share", "count"):
        reading.tell(f"{place}.values", mark("Only share and count have values."), mark("Remove them."))
    for value in indicator.values:
        if known and value not in known:
            _tell_absent(f"{place}.values", value, known, mark("“%(key)s” is not an answer of the question."), reading)


def _check_within(indicator: IndicatorPlan, used: list[Column], place: str, reading: Reading) -> None:
    """Baseline, target and milestones of a level lie within what the source can be."""
    los, his = [one.lo for one in used if one.lo is not None], [one.hi for one in used if one.hi is not None]
    ends = {"share": (0.0, 100.0), "nps": (-100.0, 100.0), "count": (0.0, None)}.get(indicator.source)
    lo, hi = ends or (min(los, default=None), max(his, default=None))
    reach = None if lo is None or hi is None else hi - lo
    stated = {"baseline": indicator.baseline, "target": indicator.target}
    stated |= {f"milestones.{number}": one.value for number, one in enumerate(indicator.milestones, start=1)}
    for name, value in stated.items():
        low, high = (None, reach) if indicator.target_kind == "change" and name != "baseline" else (lo, hi)
        if value is not None and ((low is not None and value < low) or (high is not None and value > high)):
            remedy = mark("Write a value from %(low)s to %(high)s.")
            reading.tell(f"{place}.{name}", mark("%(found)s lies outside what can be measured."), remedy, found=value,
                         low="0" if low is None else f"{low:g}", high="…" if high is None else f"{high:g}")  # fmt: skip
