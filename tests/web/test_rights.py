"""What participants may do with what they sent: see that it arrived, correct it, withdraw it, and be left in peace."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from surveys import cards, promising, sealing
from surveys.inviting import make_personal_link
from surveys.settings import Settings
from surveys.storage import Invitation, OptOut, Response, Round, Withdrawn
from surveys.storage.database import Database
from tests.web.questionnaires import a_round, every_kind
from tests.web.test_answer import ANSWERED, FUTURE, a_link, answered, hidden_fields, stored, tags

SECRET_WORDS = "zorzal-azulado"


def receipt_of(client: FlaskClient, link: str, **more: str) -> str:
    """Answer, and read the receipt code on the thanks page."""
    thanks = client.get(client.post(f"/r/{link}", data=answered(**more)).headers["Location"])
    found = re.search(r"<output[^>]*>([A-Z0-9-]+)</output>", thanks.get_data(as_text=True))
    assert found
    return found[1]


def use(client: FlaskClient, link: str, code: str, **more: str) -> TestResponse:
    return client.post(f"/r/{link}/receipt?lang=en", data={"~receipt": code, **more})


def test_the_promise_says_what_the_receipt_is_good_for_and_where_the_results_will_be(
    client: FlaskClient, sqlite_database: Database
) -> None:
    page = client.get(f"/r/{a_link(sqlite_database)}?lang=en").get_data(as_text=True)
    assert "With it you can correct or delete your answers until the questionnaire closes. After that nobody can find them by it." in page
    assert "Whatever is published of the results can be read on this same link afterwards." in page


def test_a_closed_link_leads_to_the_results_as_promised(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, closes_at=datetime.now(UTC) - timedelta(minutes=1))
    page = client.get(f"/r/{link}?lang=en")
    assert page.status_code == 410
    assert f'href="/r/{link}/results?lang=en"' in page.get_data(as_text=True)


def test_thanks_leads_to_what_the_receipt_can_do_and_to_the_results(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    page = client.get(client.post(f"/r/{link}", data=answered()).headers["Location"]).get_data(as_text=True)
    assert f"/r/{link}/receipt" in page
    assert f"/r/{link}/results" in page


def test_with_the_code_one_sees_that_the_answers_arrived_and_nothing_of_them(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    code = receipt_of(client, link, wishes=SECRET_WORDS)
    page = use(client, link, code.lower().replace("-", " "))
    assert page.status_code == 200
    assert "We have your answers" in page.get_data(as_text=True)
    assert SECRET_WORDS not in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store"


def test_the_code_never_stands_in_an_address_and_no_cookie_is_set(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    code = receipt_of(client, link)
    for step in ({}, {"do": "look"}, {"do": "correct"}, {"do": "withdraw"}):
        page = use(client, link, code, **step)
        addresses = re.findall(r'(?:href|action)="([^"]*)"', page.get_data(as_text=True))
        assert not [address for address in addresses if code in address or code.replace("-", "") in address]
        assert "Set-Cookie" not in page.headers


def test_an_unknown_code_and_one_of_another_round_are_answered_alike(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        first = a_round(session)
        mine, other = first.link, a_round(session).link
    elsewhere = receipt_of(client, other)

    def said(code: str) -> tuple[int, str]:
        page = use(client, mine, code)
        text = re.sub(r'nonce="[^"]*"', "", page.get_data(as_text=True))
        return page.status_code, text.replace(code, "CODE")

    assert said(elsewhere) == said("ABCD-2345")
    assert said(elsewhere)[0] == 422


def test_the_form_opens_with_what_was_answered_and_takes_the_correction(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    code = receipt_of(client, link)
    page = use(client, link, code, do="correct")
    drawn = tags(page)
    chosen = {str(a["name"]): str(a.get("value")) for tag, a in drawn.found if tag == "input" and "checked" in a}
    assert chosen == {name: value for name, value in ANSWERED.items() if name != "wishes"}
    assert re.search(r"<textarea[^>]*>\s*Más tiempo</textarea>", page.get_data(as_text=True))
    assert page.headers["Cache-Control"] == "no-store"
    assert '"key": ""' in page.get_data(as_text=True)  # the phone keeps nothing of it
    data = {**hidden_fields(drawn), **chosen, "wishes": "Otra cosa", "~receipt": code}
    assert client.post(f"/r/{link}", data=data).status_code == 303
    (after,) = stored(sqlite_database)
    assert (after.answers["wishes"], after.answers["useful"], after.group_key) == ("Otra cosa", 4, "company")


def test_a_withdrawal_is_asked_twice_and_leaves_a_bare_mark(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    code = receipt_of(client, link)
    (mine,) = stored(sqlite_database)
    assert "Delete your answers?" in use(client, link, code, do="withdraw").get_data(as_text=True)
    assert len(stored(sqlite_database)) == 1
    assert "Your answers were deleted" in use(client, link, code, step="withdraw", do="delete").get_data(as_text=True)
    assert stored(sqlite_database) == []
    with sqlite_database.session() as session:
        assert session.scalars(select(Withdrawn.id)).all() == [mine.id]
    assert use(client, link, code).status_code == 422


def test_another_language_never_withdraws(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    code = receipt_of(client, link)
    page = use(client, link, code, step="withdraw", do="delete", **{"~to": "es"})
    assert page.status_code == 200
    assert len(stored(sqlite_database)) == 1


def bytes_of(settings: Settings) -> bytes:
    """Everything that the data folder holds: the database, its log, what else there is."""
    return b"".join(path.read_bytes() for path in sorted(Path(settings.data).rglob("*")) if path.is_file())


def test_a_withdrawn_comment_is_nowhere_in_the_database_file(client: FlaskClient, sqlite_database: Database, settings: Settings) -> None:
    link = a_link(sqlite_database)
    codes = [receipt_of(client, link, wishes=f"{SECRET_WORDS}-{number} " + "x" * 500) for number in range(4)]
    receipt_of(client, link, wishes="otra persona")
    assert SECRET_WORDS.encode() in bytes_of(settings)
    for code in codes:
        assert use(client, link, code, do="delete").status_code == 200
    assert SECRET_WORDS.encode() not in bytes_of(settings)
    assert b"otra persona" in bytes_of(settings)


def test_after_closing_no_code_finds_anything(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    code = receipt_of(client, link)
    with sqlite_database.session() as session:
        sealing.close_round(session, session.scalars(select(Round).where(Round.link == link)).one(), datetime.now(UTC))
        assert session.scalars(select(Response.receipt)).all() == [None]
    for page in (client.get(f"/r/{link}/receipt?lang=en"), use(client, link, code), use(client, link, "ABCD-2345", do="delete")):
        assert "can no longer be found with a code" in page.get_data(as_text=True)
    assert len(stored(sqlite_database)) == 1


def test_an_own_code_left_blank_in_a_correction_is_kept(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, every_kind())
    kept = next(question.name for question in every_kind().questions() if question.kind == "own_code")
    code = {f"{kept}/mother": "m", f"{kept}/father": "j", f"{kept}/town": "l", f"{kept}/siblings": "2", f"{kept}/day": "14"}
    sent = {"~id": str(uuid4()), "~lang": "es", "agree": "1", "~seen": "1", **code}
    thanks = client.get(client.post(f"/r/{link}", data=sent).headers["Location"]).get_data(as_text=True)
    found = re.search(r"<output[^>]*>([A-Z0-9-]+)</output>", thanks)
    assert found
    before = stored(sqlite_database)[0].code_hashes
    assert before
    client.post(f"/r/{link}", data={"~id": str(uuid4()), "~lang": "es", "agree": "1", "~seen": "1", "~receipt": found[1]})
    assert [one.code_hashes for one in stored(sqlite_database)] == [before]


def test_a_card_left_blank_in_a_correction_is_kept_whatever_the_group(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database)
    with sqlite_database.session() as session:
        promising.choose_level(session, session.scalars(select(Round)).one().survey, "card", datetime.now(UTC).date())
    code = receipt_of(client, link, **{"group": "company", "~card": cards.make_stack(1)[0]})
    before = stored(sqlite_database)[0].code_hashes
    assert before
    assert client.post(f"/r/{link}", data=answered(**{"group": "community", "~receipt": code})).status_code == 303
    assert [(one.group_key, one.code_hashes) for one in stored(sqlite_database)] == [("community", before)]


def test_a_link_that_opens_nothing_says_so(client: FlaskClient) -> None:
    for path in ("/r/zzzzzzzzzz/receipt", "/r/zzzzzzzzzz/results", "/results/zzzzzzzzzz", "/r/zzzzzzzzzz/no/abc"):
        assert client.get(path).status_code == 404


def test_the_log_names_no_code_and_no_link(client: FlaskClient, sqlite_database: Database, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    link = a_link(sqlite_database)
    code = receipt_of(client, link)
    use(client, link, code, do="delete")
    assert code not in caplog.text
    assert link not in caplog.text


# No more messages ------------------------------------------------------------------------------------------------------


def an_invited(database: Database, settings: Settings) -> tuple[str, str]:
    """(link of the round, token of Ana's personal link)."""
    with database.session() as session:
        round_ = a_round(session, closes_at=FUTURE)
        promising.choose_level(session, round_.survey, "confidential", datetime.now(UTC).date())
        ana = Invitation(round_id=round_.id, name="Ana", email="ana@example.org", language="es", invitee=uuid4())
        session.add(ana)
        session.flush()
        return round_.link, make_personal_link(session, round_, ana.invitee, settings.keys, settings.secret)


def test_looking_at_the_way_out_consumes_nothing_and_the_button_opts_out(
    client: FlaskClient, sqlite_database: Database, settings: Settings
) -> None:
    link, token = an_invited(sqlite_database, settings)
    for _ in range(3):
        assert client.get(f"/r/{link}/no/{token}").status_code == 200
    with sqlite_database.session() as session:
        assert session.scalars(select(Invitation.has_opted_out)).all() == [False]
    for _ in range(2):
        assert client.post(f"/r/{link}/no/{token}?lang=en", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    with sqlite_database.session() as session:
        assert session.scalars(select(Invitation.has_opted_out)).all() == [True]
        assert "ana@example.org" not in repr(session.scalars(select(OptOut.address_hash)).all())


def test_whoever_opted_out_can_still_answer(client: FlaskClient, sqlite_database: Database, settings: Settings) -> None:
    link, token = an_invited(sqlite_database, settings)
    client.post(f"/r/{link}/no/{token}")
    assert client.post(f"/r/{link}/p/{token}", data=answered()).status_code == 303


def test_a_broken_token_opts_nobody_out(client: FlaskClient, sqlite_database: Database, settings: Settings) -> None:
    link, _ = an_invited(sqlite_database, settings)
    assert client.post(f"/r/{link}/no/{'a' * 20}").status_code == 404
    with sqlite_database.session() as session:
        assert session.scalars(select(Invitation.has_opted_out)).all() == [False]


def test_answers_of_a_personal_link_are_never_called_anonymous(client: FlaskClient, sqlite_database: Database, settings: Settings) -> None:
    link, token = an_invited(sqlite_database, settings)
    thanks = client.get(client.post(f"/r/{link}/p/{token}", data=answered()).headers["Location"])
    found = re.search(r"<output[^>]*>([A-Z0-9-]+)</output>", thanks.text)
    assert found
    page = use(client, link, found[1], do="correct").text
    assert "Your answers are confidential, not anonymous" in page
    assert "Your answers are anonymous" not in page
    assert "These answers came through a personal link." in page
    assert f'value="{found[1]}"' in page
    assert "Your answers are anonymous" in client.get(f"/r/{link}?lang=en").text  # the open link follows nobody
