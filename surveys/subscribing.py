"""The calendar of a programme: its meetings, and when its rounds open and close, behind a secret link that can be ended."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from forms.messages import Say
from surveys.icalendar import Entry, calendar_text
from surveys.storage import CalendarFeed, Event, Programme, Round


def link_of(session: Session, programme: Programme, secret: str) -> str:
    """The secret part of the calendar's address; "" where there is no calendar."""
    feed = session.get(CalendarFeed, programme.id)
    return _token(programme, feed, secret) if feed is not None and feed.is_on else ""


def renew(session: Session, programme: Programme) -> None:
    """Give the calendar a link: the first, or a new one that ends the one before."""
    feed = session.get(CalendarFeed, programme.id, with_for_update=True)
    if feed is None:
        session.add(CalendarFeed(programme_id=programme.id, number=1, is_on=True))
    else:
        feed.number, feed.is_on = feed.number + 1, True
    session.flush()


def stop(session: Session, programme: Programme) -> None:
    """End the link: nobody reads the calendar any more."""
    feed = session.get(CalendarFeed, programme.id, with_for_update=True)
    if feed is not None:
        feed.is_on = False
        session.flush()


def may_read(session: Session, programme: Programme, token: str, secret: str) -> bool:
    """Whether this is the link that the calendar has now."""
    known = link_of(session, programme, secret)
    return bool(known) and hmac.compare_digest(known.encode(), token.encode())


def calendar_of(programme: Programme, say: Say, now: datetime) -> str:
    """The calendar as text, in the language of ``say``. It says what is planned and never what was answered."""
    entries = [_meeting(event, say) for event in programme.events]
    entries += [entry for survey in programme.surveys for round_ in survey.rounds for entry in _round(round_, say)]
    return calendar_text(_in(programme.name, say), programme.time_zone, entries, now)


def _meeting(event: Event, say: Say) -> Entry:
    zone = ZoneInfo(event.programme.time_zone)
    starts = datetime.combine(event.on, event.starts, zone) if event.starts else event.on
    return Entry(f"{event.id}@tupuy", starts, _in(event.name, say), event.place)


def _round(round_: Round, say: Say) -> Iterator[Entry]:
    name = f"{_in(round_.survey.title, say)}, {_in(round_.label, say)}"
    if round_.opens_at is not None and not round_.waits:
        yield Entry(f"{round_.id}-opens@tupuy", round_.opens_at, say("Opens: %(round)s", round=name))
    closes = min((moment for moment in (round_.closes_at, round_.closed_at) if moment is not None), default=None)
    if closes is not None:
        yield Entry(f"{round_.id}-closes@tupuy", closes, say("Closes: %(round)s", round=name))


def _in(words: dict[str, str], say: Say) -> str:
    return words.get(say.language) or next(iter(words.values()), "")


def _token(programme: Programme, feed: CalendarFeed, secret: str) -> str:
    """Derived, so that whoever reads the database alone cannot subscribe."""
    return hmac.new(secret.encode(), f"calendar\x1f{programme.id}:{feed.number}".encode(), hashlib.sha256).hexdigest()[:32]
