"""From records to the frames of ``analysis.columns``: the answers of closed rounds, the codebook, and the plan.

Only the use cases that report import this file: it loads pandas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple, TypedDict
from uuid import UUID

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis import columns as contract
from forms.codec import from_document
from forms.definition import RESERVED
from forms.questions import columns as columns_of
from forms.questions.base import Column
from surveys.storage.forms import FormVersion
from surveys.storage.programmes import Group, Programme
from surveys.storage.responses import Response
from surveys.storage.results import ExpectedResult, Indicator
from surveys.storage.rounds import Round, Survey, invited_as_shown
from surveys.storage.turning import turns_of

#: Kinds that are numbers in the answers frame; the others are words.
NUMBERS = frozenset({"scale", "flag", "rank", "number"})
CODEBOOK = ("question", "part", "kind", "construct", "lo", "hi", "step", "reverse", "sensitive", "label", "labels")


def frames(session: Session, survey: Survey) -> tuple[pd.DataFrame, pd.DataFrame, contract.Plan]:
    """Answers, codebook and plan of ``survey`` (shapes: ``analysis.columns``).

    Answers are those that the snapshots of closed rounds count: not superseded, not waiting as late. A round of an
    older form version fills the columns that its version asked; the others say ``not_asked``. Where two versions
    measure a column differently (kind or scale), the newest one's measure is the series and the older rounds have none.
    The plan's turns say where other words, another scale or other items begin a new segment (``surveys.storage.turning``).
    """
    rounds = closed_rounds(survey)
    columns = _columns(_versions(survey, rounds))
    shown = shown_in(survey.programme.groups)
    rows = _rows(session, rounds)
    return _answers(rows, rounds, columns, shown), _codebook(columns), _plan(survey, rounds, columns, shown)


def stated_frames(programme: Programme) -> tuple[pd.DataFrame, pd.DataFrame, contract.Plan]:
    """Empty frames and the plan (survey ``""``) of the indicators that are stated by hand."""
    plan = contract.Plan(
        survey="", title=dict(programme.name), rounds=(), indicators=_indicators(programme.results, None), **_of_programme(programme)
    )
    return _answers([], [], {}, {}), _codebook({}), plan


def closed_rounds(survey: Survey) -> list[Round]:
    """The rounds whose figures may be shown, in order of their own date."""
    return sorted((round_ for round_ in survey.rounds if round_.closed_at), key=lambda round_: (round_.on, round_.key))


def shown_in(groups: Iterable[Group]) -> dict[str, str]:
    """Group key -> key of the group as shown, after the programme's merging (privacy D17)."""
    return {group.key: group.shown_in or group.key for group in groups}


# Columns and codebook


def _versions(survey: Survey, rounds: Sequence[Round]) -> list[FormVersion]:
    """The versions asked in ``rounds``, the newest first; without rounds the newest that there is."""
    used = {round_.version_id: round_.version for round_ in rounds} or {version.id: version for version in survey.form.versions[-1:]}
    return sorted(used.values(), key=lambda version: version.number, reverse=True)


def _asked(version: FormVersion) -> dict[str, Column]:
    """The columns that a version asks and analysis reads: no own code, no group and no circle."""
    columns = columns_of(from_document(version.definition))
    return {column.key: column for column in columns if column.kind != "code" and column.question not in RESERVED}


def _columns(versions: Iterable[FormVersion]) -> dict[str, Column]:
    """Key -> column as the newest version describes it: the newest one's columns first, then those dropped since.

    A dropped item stays in its construct while the construct's scale is still the same; else it stands alone.
    """
    found: dict[str, Column] = {}
    for version in versions:
        scales = {column.construct: _measure(column) for column in found.values()}
        for key, column in _asked(version).items():
            if key not in found:
                fits = scales.get(column.construct, _measure(column)) == _measure(column)
                found[key] = column if fits else replace(column, construct="")
    return found


def _measure(column: Column) -> tuple[Any, ...]:
    return (column.kind, column.lo, column.hi, column.step)


def _codebook(columns: Mapping[str, Column]) -> pd.DataFrame:
    """One row per column, indexed by key."""
    words = {
        "label": [column.label.as_dict() for column in columns.values()],
        "labels": [{value: label.as_dict() for value, label in column.labels} for column in columns.values()],
    }
    facts = {name: [getattr(column, name) for column in columns.values()] for name in CODEBOOK if name not in words}
    book = pd.DataFrame({**facts, **words}, index=pd.Index(list(columns), name="key", dtype="str"), columns=list(CODEBOOK))
    kinds = {"question": "str", "part": "str", "kind": "str", "construct": "str", "lo": float, "hi": float, "step": float}
    return book.astype({**kinds, "reverse": bool, "sensitive": bool})


# Answers


class _Row(NamedTuple):
    """What is read of one response, without building a record."""

    id: UUID
    round_id: UUID
    answered_on: date
    group_key: str | None
    circle: str | None
    person: UUID | None
    answers: Mapping[str, Any]


def _rows(session: Session, rounds: Sequence[Round]) -> list[_Row]:
    """The counted responses of closed rounds, round by round, in the order of their random ids."""
    wanted = select(*(getattr(Response, name) for name in _Row._fields)).where(
        Response.round_id.in_([round_.id for round_ in rounds]), Response.snapshot.is_not(None), Response.is_superseded.is_(False)
    )
    place = {round_.id: number for number, round_ in enumerate(rounds)}
    return sorted((_Row(*row) for row in session.execute(wanted)), key=lambda row: (place[row.round_id], row.id))


def _answers(rows: Sequence[_Row], rounds: Sequence[Round], columns: Mapping[str, Column], shown: Mapping[str, str]) -> pd.DataFrame:
    """One row per response; numbers as float, words as str, days as ``date``; what is missing is NaN."""
    keys = {round_.id: round_.key for round_ in rounds}
    circles = {round_.id: _circle_of_all(round_) for round_ in rounds}
    basics = {
        "response": _words(str(row.id) for row in rows),
        "round": _words(keys[row.round_id] for row in rows),
        "date": pd.Series([row.answered_on for row in rows], dtype=object),
        "group": _words(shown.get(row.group_key or "") for row in rows),
        "circle": _words(row.circle or circles[row.round_id] for row in rows),
        "person": _words(str(row.person) if row.person else None for row in rows),
    }
    asked = {version.id: _asked(version) for version in {round_.version for round_ in rounds}}
    return pd.DataFrame({**basics, **_cells(rows, rounds, asked, columns)})


def _circle_of_all(round_: Round) -> str | None:
    """Core or extended for everyone of a round whose event says so and whose form does not ask it."""
    event = round_.event
    if event is None or event.circle == "open" or from_document(round_.version.definition).question("circle"):
        return None
    return event.circle


def _words(values: Iterable[str | None]) -> pd.Series:
    return pd.Series(list(values), dtype="str")


def _cells(
    rows: Sequence[_Row], rounds: Sequence[Round], asked: Mapping[UUID, Mapping[str, Column]], columns: Mapping[str, Column]
) -> dict[str, Any]:
    """Every column and its ``:why``, each read in one pass over the documents."""
    documents = [row.answers for row in rows]
    cells: dict[str, Any] = {}
    for key, column in columns.items():
        other = {round_.id for round_ in rounds if not _is_same(asked[round_.version_id].get(key), column)}
        read = [{} if row.round_id in other else row.answers for row in rows] if other else documents
        values = [document.get(key) for document in read]
        cells[key] = np.array(values, dtype=float) if column.kind in NUMBERS else _words(values)
        cells[f"{key}:why"] = _words(_whys(key, values, read))
    return cells


def _is_same(asked: Column | None, column: Column) -> bool:
    return asked is not None and _measure(asked) == _measure(column)


def _whys(key: str, values: Sequence[Any], documents: Sequence[Mapping[str, Any]]) -> list[str | None]:
    """Why there is no value: what the document says, else ``not_asked`` for a column that was not on the form."""
    why = f"{key}:why"
    return [None if value is not None else document.get(why, "not_asked") for value, document in zip(values, documents, strict=True)]


# The plan


class _OfProgramme(TypedDict):
    programme: str
    languages: tuple[str, ...]
    groups: tuple[contract.Group, ...]
    mix: dict[str, float]
    k: int
    k_public: int


def _of_programme(programme: Programme) -> _OfProgramme:
    return {
        "programme": programme.slug,
        "languages": tuple(programme.languages),
        "groups": _groups(programme.groups),
        "mix": dict(programme.mix),
        "k": programme.min_cell,
        "k_public": max(10, programme.min_cell),
    }


def _plan(survey: Survey, rounds: Sequence[Round], columns: Mapping[str, Column], shown: Mapping[str, str]) -> contract.Plan:
    programme = survey.programme
    return contract.Plan(
        survey=survey.slug,
        title=dict(survey.title),
        rounds=tuple(_round(round_, programme.groups, shown) for round_ in rounds),
        cuts=tuple(_cut(key, columns[key]) for key in programme.cuts if key in columns),
        constructs=_constructs(programme, columns.values()),
        indicators=_indicators(programme.results, survey.slug),
        turns=turns_of(survey.form, rounds, columns),
        **_of_programme(programme),
    )


def _round(round_: Round, groups: Sequence[Group], shown: Mapping[str, str]) -> contract.Round:
    event = round_.event
    return contract.Round(
        key=round_.key,
        label=dict(round_.label),
        on=round_.on,
        invited=invited_as_shown(round_) if round_.invited or (event and event.attendance) else None,
        event=event.key if event else None,
        circle=event.circle if event else None,
        version=round_.version.number,
    )


def _groups(groups: Sequence[Group]) -> tuple[contract.Group, ...]:
    """The groups as shown, in the programme's order; a merged group has the members of its parts, if all are known."""
    shown = shown_in(groups)
    found = []
    for group in groups:
        parts = [part.members for part in groups if shown[part.key] == group.key and (part is not group or part.is_asked)]
        if shown[group.key] == group.key and parts:
            members = sum(part or 0 for part in parts) if all(part is not None for part in parts) else group.members
            found.append(contract.Group(group.key, dict(group.name), members))
    return tuple(found)


def _cut(key: str, column: Column) -> contract.Cut:
    return contract.Cut(key, column.label.as_dict(), {value: label.as_dict() for value, label in column.labels})


def _constructs(programme: Programme, columns: Iterable[Column]) -> dict[str, contract.Words]:
    """The words for each construct that the form asks: the programme's, else the construct's own name."""
    names = dict.fromkeys(column.construct for column in columns if column.construct)
    return {name: dict(programme.constructs.get(name) or dict.fromkeys(programme.languages, name)) for name in names}


# Indicators


def _indicators(results: Iterable[ExpectedResult], survey_slug: str | None) -> tuple[contract.Indicator, ...]:
    """The indicators that read the survey of this slug (None: those stated by hand), in the programme's order."""
    return tuple(
        _indicator(indicator, result) for result in results for indicator in result.indicators if indicator.survey_slug == survey_slug
    )


def _indicator(indicator: Indicator, result: ExpectedResult) -> contract.Indicator:
    """The record as analysis reads it: days as dates, lists as tuples, what is not stated by the contract's defaults."""
    stated = {
        name: value
        for name, value in indicator.definition.items()
        if name in contract.Indicator.__dataclass_fields__ and value not in (None, "")
    }
    known: dict[str, Any] = {
        **stated,
        **{name: date.fromisoformat(str(stated[name])) for name in ("due_on", "baseline_on") if name in stated},
        "values": tuple(stated.get("values", ())),
        "milestones": tuple((date.fromisoformat(str(on)), float(value)) for on, value in stated.get("milestones", ())),
        "stated": tuple((value.on, value.value, value.evidence) for value in indicator.stated),
        "code": indicator.code,
        "title": dict(indicator.title),
        "source": indicator.source,
        "result": result.key,
        "level": stated.get("level", result.level),
    }
    return contract.Indicator(**known)
