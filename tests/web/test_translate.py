"""Translations on the web: a page that works without script, decisions about a text, files out and in, and two people at once."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import openpyxl
import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from sqlalchemy import select

from forms import codec
from forms.definition import FormDefinition
from forms.exchange.translators import with_translations
from forms.texts import all_texts
from surveys import authoring, drafting
from surveys.storage import Form, Person
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_programme
from tests.web.doors import FORM, sign_in, token_of

USEFUL, WISHES = "questions.useful.label", "questions.wishes.label"
PAGE = {"Accept": "text/html"}


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database)


@pytest.fixture
def form_id(sqlite_database: Database) -> str:
    with sqlite_database.session() as session:
        return str(authoring.import_form(session, a_programme(session), codec.load(FORM), TODAY).form_id)


def the_draft(database: Database) -> FormDefinition:
    with database.session() as session:
        return drafting.definition_of_draft(session.scalars(select(Form)).one())


def written(database: Database, language: str, words: dict[str, str], by: str = "") -> None:
    """Somebody else writes these words in the draft."""
    with database.session() as session:
        form = session.scalars(select(Form)).one()
        person = session.scalar(select(Person).where(Person.email == by)) if by else None
        definition = with_translations(drafting.definition_of_draft(form), language, words)
        drafting.save_draft(session, form, codec.to_document(definition), form.revision, person, NOW)


def said(database: Database, place: str, language: str = "en") -> str | None:
    return dict(all_texts(the_draft(database)))[place].get(language)


def page_of(staff: FlaskClient, form_id: str, **asked: Any) -> str:
    return html.unescape(staff.get(f"/forms/{form_id}/texts", query_string={"lang": "en", **asked}, headers=PAGE).text)


def checks_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(check:[^"]+)" value="([^"]+)"', page))


def send(staff: FlaskClient, form_id: str, page: str, as_page: bool = True, **fields: Any) -> Any:
    """Post a page's form with these words: ``{place: words}`` and other fields."""
    sent = {"csrf_token": token_of(page), "language": "en", **fields.pop("more", {})}
    sent |= {f"words:{place}": words for place, words in fields.get("words", {}).items()}
    sent |= {name: check for name, check in checks_of(page).items() if name.removeprefix("check:") in fields.get("words", {})}
    return staff.post(f"/forms/{form_id}/texts", data=sent, headers=PAGE if as_page else {})


def bring(staff: FlaskClient, form_id: str, data: bytes, as_page: bool = True, **more: str) -> Any:
    sent = {"csrf_token": token_of(page_of(staff, form_id)), "file": (io.BytesIO(data), "back.xlsx"), **more}
    return staff.post(f"/forms/{form_id}/texts", data=sent, headers=PAGE if as_page else {})


def decide(staff: FlaskClient, form_id: str, **sent: Any) -> Any:
    headers = {"X-CSRFToken": token_of(page_of(staff, form_id))}
    return staff.post(f"/forms/{form_id}/texts", json={"place": USEFUL, "language": "en", "revision": 1, **sent}, headers=headers)


def states_in(answer: Any) -> dict[str, Any]:
    return {one["place"]: one for one in answer.get_json()["texts"] if one["language"] == "en"}


def download(staff: FlaskClient, form_id: str, ending: str = "xlsx") -> bytes:
    answer = staff.get(f"/forms/{form_id}/texts/en.{ending}")
    assert answer.status_code == 200
    return answer.data


def translated(data: bytes, **words: str) -> bytes:
    """The workbook with other words for questions, by name."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    for row in book["en"].iter_rows():
        name = str(row[0].value).removeprefix("questions.").removesuffix(".label")
        if name in words:
            row[3].value = words[name]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# The page --------------------------------------------------------------------------------------------------------------


def test_the_page_shows_each_text_beside_the_base_and_counts_them(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    written(sqlite_database, "en", {USEFUL: ""})
    page = page_of(staff, form_id)
    assert "¿Le sirvió?" in page
    assert "What is missing?" in page
    assert re.search(r'<meter value="5" max="6"', page)
    assert "5 of 6 texts" in page
    assert "1 text needs work." in page


def test_only_what_needs_work_is_shown_when_asked(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    written(sqlite_database, "en", {USEFUL: ""})
    page = page_of(staff, form_id, show="work")
    assert checks_of(page).keys() == {f"check:{USEFUL}"}
    assert "To be translated" in page
    assert "Copy from Español" in page


def test_a_page_of_translations_is_saved(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    answer = send(staff, form_id, page_of(staff, form_id), words={USEFUL: "Did it help?\r\n", WISHES: "What is missing?"})
    assert answer.status_code == 303
    assert said(sqlite_database, USEFUL) == "Did it help?"


def test_a_page_that_saves_text_by_text_is_told_what_it_shows_next(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    page = page_of(staff, form_id)
    told = send(staff, form_id, page, as_page=False, words={USEFUL: "¿Le sirvió?"}).get_json()
    assert told["texts"][USEFUL].keys() == {"check", "needs_work", "state"}
    assert told["texts"][USEFUL]["needs_work"]
    assert told["done"] == 6
    more = {f"check:{USEFUL}": told["texts"][USEFUL]["check"]}
    assert send(staff, form_id, "".join(re.findall(".*csrf_token.*", page)), words={USEFUL: "Did it help?"}, more=more).status_code == 303
    assert said(sqlite_database, USEFUL) == "Did it help?"


def test_an_emptied_field_takes_the_translation_out(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    send(staff, form_id, page_of(staff, form_id), words={USEFUL: " "})
    assert said(sqlite_database, USEFUL) is None


def test_copying_the_base_needs_no_script(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    written(sqlite_database, "en", {USEFUL: ""})
    send(staff, form_id, page_of(staff, form_id), words={USEFUL: ""}, more={"do": f"copy:{USEFUL}"})
    assert said(sqlite_database, USEFUL) == "¿Le sirvió?"
    assert "The same as the base text" in page_of(staff, form_id)


def test_a_page_on_which_somebody_else_wrote_meanwhile_asks_what_to_keep(
    staff: FlaskClient, form_id: str, sqlite_database: Database
) -> None:
    page = page_of(staff, form_id)
    written(sqlite_database, "en", {USEFUL: "Was it of use?"})
    answer = send(staff, form_id, page, words={USEFUL: "Did it help?", WISHES: "Anything else?"})
    told = html.unescape(answer.text)
    assert "Was it of use?" in told
    assert "Did it help?" in told
    assert said(sqlite_database, USEFUL) == "Was it of use?"
    assert said(sqlite_database, WISHES) == "Anything else?"
    assert choose(staff, form_id, told, {f"choice:{USEFUL}": "there"}).status_code == 303
    assert said(sqlite_database, USEFUL) == "Did it help?"


def test_a_translation_of_a_base_that_changed_meanwhile_is_stale(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    page = page_of(staff, form_id)
    written(sqlite_database, "es", {USEFUL: "¿Le sirvió el taller?"})
    send(staff, form_id, page, words={USEFUL: "Did it help?"})
    assert "Look again: the base text has changed" in page_of(staff, form_id)


def test_words_are_escaped_and_may_run_from_right_to_left(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    written(sqlite_database, "en", {USEFUL: "<script>alert(1)</script> سلام"})
    page = staff.get(f"/forms/{form_id}/texts?language=en", headers=PAGE).text
    assert "<script>alert(1)" not in page
    assert len(re.findall(r'<textarea [^>]*dir="auto"', page)) == 6


def test_a_text_without_words_in_the_base_is_told(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    written(sqlite_database, "es", {USEFUL: ""})
    assert "Without words in the base language:" in page_of(staff, form_id)


def test_a_form_of_many_texts_is_shown_in_pages(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        form = session.scalars(select(Form)).one()
        document = codec.to_document(drafting.definition_of_draft(form))
        label = {"es": "¿Algo más?", "en": "Anything else?"}
        document["sections"][0]["questions"] += [{"name": f"q{number}", "kind": "long_text", "label": label} for number in range(60)]
        drafting.save_draft(session, form, document, form.revision, None, NOW)
    assert "Page 1 of 2" in page_of(staff, form_id)
    assert len(checks_of(page_of(staff, form_id, page=2))) == 6
    assert "Page 2 of 2" in page_of(staff, form_id, page=99)


@pytest.mark.parametrize("asked", ["es", "fr", ""])
def test_a_language_that_the_form_is_not_translated_into_has_no_page(staff: FlaskClient, form_id: str, asked: str) -> None:
    assert staff.get(f"/forms/{form_id}/texts", query_string={"language": asked}).status_code == 404


@pytest.mark.parametrize("path", ["texts", "texts/en.xlsx"])
def test_only_staff_may_enter(client: FlaskClient, form_id: str, path: str) -> None:
    assert client.get(f"/forms/{form_id}/{path}").status_code == 303
    assert client.post(f"/forms/{form_id}/texts").status_code == 403


def test_nothing_is_taken_without_the_token(staff: FlaskClient, form_id: str) -> None:
    assert staff.post(f"/forms/{form_id}/texts", data={f"words:{USEFUL}": "x"}).status_code == 400


# Decisions -------------------------------------------------------------------------------------------------------------


def test_a_stale_translation_is_confirmed(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    written(sqlite_database, "es", {USEFUL: "¿Le sirvió el taller?"})
    answer = decide(staff, form_id, do="confirm", revision=2)
    assert USEFUL not in states_in(answer)
    assert answer.get_json()["languages"][1]["stale"] == 0


def test_a_second_person_reviews_and_their_name_is_shown(staff: FlaskClient, form_id: str) -> None:
    answer = decide(staff, form_id, do="review")
    assert (states_in(answer)[USEFUL]["state"], states_in(answer)[USEFUL]["reviewed_by"]) == ("reviewed", "ana@example.org")
    assert "Reviewed by ana@example.org on" in page_of(staff, form_id)


def test_whoever_wrote_a_translation_does_not_review_it(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    written(sqlite_database, "en", {USEFUL: "Did it help?"}, by="ana@example.org")
    answer = decide(staff, form_id, do="review", revision=2)
    assert answer.status_code == 422
    assert f'value="review:{USEFUL}"' not in page_of(staff, form_id)
    assert f'value="review:{WISHES}"' in page_of(staff, form_id)


def test_what_changed_since_it_was_seen_is_not_confirmed(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    written(sqlite_database, "es", {USEFUL: "¿Le sirvió el taller?"})
    assert decide(staff, form_id, do="confirm", revision=1).status_code == 422
    assert decide(staff, form_id, do="confirm", revision=1, place=WISHES).status_code == 200


@pytest.mark.parametrize("sent", [{"do": "bless"}, {"place": 3}, {"revision": "x"}, {"place": "questions.none.label", "do": "confirm"}])
def test_what_is_no_decision_is_refused(staff: FlaskClient, form_id: str, sent: dict[str, Any]) -> None:
    assert decide(staff, form_id, **sent).status_code == 422


def test_buttons_beside_a_text_decide_after_the_page_is_kept(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    written(sqlite_database, "es", {USEFUL: "¿Le sirvió el taller?"})
    page = page_of(staff, form_id)
    send(staff, form_id, page, words={USEFUL: "Was it useful?", WISHES: "Anything else?"}, more={"do": f"confirm:{USEFUL}"})
    assert said(sqlite_database, WISHES) == "Anything else?"
    assert "Look again" not in page_of(staff, form_id)


# Files -----------------------------------------------------------------------------------------------------------------


def test_a_workbook_goes_out_and_comes_back_with_what_it_brings(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    data = translated(download(staff, form_id), useful="Did it help?")
    told = html.unescape(bring(staff, form_id, data).text)
    assert "1 translation to take." in told
    assert said(sqlite_database, USEFUL) == "Was it useful?"
    assert choose(staff, form_id, told).status_code == 303
    assert said(sqlite_database, USEFUL) == "Did it help?"


def test_a_po_file_goes_out_and_comes_back(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    data = download(staff, form_id, "po")
    assert read_po(io.BytesIO(data)).get("¿Le sirvió?", USEFUL) is not None
    told = html.unescape(bring(staff, form_id, data.replace(b"Was it useful?", "¿=1+1?".encode())).text)
    choose(staff, form_id, told)
    assert said(sqlite_database, USEFUL) == "¿=1+1?"


def choose(staff: FlaskClient, form_id: str, told: str, choices: dict[str, str] | None = None) -> Any:
    """Press the button of a report, with these conflicts chosen."""
    found = re.search(r'name="sent" value="(.+)">\n', told)
    accept = re.search(r'name="accept" value="([0-9a-f]+)"', told)
    assert found
    assert accept
    sent = {"csrf_token": token_of(told), "sent": found[1], "accept": accept[1], **(choices or {})}
    return staff.post(f"/forms/{form_id}/texts", data=sent, headers=PAGE)


def test_conflicts_are_told_as_json_and_taken_as_chosen(staff: FlaskClient, form_id: str, sqlite_database: Database) -> None:
    data = translated(download(staff, form_id), useful="Did it help?", wishes="Anything else?")
    written(sqlite_database, "en", {USEFUL: "Was it of use?"})
    told = bring(staff, form_id, data, as_page=False).get_json()
    assert told["report"]["conflicts"] == [
        {"place": USEFUL, "language": "en", "base": "¿Le sirvió?", "here": "Was it of use?", "there": "Did it help?"}
    ]
    assert told["report"]["applied"] == [WISHES]
    state = bring(staff, form_id, data, as_page=False, accept=told["accept"]).get_json()
    assert state["revision"] == 3
    assert (said(sqlite_database, USEFUL), said(sqlite_database, WISHES)) == ("Was it of use?", "Anything else?")
    again = bring(staff, form_id, data, as_page=False).get_json()
    bring(staff, form_id, data, as_page=False, accept=again["accept"], choices=f'{{"{USEFUL}": "there"}}')
    assert said(sqlite_database, USEFUL) == "Did it help?"


def test_what_was_accepted_is_told_anew_when_the_form_changed_meanwhile(
    staff: FlaskClient, form_id: str, sqlite_database: Database
) -> None:
    told = html.unescape(bring(staff, form_id, translated(download(staff, form_id), useful="Did it help?")).text)
    written(sqlite_database, "en", {USEFUL: "Was it of use?"})
    answer = choose(staff, form_id, told)
    assert "The form changed while you looked." in answer.text
    assert said(sqlite_database, USEFUL) == "Was it of use?"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\xff\xfe\x00", b'msgid "a"\nmsgstr "b"\n', b"name,value\n1,2\n"])
def test_what_is_no_translation_is_refused_and_changes_nothing(
    staff: FlaskClient, form_id: str, sqlite_database: Database, data: bytes
) -> None:
    before = the_draft(sqlite_database)
    assert bring(staff, form_id, data).status_code == 422
    assert the_draft(sqlite_database) == before


@pytest.mark.parametrize("sent", ["", "[]", "{}", '["en", 3]', '["en", [1, 2]]', "[" * 2000])
def test_what_no_page_of_ours_carries_is_refused(staff: FlaskClient, form_id: str, sent: str) -> None:
    more = {"sent": sent, "accept": "0"}
    assert send(staff, form_id, page_of(staff, form_id), more=more).status_code == 422


def test_a_file_for_no_language_of_the_form_does_not_exist(staff: FlaskClient, form_id: str) -> None:
    assert [staff.get(f"/forms/{form_id}/texts/{name}").status_code for name in ("fr.xlsx", "en.ods", "es.po")] == [404, 404, 404]
