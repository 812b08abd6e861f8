"""The translator's doors: each text beside the base, its state, files out and in. All of it works without script."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date

from forms.exchange.translators import Returned, Sent, check_of, tidy
from forms.messages import mark
from forms.places import places_in_words
from forms.translating import NEEDING_WORK, STATE_WORDS, TextState, completeness, fingerprint
from surveys import drafting, translating
from surveys.languages import SPOKEN, own_name
from surveys.storage import Form, Programme
from surveys.translating import Report
from surveys.web.access import staff_only
from surveys.web.author import form_or_404, sent_json, state_of, unreadable
from surveys.web.speaking import say, say_many, speaker

doors = Blueprint("translate", __name__)

MOST_ON_PAGE = 60

#: What a report says of the lines that are not simply taken, in this order.
FATES: tuple[tuple[str, str], ...] = (
    ("outdated", mark("Taken, and to be looked at again: the base text changed meanwhile.")),
    ("places", mark("Not taken: words in braces are missing or new.")),
    ("unfinished", mark("Not taken: marked as not finished.")),
    ("repeated", mark("Not taken: the text is there twice, with different words.")),
    ("unknown", mark("Not taken: the form has no such text any more.")),
    ("blank", mark("Empty in the file: what is here stays.")),
)


@dataclass(frozen=True)
class Row:
    """One text on the page: where it stands in words, and the fingerprints of what the person sees."""

    state: TextState
    where: str
    check: str
    may_review: bool
    reviewed_on: str

    @property
    def needs_work(self) -> bool:
        return self.state.state in NEEDING_WORK


# The page --------------------------------------------------------------------------------------------------------------


@doors.get("/forms/<uuid:form_id>/texts")
@staff_only
def texts(form_id: UUID) -> ResponseReturnValue:
    """One language beside the base: all of it, or only what needs work."""
    form = form_or_404(form_id)
    return render_template("author/texts.html", **_page(form, _language(form, request.args.get("language"))))


def _page(form: Form, language: str) -> dict[str, Any]:
    definition, states = drafting.definition_of_draft(form), translating.states_of(form)
    mine = [one for one in states if one.language == language]
    only_work = request.args.get("show") == "work"
    shown = [one for one in mine if one.state in NEEDING_WORK] if only_work else mine
    pages = max(1, -(-len(shown) // MOST_ON_PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    return {
        **_frame(form),
        "language": language,
        "languages": _languages(definition.languages, states),
        "rows": _rows(form, shown[(number - 1) * MOST_ON_PAGE : number * MOST_ON_PAGE]),
        "only_work": only_work,
        "work": any(one.state in NEEDING_WORK for one in mine),
        "work_in_words": _work_in_words(mine),
        "page": number,
        "pages": pages,
        "base_only": _without_base(form),
    }


def _frame(form: Form) -> dict[str, Any]:
    """What every page here shows: whose form it is, and languages by their own names."""
    definition = drafting.definition_of_draft(form)
    return {
        "here": "forms",
        "programme": g.session.get_one(Programme, form.programme_id),
        "form": form,
        "title": definition.title.in_language(g.language, definition.languages[0]) or form.slug,
        "base": definition.languages[0],
        "names": {code: own_name(code) for code in definition.languages},
        "state_words": STATE_WORDS,
    }


def _language(form: Form, asked: str | None) -> str:
    """The language asked for, else the first that the form is translated into; 404 when there is none."""
    others = drafting.definition_of_draft(form).languages[1:]
    if not others or (asked is not None and asked not in others):
        abort(404)
    return asked or others[0]


def _languages(codes: Sequence[str], states: Iterable[TextState]) -> list[dict[str, Any]]:
    counts = ((code, completeness(states, code)) for code in codes[1:])
    return [{"code": code, "name": own_name(code), "done": done, "total": total} for code, (done, total) in counts]


def _rows(form: Form, shown: Iterable[TextState]) -> list[Row]:
    where = places_in_words(drafting.definition_of_draft(form), speaker())
    return [
        Row(
            one,
            where[one.place],
            f"{fingerprint(one.base)}-{fingerprint(one.said)}",
            one.state == "done" and translating.may_review(form, one, g.person),
            format_date(one.reviewed_on, "long") if one.reviewed_on else "",
        )
        for one in shown
    ]


def _without_base(form: Form) -> list[str]:
    """Where something is said in another language and nothing in the base."""
    definition = drafting.definition_of_draft(form)
    where = places_in_words(definition, speaker())
    return [where[place] for place, text in translating.texts_of(form) if text and not text.get(definition.languages[0])]


# What is sent ----------------------------------------------------------------------------------------------------------


@doors.post("/forms/<uuid:form_id>/texts")
@staff_only
def change(form_id: UUID) -> ResponseReturnValue:
    """A decision about a text (JSON), a translator's file, what a person chose of it, or a page of translations."""
    form = translating.lock(g.session, form_or_404(form_id))
    if request.is_json:
        return _decided(form, sent_json())
    if "sent" in request.form:
        return _chosen(form, _kept(request.form["sent"]))
    if "file" in request.files:
        return _brought(form)
    return _written(form)


def _decided(form: Form, sent: Mapping[str, Any]) -> ResponseReturnValue:
    revision, place, language = sent.get("revision"), sent.get("place"), sent.get("language")
    if not isinstance(revision, int) or not isinstance(place, str) or not isinstance(language, str):
        raise unreadable()
    _decide(form, str(sent.get("do")), place, language, translating.seen_at(g.session, form, revision, place, language))
    return state_of(form)


def _decide(form: Form, what: str, place: str, language: str, seen: tuple[str, str] | None) -> None:
    if what == "confirm":
        translating.confirm(form, place, language, seen)
    elif what == "review":
        translating.review(form, place, language, g.person, g.now.date(), seen)
    else:
        raise unreadable()


def _brought(form: Form) -> ResponseReturnValue:
    """A file: what would become of it; with ``accept`` of that very report, it is done."""
    returned = translating.read_file(form, request.files["file"].read())
    report = translating.compare(form, returned, request.form.get("language", ""))
    return _done(form, report, _choices()) if request.form.get("accept") == report.digest else _told(form, report)


def _chosen(form: Form, returned: Returned) -> ResponseReturnValue:
    """What a person chose on the page of a report, which carried the lines of the file."""
    report = translating.compare(form, returned)
    return _done(form, report, _choices()) if request.form.get("accept") == report.digest else _told(form, report, has_changed=True)


def _written(form: Form) -> ResponseReturnValue:
    """A page of translations; buttons beside a text do what they say after all of the page is kept."""
    language = _language(form, request.form.get("language"))
    what, _, place = request.form.get("do", "").partition(":")
    lines = tuple(_lines(form, language, copied=place if what == "copy" else ""))
    if not lines:
        raise unreadable()
    report = translating.compare(form, Returned(language, lines), language, by_hand=True)
    translating.take(g.session, form, report, (), g.person, g.now)
    if left := report.of("conflict"):
        return _told(form, Report(language, tuple(left)))
    if not _wants_page():
        return _kept_now(form, language, {one.place for one in lines})
    if what in ("confirm", "review"):
        _decide(form, what, place, language, None)
    return _back(form, language, place)


def _kept_now(form: Form, language: str, places: Collection[str]) -> dict[str, Any]:
    """What a page that saves text by text shows of them afterwards."""
    states = translating.states_of(form)
    mine = [one for one in states if one.language == language and one.place in places]
    done, total = completeness(states, language)
    texts = {
        row.state.place: {
            "check": row.check,
            "needs_work": row.needs_work,
            "state": say(STATE_WORDS[row.state.state]) if row.state.state != "done" else "",
        }
        for row in _rows(form, mine)
    }
    work = _work_in_words(one for one in states if one.language == language)
    return {"texts": texts, "done": done, "counted": say("%(done)s of %(total)s texts", done=done, total=total), "work": work}


def _work_in_words(states: Iterable[TextState]) -> str:
    count = sum(one.state in NEEDING_WORK for one in states)
    return say_many("%(count)s text needs work.", "%(count)s texts need work.", count) if count else say("No text needs work.")


def _lines(form: Form, language: str, copied: str) -> Iterator[Sent]:
    base = {one.place: one.base for one in translating.states_of(form) if one.language == language}
    for name, words in request.form.items():
        if name.startswith("words:"):
            place = name.removeprefix("words:")
            said = base.get(place, "") if place == copied else tidy(words)
            yield Sent(place, said, *check_of(request.form.get(f"check:{place}", "")))


def _done(form: Form, report: Report, chosen: Iterable[str]) -> ResponseReturnValue:
    translating.take(g.session, form, report, chosen, g.person, g.now)
    return _back(form, report.language) if _wants_page() else state_of(form)


def _told(form: Form, report: Report, has_changed: bool = False) -> ResponseReturnValue:
    """The report of a file. On a page the lines that would change something travel in it, until a person has chosen."""
    if not _wants_page():
        return {"report": _as_json(report), "accept": report.digest}
    kept = Returned(report.language, tuple(translating.needed(report)))
    again = translating.compare(form, kept) if kept.sent else report
    where = places_in_words(drafting.definition_of_draft(form), speaker())
    page = render_template(
        "author/texts_report.html",
        **_frame(form),
        report=report,
        language=report.language,
        where=where,
        fates=FATES,
        kept=json.dumps([kept.language, *([one.place, one.said, one.base_then, one.said_then, one.is_confirmed] for one in kept.sent)]),
        accept=again.digest,
        has_changed=has_changed,
    )
    return make_response(page, 200)


def _as_json(report: Report) -> dict[str, Any]:
    places = {fate: [one.place for one in report.of(fate)] for fate in ("applied", "confirmed", *(fate for fate, _ in FATES))}
    conflicts = [
        {"place": one.place, "language": report.language, "base": one.base, "here": one.here, "there": one.there}
        for one in report.of("conflict")
    ]
    return {"language": report.language, "conflicts": conflicts, "unchanged": len(report.of("unchanged")), **places}


def _kept(said: str) -> Returned:
    """The lines that a page of ours carried."""
    try:
        language, *lines = json.loads(said)
        return Returned(str(language), tuple(Sent(str(p), tidy(str(w)), str(b), str(s), bool(c)) for p, w, b, s, c in lines))
    except (ValueError, TypeError, RecursionError):
        raise unreadable() from None


def _choices() -> set[str]:
    """The places where the words of the file were chosen."""
    chosen = {name.removeprefix("choice:") for name, value in request.form.items() if name.startswith("choice:") and value == "there"}
    try:
        said = json.loads(request.form.get("choices") or "{}")
    except (ValueError, RecursionError):
        raise unreadable() from None
    if not isinstance(said, dict):
        raise unreadable()
    return chosen | {place for place, value in said.items() if value == "there"}


def _wants_page() -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _back(form: Form, language: str, place: str = "") -> ResponseReturnValue:
    args: dict[str, Any] = {name: request.form[name] for name in ("show", "page") if request.form.get(name)}
    return redirect(url_for("translate.texts", form_id=form.id, language=language, _anchor=place or None, **args), 303)


# Files -----------------------------------------------------------------------------------------------------------------


@doors.get("/forms/<uuid:form_id>/texts/<language>.<ending>")
@staff_only
def download(form_id: UUID, language: str, ending: str) -> Response:
    form = form_or_404(form_id)
    if ending not in translating.ENDINGS:
        abort(404)
    says = {code: speaker(code) for code in SPOKEN}
    data = translating.file_of(form, _language(form, language), ending, says)
    answer = make_response(data)
    answer.mimetype = translating.ENDINGS[ending]
    answer.headers["Content-Disposition"] = f'attachment; filename="{form.slug}-{language}.{ending}"'
    return answer
