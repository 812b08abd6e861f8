"""The coordinator's pages as they are sent: what they say, in which language, to whom, and what they never show."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import unescape
from itertools import pairwise
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from analysis import readings
from analysis.figures import Report
from forms.codec import load
from surveys import accounts
from surveys.authoring import add_survey, import_form, open_round
from surveys.storage import ExpectedResult, Indicator, Programme, Response, Round
from surveys.storage.database import Database
from surveys.web import coordinate, reports
from tests.analysis.made_by_hand import a_report, trust_figures
from tests.web.doors import token_of

TITLES = {
    "trust": ("Más confianza entre integrantes", "More trust among members"),
    "learning": ("Iniciativas y lecciones", "Initiatives and lessons"),
    "access": ("Acceso a información sobre el canon", "Access to information on the canon"),
}


FORM = """
name: workshop
title: {es: Taller, en: Workshop}
languages: [es, en]
sections:
  - name: one
    questions:
      - {name: useful, kind: yes_no, label: {es: ¿Le sirvió?, en: Was it useful?}}
"""


def a_programme() -> Programme:
    results = [ExpectedResult(key=key, position=place, title={"es": es, "en": en}) for place, (key, (es, en)) in enumerate(TITLES.items())]
    name = {"es": "Comunidad de Moquegua", "en": "Moquegua community"}
    return Programme(slug="moquegua", name=name, about={}, languages=["es", "en"], mix={}, cuts=[], is_synthetic=True, results=results)


@pytest.fixture
def staff(app: Flask, client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    """Somebody signed in; the programme of Moquegua is there, without rounds."""
    with sqlite_database.session() as session:
        session.add(a_programme())
        person = accounts.ensure_person(session, "coordinacion@moquegua.example")
        secret = accounts.make_sign_in_link(session, person, datetime.now(UTC))
    client.post(f"/sign-in/{secret}")
    return client


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Says which reports the pages are made of."""

    def show(*made: Report) -> None:
        for room in (coordinate, reports):
            monkeypatch.setattr(room, "programme_reports", lambda *_: made)

    return show


def said(page: str) -> str:
    """The words of a page, without its marks."""
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)))


def test_who_is_not_signed_in_is_shown_the_way_in(client: FlaskClient) -> None:
    for address in ("/", "/p/moquegua", "/p/moquegua/trends"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert client.get("/p/moquegua?lang=en").headers["Location"] == "/sign-in?lang=en"


def test_the_first_page_lists_the_programmes(staff: FlaskClient) -> None:
    page = staff.get("/?lang=en").text
    assert 'href="/p/moquegua"' in page
    assert "Moquegua community" in said(page)
    assert "Example data" in said(page)


def test_an_unknown_programme_is_not_found(staff: FlaskClient) -> None:
    assert staff.get("/p/nowhere").status_code == 404
    assert staff.get("/p/nowhere/trends").status_code == 404


def test_the_overview_tells_the_story_first(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    words = said(staff.get("/p/moquegua?lang=es").text)
    assert "La confianza subió de 2.9 a 3.5 en 16 meses, y la meta es 3.8." in words
    assert "Lejos de la meta: «Personas que entienden bien el informe del canon», con 28\u00a0%; la meta es 60\u00a0%." in words


def test_the_table_has_start_now_with_interval_target_day_and_status_with_its_rule(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    page = staff.get("/p/moquegua?lang=en").text
    row = said(page.split("<tbody>")[1].split("</tr>")[0])
    for words in ("1. More trust among members", "2.9", "3.5", "3.3 to 3.7", "n 47", "3.8", "Jun 2027", "On track"):
        assert words in row
    assert "At this pace the target is more likely than not to be reached in time." in row
    assert "83%" in said(page)


def test_the_rules_are_printed_on_the_page_that_uses_them(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    words = said(staff.get("/p/moquegua?lang=es").text)
    for status in ("Logrado", "En camino", "En riesgo", "Lejos de la meta", "Falta evidencia"):
        assert status in words


def test_the_language_is_switched_and_remembered(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    assert '<html lang="en">' in staff.get("/p/moquegua/trends?lang=en").text
    assert '<html lang="en">' in staff.get("/p/moquegua/trends").text
    page = staff.get("/p/moquegua/trends?lang=es").text
    assert '<html lang="es">' in page
    assert 'href="/p/moquegua/trends?lang=en"' in page


def test_each_finding_has_about_heading_summary_chart_and_table(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    page = staff.get("/p/moquegua/trends?lang=es").text
    figures = page.split('<figure class="fig">')[1:]
    assert len(figures) >= 6
    for figure in figures:
        heading = re.search(r'<h3 id="([^"]+)">', figure)
        assert heading
        assert 'class="about"' in figure
        assert f'aria-labelledby="{heading[1]}"' in figure or '<table class="heat">' in figure
        assert "Ver los datos en tabla" in figure or '<table class="heat">' in figure


def test_the_adjusted_view_is_chosen_first_and_the_raw_one_needs_no_script(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    page = staff.get("/p/moquegua/trends?lang=en").text
    assert re.search(r'class="pick-adjusted"[^>]* checked', page)
    assert 'class="pick-raw"' in page
    assert "<script" not in page


def test_example_data_say_so_on_every_page(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    for address in ("/p/moquegua", "/p/moquegua/trends"):
        assert "Datos de ejemplo" in said(staff.get(f"{address}?lang=es").text)
        assert "Example data" in said(staff.get(f"{address}?lang=en").text)


def test_a_programme_without_rounds_has_its_pages(staff: FlaskClient) -> None:
    assert "Todavía falta evidencia para decir cómo va el programa." in said(staff.get("/p/moquegua?lang=es").text)
    assert "No closed round has answers to this yet." in said(staff.get("/p/moquegua/trends?lang=en").text)


# --- open rounds


@pytest.mark.parametrize(
    ("answers", "words"), [(4, "Fewer than 5 answers so far."), (5, "5 answers or more so far."), (14, "10 answers or more so far.")]
)
def test_an_open_round_shows_its_answers_in_steps_of_k_and_nothing_else(
    staff: FlaskClient, sqlite_database: Database, answers: int, words: str
) -> None:
    now = datetime.now(UTC)
    link = an_open_round(sqlite_database, now, answers)
    page = staff.get("/p/moquegua?lang=en").text
    assert words in said(page)
    assert f'href="/r/{link}"' in page
    assert answers < 10 or str(answers) not in said(page.split("What comes next")[1].split("</ul>")[0])


def an_open_round(database: Database, now: datetime, answers: int) -> str:
    """A round that is open now with so many answers; its link."""
    with database.session() as session:
        programme = session.query(Programme).one()
        version = import_form(session, programme, load(FORM), now.date())
        survey = add_survey(session, programme, version.form, "workshop", {"es": "Taller", "en": "Workshop"})
        ends = now + timedelta(days=2)
        round_ = open_round(
            session, survey, "now", now.date(), {"en": "now"}, version, None, None, now - timedelta(days=1), ends, ["es", "en"]
        )
        session.add_all(a_response(round_, now.date()) for _ in range(answers))
        return round_.link


def a_response(round_: Round, day: date) -> Response:
    where = {"round_id": round_.id, "version_id": round_.version_id}
    return Response(id=uuid4(), answered_on=day, language="es", answers={}, digest=uuid4().hex * 2, receipt=None, **where)


# --- what is not shown


def hidden_in(report: Report) -> Report:
    """The same report with every figure suppressed."""
    bare = (
        replace(figure, value=None, low=None, high=None, n=None, suppressed=True) for figure in report.figures if figure.metric != "status"
    )
    indicators = tuple(replace(one, baseline=None, stated=()) for one in report.plan.indicators)
    return replace(report, figures=tuple(bare), plan=replace(report.plan, indicators=indicators))


def test_a_round_is_closed_by_hand_after_being_asked(staff: FlaskClient, sqlite_database: Database) -> None:
    an_open_round(sqlite_database, datetime.now(UTC), 6)
    with sqlite_database.session(reads_only=True) as session:
        home = f"/rounds/{session.scalars(select(Round)).one().id}"
    address = f"{home}/close"
    assert f'"{home}"' in staff.get("/p/moquegua").text
    assert address in staff.get(home).text
    asked = staff.get(address + "?lang=en")
    assert "cannot be opened again" in said(asked.text)
    assert staff.post(address).status_code == 400  # without its token
    assert staff.post(address, data={"csrf_token": token_of(asked.text)}).status_code == 303
    with sqlite_database.session(reads_only=True) as session:
        assert session.scalars(select(Round)).one().closed_at is not None
    assert staff.get(address).status_code == 404


def test_the_day_of_the_page_is_that_of_the_last_closing_and_never_just_today(staff: FlaskClient, sqlite_database: Database) -> None:
    assert "Updated on" not in said(staff.get("/p/moquegua?lang=en").text)
    an_open_round(sqlite_database, datetime.now(UTC), 6)
    with sqlite_database.session() as session:
        session.scalars(select(Round)).one().closed_at = datetime(2026, 3, 2, 5, tzinfo=UTC)
    assert "Updated on 2 March 2026." in said(staff.get("/p/moquegua?lang=en").text)


def test_a_round_whose_time_is_over_is_closed_before_a_page_reads_figures(staff: FlaskClient, sqlite_database: Database) -> None:
    an_open_round(sqlite_database, datetime.now(UTC), 6)
    with sqlite_database.session() as session:
        round_ = session.scalars(select(Round)).one()
        round_.opens_at, round_.closes_at = datetime.now(UTC) - timedelta(days=9), datetime.now(UTC) - timedelta(days=2)
    assert staff.get("/p/moquegua/trends").status_code == 200
    with sqlite_database.session(reads_only=True) as session:
        assert session.scalars(select(Round)).one().closed_at is not None


def test_a_report_of_which_everything_is_hidden_shows_no_number(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(hidden_in(a_report()))
    page = staff.get("/p/moquegua/trends?lang=es").text
    assert "no se muestra, para proteger a grupos pequeños" in said(page)
    assert not re.findall(r"\b\d\.\d\b|\bn \d|\d+\u00a0%", said(page.split("<main")[1]).replace("95\u00a0%", ""))


def test_no_suppressed_figure_leaves_a_number_behind(staff: FlaskClient, shown: Callable[..., None]) -> None:
    """Figures that are suppressed still hold a number here, as no gate would leave them: no page may print it."""
    marked = [replace(figure, value=4.7777, low=4.6666, high=4.8888, n=7777, suppressed=True) for figure in trust_figures()]
    between = replace(next(iter(a_report().find(metric="trust_mean", suppressed=True))), value=4.7777, n=7777)
    shown(a_report([*marked, between, *(f for f in a_report().figures if f.metric in ("status", "pct"))]))
    for address in ("/p/moquegua", "/p/moquegua/trends"):
        page = staff.get(f"{address}?lang=en").text
        assert not re.search(r"4\.[678]|7,?777", page)


def test_a_hidden_cell_is_hatched_and_bears_no_colour(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    table = staff.get("/p/moquegua/trends?lang=en").text.split('<table class="heat">')[1].split("</table>")[0]
    hidden = re.findall(r'<td class="([^"]*)"[^>]*><span>(not shown[^<]*)</span>', table)
    assert hidden == [("hid", "not shown"), ("hid", "not shown, to protect small groups")]


# --- weight and safety


@pytest.mark.parametrize(("address", "budget"), [("/p/moquegua", 25_000), ("/p/moquegua/trends", 40_000)])
def test_a_page_weighs_less_than_its_budget_with_its_styles(
    staff: FlaskClient, shown: Callable[..., None], address: str, budget: int
) -> None:
    shown(a_report())
    headers = {"Accept-Encoding": "gzip"}
    page = staff.get(f"{address}?lang=es")
    files = re.findall(r'href="(/static/[^"]+)"', page.text)
    assert len(files) == 3
    assert sum(len(staff.get(one, headers=headers).data) for one in (f"{address}?lang=es", *files)) < budget


def test_nothing_comes_from_another_host_and_no_style_is_inline(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    for address in ("/", "/p/moquegua", "/p/moquegua/trends"):
        answer = staff.get(address)
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
        assert " style=" not in answer.text
        assert not re.findall(r" on[a-z]+=", answer.text)
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_nav_leads_only_to_pages_that_exist(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    for address in re.findall(r'href="(/[^"#]*)"', staff.get("/p/moquegua").text):
        assert staff.get(unescape(address)).status_code == 200


def test_no_heading_is_left_out_of_the_order(staff: FlaskClient, shown: Callable[..., None]) -> None:
    shown(a_report())
    for address in ("/", "/p/moquegua", "/p/moquegua/trends"):
        levels = [int(level) for level in re.findall(r"<h(\d)", staff.get(address).text)]
        assert levels[0] == 1
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_indicators_stand_in_the_order_of_the_programme_whichever_survey_they_read() -> None:
    programme = a_programme()
    programme.results[0].indicators = [
        Indicator(code=code, position=place, title={}, source="item", definition={}) for place, code in enumerate(("T.1", "T.2"))
    ]
    any_goal = readings.goals(a_report())[0]
    found = [replace(any_goal, code=code) for code in ("T.2", "other", "T.1")]
    assert [goal.code for goal in coordinate.in_order(programme, found)] == ["T.1", "T.2", "other"]


def test_an_indicator_that_does_not_decide_says_so(staff: FlaskClient, shown: Callable[..., None]) -> None:
    report = a_report()
    aside = replace(report, plan=replace(report.plan, indicators=tuple(replace(one, is_key=False) for one in report.plan.indicators)))
    shown(report)
    assert "Complementary" not in said(staff.get("/p/moquegua?lang=en").text)
    shown(aside)
    assert "Complementary: it does not decide the status of the result." in said(staff.get("/p/moquegua?lang=en").text)
