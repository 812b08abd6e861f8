"""A form that is not finished, so that it can be drawn: what cannot be drawn yet becomes a note that says why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from forms.check import check, is_usable
from forms.definition import FormDefinition, Question, Section
from forms.messages import Message, Problem, Say, mark
from forms.wording import Text

#: Who says marked words in a language.
SayIn = Callable[[str], Say]

_NOT_DRAWN = mark("This question cannot be shown yet: %(name)s.")
_ALWAYS_ASKED = mark("The condition of “%(name)s” cannot be read yet, so the question is always shown.")


def drawable(form: FormDefinition, say_in: SayIn, unread: Iterable[Problem] = (), language: str = "es") -> FormDefinition:
    """The form with a note in the place of each question that cannot be drawn, and before each unreadable condition.

    unread: what could not be read of its document at all; said first. ``language``: the one of a form that names none.
    """
    form = form if form.languages else replace(form, languages=(language,))
    drawing = _Drawing(form, say_in)
    sections = tuple(replace(section, questions=tuple(drawing.questions_of(section))) for section in form.sections)
    notes = tuple(drawing.note(f"unread_{number}", problem) for number, problem in enumerate(unread, 1))
    return replace(form, sections=(Section("unread", questions=notes), *sections) if notes else sections)


class _Drawing:
    """The problems of one form by question, and the notes that tell them."""

    def __init__(self, form: FormDefinition, say_in: SayIn) -> None:
        self.form, self.says = form, {language: say_in(language) for language in form.languages}
        self.problems = [problem for problem in check(form) if problem.blocks]

    def questions_of(self, section: Section) -> Iterator[Question]:
        for question in section.questions:
            found = [problem for problem in self.problems if problem.place.startswith(f"questions.{question.name}.")]
            conditions = [problem for problem in found if ".show_if" in problem.place]
            if not is_usable(question, self.form):
                yield self.note(question.name, *found, first=Message(_NOT_DRAWN, {"name": question.name}))
                continue
            if conditions:
                yield self.note(f"{question.name}_", *conditions, first=Message(_ALWAYS_ASKED, {"name": question.name}))
            yield _without_conditions(question) if conditions else question

    def note(self, name: str, *problems: Problem, first: Message | None = None) -> Question:
        """A note that tells problems in every language of the form."""
        told: Mapping[str, str] = {language: _told(first, problems, say) for language, say in self.says.items()}
        return Question(name, "note", Text.of(told))


def _told(first: Message | None, problems: Iterable[Problem], say: Say) -> str:
    faults = (f"{problem.fault.said(say)} {problem.remedy.said(say)}".strip() for problem in problems)
    return " ".join([*([first.said(say)] if first else []), *faults])


def _without_conditions(question: Question) -> Question:
    choices = tuple(replace(choice, show_if="") for choice in question.choices)
    return replace(question, show_if="", choices=choices, rows=tuple(replace(row, show_if="") for row in question.rows))
