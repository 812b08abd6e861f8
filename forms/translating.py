"""What state each translation is in: missing, stale, identical, done or reviewed; and what must be remembered to know it.

The form itself says which words are missing and which are the same as in the base language, its first one. What it cannot say is
in its *memory*, a JSON document ``{place: {language: entry}}`` that is empty as long as nobody changed anything. An entry has

* ``of`` and ``said``: fingerprints of the base words that a translation belongs to, and of that translation. It is stale while it
  still says this and the base says something else; words put back as they were are what they were before.
* ``was``: those base words themselves, to be shown beside what the base says now, where they are known.
* ``same``: the fingerprint of words that somebody confirmed to be rightly the same in both languages, such as a name.
* ``by``: who wrote the translation last, when that is known.
* ``reviewed``: who reviewed it, on which day, and the fingerprint of both the base and the translation. A review stands only while
  both are what they were.

Fingerprints leave spaces and line breaks out of account.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from forms.binding import PLACE
from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.messages import Message, Problem, mark
from forms.texts import all_texts, with_texts_at
from forms.wording import Text

State = Literal["missing", "stale", "identical", "done", "reviewed"]

#: The states that somebody has to do something about.
NEEDING_WORK: tuple[State, ...] = ("missing", "stale", "identical")

#: What a person reads of each state.
STATE_WORDS: Mapping[State, str] = {
    "missing": mark("To be translated"),
    "stale": mark("Look again: the base text has changed"),
    "identical": mark("The same as the base text"),
    "done": mark("Translated"),
    "reviewed": mark("Reviewed"),
}

#: What an entry says of the base words that a translation belongs to.
BELONGING = ("of", "said", "was")

Memory = Mapping[str, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True)
class TextState:
    """One text in one language other than the base: its state, the words of the base and those of the language ('': none).

    ``was``: of a stale one, the words of the base that it translates, where they are known.
    """

    place: str
    language: str
    state: State
    base: str
    said: str
    reviewed_by: str = ""
    reviewed_on: date | None = None
    was: str = ""


# The states ------------------------------------------------------------------------------------------------------------


def text_states(form: FormDefinition, memory: Memory) -> tuple[TextState, ...]:
    """The state of every text that the base language has, in every other language; languages one after another per text.

    A text with a translation but no words in the base is none of these: ``forms.check`` tells it as missing in the base.
    """
    return tuple(
        _state(place, language, text.get(base) or "", text.get(language) or "", _entry(memory, place, language))
        for base in form.languages[:1]
        for place, text in all_texts(form)
        if text.get(base)
        for language in form.languages[1:]
    )


def _state(place: str, language: str, base: str, said: str, entry: Mapping[str, Any]) -> TextState:
    review = entry.get("reviewed", {})
    if not said:
        return TextState(place, language, "missing", base, said)
    if _is_stale(entry, base, said):
        return TextState(place, language, "stale", base, said, was=entry.get("was", ""))
    if review and review["of"] == _pair(base, said):
        return TextState(place, language, "reviewed", base, said, review["by"], date.fromisoformat(review["on"]))
    same = _is_suspicious(base, said) and entry.get("same") != fingerprint(said)
    return TextState(place, language, "identical" if same else "done", base, said)


def _is_stale(entry: Mapping[str, Any], base: str, said: str) -> bool:
    return "of" in entry and entry["said"] == fingerprint(said) and entry["of"] != fingerprint(base)


def _is_suspicious(base: str, said: str) -> bool:
    """Whether a translation says the same as the base though there are words to translate: numbers and signs are always the same."""
    return fingerprint(base) == fingerprint(said) and any(letter.isalpha() for letter in PLACE.sub("", base))


def fingerprint(words: str) -> str:
    """64 bits of SHA-256, in hexadecimal, of words without regard to spaces and line breaks."""
    folded = " ".join(unicodedata.normalize("NFC", words).split())
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _pair(base: str, said: str) -> str:
    return fingerprint(f"{fingerprint(base)} {fingerprint(said)}")


def _entry(memory: Memory, place: str, language: str) -> Mapping[str, Any]:
    return memory.get(place, {}).get(language, {})


def completeness(states: Iterable[TextState], language: str) -> tuple[int, int]:
    """(how many texts have words of their own in the language that are not stale, how many texts there are)."""
    mine = [state for state in states if state.language == language]
    return sum(state.state not in ("missing", "stale") for state in mine), len(mine)


def problems_of(states: Iterable[TextState], left_out: Collection[str] = ()) -> list[Problem]:
    """A problem that blocks publishing for each stale text, unless its language is left out. Missing ones are told by ``check``."""
    return [
        Problem(
            state.place,
            Message(mark("The words in “%(language)s” translate what the text said before."), {"language": state.language}),
            Message(mark("Translate it again, or confirm that it still says the same.")),
        )
        for state in states
        if state.state == "stale" and state.language not in left_out
    ]


# Leaving a language out ------------------------------------------------------------------------------------------------


def left_out_problems(form: FormDefinition, left_out: Iterable[str]) -> list[Problem]:
    """Why these languages cannot be left out: the base never can, nor a language that the form does not have."""
    problems = []
    for language in left_out:
        if language == form.languages[0]:
            fault, remedy = mark("“%(language)s” is the base language."), mark("Leave out other languages only.")
            problems.append(Problem("languages", Message(fault, {"language": language}), Message(remedy)))
        elif language not in form.languages:
            fault, remedy = mark("The form has no language “%(language)s”."), mark("Leave out only languages of the form.")
            problems.append(Problem("languages", Message(fault, {"language": language}), Message(remedy)))
    return problems


def without_languages(form: FormDefinition, left_out: Collection[str]) -> FormDefinition:
    """The form without these languages and their words. Raises ValueError for the base language: see ``left_out_problems``."""
    if form.languages[:1] and form.languages[0] in left_out:
        raise ValueError(f"the base language {form.languages[0]!r} cannot be left out")

    def kept(_place: str, text: Text) -> Text:
        return Text(tuple(pair for pair in text.words if pair[0] not in left_out))

    languages = tuple(language for language in form.languages if language not in left_out)
    return replace(with_texts_at(form, kept), languages=languages)


# What is decided about a translation -----------------------------------------------------------------------------------


def confirmed(memory: Memory, form: FormDefinition, place: str, language: str) -> dict[str, Any]:
    """The memory after somebody confirmed that a translation says what the base says now, or is rightly the same."""
    _base, said = _words(form, place, language)
    entry = {key: value for key, value in _entry(memory, place, language).items() if key not in BELONGING}
    return _with_entry(memory, place, language, entry | {"same": fingerprint(said)})


def reviewed(memory: Memory, form: FormDefinition, place: str, language: str, by: str, on: date) -> dict[str, Any]:
    """The memory after a second person found a translation right; ``by`` is the name to show. It confirms it as well."""
    base, said = _words(form, place, language)
    known = confirmed(memory, form, place, language)
    review = {"by": by, "on": on.isoformat(), "of": _pair(base, said)}
    return _with_entry(known, place, language, {**_entry(known, place, language), "reviewed": review})


def written_for(memory: Memory, place: str, language: str, base: str, said: str) -> dict[str, Any]:
    """The memory after a translation came in that was written for the base words with the fingerprint ``base``."""
    known = _entry(memory, place, language)
    was = {"was": known["was"]} if known.get("of") == base and "was" in known else {}
    entry = {key: value for key, value in known.items() if key not in BELONGING} | {"of": base, "said": fingerprint(said)} | was
    return _with_entry(memory, place, language, entry)


def writer_of(memory: Memory, place: str, language: str) -> str:
    """Who wrote a translation last, as ``remembered`` was told; '' when that is not known."""
    return str(_entry(memory, place, language).get("by", ""))


def _words(form: FormDefinition, place: str, language: str) -> tuple[str, str]:
    text = dict(all_texts(form)).get(place, Text())
    return text.get(form.languages[0]) or "", text.get(language) or ""


def _with_entry(memory: Memory, place: str, language: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the memory with this entry; without it when it is empty."""
    languages = {code: dict(known) for code, known in memory.get(place, {}).items() if code != language}
    if entry:
        languages[language] = dict(entry)
    others: dict[str, Any] = {name: dict(known) for name, known in memory.items() if name != place}
    return others | ({place: languages} if languages else {})


# What is remembered when the form changes ------------------------------------------------------------------------------


def remembered(memory: Memory, old: FormDefinition, new: FormDefinition, by: str = "") -> dict[str, Any]:
    """The memory after the form was changed from ``old`` to ``new`` by ``by`` (an id of the person; '' when not known).

    A translation whose base changed while it did not becomes stale, and stays so until it is changed or confirmed, or until the
    base says again what it said; one that is emptied and put back is as it was. What was renamed, moved or copied keeps its
    memory. Deleted texts keep theirs too, for they may be put back; ``swept`` forgets them.
    """
    texts, known = dict(all_texts(old)), _turned(memory, old, new)
    places, origins = {place for place, _ in all_texts(new)}, _origins(known, old, new)
    renamed = set(origins.values()) - places
    after: dict[str, Any] = {place: dict(entries) for place, entries in known.items() if place not in places | renamed}
    for place, text in all_texts(new):
        origin = origins.get(place, place)
        if entries := _entries(known.get(origin, {}), texts.get(origin, Text()), text, new.languages[:1], by):
            after[place] = entries
    return after


def _entries(known: Mapping[str, Mapping[str, Any]], old: Text, new: Text, bases: Sequence[str], by: str) -> dict[str, Any]:
    """The entries of one text after a change of it, by language."""
    entries = {language: dict(entry) for language, entry in known.items()}
    if old == new:
        return entries
    was, now = ("".join(text.get(base) or "" for base in bases) for text in (old, new))
    for language in {*old.languages, *new.languages} - {*bases}:
        before, said = old.get(language) or "", new.get(language) or ""
        entry = entries.setdefault(language, {})
        is_kept, has_moved = fingerprint(before) == fingerprint(said), fingerprint(was) != fingerprint(now)
        if was and before and ((is_kept and has_moved) or not said) and not _is_stale(entry, was, before):
            entry |= {"of": fingerprint(was), "said": fingerprint(before), "was": was}
        if not is_kept:
            _note_writer(entry, said, by)
    return {language: entry for language, entry in entries.items() if entry}


def _note_writer(entry: dict[str, Any], said: str, by: str) -> None:
    entry.pop("by", None)
    if by and said:
        entry["by"] = by


def _turned(memory: Memory, old: FormDefinition, new: FormDefinition) -> Memory:
    """The memory as seen from the new base language, when another language of the form became its base.

    What was stale beside the old base is so beside the new one, unless both belong to the same earlier words.
    """
    if old.languages[:1] == new.languages[:1] or not {*old.languages[:1], *new.languages[:1]} <= {*old.languages}:
        return memory
    turned = {place: _turned_entries(memory.get(place, {}), text, old.languages[0], new.languages[0]) for place, text in all_texts(old)}
    return {**memory, **turned}


def _turned_entries(entries: Mapping[str, Mapping[str, Any]], text: Text, base: str, now: str) -> dict[str, Any]:
    belonging = {language: _belongs_to(entries.get(language, {}), text.get(base) or "", said) for language, said in text.words}
    after = {}
    for language, said in text.words:
        entry = {key: value for key, value in entries.get(language, {}).items() if key not in BELONGING}
        if language != now and belonging[language] != belonging.get(now, belonging[language]):
            entry |= {"of": belonging[language], "said": fingerprint(said)}
        if entry:
            after[language] = entry
    return after


def _belongs_to(entry: Mapping[str, Any], base: str, said: str) -> str:
    """The fingerprint of the base words that a translation belongs to."""
    return str(entry["of"]) if _is_stale(entry, base, said) else fingerprint(base)


def _origins(memory: Memory, old: FormDefinition, new: FormDefinition) -> dict[str, str]:
    """{new place: place of the old form that its words come from} of what has a new name or is a copy.

    It comes from what stood in its position and is gone, when a language says the same in both or none says anything; else from a text
    that is the same in all languages: rather one that is gone, rather one of which something is remembered.
    """
    before, after = dict(all_texts(old)), dict(all_texts(new))
    position, gone = _positions(new), {where: place for place, where in _positions(old).items() if place not in after}
    best_last = sorted(before, key=lambda place: (place not in after, place in memory))
    same_words = {before[place]: place for place in best_last if before[place]}
    origins = {}
    for place, text in after.items():
        there = gone.get(position[place], "")
        if place not in before and there and ({*before[there].words} & {*text.words} or before[there] == text):
            origins[place] = there
        elif place not in before and text in same_words:
            origins[place] = same_words[text]
    return origins


def _positions(form: FormDefinition) -> dict[str, str]:
    """{place: the same place with positions instead of names}."""
    return {place: where for (place, _), (where, _) in zip(all_texts(form), all_texts(_numbered(form)), strict=True)}


def _numbered(form: FormDefinition) -> FormDefinition:
    """The form with the number of each of its parts in place of its name."""

    def question(name: str, one: Question) -> Question:
        choices = tuple(Choice(str(number), choice.label) for number, choice in enumerate(one.choices))
        rows = tuple(Row(str(number), row.label) for number, row in enumerate(one.rows))
        return replace(one, name=name, choices=choices, rows=rows)

    def section(number: int, one: Section) -> Section:
        questions = tuple(question(f"{number}/{place}", inner) for place, inner in enumerate(one.questions))
        return replace(one, name=str(number), questions=questions)

    def scale(number: int, one: Scale) -> Scale:
        return replace(one, name=str(number), labels=tuple((place, label) for place, (_point, label) in enumerate(one.labels)))

    return replace(
        form,
        scales=tuple(scale(number, one) for number, one in enumerate(form.scales)),
        sections=tuple(section(number, one) for number, one in enumerate(form.sections)),
        words=tuple((str(number), text) for number, (_name, text) in enumerate(form.words)),
    )


def swept(memory: Memory, form: FormDefinition) -> dict[str, Any]:
    """The memory without the texts and languages that the form no longer has."""
    places = {place for place, _ in all_texts(form)}
    kept = {
        place: {language: dict(entry) for language, entry in entries.items() if language in form.languages}
        for place, entries in memory.items()
        if place in places
    }
    return {place: entries for place, entries in kept.items() if entries}
