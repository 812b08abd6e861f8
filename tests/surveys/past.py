"""Small programmes with a real form, and CSV files of answers to it, for the tests of what goes in and out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from forms import codec
from surveys import authoring, importing
from surveys.storage import FormVersion, Group, Programme, Response, Survey

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)

QUESTIONS = """
      - {name: group, kind: choice, of_groups: true, label: {es: Grupo, en: Group}}
      - {name: tr_open, kind: scale, scale: agree, construct: TRUST, unknown: true, refuse: true, label: {es: Franqueza, en: Candour}}
      - {name: tr_guard, kind: scale, scale: agree, construct: TRUST, reverse: true, label: {es: Cautela, en: Caution}}
      - {name: tr, kind: battery, scale: agree, construct: TRUST_BETWEEN, of_groups: true, label: {es: Confianza en, en: Trust in}}
      - {name: help, kind: several, label: {es: Ayuda, en: Help}, choices: {maps: {es: Mapas, en: Maps}, talks: {es: Charlas, en: Talks}}}
      - {name: region, kind: choice, label: {es: Región, en: Region}, choices: {cusco: {es: Cusco, en: Cuzco}, puno: {es: Puno, en: Puno}}}
      - {name: why_maps, kind: short_text, show_if: "selected(help, 'maps')", label: {es: Por qué, en: Why}}
"""

FORM = """
name: trust
title: {{es: Confianza, en: Trust}}
languages: [es, en]
scales:
  agree: {{lo: 1, hi: 5, labels: {{1: {{es: Nada, en: Not at all}}, 3: {{es: Regular, en: Partly}}, 5: {{es: Mucho, en: Fully}}}}}}
sections:
  - name: one
    title: {{es: Uno, en: One}}
    questions: {questions}
"""


def a_form(questions: str = QUESTIONS) -> Any:
    return codec.load(FORM.format(questions=questions))


def a_group(key: str, position: int, **fields: Any) -> Group:
    return Group(key=key, position=position, name={"es": key, "en": key}, **fields)


def merged_groups() -> list[Group]:
    """Police, and church and press that are shown together as others."""
    return [
        a_group("police", 0, members=30),
        a_group("church", 1, shown_in="others", members=4),
        a_group("press", 2, shown_in="others", members=3),
        a_group("others", 3, is_asked=False),
    ]


def a_programme(session: Session, slug: str = "norte", groups: Sequence[Group] = (), **fields: Any) -> Programme:
    """A programme of police and communities, or of the groups given."""
    given = list(groups) or [
        Group(key="police", position=0, name={"es": "Policía", "en": "Police"}, members=40),
        Group(key="communities", position=1, name={"es": "Comunidades", "en": "Communities"}, members=60),
    ]
    shown = [group.key for group in given if not group.shown_in]
    values = {"languages": ["es", "en"], "mix": {key: 1 / len(shown) for key in shown}, **fields}
    programme = Programme(slug=slug, name={"es": slug, "en": slug}, groups=given, **values)
    session.add(programme)
    session.flush()
    return programme


def a_survey(session: Session, programme: Programme | None = None, slug: str = "trust", questions: str = QUESTIONS) -> Survey:
    """A survey that asks the form with these questions, published."""
    programme = programme or a_programme(session)
    version = authoring.import_form(session, programme, a_form(questions), TODAY)
    return authoring.add_survey(session, programme, version.form, slug, {"es": "Confianza", "en": "Trust"})


def the_next_version(session: Session, survey: Survey, questions: str) -> FormVersion:
    return authoring.import_form(session, survey.programme, a_form(questions), TODAY)


def a_csv(*rows: str, header: str = "response_id,round,date,group,respondent_code,lang,tr_open") -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def many_rows(round_: str = "2025-1", on: str = "2025-05-01", count: int = 12, values: Sequence[int] = (4, 5, 3)) -> list[str]:
    """Rows of ``a_csv``, half of each group."""
    groups = ("police", "communities")
    return [f"{round_}-{i},{round_},{on},{groups[i % 2]},,es,{values[i % len(values)]}" for i in range(count)]


def take_in(session: Session, survey: Survey, content: bytes, keys: Path, **options: Any) -> importing.Imported:
    return importing.import_answers(session, survey, content, keys, options.pop("now", NOW), **options)


def stored(session: Session) -> list[Response]:
    session.expire_all()
    return list(session.query(Response))
