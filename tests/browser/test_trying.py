"""A draft in Chromium: previewed in a frame, tried from its code, and a form in three languages on the smallest phone."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlparse
from uuid import UUID

import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import func, select

from forms import codec
from forms.definition import FormDefinition
from surveys import accounts
from surveys.storage import Form, Response, TrialResponse
from tests.browser.conftest import Site
from tests.browser.test_answer import SIDEWAYS, choose, violations
from tests.web.questionnaires import a_programme, a_round, the_workshop_form
from tests.web.test_languages import THREE

APhone = Callable[..., Page]
Picture = Callable[[Page, str], None]


def a_draft(site: Site, definition: FormDefinition | None = None, languages: tuple[str, ...] = ("es", "en")) -> UUID:
    with site.database.session() as session:
        programme = a_programme(session, languages=list(languages))
        form = Form(programme_id=programme.id, slug="draft", draft=codec.to_document(definition or the_workshop_form()))
        session.add(form)
        session.flush()
        return form.id


def sign_in(context: BrowserContext, site: Site) -> None:
    with site.database.session() as session:
        person = accounts.ensure_person(session, "ana@example.org", language="es")
        secret = accounts.make_sign_in_link(session, person, datetime.now(UTC))
    answer = context.request.post(f"{site.url}/sign-in/{secret}", max_redirects=0)
    assert answer.status == 303


def staff(a_phone: APhone, site: Site, **more: Any) -> Page:
    page = a_phone(**more)
    sign_in(page.context, site)
    return page


def as_seen(blank: Page, picture: bytes) -> np.ndarray:
    """A picture as a camera sees it: how bright each point is."""
    bright = """async picture => {
      const image = new Image(), pen = document.createElement('canvas').getContext('2d')
      image.src = 'data:image/png;base64,' + picture
      await image.decode()
      pen.canvas.width = image.width; pen.canvas.height = image.height
      pen.drawImage(image, 0, 0)
      return [image.width, Array.from(pen.getImageData(0, 0, image.width, image.height).data.filter((_, i) => i % 4 == 0))]
    }"""
    width, points = blank.evaluate(bright, base64.b64encode(picture).decode())
    return np.array(points, dtype=np.uint8).reshape(-1, width)


@pytest.mark.parametrize(("width", "dark"), [(320, False), (360, True), (1366, False)])
def test_a_preview_is_the_page_that_a_participant_sees(a_phone: APhone, site: Site, picture: Picture, width: int, dark: bool) -> None:
    page = staff(a_phone, site, width=width, dark=dark)
    page.goto(f"{site.url}/forms/{a_draft(site)}/preview?lang=en")
    picture(page, f"preview-{width}{'-dark' if dark else ''}")
    assert page.evaluate(SIDEWAYS) == 0
    assert violations(page) == []
    expect(page.get_by_text("This is a preview: nothing is sent")).to_be_disabled()


def test_a_preview_stands_in_a_frame_of_ours_scrolled_to_its_question_and_keeps_nothing(a_phone: APhone, site: Site) -> None:
    page = staff(a_phone, site, width=1366)
    page.goto(f"{site.url}/forms/{a_draft(site)}/preview?at=nps")
    expect(page.locator("#q-nps")).to_be_in_viewport()
    assert page.evaluate("scrollY") > 0
    choose(page, "group", "company")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    expect(page.locator("#saved")).to_be_hidden()
    page.locator("#f input[name='group']").first.press("Enter")
    assert "preview" in page.url


def test_a_preview_shows_what_a_condition_hides_as_answers_are_chosen(a_phone: APhone, site: Site) -> None:
    page = staff(a_phone, site)
    page.goto(f"{site.url}/forms/{a_draft(site, codec.load(THREE), ('es', 'en', 'qu'))}/preview?lang=qu")
    expect(page.locator("#q-why")).to_be_hidden()
    choose(page, "came", "0")
    expect(page.locator("#q-why")).to_be_visible()


def test_the_code_of_a_trial_is_read_by_a_camera_in_the_dark_theme_and_the_trial_counts_nothing(
    a_phone: APhone, site: Site, picture: Picture
) -> None:
    form_id = a_draft(site)
    desk = staff(a_phone, site, width=1366, dark=True)
    desk.goto(f"{site.url}/forms/{form_id}/trial")
    desk.get_by_role("button", name="Crear una prueba").click()
    picture(desk, "trial-staff-1366-dark")
    read = zxingcpp.read_barcodes(as_seen(a_phone(), desk.locator(".qr").screenshot()))
    assert [one.text for one in read] == [desk.locator("main a").first.get_attribute("href")]
    phone = a_phone(width=360)
    phone.goto(site.url + urlparse(read[0].text).path)
    picture(phone, "trial-360")
    expect(phone.get_by_text("Prueba: nada de esto cuenta.")).to_be_visible()
    assert violations(phone) == []
    choose(phone, "group", "company")
    choose(phone, "useful", "4")
    expect(phone.locator("#saved")).to_be_visible()
    phone.locator("#send").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Llegó su prueba")
    picture(phone, "trial-thanks-360")
    assert violations(phone) == []
    assert phone.evaluate("Object.keys(localStorage).length") == 0
    desk.reload()
    expect(desk.get_by_role("heading", level=3)).to_have_text("Respuesta de prueba 1, en Español")
    picture(desk, "trial-answers-1366-dark")
    assert violations(desk) == []
    desk.set_viewport_size({"width": 320, "height": 740})
    picture(desk, "trial-answers-320-dark")
    assert desk.evaluate(SIDEWAYS) == 0
    with site.database.session() as session:
        assert session.scalar(select(func.count()).select_from(TrialResponse)) == 1


def a_three_language_link(site: Site) -> str:
    with site.database.session() as session:
        programme = a_programme(session, languages=["es", "en", "qu"])
        names = {
            "community": "Ayllukuna",
            "company": "Qhuya llamkʼachiqkuna",
            "government": "Suyu kamachikuq",
            "grassroots": "Llaqta ruwanakuykuna",
        }
        for group in programme.groups:
            group.name = {**group.name, "qu": names[group.key]}
        return f"{site.url}/r/{a_round(session, codec.load(THREE), programme, label={'es': '1', 'en': '1', 'qu': '1'}).link}"


@pytest.mark.parametrize("dark", [False, True])
def test_a_form_in_three_languages_on_the_smallest_phone(a_phone: APhone, site: Site, picture: Picture, dark: bool) -> None:
    link = a_three_language_link(site)
    page = a_phone(width=320, dark=dark)
    page.goto(f"{link}?lang=es")
    choose(page, "came", "0")
    page.locator('.tongue [value="qu"]').click()
    expect(page.locator("html")).to_have_attribute("lang", "qu")
    expect(page.locator("h1")).to_have_text("Imatam yuyanki")
    assert page.locator('input[name="came"][value="0"]').is_checked()
    picture(page, f"three-qu-320{'-dark' if dark else ''}")
    assert page.evaluate(SIDEWAYS) == 0
    assert violations(page) == []
    assert page.get_by_role("note").inner_text().count("Los botones y los avisos están en español.") == 1
    choose(page, "skill/before", "2")
    page.locator("#send").click()
    expect(page.locator("#e-group")).to_contain_text("Esta pregunta necesita una respuesta.")
    choose(page, "group", "company")
    page.locator("#send").click()
    expect(page.locator("output")).to_be_visible()
    picture(page, f"three-thanks-qu-320{'-dark' if dark else ''}")
    assert page.evaluate(SIDEWAYS) == 0
    with site.database.session() as session:
        assert session.scalars(select(Response.language).where(Response.group_key == "company", Response.language == "qu")).first()


def test_letters_of_quechua_and_aymara_are_drawn_by_the_fonts_of_the_system(a_phone: APhone, site: Site) -> None:
    page = a_phone()
    page.goto(f"{a_three_language_link(site)}?lang=qu")
    drawn = """letters => letters.map(letter => {
      const pen = document.createElement('canvas').getContext('2d'), font = getComputedStyle(document.body).fontFamily
      pen.font = '40px ' + font
      const draw = said => { pen.clearRect(0, 0, 300, 150); pen.fillText(said, 10, 60); return pen.canvas.toDataURL() }
      return draw(letter) != draw('\\uffff') && draw(letter) != draw('\\u{10fffe}')
    })"""
    letters = ["ñ", "ä", "ï", "ü", "ʼ", "’", "q’", "a\u0308", "ch’", "pʰ", "Ñ", "ã", "ç"]
    assert page.evaluate(drawn, letters) == [True] * len(letters)
