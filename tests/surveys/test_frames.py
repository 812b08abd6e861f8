"""Records become frames: of closed rounds only, several versions in one trend, groups as shown."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from subprocess import run
from typing import Any

from sqlalchemy.orm import Session

from analysis.columns import check_frame
from forms import codec
from surveys import authoring
from surveys.storage import Event, ExpectedResult, Indicator, StatedValue, Survey
from surveys.storage.frames import frames, stated_frames
from tests.surveys.past import FORM, QUESTIONS, TODAY, a_csv, a_programme, a_survey, many_rows, merged_groups, take_in, the_next_version


def an_indicator(code: str, survey: Survey | None, **definition: Any) -> Indicator:
    source = definition.pop("source", "construct")
    slug = survey.slug if survey else None
    return Indicator(code=code, position=0, title={"en": code}, source=source, survey_slug=slug, definition=definition)


def test_frames_keep_the_contract_of_analysis(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    header = "response_id,round,date,group,respondent_code,tr_open,tr_guard,tr/police,tr/communities,help,region,why_maps"
    take_in(
        session,
        survey,
        a_csv("a,r,2025-05-01,police,ana,4,,5,3,maps,cusco,why not", "b,r,2025-05-02,,,no sé,2,3,3,,,", header=header),
        keys,
    )
    answers, codebook, plan = frames(session, survey)
    assert check_frame(answers, codebook, plan) == []
    assert answers["date"].tolist() == [date(2025, 5, 1), date(2025, 5, 2)] or answers["date"].tolist() == [
        date(2025, 5, 2),
        date(2025, 5, 1),
    ]
    row = answers.set_index("tr/communities").loc[3].reset_index(drop=True)
    assert set(row["tr_open:why"].dropna()) == {"unknown"}
    assert set(answers["tr/police:why"].dropna()) == {"not_asked"}
    assert answers["person"].notna().sum() == 1


def test_the_codebook_says_how_each_column_is_measured(session: Session) -> None:
    _answers, codebook, _plan = frames(session, a_survey(session))
    assert codebook.loc["tr_guard", ["question", "kind", "construct", "lo", "hi", "step", "reverse"]].tolist() == [
        "tr_guard", "scale", "TRUST", 1.0, 5.0, 1.0, True,
    ]  # fmt: skip
    assert codebook.loc["tr/police", ["question", "part", "construct"]].tolist() == ["tr", "police", "TRUST_BETWEEN"]
    assert codebook.loc["tr_open", "labels"]["5"] == {"es": "Mucho", "en": "Fully"}
    assert codebook.loc["help/maps", "kind"] == "flag"


def test_group_and_circle_are_columns_of_people_and_not_of_the_codebook(session: Session) -> None:
    answers, codebook, _plan = frames(session, a_survey(session))
    assert not {"group", "circle"} & set(codebook.index)
    assert {"group", "circle"} <= set(answers.columns)


def test_an_open_round_is_in_no_figure(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    take_in(session, survey, a_csv(*many_rows("closed")), keys)
    take_in(session, survey, a_csv(*many_rows("open")), keys, keeps_open=True)
    answers, _codebook, plan = frames(session, survey)
    assert [round_.key for round_ in plan.rounds] == ["closed"]
    assert set(answers["round"]) == {"closed"}


def test_superseded_and_late_answers_are_in_no_figure(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    take_in(session, survey, a_csv("a,r,2025-05-01,police,ana,es,1", "b,r,2025-05-02,police,ana,es,5"), keys)
    take_in(session, survey, a_csv("c,r,2025-05-03,police,,es,3"), keys)
    assert frames(session, survey)[0]["tr_open"].tolist() == [5.0]


def test_merged_groups_appear_as_shown_and_unknown_ones_as_none(session: Session, keys: Path) -> None:
    survey = a_survey(session, a_programme(session, groups=merged_groups()))
    take_in(session, survey, a_csv("a,r,2025-05-01,church,,es,1", "b,r,2025-05-01,police,,es,2", "c,r,2025-05-01,,,es,3"), keys)
    answers, _codebook, plan = frames(session, survey)
    by_answer = answers.set_index("tr_open")["group"]
    assert (by_answer[1.0], by_answer[2.0]) == ("others", "police")
    assert answers["group"].isna().sum() == 1
    assert [(group.key, group.members) for group in plan.groups] == [("police", 30), ("others", 7)]


def test_people_invited_are_those_of_the_round_else_of_its_event_by_group_as_shown(session: Session, keys: Path) -> None:
    programme = a_programme(session, groups=merged_groups())
    event = Event(key="one", name={"en": "One"}, on=date(2025, 5, 1), circle="core", attendance={"police": 12, "church": 4, "press": 3})
    programme.events.append(event)
    survey = a_survey(session, programme)
    authoring.open_round(session, survey, "r1", date(2025, 5, 1), event=event)
    authoring.open_round(session, survey, "r2", date(2025, 6, 1), event=event, invited={"police": 9, "church": 2})
    authoring.open_round(session, survey, "r3", date(2025, 7, 1))
    take_in(session, survey, a_csv(*(f"{i},r{i},2025-05-01,police,,es,4" for i in (1, 2, 3))), keys)
    answers, _codebook, plan = frames(session, survey)
    invited = {round_.key: round_.invited for round_ in plan.rounds}
    assert invited == {"r1": {"police": 12, "others": 7}, "r2": {"police": 9}, "r3": None}, (
        "press was not counted in r2, so others are unknown"
    )
    assert (plan.rounds[0].event, plan.rounds[0].circle) == ("one", "core")
    assert answers.set_index("round")["circle"].to_dict()["r1"] == "core"


def test_two_versions_stand_in_one_trend_by_the_keys_of_their_columns(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    take_in(session, survey, a_csv("a,old,2025-01-01,police,,es,4"), keys)
    the_next_version(
        session, survey, QUESTIONS.replace("name: tr_guard", "name: tr_care") + "      - {name: new, kind: yes_no, label: {en: N, es: N}}\n"
    )
    take_in(session, survey, a_csv("b,recent,2025-06-01,5,1", header="response_id,round,date,tr_open,new"), keys)
    answers, codebook, plan = frames(session, survey)
    by_round = answers.set_index("round")
    assert by_round["tr_open"].to_dict() == {"old": 4.0, "recent": 5.0}
    assert by_round.loc["old", "new:why"] == "not_asked"
    assert by_round.loc["recent", "new"] == 1
    assert {"tr_care", "tr_guard"} <= set(codebook.index)
    assert check_frame(answers, codebook, plan) == []


def test_a_question_asked_on_another_scale_begins_a_new_series(session: Session, keys: Path) -> None:
    survey = a_survey(session)
    take_in(session, survey, a_csv("a,old,2025-01-01,police,,es,4"), keys)
    form = QUESTIONS.replace("scale: agree, construct: TRUST, unknown", "scale: ten, construct: OPEN, unknown")
    ten = "scales:\n  ten: {lo: 0, hi: 10, labels: {0: {es: N, en: N}, 10: {es: M, en: M}}}\n  agree:"
    authoring.import_form(session, survey.programme, codec.load(FORM.format(questions=form).replace("scales:\n  agree:", ten)), TODAY)
    take_in(session, survey, a_csv("b,recent,2025-06-01,police,,es,9"), keys)
    answers, codebook, plan = frames(session, survey)
    assert answers.set_index("round")["tr_open"].dropna().to_dict() == {"recent": 9.0}
    assert answers.set_index("round").loc["old", "tr_open:why"] == "not_asked"
    assert check_frame(answers, codebook, plan) == []


def test_cuts_are_those_of_the_programme_that_the_form_asks(session: Session) -> None:
    survey = a_survey(session, a_programme(session, cuts=["region", "office"]))
    (cut,) = frames(session, survey)[2].cuts
    assert (cut.key, list(cut.values)) == ("region", ["cusco", "puno"])


def test_constructs_bear_the_words_of_the_programme_else_their_own_name(session: Session) -> None:
    survey = a_survey(session, a_programme(session, constructs={"TRUST": {"es": "Confianza", "en": "Trust"}}))
    constructs = frames(session, survey)[2].constructs
    assert constructs["TRUST"]["en"] == "Trust"
    assert constructs["TRUST_BETWEEN"] == {"es": "TRUST_BETWEEN", "en": "TRUST_BETWEEN"}


def test_the_smallest_cell_of_the_programme_holds_outside_as_well(session: Session) -> None:
    plan = frames(session, a_survey(session, a_programme(session, min_cell=12)))[2]
    assert (plan.k, plan.k_public) == (12, 12)


def test_a_survey_reads_its_own_indicators_and_the_stated_ones_stand_apart(session: Session) -> None:
    survey = a_survey(session)
    stated = an_indicator("plan", None, source="manual", target=1)
    stated.stated.append(StatedValue(on=date(2025, 3, 1), value=1.0, evidence="minutes of March"))
    measured = an_indicator(
        "trust", survey, of="TRUST", target=4.0, due_on="2026-12-31", milestones=[["2026-01-01", 3.5]], is_key=False, delta=None
    )
    survey.programme.results.append(
        ExpectedResult(key="R1", position=0, title={"en": "Trust"}, level="impact", indicators=[measured, stated])
    )
    session.flush()
    (indicator,) = frames(session, survey)[2].indicators
    assert (indicator.code, indicator.of, indicator.target, indicator.due_on) == ("trust", "TRUST", 4.0, date(2026, 12, 31))
    assert (indicator.milestones, indicator.is_key, indicator.result, indicator.level) == (
        ((date(2026, 1, 1), 3.5),),
        False,
        "R1",
        "impact",
    )
    answers, codebook, plan = stated_frames(survey.programme)
    assert plan.survey == ""
    assert plan.indicators[0].stated == ((date(2025, 3, 1), 1.0, "minutes of March"),)
    assert (len(answers), len(codebook), check_frame(answers, codebook, plan)) == (0, 0, [])


def test_a_survey_that_nobody_answered_has_empty_frames(session: Session) -> None:
    answers, codebook, plan = frames(session, a_survey(session))
    assert (len(answers), plan.rounds) == (0, ())
    assert check_frame(answers, codebook, plan) == []


def test_storage_does_not_load_pandas() -> None:
    asked = "import surveys.storage, surveys.storage.database, sys; print('pandas' in sys.modules)"
    assert run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "False\n"
