"""Answers are taken once: a link is opened, a response stored, a retry recognised, a correction allowed while open."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from forms.answers import Sent
from forms.definition import RESERVED
from forms.messages import Message, mark
from surveys import cards, promising
from surveys.errors import (
    AnsweredDifferently,
    AnswerInvalid,
    AnswerWithdrawn,
    LinkUnknown,
    ProblemsFound,
    ReceiptWrong,
    RoundClosed,
    RoundNotOpenYet,
)
from surveys.inviting import LETTERS, tidied
from surveys.linking import hashes_of_code, hashes_of_elements, programme_key
from surveys.sealing import is_due
from surveys.settings import GRACE
from surveys.storage import (
    FormVersion,
    Late,
    PersonalAnswer,
    PersonalLink,
    Programme,
    Promise,
    Response,
    Round,
    Withdrawn,
    count_responses,
    find_round,
)

#: Channels of the public: only these are bound to the hours of a round.
PUBLIC = ("web", "kiosk")

State = Literal["coming", "open", "ended", "closed"]


@dataclass(frozen=True)
class Receipt:
    """Proof that a response arrived. ``is_repeat``: it was there already. ``is_late``: it waits outside the figures."""

    code: str
    is_repeat: bool = False
    is_late: bool = False


def open_link(session: Session, link: str, now: datetime, page_mark: str = "", secret: str = "") -> Round:
    """The round of a link that may be answered now. Raises LinkUnknown, RoundNotOpenYet or RoundClosed.

    With the ``page_mark`` of a page that was opened before the round closed, a closed round opens too: its answers count
    when they arrive within the grace time, and wait when they arrive later (privacy.md D5).
    """
    round_ = find_round(session, tidied(link))
    if round_ is None:
        raise LinkUnknown(link)
    if not has_begun(round_, now):
        raise RoundNotOpenYet(link)
    if not is_open(round_, now) and not began_in_time(round_, page_mark, secret):
        raise RoundClosed(link)
    return round_


def is_open(round_: Round, now: datetime) -> bool:
    """Whether the round takes new answers at this moment: it has begun, and neither its time, a person nor the number of
    answers that it was to have has ended it."""
    has_ended = round_.full_on is not None or (round_.closes_at is not None and round_.closes_at <= now)
    return has_begun(round_, now) and round_.closed_at is None and not has_ended


def state_of(round_: Round, now: datetime) -> State:
    """Where a round stands. Ended: it takes no new answers and waits to be closed."""
    if round_.closed_at is not None:
        return "closed"
    if not has_begun(round_, now):
        return "coming"
    return "open" if is_open(round_, now) else "ended"


def has_begun(round_: Round, now: datetime) -> bool:
    """Whether the round has opened: at its time, or by hand where it waits for a person."""
    return round_.closed_at is not None or (not round_.waits and (round_.opens_at is None or round_.opens_at <= now))


def grace_ends(round_: Round) -> datetime | None:
    """Until when answers begun in time are counted with the others; None while nobody has said when the round closes."""
    return round_.closes_at + GRACE if round_.closes_at else None


def make_page_mark(round_: Round, secret: str, opened_at: datetime) -> str:
    """What a page carries back: the minute at which it was opened, signed for this round. It is checked and never stored."""
    minute = f"{int(opened_at.timestamp()) // 60:x}"
    return f"{minute}.{_keyed(secret, 'page', f'{round_.id}:{minute}')[:20]}"


def opened_at(round_: Round, page_mark: str, secret: str) -> datetime | None:
    """When the page of this mark was opened, to the minute; None when we have not signed it for this round."""
    minute = page_mark.partition(".")[0]
    if not (secret and re.fullmatch("[0-9a-f]{1,7}", minute)):
        return None
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(minutes=int(minute, 16))
    is_ours = hmac.compare_digest(page_mark.encode(), make_page_mark(round_, secret, moment).encode())
    return moment if is_ours else None


def began_in_time(round_: Round, page_mark: str, secret: str) -> bool:
    """Whether the page of this mark was opened before the round closed."""
    moment = opened_at(round_, page_mark, secret)
    endings = [ending for ending in (round_.closes_at, round_.closed_at) if ending is not None]
    return moment is not None and all(moment < ending for ending in endings)


def take_response(
    session: Session,
    round_: Round,
    response_id: UUID,
    language: str,
    sent: Sent,
    now: datetime,
    channel: str = "web",
    secret: str = "",
    keys: Path | None = None,
    page_mark: str = "",
    code_hashes: Sequence[str] | None = None,
    card: str = "",
    entered_by: UUID | None = None,
) -> Receipt:
    """Store a response once. The same one again gives the same receipt; another under its id AnsweredDifferently.

    ``card`` is the code of a printed card as it was typed. ``keys`` is the folder of the programme's linking key, read
    only when the participant gave a code; a caller that made the hashes itself hands in ``code_hashes``.
    """
    if channel in PUBLIC and not is_open(round_, now) and not began_in_time(round_, page_mark, secret):
        raise (RoundClosed if has_begun(round_, now) else RoundNotOpenYet)(round_.link)
    promise = promising.hold(session, round_.survey_id)
    is_closed = _is_closed(session, round_)
    is_overdue = not is_closed and channel in PUBLIC and is_due(round_, now)
    if code_hashes is None:
        hashes = _hashes(session, round_, promise, sent, card, keys)
    else:
        hashes = list(code_hashes) if _keeps_hashes(session, round_, promise) else []
    receipt = receipt_code(secret, response_id)
    row = {
        "id": _random(response_id),
        "round_id": round_.id,
        "version_id": round_.version_id,
        "channel": channel,
        "entered_by": entered_by,
        "receipt": _receipt_hash(round_, receipt, secret),
        **_content(round_, language, sent, hashes, now, secret),
    }
    if not _is_inserted(session, row):
        return _repeated(session, row, receipt, is_closed)
    if session.get(Withdrawn, response_id) is not None:  # looked up after the insert: a withdrawal may have just ended
        session.execute(delete(Response).where(Response.id == response_id))
        raise AnswerWithdrawn(str(response_id))
    if is_overdue:
        session.add(Late(id=response_id))
    if hashes:
        _supersede(session, round_, response_id, hashes[0], is_overdue)
    if round_.closes_at_count is not None and count_responses(session, round_) >= round_.closes_at_count:
        _end(session, round_, now)
    return Receipt(receipt, is_late=is_closed or is_overdue)


def _is_closed(session: Session, round_: Round) -> bool:
    """Whether the round is closed for good, asked afresh. On PostgreSQL a closing waits until this answer is in.

    Where the number of answers closes it they come one after the other, so that no two both think they are not the last.
    """
    asked = select(Round.closed_at).where(Round.id == round_.id)
    locked = asked.with_for_update(read=True) if round_.closes_at_count is None else asked.with_for_update(key_share=True)
    return session.scalar(locked) is not None


def _end(session: Session, round_: Round, now: datetime) -> None:
    """The number of answers that was asked for is there. The day is kept and never the moment, which is somebody's."""
    still = (Round.id == round_.id, Round.full_on.is_(None), Round.closed_at.is_(None))
    session.execute(update(Round).where(*still).values(full_on=day_of(round_, now)))


def _is_inserted(session: Session, row: dict[str, Any]) -> bool:
    """Insert the row unless its id is there; the other one may be a retry that is arriving at the same time."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    taken = insert(Response).values(**row).on_conflict_do_nothing(index_elements=["id"]).returning(Response.id)
    return session.execute(taken).first() is not None


def _repeated(session: Session, row: dict[str, Any], receipt: str, is_closed: bool) -> Receipt:
    there = session.get(Response, row["id"], populate_existing=True)
    if there is None:
        raise AnswerWithdrawn(str(row["id"]))
    if there.round_id != row["round_id"] or not hmac.compare_digest(there.digest, row["digest"]):
        raise AnsweredDifferently(str(row["id"]))
    is_late = there.snapshot is None and (is_closed or session.get(Late, there.id) is not None)
    return Receipt(receipt, is_repeat=True, is_late=is_late)


def correct_response(
    session: Session,
    round_: Round,
    response_id: UUID,
    receipt_code: str,
    sent: Sent,
    now: datetime,
    language: str = "",
    secret: str = "",
    keys: Path | None = None,
    card: str = "",
) -> Receipt:
    """Replace a response while its round is open, for whoever has the receipt. Raises RoundClosed or ReceiptWrong."""
    promise = promising.hold(session, round_.survey_id)
    there = _mine(session, round_, response_id, receipt_code, now, secret)
    invited = session.scalar(select(PersonalAnswer.person_hash).where(PersonalAnswer.response_id == response_id))
    hashes = [invited] if invited else _hashes(session, round_, promise, sent, card, keys) or _code_left(there, sent)
    _replace(session, round_, there, _content(round_, language or there.language, sent, hashes, now, secret))
    return Receipt(_tidy_code(receipt_code))


def _code_left(there: Response, sent: Sent) -> list[str] | None:
    """The code of a response that is corrected without writing it again, as nobody can show it.

    An own code belongs to the group; that of a card, a single hash, does not.
    """
    is_of_card = len(there.code_hashes or ()) == 1
    return there.code_hashes if is_of_card or there.group_key == sent.answers.get("group") else None


def _replace(session: Session, round_: Round, there: Response, content: dict[str, Any]) -> None:
    """Other answers in the place of those that are stored."""
    there.version_id = round_.version_id
    there.is_superseded = False
    for name, value in content.items():
        setattr(there, name, value)
    session.flush()
    if there.code_hash:
        _supersede(session, round_, there.id, there.code_hash)


def take_personal_response(
    session: Session,
    round_: Round,
    link: PersonalLink,
    response_id: UUID,
    language: str,
    sent: Sent,
    now: datetime,
    secret: str = "",
    page_mark: str = "",
) -> Receipt:
    """Store the one response of an invitation: what comes later through any of its links takes the earlier one's place.

    Raises RoundClosed where there is one already and the round is not open.
    """
    if promising.hold(session, round_.survey_id).level != "confidential":  # more anonymous meanwhile: nobody is followed
        return take_response(session, round_, response_id, language, sent, now, secret=secret, page_mark=page_mark)
    mine = _personal_id(session, link, response_id)
    if mine == response_id:
        try:
            return take_response(
                session, round_, response_id, language, sent, now, secret=secret, page_mark=page_mark, code_hashes=[link.person_hash]
            )
        except AnsweredDifferently:
            pass  # the same page was sent again with other answers: a correction
    there = session.get(Response, mine, populate_existing=True, with_for_update=True)
    if there is None or there.snapshot is not None or not is_open(round_, now):
        raise RoundClosed(round_.link)
    _replace(session, round_, there, _content(round_, language, sent, [link.person_hash], now, secret))
    return Receipt(receipt_code(secret, mine))


def _personal_id(session: Session, link: PersonalLink, response_id: UUID) -> UUID:
    """The id under which an invitation's answers are stored: this one, unless it has one already."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"round_id": link.round_id, "person_hash": link.person_hash, "response_id": _random(response_id)}
    session.execute(insert(PersonalAnswer).values(**row).on_conflict_do_nothing())
    wanted = (PersonalAnswer.round_id == link.round_id, PersonalAnswer.person_hash == link.person_hash)
    found = session.scalar(select(PersonalAnswer.response_id).where(*wanted))
    if found is None:  # the id is that of somebody else's response
        raise AnsweredDifferently(str(response_id))
    return found


def withdraw_response(session: Session, round_: Round, response_id: UUID, receipt_code: str, now: datetime, secret: str = "") -> None:
    """Delete a response while its round is open; a bare marker of its id keeps a late retry from storing it again."""
    session.delete(_mine(session, round_, response_id, receipt_code, now, secret))
    session.execute(delete(PersonalAnswer).where(PersonalAnswer.response_id == response_id))
    session.add(Withdrawn(id=response_id))
    session.flush()


def response_of_receipt(session: Session, round_: Round, receipt_code: str, secret: str) -> UUID | None:
    """The response of this round that a receipt code belongs to, however it was typed."""
    hashed = _receipt_hash(round_, _tidy_code(receipt_code), secret)
    found = session.scalars(select(Response.id).where(Response.round_id == round_.id, Response.receipt == hashed)).all()
    return found[0] if len(found) == 1 else None


def mark_carried(session: Session, round_: Round, response_id: UUID, version: FormVersion, day: date, receipt: str, secret: str) -> None:
    """A response that was taken elsewhere keeps the version, the day and the receipt that it had there."""
    there = session.get_one(Response, response_id, populate_existing=True)
    there.version_id, there.answered_on = version.id, day
    there.receipt = _receipt_hash(round_, _tidy_code(receipt), secret)
    session.flush()


def _mine(session: Session, round_: Round, response_id: UUID, receipt_code: str, now: datetime, secret: str) -> Response:
    if not is_open(round_, now):
        raise RoundClosed(round_.link)
    there = session.get(Response, response_id, populate_existing=True, with_for_update=True)
    if there is not None and there.snapshot is not None:  # the round closed while this was on its way
        raise RoundClosed(round_.link)
    hashed = _receipt_hash(round_, _tidy_code(receipt_code), secret)
    if there is None or there.round_id != round_.id or not hmac.compare_digest(there.receipt or "", hashed):
        raise ReceiptWrong(str(response_id))
    return there


def _content(round_: Round, language: str, sent: Sent, hashes: list[str] | None, now: datetime, secret: str) -> dict[str, Any]:
    """What was sent, as the columns of a response. Group and circle leave the document; the own code never enters it."""
    if blocking := [problem for problem in sent.problems if problem.blocks]:
        raise ProblemsFound(blocking)
    reserved = {name for key in RESERVED for name in (key, f"{key}:why")}
    answers = {name: value for name, value in sent.answers.items() if name not in reserved}
    group, circle = _known_group(round_, sent.answers.get("group")), sent.answers.get("circle")
    said = json.dumps([str(round_.id), group, circle, answers, hashes], sort_keys=True, ensure_ascii=False)
    return {
        "answered_on": day_of(round_, now),
        "language": language if language in round_.languages else round_.languages[0],
        "group_key": group,
        "circle": circle,
        "answers": answers,
        "digest": _keyed(secret, "digest", said),
        "code_hash": hashes[0] if hashes else None,
        "code_hashes": hashes or None,
    }


def day_of(round_: Round, now: datetime) -> date:
    """The day of this moment where the programme is: the finest time that is kept of an answer."""
    return day_in(round_.survey.programme, now)


def day_in(programme: Programme, now: datetime) -> date:
    """The day of this moment where a programme is."""
    return now.astimezone(ZoneInfo(programme.time_zone)).date()


def _known_group(round_: Round, group: Any) -> str | None:
    if group is None or group in {known.key for known in round_.survey.programme.groups}:
        return group
    raise AnswerInvalid(
        "group",
        Message(mark("%(group)s is not a group of this programme."), {"group": group}),
        Message(mark("Choose one of the groups offered.")),
    )


def _hashes(session: Session, round_: Round, promise: Promise, sent: Sent, card: str, keys: Path | None) -> list[str] | None:
    """Keyed hashes of the card's code, else of the own code; None where none was given and where none is kept."""
    card, own_code = _codes_kept(promise, sent, card)
    programme_id = round_.survey.programme_id
    if not (card or own_code) or promising.is_key_destroyed(session, programme_id):
        return None
    if keys is None:
        raise ValueError("a code was sent and no folder of keys was handed in")
    key = programme_key(keys, programme_id)
    return hashes_of_code(key, card) if card else hashes_of_elements(key, sent.answers.get("group"), own_code or {})


def _keeps_hashes(session: Session, round_: Round, promise: Promise) -> bool:
    """Whether hashes that were made elsewhere, on a laptop or for a personal link, are kept."""
    is_anonymous = promise.is_stated and promise.level == "anonymous"
    return not is_anonymous and not promising.is_key_destroyed(session, round_.survey.programme_id)


def _codes_kept(promise: Promise, sent: Sent, card: str) -> tuple[str, dict[str, str] | None]:
    """(card, own code) as far as the survey promised to keep them. Raises ProblemsFound when the card's code is wrong."""
    card = card if promise.level == "card" else ""
    if problem := cards.fault_of(card):
        raise ProblemsFound([problem])
    return cards.tidied_code(card), sent.own_code if promising.keeps_own_code(promise) else None


def _supersede(session: Session, round_: Round, response_id: UUID, code_hash: str, is_overdue: bool = False) -> None:
    """The same code answered again: the later one counts, unless the earlier one is in figures already, or will be first."""
    same = (Response.round_id == round_.id, Response.code_hash == code_hash, Response.id != response_id)
    came_first = Response.id.not_in(select(Late.id)) if is_overdue else Response.snapshot.is_not(None)
    is_counted = session.scalar(select(Response.id).where(*same, came_first).limit(1)) is not None
    which = (Response.id == response_id,) if is_counted else (*same, Response.snapshot.is_(None))
    session.execute(update(Response).where(*which).values(is_superseded=True))


def _random(response_id: UUID) -> UUID:
    """A response id tells neither time nor device: only version 4 is taken."""
    if response_id.version == 4:
        return response_id
    raise AnswerInvalid(
        "~id",
        Message(mark("The number of this page is not a random one.")),
        Message(mark("Open the link again and answer on the new page.")),
    )


def receipt_code(secret: str, response_id: UUID) -> str:
    """Eight letters and digits derived from the id, so that a retry shows the same code and nothing but a hash is kept."""
    number = int(_keyed(secret, "receipt", str(response_id)), 16)
    letters = "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(8)).upper()
    return f"{letters[:4]}-{letters[4:]}"


def _tidy_code(code: str) -> str:
    letters = tidied(code).upper()
    return f"{letters[:4]}-{letters[4:]}"


def _receipt_hash(round_: Round, code: str, secret: str) -> str:
    return _keyed(secret, "receipt kept", f"{round_.id}:{code}")


def _keyed(secret: str, purpose: str, words: str) -> str:
    return hmac.new(secret.encode(), f"{purpose}\x1f{words}".encode(), hashlib.sha256).hexdigest()
