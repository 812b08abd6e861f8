"""The difference between two versions of a form, as a list of changes: what breaks a series, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from forms.definition import Choice, FormDefinition, Question, Row, Scale
from forms.messages import Message, Say, mark
from forms.questions import TYPES, type_of
from forms.texts import all_texts
from forms.wording import Text

#: What becomes of the series of a question whose words or scale changed: it goes on, goes on with a note, or breaks.
Verdict = Literal["comparable", "note", "break"]
#: What one change means for the series: "same" is no matter for them at all. The weakest first.
Series = Literal["same", "comparable", "note", "break"]
WEAKEST_FIRST: tuple[Series, ...] = ("same", "comparable", "note", "break")

What = Literal["added", "removed", "retyped", "reworded", "translated", "rescaled", "reordered", "changed"]

_WORDS: dict[str, str] = {
    "added": mark("%(place)s: added."),
    "removed": mark("%(place)s: removed."),
    "retyped": mark("%(place)s: from kind %(old)s to kind %(new)s. A published question keeps its kind: give it another name."),
    "reworded": mark("%(place)s: other words in %(languages)s."),
    "translated": mark("%(place)s: translated anew, or for the first time, to %(languages)s."),
    "rescaled": mark("%(place)s: another scale, %(old)s before and %(new)s now."),
    "reordered": mark("%(place)s: in another order."),
    "changed": mark("%(place)s: changed."),
}
SERIES_WORDS: dict[Series, str] = {
    "same": mark("No series changes."),
    "comparable": mark("The series goes on."),
    "note": mark("The series goes on, with a note."),
    "break": mark("A new series begins."),
}

#: What the parts of a form, and of a question, are called.
PARTS: dict[str, str] = {
    "label": mark("Words of the question"),
    "hint": mark("Hint"),
    "message": mark("Message"),
    "interviewer_note": mark("Note for whoever interviews"),
    "choices": mark("Options"),
    "rows": mark("Rows"),
    "labels": mark("Words of the scale"),
    "scale": mark("Words of the scale"),
    "required": mark("Whether an answer is needed"),
    "show_if": mark("Who is asked"),
    "construct": mark("What it measures"),
    "reverse": mark("Direction of its score"),
    "unknown": mark("“I do not know”"),
    "refuse": mark("“I prefer not to answer”"),
    "sensitive": mark("Protection of sensitive answers"),
    "of_groups": mark("The programme's groups as options"),
    "shuffle": mark("Order that changes from person to person"),
    "section": mark("Section"),
    "name": mark("Name of the form"),
    "title": mark("Title"),
    "intro": mark("Introduction"),
    "minutes": mark("Minutes"),
    "source": mark("Source"),
    "licence": mark("Licence"),
    "languages": mark("Languages"),
    "sections": mark("Sections"),
    "scales": mark("Scales"),
    "words": mark("Words for places in the texts"),
    "questions": mark("Questions"),
    "minimum": mark("Minimum"),
    "maximum": mark("Maximum"),
}
#: What the settings of the kinds of questions are called. Those whose name means something else in each kind are above.
SETTINGS: dict[str, str] = {setting.name: setting.label for type_ in TYPES for setting in type_.settings if setting.name not in PARTS}

#: Attributes of a question whose change means nothing for its series; any other one is worth a note.
HARMLESS = ("required", "sensitive", "message", "interviewer_note")
#: Parts of a form that no series is made of.
ABOUT_THE_FORM = ("name", "title", "intro", "minutes", "source", "licence", "sections", "words")

ATTRIBUTES = ("required", "show_if", "construct", "reverse", "unknown", "refuse", "sensitive", "of_groups", "shuffle")


@dataclass(frozen=True)
class Change:
    """One change. ``languages`` of words that changed; ``old`` and ``new`` in short, where there is a short form."""

    what: What
    place: str
    languages: tuple[str, ...] = ()
    old: str = ""
    new: str = ""

    @property
    def series(self) -> Series:
        """What it means for the series when nobody decides otherwise. The rules are told in ``docs/forms.md``."""
        head, *inside = self.place.split(".")
        if self.what == "translated":
            return "comparable"
        if head == "languages":
            return {"added": "comparable", "removed": "note"}.get(self.what, "same")  # type: ignore[return-value]  # of the two
        if head == "questions":
            return _series_of_question(self.what, inside)
        return "break" if head == "scales" and "labels" in inside else "same"

    @property
    def breaks_series(self) -> bool:
        return self.series == "break"

    @property
    def is_decided(self) -> bool:
        """Whether a person decides if the series goes on: words changed, and only people know whether they mean the same."""
        return self.breaks_series and (self.what == "reworded" or len(self.place.split(".")) > 3 or self.place.endswith(".reverse"))

    @property
    def question(self) -> str | None:
        """The question that it changes; None for what several share."""
        head, *inside = self.place.split(".")
        return inside[0] if head == "questions" and inside else None

    def said(self, say: Say) -> str:
        """What changed and what it means for the series, with the place as a file knows it."""
        return f"{self._told(say, self.place, ', '.join(self.languages))} {self._meaning(say)}"

    def told(self, say: Say, named: Callable[[str], str] = str) -> str:
        """The same for a person who sees the question beside it. ``named`` gives the name of a language."""
        return f"{self.what_in_words(say, named)} {self._meaning(say)}"

    @property
    def ends_question(self) -> bool:
        """Whether a whole question is gone: its series ends, and no other begins."""
        return self.what == "removed" and self.place.startswith("questions.") and self.place.count(".") == 1

    def _meaning(self, say: Say) -> str:
        return say(mark("Its series ends.")) if self.ends_question else say(SERIES_WORDS[self.series])

    def what_in_words(self, say: Say, named: Callable[[str], str] = str) -> str:
        """What changed alone: "Options, maps: added."."""
        return self._told(say, self._part(say), ", ".join(named(language) for language in self.languages))

    def _part(self, say: Say) -> str:
        """The part of the form or question that changed: "Options, maps"."""
        head, *inside = self.place.split(".")
        if head == "questions" and len(inside) == 1:
            return say("Question")
        key, *rest = inside[1:] if head in ("questions", "scales") and inside[1:] else [head, *inside]
        words = PARTS.get(key) or SETTINGS.get(key)
        return ", ".join([say(words) if words else key, *rest])

    def _told(self, say: Say, place: str, languages: str) -> str:
        values = {"place": place, "languages": languages, "old": self.old, "new": self.new}
        return Message(_WORDS[self.what], values).said(say)


def _series_of_question(what: What, inside: Sequence[str]) -> Series:
    """``inside``: what stands behind ``questions.`` in the place."""
    if len(inside) < 2:
        return {"added": "same", "reordered": "note"}.get(what, "break")  # type: ignore[return-value]  # removed, retyped, rescaled
    part = inside[1]
    if part in HARMLESS:
        return "same"
    if part == "reverse" or (what == "reworded" and part != "hint"):
        return "break"
    return "break" if what == "removed" and part == "choices" else "note"


@dataclass(frozen=True)
class Effect:
    """What all the changes of a version mean for the series of one question."""

    question: str
    changes: tuple[Change, ...]

    @property
    def series(self) -> Series:
        return max((change.series for change in self.changes), key=WEAKEST_FIRST.index)

    @property
    def is_decided(self) -> bool:
        """Whether a person decides: every change that would break the series is one of words."""
        breaking = [change for change in self.changes if change.breaks_series]
        return bool(breaking) and all(change.is_decided for change in breaking)

    @property
    def may_be_decided(self) -> bool:
        """Whether a person may decide otherwise than the rules."""
        return self.is_decided or self.series == "note"


def effects(changes: Sequence[Change], new: FormDefinition) -> tuple[Effect, ...]:
    """The effect on each question that changes, in the order of ``new``, those that were removed last."""
    by_question: dict[str, list[Change]] = {question.name: [] for question in new.questions()}
    for change in changes:
        for name in _touched(change, new):
            by_question.setdefault(name, []).append(change)
    return tuple(Effect(name, tuple(found)) for name, found in by_question.items() if found)


def _touched(change: Change, new: FormDefinition) -> tuple[str, ...]:
    """The questions that a change is about: its own, or all that use the scale."""
    if change.question is not None:
        return (change.question,)
    head, _, scale = change.place.partition(".")
    if head == "scales" and ".labels" in scale:
        return tuple(question.name for question in new.questions() if question.scale == scale.partition(".")[0])
    return ()


def difference(old: FormDefinition, new: FormDefinition) -> list[Change]:
    """Every change from ``old`` to ``new``, none when they are equal."""
    changes = [*_languages(old, new), *_questions(old, new), *_words(old, new), *_order(old, new), *_whole(old, new)]
    return list(dict.fromkeys(changes))


def _languages(old: FormDefinition, new: FormDefinition) -> Iterator[Change]:
    for language in new.languages:
        if language not in old.languages:
            yield Change("added", f"languages.{language}")
    for language in old.languages:
        if language not in new.languages:
            yield Change("removed", f"languages.{language}")


def _questions(old: FormDefinition, new: FormDefinition) -> Iterator[Change]:
    before, after = _by_name(old), _by_name(new)
    yield from (Change("removed", f"questions.{name}") for name in before if name not in after)
    for name, question in after.items():
        if name not in before:
            yield Change("added", f"questions.{name}")
        else:
            yield from _question(before[name], question, old, new)


def _by_name(form: FormDefinition) -> dict[str, Question]:
    return {question.name: question for question in form.questions()}


def _question(old: Question, new: Question, before: FormDefinition, after: FormDefinition) -> Iterator[Change]:
    place = f"questions.{new.name}"
    if old.kind != new.kind:
        yield Change("retyped", place, old=old.kind, new=new.kind)
        return
    points = [_points(before, old), _points(after, new)]
    if points[0] != points[1]:
        yield Change("rescaled", place, old=points[0], new=points[1])
    elif old.scale == new.scale:
        yield from _labels(before.scale(old.scale), after.scale(new.scale))
    elif languages := _other_labels(before.scale(old.scale), after.scale(new.scale)):
        yield Change("reworded" if after.languages[0] in languages else "translated", f"{place}.scale", languages)
    yield from (Change("changed", f"{place}.{name}") for name in ATTRIBUTES if getattr(old, name) != getattr(new, name))
    yield from _options(f"{place}.choices", old.choices, new.choices)
    yield from _options(f"{place}.rows", old.rows, new.rows)
    yield from _settings(place, dict(old.settings), dict(new.settings))


def _other_labels(old: Scale | None, new: Scale | None) -> tuple[str, ...]:
    """The languages in which another scale of the same points labels them in other words."""
    if old is None or new is None or old.name == new.name:
        return ()
    was, now = dict(old.labels), dict(new.labels)
    pairs = [(was.get(point, Text()), now.get(point, Text())) for point in new.points]
    said = dict.fromkeys(language for pair in pairs for text in pair for language in text.languages)
    return tuple(one for one in said if any(before.get(one) != after.get(one) for before, after in pairs))


def _options(place: str, old: Sequence[Choice | Row], new: Sequence[Choice | Row]) -> Iterator[Change]:
    yield from _values(place, [option.value for option in old], [option.value for option in new])
    before = {option.value: replace(option, label=Text()) for option in old}
    for option in new:
        if option.value in before and before[option.value] != replace(option, label=Text()):
            yield Change("changed", f"{place}.{option.value}")


def _settings(place: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Settings that are not words; those are compared with all the words of the form."""
    for name in sorted({*old, *new}):
        both_words = isinstance(old.get(name), Text) and isinstance(new.get(name), Text)
        if old.get(name) != new.get(name) and not both_words:
            yield Change("changed", f"{place}.{name}")


def _labels(old: Scale | None, new: Scale | None) -> Iterator[Change]:
    """Points of a scale that are labelled now and were not, or the other way."""
    if old is not None and new is not None:
        points = [[str(point) for point, _ in scale.labels] for scale in (old, new)]
        yield from _values(f"scales.{new.name}.labels", *points)


def _points(form: FormDefinition, question: Question) -> str:
    scale = form.scale(question.scale)
    if scale is None:
        return ""
    return f"{scale.lo}–{scale.hi}" if scale.step == 1 else f"{scale.lo}–{scale.hi}/{scale.step}"


def _values(place: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    yield from (Change("removed", f"{place}.{value}") for value in old if value not in new)
    yield from (Change("added", f"{place}.{value}") for value in new if value not in old)
    if [value for value in old if value in new] != [value for value in new if value in old]:
        yield Change("reordered", place)


def _words(old: FormDefinition, new: FormDefinition) -> Iterator[Change]:
    before = dict(all_texts(old))
    base = new.languages[0] if new.languages else ""
    for place, text in all_texts(new):
        known = before.get(place)
        if known is None or known == text:
            continue
        changed = tuple(one for one in new.languages if text.get(one) != known.get(one))
        if not known or text.get(base) != known.get(base):
            yield Change("reworded", place, changed or text.languages)
        elif changed:
            yield Change("translated", place, changed)


def _order(old: FormDefinition, new: FormDefinition) -> Iterator[Change]:
    before, after = list(_by_name(old)), list(_by_name(new))
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield Change("reordered", "questions")
    yield from _values("sections", [section.name for section in old.sections], [section.name for section in new.sections])
    homes = [{question.name: section.name for section in form.sections for question in section.questions} for form in (old, new)]
    yield from (Change("changed", f"questions.{name}.section") for name in homes[1] if homes[0].get(name, homes[1][name]) != homes[1][name])


def _whole(old: FormDefinition, new: FormDefinition) -> Iterator[Change]:
    for name in ("name", "minutes", "source", "licence"):
        if getattr(old, name) != getattr(new, name):
            yield Change("changed", name)
    if sorted(old.languages) == sorted(new.languages) and old.languages != new.languages:
        yield Change("reordered", "languages")
    yield from _values("scales", [scale.name for scale in old.scales], [scale.name for scale in new.scales])
    yield from _values("words", [name for name, _ in old.words], [name for name, _ in new.words])


# Series ----------------------------------------------------------------------------------------------------------------


def turned_series(old: FormDefinition, new: FormDefinition) -> dict[str, Series]:
    """{column of ``new``: what the changes since ``old`` mean for its series}: "note" or "break", of the columns both ask.

    Other words of a row or of an option that is ticked alone end the series of that one; other words of the question, or
    of the scale, those of all its parts.
    """
    before, found = _by_name(old), dict[str, Series]()
    changes = [change for change in difference(old, new) if change.series in ("note", "break")]
    for name, question in _by_name(new).items():
        if name in before:
            known = {column.key for column in type_of(before[name].kind).columns(before[name], old)}
            keys = [column.key for column in type_of(question.kind).columns(question, new) if column.key in known]
            for change in changes:
                for key in _about(change, question, keys):
                    found[key] = max(found.get(key, "same"), change.series, key=WEAKEST_FIRST.index)
    return found


def _about(change: Change, question: Question, keys: Sequence[str]) -> list[str]:
    """Those of a question's columns that a change is about."""
    room, name, *rest = [*change.place.split("."), ""]
    if room == "scales":
        return list(keys) if question.scale == name else []
    if name != question.name:
        return []
    if rest[0] in ("rows", "choices") and rest[1] and question.kind in ("battery", "several"):
        return [key for key in keys if key == f"{name}/{rest[1]}"]
    if rest[0] in ("before_label", "now_label"):
        return [key for key in keys if key == f"{name}/{rest[0].removesuffix('_label')}"]
    return list(keys)
