"""Questions of one form taken out as an instrument, and put into another form without disturbing it.

What is put in keeps its own meaning: scales and words of the form are shared only when they say the same, names that are
taken get a number, and conditions follow the names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from forms.binding import PLACE
from forms.conditions import ConditionError, parse, renamed
from forms.definition import RESERVED, FormDefinition, Question, Scale, Section
from forms.messages import Message, mark
from forms.questions import KINDS, type_of
from forms.texts import all_texts, with_texts
from forms.wording import Text

LONGEST_NAME = 40


@dataclass(frozen=True)
class Inserted:
    """The form with the questions in it, their names there, and what had to be done for it, in words."""

    form: FormDefinition
    questions: tuple[str, ...]
    notes: tuple[Message, ...] = ()


# Putting in ------------------------------------------------------------------------------------------------------------


def inserted(form: FormDefinition, part: FormDefinition, section: str = "", after: str = "") -> Inserted:
    """The form with the questions of ``part`` after the question ``after``, else at the end of ``section``, else in their own sections."""
    spoken, notes = _in_languages(part, form.languages)
    asked, left_out = _needed(spoken, form)
    names = _free(asked, (question.name for question in form.questions()))
    scales, scale_names = _scales(spoken, form, {question.scale for question in asked})
    changed = {question.name: _changed(question, names, scale_names) for question in asked}
    sections = tuple(_with(one, changed) for one in spoken.sections)
    sections = tuple(one for one in sections if one.questions)
    whole = replace(form, scales=(*form.scales, *scales), sections=_placed(form, sections, section, after))
    whole = replace(whole, words=(*form.words, *_words(spoken, form, sections)))
    notes = [*notes, *_told(left_out, names, scale_names)]
    return Inserted(whole, tuple(one.name for part_ in sections for one in part_.questions), tuple(notes))


def _in_languages(part: FormDefinition, languages: Sequence[str]) -> tuple[FormDefinition, list[Message]]:
    """The part without the languages that the form does not speak."""
    kept = set(languages)
    gone = [language for language in part.languages if language not in kept]
    lacking = [language for language in languages if language not in part.languages]

    def spoken(text: Text) -> Text:
        return Text(tuple((language, words) for language, words in text.words if language in kept))

    notes = [Message(mark("Left out, because the form does not speak it: “%(language)s”."), {"language": one}) for one in gone]
    notes += [Message(mark("The new questions still lack their words in “%(language)s”."), {"language": one}) for one in lacking]
    words = tuple((name, spoken(text)) for name, text in part.words)
    return replace(with_texts(part, spoken), words=words), notes


def _needed(part: FormDefinition, form: FormDefinition) -> tuple[list[Question], list[Question]]:
    """The questions to put in, and those that the form has already or has no need of: group, circle, a second own code."""
    mine = {question.name for question in form.questions()}
    has_code = any(question.kind == "own_code" for question in form.questions())
    rest = [question for question in part.questions() if question.name not in RESERVED]
    rest = [question for question in rest if not (has_code and question.kind == "own_code")]
    read = {name for question in rest for name in names_read(question)}
    read |= {"group"} if any(question.of_groups and question.kind == "battery" for question in rest) else set()
    asked = [question for question in part.questions() if question in rest or (question.name in read - mine)]
    return asked, [question for question in part.questions() if question not in asked]


def names_read(question: Question) -> set[str]:
    """The questions that the conditions of a question, its options and its rows look at; a condition that is wrong reads none."""
    conditions = [question.show_if, *(one.show_if for one in question.choices), *(one.show_if for one in question.rows)]
    return {name.partition("/")[0] for condition in conditions if condition for name in _names(condition)}


def _names(condition: str) -> tuple[str, ...]:
    try:
        return parse(condition).names
    except ConditionError:
        return ()


def _free(asked: Iterable[Question], taken: Iterable[str]) -> dict[str, str]:
    """{name of a question: a name that the form does not have yet}."""
    used, names = set(taken), {}
    for question in asked:
        names[question.name] = free_name(question.name, used)
        used.add(names[question.name])
    return names


def free_name(wanted: str, taken: Collection[str]) -> str:
    """The name, with the first number behind it that makes it free.

    >>> free_name("open", ()), free_name("open", {"open", "open_2"})
    ('open', 'open_3')
    """
    numbered = (f"{wanted[: LONGEST_NAME - 4]}_{number}" for number in range(2, len(taken) + 3))
    return wanted if wanted not in taken else next(name for name in numbered if name not in taken)


def _scales(part: FormDefinition, form: FormDefinition, used: Collection[str]) -> tuple[list[Scale], dict[str, str]]:
    """The scales that the form lacks, and {name in the part: name in the form}."""
    added: list[Scale] = []
    names: dict[str, str] = {}
    for scale in (one for one in part.scales if one.name in used):
        there = [*form.scales, *added]
        same = next((one for one in there if replace(one, name=scale.name) == scale), None)
        names[scale.name] = same.name if same else free_name(scale.name, {one.name for one in there})
        added += [] if same else [replace(scale, name=names[scale.name])]
    return added, names


def _changed(question: Question, names: Mapping[str, str], scales: Mapping[str, str]) -> Question:
    """The question under its new name, its conditions and its scale with it."""
    return replace(
        question,
        name=names[question.name],
        scale=scales.get(question.scale, question.scale),
        show_if=renamed(question.show_if, names),
        choices=tuple(replace(one, show_if=renamed(one.show_if, names)) for one in question.choices),
        rows=tuple(replace(one, show_if=renamed(one.show_if, names)) for one in question.rows),
    )


def _with(section: Section, changed: Mapping[str, Question]) -> Section:
    return replace(section, questions=tuple(changed[one.name] for one in section.questions if one.name in changed))


def _placed(form: FormDefinition, parts: Sequence[Section], section: str, after: str) -> tuple[Section, ...]:
    """The sections of the form with the new questions where they belong."""
    homes = {question.name: one.name for one in form.sections for question in one.questions}
    home = homes.get(after, section)
    questions = [question for part in parts for question in part.questions]
    if any(one.name == home for one in form.sections):
        return tuple(_after(one, questions, after) if one.name == home else one for one in form.sections)
    taken = [one.name for one in form.sections]
    own = []
    for part in parts:
        own.append(replace(part, name=free_name(part.name, taken)))
        taken.append(own[-1].name)
    return (*form.sections, *own)


def _after(section: Section, questions: Sequence[Question], after: str) -> Section:
    names = [question.name for question in section.questions]
    at = names.index(after) + 1 if after in names else len(names)
    return replace(section, questions=(*section.questions[:at], *questions, *section.questions[at:]))


def _words(part: FormDefinition, form: FormDefinition, sections: Sequence[Section]) -> Iterator[tuple[str, Text]]:
    """What the places in the new texts say, where the form does not say it itself."""
    places, known = places_in(replace(part, sections=tuple(sections), words=())), dict(form.words)
    yield from ((name, text) for name, text in part.words if name in places and name not in known)


def places_in(form: FormDefinition) -> set[str]:
    """The places such as {topic} that the texts of a form have."""
    return {name for _, text in all_texts(form) for _, words in text.words for name in PLACE.findall(words)}


def _told(left_out: Iterable[Question], names: Mapping[str, str], scales: Mapping[str, str]) -> Iterator[Message]:
    for question in left_out:
        fault = mark("Left out, because the form has it already or does not need it: “%(name)s”.")
        yield Message(fault, {"name": question.name})
    for old, new in names.items():
        if old != new:
            yield Message(
                mark("The question “%(old)s” is called “%(new)s” here: the form had a question of that name."), {"old": old, "new": new}
            )
    for old, new in scales.items():
        if old != new:
            yield Message(mark("The scale “%(old)s” is called “%(new)s” here."), {"old": old, "new": new})


# Taking out ------------------------------------------------------------------------------------------------------------


def taken_out(form: FormDefinition, questions: Collection[str]) -> FormDefinition:
    """The form with these questions only, and the sections, scales and words that they need."""
    sections = tuple(replace(one, questions=tuple(q for q in one.questions if q.name in questions)) for one in form.sections)
    sections = tuple(one for one in sections if one.questions)
    used = {question.scale for section in sections for question in section.questions}
    part = replace(form, sections=sections, scales=tuple(one for one in form.scales if one.name in used), intro=Text(), minutes=0)
    return replace(part, words=tuple((name, text) for name, text in form.words if name in places_in(replace(part, words=()))))


def left_behind(form: FormDefinition, questions: Collection[str]) -> list[tuple[str, str]]:
    """(question, what its conditions look at) where the second is not among ``questions``."""
    asked = [question for question in form.questions() if question.name in questions]
    return [(question.name, name) for question in asked for name in sorted(names_read(question) - set(questions))]


def measured(form: FormDefinition) -> Iterator[Question]:
    """The questions that make an instrument what it is: not who answers, not the own code, not a note."""
    for question in form.questions():
        if question.name not in RESERVED and question.kind in KINDS and question.kind != "own_code" and type_of(question.kind).asks:
            yield question
