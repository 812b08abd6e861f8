"""Small records for tests, each with what the test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from forms.answers import Sent
from surveys import authoring, collecting
from surveys.storage import Form, FormVersion, Group, Programme, Response, Round, Survey

NOW = datetime(2026, 7, 18, 20, 0, tzinfo=UTC)
TODAY = date(2026, 7, 18)
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"


def a_programme(session: Session, slug: str = "norte", groups: tuple[str, ...] = ("police", "companies", "communities")) -> Programme:
    records = [Group(key=key, position=place, name={"es": key, "en": key}) for place, key in enumerate(groups)]
    programme = Programme(slug=slug, name={"es": slug, "en": slug}, languages=["es", "en"], mix={key: 1 / len(groups) for key in groups})
    programme.groups.extend(records)
    session.add(programme)
    session.flush()
    return programme


def a_form(session: Session, programme: Programme, slug: str = "trust") -> Form:
    """A form with one published version, whose definition is nothing that these tests read."""
    version = FormVersion(number=1, definition={"languages": ["es", "en"]}, digest="0" * 64, published_on=TODAY)
    form = Form(programme_id=programme.id, slug=slug, draft={}, versions=[version])
    session.add(form)
    session.flush()
    return form


def a_survey(session: Session, programme: Programme | None = None, slug: str = "trust") -> Survey:
    programme = programme or a_programme(session)
    return authoring.add_survey(session, programme, a_form(session, programme, slug), slug, {"es": "Confianza", "en": "Trust"})


def a_round(session: Session, survey: Survey | None = None, key: str = "2026-1", **fields: Any) -> Round:
    return authoring.open_round(session, survey or a_survey(session), key, fields.pop("on", TODAY), **fields)


def a_sent(code: dict[str, str] | None = None, **answers: Any) -> Sent:
    return Sent({"group": "police", "tr_open": 4, **answers}, code, [])


def a_code(**elements: str) -> dict[str, str]:
    return {"mother": "m", "father": "j", "town": "l", "siblings": "2", "day": "14", **elements}


def take(session: Session, round_: Round, sent: Sent | None = None, response_id: UUID | None = None, **options: Any) -> collecting.Receipt:
    """Take a response with all that does not matter filled in."""
    options = {"now": NOW, "secret": SECRET, **options}
    return collecting.take_response(session, round_, response_id or uuid4(), "es", sent or a_sent(), options.pop("now"), **options)


def a_response(session: Session, round_: Round, code: dict[str, str] | None = None, group: str = "police", **options: Any) -> Response:
    """A stored response of somebody with this code."""
    response_id = uuid4()
    take(session, round_, a_sent(code, group=group), response_id, **options)
    response = session.get(Response, response_id)
    assert response is not None
    return response
