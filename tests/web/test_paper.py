"""Forms on paper in the browser's terms: batches, the PDF, typing a sheet in, differences, corrections, without script."""

from __future__ import annotations

import re
from html import unescape
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys.storage import PaperSheet, Response, Round
from surveys.storage.database import Database
from tests.surveys.papers import TYPED, a_batch, a_paper_round
from tests.web.doors import sign_in, token_of


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database, "en")


@pytest.fixture
def round_id(sqlite_database: Database) -> UUID:
    with sqlite_database.session() as session:
        return a_paper_round(session).id


@pytest.fixture
def code(sqlite_database: Database, round_id: UUID) -> str:
    """The code of the only sheet of the round."""
    with sqlite_database.session() as session:
        return a_batch(session, session.get_one(Round, round_id)).sheets[0].code


def send(staff: FlaskClient, round_id: UUID, code: str, do: str = "save", page: UUID | None = None, **values: str) -> TestResponse:
    token = token_of(staff.get(f"/rounds/{round_id}/paper/entry").text)
    data = {"csrf_token": token, "~sheet": code, "~do": do, "~entry": str(page or uuid4()), **values}
    return staff.post(f"/rounds/{round_id}/paper/entry", data=data)


def told(answer: TestResponse) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.text))


def test_sheets_are_made_in_a_batch_and_printed(staff: FlaskClient, round_id: UUID) -> None:
    page = staff.get(f"/rounds/{round_id}/paper").text
    data = {"csrf_token": token_of(page), "language": "es", "second": "", "count": "3", "entries": "2"}
    assert staff.post(f"/rounds/{round_id}/paper", data=data).status_code == 303
    page = staff.get(f"/rounds/{round_id}/paper").text
    [address] = re.findall(r'href="(/rounds/[^"]+\.pdf)\?from=1"', page)
    pdf = staff.get(address)
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert staff.get(f"{address}?from=4").status_code == 404
    assert staff.get(address.replace(str(round_id), str(uuid4()))).status_code == 404


@pytest.mark.parametrize("wrong", [{"count": "0"}, {"count": "501"}, {"count": "ten"}, {"language": "fr"}, {"language": ""}])
def test_a_batch_that_cannot_be_made_is_explained(staff: FlaskClient, round_id: UUID, wrong: dict[str, str]) -> None:
    token = token_of(staff.get(f"/rounds/{round_id}/paper").text)
    answer = staff.post(f"/rounds/{round_id}/paper", data={"csrf_token": token, "language": "es", "count": "3"} | wrong)
    assert answer.status_code == 422
    assert "No sheets were made." in answer.text


def test_a_code_with_a_wrong_letter_opens_nothing(staff: FlaskClient, round_id: UUID, code: str) -> None:
    wrong = code[:2] + ("a" if code[2] != "a" else "b") + code[3:]
    answer = send(staff, round_id, wrong, "open")
    assert answer.status_code == 404
    assert "is wrong" in told(answer)


def test_a_sheet_shows_its_inputs_in_the_order_of_the_paper(staff: FlaskClient, round_id: UUID, code: str) -> None:
    page = send(staff, round_id, code.upper(), "open").text
    names = re.findall(r'<(?:input|textarea) id="i\d+" name="([^"]+)"', page)
    assert names == [
        "agree", "came", "why", "job", "job/other", "job/comment", "years", "since", "fair", "far", "share", "ca/before", "ca/now",
        "tr/mayor", "tr/boss", "help", "help/comment", "best/water", "best/jobs", "wishes", "wishes/quote",
        "code/mother", "code/father", "code/town", "code/siblings", "code/day",
    ]  # fmt: skip
    assert "1 Muy en desacuerdo · 2 En desacuerdo" in unescape(page).replace("\xa0", " ")


def test_two_typings_that_agree_become_one_answer(staff: FlaskClient, round_id: UUID, code: str, sqlite_database: Database) -> None:
    assert send(staff, round_id, code, **TYPED).headers["Location"].endswith("told=once")
    assert send(staff, round_id, code, **TYPED).headers["Location"].endswith("told=stored")
    with sqlite_database.session() as session:
        [response] = session.scalars(select(Response))
        assert (response.channel, response.answers["fair"]) == ("paper", 4)


def test_a_page_sent_twice_counts_as_one_typing(staff: FlaskClient, round_id: UUID, code: str, sqlite_database: Database) -> None:
    page = uuid4()
    for _ in range(2):
        assert send(staff, round_id, code, page=page, **TYPED).headers["Location"].endswith("told=once")
    with sqlite_database.session() as session:
        assert [sheet.state for sheet in session.scalars(select(PaperSheet))] == ["once"]


def test_faults_are_told_beside_what_was_typed_and_nothing_is_lost(staff: FlaskClient, round_id: UUID, code: str) -> None:
    answer = send(staff, round_id, code, **TYPED | {"fair": "9", "best/jobs": "1"})
    assert answer.status_code == 422
    assert "2 things must be mended" in told(answer)
    assert "“9” is not on the scale. Choose one of the points shown." in told(answer)
    assert 'value="Llovió"' in unescape(answer.text)


def test_a_sheet_without_its_consent_is_to_be_put_aside(staff: FlaskClient, round_id: UUID, code: str) -> None:
    answer = send(staff, round_id, code, **TYPED | {"agree": ""})
    assert "Type 1 if it is crossed on the sheet. If it is not, put the sheet aside." in told(answer)


def test_what_is_typed_is_told_in_words_before_it_is_saved(staff: FlaskClient, round_id: UUID, code: str) -> None:
    staff.environ_base["HTTP_ACCEPT"] = "application/json"
    found = send(staff, round_id, code, "check", **{"fair": "4", "job": "2", "help": "1 2", "far": "8", "tr/mayor": "n"}).get_json()
    assert found["said"] == {"fair": "De acuerdo", "job": "En la mina", "help": "Los mapas, Las charlas", "tr/mayor": "No sé"}
    assert found["problems"]["far"] == "“8” is not on the scale. Choose one of the points shown."


def test_a_difference_is_shown_side_by_side_and_decided(staff: FlaskClient, round_id: UUID, code: str, sqlite_database: Database) -> None:
    send(staff, round_id, code, **TYPED)
    page = told(send(staff, round_id, code, **TYPED | {"fair": "5"}))
    assert "4 (De acuerdo)" in page
    assert "5 (Muy de acuerdo)" in page
    assert send(staff, round_id, code, "settle").status_code == 422
    assert send(staff, round_id, code, "settle", **{"~right/fair": "2"}).headers["Location"].endswith("told=stored")
    with sqlite_database.session() as session:
        assert [response.answers["fair"] for response in session.scalars(select(Response))] == [5]


def test_codes_that_differ_are_asked_again_and_never_shown(staff: FlaskClient, round_id: UUID, code: str) -> None:
    send(staff, round_id, code, **TYPED | {"code/mother": "Q"})
    page = send(staff, round_id, code, **TYPED | {"code/mother": "W"}).text
    assert 'name="code/mother"' in page
    assert not re.search(r'value="[QWqw]"', page)


def test_a_stored_sheet_is_corrected_without_showing_what_is_stored(
    staff: FlaskClient, round_id: UUID, code: str, sqlite_database: Database
) -> None:
    for _ in range(2):
        send(staff, round_id, code, **TYPED)
    assert "stored already" in told(send(staff, round_id, code, "open"))
    assert "Llovió" not in unescape(send(staff, round_id, code, "retype").text)
    assert send(staff, round_id, code, "correct", **TYPED | {"fair": "1"}).headers["Location"].endswith("told=corrected")
    with sqlite_database.session() as session:
        assert [response.answers["fair"] for response in session.scalars(select(Response))] == [1]


def test_a_sheet_of_no_use_is_put_aside_with_its_reason(staff: FlaskClient, round_id: UUID, code: str) -> None:
    assert send(staff, round_id, code, "spoil", **{"~reason": "unreadable"}).status_code == 303
    assert "It cannot be read" in told(send(staff, round_id, code, "open"))
    assert "It cannot be read: 1" in told(staff.get(f"/rounds/{round_id}/paper"))
    assert send(staff, round_id, code, "spoil", **{"~reason": "she was rude"}).status_code == 422
    assert send(staff, round_id, code, "back").status_code == 303


def test_closing_warns_of_sheets_that_are_not_agreed(staff: FlaskClient, round_id: UUID, code: str) -> None:
    send(staff, round_id, code, **TYPED)
    assert "1 sheet is typed and not agreed yet" in told(staff.get(f"/rounds/{round_id}/close"))


def test_the_page_of_a_round_leads_to_its_paper(staff: FlaskClient, round_id: UUID) -> None:
    assert f'href="/rounds/{round_id}/paper"' in staff.get(f"/rounds/{round_id}").text
