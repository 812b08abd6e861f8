"""iCalendar (RFC 5545): a calendar of days and moments as the text that calendar programs read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

#: A line of the file has at most so many bytes (RFC 5545 3.1).
LINE_BYTES = 75


@dataclass(frozen=True)
class Entry:
    """One entry. ``uid`` stays the same for ever; ``starts`` is a day, or a moment with its zone."""

    uid: str
    starts: date | datetime
    title: str
    place: str = ""
    about: str = ""


def calendar_text(name: str, zone: str, entries: Iterable[Entry], now: datetime) -> str:
    """The whole calendar. Moments are written in UTC, which every reader shows in its own zone; days have no zone."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tupuy//Rounds and meetings//EN", "CALSCALE:GREGORIAN"]
    lines += [f"X-WR-CALNAME:{escaped(name)}", f"X-WR-TIMEZONE:{escaped(zone)}"]
    for entry in entries:
        lines += _entry(entry, now)
    return "".join(f"{line}\r\n" for whole in [*lines, "END:VCALENDAR"] for line in folded(whole))


def _entry(entry: Entry, now: datetime) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{escaped(entry.uid)}", f"DTSTAMP:{_moment(now)}")
    is_moment = isinstance(entry.starts, datetime)
    yield f"DTSTART:{_moment(entry.starts)}" if isinstance(entry.starts, datetime) else f"DTSTART;VALUE=DATE:{entry.starts:%Y%m%d}"
    yield f"SUMMARY:{escaped(entry.title)}"
    if entry.place:
        yield f"LOCATION:{escaped(entry.place)}"
    if entry.about:
        yield f"DESCRIPTION:{escaped(entry.about)}"
    yield from (f"TRANSP:{'OPAQUE' if is_moment else 'TRANSPARENT'}", "END:VEVENT")


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(words: str) -> str:
    r"""Words as a value of type TEXT. Control characters that the format forbids become spaces.

    >>> print(escaped("Sala 2; piso 3, Lima\nPuno"))
    Sala 2\; piso 3\, Lima\nPuno
    """
    plain = words.replace("\r\n", "\n").replace("\r", "\n")
    for mark_, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(mark_, written)
    return "".join(letter if letter >= " " and letter != "\x7f" else " " for letter in plain)


def folded(line: str) -> Iterator[str]:
    """A line in pieces of at most 75 bytes, each but the first behind a space; no letter is cut in two.

    >>> [len(piece.encode()) for piece in folded("ñ" * 60)]
    [74, 47]
    """
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > LINE_BYTES:
            yield piece
            piece = " "
        piece += letter
    yield piece
