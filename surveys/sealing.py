"""A round closes: duplicates are set aside, people linked, and what had arrived becomes the snapshot that figures read.

Callers store the status history afterwards (reporting.record_statuses); this stays free of pandas.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from random import SystemRandom

from sqlalchemy import Select, delete, func, insert, select, update
from sqlalchemy.orm import Session

from surveys.linking import link_round
from surveys.storage import Response, Round, late_responses, responses_of

#: A round stays unsealed this long after its closing time, for phones that were without a signal.
GRACE = timedelta(days=1)


def close_round(session: Session, round_: Round, now: datetime) -> None:
    """Close a round for good; closing it again changes nothing."""
    session.refresh(round_, ["closed_at"], with_for_update=True)
    if round_.closed_at is not None:
        return
    round_.closed_at = now
    session.flush()
    _set_aside(responses_of(session, round_))
    session.flush()
    link_round(session, round_)
    session.flush()
    session.execute(update(Response).where(Response.round_id == round_.id).values(snapshot=1))
    _shuffle(session, round_)


def close_due(session: Session, now: datetime, grace: timedelta = GRACE) -> list[Round]:
    """Close every round whose closing time and grace are over; returns those closed now."""
    rounds = list(session.scalars(_due(now, grace)))
    for round_ in rounds:
        close_round(session, round_, now)
    return rounds


def is_any_due(session: Session, now: datetime, grace: timedelta = GRACE) -> bool:
    """Whether ``close_due`` would close a round."""
    return session.scalar(_due(now, grace).limit(1)) is not None


def _due(now: datetime, grace: timedelta) -> Select[Round]:
    return select(Round).where(Round.closed_at.is_(None), Round.closes_at <= now - grace).order_by(Round.closes_at)


def take_in_late(session: Session, round_: Round, k: int) -> bool:
    """Count the answers that came after closing in a new snapshot, when at least k of them have gathered (D5)."""
    session.refresh(round_, ["closed_at"], with_for_update=True)
    late = late_responses(session, round_)
    if round_.closed_at is None or len(late) < k:
        return False
    link_round(session, round_)
    session.flush()
    latest = session.scalar(select(func.max(Response.snapshot)).where(Response.round_id == round_.id)) or 0
    waiting = update(Response).where(Response.round_id == round_.id, Response.snapshot.is_(None))
    session.execute(waiting.values(snapshot=latest + 1))
    _shuffle(session, round_)
    return True


def _set_aside(responses: list[Response]) -> None:
    """Of several answers with one code the last day's stands; those of one day were decided as they arrived."""
    standing = [response for response in responses if response.code_hashes and not response.is_superseded]
    several = {code for code, times in Counter((r.code_hashes or [""])[0] for r in standing).items() if times > 1}
    for code in several:
        *earlier, _last = sorted((r for r in standing if r.code_hashes and r.code_hashes[0] == code), key=lambda r: r.answered_on)
        for response in earlier:
            response.is_superseded = True


def _shuffle(session: Session, round_: Round) -> None:
    """Write the rows again in random order, where the order on disk would tell who answered when (D14).

    On SQLite the table has no row id: its order is that of the random ids.
    """
    session.flush()
    if session.get_bind().dialect.name == "sqlite":
        return
    table = Response.__table__
    mine = table.c.round_id == round_.id
    rows = [dict(row) for row in session.execute(select(table).where(mine)).mappings()]
    SystemRandom().shuffle(rows)
    session.execute(delete(Response).where(Response.round_id == round_.id), execution_options={"synchronize_session": False})
    if rows:
        session.execute(insert(Response), rows, execution_options={"render_nulls": True})
