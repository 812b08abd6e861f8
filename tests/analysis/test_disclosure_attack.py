"""The report against an attacker who knows who is in which cell: nothing follows for fewer than k people."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.columns import Cut, Plan
from analysis.disclosure import Decision, Gate, Thing
from analysis.report import make_report
from tests.analysis.attack import Attack
from tests.analysis.programmes import DAYS, a_codebook, a_plan, an_indicator, an_item, answers_of

TODAY = DAYS["r4"]


def a_random_programme(seed: int, **told: Any) -> tuple[Any, Any, Plan]:
    """Three to six groups of one to fourteen people, some core, some without a group, some without an answer."""
    rng = np.random.default_rng(seed)
    groups = [f"g{number}" for number in range(int(rng.integers(3, 7)))]
    sizes = {group: int(rng.choice([1, 2, 3, 4, 5, 6, 7, 9, 12, 14])) for group in groups}
    book = a_codebook(
        *(an_item(key, "TRUST") for key in ("q1", "q2", "q3")),
        an_item("alone"),
        an_item("secret", sensitive=True),
        *(an_item(f"tr/{group}", "TRUST_BETWEEN") for group in groups),
    )
    columns = ["q1", "q2", "q3", "alone", "secret"]
    rows = []
    for group in [*groups, None, "elsewhere"]:
        for _person in range(sizes.get(str(group), int(rng.integers(0, 4)))):
            row: dict[str, Any] = {"group": group, "circle": rng.choice(["core", "extended", None], p=[0.3, 0.6, 0.1])}
            row |= {key: int(rng.choice(told.get("points", [2, 4, 5, 5, 5]))) for key in columns if rng.random() > told.get("gaps", 0.05)}
            row |= {f"tr/{other}": int(rng.integers(1, 6)) for other in groups if other != group}
            row["region"] = str(rng.choice(["north", "south"]))
            rows.append(row)
    indicator = an_indicator("share", "alone", source="share", target=60.0, baseline=10.0)
    plan = a_plan(sizes, indicators=(indicator,), invited={group: size + 3 for group, size in sizes.items()})
    answers = answers_of(book, rows)
    if told.get("region"):
        answers["region"] = [row["region"] for row in rows]
        plan = replace(plan, cuts=(Cut("region", {}, {"north": {}, "south": {}}),))
    return answers, book, plan


def an_attack(seed: int, audience: Any, **told: Any) -> Attack:
    answers, book, plan = a_random_programme(seed, **told)
    return Attack(answers, book, plan, make_report(answers, book, plan, audience, TODAY))


@pytest.mark.parametrize("seed", range(30))
def test_nothing_follows_for_fewer_than_five_people_from_what_a_coordinator_sees(seed: int) -> None:
    assert an_attack(seed, "coordinator").finds(5) == []


@pytest.mark.parametrize("seed", range(12))
def test_nothing_follows_for_fewer_than_ten_people_from_what_is_public(seed: int) -> None:
    assert an_attack(seed, "public", gaps=0.0).finds(10) == []


@pytest.mark.parametrize("seed", range(100, 115))
def test_complete_answers_are_no_easier_to_solve_for(seed: int) -> None:
    assert an_attack(seed, "coordinator", gaps=0.0).finds(5) == []


@pytest.mark.parametrize("seed", range(200, 210))
def test_a_further_cut_adds_nothing_to_solve_for(seed: int) -> None:
    attack = an_attack(seed, "coordinator", region=True)
    assert any(figure.cut == "region" for figure in attack.report.figures)
    assert attack.finds(5) == []


@pytest.mark.parametrize("seed", range(300, 310))
def test_answers_that_are_nearly_all_alike_are_no_easier_to_solve_for(seed: int) -> None:
    assert an_attack(seed, "coordinator", points=[5] * 12 + [4, 3]).finds(5) == []


def test_the_attacker_sees_what_an_unprotected_report_gives_away() -> None:
    assert an_attack(3, "analyst").finds(5)


def test_the_attacker_sees_a_rule_that_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the small cells but nothing that complements them (D3): the totals give them back."""

    decide = Gate.decide

    def only_small(self: Gate, things: list[Thing], cuts: Any) -> dict[str, Decision]:
        exact = decide(Gate("analyst", self.k, self.k_public), things, cuts)
        return {
            key: replace(
                one,
                verdicts={
                    cell: replace(verdict, is_shown=verdict.n >= 5, has_spread=verdict.n >= 10) for cell, verdict in one.verdicts.items()
                },
            )
            for key, one in exact.items()
        }

    monkeypatch.setattr(Gate, "decide", only_small)
    broken = [an_attack(seed, "coordinator", gaps=0.0) for seed in range(100, 104)]
    assert all(attack.finds(5) for attack in broken)


def test_the_attacker_sees_an_audit_that_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules alone (D1, D3) miss what two cuts of the same people give together."""
    monkeypatch.setattr("analysis.disclosure._find_leak", lambda *_given: None)
    found = [attack.finds(5) for attack in (an_attack(seed, "coordinator", gaps=0.0) for seed in range(100, 115))]
    assert any(found)
