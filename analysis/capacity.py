"""Capacity as participants see it: two ratings on one form, before and now (measures a.2, b.8).

The two ratings are two constructs scored by the same rule, CAPACITY_THEN and CAPACITY_NOW. The word is "reported": it is
never mixed with a measured before and after, and never the only evidence for "achieved".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analysis.change import LinkedChange, linked_change
from analysis.intervals import Scale, Share, wilson

THEN, NOW = "CAPACITY_THEN", "CAPACITY_NOW"
CEILING = 0.40


@dataclass(frozen=True)
class ReportedChange:
    """The change participants report between before and now: the linked change (b.7), the share who improved with its
    Wilson interval, and whether so many chose the top before that there was little room to improve."""

    change: LinkedChange
    improved: Share
    top_before: Share
    has_ceiling: bool


def paired_constructs(constructs: set[str] | frozenset[str]) -> dict[str, tuple[str, str]]:
    """The constructs rated twice: {name: (before, now)} for every ``name_THEN`` with its ``name_NOW``.

    >>> paired_constructs({"CAPACITY_THEN", "CAPACITY_NOW", "TRUST"})
    {'CAPACITY': ('CAPACITY_THEN', 'CAPACITY_NOW')}
    """
    names = sorted(name.removesuffix("_THEN") for name in constructs if name.endswith("_THEN"))
    return {name: (f"{name}_THEN", f"{name}_NOW") for name in names if f"{name}_NOW" in constructs}


def reported_change(before: ArrayLike, now: ArrayLike, scale: Scale) -> ReportedChange | None:
    """The retrospective change of the people with both ratings (measures b.8; Howard 1980); None when there is nobody.

    ``before`` and ``now``: one number per person in points of ``scale``, person by person. The ceiling note is due when
    40 % or more of them chose the top before.

    >>> found = reported_change([2, 3, 5, 5], [4, 3, 5, None], Scale(1, 5))
    >>> found.change.n, found.change.mean, found.improved.count, found.has_ceiling
    (3, 0.6666666666666666, 1, False)
    """
    change = linked_change(before, now)
    if change is None:
        return None
    then, after = np.asarray(before, dtype=float), np.asarray(now, dtype=float)
    top = int((then[~np.isnan(then) & ~np.isnan(after)] >= scale.hi - 1e-9).sum())
    improved, top_before = wilson(change.improved, change.n), wilson(top, change.n)
    if improved is None or top_before is None:
        return None
    return ReportedChange(change, improved, top_before, top_before.share >= CEILING)
