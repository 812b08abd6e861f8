"""The staff's doors to what participants are shown of a round: it is written, looked at, then published.

Figures are taken from the public report alone (k = 10 and all that ``analysis.disclosure`` decides), drawn as the trends
page draws them, and kept as they were drawn: whoever only reads them later needs no analysis, and sees what was published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from analysis import sentences
from analysis.figures import Report
from analysis.panels import panels
from analysis.saying import Teller
from forms.messages import Message, Problem, mark
from surveys import showing
from surveys.errors import ProblemsFound
from surveys.languages import Speaker, own_name
from surveys.reporting import survey_report
from surveys.showing import MOST_PAIRS, Drawn, Written
from surveys.storage import ResultsPlan, Round, all_published, latest_results, who_published
from surveys.web.access import of_content, staff_only
from surveys.web.asking import chrome_of
from surveys.web.asking import speaker as said_by
from surveys.web.collect import round_or_404
from surveys.web.rights import shown_results
from surveys.web.speaking import speaker

doors = Blueprint("results", __name__)

#: Empty places for further points below those that are written.
SPARE = 2


@dataclass(frozen=True)
class Preview:
    """What a preview has above the page: the way back, and the mark under which it may be published, or why it may not."""

    back: str
    action: str = ""
    digest: str = ""
    problems: list[Problem] = field(default_factory=list)


@doors.get("/rounds/<uuid:round_id>/results")
@staff_only
def write(round_id: UUID) -> str:
    round_ = round_or_404(round_id)
    return _page(round_, showing.plan_of(g.session, round_))


@doors.post("/rounds/<uuid:round_id>/results")
@staff_only
def keep(round_id: UUID) -> ResponseReturnValue:
    """Store what was written; "preview" goes on to look at it. What cannot be stored is shown again with its faults."""
    round_ = round_or_404(round_id)
    written, problems = _written(round_)
    try:
        if problems:
            raise ProblemsFound(problems)
        showing.keep_plan(g.session, round_, written)
    except ProblemsFound as fault:
        return _page(round_, _as_plan(round_, written), fault.problems), 422
    where = "results.preview" if request.form.get("do") == "preview" else "results.write"
    return redirect(url_for(where, round_id=round_id), 303)


@doors.get("/rounds/<uuid:round_id>/results/preview")
@staff_only
@of_content
def preview(round_id: UUID) -> ResponseReturnValue:
    """The page as participants will see it, with the button that publishes it."""
    return _preview(round_or_404(round_id))


@doors.post("/rounds/<uuid:round_id>/results/preview")
@staff_only
@of_content
def publish(round_id: UUID) -> ResponseReturnValue:
    """Publish what was looked at; what changed meanwhile is shown anew instead."""
    round_ = round_or_404(round_id)
    if request.form.get("seen") != showing.digest_of(showing.plan_of(g.session, round_)):
        return _preview(round_), 409
    showing.publish(g.session, round_, _drawn(round_), g.person, g.now.date())
    return redirect(url_for("results.write", round_id=round_id), 303)


@doors.get("/rounds/<uuid:round_id>/results/<int:number>")
@staff_only
@of_content
def past(round_id: UUID, number: int) -> ResponseReturnValue:
    """What was published at an earlier time."""
    round_ = round_or_404(round_id)
    found = next((one for one in all_published(g.session, round_) if one.number == number), None)
    return shown_results(round_, found or abort(404), preview=Preview(url_for("results.write", round_id=round_id)))


# Figures ---------------------------------------------------------------------------------------------------------------


def _drawn(round_: Round) -> Drawn:
    """Every panel of the public report, drawn in each language of the round."""
    if round_.closed_at is None:
        return {}
    report = survey_report(g.session, round_.survey, "public", g.now.date())
    chrome = chrome_of(round_.survey.programme.languages)
    return {language: drawn_in(said_by(language, chrome), report) for language in round_.languages}


def drawn_in(say: Speaker, report: Report) -> dict[str, str]:
    """{key of the panel: its figure}; ids are those of the panel, as a page shows each once."""
    figure = current_app.jinja_env.get_template("charts/figure.html").module.figure  # type: ignore[attr-defined]  # a macro
    tell, withheld = Teller(say), sentences.withheld(say)
    return {panel.key: str(figure(panel, panel.key, tell, withheld)) for panel in panels(report, say)}


# The page --------------------------------------------------------------------------------------------------------------


def _preview(round_: Round) -> Response:
    plan = showing.plan_of(g.session, round_)
    above = Preview(
        back=url_for("results.write", round_id=round_.id),
        action=url_for("results.publish", round_id=round_.id),
        digest=showing.digest_of(plan),
        problems=showing.problems_of(round_, plan),
    )
    return shown_results(round_, showing.would_be(g.session, round_, _drawn(round_), g.now.date()), preview=above)


def _page(round_: Round, plan: ResultsPlan, problems: Sequence[Problem] = ()) -> str:
    say, programme = speaker(), round_.survey.programme
    drawn, latest = _drawn(round_), latest_results(g.session, round_)
    stands = showing.figures_stand(g.session, round_)
    offered = (latest.drawn if latest and stands else drawn).get(_language_of_figures(round_), {})
    return render_template(
        "collect/results.html",
        here="rounds",
        programme=programme,
        round=round_,
        tell=Teller(say),
        plan=plan,
        pairs=[*plan.pairs, *({"said": {}, "did": {}} for _ in range(min(SPARE, MOST_PAIRS - len(plan.pairs))))],
        languages={language: own_name(language) for language in round_.languages},
        figures=[(key, Markup(figure)) for key, figure in offered.items()],  # noqa: S704 drawn by us
        stands=stands,
        problems=problems,
        gaps=() if problems else showing.problems_of(round_, plan),
        published=[(one, who_published(g.session, one)) for one in all_published(g.session, round_)],
        address=url_for("answer.read_results", link=round_.link, _external=True),
        public_address=url_for("answer.read_public_results", link=plan.link, _external=True) if plan.link else "",
    )


def _language_of_figures(round_: Round) -> str:
    return g.language if g.language in round_.languages else round_.languages[0]


# What was written ------------------------------------------------------------------------------------------------------


def _written(round_: Round) -> tuple[Written, list[Problem]]:
    """What the page sent, and what of it cannot be read."""
    count = sum(1 for name in request.form if name.startswith(f"said/{round_.languages[0]}/"))
    pairs = [{part: _in_each(round_, part, f"/{number}") for part in ("said", "did")} for number in range(count)]
    expected_on, problems = _day_sent(request.form.get("expected_on", "").strip())
    written = Written(
        figures=request.form.getlist("figures"),
        pairs=pairs,
        reply=_in_each(round_, "reply"),
        expected_on=expected_on,
        is_public="is_public" in request.form,
    )
    return written, problems


def _in_each(round_: Round, part: str, end: str = "") -> dict[str, str]:
    """{language: what was written}, with line ends of one kind; languages left empty are left out."""
    sent = {language: request.form.get(f"{part}/{language}{end}", "") for language in round_.languages}
    return {language: "\n".join(words.split("\r\n")).strip() for language, words in sent.items() if words.strip()}


def _day_sent(words: str) -> tuple[date | None, list[Problem]]:
    try:
        return (date.fromisoformat(words) if words else None), []
    except ValueError:
        fault = Message(mark("“%(found)s” is not a day."), {"found": words[:40]})
        return None, [Problem("expected_on", fault, Message(mark("Write it as 2026-07-18.")))]


def _as_plan(round_: Round, written: Written) -> ResultsPlan:
    """What was sent, as the page shows a plan; not stored."""
    kept = showing.plan_of(g.session, round_)
    return ResultsPlan(
        round_id=round_.id,
        link=kept.link,
        expected_on=written.expected_on,
        is_public=written.is_public,
        figures=list(written.figures),
        pairs=[dict(pair) for pair in written.pairs],
        reply=dict(written.reply),
    )
