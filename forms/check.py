"""Every problem of a definition at once: place, fault, remedy.

Places: ``title``, ``languages``, ``scales.NAME...``, ``sections.NAME...``, ``questions.NAME...``. ``forms.codec.placed`` adds lines.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from forms.binding import PLACE
from forms.codec import LANGUAGE
from forms.definition import Choice, FormDefinition, Question, Row, Scale
from forms.markup import emphasis, has_html, plain
from forms.messages import Message, Problem, mark
from forms.questions import KINDS, marks, type_of
from forms.questions.base import Column, SettingField
from forms.questions.before_now import ENDINGS
from forms.show_if import check_conditions
from forms.texts import all_texts
from forms.wording import Text

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
VALUE = re.compile(r"[A-Za-z0-9_]+(?:-[A-Za-z_][A-Za-z0-9_]*)*")
CONSTRUCT = re.compile(r"[A-Z][A-Z0-9_]{0,39}")

#: Names that columns of a file of answers, words of the conditions or the frames already bear.
TAKEN = frozenset(
    {"response", "response_id", "round", "date", "respondent_code", "lang", "language", "person", "survey", "programme"}
    | {"and", "or", "not", "selected", "count_selected", "is_blank", "true", "false", "null", "csrf_token"}
)
CIRCLES = ("core", "extended")
MOST_POINTS, MOST_QUESTIONS, MOST_OPTIONS, LONGEST_VALUE, LONGEST_TEXT = 101, 500, 200, 60, 4000

Tell = Callable[..., None]


def check(definition: FormDefinition) -> list[Problem]:
    """All the problems of a definition. Those with ``blocks=False`` are warnings; without a blocking one it can be published."""
    found: list[Problem] = []

    def tell(place: str, fault: str, remedy: str, blocks: bool = True, **values: Any) -> None:
        found.append(Problem(place, Message(fault, values), Message(remedy, values), blocks))

    for part in (_form, _texts, _scales, _sections, _questions, _constructs, _columns):
        part(definition, tell)
    check_conditions(definition, sound_columns(definition), tell)
    for question in definition.questions():
        if is_usable(question, definition):
            found += type_of(question.kind).problems(question, definition)
    return list(dict.fromkeys(found))


def mismatches(definition: FormDefinition) -> list[Problem]:
    """Where places {name} or emphasis differ between the languages of a text.

    ``check`` tells them as well; in a form that is bound to a programme its places are filled, so publishing asks the
    form as it is written.
    """
    found: list[Problem] = []

    def tell(place: str, fault: str, remedy: str, blocks: bool = True, **values: Any) -> None:
        found.append(Problem(place, Message(fault, values), Message(remedy, values), blocks))

    for place, text in all_texts(definition):
        _check_alike(place, text, definition.languages, tell)
    return found


# The form as a whole ---------------------------------------------------------------------------------------------------


def _form(form: FormDefinition, tell: Tell) -> None:
    if not NAME.fullmatch(form.name):
        _tell_name("name", form.name, tell)
    if not form.title:
        tell("title", mark("The form has no title."), mark("Write a title in each language."))
    if not form.languages:
        tell("languages", mark("The form does not say its languages."), mark("Write “languages: [es, en]”, the base language first."))
    for language in form.languages:
        if not LANGUAGE.fullmatch(language):
            remedy = mark("Use codes such as es, en or qu.")
            tell("languages", mark("“%(found)s” is not the code of a language."), remedy, found=_short(language))
    _tell_repeated("languages", form.languages, tell)
    if not 0 <= form.minutes <= 600:
        remedy = mark("Write the minutes it takes, or 0.")
        tell("minutes", mark("%(found)s is not a possible number of minutes."), remedy, found=form.minutes)
    if not any(question.kind in KINDS and type_of(question.kind).asks for question in form.questions()):
        tell("sections", mark("The form asks nothing."), mark("Add a section with a question."))
    if sum(1 for _ in form.questions()) > MOST_QUESTIONS:
        tell("sections", mark("The form has more than %(most)s questions."), mark("Divide it."), most=MOST_QUESTIONS)


def _tell_name(place: str, name: str, tell: Tell) -> None:
    if not name:
        tell(place, mark("The name is missing."), mark("Give it a name of its own in small letters, for example tr_open."))
        return
    remedy = mark("Use small letters without accents, digits and _, beginning with a letter; at most 40.")
    tell(place, mark("“%(found)s” cannot be a name."), remedy, found=_short(name))


def _tell_repeated(place: str, names: Iterable[str], tell: Tell) -> None:
    listed = list(names)
    for name in dict.fromkeys(name for name in listed if name and listed.count(name) > 1):
        tell(place, mark("“%(found)s” is there more than once."), mark("Keep one, or rename the others."), found=_short(name))


def _short(words: str) -> str:
    return marks.short(words)


# Texts -----------------------------------------------------------------------------------------------------------------


def _texts(form: FormDefinition, tell: Tell) -> None:
    known = {name for name, _ in form.words}
    for place, text in all_texts(form):
        for language in text.missing(form.languages) if text else ():
            tell(place, mark("There are no words in “%(language)s”."), mark("Translate this text."), language=language)
        for language in sorted(set(text.languages) - set(form.languages)):
            remedy = mark("Remove them, or add the language to the form.")
            tell(place, mark("There are words in “%(language)s”, which is not a language of the form."), remedy, language=_short(language))
        for language, words in text.words:
            _check_words(place, language, words, known, tell)
        _check_alike(place, text, form.languages, tell)
    for name, text in form.words:
        if not NAME.fullmatch(name):
            _tell_name(f"words.{name}", name, tell)
        if not text:
            tell(f"words.{name}", mark("There are no words for “%(found)s”."), mark("Write what it says in each language."), found=name)


def _check_words(place: str, language: str, words: str, known: set[str], tell: Tell) -> None:
    if len(words) > LONGEST_TEXT:
        remedy = mark("Shorten it to %(most)s characters.")
        tell(place, mark("The text in “%(language)s” is too long."), remedy, language=language, most=LONGEST_TEXT)
    if has_html(words):
        remedy = mark("Take them out. For emphasis write **bold** or *italic*.")
        tell(
            place,
            mark("The text in “%(language)s” has tags of HTML; they are removed when it is published."),
            remedy,
            False,
            language=language,
        )
    for name in dict.fromkeys(PLACE.findall(words)):
        if name not in known:
            remedy = mark("Say under “words” what it stands for, or take it out.")
            tell(place, mark("The place {%(found)s} is not known."), remedy, found=_short(name))


def _check_alike(place: str, text: Text, languages: Sequence[str], tell: Tell) -> None:
    """Places and emphasis are the same in every language of a text; the first one says what they are."""
    base, *others = [language for language in languages if text.get(language)] or [""]
    for language in others:
        first, words = text.get(base) or "", text.get(language) or ""
        values = {"base": base, "language": language}
        for name in sorted(set(PLACE.findall(first)) - set(PLACE.findall(words))):
            remedy = mark("Write {%(found)s} in “%(language)s” as well, or take it out of “%(base)s”.")
            tell(place, mark("The place {%(found)s} is missing in “%(language)s”."), remedy, found=_short(name), **values)
        for name in sorted(set(PLACE.findall(words)) - set(PLACE.findall(first))):
            remedy = mark("Take {%(found)s} out of “%(language)s”, or write it in “%(base)s” as well.")
            tell(place, mark("The place {%(found)s} is in “%(language)s” and not in “%(base)s”."), remedy, found=_short(name), **values)
        if emphasis(words) != emphasis(first):
            remedy = mark("Put as many parts between ** (bold) and between * (italic) in each language.")
            tell(place, mark("What is emphasised differs between “%(base)s” and “%(language)s”."), remedy, **values)


# Scales ----------------------------------------------------------------------------------------------------------------


def _scales(form: FormDefinition, tell: Tell) -> None:
    _tell_repeated("scales", (scale.name for scale in form.scales), tell)
    used = {question.scale for question in form.questions()}
    for scale in form.scales:
        place = f"scales.{scale.name}"
        if not NAME.fullmatch(scale.name):
            _tell_name(place, scale.name, tell)
        if _is_sound(scale, place, tell):
            _check_labels(scale, place, tell)
        if scale.name not in used:
            tell(place, mark("No question uses this scale."), mark("Remove it, or use it."), blocks=False)


def _has_points(scale: Scale | None) -> bool:
    """Whether a scale has points that can be listed."""
    if scale is None or scale.lo >= scale.hi or scale.step < 1 or (scale.hi - scale.lo) % scale.step:
        return False
    return (scale.hi - scale.lo) // scale.step < MOST_POINTS


def _is_sound(scale: Scale, place: str, tell: Tell) -> bool:
    """Tell what is wrong with the points of a scale."""
    if scale.lo >= scale.hi:
        remedy = mark("Write the lowest point as lo and the highest as hi.")
        tell(f"{place}.lo", mark("The lowest point, %(lo)s, is not below the highest, %(hi)s."), remedy, lo=scale.lo, hi=scale.hi)
        return False
    if scale.step < 1 or (scale.hi - scale.lo) % scale.step:
        remedy = mark("Choose a step that leads from lo to hi.")
        fault = mark("Steps of %(step)s do not lead from %(lo)s to %(hi)s.")
        tell(f"{place}.step", fault, remedy, step=scale.step, lo=scale.lo, hi=scale.hi)
        return False
    if not _has_points(scale):
        remedy = mark("Use at most %(most)s, or ask for a number.")
        tell(f"{place}.hi", mark("The scale has too many points."), remedy, most=MOST_POINTS)
        return False
    return True


def _check_labels(scale: Scale, place: str, tell: Tell) -> None:
    for point, _label in scale.labels:
        if point not in scale.points:
            tell(f"{place}.labels.{point}", mark("The scale has no point %(point)s."), mark("Remove the label."), point=point)
    _tell_same_words(f"{place}.labels", [(str(point), label) for point, label in scale.labels], tell)
    numbers = {str(point) for point in scale.points}
    for point, label in scale.labels:
        if any(plain(words) in numbers - {str(point)} for _, words in label.words):
            remedy = mark("Choose other words.")
            tell(f"{place}.labels.{point}", mark("The label of point %(point)s is the number of another."), remedy, point=point)


def _tell_same_words(place: str, labelled: Sequence[tuple[str, Any]], tell: Tell) -> None:
    """Labels that are the same in a language, so that a file cannot tell them apart."""
    seen: dict[tuple[str, str], str] = {}
    for value, text in labelled:
        for language, words in text.words:
            first = seen.setdefault((language, marks.folded(plain(words))), value)
            if first != value:
                remedy = mark("Give each its own words.")
                fault = mark("“%(first)s” and “%(second)s” have the same label in “%(language)s”.")
                tell(f"{place}.{value}", fault, remedy, first=_short(first), second=_short(value), language=language)


# Sections and questions ------------------------------------------------------------------------------------------------


def _sections(form: FormDefinition, tell: Tell) -> None:
    _tell_repeated("sections", (section.name for section in form.sections), tell)
    for section in form.sections:
        if not NAME.fullmatch(section.name):
            _tell_name(f"sections.{section.name}.name", section.name, tell)
        if not section.questions:
            tell(f"sections.{section.name}", mark("The section has no questions."), mark("Add one, or remove the section."))


def _questions(form: FormDefinition, tell: Tell) -> None:
    _tell_repeated("questions", (question.name for question in form.questions()), tell)
    if sum(question.kind == "own_code" for question in form.questions()) > 1:
        tell("questions", mark("The form asks for the own code more than once."), mark("Keep one."))
    for question in form.questions():
        place = f"questions.{question.name}"
        _check_name(question, place, tell)
        if question.kind not in KINDS:
            _tell_kind(question, place, tell)
            continue
        if not question.label:
            tell(f"{place}.label", mark("The question has no words."), mark("Write them in each language."))
        for check_part in (_check_needs, _check_meaning, _check_options, _check_settings):
            check_part(question, form, tell)


def _check_name(question: Question, place: str, tell: Tell) -> None:
    if not NAME.fullmatch(question.name):
        _tell_name(f"{place}.name", question.name, tell)
    elif question.name in TAKEN:
        remedy = mark("Choose another, for example %(found)s_1.")
        tell(f"{place}.name", mark("“%(found)s” is a name with a meaning of its own."), remedy, found=question.name)
    elif question.name in ("group", "circle") and question.kind != "choice":
        remedy = mark("Make it a question with one choice, or rename it.")
        tell(f"{place}.kind", mark("“%(found)s” is kept for who answers."), remedy, found=question.name)
    elif question.name == "circle":
        for choice in question.choices:
            if choice.value not in CIRCLES:
                fault = mark("“%(found)s” is not a circle.")
                tell(f"{place}.choices.{choice.value}", fault, mark("Use the values core and extended."), found=_short(choice.value))


def _tell_kind(question: Question, place: str, tell: Tell) -> None:
    like = difflib.get_close_matches(question.kind, KINDS, 1)
    remedy = mark("Did you mean “%(like)s”?") if like else mark("Use one of: %(known)s.")
    fault = mark("There is no kind of question called “%(kind)s”.")
    tell(f"{place}.kind", fault, remedy, kind=_short(question.kind), like="".join(like), known=", ".join(KINDS))


def _check_needs(question: Question, form: FormDefinition, tell: Tell) -> None:
    needs, place = type_of(question.kind).needs, f"questions.{question.name}"
    if "scale" in needs and form.scale(question.scale) is None:
        _tell_scale(question, form, f"{place}.scale", tell)
    if "choices" in needs and not question.choices and not question.of_groups:
        tell(f"{place}.choices", mark("The question has no options."), mark("Write them under “choices”."))
    if "rows" in needs and not question.rows and not question.of_groups:
        tell(f"{place}.rows", mark("The question has no rows."), mark("Write them under “rows”."))
    if question.of_groups and question.kind == "battery":
        names = [one.name for one in form.questions()]
        if "group" not in names[: names.index(question.name)]:
            remedy = mark("Ask “group” before it, so that nobody is asked about their own.")
            tell(f"{place}.of_groups", mark("It asks about the groups, but the form does not ask for one's own."), remedy)


def _tell_scale(question: Question, form: FormDefinition, place: str, tell: Tell) -> None:
    known = [scale.name for scale in form.scales]
    if not question.scale:
        remedy = mark("Name one of the form's scales: %(known)s.") if known else mark("Write a scale under “scales” and name it here.")
        tell(place, mark("The question has no scale."), remedy, known=", ".join(known))
        return
    like = difflib.get_close_matches(question.scale, known, 1)
    remedy = mark("Did you mean “%(like)s”?") if like else mark("Write it under “scales”.")
    tell(place, mark("There is no scale “%(found)s”."), remedy, found=_short(question.scale), like="".join(like))


def _check_meaning(question: Question, form: FormDefinition, tell: Tell) -> None:
    """Attributes that mean nothing for the kind: told, never skipped silently."""
    type_, place = type_of(question.kind), f"questions.{question.name}"
    meaningless = {
        "scale": bool(question.scale) and "scale" not in type_.needs,
        "choices": bool(question.choices) and "choices" not in type_.needs,
        "rows": bool(question.rows) and "rows" not in type_.needs,
        "construct": bool(question.construct) and not type_.may_measure,
        "reverse": question.reverse and "reverse" not in type_.may_have,
        "shuffle": question.shuffle and "shuffle" not in type_.may_have,
        "of_groups": question.of_groups and "of_groups" not in type_.may_have,
        "unknown": question.unknown and not type_.may_skip,
        "refuse": question.refuse and not type_.may_skip,
        "sensitive": question.sensitive and not type_.asks,
        "required": question.required != "no" and not type_.may_require,
    }
    for name in (name for name, is_so in meaningless.items() if is_so):
        remedy = mark("Remove it, or change the kind.")
        tell(f"{place}.{name}", mark("“%(name)s” means nothing in a question of the kind %(kind)s."), remedy, name=name, kind=question.kind)
    constructs = [question.construct, *(row.construct for row in question.rows)]
    for construct in (one for one in constructs if one and not CONSTRUCT.fullmatch(one)):
        remedy = mark("Use capital letters, digits and _, for example TRUST.")
        tell(f"{place}.construct", mark("“%(found)s” cannot be the name of a construct."), remedy, found=_short(construct))


def _check_options(question: Question, form: FormDefinition, tell: Tell) -> None:
    for where, options in (("choices", question.choices), ("rows", question.rows)):
        place = f"questions.{question.name}.{where}"
        _tell_repeated(place, (option.value for option in options), tell)
        _check_values(place, options, tell)
        _tell_same_words(place, [(option.value, option.label) for option in options], tell)
        _tell_words_like_values(place, options, tell)
        if len(options) > MOST_OPTIONS:
            tell(place, mark("There are more than %(most)s."), mark("Divide the question."), most=MOST_OPTIONS)
    exclusive = [choice for choice in question.choices if choice.exclusive]
    if exclusive and "exclusive" not in type_of(question.kind).options_may:
        remedy = mark("Remove “exclusive”: only several choices can be ticked together.")
        place = f"questions.{question.name}.choices.{exclusive[0].value}"
        tell(place, mark("“%(name)s” means nothing in a question of the kind %(kind)s."), remedy, name="exclusive", kind=question.kind)


def _check_values(place: str, options: Sequence[Choice | Row], tell: Tell) -> None:
    for option in options:
        if not VALUE.fullmatch(option.value) or len(option.value) > LONGEST_VALUE:
            remedy = mark("Use letters without accents, digits and _; - only before a letter; at most 60, without spaces.")
            tell(f"{place}.{option.value}", mark("“%(found)s” cannot be a value."), remedy, found=_short(option.value))
        if not option.label:
            remedy = mark("Write them in each language.")
            tell(f"{place}.{option.value}", mark("The option has no words."), remedy, value=_short(option.value))


def _tell_words_like_values(place: str, options: Sequence[Choice | Row], tell: Tell) -> None:
    """Labels that are the value of another option, or a mark: a file could not tell them apart."""
    values = {marks.folded(option.value): option.value for option in options}
    for option in options:
        for _language, words in option.label.words:
            words = plain(words)
            other = values.get(marks.folded(words))
            if other not in (None, option.value):
                remedy = mark("Choose other words, or another value.")
                fault = mark("The label of “%(first)s” is the value of “%(second)s”.")
                tell(f"{place}.{option.value}", fault, remedy, first=option.value, second=other)
            if marks.why_of_cell(words):
                remedy = mark("Remove the option and write “unknown: true” or “refuse: true”.")
                fault = mark("“%(found)s” is not an answer: it is counted apart.")
                tell(f"{place}.{option.value}", fault, remedy, found=_short(words))


def _check_settings(question: Question, form: FormDefinition, tell: Tell) -> None:
    declared = {setting.name: setting for setting in type_of(question.kind).settings}
    for name, value in question.settings:
        place = f"questions.{question.name}.{name}"
        if name not in declared:
            remedy = mark("Use one of: %(known)s.") if declared else mark("Remove it.")
            tell(place, mark("“%(key)s” is not known here."), remedy, key=_short(name), known=", ".join(declared))
        elif not _fits(declared[name], value):
            remedy = mark("See docs/forms.md for what “%(key)s” takes.")
            tell(place, mark("“%(found)s” is not possible here."), remedy, found=_short(str(value)), key=name)


_FITS: dict[str, Callable[[Any], bool]] = {
    "flag": lambda value: isinstance(value, bool),
    "whole": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "day": lambda value: isinstance(value, str),
    "text": lambda value: isinstance(value, str),
    "words": lambda value: hasattr(value, "in_language"),
}


def _fits(setting: SettingField, value: Any) -> bool:
    return _FITS[setting.kind](value)


# Constructs and columns ------------------------------------------------------------------------------------------------


def is_usable(question: Question, form: FormDefinition) -> bool:
    """Whether a question is sound enough for its type to work with it."""
    if question.kind not in KINDS or ("scale" in type_of(question.kind).needs and not _has_points(form.scale(question.scale))):
        return False
    declared = {setting.name: setting for setting in type_of(question.kind).settings}
    return all(name in declared and _fits(declared[name], value) for name, value in question.settings)


def sound_columns(form: FormDefinition) -> dict[str, tuple[Column, ...]]:
    """{question: its columns} of the questions that are sound enough to have some."""
    return {question.name: type_of(question.kind).columns(question, form) for question in form.questions() if is_usable(question, form)}


def _all_columns(form: FormDefinition) -> Iterator[Column]:
    for question in form.questions():
        if is_usable(question, form):
            yield from type_of(question.kind).columns(question, form)


def _constructs(form: FormDefinition, tell: Tell) -> None:
    scales: dict[str, tuple[Column, tuple[float | None, ...]]] = {}
    retrospective = {question.construct for question in form.questions() if question.kind == "before_now" and question.construct}
    for column in _all_columns(form):
        if not column.construct:
            continue
        first, points = scales.setdefault(column.construct, (column, (column.lo, column.hi, column.step)))
        if (column.lo, column.hi, column.step) != points:
            fault = mark("%(construct)s has items on different scales: “%(first)s” and “%(second)s”.")
            remedy = mark("Give them the same scale, or another construct.")
            place = f"questions.{column.question}.scale"
            tell(place, fault, remedy, construct=column.construct, first=first.key, second=column.key)
    for question in form.questions():
        if question.kind != "before_now" and _is_rated_twice(question.construct, retrospective):
            fault = mark("%(construct)s is rated before and now elsewhere in the form: it cannot be rated once here.")
            remedy = mark("Give it another construct.")
            tell(f"questions.{question.name}.construct", fault, remedy, construct=question.construct)


def _is_rated_twice(construct: str, retrospective: set[str]) -> bool:
    return construct in {one + ending for one in retrospective for ending in ENDINGS.values()}


def _columns(form: FormDefinition, tell: Tell) -> None:
    owners: dict[str, str] = {}
    for column in _all_columns(form):
        owner = owners.setdefault(column.key, column.question)
        if owner != column.question:
            remedy = mark("Rename the question or the option.")
            fault = mark("The column “%(key)s” belongs to “%(first)s” as well.")
            tell(f"questions.{column.question}", fault, remedy, key=column.key, first=owner)
