"""A date, kept as an ISO day."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import StringField

from forms.definition import FormDefinition, Question
from forms.messages import Message, Problem, mark
from forms.questions import marks
from forms.questions.base import Answers, CellError, Column, QuestionType, SettingField, Why
from forms.questions.faults import fault_in, faults_of_bounds

Fault = tuple[Message, Message]

_ISO = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})")
_PERU = re.compile(r"(?P<day>\d{1,2})/(?P<month>\d{1,2})/(?P<year>\d{4})")


def day_of(words: str) -> date | None:
    """A day written 2026-07-18, or 18/07/2026 with the day first; None when it is no day.

    >>> day_of("18/7/2026").isoformat(), day_of("2026-02-30")
    ('2026-07-18', None)
    """
    found = _ISO.fullmatch(words.strip()) or _PERU.fullmatch(words.strip())
    if not found or not words.isascii():
        return None
    try:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    except ValueError:
        return None


def _fault(said: str, earliest: str | None, latest: str | None) -> Fault | None:
    on = day_of(said)
    if on is None:
        fault = Message(mark("“%(found)s” is not a date."), {"found": marks.short(said)})
        return fault, Message(mark("Write day/month/year, for example 18/07/2026."))
    if earliest and on < date.fromisoformat(earliest):
        return Message(mark("%(found)s is too early."), {"found": said}), Message(
            mark("The first possible day is %(day)s."), {"day": earliest}
        )
    if latest and on > date.fromisoformat(latest):
        return Message(mark("%(found)s is too late."), {"found": said}), Message(mark("The last possible day is %(day)s."), {"day": latest})
    return None


class Day(QuestionType):
    """Stored: the day as ``YYYY-MM-DD``."""

    kind = "day"
    name = mark("Date")
    is_written = True
    settings = (
        SettingField("earliest", "day", mark("First possible day"), None),
        SettingField("latest", "day", mark("Last possible day"), None),
        SettingField("until_today", "flag", mark("Not after the day of the answer"), False),
    )

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return (Column(question.name, question.name, "", "day", question.label, sensitive=question.sensitive),)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        bounds = {"min": question.setting("earliest"), "max": question.setting("latest")}
        shown = {"type": "date"} | {name: bound for name, bound in bounds.items() if bound}
        return StringField(question.label.in_language(language), description=question.hint.in_language(language), render_kw=shown)

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        key = question.name
        if why := marks.why_nothing(posted, key):
            return marks.missing(key, why), []
        said = marks.first(posted, key)
        if fault := _fault(said, question.setting("earliest"), question.setting("latest")):
            return marks.missing(key, "blank"), [Problem(key, *fault)]
        return {key: str(day_of(said))}, []

    def problems_today(self, question: Question, answers: Answers, today: date) -> list[Problem]:
        said = answers.get(question.name)
        if said is None:
            return []
        if fault := _fault(said, question.setting("earliest"), question.setting("latest")):
            return [Problem(question.name, *fault)]
        if not question.setting("until_today") or date.fromisoformat(said) <= today:
            return []
        fault_to_come = Message(mark("%(found)s is still to come."), {"found": said})
        return [Problem(question.name, fault_to_come, Message(mark("Write today's date or an earlier one.")))]

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        key = question.name
        return {key: [str(answers[key])]} if key in answers else marks.marked(answers, key)

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        if why := marks.why_of_cell(cell):
            return None, why
        if fault := _fault(cell, None, None):
            raise CellError(*fault)
        return str(day_of(cell)), None

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        found = []
        for name in ("earliest", "latest"):
            said = question.setting(name)
            if said is not None and str(day_of(str(said))) != said:
                remedy = mark("Write it as year-month-day, for example 2026-07-18.")
                found.append(fault_in(question, mark("“%(found)s” is not a date."), remedy, name, found=said))
        return found or faults_of_bounds(question, "earliest", "latest")
