"""Answers of Google Forms and Microsoft Forms come in through the same path as every other file of answers."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import xlsxwriter
from sqlalchemy.orm import Session

from surveys import importing, matching
from surveys.errors import ProblemsFound
from surveys.matching import Preview
from surveys.storage import Survey
from tests.surveys.past import NOW, a_survey, stored

HEADER = "Marca temporal,Correo electrónico,Grupo,Franqueza,Ayuda,Confianza en [Comunidades],Otra cosa"
GOOGLE = (
    f"{HEADER}\n"
    '2026/07/18 3:04:05 p. m. GMT-5,ana@example.org,Policía,Mucho,"Mapas, Charlas",4,x\n'
    "2026/07/18 3:09:05 p. m. GMT-5,luz@example.org,Comunidades,2,Mapas,,y\n"
)


def shown(survey: Survey, keys: Path, content: bytes = GOOGLE.encode(), round_key: str = "2026-1", **more: object) -> Preview:
    return matching.preview(survey, content, keys, round_key, **more)  # type: ignore[arg-type]  # named by the tests


def test_a_file_of_google_forms_is_shown_and_then_stored(session: Session, tmp_path: Path) -> None:
    survey = a_survey(session)
    found = shown(survey, tmp_path)
    assert [one.target for one in found.matches] == ["date", "", "group", "tr_open", "help", "tr/communities", ""]
    assert (found.row_count, found.valid_count, found.problems, found.values) == (2, 2, [], [])
    assert stored(session) == []
    assert found.prepared is not None
    importing.store(session, survey, found.prepared, NOW)
    first = next(one for one in stored(session) if one.group_key == "police")
    assert (first.answered_on.isoformat(), first.language) == ("2026-07-18", "es")
    assert (first.answers["tr_open"], first.answers["help/maps"], first.answers["help/talks"]) == (5, 1, 1)


def test_nothing_of_who_answered_or_when_is_stored(session: Session, tmp_path: Path) -> None:
    survey = a_survey(session)
    found = shown(survey, tmp_path)
    assert found.prepared is not None
    importing.store(session, survey, found.prepared, NOW)
    for one in stored(session):
        kept = repr([one.answers, one.code_hash, one.digest, str(one.id)])
        assert "example.org" not in kept
        assert "3:04" not in kept


def test_a_second_import_stores_nothing_twice_even_with_another_matching(session: Session, tmp_path: Path) -> None:
    survey = a_survey(session)
    for chosen, already in ((None, 0), (None, 2)):
        found = shown(survey, tmp_path, chosen=chosen)
        assert found.prepared is not None
        assert importing.store(session, survey, found.prepared, NOW).already == already
    other = shown(survey, tmp_path, chosen={4: ""})
    assert other.prepared is not None
    done = importing.store(session, survey, other.prepared, NOW)
    assert (done.stored, len(stored(session))) == (0, 2)


def test_values_that_the_form_does_not_know_are_counted_with_examples(session: Session, tmp_path: Path) -> None:
    content = b"Marca temporal,Franqueza\n2026/07/18,9\n2026/07/18,9\n2026/07/18,7\n2026/07/18,Mucho\n"
    found = shown(a_survey(session), tmp_path, content)
    (told,) = found.values
    assert (told.header, told.count, told.examples, found.valid_count) == ("Franqueza", 3, ("9", "7"), 1)


@pytest.mark.parametrize(
    ("content", "round_key", "fault"),
    [
        (GOOGLE, " ", "The round of these answers is not said."),
        ("Marca temporal,Color\n2026/07/18,azul\n", "r", "None of its columns has the words of a question of the form."),
        ("Marca temporal,Franqueza\n7/8/2026,4\n", "r", "Its dates can be read both ways: the day first, or the month."),
        ("Franqueza\n4\n", "r", "It does not say on which days people answered."),
    ],
)
def test_what_must_be_decided_first_is_told(session: Session, tmp_path: Path, content: str, round_key: str, fault: str) -> None:
    found = shown(a_survey(session), tmp_path, content.encode(), round_key)
    assert [str(problem.fault) for problem in found.problems] == [fault]
    assert found.prepared is None


def test_semicolons_between_the_columns_are_noticed(session: Session, tmp_path: Path) -> None:
    found = shown(a_survey(session), tmp_path, "Hora de finalización;Franqueza;Ayuda\n18/07/2026 10:00;4;Mapas\n".encode())
    assert [one.target for one in found.matches] == ["date", "tr_open", "help"]
    assert found.valid_count == 1


def test_a_workbook_of_microsoft_forms_is_read(session: Session, tmp_path: Path) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Id", "Hora de finalización", "Nombre", "Franqueza", "Ayuda"])
        sheet.write_row(1, 0, [1, "18/07/2026 15:04:05", "Ana Quispe", 4, "Mapas;Charlas;"])
    found = shown(a_survey(session), tmp_path, made.getvalue())
    assert (found.valid_count, [one.is_person for one in found.matches]) == (1, [False, False, True, False, False])


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\xff\xfe\x00", "Opinión\nsí\n".encode("latin-1")])
def test_a_file_that_is_no_table_is_refused(session: Session, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ProblemsFound):
        shown(a_survey(session), tmp_path, content)
