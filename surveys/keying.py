"""Sheets of paper are typed in: twice by two people, compared, and stored once they agree; or once, where a batch says so.

Everything that is typed goes through the question types, as answers from a page do. What was typed is kept until the two
agree, and no longer; an own code is kept as keyed hashes even then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import UUID

from sqlalchemy.orm import Session

from forms.answers import Sent, condition_of, read_answers, write_posted
from forms.definition import FormDefinition
from forms.messages import Message, Problem, mark
from forms.paper import PaperQuestion, Typed, all_spaces, on_paper, posted_of, typed_of
from forms.questions.base import Space
from surveys import cards, promising
from surveys.authoring import definition_of
from surveys.collecting import correct_response, day_of, receipt_code, take_response
from surveys.errors import ProblemsFound, SheetBusy, SheetUnknown
from surveys.linking import hashes_of_code, hashes_of_elements, programme_key
from surveys.papering import CARD, code_of, said_code
from surveys.storage import PaperEntry, PaperSheet, Round, find_sheet, forget_entries

#: What is typed after a round has closed and never agreed on is deleted after so many days.
LATE_DAYS = 30


@dataclass(frozen=True)
class Desk:
    """Who types, when, and what the server keeps secret."""

    person: UUID
    now: datetime
    secret: str
    keys: Path


@dataclass(frozen=True)
class Outcome:
    """What became of a sheet. ``is_late``: its round is closed, and it waits outside the figures."""

    state: Literal["once", "differs", "stored", "corrected"]
    is_late: bool = False


@dataclass(frozen=True)
class Difference:
    """A space that was typed differently the first and the second time."""

    asked: PaperQuestion
    space: Space
    first: str
    second: str


def open_sheet(session: Session, round_: Round, typed: str) -> PaperSheet:
    """The sheet of a code, however it was typed. Raises SheetUnknown when a letter is wrong, or no sheet has it."""
    code = code_of(typed)
    sheet = find_sheet(session, round_, code) if code else None
    if sheet is None:
        raise SheetUnknown(said_code(code) if code else typed[:20], is_misspelt=code is None)
    return sheet


def asked_on(sheet: PaperSheet) -> FormDefinition:
    """The form of a sheet, as it is read from paper: without an own code where none is kept."""
    round_ = sheet.batch.round
    return on_paper(promising.as_promised(definition_of(round_.version), round_.survey))


def read_sheet(sheet: PaperSheet, typed: Mapping[str, str], today: date) -> Sent:
    """What was typed of a sheet, read by the question types, with all its problems."""
    definition = asked_on(sheet)
    sent = read_answers(definition, Typed(posted_of(definition, typed)), sheet.batch.languages[0], today)
    agreements = {question.name for question in definition.questions() if question.kind == "consent"}
    problems = [_without_agreement(one) if one.place in agreements else one for one in sent.problems]
    wrong = cards.fault_of(_card(sheet, typed))
    return replace(sent, problems=[*problems, wrong] if wrong else problems)


def _without_agreement(problem: Problem) -> Problem:
    """Nobody can tick on somebody else's behalf: the sheet is put aside."""
    return replace(problem, remedy=Message(mark("Type 1 if it is crossed on the sheet. If it is not, put the sheet aside.")))


# Typing ----------------------------------------------------------------------------------------------------------------


def enter_sheet(session: Session, sheet: PaperSheet, entry_id: UUID, typed: Mapping[str, str], desk: Desk) -> Outcome:
    """Keep what was typed of a sheet; the second time, compare, and store what agrees.

    ``entry_id`` is fixed for one typing: sent again, it is not taken for a second person's. Raises SheetBusy when the
    sheet is not to be typed, ProblemsFound when something typed is not valid.
    """
    round_ = sheet.batch.round
    forget_stale(session, round_, day_of(round_, desk.now))
    if any(entry.id == entry_id for entry in sheet.entries):
        return _outcome(sheet)
    if sheet.state not in ("out", "once"):
        raise SheetBusy(said_code(sheet.code), sheet.state)
    sent, card = _valid(sheet, typed, day_of(round_, desk.now)), _card(sheet, typed)
    if sheet.batch.entries == 1:
        return _store(session, sheet, sent, _hashes(round_, sent, card, desk), desk.person, desk)
    sheet.entries.append(_entry(sheet, entry_id, sent, card, desk))
    sheet.state = "once" if len(sheet.entries) == 1 else "differs"
    session.flush()
    if sheet.state == "differs" and not differences(sheet) and not must_retype_code(sheet):
        return _store(session, sheet, sent, _hashes(round_, sent, card, desk), sheet.entries[0].person_id, desk)
    return _outcome(sheet)


def _outcome(sheet: PaperSheet) -> Outcome:
    return Outcome("differs" if sheet.state == "differs" else "once")


def was_typed_by(sheet: PaperSheet, person: UUID) -> bool:
    """Whether this person typed the sheet the first time: better that another one types it the second time."""
    return any(entry.person_id == person for entry in sheet.entries)


def _valid(sheet: PaperSheet, typed: Mapping[str, str], today: date) -> Sent:
    if not any(said.strip() for said in typed.values()):
        fault = Message(mark("Nothing was typed of this sheet."))
        raise ProblemsFound([Problem("", fault, Message(mark("If it is empty, say below that it cannot be used.")))])
    sent = read_sheet(sheet, typed, today)
    if sent.blocking:
        raise ProblemsFound(sent.blocking)
    return sent


def _entry(sheet: PaperSheet, entry_id: UUID, sent: Sent, card: str, desk: Desk) -> PaperEntry:
    """What is kept of one typing: the answers as they were read, and of a code its keyed hashes."""
    round_ = sheet.batch.round
    return PaperEntry(
        id=entry_id,
        turn=len(sheet.entries) + 1,
        person_id=desk.person,
        posted=write_posted(asked_on(sheet), sent.answers),
        code_alone=next(iter(_hashes(round_, sent, card, desk, is_alone=True)), None),
        code_hashes=_hashes(round_, sent, card, desk) or None,
        typed_on=day_of(round_, desk.now),
    )


def _card(sheet: PaperSheet, typed: Mapping[str, str]) -> str:
    """The code of a card as it was typed, where the sheet asks for one."""
    return cards.tidied_code(typed.get(cards.FIELD, "")) if promising.asks_card(sheet.batch.round.survey) else ""


def _hashes(round_: Round, sent: Sent, card: str, desk: Desk, is_alone: bool = False) -> list[str]:
    """Keyed hashes of the card's code, else of the own code: bound to the group, or alone to be compared.

    None where the survey keeps none, as it promises now.
    """
    if not (card or sent.own_code) or not promising.keeps_codes(round_.survey):
        return []
    key = programme_key(desk.keys, round_.survey.programme_id)
    if card:
        return hashes_of_code(key, card)
    return hashes_of_elements(key, None if is_alone else sent.answers.get("group"), sent.own_code or {})


def _store(session: Session, sheet: PaperSheet, sent: Sent, hashes: list[str], person: UUID | None, desk: Desk) -> Outcome:
    """The sheet becomes a response, once; nothing of what was typed is kept beside it, nor a code that is no longer kept."""
    round_, response_id = sheet.batch.round, sheet.response_id
    hashes = hashes if promising.keeps_codes(round_.survey) else []
    if response_id is None:
        raise SheetBusy(said_code(sheet.code), "stored")
    language = sheet.batch.languages[0]
    receipt = take_response(
        session, round_, response_id, language, sent, desk.now, "paper", secret=desk.secret, code_hashes=hashes, entered_by=person
    )
    sheet.entries.clear()
    sheet.state = "stored"
    if round_.closed_at is not None:
        sheet.response_id = None
    session.flush()
    return Outcome("stored", receipt.is_late)


def forget_stale(session: Session, round_: Round, today: date) -> None:
    """What was typed after a round had closed, and was not agreed on for long, is deleted: the sheet can be typed anew."""
    if round_.closed_at is not None:
        forget_entries(session, round_, typed_before=today - timedelta(days=LATE_DAYS))
        session.expire_all()


# Comparing -------------------------------------------------------------------------------------------------------------


def differences(sheet: PaperSheet) -> list[Difference]:
    """What was typed differently, in the order of the sheet. Of the own code see ``must_retype_code``."""
    definition = asked_on(sheet)
    first, second = (typed_of(definition, entry.posted) for entry in sheet.entries)
    return [
        Difference(asked, space, first.get(space.name, ""), second.get(space.name, ""))
        for asked, space in all_spaces(definition)
        if first.get(space.name) != second.get(space.name)
    ]


def must_retype_code(sheet: PaperSheet) -> bool:
    """Whether the own code must be typed from the sheet once more: nobody can look at hashes and say which is right.

    So it is when two codes differ, or when what a code is bound to differs: the group, or what its condition reads.
    """
    first, second = sheet.entries
    if first.code_alone != second.code_alone:
        return True
    own_codes = [question for question in asked_on(sheet).questions() if question.kind == "own_code"]
    bound_to = {"group"} | {name.partition("/")[0] for one in own_codes if one.show_if for name in condition_of(one.show_if).names}
    differing = {difference.asked.question.name for difference in differences(sheet)}
    return bool(first.code_alone) and bool(bound_to & differing)


def settle_sheet(session: Session, sheet: PaperSheet, right: Mapping[str, str], other: Mapping[str, str], desk: Desk) -> Outcome:
    """Store a sheet that was typed differently, as somebody who looked at it says.

    right: {space: "1", "2" or "other"}; other: {space: what is right instead}, and the own code where it must be typed
    again. Raises ProblemsFound when a difference is left open, or what is chosen is not valid together.
    """
    if sheet.state != "differs":
        raise SheetBusy(said_code(sheet.code), sheet.state)
    round_, found, retypes = sheet.batch.round, differences(sheet), must_retype_code(sheet)
    if still_open := [_open(one) for one in found if right.get(one.space.name) not in ("1", "2", "other")]:
        raise ProblemsFound(still_open)
    typed = typed_of(asked_on(sheet), sheet.entries[0].posted)
    typed |= {one.space.name: _chosen(one, right[one.space.name], other) for one in found}
    typed |= {name: said for name, said in other.items() if retypes and name in code_spaces(sheet)}
    sent = _valid(sheet, typed, day_of(round_, desk.now))
    hashes = _hashes(round_, sent, _card(sheet, typed), desk) if retypes else sheet.entries[0].code_hashes or []
    return _store(session, sheet, sent, hashes, sheet.entries[0].person_id, desk)


def _open(difference: Difference) -> Problem:
    fault = Message(mark("It is not said yet which is right."))
    return Problem(difference.space.name, fault, Message(mark("Look at the sheet and choose.")))


def _chosen(difference: Difference, right: str, other: Mapping[str, str]) -> str:
    return {"1": difference.first, "2": difference.second}.get(right, other.get(difference.space.name, ""))


def code_spaces(sheet: PaperSheet) -> dict[str, Space]:
    """The spaces of the own code and of the card's, by name."""
    own_code = {space.name: space for asked, space in all_spaces(asked_on(sheet)) if asked.question.kind == "own_code"}
    return own_code | ({CARD.name: CARD} if promising.asks_card(sheet.batch.round.survey) else {})


# Afterwards ------------------------------------------------------------------------------------------------------------


def correct_sheet(session: Session, sheet: PaperSheet, typed: Mapping[str, str], desk: Desk) -> Outcome:
    """Put what is typed of the whole sheet in the place of what was stored, while its round is open.

    The stored answers are never shown for it. Raises RoundClosed, SheetBusy or ProblemsFound.
    """
    if sheet.state != "stored" or sheet.response_id is None:
        raise SheetBusy(said_code(sheet.code), sheet.state)
    round_, language = sheet.batch.round, sheet.batch.languages[0]
    sent = _valid(sheet, typed, day_of(round_, desk.now))
    code = receipt_code(desk.secret, sheet.response_id)
    correct_response(session, round_, sheet.response_id, code, sent, desk.now, language, desk.secret, desk.keys, card=_card(sheet, typed))
    return Outcome("corrected")


def spoil_sheet(session: Session, sheet: PaperSheet, reason: str) -> None:
    """Say that a sheet cannot be used, and why. What was typed of it is deleted. Raises SheetBusy when it is stored."""
    if sheet.state == "stored":
        raise SheetBusy(said_code(sheet.code), sheet.state)
    sheet.entries.clear()
    sheet.state, sheet.reason = "spoiled", reason
    session.flush()


def take_back(session: Session, sheet: PaperSheet) -> None:
    """A sheet that was said to be of no use can be typed after all."""
    if sheet.state == "spoiled":
        sheet.state, sheet.reason = "out", None
        session.flush()
