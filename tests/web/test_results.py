"""Results for participants: written and looked at by staff, published, and read without more than the public may know."""

from __future__ import annotations

import gzip
import random
import re
from datetime import UTC, date, datetime
from html import unescape
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from analysis.columns import Audience
from forms.answers import Sent
from surveys import reporting, sealing, showing
from surveys.authoring import open_round
from surveys.storage import Round, all_published
from surveys.storage.database import Database
from surveys.storage.frames import frames
from surveys.web import asking, results
from tests.analysis.attack import Attack
from tests.records import take
from tests.surveys.past import a_programme, a_survey
from tests.web.doors import sign_in, token_of

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
WORDS = {
    "said/es/0": "Falta tiempo.",
    "said/en/0": "Too little time.",
    "did/es/0": "Habrá <b>más</b>.",
    "did/en/0": "There will be more.",
    "reply/es": "Gracias a todas las personas.",
    "reply/en": "Thank you all.",
}
#: People of each group who answer: seven police officers may be shown to coordinators and not to everybody.
PEOPLE = {"police": 7, "communities": 40}


def a_closed_round(database: Database, is_closed: bool = True) -> tuple[UUID, str]:
    """(id, link) of a round in which these people answered."""
    drawn = random.Random(7)
    with database.session() as session:
        round_ = open_round(session, a_survey(session, a_programme(session)), "r1", date(2026, 11, 23))
        for group, count in PEOPLE.items():
            for _ in range(count):
                answers = {"group": group, "tr_open": drawn.randint(1, 5), "tr_guard": drawn.randint(1, 5)}
                trust = {f"tr/{other}": drawn.randint(1, 5) for other in PEOPLE if other != group}
                take(session, round_, Sent(answers | trust, None, []), now=NOW)
        if is_closed:
            sealing.close_round(session, round_, NOW)
        return round_.id, round_.link


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database, "en")


def offered(page: str) -> list[str]:
    return re.findall(r'name="figures" value="([^"]+)"', page)


def write(staff: FlaskClient, round_id: UUID, figures: list[str] | None = None, **words: str) -> TestResponse:
    page = staff.get(f"/rounds/{round_id}/results").get_data(as_text=True)
    chosen = offered(page) if figures is None else figures
    data = {"csrf_token": token_of(page), "figures": chosen, "do": "preview", **WORDS, **words}
    return staff.post(f"/rounds/{round_id}/results", data=data)


def publish(staff: FlaskClient, round_id: UUID) -> TestResponse:
    page = staff.get(f"/rounds/{round_id}/results/preview").get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    return staff.post(f"/rounds/{round_id}/results/preview", data={"csrf_token": token_of(page), "seen": seen[1] if seen else ""})


def read(app: Flask, link: str, language: str = "en") -> str:
    """The page as a participant reads it."""
    return app.test_client().get(f"/r/{link}/results?lang={language}").get_data(as_text=True)


# Before ----------------------------------------------------------------------------------------------------------------


def test_while_the_round_is_open_the_address_says_not_yet(app: Flask, sqlite_database: Database) -> None:
    _, link = a_closed_round(sqlite_database, is_closed=False)
    assert "The results are not here yet." in read(app, link)
    assert "Until it closes nobody is shown any result." in read(app, link)


def test_after_closing_it_says_when_to_expect_them(app: Flask, staff: FlaskClient, sqlite_database: Database) -> None:
    round_id, link = a_closed_round(sqlite_database)
    assert "No day has been set" in read(app, link)
    write(staff, round_id, expected_on="2027-01-15")
    assert "They are expected by 15 January 2027" in read(app, link)
    assert "Se esperan para el 15 de enero de 2027" in read(app, link, "es")
    assert "Too little time." not in read(app, link)


def test_a_day_that_is_none_is_told_and_nothing_is_stored(app: Flask, staff: FlaskClient, sqlite_database: Database) -> None:
    round_id, _ = a_closed_round(sqlite_database)
    answer = write(staff, round_id, expected_on="soon")
    assert answer.status_code == 422
    assert "Nothing was stored." in answer.get_data(as_text=True)
    assert "Too little time." in answer.get_data(as_text=True)  # what was typed stays on the page
    assert "Too little time." not in staff.get(f"/rounds/{round_id}/results").get_data(as_text=True)


def test_an_open_round_offers_no_figures_and_cannot_be_published(app: Flask, staff: FlaskClient, sqlite_database: Database) -> None:
    round_id, link = a_closed_round(sqlite_database, is_closed=False)
    write(staff, round_id, [])
    page = staff.get(f"/rounds/{round_id}/results/preview?lang=en").get_data(as_text=True)
    assert "The round is not closed yet." in page
    assert "Publish it like this" not in page
    with sqlite_database.session() as session:
        seen = showing.digest_of(showing.plan_of(session, session.get_one(Round, round_id)))
    token = token_of(staff.get(f"/rounds/{round_id}/results").get_data(as_text=True))
    assert staff.post(f"/rounds/{round_id}/results/preview", data={"csrf_token": token, "seen": seen}).status_code == 422
    assert "not here yet" in read(app, link)


# Published -------------------------------------------------------------------------------------------------------------


def test_what_was_looked_at_is_published_in_both_languages(app: Flask, staff: FlaskClient, sqlite_database: Database) -> None:
    round_id, link = a_closed_round(sqlite_database)
    assert write(staff, round_id).status_code == 303
    assert "not here yet" in read(app, link)
    assert publish(staff, round_id).status_code == 303
    english, spanish = read(app, link), read(app, link, "es")
    assert all(words in unescape(english) for words in ("You said, we did", "Too little time.", "There will be more.", "Thank you all."))
    assert all(words in unescape(spanish) for words in ("Falta tiempo.", "Habrá <b>más</b>.", "Gracias a todas las personas."))
    assert "Habrá &lt;b&gt;más" in spanish
    assert '<figure class="fig">' in english
    assert "<table" in english


def test_what_changed_since_it_was_looked_at_is_not_published(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id, _ = a_closed_round(sqlite_database)
    write(staff, round_id)
    page = staff.get(f"/rounds/{round_id}/results/preview").get_data(as_text=True)
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    write(staff, round_id, **{"did/en/0": "Something else."})
    answer = staff.post(f"/rounds/{round_id}/results/preview", data={"csrf_token": token_of(page), "seen": seen[1]})
    assert answer.status_code == 409
    with sqlite_database.session() as session:
        assert all_published(session, session.get_one(Round, round_id)) == []


def test_each_publication_stays_on_record(staff: FlaskClient, sqlite_database: Database) -> None:
    round_id, _ = a_closed_round(sqlite_database)
    write(staff, round_id)
    publish(staff, round_id)
    write(staff, round_id, [], **{"did/en/0": "Done by now."})
    publish(staff, round_id)
    assert "There will be more." in staff.get(f"/rounds/{round_id}/results/1?lang=en").get_data(as_text=True)
    assert "Done by now." in staff.get(f"/rounds/{round_id}/results/2?lang=en").get_data(as_text=True)
    assert staff.get(f"/rounds/{round_id}/results/3").status_code == 404


def test_an_address_of_its_own_opens_only_what_is_for_everybody(app: Flask, staff: FlaskClient, sqlite_database: Database) -> None:
    round_id, _ = a_closed_round(sqlite_database)

    def address(**more: str) -> str:
        write(staff, round_id, **more)
        publish(staff, round_id)
        found = re.search(r"/results/[a-z0-9]{10}", staff.get(f"/rounds/{round_id}/results").get_data(as_text=True))
        return found[0] if found else ""

    assert address() == ""
    public = address(is_public="on")
    assert app.test_client().get(f"{public}?lang=en").status_code == 200
    write(staff, round_id)
    publish(staff, round_id)
    assert app.test_client().get(public).status_code == 404


def test_the_page_is_light_and_needs_no_second_request(app: Flask, staff: FlaskClient, sqlite_database: Database) -> None:
    round_id, link = a_closed_round(sqlite_database)
    write(staff, round_id)
    publish(staff, round_id)
    page = read(app, link)
    assert len(gzip.compress(page.encode(), 6)) <= 40_000
    assert not re.findall(r'(?:src|href)="(?!#|/r/|data:)[^"]*"', page)


# Attack ----------------------------------------------------------------------------------------------------------------


def drawn_for(app: Flask, database: Database, round_id: UUID, audience: Audience) -> dict[str, str]:
    """Every panel as it is drawn in English from the report of an audience."""
    with app.test_request_context(), database.session() as session:
        report = reporting.survey_report(session, session.get_one(Round, round_id).survey, audience, NOW.date())
        return results.drawn_in(asking.speaker("en"), report)


def test_only_figures_of_the_public_report_are_shown(app: Flask, staff: FlaskClient, sqlite_database: Database) -> None:
    round_id, link = a_closed_round(sqlite_database)
    public = drawn_for(app, sqlite_database, round_id, "public")
    inside = drawn_for(app, sqlite_database, round_id, "coordinator")
    assert public != inside  # else this would prove nothing
    write(staff, round_id, [*inside, "everything", "../trust"])
    publish(staff, round_id)
    page = read(app, link)
    shown = re.findall(r'<figure class="fig">.*?</figure>', page, re.DOTALL)
    assert [unescape(one) for one in shown] == [unescape(public[key]) for key in inside if key in public]
    assert not [key for key, figure in inside.items() if figure != public.get(key) and figure in page]


def test_what_is_published_gives_back_nobody_of_a_group_that_is_shown_only_inside(
    app: Flask, staff: FlaskClient, sqlite_database: Database
) -> None:
    """Coordinators see the seven officers' mean; from what everybody sees, no sum of fewer than ten people follows."""
    round_id, _ = a_closed_round(sqlite_database)
    with sqlite_database.session() as session:
        survey = session.get_one(Round, round_id).survey
        inside = reporting.survey_report(session, survey, "coordinator", NOW.date())
        public = reporting.survey_report(session, survey, "public", NOW.date())
        assert [one for one in inside.figures if one.group == "police" and one.metric == "mean" and not one.suppressed]
        assert not [one for one in public.figures if one.group == "police" and one.metric == "mean" and not one.suppressed]
        assert Attack(*frames(session, survey), public).finds(10) == []
