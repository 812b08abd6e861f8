"""The states of translations, and what is remembered of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from forms.definition import Choice, FormDefinition
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
from tests.forms.factories import a_form, a_question, a_text, some_choices

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
    for old, new in zip(forms, forms[1:], strict=False):
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


def test_a_translation_that_changes_with_its_base_is_not_stale() -> None:
    memory = saved(asking("Hola", "Hello"), asking("Buenos días", "Good morning"))
    assert memory == {}


def test_only_other_spaces_make_nothing_stale() -> None:
    assert saved(asking("Hola a todos", "Hello"), asking("Hola  a\ntodos ", "Hello")) == {}
