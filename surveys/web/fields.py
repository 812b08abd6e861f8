"""What a page's form sent, read field by field. What cannot be read is told together with everything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from forms.messages import Message, Problem, Say, mark
from surveys.storage import Programme

T = TypeVar("T")
D = TypeVar("D", bound=date)

#: The longest text that a field of these pages takes.
LONGEST = 200


class Fields:
    """The fields of one form of a programme; ``problems`` has what could not be read, each at the name of its field."""

    def __init__(self, sent: MultiDict[str, str], programme: Programme) -> None:
        self.sent, self.programme = sent, programme
        self.problems: list[Problem] = []

    def text(self, name: str) -> str:
        return self.sent.get(name, "").strip()[:LONGEST]

    def words(self, name: str) -> dict[str, str]:
        """A text in each language of the programme: ``name.es``, ``name.en``."""
        return {language: self.text(f"{name}.{language}") for language in self.programme.languages}

    def day(self, name: str) -> date | None:
        return self._read(name, _near(date.fromisoformat), mark("This is not a day."), mark("Write year, month and day: 2026-07-18."))

    def hour(self, name: str) -> time | None:
        return self._read(name, time.fromisoformat, mark("This is not an hour."), mark("Write hours and minutes: 18:00."))

    def moment(self, name: str) -> datetime | None:
        """A moment written as the clocks of the programme show it."""
        fault, remedy = mark("This is not a day and hour."), mark("Write day and hour: 2026-07-18T18:00.")
        here = self._read(name, _near(datetime.fromisoformat), fault, remedy)
        return here.replace(tzinfo=ZoneInfo(self.programme.time_zone)).astimezone(UTC) if here else None

    def whole(self, name: str) -> int | None:
        return self._read(name, _whole, mark("This is not a whole number."), mark("Write it with digits only."))

    def people(self, name: str) -> dict[str, int]:
        """{group key: people} of the groups that were filled in: ``name.police``."""
        counts = {group.key: self.whole(f"{name}.{group.key}") for group in self.programme.groups if group.is_asked}
        return {key: count for key, count in counts.items() if count is not None}

    def record(self, name: str) -> UUID | None:
        """The id of a record chosen from a list."""
        return self._read(name, UUID, mark("This is none of the choices offered."), mark("Choose one of the list."))

    def _read(self, name: str, reader: Callable[[str], T], fault: str, remedy: str) -> T | None:
        written = self.text(name)
        if not written:
            return None
        try:
            return reader(written)
        except ValueError:
            self.problems.append(Problem(name, Message(fault), Message(remedy)))
            return None


def _near(reader: Callable[[str], D]) -> Callable[[str], D]:
    """The same reader for days that anybody lives to see: at the ends of the calendar no grace time can be added."""

    def read(written: str) -> D:
        found = reader(written)
        if not 1900 <= found.year < 2200:
            raise ValueError(written)
        return found

    return read


def _whole(written: str) -> int:
    if not written.isascii() or not written.isdigit() or len(written) > 6:
        raise ValueError(written)
    return int(written)


def told(problems: Sequence[Problem], say: Say, prefix: str = "") -> dict[str, list[str]]:
    """{field: what is wrong with it, and what to do}, in the order in which it was told."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.place.removeprefix(prefix), []).append(f"{problem.fault.said(say)} {problem.remedy.said(say)}")
    return found


def written(moment: datetime | None, programme: Programme) -> str:
    """A moment as a field for a day and hour shows it, on the clocks of the programme."""
    return f"{moment.astimezone(ZoneInfo(programme.time_zone)):%Y-%m-%dT%H:%M}" if moment else ""


def as_sent(values: Mapping[str, object]) -> MultiDict[str, str]:
    """Stored values as the fields of a form that has not been sent yet."""
    return MultiDict((name, "" if value is None else str(value)) for name, value in values.items())
