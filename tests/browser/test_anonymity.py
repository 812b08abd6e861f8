"""Anonymity in the browser: the code of a card is checked before sending; the pages of staff can be read and used."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from forms import codec
from surveys import authoring, cards, inviting, promising
from surveys.inviting import make_link
from surveys.storage import Response, Round
from tests.browser.conftest import Site
from tests.records import TODAY, a_programme, a_round
from tests.web.doors import FORM, a_sign_in_link

Phone = Callable[..., Page]
Promised = Callable[[str], Round]
Picture = Callable[[Page, str], None]


@pytest.fixture
def a_promised(site: Site) -> Callable[[str], Round]:
    """An open round whose survey promises this."""

    def make(level: str) -> Round:
        name = f"a{make_link()}"
        with site.database.session() as session:
            version = authoring.import_form(session, a_programme(session, name), codec.load(FORM.replace("feedback", name)), TODAY)
            survey = authoring.survey_of(session, version.form)
            promising.choose_level(session, survey, level, TODAY)
            return a_round(session, survey)

    return make


def kept(site: Site, round_: Round) -> list[Response]:
    with site.database.session() as session:
        return list(session.scalars(select(Response).where(Response.round_id == round_.id)))


def test_a_wrong_card_is_told_before_anything_is_sent_and_a_right_one_is_taken(
    site: Site, a_phone: Phone, a_promised: Promised, picture: Picture
) -> None:
    round_, [code] = a_promised("card"), cards.make_stack(1)
    page = a_phone(locale="es")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    page.goto(f"{site.url}/r/{round_.link}")
    page.get_by_label("El código de su tarjeta").fill(code[:-1] + ("A" if code[-1] != "A" else "B"))
    page.locator("#send").click()
    expect(page.get_by_text("falta un carácter o hay uno equivocado")).to_be_visible()
    expect(page.get_by_label("El código de su tarjeta")).to_be_focused()
    assert sent == []
    picture(page, "card-wrong-360")
    assert Axe().run(page).violations_count == 0
    page.get_by_label("El código de su tarjeta").fill(code.lower().replace("-", " "))
    page.locator("#send").click()
    page.wait_for_url("**/thanks*")
    assert [len(response.code_hashes or []) for response in kept(site, round_)] == [1]


def test_a_person_with_a_wrong_card_goes_on_without(site: Site, a_phone: Phone, a_promised: Promised) -> None:
    round_ = a_promised("card")
    page = a_phone(locale="es")
    page.goto(f"{site.url}/r/{round_.link}")
    page.get_by_label("El código de su tarjeta").fill("1234")
    page.locator("#send").click()
    page.get_by_label("El código de su tarjeta").fill("")
    page.locator("#send").click()
    page.wait_for_url("**/thanks*")
    assert [response.code_hash for response in kept(site, round_)] == [None]


def test_a_wrong_card_is_told_without_javascript(site: Site, a_phone: Phone, a_promised: Promised) -> None:
    round_ = a_promised("card")
    page = a_phone(javascript=False)
    page.goto(f"{site.url}/r/{round_.link}?lang=en")
    page.locator("#card").fill("1234-5678")
    page.locator("#send").click()
    expect(page.locator("#e-card")).to_be_visible()
    page.locator("#card").fill("")
    page.locator("#send").click()
    page.wait_for_url("**/thanks*")


def test_the_code_of_a_card_is_never_in_the_draft_and_is_erased_with_it(
    site: Site, a_phone: Phone, a_promised: Callable[[str], Round]
) -> None:
    page = a_phone(locale="es")
    page.goto(f"{site.url}/r/{a_promised('card').link}")
    page.get_by_label("El código de su tarjeta").fill("7KQ4-0000")
    page.locator('[name="useful"]').first.check()
    assert "7KQ4" not in page.evaluate("JSON.stringify(localStorage)")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#wipe").click()
    expect(page.locator("#card")).to_have_value("")


def test_the_script_finds_the_same_codes_right_as_the_server(site: Site, a_phone: Phone, a_promised: Promised) -> None:
    page = a_phone(locale="es")
    page.goto(f"{site.url}/r/{a_promised('card').link}")
    stack = cards.make_stack(60)
    tried = [
        *stack,
        *(code[:6] + code[7] + code[6] + code[8:] for code in stack),
        *(code[:8] + "Z" for code in stack),
        "",
        "UUUU-UUUU",
        "1",
    ]
    script = """codes => codes.map(code => {
      const el = document.getElementById('card')
      el.value = code
      document.getElementById('e-card').hidden = false
      el.dispatchEvent(new Event('input', { bubbles: true }))
      return document.getElementById('e-card').hidden
    })"""
    assert page.evaluate(script, tried) == [cards.fault_of(code) is None for code in tried]


def test_a_personal_page_says_what_it_is(site: Site, a_phone: Phone, a_promised: Promised, picture: Picture) -> None:
    round_ = a_promised("confidential")
    settings = site.app.settings  # type: ignore[attr-defined]  # the app is always surveys.web.Doors
    with site.database.session() as session:
        token = inviting.make_personal_link(session, session.get_one(Round, round_.id), uuid4(), settings.keys, settings.secret)
    page = a_phone(locale="es")
    page.goto(f"{site.url}/r/{round_.link}/p/{token}")
    expect(page.get_by_role("heading", name="Sus respuestas son confidenciales, no anónimas")).to_be_visible()
    picture(page, "personal-360")
    page.locator('[name="useful"]').first.check()
    page.locator("#send").click()
    page.wait_for_url("**/thanks*")
    assert len(kept(site, round_)) == 1


@pytest.mark.parametrize(("width", "dark", "language"), [(360, False, "es"), (360, True, "en"), (1366, False, "en"), (1366, True, "es")])
def test_staff_choose_what_is_promised_and_find_the_key(
    site: Site,
    a_phone: Phone,
    a_promised: Promised,
    picture: Picture,
    width: int,
    dark: bool,
    language: str,
) -> None:
    round_ = a_promised("card")
    with site.database.session() as session:
        survey = session.get_one(Round, round_.id).survey
        where = f"{site.url}/p/{survey.programme.slug}/surveys/{survey.slug}/promise"
    page = a_phone(width, dark=dark)
    page.goto(site.url + a_sign_in_link(site.database, language=language))
    page.locator("main form button").click()
    page.goto(f"{where}?lang={language}")
    picture(page, f"promise-{width}-{'dark' if dark else 'light'}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).violations_count == 0
    page.locator('[value="anonymous"]').check()
    page.locator(".levels button").click()
    expect(page.locator('[value="anonymous"]')).to_be_checked()
    page.locator(".more a").click()
    picture(page, f"key-{width}-{'dark' if dark else 'light'}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert Axe().run(page).violations_count == 0
