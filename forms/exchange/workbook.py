"""An .xlsx or .xls file to sheets of words, guarded.

Limits: 50 MB, 100 MB unpacked, 50 sheets, 20,000 rows and 500 columns of cells with content, two million cells in all.
An .xlsx is unpacked here, within these limits, and only its XML parts are handed on: macros never reach the reader, and a
file that unpacks to more than it declares never reaches memory. Formulas are never computed: what the file holds as their
last result is taken.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import defusedxml.ElementTree
import python_calamine

from forms.exchange.report import Finding
from forms.messages import Message, Problem, mark

MOST_BYTES = 50 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS, MOST_SHEETS, MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 2000, 50, 20_000, 500, 2_000_000

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_POINTER = b"version https://git-lfs"
_SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])?>(.*?)</(?:\w+:)?c>", re.DOTALL)
_AT = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,7})([0-9]{1,9})[\"']")
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_RESULT = re.compile(rb"<(?:\w+:)?(?:v|t)\b[^>]*>[^<]")
#: BIFF records that hold a cell: its row and column are their first four bytes.
_BIFF_CELLS = frozenset({0x0006, 0x00BD, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E})


class WorkbookRefused(ValueError):
    """A file that is not read, and why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.place}: {problem.fault}" for problem in problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Sheet:
    """``rows[0][0]`` is the cell A1; every cell is words, an empty one is ''. Rows have the same number of cells."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Workbook:
    """The sheets in order, and what a person should know of how they were read."""

    sheets: tuple[Sheet, ...]
    findings: tuple[Finding, ...] = ()

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of this name, whatever the case and the spaces around it."""
        return next((sheet for sheet in self.sheets if sheet.name.strip().casefold() == name), None)


def is_workbook(data: bytes) -> bool:
    """Whether a file begins as a workbook does, or is the mere pointer to one."""
    return data.startswith((_ZIP, _OLE, _POINTER))


def read_workbook(data: bytes, filename: str = "") -> Workbook:
    """The sheets of a workbook; WorkbookRefused when it is too large, broken, protected, or no workbook."""
    place = filename or "workbook"
    _guard_bytes(data, place)
    findings: list[Finding] = []
    if data.startswith(_ZIP):
        data = _unpacked(data, place, findings)
    else:
        _guard_binary(data, place, findings)
    return _read(data, place, findings)


def _refused(place: str, fault: str, remedy: str, **values: Any) -> WorkbookRefused:
    return WorkbookRefused(Problem(place, Message(fault, values), Message(remedy, values)))


def _guard_bytes(data: bytes, place: str) -> None:
    if not data.strip():
        raise _refused(place, mark("The file is empty."), mark("Save it again, and try once more."))
    if len(data) > MOST_BYTES:
        remedy = mark("A workbook may have %(most)s MB: remove pictures and sheets that are not needed.")
        raise _refused(place, mark("The file is too large."), remedy, most=MOST_BYTES // 1024 // 1024)
    if data.startswith(_POINTER):
        remedy = mark("Download the file itself, for example with “git lfs pull”.")
        raise _refused(place, mark("This is only a pointer to a file kept elsewhere (Git LFS)."), remedy)
    if not is_workbook(data):
        raise _refused(place, mark("This is not a workbook."), mark("Save it as .xlsx in your spreadsheet program."))


def _broken(place: str) -> WorkbookRefused:
    return _refused(
        place, mark("The workbook is damaged and cannot be read."), mark("Open it in your spreadsheet program and save it again.")
    )


def _protected(place: str) -> WorkbookRefused:
    return _refused(place, mark("The workbook is protected with a password."), mark("Save a copy without the password."))


def _too_much(place: str) -> WorkbookRefused:
    remedy = mark("A sheet may have %(rows)s rows and %(columns)s columns, a workbook %(sheets)s sheets and %(megabytes)s MB unpacked.")
    limits = {"rows": MOST_ROWS, "columns": MOST_COLUMNS, "sheets": MOST_SHEETS, "megabytes": MOST_UNPACKED // 1024 // 1024}
    return _refused(place, mark("There is too much in the workbook."), remedy, **limits)


# .xlsx -----------------------------------------------------------------------------------------------------------------


def _unpacked(data: bytes, place: str, findings: list[Finding]) -> bytes:
    """The same workbook with its XML parts only, each read within the limits and none compressed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _rebuilt(archive, place, findings)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as fault:
        if isinstance(fault, WorkbookRefused):
            raise
        raise _broken(place) from None


def _rebuilt(archive: zipfile.ZipFile, place: str, findings: list[Finding]) -> bytes:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise _refused(place, mark("This is not a workbook."), mark("Save it as .xlsx in your spreadsheet program."))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_much(place)
    if any(part.flag_bits & 1 for part in parts):
        raise _protected(place)
    if any("vbaproject" in name.casefold() for name in names):
        findings.append(_macros(place))
    cells, sheets = 0, _sheet_names(archive)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as clean:
        for part in (part for part in parts if part.filename.casefold().endswith((".xml", ".rels"))):
            content = archive.read(part)
            if _SHEET_PART.fullmatch(part.filename):
                cells += _extent(content, place)
                findings += _formulas(content, sheets.get(part.filename.casefold(), part.filename))
            if cells > MOST_CELLS:
                raise _too_much(place)
            clean.writestr(part.filename, content)
    return made.getvalue()


def _macros(place: str) -> Finding:
    return Finding(place, "macros", "left_out", Message(mark("The macros of the workbook are not read and never run.")))


def _extent(content: bytes, place: str) -> int:
    """How many cells a sheet spans, from its first to its last one with content; WorkbookRefused when too many."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content:
        raise _broken(place)
    rows = columns = 0
    for at in _AT.finditer(content):
        if int(at[2]) > max(rows, MOST_ROWS) or _column(at[1]) > max(columns, MOST_COLUMNS):
            _guard_far(content, place)
        rows, columns = max(rows, int(at[2])), max(columns, _column(at[1]))
    return min(rows, MOST_ROWS) * min(columns, MOST_COLUMNS)


def _guard_far(content: bytes, place: str) -> None:
    """A cell far away counts only when something stands in it: formats alone are no content."""
    for cell in _CELL.finditer(content):
        at = _AT.search(cell[1] or b"")
        if at and (int(at[2]) > MOST_ROWS or _column(at[1]) > MOST_COLUMNS):
            raise _too_much(place)


def _column(letters: bytes) -> int:
    """The number of a column.

    >>> _column(b"A"), _column(b"Z"), _column(b"AB")
    (1, 26, 28)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """{part: name of the sheet in it}; empty where the workbook does not say it plainly."""
    try:
        book = defusedxml.ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = defusedxml.ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, defusedxml.ElementTree.ParseError, defusedxml.DefusedXmlException):
        return {}
    targets = {link.get("Id"): f"xl/{link.get('Target', '').removeprefix('/xl/')}".casefold() for link in links}
    named = (sheet for sheet in book.iter() if sheet.tag.endswith("}sheet"))
    return {
        targets.get(next((value for key, value in sheet.items() if key.endswith("}id")), ""), ""): sheet.get("name", "") for sheet in named
    }


def _formulas(content: bytes, part: str) -> Iterator[Finding]:
    for cell in _CELL.finditer(content) if _FORMULA.search(content) else ():
        if not _FORMULA.search(cell[2]):
            continue
        at = _AT.search(cell[1] or b"")
        where = f"{part}, {(at[1] + at[2]).decode() if at else '?'}"
        if _RESULT.search(cell[2]):
            yield Finding(where, "=", "changed", Message(mark("A formula: its last result in the file is taken, and nothing is computed.")))
        else:
            what = mark("A formula without a result: the cell is read as empty. Save the file in a spreadsheet program first.")
            yield Finding(where, "=", "left_out", Message(what))


# .xls ------------------------------------------------------------------------------------------------------------------


def _guard_binary(data: bytes, place: str, findings: list[Finding]) -> None:
    """Refuse a binary workbook whose cells would span too much, before anything is made of it."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise _protected(place)
    if "_VBA_PROJECT".encode("utf-16-le") in data:
        findings.append(_macros(place))
    cells = rows = columns = sheets = 0
    for kind, record in _records(_stream(data, place)):
        if kind == 0x0809:  # the beginning of a sheet
            cells, rows, columns, sheets = cells + rows * columns, 0, 0, sheets + 1
        elif kind in _BIFF_CELLS and len(record) >= 4:
            row, column = struct.unpack_from("<HH", record)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        if rows > MOST_ROWS or columns > MOST_COLUMNS or sheets > 2 * MOST_SHEETS:
            raise _too_much(place)
    if cells + rows * columns > MOST_CELLS:
        raise _too_much(place)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + min(length, 8)]
        at += 4 + length


def _stream(data: bytes, place: str) -> bytes:
    """The stream of cells in a compound file: its sectors, in the order of the allocation table."""
    try:
        return _Compound(data).workbook()
    except (struct.error, IndexError, ValueError):
        raise _broken(place) from None


class _Compound:
    """As much of an OLE2 compound file as leads to its workbook."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = 1 << min(struct.unpack_from("<H", data, 30)[0], 12)
        first, count = struct.unpack_from("<II", data, 68)
        self.table: list[int] = []
        for sector in self._table_sectors(first, count):
            if sector < 0xFFFFFFFC:
                self.table += struct.unpack(f"<{self.size // 4}I", self._sector(sector))

    def _table_sectors(self, first: int, count: int) -> Sequence[int]:
        listed = list(struct.unpack_from("<109I", self.data, 76))
        for _ in range(min(count, len(self.data) // self.size)):
            more = struct.unpack(f"<{self.size // 4}I", self._sector(first))
            listed, first = listed + list(more[:-1]), more[-1]
        return listed

    def _sector(self, number: int) -> bytes:
        at = (number + 1) * self.size
        return self.data[at : at + self.size].ljust(self.size, b"\0") if at < len(self.data) else b"\0" * self.size

    def _chain(self, first: int) -> bytes:
        return b"".join(self._sector(number) for number in _followed(self.table, first))

    def workbook(self) -> bytes:
        """The stream named Workbook (or Book); a small one lies in the short sectors of the root's stream."""
        entries = list(self._entries())
        start, size = next(((first, size) for name, first, size in entries if name in ("workbook", "book")), (0, 0))
        if size >= struct.unpack_from("<I", self.data, 56)[0]:
            return self._chain(start)[:size]
        short = self._chain(struct.unpack_from("<I", self.data, 60)[0])
        table = struct.unpack(f"<{len(short) // 4}I", short)
        root = self._chain(entries[0][1])
        return b"".join(root[64 * number : 64 * number + 64] for number in _followed(table, start))[:size]

    def _entries(self) -> Iterator[tuple[str, int, int]]:
        """(name, first sector, size) of everything in the file; the first is the root."""
        folder = self._chain(struct.unpack_from("<I", self.data, 48)[0])
        for at in range(0, len(folder) - 127, 128):
            length = struct.unpack_from("<H", folder, at + 64)[0]
            name = folder[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            yield name.casefold(), *struct.unpack_from("<II", folder, at + 116)


def _followed(table: Sequence[int], first: int) -> Iterator[int]:
    """The sectors from the first on, as the table leads; a circle ends where it would begin again."""
    seen: set[int] = set()
    while first < len(table) and first not in seen:
        seen.add(first)
        yield first
        first = table[first]


# Both ------------------------------------------------------------------------------------------------------------------


def _read(data: bytes, place: str, findings: list[Finding]) -> Workbook:
    sheets: list[Sheet] = []
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as opened:
            if len(opened.sheet_names) > MOST_SHEETS:
                raise _too_much(place)
            for named in opened.sheets_metadata:
                if named.typ == python_calamine.SheetTypeEnum.WorkSheet:
                    sheets.append(_sheet(opened.get_sheet_by_name(named.name), named.name, findings))
    except WorkbookRefused:
        raise
    except python_calamine.PasswordError:
        raise _protected(place) from None
    except BaseException as fault:  # the reader is not Python: a panic in it is no Exception
        if isinstance(fault, KeyboardInterrupt | SystemExit):
            raise
        raise _broken(place) from None
    if not any(sheet.rows for sheet in sheets):
        raise _refused(place, mark("The workbook is empty."), mark("Save it again, and try once more."))
    return Workbook(tuple(sheets), tuple(findings))


def _sheet(sheet: Any, name: str, findings: list[Finding]) -> Sheet:
    for (row, column), _end in (sheet.merged_cell_ranges or ())[:20]:
        where = Message(mark("Merged cells: the words are read in the first of them, the others as empty."))
        findings.append(Finding(f"{name}, {letters_of(column)}{row + 1}", "merged cells", "changed", where))
    return Sheet(name, tuple(tuple(_said(cell) for cell in row) for row in sheet.to_python(skip_empty_area=False)))


def letters_of(column: int) -> str:
    """The letters of a column, counted from 0.

    >>> letters_of(0), letters_of(27)
    ('A', 'AB')
    """
    said = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        said = chr(65 + letter) + said
    return said


def _said(cell: Any) -> str:
    """A cell as words: 1.0 is 1, a day is written 2026-07-18.

    >>> _said(1.0), _said(True), _said(datetime(2026, 7, 18)), _said("  a ")
    ('1', 'true', '2026-07-18', 'a')
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).replace("\r\n", "\n").replace("\r", "\n").strip()
