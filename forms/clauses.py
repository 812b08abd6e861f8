"""Conditions as clauses that can be chosen from lists, and back: (question or part, operator, value), joined by one word.

``clauses_of`` says what a condition looks like in lists, or None where it says more than lists can: then it is written as
an expression. ``expression_of`` is the way back; both mean the same for every stored document of answers.

Lists offer the options of a *bound* form (``forms.binding.bind``): a question about the programme's groups has none before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

from forms import conditions
from forms.check import sound_columns
from forms.conditions import SIDE_PARTS, ConditionError, Tree
from forms.definition import FormDefinition, Question
from forms.messages import Message, mark
from forms.questions import type_of
from forms.questions.base import Column
from forms.questions.choice import labels_of
from forms.questions.marks import NO, YES
from forms.wording import Text

Joined = Literal["and", "or"]
Value = str | float | None
#: How the value of a clause is given: one of the options, a number, a day, words; "whole": it has no value to compare.
Kind = Literal["options", "number", "day", "text", "whole"]

ANSWERED, BLANK, CHOSE, DID_NOT_CHOOSE = "answered", "blank", "selected", "not_selected"
_COMPARISONS = ("=", "!=", ">=", "<=", ">", "<")
_MIRRORED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
#: What "not" makes of a comparison. An order has no such sign: what is missing is neither more nor less.
_DENIED = {"=": "!=", "!=": "="}


@dataclass(frozen=True)
class Operator:
    """``sign`` as a clause holds it, ``words`` (marked) as a list shows it; ``has_value``: it compares with something."""

    sign: str
    words: str
    has_value: bool = True


_ANSWERED = (Operator(ANSWERED, mark("was answered"), False), Operator(BLANK, mark("was not answered"), False))
_EQUAL = (Operator("=", mark("is")), Operator("!=", mark("is not")))
_CHOSEN = (Operator(CHOSE, mark("includes")), Operator(DID_NOT_CHOOSE, mark("does not include")))
_SIZED = (
    Operator(">=", mark("is at least")),
    Operator("<=", mark("is at most")),
    Operator(">", mark("is more than")),
    Operator("<", mark("is less than")),
)
_DATED = (
    Operator(">=", mark("is on or after")),
    Operator("<=", mark("is on or before")),
    Operator(">", mark("is after")),
    Operator("<", mark("is before")),
)


@dataclass(frozen=True)
class Readable:
    """What a condition may read: a question, or ``question/part``, in its own words.

    options: (value, its words) in order, of kind "options"; a value that has no words of its own has none here.
    """

    name: str
    label: Text
    operators: tuple[Operator, ...]
    options: tuple[tuple[str | float, Text], ...] = ()
    kind: Kind = "options"

    def takes(self, clause: Clause) -> bool:
        """Whether lists can show this clause about it."""
        operator = next((one for one in self.operators if one.sign == clause.operator), None)
        if operator is None or not operator.has_value:
            return operator is not None and clause.value is None
        if self.options:
            return any(value == clause.value and type(value) is type(clause.value) for value, _ in self.options)
        return _is_writable(clause.value) if self.kind == "number" else isinstance(clause.value, str)


def _is_writable(value: Value) -> bool:
    """Whether a number has at most 15 digits before and after its point, as conditions write them."""
    return isinstance(value, float) and abs(value) < 1e15 and round(value, 15) == value


@dataclass(frozen=True)
class Clause:
    """One part of a condition. ``value``: text of an option, a day or words; a number; None where there is nothing to compare."""

    name: str
    operator: str
    value: Value = None


@dataclass(frozen=True)
class Clauses:
    """Clauses joined by one word. Without clauses: always asked."""

    joined: Joined = "and"
    clauses: tuple[Clause, ...] = ()


# What can be read ------------------------------------------------------------------------------------------------------


def readable_before(form: FormDefinition, question: str) -> list[Readable]:
    """What a condition of ``question`` may read: all that is asked before it, or in the whole form when it is not there."""
    found: list[Readable] = []
    sound = sound_columns(form)
    for asked in form.questions():
        if asked.name == question:
            break
        if asked.name in sound and type_of(asked.kind).asks and sound[asked.name]:
            found += _readable(asked, sound[asked.name])
    return found


def _readable(asked: Question, columns: tuple[Column, ...]) -> Iterator[Readable]:
    """The question itself, then those of its parts that have an answer of their own to compare."""
    if asked.kind in ("several", "ranking"):
        options: tuple[tuple[str | float, Text], ...] = labels_of(asked)
        yield Readable(asked.name, asked.label, (*_CHOSEN, *_ANSWERED), options)
    elif columns[0].part:
        yield Readable(asked.name, asked.label, _ANSWERED, kind="whole")
    for column in columns:
        if column.part not in SIDE_PARTS and not (asked.kind == "several" and column.part):
            yield _of_column(column)


def _of_column(column: Column) -> Readable:
    match column.kind:
        case "choice":
            return Readable(column.key, column.label, (*_EQUAL, *_ANSWERED), column.labels)
        case "flag":
            return Readable(column.key, column.label, (*_EQUAL, *_ANSWERED), ((1.0, YES), (0.0, NO)))
        case "scale":
            points: tuple[tuple[str | float, Text], ...] = tuple((float(point), label) for point, label in column.labels)
            return Readable(column.key, column.label, (*_EQUAL, *_SIZED, *_ANSWERED), points)
        case "rank":
            places = tuple((float(place), Text()) for place in range(1, int(column.hi or 0) + 1))
            return Readable(column.key, column.label, (*_EQUAL, *_SIZED, *_ANSWERED), places)
        case "number":
            return Readable(column.key, column.label, (*_EQUAL, *_SIZED, *_ANSWERED), kind="number")
        case "day":
            return Readable(column.key, column.label, (*_EQUAL, *_DATED, *_ANSWERED), kind="day")
    return Readable(column.key, column.label, (*_EQUAL, *_ANSWERED), kind="text")


# Expression to clauses -------------------------------------------------------------------------------------------------


def clauses_of(show_if: str, form: FormDefinition) -> Clauses | None:
    """A condition as clauses; None when it cannot be read, or says more than lists can.

    >>> from forms.bank import instrument
    >>> clauses_of("tr_open >= 4 and not is_blank(tr_members)", instrument("trust")).clauses
    (Clause(name='tr_open', operator='>=', value=4.0), Clause(name='tr_members', operator='answered', value=None))
    """
    if not show_if.strip():
        return Clauses()
    try:
        tree = conditions.parse(show_if).tree
    except ConditionError:
        return None
    readable = {one.name: one for one in readable_before(form, "")}
    joined: Joined = "or" if isinstance(tree, tuple) and tree[0] == "or" else "and"
    found = [_clause(part, readable) for part in _joined_by(joined, tree)]
    clauses = tuple(clause for clause in found if clause is not None and readable[clause.name].takes(clause))
    return Clauses(joined, clauses) if len(clauses) == len(found) else None


def _joined_by(sign: str, tree: Tree) -> Iterator[Tree]:
    if isinstance(tree, tuple) and tree[0] == sign:
        for part in tree[1:]:
            yield from _joined_by(sign, part)
    else:
        yield tree


def _clause(tree: Tree, readable: Mapping[str, Readable]) -> Clause | None:
    """The clause that a part of a condition says, about something that can be read; else None."""
    match tree:
        case ("not", inner):
            return _denied(_clause(inner, readable))
        case ("is_blank", str(name)):
            return _about(Clause(name, BLANK), readable)
        case ("selected", str(name), str(option)):
            several = name in readable and any(one.sign == CHOSE for one in readable[name].operators)
            return _about(Clause(name, CHOSE if several else "=", option), readable)
        case ("get", str(name)):
            is_flag = name in readable and readable[name].options == ((1.0, YES), (0.0, NO))
            return Clause(name, "=", 1.0) if is_flag else None
        case (sign, ("get", str(name)), right) if sign in _COMPARISONS:
            return _compared(name, sign, right, readable)
        case (sign, left, ("get", str(name))) if sign in _COMPARISONS:
            return _compared(name, _MIRRORED[sign], left, readable)
    return None


def _about(clause: Clause, readable: Mapping[str, Readable]) -> Clause | None:
    return clause if clause.name in readable else None


def _compared(name: str, sign: str, tree: Tree, readable: Mapping[str, Readable]) -> Clause | None:
    match tree:
        case ("neg", float(number)):
            return _about(Clause(name, sign, -number), readable)
        case str() | float():
            return _about(Clause(name, sign, tree), readable)
    return None


def _denied(clause: Clause | None) -> Clause | None:
    opposite = {CHOSE: DID_NOT_CHOOSE, DID_NOT_CHOOSE: CHOSE, BLANK: ANSWERED, ANSWERED: BLANK, **_DENIED}
    if clause is None or clause.operator not in opposite:
        return None
    return Clause(clause.name, opposite[clause.operator], clause.value)


# Clauses to expression -------------------------------------------------------------------------------------------------


def expression_of(clauses: Clauses) -> str:
    """The condition that the clauses say; "" without any.

    >>> expression_of(Clauses("or", (Clause("group", "=", "police"), Clause("help", "not_selected", "maps"))))
    "group = 'police' or not selected(help, 'maps')"
    """
    return f" {clauses.joined} ".join(_written(clause) for clause in clauses.clauses)


def _written(clause: Clause) -> str:
    match clause.operator:
        case "answered":
            return f"not is_blank({clause.name})"
        case "blank":
            return f"is_blank({clause.name})"
        case "selected":
            return f"selected({clause.name}, {_value(clause.value)})"
        case "not_selected":
            return f"not selected({clause.name}, {_value(clause.value)})"
    return f"{clause.name} {clause.operator} {_value(clause.value)}"


def _value(value: Value) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    number = Decimal(repr(float(value or 0)))
    return f"{number.to_integral_value() if number == number.to_integral_value() else number:f}"


def document_of(clauses: Clauses) -> dict[str, Any]:
    """Clauses as JSON says them: ``{"joined": "and", "clauses": [{"name": …, "operator": …, "value": …}]}``."""
    parts = [{"name": one.name, "operator": one.operator, "value": one.value} for one in clauses.clauses]
    return {"joined": clauses.joined, "clauses": parts}


def clauses_from(document: Any, form: FormDefinition) -> Clauses:
    """Clauses from what JSON says. ConditionError when they are not clauses, or no list could have said them."""
    readable = {one.name: one for one in readable_before(form, "")}
    parts = document.get("clauses") if isinstance(document, Mapping) else None
    joined = document.get("joined", "and") if isinstance(document, Mapping) else None
    if not isinstance(parts, list) or joined not in ("and", "or") or len(parts) > conditions.LONGEST:
        raise _not_clauses()
    return Clauses(cast("Joined", joined), tuple(_clause_from(part, readable) for part in parts))


def _clause_from(part: Any, readable: Mapping[str, Readable]) -> Clause:
    if not isinstance(part, Mapping) or not all(isinstance(part.get(name), str) for name in ("name", "operator")):
        raise _not_clauses()
    value = part.get("value")
    if isinstance(value, int | float):
        value = float(value)
    clause = Clause(part["name"], part["operator"], value)
    if clause.name not in readable or not readable[clause.name].takes(clause):
        fault = Message(mark("The part of the condition about “%(name)s” is not complete."), {"name": clause.name})
        raise ConditionError(1, fault, Message(mark("Choose a question, what it must be, and a value from the lists.")))
    return clause


def _not_clauses() -> ConditionError:
    return ConditionError(1, Message(mark("These are not parts of a condition.")), Message(mark("Load the page again.")))
