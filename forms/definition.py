"""What a form is: frozen records of sections, questions, scales and choices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from forms.wording import Text

Required = Literal["no", "soft", "yes"]

#: Question names with a meaning of their own. ``group`` is the stakeholder group, ``circle`` is core or extended.
RESERVED = ("group", "circle")


@dataclass(frozen=True)
class Choice:
    """One option of a choice, several or ranking question."""

    value: str
    label: Text
    exclusive: bool = False  # "none of these": excludes all the others
    show_if: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a battery; its column key is ``question/row``."""

    value: str
    label: Text
    reverse: bool = False
    show_if: str = ""
    construct: str = ""  # empty: the question's construct


@dataclass(frozen=True)
class Scale:
    """Points lo..hi by step, with a label for some or all of them. ``labels`` are (point, Text) pairs."""

    name: str
    lo: int
    hi: int
    step: int = 1
    labels: tuple[tuple[int, Text], ...] = ()

    @property
    def points(self) -> tuple[int, ...]:
        return tuple(range(self.lo, self.hi + 1, self.step))

    def label(self, point: int) -> Text | None:
        return dict(self.labels).get(point)


@dataclass(frozen=True)
class Question:
    """One question. What only some kinds have (minimum, maximum, other, ...) stands in ``settings``,
    declared by the kind's own file in ``forms/questions/``."""

    name: str
    kind: str
    label: Text = Text()
    hint: Text = Text()
    message: Text = Text()  # own words when the answer is not valid
    interviewer_note: Text = Text()  # read by whoever interviews, never shown to who answers
    required: Required = "no"
    show_if: str = ""
    construct: str = ""
    reverse: bool = False
    unknown: bool = False  # offers "I do not know"
    refuse: bool = False  # offers "I prefer not to answer"
    sensitive: bool = False  # shown at k = 10 everywhere (privacy D1)
    scale: str = ""  # name of one of the form's scales
    choices: tuple[Choice, ...] = ()
    rows: tuple[Row, ...] = ()
    of_groups: bool = False  # choices (or battery rows) are the programme's stakeholder groups, filled in by bind()
    shuffle: bool = False  # rows or choices in an order seeded per person
    settings: tuple[tuple[str, Any], ...] = ()

    def setting(self, name: str, default: Any = None) -> Any:
        return dict(self.settings).get(name, default)


@dataclass(frozen=True)
class Section:
    """Questions under one title."""

    name: str
    title: Text = Text()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True)
class FormDefinition:
    """A whole form. ``languages`` in order, the first is the base."""

    name: str
    title: Text
    languages: tuple[str, ...]
    sections: tuple[Section, ...]
    intro: Text = Text()
    scales: tuple[Scale, ...] = ()
    minutes: int = 0  # stated time to answer; 0: estimated from the questions
    source: str = ""  # where the items come from
    licence: str = ""
    words: tuple[tuple[str, Text], ...] = ()  # what the places {name} in the texts say unless bind() is told otherwise

    def questions(self) -> Iterator[Question]:
        for section in self.sections:
            yield from section.questions

    def question(self, name: str) -> Question | None:
        return next((question for question in self.questions() if question.name == name), None)

    def scale(self, name: str) -> Scale | None:
        return next((scale for scale in self.scales if scale.name == name), None)
