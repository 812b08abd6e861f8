"""Recordings in a real browser: nothing is loaded before a tap; a tap loads that one and plays it."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from forms import codec
from surveys import authoring, lending, recording
from surveys.storage import Form, Programme
from tests.browser.conftest import Site
from tests.web.doors import a_sign_in_link
from tests.web.questionnaires import a_round

#: An MP3 of silence: thirty frames of 32 kilobits a second.
SILENCE = (b"\xff\xfb\x14\xc4" + bytes(100)) * 30
PLACE = "questions.nps.label"


@pytest.fixture
def voiced(site: Site) -> tuple[str, str, str]:
    """The link of a round with recordings in Quechua and Aymara, the address of a kiosk of it, and the form's id."""
    with site.database.session() as session:
        round_ = a_round(session)
        form = session.get_one(Form, round_.survey.form_id)
        draft = authoring.bound_to(session.get_one(Programme, form.programme_id), codec.from_document(form.draft))
        for language in ("qu", "ay"):
            recording.attach(session, form, draft, PLACE, language, SILENCE + language.encode())
        round_.version = authoring.publish(session, form, date(2026, 8, 1), revision=form.revision)
        _kiosk, token = lending.start_kiosk(session, round_, "2580", 60, datetime.now(UTC))
        return f"{site.url}/r/{round_.link}", f"{site.url}/k/{token}", str(form.id)


def look(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    found: Any = Axe().run(page)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []


@pytest.mark.parametrize("where", ["phone", "kiosk"])
def test_a_recording_is_loaded_only_when_it_is_tapped(
    voiced: tuple[str, str, str], a_phone: Callable[..., Page], picture: Callable[[Page, str], None], where: str
) -> None:
    page = a_phone()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(voiced[0] if where == "phone" else voiced[1])
    if where == "kiosk":
        page.locator('#hello button[lang="es"]').click()
    expect(page.locator("main")).to_contain_text("Voz en:")
    page.wait_for_timeout(300)
    assert [url for url in asked if "/voice/" in url] == []
    tapped = page.locator("#q-nps .voice").first
    with page.expect_request("**/voice/*"):
        tapped.click()
    assert len({url for url in asked if "/voice/" in url}) == 1
    assert page.url.startswith(voiced[0] if where == "phone" else voiced[1])
    picture(page, f"recordings-{where}-360")


def test_without_script_a_recording_opens_beside_the_page(voiced: tuple[str, str, str], a_phone: Callable[..., Page]) -> None:
    page = a_phone(javascript=False)
    page.goto(voiced[0])
    link = page.locator("#q-nps .voice").first
    assert (link.get_attribute("target"), link.get_attribute("rel")) == ("_blank", "noopener")


@pytest.mark.parametrize(("width", "dark", "language"), [(320, True, "es"), (360, False, "en"), (1366, True, "en"), (1366, False, "es")])
def test_the_page_of_recordings_fits_and_is_accessible(
    site: Site,
    voiced: tuple[str, str, str],
    a_phone: Callable[..., Page],
    picture: Callable[[Page, str], None],
    width: int,
    dark: bool,
    language: str,
) -> None:
    page = a_phone(width=width, dark=dark)
    page.goto(site.url + a_sign_in_link(site.database, language=language))
    page.locator("main button").click()
    page.goto(f"{site.url}/forms/{voiced[2]}/recordings?lang={language}")
    page.locator("main details summary").first.click()
    look(page)
    picture(page, f"recordings-{width}-{language}")


def test_a_recording_is_added_without_script(site: Site, voiced: tuple[str, str, str], a_phone: Callable[..., Page]) -> None:
    page = a_phone(javascript=False)
    page.goto(site.url + a_sign_in_link(site.database))
    page.locator("main button").click()
    page.goto(f"{site.url}/forms/{voiced[2]}/recordings")
    line = page.locator('[id="questions.useful.label"]')
    line.locator("summary").click()
    line.locator("select").select_option("qu")
    line.locator('[type="file"]').set_input_files({"name": "a.mp3", "mimeType": "audio/mpeg", "buffer": SILENCE})
    line.locator(".add button").click()
    expect(line.locator(".heard a")).to_have_text("useful_qu.mp3")


def test_what_is_recorded_in_the_browser_is_put_where_a_file_would_be(
    site: Site, voiced: tuple[str, str, str], a_phone: Callable[..., Page]
) -> None:
    page = a_phone(permissions=["microphone"])
    sound = base64.b64encode(b"\x1a\x45\xdf\xa3" + bytes(20) + b"webm" + bytes(20) + b"A_OPUS" + bytes(50)).decode()
    page.add_init_script(
        f"""navigator.mediaDevices.getUserMedia = async () => ({{ getTracks: () => [] }})
        window.MediaRecorder = class extends EventTarget {{
          static isTypeSupported(kind) {{ return kind.includes("webm") }}
          start() {{ this.state = "recording" }}
          stop() {{
            this.state = "inactive"
            const bytes = Uint8Array.from(atob("{sound}"), (sign) => sign.charCodeAt(0))
            this.dispatchEvent(Object.assign(new Event("dataavailable"), {{ data: new Blob([bytes]) }}))
            this.dispatchEvent(new Event("stop"))
          }}
        }}"""
    )
    page.goto(site.url + a_sign_in_link(site.database))
    page.locator("main button").click()
    page.goto(f"{site.url}/forms/{voiced[2]}/recordings")
    line = page.locator('[id="questions.clear.label"]')
    line.locator("summary").click()
    line.locator(".record").click()
    expect(line.locator(".record")).to_have_text("Detener")
    line.locator(".record").click()
    expect(line.locator(".add audio")).to_be_visible()
    line.locator(".add button").first.click()
    expect(line.locator(".heard a")).to_have_text("clear_ay.webm")
