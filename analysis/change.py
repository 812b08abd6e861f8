"""Words for a change: one rule everywhere (measures b.12), the smallest change that can be seen, linked change (b.7)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.intervals import Scale

ChangeWord = Literal["increase", "small_increase", "decrease", "small_decrease", "no_meaningful_change", "cannot_tell", "all_equal"]

POWER = 2.8  # t(.975) + t(.80) for a power of 80 %, as measures b.12 writes it
TINY = 1e-9


@dataclass(frozen=True)
class Verdict:
    """What may be said of a change. ``word`` is a key for sentences; ends in points, None when all answers are equal.

    ``smallest`` is 2.8 SE, the smallest change this comparison could have shown.
    """

    word: ChangeWord
    change: float
    low95: float | None = None
    high95: float | None = None
    low90: float | None = None
    high90: float | None = None
    smallest: float | None = None


def default_delta(scale: Scale) -> float:
    """0.075 R, the smallest change that matters unless the indicator says otherwise (measures b.12).

    >>> round(default_delta(Scale(1, 5)), 6)
    0.3
    """
    return 0.075 * scale.width


def words_for_change(change: float, se: float | None, df: float | None, delta: float) -> Verdict:
    """The words of a change (measures b.12).

    95 % interval above 0: ``increase`` if the change is >= delta, else ``small_increase``; mirrored for a decrease. Else,
    90 % interval within +-delta (two one-sided tests, Schuirmann 1987): ``no_meaningful_change``. Else ``cannot_tell``.
    ``se`` and ``df`` as in measures b.9; without them (or se = 0) ``all_equal``. Raises ValueError unless delta > 0.

    >>> words_for_change(0.5, 0.1, 40, 0.3).word, words_for_change(0.25, 0.1, 40, 0.3).word
    ('increase', 'small_increase')
    >>> words_for_change(0.05, 0.1, 40, 0.3).word, words_for_change(0.2, 0.3, 40, 0.3).word
    ('no_meaningful_change', 'cannot_tell')
    >>> words_for_change(0.0, None, None, 0.3).word
    'all_equal'
    """
    if not delta > 0:
        raise ValueError("the smallest change that matters must be above 0")
    if not se or df is None:
        return Verdict("all_equal", change)
    low95, high95 = _ends(change, se, df, 0.975)
    low90, high90 = _ends(change, se, df, 0.95)
    return Verdict(_word(change, (low95, high95), (low90, high90), delta), change, low95, high95, low90, high90, smallest_change(se))


def _ends(change: float, se: float, df: float, quantile: float) -> tuple[float, float]:
    reach = float(stats.t.ppf(quantile, df)) * se
    return change - reach, change + reach


def _word(change: float, ends95: tuple[float, float], ends90: tuple[float, float], delta: float) -> ChangeWord:
    if ends95[0] > 0:
        return "increase" if change >= delta - TINY else "small_increase"
    if ends95[1] < 0:
        return "decrease" if change <= -delta + TINY else "small_decrease"
    return "no_meaningful_change" if -delta < ends90[0] and ends90[1] < delta else "cannot_tell"


def smallest_change(se: float) -> float:
    """2.8 SE: the smallest change found with a power of 80 % (measures b.12).

    >>> round(smallest_change(0.1), 6)
    0.28
    """
    return POWER * se


def planned_smallest_change(n: int, sd: float, r: float = 0.5, overlap: float = 0.0) -> float:
    """The smallest change that two rounds of ``n`` people could show, for the table beside a target (measures b.12).

    SE^2 = sd^2 (2/n - 2 r n_ab / n^2), n_ab = overlap * n people answering both. ``sd`` in points, ``r`` the correlation
    of a person's two answers, ``overlap`` 0 to 1. Raises ValueError when n < 1.

    >>> [round(planned_smallest_change(12, 0.85, 0.5, overlap), 2) for overlap in (0, 0.5, 1)]
    [0.97, 0.84, 0.69]
    """
    if n < 1:
        raise ValueError("at least one person is needed")
    return smallest_change(sd * float(np.sqrt(2 / n - 2 * r * overlap / n)))


@dataclass(frozen=True)
class LinkedChange:
    """The change of the same people between two ratings, in points (measures b.7).

    Always: ``n`` pairs, ``mean``, how many ``improved``, stayed the ``same`` or got ``worse``. With fewer than 8 pairs, or
    when all changes are equal (sd = 0), the rest is None. ``wilcoxon`` and ``p_wilcoxon``: the smaller signed-rank sum
    with Pratt's zeros and its two-sided p; ``rank_biserial`` > 0 when later is higher.
    """

    n: int
    mean: float
    improved: int
    same: int
    worse: int
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    t: float | None = None
    p: float | None = None
    wilcoxon: float | None = None
    p_wilcoxon: float | None = None
    rank_biserial: float | None = None


def linked_change(earlier: ArrayLike, later: ArrayLike) -> LinkedChange | None:
    """Paired change d = later - earlier of the people with both values (measures b.7); None when there is nobody.

    Mean of d with mean +- t(.975, n-1) sd/sqrt(n) (``scipy.stats.ttest_rel``); Wilcoxon with Pratt's zeros
    (``scipy.stats.wilcoxon``, asymptotic without correction as R's coin, exact by permutation up to 15 pairs); matched
    rank-biserial (sum R+ - sum R-)/sum R over non-zero d. The two must be of one length, person by person.

    >>> found = linked_change([1, 2, 3, 4, 2, 2, 3, 1], [2, 2, 4, 5, 3, 1, 4, 3])
    >>> found.n, found.mean, (found.improved, found.same, found.worse), round(found.p, 6), round(found.rank_biserial, 6)
    (8, 0.75, (6, 1, 1), 0.047945, 0.75)
    """
    a, b = np.asarray(earlier, dtype=float), np.asarray(later, dtype=float)
    if a.shape != b.shape:
        raise ValueError("earlier and later must be of one length")
    d = b - a
    d = d[~np.isnan(d)]
    if not d.size:
        return None
    d = np.where(np.abs(d) < TINY, 0.0, d)
    counts = LinkedChange(d.size, float(d.mean()), int((d > 0).sum()), int((d == 0).sum()), int((d < 0).sum()))
    return counts if d.size < 8 or float(np.ptp(d)) < TINY else _tested(d, counts)


def _tested(d: np.ndarray, counts: LinkedChange) -> LinkedChange:
    test = stats.ttest_1samp(d, 0.0)
    ends = test.confidence_interval(0.95)
    method = stats.PermutationMethod(n_resamples=2**15) if d.size <= 15 else "asymptotic"
    signed = stats.wilcoxon(d, zero_method="pratt", correction=False, method=method)
    moved = d[d != 0]
    ranks = stats.rankdata(np.abs(moved))
    effect = float((ranks * np.sign(moved)).sum() / ranks.sum())
    return LinkedChange(
        counts.n,
        counts.mean,
        counts.improved,
        counts.same,
        counts.worse,
        sd=float(d.std(ddof=1)),
        low=float(ends.low),
        high=float(ends.high),
        t=float(test.statistic),
        p=float(test.pvalue),
        wilcoxon=float(signed.statistic),
        p_wilcoxon=float(signed.pvalue),
        rank_biserial=effect,
    )
