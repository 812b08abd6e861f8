"""b.1, b.2 and the person-level series, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.columns import Indicator
from analysis.intervals import NPS, SHARE, Scale
from analysis.satisfaction import chosen_values, distribution, recommendation_index, recommendation_values, top_two, top_two_values
from analysis.scores import as_numbers, construct_scores, half_rule, is_valid, reverse, scale_of, straight_liners
from analysis.sources import construct_series, count_answers, indicator_series, item_series

FIVE = Scale(1, 5)


def a_codebook(**rows: dict) -> pd.DataFrame:
    plain = {"kind": "scale", "construct": "", "part": "", "lo": 1, "hi": 5, "step": 1, "reverse": False, "labels": {}}
    return pd.DataFrame([plain | row for row in rows.values()], index=list(rows))


TRUST = a_codebook(
    open={"construct": "TRUST"}, share={"construct": "TRUST"}, guard={"construct": "TRUST", "reverse": True}, fair={"construct": "TRUST"}
)


def test_a_construct_is_the_mean_of_its_reversed_items() -> None:
    people = pd.DataFrame({"open": [4, 1], "share": [5, 1], "guard": [2, 5], "fair": [4, 1]})
    assert construct_scores(people, TRUST, "TRUST").tolist() == [(4 + 5 + 4 + 4) / 4, 1.0]


def test_two_of_four_items_are_half_and_one_is_not() -> None:
    people = pd.DataFrame(
        {"open": [4, 4, None], "share": [None, None, None], "guard": [2, None, None], "fair": [None, None, None]}, dtype=object
    )
    found = construct_scores(people, TRUST, "TRUST")
    assert found[0] == 4.0
    assert np.isnan(found[1])
    assert np.isnan(found[2])


def test_three_items_need_two() -> None:
    items = pd.DataFrame({"a": [1.0, 1.0], "b": [3.0, None], "c": [None, None]})
    assert half_rule(items).tolist()[0] == 2.0
    assert np.isnan(half_rule(items)[1])


def test_items_on_different_scales_are_refused() -> None:
    book = a_codebook(a={"construct": "T"}, b={"construct": "T", "hi": 7})
    with pytest.raises(ValueError, match="different scales"):
        construct_scores(pd.DataFrame({"a": [1], "b": [2]}), book, "T")


def test_a_construct_nobody_asks_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to score"):
        construct_scores(pd.DataFrame({"open": [1]}), TRUST, "LEARNING")


def test_nobody_has_no_scores() -> None:
    assert construct_scores(pd.DataFrame({key: [] for key in TRUST.index}), TRUST, "TRUST").empty


def test_only_points_of_the_scale_are_valid_and_nothing_is_rounded() -> None:
    assert is_valid(pd.Series([0, 1, 5, 6, 2.5, None, "x"]), FIVE).tolist() == [False, True, True, False, False, False, False]
    assert is_valid(pd.Series([0.5, 0.3]), Scale(0, 1, 0.1)).tolist() == [True, True]


def test_numbers_may_come_in_any_column() -> None:
    for column in (pd.Series([1, None], dtype="Int64"), pd.Series([1, None], dtype=object), pd.Series(["1", None])):
        assert as_numbers(column).dtype == "float64"
        assert as_numbers(column)[0] == 1
        assert np.isnan(as_numbers(column)[1])
    with pytest.raises(ValueError, match="x"):
        as_numbers(pd.Series(["x"]))


@given(st.lists(st.integers(0, 10), min_size=1))
def test_reversing_twice_changes_nothing(answers: list[int]) -> None:
    ten = Scale(0, 10)
    assert reverse(reverse(pd.Series(answers), ten), ten).tolist() == answers


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=4, max_size=4), min_size=1, max_size=15))
def test_a_score_lies_within_the_answers_it_is_made_of(rows: list[list[int | None]]) -> None:
    items = pd.DataFrame(rows, columns=list("abcd"), dtype="float64")
    found = half_rule(items)
    known = found.notna()
    assert (known == (items.notna().sum(axis=1) >= 2)).all()
    assert (found[known] >= items.min(axis=1)[known] - 1e-12).all()
    assert (found[known] <= items.max(axis=1)[known] + 1e-12).all()


def test_straight_lining_needs_five_items_and_a_reversed_one() -> None:
    book = a_codebook(a={}, b={}, c={}, d={}, r={"reverse": True}, other={"hi": 10, "lo": 0})
    rows = [[4, 4, 4, 4, 4, 9], [4, 4, 4, 4, None, 9], [4, 4, 4, 4, 2, 9], [3, 3, 3, None, 3, 3], [None] * 6]
    assert straight_liners(pd.DataFrame(rows, columns=list(book.index), dtype=object), book).tolist() == [True, False, False, False, False]


def test_five_same_answers_without_a_reversed_one_are_no_flag() -> None:
    book = a_codebook(a={}, b={}, c={}, d={}, e={}, r={"reverse": True})
    rows = [[4, 4, 4, 4, 4, None], [4, 4, 4, 4, 4, 4], [4, 4, 4, 4, None, 4]]
    assert straight_liners(pd.DataFrame(rows, columns=list(book.index), dtype=object), book).tolist() == [False, True, True]


def test_a_flag_is_nought_to_one() -> None:
    assert scale_of(a_codebook(q={"kind": "flag", "lo": None, "hi": None, "step": None}), ["q"]) == Scale(0, 1)


# ---- distributions, shares and the index ---------------------------------------------------------------------------


def test_a_distribution_counts_every_option_and_nothing_else() -> None:
    found = distribution(pd.Series([1, 5, 5, 4, None, 9]), [1, 2, 3, 4, 5])
    assert (found.counts, found.n, found.pct) == ((1, 0, 0, 1, 2), 4, (25.0, 0.0, 0.0, 25.0, 50.0))
    assert distribution(pd.Series(["b", "a"]), ["a", "b", "c"]).counts == (1, 1, 0)


@given(st.lists(st.integers(1, 5), min_size=1))
def test_percentages_sum_to_a_hundred(answers: list[int]) -> None:
    assert sum(distribution(pd.Series(answers), range(1, 6)).pct) == pytest.approx(100)


def test_the_top_two_of_a_0_to_10_scale_are_9_and_10() -> None:
    assert top_two_values(pd.Series([8, 9, 10, None]), Scale(0, 10)).tolist()[:3] == [0, 100, 100]
    found = top_two(pd.Series([8, 9, 10, None]), Scale(0, 10))
    assert (found.count, found.n) == (2, 3)
    assert top_two(pd.Series([None, None], dtype=object), FIVE) is None


def test_promoters_are_9_and_10_and_detractors_0_to_6() -> None:
    assert recommendation_values(pd.Series(range(11)), Scale(0, 10)).tolist() == [-100] * 7 + [0] * 2 + [100] * 2
    found = recommendation_index(pd.Series(range(11)), Scale(0, 10))
    assert (found.promoters, found.detractors, found.n) == (2, 7, 11)
    assert found.nps == pytest.approx(-500 / 11)
    with pytest.raises(ValueError, match="0 to 10"):
        recommendation_values(pd.Series([1]), FIVE)


def test_a_chosen_answer_may_be_a_word_or_a_number() -> None:
    assert chosen_values(pd.Series(["a", "b", "c"]), ["a", "c"]).tolist() == [100, 0, 100]
    assert chosen_values(pd.Series([1, 0], dtype="Int64"), [1]).tolist() == [100, 0]


# ---- sources of indicators -----------------------------------------------------------------------------------------


PEOPLE = pd.DataFrame({"q": [5, 2, None], "used": ["once", "never", None], "yes": [1, 0, None], "rec": [10, 3, 8]}, dtype=object)
BOOK = a_codebook(
    q={"reverse": True},
    used={"kind": "choice", "lo": None, "hi": None, "step": None, "labels": {"once": {}, "never": {}}},
    yes={"kind": "flag", "lo": None, "hi": None, "step": None},
    rec={"lo": 0, "hi": 10},
)


def test_every_source_of_an_indicator_becomes_one_number_per_person() -> None:
    of = {
        "item": ("q", (), [5, 2], FIVE),
        "share": ("q", (), [100, 0], SHARE),
        "nps": ("rec", (), [100, -100, 0], NPS),
    }
    for source, (key, values, expected, scale) in of.items():
        found = indicator_series(PEOPLE, BOOK, Indicator("i", {}, source, key, values))
        assert found.values.dropna().tolist() == expected
        assert found.scale == scale
    assert indicator_series(PEOPLE, BOOK, Indicator("i", {}, "share", "used", ("once",))).values.dropna().tolist() == [100, 0]
    assert indicator_series(PEOPLE, BOOK, Indicator("i", {}, "share", "yes")).values.dropna().tolist() == [100, 0]
    assert indicator_series(PEOPLE, BOOK, Indicator("i", {}, "manual")) is None


def test_an_item_is_shown_as_it_was_answered_even_when_its_construct_turns_it_round() -> None:
    assert item_series(PEOPLE, BOOK, "q").values.dropna().tolist() == [5, 2]


def test_a_share_of_a_choice_needs_the_answers_that_count() -> None:
    with pytest.raises(ValueError, match="needs the answers"):
        indicator_series(PEOPLE, BOOK, Indicator("i", {}, "share", "used"))


def test_a_count_is_of_people_who_gave_one_of_its_answers() -> None:
    assert count_answers(PEOPLE, Indicator("i", {}, "count", "used", ("once", "never"))) == 2
    assert count_answers(PEOPLE, Indicator("i", {}, "count", "rec")) == 3


def test_a_construct_series_carries_the_scale_of_its_items() -> None:
    people = pd.DataFrame({"open": [4], "share": [5], "guard": [2], "fair": [4]})
    assert construct_series(people, TRUST, "TRUST").scale == FIVE
