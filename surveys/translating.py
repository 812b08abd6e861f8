"""The translations of a form's draft: written beside the base, confirmed, reviewed by a second person, sent out and brought back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from forms import codec
from forms.exchange import translators
from forms.exchange.translator_po import read_translation, write_translation
from forms.exchange.translator_workbook import read_translated_workbook, write_workbook
from forms.exchange.translators import Outcome, Returned, Sent, TranslationRefused
from forms.exchange.workbook import is_workbook
from forms.messages import Message, Problem, Say, mark
from forms.texts import all_texts
from forms.translating import TextState, confirmed, fingerprint, reviewed, text_states, writer_of
from forms.wording import Text
from surveys import drafting
from surveys.errors import ProblemsFound
from surveys.languages import own_name
from surveys.storage import Form, Person, draft_at

#: The endings of a translator's file, and the kind of file that each is.
ENDINGS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "po": "text/x-gettext-translation",
}


@dataclass(frozen=True)
class Report:
    """What would become of each line of a file, or of a page, in one language; nothing is changed yet."""

    language: str
    outcomes: tuple[Outcome, ...]

    def of(self, *fates: str) -> list[Outcome]:
        return [one for one in self.outcomes if one.fate in fates]

    @property
    def digest(self) -> str:
        """What a person accepts: another one when the form or the file says something else meanwhile."""
        said = json.dumps([self.language, *(asdict(one) for one in self.outcomes)], sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


# Looking ---------------------------------------------------------------------------------------------------------------


def states_of(form: Form) -> tuple[TextState, ...]:
    return text_states(drafting.definition_of_draft(form), form.memory)


def texts_of(form: Form) -> Iterator[tuple[str, Text]]:
    """(place, text) of every text of the draft, blank ones included."""
    return all_texts(drafting.definition_of_draft(form))


def may_review(form: Form, one: TextState, person: Person) -> bool:
    """Whether this person is a second one: whoever wrote the words last does not review them. Unknown writers are somebody else."""
    return one.state != "missing" and writer_of(form.memory, one.place, one.language) != str(person.id)


# Deciding about one text -----------------------------------------------------------------------------------------------


def confirm(form: Form, place: str, language: str, seen: tuple[str, str] | None = None) -> None:
    """A translation still says what the base says, or is rightly the same. ``seen``: fingerprints of the base and the words that the
    person saw. Raises ProblemsFound when there is no such translation, or it changed meanwhile."""
    one = _found(form, place, language, seen)
    form.memory = confirmed(form.memory, drafting.definition_of_draft(form), one.place, one.language)


def review(form: Form, place: str, language: str, person: Person, today: date, seen: tuple[str, str] | None = None) -> None:
    """A second person found a translation right; their name stands beside it. Raises ProblemsFound as ``confirm`` does, and when they
    wrote it themselves."""
    one = _found(form, place, language, seen)
    if not may_review(form, one, person):
        fault, remedy = mark("You wrote this translation."), mark("Ask a second person to review it.")
        raise ProblemsFound([Problem(place, Message(fault), Message(remedy))])
    name = person.name or person.email
    form.memory = reviewed(form.memory, drafting.definition_of_draft(form), place, language, name, today)


def seen_at(session: Session, form: Form, revision: int, place: str, language: str) -> tuple[str, str] | None:
    """The fingerprints of a text and its translation as they were at a revision; None when it is the latest, or no longer kept."""
    document = draft_at(session, form, revision) if revision != form.revision else None
    if document is None:
        return None
    states = text_states(codec.from_document(document), {})
    then = next((one for one in states if (one.place, one.language) == (place, language)), None)
    return (fingerprint(then.base), fingerprint(then.said)) if then else ("", "")


def _found(form: Form, place: str, language: str, seen: tuple[str, str] | None) -> TextState:
    one = next((one for one in states_of(form) if (one.place, one.language) == (place, language)), None)
    if one is None or not one.said:
        fault, remedy = mark("There is no translation to decide about."), mark("Translate the text first.")
        raise ProblemsFound([Problem(place, Message(fault), Message(remedy))])
    if seen is not None and seen != (fingerprint(one.base), fingerprint(one.said)):
        fault, remedy = mark("Somebody changed this text while you looked at it."), mark("Read it again, and then decide.")
        raise ProblemsFound([Problem(place, Message(fault), Message(remedy))])
    return one


# A translator's file ---------------------------------------------------------------------------------------------------


def file_of(form: Form, language: str, ending: str, says: Mapping[str, Say]) -> bytes:
    """The texts of a draft for the translator of one language: a workbook or PO, with instructions in the words of ``says`` by language
    where the base or the language is among them, else in all of them."""
    definition = drafting.definition_of_draft(form)
    names = {code: own_name(code) for code in definition.languages}
    told = [says[code] for code in (definition.languages[0], language) if code in says] or list(says.values())
    write = write_workbook if ending == "xlsx" else write_translation
    return write(definition, form.memory, language, names, told)


def read_file(form: Form, data: bytes) -> Returned:
    """The lines of a translator's file, by what it is and not by its name. Raises ProblemsFound."""
    base = drafting.definition_of_draft(form).languages[0]
    try:
        return read_translated_workbook(data, base) if is_workbook(data) else read_translation(data)
    except TranslationRefused as fault:
        raise ProblemsFound(fault.problems) from fault


def compare(form: Form, returned: Returned, expected: str = "", by_hand: bool = False) -> Report:
    """What would become of each line. Raises ProblemsFound when the file is of another form or another language."""
    definition = drafting.definition_of_draft(form)
    try:
        language = translators.language_of(definition, returned, expected)
        return Report(language, tuple(translators.merge(definition, form.memory, language, returned.sent, by_hand)))
    except TranslationRefused as fault:
        raise ProblemsFound(fault.problems) from fault


def take(session: Session, form: Form, report: Report, chosen: Iterable[str], person: Person, now: datetime) -> int:
    """Take the translations of a report, and those conflicts whose places were chosen; returns how many texts changed.

    The report must have been made of the form as it is in this session: ``lock`` it first.
    """
    there = set(chosen)
    taken = translators.taken(report.outcomes, there)
    words = {one.place: one.there for one in taken}
    definition = translators.with_translations(drafting.definition_of_draft(form), report.language, words)
    drafting.save_draft(session, form, codec.to_document(definition), form.revision, person, now)
    form.memory = dict(translators.settled(form.memory, definition, report.language, report.outcomes, there))
    session.flush()
    return len(taken)


def lock(session: Session, form: Form) -> Form:
    """The form as it is now, for nobody else to change until this session ends."""
    session.refresh(form, with_for_update=True)
    return form


def needed(report: Report) -> list[Sent]:
    """What of a file is worth keeping until a person has chosen: the lines that would change something."""
    kept = report.of("applied", "outdated", "conflict", "confirmed")
    return [_sent(one) for one in kept]


def _sent(one: Outcome) -> Sent:
    said_then = "" if one.fate == "conflict" else fingerprint(one.here)
    return Sent(one.place, one.there, one.base_then, said_then, is_confirmed=one.fate == "confirmed")
