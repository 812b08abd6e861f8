"""What the server hands to a phone for the time without a signal, and what it does with answers that come after the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from surveys.collecting import make_page_mark
from surveys.settings import GRACE, Settings
from surveys.storage.database import Database
from tests.web.questionnaires import a_round
from tests.web.test_answer import PAST, a_link, answered, hidden_fields, stored, tags


def test_only_the_open_form_and_its_words_may_be_kept(client: FlaskClient, sqlite_database: Database) -> None:
    link, closed = a_link(sqlite_database), a_link(sqlite_database, closes_at=PAST)
    sent = client.post(f"/r/{link}", data=answered())
    may = [client.get(f"/r/{link}"), client.get(f"/r/{link}/words")]
    may_not = [client.post(f"/r/{link}", data={}), sent, client.get(sent.headers["Location"]), client.get(f"/r/{closed}")]
    assert [response.headers.get("Tupuy-Keep") for response in may] == ["yes", "yes"]
    assert [response.headers.get("Tupuy-Keep") for response in may_not] == [None] * 4


def test_the_words_are_told_in_both_languages_and_of_a_closed_round_too(client: FlaskClient, sqlite_database: Database) -> None:
    page = client.get(f"/r/{a_link(sqlite_database, closes_at=PAST)}/words").get_data(as_text=True)
    assert '<span lang="es">por enviar</span><span lang="en">to send</span>' in page
    assert client.get("/r/nobodyhasthis/words").status_code == 404


def test_the_worker_is_small_looked_at_anew_each_time_and_of_our_pages_alone(client: FlaskClient) -> None:
    response = client.get("/r/worker.js")
    assert response.mimetype == "text/javascript"
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in response.headers
    assert len(response.data) < 5000


def test_where_pages_may_not_be_kept_the_worker_takes_itself_away(app: Flask, client: FlaskClient, sqlite_database: Database) -> None:
    object.__setattr__(app.settings, "keeps_pages", False)  # type: ignore[attr-defined]  # the doors carry their settings
    assert "unregister" in client.get("/r/worker.js").get_data(as_text=True)
    assert '"worker": ""' in client.get(f"/r/{a_link(sqlite_database)}").get_data(as_text=True)


def test_a_page_drawn_again_keeps_the_mark_of_its_first_opening(client: FlaskClient, sqlite_database: Database, settings: Settings) -> None:
    with sqlite_database.session() as session:
        round_ = a_round(session, closes_at=PAST)
        link, mark = round_.link, make_page_mark(round_, settings.secret, PAST - timedelta(hours=1))
    again = client.post(f"/r/{link}", data={"~mark": mark})
    assert again.status_code == 422
    assert hidden_fields(tags(again))["~mark"] == mark


@pytest.mark.parametrize(("after", "is_late"), [(GRACE / 2, False), (GRACE * 2, True)])
def test_thanks_after_the_end_tell_what_happens_and_promise_no_correction(
    client: FlaskClient, sqlite_database: Database, settings: Settings, after: timedelta, is_late: bool
) -> None:
    closes_at = datetime.now(UTC) - after
    with sqlite_database.session() as session:
        round_ = a_round(session, closes_at=closes_at)
        link, mark = round_.link, make_page_mark(round_, settings.secret, closes_at - timedelta(hours=1))
    sent = client.post(f"/r/{link}", data=answered(**{"~mark": mark}))
    page = client.get(sent.headers["Location"]).get_data(as_text=True)
    assert ("Llegaron después del cierre" in page) is is_late
    assert "puede corregir" not in page
    assert len(stored(sqlite_database)) == 1


def test_the_form_says_until_when_answers_begun_in_time_count(client: FlaskClient, sqlite_database: Database) -> None:
    closes_at = datetime(2099, 7, 25, 23, 0, tzinfo=UTC)
    page = client.get(f"/r/{a_link(sqlite_database, closes_at=closes_at)}").get_data(as_text=True)
    assert "Open until 25 July 2099, 18:00 at the latest" in page
    assert "send by 26 July 2099, 18:00 counts" in page
