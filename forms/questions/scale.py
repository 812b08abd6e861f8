"""One rating on a scale: any points, 0 to 10 included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from forms.definition import FormDefinition, Question, Scale
from forms.messages import Message, Problem, mark
from forms.questions import marks
from forms.questions.base import Answers, CellError, Column, QuestionType, Why
from forms.wording import Text

NO_SCALE = Scale("", 1, 1)  # stands in for a scale that is not there, so that check() can go on and tell it


def scale_of(question: Question, form: FormDefinition) -> Scale:
    return form.scale(question.scale) or NO_SCALE


def labels_of(scale: Scale) -> tuple[tuple[str, Text], ...]:
    """Every point with its label; a point without one is its own number."""
    return tuple((str(point), scale.label(point) or Text()) for point in scale.points)


def rating_column(question: Question, form: FormDefinition, part: str = "", label: Text | None = None, **more: Any) -> Column:
    """A column that holds a point of the question's scale."""
    scale = scale_of(question, form)
    details: dict[str, Any] = {"construct": question.construct, "reverse": question.reverse, "sensitive": question.sensitive}
    return Column(
        f"{question.name}/{part}" if part else question.name,
        question.name,
        part,
        "scale",
        question.label if label is None else label,
        lo=float(scale.lo),
        hi=float(scale.hi),
        step=float(scale.step),
        labels=labels_of(scale),
        **(details | more),
    )


def rating_field(words: Text, scale: Scale, language: str, hint: Text | None = None) -> Any:
    shown = [SelectChoice(str(point), (scale.label(point) or Text()).in_language(language) or str(point)) for point in scale.points]
    return RadioField(words.in_language(language), choices=shown, description=hint.in_language(language) if hint else "")


def read_rating(key: str, scale: Scale, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
    """One posted rating to one stored cell."""
    if why := marks.why_of_posted(posted.get(key, ())):
        return marks.missing(key, why), []
    said = marks.first(posted, key)
    if not said:
        return marks.missing(key, "blank"), []
    point = point_of(said, scale)
    if point is None:
        fault = Message(mark("“%(found)s” is not on the scale."), {"found": marks.short(said)})
        return marks.missing(key, "blank"), [Problem(key, fault, Message(mark("Choose one of the points shown.")))]
    return {key: point}, []


def point_of(said: str, scale: Scale) -> int | None:
    number = marks.number_of(said)
    return int(number) if number is not None and number in scale.points else None


def parse_rating(column: Column, cell: str) -> tuple[Any, Why | None]:
    """A cell that holds a point, or its label in any language; never clipped, never rounded."""
    if why := marks.why_of_cell(cell):
        return None, why
    scale = Scale("", int(column.lo or 0), int(column.hi or 0), int(column.step or 1))
    point = point_of(cell, scale)
    if point is not None:
        return point, None
    try:
        return int(marks.value_of_cell(column, cell)), None
    except CellError:
        fault = Message(mark("“%(found)s” is not on the scale."), {"found": marks.short(cell)})
        remedy = mark("Write a point from %(lowest)s to %(highest)s, or its label.")
        raise CellError(fault, Message(remedy, {"lowest": scale.lo, "highest": scale.hi})) from None


def write_rating(key: str, answers: Answers) -> dict[str, list[str]]:
    return {key: [str(answers[key])]} if key in answers else marks.marked(answers, key)


class Rating(QuestionType):
    """Stored: the point as an integer, never reversed."""

    kind = "scale"
    name = mark("Scale")
    needs = ("scale",)
    may_measure = True
    may_have = ("reverse",)

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return (rating_column(question, form),)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        return rating_field(question.label, scale_of(question, form), language, question.hint)

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        return read_rating(question.name, scale_of(question, form), posted)

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        return write_rating(question.name, answers)

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        return parse_rating(column, cell)
