"""Ranking: the most important options, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from wtforms import Form, FormField, SelectField
from wtforms.fields.choices import SelectChoice

from forms.definition import Choice, FormDefinition, Question
from forms.messages import Message, Problem, mark, mark_many
from forms.questions import marks
from forms.questions.base import Answers, CellError, Column, QuestionType, SettingField, Space, Why, space_of
from forms.questions.faults import fault_of_whole, faults_of_parts


def places_of(question: Question) -> int:
    """How many options are to be ranked: the setting ``places``, at most all of them."""
    return min(int(question.setting("places") or len(question.choices)), len(question.choices))


def _twice(question: Question) -> Problem:
    fault = Message(mark("Two options have the same place."))
    return Problem(question.name, fault, Message(mark("Give each place to one option.")))


class Ranking(QuestionType):
    """Stored: the rank of each ranked option, 1 = most important, in ``question/option``; the others are blank."""

    kind = "ranking"
    name = mark("Ranking")
    needs = ("choices",)
    may_have = ("shuffle", "of_groups")
    needs_every_part = False
    settings = (
        SettingField("places", "whole", mark("How many options to rank"), None),
        SettingField("partial", "flag", mark("Fewer places than asked are accepted"), False),
    )

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        return tuple(self.column(question, option) for option in question.choices)

    def column(self, question: Question, option: Choice) -> Column:
        label, most = marks.joined(question.label, option.label), float(places_of(question))
        key = f"{question.name}/{option.value}"
        return Column(key, question.name, option.value, "rank", label, lo=1.0, hi=most, step=1.0, sensitive=question.sensitive)

    def paper_hint(self, question: Question) -> Message | None:
        one, more = mark_many("Write 1 beside the most important one.", "Write the numbers 1 to %(count)s, 1 for the most important one.")
        return Message(one, plural=more, count=places_of(question))

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        return tuple(space_of(self.column(question, option), option.label, option.show_if) for option in question.choices)

    def seconds(self, question: Question) -> int:
        return 30

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        places = [SelectChoice("", "–"), *(SelectChoice(str(place)) for place in range(1, places_of(question) + 1))]
        options = {option.value: SelectField(option.label.in_language(language), choices=places) for option in question.choices}
        return FormField(type("RankingForm", (Form,), options), question.label.in_language(language), separator="/")

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        columns = self.columns(question, form)
        given = {column.key: marks.first(posted, column.key) for column in columns}
        given = {key: said for key, said in given.items() if said}
        if not given:
            return marks.all_missing(columns, marks.why_of_posted(posted.get(question.name, ())) or "blank"), []
        ranks = {key: _rank_of(said, places_of(question)) for key, said in given.items()}
        answers: Answers = {}
        for column in columns:
            rank = ranks.get(column.key)
            answers |= {column.key: rank} if rank else marks.missing(column.key, "blank")
        return answers, self.faults(question, list(ranks.values()))

    def faults(self, question: Question, ranks: Sequence[int | None]) -> list[Problem]:
        """What is wrong with a ranking that is not empty."""
        places = places_of(question)
        if None in ranks:
            fault = Message(mark("One of the places does not exist."))
            return [Problem(question.name, fault, Message(mark("Use the places 1 to %(places)s."), {"places": places}))]
        if len(set(ranks)) < len(ranks):
            return [_twice(question)]
        if {rank or 0 for rank in ranks} != set(range(1, len(ranks) + 1)) or (len(ranks) < places and not question.setting("partial")):
            fault = Message(mark("Some places are empty."))
            if question.setting("partial"):
                return [Problem(question.name, fault, Message(mark("Begin with 1 and leave no place out.")))]
            return [Problem(question.name, fault, Message(mark("Choose %(places)s, or none."), {"places": places}))]
        return []

    def problems_together(self, question: Question, answers: Answers) -> list[Problem]:
        ranks = [answers[key] for option in question.choices if (key := f"{question.name}/{option.value}") in answers]
        return [_twice(question)] if len(set(ranks)) < len(ranks) else []

    def leave_out(
        self, question: Question, asked: Question, out: Set[str], posted: Mapping[str, Sequence[str]]
    ) -> tuple[Question, Mapping[str, Sequence[str]]]:
        """Without a script an option may be ranked that is then taken out: those behind it move up, and fewer will do."""
        given = {option.value: marks.first(posted, f"{question.name}/{option.value}") for option in question.choices}
        ranks = {value: rank for value, said in given.items() if (rank := _rank_of(said, places_of(question)))}
        gone = [rank for value, rank in ranks.items() if value in out]
        if not gone:
            return asked, posted
        kept = {value: rank - sum(one < rank for one in gone) for value, rank in ranks.items() if value not in out}
        moved = {f"{question.name}/{value}": [str(rank)] for value, rank in kept.items()}
        return replace(asked, settings=(*asked.settings, ("partial", True))), {**posted, **moved}

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        columns = self.columns(question, form)
        ranked = {column.key: [str(answers[column.key])] for column in columns if column.key in answers}
        return ranked if ranked or not columns else marks.marked(answers, columns[0].key, question.name)

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        if why := marks.why_of_cell(cell):
            return None, why
        number = marks.number_of(cell)
        rank = _rank_of(str(int(number)) if number is not None and number == int(number) else cell, int(column.hi or 0))
        if rank is None:
            fault = Message(mark("“%(found)s” is not a place."), {"found": marks.short(cell)})
            raise CellError(fault, Message(mark("Use the places 1 to %(places)s."), {"places": int(column.hi or 0)}))
        return rank, None

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        found = faults_of_parts(question, question.choices, "choices")
        return found + fault_of_whole(question, "places", 1, len(question.choices) or 100)


def _rank_of(said: str, places: int) -> int | None:
    return int(said) if said.isascii() and said.isdigit() and len(said) < 4 and 1 <= int(said) <= places else None
