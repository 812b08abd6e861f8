"""What a file of LimeSurvey holds, as plain parts: .lss, .lsg and .lsq (XML), and the tab-separated structure (.txt, .tsv).

Files of every age are read: those with a row per language (``DBVersion`` below 400) and those that keep the words in
tables of their own (``question_l10ns`` ...). Nothing here knows what a form of ours looks like.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError  # the types only: defusedxml does the parsing

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from forms.messages import Message, Problem, mark

LARGEST_BYTES = 10_000_000
MOST_ROWS = 50_000

Cells = Mapping[str, str]
Words = dict[str, str]


class LimeSurveyRefused(ValueError):
    """A file that cannot be read as one of LimeSurvey's; ``problem`` says why."""

    def __init__(self, place: str, fault: Message, remedy: Message) -> None:
        super().__init__(str(fault))
        self.problem = Problem(place, fault, remedy)


@dataclass
class Part:
    """A question, a sub-question or a group: ``code`` as its authors wrote it, ``words`` and ``help`` per language."""

    id: str
    parent: str = ""
    group: str = ""
    code: str = ""
    type: str = ""
    scale: str = "0"
    order: int = 0
    mandatory: str = ""
    other: bool = False
    relevance: str = ""
    validation: str = ""
    words: Words = field(default_factory=dict)
    help: Words = field(default_factory=dict)
    script: bool = False
    conditions: dict[str, list[str]] = field(default_factory=dict)  # id of an earlier question -> what must be so, or else
    attributes: dict[str, Words] = field(default_factory=dict)  # name -> {language or "": value}


@dataclass
class Option:
    """One answer option; ``value`` is its assessment value."""

    question: str
    code: str
    scale: str = "0"
    order: int = 0
    value: str = ""
    words: Words = field(default_factory=dict)


@dataclass
class Source:
    """A whole file. ``rest`` are (path, words) of parts that no reader of it takes further."""

    kind: str
    sid: str = ""
    base: str = ""
    languages: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=dict)
    texts: dict[str, Words] = field(default_factory=dict)  # surveyls_title ... -> {language: words}
    groups: list[Part] = field(default_factory=list)
    questions: list[Part] = field(default_factory=list)
    parts: dict[str, list[Part]] = field(default_factory=dict)  # id of a question -> its sub-questions
    options: dict[str, list[Option]] = field(default_factory=dict)  # id of a question -> its answer options
    rest: list[tuple[str, str]] = field(default_factory=list)
    known: dict[tuple[str, ...], Any] = field(default_factory=dict)  # every part by what it is and its id


def read_source(data: bytes, place: str = "") -> Source:
    """The parts of a file. Raises LimeSurveyRefused when it is no file of LimeSurvey, or not one that can be read."""
    if len(data) > LARGEST_BYTES:
        sizes = {"megabytes": -(-len(data) // 1_000_000), "limit": LARGEST_BYTES // 1_000_000}
        fault = Message(mark("The file is too large: %(megabytes)s MB; at most %(limit)s MB are read."), sizes)
        raise LimeSurveyRefused(place, fault, Message(mark("Export the structure only, without answers, pictures or files.")))
    source = _of_xml(data, place) if _looks_like_xml(data) else _of_table(data, place)
    _in_order(source)
    return source


def is_limesurvey(data: bytes, filename: str = "") -> bool:
    """Whether a file is one of LimeSurvey's, or says by its name that it is."""
    is_named = filename.casefold().endswith((".lss", ".lsg", ".lsq", ".tsv", ".txt"))
    return is_named or _looks_like_xml(data) or b"type/scale\t" in data[:2000].replace(b"\0", b"")


def _looks_like_xml(data: bytes) -> bool:
    return data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")


def _in_order(source: Source) -> None:
    source.languages = list(dict.fromkeys([source.base or next(iter(source.languages), ""), *source.languages]))
    source.base = source.languages[0]
    for parts in (source.groups, source.questions, *source.parts.values(), *source.options.values()):
        parts.sort(key=lambda part: part.order)  # type: ignore[attr-defined]  # all of them have an order
    place = {group.id: number for number, group in enumerate(source.groups)}
    source.questions.sort(key=lambda question: place.get(question.group, len(place)))


# XML -------------------------------------------------------------------------------------------------------------------


def _of_xml(data: bytes, place: str) -> Source:
    root = _parsed(data, place)
    kind = (root.findtext("LimeSurveyDocType") or "").strip()
    if root.tag != "document" or kind not in ("Survey", "Group", "Question"):
        fault = Message(mark("This XML file does not hold a survey, a group or a question of LimeSurvey."))
        raise LimeSurveyRefused(place, fault, Message(mark("Export it again as .lss, .lsg or .lsq.")))
    source = Source(kind, languages=[(one.text or "").strip() for one in root.iterfind("languages/language")])
    budget = _Budget(place)
    for table, take in _TABLES.items():
        for cells in budget.counted(_rows(root, table)):
            take(source, cells)
    for cells in budget.counted(_rows(root, "conditions")):
        _take_condition(source, cells)
    _name_the_rest(source, root)
    return source


def _parsed(data: bytes, place: str) -> Element:
    try:
        return fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        fault = Message(mark("The file declares entities of its own, which a survey never needs and an attack does."))
        raise LimeSurveyRefused(place, fault, Message(mark("Export the survey again from LimeSurvey."))) from None
    except (ParseError, ValueError, LookupError) as error:
        line = getattr(error, "position", (1, 0))[0]
        fault = Message(mark("The file cannot be read as XML from line %(line)s on."), {"line": line})
        remedy = mark("It is cut short, or its letters are not those that its first line says. Export it again from LimeSurvey.")
        raise LimeSurveyRefused(place, fault, Message(remedy)) from None


def _rows(root: Element, table: str) -> Iterable[Cells]:
    for row in root.iterfind(f"{table}/rows/row"):
        yield {cell.tag: (cell.text or "") for cell in row}


class _Budget:
    """Counts the rows of a file, so that a small file cannot become endless work."""

    def __init__(self, place: str) -> None:
        self.place, self.left = place, MOST_ROWS

    def counted(self, rows: Iterable[Cells]) -> Iterable[Cells]:
        for cells in rows:
            self.left -= 1
            if self.left < 0:
                fault = Message(mark("The file has more than %(most)s rows."), {"most": MOST_ROWS})
                raise LimeSurveyRefused(self.place, fault, Message(mark("Bring it in by groups of questions.")))
            yield cells


def _number(said: str) -> int:
    said = said.strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _take_survey(source: Source, cells: Cells) -> None:
    source.sid, source.base = cells.get("sid", ""), cells.get("language", "").strip()
    source.languages = [source.base, *cells.get("additional_languages", "").split(), *source.languages]
    source.settings |= cells


def _take_texts(source: Source, cells: Cells) -> None:
    language = cells.get("surveyls_language", "").strip()
    for name, words in cells.items():
        source.texts.setdefault(name, {})[language] = words


def _take_group(source: Source, cells: Cells) -> None:
    group = _known(source, source.groups, "group", cells.get("gid", ""))
    group.order = min(group.order or 10**9, _number(cells.get("group_order", "")))
    group.relevance = cells.get("grelevance", "") or group.relevance
    _say(source, group.words, cells, "group_name")
    _say(source, group.help, cells, "description")
    if cells.get("randomization_group", "").strip():
        group.attributes["randomization_group"] = {"": cells["randomization_group"]}


def _known(source: Source, parts: list[Part], *key: str) -> Part:
    """The part with this key, whose last word is its id; made where it is new."""
    found = source.known.get(key)
    if found is None:
        parts.append(found := Part(key[-1]))
        source.known[key] = found
    return found


def _say(source: Source, words: Words, cells: Cells, name: str) -> None:
    if cells.get(name, "").strip():
        words.setdefault(cells.get("language", "").strip() or source.base or next(iter(source.languages), ""), cells[name])


def _take_question(source: Source, cells: Cells) -> None:
    parent = cells.get("parent_qid", "0")
    parts = source.questions if parent in ("", "0") else source.parts.setdefault(parent, [])
    _fill(source, _known(source, parts, "question", cells.get("qid", "")), cells)


def _fill(source: Source, part: Part, cells: Cells) -> None:
    part.parent, part.group = cells.get("parent_qid", ""), cells.get("gid", "")
    part.code, part.type, part.scale = cells.get("title", "").strip(), cells.get("type", "").strip(), cells.get("scale_id", "0") or "0"
    part.order = _number(cells.get("question_order", ""))
    part.mandatory, part.other = cells.get("mandatory", "").strip(), cells.get("other", "").strip() == "Y"
    part.relevance, part.validation = cells.get("relevance", "") or part.relevance, cells.get("preg", "") or part.validation
    _speak(source, part, cells)


def _speak(source: Source, part: Part, cells: Cells) -> None:
    _say(source, part.words, cells, "question")
    _say(source, part.help, cells, "help")
    part.script = part.script or bool(cells.get("script", "").strip())


def _take_question_words(source: Source, cells: Cells) -> None:
    part = source.known.get(("question", cells.get("qid", "")))
    if part is not None:
        _speak(source, part, cells)


def _take_attribute(source: Source, cells: Cells) -> None:
    part = source.known.get(("question", cells.get("qid", "")))
    if part is not None:
        part.attributes.setdefault(cells.get("attribute", ""), {})[cells.get("language", "").strip()] = cells.get("value", "")


def _take_option(source: Source, cells: Cells) -> None:
    key = cells.get("qid", ""), cells.get("code", "").strip(), cells.get("scale_id", "0") or "0"
    option = _option(source, key, _number(cells.get("sortorder", "")), cells.get("assessment_value", "").strip())
    if cells.get("aid"):
        source.known["answer", cells["aid"]] = option
    _say(source, option.words, cells, "answer")


def _option(source: Source, key: tuple[str, str, str], order: int, value: str) -> Option:
    """The option with this question, code and scale, made where it is new."""
    found = source.known.get(("option", *key))
    if found is None:
        found = source.known["option", *key] = Option(*key, order, value)
        source.options.setdefault(key[0], []).append(found)
    return found


def _take_option_words(source: Source, cells: Cells) -> None:
    option = source.known.get(("answer", cells.get("aid", "")))
    if option is not None:
        _say(source, option.words, cells, "answer")


def _take_condition(source: Source, cells: Cells) -> None:
    """Conditions that have not become an expression yet, in files of before 2012: those on one question are alternatives."""
    part = source.known.get(("question", cells.get("qid", "")))
    if part is None or (part.relevance.strip() not in ("", "1") and not part.conditions):
        return
    said = f'{cells.get("cfieldname", "").lstrip("+")} {cells.get("method", "==").strip() or "=="} "{cells.get("value", "")}"'
    part.conditions.setdefault(cells.get("cqid", ""), []).append(said)
    part.relevance = " and ".join(f"({' or '.join(ones)})" for ones in part.conditions.values())


#: The tables that are read, in the order in which one needs the others.
_TABLES: dict[str, Callable[[Source, Cells], None]] = {
    "surveys": _take_survey,
    "surveys_languagesettings": _take_texts,
    "groups": _take_group,
    "group_l10ns": _take_group,
    "questions": _take_question,
    "subquestions": _take_question,
    "question_l10ns": _take_question_words,
    "question_attributes": _take_attribute,
    "answers": _take_option,
    "answer_l10ns": _take_option_words,
}

#: Tables that say nothing about what is asked.
_SILENT = frozenset({"LimeSurveyDocType", "DBVersion", "languages", "themes", "themes_inherited", "conditions", "survey_links"})


def _name_the_rest(source: Source, root: Element) -> None:
    for table in root:
        if table.tag not in _TABLES and table.tag not in _SILENT:
            source.rest += [(table.tag, _shown(cells)) for cells in _rows(root, table.tag)]


def _shown(cells: Cells) -> str:
    return ", ".join(words.strip() for words in cells.values() if words.strip() and not words.strip().isdigit())


# Tab-separated ---------------------------------------------------------------------------------------------------------

_COLUMNS = {"class", "type/scale", "name", "text", "language"}
_OWN = frozenset(
    {"id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory"}
    | {"encrypted", "other", "default", "same_default", "same_script", "assessment_value"}
)


def _of_table(data: bytes, place: str) -> Source:
    rows = csv.DictReader(io.StringIO(_decoded(data, place), newline=""), delimiter="\t")
    try:
        names = set(rows.fieldnames or ())
        if not names >= _COLUMNS:
            fault = Message(mark("This is neither an XML file of LimeSurvey nor its tab-separated structure."))
            raise LimeSurveyRefused(place, fault, Message(mark("Export it from LimeSurvey as .lss, or as “Tab-separated values”.")))
        table = _Table(Source("Survey"))
        for cells in _Budget(place).counted(rows):
            table.take({name: words for name, words in cells.items() if isinstance(name, str) and isinstance(words, str)})
    except csv.Error:
        fault = Message(mark("From line %(line)s on the file cannot be read as a table."), {"line": rows.line_num + 1})
        raise LimeSurveyRefused(place, fault, Message(mark("Look for a quotation mark that is opened and not closed."))) from None
    return table.source


def _decoded(data: bytes, place: str) -> str:
    """The words of a text file in UTF-8, or in UTF-16 where its first bytes say so."""
    try:
        said = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Message(mark("The file is not in UTF-8 (line %(line)s)."), {"line": data.count(b"\n", 0, error.start) + 1})
        raise LimeSurveyRefused(place, fault, Message(mark("Save it again as UTF-8."))) from None
    return said.replace("\0", "")


class _Table:
    """Reads one row after the other: sub-questions and options belong to the question above them."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.group: Part | None = None
        self.question: Part | None = None
        self.count = 0

    def take(self, cells: Cells) -> None:
        self.count += 1
        takes = {"S": self.setting, "SL": self.text, "G": self.take_group, "Q": self.take_question, "SQ": self.take_part, "A": self.option}
        kind = cells.get("class", "").strip()
        if kind in takes:
            takes[kind]({**dict.fromkeys(_COLUMNS, ""), **cells})
        elif kind:
            self.source.rest.append((f"{kind}, {cells.get('name', '')}", cells.get("text", "")))

    def setting(self, cells: Cells) -> None:
        name, words = cells["name"].strip(), cells.get("text", "").strip()
        self.source.settings[name] = words
        if name == "sid":
            self.source.sid = words
        elif name == "language":
            self.source.base = words
        elif name == "additional_languages":
            self.source.languages += words.split()

    def text(self, cells: Cells) -> None:
        self.source.texts.setdefault(cells["name"].strip(), {})[self.language(cells)] = cells.get("text", "")

    def language(self, cells: Cells) -> str:
        said = cells.get("language", "").strip() or self.source.base
        if said and said not in self.source.languages:
            self.source.languages.append(said)
        return said

    def take_group(self, cells: Cells) -> None:
        """A group has a row per language, all with its number; older files repeat them after all the questions."""
        id_ = cells.get("type/scale", "").strip() or cells.get("id", "").strip() or cells["name"].strip()
        self.group = _known(self.source, self.source.groups, "group", f"G{id_}")
        self.group.order = self.group.order or self.count
        self.group.relevance = cells.get("relevance", "") or self.group.relevance
        self.say(self.group.words, cells, "name")
        self.say(self.group.help, cells, "text")

    def say(self, words: Words, cells: Cells, column: str) -> None:
        if cells.get(column, "").strip():
            words.setdefault(self.language(cells), cells[column])

    def take_question(self, cells: Cells) -> None:
        code = cells["name"].strip()
        self.question = question = _known(self.source, self.source.questions, "question", code)
        question.code, question.order = code, question.order or self.count
        question.group = question.group or (self.group.id if self.group else "")
        question.type = cells.get("type/scale", "").strip() or question.type
        question.mandatory = cells.get("mandatory", "").strip() or question.mandatory
        question.other = question.other or cells.get("other", "").strip() == "Y"
        question.relevance = cells.get("relevance", "") or question.relevance
        question.validation = cells.get("validation", "") or question.validation
        self.say(question.words, cells, "text")
        self.say(question.help, cells, "help")
        for name, value in cells.items():
            if name not in _OWN and value.strip():
                question.attributes.setdefault(name, {})[cells.get("language", "").strip()] = value

    def take_part(self, cells: Cells) -> None:
        if self.question is None:
            return self.homeless(cells)
        scale, code = cells.get("type/scale", "").strip() or "0", cells["name"].strip()
        parts = self.source.parts.setdefault(self.question.id, [])
        part = _known(self.source, parts, "part", self.question.id, scale, code)
        part.code, part.scale, part.order = code, scale, part.order or self.count
        part.relevance = cells.get("relevance", "") or part.relevance
        return self.say(part.words, cells, "text")

    def option(self, cells: Cells) -> None:
        if self.question is None:
            return self.homeless(cells)
        scale, code = cells.get("type/scale", "").strip() or "0", cells["name"].strip()
        value = cells.get("assessment_value", "").strip() or cells.get("relevance", "").strip()
        option = _option(self.source, (self.question.id, code, scale), self.count, value)
        return self.say(option.words, cells, "text")

    def homeless(self, cells: Cells) -> None:
        self.source.rest.append((f"{cells['class']}, {cells['name']}", cells.get("text", "")))


def attribute(part: Part, name: str, default: str = "") -> str:
    """An attribute's value that is the same in every language."""
    said: Any = part.attributes.get(name, {})
    return (said.get("") or next(iter(said.values()), "") or default).strip()
