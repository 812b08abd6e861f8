"""Answers of Google Forms and Microsoft Forms: what would come of a file, seen before anything is stored.

``preview`` matches its columns to the form of a survey (``forms.exchange.matching``), rewrites it as a table of ours and
prepares it like every other file of answers. What a person accepts is stored by ``importing.store``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from forms.definition import FormDefinition
from forms.exchange import matching
from forms.exchange.matching import DAY, Match, Order
from forms.messages import Message, Problem, Say, mark
from forms.questions.marks import short
from surveys import authoring, importing
from surveys.answers_file import Fault, Table, read_table
from surveys.importing import Prepared
from surveys.storage import Round, Survey

#: How many values of a fault are shown.
EXAMPLES = 3


@dataclass(frozen=True)
class ValueProblem:
    """What is wrong with ``count`` cells of one column, with a few of the values that stand there."""

    header: str
    fault: Message
    remedy: Message
    count: int
    examples: tuple[str, ...]

    def said(self, say: Say) -> str:
        listed = ", ".join(self.examples)
        cells = say.many("%(count)s cell", "%(count)s cells", self.count)
        return f"{self.header} ({cells}: {listed}): {self.fault.said(say)} {self.remedy.said(say)}"


@dataclass
class Preview:
    """What would come of a file. Nothing may be stored while there are ``problems``."""

    name: str
    definition: FormDefinition
    matches: list[Match]
    order: Order
    round_key: str
    digest: str  # of the file
    row_count: int
    problems: list[Problem] = field(default_factory=list)
    values: list[ValueProblem] = field(default_factory=list)
    prepared: Prepared | None = None

    @property
    def valid_count(self) -> int:
        return len(self.prepared.ready) if self.prepared else 0

    def document(self, say: Say) -> dict[str, Any]:
        """The same as plain data, in the reader's language."""
        columns = [{"header": one.header, "column": one.target, "score": one.score, "why": _why(one, say)} for one in self.matches]
        values = [
            {"header": one.header, "count": one.count, "examples": list(one.examples), "fault": one.fault.said(say)} for one in self.values
        ]
        told = [problem.said(say) for problem in self.problems]
        return {
            "round": self.round_key,
            "rows": self.row_count,
            "valid": self.valid_count,
            "columns": columns,
            "values": values,
            "problems": told,
        }

    def said(self, say: Say) -> str:
        """The same, a line for each column, value problem and problem."""
        lines = [
            f"{one.header} → {one.target} ({one.score:.2f})" if one.target else f"{one.header} → – {_why(one, say)}" for one in self.matches
        ]
        lines += [one.said(say) for one in self.values] + [problem.said(say) for problem in self.problems]
        return "\n".join([*lines, say.many("%(count)s row can be stored.", "%(count)s rows can be stored.", self.valid_count)])


def _why(one: Match, say: Say) -> str:
    return one.why.said(say) if one.why else ""


def preview(
    survey: Survey,
    content: bytes,
    keys: Path,
    round_key: str,
    name: str = "answers.csv",
    chosen: Mapping[int, str] | None = None,
    order: Order = "",
) -> Preview:
    """What would come of a file for one round; changes nothing.

    ``chosen`` ({number of the column from 0: target or ''}) is what a person decided. Raises ProblemsFound when the file
    cannot be read at all.
    """
    table = read_table(content, name)
    round_ = next((one for one in survey.rounds if one.key == round_key), None)
    definition = authoring.definition_of(round_.version if round_ else survey.form.versions[-1])
    cells = [row for _line, row in table.rows]
    matches = matching.match(definition, table.header, cells, chosen)
    order = order or matching.order_of(_dates(definition, matches, cells))
    found = Preview(name, definition, matches, order, round_key, hashlib.sha256(content).hexdigest(), len(table.rows) + len(table.faults))
    found.problems = list(_problems(found, round_))
    if not found.problems:
        _prepare(survey, found, table, keys, round_)
    return found


def _dates(definition: FormDefinition, matches: Iterable[Match], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for one in matches:
        question = definition.question(one.target)
        if one.target == DAY or (question is not None and question.kind == "day"):
            yield from (row[one.place] for row in rows)


def _problems(found: Preview, round_: Round | None) -> Iterator[Problem]:
    used = [one for one in found.matches if one.target]
    if not found.round_key.strip():
        yield Problem(
            found.name, Message(mark("The round of these answers is not said.")), Message(mark("Say which round they belong to."))
        )
    if not any(one.target != DAY for one in used):
        fault = Message(mark("None of its columns has the words of a question of the form."))
        yield Problem(found.name, fault, Message(mark("Choose the question of each column, or another survey.")))
    if not found.order:
        fault = Message(mark("Its dates can be read both ways: the day first, or the month."))
        yield Problem(found.name, fault, Message(mark("Say which comes first.")))
    if round_ is None and not any(one.target == DAY for one in used):
        fault = Message(mark("It does not say on which days people answered."))
        yield Problem(found.name, fault, Message(mark("Choose the column of the day, or a round that is there already.")))


def _prepare(survey: Survey, found: Preview, table: Table, keys: Path, round_: Round | None) -> None:
    columns = matching.columns_of(found.definition, found.matches)
    cells = [row for _line, row in table.rows]
    days = [matching.rewritten(found.definition, DAY, row[columns[DAY]], found.order) if DAY in columns else _day(round_) for row in cells]
    names = matching.names_of_rows(found.matches, cells, days)
    language = matching.language_of(found.definition, table.header)
    asked = {key: place for key, place in columns.items() if key != DAY}
    ours = tuple(
        (line, [id_, found.round_key, day, language, *(_cell(found, key, row[place]) for key, place in asked.items())])
        for (line, row), id_, day in zip(table.rows, names, days, strict=True)
    )
    header = ("response_id", "round", DAY, "lang", *asked)
    prepared = importing.prepare_table(survey, Table(table.name, header, ours, table.faults), keys)
    prepared.faults = [replace(fault, column=_header(table, columns, fault)) for fault in prepared.faults]
    found.prepared, found.values = prepared, _gathered(prepared.faults)


def _cell(found: Preview, key: str, cell: str) -> str:
    return matching.rewritten(found.definition, key, cell, found.order)


def _day(round_: Round | None) -> str:
    return round_.on.isoformat() if round_ else ""


def _header(table: Table, columns: Mapping[str, int], fault: Fault) -> str:
    """The column of a fault as the file itself calls it."""
    return table.header[columns[fault.column]] if fault.column in columns else fault.column


def _gathered(faults: Iterable[Fault]) -> list[ValueProblem]:
    """Faults of the same column and kind together, the most frequent first."""
    together: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        together.setdefault((fault.column, fault.fault.words), []).append(fault)
    found = [
        ValueProblem(
            column, ones[0].fault, ones[0].remedy, len(ones), tuple(dict.fromkeys(short(one.value, 40) for one in ones))[:EXAMPLES]
        )
        for (column, _words), ones in together.items()
    ]
    return sorted(found, key=lambda one: -one.count)
