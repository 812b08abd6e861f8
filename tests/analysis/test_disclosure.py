"""The rules of privacy c.2, one by one, on programmes of a few lines."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.disclosure import Cuts, Decision, Gate, Thing, cuts_of

SPREAD_OUT = [1, 2, 3, 4, 5, 2, 3, 4]  # nobody is unanimous


def some_cuts(groups: dict[str, int], circles: list[str | None] | None = None) -> Cuts:
    """People group by group; "" counts those who gave no group."""
    given = [name or None for name, size in groups.items() for _person in range(size)]
    columns: dict[str, Any] = {"group": ([name for name in groups if name], given)}
    if circles is not None:
        columns["circle"] = (["core", "extended"], circles)
    return cuts_of(len(given), columns)


def a_decision(groups: dict[str, int], audience: Any = "coordinator", values: list[float] | None = None, **told: Any) -> Decision:
    cuts = some_cuts(groups, told.pop("circles", None))
    n = sum(groups.values())
    given = np.array((SPREAD_OUT * n)[:n] if values is None else values, dtype=float)
    gate = Gate(audience, told.pop("k", 5), told.pop("k_public", 10))
    return gate.decide([Thing("", np.zeros(n), is_counted=True), Thing("q", given, **told)], cuts)["q"]


def test_four_people_are_hidden_and_the_smallest_shown_group_with_them() -> None:
    decision = a_decision({"police": 83, "ngo": 12, "state": 16, "church": 4})
    assert decision.hidden("group") == {"church", "ngo"}
    assert decision.of().is_shown


def test_a_group_of_one_is_hidden_with_another() -> None:
    assert a_decision({"police": 20, "ngo": 9, "church": 1}).hidden("group") == {"church", "ngo"}


def test_two_small_groups_that_hold_five_between_them_protect_each_other() -> None:
    assert a_decision({"police": 20, "ngo": 9, "church": 3, "state": 2}).hidden("group") == {"church", "state"}


def test_two_small_groups_under_five_between_them_need_a_third() -> None:
    assert a_decision({"police": 20, "ngo": 9, "church": 2, "state": 2}).hidden("group") == {"church", "state", "ngo"}


def test_people_without_a_group_are_a_cell_of_their_own() -> None:
    assert a_decision({"police": 20, "ngo": 9, "": 2}).hidden("group") == {"", "ngo"}
    assert a_decision({"police": 20, "ngo": 9, "": 6}).hidden("group") == set()


def test_nobody_answered_is_nothing_to_show() -> None:
    decision = a_decision({"police": 6, "ngo": 7}, values=[float("nan")] * 13)
    assert not decision.of().is_shown
    assert decision.of().n == 0


def test_a_round_of_four_shows_nothing() -> None:
    decision = a_decision({"police": 4})
    assert not any(verdict.is_shown for verdict in decision.verdicts.values())


def test_a_round_of_one_group_shows_it() -> None:
    assert a_decision({"police": 12, "ngo": 0}).of("group", "police").is_shown


def test_unanimity_of_five_to_nine_people_is_hidden_all_or_all_but_one() -> None:
    mixed = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5] * 2
    for alike in ([5] * 6, [5] * 5 + [3]):
        decision = a_decision({"police": 20, "ngo": 6, "state": 8}, values=[*mixed, *alike, *SPREAD_OUT])
        assert "ngo" in decision.hidden("group")
        assert len(decision.hidden("group")) == 2
    assert "ngo" not in a_decision({"police": 20, "ngo": 6}, values=[*mixed, 5, 5, 5, 5, 3, 3]).hidden("group")


def test_hidden_cells_that_are_unanimous_together_do_not_protect_each_other() -> None:
    values = [*SPREAD_OUT, *SPREAD_OUT, 5, 5, 5, 5, 5, 5]
    assert a_decision({"police": 8, "state": 8, "ngo": 3, "church": 3}, values=values).hidden("group") >= {"ngo", "church", "state"}


def test_five_to_nine_people_have_a_mean_but_no_percentages() -> None:
    verdict = a_decision({"police": 8, "ngo": 7}).of("group", "police")
    assert verdict.is_shown
    assert not verdict.has_spread


def test_percentages_of_a_small_group_do_not_come_back_from_the_total() -> None:
    """7 people have no percentages (D7); the total minus the one other group would give them."""
    decision = a_decision({"police": 30, "ngo": 7})
    assert decision.hidden("group") == set()
    assert decision.hidden("group", spread=True) == {"police", "ngo"}
    assert decision.of().has_spread


def test_ninety_per_cent_on_one_answer_is_bounded_and_does_not_come_back_from_the_total() -> None:
    values = [*([5] * 38), 4, 3, *(SPREAD_OUT * 4), *(SPREAD_OUT * 2)]
    decision = a_decision({"police": 40, "ngo": 32, "state": 16}, values=values)
    assert decision.of("group", "police").top == 5
    assert decision.of("group", "ngo").top is None
    assert not decision.of("group", "state").has_spread
    assert decision.of("group", "ngo").has_spread


def test_outside_the_smallest_group_is_ten() -> None:
    inside = a_decision({"police": 83, "ngo": 12, "state": 16, "church": 9})
    outside = a_decision({"police": 83, "ngo": 12, "state": 16, "church": 9}, "public")
    assert inside.hidden("group") == set()
    assert outside.hidden("group") == {"church", "ngo"}


def test_a_sensitive_question_asks_for_ten_inside_as_well() -> None:
    assert a_decision({"police": 20, "ngo": 12, "church": 9}, is_sensitive=True).hidden("group") == {"church", "ngo"}


@pytest.mark.parametrize("seed", range(20))
def test_what_is_hidden_inside_is_hidden_outside(seed: int) -> None:
    rng = np.random.default_rng(seed)
    groups = {f"g{place}": int(rng.integers(1, 16)) for place in range(6)}
    inside, outside = a_decision(groups), a_decision(groups, "public")
    assert inside.hidden("group") <= outside.hidden("group")
    assert inside.hidden("group", spread=True) <= outside.hidden("group", spread=True)


def test_two_cuts_of_the_same_people_are_audited_together() -> None:
    """Police and ngo less the core leaves the two police who are not of the core."""
    circles = [*["core"] * 6, *["extended"] * 2, *["core"] * 8, *["extended"] * 9]
    decision = a_decision({"police": 8, "ngo": 8, "state": 9}, circles=circles)
    assert decision.hidden("group") or decision.hidden("circle")


def test_a_construct_and_its_only_hidden_item_are_not_told_apart() -> None:
    cuts = some_cuts({"police": 20, "ngo": 6, "state": 8})
    rng = np.random.default_rng(5)
    items = {key: rng.permutation((SPREAD_OUT * 5)[:34]).astype(float) for key in ("a", "b", "c")}
    items["a"][20:26] = 5  # the six of the ngo agree on a
    things = [
        Thing("", np.zeros(34), is_counted=True),
        Thing("T", np.mean(list(items.values()), axis=0), items=("a", "b", "c")),
        *(Thing(key, values) for key, values in items.items()),
    ]
    found = Gate("coordinator").decide(things, cuts)
    assert "ngo" in found["a"].hidden("group")
    assert sum("ngo" in found[key].hidden("group") for key in ("T", "a", "b", "c")) >= 2


def test_a_column_that_is_closed_closes_whatever_would_give_it_back() -> None:
    cuts = some_cuts({"police": 20, "ngo": 20})
    rng = np.random.default_rng(5)
    items = {key: rng.integers(1, 6, 40).astype(float) for key in ("a", "b")}
    things = [
        Thing("", np.zeros(40), is_counted=True),
        Thing("T", (items["a"] + items["b"]) / 2, items=("a", "b")),
        Thing("a", items["a"], is_closed=True),
        Thing("b", items["b"]),
    ]
    found = Gate("coordinator").decide(things, cuts)
    assert not found["a"].of().is_shown
    assert not found["T"].of().is_shown
    assert found["b"].of().is_shown


def test_an_item_that_one_person_left_blank_keeps_its_n() -> None:
    cuts = some_cuts({"police": 20, "ngo": 20})
    rng = np.random.default_rng(5)
    items = {key: rng.integers(1, 6, 40).astype(float) for key in ("a", "b")}
    items["a"][0] = np.nan
    things = [
        Thing("", np.zeros(40), is_counted=True),
        Thing("T", np.nanmean(list(items.values()), axis=0), items=("a", "b")),
        *(Thing(key, values) for key, values in items.items()),
    ]
    found = Gate("coordinator").decide(things, cuts)
    assert not found["a"].of().has_n
    assert found["a"].of("group", "ngo").has_n
    assert found["b"].of().has_n


def test_the_analyst_sees_every_cell() -> None:
    decision = a_decision({"police": 20, "church": 1}, "analyst", values=[5.0] * 21)
    assert all(verdict.is_shown and verdict.has_spread and verdict.top is None for verdict in decision.verdicts.values())


def test_a_programme_may_raise_k_but_not_lower_it() -> None:
    assert a_decision({"police": 20, "ngo": 7, "state": 12}, k=8).hidden("group") == {"ngo", "state"}
    with pytest.raises(ValueError, match="never lower"):
        Gate("coordinator", 4)
