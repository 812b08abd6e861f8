"""Where a series turns: what changed between the versions that rounds asked, and what was decided about it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from analysis.columns import Plan, check_frame
from forms import codec
from surveys import authoring
from surveys.languages import Speaker
from surveys.reporting import programme_reports, record_statuses, records, status_history
from surveys.storage import Decision, ExpectedResult, Indicator, Survey
from surveys.storage.frames import frames
from tests.surveys.past import FORM, QUESTIONS, TODAY, a_csv, a_programme, a_survey, many_rows, take_in, the_next_version

REWORDED = QUESTIONS.replace("{es: Franqueza, en: Candour}", "{es: Sinceridad, en: Frankness}")


def asked_twice(session: Session, keys: Path, changed: str, *decided: tuple[str, str, str], questions: str = QUESTIONS) -> Survey:
    """A survey whose second round asks the next version of its form."""
    survey = a_survey(session, questions=questions)
    take_in(session, survey, a_csv(*many_rows("old", "2025-01-01", 24)), keys)
    version = the_next_version(session, survey, changed)
    decide(survey, version.number, *decided)
    take_in(session, survey, a_csv(*many_rows("recent", "2025-06-01", 24)), keys)
    session.flush()
    return survey


def decide(survey: Survey, number: int, *decided: tuple[str, str, str]) -> None:
    for question, verdict, reason in decided:
        survey.form.decisions.append(Decision(number=number, question=question, verdict=verdict, reason=reason, decided_on=TODAY))


def plan_of(session: Session, survey: Survey) -> Plan:
    answers, codebook, plan = frames(session, survey)
    assert check_frame(answers, codebook, plan) == []
    return plan


def told(session: Session, survey: Survey) -> list[tuple[str, str, str, str]]:
    return [(turn.of, turn.round, turn.kind, turn.reason) for turn in plan_of(session, survey).turns]


def test_one_version_has_no_turns(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    take_in(session, survey, a_csv(*many_rows("old"), *many_rows("recent", "2025-09-01")), keys)
    assert plan_of(session, survey).turns == ()
    assert {round_.version for round_ in plan_of(session, survey).rounds} == {1}


def test_other_words_that_nobody_declared_comparable_break_the_item_and_its_construct(session: Session, keys: Path) -> None:
    survey = asked_twice(session, keys, REWORDED)
    assert told(session, survey) == [("tr_open", "recent", "break", ""), ("construct:TRUST", "recent", "break", "")]
    plan = plan_of(session, survey)
    assert plan.segments("construct:TRUST") == (("old",), ("recent",))
    assert plan.segments("tr_guard") == (("old", "recent"),)
    assert [round_.version for round_ in plan.rounds] == [1, 2]
    (turn, _) = plan.turns
    assert turn.label == {"es": "Franqueza", "en": "Candour"}
    assert turn.labels["1"] == {"es": "Nada", "en": "Not at all"}


@pytest.mark.parametrize("verdict", ["comparable", "note", "break"])
def test_what_was_decided_is_told_with_its_reason(session: Session, keys: Path, verdict: str) -> None:
    survey = asked_twice(session, keys, REWORDED, ("tr_open", verdict, "A clearer word."))
    assert told(session, survey) == [
        ("tr_open", "recent", verdict, "A clearer word."),
        ("construct:TRUST", "recent", verdict, "A clearer word."),
    ]


@pytest.mark.parametrize(
    "changed",
    [
        QUESTIONS.replace("construct: TRUST, unknown: true", "construct: TRUST, required: soft, unknown: true"),
        QUESTIONS.replace("{es: Ayuda, en: Help}", "{es: Ayuda, en: Help}, message: {es: Elija, en: Choose}"),
        QUESTIONS + "      - {name: new, kind: yes_no, label: {en: N, es: N}}\n",
    ],
)
def test_changes_that_leave_the_words_leave_the_series(session: Session, keys: Path, changed: str) -> None:
    assert told(session, asked_twice(session, keys, changed)) == []


def test_what_changes_beside_the_words_is_marked_and_the_series_goes_on(session: Session, keys: Path) -> None:
    survey = asked_twice(session, keys, QUESTIONS.replace("unknown: true, refuse: true", "unknown: true"))
    assert told(session, survey) == [("tr_open", "recent", "note", ""), ("construct:TRUST", "recent", "note", "")]


def test_an_item_that_comes_or_goes_breaks_its_construct_unless_decided_otherwise(session: Session, keys: Path) -> None:
    item = "      - {name: tr_care, kind: scale, scale: agree, construct: TRUST, label: {es: Cuidado, en: Care}}\n"
    survey = asked_twice(session, keys, QUESTIONS + item)
    assert told(session, survey) == [("construct:TRUST", "recent", "break", "")]
    decide(survey, 2, ("tr_care", "note", "One more item."))
    session.flush()
    session.expire_all()
    assert told(session, survey) == [("construct:TRUST", "recent", "note", "One more item.")]


def test_another_scale_breaks_and_the_old_figures_are_not_drawn_on_the_new_one(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    take_in(session, survey, a_csv(*many_rows("old", "2025-01-01", 24)), keys)
    form = FORM.format(questions=QUESTIONS).replace("hi: 5", "hi: 7").replace("5: {es: Mucho", "7: {es: Mucho")
    authoring.import_form(session, survey.programme, codec.load(form), TODAY)
    take_in(session, survey, a_csv(*many_rows("recent", "2025-06-01", 24)), keys)
    kinds = {of: kind for of, _, kind, _ in told(session, survey)}
    assert kinds["tr_open"] == kinds["construct:TRUST"] == kinds["tr/police"] == kinds["construct:TRUST_BETWEEN"] == "break"
    assert "help/maps" not in kinds


def test_words_changed_and_changed_back_make_no_turn(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    take_in(session, survey, a_csv(*many_rows("old", "2025-01-01")), keys)
    the_next_version(session, survey, REWORDED)
    the_next_version(session, survey, QUESTIONS)
    take_in(session, survey, a_csv(*many_rows("recent", "2025-06-01")), keys)
    assert [round_.version for round_ in plan_of(session, survey).rounds] == [1, 3]
    assert told(session, survey) == []


def test_a_version_that_no_round_asked_counts_on_the_way(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    take_in(session, survey, a_csv(*many_rows("old", "2025-01-01")), keys)
    decide(survey, the_next_version(session, survey, REWORDED).number, ("tr_open", "comparable", "Same sense."))
    again = REWORDED.replace("{es: Sinceridad, en: Frankness}", "{es: Apertura, en: Openness}")
    the_next_version(session, survey, again)
    take_in(session, survey, a_csv(*many_rows("recent", "2025-06-01")), keys)
    assert told(session, survey)[0] == ("tr_open", "recent", "break", "")
    decide(survey, 3, ("tr_open", "note", "Another word."))
    session.flush()
    session.expire_all()
    assert told(session, survey)[0] == ("tr_open", "recent", "note", "Another word.")


def test_a_decision_about_a_question_is_about_the_part_that_changed(session: Session, keys: Path) -> None:
    changed = QUESTIONS.replace("{es: Mapas, en: Maps}", "{es: Planos, en: Plans}")
    survey = asked_twice(session, keys, changed, ("help", "note", "Plans are maps."))
    assert told(session, survey) == [("help/maps", "recent", "note", "Plans are maps.")]


def an_aim(survey: Survey, **definition: Any) -> None:
    stated = {"of": "TRUST", "target": 4.0, "due_on": "2027-01-01", **definition}
    indicator = Indicator(code="T", position=0, title={"en": "T"}, source="construct", survey_slug=survey.slug, definition=stated)
    survey.programme.results.append(ExpectedResult(key="one", position=0, title={"en": "One"}, indicators=[indicator]))


def test_the_report_tells_segment_and_version_and_the_words_of_each(session: Session, keys: Path) -> None:
    survey = asked_twice(session, keys, REWORDED)
    found = records(programme_reports(session, survey.programme, "coordinator", TODAY), "en", Speaker("en"))
    means = {
        record["round"]: record
        for record in found
        if record["metric"] == "mean" and record["item"] == "tr_open" and record["cut"] == "total"
    }
    assert {key: (record["segment"], record["version"], record["label"]) for key, record in means.items()} == {
        "old": (1, 1, "Candour"),
        "recent": (2, 2, "Frankness"),
    }
    crossing = {"fixed_mix_change", "raw_change", "n_pairs", "slope_per_year"}
    assert not [record for record in found if record["metric"] in crossing and record["item"] == "tr_open"]
    assert not [record for record in found if record["metric"] in crossing and record["construct"] == "TRUST"]


def test_a_status_stored_before_a_break_stays_and_the_next_says_that_the_question_changed(session: Session, keys: Path) -> None:
    survey = a_survey(session, a_programme(session, mix={"police": 0.5, "communities": 0.5}))
    an_aim(survey, baseline=3.0, baseline_on="2024-12-01")
    take_in(session, survey, a_csv(*many_rows("old", "2025-01-01", 24)), keys)
    record_statuses(session, survey.programme, date(2025, 2, 1))
    (first,) = status_history(session, survey.programme)
    the_next_version(session, survey, REWORDED)
    take_in(session, survey, a_csv(*many_rows("recent", "2025-06-01", 24)), keys)
    record_statuses(session, survey.programme, date(2025, 7, 1))
    assert [(one.status, one.rule) for one in status_history(session, survey.programme)] == [
        (first.status, first.rule),
        ("not_enough_evidence", "S0"),
    ]
