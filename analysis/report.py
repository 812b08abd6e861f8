"""The finished report: a flat list of figures that have passed disclosure, and what pages need to name them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from analysis.columns import Audience, Plan, Words


@dataclass(frozen=True)
class Figure:
    """One figure. ``metric`` bears a name of measures.md; what does not apply is None.

    cut: ``total``, ``group``, ``circle``, ``event``, the key of a further cut, or ``trust_between``; ``group`` is the
    value of the cut (None for the total), ``to_group`` the trusted group of trust_between. ``round`` is the round, or
    the later of two; ``from_round`` the earlier. ``option`` is the answer that a ``pct`` or ``count`` counts.
    ``low`` and ``high`` are the ends of the 95 % interval in the unit of the value. A suppressed figure has no value,
    no interval and no n.
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


@dataclass(frozen=True)
class Report:
    """All figures of one survey of a programme for one audience, already protected. Pages read nothing else."""

    plan: Plan
    audience: Audience
    made_on: date
    figures: tuple[Figure, ...]
    constructs: dict[str, Measured] = field(default_factory=dict)
    items: dict[str, Measured] = field(default_factory=dict)

    def find(self, **wanted: Any) -> Iterator[Figure]:
        """The figures whose fields equal all of ``wanted``, in order."""
        for figure in self.figures:
            if all(getattr(figure, name) == value for name, value in wanted.items()):
                yield figure

    def first(self, **wanted: Any) -> Figure | None:
        return next(self.find(**wanted), None)

    def records(self) -> list[dict[str, Any]]:
        return [figure.record() for figure in self.figures]
