"""What calls people to answer: the wall of the room, sheets of paper, messages to paste. All of it says how many, never what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from forms.messages import mark, mark_many
from forms.wording import Text
from surveys import inviting, printing, promising
from surveys.authoring import definition_of
from surveys.collecting import is_open, state_of
from surveys.following import progress
from surveys.languages import Speaker, locale, own_name, spoken
from surveys.storage import Round, find_code
from surveys.web.access import staff_only
from surveys.web.asking import Page, chrome_of, speaker
from surveys.web.promises import promises

doors = Blueprint("inviting", __name__)

#: Sizes of a poster.
PAPERS = ("a4", "a3")
#: A closing that is further away is told by its day alone.
COUNTED_SECONDS = 24 * 60 * 60


@dataclass(frozen=True)
class Told:
    """What a wall, a sheet and a message say of a round, in one language; every line is literally true of it."""

    language: str
    say: Speaker
    title: str
    event: str
    organisation: str
    promise: str
    lines: tuple[str, ...]
    minutes: str
    until: str
    extended: str
    ask: str


@doors.get("/rounds/<uuid:round_id>/projector")
@staff_only
def projector(round_id: UUID) -> str:
    """The wall of the room. ``?part=live`` gives what changes, for the page's script; without it the page loads anew."""
    round_ = round_or_404(round_id)
    going = progress(g.session, round_)
    is_part = request.args.get("part") == "live"
    return render_template(
        "room/changes.html" if is_part else "room/projector.html",
        round=round_,
        told=all_told(round_, on_wall=True),
        state=state_of(round_, g.now),
        left=_seconds_left(round_),
        count=going.count,
        parts=[part for part in going.parts if part.kind != "hidden"] if "groups" in request.args else [],
        address=address_typed(round_),
        qr="" if is_part else inviting.qr_svg(address_of(round_)),
    )


@doors.get("/rounds/<uuid:round_id>/share")
@staff_only
def share(round_id: UUID) -> str:
    """Messages to paste, in each language and in all of them; the sheets to print."""
    round_ = round_or_404(round_id)
    told, address = all_told(round_), address_of(round_)
    letters = [Letter.of([one], address) for one in told]
    return render_template(
        "room/share.html",
        here="rounds",
        programme=round_.survey.programme,
        round=round_,
        title=told[0].title,
        letters=[Letter.of(told, address), *letters] if len(told) > 1 else letters,
        address=address,
        typed=address_typed(round_),
        qr=inviting.qr_svg(address),
        papers=PAPERS,
        in_room=bool(g.settings.room),
    )


@doors.get("/rounds/<uuid:round_id>/qr.svg")
@staff_only
def code(round_id: UUID) -> Response:
    """The QR code alone, for the round's page and for people who make their own sheets."""
    return Response(inviting.qr_file(address_of(round_or_404(round_id))), mimetype="image/svg+xml")


@doors.get("/rounds/<uuid:round_id>/poster.pdf")
@staff_only
def poster(round_id: UUID) -> ResponseReturnValue:
    """A sheet for the wall, in every language that Tupuy and the round speak: ``?paper=a3`` for a large one."""
    paper = request.args.get("paper", PAPERS[0])
    return _sheet("poster", round_or_404(round_id), paper=paper) if paper in PAPERS else abort(404)


@doors.get("/rounds/<uuid:round_id>/handout.pdf")
@staff_only
def handout(round_id: UUID) -> ResponseReturnValue:
    """Slips to hand out, two on a sheet, with a line to cut along."""
    return _sheet("handout", round_or_404(round_id))


def round_or_404(round_id: UUID) -> Round:
    """The round, with a short code as long as it is not closed: a page only reads, so the code is made in a session apart."""
    round_ = g.session.get(Round, round_id) or abort(404)
    if round_.closed_at is None and find_code(g.session, round_) is None:
        g.session.rollback()  # the page begins anew, and sees the code
        with g.database.session() as session:
            inviting.code_of(session, session.get_one(Round, round_id))
    return g.session.get_one(Round, round_id)


# Addresses -------------------------------------------------------------------------------------------------------------


def site() -> str:
    """Where phones reach this site: in a room without internet that is not the address that staff use."""
    return str(g.settings.room) or request.host_url.rstrip("/")


def address_of(round_: Round) -> str:
    return f"{site()}/r/{round_.link}"


def address_typed(round_: Round) -> str:
    """The shortest address of a round, as it is typed: no ``https://``, and the code right behind the name of the site."""
    return f"{site().partition('://')[2]}/{find_code(g.session, round_) or f'r/{round_.link}'}"


# Words -----------------------------------------------------------------------------------------------------------------


def all_told(round_: Round, on_wall: bool = False) -> list[Told]:
    """In each language of the round that Tupuy speaks, the base first; else in the base alone."""
    languages = [language for language in round_.languages if spoken(language, "")] or round_.languages[:1]
    return [told_in(round_, language, on_wall) for language in languages]


def told_in(round_: Round, language: str, on_wall: bool = False) -> Told:
    """``on_wall``: a closing that is counted down is told by its hour alone."""
    programme = round_.survey.programme
    chrome = chrome_of(programme.languages)
    form = promising.as_promised(definition_of(round_.version), round_.survey)
    page, say = Page(form, (language,), language, chrome=chrome), speaker(language, chrome)
    heading, lines, _ = promises(page, programme, promising.asks_card(round_.survey))
    return Told(
        language,
        say,
        title=page.said(page.form.title),
        event=page.said(Text.of(round_.event.name)) if round_.event else "",
        organisation=page.said(Text.of(programme.name)),
        promise=heading.striptags(),
        lines=tuple(line.striptags() for line in lines[:3]),
        minutes=say.many(*mark_many("It takes about %(count)s minute.", "It takes about %(count)s minutes."), page.minutes()),
        until=_until(round_, say, on_wall),
        extended=_extended(round_, say),
        ask=_ask(programme.contact, say),
    )


def _until(round_: Round, say: Speaker, on_wall: bool) -> str:
    state = state_of(round_, g.now)
    if state in ("ended", "closed"):
        return say(mark("It takes no more answers."))
    if state == "coming":
        if round_.waits or round_.opens_at is None:
            return say(mark("It opens when the facilitator says so."))
        return say(mark("Opens: %(when)s"), when=moment(round_, round_.opens_at, say))
    if round_.closes_at is None:
        return say(mark("Open until the facilitator closes it."))
    told = hour if on_wall and _seconds_left(round_) is not None else moment
    return say(mark("Open until: %(when)s"), when=told(round_, round_.closes_at, say))


def _extended(round_: Round, say: Speaker) -> str:
    """An extension is announced as long as it makes a difference."""
    if round_.extended_from is None or not is_open(round_, g.now):
        return ""
    return say(mark("More time: before, it was to close %(when)s."), when=moment(round_, round_.extended_from, say))


def _ask(contact: str, say: Speaker) -> str:
    if contact:
        return say(mark("Questions or complaints? Write to %(contact)s."), contact=contact)
    return say(mark("Questions or complaints? Ask whoever gave you this."))


def moment(round_: Round, when: datetime, say: Speaker) -> str:
    """A moment of the plan, where the programme is: "sábado, 25 de julio de 2026, 6:00 p. m."."""
    return f"{format_date(_here(round_, when), 'full', locale(say.language))}, {hour(round_, when, say)}"


def hour(round_: Round, when: datetime, say: Speaker) -> str:
    return format_time(_here(round_, when), "short", locale=locale(say.language))


def _here(round_: Round, when: datetime) -> datetime:
    return when.astimezone(ZoneInfo(round_.survey.programme.time_zone))


# The wall --------------------------------------------------------------------------------------------------------------


def _seconds_left(round_: Round) -> int | None:
    """Seconds to the closing by this machine's clock, which is the one that counts; None where it is not counted down."""
    if round_.closes_at is None or not is_open(round_, g.now):
        return None
    left = int((round_.closes_at - g.now).total_seconds())
    return left if left <= COUNTED_SECONDS else None


# Sheets ----------------------------------------------------------------------------------------------------------------


def _sheet(template: str, round_: Round, **more: str) -> Response:
    """The sheet as PDF, in the base language first."""
    told, address = all_told(round_), address_typed(round_)
    data = {"address": address, "qr": inviting.qr_svg(address_of(round_)), "tongues": [_printed(one, address) for one in told], **more}
    pdf = printing.as_pdf(template, data, told[0].language, f"{told[0].say(mark('Answer on your phone'))}: {told[0].title}")
    return Response(pdf, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{template}.pdf"'})


def _printed(told: Told, address: str) -> dict[str, Any]:
    say = told.say
    return {
        "language": say.language,
        "call": say(mark("Answer on your phone")),
        "title": told.title,
        "event": told.event,
        "organisation": told.organisation,
        "scan": say(mark("Point your camera at the code.")),
        "type": say(mark("Or type in your browser:")),
        "code": say(mark("QR code of this address: %(address)s"), address=address),
        "promise": told.promise,
        "lines": told.lines,
        "minutes": told.minutes,
        "until": told.until,
        "ask": told.ask,
    }


# Messages --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """A message in one language or in all: plain letters only, with the link alone on its line."""

    key: str
    name: str
    words: str
    subject: str

    @classmethod
    def of(cls, told: Sequence[Told], address: str) -> Letter:
        words = "\n\n".join([*map(_said, told), address])
        subject = " / ".join(dict.fromkeys(one.title for one in told))
        return cls("-".join(one.language for one in told), " / ".join(own_name(one.language) for one in told), words, subject)

    @property
    def by_whatsapp(self) -> str:
        return f"https://wa.me/?text={quote(self.words, safe='')}"

    @property
    def by_mail(self) -> str:
        lines = self.words.replace("\n", "\r\n")
        return f"mailto:?subject={quote(self.subject, safe='')}&body={quote(lines, safe='')}"


def _said(told: Told) -> str:
    heading = f"{told.title} ({told.event})" if told.event else told.title
    return "\n".join([heading, told.organisation, f"{told.promise}. {told.minutes} {told.until}"])
