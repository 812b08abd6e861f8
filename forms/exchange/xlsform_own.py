"""The columns of our own in an XLSForm: what a form has and XLSForm has no column for.

Survey: ``tupuy::kind`` (the kind of question, or ``section``), ``tupuy::name`` (where the name in the workbook differs),
``tupuy::of`` (a row that only ODK needs: it belongs to this question), ``tupuy::row`` (the value of a battery's row),
``tupuy::show_if``, ``tupuy::more`` (the other settings, as JSON), texts such as ``tupuy::unit::Español (es)``, and
``tupuy::relevant`` and ``tupuy::constraint``, which tell whether somebody changed these. Choices: ``tupuy_exclusive``,
``tupuy_show_if``, ``tupuy_when`` (for the filter) and ``tupuy_part`` (a row that only ODK needs). Settings:
``tupuy::languages`` and others; a sheet ``tupuy`` holds the scales and the words of places.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from forms.exchange.report import Finding
from forms.exchange.workbook import Workbook
from forms.exchange.xlsform_sheets import Line, lines_of
from forms.messages import Message, mark
from forms.questions import KINDS, TYPES, type_of

Document = dict[str, Any]
TextOf = Callable[[Line, str], dict[str, str]]
Listing = Sequence[tuple[Line, Mapping[str, str]]]

#: The types that a kind is written as; the first one where nothing else decides.
WRITTEN_AS: dict[str, tuple[str, ...]] = {
    "note": ("note",),
    "short_text": ("text",),
    "long_text": ("text", "multiline"),
    "choice": ("select_one",),
    "several": ("select_multiple",),
    "scale": ("select_one",),
    "battery": ("begin_group",),
    "before_now": ("begin_group",),
    "ranking": ("rank",),
    "number": ("decimal", "integer"),
    "day": ("date",),
    "yes_no": ("select_one",),
    "consent": ("acknowledge",),
    "own_code": ("note",),
}
#: Settings that are words in each language: they have columns of their own.
TEXT_SETTINGS = tuple(dict.fromkeys(setting.name for type_ in TYPES for setting in type_.settings if setting.kind == "words"))


def is_own(line: Line, type_: str) -> bool:
    """Whether a row still is what it was written as."""
    return type_ in WRITTEN_AS.get(line.said("tupuy::kind"), ())


@dataclass
class OwnForm:
    """What the settings and the sheet ``tupuy`` say; empty for a workbook that others made."""

    languages: list[str] = field(default_factory=list)
    scales: list[Document] = field(default_factory=list)
    words: dict[str, Line] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)  # scale: its list in the choices
    labelled: dict[str, list[str]] = field(default_factory=dict)  # scale: its points with words
    findings: list[Finding] = field(default_factory=list)
    has_sheet: bool = False

    def knows(self, line: Line) -> bool:
        """Whether all is there that the row needs: another program may have dropped our sheet."""
        kind = line.said("tupuy::kind")
        if kind not in KINDS or "scale" not in type_of(kind).needs:
            return kind in KINDS
        return self.has_sheet

    def more(self, line: Line) -> Document:
        try:
            said = json.loads(line.said("tupuy::more") or "{}")
        except (ValueError, RecursionError):
            said = None
        if isinstance(said, dict):
            return {
                key: value
                for key, value in said.items()
                if key not in ("name", "kind", "label", "hint", "message", "interviewer_note", "choices", "rows")
            }
        self.findings.append(line.finding("tupuy::more", "left_out", mark("This cell is no JSON any more: what it said is left out.")))
        return {}

    def question(self, line: Line, text: TextOf) -> Document:
        question = self.more(line)
        kind = line.said("tupuy::kind")
        question |= {"name": line.said("tupuy::name") or line.said("name"), "kind": kind}
        question |= {"label": text(line, "label"), "hint": text(line, "hint"), "message": text(line, "constraint_message")}
        question |= {"interviewer_note": text(line, "guidance_hint")}
        question |= {name: said for name in TEXT_SETTINGS if (said := text(line, f"tupuy::{name}"))}
        question |= {"show_if": line.said("tupuy::show_if"), "construct": line.said("construct")}
        if line.said("reverse"):
            question["reverse"] = True
        if line.said("required").casefold() == "yes":
            question["required"] = "yes"
        if kind == "number" and question.get("whole") is not None and (line.said("type") == "integer") != question["whole"]:
            question["whole"] = line.said("type") == "integer"
        return question

    def row(self, line: Line, text: TextOf) -> Document:
        row: Document = {"value": line.said("tupuy::row"), "label": text(line, "label")}
        row |= {"show_if": line.said("tupuy::show_if"), "construct": line.said("construct")}
        return row | ({"reverse": True} if line.said("reverse") else {})

    def choices(self, listing: Listing) -> list[Document]:
        return [self.choice(line, label) for line, label in listing if not line.said("tupuy_part")]

    def choice(self, line: Line, label: Mapping[str, str]) -> Document:
        choice: Document = {"value": line.said("name"), "label": dict(label), "show_if": line.said("tupuy_show_if")}
        return choice | ({"exclusive": True} if line.said("tupuy_exclusive") else {})

    def read_scales(self, lists: Mapping[str, Listing]) -> list[Document]:
        """The scales with the words that their points have now."""
        return [scale | {"labels": self.labels(scale["name"], lists.get(self.lists[scale["name"]], ()))} for scale in self.scales]

    def labels(self, scale: str, listing: Listing) -> Document:
        return {
            line.said("name"): dict(label)
            for line, label in listing
            if line.said("name") in self.labelled[scale] or any(words != line.said("name") for words in label.values())
        }

    def rest(self, setting: Line, text: TextOf) -> Document:
        if not self.languages:
            return {}
        said = setting.said("tupuy::minutes")
        return {
            "minutes": _whole(said) if said else 0,
            "source": setting.said("tupuy::source"),
            "licence": setting.said("tupuy::licence"),
            "words": {name: text(line, "label") for name, line in self.words.items()},
        }


def own_form(workbook: Workbook, setting: Line, findings: list[Finding]) -> OwnForm:
    """What a workbook says in columns of our own."""
    own = OwnForm(languages=setting.said("tupuy::languages").split(), findings=findings)
    sheet = workbook.sheet("tupuy")
    own.has_sheet = sheet is not None
    for line in lines_of(sheet, findings)[1] if sheet else ():
        name, part = line.said("name"), line.said("part")
        if part == "word":
            own.words[name] = line
        elif part == "scale":
            own.lists[name], own.labelled[name] = line.said("list_name"), line.said("labelled").split()
            own.scales.append({"name": name} | {key: _whole(line.said(key)) for key in ("lo", "hi", "step") if line.said(key)})
        else:
            what = Message(mark("This row of our own sheet is not known: it is left out."))
            findings.append(Finding(line.place("part"), part or name, "left_out", what))
    return own


def _whole(said: str) -> Any:
    """A whole number; other words as they are, so that reading tells them."""
    digits = said.removeprefix("-")
    return int(said) if digits.isascii() and digits.isdigit() and len(digits) < 16 else said
