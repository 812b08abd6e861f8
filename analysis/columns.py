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
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Words = dict[str, str]  # {language: text}

SourceKind = Literal["construct", "item", "share", "nps", "count", "manual"]
TargetKind = Literal["level", "change"]
Audience = Literal["coordinator", "public", "analyst"]


@dataclass(frozen=True)
class Round:
    """One time a survey is asked. ``on`` is the round's own date; ``invited`` counts people per group as shown
    (None: attendance unknown); ``circle`` is core, extended or open, from its event."""

    key: str
    label: Words
    on: date
    invited: dict[str, int] | None = None
    event: str | None = None
    circle: str | None = None


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
