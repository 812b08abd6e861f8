"""The library's doors: the page without any script, and the JSON that the designer speaks."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from forms import bank, codec
from surveys import drafting, library
from surveys.storage import Form, all_forms, all_instruments, find_programme
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_programme
from tests.web.doors import FORM, sign_in, token_of


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    """Somebody signed in; of two programmes, the second has a form and an instrument of its own."""
    with sqlite_database.session() as session:
        a_programme(session)
        other = a_programme(session, "sur")
        form = drafting.new_form(session, other, codec.load(FORM), None, NOW)
        library.save_instrument(session, form, ["useful"], "useful", {"es": "Lo útil", "en": "What is useful"}, None, TODAY)
        drafting.new_form(session, other, bank.instrument("trust"), None, NOW)
    return sign_in(client, sqlite_database)


@pytest.fixture
def form_id(sqlite_database: Database, staff: FlaskClient) -> str:
    with sqlite_database.session() as session:
        programme = find_programme(session, "norte")
        assert programme is not None
        return str(drafting.new_form(session, programme, codec.load(FORM), None, NOW).id)


def send(staff: FlaskClient, path: str, **sent: Any) -> Any:
    return staff.post(path, json=sent, headers={"X-CSRFToken": token_of(staff.get("/p/norte/library").text)})


def press(staff: FlaskClient, path: str, **sent: str) -> Any:
    return staff.post(f"/p/norte/library/{path}", data=sent | {"csrf_token": token_of(staff.get("/p/norte/library").text)})


def said(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def test_the_page_says_what_one_must_know_of_an_instrument_in_both_languages(staff: FlaskClient) -> None:
    spanish, english = (said(staff.get(f"/p/norte/library?lang={language}").text) for language in ("es", "en"))
    for words in ("La confianza en este grupo", "Confianza en el grupo TRUST", "con tr_guard invertido", "Apache-2.0", "preguntas: 6 de 6"):
        assert words in spanish
    for words in ("Trust in this group", "Trust in the group TRUST", "tr_guard reversed", "Español , English", "From the library of sur"):
        assert words in english
    assert "What is useful" in english


def test_the_page_searches_without_a_script(staff: FlaskClient) -> None:
    page = staff.get("/p/norte/library?q=tecnico&lang=es").text
    assert re.findall(r'<article[^>]* id="([^"]+)"', page) == ["bank-follow_up"]
    assert "1 instrumento con «tecnico»." in said(page)
    nothing = staff.get("/p/norte/library?q=%3Cscript%3E&lang=en").text
    assert "0 instruments with “<script>”." in said(nothing)
    assert "<script>" not in nothing


def test_the_list_for_the_designer_says_the_same(staff: FlaskClient) -> None:
    found = staff.get("/p/norte/library.json?q=confianza+en+este+grupo&lang=en").get_json()["instruments"]
    assert [one["key"] for one in found] == ["bank:trust"]
    [trust] = found
    assert (trust["title"], trust["licence"], trust["languages"]) == ("Trust in this group", "Apache-2.0", ["es", "en"])
    assert trust["scoring"].startswith("TRUST: mean of the four items")
    assert [one["name"] for one in trust["questions"]] == ["tr_open", "tr_share", "tr_guard", "tr_fair", "tr_members", "tr"]
    assert [(one["programme"], one["title"], one["shared"], one["of"]) for one in trust["used_by"]] == [
        ("sur", "Trust in this group", 6, 6)
    ]


def test_a_form_is_begun_from_an_instrument_and_opened(staff: FlaskClient, sqlite_database: Database) -> None:
    answer = press(staff, "start", instrument="bank:trust")
    assert (answer.status_code, staff.get(answer.location).status_code) == (303, 200)
    with sqlite_database.session() as session:
        programme = find_programme(session, "norte")
        assert programme is not None
        assert [form.slug for form in all_forms(session, programme.id)] == ["trust"]


def test_an_instrument_of_another_programme_is_copied_once(staff: FlaskClient, sqlite_database: Database) -> None:
    assert press(staff, "copy", instrument="sur:useful").status_code == 303
    assert press(staff, "copy", instrument="sur:useful").status_code == 422
    assert "From our own library" in staff.get("/p/norte/library?lang=en").text
    with sqlite_database.session() as session:
        programme = find_programme(session, "norte")
        assert programme is not None
        assert [one.slug for one in all_instruments(session, programme.id)] == ["useful"]


def test_a_form_of_another_programme_is_copied_and_opened(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get("/p/norte/library?lang=es").text
    options = dict(re.findall(r'<option value="([^"]+)">([^<]+)</option>', page))
    assert set(options.values()) == {"Su opinión", "La confianza en este grupo"}
    answer = press(staff, "copy-form", form=next(key for key, title in options.items() if title == "Su opinión"))
    assert (answer.status_code, staff.get(answer.location).status_code) == (303, 200)


def test_inserting_answers_with_the_whole_state(staff: FlaskClient, form_id: str) -> None:
    state = send(staff, f"/forms/{form_id}/insert", revision=1, instrument="bank:capacity", section=None, after="useful").get_json()
    assert state["revision"] == 2
    assert state["inserted"] == ["ca_needs", "ca_project", "ca_dialogue"]
    names = [question["name"] for question in state["document"]["sections"][0]["questions"]]
    assert names == ["group", "useful", "ca_needs", "ca_project", "ca_dialogue", "wishes"]
    assert any("group" in note for note in state["notes"])


def test_inserting_where_somebody_else_changed_the_same_place_shows_both(
    staff: FlaskClient, form_id: str, sqlite_database: Database
) -> None:
    with sqlite_database.session() as session:
        form = session.get_one(Form, UUID(form_id))
        theirs = codec.load(FORM.replace("{name: wishes, ", "{name: ca_needs, "))
        drafting.save_draft(session, form, codec.to_document(theirs), 1, None, NOW)
    answer = send(staff, f"/forms/{form_id}/insert", revision=1, instrument="bank:capacity", section="main", after=None)
    assert answer.status_code == 409
    assert answer.get_json()["conflicts"]


def test_questions_of_a_form_become_an_instrument_that_can_be_found(staff: FlaskClient, form_id: str) -> None:
    sent = {"questions": ["useful"], "slug": "served", "title": {"es": "Lo que sirvió"}, "scoring": {"es": "Porcentaje de 4 y 5"}}
    answer = send(staff, f"/forms/{form_id}/instruments", **sent)
    assert (answer.status_code, answer.get_json()) == (200, {"key": "norte:served"})
    [found] = staff.get("/p/norte/library.json?q=served").get_json()["instruments"]
    assert (found["title"], found["scoring"]) == ("Lo que sirvió", "Porcentaje de 4 y 5")


@pytest.mark.parametrize(
    ("to", "sent", "status"),
    [
        ("insert", {"revision": 1, "instrument": "bank:nothing"}, 404),
        ("insert", {"revision": "1", "instrument": "bank:trust"}, 422),
        ("insert", {"revision": 1, "instrument": "bank:trust", "after": 3}, 422),
        ("instruments", {"questions": "useful", "slug": "x", "title": {"es": "X"}}, 422),
        ("instruments", {"questions": ["useful"], "slug": "x", "title": "X"}, 422),
        ("instruments", {"questions": [], "slug": "X", "title": {}}, 422),
    ],
)
def test_what_cannot_be_done_is_told_as_problems(staff: FlaskClient, form_id: str, to: str, sent: dict[str, Any], status: int) -> None:
    answer = send(staff, f"/forms/{form_id}/{to}", **sent)
    assert answer.status_code == status
    assert all(problem["fault"] and problem["remedy"] for problem in answer.get_json()["problems"])


def test_programmes_instruments_and_forms_that_are_not_there_are_not_found(staff: FlaskClient) -> None:
    assert staff.get("/p/nowhere/library").status_code == 404
    assert staff.get("/p/nowhere/library.json").status_code == 404
    assert press(staff, "start", instrument="nowhere:trust").status_code == 404
    assert press(staff, "copy-form", form="no-id").status_code == 404
    assert press(staff, "copy-form", form=str(uuid4())).status_code == 404
