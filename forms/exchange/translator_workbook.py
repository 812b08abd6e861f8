"""The workbook of a translator (.xlsx): one sheet of instructions, one of texts.

Columns are known again by the word in brackets at the end of their heading, wherever they were moved. All cells are texts: what looks
like a formula, a number or a link stays the words that it is.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import xlsxwriter

from forms.definition import FormDefinition
from forms.exchange.translators import Line, Returned, Sent, TranslationRefused, check_of, instructions, lines, refused, tidy
from forms.exchange.workbook import Sheet, WorkbookRefused, read_workbook
from forms.messages import Say, mark
from forms.translating import NEEDING_WORK, Memory

SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
#: What a cell of a workbook can hold.
MOST_CHARACTERS = 32_767
HEADING = re.compile(r"\[\s*([A-Za-z][A-Za-z0-9-]*)\s*\]\s*$")
WIDTHS = (30, 30, 48, 48, 22, 24, 18, 42)
LINE_POINTS = 15
PARTS = ("key", "where", "state", "note", "ok", "check")


def write_workbook(form: FormDefinition, memory: Memory, language: str, names: Mapping[str, str], says: Sequence[Say]) -> bytes:
    """One language of a form for its translator. ``names`` of languages by code; the instructions once in the words of each of ``says``,
    the headings in those of the first."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE) as book:
        _write_instructions(book, [instructions(form, names, language, say, True) for say in says])
        headings = _headings(form.languages[0], language, names, says[0])
        _write_texts(book, language, headings, lines(form, memory, language, says[0]))
    return out.getvalue()


def _headings(base: str, language: str, names: Mapping[str, str], say: Say) -> list[str]:
    said = {"key": say("Key"), "where": say("Where"), "state": say("State"), "note": say("Note")}
    said |= {"ok": say("Still right"), "check": say("Control")}
    said |= {code: names.get(code, code) for code in (base, language)}
    return [f"{said[part]} [{part}]" for part in ("key", "where", base, language, "state", "note", "ok", "check")]


def _write_instructions(book: Any, told: Sequence[Sequence[str]]) -> None:
    sheet = book.add_worksheet("Tupuy")
    strong, plain = book.add_format({"bold": True, "font_size": 14, "text_wrap": True}), book.add_format({"text_wrap": True})
    sheet.set_column(0, 0, 100)
    sheet.hide_gridlines(2)
    row = 0
    for sentences in told:
        for number, sentence in enumerate(sentences):
            sheet.write_string(row, 0, f"{number}. {sentence}" if number else sentence, plain if number else strong)
            row += 1
        row += 1


def _write_texts(book: Any, language: str, headings: Sequence[str], rows: Sequence[Line]) -> None:
    sheet = book.add_worksheet(language)
    look = {"text_wrap": True, "valign": "top", "num_format": "@", "border": 1, "border_color": "#D8D1C6"}
    head = book.add_format(look | {"bold": True, "bg_color": "#14506E", "font_color": "#FFFFFF"})
    fixed, free = book.add_format(look | {"bg_color": "#F4F1EC"}), book.add_format(look)
    needed = book.add_format(look | {"bg_color": "#FFF0D6"})
    for column, (width, heading) in enumerate(zip(WIDTHS, headings, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, head)
    for number, line in enumerate(rows, start=1):
        cells = (line.place, line.where, line.base, line.said, line.state_in_words, line.note, "", line.check)
        looks = (fixed, fixed, fixed, needed if line.state in NEEDING_WORK else free, fixed, fixed, free, fixed)
        if (most := _lines_of(cells)) > 1:  # not every program makes room by itself
            sheet.set_row(number, most * LINE_POINTS)
        for column, (cell, format_) in enumerate(zip(cells, looks, strict=True)):
            sheet.write_string(number, column, cell[:MOST_CHARACTERS], format_)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(rows), 1), len(headings) - 1)
    sheet.activate()
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _lines_of(cells: Sequence[str]) -> int:
    """How many lines the tallest cell of a row takes, a few more than it needs; at most what a screen shows."""
    lines_ = (sum(1 + len(line) * 6 // (width * 5) for line in cell.split("\n")) for cell, width in zip(cells, WIDTHS, strict=True))
    return min(max(lines_), 20)


# Reading ---------------------------------------------------------------------------------------------------------------


def read_translated_workbook(data: bytes, base: str) -> Returned:
    """The lines of a translator's workbook, from whichever sheet has them. Raises TranslationRefused."""
    try:
        book = read_workbook(data)
    except WorkbookRefused as fault:
        raise TranslationRefused(*fault.problems) from fault
    for sheet in book.sheets:
        for number, row in enumerate(sheet.rows[:50]):
            columns = _columns(row)
            if "key" in columns:
                return _returned(sheet, number, columns, base)
    remedy = mark("Keep the first row of the sheet, with the words in brackets: [key].")
    raise refused("[key]", mark("The workbook has no column of keys."), remedy)


def _columns(row: Sequence[str]) -> dict[str, int]:
    """{word in brackets: number of the column} of a row of headings."""
    found = ((HEADING.search(cell), number) for number, cell in enumerate(row))
    return {said[1]: number for said, number in reversed(list(found)) if said}


def _returned(sheet: Sheet, header: int, columns: Mapping[str, int], base: str) -> Returned:
    languages = [code for code in columns if code not in (*PARTS, base)]
    if len(languages) != 1:
        remedy = mark("Keep the headings of both languages, such as [es] and [en].")
        raise refused("[key]", mark("The workbook does not say in one column which language it translates into."), remedy)
    return Returned(
        languages[0], tuple(_sent(row, columns, languages[0]) for row in sheet.rows[header + 1 :] if row[columns["key"]].strip())
    )


def _sent(row: Sequence[str], columns: Mapping[str, int], language: str) -> Sent:
    check = check_of(row[columns["check"]]) if "check" in columns else ("", "")
    is_confirmed = "ok" in columns and bool(row[columns["ok"]].strip())
    return Sent(row[columns["key"]].strip(), tidy(row[columns[language]]), *check, is_confirmed)
