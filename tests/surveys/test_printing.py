"""Sheets of paper: what an independent reader finds in the PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from surveys import printing
from surveys.errors import SignNotPrintable

MUST_HAVE = "TUPUY_MUST_HAVE_POPPLER"


@pytest.fixture
def a_template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A sheet of this test alone, beside the base that all sheets share."""
    shutil.copy(printing.PRINTS / "base.typ", tmp_path)
    (tmp_path / "trial.typ").write_text('#import "base.typ": *\n#show: sheet\n= #data.title\n#data.words\n')
    monkeypatch.setattr(printing, "PRINTS", tmp_path)
    return "trial"


def read_by(program: str, pdf: bytes, *options: str) -> str:
    return picture_by(program, pdf, *options).decode()


def picture_by(program: str, pdf: bytes, *options: str) -> bytes:
    if not shutil.which(program):
        (pytest.fail if os.environ.get(MUST_HAVE) else pytest.skip)(f"{program} is not installed (Debian: poppler-utils)")
    return subprocess.run([program, *options], input=pdf, capture_output=True, check=True).stdout


def test_words_of_the_data_are_never_read_as_markup(a_template: str) -> None:
    words = '*not bold* #panic() $x$ = "ñandú" <b>'
    pdf = printing.as_pdf(a_template, {"words": words}, "es", "Prueba")
    assert words in read_by("pdftotext", pdf, "-", "-")


def test_a_sheet_is_tagged_and_says_its_title_and_language(a_template: str) -> None:
    pdf = printing.as_pdf(a_template, {"words": "Hola"}, "es", "Cuestionario del taller")
    told = read_by("pdfinfo", pdf, "-")
    assert "Tagged:          yes" in told
    assert "Cuestionario del taller" in told
    assert b"/Lang(es)" in pdf


def test_a_sign_that_no_font_has_is_told_in_words(a_template: str) -> None:
    with pytest.raises(SignNotPrintable) as raised:
        printing.as_pdf(a_template, {"words": "Hola \U0001f9b7"}, "es", "Prueba")
    assert "\U0001f9b7" in str(raised.value.fault)
