"""A kiosk in a real browser: blank after each person, whatever they press; what has no signal waits and is sent once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from forms import codec
from surveys import cards, lending, promising
from surveys.storage import Kiosk, Response, Round
from tests.browser.conftest import Site
from tests.web.doors import FORM, a_sign_in_link
from tests.web.questionnaires import a_round

PIN = "2580"


@pytest.fixture
def kiosk(site: Site) -> tuple[str, UUID]:
    """The address of a kiosk and the id of its round."""
    with site.database.session() as session:
        round_ = a_round(session)
        _kiosk, token = lending.start_kiosk(session, round_, PIN, 60, datetime.now(UTC))
        return f"{site.url}/k/{token}", round_.id


def answer(page: Page, language: str = "es") -> None:
    """One person answers what is needed and writes something."""
    page.locator(f'#hello button[lang="{language}"]').click()
    page.locator('#q-group input[value="company"]').check(force=True)
    page.locator('[name="wishes"]').fill("Más tiempo para preguntar")


def sent(site: Site, round_id: UUID) -> list[str]:
    with site.database.session() as session:
        return list(session.scalars(select(Response.channel).where(Response.round_id == round_id)))


def is_blank(page: Page) -> bool:
    return bool(
        page.evaluate(
            "![...document.querySelectorAll('#f input, #f textarea')].some(el => el.checked || (el.name == 'wishes' && el.value))"
        )
    )


def test_language_first_then_the_questions_the_receipt_and_a_blank_page(
    site: Site, kiosk: tuple[str, UUID], a_phone: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    page = a_phone(width=800, height=1100)
    page.goto(kiosk[0])
    expect(page.locator("#hello")).to_be_visible()
    expect(page.locator("#f")).to_be_hidden()
    assert page.locator("#hello button").all_text_contents() == ["Español", "English"]
    picture(page, "kiosk-800-hello")
    answer(page, "en")
    assert page.evaluate("document.documentElement.lang") == "en"
    picture(page, "kiosk-800-form")
    page.locator("#send").click()
    expect(page.locator("#receipt")).to_have_text(re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$"))
    picture(page, "kiosk-800-thanks")
    page.locator("#next").click()
    expect(page.locator("#hello")).to_be_visible()
    assert is_blank(page)
    assert page.locator("#receipt").text_content() == ""
    assert sent(site, kiosk[1]) == ["kiosk"]
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_the_back_button_shows_a_blank_page(kiosk: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone()
    page.goto("about:blank")
    page.goto(kiosk[0])
    answer(page)
    page.evaluate("history.back()")
    expect(page.locator("#hello")).to_be_visible()
    assert is_blank(page)
    answer(page)
    page.locator("#send").click()
    expect(page.locator("#thanks")).to_be_visible()
    page.evaluate("history.back()")
    expect(page.locator("#hello")).to_be_visible()
    assert page.locator("#receipt").text_content() == ""
    page.reload()
    expect(page.locator("#hello")).to_be_visible()
    assert is_blank(page)


def test_a_form_that_nobody_touches_is_blank_again_after_a_countdown_that_can_be_stopped(
    kiosk: tuple[str, UUID], a_phone: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    page = a_phone()
    page.clock.install()
    page.goto(kiosk[0])
    answer(page)
    page.clock.run_for(61_000)
    expect(page.locator("#still")).to_be_visible()
    expect(page.locator("#stay")).to_be_focused()
    picture(page, "kiosk-360-still")
    page.locator("#stay").click()
    expect(page.locator("#still")).to_be_hidden()
    page.clock.run_for(30_000)
    expect(page.locator("#f")).to_be_visible()
    assert page.locator('[name="wishes"]').input_value() == "Más tiempo para preguntar"
    page.clock.run_for(85_000)
    expect(page.locator("#hello")).to_be_visible()
    assert is_blank(page)


def test_five_answers_without_signal_wait_and_are_sent_once_each(
    site: Site, kiosk: tuple[str, UUID], a_phone: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    page = a_phone()
    page.goto(kiosk[0])
    page.context.set_offline(True)
    for number in range(1, 6):
        answer(page)
        page.locator("#send").click()
        expect(page.locator('#thanks [data-when="kept"]')).to_be_visible()
        expect(page.locator('#thanks [data-when="sent"]')).to_be_hidden()
        page.locator("#next").click()
        expect(page.locator("#waits")).to_contain_text(str(number))
        assert is_blank(page)
    picture(page, "kiosk-360-waiting")
    assert sent(site, kiosk[1]) == []
    page.context.set_offline(False)
    expect(page.locator("#waits")).to_be_hidden()
    assert sent(site, kiosk[1]) == ["kiosk"] * 5
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_a_blank_that_is_only_reminded_of_is_no_reason_to_refuse_what_waited(site: Site, a_phone: Callable[..., Page]) -> None:
    form = codec.load(FORM.replace("scale: amount,", "scale: amount, required: soft,"))
    with site.database.session() as session:
        round_ = a_round(session, form)
        _kiosk, token = lending.start_kiosk(session, round_, PIN, 60, datetime.now(UTC))
        round_id = round_.id
    page = a_phone()
    page.goto(f"{site.url}/k/{token}")
    page.context.set_offline(True)
    page.locator('#hello button[lang="es"]').click()
    page.locator("#send").click()
    expect(page.locator('#thanks [data-when="kept"]')).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#waits")).to_be_hidden()
    assert sent(site, round_id) == ["kiosk"]


def test_the_code_of_a_card_is_checked_without_signal_and_gone_for_the_next_person(
    site: Site, kiosk: tuple[str, UUID], a_phone: Callable[..., Page]
) -> None:
    with site.database.session() as session:
        promising.choose_level(session, session.get_one(Round, kiosk[1]).survey, "card", datetime.now(UTC).date())
    page, card = a_phone(), cards.make_stack(1)[0]
    page.goto(kiosk[0])
    page.context.set_offline(True)
    answer(page)
    page.locator("#card").fill(card[:-1])
    page.locator("#send").click()
    expect(page.locator("#e-card")).to_be_visible()
    page.locator("#card").fill(card)
    page.locator("#send").click()
    expect(page.locator('#thanks [data-when="kept"]')).to_be_visible()
    page.locator("#next").click()
    answer(page)
    expect(page.locator("#card")).to_have_value("")
    page.context.set_offline(False)
    expect(page.locator("#waits")).to_have_attribute("hidden", "")
    assert sent(site, kiosk[1]) == ["kiosk"]


def test_without_signal_what_needs_an_answer_is_asked_for_before_it_waits(kiosk: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone()
    page.goto(kiosk[0])
    page.context.set_offline(True)
    page.locator('#hello button[lang="es"]').click()
    page.locator("#send").click()
    expect(page.locator("#sum")).to_be_focused()
    expect(page.locator("#sum li")).to_contain_text("¿A qué grupo pertenece?")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.locator('#q-group input[value="company"]').check(force=True)
    page.locator("#send").click()
    expect(page.locator('#thanks [data-when="kept"]')).to_be_visible()


def test_faults_are_told_by_the_server_and_are_gone_for_the_next_person(kiosk: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone()
    page.goto(kiosk[0])
    page.locator('#hello button[lang="es"]').click()
    page.locator("#send").click()
    expect(page.locator("#sum")).to_be_visible()
    page.locator("#again").click()
    expect(page.locator("#hello")).to_be_visible()
    answer(page)
    expect(page.locator("#sum")).to_be_hidden()
    assert page.locator(".bad").count() == 0


def test_what_waits_is_sent_by_the_next_kiosk_of_the_round(site: Site, kiosk: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone()
    page.goto(kiosk[0])
    page.context.set_offline(True)
    answer(page)
    page.locator("#send").click()
    expect(page.locator("#thanks")).to_be_visible()
    with site.database.session() as session:
        session.scalars(select(Kiosk).where(Kiosk.round_id == kiosk[1])).one().is_ended = True
        _kiosk, token = lending.start_kiosk(session, session.get_one(Round, kiosk[1]), PIN, 60, datetime.now(UTC))
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(f"{site.url}/k/{token}")
    expect(page.locator("#hello")).to_be_visible()
    expect(page.locator("#waits")).to_be_hidden()
    assert sent(site, kiosk[1]) == ["kiosk"]


def test_the_team_leaves_with_its_pin_and_nobody_without(
    site: Site, kiosk: tuple[str, UUID], a_phone: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    page = a_phone()
    page.goto(kiosk[0])
    page.locator("#team").click()
    page.locator("#pin").fill("9999")
    page.locator("#door button").first.click()
    expect(page.locator('[data-said="403"]')).to_be_visible()
    expect(page.locator("#inside")).to_be_hidden()
    picture(page, "kiosk-360-pin")
    page.locator("#pin").fill(PIN)
    page.locator("#door button").first.click()
    expect(page.locator("#inside")).to_be_visible()
    picture(page, "kiosk-360-team")
    page.locator("#leave").click()
    expect(page.locator("main > h1")).to_contain_text("Este dispositivo ya no recibe respuestas.")


def test_the_person_who_started_it_is_signed_out_on_the_device(site: Site, kiosk: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone()
    page.goto(site.url + a_sign_in_link(site.database))
    page.locator("main button").click()
    page.goto(f"{site.url}/rounds/{kiosk[1]}/kiosk")
    page.locator("#pin").fill(PIN)
    page.locator("#again").fill(PIN)
    page.locator('button[value="here"]').click()
    expect(page.locator("#hello")).to_be_visible()
    assert "tupuy" not in {cookie["name"] for cookie in page.context.cookies()}
    for path in ("/", f"/rounds/{kiosk[1]}", f"/rounds/{kiosk[1]}/kiosk"):
        page.goto(site.url + path)
        assert page.url.partition("?")[0] == f"{site.url}/sign-in"


def test_a_kiosk_says_that_its_round_closed(site: Site, kiosk: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone()
    page.clock.install()
    page.goto(kiosk[0])
    expect(page.locator("#hello")).to_be_visible()
    with site.database.session() as session:
        session.get_one(Round, kiosk[1]).closes_at = datetime.now(UTC) - timedelta(seconds=1)
    page.clock.run_for(61_000)
    expect(page.locator("#shut")).to_be_visible()
    expect(page.locator("#hello")).to_be_hidden()


def test_a_kiosk_works_without_script(site: Site, kiosk: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone(javascript=False)
    page.goto(kiosk[0])
    page.locator('#q-group input[value="company"]').check(force=True)
    page.locator("#send").click()
    expect(page.locator("output")).to_have_text(re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$"))
    with site.database.session() as session:
        assert session.scalar(select(func.count()).where(Response.round_id == kiosk[1])) == 1


@pytest.mark.parametrize(("width", "dark"), [(320, True), (360, False), (1366, True)])
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_screen_is_accessible_and_fits(
    kiosk: tuple[str, UUID], a_phone: Callable[..., Page], picture: Callable[[Page, str], None], width: int, dark: bool, language: str
) -> None:
    page = a_phone(width=width, dark=dark)
    page.goto(kiosk[0])
    look(page)
    answer(page, language)
    look(page)
    page.locator("#send").click()
    expect(page.locator("#thanks")).to_be_visible()
    look(page)
    picture(page, f"kiosk-{width}-{language}-thanks")
    page.locator("#next").click()
    page.locator("#team").click()
    look(page)


def look(page: Page) -> None:
    """Nothing sticks out sideways, and the checker finds nothing."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    found: Any = Axe().run(page)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
