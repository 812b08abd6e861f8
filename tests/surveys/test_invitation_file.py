"""A list of people to invite: which columns are read, and every fault told at once."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from surveys.errors import ProblemsFound
from surveys.invitation_file import PeopleFile, phone_of, read_people
from surveys.languages import Speaker

GROUPS = {"police": ["Policía", "Police"], "companies": ["Empresas", "Companies"]}


def read(text: str, languages: tuple[str, ...] = ("es", "en")) -> PeopleFile:
    return read_people(text.encode(), "lista.csv", languages, GROUPS)


def told(found: PeopleFile) -> list[str]:
    return [problem.said(Speaker("en")) for problem in found.faults]


@pytest.mark.parametrize(
    "header",
    ["Nombre;Correo electrónico;Celular;Idioma;Grupo", "name;e-mail;phone;language;group", "NOMBRES ; Mail;Teléfono;lengua;Sector"],
)
def test_columns_may_be_named_in_both_languages(header: str) -> None:
    found = read(f"{header}\nAna Pérez;ANA@Example.org;987 654 321;inglés;policia\n")
    assert [(one.name, one.email, one.phone, one.language, one.group) for one in found.people] == [
        ("Ana Pérez", "ana@example.org", "+51987654321", "en", "police")
    ]
    assert not found.faults


def test_a_name_and_one_address_are_enough_and_the_rest_is_the_base_language() -> None:
    found = read("nombre,celular\nJosé,987654321\n", ("es", "en"))
    assert [(one.email, one.language, one.group) for one in found.people] == [(None, "es", None)]


def test_a_column_that_is_not_read_is_named() -> None:
    assert read("nombre,correo,DNI\nAna,ana@example.org,12345678\n").unread == ("DNI",)


def test_every_bad_row_is_told_with_its_place_its_value_and_a_remedy() -> None:
    found = read(
        "Nombre;Correo;Celular;Idioma;Grupo\n"
        "Ana;ana@example;;;\n"
        "José;;123;;\n"
        "Julia;julia@example.org;;quechua;\n"
        "Rosa;rosa@example.org;;;Bomberos\n"
        ";luz@example.org;;;\n"
        "Luis;;;;\n"
    )
    assert [(getattr(one, "row", 0), getattr(one, "column", "")) for one in found.faults] == [
        (2, "Correo"),
        (3, "Celular"),
        (4, "Idioma"),
        (5, "Grupo"),
        (6, "Nombre"),
        (7, ""),
    ]
    assert "lista.csv, row 5, column Grupo, value “Bomberos”" in told(found)[3]
    assert "Policía, Empresas" in told(found)[3]
    assert not found.people


def test_an_address_that_comes_twice_is_told_with_the_row_it_was_in() -> None:
    found = read("nombre,correo\nAna,ana@example.org\nAna P.,ANA@example.org\n")
    assert told(found) == [
        "lista.csv, row 3, column correo, value “ana@example.org”: This address is already in row 2. Leave each person in one row."
    ]


def test_a_row_with_too_many_cells_is_told() -> None:
    assert len(read("nombre,correo\nAna,ana@example.org,x\n").faults) == 1


@pytest.mark.parametrize("text", ["correo\nana@example.org\n", "nombre\nAna\n", "nombre,correo\n"])
def test_a_file_without_names_addresses_or_people_is_refused(text: str) -> None:
    assert read(text).faults
    assert not read(text).people


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ProblemsFound):
        read_people(b"\0\1\2", "x.bin", ["es"], {})


def test_a_workbook_is_read_with_telephones_as_numbers() -> None:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, cells in enumerate([("Nombre", "Celular", "Correo"), ("Ana", 987654321, "ana@example.org")]):
        sheet.write_row(row, 0, cells)
    book.close()
    found = read_people(made.getvalue(), "lista.xlsx", ["es"], {})
    assert [(one.name, one.phone, one.email) for one in found.people] == [("Ana", "+51987654321", "ana@example.org")]


@given(st.text(max_size=30))
def test_a_telephone_is_plus_and_digits_or_none(said: str) -> None:
    number = phone_of(said)
    assert number is None or (number[0] == "+" and number[1:].isascii() and number[1:].isdigit() and 8 <= len(number) <= 16)


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=5))
def test_whatever_is_written_is_read_or_told_and_never_crashes(rows: list[tuple[str, str]]) -> None:
    try:
        found = read("nombre;correo\n" + "".join(f"{name};{address}\n" for name, address in rows))
    except ProblemsFound:
        return
    assert all(one.name and one.email for one in found.people)
