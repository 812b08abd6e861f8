"""Rounds over time: levels and changes at a fixed mix of stakeholder groups, and their line (measures b.9, b.10).

One estimator family for every person-level number: the means of the rounds, each group weighted as in the frozen mix,
and the covariance matrix of those means. With one group it is the partially overlapping samples t-test (T_new1) of
Derrick, Russ, Toher and White (2017), Journal of Modern Applied Statistical Methods 16(1); without overlap Student's
pooled t.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from analysis.intervals import TINY, BoundedMean, Scale, bounded_from_spread, bounded_from_sums, present

LEAST_PAIRS = 8
MOST_R = 0.95
DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True)
class Level:
    """The fixed-mix value of one round, or the groups whose absence leaves it without one.

    ``mean`` (points) and ``interval`` are None when ``absent`` is not empty. ``n`` counts the people of the mix groups
    with a value (not an integer only after averaging unlinked answers over a quarter); ``n_eff`` = 1 / sum(w_i^2).
    """

    round: str
    mean: float | None
    n: float
    n_eff: float | None
    absent: tuple[str, ...]
    interval: BoundedMean | None

    @property
    def is_lopsided(self) -> bool:
        """n_eff < n / 3: a few people carry most of the weight (measures b.9)."""
        return self.n_eff is not None and self.n_eff < self.n / 3


@dataclass(frozen=True)
class MixChange:
    """The fixed-mix change from one round to a later one, in points.

    ``se``, ``df``, ``p``, ``low`` and ``high`` are None when all answers within the groups are equal (s2 = 0) or every
    cell holds one answer (df_r = 0): then the change is told in words only. ``pairs`` counts people linked.
    """

    from_round: str
    round: str
    change: float
    se: float | None
    df: float | None
    p: float | None
    low: float | None
    high: float | None
    pairs: int

    def ends(self, level: float) -> tuple[float, float] | None:
        """D -+ t_nu SE at another confidence level; None without a standard error."""
        if self.se is None or self.df is None:
            return None
        reach = float(stats.t.ppf((1 + level) / 2, self.df)) * self.se
        return self.change - reach, self.change + reach

    def probability_at_least(self, value: float) -> float | None:
        """P(change >= value) = t_nu((D - value) / SE) (measures b.13); None without a standard error."""
        if self.se is None or self.df is None:
            return None
        return float(stats.t.cdf((self.change - value) / self.se, self.df))


@dataclass(frozen=True)
class Line:
    """A straight line through the fixed-mix values (measures b.10). Time is in days from ``origin``.

    ``slope_per_year`` is 365.25 times the slope per day. ``inflation`` is S2, ``covariance`` (2 x 2: level, slope per
    day) already carries it. ``df`` is nu.
    """

    origin: date
    level: float
    slope_per_day: float
    covariance: np.ndarray
    inflation: float
    df: float
    slope_per_year: float
    low: float
    high: float
    p: float
    rounds: tuple[str, ...]
    first_on: date
    last_on: date

    def at(self, day: date) -> tuple[float, float]:
        """The height of the line on a day and its standard error, in points."""
        z = np.array([1.0, (day - self.origin).days])
        height = self.level + self.slope_per_day * z[1]
        return float(height), float(np.sqrt(z @ self.covariance @ z))


@dataclass(frozen=True)
class FixedMix:
    """All rounds of one person-level number at a fixed mix (measures b.9).

    ``levels`` in the order of the rounds; ``covariance`` is O, W x W, NaN where a round has no value; ``pairs`` W x W
    counts the people linked between two rounds (0 on the diagonal), ``n_pairs`` their sum over all pairs of rounds. ``s2`` is the pooled
    within-cell variance (None when df_r = 0), ``df_r`` = answers - cells, ``r`` the pooled within-group correlation
    used (0 under 8 pairs), ``df_change`` W x W holds nu.
    """

    scale: Scale
    when: tuple[tuple[str, date], ...]
    levels: tuple[Level, ...]
    covariance: np.ndarray
    df_change: np.ndarray
    pairs: np.ndarray
    s2: float | None
    df_r: float
    r: float
    n_pairs: int

    @property
    def is_flat(self) -> bool:
        """No spread to judge by: all answers within the cells equal (s2 = 0), or one answer per cell (df_r = 0)."""
        return self.s2 is None or self.s2 == 0

    def level(self, round_: str) -> Level:
        """The level of a round. Raises KeyError for an unknown one."""
        return self.levels[self._place(round_)]

    def on(self, round_: str) -> date:
        """The date of a round."""
        return self.when[self._place(round_)][1]

    def standard_error(self, round_: str) -> float | None:
        """sqrt(O_ww) in points; None when the round has no value or there is no spread to judge by."""
        place = self._place(round_)
        return None if self.is_flat or self.levels[place].mean is None else float(np.sqrt(self.covariance[place, place]))

    def _place(self, round_: str) -> int:
        for place, level in enumerate(self.levels):
            if level.round == round_:
                return place
        raise KeyError(round_)

    def change(self, from_round: str, round_: str) -> MixChange | None:
        """D = M_b - M_a, SE^2 = O_aa + O_bb - 2 O_ab, interval D -+ t_nu SE (measures b.9). None when either has no value.

        nu = P + (F - P)(N - 2C)/N with C pairs, P = sum max(n_gab - 1, 0), F = n_a + n_b - cells, N = n_a + n_b; never
        below 2. p is two-sided.
        """
        a, b = self._place(from_round), self._place(round_)
        earlier, later = self.levels[a].mean, self.levels[b].mean
        if earlier is None or later is None:
            return None
        cov, D, pairs = self.covariance, later - earlier, int(self.pairs[a, b])
        if self.is_flat or a == b:
            return MixChange(from_round, round_, D, None, None, None, None, None, pairs)
        se, nu = float(np.sqrt(cov[a, a] + cov[b, b] - 2 * cov[a, b])), float(self.df_change[a, b])
        reach = float(stats.t.ppf(0.975, nu)) * se
        p = float(2 * stats.t.sf(abs(D) / se, nu))
        return MixChange(from_round, round_, D, se, nu, p, D - reach, D + reach, pairs)

    def line(self) -> Line | None:
        """The generalised least squares line through the rounds that have a value (measures b.10).

        b = (Z' O^-1 Z)^-1 Z' O^-1 M, Z = (1, t) in days; Q = residual' O^-1 residual; S2 = max(1, Q/(W - 2)) multiplies
        the covariance; nu = max(2, floor(df_r / 2)). None with fewer than 3 usable rounds, all on one day, or without
        spread.
        """
        usable = [place for place, level in enumerate(self.levels) if level.mean is not None]
        if len(usable) < 3 or self.is_flat:
            return None
        days = [self.when[place][1] for place in usable]
        if len(set(days)) < 2:
            return None
        means = np.array([self.levels[place].mean for place in usable], dtype=float)
        cov = self.covariance[np.ix_(usable, usable)]
        return _line(means, cov, days, self.df_r, tuple(self.levels[place].round for place in usable))


def _line(M: np.ndarray, cov: np.ndarray, days: Sequence[date], df_r: float, rounds: tuple[str, ...]) -> Line:
    t = np.array([(day - days[0]).days for day in days], dtype=float)
    Z = np.column_stack([np.ones_like(t), t])
    weighted = np.linalg.solve(cov, Z)
    covariance = np.linalg.inv(Z.T @ weighted)
    b = covariance @ (weighted.T @ M)
    rest = M - Z @ b
    S2 = max(1.0, float(rest @ np.linalg.solve(cov, rest)) / (len(M) - 2))
    covariance = covariance * S2
    nu = float(max(2, df_r // 2))
    slope, se = float(b[1]), float(np.sqrt(covariance[1, 1]))
    reach = float(stats.t.ppf(0.975, nu)) * se
    year = DAYS_OF_A_YEAR
    p = float(2 * stats.t.sf(abs(slope) / se, nu))
    return Line(
        days[0],
        float(b[0]),
        slope,
        covariance,
        S2,
        nu,
        slope * year,
        (slope - reach) * year,
        (slope + reach) * year,
        p,
        rounds,
        min(days),
        max(days),
    )


def fixed_mix(
    values: ArrayLike,
    rounds: ArrayLike,
    groups: ArrayLike,
    people: ArrayLike | None,
    mix: Mapping[str, float],
    scale: Scale,
    when: Mapping[str, date],
    hidden: Mapping[str, Collection[str]] | None = None,
    weights: ArrayLike | None = None,
) -> FixedMix:
    """Fixed-mix levels of every round and the covariance of them all (measures b.9).

    ``values``, ``rounds``, ``groups``, ``people``: one entry per answer, same length; person-level numbers in points of
    ``scale`` (NaN missing), the keys of its round and group, and who it is across rounds (missing: not linked; whole
    numbers may stand for people, a negative one for missing).
    ``mix``: weight per group, sum 1; a group of weight 0 is not of the mix. ``when``: round -> date, in order; answers
    of other rounds are left out. ``hidden``: round -> groups that are not shown there; they enter pooled, as one cell
    with their weights added (privacy D17). ``weights``: how much of a person each answer is (1 when not given;
    ``average_by_quarter`` needs it).

    M_w = sum pi_c m_cw over cells c; O_ww = s2 sum pi_c^2/n_cw; O_ab = r s2 sum over linked people of w_ia w_ib, with
    w_i = pi_c/n_c, which is r s2 sum pi_g^2 n_gab/(n_ga n_gb) where no group is pooled. s2: pooled within-cell variance
    of all rounds; r = sum(cross)/sqrt(sum sq a sum sq b) over all round pairs, deviations from the pair means per cell
    and round pair, used when there are 8 pairs or more, cut to [0, .95]. Linked are answers of the same person *and*
    group (or pool) in both rounds; a person who appears twice in a round is not linked there.

    Missing: an answer without a value, or without a group of the mix, is in raw figures only. A mix group without any
    answer leaves the round without a value: ``Level.absent`` names it. The level interval is b.3 with n_eff; without
    spread (s2 = 0 or df_r = 0) it is b.3 on the round's own answers, widened to contain M.

    Raises ValueError when the lengths differ or the mix does not sum to 1.

    >>> from datetime import date
    >>> found = fixed_mix([1, 2, 3, 4, 2, 3, 4, 5], ["a"] * 4 + ["b"] * 4, ["x", "x", "y", "y"] * 2, None,
    ...                   {"x": 0.5, "y": 0.5}, Scale(1, 5), {"a": date(2026, 1, 1), "b": date(2026, 6, 1)})
    >>> [level.mean for level in found.levels], found.s2, found.df_r, found.r
    ([2.5, 3.5], 0.5, 4.0, 0.0)
    >>> change = found.change("a", "b")
    >>> change.change, round(change.se, 6), change.df, round(change.p, 6)
    (1.0, 0.5, 4.0, 0.116117)
    """
    if mix and abs(sum(mix.values()) - 1) > 1e-6:
        raise ValueError(f"the mix sums to {sum(mix.values()):g}, not to 1")
    own = _kept(values, rounds, groups, people, mix, when, weights)
    names = [name for name in mix if mix[name] > 0]
    keys = list(when)
    absent = _absent(own, names, len(keys))
    cells = _cells(own, names, keys, mix, hidden or {})
    return _estimates(own, cells, absent, keys, scale, when)


@dataclass(frozen=True)
class _Answers:
    """The answers that count: value, round and group as numbers, person as a number (-1 not linked), weight."""

    y: np.ndarray
    w: np.ndarray
    g: np.ndarray
    person: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class _Cells:
    """The cell of each answer, numbered over all rounds, with its round, weight, size, mean and shown group (-1 pool)."""

    of: np.ndarray
    round: np.ndarray
    pi: np.ndarray
    n: np.ndarray
    mean: np.ndarray
    label: np.ndarray


def _kept(
    values: ArrayLike,
    rounds: ArrayLike,
    groups: ArrayLike,
    people: ArrayLike | None,
    mix: Mapping[str, float],
    when: Mapping[str, date],
    weights: ArrayLike | None,
) -> _Answers:
    y = np.asarray(values, dtype=float)
    w = _codes(rounds, list(when))
    g = _codes(groups, [name for name in mix if mix[name] > 0])
    person = np.full(len(y), -1) if people is None else np.maximum(_numbered(people), -1)
    weight = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    if len({len(y), len(w), len(g), len(person), len(weight)}) > 1:
        raise ValueError("values, rounds, groups and people must be of one length")
    keep = ~np.isnan(y) & (w >= 0) & (g >= 0) & (weight > 0)
    return _Answers(y[keep], w[keep], g[keep], _once(person[keep], w[keep], g[keep]), weight[keep])


def _numbered(people: ArrayLike) -> np.ndarray:
    """A number per person, -1 where not linked; whole numbers stay as they are."""
    found = np.asarray(people)
    return found.astype(int) if found.dtype.kind in "iu" else pd.factorize(pd.Series(np.asarray(people, dtype=object)))[0]


def _codes(keys: ArrayLike, known: Sequence[str]) -> np.ndarray:
    """The place of each key among the known ones; -1 for missing or unknown."""
    return pd.Index(list(known), dtype=object).get_indexer(np.asarray(keys, dtype=object))


def _once(person: np.ndarray, w: np.ndarray, g: np.ndarray) -> np.ndarray:
    """The person numbers, -1 where the same person and group stands twice in a round."""
    seen = pd.DataFrame({"person": person, "w": w, "g": g})
    return np.where(seen.duplicated(keep=False), -1, person)


def _absent(own: _Answers, names: Sequence[str], n_rounds: int) -> list[tuple[str, ...]]:
    there = np.zeros((n_rounds, len(names)), dtype=bool)
    there[own.w, own.g] = True
    return [tuple(name for place, name in enumerate(names) if not there[row, place]) for row in range(n_rounds)]


def _cells(
    own: _Answers, names: Sequence[str], keys: Sequence[str], mix: Mapping[str, float], hidden: Mapping[str, Collection[str]]
) -> _Cells:
    """Number the cells of every round: a shown group is a cell, the hidden groups of a round are one together."""
    pooled = np.array([[name in hidden.get(key, ()) for name in names] for key in keys], dtype=bool).reshape(len(keys), len(names))
    shares = np.array([mix[name] for name in names], dtype=float)
    label = np.where(pooled, len(names), np.arange(len(names)))
    width = len(names) + 1
    pi = np.zeros(len(keys) * width)
    np.add.at(pi, (np.arange(len(keys))[:, None] * width + label).ravel(), np.tile(shares, len(keys)))
    numbers, of = np.unique(own.w * width + label[own.w, own.g], return_inverse=True)
    n = np.bincount(of, own.weight, len(numbers))
    mean = np.bincount(of, own.weight * own.y, len(numbers)) / n
    return _Cells(of, numbers // width, pi[numbers], n, mean, numbers % width)


def _estimates(
    own: _Answers, cells: _Cells, absent: list[tuple[str, ...]], keys: Sequence[str], scale: Scale, when: Mapping[str, date]
) -> FixedMix:
    W = len(keys)
    df_r = round(max(float(cells.n.sum() - len(cells.n)), 0.0), 9)
    s2 = _pooled_variance(own, cells, df_r, scale)
    links = _links(own, cells, W)
    r = _correlation(own, links)
    cov = _covariance(cells, links, r, W) * (s2 or 0.0)
    gone = [row for row in range(W) if absent[row] or not (cells.round == row).any()]
    cov[gone, :] = cov[:, gone] = np.nan
    levels = tuple(_level(own, cells, row, keys[row], absent[row], s2, scale) for row in range(W))
    nu, pairs = _degrees(cells, links, W)
    return FixedMix(scale, tuple(when.items()), levels, cov, nu, pairs, s2, df_r, r, sum(len(link.first) for link in links))


def _covariance(cells: _Cells, links: Sequence[_Links], r: float, W: int) -> np.ndarray:
    """O / s2: sum pi^2/n on the diagonal; off it r times the sum over linked people of their weights in both rounds."""
    cov = np.zeros((W, W))
    np.add.at(cov, (cells.round, cells.round), cells.pi**2 / cells.n)
    share = cells.pi / cells.n
    for link in links:
        both = share[cells.of[link.first]] @ share[cells.of[link.second]]
        cov[link.a, link.b] = cov[link.b, link.a] = r * float(both)
    return cov


def _pooled_variance(own: _Answers, cells: _Cells, df_r: float, scale: Scale) -> float | None:
    """s2 = sum of squared deviations from the cell means / df_r; None when df_r = 0, exactly 0 when all are equal."""
    if df_r <= 0:
        return None
    s2 = float((own.weight * (own.y - cells.mean[cells.of]) ** 2).sum() / df_r)
    return 0.0 if s2 <= TINY * scale.width**2 else s2


@dataclass(frozen=True)
class _Links:
    """The people linked between two rounds: places of their earlier and later answers, and their pair of cells."""

    a: int
    b: int
    first: np.ndarray
    second: np.ndarray
    kind: np.ndarray

    @property
    def sizes(self) -> np.ndarray:
        return np.bincount(self.kind)


def _links(own: _Answers, cells: _Cells, W: int) -> list[_Links]:
    """For each pair of rounds the answers that belong to the same person and group, sorted into pairs of cells."""
    linked = np.flatnonzero(own.person >= 0)
    groups = int(own.g.max()) + 1 if own.g.size else 1
    who = own.person.astype(np.int64) * groups + own.g
    by_round = [linked[own.w[linked] == row] for row in range(W)]
    found = []
    for a, b in combinations(range(W), 2):
        _same, first, second = np.intersect1d(who[by_round[a]], who[by_round[b]], assume_unique=True, return_indices=True)
        earlier, later = by_round[a][first], by_round[b][second]
        kind = np.unique(cells.of[earlier] * len(cells.n) + cells.of[later], return_inverse=True)[1]
        found.append(_Links(a, b, earlier, later, kind))
    return found


def _correlation(own: _Answers, links: Sequence[_Links]) -> float:
    """Pooled within-group correlation of the pairs, 0 under 8 pairs or without spread, cut to [0, .95]."""
    if sum(len(link.first) for link in links) < LEAST_PAIRS:
        return 0.0
    cross = square_a = square_b = 0.0
    for link in links:
        x, y = _centred(own.y[link.first], link.kind), _centred(own.y[link.second], link.kind)
        cross, square_a, square_b = cross + float(x @ y), square_a + float(x @ x), square_b + float(y @ y)
    whole = float(np.sqrt(square_a * square_b))
    return min(max(cross / whole, 0.0), MOST_R) if whole > TINY else 0.0


def _centred(y: np.ndarray, kind: np.ndarray) -> np.ndarray:
    if not y.size:
        return y
    return y - (np.bincount(kind, y) / np.bincount(kind))[kind]


def _level(own: _Answers, cells: _Cells, row: int, key: str, absent: tuple[str, ...], s2: float | None, scale: Scale) -> Level:
    """The value of one round with its interval: M = sum pi_c m_c, n_eff = 1 / sum(pi_c^2 / n_c)."""
    here = cells.round == row
    n = round(float(cells.n[here].sum()), 9)
    if absent or not here.any():
        return Level(key, None, n, None, absent, None)
    M = scale.clip(float((cells.pi[here] * cells.mean[here]).sum()))
    n_eff = float(1 / (cells.pi[here] ** 2 / cells.n[here]).sum())
    if s2:
        return Level(key, M, n, n_eff, (), bounded_from_spread(n_eff, M, s2, scale))
    rows = own.w == row
    u, weight = (own.y[rows] - scale.lo) / scale.width, own.weight[rows]
    plain = bounded_from_sums(float(weight.sum()), float(weight @ u), float(weight @ (u * u)), scale)
    return Level(key, M, n, n_eff, (), replace(plain, mean=M, low=min(plain.low, M), high=max(plain.high, M)))


def _degrees(cells: _Cells, links: Sequence[_Links], W: int) -> tuple[np.ndarray, np.ndarray]:
    """nu of every change and the number of people linked, both W x W."""
    n = np.bincount(cells.round, cells.n, W)
    count = np.bincount(cells.round, minlength=W)
    nu, pairs = np.full((W, W), np.nan), np.zeros((W, W), dtype=int)
    for link in links:
        a, b = link.a, link.b
        C, P = len(link.first), int(np.maximum(link.sizes - 1, 0).sum())
        N, F = n[a] + n[b], n[a] + n[b] - count[a] - count[b]
        found = P + (F - P) * (N - 2 * C) / N if N else F
        nu[a, b] = nu[b, a] = max(2.0, found)
        pairs[a, b] = pairs[b, a] = C
    return nu, pairs


@dataclass(frozen=True)
class RawChange:
    """The change of the plain means of all answers, in points, with the two numbers of people."""

    change: float
    n_from: int
    n: int


def raw_change(earlier: ArrayLike, later: ArrayLike) -> RawChange | None:
    """Plain mean of the later round minus plain mean of the earlier; None when nobody answered in one of them.

    >>> raw_change([1, 2, 3], [3, 4, float("nan")])
    RawChange(change=1.5, n_from=3, n=2)
    """
    a, b = present(earlier), present(later)
    return RawChange(float(b.mean() - a.mean()), a.size, b.size) if a.size and b.size else None


def raw_misleads(raw: float, fixed: float, width: float) -> bool:
    """|raw - fixed-mix change| > 0.1 R/4 or of opposite sign: do not read the raw line as change (measures b.9).

    ``width`` is R, the width of the scale.

    >>> raw_misleads(0.31, 0.0, 4), raw_misleads(0.35, 0.30, 4)
    (True, False)
    """
    return abs(raw - fixed) > 0.1 * width / 4 + 1e-9 or raw * fixed < 0


def average_by_quarter(
    values: ArrayLike, rounds: ArrayLike, groups: ArrayLike, people: ArrayLike | None, when: Mapping[str, date]
) -> pd.DataFrame:
    """One value per person and quarter, for a core group that meets monthly (measures b.10).

    Columns value, round (the quarter, "2026-Q1"), group, person, weight: what ``fixed_mix`` takes, with
    ``quarters(when)`` as its dates. A linked person's value is the mean of their answers in the quarter, weight 1.
    Without links the rounds of a quarter are pooled cell by cell: every answer is kept, with the weight n / total that
    makes the cell count as n people, n being its largest round, not the sum. Missing values and rounds not in ``when``
    are left out.

    >>> from datetime import date
    >>> when = {"jan": date(2026, 1, 9), "feb": date(2026, 2, 9)}
    >>> found = average_by_quarter([2, 4, 1, 5, 3], ["jan", "feb", "jan", "feb", "feb"], ["x"] * 5, ["p", "p", None, None, None], when)
    >>> found["value"].tolist(), found["weight"].round(6).tolist(), set(found["round"])
    ([3.0, 1.0, 5.0, 3.0], [1.0, 0.666667, 0.666667, 0.666667], {'2026-Q1'})
    """
    length = len(np.asarray(values, dtype=float))
    frame = pd.DataFrame(
        {
            "value": np.asarray(values, dtype=float),
            "asked": np.asarray(rounds, dtype=object),
            "group": np.asarray(groups, dtype=object),
            "person": np.full(length, None) if people is None else np.asarray(people, dtype=object),
        }
    )
    frame["round"] = frame["asked"].map({key: quarter_of(day) for key, day in when.items()})
    frame = frame.dropna(subset=["value", "round", "group"])
    linked = frame[frame["person"].notna()]
    one = linked.groupby(["round", "group", "person"], sort=False, as_index=False)["value"].mean().assign(weight=1.0)
    loose = frame[frame["person"].isna()].copy()
    total = loose.groupby(["round", "group"])["value"].transform("size")
    each = loose.groupby(["round", "group", "asked"])["value"].transform("size")
    loose["weight"] = each.groupby([loose["round"], loose["group"]]).transform("max") / total
    columns = ["value", "round", "group", "person", "weight"]
    return pd.DataFrame(
        {name: [*one[name].tolist(), *loose[name].tolist()] for name in columns},
    )


def quarter_of(day: date) -> str:
    """The quarter of a day.

    >>> from datetime import date
    >>> quarter_of(date(2026, 5, 3))
    '2026-Q2'
    """
    return f"{day.year}-Q{(day.month + 2) // 3}"


def quarters(when: Mapping[str, date]) -> dict[str, date]:
    """The quarters of some rounds, in order, each on the day of its last round.

    >>> from datetime import date
    >>> quarters({"jan": date(2026, 1, 9), "feb": date(2026, 2, 9), "may": date(2026, 5, 3)})
    {'2026-Q1': datetime.date(2026, 2, 9), '2026-Q2': datetime.date(2026, 5, 3)}
    """
    return {quarter_of(day): day for day in sorted(when.values())}
