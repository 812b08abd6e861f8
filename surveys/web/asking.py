"""What the partials of ``forms/templates/forms/`` need to draw a form: its words in one or two languages, what was
typed, what is wrong and what is shown when. The participant's page uses it, and so can any preview."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from markupsafe import Markup, escape

from forms.answers import leaves_out_own_group, marks_offered
from forms.conditions import Condition, compiled, in_words, parse
from forms.definition import Choice, FormDefinition, Question, Row, Scale
from forms.markup import as_html, plain
from forms.messages import Message, Problem, Say, mark, mark_many
from forms.questions import columns, type_of
from forms.questions.before_now import PARTS, part_label
from forms.questions.choice import LONGEST_SIDE_TEXT, options_of
from forms.questions.marks import NO, YES
from forms.questions.own_code import LABELS
from forms.questions.ranking import places_of
from forms.questions.text import QUOTE_LABEL
from forms.timing import estimate
from forms.wording import Text
from surveys.languages import SPOKEN, Speaker, general, is_from_right, own_name, spoken
from surveys.languages import chrome_of as chrome_of

#: How many languages a page carries at once; with more, it carries the one asked for.
AT_ONCE = 2
_CLOSING = Markup("</span>")
#: A label of a tap scale has at most so many letters.
SHORT_LABEL = 9


def speaker(language: str, chrome: str = SPOKEN[0]) -> Speaker:
    """Who says Tupuy's own words beside a form in ``language``: that language where Tupuy speaks it, else ``chrome``."""
    return Speaker(spoken(language, chrome))


def carried(spoken: tuple[str, ...], language: str) -> tuple[str, ...]:
    """The languages that a page carries when it is asked for in one of those that are spoken."""
    return spoken if len(spoken) <= AT_ONCE else (language,)


@dataclass(frozen=True)
class Voice:
    """The recording of one text in a language, and its address."""

    language: str
    address: str


@dataclass(frozen=True)
class Page:
    """One drawing of one form. ``languages`` are those carried, ``language`` the one shown first.

    Words of the form are said in each language. Tupuy's own are said in ``chrome`` where it does not speak a language.
    """

    form: FormDefinition
    languages: tuple[str, ...]
    language: str
    posted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    seed: int = 0
    offered: tuple[str, ...] = ()
    chrome: str = SPOKEN[0]
    for_interviewer: bool = False  # notes for whoever interviews are shown
    voices: Mapping[str, Sequence[Voice]] = field(default_factory=dict)

    longest_side_text = LONGEST_SIDE_TEXT
    quote_label = QUOTE_LABEL
    yes, no = YES, NO
    places = staticmethod(places_of)

    # Words ---------------------------------------------------------------------------------------------------------

    def words(self, text: Text, lines: bool = False) -> Markup:
        """A text in every carried language, each marked with its language; escaped, with its emphasis, and its ``lines``."""
        if (text, lines) not in self._known:
            self._known[text, lines] = self._both({language: self._told_in(text, language, lines) for language in self.languages})
        return self._known[text, lines]

    @cached_property
    def _known(self) -> dict[tuple[Text, bool], Markup]:
        return {}

    def tell(self, words: str, **values: Any) -> Markup:
        """Marked words of Tupuy in every carried language. A value that is a Text is said in that language."""
        return self._own({language: self._marked(words, language, values) for language in self.languages})

    def tell_message(self, message: Message) -> Markup:
        return self._own({language: escape(message.said(self._say[language])) for language in self.languages})

    def tell_many(self, forms: tuple[str, str], count: int, **values: Any) -> Markup:
        """Marked singular and plural (mark_many), in the number of ``count``."""
        return self._own({language: escape(self._say[language].many(*forms, count, **values)) for language in self.languages})

    def said(self, words: Text | str) -> str:
        """Plain words in the page's own language, for an attribute."""
        if isinstance(words, Text):
            return plain(words.in_language(self.language, self.form.languages[0]))
        return self._say[self.language](words)

    def counter(self) -> Markup:
        """How many answers are given of how many; the page's script fills in both."""
        places = {"{n}": Markup('<b class="n">0</b>'), "{of}": Markup('<span class="of"></span>')}
        told = self.tell(mark("%(count)s of %(total)s answers"), count="{n}", total="{of}")
        return told.replace("{n}", places["{n}"]).replace("{of}", places["{of}"])

    def text(self, words: Mapping[str, str]) -> Text:
        return Text.of(words)

    @property
    def speaks(self) -> Say:
        """Who says plain words in the page's own language."""
        return self._say[self.language]

    @cached_property
    def _say(self) -> dict[str, Say]:
        return {language: speaker(language, self.chrome) for language in {*self.languages, self.language}}

    def _told_in(self, text: Text, language: str, lines: bool = False) -> Markup:
        if said := text.get(language) or text.get(general(language)):
            return as_html(said, lines=lines)
        other = next((one for one in (self.form.languages[0], self.chrome, *text.languages) if text.get(one)), "")
        if not other:
            return Markup("")
        said = as_html(text.get(other) or "", lines=lines)
        return Markup('<span lang="{}"{} class="keep">{}</span>').format(other, self.direction(other), said)

    def _marked(self, words: str, language: str, values: Mapping[str, Any]) -> Markup:
        """Our words, with values that are texts in the language that is really spoken, where they have it."""
        say, base = self._say[language], self.form.languages[0]
        told = {
            key: plain(value.in_language(say.language if value.get(say.language) else language, base)) if isinstance(value, Text) else value
            for key, value in values.items()
        }
        return escape(say(words, **told))

    def _own(self, told: Mapping[str, Markup]) -> Markup:
        """Tupuy's own words in every carried language, each marked with the language that it is really said in."""
        if not self.is_lent:
            return self._both(told)
        if len(set(told.values())) == 1 and len({self._say[language].language for language in told}) == 1:
            return self._lent(self.language, told[self.languages[0]], always=True)
        return self._both({language: self._lent(language, words) for language, words in told.items()})

    def _lent(self, language: str, words: Markup, always: bool = False) -> Markup:
        """Words said in another language than that of the page; they stay whatever language is shown."""
        speaks = self._say[language].language
        if not words or (speaks == spoken(language, "") and not always):
            return words
        return Markup('<span lang="{}" class="keep">{}</span>').format(speaks, words)

    @cached_property
    def is_lent(self) -> bool:
        """Whether there is a carried language that Tupuy does not speak."""
        return not all(spoken(language, "") for language in self.languages)

    def lending(self) -> Markup:
        """Says once that Tupuy's own words are in another language than the form, in that language."""
        told = {}
        for language in self.languages:
            say, words = self._say[language], mark("This questionnaire is in %(language)s. Buttons and notices are in English.")
            is_lent = not spoken(language, "")
            told[language] = self._lent(language, escape(say(words, language=own_name(language)))) if is_lent else Markup("")
        return self._both(told)

    def _both(self, told: Mapping[str, Markup]) -> Markup:
        if len(set(told.values())) == 1 and (len(told) == 1 or not next(iter(told.values())).strip()):
            return next(iter(told.values()))
        return Markup("").join(self._opening[language] + words + _CLOSING for language, words in told.items())

    @cached_property
    def _opening(self) -> dict[str, Markup]:
        return {language: Markup('<span lang="{}"{}>').format(language, self.direction(language)) for language in self.languages}

    def direction(self, language: str) -> Markup:
        """The attribute of what is written from right to left; nothing for all else."""
        return Markup(' dir="rtl"') if is_from_right(language) else Markup("")

    # What was typed ------------------------------------------------------------------------------------------------

    def typed(self, name: str) -> str:
        return next((value for value in self.posted.get(name, ()) if value not in {"~unknown", "~refused"}), "")

    def is_ticked(self, name: str, value: Any) -> bool:
        return str(value) in self.posted.get(name, ())

    # What is wrong -------------------------------------------------------------------------------------------------

    @cached_property
    def _faults(self) -> dict[str, list[Markup]]:
        found: dict[str, list[Markup]] = {}
        for problem in self.problems:
            found.setdefault(self.anchor(problem.place), []).append(self.fault_words(problem))
        return found

    def anchor(self, place: str) -> str:
        """The name of the block that a problem belongs to: a row of a battery, a place of the code, else its question."""
        name, _, part = place.partition("/")
        question = self.form.question(name)
        return place if part and question is not None and type_of(question.kind).has_blocks else name

    def fault_words(self, problem: Problem) -> Markup:
        question = self.form.question(problem.place.partition("/")[0])
        if question is not None and question.message and problem.blocks:
            return self.words(question.message)
        told = {language: escape(f"{problem.fault.said(say)} {problem.remedy.said(say)}".strip()) for language, say in self._said()}
        return self._own(told)

    def _said(self) -> Iterator[tuple[str, Say]]:
        return ((language, self._say[language]) for language in self.languages)

    def faults(self, name: str) -> list[Markup]:
        return self._faults.get(name, [])

    def summary(self) -> list[tuple[str, Markup]]:
        """(name of the block, words) of every problem, once each, in the order of the page.

        Words that several questions share are told with what is asked, so that no two lines say the same.
        """
        lines = [(name, words) for name, told in self._faults.items() for words in dict.fromkeys(told)]
        often = Counter(words for _, words in lines)
        return [(name, self._asked_by(name) + words if often[words] > 1 else words) for name, words in lines]

    def _asked_by(self, name: str) -> Markup:
        """What the question, or the row, of a block asks."""
        question_name, _, part = name.partition("/")
        question = self.form.question(question_name)
        if question is None:
            return Markup("")
        label = next((row.label for row in question.rows if row.value == part), question.label)
        return Markup("{} ").format(self.words(label))

    @property
    def all_languages(self) -> tuple[str, ...]:
        """Every language that the page can be switched to."""
        return self.offered or self.languages

    @property
    def may_go_on(self) -> bool:
        """Whether there are reminders and nothing else."""
        return bool(self.problems) and not any(problem.blocks for problem in self.problems)

    @property
    def is_reminding(self) -> bool:
        return any(not problem.blocks for problem in self.problems)

    def described(self, name: str, *more: str) -> str:
        """Identifiers of what describes the controls of a block."""
        question = self.form.question(name)
        ids = [f"h-{name}"] if question is not None and self.hint(question) else []
        ids += [f"e-{name}"] if self.faults(name) else []
        if question is None:
            question = self.form.question(name.partition("/")[0])
        if question is not None and question.scale and self.face(self.scale(question)) in {"ten", "steps"} and question.kind in {"scale"}:
            ids += [f"n-{name}"] if self.ends(self.scale(question)) else []
        return " ".join([*ids, *more])

    def describes(self, name: str, *more: str) -> Markup:
        ids = self.described(name, *more)
        invalid = Markup(' aria-invalid="true"') if self.faults(name) else Markup("")
        return invalid + (Markup(' aria-describedby="{}"').format(ids) if ids else Markup(""))

    # What is shown when --------------------------------------------------------------------------------------------

    @cached_property
    def conditions(self) -> list[Condition]:
        """The conditions of this form, each once; the page names them by their number."""
        return list({text: parse(text) for text in self._shown_if()}.values())

    def _shown_if(self) -> Iterator[str]:
        for question in self.form.questions():
            parts: tuple[Any, ...] = (question, *question.rows, *question.choices)
            yield from (part.show_if for part in parts if part.show_if)

    @cached_property
    def _number_of(self) -> dict[str, int]:
        return {condition.text: number for number, condition in enumerate(self.conditions)}

    def when(self, show_if: str) -> Markup:
        """The attribute by which the page's script finds what a condition hides."""
        return Markup(' data-if="{}"').format(self._number_of[show_if]) if show_if else Markup("")

    def condition(self, question: Question) -> Markup:
        """The condition of a question in words; '' when it is always asked."""
        return self._condition_words(question.show_if)

    def row_condition(self, question: Question, row: Row) -> Markup:
        """The condition of a row in words, unless the hint already asks to leave out one's own group."""
        return Markup("") if self.leaves_out_own_group(question) else self._condition_words(row.show_if)

    def _condition_words(self, show_if: str) -> Markup:
        if not show_if:
            return Markup("")
        condition = self.conditions[self._number_of[show_if]]
        return self._own({language: escape(in_words(condition, self.form, language, say)) for language, say in self._said()})

    def leaves_out_own_group(self, question: Question) -> bool:
        return leaves_out_own_group(question)

    def compiled_conditions(self) -> list[Any]:
        return [compiled(condition) for condition in self.conditions]

    def numeric_columns(self) -> list[str]:
        """The columns that conditions read as numbers."""
        read = {name.partition("/")[0] for condition in self.conditions for name in condition.names}
        asked = columns(self.form) if read else ()
        return [column.key for column in asked if column.question in read and column.kind in {"scale", "flag", "rank", "number"}]

    def marks(self, question: Question) -> tuple[str, ...]:
        """What is offered instead of an answer: of ``~unknown`` and ``~refused``."""
        return self._marks[question.name]

    @cached_property
    def _marks(self) -> dict[str, tuple[str, ...]]:
        return {question.name: marks_offered(self.form, question) for question in self.form.questions()}

    # Beside the words ----------------------------------------------------------------------------------------------

    def note(self, question: Question) -> Markup:
        """What only whoever interviews reads; nothing on a participant's page."""
        return self.words(question.interviewer_note) if self.for_interviewer else Markup("")

    def voices_of(self, question: Question) -> list[tuple[Voice, Markup]]:
        """(recording, what it says) of a question, then of its options and rows."""
        place = f"questions.{question.name}"
        parts = [(f"{place}.label", self.tell(mark("hear the question")))]
        parts += [(f"{place}.choices.{choice.value}", self.words(choice.label)) for choice in question.choices]
        parts += [(f"{place}.rows.{row.value}", self.words(row.label)) for row in question.rows]
        return [(voice, words) for at, words in parts for voice in self.voices.get(at, ())]

    @staticmethod
    def named(language: str) -> str:
        """A language by its own name."""
        return own_name(language)

    def voiced_languages(self) -> list[tuple[str, str]]:
        """(code, its own name) of the languages in which something of this form can be heard."""
        codes = dict.fromkeys(voice.language for voices in self.voices.values() for voice in voices)
        return [(code, own_name(code)) for code in codes]

    # Order ---------------------------------------------------------------------------------------------------------

    def mixed(self, question: Question, items: Sequence[Choice] | Sequence[Row]) -> list[Any]:
        """Rows or choices in this person's order; "none of these" stays last."""
        order = list(items)
        if question.shuffle:
            random.Random(f"{self.seed} {question.name}").shuffle(order)  # noqa: S311 an order, not a secret
            order.sort(key=lambda item: getattr(item, "exclusive", False))
        return order

    def mix(self, question: Question) -> Markup:
        return Markup(" data-mix") if question.shuffle else Markup("")

    # Scales --------------------------------------------------------------------------------------------------------

    def scale(self, question: Question) -> Scale:
        found = self.form.scale(question.scale)
        if found is None:
            raise LookupError(f"{question.name}: no scale {question.scale!r}")
        return found

    def face(self, scale: Scale) -> str:
        """How a scale is drawn: "dots", "ten", "steps", "rows" or "select"."""
        points, named = len(scale.points), len(scale.labels)
        if points > 11:
            return "select"
        if points == 5 and named == 5 and all(self._is_short(words) for _, words in scale.labels):
            return "dots"
        if named > 2 or (points == named and points <= 3):
            return "rows"
        return "ten" if points == 11 else "steps"

    def _is_short(self, words: Text) -> bool:
        said = [words.in_language(language, self.form.languages[0]) for language in self.form.languages]
        return all(sum(letter.isalpha() for letter in label) <= SHORT_LABEL for label in said)

    def point(self, scale: Scale, point: int) -> Markup:
        label = scale.label(point)
        return self.words(label) if label else escape(point)

    def ends(self, scale: Scale) -> list[Markup]:
        """The words of the lowest and the highest point, with their number."""
        first, last = scale.label(scale.points[0]), scale.label(scale.points[-1])
        if not (first and last):
            return []
        return [self._end(scale.points[0], first), self._end(scale.points[-1], last)]

    def _end(self, point: int, label: Text) -> Markup:
        return Markup("{}: {}").format(point, self.words(label))

    # Kinds ---------------------------------------------------------------------------------------------------------

    def hint(self, question: Question) -> Markup:
        """The hint of a question, or what its kind needs said; with what a required one needs."""
        type_ = type_of(question.kind)
        own = None if question.hint else type_.hint(question)
        told = [self.tell_message(own) if own else self.words(question.hint)]
        if self.leaves_out_own_group(question):
            told.append(Markup('<span class="nojs">{}</span>').format(self.tell(mark("Leave out your own group."))))
        if question.required == "yes":
            told.append(self.tell(type_.needed))
        return Markup(" ").join(words for words in told if words)

    def ranking_hint(self, question: Question) -> Markup:
        count = places_of(question)
        return self.tell_many(
            mark_many(
                "Tap %(count)s option, the most important first. Tap it again to remove it.",
                "Tap %(count)s options, the most important first. Tap again to remove one.",
            ),
            count,
        )

    def options(self, question: Question) -> list[Choice]:
        """The options of one choice, "other" last."""
        return [*self.mixed(question, question.choices), *options_of(question)[len(question.choices) :]]

    def longest(self, question: Question) -> int:
        """The longest text that a question takes, in characters."""
        kind = type_of(question.kind)
        return int(question.setting("maximum", next(setting.default for setting in kind.settings if setting.name == "maximum")))

    def two_times(self, question: Question) -> list[tuple[str, Markup]]:
        """The two ratings of a before/now question, with their words."""
        return [(part, self.words(part_label(question, part))) for part in PARTS]

    def code_parts(self) -> list[tuple[str, Markup, int]]:
        """The elements of the own code: (name, words, most letters)."""
        return [(part, self.words(words), 2 if part in {"siblings", "day"} else 1) for part, words in LABELS.items()]

    def title_in(self, language: str) -> str:
        """The title of the form in one language, as plain words."""
        return plain(self.form.title.in_language(language, self.form.languages[0]))

    def required(self) -> list[str]:
        """The questions that need an answer: what a phone can look at before answers wait for a signal."""
        return [question.name for question in self.form.questions() if question.required == "yes"]

    def minutes(self) -> int:
        """How long it takes: stated by the form, else estimated."""
        return self.form.minutes or estimate(self.form).minutes
