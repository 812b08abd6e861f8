"""Readings: what sentences and charts take out of a Report, in small typed pieces that know no language.

Everything here is read from ``Report.figures``, which have passed disclosure; a figure that is suppressed, and a cell
of which any part is suppressed, arrives as hidden and carries no number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from analysis.columns import CONSTRUCT, Group, Indicator, Plan, Round, TurnKind, Words
from analysis.figures import Figure, Measured, Report
from analysis.saying import Unit


@dataclass(frozen=True)
class Reading:
    """One value of one round, or its absence: hidden (to protect a small group) or simply not there."""

    round: str = ""
    on: date | None = None
    label: Words = field(default_factory=dict)
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    hidden: bool = False
    note: str = ""  # "group_absent", "lopsided" of analysis.report
    segment: int = 1  # of its series: values of two segments are not compared

    @property
    def has_interval(self) -> bool:
        return self.low is not None and self.high is not None


@dataclass(frozen=True)
class Change:
    """A change between two rounds in its unit, with the word of b.12 (``words``) and its standard error."""

    from_round: str
    to_round: str
    value: float
    low: float | None = None
    high: float | None = None
    se: float | None = None
    words: str = ""


@dataclass(frozen=True)
class Turned:
    """From a round on the question was asked in other words, on another scale or with other items.

    kind: "comparable", "note", or "break" (a new segment begins). ``reason`` in the words of whoever decided, or "".
    """

    round: str
    on: date
    kind: TurnKind
    reason: str = ""


@dataclass(frozen=True)
class Shift:
    """How much of a round's answers a group gave, beside what it counts for in the mix; both 0 to 100."""

    group: Words
    answered_pct: float
    mix_pct: float


@dataclass(frozen=True)
class Goal:
    """Where an indicator should arrive, and what its status says of the way there."""

    code: str
    title: Words
    result: str
    unit: Unit
    unit_words: Words
    direction: Literal["up", "down"]
    target_kind: Literal["level", "change"]
    target: float | None
    due_on: date | None
    baseline: float | None
    baseline_on: date | None
    now: Reading
    status: str
    rule: str
    p_now: float | None
    p_on: float | None
    has_forecast: bool
    tipping_point: float | None
    response_pct: float | str | None
    series: tuple[Reading, ...]
    lo: float
    hi: float
    is_key: bool = True
    survey: str = ""
    reason: str = ""  # of analysis.expected


@dataclass(frozen=True)
class Trend:
    """One construct over the rounds: adjusted (fixed-mix) and raw."""

    key: str
    label: Words
    lo: float
    hi: float
    lo_label: Words
    hi_label: Words
    adjusted: tuple[Reading, ...]
    raw: tuple[Reading, ...]
    change: Change | None = None
    raw_change: Change | None = None
    shift: Shift | None = None
    goal: Goal | None = None
    absent: tuple[tuple[str, tuple[Words, ...]], ...] = ()  # round: the groups of the mix of which nobody answered
    turns: tuple[Turned, ...] = ()

    @property
    def segment(self) -> int:
        """The last segment that has a figure: what is told is told of it."""
        return max((point.segment for point in (*self.adjusted, *self.raw) if point.value is not None), default=1)

    @property
    def is_adjusted(self) -> bool:
        """Whether the fixed-mix figures carry the story; without any, the raw ones do."""
        return any(point.value is not None and point.segment == self.segment for point in self.adjusted)

    @property
    def main(self) -> tuple[Reading, ...]:
        return self.adjusted if self.is_adjusted else self.raw

    @property
    def shown(self) -> tuple[Reading, ...]:
        return tuple(point for point in self.main if point.value is not None and point.segment == self.segment)

    @property
    def start(self) -> Reading:
        """Where the change is counted from: its earlier round, else the first round shown (of which there is one)."""
        from_round = self.change.from_round if self.change else ""
        return next((point for point in self.shown if point.round == from_round), self.shown[0])


@dataclass(frozen=True)
class Spread:
    """How the answers to one item are spread over its points: (point, its words, per cent), in order.

    ``parts`` is empty where the spread is hidden (privacy D2) or too small to show (D7); the mean may still be there.
    """

    key: str
    label: Words
    parts: tuple[tuple[str, Words, float], ...]
    n: int | None
    mean: float | None
    hidden: bool
    reverse: bool = False  # a high answer says little of what is measured
    bound: str = ""  # the point that holds 90 % or more, where only that may be said

    def share(self, points: Iterable[str]) -> float:
        wanted = set(points)
        return sum(pct for point, _, pct in self.parts if point in wanted)


@dataclass(frozen=True)
class Distribution:
    """The spreads of items that share a scale, in one round; ``points`` in order from negative to positive."""

    key: str
    label: Words
    round: Reading
    points: tuple[tuple[str, Words], ...]
    spreads: tuple[Spread, ...]

    @property
    def negative(self) -> tuple[str, ...]:
        return tuple(point for point, _ in self.points[: len(self.points) // 2])

    @property
    def middle(self) -> str | None:
        return self.points[len(self.points) // 2][0] if len(self.points) % 2 else None

    @property
    def positive(self) -> tuple[str, ...]:
        return tuple(point for point, _ in self.points[(len(self.points) + 1) // 2 :])


@dataclass(frozen=True)
class Matrix:
    """Who trusts whom in one round: cells[(row group, column group)]; one's own group is not there."""

    round: Reading
    groups: tuple[Group, ...]
    columns: tuple[Group, ...]
    cells: dict[tuple[str, str], Reading]
    answered: dict[str, int]
    lo: float
    hi: float


@dataclass(frozen=True)
class Pair:
    """One item rated twice on one row, as participants see it: before and now."""

    key: str
    label: Words
    before: Reading
    now: Reading


@dataclass(frozen=True)
class BeforeNow:
    round: Reading
    lo: float
    hi: float
    lo_label: Words
    hi_label: Words
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Recommendation:
    """The recommendation index of an item over rounds, with its three parts in per cent (or None where not shown)."""

    key: str
    label: Words
    rounds: tuple[tuple[Reading, tuple[float, float, float] | None], ...]
    turns: tuple[Turned, ...] = ()

    @property
    def shown(self) -> tuple[Reading, ...]:
        """The readings that have a value, of the last segment that has any."""
        return tuple(last_segment([reading for reading, _ in self.rounds]))


@dataclass(frozen=True)
class Response:
    """Who answered, of those invited, in one round and group (None: everyone). ``rate`` is a per cent, or the words
    "under_half" / "over_half" (privacy D11), or None where attendance is unknown."""

    round: Reading
    group: Words
    answered: int | None
    invited: int | None
    rate: float | str | None
    hidden: bool


# --- from a Report

#: Constructs that are rated on rows of their own: the earlier half of before/now, and trust in each group.
APART = ("CAPACITY_THEN", "TRUST_BETWEEN")
LEVELS = ("fixed_mix_mean", "count")
UNITS: dict[str, Unit] = {"construct": "points", "item": "points", "share": "percent", "nps": "nps", "count": "count", "manual": "stated"}


def _rounds(report: Report) -> tuple[Round, ...]:
    return tuple(sorted(report.plan.rounds, key=lambda one: (one.on, one.key)))


def _number(figure: Figure | None) -> float | None:
    """The number of a figure that is there, shown and a number."""
    if figure is None or figure.suppressed or figure.value is None or isinstance(figure.value, str):
        return None
    return float(figure.value)


def _reading(round_: Round, figure: Figure | None) -> Reading:
    """What a figure says of its round; a suppressed one is hidden and keeps nothing."""
    value = _number(figure)
    note, segment = (figure.words or "", figure.segment or 1) if figure else ("", 1)
    if figure is None or value is None:
        return Reading(round_.key, round_.on, round_.label, hidden=bool(figure and figure.suppressed), note=note, segment=segment)
    return Reading(round_.key, round_.on, round_.label, value, figure.low, figure.high, figure.n, note=note, segment=segment)


def turns(plan: Plan, of: str) -> tuple[Turned, ...]:
    """Where a series turns, in the order of the rounds."""
    days = {round_.key: round_.on for round_ in plan.rounds}
    found = [Turned(turn.round, days[turn.round], turn.kind, turn.reason) for turn in plan.turns if turn.of == of]
    return tuple(sorted(found, key=lambda turned: (turned.on, turned.round)))


def as_asked(plan: Plan, item: Measured, round_: str) -> Measured:
    """An item in the words of the segment that a round lies in."""
    number = plan.segment(item.key, round_)
    ended = (turn for turn in plan.turns if turn.of == item.key and turn.kind == "break")
    was = next((turn for turn in ended if plan.segment(item.key, turn.round) == number + 1), None)
    return replace(item, label=was.label, labels=was.labels) if was else item


def _series(report: Report, metric: str, **of: str) -> tuple[Reading, ...]:
    figures = {figure.round: figure for figure in report.find(metric=metric, **{"cut": "total", **of})}
    return tuple(_reading(round_, figures.get(round_.key)) for round_ in _rounds(report))


def _has_something(points: Iterable[Reading]) -> bool:
    return any(point.value is not None or point.hidden for point in points)


def _change(report: Report, name: str, points: Sequence[Reading], **of: str) -> Change | None:
    """The change to the last round shown, from the earliest round that one was computed for; ``name``_se beside it."""
    shown = [point.round for point in points if point.value is not None]
    told = {figure.from_round: figure for figure in report.find(metric=name, round=shown[-1] if shown else "", cut="total", **of)}
    figure = next((told[start] for start in shown[:-1] if start in told and _number(told[start]) is not None), None)
    value = _number(figure)
    if figure is None or value is None:
        return None
    se = _number(report.first(metric=f"{name}_se", from_round=figure.from_round, round=figure.round, cut="total", **of))
    return Change(figure.from_round or "", figure.round or "", value, figure.low, figure.high, se, figure.words or "")


def trends(report: Report) -> tuple[Trend, ...]:
    """The constructs of a report over its rounds, those without any figure included, in the order of the report."""
    aims = {_indicator(report.plan, goal.code).of: goal for goal in reversed(goals(report)) if goal.unit == "points"}
    return tuple(_trend(report, key, measured, aims.get(key)) for key, measured in report.constructs.items() if key not in APART)


def _trend(report: Report, key: str, measured: Measured, goal: Goal | None) -> Trend:
    adjusted = _series(report, "fixed_mix_mean", construct=key)
    raw = _series(report, "mean", construct=key)
    ends = _end_labels(report, measured)
    return Trend(
        key=key,
        label=measured.label,
        lo=measured.lo,
        hi=measured.hi,
        lo_label=ends[0],
        hi_label=ends[1],
        adjusted=adjusted,
        raw=raw,
        change=_change(report, "fixed_mix_change", adjusted, construct=key),
        raw_change=_change(report, "raw_change", raw, construct=key),
        shift=_shift(report, adjusted, key),
        absent=_absent(report, adjusted, key),
        goal=goal,
        turns=turns(report.plan, f"{CONSTRUCT}{key}"),
    )


def _absent(report: Report, adjusted: Sequence[Reading], construct: str) -> tuple[tuple[str, tuple[Words, ...]], ...]:
    """For each round without an adjusted figure, the groups of the mix that nobody answered from."""
    found = []
    for round_ in (point.round for point in adjusted if point.note == "group_absent"):
        counts = report.find(metric="n_valid", construct=construct, round=round_, cut="group", value=0)
        empty = {figure.group for figure in counts}
        found.append((round_, tuple(one.label for one in report.plan.groups if one.key in empty and report.plan.mix.get(one.key))))
    return tuple(found)


def _end_labels(report: Report, measured: Measured) -> tuple[Words, Words]:
    """The words of the two ends of a scale: the construct's own, else those of its first item."""
    labels = measured.labels or next((report.items[item].labels for item in measured.items if item in report.items), {})
    words = list(labels.values())
    return (words[0], words[-1]) if words else ({}, {})


def _shift(report: Report, adjusted: Sequence[Reading], construct: str) -> Shift | None:
    """The group whose share of the last round's answers is farthest from its share of the mix, if by 5 points or more."""
    last = next((point.round for point in reversed(adjusted) if point.value is not None), None)
    total = report.first(metric="n_valid", construct=construct, round=last, cut="total") or report.first(
        metric="n_submitted", round=last, cut="total"
    )
    everyone = _number(total)
    if last is None or not everyone or total is None:
        return None
    shifts = []
    for group in report.plan.groups:
        answered = _number(report.first(metric=total.metric, construct=total.construct, round=last, cut="group", group=group.key))
        if answered is not None and group.key in report.plan.mix:
            shifts.append(Shift(group.label, 100 * answered / everyone, 100 * report.plan.mix[group.key]))
    widest = max(shifts, key=lambda shift: abs(shift.answered_pct - shift.mix_pct), default=None)
    return widest if widest and abs(widest.answered_pct - widest.mix_pct) >= 5 else None


# goals


def goals(report: Report) -> tuple[Goal, ...]:
    """The indicators of a report, in the order of its plan."""
    return tuple(_goal(report, indicator) for indicator in report.plan.indicators)


def status_of_result(found: Sequence[Goal]) -> str:
    """The worst status of an expected result's key indicators; those without evidence do not count (measures b.13)."""
    told = {goal.status for goal in found if goal.is_key}
    return next((status for status in ("off_track", "at_risk", "on_track", "achieved") if status in told), "not_enough_evidence")


def _indicator(plan: Plan, code: str) -> Indicator:
    return next(indicator for indicator in plan.indicators if indicator.code == code)


def _goal(report: Report, indicator: Indicator) -> Goal:
    series = _goal_series(report, indicator)
    status = _last_status(report, indicator)
    now = _now(series, status.round if status else None)
    lo, hi = _scale(report, indicator)
    last = status.round if status else now.round
    reason = (status.words or "") if status else ""

    def told(metric: str) -> float | None:
        return _number(report.first(metric=metric, indicator=indicator.code, round=last))

    return Goal(
        code=indicator.code,
        title=indicator.title,
        result=indicator.result,
        unit=UNITS[indicator.source],
        unit_words=indicator.unit,
        direction=indicator.direction,
        target_kind=indicator.target_kind,
        target=indicator.target,
        due_on=indicator.due_on,
        baseline=_baseline(report, indicator, series) if reason != "baseline_before_break" else None,
        baseline_on=_baseline_day(report, indicator),
        now=now,
        status=(status.status or str(status.value)) if status else "not_enough_evidence",
        rule=(status.rule or "") if status else "",
        p_now=told("p_target_met_now"),
        p_on=told("p_on_course"),
        has_forecast=_has_forecast(indicator, series),
        tipping_point=told("tipping_point"),
        response_pct=_rate(report.first(metric="response_rate", round=last, cut="total")) if last else None,
        series=series,
        lo=lo,
        hi=hi,
        is_key=indicator.is_key,
        survey=report.plan.survey,
        reason=reason,
    )


def _now(series: Sequence[Reading], round_: str | None) -> Reading:
    """The reading of the round whose status is told, empty where it has none; without such a round the last there is."""
    told = next((point for point in series if round_ and point.round == round_), None)
    return told or next((point for point in reversed(series) if point.value is not None or point.hidden), Reading())


def _last_status(report: Report, indicator: Indicator) -> Figure | None:
    """The status of the latest round; one without a round (the due date passed unmeasured) is the latest of all."""
    found = list(report.find(metric="status", indicator=indicator.code))
    order = {round_.key: place for place, round_ in enumerate(_rounds(report))}
    return max(found, key=lambda figure: order.get(figure.round or "", len(order)), default=None)


def _goal_series(report: Report, indicator: Indicator) -> tuple[Reading, ...]:
    """The indicator's own figures, never the raw ones of what it reads: a missing adjusted figure stays missing."""
    if indicator.source == "manual":
        return tuple(Reading("", on, {}, value) for on, value, _ in sorted(indicator.stated))
    cut = {"cut": "group", "group": indicator.group} if indicator.group else {}
    series = (_series(report, metric, indicator=indicator.code, **cut) for metric in LEVELS)
    return next((found for found in series if _has_something(found)), ())


def _baseline(report: Report, indicator: Indicator, series: Sequence[Reading]) -> float | None:
    if indicator.baseline is not None:
        return indicator.baseline
    told = _number(report.first(metric="baseline", indicator=indicator.code))
    if told is not None:
        return told
    return next((point.value for point in series if point.round and point.round == indicator.baseline_round), None)


def _baseline_day(report: Report, indicator: Indicator) -> date | None:
    if indicator.baseline_on:
        return indicator.baseline_on
    return next((round_.on for round_ in report.plan.rounds if round_.key == indicator.baseline_round), None)


def _has_forecast(indicator: Indicator, series: Sequence[Reading]) -> bool:
    """b.13: three rounds or more of the last segment, and no farther ahead than they reach back."""
    days = [point.on for point in last_segment(series) if point.on]
    return len(days) >= 3 and indicator.due_on is not None and indicator.due_on - days[-1] <= days[-1] - days[0]


def last_segment(series: Sequence[Reading]) -> list[Reading]:
    """The readings that have a value, of the last segment that has any."""
    told = [point for point in series if point.value is not None]
    return [point for point in told if point.segment == told[-1].segment]


def _scale(report: Report, indicator: Indicator) -> tuple[float, float]:
    """The whole scale that a sparkline is drawn on; (0, 0) for counts and stated values, which have none."""
    if indicator.source == "share":
        return 0.0, 100.0
    if indicator.source == "nps":
        return -100.0, 100.0
    measured = report.constructs.get(indicator.of) or report.items.get(indicator.of)
    return (measured.lo, measured.hi) if measured and UNITS[indicator.source] == "points" else (0.0, 0.0)


# distributions


def distributions(report: Report) -> tuple[Distribution, ...]:
    """How the answers to each construct's items are spread in the last round that has any, then single scale items."""
    found = []
    inside: set[str] = set()
    for key, measured in report.constructs.items():
        inside.update(measured.items)
        if key not in APART:
            found.append(
                _distribution(report, key, measured.label, [report.items[item] for item in measured.items if item in report.items])
            )
    single = [item for key, item in report.items.items() if key not in inside and _stands_alone(item)]
    found += [_distribution(report, item.key, item.label, [item]) for item in single]
    return tuple(distribution for distribution in found if distribution is not None)


def _stands_alone(item: Measured) -> bool:
    """A scale of up to seven points that is not the earlier half of a before and now."""
    return item.kind == "scale" and 2 <= _steps(item) <= 7 and not item.key.endswith("/before")


def _steps(item: Measured) -> int:
    return round((item.hi - item.lo) / item.step) + 1 if item.step else 0


def _distribution(report: Report, key: str, label: Words, items: Sequence[Measured]) -> Distribution | None:
    for round_ in reversed(_rounds(report)):
        asked = [as_asked(report.plan, item, round_.key) for item in items]
        points = _points_of(asked)
        spreads = [spread for item in asked if (spread := _spread(report, round_, item)) is not None]
        if spreads and points:
            words = asked[0].label if [item.key for item in asked] == [key] else label
            return Distribution(key, words, _reading(round_, None), points, tuple(spreads))
    return None


def _points_of(items: Sequence[Measured]) -> tuple[tuple[str, Words], ...]:
    """The points of the scale that the items share, with their words; unlabelled points are their own words."""
    if not items or not _steps(items[0]):
        return ()
    item = items[0]
    keys = [f"{item.lo + place * item.step:g}" for place in range(_steps(item))]
    return tuple((key, item.labels.get(key) or {"": key}) for key in keys)


def _spread(report: Report, round_: Round, item: Measured) -> Spread | None:
    told = list(report.find(metric="pct", item=item.key, round=round_.key, cut="total"))
    mean = report.first(metric="mean", item=item.key, round=round_.key, cut="total")
    if not told and mean is None:
        return None
    values = {_point(figure.option): _number(figure) for figure in told}
    bound = next((_point(figure.option) for figure in told if isinstance(figure.value, str)), "")
    whole = bool(told) and not bound and not any(figure.suppressed for figure in told)
    parts = tuple((point, words, values.get(point) or 0.0) for point, words in _points_of([item])) if whole else ()
    n = next((figure.n for figure in (*told, *([mean] if mean else [])) if figure.n is not None and not figure.suppressed), None)
    hidden = bool(mean and mean.suppressed) or (mean is None and not whole)
    return Spread(item.key, _label(item), parts, n, _number(mean), hidden, item.reverse, bound)


def _label(item: Measured) -> Words:
    """An item's words; where a question and its part were put together, without the full stop between them."""
    return {language: re.sub(r"\.\s*: ", ": ", words) for language, words in item.label.items()}


def _point(option: str | None) -> str:
    """A point of the scale as its key: "4" for "4.0" as well."""
    try:
        return f"{float(option or ''):g}"
    except ValueError:
        return option or ""


# trust between groups, before and now, recommendation, response


def matrix(report: Report) -> Matrix | None:
    """Who trusts whom in the last round in which the groups were asked about one another."""
    for round_ in reversed(_rounds(report)):
        told = list(report.find(metric="trust_mean", cut="trust_between", round=round_.key))
        if told:
            return _matrix(report, round_, told)
    return None


def _matrix(report: Report, round_: Round, told: Sequence[Figure]) -> Matrix:
    cells = {(figure.group or "", figure.to_group or ""): _reading(round_, figure) for figure in told}
    measured = report.constructs.get("TRUST_BETWEEN")
    counts = {group: {cell.n for (row, _), cell in cells.items() if row == group and cell.n is not None} for group, _ in cells}
    return Matrix(
        round=_reading(round_, None),
        groups=tuple(group for group in report.plan.groups if any(row == group.key for row, _ in cells)),
        columns=tuple(group for group in report.plan.groups if any(to == group.key for _, to in cells)),
        cells=cells,
        answered={group: max(known) for group, known in counts.items() if known},
        lo=measured.lo if measured else 1,
        hi=measured.hi if measured else 5,
    )


def before_now(report: Report) -> BeforeNow | None:
    """The rows rated before and now, in the last round that has them."""
    rows = [
        key.removesuffix("/before")
        for key in report.items
        if key.endswith("/before") and f"{key.removesuffix('/before')}/now" in report.items
    ]
    for round_ in reversed(_rounds(report)):
        pairs = tuple(_pair(report, round_, row) for row in rows)
        if any(_has_something((pair.before, pair.now)) for pair in pairs):
            measured = report.items[f"{rows[0]}/now"]
            return BeforeNow(_reading(round_, None), measured.lo, measured.hi, *_end_labels(report, measured), pairs)
    return None


def _pair(report: Report, round_: Round, row: str) -> Pair:
    def read(part: str) -> Reading:
        return _reading(round_, report.first(metric="mean", item=f"{row}/{part}", round=round_.key, cut="total"))

    items = (as_asked(report.plan, report.items[f"{row}/{part}"], round_.key) for part in ("before", "now"))
    return Pair(row, _shared(*(item.label for item in items)), read("before"), read("now"))


def _shared(before: Words, now: Words) -> Words:
    """The question's own words, where the labels of its two parts are "question: part"."""
    heads = {language: words.rpartition(": ")[0] for language, words in now.items()}
    return {
        language: heads[language].rstrip(".") if heads[language] and before.get(language, "").startswith(heads[language]) else words
        for language, words in now.items()
    }


def recommendations(report: Report) -> tuple[Recommendation, ...]:
    """The recommendation index of every item that has one."""
    found = []
    for key, item in report.items.items():
        series = _series(report, "nps", item=key)
        if _has_something(series):
            rounds = tuple((point, _three_parts(report, point.round, key)) for point in series if point.value is not None or point.hidden)
            found.append(Recommendation(key, item.label, rounds, turns(report.plan, key)))
    return tuple(found)


def _three_parts(report: Report, round_: str, item: str) -> tuple[float, float, float] | None:
    """The shares of 0 to 6, of 7 and 8, and of 9 and 10; None unless all points may be shown."""
    told = list(report.find(metric="pct", item=item, round=round_, cut="total"))
    shares = {_point(figure.option): _number(figure) for figure in told}
    if not told or any(share is None for share in shares.values()):
        return None

    def part(low: int, high: int) -> float:
        return sum(shares.get(str(point)) or 0.0 for point in range(low, high + 1))

    return part(0, 6), part(7, 8), part(9, 10)


def responses(report: Report) -> tuple[Response, ...]:
    """Who answered in each round: everyone, then each group, in the plan's order."""
    found = []
    for round_ in _rounds(report):
        for group in (None, *report.plan.groups):
            response = _response(report, round_, group)
            if response is not None:
                found.append(response)
    return tuple(found)


def _response(report: Report, round_: Round, group: Group | None) -> Response | None:
    of = {"round": round_.key, "cut": "group" if group else "total", "group": group.key if group else None}
    answered, invited, rate = (
        report.first(metric=name, item=None, construct=None, **of) for name in ("n_submitted", "n_invited", "response_rate")
    )
    if answered is None and rate is None:
        return None
    return Response(
        round=_reading(round_, None),
        group=group.label if group else {},
        answered=_count(answered),
        invited=_count(invited),
        rate=_rate(rate),
        hidden=any(figure is not None and figure.suppressed for figure in (answered, rate)),
    )


def _rate(figure: Figure | None) -> float | str | None:
    """A response rate in per cent, or the words that D11 leaves of it."""
    if figure is None or figure.suppressed or figure.value is None:
        return None
    return figure.value if isinstance(figure.value, str) else float(figure.value)


def _count(figure: Figure | None) -> int | None:
    value = _number(figure)
    return None if value is None else round(value)
