"""Where a series turns: the rounds from which other words, another scale or other items were asked, and what was decided.

Between two rounds that ask a column, each version on the way may change it (``forms.difference``) and somebody may have
decided what that means (``Decision``): comparable, comparable with a note, or a break. Where nobody decided, the rules of
``forms.difference`` hold. A construct turns where one of its items does, and breaks where an item came or went, unless
that was decided otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from analysis.columns import CONSTRUCT, Turn, TurnKind
from forms.codec import from_document
from forms.definition import FormDefinition
from forms.difference import turned_series
from forms.questions import columns as columns_of
from forms.questions.base import Column
from surveys.storage.forms import Decision, Form
from surveys.storage.rounds import Round

#: From the mildest to what decides.
KINDS: tuple[TurnKind, ...] = ("comparable", "note", "break")

Ruling = tuple[TurnKind, str]  # and the reason, "" where nobody decided


def turns_of(form: Form, rounds: Sequence[Round], columns: Mapping[str, Column]) -> tuple[Turn, ...]:
    """The turns of every column and construct over ``rounds`` (in order); none where they all ask one version.

    columns: as the codebook describes them. A round that goes back to an older version turns as well.
    """
    asked = [(round_.key, round_.version.number) for round_ in rounds]
    if len({number for _, number in asked}) < 2:
        return ()
    history = _History(form)
    items = [turn for key in columns for turn in _of_column(history, key, asked)]
    constructs = dict.fromkeys(column.construct for column in columns.values() if column.construct)
    return (*items, *(turn for name in constructs for turn in _of_construct(history, name, columns, asked, items)))


def _of_column(history: _History, key: str, asked: Iterable[tuple[str, int]]) -> Iterator[Turn]:
    last = 0
    for round_, number in asked:
        column = history.columns(number).get(key)
        if column is None:
            continue
        ruling = history.ruling(column, last, number) if last and number != last else None
        if ruling is not None:
            was = history.columns(last)[key]
            labels = {value: label.as_dict() for value, label in was.labels}
            yield Turn(key, round_, *ruling, label=was.label.as_dict(), labels=labels)
        last = number


def _of_construct(
    history: _History, name: str, columns: Mapping[str, Column], asked: Iterable[tuple[str, int]], items: Sequence[Turn]
) -> Iterator[Turn]:
    last, before = 0, dict[str, Column]()
    for round_, number in asked:
        known = ((key, column) for key, column in history.columns(number).items() if key in columns)
        now = {key: column for key, column in known if _belongs(name, columns[key], column)}
        if not now:
            continue
        rulings = [(turn.kind, turn.reason) for turn in items if turn.round == round_ and turn.of in now]
        if last:
            moved = [(now.get(key) or before[key]) for key in now.keys() ^ before.keys()]
            rulings += [history.ruling_of_item(column, last, number) for column in moved]
        if rulings:
            yield Turn(f"{CONSTRUCT}{name}", round_, *_heaviest(rulings))
        last, before = number, now


def _belongs(construct: str, known: Column, asked: Column) -> bool:
    """Whether a column, as a round asked it, is an item of a construct; on another scale by its own form's word."""
    is_same = (known.kind, known.lo, known.hi, known.step) == (asked.kind, asked.lo, asked.hi, asked.step)
    return construct == (known.construct if is_same and known.construct else asked.construct)


def _heaviest(rulings: Sequence[Ruling]) -> Ruling:
    """The kind that decides, with every reason given for it."""
    kind = max((kind for kind, _ in rulings), key=KINDS.index)
    return kind, " ".join(dict.fromkeys(reason for each, reason in rulings if each == kind and reason))


class _History:
    """The versions of a form, what changed between them, and what was decided about it."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._columns: dict[int, dict[str, Column]] = {}
        self._turned: dict[tuple[int, int], dict[str, TurnKind]] = {}

    @cached_property
    def definitions(self) -> dict[int, FormDefinition]:
        return {version.number: from_document(version.definition) for version in self.form.versions}

    @cached_property
    def decisions(self) -> dict[tuple[int, str], Decision]:
        return {(decision.number, decision.question): decision for decision in self.form.decisions}

    def columns(self, number: int) -> dict[str, Column]:
        """Key -> column of a version."""
        if number not in self._columns:
            self._columns[number] = {column.key: column for column in columns_of(self.definitions[number])}
        return self._columns[number]

    def turned(self, old: int, new: int) -> dict[str, TurnKind]:
        """The columns whose series the changes between two versions end, or leave with a note."""
        if (old, new) not in self._turned:
            found = turned_series(self.definitions[old], self.definitions[new]) if {old, new} <= self.definitions.keys() else {}
            self._turned[old, new] = {key: kind for key, series in found.items() for kind in KINDS if kind == series}
        return self._turned[old, new]

    def ruling(self, column: Column, one: int, other: int) -> Ruling | None:
        """What becomes of a column between two versions, in either direction; None: it is asked as before."""
        old, new = sorted((one, other))
        steps = [number for number in self.definitions if old < number <= new]
        if column.key not in self.turned(old, new) and any(column.key in self.turned(number - 1, number) for number in steps):
            return None  # changed, and changed back
        told = [ruling for number in steps if (ruling := self._step(column, number)) is not None]
        if told:
            return _heaviest(told)
        kind = self.turned(old, new).get(column.key)
        return None if kind is None else (kind, "")

    def _step(self, column: Column, number: int) -> Ruling | None:
        """A decision about a question is about those of its columns that changed most; about all where none did."""
        decision, turned = self.decisions.get((number, column.question)), self.turned(number - 1, number)
        own = turned.get(column.key)
        others = [kind for key, kind in turned.items() if key.partition("/")[0] == column.question]
        if decision is not None and (not others or own == max(others, key=KINDS.index)):
            return _decided(decision)
        return None if own is None else (own, "")

    def ruling_of_item(self, column: Column, one: int, other: int) -> Ruling:
        """What the coming or going of an item between two versions means for its construct."""
        old, new = sorted((one, other))
        decided = [self.decisions.get((number, column.question)) for number in range(old + 1, new + 1)]
        return _heaviest([_decided(one) for one in decided if one is not None] or [("break", "")])


def _decided(decision: Decision | None) -> Ruling:
    if decision is None:
        return "break", ""
    return next(kind for kind in KINDS if kind == decision.verdict), decision.reason
