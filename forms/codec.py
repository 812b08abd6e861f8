"""A definition to a document (JSON) or a file (YAML) and back. The format is told in ``docs/forms.md``.

``to_document`` writes what differs from the defaults, with lists where order matters, so that it survives any JSON store.
``dump`` writes the same as pleasant YAML. ``load`` and ``from_document`` accept both shapes and raise FormFileError with
every problem at once.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml

from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.difference import Change, difference
from forms.messages import Message, Problem, mark
from forms.questions import KINDS, type_of
from forms.questions.base import QuestionType, SettingField
from forms.reading import FormFileError, Path, decode, read
from forms.wording import Text

__all__ = ["Change", "FormFileError", "decode", "difference", "digest", "dump", "from_document", "load", "placed", "to_document"]

FORM_KEYS = ("name", "title", "languages", "intro", "minutes", "source", "licence", "words", "defaults", "scales", "sections")
SECTION_KEYS = ("name", "title", "questions")
SCALE_KEYS = ("name", "lo", "hi", "step", "labels")
CHOICE_KEYS = ("value", "label", "exclusive", "show_if")
ROW_KEYS = ("value", "label", "reverse", "show_if", "construct")
DEFAULT_KEYS = ("required", "unknown", "refuse", "sensitive")
TEXTS = ("label", "hint", "message", "interviewer_note")
FLAGS = ("reverse", "unknown", "refuse", "sensitive", "of_groups", "shuffle")
WORDS = ("show_if", "construct", "scale")
QUESTION_KEYS = ("name", "kind", *TEXTS, "required", *WORDS, *FLAGS, "choices", "rows")

LONGEST_LINE = 110
UNSPEAKABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_YES, _NO = {"true", "yes", "on"}, {"false", "no", "off"}
_ABSENT = object()
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
POINT = re.compile(r"0|-?[1-9][0-9]{0,8}")


# Reading ---------------------------------------------------------------------------------------------------------------


def load(text: str) -> FormDefinition:
    """The definition that a YAML or JSON text describes; FormFileError with every problem and its line."""
    found = read(text)
    try:
        return from_document(found.data)
    except FormFileError as fault:
        raise FormFileError(_with_lines(found.data, found.lines, fault.problems)) from None


def placed(text: str, problems: Iterable[Problem]) -> list[Problem]:
    """The problems that ``check`` found in the form of this text, with the number of the line before each place."""
    found = read(text)
    return _with_lines(found.data, found.lines, problems)


def _with_lines(data: Any, lines: Mapping[Path, int], problems: Iterable[Problem]) -> list[Problem]:
    known: dict[str, int] = {}
    for path, line in lines.items():
        known.setdefault(_place(data, path), line)
    return sorted((_with_line(known, problem) for problem in problems), key=_line_of)


def _with_line(known: Mapping[str, int], problem: Problem) -> Problem:
    place = problem.place.partition(":")[0]
    while place not in known and "." in place:
        place = place.rpartition(".")[0]
    return replace(problem, place=f"{known[place]}: {problem.place}") if place in known else problem


def _line_of(problem: Problem) -> int:
    number = problem.place.partition(":")[0]
    return int(number) if number.isdigit() else 0


def _place(data: Any, path: Path) -> str:
    """A path as people read it: parts of lists by their name where they have one, else by their number from 1.

    >>> _place({"sections": [{"questions": [{"name": "age"}]}]}, ("sections", 0, "questions", 0, "hint"))
    'questions.age.hint'
    """
    said: list[str] = []
    for step in path:
        data = data.get(step) if isinstance(data, dict) else data[step] if isinstance(data, list) and isinstance(step, int) else None
        if step == "questions" and said[:1] == ["sections"]:
            said = ["questions"] if isinstance(data, list) and all(_name_of(one) for one in data) else [*said, "questions"]
        else:
            said.append(str(step) if isinstance(step, str) else _name_of(data) or str(step + 1))
    return ".".join(said) or "form"


def _name_of(data: Any) -> str:
    name = data.get("name", data.get("value")) if isinstance(data, dict) else None
    return name if isinstance(name, str) else ""


def from_document(document: Mapping[str, Any]) -> FormDefinition:
    """The definition that a document describes; FormFileError with every problem."""
    reading = _Reading(document)
    definition = reading.form()
    if reading.problems:
        raise FormFileError(reading.problems)
    return definition


def read_unfinished(document: Any) -> tuple[FormDefinition, list[Problem]]:
    """What can be read of a document that may not be finished, and every problem of the rest."""
    reading = _Reading(document)
    return reading.form(), reading.problems


class _Reading:
    """One function per kind of part. Each takes the part and its path, tells what is wrong, and always returns something."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.problems: list[Problem] = []
        self.base = "es"

    def tell(self, path: Path, fault: str, remedy: str, **values: Any) -> None:
        self.problems.append(Problem(_place(self.document, path), Message(fault, values), Message(remedy, values)))

    # single values

    def words(self, value: Any, path: Path) -> str:
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.tell(path, mark("Words are expected here."), mark("Write plain words, in quotes if they have signs in them."))
            return ""
        said = str(value).strip()
        if UNSPEAKABLE.search(said):
            self.tell(path, mark("There are characters here that cannot be shown."), mark("Remove them, or type the words again."))
            return ""
        return said

    def whole(self, value: Any, path: Path, default: int) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if value is not None:
            self.tell(path, mark("“%(found)s” is not a whole number."), mark("Write digits only, without quotes."), found=_shown(value))
        return default

    def flag(self, value: Any, path: Path) -> bool:
        if isinstance(value, bool):
            return value
        if isinstance(value, str) and value.casefold() in _YES | _NO:
            return value.casefold() in _YES
        if value is not None:
            self.tell(path, mark("“%(found)s” is neither true nor false."), mark("Write true or false."), found=_shown(value))
        return False

    def text(self, value: Any, path: Path) -> Text:
        """``{es: ..., en: ...}``, or plain words in the base language."""
        if isinstance(value, Mapping):
            return Text.of({language: self.said_in(language, said, (*path, language)) for language, said in value.items()})
        if isinstance(value, list | bool):
            self.tell(path, mark("Words are expected here."), mark("Write them per language: {es: …, en: …}."))
            return Text()
        return Text.of({self.base: self.words(value, path)})

    def said_in(self, language: Any, said: Any, path: Path) -> str:
        """The words in one language."""
        if isinstance(language, str) and LANGUAGE.fullmatch(language):
            return self.words(said, path)
        remedy = mark("Write codes such as es or en. Words with a comma or a colon need quotes.")
        self.tell(path, mark("“%(found)s” is not the code of a language."), remedy, found=_shown(language))
        return ""

    def required(self, value: Any, path: Path) -> Any:
        said = {True: "yes", False: "no", None: "no"}.get(value, value) if isinstance(value, bool | None) else value
        if said in ("yes", "no", "soft"):
            return said
        self.tell(path, mark("“%(found)s” is not a way to require an answer."), mark("Write yes, soft or no."), found=_shown(value))
        return "no"

    # collections

    def mapping(self, value: Any, path: Path, keys: Sequence[str]) -> Mapping[str, Any]:
        """A mapping with known keys only; anything else is told and read as empty."""
        if not isinstance(value, Mapping):
            remedy = mark("Write one “key: value” per line, with keys such as %(known)s.")
            self.tell(path, mark("A group of keys is expected here."), remedy, known=", ".join(keys[:4]))
            return {}
        for key in value:
            if key not in keys:
                self.unknown(str(key), keys, (*path, key))
        return value

    def unknown(self, key: str, known: Sequence[str], path: Path) -> None:
        like = difflib.get_close_matches(key, known, 1)
        if like:
            self.tell(path, mark("“%(key)s” is not known here."), mark("Did you mean “%(like)s”?"), key=_shown(key), like=like[0])
        else:
            remedy = mark("Use one of: %(known)s.")
            self.tell(path, mark("“%(key)s” is not known here."), remedy, key=_shown(key), known=", ".join(known))

    def items(self, value: Any, path: Path) -> list[tuple[Any, Path]]:
        if value is None:
            return []
        if isinstance(value, list):
            return [(one, (*path, position)) for position, one in enumerate(value)]
        self.tell(path, mark("A list is expected here."), mark("Begin each part with “- ”."))
        return []

    def keyed(self, value: Any, path: Path, key: str) -> list[tuple[dict[str, Any], Path]]:
        """Parts written as ``name: part`` or as a list of parts that each hold their ``key``."""
        if isinstance(value, Mapping):
            found = []
            for name, part in value.items():
                inside = dict(part) if isinstance(part, Mapping) and self.is_part(part, key) else {"label": part}
                found.append(({key: name} | inside, (*path, name)))
            return found
        parts = []
        for one, at in self.items(value, path):
            if isinstance(one, Mapping):
                parts.append((dict(one), at))
            elif isinstance(one, str | int | float) and not isinstance(one, bool):
                parts.append(({key: one, "label": one}, at))
            else:
                self.mapping(one, at, (key, "label"))
        return parts

    def is_part(self, part: Mapping[str, Any], key: str) -> bool:
        """Whether a mapping holds the keys of a part, and is not just a label in several languages."""
        return key == "name" or any(name in part for name in (*CHOICE_KEYS, *ROW_KEYS))

    # the form

    def form(self) -> FormDefinition:
        form = self.mapping(self.document, (), FORM_KEYS)
        languages = self.languages(form.get("languages"))
        self.base = languages[0] if languages else "es"
        defaults = self.defaults(form.get("defaults"))
        return FormDefinition(
            name=self.words(form.get("name"), ("name",)),
            title=self.text(form.get("title"), ("title",)),
            languages=languages,
            sections=tuple(self.section(one, path, defaults) for one, path in self.items(form.get("sections"), ("sections",))),
            intro=self.text(form.get("intro"), ("intro",)),
            scales=tuple(self.scale(one, path) for one, path in self.keyed(form.get("scales"), ("scales",), "name")),
            minutes=self.whole(form.get("minutes"), ("minutes",), 0),
            source=self.words(form.get("source"), ("source",)),
            licence=self.words(form.get("licence"), ("licence",)),
            words=self.places(form.get("words")),
        )

    def languages(self, value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            return (value.strip(),)
        return tuple(said for one, path in self.items(value, ("languages",)) if (said := self.words(one, path)))

    def defaults(self, value: Any) -> dict[str, Any]:
        """What every question has unless it says otherwise."""
        given = self.mapping({} if value is None else value, ("defaults",), DEFAULT_KEYS)
        readers = {"required": self.required} | dict.fromkeys(("unknown", "refuse", "sensitive"), self.flag)
        return {key: readers[key](one, ("defaults", key)) for key, one in given.items() if key in readers}

    def places(self, value: Any) -> tuple[tuple[str, Text], ...]:
        if value is None:
            return ()
        if not isinstance(value, Mapping):
            self.tell(("words",), mark("A group of keys is expected here."), mark("Write “place: {es: …, en: …}” per line."))
            return ()
        return tuple(sorted((str(name), self.text(said, ("words", name))) for name, said in value.items()))

    def scale(self, value: dict[str, Any], path: Path) -> Scale:
        given = self.mapping(value, path, SCALE_KEYS)
        for key in ("lo", "hi"):
            if key not in given:
                self.tell(path, mark("The scale does not say “%(key)s”."), mark("Write its lowest and highest point: lo and hi."), key=key)
        labels = {} if given.get("labels") is None else given["labels"]
        if not isinstance(labels, Mapping):
            self.tell((*path, "labels"), mark("Labels are written per point."), mark("Write “1: {es: …, en: …}” per line."))
            labels = {}
        return Scale(
            name=self.words(given.get("name"), (*path, "name")),
            lo=self.whole(given.get("lo"), (*path, "lo"), 0),
            hi=self.whole(given.get("hi"), (*path, "hi"), 1),
            step=self.whole(given.get("step"), (*path, "step"), 1),
            labels=tuple(sorted(self.labels(labels, (*path, "labels")), key=lambda labelled: labelled[0])),
        )

    def labels(self, labels: Mapping[Any, Any], path: Path) -> Iterator[tuple[int, Text]]:
        for point, said in labels.items():
            if POINT.fullmatch(str(point)):
                yield int(point), self.text(said, (*path, point))
            else:
                fault = mark("“%(found)s” is not a point of a scale.")
                self.tell((*path, point), fault, mark("Write digits only, without quotes."), found=_shown(point))

    def section(self, value: Any, path: Path, defaults: Mapping[str, Any]) -> Section:
        given = self.mapping(value, path, SECTION_KEYS)
        number = int(path[-1]) + 1
        questions = [self.question(one, at, defaults) for one, at in self.items(given.get("questions"), (*path, "questions"))]
        return Section(
            name=self.words(given.get("name"), (*path, "name")) or f"section_{number}",
            title=self.text(given.get("title"), (*path, "title")),
            questions=tuple(question for question in questions if question is not None),
        )

    def question(self, value: Any, path: Path, defaults: Mapping[str, Any]) -> Question | None:
        if not isinstance(value, Mapping):
            self.mapping(value, path, QUESTION_KEYS)
            return None
        kind = self.words(value.get("kind"), (*path, "kind"))
        if kind not in KINDS:
            self.strange_kind(kind, (*path, "kind") if "kind" in value else path)
            return None
        type_ = type_of(kind)
        given = self.mapping(value, path, (*QUESTION_KEYS, *(setting.name for setting in type_.settings)))
        given = _with_defaults(given, type_, defaults)
        simple: dict[str, Any] = {key: self.text(given.get(key), (*path, key)) for key in TEXTS}
        simple |= {key: self.words(given.get(key), (*path, key)) for key in WORDS}
        simple |= {key: self.flag(given.get(key), (*path, key)) for key in FLAGS}
        return Question(
            name=self.words(given.get("name"), (*path, "name")),
            kind=kind,
            required=self.required(given.get("required"), (*path, "required")),
            choices=tuple(self.choice(one, at) for one, at in self.keyed(given.get("choices"), (*path, "choices"), "value")),
            rows=tuple(self.row(one, at) for one, at in self.keyed(given.get("rows"), (*path, "rows"), "value")),
            settings=tuple(sorted(self.settings(type_.settings, given, path))),
            **simple,
        )

    def strange_kind(self, kind: str, path: Path) -> None:
        if not kind:
            self.tell(path, mark("The question does not say its kind."), mark("Use one of: %(known)s."), known=", ".join(KINDS))
            return
        like = difflib.get_close_matches(kind, KINDS, 1)
        remedy = mark("Did you mean “%(like)s”?") if like else mark("Use one of: %(known)s.")
        values = {"like": like[0]} if like else {"known": ", ".join(KINDS)}
        self.tell(path, mark("There is no kind of question called “%(kind)s”."), remedy, kind=_shown(kind), **values)

    def choice(self, value: dict[str, Any], path: Path) -> Choice:
        given = self.mapping(value, path, CHOICE_KEYS)
        return Choice(
            value=self.words(given.get("value"), (*path, "value")),
            label=self.text(given.get("label"), path),
            exclusive=self.flag(given.get("exclusive"), (*path, "exclusive")),
            show_if=self.words(given.get("show_if"), (*path, "show_if")),
        )

    def row(self, value: dict[str, Any], path: Path) -> Row:
        given = self.mapping(value, path, ROW_KEYS)
        return Row(
            value=self.words(given.get("value"), (*path, "value")),
            label=self.text(given.get("label"), path),
            reverse=self.flag(given.get("reverse"), (*path, "reverse")),
            show_if=self.words(given.get("show_if"), (*path, "show_if")),
            construct=self.words(given.get("construct"), (*path, "construct")),
        )

    def settings(self, declared: Sequence[SettingField], given: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
        for setting in declared:
            value = given.get(setting.name)
            if value is not None:
                said = self.setting(setting, value, (*path, setting.name))
                if said is not _ABSENT:
                    yield setting.name, said

    def setting(self, setting: SettingField, value: Any, path: Path) -> Any:
        if setting.kind == "flag":
            return self.flag(value, path)
        if setting.kind == "whole":
            return self.whole(value, path, 0)
        if setting.kind == "words":
            return self.text(value, path)
        if setting.kind == "number":
            if isinstance(value, int | float) and not isinstance(value, bool):
                return value
            self.tell(path, mark("“%(found)s” is not a number."), mark("Write digits only, without quotes."), found=_shown(value))
            return _ABSENT
        return self.words(value, path)


def _with_defaults(given: Mapping[str, Any], type_: QuestionType, defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    if not type_.asks or not type_.may_skip:
        return given
    return {**defaults, **given}


def _shown(value: Any) -> str:
    """A value as it can be repeated in a message: short, and always printable."""
    said = str(value).encode("utf-8", "replace").decode()
    return said if len(said) <= 60 else said[:59] + "…"


# Writing ---------------------------------------------------------------------------------------------------------------


def to_document(definition: FormDefinition) -> dict[str, Any]:
    """The definition as JSON can hold it; what has its default value is left out."""
    return _kept(
        name=definition.name,
        title=definition.title.as_dict(),
        languages=list(definition.languages),
        intro=definition.intro.as_dict(),
        minutes=definition.minutes,
        source=definition.source,
        licence=definition.licence,
        words={name: text.as_dict() for name, text in definition.words},
        scales=[_scale(scale) for scale in definition.scales],
        sections=[_section(section) for section in definition.sections],
    )


def _kept(**parts: Any) -> dict[str, Any]:
    """Without empty parts; zero counts as empty, so places where it means something are written by hand."""
    return {name: part for name, part in parts.items() if part}


def _scale(scale: Scale) -> dict[str, Any]:
    step = {} if scale.step == 1 else {"step": scale.step}
    labels = {str(point): label.as_dict() for point, label in scale.labels}
    return {"name": scale.name, "lo": scale.lo, "hi": scale.hi} | step | _kept(labels=labels)


def _section(section: Section) -> dict[str, Any]:
    questions = [_question(question) for question in section.questions]
    return {"name": section.name} | _kept(title=section.title.as_dict()) | {"questions": questions}


def _question(question: Question) -> dict[str, Any]:
    head: dict[str, Any] = {"name": question.name, "kind": question.kind}
    texts = {key: getattr(question, key).as_dict() for key in TEXTS}
    required = {} if question.required == "no" else {"required": question.required}
    others = {key: getattr(question, key) for key in (*WORDS, *FLAGS)}
    settings = {name: value.as_dict() if isinstance(value, Text) else value for name, value in question.settings}
    lists = {"choices": [_choice(choice) for choice in question.choices], "rows": [_row(row) for row in question.rows]}
    return head | _kept(**texts) | required | _kept(**others) | settings | _kept(**lists)


def _choice(choice: Choice) -> dict[str, Any]:
    return {"value": choice.value} | _kept(label=choice.label.as_dict(), exclusive=choice.exclusive, show_if=choice.show_if)


def _row(row: Row) -> dict[str, Any]:
    more = _kept(label=row.label.as_dict(), reverse=row.reverse, show_if=row.show_if, construct=row.construct)
    return {"value": row.value} | more


def digest(definition: FormDefinition) -> str:
    """The SHA-256 of the definition, in hexadecimal: the same for equal definitions, whatever file they came from."""
    document = json.dumps(to_document(definition), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(document.encode()).hexdigest()


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Row(list[str]):
    """A list that is written on one line."""


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


_Dumper.add_representer(_Row, lambda dumper, data: dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True))
_Dumper.add_representer(_Line, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True))


def dump(definition: FormDefinition) -> str:
    """The definition as YAML, in the form in which people write it."""
    document = to_document(definition) | {"languages": _Row(definition.languages)}
    document["scales"] = _by_name(document.get("scales", []), "name", lambda scale: scale | _lines(scale.get("labels", {}), "labels"))
    for section in document.get("sections", []):
        for question in section["questions"]:
            for key in ("choices", "rows"):
                question[key] = _by_name(question.get(key, []), "value", _short)
        section["questions"] = [_pleasant(question) for question in section["questions"]]
    sections = [_pleasant(section) for section in document.pop("sections", [])]
    whole = _in_order(_pleasant(document) | {"sections": sections}, definition.languages)
    return yaml.dump(whole, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=140)


def _lines(labels: Mapping[str, Any], key: str) -> dict[str, Any]:
    return {key: {int(point): _Line(words) for point, words in labels.items()}} if labels else {}


def _by_name(parts: list[dict[str, Any]], key: str, written: Callable[[dict[str, Any]], Any]) -> Any:
    """Parts as ``name: part`` when each has a name of its own, else as they are."""
    names = [part[key] for part in parts]
    if len(set(names)) < len(names) or not all(names):
        return parts
    return {part[key]: written({name: value for name, value in part.items() if name != key}) for part in parts}


def _short(part: dict[str, Any]) -> Any:
    """A choice or row as its label alone, where that says all and cannot be taken for something else."""
    label = part.get("label", {})
    if set(part) <= {"label"} and label and not set(label) & {*CHOICE_KEYS, *ROW_KEYS}:
        return _Line(label)
    return _pleasant({"label": label} | part) if label else part


def _pleasant(part: dict[str, Any]) -> dict[str, Any]:
    """Without empty parts, and every text on one line."""
    shown = {key: _Line(value) if _is_text(value) else value for key, value in part.items()}
    return {key: value for key, value in shown.items() if value not in ({}, [], None)}


def _in_order(part: Any, languages: Sequence[str]) -> Any:
    """Every text with the form's languages in their order, on one line where it is short."""
    if isinstance(part, list) and not isinstance(part, _Row):
        return [_in_order(one, languages) for one in part]
    if not isinstance(part, dict):
        return part
    if not isinstance(part, _Line):
        return {key: _in_order(one, languages) for key, one in part.items()}
    ordered = {key: part[key] for key in (*languages, *part) if key in part}
    is_short = sum(len(words) + len(key) + 4 for key, words in ordered.items()) <= LONGEST_LINE
    return _Line(ordered) if is_short else ordered


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(isinstance(words, str) for words in value.values())
