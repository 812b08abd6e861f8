"""Forms are checked, published and frozen; surveys ask them; rounds open them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import codec
from forms.binding import bind
from forms.check import check
from forms.definition import Choice, FormDefinition
from forms.difference import Change, Effect, difference, effects
from forms.messages import Message, Problem, mark
from forms.wording import Text
from surveys.errors import ProblemsFound
from surveys.inviting import make_link
from surveys.storage import Event, Form, FormVersion, Programme, Round, Survey, find_form


def bound_to(programme: Programme, definition: FormDefinition) -> FormDefinition:
    """A form with the programme's groups: those a person may choose, and those that batteries ask about, as shown (D17)."""
    choices = {group.key: Choice(group.key, Text.of(group.name)) for group in programme.groups}
    asked = [choices[group.key] for group in programme.groups if group.is_asked]
    shown = [choices[group.key] for group in programme.groups if group.shown_in is None]
    return bind(definition, asked, shown=shown, shown_in={group.key: group.shown_in for group in programme.groups if group.shown_in})


@dataclass(frozen=True)
class Review:
    """A draft as it would be published: bound to the programme's groups, with its problems and what changes."""

    definition: FormDefinition
    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]

    @property
    def blocking(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.blocks)


def review(session: Session, form: Form) -> Review:
    """What publishing the draft would do; nothing is stored."""
    programme = session.get_one(Programme, form.programme_id)
    return reviewed(form, bound_to(programme, codec.from_document(form.draft)))


def reviewed(form: Form | None, bound: FormDefinition) -> Review:
    """The review of a bound definition as the next version of a form, or as the first of a new one."""
    latest = definition_of(form.versions[-1]) if form and form.versions else None
    changes = tuple(difference(latest, bound)) if latest else ()
    return Review(bound, (*check(bound), *_promises_broken(form, bound)), changes, effects(changes, bound))


def definition_of(version: FormVersion) -> FormDefinition:
    """The frozen definition of a version."""
    return codec.from_document(version.definition)


def import_form(session: Session, programme: Programme, definition: FormDefinition, today: date) -> FormVersion:
    """Publish a definition in a programme: the next frozen version, or the latest one when nothing changed.

    Raises ProblemsFound with every problem of it; nothing is stored then.
    """
    bound = bound_to(programme, definition)
    form = find_form(session, programme.id, definition.name)
    problems = [*check(bound), *_promises_broken(form, bound)]
    if blocking := [problem for problem in problems if problem.blocks]:
        raise ProblemsFound(blocking)
    if form is None:
        form = Form(programme_id=programme.id, slug=definition.name, draft=codec.to_document(definition), revision=1)
        session.add(form)
    return _published(session, form, definition, bound, today)


def _published(session: Session, form: Form, definition: FormDefinition, bound: FormDefinition, today: date) -> FormVersion:
    digest = codec.digest(bound)
    latest = form.versions[-1] if form.versions else None
    if latest is not None and latest.digest == digest:
        return latest
    if latest is not None:
        form.draft, form.revision = codec.to_document(definition), form.revision + 1
    number = 1 if latest is None else latest.number + 1
    version = FormVersion(number=number, definition=codec.to_document(bound), digest=digest, published_on=today)
    form.versions.append(version)
    session.flush()
    return version


def _promises_broken(form: Form | None, definition: FormDefinition) -> Iterator[Problem]:
    """A published question name keeps its kind for ever."""
    known: dict[str, str] = {}
    for version in form.versions if form else ():
        known |= {question.name: question.kind for question in definition_of(version).questions()}
    for question in definition.questions():
        was = known.get(question.name, question.kind)
        if was != question.kind:
            yield Problem(
                f"questions.{question.name}",
                Message(mark("This question was published as %(was)s and is now %(kind)s."), {"was": was, "kind": question.kind}),
                Message(mark("Give the changed question a new name, so that answers of both kinds are never mixed.")),
            )


def add_survey(session: Session, programme: Programme, form: Form, slug: str, title: Mapping[str, str]) -> Survey:
    """A form asked for one purpose. Raises ProblemsFound when the name is taken or the form is another programme's."""
    if session.scalar(select(Survey).where(Survey.slug == slug)):
        raise _problem(
            slug,
            Message(mark("There is already a survey with this name.")),
            Message(mark("Choose another name: a survey's name is its own in all programmes.")),
        )
    if form.programme_id != programme.id:
        raise _problem(
            slug,
            Message(mark("The form %(form)s belongs to another programme."), {"form": form.slug}),
            Message(mark("Import the form into this programme first.")),
        )
    survey = Survey(form=form, slug=slug, title=dict(title), position=len(programme.surveys))
    programme.surveys.append(survey)
    session.flush()
    return survey


def survey_of(session: Session, form: Form, slug: str | None = None) -> Survey:
    """The survey that asks this form; the first import of a form makes one, named ``slug`` or as the form.

    With a ``slug`` that no survey of this form has, one more is made.
    """
    programme = session.get_one(Programme, form.programme_id)
    mine = [survey for survey in programme.surveys if survey.form_id == form.id and slug in (None, survey.slug)]
    return mine[0] if mine else add_survey(session, programme, form, slug or form.slug, definition_of(form.versions[-1]).title.as_dict())


def open_round(
    session: Session,
    survey: Survey,
    key: str,
    on: date,
    label: Mapping[str, str] | None = None,
    version: FormVersion | None = None,
    event: Event | None = None,
    invited: Mapping[str, int] | None = None,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    languages: Sequence[str] | None = None,
) -> Round:
    """Ask a survey once more: a round with its own random link, of the latest version unless one is given.

    The first round freezes the programme's groups, mix, k and cuts. Raises ProblemsFound with every problem.
    """
    version = version or survey.form.versions[-1]
    spoken = tuple(version.definition["languages"])
    if problems := list(_round_problems(survey, key, version, event, invited, opens_at, closes_at, languages or spoken)):
        raise ProblemsFound(problems)
    round_ = Round(
        version=version,
        event=event,
        key=key,
        label=dict(label or dict.fromkeys(languages or spoken, key)),
        on=on,
        link=make_link(),
        languages=list(languages or spoken),
        opens_at=opens_at,
        closes_at=closes_at,
        invited=dict(invited) if invited is not None else None,
    )
    survey.rounds.append(round_)
    survey.programme.started_on = survey.programme.started_on or on
    session.flush()
    return round_


def _round_problems(
    survey: Survey,
    key: str,
    version: FormVersion,
    event: Event | None,
    invited: Mapping[str, int] | None,
    opens_at: datetime | None,
    closes_at: datetime | None,
    languages: Sequence[str],
) -> Iterator[Problem]:
    if any(round_.key == key for round_ in survey.rounds):
        yield Problem(key, Message(mark("This survey already has a round with this name.")), Message(mark("Choose another name.")))
    if version.form_id != survey.form_id:
        yield Problem(key, Message(mark("The version is of another form.")), Message(mark("Choose a version of this survey's form.")))
    if event is not None and event.programme_id != survey.programme_id:
        yield Problem(key, Message(mark("The event is of another programme.")), Message(mark("Choose an event of this programme.")))
    if opens_at and closes_at and opens_at >= closes_at:
        yield Problem(key, Message(mark("The round would close before it opens.")), Message(mark("Choose a later closing.")))
    for language in languages:
        if language not in version.definition["languages"]:
            yield Problem(
                key,
                Message(mark("The form does not speak %(language)s."), {"language": language}),
                Message(mark("Translate the form first, or leave the language out.")),
            )
    groups = {group.key for group in survey.programme.groups}
    for group, people in (invited or {}).items():
        if group not in groups or people < 0:
            yield Problem(
                key,
                Message(mark("%(people)s people invited of %(group)s cannot be."), {"people": people, "group": group}),
                Message(mark("Name the programme's groups, with whole numbers from 0.")),
            )


def _problem(place: Any, fault: Message, remedy: Message) -> ProblemsFound:
    return ProblemsFound([Problem(str(place), fault, remedy)])
