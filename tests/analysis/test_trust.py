"""The directed matrix and TRUST_BETWEEN (measures a.1, a.4), by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.sources import construct_series
from analysis.trust import trust_between, trust_columns, trust_matrix

GROUPS = ["police", "company", "community", "church"]
BOOK = pd.DataFrame(
    {"kind": "scale", "construct": "TRUST_BETWEEN", "part": GROUPS, "lo": 1, "hi": 5, "step": 1, "reverse": False},
    index=[f"tr/{group}" for group in GROUPS],
)


def some_people(*rows: tuple) -> pd.DataFrame:
    """(group, then an answer about each group, None for none)."""
    return pd.DataFrame(rows, columns=["group", *BOOK.index], dtype=object)


def test_the_column_of_each_group_is_known_by_its_part() -> None:
    assert trust_columns(BOOK)["church"] == "tr/church"


def test_nobodys_trust_in_their_own_group_counts() -> None:
    people = some_people(("police", 5, 2, 3, 4), ("church", 1, 2, 3, 5))
    assert trust_between(people, BOOK).tolist() == [3.0, 2.0]
    assert ("police", "police") not in {(cell.group, cell.to_group) for cell in trust_matrix(people, BOOK, GROUPS)}


def test_half_of_the_three_groups_asked_are_two() -> None:
    people = some_people(("police", None, 2, 4, None), ("police", None, 2, None, None), ("police", 5, 2, None, None))
    found = trust_between(people, BOOK)
    assert found[0] == 3.0
    assert np.isnan(found[1])
    assert np.isnan(found[2])


def test_a_person_without_a_group_was_asked_about_all_four() -> None:
    found = trust_between(some_people((None, 1, 3, None, None), (None, 1, None, None, None)), BOOK)
    assert found[0] == 2.0
    assert np.isnan(found[1])


def test_groups_that_were_not_asked_do_not_raise_the_bar() -> None:
    people = some_people(("police", None, 4, None, None))
    people["tr/community:why"] = "not_asked"
    people["tr/church:why"] = "not_asked"
    assert trust_between(people, BOOK).tolist() == [4.0]


def test_the_matrix_is_directed() -> None:
    people = some_people(("police", None, 5, 4, 3), ("police", None, 4, 4, None), ("company", 1, None, 2, None))
    cells = {(cell.group, cell.to_group): (cell.mean, cell.n) for cell in trust_matrix(people, BOOK, GROUPS)}
    assert cells["police", "company"] == (4.5, 2)
    assert cells["company", "police"] == (1.0, 1)
    assert cells["police", "church"] == (3.0, 1)
    assert cells["church", "police"] == (None, 0)
    assert len(cells) == 12


def test_a_group_that_nobody_is_asked_about_has_a_row_and_no_column() -> None:
    people = some_people(("visitors", 3, 3, 3, 3))
    cells = trust_matrix(people, BOOK, [*GROUPS, "visitors"])
    assert {cell.to_group for cell in cells} == set(GROUPS)
    assert sum(cell.n for cell in cells if cell.group == "visitors") == 4


def test_the_series_of_trust_between_uses_its_own_rule() -> None:
    people = some_people(("police", 5, 2, 4, None))
    assert construct_series(people, BOOK, "TRUST_BETWEEN").values.tolist() == [3.0]
