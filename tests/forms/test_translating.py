"""The states of translations, and what is remembered of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.definition import FormDefinition
from forms.texts import all_texts
from forms.translating import (
    completeness,
    confirmed,
    left_out_problems,
    problems_of,
    remembered,
    reviewed,
    swept,
    text_states,
    without_languages,
    writer_of,
)
from forms.wording import Text
from tests.forms.factories import a_form, a_question, a_text, faults, some_choices

DAY = date(2026, 7, 18)
LABEL = "questions.a.label"


def asking(es: str, en: str, name: str = "a", **parts: Any) -> FormDefinition:
    """A form whose question ``name`` says this."""
    return a_form(a_question("long_text", name, label=Text.of({"es": es, "en": en}), **parts))


def state(form: FormDefinition, memory: dict[str, Any], place: str = LABEL, language: str = "en") -> str:
    return next(one.state for one in text_states(form, memory) if (one.place, one.language) == (place, language))


def saved(*forms: FormDefinition, memory: dict[str, Any] | None = None, by: str = "") -> dict[str, Any]:
    """The memory after these forms were saved one after another."""
    known = memory or {}
    for old, new in pairwise(forms):
        known = remembered(known, old, new, by)
    return known


def test_a_text_without_words_is_missing_and_with_words_done() -> None:
    assert state(asking("Hola", ""), {}) == "missing"
    assert state(asking("Hola", "Hello"), {}) == "done"


def test_every_text_that_the_base_has_is_there_in_every_other_language() -> None:
    form = replace(asking("Hola", "Hello"), languages=("es", "en", "qu"))
    assert [(one.place, one.language) for one in text_states(form, {}) if one.place == LABEL] == [(LABEL, "en"), (LABEL, "qu")]
    assert "questions.a.hint" not in {one.place for one in text_states(form, {})}


def test_a_text_without_words_in_the_base_has_no_state() -> None:
    assert LABEL not in {one.place for one in text_states(asking("", "Hello"), {})}


def test_other_words_in_the_base_make_a_translation_stale() -> None:
    memory = saved(asking("Hola", "Hello"), asking("Buenos días", "Hello"))
    assert state(asking("Buenos días", "Hello"), memory) == "stale"
    assert state(asking("Hola", "Hello"), memory) == "done"


def test_a_stale_translation_tells_what_the_base_said_until_somebody_confirms_it() -> None:
    said = [asking(base, "Hello") for base in ("Hola", "Buenos días", "Buenas tardes")]
    memory = saved(*said)
    stale = next(one for one in text_states(said[-1], memory) if one.place == LABEL)
    assert (stale.was, stale.base) == ("Hola", "Buenas tardes")
    assert "was" not in confirmed(memory, said[-1], LABEL, "en")[LABEL]["en"]


def test_a_translation_that_changes_with_its_base_is_not_stale() -> None:
    memory = saved(asking("Hola", "Hello"), asking("Buenos días", "Good morning"))
    assert memory == {}


def test_only_other_spaces_make_nothing_stale() -> None:
    assert saved(asking("Hola a todos", "Hello"), asking("Hola  a\ntodos ", "Hello")) == {}


def test_a_translation_stays_stale_whatever_else_is_saved_until_it_changes() -> None:
    stale = asking("Buenos días", "Hello")
    memory = saved(asking("Hola", "Hello"), stale, replace(stale, minutes=5), asking("Buenas tardes", "Hello"))
    assert state(asking("Buenas tardes", "Hello"), memory) == "stale"
    memory = saved(asking("Buenas tardes", "Hello"), asking("Buenas tardes", "Good afternoon"), memory=memory)
    assert state(asking("Buenas tardes", "Good afternoon"), memory) == "done"


def test_a_base_that_is_emptied_and_written_anew_makes_its_translation_stale() -> None:
    memory = saved(asking("Hola", "Hello"), asking("", "Hello"), asking("B", "Hello"), asking("Buenos días", "Hello"))
    assert state(asking("Buenos días", "Hello"), memory) == "stale"


def test_a_stale_translation_that_is_emptied_and_put_back_is_still_stale() -> None:
    stale = asking("Buenos días", "Hello")
    memory = saved(asking("Hola", "Hello"), stale, asking("Buenos días", ""), stale)
    assert state(stale, memory) == "stale"


def test_a_question_that_is_deleted_and_put_back_is_still_stale() -> None:
    stale = asking("Buenos días", "Hello")
    memory = saved(asking("Hola", "Hello"), stale, a_form(a_question("number", "b")), stale)
    assert state(stale, memory) == "stale"
    assert swept(memory, a_form(a_question("number", "b"))) == {}


def test_a_confirmed_translation_is_done_until_the_base_changes_again() -> None:
    stale = asking("Buenos días", "Hello")
    memory = confirmed(saved(asking("Hola", "Hello"), stale), stale, LABEL, "en")
    assert state(stale, memory) == "done"
    assert state(asking("Chau", "Hello"), saved(stale, asking("Chau", "Hello"), memory=memory)) == "stale"


def test_the_same_words_as_in_the_base_are_shown_until_they_are_confirmed() -> None:
    name = asking("Plaza San Martín", "Plaza San Martín")
    assert state(name, {}) == "identical"
    memory = confirmed({}, name, LABEL, "en")
    assert state(name, memory) == "done"
    assert state(asking("Parque", "Parque"), memory) == "identical"


@pytest.mark.parametrize("words", ["10 %", "1", "—", "{topic}", "2026-07-18"])
def test_numbers_signs_and_places_are_the_same_in_every_language(words: str) -> None:
    assert state(asking(words, words), {}) == "done"


def test_a_review_stands_while_both_texts_are_what_they_were() -> None:
    form = asking("Hola", "Hello")
    memory = reviewed({}, form, LABEL, "en", "Ana Quispe", DAY)
    seen = next(one for one in text_states(form, memory) if one.place == LABEL)
    assert (seen.state, seen.reviewed_by, seen.reviewed_on) == ("reviewed", "Ana Quispe", DAY)
    assert state(asking("Hola", "Hi"), saved(form, asking("Hola", "Hi"), memory=memory)) == "done"
    assert state(asking("Chau", "Hello"), saved(form, asking("Chau", "Hello"), memory=memory)) == "stale"
    assert state(form, saved(form, asking("Hola", "Hi"), form, memory=memory)) == "reviewed"


def test_a_review_confirms_a_stale_translation() -> None:
    stale = asking("Buenos días", "Hello")
    assert state(stale, reviewed(saved(asking("Hola", "Hello"), stale), stale, LABEL, "en", "Ana", DAY)) == "reviewed"


def test_whoever_wrote_the_words_last_is_remembered() -> None:
    memory = saved(asking("Hola", ""), asking("Hola", "Hello"), by="ana")
    assert writer_of(memory, LABEL, "en") == "ana"
    assert writer_of(saved(asking("Hola", "Hello"), asking("Buenas", "Hello"), memory=memory, by="luis"), LABEL, "en") == "ana"
    assert writer_of(saved(asking("Hola", "Hello"), asking("Hola", "Hi"), memory=memory, by="luis"), LABEL, "en") == "luis"
    assert writer_of(saved(asking("Hola", "Hello"), asking("Hola", "Hi"), memory=memory), LABEL, "en") == ""


def test_a_renamed_question_keeps_its_memory_and_its_writer() -> None:
    stale, renamed = asking("Buenos días", "Hello"), asking("Buenos días", "Hello", "greeting")
    memory = saved(asking("Hola", "Hello"), stale, renamed, memory=saved(asking("Hola", ""), asking("Hola", "Hello"), by="ana"))
    assert state(renamed, memory, "questions.greeting.label") == "stale"
    assert writer_of(memory, "questions.greeting.label", "en") == "ana"
    assert LABEL not in memory


def test_a_question_that_is_renamed_and_reworded_at_once_makes_its_translation_stale() -> None:
    renamed = asking("Buenos días", "Hello", "greeting")
    assert state(renamed, saved(asking("Hola", "Hello"), renamed), "questions.greeting.label") == "stale"


def test_a_copied_question_is_as_stale_as_the_first() -> None:
    stale = asking("Buenos días", "Hello")
    (first,) = stale.questions()
    twice = a_form(first, replace(first, name="b"))
    memory = saved(asking("Hola", "Hello"), stale, twice)
    assert [state(twice, memory, f"questions.{name}.label") for name in "ab"] == ["stale", "stale"]


def test_renamed_options_scales_and_words_keep_their_memory() -> None:
    def form(es: str, value: str, scale: str, word: str) -> FormDefinition:
        choices = (*some_choices("x"), replace(some_choices(value)[0], label=a_text(es, "Maps")))
        scales = (replace(a_form().scales[0], name=scale, labels=((1, a_text(es, "Little")),)),)
        questions = (a_question("choice", "a", choices=choices), a_question("scale", "b", scale=scale))
        return replace(a_form(*questions, scales=scales), words=((word, a_text(es, "the canon")),))

    new = form("Planos", "plans", "much", "topic")
    memory = saved(form("Mapas", "maps", "few", "theme"), form("Planos", "maps", "few", "theme"), new)
    stale = {one.place for one in text_states(new, memory) if one.state == "stale"}
    assert stale == {"questions.a.choices.plans", "scales.much.labels.1", "words.topic"}


def test_a_stale_pair_stays_stale_when_its_translation_becomes_the_base() -> None:
    stale = replace(asking("Buenos días", "Hello"), languages=("es", "en", "qu"))
    turned = replace(stale, languages=("en", "es", "qu"))
    memory = saved(replace(asking("Hola", "Hello"), languages=stale.languages), stale, turned)
    assert state(turned, memory, language="es") == "stale"
    assert state(stale, saved(turned, stale, memory=memory)) == "stale"


def test_a_translation_of_the_old_base_is_not_stale_beside_one_of_the_same_words() -> None:
    def form(es: str, *languages: str) -> FormDefinition:
        words = Text.of({"es": es, "en": "Hello", "pt": "Olá"})
        return replace(a_form(a_question("long_text", "a", label=words)), languages=languages)

    turned = form("Buenos días", "en", "es", "pt")
    memory = saved(form("Hola", "es", "en", "pt"), form("Buenos días", "es", "en", "pt"), turned)
    assert [state(turned, memory, language=language) for language in ("es", "pt")] == ["stale", "done"]


def test_nothing_is_remembered_of_a_form_that_nobody_edited() -> None:
    form = asking("Hola", "Hello")
    assert saved(form, form, replace(form, minutes=4)) == {}


def test_texts_are_counted_as_complete_when_they_are_neither_missing_nor_stale() -> None:
    form, old = asking("Buenos días", "Hello", hint=Text.of({"es": "Salude"})), asking("Hola", "Hello", hint=Text.of({"es": "Salude"}))
    states = text_states(form, saved(old, form))
    total = len(states)
    assert completeness(states, "en") == (total - 2, total)
    assert completeness(states, "qu") == (0, 0)


def test_a_stale_text_blocks_publishing_unless_its_language_is_left_out() -> None:
    form = asking("Buenos días", "Hello")
    states = text_states(form, saved(asking("Hola", "Hello"), form))
    assert faults(problems_of(states)) == [(LABEL, "The words in “en” translate what the text said before.")]
    assert all(problem.blocks for problem in problems_of(states))
    assert problems_of(states, ["en"]) == []


def test_a_form_without_a_language_has_none_of_its_words() -> None:
    form = replace(asking("Hola", "Hello"), words=(("topic", a_text("el canon", "the canon")),))
    left = without_languages(form, ["en"])
    assert left.languages == ("es",)
    assert {text.languages for _, text in all_texts(left)} <= {("es",), ()}
    assert without_languages(form, []) == form


def test_the_base_cannot_be_left_out_nor_a_language_that_is_not_there() -> None:
    form = asking("Hola", "Hello")
    assert faults(left_out_problems(form, ["es", "en", "qu"])) == [
        ("languages", "“es” is the base language."),
        ("languages", "The form has no language “qu”."),
    ]
    with pytest.raises(ValueError, match="base language"):
        without_languages(form, ["es"])


EDITS = st.one_of(
    st.tuples(st.just("es"), st.sampled_from(["", "Hola", "Buenos días", "Chau"])),
    st.tuples(st.just("en"), st.sampled_from(["", "Hello"])),
    st.tuples(st.just("name"), st.sampled_from(["a", "b"])),
    st.tuples(st.just("there"), st.booleans()),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(EDITS, max_size=12))
def test_no_sequence_of_saves_loses_a_stale_mark_or_invents_one(edits: list[tuple[str, Any]]) -> None:
    """“Hello” was written for “Hola”: whatever is emptied, renamed, deleted and put back, it is stale beside any other words."""
    now: dict[str, Any] = {"es": "Hola", "en": "Hello", "name": "a", "there": True}
    form, memory = asking("Hola", "Hello"), {}
    for what, value in edits:
        now |= {what: value} if now["there"] or what == "there" else {}
        old, form = form, asking(now["es"], now["en"], now["name"]) if now["there"] else a_form()
        memory = remembered(memory, old, form)
        if now["es"] and now["en"] and now["there"]:
            expected = "done" if now["es"] == "Hola" else "stale"
            assert state(form, memory, f"questions.{now['name']}.label") == expected
