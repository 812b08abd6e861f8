"""b.3, b.4, b.5 against published tables, other packages and sums written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, special, stats
from statsmodels.stats.proportion import proportion_confint

from analysis.intervals import (
    NPS,
    SHARE,
    Scale,
    bounded_from_spread,
    bounded_mean,
    recommendation,
    wilson,
)

FIVE = Scale(1, 5)
answers_on_five = st.lists(st.integers(1, 5), min_size=1, max_size=40)


def test_the_bounded_interval_of_yes_and_no_is_the_jeffreys_interval_of_statsmodels() -> None:
    for yes, n in [(3, 4), (1, 9), (17, 23), (50, 61)]:
        found = bounded_mean([1] * yes + [0] * (n - yes), Scale(0, 1))
        low, high = proportion_confint(yes, n, method="jeffreys")
        assert found is not None
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-10)
        assert (found.a, found.b) == pytest.approx((yes + 0.5, n - yes + 0.5), abs=1e-9)


def test_the_bounded_interval_of_a_share_of_0_and_100_is_the_same_interval_in_per_cent() -> None:
    found = bounded_mean([100, 0, 100, 100], SHARE)
    low, high = proportion_confint(3, 4, method="jeffreys")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((100 * low, 100 * high), abs=1e-8)


def test_the_bounded_interval_of_three_people_by_hand_and_by_numerical_integration() -> None:
    # 2, 4, 5 on 1-5: u = .25, .75, 1; sum u = 2, sum u^2 = 1.625; K = 5, v0 = 6/48 = .125
    m = 2.5 / 4
    q = (1.625 + 0.125 + 0.25) / 4
    v = (q - m * m) / 5
    s = m * (1 - m) / v - 1
    a, b = m * s, (1 - m) * s
    found = bounded_mean([2, 4, 5], FIVE)
    assert found is not None
    assert (found.mean, found.n, found.a, found.b) == pytest.approx((11 / 3, 3, a, b), abs=1e-10)

    def area_to(x: float) -> float:
        return integrate.quad(lambda u: math.exp((a - 1) * math.log(u) + (b - 1) * math.log1p(-u) - special.betaln(a, b)), 0, x)[0]

    assert area_to((found.low - 1) / 4) == pytest.approx(0.025, abs=1e-8)
    assert area_to((found.high - 1) / 4) == pytest.approx(0.975, abs=1e-8)
    assert found.probability_at_least(3.5) == pytest.approx(1 - area_to(0.625), abs=1e-8)


def test_the_spread_of_the_pseudo_answer_is_that_of_a_uniform_choice_of_points() -> None:
    for scale in (Scale(0, 1), FIVE, Scale(0, 10), NPS):
        units = np.linspace(0, 1, scale.points)
        assert (scale.points + 1) / (12 * (scale.points - 1)) == pytest.approx(units.var(), abs=1e-12)


def test_nobody_has_no_interval() -> None:
    assert bounded_mean([], FIVE) is None
    assert bounded_mean([float("nan")], FIVE) is None
    assert wilson(0, 0) is None
    assert recommendation(0, 0, 0) is None


def test_one_person_has_a_wide_interval_around_their_answer() -> None:
    found = bounded_mean([3], FIVE)
    # u = .5: m = 1/2; q = (.25 + .125 + .25)/2 = .3125; v = (.3125 - .25)/3 = 1/48; s = 12 - 1 = 11
    assert found is not None
    assert (found.a, found.b) == pytest.approx((5.5, 5.5), abs=1e-10)
    assert (found.low, found.high) == pytest.approx(
        (1 + 4 * stats.beta.ppf(0.025, 5.5, 5.5), 1 + 4 * stats.beta.ppf(0.975, 5.5, 5.5)), abs=1e-9
    )


@pytest.mark.parametrize(("answer", "end"), [(1, "low"), (5, "high")])
def test_all_at_the_end_of_the_scale_touches_the_end_and_stays_open_on_the_other_side(answer: int, end: str) -> None:
    found = bounded_mean([answer] * 12, FIVE)
    assert found is not None
    assert getattr(found, end) == answer
    assert found.low < found.high


def test_all_identical_inside_the_scale_still_leaves_doubt() -> None:
    found = bounded_mean([3] * 20, FIVE)
    assert found is not None
    assert found.low < 3 < found.high


def test_the_interval_from_a_spread_equals_that_of_the_answers_when_the_spread_is_their_own() -> None:
    answers = np.array([1, 2, 2, 4, 5, 5, 3])
    own = bounded_mean(answers, FIVE)
    lent = bounded_from_spread(len(answers), answers.mean(), answers.var(ddof=1), FIVE)
    assert own is not None
    assert (lent.low, lent.high) == pytest.approx((own.low, own.high), abs=1e-10)


def test_wilson_agrees_with_newcombe_1998_table_i() -> None:
    for count, n, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]:
        found = wilson(count, n)
        assert found is not None
        assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_solves_the_score_equation_it_is_defined_by() -> None:
    found = wilson(8, 10)
    z2 = stats.norm.ppf(0.975) ** 2
    assert found is not None
    for p in (found.low, found.high):
        assert (0.8 - p) ** 2 == pytest.approx(z2 * p * (1 - p) / 10, abs=1e-10)


def test_the_probability_of_a_share_by_numerical_integration_of_the_likelihood() -> None:
    found = wilson(7, 9)
    assert found is not None
    whole = integrate.quad(lambda p: p**6.5 * (1 - p) ** 1.5, 0, 1)[0]
    above = integrate.quad(lambda p: p**6.5 * (1 - p) ** 1.5, 0.6, 1)[0]
    assert found.probability_at_least(0.6) == pytest.approx(above / whole, abs=1e-8)


def test_a_share_of_more_people_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="not a share"):
        wilson(5, 4)


def test_the_recommendation_index_by_hand_as_rocks_2016_writes_it() -> None:
    # 12 promoters, 3 detractors of 20: N = 23, p = 12.75/23, d = 3.75/23
    p, d = 12.75 / 23, 3.75 / 23
    reach = 1.96 * math.sqrt((p + d - (p - d) ** 2) / 23)
    found = recommendation(12, 3, 20)
    assert found is not None
    assert (found.nps, found.low, found.high) == pytest.approx((45.0, 100 * (p - d - reach), 100 * (p - d + reach)), abs=1e-10)
    assert (round(found.low, 4), round(found.high, 4)) == (8.4306, 69.8303)


def test_the_recommendation_index_of_twenty_people_is_as_coarse_as_measures_b5_says() -> None:
    found = recommendation(7, 7, 20)
    assert found is not None
    assert (found.high - found.low) / 2 == pytest.approx(33, abs=2.5)


def test_the_recommendation_index_is_cut_at_its_ends() -> None:
    found = recommendation(3, 0, 3)
    assert found is not None
    assert found.high <= 100


def test_scales_that_are_none_are_refused() -> None:
    for lo, hi, step in [(5, 1, 1), (1, 1, 1), (1, 5, 0), (1, 5, 3), (1, float("nan"), 1)]:
        with pytest.raises(ValueError, match=r"not a scale|does not divide"):
            Scale(lo, hi, step)


@given(answers_on_five)
def test_the_interval_contains_the_mean_and_stays_on_the_scale(answers: list[int]) -> None:
    found = bounded_mean(answers, FIVE)
    assert found is not None
    assert 1 <= found.low <= found.mean <= found.high <= 5


@given(answers_on_five, st.floats(1, 5), st.floats(1, 5))
def test_a_higher_target_is_never_more_probable(answers: list[int], one: float, other: float) -> None:
    found = bounded_mean(answers, FIVE)
    assert found is not None
    lower, higher = sorted((one, other))
    assert found.probability_at_least(lower) >= found.probability_at_least(higher)
    assert found.probability_at_least(lower) + found.probability_at_most(lower) == pytest.approx(1)


@given(answers_on_five)
def test_turning_the_scale_round_turns_the_interval_round(answers: list[int]) -> None:
    found, turned = bounded_mean(answers, FIVE), bounded_mean([6 - answer for answer in answers], FIVE)
    assert found is not None
    assert turned is not None
    assert (turned.low, turned.high) == pytest.approx((6 - found.high, 6 - found.low), abs=1e-9)


@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_the_index_lies_within_its_interval_or_at_an_end(promoters: int, passive: int, detractors: int) -> None:
    found = recommendation(promoters, detractors, promoters + passive + detractors)
    if found is not None:
        assert -100 <= found.low <= found.high <= 100
        assert -100 <= found.nps <= 100
