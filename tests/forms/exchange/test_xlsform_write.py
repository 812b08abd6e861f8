"""A form that goes out as an XLSForm comes in equal, is no danger to who opens it, and other programs can use it."""

from __future__ import annotations

import io
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings

import forms.bank
import surveys.demo
from forms import codec
from forms.check import check
from forms.definition import FormDefinition
from forms.exchange import read_form, second_opinion
from forms.exchange.xlsform_write import write_xlsform
from tests.forms.factories import a_form, a_question, a_text, some_choices, some_rows
from tests.forms.strategies import definitions

READY = sorted(
    file
    for room in (forms.bank, surveys.demo)
    for file in Path(str(room.__file__)).parent.glob("*.yaml")
    if "sections:" in file.read_text("utf-8")
)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def again(form: FormDefinition) -> FormDefinition | None:
    found = read_form(write_xlsform(form), "form.xlsx")
    assert found.findings == ()
    return found.form


def cells(data: bytes, sheet: str) -> list[dict[str, Any]]:
    """The rows of a sheet by their headings, as a program other than ours reads them."""
    rows = openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)
    headings = next(rows)
    return [dict(zip(headings, row, strict=True)) for row in rows]


@settings(PATIENT, max_examples=60)
@given(definitions())
def test_any_valid_form_survives_xlsform_yaml_and_document(form: FormDefinition) -> None:
    assert [problem for problem in check(form) if problem.blocks] == []
    assert again(form) == form
    assert codec.load(codec.dump(form)) == form
    assert codec.from_document(codec.to_document(form)) == form


@settings(PATIENT, max_examples=15)
@given(definitions(most=4))
def test_pyxform_converts_any_form(form: FormDefinition) -> None:
    convert(write_xlsform(form))


def convert(data: bytes) -> str:
    return str(import_module("pyxform.xls2xform").convert(data, warnings=[], file_type=".xlsx").xform)


@pytest.mark.parametrize("file", READY, ids=lambda file: file.stem)
def test_every_ready_form_comes_back_equal_and_pyxform_converts_it(file: Path) -> None:
    form = codec.load(file.read_text("utf-8"))
    data = write_xlsform(form)
    assert read_form(data, "form.xlsx").form == form
    assert "<h:html" in convert(data)
    assert second_opinion(data) == ()


def test_no_label_is_ever_a_formula_or_a_link() -> None:
    form = a_form(a_question("choice", label=a_text("=1+1", '=HYPERLINK("http://x.example")'), choices=some_choices("a")), scales=())
    book = openpyxl.load_workbook(io.BytesIO(write_xlsform(replace(form, title=a_text("@SUM(A1)", "+1")))))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "=1+1" in [cell.value for cell in found]
    assert {cell.data_type for cell in found} == {"s"}
    assert not any(cell.hyperlink for cell in found)


def test_what_odk_sees_of_questions_that_it_does_not_know() -> None:
    form = a_form(
        a_question("battery", "tr", rows=some_rows("police", "mayor"), required="yes"),
        a_question("before_now", "ca"),
        a_question("choice", "where", {"other": True}, choices=some_choices("here")),
        a_question("own_code", "code"),
        a_question("several", "help", {"maximum": 1}, choices=some_choices("maps"), show_if="tr/police < 3"),
        a_question("short_text", "why", show_if="where = 'other' and help/maps = 1"),
    )
    data = write_xlsform(form)
    rows = {row["name"]: row for row in cells(data, "survey") if row["name"]}
    types = {name: (row["type"], row["appearance"]) for name, row in rows.items()}
    assert types["tr"] == types["ca"] == ("begin_group", "table-list")
    assert types["tr_police"] == types["ca_before"] == ("select_one agree", None)
    assert (types["where_other"][0], types["code"][0]) == ("text", "note")
    assert (rows["tr_police"]["required"], rows["where_other"]["relevant"]) == ("yes", "${where} = 'other'")
    assert (rows["help"]["constraint"], rows["help"]["relevant"]) == ("count-selected(.) <= 1", "${tr_police} < 3")
    assert rows["why"]["relevant"] == "(${where} = 'other') and (if(selected(${help}, 'maps'), 1, 0) = 1)"
    assert "tr_police" in convert(data)


def test_options_that_depend_on_an_answer_are_filtered_in_odk_too() -> None:
    maps, plans = some_choices("maps", "plans")
    form = a_form(a_question("number", "n"), a_question("choice", choices=(maps, replace(plans, show_if="n > 2"))), scales=())
    data = write_xlsform(form)
    assert (
        next(row["choice_filter"] for row in cells(data, "survey") if row["name"] == "q")
        == "tupuy_when = '' or (tupuy_when = 'w2' and (${n} > 2))"
    )
    assert "tupuy_when" in convert(data)
    assert again(form) == form


def changed(data: bytes, sheet: str, name: str, column: str, words: str) -> bytes:
    """The workbook after somebody wrote other words into a cell, in a program other than ours."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    rows = book[sheet]
    heading = [cell.value for cell in rows[1]]
    line = next(row for row in rows.iter_rows(min_row=2) if row[heading.index("name")].value == name)
    line[heading.index(column)].value = words
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


NUMBERS = a_form(a_question("number", "n", {"minimum": 1, "whole": True}), a_question("scale", show_if="n > 2"))


def test_words_changed_in_the_workbook_are_taken() -> None:
    found = read_form(changed(write_xlsform(NUMBERS), "survey", "q", "label::Español (es)", "¿Cuánto?"), "form.xlsx")
    assert found.form is not None
    assert found.form.question("q").label.get("es") == "¿Cuánto?"
    assert found.findings == ()


@pytest.mark.parametrize(
    ("name", "column", "words", "attribute", "value"),
    [
        ("q", "relevant", "${n} = 7", "show_if", "n = 7"),
        ("q", "relevant", "once(${n})", "show_if", ""),
        ("n", "constraint", ". <= 9", "settings", (("maximum", 9), ("whole", True))),
        ("n", "type", "text", "kind", "short_text"),
    ],
)
def test_conditions_constraints_and_types_changed_in_the_workbook_are_read_anew_and_told(
    name: str, column: str, words: str, attribute: str, value: Any
) -> None:
    found = read_form(changed(write_xlsform(NUMBERS), "survey", name, column, words), "form.xlsx")
    assert found.form is not None
    assert getattr(found.form.question(name), attribute) == value
    assert any(finding.place.endswith(f"({column})") or column == "type" for finding in found.findings)


def test_a_workbook_that_lost_our_sheet_is_read_as_anybody_elses() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write_xlsform(a_form(a_question("scale")))))
    del book["tupuy"]
    made = io.BytesIO()
    book.save(made)
    found = read_form(made.getvalue(), "form.xlsx")
    assert found.form is not None
    assert (found.form.question("q").kind, [scale.name for scale in found.form.scales]) == ("scale", ["agree"])


def test_a_cell_of_ours_that_was_spoilt_is_told_and_nothing_crashes() -> None:
    data = changed(write_xlsform(NUMBERS), "survey", "n", "tupuy::more", "[[[")
    found = read_form(data, "form.xlsx")
    assert [finding.place for finding in found.findings if "JSON" in str(finding.what)]
    assert found.form is not None


def test_a_draft_with_faults_comes_back_with_its_faults() -> None:
    form = a_form(a_question("choice"), a_question("battery", "b"), a_question("scale", "s", scale="gone", show_if="later = 1"), scales=())
    assert read_form(write_xlsform(form), "form.xlsx").form == form
    assert "<h:html" in convert(
        write_xlsform(replace(form, sections=(replace(form.sections[0], questions=form.sections[0].questions[:2]),)))
    )
