"""A sheet of paper as a page shows it to whoever types it in: each space in the words that are printed on the sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from forms.build import SAID
from forms.definition import FormDefinition
from forms.markup import plain
from forms.messages import Problem, Say, mark
from forms.paper import TYPED_FOR, PaperQuestion, meant_by, paper_questions
from forms.questions.base import Space
from forms.wording import Text
from surveys import keying
from surveys.keying import Difference
from surveys.languages import Speaker, chrome_of, spoken
from surveys.storage import PaperSheet


@dataclass(frozen=True)
class Line:
    """One short input: the space it stands for. number: of the question; "" for its further lines. key: what may be typed."""

    space: Space
    number: str
    label: str
    key: str
    typed: str
    problem: str


@dataclass(frozen=True)
class ShownSheet:
    """A sheet, and who speaks to the person who types it."""

    sheet: PaperSheet
    say: Say

    @cached_property
    def definition(self) -> FormDefinition:
        return keying.asked_on(self.sheet)

    @cached_property
    def asked(self) -> tuple[PaperQuestion, ...]:
        return paper_questions(self.definition)

    @property
    def language(self) -> str:
        """The language of the sheet: of two, the first."""
        return self.sheet.batch.languages[0]

    @cached_property
    def _printed(self) -> Speaker:
        """Who says what Tupuy itself printed on the sheet."""
        return Speaker(spoken(self.language, chrome_of(self.sheet.batch.round.survey.programme.languages)))

    def words(self, text: Text) -> str:
        """Words of the form as they are printed."""
        return plain(text.in_language(self.language, self.definition.languages[0]))

    def lines(self, typed: Mapping[str, str], problems: Sequence[Problem]) -> list[Line]:
        """The inputs in the order of the paper, with what was typed and what is wrong with it."""
        told = self.by_space(problems)
        return [
            Line(
                space,
                "" if place else asked.number,
                self.label(asked, space),
                self.key(asked, space),
                typed.get(space.name, ""),
                told.get(space.name, ""),
            )
            for asked in self.asked
            for place, space in enumerate(asked.spaces)
        ]

    def label(self, asked: PaperQuestion, space: Space) -> str:
        """What stands beside an input: the question, and the row or part of it."""
        question, part = self.words(asked.question.label), self.words(space.label)
        return f"{question} – {part}" if part else question

    def key(self, asked: PaperQuestion, space: Space) -> str:
        """What may be typed into a space: its numbers with their labels."""
        if space.look == "tick":
            return self.say(mark("1 if it is crossed"))
        shown = [f"{one.number}\N{NO-BREAK SPACE}{self.words(one.label)}".strip() for one in space.circles]
        if space.says_why:
            shown += [f"{TYPED_FOR[value]}\N{NO-BREAK SPACE}{self._printed(SAID[value])}" for value in asked.offered]
        return " · ".join(shown)

    def meanings(self, typed: Mapping[str, str]) -> dict[str, str]:
        """What was typed, by space, in the words of the sheet, where they say more than what was typed."""
        told = {space.name: self.meaning(asked, space, typed.get(space.name, "")) for asked in self.asked for space in asked.spaces}
        return {name: words for name, words in told.items() if words}

    def meaning(self, asked: PaperQuestion, space: Space, typed: str) -> str:
        told = meant_by(asked, space, typed)
        return ", ".join(self._printed(SAID[one]) if isinstance(one, str) else self.words(one) for one in told)

    def either(self, difference: Difference, typed: str) -> str:
        """One of the two typings of a space, with what it means."""
        meaning = self.meaning(difference.asked, difference.space, typed)
        return f"{typed} ({meaning})" if meaning else typed or self.say(mark("left blank"))

    def by_space(self, problems: Sequence[Problem]) -> dict[str, str]:
        """The words of the problems by the space that they belong to: their own, else the first of their question."""
        names = {space.name for asked in self.asked for space in asked.spaces}
        first = {asked.question.name: asked.spaces[0].name for asked in self.asked if asked.spaces}
        found: dict[str, list[str]] = {}
        for problem in problems:
            place = problem.place if problem.place in names else first.get(problem.place.partition("/")[0], "")
            found.setdefault(place, []).append(f"{problem.fault.said(self.say)} {problem.remedy.said(self.say)}".strip())
        return {place: " ".join(words) for place, words in found.items()}
