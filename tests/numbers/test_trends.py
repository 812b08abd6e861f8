"""b.9 and b.10 against R documentation, scipy, statsmodels and a brute force written another way."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import combinations

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.intervals import SHARE, Scale, bounded_mean
from analysis.trends import average_by_quarter, fixed_mix, quarters, raw_change, raw_misleads

FIVE = Scale(1, 5)
WHEN = {"a": date(2025, 1, 1), "b": date(2025, 7, 1), "c": date(2026, 1, 1), "d": date(2026, 7, 1)}


def some_rounds(seed: int, rounds: int = 3, groups: int = 3, people: int = 40, gaps: float = 0.1):
    """Answers of people of whom about half come back, in unequal groups; (values, rounds, groups, people) as lists."""
    rng = np.random.default_rng(seed)
    names = [f"g{place}" for place in range(groups)]
    home = rng.choice(names, people, p=np.arange(1, groups + 1) / (groups * (groups + 1) / 2))
    mood = rng.normal(3.2, 0.8, people)
    rows = [
        (
            float(np.clip(round(mood[who] + rng.normal(0, 0.6)), 1, 5)) if rng.random() > gaps else np.nan,
            list(WHEN)[when],
            home[who],
            f"p{who}" if rng.random() > 0.15 else None,
        )
        for when in range(rounds)
        for who in range(people)
        if rng.random() < 0.6
    ]
    rows += [(3.0, list(WHEN)[when], name, None) for when in range(rounds) for name in names]  # no group is ever absent
    return tuple(list(column) for column in zip(*rows, strict=True))


def brute_force(values, rounds, groups, people, mix, keys, hidden=None):
    """b.9 with dictionaries and loops, every sum as the document writes it; level, cov, nu, s2, df_r, r, n_eff."""
    hidden = hidden or {}
    cells, owner = defaultdict(list), {}
    for place, (y, w, g, who) in enumerate(zip(values, rounds, groups, people, strict=True)):
        if not np.isnan(y) and mix.get(g, 0) > 0:
            cells[w, "pool" if g in hidden.get(w, ()) else g].append(place)
            if who is not None:
                owner[w, who, g] = place
    y = values
    mean = {cell: sum(y[i] for i in rows) / len(rows) for cell, rows in cells.items()}
    whole, df_r = sum(map(len, cells.values())), sum(len(rows) - 1 for rows in cells.values())
    s2 = sum((y[i] - mean[cell]) ** 2 for cell, rows in cells.items() for i in rows) / df_r
    assert whole - len(cells) == df_r
    pi = {(w, g): sum(mix[name] for name in hidden.get(w, ())) if g == "pool" else mix[g] for w, g in cells}
    cell_of = {i: cell for cell, rows in cells.items() for i in rows}
    pairs = defaultdict(list)
    for a, b in combinations(keys, 2):
        for w, who, g in owner:
            if w == a and (b, who, g) in owner:
                i, j = owner[a, who, g], owner[b, who, g]
                pairs[a, b, cell_of[i][1], cell_of[j][1]].append((i, j))
    cross = qa = qb = 0.0
    for rows in pairs.values():
        ma, mb = np.mean([y[i] for i, _ in rows]), np.mean([y[j] for _, j in rows])
        cross += sum((y[i] - ma) * (y[j] - mb) for i, j in rows)
        qa += sum((y[i] - ma) ** 2 for i, _ in rows)
        qb += sum((y[j] - mb) ** 2 for _, j in rows)
    count = sum(map(len, pairs.values()))
    r = min(max(cross / np.sqrt(qa * qb), 0), 0.95) if count >= 8 and qa * qb > 0 else 0.0
    level = {w: sum(pi[cell] * mean[cell] for cell in cells if cell[0] == w) for w in keys}
    cov, nu = np.zeros((len(keys), len(keys))), np.zeros((len(keys), len(keys)))
    for row, w in enumerate(keys):
        cov[row, row] = s2 * sum(pi[cell] ** 2 / len(rows) for cell, rows in cells.items() if cell[0] == w)
    for (x, a), (z, b) in combinations(enumerate(keys), 2):
        found = {key[2:]: rows for key, rows in pairs.items() if key[:2] == (a, b)}
        cov[x, z] = cov[z, x] = (
            r * s2 * sum(pi[a, ga] * pi[b, gb] * len(rows) / (len(cells[a, ga]) * len(cells[b, gb])) for (ga, gb), rows in found.items())
        )
        na, nb = (sum(len(rows) for cell, rows in cells.items() if cell[0] == w) for w in (a, b))
        count_ab, freedom = sum(map(len, found.values())), sum(max(len(rows) - 1, 0) for rows in found.values())
        free = na + nb - sum(cell[0] in (a, b) for cell in cells)
        nu[x, z] = nu[z, x] = max(2, freedom + (free - freedom) * (na + nb - 2 * count_ab) / (na + nb))
    n_eff = {w: s2 / cov[row, row] for row, w in enumerate(keys)}
    return level, cov, nu, s2, df_r, r, n_eff


# ---- the published cases -------------------------------------------------------------------------------------------


def test_one_group_reproduces_the_example_of_derrick_toher_white_2017() -> None:
    # R package Partiallyoverlapping 2.0, help page of Partover.test(var.equal = TRUE): p = 0.026
    a_alone, a_pair = [20, 21, 16, 18, 14, 12, 14, 17], [14, 15, 18, 20, 11, 19, 14, 15]
    b_alone, b_pair = [10, 16, 18, 16, 15, 14, 13, 10], [15, 10, 15, 17, 13, 19, 12, 13]
    pair = [f"p{place}" for place in range(8)]
    found = fixed_mix(
        [*a_alone, *a_pair, *b_alone, *b_pair],
        ["a"] * 16 + ["b"] * 16,
        ["all"] * 32,
        [None] * 8 + pair + [None] * 8 + pair,
        {"all": 1.0},
        Scale(0, 30),
        {key: WHEN[key] for key in "ab"},
    )
    change = found.change("b", "a")
    # T_new1 written out after the article: means 16.125 and 14.125, both samples of 16, 8 pairs
    one, other = np.array(a_alone + a_pair), np.array(b_alone + b_pair)
    s = np.sqrt((one.var(ddof=1) * 15 + other.var(ddof=1) * 15) / 30)
    r = np.corrcoef(a_pair, b_pair)[0, 1]
    se = s * np.sqrt(1 / 16 + 1 / 16 - 2 * r * 8 / (16 * 16))
    df = 7 + (8 + 8 + 8 - 1) / (8 + 8 + 16) * 16
    assert change is not None
    assert round(change.p, 3) == 0.026
    assert (change.change, change.se, change.df) == pytest.approx((one.mean() - other.mean(), se, df), abs=1e-10)
    assert found.r == pytest.approx(r, abs=1e-10)
    assert change.p == pytest.approx(2 * stats.t.sf(change.change / se, df), abs=1e-10)


SLEEP_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SLEEP_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_nobody_in_common_is_students_pooled_t_on_his_own_sleep_data() -> None:
    # R documentation, datasets::sleep: t.test(extra ~ group, var.equal = TRUE): t = -1.8608, df = 18, p = 0.07919,
    # 95 % interval -3.363874 0.203874
    found = fixed_mix(
        SLEEP_1 + SLEEP_2, ["a"] * 10 + ["b"] * 10, ["all"] * 20, None, {"all": 1.0}, Scale(-10, 10, 0.1), {k: WHEN[k] for k in "ab"}
    )
    change = found.change("a", "b")
    assert change is not None
    assert (round(change.change / change.se, 4), change.df, round(change.p, 5)) == (1.8608, 18, 0.07919)
    assert (round(change.low, 6), round(change.high, 6)) == (-0.203874, 3.363874)
    theirs = stats.ttest_ind(SLEEP_2, SLEEP_1)
    assert change.p == pytest.approx(theirs.pvalue, abs=1e-10)


def test_everybody_in_common_is_the_paired_t_when_both_rounds_spread_alike() -> None:
    # with equal variances s2 (2/n)(1 - r) is var(d)/n exactly: Student's paired t of scipy
    earlier = [1, 2, 3, 4, 5, 2, 3, 4, 1, 5]
    later = [2, 1, 4, 3, 5, 3, 2, 5, 1, 4]
    who = [f"p{place}" for place in range(10)]
    found = fixed_mix(earlier + later, ["a"] * 10 + ["b"] * 10, ["all"] * 20, who * 2, {"all": 1.0}, FIVE, {k: WHEN[k] for k in "ab"})
    change = found.change("a", "b")
    # the mean change is 0; move the later round up by one half, which no spread notices
    moved = fixed_mix(
        earlier + [y + 0.5 for y in later],
        ["a"] * 10 + ["b"] * 10,
        ["all"] * 20,
        who * 2,
        {"all": 1.0},
        Scale(1, 6),
        {k: WHEN[k] for k in "ab"},
    ).change("a", "b")
    theirs = stats.ttest_rel(np.array(later) + 0.5, earlier)
    assert change is not None
    assert moved is not None
    assert change.change == pytest.approx(0)
    assert (moved.p, moved.df) == pytest.approx((theirs.pvalue, 9), abs=1e-10)
    ends = theirs.confidence_interval()
    assert (moved.low, moved.high) == pytest.approx((ends.low, ends.high), abs=1e-10)


def test_a_police_flood_moves_the_raw_mean_and_not_the_fixed_mix() -> None:
    # police answer 2, neighbours 4, in both rounds; police go from 1 of 5 to 4 of 5
    values = [2] * 2 + [4] * 8 + [2] * 8 + [4] * 2
    groups = ["police"] * 2 + ["people"] * 8 + ["police"] * 8 + ["people"] * 2
    found = fixed_mix(values, ["a"] * 10 + ["b"] * 10, groups, None, {"police": 0.5, "people": 0.5}, FIVE, {k: WHEN[k] for k in "ab"})
    raw = raw_change(values[:10], values[10:])
    change = found.change("a", "b")
    assert raw is not None
    assert change is not None
    assert (raw.change, change.change) == pytest.approx((-1.2, 0.0), abs=1e-12)
    assert raw_misleads(raw.change, change.change, FIVE.width)


# ---- the brute force -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("hidden", [{}, {"b": {"g0", "g1"}}, {"a": {"g0", "g1"}, "b": {"g0", "g1"}, "c": {"g0", "g2"}}])
def test_levels_and_covariance_agree_with_a_brute_force(seed: int, hidden: dict[str, set[str]]) -> None:
    data, mix, keys = some_rounds(seed), {"g0": 0.2, "g1": 0.5, "g2": 0.3}, ["a", "b", "c"]
    means, cov, nu, s2, df_r, r, n_eff = brute_force(*data, mix, keys, hidden)
    found = fixed_mix(*data, mix, FIVE, {key: WHEN[key] for key in keys}, hidden)
    assert [level.mean for level in found.levels] == pytest.approx([means[key] for key in keys], abs=1e-10)
    assert found.covariance == pytest.approx(cov, abs=1e-10)
    assert (found.s2, found.df_r, found.r) == pytest.approx((s2, df_r, r), abs=1e-10)
    assert [level.n_eff for level in found.levels] == pytest.approx([n_eff[key] for key in keys], abs=1e-8)
    for x, z in combinations(range(3), 2):
        change = found.change(keys[x], keys[z])
        assert change is not None
        assert change.df == pytest.approx(nu[x, z], abs=1e-9)
        assert change.se == pytest.approx(np.sqrt(cov[x, x] + cov[z, z] - 2 * cov[x, z]), abs=1e-10)


def test_the_level_interval_by_hand() -> None:
    # x: 2 4, y: 3 5 5 3; mix .5/.5: M = 3.5; s2 = (2 + 4)/4 = 1.5; n_eff = 1/(.25/2 + .25/4) = 16/3
    found = fixed_mix([2, 4, 3, 5, 5, 3], ["a"] * 6, list("xxyyyy"), None, {"x": 0.5, "y": 0.5}, FIVE, {"a": WHEN["a"]})
    level, n, unit = found.level("a"), 16 / 3, 0.625
    m = (n * unit + 0.5) / (n + 1)
    q = (n * (1.5 / 16 * (n - 1) / n + unit * unit) + 0.125 + 0.25) / (n + 1)
    v = (q - m * m) / (n + 2)
    s = m * (1 - m) / v - 1
    assert (found.s2, level.mean, level.n, level.n_eff) == pytest.approx((1.5, 3.5, 6, n), abs=1e-12)
    assert level.interval is not None
    assert level.interval.low == pytest.approx(1 + 4 * stats.beta.ppf(0.025, m * s, (1 - m) * s), abs=1e-9)
    assert level.interval.high == pytest.approx(1 + 4 * stats.beta.ppf(0.975, m * s, (1 - m) * s), abs=1e-9)


def test_one_group_with_its_own_mix_has_the_plain_interval_of_its_answers() -> None:
    answers = [1, 2, 4, 4, 5, 3]
    level = fixed_mix(answers, ["a"] * 6, ["x"] * 6, None, {"x": 1.0}, FIVE, {"a": WHEN["a"]}).level("a")
    plain = bounded_mean(answers, FIVE)
    assert level.interval is not None
    assert plain is not None
    assert (level.interval.low, level.interval.high) == pytest.approx((plain.low, plain.high), abs=1e-10)


def test_pooling_is_the_weighted_pooled_mean_and_adds_no_equation() -> None:
    # x 1 2, y 5, z 4 4 4: with x and y hidden M = .6 * mean(1, 2, 5) + .4 * 4
    hidden = {"a": {"x", "y"}}
    found = fixed_mix([1, 2, 5, 4, 4, 4], ["a"] * 6, list("xxyzzz"), None, {"x": 0.5, "y": 0.1, "z": 0.4}, FIVE, {"a": WHEN["a"]}, hidden)
    assert found.level("a").mean == pytest.approx(0.6 * 8 / 3 + 0.4 * 4, abs=1e-12)
    assert found.level("a").n_eff == pytest.approx(1 / (0.36 / 3 + 0.16 / 3), abs=1e-12)
    assert found.df_r == 4


# ---- nobody, one, equal, absent ------------------------------------------------------------------------------------


def test_a_round_without_a_group_of_the_mix_has_no_value_and_names_it() -> None:
    found = fixed_mix([1, 2, 3, 4, 2], list("aaaab"), list("xxyyx"), None, {"x": 0.5, "y": 0.5}, FIVE, {k: WHEN[k] for k in "ab"})
    assert found.level("b").mean is None
    assert found.level("b").absent == ("y",)
    assert found.level("b").interval is None
    assert found.change("a", "b") is None
    assert np.isnan(found.covariance[1]).all()
    assert found.covariance[0, 0] > 0


def test_a_hidden_group_that_did_not_answer_still_leaves_the_round_without_a_value() -> None:
    found = fixed_mix([1, 2, 3], ["a"] * 3, list("xxy"), None, {"x": 0.4, "y": 0.4, "z": 0.2}, FIVE, {"a": WHEN["a"]}, {"a": {"y", "z"}})
    assert found.level("a").absent == ("z",)


def test_nobody_at_all_gives_no_value_in_any_round() -> None:
    found = fixed_mix([], [], [], [], {"x": 0.5, "y": 0.5}, FIVE, {k: WHEN[k] for k in "ab"})
    assert [level.mean for level in found.levels] == [None, None]
    assert found.levels[0].absent == ("x", "y")
    assert (found.s2, found.df_r, found.r, found.n_pairs) == (None, 0, 0, 0)
    assert found.line() is None
    assert found.change("a", "b") is None


def test_no_mix_at_all_gives_no_value() -> None:
    found = fixed_mix([3.0], ["a"], ["x"], None, {}, FIVE, {"a": WHEN["a"]})
    assert found.levels[0].mean is None
    assert np.isnan(found.covariance).all()


def test_one_respondent_has_a_level_and_no_change_of_standard_error() -> None:
    found = fixed_mix([3, 4], ["a", "b"], ["x", "x"], None, {"x": 1.0}, FIVE, {k: WHEN[k] for k in "ab"})
    plain, change = bounded_mean([3], FIVE), found.change("a", "b")
    assert found.s2 is None
    assert found.df_r == 0
    assert found.level("a").interval is not None
    assert plain is not None
    assert (found.level("a").interval.low, found.level("a").interval.high) == (plain.low, plain.high)
    assert change is not None
    assert (change.change, change.se, change.p, change.low) == (1.0, None, None, None)
    assert found.standard_error("a") is None


def test_all_identical_has_the_plain_interval_and_a_change_in_words_only() -> None:
    found = fixed_mix(
        [4] * 20, ["a"] * 10 + ["b"] * 10, list("xxxyyyyyyy") * 2, None, {"x": 0.5, "y": 0.5}, FIVE, {k: WHEN[k] for k in "ab"}
    )
    plain, change = bounded_mean([4] * 10, FIVE), found.change("a", "b")
    assert found.s2 == 0
    assert found.is_flat
    assert found.level("a").interval is not None
    assert plain is not None
    assert (found.level("a").interval.low, found.level("a").interval.high) == (plain.low, plain.high)
    assert change is not None
    assert (change.change, change.se, change.df) == (0.0, None, None)
    assert change.ends(0.9) is None
    assert change.probability_at_least(0.1) is None
    assert found.line() is None


def test_equal_construct_scores_that_no_float_holds_are_still_equal() -> None:
    found = fixed_mix([13 / 3] * 9 + [0.1 * 37] * 7, ["a"] * 9 + ["b"] * 7, ["x"] * 16, None, {"x": 1.0}, FIVE, {k: WHEN[k] for k in "ab"})
    assert found.s2 == 0


def test_a_group_of_one_counts_with_its_full_weight() -> None:
    found = fixed_mix([5, 1, 1, 2, 2], ["a"] * 5, list("xyyyy"), None, {"x": 0.25, "y": 0.75}, FIVE, {"a": WHEN["a"]})
    assert found.level("a").mean == pytest.approx(0.25 * 5 + 0.75 * 1.5)
    assert found.df_r == 3
    assert found.s2 == pytest.approx(1 / 3)


def test_a_few_people_who_carry_the_weight_are_named_lopsided() -> None:
    # x has one of 21 people and half of the weight: n_eff = 1/(.25 + .25/20) = 3.8 < 7
    values = [5] + [1, 2] * 10
    found = fixed_mix(values, ["a"] * 21, ["x"] + ["y"] * 20, None, {"x": 0.5, "y": 0.5}, FIVE, {"a": WHEN["a"]})
    assert found.level("a").is_lopsided
    fair = fixed_mix(values, ["a"] * 21, ["x"] + ["y"] * 20, None, {"x": 1 / 21, "y": 20 / 21}, FIVE, {"a": WHEN["a"]})
    assert not fair.level("a").is_lopsided
    assert fair.level("a").n_eff == pytest.approx(21)


def test_twice_the_people_of_the_weight_is_not_yet_lopsided() -> None:
    # x 2 of 12: n_eff = 1/(.25/2 + .25/10) = 6.67 of 12; x 1 of 14: n_eff = 1/(.25 + .25/13) = 3.71 of 14
    two, one = (
        fixed_mix([1.0, 2.0] * 7, ["a"] * 14, ["x"] * n + ["y"] * (14 - n), None, {"x": 0.5, "y": 0.5}, FIVE, {"a": WHEN["a"]}).level("a")
        for n in (2, 1)
    )
    assert 14 / 3 < two.n_eff < 14 / 2
    assert not two.is_lopsided
    assert one.is_lopsided


def test_degrees_of_freedom_never_fall_below_two() -> None:
    # groups of one in rounds a and b leave F = 0; the spread comes from round c
    found = fixed_mix(
        [1, 2, 3, 4, 1, 2, 3, 5], list("aabbcccc"), list("xyxyxxyy"), None, {"x": 0.5, "y": 0.5}, FIVE, {k: WHEN[k] for k in "abc"}
    )
    change = found.change("a", "b")
    assert change is not None
    assert change.df == 2
    assert change.se == pytest.approx(np.sqrt(1.25 * 4 * 0.25), abs=1e-12)


@pytest.mark.parametrize(
    ("raw", "fixed", "misleads"),
    [(0.31, 0.2, True), (0.29, 0.2, False), (0.3, 0.2, False), (0.02, -0.02, True), (-0.3, -0.25, False), (0.05, 0.0, False)],
)
def test_the_raw_figure_misleads_when_it_is_a_tenth_of_a_point_off_or_of_the_other_sign(raw: float, fixed: float, misleads: bool) -> None:
    assert raw_misleads(raw, fixed, FIVE.width) is misleads
    assert raw_misleads(-raw, -fixed, FIVE.width) is misleads


def test_a_raw_change_needs_somebody_in_both_rounds() -> None:
    assert raw_change([], [1, 2]) is None
    assert raw_change([1], [float("nan")]) is None


def test_fewer_than_eight_pairs_are_not_used() -> None:
    earlier, later, who = [1, 2, 3, 4, 5, 3, 2], [1, 2, 3, 4, 5, 2, 3], [f"p{place}" for place in range(7)]
    seven = fixed_mix(earlier + later, ["a"] * 7 + ["b"] * 7, ["x"] * 14, who * 2, {"x": 1.0}, FIVE, {k: WHEN[k] for k in "ab"})
    eight = fixed_mix(
        [*earlier, 4, *later, 4], ["a"] * 8 + ["b"] * 8, ["x"] * 16, [*who, "p7"] * 2, {"x": 1.0}, FIVE, {k: WHEN[k] for k in "ab"}
    )
    assert (seven.r, seven.n_pairs) == (0, 7)
    assert eight.n_pairs == 8
    assert eight.r == pytest.approx(np.corrcoef([*earlier, 4], [*later, 4])[0, 1], abs=1e-12)


def test_r_is_cut_at_nought_and_at_95_hundredths() -> None:
    who = [f"p{place}" for place in range(10)]
    up = [1, 2, 3, 4, 5] * 2
    same = fixed_mix(up + up, ["a"] * 10 + ["b"] * 10, ["x"] * 20, who * 2, {"x": 1.0}, FIVE, {k: WHEN[k] for k in "ab"})
    turned = fixed_mix(up + [6 - y for y in up], ["a"] * 10 + ["b"] * 10, ["x"] * 20, who * 2, {"x": 1.0}, FIVE, {k: WHEN[k] for k in "ab"})
    assert (same.r, turned.r) == (0.95, 0.0)


def test_the_same_code_in_another_group_is_another_person() -> None:
    values = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5] * 2
    who = [f"p{place}" for place in range(10)]
    moved = fixed_mix(
        values, ["a"] * 10 + ["b"] * 10, ["x"] * 10 + ["y"] * 10, who * 2, {"x": 0.5, "y": 0.5}, FIVE, {k: WHEN[k] for k in "ab"}
    )
    assert moved.n_pairs == 0


def test_a_code_that_stands_twice_in_a_round_links_nobody() -> None:
    values, who = [1, 2, 3, 1, 2, 3], ["p", "p", "q", "p", "r", "q"]
    found = fixed_mix(values, ["a"] * 3 + ["b"] * 3, ["x"] * 6, who, {"x": 1.0}, FIVE, {k: WHEN[k] for k in "ab"})
    assert found.n_pairs == 1


def test_people_may_be_numbers_and_a_negative_one_is_not_linked() -> None:
    values, w = [1, 2, 3, 4, 5, 5, 4, 3, 2, 1] * 2, ["a"] * 10 + ["b"] * 10
    numbers = [*range(9), -1] * 2
    names = [None if number < 0 else f"p{number}" for number in numbers]
    one, other = (fixed_mix(values, w, ["x"] * 20, who, {"x": 1.0}, FIVE, {k: WHEN[k] for k in "ab"}) for who in (numbers, names))
    assert one.n_pairs == other.n_pairs == 9
    assert one.r == other.r


def test_answers_without_a_group_of_the_mix_or_of_another_round_are_left_out() -> None:
    found = fixed_mix([1, 2, 5, 5, 5], list("aaaaz"), ["x", "x", None, "elsewhere", "x"], None, {"x": 1.0}, FIVE, {"a": WHEN["a"]})
    assert (found.level("a").mean, found.level("a").n) == (1.5, 2)


def test_a_mix_that_does_not_sum_to_one_is_refused() -> None:
    with pytest.raises(ValueError, match="sums to"):
        fixed_mix([1], ["a"], ["x"], None, {"x": 0.7}, FIVE, {"a": WHEN["a"]})
    with pytest.raises(ValueError, match="one length"):
        fixed_mix([1, 2], ["a"], ["x"], None, {"x": 1.0}, FIVE, {"a": WHEN["a"]})


# ---- the line ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_the_line_is_that_of_statsmodels_gls(seed: int) -> None:
    data, mix = some_rounds(seed, rounds=4), {"g0": 0.2, "g1": 0.5, "g2": 0.3}
    found = fixed_mix(*data, mix, FIVE, WHEN)
    days = np.array([(day - WHEN["a"]).days for day in WHEN.values()], dtype=float)
    fit = sm.GLS([level.mean for level in found.levels], sm.add_constant(days), sigma=found.covariance).fit()
    line = found.line()
    inflation = max(1.0, fit.scale)
    se = np.sqrt(fit.normalized_cov_params[1, 1] * inflation)
    nu = max(2, int(found.df_r) // 2)
    reach = stats.t.ppf(0.975, nu) * se
    assert line is not None
    assert (line.level, line.slope_per_day, line.df) == pytest.approx((*fit.params, nu), abs=1e-9)
    assert line.inflation == pytest.approx(inflation, abs=1e-8)
    assert line.covariance == pytest.approx(fit.normalized_cov_params * inflation, abs=1e-10)
    assert (line.low, line.high) == pytest.approx(tuple((fit.params[1] + sign * reach) * 365.25 for sign in (-1, 1)), abs=1e-7)


def test_rounds_with_their_own_mood_inflate_the_line() -> None:
    values = [3, 3.2] * 20 + [1, 1.2] * 20 + [5, 4.8] * 20 + [2, 2.2] * 20
    found = fixed_mix(values, [key for key in WHEN for _ in range(40)], ["x"] * 160, None, {"x": 1.0}, FIVE, WHEN)
    line = found.line()
    assert line is not None
    assert line.inflation > 100


def test_a_line_needs_three_rounds_with_a_value_and_two_days() -> None:
    two = fixed_mix([1, 2, 3, 4], list("aabb"), ["x"] * 4, None, {"x": 1.0}, FIVE, {k: WHEN[k] for k in "ab"})
    one_day = fixed_mix([1, 2, 3, 4, 2, 3], list("aabbcc"), ["x"] * 6, None, {"x": 1.0}, FIVE, dict.fromkeys("abc", WHEN["a"]))
    assert two.line() is None
    assert one_day.line() is None


def test_a_round_without_a_value_is_left_out_of_the_line() -> None:
    values, keys = [1, 2, 2, 3, 3, 4, 5], list("aabbddc")
    found = fixed_mix(values, keys, ["x"] * 6 + ["y"], None, {"x": 1.0}, FIVE, WHEN)
    line = found.line()
    assert line is not None
    assert line.rounds == ("a", "b", "d")
    height, se = line.at(WHEN["d"])
    days = [(WHEN[key] - WHEN["a"]).days for key in "abd"]
    assert height == pytest.approx(np.polyval(np.polyfit(days, [1.5, 2.5, 3.5], 1), days[2]), abs=1e-10)
    assert se > 0


# ---- quarters ------------------------------------------------------------------------------------------------------


def test_a_core_group_is_averaged_within_the_quarter_and_unlinked_answers_count_as_the_largest_round() -> None:
    when = {"jan": date(2026, 1, 10), "feb": date(2026, 2, 10), "may": date(2026, 5, 10)}
    values = [2, 4, 5, 3, 1, 5, 4]
    rounds = ["jan", "feb", "feb", "jan", "feb", "feb", "may"]
    people = ["p", "p", "q", None, None, None, "p"]
    found = average_by_quarter(values, rounds, ["x"] * 7, people, when)
    assert quarters(when) == {"2026-Q1": date(2026, 2, 10), "2026-Q2": date(2026, 5, 10)}
    first = fixed_mix(
        found["value"], found["round"], found["group"], found["person"], {"x": 1.0}, FIVE, quarters(when), weights=found["weight"]
    )
    # p is 3, q is 5; the three unlinked answers (mean 3) count as two people, as many as february had: (3+5+3+3)/4
    assert first.level("2026-Q1").n == pytest.approx(4)
    assert first.level("2026-Q1").mean == pytest.approx(14 / 4)
    assert first.level("2026-Q2").n == 1
    assert first.n_pairs == 1


# ---- what always holds ---------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.9))
def test_the_level_lies_between_the_group_means_and_the_covariance_is_positive(seed: int, share: float) -> None:
    data = some_rounds(seed, rounds=2, groups=2, people=20)
    found = fixed_mix(*data, {"g0": share, "g1": 1 - share}, FIVE, {k: WHEN[k] for k in "ab"})
    y, w, g, _people = (np.array(column, dtype=object) for column in data)
    for level in found.levels:
        means = [np.nanmean(y[(w == level.round) & (g == name)].astype(float)) for name in ("g0", "g1")]
        assert level.mean is not None
        assert level.interval is not None
        assert min(means) - 1e-9 <= level.mean <= max(means) + 1e-9
        assert level.interval.low - 1e-9 <= level.mean <= level.interval.high + 1e-9
        assert level.n_eff <= level.n + 1e-9
    if not found.is_flat:
        assert (np.linalg.eigvalsh(found.covariance) > 0).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_the_order_of_the_answers_does_not_matter(seed: int, random) -> None:
    data = some_rounds(seed, rounds=2, groups=2, people=15)
    order = list(range(len(data[0])))
    random.shuffle(order)
    mix, when = {"g0": 0.3, "g1": 0.7}, {k: WHEN[k] for k in "ab"}
    one = fixed_mix(*data, mix, FIVE, when)
    other = fixed_mix(*([column[place] for place in order] for column in data), mix, FIVE, when)
    assert other.covariance == pytest.approx(one.covariance, abs=1e-12)
    assert other.r == pytest.approx(one.r, abs=1e-12)


def test_shares_and_the_index_are_points_of_a_scale_like_any_other() -> None:
    found = fixed_mix([0, 100, 100, 100], ["a"] * 4, ["x"] * 4, None, {"x": 1.0}, SHARE, {"a": WHEN["a"]})
    plain = bounded_mean([0, 1, 1, 1], Scale(0, 1))
    level = found.level("a")
    assert level.interval is not None
    assert plain is not None
    assert (level.mean, level.interval.low, level.interval.high) == pytest.approx((75, 100 * plain.low, 100 * plain.high), abs=1e-8)


def test_the_days_of_the_rounds_need_no_even_steps() -> None:
    when = {"a": date(2026, 1, 1), "b": date(2026, 1, 1) + timedelta(10), "c": date(2026, 1, 1) + timedelta(110)}
    values = [2.0, 2.2, 2.1, 2.3, 3.1, 3.3]
    line = fixed_mix(values, list("aabbcc"), ["x"] * 6, None, {"x": 1.0}, FIVE, when).line()
    assert line is not None
    assert line.slope_per_day == pytest.approx(np.polyfit([0, 10, 110], [2.1, 2.2, 3.2], 1)[0], abs=1e-10)
