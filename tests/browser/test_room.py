"""The wall of a room and the messages of a round in Chromium: read by a camera, kept up to date, usable without script."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import UUID

import pytest
import zxingcpp
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select
from werkzeug.serving import make_server

from surveys import hosting
from surveys.inviting import code_of
from surveys.storage import Response, Round
from surveys.storage.database import Database
from tests.browser.conftest import Site
from tests.browser.test_answer import SIDEWAYS, choose, violations
from tests.browser.test_trying import as_seen, staff
from tests.web.questionnaires import a_round

APhone = Callable[..., Page]
Picture = Callable[[Page, str], None]


def an_open_round(database: Database, **fields: object) -> tuple[UUID, str, str]:
    with database.session() as session:
        round_ = a_round(session, **fields)
        round_.invited = {"community": 12, "company": 20, "government": 9, "grassroots": 3}
        return round_.id, round_.link, code_of(session, round_)


def close_at(database: Database, round_id: UUID, when: datetime, was: datetime | None = None) -> None:
    with database.session() as session:
        round_ = session.get_one(Round, round_id)
        round_.closes_at, round_.extended_from = when, was


@pytest.mark.parametrize(
    ("width", "height", "dark", "language", "groups"),
    [
        (1366, 768, False, "es", False),
        (1366, 768, True, "en", True),
        (1920, 1080, True, "es", False),
        (1920, 1080, False, "en", True),
        (1024, 768, False, "es", False),
        (360, 740, True, "es", True),
    ],
)
def test_a_camera_reads_the_wall_in_both_themes(
    a_phone: APhone, site: Site, picture: Picture, width: int, height: int, dark: bool, language: str, groups: bool
) -> None:
    round_id, link, code = an_open_round(site.database, closes_at=datetime.now(UTC) + timedelta(minutes=134))
    page = staff(a_phone, site, width=width, height=height, dark=dark)
    page.goto(f"{site.url}/rounds/{round_id}/projector?lang={language}{'&groups=1' if groups else ''}")
    expect(page.locator(".clock")).to_contain_text("2:13:")
    picture(page, f"projector-{width}{'-dark' if dark else ''}-{language}{'-groups' if groups else ''}")
    read = zxingcpp.read_barcodes(as_seen(a_phone(), page.screenshot()))
    assert [one.text for one in read] == [f"{site.url}/r/{link}"]
    assert f"{site.url.partition('://')[2]}/{code}" in page.locator(".link").inner_text()
    assert page.evaluate(SIDEWAYS) == 0
    assert violations(page) == []
    if width > height:
        assert page.evaluate("document.documentElement.scrollHeight - innerHeight") <= 0
        letters = page.evaluate(
            "parseFloat(getComputedStyle(document.querySelector('.link')).fontSize) / Math.min(innerWidth, innerHeight)"
        )
        assert letters > 0.03
        quiet = page.locator(".qr").bounding_box()
        assert quiet
        assert min(quiet["height"] / height, quiet["width"] / width * 2) > 0.55


def test_the_wall_keeps_up_without_being_touched_and_says_when_it_cannot(a_phone: APhone, site: Site) -> None:
    first = datetime.now(UTC) + timedelta(minutes=5)
    round_id, _, _ = an_open_round(site.database, closes_at=first)
    page = staff(a_phone, site, width=1366, height=768)
    page.clock.install()
    page.goto(f"{site.url}/rounds/{round_id}/projector?lang=es")
    expect(page.locator(".clock")).to_contain_text("0:04:")
    close_at(site.database, round_id, first + timedelta(minutes=30), first)
    page.clock.run_for(6000)
    expect(page.locator(".more")).to_contain_text("Hay más tiempo")
    expect(page.locator(".clock")).to_contain_text("0:34:")

    def refuse(route: Route) -> None:
        route.abort()

    page.route("**/projector**", refuse)
    page.clock.run_for(6000)
    expect(page.locator("#lost")).to_be_visible()
    page.unroute("**/projector**", refuse)
    page.clock.run_for(20000)
    expect(page.locator("#lost")).to_be_hidden()
    close_at(site.database, round_id, datetime.now(UTC) - timedelta(minutes=1))
    page.clock.run_for(6000)
    expect(page.locator("h1")).to_contain_text("Gracias. Ya no se reciben respuestas.")
    assert page.locator(".qr").count() == 0


def test_the_round_s_own_page_shows_its_code(a_phone: APhone, site: Site) -> None:
    round_id, link, _ = an_open_round(site.database)
    page = staff(a_phone, site, width=1366, height=768, dark=True)
    page.goto(f"{site.url}/rounds/{round_id}")
    read = zxingcpp.read_barcodes(as_seen(a_phone(), page.locator(".share .qr").screenshot()))
    assert [one.text for one in read] == [f"{site.url}/r/{link}"]


def test_the_letter_f_fills_the_screen(a_phone: APhone, site: Site) -> None:
    round_id, _, _ = an_open_round(site.database)
    page = staff(a_phone, site, width=1366, height=768)
    page.goto(f"{site.url}/rounds/{round_id}/projector")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement != null")
    expect(page.locator("nav")).to_be_hidden()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement == null")


@pytest.mark.parametrize(("width", "dark", "language"), [(360, False, "es"), (360, True, "en"), (1366, False, "es"), (1366, True, "en")])
def test_messages_are_copied_where_pages_have_a_clipboard_and_where_not(
    a_phone: APhone, site: Site, picture: Picture, width: int, dark: bool, language: str
) -> None:
    round_id, link, _ = an_open_round(site.database, closes_at=datetime(2099, 7, 25, 23, 0, tzinfo=UTC))
    page = staff(a_phone, site, width=width, dark=dark, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"{site.url}/rounds/{round_id}/share?lang={language}")
    picture(page, f"share-{width}{'-dark' if dark else ''}-{language}")
    assert page.evaluate(SIDEWAYS) == 0
    assert violations(page) == []
    read = zxingcpp.read_barcodes(as_seen(a_phone(), page.locator(".qr").screenshot()))
    assert [one.text for one in read] == [f"{site.url}/r/{link}"]
    copies = page.locator("[data-copies]")
    copies.nth(0).click()
    expect(copies.nth(0)).to_have_text("Copiado" if language == "es" else "Copied")
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("textarea").nth(0).input_value()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    copies.nth(1).click()
    expect(copies.nth(1)).to_have_text("Copiado" if language == "es" else "Copied")


@pytest.fixture
def room(site: Site) -> Iterator[str]:
    """The address of the same records, served as in a room: over plain http:// at this machine's own address."""
    address = next(iter(hosting.own_addresses()), None)
    if address is None:
        pytest.skip("this machine is in no network")
    listening = socket.create_server((address, 0))
    served = f"http://{address}:{listening.getsockname()[1]}"
    settings = replace(site.app.settings, room=served, network="la Comunidad de Aprendizaje")
    server = make_server(address, 0, import_module("app").create_app(settings, site.database), threaded=True, fd=listening.fileno())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield served
    server.shutdown()
    thread.join()
    listening.close()


@pytest.mark.parametrize(("dark", "javascript"), [(False, True), (True, True), (False, False)])
def test_a_phone_answers_over_a_network_where_pages_have_few_rights(
    a_phone: APhone, site: Site, room: str, picture: Picture, dark: bool, javascript: bool
) -> None:
    round_id, _, code = an_open_round(site.database)
    phone = a_phone(dark=dark, javascript=javascript)
    phone.goto(f"{room}/s/{code.upper()}")
    if javascript:
        assert phone.evaluate("[isSecureContext, 'serviceWorker' in navigator, typeof crypto.randomUUID]") == [False, False, "undefined"]
        picture(phone, f"room-360{'-dark' if dark else ''}")
        assert violations(phone) == []
    assert phone.evaluate(SIDEWAYS) == 0
    expect(phone.get_by_text("por un wifi que maneja la Comunidad de Aprendizaje.")).to_be_visible()
    choose(phone, "group", "company")
    choose(phone, "useful", "4")
    phone.locator("#send").click()
    expect(phone.locator("output")).to_be_visible()
    with site.database.session() as session:
        assert session.scalar(select(func.count()).where(Response.round_id == round_id)) == 1
