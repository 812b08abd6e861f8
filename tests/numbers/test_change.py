"""b.12 and b.7 against R documentation, scipy and statsmodels, and the table printed in measures.md."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW, ttost_ind

from analysis.capacity import paired_constructs, reported_change
from analysis.change import default_delta, linked_change, planned_smallest_change, words_for_change
from analysis.intervals import NPS, Scale

FIVE = Scale(1, 5)
SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


@pytest.mark.parametrize(
    ("change", "se", "word"),
    [
        (0.50, 0.10, "increase"),
        (0.30, 0.10, "increase"),
        (0.29, 0.10, "small_increase"),
        (-0.50, 0.10, "decrease"),
        (-0.30, 0.10, "decrease"),
        (-0.25, 0.10, "small_decrease"),
        (0.05, 0.10, "no_meaningful_change"),
        (0.15, 0.10, "cannot_tell"),
        (0.50, 0.30, "cannot_tell"),
        (0.0, 0.30, "cannot_tell"),
    ],
)
def test_the_words_of_a_change(change: float, se: float, word: str) -> None:
    assert words_for_change(change, se, 60, 0.3).word == word


def test_a_change_of_exactly_delta_is_an_increase_in_spite_of_floats() -> None:
    assert 3.9 - 3.6 < 0.3
    assert words_for_change(3.9 - 3.6, 0.05, 60, 0.3).word == "increase"


def test_all_equal_has_no_interval() -> None:
    found = words_for_change(0.0, None, None, 0.3)
    assert (found.word, found.low95, found.smallest) == ("all_equal", None, None)
    assert words_for_change(1.0, 0.0, 5, 0.3).word == "all_equal"


def test_a_delta_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        words_for_change(0.1, 0.1, 5, 0.0)


def test_no_meaningful_change_is_the_two_one_sided_tests_of_statsmodels() -> None:
    rng = np.random.default_rng(3)
    for shift in (0.0, 0.05, 0.1, 0.15, 0.2):
        a, b = rng.normal(3, 0.5, 80), rng.normal(3 + shift, 0.5, 90)
        theirs = ttost_ind(b, a, -0.3, 0.3)[0]
        fit = stats.ttest_ind(b, a)
        change = b.mean() - a.mean()
        found = words_for_change(change, change / fit.statistic, fit.df, 0.3)
        within = found.low90 > -0.3 and found.high90 < 0.3
        assert within == (theirs < 0.05)
        ends = fit.confidence_interval(0.90)
        assert (found.low90, found.high90) == pytest.approx((ends.low, ends.high), abs=1e-9)


def test_the_smallest_change_reproduces_the_table_of_measures_b12() -> None:
    table = {12: (0.97, 0.84, 0.69), 30: (0.61, 0.53, 0.43), 100: (0.34, 0.29, 0.24)}
    for n, row in table.items():
        assert tuple(round(planned_smallest_change(n, 0.85, 0.5, overlap), 2) for overlap in (0, 0.5, 1)) == row


def test_delta_is_three_tenths_on_five_points_and_fifteen_on_the_index() -> None:
    assert (default_delta(FIVE), default_delta(NPS)) == pytest.approx((0.3, 15))


@given(st.floats(-2, 2), st.floats(0.01, 1), st.floats(2, 200))
def test_turning_a_change_round_turns_its_words_round(change: float, se: float, df: float) -> None:
    mirror = {"increase": "decrease", "small_increase": "small_decrease", "decrease": "increase", "small_decrease": "small_increase"}
    found, turned = words_for_change(change, se, df, 0.3), words_for_change(-change, se, df, 0.3)
    assert turned.word == mirror.get(found.word, found.word)


def test_the_paired_change_is_that_of_r_on_students_sleep_data() -> None:
    # R documentation, datasets::sleep, paired: t = 4.0621, df = 9, p = 0.002833, 95 % interval 0.7001142 2.4598858, mean 1.58
    found = linked_change(SLEEP_1, SLEEP_2)
    assert found is not None
    assert (found.n, round(found.mean, 2), round(found.t, 4), round(found.p, 6)) == (10, 1.58, 4.0621, 0.002833)
    assert (round(found.low, 7), round(found.high, 7)) == (0.7001142, 2.4598858)
    assert found.p == pytest.approx(stats.ttest_rel(SLEEP_2, SLEEP_1).pvalue, abs=1e-12)
    assert (found.improved, found.same, found.worse) == (9, 1, 0)
    assert found.rank_biserial == 1


def test_the_signed_rank_test_is_the_example_of_the_scipy_documentation() -> None:
    # scipy.stats.wilcoxon, Darwin's maize (Fisher 1935): statistic 24, exact p = 0.041259765625
    d = np.array([6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75], dtype=float)
    found = linked_change(np.zeros(15), d)
    assert found is not None
    assert (found.wilcoxon, found.p_wilcoxon) == pytest.approx((24, 0.041259765625), abs=1e-12)
    assert found.rank_biserial == pytest.approx((96 - 24) / 120)


def test_the_exact_test_with_pratts_zeros_counts_every_sign_by_hand() -> None:
    d = np.array([0, 0, 1, 1, 2, -1, 2, 3, 1], dtype=float)
    found = linked_change(np.zeros(9), d)
    ranks = stats.rankdata(np.abs(d))[d != 0]
    observed = float(ranks[d[d != 0] > 0].sum())
    sums = [sum(rank for rank, sign in zip(ranks, signs, strict=True) if sign) for signs in itertools.product((0, 1), repeat=len(ranks))]
    above = sum(each >= observed - 1e-9 for each in sums) / len(sums)
    assert found is not None
    assert found.p_wilcoxon == pytest.approx(min(1, 2 * above), abs=1e-9)


def test_the_asymptotic_test_with_pratts_zeros_by_hand() -> None:
    # coin::wilcoxsign_test(zero.method = "Pratt"): ranks among all, zeros dropped; z = (W - sum/2)/sqrt(sum of squares/4)
    rng = np.random.default_rng(11)
    d = rng.integers(-1, 3, 30).astype(float)
    found = linked_change(np.zeros(30), d)
    ranks = stats.rankdata(np.abs(d))[d != 0]
    plus = ranks[d[d != 0] > 0].sum()
    z = (plus - ranks.sum() / 2) / np.sqrt((ranks**2).sum() / 4)
    assert found is not None
    assert found.p_wilcoxon == pytest.approx(2 * stats.norm.sf(abs(z)), abs=1e-9)


def test_fewer_than_eight_pairs_give_counts_only() -> None:
    found = linked_change([1, 2, 3, None], [2, 2, 1, 5])
    assert found is not None
    assert (found.n, found.mean, found.improved, found.same, found.worse, found.p) == (3, pytest.approx(-1 / 3), 1, 1, 1, None)


def test_eight_pairs_are_tested() -> None:
    earlier, later = [1, 2, 3, 4, 2, 2, 3, 1], [2, 2, 4, 5, 3, 1, 4, 3]
    found = linked_change(earlier, later)
    assert found is not None
    assert found.p == pytest.approx(stats.ttest_rel(later, earlier).pvalue, abs=1e-12)
    assert linked_change(earlier[:7], later[:7]).p is None


def test_all_changes_equal_are_not_tested() -> None:
    found = linked_change([1] * 10, [2] * 10)
    assert found is not None
    assert (found.mean, found.improved, found.sd, found.p) == (1, 10, None, None)


def test_nobody_in_common_has_no_linked_change() -> None:
    assert linked_change([1, None], [None, 2]) is None
    assert linked_change([], []) is None
    assert reported_change([], [], FIVE) is None


def test_pairs_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        linked_change([1, 2], [1])


def test_the_mean_change_has_the_interval_of_statsmodels() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.integers(1, 6, 25), rng.integers(1, 6, 25)
    found = linked_change(a, b)
    assert found is not None
    assert (found.low, found.high) == pytest.approx(DescrStatsW(b - a).tconfint_mean(), abs=1e-10)


def test_a_reported_change_counts_who_improved_and_notes_a_ceiling() -> None:
    found = reported_change([5, 5, 3, 2, None], [5, 5, 4, 4, 1], FIVE)
    assert found is not None
    assert (found.change.n, found.change.mean, found.improved.count, found.improved.n) == (4, 0.75, 2, 4)
    assert found.has_ceiling
    assert found.top_before.share == 0.5


def test_constructs_rated_twice_are_found_by_name() -> None:
    assert paired_constructs({"SKILL_NOW", "SKILL_THEN", "OTHER_THEN"}) == {"SKILL": ("SKILL_THEN", "SKILL_NOW")}
