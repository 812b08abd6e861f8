"""The finished report: a flat list of figures that have passed disclosure, and what pages need to name them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from analysis.columns import Audience, Plan, Words

#: metric -> (unit, what it is, the fields that say of what). docs/report-json.md is written from this table. "points" are
#: those of the scale, and of an indicator its own unit: percent for a share, nps for a recommendation index.
METRICS: dict[str, tuple[str, str, str]] = {
    "n_submitted": ("people", "forms handed in and counted", "round, cut, group"),
    "n_invited": ("people", "people invited, from the roster", "round, cut, group"),
    "response_rate": (
        "percent",
        "n_submitted of n_invited; the words under_half or over_half where the rate would single people out (D11)",
        "round, cut, group",
    ),
    "n_valid": ("people", "people with a valid answer or score", "construct or item, round, cut, group"),
    "n_unknown": ("people", "people who said they do not know", "item, round, cut, group"),
    "n_refused": ("people", "people who preferred not to answer", "item, round, cut, group"),
    "n_blank": ("people", "people who left the question blank", "item, round, cut, group"),
    "mean": (
        "points",
        "plain mean with interval b.3; for 5 to 9 people the interval is built from the pooled within-group variance",
        "construct or item, round, cut, group",
    ),
    "sd": ("points", "standard deviation, n - 1 (analyst only)", "construct or item, round, cut, group"),
    "median": ("points", "median (analyst only)", "construct or item, round, cut, group"),
    "mean_low95": ("points", "lower end of the interval of mean", "as mean"),
    "mean_high95": ("points", "upper end of the interval of mean", "as mean"),
    "pct": (
        "percent",
        'share of the valid answers that chose option; the words ">= 90 %" where D7 asks for them',
        "item, option, round, cut, group",
    ),
    "count": ("people", "people who chose option; or the count of an indicator", "item, option, round, cut, group; or indicator, round"),
    "top2_pct": ("percent", "share on one of the two highest points, with Wilson interval", "item, round, cut, group"),
    "nps": ("nps", "recommendation index, -100 to 100, with adjusted Wald interval", "item, round, cut, group"),
    "raw_change": ("points", "plain mean of round minus plain mean of from_round", "construct or item, from_round, round, cut, group"),
    "fixed_mix_mean": (
        "points",
        "level at the frozen mix of groups (b.9), with interval b.3 at n_eff; words lopsided or group_absent",
        "construct, item or indicator; round",
    ),
    "fixed_mix_low95": ("points", "lower end of the interval of fixed_mix_mean", "as fixed_mix_mean"),
    "fixed_mix_high95": ("points", "upper end of the interval of fixed_mix_mean", "as fixed_mix_mean"),
    "fixed_mix_change": (
        "points",
        "fixed-mix level of round minus that of from_round, with interval; words say what may be said of it (b.12)",
        "construct, item or indicator; from_round, round",
    ),
    "fixed_mix_change_se": ("points", "its standard error", "as fixed_mix_change"),
    "fixed_mix_change_df": ("number", "its degrees of freedom, nu; hidden where n_pairs is", "as fixed_mix_change"),
    "fixed_mix_change_p": ("probability", "its two-sided p", "as fixed_mix_change"),
    "fixed_mix_change_low95": ("points", "lower end of its 95 % interval", "as fixed_mix_change"),
    "fixed_mix_change_high95": ("points", "upper end of its 95 % interval", "as fixed_mix_change"),
    "pooled_r": ("number", "pooled within-group correlation of linked answers, as used: 0 under 8 pairs", "construct or item"),
    "n_pairs": ("people", "people linked between from_round and round", "construct or item, from_round, round"),
    "slope_per_year": (
        "points",
        "slope of the line through the fixed-mix levels (b.10) over 365.25 days, with interval",
        "construct, item or indicator",
    ),
    "trust_mean": ("points", "mean trust of the people of group in to_group (cut trust_between)", "item, round, group, to_group"),
    "value": ("stated", "a value stated by hand", "indicator"),
    "baseline": ("points", "where the indicator started, stated or measured", "indicator"),
    "target": ("points", "its target: a level, or a change from the baseline", "indicator"),
    "milestone": ("points", "where it should stand on the day of round", "indicator, round"),
    "p_target_met_now": ("probability", "P(target met now), b.13, as of its round: from the rounds until then", "indicator, round"),
    "p_on_course": ("probability", "P(on course), b.13, as of its round: from the rounds until then", "indicator, round"),
    "status": (
        "status",
        "achieved, on_track, at_risk, off_track or not_enough_evidence, with the rule that fired (S0 to S7); words: the reason",
        "indicator, round (none when the due date passed without a measurement)",
    ),
    "tipping_point": (
        "points",
        "how much lower (for an indicator that should fall: higher) the silent would have to be to miss a target that is reached",
        "indicator, round",
    ),
}


@dataclass(frozen=True)
class Figure:
    """One figure. ``metric`` bears a name of measures.md (``METRICS``); what does not apply is None.

    cut: ``total``, ``group``, ``circle``, the key of a further cut, or ``trust_between``; ``group`` is the value of the
    cut (None for the total, "" for people who gave none or one outside the list), ``to_group`` the trusted group of
    trust_between. A round has one event: the event's figures are its round's total. ``round`` is the round, or the later
    of two; ``from_round`` the earlier. ``option`` is the answer that a ``pct`` or ``count`` counts. ``low`` and ``high``
    are the ends of the 95 % interval in the unit of the value. A suppressed figure has no value, no interval and no n. A
    figure without a value that is not suppressed has none: nobody answered, a group of the mix was absent, no spread.
    """

    metric: str
    survey: str | None = None
    construct: str | None = None
    item: str | None = None
    option: str | None = None
    indicator: str | None = None
    round: str | None = None
    from_round: str | None = None
    cut: str = "total"
    group: str | None = None
    to_group: str | None = None
    value: float | str | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    status: str | None = None
    rule: str | None = None
    unit: str = "points"
    suppressed: bool = False
    words: str | None = None  # a key of analysis.sentences, e.g. "increase", "small_increase", "cannot_tell"
    segment: int | None = None  # of the series of its construct, item or indicator (``Plan.segments``), from 1
    version: int | None = None  # of the form that was asked in ``round``

    def record(self) -> dict[str, Any]:
        """The figure as one flat record of docs/report-json.md."""
        ends = None if self.low is None or self.high is None else [self.low, self.high]
        kept = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in {"low", "high"}}
        return {**kept, "interval": ends}


@dataclass(frozen=True)
class Measured:
    """How a construct or item is measured: its scale and its words."""

    key: str
    label: Words
    lo: float
    hi: float
    step: float
    items: tuple[str, ...] = ()  # of a construct
    labels: dict[str, Words] = field(default_factory=dict)  # point as text -> words
    kind: str = "scale"
    reverse: bool = False  # a high answer says little of what is measured


@dataclass(frozen=True)
class Report:
    """All figures of one survey of a programme for one audience, already protected. Pages read nothing else."""

    plan: Plan
    audience: Audience
    made_on: date
    figures: tuple[Figure, ...]
    constructs: dict[str, Measured] = field(default_factory=dict)
    items: dict[str, Measured] = field(default_factory=dict)

    @cached_property
    def _by_metric(self) -> dict[str, list[Figure]]:
        found: dict[str, list[Figure]] = {}
        for figure in self.figures:
            found.setdefault(figure.metric, []).append(figure)
        return found

    @cached_property
    def _by_place(self) -> dict[tuple[str, str | None], list[Figure]]:
        found: dict[tuple[str, str | None], list[Figure]] = {}
        for figure in self.figures:
            found.setdefault((figure.metric, figure.item), []).append(figure)
        return found

    def find(self, **wanted: Any) -> Iterator[Figure]:
        """The figures whose fields equal all of ``wanted``, in order."""
        for figure in self._looked_up(wanted):
            if all(getattr(figure, name) == value for name, value in wanted.items()):
                yield figure

    def _looked_up(self, wanted: dict[str, Any]) -> list[Figure] | tuple[Figure, ...]:
        if "metric" not in wanted:
            return self.figures
        if "item" in wanted:
            return self._by_place.get((wanted["metric"], wanted["item"]), [])
        return self._by_metric.get(wanted["metric"], [])

    def first(self, **wanted: Any) -> Figure | None:
        return next(self.find(**wanted), None)

    def records(self) -> list[dict[str, Any]]:
        return [figure.record() for figure in self.figures]
