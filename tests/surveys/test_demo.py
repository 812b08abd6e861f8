"""The example programmes: what the documents say is there, every answer is valid, and reports find the stated truth."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.report import Report
from forms import codec
from forms.answers import read_answers, write_posted
from forms.check import check
from forms.questions import columns
from surveys import demo
from surveys.authoring import definition_of
from surveys.collecting import is_open
from surveys.demo import building
from surveys.demo.building import FOLDER, Posted, true_mean
from surveys.demo.truth import PERSON_SD, TRUTHS, expected_item, shares_of_points
from surveys.planning import ProgrammeFile, read_programme
from surveys.reporting import analyst_reports
from surveys.settings import Settings, load_settings
from surveys.storage import Indicator, Programme, Response, Round, StatusRecord, Survey, find_programme, find_survey
from surveys.storage.database import Database, open_database

TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)
DOCUMENTED = (Path(__file__).parents[2] / "docs/demo.md").read_text(encoding="utf-8")
FORM_FILES = sorted(path.name for path in FOLDER.glob("*_*.yaml") if path.name != "macro_sur.yaml")
CORE_OF_MOQUEGUA = 15


def a_settings(folder: Path) -> Settings:
    return load_settings(folder / "data", env={"TUPUY_SECRET": "0123456789abcdefghijklmnopqrstuvwxyz"})


def a_built_database(folder: Path, today: date = TODAY) -> Database:
    settings = a_settings(folder)
    database = open_database(settings, create=True)
    with database.session() as session:
        demo.build(session, today, settings.keys)
    return database


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Database:
    """Both programmes, built once for this file and only read."""
    return a_built_database(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Both programmes built once more, without judging them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "record_statuses", lambda *given: 0)
        yield a_built_database(tmp_path_factory.mktemp("again"))


@pytest.fixture
def session(built: Database) -> Iterator[Session]:
    with built.session() as session:
        yield session


@pytest.fixture(scope="module")
def reports(built: Database) -> Mapping[str, Report]:
    """Every figure, unsuppressed, by survey."""
    found: dict[str, Report] = {}
    for slug, person in (("moquegua", "analista@moquegua.example"), ("macro-sur", "analista@macrosur.example")):
        with built.session() as session:
            programme = find_programme(session, slug)
            assert programme is not None
            found |= {report.plan.survey: report for report in analyst_reports(session, programme, person, NOW)}
    return found


def the_programme(session: Session, slug: str) -> Programme:
    programme = find_programme(session, slug)
    assert programme is not None
    return programme


def the_survey(session: Session, slug: str) -> Survey:
    survey = find_survey(session, slug)
    assert survey is not None
    return survey


def the_file(slug: str) -> ProgrammeFile:
    name = {slug: file for slug, file, _ in demo.EXAMPLES}[slug]
    return read_programme((FOLDER / name).read_text(encoding="utf-8"), FOLDER)


def answers_of(session: Session, one: Round) -> list[Response]:
    return list(session.scalars(select(Response).where(Response.round_id == one.id)))


# What the documents say


def test_72_people_were_interviewed_in_four_regions(session: Session) -> None:
    (one,) = the_survey(session, "macro-sur-entrevistas").rounds
    interviews = answers_of(session, one)
    assert len(interviews) == 72
    assert {answer.channel for answer in interviews} == {"interview"}
    assert Counter(answer.answers["region"] for answer in interviews) == {"apurimac": 17, "arequipa": 16, "cusco": 23, "puno": 16}
    assert set(Counter(answer.group_key for answer in interviews)) == {"policia", "estado", "empresa", "civil", "seguridad"}
    assert all(date(2017, 2, 1) <= answer.answered_on <= date(2017, 6, 30) for answer in interviews)
    assert len({answer.answered_on.month for answer in interviews}) == 5


def test_115_people_took_part_in_three_events_83_of_them_police(session: Session) -> None:
    events = [event for event in the_programme(session, "macro-sur").events if event.key.startswith("capacitacion")]
    assert [(event.on.year, event.on.month) for event in events] == [(2017, 9), (2017, 11), (2017, 12)]
    assert sum(sum(event.attendance.values()) for event in events) == 115
    assert sum(event.attendance["policia"] for event in events) == 83


def test_the_working_group_was_founded_in_cusco_in_august_2017_by_those_the_document_names(session: Session) -> None:
    programme = the_programme(session, "macro-sur")
    founding = next(event for event in programme.events if event.key == "fundacion")
    assert (founding.place, founding.on.year, founding.on.month) == ("Cusco", 2017, 8)
    assert Counter(one.circle for one in programme.institutions) == {"core": 7, "observer": 1}


def test_moquegua_has_its_eight_groups_its_core_group_and_its_five_expected_results(session: Session) -> None:
    programme = the_programme(session, "moquegua")
    assert [group.key for group in programme.groups if group.is_asked] == [
        "civil",
        "base",
        "comunidad",
        "empresa",
        "gobierno",
        "medios",
        "academia",
        "cooperacion",
    ]
    assert sum(one.circle == "core" for one in programme.institutions) == CORE_OF_MOQUEGUA
    assert [result.key for result in programme.results] == ["confianza", "capacidad", "iniciativas", "acceso", "coalicion"]
    assert all(result.indicators for result in programme.results)


def test_the_core_group_meets_every_month_and_the_extended_group_every_two(session: Session) -> None:
    events = the_programme(session, "moquegua").events
    months = {
        circle: [event.on.year * 12 + event.on.month for event in events if event.circle == circle] for circle in ("core", "extended")
    }
    assert {later - earlier for earlier, later in pairwise(months["core"])} == {1}
    assert {later - earlier for earlier, later in pairwise(months["extended"])} == {2}


def test_the_working_group_has_its_five_expected_results(session: Session) -> None:
    results = the_programme(session, "macro-sur").results
    assert [result.key for result in results] == ["entender", "aplicar", "entre-sectores", "participacion", "plan-2018"]
    assert all(any(indicator.definition["is_key"] for indicator in result.indicators) for result in results)


def test_no_real_institution_is_credited_with_an_invented_attendance(session: Session) -> None:
    for slug in TRUTHS:
        programme = the_programme(session, slug)
        counted = {key for event in programme.events for key in event.institutions}
        assert all("(ejemplo)" in one.name["es"] for one in programme.institutions if one.key in counted)


def test_everything_is_marked_as_example_data(session: Session) -> None:
    assert all(the_programme(session, slug).is_synthetic for slug in TRUTHS)
    comments = [text for truth in TRUTHS.values() for texts in truth.comments.values() for text in texts]
    assert all(text.startswith(("Comentario de ejemplo", "Example comment")) for text in comments)


def test_values_stated_from_attendance_are_those_of_the_events(session: Session) -> None:
    moquegua, macro_sur = the_programme(session, "moquegua"), the_programme(session, "macro-sur")
    stated = {code: _stated(session, code) for code in ("R5.2", "E4.1")}
    for until, value in stated["R5.2"].items():
        year = [event for event in moquegua.events if event.circle == "extended" and until - timedelta(days=366) < event.on <= until]
        extended = [one.key for one in moquegua.institutions if one.circle == "extended"]
        often = [key for key in extended if 3 * sum(key in event.institutions for event in year) >= 2 * len(year)]
        assert (len(year), round(100 * len(often) / len(extended))) == (6, value)
    open_events = {event.on: event.attendance for event in macro_sur.events if event.key.startswith(("capacitacion", "ampliacion"))}
    assert stated["E4.1"] == {on: round(100 * (1 - there["policia"] / sum(there.values()))) for on, there in open_events.items()}


def _stated(session: Session, code: str) -> dict[date, float]:
    indicator = session.scalars(select(Indicator).where(Indicator.code == code)).one()
    return {value.on: value.value for value in indicator.stated}


# Forms and answers


@pytest.mark.parametrize("name", FORM_FILES)
def test_every_form_passes_its_check_and_speaks_both_languages(name: str) -> None:
    definition = codec.load((FOLDER / name).read_text(encoding="utf-8"))
    plan = the_file("moquegua" if name.startswith("moquegua") else "macro-sur")
    assert [problem for problem in check(plan.bound(definition)) if problem.blocks] == []
    assert all(question.label.missing(("es", "en")) == () for question in definition.questions())


@pytest.mark.parametrize("slug", list(TRUTHS))
def test_the_programme_files_have_no_warnings(slug: str) -> None:
    assert the_file(slug).warnings == ()


def test_the_feedback_form_has_twelve_questions() -> None:
    definition = codec.load((FOLDER / "moquegua_taller.yaml").read_text(encoding="utf-8"))
    assert len(list(definition.questions())) == 12


def test_every_answer_is_one_that_its_form_takes(session: Session) -> None:
    for one in session.scalars(select(Round)):
        definition = definition_of(one.version)
        keys = {column.key for column in columns(definition)}
        for answer in answers_of(session, one):
            kept = {"group": answer.group_key, "circle": answer.circle}
            document = answer.answers | {name: value for name, value in kept.items() if value is not None}
            again = read_answers(definition, Posted(write_posted(definition, document)), answer.language, answer.answered_on)
            blank = {"group", "group:why", "circle", "circle:why"}
            assert {key: value for key, value in again.answers.items() if key not in blank} == answer.answers
            assert {key.removesuffix(":why") for key in answer.answers} <= keys


def test_nobody_is_asked_about_the_group_that_holds_their_own(session: Session) -> None:
    for slug in ("moquegua-medicion", "macro-sur-medicion"):
        survey = the_survey(session, slug)
        home = {group.key: group.shown_in or group.key for group in survey.programme.groups}
        answers = [answer for one in survey.rounds for answer in answers_of(session, one)]
        assert answers
        assert all(answer.answers[f"tr/{home[answer.group_key or '']}:why"] == "not_asked" for answer in answers)


def test_unknown_refused_and_blank_are_all_there(session: Session) -> None:
    whys = Counter(value for answer in session.scalars(select(Response)) for key, value in answer.answers.items() if key.endswith(":why"))
    assert set(whys) == {"unknown", "refused", "blank", "not_asked"}


def test_answers_come_in_both_languages(session: Session) -> None:
    languages = Counter(answer.language for answer in session.scalars(select(Response)))
    assert languages["es"] > 5 * languages["en"] > 0


def test_nobody_answers_a_round_to_which_fewer_were_invited(session: Session) -> None:
    for one in session.scalars(select(Round)):
        invited = one.invited or (one.event.attendance if one.event else {})
        there = Counter(answer.group_key for answer in answers_of(session, one) if answer.group_key)
        assert all(count <= invited[group] for group, count in there.items()), (one.survey.slug, one.key)


def test_about_six_of_ten_give_a_code_and_rounds_overlap_in_part(session: Session) -> None:
    rounds = [answers_of(session, one) for one in the_survey(session, "moquegua-medicion").rounds]
    coded = sum(bool(answer.code_hashes) for answers in rounds for answer in answers) / sum(map(len, rounds))
    assert 0.5 < coded < 0.75
    for earlier, later in pairwise(rounds):
        both = {answer.person for answer in earlier if answer.person} & {answer.person for answer in later if answer.person}
        assert 8 <= len(both) < len(later)


def test_surveys_have_three_to_six_rounds_but_for_the_interviews(session: Session) -> None:
    for slug in TRUTHS:
        for survey in the_programme(session, slug).surveys:
            assert survey.slug == "macro-sur-entrevistas" or 3 <= len(survey.rounds) <= 6


def test_each_programme_has_a_round_that_is_open_today(session: Session) -> None:
    for slug in TRUTHS:
        rounds = [one for survey in the_programme(session, slug).surveys for one in survey.rounds]
        (one,) = [one for one in rounds if is_open(one, NOW)]
        assert one.closes_at is not None
        assert one.closes_at > NOW
        assert answers_of(session, one)


def test_the_same_answers_are_drawn_again(built: Database, another: Database) -> None:
    wanted = select(Response.id, Response.group_key, Response.answered_on, Response.answers).order_by(Response.id)
    with built.session() as one, another.session() as other:
        assert [tuple(row) for row in one.execute(wanted)] == [tuple(row) for row in other.execute(wanted)]


def test_building_again_adds_nothing_until_the_open_round_has_ended(another: Database, tmp_path: Path) -> None:
    with another.session() as session:
        count = session.scalar(select(func.count()).select_from(Round))
        demo.build(session, TODAY + timedelta(days=5), tmp_path)
        assert session.scalar(select(func.count()).select_from(Round)) == count
        demo.build(session, TODAY + timedelta(days=60), tmp_path)
        assert session.scalar(select(func.count()).select_from(Round)) == (count or 0) + 2
        session.rollback()


def test_the_examples_are_imported_without_what_builds_them() -> None:
    program = "import sys, surveys.demo; print(sorted({'pandas', 'numpy', 'scipy', 'surveys.demo.building'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert done.stdout.strip() == "[]"


# The truth


def test_the_expected_mean_of_an_item_is_that_of_its_points() -> None:
    points = shares_of_points(2.2, 1, 5)
    assert sum(points.values()) == pytest.approx(1)
    assert expected_item(2.2, 1, 5) == pytest.approx(sum(point * share for point, share in points.items()))
    assert expected_item(5 - 2.2 + 1, 1, 5) == pytest.approx(6 - expected_item(2.2, 1, 5))
    assert 0 < PERSON_SD < 1


def documented_truth() -> Iterator[tuple[str, str, list[float]]]:
    for survey, construct, *values in re.findall(r"^\| ([a-z-]+) \| ([A-Z_]+) \|" + r" ?([\d.]*) \|" * 5 + "$", DOCUMENTED, re.MULTILINE):
        yield survey, construct, [float(value) for value in values if value]


def test_the_documented_truth_is_that_of_the_code() -> None:
    files = {slug: the_file(slug) for slug in TRUTHS}
    rows = list(documented_truth())
    assert len(rows) == 15
    for survey, construct, values in rows:
        plan = next(plan for plan in files.values() if survey in {one.slug for one in plan.surveys})
        assert values == [pytest.approx(true_mean(plan, survey, construct, place), abs=0.0051) for place in range(len(values))]


def test_the_intervals_of_reports_hold_the_truth(reports: Mapping[str, Report]) -> None:
    held: list[bool] = []
    for survey, construct, values in documented_truth():
        rounds = [one.key for one in reports[survey].plan.rounds]
        for key, true in zip(rounds, values, strict=True):
            figure = reports[survey].first(metric="fixed_mix_mean", construct=construct, item=None, indicator=None, round=key, cut="total")
            if figure is not None and figure.low is not None and figure.high is not None:
                held.append(figure.low <= true <= figure.high)
    assert len(held) >= 50
    assert sum(held) / len(held) >= 0.88


def test_the_police_flood_moves_the_raw_mean_and_not_the_fixed_mix(reports: Mapping[str, Report]) -> None:
    report = reports["macro-sur-medicion"]
    raw = report.first(metric="raw_change", construct="ACROSS", item=None, from_round="r2", round="r3", cut="total")
    fixed = report.first(metric="fixed_mix_change", construct="ACROSS", item=None, indicator=None, from_round="r2", round="r3", cut="total")
    assert raw is not None
    assert fixed is not None
    assert isinstance(raw.value, float)
    assert isinstance(fixed.value, float)
    assert raw.value > 0.2
    assert raw.value - fixed.value > 0.1
    assert fixed.low is not None
    assert fixed.low <= 0.02


def test_the_rules_find_the_five_results_of_moquegua_in_five_states(session: Session) -> None:
    latest: dict[str, str] = {}
    order = (
        select(Indicator.code, StatusRecord.status)
        .join(Round, Round.id == StatusRecord.round_id)
        .join(Indicator, Indicator.id == StatusRecord.indicator_id)
    )
    for code, status in session.execute(order.order_by(Round.on)):
        latest[code] = status
    assert {code: latest[code] for code in ("R1.1", "R2.1", "R3.1", "R4.1", "R5.1")} == {
        "R1.1": "on_track",
        "R2.1": "at_risk",
        "R3.1": "achieved",
        "R4.1": "off_track",
        "R5.1": "not_enough_evidence",
    }
