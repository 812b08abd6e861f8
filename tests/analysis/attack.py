"""The attacker of privacy c.3: knows who is in which cell, reads every figure of a report, and solves what can be solved.

Written apart from ``analysis.disclosure``: it starts from the figures of the report, one unknown per person and item,
and asks of every set of fewer than k people whether the sum of their answers follows from what is shown. Means are taken
as exact, whatever they were rounded to. It does not know who left an item blank: where n is kept back (D9), the mean of an
unknown number of people is no equation; elsewhere it may use who answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.columns import Plan
from analysis.figures import Figure, Report

Found = tuple[str, str, tuple[str, ...]]  # round, what was solved for, the people (responses)


@dataclass(frozen=True)
class Attack:
    """Everything the attacker knows: who is in which cell, and the report."""

    answers: pd.DataFrame
    codebook: pd.DataFrame
    plan: Plan
    report: Report

    def finds(self, k: int) -> list[Found]:
        """The sets of fewer than ``k`` people that are solved for: means by ``k``, percentages by at least 10."""
        return [found for one in self.plan.rounds for found in (*self._means(one.key, k), *self._shares(one.key, max(k, 10)))]

    # --- who is where

    def _here(self, round_: str) -> pd.DataFrame:
        return self.answers[self.answers["round"] == round_].reset_index(drop=True)

    def _inside(self, here: pd.DataFrame, cut: str, value: str | None) -> np.ndarray:
        if cut == "total":
            return np.ones(len(here), dtype=bool)
        column = here[cut].astype(object).where(here[cut].notna(), "").to_numpy()
        known = self._known(cut)
        return np.array([(one if one in known else "") == value for one in column])

    def _known(self, cut: str) -> set[str]:
        listed = {"group": [group.key for group in self.plan.groups], "circle": ["core", "extended"]}
        return set(listed.get(cut) or next(list(one.values) for one in self.plan.cuts if one.key == cut))

    # --- means

    def _families(self) -> Iterator[tuple[str | None, list[str]]]:
        asked = self.codebook[self.codebook["kind"] == "scale"]
        for construct in dict.fromkeys(asked["construct"]):
            keys = [str(key) for key in asked.index[asked["construct"] == construct]]
            yield from [(construct, keys)] if construct else [(None, [key]) for key in keys]

    def _means(self, round_: str, k: int) -> Iterator[Found]:
        here = self._here(round_)
        for construct, keys in self._families():
            there = here[keys].notna().to_numpy()
            answered = there.sum(axis=1)
            scored = answered >= np.ceil(len(keys) / 2)
            of: dict[str, np.ndarray] = {}  # each measured thing as weights, people x items
            for place, key in enumerate(keys):
                of[key] = np.where(np.arange(len(keys)) == place, there, False).astype(float)
            if construct:
                of[construct] = np.where(scored[:, None], there / np.maximum(answered, 1)[:, None], 0.0)
            rows = [row for name, weights in of.items() for row in self._equations(here, round_, name, name == construct, weights)]
            yield from _solved(round_, here, rows, of, k)
            yield from self._unanimous(round_, here, rows, of)

    def _unanimous(self, round_: str, here: pd.DataFrame, rows: list[np.ndarray], of: dict[str, np.ndarray]) -> Iterator[Found]:
        """Cells of 5 to 9 people who all, or all but one, gave the same answer (D7) and are solved for."""
        for name, weights in of.items():
            given = here[name] if name in here else here[[key for key in of if key in here]].mean(axis=1)
            for cut, value in [(name, one) for name in ("group", "circle") for one in (*self._known(name), "")]:
                people = np.flatnonzero(self._inside(here, cut, value) & weights.any(axis=1))
                if 5 <= len(people) < 10 and given.iloc[people].round(9).value_counts().iloc[0] >= len(people) - 1:
                    yield from _solved(round_, here, rows, {name: weights}, 0, [people.tolist()])

    def _equations(self, here: pd.DataFrame, round_: str, name: str, is_construct: bool, weights: np.ndarray) -> Iterator[np.ndarray]:
        of = {"construct" if is_construct else "item": name, "indicator": None}
        valid = weights.any(axis=1)
        shown: dict[str, bool] = {}
        is_countable = True
        for figure in self.report.find(metric="mean", round=round_, **of):
            if figure.cut == "group":
                shown[figure.group or ""] = not figure.suppressed
                is_countable = is_countable and (figure.suppressed or figure.n is not None)
            if _is_told(figure) and figure.n is not None:
                yield (weights * self._inside(here, figure.cut, figure.group)[:, None]).ravel()
        for figure in self.report.find(metric="fixed_mix_mean", round=round_, **of):
            if _is_told(figure) and figure.n is not None and is_countable:
                yield (weights * self._mix_weights(here, valid, shown)[:, None]).ravel()
        for figure in self.report.find(metric="trust_mean", round=round_, item=name):
            if _is_told(figure) and figure.n is not None:
                yield (weights * self._inside(here, "group", figure.group)[:, None]).ravel()

    def _mix_weights(self, here: pd.DataFrame, valid: np.ndarray, shown: dict[str, bool]) -> np.ndarray:
        """What each person weighs in a fixed mix: hidden cells are one, those outside the mix included (D17)."""
        found = np.zeros(len(here))
        hidden = [group for group, is_shown in shown.items() if not is_shown and (valid & self._inside(here, "group", group)).any()]
        pool, share = np.zeros(len(here), dtype=bool), 0.0
        for group, weight in self.plan.mix.items():
            people = valid & self._inside(here, "group", group)
            if group in hidden:
                share += weight
            elif people.any():
                found += people * weight / people.sum()
        if share:
            for group in hidden:
                pool |= valid & self._inside(here, "group", group)
            found += pool * share / pool.sum()
        return found

    # --- percentages

    def _shares(self, round_: str, k: int) -> Iterator[Found]:
        here = self._here(round_)
        for key in self.codebook.index[self.codebook["kind"].isin(["scale", "choice", "flag"])]:
            valid = here[key].notna().to_numpy(dtype=float)[:, None]
            told: dict[tuple[str, str | None], bool] = {}
            for figure in self.report.find(metric="pct", item=str(key), round=round_):
                told[(figure.cut, figure.group)] = _is_told(figure) or told.get((figure.cut, figure.group), False)
            rows = [(valid * self._inside(here, *cell)[:, None]).ravel() for cell, is_told in told.items() if is_told]
            shown = {group or "": is_told for (cut, group), is_told in told.items() if cut == "group"}
            for indicator in self.plan.indicators:
                level = self.report.first(metric="fixed_mix_mean", indicator=indicator.code, round=round_)
                if indicator.of == key and indicator.source in ("share", "nps") and level is not None and _is_told(level):
                    rows.append((valid * self._mix_weights(here, valid[:, 0] > 0, shown)[:, None]).ravel())
            yield from _solved(round_, here, rows, {f"{key} %": valid}, k)


def _is_told(figure: Figure) -> bool:
    return not figure.suppressed and isinstance(figure.value, int | float)


def _solved(
    round_: str, here: pd.DataFrame, rows: list[np.ndarray], of: dict[str, np.ndarray], k: int, more: list[list[int]] | None = None
) -> Iterator[Found]:
    """Every set of fewer than k people, and of ``more`` sets, whose sum of something follows from the rows."""
    if not rows:
        return
    matrix = np.stack(rows)
    _left, strength, right = np.linalg.svd(matrix, full_matrices=True)
    null = right[int((strength > 1e-9).sum()) :]
    ids = here["response"].tolist()
    for name, weights in of.items():
        for people in (*_candidates(matrix, null, weights, k), *(more or [])):
            wanted = np.zeros_like(weights)
            wanted[people] = weights[people]
            if np.abs(null @ wanted.ravel()).max(initial=0.0) < 1e-8:
                yield round_, name, tuple(ids[person] for person in people)


def _candidates(matrix: np.ndarray, null: np.ndarray, weights: np.ndarray, k: int) -> Iterator[list[int]]:
    """Unions, of fewer than k people, of people whom no equation tells apart, whose sums cast no shadow on what is open."""
    atoms = [atom for atom in _alike(matrix, weights) if len(atom) < k]
    shadow = null.T @ np.random.default_rng(7).standard_normal(len(null))
    casts = [float(sum((weights[one] * shadow.reshape(weights.shape)[one]).sum() for one in atom)) for atom in atoms]
    unions: list[tuple[float, int, tuple[int, ...]]] = [(0.0, 0, ())]
    for place, atom in enumerate(atoms):
        more = [(cast + casts[place], n + len(atom), (*parts, place)) for cast, n, parts in unions if n + len(atom) < k]
        yield from ([one for part in parts for one in atoms[part]] for cast, _n, parts in more if abs(cast) < 1e-7)
        unions += more


def _alike(matrix: np.ndarray, weights: np.ndarray) -> list[list[int]]:
    width = weights.shape[1]
    found: dict[tuple[float, ...], list[int]] = {}
    for person in np.flatnonzero(weights.any(axis=1)):
        columns = matrix[:, person * width : (person + 1) * width]
        found.setdefault((*np.round(columns, 10).ravel(), *weights[person]), []).append(int(person))
    return list(found.values())
