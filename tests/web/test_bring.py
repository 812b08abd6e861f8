"""Files that come in through the browser: seen first, stored only when that was decided, told in words when they cannot be read."""

from __future__ import annotations

import io
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from surveys import web
from surveys.storage import Form, Response, Survey
from surveys.storage.database import Database
from surveys.web import bring
from tests.forms.limesurvey import a_question, an_lss, options
from tests.surveys.past import a_survey
from tests.web.doors import sign_in, token_of

FORMS, ANSWERS = "/p/norte/forms/import", "/p/norte/surveys/trust/answers"
LSS = an_lss([a_question("Q1"), a_question("Q2", "*", 2)], answers=options("A1", "A2"), said={"title": "Encuesta del taller"})
GOOGLE = (
    "Marca temporal,Correo electrónico,Grupo,Franqueza,Color\n2026/07/18,ana@example.org,Policía,4,azul\n2026/07/18,b@c.pe,Policía,9,\n"
)


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    """Somebody signed in; the programme «norte» has a survey «trust»."""
    with sqlite_database.session() as session:
        a_survey(session)
    return sign_in(client, sqlite_database)


def send(client: FlaskClient, address: str, data: bytes | None = None, name: str = "encuesta.lss", **fields: str) -> TestResponse:
    """What a browser sends: the file, or the fields of the page that carries it."""
    sent: dict[str, object] = {"csrf_token": token_of(client.get(address).text), **fields}
    if data is not None:
        sent["file"] = (io.BytesIO(data), name)
    return client.post(address, data=sent, content_type="multipart/form-data")


def hidden(page: str) -> dict[str, str]:
    """The fields that a page carries along, and what its selects and inputs say."""
    fields = dict(re.findall(r'<input(?: type="hidden")?(?: id="\w+")? name="(\w+)" value="([^"]*)"', page))
    for name, inside in re.findall(r'<select(?: id="\w+")? name="(\w+)".*?>(.*?)</select>', page, flags=re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        fields[name] = chosen[1] if chosen else ""
    new = re.search(r'name="new_round"[^>]* value="([^"]*)"', page)
    return {name: unescape(value) for name, value in fields.items() if name != "csrf_token"} | ({"new_round": new[1]} if new else {})


def said(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def count(database: Database, kind: type[Form] | type[Response]) -> int:
    with database.session() as session:
        return session.query(kind).count()


# --- forms


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("es", ("Traer un cuestionario", "Queda fuera", "No se calcula nada mientras se responde", "Crear el borrador")),
        ("en", ("Bring in a form", "Left out", "Nothing is calculated while people answer", "Create the draft")),
    ],
)
def test_a_file_is_shown_part_by_part_before_anything_is_stored(
    staff: FlaskClient, sqlite_database: Database, language: str, words: tuple[str, ...]
) -> None:
    staff.get(f"{FORMS}?lang={language}")
    before = count(sqlite_database, Form)
    answer = send(staff, FORMS, LSS)
    assert answer.status_code == 200
    for one in words:
        assert one in said(answer.text)
    assert count(sqlite_database, Form) == before


def test_what_is_said_of_many_cells_is_said_once_with_their_places(staff: FlaskClient) -> None:
    data = an_lss([a_question("Q1", "Y"), a_question("Q2", "*", 2), a_question("Q3", "*", 3)])
    page = send(staff, FORMS, data).text
    assert said(page).count("No se calcula nada mientras se responde") == 1
    assert "2 lugares" in said(page)


def test_the_draft_is_made_from_the_page_that_showed_it(staff: FlaskClient, sqlite_database: Database) -> None:
    page = send(staff, FORMS, LSS).text
    answer = send(staff, FORMS, **hidden(page))
    assert answer.status_code == 303
    with sqlite_database.session() as session:
        form = session.query(Form).filter_by(slug="encuesta_del_taller").one()
        assert answer.headers["Location"] == f"/forms/{form.id}"
        assert [question["name"] for question in form.draft["sections"][0]["questions"]] == ["q1"]
        assert form.versions == []


def test_another_file_than_the_one_shown_is_shown_first(staff: FlaskClient, sqlite_database: Database) -> None:
    fields = hidden(send(staff, FORMS, LSS).text)
    before = count(sqlite_database, Form)
    other = an_lss([a_question("Other", "Y")])
    answer = send(staff, FORMS, other, **{name: value for name, value in fields.items() if name not in ("carried", "name")})
    assert answer.status_code == 200
    assert count(sqlite_database, Form) == before


def test_a_name_that_is_taken_is_told_and_a_free_one_proposed(staff: FlaskClient) -> None:
    data = an_lss([a_question("Q1", "Y")], said={"title": "Trust"})
    page = send(staff, FORMS, data).text
    assert hidden(page)["as"] == "trust_1"
    assert "«trust_1»" in said(page)
    again = send(staff, FORMS, **{**hidden(page), "as": "trust"})
    assert (again.status_code, "«trust_1»" in said(again.text)) == (422, True)
    assert send(staff, FORMS, **{**hidden(page), "as": "Not a name"}).status_code == 422


def test_a_large_file_is_not_carried_but_chosen_once_more(staff: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bring, "MOST_CARRIED", 10)
    page = send(staff, FORMS, LSS).text
    assert 'name="carried"' not in page
    assert 'type="file"' in page
    assert send(staff, FORMS, LSS, **hidden(page)).status_code == 303


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"<document>", "a.lss", "no se puede leer como XML"),
        (b"<!DOCTYPE d [<!ENTITY a 'b'>]><document>&a;</document>", "a.lss", "entidades propias"),
        (b"\xff\xfe", "a.yaml", "UTF-8"),
        (b"PK\x03\x04", "a.xlsx", "a.xlsx"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_words(staff: FlaskClient, data: bytes, name: str, words: str) -> None:
    answer = send(staff, FORMS, data, name)
    assert answer.status_code == 422
    assert words in said(answer.text)


def test_no_file_and_a_broken_carried_one_are_told(staff: FlaskClient) -> None:
    for fields in ({}, {"carried": "%%%"}, {"carried": "AAAA"}):
        answer = send(staff, FORMS, **fields)
        assert (answer.status_code, "No se envió ningún archivo" in said(answer.text)) == (422, True)


def test_scripts_of_a_file_are_words_on_the_page(staff: FlaskClient) -> None:
    data = an_lss([a_question("Q1", "&")], said={"Q1": "&lt;script&gt;alert(1)&lt;/script&gt;"})
    page = send(staff, FORMS, data, "<img src=x>.lss").text
    assert "<script>alert" not in page
    assert "<img" not in page


@pytest.mark.parametrize(("language", "words"), [("es", "mayor de 50 MB"), ("en", "larger than 50 MB")])
def test_a_file_that_is_too_large_is_told_in_words(staff: FlaskClient, monkeypatch: pytest.MonkeyPatch, language: str, words: str) -> None:
    staff.get(f"{FORMS}?lang={language}")
    monkeypatch.setattr(web, "LARGEST_FILE_BYTES", 3_000)
    answer = send(staff, FORMS, b"x" * 5_000)
    assert answer.status_code == 413
    assert words in said(answer.text)


def test_other_doors_keep_their_limit(staff: FlaskClient, app: Flask) -> None:
    assert app.config["MAX_CONTENT_LENGTH"] == 1_000_000
    two_megabytes = b"a: " + b"x" * 2_000_000
    assert send(staff, FORMS, two_megabytes, "a.yaml").status_code == 422
    assert staff.post("/sign-out", data={"csrf_token": "x" * 2_000_000}).status_code == 413


# --- answers


def test_answers_are_matched_shown_and_then_stored(staff: FlaskClient, sqlite_database: Database) -> None:
    page = send(staff, ANSWERS, GOOGLE.encode(), "respuestas.csv", new_round="2026-1").text
    words = said(page)
    assert "Identifica a quien respondió: se descarta y nunca se guarda." in words
    assert "Franqueza (1 celda: 9)" in words
    assert "Se puede guardar 1 fila." in words
    assert count(sqlite_database, Response) == 0
    fields = hidden(page)
    assert (fields["column_3"], fields["column_4"], fields["new_round"]) == ("tr_open", "", "2026-1")
    assert "column_1" not in fields
    done = send(staff, ANSWERS, **{**fields, "do": "store"})
    assert "1 respuesta guardada." in said(done.text)
    with sqlite_database.session() as session:
        (stored,) = session.query(Response)
        assert (stored.answers["tr_open"], stored.group_key, stored.answered_on.isoformat()) == (4, "police", "2026-07-18")


def test_a_changed_matching_is_shown_again_before_it_is_stored(staff: FlaskClient, sqlite_database: Database) -> None:
    fields = hidden(send(staff, ANSWERS, GOOGLE.encode(), "respuestas.csv", new_round="2026-1").text)
    changed = {**fields, "column_3": "", "column_4": "region"}
    page = send(staff, ANSWERS, **{**changed, "do": "store"}).text
    assert count(sqlite_database, Response) == 0
    again = hidden(page)
    assert (again["column_3"], again["column_4"]) == ("", "region")


def test_who_answered_cannot_be_chosen_by_hand(staff: FlaskClient) -> None:
    fields = hidden(send(staff, ANSWERS, GOOGLE.encode(), "respuestas.csv", new_round="2026-1").text)
    page = send(staff, ANSWERS, **{**fields, "column_1": "why_maps", "do": "look"}).text
    assert 'name="column_1"' not in page


@pytest.mark.parametrize(("more", "is_closed"), [({}, True), ({"keep_open": "1"}, False)])
def test_a_round_is_closed_unless_more_files_follow(
    staff: FlaskClient, sqlite_database: Database, more: dict[str, str], is_closed: bool
) -> None:
    fields = hidden(send(staff, ANSWERS, GOOGLE.encode(), "respuestas.csv", new_round="2026-1").text)
    send(staff, ANSWERS, **{name: value for name, value in fields.items() if name != "keep_open"} | {"do": "store"} | more)
    with sqlite_database.session() as session:
        (round_,) = session.query(Survey).one().rounds
        assert (round_.closed_at is not None) is is_closed


def test_a_file_of_our_own_needs_no_matching(staff: FlaskClient, sqlite_database: Database) -> None:
    ours = b"response_id,round,date,tr_open\n1,2025-1,2025-05-01,4\n2,2025-1,2025-05-01,nine\n"
    page = send(staff, ANSWERS, ours, "past.csv").text
    assert 'name="column_0"' not in page
    assert "nine" in said(page)
    assert send(staff, ANSWERS, **{**hidden(page), "do": "store"}).status_code == 200
    assert count(sqlite_database, Response) == 1


def test_answers_without_a_round_are_told(staff: FlaskClient, sqlite_database: Database) -> None:
    page = send(staff, ANSWERS, GOOGLE.encode(), "respuestas.csv").text
    assert "No se dice a qué medición pertenecen estas respuestas." in said(page)
    assert 'value="store"' not in page


def test_unknown_surveys_and_programmes_are_not_found(staff: FlaskClient, sqlite_database: Database) -> None:
    assert staff.get("/p/norte/surveys/none/answers").status_code == 404
    assert staff.get("/p/none/forms/import").status_code == 404
    with sqlite_database.session() as session:
        assert session.query(Survey).count() == 1
