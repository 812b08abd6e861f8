"""What was published stays as it was; what is wrong is told all at once and nothing of it is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from forms import codec
from forms.definition import FormDefinition
from surveys import accounts, authoring, drafting, errors
from surveys.inviting import LETTERS
from surveys.storage import Event, Form, FormVersion, Programme, Round, Survey, Trial
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_programme, a_round, a_survey

FORM = """
name: trust
title: {es: Confianza, en: Trust}
languages: [es, en]
scales:
  agree: {lo: 1, hi: 5, labels: {1: {es: Nada, en: Not at all}, 5: {es: Mucho, en: A lot}}}
sections:
  - name: main
    questions:
      - {name: group, kind: choice, of_groups: true, label: {es: ¿Cuál es su grupo?, en: Which is your group?}}
      - {name: tr_open, kind: scale, scale: agree, label: {es: ¿Se puede hablar?, en: Can one speak?}}
      - {name: tr, kind: battery, scale: agree, of_groups: true, label: {es: ¿Cuánto confía en?, en: How much do you trust?}}
"""


def a_definition(**changes: Any) -> FormDefinition:
    return replace(codec.load(FORM), **changes)


def test_a_form_is_published_with_the_programmes_groups(database: Database) -> None:
    with database.session() as session:
        version = authoring.import_form(session, a_programme(session), a_definition(), TODAY)
        definition = authoring.definition_of(version)
    question = definition.question("group")
    assert question is not None
    assert version.number == 1
    assert [choice.value for choice in question.choices] == ["police", "companies", "communities"]


def test_merged_groups_are_chosen_apart_and_asked_about_together(database: Database) -> None:
    with database.session() as session:
        programme = a_programme(session, groups=("police", "church", "others"))
        _police, church, others = programme.groups
        church.shown_in, others.is_asked = "others", False
        definition = authoring.definition_of(authoring.import_form(session, programme, a_definition(), TODAY))
    group, trust = definition.question("group"), definition.question("tr")
    assert group is not None
    assert trust is not None
    assert [choice.value for choice in group.choices] == ["police", "church"]
    assert [(row.value, row.show_if) for row in trust.rows] == [("police", "group != 'police'"), ("others", "group != 'church'")]


def test_the_same_form_again_is_the_same_version(database: Database) -> None:
    with database.session() as session:
        programme = a_programme(session)
        first = authoring.import_form(session, programme, a_definition(), TODAY)
        again = authoring.import_form(session, programme, a_definition(), TODAY + timedelta(days=9))
        assert again is first


def test_a_changed_form_is_the_next_version_and_the_first_stays(database: Database) -> None:
    with database.session() as session:
        programme = a_programme(session)
        first = authoring.import_form(session, programme, a_definition(), TODAY)
        before = dict(first.definition)
        second = authoring.import_form(session, programme, a_definition(minutes=7), TODAY)
        assert (second.number, second.form_id) == (2, first.form_id)
        assert first.definition == before
        assert second.digest != first.digest


def test_a_form_with_problems_tells_all_of_them_and_stores_nothing(database: Database) -> None:
    bad = codec.load(FORM.replace("name: tr_open, kind: scale, scale: agree", "name: tr_open, kind: scale, scale: none"))
    bad = replace(bad, languages=("es", "en", "qu"))
    with database.session() as session:
        programme = a_programme(session)
        with pytest.raises(errors.ProblemsFound) as caught:
            authoring.import_form(session, programme, bad, TODAY)
        assert len(caught.value.problems) > 1
        assert session.scalar(select(func.count()).select_from(Form)) == 0
        assert session.scalar(select(func.count()).select_from(FormVersion)) == 0


def test_a_published_name_keeps_its_kind_for_ever(database: Database) -> None:
    changed = codec.load(FORM.replace("name: tr_open, kind: scale, scale: agree", "name: tr_open, kind: long_text"))
    with database.session() as session:
        programme = a_programme(session)
        authoring.import_form(session, programme, a_definition(), TODAY)
        with pytest.raises(errors.ProblemsFound) as caught:
            authoring.import_form(session, programme, changed, TODAY)
    assert [problem.place for problem in caught.value.problems] == ["questions.tr_open"]


def test_a_round_gets_a_link_that_can_be_typed(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        links = [a_round(session, survey, str(number)).link for number in range(20)]
    assert len(set(links)) == 20
    assert all(len(link) == 10 and set(link) <= set(LETTERS) for link in links)
    assert not set(LETTERS) & set("il1o0")


def test_the_first_round_starts_the_programme(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        a_round(session, survey, "one")
        a_round(session, survey, "two", on=TODAY + timedelta(days=90))
        assert survey.programme.started_on == TODAY


def test_a_round_asks_the_latest_version_unless_one_is_given(database: Database) -> None:
    with database.session() as session:
        programme = a_programme(session)
        first = authoring.import_form(session, programme, a_definition(), TODAY)
        second = authoring.import_form(session, programme, a_definition(minutes=7), TODAY)
        survey = authoring.add_survey(session, programme, first.form, "trust", {"es": "Confianza"})
        assert a_round(session, survey, "latest").version is second
        assert a_round(session, survey, "first", version=first).version is first


def test_two_surveys_never_share_a_name(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        with pytest.raises(errors.ProblemsFound, match="already a survey"):
            authoring.add_survey(session, survey.programme, survey.form, survey.slug, {})


def test_a_survey_asks_a_form_of_its_own_programme(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        with pytest.raises(errors.ProblemsFound, match="another programme"):
            authoring.add_survey(session, a_programme(session, "sur"), survey.form, "other", {})


def test_all_that_is_wrong_with_a_round_is_told_at_once(database: Database) -> None:
    with database.session() as session:
        survey = a_survey(session)
        a_round(session, survey)
        elsewhere = Event(key="e", name={}, on=TODAY)
        a_programme(session, "sur").events.append(elsewhere)
        session.flush()
        wrong = {"event": elsewhere, "invited": {"martians": 3}, "opens_at": NOW, "closes_at": NOW, "languages": ["qu"]}
        with pytest.raises(errors.ProblemsFound) as caught:
            a_round(session, survey, **wrong)
        assert len(caught.value.problems) == 5
        assert session.scalar(select(func.count()).select_from(Round)) == 1
        assert session.scalar(select(func.count()).select_from(Survey)) == 1


# Publishing a draft


REWORDED = FORM.replace("¿Se puede hablar?, en: Can one speak?", "¿Puede usted hablar?, en: Can you speak?")


def a_published_form(session: Session) -> Form:
    return authoring.import_form(session, a_programme(session), a_definition(), TODAY).form


def with_draft(session: Session, form: Form, text: str) -> Form:
    return drafting.save_draft(session, form, codec.to_document(codec.load(text)), form.revision, None, NOW)


def publish(session: Session, form: Form, **options: Any) -> FormVersion:
    return authoring.publish(session, form, TODAY, **{"revision": form.revision, **options})


def faults_of(caught: pytest.ExceptionInfo[errors.ProblemsFound]) -> list[tuple[str, str]]:
    return [(problem.place, str(problem.fault)) for problem in caught.value.problems]


def test_a_draft_is_published_as_it_was_looked_at_with_every_decision(database: Database) -> None:
    with database.session() as session:
        ana = accounts.ensure_person(session, "ana@example.org")
        form = with_draft(session, a_published_form(session), REWORDED)
        version = publish(session, form, decisions={"tr_open": authoring.Decided("comparable", "Says the same.")}, person=ana)
        assert version.number == 2
        assert [(one.number, one.question, one.verdict, one.reason, one.person_id) for one in form.decisions] == [
            (2, "tr_open", "comparable", "Says the same.", ana.id)
        ]


def test_a_draft_that_somebody_saved_since_is_not_published(database: Database) -> None:
    with database.session() as session:
        form = with_draft(session, a_published_form(session), REWORDED)
        with pytest.raises(authoring.DraftChanged):
            publish(session, form, revision=form.revision - 1)
        assert len(form.versions) == 1


@pytest.mark.parametrize(
    ("text", "decisions", "fault"),
    [
        (REWORDED, {}, "nobody has said what that means"),
        (REWORDED, {"tr_open": ("comparable", " ")}, "has no reason"),
        (REWORDED, {"tr_open": ("perhaps", "Because")}, "not a decision"),
        (REWORDED, {"tr_open": ("break", "New"), "group": ("break", "New")}, "nothing to decide"),
        (FORM.replace("hi: 5, labels", "hi: 7, labels"), {"tr_open": ("comparable", "Please")}, "cannot be compared"),
    ],
)
def test_a_wrong_decision_stores_nothing(database: Database, text: str, decisions: dict[str, tuple[str, str]], fault: str) -> None:
    with database.session() as session:
        form = with_draft(session, a_published_form(session), text)
        with pytest.raises(errors.ProblemsFound) as caught:
            publish(session, form, decisions={name: authoring.Decided(*decided) for name, decided in decisions.items()})
        assert any(fault in words for _, words in faults_of(caught))
        assert (len(form.versions), form.decisions) == (1, [])


def test_the_base_language_cannot_be_left_out(database: Database) -> None:
    with database.session() as session:
        form = with_draft(session, a_published_form(session), REWORDED)
        with pytest.raises(errors.ProblemsFound) as caught:
            publish(session, form, left_out=("es",))
        assert ("languages", "“es” is the base language.") in faults_of(caught)


def test_a_name_keeps_the_kind_of_any_version_even_when_it_was_gone_between(database: Database) -> None:
    line = "      - {name: tr_open, kind: scale, scale: agree, label: {es: ¿Se puede hablar?, en: Can one speak?}}\n"
    with database.session() as session:
        form = with_draft(session, a_published_form(session), FORM.replace(line, ""))
        publish(session, form)
        again = FORM.replace(line, "      - {name: tr_open, kind: day, label: {es: ¿Cuándo?, en: When?}}\n")
        form = with_draft(session, form, again)
        with pytest.raises(errors.ProblemsFound) as caught:
            publish(session, form)
        assert [place for place, _ in faults_of(caught)] == ["questions.tr_open"]


def test_what_was_tried_is_gone_once_it_is_published(database: Database) -> None:
    with database.session() as session:
        form = with_draft(session, a_published_form(session), FORM + "minutes: 7\n")
        form.trials.append(Trial(link="trytrytry2", definition=form.draft, revision=form.revision, made_at=NOW))
        session.flush()
        publish(session, form)
        assert session.scalar(select(func.count()).select_from(Trial)) == 0


def test_what_is_remembered_of_deleted_texts_is_forgotten_on_publishing(database: Database) -> None:
    with database.session() as session:
        form = authoring.import_form(session, a_programme(session), a_definition(), TODAY).form
        form.memory = {"questions.gone.label": {"en": {"same": "x"}}, "title": {"en": {"same": "y"}}}
        form.draft = {**form.draft, "minutes": 9}
        session.flush()
        authoring.publish(session, form, TODAY, revision=form.revision)
        assert form.memory == {"title": {"en": {"same": "y"}}}


def test_an_import_takes_a_reason_and_otherwise_begins_a_new_series(database: Database) -> None:
    with database.session() as session:
        form = a_published_form(session)
        programme = session.get_one(Programme, form.programme_id)
        decided = {"tr_open": authoring.Decided("comparable", "Says the same.")}
        authoring.import_form(session, programme, codec.load(REWORDED), TODAY, decided)
        third = authoring.import_form(session, programme, a_definition(), TODAY)
        assert [(one.number, one.verdict) for one in form.decisions] == [(2, "comparable")]
        assert authoring.review_of_version(form, third).undecided == ("tr_open",)


def test_html_is_taken_out_of_what_is_published(database: Database) -> None:
    with database.session() as session:
        form = with_draft(
            session, a_published_form(session), FORM.replace("¿Se puede hablar?", "<script>x</script>¿Se <b>puede</b> hablar?")
        )
        question = authoring.review(session, form).definition.question("tr_open")
        assert question is not None
        assert question.label.get("es") == "¿Se puede hablar?"


def test_the_people_of_groups_that_are_shown_together_are_counted_together(database: Database) -> None:
    with database.session() as session:
        programme = a_programme(session, groups=("police", "church", "media", "others", "unions", "farmers"))
        sizes = {"police": 30, "church": 4, "media": 5, "unions": 7}
        for group in programme.groups:
            group.members = sizes.get(group.key)
            group.shown_in = "others" if group.key in {"church", "media"} else None
            group.is_asked = group.key != "others"
        assert authoring.members_as_shown(programme) == {"police": 30, "others": 9, "unions": 7}
        programme.groups[1].members = None
        assert authoring.members_as_shown(programme) == {"police": 30, "unions": 7}
