"""Text of a file to plain data: YAML or JSON, guarded, with the line of every part.

YAML is read with the rules of JSON for what a word is: only true and false are flags, days stay words, and keys are words
as they stand (so that the language ``no`` is a language). Tags, merge keys and several documents are refused.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

from forms.messages import Message, Problem, mark

Path = tuple[str | int, ...]

LONGEST_FILE = 1_000_000  # characters
DEEPEST = 30
MOST_PARTS = 50_000  # aliases counted as often as they are used


class FormFileError(ValueError):
    """A file that is not a form: every problem with its place, fault and remedy.

    A place is a path such as ``questions.tr_open.scale``, after the number of its line where that is known: ``12: questions...``.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.place}: {problem.fault}" for problem in problems))
        self.problems = list(problems)


@dataclass
class Read:
    """Plain data and the line, from 1, of every path in it."""

    data: Any
    lines: dict[Path, int] = field(default_factory=dict)


def decode(raw: bytes) -> str:
    """The text of a file in UTF-8, with or without a byte order mark; FormFileError with the line of the first strange byte."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise _refused(str(line), mark("The file is not in UTF-8."), mark("Save it again as UTF-8.")) from None


def read(text: str) -> Read:
    """Plain data of a YAML or JSON text; FormFileError when it cannot be read."""
    if len(text) > LONGEST_FILE:
        fault = mark("The file is too long: %(length)s characters.")
        remedy = mark("A form has at most %(most)s characters: divide it.")
        raise _refused("1", fault, remedy, length=len(text), most=LONGEST_FILE)
    text = text.removeprefix("\ufeff")
    found = _read_json(text) if text.lstrip().startswith("{") else None
    return found or _read_yaml(text)


def _refused(place: str, fault: str, remedy: str, **values: Any) -> FormFileError:
    return FormFileError([Problem(place, Message(fault, values), Message(remedy, values))])


def _too_deep(line: int) -> FormFileError:
    return _refused(str(line), mark("The file is nested too deeply."), mark("A form needs no more than %(most)s levels."), most=DEEPEST)


# JSON ------------------------------------------------------------------------------------------------------------------


def _read_json(text: str) -> Read | None:
    """The data when the text is JSON, else None: it may still be YAML."""
    repeated: list[str] = []

    def paired(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        repeated.extend(sorted({key for key in keys if keys.count(key) > 1}))
        return dict(pairs)

    try:
        data = json.loads(text, object_pairs_hook=paired, parse_constant=_no_constant, parse_int=_plain_number, parse_float=_plain_number)
    except RecursionError:
        raise _too_deep(1) from None
    except ValueError:
        return None
    if _depth(data) > DEEPEST:
        raise _too_deep(1)
    if repeated:
        _read_yaml(text)  # tells the lines
        raise FormFileError([_repeated_key("1", key, 1) for key in repeated])
    return Read(data, _lines_of_json(text, data))


def _lines_of_json(text: str, data: Any) -> dict[Path, int]:
    """The lines of a JSON text, which is nearly always YAML as well; none where it is not."""
    try:
        found = _read_yaml(text)
    except FormFileError:
        return {}
    return found.lines if found.data == data else {}


def _no_constant(said: str) -> float:
    raise ValueError(said)


def _plain_number(said: str) -> Any:
    """A number as YAML reads it: what is longer, or has an exponent, stays words."""
    kinds = (("int", int), ("float", float))
    return next((number(said) for kind, number in kinds if re.fullmatch(_PATTERNS[kind], said)), said)


def _depth(data: Any) -> int:
    depth, level = 0, [data]
    while level and depth <= DEEPEST:
        depth += 1
        inner: list[Any] = []
        for one in level:
            inner += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        level = inner
    return depth


def _repeated_key(place: str, key: str, line: int) -> Problem:
    values = {"key": key, "line": line}
    fault = Message(mark("“%(key)s” is written twice; the first time on line %(line)s."), values)
    return Problem(place, fault, Message(mark("Keep one of the two."), values))


# YAML ------------------------------------------------------------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """Words, numbers, true, false and null as JSON knows them; questions may stand unquoted inside { }."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def scan_plain(self) -> Any:
        """A plain word. PyYAML ends it at "?" inside { }, where YAML 1.2 does not; a survey is full of questions."""
        peek = self.peek
        self.peek = lambda index=0: "¿" if index and peek(index) == "?" else peek(index)  # type: ignore[method-assign]  # for this word
        try:
            return super().scan_plain()
        finally:
            del self.peek


_PATTERNS = {
    "bool": r"true|false|True|False",
    "int": r"-?(?:0|[1-9][0-9]{0,17})",
    "float": r"-?[0-9]{1,17}\.[0-9]{1,17}",
    "null": r"~|null|",
}
for _tag, _firsts in {"bool": "tfTF", "int": "-0123456789", "float": "-0123456789", "null": ["~", "n", ""]}.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_PATTERNS[_tag]})$"), list(_firsts))

_SCALARS: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": lambda said: said.casefold() == "true",
    "tag:yaml.org,2002:null": lambda said: None,
}


def _read_yaml(text: str) -> Read:
    try:
        _guard(text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as fault:
        raise _unreadable(fault) from None
    except yaml.YAMLError:
        remedy = mark("Remove characters that cannot be seen, and save the file as UTF-8.")
        raise _refused("1", mark("The file has characters that YAML does not allow."), remedy) from None
    except RecursionError:
        raise _too_deep(1) from None
    return _Plain().whole(node)


def _guard(text: str) -> None:
    """Refuse what is nested too deeply before anything is built."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise _too_deep(_line(event))


def _line(part: yaml.Event | yaml.Node) -> int:
    return part.start_mark.line + 1 if part.start_mark else 1


def _unreadable(fault: yaml.MarkedYAMLError) -> FormFileError:
    where = fault.problem_mark or fault.context_mark
    line = where.line + 1 if where else 1
    said = str(fault.problem or fault.context or "")
    if "single document" in str(fault.context) + said:
        return _refused(str(line), mark("There are several documents in the file."), mark("Keep one, without “---”."))
    remedy = mark("Look for a missing quote, a tab, or a line that is indented differently, there or just above.")
    return _refused(str(line), mark("This is not YAML: %(detail)s."), remedy, detail=said)


class _Plain:
    """Nodes to plain data. Every alias counts, so that a small file cannot grow into a large one."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self.open: set[int] = set()
        self.parts = 0

    def whole(self, node: yaml.Node | None) -> Read:
        if node is None:
            raise _refused("1", mark("The file is empty."), mark("Begin with “name:” and “title:”."))
        data = self.of(node, ())
        if self.problems:
            raise FormFileError(self.problems)
        return Read(data, self.lines)

    def of(self, node: yaml.Node, path: Path) -> Any:
        self.parts += 1
        line = _line(node)
        if self.parts > MOST_PARTS:
            remedy = mark("Write the parts out instead of using * and &.")
            raise _refused(str(line), mark("The file grows too large by its aliases."), remedy)
        if id(node) in self.open:
            raise _refused(str(line), mark("This part contains itself."), mark("Remove the alias."))
        self.lines.setdefault(path, line)
        self.open.add(id(node))
        data: Any = None
        if isinstance(node, yaml.ScalarNode):
            data = self.scalar(node, line)
        elif isinstance(node, yaml.MappingNode):
            data = self.mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            data = self.sequence(node, path)
        self.open.discard(id(node))
        return data

    def scalar(self, node: yaml.ScalarNode, line: int) -> Any:
        kind = _SCALARS.get(node.tag)
        if kind is None:
            self.strange_tag(node, line)
            return None
        value = kind(node.value)
        return value if not isinstance(value, float) or math.isfinite(value) else None

    def strange_tag(self, node: yaml.Node, line: int) -> None:
        values = {"found": node.tag}
        remedy = Message(mark("Remove it: a form has plain words and numbers only."), values)
        self.problems.append(Problem(str(line), Message(mark("The tag “%(found)s” is not allowed."), values), remedy))

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        if node.tag != "tag:yaml.org,2002:map":
            self.strange_tag(node, _line(node))
        data: dict[str, Any] = {}
        seen: dict[str, int] = {}
        for key, value in self.pairs(node):
            line = _line(key)
            if key.value in seen:
                self.problems.append(_repeated_key(str(line), key.value, seen[key.value]))
                continue
            seen[key.value] = line
            self.lines[(*path, key.value)] = line
            data[key.value] = self.of(value, (*path, key.value))
        return data

    def pairs(self, node: yaml.MappingNode) -> Iterator[tuple[yaml.ScalarNode, yaml.Node]]:
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode):
                yield key, value
            else:
                fault, remedy = Message(mark("A key must be one word.")), Message(mark("Put words with { or [ in quotes."))
                self.problems.append(Problem(str(_line(key)), fault, remedy))

    def sequence(self, node: yaml.SequenceNode, path: Path) -> list[Any]:
        if node.tag != "tag:yaml.org,2002:seq":
            self.strange_tag(node, _line(node))
        return [self.of(value, (*path, position)) for position, value in enumerate(node.value)]
