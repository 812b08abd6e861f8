"""A round closes: duplicates are set aside, people linked, and what had arrived becomes the snapshot that figures read.

Callers store the status history afterwards (reporting.record_statuses); this stays free of pandas.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from surveys.invitations import forget_list
from surveys.linking import link_round
from surveys.settings import GRACE
from surveys.storage import Late, Response, Round, count_late, forget_drafts, forget_entries, forget_responses

#: From its midnight in UTC, a day is over everywhere after so long.
DAY_EVERYWHERE = timedelta(hours=36)


def close_round(session: Session, round_: Round, now: datetime) -> None:
    """Close a round for good; closing it again changes nothing."""
    session.refresh(round_, ["closed_at"], with_for_update=True)
    if round_.closed_at is not None:
        return
    round_.closed_at = now
    session.flush()
    forget_drafts(session, round_.id)
    _set_aside(session, round_)
    link_round(session, round_)
    forget_entries(session, round_)
    forget_responses(session, round_)
    _count_in(session, round_, 1)
    forget_list(session, round_)


def close_due(session: Session, now: datetime, grace: timedelta = GRACE) -> list[Round]:
    """Close every round that ended, by its time or its number of answers, and whose grace is over; returns those closed now."""
    rounds = list(session.scalars(_due(now, grace)))
    for round_ in rounds:
        close_round(session, round_, now)
    return rounds


def is_any_due(session: Session, now: datetime, grace: timedelta = GRACE) -> bool:
    """Whether ``close_due`` would close a round."""
    return session.scalar(_due(now, grace).limit(1)) is not None


def _due(now: datetime, grace: timedelta) -> Select[Round]:
    has_ended = or_(Round.closes_at <= now - grace, Round.full_on <= (now - grace - DAY_EVERYWHERE).date())
    return select(Round).where(Round.closed_at.is_(None), has_ended).order_by(Round.closes_at)


def is_due(round_: Round, now: datetime, grace: timedelta = GRACE) -> bool:
    """Whether the time and grace of a round that nobody has closed are over."""
    is_full = round_.full_on is not None and round_.full_on <= (now - grace - DAY_EVERYWHERE).date()
    return is_full or (round_.closes_at is not None and round_.closes_at <= now - grace)


def take_in_late(session: Session, round_: Round, k: int) -> bool:
    """Count the answers that came after closing in a new snapshot, when enough of them have gathered (D5).

    Enough is k in every cell that grows: else the figures of before and after would tell what fewer people answered.
    """
    session.refresh(round_, ["closed_at"], with_for_update=True)
    if round_.closed_at is None or count_late(session, round_) < k or min(_growth(session, round_)) < k:
        return False
    link_round(session, round_)
    latest = session.scalar(select(func.max(Response.snapshot)).where(Response.round_id == round_.id)) or 0
    _count_in(session, round_, latest + 1)
    return True


def _growth(session: Session, round_: Round) -> list[int]:
    """How many late people each cell of the closed list of cuts (D4) would gain, of those that would gain any."""
    programme = round_.survey.programme
    shown = {group.key: group.shown_in or group.key for group in programme.groups}
    wanted = select(Response.group_key, Response.circle, Response.answers).where(
        Response.round_id == round_.id, Response.snapshot.is_(None), Response.is_superseded.is_(False)
    )
    cells: Counter[tuple[str, str | None]] = Counter()
    for group, circle, answers in session.execute(wanted):
        cells.update([("group", shown.get(group)), ("circle", circle), *((cut, answers.get(cut)) for cut in programme.cuts)])
    return list(cells.values())


def _set_aside(session: Session, round_: Round) -> None:
    """Of several answers with one code the last day's stands; those of one day were decided as they arrived."""
    wanted = select(Response.id, Response.code_hash).where(
        Response.round_id == round_.id, Response.code_hash.is_not(None), Response.is_superseded.is_(False)
    )
    standing: dict[str | None, UUID] = {}
    aside = []
    for id_, code in session.execute(wanted.order_by(Response.answered_on, Response.id)):
        if code in standing:
            aside.append({"id": standing[code], "is_superseded": True})
        standing[code] = id_
    if aside:
        session.execute(update(Response), aside)


def _count_in(session: Session, round_: Round, snapshot: int) -> None:
    """What no snapshot counts yet is counted by this one; records read before are read again.

    What is marked as late is left out, and its mark goes: from now on the missing snapshot says it. The hashes of receipts
    go: from now on no code finds an answer.
    """
    late = select(Late.id)
    waiting = update(Response).where(Response.round_id == round_.id, Response.snapshot.is_(None), Response.id.not_in(late))
    session.execute(waiting.values(snapshot=snapshot, receipt=None), execution_options={"synchronize_session": False})
    mine = select(Response.id).where(Response.round_id == round_.id)
    session.execute(delete(Late).where(Late.id.in_(mine)), execution_options={"synchronize_session": False})
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_SHUFFLE, {"round": round_.id})
    session.expire_all()


#: The rows written again in random order, where the order on disk would tell who answered when (D14). On SQLite the table
#: has no row id: its order is that of the random ids.
_SHUFFLE = text(
    "with gone as (delete from response where round_id = :round returning *) "
    "insert into response select * from gone order by gen_random_uuid()"
)
