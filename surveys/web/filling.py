"""A round's form as it is drawn and read, whoever holds the device: a participant, a kiosk, an interviewer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import current_app, g, url_for

from forms.build import AskedForm, build_form
from forms.definition import FormDefinition
from surveys import promising
from surveys.authoring import definition_of
from surveys.storage import Round, frozen_of
from surveys.web.asking import Voice, chrome_of, speaker


def definition_of_round(round_: Round) -> FormDefinition:
    """The frozen definition that the round asks, as its survey promises; read once per process, as it never changes."""
    known: dict[tuple[UUID, bool], FormDefinition] = current_app.extensions.setdefault("tupuy_definitions", {})
    asked = (round_.version_id, promising.keeps_codes(round_.survey))
    if asked not in known:
        known[asked] = promising.as_promised(definition_of(round_.version), round_.survey)
    return known[asked]


def voices_of_round(round_: Round) -> Mapping[str, Sequence[Voice]]:
    """The recordings of the round's version, by place; read once per process. Nothing of them is loaded before a tap."""
    known: dict[UUID, dict[str, list[tuple[str, str]]]] = current_app.extensions.setdefault("tupuy_voices", {})
    if round_.version_id not in known:
        found: dict[str, list[tuple[str, str]]] = {}
        for one in frozen_of(g.session, round_.version_id):
            found.setdefault(one.place, []).append((one.language, one.digest))
        known[round_.version_id] = found
    return {place: [_voice(round_, *one) for one in heard] for place, heard in known[round_.version_id].items()}


def _voice(round_: Round, language: str, digest: str) -> Voice:
    return Voice(language, url_for("answer.hear", link=round_.link, digest=digest))


def asked_form(round_: Round, language: str) -> type[AskedForm]:
    """The WTForms class that reads what this round's page sends in ``language``; made once per process."""
    known: dict[tuple[UUID, bool, str], type[AskedForm]] = current_app.extensions.setdefault("tupuy_forms", {})
    asked = (round_.version_id, promising.keeps_codes(round_.survey), language)
    if asked not in known:
        known[asked] = build_form(definition_of_round(round_), language, speaker(language, chrome_of(round_.survey.programme.languages)))
    return known[asked]
