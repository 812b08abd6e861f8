"""The participant's page over Flask's test client, without a browser and without JavaScript."""

from __future__ import annotations

import gzip
import logging
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from forms.definition import FormDefinition, Question, Section
from forms.questions import KINDS
from surveys.collecting import make_page_mark
from surveys.settings import Settings
from surveys.storage import Response
from surveys.storage.database import Database
from surveys.web import slip
from tests.web.questionnaires import a_programme, a_round, every_kind, the_workshop_form, words

PAST, FUTURE = datetime(2026, 1, 2, 15, 0, tzinfo=UTC), datetime(2099, 1, 2, 15, 0, tzinfo=UTC)
ANSWERED = {
    "group": "company",
    "useful": "4",
    "tr/community": "2",
    "tr/government": "~unknown",
    "wishes": "Más tiempo",
    "wishes/quote": "1",
}


def a_link(database: Database, definition: FormDefinition | None = None, **more: Any) -> str:
    with database.session() as session:
        return a_round(session, definition, **more).link


def stored(database: Database) -> list[Response]:
    with database.session() as session:
        found = list(session.scalars(select(Response)))
        session.expunge_all()
        return found


def answered(**more: str) -> dict[str, str]:
    return {"~id": str(uuid4()), "~lang": "es", **ANSWERED, **more}


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def with_name(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for _, attributes in self.found if attributes.get("name") == name]

    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.found if "id" in attributes]


def tags(response: TestResponse) -> Tags:
    return Tags(response.get_data(as_text=True))


def hidden_fields(page: Tags) -> dict[str, str]:
    return {a["name"] or "": a["value"] or "" for tag, a in page.found if tag == "input" and a.get("type") == "hidden"}


def receipt_on(client: FlaskClient, response: TestResponse) -> str:
    page = client.get(response.headers["Location"])
    return re.findall(r"<output[^>]*>([^<]+)</output>", page.get_data(as_text=True))[0]


# Opening ---------------------------------------------------------------------------------------------------------------


def test_a_link_opens_the_form_in_both_languages_with_spanish_first(client: FlaskClient, sqlite_database: Database) -> None:
    response = client.get(f"/r/{a_link(sqlite_database)}", headers={"Accept-Language": "en"})
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    assert '<html lang="es">' in page
    assert '<span lang="es">¿Entendió los materiales?</span><span lang="en">Did you understand the materials?</span>' in page
    assert "Datos de ejemplo" in page
    assert "18 de julio de 2026" in page
    assert "18 July 2026" in page


def test_the_page_sets_no_cookie_keeps_nothing_and_refers_only_to_us(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    sent = client.post(f"/r/{link}", data=answered())
    for response in (client.get(f"/r/{link}"), sent, client.get(sent.headers["Location"]), client.get("/r/nothing-here")):
        assert "Set-Cookie" not in response.headers
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "same-origin"


def test_the_page_is_one_request_and_names_no_other_host(client: FlaskClient, sqlite_database: Database) -> None:
    page = tags(client.get(f"/r/{a_link(sqlite_database)}"))
    fetched = [a.get("src") or a.get("href") for tag, a in page.found if tag in {"script", "link", "img", "iframe"}]
    assert [where for where in fetched if where and not where.startswith("data:")] == []
    assert "http" not in client.get(f"/r/{a_link(sqlite_database)}").get_data(as_text=True).replace("http-equiv", "")


def test_twelve_questions_in_two_languages_weigh_at_most_14_kilobytes(client: FlaskClient, sqlite_database: Database) -> None:
    response = client.get(f"/r/{a_link(sqlite_database)}", headers={"Accept-Encoding": "gzip"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(response.data)) > len(response.data)
    assert len(response.data) <= 14 * 1024 - 800  # what a larger browser header and longer texts may still take


def test_each_opening_without_a_script_carries_a_fresh_random_id(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    ids = {hidden_fields(tags(client.get(f"/r/{link}")))["~id"] for _ in range(3)}
    assert len(ids) == 3
    assert {UUID(given).version for given in ids} == {4}


def test_every_kind_of_question_is_drawn_with_names_that_are_read_back(client: FlaskClient, sqlite_database: Database) -> None:
    page = tags(client.get(f"/r/{a_link(sqlite_database, every_kind())}"))
    names = {a["name"] for _, a in page.found if a.get("name")}
    assert {"agree", "came", "why", "job", "job/other", "job/comment", "years", "since", "fair", "far", "share"} <= names
    assert {"ca/before", "ca/now", "tr/mayor", "help", "help/comment", "best/water", "best", "wishes", "wishes/quote"} <= names
    assert {f"code/{part}" for part in ("mother", "father", "town", "siblings", "day")} <= names


def test_every_identifier_is_there_once_and_every_reference_leads_somewhere(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, every_kind())
    for response in (client.get(f"/r/{link}"), client.post(f"/r/{link}", data={"years": "x", "code/mother": "1", "best/jobs": "2"})):
        page = tags(response)
        ids = page.ids()
        assert sorted(ids) == sorted(set(ids))
        for _, attributes in page.found:
            for reference in ("for", "aria-describedby", "aria-labelledby"):
                assert set((attributes.get(reference) or "").split()) <= set(ids)


def test_a_conditional_question_says_its_condition_in_words(client: FlaskClient, sqlite_database: Database) -> None:
    page = client.get(f"/r/{a_link(sqlite_database, every_kind())}").get_data(as_text=True)
    assert "Responda solo si eligió «No» en «¿Vino al taller anterior?»." in page
    assert "Answer only if you chose “No” in “Did you come to the last workshop?”." in page


def test_rows_about_groups_ask_once_to_leave_out_ones_own(client: FlaskClient, sqlite_database: Database) -> None:
    page = client.get(f"/r/{a_link(sqlite_database)}").get_data(as_text=True)
    assert page.count("Leave out your own group.") == 1
    assert "Answer only if you did not choose" not in page


def test_scripts_in_a_form_are_words_and_not_scripts(client: FlaskClient, sqlite_database: Database) -> None:
    evil = '"><script>alert(1)</script>'
    asked = Question("q", "short_text", words(evil, evil), words(evil, evil))
    definition = FormDefinition("evil", words(evil, evil), ("es", "en"), (Section("s", words(evil, evil), (asked,)),))
    link = a_link(sqlite_database, definition)
    posted = client.post(f"/r/{link}?lang=en", data={"q": "</textarea>" + evil, "~to": "en", "~id": evil, "~seed": evil})
    for response in (client.get(f"/r/{link}"), posted, client.get(f"/r/{link}?lang={evil}")):
        assert "<script>alert" not in response.get_data(as_text=True)


def test_with_three_languages_the_page_carries_only_the_one_asked_for(client: FlaskClient, sqlite_database: Database) -> None:
    label = replace(words("¿Cómo está?", "How are you?"), words=(("en", "How are you?"), ("es", "¿Cómo está?"), ("qu", "¿Imaynalla?")))
    asked = Question("q", "short_text", label)
    title = replace(label, words=(("en", "T"), ("es", "T"), ("qu", "T")))
    definition = FormDefinition("three", title, ("es", "en", "qu"), (Section("s", title, (asked,)),))
    with sqlite_database.session() as session:
        link = a_round(session, definition, a_programme(session, languages=["es", "en", "qu"])).link
    page = client.get(f"/r/{link}?lang=qu").get_data(as_text=True)
    assert '<html lang="qu">' in page
    assert "Imaynalla" in page
    assert "How are you?" not in page
    assert [a["value"] for a in Tags(page).with_name("~to")] == ["es", "en", "qu", "qu"]


def test_an_unknown_language_is_named_and_the_first_one_shown(client: FlaskClient, sqlite_database: Database) -> None:
    response = client.get(f"/r/{a_link(sqlite_database)}?lang=xx-nonsense")
    assert response.status_code == 200
    assert "no está disponible en «xx-nonsense»" in response.get_data(as_text=True)


# Sending ---------------------------------------------------------------------------------------------------------------


def test_answers_are_stored_and_thanked_with_a_receipt(client: FlaskClient, sqlite_database: Database) -> None:
    response = client.post(f"/r/{a_link(sqlite_database)}", data=answered())
    assert response.status_code == 303
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", receipt_on(client, response))
    (kept,) = stored(sqlite_database)
    assert (kept.group_key, kept.channel, kept.language) == ("company", "web", "es")
    assert kept.answers["useful"] == 4
    assert kept.answers["tr/community"] == 2
    assert kept.answers["tr/government:why"] == "unknown"
    assert kept.answers["wishes/quote"] == 1


def test_what_ones_own_group_or_a_condition_excludes_is_dropped_and_not_refused(client: FlaskClient, sqlite_database: Database) -> None:
    client.post(f"/r/{a_link(sqlite_database)}", data=answered(**{"tr/company": "5"}))
    (kept,) = stored(sqlite_database)
    assert "tr/company" not in kept.answers
    assert kept.answers["tr/company:why"] == "not_asked"


def test_the_same_response_sent_twice_is_stored_once_with_the_same_receipt(client: FlaskClient, sqlite_database: Database) -> None:
    link, data = a_link(sqlite_database), answered()
    first, second = client.post(f"/r/{link}", data=data), client.post(f"/r/{link}", data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert receipt_on(client, first) == receipt_on(client, second)
    assert len(stored(sqlite_database)) == 1


def test_a_language_switch_draws_everything_again_and_stores_nothing(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, every_kind())
    typed = {
        "~id": str(uuid4()),
        "~lang": "es",
        "~seed": "7",
        "~to": "en",
        "why": 'a "quoted" <b>',
        "job": "other",
        "job/other": "Panadería",
        "share": "35",
        "ca/now": "5",
        "tr/mayor": "~unknown",
        "best/water": "2",
        "wishes": "\nuno\n\n dos",
        "wishes/quote": "1",
        "code/mother": "M",
        "agree": "1",
        "help": ["maps", "talks"],
    }
    response = client.post(f"/r/{link}?lang=en", data=typed)
    page = tags(response)
    assert response.status_code == 200
    assert '<html lang="en">' in response.get_data(as_text=True)
    assert stored(sqlite_database) == []
    assert hidden_fields(page)["~id"] == typed["~id"]
    assert hidden_fields(page)["~seed"] == "7"
    ticked = {(a["name"], a["value"]) for _, a in page.found if "checked" in a}
    assert ticked == {
        ("job", "other"),
        ("ca/now", "5"),
        ("tr/mayor", "~unknown"),
        ("agree", "1"),
        ("help", "maps"),
        ("help", "talks"),
        ("wishes/quote", "1"),
    }
    assert [page.with_name(name)[0]["value"] for name in ("why", "job/other", "code/mother")] == ['a "quoted" <b>', "Panadería", "M"]
    assert "<option selected>35</option>" in response.get_data(as_text=True)
    assert "\n\nuno\n\n dos</textarea>" in response.get_data(as_text=True)


def test_rows_keep_their_order_when_the_page_is_drawn_again(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, every_kind())

    def order(seed: str) -> list[str | None]:
        page = tags(client.post(f"/r/{link}", data={"~to": "es", "~seed": seed}))
        return [a["name"] for _, a in page.found if (a.get("name") or "").startswith("tr/")] + [a["value"] for a in page.with_name("help")]

    assert order("7") == order("7")
    assert len({tuple(order(str(seed))) for seed in range(12)}) > 1
    assert all(order(str(seed))[-2:] == ["nothing", "~refused"] for seed in range(5))


def test_a_fault_comes_back_with_everything_typed_and_a_summary_that_leads_to_it(client: FlaskClient, sqlite_database: Database) -> None:
    data = answered(wishes="x" * 601)
    del data["group"]
    response = client.post(f"/r/{a_link(sqlite_database)}", data=data)
    page = tags(response)
    assert response.status_code == 422
    assert stored(sqlite_database) == []
    links = [(a["href"] or "")[1:] for tag, a in page.found if tag == "a" and (a.get("href") or "").startswith("#q-")]
    assert links == ["q-group", "q-wishes"]
    assert set(links) <= set(page.ids())
    said = response.get_data(as_text=True)
    assert said.count("Elija su grupo o «Prefiero no responder».") == 2
    assert said.count("Choose your group, or “I prefer not to answer”.") == 2
    assert "x" * 601 in said
    assert {"e-group", "e-wishes"} <= set(page.ids())


def test_a_question_hoped_for_reminds_once_and_then_lets_go(client: FlaskClient, sqlite_database: Database) -> None:
    link, data = a_link(sqlite_database, every_kind()), {"~id": str(uuid4()), "agree": "1", "came": "0"}
    reminded = client.post(f"/r/{link}", data=data)
    assert reminded.status_code == 422
    assert hidden_fields(tags(reminded))["~seen"] == "1"
    assert stored(sqlite_database) == []
    assert client.post(f"/r/{link}", data={**data, "~seen": "1"}).status_code == 303
    assert len(stored(sqlite_database)) == 1


def test_lines_of_the_summary_that_would_say_the_same_name_what_is_asked(client: FlaskClient, sqlite_database: Database) -> None:
    asked = tuple(Question(name, "number", words(f"¿{name}?", f"{name}?"), required="yes") for name in ("age", "years"))
    definition = FormDefinition("two", words("Dos", "Two"), ("es", "en"), (Section("s", words("S", "S"), asked),))
    page = client.post(f"/r/{a_link(sqlite_database, definition)}", data={"~id": str(uuid4())}).get_data(as_text=True)
    lines = re.findall(r'<li><a href="#q-(\w+)">(.*?)</a></li>', page)
    assert [name for name, _ in lines] == ["age", "years"]
    assert [re.sub(r"<[^>]+>", "", line)[:10] for _, line in lines] == ["¿age?age? ", "¿years?yea"]


def test_a_reminder_is_not_told_in_the_words_of_a_fault(client: FlaskClient, sqlite_database: Database) -> None:
    asked = Question("age", "number", words("¿Edad?", "Age?"), required="soft", message=words("Escriba un número.", "Write a number."))
    definition = FormDefinition("one", words("Uno", "One"), ("es", "en"), (Section("s", words("S", "S"), (asked,)),))
    link = a_link(sqlite_database, definition)
    blank, wrong = (client.post(f"/r/{link}", data={"~id": str(uuid4()), "age": said}).get_data(as_text=True) for said in ("", "old"))
    assert "Aquí todavía no hay respuesta." in blank
    assert "Escriba un número." not in blank
    assert "Escriba un número." in wrong


def test_a_blocking_fault_is_not_let_go_by_having_been_seen(client: FlaskClient, sqlite_database: Database) -> None:
    assert client.post(f"/r/{a_link(sqlite_database)}", data={"~id": str(uuid4()), "~seen": "1"}).status_code == 422


def test_the_own_code_is_kept_as_hashes_only_and_its_faults_repeat_nothing(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, every_kind())
    elements = {"code/mother": "Q", "code/father": "W", "code/town": "X", "code/siblings": "3", "code/day": "29"}
    base = {"~id": str(uuid4()), "agree": "1"}
    faulty = client.post(f"/r/{link}", data={**base, **elements, "code/day": "77"})
    assert faulty.status_code == 422
    assert "q-code/day" in tags(faulty).ids()
    assert client.post(f"/r/{link}", data={**base, **elements}).status_code == 303
    (kept,) = stored(sqlite_database)
    assert not any(key.startswith("code") for key in kept.answers)
    assert len(kept.code_hashes or []) == 6


@pytest.mark.parametrize("given", ["not-a-uuid", "c232ab00-9414-11ec-b3c8-9f68deced846"])
def test_an_id_that_is_not_random_is_refused(client: FlaskClient, sqlite_database: Database, given: str) -> None:
    assert client.post(f"/r/{a_link(sqlite_database)}", data=answered(**{"~id": given})).status_code == 422
    assert stored(sqlite_database) == []


def test_values_that_no_page_of_ours_sends_are_faults(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    for wrong in ({"group": "police"}, {"useful": "9"}, {"topics/canon": "7"}, {"helped": "everything"}):
        assert client.post(f"/r/{link}", data=answered(**wrong)).status_code == 422
    assert stored(sqlite_database) == []


# Different answers under the same id -----------------------------------------------------------------------------------


def test_different_answers_under_one_id_are_neither_stored_nor_lost(client: FlaskClient, sqlite_database: Database) -> None:
    link, data = a_link(sqlite_database), answered()
    client.post(f"/r/{link}", data=data)
    response = client.post(f"/r/{link}", data={**data, "useful": "1", "helped": ["groups", "others"]})
    page = tags(response)
    assert response.status_code == 409
    assert [row.answers["useful"] for row in stored(sqlite_database)] == [4]
    assert hidden_fields(page)["useful"] == "1"
    assert [a["value"] for a in page.with_name("helped")] == ["groups", "others"]
    assert {"new"} == {a["value"] for a in page.with_name("~as")}


def test_the_two_ways_on_say_that_the_data_are_an_example(client: FlaskClient, sqlite_database: Database) -> None:
    link, data = a_link(sqlite_database), answered()
    client.post(f"/r/{link}", data=data)
    assert "Datos de ejemplo" in client.post(f"/r/{link}", data={**data, "useful": "1"}).get_data(as_text=True)


def test_another_person_sends_the_same_page_as_a_new_response(client: FlaskClient, sqlite_database: Database) -> None:
    link, data = a_link(sqlite_database), answered()
    first = client.post(f"/r/{link}", data=data)
    page = tags(client.post(f"/r/{link}", data={**data, "useful": "1"}))
    second = client.post(f"/r/{link}", data={**hidden_fields(page), "~as": "new", "~receipt": "ignored"})
    assert second.status_code == 303
    assert sorted(row.answers["useful"] for row in stored(sqlite_database)) == [1, 4]
    assert receipt_on(client, first) != receipt_on(client, second)


def test_a_correction_needs_the_receipt_and_replaces(client: FlaskClient, sqlite_database: Database) -> None:
    link, data = a_link(sqlite_database), answered()
    receipt = receipt_on(client, client.post(f"/r/{link}", data=data))
    page = tags(client.post(f"/r/{link}", data={**data, "useful": "1"}))
    wrong = client.post(f"/r/{link}", data={**hidden_fields(page), "~receipt": "AAAA-AAAA"})
    assert wrong.status_code == 422
    assert "q-~receipt" in tags(wrong).ids()
    assert [row.answers["useful"] for row in stored(sqlite_database)] == [4]
    right = client.post(f"/r/{link}", data={**hidden_fields(page), "~receipt": receipt.lower().replace("-", " ")})
    assert right.status_code == 303
    assert receipt_on(client, right) == receipt
    assert [row.answers["useful"] for row in stored(sqlite_database)] == [1]


def test_a_receipt_written_on_a_fresh_page_corrects_too(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    receipt = receipt_on(client, client.post(f"/r/{link}", data=answered()))
    assert client.post(f"/r/{link}", data=answered(useful="2", **{"~receipt": receipt})).status_code == 303
    assert [row.answers["useful"] for row in stored(sqlite_database)] == [2]


# Thanks and receipts ---------------------------------------------------------------------------------------------------


def test_the_receipt_never_stands_in_an_address(client: FlaskClient, sqlite_database: Database) -> None:
    response = client.post(f"/r/{a_link(sqlite_database)}", data=answered())
    receipt = receipt_on(client, response)
    assert receipt not in response.headers["Location"]
    assert receipt.replace("-", "").lower() not in response.headers["Location"].lower()
    (kept,) = stored(sqlite_database)
    assert str(kept.id) not in response.headers["Location"]
    assert receipt not in client.get(response.headers["Location"].split("&t=")[0]).get_data(as_text=True)


def test_a_seal_opens_for_ten_minutes_for_this_server_and_unchanged_only() -> None:
    now = datetime(2026, 7, 18, 15, 0, tzinfo=UTC)
    token = slip.sealed("KUSI-4821", True, "secret", now)
    assert slip.opened(token, "secret", now + timedelta(seconds=600)) == ("KUSI-4821", True)
    assert slip.opened(token, "secret", now + timedelta(seconds=601)) == ("", False)
    assert slip.opened(token, "another", now) == ("", False)
    assert slip.opened("", "secret", now) == slip.opened("ñandú !", "secret", now) == slip.opened("AAAA", "secret", now) == ("", False)
    for place in range(len(token) - 1):  # the last letter also carries bits that mean nothing
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert slip.opened(changed, "secret", now) == ("", False)
    assert slip.sealed("KUSI-4821", True, "secret", now) != token


def test_the_page_script_is_told_where_thanks_are(client: FlaskClient, sqlite_database: Database) -> None:
    response = client.post(f"/r/{a_link(sqlite_database)}", data=answered(), headers={"Accept": "application/json"})
    assert response.status_code == 200
    assert client.get(response.get_json()["thanks"]).status_code == 200


# Links that do not open ------------------------------------------------------------------------------------------------


def test_an_unknown_link_gets_a_kind_page_in_both_languages(client: FlaskClient) -> None:
    response = client.get("/r/nobodyhasthis")
    page = response.get_data(as_text=True)
    assert response.status_code == 404
    assert "Este enlace no abre ningún cuestionario" in page
    assert "This link does not open any questionnaire" in page


def test_a_link_mangled_on_its_way_still_opens(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    for typed in (f"/r/{link.upper()}.", f"/r/{link},", f"/r/{link})", f"/r/{link}%20", f"/r/{link}/", f"/R/{link.upper()}"):
        page = client.get(typed)
        assert page.status_code == 200
        assert f'action="/r/{link}"' in page.get_data(as_text=True)


def test_a_link_that_is_not_open_yet_says_when_it_opens(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, opens_at=FUTURE - timedelta(days=1), closes_at=FUTURE)
    response = client.get(f"/r/{link}")
    assert response.status_code == 403
    assert "1 de enero de 2099, 10:00" in response.get_data(as_text=True)
    assert client.post(f"/r/{link}", data=answered()).status_code == 403
    assert stored(sqlite_database) == []


def test_a_closed_link_says_when_it_closed_and_stores_nothing(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, closes_at=PAST)
    response = client.get(f"/r/{link}?lang=en")
    assert response.status_code == 410
    assert "2 January 2026, 10:00" in response.get_data(as_text=True)
    posted = client.post(f"/r/{link}", data=answered())
    assert posted.status_code == 410
    assert "Lo que acaba de enviar no se guardó" in posted.get_data(as_text=True)
    assert stored(sqlite_database) == []


def test_answers_begun_in_time_are_taken_after_closing_and_told_that_they_wait(
    client: FlaskClient, sqlite_database: Database, settings: Settings
) -> None:
    with sqlite_database.session() as session:
        round_ = a_round(session, closes_at=PAST)
        round_.closed_at = PAST
        link, page_mark = round_.link, make_page_mark(round_, settings.secret, PAST - timedelta(hours=1))
    response = client.post(f"/r/{link}", data=answered(**{"~mark": page_mark}))
    assert response.status_code == 303
    assert "Llegaron después del cierre" in client.get(response.headers["Location"]).get_data(as_text=True)
    assert [row.snapshot for row in stored(sqlite_database)] == [None]


# Other sites -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "http://[bad"}, 403),
    ],
)
def test_only_what_comes_from_another_site_is_refused(
    client: FlaskClient, sqlite_database: Database, headers: dict[str, str], status: int
) -> None:
    assert client.post(f"/r/{a_link(sqlite_database)}", data=answered(), headers=headers).status_code == status
    assert len(stored(sqlite_database)) == (status == 303)


def test_nothing_about_the_device_is_stored_or_logged(
    client: FlaskClient, sqlite_database: Database, caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    caplog.set_level(logging.DEBUG)
    headers = {"User-Agent": "Huawei-Y6-de-Rosa", "X-Forwarded-For": "203.0.113.77"}
    client.post(f"/r/{a_link(sqlite_database)}", data=answered(), headers=headers, environ_base={"REMOTE_ADDR": "203.0.113.78"})
    kept = b"".join(path.read_bytes() for path in settings.data.rglob("*") if path.is_file()) + caplog.text.encode()
    assert not any(trace in kept for trace in (b"Huawei", b"203.0.113"))


# Promises --------------------------------------------------------------------------------------------------------------


def test_the_promise_names_the_programmes_own_smallest_group(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        link = a_round(session, programme=a_programme(session, min_cell=7)).link
    page = client.get(f"/r/{link}").get_data(as_text=True)
    assert "menos de 7 personas" in page
    assert "Sus respuestas son anónimas" in page
    assert "En cada pregunta puede preferir no responder." in page
    assert "persona designada" not in page


def test_the_promise_says_who_else_can_see_smaller_figures(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        link = a_round(session, programme=a_programme(session, analysts=["a@example.pe", "b@example.pe"])).link
    assert "Solo 2 personas designadas pueden ver cifras de grupos menores" in client.get(f"/r/{link}").get_data(as_text=True)


def test_a_form_that_asks_for_a_code_or_needs_an_answer_promises_no_more_than_that(client: FlaskClient, sqlite_database: Database) -> None:
    page = client.get(f"/r/{a_link(sqlite_database, every_kind())}").get_data(as_text=True)
    assert "Sus respuestas no llevan su nombre" in page
    assert "Nadie sabe su nombre; quien guarda la llave podría comprobar una clave" in page
    assert "Puede dejar en blanco toda pregunta que no diga que necesita una respuesta." in page
    assert "En cada pregunta puede preferir no responder" not in page


def test_a_group_with_too_few_members_is_told_where_its_answers_are_shown(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        programme = a_programme(session)
        programme.groups[0].shown_in = "grassroots"
        programme.groups[1].members = 3
        link = a_round(session, programme=programme).link
    page = client.get(f"/r/{link}").get_data(as_text=True)
    assert "Las respuestas de «Comunidades» se muestran solo junto con otras, dentro de «Organizaciones de base" in page
    assert "«Empresas mineras» tiene menos de 5 integrantes" in page


def test_the_forms_drawn_here_have_every_kind_of_question() -> None:
    drawn = {question.kind for question in every_kind().questions()} | {question.kind for question in the_workshop_form().questions()}
    assert drawn == set(KINDS)
