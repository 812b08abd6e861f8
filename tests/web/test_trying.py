"""A draft seen as participants will see it, and tried on a phone: nothing of it ever counts."""

from __future__ import annotations

import copy
import random
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from forms import codec
from forms.definition import FormDefinition
from forms.questions import KINDS
from surveys import authoring
from surveys.storage import Form, Programme, Response, Trial, TrialResponse, count_responses
from surveys.storage.database import Database
from surveys.storage.frames import frames
from tests.web.doors import sign_in, token_of
from tests.web.questionnaires import a_programme, a_round, every_kind, the_workshop_form


def a_draft(database: Database, document: dict[str, Any] | FormDefinition | None = None) -> UUID:
    """A form of which there is nothing but a draft."""
    document = document if document is not None else every_kind()
    draft = codec.to_document(document) if isinstance(document, FormDefinition) else document
    with database.session() as session:
        form = Form(programme_id=a_programme(session).id, slug="draft", draft=draft)
        session.add(form)
        session.flush()
        return form.id


@pytest.fixture
def staff(client: FlaskClient, sqlite_database: Database) -> FlaskClient:
    return sign_in(client, sqlite_database)


# Preview


def test_a_preview_draws_every_kind_of_question_as_the_participant_sees_it(staff: FlaskClient, sqlite_database: Database) -> None:
    form_id = a_draft(sqlite_database)
    page = staff.get(f"/forms/{form_id}/preview?lang=en")
    assert page.status_code == 200
    assert '<html lang="en">' in page.text
    for question in every_kind().questions():
        assert f'id="q-{question.name}"' in page.text
    assert {question.kind for question in every_kind().questions()} == set(KINDS)


def sections_of(page: str) -> list[str]:
    """The questions of a page, section by section, without what is drawn by lot."""
    return re.findall(r"<section>.*?</section>", page, re.DOTALL)


def test_the_questions_of_a_preview_are_those_of_the_published_form_to_the_letter(staff: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        round_ = a_round(session, the_workshop_form())
        link, form_id = round_.link, round_.survey.form_id
    seen, shown = staff.get(f"/r/{link}?lang=en").text, staff.get(f"/forms/{form_id}/preview?lang=en").text
    assert len(sections_of(shown)) == 4
    assert sections_of(seen) == sections_of(shown)
    assert seen.split("<style")[1].split("</style>")[0].split(">")[1] == shown.split("<style")[1].split("</style>")[0].split(">")[1]


@pytest.mark.parametrize("seed", range(20))
def test_no_unfinished_draft_makes_the_preview_fall_over(staff: FlaskClient, sqlite_database: Database, seed: int) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database, spoilt(codec.to_document(every_kind()), random.Random(seed)))}/preview")
    assert page.status_code == 200


SPOILS: list[Any] = [None, "", "x", -1, 10**12, True, [], {}, 1.5, {"es": "**a"}, {"es": "<b>", "xx": "y"}, "came = ", "zz = 1", "ranking"]


def spoilt(document: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A document with three of its parts replaced by something that does not belong there."""
    for _ in range(3):
        parts = [(holder, key) for holder in holders(document) for key in (holder if isinstance(holder, dict) else range(len(holder)))]
        holder, key = chance.choice(parts)
        holder[key] = copy.deepcopy(chance.choice(SPOILS))
    return document


def holders(part: Any) -> list[Any]:
    """Every mapping and list in a document."""
    if not isinstance(part, dict | list):
        return []
    inside = part.values() if isinstance(part, dict) else part
    return [part, *(found for one in inside for found in holders(one))]


def test_a_preview_sends_nothing_and_keeps_nothing_on_the_device(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database)}/preview").text
    assert '<button class="send" id="send" disabled>' in page
    assert 'action=""' in page
    assert '"key": ""' in page


def test_a_preview_may_be_framed_by_our_own_pages_and_every_other_page_by_none(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database)}/preview")
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "script-src 'self' 'nonce-" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in staff.get("/sign-out").headers["Content-Security-Policy"]


def test_looking_at_another_language_of_the_form_does_not_change_the_language_one_works_in(
    staff: FlaskClient, sqlite_database: Database
) -> None:
    staff.get(f"/forms/{a_draft(sqlite_database)}/preview?lang=en")
    assert '<html lang="es">' in staff.get("/sign-out").text


def test_no_form_no_preview(staff: FlaskClient) -> None:
    assert staff.get(f"/forms/{uuid4()}/preview").status_code == 404


UNFINISHED: list[dict[str, Any]] = [
    {},
    {"name": "x", "title": "T", "languages": ["es"], "sections": []},
    {"name": "x", "languages": ["es", "en"], "sections": "what"},
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "hologram", "label": "¿?"}]}]},
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "scale", "label": "¿?", "scale": "none"}]}]},
    {
        "name": "x",
        "languages": ["es"],
        "scales": {"s": {"lo": 5, "hi": 1}},
        "sections": [{"questions": [{"name": "a", "kind": "scale", "scale": "s"}]}],
    },
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "short_text", "show_if": "a = "}]}]},
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "yes_no", "show_if": "later = 1"}]}]},
    *({"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": kind}]}]} for kind in KINDS),
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "yes_no"}, {"name": "a", "kind": "day"}]}]},
    {"name": "x", "languages": ["not a language"], "sections": [{"questions": [{"name": "", "kind": "yes_no"}]}]},
    {"name": "x", "languages": ["es"], "sections": [{"questions": [{"name": "a", "kind": "number", "minimum": "many"}]}]},
]


@pytest.mark.parametrize("document", UNFINISHED)
def test_a_draft_with_problems_is_previewed_as_far_as_it_goes(
    staff: FlaskClient, sqlite_database: Database, document: dict[str, Any]
) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database, document)}/preview")
    assert page.status_code == 200


def test_a_question_that_cannot_be_drawn_is_a_note_that_says_why(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database, UNFINISHED[4])}/preview").text
    assert 'id="q-a"' in page
    assert "Esta pregunta todavía no se puede mostrar: a." in page
    assert "No hay una escala «none»." in page


def test_a_condition_that_cannot_be_read_leaves_its_question_shown_and_says_so(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get(f"/forms/{a_draft(sqlite_database, UNFINISHED[7])}/preview").text
    assert "La condición de «a» todavía no se puede leer" in page
    assert 'data-if="' not in page
    assert 'name="a"' in page


# Trials


SHORT = {
    "name": "short",
    "title": {"es": "Prueba", "en": "Try"},
    "languages": ["es", "en"],
    "sections": [
        {
            "name": "main",
            "questions": [
                {"name": "group", "kind": "choice", "of_groups": True, "label": {"es": "¿Grupo?", "en": "Group?"}},
                {"name": "came", "kind": "yes_no", "label": {"es": "¿Vino?", "en": "Did you come?"}},
                {"name": "why", "kind": "short_text", "show_if": "came = 0", "label": {"es": "¿Por qué no?", "en": "Why not?"}},
            ],
        }
    ],
}


def a_trial(staff: FlaskClient, form_id: UUID) -> dict[str, str]:
    """What the designer is told of a trial."""
    token = token_of(staff.get("/sign-out").text)
    answer = staff.post(f"/forms/{form_id}/trial", headers={"X-CSRFToken": token}, json={})
    assert answer.status_code == 200
    return answer.get_json()


def path_of(trial: dict[str, str]) -> str:
    return trial["address"].removeprefix("http://localhost")


def test_a_trial_has_an_address_and_its_code_black_on_white_with_a_quiet_zone(staff: FlaskClient, sqlite_database: Database) -> None:
    trial = a_trial(staff, a_draft(sqlite_database, SHORT))
    assert trial["address"].startswith("http://localhost/t/")
    assert 'fill="#fff"' in trial["qr"]
    assert 'stroke="#000"' in trial["qr"]
    assert 'd="M4 4.5h7' in trial["qr"]  # the first dark module stands four from the edge
    assert trial["made_at"].startswith("20")


def test_a_trial_says_who_sees_what_is_sent_before_anything_is_promised(staff: FlaskClient, sqlite_database: Database) -> None:
    page = staff.get(path_of(a_trial(staff, a_draft(sqlite_database, SHORT)))).text
    assert page.index("El equipo ve lo que usted envía.") < page.index("Sus respuestas")


def test_a_trial_needs_the_token_against_forgery(staff: FlaskClient, sqlite_database: Database) -> None:
    assert staff.post(f"/forms/{a_draft(sqlite_database, SHORT)}/trial", json={}).status_code == 400


def test_a_trial_says_on_every_page_that_nothing_counts(staff: FlaskClient, sqlite_database: Database) -> None:
    path = path_of(a_trial(staff, a_draft(sqlite_database, SHORT)))
    anybody = staff.application.test_client()
    for page in (anybody.get(path), anybody.get(f"{path}/thanks")):
        assert page.status_code == 200
        assert '<span lang="es">Prueba: nada de esto cuenta.</span><span lang="en">A test: none of this counts.</span>' in page.text
        assert "Set-Cookie" not in page.headers


@pytest.mark.parametrize("change", [str.upper, lambda link: f"{link}.", lambda link: f"{link[:4]}-{link[4:]}"])
def test_a_link_that_was_mangled_on_its_way_opens_the_trial(staff: FlaskClient, sqlite_database: Database, change: Any) -> None:
    link = path_of(a_trial(staff, a_draft(sqlite_database, SHORT))).removeprefix("/t/")
    assert staff.get(f"/T/{change(link)}").status_code == 200


def test_staff_see_what_arrived_column_by_column_and_what_a_condition_dropped(staff: FlaskClient, sqlite_database: Database) -> None:
    form_id = a_draft(sqlite_database, SHORT)
    path = path_of(a_trial(staff, form_id))
    sent = {"~id": str(uuid4()), "~lang": "en", "group": "company", "came": "1", "why": "<b>rain</b>"}
    answer = staff.application.test_client().post(path, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{path}/thanks?lang=en")
    page = staff.get(f"/forms/{form_id}/trial").text
    assert "Respuesta de prueba 1, en English" in page
    assert "una condición oculta la pregunta: why." in page
    assert '<code>group</code></th><td dir="auto">company</td><td><span dir="auto">Empresas mineras</span>' in page
    assert '<code>came</code></th><td dir="auto">1</td><td><span dir="auto">Sí</span>' in page
    assert '<code>why</code></th><td dir="auto">–</td><td>no se preguntó</td>' in page
    assert "rain" not in page


def test_the_same_page_sent_again_is_one_test_answer(staff: FlaskClient, sqlite_database: Database) -> None:
    path = path_of(a_trial(staff, a_draft(sqlite_database, SHORT)))
    sent = {"~id": str(uuid4()), "group": "company"}
    for came in "10":
        assert staff.post(path, data=sent | {"came": came}, headers={"Accept": "application/json"}).get_json() == {
            "thanks": f"{path}/thanks?lang=es"
        }
    with sqlite_database.session() as session:
        assert [one.answers["came"] for one in session.scalars(select(TrialResponse))] == [0]


def test_a_wrong_answer_is_told_as_in_the_real_form(staff: FlaskClient, sqlite_database: Database) -> None:
    path = path_of(a_trial(staff, a_draft(sqlite_database, SHORT)))
    answer = staff.post(path, data={"group": "nobody", "came": "1"})
    assert answer.status_code == 422
    assert 'id="e-group"' in answer.text


def test_a_trial_speaks_the_languages_of_the_form(staff: FlaskClient, sqlite_database: Database) -> None:
    path = path_of(a_trial(staff, a_draft(sqlite_database, SHORT)))
    drawn = staff.post(path, data={"~to": "en", "came": "1"})
    assert '<html lang="en">' in drawn.text
    with sqlite_database.session() as session:
        assert session.scalar(select(func.count()).select_from(TrialResponse)) == 0


def test_made_anew_a_trial_keeps_its_link_and_loses_the_answers_to_an_earlier_draft(staff: FlaskClient, sqlite_database: Database) -> None:
    form_id = a_draft(sqlite_database, SHORT)
    first = a_trial(staff, form_id)
    staff.post(path_of(first), data={"~id": str(uuid4()), "came": "1"})
    assert a_trial(staff, form_id)["address"] == first["address"]
    assert "1 respuesta de prueba" in staff.get(f"/forms/{form_id}/trial").text
    with sqlite_database.session() as session:
        form = session.get_one(Form, form_id)
        form.draft, form.revision = {**form.draft, "title": {"es": "Otra", "en": "Another"}}, 2
    assert "El borrador cambió desde entonces." in staff.get(f"/forms/{form_id}/trial").text
    assert a_trial(staff, form_id)["address"] == first["address"]
    assert "Todavía nada." in staff.get(f"/forms/{form_id}/trial").text
    assert "Otra" in staff.get(path_of(first)).text


def test_a_plain_form_makes_a_trial_as_well(staff: FlaskClient, sqlite_database: Database) -> None:
    form_id = a_draft(sqlite_database, SHORT)
    token = token_of(staff.get(f"/forms/{form_id}/trial").text)
    answer = staff.post(f"/forms/{form_id}/trial", data={"csrf_token": token})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/forms/{form_id}/trial")
    assert "<svg" in staff.get(f"/forms/{form_id}/trial").text


def test_a_draft_with_problems_is_tried_as_far_as_it_goes(staff: FlaskClient, sqlite_database: Database) -> None:
    for document in UNFINISHED:
        path = path_of(a_trial(staff, a_draft(sqlite_database, document)))
        assert staff.get(path).status_code == 200
        assert staff.post(path, data={"~id": str(uuid4())}).status_code in {303, 422}


def test_a_trial_stops_after_thirty_days_and_then_goes(staff: FlaskClient, sqlite_database: Database) -> None:
    form_id, other = a_draft(sqlite_database, SHORT), a_draft(sqlite_database, SHORT)
    path = path_of(a_trial(staff, form_id))
    with sqlite_database.session() as session:
        session.scalars(select(Trial)).one().made_at = datetime.now(UTC) - timedelta(days=30, seconds=1)
    stopped = staff.get(path)
    assert stopped.status_code == 410
    assert "Esta prueba terminó." in stopped.text
    assert staff.post(path, data={"came": "1"}).status_code == 410
    assert "<svg" not in staff.get(f"/forms/{form_id}/trial").text.split("<main")[1]
    a_trial(staff, other)
    assert staff.get(path).status_code == 404


def test_a_trial_keeps_so_many_answers_and_no_more(staff: FlaskClient, sqlite_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("surveys.trying.MOST_ANSWERS", 1)
    path = path_of(a_trial(staff, a_draft(sqlite_database, SHORT)))
    assert staff.post(path, data={"~id": str(uuid4()), "came": "1"}).status_code == 303
    full = staff.post(path, data={"~id": str(uuid4()), "came": "1"})
    assert full.status_code == 409
    assert "ya tiene sus 1 respuestas" in full.text


def test_no_trial_opens_with_a_link_that_nobody_made(client: FlaskClient) -> None:
    answer = client.get("/t/abcdefghjk")
    assert answer.status_code == 404
    assert "Este enlace no abre ningún cuestionario." in answer.text


def test_nothing_of_a_trial_reaches_counts_or_frames_and_publishing_ends_it(staff: FlaskClient, sqlite_database: Database) -> None:
    with sqlite_database.session() as session:
        round_ = a_round(session, the_workshop_form())
        form_id, round_id = round_.survey.form_id, round_.id
    path = path_of(a_trial(staff, form_id))
    sent = {"~id": str(uuid4()), "~lang": "es", "group": "company", "useful": "5", "wishes": "only-a-test"}
    assert staff.post(path, data=sent).status_code == 303
    with sqlite_database.session() as session:
        round_ = session.get_one(type(round_), round_id)
        assert session.scalar(select(func.count()).select_from(Response)) == 0
        assert count_responses(session, round_) == 0
        round_.closed_at = datetime.now(UTC)
        session.flush()
        answers, _, _ = frames(session, round_.survey)
        assert len(answers) == 0
        form = session.get_one(Form, form_id)
        programme = session.get_one(Programme, form.programme_id)
        document = form.draft | {"title": {"es": "Otro título", "en": "Another title"}}
        authoring.import_form(session, programme, codec.from_document(document), date(2026, 8, 1))
    with sqlite_database.session() as session:
        assert session.scalar(select(func.count()).select_from(Trial)) == 0
        assert session.scalar(select(func.count()).select_from(TrialResponse)) == 0
    assert staff.get(path).status_code == 404
