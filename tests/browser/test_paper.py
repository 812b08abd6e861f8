"""Sheets of paper typed in by keyboard alone, in Chromium; every page small and large, light and dark, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from forms.definition import FormDefinition, Question, Section
from surveys.papering import said_code
from surveys.storage import Response, Round
from tests.browser.conftest import Site
from tests.browser.test_coordinate import cut_off, faults, sign_in
from tests.surveys.papers import TYPED, a_batch, a_paper_round
from tests.web.questionnaires import AMOUNT, a_round, words


@pytest.fixture
def desk(site: Site, a_phone: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page of a round on paper as somebody of the staff."""

    def open_page(round_id: UUID, place: str = "", language: str = "es", **more: object) -> Page:
        page = a_phone(**{"width": 1366, "height": 900, **more})
        sign_in(page.context, site)
        page.goto(f"{site.url}/rounds/{round_id}/paper{place}?lang={language}")
        return page

    return open_page


def forty_questions() -> FormDefinition:
    asked = tuple(Question(f"q{n}", "scale", words(f"¿Cuánto {n}?", f"How much {n}?"), scale="amount") for n in range(40))
    return FormDefinition("forty", words("Cuarenta", "Forty"), ("es", "en"), (Section("one", questions=asked),), scales=(AMOUNT,))


def a_round_on_paper(site: Site, form: FormDefinition | None = None, **more: object) -> tuple[UUID, list[str]]:
    """A round and the codes of its sheets."""
    with site.database.session() as session:
        round_ = a_round(session, form) if form else a_paper_round(session)
        batch = a_batch(session, session.get_one(Round, round_.id), **more)
        return round_.id, [said_code(sheet.code) for sheet in batch.sheets]


def type_by_keyboard(page: Page, code: str, said: list[str]) -> None:
    """A code, then every line of the sheet, each ended by Enter; the last Enter saves."""
    expect(page.locator("#sheet")).to_be_focused()
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator("ol.lines input").first).to_be_focused()
    page.wait_for_load_state()
    for one in said:
        page.keyboard.type(one)
        page.keyboard.press("Enter")
    page.keyboard.press("Enter")


def test_a_sheet_of_forty_questions_is_typed_by_keyboard_only(site: Site, desk: Callable[..., Page]) -> None:
    round_id, codes = a_round_on_paper(site, forty_questions(), count=2, entries=1)
    page = desk(round_id, "/entry")
    for code, shift in zip(codes, (0, 1), strict=True):
        type_by_keyboard(page, code, [str((n + shift) % 5 + 1) for n in range(40)])
        expect(page.get_by_role("status")).to_contain_text("Guardada.")
    with site.database.session() as session:
        told = session.scalars(select(Response).where(Response.round_id == round_id)).all()
        assert sorted([response.answers[f"q{n}"] for n in range(40)] for response in told) == [
            [(n + shift) % 5 + 1 for n in range(40)] for shift in (0, 1)
        ]


def test_what_is_typed_is_told_in_words_at_once_and_enter_stops_at_what_is_wrong(site: Site, desk: Callable[..., Page]) -> None:
    round_id, codes = a_round_on_paper(site, forty_questions(), entries=1)
    page = desk(round_id, "/entry")
    type_by_keyboard(page, codes[0], ["4", "9"])
    lines = page.locator("ol.lines li")
    expect(lines.nth(0).get_by_role("status")).to_have_text("Bastante")
    expect(lines.nth(1).get_by_role("status")).to_contain_text("«9» no está en la escala")
    page.locator("#save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Falta corregir 1 cosa")
    expect(lines.nth(1).get_by_role("textbox")).to_be_focused()
    page.keyboard.type("5")
    for _ in range(40):
        page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Guardada.")


def test_a_sheet_is_typed_twice_and_decided_without_a_script(site: Site, desk: Callable[..., Page]) -> None:
    round_id, codes = a_round_on_paper(site)
    page = desk(round_id, "/entry", javascript=False)
    for fair in ("4", "5"):
        page.fill("#sheet", codes[0])
        page.keyboard.press("Enter")
        for name, said in (TYPED | {"fair": fair}).items():
            page.fill(f'[name="{name}"]', said)
        page.click("#save")
    page.check('[name="~right/fair"][value="1"]')
    page.get_by_role("button", name="Guardar la hoja así").click()
    expect(page.get_by_role("status")).to_contain_text("Guardada.")
    with site.database.session() as session:
        assert [response.answers["fair"] for response in session.scalars(select(Response).where(Response.round_id == round_id))] == [4]


def test_enter_without_a_script_never_saves_a_sheet_that_is_half_typed(site: Site, desk: Callable[..., Page]) -> None:
    round_id, codes = a_round_on_paper(site, forty_questions(), entries=1)
    page = desk(round_id, "/entry", javascript=False)
    page.fill("#sheet", codes[0])
    page.keyboard.press("Enter")
    page.fill('[name="q0"]', "4")
    page.keyboard.press("Enter")
    expect(page.locator('[name="q0"]')).to_have_value("4")
    with site.database.session() as session:
        assert session.scalars(select(Response).where(Response.round_id == round_id)).all() == []


def test_a_sheet_that_cannot_be_checked_now_is_checked_when_it_is_saved(site: Site, desk: Callable[..., Page]) -> None:
    round_id, codes = a_round_on_paper(site, forty_questions(), entries=1)
    page = desk(round_id, "/entry")
    type_by_keyboard(page, codes[0], [])
    page.context.set_offline(True)
    page.keyboard.type("4")
    page.keyboard.press("Enter")
    expect(page.locator("ol.lines li").nth(0).get_by_role("status")).to_contain_text("Se revisa al guardar")
    page.context.set_offline(False)
    page.locator("#save").click()
    expect(page.get_by_role("status")).to_contain_text("Guardada.")


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1366])
def test_the_pages_of_paper_look_right(
    site: Site, desk: Callable[..., Page], picture: Callable[[Page, str], None], width: int, dark: bool, language: str
) -> None:
    round_id, codes = a_round_on_paper(site, count=5)
    name = f"{language}-{width}-{'dark' if dark else 'light'}"
    page = desk(round_id, "/entry", language, width=width, dark=dark)
    looked_at(page, picture, f"paper-code-{name}")
    page.fill("#sheet", codes[0])
    page.keyboard.press("Enter")
    page.fill('[name="far"]', "9")
    page.locator("#save").click()
    looked_at(page, picture, f"paper-typing-{name}")
    for wrong in ({}, {"fair": "5", "help": "1", "code/day": "15"}):
        page.goto(f"{site.url}/rounds/{round_id}/paper/entry")
        page.fill("#sheet", codes[0])
        page.keyboard.press("Enter")
        for key, said in (TYPED | wrong).items():
            page.fill(f'[name="{key}"]', said)
        page.locator("#save").click()
        page.wait_for_load_state()
    looked_at(page, picture, f"paper-differs-{name}")
    page.goto(f"{site.url}/rounds/{round_id}/paper")
    looked_at(page, picture, f"paper-batches-{name}")


def looked_at(page: Page, picture: Callable[[Page, str], None], name: str) -> None:
    picture(page, name)
    assert faults(page) == []
    assert cut_off(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
