"""Trials of a draft as records, on both databases: made anew, taken, stopped."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms import codec
from forms.answers import Sent
from surveys import trying
from surveys.errors import LinkUnknown, TrialOver
from surveys.languages import Speaker
from surveys.storage import Form, Programme, Response, Trial, TrialResponse
from surveys.storage.database import Database
from tests.records import NOW, a_programme

DRAFT = """
name: short
title: {es: Prueba, en: Try}
languages: [es, en]
sections:
  - questions:
      - {name: group, kind: choice, of_groups: true, label: {es: "**¿Grupo?**", en: "**Group?**"}}
      - {name: code, kind: own_code, label: {es: Código, en: Code}}
"""


def a_form(session: Session) -> tuple[Form, Programme]:
    programme = a_programme(session)
    form = Form(programme_id=programme.id, slug="short", draft=codec.to_document(codec.load(DRAFT)))
    session.add(form)
    session.flush()
    return form, programme


def test_a_trial_is_bound_to_the_groups_of_its_programme(database: Database) -> None:
    with database.session() as session:
        trial = trying.make_trial(session, *a_form(session), Speaker, NOW)
        group = trying.definition_of_trial(trial).question("group")
    assert group is not None
    assert [choice.value for choice in group.choices] == ["police", "companies", "communities"]


def test_a_test_answer_is_kept_apart_without_its_own_code(database: Database) -> None:
    with database.session() as session:
        trial = trying.make_trial(session, *a_form(session), Speaker, NOW)
        sent = Sent({"group": "police"}, {"mother": "M", "father": "J", "town": "L", "siblings": "2", "day": "14"})
        trying.take_trial_response(session, trial, uuid4(), "es", sent, {"group": ["police"], "code/mother": ["M"]})
        assert session.scalars(select(TrialResponse.answers)).all() == [{"group": "police", trying.DROPPED: []}]
        assert session.scalar(select(func.count()).select_from(Response)) == 0
        (one,) = trying.tried(trial)
        assert [(cell.column.key, cell.value, cell.column.label.get("es")) for cell in one.stored] == [("group", "police", "¿Grupo?")]


def test_a_trial_that_has_stopped_goes_with_its_answers_when_the_next_one_is_made(database: Database) -> None:
    with database.session() as session:
        form, programme = a_form(session)
        trial = trying.make_trial(session, form, programme, Speaker, NOW)
        first = trial.link
        trying.take_trial_response(session, trial, uuid4(), "es", Sent({"group": "police"}), {})
        later = NOW + timedelta(days=trying.LASTS_DAYS)
        with pytest.raises(TrialOver):
            trying.open_trial(session, first, later)
        assert trying.trial_of(form, later) is None
        assert trying.make_trial(session, form, programme, Speaker, later).link != first
        with pytest.raises(LinkUnknown):
            trying.open_trial(session, first, later)
        assert session.scalar(select(func.count()).select_from(Trial)) == 1
        assert session.scalar(select(func.count()).select_from(TrialResponse)) == 0
