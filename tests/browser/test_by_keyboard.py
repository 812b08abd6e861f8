"""The designer without a mouse: a form made, edited, moved, given a condition and published by keys; colours forced; a finger."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from surveys.storage import Form
from tests.browser.conftest import Site
from tests.browser.test_coordinate import cut_off, faults
from tests.browser.test_whole_day import a_desk, field, is_saved
from tests.surveys.past import a_programme

APhone = Callable[..., Page]


def by_tab(page: Page, wanted: Locator, key: str = "Tab", most: int = 150) -> None:
    """Press Tab until the focus is there, and is seen to be."""
    for _ in range(most):
        page.keyboard.press(key)
        if wanted.evaluate("wanted => wanted === document.activeElement"):
            outline = wanted.evaluate("e => getComputedStyle(e).outlineStyle + getComputedStyle(e).boxShadow")
            assert outline != "nonenone", "the focus cannot be seen"
            return
    raise AssertionError(f"no way by keyboard to {wanted}")


def pressed(page: Page, wanted: Locator, key: str = "Enter", back: bool = False) -> None:
    by_tab(page, wanted, "Shift+Tab" if back else "Tab")
    page.keyboard.press(key)


def document(site: Site, form: UUID) -> dict[str, Any]:
    with site.database.session() as session:
        return dict(session.get_one(Form, form).draft)


def new_form(page: Page, site: Site) -> UUID:
    slug = f"p{uuid4().hex[:8]}"
    with site.database.session() as session:
        a_programme(session, slug)
    page.goto(f"{site.url}/p/{slug}/forms?lang=es")
    by_tab(page, page.locator("#title"))
    page.keyboard.type("Taller")
    by_tab(page, page.locator("input[name=language][value=en]"))
    page.keyboard.press("Space")  # one language is enough here
    pressed(page, page.get_by_role("button", name="Crear el cuestionario"))
    expect(page.locator("#outline .outline")).to_be_visible()
    return UUID(page.url.split("/forms/")[1][:36])


def add(page: Page, kind: str, words: str, number: int) -> None:
    pressed(page, page.locator("[data-act=add]"), back=number > 1)
    pressed(page, page.locator(f"dialog button[value={kind}]"))
    expect(field(page, f"questions.question_{number}.label")).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Tab")


def test_a_form_is_made_and_published_without_a_mouse(site: Site, a_phone: APhone) -> None:
    page = a_desk(a_phone, site)
    form = new_form(page, site)
    add(page, "yes_no", "¿Vino?", 1)
    add(page, "long_text", "¿Por qué no?", 2)
    by_tab(page, page.locator("[data-act=when]"))
    page.keyboard.press("ArrowDown")
    by_tab(page, page.locator("[data-act=clause-0-name]"))
    page.keyboard.press("ArrowDown")
    value = page.locator("[data-act=clause-0-value]")
    expect(value).to_be_visible()
    by_tab(page, value)
    page.keyboard.press("End")
    expect(page.locator("[data-said]")).to_contain_text("Depende de: 1. ¿Vino?")
    is_saved(page)
    add(page, "number", "¿Cuántas veces?", 3)
    by_tab(page, page.locator('[data-grip="cuantas_veces"]'), "Shift+Tab")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#aloud")).to_have_text(re.compile("Ahora es la pregunta 2 de 3"))
    is_saved(page)
    questions = document(site, form)["sections"][0]["questions"]
    assert [one["name"] for one in questions] == ["vino", "cuantas_veces", "por_que_no"]
    assert questions[2]["show_if"].startswith("vino = ")
    pressed(page, page.get_by_role("link", name="Revisar y publicar v1"), back=True)
    pressed(page, page.get_by_role("button", name="Publicar la versión 1"))
    expect(page.locator("h1")).to_have_text("La versión 1 está publicada")


def test_the_designer_is_seen_in_forced_colours_and_on_the_smallest_phone(
    site: Site, a_phone: APhone, picture: Callable[[Page, str], None]
) -> None:
    page = a_desk(a_phone, site, forced_colors="active", width=320, height=640)
    new_form(page, site)
    pressed(page, page.locator("[data-act=add]"))
    page.locator("dialog button[value=several]").click()
    is_saved(page)
    picture(page, "designer-320-forced-colours")
    assert (faults(page), cut_off(page)) == ([], [])
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("width", [768, 1366])
def test_a_question_is_dragged_with_a_finger(site: Site, a_phone: APhone, width: int) -> None:
    page = a_desk(a_phone, site, width=width, height=1000, has_touch=True)
    form = new_form(page, site)
    for number, words in enumerate(("Uno", "Dos"), 1):
        add(page, "number", words, number)
    is_saved(page)
    grip = page.locator('[data-grip="dos"]')
    grip.scroll_into_view_if_needed()
    start, goal = grip.bounding_box(), page.locator('#outline [data-question="uno"]').bounding_box()
    assert start
    assert goal
    finger = page.context.new_cdp_session(page)
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    points = [y + (goal["y"] + 3 - y) * step / 5 for step in range(1, 6)]
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for point in points:
        finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": point}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("#aloud")).to_have_text(re.compile("Ahora es la pregunta 1 de 2"))
    is_saved(page)
    assert [one["name"] for one in document(site, form)["sections"][0]["questions"]] == ["dos", "uno"]
