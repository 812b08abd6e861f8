"""The facilitator's doors to collecting: a round's home, from which every tool of collecting is reached."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, abort, g, render_template

from analysis.saying import Teller
from surveys.collecting import is_open
from surveys.storage import Round, count_responses, in_steps
from surveys.web.access import staff_only
from surveys.web.speaking import speaker

doors = Blueprint("collect", __name__)


@doors.get("/rounds/<uuid:round_id>")
@staff_only
def round_home(round_id: UUID) -> str:
    """All that is known of a round while it collects, and the tools that collect."""
    round_ = round_or_404(round_id)
    programme = round_.survey.programme
    return render_template(
        "collect/round.html",
        here="rounds",
        programme=programme,
        round=round_,
        tell=Teller(speaker()),
        is_open=is_open(round_, g.now),
        count=in_steps(count_responses(g.session, round_), programme.min_cell),
    )


def round_or_404(round_id: UUID) -> Round:
    round_ = g.session.get(Round, round_id)
    if round_ is None:
        abort(404)
    return round_
