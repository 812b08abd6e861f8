"""Each kind of question: its columns, what it reads, what it writes back, what a cell of a file may say."""

from __future__ import annotations

from typing import Any

import pytest

from forms.answers import write_posted
from forms.check import check
from forms.questions import KINDS, TYPES, columns, type_of
from forms.questions.base import CellError
from forms.wording import Text
from tests.forms.factories import AGREE, a_form, a_question, a_text, faults, posted, sent_to, some_choices, some_rows


def parsed(kind: str, cell: str, key: str = "q", **attributes: Any) -> Any:
    form = a_form(a_question(kind, **attributes))
    column = next(column for column in columns(form) if column.key == key)
    return type_of(kind).parse(column, cell)


A_QUESTION_OF = {
    "note": {},
    "short_text": {},
    "long_text": {"settings": {"quote": True}},
    "choice": {"choices": some_choices("yes", "no"), "settings": {"other": True, "comment": True}},
    "several": {"choices": some_choices("maps", "talks"), "settings": {"comment": True}},
    "scale": {},
    "battery": {"rows": some_rows("police", "church")},
    "before_now": {"construct": "CAPACITY"},
    "ranking": {"choices": some_choices("water", "jobs", "health"), "settings": {"places": 2}},
    "number": {},
    "day": {},
    "yes_no": {},
    "consent": {},
    "own_code": {},
}

WRITTEN = [
    ("short_text", {"q": ["Ana"]}),
    ("short_text", {"q": ["~refused"]}),
    ("long_text", {"q": ["uno\ndos"], "q/quote": ["1"]}),
    ("long_text", {"q": ["uno"]}),
    ("choice", {"q": ["yes"], "q/comment": ["por eso"]}),
    ("choice", {"q": ["other"], "q/other": ["otra"]}),
    ("choice", {"q": ["~unknown"]}),
    ("several", {"q": ["maps", "talks"], "q/comment": ["bien"]}),
    ("several", {"q": ["~refused"]}),
    ("scale", {"q": ["5"]}),
    ("scale", {"q": ["~unknown"]}),
    ("battery", {"q/police": ["1"], "q/church": ["~refused"]}),
    ("before_now", {"q/before": ["2"], "q/now": ["~unknown"]}),
    ("ranking", {"q/water": ["2"], "q/health": ["1"]}),
    ("ranking", {"q": ["~unknown"]}),
    ("number", {"q": ["12.5"]}),
    ("day", {"q": ["2026-02-03"]}),
    ("yes_no", {"q": ["0"]}),
    ("consent", {"q": ["1"]}),
]


def test_every_kind_is_tried_here() -> None:
    assert set(A_QUESTION_OF) == set(KINDS)
    assert {kind for kind, _ in WRITTEN} | {"note", "own_code"} == set(KINDS)
    assert len({type_.kind for type_ in TYPES}) == len(TYPES)


@pytest.mark.parametrize(("kind", "values"), WRITTEN)
def test_what_was_posted_is_written_back(kind: str, values: dict[str, list[str]]) -> None:
    form = a_form(a_question(kind, unknown=True, refuse=True, **A_QUESTION_OF[kind]))
    sent = sent_to(form, **{name.replace("/", "__"): said for name, said in values.items()})
    assert sent.problems == []
    assert write_posted(form, sent.answers) == values


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_has_a_value_or_a_reason(kind: str) -> None:
    form = a_form(a_question(kind, **A_QUESTION_OF[kind]))
    answers = sent_to(form).answers
    for column in columns(form):
        assert (column.key in answers) != (f"{column.key}:why" in answers), column.key
    assert {key.removesuffix(":why") for key in answers} == {column.key for column in columns(form)}


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("note", "own_code")])
def test_a_cell_may_be_blank_unknown_or_refused(kind: str) -> None:
    form = a_form(a_question(kind, **A_QUESTION_OF[kind]))
    for column in columns(form):
        parse = type_of(kind).parse
        assert parse(column, "  ") == (None, "blank")
        assert parse(column, " NO SÉ ") == parse(column, "I do not know") == parse(column, "~unknown") == (None, "unknown")
        assert parse(column, "prefiero no  responder") == parse(column, "~refused") == (None, "refused")


def test_a_note_asks_nothing() -> None:
    assert columns(a_form(a_question("note"))) == ()


def test_a_text_is_trimmed_and_loses_what_cannot_be_seen() -> None:
    assert sent_to(a_form(a_question("short_text")), q="  dos   palabras\x00 \n").answers == {"q": "dos palabras"}
    assert sent_to(a_form(a_question("long_text")), q=" uno\r\ndos\u202e ").answers == {"q": "uno\ndos"}


def test_a_text_that_is_too_long_is_kept_for_the_page_and_told() -> None:
    sent = sent_to(a_form(a_question("long_text", settings={"maximum": 5})), q="sesenta")
    assert faults(sent.problems) == [("q", "The text is too long: it has 7 characters.")]
    assert sent.answers["q"] == "sesenta"
    with pytest.raises(CellError, match="7 characters"):
        parsed("long_text", "sesenta", settings={"maximum": 5})


def test_the_quote_tick_is_off_unless_it_is_ticked_and_gone_without_words() -> None:
    form = a_form(a_question("long_text", settings={"quote": True}))
    assert sent_to(form, q="hola").answers == {"q": "hola", "q/quote": 0}
    assert sent_to(form, q="hola", q__quote="1").answers == {"q": "hola", "q/quote": 1}
    assert sent_to(form, q__quote="1").answers == {"q:why": "blank", "q/quote:why": "blank"}
    assert [column.key for column in columns(a_form(a_question("long_text")))] == ["q"]


def test_who_writes_and_then_refuses_is_taken_to_refuse() -> None:
    form = a_form(a_question("long_text", refuse=True))
    assert sent_to(form, q=["algo", "~refused"]).answers == {"q:why": "refused"}


def test_the_words_of_other_are_kept_only_with_other() -> None:
    form = a_form(a_question("choice", choices=some_choices("a", "b"), settings={"other": True}))
    assert sent_to(form, q="a", q__other="nada").answers == {"q": "a", "q/other:why": "blank"}
    assert sent_to(form, q="other", q__other="un río").answers == {"q": "other", "q/other": "un río"}


def test_other_can_have_a_name_of_its_own() -> None:
    settings = {"other": True, "other_label": a_text("Otro sector", "Another sector")}
    column = columns(a_form(a_question("choice", choices=some_choices("a"), settings=settings)))[0]
    assert dict(column.labels)["other"].get("en") == "Another sector"


def test_an_option_that_is_not_there_is_refused() -> None:
    sent = sent_to(a_form(a_question("choice", choices=some_choices("a", "b"))), q="c")
    assert faults(sent.problems) == [("q", "That is not one of the answers to this question.")]
    assert sent.answers == {"q:why": "blank"}


def test_a_cell_of_a_choice_is_a_code_or_a_label_in_any_language() -> None:
    for cell in ("police", " POLICE ", "Police", "the  POLICE"):
        assert parsed("choice", cell, choices=some_choices("police", "church")) == ("police", None)
    with pytest.raises(CellError) as fault:
        parsed("choice", "polise", choices=some_choices("police", "church"))
    assert fault.value.fault.values == {"found": "polise"}
    assert fault.value.remedy.values == {"known": "police, church"}


@pytest.mark.parametrize(
    ("ticked", "fault"),
    [
        (["a"], "1 option is ticked."),
        (["a", "b", "c", "d"], "4 options are ticked."),
        (["a", "b", "none"], "An answer that excludes the others is ticked together with others."),
        (["a", "b", "~refused"], "An answer that excludes the others is ticked together with others."),
        (["a", "zebra"], "That is not one of the answers to this question."),
    ],
)
def test_several_choices_tell_what_does_not_go_together(ticked: list[str], fault: str) -> None:
    choices = (*some_choices("a", "b", "c", "d"), some_choices("none")[0])
    choices = (*choices[:-1], type(choices[0])("none", a_text("Ninguna", "None"), exclusive=True))
    form = a_form(a_question("several", choices=choices, refuse=True, settings={"minimum": 2, "maximum": 3}))
    assert faults(sent_to(form, q=ticked).problems) == [("q", fault)]
    assert sent_to(form, q=["none"]).problems == []
    assert sent_to(form, q=["a", "b"]).answers == {"q/a": 1, "q/b": 1, "q/c": 0, "q/d": 0, "q/none": 0}


def test_several_choices_can_come_in_one_cell() -> None:
    question = a_question("several", choices=some_choices("maps", "talks", "walks"))
    form, several = a_form(question), type_of("several")
    assert several.parse_together(question, form, "maps; The WALKS ;") == {"q/maps": 1, "q/talks": 0, "q/walks": 1}
    assert set(several.parse_together(question, form, "No sé").values()) == {"unknown"}
    with pytest.raises(CellError):
        several.parse_together(question, form, "maps; songs")


@pytest.mark.parametrize(("cell", "point"), [("4", 4), (" 4.0 ", 4), ("muy de acuerdo", 5), ("Do not agree", 1)])
def test_a_cell_of_a_scale_is_a_point_or_its_label(cell: str, point: int) -> None:
    assert parsed("scale", cell) == (point, None)


@pytest.mark.parametrize("cell", ["6", "0", "-1", "4.5", "4,0", "cuatro", "1e0", "nan", "٤", "4 5"])
def test_what_is_not_on_the_scale_is_never_clipped_or_rounded(cell: str) -> None:
    with pytest.raises(CellError, match="not on the scale"):
        parsed("scale", cell)


def test_a_scale_with_steps_takes_its_points_only() -> None:
    form = a_form(a_question("scale", scale="even"), scales=(type(AGREE)("even", 0, 10, 5),))
    assert sent_to(form, q="5").answers == {"q": 5}
    assert faults(sent_to(form, q="4").problems) == [("q", "“4” is not on the scale.")]
    assert columns(form)[0].step == 5.0


def test_zero_is_a_point_and_not_a_blank() -> None:
    assert sent_to(a_form(a_question("scale", scale="ten")), q="0").answers == {"q": 0}


def test_a_battery_has_a_column_per_row_with_its_own_construct_and_reversal() -> None:
    rows = (*some_rows("open"), type(some_rows("x")[0])("guard", a_text("Cuidado", "Care"), reverse=True, construct="FEAR"))
    found = columns(a_form(a_question("battery", rows=rows, construct="TRUST", sensitive=True)))
    assert [(column.key, column.construct, column.reverse, column.sensitive) for column in found] == [
        ("q/open", "TRUST", False, True),
        ("q/guard", "FEAR", True, True),
    ]
    assert found[0].label.get("en") == "Question q: The open"


def test_before_and_now_are_two_constructs() -> None:
    found = columns(a_form(a_question("before_now", construct="CAPACITY")))
    assert [(column.key, column.construct) for column in found] == [("q/before", "CAPACITY_THEN"), ("q/now", "CAPACITY_NOW")]
    assert [column.construct for column in columns(a_form(a_question("before_now")))] == ["", ""]
    named = a_question("before_now", settings={"before_label": a_text("En 2024", "In 2024")})
    assert columns(a_form(named))[0].label.get("es") == "Pregunta q: En 2024"


@pytest.mark.parametrize(
    ("ranks", "fault"),
    [
        ({"q__water": "1", "q__jobs": "1"}, "Two options have the same place."),
        ({"q__water": "1", "q__jobs": "3"}, "One of the places does not exist."),
        ({"q__water": "1", "q__jobs": "first"}, "One of the places does not exist."),
        ({"q__water": "1"}, "Some places are empty."),
        ({"q__water": "2"}, "Some places are empty."),
    ],
)
def test_a_ranking_fills_its_places_once_each_or_not_at_all(ranks: dict[str, str], fault: str) -> None:
    form = a_form(a_question("ranking", **A_QUESTION_OF["ranking"]))
    assert faults(sent_to(form, **ranks).problems) == [("q", fault)]


def test_a_ranking_stores_places_and_leaves_the_others_blank() -> None:
    form = a_form(a_question("ranking", **A_QUESTION_OF["ranking"]))
    assert sent_to(form, q__jobs="1", q__water="2", q__health="").answers == {"q/water": 2, "q/jobs": 1, "q/health:why": "blank"}
    partial = a_form(a_question("ranking", choices=some_choices("a", "b", "c"), settings={"partial": True}))
    assert sent_to(partial, q__b="1").problems == []


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("doce", "“doce” is not a number."),
        ("1,500", "“1,500” is not a number."),
        ("1,5", "1,5 has decimals."),
        ("1e5", "“1e5” is not a number."),
        ("0", "0 is too small."),
        ("100", "100 is too large."),
        ("2.5", "2.5 has decimals."),
    ],
)
def test_a_number_keeps_to_its_bounds(typed: str, fault: str) -> None:
    form = a_form(a_question("number", settings={"minimum": 1, "maximum": 99, "whole": True}))
    assert faults(sent_to(form, q=typed).problems) == [("q", fault)]
    with pytest.raises(CellError):
        parsed("number", typed, settings={"minimum": 1, "maximum": 99, "whole": True})
    assert sent_to(form, q=" 7 ").answers == {"q": 7.0}


def test_a_day_is_kept_as_an_iso_day_however_it_is_written() -> None:
    form = a_form(a_question("day", settings={"earliest": "2026-01-01", "until_today": True}))
    assert sent_to(form, q="5/2/2026").answers == sent_to(form, q="2026-02-05").answers == {"q": "2026-02-05"}
    assert faults(sent_to(form, q="30/02/2026").problems) == [("q", "“30/02/2026” is not a date.")]
    assert faults(sent_to(form, q="2025-12-31").problems) == [("q", "2025-12-31 is too early.")]
    assert faults(sent_to(form, q="2026-07-19").problems) == [("q", "2026-07-19 is still to come.")]
    assert parsed("day", "05/02/2026") == ("2026-02-05", None)


@pytest.mark.parametrize(("cell", "flag"), [("1", 1), ("0", 0), ("Sí", 1), ("si", 1), ("YES", 1), ("no", 0), ("x", 1), ("TRUE", 1)])
def test_a_cell_of_a_flag_is_yes_or_no_in_many_ways(cell: str, flag: int) -> None:
    assert parsed("yes_no", cell) == (flag, None)
    assert parsed("several", cell, key="q/a", choices=some_choices("a")) == (flag, None)


def test_a_flag_is_not_just_anything() -> None:
    with pytest.raises(CellError):
        parsed("yes_no", "2")


def test_consent_that_is_needed_blocks_and_other_consent_is_a_no() -> None:
    assert sent_to(a_form(a_question("consent"))).answers == {"q": 0}
    needed = sent_to(a_form(a_question("consent", required="yes")))
    assert faults(needed.blocking) == [("q", "Without this agreement the answers cannot be taken.")]
    assert sent_to(a_form(a_question("consent", required="yes")), q="1").problems == []


A_CODE = {"q__mother": "María", "q__father": "Ñusta", "q__town": "á", "q__siblings": "11", "q__day": "07"}


def test_the_own_code_leaves_by_its_own_door_and_in_one_form() -> None:
    sent = sent_to(a_form(a_question("own_code")), **A_CODE)
    assert sent.own_code == {"mother": "m", "father": "ñ", "town": "a", "siblings": "9", "day": "7"}
    assert sent.answers == {}
    assert columns(a_form(a_question("own_code"))) == ()


def test_no_code_is_no_problem_and_half_a_code_is_told_without_repeating_it() -> None:
    assert sent_to(a_form(a_question("own_code"))).own_code is None
    sent = sent_to(a_form(a_question("own_code")), **(A_CODE | {"q__day": "32", "q__town": ""}))
    assert sent.own_code is None
    assert faults(sent.problems) == [("q/town", "A part of the code is empty."), ("q/day", "This part of the code cannot be read.")]
    assert "32" not in repr(sent)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "note"])
def test_every_kind_that_asks_has_a_field(kind: str) -> None:
    form = a_form(a_question(kind, **A_QUESTION_OF[kind]))
    assert type_of(kind).field(next(form.questions()), form, "en").field_class


def test_posted_helper_keeps_every_value() -> None:
    assert posted(q=["a", "b"], q__other="c").to_dict(flat=False) == {"q": ["a", "b"], "q/other": ["c"]}


def test_labels_fall_back_to_the_base_language() -> None:
    form = a_form(a_question("several", choices=(type(some_choices("a")[0])("a", Text.of({"es": "Sola"})),)))
    assert columns(form)[0].label.get("en") == "Question q: Sola"


@pytest.mark.parametrize(
    ("typed", "number"), [("12,5", 12.5), ("0,00001", 0.00001), ("12.5", 12.5), (" 1,25 ", 1.25), ("0.00001", 0.00001)]
)
def test_a_number_has_a_decimal_point_or_comma_and_is_drawn_again_as_it_can_be_read(typed: str, number: float) -> None:
    form = a_form(a_question("number"))
    answers = sent_to(form, q=typed).answers
    assert answers == {"q": number}
    assert parsed("number", typed) == (number, None)
    assert sent_to(form, **write_posted(form, answers)).answers == answers


@pytest.mark.parametrize("typed", ["1,500", "1.500,5", "1,2,3", ",5", "5,"])
def test_a_comma_that_may_divide_thousands_is_asked_about(typed: str) -> None:
    assert faults(sent_to(a_form(a_question("number")), q=typed).problems) == [("q", f"“{typed}” is not a number.")]


def test_a_day_of_a_definition_is_written_in_one_way() -> None:
    for said in ("2026-7-1", "01/07/2026", "2026-02-30", "hoy"):
        found = check(a_form(a_question("day", settings={"earliest": said}), scales=()))
        assert faults(found) == [("questions.q.earliest", f"“{said}” is not a date.")]


def test_a_partial_ranking_begins_with_the_first_place() -> None:
    choices = some_choices("a", "b", "c")
    form = a_form(a_question("ranking", choices=choices, settings={"partial": True}))
    assert sent_to(form, q__a="1", q__b="2").problems == []
    (problem,) = sent_to(form, q__a="1", q__b="3").problems
    assert (str(problem.fault), str(problem.remedy)) == ("Some places are empty.", "Begin with 1 and leave no place out.")


def test_who_did_not_agree_cannot_be_brought_in_by_a_file() -> None:
    needed, free = a_question("consent", required="yes"), a_question("consent")
    consent = type_of("consent")
    assert faults(consent.problems_together(needed, {"q": 0})) == [("q", "Without this agreement the answers cannot be taken.")]
    assert consent.problems_together(needed, {"q": 1}) == consent.problems_together(needed, {"q:why": "blank"}) == []
    assert consent.problems_together(free, {"q": 0}) == []


def test_a_consent_is_required_or_it_is_not() -> None:
    found = check(a_form(a_question("consent", required="soft"), scales=()))
    assert faults(found) == [("questions.q.required", "A tick cannot be asked for once more.")]


def test_the_label_of_a_part_follows_the_label_of_its_question() -> None:
    label = Text.of({"es": "Entiendo las necesidades de la zona.", "en": "Do I understand the needs of the area?"})
    before = columns(a_form(a_question("before_now", label=label)))[0]
    assert before.label.as_dict() == {
        "es": "Entiendo las necesidades de la zona: Antes",
        "en": "Do I understand the needs of the area? Before",
    }
