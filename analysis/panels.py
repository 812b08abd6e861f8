"""Panels: each finding of a Report with all that a page needs to show it, in one language.

A panel is an *about* line (what, unit, days, n), a heading that is the finding, paragraphs that a listener could use
alone, a chart, and the same figures as a table. Pages draw panels; they read nothing else of a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis import charts, readings, sentences
from analysis.figures import Report
from analysis.readings import BeforeNow, Distribution, Goal, Matrix, Reading, Recommendation, Response, Trend
from analysis.saying import Say, decimal, interval, percent, said, short_round_name, signed, whole


@dataclass(frozen=True)
class Cell:
    text: str
    hidden: bool = False
    is_words: bool = False  # a sentence, which may take several lines


@dataclass(frozen=True)
class Table:
    """Words of the columns, then rows whose first cell names the row."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Panel:
    kind: str  # trend, likert, heat, bells, nps, response: the name of its drawing
    key: str  # unique in the page, a part of ids
    about: str
    heading: str
    paragraphs: tuple[str, ...]
    hint: str
    chart: Any
    reading: Any
    table: Table


def panels(report: Report, say: Say) -> list[Panel]:
    """Every panel of one survey's report, in the order in which a page tells them."""
    spread = {distribution.key: distribution for distribution in readings.distributions(report)}
    found = []
    for trend in readings.trends(report):
        found.append(trend_panel(trend, say))
        if trend.key in spread:
            found.append(likert_panel(spread.pop(trend.key), say))
    matrix, before_now = readings.matrix(report), readings.before_now(report)
    found += [heat_panel(matrix, say)] if matrix else []
    found += [bells_panel(before_now, say)] if before_now else []
    found += [nps_panel(found_nps, say) for found_nps in readings.recommendations(report)]
    found += [likert_panel(distribution, say) for distribution in spread.values()]
    rates = readings.responses(report)
    return [*found, *([response_panel(rates, say)] if rates else [])]


def _cell(words: str | None, reading: Reading, say: Say) -> Cell:
    """What a cell says of a reading: hidden in the words of D2, a dash where there is nothing."""
    if reading.hidden:
        return Cell(sentences.withheld(say), hidden=True)
    return Cell(words if words is not None and reading.value is not None else "—")


def _ends(reading: Reading, say: Say) -> str | None:
    return None if reading.low is None or reading.high is None else interval(reading.low, reading.high, "points", say)


def _count(n: int | None, say: Say) -> str:
    return "—" if n is None else whole(n, say)


def _when(reading: Reading, say: Say) -> Cell:
    return Cell(short_round_name(reading.label, reading.on, say))


def trend_panel(trend: Trend, say: Say) -> Panel:
    hint = say("Band: 95%% interval. The adjustment gives each group a fixed weight, the same in every round.")
    return Panel(
        kind="trend",
        key=trend.key.lower(),
        about=sentences.trend_about(trend, say),
        heading=sentences.trend_heading(trend, say),
        paragraphs=tuple(sentences.trend_summary(trend, say)),
        hint=hint if trend.is_adjusted else "",
        chart=charts.trend_chart(trend),
        reading=trend,
        table=_trend_table(trend, say),
    )


def _trend_table(trend: Trend, say: Say) -> Table:
    head: tuple[str, ...] = (say("Round"), "n", say("Adjusted"), say("95%% interval"), say("Not adjusted"), say("95%% interval"))
    turned = {turn.round: Cell(sentences.turn_words(turn, say), is_words=True) for turn in trend.turns}
    if turned:
        head = (*head, say("Change of the question"))
    adjusted = {point.round: point for point in trend.adjusted}
    rows = []
    for raw in trend.raw:
        fixed = adjusted.get(raw.round, Reading())
        values = [_cell(decimal(point.value or 0, say), point, say) for point in (fixed, raw)]
        ends = [_cell(_ends(point, say), point, say) for point in (fixed, raw)]
        row = (_when(raw, say), Cell(_count(raw.n or fixed.n, say)), values[0], ends[0], values[1], ends[1])
        rows.append((*row, turned.get(raw.round, Cell("—"))) if turned else row)
    return Table(head, tuple(rows))


def likert_panel(distribution: Distribution, say: Say) -> Panel:
    hint = say("Left: the lower part of the scale. Right: the upper part. The middle answer stands apart.")
    rounding = sentences.spread_rounding([[share for _, _, share in spread.parts] for spread in distribution.spreads], say)
    return Panel(
        kind="likert",
        key=f"{distribution.key.lower().replace('/', '-')}-items",
        about=sentences.spread_about(distribution, say),
        heading=sentences.spread_heading(distribution, say),
        paragraphs=tuple(sentences.spread_summary(distribution, say)),
        hint=f"{hint} {rounding}".rstrip(),
        chart=charts.likert(distribution),
        reading=distribution,
        table=_likert_table(distribution, say),
    )


def _likert_table(distribution: Distribution, say: Say) -> Table:
    head = (say("Question"), *(said(words, say) for _, words in distribution.points), say("Mean"), "n")
    rows = []
    for row in charts.likert(distribution).rows:
        spread = row.spread
        shares = {point: share for point, _, share in spread.parts}
        if spread.parts:
            cells = [Cell(percent(shares[point], say)) for point, _ in distribution.points]
        else:
            cells = [Cell(sentences.withheld(say), hidden=True) for _ in distribution.points]
        mean = Cell(decimal(spread.mean, say)) if spread.mean is not None else Cell("—")
        rows.append((Cell(sentences.item_words(spread, say)), *cells, mean, Cell(_count(spread.n, say))))
    return Table(head, tuple(rows))


def heat_panel(matrix: Matrix, say: Say) -> Panel:
    return Panel(
        kind="heat",
        key="between",
        about=sentences.matrix_about(matrix, say),
        heading=sentences.matrix_heading(matrix, say),
        paragraphs=tuple(sentences.matrix_summary(matrix, say)),
        hint=say("Read it by rows. Trust in one's own group is not asked. Hatched: not shown, to protect small groups."),
        chart=charts.heat(matrix),
        reading=matrix,
        table=Table((), ()),  # the chart is a table already
    )


def bells_panel(found: BeforeNow, say: Say) -> Panel:
    rows = [
        (
            Cell(said(bell.pair.label, say)),
            _cell(decimal(bell.pair.before.value or 0, say), bell.pair.before, say),
            _cell(decimal(bell.pair.now.value or 0, say), bell.pair.now, say),
            Cell(_count(bell.pair.now.n, say)),
        )
        for bell in charts.bells(found)
    ]
    return Panel(
        kind="bells",
        key="before-now",
        about=sentences.before_now_about(found, say),
        heading=sentences.before_now_heading(found, say),
        paragraphs=tuple(sentences.before_now_summary(found, say)),
        hint="",
        chart=charts.bells(found),
        reading=found,
        table=Table((say("Question"), say("Before"), say("Now"), "n"), tuple(rows)),
    )


def nps_panel(found: Recommendation, say: Say) -> Panel:
    return Panel(
        kind="nps",
        key=f"{found.key.lower().replace('/', '-')}-index",
        about=say("%(what)s 0 to 10", what=said(found.label, say)),
        heading=sentences.recommendation_heading(found, say),
        paragraphs=tuple(sentences.recommendation_summary(found, say)),
        hint=sentences.spread_rounding([parts or () for _, parts in found.rounds], say),
        chart=charts.bars(found),
        reading=found,
        table=_nps_table(found, say),
    )


def _nps_table(found: Recommendation, say: Say) -> Table:
    rows = []
    for reading, parts in found.rounds:
        shares = [Cell(percent(share, say)) for share in parts] if parts else [_cell("—", reading, say)] * 3
        ends = None if reading.low is None or reading.high is None else interval(reading.low, reading.high, "nps", say)
        index = _cell(signed(reading.value or 0, "nps", say), reading, say)
        rows.append((_when(reading, say), *shares, index, _cell(ends, reading, say), Cell(_count(reading.n, say))))
    return Table((say("Round"), "0–6", "7–8", "9–10", say("Index"), say("95%% interval"), "n"), tuple(rows))


def response_panel(rates: Sequence[Response], say: Say) -> Panel:
    totals = [rate for rate in rates if not rate.group]
    last = totals[-1].round.round if totals else ""
    return Panel(
        kind="response",
        key="response",
        about=say("Who answered, of the people invited"),
        heading=sentences.response_heading(rates, say),
        paragraphs=tuple(sentences.response_summary(rates, say)),
        hint="",
        chart=[rate for rate in rates if not rate.group or rate.round.round == last],
        reading=rates,
        table=_response_table(rates, say),
    )


def _response_table(rates: Sequence[Response], say: Say) -> Table:
    rows = []
    for rate in rates:
        group = said(rate.group, say) if rate.group else say("Everyone")
        if rate.hidden:
            cells = [Cell(sentences.withheld(say), hidden=True)] * 3
        else:
            cells = [Cell(_count(rate.answered, say)), Cell(_count(rate.invited, say)), Cell(sentences.rate_words(rate, say))]
        rows.append((_when(rate.round, say), Cell(group), *cells))
    return Table((say("Round"), say("Group"), say("Answered"), say("Invited"), say("Rate")), tuple(rows))


def goal_table(goals: Sequence[Goal], say: Say) -> Table:
    """What decided each status: estimate, interval, n, both probabilities, the round and the rule (b.13)."""
    head = (
        say("Indicator"),
        say("Round"),
        say("Now"),
        say("95%% interval"),
        "n",
        say("Response"),
        say("Target met now"),
        say("In time"),
        say("Rule"),
    )
    return Table(head, tuple(_goal_row(goal, say) for goal in goals))


def _goal_row(goal: Goal, say: Say) -> tuple[Cell, ...]:
    now = goal.now
    ends = None if now.low is None or now.high is None else interval(now.low, now.high, goal.unit, say)
    return (
        Cell(said(goal.title, say)),
        _when(now, say),
        _cell(sentences.goal_amount(goal, now.value or 0, say), now, say),
        _cell(ends, now, say),
        Cell(_count(now.n, say)),
        Cell("—" if goal.unit in ("stated", "count") else sentences.share_words(goal.response_pct, say)),
        Cell(sentences.likely(goal.p_now, say)),
        Cell(sentences.likely(goal.p_on, say)),
        Cell(goal.rule or "—"),
    )
