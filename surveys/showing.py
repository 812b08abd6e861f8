"""Participants are shown what came of their answers: "you said, we did", the group's reply, and chosen public figures.

Nothing is shown before a person publishes it. What was published stays on record as it was. The figures are drawn at the
edge, from the public report; here it is decided what may be published and what may change.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms.messages import Message, Problem, mark
from surveys.errors import ProblemsFound
from surveys.inviting import make_link
from surveys.storage import Person, PublishedResults, Response, ResultsPlan, Round, latest_results

#: A text for participants has at most so many characters; there are at most so many pairs.
LONGEST, MOST_PAIRS = 1500, 12
#: What leaves the programme never differs by fewer people than this (privacy.md D1, D5).
LEAST_PUBLIC = 10

#: {language: {key of the panel: the figure as it was drawn}}
Drawn = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Written:
    """What a person wrote for participants; the fields are those of the plan."""

    figures: Sequence[str] = ()
    pairs: Sequence[Mapping[str, Mapping[str, str]]] = ()
    reply: Mapping[str, str] = field(default_factory=dict)
    expected_on: date | None = None
    is_public: bool = False


def plan_of(session: Session, round_: Round) -> ResultsPlan:
    """The plan of a round; an empty one, not stored, where nobody has written any yet."""
    plan = session.get(ResultsPlan, round_.id)
    return plan or ResultsPlan(round_id=round_.id, link="", expected_on=None, is_public=False, figures=[], pairs=[], reply={})


def keep_plan(session: Session, round_: Round, written: Written) -> ResultsPlan:
    """Store what was written. It may have gaps; what is too long is a problem. Raises ProblemsFound and stores nothing."""
    if problems := _too_much(written):
        raise ProblemsFound(problems)
    plan = plan_of(session, round_)
    if not plan.link:
        plan.link = make_link()
        session.add(plan)
    plan.figures, plan.expected_on, plan.is_public = list(written.figures), written.expected_on, written.is_public
    plan.pairs = [{part: dict(words) for part, words in pair.items()} for pair in written.pairs if _is_written(pair)]
    plan.reply = {language: words for language, words in written.reply.items() if words}
    session.flush()
    return plan


def _is_written(pair: Mapping[str, Mapping[str, str]]) -> bool:
    return any(words for part in pair.values() for words in part.values())


def _too_much(written: Written) -> list[Problem]:
    texts = [words for pair in written.pairs for part in pair.values() for words in part.values()]
    problems = []
    for words in (*texts, *written.reply.values()):
        if len(words) > LONGEST:
            fault = Message(mark("This text has %(count)s characters; at most %(most)s fit."), {"count": len(words), "most": LONGEST})
            problems.append(Problem(f"{words[:40]}…", fault, Message(mark("Say it more briefly."))))
    if len(written.pairs) > MOST_PAIRS:
        fault = Message(mark("There are more than %(most)s points."), {"most": MOST_PAIRS})
        problems.append(Problem("–", fault, Message(mark("Keep the most important ones."))))
    return problems


def problems_of(round_: Round, plan: ResultsPlan) -> list[Problem]:
    """What keeps a plan from being published, all at once."""
    problems = []
    if round_.closed_at is None:
        fault = mark("The round is not closed yet.")
        problems.append(Problem(round_.key, Message(fault), Message(mark("Close it first: until then nobody is shown any result."))))
    if not plan.pairs and not plan.figures:
        remedy = mark("Write at least one point, or choose a figure.")
        problems.append(Problem("–", Message(mark("There is nothing to publish yet.")), Message(remedy)))
    for number, pair in enumerate(plan.pairs, start=1):
        problems += [
            _gap(number, language) for language in round_.languages if not all(pair[part].get(language) for part in ("said", "did"))
        ]
    if plan.reply:
        problems += [_gap(0, language) for language in round_.languages if not plan.reply.get(language)]
    return problems


def _gap(number: int, language: str) -> Problem:
    place = f"{number} ({language})" if number else language
    fault = mark("This point is not complete in this language.") if number else mark("The reply is not written in this language.")
    return Problem(
        place, Message(fault), Message(mark("Everybody must be able to read it: write it in each language of the questionnaire."))
    )


def digest_of(plan: ResultsPlan) -> str:
    """The mark of what a preview showed, so that nothing else is published."""
    said = [plan.figures, plan.pairs, plan.reply, plan.is_public]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


# Figures ---------------------------------------------------------------------------------------------------------------


def snapshots(session: Session, round_: Round) -> dict[str, int]:
    """Which snapshot of each closed round of the survey the figures of this moment read."""
    wanted = select(Response.round_id, func.max(Response.snapshot)).join(Round, Round.id == Response.round_id)
    counted = wanted.where(Round.survey_id == round_.survey_id, Response.snapshot.is_not(None)).group_by(Response.round_id)
    return {str(id_): latest for id_, latest in session.execute(counted) if latest}


def figures_stand(session: Session, round_: Round) -> bool:
    """Whether figures published before must stay as they were drawn.

    They must while late answers of fewer people than leave the programme have been counted since: what was shown before
    and after would tell what those few answered.
    """
    before = latest_results(session, round_)
    if before is None:
        return False
    now = snapshots(session, round_)
    grown = [(id_, latest) for id_, latest in before.snapshots.items() if now.get(id_, latest) != latest]
    return any(_counted_since(session, round_, id_, latest) < LEAST_PUBLIC for id_, latest in grown)


def _counted_since(session: Session, round_: Round, id_: str, snapshot: int) -> int:
    rounds = {str(one.id): one.id for one in round_.survey.rounds}
    newer = select(func.count()).where(Response.round_id == rounds[id_], Response.snapshot > snapshot)
    return session.scalar(newer) or 0


def would_be(session: Session, round_: Round, drawn: Drawn, today: date) -> PublishedResults:
    """What would be published now, not stored.

    Where :func:`figures_stand`, ``drawn`` is not used: those drawn at the last publication are shown again.
    """
    plan, before = plan_of(session, round_), latest_results(session, round_)
    stands = before if before is not None and figures_stand(session, round_) else None
    source = stands.drawn if stands else drawn
    figures = [key for key in plan.figures if all(key in source.get(language, {}) for language in round_.languages)]
    return PublishedResults(
        round_id=round_.id,
        number=before.number + 1 if before else 1,
        published_on=today,
        is_public=plan.is_public,
        figures=figures,
        pairs=list(plan.pairs),
        reply=dict(plan.reply),
        drawn={language: {key: source[language][key] for key in figures} for language in round_.languages},
        snapshots=stands.snapshots if stands else snapshots(session, round_),
    )


def publish(session: Session, round_: Round, drawn: Drawn, person: Person | None, today: date) -> PublishedResults:
    """Put the plan before the participants, with its figures as they are drawn. Raises ProblemsFound."""
    if problems := problems_of(round_, plan_of(session, round_)):
        raise ProblemsFound(problems)
    published = would_be(session, round_, drawn, today)
    published.person_id = person.id if person else None
    session.add(published)
    session.flush()
    return published
