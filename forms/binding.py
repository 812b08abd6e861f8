"""A form bound to a programme: its stakeholder groups become choices and rows, its words fill the places in the texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from forms.definition import Choice, FormDefinition, Question, Row, Section
from forms.questions import type_of
from forms.texts import with_texts
from forms.wording import Text

#: A place in a text, such as {topic}.
PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def bind(
    definition: FormDefinition,
    groups: Sequence[Choice],
    *,
    shown: Sequence[Choice] = (),
    shown_in: Mapping[str, str] | None = None,
    words: Mapping[str, Text] | None = None,
) -> FormDefinition:
    """The form with the programme's groups and words in it. Binding a bound form again gives the same.

    A programme may speak more languages than the form: groups are named in those of the form.

    groups: the groups that a participant may choose, in order: choices of every question with ``of_groups``, before any
    that the form itself adds (``group`` has the programme's only).
    shown: the groups that a battery asks about, when some are merged (privacy D10, D17); the same as ``groups`` by default.
    shown_in: {group: group it is merged into}. Nobody is asked about the group that holds their own.
    words: {place: text} instead of the form's own; a place in neither stays as it is, and ``check`` tells it.
    """
    groups = _named(groups, definition)
    asked_about = _named(shown, definition) or groups
    homes = {choice.value: (shown_in or {}).get(choice.value, choice.value) for choice in groups}
    said = dict(definition.words) | dict(words or {})
    bound = replace(definition, words=())
    bound = replace(bound, sections=tuple(_section(section, groups, asked_about, homes) for section in definition.sections))
    return _filled(bound, {name: text for name, text in said.items() if text}) if said else bound


def _named(groups: Sequence[Choice], definition: FormDefinition) -> tuple[Choice, ...]:
    return tuple(replace(group, label=group.label.only(definition.languages)) for group in groups)


def _section(section: Section, groups: Sequence[Choice], asked_about: Sequence[Choice], homes: Mapping[str, str]) -> Section:
    return replace(section, questions=tuple(_question(question, groups, asked_about, homes) for question in section.questions))


def _question(question: Question, groups: Sequence[Choice], asked_about: Sequence[Choice], homes: Mapping[str, str]) -> Question:
    if not question.of_groups:
        return question
    if "rows" in type_of(question.kind).needs:
        return replace(question, rows=tuple(_row(group, homes) for group in asked_about))
    extra = tuple(choice for choice in question.choices if choice.value not in homes and question.name != "group")
    return replace(question, choices=(*(Choice(group.value, group.label) for group in groups), *extra))


def _row(group: Choice, homes: Mapping[str, str]) -> Row:
    """The row about a group: asked of everybody but its members."""
    members = [member for member, home in homes.items() if home == group.value]
    show_if = " and ".join(f"group != '{member}'" for member in members)
    return Row(group.value, group.label, show_if=show_if)


def _filled(form: FormDefinition, words: Mapping[str, Text]) -> FormDefinition:
    """The form with every text's places filled."""
    base = form.languages[0] if form.languages else None

    def said(language: str, sentence: str) -> str:
        return PLACE.sub(lambda place: words[place[1]].in_language(language, base) if place[1] in words else place[0], sentence)

    return with_texts(form, lambda text: Text(tuple((language, said(language, sentence)) for language, sentence in text.words)))
