"""Interviews on a phone: consent, pause, resume, finish; and what is said while there is no signal is not lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select

from forms.definition import FormDefinition
from surveys import interviewing
from surveys.storage import Response
from tests.browser.conftest import Site
from tests.records import TODAY
from tests.web.doors import a_sign_in_link
from tests.web.questionnaires import a_round, the_workshop_form, words


def with_notes(form: FormDefinition) -> FormDefinition:
    note = words("Espere diez segundos antes de repetir.", "Wait ten seconds before you repeat it.")
    sections = tuple(
        replace(one, questions=tuple(replace(question, interviewer_note=note) for question in one.questions)) for one in form.sections
    )
    return replace(form, sections=sections)


@pytest.fixture
def home(site: Site) -> tuple[str, UUID]:
    """The address of the interviews of a round, and the round's id."""
    with site.database.session() as session:
        round_ = a_round(session, with_notes(the_workshop_form()))
        told = {"es": "La entrevista es voluntaria y puede parar cuando quiera.", "en": "It is voluntary; you may stop at any time."}
        interviewing.word_consent(session, round_.survey, told, TODAY)
        return f"{site.url}/rounds/{round_.id}/interview", round_.id


def begin(site: Site, page: Page, home: str, label: str = "Puno 7") -> None:
    page.goto(site.url + a_sign_in_link(site.database))
    page.locator("main button").click()
    page.goto(home)
    page.locator("#label").fill(label)
    page.locator(".new button").last.click()


def look(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    found: Any = Axe().run(page)
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []


def answers(site: Site, round_id: UUID) -> list[dict[str, Any]]:
    with site.database.session() as session:
        return [one.answers for one in session.scalars(select(Response).where(Response.round_id == round_id))]


@pytest.mark.parametrize(("width", "dark", "language"), [(320, False, "es"), (360, True, "en"), (1366, False, "en"), (1366, True, "es")])
def test_consent_pause_resume_and_finish(
    site: Site,
    home: tuple[str, UUID],
    a_phone: Callable[..., Page],
    picture: Callable[[Page, str], None],
    width: int,
    dark: bool,
    language: str,
) -> None:
    page = a_phone(width=width, dark=dark)
    begin(site, page, home[0])
    look(page)
    picture(page, f"interview-{width}-{language}-consent")
    page.goto(f"{page.url}?lang={language}")
    page.locator('button[value="agree"]').click()
    page.goto(f"{page.url}?lang={language}")
    assert page.evaluate("document.documentElement.lang") == language
    expect(page.locator(".guide").first).to_be_visible()
    page.locator('#q-group input[value="company"]').check(force=True)
    page.locator('[name="wishes"]').fill("Más tiempo")
    look(page)
    picture(page, f"interview-{width}-{language}-form")
    page.locator('[name="wishes"]').blur()
    page.locator("#pause").click()
    expect(page.locator("h1")).to_have_text(re.compile("Mis entrevistas|My interviews"))
    look(page)
    picture(page, f"interview-{width}-{language}-list")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.locator("main li a", has_text="Puno 7").click()
    assert page.locator('[name="wishes"]').input_value() == "Más tiempo"
    page.locator("#send").click()
    expect(page.locator("output")).to_have_text(re.compile("[A-Z0-9]{4}-[A-Z0-9]{4}"))
    (said,) = answers(site, home[1])
    assert said["wishes"] == "Más tiempo"


def test_without_signal_nothing_is_lost_and_it_is_sent_once(site: Site, home: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone()
    begin(site, page, home[0])
    page.locator('button[value="agree"]').click()
    page.locator('#q-group input[value="company"]').check(force=True)
    page.context.set_offline(True)
    page.locator('[name="wishes"]').fill("Dicho sin señal")
    page.locator("#send").click()
    expect(page.locator("#unsent")).to_be_visible()
    assert answers(site, home[1]) == []
    page.context.set_offline(False)
    page.reload()  # what is on the phone is later than what the server has
    assert page.locator('[name="wishes"]').input_value() == "Dicho sin señal"
    page.locator("#send").click()
    expect(page.locator("output")).to_be_visible()
    assert [said["wishes"] for said in answers(site, home[1])] == ["Dicho sin señal"]
    assert page.evaluate("Object.keys(localStorage).length") == 0


def test_faults_are_told_and_mended(site: Site, home: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone()
    begin(site, page, home[0])
    page.locator('button[value="agree"]').click()
    page.locator("#send").click()
    expect(page.locator("#sum")).to_be_focused()
    page.locator('#q-group input[value="company"]').check(force=True)
    page.locator("#send").click()
    expect(page.locator("output")).to_be_visible()


def test_an_interview_works_without_script(site: Site, home: tuple[str, UUID], a_phone: Callable[..., Page]) -> None:
    page = a_phone(javascript=False)
    begin(site, page, home[0])
    page.locator('button[value="agree"]').click()
    page.locator('#q-group input[value="company"]').check(force=True)
    page.locator("#pause").click()
    page.locator("main li a", has_text="Puno 7").click()
    expect(page.locator('#q-group input[value="company"]')).to_be_checked()
    page.locator("#send").click()
    expect(page.locator("output")).to_be_visible()
