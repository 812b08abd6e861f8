"""Who trusts whom: directed trust between stakeholder groups (measures a.1, a.4).

Each person is asked about every other group, never about their own. The score TRUST_BETWEEN of a person is the mean
over the other groups answered; it feeds the matrix and is never averaged into TRUST.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.scores import half_rule, items_of, scored_items

TRUST_BETWEEN = "TRUST_BETWEEN"


@dataclass(frozen=True)
class TrustCell:
    """What the people of ``group`` answered about ``to_group``: mean in points (None when n is 0), n people."""

    group: str
    to_group: str
    mean: float | None
    n: int


def trust_columns(codebook: pd.DataFrame, construct: str = TRUST_BETWEEN) -> dict[str, str]:
    """The column that asks about each group: {group: key}. The part of the column names the group.

    >>> book = pd.DataFrame({"construct": ["TRUST_BETWEEN"] * 2, "part": ["police", "church"]}, index=["tr/police", "tr/church"])
    >>> trust_columns(book)
    {'police': 'tr/police', 'church': 'tr/church'}
    """
    return {str(codebook.loc[key, "part"]): key for key in items_of(codebook, construct)}


def trust_items(answers: pd.DataFrame, codebook: pd.DataFrame, construct: str = TRUST_BETWEEN) -> pd.DataFrame:
    """Trust in each group, one column per group, rows as ``answers``; what a person said of their own is left out."""
    keys = trust_columns(codebook, construct)
    items = scored_items(answers, codebook, construct)
    items.columns = pd.Index(list(keys))
    own = pd.DataFrame({group: (answers["group"] == group).fillna(False).astype(bool) for group in keys}, index=answers.index)
    return items.mask(own)


def trust_between(answers: pd.DataFrame, codebook: pd.DataFrame, construct: str = TRUST_BETWEEN) -> pd.Series:
    """Per person, the mean trust in the other groups, if at least half of the groups asked were answered (a.4, b.1).

    Asked: every group but the person's own and those whose ``<key>:why`` says ``not_asked``. Indexed like
    ``answers``, in points of the item's scale.

    >>> book = pd.DataFrame({"kind": "scale", "construct": "TRUST_BETWEEN", "part": ["a", "b", "c"], "lo": 1, "hi": 5,
    ...                      "step": 1, "reverse": False}, index=["t/a", "t/b", "t/c"])
    >>> people = pd.DataFrame({"group": ["a", "a", None], "t/a": [5, None, 3], "t/b": [2, 4, None], "t/c": [4, None, None]})
    >>> trust_between(people, book).tolist()
    [3.0, 4.0, nan]
    """
    items = trust_items(answers, codebook, construct)
    asked = pd.Series(0, index=answers.index)
    for group, key in trust_columns(codebook, construct).items():
        why = answers.get(f"{key}:why")
        skipped = False if why is None else (why == "not_asked").fillna(False).astype(bool)
        asked = asked + (~((answers["group"] == group).fillna(False).astype(bool) | skipped)).astype(int)
    return half_rule(items, asked)


def trust_matrix(
    answers: pd.DataFrame, codebook: pd.DataFrame, groups: Sequence[str], construct: str = TRUST_BETWEEN
) -> tuple[TrustCell, ...]:
    """The directed matrix: for each group of ``groups`` (row) and each other group asked about (column), mean and n.

    Plain means of valid answers. The diagonal is left out. ``answers`` is usually one round. Which cells may be seen
    is the business of disclosure (D10).

    >>> book = pd.DataFrame({"kind": "scale", "construct": "TRUST_BETWEEN", "part": ["a", "b"], "lo": 1, "hi": 5,
    ...                      "step": 1, "reverse": False}, index=["t/a", "t/b"])
    >>> people = pd.DataFrame({"group": ["a", "a", "b"], "t/a": [None, None, None], "t/b": [2, 4, None]})
    >>> [(cell.group, cell.to_group, cell.mean, cell.n) for cell in trust_matrix(people, book, ["a", "b"])]
    [('a', 'b', 3.0, 2), ('b', 'a', None, 0)]
    """
    items = trust_items(answers, codebook, construct)
    rows = {group: items[(answers["group"] == group).fillna(False).astype(bool)] for group in groups}
    return tuple(
        TrustCell(group, other, _mean(rows[group][other]), int(rows[group][other].notna().sum()))
        for group in groups
        for other in items.columns
        if other != group
    )


def _mean(values: pd.Series) -> float | None:
    found = float(values.mean())
    return None if np.isnan(found) else found
