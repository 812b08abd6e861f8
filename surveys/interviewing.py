"""Interviews: a person of the staff asks another and writes what is said.

What is not finished is kept encrypted, for its interviewer alone, under a key outside the data folder. A finished
interview is a response like any other, of the channel "interview": it does not say who entered it. Who did how many on a
day, and how many people agreed to what they were told, is counted apart.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forms.answers import Sent
from forms.definition import FormDefinition, Question
from forms.messages import Message, Problem, mark
from forms.wording import Text
from surveys.collecting import Receipt, day_of, is_open, take_response
from surveys.errors import ProblemsFound, RoundClosed, TupuyError
from surveys.settings import make_private, read_private
from surveys.storage import (
    ConsentDay,
    InterviewDay,
    InterviewDraft,
    InterviewPlan,
    Person,
    Round,
    SpokenConsent,
    Survey,
    count_of_person,
    drafts_of,
    in_steps,
    interviews_by_value,
    latest_consent,
    plans_of,
)

LONGEST_LABEL = 30
MOST_PLANNED = 100_000


class InterviewGone(TupuyError):
    """The draft was finished, thrown away, or belongs to somebody else."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            "interview",
            Message(mark("This interview is not open.")),
            Message(mark("It was finished or thrown away. Look at the list of your interviews.")),
        )


@dataclass(frozen=True)
class Interview:
    """An interview that is not finished. ``typed`` is what the page had in it, by name.

    ``told``: the words of consent that somebody agreed to on ``agreed_on``: "form 3" (version 3 of the form) or "spoken 2".
    """

    id: UUID
    label: str
    language: str
    begun_on: date
    told: str = ""
    agreed_on: date | None = None
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)


# Beginning, pausing, going on ------------------------------------------------------------------------------------------


def begin(session: Session, round_: Round, person: Person, label: str, language: str, keys: Path, now: datetime) -> Interview:
    """A new interview under a label of the interviewer's own. Raises RoundClosed or ProblemsFound."""
    if not is_open(round_, now):
        raise RoundClosed(round_.link)
    if problems := label_problems(label):
        raise ProblemsFound(problems)
    said = language if language in round_.languages else round_.languages[0]
    interview = Interview(uuid4(), " ".join(label.split()), said, day_of(round_, now))
    session.add(InterviewDraft(id=interview.id, round_id=round_.id, person_id=person.id, sealed=b""))
    session.flush()
    return keep(session, round_, person, interview, keys)


def keep(session: Session, round_: Round, person: Person, interview: Interview, keys: Path) -> Interview:
    """Keep an interview as it is now, encrypted. Raises InterviewGone."""
    draft = _draft(session, round_, person, interview.id)
    draft.sealed = _sealed(interview, draft, round_, keys)
    session.flush()
    return interview


def resume(session: Session, round_: Round, person: Person, interview_id: UUID, keys: Path) -> Interview:
    """An interview of this person as it was left. Raises InterviewGone: it is somebody else's, or no longer there."""
    return _opened(_draft(session, round_, person, interview_id), round_, keys)


def open_interviews(session: Session, round_: Round, person: Person, keys: Path) -> list[Interview]:
    """The interviews that a person has not finished, by label."""
    found = [_opened(draft, round_, keys) for draft in drafts_of(session, round_.id, person.id)]
    return sorted(found, key=lambda interview: (interview.begun_on, interview.label))


def throw_away(session: Session, round_: Round, person: Person, interview_id: UUID) -> None:
    """Delete an interview that is not wanted any more, with all that was said."""
    session.delete(_draft(session, round_, person, interview_id))
    session.flush()


def finish(
    session: Session,
    round_: Round,
    person: Person,
    interview: Interview,
    sent: Sent,
    now: datetime,
    secret: str,
    keys: Path,
    card: str = "",
) -> Receipt:
    """Store the interview as a response that does not say who entered it, and let its draft go.

    Raises RoundClosed: whoever interviews is told at once, and nothing is late. Finished twice, it is stored and counted once.
    """
    if not is_open(round_, now):
        raise RoundClosed(round_.link)
    if interview.agreed_on is None:
        raise ProblemsFound([Problem("consent", Message(mark("Nobody has agreed yet.")), Message(mark("Ask for consent first.")))])
    _draft(session, round_, person, interview.id)
    receipt = take_response(session, round_, interview.id, interview.language, sent, now, "interview", secret, keys, card=card)
    if not receipt.is_repeat:
        _count(session, InterviewDay, round_id=round_.id, person_id=person.id, on=day_of(round_, now))
        _count(session, ConsentDay, round_id=round_.id, told=interview.told, on=interview.agreed_on)
    throw_away(session, round_, person, interview.id)
    return receipt


def _draft(session: Session, round_: Round, person: Person, interview_id: UUID) -> InterviewDraft:
    draft = session.get(InterviewDraft, interview_id)
    if draft is None or draft.round_id != round_.id or draft.person_id != person.id:
        raise InterviewGone
    return draft


def _count(session: Session, table: type[InterviewDay] | type[ConsentDay], **keys: Any) -> None:
    """One more in a row of counts, made when it is not there."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    one = insert(table).values(**keys, count=1)
    session.execute(one.on_conflict_do_update(index_elements=list(keys), set_={"count": table.count + 1}))


# Sealing ---------------------------------------------------------------------------------------------------------------


def _key(round_: Round, keys: Path) -> bytes:
    """The key of a programme's unfinished interviews: drawn at random when first needed, beside the linking keys."""
    path = keys / f"{round_.survey.programme_id}.interviews"
    return bytes.fromhex(read_private(path) or make_private(path, secrets.token_hex(32)))


def _sealed(interview: Interview, draft: InterviewDraft, round_: Round, keys: Path) -> bytes:
    said = {
        "label": interview.label,
        "language": interview.language,
        "begun_on": interview.begun_on.isoformat(),
        "told": interview.told,
        "agreed_on": interview.agreed_on.isoformat() if interview.agreed_on else None,
        "typed": {name: list(values) for name, values in interview.typed.items()},
    }
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(_key(round_, keys)).encrypt(nonce, json.dumps(said).encode(), _bound(draft))


def _opened(draft: InterviewDraft, round_: Round, keys: Path) -> Interview:
    try:
        said = json.loads(AESGCM(_key(round_, keys)).decrypt(draft.sealed[:12], draft.sealed[12:], _bound(draft)))
    except (InvalidTag, ValueError) as fault:  # the key is another one: the folder of keys was lost or changed
        raise InterviewGone from fault
    return Interview(
        draft.id,
        said["label"],
        said["language"],
        date.fromisoformat(said["begun_on"]),
        said["told"],
        date.fromisoformat(said["agreed_on"]) if said["agreed_on"] else None,
        said["typed"],
    )


def _bound(draft: InterviewDraft) -> bytes:
    """What a sealed interview belongs to, so that it opens for nobody else."""
    return draft.id.bytes + draft.round_id.bytes + draft.person_id.bytes


# Labels ----------------------------------------------------------------------------------------------------------------


def label_problems(label: str) -> list[Problem]:
    """Why this cannot be the label of an interview: it would be a name, or says nothing.

    >>> [len(label_problems(label)) for label in ("Puno 7", "7", "Rosa Quispe", "", "María", "x" * 31)]
    [0, 0, 1, 1, 1, 1]
    """
    said = " ".join(label.split())
    if not said or len(said) > LONGEST_LABEL:
        remedy = Message(mark("Write 1 to %(longest)s characters, such as a place and a number."), {"longest": LONGEST_LABEL})
        return [Problem("label", Message(mark("The interview needs a label.")), remedy)]
    if not any(sign.isdigit() for sign in said):
        fault = mark("This could be a person’s name: labels must not be.")
        return [Problem("label", Message(fault), Message(mark("Put a number in it, such as “Puno 7”.")))]
    return []


# Consent ---------------------------------------------------------------------------------------------------------------


def consent_question(definition: FormDefinition) -> Question | None:
    """The question with which a form itself asks for consent, and takes nothing without it."""
    return next((one for one in definition.questions() if one.kind == "consent" and one.required == "yes"), None)


def words_of_consent(session: Session, round_: Round, definition: FormDefinition) -> tuple[str, Text]:
    """What is told before an interview, and the name of this version of it; ("", nothing) when nobody has written it."""
    if question := consent_question(definition):
        return f"form {round_.version.number}", question.label
    consent = latest_consent(session, round_.survey_id)
    return (f"spoken {consent.number}", Text.of(consent.words)) if consent else ("", Text())


def agree(
    session: Session, round_: Round, person: Person, interview: Interview, definition: FormDefinition, keys: Path, now: datetime
) -> Interview:
    """Somebody was told the words of consent and agreed today: kept with the interview, and ticked where the form asks for it."""
    told, _words = words_of_consent(session, round_, definition)
    if not told:
        raise ProblemsFound(
            [Problem("consent", Message(mark("There are no words of consent yet.")), Message(mark("Write them on the page of the plan.")))]
        )
    question = consent_question(definition)
    typed = {**interview.typed, question.name: ["1"]} if question else interview.typed
    return keep(session, round_, person, replace(interview, told=told, agreed_on=day_of(round_, now), typed=typed), keys)


def typed_of(definition: FormDefinition, posted: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What of a page is kept with a draft: the answers as they stand; never the page's own fields, nor a code of one's own."""
    codes = {question.name for question in definition.questions() if question.kind == "own_code"}
    asked = {question.name for question in definition.questions()} - codes
    return {name: list(values) for name, values in posted.items() if name.partition("/")[0] in asked and any(values)}


def word_consent(session: Session, survey: Survey, words: Mapping[str, str], today: date) -> SpokenConsent:
    """What people are told from today on: a new version where it says something else. Raises ProblemsFound."""
    said = {language: text.strip() for language, text in words.items() if text.strip()}
    latest = latest_consent(session, survey.id)
    if not said:
        raise ProblemsFound([Problem("consent", Message(mark("The consent says nothing.")), Message(mark("Write what people are told.")))])
    if latest is not None and latest.words == said:
        return latest
    consent = SpokenConsent(survey_id=survey.id, number=latest.number + 1 if latest else 1, words=said, since=today)
    session.add(consent)
    session.flush()
    return consent


# The plan --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Progress:
    """One line of the plan. ``done`` goes in steps of k, as every count of answers while they come in (privacy D11)."""

    value: str
    planned: int
    done: int


def plan_question(round_: Round, definition: FormDefinition) -> Question | None:
    """The question by whose options interviews are planned: the first cut of the programme that the form asks."""
    asked = {question.name: question for question in definition.questions() if question.kind == "choice"}
    return next((asked[cut] for cut in round_.survey.programme.cuts if cut in asked), None)


def plan_interviews(session: Session, round_: Round, question: Question | None, planned: Mapping[str, str]) -> None:
    """The plan as it is from now on: {value: number as typed}; a blank one is not planned. Raises ProblemsFound."""
    values = [choice.value for choice in question.choices] if question else [""]
    typed = {value: planned.get(value, "").strip() for value in values}
    wrong = [value for value, said in typed.items() if said and not _is_number(said)]
    if wrong:
        fault, remedy = mark("This is not a number of interviews."), mark("Write digits only, or leave it blank.")
        raise ProblemsFound([Problem(f"planned-{value}", Message(fault), Message(remedy)) for value in wrong])
    session.execute(delete(InterviewPlan).where(InterviewPlan.round_id == round_.id))
    name = question.name if question else ""
    session.add_all(
        InterviewPlan(round_id=round_.id, question=name, value=value, planned=int(said)) for value, said in typed.items() if said
    )
    session.flush()


def _is_number(said: str) -> bool:
    return said.isascii() and said.isdigit() and 1 <= int(said[:9]) <= MOST_PLANNED


def progress(session: Session, round_: Round, question: Question | None) -> list[Progress]:
    """The plan of a round beside what was done, in the order of the options."""
    name, k = question.name if question else "", round_.survey.programme.min_cell
    planned = {plan.value: plan.planned for plan in plans_of(session, round_.id) if plan.question == name}
    done = interviews_by_value(session, round_.id, name)
    values = [choice.value for choice in question.choices] if question else [""]
    return [Progress(value, planned[value], in_steps(done.get(value, 0), k)) for value in values if value in planned]


def done_by(session: Session, round_: Round, person: Person) -> int:
    """How many interviews of the round a person finished: told to that person only, who knows it anyway."""
    return count_of_person(session, round_.id, person.id)
