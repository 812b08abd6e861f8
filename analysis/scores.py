"""From answers to one number per person: reversing, the half rule, construct scores, flags (measures b.1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.intervals import Scale


def reverse(values: pd.Series, scale: Scale) -> pd.Series:
    """x' = lo + hi - x, at scoring time only; missing stays missing (measures b.1).

    >>> reverse(pd.Series([1, 4, None]), Scale(1, 5)).tolist()
    [5.0, 2.0, nan]
    """
    return scale.lo + scale.hi - as_numbers(values)


def as_numbers(values: pd.Series) -> pd.Series:
    """A column as float64 with NaN for missing, keeping its index. Raises ValueError on anything not a number.

    >>> as_numbers(pd.Series([1, None, 3], dtype="object")).tolist()
    [1.0, nan, 3.0]
    """
    return pd.to_numeric(values, errors="raise").astype("Float64").astype("float64")


def is_valid(values: pd.Series, scale: Scale) -> pd.Series:
    """Which values are points of the scale; missing counts as not valid (measures b.1: never clipped or rounded).

    >>> is_valid(pd.Series([1, 6, 2.5, None]), Scale(1, 5)).tolist()
    [True, False, False, False]
    """
    x = pd.to_numeric(values, errors="coerce").astype("Float64").astype("float64")
    steps = (x - scale.lo) / scale.step
    return (steps - steps.round()).abs().le(1e-9) & x.between(scale.lo, scale.hi)


def half_rule(items: pd.DataFrame, asked: pd.Series | int | None = None) -> pd.Series:
    """Per person, the mean of the answered items if at least ceil(asked / 2) were answered, else missing.

    ``items``: one row per person, one column per item, already reversed, NaN for missing. ``asked``: how many were
    asked of the person; every column when not given. No imputation (measures b.1). Somebody asked nothing has none.

    >>> half_rule(pd.DataFrame({"a": [4, 4, None], "b": [2, None, None], "c": [3, None, 5]})).tolist()
    [3.0, nan, nan]
    """
    needed = np.ceil((items.shape[1] if asked is None else asked) / 2)
    answered = items.notna().sum(axis=1)
    return items.mean(axis=1).where((answered >= needed) & (answered > 0))


def items_of(codebook: pd.DataFrame, construct: str) -> list[str]:
    """The keys of a construct's items, in the order of the codebook.

    >>> book = pd.DataFrame({"construct": ["TRUST", "", "TRUST"]}, index=["a", "b", "c"])
    >>> items_of(book, "TRUST")
    ['a', 'c']
    """
    return [str(key) for key in codebook.index[codebook["construct"] == construct]]


def scale_of(codebook: pd.DataFrame, keys: Sequence[str]) -> Scale:
    """The one scale that all of ``keys`` share. A flag is 0 to 1.

    Raises ValueError when there is no item, an item has no scale, or they differ (refused at design time, b.1).

    >>> book = pd.DataFrame({"kind": ["scale"], "lo": [1], "hi": [5], "step": [1]}, index=["a"])
    >>> scale_of(book, ["a"])
    Scale(lo=1.0, hi=5.0, step=1.0)
    """
    scales = {_scale_of_row(codebook.loc[key]) for key in keys}
    if len(scales) != 1:
        raise ValueError(f"{', '.join(keys) or 'no item'}: {'different scales' if scales else 'nothing to score'}")
    return scales.pop()


def _scale_of_row(row: pd.Series) -> Scale:
    if row["kind"] == "flag":
        return Scale(0.0, 1.0, 1.0)
    step = row["step"] if "step" in row and not pd.isna(row["step"]) else 1.0
    return Scale(float(row["lo"]), float(row["hi"]), float(step))


def scored_item(answers: pd.DataFrame, codebook: pd.DataFrame, key: str) -> pd.Series:
    """One item as floats, reversed if the codebook says so; indexed like ``answers``.

    >>> book = pd.DataFrame({"kind": ["scale"], "lo": [1], "hi": [5], "step": [1], "reverse": [True]}, index=["a"])
    >>> scored_item(pd.DataFrame({"a": [2, 5]}), book, "a").tolist()
    [4.0, 1.0]
    """
    values = as_numbers(answers[key])
    return reverse(values, _scale_of_row(codebook.loc[key])) if bool(codebook.loc[key, "reverse"]) else values


def scored_items(answers: pd.DataFrame, codebook: pd.DataFrame, construct: str) -> pd.DataFrame:
    """The items of a construct, reversed where the codebook says so: rows as ``answers``, one column per item."""
    keys = items_of(codebook, construct)
    scale_of(codebook, keys)
    return pd.DataFrame({key: scored_item(answers, codebook, key) for key in keys}, index=answers.index)


def construct_scores(answers: pd.DataFrame, codebook: pd.DataFrame, construct: str) -> pd.Series:
    """The score of each person on a construct, in points of its items, by the half rule (measures b.1).

    Indexed like ``answers``; missing where fewer than half of the items were answered. Raises ValueError when the
    construct has no items or they are on different scales. TRUST_BETWEEN is scored by ``trust.trust_between``.

    >>> book = pd.DataFrame({"kind": "scale", "construct": "TRUST", "lo": 1, "hi": 5, "step": 1,
    ...                      "reverse": [False, False, True]}, index=["a", "b", "c"])
    >>> construct_scores(pd.DataFrame({"a": [4, 4], "b": [5, None], "c": [1, None]}), book, "TRUST").round(6).tolist()
    [4.666667, nan]
    """
    return half_rule(scored_items(answers, codebook, construct))


def straight_liners(answers: pd.DataFrame, codebook: pd.DataFrame, at_least: int = 5) -> pd.Series:
    """Who gave one same raw answer to all the items answered on a scale: at least 5 of them, a reversed one included.

    A flag, never a deletion (measures b.1). Items are taken scale by scale; those without a construct count too.
    Returns booleans indexed like ``answers``.

    >>> book = pd.DataFrame({"kind": "scale", "lo": 1, "hi": 5, "step": 1, "reverse": [False] * 4 + [True]}, index=list("abcde"))
    >>> straight_liners(pd.DataFrame([[4] * 5, [4, 4, 4, 4, 2]], columns=list("abcde")), book).tolist()
    [True, False]
    """
    flagged = pd.Series(False, index=answers.index)
    asked = codebook[codebook["kind"] == "scale"]
    for _scale, rows in asked.groupby(["lo", "hi", "step"], sort=False):
        raw = pd.DataFrame({key: as_numbers(answers[key]) for key in rows.index}, index=answers.index)
        turned = raw.loc[:, rows["reverse"].astype(bool).to_numpy()].notna().any(axis=1)
        flagged |= (raw.min(axis=1) == raw.max(axis=1)) & (raw.notna().sum(axis=1) >= at_least) & turned
    return flagged
