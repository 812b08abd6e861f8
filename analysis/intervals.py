"""How sure we are of a mean, a share and a recommendation index (measures b.3, b.4, b.5)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats
from statsmodels.stats.proportion import proportion_confint

Z95 = 1.96  # as measures b.5 writes it
TINY = 1e-12


@dataclass(frozen=True)
class Scale:
    """The points a person-level value can take: ``lo``, ``lo + step`` ... ``hi``, in the unit of the answer.

    For a construct it is the scale of its items. Raises ValueError when the points do not make a scale.

    >>> Scale(1, 5).points
    5
    >>> SHARE.points, NPS.width
    (2, 200.0)
    """

    lo: float
    hi: float
    step: float = 1.0

    def __post_init__(self) -> None:
        if not (np.isfinite([self.lo, self.hi, self.step]).all() and self.hi > self.lo and self.step > 0):
            raise ValueError(f"not a scale: {self.lo} to {self.hi} by {self.step}")
        if abs(self.width / self.step - round(self.width / self.step)) > 1e-9:
            raise ValueError(f"{self.step} does not divide {self.lo} to {self.hi}")

    @property
    def width(self) -> float:
        """R = hi - lo."""
        return float(self.hi - self.lo)

    @property
    def points(self) -> int:
        """K = R / step + 1."""
        return round(self.width / self.step) + 1

    def unit(self, value: float) -> float:
        """The value on 0 to 1."""
        return (value - self.lo) / self.width

    def value(self, unit: float) -> float:
        """The value of a number between 0 and 1."""
        return self.lo + self.width * unit

    def clip(self, value: float) -> float:
        """The value, kept within lo to hi."""
        return min(max(value, self.lo), self.hi)


SHARE = Scale(0, 100, 100)  # a person counts as 0 or 100
NPS = Scale(-100, 100, 100)  # a detractor is -100, a promoter 100


@dataclass(frozen=True)
class BoundedMean:
    """A mean with its bounded interval, in points of ``scale``; ``a`` and ``b`` are the parameters of its Beta.

    ``n`` is the number of people (the effective number for a fixed-mix level, then not an integer).
    """

    mean: float
    low: float
    high: float
    n: float
    a: float
    b: float
    scale: Scale

    @property
    def half_width(self) -> float:
        """Half of the interval's width, in points."""
        return (self.high - self.low) / 2

    def probability_at_least(self, value: float) -> float:
        """P(mean >= value) = 1 - BetaCDF((value - lo) / R) (measures b.3).

        >>> round(bounded_mean([1, 0, 1, 1], Scale(0, 1)).probability_at_least(0.5), 6)
        0.839531
        """
        return float(stats.beta.sf(self.scale.unit(value), self.a, self.b))

    def probability_at_most(self, value: float) -> float:
        """P(mean <= value), the mirror for an indicator that should go down."""
        return float(stats.beta.cdf(self.scale.unit(value), self.a, self.b))


def bounded_from_sums(n: float, sum_u: float, sum_u2: float, scale: Scale, level: float = 0.95) -> BoundedMean:
    """The bounded interval from n, sum u and sum u^2, with u = (x - lo) / R (measures b.3, own derivation there).

    m = (sum u + 1/2)/(n+1); q = (sum u^2 + v0 + 1/4)/(n+1), v0 = (K+1)/(12(K-1)); v = (q - m^2)/(n+2);
    s = m(1-m)/v - 1; ends are the Beta(ms, (1-m)s) quantiles, widened to contain the mean; lo when all u are 0,
    hi when all are 1. ``n`` may be an effective number. Raises ValueError when n is not positive.

    >>> found = bounded_from_sums(4, 3.0, 3.0, Scale(0, 1))
    >>> round(found.a, 6), round(found.b, 6)
    (3.5, 1.5)
    """
    if not n > 0:
        raise ValueError("nobody answered: there is no interval")
    K = scale.points
    v0 = (K + 1) / (12 * (K - 1))
    m = (sum_u + 0.5) / (n + 1)
    q = (sum_u2 + v0 + 0.25) / (n + 1)
    s = m * (1 - m) * (n + 2) / (q - m * m) - 1
    a, b = m * s, (1 - m) * s
    mean = min(max(sum_u / n, 0.0), 1.0)
    tail = (1 - level) / 2  # betaincinv is what scipy.stats.beta.ppf computes, to the last digit, without 60 us of checks
    low = 0.0 if mean <= TINY else min(float(special.betaincinv(a, b, tail)), mean)
    high = 1.0 if mean >= 1 - TINY else max(float(special.betainccinv(a, b, tail)), mean)
    return BoundedMean(scale.value(mean), scale.value(low), scale.value(high), n, a, b, scale)


def bounded_mean(values: ArrayLike, scale: Scale, level: float = 0.95) -> BoundedMean | None:
    """The plain mean of the people's values with its bounded interval (measures b.3).

    ``values``: one number per person, in points of ``scale``; missing ones are left out. None when nobody answered.
    For yes/no (K = 2) this is the Jeffreys interval.

    >>> found = bounded_mean([1, 0, 1, 1], Scale(0, 1))
    >>> round(found.mean, 6), round(found.low, 6), round(found.high, 6)
    (0.75, 0.283752, 0.971529)
    >>> bounded_mean([], Scale(1, 5)) is None
    True
    """
    x = present(values)
    if x.size == 0:
        return None
    u = (x - scale.lo) / scale.width
    return bounded_from_sums(x.size, float(u.sum()), float((u * u).sum()), scale, level)


def bounded_from_spread(n: float, mean: float, s2: float, scale: Scale, level: float = 0.95) -> BoundedMean:
    """The bounded interval of a mean whose spread comes from elsewhere: the pooled within-group variance.

    Puts n, n U and n((s2/R^2)(n-1)/n + U^2), U = (mean - lo)/R, into ``bounded_from_sums`` (measures b.9, and
    privacy D7 for cells of 5 to 9 people). ``mean`` in points, ``s2`` in squared points.

    >>> found = bounded_from_spread(6, 3.5, 0.7, Scale(1, 5))
    >>> round(found.low, 4), round(found.high, 4)
    (2.7843, 4.0282)
    """
    U = scale.unit(mean)
    spread = s2 / scale.width**2 * (n - 1) / n
    return bounded_from_sums(n, n * U, n * (spread + U * U), scale, level)


@dataclass(frozen=True)
class Share:
    """``count`` of ``n`` people with a Wilson interval; share, low and high between 0 and 1."""

    count: int
    n: int
    share: float
    low: float
    high: float

    def probability_at_least(self, share: float) -> float:
        """P(share >= the given one) from Beta(x + 1/2, n - x + 1/2) (measures b.4).

        >>> round(wilson(8, 10).probability_at_least(0.5), 6)
        0.973963
        """
        return float(stats.beta.sf(share, self.count + 0.5, self.n - self.count + 0.5))


def wilson(count: int, n: int, level: float = 0.95) -> Share | None:
    """A share with its Wilson score interval (Wilson 1927; statsmodels ``proportion_confint``; measures b.4).

    None when n is 0. Raises ValueError when count is not between 0 and n.

    >>> found = wilson(8, 10)
    >>> found.share, round(found.low, 6), round(found.high, 6)
    (0.8, 0.490162, 0.943318)
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is not a share")
    if n == 0:
        return None
    low, high = proportion_confint(count, n, alpha=1 - level, method="wilson")
    return Share(int(count), int(n), count / n, float(low), float(high))


@dataclass(frozen=True)
class Recommendation:
    """The recommendation index (NPS) of ``n`` people, from -100 to 100, with its adjusted Wald interval."""

    promoters: int
    detractors: int
    n: int
    nps: float
    low: float
    high: float


def recommendation(promoters: int, detractors: int, n: int) -> Recommendation | None:
    """100 (promoters - detractors) / n with the adjusted Wald interval (Rocks 2016, arXiv 1601.07235; measures b.5).

    N = n + 3, p = (P + .75)/N, d = (D + .75)/N, 100 [(p - d) +- 1.96 sqrt((p + d - (p - d)^2)/N)], cut to +-100.
    None when n is 0. Raises ValueError when promoters and detractors are more than n.

    >>> found = recommendation(10, 5, 20)
    >>> found.nps, round(found.low, 4), round(found.high, 4)
    (25.0, -11.7167, 55.195)
    """
    if min(promoters, detractors) < 0 or promoters + detractors > n:
        raise ValueError(f"{promoters} promoters and {detractors} detractors of {n}")
    if n == 0:
        return None
    N = n + 3
    p, d = (promoters + 0.75) / N, (detractors + 0.75) / N
    reach = Z95 * np.sqrt((p + d - (p - d) ** 2) / N)
    low, high = (max(-100.0, min(100.0, 100 * (p - d + sign * reach))) for sign in (-1, 1))
    return Recommendation(promoters, detractors, n, 100 * (promoters - detractors) / n, float(low), float(high))


def present(values: ArrayLike) -> np.ndarray:
    """The values that are there, as floats, in their order: one dimension, missing ones left out.

    >>> present([1.0, float("nan"), 3.0])
    array([1., 3.])
    """
    x = np.asarray(values, dtype=float).ravel()
    return x[~np.isnan(x)]
