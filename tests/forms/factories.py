"""Small definitions for the tests of forms."""

from __future__ import annotations

from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from forms.answers import Sent, read_answers
from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.wording import Text

TODAY = date(2026, 7, 18)


def a_text(es: str, en: str = "") -> Text:
    return Text.of({"es": es, "en": en or f"{es} (en)"})


AGREE = Scale("agree", 1, 5, labels=((1, a_text("Nada de acuerdo", "Do not agree")), (5, a_text("Muy de acuerdo", "Fully agree"))))
TEN = Scale("ten", 0, 10)


def some_choices(*values: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, a_text(value.title(), f"The {value}")) for value in values)


def some_rows(*values: str) -> tuple[Row, ...]:
    return tuple(Row(value, a_text(value.title(), f"The {value}")) for value in values)


def a_question(kind: str, name: str = "q", settings: dict[str, Any] | None = None, **attributes: Any) -> Question:
    attributes.setdefault("label", a_text(f"Pregunta {name}", f"Question {name}"))
    if kind in ("scale", "battery", "before_now"):
        attributes.setdefault("scale", "agree")
    return Question(name, kind, settings=tuple(sorted((settings or {}).items())), **attributes)


def a_form(*questions: Question, **attributes: Any) -> FormDefinition:
    attributes.setdefault("scales", (AGREE, TEN))
    section = Section("main", a_text("Parte", "Part"), questions)
    return FormDefinition("small", a_text("Encuesta", "Survey"), ("es", "en"), (section,), **attributes)


def posted(**values: Any) -> MultiDict:
    """What a page sends; ``__`` in a name stands for the slash of a part."""
    sent: MultiDict = MultiDict()
    for name, value in values.items():
        sent.setlist(name.replace("__", "/"), list(value) if isinstance(value, list | tuple) else [value])
    return sent


def sent_to(form: FormDefinition, language: str = "es", **values: Any) -> Sent:
    return read_answers(form, posted(**values), language, TODAY)


def faults(problems: Any) -> list[tuple[str, str]]:
    """(place, fault in English) of each problem; every one must also say what to do."""
    assert all(str(problem.remedy) for problem in problems)
    return [(problem.place, str(problem.fault)) for problem in problems]
