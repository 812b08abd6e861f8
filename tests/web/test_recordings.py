"""Recordings: kept beside the draft, frozen with the version, heard on a tap and only then."""

from __future__ import annotations

import hashlib
import io
import struct
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from forms import codec
from forms.exchange import read_form
from forms.exchange.xlsform_write import write_xlsform
from forms.wording import Text
from surveys import authoring, recording
from surveys.errors import ProblemsFound
from surveys.recording import Spoken, heard
from surveys.storage import Form, Programme, Recording, Round, Sound, frozen_of
from surveys.storage.database import Database
from tests.forms.exchange.tables import a_workbook
from tests.web.doors import an_asked_round, sign_in, token_of

PLACE = "questions.useful.label"


def ogg(seconds: float = 3, more: bytes = b"") -> bytes:
    """The two pages of an Ogg Opus that matter: what it is, and where it ends."""
    last = b"OggS\0\x04" + struct.pack("<q", round(seconds * 48_000)) + bytes(14)
    return b"OggS\0\x02" + bytes(20) + b"\x01\x13OpusHead" + bytes(11) + more + last


def mp3(kilobytes: int = 16) -> bytes:
    return (b"\xff\xfb\x10\x00" + bytes(100)).ljust(kilobytes * 1000, b"\0")  # 32 kilobits a second: 4 KB are one second


def m4a(kind: bytes = b"soun") -> bytes:
    header = b"mvhd" + bytes(12) + struct.pack(">II", 1000, 5000)
    return b"\0\0\0\x18ftypM4A " + bytes(16) + header + b"hdlr" + kind


def aac(frames: int) -> bytes:
    return (b"\xff\xf1" + bytes([8 << 2, 0x00, 100 >> 3, (100 & 7) << 5, 0]) + bytes(93)) * frames  # 16 kHz, 100 bytes each


WEBM = b"\x1a\x45\xdf\xa3" + bytes(20) + b"webm" + bytes(20) + b"A_OPUS" + bytes(50)


@pytest.mark.parametrize(
    ("content", "is_"),
    [
        (ogg(3), Spoken("audio/ogg", 3.0)),
        (m4a(), Spoken("audio/mp4", 5.0)),
        (aac(50), Spoken("audio/aac", 3.2)),
        (mp3(16), Spoken("audio/mpeg", 4.0)),
        (b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + mp3(16), Spoken("audio/mpeg", 4.0)),
        (WEBM, Spoken("audio/webm", None)),
        (WEBM.replace(b"A_OPUS", b"V_VP8 "), None),
        (m4a(b"vide"), None),
        (b"<svg onload=alert(1)>", None),
        (b"RIFF....WAVE", None),
        (b"OggS", None),
        (b"\xff\xf1", None),
    ],
)
def test_what_a_sound_is_is_read_from_its_bytes(content: bytes, is_: Spoken | None) -> None:
    assert heard(content) == is_


@pytest.mark.parametrize("length", [0, 1, 5, 9, 12, 40])
@pytest.mark.parametrize("content", [ogg(), m4a(), aac(3), mp3(1), WEBM])
def test_no_part_of_a_file_makes_the_reading_fall_over(content: bytes, length: int) -> None:
    assert heard(content[:length]) is None or heard(content[:length]) is not None


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database)


def a_form(database: Database) -> UUID:
    with database.session() as session:
        return an_asked_round(session).survey.form_id


def upload(staff: FlaskClient, form_id: UUID, content: bytes, language: str = "qu", place: str = PLACE) -> Any:
    address = f"/forms/{form_id}/recordings"
    sent = {"csrf_token": token_of(staff.get(address).text), "place": place, "language": language}
    return staff.post(address, data={**sent, "sound": (io.BytesIO(content), "a.ogg")})


def test_a_recording_is_kept_beside_its_text_and_heard_by_the_staff(staff: FlaskClient, sqlite_database: Database) -> None:
    form_id = a_form(sqlite_database)
    assert upload(staff, form_id, ogg()).status_code == 303
    page = staff.get(f"/forms/{form_id}/recordings")
    address = f"/forms/{form_id}/voice/{hashlib.sha256(ogg()).hexdigest()}"
    assert f'preload="none" src="{address}"' in page.text
    assert 'download="useful_qu.ogg"' in page.text
    assert "microphone=(self)" in page.headers["Permissions-Policy"]
    assert staff.get(address).data == ogg()
    assert staff.get(f"/forms/{form_id}/voice/{'0' * 64}").status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "No se envió ninguna grabación"),
        (ogg(more=bytes(102_400)), "más de 100 KB"),
        (b"<html>", "no es una grabación"),
        (ogg(90), "más de un minuto"),
    ],
)
def test_what_is_no_short_recording_is_refused_in_words(staff: FlaskClient, sqlite_database: Database, content: bytes, said: str) -> None:
    page = upload(staff, a_form(sqlite_database), content)
    assert page.status_code == 422
    assert said in page.text
    with sqlite_database.session() as session:
        assert session.scalars(select(Sound)).all() == []


def test_a_place_that_the_form_does_not_have_takes_no_recording(database: Database) -> None:
    with database.session() as session:
        form = session.get_one(Form, an_asked_round(session).survey.form_id)
        for place, language in (("questions.gone.label", "qu"), (PLACE, "../qu")):
            with pytest.raises(ProblemsFound):
                attach(session, form, place, language, ogg())


def test_a_recording_whose_text_changed_is_told(staff: FlaskClient, sqlite_database: Database) -> None:
    form_id = a_form(sqlite_database)
    upload(staff, form_id, ogg())
    assert "El texto cambió" not in staff.get(f"/forms/{form_id}/recordings").text
    with sqlite_database.session() as session:
        form = session.get_one(Form, form_id)
        form.draft = codec.to_document(codec.load(codec.dump(codec.from_document(form.draft)).replace("¿Le sirvió?", "¿Le sirvió hoy?")))
    page = staff.get(f"/forms/{form_id}/recordings").text
    assert "El texto cambió" in page


def attach(session: Any, form: Form, place: str, language: str, content: bytes) -> None:
    programme = session.get_one(Programme, form.programme_id)
    recording.attach(session, form, authoring.bound_to(programme, codec.from_document(form.draft)), place, language, content)


def published(session: Any, form_id: UUID) -> Any:
    form = session.get_one(Form, form_id)
    return authoring.publish(session, form, date(2026, 8, 1), revision=form.revision)


def test_a_published_version_keeps_its_recordings_whatever_changes_later(database: Database) -> None:
    with database.session() as session:
        form_id = an_asked_round(session).survey.form_id
        form = session.get_one(Form, form_id)
        attach(session, form, PLACE, "qu", ogg(3))
        version = published(session, form_id)
        assert version.number == 2  # only the recording is new
        assert published(session, form_id) is version
        attach(session, form, PLACE, "qu", ogg(4))
        assert [one.digest for one in frozen_of(session, version.id)] == [hashlib.sha256(ogg(3)).hexdigest()]
        recording.remove(session, form, PLACE, "qu")
        assert session.scalars(select(Recording)).all() == []
        assert [sound.content for sound in session.scalars(select(Sound))] == [ogg(3)]


def a_voiced_round(database: Database) -> tuple[str, str]:
    """The link of a round with a recording in Quechua, and the recording's digest."""
    with database.session() as session:
        round_ = an_asked_round(session)
        form = session.get_one(Form, round_.survey.form_id)
        attach(session, form, PLACE, "qu", ogg())
        attach(session, form, "questions.group.choices.police", "ay", ogg(2))
        round_.version = published(session, form.id)
        return round_.link, hashlib.sha256(ogg()).hexdigest()


def test_the_page_says_which_languages_have_voice_and_loads_nothing_before_a_tap(client: FlaskClient, sqlite_database: Database) -> None:
    link, digest = a_voiced_round(sqlite_database)
    page = client.get(f"/r/{link}").text
    assert "Voz en:" in page
    assert 'lang="qu"' in page
    assert f'href="/r/{link}/voice/{digest}"' in page
    assert "<audio" not in page


def test_a_page_without_recordings_weighs_what_it_weighed(client: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        link = an_asked_round(session).link
    page = client.get(f"/r/{link}").text
    assert "voice" not in page


def test_a_recording_is_served_as_a_sound_that_may_be_kept_for_ever(client: FlaskClient, sqlite_database: Database) -> None:
    link, digest = a_voiced_round(sqlite_database)
    answer = client.get(f"/r/{link}/voice/{digest}")
    assert (answer.data, answer.mimetype) == (ogg(), "audio/ogg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    part = client.get(f"/r/{link}/voice/{digest}", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"OggS")
    assert client.get(f"/r/{link}/voice/{'0' * 64}").status_code == 404
    assert "media-src 'self'" in client.get(f"/r/{link}").headers["Content-Security-Policy"]


def test_a_recording_of_another_round_is_not_served(client: FlaskClient, sqlite_database: Database) -> None:
    _, digest = a_voiced_round(sqlite_database)
    with sqlite_database.session() as session:
        first = session.scalars(select(Round)).one()
        other = authoring.open_round(session, first.survey, "other", date(2026, 9, 1))
        other.version = first.survey.form.versions[0]
        link = other.link
    assert client.get(f"/r/{link}/voice/{digest}").status_code == 404


# XLSForm

SHEET = "survey\n| type | name | label::Español (es) | media::audio::Runasimi (qu) |\n| text | useful | ¿Le sirvió? | useful.ogg |"


def test_a_workbook_that_names_a_recording_awaits_its_file() -> None:
    found = read_form(a_workbook(SHEET), "form.xlsx")
    assert found.form is not None
    assert found.form.languages == ("es",)  # a voice does not make a language of the form
    assert [(one.place, one.language, one.file) for one in found.recordings] == [(PLACE, "qu", "useful.ogg")]
    assert [finding.place for finding in found.findings] == ["survey, D2 (media::audio::Runasimi (qu))"]


def test_recordings_that_come_with_a_workbook_stand_beside_the_new_draft(staff: FlaskClient, sqlite_database: Database) -> None:
    a_form(sqlite_database)
    address, file = "/p/norte/forms/import", a_workbook(SHEET)
    token = token_of(staff.get(address).text)
    page = staff.post(address, data={"csrf_token": token, "file": (io.BytesIO(file), "form.xlsx")})
    assert "useful.ogg" in page.text
    sent = {"csrf_token": token, "file": (io.BytesIO(file), "form.xlsx"), "seen": hashlib.sha256(file).hexdigest(), "as": "spoken"}
    wrong = staff.post(address, data={**sent, "recordings": (io.BytesIO(b"no sound"), "useful.ogg")})
    assert wrong.status_code == 422
    sent["file"] = (io.BytesIO(file), "form.xlsx")
    assert staff.post(address, data={**sent, "recordings": (io.BytesIO(ogg()), "useful.ogg")}).status_code == 303
    with sqlite_database.session() as session:
        (kept,) = session.scalars(select(Recording))
        assert (kept.place, kept.language, kept.sound.content) == (PLACE, "qu", ogg())


def test_a_workbook_names_the_files_of_the_recordings(staff: FlaskClient, sqlite_database: Database) -> None:
    form_id = a_form(sqlite_database)
    upload(staff, form_id, ogg())
    again = read_form(staff.get(f"/forms/{form_id}/form.xlsx").data, "form.xlsx")
    assert [(one.place, one.language, one.file) for one in again.recordings] == [(PLACE, "qu", "useful_qu.ogg")]
    with sqlite_database.session() as session:
        assert again.form == codec.from_document(session.get_one(Form, form_id).draft)


def test_without_recordings_a_workbook_has_no_column_for_them() -> None:
    form = codec.load("name: a\ntitle: {es: A}\nlanguages: [es]\nsections: [{name: s, questions: [{name: q, kind: note, label: {es: Q}}]}]")
    assert read_form(write_xlsform(form), "a.xlsx").recordings == ()
    named = recording.named_files({("questions.q.label", "qu"): "audio/mp4"})
    assert named == {"questions.q.label": Text.of({"qu": "q_qu.m4a"})}
