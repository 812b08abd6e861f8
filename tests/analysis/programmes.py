"""Tiny programmes for the tests of disclosure and report: frames and plans made from a few lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analysis.columns import Group, Indicator, Plan, Round

BASICS = ("response", "round", "date", "group", "circle", "person")
DAYS = {"r1": date(2025, 3, 1), "r2": date(2025, 9, 1), "r3": date(2026, 3, 1), "r4": date(2026, 9, 1)}


def an_item(key: str, construct: str = "", **told: Any) -> dict[str, Any]:
    """A row of the codebook; a 1 to 5 scale unless told otherwise."""
    usual = {"kind": "scale", "lo": 1.0, "hi": 5.0, "step": 1.0, "reverse": False, "sensitive": False, "label": {"en": key}, "labels": {}}
    question, _slash, part = key.partition("/")
    return {"key": key, "question": question, "part": part, "construct": construct, **usual, **told}


def a_codebook(*items: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(items)).set_index("key")


def answers_of(codebook: pd.DataFrame, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Answers from dicts: round, group, and one entry per column; what is missing is blank unless ``key:why`` says."""
    found = []
    for number, row in enumerate(rows):
        one = {"response": f"id{number}", "round": "r1", "circle": None, "person": None, "group": None, **row}
        one["date"] = DAYS[one["round"]]
        for key in codebook.index:
            there = row.get(key) is not None
            one[key] = row.get(key)
            one[f"{key}:why"] = None if there else row.get(f"{key}:why", "blank")
        found.append(one)
    columns = [*BASICS, *(name for key in codebook.index for name in (key, f"{key}:why"))]
    frame = pd.DataFrame(found, columns=columns, dtype=object)
    numbers = [key for key in codebook.index if codebook.loc[key, "kind"] in ("scale", "flag", "rank", "number")]
    return frame.astype(dict.fromkeys(numbers, float))


def a_plan(sizes: Mapping[str, float], rounds: Sequence[str] = ("r1",), **told: Any) -> Plan:
    """A plan whose groups and mix are ``sizes``: group -> members."""
    whole = sum(sizes.values())
    usual: dict[str, Any] = {
        "groups": tuple(Group(key, {"en": key}, int(members)) for key, members in sizes.items()),
        "mix": {key: members / whole for key, members in sizes.items()},
        "rounds": tuple(Round(key, {"en": key}, DAYS[key], told.get("invited")) for key in rounds),
    }
    return Plan(
        "prog", "trust", {"en": "Trust"}, ("en", "es"), **{**usual, **{key: value for key, value in told.items() if key != "invited"}}
    )


def people(group: str | None, values: Sequence[Any], round_: str = "r1", key: str = "q", **more: Any) -> list[dict[str, Any]]:
    """One person per value."""
    return [{"group": group, "round": round_, key: value, **more} for value in values]


def random_people(rng: np.random.Generator, group: str | None, n: int, keys: Sequence[str], round_: str = "r1") -> list[dict[str, Any]]:
    return [{"group": group, "round": round_, **{key: int(rng.integers(1, 6)) for key in keys}} for _ in range(n)]


def an_indicator(code: str = "trust", of: str = "TRUST", **told: Any) -> Indicator:
    usual: dict[str, Any] = {"source": "construct", "target": 4.0, "baseline": 2.5, "baseline_on": DAYS["r1"], "due_on": date(2027, 3, 1)}
    return Indicator(code, {"en": code}, of=of, **{**usual, **told})
