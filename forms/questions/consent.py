"""Consent: one tick, never ticked beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField

from forms.definition import FormDefinition, Question
from forms.messages import Message, Problem, mark
from forms.questions.base import Answers, Circle, Column, QuestionType, Space, Why
from forms.questions.faults import TICK, fault_in, not_offered
from forms.questions.text import parse_flag
from forms.questions.yes_no import flag_column

_NOT_GIVEN = Message(mark("Without this agreement the answers cannot be taken."))


class Consent(QuestionType):
    """Stored: 1 when ticked, else 0. With ``required: yes`` nothing is taken without the tick."""

    kind = "consent"
    name = mark("Consent")
    may_skip = False
    may_require = ("yes",)
    needed = mark("Without this tick we cannot take your answers.")

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return (flag_column(question),)

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        return (Space(question.name, "tick", circles=(Circle("1", "1"),)),)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        return BooleanField(question.label.in_language(language), description=question.hint.in_language(language), false_values=("", "0"))

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        if not set(posted.get(question.name, ())) <= TICK:
            return {question.name: 0}, [not_offered(question)]
        ticked = int("1" in posted.get(question.name, ()))
        if ticked or question.required != "yes":
            return {question.name: ticked}, []
        remedy = Message(mark("Tick it if you agree. If you do not, close this page: nothing is kept."))
        return {question.name: 0}, [Problem(question.name, _NOT_GIVEN, remedy)]

    def problems_together(self, question: Question, answers: Answers) -> list[Problem]:
        if question.required != "yes" or answers.get(question.name) != 0:
            return []
        return [Problem(question.name, _NOT_GIVEN, Message(mark("Take this row out of the file.")))]

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        return {question.name: ["1"]} if answers.get(question.name) == 1 else {}

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        return parse_flag(column, cell)

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        if question.required != "soft":
            return []
        return [fault_in(question, mark("A tick cannot be asked for once more."), mark("Write yes or no."), "required")]
