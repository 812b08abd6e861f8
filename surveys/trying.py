"""A draft is tried before it is published: drawn as it is, faults and all."""

from __future__ import annotations

from forms import codec
from forms.definition import FormDefinition
from forms.drawable import SayIn, drawable
from surveys.authoring import bound_to
from surveys.storage import Form, Programme


def draft_to_try(form: Form, programme: Programme, say_in: SayIn) -> FormDefinition:
    """The saved draft bound to the programme's groups; a note stands where something cannot be drawn yet.

    ``say_in`` gives who says the notes in a language of the form.
    """
    definition, unread = codec.read_unfinished(form.draft)
    return drawable(bound_to(programme, definition), say_in, unread, programme.languages[0])
