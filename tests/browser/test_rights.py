"""Receipts, results and invitations in Chromium: every width, theme and language, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from surveys import invitations, promising, sealing, showing
from surveys.invitation_file import Invitee
from surveys.inviting import make_personal_link
from surveys.showing import Written
from surveys.storage import Invitation, Round, invitations_of
from tests.browser.conftest import Site
from tests.browser.test_answer import SIDEWAYS, fill_the_workshop_form, receipt, send, stored, violations
from tests.browser.test_coordinate import sign_in
from tests.records import a_sent, take
from tests.surveys.sink import a_sink
from tests.web.questionnaires import a_round

APhone = Callable[..., Page]
Picture = Callable[[Page, str], None]
LOOKS = [(320, True, "en"), (360, False, "es"), (1366, True, "es"), (1366, False, "en")]
PAIR = {
    "said": {"es": "Los materiales se entendieron, pero faltó tiempo.", "en": "The materials were clear, but time was short."},
    "did": {"es": "El próximo taller dura media hora más.", "en": "The next workshop is half an hour longer."},
}
REPLY = {"es": "El grupo agradece la franqueza.\nSeguimos conversando.", "en": "The group is grateful for your candour.\nWe go on talking."}


def looked_at(page: Page, picture: Picture, name: str, width: int, dark: bool, language: str) -> None:
    """A picture of the page, which fits and has no fault that axe finds."""
    picture(page, f"{name}-{width}-{'dark' if dark else 'light'}-{language}")
    assert page.evaluate(SIDEWAYS) == 0
    assert violations(page) == []


def an_answered_round(site: Site, is_closed: bool) -> tuple[UUID, str]:
    """(id, link) of a round that some people answered."""
    with site.database.session() as session:
        round_ = a_round(session)
        for number in range(24):
            group = ("community", "company")[number % 2]
            take(session, round_, a_sent(group=group, useful=number % 4 + 2, clear=number % 3 + 2, nps=number % 11), now=datetime.now(UTC))
        if is_closed:
            sealing.close_round(session, round_, datetime.now(UTC))
        return round_.id, f"{site.url}/r/{round_.link}"


@pytest.mark.parametrize(("width", "dark", "language"), LOOKS)
def test_a_receipt_shows_corrects_and_deletes(site: Site, a_phone: APhone, picture: Picture, width: int, dark: bool, language: str) -> None:
    page = a_phone(width, dark=dark)
    _, link = an_answered_round(site, is_closed=False)
    page.goto(f"{link}?lang={language}")
    fill_the_workshop_form(page)
    send(page)
    code = receipt(page)
    page.click("a[href*='/receipt']")
    looked_at(page, picture, "receipt-ask", width, dark, language)
    page.fill("#receipt", "AAAA-2222")
    page.click("[value=look]")
    looked_at(page, picture, "receipt-wrong", width, dark, language)
    page.fill("#receipt", code)
    page.click("[value=look]")
    looked_at(page, picture, "receipt-arrived", width, dark, language)
    page.click("[value=correct]")
    expect(page.locator('input[name="useful"][value="4"]')).to_be_checked()
    page.fill('[name="wishes"]', "Corregido por mí.")
    send(page)
    assert [one.answers["wishes"] for one in stored(site, link) if "wishes" in one.answers] == ["Corregido por mí."]
    assert page.evaluate("JSON.stringify(localStorage)").count("Corregido") == 0
    page.goto(f"{link}/receipt?lang={language}")
    page.fill("#receipt", code)
    page.click("[value=look]")
    page.click("[value=withdraw]")
    looked_at(page, picture, "receipt-delete", width, dark, language)
    page.click("[value=delete]")
    looked_at(page, picture, "receipt-deleted", width, dark, language)
    assert not [one for one in stored(site, link) if "wishes" in one.answers]


def test_the_correction_is_not_kept_on_the_phone_while_it_is_typed(site: Site, a_phone: APhone) -> None:
    page = a_phone(360)
    _, link = an_answered_round(site, is_closed=False)
    page.goto(f"{link}?lang=es")
    fill_the_workshop_form(page)
    send(page)
    code = receipt(page)
    page.goto(f"{link}/receipt?lang=es")
    page.fill("#receipt", code)
    page.click("[value=look]")
    page.click("[value=correct]")
    page.fill('[name="wishes"]', "Solo aquí.")
    page.locator('[name="wishes"]').blur()
    assert "Solo aquí" not in page.evaluate("JSON.stringify(localStorage)")


def test_a_receipt_works_without_javascript(site: Site, a_phone: APhone) -> None:
    page = a_phone(360, javascript=False)
    _, link = an_answered_round(site, is_closed=False)
    page.goto(f"{link}?lang=es")
    fill_the_workshop_form(page)
    send(page)
    code = receipt(page)
    page.click("a[href*='/receipt']")
    page.fill("#receipt", code)
    page.click("[value=look]")
    page.click("[value=withdraw]")
    page.click("[name='~to'][value=en]")
    expect(page.locator("h1")).to_contain_text("Delete your answers?")
    page.click("[value=delete]")
    expect(page.locator("h1")).to_contain_text("Your answers were deleted")


@pytest.mark.parametrize(("width", "dark", "language"), LOOKS)
def test_results_are_written_looked_at_published_and_read(
    site: Site, a_phone: APhone, picture: Picture, width: int, dark: bool, language: str
) -> None:
    round_id, link = an_answered_round(site, is_closed=True)
    reader, page = a_phone(width, dark=dark), a_phone(width, dark=dark)
    reader.goto(f"{link}/results?lang={language}")
    looked_at(reader, picture, "results-not-yet", width, dark, language)
    with site.database.session() as session:
        showing.keep_plan(session, session.get_one(Round, round_id), Written(pairs=[PAIR], reply=REPLY))
    sign_in(page.context, site)
    page.goto(f"{site.url}/rounds/{round_id}/results?lang={language}")
    for box in page.locator("[name=figures]").all():
        box.check()
    looked_at(page, picture, "results-write", width, dark, language)
    page.click("[value=preview]")
    page.wait_for_url("**/preview")
    looked_at(page, picture, "results-preview", width, dark, "es")
    page.click(".preview button")
    page.wait_for_url("**/results")
    reader.reload()
    looked_at(reader, picture, "results", width, dark, language)
    expect(reader.locator("blockquote")).to_contain_text(REPLY[language].partition("\n")[0])
    assert reader.locator("figure").count() > 0


def test_results_are_read_without_javascript_and_in_one_request(site: Site, a_phone: APhone) -> None:
    round_id, link = an_answered_round(site, is_closed=True)
    with site.database.session() as session:
        round_ = session.get_one(Round, round_id)
        showing.keep_plan(session, round_, Written(pairs=[PAIR], reply=REPLY))
        showing.publish(session, round_, {}, None, datetime.now(UTC).date())
    page, asked = a_phone(360, javascript=False), []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.goto(f"{link}/results?lang=es")
    assert asked == [urlsplit(link).path + "/results"]
    page.click(".tongue a[hreflang=en]")
    expect(page.locator("blockquote")).to_contain_text("grateful for your candour")


def a_confidential_round(site: Site) -> tuple[UUID, str]:
    """(id, path of the way out of Ana) of a round that invites three people."""
    with site.database.session() as session:
        round_, keys = a_round(session), site.app.settings.keys  # type: ignore[attr-defined]  # the app is Doors
        promising.choose_level(session, round_.survey, "confidential", datetime.now(UTC).date())
        people = [
            Invitee(2, "Ana Pérez", "ana@example.org", "+51987654321", "es", "community"),
            Invitee(3, "José Ríos Huamaní", None, "+51911222333", "en", "company"),
            Invitee(4, "María del Carmen Quispe Condori", "maria.del.carmen.quispe@municipalidad.example.org", None, "es", None),
        ]
        invitations.store(session, round_, people, keys)
        ana = invitations_of(session, round_)[0]
        token = make_personal_link(session, round_, ana.invitee, keys, site.app.settings.secret)  # type: ignore[attr-defined]  # as above
        return round_.id, f"/r/{round_.link}/no/{token}"


@pytest.mark.parametrize(("width", "dark", "language"), LOOKS)
def test_invitations_fit_and_are_accessible(site: Site, a_phone: APhone, picture: Picture, width: int, dark: bool, language: str) -> None:
    round_id, way_out = a_confidential_round(site)
    page = a_phone(width, dark=dark)
    page.goto(f"{site.url}{way_out}?lang={language}")
    looked_at(page, picture, "no-more-messages", width, dark, language)
    sign_in(page.context, site)
    page.goto(f"{site.url}/rounds/{round_id}/invitations?lang={language}")
    looked_at(page, picture, "invitations", width, dark, language)
    listed = f"nombre,correo,grupo\nLuz,luz-{uuid4().hex[:6]}@example.org,Comunidades\n"
    page.set_input_files("#file", {"name": "lista.csv", "mimeType": "text/csv", "buffer": listed.encode()})
    page.click("form[enctype] button")
    looked_at(page, picture, "invitations-seen", width, dark, language)
    page.click(".decide button")
    with site.database.session() as session:
        assert "Luz" in session.scalars(select(Invitation.name).where(Invitation.round_id == round_id)).all()
    page.click("form[action$='/texts']:not(:has([name=who])) button")
    looked_at(page, picture, "invitations-texts", width, dark, language)
    assert page.locator("textarea").count() == 2


def test_a_sending_goes_on_by_itself_until_everybody_has_been_written_to(
    site: Site, a_phone: APhone, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    round_id, _ = a_confidential_round(site)
    monkeypatch.setattr(invitations, "MOST_AT_ONCE", 1)
    with a_sink() as sink:
        monkeypatch.setattr(site.app, "settings", replace(site.app.settings, mail=sink.server))  # type: ignore[attr-defined]  # as above
        page = a_phone(360)
        sign_in(page.context, site)
        page.goto(f"{site.url}/rounds/{round_id}/invitations?lang=en")
        page.click("[name=kind][value=invitation]:not(.plain)")
        expect(page.locator(".mailing [role=status]")).to_have_text("2 messages sent.")
        picture(page, "invitations-sent-360")
        assert violations(page) == []
    assert sorted(sink.addresses) == ["ana@example.org", "maria.del.carmen.quispe@municipalidad.example.org"]
