"""The coordinator's doors to what participants are promised: the level of a survey, its cards, and the programme's key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from babel.dates import format_date
from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.messages import Message, Problem, Say, mark
from forms.wording import Text
from surveys import cards, linking, promising
from surveys.authoring import definition_of
from surveys.errors import ProblemsFound
from surveys.languages import locale
from surveys.linking import Matches
from surveys.storage import Level, Programme, Round, Survey, find_programme
from surveys.web.access import staff_only
from surveys.web.promises import kept_words
from surveys.web.speaking import speaker

doors = Blueprint("anonymity", __name__)

#: What each level means for whoever chooses it.
MEANINGS: dict[Level, str] = {
    "anonymous": mark("Nothing joins the answers that one person gives in two rounds. Changes are seen for everybody together."),
    "card": mark(
        "Each person takes a card with a random code from a mixed stack and keeps it; nobody notes who took which. Best at workshops."
    ),
    "own_code": mark("Each person makes a code of five parts. Whoever has the key and knows a person well could test a code."),
    "confidential": mark(
        "Each person has a link of their own. Whoever sends the links and has the key could join names and answers. "
        "Where superiors could ask for them, choose another level."
    ),
}


@dataclass(frozen=True)
class Choice:
    """One level as it is offered: what it means, what participants read, and whether it may be chosen now."""

    level: Level
    name: str
    meaning: str
    told: tuple[str, ...]
    is_chosen: bool
    is_allowed: bool


@doors.get("/p/<programme>/surveys/<survey>/promise")
@staff_only
def look(programme: str, survey: str) -> str:
    return _page(survey_or_404(programme, survey))


@doors.post("/p/<programme>/surveys/<survey>/promise")
@staff_only
def choose(programme: str, survey: str) -> ResponseReturnValue:
    """State the level; the same page with the problem when people have been promised more."""
    mine, level = survey_or_404(programme, survey), request.form.get("level", "")
    if level not in get_args(Level):
        abort(422)
    try:
        promising.choose_level(g.session, mine, level, g.now.date())
    except ProblemsFound as fault:
        return _page(mine, fault.problems), fault.status
    return redirect(url_for("anonymity.look", programme=programme, survey=survey), 303)


@doors.post("/p/<programme>/surveys/<survey>/cards")
@staff_only
def print_cards(programme: str, survey: str) -> ResponseReturnValue:
    """A new stack, printed once: it is in no cache, and asking again prints other codes."""
    mine, count = survey_or_404(programme, survey), request.form.get("count", 0, type=int)
    if not 1 <= count <= cards.MOST_CARDS:
        fault = Message(mark("So many cards cannot be printed at once."))
        remedy = Message(mark("Write a number from 1 to %(most)s."), {"most": cards.MOST_CARDS})
        return _page(mine, [Problem("count", fault, remedy)]), 422
    pdf = cards.print_stack(mine.programme, mine.promise, count, g.language)
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{mine.slug}-cards.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@doors.get("/p/<programme>/keys")
@staff_only
def ask_to_destroy(programme: str) -> str:
    """The key of the programme's codes: what it is for, and its end, which is for good."""
    return _key_page(programme_or_404(programme))


@doors.post("/p/<programme>/keys")
@staff_only
def destroy(programme: str) -> ResponseReturnValue:
    found = programme_or_404(programme)
    if request.form.get("name", "").strip().casefold() != found.slug:
        fault = Problem("name", Message(mark("This is not the short name of the programme.")), Message(mark("Nothing was destroyed.")))
        return _key_page(found, [fault]), 422
    linking.forget_codes(g.session, found, g.now.date())
    g.session.commit()  # what the key could test is gone before the key is
    linking.erase_key(g.settings.keys, found.id)
    return redirect(url_for("anonymity.ask_to_destroy", programme=programme), 303)


# Pages -----------------------------------------------------------------------------------------------------------------


def _page(survey: Survey, problems: Sequence[Problem] = ()) -> str:
    say, promise = speaker(), survey.promise
    return render_template(
        "anonymity/promise.html",
        here="programme",
        programme=survey.programme,
        survey=survey,
        title=words_of(survey.title),
        promise=promise,
        choices=[_choice(survey, level, say) for level in promising.NAMES],
        problems=[(problem.fault.said(say), problem.remedy.said(say)) for problem in [*problems, *_misfits(survey)]],
        stated_on=format_date(promise.stated_on, "long", locale(g.language)) if promise.stated_on else "",
        most=cards.MOST_CARDS,
        followed=[(words_of(one.label), say_matches(_matches(one), say)) for one in survey.rounds if one.closed_at],
        is_destroyed=survey.programme.key_destroyed_on is not None,
    )


def _choice(survey: Survey, level: Level, say: Say) -> Choice:
    told = kept_words(level == "own_code", level == "card", level == "confidential")
    is_chosen = survey.promise.level == level
    return Choice(
        level,
        say(promising.NAMES[level]),
        say(MEANINGS[level]),
        tuple(say(words) for words in told),
        is_chosen,
        is_chosen or promising.is_allowed(survey.promise, level),
    )


def _misfits(survey: Survey) -> list[Problem]:
    """What keeps the form's latest version from being asked as it is promised."""
    if not survey.form.versions:
        return []
    asks = any(question.kind == "own_code" for question in definition_of(survey.form.versions[-1]).questions())
    return list(promising.level_mismatches(survey.slug, survey.promise.level, survey.promise.is_stated, asks))


def _matches(round_: Round) -> Matches | None:
    return linking.matches_of(g.session, round_, round_.survey.programme.min_cell)


def say_matches(found: Matches | None, say: Say) -> str:
    """The match rate of a round in words, never of so few that it would be about persons."""
    if found is None:
        return say(mark("There is no earlier round with codes to compare with."))
    if found.share is None and not found.is_most:
        return say(mark("Not shown, to protect small groups."))
    if found.is_most:
        words = mark("Of at least %(count)s answers with a code, 90%% or more could be followed from an earlier round.")
        return say(words, count=found.count)
    words = mark("Of at least %(count)s answers with a code, about %(share)s%% could be followed from an earlier round.")
    return say(words, count=found.count, share=round(100 * (found.share or 0)))


def _key_page(programme: Programme, problems: Sequence[Problem] = ()) -> str:
    say = speaker()
    day = programme.key_destroyed_on
    return render_template(
        "anonymity/key.html",
        here="programme",
        programme=programme,
        name=words_of(programme.name),
        has_key=linking.has_key(g.settings.keys, programme.id),
        destroyed_on=format_date(day, "long", locale(g.language)) if day else "",
        waiting=[f"{words_of(one.survey.title)} {words_of(one.label)}" for one in unclosed_rounds(programme)],
        problems=[(problem.fault.said(say), problem.remedy.said(say)) for problem in problems],
    )


def unclosed_rounds(programme: Programme) -> list[Round]:
    """Rounds whose codes have not been compared yet."""
    return [one for survey in programme.surveys for one in survey.rounds if one.closed_at is None]


def words_of(words: dict[str, str]) -> str:
    """A programme's own words in the language of the page, else in the first that they have."""
    return Text.of(words).in_language(g.language, next(iter(words), None))


def programme_or_404(slug: str) -> Programme:
    found = find_programme(g.session, slug)
    if found is None:
        abort(404)
    return found


def survey_or_404(programme: str, slug: str) -> Survey:
    found = next((survey for survey in programme_or_404(programme).surveys if survey.slug == slug), None)
    if found is None:
        abort(404)
    return found
