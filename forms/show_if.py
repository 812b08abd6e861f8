"""The conditions of a form against its questions: what they read must be there, be asked before, and be comparable."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from forms import conditions
from forms.definition import FormDefinition, Question
from forms.messages import mark
from forms.questions import KINDS, marks, type_of
from forms.questions.base import Column
from forms.questions.choice import options_of

Tell = Callable[..., None]

_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_ARITHMETIC = ("+", "-", "*", "/", "neg")
#: Kinds of questions of whose options each function can tell how many, or whether one, was chosen.
_FUNCTIONS = {"selected": ("choice", "several", "ranking"), "count_selected": ("several", "ranking")}


def check_conditions(form: FormDefinition, sound: Mapping[str, Sequence[Column]], tell: Tell) -> None:
    """Tell what is wrong with the conditions of questions, options and rows.

    sound: {question: its columns} of the questions that are sound enough to have some.
    """
    order = {question.name: position for position, question in reversed(list(enumerate(form.questions())))}
    for question in form.questions():
        place, reader = f"questions.{question.name}", _Reader(form, sound, order, question.name, tell)
        reader.check(question.show_if, f"{place}.show_if")
        for where, parts in (("choices", question.choices), ("rows", question.rows)):
            for part in parts:
                reader.check(part.show_if, f"{place}.{where}.{part.value}.show_if")


@dataclass(frozen=True)
class _Reader:
    """The question ``own``, as what reads the answers to the others. ``order``: {question: its position in the form}."""

    form: FormDefinition
    sound: Mapping[str, Sequence[Column]]
    order: Mapping[str, int]
    own: str
    tell: Tell

    def check(self, text: str, place: str) -> None:
        if not text:
            return
        try:
            condition = conditions.parse(text)
        except conditions.ConditionError as error:
            values = {"position": error.position} | dict(error.fault.values) | dict(error.remedy.values)
            self.tell(f"{place}:{error.position}", error.fault.words, error.remedy.words, **values)
            return
        names = [name for name in condition.names if self.can_read(name, place)]
        for sign, *operands in _parts(condition.tree):
            if sign in _FUNCTIONS and operands[0] in names:
                self.check_function(sign, operands[0], place)
            elif sign == "get" and operands[0] in names:
                self.check_whole(operands[0], place)
            elif sign in _COMPARISONS or sign in _ARITHMETIC:
                self.check_kinds(sign, operands, place)
        for name, value in _compared(condition.tree):
            if name in names:
                self.check_option(name, value, place)

    def can_read(self, name: str, place: str) -> bool:
        """Tell when a name that a condition reads is no question, or column, that is asked before."""
        read, _, part = name.partition("/")
        asked = self.form.question(read)
        if asked is None:
            like = difflib.get_close_matches(read, list(self.order), 1)
            remedy = mark("Did you mean “%(like)s”?") if like else mark("Write the name of a question of this form.")
            self.tell(place, mark("There is no question “%(name)s”."), remedy, name=marks.short(read), like="".join(like))
        elif read == self.own:
            self.tell(place, mark("The condition looks at its own question."), mark("Let it look at an earlier one."))
        elif self.order[read] > self.order[self.own]:
            remedy = mark("Move “%(name)s” before it, or let it look at an earlier question.")
            self.tell(place, mark("The condition looks ahead, at “%(name)s”."), remedy, name=read)
        elif asked.kind in KINDS and (not type_of(asked.kind).asks or asked.kind == "own_code"):
            remedy = mark("Let it look at a question with an answer.")
            self.tell(place, mark("“%(name)s” has no answer that a condition could read."), remedy, name=asked.name)
        else:
            return not part or self.has_part(asked, part, place)
        return False

    def has_part(self, asked: Question, part: str, place: str) -> bool:
        """Tell when a question has no such part; the parts that are groups are not known yet."""
        parts = [column.part for column in self.sound.get(asked.name, ()) if column.part]
        if part in parts or asked.of_groups or asked.name not in self.sound:
            return True
        remedy = mark("It has: %(known)s.") if parts else mark("Write its name alone, and spaces around a / that divides.")
        fault = mark("“%(name)s” has no part “%(part)s”.")
        self.tell(place, fault, remedy, name=asked.name, part=marks.short(part), known=", ".join(parts))
        return False

    def check_function(self, function: str, name: str, place: str) -> None:
        asked = self.form.question(name)
        if asked is not None and (asked.kind in _FUNCTIONS[function] or asked.kind not in KINDS):
            return
        fault = mark("%(function)s does not work with “%(name)s”.")
        selected = mark("It takes the name of a question with options: selected(help, 'maps').")
        counted = mark("It takes the name of a question with several choices: count_selected(help) > 2.")
        self.tell(place, fault, selected if function == "selected" else counted, function=function, name=name)

    def check_whole(self, name: str, place: str) -> None:
        """A question of several columns has no value of its own to compare."""
        asked = self.form.question(name)
        if asked is None or asked.kind not in ("several", "battery", "before_now", "ranking"):
            return
        fault = mark("“%(name)s” has several parts and no single answer.")
        selected, parts = mark("Write selected(%(name)s, 'option')."), mark("Write one of its parts: %(name)s/part.")
        self.tell(place, fault, selected if asked.kind == "several" else parts, name=name)

    def check_kinds(self, sign: str, operands: Sequence[Any], place: str) -> None:
        """Texts and numbers are never equal, and nobody can calculate with a text: such a condition never comes true."""
        kinds = {self.kind_of(operand) for operand in operands} - {None}
        remedy = mark("Write options and days in quotes, numbers without; yes is 1 and no is 0.")
        if sign in _COMPARISONS and len(kinds) > 1:
            self.tell(place, mark("A text is compared with a number."), remedy)
        elif sign in _ARITHMETIC and "text" in kinds:
            self.tell(place, mark("A text stands where a number is needed."), remedy)

    def kind_of(self, tree: Any) -> Literal["text", "number"] | None:
        """What the value of a part of a condition is; None where that is not known."""
        if not isinstance(tree, tuple):
            return "text" if isinstance(tree, str) else "number"
        if tree[0] != "get":
            return "number"
        columns = self.sound.get(tree[1].partition("/")[0], ())
        kind = next((column.kind for column in columns if column.key == tree[1]), None)
        return None if kind is None else "text" if kind in ("choice", "text", "day") else "number"

    def check_option(self, name: str, value: str, place: str) -> None:
        asked = self.form.question(name)
        if asked is None or asked.kind not in _FUNCTIONS["selected"] or asked.of_groups or name not in self.sound:
            return
        known = [option.value for option in options_of(asked)]
        if value not in known:
            like = difflib.get_close_matches(value, known, 1)
            remedy = mark("Did you mean “%(like)s”?") if like else mark("It has: %(known)s.")
            fault = mark("“%(name)s” has no option “%(value)s”.")
            self.tell(place, fault, remedy, name=name, value=marks.short(value), like="".join(like), known=", ".join(known))


def _parts(tree: Any) -> Iterator[tuple[Any, ...]]:
    """Every operator of a condition with its operands."""
    if isinstance(tree, tuple):
        yield tree
        for operand in tree[1:]:
            yield from _parts(operand)


def _compared(tree: Any) -> Iterator[tuple[str, str]]:
    """(question, text) of every ``question = 'text'``, ``question != 'text'`` and ``selected(question, 'text')``."""
    for part in _parts(tree):
        match part:
            case ("selected", str(name), str(value)):
                yield name, value
            case ("=" | "!=", ("get", str(name)), str(value)) | ("=" | "!=", str(value), ("get", str(name))):
                yield name, value
