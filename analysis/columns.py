"""The contract between records and arithmetic: two frames and one frozen Plan.

*answers*: one row per response. Columns

    response  str   random id
    round     str   key of a round of the plan
    date      date  day of the answer (object column of datetime.date)
    group     str   stakeholder group as shown (after merging), or missing
    circle    str   "core" or "extended", or missing
    person    str   the same for the same person in several rounds, or missing
    <key>           one column per row of the codebook: a value or missing
    <key>:why str   "unknown", "refused", "blank" or "not_asked" where the value is missing, else missing

*codebook*: one row per column of answers, indexed by key. Columns

    question str, part str, kind str ("scale", "choice", "flag", "rank", "number", "day", "text")
    construct str ("" for none), lo, hi, step float or missing, reverse bool, sensitive bool
    label   dict {language: text}
    labels  dict {value as text: {language: text}} in order

*series*: a column, or a construct (named ``construct:KEY``), is one series until a ``Turn`` of the plan says that it
broke: from that round on other words or another scale were asked. No change, line, forecast, baseline or status crosses
a break; what lies between two breaks is a segment, numbered from 1. The codebook has the words of the last segment, a turn
those of the one before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:  # the plan is read by rooms that must not load pandas
    import pandas as pd

Words = dict[str, str]  # {language: text}

SourceKind = Literal["construct", "item", "share", "nps", "count", "manual"]
TargetKind = Literal["level", "change"]
Audience = Literal["coordinator", "public", "analyst"]
TurnKind = Literal["comparable", "note", "break"]

COLUMNS = ("response", "round", "date", "group", "circle", "person")
BOOK_COLUMNS = ("question", "part", "kind", "construct", "lo", "hi", "step", "reverse", "sensitive", "label", "labels")
KINDS = ("scale", "choice", "flag", "rank", "number", "day", "text")
REASONS = ("unknown", "refused", "blank", "not_asked")
CIRCLES = ("core", "extended")
CONSTRUCT = "construct:"  # before the key of a construct, where it stands beside columns


@dataclass(frozen=True)
class Round:
    """One time a survey is asked. ``on`` is the round's own date; ``invited`` counts people per group as shown
    (None: attendance unknown); ``circle`` is core, extended or open, from its event; ``version`` of the form asked."""

    key: str
    label: Words
    on: date
    invited: dict[str, int] | None = None
    event: str | None = None
    circle: str | None = None
    version: int = 1


@dataclass(frozen=True)
class Turn:
    """From ``round`` on, ``of`` (the key of a column, or ``construct:KEY``) is asked in other words or on another scale.

    kind: "comparable" and "note" leave the series whole, and are marked where it is drawn; "break" begins a new segment.
    ``reason`` in the words of whoever decided, "" where nobody did. ``label`` and ``labels``: as the codebook's, until then.
    """

    of: str
    round: str
    kind: TurnKind
    reason: str = ""
    label: Words = field(default_factory=dict)
    labels: dict[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """A stakeholder group as shown. ``members`` on the roster, or None when unknown."""

    key: str
    label: Words
    members: int | None = None


@dataclass(frozen=True)
class Cut:
    """A further cut that the programme switched on before the round opened: the key of a choice column."""

    key: str
    label: Words
    values: dict[str, Words] = field(default_factory=dict)


@dataclass(frozen=True)
class Indicator:
    """One indicator of an expected result (measures e). ``of`` is a construct, an item key, or empty for manual.

    source: construct (mean score), item (mean), share (top-2 share of an item, 0-100; for a flag or choice the share
    of ``values``), nps (-100..100), count (number of responses of ``values``), manual (stated values).
    """

    code: str
    title: Words
    source: SourceKind
    of: str = ""
    values: tuple[str, ...] = ()
    result: str = ""  # key of its expected result
    level: str = "outcome"
    direction: Literal["up", "down"] = "up"
    target_kind: TargetKind = "level"
    target: float | None = None
    due_on: date | None = None
    baseline: float | None = None  # stated value
    baseline_round: str | None = None  # or the round it comes from
    baseline_on: date | None = None
    milestones: tuple[tuple[date, float], ...] = ()
    delta: float | None = None  # None: 0.075 R
    max_half_width: float | None = None  # None: 0.15 R, 0.20 R for shares and NPS
    is_key: bool = True
    sensitive: bool = False
    unit: Words = field(default_factory=dict)
    stated: tuple[tuple[date, float, str], ...] = ()  # manual values: day, value, evidence
    group: str | None = None


@dataclass(frozen=True)
class Plan:
    """Everything about one survey of a programme that arithmetic must know and frames do not say.

    ``mix`` sums to 1 over ``groups`` as shown; ``rounds`` are the closed ones, in order of date.
    """

    programme: str
    survey: str
    title: Words
    languages: tuple[str, ...]
    rounds: tuple[Round, ...]
    groups: tuple[Group, ...]
    mix: dict[str, float]
    k: int = 5
    k_public: int = 10
    cuts: tuple[Cut, ...] = ()
    constructs: dict[str, Words] = field(default_factory=dict)
    indicators: tuple[Indicator, ...] = ()
    delta: float | None = None
    turns: tuple[Turn, ...] = ()

    def segments(self, of: str) -> tuple[tuple[str, ...], ...]:
        """The rounds of the plan, parted where the series ``of`` broke.

        >>> rounds = tuple(Round(key, {}, date(2026, month, 1)) for month, key in enumerate("abc", start=1))
        >>> plan = Plan("p", "s", {}, (), rounds, (), {}, turns=(Turn("q", "b", "note"), Turn("q", "c", "break")))
        >>> plan.segments("q"), plan.segments("other")
        ((('a', 'b'), ('c',)), (('a', 'b', 'c'),))
        """
        begins = {turn.round for turn in self.turns if turn.of == of and turn.kind == "break"}
        parted: list[list[str]] = [[]]
        for each in self.rounds:
            if each.key in begins and parted[-1]:
                parted.append([])
            parted[-1].append(each.key)
        return tuple(tuple(keys) for keys in parted)

    def segment(self, of: str, round_: str) -> int:
        """The number of the segment, from 1, in which a round lies."""
        return next(number for number, keys in enumerate(self.segments(of), start=1) if round_ in keys)


FaultKind = Literal[
    "column_missing",
    "key_repeated",
    "kind_unknown",
    "scale_wrong",
    "scales_differ",
    "value_missing",
    "value_repeated",
    "round_unknown",
    "date_wrong",
    "group_wrong",
    "circle_unknown",
    "value_wrong",
    "reason_unknown",
    "reason_missing",
    "reason_beside_value",
    "mix_wrong",
    "mix_group_unknown",
    "rounds_unordered",
    "k_wrong",
    "source_unknown",
    "turn_unknown",
    "turn_repeated",
]


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a frame or a plan: where it stands and what stands there.

    ``frame``: answers, codebook or plan. ``row``: the label of the row in its index (for a plan, the code of the
    indicator or the key), None for a whole column. ``value``: what was found, None when nothing was.
    """

    frame: Literal["answers", "codebook", "plan"]
    kind: FaultKind
    row: Any = None
    column: str | None = None
    value: Any = None

    def __str__(self) -> str:
        return f"{self.frame}, row {self.row}, column {self.column}: {self.kind} ({self.value!r})"


class FrameError(ValueError):
    """Frames that do not keep the contract. ``faults`` holds every one of them."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def check_frame(answers: pd.DataFrame, codebook: pd.DataFrame, plan: Plan) -> list[Fault]:
    """Every way in which the two frames and the plan break the contract of this module; empty when they keep it.

    Nothing is clipped, rounded or dropped (measures b.1): a value that is not a point of its scale, not one of the
    codebook's options, or stands beside a reason for being missing, is named with its row, column and value. A group
    outside the plan is no fault: such people are a cell of their own (privacy D3).

    >>> import pandas as pd
    >>> plan = Plan("p", "s", {}, ("en",), (Round("a", {}, date(2026, 1, 1)),), (Group("x", {}),), {"x": 1.0})
    >>> book = pd.DataFrame({"question": ["q"], "part": [""], "kind": ["scale"], "construct": ["T"], "lo": [1], "hi": [5],
    ...     "step": [1], "reverse": [False], "sensitive": [False], "label": [{}], "labels": [{}]}, index=["q"])
    >>> rows = pd.DataFrame({"response": ["r1", "r2"], "round": "a", "date": date(2026, 1, 1), "group": "x", "circle": None,
    ...     "person": None, "q": [4, 6], "q:why": None}, index=["r1", "r2"])
    >>> [str(fault) for fault in check_frame(rows, book, plan)]
    ['answers, row r2, column q: value_wrong (6)']
    """
    faults = [*_check_plan(plan), *_check_book(codebook), *_check_heads(answers, codebook)]
    if any(fault.kind in ("column_missing", "key_repeated") for fault in faults):
        return faults
    told = [*_check_sources(codebook, plan), *_check_turns(codebook, plan)]
    return [*faults, *told, *_check_people(answers, plan), *_check_cells(answers, codebook)]


def _check_plan(plan: Plan) -> Iterator[Fault]:
    known = {group.key for group in plan.groups}
    for group, share in plan.mix.items():
        if group not in known:
            yield Fault("plan", "mix_group_unknown", group, "mix", share)
    total = sum(plan.mix.values())
    if plan.mix and (abs(total - 1) > 1e-6 or min(plan.mix.values()) < 0):
        yield Fault("plan", "mix_wrong", None, "mix", total)
    keys, days = [each.key for each in plan.rounds], [each.on for each in plan.rounds]
    if len(set(keys)) < len(keys) or days != sorted(days):
        yield Fault("plan", "rounds_unordered", None, "rounds", tuple(keys))
    if plan.k < 1 or plan.k_public < plan.k:
        yield Fault("plan", "k_wrong", None, "k", (plan.k, plan.k_public))


def _check_book(codebook: pd.DataFrame) -> Iterator[Fault]:
    missing = [name for name in BOOK_COLUMNS if name not in codebook.columns]
    yield from (Fault("codebook", "column_missing", None, name) for name in missing)
    yield from (Fault("codebook", "key_repeated", key) for key in codebook.index[codebook.index.duplicated()])
    if missing:
        return
    scales: dict[str, set[tuple[Any, ...]]] = {}
    for key, row in codebook.iterrows():
        if row["kind"] not in KINDS:
            yield Fault("codebook", "kind_unknown", key, "kind", row["kind"])
        if row["kind"] == "scale":
            scale = (row["lo"], row["hi"], row["step"])
            if not _is_scale(*scale):
                yield Fault("codebook", "scale_wrong", key, "lo", scale)
            if row["construct"]:
                scales.setdefault(row["construct"], set()).add(scale)
    yield from (Fault("codebook", "scales_differ", name, "construct", tuple(found)) for name, found in scales.items() if len(found) > 1)


def _is_scale(lo: Any, hi: Any, step: Any) -> bool:
    try:
        steps = (float(hi) - float(lo)) / float(step)
        return steps >= 1 and float(step) > 0 and abs(steps - round(steps)) < 1e-9
    except (TypeError, ValueError, ZeroDivisionError):
        return False


def _check_heads(answers: pd.DataFrame, codebook: pd.DataFrame) -> Iterator[Fault]:
    asked = [name for key in codebook.index for name in (str(key), f"{key}:why")]
    for name in (*COLUMNS, *asked):
        if name not in answers.columns:
            yield Fault("answers", "column_missing", None, name)
    yield from (Fault("answers", "key_repeated", None, name) for name in answers.columns[answers.columns.duplicated()])


def _check_sources(codebook: pd.DataFrame, plan: Plan) -> Iterator[Fault]:
    """Indicators that name a construct or an item that the survey does not ask."""
    constructs = set(codebook["construct"]) - {""}
    for indicator in plan.indicators:
        if indicator.source == "manual":
            continue
        known: Any = constructs if indicator.source == "construct" else codebook.index
        if indicator.source not in get_args(SourceKind) or indicator.of not in known:
            yield Fault("plan", "source_unknown", indicator.code, "of", indicator.of)


def _check_turns(codebook: pd.DataFrame, plan: Plan) -> Iterator[Fault]:
    """Turns of what is not asked, or in a round that is not there, and two of one series in one round."""
    known = {*codebook.index, *(f"{CONSTRUCT}{name}" for name in codebook["construct"] if name)}
    rounds = {each.key for each in plan.rounds}
    seen: set[tuple[str, str]] = set()
    for turn in plan.turns:
        if turn.of not in known or turn.round not in rounds or turn.kind not in get_args(TurnKind):
            yield Fault("plan", "turn_unknown", turn.of, "turns", turn.round)
        if (turn.of, turn.round) in seen:
            yield Fault("plan", "turn_repeated", turn.of, "turns", turn.round)
        seen.add((turn.of, turn.round))


def _check_people(answers: pd.DataFrame, plan: Plan) -> Iterator[Fault]:
    ids, rounds, days = answers["response"], answers["round"], answers["date"]
    yield from _faults(ids, ids.isna(), "value_missing")
    yield from _faults(ids, ids.notna() & ids.duplicated(), "value_repeated")
    yield from _faults(rounds, ~rounds.isin([each.key for each in plan.rounds]), "round_unknown")
    yield from _faults(days, ~days.map(lambda day: isinstance(day, date) and day == day).astype(bool), "date_wrong")
    for name in ("group", "person"):
        yield from _faults(answers[name], answers[name].notna() & ~answers[name].map(_is_text).astype(bool), "group_wrong")
    circles = answers["circle"]
    yield from _faults(circles, circles.notna() & ~circles.isin(CIRCLES), "circle_unknown")


def _check_cells(answers: pd.DataFrame, codebook: pd.DataFrame) -> Iterator[Fault]:
    for key, row in codebook.iterrows():
        values, why = answers[key], answers[f"{key}:why"]
        there, reason = values.notna(), why.notna()
        yield from _faults(values, there & ~_is_right(values, row), "value_wrong")
        yield from _faults(why, there & reason, "reason_beside_value")
        yield from _faults(why, ~there & ~reason, "reason_missing")
        yield from _faults(why, reason & ~why.isin(REASONS), "reason_unknown")


def _faults(column: pd.Series, wrong: pd.Series, kind: FaultKind) -> Iterator[Fault]:
    if not wrong.any():
        return
    for row, value in column[wrong].items():
        yield Fault("answers", kind, row, str(column.name), value)


def _is_right(values: pd.Series, row: pd.Series) -> pd.Series:
    """Which values are answers that the codebook allows; each different value is looked at once."""
    test = _test_of(row)
    return values.isin([value for value in values.dropna().unique() if test(value)])


def _test_of(row: pd.Series) -> Callable[[Any], bool]:
    kind, labels = row["kind"], row["labels"]
    if kind == "scale" and _is_scale(row["lo"], row["hi"], row["step"]):
        lo, hi, step = float(row["lo"]), float(row["hi"]), float(row["step"])
        return lambda value: _is_number(value) and lo <= value <= hi and abs((value - lo) / step - round((value - lo) / step)) < 1e-9
    if kind == "choice" and labels:
        return lambda value: value in labels
    tests: dict[str, Callable[[Any], bool]] = {"flag": _is_flag, "rank": _is_rank, "number": _is_number, "day": _is_day}
    return tests.get(kind, _is_text)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return not isinstance(value, (str, bool)) and hasattr(value, "__float__") and abs(float(value)) < float("inf")


def _is_flag(value: Any) -> bool:
    return _is_number(value) and value in (0, 1)


def _is_rank(value: Any) -> bool:
    return _is_number(value) and float(value).is_integer() and float(value) >= 1


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, date) or bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False
