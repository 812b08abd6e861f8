"""How exactly a figure may be said (privacy D7 and D8)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from analysis.columns import Audience
from analysis.disclosure import EXACT_PERCENT

#: Decimals of what is neither a mean, a percentage, an index nor a number of people.
DECIMALS = {"probability": 2, "rough": 1, "se": 2, "whole": 0, "number": 2, "df": 1, "slope": 2}


@dataclass(frozen=True)
class Precision:
    """The rounding of an audience: the analyst none; others means to 1 decimal, percentages whole, NPS to 5, and the
    public numbers of people to 5."""

    audience: Audience

    @property
    def is_exact(self) -> bool:
        return self.audience == "analyst"

    def people(self, n: int) -> int:
        """A number of people.

        >>> Precision("public").people(47), Precision("coordinator").people(47)
        (45, 47)
        """
        return int(nearest(n, 5)) if self.audience == "public" else n

    def value(self, value: float, unit: str, n: int | None = None, is_coarse: bool = False) -> float:
        """A value of ``n`` people. ``is_coarse``: 90 % or more gave one answer, so a mean goes to the nearest half (D7).

        >>> said = Precision("coordinator")
        >>> said.value(3.4567, "points"), said.value(4.93, "points", 40, True), said.value(-12.5, "nps")
        (3.5, 5.0, -10.0)
        >>> said.value(66.7, "percent", 15), said.value(66.7, "percent", 25)
        (70.0, 67.0)
        """
        if self.is_exact:
            return value
        if unit == "points":
            return nearest(value, 0.5) if is_coarse else round(value, 1) + 0.0
        if unit == "percent":
            return nearest(value, 10) if is_coarse or (n is not None and n < EXACT_PERCENT) else nearest(value, 1)
        if unit == "nps" or (unit == "df" and self.audience == "public"):
            return nearest(value, 5)
        return round(value, DECIMALS.get(unit, 1)) + 0.0

    def ends(self, low: float, high: float, unit: str, n: int | None = None) -> tuple[float, float]:
        """The ends of an interval; in steps of 10 they are widened, never narrowed.

        >>> Precision("coordinator").ends(41.2, 66.1, "percent", 15)
        (40.0, 70.0)
        """
        if not self.is_exact and unit == "percent" and n is not None and n < EXACT_PERCENT:
            return 10.0 * math.floor(low / 10), 10.0 * math.ceil(high / 10)
        return self.value(low, unit), self.value(high, unit)


def nearest(value: float, step: float) -> float:
    """The nearest multiple of a step, halves away from the floor.

    >>> nearest(62.5, 5), nearest(4.75, 0.5)
    (65.0, 5.0)
    """
    return math.floor(value / step + 0.5) * step + 0.0
