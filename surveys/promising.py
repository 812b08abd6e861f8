"""What a survey promises its participants: a level of anonymity, chosen before the first answer and one-way afterwards.

One-way, because whoever answered was told how anonymous that is, and whoever has the page open was told too: a page that
was drawn at one level stays true at every level that is more anonymous, and at no other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forms.definition import FormDefinition
from forms.messages import Message, Problem, mark
from surveys.errors import ProblemsFound
from surveys.storage import LEVELS, Level, Programme, Promise, Survey

#: The version of the sentences of ``surveys/web/promises.py``: one higher whenever what they promise changes.
WORDING = 1

#: Each level in words, as staff choose it.
NAMES: dict[Level, str] = {
    "anonymous": mark("Anonymous"),
    "card": mark("With a card"),
    "own_code": mark("With an own code"),
    "confidential": mark("Confidential, with a personal link"),
}


# The level and the form ------------------------------------------------------------------------------------------------


def asks_own_code(document: Mapping[str, Any]) -> bool:
    """Whether a form, as its version keeps it, asks for an own code."""
    return any(question["kind"] == "own_code" for section in document.get("sections", ()) for question in section["questions"])


def promise_by_form(document: Mapping[str, Any]) -> Promise:
    """What a survey promises until somebody chooses: what its form asks for."""
    return Promise(level=_level_by_form(document), wording=WORDING)


def follow_form(promise: Promise, document: Mapping[str, Any]) -> None:
    """A promise that nobody chose and nobody relied on yet is that of the form which is asked now."""
    if not promise.is_stated and not promise.is_answered:
        promise.level = _level_by_form(document)


def follow_codes(promise: Promise, has_codes: bool) -> None:
    """Past answers that carry codes, brought into a survey for which nobody chose a level, make it one with codes."""
    if has_codes and not promise.is_stated and not promise.is_answered:
        promise.level = "own_code"


def _level_by_form(document: Mapping[str, Any]) -> Level:
    return "own_code" if asks_own_code(document) else "anonymous"


def level_mismatches(slug: str, level: str, is_stated: bool, asks: bool) -> Iterator[Problem]:
    """What does not fit between a level and a form that asks for an own code, or does not."""
    place = f"{slug}.promise"
    if level == "own_code" and is_stated and not asks:
        fault = mark("The survey promises an own code, and its form does not ask for one.")
        yield Problem(place, Message(fault), Message(mark("Add the question “own code” to the form, or choose “anonymous”.")))
    elif level in ("anonymous", "confidential") and asks:
        fault = mark("The form asks for an own code, and the survey promises “%(level)s”, where none is kept.")
        remedy = mark("Take the question out of the form, or begin a survey “with an own code”.")
        yield Problem(place, Message(fault, {"level": level}), Message(remedy))


def keeps_own_code(promise: Promise) -> bool:
    """Whether an own code is asked and kept. Until somebody chooses a level, the form decides."""
    return not promise.is_stated or promise.level in ("card", "own_code")


def keeps_codes(survey: Survey) -> bool:
    """Whether codes that people gave elsewhere, on paper or in another system, are kept."""
    return keeps_own_code(survey.promise) and survey.programme.key_destroyed_on is None


def asks_card(survey: Survey) -> bool:
    """Whether the page asks for the code of a card, whatever the form."""
    return survey.promise.level == "card" and survey.programme.key_destroyed_on is None


def follows_links(survey: Survey) -> bool:
    """Whether a personal link leads to one answer that is followed from round to round."""
    return survey.promise.level == "confidential" and survey.programme.key_destroyed_on is None


def as_promised(definition: FormDefinition, survey: Survey) -> FormDefinition:
    """The form as a participant of this survey is asked it: without an own code where none is kept."""
    if keeps_codes(survey):
        return definition
    sections = [
        replace(section, questions=tuple(question for question in section.questions if question.kind != "own_code"))
        for section in definition.sections
    ]
    return replace(definition, sections=tuple(section for section in sections if section.questions))


# Choosing --------------------------------------------------------------------------------------------------------------


def is_allowed(promise: Promise, level: str) -> bool:
    """Whether the level may be chosen now: any before the first answer, then only one as anonymous or more."""
    return not promise.is_answered or LEVELS.index(level) <= LEVELS.index(promise.level)


def choose_level(session: Session, survey: Survey, level: str, today: date) -> None:
    """State the level of a survey; stating the same again changes nothing. Raises ProblemsFound when it may not change so.

    The database refuses as well. A first answer that arrives meanwhile is waited for, and then binds.
    """
    session.refresh(survey, ["promise"])
    promise = survey.promise
    session.refresh(promise, with_for_update=True)
    if level not in LEVELS:
        raise ProblemsFound([_unknown(survey.slug)])
    if not is_allowed(promise, level):
        raise ProblemsFound([refused(survey.slug)])
    if promise.level != level or not promise.is_stated:
        promise.level, promise.stated_on, promise.wording = level, today, WORDING
        session.flush()


def _unknown(slug: str) -> Problem:
    known = {"known": ", ".join(LEVELS)}
    return Problem(f"{slug}.promise", Message(mark("There is no such level of anonymity.")), Message(mark("Use one of: %(known)s."), known))


def refused(slug: str) -> Problem:
    """The answer to a choice that would break what was promised to those who answered."""
    fault = mark("People have answered this survey as it was promised, so it may only become more anonymous.")
    return Problem(f"{slug}.promise", Message(fault), Message(mark("Keep the level, choose one above it, or begin a new survey.")))


# Taking ----------------------------------------------------------------------------------------------------------------


def hold(session: Session, survey_id: UUID) -> Promise:
    """The promise under which an answer is being stored: bound by it, and unchanged until this session commits.

    The first answer writes before it reads, so that two of them take turns and never wait for each other.
    """
    first = update(Promise).where(Promise.survey_id == survey_id, Promise.is_answered.is_(False)).values(is_answered=True)
    session.execute(first, execution_options={"synchronize_session": False})
    held = select(Promise).where(Promise.survey_id == survey_id).with_for_update(read=True)
    return session.scalars(held, execution_options={"populate_existing": True}).one()


def is_key_destroyed(session: Session, programme_id: UUID) -> bool:
    """Whether the key of the programme's codes is gone, as the database says at this moment."""
    return session.scalar(select(Programme.key_destroyed_on).where(Programme.id == programme_id)) is not None
