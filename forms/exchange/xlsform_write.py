"""A form as an XLSForm (.xlsx) that ODK, Kobo and others can use, and that gives the same form when it is read again.

What XLSForm cannot say stands in columns of our own (see ``xlsform_own``). What others see instead: a battery and a
before and now are groups with the appearance table-list, "other", a comment and the quote tick are rows of their own,
the own code is a note only (nobody else can keep it safe), "I do not know" and "I prefer not to answer" are not offered,
and a condition that XPath cannot say is left out there. No cell ever is a formula.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from forms import codec
from forms.check import MOST_POINTS
from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.exchange.aliases import language_name
from forms.exchange.xlsform_lists import unused
from forms.exchange.xlsform_own import TEXT_SETTINGS
from forms.exchange.xlsform_sheets import JOINER
from forms.exchange.xpath import constraint_of, xpath_of
from forms.questions import marks, type_of
from forms.questions.before_now import PARTS, part_label
from forms.questions.choice import COMMENT_LABEL
from forms.questions.text import QUOTE_LABEL
from forms.questions.yes_no import FLAG_LABELS
from forms.texts import all_texts
from forms.wording import Text

#: Stands in a list whose options are the programme's groups, as long as they are not known.
GROUPS = Text.of({"es": "(los grupos del programa)", "en": "(the programme's groups)", "pt": "(os grupos do programa)"})

#: The columns of the survey, in order; those without a cell are not written.
SURVEY = (
    *(
        "type",
        "name",
        "label",
        "hint",
        "guidance_hint",
        "media::audio",
        "required",
        "relevant",
        "constraint",
        "constraint_message",
        "choice_filter",
    ),
    *("appearance", "parameters", "construct", "reverse"),
    *("tupuy::kind", "tupuy::name", "tupuy::of", "tupuy::row", "tupuy::show_if", "tupuy::more"),
    *(f"tupuy::{name}" for name in TEXT_SETTINGS),
    *("tupuy::relevant", "tupuy::constraint"),
)
CHOICES = ("list_name", "name", "label", "tupuy_when", "tupuy_exclusive", "tupuy_show_if", "tupuy_part")
SETTINGS = (
    *("form_title", "form_id", "default_language", "tupuy::name", "tupuy::languages", "tupuy::title", "tupuy::intro"),
    *("tupuy::minutes", "tupuy::source", "tupuy::licence"),
)
OWN = ("part", "name", "list_name", "lo", "hi", "step", "labelled", "label")
#: The columns in which ${name} is a reference, to ODK as well; everywhere else it is words.
XPATH = ("relevant", "constraint", "choice_filter")
WIDE = {"label": 42, "hint": 30, "constraint_message": 30, "type": 22}

#: One row: {column: words (str), or the words in each language (Text)}.
Cells = dict[str, Any]


def write_xlsform(form: FormDefinition, recordings: Mapping[str, Text] | None = None) -> bytes:
    """The form as an .xlsx file. ``recordings``: {place: name of the file in each language}, of questions."""
    written = _Writing(form, recordings or {})
    written.form_rows()
    sheets: tuple[tuple[str, Sequence[str], list[Cells]], ...] = (
        ("survey", SURVEY, written.survey),
        ("choices", CHOICES, written.choices),
        ("settings", SETTINGS, [written.settings()]),
        ("tupuy", OWN, list(written.own_rows())),
    )
    return _workbook(sheets, written.languages)


@dataclass
class _Writing:
    """The rows of the sheets. ``names``: question or ``question/part`` -> its name in the workbook, used by conditions."""

    form: FormDefinition
    recordings: Mapping[str, Text]
    survey: list[Cells] = field(default_factory=list)
    choices: list[Cells] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)  # question or scale -> list
    sections: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        spoken = (language for _place, text in all_texts(self.form) for language in text.languages)
        self.languages = tuple(dict.fromkeys([*self.form.languages, *spoken])) or ("es",)
        used = {"meta", "data", "instanceid", "instancename"}

        def named(name: str) -> str:
            used.add(said := unused(name, used, 60))
            return said

        for question in self.form.questions():
            self.names.setdefault(question.name, named(question.name))
        for question in self.form.questions():
            for part in _parts(question):
                self.names.setdefault(f"{question.name}/{part}", named(f"{question.name}_{part}"))
        self.sections = [named(section.name) for section in self.form.sections]
        lists: set[str] = {"yes_no"}
        for name in [*(f"scale {scale.name}" for scale in self.form.scales), *(one.name for one in self.form.questions())]:
            self.lists.setdefault(name, unused(name.removeprefix("scale "), lists, 60))
            lists.add(self.lists[name])

    # Rows of the survey

    def form_rows(self) -> None:
        for scale in self.form.scales:
            self.scale_rows(scale)
        if any(question.kind == "yes_no" for question in self.form.questions()):
            self.choices += [{"list_name": "yes_no", "name": value, "label": self.everywhere(label)} for value, label in FLAG_LABELS]
        for section, name in zip(self.form.sections, self.sections, strict=True):
            self.section_rows(section, name)

    def section_rows(self, section: Section, name: str) -> None:
        self.survey.append(
            {"type": "begin_group", "name": name, "label": section.title, "tupuy::kind": "section"} | _renamed(section.name, name)
        )
        for question in section.questions:
            self.question_rows(question)
        self.survey.append({"type": "end_group"})

    def question_rows(self, question: Question) -> None:
        row = self.common(question)
        self.survey.append(row)
        if question.kind in ("battery", "before_now"):
            self.survey += self.battery_rows(question) if question.kind == "battery" else self.moment_rows(question)
            self.survey.append({"type": "end_group"})
        if "choices" in type_of(question.kind).needs:
            self.choice_rows(question, row)
        self.survey += self.side_rows(question, str(row.get("relevant", "")))

    def common(self, question: Question) -> Cells:
        """What the row of every question says."""
        name = self.names[question.name]
        relevant = self.xpath(question.show_if)
        constraint = constraint_of(question)
        is_group = question.kind in ("battery", "before_now")
        row: Cells = {"type": self.type_of(question), "name": name, "label": question.label, "hint": question.hint}
        row["guidance_hint"] = question.interviewer_note
        row["media::audio"] = self.recordings.get(f"questions.{question.name}.label", "")
        row |= {"required": "yes" if question.required == "yes" and not is_group else "", "relevant": relevant}
        row |= {"constraint": constraint, "constraint_message": question.message, "construct": question.construct}
        row |= {"reverse": "yes" if question.reverse else "", "appearance": self.appearance(question)}
        row |= {"parameters": "randomize=true" if question.shuffle and not is_group else ""}
        row |= {"tupuy::kind": question.kind, "tupuy::show_if": question.show_if, "tupuy::more": _more(question, is_group)}
        row |= {"tupuy::relevant": relevant, "tupuy::constraint": constraint} | _renamed(question.name, name)
        return row | {f"tupuy::{setting}": value for setting, value in question.settings if isinstance(value, Text)}

    def type_of(self, question: Question) -> str:
        match question.kind:
            case "choice":
                return f"select_one {self.lists[question.name]}"
            case "several":
                return f"select_multiple {self.lists[question.name]}"
            case "ranking":
                return f"rank {self.lists[question.name]}"
            case "scale":
                return f"select_one {self.scale_list(question)}"
            case "yes_no":
                return "select_one yes_no"
            case "number":
                return "integer" if question.setting("whole") else "decimal"
            case "battery" | "before_now":
                return "begin_group"
        return {"short_text": "text", "long_text": "text", "day": "date", "consent": "acknowledge"}.get(question.kind, "note")

    def scale_list(self, question: Question) -> str:
        return self.lists.get(f"scale {question.scale}", self.lists[question.name])

    def appearance(self, question: Question) -> str:
        if question.kind == "battery" and not question.rows:
            return ""
        return {"long_text": "multiline", "scale": "likert", "battery": "table-list", "before_now": "table-list"}.get(question.kind, "")

    def battery_rows(self, question: Question) -> Iterator[Cells]:
        if not question.rows:
            yield {
                "type": "note",
                "name": unused(f"{question.name}_rows", self.names.values(), 60),
                "label": self.everywhere(GROUPS),
            } | _of(question)
        for row in question.rows:
            yield self.battery_row(question, row)

    def battery_row(self, question: Question, row: Row) -> Cells:
        relevant = self.xpath(row.show_if)
        cells: Cells = {"type": f"select_one {self.scale_list(question)}", "name": self.names[f"{question.name}/{row.value}"]}
        cells |= {"label": row.label, "required": "yes" if question.required == "yes" else "", "relevant": relevant}
        cells |= {"construct": row.construct, "reverse": "yes" if row.reverse else "", "tupuy::row": row.value}
        return cells | {"tupuy::show_if": row.show_if, "tupuy::relevant": relevant} | _of(question)

    def moment_rows(self, question: Question) -> Iterator[Cells]:
        for part in PARTS:
            cells: Cells = {"type": f"select_one {self.scale_list(question)}", "name": self.names[f"{question.name}/{part}"]}
            label = self.everywhere(part_label(question, part))
            yield cells | {"label": label, "required": "yes" if question.required == "yes" else ""} | _of(question)

    def side_rows(self, question: Question, relevant: str) -> Iterator[Cells]:
        """The rows that only others need: words of "other", a comment, the quote tick."""
        name = self.names[question.name]
        rows = {
            "other": ("text", question.setting("other_label") or marks.OTHER_LABEL, f"${{{name}}} = 'other'"),
            "comment": ("text", COMMENT_LABEL, ""),
            "quote": ("acknowledge", QUOTE_LABEL, ""),
        }
        for part, (type_, label, when) in rows.items():
            if f"{question.name}/{part}" in self.names and part in _sides(question):
                said = " and ".join(f"({one})" if " or " in one else one for one in (relevant, when) if one)
                cells: Cells = {"type": type_, "name": self.names[f"{question.name}/{part}"], "label": self.everywhere(label)}
                yield cells | {"relevant": said} | _of(question)

    # Rows of the choices

    def choice_rows(self, question: Question, row: Cells) -> None:
        list_ = self.lists[question.name]
        filters = []
        for number, choice in enumerate(question.choices, start=1):
            when = self.xpath(choice.show_if)
            filters += [f"(tupuy_when = 'w{number}' and ({when}))"] if when else []
            self.choices.append({"list_name": list_, "tupuy_when": f"w{number}" if when else ""} | _choice(choice))
        if filters:
            row["choice_filter"] = " or ".join(["tupuy_when = ''", *filters])
        extra: Cells = {"list_name": list_, "tupuy_part": "yes"}
        if question.kind == "choice" and question.setting("other"):
            label = self.everywhere(question.setting("other_label") or marks.OTHER_LABEL)
            self.choices.append(extra | {"name": "other", "label": label})
        elif not question.choices:
            self.choices.append(extra | {"name": "groups", "label": self.everywhere(GROUPS)})

    def scale_rows(self, scale: Scale) -> None:
        labels = dict(scale.labels)
        sound = scale.step > 0 and scale.lo <= scale.hi and (scale.hi - scale.lo) // scale.step < MOST_POINTS
        points = sorted({*(scale.points if sound else ()), *labels})
        for point in points:
            label = labels.get(point) or Text.of(dict.fromkeys(self.languages, str(point)))
            self.choices.append({"list_name": self.lists[f"scale {scale.name}"], "name": str(point), "label": label})

    # The other sheets

    def settings(self) -> Cells:
        form, base = self.form, self.languages[0]
        row: Cells = {
            "form_title": form.title.in_language(base) or form.name,
            "form_id": form.name,
            "default_language": language_name(base),
        }
        row |= {"tupuy::name": form.name, "tupuy::languages": " ".join(form.languages), "tupuy::title": form.title}
        minutes = str(form.minutes) if form.minutes else ""
        return row | {"tupuy::intro": form.intro, "tupuy::minutes": minutes, "tupuy::source": form.source, "tupuy::licence": form.licence}

    def own_rows(self) -> Iterator[Cells]:
        for scale in self.form.scales:
            numbers = {"lo": str(scale.lo), "hi": str(scale.hi), "step": str(scale.step)}
            labelled = " ".join(str(point) for point, _label in scale.labels)
            yield {"part": "scale", "name": scale.name, "list_name": self.lists[f"scale {scale.name}"], "labelled": labelled} | numbers
        for name, text in self.form.words:
            yield {"part": "word", "name": name, "label": text}

    def xpath(self, condition: str) -> str:
        return (xpath_of(condition, self.form, self.names) or "") if condition else ""

    def everywhere(self, text: Text) -> Text:
        """Words of the house in every language of the form; the form's base, or the first there is, where one is missing."""
        return Text.of({language: text.in_language(language, self.languages[0]) for language in self.languages})


def _parts(question: Question) -> Iterable[str]:
    if question.kind == "battery":
        return [row.value for row in question.rows]
    return PARTS if question.kind == "before_now" else _sides(question)


def _sides(question: Question) -> list[str]:
    return [
        part
        for part in ("other", "comment", "quote")
        if question.setting(part) and part in {one.name for one in type_of(question.kind).settings}
    ]


def _of(question: Question) -> Cells:
    return {"tupuy::of": question.name}


def _renamed(name: str, written: str) -> Cells:
    return {"tupuy::name": name} if name != written else {}


def _choice(choice: Choice) -> Cells:
    cells: Cells = {"name": choice.value, "label": choice.label, "tupuy_show_if": choice.show_if}
    return cells | {"tupuy_exclusive": "yes" if choice.exclusive else ""}


def _more(question: Question, is_group: bool) -> str:
    """What no column says, as JSON."""
    document: Mapping[str, Any] = codec.to_document(FormDefinition("", Text(), (), (Section("", Text(), (question,)),)))["sections"][0][
        "questions"
    ][0]
    said_elsewhere = {
        "name",
        "kind",
        "label",
        "hint",
        "message",
        "interviewer_note",
        "show_if",
        "construct",
        "reverse",
        "choices",
        "rows",
        *TEXT_SETTINGS,
    }
    if question.required == "yes" and not is_group:
        said_elsewhere.add("required")
    more = {key: value for key, value in document.items() if key not in said_elsewhere}
    return json.dumps(more, ensure_ascii=False) if more else ""


# The file --------------------------------------------------------------------------------------------------------------


def _workbook(sheets: Iterable[tuple[str, Sequence[str], list[Cells]]], languages: Sequence[str]) -> bytes:
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    workbook = import_module("xlsxwriter").Workbook(made, options)
    bold = workbook.add_format({"bold": True})
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for name, columns, rows in sheets:
        sheet = workbook.add_worksheet(name)
        sheet.freeze_panes(1, 2)
        for at, (heading, cells) in enumerate(_columns(columns, rows, languages)):
            is_xpath = heading in XPATH
            sheet.set_column(at, at, WIDE.get(heading.partition("::")[0], 14), wrapped)
            sheet.write_string(0, at, heading, bold)
            for number, words in enumerate(cells, start=1):
                if words:
                    sheet.write_string(number, at, words if is_xpath else words.replace("${", f"${JOINER}{{"), wrapped)
    workbook.close()
    return made.getvalue()


def _columns(columns: Sequence[str], rows: Sequence[Cells], languages: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """(heading, cells) of the columns with something in them; words in several languages have a column for each."""
    for column in columns:
        values = [row.get(column, "") for row in rows]
        if any(isinstance(value, Text) and value for value in values):
            spoken = dict.fromkeys(language for value in values if isinstance(value, Text) for language in value.languages)
            for language in spoken if column == "media::audio" else languages:
                said = [(value.get(language) or "") if isinstance(value, Text) else value for value in values]
                yield f"{column}::{language_name(language)}", said
        elif any(values) or column in ("type", "name", "list_name", "form_id"):
            yield column, [value if isinstance(value, str) else "" for value in values]
