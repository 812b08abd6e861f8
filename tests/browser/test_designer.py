"""The designer in Chromium: a facilitator's edits, by mouse and by keyboard, alone, with others, and without a signal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect

from forms import codec
from forms.questions import KINDS
from surveys import accounts, drafting
from surveys.storage import Form, Group, Programme
from tests.browser.conftest import Site
from tests.browser.test_coordinate import cut_off, faults

FORM = """
name: after_workshop
title: {es: Encuesta posterior al taller, en: Survey after the workshop}
languages: [es, en]
scales:
  much:
    lo: 1
    hi: 5
    labels: {1: {es: Nada, en: None}, 3: {es: Regular, en: Some}, 5: {es: Mucha, en: A lot}}
sections:
- name: you
  title: {es: Su grupo, en: Your group}
  questions:
  - name: group
    kind: choice
    label: {es: ¿A qué grupo pertenece?, en: Which group do you belong to?}
    of_groups: true
  - name: served
    kind: several
    label: {es: ¿Qué parte le sirvió más?, en: Which part was most useful?}
    choices: {maps: {es: Mapas, en: Maps}, talks: {es: Charlas, en: Talks}, visit: {es: Visita de campo, en: Field visit}}
- name: trust
  title: {es: Confianza, en: Trust}
  questions:
  - name: trust_each
    kind: battery
    scale: much
    label: {es: ¿Cuánta confianza tiene en cada grupo?, en: How much do you trust each group today?}
    hint: {es: No hay respuestas buenas ni malas.}
    rows: {communities: {es: Las comunidades, en: Communities}, companies: {es: Las empresas, en: Companies}}
  - name: why
    kind: long_text
    label: {es: ¿Por qué?, en: Why?}
    show_if: trust_each/companies <= 2
"""  # fmt: skip


@pytest.fixture
def form(site: Site) -> UUID:
    """A new form of a programme of its own; the test edits it."""
    with site.database.session() as session:
        slug = f"p{uuid4().hex[:8]}"
        programme = Programme(slug=slug, name={"es": "Norte", "en": "North"}, about={}, languages=["es", "en"], mix={"a": 1.0})
        programme.groups = [
            Group(key=key, position=place, name={"es": key, "en": key}) for place, key in enumerate(("police", "companies"))
        ]
        session.add(programme)
        session.flush()
        form = drafting.new_form(session, programme, codec.load(FORM), None, datetime.now(UTC))
        return form.id


@pytest.fixture
def open_designer(site: Site, form: UUID, a_phone: Callable[..., Page]) -> Iterator[Callable[..., Page]]:
    """Opens the designer as somebody of the staff; what the policy of the page forbids fails the test."""
    refused: list[str] = []

    def open_page(at: str = "", language: str = "es", who: str = "ana", width: int = 1366, height: int = 850, **more: Any) -> Page:
        page = a_phone(width=width, height=height, **more)
        with site.database.session() as session:
            person = accounts.ensure_person(session, f"{who}@example.org")
            secret = accounts.make_sign_in_link(session, person, datetime.now(UTC))
        page.context.request.post(f"{site.url}/sign-in/{secret}")
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        page.route("**/preview?*", lambda route: route.fulfill(body="<!doctype html><title>a phone</title>", content_type="text/html"))
        page.goto(f"{site.url}/forms/{form}?lang={language}{at}")
        return page

    yield open_page
    assert refused == []


def draft(site: Site, form: UUID) -> dict[str, Any]:
    with site.database.session() as session:
        return deepcopy(session.get_one(Form, form).draft)


def question(site: Site, form: UUID, name: str) -> dict[str, Any]:
    found = [one for section in draft(site, form)["sections"] for one in section["questions"] if one["name"] == name]
    return found[0] if found else {}


def names(site: Site, form: UUID) -> list[list[str]]:
    return [[one["name"] for one in section["questions"]] for section in draft(site, form)["sections"]]


def is_saved(page: Page) -> None:
    """What was done is drawn, and then saved."""
    page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    expect(page.locator("[data-saving=saved]")).to_be_visible(timeout=10_000)


def field(page: Page, place: str, language: str = "es") -> Any:
    return page.locator(f'[data-place="{place}"][data-language="{language}"]')


def look(page: Page, at: str) -> None:
    page.locator(f'#outline [data-at="{at}"]').click()


def said(page: Page) -> Any:
    return page.locator("#aloud")


# Editing ---------------------------------------------------------------------------------------------------------------


def test_words_are_saved_by_themselves_and_the_page_says_so(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.why")
    field(page, "questions.why.label").fill("¿Por qué lo dice?")
    expect(page.locator("[data-saving=waiting]")).to_be_visible()
    is_saved(page)
    assert question(site, form, "why")["label"] == {"es": "¿Por qué lo dice?", "en": "Why?"}
    expect(page.locator('#outline [data-at="questions.why"]')).to_contain_text("4. ¿Por qué lo dice?")


@pytest.mark.parametrize("kind", KINDS)
def test_a_question_of_each_kind_is_added_and_edited(site: Site, form: UUID, open_designer: Callable[..., Page], kind: str) -> None:
    page = open_designer("#questions.served")
    page.locator("[data-act=add]").click()
    page.locator(f"dialog button[value={kind}]").click()
    expect(field(page, "questions.question_5.label")).to_be_focused()
    page.keyboard.type("¿Qué cambiaría usted?")
    page.keyboard.press("Tab")
    is_saved(page)
    added = question(site, form, "que_cambiaria_usted")
    assert (added["kind"], added["label"]) == (kind, {"es": "¿Qué cambiaría usted?"})
    assert names(site, form)[0] == ["group", "served", "que_cambiaria_usted"]
    kinds = page.evaluate("fetch('/forms/kinds').then(answer => answer.json())")["kinds"]
    declared = next(one for one in kinds if one["kind"] == kind)
    for one in sorted(declared["settings"], key=lambda one: one["needs"]):
        if one["needs"]:
            page.locator(f'#editor [data-place="questions.que_cambiaria_usted.{one["needs"]}"]').check()
        expect(page.locator(f'#editor [data-place="questions.que_cambiaria_usted.{one["name"]}"]').first).to_be_attached()
    assert page.locator("#editor [data-place='questions.que_cambiaria_usted.required']").count() == bool(declared["may_require"])
    assert page.locator("#editor [data-act=add-part]").count() == len({"choices", "rows"} & {*declared["needs"]})


def test_a_missing_text_is_dashed_until_it_is_copied_from_the_base(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.trust_each")
    missing = field(page, "questions.trust_each.hint", "en")
    expect(missing).to_have_css("border-style", "dashed")
    page.get_by_role("button", name="Copiar del español").click()
    expect(missing).to_have_value("No hay respuestas buenas ni malas.")
    expect(missing).to_be_focused()
    is_saved(page)
    assert question(site, form, "trust_each")["hint"]["en"] == "No hay respuestas buenas ni malas."


def test_options_are_added_by_enter_named_by_their_words_and_moved_by_keys(
    site: Site, form: UUID, open_designer: Callable[..., Page]
) -> None:
    page = open_designer("#questions.served")
    field(page, "questions.served.choices.visit").press("Enter")
    page.keyboard.type("Trabajo en grupo")
    page.keyboard.press("Tab")
    handle = page.locator('[data-grip="questions.served.choices.trabajo_en_grupo"]')
    handle.focus()
    page.keyboard.press("ArrowUp")
    expect(said(page)).to_have_text("Ahora en la posición 3 de 4.")
    expect(handle).to_be_focused()
    is_saved(page)
    assert [one["value"] for one in question(site, form, "served")["choices"]] == ["maps", "talks", "trabajo_en_grupo", "visit"]


def test_a_question_is_removed_with_a_way_back(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.served")
    page.locator("[data-act=remove]").click()
    expect(page.locator('#outline [data-at="questions.served"]')).to_have_count(0)
    page.locator("#told button").click()
    expect(page.locator('#outline [data-at="questions.served"]')).to_have_count(1)
    is_saved(page)
    assert names(site, form) == [["group", "served"], ["trust_each", "why"]]


def test_a_copy_has_a_name_of_its_own(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.served")
    page.locator("[data-act=duplicate]").click()
    is_saved(page)
    assert names(site, form)[0] == ["group", "served", "served_2"]


def test_a_change_of_a_shared_scale_says_in_how_many_questions(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.trust_each")
    page.locator("[data-act=scale]").click()
    expect(page.locator("#editor")).to_contain_text("Lo que cambie aquí cambia en 1 pregunta.")
    field(page, "scales.much.labels.5").fill("Toda")
    is_saved(page)
    assert draft(site, form)["scales"][0]["labels"]["5"]["es"] == "Toda"


def test_a_language_is_added_and_all_its_texts_are_missing(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#form")
    page.locator("[data-act=language]").fill("qu")
    page.keyboard.press("Enter")
    is_saved(page)
    assert draft(site, form)["languages"] == ["es", "en", "qu"]
    look(page, "questions.why")
    expect(field(page, "questions.why.label", "qu")).to_have_attribute("aria-invalid", "true")


def test_only_what_needs_work_is_listed_when_asked(open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.why")
    page.locator("[data-act=only-work]").check()
    expect(page.locator("#outline [data-question]")).to_have_count(1)
    expect(page.locator("#outline [data-question]")).to_have_attribute("data-question", "trust_each")


def test_a_problem_leads_to_its_field(open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.group")
    page.locator("#checks .bad a").first.click()
    expect(field(page, "questions.trust_each.hint", "en")).to_be_focused()


def test_a_translation_of_changed_words_is_stale_until_somebody_says_it_is_right(
    site: Site, form: UUID, open_designer: Callable[..., Page]
) -> None:
    page = open_designer("#questions.served")
    field(page, "questions.served.label").fill("¿Qué parte le sirvió?")
    expect(page.locator("#editor .mark.stale")).to_contain_text("El texto base cambió")
    expect(page.locator('#outline [data-at="questions.served"]')).to_contain_text("Revisar inglés")
    page.get_by_role("button", name="Sigue bien").click()
    expect(page.locator("#editor .mark.stale")).to_have_count(0)
    page.get_by_role("button", name="Marcar lo revisado").click()
    page.get_by_role("button", name="Revisado", exact=True).first.click()
    expect(page.locator("#editor .mark.reviewed")).to_contain_text("Revisado ana@example.org")


def test_an_instrument_is_inserted_after_the_question_and_taken_out_again(
    site: Site, form: UUID, open_designer: Callable[..., Page]
) -> None:
    page = open_designer("#questions.group")
    page.locator(".bank input").fill("confianza en este grupo")
    expect(page.locator(".bank li")).to_have_count(1)
    page.locator(".bank li button").click()
    expect(page.locator("#told")).to_contain_text("Se insertó")
    is_saved(page)
    assert names(site, form)[0][:2] == ["group", "tr_open"]
    page.keyboard.press("Control+z")
    is_saved(page)
    assert names(site, form) == [["group", "served"], ["trust_each", "why"]]


def test_questions_are_kept_as_an_instrument_of_the_programme(open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.served")
    page.locator("#editor summary").click()
    page.get_by_role("button", name="Guardar como instrumento").click()
    page.locator("dialog input").first.fill("Partes del taller")
    page.locator("dialog button[value=save]").click()
    expect(page.locator("#told")).to_contain_text("está en la biblioteca")
    page.locator(".bank input").fill("Partes del taller")
    expect(page.locator(".bank li")).to_have_count(1)


def test_the_draft_is_tried_on_a_phone_by_a_code_and_an_address(open_designer: Callable[..., Page]) -> None:
    page = open_designer()
    page.locator("[data-act=try]").click()
    expect(page.locator("dialog a")).to_have_attribute("href", re.compile("/t/"))
    assert page.locator("dialog img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_the_phone_shows_the_question_that_is_edited_as_it_was_saved(open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.served")
    page.unroute("**/preview?*")
    look(page, "questions.why")
    phone = page.frame_locator("#phone")
    expect(phone.locator("#q-why")).to_be_in_viewport()
    field(page, "questions.why.label").fill("¿Por qué lo dice?")
    expect(phone.locator("#q-why")).to_contain_text("¿Por qué lo dice?", timeout=10_000)
    page.locator(".tongue [lang=en][aria-pressed]").click()
    expect(phone.locator("#q-why")).to_contain_text("Why?")
    assert page.evaluate("scrollY") == 0


# Undo ------------------------------------------------------------------------------------------------------------------


def test_undo_and_redo_reach_over_the_whole_form_by_keys(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.why")
    field(page, "questions.why.label").fill("Uno")
    look(page, "questions.served")
    page.locator("[data-act=duplicate]").click()
    page.keyboard.press("Control+z")
    expect(page.locator('#outline [data-at="questions.served_2"]')).to_have_count(0)
    page.keyboard.press("Control+z")
    expect(field(page, "questions.why.label")).to_have_value("¿Por qué?")
    page.keyboard.press("Control+Shift+z")
    expect(field(page, "questions.why.label")).to_have_value("Uno")
    is_saved(page)
    assert question(site, form, "why")["label"]["es"] == "Uno"
    assert names(site, form)[0] == ["group", "served"]


# Order -----------------------------------------------------------------------------------------------------------------


def test_a_question_is_moved_by_keys_across_sections_and_that_is_said(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer()
    handle = page.locator('[data-grip="served"]')
    handle.focus()
    page.keyboard.press("ArrowDown")
    expect(said(page)).to_have_text("Ahora es la pregunta 2 de 4, en Confianza.")
    expect(handle).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(said(page)).to_have_text("Ahora es la pregunta 3 de 4, en Confianza.")
    is_saved(page)
    assert names(site, form) == [["group"], ["trust_each", "served", "why"]]


def test_a_question_is_dragged_to_another_place(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer()
    page.locator('[data-grip="served"]').hover()
    page.mouse.down()
    target = page.locator('#outline [data-question="trust_each"]').bounding_box()
    assert target
    page.mouse.move(target["x"] + 60, target["y"] + target["height"] - 4, steps=5)
    expect(page.locator('#outline [data-question="trust_each"]')).to_have_class(re.compile("after"))
    page.mouse.up()
    is_saved(page)
    assert names(site, form) == [["group"], ["trust_each", "served", "why"]]


def test_nothing_moves_before_what_its_condition_reads_without_a_question(
    site: Site, form: UUID, open_designer: Callable[..., Page]
) -> None:
    page = open_designer()
    handle = page.locator('[data-grip="why"]')
    handle.focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("dialog")).to_contain_text("que quedaría después")
    page.get_by_role("button", name="Dejar donde está").click()
    expect(said(page)).to_have_text("No se movió.")
    handle.focus()
    page.keyboard.press("ArrowUp")
    page.get_by_role("button", name="Mover de todos modos").click()
    is_saved(page)
    assert names(site, form)[1] == ["why", "trust_each"]


def test_a_battery_about_the_groups_does_not_move_before_who_answers_without_a_question(
    site: Site, form: UUID, open_designer: Callable[..., Page]
) -> None:
    page = open_designer("#questions.trust_each")
    page.locator('[data-place="questions.trust_each.of_groups"]').check()
    is_saved(page)
    page.locator('[data-grip="#trust"]').focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator("dialog")).to_contain_text("que quedaría después")


def test_a_section_is_moved_with_its_questions(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer()
    page.locator('[data-grip="#you"]').focus()
    page.keyboard.press("ArrowDown")
    expect(said(page)).to_have_text("Ahora es la parte 2 de 2.")
    is_saved(page)
    assert names(site, form) == [["trust_each", "why"], ["group", "served"]]


# Conditions ------------------------------------------------------------------------------------------------------------


def test_a_condition_is_chosen_from_lists_and_said_in_words(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.trust_each")
    page.locator("[data-act=when]").select_option("if")
    page.locator("[data-act=clause-0-name]").select_option("served")
    page.locator("[data-act=clause-0-value]").select_option(label="Mapas")
    expect(page.locator("[data-said]")).to_contain_text("«Mapas»")
    page.locator("[data-act=and-also]").click()
    page.locator("[data-act=clause-1-name]").select_option("group")
    page.locator("[data-act=clause-1-value]").select_option(label="police")
    page.locator("[data-act=joined]").select_option("or")
    expect(page.locator("[data-said]")).to_contain_text("Depende de: 1. ¿A qué grupo pertenece?")
    expect(page.locator("[data-said]")).to_contain_text("o, si no,")
    is_saved(page)
    assert question(site, form, "trust_each")["show_if"] == "selected(served, 'maps') or group = 'police'"


def test_a_condition_too_rich_for_lists_is_written_as_an_expression(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.why")
    page.get_by_role("button", name="Escribir como expresión").click()
    page.locator("[data-act=expression]").fill("count_selected(served) > 1 and trust_each/companies + 1 < 4")
    page.keyboard.press("Tab")
    expect(page.locator("[data-said]")).to_contain_text("2. ¿Qué parte le sirvió más?")
    is_saved(page)
    assert question(site, form, "why")["show_if"] == "count_selected(served) > 1 and trust_each/companies + 1 < 4"


def test_a_wrong_expression_says_what_is_wrong_and_is_not_taken(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.why")
    page.get_by_role("button", name="Escribir como expresión").click()
    page.locator("[data-act=expression]").fill("trust_each/companies <=")
    page.keyboard.press("Tab")
    expect(page.locator("[data-said] .error")).to_be_visible()
    is_saved(page)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-said] .error")).to_be_visible()
    expect(page.locator("[data-act=expression]")).to_have_value("trust_each/companies <=")
    assert question(site, form, "why")["show_if"] == "trust_each/companies <= 2"


def test_who_sees_an_option_is_chosen_from_lists_too(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    page = open_designer("#questions.served")
    page.locator('[data-part="maps"] .icon-button[aria-expanded]').click()
    option = page.locator('[data-part="maps"] .condition')
    option.locator("[data-act=when]").select_option("if")
    option.locator("[data-act=clause-0-name]").select_option("group")
    option.locator("[data-act=clause-0-value]").select_option(label="police")
    expect(option.locator("[data-said]")).to_contain_text("Depende de: 1. ¿A qué grupo pertenece?")
    is_saved(page)
    assert {one["value"]: one.get("show_if") for one in question(site, form, "served")["choices"]}["maps"] == "group = 'police'"
    option.locator("[data-act=when]").select_option("always")
    is_saved(page)
    assert "show_if" not in {one["value"]: one for one in question(site, form, "served")["choices"]}["maps"]


# Others and no signal ----------------------------------------------------------------------------------------------------


def test_two_people_in_different_places_lose_nothing_and_are_not_asked(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    ana, beto = open_designer("#questions.why"), open_designer("#questions.served", who="beto")
    field(ana, "questions.why.label").fill("De Ana")
    is_saved(ana)
    field(beto, "questions.served.label").fill("De Beto")
    is_saved(beto)
    assert (question(site, form, "why")["label"]["es"], question(site, form, "served")["label"]["es"]) == ("De Ana", "De Beto")
    expect(beto.locator('#outline [data-at="questions.why"]')).to_contain_text("De Ana")


def test_two_people_in_one_place_choose_and_lose_neither(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    ana, beto = open_designer("#questions.why"), open_designer("#questions.why", who="beto")
    field(ana, "questions.why.label").fill("De Ana")
    field(ana, "questions.why.hint").fill("Ayuda de Ana")
    is_saved(ana)
    field(beto, "questions.why.label").fill("De Beto")
    dialog = beto.locator("dialog")
    expect(dialog).to_contain_text("«De Ana»")
    expect(dialog).to_contain_text("«De Beto»")
    assert faults(beto) == []
    dialog.locator("input[value=mine]").check()
    dialog.locator("button[value=take]").click()
    is_saved(beto)
    assert question(site, form, "why")["label"]["es"] == "De Beto"
    assert question(site, form, "why")["hint"]["es"] == "Ayuda de Ana"


def test_a_clash_about_the_whole_form_names_what_both_changed(site: Site, form: UUID, open_designer: Callable[..., Page]) -> None:
    ana, beto = open_designer("#form"), open_designer("#form", who="beto")
    ana.locator('[data-place="minutes"]').fill("5")
    ana.keyboard.press("Tab")
    field(ana, "title").fill("De Ana")
    is_saved(ana)
    beto.route("**/draft", lambda route: route.abort() if route.request.method == "POST" else route.continue_())  # saved together
    beto.locator('[data-place="minutes"]').fill("7")
    field(beto, "title").fill("De Beto")
    expect(beto.locator("[data-saving=offline]")).to_be_visible()
    beto.unroute("**/draft")
    beto.evaluate("dispatchEvent(new Event('online'))")
    legends = beto.locator("dialog legend")
    expect(legends).to_have_text(["Todo el cuestionario, Minutos para responder", "Todo el cuestionario, Título, Español"])


def test_without_a_signal_the_draft_waits_in_the_browser_even_over_a_reload(
    site: Site, form: UUID, open_designer: Callable[..., Page]
) -> None:
    page = open_designer("#questions.why")
    page.route("**/draft", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    field(page, "questions.why.label").fill("Sin señal")
    expect(page.locator("[data-saving=offline]")).to_be_visible()
    assert question(site, form, "why")["label"]["es"] == "¿Por qué?"
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(field(page, "questions.why.label")).to_have_value("Sin señal")
    page.unroute("**/draft")
    page.evaluate("dispatchEvent(new Event('online'))")
    is_saved(page)
    assert question(site, form, "why")["label"]["es"] == "Sin señal"
    assert page.evaluate("Object.keys(localStorage).length") == 0


# The page ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1024, 1366])
def test_the_designer_is_accessible_and_never_scrolls_sideways(
    open_designer: Callable[..., Page], picture: Callable[[Page, str], None], width: int, dark: bool, language: str
) -> None:
    page = open_designer("#questions.trust_each", language, width=width, dark=dark)
    expect(page.locator("#editor textarea").first).to_be_visible()
    page.locator("#editor .end button").first.click()
    page.locator("#editor summary").click()
    expect(page.locator(".more-of")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert cut_off(page) == []
    for at in ("form", "sections.trust", "scales.much"):
        look(page, at)
        expect(page.locator("#editor h2")).to_be_visible()
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
    if language == "es":
        look(page, "questions.trust_each")
        picture(page, f"designer-{width}-{'dark' if dark else 'light'}")


def test_the_dialog_of_kinds_is_accessible_and_gives_the_focus_back(open_designer: Callable[..., Page]) -> None:
    page = open_designer()
    page.locator("[data-act=add]").click()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("[data-act=add]")).to_be_focused()


def test_controls_are_as_large_as_fingers_on_a_tablet(open_designer: Callable[..., Page]) -> None:
    page = open_designer(width=768, height=1024)
    expect(page.locator("[data-act=add]")).to_be_visible()
    heights = page.evaluate("[...document.querySelectorAll('#head button, #head .button, .side > button, .tick')].map(e => e.offsetHeight)")
    assert min(heights) >= 48


def test_without_script_the_page_leads_to_what_works_without(open_designer: Callable[..., Page]) -> None:
    page = open_designer(javascript=False)
    expect(page.locator(".without")).to_contain_text("necesita JavaScript")
    expect(page.locator(".without a")).to_have_count(5)
    assert page.locator("h1").inner_text() == "Encuesta posterior al taller"


# The document itself -----------------------------------------------------------------------------------------------------

#: A form with two sections, and a place for a function of the modules and of this form.
MODEL = """async () => {
    const model = await import("/static/designer/model.js")
    const { merge, decided, isSame } = await import("/static/designer/merging.js")
    const x = { name: "x", kind: "choice", label: { es: "X", en: "X" }, choices: [{ value: "p" }, { value: "q" }] }
    const y = { name: "y", kind: "day", show_if: "x = 'x' and x/p > 1" }
    const z = { name: "z", kind: "note" }
    const form = { languages: ["es", "en"], sections: [{ name: "a", questions: [x, y] }, { name: "b", questions: [z] }] }
    const words = (language) => ["sections", 0, "questions", 0, "label", language]
    return (%s)({ ...model, merge, decided, isSame }, form, words)
}"""


@pytest.fixture
def with_model(open_designer: Callable[..., Page]) -> Callable[[str], Any]:
    page = open_designer()
    return lambda script: page.evaluate(MODEL % script)


def test_an_edit_shares_what_it_does_not_touch(with_model: Callable[[str], Any]) -> None:
    found = with_model("""({ put }, form, words) => {
        const next = put(form, words("es"), "Otra")
        const blank = put(put(form, words("es"), ""), words("en"), "")
        const label = (one) => one.sections[0].questions[0].label
        return [label(next).es, label(form).es, next.sections[1] === form.sections[1], label(blank) === undefined]
    }""")
    assert found == ["Otra", "X", True, True]


def test_a_renamed_question_is_renamed_in_conditions_but_not_in_their_texts(with_model: Callable[[str], Any]) -> None:
    found = with_model("""({ renameQuestion }, form) =>
        renameQuestion(form, 'x', 'sector').sections[0].questions.map((one) => [one.name, one.show_if])""")
    assert found == [["sector", None], ["y", "sector = 'x' and sector/p > 1"]]


def test_a_step_crosses_sections_and_stops_at_the_ends(with_model: Callable[[str], Any]) -> None:
    found = with_model("""({ stepOf }, form) =>
        [['y', 1], ['z', -1], ['x', -1], ['z', 1]].map(([name, by]) => stepOf(form, name, by))""")
    assert found == [[1, 0], [0, 2], None, None]


def test_typing_is_one_step_of_undo_and_a_new_edit_ends_redo(with_model: Callable[[str], Any]) -> None:
    found = with_model("""({ History }) => {
        const history = new History({ n: 0 })
        for (const n of [1, 2, 3]) history.change({ n }, "field")
        history.change({ n: 4 })
        const steps = [history.undo(), history.form.n, history.undo(), history.form.n, history.undo(), history.redo(), history.form.n]
        history.change({ n: 5 })
        return [...steps, history.redo()]
    }""")
    assert found == [True, 3, True, 0, False, True, 3, False]


def test_edits_of_different_places_are_merged_without_a_question(with_model: Callable[[str], Any]) -> None:
    found = with_model("""({ put, moveQuestion, merge, isSame }, form, words) => {
        const mine = put(put(form, words("en"), "Mine"), ["minutes"], 4)
        const theirs = moveQuestion(put(form, words("es"), "Suyo"), "y", 1, 0)
        const { form: both, clashes } = merge(form, mine, theirs)
        const order = both.sections.map((section) => section.questions.map((one) => one.name))
        return [clashes.length, both.minutes, both.sections[0].questions[0].label, order, isSame(form, merge(form, form, form).form)]
    }""")
    assert found == [0, 4, {"es": "Suyo", "en": "Mine"}, [["x"], ["y", "z"]], True]


def test_one_place_edited_by_both_clashes_and_is_decided(with_model: Callable[[str], Any]) -> None:
    found = with_model("""({ put, merge, decided }, form, words) => {
        const merged = merge(form, put(form, words("en"), "Mine"), put(form, words("en"), "Theirs"))
        const label = (one) => one.sections[0].questions[0].label.en
        return [merged.clashes.map((one) => one.path.join(".")), label(decided(merged, new Set([0]))), label(decided(merged, new Set()))]
    }""")
    assert found == [["questions.x.label.en"], "Mine", "Theirs"]


def test_a_question_taken_away_while_somebody_edits_it_is_a_clash(with_model: Callable[[str], Any]) -> None:
    found = with_model("""({ put, removeQuestion, merge, decided }, form) => {
        const merged = merge(form, removeQuestion(form, "z"), put(form, ["sections", 1, "questions", 0, "label", "es"], "Nuevo"))
        return [merged.clashes.length, merged.form, decided(merged, new Set([0]))].map((one) => one.sections?.[1].questions.length ?? one)
    }""")
    assert found == [1, 1, 0]


def test_a_language_goes_from_every_text(with_model: Callable[[str], Any]) -> None:
    found = with_model("""({ withoutLanguage }, form) => {
        const left = withoutLanguage(form, 'en'), [question] = left.sections[0].questions
        return [left.languages, question.label, question.choices]
    }""")
    assert found == [["es"], {"es": "X"}, [{"value": "p"}, {"value": "q"}]]
