"""Who answered and who did not: response rates, the tipping point, item non-response (measures b.14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import pandas as pd

Reading = Literal["unknown", "good", "caution", "no_status"]

CAUTION, NO_STATUS = 0.50, 0.30
AVOIDED_SHARE, AVOIDED_GAP = 0.20, 0.15


@dataclass(frozen=True)
class ResponseRate:
    """Valid forms of those invited. ``share`` is 0-1 and None when attendance is unknown or nobody was invited.

    ``reading``: ``unknown`` (attendance unknown), ``caution`` under 50 %, ``no_status`` under 30 %, else ``good``.
    ``exceeds_roster`` when more answered than were invited: the roster is not to be trusted.
    """

    valid: int
    invited: int | None
    share: float | None
    reading: Reading
    exceeds_roster: bool = False


def response_rate(valid: int, invited: int | None) -> ResponseRate:
    """RR = valid forms / invited, for a round or a group in it (measures b.14).

    ``invited`` None: no roster, attendance unknown, no rate. Raises ValueError for negative counts.

    >>> response_rate(12, 40).share, response_rate(12, 40).reading, response_rate(11, 40).reading
    (0.3, 'caution', 'no_status')
    >>> response_rate(12, None).share is None
    True
    """
    if valid < 0 or (invited is not None and invited < 0):
        raise ValueError("people cannot be counted below 0")
    if not invited:
        return ResponseRate(valid, invited, None, "unknown", exceeds_roster=invited == 0 and valid > 0)
    share = valid / invited
    reading: Reading = "no_status" if share < NO_STATUS else "caution" if share < CAUTION else "good"
    return ResponseRate(valid, invited, share, reading, exceeds_roster=valid > invited)


def response_rates(valid: Mapping[str, int], invited: Mapping[str, int] | None) -> tuple[dict[str, ResponseRate], ResponseRate]:
    """The rate of each group and of the whole round. ``valid`` counts forms per group, "" standing for no group.

    ``invited`` counts people per group, None when attendance is unknown. A group missing from it has no known rate, and
    answers without a group count in the whole only.

    >>> each, whole = response_rates({"police": 5, "ngo": 3, "": 1}, {"police": 10, "ngo": 5, "church": 1})
    >>> each["police"].share, each["church"].share, whole.share
    (0.5, 0.0, 0.5625)
    """
    groups = [*(invited or {}), *(group for group in valid if group not in (invited or {}))]
    each = {group: response_rate(valid.get(group, 0), (invited or {}).get(group)) for group in groups if group}
    whole = response_rate(sum(valid.values()), None if invited is None else sum(invited.values()))
    return each, whole


def tipping_point(value: float, target: float, rate: float | None, direction: str = "up") -> float | None:
    """How much lower than the respondents the silent would have to be to pull the value below the target.

    (M - T)/(1 - RR), in the unit of the value; for an indicator that should go down (T - M)/(1 - RR), how much higher.
    None when the rate is unknown or everybody answered. Negative or 0: the target is not reached as it is. Measures b.14.

    >>> round(tipping_point(4.1, 4.0, 0.6), 6)
    0.25
    >>> tipping_point(4.1, 4.0, None) is None, tipping_point(4.1, 4.0, 1.0) is None
    (True, True)
    """
    if rate is None or rate >= 1:
        return None
    return (value - target if direction == "up" else target - value) / (1 - rate)


@dataclass(frozen=True)
class NonResponse:
    """The answers to one question by kind. ``missing_share`` = (unknown + refused + blank) / asked, None when nobody was."""

    valid: int
    unknown: int
    refused: int
    blank: int
    not_asked: int

    @property
    def asked(self) -> int:
        return self.valid + self.unknown + self.refused + self.blank

    @property
    def missing_share(self) -> float | None:
        return (self.asked - self.valid) / self.asked if self.asked else None


def item_nonresponse(values: pd.Series, why: pd.Series) -> NonResponse:
    """Count answers, "don't know", "prefer not to answer", blank and not asked, each apart (measures b.14).

    ``values`` and ``why``: the column of a question and its ``:why``, same index. A missing value without a reason
    counts as blank.

    >>> item_nonresponse(pd.Series([4, None, None, None]), pd.Series([None, "unknown", "not_asked", None]))
    NonResponse(valid=1, unknown=1, refused=0, blank=1, not_asked=1)
    """
    reasons = why[values.isna()]
    unknown, refused, not_asked = (int((reasons == reason).sum()) for reason in ("unknown", "refused", "not_asked"))
    return NonResponse(int(values.notna().sum()), unknown, refused, len(reasons) - unknown - refused - not_asked, not_asked)


def is_avoided(whole: NonResponse, groups: Mapping[str, NonResponse] | None = None) -> bool:
    """People avoid the question: non-response above 20 %, or groups more than 15 points apart (measures b.14).

    >>> is_avoided(NonResponse(valid=7, unknown=1, refused=2, blank=0, not_asked=5))
    True
    >>> is_avoided(NonResponse(18, 2, 0, 0, 0), {"a": NonResponse(10, 0, 0, 0, 0), "b": NonResponse(8, 2, 0, 0, 0)})
    True
    """
    if whole.missing_share is not None and whole.missing_share > AVOIDED_SHARE + 1e-9:
        return True
    shares = [found.missing_share for found in (groups or {}).values() if found.missing_share is not None]
    return bool(shares) and max(shares) - min(shares) > AVOIDED_GAP + 1e-9
