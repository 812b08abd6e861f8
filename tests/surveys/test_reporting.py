"""Reports for three audiences, the status history that is never rewritten, and the analysts' log."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from analysis.figures import METRICS
from surveys.languages import Speaker
from surveys.reporting import (
    AnalystUnknown,
    analyst_reports,
    programme_reports,
    record_statuses,
    records,
    status_history,
    survey_report,
)
from surveys.storage import AnalystReading, ExpectedResult, Indicator, StatedValue, Survey
from tests.surveys.past import NOW, TODAY, a_csv, a_programme, a_survey, many_rows, take_in

ANALYST = "Ana.Lista@example.org"


def a_measured_survey(session: Session, keys: Path, rounds: int = 2, **indicator: Any) -> Survey:
    """Rounds of 24 answers to one item of trust, with an indicator that wants its mean to reach 4 by the end of 2026."""
    survey = a_survey(session, a_programme(session, analysts=[ANALYST]))
    definition = {"of": "tr_open", "target": 4.0, "baseline": 3.0, "baseline_on": "2024-01-01", "due_on": "2026-12-31", **indicator}
    trust = Indicator(
        code="trust", position=0, title={"es": "Confianza", "en": "Trust"}, source="item", survey_slug="trust", definition=definition
    )
    survey.programme.results.append(ExpectedResult(key="R1", position=0, title={"en": "Trust"}, indicators=[trust]))
    session.flush()
    for number in range(1, rounds + 1):
        take_in(session, survey, a_csv(*many_rows(f"r{number}", f"2025-0{number}-01", 24)), keys)
    return survey


def told(session: Session, survey: Survey) -> list[tuple[str, str, str]]:
    keys = {round_.id: round_.key for round_ in survey.rounds}
    return [(keys[record.round_id], record.status, record.rule) for record in status_history(session, survey.programme)]


def test_a_report_gives_the_mean_of_the_answers_and_who_answered(session: Session, keys: Path) -> None:
    report = survey_report(session, a_measured_survey(session, keys), "coordinator", TODAY)
    mean = report.first(metric="mean", item="tr_open", round="r1", cut="total")
    assert mean is not None
    assert (mean.value, mean.n) == (4.0, 24)


def test_a_programme_has_a_report_per_survey_and_one_for_what_is_stated_by_hand(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys)
    assert [report.plan.survey for report in programme_reports(session, survey.programme, "coordinator", TODAY)] == ["trust"]
    plan = Indicator(code="plan", position=1, title={"en": "Plan"}, source="manual", survey_slug=None, definition={"target": 1.0})
    plan.stated.append(StatedValue(on=date(2025, 3, 1), value=1.0, evidence="minutes"))
    survey.programme.results[0].indicators.append(plan)
    session.flush()
    reports = programme_reports(session, survey.programme, "coordinator", TODAY)
    assert [report.plan.survey for report in reports] == ["trust", ""]
    assert any(figure.indicator == "plan" for figure in reports[1].figures)


def test_the_status_of_each_closed_round_is_stored_when_it_closes(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys, rounds=3)
    history = told(session, survey)
    assert [key for key, _status, _rule in history] == ["r1", "r2", "r3"]
    assert all(rule.startswith("S") for _key, _status, rule in history)


def test_a_stored_status_stays_when_the_target_moves(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys)
    before = told(session, survey)
    (indicator,) = survey.programme.results[0].indicators
    indicator.definition = {**indicator.definition, "target": 1.5}
    session.flush()
    assert record_statuses(session, survey.programme, TODAY) == 0
    assert told(session, survey) == before
    take_in(session, survey, a_csv(*many_rows("r9", "2025-09-01", 24)), keys)
    after = told(session, survey)
    assert after[: len(before)] == before
    assert after[-1][0] == "r9"


def test_rounds_imported_together_have_the_statuses_they_would_have_had_one_by_one(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys, rounds=0)
    rows = [
        row for number in (1, 2, 3) for row in many_rows(f"r{number}", f"2025-0{number}-01", 24, [5, 5, 4] if number == 3 else [4, 3, 3])
    ]
    take_in(session, survey, a_csv(*rows), keys)
    together = told(session, survey)
    other = a_survey(session, a_programme(session, "other"), slug="other")
    definition = survey.programme.results[0].indicators[0].definition
    trust = Indicator(code="trust", position=0, title={}, source="item", survey_slug="other", definition=definition)
    other.programme.results.append(ExpectedResult(key="R1", position=0, title={}, indicators=[trust]))
    session.flush()
    for number in (1, 2, 3):
        take_in(session, other, a_csv(*(row for row in rows if f",r{number}," in row)), keys)
    assert told(session, other) == together


def test_recording_again_stores_nothing(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys)
    assert record_statuses(session, survey.programme, TODAY) == 0
    assert len(told(session, survey)) == 2


def test_unprotected_figures_are_for_the_named_analysts_and_each_reading_is_logged(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys, rounds=1)
    reports = analyst_reports(session, survey.programme, " ana.lista@EXAMPLE.org ", NOW)
    assert not any(figure.suppressed for report in reports for figure in report.figures)
    (reading,) = session.query(AnalystReading)
    assert (reading.person_email, reading.programme_slug, reading.read_at) == (ANALYST.lower(), "norte", NOW)


@pytest.mark.parametrize("email", ["", "someone@example.org", "@example.org"])
def test_nobody_else_reads_them_and_nothing_is_logged(session: Session, keys: Path, email: str) -> None:
    survey = a_measured_survey(session, keys, rounds=1)
    with pytest.raises(AnalystUnknown):
        analyst_reports(session, survey.programme, email, NOW)
    assert session.query(AnalystReading).count() == 0


def test_a_programme_without_analysts_has_no_unprotected_figures(session: Session) -> None:
    with pytest.raises(AnalystUnknown):
        analyst_reports(session, a_programme(session), "", NOW)


def test_the_other_doors_never_give_the_analysts_figures(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys, rounds=1)
    with pytest.raises(ValueError, match="analyst_reports"):
        survey_report(session, survey, "analyst", TODAY)
    with pytest.raises(ValueError, match="analyst_reports"):
        programme_reports(session, survey.programme, "analyst", TODAY)


def test_records_are_flat_and_any_json_reader_takes_them(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys)
    found = records(programme_reports(session, survey.programme, "coordinator", TODAY), "es", Speaker("es"))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert all(not isinstance(value, dict) for record in found for value in record.values())


def test_records_bear_labels_in_the_language_asked_for(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys)
    reports = programme_reports(session, survey.programme, "coordinator", TODAY)
    spanish, english = (records(reports, language, Speaker(language)) for language in ("es", "en"))
    assert {record["label"] for record in spanish if record["item"] == "tr_open"} == {"Franqueza"}
    assert {record["label"] for record in english if record["item"] == "tr_open"} == {"Candour"}
    assert {record["group_label"] for record in english if record["group"] == "police" and record["cut"] == "group"} == {"Police"}
    statuses = [(one["said"], other["said"]) for one, other in zip(spanish, english, strict=True) if one["metric"] == "status"]
    assert statuses
    assert all(one and other and one != other for one, other in statuses)


def test_a_figure_that_is_not_shown_has_no_value_no_interval_and_no_n(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys, rounds=0)
    take_in(session, survey, a_csv(*many_rows("r1", "2025-01-01", 20), "x,r1,2025-01-01,,,es,1"), keys)
    found = records(programme_reports(session, survey.programme, "public", TODAY), "en", Speaker("en"))
    hidden = [record for record in found if record["suppressed"]]
    assert hidden
    assert all(record["value"] is None and record["n"] is None and record["interval"] is None for record in hidden)
    assert {record["said"] for record in hidden} == {"not shown, to protect small groups"}


# docs/report-json.md


def the_page() -> str:
    return (Path(__file__).resolve().parents[2] / "docs" / "report-json.md").read_text(encoding="utf-8")


def table(page: str, heading: str) -> list[list[str]]:
    """The cells of the rows of the first table after a heading, without its own heading."""
    lines = page.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return rows[2:]


def test_the_page_names_every_metric_as_the_code_does() -> None:
    told = {name.strip("`"): (unit, what, of) for name, unit, what, of, _where in table(the_page(), "The metrics")}
    assert told == METRICS


def test_the_page_points_to_code_that_is_there() -> None:
    root = Path(__file__).resolve().parents[2]
    named = {path for row in table(the_page(), "The metrics") for path in re.findall(r"analysis/\w+\.py", row[4])}
    assert named
    assert all((root / path).exists() for path in named)


def test_the_page_names_every_key_of_a_record(session: Session, keys: Path) -> None:
    (record, *_others) = records(
        programme_reports(session, a_measured_survey(session, keys).programme, "public", TODAY), "en", Speaker("en")
    )
    named = {key for row in table(the_page(), "A record") for key in re.findall(r"`(\w+)`", row[0])}
    assert named == set(record)


def test_every_metric_of_a_report_is_on_the_page(session: Session, keys: Path) -> None:
    survey = a_measured_survey(session, keys)
    assert {figure.metric for report in analyst_reports(session, survey.programme, ANALYST, NOW) for figure in report.figures} <= set(
        METRICS
    )


def a_worked_survey(session: Session, keys: Path) -> Survey:
    survey = a_survey(session, a_programme(session, analysts=[ANALYST]))
    answered = (("police", 4), ("police", 5), ("police", 3), ("communities", 5), ("communities", 3), ("communities", 4))
    take_in(session, survey, a_csv(*(f"{i},2025-1,2025-05-01,{group},,es,{value}" for i, (group, value) in enumerate(answered))), keys)
    return survey


def test_the_worked_example_of_the_page_is_right(session: Session, keys: Path) -> None:
    """The values by hand, as docs/report-json.md writes them."""
    (report,) = analyst_reports(session, a_worked_survey(session, keys).programme, ANALYST, NOW)

    def value(metric: str, **where: Any) -> Any:
        return next(figure.value for figure in report.find(metric=metric, item="tr_open", round="2025-1", **{"cut": "total", **where}))

    assert (value("n_valid"), value("n_valid", cut="group", group="police")) == (6, 3)
    assert value("mean") == pytest.approx((4 + 5 + 3 + 5 + 3 + 4) / 6, abs=1e-9)
    assert value("sd") == pytest.approx((4 / 5) ** 0.5, abs=1e-9)
    assert (value("pct", option="5"), value("count", option="5")) == (pytest.approx(100 * 2 / 6, abs=1e-9), 2)
    assert value("top2_pct") == pytest.approx(100 * 4 / 6, abs=1e-9)
    assert value("fixed_mix_mean") == pytest.approx(0.5 * 4 + 0.5 * 4, abs=1e-9)


def test_the_record_printed_on_the_page_is_the_one_printed_by_the_command(session: Session, keys: Path) -> None:
    survey = a_worked_survey(session, keys)
    found = records(programme_reports(session, survey.programme, "coordinator", TODAY), "en", Speaker("en"))
    printed = json.loads(re.findall(r"```json\n(.+?)\n```", the_page(), re.S)[0])
    assert printed in found
    whole = [record for record in found if record["item"] == "tr_open" and record["cut"] == "total" and not record["suppressed"]]
    assert {"mean", "n_valid"} <= {record["metric"] for record in whole}
    assert not {"pct", "top2_pct", "sd"} & {record["metric"] for record in whole}
