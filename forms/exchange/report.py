"""What came of a file: the form, what was wrong with the file, and what of it changed or found no room."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from forms.definition import FormDefinition
from forms.messages import Message, Problem, Say

#: What happens to a part of a file: it is taken in another shape, kept beside the form for the way out, or left out.
Fate = Literal["changed", "kept", "left_out"]


@dataclass(frozen=True)
class Finding:
    """One part of a file that is not simply a part of the form. ``place`` as the file's users know it: sheet, row and
    column of a workbook ("survey, row 12, column appearance"), or the path of an element."""

    place: str
    found: str  # the words or the type that stand there, cut to a readable length
    fate: Fate
    what: Message  # what happens to it

    def said(self, say: Say) -> str:
        return f"{self.place}: “{self.found}”. {self.what.said(say)}"


@dataclass(frozen=True)
class Awaited:
    """A recording that a file names: where it belongs, its language, and what its own file is called."""

    place: str
    language: str
    file: str
    finding: Finding


@dataclass(frozen=True)
class Imported:
    """``form`` is None when the file cannot be read at all; then ``problems`` says why. Problems of the form itself
    (a missing translation) are those of ``forms.check`` and do not keep it from becoming a draft."""

    form: FormDefinition | None
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    source: str = ""  # "xlsform", "limesurvey", "yaml"
    counts: tuple[tuple[str, int], ...] = field(default=())  # what was read: (questions, 12), (languages, 2) ...
    recordings: tuple[Awaited, ...] = ()  # that the file names; each has a finding until its own file is there
