"""A file of answers: what it may say (docs/answers-csv.md), row by row, with every fault of it at once.

Knows forms, not records: ``importing`` hands in what the rounds ask and stores what comes out.
"""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from forms.answers import holds
from forms.definition import RESERVED, Choice, FormDefinition, Question, Row
from forms.exchange.workbook import WorkbookRefused, is_workbook, read_workbook
from forms.messages import Message, Problem, Say, mark
from forms.questions import columns as columns_of
from forms.questions import type_of
from forms.questions.base import Answers, CellError
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
    """The table in ``content``: CSV, or the first sheet of a workbook.

    Raises ProblemsFound when it cannot be read as one, naming where, what and the remedy.
    """
    if is_workbook(content):
        return _of_workbook(content, name)
    text = _decoded(content, name)
    rows = _rows(text, _delimiter(text), name)
    if not rows:
        raise _refused(name, 1, Message(mark("The file is empty.")), Message(mark("Write the names of the columns in its first line.")))
    (_line_of_header, header), *others = rows
    names = tuple(cell.strip() for cell in header)
    whole = tuple((line, cells) for line, cells in others if len(cells) == len(names))
    ragged = tuple(_ragged(name, line, len(cells), len(names)) for line, cells in others if len(cells) != len(names))
    return Table(name, names, whole, ragged)


def _of_workbook(content: bytes, name: str) -> Table:
    try:
        sheet = next(sheet for sheet in read_workbook(content, name).sheets if sheet.rows)
    except WorkbookRefused as fault:
        raise ProblemsFound(fault.problems) from fault
    lines = [(line, row) for line, row in enumerate(sheet.rows, start=1) if any(cell.strip() for cell in row)]
    (_line_of_header, header), *others = lines
    kept = [place for place in range(len(header)) if any(row[place].strip() for _line, row in lines)]
    rows = tuple((line, [row[place] for place in kept]) for line, row in others)
    return Table(name, tuple(header[place].strip() for place in kept), rows)


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
    """The delimiter with which the first line names most of the fixed columns, or where it names none, most columns."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    unquoted = re.sub(r'"[^"]*"', "", first)
    return max(DELIMITERS, key=lambda delimiter: (_named(first, delimiter), unquoted.count(delimiter)))


def _named(line: str, delimiter: str) -> int:
    return len({cell.strip().strip('"').strip() for cell in line.split(delimiter)} & set(FIXED))


def _rows(text: str, delimiter: str, name: str) -> list[tuple[int, list[str]]]:
    """(line on which it begins, cells) of every row that says something."""
    csv.field_size_limit(LARGEST)  # a cell that is too long is a fault of that cell, not of the file
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
    fault = Message(
        mark("The row has %(found)s cells and the first line names %(expected)s columns."), {"found": found, "expected": expected}
    )
    return Fault(
        name, fault, Message(mark("Give it a cell for each column, and put quotation marks around cells with a delimiter.")), row=line
    )


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
        known = [column for column in columns_of(definition) if column.question not in RESERVED]
        self.columns = {column.key: column for column in known}
        self.together = {name: kind for name, question in self.questions.items() if (kind := type_of(question.kind)).comes_together}
        #: Every name that a column of the file may have for this form.
        self.names = frozenset([*self.columns, *(f"{key}:why" for key in self.columns), *self.together])
        self._cells: dict[tuple[str, str], Answers | CellError] = {}
        self._hides = any(
            question.show_if or question.of_groups or any(part.show_if for part in _parts(question)) for question in self.questions.values()
        )

    def read(self, name: str, cell: str) -> Answers:
        """The stored cells that one cell of the column ``name`` means; CellError when it means nothing here."""
        if (name, cell) not in self._cells:
            self._cells[name, cell] = self._read(name, cell)
        found = self._cells[name, cell]
        if isinstance(found, CellError):
            raise found
        return found

    def _read(self, name: str, cell: str) -> Answers | CellError:
        try:
            if name in self.together:
                return self.together[name].parse_together(self.questions[name], self.definition, cell)
            column = self.columns[name]
            value, why = type_of(self.questions[column.question].kind).parse(column, cell)
            return {f"{name}:why": why} if why else {name: value}
        except CellError as fault:
            return fault

    def complete(self, answers: Answers) -> Answers:
        """Where one option of several choices has a cell that says something, a blank option is one not ticked."""
        for name in self.together:
            flags = [key for key, column in self.columns.items() if column.question == name and column.kind == "flag"]
            if any(key in answers for key in flags):
                for key in flags:
                    if answers.get(f"{key}:why") == "blank":
                        del answers[f"{key}:why"]
                        answers[key] = 0
        return answers

    def without_hidden(self, answers: Answers) -> Answers:
        """The answers without those that a condition, or one's own group, excludes: these were not asked."""
        if not self._hides:
            return answers
        kept = dict(answers)
        for question in self.questions.values():
            keys = [key for key, column in self.columns.items() if column.question == question.name]
            out = {part.value for part in _parts(question) if not holds(part.show_if, kept)}
            out |= {str(kept.get("group"))} if question.of_groups and question.rows else set()
            shown = holds(question.show_if, kept)
            for key in keys:
                if not shown or self.columns[key].part in out or (key == question.name and kept.get(key) in out):
                    kept.pop(key, None)
                    kept[f"{key}:why"] = "not_asked"
        return kept

    def problems(self, answers: Answers, on: date) -> list[Problem]:
        """What the questions say of answers as a whole: too many options, a place given twice, a day out of range."""
        found: list[Problem] = []
        for name, question in self.questions.items():
            if name in RESERVED:
                continue
            type_ = type_of(question.kind)
            found += type_.problems_today(question, answers, on) + type_.problems_together(question, answers)
        return found


def _parts(question: Question) -> tuple[Choice | Row, ...]:
    return (*question.choices, *question.rows)


# The rows


class Rows:
    """Reads the rows of one table.

    ``asked_in`` is what each known round asks, ``latest`` what a round that is not there yet will ask; ``groups`` is
    {word, folded: group key}. ``faults`` gathers what is invalid.
    """

    def __init__(self, table: Table, asked_in: Mapping[str, Asked], latest: Asked, groups: Mapping[str, str]) -> None:
        self.table, self.asked_in, self.latest, self.groups = table, asked_in, latest, groups
        self.circles = _circles(latest.definition)
        self.faults = list(table.faults)
        self.names = set().union(*(asked.names for asked in {latest, *asked_in.values()}))
        self.extra = [name for name in table.header if name not in FIXED]
        self._check_header()

    def _check_header(self) -> None:
        """Raise ProblemsFound with everything that is wrong with the first line."""
        header = self.table.header
        found = [self._in_header(name, Message(mark("This column is missing.")), _ADD_COLUMN) for name in NEEDED if name not in header]
        for place, name in enumerate(header):
            if name and name in header[:place]:
                found.append(
                    self._in_header(name, Message(mark("There are two columns of this name.")), Message(mark("Keep one of them.")))
                )
            elif name not in FIXED and name not in self.names:
                found.append(self._in_header(name, Message(mark("The form has no such column.")), self._like(name)))
            elif name in self.latest.together and any(other.startswith(f"{name}/") and not other.endswith("/comment") for other in header):
                fault = Message(mark("The question has a column of its own and columns for its options."))
                found.append(self._in_header(name, fault, Message(mark("Keep one of the two ways."))))
        if found:
            raise ProblemsFound(found)

    def _in_header(self, column: str, fault: Message, remedy: Message) -> Fault:
        return Fault(self.table.name, fault, remedy, row=1, column=column or "–", value=column)

    def _like(self, name: str) -> Message:
        near = difflib.get_close_matches(name, [*FIXED, *sorted(self.names)], n=3, cutoff=0.6)
        if near:
            return Message(mark("Did you mean %(names)s? Rename the column or remove it."), {"names": ", ".join(near)})
        return Message(mark("Rename it to the key of a question, or remove it."))

    def drafts(self) -> Iterator[Draft]:
        """The valid rows, in order; the others go into ``faults``."""
        for line, cells in self.table.rows:
            draft = _Row(self, line, cells).draft()
            if draft is not None:
                yield draft


class _Row:
    """One row on its way to a draft: every cell is read, whatever was wrong with those before it."""

    def __init__(self, rows: Rows, line: int, cells: Sequence[str]) -> None:
        self.rows, self.line = rows, line
        self.cells = dict(zip(rows.table.header, cells, strict=True))
        self.faults: list[Fault] = []

    def draft(self) -> Draft | None:
        key, response_id = self._name("round"), self._name("response_id")
        asked = self.rows.asked_in.get(key, self.rows.latest)
        moment = self._moment()
        group, circle = self._one_of("group", self.rows.groups), self._one_of("circle", self.rows.circles)
        language = self._language(asked.definition.languages)
        answers = self._answers(asked)
        if moment is not None and not self.faults:
            answers = self._shown(asked, answers, group, circle)
            self._check(asked, answers, moment.date())
        if moment is None or self.faults:
            self.rows.faults += self.faults
            return None
        code = self.cells.get("respondent_code", "").strip()
        return Draft(self.line, response_id, key, _in_utc(moment), moment.date(), group, circle, code, language, answers)

    def _fault(self, column: str, fault: Message, remedy: Message) -> None:
        self.faults.append(Fault(self.rows.table.name, fault, remedy, row=self.line, column=column, value=self.cells.get(column, "")))

    def _name(self, column: str) -> str:
        name = self.cells[column].strip()
        if not name:
            self._fault(column, Message(mark("This cell is blank.")), Message(mark("Every row needs it.")))
        elif len(name) > LONGEST or not name.isprintable():
            fault = Message(mark("This is no name: it is too long, or has characters that cannot be seen."))
            self._fault(column, fault, Message(mark("Use at most %(count)s letters, digits and signs."), {"count": LONGEST}))
        return name

    def _moment(self) -> datetime | None:
        said = self.cells["date"].strip()
        try:
            if _DAY.fullmatch(said):
                return datetime.fromisoformat(said)
        except ValueError:
            pass
        fault = Message(mark("This is not a date of the calendar written as year-month-day."))
        self._fault("date", fault, Message(mark("Write it like 2026-03-31, with the time after it if you want: 2026-03-31T18:30.")))
        return None

    def _one_of(self, column: str, known: Mapping[str, str]) -> str | None:
        cell = self.cells.get(column, "")
        if why_of_cell(cell):
            return None
        if folded(cell) not in known:
            fault = Message(mark("“%(found)s” is not one of the answers."), {"found": short(cell)})
            names = ", ".join(dict.fromkeys(known.values()))
            self._fault(column, fault, Message(mark("Write one of %(known)s, or its label in a language of the form."), {"known": names}))
        return known.get(folded(cell))

    def _language(self, languages: Sequence[str]) -> str:
        said = self.cells.get("lang", "").strip().lower() or languages[0]
        if said not in languages:
            fault = Message(mark("The form is not written in this language."))
            self._fault("lang", fault, Message(mark("Write one of %(known)s, or nothing."), {"known": ", ".join(languages)}))
        return said

    def _answers(self, asked: Asked) -> Answers:
        """The stored cells of the row: what the file has no column for was not asked."""
        answers: Answers = {f"{key}:why": "not_asked" for key in asked.columns}
        whys: dict[str, str] = {}
        for name in self.rows.extra:
            cell = self.cells[name]
            if name in asked.names and name.endswith(":why"):
                whys[name] = cell
            elif name in asked.names:
                self._take(asked, name, cell, answers)
            elif cell.strip():
                fault = Message(mark("The form of this round does not ask this."))
                self._fault(name, fault, Message(mark("Leave the cell blank, or write the row under a round that asks it.")))
        for name, cell in whys.items():
            self._take_why(name, cell, answers)
        return answers

    def _take(self, asked: Asked, name: str, cell: str, answers: Answers) -> None:
        try:
            found = asked.read(name, cell)
        except CellError as fault:
            self._fault(name, fault.fault, fault.remedy)
            return
        for key in found:
            if not key.endswith(":why"):
                answers.pop(f"{key}:why", None)
        answers |= found

    def _take_why(self, name: str, cell: str, answers: Answers) -> None:
        """A cell of a ``:why`` column says why its answer is missing; beside an answer it must be blank."""
        key, why = name.removesuffix(":why"), cell.strip().lower()
        if not why:
            return
        if why not in WHYS:
            self._fault(
                name,
                Message(mark("This is no reason for a missing answer.")),
                Message(mark("Write one of %(known)s, or nothing."), {"known": ", ".join(WHYS)}),
            )
        elif key in answers:
            fault = Message(mark("There is an answer and a reason for its being missing."))
            self._fault(name, fault, Message(mark("Leave one of the two cells blank.")))
        else:
            answers[name] = why

    def _shown(self, asked: Asked, answers: Answers, group: str | None, circle: str | None) -> Answers:
        """The answers without those that the form's conditions, or one's own group, exclude."""
        reserved = {name: value for name, value in {"group": group, "circle": circle}.items() if value is not None}
        kept = asked.without_hidden({**asked.complete(answers), **reserved})
        return {name: value for name, value in kept.items() if name not in reserved}

    def _check(self, asked: Asked, answers: Answers, on: date) -> None:
        for problem in asked.problems(answers, on):
            parts = (name for name in self.cells if name.startswith(f"{problem.place}/") and self.cells[name].strip())
            column = problem.place if problem.place in self.cells else next(parts, problem.place)
            self._fault(column, problem.fault, problem.remedy)


_ADD_COLUMN = Message(mark("Add it to the first line; columns are separated by commas, semicolons or tabs."))


def _in_utc(moment: datetime) -> datetime:
    """A moment that can be compared with the others; one without a zone is read as UTC."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _circles(definition: FormDefinition) -> dict[str, str]:
    """The words for core and extended: the codes, and the labels of the form if it asks."""
    asked = definition.question("circle")
    found = {circle: circle for circle in ("core", "extended")}
    for choice in asked.choices if asked else ():
        found |= {folded(words): choice.value for _language, words in choice.label.words}
    return found


def group_words(groups: Iterable[tuple[str, Iterable[str]]]) -> dict[str, str]:
    """{word, folded: group key} of (key, names) pairs; a key wins over another group's name."""
    pairs = [(key, list(names)) for key, names in groups]
    return {folded(name): key for key, names in pairs for name in names if name} | {folded(key): key for key, _names in pairs}
