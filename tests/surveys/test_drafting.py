"""Drafts: made with a name of their own, saved by several people at once without losing an edit, kept for a while."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import bank, codec
from forms.merging import changed_places, merge
from surveys import accounts, authoring, drafting
from surveys.errors import ProblemsFound
from surveys.languages import Speaker
from surveys.storage import DraftRevision, Form, draft_at
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_programme, a_round, take
from tests.surveys.test_authoring import FORM


def a_draft(session: Session, **changes: Any) -> Form:
    return drafting.new_form(session, a_programme(session), codec.load(FORM), None, NOW)


def relabelled(document: dict[str, Any], position: int, words: str) -> dict[str, Any]:
    """The document with other Spanish words in one question."""
    changed = deepcopy(document)
    changed["sections"][0]["questions"][position]["label"]["es"] = words
    return changed


def save(session: Session, form: Form, document: dict[str, Any], revision: int, days: int = 0) -> Form:
    return drafting.save_draft(session, form, document, revision, None, NOW + timedelta(days=days))


# Making


def test_a_draft_may_have_problems_and_has_a_name_of_its_own(database: Database) -> None:
    with database.session() as session:
        programme = a_programme(session)
        made = [drafting.new_form(session, programme, drafting.begun("Confianza", ("es",)), None, NOW) for _ in range(3)]
        assert [form.slug for form in made] == ["confianza", "confianza_2", "confianza_3"]
        assert [form.draft["name"] for form in made] == ["confianza", "confianza_2", "confianza_3"]
        assert any(problem["blocks"] for problem in drafting.state(session, made[0], Speaker("en"))["problems"])


def test_a_form_begun_from_an_instrument_has_exactly_the_languages_asked_for() -> None:
    form = drafting.begun("Confianza", ("es", "qu"), bank.instrument("trust"))
    assert form.languages == ("es", "qu")
    assert form.question("tr_open").label.languages == ("es",)  # type: ignore[union-attr]  # the instrument has it


def test_a_form_without_title_or_languages_is_not_begun() -> None:
    trust = bank.instrument("trust")
    for asked in (("", ("es",), None), ("Uno", (), None), ("Uno", ("Español",), None), ("x" * 201, ("es",), trust)):
        with pytest.raises(ProblemsFound):
            drafting.begun(*asked)


# Saving


def test_a_save_is_the_next_revision_and_the_same_again_is_none(database: Database) -> None:
    with database.session() as session:
        form = a_draft(session)
        document = relabelled(form.draft, 1, "Otra")
        assert save(session, form, document, 1).revision == 2
        assert save(session, form, document, 2).revision == 2
        assert draft_at(session, form, 1) == codec.to_document(codec.load(FORM))


def test_edits_in_different_places_are_both_in_the_draft(database: Database) -> None:
    with database.session() as session:
        form = a_draft(session)
        base = form.draft
        save(session, form, relabelled(base, 0, "Uno"), 1)
        saved = save(session, form, relabelled(base, 1, "Dos"), 1)
        assert (saved.revision, saved.draft) == (3, relabelled(relabelled(base, 0, "Uno"), 1, "Dos"))


def test_a_clash_keeps_the_refused_version_with_whose_it_was(database: Database) -> None:
    with database.session() as session:
        ana = accounts.ensure_person(session, "ana@example.org")
        form = a_draft(session)
        base = form.draft
        save(session, form, relabelled(base, 1, "Uno"), 1)
        with pytest.raises(drafting.DraftClash) as clash:
            drafting.save_draft(session, form, relabelled(base, 1, "Dos"), 1, ana, NOW)
        kept = session.get_one(DraftRevision, clash.value.kept)
        assert (kept.is_refused, kept.person_id, kept.document) == (True, ana.id, relabelled(base, 1, "Dos"))
        assert [(one.place, one.mine, one.theirs) for one in clash.value.conflicts] == [("questions.tr_open.label.es", "Dos", "Uno")]
        assert form.draft == relabelled(base, 1, "Uno")


def test_a_page_older_than_the_history_clashes_where_both_have_other_words(database: Database) -> None:
    with database.session() as session:
        form = a_draft(session)
        base = form.draft
        save(session, form, relabelled(base, 1, "Uno"), 1)
        session.query(DraftRevision).filter_by(number=1).delete()
        with pytest.raises(drafting.DraftClash):
            save(session, form, relabelled(base, 2, "Dos"), 1)


def test_the_history_keeps_the_latest_saves_the_last_of_each_day_and_refused_ones_for_30_days(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "KEPT_SAVES", 3)
    form = a_draft(session)
    base = form.draft
    save(session, form, relabelled(base, 1, "Uno"), 1)
    with pytest.raises(drafting.DraftClash):
        save(session, form, relabelled(base, 1, "Dos"), 1)
    for number in range(10):
        save(session, form, relabelled(base, 1, f"hoy {number}"), form.revision)
    for number in range(4):
        save(session, form, relabelled(base, 1, f"luego {number}"), form.revision, days=29)
    assert kept(session, form) == [(2, True), (12, False), (14, False), (15, False), (16, False)]
    save(session, form, relabelled(base, 1, "al final"), form.revision, days=31)
    assert kept(session, form) == [(15, False), (16, False), (17, False)]


def kept(session: Session, form: Form) -> list[tuple[int, bool]]:
    rows = session.execute(select(DraftRevision.number, DraftRevision.is_refused).where(DraftRevision.form_id == form.id))
    return sorted((number, is_refused) for number, is_refused in rows)


def test_a_reworded_base_makes_its_translation_stale(session: Session) -> None:
    form = a_draft(session)
    save(session, form, relabelled(form.draft, 1, "Otra"), 1)
    state = drafting.state(session, form, Speaker("en"))
    assert [(one["place"], one["language"]) for one in state["texts"] if one["state"] == "stale"] == [("questions.tr_open.label", "en")]
    assert [one["stale"] for one in state["languages"]] == [0, 1]


# What may be told of answers


@pytest.mark.parametrize(("answers", "told"), [(0, 0), (4, 0), (5, 5), (13, 10)])
def test_the_answers_of_a_version_are_told_in_steps_of_k(session: Session, answers: int, told: int) -> None:
    version = authoring.import_form(session, a_programme(session), codec.load(FORM), TODAY)
    round_ = a_round(session, authoring.first_survey(session, version.form))
    for _ in range(answers):
        take(session, round_)
    assert drafting.state(session, version.form, Speaker("en"))["version"]["answers"] == told


def test_two_rounds_together_tell_no_more_than_each_alone(session: Session) -> None:
    version = authoring.import_form(session, a_programme(session), codec.load(FORM), TODAY)
    survey = authoring.first_survey(session, version.form)
    for key in ("one", "two"):
        round_ = a_round(session, survey, key)
        for _ in range(4):
            take(session, round_)
    assert drafting.state(session, version.form, Speaker("en"))["version"]["answers"] == 0


# Two editors never lose an edit

NAMES = ("a", "b", "c", "d", "e")
WORDS = st.sampled_from(("uno", "dos", "tres"))


@st.composite
def forms(draw: st.DrawFn, names: tuple[str, ...] = NAMES) -> dict[str, Any]:
    """A document of some questions in some order in two sections, with some words and options."""
    order = draw(st.permutations(names))[: draw(st.integers(1, len(names)))]
    questions = [
        {"name": name, "kind": "choice", "label": {"es": draw(WORDS)}, "choices": [{"value": draw(st.sampled_from("xyz"))}]}
        for name in order
    ]
    cut = draw(st.integers(0, len(questions)))
    sections = [{"name": "one", "questions": questions[:cut]}, {"name": "two", "questions": questions[cut:]}]
    return {"name": "f", "title": {"es": draw(WORDS)}, "languages": ["es"], "sections": sections}


def words_of(document: dict[str, Any]) -> dict[str, Any]:
    """What each question says, and which options it has: the edits that must not be lost."""
    questions = [question for section in document["sections"] for question in section["questions"]]
    return {question["name"]: question for question in questions}


@given(forms(), forms(), forms())
def test_each_edit_is_in_the_merged_draft_or_in_a_conflict(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    merged = merge(base, mine, theirs)
    told = [conflict.place for conflict in merged.conflicts]
    for side, other in ((mine, theirs), (theirs, mine)):
        for place in changed_places(base, side):
            if place == "sections" or place.endswith(".choices"):
                continue  # an order: it follows from which parts there are
            is_told = any(place == one or place.startswith(f"{one}.") or one.startswith(f"{place}.") for one in told)
            assert is_told or place not in changed_places(side, merged.document) or place in changed_places(base, other)
    assert sorted(words_of(merged.document)) == sorted(set(words_of(merged.document)))
    assert codec.from_document(merged.document)


@given(forms(), forms())
def test_an_edit_of_one_person_alone_is_taken_as_it_is(base: dict[str, Any], mine: dict[str, Any]) -> None:
    for one, other in ((mine, base), (base, mine)):
        merged = merge(base, one, other)
        assert merged.conflicts == ()
        assert changed_places(merged.document, mine) == ()


@given(forms(), forms())
def test_no_difference_is_told_only_of_equal_documents(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert (changed_places(one, other) == ()) == (codec.from_document(one) == codec.from_document(other))
