"""A definition in one language as a plain WTForms form class: one field per asked question, named as the page names it."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms import Form, FormField, RadioField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField

from forms.answers import Sent, marks_offered, read_answers
from forms.definition import FormDefinition, Question
from forms.markup import plain_text
from forms.messages import Say, mark
from forms.questions import marks, type_of
from forms.texts import with_texts

SAID = {marks.UNKNOWN: mark("I do not know"), marks.REFUSED: mark("I prefer not to answer")}


class AskedForm(Form):
    """The form of a definition. ``read`` validates; WTForms' own validators are not used, so that one rule decides."""

    definition: FormDefinition
    language: str
    say: Say

    def process(self, formdata: Any = None, *arguments: Any, **values: Any) -> None:
        self.posted = formdata
        super().process(formdata, *arguments, **values)

    def read(self, today: date) -> Sent:
        """What was sent, and every problem also as an error of its field."""
        sent = read_answers(self.definition, self.posted, self.language, today)
        for problem in sent.blocking:
            _blame(self.field_at(problem.place), f"{problem.fault.said(self.say)} {problem.remedy.said(self.say)}".strip())
        return sent

    def validate(self, today: date) -> bool:
        return not self.read(today).blocking

    def field_at(self, place: str) -> Any:
        """The field of a control: ``age``, ``job/other`` or, inside a battery, ``tr/police``."""
        if place in self._fields:
            return self._fields[place]
        name, _, part = place.partition("/")
        inside = self._fields[name]
        return inside.form._fields.get(part, inside) if isinstance(inside, FormField) else inside


def _blame(field: Any, words: str) -> None:
    """Add an error to a field; one of a whole battery stands with its inner form."""
    if isinstance(field, FormField):
        field.form.form_errors = [*field.form.form_errors, words]
    else:
        field.errors = [*field.errors, words]


def build_form(definition: FormDefinition, language: str, say: Say) -> type[AskedForm]:
    """The form class of a definition. Options include the marks that are offered, in the words of ``say``."""
    fields: dict[str, Any] = {"definition": definition, "language": language, "say": say}
    definition = with_texts(definition, plain_text)
    for question in definition.questions():
        type_ = type_of(question.kind)
        if type_.asks:
            fields[question.name] = _offering(type_.field(question, definition, language), _offered(definition, question, say))
            fields |= type_.side_fields(question, language)
    return type("AskedForm", (AskedForm,), fields)


def _offered(definition: FormDefinition, question: Question, say: Say) -> list[SelectChoice]:
    return [SelectChoice(said, say(SAID[said])) for said in marks_offered(definition, question)]


def _offering(field: Any, offered: list[SelectChoice]) -> Any:
    """The unbound field with the marks after its options; inside a battery, after the options of each row."""
    if not offered:
        return field
    if field.field_class is FormField:
        inside = field.args[0]
        rows = {name: getattr(inside, name) for name in dir(inside) if isinstance(getattr(inside, name), UnboundField)}
        form = type(inside.__name__, (Form,), {name: _offering(row, offered) for name, row in rows.items()})
        return UnboundField(FormField, form, *field.args[1:], **field.kwargs)
    if field.field_class not in (RadioField, SelectMultipleField):
        return field
    return UnboundField(field.field_class, *field.args, **{**field.kwargs, "choices": [*field.kwargs["choices"], *offered]})
