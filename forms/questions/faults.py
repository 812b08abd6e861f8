"""Faults of a question's definition, with their place: ``questions.NAME`` or ``questions.NAME.setting``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from forms.definition import Choice, Question, Row
from forms.messages import Message, Problem, mark


def place_of(question: Question, at: str = "") -> str:
    return f"questions.{question.name}.{at}" if at else f"questions.{question.name}"


def fault_in(question: Question, fault: str, remedy: str, at: str = "", **values: Any) -> Problem:
    """A problem of this question; ``fault`` and ``remedy`` are marked, ``values`` fill the places of both."""
    return Problem(place_of(question, at), Message(fault, values), Message(remedy, values))


def not_offered(question: Question, part: str = "") -> Problem:
    """What was sent is none of the answers that the question offers."""
    fault = Message(mark("That is not one of the answers to this question."))
    return Problem(f"{question.name}/{part}" if part else question.name, fault, Message(mark("Choose one of those shown.")))


#: What a tick may send.
TICK = frozenset({"", "0", "1"})


def fault_of_whole(question: Question, setting: str, least: int, most: int) -> list[Problem]:
    """One problem when a whole-number setting is given and lies outside least..most."""
    value = question.setting(setting)
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most):
        return []
    return [
        fault_in(
            question,
            mark("%(found)s is not possible here."),
            mark("Write a whole number from %(least)s to %(most)s."),
            setting,
            found=value,
            least=least,
            most=most,
        )
    ]


def faults_of_bounds(question: Question, low: str, high: str) -> list[Problem]:
    """One problem when the setting ``low`` lies above the setting ``high``."""
    least, most = question.setting(low), question.setting(high)
    if least is None or most is None or least <= most:
        return []
    return [
        fault_in(
            question,
            mark("The smallest, %(least)s, is above the largest, %(most)s."),
            mark("Change one of the two."),
            low,
            least=least,
            most=most,
        )
    ]


#: Parts that stand beside the options or rows of a question.
SIDE_PARTS = ("comment", "other", "quote")


def faults_of_parts(question: Question, options: Iterable[Choice | Row], where: str) -> list[Problem]:
    """Options or rows that would take the column of another part."""
    return [
        fault_in(
            question,
            mark("“%(found)s” has a meaning of its own and cannot be a value here."),
            mark("Choose another value, for example %(instead)s."),
            where,
            found=option.value,
            instead=f"{option.value}_1",
        )
        for option in options
        if option.value in SIDE_PARTS
    ]
