"""Where a text of a form stands, in words: what a person reads in place of ``questions.tr_open.hint``."""

from __future__ import annotations

from collections.abc import Iterator

from forms.definition import FormDefinition, Question
from forms.messages import Say, mark
from forms.questions import KINDS, type_of
from forms.wording import Text

_PARTS: tuple[tuple[str, str], ...] = (
    ("label", mark("Question %(number)s")),
    ("hint", mark("Question %(number)s: help")),
    ("message", mark("Question %(number)s: what is said when the answer is not valid")),
    ("interviewer_note", mark("Question %(number)s: note for whoever interviews")),
)


def places_in_words(form: FormDefinition, say: Say) -> dict[str, str]:
    """{place: words} of every text of ``forms.texts.all_texts``, blank ones included."""
    return dict(_said(form, say))


def _said(form: FormDefinition, say: Say) -> Iterator[tuple[str, str]]:
    yield "title", say("Title of the form")
    yield "intro", say("Introduction")
    for scale in form.scales:
        for point, _label in scale.labels:
            words = say("Scale %(scale)s: label of point %(point)s", scale=scale.name, point=point)
            yield f"scales.{scale.name}.labels.{point}", words
    for number, section in enumerate(form.sections, start=1):
        yield f"sections.{section.name}.title", say("Title of part %(number)s", number=number)
    for number, question in enumerate(form.questions(), start=1):
        yield from _question(question, number, say)
    for name, _text in form.words:
        yield f"words.{name}", say("What stands in place of {%(name)s}", name=name)


def _question(question: Question, number: int, say: Say) -> Iterator[tuple[str, str]]:
    place = f"questions.{question.name}"
    yield from ((f"{place}.{part}", say(words, number=number)) for part, words in _PARTS)
    for position, choice in enumerate(question.choices, start=1):
        yield f"{place}.choices.{choice.value}", say("Question %(number)s: option %(position)s", number=number, position=position)
    for position, row in enumerate(question.rows, start=1):
        yield f"{place}.rows.{row.value}", say("Question %(number)s: row %(position)s", number=number, position=position)
    labels = {setting.name: setting.label for setting in type_of(question.kind).settings} if question.kind in KINDS else {}
    for name, value in question.settings:
        if isinstance(value, Text):
            setting = say(labels[name]) if name in labels else name
            yield f"{place}.{name}", say("Question %(number)s: %(setting)s", number=number, setting=setting)
