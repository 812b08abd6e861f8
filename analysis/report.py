"""Make the report: every figure of a survey for one audience, through the one gate, rounded as that audience may see it.

The figures and their names are listed in ``analysis.figures.METRICS``. Nothing here decides what may be shown: that is
``analysis.disclosure``; nothing here defines a measure: those are in the modules named for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd

from analysis.change import default_delta, words_for_change
from analysis.columns import Audience, FrameError, Indicator, Plan, check_frame
from analysis.disclosure import EXACT_PERCENT, SPREAD, TOTAL, Cell, Decision, Gate, Verdict
from analysis.expected import Judgement, is_due_unmeasured, judge, judge_stated
from analysis.figures import METRICS, Figure, Measured, Report
from analysis.intervals import BoundedMean, Scale, bounded_from_spread, bounded_from_sums, recommendation, wilson
from analysis.measuring import Seen, Source, construct_key, look, sources
from analysis.participation import response_rate, tipping_point
from analysis.rounding import Precision
from analysis.sources import count_answers, indicator_series
from analysis.trends import FixedMix, Level, Line, fixed_mix, raw_change

__all__ = ["METRICS", "Figure", "Measured", "Report", "make_report"]

OWN_UNITS = {"construct": "points", "item": "points", "share": "percent", "nps": "nps", "count": "people", "manual": "stated"}


def make_report(answers: pd.DataFrame, codebook: pd.DataFrame, plan: Plan, audience: Audience, today: date) -> Report:
    """All figures of one survey (frames and plan as ``analysis.columns`` defines them) for one audience.

    Rounds of the plan are closed ones (D5). Raises FrameError when the frames break their contract; an indicator of a
    question that the survey does not ask is no fault: it has no evidence. The analyst's report is exact and whole; the
    others are protected, and rounded last: statuses and probabilities are computed from unrounded protected values.
    """
    faults = [fault for fault in check_frame(answers, codebook, plan) if fault.kind != "source_unknown"]
    if faults:
        raise FrameError(faults)
    answers = answers.reset_index(drop=True)
    gate = Gate(audience, plan.k, max(plan.k_public, plan.k))
    found = sources(answers, codebook, plan)
    maker = _Maker(answers, codebook, plan, gate, Precision(audience), today, found, look(answers, plan, found, gate))
    if audience == "public" and plan.indicators:
        maker = replace(maker, decided=_statuses_inside(maker))
    place = _Places(plan)
    figures = tuple(place.placed(figure) for figure in maker.figures())
    constructs = {source.measured.key: source.measured for source in found.values() if source.is_construct}
    items = {source.key: source.measured for source in found.values() if not source.is_construct}
    return Report(plan, audience, today, figures, constructs, items)


def _statuses_inside(public: _Maker) -> dict[tuple[str, str], Figure]:
    """The status of every indicator and round as the coordinator sees it: a round has one status, inside and outside."""
    gate = replace(public.gate, audience="coordinator")
    seen = look(public.answers, public.plan, public.sources, gate)
    inside = replace(public, gate=gate, said=Precision("coordinator"), seen=seen)
    told = (figure for indicator in public.plan.indicators for figure in inside.indicator(indicator) if figure.metric == "status")
    return {(figure.indicator or "", figure.round or ""): figure for figure in told}


class _Places:
    """Where each figure belongs: the segment of its series and the version of the form that its round asked."""

    def __init__(self, plan: Plan) -> None:
        self.versions = {one.key: one.version for one in plan.rounds}
        self.indicators = {one.code: series_of(one) for one in plan.indicators}
        self.numbers = {
            of: {key: number for number, keys in enumerate(plan.segments(of), start=1) for key in keys}
            for of in {turn.of for turn in plan.turns}
        }

    def placed(self, figure: Figure) -> Figure:
        if figure.round not in self.versions:
            return figure
        of = self.indicators.get(figure.indicator or "") or (construct_key(figure.construct) if figure.construct else figure.item)
        segment = self.numbers.get(of, {}).get(figure.round, 1) if of else None
        return replace(figure, segment=segment, version=self.versions[figure.round])


@dataclass(frozen=True)
class _Maker:
    """What every family of figures reads. ``decided``: statuses by indicator and round that were settled elsewhere."""

    answers: pd.DataFrame
    codebook: pd.DataFrame
    plan: Plan
    gate: Gate
    said: Precision
    today: date
    sources: dict[str, Source]
    seen: dict[str, Seen]
    decided: dict[tuple[str, str], Figure] = field(default_factory=dict)

    def figures(self) -> Iterator[Figure]:
        yield from self.participation()
        for source in self.sources.values():
            yield from self.levels(source)
            yield from self.raw_changes(source)
        yield from self.trust()
        for source in self.sources.values():
            yield from self.fixed_mixes(source)
        for indicator in self.plan.indicators:
            yield from self.indicator(indicator)

    def _parted(self, of: str, rounds: Collection[str]) -> list[tuple[str, ...]]:
        """Those of ``rounds`` that each segment of a series has, segments without any left out."""
        parted = (tuple(key for key in keys if key in rounds) for keys in self.plan.segments(of))
        return [keys for keys in parted if keys]

    def _begins_on(self, of: str, round_: str) -> date | None:
        """The day on which the segment of a round began, if it began with a break."""
        segments = self.plan.segments(of)
        first = segments[self.plan.segment(of, round_) - 1][0]
        return None if first == segments[0][0] else next(one.on for one in self.plan.rounds if one.key == first)

    # --- who answered

    def participation(self) -> Iterator[Figure]:
        """Forms handed in, people invited, response rate: of everyone, then of each cell; groups only are invited."""
        invited = {one.key: one.invited for one in self.plan.rounds}
        for seen in self.seen.values():
            withheld = self._rates_withheld(seen.forms, invited[seen.round] or {})
            for cell, verdict in seen.forms.verdicts.items():
                if cell[0] != TOTAL and not cell[1] and not verdict.n:
                    continue  # nobody is outside the list
                where = self._where(seen.round, cell)
                yield self._people("n_submitted", verdict.n, verdict, where)
                if invited[seen.round] is not None and cell[0] in (TOTAL, "group") and not (cell[0] == "group" and not cell[1]):
                    yield from self._response(cell, verdict, invited[seen.round] or {}, cell[1] in withheld, where)

    def _response(
        self, cell: Cell, verdict: Verdict, invited: dict[str, int], is_withheld: bool, where: dict[str, Any]
    ) -> Iterator[Figure]:
        asked = self._asked(where["round"], invited) if cell[0] == TOTAL else invited.get(cell[1])
        rate = response_rate(verdict.n, asked)
        if asked is None or rate.share is None:
            return
        if not self._may_show(verdict):
            yield Figure("n_invited", unit="people", suppressed=True, **where)
            yield Figure("response_rate", unit="percent", suppressed=True, **where)
        elif (people := self.said.people(asked)) and not is_withheld:
            share = 100 * self.said.people(verdict.n) / people  # of the numbers as told: it gives back no others (D8)
            yield Figure("n_invited", value=people, n=people, unit="people", **where)
            yield Figure("response_rate", value=self.said.value(share, "percent"), n=people, unit="percent", **where)
        else:
            yield Figure("n_invited", unit="people", suppressed=True, **where)
            yield Figure("response_rate", value="over_half" if rate.share > 0.5 else "under_half", unit="percent", **where)

    def _asked(self, round_: str, invited: dict[str, int]) -> int | None:
        """Everyone invited; not known where a group answered whose invitations nobody counted."""
        forms = self.seen[round_].forms
        answered = {cell[1] for cell, verdict in forms.verdicts.items() if cell[0] == "group" and cell[1] and verdict.n}
        return sum(invited.values()) if answered <= set(invited) else None

    def _rates_withheld(self, forms: Decision, invited: dict[str, int]) -> set[str]:
        """Groups whose rate D11 keeps back; another with it where the total less the others would give it."""
        known = {group: forms.of("group", group) for group, asked in invited.items() if asked and ("group", group) in forms.verdicts}
        told = [group for group, verdict in known.items() if self._may_show(verdict) and self._may_tell_rate(verdict.n, invited[group])]
        if told and len(told) == len(known) - 1 and not all(known[group].n == 0 for group in known if group not in told):
            told.remove(min(told, key=lambda group: invited[group]))
        return set(known) - set(told)

    def _may_tell_rate(self, n: int, asked: int) -> bool:
        """D11: enough were invited, and the silent are nobody or enough."""
        silent, k = asked - n, self.gate.least
        return self.gate.is_open or (asked >= k and (silent == 0 or silent >= k))

    # --- levels of one round

    def levels(self, source: Source) -> Iterator[Figure]:
        for seen in self.seen.values():
            decision = seen.decisions.get(source.key)
            if decision is None:
                continue
            spread = None if self.gate.is_open else self._pooled_variance(source, seen.round)
            for cell, verdict in decision.verdicts.items():
                if cell[0] != TOTAL and not cell[1] and not seen.forms.of(*cell).n:
                    continue  # nobody is outside the list
                if self._is_crossed(source):
                    continue
                yield from self._cell(source, decision, seen, cell, verdict, spread)

    def _is_crossed(self, source: Source) -> bool:
        """A further cut is not itself crossed with anything, nor counted where its cells are hidden (D4)."""
        return not self.gate.is_open and any(cut.key == source.key for cut in self.plan.cuts)

    def _cell(self, source: Source, decision: Decision, seen: Seen, cell: Cell, verdict: Verdict, spread: float | None) -> Iterator[Figure]:
        where = self._where(seen.round, cell, source)
        if not verdict.n and not seen.forms.of(*cell).n:  # a group that was absent
            yield Figure("n_valid", value=0, n=0, unit="people", **where)
            return
        yield self._people("n_valid", verdict.n, verdict, where, has_n=verdict.has_n)
        yield from self._why(source, seen, cell, verdict, where)
        if source.has_mean:
            yield from self._mean(source, decision, cell, verdict, spread, where)
        if source.options:
            yield from self._spread(source, decision, cell, verdict, where)

    def _mean(
        self, source: Source, decision: Decision, cell: Cell, verdict: Verdict, spread: float | None, where: dict[str, Any]
    ) -> Iterator[Figure]:
        if not self._may_show(verdict):
            yield from (Figure(name, suppressed=True, **where) for name in ("mean", "mean_low95", "mean_high95"))
            return
        if not verdict.n:
            yield Figure("mean", n=0, **where)
            return
        points, counted = decision.points, decision.counts[cell]
        mean = float(points @ counted) / verdict.n
        is_coarse = self._is_coarse(verdict)
        interval = None if is_coarse else self._interval(source, decision, cell, verdict, mean, spread)
        n = self._n(verdict)
        ends = self.said.ends(interval.low, interval.high, "points") if interval else (None, None)
        yield Figure("mean", value=self.said.value(mean, "points", verdict.n, is_coarse), low=ends[0], high=ends[1], n=n, **where)
        for name, end in zip(("mean_low95", "mean_high95"), ends, strict=True):
            yield Figure(name, value=end, n=n, suppressed=end is None and is_coarse, **where)
        if self.gate.is_open:
            yield Figure("sd", value=_sd(points, counted, mean), n=n, **where)
            yield Figure("median", value=float(np.median(np.repeat(points, counted))), n=n, **where)

    def _interval(
        self, source: Source, decision: Decision, cell: Cell, verdict: Verdict, mean: float, spread: float | None
    ) -> BoundedMean | None:
        """b.3; for 5 to 9 people from the pooled within-group variance (D7); with the construct's n where n is kept (D9)."""
        if source.scale is None:
            return None
        n = verdict.n if verdict.has_n else self._n_of_construct(source, cell, decision)
        if not self.gate.is_open and verdict.n < SPREAD:
            return None if spread is None else bounded_from_spread(n, mean, spread, source.scale)
        counted = decision.counts[cell]
        u = (decision.points - source.scale.lo) / source.scale.width
        return bounded_from_sums(n, n * float(u @ counted) / verdict.n, n * float((u * u) @ counted) / verdict.n, source.scale)

    def _n_of_construct(self, source: Source, cell: Cell, decision: Decision) -> int:
        parent = next(one for one in self.sources.values() if source.key in one.items)
        seen = next(seen for seen in self.seen.values() if seen.decisions.get(source.key) is decision)
        return seen.decisions[parent.key].of(*cell).n

    def _pooled_variance(self, source: Source, round_: str) -> float | None:
        """s2 within the groups of the round (b.9); of its whole segment where the round has one group under 10 people."""
        decision = self.seen[round_].decisions[source.key]
        own = _within(decision, self.gate.is_open)
        if own[2] > 1 or decision.of().n >= SPREAD:
            return own[0] / own[1] if own[1] else None
        segment = self.plan.segments(source.key)[self.plan.segment(source.key, round_) - 1]
        found = [self.seen[key].decisions.get(source.key) for key in segment]
        every = [_within(each, self.gate.is_open) for each in found if each is not None]
        squares, df = sum(each[0] for each in every), sum(each[1] for each in every)
        return squares / df if df and len(every) > 1 else None

    # --- options

    def _spread(self, source: Source, decision: Decision, cell: Cell, verdict: Verdict, where: dict[str, Any]) -> Iterator[Figure]:
        if verdict.n and self._may_spread(verdict):
            counts = {option: _count(decision, cell, point) for option, point in source.options.items()}
            for option, count in counts.items():
                yield from self._option(source, option, count, verdict, where)
            yield from self._top_two(source, counts, verdict, where)
            yield from self._index(source, counts, verdict, where)
        elif verdict.n or not self.gate.is_open:
            for option in source.options:
                yield from (Figure(name, option=option, unit=METRICS[name][0], suppressed=True, **where) for name in ("pct", "count"))
            yield from (Figure(name, unit=METRICS[name][0], suppressed=True, **where) for name in self._shares_of(source))

    def _option(self, source: Source, option: str, count: int, verdict: Verdict, where: dict[str, Any]) -> Iterator[Figure]:
        n = self._n(verdict)
        if self._is_coarse(verdict):
            is_top = source.options[option] == verdict.top
            yield Figure(
                "pct",
                option=option,
                value=">= 90 %" if is_top else None,
                n=n if is_top else None,
                unit="percent",
                suppressed=not is_top,
                **where,
            )
            yield Figure("count", option=option, unit="people", suppressed=True, **where)
            return
        share = wilson(count, verdict.n) if source.kind in ("flag", "choice") and verdict.has_n else None
        ends = self.said.ends(100 * share.low, 100 * share.high, "percent", verdict.n) if share else (None, None)
        pct = self.said.value(100 * count / verdict.n, "percent", verdict.n)
        yield Figure("pct", option=option, value=pct, low=ends[0], high=ends[1], n=n, unit="percent", **where)
        if self.gate.is_open or (verdict.has_n and verdict.n >= EXACT_PERCENT):
            yield Figure("count", option=option, value=self.said.people(count), n=n, unit="people", **where)
        else:
            yield Figure("count", option=option, unit="people", suppressed=True, **where)

    def _top_two(self, source: Source, counts: dict[str, int], verdict: Verdict, where: dict[str, Any]) -> Iterator[Figure]:
        if "top2_pct" not in self._shares_of(source) or source.scale is None:
            return
        top = [option for option, point in source.options.items() if point >= source.scale.hi - source.scale.step - 1e-9]
        share = wilson(sum(counts[option] for option in top), verdict.n)
        if self._is_coarse(verdict) or share is None:
            yield Figure("top2_pct", unit="percent", suppressed=True, **where)
            return
        low, high = self.said.ends(100 * share.low, 100 * share.high, "percent", verdict.n)
        value = self.said.value(100 * share.share, "percent", verdict.n)
        yield Figure("top2_pct", value=value, low=low, high=high, n=self._n(verdict), unit="percent", **where)

    def _index(self, source: Source, counts: dict[str, int], verdict: Verdict, where: dict[str, Any]) -> Iterator[Figure]:
        if "nps" not in self._shares_of(source):
            return
        promoters = sum(count for option, count in counts.items() if source.options[option] >= 9)
        detractors = sum(count for option, count in counts.items() if source.options[option] <= 6)
        found = recommendation(promoters, detractors, verdict.n)
        if self._is_coarse(verdict) or found is None:
            yield Figure("nps", unit="nps", suppressed=True, **where)
            return
        low, high = self.said.ends(found.low, found.high, "nps")
        yield Figure("nps", value=self.said.value(found.nps, "nps"), low=low, high=high, n=self._n(verdict), unit="nps", **where)

    def _why(self, source: Source, seen: Seen, cell: Cell, verdict: Verdict, where: dict[str, Any]) -> Iterator[Figure]:
        """Non-response by kind. Protected: of everyone only, and only when no kind is 1 to k-1 people."""
        if source.is_construct or (cell[0] != TOTAL and not self.gate.is_open):
            return
        why = self.answers[f"{source.key}:why"].to_numpy(dtype=object)[seen.rows[seen.cuts.mask(cell)]]
        counts = {f"n_{reason}": int((why == reason).sum()) for reason in ("unknown", "refused", "blank")}
        is_safe = self.gate.is_open or (
            self._may_show(verdict)
            and verdict.has_n
            and all(n == 0 or n >= self.gate.least_of(source.is_sensitive) for n in counts.values())
        )
        for name, n in counts.items():
            yield self._people(name, n, verdict, where, has_n=is_safe)

    # --- changes of plain means

    def raw_changes(self, source: Source) -> Iterator[Figure]:
        if not source.has_mean:
            return
        asked = {key: seen for key, seen in self.seen.items() if source.key in seen.decisions}
        pairs = [(asked[one], asked[two]) for keys in self._parted(source.key, asked) for one, two in self._pairs(list(keys))]
        for earlier, later in pairs:
            first, second = earlier.decisions[source.key], later.decisions[source.key]
            for cell in second.verdicts:
                if cell in first.verdicts and first.of(*cell).n and second.of(*cell).n and not self._is_crossed(source):
                    yield self._raw_change(source, earlier, later, cell)

    def _raw_change(self, source: Source, earlier: Seen, later: Seen, cell: Cell) -> Figure:
        where = {**self._where(later.round, cell, source), "from_round": earlier.round}
        before, after = earlier.decisions[source.key], later.decisions[source.key]
        verdicts = before.of(*cell), after.of(*cell)
        if not all(self._may_show(verdict) for verdict in verdicts):
            return Figure("raw_change", suppressed=True, **where)
        found = raw_change(*(np.repeat(one.points, one.counts[cell]) for one in (before, after)))
        value = (
            None if found is None else self.said.value(found.change, "points", None, any(self._is_coarse(verdict) for verdict in verdicts))
        )
        return Figure("raw_change", value=value, n=self._n(verdicts[1]), **where)

    # --- who trusts whom

    def trust(self) -> Iterator[Figure]:
        """The cells of the matrix are those of the column's group cut: one decision for both (D10)."""
        for seen in self.seen.values():
            for source in self.sources.values():
                decision = seen.decisions.get(source.key)
                if source.to_group is None or decision is None:
                    continue
                for group in self.plan.groups:
                    if group.key != source.to_group and seen.forms.of("group", group.key).n:
                        yield self._trust(source, decision, seen, group.key)

    def _trust(self, source: Source, decision: Decision, seen: Seen, group: str) -> Figure:
        verdict = decision.of("group", group)
        where = {**self._where(seen.round, ("trust_between", group), source), "to_group": source.to_group}
        if not self._may_show(verdict):
            return Figure("trust_mean", suppressed=True, **where)
        if not verdict.n:
            return Figure("trust_mean", n=0, **where)
        mean = float(decision.points @ decision.counts[("group", group)]) / verdict.n
        return Figure("trust_mean", value=self.said.value(mean, "points", verdict.n, self._is_coarse(verdict)), n=self._n(verdict), **where)

    # --- fixed mix

    def fixed_mixes(self, source: Source) -> Iterator[Figure]:
        """Levels, changes and slope at the frozen mix, of constructs and of items on a scale; not of trust in one group,
        which that group is not asked about."""
        if source.scale is None or not source.has_mean or not self.plan.mix or source.to_group is not None:
            return
        kept = self._protected(source, source.values, spread=False)
        where, delta = self._where(None, (TOTAL, ""), source), self.plan.delta or default_delta(source.scale)
        for keys in self._parted(source.key, kept.rounds):
            series = self._series(kept, source.scale, self.plan.mix, keys)
            of = {**where, "segment": self.plan.segment(source.key, keys[0])}
            yield from self._mix_figures(series, kept, of, "points", delta, self._pairs(list(keys)))

    def _mix_figures(
        self, series: FixedMix, kept: _Kept, where: dict[str, Any], unit: str, delta: float, pairs: list[tuple[str, str]]
    ) -> Iterator[Figure]:
        for level in series.levels:
            yield from self._level(level, kept, {**where, "round": level.round}, unit)
        for earlier, later in pairs:
            yield from self._mix_change(series, kept, {**where, "from_round": earlier, "round": later}, unit, delta)
        line = series.line()
        if line is not None:
            yield self._slope(line, kept, where, unit)
        if where.get("indicator") is None:
            yield from self._links(series, kept, where)

    def _slope(self, line: Line, kept: _Kept, where: dict[str, Any], unit: str) -> Figure:
        if any(self._is_coarse(kept.verdicts[each]) for each in line.rounds):
            return Figure("slope_per_year", unit=unit, suppressed=True, **where)
        kind = "slope" if unit == "points" else unit
        value, low, high = (self.said.value(each, kind) for each in (line.slope_per_year, line.low, line.high))
        return Figure("slope_per_year", value=value, low=low, high=high, unit=unit, **where)

    def _level(self, level: Level, kept: _Kept, where: dict[str, Any], unit: str) -> Iterator[Figure]:
        names = ("fixed_mix_mean", "fixed_mix_low95", "fixed_mix_high95")
        verdict = kept.verdicts[level.round]
        if level.round in kept.hidden:
            yield from (Figure(name, unit=unit, suppressed=True, **where) for name in names)
            return
        if level.mean is None:
            forms = self.seen[level.round].forms
            if not self.gate.is_open and any(forms.of("group", name).n for name in level.absent):  # they came, and left it blank
                yield Figure("fixed_mix_mean", unit=unit, suppressed=True, **where)
            else:
                yield Figure("fixed_mix_mean", unit=unit, words="group_absent" if level.absent else None, **where)
            return
        is_coarse, n = self._is_coarse(verdict), round(level.n)
        shown = self.said.people(n) if verdict.has_n or self.gate.is_open else None
        interval = None if is_coarse else level.interval
        ends = self.said.ends(interval.low, interval.high, unit, n) if interval else (None, None)
        value = self.said.value(level.mean, unit, n, is_coarse)
        words = "lopsided" if level.is_lopsided else None
        yield Figure(names[0], value=value, low=ends[0], high=ends[1], n=shown, unit=unit, words=words, **where)
        for name, end in zip(names[1:], ends, strict=True):
            yield Figure(name, value=end, n=shown if end is not None else None, unit=unit, suppressed=is_coarse, **where)

    def _mix_change(self, series: FixedMix, kept: _Kept, where: dict[str, Any], unit: str, delta: float) -> Iterator[Figure]:
        names = ("fixed_mix_change", *(f"fixed_mix_change_{part}" for part in ("se", "df", "p", "low95", "high95")))
        rounds = (where["from_round"], where["round"])
        if kept.hidden & set(rounds):
            yield from (Figure(name, unit=_unit(name, unit), suppressed=True, **where) for name in names)
            return
        found = series.change(*rounds)
        if found is None:
            yield Figure("fixed_mix_change", unit=unit, **where)
            return
        is_coarse = any(self._is_coarse(kept.verdicts[each]) for each in rounds)
        n, fewest = self._n(kept.verdicts[rounds[1]]), round(min(series.level(each).n for each in rounds))
        word = words_for_change(found.change, found.se, found.df, delta).word
        low, high = (None, None)
        if found.low is not None and found.high is not None and not is_coarse:
            low, high = self.said.ends(found.low, found.high, unit, fewest)
        value = self.said.value(found.change, unit, fewest, is_coarse)
        yield Figure(names[0], value=value, low=low, high=high, n=n, unit=unit, words=word, **where)
        has_df = self.gate.is_open or self._may_tell_pairs(found.pairs, kept, rounds)  # df gives back the pairs
        told = (("se" if unit == "points" else "whole", found.se), ("df", found.df), ("probability", found.p), ("", low), ("", high))
        for name, (kind, each) in zip(names[1:], told, strict=True):
            is_kept = not is_coarse and (kind != "df" or has_df)
            shown = None if each is None or not is_kept else self.said.value(each, kind) if kind else each
            where |= {"unit": _unit(name, unit), "n": None if shown is None else n}
            yield Figure(name, value=shown, suppressed=not is_kept, **where)

    def _links(self, series: FixedMix, kept: _Kept, where: dict[str, Any]) -> Iterator[Figure]:
        """How many people are linked, and how alike their answers are; protected by D10."""
        safe = []
        keys = [level.round for level in series.levels]
        for earlier, later in self._pairs(keys):
            pairs = int(series.pairs[keys.index(earlier), keys.index(later)])
            is_safe = self.gate.is_open or self._may_tell_pairs(pairs, kept, (earlier, later))
            safe.append(is_safe)
            value = self.said.people(pairs) if is_safe else None
            yield Figure(
                "n_pairs", value=value, n=value, unit="people", suppressed=not is_safe, **{**where, "from_round": earlier, "round": later}
            )
        if safe:
            likeness = self.said.value(series.r, "number") if all(safe) else None
            yield Figure("pooled_r", value=likeness, unit="number", suppressed=not all(safe), **where)

    def _may_tell_pairs(self, pairs: int, kept: _Kept, rounds: tuple[str, str]) -> bool:
        k = kept.least
        loose = [kept.verdicts[each].n - pairs for each in rounds]
        shown = not kept.hidden & set(rounds) and all(kept.verdicts[each].has_n for each in rounds)
        return shown and (pairs == 0 or (pairs >= k and all(rest == 0 or rest >= k for rest in loose)))

    def _protected(self, source: Source, values: np.ndarray, spread: bool, group: str | None = None) -> _Kept:
        """The answers that may enter a fixed mix, and which groups enter it pooled (D17); nothing is held back from the analyst.

        People without a group of the mix whose cell is hidden join the pool of hidden groups: see ``disclosure``. ``group``:
        of that group alone.
        """
        keep = values.copy()
        groups = self.answers["group"].astype(object).to_numpy().copy()
        pooled, hidden, verdicts = {}, set(), {}
        for key, seen in self.seen.items():
            decision = seen.decisions.get(source.key)
            if decision is None:
                continue
            verdict = decision.of() if group is None else decision.of("group", group)
            verdicts[key] = verdict
            if not (self._may_spread(verdict) if spread else self._may_show(verdict)) and verdict.n:
                hidden.add(key)
                keep[seen.rows] = np.nan
            elif not self.gate.is_open and group is None and "group" in seen.cuts.values:
                pooled[key] = decision.hidden("group", spread)
                _pool_outsiders(groups, seen, pooled[key], self.plan.mix)
        return _Kept(keep, groups, pooled, frozenset(hidden), verdicts, self.gate.least_of(source.is_sensitive))

    def _series(self, kept: _Kept, scale: Scale, mix: dict[str, float], rounds: tuple[str, ...]) -> FixedMix:
        when = {one.key: one.on for one in self.plan.rounds if one.key in rounds}
        series = fixed_mix(
            kept.values,
            self.answers["round"].astype(object).to_numpy(),
            kept.groups,
            self.answers["person"].astype(object).to_numpy(),
            mix,
            scale,
            when,
            kept.pooled,
        )
        return series if self.gate.is_open else _without_own_spread(series)

    # --- expected results

    def indicator(self, indicator: Indicator) -> Iterator[Figure]:
        where: dict[str, Any] = {"survey": self.plan.survey or None, "indicator": indicator.code}
        unit = OWN_UNITS[indicator.source]
        about = {**where, **_about(indicator)}
        if indicator.target is not None:
            yield Figure("target", value=indicator.target, unit=unit, **about)
        source = self.sources.get(construct_key(indicator.of) if indicator.source == "construct" else indicator.of)
        if indicator.source == "manual":
            yield from (Figure("value", value=value, unit=unit, **where) for _day, value, _evidence in sorted(indicator.stated))
            yield from self._stated(indicator, [(day, value) for day, value, _evidence in indicator.stated], about, unit, None)
        elif indicator.source == "count":
            yield from self._counted(indicator, source, where, about, unit)
        elif source is None:
            yield from self._stated(indicator, [], about, unit, None)
        else:
            yield from self._measured(indicator, source, where, about, unit)

    def _measured(self, indicator: Indicator, source: Source, where: dict[str, Any], about: dict[str, Any], unit: str) -> Iterator[Figure]:
        person = indicator_series(self.answers, self.codebook, indicator)
        if person is None:
            return
        values = source.values if indicator.source in ("construct", "item") else person.values.to_numpy(dtype=float)
        kept = self._protected(source, values, indicator.source in ("share", "nps"), indicator.group)
        mix = self.plan.mix if indicator.group is None else {indicator.group: 1.0}
        parted = self._parted(source.key, kept.rounds) if mix else []
        if indicator.group:
            where = {**where, "cut": "group", "group": indicator.group}
        for keys in parted:
            series = self._series(kept, person.scale, mix, keys)
            delta = indicator.delta or self.plan.delta or default_delta(person.scale)
            of = {**where, "segment": self.plan.segment(source.key, keys[0])}
            yield from self._mix_figures(series, kept, of, unit, delta, self._pairs_of(indicator, keys))
        if parted:
            yield from self._statuses(indicator, kept, person.scale, mix, about, unit)
        yield from self._unmeasured(indicator, kept.rounds, about)

    def _pairs_of(self, indicator: Indicator, keys: tuple[str, ...]) -> list[tuple[str, str]]:
        """The pairs of rounds of every series, and the baseline round, else the first, with each later one."""
        origin = indicator.baseline_round if indicator.baseline_round in keys else keys[0]
        later = ((origin, key) for key in keys if keys.index(origin) < keys.index(key))
        return list(dict.fromkeys([*self._pairs(list(keys)), *later]))

    def _statuses(
        self, indicator: Indicator, kept: _Kept, scale: Scale, mix: dict[str, float], about: dict[str, Any], unit: str
    ) -> Iterator[Figure]:
        """The status of every round as it was when the round closed: of the rounds of its segment until then."""
        told_baseline = False
        so_far = [(keys, place) for keys in self._parted(series_of(indicator), kept.rounds) for place in range(len(keys))]
        for keys, place in so_far:
            key, rate = keys[place], self._rate(keys[place])
            begins_on = self._begins_on(series_of(indicator), key)
            judged = judge(indicator, self._series(kept, scale, mix, keys[: place + 1]), rate, begins_on)
            if judged is None:
                break
            if judged.baseline is not None and not told_baseline:
                told_baseline = True
                yield Figure("baseline", value=self._level_value(indicator, judged.baseline, unit, kept), unit=unit, **about)
            yield from self._judged(indicator, judged, kept, {**about, "round": key}, unit, rate)

    def _level_value(self, indicator: Indicator, value: float, unit: str, kept: _Kept) -> float:
        """What comes from a stated baseline as it is; from a measured one no finer than its round is shown."""
        if indicator.baseline is not None:
            return value
        verdict = kept.verdicts.get(indicator.baseline_round or "")
        return self.said.value(value, unit, verdict.n if verdict else None, bool(verdict and self._is_coarse(verdict)))

    def _judged(
        self, indicator: Indicator, judged: Judgement, kept: _Kept, where: dict[str, Any], unit: str, rate: float | None
    ) -> Iterator[Figure]:
        if judged.milestone is not None:
            yield Figure("milestone", value=self._level_value(indicator, judged.milestone, unit, kept), unit=unit, **where)
        verdict, is_hidden = kept.verdicts[where["round"]], where["round"] in kept.hidden
        inside = None if is_hidden else self.decided.get((indicator.code, where["round"]))
        agrees = inside is None or (inside.status, inside.rule) == (judged.status, judged.rule)
        is_exact = agrees and not is_hidden and not self._is_coarse(verdict)
        kind = "rough" if unit == "percent" and verdict.n < EXACT_PERCENT else "probability"  # as rough as the value (D7)
        for name, value in (("p_target_met_now", judged.p_now), ("p_on_course", judged.p_on)):
            told = self.said.value(value, kind) if value is not None and is_exact else None
            yield Figure(name, value=told, unit="probability", suppressed=not is_exact, **where)
        if is_hidden and self._is_told_inside(indicator, judged):
            yield Figure("status", unit="status", suppressed=True, **where)
            return
        status: dict[str, Any] = {"status": judged.status, "rule": judged.rule, "words": judged.reason}
        if inside is not None:
            status = {"status": inside.status, "rule": inside.rule, "words": inside.words}
        yield Figure("status", value=status["status"], n=None if is_hidden else self._n(verdict), unit="status", **status, **where)
        if indicator.target_kind == "level" and judged.estimate is not None and judged.target is not None and not self._is_coarse(verdict):
            silent = tipping_point(judged.estimate, judged.target, rate, indicator.direction)
            if silent is not None and silent >= 0:
                yield Figure("tipping_point", value=self.said.value(silent, unit, verdict.n), unit=unit, **where)

    def _is_told_inside(self, indicator: Indicator, judged: Judgement) -> bool:
        """Whether coordinators see a status of this round that rests on fewer people than may be seen outside (D1)."""
        inside = self.decided.get((indicator.code, judged.round or ""))
        return inside is not None and (inside.status, inside.rule) != (judged.status, judged.rule)

    def _rate(self, round_: str) -> float | None:
        """The response rate of a round, of everyone, if it may be shown."""
        invited = next(one.invited for one in self.plan.rounds if one.key == round_)
        verdict = self.seen[round_].forms.of()
        if invited is None or not self._may_show(verdict):
            return None
        return response_rate(verdict.n, self._asked(round_, invited)).share

    def _unmeasured(self, indicator: Indicator, rounds: tuple[str, ...], about: dict[str, Any]) -> Iterator[Figure]:
        """The due date passed and no round was closed on or after it (b.13)."""
        last = max((one.on for one in self.plan.rounds if one.key in rounds), default=None)
        if indicator.target is None:
            return
        if is_due_unmeasured(indicator.due_on, last, self.today):
            yield Figure(
                "status",
                value="not_enough_evidence",
                status="not_enough_evidence",
                rule="S0",
                unit="status",
                words="due_without_measurement",
                **about,
            )
        elif last is None:
            yield Figure(
                "status", value="not_enough_evidence", status="not_enough_evidence", rule="S0", unit="status", words="no_value", **about
            )

    def _counted(
        self, indicator: Indicator, source: Source | None, where: dict[str, Any], about: dict[str, Any], unit: str
    ) -> Iterator[Figure]:
        """How many people gave one of the values, where the round's percentages may be shown; judged without an error."""
        known: list[tuple[date, float]] = []
        begins_on: date | None = None
        for one in self.plan.rounds:
            if self._begins_on(indicator.of, one.key) != begins_on:
                known, begins_on = [], self._begins_on(indicator.of, one.key)
            seen = self.seen[one.key]
            decision = seen.decisions.get(indicator.of)
            if source is None or decision is None:
                continue
            verdict = decision.of()
            if not self._may_count(indicator, verdict):
                yield Figure("count", round=one.key, unit=unit, suppressed=True, **where)
                continue
            count = count_answers(self.answers.iloc[seen.rows], indicator)
            known.append((one.on, float(count)))
            yield Figure("count", round=one.key, value=self.said.people(count), n=self._n(verdict), unit=unit, **where)
            yield from self._stated(indicator, known, about, unit, one.key, one.on, begins_on)
        if not known:
            yield from self._stated(indicator, [], about, unit, None)

    def _may_count(self, indicator: Indicator, verdict: Verdict) -> bool:
        """The number of answers goes with n; the number who gave some answer with exact percentages (D7)."""
        if self.gate.is_open:
            return True
        exact = verdict.has_spread and verdict.top is None and verdict.n >= EXACT_PERCENT
        return verdict.is_shown and verdict.has_n and (exact or not indicator.values)

    def _stated(
        self,
        indicator: Indicator,
        values: list[tuple[date, float]],
        about: dict[str, Any],
        unit: str,
        round_: str | None,
        today: date | None = None,
        begins_on: date | None = None,
    ) -> Iterator[Figure]:
        """Status of what is counted or stated by hand: it has no sampling error, so no probabilities."""
        if indicator.baseline is not None and len(values) <= 1 and begins_on is None:
            yield Figure("baseline", value=indicator.baseline, unit=unit, **about)
        judged = judge_stated(indicator, values, today or self.today, begins_on)
        if judged is None:
            return
        where = {**about, "round": round_}
        if judged.milestone is not None:
            yield Figure("milestone", value=judged.milestone, unit=unit, **where)
        yield Figure("status", value=judged.status, status=judged.status, rule=judged.rule, unit="status", words=judged.reason, **where)

    # --- what every family needs

    def _pairs(self, rounds: list[Any]) -> list[tuple[Any, Any]]:
        """Each round with the one before it, then the first with the last; for the analyst then any other two."""
        places = [*pairwise(range(len(rounds))), *([(0, len(rounds) - 1)] if len(rounds) > 2 else [])]
        if self.gate.is_open:
            places += [two for two in combinations(range(len(rounds)), 2) if two not in places]
        return [(rounds[earlier], rounds[later]) for earlier, later in places]

    def _shares_of(self, source: Source) -> tuple[str, ...]:
        """The shares that a source has beside its options; for the analyst the index of whatever was asked from 0 to 10."""
        top = ("top2_pct",) if source.kind == "scale" and source.has_mean else ()
        has_index = source.has_index or (self.gate.is_open and source.kind == "scale" and source.scale == Scale(0, 10))
        return (*top, "nps") if has_index else top

    def _where(self, round_: str | None, cell: Cell, source: Source | None = None) -> dict[str, Any]:
        cut, value = cell
        where: dict[str, Any] = {"survey": self.plan.survey or None, "round": round_, "cut": cut, "group": None if cut == TOTAL else value}
        if source is not None:
            where["construct" if source.is_construct else "item"] = source.measured.key
        return where

    def _may_show(self, verdict: Verdict) -> bool:
        return self.gate.is_open or verdict.is_shown

    def _may_spread(self, verdict: Verdict) -> bool:
        return self.gate.is_open or verdict.has_spread

    def _is_coarse(self, verdict: Verdict) -> bool:
        return not self.gate.is_open and verdict.top is not None

    def _n(self, verdict: Verdict) -> int | None:
        return self.said.people(verdict.n) if self.gate.is_open or verdict.has_n else None

    def _people(self, metric: str, n: int, verdict: Verdict, where: dict[str, Any], has_n: bool = True) -> Figure:
        """A number of people, which is its own n."""
        is_absent = metric == "n_submitted" and not n
        if self.gate.is_open or is_absent or (verdict.is_shown and has_n):
            return Figure(metric, value=self.said.people(n), n=self.said.people(n), unit="people", **where)
        return Figure(metric, unit="people", suppressed=True, **where)


@dataclass(frozen=True)
class _Kept:
    """The answers that may enter a fixed mix: values (NaN left out) and groups, the groups pooled in each round, the
    rounds that are hidden altogether, the verdict on each round asked, and the smallest group that may be seen."""

    values: np.ndarray
    groups: np.ndarray
    pooled: dict[str, frozenset[str]]
    hidden: frozenset[str]
    verdicts: dict[str, Verdict]
    least: int

    @property
    def rounds(self) -> tuple[str, ...]:
        return tuple(self.verdicts)


def _without_own_spread(series: FixedMix) -> FixedMix:
    """Without intervals where the pooled variance is that of one cell of fewer than 10 people, its own spread (D7)."""
    n = sum(level.n for level in series.levels)
    if n >= SPREAD or n - series.df_r > 1:
        return series
    return replace(series, s2=None, levels=tuple(replace(level, interval=None) for level in series.levels))


def _pool_outsiders(groups: np.ndarray, seen: Seen, hidden: frozenset[str], mix: dict[str, float]) -> None:
    """Count hidden people outside the mix as of one of the hidden groups of the mix, with which they are pooled."""
    pool = next((name for name in hidden if mix.get(name, 0) > 0), None)
    if pool is None:
        return
    for value in hidden:
        if not mix.get(value, 0) > 0:
            groups[seen.rows[seen.cuts.mask(("group", value))]] = pool


def _within(decision: Decision, is_open: bool) -> tuple[float, int, int]:
    """Sum of squares within the groups, its degrees of freedom, and how many groups answered; hidden ones are one (b.9)."""
    hidden = frozenset() if is_open else decision.hidden("group")
    groups = {value: counted for (cut, value), counted in decision.counts.items() if cut == "group" and counted.sum()}
    counts = [counted for value, counted in groups.items() if value not in hidden]
    counts += [np.sum([groups[value] for value in hidden], axis=0)] if hidden else []
    counts = counts or [decision.counts[(TOTAL, "")]]
    squares = sum(float(((decision.points - decision.points @ counted / counted.sum()) ** 2) @ counted) for counted in counts)
    return squares, int(sum(counted.sum() for counted in counts)) - len(counts), len(counts)


def _sd(points: np.ndarray, counted: np.ndarray, mean: float) -> float | None:
    n = int(counted.sum())
    return float(np.sqrt(float(((points - mean) ** 2) @ counted) / (n - 1))) if n > 1 else None


def _count(decision: Decision, cell: Cell, point: float) -> int:
    place = np.flatnonzero(np.abs(decision.points - point) < 1e-9)
    return int(decision.counts[cell][place[0]]) if place.size else 0


def _unit(metric: str, unit: str) -> str:
    return unit if METRICS[metric][0] == "points" else METRICS[metric][0]


def series_of(indicator: Indicator) -> str:
    """The series that an indicator reads, as turns name it; "" for what is stated by hand."""
    if indicator.source == "manual":
        return ""
    return construct_key(indicator.of) if indicator.source == "construct" else indicator.of


def _about(indicator: Indicator) -> dict[str, str]:
    """The construct or item that an indicator reads."""
    if not indicator.of or indicator.source == "manual":
        return {}
    return {"construct" if indicator.source == "construct" else "item": indicator.of}
