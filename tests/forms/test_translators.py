"""A form to a translator and back, as a workbook and as PO: what both sides changed, and what other programmes do to such files."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from hypothesis import given, settings
from hypothesis import strategies as st

from forms import bank
from forms.definition import FormDefinition
from forms.exchange.translator_po import read_translation, write_translation
from forms.exchange.translator_workbook import read_translated_workbook, write_workbook
from forms.exchange.translators import (
    Outcome,
    Returned,
    Sent,
    TranslationRefused,
    instructions,
    language_of,
    lines,
    merge,
    settled,
    taken,
    with_translations,
)
from forms.texts import all_texts
from forms.translating import confirmed, fingerprint, remembered, text_states, without_languages
from forms.wording import Text
from surveys.languages import Speaker
from tests.forms.factories import a_form, a_question, a_text, some_choices

SPANISH, ENGLISH = Speaker("es"), Speaker("en")
NAMES = {"es": "Español", "en": "English"}
LABEL = "questions.a.label"


def asking(es: str, en: str, **parts: Any) -> FormDefinition:
    return a_form(a_question("long_text", "a", label=Text.of({"es": es, "en": en}), **parts))


def workbook_of(form: FormDefinition, memory: dict[str, Any] | None = None, language: str = "en") -> bytes:
    return write_workbook(form, memory or {}, language, NAMES, [SPANISH, ENGLISH])


def po_of(form: FormDefinition, memory: dict[str, Any] | None = None, language: str = "en") -> bytes:
    return write_translation(form, memory or {}, language, NAMES, [SPANISH, ENGLISH])


def from_workbook(data: bytes) -> Returned:
    return read_translated_workbook(data, "es")


def edited_workbook(data: bytes, edit: Callable[[Any], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book["en"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def written(sheet: Any, place: str, words: str | None, column: int = 4) -> None:
    """Write in the row of a text; column 4 is the translation, 7 is “still right”."""
    row = next(row[0].row for row in sheet.iter_rows() if row[0].value == place)
    sheet.cell(row, column).value = words


def translated(form: FormDefinition, words: str | None, place: str = LABEL, column: int = 4) -> Returned:
    return from_workbook(edited_workbook(workbook_of(form), lambda sheet: written(sheet, place, words, column)))


def outcome(form: FormDefinition, returned: Returned, place: str = LABEL, memory: dict[str, Any] | None = None) -> Outcome:
    return next(one for one in merge(form, memory or {}, "en", returned.sent) if one.place == place)


def stale_memory() -> dict[str, Any]:
    return remembered({}, asking("Hola", "Hello"), asking("Buenos días", "Hello"))


# The two files ---------------------------------------------------------------------------------------------------------


def test_a_line_says_where_its_text_stands_what_state_it_has_and_what_to_keep() -> None:
    form = asking("Hola", "", hint=a_text("Sobre {topic}", "About {topic}"))
    found = {line.place: line for line in lines(form, {}, "en", SPANISH)}
    assert (found[LABEL].where, found[LABEL].state_in_words) == ("Pregunta 1", "Falta traducir")
    assert found["questions.a.hint"].note == "Conserve tal como está: {topic}"


def test_the_workbook_names_its_columns_and_brings_instructions_in_both_languages() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook_of(asking("Hola", "Hello"))))
    told = [cell.value for (cell,) in book["Tupuy"].iter_rows() if cell.value]
    assert told[0] == "Encuesta: de Español a English"
    assert "Survey: from Español into English" in told
    headings = [cell.value.rpartition(" ")[2] for cell in book["en"][1]]
    assert headings == ["[key]", "[where]", "[es]", "[en]", "[state]", "[note]", "[ok]", "[check]"]


@pytest.mark.parametrize(
    "words", ["=1+1", '=HYPERLINK("http://x")', "@SUM(A1)", "-2", "+51 9", "http://tupuy.org", "0012", "{=A1}", "2026-07-18"]
)
def test_what_looks_like_a_formula_a_link_or_a_number_stays_text(words: str) -> None:
    data = workbook_of(asking(words, words))
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(data))["en"].iter_rows() for cell in row if cell.value == words]
    assert [(cell.data_type, cell.hyperlink) for cell in cells] == [("s", None), ("s", None)]
    assert next(sent.said for sent in from_workbook(data).sent if sent.place == LABEL) == words


def test_babel_reads_the_po_with_places_as_contexts_and_stale_texts_fuzzy() -> None:
    catalogue = read_po(io.BytesIO(po_of(asking("Buenos días", "Hello"), stale_memory())))
    message = catalogue.get("Buenos días", LABEL)
    assert message is not None
    assert (message.string, message.fuzzy, message.auto_comments[0]) == ("Hello", True, "Pregunta 1")
    assert str(catalogue.locale) == "en"


def test_a_percent_sign_is_no_format_for_a_po_editor() -> None:
    assert b"python-format" not in po_of(asking("El 100 % de las personas", "100% of people"))


def test_the_instructions_of_po_speak_of_its_marks() -> None:
    told = instructions(asking("Hola", ""), NAMES, "en", ENGLISH, False)
    assert any("fuzzy" in sentence for sentence in told)
    assert not any("column “Still right”" in sentence for sentence in told)


READERS = [(workbook_of, from_workbook), (po_of, read_translation)]


@pytest.mark.parametrize(("write", "read"), READERS)
@pytest.mark.parametrize("name", bank.names())
def test_an_instrument_comes_back_as_it_went(name: str, write: Callable[..., bytes], read: Callable[..., Returned]) -> None:
    form = bank.instrument(name)
    returned = read(write(form))
    assert language_of(form, returned) == "en"
    outcomes = merge(form, {}, "en", returned.sent)
    assert {one.fate for one in outcomes} == {"unchanged"}
    assert [one.place for one in outcomes] == [one.place for one in text_states(form, {})]


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\"\\'=+%{}#_x"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["title", LABEL, "questions.a.choices.x", "questions.a.hint", "words.topic"]), st.tuples(WORDS, WORDS))
)
def test_every_translation_survives_both_files(said: dict[str, tuple[str, str]]) -> None:
    """What a form says is sent, and taken by the same form without translations: both then say the same."""
    form = replace(
        a_form(a_question("choice", "a", choices=some_choices("x"), hint=a_text("Ayuda", "Help"))), words=(("topic", a_text("b", "c")),)
    )
    form = with_translations(form, "es", {place: f"x{es.strip()}" for place, (es, _) in said.items()})
    form = with_translations(form, "en", {place: en.strip().replace("{", "").replace("}", "") for place, (_, en) in said.items()})
    form = with_translations(form, "es", {place: (text.get("es") or "").replace("{", "") for place, text in all_texts(form)})
    bare = replace(without_languages(form, ["en"]), languages=form.languages)
    for write, read in READERS:
        sent = [replace(one, said_then=fingerprint(""), is_unfinished=False) for one in read(write(form)).sent]
        outcomes = merge(bare, {}, "en", sent)
        back = with_translations(bare, "en", {one.place: one.there for one in taken(outcomes)})
        assert [(place, _folded(text)) for place, text in all_texts(back)] == [(place, _folded(text)) for place, text in all_texts(form)]
        assert {one.fate for one in merge(form, {}, "en", read(write(form)).sent)} <= {"unchanged"}


def _folded(text: Text) -> dict[str, str]:
    return {language: fingerprint(words) for language, words in text.words}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda words: words.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    for read in (from_workbook, read_translation):
        assert problems_in(read, data) or read(data).sent is not None


def problems_in(read: Callable[[bytes], Returned], data: bytes) -> list[str]:
    try:
        read(data)
    except TranslationRefused as fault:
        return [f"{problem.fault} {problem.remedy}" for problem in fault.problems]
    return []


# Putting both sides together -------------------------------------------------------------------------------------------


def test_what_only_the_translator_changed_is_taken() -> None:
    form = asking("Hola", "")
    found = outcome(form, translated(form, "Hello"))
    assert (found.fate, found.there) == ("applied", "Hello")


def test_what_only_changed_here_stays() -> None:
    assert outcome(asking("Hola", "Hi there"), translated(asking("Hola", "Hello"), "Hello")).fate == "unchanged"


def test_what_both_changed_waits_for_a_choice() -> None:
    now = asking("Hola", "Hi")
    outcomes = merge(now, {}, "en", translated(asking("Hola", "Hello"), "Good morning").sent)
    found = next(one for one in outcomes if one.place == LABEL)
    assert (found.fate, found.base, found.here, found.there) == ("conflict", "Hola", "Hi", "Good morning")
    assert taken(outcomes) == []
    assert taken(outcomes, [LABEL]) == [found]


def test_what_both_changed_to_the_same_is_no_conflict() -> None:
    assert outcome(asking("Hola", "Hi"), translated(asking("Hola", "Hello"), "Hi")).fate == "unchanged"


def test_a_translation_of_a_base_that_changed_meanwhile_is_taken_and_stale() -> None:
    sent_form, now = asking("Hola", ""), asking("Buenos días", "")
    outcomes = merge(now, {}, "en", translated(sent_form, "Hello").sent)
    assert next(one.fate for one in outcomes if one.place == LABEL) == "outdated"
    new = with_translations(now, "en", {one.place: one.there for one in taken(outcomes)})
    memory = settled(remembered({}, now, new), new, "en", outcomes)
    assert [one.state for one in text_states(new, memory) if one.place == LABEL] == ["stale"]


def test_an_empty_cell_erases_nothing() -> None:
    form = asking("Hola", "Hello")
    assert outcome(form, translated(form, None)).fate == "blank"
    assert outcome(asking("Hola", ""), translated(asking("Hola", ""), None)).fate == "unchanged"


def test_a_lost_place_is_told_and_not_taken() -> None:
    form = asking("Sobre {topic}", "")
    assert outcome(form, translated(form, "About it")).fate == "places"
    assert outcome(form, translated(form, "About {topics}")).fate == "places"
    assert outcome(form, translated(form, "Of {topic}")).fate == "applied"


def test_a_text_that_the_form_no_longer_has_is_told() -> None:
    form = asking("Hola", "Hello", hint=a_text("Ayuda", "Help"))
    assert outcome(asking("Hola", "Hello"), translated(form, "Aid", "questions.a.hint"), "questions.a.hint").fate == "unknown"


def test_a_file_of_another_form_is_refused() -> None:
    with pytest.raises(TranslationRefused, match="belongs to this form"):
        merge(asking("Hola", ""), {}, "en", [Sent("questions.z.label", "Hello")])


def test_a_key_that_is_there_twice_with_other_words_is_told() -> None:
    form = asking("Hola", "")
    assert outcome(form, Returned("en", (Sent(LABEL, "Hello"), Sent(LABEL, "Hi")))).fate == "repeated"
    assert outcome(form, Returned("en", (Sent(LABEL, "Hello"), Sent(LABEL, "Hello ")))).fate == "applied"


def test_lost_fingerprints_never_overwrite_words() -> None:
    assert outcome(asking("Hola", "Hi"), Returned("en", (Sent(LABEL, "Hello"),))).fate == "conflict"
    assert outcome(asking("Hola", ""), Returned("en", (Sent(LABEL, "Hello"),))).fate == "applied"


def test_a_stale_translation_found_still_right_is_done() -> None:
    form, memory = asking("Buenos días", "Hello"), stale_memory()
    data = edited_workbook(workbook_of(form, memory), lambda sheet: written(sheet, LABEL, "ok", 7))
    outcomes = merge(form, memory, "en", from_workbook(data).sent)
    assert [one.place for one in outcomes if one.fate == "confirmed"] == [LABEL]
    assert [one.state for one in text_states(form, settled(memory, form, "en", outcomes)) if one.place == LABEL] == ["done"]


def test_the_fuzzy_mark_taken_away_confirms_and_left_in_place_does_not() -> None:
    form, memory = asking("Buenos días", "Hello"), stale_memory()
    data = po_of(form, memory)
    assert outcome(form, read_translation(data), memory=memory).fate == "unchanged"
    assert outcome(form, read_translation(data.replace(b"#, fuzzy\n", b"")), memory=memory).fate == "confirmed"
    assert outcome(form, read_translation(data.replace(b'"Hello"', b'"Hi"')), memory=memory).fate == "unfinished"


def test_what_was_confirmed_here_is_not_confirmed_again_by_an_unchanged_line() -> None:
    form = asking("Plaza", "Plaza")
    memory = confirmed({}, form, LABEL, "en")
    assert outcome(form, translated(form, "ok", column=7), memory=memory).fate == "unchanged"


# Languages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "found"), [("pt-BR", "pt-BR"), ("pt_BR", "pt-BR"), ("pt", "pt-BR"), ("QU", "qu"), ("qu_PE", "qu")])
def test_codes_of_languages_are_known_however_editors_write_them(said: str, found: str) -> None:
    form = replace(asking("Hola", ""), languages=("es", "qu", "pt-BR"))
    assert language_of(form, Returned(said, ())) == found


@pytest.mark.parametrize(("said", "expected"), [("fr", ""), ("es", ""), ("", ""), ("en", "qu")])
def test_a_file_in_another_language_is_refused(said: str, expected: str) -> None:
    form = replace(asking("Hola", ""), languages=("es", "en", "qu"))
    with pytest.raises(TranslationRefused):
        language_of(form, Returned(said, ()), expected)


@pytest.mark.parametrize("language", ["qu", "ay", "pt-BR", "ar", "shp", "zxx"])
def test_any_language_travels_in_both_files(language: str) -> None:
    form = replace(asking("Hola", ""), languages=("es", language))
    form = with_translations(form, language, {LABEL: "سلام 🦙"})
    for write, read in READERS:
        returned = read(write(form, None, language))
        assert language_of(form, returned) == language
        assert next(sent.said for sent in returned.sent if sent.place == LABEL) == "سلام 🦙"


# What other programmes do to the files ---------------------------------------------------------------------------------


def test_columns_and_rows_in_another_order_and_a_renamed_sheet_do_no_harm() -> None:
    def shuffle(sheet: Any) -> None:
        rows = [[cell.value for cell in row][::-1] for row in sheet.iter_rows()]
        sheet.delete_rows(1, sheet.max_row)
        for row in [["", "note for you"], rows[0], *reversed(rows[1:])]:
            sheet.append(row)
        sheet.title = "Hoja1"

    form = asking("Hola", "Hello")
    data = edited_workbook(workbook_of(form), shuffle)
    assert {one.fate for one in merge(form, {}, "en", from_workbook(data).sent)} == {"unchanged"}


@pytest.mark.parametrize("lost", ["[key]", "[en]"])
def test_a_workbook_without_its_keys_or_its_language_is_refused(lost: str) -> None:
    def lose(sheet: Any) -> None:
        next(cell for cell in sheet[1] if lost in cell.value).value = "?"

    with pytest.raises(TranslationRefused):
        from_workbook(edited_workbook(workbook_of(asking("Hola", "")), lose))


def test_a_poedit_file_is_read() -> None:
    """Poedit writes the header anew, sorts, wraps at 79 and drops the flag of what was looked at."""
    form = asking("Hola a todas las personas", "")
    catalogue = read_po(io.BytesIO(po_of(form)))
    other = Catalog(locale="en", charset="utf-8", fuzzy=False, last_translator="Ana <ana@example.org>")
    for message in sorted((one for one in catalogue if one.id), key=lambda one: str(one.context), reverse=True):
        said = (
            "Hello to everybody, said at length so that the line is wrapped by the editor " * 2
            if message.context == LABEL
            else message.string
        )
        other.add(message.id, said, auto_comments=message.auto_comments, context=message.context)
    out = io.BytesIO()
    write_po(out, other, width=79)
    found = outcome(form, read_translation(b"\xef\xbb\xbf" + out.getvalue()))
    assert (found.fate, found.there.count("everybody")) == ("applied", 2)


def test_a_po_without_comments_is_merged_by_its_base_text() -> None:
    form = asking("Hola", "")
    data = b"\n".join(
        line for line in po_of(form).replace(b'msgid "Hola"\nmsgstr ""', b'msgid "Hola"\nmsgstr "Hello"').splitlines() if line[:2] != b"#."
    )
    assert outcome(form, read_translation(data)).fate == "applied"
    assert outcome(asking("Buenos días", ""), read_translation(data)).fate == "outdated"


@pytest.mark.parametrize("cut", [b'msgstr "Hel', b'"a line that goes', b'msgid "', b"xx"])
def test_a_po_that_was_cut_is_refused_with_its_line(cut: bytes) -> None:
    with pytest.raises(TranslationRefused) as fault:
        read_translation(b'msgctxt "a"\nmsgid "b"\nmsgstr "c"\n\n' + cut)
    assert [problem.place for problem in fault.value.problems] == ["PO, 5"]


def test_a_po_in_another_encoding_is_read_as_its_header_says() -> None:
    data = po_of(asking("Hola", "Olá")).replace(b"charset=utf-8", b"charset=iso-8859-1").decode().encode("iso-8859-1", "replace")
    assert next(sent.said for sent in read_translation(data).sent if sent.place == LABEL) == "Olá"


SOFFICE = shutil.which("soffice")


@pytest.mark.skipif(SOFFICE is None and not os.environ.get("TUPUY_MUST_HAVE_LIBREOFFICE"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_workbook_and_what_it_saves_comes_back_the_same(tmp_path: Path) -> None:
    form = asking("=1+1", "-2 +3", hint=a_text("Línea uno\nlínea dos «¿?»", "Line one\nline two 🦙"), message=a_text("0012", "1e5"))
    (tmp_path / "sent.xlsx").write_bytes(workbook_of(form))
    command = [
        str(SOFFICE),
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run([*command, "--outdir", tmp_path / "saved", tmp_path / "sent.xlsx"], check=True, capture_output=True, timeout=180)
    returned = from_workbook((tmp_path / "saved" / "sent.xlsx").read_bytes())
    assert {one.place: one.said for one in returned.sent} == {one.place: one.said for one in text_states(form, {})}
    assert {one.fate for one in merge(form, {}, "en", returned.sent)} == {"unchanged"}
