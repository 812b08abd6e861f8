"""Printed sheets: what an independent reader finds in the PDF, for every kind of question, in every language."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings

from forms import codec
from forms.definition import FormDefinition, Question, Row, Section
from forms.markup import plain
from forms.paper import paper_questions, posted_of, typed_of
from forms.questions import KINDS
from forms.texts import all_texts, with_texts
from forms.wording import Text
from surveys import papering
from surveys.errors import SignNotPrintable
from tests.forms.strategies import definitions
from tests.surveys.test_printing import read_by
from tests.web.questionnaires import AMOUNT, GROUPS, every_kind, words


def a_programme(**more: Any) -> Any:
    groups = [SimpleNamespace(key=key, name={"es": es, "en": en}, members=20, is_asked=True, shown_in=None) for key, es, en in GROUPS]
    plain_one = {"name": {"es": "Comunidad de Moquegua", "en": "Moquegua community"}, "languages": ["es", "en"], "groups": groups}
    return SimpleNamespace(**{**plain_one, "min_cell": 5, "analysts": [], **more})


def a_printed(
    definition: FormDefinition, languages: tuple[str, ...] = ("es",), is_large: bool = False, sheets: int = 1, **more: Any
) -> bytes:
    version = SimpleNamespace(definition=codec.to_document(definition))
    round_ = SimpleNamespace(version=version, survey=SimpleNamespace(programme=a_programme(**more)), event=None)
    codes = [{"code": f"K7M-4T{'ABCDEFGH'[n]}-Q", "number": n + 1} for n in range(sheets)]
    return papering.print_sheets(round_, languages, is_large, codes)


def text_of(pdf: bytes) -> str:
    """All words of a PDF, without the breaks of its lines."""
    return joined(read_by("pdftotext", pdf, "-raw", "-", "-"))


def joined(said: str) -> str:
    return re.sub(r"[\s\u00ad-]+", "", said)


def in_quechua(definition: FormDefinition) -> FormDefinition:
    """The form with a third language, whose words can be told from the others."""
    said = with_texts(definition, lambda text: Text.of({**text.as_dict(), "qu": f"{plain(text.in_language('es'))} ñuqa"}) if text else text)
    return replace(said, languages=(*definition.languages, "qu"))


@pytest.mark.parametrize("is_large", [False, True], ids=["ordinary", "large"])
@pytest.mark.parametrize("language", ["es", "en", "qu"])
def test_every_text_of_every_kind_of_question_is_printed(language: str, is_large: bool) -> None:
    definition = in_quechua(every_kind())
    assert {question.kind for question in definition.questions()} == set(KINDS)
    found = text_of(a_printed(definition, (language,), is_large))
    missing = [at for at, text in all_texts(definition) if joined(plain(text.in_language(language))) not in found]
    assert missing == []


def test_a_sheet_in_two_languages_says_everything_in_both() -> None:
    found = text_of(a_printed(every_kind(), ("es", "en")))
    wanted = [text.in_language(language) for _, text in all_texts(every_kind()) for language in ("es", "en")]
    assert [said for said in wanted if joined(said) not in found] == []


def test_a_condition_is_printed_in_words() -> None:
    found = text_of(a_printed(every_kind(), ("en",)))
    assert joined("Answer only if you chose “No” in “Did you come to the last workshop?”.") in found
    assert joined("Answer only if you chose “At the mine” in “What is your work?”.") in found


def test_long_tables_lose_no_row_and_repeat_their_heads() -> None:
    rows = tuple(Row(f"r{n}", words(f"Fila número {n}.", f"Row {n}.")) for n in range(60))
    question = Question("tr", "battery", words("¿Cuánto confía?", "How much?"), scale="amount", unknown=True, rows=rows)
    form = FormDefinition("long", words("Larga", "Long"), ("es", "en"), (Section("one", questions=(question,)),), scales=(AMOUNT,))
    for is_large in (False, True):
        said = read_by("pdftotext", a_printed(form, ("es",), is_large), "-layout", "-", "-")
        assert [n for n in range(60) if f"Fila número {n}." not in said] == []
        pages = [page for page in said.split("\f") if "Fila número" in page]
        assert len(pages) > 2
        assert all("Bastante" in page and "No sé" in page for page in pages)


def test_each_sheet_has_its_code_and_its_own_pages_and_begins_on_a_front() -> None:
    pages = read_by("pdftotext", a_printed(every_kind(), sheets=2), "-layout", "-", "-").split("\f")
    said = [re.findall(r"(\w{3}-\w{3}-\w)\s+\S+ (\d+) / (\d+)", page) for page in pages]
    last = int(said[0][0][2])
    for code, start in (("K7M-4TA-Q", 0), ("K7M-4TB-Q", last + last % 2)):
        assert [said[start + n] for n in range(last)] == [[(code, str(n + 1), str(last))] for n in range(last)]


def test_a_sheet_is_tagged_and_says_its_language() -> None:
    pdf = a_printed(every_kind())
    told = read_by("pdfinfo", pdf, "-")
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"Page size: +595.*A4", told)
    assert b"/Lang(es)" in pdf


def sizes_of(pdf: bytes) -> set[float]:
    """The heights of all words in points, as an independent reader finds them."""
    told = read_by("pdftotext", pdf, "-bbox", "-", "-")
    return {round(float(low) - float(high), 1) for high, low in re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)"', told)}


def test_large_print_has_no_letter_below_sixteen_points() -> None:
    assert min(sizes_of(a_printed(every_kind(), ("es", "en"), is_large=True))) >= 16
    assert min(sizes_of(a_printed(every_kind()))) < 16


def test_the_promise_on_paper_is_true_of_paper() -> None:
    found = text_of(a_printed(every_kind(), ("en",), analysts=["ana", "luis"]))
    assert joined("Your answers do not carry your name") in found
    assert joined("whoever types this sheet in reads it") in found
    assert joined("Only 2 named people can see smaller figures") in found
    assert joined("about this phone") not in found
    assert joined("leave any question blank. Without your agreement") in found


def test_a_group_too_small_to_be_shown_is_told_so() -> None:
    groups = [SimpleNamespace(key="few", name={"es": "Pocos", "en": "Few"}, members=3, is_asked=True, shown_in=None)]
    assert joined("“Few” has fewer than 5 members") in text_of(a_printed(every_kind(), ("en",), groups=groups))


def test_words_of_a_form_are_never_markup() -> None:
    note = Question("hello", "note", words("#panic() $x$ [a] <b> **fuerte** y *fino*", "x"))
    form = FormDefinition("marked", words("Signos", "Signs"), ("es",), (Section("one", questions=(note,)),))
    assert joined("#panic() $x$ [a] <b> fuerte y fino") in text_of(a_printed(form))


@given(definitions())
@settings(max_examples=15, deadline=None)
def test_any_form_is_printed_or_told_which_sign_no_font_has(form: FormDefinition) -> None:
    with suppress(SignNotPrintable):
        assert a_printed(form, form.languages[:2], is_large=True).startswith(b"%PDF-")


def test_a_picture_beside_words_is_left_out_of_print() -> None:
    form = replace(every_kind(), title=words("¡Gracias! \U0001f642", "Thanks!"))
    assert "Gracias!" in text_of(a_printed(form))


def test_every_kind_of_question_says_what_is_filled_in() -> None:
    asked = {one.question.kind: one for one in paper_questions(every_kind())}
    assert [(one.number, kind) for kind, one in asked.items() if not one.spaces] == [("", "note")]
    assert {kind: one.spaces[0].look for kind, one in asked.items() if one.spaces} == {
        "consent": "tick", "yes_no": "circles", "short_text": "line", "choice": "circles", "number": "number", "day": "day",
        "scale": "number", "before_now": "points", "battery": "points", "several": "squares", "ranking": "boxes",
        "long_text": "lines", "own_code": "boxes",
    }  # fmt: skip


def test_what_is_typed_comes_back_from_what_a_page_sends() -> None:
    typed = {"came": "2", "job": "3", "job/other": "n", "help": "1 3", "best/water": "2", "tr/mayor": "n", "code/mother": "n", "agree": "1"}
    posted = posted_of(every_kind(), typed)
    assert posted == {
        "came": ["0"], "job": ["other"], "job/other": ["n"], "help": ["maps", "nothing"], "best/water": ["2"], "tr/mayor": ["~unknown"],
        "code/mother": ["n"], "agree": ["1"],
    }  # fmt: skip
    assert typed_of(every_kind(), posted) == typed


def test_a_large_batch_is_printed_in_parts_that_hold_every_sheet_once() -> None:
    told = papering.Totals(SimpleNamespace(), tuple(range(1, 121)), 0, (), 0, 0)
    assert told.parts == [(1, 50), (51, 100), (101, 120)]
