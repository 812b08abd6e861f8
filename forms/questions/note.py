"""A note: words to read, nothing to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from forms.definition import FormDefinition, Question
from forms.messages import Problem, mark
from forms.questions.base import Answers, Column, QuestionType


class Note(QuestionType):
    """Its words are the label; the hint stands below in small."""

    kind = "note"
    name = mark("Note")
    asks = False
    may_skip = False
    may_require = ()

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return ()

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        return None

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        return {}, []

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        return {}
