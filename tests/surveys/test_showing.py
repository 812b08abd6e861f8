"""What participants are shown after closing: written, published by a person, never rewritten, and never told apart."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from surveys import sealing, showing
from surveys.errors import ProblemsFound
from surveys.showing import Written
from surveys.storage import PublishedResults, Round, all_published, latest_results
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_round, take

PAIR = {"said": {"es": "Falta tiempo.", "en": "Too little time."}, "did": {"es": "Habrá más.", "en": "There will be more."}}
DRAWN = {language: {"trust": f"<figure>{language} one</figure>", "learning": "<figure>two</figure>"} for language in ("es", "en")}


def a_closed_round(session: Session, answers: int = 12) -> Round:
    round_ = a_round(session)
    for _ in range(answers):
        take(session, round_)
    sealing.close_round(session, round_, NOW)
    return round_


def published(session: Session, round_: Round, drawn: Any = None, **written: Any) -> PublishedResults:
    showing.keep_plan(session, round_, Written(**{"pairs": [PAIR], "figures": ["trust"], **written}))
    return showing.publish(session, round_, drawn or DRAWN, None, TODAY)


def test_nothing_is_shown_before_somebody_publishes_it(database: Database) -> None:
    with database.session() as session:
        round_ = a_closed_round(session)
        showing.keep_plan(session, round_, Written(pairs=[PAIR], figures=["trust"]))
        assert latest_results(session, round_) is None
        showing.publish(session, round_, DRAWN, None, TODAY)
        found = latest_results(session, round_)
        assert found is not None
        assert (found.number, found.published_on, found.pairs, found.figures) == (1, TODAY, [PAIR], ["trust"])
        assert found.drawn == {"es": {"trust": "<figure>es one</figure>"}, "en": {"trust": "<figure>en one</figure>"}}


def test_publishing_again_keeps_what_was_published_before(database: Database) -> None:
    with database.session() as session:
        round_ = a_closed_round(session)
        published(session, round_)
        published(session, round_, figures=["learning"], reply={"es": "Gracias", "en": "Thanks"})
        assert [(one.number, one.figures, one.reply) for one in all_published(session, round_)] == [
            (2, ["learning"], {"es": "Gracias", "en": "Thanks"}),
            (1, ["trust"], {}),
        ]


def test_an_open_round_publishes_nothing(database: Database) -> None:
    with database.session() as session:
        round_ = a_round(session)
        with pytest.raises(ProblemsFound):
            published(session, round_)
        assert all_published(session, round_) == []


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ({"pairs": [], "figures": []}, 1),
        ({"pairs": [{"said": {"es": "Falta tiempo."}, "did": {"es": "Habrá más."}}]}, 1),
        ({"pairs": [{"said": PAIR["said"], "did": {}}]}, 2),
        ({"reply": {"es": "Gracias"}}, 1),
    ],
    ids=["nothing", "one language", "half a point", "reply in one language"],
)
def test_gaps_are_all_told_before_publishing(session: Session, written: dict[str, Any], count: int) -> None:
    round_ = a_closed_round(session)
    with pytest.raises(ProblemsFound) as fault:
        published(session, round_, **written)
    assert len(fault.value.problems) == count


def test_texts_that_are_too_long_are_told_and_not_stored(session: Session) -> None:
    round_ = a_closed_round(session)
    with pytest.raises(ProblemsFound):
        showing.keep_plan(session, round_, Written(reply={"es": "x" * 1501}))
    assert showing.plan_of(session, round_).link == ""


def test_a_figure_that_the_public_report_does_not_have_is_not_published(session: Session) -> None:
    assert published(session, a_closed_round(session), figures=["trust", "secret"]).figures == ["trust"]


def late(session: Session, round_: Round, count: int) -> None:
    """Answers that arrive after closing and are counted in a new snapshot."""
    for _ in range(count):
        take(session, round_, channel="paper")
    assert sealing.take_in_late(session, round_, 5)


@pytest.mark.parametrize(("count", "stands"), [(5, True), (9, True), (10, False)])
def test_figures_do_not_change_by_fewer_people_than_leave_the_programme(database: Database, count: int, stands: bool) -> None:
    new = {language: {"trust": "<figure>new</figure>", "learning": "<figure>new two</figure>"} for language in ("es", "en")}
    with database.session() as session:
        round_ = a_closed_round(session)
        published(session, round_)
        late(session, round_, count)
        assert showing.figures_stand(session, round_) is stands
        again = published(session, round_, new, figures=["trust", "learning"])
        if stands:
            assert again.drawn["es"] == {"trust": "<figure>es one</figure>"}
        else:
            assert again.drawn["es"] == new["es"]


def test_small_additions_that_add_up_are_counted_from_what_was_shown_last(database: Database) -> None:
    with database.session() as session:
        round_ = a_closed_round(session)
        published(session, round_)
        late(session, round_, 6)
        published(session, round_)
        late(session, round_, 6)
        assert not showing.figures_stand(session, round_)


def test_when_to_expect_them_can_be_said_before_anything_is_written(session: Session) -> None:
    round_ = a_round(session)
    showing.keep_plan(session, round_, Written(expected_on=date(2026, 9, 1)))
    assert showing.plan_of(session, round_).expected_on == date(2026, 9, 1)
