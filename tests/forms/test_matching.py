"""Columns of other systems' answer files are matched to a form by their words; who answered is dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.codec import load
from forms.definition import FormDefinition
from forms.exchange.matching import Match, columns_of, language_of, match, names_of_rows, order_of, rewritten

FORM = """
name: workshop
title: {es: Taller, en: Workshop}
languages: [es, en]
scales:
  amount: {lo: 1, hi: 5, labels: {1: {es: Nada, en: Not at all}, 5: {es: Mucho, en: A lot}}}
sections:
  - name: main
    questions:
      - {name: group, kind: choice, of_groups: true, label: {es: ¿Cuál es su grupo?, en: Which is your group?}}
      - {name: useful, kind: scale, scale: amount, label: {es: ¿Le sirvió el taller?, en: Was the workshop useful?}}
      - {name: tr, kind: battery, scale: amount, label: {es: Confío en, en: I trust}, rows: {police: {es: La policía, en: The police}}}
      - {name: tr2, kind: battery, scale: amount, label: {es: Me escucha, en: Hears me}, rows: {police: {es: La policía, en: The police}}}
      - {name: help, kind: several, label: {es: ¿Qué ayuda?, en: What helps?},
         choices: {maps: {es: 'Mapas, planos', en: Maps}, talks: {es: Charlas, en: Talks}}}
      - {name: order, kind: ranking, label: {es: Ordene, en: Put in order}, choices: {a: {es: Agua, en: Water}, b: {es: Luz, en: Light}}}
      - {name: role, kind: choice, other: true, label: {es: Su función, en: Your role}, choices: {x: {es: Técnica, en: Technical}}}
      - {name: on, kind: day, label: {es: Día, en: Day}}
"""


def a_form() -> FormDefinition:
    return load(FORM)


def matched(*header: str, rows: tuple[tuple[str, ...], ...] = (), chosen: dict[int, str] | None = None) -> list[Match]:
    return match(a_form(), header, rows or (("",) * len(header),), chosen)


def targets(*header: str, **more: dict[int, str]) -> list[str]:
    return [one.target for one in matched(*header, **more)]  # type: ignore[arg-type]  # only ``chosen`` is handed on


def test_columns_are_matched_by_their_words_in_any_language() -> None:
    assert targets("Marca temporal", "¿Le sirvió el taller?", "WHAT HELPS", "3. Cual es su grupo") == ["date", "useful", "help", "group"]


def test_grids_are_matched_by_question_and_row() -> None:
    assert targets("Confío en [La policía]", "I trust: The police", "Hears me [The police]") == ["tr/police", "", "tr2/police"]
    assert targets("La policía") == [""]  # two questions have this row


def test_words_that_are_nearly_the_same_are_matched_with_their_score() -> None:
    (found,) = matched("¿Le sirvió este taller?")
    assert (found.target, 0.85 <= found.score < 1) == ("useful", True)
    (far,) = matched("¿Volvería a otro evento?")
    assert (far.target, str(far.why)) == ("", "No question of the form has these words.")


def test_the_best_of_two_like_columns_wins() -> None:
    assert targets("¿Le sirvió mucho el taller?", "¿Le sirvió el taller?") == ["", "useful"]
    assert [one.target for one in matched("Día", "Dia")] == ["on", ""]


@pytest.mark.parametrize("header", ["Correo electrónico", "Email Address", "Nombre", "Full name", "Teléfono", "DNI", "Nombre de usuario"])
def test_who_answered_is_dropped_whatever_anybody_chooses(header: str) -> None:
    (found,) = matched(header, chosen={0: "role/other"})
    assert (found.target, found.is_person) == ("", True)
    assert "never stored" in str(found.why)


@pytest.mark.parametrize("cell", ["ana@example.org", "+51 987 654 321", "987654321"])
def test_cells_that_look_like_addresses_or_telephones_are_dropped_under_any_header(cell: str) -> None:
    (found,) = matched("Su función", rows=((cell,), (cell,)))
    assert found.is_person
    assert not matched("Día", rows=(("18/07/2026",),))[0].is_person


def test_the_day_is_that_of_sending_and_no_other_moment_is_kept() -> None:
    found = matched("Hora de inicio", "Hora de finalización", "Id")
    assert [one.target for one in found] == ["", "date", ""]
    assert str(found[0].why) == "Only the day of the answer is kept."


def test_a_person_decides_otherwise() -> None:
    assert targets("¿Le sirvió el taller?", "Otra", chosen={0: "", 1: "useful"}) == ["", "useful"]
    assert targets("Una", "Otra", chosen={0: "useful", 1: "useful"}) == ["useful", ""]
    assert targets("Una", chosen={0: "nothing_such"}) == [""]


# --- cells


@pytest.mark.parametrize(
    ("key", "cell", "written"),
    [
        ("help", "Mapas, planos, Charlas", "maps;talks"),
        ("help", "Mapas, planos;Charlas;", "maps;talks"),
        ("help", "Talks, Cars", "talks;Cars"),
        ("order/b", "Luz;Agua;", "1"),
        ("order/a", "Luz;Agua;", "2"),
        ("order/a", "Luz;Aire;", "Luz;Aire;"),
        ("role", "Técnica", "Técnica"),
        ("role", "Chofer", "other"),
        ("role/other", "Chofer", "Chofer"),
        ("role/other", "technical", ""),
        ("on", "18/7/2026", "2026-07-18"),
        ("date", "2026/07/18 3:04:05 p. m. GMT-5", "2026-07-18"),
        ("date", "no date", "no date"),
        ("useful", "Mucho", "Mucho"),
    ],
)
def test_cells_are_rewritten_as_our_own_files_have_them(key: str, cell: str, written: str) -> None:
    assert rewritten(a_form(), key, cell, "day") == written


def test_an_own_word_and_a_ranking_have_columns_of_their_own() -> None:
    assert columns_of(a_form(), matched("Su función", "Ordene")) == {"role": 0, "role/other": 0, "order/a": 1, "order/b": 1}


@pytest.mark.parametrize(
    ("cells", "order"), [(["7/18/2026", "7/8/2026"], "month"), (["18/7/2026"], "day"), (["7/8/2026"], ""), (["2026-07-08T10:00:00"], "day")]
)
def test_the_dates_themselves_show_what_comes_first(cells: list[str], order: str) -> None:
    assert order_of(cells) == order


def test_the_language_is_the_one_whose_words_the_header_says() -> None:
    assert language_of(a_form(), ["Was the workshop useful?", "What helps?"]) == "en"
    assert language_of(a_form(), ["x"]) == "es"


def test_a_response_is_named_by_what_it_says_and_not_by_who_said_it_or_when() -> None:
    rows = [("a@b.org", "18/7/2026 10:00", "4"), ("c@d.org", "18/7/2026 11:00", "4"), ("a@b.org", "18/7/2026 10:00", "5")]
    found = matched("Correo electrónico", "Timestamp", "¿Le sirvió el taller?", rows=tuple(rows))
    days = ["2026-07-18"] * 3
    names = names_of_rows(found, rows, days)
    others = names_of_rows(found, [("z@z.org", "18/7/2026 23:00", row[2]) for row in rows], days)
    assert len(set(names)) == 3
    assert names == others


@given(st.lists(st.text(max_size=30), min_size=1, max_size=8), st.data())
def test_any_table_is_matched_column_by_column(header: list[str], data: st.DataObject) -> None:
    row = tuple(data.draw(st.text(max_size=20)) for _ in header)
    found = match(a_form(), header, [row])
    assert [one.header for one in found] == header
    used = [one.target for one in found if one.target]
    assert len(used) == len(set(used))
    for key, place in columns_of(a_form(), found).items():
        assert isinstance(rewritten(a_form(), key, row[place], "day"), str)
