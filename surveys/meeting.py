"""Events are written down and the people who came are counted: per group, never by name, never joined with answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.messages import Message, Problem, mark
from surveys.errors import ProblemsFound
from surveys.storage import AttendanceCount, Event, Person, Programme, Round

#: More people of one group than any room holds: a slip of the finger.
MOST_PEOPLE = 9999
#: No key, as the address of what is being made has it.
NEW = "new"
MODES, CIRCLES = ("in_person", "online", "hybrid"), ("core", "extended", "open")


@dataclass(frozen=True)
class Meeting:
    """What is said of an event. ``name`` in the programme's languages; ``starts`` is the hour, where the programme is."""

    name: Mapping[str, str]
    on: date | None
    starts: time | None = None
    place: str = ""
    mode: str = "in_person"
    circle: str = "open"


@dataclass(frozen=True)
class Disagreement:
    """Two or more people counted one group differently: (who, how many), in the order in which they sent it."""

    group: str
    counts: tuple[tuple[Person, int], ...]

    @property
    def total(self) -> int:
        """How many came if each counted other people."""
        return sum(people for _, people in self.counts)


# Events ----------------------------------------------------------------------------------------------------------------


def add_event(session: Session, programme: Programme, meeting: Meeting) -> Event:
    """A new event of a programme. Raises ProblemsFound with every problem, each at the name of what is wrong."""
    if problems := list(problems_of(programme, meeting)):
        raise ProblemsFound(problems)
    taken, name = {NEW, *(event.key for event in programme.events)}, meeting.name[programme.languages[0]]
    plain = key_from(name, ())
    key = plain if plain not in taken else key_from(f"{name[:30]} {meeting.on}", taken)
    event = Event(key=key, is_by_hand=True, attendance={}, **_values(programme, meeting))
    programme.events.append(event)
    session.flush()
    return event


def change_event(session: Session, event: Event, meeting: Meeting) -> None:
    """Say something else of an event. Whose circle counts in figures already shown keeps its circle."""
    problems = list(problems_of(event.programme, meeting))
    if meeting.circle != event.circle and _has_closed_round(session, event):
        fault = mark("A round of this meeting is closed, and its figures count whose meeting it was.")
        problems.append(Problem("circle", Message(fault), Message(mark("Leave it as it was."))))
    if problems:
        raise ProblemsFound(problems)
    for name, value in _values(event.programme, meeting).items():
        setattr(event, name, value)
    session.flush()


def problems_of(programme: Programme, meeting: Meeting) -> Iterator[Problem]:
    """What is wrong with what is said of an event."""
    for language in programme.languages:
        if not meeting.name.get(language, "").strip():
            yield Problem(
                f"name.{language}", Message(mark("The name is missing.")), Message(mark("Write how people call it, in each language."))
            )
    if meeting.on is None:
        yield Problem("on", Message(mark("The day is missing.")), Message(mark("Choose the day of the meeting.")))
    for name, known in (("mode", MODES), ("circle", CIRCLES)):
        if getattr(meeting, name) not in known:
            yield Problem(name, Message(mark("This is none of the choices offered.")), Message(mark("Choose one of the list.")))


def _values(programme: Programme, meeting: Meeting) -> dict[str, object]:
    name = {language: meeting.name[language].strip() for language in programme.languages}
    return {**vars(meeting), "name": name, "place": meeting.place.strip()}


def _has_closed_round(session: Session, event: Event) -> bool:
    return session.scalar(select(Round.id).where(Round.event_id == event.id, Round.closed_at.is_not(None)).limit(1)) is not None


def key_from(words: str, taken: Collection[str]) -> str:
    """A key made of words, with a number behind it where it is taken.

    >>> key_from("Taller 6: el canon", ()), key_from("Taller 6: el canon", ("taller-6-el-canon",)), key_from("2026", ())
    ('taller-6-el-canon', 'taller-6-el-canon-2', 'm-2026')
    """
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().casefold()
    key = "-".join(re.findall(r"[a-z0-9]+", plain))[:48].strip("-")
    key = key if key[:1].isalpha() else f"m-{key}".rstrip("-")
    return next(name for number in range(1, len(taken) + 2) if (name := key if number == 1 else f"{key}-{number}") not in taken)


# Attendance ------------------------------------------------------------------------------------------------------------


def count_attendance(session: Session, event: Event, person: Person, people: Mapping[str, int], now: datetime) -> None:
    """Keep what a person counted: {group key: people}, groups not counted left out. The same sent again changes nothing.

    What the event then states of a group is the latest count of it; where counts differ, ``disagreements`` says so.
    Raises ProblemsFound, with nothing kept.
    """
    if problems := list(_count_problems(event, people)):
        raise ProblemsFound(problems)
    session.refresh(event, with_for_update=True)
    session.expire(event, ["counts"])
    counted_before = {group for count in event.counts for group in count.people}
    mine = next((count for count in event.counts if count.person_id == person.id), None)
    if mine is None:
        event.counts.append(AttendanceCount(person=person, people=dict(people), counted_at=now))
    elif mine.people != dict(people):
        mine.people, mine.counted_at = dict(people), now
    _state(session, event, counted_before)


def settle(session: Session, event: Event, group: str, people: int) -> None:
    """Decide how many of a group came, whatever each person counted."""
    if problems := list(_count_problems(event, {group: people})):
        raise ProblemsFound(problems)
    session.refresh(event, with_for_update=True)
    session.expire(event, ["counts"])
    for count in event.counts:
        count.people = {**count.people, group: people}
    _state(session, event, {group})


def disagreements(event: Event) -> list[Disagreement]:
    """The groups that people counted differently, in the programme's order."""
    found = []
    for group in event.programme.groups:
        counts = tuple((count.person, count.people[group.key]) for count in event.counts if group.key in count.people)
        if len({people for _, people in counts}) > 1:
            found.append(Disagreement(group.key, counts))
    return found


def _state(session: Session, event: Event, counted_before: Collection[str]) -> None:
    """The attendance that the event states: what a file said of groups that nobody counted, else the latest count."""
    stated = {group: people for group, people in event.attendance.items() if group not in counted_before}
    for count in sorted(event.counts, key=lambda count: count.counted_at):
        stated |= count.people
    event.attendance = stated
    session.flush()


def _count_problems(event: Event, people: Mapping[str, int]) -> Iterator[Problem]:
    known = {group.key for group in event.programme.groups}
    for group, count in people.items():
        if group not in known:
            yield Problem(group, Message(mark("This is not a group of the programme.")), Message(mark("Choose one of the groups offered.")))
        elif not 0 <= count <= MOST_PEOPLE:
            fault = Message(mark("%(count)s is not a number of people."), {"count": count})
            yield Problem(group, fault, Message(mark("Write how many people, from 0 to %(most)s."), {"most": MOST_PEOPLE}))
