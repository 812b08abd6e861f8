"""What was sent, read against the form: typed answers, what is wrong, what was left open.

Questions are read in order. What a condition, or one's own group, excludes is dropped on arrival and stored as not asked,
never refused: without JavaScript every question is on the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from forms import conditions
from forms.definition import Choice, FormDefinition, Question, Row
from forms.messages import Message, Problem, mark
from forms.questions import marks, type_of
from forms.questions.base import Answers, CellError, Column, Why
from forms.questions.choice import Several
from forms.questions.own_code import OwnCode


class Posted(Protocol):
    """A form as it arrives: several values per name (werkzeug's MultiDict is one)."""

    def getlist(self, name: str, /) -> list[str]: ...


@dataclass(frozen=True)
class Sent:
    """Read answers, and what is wrong with them: each problem's place is the name of a control.

    A problem with ``blocks=False`` only asks to look again: a question with ``required: soft`` was left blank.

    answers: the document to store: a value per column, or ``key:why``; ``group`` and ``circle`` are still in it.
    own_code: the five elements of the participant's own code, or None; they belong nowhere but in ``surveys.linking``.
    """

    answers: Answers
    own_code: dict[str, str] | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def blocking(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.blocks]


@lru_cache(maxsize=4096)
def condition_of(text: str) -> conditions.Condition:
    """A parsed condition; the same text is parsed once."""
    return conditions.parse(text)


def holds(show_if: str, answers: Mapping[str, Any]) -> bool:
    """Whether something with this condition is asked; without a condition it is."""
    return not show_if or conditions.evaluate(condition_of(show_if), answers)


def routing_names(definition: FormDefinition) -> frozenset[str]:
    """The questions that a condition of the form reads."""
    texts = [question.show_if for question in definition.questions()]
    texts += [part.show_if for question in definition.questions() for part in _parts_of(question)]
    names = (name for text in texts if text for name in condition_of(text).names)
    return frozenset(name.partition("/")[0] for name in names)


def marks_offered(definition: FormDefinition, question: Question) -> tuple[str, ...]:
    """What the page offers instead of an answer: of ``~unknown`` and ``~refused``, in this order.

    A question that must be answered, or that decides what else is asked, can always be refused.
    """
    if not type_of(question.kind).may_skip:
        return ()
    refuse = question.refuse or question.required == "yes" or question.name in routing_names(definition)
    offered = ((marks.UNKNOWN, question.unknown), (marks.REFUSED, refuse))
    return tuple(said for said, is_offered in offered if is_offered)


def _parts_of(question: Question) -> tuple[Choice | Row, ...]:
    return (*question.choices, *question.rows)


def as_asked(question: Question, answers: Mapping[str, Any]) -> Question:
    """The question with only the options and rows that these answers leave in it."""
    if not any(part.show_if for part in _parts_of(question)):
        return question
    choices = tuple(choice for choice in question.choices if holds(choice.show_if, answers))
    rows = tuple(row for row in question.rows if holds(row.show_if, answers))
    return replace(question, choices=choices, rows=rows)


def read_answers(definition: FormDefinition, posted: Posted, language: str, today: date) -> Sent:
    """Everything that a page sent. ``language`` is that of the page: a question's own message is told in it."""
    routing = routing_names(definition)
    sent = Sent({})
    own_code = None
    for question in definition.questions():
        type_ = type_of(question.kind)
        if not holds(question.show_if, sent.answers):
            sent.answers.update(marks.all_missing(type_.columns(question, definition), "not_asked"))
            continue
        values = _values(question, definition, posted)
        if isinstance(type_, OwnCode):
            own_code = own_code or type_.elements(question, values)
        _take(question, definition, values, _Now(language, today, question.name in routing), sent)
    return replace(sent, own_code=own_code)


def _values(question: Question, definition: FormDefinition, posted: Posted) -> dict[str, Sequence[str]]:
    """The values of all controls of a question."""
    names = {question.name, *(f"{question.name}/{part}" for part in _parts(question))}
    names |= {column.key for column in type_of(question.kind).columns(question, definition)}
    return {name: values for name in names if (values := posted.getlist(name))}


def _parts(question: Question) -> tuple[str, ...]:
    return ("mother", "father", "town", "siblings", "day") if question.kind == "own_code" else ()


@dataclass(frozen=True)
class _Now:
    language: str
    today: date
    routes: bool


def _take(question: Question, definition: FormDefinition, values: Mapping[str, Sequence[str]], now: _Now, sent: Sent) -> None:
    """Read one asked question into ``sent``."""
    type_ = type_of(question.kind)
    asked = as_asked(question, sent.answers)
    known = _without_excluded(question, asked, values)
    answers, problems = type_.read(asked, definition, known)
    problems = problems + type_.problems_today(asked, answers, now.today) + _unoffered(question, values, now.routes)
    not_asked = [column for column in type_.columns(question, definition) if not {column.key, f"{column.key}:why"} & answers.keys()]
    sent.answers.update(answers | marks.all_missing(not_asked, "not_asked"))
    own_words = question.message.in_language(now.language, definition.languages[0] if definition.languages else None)
    sent.problems.extend(_in_own_words(problem, own_words) for problem in problems)
    if not problems and type_.asks:
        _note_blanks(question, type_.columns(asked, definition), own_words, sent)


def _without_excluded(question: Question, asked: Question, values: Mapping[str, Sequence[str]]) -> Mapping[str, Sequence[str]]:
    """The values without the options that a condition has taken out of the question."""
    out = {choice.value for choice in question.choices} - {choice.value for choice in asked.choices}
    if not out or question.name not in values:
        return values
    return {**values, question.name: [value for value in values[question.name] if value not in out]}


def _unoffered(question: Question, values: Mapping[str, Sequence[str]], routes: bool) -> list[Problem]:
    """Marks that the page does not offer for this question."""
    offered = {marks.UNKNOWN: question.unknown, marks.REFUSED: question.refuse or question.required == "yes" or routes}
    if not type_of(question.kind).may_skip or question.kind in ("short_text", "long_text"):
        offered = dict.fromkeys(offered, True)
    strange = [name for name, said in values.items() for value in said if not offered.get(value, True)]
    fault, remedy = Message(mark("That is not one of the answers to this question.")), Message(mark("Choose one of those shown."))
    return [Problem(name, fault, remedy) for name in strange]


def _in_own_words(problem: Problem, own_words: str) -> Problem:
    """The form's own message in place of ours."""
    return replace(problem, fault=Message("%(words)s", {"words": own_words}), remedy=Message("")) if own_words else problem


def _note_blanks(question: Question, columns: Sequence[Column], own_words: str, sent: Sent) -> None:
    """A problem where an answer must be given, a reminder where one is hoped for."""
    if question.required == "no":
        return
    main = [column for column in columns if column.part not in ("other", "comment", "quote")]
    blank = [column for column in main if sent.answers.get(f"{column.key}:why") == "blank"]
    if question.kind == "ranking" and len(blank) < len(main):
        return
    if not blank:
        return
    place = blank[0].key if question.kind in ("battery", "before_now") else question.name
    if question.required == "yes":
        fault, remedy = Message(mark("This question needs an answer.")), _way_out(question)
        sent.problems.append(_in_own_words(Problem(place, fault, remedy), own_words))
    else:
        fault, remedy = Message(mark("There is no answer here yet.")), Message(mark("You can answer it, or leave it blank."))
        sent.problems.append(Problem(place, fault, remedy, blocks=False))


def _way_out(question: Question) -> Message:
    if question.kind in ("short_text", "long_text", "number", "day"):
        return Message(mark("Write an answer, or choose “I prefer not to answer”."))
    return Message(mark("Choose an answer, or “I prefer not to answer”."))


def write_posted(definition: FormDefinition, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Stored answers as a page would send them, to draw it again."""
    written: dict[str, list[str]] = {}
    for question in definition.questions():
        written |= type_of(question.kind).write(question, definition, dict(answers))
    return written


# A row of a file -------------------------------------------------------------------------------------------------------


def cell_names(definition: FormDefinition) -> dict[str, str]:
    """{column of a file: question}: every column of the form, and ``key`` alone for questions with several choices."""
    names: dict[str, str] = {}
    for question in definition.questions():
        type_ = type_of(question.kind)
        names |= {column.key: question.name for column in type_.columns(question, definition)}
        if isinstance(type_, Several):
            names[question.name] = question.name
    return names


def read_cells(definition: FormDefinition, cells: Mapping[str, str], today: date) -> Sent:
    """One row of a file, ``{column: cell}``, to answers; each problem's place is the column.

    A blank or absent cell is a blank. Of a question with several choices either ``key/option`` is read or, when no such
    cell says anything, ``key`` alone with its options divided by semicolons. What a condition excludes is not asked.
    """
    sent = Sent({})
    for question in definition.questions():
        type_ = type_of(question.kind)
        columns = type_.columns(question, definition)
        if not holds(question.show_if, sent.answers):
            sent.answers.update(marks.all_missing(columns, "not_asked"))
            continue
        asked = {column.key for column in type_.columns(as_asked(question, sent.answers), definition)}
        answers = _read_question(question, definition, cells, sent)
        kept = {key: value for key, value in answers.items() if key.removesuffix(":why") in asked}
        sent.problems.extend(type_.problems_today(question, kept, today))
        out = [column for column in columns if column.key not in asked]
        sent.answers.update(kept | marks.all_missing(out, "not_asked"))
    return sent


def _read_question(question: Question, definition: FormDefinition, cells: Mapping[str, str], sent: Sent) -> Answers:
    type_ = type_of(question.kind)
    columns = type_.columns(question, definition)
    answers: Answers = {}
    for column in columns:
        answers |= _read_cell(column, type_.parse, cells.get(column.key) or "", sent)
    if isinstance(type_, Several):
        return _complete(type_, question, definition, answers, cells.get(question.name) or "", sent)
    if question.kind == "ranking":
        sent.problems.extend(_faults_of_ranking(question, answers))
    return answers


def _read_cell(column: Column, parse: Any, cell: str, sent: Sent) -> Answers:
    try:
        value, why = parse(column, cell)
    except CellError as fault:
        sent.problems.append(Problem(column.key, fault.fault, fault.remedy))
        return marks.missing(column.key, "blank")
    return {column.key: value} if why is None else marks.missing(column.key, why)


def _complete(type_: Several, question: Question, definition: FormDefinition, answers: Answers, together: str, sent: Sent) -> Answers:
    """Several choices: from one cell when the others are blank; else options without a cell count as not ticked."""
    flags = [column for column in type_.columns(question, definition) if column.kind == "flag"]
    given = [column for column in flags if answers.get(f"{column.key}:why") != "blank"]
    if not given and together.strip():
        try:
            return answers_without_whys(answers, flags) | type_.parse_together(question, definition, together)
        except CellError as fault:
            sent.problems.append(Problem(question.name, fault.fault, fault.remedy))
            return answers
    ticked = [column.part for column in flags if answers.get(column.key) == 1]
    if any(column.key in answers for column in flags):
        blank = [column for column in flags if answers.get(f"{column.key}:why") == "blank"]
        answers = answers_without_whys(answers, blank) | {column.key: 0 for column in blank}
    sent.problems.extend(replace(problem, place=question.name) for problem in (type_.faults(question, ticked) if ticked else []))
    return answers


def answers_without_whys(answers: Answers, columns: Sequence[Column]) -> Answers:
    gone = {f"{column.key}:why" for column in columns}
    return {key: value for key, value in answers.items() if key not in gone}


def _faults_of_ranking(question: Question, answers: Answers) -> list[Problem]:
    ranks = [value for key, value in answers.items() if not key.endswith(":why")]
    if len(set(ranks)) == len(ranks):
        return []
    fault = Message(mark("Two options have the same place."))
    return [Problem(question.name, fault, Message(mark("Give each place to one option.")))]


def why_of(answers: Mapping[str, Any], key: str) -> Why | None:
    """Why a column of a stored document has no value; None when it has one."""
    why: Why | None = answers.get(f"{key}:why")
    return why
