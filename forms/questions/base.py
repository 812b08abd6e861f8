"""What every question type knows: how it is configured, asked, read back and exported.

One file per type in this folder; ``forms/questions/__init__.py`` lists them in one explicit tuple.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from forms.definition import FormDefinition, Question
from forms.markup import plain_text
from forms.messages import Message, Problem, mark
from forms.wording import Text

#: Why a cell has no value.
Why = Literal["unknown", "refused", "blank", "not_asked"]

ColumnKind = Literal["scale", "choice", "flag", "rank", "number", "day", "text", "code"]


@dataclass(frozen=True)
class Column:
    """One column of answers: the same key in the stored document, the CSV, the frame and Parquet.

    kind: ``scale`` integer on lo..hi by step; ``choice`` a choice value (str); ``flag`` 1 or 0 (an option of a
    several-choices question, a yes/no, a tick, a consent); ``rank`` 1 = most important, one column per place
    holding nothing but the rank of that option; ``number`` float; ``day`` ISO date; ``text`` words;
    ``code`` the participant's own code (never stored raw).
    """

    key: str
    question: str
    part: str
    kind: ColumnKind
    label: Text
    construct: str = ""
    lo: float | None = None
    hi: float | None = None
    step: float | None = None
    reverse: bool = False
    sensitive: bool = False
    labels: tuple[tuple[str, Text], ...] = ()  # (value as text, label) in order

    def __post_init__(self) -> None:
        """Files, frames and charts show no emphasis: labels are kept as plain words."""
        object.__setattr__(self, "label", plain_text(self.label))
        object.__setattr__(self, "labels", tuple((value, plain_text(label)) for value, label in self.labels))


@dataclass(frozen=True)
class SettingField:
    """One setting that a type declares, enough to draw an editor and to check a file."""

    name: str
    kind: Literal["flag", "whole", "number", "day", "text", "words"]  # words: a Text
    label: str  # marked
    default: Any = None
    needs: str = ""  # the flag among the settings without which it says nothing


@dataclass(frozen=True)
class Circle:
    """Something to mark on paper: the number printed in it, which is typed when the sheet is entered, and the value it means."""

    number: str
    value: str
    label: Text = Text()


@dataclass(frozen=True)
class Space:
    """One thing that is filled in on a sheet of paper, and typed in one short input when the sheet is entered.

    name: the control that it becomes. look: ``circles`` one of a list is marked; ``points`` one of a row; ``squares`` any
    number of a list; ``tick`` one square; ``boxes`` so many signs; ``day`` a date; ``number``; ``line`` words; ``lines``
    several lines. label: what it is called beside its question (a row, a moment, a comment). room: how many boxes or
    lines. unit: said after what is written. among: (lowest, highest) where a number is written.
    says_why: the control under which "I do not know" is sent; "" where the space does not offer it.
    """

    name: str
    look: Literal["circles", "points", "squares", "tick", "boxes", "day", "number", "line", "lines"]
    label: Text = Text()
    circles: tuple[Circle, ...] = ()
    room: int = 1
    unit: Text = Text()
    among: tuple[str, str] | None = None
    says_why: str = ""
    show_if: str = ""


#: A scale of more points is not printed as circles: its point is written as a number.
MOST_CIRCLES = 11


def space_of(column: Column, label: Text = Text(), show_if: str = "") -> Space:
    """The space on paper of one column, by its kind: right for most types as it is."""
    circles = tuple(Circle(value if column.kind == "scale" else str(n), value, words) for n, (value, words) in enumerate(column.labels, 1))
    among = tuple(f"{bound:g}" for bound in (column.lo, column.hi) if bound is not None)
    space = Space(column.key, "line", label, says_why=column.key, show_if=show_if)
    match column.kind:
        case "scale" if len(circles) <= MOST_CIRCLES:
            return replace(space, look="points", circles=circles)
        case "scale" | "number":
            return replace(space, look="number", among=(among[0], among[1]) if len(among) == 2 else None)
        case "choice" | "flag":
            return replace(space, look="circles", circles=circles)
        case "rank":
            return replace(space, look="boxes", says_why=column.question)
        case "day":
            return replace(space, look="day")
        case _:
            return space


#: The stored document of one response: column key -> value, and ``key:why`` -> Why where there is none.
Answers = dict[str, Any]


class CellError(ValueError):
    """A cell that means nothing to its column: the fault and the remedy, to be said in the reader's language."""

    def __init__(self, fault: Message, remedy: Message) -> None:
        super().__init__(str(fault))
        self.fault, self.remedy = fault, remedy


class QuestionType:
    """The whole life of one kind of question. Subclasses override what differs."""

    kind: str = ""
    name: str = ""  # marked: what a facilitator reads
    asks: bool = True  # False for a note: nothing is answered
    may_skip: bool = True  # False: never offers "I do not know" and "I prefer not to answer"
    may_require: tuple[str, ...] = ("soft", "yes")  # how an answer can be asked for when it is left blank
    may_measure: bool = False  # True: can belong to a construct, so it has a scale
    is_written: bool = False  # True: answered by writing, not by choosing
    has_blocks: bool = False  # True: each part has a block of its own on the page, which its problems are linked to
    needs_every_part: bool = True  # False: with one part answered the question is
    comes_together: bool = False  # True: all its parts may stand in one cell of a file
    side_by_side: bool = False  # True: on paper its spaces stand beside one another
    needed: str = mark("Needs an answer.")  # what the page says of a question that must be answered
    settings: tuple[SettingField, ...] = ()
    needs: tuple[str, ...] = ()  # of "choices", "rows", "scale"
    may_have: tuple[str, ...] = ()  # further attributes of Question that mean something here: "reverse", "shuffle", "of_groups"
    options_may: tuple[str, ...] = ()  # further attributes of Choice that mean something here: "exclusive"

    def columns(self, question: Question, form: FormDefinition) -> tuple[Column, ...]:
        """The columns of this question, in order."""
        raise NotImplementedError(self.kind)

    def controls(self, question: Question) -> tuple[str, ...]:
        """What follows ``question/`` in the names of controls that are not columns."""
        return ()

    def hint(self, question: Question) -> Message | None:
        """What the page says below a question that has no hint of its own."""
        return None

    def paper_hint(self, question: Question) -> Message | None:
        """What a sheet of paper says below a question that has no hint of its own."""
        return self.hint(question)

    def spaces(self, question: Question, form: FormDefinition) -> tuple[Space, ...]:
        """What of it is filled in on a sheet of paper, in order: a space per column unless the type knows better."""
        return tuple(space_of(column, column.label if column.part else Text()) for column in self.columns(question, form))

    def seconds(self, question: Question) -> int:
        """How long it takes to answer."""
        return 8

    def field(self, question: Question, form: FormDefinition, language: str) -> Any:
        """The unbound WTForms field (or FormField) that asks it; its name is ``question.name``."""
        raise NotImplementedError(self.kind)

    def side_fields(self, question: Question, language: str) -> dict[str, Any]:
        """Further unbound fields beside it, by posted name: the words of "other", a comment, a quote tick."""
        return {}

    def read(self, question: Question, form: FormDefinition, posted: Mapping[str, Sequence[str]]) -> tuple[Answers, list[Problem]]:
        """Posted values (names as the partial writes them) to stored cells, with every problem of this question."""
        raise NotImplementedError(self.kind)

    def leave_out(
        self, question: Question, asked: Question, out: Set[str], posted: Mapping[str, Sequence[str]]
    ) -> tuple[Question, Mapping[str, Sequence[str]]]:
        """The question as it is read, and the posted values, without the options ``out`` that a condition took out."""
        kept = [value for value in posted.get(question.name, ()) if value not in out]
        return asked, {**posted, question.name: kept}

    def write(self, question: Question, form: FormDefinition, answers: Answers) -> dict[str, list[str]]:
        """Stored cells back to posted values, so that a page can be drawn again with what was answered."""
        raise NotImplementedError(self.kind)

    def problems_together(self, question: Question, answers: Answers) -> list[Problem]:
        """What is wrong with stored cells that are each valid: too many options, a place given twice."""
        return []

    def problems_today(self, question: Question, answers: Answers, today: date) -> list[Problem]:
        """What is wrong with stored cells because of the day on which they are answered."""
        return []

    def parse(self, column: Column, cell: str) -> tuple[Any, Why | None]:
        """One cell of a CSV (code or label in any language) to (value, None) or (None, why); CellError when invalid."""
        raise NotImplementedError(self.kind)

    def parse_together(self, question: Question, form: FormDefinition, cell: str) -> Answers:
        """One cell of a CSV that says all the parts to stored cells; CellError when invalid. Only if ``comes_together``."""
        raise NotImplementedError(self.kind)

    def problems(self, question: Question, form: FormDefinition) -> list[Problem]:
        """What is wrong with this question's definition, beyond what every question must have."""
        return []
