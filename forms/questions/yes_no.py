"""Yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from forms.definition import FormDefinition, Question
from forms.messages import Problem, mark
from forms.questions import marks
from forms.questions.base import Answers, Column, QuestionType, Why
from forms.questions.faults import not_offered
from forms.questions.text import parse_flag

FLAG_LABELS = (("1", marks.YES), ("0", marks.NO))


def flag_column(question: Question) -> Column:
    return Column(question.name, question.name, "", "flag", question.label, sensitive=question.sensitive, labels=FLAG_LABELS)


class YesNo(QuestionType):
    """Stored: 1 for yes, 0 for no."""

    kind = "yes_no"
    name = mark("Yes or no")

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return (flag_column(question),)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        shown = [SelectChoice(value, label.in_language(language)) for value, label in FLAG_LABELS]
        return RadioField(question.label.in_language(language), choices=shown, description=question.hint.in_language(language))

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        key = question.name
        if why := marks.why_of_posted(posted.get(key, ())):
            return marks.missing(key, why), []
        said = marks.first(posted, key)
        if said in ("1", "0"):
            return {key: int(said)}, []
        return marks.missing(key, "blank"), [not_offered(question)] if said else []

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        key = question.name
        return {key: [str(answers[key])]} if key in answers else marks.marked(answers, key)

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        return parse_flag(column, cell)
