"""The difference between two versions of a form, as a list of changes: what breaks a series, and what does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from forms.definition import Choice, FormDefinition, Question, Row, Scale
from forms.messages import Message, Say, mark
from forms.questions import type_of
from forms.texts import all_texts
from forms.wording import Text

#: What becomes of the series of a question whose words or scale changed: it goes on, goes on with a note, or breaks.
Verdict = Literal["comparable", "note", "break"]

What = Literal["added", "removed", "retyped", "reworded", "translated", "rescaled", "reordered", "changed"]

_WORDS: dict[str, str] = {
    "added": mark("%(place)s: added."),
    "removed": mark("%(place)s: removed."),
    "retyped": mark("%(place)s: from kind %(old)s to kind %(new)s. A published question keeps its kind: give it another name."),
    "reworded": mark("%(place)s: other words in %(languages)s. A new series begins."),
    "translated": mark("%(place)s: translated to %(languages)s. The series goes on."),
    "rescaled": mark("%(place)s: another scale, %(old)s before and %(new)s now. A new series begins."),
    "reordered": mark("%(place)s: in another order."),
    "changed": mark("%(place)s: changed."),
}

#: What ends a series of figures: the same answers no longer mean the same.
BREAKING: tuple[What, ...] = ("removed", "retyped", "reworded", "rescaled")

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
    def breaks_series(self) -> bool:
        is_asked = self.place.startswith(("questions.", "scales.")) and not self.place.endswith(".message")
        return self.what in BREAKING and is_asked

    def said(self, say: Say) -> str:
        values = {"place": self.place, "languages": ", ".join(self.languages), "old": self.old, "new": self.new}
        return Message(_WORDS[self.what], values).said(say)


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
    elif languages := _other_labels(before.scale(old.scale), after.scale(new.scale)):
        yield Change("reworded", f"{place}.scale", languages)
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
    for place, text in all_texts(new):
        known = before.get(place)
        if known is None or known == text:
            continue
        added = text.missing(known.languages) if not text else tuple(one for one in text.languages if one not in known.languages)
        other = tuple(one for one in known.languages if text.get(one) != known.get(one) and one in new.languages)
        if other or not known:
            yield Change("reworded", place, other or text.languages)
        elif added:
            yield Change("translated", place, added)


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


def broken_series(old: FormDefinition, new: FormDefinition) -> dict[str, tuple[Change, ...]]:
    """{column of ``new``: the changes since ``old`` that end its series}, of the columns that both ask.

    Other words of a row or of an option that is ticked alone end the series of that one; other words of the question, or
    of the scale, those of all its parts.
    """
    before, found = _by_name(old), dict[str, list[Change]]()
    changes = [change for change in difference(old, new) if change.breaks_series]
    for name, question in _by_name(new).items():
        if name in before:
            known = {column.key for column in type_of(before[name].kind).columns(before[name], old)}
            keys = [column.key for column in type_of(question.kind).columns(question, new) if column.key in known]
            for change in changes:
                for key in _ended(change, question, keys):
                    found.setdefault(key, []).append(change)
    return {key: tuple(ended) for key, ended in found.items()}


def _ended(change: Change, question: Question, keys: Sequence[str]) -> list[str]:
    """Those of a question's columns whose series a change ends."""
    room, name, *rest = change.place.split(".")
    if room == "scales":
        return list(keys) if question.scale == name else []
    if name != question.name:
        return []
    if rest and rest[0] in ("rows", "choices") and question.kind in ("battery", "several"):
        return [key for key in keys if key == f"{name}/{rest[-1]}"]
    if rest and rest[0] in ("before_label", "now_label"):
        return [key for key in keys if key == f"{name}/{rest[0].removesuffix('_label')}"]
    return list(keys)
