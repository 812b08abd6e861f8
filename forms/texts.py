"""Every text of a form, with its place: to look at all of them, or to change all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from forms.definition import FormDefinition, Question, Scale, Section
from forms.wording import Text


def all_texts(form: FormDefinition) -> Iterator[tuple[str, Text]]:
    """(place, text) of every text, blank ones included."""
    yield "title", form.title
    yield "intro", form.intro
    for scale in form.scales:
        yield from ((f"scales.{scale.name}.labels.{point}", label) for point, label in scale.labels)
    for section in form.sections:
        yield f"sections.{section.name}.title", section.title
        for question in section.questions:
            yield from texts_of_question(question)
    yield from ((f"words.{name}", text) for name, text in form.words)


def texts_of_question(question: Question) -> Iterator[tuple[str, Text]]:
    place = f"questions.{question.name}"
    yield f"{place}.label", question.label
    yield f"{place}.hint", question.hint
    yield f"{place}.message", question.message
    yield f"{place}.interviewer_note", question.interviewer_note
    yield from ((f"{place}.choices.{choice.value}", choice.label) for choice in question.choices)
    yield from ((f"{place}.rows.{row.value}", row.label) for row in question.rows)
    yield from ((f"{place}.{name}", value) for name, value in question.settings if isinstance(value, Text))


def with_texts(form: FormDefinition, change: Callable[[Text], Text]) -> FormDefinition:
    """The form with ``change`` applied to each of its texts, its words aside."""
    return replace(with_texts_at(form, lambda _place, text: change(text)), words=form.words)


def with_texts_at(form: FormDefinition, change: Callable[[str, Text], Text]) -> FormDefinition:
    """The form with ``change`` applied to each of its texts, which is given its place as in ``all_texts``."""

    def scale(one: Scale) -> Scale:
        labels = tuple((point, change(f"scales.{one.name}.labels.{point}", label)) for point, label in one.labels)
        return replace(one, labels=labels)

    def question(one: Question) -> Question:
        place = f"questions.{one.name}"
        return replace(
            one,
            label=change(f"{place}.label", one.label),
            hint=change(f"{place}.hint", one.hint),
            message=change(f"{place}.message", one.message),
            interviewer_note=change(f"{place}.interviewer_note", one.interviewer_note),
            choices=tuple(replace(choice, label=change(f"{place}.choices.{choice.value}", choice.label)) for choice in one.choices),
            rows=tuple(replace(row, label=change(f"{place}.rows.{row.value}", row.label)) for row in one.rows),
            settings=tuple((name, changed(f"{place}.{name}", value)) for name, value in one.settings),
        )

    def changed(place: str, value: Any) -> Any:
        return change(place, value) if isinstance(value, Text) else value

    def section(one: Section) -> Section:
        title = change(f"sections.{one.name}.title", one.title)
        return replace(one, title=title, questions=tuple(question(inner) for inner in one.questions))

    return replace(
        form,
        title=change("title", form.title),
        intro=change("intro", form.intro),
        scales=tuple(scale(one) for one in form.scales),
        sections=tuple(section(one) for one in form.sections),
        words=tuple((name, change(f"words.{name}", text)) for name, text in form.words),
    )
