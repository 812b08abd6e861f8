"""Segments: nothing crosses a break. Each segment against the same rounds analysed alone, and against hand calculation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from analysis.columns import Plan, Turn
from analysis.expected import judge_stated
from analysis.figures import Figure, Report
from analysis.report import make_report
from tests.analysis.programmes import DAYS, a_codebook, a_plan, an_indicator, an_item, answers_of, people

TODAY = date(2026, 12, 1)
ROUNDS = ("r1", "r2", "r3", "r4")
BOOK = a_codebook(an_item("q", "TRUST"))
#: Two groups of six; means of police and communities per round.
MEANS = {"r1": (2, 4), "r2": (3, 4), "r3": (4, 5), "r4": (4, 4)}
SERIES = ("q", "construct:TRUST")


def answers() -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for round_, (police, communities) in MEANS.items():
        rows += people("police", [police - 1, police, police, police, police, police + 1], round_)
        rows += people("communities", [min(5, communities + step) for step in (-1, -1, 0, 0, 1, 1)], round_)
    return answers_of(BOOK, rows)


def a_report(plan: Plan, audience: Any = "analyst", frame: pd.DataFrame | None = None) -> Report:
    kept = answers() if frame is None else frame
    return make_report(kept[kept["round"].isin([each.key for each in plan.rounds])], BOOK, plan, audience, TODAY)


def the_plan(*turns: Turn, rounds: tuple[str, ...] = ROUNDS, **told: Any) -> Plan:
    return a_plan({"police": 6, "communities": 6}, rounds, turns=turns, **told)


def broken(round_: str = "r3", kind: Any = "break", **told: Any) -> Plan:
    return the_plan(*(Turn(of, round_, kind) for of in SERIES), **told)


def figures(report: Report, *metrics: str) -> list[tuple[Any, ...]]:
    return [(f.metric, f.from_round, f.round, f.value, f.low, f.high) for f in report.figures if f.metric in metrics and f.item == "q"]


MIXED = ("fixed_mix_mean", "fixed_mix_change", "fixed_mix_change_se", "fixed_mix_change_df", "raw_change", "slope_per_year", "pooled_r")


def test_each_segment_reads_as_if_its_rounds_were_all_there_are() -> None:
    whole = figures(a_report(broken()), *MIXED)
    alone = [figures(a_report(the_plan(rounds=rounds)), *MIXED) for rounds in (ROUNDS[:2], ROUNDS[2:])]
    assert sorted(map(str, whole)) == sorted(map(str, [*alone[0], *alone[1]]))


def test_the_changes_told_by_hand() -> None:
    """Fixed mix of two halves: 3.0, 3.5 before the break; 4.3333, 4.0 after it (the fives of r3 lie at the ceiling)."""
    changes = {(f.from_round, f.round): f.value for f in a_report(broken()).find(metric="fixed_mix_change", item="q")}
    assert changes == {("r1", "r2"): pytest.approx(0.5), ("r3", "r4"): pytest.approx(4.0 - (4 + 14 / 3) / 2)}
    assert {f.segment for f in a_report(broken()).find(metric="fixed_mix_change", item="q", round="r4")} == {2}


def test_no_line_is_drawn_through_a_break() -> None:
    assert [f.segment for f in a_report(the_plan()).find(metric="slope_per_year", item="q")] == [1]
    assert list(a_report(broken()).find(metric="slope_per_year", item="q")) == []
    (only,) = a_report(broken("r2")).find(metric="slope_per_year", item="q")
    assert only.segment == 2


@pytest.mark.parametrize("kind", ["comparable", "note"])
def test_a_series_that_goes_on_reads_as_without_the_turn(kind: str) -> None:
    assert a_report(broken(kind=kind)).figures == a_report(the_plan()).figures


def test_what_a_round_shows_is_the_same_with_and_without_a_break() -> None:
    """The gate decides round by round: a break lets nothing more through, and hides nothing."""

    def shown(plan: Plan, audience: str) -> list[Figure]:
        kept = [f for f in a_report(plan, audience).figures if f.metric in ("n_valid", "mean", "pct", "count", "n_submitted")]
        return [replace(f, segment=None, low=None, high=None) for f in kept]

    for audience in ("coordinator", "public"):
        assert shown(broken(), audience) == shown(the_plan(), audience)


# ---- status --------------------------------------------------------------------------------------------------------


def statuses(plan: Plan) -> dict[str, tuple[str | None, str | None, str | None]]:
    return {f.round or "": (f.status, f.rule, f.words) for f in a_report(plan).find(metric="status")}


def test_a_baseline_from_before_the_break_judges_nothing_after_it() -> None:
    plan = broken(indicators=(an_indicator(baseline=None, baseline_on=None, baseline_round="r1"),))
    found = statuses(plan)
    assert found["r2"][2] != "baseline_before_break"
    assert found["r3"] == found["r4"] == ("not_enough_evidence", "S0", "baseline_before_break")
    assert not list(a_report(plan).find(metric="milestone", round="r4"))
    assert not list(a_report(plan).find(metric="fixed_mix_change", indicator="trust", from_round="r1", round="r4"))


def test_a_baseline_stated_before_the_break_neither_and_one_stated_after_it_does() -> None:
    before = broken(indicators=(an_indicator(baseline_on=DAYS["r1"]),))
    assert statuses(before)["r4"] == ("not_enough_evidence", "S0", "baseline_before_break")
    after = broken(indicators=(an_indicator(baseline=3.0, baseline_on=DAYS["r3"]),))
    assert statuses(after)["r4"][2] != "baseline_before_break"
    unknown = broken(indicators=(an_indicator(baseline=3.0, baseline_on=None),))
    assert statuses(unknown)["r3"][2] == "baseline_before_break"


def test_a_status_in_two_rounds_needs_two_rounds_of_the_same_question() -> None:
    """S1 asks that the target was met in the round before as well: one from before the break is no such round."""
    high = answers_of(BOOK, [row for key in ROUNDS for row in people("police", [4, 5] * 10, key) + people("communities", [4, 5] * 10, key)])
    aim = an_indicator(target=3.5, baseline=None, baseline_on=None)
    plans = (the_plan(indicators=(aim,)), broken(indicators=(aim,)))
    found = [{f.round: f.rule for f in a_report(plan, frame=high).find(metric="status")} for plan in plans]
    assert [rules["r3"] for rules in found] == ["S1", "S5"]
    assert [rules["r4"] for rules in found] == ["S1", "S1"]


def test_counts_start_anew_as_well() -> None:
    aim = an_indicator(source="count", of="q", values=("5",), target=20.0, baseline=0.0, baseline_on=DAYS["r1"])
    found = judge_stated(aim, [(DAYS["r3"], 6.0)], TODAY, DAYS["r3"])
    assert found is not None
    assert (found.status, found.rule, found.reason, found.baseline) == ("not_enough_evidence", "S0", "baseline_before_break", None)
    again = judge_stated(replace(aim, baseline_on=DAYS["r3"]), [(DAYS["r3"], 6.0)], TODAY, DAYS["r3"])
    assert again is not None
    assert again.reason == "baseline_round"


def test_without_a_target_there_is_no_status_after_a_break_either() -> None:
    from_break = a_report(broken(indicators=(an_indicator(target=None),)))
    assert list(from_break.find(metric="status")) == []
