"""Whether what a form asks about people would let one be told apart: who they are, where, how old, which sex, which role.

Questions are recognised by their name, by ``of_groups``, and by Spanish and English words of their label and options.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from forms.definition import FormDefinition, Question

#: Fewer people than this in a combination, on average, and somebody in it can be told apart (the smallest cell shown).
FEWEST = 5
#: What a question answered in one's own words or figures is counted as: nearly everybody answers differently.
OWN_WORDS = 20
#: Kinds whose answer sorts people.
KINDS = ("choice", "number", "short_text", "day")

_ATTRIBUTES = {
    "place": r"regi[óo]n|provincia|distrito|departamento|localidad|ciudad|pueblo|caser[íi]o|zona|lugar|comunidad|region|province|district"
    r"|town|village|city|place|area",
    "sex": r"sexo|g[ée]nero|sex|gender",
    "age": r"edad|grupo de edad|fecha de nacimiento|age|age group|date of birth|year of birth",
    "role": r"cargo|puesto|funci[óo]n|ocupaci[óo]n|profesi[óo]n|rango|jerarqu[íi]a|rol|role|position|occupation|profession|rank|job",
    "institution": r"instituci[óo]n|organizaci[óo]n|empresa|comisar[íi]a|institution|organi[sz]ation|company|employer|station",
}
#: How a label asks who somebody is, and not what they think of a place or of an institution.
_ASKING = (
    r"^\W*(?:su |your )?(?:{0})\W*$",
    r"\b(?:en|de|a) qué (?:\w+ )?(?:{0}) \w+",
    r"\bcu[áa]l es su (?:\w+ )?(?:{0})\b",
    r"\b(?:which|what) (?:\w+ )?(?:{0}) (?:do|are) you\b",
    r"\bwhat is your (?:\w+ )?(?:{0})\b",
)
_TURNS = {
    "place": r"|\bd[óo]nde (?:vive|trabaja)|\bwhere do you (?:live|work)",
    "age": r"|\bcu[áa]ntos a[ñn]os tiene|\bcu[áa]ndo naci[óo]|\bhow old are you|\bwhen were you born",
}
_LABELS = {
    name: re.compile("|".join(turn.format(words) for turn in _ASKING) + _TURNS.get(name, ""), re.I) for name, words in _ATTRIBUTES.items()
}
_NAMES = {name: re.compile(words, re.I) for name, words in _ATTRIBUTES.items()}


@dataclass(frozen=True)
class Attribute:
    """A question that says who somebody is, and into how many kinds of people it divides."""

    question: str
    kind: str
    parts: int


@dataclass(frozen=True)
class Risk:
    """The group in which the combinations are smallest: ``people`` of it in each on average; what to leave out."""

    questions: tuple[str, ...]
    combinations: int
    group: str
    members: int
    people: float
    drop: str


def attributes(form: FormDefinition) -> list[Attribute]:
    """The questions that say who somebody is, the group aside."""
    found = []
    for question in form.questions():
        kind = _kind(question)
        if kind:
            found.append(Attribute(question.name, kind, _parts(question)))
    return [one for one in found if one.parts > 1]


def asks_group(form: FormDefinition) -> bool:
    return any(question.name == "group" for question in form.questions())


def risk(form: FormDefinition, members: Mapping[str, int]) -> Risk | None:
    """The worst combination, None when every one holds ``FEWEST`` people or more on average.

    members: {group: its people}; groups that the programme shows together are best given together. Where the form does not
    ask for the group all of them count as one. The people of a group are thought of as spread evenly.
    """
    asked = attributes(form)
    sizes = {group: count for group, count in members.items() if count > 0}
    if not asked or not sizes:
        return None
    if not asks_group(form):
        if len(asked) == 1:
            return None
        sizes = {"": sum(sizes.values())}
    group, least = min(sizes.items(), key=lambda size: size[1])
    combinations = math.prod(one.parts for one in asked)
    if least / combinations >= FEWEST:
        return None
    names = (*(["group"] if asks_group(form) else []), *(one.question for one in asked))
    return Risk(names, combinations, group, least, least / combinations, _to_drop(asked, least))


def _to_drop(asked: Sequence[Attribute], least: int) -> str:
    """The question with the fewest parts without which nobody is told apart; the one with the most when no one is enough."""
    whole = math.prod(one.parts for one in asked)
    enough = [one for one in asked if least * one.parts / whole >= FEWEST]
    return min(enough, key=lambda one: one.parts).question if enough else max(asked, key=lambda one: one.parts).question


def _kind(question: Question) -> str:
    """What the question says of a person: place, sex, age, role, institution, circle or group; "" for none."""
    if question.kind not in KINDS or question.name == "group":
        return ""
    if question.name == "circle":
        return "circle"
    if question.of_groups and question.kind == "choice":
        return "group"
    return next(_recognised(question), "")


def _recognised(question: Question) -> Iterator[str]:
    options = {words.casefold() for choice in question.choices for _, words in choice.label.words}
    if options & {"mujer", "femenino", "woman", "female"}:
        yield "sex"
    for attribute in _ATTRIBUTES:
        if _NAMES[attribute].fullmatch(question.name.replace("_", " ")):
            yield attribute
        if any(_LABELS[attribute].search(words) for _, words in question.label.words):
            yield attribute


def _parts(question: Question) -> int:
    if question.kind == "choice":
        return len(question.choices) + bool(question.setting("other"))
    low, high = question.setting("minimum"), question.setting("maximum")
    if question.kind == "number" and isinstance(low, int | float) and isinstance(high, int | float):
        return max(1, min(OWN_WORDS, int(high - low) + 1))
    return OWN_WORDS
