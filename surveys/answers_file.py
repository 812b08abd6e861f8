"""A CSV file of answers: what it may say (docs/answers-csv.md), row by row, with every fault of it at once.

Knows forms, not records: ``importing`` hands in what the rounds ask and stores what comes out.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from forms.answers import drop_hidden
from forms.definition import RESERVED, FormDefinition, Question
from forms.messages import Message, Problem, Say, mark
from forms.questions import columns as columns_of
from forms.questions import type_of
from forms.questions.base import Answers, CellError, Column
from forms.questions.marks import folded, short, why_of_cell
from surveys.errors import ProblemsFound

#: Columns with a meaning of their own; the first three must be there.
NEEDED = ("response_id", "round", "date")
FIXED = (*NEEDED, "group", "respondent_code", "lang", "circle")
DELIMITERS = (",", ";", "\t")
WHYS = ("unknown", "refused", "blank", "not_asked")
#: The largest file that is read at once, in bytes, and the longest name of a round or a response, in characters.
LARGEST = 256 * 1024 * 1024
LONGEST = 200

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].+)?")


@dataclass(frozen=True)
class Fault(Problem):
    """One fault of a file: ``row`` is the line of the file on which the row begins (the header's is 1)."""

    row: int = 0
    column: str = ""
    value: str = ""

    def said(self, say: Say) -> str:
        words = {"file": self.place, "row": self.row, "column": self.column, "value": short(self.value)}
        if self.column:
            where = say("%(file)s, row %(row)s, column %(column)s, value “%(value)s”:", **words)
        else:
            where = say("%(file)s, row %(row)s:", **words)
        return f"{where} {self.fault.said(say)} {self.remedy.said(say)}"

    def document(self, say: Say) -> dict[str, Any]:
        told = {"fault": self.fault.said(say), "remedy": self.remedy.said(say)}
        return {"row": self.row, "column": self.column, "value": self.value, **told}


@dataclass(frozen=True)
class Table:
    """The cells of a file: ``rows`` are (line, cells) with as many cells as ``header``; the ragged ones are ``faults``."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True)
class Draft:
    """One valid row. ``moment`` orders answers with the same code and is never stored; ``on`` is its day."""

    row: int
    response_id: str
    round: str
    moment: datetime
    on: date
    group: str | None
    circle: str | None
    code: str
    language: str
    answers: Answers

    @property
    def is_empty(self) -> bool:
        return all(name.endswith(":why") for name in self.answers)


# The file


def read_table(content: bytes, name: str) -> Table:
    """The table in ``content``. Raises ProblemsFound when it cannot be read as one, naming where, what and the remedy."""
    text = _decoded(content, name)
    rows = _rows(text, _delimiter(text), name)
    if not rows:
        raise _refused(name, 1, Message(mark("The file is empty.")), Message(mark("Write the names of the columns in its first line.")))
    (first, header), *others = rows
    names = tuple(cell.strip() for cell in header)
    whole = tuple((line, cells) for line, cells in others if len(cells) == len(names))
    ragged = tuple(_ragged(name, line, len(cells), len(names)) for line, cells in others if len(cells) != len(names))
    return Table(name, names, whole, ragged)


def _decoded(content: bytes, name: str) -> str:
    if len(content) > LARGEST:
        sizes = {"megabytes": len(content) // 2**20, "limit": LARGEST // 2**20}
        fault = Message(mark("The file is too large: %(megabytes)s MB; at most %(limit)s MB are read at once."), sizes)
        raise _refused(name, 1, fault, Message(mark("Split it, for instance by round, and import the parts one by one.")))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refused(name, 1, Message(mark("The file is written in UTF-16, not in UTF-8.")), _AS_UTF8)
    if (at := content.find(b"\0")) >= 0:
        fault = Message(mark("The file has a NUL byte, so it is not a text file."))
        raise _refused(name, _line(content, at), fault, Message(mark("Export the answers again as CSV in UTF-8.")))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise _refused(name, _line(content, fault.start), Message(mark("This line is not written in UTF-8.")), _AS_UTF8) from fault


_AS_UTF8 = Message(mark("Save the file as “CSV UTF-8” and import it again."))


def _line(content: bytes, at: int) -> int:
    return content.count(b"\n", 0, at) + 1


def _delimiter(text: str) -> str:
    """The delimiter with which the first line names most of the fixed columns; a comma when none does."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    named = {delimiter: _named(first, delimiter) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: named[delimiter])


def _named(line: str, delimiter: str) -> int:
    return len({cell.strip().strip('"').strip() for cell in line.split(delimiter)} & set(FIXED))


def _rows(text: str, delimiter: str, name: str) -> list[tuple[int, list[str]]]:
    """(line on which it begins, cells) of every row that says something."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, begins = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begins, cells))
            begins = reader.line_num + 1
    except csv.Error as fault:
        words = Message(mark("From this row on the file cannot be read as CSV (%(fault)s)."), {"fault": str(fault)})
        raise _refused(name, begins, words, Message(mark("Look for a quotation mark that is opened and not closed."))) from fault
    return rows


def _ragged(name: str, line: int, found: int, expected: int) -> Fault:
    fault = Message(mark("The row has %(found)s cells and the first line names %(expected)s columns."), {"found": found, "expected": expected})
    return Fault(name, fault, Message(mark("Give it a cell for each column, and put quotation marks around cells with a delimiter.")), row=line)


def _refused(name: str, row: int, fault: Message, remedy: Message) -> ProblemsFound:
    return ProblemsFound([Fault(name, fault, remedy, row=row)])


# What a form asks


class Asked:
    """What one form version asks, as a CSV writes it: its columns, its questions that may stand in one column, its checks.

    Cells and whole questions repeat from row to row, so what each means is remembered.
    """

    def __init__(self, definition: FormDefinition) -> None:
        self.definition = definition
        self.questions = {question.name: question for question in definition.questions()}
        known = [column for column in columns_of(definition) if column.kind != "code" and column.question not in RESERVED]
        self.columns = {column.key: column for column in known}
        self.lists = {name for name, question in self.questions.items() if question.kind == "several"}
        self._cells: dict[tuple[str, str], tuple[Any, str | None] | CellError] = {}
        self._checked: dict[tuple[str, str], list[Problem]] = {}

    @property
    def names(self) -> set[str]:
        """Every name that a column of the file may have for this form."""
        return {*self.columns, *(f"{key}:why" for key in self.columns), *self.lists}

    def parse(self, key: str, cell: str) -> tuple[Any, str | None]:
        """The value of a cell, or why there is none; CellError when the cell means nothing here."""
        if (key, cell) not in self._cells:
            self._cells[key, cell] = self._parse(self.columns[key], cell)
        found = self._cells[key, cell]
        if isinstance(found, CellError):
            raise found
        return found

    def _parse(self, column: Column, cell: str) -> tuple[Any, str | None] | CellError:
        try:
            return type_of(self.questions[column.question].kind).parse(column, cell)
        except CellError as fault:
            return fault

    def parse_list(self, name: str, cell: str) -> Answers:
        """The cells of a several-choices question written in one column, its options separated by ``;``."""
        options = {key: column for key, column in self.columns.items() if column.question == name and column.kind == "flag"}
        if why := why_of_cell(cell):
            return {f"{key}:why": why for key in options}
        spoken = {folded(word): key for key, column in options.items() for word in (column.part, *self._labels(name, column.part))}
        chosen = {self._option(spoken, word, options.values()) for word in cell.split(";") if word.strip()}
        return {key: int(key in chosen) for key in options}

    def _labels(self, name: str, option: str) -> Iterator[str]:
        for choice in self.questions[name].choices:
            if choice.value == option:
                yield from (words for _language, words in choice.label.words)

    def _option(self, spoken: Mapping[str, str], word: str, options: Iterable[Column]) -> str:
        if folded(word) not in spoken:
            known = ", ".join(column.part for column in options)
            fault = Message(mark("“%(found)s” is not one of the answers."), {"found": short(word.strip())})
            raise CellError(fault, Message(mark("Write one of %(known)s, or its label in a language of the form."), {"known": short(known, 200)}))
        return spoken[folded(word)]

    def problems(self, answers: Answers, on: date) -> list[Problem]:
        """What the questions say of whole answers: too many options, a rank given twice, a day that is out of range."""
        found: list[Problem] = []
        for name, question in self.questions.items():
            if question.kind != "own_code" and type_of(question.kind).asks and name not in RESERVED:
                found += self._problems(question, answers)
                found += type_of(question.kind).problems_today(question, answers, on)
        return found

    def _problems(self, question: Question, answers: Answers) -> list[Problem]:
        posted = type_of(question.kind).write(question, self.definition, answers)
        if not posted:
            return []
        key = (question.name, repr(posted))
        if key not in self._checked:
            self._checked[key] = type_of(question.kind).read(question, self.definition, posted)[1]
        return self._checked[key]


# The rows


@dataclass
class Reading:
    """Reads the rows of one table. ``asked_in`` says what a round asks; ``groups`` is {word, folded: group key}."""

    table: Table
    asked_in: Callable[[str], Asked]
    groups: Mapping[str, str]
    faults: list[Fault] = field(default_factory=list)

    def check_header(self, names: Collection[str]) -> None:
        """Raise ProblemsFound with everything that is wrong with the first line; ``names`` are the forms' columns."""
        known = {*FIXED, *names}
        header = self.table.header
        found = [self._header_fault(name, MISSING_COLUMN, _ADD_COLUMN) for name in NEEDED if name not in header]
        for place, name in enumerate(header):
            if name in header[:place] and name:
                found.append(self._header_fault(name, TWICE_COLUMN, Message(mark("Keep one of them."))))
            elif name not in known:
                found.append(self._header_fault(name, UNKNOWN_COLUMN if name else UNNAMED_COLUMN, _like(name, known)))
        found += [
            self._header_fault(name, Message(mark("The question has a column of its own and columns for its options.")), _ONE_WAY)
            for name in header
            if name not in FIXED and f"{name}/" in {f"{other.split('/')[0]}/" for other in header if other != name and "/" in other}
            if name not in known - set(names) and self._is_list(name)
        ]
        if found:
            raise ProblemsFound(found)

    def _is_list(self, name: str) -> bool:
        return name in self.asked_in("").lists

    def _header_fault(self, column: str, fault: Message, remedy: Message) -> Fault:
        return Fault(self.table.name, fault, remedy, row=1, column=column or "—", value=column)
