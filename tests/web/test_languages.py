"""Forms in languages that Tupuy does not speak itself: the content in them, its own words in the programme's, told once."""

from __future__ import annotations

import gzip
import re
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from forms import codec
from forms.definition import FormDefinition
from surveys.storage import Response
from surveys.storage.database import Database
from tests.web.questionnaires import a_programme, a_round

THREE = """
name: three
title: {es: Su opinión, en: Your view, qu: Imatam yuyanki}
intro: {es: "**Gracias** por venir.", en: "**Thank you** for coming.", qu: "Hamusqaykimanta **añay**."}
languages: [es, en, qu]
scales:
  amount:
    lo: 1
    hi: 5
    labels:
      1: {es: Nada, en: None, qu: Mana}
      2: {es: Poco, en: Little, qu: Pisi}
      3: {es: Regular, en: Some, qu: Chawpi}
      4: {es: Bastante, en: Much, qu: Ancha}
      5: {es: Mucho, en: A lot, qu: Llumpay}
sections:
  - name: main
    questions:
      - name: group
        kind: choice
        of_groups: true
        required: "yes"
        label: {es: ¿Cuál es su grupo?, en: Which is your group?, qu: ¿Mayqin ayllumantataq kanki?}
      - {name: came, kind: yes_no, label: {es: ¿Vino?, en: Did you come?, qu: ¿Hamurqankichu?}}
      - {name: why, kind: short_text, show_if: came = 0, label: {es: ¿Por qué no?, en: Why not?, qu: ¿Imanaptin mana?}}
      - {name: skill, kind: before_now, scale: amount, label: {es: ¿Cuánto sabe?, en: How much do you know?, qu: ¿Haykʼatataq yachanki?}}
      - {name: code, kind: own_code, label: {es: Su código, en: Your code, qu: Kikiykipa yupayniyki}}
"""


def in_two(form: str, *languages: str) -> FormDefinition:
    """The form with nothing but these languages; the first is the base."""
    document = codec.to_document(codec.load(form))

    def cut(part: Any) -> Any:
        if isinstance(part, dict):
            is_text = part.keys() and part.keys() <= {"es", "en", "qu"}
            return {key: cut(value) for key, value in part.items() if not is_text or key in languages}
        return [cut(one) for one in part] if isinstance(part, list) else part

    return codec.from_document({**cut(document), "languages": list(languages)})


def renamed(form: str, was: str, code: str) -> FormDefinition:
    """The same form with one language under another code."""
    return codec.load(re.sub(rf"\b{was}(?=[:,\]])", code, form))


def a_link(database: Database, form: FormDefinition, languages: list[str]) -> str:
    with database.session() as session:
        programme = a_programme(session, languages=languages)
        for group in programme.groups:
            group.name = {language: f"{group.key} {language}" for language in languages}
        label = dict.fromkeys(form.languages, "1")
        return a_round(session, form, programme, label=label).link


def test_three_languages_and_only_the_one_asked_for_is_in_the_page(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, codec.load(THREE), ["es", "en", "qu"])
    page = client.get(f"/r/{link}?lang=qu").text
    assert '<html lang="qu">' in page
    assert "¿Hamurqankichu?" in page
    assert "Hamusqaykimanta <strong>añay</strong>." in page
    assert "¿Vino?" not in page
    assert "Did you come?" not in page
    for name in ("Español", "English", "Runasimi"):
        assert f'class="keep">{name}</span></button>' in page


def test_tupuys_own_words_are_the_programmes_marked_as_such_and_told_once(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, codec.load(THREE), ["es", "en", "qu"])
    page = client.get(f"/r/{link}?lang=qu").text
    told = '<span lang="es" class="keep">Este cuestionario está en Runasimi. Los botones y los avisos están en español.</span>'
    assert page.count(told) == page.count("Los botones y los avisos están") == 1
    assert '<span lang="es" class="keep">Enviar mis respuestas</span>' in page
    spanish = client.get(f"/r/{link}?lang=es").text
    assert "Los botones y los avisos están" not in spanish
    assert 'class="keep">Enviar' not in spanish


def test_own_words_of_questions_are_said_where_they_are_known(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, codec.load(THREE), ["es", "en", "qu"])
    page = client.get(f"/r/{link}?lang=qu").text
    for words in ("<span>Arí</span>", "<span>Mana</span>", "<legend>Ñawpaq</legend>", "<legend>Kunan</legend>"):
        assert words in page
    assert '<span lang="es" class="keep">Primera letra del nombre de su madre</span>' in page


@pytest.mark.parametrize(
    ("languages", "chrome", "send"),
    [(["es", "qu"], "es", "Enviar mis respuestas"), (["en", "qu"], "en", "Send my answers"), (["qu", "en"], "en", "Send my answers")],
)
def test_the_chrome_is_the_programmes_first_language_that_tupuy_speaks(
    client: FlaskClient, sqlite_database: Database, languages: list[str], chrome: str, send: str
) -> None:
    link = a_link(sqlite_database, in_two(THREE, *languages), languages)
    page = client.get(f"/r/{link}?lang=qu").text
    assert f'<span lang="{chrome}" class="keep">{send}</span>' in page
    assert "¿Hamurqankichu?" in page


def test_a_form_of_a_programme_in_portuguese(client: FlaskClient, sqlite_database: Database) -> None:
    form = renamed(codec.dump(in_two(THREE, "qu", "en")), "qu", "pt")
    assert form.languages == ("pt", "en")
    link = a_link(sqlite_database, form, ["pt", "en"])
    page = client.get(f"/r/{link}").text
    assert '<html lang="pt">' in page
    assert '<span lang="pt">Sim</span><span lang="en">Yes</span>' in page
    assert '<span lang="pt">18 de julho de 2026</span><span lang="en">18 July 2026</span>' in page
    assert '<span lang="pt">Primeira letra do nome da sua mãe</span>' in page
    assert '<span lang="pt"><span lang="en" class="keep">This questionnaire is in Português. Buttons and notices are in English.' in page
    assert ">Português</span></button>" in page


@pytest.mark.parametrize(
    ("code", "name", "yes", "day"),
    [
        ("ay", "Aymar aru", "Jïsa", '<span lang="es" class="keep">18 de julio de 2026</span>'),
        ("quz", "Qusqu runasimi", "Arí", "18 Julio 2026"),
        ("pt-BR", "Português (Brasil)", "Sim", "18 de julho de 2026"),
        ("shp", "shp", '<span lang="es" class="keep">Sí</span>', '<span lang="es" class="keep">18 de julio de 2026</span>'),
    ],
)
def test_languages_and_their_kinds_by_their_own_names(
    client: FlaskClient, sqlite_database: Database, code: str, name: str, yes: str, day: str
) -> None:
    form = renamed(THREE, "qu", code)
    page = client.get(f"/r/{a_link(sqlite_database, form, ['es', 'en', code])}?lang={code}").text
    assert f'<html lang="{code}">' in page
    assert f">{name}</span></button>" in page
    assert f"<span>{yes}</span>" in page
    assert day in page


def test_an_answer_in_quechua_is_taken_thanked_and_told_what_is_wrong(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, codec.load(THREE), ["es", "en", "qu"])
    wrong = client.post(f"/r/{link}", data={"~id": str(uuid4()), "~lang": "qu", "came": "1"})
    assert wrong.status_code == 422
    assert 'id="e-group"><span lang="es" class="keep">Esta pregunta necesita una respuesta.' in wrong.text
    sent = client.post(f"/r/{link}", data={"~id": str(uuid4()), "~lang": "qu", "group": "company", "came": "1"})
    thanks = client.get(sent.headers["Location"]).text
    assert '<html lang="qu">' in thanks
    assert '<span lang="es" class="keep">Gracias. Sus respuestas llegaron.</span>' in thanks
    assert "Hasta el 25 de julio de 2099, 6:00" in thanks  # a day within Spanish words is written as Spanish writes it
    assert "<b>25 Julio 2099" in thanks
    with sqlite_database.session() as session:
        assert session.scalars(select(Response)).one().language == "qu"


def test_two_languages_that_share_tupuys_words_carry_them_once(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, in_two(THREE, "es", "qu"), ["es", "qu"])
    page = client.get(f"/r/{link}?lang=qu").text
    assert page.count("Enviar mis respuestas") == 1
    assert '<span lang="es">¿Vino?</span><span lang="qu">¿Hamurqankichu?</span>' in page
    assert '<span lang="qu"><span lang="es" class="keep">Este cuestionario está en Runasimi.' in page


def test_a_language_written_from_right_to_left(client: FlaskClient, sqlite_database: Database) -> None:
    form = renamed(codec.dump(in_two(THREE, "es", "qu")), "qu", "ar")
    link = a_link(sqlite_database, form, ["es", "ar"])
    arabic, spanish = client.get(f"/r/{link}?lang=ar").text, client.get(f"/r/{link}").text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert '<html lang="es">' in spanish
    assert '<span lang="ar" dir="rtl">¿Hamurqankichu?</span>' in spanish
    assert 'value="ar" dir="rtl"' in spanish


def test_plural_forms_are_those_of_the_language_spoken(client: FlaskClient, sqlite_database: Database) -> None:
    form = codec.load(THREE.replace("name: three", "name: three\nminutes: 1"))
    page = client.get(f"/r/{a_link(sqlite_database, form, ['es', 'en', 'qu'])}?lang=qu").text
    assert '<span lang="es" class="keep">Toma alrededor de 1 minuto.</span>' in page


def test_a_page_in_a_lent_language_stays_within_one_packet_train(client: FlaskClient, sqlite_database: Database) -> None:
    link = a_link(sqlite_database, codec.load(THREE), ["es", "en", "qu"])
    page = client.get(f"/r/{link}?lang=qu", headers={"Accept-Encoding": "gzip"})
    assert len(page.data) <= 14 * 1024
    assert b"Hamurqankichu" in gzip.decompress(page.data)
