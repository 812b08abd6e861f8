"""The participant's page in Chromium: narrow and wide, both languages, light and dark, with and without JavaScript."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect
from sqlalchemy import select

from forms.definition import Choice, FormDefinition, Question, Section
from forms.wording import Text
from surveys.storage import Response, Round
from tests.browser.conftest import SCREENSHOTS, Site
from tests.forms.test_conditions import FIND_DISAGREEMENTS, VECTORS, script, vectors_for_javascript
from tests.web.questionnaires import a_programme, a_round, every_kind, the_workshop_form, words

APhone = Callable[..., Page]
Picture = Callable[[Page, str], None]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def a_link(site: Site, definition: FormDefinition | None = None, **more: Any) -> str:
    with site.database.session() as session:
        return f"{site.url}/r/{a_round(session, definition, **more).link}"


def stored(site: Site, link: str) -> list[Response]:
    with site.database.session() as session:
        of_link = select(Response).join(Round, Response.round_id == Round.id).where(Round.link == link.rsplit("/", 1)[-1])
        found = list(session.scalars(of_link))
        session.expunge_all()
        return found


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page as it is: rule and place."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).response
    return [f"{fault['id']}: {node['html'][:120]}" for fault in found["violations"] for node in fault["nodes"]]


def choose(page: Page, name: str, value: str) -> None:
    """Tap a choice as a finger does: on its words."""
    page.locator(f'label:has(> input[name="{name}"][value="{value}"])').click()


def fill_the_workshop_form(page: Page) -> None:
    choose(page, "group", "company")
    choose(page, "useful", "4")
    choose(page, "helped", "groups")
    choose(page, "nps", "9")
    choose(page, "tr/community", "2")
    choose(page, "tr/government", "~unknown")
    page.fill('[name="wishes"]', "Más tiempo para preguntas.")


def send(page: Page) -> None:
    page.click("#send")
    page.wait_for_url("**/thanks**")


def receipt(page: Page) -> str:
    return page.locator("output").inner_text()


# Every width, language, theme ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
@pytest.mark.parametrize(
    ("width", "dark", "language"), [(320, True, "en"), (320, False, "es"), (360, False, "es"), (1366, True, "es"), (1366, False, "en")]
)
@pytest.mark.parametrize("form", [the_workshop_form, every_kind], ids=["workshop", "kinds"])
def test_the_form_fits_and_is_accessible(
    site: Site,
    a_phone: APhone,
    picture: Picture,
    form: Callable[[], FormDefinition],
    width: int,
    dark: bool,
    language: str,
    javascript: bool,
) -> None:
    page = a_phone(width, dark=dark, javascript=javascript)
    page.goto(f"{a_link(site, form())}?lang={language}")
    picture(page, f"form-{form().name}-{width}-{'dark' if dark else 'light'}-{language}-{'script' if javascript else 'plain'}")
    assert page.evaluate(SIDEWAYS) == 0
    if javascript:
        assert violations(page) == []


@pytest.mark.parametrize(("width", "dark", "language"), [(320, True, "es"), (360, False, "es"), (1366, False, "en")])
def test_thanks_faults_and_two_ways_fit_and_are_accessible(
    site: Site, a_phone: APhone, picture: Picture, width: int, dark: bool, language: str
) -> None:
    page, link = a_phone(width, dark=dark), a_link(site)
    look = f"{width}-{'dark' if dark else 'light'}-{language}"
    page.goto(f"{link}?lang={language}")
    page.click("#send")
    expect(page.locator("#sum")).to_be_focused()
    picture(page, f"faults-{look}")
    assert violations(page) == []
    fill_the_workshop_form(page)
    body = dict(page.evaluate("[...new FormData(document.forms[0])]"))
    send(page)
    picture(page, f"thanks-{look}")
    assert violations(page) == []
    assert page.evaluate(SIDEWAYS) == 0
    page.goto(f"{link}?lang={language}")
    page.evaluate(
        "body => { const f = document.forms[0]; Object.entries(body).forEach(([n, v]) => { if (n == '~id') f.elements[n].value = v }) }",
        body,
    )
    fill_the_workshop_form(page)
    choose(page, "useful", "1")
    page.click("#send")
    page.wait_for_selector('[name="~as"]')
    picture(page, f"two-ways-{look}")
    assert violations(page) == []
    assert page.evaluate(SIDEWAYS) == 0


@pytest.mark.parametrize("path", ["unknown", "early", "closed"])
def test_kind_pages_fit_and_are_accessible(site: Site, a_phone: APhone, picture: Picture, path: str) -> None:
    links = {
        "unknown": lambda: f"{site.url}/r/nobodyhasthis",
        "early": lambda: a_link(site, opens_at=datetime(2099, 1, 1, tzinfo=UTC), closes_at=None),
        "closed": lambda: a_link(site, closes_at=datetime(2026, 1, 1, tzinfo=UTC)),
    }
    page = a_phone(320)
    page.goto(links[path]())
    picture(page, f"shut-{path}")
    assert violations(page) == []
    assert page.evaluate(SIDEWAYS) == 0


def test_one_request_brings_the_whole_page(site: Site, a_phone: APhone) -> None:
    page = a_phone()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script("addEventListener('load', () => { window.loaded = performance.getEntriesByType('resource').length })")
    link = a_link(site)
    page.goto(link)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.loaded") == 0
    beside = [url.split("?")[0] for url in asked if not url.startswith("data:")]
    assert beside == [link, f"{site.url}/static/phone.js", f"{link}/words"]  # what the page can do without, once it is there


def test_text_twice_as_large_still_fits(site: Site, a_phone: APhone, picture: Picture) -> None:
    page = a_phone(360)
    page.goto(a_link(site, every_kind()))
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    picture(page, "form-kinds-200-percent")
    assert page.evaluate(SIDEWAYS) == 0


def test_forced_colours_still_show_what_is_chosen(site: Site, a_phone: APhone, picture: Picture) -> None:
    page = a_phone(360, forced_colors="active")
    page.goto(a_link(site))
    choose(page, "useful", "4")
    outline = "getComputedStyle(document.querySelector('[name=useful][value=\"4\"] + span')).outlineStyle"
    assert page.evaluate(outline) == "solid"
    picture(page, "form-forced-colours")


def test_a_landscape_phone_frees_the_bar_and_keeps_focus_in_sight(site: Site, a_phone: APhone) -> None:
    page = a_phone(640, 300)
    page.goto(a_link(site))
    assert page.evaluate("getComputedStyle(document.querySelector('.where')).position") == "static"


# Without JavaScript ----------------------------------------------------------------------------------------------------


def test_without_a_script_the_form_is_answered_ranked_and_thanked(site: Site, a_phone: APhone, picture: Picture) -> None:
    page, link = a_phone(360, javascript=False), a_link(site)
    page.goto(link)
    fill_the_workshop_form(page)
    for topic, place in (("water", "1"), ("canon", "2"), ("talk", "3")):
        page.select_option(f'[name="topics/{topic}"]', place)
    page.click("#send")
    expect(page.locator("output")).to_have_text(re.compile(r"^\w{4}-\w{4}$"))
    picture(page, "thanks-plain")
    (kept,) = stored(site, link)
    assert [kept.answers[f"topics/{topic}"] for topic in ("water", "canon", "talk")] == [1, 2, 3]


def test_without_a_script_the_language_switch_keeps_what_was_typed(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(360, javascript=False), a_link(site)
    page.goto(link)
    fill_the_workshop_form(page)
    page.click("text=English")
    expect(page.locator("h1")).to_contain_text("How was the workshop?")
    assert page.input_value('[name="wishes"]') == "Más tiempo para preguntas."
    assert page.is_checked('[name="useful"][value="4"]')
    assert stored(site, link) == []
    page.click("#send")
    assert page.locator("output").is_visible()
    assert [row.language for row in stored(site, link)] == ["en"]


def test_without_a_script_enter_in_a_line_sends_nothing(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(360, javascript=False), a_link(site, every_kind())
    page.goto(link)
    page.check('[name="agree"]')
    page.fill('[name="why"]', "Viaje")
    page.press('[name="why"]', "Enter")
    page.wait_for_load_state()
    assert page.input_value('[name="why"]') == "Viaje"
    assert stored(site, link) == []


def test_without_a_script_faults_are_linked_to_their_fields(site: Site, a_phone: APhone) -> None:
    page = a_phone(360, javascript=False)
    page.goto(a_link(site))
    page.click("#send")
    expect(page.locator("#sum")).to_be_visible()
    page.click("#sum a")
    assert page.url.endswith("#q-group")
    assert page.locator("#q-group").bounding_box()["y"] >= 0  # type: ignore[index]  # it is on the page


# With JavaScript -------------------------------------------------------------------------------------------------------


def test_a_condition_hides_and_shows_and_the_count_follows(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site, every_kind())
    page.goto(link)
    expect(page.locator("#q-why")).to_be_hidden()
    expect(page.locator("#q-tr\\/boss")).to_be_hidden()
    total = int(page.locator(".of").first.text_content() or 0)
    choose(page, "came", "0")
    expect(page.locator("#q-why")).to_be_visible()
    assert int(page.locator(".of").first.text_content() or 0) == total + 1
    choose(page, "job", "mine")
    expect(page.locator("#q-tr\\/boss")).to_be_visible()
    expect(page.locator("#q-wishes")).to_be_hidden()
    choose(page, "help", "maps")
    choose(page, "fair", "4")
    expect(page.locator("#q-wishes")).to_be_visible()
    page.fill('[name="wishes"]', "hola")
    choose(page, "fair", "2")
    expect(page.locator("#q-wishes")).to_be_hidden()
    page.check('[name="agree"]')
    page.fill('[name="why"]', "Viaje")
    send(page)
    (kept,) = stored(site, link)
    assert kept.answers["wishes:why"] == "not_asked"
    assert kept.answers["why"] == "Viaje"


def test_ones_own_group_is_hidden_and_its_answer_dropped(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    choose(page, "tr/company", "5")
    choose(page, "group", "company")
    expect(page.locator("#q-tr\\/company")).to_be_hidden()
    send(page)
    assert stored(site, link)[0].answers["tr/company:why"] == "not_asked"


def test_an_option_that_a_condition_hides_leaves_the_ranking(site: Site, a_phone: APhone) -> None:
    options = (Choice("water", words("Agua", "Water"), show_if="came = 1"), *(Choice(key, words(key, key)) for key in ("jobs", "health")))
    asked = (
        Question("came", "yes_no", words("¿Vino?", "Did you come?")),
        Question("best", "ranking", words("¿Qué importa más?", "What matters most?"), choices=options, settings=(("places", 2),)),
    )
    title = words("Temas", "Topics")
    page, link = a_phone(), a_link(site, FormDefinition("topics", title, ("es", "en"), (Section("s", title, asked),)))
    page.goto(link)
    choose(page, "came", "1")
    for option in (0, 1):
        page.locator(".rank button").nth(option).click()
    choose(page, "came", "0")
    expect(page.locator(".rank b").nth(1)).to_have_text("1")
    page.locator(".rank button").nth(2).click()
    send(page)
    assert stored(site, link)[0].answers == {"came": 0, "best/water:why": "not_asked", "best/jobs": 1, "best/health": 2}


def test_a_draft_comes_back_in_its_language_when_the_page_carries_only_one(site: Site, a_phone: APhone) -> None:
    said = {language: Text.of({code: f"{language} {code}" for code in ("es", "en", "qu")}) for language in ("title", "label")}
    section = Section("s", said["title"], (Question("q", "short_text", said["label"]),))
    definition = FormDefinition("three", said["title"], ("es", "en", "qu"), (section,))
    with site.database.session() as session:
        link = f"{site.url}/r/{a_round(session, definition, a_programme(session, languages=['es', 'en', 'qu'])).link}"
    page = a_phone()
    page.goto(link)
    page.fill('[name="q"]', "algo")
    page.context.set_offline(True)
    with contextlib.suppress(PlaywrightError):
        page.click('.tongue [value="qu"]')
    page.context.set_offline(False)
    page.goto(link)
    assert page.input_value('[name="q"]') == "algo"
    page.click('.tongue [value="qu"]')
    expect(page.locator("h1")).to_have_text("title qu")
    assert page.input_value('[name="q"]') == "algo"
    page.goto(link)
    expect(page.locator("h1")).to_have_text("title qu")
    assert page.input_value('[name="q"]') == "algo"
    assert (page.get_attribute("html", "lang"), page.input_value('[name="~lang"]')) == ("qu", "qu")


def test_a_draft_survives_a_reload_and_ends_when_sent(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    fill_the_workshop_form(page)
    page.locator(".rank button").nth(1).click()
    expect(page.locator("#saved")).to_be_visible()
    first_id = page.input_value('[name="~id"]')
    page.reload()
    assert page.input_value('[name="~id"]') == first_id
    assert page.is_checked('[name="useful"][value="4"]')
    assert page.input_value('[name="wishes"]') == "Más tiempo para preguntas."
    expect(page.locator(".rank button").nth(1)).to_have_attribute("aria-pressed", "true")
    page.evaluate("scrollTo(0, 900)")
    page.screenshot(path=SCREENSHOTS / "form-midway.png")
    page.locator(".rank button").nth(1).click()
    send(page)
    assert page.evaluate("Object.keys(localStorage)") == []
    page.goto(link)
    assert not page.is_checked('[name="useful"][value="4"]')
    assert page.input_value('[name="~id"]') != first_id


def test_rows_in_random_order_keep_it_after_a_reload(site: Site, a_phone: APhone) -> None:
    page, order = a_phone(), "[...document.querySelectorAll('[data-mix] [name]')].map(e => e.name + e.value)"
    page.goto(a_link(site, every_kind()))
    choose(page, "came", "1")
    before = page.evaluate(order)
    for _ in range(4):
        page.reload()
        assert page.evaluate(order) == before


def test_the_draft_never_holds_a_receipt_or_the_pages_own_fields(site: Site, a_phone: APhone) -> None:
    page = a_phone()
    page.goto(a_link(site))
    fill_the_workshop_form(page)
    page.click('[id="q-~receipt"] summary')
    page.fill('[name="~receipt"]', "KUSI-4821")
    choose(page, "useful", "3")
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "KUSI" not in kept
    assert "Más tiempo" in kept


def test_everything_is_erased_when_asked(site: Site, a_phone: APhone) -> None:
    page = a_phone()
    page.goto(a_link(site))
    fill_the_workshop_form(page)
    first_id = page.input_value('[name="~id"]')
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.click("#wipe")
    assert asked == ["¿Borrar todo lo que respondió en este teléfono?"]
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.input_value('[name="wishes"]') == ""
    assert not page.is_checked('[name="group"][value="company"]')
    assert page.input_value('[name="~id"]') != first_id
    assert page.locator(".n").first.text_content() == "0"


def test_a_phone_that_keeps_nothing_can_still_answer(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied') } })")
    page.goto(link)
    fill_the_workshop_form(page)
    expect(page.locator("#saved")).to_be_hidden()
    send(page)
    assert len(stored(site, link)) == 1


def test_the_language_changes_without_asking_the_server(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    fill_the_workshop_form(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.click("text=English")
    expect(page.locator("h1")).to_have_text("¿Qué le pareció el taller?How was the workshop?")
    assert page.locator("h1 [lang=en]").is_visible()
    assert not page.locator("h1 [lang=es]").is_visible()
    assert page.title() == "How was the workshop? – Tupuy"
    assert page.input_value('[name="wishes"]') == "Más tiempo para preguntas."
    assert asked == []
    page.reload()
    assert page.locator("h1 [lang=en]").is_visible()
    send(page)
    assert [row.language for row in stored(site, link)] == ["en"]


def test_tapping_ranks_in_order_and_says_so(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    buttons, says = page.locator(".rank button"), page.locator("#q-topics .sr")
    for index in (3, 0, 1, 4):  # the fourth is one too many
        buttons.nth(index).click()
    assert [buttons.nth(i).locator("b").inner_text() for i in range(5)] == ["2", "3", "", "1", ""]
    assert says.inner_text().startswith("1: Diálogo y manejo de conflictos. 2: Vigilar el uso del canon")
    buttons.nth(3).click()
    assert [buttons.nth(i).locator("b").inner_text() for i in range(5)] == ["1", "2", "", "", ""]
    buttons.nth(4).click()
    choose(page, "group", "company")
    send(page)
    answers = stored(site, link)[0].answers
    assert {key: value for key, value in answers.items() if key.startswith("topics/") and not key.endswith(":why")} == {
        "topics/canon": 1, "topics/water": 2, "topics/health": 3,
    }  # fmt: skip


def test_choices_that_exclude_the_rest_do_so_both_ways(site: Site, a_phone: APhone) -> None:
    page = a_phone()
    page.goto(a_link(site))
    ticked = "[...document.querySelectorAll('[name=helped]:checked')].map(e => e.value)"
    choose(page, "helped", "groups")
    choose(page, "helped", "none")
    assert page.evaluate(ticked) == ["none"]
    choose(page, "helped", "others")
    assert page.evaluate(ticked) == ["others"]
    choose(page, "helped", "~refused")
    assert page.evaluate(ticked) == ["~refused"]
    page.locator(".rank button").first.click()
    choose(page, "topics", "~refused")
    assert page.locator(".rank [aria-pressed=true]").count() == 0
    page.locator(".rank button").first.click()
    assert not page.is_checked('[name="topics"][value="~refused"]')


def test_a_long_text_counts_what_is_left_and_says_when_it_is_too_long(site: Site, a_phone: APhone) -> None:
    page = a_phone()
    page.goto(a_link(site))
    page.fill('[name="wishes"]', "x" * 590)
    assert page.locator("#l-wishes b").inner_text() == "10"
    page.fill('[name="wishes"]', "x" * 605)
    assert page.locator("#l-wishes b").inner_text() == "-5"
    expect(page.locator("#l-wishes")).to_have_class("error")


def test_faults_are_shown_in_place_with_nothing_lost(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    page.fill('[name="wishes"]', "x" * 605)
    page.locator(".rank button").nth(2).click()
    page.click("#send")
    expect(page.locator("#sum")).to_be_focused()
    assert page.locator("#sum a").count() == 3
    page.click("#sum a >> nth=0")
    expect(page.locator('[name="group"]').first).to_be_focused()
    assert page.locator("#q-group").bounding_box()["y"] > page.locator(".where").bounding_box()["height"] - 1  # type: ignore[index]  # both are drawn
    expect(page.locator(".rank button").nth(2)).to_have_attribute("aria-pressed", "true")
    choose(page, "group", "company")
    page.fill('[name="wishes"]', "x")
    page.locator(".rank button").nth(2).click()
    send(page)
    assert len(stored(site, link)) == 1


def test_without_signal_the_answers_wait_on_the_page_and_go_when_it_is_back(site: Site, a_phone: APhone, picture: Picture) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    page.context.set_offline(True)
    expect(page.locator("#going")).to_be_visible()
    fill_the_workshop_form(page)
    page.click("#send")
    expect(page.locator("#waiting")).to_be_visible()
    picture(page, "form-offline")
    assert stored(site, link) == []
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    assert len(stored(site, link)) == 1


def test_a_server_that_fails_is_asked_again_with_the_same_answers(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    fill_the_workshop_form(page)
    tries: list[str | None] = []

    def stored_but_the_answer_is_lost(route: Any) -> None:
        tries.append(route.request.post_data)
        if len(tries) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(link, stored_but_the_answer_is_lost)
    page.click("#send")
    page.wait_for_url("**/thanks**", timeout=15000)
    assert [re.findall("~id=([^&]*)", said or "") for said in tries[:1]] == [re.findall("~id=([^&]*)", said or "") for said in tries[1:]]
    assert len(stored(site, link)) == 1


def test_the_receipt_leaves_the_address_and_another_person_starts_blank(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    fill_the_workshop_form(page)
    send(page)
    page.wait_for_function("!location.search.includes('t=')")
    assert re.fullmatch(r"\w{4}-\w{4}", receipt(page))
    page.click("text=English")
    expect(page.locator("h1 [lang=en]")).to_be_visible()
    page.click("text=Start another answer")
    expect(page.locator("#send")).to_be_visible()
    assert not page.is_checked('[name="group"][value="company"]')
    page.go_back()
    assert page.locator("output").count() == 0 or re.fullmatch(r"\w{4}-\w{4}", receipt(page))


def test_old_phones_without_random_uuid_or_fetch_still_answer(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.add_init_script("delete window.fetch; delete window.Crypto.prototype.randomUUID")
    page.goto(link)
    fill_the_workshop_form(page)
    send(page)
    assert [row.id.version for row in stored(site, link)] == [4]


# Keyboard only ---------------------------------------------------------------------------------------------------------


def test_the_whole_form_is_answered_with_the_keyboard(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(360), a_link(site)
    page.goto(link)
    focused = "document.activeElement.name || document.activeElement.textContent.trim()"
    seen: list[str] = []
    for _ in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate(focused)
        seen.append(name)
        assert is_focus_in_sight(page), name
        if name in {"group", "useful", "nps", "tr/community"}:
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
        elif name == "helped" and seen.count("helped") == 2:
            page.keyboard.press("Space")
        elif page.evaluate("!!document.activeElement.closest('.rank')") and sum("canon" in said for said in seen) < 3:
            page.keyboard.press("Enter")
        elif name == "wishes":
            page.keyboard.type("Con teclado")
        elif page.evaluate("document.activeElement.id") == "send":
            page.keyboard.press("Enter")
            break
    page.wait_for_url("**/thanks**")
    answers = stored(site, link)[0].answers
    assert (answers["useful"], answers["nps"], answers["wishes"], answers["helped/groups"]) == (2, 1, "Con teclado", 1)


def is_focus_in_sight(page: Page) -> bool:
    """Whether the element with the focus is on the screen and not under the bar."""
    return page.evaluate(
        """() => {
      const e = document.activeElement
      const b = (e.closest('label') || e).getBoundingClientRect()
      const bar = document.querySelector('.where').getBoundingClientRect()
      const hidden = bar.top <= 0 && b.bottom <= bar.bottom && !e.closest('header')
      return b.bottom > 0 && b.top < innerHeight && !hidden
    }"""
    )


# Conditions ------------------------------------------------------------------------------------------------------------


def test_chromium_agrees_with_the_shared_vectors(a_phone: APhone) -> None:
    page = a_phone()
    page.goto("about:blank")
    wrong = page.evaluate(f"() => {{ {script()}; const vectors = {vectors_for_javascript()}; return {FIND_DISAGREEMENTS} }}")
    assert [VECTORS[index] for index in wrong] == []
    assert json.loads(vectors_for_javascript())
