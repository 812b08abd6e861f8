"""What participants are promised and asked at each level; how staff choose it, print cards and end a programme's key."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from forms import codec
from surveys import authoring, cards, inviting, linking, promising, sealing
from surveys.languages import Speaker
from surveys.settings import Settings
from surveys.storage import PersonalLink, Programme, Response, Round, Survey, find_survey
from surveys.storage.database import Database
from surveys.web.anonymity import say_matches
from tests.records import TODAY, a_programme, a_round
from tests.surveys.test_printing import read_by
from tests.web.doors import FORM, an_asked_round, sign_in, token_of

CODE = "      - {name: code, kind: own_code, label: {es: Su clave, en: Your code}}\n"
ELEMENTS = {"code/mother": "m", "code/father": "j", "code/town": "l", "code/siblings": "2", "code/day": "14"}


def a_link(database: Database, level: str, has_code: bool = False) -> str:
    """The link of an open round whose survey promises this."""
    with database.session() as session:
        version = authoring.import_form(session, a_programme(session), codec.load(FORM + CODE * has_code), TODAY)
        survey = authoring.add_survey(
            session,
            session.get_one(Programme, version.form.programme_id),
            version.form,
            "feedback",
            {"es": "Su opinión", "en": "Your view"},
        )
        promising.choose_level(session, survey, level, TODAY)
        return a_round(session, survey).link


def a_token(database: Database, settings: Settings, link: str) -> str:
    with database.session() as session:
        round_ = session.scalars(select(Round).where(Round.link == link)).one()
        return inviting.make_personal_link(session, round_, uuid4(), settings.keys, settings.secret)


def answers(database: Database) -> list[Response]:
    with database.session() as session:
        return list(session.scalars(select(Response)))


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.split("<body>")[1].split("<script")[0]).split())


def sent(**said: str) -> dict[str, str]:
    return {"~id": str(uuid4()), "useful": "4", **said}


# What participants read ------------------------------------------------------------------------------------------------------

TOLD = {
    "anonymous": ("Your answers are anonymous", "Sus respuestas son anónimas"),
    "card": ("We have no list of who has which card", "No tenemos ninguna lista de quién tiene cada tarjeta"),
    "own_code": (
        "Nobody knows your name; whoever keeps the key could test a code.",
        "Nadie sabe su nombre; quien guarda la llave podría comprobar una clave.",
    ),
    "confidential": ("Your answers are confidential, not anonymous", "Sus respuestas son confidenciales, no anónimas"),
}


@pytest.mark.parametrize("level", TOLD)
def test_each_level_is_told_in_both_languages_and_no_other_is(
    client: FlaskClient, sqlite_database: Database, settings: Settings, level: str
) -> None:
    link = a_link(sqlite_database, level, has_code=level == "own_code")
    token = a_token(sqlite_database, settings, link) if level == "confidential" else ""
    page = words_of(client.get(f"/r/{link}/p/{token}" if token else f"/r/{link}").get_data(as_text=True))
    for other, words in TOLD.items():
        assert all((said in page) is (other == level) for said in words)


def test_the_open_link_of_a_confidential_survey_is_anonymous_and_says_so(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, "confidential")
    assert "Sus respuestas son anónimas" in client.get(f"/r/{link}").get_data(as_text=True)
    client.post(f"/r/{link}", data=sent())
    assert [response.code_hash for response in answers(sqlite_database)] == [None]


def test_a_survey_that_became_anonymous_asks_for_no_code_and_keeps_none(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, "own_code", has_code=True)
    client.post(f"/r/{link}", data=sent(**ELEMENTS))
    with sqlite_database.session() as session:
        survey = find_survey(session, "feedback")
        assert survey is not None
        promising.choose_level(session, survey, "anonymous", TODAY)
    page = client.get(f"/r/{link}").get_data(as_text=True)
    assert "code/mother" not in page
    assert "Sus respuestas son anónimas" in page
    assert client.post(f"/r/{link}", data=sent(**ELEMENTS)).status_code == 303  # drawn before the change
    assert sorted(len(response.code_hashes or []) for response in answers(sqlite_database)) == [0, 6]


# Cards -----------------------------------------------------------------------------------------------------------------------


def test_any_form_asks_for_the_card_when_its_survey_does(client: FlaskClient, sqlite_database: Database) -> None:
    assert 'name="~card"' in client.get(f"/r/{a_link(sqlite_database, 'card')}").get_data(as_text=True)


@pytest.mark.parametrize("level", ["anonymous", "confidential"])
def test_no_other_survey_asks_for_a_card(client: FlaskClient, sqlite_database: Database, level: str) -> None:
    page = client.get(f"/r/{a_link(sqlite_database, level)}").get_data(as_text=True)
    assert "~card" not in page.split("<script")[0]
    assert "isCode" not in page


def test_the_code_of_a_card_is_kept_as_a_hash_only(client: FlaskClient, sqlite_database: Database) -> None:
    [code] = cards.make_stack(1)
    link = a_link(sqlite_database, "card")
    assert client.post(f"/r/{link}", data=sent(**{"~card": code.lower()})).status_code == 303
    [response] = answers(sqlite_database)
    assert len(response.code_hashes or []) == 1
    assert code not in str(vars(response))


def test_a_wrong_card_is_told_and_the_person_can_go_on_without(client: FlaskClient, sqlite_database: Database) -> None:
    link, [code] = a_link(sqlite_database, "card"), cards.make_stack(1)
    wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
    answer = client.post(f"/r/{link}", data=sent(**{"~card": wrong}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#q-~card"' in page
    assert "deje esto en blanco para enviar sin código" in words_of(page)
    assert answers(sqlite_database) == []
    assert client.post(f"/r/{link}", data=sent(**{"~card": " "})).status_code == 303
    assert [response.code_hash for response in answers(sqlite_database)] == [None]


def test_what_was_typed_of_a_card_stays_when_the_language_changes(client: FlaskClient, sqlite_database: Database) -> None:
    page = client.post(f"/r/{a_link(sqlite_database, 'card')}", data={"~to": "en", "~card": "7KQ"}).get_data(as_text=True)
    assert 'name="~card" value="7KQ"' in page
    assert answers(sqlite_database) == []


# Personal links --------------------------------------------------------------------------------------------------------------


def test_opening_a_personal_link_changes_nothing_and_its_page_is_the_same_before_and_after_an_answer(
    client: FlaskClient, sqlite_database: Database, settings: Settings
) -> None:
    link = a_link(sqlite_database, "confidential")
    token = a_token(sqlite_database, settings, link)
    before = [client.get(f"/r/{link}/p/{token}").get_data(as_text=True) for _ in range(3)]
    assert client.post(f"/r/{link}/p/{token}", data=sent()).status_code == 303
    after = client.get(f"/r/{link}/p/{token}").get_data(as_text=True)
    assert len({_steady(page) for page in [*before, after]}) == 1


def _steady(page: str) -> str:
    """A page without what is random in every drawing."""
    return re.sub(r'nonce="[^"]*"|name="~(id|seed)" value="[^"]*"', "", page)


def test_what_is_sent_again_through_a_personal_link_takes_the_place_of_the_first(
    client: FlaskClient, sqlite_database: Database, settings: Settings
) -> None:
    link = a_link(sqlite_database, "confidential")
    path = f"/r/{link}/p/{a_token(sqlite_database, settings, link)}"
    for useful in ("2", "5"):
        assert client.post(path, data=sent(useful=useful)).status_code == 303
    assert [response.answers["useful"] for response in answers(sqlite_database)] == [5]


def test_a_personal_page_sends_to_its_own_link_and_keeps_its_draft_apart(
    client: FlaskClient, sqlite_database: Database, settings: Settings
) -> None:
    link = a_link(sqlite_database, "confidential")
    pages = [client.get(f"/r/{link}/p/{a_token(sqlite_database, settings, link)}").get_data(as_text=True) for _ in range(2)]
    actions = [re.search(r' action="([^"]+)"', page)[1] for page in pages]  # type: ignore[index]  # a form has an action
    assert all(action.startswith(f"/r/{link}/p/") for action in actions)
    drafts = {re.search(r'"key": "([^"]+)"', page)[1] for page in pages}  # type: ignore[index]  # the page's data have a key
    assert len(drafts) == 2
    assert not any(action.rpartition("/")[2] in str(drafts) for action in actions)


def test_an_unknown_token_opens_nothing(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, "confidential")
    assert client.get(f"/r/{link}/p/abcdefghjkmnpqrstuvw").status_code == 404
    assert client.post(f"/r/{link}/p/abcdefghjkmnpqrstuvw", data=sent()).status_code == 404
    assert answers(sqlite_database) == []


def test_what_was_begun_through_a_personal_link_arrives_after_the_closing_and_waits(
    client: FlaskClient, sqlite_database: Database, settings: Settings
) -> None:
    link = a_link(sqlite_database, "confidential")
    path = f"/r/{link}/p/{a_token(sqlite_database, settings, link)}"
    mark = re.search(r'name="~mark" value="([^"]+)"', client.get(path).text)[1]  # type: ignore[index]  # the page carries a mark
    with sqlite_database.session() as session:
        round_ = session.scalars(select(Round).where(Round.link == link)).one()
        sealing.close_round(session, round_, datetime.now(UTC) + timedelta(minutes=2))
    assert client.post(path, data=sent(**{"~mark": mark})).status_code == 303
    assert [(response.snapshot, response.code_hash) for response in answers(sqlite_database)] == [(None, None)]


def test_a_personal_link_of_a_survey_that_became_anonymous_opens_the_form_and_follows_nobody(
    client: FlaskClient, sqlite_database: Database, settings: Settings
) -> None:
    link = a_link(sqlite_database, "confidential")
    token = a_token(sqlite_database, settings, link)
    with sqlite_database.session() as session:
        survey = find_survey(session, "feedback")
        assert survey is not None
        promising.choose_level(session, survey, "anonymous", TODAY)
    page = client.get(f"/r/{link}/p/{token}").get_data(as_text=True)
    assert "Sus respuestas son anónimas" in page
    assert f'action="/r/{link}"' in page
    client.post(f"/r/{link}/p/{token}", data=sent())
    assert [response.code_hash for response in answers(sqlite_database)] == [None]


# Staff -----------------------------------------------------------------------------------------------------------------------


def choose(client: FlaskClient, level: str) -> object:
    where = "/p/norte/surveys/feedback/promise"
    token = token_of(client.get(where).get_data(as_text=True))
    return client.post(where, data={"csrf_token": token, "level": level})


def test_the_level_is_chosen_on_a_page_and_then_only_moves_up(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        link = an_asked_round(session).link
    sign_in(client, sqlite_database)
    assert "Nadie ha elegido todavía" in client.get("/p/norte/surveys/feedback/promise").get_data(as_text=True)
    assert choose(client, "confidential").status_code == 303  # type: ignore[attr-defined]
    assert choose(client, "card").status_code == 303  # type: ignore[attr-defined]
    client.post(f"/r/{link}", data=sent())
    answer = choose(client, "confidential")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "solo puede hacerse más anónima" in answer.get_data(as_text=True)  # type: ignore[attr-defined]
    page = client.get("/p/norte/surveys/feedback/promise").get_data(as_text=True)
    assert re.findall(r'value="(\w+)" aria-describedby="m-\w+"( checked)?( disabled)?', page) == [
        ("anonymous", "", ""), ("card", " checked", ""), ("own_code", "", " disabled"), ("confidential", "", " disabled"),
    ]  # fmt: skip


def test_a_level_that_does_not_fit_the_form_is_told_on_the_page(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        an_asked_round(session)
    sign_in(client, sqlite_database)
    choose(client, "own_code")
    assert "su cuestionario no la pide" in client.get("/p/norte/surveys/feedback/promise").get_data(as_text=True)


def test_an_unknown_level_is_refused(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        an_asked_round(session)
    assert choose(sign_in(client, sqlite_database), "secret").status_code == 422  # type: ignore[attr-defined]


@pytest.fixture
def a_stack(client: FlaskClient, sqlite_database: Database) -> bytes:
    a_link(sqlite_database, "card")
    sign_in(client, sqlite_database)
    token = token_of(client.get("/p/norte/surveys/feedback/promise").get_data(as_text=True))
    answer = client.post("/p/norte/surveys/feedback/cards", data={"csrf_token": token, "count": "23"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.mimetype == "application/pdf"
    return answer.data


def test_a_printed_stack_has_as_many_different_codes_as_asked_for_and_no_number(a_stack: bytes) -> None:
    said = read_by("pdftotext", a_stack, "-", "-")
    codes = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", said)
    assert len(codes) == len(set(codes)) == 23
    assert all(cards.is_code(code) for code in codes)
    assert said.count("Guarde esta tarjeta.") == said.count("Keep this card.") == 23
    assert re.findall(r"\b\d{1,3}\b", re.sub(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", "", said)) == []


def test_of_a_printed_stack_only_the_count_is_kept(a_stack: bytes, settings: Settings, sqlite_database: Database) -> None:
    codes = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", read_by("pdftotext", a_stack, "-", "-"))
    with sqlite_database.session() as session:
        assert session.scalars(select(Survey)).one().promise.cards == 23
    kept = b"".join(path.read_bytes() for path in settings.data.rglob("*") if path.is_file())
    assert not [code for code in codes if code.encode() in kept or code.replace("-", "").encode() in kept]


@pytest.mark.parametrize("count", ["0", "1001", "many", ""])
def test_a_stack_of_no_size_is_told(client: FlaskClient, sqlite_database: Database, count: str) -> None:
    a_link(sqlite_database, "card")
    sign_in(client, sqlite_database)
    token = token_of(client.get("/p/norte/surveys/feedback/promise").get_data(as_text=True))
    answer = client.post("/p/norte/surveys/feedback/cards", data={"csrf_token": token, "count": count})
    assert answer.status_code == 422
    assert "Escriba un número de 1 a 1000" in answer.get_data(as_text=True)


def test_the_key_is_destroyed_only_by_whoever_writes_the_name(client: FlaskClient, sqlite_database: Database, settings: Settings) -> None:
    link = a_link(sqlite_database, "own_code", has_code=True)
    client.post(f"/r/{link}", data=sent(**ELEMENTS))
    sign_in(client, sqlite_database)
    token = token_of(client.get("/p/norte/keys").get_data(as_text=True))
    assert client.post("/p/norte/keys", data={"csrf_token": token, "name": "sur"}).status_code == 422
    [response] = answers(sqlite_database)
    assert response.code_hash
    assert client.post("/p/norte/keys", data={"csrf_token": token, "name": "norte"}).status_code == 303
    [response] = answers(sqlite_database)
    assert (response.code_hash, response.code_hashes) == (None, None)
    assert list(settings.keys.glob("*")) == []
    assert "La llave se destruyó el" in client.get("/p/norte/keys").get_data(as_text=True)


def test_after_the_key_is_gone_no_code_is_asked_and_one_that_comes_is_not_kept(
    client: FlaskClient, sqlite_database: Database, settings: Settings
) -> None:
    link = a_link(sqlite_database, "own_code", has_code=True)
    with sqlite_database.session() as session:
        programme = session.scalars(select(Programme)).one()
        linking.forget_codes(session, programme, TODAY)
    page = client.get(f"/r/{link}").get_data(as_text=True)
    assert "code/mother" not in page
    assert "Sus respuestas son anónimas" in page
    assert client.post(f"/r/{link}", data=sent(**ELEMENTS)).status_code == 303
    assert [response.code_hash for response in answers(sqlite_database)] == [None]
    assert not settings.keys.exists() or list(settings.keys.glob("*")) == []


def test_after_the_key_is_gone_a_personal_link_opens_the_form_without_following_anybody(
    client: FlaskClient, sqlite_database: Database, settings: Settings
) -> None:
    link = a_link(sqlite_database, "confidential")
    token = a_token(sqlite_database, settings, link)
    with sqlite_database.session() as session:
        linking.forget_codes(session, session.scalars(select(Programme)).one(), TODAY)
        assert session.scalars(select(PersonalLink)).all() == []
    assert "Sus respuestas son anónimas" in client.get(f"/r/{link}/p/{token}").get_data(as_text=True)
    assert client.post(f"/r/{link}/p/{token}", data=sent()).status_code == 303


def test_the_match_rate_is_told_in_words_and_never_of_a_few() -> None:
    say = Speaker("en")
    assert "about 75%" in say_matches(linking.shown(40, 30, 5), say)
    assert "90% or more" in say_matches(linking.shown(60, 60, 5), say)
    hidden = {say_matches(linking.shown(coded, linked, 5), say) for coded, linked in ((40, 38), (40, 3), (9, 5), (0, 0))}
    assert hidden == {"Not shown, to protect small groups."}
    assert "no earlier round" in say_matches(None, say)


def test_a_page_that_asks_for_a_card_stays_light(client: FlaskClient, sqlite_database: Database) -> None:
    page = client.get(f"/r/{a_link(sqlite_database, 'card', has_code=True)}", headers={"Accept-Encoding": "gzip"})
    print(len(page.data))
    assert len(page.data) <= 14 * 1024
