"""b.13: every rule of the status, its probabilities recomputed with scipy and statsmodels."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.columns import Indicator
from analysis.expected import aim_of, forecast, is_due_unmeasured, judge, judge_stated, milestone_on
from analysis.intervals import SHARE, Scale, bounded_mean
from analysis.trends import FixedMix, fixed_mix

FIVE = Scale(1, 5)
START, DUE = date(2025, 1, 1), date(2027, 1, 1)


def a_series(*rounds: list[float], every: int = 180, scale: Scale = FIVE, people: bool = False) -> FixedMix:
    """Rounds of one group, 180 days apart, from the start."""
    keys = [f"r{place}" for place in range(len(rounds))]
    when = {key: START + timedelta(every * place) for place, key in enumerate(keys)}
    values = [value for each in rounds for value in each]
    names = [key for key, each in zip(keys, rounds, strict=True) for _ in each]
    who = [f"p{place}" for each in rounds for place in range(len(each))] if people else None
    return fixed_mix(values, names, ["x"] * len(values), who, {"x": 1.0}, scale, when)


def an_indicator(**changes: object) -> Indicator:
    plain = Indicator("trust", {}, "construct", "TRUST", target=4.0, due_on=DUE, baseline=3.0, baseline_on=START)
    return replace(plain, **changes)


def around(mean: float, n: int = 40, spread: float = 0.8) -> list[float]:
    """n answers of exactly this mean and this standard deviation (ddof 1), on 1 to 5."""
    return [mean + sign * spread * float(np.sqrt((n - 1) / n)) for _ in range(n // 2) for sign in (-1, 1)]


# ---- S0 ------------------------------------------------------------------------------------------------------------


def test_s0_a_round_without_a_value() -> None:
    series = fixed_mix([3.0] * 9, ["a"] * 9, ["x"] * 9, None, {"x": 0.5, "y": 0.5}, FIVE, {"a": START})
    found = judge(an_indicator(), series, 0.9)
    assert (found.status, found.rule, found.reason, found.absent) == ("not_enough_evidence", "S0", "absent_groups", ("y",))
    assert (found.estimate, found.p_now, found.p_on) == (None, None, None)


@pytest.mark.parametrize(("n", "rule"), [(7, "S0"), (8, "S6")])
def test_s0_fewer_than_eight_people(n: int, rule: str) -> None:
    found = judge(an_indicator(max_half_width=2.0), a_series([3.9] * 40, [3.8, 4.2] * (n // 2) + [4.0] * (n % 2)), 0.9)
    assert found.rule == rule
    assert (found.reason == "few_people") == (n == 7)


def test_s0_an_interval_wider_than_three_twentieths_of_the_scale() -> None:
    series = a_series([1, 5] * 6)
    wide = judge(an_indicator(), series, 0.9)
    half = (wide.high - wide.low) / 2
    assert (wide.rule, wide.reason) == ("S0", "wide_interval")
    assert half > 0.6
    assert judge(an_indicator(max_half_width=half), series, 0.9).reason != "wide_interval"


def test_s0_shares_and_the_index_have_a_wider_gate() -> None:
    series = a_series([0, 100] * 14, scale=SHARE)
    level = series.levels[0].interval
    assert 15 < level.half_width < 20
    share = an_indicator(source="share", target=90.0, baseline=20.0)
    assert judge(share, series, 0.9).reason != "wide_interval"
    assert judge(replace(share, source="item"), series, 0.9).reason == "wide_interval"


def test_s0_a_response_rate_under_three_tenths() -> None:
    series = a_series(around(3.0), around(4.4))
    assert judge(an_indicator(), series, 0.29).reason == "low_response"
    assert judge(an_indicator(), series, 0.30).reason != "low_response"
    assert judge(an_indicator(), series, None).reason != "low_response"


# ---- S1, S2 --------------------------------------------------------------------------------------------------------


def test_s1_needs_the_target_in_two_rounds_while_it_is_not_due() -> None:
    once, twice = a_series(around(3.0), around(4.4)), a_series(around(3.0), around(4.4), around(4.5))
    assert judge(an_indicator(), once, 0.9).rule == "S6"
    found = judge(an_indicator(), twice, 0.9)
    assert (found.status, found.rule) == ("achieved", "S1")
    level = twice.levels[-1].interval
    assert found.p_now == pytest.approx(stats.beta.sf((4.0 - 1) / 4, level.a, level.b), abs=1e-12)


def test_s1_is_enough_once_on_the_due_date() -> None:
    series = a_series(around(3.0), around(4.4))
    assert judge(an_indicator(due_on=series.when[-1][1]), series, 0.9).rule == "S1"
    assert judge(an_indicator(due_on=series.when[-1][1] + timedelta(1)), series, 0.9).rule != "S1"


def test_s2_past_due_is_not_reached_or_not_confirmed() -> None:
    due = START + timedelta(180)
    low, near = (judge(an_indicator(due_on=due), a_series(around(3.0), around(mean)), 0.9) for mean in (3.5, 4.05))
    assert (low.status, low.rule, low.reason) == ("off_track", "S2", "not_reached")
    assert (near.status, near.rule, near.reason) == ("at_risk", "S2", "not_confirmed")
    assert near.milestone == 4.0
    assert near.p_on == near.p_now


@pytest.mark.parametrize(("p_now", "status"), [(0.91, "achieved"), (0.89, "at_risk"), (0.11, "at_risk"), (0.09, "off_track")])
def test_the_due_date_asks_for_nine_tenths_and_gives_up_under_one(p_now: float, status: str) -> None:
    series = a_series(around(3.0), around(3.9))
    level = series.levels[-1].interval
    target = 1 + 4 * stats.beta.isf(p_now, level.a, level.b)
    found = judge(an_indicator(target=target, due_on=START + timedelta(180)), series, 0.9)
    assert found.p_now == pytest.approx(p_now, abs=1e-9)
    assert found.status == status


@pytest.mark.parametrize(("before", "rule"), [(0.81, "S1"), (0.79, "S6")])
def test_the_round_before_must_have_reached_the_target_with_eight_tenths(before: float, rule: str) -> None:
    series = a_series(around(3.0), around(3.9), around(4.6))
    level = series.levels[-2].interval
    target = 1 + 4 * stats.beta.isf(before, level.a, level.b)
    assert judge(an_indicator(target=target), series, 0.9).rule == rule


@pytest.mark.parametrize(("p_on", "status"), [(0.51, "on_track"), (0.49, "at_risk"), (0.11, "at_risk"), (0.09, "off_track")])
def test_on_course_is_a_half_and_off_course_under_a_tenth(p_on: float, status: str) -> None:
    series = a_series(around(3.0), around(3.4))
    level = series.levels[-1].interval
    milestone = 1 + 4 * stats.beta.isf(p_on, level.a, level.b)
    found = judge(an_indicator(milestones=((series.when[-1][1], milestone),)), series, 0.9)
    assert found.p_on == pytest.approx(p_on, abs=1e-9)
    assert found.status == status


# ---- S3, S4, S5 ----------------------------------------------------------------------------------------------------


def test_s3_the_round_of_the_baseline_is_not_judged() -> None:
    series = a_series(around(3.0))
    assert judge(an_indicator(), series, 0.9).rule == "S3"
    assert judge(an_indicator(baseline=None, baseline_on=None, baseline_round="r0"), series, 0.9).rule == "S3"
    change = an_indicator(target_kind="change", target=0.5, baseline=None, baseline_on=None, baseline_round="r0")
    assert judge(change, series, 0.9).rule == "S3"


def test_s4_below_a_stated_baseline_by_the_beta_of_the_level() -> None:
    series = a_series(around(3.0), around(2.7))
    found = judge(an_indicator(), series, 0.9)
    level = series.levels[-1].interval
    assert stats.beta.cdf((3.0 - 1) / 4, level.a, level.b) >= 0.95
    assert (found.status, found.rule) == ("off_track", "S4")
    assert judge(an_indicator(), a_series(around(3.0), around(2.9)), 0.9).rule != "S4"


def test_s4_below_a_baseline_round_by_the_t_of_the_change() -> None:
    indicator = an_indicator(baseline=None, baseline_on=None, baseline_round="r0")
    for drop, rule in ((0.25, "S5"), (0.35, "S4")):
        series = a_series(around(3.0), around(3.0 - drop))
        change = series.change("r0", "r1")
        p_below = stats.t.cdf(drop / np.sqrt(0.64 * 2 / 40), 78)
        assert (change.se, change.df) == pytest.approx((np.sqrt(0.64 * 2 / 40), 78), abs=1e-9)
        found = judge(replace(indicator, due_on=START + timedelta(1500)), series, 0.9)
        assert (p_below >= 0.95) == (rule == "S4")
        assert found.rule == rule
        assert found.baseline == pytest.approx(3.0)


def test_s5_too_early_when_the_path_has_not_moved_by_one_standard_error() -> None:
    series = a_series(around(3.0), around(3.1))
    se = np.sqrt(0.64 / 40)
    # milestone - B = (180 / days) * 1
    early, later = (START + timedelta(round(180 / (se * factor))) for factor in (0.9, 1.1))
    found = judge(an_indicator(due_on=early), series, 0.9)
    assert (found.status, found.rule, found.reason) == ("not_enough_evidence", "S5", "too_early")
    assert judge(an_indicator(due_on=later), series, 0.9).rule != "S5"


def test_s5_without_a_baseline_or_a_due_date_there_is_no_path() -> None:
    series = a_series(around(3.0), around(3.6))
    assert judge(an_indicator(baseline=None, baseline_on=None), series, 0.9).reason == "no_path"
    assert judge(an_indicator(due_on=None), series, 0.9).reason == "no_path"


# ---- S6, S7 and the forecast ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mean", "status", "rule"), [(3.6, "on_track", "S6"), (3.15, "at_risk", "S7"), (3.02, "off_track", "S7")])
def test_s6_and_s7_by_the_milestone(mean: float, status: str, rule: str) -> None:
    series = a_series(around(3.0), around(mean))
    found = judge(an_indicator(), series, 0.9)
    level = series.levels[-1].interval
    milestone = 3.0 + 180 / (DUE - START).days
    assert found.milestone == pytest.approx(milestone, abs=1e-12)
    assert found.p_on == pytest.approx(stats.beta.sf((milestone - 1) / 4, level.a, level.b), abs=1e-12)
    assert (found.status, found.rule) == (status, rule)
    assert found.forecast is None


def test_the_forecast_is_the_line_of_statsmodels_at_the_due_date() -> None:
    series = a_series(around(3.0), around(3.3), around(3.5), around(3.75), people=True)
    indicator = an_indicator(due_on=START + timedelta(720))
    found = judge(indicator, series, 0.9)
    days = np.array([0.0, 180, 360, 540])
    fit = sm.GLS([level.mean for level in series.levels], sm.add_constant(days), sigma=series.covariance).fit()
    covariance = fit.normalized_cov_params * max(1.0, fit.scale)
    z = np.array([1.0, 720])
    mean, sd = float(z @ fit.params), float(np.sqrt(z @ covariance @ z + (0.025 * 4) ** 2))
    nu = (160 - 4) // 2
    assert (found.forecast.mean, found.forecast.sd, found.forecast.df) == pytest.approx((mean, sd, nu), abs=1e-8)
    assert found.p_on == pytest.approx(stats.t.sf((4.0 - mean) / sd, nu), abs=1e-8)
    assert found.forecast.high80 - found.forecast.low80 == pytest.approx(2 * stats.t.ppf(0.9, nu) * sd, abs=1e-8)
    assert (found.status, found.rule) == (("on_track", "S6") if found.p_on >= 0.5 else ("at_risk", "S7"))


def test_there_is_no_forecast_further_ahead_than_the_rounds_reach_back() -> None:
    series = a_series(around(3.0), around(3.2), around(3.4))
    near, far, past = (an_indicator(due_on=START + timedelta(days)) for days in (720, 721, 360))
    assert forecast(aim_of(near, series), series) is not None
    assert forecast(aim_of(far, series), series) is None
    assert forecast(aim_of(past, series), series) is None


def test_a_forecast_never_leaves_the_scale() -> None:
    series = a_series(around(3.0, spread=0.5), around(4.0, spread=0.5), around(4.9, spread=0.1))
    ahead = forecast(aim_of(an_indicator(target=5.0, due_on=START + timedelta(700)), series), series)
    assert (ahead.mean, ahead.high80) == (5.0, 5.0)


# ---- changes, direction, equal answers -----------------------------------------------------------------------------


def test_a_change_target_is_judged_by_the_t_of_the_change() -> None:
    series = a_series(around(3.0), around(3.8), around(3.9))
    indicator = an_indicator(target_kind="change", target=0.5, baseline=None, baseline_on=None, baseline_round="r0")
    found = judge(indicator, series, 0.9)
    change = series.change("r0", "r2")
    assert found.p_now == pytest.approx(stats.t.cdf((0.9 - 0.5) / change.se, change.df), abs=1e-10)
    assert (found.status, found.rule) == ("achieved", "S1")
    assert found.change == pytest.approx(0.9)
    assert found.milestone == pytest.approx(0.5 * 360 / 730)


def test_a_change_from_a_stated_baseline_is_a_level() -> None:
    series = a_series(around(3.0), around(3.8))
    found = judge(an_indicator(target_kind="change", target=0.5), series, 0.9)
    assert found.p_now == pytest.approx(series.levels[-1].interval.probability_at_least(3.5), abs=1e-12)


def test_an_indicator_that_should_go_down_is_the_mirror_of_one_that_should_go_up() -> None:
    for means in [(3.0, 3.6), (3.0, 2.6), (3.0, 3.2, 3.5, 3.7), (3.0, 4.4, 4.4)]:
        up = judge(an_indicator(), a_series(*map(around, means)), 0.9)
        down = judge(an_indicator(direction="down", target=2.0), a_series(*[around(6 - mean) for mean in means]), 0.9)
        assert (down.status, down.rule, down.reason) == (up.status, up.rule, up.reason)
        assert (down.p_now, down.p_on, down.milestone) == pytest.approx((up.p_now, up.p_on, 6 - up.milestone), abs=1e-9)
    change = an_indicator(target_kind="change", target=0.5, baseline=None, baseline_on=None, baseline_round="r0")
    up = judge(change, a_series(around(3.0), around(3.7)), 0.9)
    down = judge(replace(change, direction="down"), a_series(around(3.0), around(2.3)), 0.9)
    assert (down.p_now, down.p_on, down.target, down.milestone) == pytest.approx((up.p_now, up.p_on, -up.target, -up.milestone), abs=1e-9)


def test_equal_answers_are_judged_by_the_plain_interval_and_the_milestone() -> None:
    series = a_series([4.0] * 12, [4.0] * 12, [4.0] * 12)
    found = judge(an_indicator(due_on=START + timedelta(700)), series, 0.9)
    plain = bounded_mean([4.0] * 12, FIVE)
    assert found.forecast is None
    assert found.p_on == pytest.approx(plain.probability_at_least(3 + 360 / 700), abs=1e-12)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))


def test_a_change_without_spread_cannot_be_judged() -> None:
    indicator = an_indicator(target_kind="change", target=0.5, baseline=None, baseline_on=None, baseline_round="r0")
    found = judge(indicator, a_series([3.0] * 12, [4.0] * 12), 0.9)
    assert (found.status, found.reason, found.p_now) == ("not_enough_evidence", "all_equal", None)


def test_a_change_from_a_round_that_had_no_value_cannot_be_judged() -> None:
    values = [3.0, 3.5] * 5 + [4.0, 3.5] * 5 + [4.0] * 5
    series = fixed_mix(
        values, ["a"] * 10 + ["b"] * 15, ["x"] * 20 + ["y"] * 5, None, {"x": 0.5, "y": 0.5}, FIVE, {"a": START, "b": START + timedelta(90)}
    )
    found = judge(an_indicator(target_kind="change", target=0.5, baseline=None, baseline_on=None, baseline_round="a"), series, 0.9)
    assert (found.rule, found.reason) == ("S0", "no_baseline")


def test_without_a_target_there_is_no_status() -> None:
    assert judge(an_indicator(target=None), a_series(around(3.0)), 0.9) is None
    assert judge_stated(an_indicator(target=None), [], START) is None


def test_stated_milestones_bend_the_path() -> None:
    aim = aim_of(an_indicator(milestones=((date(2025, 7, 2), 3.8),)), a_series(around(3.0)))
    assert milestone_on(aim, date(2025, 7, 2)) == pytest.approx(3.8)
    assert milestone_on(aim, date(2025, 4, 2)) == pytest.approx(3.0 + 0.8 * 91 / 182)
    assert milestone_on(aim, START - timedelta(50)) == 3.0
    assert milestone_on(aim, DUE + timedelta(50)) == 4.0


# ---- due dates and stated values -----------------------------------------------------------------------------------


def test_a_due_date_without_a_round_on_or_after_it_is_unmeasured() -> None:
    assert is_due_unmeasured(DUE, DUE - timedelta(1), DUE + timedelta(1))
    assert is_due_unmeasured(DUE, None, DUE + timedelta(1))
    assert not is_due_unmeasured(DUE, DUE, DUE + timedelta(1))
    assert not is_due_unmeasured(DUE, None, DUE)
    assert not is_due_unmeasured(None, None, DUE)


def stated(*values: float, today: date = date(2026, 1, 2), **changes: object):
    indicator = Indicator("plan", {}, "manual", target=10, baseline=0, baseline_on=START, due_on=DUE)
    days = [START + timedelta(365 - 10 * (len(values) - 1 - place)) for place in range(len(values))]
    return judge_stated(replace(indicator, **changes), list(zip(days, values, strict=True)), today)


@pytest.mark.parametrize(
    ("value", "status", "rule"),
    [
        (10, "achieved", "S1"),
        (12, "achieved", "S1"),
        (5, "on_track", "S6"),
        (3, "at_risk", "S7"),
        (2, "off_track", "S7"),
        (-1, "off_track", "S4"),
    ],
)
def test_a_stated_value_beside_its_milestone_of_five(value: float, status: str, rule: str) -> None:
    found = stated(value)
    assert (found.status, found.rule, found.milestone, found.p_now) == (status, rule, 5.0, None)


def test_the_latest_stated_value_not_after_today_counts() -> None:
    assert stated(9, 5).estimate == 5
    assert stated(9, 5, today=START + timedelta(360)).estimate == 9
    assert (stated().status, stated().reason) == ("not_enough_evidence", "no_value")


def test_a_stated_value_that_should_go_down_is_mirrored() -> None:
    assert stated(4, target=0, baseline=10, direction="down").status == "on_track"
    assert stated(6, target=0, baseline=10, direction="down").status == "at_risk"
    assert stated(0, target=0, baseline=10, direction="down").status == "achieved"
    assert stated(11, target=0, baseline=10, direction="down").rule == "S4"


def test_a_stated_value_past_its_due_date() -> None:
    due = START + timedelta(365)
    assert (stated(5, due_on=due).status, stated(5, due_on=due).rule) == ("off_track", "S2")
    unmeasured = stated(5, due_on=due + timedelta(5), today=due + timedelta(6))
    assert (unmeasured.status, unmeasured.reason) == ("not_enough_evidence", "due_without_measurement")
    assert stated(10, due_on=due + timedelta(5), today=due + timedelta(6)).status == "achieved"


def test_a_stated_value_on_the_day_of_its_baseline_is_the_baseline() -> None:
    found = judge_stated(Indicator("p", {}, "manual", target=10, baseline=2, baseline_on=START, due_on=DUE), [(START, 2)], DUE)
    assert found.rule == "S3"


# ---- what always holds ---------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=8, max_size=30), st.floats(1, 5), st.floats(1, 5))
def test_a_harder_target_is_never_more_probable(answers: list[int], one: float, other: float) -> None:
    series = a_series([3.0, 2.0, 4.0] * 5, [float(answer) for answer in answers])
    easy, hard = (judge(an_indicator(target=target), series, 0.9) for target in sorted((one, other)))
    assert easy.p_now >= hard.p_now
    assert 0 <= hard.p_now <= 1
