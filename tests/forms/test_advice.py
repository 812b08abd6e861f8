"""Warnings, each with questions that deserve it and questions that do not; and no warning ever stops a form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import bank, phrasing
from forms.advice import advise, estimate
from forms.binding import bind
from forms.codec import load
from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.questions import KINDS
from forms.wording import Text
from surveys import demo
from tests.forms.factories import AGREE, a_form, a_question, a_text, some_choices

GROUPS = (Choice("police", a_text("La Policía", "The police")), Choice("church", a_text("La Iglesia", "The church")))


def warned(form: FormDefinition, members: Mapping[str, int] | None = None) -> list[tuple[str, str]]:
    """(place, warning in English); every one must say what to do and block nothing."""
    found = advise(form, members)
    assert all(str(problem.remedy) and not problem.blocks for problem in found)
    return [(problem.place, str(problem.fault)) for problem in found]


def places(form: FormDefinition, members: Mapping[str, int] | None = None) -> list[str]:
    return [place for place, _ in warned(form, members)]


def asked(words: str, language: str, kind: str = "scale", **more: Any) -> FormDefinition:
    return a_form(a_question(kind, label=Text.of({language: words}), unknown=kind != "consent", refuse=kind != "consent", **more))


# Two ideas -------------------------------------------------------------------------------------------------------------

TWO = {
    "es": """El taller fue claro y útil.
La facilitadora escucha y responde.
El taller fue útil y aprendí mucho.
Puedo proponer y ejecutar proyectos.
La información es clara, útil y oportuna.
El grupo me escucha y me respeta.
Las reuniones empezaron y terminaron a tiempo.
El material fue interesante y fácil de leer.
Sé qué dice la norma y cómo aplicarla.
Me siento escuchado y respetado.
Conozco y aplico las reglas.
¿El taller fue útil y/o claro?
El facilitador explica bien y resuelve dudas.""",
    "en": """The workshop was clear and useful.
The police listen and respond.
The workshop was useful and I learned a lot.
I know the rules and how to apply them.
The facilitator explained well and answered questions.
Meetings are short, clear and useful.
Was it quick or easy?
I feel heard and respected.
The group decides quickly and fairly.
The state listens to people and keeps its promises.
The material was easy to read and very useful for my work.""",
}
ONE = {
    "es": """Confío en la policía y en el Estado.
Las mujeres y los hombres participan igual.
El grupo respeta los derechos humanos y el ambiente.
Cuando surge un problema, el grupo lo conversa y lo resuelve.
La relación entre empresas y comunidades es buena.
Este espacio es de todas y todos.
En este grupo se habla de agua y minería.
Las herramientas y materiales que recibo se entienden bien.
Los sectores resuelven problemas juntos, y no cada uno por su lado.""",
    "en": """I trust the police and the army.
Women and men take part equally.
The tools and materials I receive are easy to understand.
When a problem arises the group discusses it and solves it.
Decisions are fair to men and women.
The space is open to one and all.
The sectors solve problems together, and not each on its own.""",
}


def lines(said: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(language, words) for language, whole in said.items() for words in whole.split("\n")]


@pytest.mark.parametrize(("language", "words"), lines(TWO))
def test_two_ideas_in_a_rated_or_yes_or_no_question_are_told(language: str, words: str) -> None:
    for kind in ("scale", "before_now", "yes_no"):
        assert [fault.endswith("cannot answer.") for _, fault in warned(asked(words, language, kind))] == [True]


@pytest.mark.parametrize(("language", "words"), lines(ONE))
def test_one_idea_with_an_and_in_it_is_not_told(language: str, words: str) -> None:
    assert warned(asked(words, language)) == []


def test_two_ideas_in_an_open_question_are_no_fault() -> None:
    assert warned(asked("¿Qué usó y para qué le sirvió?", "es", "long_text")) == []


def test_the_row_that_asks_two_things_is_named() -> None:
    rows = (Row("clear", a_text("Fue claro y útil.", "It was short.")), Row("short", a_text("Fue corto.", "It was clear.")))
    assert places(a_form(a_question("battery", rows=rows, unknown=True, refuse=True))) == ["questions.q.rows.clear"]


# Leading and denying ---------------------------------------------------------------------------------------------------

LEADING = {
    "es": """¿No cree que el taller fue útil?
¿Está de acuerdo en que el grupo avanza?
El taller sirvió, ¿verdad?
Como todos saben, el agua escasea.
Es evidente que el grupo avanza.""",
    "en": """Don't you think it was useful?
Wouldn’t you say it was useful?
Do you agree that the group moves on?
It was useful, right?
As you know, water is scarce.""",
}
OPEN = {
    "es": """¿Qué tan de acuerdo está con las decisiones?
¿Cree usted que el taller fue útil?
¿Le sirvió el taller?""",
    "en": """How much do you agree with the decisions?
Do you think it was useful?
Was the workshop useful?""",
}
DENYING = {
    "es": """No confío en este grupo.
Nunca me escuchan.
Trabajo sin información.
Nadie me explicó las reglas.
En este grupo no se escucha a las comunidades.
Creo que no se cumple lo acordado.""",
    "en": """I do not trust this group.
Nobody listens.
My work goes on without information.
They never keep their word.
I don't feel heard.
There is no trust here.""",
}
AFFIRMING = {
    "es": """Cuando algo no funciona, el grupo aprende.
Puedo decir lo que pienso sin temor.
No solo se habla: también se actúa.
El grupo ayuda a quienes no pueden viajar.
El grupo sigue aunque no haya dinero.""",
    "en": """When something does not work the group learns.
I can speak without fear.
Not only words count.
The group helps those who cannot travel.
The group goes on if there is no money.""",
}
TWICE = {
    "es": """No es injusto lo que se decide.
Nunca decido sin consultar.
No puedo decir lo que pienso sin temor.
No es cierto que no se escuche.""",
    "en": """It is not unfair.
I never decide without asking.
It is not impossible to agree.""",
}


@pytest.mark.parametrize(("language", "words"), lines(LEADING))
def test_a_question_that_expects_an_answer_is_told(language: str, words: str) -> None:
    for kind in ("yes_no", "long_text"):
        assert any("which answer is expected" in fault for _, fault in warned(asked(words, language, kind)))


@pytest.mark.parametrize(("language", "words"), lines(OPEN))
def test_an_open_minded_question_is_not_told(language: str, words: str) -> None:
    assert warned(asked(words, language, "yes_no")) == []


@pytest.mark.parametrize(("language", "words"), lines(DENYING))
def test_a_negation_to_agree_with_is_told(language: str, words: str) -> None:
    assert [("denies a denial" in fault) for _, fault in warned(asked(words, language))] == [True]


@pytest.mark.parametrize(("language", "words"), lines(AFFIRMING))
def test_a_not_that_denies_nothing_of_the_statement_is_no_fault(language: str, words: str) -> None:
    assert warned(asked(words, language)) == []


@pytest.mark.parametrize(("language", "words"), lines(TWICE))
def test_a_double_negation_is_told_once_and_as_such(language: str, words: str) -> None:
    assert [("denies twice" in fault) for _, fault in warned(asked(words, language))] == [True]


def test_a_negation_on_a_scale_that_is_not_of_agreement_is_no_fault() -> None:
    assert warned(asked("¿Cuántas veces no pudo asistir?", "es", scale="ten")) == []


def test_two_spanish_words_for_no_are_one_negation() -> None:
    assert phrasing.denying_twice("No confío en nadie.", "es") == ""


# Scales ----------------------------------------------------------------------------------------------------------------


def labelled(es: str, en: str = "", lo: int = 1) -> FormDefinition:
    both = [one.split(" / ") for one in (es, en or es)]
    labels = tuple((lo + place, Text.of({"es": word, "en": other})) for place, (word, other) in enumerate(zip(*both, strict=True)))
    scale = Scale("quality", lo, lo + len(labels) - 1, labels=labels)
    return a_form(a_question("scale", scale="quality", unknown=True, refuse=True), scales=(scale,))


@pytest.mark.parametrize(
    ("es", "en", "fault"),
    [
        ("Malo / Regular / Bueno / Muy bueno / Excelente", "a / b / c / d / e", "more good labels than bad ones in “es”: 3 against 1"),
        ("a / b / c / d / e", "Poor / Fair / Good / Very good / Excellent", "more good labels than bad ones in “en”: 3 against 1"),
        ("Muy malo / Malo / Deficiente / Bueno", "a / b / c / d", "more bad labels than good ones in “es”: 3 against 1"),
        ("Malo / Bueno / Regular", "a / b / c", "“Regular” is neither good nor bad"),
        ("Malo / Regular / Excelente", "a / b / c", "The ends of the scale, “Malo” and “Excelente”"),
        ("a / b / c", "Bad / Fair / Excellent", "The ends of the scale, “Bad” and “Excellent”"),
    ],
)
def test_a_scale_out_of_balance_is_told(es: str, en: str, fault: str) -> None:
    [(place, said)] = warned(labelled(es, en))
    assert place == "scales.quality.labels"
    assert fault in said


@pytest.mark.parametrize(
    ("es", "en"),
    [
        ("Muy mal / Mal / Regular / Bien / Muy bien", "Very poor / Poor / Fair / Good / Very good"),
        ("Nada de acuerdo / Poco / Regular / Bastante / Muy de acuerdo", "Do not agree / A little / Partly / Mostly / Fully agree"),
        ("Muy en desacuerdo / En desacuerdo / De acuerdo / Muy de acuerdo", "Strongly disagree / Disagree / Agree / Strongly agree"),
        ("Nunca / Una vez / Varias veces", "Never / Once / Several times"),
        ("Bueno / Bacán / Excelente", "Good / Swell / Excellent"),
    ],
)
def test_a_balanced_scale_one_of_amounts_and_one_of_unknown_words_are_not_told(es: str, en: str) -> None:
    assert warned(labelled(es, en)) == []


# Length, time, reading -------------------------------------------------------------------------------------------------


def test_a_label_of_more_than_120_characters_is_told_and_one_of_120_is_not() -> None:
    assert warned(asked("a" * 120, "es")) == []
    assert warned(asked("a" * 121, "es")) == [
        ("questions.q.label", "The label in “es” has 121 characters; beyond 120 people stop reading.")
    ]


def test_a_long_option_is_told_and_a_long_note_or_hint_is_not() -> None:
    assert places(a_form(a_question("choice", choices=(Choice("one", a_text("a" * 121, "b")),)))) == ["questions.q.choices.one"]
    note = a_question("note", "n", label=a_text("a" * 400))
    assert warned(a_form(note, a_question("yes_no", hint=a_text("a" * 400)))) == []


def test_the_estimate_says_how_it_is_made() -> None:
    form = a_form(*(a_question("long_text", f"q{number}", label=a_text("uno dos tres")) for number in range(4)))
    found = estimate(form)
    assert found.minutes == 4  # 4 x 45 s, and 23 words at 180 a minute make 7 s: 3.1 min, rounded up
    assert str(found.how) == (
        "About 4 min: 3.0 min to answer (questions: 4), and 0.1 min to read (words: 23, at 180 a minute). "
        "Questions with a condition are counted as if asked."
    )


def test_the_estimate_counts_the_groups_of_a_bound_form() -> None:
    form = a_form(a_question("choice", "group", of_groups=True), a_question("battery", of_groups=True))
    many = tuple(Choice(f"g{number}", a_text(f"Grupo {number}")) for number in range(12))
    assert (estimate(form).minutes, estimate(bind(form, many)).minutes) == (1, 3)


def test_more_than_fifteen_minutes_are_told_with_the_estimate() -> None:
    questions = [a_question("scale", f"q{number}", unknown=True, refuse=True) for number in range(110)]
    [(place, fault)] = warned(a_form(*questions))
    assert place == "minutes"
    assert "about 16 min" in fault
    assert "questions: 110" in fault


def test_a_form_that_says_itself_that_it_takes_long_is_told() -> None:
    assert places(a_form(a_question("yes_no"), minutes=15)) == []
    assert places(a_form(a_question("yes_no"), minutes=16)) == ["minutes"]


HARD = {
    "es": "¿Considera que la institucionalización de procedimientos interinstitucionales posibilita fortalecimientos sistemáticos?",
    "en": "Does institutionalising participatory procedures facilitate the systematic consolidation of capabilities?",
}


@pytest.mark.parametrize("language", ["es", "en"])
def test_words_above_the_sixth_grade_are_told_once_for_a_section(language: str) -> None:
    questions = [a_question("yes_no", f"q{number}", label=Text.of({language: HARD[language]})) for number in range(15)]
    [(place, fault)] = warned(a_form(*questions))
    assert place == "sections.main.title"
    assert f"In “{language}” the questions read like a university text" in fault


def test_short_sections_are_judged_together_and_few_words_not_at_all() -> None:
    def section(number: int) -> Section:
        questions = [a_question("yes_no", f"q{number}_{place}", label=Text.of({"es": HARD["es"]})) for place in range(4)]
        return Section(f"s{number}", questions=tuple(questions))

    few, many = (FormDefinition("f", a_text("F"), ("es",), tuple(map(section, range(count)))) for count in (2, 4))
    assert (places(few), places(many)) == ([], ["title"])


def test_nothing_is_said_of_the_words_of_other_languages() -> None:
    assert warned(asked("No es injusto, claro y útil, ¿verdad?", "qu")) == []
    assert warned(asked("No es injusto, claro y útil, ¿verdad?", "es")) != []


# What may be left unsaid -----------------------------------------------------------------------------------------------


def test_rated_questions_without_a_way_out_are_told_once_with_their_names() -> None:
    form = a_form(a_question("scale", "one", refuse=True), a_question("scale", "two", refuse=True), a_question("yes_no", "three"))
    assert warned(form) == [("questions.one.unknown", "There is no “I do not know” at: one, two. Whoever does not know marks the middle.")]


def test_a_sensitive_question_must_offer_to_stay_silent() -> None:
    assert places(a_form(a_question("yes_no", sensitive=True))) == ["questions.q.refuse"]
    assert places(a_form(a_question("yes_no", sensitive=True, refuse=True))) == []
    assert places(a_form(a_question("yes_no", sensitive=True, required="yes"))) == []  # the page offers it then by itself


def test_more_than_five_questions_to_write_are_told_at_the_sixth() -> None:
    questions = [a_question("long_text", f"q{number}") for number in range(6)]
    assert (places(a_form(*questions[:5])), places(a_form(*questions))) == ([], ["questions.q5"])


# Who answers -----------------------------------------------------------------------------------------------------------

PERSONAL = {
    "es": """¿Cuál es su nombre?
Nombre y apellidos
DNI
¿Cuál es su correo electrónico?
Escriba su celular""",
    "en": """What is your name?
Phone number
Your e-mail
ID number
Home address""",
}
NOT_PERSONAL = {
    "es": """¿Cuál es el nombre del proyecto?
¿Qué nombre le pondría al grupo?
¿Qué dirección debe tomar el grupo?""",
    "en": """What is the name of your project?
What should the group address?""",
}


@pytest.mark.parametrize(("language", "words"), lines(PERSONAL))
def test_an_open_question_that_asks_who_somebody_is_is_told(language: str, words: str) -> None:
    for kind in ("short_text", "long_text"):
        assert ["asks who somebody is" in fault for _, fault in warned(asked(words, language, kind))] == [True]


@pytest.mark.parametrize(("language", "words"), lines(NOT_PERSONAL))
def test_an_open_question_about_something_else_is_not_told(language: str, words: str) -> None:
    assert warned(asked(words, language, "long_text")) == []


def who(*questions: Question) -> FormDefinition:
    return a_form(a_question("choice", "group", choices=some_choices("police", "church")), *questions)


SEX = a_question("choice", "sex", choices=some_choices("woman", "man"))
AGE = a_question("choice", "q_age", label=a_text("¿Cuál es su edad?", "What is your age?"), choices=some_choices(*"abcd"))
REGION = a_question("choice", "where", label=a_text("¿En qué región trabaja?"), choices=some_choices(*"abc"))


def test_combinations_with_fewer_than_five_people_are_told_with_their_numbers_and_what_to_drop() -> None:
    assert warned(who(SEX, AGE), {"police": 100, "church": 24}) == [
        (
            "questions.sex",
            "Together, group, sex, q_age tell people apart: “church” has 24 people and 8 combinations, about 3.0 in each, "
            "and fewer than 5 can be recognised.",
        )
    ]


def test_the_question_to_drop_is_the_smallest_that_is_enough_else_the_largest() -> None:
    assert places(who(SEX, AGE), {"church": 24}) == ["questions.sex"]  # 24 / 4 ages = 6
    assert places(who(SEX, AGE), {"church": 16}) == ["questions.q_age"]  # 16 / 4 = 4 is not enough, 16 / 2 sexes = 8 is
    assert places(who(SEX, AGE), {"church": 6}) == ["questions.q_age"]


def test_combinations_of_five_or_more_are_not_told_nor_are_groups_whose_size_nobody_knows() -> None:
    assert warned(who(SEX, AGE), {"police": 100, "church": 40}) == []
    assert warned(who(SEX, AGE)) == []
    assert warned(who(), {"church": 1}) == []


def test_a_form_without_groups_is_looked_at_as_one() -> None:
    assert warned(a_form(SEX, REGION), {"police": 20, "church": 9}) == [
        (
            "questions.sex",
            "Together, sex, where tell people apart: 29 people and 6 combinations, about 4.8 in each, and fewer than 5 can be recognised.",
        )
    ]
    assert warned(a_form(REGION), {"police": 4}) == []


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("cargo", "¿?"),
        ("q", "¿Cuál es su cargo?"),
        ("q", "What is your position?"),
        ("q", "Edad"),
        ("q", "¿Dónde vive?"),
        ("q", "¿A qué institución pertenece?"),
        ("q", "Which district do you live in?"),
    ],
)
def test_questions_about_who_somebody_is_are_recognised(name: str, label: str) -> None:
    question = a_question("choice", name, label=a_text(label, label), choices=some_choices("a", "b"))
    assert places(who(question), {"church": 8}) == [f"questions.{name}"]


@pytest.mark.parametrize("label", ["¿Cómo es la relación en su zona?", "¿Cuál es el principal problema de su región?", "Which topic next?"])
def test_questions_about_something_else_are_not(label: str) -> None:
    question = a_question("choice", label=a_text(label, label), choices=some_choices("a", "b"))
    assert warned(who(question), {"church": 8}) == []


def test_an_age_in_figures_divides_people_more_than_any_list() -> None:
    age = a_question("number", "edad", settings={"minimum": 18, "maximum": 99})
    [(place, fault)] = warned(who(age), {"church": 60})
    assert (place, "20 combinations, about 3.0 in each" in fault) == ("questions.edad", True)


# The instruments and forms that are shipped ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in bank.names() if name != "interview"])
def test_the_bank_deserves_no_warning(name: str) -> None:
    assert warned(bind(bank.instrument(name), GROUPS), {"police": 30, "church": 12}) == []


def test_the_interview_guide_is_as_long_as_a_conversation_and_is_told_so() -> None:
    assert places(bind(bank.instrument("interview"), GROUPS)) == ["minutes", "questions.in_learn"]


#: Deserved: two things asked at once, workshops rated without "I do not know", an interview of 40 minutes.
DESERVED = {
    "macro_sur_entrevista": ["questions.vp_tools.label", "questions.vp_tools.label", "minutes"],
    "macro_sur_medicion": ["questions.vp_tools.label", "questions.vp_tools.label"],
    "macro_sur_taller": ["questions.sa_useful.unknown"],
    "moquegua_medicion": ["questions.canon_explain.label"],
    "moquegua_taller": ["questions.sa_useful.unknown"],
}
DEMO = sorted(path for path in Path(demo.__file__).parent.glob("*_*.yaml") if path.stem != "macro_sur")


@pytest.mark.parametrize("path", DEMO, ids=lambda path: path.stem)
def test_the_example_forms_get_the_warnings_that_they_deserve(path: Path) -> None:
    assert places(bind(load(path.read_text(encoding="utf-8")), GROUPS)) == DESERVED.get(path.stem, [])


# Any definition --------------------------------------------------------------------------------------------------------

WORDS = st.text(alphabet="aeionsyclrtu ¿?.,no'", max_size=60) | st.sampled_from([words for _, words in lines(TWO) + lines(DENYING)])
TEXTS = st.dictionaries(st.sampled_from(["es", "en", "qu"]), WORDS, max_size=3).map(Text.of)
NAMES = st.sampled_from(["group", "circle", "edad", "sex", "q", "", "x y"])
OPTIONS = st.lists(st.builds(Choice, NAMES, TEXTS), max_size=3).map(tuple)
ROWS = st.lists(st.builds(Row, NAMES, TEXTS), max_size=3).map(tuple)
QUESTIONS = st.builds(
    Question,
    NAMES,
    st.sampled_from([*KINDS, "nothing", ""]),
    TEXTS,
    TEXTS,
    scale=st.sampled_from(["agree", "gone", ""]),
    choices=OPTIONS,
    rows=ROWS,
    of_groups=st.booleans(),
    unknown=st.booleans(),
    refuse=st.booleans(),
    sensitive=st.booleans(),
    settings=st.sampled_from([(), (("minimum", "many"), ("maximum", None)), (("minimum", 9), ("maximum", 1))]),
)
SCALES = st.sampled_from([AGREE, Scale("agree", 5, 1, 0, labels=((7, a_text("Bueno", "Good")), (1, a_text("Malo", "Poor"))))])
FORMS = st.builds(
    lambda title, languages, questions, scale, minutes: FormDefinition(
        "f", title, tuple(languages), (Section("s", questions=tuple(questions)),), scales=(scale,), minutes=minutes
    ),
    TEXTS,
    st.lists(st.sampled_from(["es", "en", "qu"]), max_size=3),
    st.lists(QUESTIONS, max_size=5),
    SCALES,
    st.integers(-5, 900),
)


@settings(max_examples=60, deadline=None)
@given(FORMS, st.dictionaries(NAMES, st.integers(-3, 300), max_size=3) | st.none())
def test_advice_on_any_definition_is_given_and_stops_nothing(form: FormDefinition, members: dict[str, int] | None) -> None:
    found = advise(form, members)
    assert not any(problem.blocks for problem in found)
    assert all(str(problem.fault) and str(problem.remedy) for problem in found)
    assert estimate(form).minutes >= 1
