"""A number, whole or with decimals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from wtforms import StringField

from forms.definition import FormDefinition, Question
from forms.messages import Message, Problem, mark
from forms.questions import marks
from forms.questions.base import Answers, CellError, Column, QuestionType, SettingField, Space, Why, space_of
from forms.questions.faults import faults_of_bounds
from forms.wording import Text

Fault = tuple[Message, Message]

_DECIMAL_COMMA = re.compile(r"[^,]*,(?:\d{1,2}|\d{4,})")


def said_number(number: float) -> str:
    """A number as it is typed: no trailing zeros, no exponent.

    >>> said_number(3.0), said_number(2.5), said_number(0.00001)
    ('3', '2.5', '0.00001')
    """
    return str(int(number)) if number == int(number) else format(Decimal(repr(number)), "f")


def number_said(words: str) -> float | None:
    """A number as people type it: the comma that many keyboards offer is a point, unless it may divide thousands.

    >>> number_said("12,5"), number_said("1,500"), number_said("12.5")
    (12.5, None, 12.5)
    """
    is_plain = _DECIMAL_COMMA.fullmatch(words.strip())
    return marks.number_of(words.replace(",", ".") if is_plain else words)


def _fault(said: str, lo: float | None, hi: float | None, step: float | None) -> Fault | None:
    number = number_said(said)
    if number is None:
        fault = Message(mark("“%(found)s” is not a number."), {"found": marks.short(said)})
        return fault, Message(mark("Write digits only, with a point for decimals: 12 or 12.5."))
    if lo is not None and number < lo:
        return Message(mark("%(found)s is too small."), {"found": said}), Message(
            mark("Write %(bound)s or more."), {"bound": said_number(lo)}
        )
    if hi is not None and number > hi:
        return Message(mark("%(found)s is too large."), {"found": said}), Message(
            mark("Write %(bound)s or less."), {"bound": said_number(hi)}
        )
    if step == 1 and number != int(number):
        return Message(mark("%(found)s has decimals."), {"found": said}), Message(mark("Write a whole number."))
    return None


class Number(QuestionType):
    """Stored: a float."""

    kind = "number"
    name = mark("Number")
    is_written = True
    settings = (
        SettingField("minimum", "number", mark("Smallest number"), None),
        SettingField("maximum", "number", mark("Largest number"), None),
        SettingField("whole", "flag", mark("Whole numbers only"), False),
        SettingField("unit", "words", mark("Unit, written after the number"), None),
    )

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        lo, hi = question.setting("minimum"), question.setting("maximum")
        step = 1.0 if question.setting("whole") else None
        return (
            Column(
                question.name,
                question.name,
                "",
                "number",
                question.label,
                lo=None if lo is None else float(lo),
                hi=None if hi is None else float(hi),
                step=step,
                sensitive=question.sensitive,
            ),
        )

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        return (replace(space_of(self.columns(question, form)[0]), unit=question.setting("unit") or Text()),)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        mode = {"inputmode": "numeric" if question.setting("whole") else "decimal"}
        return StringField(question.label.in_language(language), description=question.hint.in_language(language), render_kw=mode)

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        key = question.name
        if why := marks.why_nothing(posted, key):
            return marks.missing(key, why), []
        said = marks.first(posted, key)
        column = self.columns(question, form)[0]
        if fault := _fault(said, column.lo, column.hi, column.step):
            return marks.missing(key, "blank"), [Problem(key, *fault)]
        return {key: number_said(said)}, []

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        key = question.name
        return {key: [said_number(float(answers[key]))]} if key in answers else marks.marked(answers, key)

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        if why := marks.why_of_cell(cell):
            return None, why
        if fault := _fault(cell.strip(), column.lo, column.hi, column.step):
            raise CellError(*fault)
        return number_said(cell), None

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        return faults_of_bounds(question, "minimum", "maximum")
