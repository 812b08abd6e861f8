"""The draft of a form: made, saved by several people without losing an edit, and seen whole with what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from forms import codec, conditions
from forms.advice import advise
from forms.check import check
from forms.clauses import Clauses, Readable, clauses_from, clauses_of, document_of, expression_of, readable_before
from forms.definition import FormDefinition, Question, Section
from forms.difference import Change
from forms.merging import Conflict, changed_places, merge
from forms.messages import Message, Problem, Say, mark
from forms.questions.base import QuestionType
from forms.texts import all_texts
from forms.timing import estimate
from forms.translating import TextState, completeness, remembered, text_states, without_languages
from forms.wording import Text
from surveys import authoring
from surveys.errors import ProblemsFound, TupuyError
from surveys.languages import own_name
from surveys.storage import DraftRevision, Form, Person, Programme, all_forms, count_of_version, draft_at, keep_draft

#: How long a save that was refused is kept, and the last save of each day.
KEPT_DAYS = 30
#: Of the latest saves all are kept, so that a page left open over lunch can still be compared with what it began from.
KEPT_SAVES = 200
LONGEST_TITLE = 200


class DraftClash(TupuyError):
    """Somebody else changed the same places: nothing of either is lost. ``kept`` is the refused save, in the history."""

    status = 409

    def __init__(self, form: Form, conflicts: Sequence[Conflict], merged: Mapping[str, Any], kept: UUID) -> None:
        super().__init__(
            form.slug,
            Message(mark("Somebody else changed the same places of this form while you did.")),
            Message(mark("Both versions are kept. Choose one for each place, then save again.")),
        )
        self.form, self.conflicts, self.merged, self.kept = form, tuple(conflicts), dict(merged), kept


# Making and saving -----------------------------------------------------------------------------------------------------


def begun(title: str, languages: Sequence[str], ready: FormDefinition | None = None) -> FormDefinition:
    """A new form under a title in its base language, empty or with the questions of a ready instrument.

    Of an instrument the title and the languages are taken where none are given. Raises ProblemsFound with everything that
    is wrong with what was asked for.
    """
    if problems := list(_cannot_begin(title, languages, ready)):
        raise ProblemsFound(problems)
    if ready is None:
        return FormDefinition(name_from(title), Text.of({languages[0]: title.strip()}), tuple(languages), (Section("main"),))
    spoken = with_languages(ready, languages or ready.languages)
    return replace(spoken, name=name_from(title), title=Text.of({languages[0]: title.strip()})) if title.strip() and languages else spoken


def with_languages(form: FormDefinition, languages: Sequence[str]) -> FormDefinition:
    """The form in exactly these languages, the base first; words in others are left out, those in new ones are missing."""
    widened = replace(form, languages=tuple(dict.fromkeys((*languages, *form.languages))))
    return without_languages(widened, set(form.languages) - set(languages))


def _cannot_begin(title: str, languages: Sequence[str], ready: FormDefinition | None) -> Iterator[Problem]:
    if (ready is None and not (title.strip() and languages)) or len(title) > LONGEST_TITLE:
        fault = Message(
            mark("The title or the base language is missing, or the title is longer than %(most)s characters."), {"most": LONGEST_TITLE}
        )
        yield Problem("title", fault, Message(mark("Write a short title in the base language.")))
    for language in languages:
        if not codec.LANGUAGE.fullmatch(language):
            fault = Message(mark("“%(found)s” is not the code of a language."), {"found": language[:20]})
            yield Problem("languages", fault, Message(mark("Use codes such as es, en or qu.")))


def name_from(title: str) -> str:
    """A name made of a title.

    >>> name_from("¿Cómo va la confianza?"), name_from("2026"), name_from("日本")
    ('como_va_la_confianza', 'form_2026', 'form')
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().casefold()
    name = "_".join(re.findall(r"[a-z0-9]+", plain))[:36].strip("_")
    return name if name[:1].isalpha() else f"form_{name}".rstrip("_")


def new_form(session: Session, programme: Programme, definition: FormDefinition, person: Person | None, now: datetime) -> Form:
    """A new form of the programme with this draft, which may still have problems.

    Its name is the definition's, with a number behind it where another form of the programme has that name already.
    Raises ProblemsFound when it has no language.
    """
    _must_speak(definition)
    name = _free_name(session, programme, definition.name)
    form = Form(programme_id=programme.id, slug=name, draft=codec.to_document(replace(definition, name=name)), revision=1, memory={})
    session.add(form)
    session.flush()
    _remember(session, form, form.draft, person, now)
    return form


def _free_name(session: Session, programme: Programme, wanted: str) -> str:
    taken = {form.slug for form in all_forms(session, programme.id)}
    wanted = wanted or "form"
    numbered = (f"{wanted[:36]}_{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def save_draft(session: Session, form: Form, document: Mapping[str, Any], revision: int, person: Person | None, now: datetime) -> Form:
    """Save a draft that was edited from ``revision``; what others saved meanwhile in other places is put together with it.

    Raises codec.FormFileError when the document is not one of a form, ProblemsFound when it has no language, and
    DraftClash when both changed the same places; the refused document is in the history then, and must be committed like a save.
    """
    session.refresh(form, with_for_update=True)
    sent = codec.from_document(document)
    _must_speak(sent)
    mine = codec.to_document(replace(sent, name=form.slug))
    if revision == form.revision:
        return _saved(session, form, mine, person, now)
    merged = merge(draft_at(session, form, revision), mine, form.draft)
    if merged.conflicts:
        kept = _remember(session, form, mine, person, now, is_refused=True)
        raise DraftClash(form, merged.conflicts, merged.document, kept.id)
    return _saved(session, form, codec.to_document(codec.from_document(merged.document)), person, now)


def _must_speak(definition: FormDefinition) -> None:
    """A draft may lack anything but a base language: all that it says stands in one."""
    if not definition.languages:
        fault, remedy = mark("The form does not say its languages."), mark("Write “languages: [es, en]”, the base language first.")
        raise ProblemsFound([Problem("languages", Message(fault), Message(remedy))])


def _saved(session: Session, form: Form, document: dict[str, Any], person: Person | None, now: datetime) -> Form:
    if document == form.draft:
        return form
    keep_draft(session, form, now)  # one that came from a file is not in the history yet
    by = str(person.id) if person else ""
    form.memory = remembered(form.memory, definition_of_draft(form), codec.from_document(document), by)
    form.draft, form.revision = document, form.revision + 1
    _remember(session, form, document, person, now)
    _forget(session, form, now)
    return form


def _remember(
    session: Session, form: Form, document: dict[str, Any], person: Person | None, now: datetime, is_refused: bool = False
) -> DraftRevision:
    kept = DraftRevision(
        form_id=form.id,
        number=form.revision,
        document=document,
        is_refused=is_refused,
        saved_at=now,
        person_id=person.id if person else None,
    )
    session.add(kept)
    session.flush()
    return kept


def _forget(session: Session, form: Form, now: datetime) -> None:
    """Thin the history out: the latest saves all stay, and of each of the last 30 days the last; refused ones 30 days."""
    columns = DraftRevision.id, DraftRevision.saved_at, DraftRevision.is_refused
    rows = session.execute(select(*columns).where(DraftRevision.form_id == form.id).order_by(DraftRevision.number.desc())).all()
    since = now - timedelta(days=KEPT_DAYS)
    kept = {row.id for row in rows if row.is_refused and row.saved_at >= since}
    saves = [row for row in rows if not row.is_refused]
    kept |= {row.id for row in saves[:KEPT_SAVES]}
    kept |= {row.id for row in {row.saved_at.date(): row for row in reversed(saves) if row.saved_at >= since}.values()}
    if gone := [row.id for row in rows if row.id not in kept]:
        session.execute(delete(DraftRevision).where(DraftRevision.id.in_(gone)))


def differences(form: Form, document: Mapping[str, Any]) -> list[str]:
    """The places in which the draft differs from a document that was saved: what came from others at the same time."""
    mine = codec.to_document(replace(codec.from_document(document), name=form.slug))
    return list(changed_places(mine, form.draft))


# All forms of a programme ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listed:
    """A form in a list: its latest version (0: none), whether the draft differs from it, its answers in steps of k."""

    form: Form
    number: int
    is_changed: bool
    answers: int
    k: int
    languages: tuple[dict[str, Any], ...]


def overview(session: Session, programme: Programme) -> list[Listed]:
    return [_listed(session, programme, form) for form in all_forms(session, programme.id)]


def _listed(session: Session, programme: Programme, form: Form) -> Listed:
    draft = definition_of_draft(form)
    texts, latest = text_states(draft, form.memory), form.versions[-1] if form.versions else None
    languages = tuple(_language(code, draft, texts) for code in draft.languages)
    if latest is None:
        return Listed(form, 0, True, 0, programme.min_cell, languages)
    is_changed = authoring.is_changed(programme, form, draft, texts)
    return Listed(form, latest.number, is_changed, count_of_version(session, latest, programme.min_cell), programme.min_cell, languages)


# Seeing a draft whole --------------------------------------------------------------------------------------------------


def definition_of_draft(form: Form) -> FormDefinition:
    return codec.from_document(form.draft)


def state(session: Session, form: Form, say: Say) -> dict[str, Any]:
    """All that the designer shows of a draft, in the reader's language, as JSON can hold it."""
    programme = session.get_one(Programme, form.programme_id)
    draft = definition_of_draft(form)
    texts = text_states(draft, form.memory)
    review = authoring.review_of(programme, form, draft, texts)
    saved, expected = _last_save(session, form), estimate(review.definition)
    told = (*review.problems, *authoring.trend_warnings(review), *advice(programme, review.definition))
    return {
        "id": str(form.id),
        "programme": programme.slug,
        "revision": form.revision,
        "saved_at": saved.saved_at.isoformat() if saved else None,
        "saved_by": _name_of(session.get(Person, saved.person_id) if saved and saved.person_id else None),
        "document": form.draft,
        "languages": [_language(code, draft, texts) for code in draft.languages],
        "texts": [_text(one) for one in texts if one.state != "done"],
        "problems": [_problem(problem, draft, say) for problem in told],
        "minutes": draft.minutes or expected.minutes,
        "estimate": expected.how.said(say),
        "version": _version(session, form, programme.min_cell),
        "is_changed": review.is_new,
        "changes": [_change(change, say) for change in review.changes],
        "conditions": dict(_conditions(review.definition, say)),
    }


def advice(programme: Programme, bound: FormDefinition) -> list[Problem]:
    """What could be better in a form, given how many people the programme's groups have."""
    return advise(bound, authoring.members_as_shown(programme))


def _last_save(session: Session, form: Form) -> DraftRevision | None:
    mine = DraftRevision.form_id == form.id, DraftRevision.is_refused.is_(False)
    return session.scalar(select(DraftRevision).where(*mine).order_by(DraftRevision.number.desc()).limit(1))


def _name_of(person: Person | None) -> str:
    return (person.name or person.email) if person else ""


def _language(code: str, draft: FormDefinition, texts: Sequence[TextState]) -> dict[str, Any]:
    is_base, mine = code == draft.languages[0], [one for one in texts if one.language == code]
    written = [text for _, text in all_texts(draft) if text] if is_base else []
    done, total = (sum(code in text.languages for text in written), len(written)) if is_base else completeness(mine, code)
    return {
        "code": code,
        "name": own_name(code),
        "done": done,
        "total": total,
        "missing": total - done if is_base else sum(one.state == "missing" for one in mine),
        "stale": sum(one.state == "stale" for one in mine),
        "is_base": is_base,
    }


def _text(one: TextState) -> dict[str, Any]:
    """A text that is not simply done; with who reviewed it, or what the base said before, where that is so."""
    by = {"reviewed_by": one.reviewed_by, "reviewed_on": one.reviewed_on.isoformat()} if one.reviewed_on else {}
    return {"place": one.place, "language": one.language, "state": one.state} | by | ({"was": one.was} if one.was else {})


def _problem(problem: Problem, draft: FormDefinition, say: Say) -> dict[str, Any]:
    return {
        "place": problem.place,
        "fault": problem.fault.said(say),
        "remedy": problem.remedy.said(say),
        "blocks": problem.blocks,
        "question": question_of(problem.place),
        "language": problem.fault.values.get("language"),
    }


def question_of(place: str) -> str | None:
    """The question that a place belongs to.

    >>> question_of("questions.age.label"), question_of("title")
    ('age', None)
    """
    head, _, rest = place.partition(".")
    return rest.split(".")[0].split(":")[0] if head == "questions" and rest else None


def _version(session: Session, form: Form, k: int) -> dict[str, Any] | None:
    if not form.versions:
        return None
    latest = form.versions[-1]
    return {"number": latest.number, "published_on": latest.published_on.isoformat(), "answers": count_of_version(session, latest, k)}


def _change(change: Change, say: Say) -> dict[str, Any]:
    return {
        "place": change.place,
        "what": change.what,
        "said": change.told(say, own_name),
        "series": change.series,
        "question": question_of(change.place),
    }


def _conditions(bound: FormDefinition, say: Say) -> Iterator[tuple[str, dict[str, Any]]]:
    """{place: what is known of it} of every condition of a bound form."""
    for question in bound.questions():
        for where, show_if in _show_ifs(question):
            yield f"questions.{question.name}{where}.show_if", _condition(bound, show_if, say)


def _show_ifs(question: Question) -> Iterator[tuple[str, str]]:
    parts = [("", question.show_if), *((f".choices.{one.value}", one.show_if) for one in question.choices)]
    if not question.of_groups:  # rows about the programme's groups have conditions that nobody wrote
        parts += [(f".rows.{one.value}", one.show_if) for one in question.rows]
    yield from ((where, show_if) for where, show_if in parts if show_if)


def _condition(bound: FormDefinition, show_if: str, say: Say) -> dict[str, Any]:
    """A condition in words, and the questions it depends on; blank while it cannot be read."""
    try:
        condition = conditions.parse(show_if) if show_if else None
    except conditions.ConditionError:
        condition = None
    if condition is None:
        return {"said": "", "names": []}
    language = say.language if say.language in bound.languages else next(iter(bound.languages), say.language)
    return {"said": conditions.in_words(condition, bound, language, say), "names": list(condition.names)}


def _clauses(bound: FormDefinition, show_if: str) -> dict[str, Any] | None:
    """A condition as lists can show it; None when they cannot."""
    if not show_if:
        return document_of(Clauses())
    try:
        clauses = clauses_of(show_if, _only(bound, conditions.parse(show_if).names))
    except conditions.ConditionError:
        return None
    return document_of(clauses) if clauses else None


def _only(form: FormDefinition, names: Collection[str]) -> FormDefinition:
    """The form with the questions that a condition reads and no others: what its clauses need, however long the form is."""
    read = {name.partition("/")[0] for name in names}
    return replace(form, sections=(Section("read", questions=tuple(one for one in form.questions() if one.name in read)),))


def try_condition(session: Session, form: Form, question: str, asked: str | Mapping[str, Any], say: Say) -> dict[str, Any]:
    """What a condition of a question would say, and what is wrong with it; nothing is stored.

    ``asked``: the condition as an expression, or as clauses; the answer has both.
    """
    draft = definition_of_draft(form)
    bound = authoring.bound_to(session.get_one(Programme, form.programme_id), draft)
    problems = []
    try:
        show_if = asked if isinstance(asked, str) else expression_of(clauses_from(asked, bound))
    except conditions.ConditionError as fault:
        show_if, problems = "", [Problem(f"questions.{question}.show_if", fault.fault, fault.remedy)]
    problems += _problems_of_condition(bound, question, show_if)
    return {
        "show_if": show_if,
        **_condition(bound, show_if, say),
        "clauses": _clauses(bound, show_if),
        "problems": [_problem(problem, draft, say) for problem in problems],
        "readable": [_readable(one, say) for one in readable_before(bound, question)],
    }


def _problems_of_condition(bound: FormDefinition, question: str, show_if: str) -> list[Problem]:
    place = f"questions.{question}.show_if"
    return [problem for problem in check(_with_condition(bound, question, show_if)) if problem.place.partition(":")[0] == place]


def _readable(one: Readable, say: Say) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "label": one.label.as_dict(),
        "operators": [{"sign": sign.sign, "words": say(sign.words), "has_value": sign.has_value} for sign in one.operators],
        "options": [[value, words.as_dict()] for value, words in one.options],
    }


def _with_condition(form: FormDefinition, name: str, show_if: str) -> FormDefinition:
    def changed(question: Question) -> Question:
        return replace(question, show_if=show_if) if question.name == name else question

    sections = tuple(replace(section, questions=tuple(changed(one) for one in section.questions)) for section in form.sections)
    return replace(form, sections=sections)


def new_question(type_: QuestionType) -> dict[str, Any]:
    """The document of a new question of a kind, with what it cannot be without. Its name is for the designer to give."""
    options = {key: [{"value": f"{stem}_{number}"} for number in (1, 2)] for key, stem in (("choices", "option"), ("rows", "row"))}
    return {"name": type_.kind, "kind": type_.kind} | {key: part for key, part in options.items() if key in type_.needs}
