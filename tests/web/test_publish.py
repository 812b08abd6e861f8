"""Publishing in the browser: what keeps a version back, what changes mean, decisions, and what comes after."""

from __future__ import annotations

import re
from copy import deepcopy
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from forms import codec
from forms.texts import with_texts
from forms.wording import Text
from surveys import authoring, drafting, library
from surveys.storage import Form, find_form, find_programme
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_programme
from tests.web.doors import FORM, sign_in, token_of


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database, "en")


@pytest.fixture
def form_id(sqlite_database: Database) -> UUID:
    with sqlite_database.session() as session:
        return authoring.import_form(session, a_programme(session), codec.load(FORM), TODAY).form_id


def edit(database: Database, form_id: UUID, place: tuple[Any, ...], value: Any) -> None:
    """Change one part of the draft."""
    with database.session() as session:
        form = session.get_one(Form, form_id)
        document = deepcopy(form.draft)
        part = document
        for step in place[:-1]:
            part = part[step]
        part[place[-1]] = value
        drafting.save_draft(session, form, document, form.revision, None, NOW)


def useful(*place: str) -> tuple[Any, ...]:
    return ("sections", 0, "questions", 1, *place)


def words(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def publish(staff: FlaskClient, form_id: UUID, **fields: Any) -> Any:
    page = staff.get(f"/forms/{form_id}/publish").text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    sent = {"csrf_token": token_of(page), "revision": revision[1], **{name.replace("__", "-"): value for name, value in fields.items()}}
    return staff.post(f"/forms/{form_id}/publish", data=sent)


def decisions(database: Database, form_id: UUID) -> list[tuple[int, str, str, str]]:
    with database.session(reads_only=True) as session:
        form = session.get_one(Form, form_id)
        return [(one.number, one.question, one.verdict, one.reason) for one in form.decisions]


def test_nothing_changed_so_there_is_nothing_to_publish(staff: FlaskClient, form_id: UUID) -> None:
    page = staff.get(f"/forms/{form_id}/publish").text
    assert "There is nothing to publish" in words(page)
    assert "<button>" not in page


def test_other_words_wait_for_a_decision_and_nothing_is_stored_before(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, useful("label", "es"), "¿Le fue útil?")
    page = words(staff.get(f"/forms/{form_id}/publish").text)
    assert "¿Le sirvió? ¿Le fue útil?" in page
    refused = publish(staff, form_id)
    assert refused.status_code == 422
    assert "nobody has said what that means" in words(refused.text)
    assert staff.get(f"/forms/{form_id}/versions/2").status_code == 404


def test_a_decision_is_stored_with_its_reason_and_shown(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, useful("label"), {"es": "¿Le fue útil?", "en": "Did it help?"})
    done = publish(staff, form_id, verdict__useful="comparable", reason__useful="It asks the same.")
    assert done.status_code == 303
    assert decisions(sqlite_database, form_id) == [(2, "useful", "comparable", "It asks the same.")]
    page = words(staff.get(done.headers["Location"]).text)
    assert "Version 2 is published" in page
    assert "It asks the same." in page


def test_comparable_needs_a_reason_and_keeps_what_was_written(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, useful("label", "es"), "¿Le fue útil?")
    refused = publish(staff, form_id, verdict__useful="comparable")
    assert refused.status_code == 422
    assert "Say in a sentence why" in words(refused.text)
    assert re.search(r'name="verdict-useful" value="comparable" checked', refused.text)


def test_a_new_series_needs_no_reason_of_its_own(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, useful("label"), {"es": "¿Le fue útil?", "en": "Did it help?"})
    publish(staff, form_id, verdict__useful="break")
    assert decisions(sqlite_database, form_id) == [(2, "useful", "break", "Its words changed.")]


def test_a_note_that_the_rules_give_is_chosen_already_with_its_reason(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, useful("unknown"), True)
    page = unescape(staff.get(f"/forms/{form_id}/publish").text)
    assert re.search(r'name="verdict-useful" value="note" checked', page)
    written = re.search(r'name="reason-useful" value="([^"]+)"', page)
    assert written
    publish(staff, form_id, verdict__useful="note", reason__useful=written[1])
    assert decisions(sqlite_database, form_id) == [(2, "useful", "note", "“I do not know”: changed.")]


def test_another_scale_cannot_be_called_comparable(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, ("scales", 0), {"name": "amount", "lo": 1, "hi": 7})
    assert 'name="verdict-useful"' not in staff.get(f"/forms/{form_id}/publish").text
    refused = publish(staff, form_id, verdict__useful="comparable", reason__useful="Please")
    assert refused.status_code == 422
    assert "cannot be compared" in words(refused.text)
    assert publish(staff, form_id).status_code == 303


def test_a_missing_translation_keeps_the_version_back_unless_its_language_is_left_out(
    staff: FlaskClient, form_id: UUID, sqlite_database: Database
) -> None:
    edit(sqlite_database, form_id, ("sections", 0, "questions", 2, "label"), {"es": "¿Qué falta?"})
    refused = publish(staff, form_id)
    assert refused.status_code == 422
    assert "There are no words in “en”" in words(refused.text)
    assert publish(staff, form_id, without="en").status_code == 303
    with sqlite_database.session(reads_only=True) as session:
        form = session.get_one(Form, form_id)
        assert form.versions[-1].definition["languages"] == ["es"]
        assert form.draft["languages"] == ["es", "en"]


def test_a_stale_translation_keeps_the_version_back(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, useful("label", "es"), "¿Le fue útil?")
    with sqlite_database.session() as session:
        form = session.get_one(Form, form_id)
        assert form.memory["questions.useful.label"]["en"]
    refused = publish(staff, form_id, verdict__useful="break")
    assert refused.status_code == 422
    assert "translate what the text said before" in words(refused.text)


def test_a_draft_that_changed_meanwhile_is_not_published(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, ("minutes",), 7)
    refused = publish(staff, form_id, revision="1")
    assert refused.status_code == 409
    assert "Nothing was published" in words(refused.text)


def test_a_problem_of_the_form_leads_to_its_question_and_offers_no_button(
    staff: FlaskClient, form_id: UUID, sqlite_database: Database
) -> None:
    edit(sqlite_database, form_id, useful("scale"), "none")
    page = staff.get(f"/forms/{form_id}/publish").text
    assert f'href="/forms/{form_id}#questions.useful"' in page
    assert "<button>" not in page


def test_a_new_form_becomes_version_1_with_a_survey_of_its_own_name(staff: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        for slug in ("norte", "sur"):
            drafting.new_form(session, a_programme(session, slug), codec.load(FORM), None, NOW)
        forms = [find_form(session, find_programme(session, slug).id, "feedback").id for slug in ("norte", "sur")]  # type: ignore[union-attr]  # made above
    assert [publish(staff, one).status_code for one in forms] == [303, 303]
    with sqlite_database.session(reads_only=True) as session:
        named = [[survey.slug for survey in find_programme(session, slug).surveys] for slug in ("norte", "sur")]  # type: ignore[union-attr]
    assert named == [["feedback"], ["sur_feedback"]]


# The list of forms


def test_the_list_tells_versions_and_leads_to_every_page(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, ("minutes",), 7)
    page = staff.get("/p/norte/forms").text
    assert "Version 1 . The draft has changes that are not published. Fewer than 5 answers so far." in words(page)
    for address in re.findall(r'href="(/(?:forms|p)/[^"#]+)"', page):
        assert staff.get(unescape(address)).status_code == 200, address


def test_a_form_is_made_with_a_title_and_languages(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    token = token_of(staff.get("/p/norte/forms").text)
    made = staff.post("/p/norte/forms", data={"csrf_token": token, "title": "¿Cómo va?", "base": "es", "language": ["en", "qu"]})
    assert made.status_code == 303
    with sqlite_database.session(reads_only=True) as session:
        form = find_form(session, session.get_one(Form, form_id).programme_id, "como_va")
        assert form is not None
        assert form.draft["languages"] == ["es", "en", "qu"]
    assert staff.get(made.headers["Location"]).status_code == 200


def test_a_language_that_was_left_out_is_no_change_until_all_its_texts_are_there(
    staff: FlaskClient, form_id: UUID, sqlite_database: Database
) -> None:
    edit(sqlite_database, form_id, ("languages",), ["es", "en", "qu"])
    state = staff.get(f"/forms/{form_id}/draft").get_json()
    assert (state["is_changed"], state["changes"]) == (False, [])
    assert "changes that are not published" not in words(staff.get("/p/norte/forms").text)
    page = staff.get(f"/forms/{form_id}/publish").text
    assert "There is nothing to publish" in words(page)
    assert re.search(r'name="without" value="qu" checked', page)
    with sqlite_database.session() as session:
        form = session.get_one(Form, form_id)
        whole = with_texts(codec.from_document(form.draft), lambda text: Text.of({**text.as_dict(), "qu": text.get("es") or ""}))
        drafting.save_draft(session, form, codec.to_document(whole), form.revision, None, NOW)
    assert staff.get(f"/forms/{form_id}/draft").get_json()["is_changed"]
    assert "changes that are not published" in words(staff.get("/p/norte/forms").text)


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        (useful("label", "es"), "¿Le fue útil?", "Its words changed"),
        (("scales", 0, "hi"), 7, "begins a new series"),
        (("sections", 0, "questions"), [], "Its series ends"),
    ],
)
def test_a_change_that_breaks_a_trend_is_a_warning_of_the_draft(
    staff: FlaskClient, form_id: UUID, sqlite_database: Database, place: tuple[Any, ...], value: Any, fault: str
) -> None:
    edit(sqlite_database, form_id, place, value)
    problems = staff.get(f"/forms/{form_id}/draft").get_json()["problems"]
    told = [one for one in problems if one["place"] == "questions.useful" and fault in one["fault"]]
    assert [one["blocks"] for one in told] == [False]


def test_the_name_of_a_group_is_mended_where_it_is_written(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, ("languages",), ["es", "en", "pt"])
    told = [one for one in staff.get(f"/forms/{form_id}/draft").get_json()["problems"] if "programme file" in one["remedy"]]
    assert {one["place"] for one in told} == {f"questions.group.choices.{group}" for group in ("police", "companies", "communities")}


def test_the_pages_lead_to_where_answers_are_brought_in(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        survey = authoring.first_survey(session, session.get_one(Form, form_id)).slug
    for page in ("/p/norte/forms", f"/forms/{form_id}/versions/1"):
        assert f'href="/p/norte/surveys/{survey}/answers"' in staff.get(page).text


def test_a_form_begins_with_an_instrument_of_the_programmes_own(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        library.save_instrument(session, session.get_one(Form, form_id), ["useful"], "ours", {"es": "El nuestro"}, None, TODAY)
    page = staff.get("/p/norte/forms").text
    assert re.search(r'<option value="norte:ours">El nuestro</option>', page)
    made = staff.post("/p/norte/forms", data={"csrf_token": token_of(page), "instrument": "norte:ours"})
    assert made.status_code == 303
    assert "useful" in staff.get(f"{made.headers['Location']}/form.yaml").text


def test_a_form_is_made_from_an_instrument(staff: FlaskClient, form_id: UUID) -> None:
    token = token_of(staff.get("/p/norte/forms").text)
    made = staff.post("/p/norte/forms", data={"csrf_token": token, "instrument": "bank:trust"})
    assert "tr_open" in staff.get(made.headers["Location"] + "/draft").text


def test_a_form_that_cannot_be_made_says_everything_that_is_wrong(staff: FlaskClient, form_id: UUID) -> None:
    token = token_of(staff.get("/p/norte/forms").text)
    refused = staff.post("/p/norte/forms", data={"csrf_token": token, "title": " ", "base": "Español", "instrument": ""})
    assert refused.status_code == 422
    said = words(refused.text)
    assert "title or the base language is missing" in said
    assert "“Español” is not the code of a language" in said


def test_the_draft_and_each_version_are_files_that_come_in_again(staff: FlaskClient, form_id: UUID, sqlite_database: Database) -> None:
    edit(sqlite_database, form_id, ("minutes",), 7)
    draft = staff.get(f"/forms/{form_id}/form.yaml")
    assert codec.load(draft.text) == codec.load(FORM + "minutes: 7\n")
    assert 'filename="feedback.yaml"' in draft.headers["Content-Disposition"]
    assert codec.load(staff.get(f"/forms/{form_id}/form.yaml?version=1").text).minutes == 0
    assert staff.get(f"/forms/{form_id}/form.yaml?version=9").status_code == 404
