"""Advice on a form: what would make its answers harder to give or to trust. Nothing here stops a form from being published.

What must be mended is told by ``forms.check``; what a change does to a series, by ``forms.difference``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from forms import phrasing, singling_out
from forms.balance import imbalances
from forms.definition import FormDefinition, Question, Section
from forms.messages import Message, Problem, mark
from forms.questions import KINDS, type_of
from forms.questions.marks import folded, short
from forms.readability import LEAST_WORDS, SIXTH, UNIVERSITY, count_words, level
from forms.texts import all_texts, texts_of_question
from forms.timing import Estimate, estimate
from forms.wording import Text

__all__ = ["Estimate", "advise", "estimate"]

LONGEST_LABEL, MOST_MINUTES, MOST_OPEN = 120, 15, 5

#: A scale of agreement has one of these in a label.
AGREEMENT = ("acuerdo", "agree")


def advise(form: FormDefinition, members: Mapping[str, int] | None = None) -> list[Problem]:
    """All the warnings of a form, none of which blocks; bind it to its programme first.

    members: {group: its people}, groups that are shown together given together; None where they are not known.
    """
    parts: tuple[Callable[[FormDefinition], Iterable[Problem]], ...] = (
        _phrasing,
        _balance,
        _lengths,
        _time,
        _reading,
        _marks,
        _open_questions,
    )
    found = [problem for part in parts for problem in part(form)]
    return list(dict.fromkeys([*found, *_singling_out(form, members)]))


def _warning(place: str, fault: str, remedy: str, **values: Any) -> Problem:
    return Problem(place, Message(fault, values), Message(remedy, values), blocks=False)


# How questions are put -------------------------------------------------------------------------------------------------


def _phrasing(form: FormDefinition) -> Iterator[Problem]:
    for question in _asked(form):
        for place, text in _items(question):
            for language, words in text.words:
                yield from _of_item(form, question, place, language, words.replace("*", ""))


def _of_item(form: FormDefinition, question: Question, place: str, language: str, words: str) -> Iterator[Problem]:
    if found := phrasing.leading(words, language):
        remedy = mark("Ask openly, so that every answer is as easy to give.")
        yield _warning(place, mark("“%(found)s” tells people which answer is expected."), remedy, found=short(found))
    if not (_is_rated(question) or question.kind == "yes_no"):
        yield from _personal(question, place, language, words)
        return
    if found := phrasing.two_ideas(words, language):
        fault = mark("“%(found)s” asks two things at once: whoever thinks yes of one and no of the other cannot answer.")
        yield _warning(place, fault, mark("Ask about one, or make two questions."), found=short(found))
    if found := phrasing.denying_twice(words, language):
        fault = mark("“%(found)s” denies twice, and is easily read the wrong way round.")
        yield _warning(place, fault, mark("Say it without a negation."), found=short(found))
    elif (found := phrasing.denying(words, language)) and (question.kind == "yes_no" or _is_of_agreement(form, question)):
        fault = mark("With “%(found)s” in it, whoever does not agree denies a denial, and many answer the wrong way round.")
        remedy = mark("Say it without a negation. A reversed item can name the opposite: “I have to be careful”.")
        yield _warning(place, fault, remedy, found=short(found))


def _personal(question: Question, place: str, language: str, words: str) -> Iterator[Problem]:
    if question.kind not in ("short_text", "long_text", "number", "day"):
        return
    if found := phrasing.personal(words, language):
        fault = mark("“%(found)s” asks who somebody is. People are promised that nobody will know who answered.")
        remedy = mark("Leave the question out. An attendance list, kept apart, is the place for names.")
        yield _warning(place, fault, remedy, found=short(found))


def _items(question: Question) -> Iterator[tuple[str, Text]]:
    """The texts that ask something: the label, and the rows that are not the programme's groups."""
    yield f"questions.{question.name}.label", question.label
    if not question.of_groups:
        yield from ((f"questions.{question.name}.rows.{row.value}", row.label) for row in question.rows)


def _asked(form: FormDefinition) -> Iterator[Question]:
    return (question for question in form.questions() if question.kind in KINDS and type_of(question.kind).asks)


def _is_rated(question: Question) -> bool:
    return type_of(question.kind).may_measure


def _is_of_agreement(form: FormDefinition, question: Question) -> bool:
    scale = form.scale(question.scale)
    labels = [words for _, label in scale.labels for _, words in label.words] if scale else []
    return any(sign in folded(label) for label in labels for sign in AGREEMENT)


# Scales ----------------------------------------------------------------------------------------------------------------

_IMBALANCE = {
    "more_good": (
        mark("The scale has more good labels than bad ones in “%(language)s”: %(good)s against %(bad)s. Answers come out too good."),
        mark("Give it as many good labels as bad ones."),
    ),
    "more_bad": (
        mark("The scale has more bad labels than good ones in “%(language)s”: %(bad)s against %(good)s. Answers come out too bad."),
        mark("Give it as many good labels as bad ones."),
    ),
    "middle": (
        mark("“%(label)s” is neither good nor bad, but does not stand in the middle of the scale."),
        mark("Move it to the middle, or choose other words."),
    ),
    "ends": (
        mark("The ends of the scale, “%(label)s” and “%(other)s”, are not equally strong."),
        mark("Choose two opposites, such as “Very bad” and “Very good”."),
    ),
}


def _balance(form: FormDefinition) -> Iterator[Problem]:
    for scale in form.scales:
        for language in form.languages:
            for found in imbalances(scale, language):
                fault, remedy = _IMBALANCE[found.fault]
                values = {"good": found.good, "bad": found.bad, "label": found.label, "other": found.other, "language": language}
                yield _warning(f"scales.{scale.name}.labels", fault, remedy, **values)


# Length, time and reading ----------------------------------------------------------------------------------------------


def _lengths(form: FormDefinition) -> Iterator[Problem]:
    """Labels that are too long to take in at a glance; notes and consents are read, not glanced at."""
    read = {f"questions.{question.name}.label" for question in form.questions() if question.kind in ("note", "consent")}
    for place, text in all_texts(form):
        if place in read or not place.startswith(("questions.", "scales.")) or place.endswith((".hint", ".message")):
            continue
        for language, words in text.words:
            if len(words) > LONGEST_LABEL:
                fault = mark("The label in “%(language)s” has %(length)s characters; beyond %(most)s people stop reading.")
                remedy = mark("Shorten it, or move what explains to the hint.")
                yield _warning(place, fault, remedy, language=language, length=len(words), most=LONGEST_LABEL)


_TOO_LONG = mark(
    "Answering takes about %(minutes)s min, and many do not finish: %(answering)s min to answer (questions: %(questions)s), and "
    "%(reading)s min to read (words: %(words)s, at %(speed)s a minute). Questions with a condition are counted as if asked."
)


def _time(form: FormDefinition) -> Iterator[Problem]:
    remedy = mark("Leave out what will not be used, or divide the form in two.")
    estimated = estimate(form)
    if estimated.minutes > MOST_MINUTES:
        yield _warning("minutes", _TOO_LONG, remedy, **estimated.how.values)
    elif form.minutes > MOST_MINUTES:
        fault = mark("The form says that it takes %(minutes)s min; beyond %(most)s many do not finish on their own.")
        yield _warning("minutes", fault, remedy, minutes=form.minutes, most=MOST_MINUTES)


def _reading(form: FormDefinition) -> Iterator[Problem]:
    """Long sections on their own, all the short ones together: a few words are too few to judge."""
    for language in form.languages:
        together = [form.intro.get(language) or ""]
        for section in form.sections:
            texts = list(_read(section, language))
            if sum(map(count_words, texts)) >= LEAST_WORDS:
                yield from _level(texts, language, f"sections.{section.name}.title")
            else:
                together += texts
        yield from _level(together, language, "title")


def _read(section: Section, language: str) -> Iterator[str]:
    """The sentences of a section: labels, hints and rows. Options and titles are bits of sentences."""
    for question in section.questions:
        for place, text in texts_of_question(question):
            if place.endswith((".label", ".hint")) or (".rows." in place and not question.of_groups):
                yield text.get(language) or ""


def _level(texts: list[str], language: str, place: str) -> Iterator[Problem]:
    found = level(texts, language)
    if found and found.grade > SIXTH:
        fault = mark("In “%(language)s” the questions read like year %(grade)s of school (%(words)s words judged together).")
        if found.grade >= UNIVERSITY:
            fault = mark("In “%(language)s” the questions read like a university text (%(words)s words judged together).")
        remedy = mark("Aim at the sixth year of school: shorter sentences, everyday words.")
        yield _warning(place, fault, remedy, language=language, grade=found.grade, words=found.words)


# What people may leave unsaid ------------------------------------------------------------------------------------------


def _marks(form: FormDefinition) -> Iterator[Problem]:
    """Rated questions that force an opinion, and rated or sensitive ones that force an answer; told once each."""
    asked = [question for question in _asked(form) if type_of(question.kind).may_skip]
    forced = [question for question in asked if _is_rated(question) and not question.unknown]
    bound = [question for question in asked if _is_rated(question) or question.sensitive]
    bound = [question for question in bound if not question.refuse and question.required != "yes"]
    if forced:
        fault = mark("There is no “I do not know” at: %(names)s. Whoever does not know marks the middle.")
        remedy = mark("Offer it there.")
        yield _warning(f"questions.{forced[0].name}.unknown", fault, remedy, names=_names(forced))
    if bound:
        fault = mark("There is no “I prefer not to answer” at: %(names)s. Whoever does not want to say makes something up.")
        remedy = mark("Offer it there.")
        yield _warning(f"questions.{bound[0].name}.refuse", fault, remedy, names=_names(bound))


def _names(questions: Iterable[Question]) -> str:
    return ", ".join(question.name for question in questions)


def _open_questions(form: FormDefinition) -> Iterator[Problem]:
    written = [question for question in _asked(form) if question.kind == "long_text"]
    if len(written) > MOST_OPEN:
        fault = mark("There are %(count)s questions to be answered by writing; beyond %(most)s most are left blank.")
        remedy = mark("Keep those that will be read, unless somebody asks them in a conversation.")
        place = f"questions.{written[MOST_OPEN].name}"
        yield _warning(place, fault, remedy, count=len(written), most=MOST_OPEN)


# Who answers -----------------------------------------------------------------------------------------------------------


def _singling_out(form: FormDefinition, members: Mapping[str, int] | None) -> Iterator[Problem]:
    found = singling_out.risk(form, members or {})
    if found is None:
        return
    remedy = mark("Leave out “%(drop)s”, or give it fewer options.")
    values = {
        "questions": ", ".join(found.questions),
        "combinations": found.combinations,
        "group": found.group,
        "members": found.members,
        "people": f"{found.people:.1f}",
        "fewest": singling_out.FEWEST,
        "drop": found.drop,
    }
    yield _warning(f"questions.{found.drop}", _SINGLES_OUT if found.group else _SINGLES_OUT_OF_ALL, remedy, **values)


_SINGLES_OUT = mark(
    "Together, %(questions)s tell people apart: “%(group)s” has %(members)s people and %(combinations)s combinations, "
    "about %(people)s in each, and fewer than %(fewest)s can be recognised."
)
_SINGLES_OUT_OF_ALL = mark(
    "Together, %(questions)s tell people apart: %(members)s people and %(combinations)s combinations, "
    "about %(people)s in each, and fewer than %(fewest)s can be recognised."
)
