"""An XLSForm to a form, with every part of it that changes or finds no room.

Reading never guesses: what has no counterpart is told with its cell and left out; what becomes something else is told as
well. A workbook that ``xlsform_write`` made carries columns of its own (``tupuy::…``), and gives the same form again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from forms import codec
from forms.check import CIRCLES, CONSTRUCT, check
from forms.definition import FormDefinition
from forms.exchange import aliases
from forms.exchange import xlsform_left_out as left_out
from forms.exchange.report import Awaited, Fate, Finding, Imported
from forms.exchange.workbook import Workbook
from forms.exchange.xlsform_lists import MOST_OPTIONS, Listed, Option, folded_name, listed, unused
from forms.exchange.xlsform_own import OwnForm, is_own, own_form
from forms.exchange.xlsform_sheets import Column, Line, lines_of
from forms.exchange.xpath import Read, condition_of, constraint_said
from forms.messages import Message, Problem, mark
from forms.questions import marks, type_of

#: How many rows the sheet "survey" may have, how many options all questions together, and how deep groups may be nested.
MOST_LINES, MOST_OPTIONS_IN_ALL, DEEPEST_GROUP = 5000, 100_000, 30
_TRUE = {"yes", "true", "true()", "1", "y", "si", "sí", "required", "x"}
_FALSE = {"no", "false", "false()", "0", "n", ""}
_POINT = re.compile(r"-?[0-9]{1,9}")
_SHOW_IF = re.compile(r"questions\.([^.]+)\.show_if(?::\d+)?")
#: Kobo's groups, and the column that names their list.
_MATRICES = {"begin_kobomatrix": "kobo--matrix_list", "begin_score": "kobo--score-choices", "begin_rank": "kobo--rank-items"}

Document = dict[str, Any]


@dataclass
class Node:
    """One row of the survey: a question, or a group with what is in it."""

    line: Line
    type: str
    listing: str = ""
    or_other: bool = False
    inside: list[Node] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        return self.type.startswith("begin_")


def read_xlsform(workbook: Workbook, filename: str = "") -> Imported:
    """The form of a workbook; ``form`` is None when there is no survey in it, and the problems say why."""
    return _Reader(workbook, filename).imported()


class _Reader:
    """What is gathered while a workbook is read: the document of the form, names, and what is told."""

    def __init__(self, workbook: Workbook, filename: str) -> None:
        self.workbook, self.filename = workbook, filename
        self.findings: list[Finding] = list(workbook.findings)
        self.problems: list[Problem] = []
        self.own = OwnForm()
        self.languages: list[str] = []
        self.codes: dict[str, str] = {}
        self.lists: dict[str, Listed] = {}
        self.raw_lists: dict[str, list[tuple[Line, Mapping[str, str]]]] = {}
        self.used: Counter[str] = Counter()
        self.scales: dict[str, Document] = {}  # by the list, or the range, that they come from
        self.sections: list[Document] = []
        self.section: Document | None = None
        self.names: set[str] = set()
        self.reads: dict[str, Read] = {}
        self.conditions: list[tuple[Document, list[Line]]] = []
        self.shown: dict[str, Line] = {}  # question: the row whose condition it has
        self.told_lists: set[str] = set()
        self.told_conditions: set[int] = set()
        self.awaited: list[Awaited] = []
        self.translated: dict[str, str | None] = {}  # XPath: its condition, once all names are known

    # The whole

    def imported(self) -> Imported:
        columns, lines = self.sheet("survey")
        if "type" not in {column.name for column in columns}:
            return self.refused(
                mark("There is no sheet “survey” with a column “type” in the workbook."), mark("Name them so, as XLSForm does.")
            )
        if len(lines) > MOST_LINES:
            return self.refused(mark("The sheet “survey” has more than %(most)s rows."), mark("Divide the form."), most=MOST_LINES)
        choice_columns, choice_lines = self.sheet("choices")
        setting_columns, settings = self.sheet("settings")
        setting = settings[0] if settings else Line("settings", 2, {}, {})
        self.own = own_form(self.workbook, setting, self.findings)
        self.speak([*columns, *choice_columns, *setting_columns], [*lines, *choice_lines], setting)
        self.tell_columns(columns, lines)
        self.tell_references(lines)
        self.gather_lists(choice_columns, choice_lines)
        self.tell_settings(setting)
        nodes = self.nodes(lines)
        if self.count_lists(nodes) > MOST_OPTIONS_IN_ALL:
            most = MOST_OPTIONS_IN_ALL
            return self.refused(mark("The questions have more than %(most)s options in all."), mark("Divide the form."), most=most)
        self.walk(nodes)
        self.set_conditions()
        return self.done(self.document(setting), len(lines), len(choice_lines))

    def refused(self, fault: str, remedy: str, **values: Any) -> Imported:
        problem = Problem(self.filename or "workbook", Message(fault, values), Message(remedy, values))
        return Imported(None, tuple(self.findings), (problem,), "xlsform")

    def sheet(self, name: str) -> tuple[list[Column], list[Line]]:
        sheet = self.workbook.sheet(name)
        return lines_of(sheet, self.findings) if sheet else ([], [])

    def done(self, document: Document, lines: int, choices: int) -> Imported:
        try:
            form = codec.from_document(document)
        except codec.FormFileError as fault:
            return Imported(None, tuple(self.findings), tuple(fault.problems), "xlsform")
        form = self.without_faulty_conditions(form)
        counts = (
            ("rows", lines),
            ("choices", choices),
            ("questions", sum(1 for _ in form.questions())),
            ("sections", len(form.sections)),
            ("languages", len(form.languages)),
        )
        return Imported(form, tuple(dict.fromkeys(self.findings)), tuple(self.problems), "xlsform", counts, tuple(self.awaited))

    def without_faulty_conditions(self, form: FormDefinition) -> FormDefinition:
        """Conditions that came from XPath and that a form cannot have (they look ahead, or in a circle) are told and taken out."""
        faulty: dict[str, Problem] = {}
        for problem in check(form):
            found = _SHOW_IF.fullmatch(problem.place)
            if found and found[1] in self.shown:
                faulty.setdefault(found[1], problem)
        for name, problem in faulty.items():
            line = self.shown[name]
            self.findings.append(Finding(line.place("relevant"), marks.short(line.said("relevant")), "left_out", problem.fault))
            what = mark("The question “%(question)s” is asked of everybody.")
            self.tell(line, "relevant", "left_out", what, question=name)
        sections = tuple(
            replace(
                section,
                questions=tuple(replace(one, show_if="") if one.name in faulty else one for one in section.questions),
            )
            for section in form.sections
        )
        return replace(form, sections=sections)

    def tell(self, line: Line, name: str, fate: Fate, what: str, found: str = "", /, **values: Any) -> None:
        """What happens to a cell: ``what`` is marked, ``found`` what stands there when it is not the cell's words."""
        self.findings.append(line.finding(name, fate, what, found, **values))

    # Languages

    def speak(self, columns: Sequence[Column], lines: Sequence[Line], setting: Line) -> None:
        """Which languages the form speaks, the base first: that of ``default_language``, else the first column's."""
        written = list(dict.fromkeys(column.language for column in columns if column.language))
        for name in written:
            self.codes[name] = aliases.language_code(name) or self.code_for(name)
        default = setting.said("default_language")
        base = aliases.language_code(default) if default else None
        read = dict.fromkeys(column.language for column in columns if column.language and not column.name.startswith("media::"))
        spoken = list(dict.fromkeys(self.codes[name] for name in read))
        if base is None and default in self.codes:
            base = self.codes[default]
        if not base or (spoken and base not in spoken and not self.has_bare(lines)):
            base = spoken[0] if spoken else self.guessed(lines)
        self.codes[""] = base
        self.languages = self.own.languages or [base, *(code for code in spoken if code != base)]

    def code_for(self, name: str) -> str:
        """A code of one's own for a language that is not known."""
        free = (f"qa{letter}" for letter in "abcdefghijklmnopqrstuvwxy" if f"qa{letter}" not in self.codes.values())
        code = next(free, "qaz")
        what = Message(
            mark("This language is not known: it is called “%(code)s”. Write its code in brackets behind its name."), {"code": code}
        )
        self.findings.append(Finding("survey", marks.short(name), "changed", what))
        return code

    def has_bare(self, lines: Sequence[Line]) -> bool:
        return any("" in line.texts.get("label", {}) for line in lines)

    def guessed(self, lines: Sequence[Line]) -> str:
        """The language of a file that names none, from its commonest short words; told, because it is a guess."""
        said = " ".join(line.said("label") + " " + line.said("hint") for line in lines).casefold()
        words = Counter(re.findall(r"[^\W\d_]+", said))
        base = max(_SMALL_WORDS, key=lambda code: sum(words[word] for word in _SMALL_WORDS[code]))
        what = Message(mark("The file does not say its language: it is taken as “%(code)s”."), {"code": base})
        self.findings.append(Finding("survey, label", "label", "changed", what))
        return base

    def text(self, line: Line, name: str) -> dict[str, str]:
        """The words of a column per language code; those of a column without a language are the base's."""
        said: dict[str, str] = {}
        for language, words in sorted(line.texts.get(name, {}).items(), key=lambda pair: pair[0] == ""):
            said.setdefault(self.codes.get(language, language), words)
        return said

    # Columns, settings and lists

    def tell_columns(self, columns: Sequence[Column], lines: Sequence[Line]) -> None:
        """Columns that are not XLSForm's, or that nothing here heeds, told once with their first row."""
        for column in columns:
            if column.name in left_out.TAKEN or column.name.startswith("tupuy::"):
                continue
            line = next((line for line in lines if column.name in line.texts), None)
            if line is not None:
                what = mark("This column has no meaning in a form: it is left out.")
                self.findings.append(Finding(line.place(column.name), column.heading, "left_out", Message(what)))

    def tell_references(self, lines: Sequence[Line]) -> None:
        """Answers that stand within words: a form's words say the same to everybody."""
        for line in lines:
            for name in ("label", "hint", "guidance_hint", "constraint_message"):
                said = next((words for words in line.texts.get(name, {}).values() if "${" in words), "")
                if said and "tupuy::kind" not in line.texts and "tupuy::of" not in line.texts:
                    what = mark("An earlier answer within the words has no room: it stays as it is written, and must be worded anew.")
                    self.tell(line, name, "changed", what, said)

    def tell_settings(self, setting: Line) -> None:
        for name in setting.texts:
            if name not in left_out.SETTINGS and not name.startswith("tupuy::"):
                self.tell(setting, name, "left_out", mark("This setting has no meaning here: it is left out."))

    def gather_lists(self, columns: Sequence[Column], lines: Sequence[Line]) -> None:
        for column in columns:
            if column.name.startswith(("tupuy", "media::")) or column.name in ("list_name", "name", "label"):
                continue
            line = next((line for line in lines if column.name in line.texts), None)
            if line is not None:
                what = mark("This column has no meaning in a form: it is left out.")
                self.findings.append(Finding(line.place(column.name), column.heading, "left_out", Message(what)))
        for line in lines:
            for name in line.texts:
                if name.startswith("media::"):
                    self.tell(line, name, "left_out", left_out.COLUMNS.get(name, left_out.COLUMNS["media::image"]))
            name = line.said("list_name")
            if name:
                self.raw_lists.setdefault(name, []).append((line, self.text(line, "label")))
            else:
                self.tell(line, "name", "left_out", mark("The option names no list: it is left out."))
        self.lists = {name: listed(name, rows) for name, rows in self.raw_lists.items()}

    def count_lists(self, nodes: Sequence[Node]) -> int:
        """Count how many questions share each list; returns how many options there will be in all."""
        options = 0
        for node in nodes:
            if node.type == "select_one":
                self.used[node.listing] += 1
            items = len(self.listed(node.line.said(_MATRICES.get(node.type, "")) or node.listing).options)
            inside = self.count_lists(node.inside)
            options += items + inside + (items * (len(node.inside) + inside) if node.type == "begin_kobomatrix" else 0)
        return options

    def listed(self, name: str) -> Listed:
        return self.lists.get(name, Listed(name))

    # The tree of groups

    def nodes(self, lines: Sequence[Line]) -> list[Node]:
        """The rows as a tree. A group that is not closed ends with the sheet; an end without a beginning is told."""
        top: list[Node] = []
        open_: list[list[Node]] = [top]
        for line in lines:
            type_, list_, or_other = aliases.question_type(line.said("type"))
            if not type_:
                if any(name in line.texts for name in ("name", "label")):
                    self.tell(line, "name", "left_out", mark("The row has no type: it is left out."))
            elif type_.startswith("end_"):
                if len(open_) == 1:
                    self.tell(line, "type", "left_out", mark("Nothing is open here that could end: the row is left out."))
                else:
                    open_.pop()
            else:
                node = Node(line, type_, list_, or_other)
                open_[-1].append(node)
                if node.is_group:
                    open_.append(node.inside)
                    if len(open_) > DEEPEST_GROUP:
                        open_[-1] = open_[-2]
                        self.tell(line, "type", "changed", mark("Groups are nested too deeply: this one joins the one around it."))
        if len(open_) > 1:
            self.tell(lines[-1], "type", "changed", mark("A group is not closed: it ends with the sheet."))
        return top

    def walk(self, nodes: Sequence[Node]) -> None:
        """The sections: a group on top is one, and so are the questions between two groups."""
        for node, battery in self.grouped(nodes):
            if node.is_group and node.type not in _MATRICES and not battery and not self.is_table(node):
                self.begin_section(node)
                self.inside(node.inside, [node.line] if "relevant" in node.line.texts else [])
                self.end_section(node)
            else:
                self.one(node, battery, [])
        self.section = None

    def begin_section(self, node: Node) -> None:
        line = node.line
        taken = {section["name"] for section in self.sections}
        raw = line.said("tupuy::name") or line.said("name")
        if _is_section(line):
            name = raw
        else:
            name = folded_name(raw, taken, "section") if raw else unused(f"section_{len(self.sections) + 1}", taken, 40)
        if raw and name != raw:
            self.tell(line, "name", "changed", mark("The name becomes “%(name)s”."), name=name)
        self.section = {"name": name, "title": self.text(line, "label"), "questions": []}
        self.sections.append(self.section)
        self.tell_group(node)

    def end_section(self, node: Node) -> None:
        if self.section is not None and not self.section["questions"] and not _is_section(node.line):
            self.sections.remove(self.section)
            self.tell(node.line, "type", "left_out", mark("Nothing in this group has room in a form: it is left out."))
        self.section = None

    def tell_group(self, node: Node) -> None:
        if node.type == "begin_repeat":
            self.tell(node.line, "type", "changed", left_out.COLUMNS["repeat_count"])
        elif node.type != "begin_group":
            self.tell(node.line, "type", "changed", mark("This kind of group becomes a section of questions."))
        self.tell_cells(node.line, ("hint", "guidance_hint", "constraint", "constraint_message", "required", "parameters"))

    def tell_cells(self, line: Line, more: Sequence[str] = ()) -> None:
        """The cells of a row that find no room."""
        for name in (*left_out.COLUMNS, *more):
            if name in line.texts and not (name == "required" and line.said(name).casefold() in _FALSE):
                what = left_out.COLUMNS.get(name, mark("It has no meaning in this row: it is left out."))
                self.tell(line, name, "left_out", what)
        strange = [word for word in line.said("appearance").split() if word.casefold() not in left_out.HEEDED]
        if strange:
            self.tell(line, "appearance", "left_out", left_out.APPEARANCE, " ".join(strange))

    def inside(self, nodes: Sequence[Node], around: list[Line]) -> None:
        """The questions of a group and of the groups in it, which are told and joined to it."""
        for node, battery in self.grouped(nodes):
            if not node.is_group or battery or node.type in _MATRICES or self.is_table(node):
                self.one(node, battery, around)
                continue
            self.tell(node.line, "type", "changed", mark("A group within a group: its questions join the section around it."))
            self.tell_group(node)
            within = [*around, node.line] if "relevant" in node.line.texts else around
            if "label" in node.line.texts:
                self.add(self.question(node.line, "note", "heading"), node.line, within)
            self.inside(node.inside, within)

    def grouped(self, nodes: Sequence[Node]) -> Iterator[tuple[Node, list[Node]]]:
        """Each node, with the rows of a battery behind it where it is the heading of one (label, then list-nolabel)."""
        at = 0
        while at < len(nodes):
            node, rows = nodes[at], []
            if node.type == "select_one" and "label" in _words(node.line, "appearance"):
                rows = self.run(nodes[at + 1 :], node.listing)
            at += 1 + len(rows)
            yield node, rows

    def run(self, nodes: Sequence[Node], list_: str) -> list[Node]:
        rows: list[Node] = []
        for node in nodes:
            if node.type != "select_one" or node.listing != list_ or "list-nolabel" not in _words(node.line, "appearance"):
                break
            rows.append(node)
        return rows if self.listed(list_).points() else []

    def is_table(self, node: Node) -> bool:
        """Whether a group is a battery: a table of select_one rows with one list of numbers, or one of our own."""
        if node.line.said("tupuy::kind") in ("battery", "before_now"):
            return is_own(node.line, node.type) and self.own.knows(node.line)
        if "table-list" not in _words(node.line, "appearance") or not node.inside:
            return False
        lists = {inner.listing for inner in node.inside}
        return (
            all(inner.type == "select_one" and not inner.or_other for inner in node.inside)
            and len(lists) == 1
            and self.lists.get(min(lists), Listed("")).points() is not None
        )

    # Questions

    def one(self, node: Node, battery: Sequence[Node], around: list[Line]) -> None:
        """One question with its row, or a table of them."""
        if node.line.said("tupuy::of"):
            return
        if node.line.said("tupuy::kind"):
            if is_own(node.line, node.type) and self.own.knows(node.line):
                self.own_question(node, around)
                return
            self.tell(node.line, "tupuy::kind", "changed", mark("The type was changed: the row is read anew."))
        if battery:
            self.battery(node, list(battery), around, node.listing)
        elif node.type in _MATRICES:
            self.matrix(node, around)
        elif node.is_group:
            self.battery(node, node.inside, around, node.inside[0].listing)
        else:
            self.plain(node, around)

    def plain(self, node: Node, around: list[Line]) -> None:
        line = node.line
        if node.type in left_out.TYPES or node.type not in _CONVERTERS:
            what = left_out.TYPES.get(node.type, left_out.UNKNOWN_TYPE)
            self.tell(line, "type", "left_out", what)
            return
        if not line.texts.get("label") and node.type == "note":
            self.tell(line, "type", "left_out", mark("A note without words: it is left out."))
            return
        question = _CONVERTERS[node.type](self, node)
        self.finish(question, node)
        self.add(question, line, around)

    def question(self, line: Line, kind: str, instead: str = "question") -> Document:
        """A question with its name and words."""
        raw = line.said("name")
        name = folded_name(raw, self.names, instead)
        if (name == "group" and kind != "choice") or (name == "circle" and not self.is_circle(line)):
            name = unused(f"{name}_1", self.names, 40)
        if raw and name != raw:
            self.tell(line, "name", "changed", mark("The name becomes “%(name)s”."), name=name)
        elif not raw:
            self.tell(line, "name", "changed", mark("The row has no name: it is called “%(name)s”."), name=name)
        elif name == "group":
            self.tell(line, "name", "changed", mark("“group” asks for the stakeholder group: it stands beside the answers."))
        self.names.add(name)
        question: Document = {"name": name, "kind": kind, "label": self.text(line, "label")}
        if hint := self.text(line, "hint"):
            question["hint"] = hint
        if note := self.text(line, "guidance_hint"):
            question["interviewer_note"] = note
        return question

    def is_circle(self, line: Line) -> bool:
        list_ = aliases.question_type(line.said("type"))[1]
        return {option.raw for option in self.listed(list_).options} <= set(CIRCLES)

    def finish(self, question: Document, node: Node) -> None:
        """What every kind may have: required, a constraint, a construct; and what finds no room."""
        line, type_ = node.line, type_of(question["kind"])
        self.require(question, line)
        self.constrain(question, line)
        self.measure(question, line)
        if message := self.text(line, "constraint_message") or self.text(line, "required_message"):
            if type_.asks:
                question["message"] = message
            else:
                self.tell(line, "constraint_message", "left_out", mark("It has no meaning in this row: it is left out."))
        self.tell_cells(replace(line, texts=self.unheeded(line, question)))
        self.await_recordings(question, line)
        self.reads.setdefault(line.said("name"), Read(question["name"], question["kind"], self.values_of(question, node)))

    def await_recordings(self, question: Document, line: Line) -> None:
        """The recordings that the row names: their files come beside the workbook, or not at all."""
        finding = line.finding("media::audio", "left_out", left_out.COLUMNS["media::audio"])
        place = f"questions.{question['name']}.label"
        self.awaited += [Awaited(place, language, file, finding) for language, file in self.text(line, "media::audio").items()]

    def unheeded(self, line: Line, question: Document) -> Mapping[str, Mapping[str, str]]:
        """The cells of a row without those that were heeded elsewhere."""
        heeded = {"required_message"} if "message" in question and "constraint_message" not in line.texts else set()
        return {name: words for name, words in line.texts.items() if name not in heeded}

    def values_of(self, question: Document, node: Node) -> Mapping[str, str]:
        found = self.lists.get(node.listing)
        if found is None:
            return {}
        if question["kind"] == "yes_no":
            return found.yes_no() or {}
        return found.values | ({"other": "other"} if question.get("other") else {})

    def require(self, question: Document, line: Line) -> None:
        said = line.said("required").casefold()
        if said in _FALSE:
            return
        if said == "soft" and question["kind"] not in ("note", "consent"):
            question["required"] = "soft"
        elif said in _TRUE and type_of(question["kind"]).asks:
            question["required"] = "yes"
        else:
            what = mark("When an answer is needed cannot depend on others here: it may be left blank.")
            if not type_of(question["kind"]).asks:
                what = mark("It has no meaning in this row: it is left out.")
            self.tell(line, "required", "left_out", what)

    def constrain(self, question: Document, line: Line) -> None:
        xpath = line.said("constraint")
        if not xpath:
            return
        said = constraint_said(xpath, question["kind"], bool(question.get("whole")))
        question |= said.settings
        excluded = {question_option["value"] for question_option in question.get("choices", ())}
        for value in said.exclusive:
            if value in excluded:
                next(option for option in question["choices"] if option["value"] == value)["exclusive"] = True
            else:
                said.untold = xpath
        if said.untold:
            what = mark("This part of the constraint has no counterpart here: it is left out.")
            self.tell(line, "constraint", "left_out", what, said.untold)

    def measure(self, question: Document, line: Line) -> None:
        """The construct, and whether a high answer means little of it."""
        type_ = type_of(question["kind"])
        raw = line.said("construct")
        if raw and type_.may_measure:
            said = re.sub(r"[^A-Z0-9]+", "_", marks.folded(raw).upper()).strip("_")[:40]
            if CONSTRUCT.fullmatch(said):
                question["construct"] = said
            if said != raw:
                self.tell(line, "construct", "changed", mark("The construct becomes “%(name)s”."), name=said or "—")
        elif raw:
            self.tell(line, "construct", "left_out", mark("Only questions on a scale measure a construct: it is left out."))
        reverse = line.said("reverse").casefold()
        if reverse in _TRUE and "reverse" in type_.may_have:
            question["reverse"] = True
        elif reverse not in _FALSE:
            self.tell(line, "reverse", "left_out", mark("It has no meaning in this row: it is left out."))

    def add(self, question: Document, line: Line, around: Sequence[Line]) -> None:
        self.place(question)
        relevant = [*around, line] if "relevant" in line.texts and line not in around else list(around)
        if relevant:
            self.conditions.append((question, relevant))

    def place(self, question: Document) -> None:
        """Put a question into the section that is open, or into one without a title."""
        if self.section is None:
            name = unused(f"section_{len(self.sections) + 1}", {section["name"] for section in self.sections}, 40)
            self.section = {"name": name, "title": {}, "questions": []}
            self.sections.append(self.section)
        self.section["questions"].append(question)
        self.names.add(question["name"])

    def set_conditions(self) -> None:
        """Every relevant, now that all names are known. What has no counterpart is told, and asked of everybody."""
        for question, lines in self.conditions:
            said = [one for line in lines if (one := self.condition(line))]
            if said:
                question["show_if"] = said[0] if len(said) == 1 else " and ".join(f"({one})" if " or " in one else one for one in said)
                self.shown[question["name"]] = lines[-1]

    def condition(self, line: Line) -> str | None:
        xpath = line.said("relevant")
        if xpath not in self.translated:
            self.translated[xpath] = condition_of(xpath, self.reads)
        if self.translated[xpath] is None and line.number not in self.told_conditions:
            self.told_conditions.add(line.number)
            what = mark("This condition has no counterpart here: what it shows would be asked of everybody.")
            self.tell(line, "relevant", "left_out", what)
        return self.translated[xpath]

    # Lists, scales, options

    def options(self, node: Node, question: Document, name: str = "") -> Listed:
        """The list of a question; its marks become "I do not know" and "I prefer not to answer"."""
        name = name or node.listing
        found = self.lists.get(name)
        if found is None:
            what = mark("There is no list “%(list)s” in the sheet “choices”: the question has no options yet.")
            self.tell(node.line, "type", "changed", what, list=marks.short(name))
            return Listed(name)
        for option in found.marks:
            question["unknown" if option.why == "unknown" else "refuse"] = True
        if name not in self.told_lists:
            self.told_lists.add(name)
            self.tell_list(found)
        return found

    def tell_list(self, found: Listed) -> None:
        for option in found.marks:
            what = mark("It stands for no answer: the question offers it apart, and it is counted apart.")
            self.tell(option.line, "name", "changed", what)
        for option in found.options:
            if option.value != option.raw:
                self.tell(option.line, "name", "changed", mark("The value becomes “%(name)s”."), name=option.value)
        for line in found.unreadable:
            what = mark("An option without a value, twice the same, or one of more than %(most)s: it is left out.")
            self.tell(line, "name", "left_out", what, most=MOST_OPTIONS)

    def choices(self, question: Document, found: Listed) -> list[Document]:
        is_parted = question["kind"] in ("several", "ranking")
        chosen = []
        for option in found.options:
            label = dict(option.label)
            if not label:
                label = {self.languages[0]: option.raw}
                self.tell(option.line, "name", "changed", mark("The option has no words: its value is shown."))
            value = option.value
            if (is_parted and value in ("comment", "other", "quote")) or (question.get("other") and value == "other"):
                value = folded_name(f"{value}_1", found.values.values())
                self.tell(option.line, "name", "changed", mark("The value becomes “%(name)s”."), name=value)
            chosen.append({"value": value, "label": label})
        return chosen

    def scale(self, list_: str, points: tuple[int, int, int], options: Sequence[Option]) -> str:
        """The scale of a list of numbers, made once and shared by its questions; returns its name."""
        if list_ not in self.scales:
            lo, hi, step = points
            taken = {scale["name"] for scale in self.scales.values()} | {scale["name"] for scale in self.own.scales}
            name = folded_name(list_, taken, "scale")
            labels = {option.raw: dict(option.label) for option in options if any(words != option.raw for words in option.label.values())}
            self.scales[list_] = {"name": name, "lo": lo, "hi": hi, "step": step, "labels": labels}
            self.tell_scale(options, name, lo, hi)
        return str(self.scales[list_]["name"])

    def tell_scale(self, options: Sequence[Option], name: str, lo: int, hi: int) -> None:
        if options:
            what = mark("A list of numbers in order: it becomes the scale “%(name)s” from %(lo)s to %(hi)s.")
            self.tell(options[0].line, "list_name", "changed", what, name=name, lo=lo, hi=hi)
        if options and int(options[0].raw) > int(options[-1].raw):
            what = mark("The scale runs downwards: its points are shown from the lowest to the highest.")
            self.tell(options[0].line, "name", "changed", what)

    # Converters, one per type

    def as_text(self, node: Node) -> Document:
        rows = _parameters(node.line).get("rows", "1")
        is_long = node.type == "multiline" or "multiline" in _words(node.line, "appearance") or rows not in ("", "0", "1")
        self.tell_parameters(node.line, ("rows",))
        return self.question(node.line, "long_text" if is_long else "short_text")

    def as_number(self, node: Node) -> Document:
        self.tell_parameters(node.line, ())
        return self.question(node.line, "number") | ({"whole": True} if node.type == "integer" else {})

    def as_range(self, node: Node) -> Document:
        """A range of whole numbers is a scale; any other a number between its ends."""
        said = _parameters(node.line)
        start, end, step = (said.get(name, default) for name, default in (("start", "1"), ("end", "10"), ("step", "1")))
        self.tell_parameters(node.line, ("start", "end", "step"))
        if all(_POINT.fullmatch(one) for one in (start, end, step)):
            lo, hi, by = int(start), int(end), int(step)
            if lo < hi and by > 0 and (hi - lo) % by == 0 and (hi - lo) // by <= 100:
                name = f"range_{lo}_{hi}" if by == 1 else f"range_{lo}_{hi}_{by}"
                return self.question(node.line, "scale") | {"scale": self.scale(name.replace("-", "m"), (lo, hi, by), ())}
        what = mark("A range that is no scale of whole numbers: it becomes a number between its ends.")
        self.tell(node.line, "parameters", "changed", what)
        bounds = {"minimum": marks.number_of(start), "maximum": marks.number_of(end)}
        return self.question(node.line, "number") | {name: value for name, value in bounds.items() if value is not None}

    def as_choice(self, node: Node) -> Document:
        """One choice; yes or no where the list says just that, a scale where it is one of numbers."""
        found = self.listed(node.listing)
        points, is_likert = found.points(), "likert" in _words(node.line, "appearance")
        if points and not node.or_other and (is_likert or self.used[node.listing] > 1):
            question = self.question(node.line, "scale")
            self.options(node, question)
            question["scale"] = self.scale(node.listing, points, found.options)
        elif found.yes_no() and not node.or_other:
            question = self.question(node.line, "yes_no")
            self.options(node, question)
            if list(found.yes_no() or {}) != ["1", "0"]:
                said = ", ".join(option.raw for option in found.options)
                self.tell(node.line, "type", "changed", mark("It becomes a question of yes or no, stored as 1 and 0."), said)
        else:
            question = self.question(node.line, "choice")
            question |= {"other": True} if node.or_other else {}
            question["choices"] = self.choices(question, self.options(node, question))
        self.shuffle(question, node.line)
        return question

    def as_several(self, node: Node) -> Document:
        question = self.question(node.line, "several")
        question["choices"] = self.choices(question, self.options(node, question))
        if node.or_other:
            what = mark("“Other” in words goes with one choice only: the question has room for a comment instead.")
            self.tell(node.line, "type", "changed", what)
            question["comment"] = True
        self.shuffle(question, node.line)
        return question

    def as_ranking(self, node: Node) -> Document:
        question = self.question(node.line, "ranking")
        question["choices"] = self.choices(question, self.options(node, question))
        self.shuffle(question, node.line)
        return question

    def as_note(self, node: Node) -> Document:
        return self.question(node.line, "note")

    def as_consent(self, node: Node) -> Document:
        return self.question(node.line, "consent")

    def as_day(self, node: Node) -> Document:
        return self.question(node.line, "day")

    def shuffle(self, question: Document, line: Line) -> None:
        if _parameters(line).get("randomize", "").casefold() == "true" and "shuffle" in type_of(question["kind"]).may_have:
            question["shuffle"] = True
            self.tell_parameters(line, ("randomize",))
        else:
            self.tell_parameters(line, ())

    def tell_parameters(self, line: Line, heeded: Sequence[str]) -> None:
        strange = {name: value for name, value in _parameters(line).items() if name not in heeded}
        if strange:
            said = " ".join(f"{name}={value}" if value else name for name, value in strange.items())
            self.tell(line, "parameters", "left_out", left_out.PARAMETERS, said)

    # Tables: rows on one scale

    def battery(self, node: Node, rows: Sequence[Node], around: list[Line], list_: str) -> None:
        """A group of rows on one list of numbers: one question with rows."""
        found = self.lists[list_]
        question = self.question(node.line, "battery", "battery")
        self.options(node, question, list_)
        question["scale"] = self.scale(list_, found.points() or (0, 1, 1), found.options)
        self.require(question, rows[0].line if "required" in rows[0].line.texts else node.line)
        self.measure(question, node.line)
        self.tell_cells(node.line, ("constraint", "constraint_message"))
        question["rows"] = [row for one in rows if (row := self.row(question, one))]
        self.add(question, node.line, around)

    def row(self, question: Document, node: Node) -> Document:
        line = node.line
        value = folded_name(line.said("name"), {row["value"] for row in question.get("rows", ())}, "row")
        if value in ("comment", "other", "quote"):
            value = f"{value}_1"
        if value != line.said("name"):
            self.tell(line, "name", "changed", mark("The value becomes “%(name)s”."), name=value)
        row: Document = {"value": value, "label": self.text(line, "label")}
        self.measure(inner := {"kind": "battery"}, line)
        row |= {name: inner[name] for name in ("construct", "reverse") if name in inner}
        if "relevant" in line.texts:
            said = condition_of(line.said("relevant"), self.reads)
            if said is None:
                what = mark("This condition has no counterpart here: what it shows would be asked of everybody.")
                self.tell(line, "relevant", "left_out", what)
            else:
                row["show_if"] = said
        question.setdefault("rows", []).append(row)
        self.tell_cells(line, ("hint", "guidance_hint", "constraint", "constraint_message", "parameters"))
        self.reads.setdefault(line.said("name"), Read(f"{question['name']}/{value}", "scale", self.lists[node.listing].values))
        return row

    def matrix(self, node: Node, around: list[Line]) -> None:
        """Kobo's groups: a matrix and a score become batteries or one question per row, a rank becomes a ranking."""
        column = {"begin_kobomatrix": "kobo--matrix_list", "begin_score": "kobo--score-choices", "begin_rank": "kobo--rank-items"}[
            node.type
        ]
        list_ = node.line.said(column) or node.listing
        self.tell(node.line, "type", "changed", mark("A table of Kobo: it becomes questions of their own kind here."))
        if node.type == "begin_rank":
            self.rank(node, list_, around)
        elif node.type == "begin_score":
            rows = [replace(inner, type="select_one", listing=list_) for inner in node.inside]
            self.table(node, rows, list_, around)
        else:
            items = self.listed(list_)
            if not items.options:
                self.options(node, {}, list_)
            for inner in node.inside:
                self.table(inner, [_item(inner, option) for option in items.options], inner.listing, around)

    def table(self, node: Node, rows: Sequence[Node], list_: str, around: list[Line]) -> None:
        """Rows on one list: a battery when it is one of numbers, else a question per row, its words after the table's."""
        if rows and all(row.type == "select_one" for row in rows) and self.listed(list_).points():
            self.battery(node, rows, around, list_)
            return
        heading = self.text(node.line, "label")
        for row in rows:
            said = {code: f"{heading[code]} {words}" if code in heading else words for code, words in self.text(row.line, "label").items()}
            texts = {**row.line.texts, "label": said}
            self.plain(replace(row, line=replace(row.line, texts=texts)), around)

    def rank(self, node: Node, list_: str, around: list[Line]) -> None:
        question = self.question(node.line, "ranking")
        question["choices"] = self.choices(question, self.options(node, question, list_))
        levels = len(node.inside)
        if 0 < levels < len(question["choices"]):
            question["places"] = levels
        self.finish(question, replace(node, listing=list_))
        for inner in node.inside:
            self.tell(inner.line, "label", "changed", mark("The places of a ranking are numbered: their words are left out."))
        self.add(question, node.line, around)

    # Our own

    def own_question(self, node: Node, around: list[Line]) -> None:
        """A row that ``xlsform_write`` wrote: what its own columns say, with the words and lists as they stand now."""
        line = node.line
        question = self.own.question(line, self.text)
        kind = question["kind"]
        self.names.add(question["name"])
        if kind == "battery":
            question["rows"] = [self.own.row(inner.line, self.text) for inner in node.inside if inner.line.said("tupuy::row")]
        elif "choices" in type_of(kind).needs:
            question["choices"] = self.own.choices(self.raw_lists.get(node.listing, ()))
        if "media::audio" in line.texts:
            self.tell(line, "media::audio", "left_out", left_out.COLUMNS["media::audio"])
        self.await_recordings(question, line)
        self.read_again(question, node)
        self.place(question)

    def read_again(self, question: Document, node: Node) -> None:
        """Conditions and constraints that somebody changed in the workbook are read anew; the others are as they were."""
        line = node.line
        name = line.said("name")
        self.reads.setdefault(name, Read(question["name"], question["kind"], {}))
        for inner in node.inside:
            self.reads.setdefault(inner.line.said("name"), Read(f"{question['name']}/{inner.line.said('tupuy::row')}", "scale", {}))
        if line.said("relevant") != line.said("tupuy::relevant"):
            question.pop("show_if", None)
            if "relevant" in line.texts:
                self.conditions.append((question, [line]))
            self.tell(line, "relevant", "changed", mark("The condition was changed in the workbook: it is read anew."))
        if line.said("constraint") != line.said("tupuy::constraint"):
            for setting in ("minimum", "maximum", "earliest", "latest", "until_today"):
                question.pop(setting, None)
            self.tell(line, "constraint", "changed", mark("The constraint was changed in the workbook: it is read anew."))
            self.constrain(question, line)

    # The document

    def document(self, setting: Line) -> Document:
        raw = setting.said("tupuy::name") or setting.said("form_id") or PurePath(self.filename).stem
        name = raw if self.own.languages and setting.said("tupuy::name") else folded_name(raw, (), "form")
        if name != raw:
            self.tell(setting, "form_id", "changed", mark("The name becomes “%(name)s”."), raw or "—", name=name)
        title = self.text(setting, "tupuy::title") or self.text(setting, "form_title") or {self.languages[0]: raw or name}
        return {
            "name": name,
            "title": title,
            "languages": self.languages,
            "intro": self.text(setting, "tupuy::intro"),
            "sections": self.sections,
            "scales": self.all_scales(),
            **self.own.rest(setting, self.text),
        }

    def all_scales(self) -> list[Document]:
        return [*self.own.read_scales(self.raw_lists), *self.scales.values()]


def _is_section(line: Line) -> bool:
    return line.said("tupuy::kind") == "section"


def _words(line: Line, name: str) -> list[str]:
    return line.said(name).casefold().split()


def _parameters(line: Line) -> dict[str, str]:
    """``start=1 end=5``, whatever stands between them.

    >>> _parameters(Line("survey", 2, {}, {"parameters": {"": "start=1; end = 5 randomize=true"}}))
    {'start': '1', 'end': '5', 'randomize': 'true'}
    """
    said = re.sub(r"\s*=\s*", "=", line.said("parameters"))
    pairs = (part.partition("=") for part in re.split(r"[\s,;]+", said) if part)
    return {name.casefold(): value for name, _sign, value in pairs}


def _item(column: Node, option: Option) -> Node:
    """One row of a matrix: the column's question about one item."""
    columns = column.line.columns
    texts = {name: words for name, words in column.line.texts.items() if name != "label"}
    texts |= {"name": {"": f"{column.line.said('name')}_{option.raw}"}, "label": dict(option.label)}
    return Node(Line(column.line.sheet, column.line.number, columns, texts), column.type, column.listing, column.or_other)


_CONVERTERS: dict[str, Any] = {
    "text": _Reader.as_text,
    "multiline": _Reader.as_text,
    "integer": _Reader.as_number,
    "decimal": _Reader.as_number,
    "range": _Reader.as_range,
    "select_one": _Reader.as_choice,
    "select_multiple": _Reader.as_several,
    "rank": _Reader.as_ranking,
    "note": _Reader.as_note,
    "acknowledge": _Reader.as_consent,
    "date": _Reader.as_day,
}
#: Short words by which a language is known.
_SMALL_WORDS = {
    "es": ("el", "la", "los", "las", "de", "que", "usted", "su", "es", "del", "cuál", "qué", "por"),
    "en": ("the", "of", "is", "you", "your", "what", "do", "how", "are", "to", "and", "this"),
    "pt": ("o", "os", "do", "da", "dos", "você", "seu", "sua", "qual", "não", "em", "é"),
    "fr": ("le", "les", "des", "vous", "votre", "est", "quel", "quelle", "du", "et"),
}
