"""The participant's page as it is sent: the same for a round, for a trial and for a preview of a draft."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import uuid4

from babel.dates import format_date
from flask import Response, render_template, request
from markupsafe import Markup

from forms.definition import FormDefinition
from forms.wording import Text
from surveys.languages import SPOKEN, known_locale, locale, own_name
from surveys.storage import Event, Programme
from surveys.web.asking import Page
from surveys.web.inlined import inlined_script, inlined_style
from surveys.web.promises import promises, promises_to_correct

#: Control names of the page itself, never of a question.
ID, NEW, LANGUAGE, SEED, MARK, RECEIPT, SEEN, TO, AS = "~id", "~new", "~lang", "~seed", "~mark", "~receipt", "~seen", "~to", "~as"


@dataclass(frozen=True)
class Occasion:
    """What a form is asked for. Only answers to a round count, given on a phone, at a kiosk or to an interviewer; a preview
    sends nothing.

    key: under which the phone keeps what was typed; "" keeps nothing. action: where answers are sent.
    at: name of the question that a preview scrolls to. until: the closing that was put off, in words. closes, ends: until
    when it can be opened, and until when what was begun in time counts. worker, words: the addresses of the service worker
    and of what the phone says without a signal. asks_card: whether the page asks for the code of a card. is_personal:
    opened through one person's own link. corrects_personal: opened with the receipt of answers that came
    through one. network: who runs the Wi-Fi of a room without internet, else "".
    """

    kind: Literal["round", "trial", "preview", "kiosk", "interview"]
    programme: Programme
    day: date
    event: Event | None = None
    key: str = ""
    action: str = ""
    page_mark: str = ""
    at: str = ""
    until: Text = Text()
    asks_card: bool = False
    is_personal: bool = False
    corrects_personal: bool = False
    network: Text | str = ""
    closes: Text = Text()
    ends: Text = Text()
    worker: str = ""
    words: str = ""


#: The page of each occasion that has one of its own, with its script.
TEMPLATES = {"kiosk": "kiosk/form.html", "interview": "interview/form.html"}


def send_form(occasion: Occasion, page: Page, status: int = 200, **values: object) -> Response:
    """The page with the questions."""
    asked = request.args.get("lang", page.language)
    template = TEMPLATES.get(occasion.kind, "answer/form.html")
    return send(
        template,
        page,
        status,
        occasion=occasion,
        programme=occasion.programme,
        style=inlined_style(template) + (inlined_style("voice") if page.voices else ""),
        script=inlined_script(_script_of(occasion)) + (inlined_script("voice") if page.voices else ""),
        response_id=next(iter(page.posted.get(ID, ())), "") or uuid4(),
        promises=_promises(occasion, page),
        not_spoken="" if asked in page.all_languages else asked[:20],
        day=in_each(page, lambda code: format_date(occasion.day, "long", locale(code))),
        **values,
    )


def _promises(occasion: Occasion, page: Page) -> tuple[Markup, list[Markup], list[Markup]]:
    if occasion.corrects_personal:
        return promises_to_correct(page, occasion.programme)
    return promises(page, occasion.programme, occasion.asks_card, occasion.is_personal, occasion.kind in TEMPLATES)


def _script_of(occasion: Occasion) -> str:
    if occasion.kind == "preview":
        return "answer/preview.html"
    if occasion.kind == "kiosk" and occasion.asks_card:
        return "kiosk/card.html"
    if occasion.kind in TEMPLATES:
        return TEMPLATES[occasion.kind]
    return "answer/card.html" if occasion.asks_card else "answer/form.html"


def send(template: str, page: Page, status: int = 200, **values: object) -> Response:
    """A page with its style and script inside it (one request), that no cache keeps and that sets no cookie."""
    values = {"style": inlined_style(template), "script": inlined_script(template), "names": _names(page), **values}
    response = Response(render_template(template, page=page, **values), status, mimetype="text/html")
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def _names(page: Page) -> dict[str, str]:
    """The languages of the switch, each by its own name."""
    return {code: own_name(code) for code in page.all_languages}


def in_each(page: Page, words_in: Callable[[str], str]) -> Text:
    """A day or a number in every carried language; in that of the chrome where nobody has told how a language writes it."""
    carried = {*page.languages, page.language} | ({page.chrome} if page.is_lent else set())
    return Text.of({code: words_in(code) for code in {one if known_locale(one) else page.chrome for one in carried}})


def language_of(spoken: Sequence[str], asked: str | None) -> str:
    """The language asked for where it is spoken, else the base."""
    return asked if asked and asked in spoken else spoken[0]


def seed_of(posted: Mapping[str, list[str]]) -> int:
    """What seeds this person's order of rows: drawn once, carried by the page, never stored."""
    given = (posted.get(SEED) or [""])[0]
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else secrets.randbelow(10**9)


def page_of_nothing() -> Page:
    """The page of a link that opens nothing: in the languages of Tupuy itself."""
    asked = request.args.get("lang", "")
    return Page(FormDefinition("", Text(), SPOKEN, ()), SPOKEN, language_of(SPOKEN, asked))


def wants_json() -> bool:
    """The page's own script asks for JSON, so that it can tell a lost signal from an answer."""
    return request.accept_mimetypes.best == "application/json"
