"""Forms are checked, published and frozen; surveys ask them; rounds open them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Any, get_args

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import codec
from forms.binding import bind
from forms.check import check, mismatches
from forms.definition import Choice, FormDefinition
from forms.difference import Change, Effect, Verdict, difference, effects
from forms.markup import cleaned, plain_text
from forms.messages import Message, Problem, mark
from forms.translating import (
    TextState,
    completeness,
    left_out_problems,
    problems_of,
    remembered,
    swept,
    text_states,
    without_languages,
)
from forms.wording import Text
from surveys import recording
from surveys.errors import ProblemsFound, TupuyError
from surveys.inviting import make_link
from surveys.promising import asks_own_code, follow_form, level_mismatches, promise_by_form
from surveys.storage import Decision, Event, Form, FormVersion, Person, Programme, Round, Survey, find_form, find_survey, keep_draft


def bound_to(programme: Programme, definition: FormDefinition) -> FormDefinition:
    """A form with the programme's groups: those a person may choose, and those that batteries ask about, as shown (D17)."""
    choices = {group.key: Choice(group.key, _in_languages(group.name, definition.languages)) for group in programme.groups}
    asked = [choices[group.key] for group in programme.groups if group.is_asked]
    shown = [choices[group.key] for group in programme.groups if group.shown_in is None]
    return bind(definition, asked, shown=shown, shown_in={group.key: group.shown_in for group in programme.groups if group.shown_in})


def definition_of(version: FormVersion) -> FormDefinition:
    """The frozen definition of a version."""
    return codec.from_document(version.definition)


def _in_languages(name: Mapping[str, str], languages: Sequence[str]) -> Text:
    """A name in the languages of a form only."""
    return Text.of({language: words for language, words in name.items() if language in languages})


# Publishing ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decided:
    """What a person decided about the series of one question, and why."""

    verdict: str
    reason: str


@dataclass(frozen=True)
class Review:
    """A form as it would be published: bound to the programme's groups, with its problems and what it changes.

    ``is_new``: it differs from the latest version. ``waiting``: the languages that are not ready and that the latest version does not
    have; ``is_new`` and ``changes`` leave them out of account.
    """

    definition: FormDefinition
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()
    effects: tuple[Effect, ...] = ()
    is_new: bool = False
    waiting: tuple[str, ...] = ()

    @property
    def blocking(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.blocks)

    @property
    def undecided(self) -> tuple[str, ...]:
        """The questions about whose series a person must decide."""
        return tuple(effect.question for effect in self.effects if effect.is_decided)


class DraftChanged(TupuyError):
    """The draft that was looked at is no longer the one that would be published."""

    status = 409

    def __init__(self, form: Form) -> None:
        super().__init__(
            form.slug,
            Message(mark("The draft was changed after you opened this page. Nothing was published.")),
            Message(mark("Look at the changes once more, then publish.")),
        )


def review(session: Session, form: Form, left_out: Collection[str] = ()) -> Review:
    """What publishing the draft would do, without these languages; nothing is stored."""
    draft = codec.from_document(form.draft)
    shown = review_of(session.get_one(Programme, form.programme_id), form, draft, text_states(draft, form.memory), left_out)
    is_heard = bool(form.versions) and not recording.is_frozen(session, form, form.versions[-1], shown.definition)
    return replace(shown, is_new=shown.is_new or is_heard)


def review_of(
    programme: Programme, form: Form | None, definition: FormDefinition, states: Sequence[TextState], left_out: Collection[str] = ()
) -> Review:
    """The review of a definition, whose translations are in these states, as the next version of a form or the first of a new one."""
    if wrong := left_out_problems(definition, left_out):
        return Review(definition, tuple(wrong))
    latest = definition_of(form.versions[-1]) if form and form.versions else None
    waiting = tuple(language for language in unready(latest, definition, states) if language not in left_out)
    kept = without_languages(definition, left_out)
    bound = as_published(programme, kept)
    ready = as_published(programme, without_languages(kept, waiting)) if waiting else bound
    changes = tuple(difference(latest, ready)) if latest else ()
    told = dict.fromkeys([*_faults(programme, kept, bound), *problems_of(states, left_out), *_promises_broken(form, bound)])
    return Review(bound, tuple(told), changes, effects(changes, ready), not _is_latest(form, ready), waiting)


def _faults(programme: Programme, kept: FormDefinition, bound: FormDefinition) -> Iterator[Problem]:
    """What is wrong with a form as it is written, and as it is cleaned; the names of groups are mended where they are written."""
    written = bound_to(programme, kept)
    groups = {group.key for group in programme.groups}
    for problem in [*check(written), *mismatches(kept), *(check(bound) if bound != written else ())]:
        yield _about_group(problem, kept, groups)


def _about_group(problem: Problem, form: FormDefinition, groups: Collection[str]) -> Problem:
    """A problem with the name of one of the programme's groups says where that name is written."""
    what, _, rest = problem.place.partition(".")
    name, _, part = rest.partition(".")
    question = form.question(name) if what == "questions" else None
    if question is None or not question.of_groups or part.partition(".")[2] not in groups:
        return problem
    remedy = mark("It is the name of the group “%(group)s”. Write it in the programme file, then bring that file in again.")
    return replace(problem, remedy=Message(remedy, {"group": part.partition(".")[2]}))


def unready(latest: FormDefinition | None, draft: FormDefinition, states: Sequence[TextState]) -> tuple[str, ...]:
    """The languages that the latest version does not have and the draft does not have in full yet.

    The next version waits for none of them, and what the draft says in them changes nothing of what is published.
    """
    if latest is None:
        return ()
    counts = {language: completeness(states, language) for language in draft.languages[1:] if language not in latest.languages}
    return tuple(language for language, (done, total) in counts.items() if done < total)


def is_changed(programme: Programme, form: Form, draft: FormDefinition, states: Sequence[TextState]) -> bool:
    """Whether publishing the draft, without the languages that are not ready, would make another version than the latest."""
    if not form.versions:
        return True
    waiting = unready(definition_of(form.versions[-1]), draft, states)
    return not _is_latest(form, as_published(programme, without_languages(draft, waiting)))


def _is_latest(form: Form | None, definition: FormDefinition) -> bool:
    return form is not None and bool(form.versions) and form.versions[-1].digest == codec.digest(definition)


def members_as_shown(programme: Programme) -> dict[str, int]:
    """{group as shown: its people}; a group is missing when the size of one that is shown in it is not known."""
    asked = [group for group in programme.groups if group.is_asked]
    unknown = {group.shown_in or group.key for group in asked if group.members is None}
    sizes: dict[str, int] = {}
    for group in asked:
        home = group.shown_in or group.key
        sizes[home] = sizes.get(home, 0) + (group.members or 0)
    return {home: members for home, members in sizes.items() if home not in unknown}


def as_published(programme: Programme, definition: FormDefinition) -> FormDefinition:
    """A form as a version holds it: without HTML, with the programme's groups."""
    return bound_to(programme, cleaned(definition))


def review_of_version(form: Form, version: FormVersion) -> Review:
    """What a version changed from the one before it."""
    new = definition_of(version)
    earlier = [one for one in form.versions if one.number < version.number]
    changes = tuple(difference(definition_of(earlier[-1]), new)) if earlier else ()
    return Review(new, (), changes, effects(changes, new))


def publish(
    session: Session,
    form: Form,
    today: date,
    *,
    revision: int,
    left_out: Collection[str] = (),
    decisions: Mapping[str, Decided] | None = None,
    person: Person | None = None,
) -> FormVersion:
    """Freeze the draft that was looked at, ``revision``, as the next version, with what was decided about its changes.

    Raises DraftChanged when it is no longer the latest, and ProblemsFound with everything that keeps it from being
    published, a question without a decision among it. Nothing is stored then.
    """
    session.refresh(form, with_for_update=True)
    if form.revision != revision:
        raise DraftChanged(form)
    shown = review(session, form, left_out)
    decided = decisions or {}
    waiting = [_waits(name) for name in shown.undecided if name not in decided]
    _refuse([*shown.blocking, *waiting, *_wrongly_decided(shown, decided)])
    return _published(session, form, shown, today, decided, person)


def import_form(
    session: Session, programme: Programme, definition: FormDefinition, today: date, decisions: Mapping[str, Decided] | None = None
) -> FormVersion:
    """Publish a definition in a programme: the next frozen version, or the latest one when nothing changed.

    A question whose words changed begins a new series unless ``decisions`` says otherwise. Raises ProblemsFound with
    every problem of it; nothing is stored then.
    """
    form = find_form(session, programme.id, definition.name)
    states = text_states(definition, form.memory if form else {})
    shown, decided = review_of(programme, form, definition, states), decisions or {}
    _refuse([*shown.blocking, *_wrongly_decided(shown, decided)])
    if form is None:
        form = Form(programme_id=programme.id, slug=definition.name, draft=codec.to_document(definition), revision=1)
        session.add(form)
    elif shown.is_new:
        keep_draft(session, form, datetime.combine(today, time(), UTC))
        form.memory = remembered(form.memory, codec.from_document(form.draft), definition)
        form.draft, form.revision = codec.to_document(definition), form.revision + 1
    return _published(session, form, shown, today, decided, None)


def _published(
    session: Session, form: Form, shown: Review, today: date, decisions: Mapping[str, Decided], person: Person | None
) -> FormVersion:
    """The next version, with its decisions; the latest one when nothing changed. What was tried is gone with it."""
    if not shown.is_new:
        return form.versions[-1]
    number = form.versions[-1].number + 1 if form.versions else 1
    frozen = codec.to_document(shown.definition)
    version = FormVersion(number=number, definition=frozen, digest=codec.digest(shown.definition), published_on=today)
    form.versions.append(version)
    form.decisions += [
        Decision(
            number=number,
            question=question,
            verdict=decided.verdict,
            reason=decided.reason.strip(),
            decided_on=today,
            person_id=person.id if person else None,
        )
        for question, decided in decisions.items()
    ]
    form.trials.clear()
    recording.freeze(session, form, version, shown.definition)
    form.memory = swept(form.memory, codec.from_document(form.draft))
    return version


def trend_warnings(shown: Review) -> Iterator[Problem]:
    """A warning for each change that breaks or ends the series of a question, while it can still be taken back."""
    for effect in shown.effects:
        if any(change.ends_question for change in effect.changes):
            fault, remedy = mark("Its series ends: the question was taken out."), mark("Put it back if its trend should go on.")
        elif effect.is_decided:
            fault = mark("Its words changed: a new series begins unless they are declared comparable.")
            remedy = mark("Decide when you publish, or put the words back.")
        elif effect.series == "break":
            fault = mark("Its change begins a new series: answers of before cannot be compared.")
            remedy = mark("Take the change back, or ask it as another question.")
        else:
            continue
        yield Problem(f"questions.{effect.question}", Message(fault), Message(remedy), blocks=False)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise ProblemsFound(problems)


def _waits(question: str) -> Problem:
    return Problem(
        f"questions.{question}",
        Message(mark("Its words changed, and nobody has said what that means for its series.")),
        Message(mark("Decide whether the answers can still be compared, and say why.")),
    )


def _wrongly_decided(shown: Review, decisions: Mapping[str, Decided]) -> Iterator[Problem]:
    """Decisions about what does not change, without a reason, or against a change that breaks a series whatever is said."""
    known = {effect.question: effect for effect in shown.effects}
    for question, decided in decisions.items():
        place, effect = f"questions.{question}", known.get(question)
        if effect is None or not effect.may_be_decided:
            fault = mark("There is nothing to decide about this question.")
            if effect is not None and effect.series == "break":
                fault = mark("A new series begins: answers on another scale, or of another kind, cannot be compared.")
            yield Problem(place, Message(fault), Message(mark("Leave the decision out.")))
        elif decided.verdict not in get_args(Verdict):
            known_words = {"known": ", ".join(get_args(Verdict))}
            yield Problem(place, Message(mark("This is not a decision.")), Message(mark("Use one of: %(known)s."), known_words))
        elif not decided.reason.strip():
            yield Problem(place, Message(mark("The decision has no reason.")), Message(mark("Say in a sentence why.")))


def _promises_broken(form: Form | None, definition: FormDefinition) -> Iterator[Problem]:
    """A published question name keeps its kind for ever, over all versions."""
    known = kinds_published(form)
    for question in definition.questions():
        was = known.get(question.name, question.kind)
        if was != question.kind:
            yield Problem(
                f"questions.{question.name}",
                Message(mark("This question was published as %(was)s and is now %(kind)s."), {"was": was, "kind": question.kind}),
                Message(mark("Give the changed question a new name, so that answers of both kinds are never mixed.")),
            )


def kinds_published(form: Form | None) -> dict[str, str]:
    """{question: its kind} of every question that any version of the form has."""
    documents = (version.definition for version in form.versions) if form else ()
    questions = (one for document in documents for section in document.get("sections", ()) for one in section["questions"])
    return {question["name"]: question["kind"] for question in questions}


# Surveys and rounds ----------------------------------------------------------------------------------------------------


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
    survey.promise = promise_by_form(form.versions[-1].definition if form.versions else {})
    programme.surveys.append(survey)
    session.flush()
    return survey


def survey_of(session: Session, form: Form, slug: str | None = None) -> Survey:
    """The survey that asks this form; the first import of a form makes one, named ``slug`` or as the form.

    With a ``slug`` that no survey of this form has, one more is made.
    """
    programme = session.get_one(Programme, form.programme_id)
    mine = [survey for survey in programme.surveys if survey.form_id == form.id and slug in (None, survey.slug)]
    return (
        mine[0]
        if mine
        else add_survey(session, programme, form, slug or form.slug, plain_text(definition_of(form.versions[-1]).title).as_dict())
    )


def first_survey(session: Session, form: Form) -> Survey:
    """The survey that asks a form, made when there is none; where another programme has its name, with the programme's before it."""
    programme = session.get_one(Programme, form.programme_id)
    mine = next((survey for survey in programme.surveys if survey.form_id == form.id), None)
    names = (form.slug, f"{programme.slug}_{form.slug}", f"{programme.slug}_{form.slug}_{form.id.hex[:6]}")
    free = (name for name in names if find_survey(session, name) is None)
    return mine or survey_of(session, form, next(free))


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
    waits: bool = False,
    closes_at_count: int | None = None,
) -> Round:
    """Ask a survey once more: a round with its own random link, of the latest version unless one is given.

    The first round freezes the programme's groups, mix, k and cuts. Raises ProblemsFound with every problem, each at the
    round's key and the name of what is wrong: ``2026-1.closes_at``.
    """
    version = version or survey.form.versions[-1]
    spoken = tuple(version.definition["languages"])
    follow_form(survey.promise, version.definition)
    _refuse(list(round_problems(survey, key, version, event, invited, opens_at, closes_at, languages or spoken, closes_at_count)))
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
        waits=waits,
        closes_at_count=closes_at_count,
    )
    survey.rounds.append(round_)
    survey.programme.started_on = survey.programme.started_on or on
    session.flush()
    return round_


def round_problems(
    survey: Survey,
    key: str,
    version: FormVersion,
    event: Event | None,
    invited: Mapping[str, int] | None,
    opens_at: datetime | None,
    closes_at: datetime | None,
    languages: Sequence[str],
    closes_at_count: int | None = None,
) -> Iterator[Problem]:
    """Every problem of a round that is to be opened, each at the round's key and the name of what is wrong."""
    if any(round_.key == key for round_ in survey.rounds):
        yield Problem(f"{key}.key", Message(mark("This survey already has a round with this name.")), Message(mark("Choose another name.")))
    if version.form_id != survey.form_id:
        yield Problem(
            f"{key}.version", Message(mark("The version is of another form.")), Message(mark("Choose a version of this survey's form."))
        )
    if event is not None and event.programme_id != survey.programme_id:
        yield Problem(
            f"{key}.event", Message(mark("The event is of another programme.")), Message(mark("Choose an event of this programme."))
        )
    if opens_at and closes_at and opens_at >= closes_at:
        yield Problem(f"{key}.closes_at", Message(mark("The round would close before it opens.")), Message(mark("Choose a later closing.")))
    for language in languages:
        if language not in version.definition["languages"]:
            yield Problem(
                f"{key}.languages",
                Message(mark("The form does not speak %(language)s."), {"language": language}),
                Message(mark("Translate the form first, or leave the language out.")),
            )
    promise = survey.promise
    yield from level_mismatches(survey.slug, promise.level, promise.is_stated, asks_own_code(version.definition))
    groups = {group.key for group in survey.programme.groups}
    for group, people in (invited or {}).items():
        if group not in groups or people < 0:
            yield Problem(
                f"{key}.invited.{group}",
                Message(mark("%(people)s people invited of %(group)s cannot be."), {"people": people, "group": group}),
                Message(mark("Name the programme's groups, with whole numbers from 0.")),
            )
    yield from count_problems(survey.programme, closes_at_count, f"{key}.closes_at_count")


def count_problems(programme: Programme, count: int | None, place: str) -> Iterator[Problem]:
    """A round that ends at a number of answers tells that number: only steps of k may be told (privacy D11)."""
    k = programme.min_cell
    if count is not None and (count < k or count % k):
        yield Problem(
            place,
            Message(mark("A round cannot end at %(count)s answers: it would tell exactly how many there are."), {"count": count}),
            Message(mark("Choose %(k)s, %(twice)s or another multiple of %(k)s."), {"k": k, "twice": 2 * k}),
        )


def _problem(place: Any, fault: Message, remedy: Message) -> ProblemsFound:
    return ProblemsFound([Problem(str(place), fault, remedy)])
