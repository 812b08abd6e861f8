"""How many have answered while a round is open: in steps of k, and of a group only what privacy D11 allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from surveys.storage import Response, Round, in_steps, invited_as_shown

#: hidden: nothing is told of the group. few: fewer than k. some: so many of those invited, or more. most: over half. all.
Come = Literal["few", "some", "most", "all", "hidden"]
ORDER: tuple[Come, ...] = ("few", "some", "most", "all", "hidden")


@dataclass(frozen=True)
class Gathered:
    """What may be told of one group as shown, while answers come in. ``count`` and ``invited`` only where it is "some"."""

    group: str
    come: Come
    count: int = 0
    invited: int = 0


def gathered(session: Session, round_: Round) -> list[Gathered]:
    """Each group as shown, those of which most are missing first; groups of which nothing may be told last."""
    programme, invited = round_.survey.programme, invited_as_shown(round_)
    shown = {group.key: group.shown_in or group.key for group in programme.groups}
    counted = select(Response.group_key, func.count()).where(Response.round_id == round_.id, Response.is_superseded.is_(False))
    answered = dict.fromkeys(shown.values(), 0)
    for key, count in session.execute(counted.group_by(Response.group_key)):
        if key in shown:
            answered[shown[key]] += count
    told = [told_of(group, count, invited.get(group, 0), programme.min_cell) for group, count in answered.items()]
    return sorted(told, key=lambda one: (ORDER.index(one.come), one.count / max(one.invited, 1)))


def told_of(group: str, answered: int, invited: int, k: int) -> Gathered:
    """What may be told of a group: the count goes in steps of k, and those missing, so counted, are nobody or at least k.

    What is told depends on the steps alone, so that the moment at which it changes tells no more than a step does.

    >>> [told_of("g", answered, 12, 5).come for answered in (4, 5, 9, 10, 12)], told_of("g", 5, 5, 5).come, told_of("g", 4, 4, 5).come
    (['few', 'some', 'some', 'most', 'most'], 'all', 'hidden')
    """
    count = in_steps(answered, k)
    if invited < k or count > invited:
        return Gathered(group, "hidden")
    if count == 0:
        return Gathered(group, "few")
    if count == invited:
        return Gathered(group, "all")
    return Gathered(group, "some", count, invited) if invited - count >= k else Gathered(group, "most")
