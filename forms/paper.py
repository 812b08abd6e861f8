"""A form on paper: its questions numbered as they are printed, and what is typed from a filled sheet as a page would send it.

What is typed is only translated here (the number of an option to its value); whether it is right is for ``read_answers``
to say, as for every other way in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from forms.answers import marks_offered
from forms.definition import FormDefinition, Question
from forms.questions import marks, type_of
from forms.questions.base import Space
from forms.wording import Text

#: What is typed for "I do not know" and "I prefer not to answer", where the sheet offers them.
TYPED_MARKS = {"n": marks.UNKNOWN, "r": marks.REFUSED}
TYPED_FOR = {value: letter for letter, value in TYPED_MARKS.items()}


@dataclass(frozen=True)
class PaperQuestion:
    """A question as it stands on a sheet. number: "" for a note. offered: of ``~unknown`` and ``~refused``."""

    question: Question
    number: str
    spaces: tuple[Space, ...]
    offered: tuple[str, ...]


def on_paper(definition: FormDefinition) -> FormDefinition:
    """The form as it is read from a filled sheet: paper cannot insist, so what was left blank is a blank.

    Only a consent that must be given still must be.
    """
    sections = tuple(replace(section, questions=tuple(map(_lenient, section.questions))) for section in definition.sections)
    return replace(definition, sections=sections)


def _lenient(question: Question) -> Question:
    if question.kind == "consent" or question.required == "no":
        return question
    return replace(question, required="no", refuse=question.refuse or question.required == "yes")


def paper_questions(definition: FormDefinition) -> tuple[PaperQuestion, ...]:
    """Every question in the order of the sheet; those that ask something are numbered from 1."""
    found, number = [], 0
    for question in definition.questions():
        type_ = type_of(question.kind)
        number += type_.asks
        spaces = type_.spaces(question, definition) if type_.asks else ()
        found.append(PaperQuestion(question, str(number) if type_.asks else "", spaces, marks_offered(definition, question)))
    return tuple(found)


def all_spaces(definition: FormDefinition) -> Iterator[tuple[PaperQuestion, Space]]:
    """Everything that can be filled in on a sheet, in order."""
    return ((asked, space) for asked in paper_questions(definition) for space in asked.spaces)


class Typed:
    """What a page would send: several values per name."""

    def __init__(self, values: Mapping[str, Sequence[str]]) -> None:
        self.values = values

    def getlist(self, name: str, /) -> list[str]:
        return list(self.values.get(name, ()))


def posted_of(definition: FormDefinition, typed: Mapping[str, str]) -> dict[str, list[str]]:
    """What was typed into each space, {name of the space: signs}, as a page would send it."""
    posted: dict[str, list[str]] = {}
    for asked, space in all_spaces(definition):
        for name, values in _posted(asked, space, typed.get(space.name, "").strip()).items():
            posted[name] = [*posted.get(name, ()), *values]
    return posted


def _posted(asked: PaperQuestion, space: Space, said: str) -> dict[str, list[str]]:
    if not said:
        return {}
    meant = TYPED_MARKS.get(said.casefold(), "")
    if meant in asked.offered and space.says_why:
        return {space.says_why: [meant]}
    if space.look == "squares":
        return {space.name: [_value(space, number) for number in said.replace(",", " ").replace(";", " ").split()]}
    return {space.name: [_value(space, said)]}


def _value(space: Space, said: str) -> str:
    """The value of a printed number. What is not printed stays what was typed, made so that it is no option by accident."""
    known = {circle.number: circle.value for circle in space.circles}
    if space.look == "tick" and said.casefold() == "x":
        return "1"
    if said in known:
        return known[said]
    return f"~ {said}" if space.look in ("circles", "squares", "tick") else said


def typed_of(definition: FormDefinition, posted: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What would be typed for what a page sends: the way back from ``posted_of``."""
    typed: dict[str, str] = {}
    for _asked, space in all_spaces(definition):
        numbers = {circle.value: circle.number for circle in space.circles}
        said = [numbers.get(value, value) for value in posted.get(space.name, ()) if value not in TYPED_FOR]
        why = [TYPED_FOR[value] for value in posted.get(space.says_why, ()) if value in TYPED_FOR] if space.says_why else []
        if said or why:
            typed[space.name] = " ".join(said or why)
    return typed


def meant_by(asked: PaperQuestion, space: Space, typed: str) -> tuple[Text | str, ...]:
    """The labels of what was typed, one for each number; a mark as itself; () where a number has no label."""
    said = typed.strip()
    if (value := TYPED_MARKS.get(said.casefold(), "")) and value in asked.offered and space.says_why:
        return (value,)
    labels = {circle.number: circle.label for circle in space.circles}
    numbers = said.replace(",", " ").replace(";", " ").split() if space.look == "squares" else [said]
    return tuple(labels[number] for number in numbers if labels.get(number))
