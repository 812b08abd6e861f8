"""Conditions ("show if"): parse once, evaluate, say in words; a closed table of operators.

The language::

    group = 'police'            q >= 4                tr/police < 3          attended and not is_blank(job)
    selected(help, 'maps')      count_selected(help) > 2                     (age - 18) / 10 != 2 or done = 1

A name is a question, or ``question/part`` written without spaces (``a/b`` is a part, ``a / b`` divides). Values are
numbers, texts in quotes and answers. The rules of a missing answer (blank, refused, unknown, hidden or not asked):
every comparison with it is false, save ``!=``, which is true; arithmetic with it is missing; as a truth value it is false.
Texts and numbers are never equal; texts are ordered as texts, so that ISO days can be compared. A division by zero is missing.

``static/conditions.js`` evaluates :func:`compiled` in the browser; ``tests/examples/conditions.json`` proves that both agree.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from forms.definition import FormDefinition, Question
from forms.markup import plain
from forms.messages import Message, Say, mark
from forms.questions import type_of
from forms.questions.base import Column
from forms.wording import Text

#: A compiled condition: a number, a text, or a list of an operator and its operands.
Tree = Any

#: How deep parentheses and "not" may be nested.
DEEPEST = 40
#: How many names, values and signs a condition may have.
LONGEST = 400
#: Parts of a question that are not an option, a row or a place.
SIDE_PARTS = frozenset({"comment", "quote", "other"})

_FUNCTIONS = {"selected": 2, "count_selected": 1, "is_blank": 1}
_WORDS = ("and", "or", "not")
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?)"
    r"|(?P<text>'(?:[^']|'')*'|\"[^\"]*\")"
    r"|(?P<name>[^\W\d]\w*(?:/\w+(?:-[^\W\d]\w*)*)?)"
    r"|(?P<sign>!=|<=|>=|[=<>()+\-*/,])"
)


class ConditionError(ValueError):
    """A condition that cannot be read: the position (first character is 1), the fault and the remedy."""

    def __init__(self, position: int, fault: Message, remedy: Message) -> None:
        super().__init__(f"position {position}: {fault.words % dict(fault.values)}")
        self.position, self.fault, self.remedy = position, fault, remedy


@dataclass(frozen=True)
class Condition:
    """A parsed condition. ``tree`` is made of tuples, so that conditions can be compared and hashed."""

    text: str
    tree: Tree

    @property
    def names(self) -> tuple[str, ...]:
        """The questions and columns that it reads, each once, in order."""
        return tuple(dict.fromkeys(_names(self.tree)))


def _names(tree: Tree) -> Iterator[str]:
    if isinstance(tree, tuple):
        if tree[0] in {"get", *_FUNCTIONS}:
            yield tree[1]
        else:
            for operand in tree[1:]:
                yield from _names(operand)


# Parsing ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Token:
    kind: str
    said: str
    position: int


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise _strange(text, at)
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match.group(), at + 1))
        if len(found) > LONGEST:
            raise ConditionError(
                at + 1, Message(mark("The condition is too long.")), Message(mark("Split it over several questions, or shorten it."))
            )
        at = match.end()
    return [*found, _Token("end", "", len(text) + 1)]


def _strange(text: str, at: int) -> ConditionError:
    if text[at] in "'\"":
        return ConditionError(at + 1, Message(mark("A text in quotes is not closed.")), Message(mark("Close it with the same quote.")))
    return ConditionError(
        at + 1,
        Message(mark("The sign “%(sign)s” has no meaning here."), {"sign": text[at]}),
        Message(mark("Use = != < <= > >= + - * / ( ) and or not.")),
    )


class _Parser:
    """One function per level of binding, from "or" (loosest) to a single value (tightest)."""

    def __init__(self, text: str) -> None:
        self.tokens, self.at, self.depth = _tokens(text), 0, 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self, *said: str) -> _Token | None:
        if self.next.said in said and self.next.kind in {"sign", "name"}:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def whole(self) -> Tree:
        tree = self.either()
        if self.next.kind != "end":
            raise self.unexpected()
        return tree

    def either(self) -> Tree:
        return self.chain(self.both, "or")

    def both(self) -> Tree:
        return self.chain(self.negation, "and")

    def chain(self, tighter: Callable[[], Tree], *signs: str) -> Tree:
        tree = tighter()
        while sign := self.take(*signs):
            tree = (sign.said, tree, tighter())
        return tree

    def negation(self) -> Tree:
        return ("not", self.deeper(self.negation)) if self.take("not") else self.comparison()

    def comparison(self) -> Tree:
        tree = self.sum()
        if sign := self.take(*_COMPARISONS):
            tree = (sign.said, tree, self.sum())
            if self.next.said in _COMPARISONS:
                raise ConditionError(
                    self.next.position,
                    Message(mark("Two comparisons follow each other.")),
                    Message(mark("Write them apart and join them with “and”, for example: a > 1 and a < 5.")),
                )
        return tree

    def sum(self) -> Tree:
        return self.chain(self.product, "+", "-")

    def product(self) -> Tree:
        return self.chain(self.signed, "*", "/")

    def signed(self) -> Tree:
        return ("neg", self.deeper(self.signed)) if self.take("-") else self.value()

    def value(self) -> Tree:
        token = self.next
        if self.take("("):
            tree = self.deeper(self.either)
            self.close()
            return tree
        if token.kind == "name" and token.said not in _WORDS:
            self.at += 1
            return self.call(token) if self.take("(") else ("get", token.said)
        if token.kind in {"number", "text"}:
            self.at += 1
            return float(token.said) if token.kind == "number" else _unquoted(token.said)
        raise self.unexpected()

    def call(self, name: _Token) -> Tree:
        if name.said not in _FUNCTIONS:
            raise ConditionError(
                name.position,
                Message(mark("There is no function called “%(name)s”."), {"name": name.said}),
                Message(mark("The functions are selected, count_selected and is_blank.")),
            )
        question = self.expect("name", mark("The name of a question is missing here."), mark("Write the name of a question of this form."))
        arguments: tuple[str, ...] = ()
        if _FUNCTIONS[name.said] == 2:
            if not self.take(","):
                raise self.unexpected()
            option = self.expect("text", mark("An option is missing here."), mark("Write the option in quotes: selected(help, 'maps')."))
            arguments = (_unquoted(option.said),)
        self.close()
        return (name.said, question.said, *arguments)

    def expect(self, kind: str, fault: str, remedy: str) -> _Token:
        token = self.next
        if token.kind != kind or token.said in _WORDS:
            raise ConditionError(token.position, Message(fault), Message(remedy))
        self.at += 1
        return token

    def deeper(self, tighter: Callable[[], Tree]) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ConditionError(
                self.next.position,
                Message(mark("The condition is nested too deeply.")),
                Message(mark("Split it over several questions, or remove parentheses.")),
            )
        tree = tighter()
        self.depth -= 1
        return tree

    def close(self) -> None:
        if not self.take(")"):
            raise ConditionError(
                self.next.position, Message(mark("A closing parenthesis is missing.")), Message(mark("Write “)” where the part ends."))
            )

    def unexpected(self) -> ConditionError:
        token = self.next
        if token.kind == "end":
            return ConditionError(
                token.position,
                Message(mark("The condition ends too early.")),
                Message(mark("Write what is to be compared, for example: group = 'police'.")),
            )
        return ConditionError(
            token.position,
            Message(mark("“%(found)s” does not belong here."), {"found": token.said}),
            Message(mark("Join two parts with “and” or “or”, and write texts in quotes.")),
        )


def _unquoted(said: str) -> str:
    return said[1:-1].replace("''", "'") if said[0] == "'" else said[1:-1]


def parse(text: str) -> Condition:
    """Read a condition.

    >>> parse("age >= 18 and group != 'police'").names
    ('age', 'group')
    >>> parse("age >= ")
    Traceback (most recent call last):
    forms.conditions.ConditionError: position 8: The condition ends too early.
    """
    return Condition(text, _Parser(text).whole())


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The condition with other names of questions in it; texts in quotes stay as they are.

    >>> renamed("use >= 1 and place = 'use' or tr/police < 3", {"use": "use_2", "tr": "tr_2"})
    "use_2 >= 1 and place = 'use' or tr_2/police < 3"
    """

    def said(found: re.Match[str]) -> str:
        name, slash, part = found[0].partition("/")
        return names.get(name, name) + slash + part if found.lastgroup == "name" else found[0]

    return _TOKEN.sub(said, text)


def compiled(condition: Condition) -> Any:
    """The condition as nested lists, ready for JSON and ``static/conditions.js``."""
    return _listed(condition.tree)


def _listed(tree: Tree) -> Any:
    if isinstance(tree, tuple):
        return [_listed(part) for part in tree]
    return int(tree) if isinstance(tree, float) and tree.is_integer() else tree


# Evaluating ------------------------------------------------------------------------------------------------------------

_ORDERED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b if b else math.nan,
}


def evaluate(condition: Condition, answers: Mapping[str, Any]) -> bool:
    """Whether the condition holds for a stored document of answers; a missing key or None is missing."""
    return _holds(_value(condition.tree, answers))


def _holds(value: Any) -> bool:
    return value is not None and value != 0 and value != ""


def _value(tree: Tree, answers: Mapping[str, Any]) -> Any:
    """A float, a str, or None when missing."""
    if not isinstance(tree, tuple):
        return tree
    sign, *operands = tree
    if sign == "get":
        return _plain(answers.get(operands[0]))
    if sign in _FUNCTIONS:
        return _call(sign, operands, answers)
    if sign == "and":
        return float(all(_holds(_value(operand, answers)) for operand in operands))
    if sign == "or":
        return float(any(_holds(_value(operand, answers)) for operand in operands))
    values = [_value(operand, answers) for operand in operands]
    if sign == "not":
        return float(not _holds(values[0]))
    if sign == "neg":
        return -values[0] if isinstance(values[0], float) else None
    return float(_compare(sign, *values)) if sign in _COMPARISONS else _compute(sign, *values)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    return number if math.isfinite(number) else None


def _compare(sign: str, left: Any, right: Any) -> bool:
    if left is None or right is None or type(left) is not type(right):
        return sign == "!="
    if sign in {"=", "!="}:
        return (left == right) == (sign == "=")
    return _ORDERED[sign](_ordered(left), _ordered(right))


def _ordered(value: float | str) -> Any:
    """What puts texts in the order that they have in JavaScript."""
    return value.encode("utf-16-be", "surrogatepass") if isinstance(value, str) else value


def _compute(sign: str, left: Any, right: Any) -> float | None:
    if not (isinstance(left, float) and isinstance(right, float)):
        return None
    number = _ARITHMETIC[sign](left, right)
    return number if math.isfinite(number) else None


def _call(name: str, operands: list[Any], answers: Mapping[str, Any]) -> float:
    question = operands[0]
    if name == "selected":
        ticked = _plain(answers.get(f"{question}/{operands[1]}"))
        return float(_plain(answers.get(question)) == operands[1] or (isinstance(ticked, float) and ticked > 0))
    options = [_plain(answers[key]) for key in answers if is_option(key, question)]
    if name == "count_selected":
        return float(sum(isinstance(value, float) and value > 0 for value in options))
    return float(_plain(answers.get(question)) is None and all(value is None for value in options))


def is_option(key: str, question: str) -> bool:
    """Whether a column is an option, a row or a place of a question, not a comment beside it."""
    name, slash, part = key.partition("/")
    return bool(slash) and name == question and ":" not in part and part not in SIDE_PARTS


# In words --------------------------------------------------------------------------------------------------------------


def in_words(condition: Condition, definition: FormDefinition, language: str, say: Say) -> str:
    """The condition as one sentence for the person who answers, in the words of the form's own questions."""
    return say("Answer only if %(condition)s.", condition=_Words(definition, language, say).of(condition.tree))


class _Words:
    def __init__(self, definition: FormDefinition, language: str, say: Say) -> None:
        self.definition, self.language, self.say = definition, language, say

    def of(self, tree: Tree, is_part: bool = False) -> str:
        """A clause that can be true or false; ``is_part``: in parentheses when it joins several clauses."""
        say = self.say
        match tree:
            case ("and", left, right):
                said = say("%(one)s and %(other)s", one=self.of(left, _is(left, "or")), other=self.of(right, _is(right, "or")))
                return f"({said})" if is_part else said
            case ("or", left, right):
                said = say("%(one)s or, if not, %(other)s", one=self.of(left, _is(left, "and")), other=self.of(right, _is(right, "and")))
                return f"({said})" if is_part else said
            case ("not", ("selected", question, option)):
                return say("you did not choose “%(answer)s” in “%(question)s”", **self.pair(question, option))
            case ("not", ("is_blank", question)):
                return say("you answered “%(question)s”", question=self.asked(question))
            case ("not", other):
                return say("it is not true that %(condition)s", condition=self.of(other, True))
            case ("selected", question, option):
                return say("you chose “%(answer)s” in “%(question)s”", **self.pair(question, option))
            case ("is_blank", question):
                return say("you gave no answer to “%(question)s”", question=self.asked(question))
            case (sign, left, right) if sign in _COMPARISONS:
                return self.comparison(sign, left, right)
        return say("%(value)s is not zero", value=self.term(tree))

    def comparison(self, sign: str, left: Tree, right: Tree) -> str:
        say = self.say
        if _is(left, "get") and sign in {"=", "!="} and (answer := self.answer(left[1], right)):
            pair = {"question": self.asked(left[1]), "answer": answer}
            if sign == "=":
                return say("you chose “%(answer)s” in “%(question)s”", **pair)
            return say("you did not choose “%(answer)s” in “%(question)s”", **pair)
        words = {
            "=": mark("%(left)s is equal to %(right)s"),
            "!=": mark("%(left)s is not equal to %(right)s"),
            "<": mark("%(left)s is less than %(right)s"),
            "<=": mark("%(left)s is at most %(right)s"),
            ">": mark("%(left)s is more than %(right)s"),
            ">=": mark("%(left)s is at least %(right)s"),
        }[sign]
        return say(words, left=self.term(left), right=self.term(right, left))

    def term(self, tree: Tree, beside: Tree = None) -> str:
        """A value in words; ``beside`` is what it is compared with, whose labels it may have."""
        say = self.say
        if _is(beside, "get") and not isinstance(tree, tuple) and (label := self.answer(beside[1], tree)):
            return say("“%(answer)s”", answer=label)
        match tree:
            case ("get", name):
                return say("your answer to “%(question)s”", question=self.asked(name))
            case ("count_selected", question):
                return say("the number of options that you chose in “%(question)s”", question=self.asked(question))
            case ("neg", other):
                return say("minus %(value)s", value=self.term(other))
            case (("+" | "-" | "*" | "/") as sign, left, right):
                return f"({self.term(left)} {_SIGNS[sign]} {self.term(right)})"
            case float():
                return f"{tree:g}"
            case str():
                return say("“%(answer)s”", answer=tree)
        return f"({self.of(tree)})"

    def asked(self, name: str) -> str:
        """The words of a question, or of a part of it."""
        question = self.definition.question(name.partition("/")[0])
        if question is None:
            return name
        column = self.column(question, name)
        return self.text(column.label if column else question.label) or name

    def column(self, question: Question, name: str) -> Column | None:
        columns = type_of(question.kind).columns(question, self.definition)
        return next((column for column in columns if column.key == name), None)

    def pair(self, question: str, option: str) -> dict[str, str]:
        return {"question": self.asked(question), "answer": self.answer(question, option) or option}

    def answer(self, name: str, value: Any) -> str:
        """The label of an answer to ``name``, or '' where answers to it have none."""
        question = self.definition.question(name.partition("/")[0])
        if question is None:
            return ""
        column = self.column(question, name)
        labels = dict(column.labels) if column else {choice.value: choice.label for choice in question.choices}
        return self.text(labels.get(f"{value:g}" if isinstance(value, float) else str(value), Text()))

    def text(self, words: Text) -> str:
        return plain(words.in_language(self.language, self.definition.languages[0]))


_SIGNS = {"+": "+", "-": "−", "*": "×", "/": "÷"}


def _is(tree: Tree, sign: str) -> bool:
    return isinstance(tree, tuple) and tree[0] == sign
