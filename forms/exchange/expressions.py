"""Conditions of LimeSurvey (ExpressionScript) to conditions of ours, as far as they say the same.

Read are comparisons of one question with a value or with another, ``is_empty``, and, or, not and parentheses. What else
there is (functions, sums of texts, assignments) is not guessed: the caller tells it with its text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

#: How deep parentheses may be nested, and how long a condition may be.
DEEPEST, LONGEST = 30, 4000


class NotTranslated(ValueError):
    """A condition that says something which ours cannot; the message is the part that was not understood."""


@dataclass(frozen=True)
class Variable:
    """What a name of LimeSurvey is here. ``name`` is ours; ``values`` say what its codes have become.

    kind: ``text`` compared as words, ``number`` as numbers, ``flag`` "Y" and "N" are 1 and 0, ``option`` is ticked with "Y",
    ``place`` holds the code of the option that was put there.
    """

    kind: Literal["text", "number", "flag", "option", "place"]
    name: str
    option: str = ""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)


_TOKEN = re.compile(
    r"\s*(?:(?P<text>\"[^\"\\]*\"|'[^'\\]*')|(?P<number>\d+(?:\.\d+)?(?![\w.]))|(?P<name>[A-Za-z0-9_]+(?:\.[A-Za-z_]+)?)"
    r"|(?P<sign>==|!=|<=|>=|&&|\|\||[<>!()]))"
)
_SIGNS = {
    "==": "=",
    "eq": "=",
    "!=": "!=",
    "ne": "!=",
    "<": "<",
    "lt": "<",
    "<=": "<=",
    "le": "<=",
    ">": ">",
    "gt": ">",
    ">=": ">=",
    "ge": ">=",
}
_TURNED = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_AND, _OR, _NOT = ("and", "&&"), ("or", "||"), ("!", "not")

Operand = Variable | str  # a name, or a value: words in quotes as they stand, or digits


def translated(said: str, variables: Mapping[str, Variable]) -> str:
    """Our condition for one of LimeSurvey's; '' where it is always true. Raises NotTranslated.

    >>> names = {"Q1": Variable("text", "q1"), "Q2_SQ1": Variable("option", "q2", "SQ1")}
    >>> translated('((Q1.NAOK == "A1")) and !is_empty(Q2_SQ1)', names)
    "q1 = 'A1' and selected(q2, 'SQ1')"
    """
    words = said.strip()
    if words.startswith("{") and words.endswith("}"):
        words = words[1:-1].strip()
    if words in ("", "1"):
        return ""
    if len(words) > LONGEST:
        raise NotTranslated(words[:60])
    return _Reading(words, variables).whole()


class _Reading:
    """One function per floor: or, and, not, comparison, value."""

    def __init__(self, said: str, variables: Mapping[str, Variable]) -> None:
        self.tokens, self.variables, self.at, self.depth = _tokens(said), variables, 0, 0

    def next(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, *said: str) -> str:
        found = self.next()
        if found.lower() in said:
            self.at += 1
            return found.lower()
        return ""

    def whole(self) -> str:
        found = self.either()
        if self.at < len(self.tokens):
            raise NotTranslated(self.next())
        return found

    def either(self) -> str:
        parts = self.chain(self.both, *_OR)
        return parts[0] if len(parts) == 1 else " or ".join(parts)

    def both(self) -> str:
        parts = self.chain(self.negation, *_AND)
        return parts[0] if len(parts) == 1 else " and ".join(f"({part})" if " or " in part else part for part in parts)

    def chain(self, floor: Callable[[], str], *signs: str) -> list[str]:
        parts = [floor()]
        while self.take(*signs):
            parts.append(floor())
        return parts

    def negation(self) -> str:
        if not self.take(*_NOT):
            return self.inner()
        self.deeper()
        found = self.negation()
        if found.startswith("not ") and " and " not in found and " or " not in found:
            return found[4:]
        return f"not ({found})" if " and " in found or " or " in found else f"not {found}"

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotTranslated("(")

    def inner(self) -> str:
        if self.take("("):
            self.deeper()
            found = self.either()
            if not self.take(")"):
                raise NotTranslated(self.next() or ")")
            return found
        if self.take("is_empty"):
            return self.is_empty()
        return self.comparison()

    def is_empty(self) -> str:
        if not self.take("("):
            raise NotTranslated("is_empty")
        found = self.operand()
        if not isinstance(found, Variable) or not self.take(")"):
            raise NotTranslated("is_empty")
        return f"not {_ticked(found)}" if found.kind == "option" else f"is_blank({_plain(found)})"

    def comparison(self) -> str:
        left = self.operand()
        sign = _SIGNS.get(self.take(*_SIGNS))
        if sign is None:
            raise NotTranslated(self.next() or str(left))
        right = self.operand()
        if isinstance(left, Variable):
            return _compared(left, sign, right)
        if isinstance(right, Variable):
            return _compared(right, _TURNED[sign], left)
        raise NotTranslated(left)

    def operand(self) -> Operand:
        found = self.next()
        if not found:
            raise NotTranslated("")
        self.at += 1
        if found[0] in "\"'" or re.fullmatch(r"\d+(?:\.\d+)?", found):
            return found
        name, _dot, ending = found.partition(".")
        if name not in self.variables or ending.lower() not in ("", "naok", "code"):
            raise NotTranslated(found)
        return self.variables[name]


def _tokens(said: str) -> list[str]:
    tokens, at, end = [], 0, len(said.rstrip())
    while at < end:
        found = _TOKEN.match(said, at)
        if found is None:
            raise NotTranslated(said[at : at + 60].strip())
        tokens.append(found[0].strip())
        at = found.end()
    return tokens


def _plain(variable: Variable) -> str:
    if variable.kind in ("option", "place"):
        raise NotTranslated(variable.name)
    return variable.name


def _ticked(variable: Variable) -> str:
    return f"selected({variable.name}, '{variable.option}')"


def _compared(left: Variable, sign: str, right: Operand) -> str:
    if isinstance(right, Variable):
        if "text" in (left.kind, right.kind) and left.kind != right.kind:
            raise NotTranslated(right.name)
        return f"{_plain(left)} {sign} {_plain(right)}"
    value = right.strip("\"'")
    if value == "" and sign in ("=", "!="):
        return _blank(left, sign)
    return _WITH_VALUE[left.kind](left, sign, value)


def _blank(left: Variable, sign: str) -> str:
    if left.kind == "option":
        return _ticked(left) if sign == "!=" else f"not {_ticked(left)}"
    return f"is_blank({_plain(left)})" if sign == "=" else f"not is_blank({_plain(left)})"


def _with_text(left: Variable, sign: str, value: str) -> str:
    code = left.values.get(value, value) if left.values else value
    if (left.values and value not in left.values) or "'" in code or sign not in ("=", "!="):
        raise NotTranslated(value)
    return f"{left.name} {sign} '{code}'"


def _with_number(left: Variable, sign: str, value: str) -> str:
    number = left.values.get(value, "") if left.values else value
    if left.values and sign not in ("=", "!=") and not _keeps_order(left.values):
        raise NotTranslated(value)
    if not re.fullmatch(r"\d{1,15}(?:\.\d{1,15})?", number):
        raise NotTranslated(value)
    return f"{left.name} {sign} {number}"


def _keeps_order(points: Mapping[str, str]) -> bool:
    """Whether codes in their order have points in theirs, so that "more than" means the same of both."""
    codes = sorted(points, key=lambda code: (code.isdigit(), int(code) if code.isdigit() else 0, code))
    return [int(points[code]) for code in codes] == sorted(int(point) for point in points.values())


def _with_flag(left: Variable, sign: str, value: str) -> str:
    if value not in ("Y", "N") or sign not in ("=", "!="):
        raise NotTranslated(value)
    return f"{left.name} {sign} {int(value == 'Y')}"


def _with_option(left: Variable, sign: str, value: str) -> str:
    if value != "Y" or sign not in ("=", "!="):
        raise NotTranslated(value)
    return _ticked(left) if sign == "=" else f"not {_ticked(left)}"


def _with_place(left: Variable, sign: str, value: str) -> str:
    if value not in left.values or sign not in ("=", "!="):
        raise NotTranslated(value)
    return f"{left.name}/{left.values[value]} {sign} {left.option}"


_WITH_VALUE: dict[str, Callable[[Variable, str, str], str]] = {
    "text": _with_text,
    "number": _with_number,
    "flag": _with_flag,
    "option": _with_option,
    "place": _with_place,
}
