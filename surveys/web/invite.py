"""The staff's doors to inviting people one by one: their list, the e-mails and the messages to paste.

No page here tells who has answered, as none asks for it: see :mod:`surveys.invitations`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from analysis.saying import Teller
from forms.messages import Problem
from surveys import invitations
from surveys.errors import ProblemsFound
from surveys.invitations import Desk, Progress, Seen
from surveys.inviting import personal_path
from surveys.mailing import Kind, Postman, messenger_link
from surveys.storage import Invitation, Mailing, Round, deliveries_of, invitations_of, mailings_of
from surveys.web.access import staff_only
from surveys.web.asking import chrome_of
from surveys.web.asking import speaker as said_by
from surveys.web.bring import MOST_SHOWN, Sent, no_file, sent_file
from surveys.web.collect import round_or_404
from surveys.web.speaking import speaker

doors = Blueprint("invite", __name__)

#: Messages to paste are written for so many people at once.
MOST_TEXTS = 50


@dataclass(frozen=True)
class Pasted:
    """A message to paste for one person, and the address that opens it in WhatsApp."""

    name: str
    phone: str | None
    language: str
    text: str
    messenger: str


@dataclass(frozen=True)
class Log:
    """One mailing as the page tells it: where it stands, and what became of each message that did not simply leave."""

    mailing: Mailing
    progress: Progress
    troubles: list[tuple[str, str, str]]  # name, outcome, reason


@doors.get("/rounds/<uuid:round_id>/invitations")
@staff_only
def show_invitations(round_id: UUID) -> str:
    return _page(round_or_404(round_id))


@doors.post("/rounds/<uuid:round_id>/invitations")
@staff_only
def bring_people(round_id: UUID) -> ResponseReturnValue:
    """Show what would come of a list; store it when that very file was looked at."""
    round_, sent = round_or_404(round_id), sent_file()
    if sent is None:
        return _page(round_, problems=[no_file()]), 422
    try:
        seen = invitations.look_at(g.session, round_, sent.data, sent.name, g.settings.keys)
        if seen.faults:
            raise ProblemsFound(seen.faults)
        if request.form.get("seen") != sent.digest:
            return _page(round_, sent=sent, seen=seen)
        invitations.store(g.session, round_, seen.people, g.settings.keys)
    except ProblemsFound as fault:
        return _page(round_, problems=fault.problems), 422
    return _page(round_, done=len(seen.people))


@doors.post("/rounds/<uuid:round_id>/invitations/list")
@staff_only
def change_list(round_id: UUID) -> ResponseReturnValue:
    """Remove somebody, or choose whether the list stays after closing."""
    round_ = round_or_404(round_id)
    if request.form.get("do") == "remove":
        invitations.remove(g.session, round_, _chosen(round_).id, g.settings.keys)
    elif round_.closed_at is None:
        invitations.choose_keeping(g.session, round_, "keeps" in request.form)
    return _page(round_)


@doors.post("/rounds/<uuid:round_id>/invitations/send")
@staff_only
def send_messages(round_id: UUID) -> ResponseReturnValue:
    """Send the next messages of a mailing; the page goes on by itself, or with its button, until all have left."""
    round_ = round_or_404(round_id)
    if g.settings.mail is None:
        abort(404)
    try:
        mailing = _mailing(round_)
    except ProblemsFound as fault:
        return _page(round_, problems=fault.problems), 422
    desk, mailing_id = _desk(round_), mailing.id
    g.session.commit()  # nothing is held while messages leave
    with Postman(g.settings.mail) as postman:
        progress = invitations.send_on(g.database.session, mailing_id, postman, desk, g.now)
    g.session.expire_all()
    return _page(round_or_404(round_id), current=(mailing_id, progress))


@doors.post("/rounds/<uuid:round_id>/invitations/texts")
@staff_only
def write_texts(round_id: UUID) -> ResponseReturnValue:
    """Messages to paste, shown this once: of one person, or of everybody with a telephone who has none yet."""
    round_, desk, kind = round_or_404(round_id), _desk(round_or_404(round_id)), _kind()
    whom = [_chosen(round_)] if "who" in request.form else _without_text(round_)[:MOST_TEXTS]
    try:
        texts = [_pasted(one, invitations.write_text(g.session, round_, one, kind, desk)) for one in whom]
    except ProblemsFound as fault:
        return _page(round_, problems=fault.problems), 422
    return render_template(
        "collect/texts.html",
        here="rounds",
        programme=round_.survey.programme,
        round=round_,
        tell=Teller(speaker()),
        texts=texts,
        left=len(_without_text(round_)),
    )


# What a request says ---------------------------------------------------------------------------------------------------


def _kind() -> Kind:
    return "reminder" if request.form.get("kind") == "reminder" else "invitation"


def _chosen(round_: Round) -> Invitation:
    """The person whom the request names."""
    asked = request.form.get("who", "")
    return next((one for one in invitations_of(g.session, round_) if str(one.id) == asked), None) or abort(404)


def _mailing(round_: Round) -> Mailing:
    """The mailing that goes on, or a new one."""
    asked = request.form.get("mailing")
    if not asked:
        return invitations.begin_mailing(g.session, round_, _kind(), g.person, g.now)
    found = next((one for one in mailings_of(g.session, round_) if str(one.id) == asked), None) or abort(404)
    if request.form.get("do") == "again":
        invitations.try_again(g.session, found)
    return found


def _without_text(round_: Round) -> list[Invitation]:
    return [one for one in invitations_of(g.session, round_) if one.phone and not one.has_text and not one.has_opted_out]


# Messages --------------------------------------------------------------------------------------------------------------


def _desk(round_: Round) -> Desk:
    base, link = request.host_url.rstrip("/"), round_.link
    chrome = chrome_of(round_.survey.programme.languages)
    return Desk(
        answer=lambda token: f"{base}{personal_path(round_, token)}",
        opt_out=lambda token: url_for("answer.ask_for_quiet", link=link, token=token, _external=True),
        results=url_for("answer.read_results", link=link, _external=True),
        speaks=lambda language: said_by(language, chrome),
        keys=g.settings.keys,
        secret=g.settings.secret,
    )


def _pasted(one: Invitation, text: str) -> Pasted:
    return Pasted(one.name, one.phone, one.language, text, messenger_link(one.phone, text) if one.phone else "")


# The page --------------------------------------------------------------------------------------------------------------


def _page(
    round_: Round,
    sent: Sent | None = None,
    seen: Seen | None = None,
    problems: Sequence[Problem] = (),
    done: int | None = None,
    current: tuple[UUID, Progress] | None = None,
) -> str:
    programme, people = round_.survey.programme, invitations_of(g.session, round_)
    return render_template(
        "collect/invitations.html",
        here="rounds",
        programme=programme,
        round=round_,
        tell=Teller(speaker()),
        say=speaker(),
        refusals=invitations.problems_of(round_),
        sent=sent,
        seen=seen,
        problems=problems,
        done=done,
        most=MOST_SHOWN,
        people=people,
        groups={group.key: group.name for group in programme.groups},
        keeps=invitations.keeps_people(g.session, round_),
        has_mail=g.settings.mail is not None,
        logs=[_log(round_, mailing, people, current) for mailing in mailings_of(g.session, round_)],
        without_text=len(_without_text(round_)),
        can_mail=any(one.email and not one.has_opted_out for one in people),
    )


def _log(round_: Round, mailing: Mailing, people: Sequence[Invitation], current: tuple[UUID, Progress] | None) -> Log:
    progress = current[1] if current and current[0] == mailing.id else invitations.progress(g.session, round_, mailing)
    names: dict[UUID, Any] = {one.id: one.name for one in people}
    deliveries = deliveries_of(g.session, mailing).items()
    troubles = [(names[id_], one.outcome, one.reason) for id_, one in deliveries if one.outcome != "sent" and id_ in names]
    return Log(mailing, progress, sorted(troubles))
