"""When something goes wrong: a kind page in both languages, the right status, and nothing lost.

A participant whose answers could not be stored gets them back on the page, with a button that sends the same response
again.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask, Response, g, make_response, render_template, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError

from forms.messages import Message, Problem, mark
from surveys.errors import DatabaseProblem, TupuyError
from surveys.languages import SPOKEN
from surveys.storage.database import problem_of
from surveys.web.speaking import speaker

RETRY_SECONDS = 30

#: Status -> (what happened, what to do).
PAGES = {
    400: (mark("This page could not read what was sent."), mark("Go back, load the page again and send once more.")),
    403: (mark("This page is not open to you."), mark("Sign in first. If you came from another site, open the page directly.")),
    404: (mark("There is nothing at this address."), mark("Check that the address is complete, or ask the person who gave it to you.")),
    405: (mark("This page does not take what was sent."), mark("Open it from its link.")),
    413: (mark("What was sent is too large."), mark("Go back and shorten the long texts, then send again.")),
    429: (mark("Too many requests come from this network at once."), mark("Please wait a minute, then try again.")),
    500: (mark("Something went wrong at our end."), mark("Please try again in a minute. If it happens again, tell the team.")),
    503: (mark("Tupuy cannot reach its records right now."), mark("Please try again in a minute.")),
}
FILE_TOO_LARGE = (
    mark("The file is larger than 50 MB. Nothing was stored."),
    mark("Bring in the questions without pictures, or the answers in several files."),
)
NOT_LOST = (
    mark("Your answers are not lost, but they may not have been stored yet."),
    mark("They are kept on this page. Wait a minute, then press the button. They are never counted twice."),
)
#: Statuses after which the same answers may simply be sent again.
PASSING = frozenset({429, 500, 503})


def register(app: Flask) -> None:
    app.register_error_handler(TupuyError, tell_error)
    app.register_error_handler(DBAPIError, tell_database)
    app.register_error_handler(HTTPException, tell_http)


def tell_error(fault: TupuyError) -> Response:
    """The page of an error of ours. What an operator must do to the database is for the log, not for this page."""
    if isinstance(fault, DatabaseProblem):
        return page(fault.status)
    if wants_json():
        return told(fault.status, fault.problems)
    return page(fault.status, fault.fault, fault.remedy)


def tell_database(fault: DBAPIError) -> Response:
    if problem_of(fault, "") is None:
        raise fault
    return page(503)


def tell_http(fault: HTTPException) -> Response:
    if isinstance(fault, InternalServerError) and isinstance(fault.original_exception, DBAPIError):
        return page(503)
    status = fault.code or 500
    if status < 400:
        return make_response(fault.get_response())
    is_file = status == 413 and (request.endpoint or "").startswith("bring.")
    answer = page(status, *map(Message, FILE_TOO_LARGE)) if is_file else page(status)
    answer.headers.extend((name, value) for name, value in fault.get_headers() if name == "Allow")
    return answer


def page(status: int, fault: Message | None = None, remedy: Message | None = None) -> Response:
    """A page that says what happened and what to do, in the reader's language first and then in the other one."""
    if wants_json():
        fault, remedy = (fault, remedy) if fault and remedy else (Message(words) for words in _words(status))
        return told(status, [Problem("form", fault, remedy)])
    is_sent_by_participant = request.method == "POST" and request.path.startswith("/r/") and status in PASSING
    if fault is None or remedy is None:
        fault, remedy = (Message(words) for words in (NOT_LOST if is_sent_by_participant else _words(status)))
    answer = make_response(
        render_template("errors/page.html", said=_said(fault, remedy), kept=_kept() if is_sent_by_participant else ()), status
    )
    if status in {429, 503}:
        answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def wants_json() -> bool:
    """Whether a program of a page of ours asks, and not a browser that shows a page."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def told(status: int, problems: Iterable[Problem]) -> Response:
    """Problems as JSON, in the reader's language."""
    say = speaker()
    said = [{"place": one.place, "fault": one.fault.said(say), "remedy": one.remedy.said(say), "blocks": one.blocks} for one in problems]
    return make_response({"problems": said}, status)


def _words(status: int) -> tuple[str, str]:
    return PAGES.get(status) or PAGES[500 if status >= 500 else 400]


def _said(fault: Message, remedy: Message) -> list[tuple[str, str, str, str]]:
    """(language, fault, remedy, label of the button) in each language, the reader's first."""
    first = g.get("language", SPOKEN[0])
    tongues = [speaker(language) for language in sorted(SPOKEN, key=lambda language: language != first)]
    return [(say.language, fault.said(say), remedy.said(say), say("Send my answers again")) for say in tongues]


def _kept() -> list[tuple[str, str]]:
    """What the participant sent, to be sent again as it was."""
    return [(name, value) for name, values in request.form.lists() for value in values]
