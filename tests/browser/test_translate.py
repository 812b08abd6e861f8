"""Translations in Chromium: saved as one goes on, with and without script, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from forms import codec
from forms.exchange.translators import with_translations
from forms.texts import all_texts
from surveys import accounts, authoring, drafting
from surveys.storage import Form
from tests.browser.conftest import Site
from tests.records import NOW, TODAY, a_programme
from tests.web.doors import FORM

LABELS = {"questions.useful.label": "", "questions.wishes.label": "¿Qué falta?"}


@pytest.fixture
def form(site: Site) -> Form:
    """A form of a programme of its own, with one text to be translated and one that says the same."""
    with site.database.session() as session:
        version = authoring.import_form(session, a_programme(session, f"p{uuid4().hex[:8]}"), codec.load(FORM), TODAY)
        definition = with_translations(drafting.definition_of_draft(version.form), "en", LABELS)
        drafting.save_draft(session, version.form, codec.to_document(definition), version.form.revision, None, NOW)
        return version.form


def opened(page: Page, site: Site, form: Form, asked: str = "") -> Page:
    with site.database.session() as session:
        secret = accounts.make_sign_in_link(session, accounts.ensure_person(session, "ana@example.org"), datetime.now(UTC))
    page.context.request.post(f"{site.url}/sign-in/{secret}")
    page.goto(f"{site.url}/forms/{form.id}/texts?language=en&lang=es{asked}")
    return page


def said(site: Site, form: Form, place: str) -> str | None:
    with site.database.session() as session:
        definition = drafting.definition_of_draft(session.get_one(Form, form.id))
        return dict(all_texts(definition))[place].get("en")


def test_a_text_is_saved_when_its_field_is_left_and_the_keyboard_goes_on(site: Site, form: Form, a_phone: Callable[..., Page]) -> None:
    page = opened(a_phone(width=1366), site, form, "&show=work")
    first, second = page.locator("textarea").all()
    first.fill("Was it useful?")
    first.press("Control+Enter")
    expect(second).to_be_focused()
    expect(page.locator("#saved")).to_have_text("Guardado")
    expect(page.locator("#work")).to_have_text("1 texto necesita trabajo.")
    expect(page.locator(".todo")).to_have_count(1)
    assert said(site, form, "questions.useful.label") == "Was it useful?"


def test_the_base_is_copied_into_the_field(site: Site, form: Form, a_phone: Callable[..., Page]) -> None:
    page = opened(a_phone(width=1366), site, form, "&show=work")
    page.get_by_role("button", name="Copiar del español").click()
    expect(page.locator("textarea").first).to_have_value("¿Le sirvió?")


def test_without_script_the_button_saves_the_page(site: Site, form: Form, a_phone: Callable[..., Page]) -> None:
    page = opened(a_phone(javascript=False), site, form)
    page.locator("textarea[name='words:questions.useful.label']").fill("Was it useful?")
    page.locator(".keep button").click()
    assert said(site, form, "questions.useful.label") == "Was it useful?"


@pytest.mark.parametrize("width", [320, 360, 1366])
@pytest.mark.parametrize("dark", [False, True])
def test_the_page_fits_and_is_accessible(
    site: Site, form: Form, a_phone: Callable[..., Page], picture: Callable[[Page, str], None], width: int, dark: bool
) -> None:
    page = opened(a_phone(width=width, dark=dark), site, form)
    picture(page, f"translate-{width}-{'dark' if dark else 'light'}")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
