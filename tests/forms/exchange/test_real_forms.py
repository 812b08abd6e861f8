"""Forms of other teams, where the folder with them is there: all are read, and counted as another reader counts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import python_calamine

from forms.exchange import read_form
from forms.exchange.xlsform_write import write_xlsform

FOLDER = Path(__file__).resolve().parents[4] / "shared" / "data" / "xlsform"
FILES = sorted(FOLDER.glob("*.xls*"))
pytestmark = pytest.mark.skipif(not FILES, reason="the folder with forms of other teams is not here")


def counted(file: Path, sheet: str, column: str) -> int:
    """How many rows of a sheet say something in any cell, read without our reader."""
    book: Any = python_calamine.CalamineWorkbook.from_path(str(file))
    name = next(name for name in book.sheet_names if name.strip().casefold() == sheet)
    rows = book.get_sheet_by_name(name).to_python()
    heading = [str(cell).strip() for cell in rows[0]].index(column)
    return sum(1 for row in rows[1:] if any(str(cell).strip() for at, cell in enumerate(row) if rows[0][at] != "") and heading >= 0)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_real_form_is_read_counted_and_comes_back_equal(file: Path) -> None:
    found = read_form(file.read_bytes(), file.name)
    assert found.form is not None
    counts = dict(found.counts)
    assert counts["rows"] == counted(file, "survey", "type")
    assert counts["choices"] == counted(file, "choices", "name")
    assert read_form(write_xlsform(found.form), "again.xlsx").form == found.form


@pytest.mark.parametrize("file", [file for file in FILES if file.name.startswith("cht-co")], ids=lambda file: file.stem)
def test_spanish_and_english_are_both_kept(file: Path) -> None:
    found = read_form(file.read_bytes(), file.name)
    assert found.form is not None
    if "household" not in file.name:
        assert {"es", "en"} <= set(found.form.languages)
        labels = [question.label for question in found.form.questions()]
        assert any(label.get("es") and label.get("en") and label.get("es") != label.get("en") for label in labels)
