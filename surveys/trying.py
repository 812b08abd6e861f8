"""A draft is tried on a phone before it is published. What is answered in a trial is kept apart, never counted, and goes
with the trial: when the form is published, when the draft is tried anew after a change, or after thirty days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from forms import codec
from forms.answers import Sent
from forms.definition import FormDefinition
from forms.drawable import SayIn, drawable
from forms.questions import columns, type_of
from forms.questions.base import Column
from forms.wording import Text
from surveys.authoring import bound_to
from surveys.errors import LinkUnknown, ProblemsFound, TrialFull, TrialOver
from surveys.inviting import make_link, tidied
from surveys.storage import Form, Programme, Trial, TrialResponse, find_trial

#: A trial stops after so many days, and keeps so many answers.
LASTS_DAYS, MOST_ANSWERS = 30, 200
#: Key of a trial's stored answers: the questions that were answered although a condition hid them.
DROPPED = "~dropped"


def draft_to_try(form: Form, programme: Programme, say_in: SayIn) -> FormDefinition:
    """The saved draft bound to the programme's groups; a note stands where something cannot be drawn yet.

    ``say_in`` gives who says the notes in a language of the form.
    """
    definition, unread = codec.read_unfinished(form.draft)
    return drawable(bound_to(programme, definition), say_in, unread, programme.languages[0])


def make_trial(session: Session, form: Form, programme: Programme, say_in: SayIn, now: datetime) -> Trial:
    """The trial of a form, of its draft as it is now. Made anew it keeps its link, so that a phone only loads again.

    The answers to an earlier draft go: they belong to other questions. So do all trials that have stopped.
    """
    session.execute(delete(Trial).where(Trial.made_at <= now - timedelta(days=LASTS_DAYS)))
    session.expire(form, ["trials"])
    trial, definition = trial_of(form, now), codec.to_document(draft_to_try(form, programme, say_in))
    if trial is None:
        trial = Trial(link=make_link(), definition=definition, revision=form.revision, made_at=now)
        form.trials.append(trial)
    if trial.revision != form.revision:
        trial.responses.clear()
    trial.definition, trial.revision, trial.made_at = definition, form.revision, now
    session.flush()
    return trial


def open_trial(session: Session, link: str, now: datetime) -> Trial:
    """The trial of a link, however it was typed. Raises LinkUnknown or TrialOver."""
    trial = find_trial(session, tidied(link))
    if trial is None:
        raise LinkUnknown(link)
    if trial.made_at <= now - timedelta(days=LASTS_DAYS):
        raise TrialOver(link)
    return trial


def trial_of(form: Form, now: datetime) -> Trial | None:
    """The trial of a form that has not stopped."""
    return next((trial for trial in form.trials if trial.made_at > now - timedelta(days=LASTS_DAYS)), None)


def title_of(form: Form) -> Text:
    """The title of the draft."""
    return codec.read_unfinished(form.draft)[0].title


def definition_of_trial(trial: Trial) -> FormDefinition:
    """What a trial asks. It was made so that it can be drawn; a form published it may never be."""
    return codec.read_unfinished(trial.definition)[0]


def take_trial_response(session: Session, trial: Trial, response_id: UUID, language: str, sent: Sent, posted: Mapping[str, Any]) -> None:
    """Keep a test answer; the same page sent again takes the place of what it sent before. Raises TrialFull.

    ``posted``: what the page sent as it was, by name, to tell what a condition dropped.
    """
    if blocking := [problem for problem in sent.problems if problem.blocks]:
        raise ProblemsFound(blocking)
    there = session.get(TrialResponse, response_id)
    if there is not None and there.trial_id != trial.id:
        raise LinkUnknown(trial.link)
    if there is None:
        kept = session.scalar(select(func.count()).select_from(TrialResponse).where(TrialResponse.trial_id == trial.id)) or 0
        if kept >= MOST_ANSWERS:
            raise TrialFull(MOST_ANSWERS)
        there = TrialResponse(id=response_id, trial_id=trial.id)
        session.add(there)
    there.language = language
    there.answers = sent.answers | {DROPPED: _dropped(definition_of_trial(trial), sent, posted)}
    session.flush()


def _dropped(form: FormDefinition, sent: Sent, posted: Mapping[str, Sequence[str]]) -> list[str]:
    """The questions for which something was sent and nothing is stored, because a condition hides them."""
    answered = {name.partition("/")[0] for name, values in posted.items() if any(value.strip() for value in values)}
    found = []
    for question in form.questions():
        keys = [column.key for column in type_of(question.kind).columns(question, form)]
        if question.name in answered and keys and all(sent.answers.get(f"{key}:why") == "not_asked" for key in keys):
            found.append(question.name)
    return found


@dataclass(frozen=True)
class Stored:
    """One column of a test answer as it is stored: its value, or why there is none."""

    column: Column
    value: Any
    why: str
    label: Text | None = None  # what the value means, where it is one of several


@dataclass(frozen=True)
class Tried:
    """One test answer: its language, its columns, and the questions that a condition dropped."""

    language: str
    stored: tuple[Stored, ...]
    dropped: tuple[str, ...]


def tried(trial: Trial) -> list[Tried]:
    """The test answers of a trial, column by column."""
    asked = columns(definition_of_trial(trial))
    return [_tried(asked, response) for response in trial.responses]


def _tried(asked: Sequence[Column], response: TrialResponse) -> Tried:
    answers = response.answers
    stored = [_stored(column, answers) for column in asked if {column.key, f"{column.key}:why"} & answers.keys()]
    return Tried(response.language, tuple(stored), tuple(answers.get(DROPPED, ())))


def _stored(column: Column, answers: Mapping[str, Any]) -> Stored:
    value = answers.get(column.key)
    return Stored(column, value, answers.get(f"{column.key}:why", ""), dict(column.labels).get(str(value)))
