"""What calls people to answer: short codes, the wall, sheets, messages; and machines that look at links before people do."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from urllib.parse import parse_qs, urlparse
from uuid import UUID, uuid4

import pytest
import zxingcpp
from flask.testing import FlaskClient
from sqlalchemy import func, select

from surveys import promising
from surveys.inviting import code_of
from surveys.sealing import close_round
from surveys.settings import Settings
from surveys.storage import Programme, Response, Round, ShortCode
from surveys.storage.database import Database
from surveys.web.guessing import Guesses
from tests.records import TODAY
from tests.surveys.test_printing import read_by
from tests.web.doors import an_asked_round, sign_in
from tests.web.pictures import of_pdf

PREVIEWERS = (
    "WhatsApp/2.24.8.85 A",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Microsoft Exchange SafeLinks)",
)
SENT = {"~id": str(uuid4()), "~lang": "es", "group": "police", "useful": "4"}


def a_code(database: Database, **fields: object) -> tuple[UUID, str, str]:
    """(id, link, short code) of a round that anybody may answer."""
    with database.session() as session:
        round_ = an_asked_round(session, **fields)
        return round_.id, round_.link, code_of(session, round_)


def changed(database: Database, round_id: UUID, change: Callable[[Round], None]) -> None:
    with database.session() as session:
        change(session.get_one(Round, round_id))


# Short codes


@pytest.mark.parametrize(
    "typed",
    [
        "/{code}",
        "/s/{code}",
        "/S/{upper}",
        "/{upper}.",
        "/s/{spaced}",
        "/{hyphened}",
        "/s/{code}/",
        "/s/%20{code}%20",
    ],
)
def test_a_code_opens_its_round_however_it_is_typed(client: FlaskClient, sqlite_database: Database, typed: str) -> None:
    _, link, code = a_code(sqlite_database)
    forms = {"code": code, "upper": code.upper(), "spaced": f"{code[:3]}%20{code[3:]}", "hyphened": f"{code[:2]}-{code[2:]}"}
    answer = client.get(typed.format(**forms))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/r/{link}")


def test_a_code_carries_the_language_on(client: FlaskClient, sqlite_database: Database) -> None:
    _, link, code = a_code(sqlite_database)
    assert client.get(f"/s/{code}?lang=en").headers["Location"] == f"/r/{link}?lang=en"


def test_a_wrong_code_is_told_kindly_in_both_languages(client: FlaskClient) -> None:
    answer = client.get("/s/kmprtx")
    assert answer.status_code == 404
    assert "This link does not open any questionnaire." in answer.text
    assert "Este enlace no abre ningún cuestionario." in answer.text


def test_words_that_cannot_be_codes_are_pages_that_do_not_exist(client: FlaskClient) -> None:
    for path in ("/rounds", "/favicon.ico", "/robots.txt", "/kmprt", "/kmprtxx"):
        assert client.get(path).status_code == 404
    assert client.post("/rounds").status_code == 404


def test_whoever_tries_one_code_after_the_other_must_wait_and_the_link_stays_open(
    client: FlaskClient, sqlite_database: Database, app
) -> None:
    _, link, code = a_code(sqlite_database)
    app.extensions["tupuy_guesses"] = Guesses(most=3)
    wrong = "bbbbbb" if code != "bbbbbb" else "cccccc"
    assert [client.get(f"/s/{wrong}").status_code for _ in range(4)] == [404, 404, 404, 429]
    assert client.get(f"/s/{code}").status_code == 429
    assert client.get(f"/s/{code}", environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 302
    assert client.get(f"/r/{link}").status_code == 200


def test_wrong_codes_are_forgotten_with_their_minute_and_keep_no_address() -> None:
    guesses, now = Guesses(most=1), datetime(2026, 7, 18, 20, 0, 59, tzinfo=UTC)
    guesses.was_wrong("192.168.43.7", now)
    assert not guesses.may_try("192.168.43.7", now)
    assert "192.168.43.7" not in repr(vars(guesses))
    assert guesses.may_try("192.168.43.7", now + timedelta(seconds=1))


def test_a_code_of_a_closed_round_says_that_it_is_closed_until_it_is_retired(client: FlaskClient, sqlite_database: Database) -> None:
    round_id, _, code = a_code(sqlite_database)
    with sqlite_database.session() as session:
        close_round(session, session.get_one(Round, round_id), datetime.now(UTC))
        assert code_of(session, session.get_one(Round, round_id)) == ""
    assert client.get(f"/s/{code}", follow_redirects=True).status_code == 410
    with sqlite_database.session() as session:
        other = session.get_one(Round, round_id).survey
        code_of(session, import_module("tests.records").a_round(session, other, key="next"))
    assert client.get(f"/s/{code}").status_code == 404


# Machines that look at links first


@pytest.mark.parametrize("agent", PREVIEWERS)
def test_previewers_use_nothing_up(client: FlaskClient, sqlite_database: Database, agent: str) -> None:
    _, link, code = a_code(sqlite_database)
    for method in ("GET", "HEAD"):
        for path in (f"/r/{link}", f"/s/{code}", f"/R/{link.upper()}", f"/{code}"):
            answer = client.open(path, method=method, headers={"User-Agent": agent}, follow_redirects=True)
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers
    assert client.post(f"/r/{link}", data=SENT).status_code == 303
    with sqlite_database.session() as session:
        assert session.scalar(select(func.count()).select_from(Response)) == 1
        assert session.scalar(select(func.count()).select_from(ShortCode)) == 1


def test_a_preview_shows_the_title_the_organisation_and_the_minutes(client: FlaskClient, sqlite_database: Database) -> None:
    _, link, _ = a_code(sqlite_database)
    page = client.get(f"/r/{link}?lang=en").text
    told = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    assert told["title"] == "Your view"
    assert told["description"] == "norte. It takes about 2 minutes."
    assert '<meta name="robots" content="noindex">' in page


# The wall


def wall(client: FlaskClient, round_id: UUID, query: str = "") -> str:
    answer = client.get(f"/rounds/{round_id}/projector{query}")
    assert answer.status_code == 200
    return answer.text


def test_the_wall_tells_how_many_in_steps_and_never_what(client: FlaskClient, sqlite_database: Database) -> None:
    round_id, link, code = a_code(sqlite_database)
    sign_in(client, sqlite_database)
    said = "Un secreto que nadie debe ver"
    for number in range(12):
        page = wall(client, round_id)
        told = "Hasta ahora, menos de 5 respuestas." if number < 5 else f"Hasta ahora, {number - number % 5} respuestas o más."
        assert told in page
        client.post(f"/r/{link}", data={**SENT, "~id": str(uuid4()), "wishes": said})
    page = wall(client, round_id, "?groups=1")
    assert said not in page
    assert f"localhost/{code}" in page
    assert "Responda desde su teléfono" in page
    assert "Answer on your phone" in page


def test_the_wall_tells_of_a_group_only_what_may_be_told(client: FlaskClient, sqlite_database: Database) -> None:
    round_id, link, _ = a_code(sqlite_database, invited={"police": 12, "companies": 9, "communities": 4})
    sign_in(client, sqlite_database)

    def answers(group: str, count: int) -> None:
        for _ in range(count):
            assert client.post(f"/r/{link}", data={**SENT, "~id": str(uuid4()), "group": group}).status_code == 303

    answers("communities", 4)
    answers("police", 9)
    answers("companies", 7)
    live = wall(client, round_id, "?groups=1&part=live&lang=en")
    told = re.findall(r'<span lang="en"><b>(\w+):</b> ([^<]+)</span>', live)
    assert told == [("police", "5 or more of 12"), ("companies", "over 50% of 9")]


def test_the_wall_counts_down_by_the_server_and_says_an_extension(client: FlaskClient, sqlite_database: Database) -> None:
    soon = datetime.now(UTC) + timedelta(minutes=90)
    round_id, _, _ = a_code(sqlite_database, closes_at=soon)
    sign_in(client, sqlite_database)
    left = re.search(r'data-left="(\d+)"', wall(client, round_id))
    assert left
    assert 5390 < int(left[1]) <= 5400
    assert "Hay más tiempo" not in wall(client, round_id)
    changed(sqlite_database, round_id, lambda round_: setattr(round_, "extended_from", soon - timedelta(hours=1)))
    assert "Hay más tiempo" in wall(client, round_id, "?part=live")
    changed(sqlite_database, round_id, lambda round_: setattr(round_, "closes_at", datetime.now(UTC) + timedelta(days=3)))
    assert "data-left" not in wall(client, round_id)


def test_the_wall_of_a_round_that_has_ended_shows_no_code(client: FlaskClient, sqlite_database: Database) -> None:
    round_id, _, _ = a_code(sqlite_database, closes_at=datetime.now(UTC) - timedelta(minutes=1))
    sign_in(client, sqlite_database)
    page = wall(client, round_id)
    assert "Gracias. Ya no se reciben respuestas." in page
    assert "<svg" not in page
    assert 'data-state="ended"' in wall(client, round_id, "?part=live")


def test_the_wall_loads_itself_anew_without_script(client: FlaskClient, sqlite_database: Database) -> None:
    round_id, _, _ = a_code(sqlite_database)
    sign_in(client, sqlite_database)
    assert '<noscript><meta http-equiv="refresh" content="15"></noscript>' in wall(client, round_id)


def test_a_round_gets_its_code_when_its_wall_is_first_shown(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        round_id = an_asked_round(session).id
    sign_in(client, sqlite_database)
    first, second = (re.findall(r"localhost/(\w{6})<", wall(client, round_id)) for _ in range(2))
    assert first == second != []


# Sheets


@pytest.mark.parametrize(("path", "sheets"), [("poster.pdf", 1), ("poster.pdf?paper=a3", 1), ("handout.pdf", 2)])
def test_a_sheet_says_all_in_both_languages_and_its_code_is_read(
    client: FlaskClient, sqlite_database: Database, path: str, sheets: int
) -> None:
    round_id, link, code = a_code(sqlite_database, closes_at=datetime(2099, 7, 25, 23, 0, tzinfo=UTC))
    with sqlite_database.session() as session:
        session.scalars(select(Programme)).one().contact = "preguntas@example.org"
    sign_in(client, sqlite_database)
    answer = client.get(f"/rounds/{round_id}/{path}")
    assert answer.mimetype == "application/pdf"
    words = " ".join(read_by("pdftotext", answer.data, "-layout", "-", "-").split())
    for said in (
        "Responda desde su teléfono",
        "Answer on your phone",
        f"localhost/{code}",
        "Su opinión",
        "Your view",
        "25 de julio",
        "25 July",
        "preguntas@example.org",
        "Sus respuestas son anónimas",
        "Your answers are anonymous",
    ):
        assert words.count(said) >= sheets, said
    info = read_by("pdfinfo", answer.data, "-")
    assert "Tagged:          yes" in info
    assert "Pages:           1" in info
    assert ("841.89 x 1190.55" if "a3" in path else "A4") in info
    found = zxingcpp.read_barcodes(of_pdf(answer.data))
    assert [one.text for one in found] == [f"http://localhost/r/{link}"] * sheets


@pytest.mark.parametrize(("path", "sheets"), [("poster.pdf", 1), ("handout.pdf", 2)])
def test_long_words_make_the_code_smaller_and_no_second_page(settings: Settings, sqlite_database: Database, path: str, sheets: int) -> None:
    round_id, link, _ = a_code(sqlite_database)
    with sqlite_database.session() as session:
        programme = session.scalars(select(Programme)).one()
        programme.contact = "la señora Juana Mamani Quispe, en la oficina de la comunidad, lunes a viernes de 9 a 12, o al teléfono " * 2
    site = "https://encuestas.comunidad-de-aprendizaje.moquegua.example"
    client = sign_in(import_module("app").create_app(replace(settings, room=site), sqlite_database).test_client(), sqlite_database)
    pdf = client.get(f"/rounds/{round_id}/{path}").data
    assert "Pages:           1" in read_by("pdfinfo", pdf, "-")
    assert [one.text for one in zxingcpp.read_barcodes(of_pdf(pdf))] == [f"{site}/r/{link}"] * sheets


def test_a_paper_that_no_printer_has_is_not_found(client: FlaskClient, sqlite_database: Database) -> None:
    round_id, _, _ = a_code(sqlite_database)
    sign_in(client, sqlite_database)
    assert client.get(f"/rounds/{round_id}/poster.pdf?paper=../a4").status_code == 404


# Messages


def test_messages_have_plain_letters_and_the_link_alone_on_its_line(client: FlaskClient, sqlite_database: Database) -> None:
    round_id, link, _ = a_code(sqlite_database)
    sign_in(client, sqlite_database)
    page = client.get(f"/rounds/{round_id}/share").text
    texts = re.findall(r"<textarea[^>]*>([^<]*)</textarea>", page)
    assert len(texts) == 3
    for text in texts:
        assert text.splitlines()[-2:] == ["", f"http://localhost/r/{link}"]
        assert not re.search(r"[*_~`]", text)
    assert "Sus respuestas son anónimas. Toma unos 2 minutos." in texts[0]
    assert "Your answers are anonymous. It takes about 2 minutes." in texts[0]
    assert "Your answers" not in texts[1]
    by_whatsapp = [
        parse_qs(urlparse(url.replace("&amp;", "&")).query)["text"][0] for url in re.findall(r'href="(https://wa\.me/[^"]*)"', page)
    ]
    assert by_whatsapp == texts
    by_mail = [parse_qs(urlparse(url.replace("&amp;", "&")).query) for url in re.findall(r'href="(mailto:[^"]*)"', page)]
    assert [mail["body"][0].replace("\r\n", "\n") for mail in by_mail] == texts
    assert by_mail[0]["subject"] == ["Su opinión / Your view"]


@pytest.mark.parametrize(("level", "told"), [("anonymous", "Your answers are anonymous"), ("card", "Your answers do not carry your name")])
def test_a_message_promises_what_the_form_promises(client: FlaskClient, sqlite_database: Database, level: str, told: str) -> None:
    round_id, link, _ = a_code(sqlite_database)
    with sqlite_database.session() as session:
        promising.choose_level(session, session.get_one(Round, round_id).survey, level, TODAY)
    sign_in(client, sqlite_database)
    assert told in client.get(f"/r/{link}").text
    for path in ("share", "projector"):
        page = client.get(f"/rounds/{round_id}/{path}").text
        assert f"{told}." in page
        assert page.count("Your answers ") == page.count(told)


# A room without internet


@pytest.fixture
def room(settings: Settings, sqlite_database: Database) -> FlaskClient:
    """A phone in a room that a laptop at 192.168.43.12 serves."""
    served = replace(settings, room="http://192.168.43.12:8000", network="La Comunidad de Aprendizaje")
    return import_module("app").create_app(served, sqlite_database).test_client()


PHONE = {"base_url": "http://192.168.43.12:8000", "environ_base": {"REMOTE_ADDR": "192.168.43.77"}}


def test_in_a_room_the_page_says_who_runs_the_network(room: FlaskClient, sqlite_database: Database, client: FlaskClient) -> None:
    _, link, code = a_code(sqlite_database)
    page = room.get(f"/s/{code}", follow_redirects=True, **PHONE).text
    assert "por un wifi que maneja La Comunidad de Aprendizaje." in page
    assert "over a Wi-Fi that La Comunidad de Aprendizaje runs." in page
    assert room.post(f"/r/{link}", data=SENT, **PHONE).status_code == 303
    assert "wifi" not in client.get(f"/r/{link}").text


def test_in_a_room_phones_reach_no_page_of_the_staff(room: FlaskClient, sqlite_database: Database) -> None:
    round_id, _, _ = a_code(sqlite_database)
    laptop = {"base_url": "http://127.0.0.1:8000", "environ_base": {"REMOTE_ADDR": "127.0.0.1"}}
    assert room.get("/", **PHONE).status_code == 404
    assert room.get("/sign-in", **PHONE).status_code == 404
    assert room.get(f"/rounds/{round_id}/projector", **PHONE).status_code == 404
    assert room.get("/", **laptop).status_code == 303
    assert room.get("/", **{**laptop, "base_url": "http://elsewhere.example:8000"}).status_code == 404
    assert room.get("/", **{**laptop, "environ_base": {"REMOTE_ADDR": "192.168.43.12"}}).status_code == 404


def test_in_a_room_the_wall_shows_the_address_of_the_room(room: FlaskClient, sqlite_database: Database) -> None:
    round_id, _, code = a_code(sqlite_database)
    sign_in(room, sqlite_database)
    page = room.get(f"/rounds/{round_id}/projector").text
    assert f"192.168.43.12:8000/{code}" in page
