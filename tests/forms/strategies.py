"""Hypothesis strategies: any valid definition, with every kind of question, several languages, scales and conditions."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from forms.binding import PLACE
from forms.check import TAKEN
from forms.codec import UNSPEAKABLE
from forms.definition import Choice, FormDefinition, Question, Row, Scale, Section
from forms.questions import KINDS, type_of
from forms.wording import Text

LANGUAGES = ("es", "en", "qu", "ay", "pt", "ar", "he", "zu-ZA")
#: Words that break what is careless: formulas, markup, escapes, scripts of every direction.
HARD = (
    *("=1+1", "+51 999", "-", "@SUM(A1)", "<script>alert(1)</script>", "a & b <b>", "_x0041_", "${", "%s %(x)s", "'", '"', "a: b, c"),
    *(
        "yes",
        "no",
        "null",
        "1",
        "1.0",
        "2026-07-18",
        "مرحبا بك",
        "שלום",
        "🙂👩🏽‍🌾",
        "uno\ndos",
        "¿Qué? ¡Sí!",
        "a\tb",
        "e\u0301",
        "\u202eabc",
    ),
)
_FREE = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


def _is_plain(words: str) -> bool:
    return bool(words.strip()) and not UNSPEAKABLE.search(words) and not PLACE.search(words) and "$\u2060{" not in words


words = (st.sampled_from(HARD) | _FREE).map(str.strip).filter(_is_plain)
names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name not in TAKEN and name not in ("group", "circle"))
values = st.from_regex(r"[A-Za-z0-9_]{1,6}(-[a-z]{1,3})?", fullmatch=True).filter(lambda value: value not in ("comment", "other", "quote"))


@st.composite
def texts(draw: st.DrawFn, languages: tuple[str, ...], ending: str = "") -> Text:
    """A text in all of the languages; ``ending`` makes it different from others."""
    return Text.of({language: draw(words) + ending for language in languages})


@st.composite
def scales(draw: st.DrawFn, languages: tuple[str, ...], name: str) -> Scale:
    lo, step = draw(st.integers(-5, 5)), draw(st.integers(1, 3))
    scale = Scale(name, lo, lo + step * draw(st.integers(1, 10)), step)
    labelled = draw(st.lists(st.sampled_from(scale.points), unique=True, max_size=4))
    labels = tuple((point, draw(texts(languages, f" ({point})"))) for point in sorted(labelled))
    return Scale(name, scale.lo, scale.hi, step, labels)


@st.composite
def questions(draw: st.DrawFn, name: str, kind: str, languages: tuple[str, ...], scale: str, earlier: tuple[Question, ...]) -> Question:
    """One question of a kind, with conditions on the questions before it."""
    type_ = type_of(kind)
    flags: dict[str, Any] = {}
    if type_.may_skip and type_.asks:
        flags |= {"unknown": draw(st.booleans()), "refuse": draw(st.booleans())}
    if type_.asks:
        flags["sensitive"] = draw(st.booleans())
    if type_.asks and kind != "own_code":
        flags["required"] = draw(st.sampled_from(["no", "yes"] if kind == "consent" else ["no", "soft", "yes"]))
        flags["message"] = draw(st.just(Text()) | texts(languages))
    if type_.may_measure:
        flags |= {"scale": scale, "construct": draw(st.sampled_from(["", f"C_{kind.partition('_')[0].upper()}"]))}
    if "reverse" in type_.may_have:
        flags["reverse"] = draw(st.booleans())
    if "shuffle" in type_.may_have:
        flags["shuffle"] = draw(st.booleans())
    if "choices" in type_.needs:
        flags["choices"] = draw(choices(languages, kind, earlier))
    if "rows" in type_.needs:
        flags["rows"] = draw(rows(languages, earlier))
    settings = draw(settings_of(kind, languages, len(flags.get("choices", ()))))
    label, hint = draw(texts(languages)), draw(st.just(Text()) | texts(languages))
    return Question(name, kind, label, hint, show_if=draw(conditions(earlier)), settings=tuple(sorted(settings.items())), **flags)


@st.composite
def choices(draw: st.DrawFn, languages: tuple[str, ...], kind: str, earlier: tuple[Question, ...]) -> tuple[Choice, ...]:
    listed = draw(st.lists(values, min_size=1, max_size=4, unique_by=str.casefold))
    return tuple(
        Choice(
            value,
            draw(texts(languages, f" [{number}]")),
            exclusive=kind == "several" and draw(st.booleans()),
            show_if=draw(conditions(earlier)),
        )
        for number, value in enumerate(listed)
    )


@st.composite
def rows(draw: st.DrawFn, languages: tuple[str, ...], earlier: tuple[Question, ...]) -> tuple[Row, ...]:
    listed = draw(st.lists(values, min_size=1, max_size=3, unique_by=str.casefold))
    return tuple(
        Row(value, draw(texts(languages, f" [{number}]")), draw(st.booleans()), draw(conditions(earlier)))
        for number, value in enumerate(listed)
    )


@st.composite
def settings_of(draw: st.DrawFn, kind: str, languages: tuple[str, ...], options: int) -> dict[str, Any]:
    """Some of the settings that a kind declares, with values that are possible."""
    possible: dict[str, st.SearchStrategy[Any]] = {}
    for setting in type_of(kind).settings:
        if setting.kind == "flag":
            possible[setting.name] = st.booleans()
        elif setting.kind == "words":
            possible[setting.name] = texts(languages, f" ({setting.name})")
    possible |= {
        "number": {"minimum": st.integers(-9, 0) | st.sampled_from([-0.5, 0.25]), "maximum": st.integers(1, 99) | st.just(1.5)},
        "day": {"earliest": st.just("2020-02-29"), "latest": st.just("2030-01-01")},
        "short_text": {"maximum": st.integers(1, 500)},
        "long_text": {"maximum": st.integers(1, 500)},
        "several": {"minimum": st.just(1), "maximum": st.integers(1, max(1, options))},
        "ranking": {"places": st.integers(1, max(1, options))},
    }.get(kind, {})
    chosen = draw(st.lists(st.sampled_from(sorted(possible)), unique=True)) if possible else []
    return {name: draw(possible[name]) for name in chosen}


@st.composite
def conditions(draw: st.DrawFn, earlier: tuple[Question, ...]) -> str:
    """'' or a condition that reads one or two of the questions before."""
    readable = [said for question in earlier for said in _clauses(question)]
    if not readable or draw(st.integers(0, 2)):
        return ""
    one, other = draw(st.sampled_from(readable)), draw(st.sampled_from(readable))
    return draw(st.sampled_from([one, f"not ({one})", f"{one} and {other}", f"{one} or  {other}"]))


def _clauses(question: Question) -> list[str]:
    """Conditions that read a question."""
    name, options = question.name, [choice.value for choice in question.choices]
    match question.kind:
        case "choice":
            return [f"{name} = '{options[0]}'", f"selected({name}, '{options[-1]}')", f"is_blank({name})"]
        case "several":
            return [f"selected({name}, '{options[0]}')", f"count_selected({name}) > 1", f"{name}/{options[0]} = 1"]
        case "ranking":
            return [f"{name}/{options[0]} = 1", f"selected({name}, '{options[0]}')"]
        case "scale" | "number":
            return [f"{name} >= 2", f"({name} - 1) / 2 < 3", f"not is_blank({name})", name]
        case "battery":
            return [f"{name}/{question.rows[0].value} < 3", f"is_blank({name})"]
        case "before_now":
            return [f"{name}/now > {name}/before"]
        case "yes_no" | "consent":
            return [f"{name} = 1", f"{name} != 0"]
        case "day":
            return [f"{name} > '2026-01-01'"]
        case "short_text" | "long_text":
            return [f"{name} != ''", f'{name} = "it\'s"']
    return []


@st.composite
def definitions(draw: st.DrawFn, most: int = 6) -> FormDefinition:
    """A valid form: ``forms.check`` finds nothing in it that blocks."""
    languages = tuple(draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True)))
    made_scales = tuple(draw(scales(languages, name)) for name in ("agree", "often")[: draw(st.integers(1, 2))])
    kinds = [kind for kind in draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=most)) if kind != "own_code"] or ["scale"]
    kinds += ["own_code"] * draw(st.integers(0, 1)) + ["yes_no"]
    listed = draw(st.lists(names, min_size=len(kinds), max_size=len(kinds), unique=True))
    asked: tuple[Question, ...] = ()
    for name, kind in zip(listed, kinds, strict=True):
        asked += (draw(questions(name, kind, languages, made_scales[0].name, asked)),)
    cut = draw(st.integers(0, len(asked) - 1))
    sections = [Section("first", draw(st.just(Text()) | texts(languages)), asked[:cut]), Section(listed[-1], Text(), asked[cut:])]
    return FormDefinition(
        draw(names),
        draw(texts(languages)),
        languages,
        tuple(section for section in sections if section.questions),
        intro=draw(st.just(Text()) | texts(languages)),
        scales=made_scales,
        minutes=draw(st.integers(0, 60)),
        source=draw(st.just("") | words),
        licence=draw(st.just("") | words),
        words=draw(st.just(()) | texts(languages).map(lambda text: (("topic", text),))),
    )
