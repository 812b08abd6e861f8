"""Two people edited the same form: their edits put together by place, and told apart where they meet.

A form's document is laid out as places (``laid_out``): each question and section by its name, and one outline that says
in which order they stand. Two edits of one base are merged when they touch different places; what both touched in
different ways is a conflict, which only a person can decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: Lists whose parts have names of their own, and the key that holds the name.
NAMED = {"scales": "name", "choices": "value", "rows": "value"}
#: How a section stands in an outline; no name of a question begins so.
SECTION = "#"
#: No such part: not the same as an empty one.
GONE: Any = None


@dataclass(frozen=True)
class Conflict:
    """One place that both changed; ``mine`` and ``theirs`` as documents, None where that side took it away."""

    place: str
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """The document with the edits of both; where they met it says what ``theirs`` says."""

    document: dict[str, Any]
    conflicts: tuple[Conflict, ...]


def merge(base: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Both edits of ``base`` in one document.

    Without a base, what only one side has is kept, and what both have in different words is a conflict.

    >>> base = {"name": "f", "minutes": 5, "source": "a", "sections": []}
    >>> both = merge(base, base | {"minutes": 6}, base | {"source": "b"})
    >>> both.document, both.conflicts
    ({'minutes': 6, 'name': 'f', 'source': 'b', 'sections': []}, ())
    """
    sides = [mine, theirs] if base is None else [base, mine, theirs]
    if not all(_has_names(side) for side in sides):
        return _as_wholes(base, mine, theirs)
    conflicts: list[Conflict] = []
    old, ours, other = ({} if side is None else laid_out(side) for side in (base, mine, theirs))
    return Merged(put_together(_mapping(old, ours, other, (), conflicts)), tuple(conflicts))


def changed_places(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """The places in which two documents differ.

    >>> changed_places({"title": {"es": "Uno"}, "minutes": 5}, {"title": {"es": "Dos"}, "minutes": 5})
    ('title.es',)
    """
    if not (_has_names(old) and _has_names(new)):
        return tuple(key for key in _keys(old, new) if old.get(key) != new.get(key))
    return tuple(_differing(laid_out(old), laid_out(new), ()))


def _differing(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[str]:
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in _keys(old, new):
            yield from _differing(old.get(key), new.get(key), (*path, key))
    elif path[-1] in NAMED and isinstance(old, list) and isinstance(new, list):
        key = NAMED[path[-1]]
        before, after = ({part[key]: part for part in side} for side in (old, new))
        yield from _differing(before, after, path)
        if list(before) != list(after):
            yield ".".join(path)
    else:
        yield "sections" if path == ("outline",) else ".".join(path)


def _as_wholes(base: Mapping[str, Any] | None, mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merged:
    """Parts that share a name cannot be told apart: each field of the form is taken whole."""
    conflicts: list[Conflict] = []
    document = {key: _taken((base or {}).get(key), mine.get(key), theirs.get(key), key, conflicts) for key in _keys(mine, theirs)}
    return Merged({key: value for key, value in document.items() if value is not GONE}, tuple(conflicts))


# Documents as places ---------------------------------------------------------------------------------------------------


def laid_out(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document with its sections and questions by name, and their order as an outline."""
    outline, sections, questions = [], {}, {}
    for section in document.get("sections", ()):
        outline.append(SECTION + section["name"])
        sections[section["name"]] = {key: value for key, value in section.items() if key != "questions"}
        for question in section.get("questions", ()):
            outline.append(question["name"])
            questions[question["name"]] = question
    rest = {key: value for key, value in document.items() if key != "sections"}
    return rest | {"sections": sections, "questions": questions, "outline": outline}


def put_together(places: Mapping[str, Any]) -> dict[str, Any]:
    """The document that ``laid_out`` gives these places for. Questions before any section go into the first."""
    sections: list[dict[str, Any]] = []
    early: list[dict[str, Any]] = []
    for token in places["outline"]:
        if token.startswith(SECTION):
            sections.append(places["sections"][token[1:]] | {"questions": []})
        else:
            (sections[-1]["questions"] if sections else early).append(places["questions"][token])
    if early and not sections:
        sections.append({"name": "main", "questions": []})
    if early:
        sections[0]["questions"][:0] = early
    rest = {key: value for key, value in places.items() if key not in ("sections", "questions", "outline")}
    return rest | {"sections": sections}


def _has_names(document: Mapping[str, Any]) -> bool:
    """Whether every part that is told by its name has one of its own."""
    sections = document.get("sections", [])
    questions = [question for section in sections for question in section.get("questions", ())]
    lists = [("name", sections), ("name", questions)]
    lists += [(NAMED[key], part[key]) for part in (document, *questions) for key in NAMED if key in part]
    return all(_are_own([part.get(key, "") for part in parts]) for key, parts in lists)


def _are_own(names: Sequence[str]) -> bool:
    return all(names) and len(set(names)) == len(names)


# Merging ---------------------------------------------------------------------------------------------------------------


def _mapping(base: Any, mine: Mapping[str, Any], theirs: Mapping[str, Any], path: tuple[str, ...], told: list[Conflict]) -> dict[str, Any]:
    """Two edits of a mapping, key by key."""
    old = base if isinstance(base, Mapping) else {}
    merged = {}
    for key in _keys(mine, theirs):
        value = _part(old.get(key, GONE), mine.get(key, GONE), theirs.get(key, GONE), (*path, key), told)
        if value is not GONE:
            merged[key] = value
    if "outline" in merged and not path:
        _keep_together(merged)
    return merged


def _keys(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    return sorted({*mine, *theirs})


def _part(base: Any, mine: Any, theirs: Any, path: tuple[str, ...], told: list[Conflict]) -> Any:
    if mine == theirs:
        return mine
    if path == ("outline",):
        return _sequence(base or [], mine, theirs, "sections", told)
    if (base is not GONE and GONE not in (mine, theirs)) or _is_shelf(path):
        if isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            return _mapping(base, mine, theirs, path, told)
        if path[-1] in NAMED and isinstance(mine, list) and isinstance(theirs, list):
            return _named(base, mine, theirs, path, told)
    return _taken(base, mine, theirs, ".".join(path), told)


def _is_shelf(path: tuple[str, ...]) -> bool:
    """Whether a path holds parts by name, so that both sides may have added some."""
    return path in (("questions",), ("sections",)) or path[-1] in NAMED


def _taken(base: Any, mine: Any, theirs: Any, place: str, told: list[Conflict]) -> Any:
    """Whichever side changed; a conflict when both did, in different ways."""
    if mine in (theirs, base):
        return theirs
    if theirs == base:
        return mine
    told.append(Conflict(place, mine, theirs))
    return theirs


def _named(base: Any, mine: list[Any], theirs: list[Any], path: tuple[str, ...], told: list[Conflict]) -> list[Any]:
    """Two edits of a list whose parts have names: part by part, then their order."""
    key = NAMED[path[-1]]
    old, ours, other = ({part[key]: part for part in side or ()} for side in (base, mine, theirs))
    parts = _mapping(old, ours, other, path, told)
    order = _sequence(list(old), list(ours), list(other), ".".join(path), told)
    return [parts[name] for name in _complete(order, parts)]


def _sequence(base: Sequence[str], mine: Sequence[str], theirs: Sequence[str], place: str, told: list[Conflict]) -> list[str]:
    """Two orders of the same names in one: that of the side that moved something, with what the other side added."""
    shared = set(mine) & set(theirs)
    ours, other, old = ([name for name in side if name in shared] for side in (mine, theirs, base))
    known = set(old)
    old_of = [[name for name in side if name in known] for side in (ours, other)]
    if ours != other and old_of[0] != old and old_of[1] != old:
        told.append(Conflict(place, list(mine), list(theirs)))
        return _with_added(theirs, mine)
    return _with_added(mine, theirs) if old_of[0] != old else _with_added(theirs, mine)


def _with_added(skeleton: Sequence[str], other: Sequence[str]) -> list[str]:
    """``skeleton`` with the names that only ``other`` has, each after the one that it follows there."""
    merged, there = list(skeleton), set(skeleton)
    at = 0
    for name in other:
        if name in there:
            at = merged.index(name) + 1
        else:
            merged.insert(at, name)
            at += 1
    return merged


def _complete(order: Sequence[str], parts: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in order if name in parts)


def _keep_together(merged: dict[str, Any]) -> None:
    """The outline with exactly the sections and questions that there are."""
    names = {SECTION + name for name in merged["sections"]} | set(merged["questions"])
    merged["outline"] = [token for token in merged["outline"] if token in names]
