"""A definition to a file and back, and every way in which a file can be wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import codec
from forms.check import check
from forms.codec import FormFileError, dump, from_document, load, to_document
from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.questions import KINDS, type_of
from forms.wording import Text
from tests.forms.factories import AGREE, a_form, a_question, a_text, faults, some_choices

SMALL = """
name: small
title: {es: Encuesta, en: Survey}
languages: [es, en]
scales:
  agree: {lo: 1, hi: 5, labels: {1: {es: Nada, en: Not at all}, 5: {es: Mucho, en: A lot}}}
sections:
  - name: main
    questions:
      - name: age
        kind: number
        label: {es: ¿Qué edad tiene?, en: How old are you?}
        minimum: 12
      - name: good
        kind: scale
        label: {es: Estuvo bien, en: It was good}
        scale: agree
        show_if: age >= 18
"""


def told(text: str) -> list[tuple[str, str]]:
    """(place, fault) of each problem of a file, in English."""
    with pytest.raises(FormFileError) as fault:
        load(text)
    return faults(fault.value.problems)


def with_line(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new)


def test_a_file_is_read() -> None:
    form = load(SMALL)
    assert form.title.as_dict() == {"es": "Encuesta", "en": "Survey"}
    assert form.languages == ("es", "en")
    age, good = form.questions()
    assert (age.kind, age.setting("minimum"), age.label.get("es")) == ("number", 12, "¿Qué edad tiene?")
    assert (good.scale, good.show_if, good.required) == ("agree", "age >= 18", "no")
    assert form.scale("agree") == Scale("agree", 1, 5, labels=((1, a_text("Nada", "Not at all")), (5, a_text("Mucho", "A lot"))))
    assert check(form) == []


def test_json_says_the_same_as_yaml() -> None:
    document = to_document(load(SMALL))
    assert load(json.dumps(document)) == load(SMALL)
    assert load("\ufeff" + json.dumps(document, indent=2)) == load(SMALL)
    assert load("{name: small, title: {es: Encuesta, en: Survey}, languages: [es, en], sections: []}").name == "small"


def test_json_has_lines_as_well() -> None:
    text = json.dumps(to_document(load(SMALL)), indent=1).replace('"kind": "number"', '"kind": "nimber"')
    line = text[: text.index("nimber")].count("\n") + 1
    assert told(text) == [(f"{line}: questions.age.kind", "There is no kind of question called “nimber”.")]
    assert told('{\n "name": "a",\n "title": "b",\n "name": "c"\n}') == [("4", "“name” is written twice; the first time on line 2.")]


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400, "1" * 5000])
def test_a_number_of_json_that_no_computer_holds_is_told(number: str) -> None:
    document = json.dumps(to_document(load(SMALL)))
    for old, place in (('"minimum": 12', "questions.age.minimum"), ('"lo": 1', "scales.agree.lo")):
        found = told(document.replace(old, f"{old.partition(' ')[0]} {number}"))
        assert [where for where, _ in found] == [f"1: {place}"]


def test_a_point_of_a_scale_is_written_in_one_way() -> None:
    found = told(with_line("5: {es: Mucho, en: A lot}", "5: {es: Mucho, en: A lot}, 05: {es: Todo, en: All}"))
    assert [fault for _, fault in found] == ["“05” is not a point of a scale."]


def test_a_default_that_is_wrong_is_told_once_in_its_place() -> None:
    found = told("defaults: {required: perhaps, unknown: maybe}\n" + SMALL)
    assert found == [
        ("1: defaults.required", "“perhaps” is not a way to require an answer."),
        ("1: defaults.unknown", "“maybe” is neither true nor false."),
    ]
    assert [place for place, _ in told("defaults: []\n" + SMALL)] == ["1: defaults"]


def test_a_document_survives_a_store_that_does_not_keep_the_order_of_keys() -> None:
    form = load(SMALL)
    assert from_document(json.loads(json.dumps(to_document(form), sort_keys=True))) == form


def test_equal_forms_have_one_digest_and_others_another() -> None:
    assert codec.digest(load(SMALL)) == codec.digest(load(dump(load(SMALL))))
    assert codec.digest(load(SMALL)) != codec.digest(load(with_line("Estuvo bien", "Estuvo mal")))
    assert len(codec.digest(load(SMALL))) == 64


def test_defaults_are_for_every_question_that_can_have_them_and_does_not_say_otherwise() -> None:
    text = with_line("scales:", "defaults: {unknown: true, refuse: yes, required: soft}\nscales:")
    text = text.replace("minimum: 12", "minimum: 12\n        unknown: false")
    text += "      - {name: n, kind: note, label: {es: Lea, en: Read}}\n"
    age, good, note = load(text).questions()
    assert (age.unknown, age.refuse, age.required) == (False, True, "soft")
    assert (good.unknown, good.refuse, good.required) == (True, True, "soft")
    assert (note.unknown, note.refuse, note.required) == (False, False, "no")


def test_words_that_yaml_likes_to_change_stay_words() -> None:
    text = with_line("languages: [es, en]", "languages: [es, en, no]").replace("en: Survey}", "en: Survey, no: no}")
    text = text.replace("kind: number", "kind: choice").replace(
        "        minimum: 12\n", "        choices: [yes, no, 2026-07-18, 012, on]\n"
    )
    form = load(text)
    assert form.title.get("no") == "no"
    assert [choice.value for choice in next(form.questions()).choices] == ["yes", "no", "2026-07-18", "012", "on"]


def test_options_are_written_short_long_or_as_a_list() -> None:
    short = "choices: {a: {es: Una, en: One}, b: {label: {es: Otra, en: Two}, exclusive: true, show_if: age > 3}}"
    listed = "choices: [{value: a, label: {es: Una, en: One}}, {value: b, label: {es: Otra, en: Two}, exclusive: yes, show_if: age > 3}]"
    forms = [load(SMALL.replace("kind: scale", "kind: several").replace("scale: agree\n", f"{said}\n")) for said in (short, listed)]
    assert forms[0] == forms[1]
    assert list(forms[0].questions())[1].choices == (
        Choice("a", a_text("Una", "One")),
        Choice("b", a_text("Otra", "Two"), exclusive=True, show_if="age > 3"),
    )


def test_plain_words_are_in_the_base_language() -> None:
    assert load(with_line("{es: Encuesta, en: Survey}", "Encuesta 2026")).title.as_dict() == {"es": "Encuesta 2026"}


# What can be wrong -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("1", "The file is empty.")),
        ("# nothing\n", ("1", "The file is empty.")),
        ("- a\n- b\n", ("1: form", "A group of keys is expected here.")),
        ("just words", ("1: form", "A group of keys is expected here.")),
        ("name: 'open\n", ("2", "This is not YAML: found unexpected end of stream.")),
        ("name: a\n\ttitle: b\n", ("2", "This is not YAML: found character '\\t' that cannot start any token.")),
        ("name: a\n---\nname: b\n", ("2", "There are several documents in the file.")),
        ("name: a\ntitle: t\nname: b\n", ("3", "“name” is written twice; the first time on line 1.")),
        ('{"name": "a", "name": "b"}', ("1", "“name” is written twice; the first time on line 1.")),
        (
            "name: !!python/object/apply:os.system [ls]\n",
            ("1", "The tag “tag:yaml.org,2002:python/object/apply:os.system” is not allowed."),
        ),
        ("name: a\x07b\n", ("1", "The file has characters that YAML does not allow.")),
        ("name: *nobody\n", ("1", "This is not YAML: found undefined alias 'nobody'.")),
        ("name: &a [*a]\n", ("1", "This part contains itself.")),
        ("? [a, b]\n: c\n", ("1", "A key must be one word.")),
        ("[" * 5000, ("1", "The file is nested too deeply.")),
        ('{"a": ' * 5000, ("1", "The file is nested too deeply.")),
        ("x" * 1_000_001, ("1", "The file is too long: 1000001 characters.")),
    ],
)
def test_what_is_no_file_at_all_is_told_with_its_line(text: str, expected: tuple[str, str]) -> None:
    assert told(text)[0] == expected


def test_a_small_file_cannot_grow_into_a_large_one() -> None:
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9))
    assert [fault for _, fault in told(bomb)] == ["The file grows too large by its aliases."]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("minimum: 12", "minimun: 12", ("13: questions.age.minimun", "“minimun” is not known here.")),
        ("kind: number", "kind: nunber", ("11: questions.age.kind", "There is no kind of question called “nunber”.")),
        ("        kind: number\n", "", ("10: questions.age", "The question does not say its kind.")),
        ("minimum: 12", "minimum: twelve", ("13: questions.age.minimum", "“twelve” is not a number.")),
        ("minimum: 12", "required: maybe", ("13: questions.age.required", "“maybe” is not a way to require an answer.")),
        ("minimum: 12", "unknown: perhaps", ("13: questions.age.unknown", "“perhaps” is neither true nor false.")),
        ("{lo: 1, hi: 5,", "{lo: one, hi: 5,", ("6: scales.agree.lo", "“one” is not a whole number.")),
        ("{lo: 1, hi: 5,", "{hi: 5,", ("6: scales.agree", "The scale does not say “lo”.")),
        ("labels: {1:", "labels: {one:", ("6: scales.agree.labels.one", "“one” is not a point of a scale.")),
        ("{es: Estuvo bien,", "{es: Sí, muy bien,", ("16: questions.good.label.muy bien", "“muy bien” is not the code of a language.")),
        ("{es: Estuvo bien, en: It was good}", "[a, b]", ("16: questions.good.label", "Words are expected here.")),
        ("{es: Encuesta, en: Survey}", "{es: [Encuesta]}", ("3: title.es", "Words are expected here.")),
        ("show_if: age >= 18", "show_if: [age]", ("18: questions.good.show_if", "Words are expected here.")),
        ("  - name: main\n    questions:", "  - nombre: main\n    questions:", ("8: sections.1.nombre", "“nombre” is not known here.")),
        ("languages: [es, en]", "languages: {es: en}", ("4: languages", "A list is expected here.")),
        ("sections:", "seccions:", ("7: seccions", "“seccions” is not known here.")),
        ("      - name: age\n", "      - age\n      - name: age\n", ("10: sections.main.questions.1", "A group of keys is expected here.")),
    ],
)
def test_what_was_not_understood_is_told_with_line_place_and_remedy(old: str, new: str, expected: tuple[str, str]) -> None:
    assert expected in told(with_line(old, new))


def test_all_faults_are_told_at_once_and_in_the_order_of_the_file() -> None:
    text = (
        with_line("minimum: 12", "minimun: 12").replace("{lo: 1, hi: 5,", "{lo: one, hi: 5,").replace("scale: agree\n", "escale: agree\n")
    )
    assert [place for place, _ in told(text)] == ["6: scales.agree.lo", "13: questions.age.minimun", "17: questions.good.escale"]


def test_the_problems_of_a_check_get_the_lines_of_the_file() -> None:
    text = with_line("scale: agree", "scale: agre").replace("age >= 18", "age >=")
    problems = codec.placed(text, check(load(text)))
    assert [problem.place for problem in problems] == ["6: scales.agree", "17: questions.good.scale", "18: questions.good.show_if:7"]


def test_a_file_that_is_not_utf_8_is_told_with_its_line() -> None:
    assert codec.decode("\ufeffname: ñ".encode()) == "name: ñ"
    with pytest.raises(FormFileError) as fault:
        codec.decode("name: a\ntitle: año".encode("latin-1"))
    assert fault.value.problems[0].place == "2"


@pytest.mark.parametrize(
    "document", [None, [], "text", 3, {"sections": 5}, {"sections": [None]}, {"scales": [[1]]}, {1: 2}, {"title": {1: 2}}]
)
def test_a_document_of_another_shape_ends_in_problems(document: Any) -> None:
    with pytest.raises(FormFileError) as fault:
        from_document(document)
    assert all(problem.place and problem.remedy.words for problem in fault.value.problems)


def test_words_that_no_page_can_show_are_told() -> None:
    with pytest.raises(FormFileError) as fault:
        from_document({"name": "a", "title": {"es": "a\ud800"}, "languages": ["es"], "sections": []})
    assert [problem.place for problem in fault.value.problems] == ["title.es"]


# Round trips -----------------------------------------------------------------------------------------------------------

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
VALUES = st.from_regex(r"[A-Za-z0-9_]{1,6}(-[a-z_]{1,4})?", fullmatch=True)
SAID = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n?:,{}[]#'\"&*!|>%@`-"), min_size=1, max_size=30)
SAID = SAID.map(str.strip).filter(lambda said: bool(said) and not any(character in said for character in "\ufffe\uffff"))
TEXTS = st.builds(lambda es, en: Text.of({"es": es, "en": en}), SAID, SAID)
MAYBE_TEXTS = st.just(Text()) | TEXTS


def scales() -> st.SearchStrategy[Scale]:
    def build(name: str, lo: int, step: int, count: int, labels: dict[int, Text]) -> Scale:
        points = range(lo, lo + step * count + 1, step)
        return Scale(name, lo, lo + step * count, step, tuple((p, labels[i]) for i, p in enumerate(points) if i in labels))

    labels = st.dictionaries(st.integers(0, 5), TEXTS, max_size=3)
    return st.builds(build, NAMES, st.integers(-3, 3), st.integers(1, 4), st.integers(1, 10), labels)


def settings_of(kind: str) -> st.SearchStrategy[tuple[tuple[str, Any], ...]]:
    values = {
        "flag": st.booleans(),
        "whole": st.integers(1, 9),
        "number": st.integers(-9, 9) | st.sampled_from([0.5, 2.25]),
        "day": st.dates().map(lambda day: day.isoformat()),
        "text": SAID,
        "words": TEXTS,
    }
    declared = {setting.name: values[setting.kind] for setting in type_of(kind).settings}
    return st.fixed_dictionaries({}, optional=declared).map(lambda given: tuple(sorted(given.items(), key=lambda pair: pair[0])))


@st.composite
def questions(draw: st.DrawFn, name: str, scale_names: list[str]) -> Question:
    kind = draw(st.sampled_from(KINDS))
    needs = type_of(kind).needs
    flags = st.booleans()
    choices = draw(st.lists(st.builds(Choice, VALUES, MAYBE_TEXTS, flags, st.just("")), max_size=3)) if "choices" in needs else []
    rows = draw(st.lists(st.builds(Row, VALUES, MAYBE_TEXTS, flags, st.just(""), st.just("")), max_size=3)) if "rows" in needs else []
    return Question(
        name,
        kind,
        label=draw(TEXTS),
        hint=draw(MAYBE_TEXTS),
        message=draw(MAYBE_TEXTS),
        required=draw(st.sampled_from(["no", "soft", "yes"])),
        show_if=draw(st.sampled_from(["", "a > 1 and b = 'x'"])),
        construct=draw(st.sampled_from(["", "TRUST"])),
        reverse=draw(flags),
        unknown=draw(flags),
        refuse=draw(flags),
        sensitive=draw(flags),
        scale=draw(st.sampled_from(scale_names)) if "scale" in needs and scale_names else "",
        choices=tuple(choices),
        rows=tuple(rows),
        of_groups=draw(flags),
        shuffle=draw(flags),
        settings=draw(settings_of(kind)),
    )


@st.composite
def definitions(draw: st.DrawFn) -> FormDefinition:
    own = draw(st.lists(scales(), max_size=2, unique_by=lambda scale: scale.name))
    names = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
    asked = [draw(questions(name, [scale.name for scale in own])) for name in names]
    cut = draw(st.integers(0, len(asked)))
    sections = (Section("one", draw(MAYBE_TEXTS), tuple(asked[:cut])), Section("two", draw(MAYBE_TEXTS), tuple(asked[cut:])))
    words = draw(st.dictionaries(NAMES, TEXTS, max_size=2))
    return FormDefinition(
        draw(NAMES),
        draw(TEXTS),
        ("es", "en"),
        sections,
        intro=draw(MAYBE_TEXTS),
        scales=tuple(own),
        minutes=draw(st.integers(0, 90)),
        source=draw(st.just("") | SAID),
        licence=draw(st.just("") | SAID),
        words=tuple(sorted(words.items())),
    )


@settings(max_examples=150, deadline=None)
@given(definitions())
def test_every_definition_survives_yaml_json_and_a_document(form: FormDefinition) -> None:
    assert load(dump(form)) == form
    assert load(json.dumps(to_document(form))) == form
    assert from_document(json.loads(json.dumps(to_document(form), sort_keys=True))) == form
    assert codec.digest(load(dump(form))) == codec.digest(form)


@settings(max_examples=100, deadline=None)
@given(definitions())
def test_every_definition_can_be_checked(form: FormDefinition) -> None:
    for problem in check(form):
        assert problem.place
        assert str(problem.fault)
        assert str(problem.remedy)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted({*codec.FORM_KEYS, *codec.QUESTION_KEYS})), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(JSON_VALUES)
def test_nothing_that_is_json_ends_in_anything_but_a_form_or_problems(document: Any) -> None:
    try:
        form = from_document(document)
    except FormFileError as fault:
        told_of = fault.problems
    else:
        told_of = check(form)
    assert told_of


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_no_text_ends_in_anything_but_a_form_or_problems(text: str) -> None:
    with pytest.raises(FormFileError):
        load(text)


def test_a_dumped_file_is_pleasant_to_read() -> None:
    form = a_form(a_question("scale"), a_question("choice", "c", choices=some_choices("a")), scales=(AGREE,))
    assert dump(form) == Path(__file__).with_name("small.yaml").read_text(encoding="utf-8")
