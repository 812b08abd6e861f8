"""Workbooks are read within limits, and whatever the bytes, a person is told what is the matter."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.exchange import read_form, workbook
from forms.exchange.workbook import WorkbookRefused, read_workbook
from tests.forms.exchange.tables import a_file

SMALL = {"survey": [["type", "name", "label"], ["text", "q", "Hola"]]}


def refused(data: bytes) -> str:
    with pytest.raises(WorkbookRefused) as caught:
        read_workbook(data, "form.xlsx")
    assert all(str(problem.remedy) for problem in caught.value.problems)
    return str(caught.value.problems[0].fault)


def packed(changes: dict[str, bytes], taken: dict[str, Any] | None = None) -> bytes:
    """The small workbook with some of its parts changed or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(a_file(SMALL))) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part not in changes:
                new.writestr(part, old.read(part))
        for name, content in changes.items():
            new.writestr(name, content)
    return made.getvalue()


OPENING = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def a_sheet(cells: str) -> bytes:
    return packed({"xl/worksheets/sheet1.xml": f"{OPENING}{cells}</sheetData></worksheet>".encode()})


def a_cell(words: str) -> bytes:
    cell = f'<row r="1"><c r="A1" t="inlineStr"><is><t>{words}</t></is></c></row>'
    return f"{OPENING}{cell}</sheetData></worksheet>".encode()


def test_cells_are_words_whatever_they_were() -> None:
    rows = [["a", 1.0, 2.5, True, date(2026, 7, 18)], [" b ", 10, "", "1.0", "¿Sí?"]]
    read = read_workbook(a_file({"survey": rows}))
    assert read.sheets[0].rows == (("a", "1", "2.5", "true", "2026-07-18"), ("b", "10", "", "1.0", "¿Sí?"))


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "The file is empty."),
        (b"  \n", "The file is empty."),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 8\n",
            "This is only a pointer to a file kept elsewhere (Git LFS).",
        ),
        (b"type,name,label\n", "This is not a workbook."),
        (b"PK\x03\x04 and then nothing", "The workbook is damaged and cannot be read."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing", "The workbook is damaged and cannot be read."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "The workbook is protected with a password."),
        (a_file({"survey": []}), "The workbook is empty."),
        (a_file(SMALL)[:-400], "The workbook is damaged and cannot be read."),
        (packed({"xl/workbook.xml": b"<not"}), "The workbook is damaged and cannot be read."),
    ],
)
def test_what_is_no_workbook_is_refused_with_a_reason(data: bytes, fault: str) -> None:
    assert refused(data) == fault


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("content.xml", "<x/>")
    assert refused(made.getvalue()) == "This is not a workbook."


def test_a_file_over_50_mb_is_refused_unread() -> None:
    assert refused(b"PK\x03\x04" + bytes(workbook.MOST_BYTES)) == "The file is too large."


def test_a_bomb_is_refused_by_what_it_declares() -> None:
    bomb = packed({"xl/media/big.xml": bytes(workbook.MOST_UNPACKED + 1)})
    assert len(bomb) < 1_000_000
    assert refused(bomb) == "There is too much in the workbook."


def test_a_part_that_lies_about_its_size_is_never_unpacked_further() -> None:
    name, content = "xl/worksheets/sheet2.xml", bytes(5_000_000)
    lying = packed({name: content}).replace(len(content).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert refused(lying) == "The workbook is damaged and cannot be read."
    lying = lying.replace(zlib.crc32(content).to_bytes(4, "little"), zlib.crc32(content[:10]).to_bytes(4, "little"))
    assert refused(lying) == "The workbook is damaged and cannot be read."


@pytest.mark.parametrize("at", ["A1048576", "XFD1", "A20001", "SH2", "ZZZZ1"])
def test_a_cell_far_away_is_refused_before_memory_is_taken(at: str) -> None:
    row = "".join(letter for letter in at if letter.isdigit())
    assert refused(a_sheet(f'<row r="{row}"><c r="{at}" t="inlineStr"><is><t>x</t></is></c></row>')) == "There is too much in the workbook."


def test_formats_far_away_are_no_content() -> None:
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>type</t></is></c></row><row r="1048576"><c r="A1048576" s="0"/></row>'
    assert read_workbook(a_sheet(cells)).sheets[0].rows == (("type",),)


def test_many_sheets_are_refused() -> None:
    assert refused(a_file({f"s{number}": [["x"]] for number in range(workbook.MOST_SHEETS + 1)})) == "There is too much in the workbook."


def test_macros_are_told_and_never_reach_the_reader() -> None:
    read = read_workbook(packed({"xl/vbaProject.bin": b"Sub Auto_Open()"}))
    assert [(finding.found, finding.fate) for finding in read.findings] == [("macros", "left_out")]
    assert read.sheets[0].rows[1] == ("text", "q", "Hola")


def test_formulas_are_read_as_their_last_result_and_told() -> None:
    cells = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>NOW()</f></c></row>'
    read = read_workbook(a_sheet(cells))
    assert read.sheets[0].rows[0][0] == "2"
    assert [(finding.place, finding.fate) for finding in read.findings] == [("survey, A1", "changed"), ("survey, B1", "left_out")]


def test_merged_cells_are_told() -> None:
    merged = '</sheetData><mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells><sheetData>'
    data = a_sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>type</t></is></c></row>' + merged)
    assert [finding.place for finding in read_workbook(data).findings] == ["survey, A1"]


def test_entities_are_never_expanded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    sheet = a_cell("&b;").decode()
    found = read_form(packed({"xl/worksheets/sheet1.xml": (bomb + sheet).encode()}), "form.xlsx")
    assert found.form is None
    assert found.problems


def an_xls(records: bytes) -> bytes:
    """A compound file with nothing in it but a stream of cells, as .xls has it."""
    end, free = 0xFFFFFFFE, 0xFFFFFFFF
    counts = struct.pack("<IIIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0, 0) + struct.pack("<108I", *[free] * 108)
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6) + counts
    table = struct.pack("<128I", 0xFFFFFFFD, end, *range(3, 10), end, *[free] * 118)
    folder = b"".join(an_entry(name, first, size) for name, first, size in (("Root Entry", end, 0), ("Workbook", 2, 4096))).ljust(
        512, b"\0"
    )
    return header + table + folder + records.ljust(4096, b"\0")


def an_entry(name: str, first: int, size: int) -> bytes:
    return name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + bytes(50) + struct.pack("<IQ", first, size)


def a_record(kind: int, *values: int) -> bytes:
    return struct.pack(f"<HH{len(values)}H", kind, 2 * len(values), *values)


@pytest.mark.parametrize(("row", "column"), [(65535, 0), (0, 600), (19_999, 499)])
def test_a_cell_far_away_in_an_xls_is_refused_before_memory_is_taken(row: int, column: int) -> None:
    data = an_xls(a_record(0x0809, 0x0600, 0x0010) + a_record(0x0203, 0, 0, 0) + a_record(0x0203, row, column, 0))
    assert refused(data) == "There is too much in the workbook."


ANY_BYTES = st.binary(max_size=400)
STARTS = st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{", b"name: ", b"\xff\xfe", b"<?xml"])


@settings(deadline=None)
@given(STARTS, ANY_BYTES, st.sampled_from(["a.xlsx", "a.xls", "a.yaml", "", "a.lss"]))
def test_any_bytes_end_in_a_report(start: bytes, rest: bytes, filename: str) -> None:
    found = read_form(start + rest, filename)
    assert found.form is not None or found.problems


WHOLE = a_file(SMALL)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=6), st.integers(0, 200))
def test_a_damaged_workbook_ends_in_a_report(changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(WHOLE)
    for at, byte in changes:
        data[at] = byte
    found = read_form(bytes(data[: len(data) - cut]), "form.xlsx")
    assert found.form is not None or found.problems


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.lists(
            st.text(max_size=12) | st.sampled_from(["type", "name", "label::es", "begin group", "end group", "select_one a", "${q} = 1"]),
            max_size=6,
        ),
        max_size=8,
    )
)
def test_any_cells_end_in_a_report(rows: list[list[str]]) -> None:
    found = read_form(
        a_file({"survey": [["type", "name", "label", "relevant", "constraint", "tupuy::kind"], *rows], "choices": rows}), "form.xlsx"
    )
    assert found.form is not None or found.problems
