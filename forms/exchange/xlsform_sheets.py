"""The sheets of an XLSForm as lines: each cell under what its column is called here, with the language it is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from forms.codec import UNSPEAKABLE
from forms.exchange import aliases
from forms.exchange.report import Fate, Finding
from forms.exchange.workbook import Sheet, letters_of
from forms.messages import Message, mark
from forms.questions import marks

#: Written between $ and { in labels, so that ODK does not take the words for a reference. Nobody sees it.
JOINER = "\u2060"


@dataclass(frozen=True)
class Column:
    """Where a column stands, what it is called in the file and here, and the language of its words."""

    at: int
    heading: str
    name: str
    language: str = ""


@dataclass(frozen=True)
class Line:
    """One row of a sheet. ``texts``: {column: {language: words}}, with the language as the heading writes it."""

    sheet: str
    number: int
    columns: Mapping[str, Column] = field(repr=False)
    texts: Mapping[str, Mapping[str, str]]

    def said(self, name: str) -> str:
        """The words under a column without a language, else the first words under it."""
        words = self.texts.get(name, {})
        return words.get("") or next(iter(words.values()), "")

    def place(self, name: str = "type") -> str:
        """Where a cell is, as a spreadsheet says it: ``survey, D12 (appearance)``."""
        column = self.columns.get(name)
        return f"{self.sheet}, {letters_of(column.at)}{self.number} ({column.heading})" if column else f"{self.sheet}, {self.number}"

    def finding(self, name: str, fate: Fate, what: str, found: str = "", /, **values: object) -> Finding:
        return Finding(self.place(name), marks.short(found or self.said(name) or name), fate, Message(what, values))


def lines_of(sheet: Sheet, findings: list[Finding]) -> tuple[list[Column], list[Line]]:
    """The columns and the lines of a sheet with something in them; the first such row holds the headings."""
    rows = iter(enumerate(sheet.rows, start=1))
    headings = next((row for _number, row in rows if any(row)), ())
    columns = list(_columns(sheet, headings, findings))
    known = {column.name: column for column in reversed(columns)}
    return columns, [_line(sheet, number, row, columns, known, findings) for number, row in rows if any(row)]


def _columns(sheet: Sheet, headings: Sequence[str], findings: list[Finding]) -> Iterator[Column]:
    seen: set[tuple[str, str]] = set()
    for at, heading in enumerate(headings):
        if not heading:
            continue
        name, language = aliases.column(heading, sheet.name.strip().casefold())
        if (name, language) in seen:
            what = Message(mark("There are two columns of this name: the second one is left out."))
            findings.append(Finding(f"{sheet.name}, {letters_of(at)}", marks.short(heading), "left_out", what))
            continue
        seen.add((name, language))
        yield Column(at, marks.short(heading), name, language)


def _line(
    sheet: Sheet, number: int, row: Sequence[str], columns: Sequence[Column], known: Mapping[str, Column], findings: list[Finding]
) -> Line:
    texts: dict[str, dict[str, str]] = {}
    for column in columns:
        cell = row[column.at] if column.at < len(row) else ""
        words = UNSPEAKABLE.sub("", cell).replace(f"${JOINER}{{", "${").strip()
        if UNSPEAKABLE.search(cell):
            what = Message(mark("Characters that cannot be shown are taken out."))
            findings.append(Finding(f"{sheet.name}, {letters_of(column.at)}{number}", marks.short(words), "changed", what))
        if words:
            texts.setdefault(column.name, {})[column.language] = words
    return Line(sheet.name, number, known, texts)
