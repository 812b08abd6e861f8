"""A facilitator's whole day in Chromium: a form brought in, translated, edited, tried, published, answered, reworded, published again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from playwright.sync_api import Page, expect

from surveys import accounts, authoring, sealing
from surveys.collecting import Sent, take_response
from surveys.storage import Form, Response, Round, Trial, TrialResponse
from tests.browser.conftest import SCREENSHOTS, Site
from tests.browser.test_answer import choose
from tests.browser.test_coordinate import faults
from tests.forms.exchange.tables import a_workbook
from tests.surveys.past import a_programme

APhone = Callable[..., Page]

#: A form as teams keep them, whose English is only begun.
XLSFORM = """
survey
| type              | name    | label::Español (es)           | label::English (en)         | appearance | construct | required |
| begin_group       | you     | Usted                         | You                         |            |           |          |
| select_one groups | group   | ¿A qué grupo pertenece?       | Which group are you of?     |            |           | yes      |
| end_group         |         |                               |                             |            |           |          |
| begin_group       | trust   | Confianza                     | Trust                       |            |           |          |
| select_one agree  | tr_open | ¿Se puede hablar con franqueza? |                           | likert     | TRUST     |          |
| text              | why     | ¿Por qué?                     |                             | multiline  |           |          |
| end_group         |         |                               |                             |            |           |          |
choices
| list_name | name        | label::Español (es) | label::English (en) |
| groups    | police      | Policía             | Police              |
| groups    | communities | Comunidades         | Communities         |
| agree     | 1           | Nada                | Not at all          |
| agree     | 2           | Poco                | A little            |
| agree     | 3           | Regular             | Some                |
| agree     | 4           | Bastante            | Quite a lot         |
| agree     | 5           | Mucho               | A lot               |
settings
| form_title | form_id | default_language |
| Confianza  | trust   | Español (es)     |
"""


def a_desk(a_phone: APhone, site: Site, who: str = "ana", **more: Any) -> Page:
    """A browser on a desk, of somebody signed in."""
    page = a_phone(**{"width": 1366, "height": 850, **more})
    page.set_default_timeout(10_000)
    with site.database.session() as session:
        person = accounts.ensure_person(session, f"{who}@example.org", language="es")
        secret = accounts.make_sign_in_link(session, person, datetime.now(UTC))
    page.context.request.post(f"{site.url}/sign-in/{secret}")
    return page


def field(page: Page, place: str, language: str = "es") -> Any:
    return page.locator(f'[data-place="{place}"][data-language="{language}"]')


def is_saved(page: Page) -> None:
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    expect(page.locator("[data-saving=saved]")).to_be_visible(timeout=10_000)


def keep(page: Page, step: str) -> None:
    """A picture of this step in light and in dark, and nothing that axe finds wrong."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
        page.screenshot(path=SCREENSHOTS / f"day-{step}-{scheme}.png")
        assert faults(page) == []
    page.emulate_media(color_scheme="light")


def order(site: Site, form: UUID) -> list[str]:
    with site.database.session() as session:
        return [one["name"] for section in session.get_one(Form, form).draft["sections"] for one in section["questions"]]


def test_a_whole_day(site: Site, a_phone: APhone) -> None:
    SCREENSHOTS.mkdir(exist_ok=True)
    slug = f"p{uuid4().hex[:8]}"
    with site.database.session() as session:
        a_programme(session, slug)
    ana = a_desk(a_phone, site)

    form = bring_in(ana, site, slug)
    translate_what_is_missing(ana, site, form)
    design(ana, site, form)
    together(ana, a_desk(a_phone, site, "beto"))
    try_on_a_phone(ana, a_phone(width=360), site)
    publish_first(ana)
    first = a_round(site, form, "2026-1", date(2026, 3, 1))
    answer(a_phone(width=360), site, first)
    many_answers(site, first)
    reword_and_publish(ana, site, form)
    second = a_round(site, form, "2026-2", date(2026, 9, 1))
    many_answers(site, second)
    see_the_break(ana, site, slug)


def bring_in(page: Page, site: Site, slug: str) -> UUID:
    page.goto(f"{site.url}/p/{slug}/forms?lang=es")
    page.get_by_role("link", name="Traer un cuestionario").click()
    file = {"name": "confianza.xlsx", "mimeType": "application/octet-stream", "buffer": a_workbook(XLSFORM)}
    page.set_input_files("#file", [file])  # type: ignore[list-item]  # a file in memory
    page.get_by_role("button", name="Ver").click()
    expect(page.locator("#open")).to_contain_text("(3)")
    expect(page.locator(".kinds").last).to_contain_text("No hay palabras en «en»")
    keep(page, "1-import")
    page.get_by_role("button", name="Crear el borrador").click()
    expect(page.locator("#outline [data-question]")).to_have_count(3)
    expect(page.locator("#checks [data-count]")).to_contain_text("3 problemas")
    return UUID(page.url.split("/forms/")[1][:36])


def translate_what_is_missing(page: Page, site: Site, form: UUID) -> None:
    page.get_by_role("link", name="Para quien traduce").click()
    page.get_by_role("link", name="Mostrar solo lo que falta").click()
    for field, words in zip(page.locator("#pairs textarea").all(), ("Trust", "Can one speak frankly?", "Why?"), strict=True):
        field.fill(words)
        field.press("Control+Enter")
    expect(page.locator("#work")).to_have_text("Ningún texto necesita trabajo.")
    keep(page, "2-texts")
    page.goto(f"{site.url}/forms/{form}?lang=es")
    expect(page.locator("#checks [data-count]")).to_contain_text("Nada impide publicar")


def design(page: Page, site: Site, form: UUID) -> None:
    page.locator('#outline [data-at="questions.group"]').click()
    page.locator('[data-place="questions.group.of_groups"]').check()
    page.locator('#outline [data-at="questions.tr_open"]').click()
    page.locator("[data-act=add]").click()
    page.locator("dialog button[value=before_now]").click()
    expect(field(page, "questions.question_4.label")).to_be_focused()
    page.keyboard.type("¿Cuánto puede hacer?")
    page.keyboard.press("Tab")
    name = "cuanto_puede_hacer"
    field(page, f"questions.{name}.label", "en").fill("How much can you do?")
    page.locator(f'[data-place="questions.{name}.scale"]').select_option("agree")
    keep(page, "3-before-now")
    page.locator('#outline [data-at="questions.why"]').click()
    page.locator("[data-act=when]").select_option("if")
    page.locator("[data-act=clause-0-name]").select_option("tr_open")
    page.locator("[data-act=clause-0-operator]").select_option("<=")
    page.locator("[data-act=clause-0-value]").select_option(label="Poco")
    expect(page.locator("[data-said]")).to_contain_text("Poco")
    keep(page, "4-condition")
    grip = page.locator(f'[data-grip="{name}"]')
    grip.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#aloud")).to_have_text("Ahora es la pregunta 4 de 4, en Confianza.")
    is_saved(page)
    assert order(site, form) == ["group", "tr_open", "why", name]
    phone = page.frame_locator("#phone")
    expect(phone.locator(f"#q-{name}")).to_contain_text("¿Cuánto puede hacer?")
    assert page.locator("#phone").evaluate("frame => frame.clientWidth") == 360
    assert phone.locator("html").evaluate("page => page.scrollWidth") <= 360
    expect(page.locator("#checks [data-count]")).to_contain_text("Nada impide publicar")
    keep(page, "5-preview")


def together(ana: Page, beto: Page) -> None:
    """Two browsers edit at once: other places are put together, the same place is chosen."""
    beto.goto(f"{ana.url.partition('#')[0]}#questions.why")
    field(beto, "questions.why.hint").fill("Con sus palabras.")
    field(beto, "questions.why.hint", "en").fill("In your own words.")
    is_saved(beto)
    ana.locator('#outline [data-at="questions.why"]').click()
    field(ana, "questions.why.hint").fill("Como quiera decirlo.")
    expect(ana.locator("dialog legend")).to_have_text("Pregunta 3, Ayuda, Español")
    expect(ana.locator("dialog")).to_contain_text("«Con sus palabras.»")
    keep(ana, "6-two-people")
    ana.locator("dialog input[value=mine]").check()
    ana.locator("dialog button[value=take]").click()
    is_saved(ana)
    expect(field(ana, "questions.why.hint", "en")).to_have_value("In your own words.")
    expect(ana.locator("#editor .mark.stale")).to_contain_text("Con sus palabras.")
    ana.get_by_role("button", name="Sigue bien").click()
    expect(ana.locator("#editor .mark.stale")).to_have_count(0)
    beto.context.close()


def try_on_a_phone(ana: Page, phone: Page, site: Site) -> None:
    ana.locator("[data-act=try]").click()
    address = ana.locator("dialog a").get_attribute("href")
    assert address
    keep(ana, "7-try")
    ana.keyboard.press("Escape")
    phone.goto(site.url + "/t/" + address.rsplit("/", 1)[-1])
    expect(phone.locator("body")).to_contain_text("Prueba: nada de esto cuenta")
    answer_page(phone)
    keep(phone, "8-tried")
    with site.database.session() as session:
        assert session.query(TrialResponse).count() > 0


def answer_page(phone: Page) -> None:
    choose(phone, "group", "police")
    choose(phone, "tr_open", "2")
    phone.locator("[name=why]").fill("Falta tiempo")
    phone.locator("form button[type=submit], form button:not([type])").last.click()
    expect(phone.locator("h1")).to_contain_text(re.compile("Gracias|Llegó su prueba"))


def publish_first(page: Page) -> None:
    page.get_by_role("link", name="Revisar y publicar v1").click()
    keep(page, "9-publish")
    page.get_by_role("button", name="Publicar la versión 1").click()
    expect(page.locator("h1")).to_have_text("La versión 1 está publicada")
    page.get_by_role("link", name="Seguir con el borrador").click()
    expect(page.locator("#head .chip.care")).to_have_count(0)
    expect(page.locator("#head")).to_contain_text("Nada cambió desde la v1")


def a_round(site: Site, form: UUID, key: str, on: date) -> UUID:
    with site.database.session() as session:
        assert session.query(Trial).where(Trial.form_id == form).count() == 0
        survey = authoring.first_survey(session, session.get_one(Form, form))
        return authoring.open_round(session, survey, key, on).id


def answer(phone: Page, site: Site, round_id: UUID) -> None:
    with site.database.session() as session:
        link = session.get_one(Round, round_id).link
    phone.goto(f"{site.url}/r/{link}?lang=es")
    answer_page(phone)
    with site.database.session() as session:
        (stored,) = session.query(Response).filter_by(round_id=round_id).all()
        assert (stored.answers["tr_open"], stored.answers["why"]) == (2, "Falta tiempo")


def many_answers(site: Site, round_id: UUID) -> None:
    """Two dozen more, and the round is closed."""
    with site.database.session() as session:
        round_ = session.get_one(Round, round_id)
        for number in range(24):
            sent = Sent({"group": ("police", "communities")[number % 2], "tr_open": 3 + number % 3}, None, [])
            take_response(session, round_, uuid4(), "es", sent, datetime.now(UTC), secret="s" * 32)
        sealing.close_round(session, round_, datetime.now(UTC))


def reword_and_publish(page: Page, site: Site, form: UUID) -> None:
    page.goto(f"{site.url}/forms/{form}?lang=es#questions.tr_open")
    field(page, "questions.tr_open.label").fill("¿Se puede decir lo que uno piensa?")
    is_saved(page)
    expect(page.locator("#editor .mark.stale")).to_contain_text("¿Se puede hablar con franqueza?")
    field(page, "questions.tr_open.label", "en").fill("Can one say what one thinks?")
    is_saved(page)
    keep(page, "10-reworded")
    page.get_by_role("link", name=re.compile("Revisar y publicar v2")).click()
    change = page.locator("#decide-tr_open")
    expect(change.locator("del")).to_have_text("¿Se puede hablar con franqueza?")
    expect(change.locator("ins")).to_have_text("¿Se puede decir lo que uno piensa?")
    change.locator("input[value=break]").check()
    keep(page, "11-difference")
    page.get_by_role("button", name="Publicar la versión 2").click()
    expect(page.locator("h1")).to_have_text("La versión 2 está publicada")
    expect(page.locator(".change")).to_contain_text("serie nueva")


def see_the_break(page: Page, site: Site, slug: str) -> None:
    page.goto(f"{site.url}/p/{slug}/trends?lang=es")
    expect(page.locator("main")).to_contain_text("serie nueva")
    keep(page, "12-trend")
