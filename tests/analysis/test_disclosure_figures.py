"""Attacks on single figures: what intervals, degrees of freedom, probabilities, rates and counts would give back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.columns import Plan
from analysis.figures import Figure, Report
from analysis.report import make_report
from tests.analysis.attack import Attack
from tests.analysis.programmes import DAYS, a_codebook, a_plan, an_indicator, an_item, answers_of, people, random_people
from tests.analysis.test_disclosure_attack import a_random_programme

TODAY = DAYS["r4"]
Made = tuple[pd.DataFrame, pd.DataFrame, Plan]
MIXED = (1, 2, 3, 4, 5, 2, 3, 4, 4, 3)


def a_report(made: Made, audience: Any = "coordinator") -> Report:
    return make_report(*made, audience, TODAY)


def the(report: Report, metric: str, **of: Any) -> Figure:
    found = list(report.find(metric=metric, **of))
    assert len(found) == 1, (metric, of, found)
    return found[0]


def of_one_item(rows: list[dict[str, Any]], sizes: dict[str, float], rounds: Sequence[str] = ("r1",), **told: Any) -> Made:
    book = a_codebook(an_item("q", **told.pop("item", {})))
    return answers_of(book, rows), book, a_plan(sizes, rounds, **told)


# --- spread


def a_group_of_six(**indicator: Any) -> Made:
    rows = people("a", [1, 2, 2, 3, 5, 5]) + people("b", MIXED * 2)
    trust = an_indicator(of="q", source="item", group="a", target=3.0, due_on=date(2027, 1, 1), **indicator)
    return of_one_item(rows, {"a": 6, "b": 20}, indicators=(trust,))


def own_spread(report: Report) -> list[Figure]:
    """What of an indicator of six people depends on how far apart they are."""
    told = ("fixed_mix_low95", "fixed_mix_high95", "p_target_met_now", "p_on_course")
    return [one for one in report.figures if one.indicator == "trust" and one.metric in told and one.value is not None]


def test_an_indicator_of_six_people_has_no_interval_of_their_own_spread() -> None:
    report = a_report(a_group_of_six())
    assert the(report, "fixed_mix_mean", indicator="trust").value == 3.0
    assert own_spread(report) == []


def test_the_attack_on_a_spread_sees_a_rule_that_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.report._without_own_spread", lambda series: series)
    assert own_spread(a_report(a_group_of_six()))


def test_the_interval_of_a_small_group_says_nothing_of_a_hidden_ones_spread() -> None:
    """b.9 pools the hidden groups: moving answers between them changes no interval."""
    shown = people("a", [10, 20, 20, 30, 40, 50]) + people("d", [10 * value for value in MIXED])
    apart = shown + people("b", [10, 10, 10]) + people("c", [90, 90, 90])
    mixed = shown + people("b", [10, 90, 10]) + people("c", [90, 10, 90])
    sizes = {"a": 6, "b": 3, "c": 3, "d": 10}
    ends = [the(a_report(of_one_item(rows, sizes, item={"hi": 100.0})), "mean", item="q", group="a") for rows in (apart, mixed)]
    assert ends[0].low is not None
    assert ends[0] == ends[1]


# --- percentages of few people


def a_share_of_few(**told: Any) -> Made:
    rows = people("a", [1, 2, 3, 4, 5, 2, 3, 4, 1, 2, 3], "r1") + people("a", [1, 2, 3, 4, 5, 2, 3, 4, 4, 5, 2, 4, 1], "r2")
    share = an_indicator("share", "q", source="share", target=40.0, baseline=20.0, **told)
    return of_one_item(rows, {"a": 20}, ("r1", "r2"), indicators=(share,), invited={"a": 20})


def test_a_change_of_percentages_of_few_people_goes_in_steps_of_ten() -> None:
    report = a_report(a_share_of_few())
    change = the(report, "fixed_mix_change", indicator="share")
    assert [each % 10 for each in (change.value, change.low, change.high) if isinstance(each, int | float)] == [0, 0, 0]
    assert float(the(report, "fixed_mix_change_se", indicator="share").value or 0).is_integer()


def test_the_probabilities_of_a_share_of_few_people_are_as_rough_as_the_share() -> None:
    told = [one.value for one in a_report(a_share_of_few()).figures if one.metric in ("p_target_met_now", "p_on_course")]
    assert told
    assert all(value is not None and round(float(value), 1) == value for value in told)


def test_the_tipping_point_of_a_share_of_few_people_is_as_rough_as_the_share() -> None:
    report = a_report(a_share_of_few(direction="down"))
    assert all(float(one.value or 0) % 10 == 0 for one in report.find(metric="tipping_point"))
    assert report.first(metric="tipping_point")


def test_what_nearly_everybody_answered_has_no_probability_and_no_slope() -> None:
    """Nine of ten gave one answer: a probability to two places tells the tenth's."""
    rows = [row for key in ("r1", "r2", "r3") for row in people("a", [5] * 9 + [2], key)]
    trust = an_indicator(of="q", source="item", target=4.5)
    report = a_report(of_one_item(rows, {"a": 10}, ("r1", "r2", "r3"), indicators=(trust,)))
    assert the(report, "mean", item="q", round="r1", cut="total").value == 4.5
    for metric in ("p_target_met_now", "p_on_course", "slope_per_year"):
        assert all(one.suppressed and one.value is None for one in report.find(metric=metric)), metric
        assert report.first(metric=metric)


# --- numbers of people


def linked(pairs: int) -> Made:
    rows = [{**row, "person": f"p{n}"} for n, row in enumerate(people("a", MIXED * 2, "r1"))]
    rows += [{**row, "person": f"p{n}" if n < pairs else f"x{n}"} for n, row in enumerate(people("a", MIXED * 2, "r2"))]
    return of_one_item(rows, {"a": 20}, ("r1", "r2"))


@pytest.mark.parametrize(("pairs", "is_told"), [(0, True), (2, False), (10, True), (18, False), (20, True)])
def test_the_degrees_of_freedom_do_not_give_back_a_hidden_number_of_pairs(pairs: int, is_told: bool) -> None:
    report = a_report(linked(pairs))
    assert the(report, "n_pairs", item="q").suppressed is not is_told
    assert the(report, "fixed_mix_change_df", item="q").suppressed is not is_told
    assert the(report, "fixed_mix_change", item="q").low is not None


def test_the_public_numbers_give_back_no_exact_number_of_people() -> None:
    rows = people("a", [*MIXED, *MIXED, 1, 3], "r1") + people("a", [*MIXED, *MIXED, 5], "r2")
    report = a_report(of_one_item(rows, {"a": 40}, ("r1", "r2"), invited={"a": 33}), "public")
    assert float(the(report, "fixed_mix_change_df", item="q").value or 1) % 5 == 0
    rate = the(report, "response_rate", round="r1", cut="total")
    submitted, invited = (the(report, name, round="r1", cut="total").value for name in ("n_submitted", "n_invited"))
    assert (submitted, invited) == (20, 35)
    assert rate.value == 57  # 20 of 35, not 22 of 33


def with_blanks(blanks: dict[str, int]) -> Made:
    """Three items; some people of each group leave the first one blank."""
    book = a_codebook(*(an_item(key, "TRUST") for key in ("q1", "q2", "q3")))
    rows = []
    for group, blank in blanks.items():
        for n in range(20):
            row = {key: MIXED[(n + place) % 10] for place, key in enumerate(("q1", "q2", "q3"))}
            rows.append({"group": group, **row, "q1": None if n < blank else row["q1"]})
    return answers_of(book, rows), book, a_plan(dict.fromkeys(blanks, 20))


@pytest.mark.parametrize("blanks", [{"a": 2, "b": 5, "c": 6}, {"a": 2, "b": 12, "c": 11}, {"a": 4, "b": 0, "c": 0, "d": 12}])
def test_a_number_of_answers_that_is_kept_back_does_not_follow_from_the_others(blanks: dict[str, int]) -> None:
    """D9 keeps back the n of a; the total less all others would be it."""
    report = a_report(with_blanks(blanks))
    told = [one.suppressed for one in report.find(metric="n_valid", item="q1", cut="group") if one.group]
    assert not the(report, "n_valid", item="q1", cut="total").suppressed
    assert sum(told) != 1


def test_few_who_refuse_a_sensitive_question_are_not_counted() -> None:
    rows = people("a", MIXED * 3) + [{"group": "a", "q:why": "refused"}] * 7
    sensitive, usual = (a_report(of_one_item(rows, {"a": 40}, item={"sensitive": is_sensitive})) for is_sensitive in (True, False))
    assert the(sensitive, "n_refused", item="q", cut="total").suppressed
    assert the(usual, "n_refused", item="q", cut="total").value == 7


@pytest.mark.parametrize("refused", [1, 4])
def test_one_who_refuses_is_not_counted_anywhere(refused: int) -> None:
    rows = people("a", MIXED * 2) + people("b", MIXED * 2) + [{"group": "a", "q:why": "refused"}] * refused
    report = a_report(of_one_item(rows, {"a": 30, "b": 20}))
    assert all(one.suppressed for one in report.figures if one.metric in ("n_unknown", "n_refused", "n_blank"))
    assert not [one for one in report.find(metric="n_refused") if one.cut != "total"]


# --- ranks


def test_a_hidden_rank_does_not_follow_from_the_other_ranks() -> None:
    """Everybody of a puts water first: the ranks of the rest add up to what is left."""
    options = ("t/water", "t/roads", "t/schools")
    book = a_codebook(*(an_item(key, kind="rank", hi=3.0) for key in options))
    rng = np.random.default_rng(5)
    rows = [{"group": "a", "t/water": 1, "t/roads": 2 + n % 2, "t/schools": 3 - n % 2} for n in range(6)]
    for group, n in (("b", 12), ("c", 14), ("d", 9)):
        rows += [{"group": group, **dict(zip(options, (int(rank) for rank in rng.permutation([1, 2, 3])), strict=True))} for _ in range(n)]
    report = a_report((answers_of(book, rows), book, a_plan({"a": 6, "b": 12, "c": 14, "d": 9})))
    for group in ("a", "b", "c", "d"):
        told = [not the(report, "mean", item=key, cut="group", group=group).suppressed for key in options]
        assert sum(told) != 2, group


# --- statuses


def test_a_status_that_rests_on_nine_people_is_not_told_outside() -> None:
    rows = [row for key in ("r1", "r2") for row in people("a", [1, 2, 2, 1, 3, 1, 2, 1, 2], key) + people("b", MIXED * 2, key)]
    trust = an_indicator(of="q", source="item", group="a", target=4.5, baseline=3.0, due_on=date(2025, 9, 1))
    made = of_one_item(rows, {"a": 9, "b": 20}, ("r1", "r2"), indicators=(trust,))
    assert the(a_report(made), "status", round="r2").value == "off_track"
    outside = the(a_report(made, "public"), "status", round="r2")
    assert (outside.suppressed, outside.value, outside.status, outside.words, outside.n) == (True, None, None, None, None)


# --- outputs together


@pytest.mark.parametrize("seed", range(400, 408))
def test_the_inside_and_the_public_report_together_are_no_easier_to_solve_for(seed: int) -> None:
    made = a_random_programme(seed, gaps=0.0)
    inside, outside = a_report(made), a_report(made, "public")
    means = [one for one in outside.figures if one.metric in ("mean", "pct", "trust_mean") and not one.suppressed]
    told = {_place(one) for one in inside.figures if not one.suppressed}
    assert {_place(one) for one in means} <= told  # what is public is shown inside, so it adds no equation
    assert Attack(*made, inside).finds(5) == []


def _place(one: Figure) -> tuple[Any, ...]:
    return one.metric, one.construct, one.item, one.option, one.indicator, one.round, one.cut, one.group, one.to_group


@pytest.mark.parametrize("seed", range(500, 508))
def test_a_programme_that_asks_for_eight_is_given_eight(seed: int) -> None:
    answers, book, plan = a_random_programme(seed, gaps=0.0)
    made = (answers, book, replace(plan, k=8))
    report = a_report(made)
    assert Attack(*made, report).finds(8) == []
    assert all(one.n is None or one.n == 0 or one.n >= 8 for one in report.figures if one.metric in ("mean", "n_valid", "trust_mean"))


@pytest.mark.parametrize("sizes", [{"a": 3, "b": 4, "c": 2, "d": 1}, {"a": 30}, {"a": 4}, {"a": 9, "b": 1}])
@pytest.mark.parametrize("audience", ["coordinator", "public"])
def test_programmes_of_one_group_or_of_small_ones_give_nothing_away(sizes: dict[str, int], audience: Any) -> None:
    rng = np.random.default_rng(3)
    book = a_codebook(*(an_item(key, "TRUST") for key in ("q1", "q2", "q3")))
    rows = [row for group, n in sizes.items() for row in random_people(rng, group, n, ["q1", "q2", "q3"])]
    rows += random_people(rng, None, 2, ["q1", "q2", "q3"])
    made = (answers_of(book, rows), book, a_plan(sizes))
    report = a_report(made, audience)
    assert Attack(*made, report).finds(5 if audience == "coordinator" else 10) == []
    assert [one for one in report.find(metric="mean", cut="group") if not one.suppressed] == []
