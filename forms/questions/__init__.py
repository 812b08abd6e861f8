"""The registry: one file per kind of question, one explicit tuple."""

from __future__ import annotations

from forms.definition import FormDefinition
from forms.questions.base import Column, QuestionType
from forms.questions.battery import Battery
from forms.questions.before_now import BeforeNow
from forms.questions.choice import Choice, Several
from forms.questions.consent import Consent
from forms.questions.day import Day
from forms.questions.note import Note
from forms.questions.number import Number
from forms.questions.own_code import OwnCode
from forms.questions.ranking import Ranking
from forms.questions.scale import Rating
from forms.questions.text import LongText, ShortText
from forms.questions.yes_no import YesNo

TYPES: tuple[QuestionType, ...] = (
    Note(),
    ShortText(),
    LongText(),
    Choice(),
    Several(),
    Rating(),
    Battery(),
    BeforeNow(),
    Ranking(),
    Number(),
    Day(),
    YesNo(),
    Consent(),
    OwnCode(),
)

_BY_KIND = {question_type.kind: question_type for question_type in TYPES}
KINDS = tuple(_BY_KIND)


def type_of(kind: str) -> QuestionType:
    """The type of a kind; KeyError when there is none."""
    return _BY_KIND[kind]


def columns(definition: FormDefinition) -> tuple[Column, ...]:
    """The columns of all questions, in order. ``group`` and ``circle`` are among them; an own code has none."""
    return tuple(column for question in definition.questions() for column in type_of(question.kind).columns(question, definition))
