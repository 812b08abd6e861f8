"""b.14 by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.participation import NonResponse, is_avoided, item_nonresponse, response_rate, response_rates, tipping_point


def test_a_rate_without_a_roster_is_unknown() -> None:
    found = response_rate(10, None)
    assert (found.share, found.reading) == (None, "unknown")


@pytest.mark.parametrize(("valid", "reading"), [(29, "no_status"), (30, "caution"), (49, "caution"), (50, "good"), (100, "good")])
def test_under_half_is_caution_and_under_three_tenths_no_status(valid: int, reading: str) -> None:
    assert response_rate(valid, 100).reading == reading


def test_nobody_invited_has_no_rate_and_an_answer_too_many_is_noticed() -> None:
    assert response_rate(0, 0).share is None
    assert response_rate(1, 0).exceeds_roster
    assert response_rate(6, 5).exceeds_roster
    assert not response_rate(5, 5).exceeds_roster


def test_people_are_not_counted_below_nought() -> None:
    with pytest.raises(ValueError, match="below 0"):
        response_rate(-1, 5)


def test_a_group_that_the_roster_forgets_has_no_known_rate() -> None:
    each, whole = response_rates({"police": 83, "church": 2}, {"police": 100})
    assert each["church"].reading == "unknown"
    assert (each["police"].share, whole.share) == (0.83, 0.85)


def test_without_a_roster_neither_group_nor_whole_has_a_rate() -> None:
    each, whole = response_rates({"police": 8}, None)
    assert each["police"].share is None
    assert whole.share is None


def test_the_tipping_point_by_hand() -> None:
    # 60 % answered 4.2 on average, target 4.0: the silent 40 % would have to average 3.7, 0.5 lower, to pull the whole to 4.0
    lower = tipping_point(4.2, 4.0, 0.6)
    assert lower == pytest.approx(0.5)
    assert 0.6 * 4.2 + 0.4 * (4.2 - lower) == pytest.approx(4.0)
    assert tipping_point(1.8, 2.0, 0.6, "down") == pytest.approx(0.5)


def test_the_tipping_point_needs_a_known_rate_and_somebody_silent() -> None:
    assert tipping_point(4.2, 4.0, None) is None
    assert tipping_point(4.2, 4.0, 1.0) is None
    assert tipping_point(4.2, 4.0, 1.2) is None


@given(st.floats(1, 5), st.floats(1, 5), st.floats(0.01, 0.99))
def test_silent_people_at_the_tipping_point_bring_the_whole_to_the_target(value: float, target: float, rate: float) -> None:
    lower = tipping_point(value, target, rate)
    assert lower is not None
    assert rate * value + (1 - rate) * (value - lower) == pytest.approx(target)


def test_every_reason_is_counted_apart() -> None:
    values = pd.Series([4, 5, None, None, None, None, None])
    why = pd.Series([None, None, "unknown", "refused", "refused", "blank", "not_asked"])
    found = item_nonresponse(values, why)
    assert found == NonResponse(valid=2, unknown=1, refused=2, blank=1, not_asked=1)
    assert found.asked == 6
    assert found.missing_share == pytest.approx(4 / 6)


def test_a_question_nobody_was_asked_has_no_share_and_is_not_avoided() -> None:
    found = item_nonresponse(pd.Series([None, None]), pd.Series(["not_asked", "not_asked"]))
    assert found.missing_share is None
    assert not is_avoided(found, {"a": found})


def test_a_fifth_is_not_yet_avoidance_and_neither_are_fifteen_points() -> None:
    assert not is_avoided(NonResponse(80, 20, 0, 0, 0))
    assert is_avoided(NonResponse(79, 21, 0, 0, 0))
    near = {"a": NonResponse(100, 0, 0, 0, 0), "b": NonResponse(85, 0, 15, 0, 0)}
    far = {"a": NonResponse(100, 0, 0, 0, 0), "b": NonResponse(84, 0, 16, 0, 0)}
    assert not is_avoided(NonResponse(185, 0, 15, 0, 0), near)
    assert is_avoided(NonResponse(184, 0, 16, 0, 0), far)
