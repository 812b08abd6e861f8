"""The library: what there is, who uses it, and that putting in, keeping and copying lose nothing of anybody's."""

from __future__ import annotations

from copy import deepcopy

import pytest
from sqlalchemy.orm import Session

from forms import bank, codec
from surveys import authoring, drafting, library
from surveys.errors import ProblemsFound
from surveys.library import InstrumentUnknown
from surveys.storage import Form, Programme, all_instruments
from surveys.storage.database import Database
from tests.records import NOW, TODAY, a_form, a_programme

FORM = """
name: workshop
title: {es: Taller, en: Workshop}
languages: [es, en]
source: Own
licence: CC BY 4.0
words: {topic: {es: el agua, en: water}}
scales:
  amount: {lo: 1, hi: 5}
  unused: {lo: 0, hi: 10}
sections:
  - name: main
    questions:
      - {name: group, kind: choice, of_groups: true, label: {es: Grupo, en: Group}}
      - {name: useful, kind: scale, scale: amount, label: {es: '¿Le sirvió para {topic}?', en: 'Was it useful for {topic}?'}}
      - {name: why, kind: long_text, show_if: useful <= 2, label: {es: ¿Por qué?, en: Why?}}
"""


def a_workshop(session: Session, programme: Programme) -> Form:
    return drafting.new_form(session, programme, codec.load(FORM), None, NOW)


def keys(found: list[library.Entry]) -> list[str]:
    return [entry.key for entry in found]


def faults(raised: pytest.ExceptionInfo[ProblemsFound]) -> list[tuple[str, str]]:
    return [(problem.place, str(problem.fault)) for problem in raised.value.problems]


def test_the_bank_comes_with_source_licence_scoring_and_languages_in_both_languages(session: Session) -> None:
    found = library.entries(session)
    assert keys(found) == [f"bank:{name}" for name in bank.names()]
    for entry in found:
        assert entry.definition.source
        assert entry.definition.licence == "Apache-2.0"
        assert entry.definition.languages == ("es", "en")
        assert entry.scoring.missing(("es", "en")) == ()
        assert entry.questions > 0


def test_the_scoring_rule_names_every_construct_of_the_instrument(session: Session) -> None:
    for entry in library.entries(session):
        assert all(construct in words for construct in entry.constructs for _, words in entry.scoring.words), entry.key


def test_an_instrument_is_used_by_the_forms_that_ask_its_questions_word_for_word(session: Session) -> None:
    programme = a_programme(session)
    drafting.new_form(session, programme, bank.instrument("trust"), None, NOW)
    altered = deepcopy(codec.to_document(bank.instrument("trust")))
    altered["name"] = "altered"
    altered["sections"][1]["questions"][0]["label"]["es"] = "¿Puede hablar?"
    drafting.new_form(session, programme, codec.from_document(altered), None, NOW)
    a_form(session, programme, "older")  # a form whose draft nothing can be read of
    used = {entry.key: [(use.form.slug, use.shared, use.of) for use in entry.used_by] for entry in library.entries(session)}
    assert used["bank:trust"] == [("altered", 5, 6), ("trust", 6, 6)]
    assert used["bank:capacity"] == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("CONFIANZA", {"bank:trust"}),
        ("needs of the communities", {"bank:capacity", "bank:capacity_vp"}),
        ("tecnico", {"bank:follow_up"}),  # «demasiado técnico»
        ("coalition", {"bank:follow_up"}),
        ("ca_vp", {"bank:capacity_vp"}),
        ("nothing of the kind", set()),
    ],
)
def test_search_finds_titles_questions_and_constructs_without_accents_in_both_languages(
    session: Session, query: str, found: set[str]
) -> None:
    assert set(keys(library.searched(library.entries(session), query))) == found


def test_an_empty_search_finds_all_and_a_programmes_own_stand_first(session: Session) -> None:
    norte, sur = a_programme(session), a_programme(session, "sur")
    for programme in (norte, sur):
        library.save_instrument(session, a_workshop(session, programme), ["useful"], "useful", {"es": "Útil"}, None, TODAY)
    found = library.own_first(library.searched(library.entries(session), " "), sur)
    assert (keys(found)[0], keys(found)[-1], len(found)) == ("sur:useful", "norte:useful", len(bank.names()) + 2)


def test_questions_are_kept_with_the_scales_and_words_that_they_need(database: Database) -> None:
    with database.session() as session:
        form = a_workshop(session, a_programme(session))
        library.save_instrument(
            session, form, ["useful"], "useful", {"es": "Útil", "en": "Useful"}, None, TODAY, scoring={"es": "Promedio"}
        )
    with database.session() as session:
        entry = library.find_entry(session, "norte:useful")
    kept = entry.definition
    assert [question.name for question in kept.questions()] == ["useful"]
    assert [scale.name for scale in kept.scales] == ["amount"]
    assert [name for name, _ in kept.words] == ["topic"]
    assert (kept.name, kept.title.get("en"), kept.source, kept.licence, entry.scoring.get("es")) == (
        "useful",
        "Useful",
        "Own",
        "CC BY 4.0",
        "Promedio",
    )


def test_everything_wrong_with_an_instrument_is_told_at_once_and_nothing_is_kept(session: Session) -> None:
    programme = a_programme(session)
    form = a_workshop(session, programme)
    with pytest.raises(ProblemsFound) as raised:
        library.save_instrument(session, form, ["why", "gone"], "Mal nombre", {"es": " "}, None, TODAY)
    assert [place for place, _ in faults(raised)] == ["slug", "title", "questions.gone", "questions.why"]
    assert faults(raised)[-1][1] == "“why” is asked only after an answer to “useful”, which was not chosen."
    with pytest.raises(ProblemsFound) as raised:
        library.save_instrument(session, form, [], "fine", {"es": "Bien"}, None, TODAY)
    assert faults(raised) == [("questions", "No question was chosen.")]
    assert all_instruments(session, programme.id) == []


def test_a_name_is_used_once_in_a_programme(session: Session) -> None:
    form = a_workshop(session, a_programme(session))
    library.save_instrument(session, form, ["useful"], "useful", {"es": "Útil"}, None, TODAY)
    with pytest.raises(ProblemsFound) as raised:
        library.save_instrument(session, form, ["useful"], "useful", {"es": "Útil"}, None, TODAY)
    assert faults(raised) == [("slug", "The programme has an instrument called “useful” already.")]


def test_inserting_saves_the_draft_as_its_next_revision(session: Session) -> None:
    form = a_workshop(session, a_programme(session))
    put = library.insert(session, form, library.find_entry(session, "bank:capacity"), 1, None, NOW, after="useful")
    assert put.questions == ("ca_needs", "ca_project", "ca_dialogue")
    assert form.revision == 2
    names = [question.name for question in drafting.definition_of_draft(form).questions()]
    assert names == ["group", "useful", "ca_needs", "ca_project", "ca_dialogue", "why"]


def test_inserting_into_a_draft_that_somebody_changed_elsewhere_loses_neither(session: Session) -> None:
    form = a_workshop(session, a_programme(session))
    theirs = deepcopy(form.draft)
    theirs["title"]["es"] = "Taller de agua"
    drafting.save_draft(session, form, theirs, 1, None, NOW)
    library.insert(session, form, library.find_entry(session, "bank:capacity"), 1, None, NOW)
    draft = drafting.definition_of_draft(form)
    assert (form.revision, draft.title.get("es")) == (3, "Taller de agua")
    assert draft.question("ca_needs") is not None


def test_a_form_begun_from_an_instrument_can_be_published_as_it_is(session: Session) -> None:
    programme = a_programme(session)
    for name in bank.names():
        form = library.start_form(session, programme, library.find_entry(session, f"bank:{name}"), None, NOW)
        assert authoring.import_form(session, programme, drafting.definition_of_draft(form), TODAY).number == 1


def test_an_instrument_is_copied_with_its_scoring(session: Session) -> None:
    norte, sur = a_programme(session), a_programme(session, "sur")
    library.save_instrument(session, a_workshop(session, norte), ["useful"], "useful", {"es": "Útil"}, None, TODAY, scoring={"es": "Suma"})
    library.copy_instrument(session, library.find_entry(session, "norte:useful"), sur, None, TODAY)
    copied, original = (library.find_entry(session, f"{home}:useful") for home in ("sur", "norte"))
    assert (copied.definition, copied.scoring) == (original.definition, original.scoring)
    with pytest.raises(ProblemsFound):
        library.copy_instrument(session, original, sur, None, TODAY)


def test_a_form_is_copied_with_what_is_remembered_of_its_translations_and_stands_on_its_own(session: Session) -> None:
    norte, sur = a_programme(session), a_programme(session, "sur", groups=("miners",))
    form = a_workshop(session, norte)
    form.memory = {"title": {"en": {"base": "Taller"}}}
    copied = library.copy_form(session, form, sur, None, NOW)
    assert (copied.programme_id, copied.draft, copied.memory, copied.versions) == (sur.id, form.draft, form.memory, [])
    bound = authoring.bound_to(sur, drafting.definition_of_draft(copied)).question("group")
    assert bound is not None
    assert [choice.value for choice in bound.choices] == ["miners"]


@pytest.mark.parametrize("key", ["", "bank:", "bank:nothing", "norte:nothing", "nobody:trust"])
def test_an_instrument_that_is_not_there_is_told(session: Session, key: str) -> None:
    a_programme(session)
    with pytest.raises(InstrumentUnknown):
        library.find_entry(session, key)
