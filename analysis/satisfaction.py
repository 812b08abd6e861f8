"""Distributions, top-2 shares and the recommendation index (measures b.2, b.4, b.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.intervals import Recommendation, Scale, Share, recommendation, wilson
from analysis.scores import as_numbers


@dataclass(frozen=True)
class Distribution:
    """How many people chose each option, in the order of the options; ``pct`` of the ``n`` valid answers (0-100).

    ``pct`` is empty when nobody answered.
    """

    options: tuple[Any, ...]
    counts: tuple[int, ...]
    n: int
    pct: tuple[float, ...]


def distribution(values: pd.Series, options: Sequence[Any]) -> Distribution:
    """Counts and percentages per option over valid answers (measures b.2); values outside ``options`` are not valid.

    >>> distribution(pd.Series([1, 5, 5, None]), [1, 2, 3, 4, 5]).counts
    (1, 0, 0, 0, 2)
    >>> distribution(pd.Series([], dtype=float), [1, 2]).pct
    ()
    """
    found = values.dropna().value_counts().reindex(list(options), fill_value=0)
    counts = tuple(int(count) for count in found)
    n = sum(counts)
    return Distribution(tuple(options), counts, n, tuple(100 * count / n for count in counts) if n else ())


def points_of(scale: Scale) -> tuple[float, ...]:
    """The points of a scale, from lo to hi.

    >>> points_of(Scale(1, 3))
    (1.0, 2.0, 3.0)
    """
    return tuple(float(scale.lo + index * scale.step) for index in range(scale.points))


def top_two_values(values: pd.Series, scale: Scale) -> pd.Series:
    """100 for a person on one of the two highest points, 0 otherwise, missing stays missing (measures b.4, b.9).

    >>> top_two_values(pd.Series([3, 4, 5, None]), Scale(1, 5)).tolist()
    [0.0, 100.0, 100.0, nan]
    """
    x = as_numbers(values)
    return x.ge(scale.hi - scale.step - 1e-9).mul(100.0).where(x.notna())


def top_two(values: pd.Series, scale: Scale) -> Share | None:
    """The share on one of the two highest points with its Wilson interval (measures b.4); None when nobody answered.

    >>> found = top_two(pd.Series([5, 4, 3, 5, None]), Scale(1, 5))
    >>> found.count, found.n, found.share
    (3, 4, 0.75)
    """
    reached = top_two_values(values, scale).dropna()
    return wilson(int((reached > 0).sum()), len(reached))


def chosen_values(values: pd.Series, chosen: Sequence[Any]) -> pd.Series:
    """100 for a person whose answer is one of ``chosen``, 0 for another answer, missing stays missing.

    Numbers are compared as numbers, so "1", 1 and 1.0 are the same choice.

    >>> chosen_values(pd.Series(["no", "yes", None]), ["yes"]).tolist()
    [0.0, 100.0, nan]
    >>> chosen_values(pd.Series([0.0, 1.0]), ["1"]).tolist()
    [0.0, 100.0]
    """
    wanted = {_plain(value) for value in chosen}
    known = values.notna()
    return values.map(lambda value: 100.0 if _plain(value) in wanted else 0.0).astype("float64").where(known)


def _plain(value: Any) -> Any:
    try:
        return float(value)
    except (TypeError, ValueError):
        return value


def recommendation_values(values: pd.Series, scale: Scale) -> pd.Series:
    """100 for 9-10, 0 for 7-8, -100 for 0-6, missing stays missing (measures b.5, b.9).

    Raises ValueError unless the question was asked from 0 to 10.

    >>> recommendation_values(pd.Series([10, 8, 0, None]), Scale(0, 10)).tolist()
    [100.0, 0.0, -100.0, nan]
    """
    if (scale.lo, scale.hi, scale.step) != (0, 10, 1):
        raise ValueError(f"a recommendation index needs 0 to 10, not {scale.lo:g} to {scale.hi:g}")
    x = as_numbers(values)
    return (x.ge(9).astype(float) - x.le(6).astype(float)).mul(100.0).where(x.notna())


def recommendation_index(values: pd.Series, scale: Scale) -> Recommendation | None:
    """The recommendation index of a 0-10 question with its interval (measures b.5); None when nobody answered.

    >>> found = recommendation_index(pd.Series([10, 9, 7, 3, None]), Scale(0, 10))
    >>> found.nps, found.n
    (25.0, 4)
    """
    x = recommendation_values(values, scale).dropna()
    return recommendation(int((x > 0).sum()), int((x < 0).sum()), len(x))
