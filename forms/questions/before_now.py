"""Before and now on one row: a retrospective rating, asked once, after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Form, FormField

from forms.definition import FormDefinition, Question
from forms.messages import Problem, mark
from forms.questions import marks
from forms.questions.base import Answers, Column, QuestionType, SettingField, Space, Why, space_of
from forms.questions.faults import fault_in
from forms.questions.scale import parse_rating, rating_column, rating_field, read_rating, scale_of, write_rating
from forms.wording import Text

PARTS = ("before", "now")
LABELS = {
    "before": Text.of({"es": "Antes", "en": "Before", "pt": "Antes", "qu": "Ñawpaq", "ay": "Nayra"}),
    "now": Text.of({"es": "Ahora", "en": "Now", "pt": "Agora", "qu": "Kunan", "ay": "Jichha"}),
}
ENDINGS = {"before": "_THEN", "now": "_NOW"}


def part_label(question: Question, part: str) -> Text:
    """What "before" and "now" are called: the question's own words, else Antes / Before and Ahora / Now."""
    return question.setting(f"{part}_label") or LABELS[part]


class BeforeNow(QuestionType):
    """Stored: ``question/before`` and ``question/now``. Construct CAPACITY gives CAPACITY_THEN and CAPACITY_NOW."""

    kind = "before_now"
    name = mark("Before and now")
    needs = ("scale",)
    may_measure = True
    has_blocks = True
    side_by_side = True
    may_have = ("reverse",)
    settings = (
        SettingField("before_label", "words", mark("What “before” is called"), None),
        SettingField("now_label", "words", mark("What “now” is called"), None),
    )

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return tuple(self.column(question, part, form) for part in PARTS)

    def column(self, question: Question, part: str, form: FormDefinition) -> Column:
        construct = question.construct + ENDINGS[part] if question.construct else ""
        return rating_column(question, form, part, marks.joined(question.label, part_label(question, part)), construct=construct)

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        return tuple(space_of(self.column(question, part, form), part_label(question, part)) for part in PARTS)

    def seconds(self, question: Question) -> int:
        return 8 * len(PARTS)

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        scale = scale_of(question, form)
        parts = {part: rating_field(part_label(question, part), scale, language) for part in PARTS}
        return FormField(type("BeforeNowForm", (Form,), parts), question.label.in_language(language), separator="/")

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        before, faults = read_rating(f"{question.name}/before", scale_of(question, form), posted)
        now, more_faults = read_rating(f"{question.name}/now", scale_of(question, form), posted)
        return before | now, faults + more_faults

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        return write_rating(f"{question.name}/before", answers) | write_rating(f"{question.name}/now", answers)

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        return parse_rating(column, cell)

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        if not question.construct.endswith(("_THEN", "_NOW")):
            return []
        fault = mark("The construct “%(found)s” already names one of the two moments.")
        remedy = mark("Write “%(instead)s”: _THEN and _NOW are added to it.")
        instead = question.construct.rsplit("_", 1)[0]
        return [fault_in(question, fault, remedy, "construct", found=question.construct, instead=instead)]
