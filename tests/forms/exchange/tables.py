"""Workbooks from Markdown tables, so that a test shows the whole form it is about."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from forms.exchange import read_form
from forms.exchange.report import Imported


def a_workbook(tables: str) -> bytes:
    """An .xlsx of sheets written as ``survey`` (or another name) on a line of its own, and a table below it."""
    sheets: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in (line.strip() for line in tables.strip().splitlines()):
        if line.startswith("|"):
            rows.append([cell.strip().replace("¶", "\n") for cell in line.strip("|").split("|")])
        elif line:
            rows = sheets.setdefault(line, [])
    return a_file(sheets)


def a_file(sheets: dict[str, list[list[Any]]], **more: Any) -> bytes:
    """An .xlsx of sheets as rows of words; what is no word is written as the number, day or truth that it is."""
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "default_date_format": "yyyy-mm-dd", **more})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if cell != "":
                    sheet.write_string(row, column, cell) if isinstance(cell, str) else sheet.write(row, column, cell)
    book.close()
    return made.getvalue()


def imported(tables: str, filename: str = "form.xlsx") -> Imported:
    return read_form(a_workbook(tables), filename)


def told(found: Imported) -> list[tuple[str, str]]:
    """(place, what happens) of each finding, in English."""
    return [(finding.place, str(finding.what)) for finding in found.findings]
