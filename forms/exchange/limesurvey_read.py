"""A survey of LimeSurvey to a form of ours, and a finding for every part that has no room here or another shape.

``docs/guide/en/limesurvey.md`` is the table of the question types, for the people who bring their surveys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from forms.check import MOST_POINTS, TAKEN
from forms.codec import LANGUAGE
from forms.conditions import ConditionError, parse
from forms.definition import RESERVED, Choice, FormDefinition, Question, Required, Row, Scale, Section
from forms.exchange.codes import Names, Values
from forms.exchange.expressions import NotTranslated, Variable, translated
from forms.exchange.limesurvey_file import LimeSurveyRefused, Option, Part, Source, Words, attribute, read_source
from forms.exchange.plain import plain
from forms.exchange.report import Fate, Finding, Imported
from forms.messages import Message, Problem, mark
from forms.questions import marks
from forms.wording import Text

LONGEST_FOUND = 120

#: Words of the columns and options that LimeSurvey's types bring along.
_UNCERTAIN = Text.of({"es": "No sé bien", "en": "Uncertain", "pt": "Não tenho certeza", "fr": "Incertain"})
_LESS = Text.of({"es": "Disminuyó", "en": "Decreased", "pt": "Diminuiu", "fr": "A diminué"})
_SAME = Text.of({"es": "Sigue igual", "en": "Stayed the same", "pt": "Continua igual", "fr": "Est resté pareil"})
_MORE = Text.of({"es": "Aumentó", "en": "Increased", "pt": "Aumentou", "fr": "A augmenté"})
_FEMALE = Text.of({"es": "Femenino", "en": "Female", "pt": "Feminino", "fr": "Féminin"})
_MALE = Text.of({"es": "Masculino", "en": "Male", "pt": "Masculino", "fr": "Masculin"})

_BEFORE = re.compile(r"(antes|before|then|avant)\b", re.IGNORECASE)
_NOW = re.compile(r"(ahora|now|after|despu[eé]s|hoy|today|actualmente|agora|depois|maintenant|apr[eè]s)\b", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"\{[^{}\n]*\}")

#: Attributes that say nothing when they have this value, besides '', 0 and N, which never do.
_USUAL = {
    "statistics_showgraph": {"1"},
    "assessment_value": {"1"},
    "answer_order": {"normal"},
    "subquestion_order": {"normal"},
    "keep_aspect": {"no"},
    "show_title": {"1"},
    "show_comment": {"1"},
    "time_limit_action": {"1"},
    "display_type": {"button"},
    "location_mapwidth": {"500"},
    "location_mapheight": {"300"},
    "location_mapzoom": {"11"},
    "location_defaultcoordinates": {"0"},
    "responseOutputLayout": {"2"},
    "samechoiceheight": {"1"},
    "samelistheight": {"1"},
    "showpopups": {"1"},
    "slider_separator": {"|"},
    "slider_middlestart": {"1"},
    "choice_width": {"1"},
    "button_size": {"default"},
    "max_num_of_files": {"1"},
}

#: Attributes that every type understands.
_UNDERSTOOD = frozenset({"hidden", "random_order", "answer_order", "subquestion_order", "array_filter", "array_filter_exclude"})


@dataclass(frozen=True)
class _Scaled:
    """A scale made of answer options: the points of their codes, and the answers that are counted apart."""

    name: str
    points: Mapping[str, str]
    unknown: bool = False
    refuse: bool = False


def read_limesurvey(data: bytes, filename: str = "") -> Imported:
    """The form in a file of LimeSurvey (.lss, .lsg, .lsq, .txt, .tsv). Never raises: what cannot be read is a problem."""
    try:
        source = read_source(data, filename)
    except LimeSurveyRefused as refused:
        return Imported(None, problems=(refused.problem,), source="limesurvey")
    if not source.questions:
        fault = Message(mark("The file asks nothing: there is no question in it."))
        problem = Problem(filename, fault, Message(mark("Export a survey, a group or a question that has one.")))
        return Imported(None, problems=(problem,), source="limesurvey")
    return _Reader(source).imported()


class _Reader:
    """One file on its way to a form. What is told gathers in ``findings``; ``variables`` are the questions read so far."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.findings: list[Finding] = []
        self.names, self.scale_names = Names(TAKEN | set(RESERVED)), Names(frozenset())
        self.scales: dict[tuple[Any, ...], Scale] = {}
        self.variables: dict[str, Variable] = {}
        self.codes = {question.code for question in source.questions}
        self.lowered: list[str] = []
        self.languages = self.spoken()
        self.base = self.languages[0]

    def tell(self, place: str, found: str, fate: Fate, what: str, **values: Any) -> None:
        said = marks.short(" ".join(plain(found).words.split()), LONGEST_FOUND)
        self.findings.append(Finding(place, said, fate, Message(what, values)))

    # the whole

    def imported(self) -> Imported:
        title, intro = self.head()
        sections = tuple(self.sections())
        self.tell_lowered()
        self.tell_rest()
        name = Names(frozenset()).take(title.in_language(self.base), "form")
        form = FormDefinition(name, title, self.languages, sections, intro, tuple(self.scales.values()))
        counted = (("questions", sum(1 for _ in form.questions())), ("sections", len(sections)), ("languages", len(self.languages)))
        return Imported(form, tuple(dict.fromkeys(self.findings)), (), "limesurvey", counted)

    def spoken(self) -> tuple[str, ...]:
        known = [language for language in self.source.languages if LANGUAGE.fullmatch(language)]
        for language in (one for one in self.source.languages if one and one not in known):
            self.tell("languages", language, "left_out", mark("This is not the code of a language."))
        return tuple(known) or ("es",)

    def head(self) -> tuple[Text, Text]:
        texts = self.source.texts
        first = self.source.groups[0].words if self.source.groups else self.source.questions[0].words
        title = self.text(texts.get("surveyls_title") or first, "title") or Text.of(
            {self.base: self.source.questions[0].code or "LimeSurvey"}
        )
        parts = [self.text(texts.get(f"surveyls_{name}", {}), name) for name in ("description", "welcometext")]
        intro = {language: "\n".join(filter(None, (part.get(language) for part in parts))) for language in self.languages}
        return title, Text.of(intro)

    def text(self, words: Words, place: str, otherwise: str = "") -> Text:
        """Words in the form's languages, without marks of HTML; ``otherwise`` where the base language says nothing."""
        spoken = {self.base: words[""], **words} if "" in words else words  # an attribute may be said once for all languages
        said = {language: self.cleaned(spoken[language], place) for language in self.languages if spoken.get(language, "").strip()}
        if otherwise and not said.get(self.base):
            self.tell(place, otherwise, "changed", mark("It has no words: its code stands for them until you write some."))
            said[self.base] = otherwise
        return Text.of(said)

    def cleaned(self, words: str, place: str) -> str:
        found = plain(words)
        if found.gone:
            names = ", ".join(found.gone)
            self.tell(place, names, "left_out", mark("Only words are taken: pictures, controls and scripts are left out."))
        if _PLACEHOLDER.search(found.words):
            listed = " ".join(dict.fromkeys(_PLACEHOLDER.findall(found.words)))
            self.tell(place, listed, "changed", mark("A text cannot repeat an answer or a person's data: “…” stands in its place."))
        return _PLACEHOLDER.sub("…", found.words)

    def sections(self) -> Iterable[Section]:
        names = Names(frozenset())
        by_group: dict[str, list[Part]] = {}
        for question in self.source.questions:
            by_group.setdefault(question.group, []).append(question)
        known = {group.id for group in self.source.groups}
        homeless = [Part(id_) for id_ in by_group if id_ not in known]
        for number, group in enumerate([*self.source.groups, *homeless], start=1):
            place = f"groups {number}"
            show_if = self.conditions([(f"{place}, relevance", group.relevance)])
            made = [one for question in by_group.get(group.id, []) for one in self.questions(question, show_if)]
            title = self.text(group.words, place)
            if made:
                name = names.take(title.in_language(self.base), f"section_{number}")
                yield Section(name, title, (*self.description(group, place, number, show_if), *made))
            else:
                self.tell(place, title.in_language(self.base), "left_out", mark("The group has no question that is asked here."))
            if "randomization_group" in group.attributes:
                self.tell(place, attribute(group, "randomization_group"), "left_out", mark("Sections stay in one order for everybody."))

    def description(self, group: Part, place: str, number: int, show_if: str) -> Sequence[Question]:
        label = self.text(group.help, f"{place}, description")
        if not label:
            return ()
        self.tell(f"{place}, description", label.in_language(self.base), "changed", mark("It becomes a note at the head of the section."))
        return (Question(self.names.take("", f"about_{number}"), "note", label, show_if=show_if),)

    # one question

    def questions(self, part: Part, outer: str) -> list[Question]:
        place = part.code or part.id
        kind = _KINDS.get(part.type)
        if attribute(part, "hidden") == "1":
            self.tell(place, self.said(part), "left_out", mark("A hidden question is not asked here."))
            return []
        if kind is None or isinstance(kind, str):
            told = kind or mark("This type of question is not known here.")
            self.tell(place, f"{part.type}: {attribute(part, 'equation') or self.said(part)}", "left_out", told)
            return []
        show_if = self.conditions([(f"{place}, relevance", part.relevance)], outer)
        made = kind(self, part)
        self.tell_attributes(part, place)
        return [replace(one, show_if=show_if) for one in made]

    def said(self, part: Part) -> str:
        return part.words.get(self.base, "") or part.code

    def named(self, code: str, place: str) -> str:
        name = self.names.take(code, "q")
        if name == code.lower() and name != code:
            self.lowered.append(code)
        elif name != code:
            self.tell(place, code, "changed", mark("Its code becomes “%(name)s”."), name=name)
        return name

    def made(self, part: Part, kind: str, **more: Any) -> Question:
        """A question with what every kind has. ``name`` and ``label`` among ``more`` win over the part's own."""
        place = part.code or part.id
        label = more.pop("label", None) or self.text(part.words, place, place)
        name = more.pop("name", None) or self.named(part.code, place)
        settings = tuple((key, value) for key, value in more.pop("settings", {}).items() if value is not None and value is not False)
        hint = more.pop("hint", None) or self.text(part.help, f"{place}, help")
        required: Required = "no" if kind == "note" else _REQUIRED.get(part.mandatory, "no")
        if part.validation:
            self.tell(f"{place}, validation", part.validation, "left_out", mark("Patterns of answers are not checked here."))
        if part.script:
            self.tell(f"{place}, script", "JavaScript", "left_out", mark("Scripts are never taken."))
        shuffle = self.is_shuffled(part) and kind in ("choice", "several", "ranking", "battery")
        return Question(name, kind, label, hint, required=required, shuffle=shuffle, settings=settings, **more)

    def is_shuffled(self, part: Part) -> bool:
        said = {attribute(part, name) for name in ("random_order", "answer_order", "subquestion_order")}
        return bool(said & {"1", "random"})

    def conditions(self, said: Iterable[tuple[str, str]], outer: str = "") -> str:
        """Conditions that must all hold, ``outer`` among them, as one of ours; what is not understood is told and left out."""
        found = [outer] if outer else []
        for place, words in said:
            try:
                condition = translated(words, self.variables)
                if condition:
                    parse(condition)
            except (NotTranslated, ConditionError):
                what = mark("This condition is not understood: it is asked of everybody until you write the condition anew.")
                self.tell(place, words, "left_out", what)
                continue
            found += [condition] if condition else []
        return found[0] if len(found) == 1 else " and ".join(f"({one})" if " or " in one else one for one in found)

    def know(self, part: Part, ending: str, variable: Variable) -> None:
        """Remember what a name of the file is here: by its code, and as conditions write its number (1X2X3 of old, Q3 now)."""
        self.variables[part.code + (f"_{ending}" if ending else "")] = variable
        self.variables[f"{self.source.sid}X{part.group}X{part.id}{ending}"] = variable
        if f"Q{part.id}" not in self.codes:
            ids = {one.code: f"S{one.id}" for one in self.source.parts.get(part.id, [])}
            self.variables["_".join([f"Q{part.id}", *(ids.get(code, code) for code in ending.split("_") if code)])] = variable

    # answer options and rows

    def options(self, part: Part, scale: str = "0") -> tuple[list[Option], dict[str, bool]]:
        """The answer options of a question, and which of "I do not know" and "I prefer not to answer" were among them."""
        kept, apart = [], {}
        for option in self.source.options.get(part.id, []):
            if option.scale != scale:
                continue
            why = next((why for words in option.words.values() if words.strip() and (why := marks.why_of_cell(plain(words).words))), None)
            if why in ("unknown", "refused"):
                apart[{"unknown": "unknown", "refused": "refuse"}[why]] = True
                place = f"{part.code}, {option.code}"
                self.tell(
                    place, option.words.get(self.base, ""), "changed", mark("It is offered apart from the answers and counted apart.")
                )
            else:
                kept.append(option)
        return kept, apart

    def choices(self, part: Part, options: Iterable[Option | Part]) -> tuple[tuple[Choice, ...], dict[str, str]]:
        """Options as ours, and {code: value}."""
        values, found, known = Values(), [], {}
        for number, option in enumerate(options, start=1):
            value = values.take(option.code, f"v{number}")
            place = f"{part.code}, {option.code}"
            if value != option.code:
                self.tell(place, option.code, "changed", mark("Its code becomes “%(name)s”."), name=value)
            known[option.code] = value
            found.append(Choice(value, self.text(option.words, place, option.code or value), show_if=self.part_condition(part, option)))
        return tuple(found), known

    def part_condition(self, part: Part, option: Option | Part) -> str:
        """When an option or a row is offered: its own condition, and those that an earlier question filters."""
        said = [(f"{part.code}, {option.code}, relevance", option.relevance)] if isinstance(option, Part) else []
        for name, sign in (("array_filter", "!="), ("array_filter_exclude", "==")):
            for other in re.split(r"[;,]", attribute(part, name)):
                if f"{other.strip()}_{option.code}" in self.variables:
                    said.append((part.code, f'{other.strip()}_{option.code} {sign} ""'))
        return self.conditions(said)

    def rows(self, part: Part, parts: Sequence[Part]) -> tuple[tuple[Row, ...], dict[str, str]]:
        choices, known = self.choices(part, parts)
        return tuple(Row(choice.value, choice.label, show_if=choice.show_if) for choice in choices), known

    def parts(self, part: Part, scale: str = "0") -> list[Part]:
        return [one for one in self.source.parts.get(part.id, []) if one.scale == scale]

    # scales

    def scale(self, wanted: str, lo: int, hi: int, labels: Mapping[int, Text], step: int = 1) -> str:
        """The name of a scale with these points, shared by all questions that have the same."""
        spoken = tuple((point, self.in_languages(label)) for point, label in sorted(labels.items()))
        key = (lo, hi, step, spoken)
        if key not in self.scales:
            self.scales[key] = Scale(self.scale_names.take(wanted, "scale"), lo, hi, step, spoken)
        return self.scales[key].name

    def in_languages(self, text: Text) -> Text:
        return Text.of({language: words for language, words in text.words if language in self.languages})

    def scaled(self, part: Part, scale: str = "0") -> _Scaled | None:
        """The scale that the answer options of an array are; None where they cannot be one."""
        options, apart = self.options(part, scale)
        points = _points(options)
        if points is None:
            return None
        place = f"{part.code}, {', '.join(option.code for option in options)}"
        if [str(point) for point in points] != [option.code for option in options]:
            self.tell(place, " · ".join(option.words.get(self.base, option.code) for option in options), "changed", _POINTS)
        labels = {
            point: self.text(option.words, f"{part.code}, {option.code}", option.code)
            for point, option in zip(points, options, strict=True)
        }
        step = abs(points[1] - points[0])
        name = self.scale(f"{part.code}_scale", min(points), max(points), labels, step)
        known = {option.code: str(point) for point, option in zip(points, options, strict=True)}
        return _Scaled(name, known, **apart)

    # what is left over

    def tell_attributes(self, part: Part, place: str) -> None:
        understood = _UNDERSTOOD | _ATTRIBUTES.get(part.type, frozenset())
        for name, values in part.attributes.items():
            said = {value.strip() for value in values.values()} - {"", "0", "N"} - _USUAL.get(name, set())
            if name not in understood and name not in ("save_as_default", "clear_default") and said:
                self.tell(f"{place}, {name}", "; ".join(sorted(said)), "left_out", mark("There is no such setting here."))

    def tell_lowered(self) -> None:
        if self.lowered:
            self.tell("questions", ", ".join(self.lowered), "changed", mark("Codes are written in small letters here."))

    def tell_rest(self) -> None:
        for name in _KEPT_TEXTS:
            words = self.source.texts.get(name, {}).get(self.base, "")
            if plain(words).words:
                self.tell(name, words, "left_out", mark("A form has no room for this text."))
        for place, words in self.source.rest:
            self.tell(place, words, "left_out", mark("There is no such part here."))
        usual = {"", "0", "-1", "I", "N", "E", "inherit"}
        chosen = [f"{name} = {self.source.settings[name]}" for name in _SETTINGS if self.source.settings.get(name, "").strip() not in usual]
        if chosen:
            self.tell("surveys", ", ".join(chosen), "left_out", mark("These belong to a round here: say them when you open one."))

    # the types

    def choice(self, part: Part) -> list[Question]:
        """One option; a rating where the options' assessment values are the points of a scale."""
        options, apart = self.options(part)
        scaled = None if part.other or part.type == "O" or len(_assessed(options) or ()) < 3 else self.scaled(part)
        if scaled is not None:
            return [self.rated(part, scaled)]
        self.tell_values(part, options)
        choices, known = self.choices(part, options)
        label = self.other_label(part) if part.other else None
        settings = {"other": part.other, "other_label": label or None, "comment": part.type == "O"}
        question = self.made(part, "choice", choices=choices, settings=settings, **apart)
        others = {"-oth-": "other"} if part.other else {}
        self.know(part, "", Variable("text", question.name, values={**known, **others}))
        for ending in (name for name in ("other", "comment") if settings[name]):
            self.know(part, ending, Variable("text", f"{question.name}/{ending}"))
        return [question]

    def rated(self, part: Part, scaled: _Scaled) -> Question:
        question = self.made(part, "scale", scale=scaled.name, unknown=scaled.unknown, refuse=scaled.refuse)
        self.know(part, "", Variable("number", question.name, values=scaled.points))
        return question

    def tell_values(self, part: Part, options: Sequence[Option]) -> None:
        values = [f"{option.code} = {option.value}" for option in options if option.value not in ("", "0")]
        if values:
            self.tell(f"{part.code}, assessment_value", ", ".join(values), "left_out", mark("Options of a choice have no value in points."))

    def other_label(self, part: Part) -> Text:
        return self.text(part.attributes.get("other_replace_text", {}), f"{part.code}, other_replace_text")

    def several(self, part: Part) -> list[Question]:
        choices, known = self.choices(part, self.parts(part))
        alone = {known.get(code.strip(), "") for code in re.split(r"[;,]", attribute(part, "exclude_all_others"))} - {""}
        choices = tuple(replace(choice, exclusive=choice.value in alone) for choice in choices)
        if part.other:
            choices = (*choices, Choice("other_answer", self.other_label(part) or self.in_languages(marks.OTHER_LABEL)))
            self.tell(f"{part.code}, other", "other", "changed", mark("It becomes an option, and its words go into a comment."))
        if part.type == "P":
            self.tell(part.code, self.said(part), "changed", mark("One comment for the whole question instead of one for each option."))
        bounds = {"minimum": _whole(attribute(part, "min_answers")) or None, "maximum": _whole(attribute(part, "max_answers")) or None}
        question = self.made(part, "several", choices=choices, settings={**bounds, "comment": part.other or part.type == "P"})
        for code, value in known.items():
            self.know(part, code, Variable("option", question.name, value))
        return [question]

    def five(self, part: Part) -> list[Question]:
        question = self.made(part, "scale", scale=self.scale("points_1_5", 1, 5, {}))
        self.know(part, "", Variable("number", question.name))
        return [question]

    def array(self, part: Part) -> list[Question]:
        """An array whose columns LimeSurvey itself brings along."""
        points, labels = _BUILT_IN[part.type]
        lo, hi = int(min(points.values(), key=int)), int(max(points.values(), key=int))
        name = self.scale(f"points_{lo}_{hi}" if not labels else _BUILT_IN_NAMES[part.type], lo, hi, labels)
        return [self.battery(part, self.parts(part), _Scaled(name, points if labels else {}))]

    def own_array(self, part: Part) -> list[Question]:
        scaled = self.scaled(part)
        if scaled is None:
            return self.no_scale(part)
        return [self.battery(part, self.parts(part), scaled)]

    def no_scale(self, part: Part) -> list[Question]:
        self.tell(
            part.code, self.said(part), "left_out", mark("An array needs from 2 to %(most)s answers to be a scale."), most=MOST_POINTS
        )
        return []

    def battery(self, part: Part, parts: Sequence[Part], scaled: _Scaled, ending: str = "", **more: Any) -> Question:
        rows, known = self.rows(part, parts)
        question = self.made(part, "battery", rows=rows, scale=scaled.name, unknown=scaled.unknown, refuse=scaled.refuse, **more)
        for code, value in known.items():
            self.know(part, f"{code}{ending}", Variable("number", f"{question.name}/{value}", values=scaled.points))
        return question

    def dual(self, part: Part) -> list[Question]:
        """An array with two scales: before and now where its two headers say so, else a battery for each."""
        heads = [self.text(part.attributes.get(f"dualscale_header{side}", {}), f"{part.code}, dualscale_header{side}") for side in "AB"]
        first = self.scaled(part)
        second = self.scaled(part, "1") if self.options(part, "1")[0] else first
        if first is None or second is None:
            return self.no_scale(part)
        said = [head.in_language(self.base) for head in heads]
        if first.name == second.name and _BEFORE.match(said[0]) and _NOW.match(said[1]):
            return [self.before_now(part, row, first, heads) for row in self.parts(part)]
        self.tell(
            part.code,
            " | ".join(filter(None, said)) or self.said(part),
            "changed",
            mark("It becomes two questions, one for each of its scales."),
        )
        label = self.text(part.words, part.code, part.code)
        made = []
        for number, (scaled, head) in enumerate(((first, heads[0]), (second, heads[1]))):
            name = self.named(f"{part.code}_{number + 1}", part.code)
            made.append(self.battery(part, self.parts(part), scaled, f"_{number}", name=name, label=marks.joined(label, head)))
        return made

    def before_now(self, part: Part, row: Part, scaled: _Scaled, heads: Sequence[Text]) -> Question:
        place = f"{part.code}, {row.code}"
        label = marks.joined(self.text(part.words, part.code, part.code), self.text(row.words, place, row.code))
        settings = {"before_label": heads[0], "now_label": heads[1]}
        name = self.named(f"{part.code}_{row.code}", place)
        apart = {"unknown": scaled.unknown, "refuse": scaled.refuse}
        question = self.made(part, "before_now", name=name, label=label, scale=scaled.name, settings=settings, **apart)
        for number, moment in enumerate(("before", "now")):
            self.know(part, f"{row.code}_{number}", Variable("number", f"{name}/{moment}", values=scaled.points))
        return question

    def grid_of_numbers(self, part: Part) -> list[Question]:
        """Rows and columns of numbers: ticks are several choices, few points a battery, anything else a number per cell."""
        rows, columns = self.parts(part), self.parts(part, "1")
        if attribute(part, "multiflexible_checkbox") == "1":
            return [self.ticks(part, row, columns) for row in rows]
        lo, hi = _whole(attribute(part, "multiflexible_min") or "1"), _whole(attribute(part, "multiflexible_max") or "10")
        step = _whole(attribute(part, "multiflexible_step") or "1")
        is_open = attribute(part, "input_boxes") == "1"
        if is_open or lo is None or hi is None or not step or lo >= hi or (hi - lo) % step or (hi - lo) // step >= MOST_POINTS:
            return [self.cell(part, row, column, "number") for row in rows for column in columns]
        scaled = _Scaled(self.scale(f"points_{lo}_{hi}", lo, hi, {}, step), {})
        return [self.column(part, rows, column, scaled) for column in columns]

    def column(self, part: Part, rows: Sequence[Part], column: Part, scaled: _Scaled) -> Question:
        name, label = self.beside(part, column)
        return self.battery(part, rows, scaled, f"_{column.code}", name=name, label=label)

    def beside(self, part: Part, *others: Part) -> tuple[str, Text]:
        """The name and the words of a question for one part of another."""
        codes = "_".join(one.code for one in (part, *others))
        label = self.text(part.words, part.code, part.code)
        for other in others:
            label = marks.joined(label, self.text(other.words, f"{part.code}, {other.code}", other.code))
        return self.named(codes, part.code), label

    def ticks(self, part: Part, row: Part, columns: Sequence[Part]) -> Question:
        name, label = self.beside(part, row)
        choices, known = self.choices(part, columns)
        for code, value in known.items():
            self.know(part, f"{row.code}_{code}", Variable("option", name, value))
        return self.made(part, "several", name=name, label=label, choices=choices)

    def cell(self, part: Part, row: Part, column: Part, kind: str) -> Question:
        name, label = self.beside(part, row, column)
        self.know(part, f"{row.code}_{column.code}", Variable("number" if kind == "number" else "text", name))
        return self.made(part, kind, name=name, label=label)

    def grid_of_texts(self, part: Part) -> list[Question]:
        kind = "number" if attribute(part, "numbers_only") == "1" else "short_text"
        return [self.cell(part, row, column, kind) for row in self.parts(part) for column in self.parts(part, "1")]

    def short(self, part: Part) -> list[Question]:
        if attribute(part, "numbers_only") == "1":
            return self.number(part)
        return [self.written(part, "short_text")]

    def long(self, part: Part) -> list[Question]:
        return [self.written(part, "long_text")]

    def written(self, part: Part, kind: str) -> Question:
        question = self.made(part, kind, settings={"maximum": _whole(attribute(part, "maximum_chars"))})
        self.know(part, "", Variable("text", question.name))
        return question

    def texts(self, part: Part) -> list[Question]:
        kind = "number" if attribute(part, "numbers_only") == "1" else "short_text"
        return [self.single(part, one, kind, {"maximum": _whole(attribute(part, "maximum_chars"))}) for one in self.parts(part)]

    def numbers(self, part: Part) -> list[Question]:
        return [self.single(part, one, "number", self.bounds(part)) for one in self.parts(part)]

    def single(self, part: Part, one: Part, kind: str, settings: Mapping[str, Any]) -> Question:
        name, label = self.beside(part, one)
        self.know(part, one.code, Variable("number" if kind == "number" else "text", name))
        return self.made(part, kind, name=name, label=label, settings=settings if kind == "number" or "maximum" in settings else {})

    def bounds(self, part: Part) -> dict[str, Any]:
        least = attribute(part, "min_num_value_n") or attribute(part, "slider_min")
        most = attribute(part, "max_num_value_n") or attribute(part, "slider_max")
        unit = self.text(part.attributes.get("suffix", {}), f"{part.code}, suffix")
        whole = attribute(part, "num_value_int_only") == "1"
        return {"minimum": _decimal(least), "maximum": _decimal(most), "whole": whole, "unit": unit or None}

    def number(self, part: Part) -> list[Question]:
        question = self.made(part, "number", settings=self.bounds(part))
        self.know(part, "", Variable("number", question.name))
        return [question]

    def yes_no(self, part: Part) -> list[Question]:
        question = self.made(part, "yes_no")
        self.know(part, "", Variable("flag", question.name))
        return [question]

    def gender(self, part: Part) -> list[Question]:
        choices = (Choice("F", self.in_languages(_FEMALE)), Choice("M", self.in_languages(_MALE)))
        question = self.made(part, "choice", choices=choices)
        self.know(part, "", Variable("text", question.name, values={"F": "F", "M": "M"}))
        return [question]

    def day(self, part: Part) -> list[Question]:
        if re.search(r"[Hh]|MM?i|:", attribute(part, "date_format")):
            self.tell(f"{part.code}, date_format", attribute(part, "date_format"), "changed", mark("Only the day is asked, not the time."))
        bounds = {"earliest": _day(attribute(part, "date_min")), "latest": _day(attribute(part, "date_max"))}
        question = self.made(part, "day", settings=bounds)
        self.know(part, "", Variable("text", question.name))
        return [question]

    def ranking(self, part: Part) -> list[Question]:
        options: Sequence[Option | Part] = self.options(part)[0] or self.parts(part)
        choices, known = self.choices(part, options)
        most = _whole(attribute(part, "max_answers"))
        settings = {"places": most if most and most <= len(choices) else None, "partial": bool(attribute(part, "min_answers"))}
        question = self.made(part, "ranking", choices=choices, settings=settings)
        for place in range(1, len(choices) + 1):
            self.know(part, str(place), Variable("place", question.name, str(place), known))
        return [question]

    def note(self, part: Part) -> list[Question]:
        return [self.made(part, "note")]


_POINTS = mark("They become the points of a scale: see that they run from less to more.")
_REQUIRED: dict[str, Required] = {"Y": "yes", "S": "soft"}


def _points(options: Sequence[Option]) -> list[int] | None:
    """The points of answer options: their values, else their codes, where these are numbers at one distance; else 1, 2, 3 ..."""
    if not 2 <= len(options) <= MOST_POINTS:
        return None
    return _assessed(options) or _even([option.code for option in options]) or list(range(1, len(options) + 1))


def _assessed(options: Sequence[Option]) -> list[int] | None:
    return _even([option.value for option in options])


def _even(said: Sequence[str]) -> list[int] | None:
    """Numbers that go up, or down, by one step; None when they do not."""
    if len(said) < 2 or not all(re.fullmatch(r"-?\d{1,4}", one) for one in said):
        return None
    numbers = [int(one) for one in said]
    steps = {after - before for before, after in pairwise(numbers)}
    return numbers if len(steps) == 1 and steps != {0} else None


def _whole(said: str) -> int | None:
    return int(said) if re.fullmatch(r"\d{1,5}", said) else None


def _decimal(said: str) -> float | int | None:
    if not re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", said):
        return None
    return float(said) if "." in said else int(said)


def _day(said: str) -> str | None:
    return said[:10] if re.fullmatch(r"\d{4}-\d{2}-\d{2}.*", said) else None


#: For the types with columns of their own: {code: point} and {point: words}.
_BUILT_IN: dict[str, tuple[dict[str, str], dict[int, Text]]] = {
    "A": ({str(point): str(point) for point in range(1, 6)}, {}),
    "B": ({str(point): str(point) for point in range(1, 11)}, {}),
    "C": ({"N": "1", "U": "2", "Y": "3"}, {1: marks.NO, 2: _UNCERTAIN, 3: marks.YES}),
    "E": ({"D": "1", "S": "2", "I": "3"}, {1: _LESS, 2: _SAME, 3: _MORE}),
}
_BUILT_IN_NAMES = {"C": "no_uncertain_yes", "E": "less_same_more"}

#: What each letter of LimeSurvey becomes; words say why one becomes nothing.
_KINDS: dict[str, Callable[[_Reader, Part], list[Question]] | str] = {
    "L": _Reader.choice,
    "!": _Reader.choice,
    "O": _Reader.choice,
    "5": _Reader.five,
    "M": _Reader.several,
    "P": _Reader.several,
    "A": _Reader.array,
    "B": _Reader.array,
    "C": _Reader.array,
    "E": _Reader.array,
    "F": _Reader.own_array,
    "H": _Reader.own_array,
    "1": _Reader.dual,
    ":": _Reader.grid_of_numbers,
    ";": _Reader.grid_of_texts,
    "S": _Reader.short,
    "T": _Reader.long,
    "U": _Reader.long,
    "Q": _Reader.texts,
    "N": _Reader.number,
    "K": _Reader.numbers,
    "Y": _Reader.yes_no,
    "G": _Reader.gender,
    "D": _Reader.day,
    "R": _Reader.ranking,
    "X": _Reader.note,
    "I": mark("The page has its own switch between languages."),
    "*": mark("Nothing is calculated while people answer: measures are worked out from the answers."),
    "|": mark("No files are taken: a file tells who sent it."),
}

_NUMBERS = frozenset({"min_num_value_n", "max_num_value_n", "num_value_int_only", "suffix", "slider_min", "slider_max"})

#: The attributes that each type understands, besides those of all types.
_ATTRIBUTES: dict[str, frozenset[str]] = {
    "L": frozenset({"other_replace_text"}),
    "!": frozenset({"other_replace_text"}),
    "M": frozenset({"min_answers", "max_answers", "exclude_all_others", "other_replace_text"}),
    "P": frozenset({"min_answers", "max_answers", "exclude_all_others", "other_replace_text"}),
    "1": frozenset({"dualscale_headerA", "dualscale_headerB"}),
    ":": frozenset({"multiflexible_checkbox", "multiflexible_min", "multiflexible_max", "multiflexible_step", "input_boxes"}),
    ";": frozenset({"numbers_only"}),
    "S": frozenset({"maximum_chars", "numbers_only"}) | _NUMBERS,
    "T": frozenset({"maximum_chars"}),
    "U": frozenset({"maximum_chars"}),
    "Q": frozenset({"maximum_chars", "numbers_only"}),
    "N": _NUMBERS,
    "K": _NUMBERS,
    "D": frozenset({"date_min", "date_max", "date_format"}),
    "R": frozenset({"min_answers", "max_answers"}),
}

#: Texts of a survey, and settings, that are told because somebody wrote or chose them.
_KEPT_TEXTS = ("surveyls_endtext", "surveyls_url", "surveyls_urldescription", "surveyls_policy_notice", "surveyls_policy_error")
_SETTINGS = ("startdate", "expires", "anonymized", "format", "allowregister", "usecookie", "assessments", "usetokens", "navigationdelay")
