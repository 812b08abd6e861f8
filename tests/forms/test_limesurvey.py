"""Surveys of LimeSurvey come in: each of its 29 types, its settings, its conditions, and every way of being no such file."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms.check import check
from forms.definition import Question
from forms.exchange.limesurvey_file import LARGEST_BYTES
from forms.exchange.limesurvey_read import read_limesurvey
from forms.exchange.plain import plain
from tests.forms.limesurvey import a_question, a_table, an_lss, an_old_lss, asked, form_of, options, parts, read, told

ROWS, ABC = parts("SQ1", "SQ2"), options("A1", "A2", "A3")
GRID = [*ROWS, *parts("c1", "c2", scale=1, first=200)]

TYPES: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "L": ({"answers": ABC}, [("q1", "choice")]),
    "!": ({"answers": ABC}, [("q1", "choice")]),
    "O": ({"answers": ABC}, [("q1", "choice")]),
    "5": ({}, [("q1", "scale")]),
    "M": ({"subquestions": ROWS}, [("q1", "several")]),
    "P": ({"subquestions": ROWS}, [("q1", "several")]),
    "A": ({"subquestions": ROWS}, [("q1", "battery")]),
    "B": ({"subquestions": ROWS}, [("q1", "battery")]),
    "C": ({"subquestions": ROWS}, [("q1", "battery")]),
    "E": ({"subquestions": ROWS}, [("q1", "battery")]),
    "F": ({"subquestions": ROWS, "answers": ABC}, [("q1", "battery")]),
    "H": ({"subquestions": ROWS, "answers": ABC}, [("q1", "battery")]),
    "1": ({"subquestions": ROWS, "answers": ABC}, [("q1_1", "battery"), ("q1_2", "battery")]),
    ":": ({"subquestions": GRID}, [("q1_c1", "battery"), ("q1_c2", "battery")]),
    ";": ({"subquestions": GRID}, [(f"q1_{row}_{column}", "short_text") for row in ("sq1", "sq2") for column in ("c1", "c2")]),
    "S": ({}, [("q1", "short_text")]),
    "T": ({}, [("q1", "long_text")]),
    "U": ({}, [("q1", "long_text")]),
    "Q": ({"subquestions": ROWS}, [("q1_sq1", "short_text"), ("q1_sq2", "short_text")]),
    "N": ({}, [("q1", "number")]),
    "K": ({"subquestions": ROWS}, [("q1_sq1", "number"), ("q1_sq2", "number")]),
    "Y": ({}, [("q1", "yes_no")]),
    "G": ({}, [("q1", "choice")]),
    "D": ({}, [("q1", "day")]),
    "R": ({"answers": ABC}, [("q1", "ranking")]),
    "X": ({}, [("q1", "note")]),
    "I": ({}, []),
    "*": ({}, []),
    "|": ({}, []),
}


def one(type_: str, **more: Any) -> Question:
    """The only question that a file with one question of this type becomes."""
    (question,) = asked(an_lss([a_question("Q1", type_, **more.pop("question", {}))], **more))
    return question


@pytest.mark.parametrize("type_", TYPES)
def test_each_of_the_29_types_becomes_what_the_guide_says(type_: str) -> None:
    given_, expected = TYPES[type_]
    last = a_question("Q9", "Y", 9)
    data = an_lss([a_question("Q1", type_), last], **given_)
    assert [(question.name, question.kind) for question in asked(data)] == [*expected, ("q9", "yes_no")]
    assert [problem for problem in check(form_of(data)) if problem.blocks] == []
    assert bool(expected) or any(line.startswith("Q1 | ") and "left_out" in line for line in told(data))


def test_a_type_that_nobody_knows_is_told_and_left_out() -> None:
    data = an_lss([a_question("Q1", "%"), a_question("Q2", "Y", 2)])
    assert [question.name for question in asked(data)] == ["q2"]
    assert "Q1 | %: es Q1 | left_out | This type of question is not known here." in told(data)


# --- answers, scales and settings


def test_values_of_an_assessment_become_the_points_of_a_scale() -> None:
    data = an_lss([a_question("Q1", "L")], answers=options("A1", "A2", "A3", values=(3, 2, 1)))
    (scale,) = form_of(data).scales
    assert (scale.lo, scale.hi, scale.labels[0][1].get("en"), scale.labels[2][1].get("en")) == (1, 3, "en A3", "en A1")


def test_values_in_no_order_are_told_and_the_options_stay_options() -> None:
    data = an_lss([a_question("Q1", "L")], answers=options("A1", "A2", "A3", values=(3, 9, 1)))
    assert asked(data)[0].kind == "choice"
    assert any("assessment_value" in line and "A2 = 9" in line for line in told(data))


def test_numbers_as_codes_are_the_points_and_other_codes_are_counted_and_told() -> None:
    question = one("F", subquestions=ROWS, answers=options("0", "1", "2"))
    assert question.scale == "q1_scale"
    (scale,) = form_of(an_lss([a_question("Q1", "F")], ROWS, options("0", "1", "2"))).scales
    assert scale.points == (0, 1, 2)
    assert any("from less to more" in line for line in told(an_lss([a_question("Q1", "F")], ROWS, ABC)))


def test_an_answer_that_says_i_do_not_know_is_counted_apart() -> None:
    question = one("F", subquestions=ROWS, answers=options("1", "2", "9"), said={"9": "No sé"})
    assert question.unknown
    data = an_lss([a_question("Q1", "F")], ROWS, options("1", "2", "9"), said={"9": "No sé"})
    assert form_of(data).scales[0].points == (1, 2)


def test_two_headers_that_say_before_and_now_make_a_before_now_question_of_each_row() -> None:
    headers = {"dualscale_headerA": "Antes", "dualscale_headerB": "Ahora"}
    data = an_lss([a_question("Q1", "1")], ROWS, [*ABC, *options("A1", "A2", "A3", scale=1, first=700)], headers)
    assert [(question.name, question.kind) for question in asked(data)] == [("q1_sq1", "before_now"), ("q1_sq2", "before_now")]
    assert asked(data)[0].setting("before_label").get("es") == "Antes"


def test_several_choices_keep_their_bounds_and_what_excludes_the_others() -> None:
    attributes = {"max_answers": "2", "min_answers": "1", "exclude_all_others": "SQ2", "random_order": "1"}
    question = one("M", subquestions=ROWS, attributes=attributes)
    assert [choice.exclusive for choice in question.choices] == [False, True]
    assert (question.setting("minimum"), question.setting("maximum"), question.shuffle) == (1, 2, True)


def test_other_is_offered_with_its_own_words() -> None:
    question = one("L", answers=ABC, question={"other": "Y"}, attributes={"other_replace_text": "Otro motivo"})
    assert (question.setting("other"), question.setting("other_label").get("es")) == (True, "Otro motivo")
    assert [choice.value for choice in one("M", subquestions=ROWS, question={"other": "Y"}).choices][-1] == "other_answer"


@pytest.mark.parametrize(("said", "required"), [("Y", "yes"), ("S", "soft"), ("N", "no")])
def test_mandatory_is_on_soft_or_off(said: str, required: str) -> None:
    assert one("Y", question={"mandatory": said}).required == required


def test_bounds_of_numbers_texts_and_days_are_kept() -> None:
    bounds = {"min_num_value_n": "0", "max_num_value_n": "10.5", "num_value_int_only": "1", "suffix": "horas"}
    number = one("N", attributes=bounds)
    assert dict(number.settings) | {"unit": None} == {"minimum": 0, "maximum": 10.5, "whole": True, "unit": None}
    assert one("T", attributes={"maximum_chars": "300"}).setting("maximum") == 300
    assert one("D", attributes={"date_min": "2026-01-31"}).setting("earliest") == "2026-01-31"


def test_boxes_to_tick_in_a_grid_are_several_choices_for_each_row() -> None:
    data = an_lss([a_question("Q1", ":")], GRID, attributes={"multiflexible_checkbox": "1"})
    assert [(question.name, question.kind) for question in asked(data)] == [("q1_sq1", "several"), ("q1_sq2", "several")]


def test_a_hidden_question_and_a_setting_without_room_are_told() -> None:
    hidden = an_lss([a_question("Q1", "Y"), a_question("Q2", "Y", 2)], attributes={"hidden": "1", "cssclass": "wide"})
    assert [question.name for question in asked(hidden)] == ["q2"]
    assert any(line.startswith("Q1 |") and "hidden" in line for line in told(hidden))
    timed = an_lss([a_question("Q1", "Y")], attributes={"time_limit": "60", "statistics_showgraph": "1"})
    assert [line for line in told(timed) if "no such setting" in line] == [
        "Q1, time_limit | 60 | left_out | There is no such setting here."
    ]


def test_codes_become_names_and_every_changed_one_is_told() -> None:
    data = an_lss([a_question("Q1"), a_question("Año-2", "Y", 2), a_question("date", "Y", 3), a_question("q1", "Y", 4)], answers=ABC)
    assert [question.name for question in asked(data)] == ["q1", "ano_2", "date_1", "q1_1"]
    assert sum("Its code becomes" in line for line in told(data)) == 3
    assert "questions | Q1 | changed | Codes are written in small letters here." in told(data)


def test_parts_of_a_survey_that_have_no_room_are_listed() -> None:
    rest = "<quota><rows><row><id>1</id><name><![CDATA[Mujeres]]></name></row></rows></quota>"
    data = an_lss([a_question("Q1", "Y")], rest=rest, survey={"startdate": "2026-01-01"})
    assert "quota | Mujeres | left_out | There is no such part here." in told(data)
    assert any(line.startswith("surveys | startdate = 2026-01-01") for line in told(data))


# --- words


def test_words_lose_their_html_but_keep_simple_emphasis() -> None:
    data = an_lss([a_question("Q1", "Y")], said={"Q1": "<p>Es <strong>muy</strong> <em>útil</em>&nbsp;<br>¿sí?</p>"})
    assert asked(data)[0].label.get("es") == "Es **muy** *útil*\n¿sí?"


@pytest.mark.parametrize(
    "words",
    [
        "Hola<script>alert(1)</script>",
        "Hola<img src=x onerror=alert(1)>",
        '<p onclick="alert(1)">Hola</p>',
        "Hola<iframe src=//x>a</iframe>",
    ],
)
def test_scripts_never_survive(words: str) -> None:
    data = an_lss([a_question("Q1", "Y")], said={"Q1": words})
    assert asked(data)[0].label.get("es") == "Hola"
    assert any("Only words are taken" in line for line in told(data))


@pytest.mark.parametrize("mark", ["<a ", "<a x='", "<!--", "</", "<b>", "<table><b>"])
def test_hostile_html_is_no_endless_work(mark: str) -> None:
    assert len(plain(mark * 20_000).words) < 20_100


def test_an_answer_repeated_in_a_text_is_told() -> None:
    data = an_lss([a_question("Q1", "Y")], said={"Q1": "Hola {TOKEN:FIRSTNAME}"})
    assert asked(data)[0].label.get("es") == "Hola …"
    assert any("{TOKEN:FIRSTNAME}" in line for line in told(data))


def test_both_languages_come_in_the_base_first() -> None:
    assert form_of(an_lss([a_question("Q1", "Y")])).languages == ("es", "en")
    old = form_of(an_old_lss())
    assert old.languages == ("es", "en")
    assert old.question("q1").label.as_dict() == {"es": "¿Le sirvió?", "en": "Was it useful?"}  # type: ignore[union-attr]
    assert old.sections[0].title.get("en") == "en Grupo"


# --- conditions


def second(relevance: str, type_: str = "Y", **first: Any) -> str:
    """What the condition of a second question has become."""
    asked_first = a_question("Q1", type_)
    return asked(an_lss([asked_first, a_question("Q2", "Y", 2, relevance=relevance)], **first))[-1].show_if


@pytest.mark.parametrize(
    ("type_", "first", "relevance", "condition"),
    [
        ("L", {"answers": ABC}, '((Q1.NAOK == "A1"))', "q1 = 'A1'"),
        ("L", {"answers": ABC}, "!is_empty(Q1.NAOK)", "not is_blank(q1)"),
        ("L", {"answers": ABC}, "77X1X1 == 'A2' or 77X1X1 == 'A3'", "q1 = 'A2' or q1 = 'A3'"),
        ("M", {"subquestions": ROWS}, 'Q1_SQ1 == "Y" && Q1_SQ2.NAOK != "Y"', "selected(q1, 'SQ1') and not selected(q1, 'SQ2')"),
        ("M", {"subquestions": ROWS}, "is_empty(Q1_SQ1)", "not selected(q1, 'SQ1')"),
        ("5", {}, "Q1 ge 3", "q1 >= 3"),
        ("5", {}, "2 < Q1.NAOK", "q1 > 2"),
        ("Y", {}, 'Q1 == "N"', "q1 = 0"),
        ("Y", {}, 'not (Q1 == "N" or Q1 == "")', "not (q1 = 0 or is_blank(q1))"),
        ("F", {"subquestions": ROWS, "answers": ABC}, 'Q1_SQ2.NAOK == "A3"', "q1/SQ2 = 3"),
        ("C", {"subquestions": ROWS}, 'Q1_SQ1 == "Y"', "q1/SQ1 = 3"),
        ("R", {"answers": ABC}, 'Q1_1 == "A2"', "q1/A2 = 1"),
        ("N", {}, "Q1 >= 18", "q1 >= 18"),
        ("L", {"answers": ABC}, "1", ""),
    ],
)
def test_a_relevance_expression_becomes_a_condition(type_: str, first: dict[str, Any], relevance: str, condition: str) -> None:
    assert second(relevance, type_, **first) == condition


@pytest.mark.parametrize(
    "relevance",
    [
        "count(Q1.NAOK) > 1",
        "Q7 == 'A1'",
        "Q1 =",
        "Q1 == 'A9'",
        "Q1 > 'A1'",
        "Q1 = 'A1'",
        "regexMatch('/a/', Q1)",
        "((" * 60,
        "Q1.shown == 'x'",
        "?",
    ],
)
def test_a_condition_that_does_not_translate_is_told_with_its_text(relevance: str) -> None:
    data = an_lss([a_question("Q1"), a_question("Q2", "Y", 2, relevance=relevance)], answers=ABC)
    assert asked(data)[-1].show_if == ""
    assert any(line.startswith("Q2, relevance | ") and "left_out" in line for line in told(data))


def test_the_condition_of_a_group_is_that_of_its_questions() -> None:
    groups = "<groups><rows><row><gid>2</gid><group_order>2</group_order><grelevance>Q1 == 'Y'</grelevance></row></rows></groups>"
    data = an_lss([a_question("Q1", "Y"), a_question("Q2", "N", 2, gid=2, relevance="Q1 != ''")], rest=groups)
    assert asked(data)[-1].show_if == "q1 = 1 and not is_blank(q1)"


def test_a_question_may_be_named_by_its_number() -> None:
    first = a_question("Opinion", "M", 481)
    later = a_question("Q2", "Y", 482, relevance='((Q481_S100.NAOK == "Y"))')
    assert asked(an_lss([first, later], parts("SQ1", "SQ2", qid=481)))[-1].show_if == "selected(opinion, 'SQ1')"
    taken = a_question("Q481", "Y", 483)
    assert asked(an_lss([first, later, taken], parts("SQ1", qid=481)))[1].show_if == ""


def test_the_conditions_of_very_old_files_are_read() -> None:
    values = ("<value>A1</value>", "<value>A2</value>")
    rows = (f"<row><qid>2</qid><cqid>1</cqid><cfieldname>77X1X1</cfieldname><method>==</method>{value}</row>" for value in values)
    data = an_lss([a_question("Q1"), a_question("Q2", "Y", 2)], answers=ABC, rest=f"<conditions><rows>{''.join(rows)}</rows></conditions>")
    assert asked(data)[-1].show_if == "q1 = 'A1' or q1 = 'A2'"


def test_rows_that_an_earlier_question_filters_are_offered_then() -> None:
    first, later = a_question("Q1", "M"), a_question("Q2", "A", 2)
    data = an_lss([first, later], [*ROWS, *parts("SQ1", "SQ2", qid=2, first=300)], attributes={"array_filter": "Q1"}, qid=2)
    assert [row.show_if for row in asked(data)[-1].rows] == ["selected(q1, 'SQ1')", "selected(q1, 'SQ2')"]


# --- other files of LimeSurvey


@pytest.mark.parametrize("kind", ["Group", "Question"])
def test_a_group_and_a_question_come_in_alone(kind: str) -> None:
    form = form_of(an_lss([a_question("Q1", "Y")], kind=kind))
    assert [question.name for question in form.questions()] == ["q1"]
    assert form.title


def test_the_tab_separated_structure_comes_in() -> None:
    data = a_table(
        {"class": "S", "name": "language", "text": "es"},
        {"class": "S", "name": "additional_languages", "text": "en"},
        {"class": "SL", "name": "surveyls_title", "text": "Taller", "language": "es"},
        {"class": "SL", "name": "surveyls_title", "text": "Workshop", "language": "en"},
        {"class": "G", "type/scale": "1", "name": "Uno", "language": "es"},
        {"class": "Q", "type/scale": "F", "name": "Q1", "relevance": "1", "text": "¿Cuánto?", "language": "es", "mandatory": "Y"},
        {"class": "SQ", "name": "SQ1", "text": "Mapas", "language": "es"},
        {"class": "A", "name": "1", "text": "Poco", "language": "es"},
        {"class": "A", "name": "2", "text": "Mucho", "language": "es"},
        {"class": "G", "type/scale": "1", "name": "One", "language": "en"},
        {"class": "Q", "type/scale": "F", "name": "Q1", "text": "How much?", "language": "en"},
        {"class": "SQ", "name": "SQ1", "text": "Maps", "language": "en"},
        {"class": "A", "name": "1", "text": "Little", "language": "en"},
        {"class": "A", "name": "2", "text": "Much", "language": "en"},
        {"class": "QTA", "name": "quota", "text": "50"},
    )
    form = form_of(data)
    assert [problem for problem in check(form) if problem.blocks] == []
    (question,) = form.questions()
    assert (question.kind, question.required, question.label.get("en")) == ("battery", "yes", "How much?")
    assert form.title.get("en") == "Workshop"
    assert any("QTA, quota" in line for line in told(data))


def test_a_table_in_utf_16_is_read() -> None:
    data = a_table({"class": "Q", "type/scale": "Y", "name": "Q1", "text": "¿Sí?", "language": "es"}).decode("utf-8-sig").encode("utf-16")
    assert asked(data)[0].label.get("es") == "¿Sí?"


# --- what cannot be read

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'
    b"<document><LimeSurveyDocType>Survey&c;</LimeSurveyDocType></document>"
)
OUTSIDE = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><document><LimeSurveyDocType>&x;</LimeSurveyDocType></document>'


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (BOMB, "entities of its own"),
        (OUTSIDE, "entities of its own"),
        (b"<document><LimeSurveyDocType>Survey", "cannot be read as XML"),
        ('<?xml version="1.0" encoding="UTF-8"?><document>é</document>'.encode("latin-1"), "cannot be read as XML"),
        (b'<?xml version="1.0" encoding="klingon"?><document></document>', "cannot be read as XML"),
        (b"<html></html>", "does not hold a survey"),
        (b"<document><LimeSurveyDocType>Label set</LimeSurveyDocType></document>", "does not hold a survey"),
        (b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", "asks nothing"),
        ("class\ttype/scale\tname\ttext\tlanguage\nQ\tY\tQ1\té\tes".encode("latin-1"), "not in UTF-8"),
        (b"a,b\n1,2\n", "neither an XML file"),
        (b"", "neither an XML file"),
        (b"PK\x03\x04" + bytes(range(256)), "not in UTF-8"),
    ],
)
def test_what_is_no_survey_is_refused_with_a_reason(data: bytes, fault: str) -> None:
    found = read(data)
    assert found.form is None
    assert fault in str(found.problems[0].fault)


def test_sixty_megabytes_are_refused_unread() -> None:
    found = read(b"<document>" + b" " * 60_000_000)
    assert found.form is None
    assert str(found.problems[0].fault) == f"The file is too large: 61 MB; at most {LARGEST_BYTES // 1_000_000} MB are read."


def test_endless_rows_are_refused() -> None:
    data = (
        b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType><questions><rows>" + b"<row/>" * 50_001 + b"</rows></questions></document>"
    )
    assert "more than 50000 rows" in str(read(data).problems[0].fault)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_report(data: bytes) -> None:
    found = read_limesurvey(data, "any.lss")
    assert found.form is not None or found.problems


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60), st.sampled_from(sorted(TYPES)), st.integers(0, 4000), st.integers(0, 60))
def test_any_change_of_a_file_ends_in_a_report(noise: bytes, type_: str, at: int, length: int) -> None:
    whole = an_lss([a_question("Q1", type_)], GRID, ABC)
    found = read_limesurvey(whole[:at] + noise + whole[at + length :], "any.lss")
    assert found.form is not None or found.problems


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            {"class": st.sampled_from(["S", "SL", "G", "Q", "SQ", "A", "AS"])},
            optional={name: st.text(max_size=9) for name in ("name", "text", "language", "relevance", "mandatory", "help")}
            | {"type/scale": st.sampled_from([*TYPES, "0", "", "x"])},
        ),
        max_size=9,
    )
)
def test_any_table_ends_in_a_report(rows: list[dict[str, str]]) -> None:
    found = read_limesurvey(a_table(*rows), "any.txt")
    assert found.form is not None or found.problems
