"""How long a form takes to answer: an estimate, and how it is made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from forms.definition import FormDefinition
from forms.messages import Message, mark
from forms.questions import KINDS, type_of
from forms.readability import count_words
from forms.texts import all_texts

#: Slower than the 238 words a minute that adults read in silence (M. Brysbaert, Journal of Memory and Language 109, 2019):
#: many who answer read seldom, or not in their first language, or on a small phone.
WORDS_PER_MINUTE = 180


@dataclass(frozen=True)
class Estimate:
    """Whole minutes, rounded up, and the sentence that says how they were counted."""

    minutes: int
    how: Message


def estimate(form: FormDefinition) -> Estimate:
    """The time to answer every question and to read every text, those with a condition included.

    Bind the form to its programme first: rows and options that are its groups count only then.
    """
    asked = [question for question in form.questions() if question.kind in KINDS and type_of(question.kind).asks]
    seconds = sum(type_of(question.kind).seconds(question) for question in asked)
    words = max((sum(map(count_words, _read(form, language))) for language in form.languages), default=0)
    whole = max(1, -(-(seconds + words * 60 // WORDS_PER_MINUTE) // 60))
    how = mark(
        "About %(minutes)s min: %(answering)s min to answer (questions: %(questions)s), and %(reading)s min to read "
        "(words: %(words)s, at %(speed)s a minute). Questions with a condition are counted as if asked."
    )
    values = {
        "minutes": whole,
        "answering": f"{seconds / 60:.1f}",
        "questions": len(asked),
        "reading": f"{words / WORDS_PER_MINUTE:.1f}",
        "words": words,
        "speed": WORDS_PER_MINUTE,
    }
    return Estimate(whole, Message(how, values))


def _read(form: FormDefinition, language: str) -> Iterator[str]:
    """The texts of a language that are on the page: all but the messages for an answer that is not valid."""
    yield from (text.get(language) or "" for place, text in all_texts(form) if not place.endswith(".message"))
