"""The participant's own code: five elements that nobody else can put together (privacy d). Never stored, never logged.

The elements leave the form in ``Sent.own_code`` and nowhere else; ``surveys.linking`` keeps keyed hashes of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Form, FormField, StringField

from forms.definition import FormDefinition, Question
from forms.messages import Message, Problem, mark
from forms.questions import marks
from forms.questions.base import Answers, Column, QuestionType, Space
from forms.wording import Text

ELEMENTS = ("mother", "father", "town", "siblings", "day")
INITIALS = ("mother", "father", "town")
MOST_SIBLINGS = 9

LABELS = {
    "mother": Text.of(
        {
            "es": "Primera letra del nombre de su madre",
            "en": "First letter of your mother’s first name",
            "pt": "Primeira letra do nome da sua mãe",
        }
    ),
    "father": Text.of(
        {
            "es": "Primera letra del nombre de su padre",
            "en": "First letter of your father’s first name",
            "pt": "Primeira letra do nome do seu pai",
        }
    ),
    "town": Text.of(
        {
            "es": "Primera letra del lugar donde nació",
            "en": "First letter of the town where you were born",
            "pt": "Primeira letra do lugar onde você nasceu",
        }
    ),
    "siblings": Text.of(
        {
            "es": "Número de hermanos y hermanas mayores (0 a 9)",
            "en": "Number of older brothers and sisters (0 to 9)",
            "pt": "Número de irmãos e irmãs mais velhos (0 a 9)",
        }
    ),
    "day": Text.of(
        {
            "es": "Día del mes en que nació (1 a 31)",
            "en": "Day of the month on which you were born (1 to 31)",
            "pt": "Dia do mês em que você nasceu (1 a 31)",
        }
    ),
}


def element_of(element: str, said: str) -> str | None:
    """One element in its only form, or None when it is not possible. Of a whole name only the initial is kept.

    >>> element_of("mother", " María "), element_of("siblings", "12"), element_of("day", "07"), element_of("day", "32")
    ('m', '9', '7', None)
    """
    if element in INITIALS:
        return _initial(said)
    if not (said.isascii() and said.isdigit() and len(said) <= 3):
        return None
    number = int(said)
    if element == "siblings":
        return str(min(number, MOST_SIBLINGS))
    return str(number) if 1 <= number <= 31 else None


def _initial(said: str) -> str | None:
    first = unicodedata.normalize("NFC", said.strip())[:1].casefold()[:1]
    if first == "ñ":
        return first
    plain = unicodedata.normalize("NFD", first)[:1]
    return plain if plain.isalpha() else None


class OwnCode(QuestionType):
    """All five elements, or none: leaving it blank is always possible. It has no column."""

    kind = "own_code"
    name = mark("Own code")
    may_skip = False
    may_require = ()
    has_blocks = True

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return ()

    def controls(self, question: Question) -> tuple[str, ...]:
        return ELEMENTS

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        rooms = {"day": 2}
        return tuple(Space(f"{question.name}/{element}", "boxes", LABELS[element], room=rooms.get(element, 1)) for element in ELEMENTS)

    def seconds(self, question: Question) -> int:
        return 30

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        parts = {element: StringField(LABELS[element].in_language(language)) for element in ELEMENTS}
        return FormField(type("OwnCodeForm", (Form,), parts), question.label.in_language(language), separator="/")

    def elements(self, question: Question, posted: Mapping[str, Sequence[str]]) -> dict[str, str] | None:
        """The five elements, or None when the code is blank or cannot be read."""
        given = {element: element_of(element, marks.first(posted, f"{question.name}/{element}")) for element in ELEMENTS}
        found = {element: said for element, said in given.items() if said is not None}
        return found if len(found) == len(ELEMENTS) else None

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        said = {element: marks.first(posted, f"{question.name}/{element}") for element in ELEMENTS}
        if not any(said.values()):
            return {}, []
        return {}, [problem for element in ELEMENTS if (problem := self.fault(question, element, said[element]))]

    def fault(self, question: Question, element: str, said: str) -> Problem | None:
        """What is wrong with one element of a code that is not blank. What was typed is never repeated."""
        if said and element_of(element, said) is not None:
            return None
        place = f"{question.name}/{element}"
        if not said:
            remedy = Message(mark("Fill in all five parts, or leave all empty."))
            return Problem(place, Message(mark("A part of the code is empty.")), remedy)
        remedies = {"siblings": mark("Write a number from 0 to 9."), "day": mark("Write a number from 1 to 31.")}
        return Problem(
            place, Message(mark("This part of the code cannot be read.")), Message(remedies.get(element, mark("Write one letter.")))
        )

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        return {}
