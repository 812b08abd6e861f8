"""A corpus of small XLSForms, one feature each: what becomes of it, and what is told."""

from __future__ import annotations

from typing import Any

import pytest

from forms.check import check
from forms.definition import FormDefinition, Question
from forms.exchange import read_form
from forms.exchange.report import Imported
from forms.exchange.xlsform_write import write_xlsform
from forms.wording import Text
from tests.forms.exchange.tables import a_file, imported, told

YES_NO = """
choices
| list_name | name | label::es | label::en |
| sn | si | Sí | Yes |
| sn | no | No | No |
"""
AGREE = """
choices
| list_name | name | label::es | label::en |
| agree | 1 | Nada | Not at all |
| agree | 2 | 2 | 2 |
| agree | 3 | Mucho | Very much |
"""
HELP = """
choices
| list_name | name | label::es | label::en |
| help | maps | Mapas | Maps |
| help | none | Ninguna | None |
"""
HEAD = "| type | name | label::es | label::en |"


def a_form(tables: str) -> FormDefinition:
    """The form of tables; what is imported is always the same after it went out and came in again."""
    found = imported(tables)
    assert found.form is not None, [str(problem.fault) for problem in found.problems]
    assert read_form(write_xlsform(found.form), "again.xlsx").form == found.form
    return found.form


def question(tables: str, name: str = "q") -> Question:
    found = a_form(tables).question(name)
    assert found is not None
    return found


def row(type_: str, **cells: str) -> str:
    """A survey with one question ``q`` of a type, and further cells."""
    heads = "".join(f" {name.replace('__', '::')} |" for name in cells)
    return f"survey\n{HEAD}{heads}\n| {type_} | q | Hola | Hello |" + "".join(f" {cell} |" for cell in cells.values())


def what(found: Imported, word: str) -> list[str]:
    return [said for _place, said in told(found) if word in said]


@pytest.mark.parametrize(
    ("type_", "cells", "kind", "settings"),
    [
        ("text", {}, "short_text", {}),
        ("string", {}, "short_text", {}),
        ("text", {"appearance": "multiline"}, "long_text", {}),
        ("text", {"parameters": "rows=5"}, "long_text", {}),
        ("integer", {}, "number", {"whole": True}),
        ("int", {"constraint": ". >= 0 and . < 120"}, "number", {"whole": True, "minimum": 0, "maximum": 119}),
        ("decimal", {"constraint": "(. >= 0.5) and (.<=9)"}, "number", {"minimum": 0.5, "maximum": 9}),
        ("note", {}, "note", {}),
        ("acknowledge", {}, "consent", {}),
        ("trigger", {"required": "yes"}, "consent", {}),
        ("date", {}, "day", {}),
        ("date", {"constraint": ". >= date('2026-01-01') and . <= today()"}, "day", {"earliest": "2026-01-01", "until_today": True}),
        ("range", {"parameters": "start=1;end=2;step=0.5"}, "number", {"minimum": 1, "maximum": 2}),
        ("text", {"constraint": "string-length(.) <= 50"}, "short_text", {"maximum": 50}),
    ],
)
def test_a_type_becomes_a_kind(type_: str, cells: dict[str, str], kind: str, settings: dict[str, Any]) -> None:
    found = question(row(type_, **cells))
    assert (found.kind, dict(found.settings)) == (kind, settings)
    assert found.label == Text.of({"es": "Hola", "en": "Hello"})


@pytest.mark.parametrize(
    ("heading", "language"),
    [
        ("label::Español (es)", "es"),
        ("label:es", "es"),
        ("label::es", "es"),
        ("Label :: Spanish", "es"),
        ("label::Quechua", "qu"),
        ("label::Runasimi (quz)", "quz"),
        ("label::Aymara", "ay"),
        ("label::Português (pt)", "pt"),
        ("label::pt_BR", "pt-BR"),
    ],
)
def test_a_language_is_known_however_the_heading_names_it(heading: str, language: str) -> None:
    form = a_form(f"survey\n| type | name | {heading} |\n| text | q | Hola |")
    assert form.languages == (language,)
    assert form.question("q").label == Text.of({language: "Hola"})


def test_an_unknown_language_gets_a_code_of_its_own_and_is_told() -> None:
    found = imported("survey\n| type | name | label::Klingon |\n| text | q | nuqneH |")
    assert found.form is not None
    assert found.form.languages == ("qaa",)
    assert what(found, "not known")


def test_bare_labels_are_in_the_default_language() -> None:
    form = a_form(
        "survey\n| type | name | label | label::en |\n| text | q | Hola | Hello |\nsettings\n| default_language |\n| Español (es) |"
    )
    assert form.languages == ("es", "en")
    assert form.question("q").label == Text.of({"es": "Hola", "en": "Hello"})


def test_a_file_that_names_no_language_is_guessed_and_told() -> None:
    found = imported("survey\n| type | name | label |\n| text | q | What do you think of the workshop? |")
    assert found.form is not None
    assert found.form.languages == ("en",)
    assert what(found, "does not say its language")


def test_the_default_language_comes_first() -> None:
    form = a_form(f"survey\n{HEAD}\n| text | q | Hola | Hello |\nsettings\n| default_language |\n| English |")
    assert form.languages == ("en", "es")


def test_a_missing_translation_stays_missing_and_is_for_check_to_tell() -> None:
    form = a_form(f"survey\n{HEAD}\n| text | q | Hola | |\nsettings\n| form_title | form_id |\n| Taller | taller |")
    assert form.question("q").label == Text.of({"es": "Hola"})
    assert ("questions.q.label", "There are no words in “en”.") in [(one.place, str(one.fault)) for one in check(form)]


def test_hints_and_messages_are_taken_in_each_language() -> None:
    found = question(
        row("integer", hint__es="Años", hint__en="Years", constraint=". > 0", constraint_message__es="Más", constraint_message__en="More")
    )
    assert found.hint == Text.of({"es": "Años", "en": "Years"})
    assert (found.message, found.setting("minimum")) == (Text.of({"es": "Más", "en": "More"}), 1)


@pytest.mark.parametrize(("said", "required"), [("yes", "yes"), ("TRUE()", "yes"), ("soft", "soft"), ("no", "no"), ("", "no")])
def test_required(said: str, required: str) -> None:
    assert question(row("text", required=said)).required == required


def test_required_that_depends_on_an_answer_is_told() -> None:
    found = imported(row("text", required="${q} = 1"))
    assert what(found, "cannot depend")


def test_a_range_of_whole_numbers_is_a_scale() -> None:
    form = a_form(row("range", parameters="start=0 end=10 step=2"))
    assert [(scale.lo, scale.hi, scale.step) for scale in form.scales] == [(0, 10, 2)]
    assert form.question("q").scale == form.scales[0].name


def test_likert_over_numbers_is_a_scale() -> None:
    form = a_form(row("select_one agree", appearance="likert", construct="trust", reverse="yes") + AGREE)
    found = form.question("q")
    assert (found.kind, found.construct, found.reverse) == ("scale", "TRUST", True)
    labels = ((1, Text.of({"es": "Nada", "en": "Not at all"})), (3, Text.of({"es": "Mucho", "en": "Very much"})))
    assert (form.scales[0].name, form.scales[0].labels) == ("agree", labels)


def test_numbers_shared_by_questions_are_one_scale() -> None:
    form = a_form(f"survey\n{HEAD}\n| select_one agree | a | A | A |\n| select_one agree | b | B | B |{AGREE}")
    assert [question.scale for question in form.questions()] == ["agree", "agree"]


def test_numbers_of_one_question_stay_options() -> None:
    assert question(row("select_one agree") + AGREE).kind == "choice"


def test_yes_and_no_is_a_question_of_its_own() -> None:
    survey = "| select_one sn | q | ¿Vino? | Did you come? | |\n| text | r | ¿Y? | And? | ${q} = 'si' |"
    tables = f"survey\n{HEAD} relevant |\n{survey}{YES_NO}"
    assert (question(tables).kind, question(tables, "r").show_if) == ("yes_no", "q = 1")


def test_yes_and_no_with_other_words_stay_options() -> None:
    assert question(row("select_one sn") + YES_NO.replace("| No | No |", "| Nunca | Never |")).kind == "choice"


def test_do_not_know_among_the_options_is_offered_apart() -> None:
    found = question(row("select_one help") + HELP + "| help | 99 | No sé | I do not know |\n")
    assert ([choice.value for choice in found.choices], found.unknown) == (["maps", "none"], True)


def test_or_other_is_other_in_words() -> None:
    assert question(row("select_one help or_other") + HELP).setting("other") is True
    assert question(row("select multiple from help or specify other") + HELP).setting("comment") is True


def test_several_choices_with_their_bounds_and_what_excludes_the_rest() -> None:
    constraint = "count-selected(.) <= 2 and not(selected(., 'none') and count-selected(.) > 1)"
    found = question(row("select_multiple help", constraint=constraint, parameters="randomize=true") + HELP)
    assert (found.kind, found.shuffle, found.setting("maximum")) == ("several", True, 2)
    assert [choice.exclusive for choice in found.choices] == [False, True]


def test_a_ranking() -> None:
    assert question(row("rank help") + HELP).kind == "ranking"


def test_values_are_folded_told_and_read_by_conditions() -> None:
    tables = f"""
survey
{HEAD} relevant |
| select_one Ayuda | Tipo de ayuda | A | A | |
| text | r | B | B | ${{Tipo de ayuda}} = 'más mapas' |
choices
| list name | value | label::es | label::en |
| Ayuda | más mapas | Mapas | Maps |
""".replace("Tipo de ayuda", "Tipo-Ayuda")
    found = imported(tables)
    assert question(tables, "tipo_ayuda").choices[0].value == "mas_mapas"
    assert question(tables, "r").show_if == "tipo_ayuda = 'mas_mapas'"
    assert ("survey, B2 (name)", "The name becomes “tipo_ayuda”.") in told(found)


def test_names_that_are_taken_or_twice_there_are_changed_and_told() -> None:
    found = imported(f"survey\n{HEAD}\n| text | round | A | A |\n| text | x | B | B |\n| text | x | C | C |\n| text | meta | D | D |")
    assert found.form is not None
    assert [question.name for question in found.form.questions()] == ["round_1", "x", "x_2", "meta"]
    assert len(what(found, "The name becomes")) == 2
    assert read_form(write_xlsform(found.form)).form == found.form


@pytest.mark.parametrize(
    ("relevant", "show_if"),
    [
        ("${a} = 'maps'", "a = 'maps'"),
        ("selected(${a}, 'maps')", "selected(a, 'maps')"),
        ("not(selected(${a}, 'maps')) or ${n} > 3", "not selected(a, 'maps') or n > 3"),
        ("${a} != ''", "not is_blank(a)"),
        ("string-length(${a}) > 0", "not is_blank(a)"),
        ("(${n} - 2) div 4 >= 1 and ${n} < 9", "(n - 2) / 4 >= 1 and n < 9"),
        ("3 < ${n}", "n > 3"),
    ],
)
def test_relevant_becomes_a_condition(relevant: str, show_if: str) -> None:
    survey = f"| select_one help | a | A | A | |\n| integer | n | N | N | |\n| text | q | Q | Q | {relevant} |"
    tables = f"survey\n{HEAD} relevant |\n{survey}{HELP}"
    assert question(tables).show_if == show_if


@pytest.mark.parametrize(
    "relevant", ["once(${a})", "${b} = 1", "${nothing} = 1", "regex(${a}, 'x')", "position(..) > 1", "${a} = 'no such'", "((("]
)
def test_a_condition_without_a_counterpart_is_told_with_its_cell(relevant: str) -> None:
    survey = f"| select_one help | a | A | A | |\n| text | q | Q | Q | {relevant} |\n| integer | b | B | B | |"
    tables = f"survey\n{HEAD} relevant |\n{survey}{HELP}"
    found = imported(tables)
    assert relevant in [finding.found for finding in found.findings if finding.place == "survey, E3 (relevant)"]
    assert found.form is not None
    assert found.form.question("q").show_if == ""


def test_conditions_in_a_circle_are_told() -> None:
    found = imported(f"survey\n{HEAD} relevant |\n| integer | a | A | A | ${{b}} = 1 |\n| integer | b | B | B | ${{a}} = 1 |")
    assert what(found, "looks ahead")
    assert found.form is not None
    assert [question.show_if for question in found.form.questions()] == ["", "a = 1"]


def test_groups_are_sections_and_groups_within_join_them() -> None:
    form = a_form(
        f"""
survey
{HEAD} relevant |
| integer | n | N | N | |
| begin group | you | Usted | You | |
| text | a | A | A | |
| begin_group | inner | Dentro | Inside | ${{n}} > 1 or ${{n}} = 0 |
| integer | b | B | B | ${{n}} < 9 |
| end_group | | | | |
| end group | | | | |
| text | c | C | C | |
"""
    )
    assert [(section.name, [one.name for one in section.questions]) for section in form.sections] == [
        ("section_1", ["n"]),
        ("you", ["a", "inner", "b"]),
        ("section_3", ["c"]),
    ]
    assert form.question("inner").kind == "note"
    assert form.question("b").show_if == "(n > 1 or n = 0) and n < 9"


@pytest.mark.parametrize("survey", ["| begin group | g | G | G |\n| text | q | Q | Q |", "| end group | | | |\n| text | q | Q | Q |"])
def test_groups_that_do_not_close_or_open_are_told(survey: str) -> None:
    found = imported(f"survey\n{HEAD}\n{survey}")
    assert found.findings
    assert found.form is not None
    assert found.form.question("q") is not None


TABLES = {
    "table-list": """
| begin_group | g | G | G | table-list |
| select_one agree | a | A | A | |
| select_one agree | b | B | B | |
| end_group | | | | |""",
    "label": """
| select_one agree | g | G | G | label |
| select_one agree | a | A | A | list-nolabel |
| select_one agree | b | B | B | list-nolabel |""",
}


@pytest.mark.parametrize("survey", TABLES.values(), ids=TABLES)
def test_a_table_on_numbers_is_a_battery(survey: str) -> None:
    found = question(f"survey\n{HEAD} appearance |\n{survey}{AGREE}", "g")
    assert (found.kind, found.scale, [row.value for row in found.rows]) == ("battery", "agree", ["a", "b"])


def test_a_table_on_words_stays_questions() -> None:
    survey = TABLES["table-list"].replace("agree", "help")
    form = a_form(f"survey\n{HEAD} appearance |\n{survey}{HELP}")
    assert [question.kind for question in form.questions()] == ["choice", "choice"]


def test_kobos_matrix_score_and_rank() -> None:
    tables = f"""
survey
{HEAD} kobo--matrix_list | kobo--score-choices | kobo--rank-items |
| begin_kobomatrix | m | M | M | help | | |
| select_one agree | how | ¿Cuánto? | How much? | | | |
| integer | many | ¿Cuántos? | How many? | | | |
| end_kobomatrix | | | | | | |
| begin_score | s | S | S | | agree | |
| score__row | s1 | Uno | One | | | |
| end_score | | | | | | |
| begin_rank | r | R | R | | | help |
| rank__level | r1 | Primero | First | | | |
| end_rank | | | | | | |
{AGREE}
| help | maps | Mapas | Maps |
| help | none | Ninguna | None |
"""
    form = a_form(tables)
    assert [(one.name, one.kind) for one in form.questions()] == [
        ("how", "battery"),
        ("many_maps", "number"),
        ("many_none", "number"),
        ("s", "battery"),
        ("r", "ranking"),
    ]
    assert [row.label.get("en") for row in form.question("how").rows] == ["Maps", "None"]
    assert form.question("many_maps").label.get("en") == "How many? Maps"
    assert form.question("r").setting("places") == 1


@pytest.mark.parametrize(
    "type_",
    [
        *(
            "geopoint",
            "geotrace",
            "image",
            "audio",
            "video",
            "file",
            "barcode",
            "time",
            "dateTime",
            "calculate",
            "hidden",
            "start",
            "deviceid",
        ),
        *("phonenumber", "email", "username", "audit", "background-audio", "select_one_from_file places.csv", "csv-external", "db:person"),
    ],
)
def test_what_has_no_room_is_told_by_its_cell(type_: str) -> None:
    found = imported(f"survey\n{HEAD}\n| {type_} | x | X | X |\n| text | q | Q | Q |")
    assert [(finding.place, finding.fate) for finding in found.findings] == [("survey, A2 (type)", "left_out")]
    assert found.form is not None
    assert [question.name for question in found.form.questions()] == ["q"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *(("default", "3"), ("calculation", "1 + 1"), ("read_only", "yes"), ("choice_filter", "x = 1"), ("media::image", "a.png")),
        *(
            ("media::audio", "a.mp3"),
            ("appearance", "minimal"),
            ("parameters", "seed=1"),
            ("hxl", "#x"),
            ("notes", "n"),
        ),
    ],
)
def test_a_cell_without_room_is_told(column: str, cell: str) -> None:
    found = imported(f"survey\n{HEAD} {column} |\n| select_one help | q | Q | Q | {cell} |{HELP}")
    assert [finding.place for finding in found.findings if finding.fate == "left_out"] == [f"survey, E2 ({column})"]


def test_guidance_for_interviewers_becomes_the_note_of_the_question() -> None:
    found = imported("survey\n| type | name | label::es | guidance_hint::es |\n| text | q | Q | Lea despacio |")
    assert found.form is not None
    (question,) = found.form.questions()
    assert question.interviewer_note == Text.of({"es": "Lea despacio"})
    assert not question.hint
    assert found.findings == ()


def test_a_repeat_is_asked_once_and_told() -> None:
    found = imported(f"survey\n{HEAD}\n| begin repeat | r | R | R |\n| text | q | Q | Q |\n| end repeat | | | |")
    assert what(found, "asked once")
    assert found.form is not None
    assert [section.name for section in found.form.sections] == ["r"]


def test_a_missing_list_is_told_and_left_to_be_written() -> None:
    found = imported(row("select_one nothing"))
    assert what(found, "There is no list “nothing”")
    assert found.form is not None
    assert "The question has no options." in [str(problem.fault) for problem in check(found.form)]


def test_an_answer_within_the_words_is_told() -> None:
    assert what(imported(f"survey\n{HEAD}\n| text | n | N | N |\n| note | q | Hola ${{n}} | Hello ${{n}} |"), "within the words")


def test_scripts_and_formulas_in_labels_stay_words() -> None:
    found = question(f"survey\n{HEAD}\n| text | q | <script>alert(1)</script> | =1+1 |")
    assert found.label == Text.of({"es": "<script>alert(1)</script>", "en": "=1+1"})


def test_settings_name_the_form() -> None:
    form = a_form(f"survey\n{HEAD}\n| text | q | Q | Q |\nsettings\n| form_title | form_id | version |\n| El taller | Taller-1 | 3 |")
    assert (form.name, form.title) == ("taller_1", Text.of({"es": "El taller"}))


def test_the_title_may_be_said_in_each_language() -> None:
    form = a_form(f"survey\n{HEAD}\n| text | q | Q | Q |\nsettings\n| form_title::es | form_title::English (en) |\n| Taller | Workshop |")
    assert form.title == Text.of({"es": "Taller", "en": "Workshop"})


@pytest.mark.parametrize("tables", ["other\n| type |\n| text |", "survey\n| question | label |\n| q | Hola |"])
def test_a_workbook_without_a_survey_is_refused_with_a_reason(tables: str) -> None:
    found = imported(tables)
    assert found.form is None
    assert "There is no sheet “survey”" in str(found.problems[0].fault)


def test_too_many_rows_are_refused() -> None:
    found = read_form(a_file({"survey": [["type", "name", "label"], *(["text", f"q{n}", "Q"] for n in range(5001))]}), "form.xlsx")
    assert found.form is None
    assert "5000" in str(found.problems[0].fault)


def test_lists_times_questions_are_refused_when_they_grow_too_large() -> None:
    survey = [["type", "name", "label"], *(["select_one l", f"q{number}", "Q"] for number in range(300))]
    choices = [["list_name", "name", "label"], *(["l", f"o{number}", f"O{number}"] for number in range(400))]
    found = read_form(a_file({"survey": survey, "choices": choices}), "form.xlsx")
    assert found.form is None
    assert "options in all" in str(found.problems[0].fault)


def test_a_condition_of_a_group_is_told_once() -> None:
    survey = "| begin_group | g | G | G | once(1) |\n| text | a | A | A | |\n| text | b | B | B | |\n| end_group | | | | |"
    found = imported(f"survey\n{HEAD} relevant |\n{survey}")
    assert len(what(found, "asked of everybody")) == 1


def test_a_name_in_a_heading_twice_is_told() -> None:
    assert what(imported(f"survey\n{HEAD} label::Spanish | label::es |\n| text | q | A | B | C | D |"), "two columns of this name")
