"""Short and long text. A long text can carry its own tick: "you may quote this without my name"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, StringField, TextAreaField

from forms.definition import FormDefinition, Question
from forms.messages import Message, Problem, mark
from forms.questions import marks
from forms.questions.base import Answers, CellError, Circle, Column, QuestionType, SettingField, Space, Why
from forms.questions.faults import TICK, fault_of_whole, not_offered
from forms.wording import Text

QUOTE_LABEL = Text.of(
    {"es": "Pueden citar esto sin mi nombre", "en": "You may quote this without my name", "pt": "Podem citar isto sem o meu nome"}
)

_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def tidy(words: str, many_lines: bool = True) -> str:
    """Trimmed words with plain line ends and without characters that cannot be seen.

    >>> tidy(" uno\\r\\ndos\\x00 ")
    'uno\\ndos'
    """
    said = _UNSEEN.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    return said.strip() if many_lines else " ".join(said.split())


def too_long(words: str, maximum: int) -> tuple[Message, Message] | None:
    """The fault and the remedy of a text over ``maximum`` characters, or None."""
    if len(words) <= maximum:
        return None
    fault = Message(mark("The text is too long: it has %(length)s characters."), {"length": len(words)})
    return fault, Message(mark("Shorten it to %(maximum)s."), {"maximum": maximum})


class _TextType(QuestionType):
    settings: tuple[SettingField, ...] = (SettingField("maximum", "whole", mark("Longest text, in characters"), 200),)
    many_lines = False
    is_written = True

    def longest(self, question: Question) -> int:
        return int(question.setting("maximum", self.settings[0].default))

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return (Column(question.name, question.name, "", "text", question.label, sensitive=question.sensitive, hi=self.longest(question)),)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        label, hint = question.label.in_language(language), question.hint.in_language(language)
        return StringField(label, description=hint, render_kw={"maxlength": self.longest(question)})

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        if why := marks.why_of_posted(posted.get(question.name, ())):
            return marks.missing(question.name, why), []
        words = tidy(marks.first(posted, question.name), self.many_lines)
        if not words:
            return marks.missing(question.name, "blank"), []
        if fault := too_long(words, self.longest(question)):
            return {question.name: words}, [Problem(question.name, *fault)]
        return {question.name: words}, []

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        if question.name in answers:
            return {question.name: [str(answers[question.name])]}
        return marks.marked(answers, question.name)

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        if why := marks.why_of_cell(cell):
            return None, why
        words = tidy(cell, self.many_lines)
        if column.hi and (fault := too_long(words, int(column.hi))):
            raise CellError(*fault)
        return (words, None) if words else (None, "blank")

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        return fault_of_whole(question, "maximum", 1, 10_000)


class ShortText(_TextType):
    """One line."""

    kind = "short_text"
    name = mark("Short text")


class LongText(_TextType):
    """Several lines; with ``quote``, a tick of its own, off by default: column ``question/quote``."""

    kind = "long_text"
    name = mark("Long text")
    many_lines = True
    settings = (
        SettingField("maximum", "whole", mark("Longest text, in characters"), 600),
        SettingField("quote", "flag", mark("Offers “you may quote this without my name”"), False),
    )

    def hint(self, question: Question) -> Message | None:
        return Message(mark("Please do not write people’s names."))

    def seconds(self, question: Question) -> int:
        return 45

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        words = super().columns(question, form)
        return (*words, _quote_column(question)) if question.setting("quote") else words

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        """Lines for half the letters it takes, as handwriting is large and few people fill it; three to eight."""
        lines = min(max(self.longest(question) // 120, 3), 8)
        words = Space(question.name, "lines", room=lines, says_why=question.name)
        quote = Space(f"{question.name}/quote", "tick", QUOTE_LABEL, (Circle("1", "1"),))
        return (words, quote) if question.setting("quote") else (words,)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        label, hint = question.label.in_language(language), question.hint.in_language(language)
        return TextAreaField(label, description=hint, render_kw={"maxlength": self.longest(question)})

    def side_fields(self, question: Question, language: str) -> dict[str, Any]:
        return {f"{question.name}/quote": BooleanField(QUOTE_LABEL.in_language(language))} if question.setting("quote") else {}

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        answers, problems = super().read(question, form, posted)
        key = f"{question.name}/quote"
        if question.setting("quote"):
            why = answers.get(f"{question.name}:why")
            answers |= marks.missing(key, why) if why else {key: int("1" in posted.get(key, ()))}
            problems = problems if set(posted.get(key, ())) <= TICK else [*problems, not_offered(question, "quote")]
        return answers, problems

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        ticked = {f"{question.name}/quote": ["1"]} if answers.get(f"{question.name}/quote") == 1 else {}
        return super().write(question, form, answers) | ticked

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        return parse_flag(column, cell) if column.kind == "flag" else super().parse(column, cell)


def _quote_column(question: Question) -> Column:
    labels = (("1", marks.YES), ("0", marks.NO))
    label = marks.joined(question.label, QUOTE_LABEL)
    return Column(f"{question.name}/quote", question.name, "quote", "flag", label, sensitive=question.sensitive, labels=labels)


def parse_flag(column: Column, cell: str) -> tuple[Any, Why | None]:
    """A cell of a flag: 1 or 0, yes or no, true or false, x for ticked."""
    if why := marks.why_of_cell(cell):
        return None, why
    said = marks.folded(cell)
    if said in {"true", "verdadero", "x", "1.0", "si"}:
        return 1, None
    if said in {"false", "falso", "0.0"}:
        return 0, None
    return int(marks.value_of_cell(column, cell)), None
