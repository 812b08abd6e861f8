"""How a round is doing while it collects: counts in steps of k, and of each group no more than may be told (privacy D11).

All is worked out from counts in steps of k, so that nothing on a page moves when one person answers, save at a step.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.storage import Response, Round, count_responses, in_steps, invited_as_shown

#: all of them; over half; some (the count, at least); under half; few (fewer than k, and half is not told); hidden
Kind = Literal["all", "over", "some", "under", "few", "hidden"]


@dataclass(frozen=True)
class Part:
    """One group, as shown: how many were invited, and what may be told of how many answered."""

    group: str
    name: dict[str, str]
    invited: int
    kind: Kind
    count: int  # in steps of k
    is_behind: bool  # it is sure that under half answered

    @property
    def share(self) -> float:
        return self.count / self.invited if self.invited else 0.0


@dataclass(frozen=True)
class Progress:
    """``count`` in steps of k, of ``invited`` people (0: not known). ``parts``: the groups that answer least first."""

    count: int
    invited: int
    parts: tuple[Part, ...]

    @property
    def behind(self) -> tuple[Part, ...]:
        """The two groups that are missed most."""
        return tuple(part for part in self.parts if part.is_behind)[:2]


def progress(session: Session, round_: Round) -> Progress:
    """How a round is doing, as its page may say."""
    programme, invited = round_.survey.programme, invited_as_shown(round_)
    k, answered = programme.min_cell, _answered(session, round_)
    names = {group.key: group.name for group in programme.groups}
    parts = [_part(key, names.get(key, {}), people, answered[key], k) for key, people in invited.items() if people]
    in_order = sorted(parts, key=lambda part: (part.kind == "hidden", part.share))
    return Progress(in_steps(count_responses(session, round_), k), sum(invited.values()), tuple(in_order))


def _part(key: str, name: dict[str, str], invited: int, answered: int, k: int) -> Part:
    step, kind = in_steps(answered, k), kind_of(invited, answered, k)
    return Part(key, name, invited, kind, step, kind in ("under", "some") and 2 * (step + k - 1) < invited)


def kind_of(invited: int, answered: int, k: int) -> Kind:
    """What may be told of a group. It depends on ``answered`` through its step alone.

    >>> [kind_of(12, answered, 5) for answered in (0, 4, 5, 9, 10, 11, 12)]
    ['under', 'under', 'some', 'some', 'over', 'over', 'over']
    >>> kind_of(4, 3, 5), kind_of(6, 2, 5), kind_of(10, 10, 5), kind_of(9, 5, 5)
    ('hidden', 'few', 'all', 'over')
    """
    step = in_steps(min(answered, invited), k)
    if invited < k:
        return "hidden"
    if step == invited:
        return "all"
    if invited - step < k:
        return "over"
    if step:
        return "some"
    return "under" if 2 * (k - 1) < invited else "few"


def _answered(session: Session, round_: Round) -> Counter[str]:
    """Answers by group as shown."""
    shown = {group.key: group.shown_in or group.key for group in round_.survey.programme.groups}
    counts = select(Response.group_key, func.count()).where(Response.round_id == round_.id, Response.is_superseded.is_(False))
    found: Counter[str] = Counter()
    for group, count in session.execute(counts.group_by(Response.group_key)):
        if group in shown:
            found[shown[group]] += count
    return found
