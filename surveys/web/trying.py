"""A form tried before it is published: the phone preview beside the designer."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, g, request

from surveys import trying
from surveys.storage import Form, Programme
from surveys.web.access import of_content, staff_only
from surveys.web.asking import Page, carried, speaker
from surveys.web.delivery import framed
from surveys.web.drawing import Occasion, language_of, send_form

doors = Blueprint("trying", __name__)


@doors.get("/forms/<uuid:form_id>/preview")
@staff_only
@of_content
def preview(form_id: UUID) -> Response:
    """The participant's page of the draft as it is saved: for a frame of the designer; it keeps and sends nothing."""
    form = form_or_404(form_id)
    programme = g.session.get_one(Programme, form.programme_id)
    definition = trying.draft_to_try(form, programme, speaker)
    language = language_of(definition.languages, request.args.get("lang"))
    page = Page(definition, carried(definition.languages, language), language, offered=definition.languages)
    occasion = Occasion("preview", programme, g.now.date(), at=request.args.get("at", ""))
    return framed(send_form(occasion, page))


def form_or_404(form_id: UUID) -> Form:
    return g.session.get(Form, form_id) or abort(404)
