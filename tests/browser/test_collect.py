"""Collecting in Chromium: the rounds, a round's home, the forms and the counting, small and large, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import codec
from surveys import accounts, authoring, meeting, scheduling
from surveys.meeting import Meeting
from surveys.scheduling import Plan
from surveys.storage import Event, Group, Programme, Round, find_programme
from tests.browser.conftest import Site
from tests.browser.test_coordinate import cut_off, faults, sign_in
from tests.records import TODAY, a_response
from tests.web.doors import FORM

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
GROUPS = {
    "communities": ("Comunidades campesinas", "Rural communities", 12, 4),
    "base": ("Organizaciones de base", "Grassroots organisations", 11, 6),
    "government": ("Gobierno regional y local", "Regional and local government", 9, 7),
    "mining": ("Empresas mineras", "Mining companies", 7, 6),
    "academy": ("Academia", "Universities", 5, 5),
    "media": ("Medios de comunicación", "Media", 3, 2),
}


@dataclass
class Place:
    """Where the pages of the example are."""

    programme: str
    round: str


@pytest.fixture
def place(site: Site) -> Place:
    """A programme with a round that is open at a meeting, and a meeting that comes again."""
    slug = f"p-{uuid4().hex[:8]}"
    with site.database.session() as session:
        programme = Programme(
            slug=slug, name={"es": "CAP Moquegua", "en": "CAP Moquegua"}, languages=["es", "en"], mix={}, cuts=[], is_synthetic=True
        )
        for number, (key, (es, en, _, _)) in enumerate(GROUPS.items()):
            programme.groups.append(Group(key=key, position=number, name={"es": es, "en": en}))
        session.add(programme)
        session.flush()
        event = meeting.add_event(
            session,
            programme,
            Meeting({"es": "Taller 6: el presupuesto del canon", "en": "Workshop 6: the canon budget"}, NOW.date(), time(18), "Moquegua"),
        )
        event.attendance = {key: came for key, (_, _, came, _) in GROUPS.items()}
        round_ = a_round_of(session, programme, event)
        for key, (_, _, _, answered) in GROUPS.items():
            for _ in range(answered):
                a_response(session, round_, group=key, now=NOW)
        plan = Plan(Meeting({"es": "Grupo impulsor", "en": "Core group"}, NOW.date(), time(9), "Ilo", circle="core"), week=-1, weekday=4)
        scheduling.add_schedule(session, programme, plan)
        return Place(f"/p/{slug}", f"/rounds/{round_.id}")


def a_round_of(session: Session, programme: Programme, event: Event) -> Round:
    version = authoring.import_form(session, programme, codec.load(FORM), TODAY)
    survey = authoring.add_survey(session, programme, version.form, f"s-{uuid4().hex[:8]}", {"es": "Taller", "en": "Workshop"})
    label = {"es": "Medición 5", "en": "Round 5"}
    closes = datetime.now(UTC) + 2 * DAY + timedelta(hours=4, minutes=30)
    return authoring.open_round(session, survey, "five", NOW.date(), label=label, event=event, opens_at=NOW - DAY, closes_at=closes)


@pytest.fixture
def signed_in(site: Site, a_phone: Callable[..., Page]) -> Callable[..., Page]:
    def open_page(address: str, language: str = "es", **more: object) -> Page:
        page = a_phone(**more)
        sign_in(page.context, site)
        page.goto(f"{site.url}{address}?lang={language}")
        return page

    return open_page


PAGES = {
    "rounds": "{programme}/rounds",
    "round": "{round}",
    "new-round": "{programme}/rounds/new",
    "times": "{round}/times",
    "close": "{round}/close",
    "event": "{programme}/events/taller-6-el-presupuesto-del-canon",
    "attendance": "{programme}/events/taller-6-el-presupuesto-del-canon/attendance",
    "schedule": "{programme}/schedules/grupo-impulsor",
}


@pytest.mark.parametrize(("width", "dark", "language"), [(320, True, "en"), (360, False, "es"), (1366, False, "es"), (1366, True, "en")])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_never_scrolls_sideways(
    place: Place, signed_in: Callable[..., Page], picture: Callable[[Page, str], None], name: str, width: int, dark: bool, language: str
) -> None:
    page = signed_in(PAGES[name].format(**vars(place)), language, width=width, height=900, dark=dark)
    picture(page, f"collect-{name}-{width}-{'dark' if dark else 'light'}-{language}")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert cut_off(page) == []


def test_people_are_counted_with_one_tap_each_and_one_save(site: Site, place: Place, signed_in: Callable[..., Page]) -> None:
    page = signed_in(PAGES["attendance"].format(**vars(place)), "es", width=360)
    for _ in range(3):
        page.get_by_role("button", name="Una más: Medios de comunicación").click()
    page.get_by_role("button", name="Una menos: Academia").click()
    assert page.locator("#total").inner_text() == "49 en total"
    page.get_by_role("button", name="Guardar").last.click()
    assert "Guardado: 49 personas en total." in page.locator("[role=status]").inner_text()
    with site.database.session() as session:
        event = next(one for one in find_programme(session, place.programme[3:]).events if one.key.startswith("taller"))
        assert (event.attendance["media"], event.attendance["academy"]) == (6, 4)


def test_people_are_counted_without_script_and_enter_saves(site: Site, place: Place, signed_in: Callable[..., Page]) -> None:
    page = signed_in(PAGES["attendance"].format(**vars(place)), "en", width=360, javascript=False)
    page.get_by_role("button", name="One more: Media").click()
    assert page.get_by_label("Media", exact=True).input_value() == "4"
    page.get_by_label("Media", exact=True).fill("9")
    page.keyboard.press("Enter")
    assert page.get_by_label("Media", exact=True).input_value() == "9"


def test_the_buttons_for_counting_are_large_enough_for_a_thumb(place: Place, signed_in: Callable[..., Page]) -> None:
    page = signed_in(PAGES["attendance"].format(**vars(place)), "es", width=320)
    seen = "[...document.querySelectorAll('.step button, .step input')].filter(e => e.offsetParent)"
    boxes = page.evaluate(f"{seen}.map(e => Math.min(e.offsetWidth, e.offsetHeight))")
    assert len(boxes) > 5
    assert min(boxes) >= 48


def test_an_open_round_shows_new_answers_by_the_clock_of_the_server(site: Site, place: Place, a_phone: Callable[..., Page]) -> None:
    page = a_phone(width=360)
    sign_in(page.context, site)
    page.clock.install(time=datetime(2011, 7, 18, tzinfo=UTC))  # a phone that is years behind
    page.goto(f"{site.url}{place.round}?lang=en")
    assert "30 or more" in page.locator("#progress").inner_text()
    assert "2 days 4 h" in page.locator("#progress").inner_text()
    with site.database.session() as session:
        round_ = session.scalars(select(Round).where(Round.id == UUID(place.round.removeprefix("/rounds/")))).one()
        for _ in range(5):
            a_response(session, round_, group="communities", now=NOW)
    with page.expect_response(lambda answer: place.round in answer.url):
        page.clock.run_for(31_000)
    page.get_by_text("35 or more").wait_for()


def test_a_round_is_extended_and_the_participant_is_told(site: Site, place: Place, signed_in: Callable[..., Page]) -> None:
    page = signed_in(place.round, "es", width=360)
    page.get_by_role("link", name="Ampliar o cambiar el cierre").click()
    page.get_by_label("Cierre: día y hora").fill("2031-07-25T18:00")
    page.get_by_role("button", name="Guardar").click()
    assert "Plazo ampliado hasta el viernes, 25 de julio de 2031" in page.locator("#progress").inner_text()
    page.locator(".link a").click()
    assert "Más tiempo: abierto hasta el 25 de julio de 2031" in page.locator("main").inner_text()


def test_a_form_that_is_refused_leads_to_its_faults(
    place: Place, signed_in: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    page = signed_in(PAGES["new-round"].format(**vars(place)), "es", width=360)
    page.get_by_label("Nombre de la medición (Español)").fill("Agosto")
    page.get_by_label("O cuando lleguen tantas respuestas").fill("7")
    page.get_by_role("button", name="Crear la medición").click()
    picture(page, "collect-new-round-refused-360")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#problems a").first.click()
    assert page.url.endswith("#label.en")
    assert page.get_by_label("Nombre de la medición (Español)").input_value() == "Agosto"


def test_two_counts_that_differ_are_shown_with_both(
    site: Site, place: Place, signed_in: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    with site.database.session() as session:
        event = next(one for one in find_programme(session, place.programme[3:]).events if one.key.startswith("taller"))
        for email, people in (("ana@example.org", 4), ("luis@example.org", 5)):
            meeting.count_attendance(session, event, accounts.ensure_person(session, email), {"media": people}, NOW)
    page = signed_in(PAGES["attendance"].format(**vars(place)), "es", width=320, dark=True)
    picture(page, "collect-attendance-differs-320-dark")
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("button", name="9: contaron a personas distintas").click()
    assert page.get_by_label("Medios de comunicación", exact=True).input_value() == "9"
