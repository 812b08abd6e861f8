"""Forms of other teams, where the folder with them is there: all are read, and counted as another reader counts them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import python_calamine

from forms.exchange import read_form
from forms.exchange.xlsform_write import write_xlsform

#: Beside the repository, or one folder higher when this is a worktree.
FILES = sorted(file for folder in Path(__file__).resolve().parents[4:6] for file in (folder / "shared" / "data" / "xlsform").glob("*.xls*"))
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


@pytest.mark.parametrize("file", [file for file in FILES if file.name.startswith("cht-core")], ids=lambda file: file.stem)
def test_every_language_with_a_column_is_kept_and_no_words_are_made_up(file: Path) -> None:
    found = read_form(file.read_bytes(), file.name)
    assert found.form is not None
    assert {"es", "en", "fr", "sw"} <= set(found.form.languages)
    rows = python_calamine.CalamineWorkbook.from_path(str(file)).get_sheet_by_name("survey").to_python()
    for language in found.form.languages:
        at = rows[0].index(f"label::{language}")
        written = {str(row[at]).strip() for row in rows[1:]}
        assert {question.label.get(language) or "" for question in found.form.questions() if question.kind != "battery"} <= written | {""}
