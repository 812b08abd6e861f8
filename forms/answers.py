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
from forms.markup import plain
from forms.messages import Message, Problem, mark
from forms.questions import marks, type_of
from forms.questions.base import Answers, Column
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


def leaves_out_own_group(question: Question) -> bool:
    """Whether rows about stakeholder groups are hidden by one's own group and by nothing else."""
    read = {name for row in question.rows if row.show_if for name in condition_of(row.show_if).names}
    return question.of_groups and read == {"group"}


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
    type_ = type_of(question.kind)
    names = {question.name, *(f"{question.name}/{part}" for part in type_.controls(question))}
    names |= {column.key for column in type_.columns(question, definition)}
    return {name: values for name in names if (values := posted.getlist(name))}


@dataclass(frozen=True)
class _Now:
    language: str
    today: date
    routes: bool


def _take(question: Question, definition: FormDefinition, values: Mapping[str, Sequence[str]], now: _Now, sent: Sent) -> None:
    """Read one asked question into ``sent``."""
    type_ = type_of(question.kind)
    asked, known = _without_excluded(question, as_asked(question, sent.answers), values)
    answers, problems = type_.read(asked, definition, known)
    problems = problems + type_.problems_today(asked, answers, now.today) + _unoffered(question, values, now.routes)
    not_asked = [column for column in type_.columns(question, definition) if not {column.key, f"{column.key}:why"} & answers.keys()]
    sent.answers.update(answers | marks.all_missing(not_asked, "not_asked"))
    own_words = plain(question.message.in_language(now.language, definition.languages[0] if definition.languages else None))
    sent.problems.extend(_in_own_words(problem, own_words) for problem in problems)
    if not problems and type_.asks:
        _note_blanks(question, type_.columns(asked, definition), own_words, sent)


def _without_excluded(
    question: Question, asked: Question, values: Mapping[str, Sequence[str]]
) -> tuple[Question, Mapping[str, Sequence[str]]]:
    """The question as it is read, and the values without the options that a condition has taken out of it."""
    out = {choice.value for choice in question.choices} - {choice.value for choice in asked.choices}
    return type_of(question.kind).leave_out(question, asked, out, values) if out else (asked, values)


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
    type_ = type_of(question.kind)
    if not blank or (len(blank) < len(main) and not type_.needs_every_part):
        return
    places = [column.key for column in blank] if type_.has_blocks else [question.name]
    if question.required == "yes":
        fault, remedy = Message(mark("This question needs an answer.")), _way_out(question)
        sent.problems.extend(_in_own_words(Problem(place, fault, remedy), own_words) for place in places)
    else:
        fault, remedy = Message(mark("There is no answer here yet.")), Message(mark("You can answer it, or leave it blank."))
        sent.problems.extend(Problem(place, fault, remedy, blocks=False) for place in places)


def _way_out(question: Question) -> Message:
    if type_of(question.kind).is_written:
        return Message(mark("Write an answer, or choose “I prefer not to answer”."))
    return Message(mark("Choose an answer, or “I prefer not to answer”."))


def write_posted(definition: FormDefinition, answers: Mapping[str, Any]) -> dict[str, list[str]]:
    """Stored answers as a page would send them, to draw it again."""
    written: dict[str, list[str]] = {}
    for question in definition.questions():
        written |= type_of(question.kind).write(question, definition, dict(answers))
    return written
