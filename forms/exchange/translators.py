"""A form to a translator and back: what is sent, and what of it comes home when both sides have changed meanwhile.

One file holds one language. Each of its lines has the place of a text (its key) and the fingerprints of the base text and of the
translation as they were when it was sent, so that three states are known when it returns: then, here now, and there now. What only
the translator changed is taken; what both changed waits for a person to choose; an empty line erases nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from forms.binding import PLACE
from forms.definition import FormDefinition
from forms.messages import Message, Problem, Say, mark
from forms.places import places_in_words
from forms.texts import with_texts_at
from forms.translating import STATE_WORDS, Memory, State, TextState, confirmed, fingerprint, text_states, written_for
from forms.wording import Text

MOST_BYTES = 5 * 1024 * 1024
CHECK = re.compile(r"\s*([0-9a-f]{16})-([0-9a-f]{16})\s*")

#: What became of a line. applied: the translator's words are taken; outdated: taken, and stale, for the base changed meanwhile;
#: confirmed: found still right; unchanged: nothing to do; conflict: changed on both sides; blank: emptied there, kept here;
#: places: a place such as {topic} is lost or new; unfinished: marked as not finished; unknown: the form has no such text;
#: repeated: the key is there twice with different words.
Fate = Literal["applied", "outdated", "confirmed", "unchanged", "conflict", "blank", "places", "unfinished", "unknown", "repeated"]


class TranslationRefused(ValueError):
    """A file that cannot be read as a translation, and why."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(f"{problem.place}: {problem.fault}" for problem in problems))
        self.problems = list(problems)


def refused(place: str, fault: str, remedy: str, **values: Any) -> TranslationRefused:
    return TranslationRefused(Problem(place, Message(fault, values), Message(remedy, values)))


# What is sent ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One text for a translator. ``check`` is what its fingerprints are sent as; ``note`` what to keep in mind, or ''."""

    place: str
    where: str
    base: str
    said: str
    state: State
    state_in_words: str
    note: str

    @property
    def check(self) -> str:
        return f"{fingerprint(self.base)}-{fingerprint(self.said)}"


def lines(form: FormDefinition, memory: Memory, language: str, say: Say) -> list[Line]:
    """The texts of a form for the translator of one language, in the order of the form, in words of ``say``."""
    where = places_in_words(form, say)
    return [_line(one, where[one.place], say) for one in text_states(form, memory) if one.language == language]


def _line(one: TextState, where: str, say: Say) -> Line:
    places = list(dict.fromkeys(place[0] for place in PLACE.finditer(one.base)))
    note = say("Keep as it stands: %(places)s", places=", ".join(places)) if places else ""
    return Line(one.place, where, one.base, one.said, one.state, say(STATE_WORDS[one.state]), note)


_STEPS: tuple[str, ...] = (
    mark("Write only where the translation belongs. Leave the other columns as they are: they lead each text back to its place."),
    mark("Keep words in braces, such as {topic}, as they stand: the page puts other words there."),
    mark("Keep the asterisks around the words that they stress."),
    mark("What you leave empty changes nothing."),
)
_STEPS_OF_WORKBOOK: tuple[str, ...] = (
    *_STEPS,
    mark("If a text is to be looked at again and is still right, write “ok” in the column “Still right”."),
    mark("Save the file as .xlsx and send it back. Sorting and filtering do no harm."),
)
_STEPS_OF_PO: tuple[str, ...] = (
    *_STEPS,
    mark("A text marked “needs work” or “fuzzy” is to be looked at again. Take the mark away when it is right."),
    mark("Save the file as .po and send it back."),
)
_LAST = mark("If somebody changed the same text meanwhile, a person chooses between both. Nothing is lost.")


def instructions(form: FormDefinition, names: Mapping[str, str], language: str, say: Say, is_workbook: bool) -> list[str]:
    """What a translator has to know: first what is translated, then each step."""
    base = form.languages[0]
    words = mark("%(title)s: from %(base)s into %(language)s")
    title = " ".join(form.title.in_language(say.language, base).split())
    first = say(words, title=title, base=names.get(base, base), language=names.get(language, language))
    steps = _STEPS_OF_WORKBOOK if is_workbook else _STEPS_OF_PO
    return [first, *(say(step) for step in steps), say(_LAST)]


# What comes back -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sent:
    """One line of a returned file. ``base_then`` and ``said_then`` are fingerprints, '' when they were lost."""

    place: str
    said: str
    base_then: str = ""
    said_then: str = ""
    is_confirmed: bool = False  # found still right, whatever it says
    is_unfinished: bool = False


@dataclass(frozen=True)
class Returned:
    """A returned file; ``language`` as the file says it, '' when it does not."""

    language: str
    sent: tuple[Sent, ...]


@dataclass(frozen=True)
class Outcome:
    """What became of one line: the base now, the words here now and there."""

    place: str
    fate: Fate
    base: str = ""
    here: str = ""
    there: str = ""
    base_then: str = ""

    @property
    def takes(self) -> bool:
        """Whether the words from there are taken without asking."""
        return self.fate in ("applied", "outdated")


def tidy(words: str) -> str:
    """Words of a cell or a message as they are kept: line breaks as they are here, nothing that cannot be seen.

    >>> tidy(" Hello_x000D_\\r\\nall\\x00 ")
    'Hello\\nall'
    """
    lines_ = words.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one for one in lines_ if one in "\n\t" or unicodedata.category(one) not in ("Cc", "Cs")).strip()


def check_of(cell: str) -> tuple[str, str]:
    """The two fingerprints of a line, ('', '') when they were lost."""
    found = CHECK.fullmatch(cell)
    return (found[1], found[2]) if found else ("", "")


def language_of(form: FormDefinition, returned: Returned, expected: str = "") -> str:
    """The language of the form that a file translates into. Raises TranslationRefused when it is none, or not the expected one.

    Editors write codes in their own way: ``pt_BR`` is ``pt-BR``, and ``pt`` where the form has only that Portuguese.
    """
    said = (returned.language or expected).replace("_", "-").casefold()
    others = form.languages[1:]
    same = [language for language in others if language.casefold() == said]
    kin = [language for language in others if language.split("-")[0].casefold() == said.split("-")[0]]
    found = same or (kin if len(kin) == 1 else [])
    if not found:
        fault = mark("The file is in “%(language)s”, which is not a language to translate this form into.")
        raise refused("language", fault, mark("Add the language to the form first, or choose another file."), language=said or "?")
    if expected and found[0] != expected:
        fault = mark("The file is in “%(language)s”, and “%(expected)s” was asked for.")
        raise refused("language", fault, mark("Bring it in on the page of its language."), language=found[0], expected=expected)
    return found[0]


def merge(form: FormDefinition, memory: Memory, language: str, sent: Iterable[Sent], by_hand: bool = False) -> list[Outcome]:
    """What becomes of each line, in the order of the file; nothing is changed yet.

    With ``by_hand`` somebody wrote these lines on a page of ours: an emptied one takes the translation out, and one that lacks a place
    is kept, for ``check`` tells it there. Raises TranslationRefused when not one line belongs to this form.
    """
    states = {one.place: one for one in text_states(form, memory) if one.language == language}
    by_place: dict[str, list[Sent]] = {}
    for one in sent:
        by_place.setdefault(one.place, []).append(one)
    if not any(place in states for place in by_place):
        fault, remedy = mark("None of the texts in the file belongs to this form."), mark("Choose the file that was made from this form.")
        raise refused("file", fault, remedy)
    return [_outcome(states.get(place), place, found, by_hand) for place, found in by_place.items()]


def _outcome(now: TextState | None, place: str, found: Sequence[Sent], by_hand: bool) -> Outcome:
    sent = found[-1]
    if now is None:
        return Outcome(place, "unknown", there=sent.said)
    fate: Fate = "repeated" if len({fingerprint(one.said) for one in found}) > 1 else _fate(now, sent, by_hand)
    return Outcome(place, fate, now.base, now.said, sent.said, sent.base_then)


def _fate(now: TextState, sent: Sent, by_hand: bool) -> Fate:
    here, there = fingerprint(now.said), fingerprint(sent.said)
    is_same_base = sent.base_then in ("", fingerprint(now.base))
    if not sent.said and not (by_hand and here == sent.said_then):
        return "blank" if now.said else "unchanged"
    if there == here:
        return "confirmed" if sent.is_confirmed and is_same_base and now.state in ("stale", "identical") else "unchanged"
    if there == sent.said_then:
        return "unchanged"
    if sent.is_unfinished:
        return "unfinished"
    if not by_hand and is_same_base and set(PLACE.findall(now.base)) != set(PLACE.findall(sent.said)):
        return "places"
    if now.said and here != sent.said_then:
        return "conflict"
    return "applied" if is_same_base else "outdated"


# Taking it -------------------------------------------------------------------------------------------------------------


def taken(outcomes: Iterable[Outcome], chosen: Iterable[str] = ()) -> list[Outcome]:
    """The outcomes whose words are taken: those without doubt, and the conflicts whose place was chosen as there."""
    there = set(chosen)
    return [one for one in outcomes if one.takes or (one.fate == "conflict" and one.place in there)]


def with_translations(form: FormDefinition, language: str, words: Mapping[str, str]) -> FormDefinition:
    """The form with these words, by place, in one language; '' takes them out."""

    def changed(place: str, text: Text) -> Text:
        return Text.of({**text.as_dict(), language: words[place]}) if place in words else text

    return with_texts_at(form, changed)


def settled(memory: Memory, form: FormDefinition, language: str, outcomes: Iterable[Outcome], chosen: Iterable[str] = ()) -> Memory:
    """The memory after ``form`` got the words that were taken: what was written for an earlier base text is stale, and what was
    confirmed is done."""
    for one in taken(outcomes, chosen):
        if one.base_then and one.base_then != fingerprint(one.base):
            memory = written_for(memory, one.place, language, one.base_then, one.there)
    for one in outcomes:
        if one.fate == "confirmed":
            memory = confirmed(memory, form, one.place, language)
    return memory
