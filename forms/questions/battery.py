"""Several rows that share a scale. With ``of_groups`` the rows are the programme's stakeholder groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Form, FormField

from forms.definition import FormDefinition, Question, Row
from forms.messages import Problem, mark
from forms.questions import marks
from forms.questions.base import Answers, Column, QuestionType, Space, Why, space_of
from forms.questions.faults import faults_of_parts
from forms.questions.scale import parse_rating, rating_column, rating_field, read_rating, scale_of, write_rating


class Battery(QuestionType):
    """Stored: one rating per row, in ``question/row``."""

    kind = "battery"
    name = mark("Battery of rows on one scale")
    needs = ("rows", "scale")
    may_measure = True
    has_blocks = True
    may_have = ("reverse", "shuffle", "of_groups")

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return tuple(self.column(question, row, form) for row in question.rows)

    def column(self, question: Question, row: Row, form: FormDefinition) -> Column:
        label = marks.joined(question.label, row.label)
        construct, reverse = row.construct or question.construct, row.reverse or question.reverse
        return rating_column(question, form, row.value, label, construct=construct, reverse=reverse)

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        return tuple(space_of(self.column(question, row, form), row.label, row.show_if) for row in question.rows)

    def seconds(self, question: Question) -> int:
        return 8 * len(question.rows)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        scale = scale_of(question, form)
        rows = {row.value: rating_field(row.label, scale, language) for row in question.rows}
        return FormField(type("BatteryForm", (Form,), rows), question.label.in_language(language), separator="/")

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        answers: Answers = {}
        problems: list[Problem] = []
        for row in question.rows:
            said, faults = read_rating(f"{question.name}/{row.value}", scale_of(question, form), posted)
            answers, problems = answers | said, problems + faults
        return answers, problems

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        written: dict[str, list[str]] = {}
        for row in question.rows:
            written |= write_rating(f"{question.name}/{row.value}", answers)
        return written

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        return parse_rating(column, cell)

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        return faults_of_parts(question, question.rows, "rows")
