"""Answering without a signal in Chromium: drafts, answers that wait, the worker, shared phones, two tabs, faults of the line."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from surveys import authoring, inviting, promising, sealing
from surveys.storage import Round, find_round
from tests.browser.conftest import Site
from tests.browser.test_answer import SIDEWAYS, APhone, Picture, a_link, choose, fill_the_workshop_form, receipt, send, stored, violations
from tests.web.questionnaires import a_round, the_workshop_form

WAITING = """() => new Promise(done => { const asked = indexedDB.open('tupuy'); asked.onupgradeneeded = () => asked.transaction.abort()
  asked.onerror = () => done(0)
  asked.onsuccess = () => { const all = asked.result.transaction('waiting').objectStore('waiting').getAll()
    all.onsuccess = () => { asked.result.close(); done(all.result.length) } } })"""
KEPT = "caches.keys().then(names => names.length)"


def is_ready(page: Page, *, kept: bool = False) -> None:
    """The second file is there; and with ``kept`` the worker has kept the page."""
    page.wait_for_selector("#bring", state="attached")
    if kept:
        until(page, "caches.open('tupuy-pages-1').then(pages => pages.keys()).then(all => all.length == 3)")
        until(page, "navigator.serviceWorker.getRegistration('/r/').then(one => !!one && !!one.active && one.active.state == 'activated')")


def until(page: Page, truth: str, seconds: int = 20) -> None:
    """Wait until what a promise gives is true."""
    for _ in range(seconds * 10):
        if page.evaluate(truth) is True:
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"never true: {truth}")


def open_again(page: Page) -> None:
    """Reload, as a person does: once more when the browser of a busy machine has not woken the worker in time."""
    try:
        page.reload()
    except PlaywrightError:
        page.goto(page.url)


def leave_without_signal(page: Page) -> None:
    page.context.set_offline(True)
    fill_the_workshop_form(page)
    page.click("#send")
    expect(page.locator("#thanked")).to_be_visible()


def confirm(page: Page) -> None:
    page.once("dialog", lambda dialog: dialog.accept())


def another_tab(page: Page, link: str) -> Page:
    tab = page.context.new_page()
    tab.goto(link)
    is_ready(tab)
    return tab


# Waiting ---------------------------------------------------------------------------------------------------------------


def test_answers_wait_on_the_phone_and_are_sent_once_when_the_signal_is_back(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    leave_without_signal(page)
    assert page.locator("#box .left").inner_text() == "1"
    assert page.evaluate(WAITING) == 1
    assert page.evaluate("Object.keys(localStorage)") == []  # no draft beside what waits
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    assert re.fullmatch(r"\w{4}-\w{4}", receipt(page))
    assert len(stored(site, link)) == 1
    assert page.evaluate(WAITING) == 0


def test_answers_through_a_personal_link_wait_and_are_sent_too(site: Site, a_phone: APhone) -> None:
    settings = site.app.settings  # type: ignore[attr-defined]  # the app is always surveys.web.Doors
    with site.database.session() as session:
        round_ = a_round(session, the_workshop_form())
        promising.choose_level(session, round_.survey, "confidential", datetime.now(UTC).date())
        token = inviting.make_personal_link(session, round_, uuid4(), settings.keys, settings.secret)
        link = f"{site.url}/r/{round_.link}"
    page = a_phone()
    page.goto(f"{link}/p/{token}")
    page.wait_for_selector("#box", state="attached")
    leave_without_signal(page)
    assert page.evaluate(WAITING) == 1
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    assert len(stored(site, link)) == 1


def test_a_tab_closed_while_answers_wait_sends_them_when_the_form_is_opened_again(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    leave_without_signal(page)
    context = page.context
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto(link)
    expect(page.locator("#box [data-is=sent] >> text=Ver el comprobante")).to_be_visible()
    assert not page.is_checked('[name="group"][value="company"]')  # a blank sheet: what was sent is not offered again
    assert len(stored(site, link)) == 1
    with context.expect_page() as opened:
        page.click("#box a.button")
    expect(opened.value.locator("output")).to_have_text(re.compile(r"^\w{4}-\w{4}$"))


def test_a_form_that_was_opened_opens_again_without_a_signal(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(worker=True), a_link(site)
    page.goto(link)
    is_ready(page, kept=True)
    choose(page, "useful", "4")
    page.context.set_offline(True)
    open_again(page)
    expect(page.locator("#kept")).to_be_visible()
    assert page.is_checked('[name="useful"][value="4"]')
    is_ready(page)
    fill_the_workshop_form(page)
    page.click("#send")
    expect(page.locator("#thanked")).to_be_visible()
    open_again(page)
    expect(page.locator("#left")).to_be_visible()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#box a.button")).to_be_visible()
    assert len(stored(site, link)) == 1


def test_two_people_on_one_phone_wait_side_by_side_and_both_get_their_receipt(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    leave_without_signal(page)
    page.click("text=Empezar otra respuesta")
    fill_the_workshop_form(page)
    page.click("#send")
    expect(page.locator("#thanked")).to_be_visible()
    assert page.locator("#box .left").inner_text() == "2"
    page.context.set_offline(False)
    expect(page.locator("#box a.button >> visible=true")).to_have_count(2)
    assert len({row.id for row in stored(site, link)}) == 2


def test_waiting_answers_are_erased_when_asked(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    leave_without_signal(page)
    confirm(page)
    page.click("#box [data-do=erase]")
    expect(page.locator("#box")).to_be_hidden()
    assert page.evaluate(WAITING) == 0
    page.context.set_offline(False)
    page.goto(link)
    is_ready(page)
    assert stored(site, link) == []


def test_waiting_answers_saved_as_a_file_are_sent_from_another_phone_once(site: Site, a_phone: APhone, tmp_path: Path) -> None:
    page, link = a_phone(accept_downloads=True), a_link(site)
    page.goto(link)
    is_ready(page)
    leave_without_signal(page)
    with page.expect_download() as saved:
        page.click("#box [data-do=save]")
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    assert set(json.loads(file.read_text())) == {"tupuy", "key", "id", "title", "body"}
    other = a_phone()
    other.goto(link)
    is_ready(other)
    for _ in range(2):
        other.set_input_files("#file", file)
        expect(other.locator("#box a.button").first).to_be_visible()
    other.set_input_files("#file", {"name": "x.txt", "mimeType": "text/plain", "buffer": b"{}"})
    expect(other.locator("#not-file")).to_have_count(1)
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    assert len(stored(site, link)) == 1


def test_where_indexed_db_is_missing_answers_wait_in_local_storage(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.add_init_script("delete window.indexedDB; Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page.goto(link)
    is_ready(page)
    leave_without_signal(page)
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    assert page.evaluate("Object.keys(localStorage)") == []
    assert len(stored(site, link)) == 1


@pytest.mark.parametrize("full", [False, True], ids=["denied", "full"])
def test_where_nothing_can_be_kept_the_answers_wait_on_the_open_page(site: Site, a_phone: APhone, full: bool) -> None:
    page, link = a_phone(), a_link(site)
    denied = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied') } })"
    is_full = "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') }"
    quota = "IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError') }"
    # localStorage[key] = value goes past setItem, so that the whole object stands in for a full one
    full_box = "Object.defineProperty(window, 'localStorage', { value: new Proxy({}, { set() { throw new Error('full') } }) })"
    page.add_init_script(";".join((is_full, quota, full_box)) if full else f"{denied};{quota}")
    page.goto(link)
    is_ready(page)
    page.context.set_offline(True)
    fill_the_workshop_form(page)
    page.click("#send")
    expect(page.locator("#waiting")).to_be_visible()
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    assert len(stored(site, link)) == 1


def test_a_question_that_needs_an_answer_is_asked_for_before_the_answers_wait(site: Site, a_phone: APhone) -> None:
    page = a_phone()
    page.goto(a_link(site))
    is_ready(page)
    page.context.set_offline(True)
    choose(page, "useful", "4")
    page.click("#send")
    expect(page.locator("#sum")).to_be_focused()
    assert page.locator("#sum a").get_attribute("href") == "#q-group"
    assert page.evaluate(WAITING) == 0


def test_a_correction_waits_on_the_open_page_so_that_no_receipt_is_kept(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    fill_the_workshop_form(page)
    send(page)
    code = receipt(page)
    page.goto(link)
    is_ready(page)
    page.context.set_offline(True)
    fill_the_workshop_form(page)
    choose(page, "useful", "2")
    page.click("#q-\\~receipt summary")
    page.fill("#receipt", code)
    page.click("#send")
    expect(page.locator("#waiting")).to_be_visible()
    assert page.evaluate(WAITING) == 0
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    assert [row.answers["useful"] for row in stored(site, link)] == [2]


def test_answers_that_the_server_wants_looked_at_are_drawn_again_and_leave_when_mended(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    page.context.set_offline(True)
    fill_the_workshop_form(page)
    page.fill('[name="wishes"]', "x" * 605)
    page.click("#send")
    expect(page.locator("#thanked")).to_be_visible()
    page.context.set_offline(False)
    page.click("#box [data-do=look]")
    expect(page.locator("#sum")).to_be_visible()
    assert page.is_checked('[name="useful"][value="4"]')
    page.fill('[name="wishes"]', "x")
    send(page)
    page.wait_for_function(WAITING.replace("done(all.result.length)", "done(all.result.length == 0)"))
    assert [row.answers["wishes"] for row in stored(site, link)] == ["x"]


# The server ------------------------------------------------------------------------------------------------------------


class Stoppable:
    """The same Tupuy on a port of its own that can be stopped and started again."""

    def __init__(self, site: Site) -> None:
        self.app, self.port = site.app, 0
        self.start()

    def start(self) -> None:
        self.server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def stoppable(site: Site) -> Iterator[Stoppable]:
    server = Stoppable(site)
    yield server
    server.stop()


def test_a_server_stopped_in_the_middle_of_a_send_and_started_again_stores_once(site: Site, a_phone: APhone, stoppable: Stoppable) -> None:
    page, link = a_phone(worker=True), a_link(site)
    there = link.replace(site.url, f"http://127.0.0.1:{stoppable.port}")
    page.goto(there)
    is_ready(page, kept=True)

    def stored_but_the_answer_is_lost(route: Any) -> None:
        route.fetch()
        stoppable.stop()
        route.abort()

    page.route(there, stored_but_the_answer_is_lost, times=1)
    fill_the_workshop_form(page)
    page.click("#send")
    expect(page.locator("#thanked")).to_be_visible()
    open_again(page)
    expect(page.locator("#left")).to_be_visible()
    stoppable.start()
    open_again(page)
    expect(page.locator("#box a.button")).to_be_visible()
    assert len(stored(site, link)) == 1


def test_a_server_that_asks_to_wait_is_asked_again_later(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    page.route(link, lambda route: route.fulfill(status=429) if route.request.method == "POST" else route.continue_())
    fill_the_workshop_form(page)
    page.click("#send")
    expect(page.locator("#thanked")).to_be_visible()
    page.unroute(link)
    page.click("#now")
    page.wait_for_url("**/thanks**")
    assert len(stored(site, link)) == 1


def test_a_page_of_the_wifi_that_takes_the_place_of_the_answer_does_not_pass_for_it(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    page.route(link, lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Pague su hora</h1>"))
    fill_the_workshop_form(page)
    page.click("#send")
    expect(page.locator("#thanked")).to_be_visible()
    assert page.evaluate(WAITING) == 1


def test_a_double_tap_on_send_stores_once(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    fill_the_workshop_form(page)
    page.dblclick("#send")
    page.wait_for_url("**/thanks**")
    assert len(stored(site, link)) == 1


@pytest.mark.parametrize("fetches", [True, False], ids=["fetch", "plain post"])
def test_going_back_after_sending_never_offers_the_same_answers_as_new(site: Site, a_phone: APhone, fetches: bool) -> None:
    page, link = a_phone(), a_link(site)
    if not fetches:
        page.add_init_script("delete window.fetch")
    page.goto(f"{site.url}/health")
    page.goto(link)
    fill_the_workshop_form(page)
    first_id = page.input_value('[name="~id"]')
    send(page)
    page.go_back()
    if fetches:  # the thanks took the place of the form
        assert page.url == f"{site.url}/health"
        page.goto(link)
    expect(page.locator("#send")).to_be_visible()
    assert page.input_value('[name="wishes"]') == ""
    assert page.input_value('[name="~id"]') != first_id
    assert len(stored(site, link)) == 1


def test_without_a_script_going_back_and_sending_again_stores_nothing_more(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(javascript=False), a_link(site)
    page.goto(link)
    fill_the_workshop_form(page)
    body = [(field.get_attribute("name"), field.input_value()) for field in page.locator("input[type=hidden]").all()]
    page.click("#send")
    first = receipt(page)
    fields = {**dict(body), "group": "company", "useful": "4", "helped": "groups", "nps": "9", "tr/community": "2"}
    fields |= {"tr/government": "~unknown", "wishes": "Más tiempo para preguntas."}
    again = page.context.request.post(link, form={str(name): value for name, value in fields.items()})
    assert first in again.text()
    assert len(stored(site, link)) == 1


# Closing, versions and clocks ------------------------------------------------------------------------------------------


def change(site: Site, link: str, work: Callable[[Any, Round], None]) -> None:
    with site.database.session() as session:
        round_ = find_round(session, link.rsplit("/", 1)[-1])
        assert round_ is not None
        work(session, round_)


def test_three_weeks_without_signal_the_round_closed_meanwhile_and_the_answers_wait_as_late(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(worker=True), a_link(site)
    page.goto(link)
    is_ready(page, kept=True)
    leave_without_signal(page)
    change(site, link, lambda session, round_: sealing.close_round(session, round_, datetime.now(UTC) + timedelta(minutes=1)))
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    expect(page.locator(".steps")).to_contain_text("Llegaron después del cierre")
    assert [row.snapshot for row in stored(site, link)] == [None]


def test_a_kept_form_that_has_closed_says_so_when_the_signal_is_back_and_opens_no_more(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(worker=True), a_link(site)
    page.goto(link)
    is_ready(page, kept=True)
    page.context.set_offline(True)
    open_again(page)
    is_ready(page)
    expect(page.locator("#kept")).to_be_visible()
    change(site, link, lambda session, round_: setattr(round_, "closes_at", datetime(2026, 1, 1, tzinfo=UTC)))
    page.context.set_offline(False)
    expect(page.locator("#over")).to_be_visible()
    expect(page.locator("#kept")).to_be_hidden()
    open_again(page)
    expect(page.locator("#f")).to_have_count(0)
    page.context.set_offline(True)
    assert page.evaluate("caches.match(location.origin + location.pathname, { ignoreVary: true }).then(copy => !copy)")


def test_a_page_opened_after_closing_by_a_forged_mark_is_refused_and_the_answers_stay_on_the_phone(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    page.evaluate("document.querySelector('[name=\"~mark\"]').value = '1.' + '0'.repeat(20)")
    leave_without_signal(page)
    change(site, link, lambda session, round_: setattr(round_, "closes_at", datetime(2026, 1, 1, tzinfo=UTC)))
    page.context.set_offline(False)
    expect(page.locator("#box [data-is=shut]").first).to_be_visible()
    assert page.evaluate(WAITING) == 1
    assert stored(site, link) == []


def test_answers_given_to_a_version_are_read_by_it_when_the_next_is_published_meanwhile(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    leave_without_signal(page)

    def publish_the_next(session: Any, round_: Round) -> None:
        form = the_workshop_form()
        fewer = type(form)(form.name, form.title, form.languages, form.sections[:1], scales=form.scales)
        authoring.import_form(session, round_.survey.programme, fewer, datetime.now(UTC).date())

    change(site, link, publish_the_next)
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    (kept,) = stored(site, link)
    assert kept.answers["wishes"] == "Más tiempo para preguntas."
    change(site, link, lambda session, round_: None if kept.version_id == round_.version_id else pytest.fail("another version"))


@pytest.mark.parametrize("year", [2025, 2027])
def test_a_clock_that_is_a_year_wrong_changes_nothing(site: Site, a_phone: APhone, year: int) -> None:
    page, link = a_phone(), a_link(site)
    page.clock.install(time=datetime(year, 11, 25, tzinfo=UTC))
    page.goto(link)
    is_ready(page)
    leave_without_signal(page)
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    assert stored(site, link)[0].answered_on.year == datetime.now(UTC).year


@pytest.mark.parametrize("mangled", ["{}.", "{}%20", "{}%E2%80%8B", "%20{}"])
def test_a_mangled_link_is_kept_and_sent_under_the_true_one(site: Site, a_phone: APhone, mangled: str) -> None:
    page, link = a_phone(worker=True), a_link(site)
    start, code = link.rsplit("/", 1)
    page.goto(f"{start}/{mangled.format(code[:4].upper() + '-' + code[4:])}")
    page.wait_for_url(link)
    is_ready(page, kept=True)
    paths = "caches.open('tupuy-pages-1').then(pages => pages.keys()).then(all => all.map(one => new URL(one.url).pathname))"
    until(page, f"{paths}.then(all => all.includes('{link.replace(site.url, '')}'))")
    fill_the_workshop_form(page)
    send(page)
    assert len(stored(site, link)) == 1


# Shared phones and erasing ---------------------------------------------------------------------------------------------


def nothing_is_kept(page: Page) -> None:
    page.wait_for_function(f"() => {KEPT}.then(count => count == 0)")
    page.wait_for_function("() => navigator.serviceWorker.getRegistrations().then(them => them.length == 0)")
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.evaluate(WAITING) == 0


def test_a_shared_phone_keeps_nothing_and_what_was_kept_is_erased(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(worker=True), a_link(site)
    page.goto(link)
    is_ready(page, kept=True)
    page.fill('[name="wishes"]', "algo")
    page.check("#shared")
    nothing_is_kept(page)
    fill_the_workshop_form(page)
    expect(page.locator("#saved")).to_be_hidden()
    page.context.set_offline(True)
    page.click("#send")
    expect(page.locator("#waiting")).to_be_visible()  # on the open page alone
    nothing_is_kept(page)
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    page.goto(link)
    is_ready(page)
    assert page.is_checked("#shared")  # for as long as this tab is open
    page.wait_for_timeout(300)
    nothing_is_kept(page)
    assert len(stored(site, link)) == 1


def test_ticking_shared_asks_before_it_erases_what_waits(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    leave_without_signal(page)
    page.click("text=Empezar otra respuesta")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.click("label:has(> #shared)")
    expect(page.locator("#shared")).not_to_be_checked()
    assert page.evaluate(WAITING) == 1
    confirm(page)
    page.click("label:has(> #shared)")
    expect(page.locator("#box")).to_be_hidden()
    assert page.evaluate(WAITING) == 0


def test_erase_everything_erases_what_waits_and_what_the_worker_kept(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(worker=True), a_link(site)
    page.goto(link)
    is_ready(page, kept=True)
    leave_without_signal(page)
    page.click("text=Empezar otra respuesta")
    confirm(page)
    page.click("#wipe")
    nothing_is_kept(page)
    expect(page.locator("#left")).to_be_hidden()


# Two tabs --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locks", [True, False], ids=["locks", "no locks"])
def test_a_second_tab_says_so_and_overwrites_nothing(site: Site, a_phone: APhone, locks: bool) -> None:
    page, link = a_phone(), a_link(site)
    if not locks:
        page.context.add_init_script("Object.defineProperty(Navigator.prototype, 'locks', { value: undefined })")
    page.goto(link)
    is_ready(page)
    page.fill('[name="wishes"]', "primera")
    second = another_tab(page, link)
    if locks:
        expect(second.locator("#twin")).to_be_visible()
    else:
        page.fill('[name="wishes"]', "primera.")
    second.fill('[name="wishes"]', "segunda")
    expect(second.locator("#twin")).to_be_visible()
    assert "primera" in page.evaluate("JSON.stringify(localStorage)")
    assert "segunda" not in page.evaluate("JSON.stringify(localStorage)")


def test_the_second_tab_may_take_over_and_then_the_first_one_says_so(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(), a_link(site)
    page.goto(link)
    is_ready(page)
    page.fill('[name="wishes"]', "primera")
    second = another_tab(page, link)
    second.click("#twin button")
    expect(page.locator("#twin")).to_be_visible()
    is_ready(second)
    assert second.input_value('[name="wishes"]') == "primera"
    expect(second.locator("#twin")).to_be_hidden()
    second.fill('[name="wishes"]', "segunda")
    assert "segunda" in second.evaluate("JSON.stringify(localStorage)")


# The worker ------------------------------------------------------------------------------------------------------------


def test_the_worker_keeps_the_form_alone_and_never_what_is_sent_or_a_receipt(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(worker=True), a_link(site)
    page.goto(link)
    is_ready(page, kept=True)
    fill_the_workshop_form(page)
    send(page)
    code = receipt(page)
    page.wait_for_load_state("networkidle")
    kept = page.evaluate(
        """async () => { const pages = await caches.open((await caches.keys())[0])
        return Promise.all((await pages.keys()).map(async one => [new URL(one.url).pathname, await (await pages.match(one)).text()])) }"""
    )
    path = link.replace(site.url, "")
    assert sorted(where for where, _ in kept) == sorted([path, f"{path}/words", "/static/phone.js"])
    assert not any(code in words or "Más tiempo para preguntas" in words for _, words in kept)


def test_a_server_that_keeps_no_pages_takes_the_worker_away(site: Site, a_phone: APhone) -> None:
    page, link = a_phone(worker=True), a_link(site)
    page.goto(link)
    is_ready(page, kept=True)
    object.__setattr__(site.app.settings, "keeps_pages", False)  # type: ignore[attr-defined]  # the doors carry their settings
    try:
        page.evaluate("navigator.serviceWorker.getRegistration('/r/').then(one => one.update())")
        page.wait_for_function("() => navigator.serviceWorker.getRegistrations().then(them => them.length == 0)")
        page.wait_for_function(f"() => {KEPT}.then(count => count == 0)")
        page.goto(link)
        is_ready(page)
        page.wait_for_load_state("networkidle")
        nothing_is_kept(page)
    finally:
        object.__setattr__(site.app.settings, "keeps_pages", True)  # type: ignore[attr-defined]  # as above


def test_an_in_app_browser_without_a_worker_says_where_it_would_work_and_answers_all_the_same(site: Site, a_phone: APhone) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 15_0 like Mac OS X) AppleWebKit/605.1.15 [FBAN/FBIOS;FBAV/400.0]"
    page, link = a_phone(user_agent=agent), a_link(site)
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    page.goto(link)
    expect(page.locator("#inapp")).to_be_visible()
    leave_without_signal(page)
    page.context.set_offline(False)
    page.wait_for_url("**/thanks**")
    assert len(stored(site, link)) == 1


# How it looks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "dark", "language"), [(320, True, "en"), (360, False, "es"), (1366, False, "es"), (1366, True, "en")])
def test_what_waits_fits_and_is_accessible(site: Site, a_phone: APhone, picture: Picture, width: int, dark: bool, language: str) -> None:
    page, link = a_phone(width, dark=dark, worker=True), a_link(site)
    look = f"{width}-{'dark' if dark else 'light'}-{language}"
    page.goto(f"{link}?lang={language}")
    is_ready(page, kept=True)
    leave_without_signal(page)
    picture(page, f"offline-waiting-{look}")
    assert violations(page) == []
    assert page.evaluate(SIDEWAYS) == 0
    open_again(page)
    is_ready(page)
    expect(page.locator("#left")).to_be_visible()
    picture(page, f"offline-kept-{look}")
    assert violations(page) == []
    assert page.evaluate(SIDEWAYS) == 0
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#box a.button")).to_be_visible()
    second = another_tab(page, link)
    expect(second.locator("#twin")).to_be_visible()
    picture(second, f"offline-twin-{look}")
    assert violations(second) == []
    assert second.evaluate(SIDEWAYS) == 0
