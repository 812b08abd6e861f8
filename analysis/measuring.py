"""From the frames to what is measured: each item and construct as numbers per person, and the people cut (D4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.columns import CONSTRUCT, Plan
from analysis.disclosure import Cuts, Decision, Gate, Thing, cuts_of
from analysis.figures import Measured
from analysis.intervals import Scale
from analysis.satisfaction import points_of
from analysis.scores import as_numbers, items_of, scale_of
from analysis.sources import construct_series
from analysis.trust import TRUST_BETWEEN, trust_columns, trust_items

FORMS = ""  # the key of the forms handed in, which every round measures first
CIRCLES = ("core", "extended")
COUNTED = ("scale", "flag", "choice", "rank", "number")  # kinds that have figures; texts and days have none


@dataclass(frozen=True)
class Source:
    """Something measured: ``values`` one number per row of the answers (a choice as the place of its option), NaN missing.

    ``scale`` None for choices and open numbers; ``options``: text of an option -> its number, empty for constructs and
    open numbers; ``has_mean``: a mean says something (not of choices or yes/no); ``to_group``: the group that a column of
    TRUST_BETWEEN asks about.
    """

    key: str
    kind: str
    values: np.ndarray
    scale: Scale | None
    options: dict[str, float]
    measured: Measured
    items: tuple[str, ...] = ()
    is_sensitive: bool = False
    has_index: bool = False
    to_group: str | None = None

    @property
    def is_construct(self) -> bool:
        return self.kind == "construct"

    @property
    def has_mean(self) -> bool:
        return self.kind in ("construct", "scale", "number", "rank") and (self.scale is None or self.scale.points > 2)


def sources(answers: pd.DataFrame, codebook: pd.DataFrame, plan: Plan) -> dict[str, Source]:
    """Every construct, then every item that has figures, by key (a construct's as "construct:KEY")."""
    trust = _trust(answers, codebook)
    items = {str(key): _item(answers, codebook, plan, str(key), trust) for key in codebook.index if codebook.loc[key, "kind"] in COUNTED}
    found = {}
    for name in dict.fromkeys(name for name in codebook["construct"] if name):
        if all(key in items and items[key].scale is not None for key in items_of(codebook, str(name))):
            source = _construct(answers, codebook, plan, str(name), items)
            found[source.key] = source
    return {**found, **items}


def construct_key(construct: str) -> str:
    return f"{CONSTRUCT}{construct}"


def _trust(answers: pd.DataFrame, codebook: pd.DataFrame) -> dict[str, np.ndarray]:
    """Trust in each group by column, what a person said of their own left out, as it was answered."""
    columns = trust_columns(codebook)
    if not columns:
        return {}
    others = trust_items(answers, codebook).notna()
    return {key: as_numbers(answers[key]).where(others[group]).to_numpy(dtype=float) for group, key in columns.items()}


def _item(answers: pd.DataFrame, codebook: pd.DataFrame, plan: Plan, key: str, trust: dict[str, np.ndarray]) -> Source:
    row = codebook.loc[key]
    kind, labels = str(row["kind"]), dict(row["labels"] or {})
    has_scale = kind == "flag" or (kind in ("scale", "rank") and not (pd.isna(row["lo"]) or pd.isna(row["hi"])))
    scale = scale_of(codebook, [key]) if has_scale else None
    options = _options(kind, scale, labels)
    values = _choice(answers[key], options) if kind == "choice" else trust.get(key, as_numbers(answers[key]).to_numpy(dtype=float))
    lo, hi = (scale.lo, scale.hi) if scale else (0.0, 0.0)
    measured = Measured(key, dict(row["label"] or {}), lo, hi, scale.step if scale else 0.0, (), labels, kind, bool(row["reverse"]))
    named = [one for one in plan.indicators if one.of == key and one.source in ("item", "share", "nps", "count")]
    sensitive = bool(row["sensitive"]) or any(one.sensitive for one in named)
    index = _has_index(scale, key, row, any(one.source == "nps" for one in named))
    return Source(key, kind, values, scale, options, measured, (), sensitive, index, str(row["part"]) if key in trust else None)


def _options(kind: str, scale: Scale | None, labels: dict[str, dict[str, str]]) -> dict[str, float]:
    if kind == "choice":
        return {str(option): float(place) for place, option in enumerate(labels)}
    return {f"{point:g}": point for point in points_of(scale)} if scale else {}


def _choice(values: pd.Series, options: dict[str, float]) -> np.ndarray:
    return values.map(lambda value: options.get(str(value), np.nan), na_action="ignore").astype("float64").to_numpy()


def _has_index(scale: Scale | None, key: str, row: pd.Series, is_named: bool) -> bool:
    """A recommendation index is made of 0 to 10 questions that ask whether one would recommend, not of every 0 to 10."""
    if scale is None or (scale.lo, scale.hi, scale.step) != (0, 10, 1):
        return False
    words = " ".join([key, *dict(row["label"] or {}).values()]).casefold()
    return is_named or "recom" in words or "nps" in words


def _construct(answers: pd.DataFrame, codebook: pd.DataFrame, plan: Plan, name: str, items: dict[str, Source]) -> Source:
    keys = tuple(items_of(codebook, name))
    series = construct_series(answers, codebook, name)
    first = items[keys[0]].measured
    measured = Measured(
        name, plan.constructs.get(name, {"en": name}), series.scale.lo, series.scale.hi, series.scale.step, keys, first.labels
    )
    sensitive = any(items[key].is_sensitive for key in keys) or any(one.sensitive for one in plan.indicators if one.of == name)
    values = series.values.to_numpy(dtype=float)
    return Source(construct_key(name), "construct", values, series.scale, {}, measured, keys, sensitive)


# --- rounds


@dataclass(frozen=True)
class Seen:
    """One round through the gate: its rows of the answers, how its people are cut, and the decision on every source."""

    round: str
    rows: np.ndarray
    cuts: Cuts
    decisions: dict[str, Decision]

    @property
    def forms(self) -> Decision:
        return self.decisions[FORMS]


def look(answers: pd.DataFrame, plan: Plan, found: dict[str, Source], gate: Gate) -> dict[str, Seen]:
    """Every round of the plan through the gate, in order."""
    closed = _closed_columns(answers, plan, found, gate.least)
    rounds = answers["round"].astype(object).to_numpy()
    return {one.key: _look(answers, plan, found, gate, one.key, np.flatnonzero(rounds == one.key), closed) for one in plan.rounds}


def _look(
    answers: pd.DataFrame, plan: Plan, found: dict[str, Source], gate: Gate, key: str, rows: np.ndarray, closed: frozenset[str]
) -> Seen:
    cuts = _cuts(answers.iloc[rows], plan)
    things = [Thing(FORMS, np.zeros(len(rows)), is_counted=True)]
    asked = {source.key: source for source in found.values() if _is_there(answers, source, rows, gate)}
    for source in asked.values():
        items = tuple(item for item in source.items if item in asked)
        ranking = source.key.partition("/")[0] if source.kind == "rank" else ""
        things.append(Thing(source.key, source.values[rows], items, ranking, source.is_sensitive, source.key in closed))
    return Seen(key, rows, cuts, gate.decide(things, cuts))


def _is_there(answers: pd.DataFrame, source: Source, rows: np.ndarray, gate: Gate) -> bool:
    """Whether a round has figures of it: someone has a value; for the analyst it is enough that someone was asked."""
    if not np.isnan(source.values[rows]).all():
        return True
    columns = [f"{key}:why" for key in source.items or (source.key,)]
    return gate.is_open and bool((answers.iloc[rows][columns].fillna("blank") != "not_asked").to_numpy().any())


def _cuts(here: pd.DataFrame, plan: Plan) -> Cuts:
    columns: dict[str, tuple[list[str], list[object]]] = {}
    if plan.groups:
        columns["group"] = ([group.key for group in plan.groups], here["group"].tolist())
    if here["circle"].notna().any():
        columns["circle"] = (list(CIRCLES), here["circle"].tolist())
    for cut in plan.cuts:
        if cut.key in here and here[cut.key].notna().any():
            columns[cut.key] = (list(cut.values), here[cut.key].tolist())
    return cuts_of(len(here), columns, [cut.key for cut in plan.cuts])


def _closed_columns(answers: pd.DataFrame, plan: Plan, found: dict[str, Source], k: int) -> frozenset[str]:
    """The columns that ask about a group of fewer than k members (D10); without a roster, of fewer than k who ever answered."""
    most = answers.groupby(["round", "group"]).size().groupby("group").max() if len(answers) else pd.Series(dtype=int)
    members = {group.key: int(most.get(group.key, 0)) if group.members is None else group.members for group in plan.groups}
    small = {source.key for source in found.values() if source.to_group is not None and members.get(source.to_group, 0) < k}
    return frozenset(small | ({construct_key(TRUST_BETWEEN)} if small else set()))
