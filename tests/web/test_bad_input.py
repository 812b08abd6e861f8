"""What must not come in: refused or cleaned in words at every door of a facilitator, and nothing half done."""

from __future__ import annotations

import io
import json
import zipfile
from copy import deepcopy
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from forms import codec
from surveys import authoring, drafting
from surveys.storage import Form, Programme, find_programme
from surveys.storage.database import Database
from tests.forms.exchange.tables import a_file
from tests.records import NOW, TODAY, a_programme
from tests.web.doors import FORM, sign_in, token_of
from tests.web.test_bring import count, hidden, said, send

IMPORT = "/p/norte/forms/import"
HEAD = ["type", "name", "label::Español (es)"]


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    with sqlite_database.session() as session:
        a_programme(session)
    return sign_in(client, sqlite_database)


@pytest.fixture
def form_id(staff: FlaskClient, sqlite_database: Database) -> UUID:
    with sqlite_database.session() as session:
        programme = find_programme(session, "norte")
        assert isinstance(programme, Programme)
        return drafting.new_form(session, programme, codec.load(FORM), None, NOW).id


def a_survey(*rows: list[Any], **sheets: list[list[Any]]) -> bytes:
    return a_file({"survey": [HEAD, *rows], **sheets})


def a_bomb() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(300_000_000))
    return made.getvalue()


def far_away() -> bytes:
    """A workbook of one cell, in the last of a million rows."""
    made = io.BytesIO(a_survey(["text", "q", "Q"]))
    changed = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            words = old.read(part)
            new.writestr(part, words.replace(b'r="A2"', b'r="A1048576"').replace(b'<row r="2"', b'<row r="1048576"'))
    return changed.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (a_survey(["text", "q", "Q"])[:-400], "está dañado"),
        (a_bomb(), "demasiado"),
        (far_away(), "demasiad"),
        (a_survey(*(["text", f"q{number}", "Q"] for number in range(5_100))), "5000"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "libro"),
    ],
    ids=["cut short", "bomb", "a million rows", "rows", "broken xls"],
)
def test_a_workbook_that_cannot_be_taken_is_refused_in_words_and_leaves_nothing(
    staff: FlaskClient, sqlite_database: Database, data: bytes, words: str
) -> None:
    answer = send(staff, IMPORT, data, "form.xlsx")
    assert answer.status_code == 422
    assert words in said(answer.text)
    assert "Traceback" not in answer.text
    assert count(sqlite_database, Form) == 0


def test_scripts_formulas_circles_and_reserved_names_come_in_as_words_that_are_told(staff: FlaskClient, sqlite_database: Database) -> None:
    data = a_file(
        {
            "survey": [
                [*HEAD, "relevant"],
                ["text", "and", "<script>alert(1)</script>Hola", "${b} = 'x'"],
                ["text", "b", '=HYPERLINK("http://example.org")', "${and} = 'x'"],
                ["text", "date", "مرحبا 👋🏽 \u202egnp.exe", ""],
            ]
        }
    )
    page = send(staff, IMPORT, data, "form.xlsx")
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert count(sqlite_database, Form) == 0
    made = send(staff, IMPORT, **hidden(page.text))
    assert made.status_code == 303
    state = staff.get(made.headers["Location"] + "/draft").get_json()
    questions = state["document"]["sections"][0]["questions"]
    assert not {"and", "date"} & {one["name"] for one in questions}
    assert questions[1]["label"]["es"].startswith("=HYPERLINK")
    assert "mira hacia adelante" in said(page.text)


def broken(change: Any) -> dict[str, Any]:
    document = deepcopy(codec.to_document(codec.load(FORM)))
    change(document["sections"][0]["questions"])
    return document


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda asked: (asked[1].update(show_if="wishes = 'x'"), asked[2].update(show_if="useful = 1")), "show_if"),
        (lambda asked: asked[1].update(name="csrf_token"), "csrf_token"),
        (lambda asked: asked[1].update(name=asked[2]["name"]), "questions"),
        (lambda asked: asked[1]["label"].update(es="<script>alert(1)</script>"), "questions.useful.label"),
    ],
    ids=["circle", "reserved", "twice", "script"],
)
def test_a_draft_that_says_such_things_is_kept_told_and_not_published(staff: FlaskClient, form_id: UUID, change: Any, words: str) -> None:
    headers = {"X-CSRFToken": token_of(staff.get("/p/norte/forms").text)}
    sent = staff.post(f"/forms/{form_id}/draft", json={"revision": 1, "document": broken(change)}, headers=headers)
    state = sent.get_json()
    assert sent.status_code == 200
    assert words in json.dumps([one["place"] for one in state["problems"]]) + json.dumps(state["problems"], ensure_ascii=False)


def test_html_never_reaches_a_page_nor_a_version(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    headers = {"X-CSRFToken": token_of(staff.get("/p/norte/forms").text)}
    evil = "</script><img src=x onerror=alert(1)>Hola"
    document = broken(lambda asked: asked[1]["label"].update(es=evil, en="Hello"))
    document["title"] = {"es": evil, "en": "Hello"}
    assert staff.post(f"/forms/{form_id}/draft", json={"revision": 1, "document": document}, headers=headers).status_code == 200
    for page in ("", "/texts", "/publish", "/preview"):
        assert "<img src=x" not in staff.get(f"/forms/{form_id}{page}").text
    assert "<img src=x" not in staff.get("/p/norte/forms").text
    with sqlite_database.session() as session:
        form = session.get_one(Form, form_id)
        version = authoring.publish(session, form, TODAY, revision=form.revision)
        assert "onerror" not in json.dumps(version.definition)


def test_words_from_right_to_left_and_emoji_go_round_every_door(staff: FlaskClient, form_id: UUID) -> None:
    headers = {"X-CSRFToken": token_of(staff.get("/p/norte/forms").text)}
    words = "هل كان مفيدًا؟ 👩🏽‍🌾🇵🇪"
    document = broken(lambda asked: asked[1]["label"].update(es=words))
    state = staff.post(f"/forms/{form_id}/draft", json={"revision": 1, "document": document}, headers=headers).get_json()
    assert state["document"]["sections"][0]["questions"][1]["label"]["es"] == words
    workbook = staff.get(f"/forms/{form_id}/form.xlsx").data
    assert words in send(staff, IMPORT, workbook, "form.xlsx").text or hidden(send(staff, IMPORT, workbook, "form.xlsx").text)
    assert words in staff.get(f"/forms/{form_id}/preview?lang=es").text


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"\x00" * 50, b'msgid "a"\nmsgstr', a_bomb()], ids=["cut", "zeros", "po", "bomb"])
def test_a_translators_file_that_cannot_be_read_changes_nothing(staff: FlaskClient, form_id: UUID, data: bytes) -> None:
    before = staff.get(f"/forms/{form_id}/draft").get_json()["revision"]
    token = token_of(staff.get("/p/norte/forms").text)
    sent = {"csrf_token": token, "file": (io.BytesIO(data), "english.xlsx")}
    answer = staff.post(f"/forms/{form_id}/texts", data=sent, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert staff.get(f"/forms/{form_id}/draft").get_json()["revision"] == before
