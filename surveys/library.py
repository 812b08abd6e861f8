"""The library: instruments of the bank and of the programmes, found, put into a form, made of a form's questions, copied."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import bank, codec
from forms.check import NAME
from forms.definition import FormDefinition, Question
from forms.inserting import Inserted, inserted, left_behind, measured, taken_out
from forms.messages import Message, Problem, mark
from forms.questions.before_now import ENDINGS
from forms.questions.marks import folded
from forms.texts import all_texts
from forms.wording import Text
from surveys import drafting
from surveys.errors import ProblemsFound, TupuyError
from surveys.storage import Form, Instrument, Person, Programme, all_forms, all_instruments, all_programmes, draft_at

#: Before the name of an instrument of the bank; before one of a programme stands the programme's name.
BANK = "bank"


class InstrumentUnknown(TupuyError):
    status = 404

    def __init__(self, key: str) -> None:
        super().__init__(
            key[:80],
            Message(mark("There is no such instrument.")),
            Message(mark("Choose one of the library. It may have been renamed.")),
        )


@dataclass(frozen=True)
class Use:
    """A form that asks questions of an instrument word for word: ``shared`` of its ``of`` questions."""

    programme: Programme
    form: Form
    title: Text
    shared: int
    of: int


@dataclass(frozen=True)
class Entry:
    """One instrument: its definition, how it is scored, whose it is (None: the bank's) and who uses it."""

    key: str
    definition: FormDefinition
    scoring: Text
    home: Programme | None
    used_by: tuple[Use, ...] = ()

    @property
    def constructs(self) -> tuple[str, ...]:
        """What it measures, each once, in order."""
        rows = [construct for question in self.definition.questions() for construct in _constructs(question)]
        return tuple(dict.fromkeys(construct for construct in rows if construct))

    @property
    def questions(self) -> int:
        return sum(1 for _ in measured(self.definition))


def _constructs(question: Question) -> Iterator[str]:
    """What a question measures; one that is rated before and now, both."""
    if question.kind == "before_now" and question.construct:
        yield from (question.construct + ending for ending in ENDINGS.values())
        return
    yield question.construct
    yield from (row.construct for row in question.rows)


# Looking ---------------------------------------------------------------------------------------------------------------


def entries(session: Session) -> list[Entry]:
    """Every instrument with who uses it: the bank's first, then those of the programmes."""
    programmes = all_programmes(session)
    asked = [(programme, form, _definition(form)) for programme in programmes for form in all_forms(session, programme.id)]
    found = _of_bank()
    for programme in programmes:
        found += [_entry(instrument, programme) for instrument in all_instruments(session, programme.id)]
    return [replace(entry, used_by=tuple(_uses(entry.definition, asked))) for entry in found]


def offered(session: Session, programme: Programme) -> list[Entry]:
    """What a new form of a programme may begin with: its own instruments, then the bank's."""
    own = [_entry(instrument, programme) for instrument in all_instruments(session, programme.id)]
    return own + _of_bank()


def _of_bank() -> list[Entry]:
    return [Entry(f"{BANK}:{name}", bank.instrument(name), bank.scoring(name), None) for name in bank.names()]


def _entry(instrument: Instrument, programme: Programme) -> Entry:
    definition = codec.from_document(instrument.definition)
    return Entry(f"{programme.slug}:{instrument.slug}", definition, Text.of(instrument.scoring), programme)


def _definition(form: Form) -> FormDefinition:
    """What can be read of a draft; one that nothing can be read of asks nothing."""
    return codec.read_unfinished(form.draft)[0]


def _uses(instrument: FormDefinition, asked: Iterable[tuple[Programme, Form, FormDefinition]]) -> Iterator[Use]:
    mine = _prints(instrument)
    for programme, form, definition in asked:
        shared = len(mine & _prints(definition))
        if shared:
            yield Use(programme, form, definition.title, shared, len(mine))


def _prints(form: FormDefinition) -> set[tuple[str, Text]]:
    """What a question is known by: its name and its words."""
    return {(question.name, question.label) for question in measured(form)}


def searched(entries: Iterable[Entry], query: str) -> list[Entry]:
    """The entries in which every word of ``query`` is found, accents and case aside: in any language, and in names."""
    words = plain(query).split()
    return [entry for entry in entries if all(word in _searchable(entry) for word in words)]


def _searchable(entry: Entry) -> str:
    form = entry.definition
    said = [words for _, text in all_texts(form) for _, words in text.words]
    names = [entry.key, form.source, *entry.constructs, *(question.name for question in form.questions())]
    home = list(entry.home.name.values()) if entry.home else []
    return plain("\n".join((*said, *names, *home, *(words for _, words in entry.scoring.words))))


def plain(words: str) -> str:
    """Words without case and accents.

    >>> plain("¿Cuánta CONFIANZA?")
    '¿cuanta confianza?'
    """
    return "".join(letter for letter in unicodedata.normalize("NFKD", folded(words)) if not unicodedata.combining(letter))


def find_entry(session: Session, key: str) -> Entry:
    """The instrument of this key; raises InstrumentUnknown."""
    home, _, name = key.partition(":")
    if home == BANK and name in bank.names():
        return Entry(key, bank.instrument(name), bank.scoring(name), None)
    statement = select(Instrument, Programme).join(Programme, Programme.id == Instrument.programme_id)
    row = session.execute(statement.where(Programme.slug == home, Instrument.slug == name)).first()
    if row is None:
        raise InstrumentUnknown(key)
    return _entry(row[0], row[1])


# Using -----------------------------------------------------------------------------------------------------------------


def start_form(session: Session, programme: Programme, entry: Entry, person: Person | None, now: datetime) -> Form:
    """A new form of the programme with the whole instrument as its draft."""
    return drafting.new_form(session, programme, entry.definition, person, now)


def insert(
    session: Session,
    form: Form,
    entry: Entry,
    revision: int,
    person: Person | None,
    now: datetime,
    section: str = "",
    after: str = "",
) -> Inserted:
    """Put an instrument into the draft that was seen as ``revision``, and save it; raises what ``save_draft`` raises."""
    seen = form.draft if revision == form.revision else draft_at(session, form, revision)
    found = inserted(codec.from_document(seen or form.draft), entry.definition, section, after)
    drafting.save_draft(session, form, codec.to_document(found.form), revision, person, now)
    return found


def copy_form(session: Session, form: Form, programme: Programme, person: Person | None, now: datetime) -> Form:
    """The draft of a form as a new form of another programme, with what is remembered of its translations."""
    copied = drafting.new_form(session, programme, drafting.definition_of_draft(form), person, now)
    copied.memory = dict(form.memory)
    return copied


# Keeping ---------------------------------------------------------------------------------------------------------------


def save_instrument(
    session: Session,
    form: Form,
    questions: Collection[str],
    slug: str,
    title: Mapping[str, str],
    person: Person | None,
    today: date,
    *,
    source: str = "",
    licence: str = "",
    scoring: Mapping[str, str] | None = None,
) -> Instrument:
    """Some questions of a draft as an instrument of its programme. Raises ProblemsFound with every problem."""
    draft = drafting.definition_of_draft(form)
    programme = session.get_one(Programme, form.programme_id)
    if problems := [*_problems_of_name(session, programme, slug, title), *_problems_of_choice(draft, questions)]:
        raise ProblemsFound(problems)
    part = replace(taken_out(draft, questions), name=slug, title=Text.of(title))
    part = replace(part, source=source or draft.source, licence=licence or draft.licence)
    return _kept(session, programme, slug, part, scoring or {}, person, today)


def copy_instrument(session: Session, entry: Entry, programme: Programme, person: Person | None, today: date) -> Instrument:
    """An instrument of the bank or of another programme as one of this programme's own; raises ProblemsFound when its name is taken."""
    if any(instrument.slug == entry.definition.name for instrument in all_instruments(session, programme.id)):
        raise ProblemsFound([_taken(entry.definition.name)])
    return _kept(session, programme, entry.definition.name, entry.definition, entry.scoring.as_dict(), person, today)


def _kept(
    session: Session,
    programme: Programme,
    slug: str,
    definition: FormDefinition,
    scoring: Mapping[str, str],
    person: Person | None,
    today: date,
) -> Instrument:
    instrument = Instrument(
        programme_id=programme.id,
        slug=slug,
        definition=codec.to_document(definition),
        scoring=dict(scoring),
        saved_on=today,
        saved_by=person.id if person else None,
    )
    session.add(instrument)
    session.flush()
    return instrument


def _problems_of_name(session: Session, programme: Programme, slug: str, title: Mapping[str, str]) -> Iterator[Problem]:
    if not NAME.fullmatch(slug):
        remedy = mark("Use small letters without accents, digits and _, beginning with a letter; at most 40.")
        yield Problem("slug", Message(mark("“%(found)s” cannot be a name."), {"found": slug[:40]}), Message(remedy))
    elif any(instrument.slug == slug for instrument in all_instruments(session, programme.id)):
        yield _taken(slug)
    if not Text.of(title):
        yield Problem("title", Message(mark("The instrument has no title.")), Message(mark("Give it a title.")))


def _taken(slug: str) -> Problem:
    fault = Message(mark("The programme has an instrument called “%(found)s” already."), {"found": slug})
    return Problem("slug", fault, Message(mark("Choose another name.")))


def _problems_of_choice(draft: FormDefinition, questions: Collection[str]) -> Iterator[Problem]:
    known = [question.name for question in draft.questions()]
    if not questions:
        yield Problem("questions", Message(mark("No question was chosen.")), Message(mark("Choose one or more.")))
    for name in (one for one in questions if one not in known):
        fault = Message(mark("The form has no question “%(found)s”."), {"found": name[:40]})
        yield Problem(f"questions.{name[:40]}", fault, Message(mark("Load the page again and send once more.")))
    for name, other in left_behind(draft, questions):
        fault = Message(
            mark("“%(name)s” is asked only after an answer to “%(other)s”, which was not chosen."), {"name": name, "other": other}
        )
        yield Problem(f"questions.{name}", fault, Message(mark("Choose both, or remove the condition first.")))


def own_first(found: Sequence[Entry], programme: Programme) -> list[Entry]:
    """The entries as a programme looks at them: its own, the bank's, then those of others."""
    return sorted(found, key=lambda entry: 0 if entry.home is programme else 1 if entry.home is None else 2)
