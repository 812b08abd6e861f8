"""The report: every figure under its name, protected and rounded for whoever reads it."""

from __future__ import annotations

from cProfile import Profile
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis.columns import Cut, FrameError, Plan
from analysis.figures import METRICS
from analysis.intervals import Scale, bounded_from_spread, bounded_mean
from analysis.report import Figure, Report, make_report
from analysis.trends import fixed_mix
from tests.analysis.programmes import DAYS, a_codebook, a_plan, an_indicator, an_item, answers_of, people, random_people

TODAY = date(2026, 10, 1)
SIZES = {"police": 83, "state": 16, "ngo": 12, "church": 4}
AUDIENCES: tuple[Any, ...] = ("coordinator", "public", "analyst")
Made = tuple[pd.DataFrame, pd.DataFrame, Plan]


def a_question(values: dict[str | None, list[Any]], **told: Any) -> Made:
    """One question q, asked once; answers by group."""
    book = a_codebook(an_item("q", **told.pop("item", {})))
    rows = [row for group, given in values.items() for row in people(group, given)]
    plan = a_plan({str(group): max(len(given), 5) for group, given in values.items() if group}, **told)
    return answers_of(book, rows), book, plan


def a_programme(rounds: tuple[str, ...] = ("r1", "r2", "r3"), sizes: dict[str, int] | None = None, **told: Any) -> Made:
    """A construct of three items, asked of 83 police and 32 others in each round."""
    rng = np.random.default_rng(11)
    book = a_codebook(*(an_item(key, "TRUST", reverse=key == "q3") for key in ("q1", "q2", "q3")))
    given = sizes or SIZES
    rows = [row for key in rounds for group, n in given.items() for row in random_people(rng, group, n, ["q1", "q2", "q3"], key)]
    plan = a_plan({group: n + 17 for group, n in given.items()}, rounds, invited={group: n + 17 for group, n in given.items()}, **told)
    return answers_of(book, rows), book, plan


def a_report(made: Made, audience: Any = "coordinator", today: date = TODAY) -> Report:
    return make_report(*made, audience, today)


def the(report: Report, metric: str, **of: Any) -> Figure:
    found = list(report.find(metric=metric, **of))
    assert len(found) == 1, (metric, of, found)
    return found[0]


MIXED = [1, 2, 3, 4, 5, 2, 3, 4, 4, 3]


# --- what every figure keeps


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_metric_is_one_that_is_documented(audience: Any) -> None:
    report = a_report(a_programme(indicators=(an_indicator(), an_indicator("share", "q1", source="share", target=60.0))), audience)
    assert {figure.metric for figure in report.figures} <= set(METRICS)
    assert all(figure.survey == "trust" for figure in report.figures)


@pytest.mark.parametrize("audience", ["coordinator", "public"])
def test_a_suppressed_figure_has_no_value_no_interval_and_no_n(audience: Any) -> None:
    report = a_report(a_programme(indicators=(an_indicator(),)), audience)
    hidden = list(report.find(suppressed=True))
    assert hidden
    assert all((one.value, one.low, one.high, one.n) == (None, None, None, None) for one in hidden)


def test_a_record_is_flat_and_carries_the_interval() -> None:
    record = the(a_report(a_question({"police": MIXED})), "mean", cut="total").record()
    assert record["interval"] == [2.4, 3.7]
    assert record["value"] == 3.1
    assert all(not isinstance(value, dict) for value in record.values())


def test_the_analyst_sees_everything_and_nothing_is_suppressed() -> None:
    report = a_report(a_programme(indicators=(an_indicator(),)), "analyst")
    assert not any(figure.suppressed for figure in report.figures)
    church = the(report, "mean", construct="TRUST", round="r1", group="church")
    assert church.n == 4


# --- levels


def test_a_mean_is_exact_for_the_analyst_and_rounded_for_others() -> None:
    made = a_question({"police": [4, 4, 3, 2, 1, 5, 5, 2, 3, 4, 4, 3]})
    exact = bounded_mean(made[0]["q"], Scale(1, 5))
    assert exact is not None
    analyst, coordinator = (the(a_report(made, audience), "mean", cut="total") for audience in ("analyst", "coordinator"))
    assert (analyst.value, analyst.low, analyst.high) == (pytest.approx(exact.mean), pytest.approx(exact.low), pytest.approx(exact.high))
    assert (coordinator.value, coordinator.low, coordinator.high) == (round(exact.mean, 1), round(exact.low, 1), round(exact.high, 1))


def test_the_ends_of_an_interval_are_records_of_their_own() -> None:
    report = a_report(a_question({"police": MIXED}), "analyst")
    mean = the(report, "mean", cut="total")
    assert the(report, "mean_low95", cut="total").value == mean.low
    assert the(report, "mean_high95", cut="total").value == mean.high


def test_only_the_analyst_sees_standard_deviations() -> None:
    made = a_question({"police": MIXED})
    assert the(a_report(made, "analyst"), "sd", cut="total").value == pytest.approx(np.std(MIXED, ddof=1))
    assert a_report(made).first(metric="sd") is None


def test_the_interval_of_five_to_nine_people_is_not_made_of_their_own_spread() -> None:
    made = a_question({"police": MIXED, "ngo": [3, 3, 3, 4, 4, 3, 3, 4]})
    within = (sum((np.array(MIXED) - 3.1) ** 2) + sum((np.array([3, 3, 3, 4, 4, 3, 3, 4]) - 3.375) ** 2)) / 16
    expected = bounded_from_spread(8, 3.375, float(within), Scale(1, 5))
    ngo = the(a_report(made), "mean", group="ngo")
    assert (ngo.low, ngo.high) == (round(expected.low, 1), round(expected.high, 1))


def test_a_single_group_of_six_has_a_mean_and_no_interval_of_its_own_spread() -> None:
    mean = the(a_report(a_question({"police": [1, 2, 3, 4, 5, 3]})), "mean", cut="total")
    assert (mean.value, mean.low, mean.high, mean.n) == (3.0, None, None, 6)


def test_unanimity_of_ten_or_more_is_bounded_and_the_mean_goes_to_the_nearest_half() -> None:
    report = a_report(a_question({"police": [5] * 27 + [1, 1, 1]}))
    assert the(report, "mean", cut="total").value == 4.5
    assert the(report, "pct", cut="total", option="5").value == ">= 90 %"
    assert the(report, "pct", cut="total", option="1").suppressed
    assert the(report, "top2_pct", cut="total").suppressed
    assert the(report, "mean", cut="total").low is None


def test_percentages_of_ten_to_nineteen_people_go_in_steps_of_ten_and_have_no_counts() -> None:
    report = a_report(a_question({"police": [1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5]}))
    assert [figure.value for figure in report.find(metric="pct", cut="total")] == [10, 20, 30, 20, 30]
    assert all(figure.suppressed for figure in report.find(metric="count", cut="total"))


def test_percentages_of_twenty_people_are_whole_and_counted() -> None:
    report = a_report(a_question({"police": [1] * 3 + [2] * 4 + [3] * 5 + [4] * 6 + [5] * 3}))
    assert [figure.value for figure in report.find(metric="pct", cut="total")] == [14, 19, 24, 29, 14]
    assert [figure.value for figure in report.find(metric="count", cut="total")] == [3, 4, 5, 6, 3]


def test_outside_people_are_counted_to_five() -> None:
    report = a_report(a_question({"police": MIXED * 3 + [1, 2]}), "public")
    assert the(report, "n_valid", cut="total").value == 30
    assert the(report, "mean", cut="total").n == 30


def test_an_item_that_a_few_left_blank_shows_only_the_construct_s_n() -> None:
    answers, book, plan = a_programme(("r1",))
    answers.loc[0, ["q1", "q1:why"]] = [np.nan, "refused"]
    report = a_report((answers, book, plan))
    assert the(report, "mean", item="q1", cut="total").value is not None
    assert the(report, "mean", item="q1", cut="total").n is None
    for metric in ("n_valid", "n_refused", "n_blank", "n_unknown"):
        assert the(report, metric, item="q1", cut="total").suppressed
    assert all(figure.suppressed for figure in report.find(metric="count", item="q1", cut="total"))
    assert the(report, "mean", construct="TRUST", cut="total").n == 115


def test_reasons_for_not_answering_are_counted_apart() -> None:
    answers, book, plan = a_programme(("r1",))
    for place, why in enumerate(["unknown"] * 6 + ["refused"] * 5):
        answers.loc[place, ["q1", "q1:why"]] = [np.nan, why]
    for audience in ("analyst", "coordinator"):
        report = a_report((answers, book, plan), audience)
        assert [the(report, name, item="q1", cut="total").value for name in ("n_unknown", "n_refused", "n_blank")] == [6, 5, 0]


def test_a_choice_has_percentages_and_no_mean() -> None:
    item = {"kind": "choice", "lo": None, "hi": None, "step": None, "labels": {"often": {}, "once": {}, "never": {}}}
    report = a_report(a_question({"police": ["often"] * 10 + ["never"] * 15}, item=item))
    assert [figure.value for figure in report.find(metric="pct", cut="total")] == [40, 0, 60]
    assert report.first(metric="mean") is None


def test_yes_or_no_has_no_mean_since_it_would_be_the_percentage() -> None:
    item = {"kind": "flag", "lo": None, "hi": None, "step": None}
    report = a_report(a_question({"police": [1] * 4 + [0] * 4, "ngo": [1, 0] * 10}, item=item))
    assert report.first(metric="mean") is None
    assert the(report, "pct", option="1", group="police").suppressed
    assert the(report, "pct", option="1", cut="total").value == 50


def test_the_recommendation_index_is_made_of_the_question_that_asks_it() -> None:
    item = {"lo": 0.0, "hi": 10.0, "label": {"en": "Would you recommend this space to colleagues?"}}
    report = a_report(a_question({"police": [10, 9, 9, 8, 7, 3] * 5}, item=item))
    assert the(report, "nps", cut="total").value == 35
    other = a_question({"police": [10, 9, 9, 8, 7, 3] * 5}, item={"lo": 0.0, "hi": 10.0})
    assert a_report(other).first(metric="nps") is None


def test_the_analyst_has_the_index_of_any_question_from_0_to_10() -> None:
    made = a_question({"police": [10, 9, 3, 8]}, item={"lo": 0, "hi": 10})
    assert the(a_report(made, "analyst"), "nps", cut="total").value == 25.0


def test_a_question_that_everyone_left_is_counted_for_the_analyst() -> None:
    book = a_codebook(an_item("q"))
    rows = [*people("police", [4, 5]), *people("police", [None, None, None], round_="r2")]
    answers = answers_of(book, rows)
    answers["q:why"] = [None, None, "unknown", "unknown", "blank"]
    report = make_report(answers, book, a_plan({"police": 9}, ("r1", "r2")), "analyst", TODAY)
    told = {name: the(report, name, item="q", round="r2", cut="total").value for name in ("n_valid", "n_unknown", "n_blank", "mean")}
    assert told == {"n_valid": 0, "n_unknown": 2, "n_blank": 1, "mean": None}
    assert the(report, "fixed_mix_mean", item="q", round="r2").value is None


def test_an_absent_group_is_said_to_be_absent() -> None:
    made = a_question({"police": MIXED, "ngo": []})
    absent = the(a_report(made), "n_valid", group="ngo")
    assert (absent.value, absent.suppressed) == (0, False)


def test_people_outside_the_list_of_groups_are_a_cell_of_their_own() -> None:
    made = a_question({"police": MIXED * 2, "ngo": MIXED, None: [1, 2]})
    report = a_report(made)
    assert the(report, "mean", group="").suppressed
    assert the(report, "mean", group="ngo").suppressed
    assert the(a_report(made, "analyst"), "mean", group="").value == 1.5


def test_a_further_cut_is_shown_alone_from_ten_people_and_never_counted_itself() -> None:
    region = {"kind": "choice", "lo": None, "hi": None, "step": None, "labels": {"north": {}, "south": {}, "east": {}}}
    book = a_codebook(an_item("q"), an_item("region", **region))
    rows = [
        *people("police", MIXED * 2, region="north"),
        *people("police", MIXED * 2, region="south"),
        *people("ngo", MIXED[:9], region="east"),
    ]
    plan = a_plan({"police": 50, "ngo": 20}, cuts=(Cut("region", {}, {"north": {}, "south": {}, "east": {}}),))
    report = a_report((answers_of(book, rows), book, plan))
    assert the(report, "mean", item="q", cut="region", group="east").suppressed
    assert sum(figure.suppressed for figure in report.find(metric="mean", item="q", cut="region")) == 2
    assert report.first(item="region") is None


# --- who answered


def test_the_response_rate_of_a_group_is_coarse_where_it_would_single_out_the_silent() -> None:
    answers, book, plan = a_programme(("r1",), {"police": 83, "state": 16, "ngo": 12})
    invited = {"police": 100, "state": 18, "ngo": 30}
    report = a_report((answers, book, replace(plan, rounds=(replace(plan.rounds[0], invited=invited),))))
    assert the(report, "response_rate", group="police").value == 83
    assert the(report, "response_rate", group="state").value == "over_half"
    assert the(report, "n_invited", group="state").suppressed
    assert the(report, "n_invited", group="ngo").suppressed  # else the total less the others gives that of the state
    assert the(report, "response_rate", cut="total").value == 75


def test_the_response_rate_of_every_other_group_is_told_where_two_are_coarse() -> None:
    answers, book, plan = a_programme(("r1",), {"police": 83, "state": 16, "ngo": 12, "church": 9})
    invited = {"police": 100, "state": 18, "ngo": 30, "church": 10}
    report = a_report((answers, book, replace(plan, rounds=(replace(plan.rounds[0], invited=invited),))))
    assert the(report, "response_rate", group="ngo").value == 40
    assert the(report, "response_rate", group="church").value == "over_half"


def test_the_response_rate_of_everyone_is_unknown_where_a_group_that_answered_was_not_counted() -> None:
    answers, book, plan = a_question({"police": [4, 5, 3] * 20, "state": [3, 4, 5] * 5, "ngo": [2, 3, 4] * 6})
    invited = {"police": 70, "state": 25}
    report = a_report((answers, book, replace(plan, rounds=(replace(plan.rounds[0], invited=invited),))))
    assert report.first(metric="response_rate", cut="total") is None
    assert the(report, "response_rate", group="police").value == 86


def test_the_response_rate_of_a_hidden_group_is_hidden() -> None:
    report = a_report(a_programme(("r1",)))
    for metric in ("n_submitted", "n_invited", "response_rate"):
        assert the(report, metric, group="church").suppressed


def test_without_a_roster_there_is_no_rate() -> None:
    assert a_report(a_question({"police": MIXED})).first(metric="response_rate") is None


# --- fixed mix and change


def test_the_analyst_s_fixed_mix_uses_every_group_and_the_coordinator_s_pools_the_hidden() -> None:
    answers, book, plan = a_programme(("r1",))
    scores = (answers["q1"] + answers["q2"] + 6 - answers["q3"]) / 3
    given = (scores, answers["round"], answers["group"], None, plan.mix, Scale(1, 5), {"r1": DAYS["r1"]})
    own, pooled = fixed_mix(*given), fixed_mix(*given, hidden={"r1": {"church", "ngo"}})
    analyst = the(a_report((answers, book, plan), "analyst"), "fixed_mix_mean", construct="TRUST")
    coordinator = the(a_report((answers, book, plan)), "fixed_mix_mean", construct="TRUST")
    assert analyst.value == pytest.approx(own.levels[0].mean)
    assert coordinator.value == round(pooled.levels[0].mean or 0, 1)


def test_changes_are_told_from_round_to_round_and_from_first_to_last() -> None:
    report = a_report(a_programme(), "analyst")
    for metric in ("raw_change", "fixed_mix_change"):
        told = [(one.from_round, one.round) for one in report.find(metric=metric, construct="TRUST", cut="total")]
        assert told == [("r1", "r2"), ("r2", "r3"), ("r1", "r3")]


def test_the_analyst_has_the_change_between_any_two_rounds() -> None:
    report = a_report(a_programme(("r1", "r2", "r3", "r4")), "analyst")
    for metric in ("fixed_mix_change", "raw_change", "n_pairs"):
        told = [(one.from_round, one.round) for one in report.find(metric=metric, construct="TRUST", cut="total")]
        assert sorted(told) == [("r1", "r2"), ("r1", "r3"), ("r1", "r4"), ("r2", "r3"), ("r2", "r4"), ("r3", "r4")]


def test_a_change_comes_with_its_error_its_interval_and_its_words() -> None:
    report = a_report(a_programme(), "analyst")
    of = {"construct": "TRUST", "from_round": "r1", "round": "r2"}
    change, low = the(report, "fixed_mix_change", **of), the(report, "fixed_mix_change_low95", **of)
    assert change.low == low.value
    assert change.words in ("cannot_tell", "no_meaningful_change")
    for part in ("se", "df", "p", "high95"):
        assert isinstance(the(report, f"fixed_mix_change_{part}", **of).value, float)


def test_a_group_that_is_hidden_in_one_round_has_no_change() -> None:
    answers, book, plan = a_programme(("r1", "r2"), {"police": 30, "state": 12, "ngo": 12})
    few = answers.drop(answers[(answers["group"] == "ngo") & (answers["round"] == "r2")].index[3:])
    report = a_report((few, book, plan))
    assert the(report, "mean", construct="TRUST", round="r1", group="ngo").value is not None
    assert the(report, "raw_change", construct="TRUST", group="ngo").suppressed


def test_one_round_has_no_change_and_no_slope() -> None:
    report = a_report(a_programme(("r1",)))
    assert not [figure for figure in report.figures if "change" in figure.metric or "slope" in figure.metric]


def test_a_round_without_a_group_of_the_mix_has_no_fixed_mix_value() -> None:
    answers, book, plan = a_programme(("r1", "r2"), {"police": 30, "state": 12})
    report = a_report((answers[~((answers["group"] == "state") & (answers["round"] == "r2"))], book, plan))
    level = the(report, "fixed_mix_mean", construct="TRUST", round="r2")
    assert (level.value, level.suppressed, level.words) == (None, False, "group_absent")


def test_when_all_answers_are_equal_the_change_is_told_in_words() -> None:
    book = a_codebook(an_item("q", "TRUST"))
    rows = [*people("police", [4] * 12, "r1"), *people("police", [4] * 12, "r2")]
    report = a_report((answers_of(book, rows), book, a_plan({"police": 20}, ("r1", "r2"))), "analyst")
    change = the(report, "fixed_mix_change", construct="TRUST")
    assert (change.value, change.words) == (0.0, "all_equal")
    assert the(report, "fixed_mix_change_p", construct="TRUST").value is None


def test_how_many_are_linked_is_told_when_neither_they_nor_the_others_are_few() -> None:
    answers, book, plan = a_programme(("r1", "r2"), {"police": 30})
    for linked, is_shown in ((12, True), (3, False), (28, False), (30, True)):
        answers["person"] = [f"p{place % 30}" if place % 30 < linked else None for place in range(60)]
        assert the(a_report((answers, book, plan)), "n_pairs", construct="TRUST").suppressed is not is_shown


# --- who trusts whom


def a_matrix(members: dict[str, int], answering: dict[str, int]) -> Made:
    rng = np.random.default_rng(4)
    book = a_codebook(*(an_item(f"tr/{group}", "TRUST_BETWEEN") for group in members))
    rows = []
    for group, n in answering.items():
        others = [f"tr/{other}" for other in members if other != group]
        rows += [{**row, f"tr/{group}:why": "not_asked"} for row in random_people(rng, group, n, others)]
    return answers_of(book, rows), book, a_plan(members)


def test_a_cell_of_the_matrix_is_the_mean_of_that_group_and_column() -> None:
    report = a_report(a_matrix({"police": 30, "state": 30, "ngo": 30}, {"police": 20, "state": 12, "ngo": 12}))
    cells = list(report.find(metric="trust_mean", cut="trust_between"))
    assert len(cells) == 6
    for cell in cells:
        same = the(report, "mean", item=f"tr/{cell.to_group}", cut="group", group=cell.group)
        assert (cell.value, cell.n, cell.suppressed) == (same.value, same.n, same.suppressed)
        assert cell.group != cell.to_group


def test_trust_in_a_group_of_fewer_than_five_members_is_not_shown_in_any_way() -> None:
    report = a_report(a_matrix({"police": 30, "state": 30, "bishop": 1}, {"police": 20, "state": 12}))
    assert all(figure.suppressed for figure in report.find(metric="trust_mean", to_group="bishop"))
    assert all(figure.suppressed or figure.value == 0 for figure in report.find(item="tr/bishop") if figure.metric != "fixed_mix_mean")
    assert all(figure.suppressed or figure.value == 0 for figure in report.find(construct="TRUST_BETWEEN", cut="total"))


# --- expected results


def test_an_indicator_has_level_change_probabilities_and_a_status_per_round() -> None:
    report = a_report(a_programme(indicators=(an_indicator(),)), "analyst")
    assert [one.round for one in report.find(metric="status", indicator="trust")] == ["r1", "r2", "r3"]
    for metric in ("fixed_mix_mean", "p_target_met_now", "p_on_course", "milestone"):
        assert len(list(report.find(metric=metric, indicator="trust"))) == 3
    assert the(report, "baseline", indicator="trust").value == 2.5
    assert the(report, "target", indicator="trust").value == 4.0
    assert all(one.rule and one.status == one.value for one in report.find(metric="status"))


def test_a_status_is_that_of_the_day_its_round_closed() -> None:
    made = a_programme(indicators=(an_indicator(),))
    answers, book, plan = made
    until = replace(plan, rounds=plan.rounds[:2])
    then = a_report((answers[answers["round"] != "r3"], book, until))
    for metric in ("status", "p_on_course", "p_target_met_now"):
        assert the(a_report(made), metric, indicator="trust", round="r2") == the(then, metric, indicator="trust", round="r2")


@pytest.mark.parametrize("seed", range(6))
def test_a_round_has_one_status_inside_and_outside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    book = a_codebook(*(an_item(key, "TRUST") for key in ("q1", "q2", "q3")))
    sizes = {"police": 30, "state": 11, "ngo": 8, "church": 6}
    rows = [
        row for key in ("r1", "r2", "r3") for group, n in sizes.items() for row in random_people(rng, group, n, ["q1", "q2", "q3"], key)
    ]
    targets = tuple(an_indicator(f"t{target}", target=target) for target in (2.9, 3.0, 3.1, 3.2, 3.3, 3.4))
    made = (answers_of(book, rows), book, a_plan(sizes, ("r1", "r2", "r3"), indicators=targets))
    inside, outside = a_report(made), a_report(made, "public")
    said = [(one.indicator, one.round, one.value, one.rule) for one in inside.find(metric="status")]
    assert said == [(one.indicator, one.round, one.value, one.rule) for one in outside.find(metric="status")]


def test_a_hidden_round_has_a_status_and_no_probabilities() -> None:
    answers, book, plan = a_programme(("r1", "r2"), {"police": 20}, indicators=(an_indicator(),))
    report = a_report((answers.iloc[:24], book, plan))
    assert the(report, "status", indicator="trust", round="r2").value == "not_enough_evidence"
    assert the(report, "p_on_course", indicator="trust", round="r2").suppressed
    assert the(report, "fixed_mix_mean", indicator="trust", round="r2").suppressed


def test_a_due_date_that_passed_without_a_round_is_told_beside_the_history() -> None:
    report = a_report(a_programme(indicators=(an_indicator(due_on=date(2026, 6, 30)),)))
    last = list(report.find(metric="status", indicator="trust"))[-1]
    assert (last.round, last.value, last.rule, last.words) == (None, "not_enough_evidence", "S0", "due_without_measurement")


def test_a_share_is_protected_as_percentages_are() -> None:
    indicator = an_indicator("share", "q", source="share", target=50.0, baseline=10.0)
    made = a_question({"police": [1, 2, 3, 4, 5, 4, 3, 2]}, indicators=(indicator,))
    report = a_report(made)
    assert the(report, "mean", item="q", cut="total").value == 3.0
    assert the(report, "fixed_mix_mean", indicator="share").suppressed
    assert the(a_report(made, "analyst"), "fixed_mix_mean", indicator="share").value == pytest.approx(37.5)


def test_a_sensitive_indicator_asks_for_ten_people() -> None:
    made = a_question({"police": [1, 2, 3, 4, 5, 4, 3, 2]}, indicators=(an_indicator(of="q", source="item", sensitive=True),))
    assert the(a_report(made), "fixed_mix_mean", indicator="trust").suppressed
    assert the(a_report(made), "mean", item="q", cut="total").suppressed


def test_a_stated_value_is_judged_without_people() -> None:
    stated = an_indicator("plan", "", source="manual", target=1.0, baseline=0.0, stated=((date(2025, 12, 1), 1.0, "minutes"),))
    report = a_report(a_programme(("r1",), indicators=(stated,)))
    assert the(report, "value", indicator="plan").value == 1.0
    assert the(report, "status", indicator="plan").value == "achieved"


def test_a_report_of_stated_indicators_alone_needs_no_round() -> None:
    book = a_codebook(an_item("q")).iloc[:0]
    plan = replace(a_plan({"police": 10}, ()), survey="", indicators=(an_indicator("plan", "", source="manual", target=1.0),))
    report = a_report((answers_of(book, []), book, plan))
    assert the(report, "status", indicator="plan").value == "not_enough_evidence"
    assert all(figure.survey is None for figure in report.figures)


def test_an_indicator_of_a_question_that_is_not_asked_has_no_evidence() -> None:
    report = a_report(a_programme(("r1",), indicators=(an_indicator(of="NOTHING"),)))
    assert the(report, "status", indicator="trust").value == "not_enough_evidence"


def test_a_count_of_people_who_gave_an_answer_is_judged_like_a_stated_value() -> None:
    counting = an_indicator("used", "q", source="count", values=("4", "5"), target=10.0, baseline=0.0)
    report = a_report(a_question({"police": [1, 2, 3, 4, 5] * 6}, indicators=(counting,)))
    assert the(report, "count", indicator="used").value == 12
    assert the(report, "status", indicator="used").value == "achieved"


def test_an_indicator_of_one_group_reads_that_group() -> None:
    indicator = an_indicator(group="police")
    report = a_report(a_programme(("r1",), indicators=(indicator,)), "analyst")
    mean = the(report, "mean", construct="TRUST", cut="group", group="police")
    assert the(report, "fixed_mix_mean", indicator="trust").value == pytest.approx(mean.value)
    hidden = a_report(a_programme(("r1",), indicators=(an_indicator(group="church"),)))
    assert the(hidden, "fixed_mix_mean", indicator="trust").suppressed


# --- the plan and its rounds


def test_an_answer_of_a_round_that_is_not_closed_is_refused() -> None:
    answers, book, plan = a_programme(("r1", "r2"))
    with pytest.raises(FrameError, match="round_unknown"):
        a_report((answers, book, replace(plan, rounds=plan.rounds[:1])))


@pytest.mark.parametrize("audience", AUDIENCES)
def test_nobody_answered_and_the_report_says_nothing(audience: Any) -> None:
    answers, book, plan = a_programme(("r1",))
    report = a_report((answers.iloc[:0], book, plan), audience)
    assert {figure.value for figure in report.find(metric="n_submitted")} <= {0}
    assert report.first(metric="mean") is None
    assert report.items["q1"].lo == 1
    assert report.constructs["TRUST"].items == ("q1", "q2", "q3")


def test_the_report_is_fast_enough_for_many_rounds() -> None:
    made = a_programme(("r1", "r2", "r3", "r4"), {"police": 300, "state": 200, "ngo": 100, "church": 50})
    profile = Profile()
    profile.runcall(a_report, made)
    assert sum(entry.callcount for entry in profile.getstats()) < 3_000_000
