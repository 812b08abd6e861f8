"""From answers to the person-level series that indicators and trends are made of (measures b.9 "y", e "source")."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.columns import Indicator
from analysis.intervals import NPS, SHARE, Scale
from analysis.satisfaction import chosen_values, recommendation_values, top_two_values
from analysis.scores import as_numbers, construct_scores, items_of, scale_of
from analysis.trust import TRUST_BETWEEN, trust_between


@dataclass(frozen=True)
class PersonLevel:
    """One number per answer, indexed like the answers (NaN missing), and the scale it lives on."""

    values: pd.Series
    scale: Scale


def construct_series(answers: pd.DataFrame, codebook: pd.DataFrame, construct: str) -> PersonLevel:
    """The scores of a construct, TRUST_BETWEEN by its own rule (measures a.4, b.1). Raises ValueError without items.

    >>> book = pd.DataFrame({"kind": "scale", "construct": "TRUST", "lo": 1, "hi": 5, "step": 1, "reverse": False}, index=["a"])
    >>> construct_series(pd.DataFrame({"a": [3, None]}), book, "TRUST").values.tolist()
    [3.0, nan]
    """
    scale = scale_of(codebook, items_of(codebook, construct))
    score = trust_between if construct == TRUST_BETWEEN else construct_scores
    return PersonLevel(score(answers, codebook, construct), scale)


def item_series(answers: pd.DataFrame, codebook: pd.DataFrame, key: str) -> PersonLevel:
    """One item as it was answered, not reversed (reversal is for constructs only, measures b.1)."""
    return PersonLevel(as_numbers(answers[key]), scale_of(codebook, [key]))


def share_series(answers: pd.DataFrame, codebook: pd.DataFrame, key: str, values: tuple[str, ...] = ()) -> PersonLevel:
    """0 or 100 per person: one of ``values`` given; without them the two highest points, or yes for a flag (b.4, b.9).

    Raises ValueError for a choice without ``values``.

    >>> book = pd.DataFrame({"kind": ["choice"], "lo": [None], "hi": [None], "step": [None]}, index=["used"])
    >>> share_series(pd.DataFrame({"used": ["never", "once", None]}), book, "used", ("once", "often")).values.tolist()
    [0.0, 100.0, nan]
    """
    kind = codebook.loc[key, "kind"]
    if values or kind == "flag":
        return PersonLevel(chosen_values(answers[key], values or (1,)), SHARE)
    if kind != "scale":
        raise ValueError(f"{key}: a share of a {kind} needs the answers that count")
    return PersonLevel(top_two_values(answers[key], scale_of(codebook, [key])), SHARE)


def nps_series(answers: pd.DataFrame, codebook: pd.DataFrame, key: str) -> PersonLevel:
    """-100, 0 or 100 per person (measures b.5, b.9). Raises ValueError unless asked from 0 to 10."""
    return PersonLevel(recommendation_values(answers[key], scale_of(codebook, [key])), NPS)


def indicator_series(answers: pd.DataFrame, codebook: pd.DataFrame, indicator: Indicator) -> PersonLevel | None:
    """The person-level series of an indicator's source; None for count and manual, which are no averages of people.

    Raises KeyError for an item, ValueError for a construct, that the codebook does not know.
    """
    if indicator.source == "construct":
        return construct_series(answers, codebook, indicator.of)
    if indicator.source == "item":
        return item_series(answers, codebook, indicator.of)
    if indicator.source == "share":
        return share_series(answers, codebook, indicator.of, indicator.values)
    if indicator.source == "nps":
        return nps_series(answers, codebook, indicator.of)
    return None


def count_answers(answers: pd.DataFrame, indicator: Indicator) -> int:
    """How many people gave one of the indicator's ``values`` (any answer when it names none); usually of one round.

    >>> count_answers(pd.DataFrame({"used": ["never", "once", None]}), Indicator("c", {}, "count", "used", ("once",)))
    1
    """
    given = answers[indicator.of]
    return int((chosen_values(given, indicator.values) > 0).sum()) if indicator.values else int(given.notna().sum())
