"""Actual beside expected: milestone, forecast and status (measures b.13).

A status is a stated function of two probabilities, P(target met now) and P(on course), with a precision gate; rules S0 to
S7, the first that applies. Everything is mirrored for an indicator that should go down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import numpy as np
from scipy import stats

from analysis.columns import Indicator
from analysis.intervals import BoundedMean
from analysis.participation import NO_STATUS
from analysis.trends import FixedMix

Status = Literal["achieved", "on_track", "at_risk", "off_track", "not_enough_evidence"]
Rule = Literal["S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7"]
Reason = Literal[
    "absent_groups",
    "no_baseline",
    "baseline_before_break",
    "few_people",
    "wide_interval",
    "low_response",
    "all_equal",
    "no_value",
    "due_without_measurement",
    "target_met",
    "not_reached",
    "not_confirmed",
    "baseline_round",
    "below_baseline",
    "too_early",
    "no_path",
    "on_course",
    "doubtful",
    "off_course",
]

LEAST_PEOPLE = 8
GATE, GATE_OF_SHARES = 0.15, 0.20
TINY = 1e-9


@dataclass(frozen=True)
class Aim:
    """What an indicator is to reach, resolved against a series.

    ``target``: the level, or the signed change from the baseline (negative for down). ``baseline``: the level it started
    from, or None when not known. ``baseline_round`` when the baseline comes from a round of the series.
    ``started_on``: the day the milestones start from.
    """

    target: float
    is_change: bool
    is_up: bool
    due_on: date | None
    baseline: float | None
    baseline_round: str | None
    started_on: date | None
    milestones: tuple[tuple[date, float], ...]
    max_half_width: float

    @property
    def target_level(self) -> float | None:
        """The target as a level; None for a change from an unknown baseline."""
        if not self.is_change:
            return self.target
        return None if self.baseline is None else self.baseline + self.target

    def is_due(self, day: date) -> bool:
        """The due date has passed: the day is on or after it."""
        return self.due_on is not None and day >= self.due_on


@dataclass(frozen=True)
class Forecast:
    """Where the line stands on the due date, "if the present pace continues": mean, sd, 80 % interval, in points."""

    on: date
    mean: float
    sd: float
    df: float
    low80: float
    high80: float

    def probability_at_least(self, value: float) -> float:
        """P(forecast >= value) = t_nu((m - value) / sd)."""
        return float(stats.t.cdf((self.mean - value) / self.sd, self.df))


@dataclass(frozen=True)
class Judgement:
    """The status of an indicator at a round, with all that has to be printed beside it (measures b.13).

    ``rule`` fired; ``reason`` is a key for sentences. ``estimate``, ``low`` and ``high``: the level and its 95 % interval.
    ``milestone`` and ``target`` in the target's own unit (level, or signed change). ``change`` from a baseline round.
    What is not known is None.
    """

    status: Status
    rule: Rule
    reason: Reason
    round: str | None = None
    on: date | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None
    n: float | None = None
    response_rate: float | None = None
    p_now: float | None = None
    p_on: float | None = None
    baseline: float | None = None
    milestone: float | None = None
    target: float | None = None
    change: float | None = None
    forecast: Forecast | None = None
    absent: tuple[str, ...] = ()


def aim_of(indicator: Indicator, series: FixedMix) -> Aim | None:
    """The indicator's target and baseline against a series; None when it has no target.

    The baseline is the stated one; else the fixed-mix value of ``baseline_round``. Milestones run from ``baseline_on``,
    else the baseline round's date, else the first round's. The gate is ``max_half_width``, else 0.15 R, 0.20 R for
    shares and NPS. A change target is a size: 0.5 with direction down is a fall of 0.5.
    """
    if indicator.target is None:
        return None
    dates = dict(series.when)
    origin = indicator.baseline_round if indicator.baseline_round in dates else None
    measured = series.level(origin).mean if origin else None
    baseline = measured if indicator.baseline is None else indicator.baseline
    is_change, is_up = indicator.target_kind == "change", indicator.direction == "up"
    target = indicator.target if not is_change else abs(indicator.target) * (1 if is_up else -1)
    started = indicator.baseline_on or (dates[origin] if origin else series.when[0][1] if series.when else None)
    return Aim(target, is_change, is_up, indicator.due_on, baseline, origin, started, indicator.milestones, _gate(indicator, series))


def _gate(indicator: Indicator, series: FixedMix) -> float:
    if indicator.max_half_width is not None:
        return indicator.max_half_width
    return (GATE_OF_SHARES if indicator.source in ("share", "nps") else GATE) * series.scale.width


def milestone_on(aim: Aim, day: date) -> float | None:
    """Where the value should stand on a day: B + (T - B)(t - t0)/(tD - t0), through the stated milestones if any.

    In the target's own unit; a change starts at 0. Before the start it is the baseline, from the due date the target.
    None without a baseline, a due date or a start (measures b.13).

    >>> aim = Aim(4.0, False, True, date(2026, 12, 31), 3.0, None, date(2025, 12, 31), (), 0.6)
    >>> round(milestone_on(aim, date(2026, 7, 1)), 6)
    3.49863
    """
    start = 0.0 if aim.is_change else aim.baseline
    if start is None or aim.due_on is None or aim.started_on is None:
        return None
    if day >= aim.due_on:
        return aim.target
    path = {aim.started_on: start, **dict(aim.milestones), aim.due_on: aim.target}
    days = sorted(path)
    return float(np.interp(day.toordinal(), [each.toordinal() for each in days], [path[each] for each in days]))


def forecast(aim: Aim, series: FixedMix) -> Forecast | None:
    """The line at the due date: m = clip(a + b tD), sd^2 = z' Cov z + (0.025 R)^2, 80 % interval (measures b.13).

    None with fewer than 3 usable rounds, without spread or due date, when the due date is not after the last usable
    round, or lies further ahead of it than the rounds reach back.
    """
    line = series.line()
    if line is None or aim.due_on is None:
        return None
    ahead, behind = (aim.due_on - line.last_on).days, (line.last_on - line.first_on).days
    if not 0 < ahead <= behind:
        return None
    height, se = line.at(aim.due_on)
    scale = series.scale
    m, sd = scale.clip(height), float(np.hypot(se, 0.025 * scale.width))
    reach = float(stats.t.ppf(0.90, line.df)) * sd
    return Forecast(aim.due_on, m, sd, line.df, scale.clip(m - reach), scale.clip(m + reach))


def probability_reached(aim: Aim, series: FixedMix, round_: str, value: float) -> float | None:
    """P that the round has reached ``value`` (in the target's own unit), from above or, for down, from below.

    A level by its Beta; a change from a baseline round by t_nu((D - value)/SE); a change from a stated baseline by the
    Beta at baseline + value. None when there is no value, no baseline, or no spread for a change (measures b.13).
    """
    level = series.level(round_)
    if level.interval is None:
        return None
    if not aim.is_change:
        return _beyond(level.interval, value, aim.is_up)
    if aim.baseline_round is None:
        return None if aim.baseline is None else _beyond(level.interval, aim.baseline + value, aim.is_up)
    change = series.change(aim.baseline_round, round_)
    at_least = change.probability_at_least(value) if change else None
    return at_least if at_least is None or aim.is_up else 1 - at_least


def _beyond(interval: BoundedMean, value: float, is_up: bool) -> float:
    return interval.probability_at_least(value) if is_up else interval.probability_at_most(value)


def judge(indicator: Indicator, series: FixedMix, response_rate: float | None = None, begins_on: date | None = None) -> Judgement | None:
    """The status of an indicator at the last round of ``series``, by the rules of measures b.13; None without a target.

    ``series`` holds the rounds up to the judged one: a status is stored per closed round and never rewritten.
    ``response_rate`` of the judged round, 0-1; None (attendance unknown) does not stop a status. ``begins_on``: the day
    of the first round of the series, where other words or another scale began it: a baseline from before says nothing
    of it, and S0 is not_enough_evidence.

    S0 not_enough_evidence: no fixed-mix value; n < 8; half-width of the 95 % level interval above the gate; response
    rate < 30 %; or, for a change target, no baseline value or no spread. S1 achieved: P_now >= .90 and (due date passed or
    P_now >= .80 in the round before). S2 due date passed: off_track if P_now < .10 ("not reached"), else at_risk ("not
    confirmed"). S3 baseline round: not_enough_evidence. S4 off_track if P(M < B) >= .95, by the Beta for a stated
    baseline, by t_nu(D/SE) for a baseline round. S5 no forecast and |milestone - B| < 1 SE: not_enough_evidence. S6
    on_track if P_on >= .50. S7 at_risk if P_on >= .10, else off_track. P_on is P(forecast >= T), without a forecast
    P(M >= milestone).

    >>> from analysis.intervals import Scale
    >>> from analysis.trends import fixed_mix
    >>> series = fixed_mix([4, 5] * 20, ["a"] * 40, ["x"] * 40, None, {"x": 1.0}, Scale(1, 5), {"a": date(2026, 12, 31)})
    >>> aim = Indicator("trust", {}, "construct", "TRUST", target=4.0, due_on=date(2026, 12, 31), baseline=3.0)
    >>> found = judge(aim, series, 0.8)
    >>> found.status, found.rule, round(found.p_now, 6)
    ('achieved', 'S1', 0.999992)
    """
    is_past = begins_on is not None and has_baseline_before(indicator, begins_on, [key for key, _ in series.when])
    aim = aim_of(without_baseline(indicator) if is_past else indicator, series)
    if aim is None or not series.levels:
        return None
    facts = _facts(aim, series, response_rate)
    if is_past:
        return replace(facts, reason="baseline_before_break")
    status, rule, reason = _rule(aim, series, facts)
    return replace(facts, status=status, rule=rule, reason=reason)


def has_baseline_before(indicator: Indicator, begins_on: date, rounds: Sequence[str]) -> bool:
    """Whether the baseline is from before the series that began on a day with ``rounds``: what day it is of must be known.

    >>> started = Indicator("a", {}, "item", baseline=3.0, baseline_on=date(2026, 1, 1))
    >>> [has_baseline_before(started, day, ()) for day in (date(2026, 1, 1), date(2026, 5, 1))]
    [False, True]
    """
    if indicator.baseline is None:
        return indicator.baseline_round is not None and indicator.baseline_round not in rounds
    return indicator.baseline_on is None or indicator.baseline_on < begins_on


def without_baseline(indicator: Indicator) -> Indicator:
    return replace(indicator, baseline=None, baseline_round=None, baseline_on=None)


def _facts(aim: Aim, series: FixedMix, response_rate: float | None) -> Judgement:
    """Everything that is printed, before any rule has spoken."""
    level = series.levels[-1]
    on = series.on(level.round)
    interval = level.interval
    ahead = forecast(aim, series) if level.mean is not None else None
    milestone = milestone_on(aim, on)
    change = series.change(aim.baseline_round, level.round) if aim.baseline_round else None
    return Judgement(
        "not_enough_evidence",
        "S0",
        "no_value",
        level.round,
        on,
        estimate=level.mean,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        n=level.n,
        response_rate=response_rate,
        p_now=probability_reached(aim, series, level.round, aim.target),
        p_on=_p_on(aim, series, level.round, ahead, milestone),
        baseline=aim.baseline,
        milestone=milestone,
        target=aim.target,
        change=change.change if change else None,
        forecast=ahead,
        absent=level.absent,
    )


def _p_on(aim: Aim, series: FixedMix, round_: str, ahead: Forecast | None, milestone: float | None) -> float | None:
    target = aim.target_level
    if ahead is not None and target is not None:
        at_least = ahead.probability_at_least(target)
        return at_least if aim.is_up else 1 - at_least
    return None if milestone is None else probability_reached(aim, series, round_, milestone)


Ruling = tuple[Status, Rule, Reason]


def _rule(aim: Aim, series: FixedMix, facts: Judgement) -> Ruling:
    gate = _not_enough(aim, series, facts)
    if gate is not None:
        return "not_enough_evidence", "S0", gate
    p_now, round_ = facts.p_now, series.levels[-1].round
    if p_now is None or facts.on is None:  # a change measured at its own baseline round
        return "not_enough_evidence", "S3", "baseline_round"
    is_due = aim.is_due(facts.on)
    if p_now >= 0.90 and (is_due or _was_met_before(aim, series)):
        return "achieved", "S1", "target_met"
    if is_due:
        return ("off_track", "S2", "not_reached") if p_now < 0.10 else ("at_risk", "S2", "not_confirmed")
    if _is_baseline_round(aim, facts.on, round_):
        return "not_enough_evidence", "S3", "baseline_round"
    worse = _p_worse_than_baseline(aim, series, round_)
    if worse is not None and worse >= 0.95:
        return "off_track", "S4", "below_baseline"
    return _course(aim, series, facts)


def _not_enough(aim: Aim, series: FixedMix, facts: Judgement) -> Reason | None:
    level = series.levels[-1]
    if level.interval is None:
        return "absent_groups" if level.absent else "no_value"
    if level.n < LEAST_PEOPLE:
        return "few_people"
    if level.interval.half_width > aim.max_half_width + TINY:
        return "wide_interval"
    if facts.response_rate is not None and facts.response_rate < NO_STATUS:
        return "low_response"
    if aim.is_change and aim.baseline_round != level.round and facts.p_now is None:
        return "all_equal" if aim.baseline is not None and series.is_flat else "no_baseline"
    return None


def _was_met_before(aim: Aim, series: FixedMix) -> bool:
    """P_now >= .80 also in the round before."""
    if len(series.levels) < 2:
        return False
    before = probability_reached(aim, series, series.levels[-2].round, aim.target)
    return before is not None and before >= 0.80


def _is_baseline_round(aim: Aim, on: date, round_: str) -> bool:
    """The round the baseline comes from, or one not after the day of a stated baseline."""
    if aim.baseline_round is not None:
        return round_ == aim.baseline_round
    return aim.baseline is not None and aim.started_on is not None and on <= aim.started_on


def _p_worse_than_baseline(aim: Aim, series: FixedMix, round_: str) -> float | None:
    """P(M < B): by t_nu(D/SE) from a baseline round, by the Beta for a stated baseline or without spread."""
    change = series.change(aim.baseline_round, round_) if aim.baseline_round else None
    better = change.probability_at_least(0.0) if change else None
    if better is not None:
        return 1 - better if aim.is_up else better
    level = series.level(round_)
    if aim.baseline is None or level.interval is None:
        return None
    return _beyond(level.interval, aim.baseline, not aim.is_up)


def _course(aim: Aim, series: FixedMix, facts: Judgement) -> Ruling:
    if facts.p_on is None:
        return "not_enough_evidence", "S5", "no_path"
    if facts.forecast is None and _is_too_early(aim, series, facts.milestone):
        return "not_enough_evidence", "S5", "too_early"
    if facts.p_on >= 0.50:
        return "on_track", "S6", "on_course"
    return ("at_risk", "S7", "doubtful") if facts.p_on >= 0.10 else ("off_track", "S7", "off_course")


def _is_too_early(aim: Aim, series: FixedMix, milestone: float | None) -> bool:
    """|milestone - B| < 1 SE, the SE of the change from a baseline round, of the level beside a stated baseline."""
    round_ = series.levels[-1].round
    change = series.change(aim.baseline_round, round_) if aim.baseline_round else None
    se = change.se if change else series.standard_error(round_)
    start = 0.0 if aim.is_change else aim.baseline
    return se is not None and milestone is not None and start is not None and abs(milestone - start) < se


def is_due_unmeasured(due_on: date | None, last_on: date | None, today: date) -> bool:
    """The due date is past and no round was closed on or after it: "due date passed without a measurement" (b.13).

    >>> is_due_unmeasured(date(2026, 6, 30), date(2026, 5, 1), date(2026, 7, 1))
    True
    >>> is_due_unmeasured(date(2026, 6, 30), date(2026, 6, 30), date(2026, 7, 1))
    False
    """
    return due_on is not None and today > due_on and (last_on is None or last_on < due_on)


def judge_stated(
    indicator: Indicator, values: Sequence[tuple[date, float]], today: date, begins_on: date | None = None
) -> Judgement | None:
    """The status of an indicator that is counted or stated by hand, so has no sampling error; None without a target.

    ``values``: (day, value), the latest on or before ``today`` counts. There are no probabilities: S0 no value yet;
    S1 achieved when the target is reached; S2 off_track when measured on or after the due date and not reached (past due
    without a measurement: not_enough_evidence); S3 on or before the day of the baseline; S4 off_track when worse than the
    baseline; S6 on_track when at the milestone, a whole-number milestone being cut towards the baseline; S7 at_risk when
    at least half of the way to it, else off_track. Own rule, in the spirit of measures b.13. ``begins_on`` as in ``judge``.

    >>> aim = Indicator("lessons", {}, "manual", target=6, baseline=0, baseline_on=date(2026, 1, 1), due_on=date(2026, 12, 31))
    >>> [judge_stated(aim, [(date(2026, 7, 1), value)], date(2026, 7, 2)).status for value in (0, 1, 2, 6)]
    ['off_track', 'at_risk', 'on_track', 'achieved']
    """
    if indicator.target is None:
        return None
    known = sorted((day, value) for day, value in values if day <= today)
    if known and begins_on is not None and has_baseline_before(indicator, begins_on, ()):
        aim, (on, value) = _aim_of_stated(without_baseline(indicator), known), known[-1]
        return Judgement("not_enough_evidence", "S0", "baseline_before_break", on=on, estimate=value, target=aim.target)
    aim = _aim_of_stated(indicator, known)
    if not known:
        return Judgement("not_enough_evidence", "S0", "no_value", baseline=aim.baseline, target=aim.target)
    on, value = known[-1]
    milestone = _whole(aim, milestone_on(aim, on))
    status, rule, reason = _rule_of_stated(aim, on, value, milestone, today)
    return Judgement(status, rule, reason, on=on, estimate=value, baseline=aim.baseline, milestone=milestone, target=aim.target)


def _aim_of_stated(indicator: Indicator, known: Sequence[tuple[date, float]]) -> Aim:
    is_up, target = indicator.direction == "up", float(indicator.target or 0.0)
    if indicator.target_kind == "change":
        target = (indicator.baseline or 0.0) + abs(target) * (1 if is_up else -1)
    started = indicator.baseline_on or (known[0][0] if known else None)
    return Aim(target, False, is_up, indicator.due_on, indicator.baseline, None, started, indicator.milestones, np.inf)


def _whole(aim: Aim, milestone: float | None) -> float | None:
    """A milestone between whole numbers is cut towards the baseline when baseline and target are whole."""
    if milestone is None or aim.baseline is None or not (float(aim.baseline).is_integer() and float(aim.target).is_integer()):
        return milestone
    return float(np.floor(milestone + TINY) if aim.target >= aim.baseline else np.ceil(milestone - TINY))


def _rule_of_stated(aim: Aim, on: date, value: float, milestone: float | None, today: date) -> Ruling:
    sign = 1 if aim.is_up else -1
    if sign * (value - aim.target) >= -TINY:
        return "achieved", "S1", "target_met"
    if aim.is_due(on):
        return "off_track", "S2", "not_reached"
    if is_due_unmeasured(aim.due_on, on, today):
        return "not_enough_evidence", "S0", "due_without_measurement"
    if aim.baseline is None or milestone is None:
        return "not_enough_evidence", "S5", "no_path"
    if aim.started_on is not None and on <= aim.started_on:
        return "not_enough_evidence", "S3", "baseline_round"
    if sign * (value - aim.baseline) < -TINY:
        return "off_track", "S4", "below_baseline"
    if sign * (value - milestone) >= -TINY:
        return "on_track", "S6", "on_course"
    half_way = aim.baseline + (milestone - aim.baseline) / 2
    return ("at_risk", "S7", "doubtful") if sign * (value - half_way) >= -TINY else ("off_track", "S7", "off_course")
