"""How many people of the last round would have seen a question, from figures that were released anyway.

Never from answers: whoever may ask for one condition after another could count any single person (``group = 'police' and
age = 41 and …``). What is said here is arithmetic on the figures that the gate let through for coordinators, so all of it
together tells no more than they do: of one column its released distribution, of several joined by "and" or "or" the
bounds of Fréchet, which hold whatever goes together with what. What these figures do not tell is not told.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.figures import Figure, Report
from forms import conditions
from forms.conditions import Condition, Tree
from forms.definition import FormDefinition
from forms.messages import Message, mark, mark_many
from forms.questions import columns as columns_of
from surveys.authoring import definition_of
from surveys.reporting import survey_report
from surveys.storage import Form, FormVersion, Programme, Round
from surveys.storage.frames import shown_in

CUTS = ("group", "circle")  # who answers: questions of the form that are no columns of answers
LEAST_SHARE = 0.9  # what ">= 90 %" says (privacy D7)
HALF_STEP = 5.0  # percentages of 10 to 19 people go in steps of 10 (privacy D7)


@dataclass(frozen=True)
class Reach:
    """``low`` to ``high`` of ``of`` people; None, with words that say why, where the figures do not tell."""

    said: Message
    low: int | None = None
    high: int | None = None
    of: int | None = None


@dataclass(frozen=True)
class Span:
    """At least ``low`` and at most ``high`` people."""

    low: int
    high: int


#: Stands for the answers to a column whose answers are not counted one by one.
_ANY = "…"


def _asks_whether_only(tree: Tree) -> bool:
    """Whether a condition asks only if there is an answer, not which."""
    if not isinstance(tree, tuple) or tree[0] == "get":
        return False
    return tree[0] == "is_blank" or (tree[0] in ("and", "or", "not") and all(_asks_whether_only(part) for part in tree[1:]))


@dataclass(frozen=True)
class Column:
    """What is released of one column of a round of ``people``: (the answers that were counted together, how many gave them).

    Of None as an answer: missing. A span is None where it is not released.
    """

    key: str
    people: int
    spans: Sequence[tuple[tuple[Any, ...], Span | None]] = field(default=())

    def holding(self, tree: Tree) -> Span | None:
        """How many people a condition about this column alone holds for; None where that is not released."""
        if any(_ANY in values for values, _ in self.spans) and not _asks_whether_only(tree):
            return None
        told = [({self._holds(tree, value) for value in values}, span) for values, span in self.spans]
        inside, outside = (_summed(span if held == {side} else None for held, span in told if side in held) for side in (True, False))
        if inside is not None:
            return Span(inside.low, min(self.people, inside.high))
        return None if outside is None else Span(max(0, self.people - outside.high), self.people - outside.low)

    def _holds(self, tree: Tree, value: Any) -> bool:
        return conditions.evaluate(Condition("", tree), {} if value is None else {self.key: value})


def _summed(spans: Iterable[Span | None]) -> Span | None:
    known = list(spans)
    if any(span is None for span in known):
        return None
    there = [span for span in known if span is not None]
    return Span(sum(span.low for span in there), sum(span.high for span in there))


# From records ----------------------------------------------------------------------------------------------------------


def reach(session: Session, form: Form, show_if: str, today: date) -> Reach:
    """How many people of the last closed round of ``form`` would have seen a question with this condition."""
    last = last_round(session, form)
    if last is None:
        return Reach(Message(mark("No round of this form has been closed yet, so nobody can be counted.")))
    try:
        tree = conditions.parse(show_if).tree if show_if.strip() else 1.0
    except conditions.ConditionError as error:
        return Reach(error.fault)
    report = survey_report(session, last.survey, "coordinator", today)
    return reach_of(report, last.key, definition_of(last.version), tree, parts_of(last.survey.programme))


def last_round(session: Session, form: Form) -> Round | None:
    """The latest closed round that asked a form, in whichever survey."""
    closed = session.scalars(select(Round).join(Round.version).where(FormVersion.form_id == form.id, Round.closed_at.is_not(None)))
    return max(closed, key=lambda round_: (round_.on, round_.key), default=None)


def parts_of(programme: Programme) -> dict[str, tuple[str, ...]]:
    """{group as shown: the groups that people may have chosen}."""
    found: dict[str, tuple[str, ...]] = {}
    shown = shown_in(programme.groups)
    for group in programme.groups:
        if group.is_asked:
            found[shown[group.key]] = (*found.get(shown[group.key], ()), group.key)
    return found


# From figures ----------------------------------------------------------------------------------------------------------


def reach_of(report: Report, round_: str, form: FormDefinition, tree: Tree, parts: Mapping[str, Sequence[str]]) -> Reach:
    """The same from a report: ``form`` as the round asked it, ``parts`` the groups within each group as shown."""
    people = _people(report.first(metric="n_submitted", round=round_, cut="total"))
    if people is None or report.audience != "coordinator":
        return Reach(NOT_TOLD)
    asked = {column.key for column in columns_of(form)} | {question.name for question in form.questions()}
    names = Condition("", tree).names
    if missing := next((name for name in names if name not in asked), None):
        return Reach(Message(mark("“%(name)s” was not asked in the last round, so nobody can be counted."), {"name": missing}))
    span = _Counting(report, round_, form, people, parts).span(tree)
    if span is None or (names and (span.low, span.high) == (0, people) and people):
        return Reach(NOT_TOLD, of=people)
    return Reach(_said(span, people), span.low, span.high, people)


NOT_TOLD = Message(mark("How many people of the last round would have seen it cannot be told without showing small groups."))


def _said(span: Span, people: int) -> Message:
    values = {"of": people, "low": span.low, "high": span.high}
    if span.low == span.high:
        one, many = mark_many(
            "Of the %(of)s people of the last round, %(count)s would have seen it.",
            "Of the %(of)s people of the last round, %(count)s would have seen it.",
        )
        return Message(one, values, many, span.low)
    return Message(mark("Of the %(of)s people of the last round, between about %(low)s and %(high)s would have seen it."), values)


@dataclass(frozen=True)
class _Counting:
    """Counts people for whom a condition holds, by the released figures of one round."""

    report: Report
    round: str
    form: FormDefinition
    people: int
    parts: Mapping[str, Sequence[str]]

    def span(self, tree: Tree) -> Span | None:
        keys = self.reads(tree)
        if len(keys) <= 1:
            return self.column(keys[0]).holding(tree) if keys else self.constant(tree)
        match tree:
            case ("not", inner):
                found = self.span(inner)
                return None if found is None else Span(self.people - found.high, self.people - found.low)
            case ("and" | "or") as sign, one, other:
                return self.joined(sign, self.span(one), self.span(other))
            case ("is_blank", str()):
                return self.all_missing(keys)
        return None

    def constant(self, tree: Tree) -> Span:
        held = self.people if conditions.evaluate(Condition("", tree), {}) else 0
        return Span(held, held)

    def joined(self, sign: str, one: Span | None, other: Span | None) -> Span | None:
        """Fréchet: both hold for at least what the two have beyond everyone, one of them for at most what they have together."""
        if one is None or other is None:
            return None
        if sign == "and":
            return Span(max(0, one.low + other.low - self.people), min(one.high, other.high))
        return Span(max(one.low, other.low), min(self.people, one.high + other.high))

    def all_missing(self, keys: Sequence[str]) -> Span | None:
        found: Span | None = Span(self.people, self.people)
        for key in keys:
            found = self.joined("and", found, self.column(key).holding(("is_blank", key)))
        return found

    def reads(self, tree: Tree) -> tuple[str, ...]:
        """The columns that a condition reads."""
        return tuple(dict.fromkeys(self._reads(tree)))

    def _reads(self, tree: Tree) -> list[str]:
        if not isinstance(tree, tuple):
            return []
        known = {column.key: column for column in columns_of(self.form)}
        match tree:
            case ("get", str(name)):
                return [name]
            case ("selected", str(name), str(option)):
                return [f"{name}/{option}" if f"{name}/{option}" in known and name not in known else name]
            case ("is_blank" | "count_selected", str(name)) if name not in known:
                parts = [key for key, column in known.items() if column.question == name and conditions.is_option(key, name)]
                question = self.form.question(name)
                ticked_together = question is not None and question.kind == "several" and tree[0] == "is_blank"
                return parts[:1] if ticked_together else parts
            case ("is_blank" | "count_selected", str(name)):
                return [name]
        return [key for part in tree[1:] for key in self._reads(part)]

    # what is released of a column

    def column(self, key: str) -> Column:
        return self.cut(key) if key in CUTS else self.item(key)

    def cut(self, key: str) -> Column:
        """Who answers, from the forms handed in: a group as shown counts together those that are shown in it."""
        figures = {figure.group or "": figure for figure in self.report.find(metric="n_submitted", round=self.round, cut=key)}
        question = self.form.question(key)
        offered = [choice.value for choice in question.choices] if question else []
        spans: list[tuple[tuple[Any, ...], Span | None]] = []
        for value, figure in figures.items():
            within = tuple(part for part in self.parts.get(value, (value,)) if part in offered) if value else ()
            spans.append((within or (None,), _exactly(_people(figure))))
        told = {value for values, _ in spans for value in values}
        return Column(key, self.people, [*spans, *(((value,), None) for value in (*offered, None) if value not in told)])

    def item(self, key: str) -> Column:
        where = {"item": key, "round": self.round, "cut": "total"}
        n = _people(self.report.first(metric="n_valid", **where))
        missing = _exactly(None if n is None else self.people - n)
        counts = {figure.option: figure for figure in self.report.find(metric="count", **where)}
        told = list(self.report.find(metric="pct", **where))
        top = any(isinstance(figure.value, str) for figure in told)
        spans: list[tuple[tuple[Any, ...], Span | None]] = [
            ((self.value(key, figure.option or ""),), _of_option(figure, counts.get(figure.option), n, top)) for figure in told
        ]
        return Column(key, self.people, [*(spans or [((_ANY,), None)]), ((None,), missing)])

    def value(self, key: str, option: str) -> Any:
        """An option of a figure as an answer holds it."""
        column = next((one for one in columns_of(self.form) if one.key == key), None)
        return option if column is not None and column.kind == "choice" else float(option)


def _of_option(pct: Figure, count: Figure | None, n: int | None, top: bool) -> Span | None:
    """How many gave an answer: the count where it is released, else what the percentage leaves open."""
    told = _people(count)
    if told is not None:
        return Span(told, told)
    if n is None:
        return None
    if isinstance(pct.value, str):
        return Span(math.ceil(LEAST_SHARE * n - 1e-9), n)
    if top:
        return Span(0, math.floor((1 - LEAST_SHARE) * n + 1e-9))
    if pct.suppressed or pct.value is None:
        return None
    low, high = (max(0.0, min(100.0, pct.value + step)) for step in (-HALF_STEP, HALF_STEP))
    return Span(math.ceil(low * n / 100 - 1e-9), math.floor(high * n / 100 + 1e-9))


def _people(figure: Figure | None) -> int | None:
    if figure is None or figure.suppressed or figure.value is None or isinstance(figure.value, str):
        return None
    return round(figure.value)


def _exactly(people: int | None) -> Span | None:
    return None if people is None else Span(people, people)
