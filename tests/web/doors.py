"""What tests of pages need: records in the database, a signed-in browser, the token of a page."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from forms import codec
from surveys import accounts, authoring
from surveys.storage import Round
from surveys.storage.database import Database
from tests.records import TODAY, a_programme, a_round

FORM = """
name: feedback
title: {es: Su opinión, en: Your view}
languages: [es, en]
scales:
  amount: {lo: 1, hi: 5, labels: {1: {es: Nada, en: Not at all}, 5: {es: Mucho, en: A lot}}}
sections:
  - name: main
    questions:
      - {name: group, kind: choice, of_groups: true, refuse: true, label: {es: ¿Cuál es su grupo?, en: Which is your group?}}
      - {name: useful, kind: scale, scale: amount, label: {es: ¿Le sirvió?, en: Was it useful?}}
      - {name: wishes, kind: long_text, label: {es: ¿Qué falta?, en: What is missing?}}
"""


def an_asked_round(session: Session, **fields: Any) -> Round:
    """A round of three questions that anybody with its link may answer."""
    programme = a_programme(session)
    version = authoring.import_form(session, programme, codec.load(FORM), TODAY)
    survey = authoring.add_survey(session, programme, version.form, "feedback", {"es": "Su opinión", "en": "Your view"})
    return a_round(session, survey, **fields)


def a_sign_in_link(database: Database, email: str = "ana@example.org", language: str = "es") -> str:
    """The path of a fresh one-time link."""
    with database.session() as session:
        person = accounts.ensure_person(session, email, language=language)
        return f"/sign-in/{accounts.make_sign_in_link(session, person, datetime.now(UTC))}"


def sign_in(client: FlaskClient, database: Database, language: str = "es") -> FlaskClient:
    """The same client, signed in."""
    assert client.post(a_sign_in_link(database, language=language)).status_code == 303
    return client


def token_of(page: str) -> str:
    """The token against forgery that a page's form carries."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]
