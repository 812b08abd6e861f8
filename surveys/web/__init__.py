"""The doors: one file per audience, registered here. A view says what to do; what is common to all happens here.

Each request gets ``g.session``, ``g.language``, ``g.now``, ``g.person``, ``g.settings`` and ``g.database``. The session
takes no lock before its first statement; a view that returns commits before anything is sent, one that raises rolls
back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from types import TracebackType
from typing import Any

from flask import Flask, g, request
from flask.typing import ResponseReturnValue

from surveys.settings import Settings
from surveys.storage.database import Database
from surveys.web import access, delivery, errors, limits, speaking
from surveys.web.guessing import Code

#: Doors that every process opens. ``rights`` adds to those of ``answer``, which it brings along.
AT_START = ("kiosk", "rights", "staff", "trying")

#: Doors that need pandas, or are for few, loaded at their first use: (method, rule, room.view, who may enter). A test
#: compares this table with what the rooms themselves declare.
LATER: tuple[tuple[str, str, str, access.Who], ...] = (
    ("GET", "/", "coordinate.home", "staff"),
    ("GET", "/p/<programme>", "coordinate.overview", "staff"),
    ("GET", "/p/<programme>/rounds", "collect.rounds_of", "staff"),
    ("GET", "/p/<programme>/rounds/new", "collect.ask_for_round", "staff"),
    ("POST", "/p/<programme>/rounds/new", "collect.make_round", "staff"),
    ("GET", "/rounds/<uuid:round_id>", "collect.round_home", "staff"),
    ("GET", "/rounds/<uuid:round_id>/times", "collect.ask_for_times", "staff"),
    ("POST", "/rounds/<uuid:round_id>/times", "collect.change_times", "staff"),
    ("POST", "/rounds/<uuid:round_id>/open", "collect.open_now", "staff"),
    ("POST", "/rounds/<uuid:round_id>/end", "collect.end_now", "staff"),
    ("POST", "/rounds/<uuid:round_id>/version", "collect.use_latest_version", "staff"),
    ("GET", "/rounds/<uuid:round_id>/close", "coordinate.ask_to_close", "staff"),
    ("POST", "/rounds/<uuid:round_id>/close", "coordinate.close_round", "staff"),
    ("GET", "/p/<programme>/events/new", "meetings.ask_for_event", "staff"),
    ("POST", "/p/<programme>/events/new", "meetings.make_event", "staff"),
    ("GET", "/p/<programme>/events/<event>", "meetings.ask_about_event", "staff"),
    ("POST", "/p/<programme>/events/<event>", "meetings.change_event", "staff"),
    ("GET", "/p/<programme>/events/<event>/attendance", "meetings.attendance", "staff"),
    ("POST", "/p/<programme>/events/<event>/attendance", "meetings.count_attendance", "staff"),
    ("GET", "/p/<programme>/schedules/new", "meetings.ask_for_schedule", "staff"),
    ("POST", "/p/<programme>/schedules/new", "meetings.make_schedule", "staff"),
    ("GET", "/p/<programme>/schedules/<schedule>", "meetings.ask_about_schedule", "staff"),
    ("POST", "/p/<programme>/schedules/<schedule>", "meetings.change_schedule", "staff"),
    ("POST", "/p/<programme>/schedules/<schedule>/days", "meetings.change_days", "staff"),
    ("POST", "/p/<programme>/calendar", "meetings.change_calendar", "staff"),
    ("GET", "/p/<programme>/calendar/<token>.ics", "meetings.calendar", "public"),
    ("GET", "/rounds/<uuid:round_id>/invitations", "invite.show_invitations", "staff"),
    ("POST", "/rounds/<uuid:round_id>/invitations", "invite.bring_people", "staff"),
    ("POST", "/rounds/<uuid:round_id>/invitations/list", "invite.change_list", "staff"),
    ("POST", "/rounds/<uuid:round_id>/invitations/send", "invite.send_messages", "staff"),
    ("POST", "/rounds/<uuid:round_id>/invitations/texts", "invite.write_texts", "staff"),
    ("GET", "/rounds/<uuid:round_id>/results", "results.write", "staff"),
    ("POST", "/rounds/<uuid:round_id>/results", "results.keep", "staff"),
    ("GET", "/rounds/<uuid:round_id>/results/preview", "results.preview", "staff"),
    ("POST", "/rounds/<uuid:round_id>/results/preview", "results.publish", "staff"),
    ("GET", "/rounds/<uuid:round_id>/results/<int:number>", "results.past", "staff"),
    ("GET", "/p/<programme>/trends", "reports.trends", "staff"),
    ("GET", "/rounds/<uuid:round_id>/kiosk", "lend.ask", "staff"),
    ("POST", "/rounds/<uuid:round_id>/kiosk", "lend.start", "staff"),
    ("POST", "/rounds/<uuid:round_id>/kiosk/<uuid:kiosk_id>/end", "lend.end", "staff"),
    ("GET", "/rounds/<uuid:round_id>/interview", "interview.mine", "staff"),
    ("POST", "/rounds/<uuid:round_id>/interview", "interview.begin", "staff"),
    ("GET", "/rounds/<uuid:round_id>/interview/plan", "interview.plan", "staff"),
    ("POST", "/rounds/<uuid:round_id>/interview/plan", "interview.save_plan", "staff"),
    ("GET", "/rounds/<uuid:round_id>/interview/<uuid:interview_id>", "interview.go_on", "staff"),
    ("POST", "/rounds/<uuid:round_id>/interview/<uuid:interview_id>", "interview.write", "staff"),
    ("GET", "/forms/<uuid:form_id>/reach", "reports.reach", "staff"),
    ("GET", "/rounds/<uuid:round_id>/projector", "inviting.projector", "staff"),
    ("GET", "/rounds/<uuid:round_id>/share", "inviting.share", "staff"),
    ("GET", "/rounds/<uuid:round_id>/qr.svg", "inviting.code", "staff"),
    ("GET", "/rounds/<uuid:round_id>/poster.pdf", "inviting.poster", "staff"),
    ("GET", "/rounds/<uuid:round_id>/handout.pdf", "inviting.handout", "staff"),
    ("GET", "/p/<programme>/forms", "author.forms_of", "staff"),
    ("POST", "/p/<programme>/forms", "author.make", "staff"),
    ("GET", "/forms/kinds", "author.kinds", "staff"),
    ("GET", "/forms/<uuid:form_id>", "author.designer", "staff"),
    ("GET", "/forms/<uuid:form_id>/draft", "author.draft", "staff"),
    ("POST", "/forms/<uuid:form_id>/draft", "author.save", "staff"),
    ("POST", "/forms/<uuid:form_id>/condition", "author.condition", "staff"),
    ("GET", "/forms/<uuid:form_id>/recordings", "recordings.show", "staff"),
    ("POST", "/forms/<uuid:form_id>/recordings", "recordings.change", "staff"),
    ("GET", "/forms/<uuid:form_id>/voice/<digest>", "recordings.hear", "staff"),
    ("GET", "/forms/<uuid:form_id>/texts", "translate.texts", "staff"),
    ("POST", "/forms/<uuid:form_id>/texts", "translate.change", "staff"),
    ("GET", "/forms/<uuid:form_id>/texts/<language>.<ending>", "translate.download", "staff"),
    ("GET", "/p/<programme>/library", "library.shelf", "staff"),
    ("GET", "/p/<programme>/library.json", "library.listed", "staff"),
    ("POST", "/p/<programme>/library/start", "library.start", "staff"),
    ("POST", "/p/<programme>/library/copy", "library.copy", "staff"),
    ("POST", "/p/<programme>/library/copy-form", "library.copy_form", "staff"),
    ("POST", "/forms/<uuid:form_id>/insert", "library.insert", "staff"),
    ("POST", "/forms/<uuid:form_id>/instruments", "library.keep", "staff"),
    ("GET", "/forms/<uuid:form_id>/form.yaml", "author.file", "staff"),
    ("GET", "/forms/<uuid:form_id>/form.xlsx", "author.workbook", "staff"),
    ("GET", "/forms/<uuid:form_id>/publish", "publish.look", "staff"),
    ("POST", "/forms/<uuid:form_id>/publish", "publish.publish_form", "staff"),
    ("GET", "/forms/<uuid:form_id>/versions/<int:number>", "publish.version", "staff"),
    ("GET", "/p/<programme>/forms/import", "bring.ask_for_form", "staff"),
    ("POST", "/p/<programme>/forms/import", "bring.bring_form", "staff"),
    ("GET", "/p/<programme>/surveys/<survey>/promise", "anonymity.look", "staff"),
    ("POST", "/p/<programme>/surveys/<survey>/promise", "anonymity.choose", "staff"),
    ("POST", "/p/<programme>/surveys/<survey>/cards", "anonymity.print_cards", "staff"),
    ("GET", "/p/<programme>/keys", "anonymity.ask_to_destroy", "staff"),
    ("POST", "/p/<programme>/keys", "anonymity.destroy", "staff"),
    ("GET", "/rounds/<uuid:round_id>/paper", "paper.batches", "staff"),
    ("POST", "/rounds/<uuid:round_id>/paper", "paper.make", "staff"),
    ("GET", "/rounds/<uuid:round_id>/paper/<uuid:batch_id>.pdf", "paper.sheets", "staff"),
    ("GET", "/rounds/<uuid:round_id>/paper/entry", "paper.ask_for_sheet", "staff"),
    ("POST", "/rounds/<uuid:round_id>/paper/entry", "paper.type_sheet", "staff"),
    ("GET", "/p/<programme>/surveys/<survey>/answers", "bring.ask_for_answers", "staff"),
    ("POST", "/p/<programme>/surveys/<survey>/answers", "bring.bring_answers", "staff"),
)

READS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_REQUEST_BYTES = 1_000_000
#: A form of 500 questions in four languages is larger than any answer.
LARGEST_DRAFT_BYTES = 5_000_000
#: A file of another system may have pictures in it; what a page carries of it to the next page is small.
LARGEST_FILE_BYTES, LARGEST_CARRIED_BYTES = 50_000_000, 4_000_000


class Later:
    """A view whose file is loaded when it is first asked for."""

    def __init__(self, name: str, who: access.Who) -> None:
        self.__name__ = self.__qualname__ = name  # flask-limiter reads both
        self.access = who

    @cached_property
    def view(self) -> Callable[..., ResponseReturnValue]:
        room, name = self.__name__.split(".")
        return getattr(import_module(f"surveys.web.{room}"), name)

    def __call__(self, **values: Any) -> ResponseReturnValue:
        return self.view(**values)


class Doors(Flask):
    """Flask with one session per request, and a log that never names a link."""

    def __init__(self, settings: Settings, database: Database) -> None:
        super().__init__("surveys.web")
        self.settings, self.database = settings, database
        self.extensions["tupuy_settings"] = settings
        self.config.update(
            SECRET_KEY=settings.secret,
            MAX_CONTENT_LENGTH=LARGEST_REQUEST_BYTES,
            SESSION_COOKIE_SAMESITE="Lax",
            WTF_CSRF_CHECK_DEFAULT=False,
            WTF_CSRF_TIME_LIMIT=None,
        )
        self.url_map.strict_slashes = False
        self.url_map.converters["code"] = Code
        self.before_request(self._begin)
        limits.register(self, settings)
        self.teardown_request(self._end)
        speaking.register(self)
        access.register(self)
        delivery.register(self)
        errors.register(self)
        self._open_doors()

    def _open_doors(self) -> None:
        for room in AT_START:
            self.register_blueprint(import_module(f"surveys.web.{room}").doors)
        for method, rule, name, who in LATER:
            self.add_url_rule(rule, name, Later(name, who), methods=[method])

    def _begin(self) -> None:
        g.settings, g.database = self.settings, self.database
        if (request.endpoint or "").startswith(("author.", "translate.")):
            request.max_content_length = request.max_form_memory_size = LARGEST_DRAFT_BYTES
        elif (request.endpoint or "").startswith("bring."):
            request.max_content_length, request.max_form_memory_size = LARGEST_FILE_BYTES, LARGEST_CARRIED_BYTES
        reads_only = request.method in READS or request.blueprint in access.OF_PARTICIPANTS  # answers are written together: Database.write
        g.session = self.database.open_session(reads_only)
        g.now = datetime.now(UTC)
        g.person = None
        g.language = speaking.language_of_request()

    def dispatch_request(self, *context: Any) -> ResponseReturnValue:
        """Run the view, then commit: what a page acknowledges is on disk before it is sent."""
        answer = super().dispatch_request(*context)
        if "session" in g:
            g.session.commit()
        return answer

    def _end(self, _fault: BaseException | None) -> None:
        session = g.pop("session", None)
        if session is not None:
            session.close()

    def log_exception(self, *arguments: Any) -> None:
        """Log what went wrong and where in the code; never the address asked for, which may be somebody's link."""
        exc_info: tuple[type[BaseException], BaseException, TracebackType | None] = arguments[-1]
        self.logger.error("a request failed at %s", request.endpoint, exc_info=exc_info)
