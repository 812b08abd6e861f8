"""A round's form as it is drawn and read, whoever holds the device: a participant, a kiosk, an interviewer."""

from __future__ import annotations

from uuid import UUID

from flask import current_app

from forms.build import AskedForm, build_form
from forms.definition import FormDefinition
from surveys.authoring import definition_of
from surveys.storage import Round
from surveys.web.asking import chrome_of, speaker


def definition_of_round(round_: Round) -> FormDefinition:
    """The frozen definition that the round asks; read from its record once per process, as it never changes."""
    known: dict[UUID, FormDefinition] = current_app.extensions.setdefault("tupuy_definitions", {})
    if round_.version_id not in known:
        known[round_.version_id] = definition_of(round_.version)
    return known[round_.version_id]


def asked_form(round_: Round, language: str) -> type[AskedForm]:
    """The WTForms class that reads what this round's page sends in ``language``; made once per process."""
    known: dict[tuple[UUID, str], type[AskedForm]] = current_app.extensions.setdefault("tupuy_forms", {})
    if (round_.version_id, language) not in known:
        known[round_.version_id, language] = build_form(
            definition_of_round(round_), language, speaker(language, chrome_of(round_.survey.programme.languages))
        )
    return known[round_.version_id, language]
