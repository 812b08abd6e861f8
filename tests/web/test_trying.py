"""A draft seen as participants will see it, and tried on a phone: nothing of it ever counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from forms import codec
from forms.definition import FormDefinition
from forms.questions import KINDS
from surveys.storage import Form
from surveys.storage.database import Database
from tests.web.doors import sign_in
from tests.web.questionnaires import a_programme, every_kind


def a_draft(database: Database, document: dict[str, Any] | FormDefinition | None = None) -> UUID:
    """A form of which there is nothing but a draft."""
    document = document if document is not None else every_kind()
    draft = codec.to_document(document) if isinstance(document, FormDefinition) else document
    with database.session() as session:
        form = Form(programme_id=a_programme(session).id, slug="draft", draft=draft)
        session.add(form)
        session.flush()
        return form.id


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database)


# Preview


def test_a_preview_draws_every_kind_of_question_as_the_participant_sees_it(staff: FlaskClient, sqlite_database: Database) -> None:
    form_id = a_draft(sqlite_database)
    page = staff.get(f"/forms/{form_id}/preview?lang=en")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    for question in every_kind().questions():
        assert f'id="q-{question.name}"' in page.text
    assert {question.kind for question in every_kind().questions()} == set(KINDS)


def test_a_preview_sends_nothing_and_keeps_nothing_on_the_device(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database)}/preview").text
    assert '<button class="send" id="send" disabled>' in page
    assert 'action=""' in page
    assert '"key": ""' in page


def test_a_preview_may_be_framed_by_our_own_pages_and_every_other_page_by_none(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database)}/preview")
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self' 'nonce-" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in staff.get("/sign-out").headers["Content-Security-Policy"]


def test_looking_at_another_language_of_the_form_does_not_change_the_language_one_works_in(
    staff: FlaskClient, sqlite_database: Database
) -> None:
    staff.get(f"/forms/{a_draft(sqlite_database)}/preview?lang=en")
    assert '<html lang="es">' in staff.get("/sign-out").text


def test_no_form_no_preview(staff: FlaskClient) -> None:
    assert staff.get(f"/forms/{uuid4()}/preview").status_code == 404


UNFINISHED: list[dict[str, Any]] = [
    {},
    {"name": "x", "title": "T", "languages": ["es"], "sections": []},
    {"name": "x", "languages": ["es", "en"], "sections": "what"},
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "hologram", "label": "¿?"}]}]},
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "scale", "label": "¿?", "scale": "none"}]}]},
    {
        "name": "x",
        "languages": ["es"],
        "scales": {"s": {"lo": 5, "hi": 1}},
        "sections": [{"questions": [{"name": "a", "kind": "scale", "scale": "s"}]}],
    },
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "short_text", "show_if": "a = "}]}]},
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "yes_no", "show_if": "later = 1"}]}]},
    *({"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": kind}]}]} for kind in KINDS),
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "yes_no"}, {"name": "a", "kind": "day"}]}]},
    {"name": "x", "languages": ["not a language"], "sections": [{"questions": [{"name": "", "kind": "yes_no"}]}]},
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "number", "minimum": "many"}]}]},
]


@pytest.mark.parametrize("document", UNFINISHED)
def test_a_draft_with_problems_is_previewed_as_far_as_it_goes(
    staff: FlaskClient, sqlite_database: Database, document: dict[str, Any]
) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database, document)}/preview")
    assert page.status_code == 200


def test_a_question_that_cannot_be_drawn_is_a_note_that_says_why(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database, UNFINISHED[4])}/preview").text
    assert 'id="q-a"' in page
    assert "Esta pregunta todavía no se puede mostrar: a." in page
    assert "No hay una escala «none»." in page


def test_a_condition_that_cannot_be_read_leaves_its_question_shown_and_says_so(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database, UNFINISHED[7])}/preview").text
    assert "La condición de «a» todavía no se puede leer" in page
    assert "data-if" not in page.split("<main")[1]
    assert 'name="a"' in page
