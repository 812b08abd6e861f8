"""Files read against a declaration: a dataclass whose fields say how they are written, with all faults told at once.

``asked("day", "date", required=True)`` declares one key of a mapping; ``read_record`` makes the record of a mapping
and adds every fault to one list; ``schema_of`` writes the same declaration as JSON Schema.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial
from typing import Any, Literal, TypeVar

from forms.messages import Message, Problem, mark
from forms.reading import FormFileError, Path, read

Words = dict[str, str]
Kind = Literal[
    "key", "value", "slug", "code", "text", "words", "codes", "texts", "keys", "day", "opening", "closing",
    "whole", "number", "flag", "one_of", "counts", "people", "mix", "labels", "records", "mapping",
]  # fmt: skip
T = TypeVar("T")

KEY = r"^[A-Za-z][A-Za-z0-9_-]*$"
VALUE = r"^[A-Za-z][A-Za-z0-9_]*(-[A-Za-z_][A-Za-z0-9_]*)*$"  # as the values of choices in a form
CODE = r"^[A-Za-z][A-Za-z0-9_.-]*$"
SLUG = r"^[a-z][a-z0-9-]*$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"
DAY = r"^\d{4}-\d{2}-\d{2}$"


@dataclass(frozen=True)
class Spec:
    """How one key is written. ``of``: the values of one_of, or the record of records; ``name``: the key in the file."""

    kind: Kind
    name: str
    required: bool
    of: Any
    low: float | None
    high: float | None


def asked(
    kind: Kind,
    name: str = "",
    *,
    required: bool = False,
    default: Any = None,
    of: Any = (),
    low: float | None = None,
    high: float | None = None,
) -> Any:
    """A field of a declared record. Lists, mappings and texts that are left out are empty, as is what is required and
    wrong; other keys are ``default``.

    ``people`` are counts of which none at all means unknown.
    """
    spec = {"spec": Spec(kind, name, required, of, low, high)}
    empty = EMPTY.get(kind) or (str if required else None)
    if default is None and empty is not None and kind not in NEVER_EMPTY:
        return field(default_factory=empty, metadata=spec)
    return field(default=default, metadata=spec)


EMPTY: dict[str, Callable[[], Any]] = {
    "text": str, "words": dict, "counts": dict, "labels": dict,
    "codes": tuple, "texts": tuple, "keys": tuple, "records": tuple,
}  # fmt: skip
NEVER_EMPTY = ("day", "opening", "closing", "whole", "number", "flag", "people", "mapping")


def specs_of(record: type) -> dict[str, tuple[str, Spec]]:
    """{key in the file: (attribute, how it is written)} of a declared record."""
    found = {}
    for one in fields(record):
        if "spec" in one.metadata:
            spec = one.metadata["spec"]
            found[spec.name or one.name] = (one.name, spec)
    return found


# --- the text ---------------------------------------------------------------------------------------------------------


def read_document(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The mapping that a YAML or JSON text holds, and the line of each of its places.

    Raises FormFileError with what keeps it from being read.
    """
    found = read(text) if text.strip("\ufeff \t\r\n") else None
    if found is None or not isinstance(found.data, dict):
        fault, remedy = mark("The file is not made of keys with their values."), mark("Begin with “slug: my-programme”.")
        raise FormFileError([Problem("1", Message(fault), Message(remedy))])
    return found.data, {_place_of(path, found.data): line for path, line in found.lines.items()}


def _place_of(path: Path, data: Any) -> str:
    """A path as places are written: entries of lists by their key, slug or code where they have one."""
    said = []
    for part in path:
        data = data[part]
        said.append(_name_of(data, part + 1) if isinstance(part, int) else part)
    return ".".join(said)


# --- one mapping ------------------------------------------------------------------------------------------------------


class Reading:
    """What a reading needs all the way down: the languages of words, the zone of days, the lines of places, and the one
    list of problems."""

    def __init__(self, languages: Iterable[str] = (), zone: tzinfo = UTC, lines: Mapping[str, int] | None = None) -> None:
        self.languages = tuple(languages)
        self.zone = zone
        self.lines = dict(lines or {})
        self.problems: list[Problem] = []
        self.settled: frozenset[str] = frozenset()

    def settle(self) -> None:
        """From now on nothing more is told of places of which something was: a value that is wrong is not also missing."""
        self.settled = frozenset(problem.place for problem in self.problems)

    def tell(self, place: str, fault: str, remedy: str, /, *, blocks: bool = True, **values: Any) -> None:
        """Add a problem; ``fault`` and ``remedy`` are marked words sharing ``values``."""
        told = Problem(self._with_line(place), Message(fault, values), Message(remedy, values), blocks)
        if told.place not in self.settled:
            self.problems.append(told)

    def _with_line(self, place: str) -> str:
        """``12: groups.civil``: the line of the place, or of the nearest one around it."""
        around = place
        while around and around not in self.lines:
            around = around.rpartition(".")[0]
        return f"{self.lines[around]}: {place}" if around else place


def read_record(record: type[T], found: Any, place: str, reading: Reading) -> T:
    """The record of one mapping. What cannot be read is told and left empty."""
    specs = specs_of(record)
    if not isinstance(found, Mapping):
        reading.tell(place, mark("This should be keys with their values."), mark("Write it as “key: value”, one below the other."))
        found = {}
        specs_needed: dict[str, tuple[str, Spec]] = {}
    else:
        specs_needed = specs
    for key in found:
        if key not in specs:
            _tell_unknown(str(key), place, specs, reading)
    values = {}
    for key, (attribute, spec) in specs.items():
        if found.get(key) is not None:
            values[attribute] = _read_value(spec, found[key], _below(place, key), reading)
        elif spec.required and key in specs_needed:
            reading.tell(_below(place, key), mark("This is missing."), mark("Add “%(key)s: …”."), key=key)
    return record(**{name: value for name, value in values.items() if value is not None})


def _tell_unknown(key: str, place: str, specs: Mapping[str, Any], reading: Reading) -> None:
    near = difflib.get_close_matches(key, specs, n=1)
    if near:
        remedy = mark("Perhaps “%(near)s” was meant.")
        reading.tell(_below(place, key), mark("“%(key)s” is not known here."), remedy, key=key, near=near[0])
    else:
        remedy = mark("Remove it, or use one of: %(known)s.")
        reading.tell(_below(place, key), mark("“%(key)s” is not known here."), remedy, key=key, known=", ".join(specs))


def _below(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _read_value(spec: Spec, found: Any, place: str, reading: Reading) -> Any:
    return READERS[spec.kind](spec, found, place, reading)


def _matching(pattern: str, fault: str, remedy: str, spec: Spec, found: Any, place: str, reading: Reading) -> str | None:
    if isinstance(found, str) and re.fullmatch(pattern, found):
        return found
    reading.tell(place, fault, remedy, found=found)
    return None


def _text(spec: Spec, found: Any, place: str, reading: Reading) -> str | None:
    if isinstance(found, str) and found.strip():
        return found.strip()
    reading.tell(place, mark("“%(found)s” is not a text."), mark("Write words, in quotes if needed."), found=found)
    return None


def _words(spec: Spec, found: Any, place: str, reading: Reading) -> Words | None:
    if not isinstance(found, Mapping):
        languages = ", ".join(f"{language}: …" for language in reading.languages or ("es", "en"))
        reading.tell(place, mark("The words are not given by language."), mark("Write {%(languages)s}."), languages=languages)
        return None
    said = {str(language): words.strip() for language, words in found.items() if isinstance(words, str) and words.strip()}
    for language in reading.languages:
        if language not in said:
            reading.tell(place, mark("The words in “%(language)s” are missing."), mark("Add “%(language)s: …”."), language=language)
    for language in found:
        if reading.languages and language not in reading.languages:
            remedy = mark("Remove it, or add it to “languages”.")
            reading.tell(place, mark("“%(language)s” is not a language of the programme."), remedy, language=language)
    return said


def _list(found: Any, place: str, reading: Reading) -> list[Any]:
    if isinstance(found, list):
        return found
    reading.tell(place, mark("This should be a list."), mark("Begin each entry on its own line with a dash, or write [one, two]."))
    return []


def _texts(pattern: str, spec: Spec, found: Any, place: str, reading: Reading) -> tuple[str, ...]:
    """A list of texts that match; numbers are taken as they are written, so that values of a scale need no quotes."""
    entries = [str(one) if isinstance(one, int | float) and not isinstance(one, bool) else one for one in _list(found, place, reading)]
    for number, one in enumerate(entries, start=1):
        if not isinstance(one, str) or not re.match(pattern, one):
            remedy = mark("Write only letters, digits, - and _, beginning with a letter.")
            reading.tell(f"{place}.{number}", mark("“%(found)s” is not written as expected."), remedy, found=one)
    return tuple(one for one in entries if isinstance(one, str))


def day_of(found: Any) -> date | None:
    """The day that a text such as 2026-09-30 means, or None."""
    if isinstance(found, date) and not isinstance(found, datetime):
        return found
    try:
        return date.fromisoformat(found) if isinstance(found, str) and re.fullmatch(DAY, found) else None
    except ValueError:
        return None


def _day(spec: Spec, found: Any, place: str, reading: Reading) -> date | None:
    day = day_of(found)
    if day is None:
        reading.tell(place, mark("“%(found)s” is not a day."), mark("Write year, month and day, as in 2026-09-30."), found=found)
    return day


def _moment(is_closing: bool, spec: Spec, found: Any, place: str, reading: Reading) -> datetime | None:
    day = day_of(found)
    if day is not None:
        until = day + timedelta(days=1) if is_closing else day
        return datetime.combine(until, time(), tzinfo=reading.zone).astimezone(UTC)
    try:
        moment = datetime.fromisoformat(found) if isinstance(found, str) else None
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return moment.astimezone(UTC)
    remedy = mark("Write a day, as in 2026-09-30, or a day and hour with its distance from UTC, as in 2026-09-30T18:00-05:00.")
    reading.tell(place, mark("“%(found)s” is not a day or a moment."), remedy, found=found)
    return None


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool) and abs(found) < 1e12


def _number(is_whole: bool, spec: Spec, found: Any, place: str, reading: Reading) -> float | None:
    if not _is_number(found) or (is_whole and found != int(found)):
        fault = mark("“%(found)s” is not a whole number.") if is_whole else mark("“%(found)s” is not a number.")
        reading.tell(place, fault, mark("Write it with digits, and a point for decimals."), found=found)
        return None
    if spec.low is not None and found < spec.low:
        reading.tell(place, mark("%(found)s is too small."), mark("Write at least %(low)s."), found=found, low=f"{spec.low:g}")
    if spec.high is not None and found > spec.high:
        reading.tell(place, mark("%(found)s is too large."), mark("Write at most %(high)s."), found=found, high=f"{spec.high:g}")
    return int(found) if is_whole else float(found)


def _flag(spec: Spec, found: Any, place: str, reading: Reading) -> bool | None:
    if isinstance(found, bool):
        return found
    reading.tell(place, mark("“%(found)s” is neither true nor false."), mark("Write true or false."), found=found)
    return None


def _one_of(spec: Spec, found: Any, place: str, reading: Reading) -> str | None:
    if found in spec.of:
        return str(found)
    known = ", ".join(spec.of)
    reading.tell(
        place, mark("“%(found)s” is not one of the values known here."), mark("Write one of: %(known)s."), found=found, known=known
    )
    return None


def _counts(spec: Spec, found: Any, place: str, reading: Reading) -> dict[str, int]:
    if not isinstance(found, Mapping):
        reading.tell(place, mark("This should say how many people by key."), mark("Write it as in {civil: 14, media: 6}."))
        return {}
    for key, count in found.items():
        if not _is_number(count) or count != int(count) or count < 0:
            remedy = mark("Write how many people, 0 or more.")
            reading.tell(f"{place}.{key}", mark("“%(found)s” is not a number of people."), remedy, found=count)
    return {str(key): int(count) for key, count in found.items() if _is_number(count)}


def _mix(spec: Spec, found: Any, place: str, reading: Reading) -> str | dict[str, float] | None:
    if found in ("roster", "equal"):
        return str(found)
    if isinstance(found, Mapping) and found and all(_is_number(share) for share in found.values()):
        return {str(key): float(share) for key, share in found.items()}
    remedy = mark("Write roster, equal, or one share per group as shown, as in {civil: 0.3, mining: 0.7}.")
    reading.tell(place, mark("“%(found)s” is not a mix."), remedy, found=found)
    return None


def _labels(spec: Spec, found: Any, place: str, reading: Reading) -> dict[str, Words]:
    if not isinstance(found, Mapping):
        reading.tell(place, mark("This should be keys with their values."), mark("Write it as “key: value”, one below the other."))
        return {}
    return {str(key): _words(spec, words, f"{place}.{key}", reading) or {} for key, words in found.items()}


def _records(spec: Spec, found: Any, place: str, reading: Reading) -> tuple[Any, ...]:
    return tuple(
        read_record(spec.of, one, f"{place}.{_name_of(one, number)}", reading)
        for number, one in enumerate(_list(found, place, reading), start=1)
    )


def _name_of(entry: Any, number: int) -> str:
    """How a place names an entry of a list: its key, slug or code, else its number."""
    named = (entry.get(key) for key in ("key", "slug", "code", "file", "bank", "date")) if isinstance(entry, Mapping) else ()
    return next((name for name in named if isinstance(name, str) and name), str(number))


def _mapping_value(spec: Spec, found: Any, place: str, reading: Reading) -> dict[str, Any] | None:
    if isinstance(found, Mapping):
        return dict(found)
    reading.tell(place, mark("This should be keys with their values."), mark("Write it as “key: value”, one below the other."))
    return None


_KEY_FAULT = mark("“%(found)s” is not a key.")
_KEY_REMEDY = mark("Write only letters, digits, - and _, beginning with a letter.")
_VALUE_REMEDY = mark("Write only letters, digits and _, beginning with a letter.")
_CODE_FAULT = mark("“%(found)s” is not a code.")
_CODE_REMEDY = mark("Write only letters, digits, points, - and _, beginning with a letter.")
_SLUG_FAULT = mark("“%(found)s” cannot be part of an address.")
_SLUG_REMEDY = mark("Write only lower-case letters, digits and -, beginning with a letter.")

READERS: dict[str, Callable[[Spec, Any, str, Reading], Any]] = {
    "key": partial(_matching, KEY, _KEY_FAULT, _KEY_REMEDY),
    "value": partial(_matching, VALUE, _KEY_FAULT, _VALUE_REMEDY),
    "code": partial(_matching, CODE, _CODE_FAULT, _CODE_REMEDY),
    "slug": partial(_matching, SLUG, _SLUG_FAULT, _SLUG_REMEDY),
    "text": _text,
    "words": _words,
    "codes": partial(_texts, LANGUAGE),
    "keys": partial(_texts, KEY),
    "texts": partial(_texts, r"."),
    "day": _day,
    "opening": partial(_moment, False),
    "closing": partial(_moment, True),
    "whole": partial(_number, True),
    "number": partial(_number, False),
    "flag": _flag,
    "one_of": _one_of,
    "counts": _counts,
    "people": _counts,
    "mix": _mix,
    "labels": _labels,
    "records": _records,
    "mapping": _mapping_value,
}


# --- the same declaration as JSON Schema ------------------------------------------------------------------------------

_WORDS = {"type": "object", "additionalProperties": {"type": "string", "minLength": 1}, "minProperties": 1}
_DAY = {"type": "string", "pattern": DAY}
_COUNTS = {"type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}
_SCHEMAS: dict[str, dict[str, Any]] = {
    "key": {"type": "string", "pattern": KEY},
    "slug": {"type": "string", "pattern": SLUG},
    "value": {"type": "string", "pattern": VALUE},
    "code": {"type": "string", "pattern": CODE},
    "text": {"type": "string", "minLength": 1},
    "words": _WORDS,
    "codes": {"type": "array", "items": {"type": "string", "pattern": LANGUAGE}},
    "keys": {"type": "array", "items": {"type": "string", "pattern": KEY}},
    "texts": {"type": "array", "items": {"type": ["string", "number"]}},
    "day": _DAY,
    "opening": {"type": "string"},
    "closing": {"type": "string"},
    "whole": {"type": "integer"},
    "number": {"type": "number"},
    "flag": {"type": "boolean"},
    "counts": _COUNTS,
    "people": _COUNTS,
    "mix": {"anyOf": [{"enum": ["roster", "equal"]}, {"type": "object", "additionalProperties": {"type": "number"}}]},
    "labels": {"type": "object", "additionalProperties": _WORDS},
    "mapping": {"type": "object"},
}


def schema_of(record: type) -> dict[str, Any]:
    """The JSON Schema of a declared record and the records inside it."""
    specs = specs_of(record)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key for key, (_, spec) in specs.items() if spec.required],
        "properties": {key: _schema_of_value(spec) for key, (_, spec) in specs.items()},
    }


def _schema_of_value(spec: Spec) -> dict[str, Any]:
    if spec.kind == "records":
        return {"type": "array", "items": schema_of(spec.of)}
    if spec.kind == "one_of":
        return {"enum": list(spec.of)}
    limits = {"minimum": spec.low, "maximum": spec.high}
    return {**_SCHEMAS[spec.kind], **{name: value for name, value in limits.items() if value is not None}}
