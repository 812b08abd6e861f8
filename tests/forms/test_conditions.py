"""Conditions: the shared vectors in Python, in node and in Chromium; faults with their places; conditions in words."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.conditions import LONGEST, ConditionError, compiled, evaluate, in_words, parse
from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.wording import Text
from surveys.languages import Speaker

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = json.loads((ROOT / "tests/examples/conditions.json").read_text())
VECTORS = EXAMPLES["vectors"]


@pytest.mark.parametrize(("text", "answers", "holds"), VECTORS, ids=[f"{i}: {v[0]}" for i, v in enumerate(VECTORS)])
def test_python_agrees_with_the_shared_vectors(text: str, answers: dict, holds: bool) -> None:
    assert evaluate(parse(text), answers) is holds


def vectors_for_javascript() -> str:
    return json.dumps([[compiled(parse(text)), answers, holds] for text, answers, holds in VECTORS])


def script() -> str:
    return (ROOT / "surveys/web/static/conditions.js").read_text()


FIND_DISAGREEMENTS = "vectors.map((v, i) => conditionHolds(v[0], v[1]) === v[2] ? null : i).filter(i => i !== null)"


@pytest.mark.skipif(not shutil.which("node"), reason="node is not on this machine; Chromium runs the same vectors")
def test_node_agrees_with_the_shared_vectors() -> None:
    program = f"{script()}\nconst vectors = {vectors_for_javascript()}\nconsole.log(JSON.stringify({FIND_DISAGREEMENTS}))"
    said = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=True).stdout
    assert [VECTORS[i] for i in json.loads(said)] == []


@pytest.mark.parametrize(("text", "position"), EXAMPLES["errors"])
def test_a_fault_names_its_position_and_remedy_in_both_languages(text: str, position: int) -> None:
    with pytest.raises(ConditionError) as caught:
        parse(text)
    assert caught.value.position == position
    for language in ("es", "en"):
        say = Speaker(language)
        assert caught.value.fault.said(say).endswith(".")
        assert caught.value.remedy.said(say)


def test_very_deep_nesting_is_a_fault_and_not_a_crash() -> None:
    for text in ("(" * 5000, "not " * 5000 + "a", "-" * 5000 + "1", "a" + " or a" * 5000, "+".join("1" * 5000)):
        with pytest.raises(ConditionError):
            parse(text)


def test_the_longest_condition_is_read_compiled_and_evaluated() -> None:
    for sign in (" or ", " + "):
        condition = parse(sign.join("a" * (LONGEST // 2)))
        assert condition.names == ("a",)
        assert evaluate(condition, {"a": 1})
        assert json.dumps(compiled(condition))


def test_a_condition_names_what_it_reads_once_and_in_order() -> None:
    assert parse("b > 1 and selected(a, 'x') or b = 2 and is_blank(tr/police)").names == ("b", "a", "tr/police")


def test_equal_conditions_are_equal_and_can_be_hashed() -> None:
    assert {parse("a = 1"), parse("a = 1")} == {parse("a = 1")}


@given(st.text(alphabet="ab/ '\"=!<>()+-*,0123456789.andortseliku_", max_size=40))
def test_any_text_is_read_or_refused_with_words(text: str) -> None:
    try:
        condition = parse(text)
    except ConditionError as fault:
        position = fault.position
    else:
        position = 1
        assert evaluate(condition, {"a": 1, "b": "x"}) in (True, False)
        json.dumps(compiled(condition), allow_nan=False)
    assert 1 <= position <= len(text) + 1


def words(es: str, en: str) -> Text:
    return Text.of({"es": es, "en": en})


def a_form() -> FormDefinition:
    group = Question("group", "choice", words("¿A qué grupo pertenece?", "Which group do you belong to?"),
                     choices=(Choice("police", words("Policía", "Police")), Choice("church", words("Iglesia", "Church"))))  # fmt: skip
    help_ = Question(
        "help", "several", words("¿Qué le sirvió?", "What helped you?"), choices=(Choice("maps", words("Los mapas", "The maps")),)
    )
    useful = Question("useful", "scale", words("¿Le sirvió?", "Was it useful?"), scale="amount")
    trust = Question("tr", "battery", words("¿Cuánta confianza tiene?", "How much do you trust each?"), scale="amount",
                     rows=(Row("police", words("La policía", "The police")),))  # fmt: skip
    came = Question("came", "yes_no", words("¿Vino al taller?", "Did you come to the workshop?"))
    job = Question("job", "choice", words("¿En qué trabaja?", "What is your work?"), settings=(("other", True),))
    knows = Question("knows", "before_now", words("Conozco el tema.", "I know the subject."), scale="amount")
    age = Question("age", "number", words("¿Cuántos años tiene?", "How old are you?"))
    amount = Scale("amount", 1, 5, labels=((1, words("Nada", "Not at all")), (4, words("Bastante", "Quite a lot"))))
    return FormDefinition(
        "f",
        words("F", "F"),
        ("es", "en"),
        (Section("one", questions=(group, help_, useful, trust, came, job, knows, age)),),
        scales=(amount,),
    )


SENTENCES = [
    ("group = 'police'", "Responda solo si eligió «Policía» en «¿A qué grupo pertenece?».",
     "Answer only if you chose “Police” in “Which group do you belong to?”."),
    ("group != 'police'", "Responda solo si no eligió «Policía» en «¿A qué grupo pertenece?».",
     "Answer only if you did not choose “Police” in “Which group do you belong to?”."),
    ("selected(help, 'maps')", "Responda solo si eligió «Los mapas» en «¿Qué le sirvió?».",
     "Answer only if you chose “The maps” in “What helped you?”."),
    ("came = 1", "Responda solo si eligió «Sí» en «¿Vino al taller?».",
     "Answer only if you chose “Yes” in “Did you come to the workshop?”."),
    ("useful >= 4", "Responda solo si su respuesta a «¿Le sirvió?» es como mínimo «Bastante».",
     "Answer only if your answer to “Was it useful?” is at least “Quite a lot”."),
    ("tr/police < 3", "Responda solo si su respuesta a «¿Cuánta confianza tiene? La policía» es menor que 3.",
     "Answer only if your answer to “How much do you trust each? The police” is less than 3."),
    ("knows/now > knows/before",
     "Responda solo si su respuesta a «Conozco el tema: Ahora» es mayor que su respuesta a «Conozco el tema: Antes».",
     "Answer only if your answer to “I know the subject: Now” is more than your answer to “I know the subject: Before”."),
    ("job = 'other'", "Responda solo si eligió «Otra respuesta» en «¿En qué trabaja?».",
     "Answer only if you chose “Other answer” in “What is your work?”."),
    ("is_blank(age)", "Responda solo si no respondió «¿Cuántos años tiene?».",
     "Answer only if you gave no answer to “How old are you?”."),
    ("not is_blank(age) and (came = 1 or age > 60)",
     "Responda solo si respondió «¿Cuántos años tiene?» y (eligió «Sí» en «¿Vino al taller?» "
     "o, si no, su respuesta a «¿Cuántos años tiene?» es mayor que 60).",
     "Answer only if you answered “How old are you?” and (you chose “Yes” in “Did you come to the workshop?” "
     "or, if not, your answer to “How old are you?” is more than 60)."),
    ("count_selected(help) > 1", "Responda solo si el número de opciones que eligió en «¿Qué le sirvió?» es mayor que 1.",
     "Answer only if the number of options that you chose in “What helped you?” is more than 1."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "es", "en"), SENTENCES)
def test_a_condition_is_a_sentence_in_both_languages(text: str, es: str, en: str) -> None:
    condition, form = parse(text), a_form()
    assert in_words(condition, form, "es", Speaker("es")) == es
    assert in_words(condition, form, "en", Speaker("en")) == en
