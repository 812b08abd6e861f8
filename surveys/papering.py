"""Questionnaires on paper: batches of sheets, each sheet with a code of its own, printed from the form of their round."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms.answers import leaves_out_own_group
from forms.build import SAID
from forms.conditions import in_words, parse
from forms.definition import FormDefinition, Question
from forms.markup import plain, runs
from forms.messages import Message, Problem, mark, mark_many
from forms.paper import TYPED_FOR, PaperQuestion, paper_questions
from forms.questions import type_of
from forms.questions.base import Circle, Space
from forms.wording import Text
from surveys.authoring import definition_of
from surveys.collecting import day_of
from surveys.errors import ProblemsFound, RoundClosed
from surveys.inviting import LETTERS, tidied
from surveys.languages import Speaker, chrome_of, general, spoken
from surveys.printing import as_pdf, typst_language
from surveys.storage import PaperBatch, PaperSheet, Programme, Round, count_reasons, count_states, paper_batches

#: A batch has at most so many sheets, and a sheet at most so many languages.
MOST_SHEETS, MOST_LANGUAGES = 500, 2
#: So many sheets are one file: a file of 800 pages takes 800 MB of memory to make.
PART = 50
#: Letters of a code: what a batch shares, what is the sheet's own; one more checks the others.
SHARED, OWN = 3, 3

# Codes -----------------------------------------------------------------------------------------------------------------


def with_check(letters: str) -> str:
    """Letters of a code with the letter that checks them.

    There are 31 letters, and 31 is a prime: one wrong letter, or two that changed places, never fit.

    >>> with_check("k7m4tq")
    'k7m4tqp'
    """
    total = sum(place * LETTERS.index(letter) for place, letter in enumerate(letters, 1))
    return letters + LETTERS[total % len(LETTERS)]


def code_of(typed: str) -> str | None:
    """The code of a sheet as somebody typed it; None when a letter of it is wrong.

    >>> code_of("K7M-4TQ-P"), code_of("K7M-4QT-P"), code_of("")
    ('k7m4tqp', None, None)
    """
    letters = tidied(typed)
    if len(letters) != SHARED + OWN + 1 or not set(letters) <= set(LETTERS):
        return None
    return letters if with_check(letters[:-1]) == letters else None


def said_code(code: str) -> str:
    """A code as it is printed.

    >>> said_code("k7m4tqp")
    'K7M-4TQ-P'
    """
    return f"{code[:SHARED]}-{code[SHARED:-1]}-{code[-1]}".upper()


def _codes(session: Session, count: int) -> list[str]:
    """New codes that begin with the same letters."""
    while True:
        shared = _letters(SHARED)
        if session.scalar(select(PaperSheet.id).where(PaperSheet.code.startswith(shared)).limit(1)) is None:
            break
    own: dict[str, None] = {}
    while len(own) < count:
        own[_letters(OWN)] = None
    return [with_check(shared + letters) for letters in own]


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


# Batches ---------------------------------------------------------------------------------------------------------------


def make_batch(
    session: Session,
    round_: Round,
    languages: Sequence[str],
    count: int,
    now: datetime,
    is_large: bool = False,
    entries: int = 2,
    person: UUID | None = None,
) -> PaperBatch:
    """A batch of sheets of a round that is not closed. Raises ProblemsFound or RoundClosed."""
    if round_.closed_at is not None:
        raise RoundClosed(round_.link)
    if problems := _problems(round_, languages, count):
        raise ProblemsFound(problems)
    number = max((batch.number for batch in paper_batches(session, round_)), default=0) + 1
    batch = PaperBatch(round_id=round_.id, number=number, languages=list(languages), is_large=is_large, entries=entries, made_by=person)
    batch.made_on = day_of(round_, now)
    batch.sheets = [PaperSheet(id=uuid4(), number=n, code=code, response_id=uuid4()) for n, code in enumerate(_codes(session, count), 1)]
    session.add(batch)
    session.flush()
    return batch


def _problems(round_: Round, languages: Sequence[str], count: int) -> list[Problem]:
    found = []
    if not 1 <= len(languages) <= MOST_LANGUAGES or not set(languages) <= set(round_.languages):
        fault = Message(mark("A sheet is in one language, or in two side by side."))
        found.append(Problem("languages", fault, Message(mark("Choose one or two of the languages of this round."))))
    if not 1 <= count <= MOST_SHEETS:
        fault = Message(mark("A batch cannot have %(count)s sheets."), {"count": count})
        found.append(Problem("count", fault, Message(mark("Write a number from 1 to %(most)s."), {"most": MOST_SHEETS})))
    return found


@dataclass(frozen=True)
class Totals:
    """Where the sheets of a batch are. ``out``: not typed yet, or never came back."""

    batch: PaperBatch
    out: tuple[int, ...]
    once: int
    differs: tuple[PaperSheet, ...]
    stored: int
    spoiled: int
    reasons: tuple[tuple[str, int], ...] = field(default=())

    @property
    def printed(self) -> int:
        return len(self.out) + self.once + len(self.differs) + self.stored + self.spoiled

    @property
    def parts(self) -> list[tuple[int, int]]:
        """(first, last) sheet of each file that the batch is printed from."""
        return [(first, min(first + PART - 1, self.printed)) for first in range(1, self.printed + 1, PART)]

    @property
    def missing(self) -> str:
        """The numbers of the sheets that are out, neighbours joined: ``1–3, 7``."""
        return in_spans(self.out)


def totals(session: Session, round_: Round) -> list[Totals]:
    """Each batch of a round with where its sheets are, the latest first."""
    return [_totals(session, batch) for batch in reversed(paper_batches(session, round_))]


def _totals(session: Session, batch: PaperBatch) -> Totals:
    states = count_states(session, batch)
    out = tuple(sheet.number for sheet in batch.sheets if sheet.state == "out")
    differs = tuple(sheet for sheet in batch.sheets if sheet.state == "differs")
    reasons = tuple(sorted(count_reasons(session, batch).items()))
    return Totals(batch, out, states["once"], differs, states["stored"], states["spoiled"], reasons)


def in_spans(numbers: Sequence[int]) -> str:
    """Ascending numbers, with neighbours joined.

    >>> in_spans([1, 2, 3, 7, 9, 10])
    '1–3, 7, 9–10'
    """
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][-1] == number - 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    return ", ".join(f"{span[0]}–{span[-1]}" if len(span) > 1 else str(span[0]) for span in spans)


# Printing --------------------------------------------------------------------------------------------------------------

Words = list[dict[str, Any]]

#: Width of the text in millimetres, and of a letter of a point's label, in ordinary and in large print.
_WIDTH, _LETTER = 174, {False: 1.9, True: 3.3}
#: Width of the columns of a battery that the rows' own words leave to its points, and of those for "I do not know".
_FOR_POINTS, _FOR_MARK = 110, 19
_PICTURES = re.compile("[\U0001f000-\U0001faff\u200d\ufe0f]+")
#: More spaces than this, or a list longer than this, may be divided between pages.
_LONG = 12


def print_batch(batch: PaperBatch, first: int = 1) -> bytes:
    """A part of a batch as one PDF: its sheets from number ``first`` on."""
    part = [sheet for sheet in batch.sheets if first <= sheet.number < first + PART]
    sheets = [{"code": said_code(sheet.code), "number": sheet.number} for sheet in part]
    return print_sheets(batch.round, batch.languages, batch.is_large, sheets)


def print_sheets(round_: Round, languages: Sequence[str], is_large: bool, sheets: Sequence[dict[str, Any]]) -> bytes:
    definition = definition_of(round_.version)
    press = Press(definition, round_.survey.programme, tuple(languages), is_large)
    data = press.form(round_) | {"sheets": list(sheets), "is_large": is_large}
    title = plain(definition.title.in_language(languages[0], definition.languages[0]))
    return as_pdf("form", data, languages[0], title)


@dataclass(frozen=True)
class Press:
    """A form as data for its printed sheet, in one language or two."""

    definition: FormDefinition
    programme: Programme
    languages: tuple[str, ...]
    is_large: bool = False

    def say_in(self, language: str) -> Speaker:
        return Speaker(spoken(language, chrome_of(self.programme.languages)))

    # Words -------------------------------------------------------------------------------------------------------------

    def words(self, text: Text) -> Words:
        """A text in each language of the sheet, once where both say the same."""
        return self._each(lambda language: self._told(text, language))

    def tell(self, words: str, plural: str = "", count: int = 0, **values: Any) -> Words:
        """Marked words of Tupuy in each language of the sheet; a value that is a Text is said in that language."""

        def told(language: str) -> tuple[str, str]:
            say = self.say_in(language)
            filled = {key: self._told(value, language)[1] if isinstance(value, Text) else value for key, value in values.items()}
            return say.language, Message(words, filled, plural, count).said(say)

        return self._each(told)

    def tell_message(self, message: Message) -> Words:
        return self.tell(message.words, message.plural, message.count, **message.values)

    def _told(self, text: Text, language: str) -> tuple[str, str]:
        """(language, words): in the language, in the one it is a kind of, or in the base of the form."""
        base = self.definition.languages[0]
        known = next((one for one in (language, general(language), base, *text.languages) if text.get(one)), base)
        return language if known == general(language) else known, text.get(known) or ""

    def _each(self, told_in: Callable[[str], tuple[str, str]]) -> Words:
        told = dict.fromkeys(told_in(language) for language in self.languages)
        return [
            {"lang": typst_language(code), "runs": [{"how": how, "words": piece} for how, piece in _runs(said)]}
            for code, said in told
            if said
        ]

    # The sheet ---------------------------------------------------------------------------------------------------------

    def form(self, round_: Round) -> dict[str, Any]:
        """Everything that all sheets say."""
        asked = iter(paper_questions(self.definition))
        sections = [
            {"title": self.words(section.title), "questions": [self.question(next(asked)) for _ in section.questions]}
            for section in self.definition.sections
        ]
        return {
            "programme": self.words(Text.of(self.programme.name)),
            "title_words": self.words(self.definition.title),
            "occasion": self.words(Text.of(round_.event.name)) if round_.event else [],
            "intro": self.words(self.definition.intro),
            "promise": self.promise(),
            "how": self.tell(
                mark(
                    "Cross one circle in each question, or in each row of a table. Where there are squares, cross all that apply. "
                    "If you make a mistake, fill the wrong one in completely and cross the right one."
                )
            ),
            "sections": sections,
            "thanks": self.tell(mark("Thank you. Please look once more whether you have seen every page.")),
            "sheet": self.tell(mark("Sheet")),
            "page": self.tell(mark("Page")),
            "day": {"day": self.tell(mark("Day")), "month": self.tell(mark("Month")), "year": self.tell(mark("Year"))},
        }

    def question(self, asked: PaperQuestion) -> dict[str, Any]:
        question = asked.question
        arranged = _arrangement(asked)
        marks = [{"number": TYPED_FOR[value], "label": self.tell(SAID[value])} for value in asked.offered]
        return {
            "number": asked.number,
            "label": self.words(question.label),
            "hint": self.hint(question),
            "condition": self.condition(question.show_if),
            "arranged": arranged,
            "is_long": len(asked.spaces) > _LONG or any(len(space.circles) > _LONG for space in asked.spaces),
            "offered": marks,
            **(self.columns(asked) if arranged == "battery" else {}),
            "spaces": [self.space(asked, space, arranged) for space in asked.spaces],
        }

    def columns(self, asked: PaperQuestion) -> dict[str, Any]:
        """How wide the columns of a battery are, and whether their labels must stand in a key above them."""
        circles = asked.spaces[0].circles
        width = min((_FOR_POINTS - _FOR_MARK * len(asked.offered)) / len(circles), 24)
        return {"column": width, "keyed": (self.is_large and bool(asked.offered)) or not self._fits(circles, width)}

    def space(self, asked: PaperQuestion, space: Space, arranged: str) -> dict[str, Any]:
        question = asked.question
        ends = len(space.circles) > 2 and [bool(one.label) for one in space.circles] == [True, *[False] * (len(space.circles) - 2), True]
        fits = ends or self._fits(space.circles, _WIDTH / max(len(space.circles), 1))
        is_consent = space.look == "tick" and space.name == question.name
        return {
            "look": space.look,
            "label": self.tell(mark("I agree")) if is_consent else self.words(space.label),
            "circles": [self.circle(question, one) for one in space.circles],
            "room": space.room,
            "rooms": max(one.room for one in asked.spaces),
            "unit": self.words(space.unit),
            "among": list(space.among or ()),
            "is_side": bool(asked.offered) and not space.says_why,
            "ends": ends,
            "as_row": fits and arranged == "list",
            "condition": [] if leaves_out_own_group(question) else self.condition(space.show_if),
        }

    def circle(self, question: Question, circle: Circle) -> dict[str, Any]:
        show_if = next((choice.show_if for choice in question.choices if choice.value == circle.value), "")
        return {"number": circle.number, "label": self.words(circle.label), "condition": self.condition(show_if)}

    def hint(self, question: Question) -> Words:
        """The hint of a question, or what its kind needs said on paper; and that one's own group is left out."""
        own = None if question.hint else type_of(question.kind).paper_hint(question)
        told = [self.tell_message(own) if own else self.words(question.hint)]
        if leaves_out_own_group(question):
            told.append(self.tell(mark("Leave out your own group.")))
        return _joined(told)

    def condition(self, show_if: str) -> Words:
        """A condition in words: "Answer only if …"."""
        if not show_if:
            return []
        condition = parse(show_if)
        return self._each(lambda code: (self.say_in(code).language, in_words(condition, self.definition, code, self.say_in(code))))

    def _fits(self, circles: Sequence[Circle], width: float) -> bool:
        """Whether the longest word of the labels has room in a column of so many millimetres."""
        said = [plain(words) for one in circles for code, words in one.label.words if code in self.languages]
        longest = max((len(word) for words in said for word in words.split()), default=0)
        return longest * _LETTER[self.is_large] <= width - 2

    # The promise -------------------------------------------------------------------------------------------------------

    def promise(self) -> dict[str, Any]:
        """What is promised on paper: each line is literally true of a sheet of this form and this programme (privacy D16)."""
        kinds = {question.kind for question in self.definition.questions()}
        has_words = bool({"own_code", "short_text"} & kinds)
        heading = mark("Your answers do not carry your name") if has_words else mark("Your answers are anonymous")
        return {
            "heading": self.tell(heading),
            "kept": [*self._kept(kinds), *self._shown(), self._asked()],
            "not_promised": self._not_promised(),
        }

    def _kept(self, kinds: set[str]) -> list[Words]:
        said = [
            self.tell(mark("Please do not write your name. The code at the foot counts sheets: it is random and says nothing about you.")),
            self.tell(mark("Somebody types your answers in. Of the time, only the day of the typing is kept.")),
        ]
        if "own_code" in kinds:
            words = mark(
                "If you make a code of your own, it is kept scrambled, only to compare one round with the next. "
                "Whoever guards the key could test a code."
            )
            said.append(self.tell(words))
        return said

    def _shown(self) -> list[Words]:
        k, analysts = self.programme.min_cell, len(self.programme.analysts or ())
        said = [self.tell(mark("Pages and reports show no result of a group in which fewer than %(k)s people answered."), k=k)]
        if analysts:
            one, more = mark_many(
                "Only %(count)s named person can see smaller figures; each use is written down.",
                "Only %(count)s named people can see smaller figures; each use is written down.",
            )
            said.append(self.tell(one, more, analysts))
        return said

    def _asked(self) -> Words:
        """On paper everything may be left blank, save a consent without which nothing is taken."""
        needed = [question for question in self.definition.questions() if question.kind == "consent" and question.required == "yes"]
        if not needed:
            return self.tell(mark("You can leave any question blank."))
        return self.tell(mark("You can leave any question blank. Without your agreement nothing of this sheet is typed in."))

    def _not_promised(self) -> list[Words]:
        """What must be known: handwriting, small groups, and where their answers are shown."""
        said = [
            self.tell(mark("What we cannot promise: whoever types this sheet in reads it, and may know your handwriting.")),
            self.tell(mark("In a very small group, others may guess who said what.")),
        ]
        names = {group.key: Text.of(group.name) for group in self.programme.groups}
        for group in self.programme.groups:
            if group.is_asked and group.shown_in and group.shown_in in names:
                words = mark("Answers from “%(group)s” are shown only together with others, within “%(other)s”.")
                said.append(self.tell(words, group=names[group.key], other=names[group.shown_in]))
            elif group.is_asked and group.members is not None and group.members < self.programme.min_cell:
                words = mark("“%(group)s” has fewer than %(k)s members: its answers count in the total and are not shown apart.")
                said.append(self.tell(words, group=names[group.key], k=self.programme.min_cell))
        return said


def _arrangement(asked: PaperQuestion) -> str:
    """How the spaces of a question stand: "battery" rows of a table, "beside" one another, "list" one below the other."""
    spaces, type_ = asked.spaces, type_of(asked.question.kind)
    if not type_.asks:
        return "note"
    if type_.side_by_side:
        return "beside"
    is_table = len(spaces) > 1 and all(space.look == "points" and space.circles == spaces[0].circles for space in spaces)
    return "battery" if is_table else "list"


def _runs(said: str) -> list[tuple[str, str]]:
    """The pieces of a text by their emphasis, without coloured pictures such as 🙂, unless they are all it says."""
    words = _PICTURES.sub("", said)
    words = words if words.strip() else said
    return list(runs(words)) if "*" in words else [("", words)]


def _joined(told: Sequence[Words]) -> Words:
    """Several texts in two languages each, as one text in each language."""
    found: dict[str, list[dict[str, str]]] = {}
    for one in (one for words in told for one in words):
        before = found.setdefault(one["lang"], [])
        before.extend([*([{"how": "", "words": " "}] if before else []), *one["runs"]])
    return [{"lang": code, "runs": pieces} for code, pieces in found.items()]
