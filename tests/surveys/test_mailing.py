"""Messages: what they say in each language, and what becomes of them at a mail server."""

from __future__ import annotations

import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.errors import SettingWrong
from surveys.invitation_file import read_people
from surveys.languages import Speaker
from surveys.mailing import Kind, Letter, Postman, as_email
from surveys.settings import MailServer, load_settings
from tests.surveys.sink import a_sink

NOW = datetime(2026, 7, 18, 20, 0, tzinfo=UTC)


def a_letter(kind: Kind = "invitation", name: str = "Ana Pérez") -> Letter:
    base = "https://tupuy.example/r/abc"
    return Letter(
        kind, name, "Su opinión", "Norte", f"{base}/p/tok", f"{base}/no/tok", f"{base}/results", "25 de julio", "c@example.org", 5
    )


@pytest.mark.parametrize(
    ("language", "greeting", "thanks"), [("es", "Hola Ana Pérez:", "gracias"), ("en", "Hello Ana Pérez:", "thank you")]
)
def test_a_message_speaks_the_persons_language(language: str, greeting: str, thanks: str) -> None:
    text = a_letter().text(Speaker(language))
    assert text.startswith(greeting)
    assert thanks not in text
    assert thanks in a_letter("reminder").text(Speaker(language))
    for part in ("https://tupuy.example/r/abc/p/tok\n", "/no/tok", "/results", "25 de julio", "c@example.org"):
        assert part in text


def test_an_email_is_plain_text_without_anything_that_tracks() -> None:
    message = as_email(a_letter(), "ana@example.org", "encuestas@example.org", Speaker("es"), NOW)
    assert message.get_content_type() == "text/plain"
    assert not message.is_multipart()
    assert message["List-Unsubscribe"] == "<https://tupuy.example/r/abc/no/tok>"
    assert str(message["To"]) == '"Ana Pérez" <ana@example.org>' or "Ana P" in str(message["To"])
    assert "https://tupuy.example/r/abc/p/tok" in message.get_content()


@given(local=st.text("ab1.!#$%&'+-_", min_size=1, max_size=12), name=st.text(max_size=30))
def test_whatever_a_list_accepts_can_be_put_on_an_envelope(local: str, name: str) -> None:
    for person in read_people(f"name;e-mail\nAna;{local}@example.org\n".encode(), "l.csv", ["es"], {}).people:
        message = as_email(a_letter(name=name), person.email or "", "encuestas@example.org", Speaker("es"), NOW)
        assert [to.addr_spec for to in message["To"].addresses] == [f"{local}@example.org"]
        assert message.as_bytes().count(b"\nTo:") == 1


def test_a_message_arrives_as_it_was_written() -> None:
    with a_sink() as sink, Postman(sink.server) as postman:
        outcome = postman.send(
            as_email(a_letter(name="José Ñ."), "jose@example.org", sink.server.sender, Speaker("es"), NOW), "jose@example.org"
        )
    assert outcome.fate == "sent"
    ((address, message),) = sink.taken
    assert address == "jose@example.org"
    assert "Hola José Ñ.:" in message.get_content()
    assert "https://tupuy.example/r/abc/p/tok\n" in message.get_content().replace("\r\n", "\n")


def test_one_refused_address_does_not_stop_the_others() -> None:
    with a_sink() as sink, Postman(sink.server) as postman:
        sink.refused = {"no@example.org"}
        fates = [
            postman.send(as_email(a_letter(), address, sink.server.sender, Speaker("es"), NOW), address)
            for address in ("a@example.org", "no@example.org", "b@example.org")
        ]
    assert [one.fate for one in fates] == ["sent", "failed", "sent"]
    assert fates[1].reason == "550 5.1.1 no such mailbox here"
    assert sink.addresses == ["a@example.org", "b@example.org"]


def test_a_server_that_is_not_there_is_told_and_nothing_is_handed_over() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        with Postman(MailServer("127.0.0.1", held.getsockname()[1], "e@example.org", "none")) as postman:
            outcome = postman.send(as_email(a_letter(), "a@example.org", "e@example.org", Speaker("es"), NOW), "a@example.org")
    assert outcome.fate == "unreachable"
    assert outcome.reason


@pytest.mark.parametrize(("dies", "fate"), [("before", "unreachable"), ("after", "unknown")])
def test_a_line_that_breaks_says_whether_the_message_may_have_left(dies: str, fate: str) -> None:
    with a_sink() as sink, Postman(sink.server) as postman:
        sink.dies = dies  # type: ignore[assignment]  # one of the stages
        outcome = postman.send(as_email(a_letter(), "a@example.org", sink.server.sender, Speaker("es"), NOW), "a@example.org")
    assert outcome.fate == fate


# Settings --------------------------------------------------------------------------------------------------------------


def test_without_a_host_there_is_no_mail_server(tmp_path: Path) -> None:
    assert load_settings(tmp_path, env={}).mail is None


def test_a_mail_server_is_read_from_the_environment_and_its_password_is_never_shown(tmp_path: Path) -> None:
    env = {
        "TUPUY_SMTP_HOST": "mail.example.org",
        "TUPUY_SMTP_FROM": "e@example.org",
        "TUPUY_SMTP_USER": "u",
        "TUPUY_SMTP_PASSWORD": "hidden-word",
    }
    settings = load_settings(tmp_path, env=env)
    assert settings.mail == MailServer("mail.example.org", 587, "e@example.org", "starttls", "u", "hidden-word")
    assert "hidden-word" not in repr(settings)


@pytest.mark.parametrize(
    ("env", "place"),
    [
        ({}, "TUPUY_SMTP_FROM"),
        ({"TUPUY_SMTP_FROM": "e@example.org", "TUPUY_SMTP_SECURITY": "ssl"}, "TUPUY_SMTP_SECURITY"),
        ({"TUPUY_SMTP_FROM": "e@example.org", "TUPUY_SMTP_PORT": "x"}, "TUPUY_SMTP_PORT"),
    ],
)
def test_a_wrong_mail_setting_names_itself(tmp_path: Path, env: dict[str, str], place: str) -> None:
    with pytest.raises(SettingWrong) as fault:
        load_settings(tmp_path, env={"TUPUY_SMTP_HOST": "mail.example.org", **env})
    assert fault.value.place == place
