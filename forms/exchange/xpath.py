"""Conditions and constraints from and to the XPath of XLSForm: the part of it that both sides can say.

What has no counterpart gives None, never a guess: the caller tells it, with the XPath as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from forms import conditions
from forms.definition import FormDefinition, Question
from forms.questions import type_of

#: A condition as ``forms.conditions`` knows it: a number, a text, or an operator with its operands.
Tree = Any

DEEPEST, MOST_TOKENS, LONGEST_CONSTRAINT = 40, 400, 400
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_TURNED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_TOKEN = re.compile(
    r"\s*(?:(?P<ref>\$\{\s*[^{}\s]+\s*\})|(?P<number>[0-9]{1,15}(?:\.[0-9]{1,15})?)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<name>[A-Za-z][\w:-]*)|(?P<sign>!=|<=|>=|[=<>()+\-*,])|(?P<dot>\.))"
)


class _Untold(ValueError):
    """An XPath that has no counterpart."""


@dataclass(frozen=True)
class Read:
    """What a ``${name}`` of a workbook is in the form: its name or ``question/row``, its kind, and its options' values."""

    name: str
    kind: str
    values: Mapping[str, str] = field(default_factory=dict)  # as in the workbook -> in the form


# From XPath ------------------------------------------------------------------------------------------------------------


def condition_of(xpath: str, reads: Mapping[str, Read]) -> str | None:
    """The condition that an XPath says, or None.

    >>> reads = {"age": Read("age", "number"), "Sex": Read("sex", "choice", {"F": "f"}), "help": Read("help", "several", {"maps": "maps"})}
    >>> condition_of("${age} >= 18 and ${Sex} = 'F'", reads)
    "age >= 18 and sex = 'f'"
    >>> condition_of("not(selected(${help}, 'maps')) or ${age} = ''", reads)
    "not selected(help, 'maps') or is_blank(age)"
    >>> condition_of("once(${age})", reads) is None
    True
    """
    try:
        said = _said(_XPath(xpath, reads).whole())
        return conditions.parse(said).text
    except (_Untold, conditions.ConditionError):
        return None


def _tokens(xpath: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    text = xpath.strip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match or len(found) > MOST_TOKENS:
            raise _Untold
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        at = match.end()
    return [*found, ("end", "")]


class _XPath:
    """One function per level of binding, as in ``forms.conditions``."""

    def __init__(self, xpath: str, reads: Mapping[str, Read]) -> None:
        self.tokens, self.at, self.depth, self.reads = _tokens(xpath), 0, 0, reads

    def take(self, *said: str) -> str:
        kind, word = self.tokens[self.at]
        if word in said and kind in ("sign", "name"):
            self.at += 1
            return word
        return ""

    def need(self, said: str) -> None:
        if not self.take(said):
            raise _Untold

    def whole(self) -> Tree:
        tree = self.either()
        if self.tokens[self.at][0] != "end":
            raise _Untold
        return tree

    def either(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise _Untold
        tree = self.both()
        while self.take("or"):
            tree = ("or", tree, self.both())
        self.depth -= 1
        return tree

    def both(self) -> Tree:
        tree = self.comparison()
        while self.take("and"):
            tree = ("and", tree, self.comparison())
        return tree

    def comparison(self) -> Tree:
        left = self.sum()
        sign = self.take(*_COMPARISONS)
        if not sign:
            return left
        right = self.sum()
        if self.tokens[self.at][1] in _COMPARISONS:
            raise _Untold
        return self.compared(sign, left, right)

    def sum(self) -> Tree:
        tree = self.product()
        while sign := self.take("+", "-"):
            tree = (sign, tree, self.product())
        return tree

    def product(self) -> Tree:
        tree = self.signed()
        while sign := self.take("*", "div"):
            tree = ({"div": "/"}.get(sign, sign), tree, self.signed())
        return tree

    def signed(self) -> Tree:
        signs = 0
        while self.take("-"):
            signs += 1
        tree = self.value()
        return ("neg", tree) if signs % 2 else tree

    def value(self) -> Tree:
        kind, word = self.tokens[self.at]
        self.at += 1
        if kind == "ref":
            read = self.read(word)
            return ("get", read.name, read)
        if kind in ("number", "text"):
            return float(word) if kind == "number" else word[1:-1]
        if kind == "sign" and word == "(":
            tree = self.either()
            self.need(")")
            return tree
        if kind == "name" and self.take("("):
            return self.call(word)
        raise _Untold

    def read(self, word: str) -> Read:
        name = word[2:-1].strip()
        if name not in self.reads:
            raise _Untold
        return self.reads[name]

    def asked(self) -> Read:
        kind, word = self.tokens[self.at]
        if kind != "ref":
            raise _Untold
        self.at += 1
        return self.read(word)

    def call(self, name: str) -> Tree:
        if name in ("true", "false"):
            self.need(")")
            return ("=", 1.0, 1.0 if name == "true" else 0.0)
        if name == "selected":
            return self.selected()
        if name == "count-selected":
            read = self.asked()
            self.need(")")
            return ("count_selected", read.name)
        if name == "string-length":
            read = self.asked()
            self.need(")")
            return ("length", read.name)
        if name not in ("not", "number", "int", "string", "date", "boolean"):
            raise _Untold
        tree = self.either()
        self.need(")")
        return ("not", tree) if name == "not" else tree

    def selected(self) -> Tree:
        read = self.asked()
        self.need(",")
        kind, word = self.tokens[self.at]
        self.at += 1
        self.need(")")
        if kind not in ("text", "number"):
            raise _Untold
        value = word[1:-1] if kind == "text" else word
        if read.kind in ("choice", "several", "ranking"):
            return ("selected", read.name, _option(read, value))
        return self.compared("=", ("get", read.name, read), value)

    def compared(self, sign: str, left: Tree, right: Tree) -> Tree:
        """A comparison, with the values that it has here: options are texts, points and yes or no are numbers."""
        if _is(left, "length"):
            return _length(sign, left, right)
        if not _is(left, "get"):
            if _is(right, "get") or _is(right, "length"):
                return self.compared(_TURNED[sign], right, left)
            if isinstance(left, str) or isinstance(right, str):
                raise _Untold
            return (sign, left, right)
        read: Read = left[2]
        if right == "" and sign in ("=", "!="):
            blank = ("!=", left, 1.0) if read.kind == "consent" else ("is_blank", read.name)
            return blank if sign == "=" else ("=", left, 1.0) if read.kind == "consent" else ("not", blank)
        if isinstance(right, tuple):
            return (sign, left, right)
        return _valued(sign, left, right)


def _is(tree: Tree, sign: str) -> bool:
    return isinstance(tree, tuple) and tree[0] == sign


def _length(sign: str, left: Tree, right: Tree) -> Tree:
    """``string-length(${q}) > 0``: there is an answer."""
    if (sign, right) in ((">", 0.0), ("!=", 0.0), (">=", 1.0)):
        return ("not", ("is_blank", left[1]))
    if (sign, right) in (("=", 0.0), ("<", 1.0), ("<=", 0.0)):
        return ("is_blank", left[1])
    raise _Untold


def _valued(sign: str, left: Tree, right: str | float) -> Tree:
    read: Read = left[2]
    said = f"{right:g}" if isinstance(right, float) else right
    if read.kind == "choice":
        return (sign, left, _option(read, said))
    if read.kind == "several":
        only = ("and", ("selected", read.name, _option(read, said)), ("=", ("count_selected", read.name), 1.0))
        if sign not in ("=", "!="):
            raise _Untold
        return only if sign == "=" else ("not", only)
    if read.kind in ("short_text", "long_text", "day"):
        return (sign, left, said)
    if read.kind == "consent":
        said = {"OK": "1", "": "0"}.get(said, said)
    said = read.values.get(said, said)
    try:
        return (sign, left, float(said))
    except ValueError:
        raise _Untold from None


def _option(read: Read, value: str) -> str:
    if read.values and value not in read.values:
        raise _Untold
    return read.values.get(value, value)


_LEVELS = {"or": 1, "and": 2, "not": 3, **dict.fromkeys(_COMPARISONS, 4), "+": 5, "-": 5, "*": 6, "/": 6, "neg": 7}


def _level(tree: Tree) -> int:
    return _LEVELS.get(tree[0], 9) if isinstance(tree, tuple) else 9


def _said(tree: Tree) -> str:
    """A tree as the text of a condition, with the parentheses that it needs."""
    match tree:
        case float():
            return f"{tree:f}".rstrip("0").rstrip(".")
        case str():
            return "'" + tree.replace("'", "''") + "'"
        case ("get", name, *_):
            return str(name)
        case ("selected", name, option):
            return f"selected({name}, {_said(option)})"
        case ("count_selected" | "is_blank" as function, name):
            return f"{function}({name})"
        case ("not", inner):
            return f"not {_inside(inner, 4)}"
        case ("neg", inner):
            return f"-{_inside(inner, 8)}"
        case (sign, left, right):
            level = _LEVELS[sign]
            is_comparison = sign in _COMPARISONS
            return f"{_inside(left, level + is_comparison)} {sign} {_inside(right, level + 1)}"
    raise _Untold


def _inside(tree: Tree, least: int) -> str:
    return _said(tree) if _level(tree) >= least else f"({_said(tree)})"


# To XPath --------------------------------------------------------------------------------------------------------------


def xpath_of(condition: str, form: FormDefinition, names: Mapping[str, str]) -> str | None:
    """A condition as XPath, or None where it has no counterpart. ``names``: question or ``question/part`` -> name in the workbook."""
    try:
        return _Writer(form, names).clause(conditions.parse(condition).tree)
    except (_Untold, conditions.ConditionError):
        return None


@dataclass(frozen=True)
class _Writer:
    form: FormDefinition
    names: Mapping[str, str]

    def asked(self, name: str) -> Question:
        question = self.form.question(name.partition("/")[0])
        if question is None:
            raise _Untold
        return question

    def ref(self, name: str) -> str:
        if name not in self.names:
            raise _Untold
        return f"${{{self.names[name]}}}"

    def kind(self, tree: Tree) -> str:
        """The kind of column that a name reads; '' for anything else."""
        if not _is(tree, "get"):
            return ""
        question = self.asked(tree[1])
        columns = type_of(question.kind).columns(question, self.form)
        return next((column.kind for column in columns if column.key == tree[1]), "")

    def clause(self, tree: Tree) -> str:
        """A part that is true or false."""
        match tree:
            case ("and" | "or" as sign, left, right):
                return f"({self.clause(left)}) {sign} ({self.clause(right)})"
            case ("not", inner):
                return f"not({self.clause(inner)})"
            case ("selected", name, option):
                return f"selected({self.ref(name)}, {_quoted(option)})"
            case ("is_blank", name):
                return " and ".join(f"{one} = ''" for one in self.parts(name))
            case (sign, left, right) if sign in _COMPARISONS:
                return self.comparison(sign, left, right)
            case ("get", _) if self.kind(tree) not in ("flag", "rank"):
                value = self.term(tree)
                return f"({value} != '' and {value} != 0)"
        raise _Untold

    def parts(self, name: str) -> Iterator[str]:
        if name in self.names:
            return iter([self.ref(name)])
        inner = [key for key in self.names if key.startswith(f"{name}/")]
        if not inner or self.asked(name).kind not in ("battery", "before_now"):
            raise _Untold
        return (self.ref(key) for key in inner)

    def comparison(self, sign: str, left: Tree, right: Tree) -> str:
        is_ordered = sign not in ("=", "!=")
        kinds = {self.kind(left), self.kind(right)}
        if is_ordered and "day" in kinds and (isinstance(left, str) or isinstance(right, str)):
            return f"{self.day(left)} {sign} {self.day(right)}"
        if is_ordered and (kinds & {"choice", "text", "day"} or isinstance(left, str) or isinstance(right, str)):
            raise _Untold
        return f"{self.term(left)} {sign} {self.term(right)}"

    def day(self, tree: Tree) -> str:
        return f"date({_quoted(tree)})" if isinstance(tree, str) else self.term(tree)

    def term(self, tree: Tree) -> str:
        match tree:
            case float():
                return f"{tree:f}".rstrip("0").rstrip(".")
            case str():
                return _quoted(tree)
            case ("get", name):
                return self.got(name)
            case ("count_selected", name):
                return f"count-selected({self.ref(name)})"
            case ("neg", inner):
                return f"-({self.term(inner)})"
            case ("+" | "-" | "*" as sign, left, right):
                return f"({self.term(left)} {sign} {self.term(right)})"
            case ("/", left, right):
                return f"({self.term(left)} div {self.term(right)})"
        raise _Untold

    def got(self, name: str) -> str:
        question, part = self.asked(name), name.partition("/")[2]
        if question.kind == "consent" or part == "quote":
            return f"if({self.ref(name)} = 'OK', 1, 0)"
        if question.kind == "several" and part not in ("", "comment"):
            return f"if(selected({self.ref(question.name)}, {_quoted(part)}), 1, 0)"
        return self.ref(name)


def _quoted(words: str) -> str:
    sign = '"' if "'" in words else "'"
    if sign in words or "${" in words:
        raise _Untold
    return f"{sign}{words}{sign}"


# Constraints -----------------------------------------------------------------------------------------------------------

_NUMBER = r"(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)"
_DAY = r"(?:date\s*\(\s*)?['\"](\d{4}-\d{2}-\d{2})['\"]\s*\)?"
_PARTS: tuple[tuple[str, str], ...] = (
    (rf"\.\s*(>=|<=|>|<)\s*{_NUMBER}", "number"),
    (rf"string-length\(\s*\.\s*\)\s*(<=|<)\s*{_NUMBER}", "length"),
    (rf"count-selected\(\s*\.\s*\)\s*(>=|<=|>|<|=)\s*{_NUMBER}", "count"),
    (rf"\.\s*(>=|<=|>|<)\s*{_DAY}", "day"),
    (r"\.\s*(<=)\s*today\(\s*\)", "today"),
    (r"not\(\s*selected\(\s*\.\s*,\s*['\"]([^'\"]+)['\"]\s*\)\s+and\s+count-selected\(\s*\.\s*\)\s*>\s*1\s*\)", "exclusive"),
)
_COMPILED = tuple((re.compile(pattern), what) for pattern, what in _PARTS)
_AND = re.compile(r"\s+and\s+")


@dataclass
class Constraint:
    """What a constraint says of a question: its settings, the options that exclude the others, and what is left untold."""

    settings: dict[str, Any] = field(default_factory=dict)
    exclusive: list[str] = field(default_factory=list)
    untold: str = ""


def constraint_said(xpath: str, kind: str, is_whole: bool = False) -> Constraint:
    """The settings of a constraint; ``untold`` holds its parts that have no counterpart.

    >>> constraint_said(". >= 0 and . < 120 and regex(., 'x')", "number", True)
    Constraint(settings={'minimum': 0, 'maximum': 119}, exclusive=[], untold="regex(., 'x')")
    """
    found, untold = Constraint(), []
    if len(xpath) > LONGEST_CONSTRAINT:
        return Constraint(untold=xpath)
    for part in _apart(xpath.strip()):
        if not _take(part, kind, is_whole, found):
            untold.append(part)
    found.untold = " and ".join(untold)
    return found


def _apart(xpath: str) -> list[str]:
    """The parts of a chain of "and"; a part in parentheses or quotes stays whole."""
    parts, depth, quote, start = [], 0, "", 0
    at = 0
    while at < len(xpath):
        sign = xpath[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif depth == 0 and (joint := _AND.match(xpath, at)):
            parts.append(xpath[start:at])
            start = at = joint.end()
            continue
        at += 1
    whole = [*parts, xpath[start:]]
    inner = [part.strip() for part in whole]
    if len(inner) == 1 and inner[0].startswith("(") and inner[0].endswith(")") and _closes(inner[0]):
        return _apart(inner[0][1:-1].strip())
    return [one for part in inner for one in ([part] if len(inner) == 1 or not part.startswith("(") else _apart(part))]


def _closes(xpath: str) -> bool:
    """Whether the first parenthesis closes at the end."""
    depth = 0
    for at, sign in enumerate(xpath):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return at == len(xpath) - 1
    return False


_KINDS_OF = {
    "number": ("number",),
    "length": ("short_text", "long_text"),
    "count": ("several",),
    "day": ("day",),
    "today": ("day",),
    "exclusive": ("several",),
}


def _take(part: str, kind: str, is_whole: bool, found: Constraint) -> bool:
    for pattern, what in _COMPILED:
        match = pattern.fullmatch(part)
        if match and kind in _KINDS_OF[what]:
            return _settle(what, match, is_whole, found)
    return False


def _settle(what: str, match: re.Match[str], is_whole: bool, found: Constraint) -> bool:
    if what == "exclusive":
        found.exclusive.append(match[1])
    elif what == "today":
        found.settings["until_today"] = True
    elif what == "day":
        return _bounded(found, match[1], match[2], ("earliest", "latest"), strict=False)
    elif what == "length":
        found.settings["maximum"] = int(float(match[2])) - (match[1] == "<")
    else:
        number: float | int = float(match[2]) if "." in match[2] else int(match[2])
        return _bounded(found, match[1], number, ("minimum", "maximum"), strict=is_whole or what == "count")
    return True


def _bounded(found: Constraint, sign: str, value: Any, names: tuple[str, str], strict: bool) -> bool:
    if isinstance(value, str):
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
    if sign == "=":
        found.settings |= dict.fromkeys(names, value)
    elif sign in (">=", "<="):
        found.settings[names[sign == "<="]] = value
    elif strict and isinstance(value, int):
        found.settings[names[sign == "<"]] = value + (1 if sign == ">" else -1)
    else:
        return False
    return True


def constraint_of(question: Question) -> str:
    """What a question allows, as the constraint of its row; '' when it allows everything."""
    given = dict(question.settings)
    subject = {"short_text": "string-length(.)", "long_text": "string-length(.)", "several": "count-selected(.)", "number": "."}
    parts = []
    if question.kind in subject:
        value = subject[question.kind]
        parts += [f"{value} {sign} {number(given[name])}" for name, sign in (("minimum", ">="), ("maximum", "<=")) if name in given]
    if question.kind == "day":
        parts += [f". {sign} date('{given[name]}')" for name, sign in (("earliest", ">="), ("latest", "<=")) if name in given]
        parts += [". <= today()"] if given.get("until_today") else []
    excluding = [choice.value for choice in question.choices if choice.exclusive] if question.kind == "several" else []
    return " and ".join([*parts, *(f"not(selected(., '{value}') and count-selected(.) > 1)" for value in excluding)])


def number(value: float) -> str:
    """A number as XPath writes it, without an exponent.

    >>> number(5), number(0.25), number(1e-7)
    ('5', '0.25', '0.0000001')
    """
    return str(value) if isinstance(value, int) else f"{value:.15f}".rstrip("0").rstrip(".")
