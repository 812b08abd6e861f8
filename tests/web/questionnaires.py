"""Questionnaires and rounds for the tests of the participant's page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.wording import Text
from surveys.authoring import add_survey, import_form, open_round
from surveys.storage import Event, Group, Programme, Round


def words(es: str, en: str) -> Text:
    return Text.of({"es": es, "en": en})


GROUPS = (
    ("community", "Comunidades", "Communities"),
    ("company", "Empresas mineras", "Mining companies"),
    ("government", "Gobierno regional y municipalidades", "Regional and local government"),
    ("grassroots", "Organizaciones de base (junta, comité, sindicato)", "Grassroots organisations (board, committee, union)"),
)
AMOUNT = Scale(
    "amount",
    1,
    5,
    labels=tuple(
        enumerate(
            (
                words("Nada", "Not at all"),
                words("Poco", "A little"),
                words("Regular", "Some"),
                words("Bastante", "Quite a lot"),
                words("Mucho", "A lot"),
            ),
            1,
        )
    ),
)
AGREE = Scale(
    "agree",
    1,
    5,
    labels=tuple(
        enumerate(
            (
                words("Muy en desacuerdo", "Strongly disagree"),
                words("En desacuerdo", "Disagree"),
                words("Ni de acuerdo ni en desacuerdo", "Neither agree nor disagree"),
                words("De acuerdo", "Agree"),
                words("Muy de acuerdo", "Strongly agree"),
            ),
            1,
        )
    ),
)
TEN = Scale("ten", 0, 10, labels=((0, words("de ninguna manera", "not at all")), (10, words("con toda seguridad", "definitely"))))
SEVEN = Scale("seven", 1, 7, labels=((1, words("nada", "not at all")), (7, words("del todo", "completely"))))
HUNDRED = Scale("hundred", 0, 100, 5)


def options(*said: tuple[str, str, str], last_alone: bool = False) -> tuple[Choice, ...]:
    return tuple(Choice(value, words(es, en), exclusive=last_alone and value == said[-1][0]) for value, es, en in said)


def the_workshop_form() -> FormDefinition:
    """The twelve questions of the mock-up."""
    group = Question(
        "group",
        "choice",
        words("¿A qué grupo pertenece?", "Which group do you belong to?"),
        words("Elija uno.", "Choose one."),
        words("Elija su grupo o «Prefiero no responder».", "Choose your group, or “I prefer not to answer”."),
        required="yes",
        refuse=True,
        of_groups=True,
    )
    asked = (
        ("useful", "¿Le sirvió para su trabajo o su comunidad?", "Was it useful for your work or community?"),
        ("clear", "¿Entendió los materiales?", "Did you understand the materials?"),
        ("speak", "¿Pudo decir lo que piensa?", "Could you say what you think?"),
    )
    scales = tuple(Question(name, "scale", words(es, en), scale="amount", refuse=True) for name, es, en in asked)
    parts = options(
        ("budget", "Los ejemplos con el presupuesto de Moquegua", "The examples with the Moquegua budget"),
        ("groups", "El trabajo en grupos", "The group work"),
        ("others", "Escuchar a los otros sectores", "Listening to the other sectors"),
        ("printed", "El material impreso", "The printed material"),
        ("none", "Ninguna", "None"),
        last_alone=True,
    )
    helped = Question(
        "helped",
        "several",
        words("¿Qué parte le sirvió más?", "Which parts helped you most?"),
        choices=parts,
        refuse=True,
        settings=(("maximum", 3),),
    )
    nps = Question(
        "nps",
        "scale",
        words(
            "Del 0 al 10, ¿recomendaría este espacio a alguien de su organización?",
            "From 0 to 10, would you recommend this group to someone in your organisation?",
        ),
        scale="ten",
        refuse=True,
    )
    trust = Question(
        "tr",
        "battery",
        words("Hoy, ¿cuánta confianza tiene en cada grupo?", "Today, how much do you trust each group?"),
        words("No hay respuestas buenas ni malas.", "There are no right or wrong answers."),
        scale="amount",
        unknown=True,
        refuse=True,
        of_groups=True,
    )
    topics = options(
        ("canon", "Vigilar el uso del canon", "Monitoring how the canon is spent"),
        ("water", "Proyectos de agua", "Water projects"),
        ("jobs", "Empleo y compras locales", "Local jobs and purchasing"),
        ("talk", "Diálogo y manejo de conflictos", "Dialogue and conflict management"),
        ("health", "Ambiente y salud", "Environment and health"),
    )
    rank = Question(
        "topics",
        "ranking",
        words("¿En qué temas debería trabajar el grupo?", "Which topics should the group work on?"),
        choices=topics,
        refuse=True,
        settings=(("places", 3),),
    )
    wishes = Question(
        "wishes",
        "long_text",
        words("¿Qué cambiaría para la próxima vez?", "What would you change next time?"),
        words(
            "Puede dejarlo en blanco. Por favor, no escriba nombres de personas.",
            "You can leave it blank. Please do not write people’s names.",
        ),
        settings=(("quote", True),),
    )
    return FormDefinition(
        "workshop",
        words("¿Qué le pareció el taller?", "How was the workshop?"),
        ("es", "en"),
        (
            Section("group", words("Su grupo", "Your group"), (group,)),
            Section("today", words("El taller de hoy", "Today’s workshop"), (*scales, helped, nps)),
            Section("trust", words("Confianza", "Trust"), (trust,)),
            Section("next", words("Lo que sigue", "What comes next"), (rank, wishes)),
        ),
        scales=(AMOUNT, TEN),
        minutes=4,
    )


def every_kind(languages: tuple[str, ...] = ("es", "en")) -> FormDefinition:
    """One question of each kind and each face of a scale, with conditions."""
    first = (
        Question(
            "hello", "note", words("Gracias por venir.", "Thank you for coming."), words("Son pocas preguntas.", "There are few questions.")
        ),
        Question(
            "agree",
            "consent",
            words("Acepto que mis respuestas se usen en el informe.", "I agree that my answers are used in the report."),
            required="yes",
        ),
        Question("came", "yes_no", words("¿Vino al taller anterior?", "Did you come to the last workshop?"), refuse=True),
        Question("why", "short_text", words("¿Por qué no vino?", "Why did you not come?"), show_if="came = 0", required="soft"),
        Question(
            "job",
            "choice",
            words("¿En qué trabaja?", "What is your work?"),
            choices=options(("farm", "En el campo", "On a farm"), ("mine", "En la mina", "At the mine")),
            settings=(("other", True), ("comment", True)),
            unknown=True,
        ),
        Question(
            "years",
            "number",
            words("¿Cuántos años lleva en su trabajo?", "How many years have you had this job?"),
            settings=(("minimum", 0), ("maximum", 80), ("whole", True), ("unit", words("años", "years"))),
        ),
        Question(
            "since",
            "day",
            words("¿Desde qué día participa?", "Since which day have you taken part?"),
            settings=(("until_today", True),),
            refuse=True,
        ),
    )
    ratings = (
        Question("fair", "scale", words("El diálogo fue justo.", "The dialogue was fair."), scale="agree", unknown=True),
        Question("far", "scale", words("¿Cuánto se avanzó?", "How far did we get?"), scale="seven"),
        Question("share", "scale", words("¿Qué porcentaje conocía ya?", "What percentage did you know before?"), scale="hundred"),
        Question(
            "ca",
            "before_now",
            words("Entiendo el presupuesto del canon.", "I understand the canon budget."),
            scale="amount",
            construct="CAPACITY",
            refuse=True,
        ),
        Question(
            "tr",
            "battery",
            words("¿Cuánto confía en cada uno?", "How much do you trust each?"),
            scale="amount",
            shuffle=True,
            unknown=True,
            rows=(
                Row("mayor", words("La alcaldía", "The mayor’s office")),
                Row("boss", words("La jefatura de la mina", "The mine’s management"), show_if="job = 'mine'"),
            ),
        ),
        Question(
            "help",
            "several",
            words("¿Qué le ayudó?", "What helped you?"),
            choices=options(
                ("maps", "Los mapas", "The maps"), ("talks", "Las charlas", "The talks"), ("nothing", "Nada", "Nothing"), last_alone=True
            ),
            shuffle=True,
            refuse=True,
            settings=(("comment", True),),
        ),
        Question(
            "best",
            "ranking",
            words("¿Qué importa más?", "What matters most?"),
            choices=options(("water", "El agua", "Water"), ("jobs", "El empleo", "Jobs")),
            refuse=True,
        ),
        Question(
            "wishes",
            "long_text",
            words("¿Qué más nos dice?", "What else would you say?"),
            show_if="selected(help, 'maps') and fair >= 4",
            settings=(("quote", True), ("maximum", 40)),
        ),
        Question("code", "own_code", words("Su clave propia", "Your own code")),
    )
    sections = (Section("one", words("Usted", "You"), first), Section("two", words("Su opinión", "Your opinion"), ratings))
    return FormDefinition(
        "kinds", words("Todas las preguntas", "Every question"), languages, sections, scales=(AMOUNT, AGREE, SEVEN, HUNDRED)
    )


def a_programme(session: Session, **more: Any) -> Programme:
    name = {"es": "Comunidad de Aprendizaje y Práctica, Moquegua", "en": "Community of Learning and Practice, Moquegua"}
    values: dict[str, Any] = {"slug": f"p-{uuid4().hex[:8]}", "mix": {key: 1 / len(GROUPS) for key, _, _ in GROUPS}, "is_synthetic": True}
    programme = Programme(name=name, **{"languages": ["es", "en"], **values, **more})
    programme.groups = [Group(key=key, position=i, name={"es": es, "en": en}, members=20) for i, (key, es, en) in enumerate(GROUPS)]
    session.add(programme)
    session.flush()
    return programme


def a_round(session: Session, definition: FormDefinition | None = None, programme: Programme | None = None, **more: Any) -> Round:
    """An open round of the form, with its event."""
    programme = programme or a_programme(session)
    version = import_form(session, programme, definition or the_workshop_form(), date(2026, 7, 1))
    survey = add_survey(session, programme, version.form, f"{programme.slug}-{version.form.slug}", {"es": "Encuesta", "en": "Survey"})
    name = {"es": "Taller 6: Entender el presupuesto del canon minero", "en": "Workshop 6: Understanding the mining canon budget"}
    event = Event(key="w6", name=name, on=date(2026, 7, 18))
    programme.events.append(event)
    session.flush()
    values: dict[str, Any] = {"closes_at": datetime(2099, 7, 25, 23, 0, tzinfo=UTC), "event": event}
    return open_round(session, survey, "r1", date(2026, 7, 18), **{**values, **more})
