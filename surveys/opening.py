"""When a round opens and closes: at its time, by hand, or at a number of answers. What a person changes of it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from forms.messages import Message, Problem, mark
from surveys.authoring import count_problems
from surveys.collecting import has_begun
from surveys.errors import ProblemsFound, TupuyError
from surveys.promising import asks_own_code, follow_form, level_mismatches
from surveys.storage import Person, Round, RoundChange, count_responses


class RoundIsClosed(TupuyError):
    """A closed round stays closed."""

    status = 409

    def __init__(self, round_: Round) -> None:
        super().__init__(
            round_.key,
            Message(mark("This round is closed, and a closed round cannot be opened again.")),
            Message(
                mark(
                    "Its figures may have been seen: beside those with more answers they would tell what single people said. "
                    "Open a new round instead."
                )
            ),
        )


@dataclass(frozen=True)
class Times:
    """When a round is to open and close. ``waits``: it opens by hand. None: no such limit."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    waits: bool = False
    closes_at_count: int | None = None


def times_of(round_: Round) -> Times:
    return Times(round_.opens_at, round_.closes_at, round_.waits, round_.closes_at_count)


def open_now(session: Session, round_: Round, now: datetime, person: Person | None = None) -> None:
    """Open a round by hand, before its time or because it waits. One that is open stays as it is."""
    _take_turn(session, round_)
    if not has_begun(round_, now):
        set_times(session, round_, Times(now, round_.closes_at, False, round_.closes_at_count), now, person)


def end_now(session: Session, round_: Round, now: datetime, person: Person | None = None) -> None:
    """Take no new answers from now on; those begun before still have their grace time, then the round closes."""
    _take_turn(session, round_)
    if has_begun(round_, now) and (round_.closes_at is None or round_.closes_at > now):
        _note(round_, "closes_at", round_.closes_at, now, now, person)
        round_.closes_at, round_.extended_from = now, None
        session.flush()


def set_times(session: Session, round_: Round, times: Times, now: datetime, person: Person | None = None) -> None:
    """Change when a round opens and closes. Raises RoundIsClosed, or ProblemsFound at the name of what is wrong.

    A later closing of a round that has opened is an extension: participants are told it, and from when.
    """
    _take_turn(session, round_)
    if problems := list(_problems(session, round_, times, now)):
        raise ProblemsFound(problems)
    for name in ("opens_at", "closes_at", "closes_at_count"):
        if getattr(round_, name) != getattr(times, name):
            _note(round_, name, getattr(round_, name), getattr(times, name), now, person)
    round_.extended_from = _extended_from(round_, times, now)
    round_.opens_at, round_.closes_at, round_.waits = times.opens_at, times.closes_at, times.waits
    if round_.closes_at_count != times.closes_at_count:
        round_.closes_at_count, round_.full_on = times.closes_at_count, None
    session.flush()


def use_latest_version(session: Session, round_: Round, now: datetime, person: Person | None = None) -> None:
    """Ask the latest version of the form, while nobody has been able to answer another one."""
    _take_turn(session, round_)
    latest = round_.survey.form.versions[-1]
    if has_begun(round_, now) or count_responses(session, round_):
        raise ProblemsFound(
            [
                Problem(
                    round_.key,
                    Message(mark("This round has opened: it keeps its version.")),
                    Message(mark("The next round asks the new one.")),
                )
            ]
        )
    promise = round_.survey.promise
    follow_form(promise, latest.definition)
    level = level_mismatches(round_.survey.slug, promise.level, promise.is_stated, asks_own_code(latest.definition))
    if problems := list(level):
        raise ProblemsFound(problems)
    if round_.version is not latest:
        _note(round_, "version", round_.version.number, latest.number, now, person)
        round_.version = latest
        round_.languages = [language for language in latest.definition["languages"] if language in round_.languages] or list(
            latest.definition["languages"]
        )
        session.flush()


def _take_turn(session: Session, round_: Round) -> None:
    """Whoever changes a round does so on what the one before left. Raises RoundIsClosed."""
    session.refresh(round_, with_for_update=True)
    if round_.closed_at is not None:
        raise RoundIsClosed(round_)


def _problems(session: Session, round_: Round, times: Times, now: datetime) -> Iterator[Problem]:
    if has_begun(round_, now) and (times.opens_at, times.waits) != (round_.opens_at, round_.waits):
        yield Problem("opens_at", Message(mark("This round has opened already.")), Message(mark("Leave its opening as it was.")))
    if times.closes_at and times.closes_at != round_.closes_at and times.closes_at <= now:
        yield Problem(
            "closes_at", Message(mark("This closing has passed already.")), Message(mark("Choose a later one, or end the round now."))
        )
    elif times.opens_at and times.closes_at and times.opens_at >= times.closes_at:
        yield Problem("closes_at", Message(mark("The round would close before it opens.")), Message(mark("Choose a later closing.")))
    wrong = list(count_problems(round_.survey.programme, times.closes_at_count, "closes_at_count"))
    yield from wrong
    count = times.closes_at_count if times.closes_at_count != round_.closes_at_count else None
    if count is not None and not wrong and count_responses(session, round_) >= count:
        fault = Message(mark("There are that many answers already."))
        yield Problem("closes_at_count", fault, Message(mark("Choose a larger number, or end the round now.")))


def _extended_from(round_: Round, times: Times, now: datetime) -> datetime | None:
    """The closing that was told first, where the one told now is later."""
    first = round_.extended_from or round_.closes_at
    if first is None or times.closes_at is None or not has_begun(round_, now):
        return None
    return first if times.closes_at > first else None


def _note(round_: Round, what: str, was: object, became: object, now: datetime, person: Person | None) -> None:
    written = [value.isoformat() if isinstance(value, datetime) else str(value) if value is not None else "" for value in (was, became)]
    round_.changes.append(
        RoundChange(what=what, was=written[0], became=written[1], changed_at=now, person_id=person.id if person else None)
    )
