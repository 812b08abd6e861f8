"""The designer's doors: the draft as JSON, saving it, two people at once, conditions, and the list of forms."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import Any

import pytest
from flask.testing import FlaskClient

from forms import codec
from surveys import authoring
from surveys.storage import Form
from surveys.storage.database import Database
from tests.records import TODAY, a_programme
from tests.web.doors import FORM, sign_in


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database)


@pytest.fixture
def form_id(sqlite_database: Database) -> str:
    with sqlite_database.session() as session:
        return str(authoring.import_form(session, a_programme(session), codec.load(FORM), TODAY).form_id)


def token(staff: FlaskClient, form_id: str) -> str:
    found = re.search(r'data-token="([^"]+)"', staff.get(f"/forms/{form_id}").text)
    assert found
    return found[1]


def send(staff: FlaskClient, form_id: str, to: str, **sent: Any) -> Any:
    return staff.post(f"/forms/{form_id}/{to}", json=sent, headers={"X-CSRFToken": token(staff, form_id)})


def the_draft(staff: FlaskClient, form_id: str, language: str = "en") -> Any:
    return staff.get(f"/forms/{form_id}/draft?lang={language}").get_json()


def questions_of(document: Any) -> list[Any]:
    return document["sections"][0]["questions"]


def test_the_draft_is_told_with_its_version_and_what_it_takes(staff: FlaskClient, form_id: str) -> None:
    state = the_draft(staff, form_id)
    assert state["revision"] == 1
    assert state["version"] == {"number": 1, "published_on": "2026-07-18", "answers": 0}
    assert not [one for one in state["problems"] if one["blocks"]]
    assert "min" in state["estimate"]
    assert state["changes"] == []
    assert [(one["code"], one["name"], one["is_base"]) for one in state["languages"]] == [("es", "Español", True), ("en", "English", False)]


def test_the_draft_comes_with_advice_and_with_the_time_it_takes(staff: FlaskClient, form_id: str) -> None:
    state = the_draft(staff, form_id)
    assert [(one["place"], one["question"], one["blocks"]) for one in state["problems"]] == [
        ("questions.useful.unknown", "useful", False),
        ("questions.useful.refuse", "useful", False),
    ]
    assert state["problems"][0]["fault"].startswith("There is no “I do not know” at: useful.")
    assert state["estimate"].startswith("About 2 min: 1.0 min to answer (questions: 3)")
    assert the_draft(staff, form_id, "es")["estimate"].startswith("Unos 2 min: 1.0 min para responder (preguntas: 3)")


def test_a_save_is_the_next_revision_and_tells_what_it_means(staff: FlaskClient, form_id: str) -> None:
    state = the_draft(staff, form_id)
    questions_of(state["document"])[1]["label"]["es"] = "¿Le fue útil?"
    saved = send(staff, form_id, "draft", revision=1, document=state["document"]).get_json()
    assert saved["revision"] == 2
    assert [(one["place"], one["series"], one["question"]) for one in saved["changes"]] == [("questions.useful.label", "break", "useful")]
    assert saved["saved_by"] == "ana@example.org"
    assert the_draft(staff, form_id)["document"] == saved["document"]


def test_edits_of_two_people_in_different_places_are_put_together(staff: FlaskClient, form_id: str) -> None:
    mine = the_draft(staff, form_id)["document"]
    theirs = deepcopy(mine)
    questions_of(theirs)[1]["label"]["en"] = "Did it help?"
    questions_of(mine)[2]["label"]["en"] = "What else?"
    send(staff, form_id, "draft", revision=1, document=theirs)
    saved = send(staff, form_id, "draft", revision=1, document=mine).get_json()
    assert saved["revision"] == 3
    assert [one["label"]["en"] for one in questions_of(saved["document"])][1:] == ["Did it help?", "What else?"]
    assert saved["merged"] == ["questions.useful.label.en"]


def test_edits_of_the_same_place_clash_and_both_are_kept(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    mine = the_draft(staff, form_id)["document"]
    theirs = deepcopy(mine)
    questions_of(theirs)[1]["label"]["en"] = "Did it help?"
    questions_of(mine)[1]["label"]["en"] = "Was it of use?"
    send(staff, form_id, "draft", revision=1, document=theirs)
    answer = send(staff, form_id, "draft", revision=1, document=mine)
    clash = answer.get_json()
    assert answer.status_code == 409
    assert clash["conflicts"] == [{"place": "questions.useful.label.en", "mine": "Was it of use?", "theirs": "Did it help?"}]
    assert (clash["theirs"]["revision"], clash["theirs"]["document"]) == (2, theirs)
    with sqlite_database.session(reads_only=True) as session:
        kept = next(one for one in session.query(Form).one().revisions if one.is_refused)
        assert (str(kept.id), kept.document) == (clash["kept"], mine)


def test_what_is_no_form_is_refused_with_every_problem_in_words(staff: FlaskClient, form_id: str) -> None:
    document = the_draft(staff, form_id)["document"]
    questions_of(document)[0]["kind"] = "photo"
    questions_of(document)[1]["lable"] = "?"
    answer = send(staff, form_id, "draft", revision=1, document=document)
    assert answer.status_code == 422
    assert [one["place"] for one in answer.get_json()["problems"]] == ["questions.group.kind", "questions.useful.lable"]
    assert the_draft(staff, form_id)["revision"] == 1


def test_a_draft_without_any_language_is_refused_and_the_designer_still_opens(staff: FlaskClient, form_id: str) -> None:
    for document in (the_draft(staff, form_id)["document"] | {"languages": []}, {}):
        answer = send(staff, form_id, "draft", revision=1, document=document)
        assert (answer.status_code, answer.get_json()["problems"][0]["place"]) == (422, "languages")
    assert staff.get(f"/forms/{form_id}").status_code == 200


@pytest.mark.parametrize("sent", [[], {}, {"revision": "1", "document": {}}, {"revision": 1, "document": []}, None])
def test_what_is_not_a_save_is_refused_in_words(staff: FlaskClient, form_id: str, sent: Any) -> None:
    headers = {"X-CSRFToken": token(staff, form_id)}
    answer = staff.post(f"/forms/{form_id}/draft", data=json.dumps(sent), content_type="application/json", headers=headers)
    assert answer.status_code == 422
    assert answer.get_json()["problems"][0]["remedy"]


def test_json_that_is_none_and_a_missing_token_are_answered_as_json(staff: FlaskClient, form_id: str) -> None:
    headers = {"X-CSRFToken": token(staff, form_id)}
    broken = staff.post(f"/forms/{form_id}/draft", data="{", content_type="application/json", headers=headers)
    bare = staff.post(f"/forms/{form_id}/draft", json={"revision": 1, "document": {}})
    assert (broken.status_code, bare.status_code) == (400, 400)
    assert broken.get_json()["problems"]
    assert bare.get_json()["problems"]


def test_a_condition_is_said_in_words_with_what_is_wrong_with_it(staff: FlaskClient, form_id: str) -> None:
    good = send(staff, form_id, "condition", question="wishes", show_if="useful >= 4").get_json()
    assert (good["names"], good["problems"]) == (["useful"], [])
    assert "¿Le sirvió?" in good["said"]
    ahead = send(staff, form_id, "condition", question="useful", show_if="wishes = 'x'").get_json()
    assert [one["question"] for one in ahead["problems"]] == ["useful"]
    half = send(staff, form_id, "condition", question="wishes", show_if="useful >=").get_json()
    assert half["said"] == ""
    assert half["problems"]


def test_the_kinds_tell_enough_to_draw_an_editor(staff: FlaskClient) -> None:
    told = {one["kind"]: one for one in staff.get("/forms/kinds?lang=en").get_json()["kinds"]}
    assert told["scale"]["name"] == "Scale"
    assert told["choice"]["new"]["choices"] == [{"value": "option_1"}, {"value": "option_2"}]


def test_a_form_that_is_not_there_is_not_found(staff: FlaskClient) -> None:
    assert staff.get("/forms/00000000-0000-4000-8000-000000000000/draft").status_code == 404


def test_a_form_of_one_language_is_not_offered_for_translation(staff: FlaskClient, form_id: str) -> None:
    state = the_draft(staff, form_id)
    address = f"/forms/{form_id}/texts"
    assert address in staff.get(f"/p/{state['programme']}/forms").text
    send(staff, form_id, "draft", revision=1, document={"name": "x", "languages": ["es"], "title": {"es": "Una"}})
    assert address not in staff.get(f"/p/{state['programme']}/forms").text
