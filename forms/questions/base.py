"""What every question type knows: how it is configured, asked, read back and exported.

One file per type in this folder; ``forms/questions/__init__.py`` lists them in one explicit tuple.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
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
