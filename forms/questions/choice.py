"""One choice (with "other" in words) and several choices (smallest and largest number, options that exclude the rest).

Both can carry a comment of their own: column ``question/comment``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice

from forms.definition import Choice as Option
from forms.definition import FormDefinition, Question
from forms.messages import Message, Problem, mark, mark_many
from forms.questions import marks
from forms.questions.base import Answers, CellError, Circle, Column, QuestionType, SettingField, Space, Why, space_of
from forms.questions.faults import fault_in, fault_of_whole, faults_of_bounds, faults_of_parts, not_offered
from forms.questions.text import parse_flag, tidy, too_long
from forms.wording import Text

COMMENT_LABEL = Text.of({"es": "Comentario", "en": "Comment"})
LONGEST_SIDE_TEXT = 200

_COMMENT = SettingField("comment", "flag", mark("With room for a comment"), False)


def options_of(question: Question) -> tuple[Option, ...]:
    """The options as they are shown: those of the definition, and "other" last where the question has it."""
    if question.kind != "choice" or not question.setting("other"):
        return question.choices
    return (*question.choices, Option("other", question.setting("other_label") or marks.OTHER_LABEL))


def side_column(question: Question, part: str, label: Text) -> Column:
    return Column(
        f"{question.name}/{part}",
        question.name,
        part,
        "text",
        marks.joined(question.label, label),
        sensitive=question.sensitive,
        hi=LONGEST_SIDE_TEXT,
    )


def read_side_text(question: Question, part: str, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
    """The words beside a choice: a comment, or what "other" is."""
    key = f"{question.name}/{part}"
    words = tidy(marks.first(posted, key))
    fault = too_long(words, LONGEST_SIDE_TEXT)
    answers: Answers = {key: words} if words else marks.missing(key, "blank")
    return answers, [Problem(key, *fault)] if fault else []


def parse_side_text(cell: str) -> tuple[Any, Why | None]:
    if why := marks.why_of_cell(cell):
        return None, why
    words = tidy(cell)
    if fault := too_long(words, LONGEST_SIDE_TEXT):
        raise CellError(*fault)
    return (words, None) if words else (None, "blank")


def write_side_text(key: str, answers: Answers) -> dict[str, list[str]]:
    return {key: [str(answers[key])]} if key in answers else {}


def labels_of(question: Question) -> tuple[tuple[str, Text], ...]:
    return tuple((option.value, option.label) for option in options_of(question))


class Choice(QuestionType):
    """One option of several. Stored: its value. The words of "other" stand in ``question/other``."""

    kind = "choice"
    name = mark("One choice")
    needs = ("choices",)
    may_have = ("shuffle", "of_groups")
    settings = (
        SettingField("other", "flag", mark("With “other”, to be told in words"), False),
        SettingField("other_label", "words", mark("What “other” is called"), None, needs="other"),
        _COMMENT,
    )

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        labels = labels_of(question)
        found = [Column(question.name, question.name, "", "choice", question.label, sensitive=question.sensitive, labels=labels)]
        if question.setting("other"):
            found.append(side_column(question, "other", options_of(question)[-1].label))
        if question.setting("comment"):
            found.append(side_column(question, "comment", COMMENT_LABEL))
        return tuple(found)

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        labels = {"other": options_of(question)[-1].label, "comment": COMMENT_LABEL} if options_of(question) else {}
        sides = [replace(space_of(column, labels[column.part]), says_why="") for column in self.columns(question, form) if column.part]
        return (space_of(self.columns(question, form)[0]), *sides)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        shown = [SelectChoice(value, label.in_language(language)) for value, label in labels_of(question)]
        return RadioField(question.label.in_language(language), choices=shown, description=question.hint.in_language(language))

    def side_fields(self, question: Question, language: str) -> dict[str, Any]:
        labels = {"other": question.setting("other_label") or marks.OTHER_LABEL, "comment": COMMENT_LABEL}
        return _side_fields(question, language, labels)

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        key = question.name
        value, why = marks.first(posted, key), marks.why_of_posted(posted.get(key, ()))
        problems: list[Problem] = []
        answers: Answers = {key: value}
        if why or not value:
            answers = marks.missing(key, why or "blank")
        elif value not in dict(labels_of(question)):
            answers, problems = marks.missing(key, "blank"), [not_offered(question)]
        for part in ("other", "comment"):
            if not question.setting(part):
                continue
            if part == "other" and answers.get(key) != "other":
                answers |= marks.missing(f"{key}/other", "blank")
                continue
            said, faults = read_side_text(question, part, posted)
            answers, problems = answers | said, problems + faults
        return answers, problems

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        key = question.name
        chosen = {key: [str(answers[key])]} if key in answers else marks.marked(answers, key)
        return chosen | write_side_text(f"{key}/other", answers) | write_side_text(f"{key}/comment", answers)

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        if column.part:
            return parse_side_text(cell)
        why = marks.why_of_cell(cell)
        return (None, why) if why else (marks.value_of_cell(column, cell), None)

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        if question.setting("other") and any(option.value == "other" for option in question.choices):
            remedy = mark("Remove the option, or the setting “other”.")
            return [fault_in(question, mark("There are two options “other”: one of them comes with the setting."), remedy, "other")]
        return []


def _side_fields(question: Question, language: str, labels: Mapping[str, Text]) -> dict[str, Any]:
    return {
        f"{question.name}/{part}": StringField(label.in_language(language), render_kw={"maxlength": LONGEST_SIDE_TEXT})
        for part, label in labels.items()
        if question.setting(part)
    }


class Several(QuestionType):
    """Any number of options. Stored: 1 or 0 for each, in ``question/option``."""

    kind = "several"
    name = mark("Several choices")
    needs = ("choices",)
    may_have = ("shuffle", "of_groups")
    options_may = ("exclusive",)
    settings = (
        SettingField("minimum", "whole", mark("Smallest number of options"), None),
        SettingField("maximum", "whole", mark("Largest number of options"), None),
        _COMMENT,
    )
    comes_together = True

    def hint(self, question: Question) -> Message | None:
        least, most = int(question.setting("minimum") or 0), int(question.setting("maximum") or 0)
        if least > 1 and most:
            return Message(mark("Tick %(least)s to %(most)s."), {"least": least, "most": most})
        if most:
            return Message(mark("Tick up to %(most)s."), {"most": most})
        return Message(mark("Tick all that apply."))

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        found = [_flag_column(question, option) for option in question.choices]
        if question.setting("comment"):
            found.append(side_column(question, "comment", COMMENT_LABEL))
        return tuple(found)

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        """One space for all the options: their numbers are typed one after another."""
        squares = tuple(Circle(str(number), option.value, option.label) for number, option in enumerate(question.choices, 1))
        comment = Space(f"{question.name}/comment", "line", COMMENT_LABEL)
        options = Space(question.name, "squares", circles=squares, says_why=question.name)
        return (options, comment) if question.setting("comment") else (options,)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        shown = [SelectChoice(value, label.in_language(language)) for value, label in labels_of(question)]
        return SelectMultipleField(question.label.in_language(language), choices=shown, description=question.hint.in_language(language))

    def side_fields(self, question: Question, language: str) -> dict[str, Any]:
        return _side_fields(question, language, {"comment": COMMENT_LABEL})

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        values = list(dict.fromkeys(value for value in posted.get(question.name, ()) if value and value not in marks.WHYS))
        why = marks.why_of_posted(posted.get(question.name, ()))
        ticked = set(values)
        problems = self.faults(question, values) if values else []
        if values and why:
            problems.append(_excluded(question))
            why = None
        answers = self.ticked(question, ticked) if values else marks.all_missing(_flags(question), why or "blank")
        if question.setting("comment"):
            said, faults = read_side_text(question, "comment", posted)
            answers, problems = answers | said, problems + faults
        return answers, problems

    def faults(self, question: Question, values: Sequence[str]) -> list[Problem]:
        """What is wrong with a set of ticked options that is not empty."""
        options = {option.value: option for option in question.choices}
        if not options.keys() >= set(values):
            return [not_offered(question)]
        least, most = question.setting("minimum"), question.setting("maximum")
        if any(options[value].exclusive for value in values):
            return [_excluded(question)] if len(values) > 1 else []
        if most is not None and len(values) > most:
            one, more = mark_many("%(count)s option is ticked.", "%(count)s options are ticked.")
            fault = Message(one, plural=more, count=len(values))
            return [Problem(question.name, fault, Message(mark("Untick some, so that at most %(most)s remain."), {"most": most}))]
        if least is not None and len(values) < least:
            one, more = mark_many("%(count)s option is ticked.", "%(count)s options are ticked.")
            fault = Message(one, plural=more, count=len(values))
            return [Problem(question.name, fault, Message(mark("Tick at least %(least)s, or none."), {"least": least}))]
        return []

    def ticked(self, question: Question, values: set[str]) -> Answers:
        return {f"{question.name}/{option.value}": int(option.value in values) for option in question.choices}

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        flags = _flags(question)
        chosen = [column.part for column in flags if answers.get(column.key) == 1]
        written = {question.name: chosen} if chosen else {}
        if not chosen and flags:
            written = marks.marked(answers, flags[0].key, question.name)
        return written | write_side_text(f"{question.name}/comment", answers)

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        return parse_flag(column, cell) if column.kind == "flag" else parse_side_text(cell)

    def problems_together(self, question: Question, answers: Answers) -> list[Problem]:
        ticked = [option.value for option in question.choices if answers.get(f"{question.name}/{option.value}") == 1]
        return self.faults(question, ticked) if ticked else []

    def parse_together(self, question: Question, form: FormDefinition, cell: str) -> Answers:
        """All the options, ``maps;talks``, by code or label."""
        flags = _flags(question)
        if why := marks.why_of_cell(cell):
            return marks.all_missing(flags, why)
        whole = Column(question.name, question.name, "", "choice", question.label, labels=labels_of(question))
        values = [marks.value_of_cell(whole, part) for part in cell.split(";") if part.strip()]
        for problem in self.faults(question, list(dict.fromkeys(values))):
            raise CellError(problem.fault, problem.remedy)
        return self.ticked(question, set(values)) if values else marks.all_missing(flags, "blank")

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        found = faults_of_parts(question, question.choices, "choices")
        most = len(question.choices) or 100
        found += fault_of_whole(question, "minimum", 1, most) + fault_of_whole(question, "maximum", 1, most)
        return found or faults_of_bounds(question, "minimum", "maximum")


def _excluded(question: Question) -> Problem:
    fault = Message(mark("An answer that excludes the others is ticked together with others."))
    return Problem(question.name, fault, Message(mark("Untick that one, or the others.")))


def _flags(question: Question) -> tuple[Column, ...]:
    return tuple(_flag_column(question, option) for option in question.choices)


def _flag_column(question: Question, option: Option) -> Column:
    label = marks.joined(question.label, option.label)
    labels = (("1", marks.YES), ("0", marks.NO))
    return Column(
        f"{question.name}/{option.value}", question.name, option.value, "flag", label, sensitive=question.sensitive, labels=labels
    )
