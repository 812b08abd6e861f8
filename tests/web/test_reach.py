"""Who would have seen a question, as the designer asks it."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from surveys.storage.database import Database
from tests.surveys.past import a_csv, a_survey, many_rows, take_in
from tests.web.doors import sign_in


def test_how_many_would_have_seen_a_question_is_said_in_the_language_of_the_page(
    client: FlaskClient, sqlite_database: Database, tmp_path: Path
) -> None:
    with sqlite_database.session() as session:
        address = a_form_asked_once(session, tmp_path)
    sign_in(client, sqlite_database, "en")
    english = client.get(f"{address}&lang=en").get_json()
    assert english == {"said": "Of the 30 people of the last round, 20 would have seen it.", "low": 20, "high": 20, "of": 30}
    spanish = client.get(f"{address}&lang=es").get_json()
    assert spanish["said"] == "De las 30 personas de la última medición, 20 la habrían visto."


def test_a_form_that_is_not_there_is_not_found(client: FlaskClient, sqlite_database: Database) -> None:
    sign_in(client, sqlite_database)
    assert client.get(f"/forms/{uuid4()}/reach").status_code == 404


def a_form_asked_once(session: Session, keys: Path) -> str:
    survey = a_survey(session)
    take_in(session, survey, a_csv(*many_rows("2025-1", "2025-05-01", 30)), keys)
    return f"/forms/{survey.form_id}/reach?show_if=tr_open+%3E%3D+4"
