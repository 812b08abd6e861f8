"""The stated truth of the examples: who is asked, how each group leans, how every level moves; and answers drawn from it.

Levels are latent points of a scale from 1 to 5. A person's latent answer to an item is

    level of the round + lean of the group + easiness of the item + the person's own effect + noise

rounded to a point and cut to the scale. Effects are normal with standard deviation PERSON_SD and stay with the person
from round to round; noise is normal with NOISE_SD. ``expected_item`` says what the mean of an item then is. docs/demo.md
prints the table. Everything here is invented.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from forms.definition import FormDefinition, Question, Row, Scale

PERSON_SD = 0.5
NOISE_SD = 0.8
CODE_SHARE = 0.6  # of people who give their own code
ELEMENT_ERROR = 0.03  # that an element of the code is written differently
UNKNOWN, REFUSED, BLANK, COMMENT, QUOTE = 0.015, 0.015, 0.02, 0.3, 0.4


@dataclass(frozen=True)
class Level:
    """A latent level per round; ``lean`` is how much of the group's leaning it takes."""

    rounds: tuple[float, ...]
    lean: float = 1.0


@dataclass(frozen=True)
class SurveyTruth:
    """What is true of one survey. ``rates``: share of those invited who answer, per round; ``by_group`` replaces it for a
    group. ``levels``: by construct, or by question where it stands alone. ``shares``: of choices, per round.
    ``decks``: exact numbers of each answer, dealt out in a round."""

    rates: tuple[float, ...]
    levels: Mapping[str, Level]
    shares: Mapping[str, tuple[Mapping[str, float], ...]] = field(default_factory=dict)
    decks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    by_group: Mapping[str, float] = field(default_factory=dict)
    group_refused: float = 0.0
    channel: str = "web"


@dataclass(frozen=True)
class ProgrammeTruth:
    """What is true of a programme. ``leans``: of each group; ``between``: how a group trusts another, beside the level;
    ``core``: members of the core group per group; ``regions``: shares; ``english``: share answering in English."""

    seed: int
    leans: Mapping[str, float]
    surveys: Mapping[str, SurveyTruth]
    between: Mapping[tuple[str, str], float] = field(default_factory=dict)
    core: Mapping[str, int] = field(default_factory=dict)
    regions: Mapping[str, float] = field(default_factory=dict)
    english: Mapping[str, float] = field(default_factory=dict)
    comments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


#: How much easier an item is than its construct; sums to 0 within a construct.
EASINESS = {
    "tr_open": 0.15, "tr_share": -0.2, "tr_guard": 0.0, "tr_fair": 0.05,
    "le_test": 0.1, "le_learn": -0.1,
    "ac_tools": 0.15, "ac_find": -0.15, "ac_hard": 0.0,
    "ca_needs": 0.15, "ca_project": -0.2, "ca_dialogue": 0.05,
    "vp_know": 0.1, "vp_tools": -0.15, "vp_force": 0.05,
    "ap_risk": -0.1, "ap_report": 0.1,
    "across_talk": 0.2, "across_plan": -0.1, "across_solve": -0.1,
    "sa_useful": 0.1, "sa_time": -0.3, "sa_voice": 0.1, "sa_facil": 0.1,
    "co_debate": -0.1, "co_own": -0.1, "co_stay": 0.2,
}  # fmt: skip

_USED = ("never", "once", "several")


def _used(*rounds: float) -> tuple[Mapping[str, float], ...]:
    """Shares of those who used something, two thirds of them once."""
    return tuple(dict(zip(_USED, (1 - used, used * 2 / 3, used / 3), strict=True)) for used in rounds)


MOQUEGUA = ProgrammeTruth(
    seed=20240919,
    leans={
        "civil": 0.15,
        "base": -0.1,
        "comunidad": -0.35,
        "empresa": 0.3,
        "gobierno": 0.15,
        "medios": 0.0,
        "academia": 0.1,
        "cooperacion": 0.25,
    },
    between={
        ("comunidad", "empresa"): -0.7,
        ("empresa", "comunidad"): -0.4,
        ("base", "empresa"): -0.5,
        ("civil", "gobierno"): -0.3,
        ("gobierno", "civil"): -0.2,
        ("comunidad", "base"): 0.5,
        ("base", "comunidad"): 0.5,
        ("empresa", "gobierno"): 0.3,
    },
    core={"civil": 8, "base": 1, "empresa": 3, "gobierno": 1, "cooperacion": 2},
    english={"cooperacion": 0.5, "academia": 0.1, "empresa": 0.1},
    comments={
        "es": (
            "Comentario de ejemplo: hacer más reuniones en las comunidades.",
            "Comentario de ejemplo: publicar los acuerdos y decir cuáles se cumplieron.",
            "Comentario de ejemplo: explicar el canon con dibujos y menos cifras.",
            "Comentario de ejemplo: que cada sector cuente un error y lo que aprendió.",
            "Comentario de ejemplo: avisar la fecha con dos semanas.",
            "Comentario de ejemplo: visitar juntos una obra hecha con el canon.",
            "Comentario de ejemplo: más tiempo para el trabajo en grupos.",
            "Comentario de ejemplo: invitar también a las municipalidades pequeñas.",
        ),
        "en": ("Example comment: share the minutes within a week.", "Example comment: more examples from other regions."),
    },
    surveys={
        "moquegua-medicion": SurveyTruth(
            rates=(0.68, 0.64, 0.66, 0.63, 0.67),
            by_group={"academia": 0.85, "cooperacion": 0.85, "medios": 0.8, "base": 0.72, "empresa": 0.75},
            levels={
                "TRUST": Level((2.90, 3.08, 3.25, 3.42, 3.60)),
                "tr_members": Level((3.05, 3.20, 3.38, 3.55, 3.72)),
                "TRUST_BETWEEN": Level((2.80, 2.95, 3.10, 3.22, 3.35), 0.5),
                "LEARNING": Level((2.80, 3.10, 3.40, 3.70, 3.90), 0.5),
                "ACCESS": Level((2.85, 2.92, 3.00, 3.05, 3.10)),
                "canon_report": Level((2.82, 2.84, 2.85, 2.88, 2.90)),
                "canon_explain": Level((2.70, 2.75, 2.80, 2.85, 2.90)),
            },
        ),
        "moquegua-capacidades": SurveyTruth(
            rates=(0.60, 0.62, 0.58, 0.61),
            by_group={"academia": 0.8, "cooperacion": 0.8, "medios": 0.75, "base": 0.7, "empresa": 0.7},
            levels={"CAPACITY_THEN": Level((2.60, 2.60, 2.60, 2.60), 0.5), "CAPACITY_NOW": Level((2.95, 3.10, 3.22, 3.33), 0.5)},
            shares={"has_proposal": ({"1": 0.25, "0": 0.75}, {"1": 0.3, "0": 0.7}, {"1": 0.35, "0": 0.65}, {"1": 0.4, "0": 0.6})},
        ),
        "moquegua-taller": SurveyTruth(
            rates=(0.85, 0.82, 0.84, 0.86, 0.3),
            group_refused=0.02,
            levels={
                "PROCESS": Level((3.60, 3.70, 3.65, 3.85, 3.80), 0.5),
                "materials": Level((3.10, 3.15, 3.20, 3.20, 3.20), 0.5),
                "sa_overall": Level((3.70, 3.80, 3.75, 3.95, 3.90), 0.5),
                "sa_recommend": Level((4.10, 4.20, 4.20, 4.35, 4.30), 0.5),
            },
        ),
        "moquegua-seguimiento": SurveyTruth(
            rates=(0.55, 0.54, 0.57),
            by_group={"academia": 0.75, "cooperacion": 0.75, "medios": 0.7, "base": 0.65, "empresa": 0.65},
            levels={},
            shares={"ca_used": _used(0.42, 0.53, 0.64)},
        ),
        "moquegua-coalicion": SurveyTruth(
            rates=(0.56, 0.41, 0.25),
            levels={"COALITION": Level((3.30, 3.35, 3.40), 0.5)},
        ),
    },
)

_REGIONS = {"apurimac": 0.22, "arequipa": 0.24, "cusco": 0.32, "puno": 0.22}

MACRO_SUR = ProgrammeTruth(
    seed=20170817,
    leans={"policia": 0.6, "estado": 0.0, "empresa": 0.1, "civil": -0.35, "seguridad": 0.0, "cooperacion": -0.1},
    between={
        ("civil", "policia"): -0.6,
        ("policia", "civil"): -0.5,
        ("civil", "empresa"): -0.5,
        ("empresa", "policia"): 0.4,
        ("policia", "empresa"): 0.2,
    },
    core={"policia": 2, "estado": 3, "empresa": 3, "civil": 4},
    regions=_REGIONS,
    english={"cooperacion": 0.6, "empresa": 0.1},
    comments={
        "es": (
            "Comentario de ejemplo: repetir la capacitación en cada región.",
            "Comentario de ejemplo: que policía y comunidades se conozcan antes de un conflicto.",
            "Comentario de ejemplo: un protocolo común para los bloqueos.",
            "Comentario de ejemplo: materiales cortos para llevar en el trabajo.",
            "Comentario de ejemplo: invitar a más organizaciones de la sociedad civil.",
            "Comentario de ejemplo: revisar juntos los convenios de seguridad.",
        ),
        "en": ("Example comment: publish the work plan.", "Example comment: include more private security companies."),
    },
    surveys={
        "macro-sur-entrevistas": SurveyTruth(
            rates=(1.0,),
            levels={"PRACTICES": Level((2.30,)), "ACROSS": Level((2.50,)), "need_group": Level((4.10,), 0.0)},
            shares={"would_join": ({"yes_now": 0.6, "yes_later": 0.3, "no_join": 0.1},)},
            decks={"region": {"apurimac": 17, "arequipa": 16, "cusco": 23, "puno": 16}},
            channel="interview",
        ),
        "macro-sur-medicion": SurveyTruth(
            rates=(0.62, 0.62, 0.60, 0.60, 0.62),
            by_group={"policia": 0.70, "seguridad": 0.7, "cooperacion": 0.75, "empresa": 0.68},
            levels={
                "PRACTICES": Level((2.55, 2.80, 3.00, 3.35, 3.65)),
                "APPLYING": Level((2.60, 2.65, 2.75, 2.85, 2.95)),
                "ACROSS": Level((2.70, 2.70, 2.70, 2.88, 3.05)),
                "TRUST": Level((2.90, 2.95, 3.00, 3.15, 3.30)),
                "TRUST_BETWEEN": Level((2.70, 2.75, 2.80, 2.95, 3.05), 0.5),
            },
        ),
        "macro-sur-taller": SurveyTruth(
            rates=(0.9, 0.9, 0.9),
            levels={
                "PROCESS": Level((3.60, 3.75, 3.80), 0.5),
                "sa_overall": Level((3.70, 3.80, 3.90), 0.5),
                "sa_recommend": Level((4.10, 4.20, 4.25), 0.5),
            },
        ),
        "macro-sur-seguimiento": SurveyTruth(
            rates=(0.55, 0.57, 0.58, 0.06),
            by_group={"seguridad": 0.7, "cooperacion": 0.7, "empresa": 0.65, "civil": 0.62},
            levels={"PRACTICES": Level((2.9, 3.1, 3.4, 3.4)), "across_talk": Level((2.9, 3.0, 3.2, 3.2))},
            shares={"ca_used": _used(0.35, 0.48, 0.64, 0.6)},
        ),
    },
)

TRUTHS = {"moquegua": MOQUEGUA, "macro-sur": MACRO_SUR}


# --- what follows from the truth --------------------------------------------------------------------------------------


def expected_item(latent: float, lo: int, hi: int) -> float:
    """The mean of an item on lo..hi whose latent mean is ``latent`` points of 1 to 5.

    >>> round(expected_item(3.0, 1, 5), 6), expected_item(3.3, 1, 5) < 3.3
    (3.0, True)
    """
    return sum(point * share for point, share in shares_of_points(latent, lo, hi).items())


def shares_of_points(latent: float, lo: int, hi: int) -> dict[int, float]:
    """How often each point of a scale is given."""
    stretch = (hi - lo) / 4
    mean, sd = lo + (latent - 1) * stretch, math.hypot(PERSON_SD, NOISE_SD) * stretch
    below = [0.0, *(0.5 * (1 + math.erf((point + 0.5 - mean) / sd / math.sqrt(2))) for point in range(lo, hi)), 1.0]
    return {point: below[place + 1] - below[place] for place, point in enumerate(range(lo, hi + 1))}


def latent_of(programme: ProgrammeTruth, survey: SurveyTruth, name: str, place: int, group: str) -> float:
    """The latent level of a construct or question in the round at ``place`` (from 0), for one group."""
    level = survey.levels[name]
    return level.rounds[min(place, len(level.rounds) - 1)] + level.lean * programme.leans.get(group, 0.0)


def expected_construct(
    programme: ProgrammeTruth, survey: SurveyTruth, construct: str, items: Sequence[str], place: int, shares: Mapping[str, float]
) -> float:
    """The mean of a construct on 1 to 5 in a round, over groups with these shares (summing to 1)."""
    return sum(
        share
        * sum(expected_item(latent_of(programme, survey, construct, place, group) + EASINESS.get(item, 0.0), 1, 5) for item in items)
        / len(items)
        for group, share in shares.items()
    )


# --- people -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """Somebody invented. ``code``: the five elements of their own code, or None."""

    group: str
    circle: str
    region: str
    language: str
    effect: float
    code: tuple[str, str, str, int, int] | None


def make_people(programme: ProgrammeTruth, members: Mapping[str, int], draw: Random) -> dict[str, list[Person]]:
    """The roster of a programme by group; the first of each group are in its core group."""
    return {group: [_person(programme, group, number, draw) for number in range(count)] for group, count in members.items()}


def _person(programme: ProgrammeTruth, group: str, number: int, draw: Random) -> Person:
    letters = "aaabcdeefghijjlmmnoprrstvy"
    code = (draw.choice(letters), draw.choice(letters), draw.choice(letters), draw.randint(0, 6), draw.randint(1, 30))
    return Person(
        group=group,
        circle="core" if number < programme.core.get(group, 0) else "extended",
        region=draw.choices(list(programme.regions), list(programme.regions.values()))[0] if programme.regions else "",
        language="en" if draw.random() < programme.english.get(group, 0.02) else "es",
        effect=draw.gauss(0, PERSON_SD),
        code=code if draw.random() < CODE_SHARE else None,
    )


def choose_respondents(
    people: Mapping[str, list[Person]], invited: Mapping[str, int], survey: SurveyTruth, place: int, draw: Random
) -> list[Person]:
    """Those of the people invited who answer, in random order. Never more than were invited of a group."""
    rate = survey.rates[min(place, len(survey.rates) - 1)]
    scale = rate / survey.rates[0]
    chosen = []
    for group, count in invited.items():
        share = min(survey.by_group.get(group, survey.rates[0]) * scale, 1.0)
        chosen += [one for one in draw.sample(people[group], min(count, len(people[group]))) if draw.random() < share]
    draw.shuffle(chosen)
    return chosen


# --- answers ----------------------------------------------------------------------------------------------------------


@dataclass
class Occasion:
    """One person answering one round: what is true then, and what is drawn."""

    programme: ProgrammeTruth
    survey: SurveyTruth
    place: int
    person: Person
    definition: FormDefinition
    draw: Random
    dealt: Mapping[str, str] = field(default_factory=dict)

    def posted(self) -> dict[str, list[str]]:
        """The controls of the page as this person would send them. What a condition excludes is dropped on arrival."""
        sent: dict[str, list[str]] = {}
        for question in self.definition.questions():
            sent |= self._answer(question)
        return sent

    def _answer(self, question: Question) -> dict[str, list[str]]:
        if question.name in ("group", "circle", "region"):
            return self._known(question)
        if question.kind == "own_code":
            return self._code(question)
        if question.kind in ("battery", "before_now"):
            return self._parts(question)
        if question.kind == "consent":
            return {question.name: ["1"]}
        if skipped := self._skipped(question):
            return {question.name: skipped} if skipped != ["blank"] else {}
        return self._by_kind(question)

    def _known(self, question: Question) -> dict[str, list[str]]:
        if question.name == "group" and self.draw.random() < self.survey.group_refused:
            return {"group": ["~refused"]}
        value = self.dealt.get(question.name) or getattr(self.person, question.name)
        return {question.name: [value]}

    def _skipped(self, question: Question) -> list[str] | None:
        """A mark instead of an answer, ["blank"] for none at all, or None to answer."""
        chance = self.draw.random()
        if chance < UNKNOWN:
            return ["~unknown"] if question.unknown else ["blank"]
        if chance < UNKNOWN + REFUSED:
            return ["~refused"] if question.refuse else ["blank"]
        return ["blank"] if chance < UNKNOWN + REFUSED + BLANK and question.required != "yes" else None

    def _point(self, question: Question, name: str, shift: float, is_reverse: bool) -> list[str]:
        scale = self._scale(question)
        latent = latent_of(self.programme, self.survey, name, self.place, self.person.group) + shift
        latent += self.person.effect + self.draw.gauss(0, NOISE_SD)
        point = round(scale.lo + (latent - 1) * (scale.hi - scale.lo) / 4)
        point = min(max(point, scale.lo), scale.hi)
        return [str(scale.lo + scale.hi - point if is_reverse else point)]

    def _scale(self, question: Question) -> Scale:
        scale = self.definition.scale(question.scale)
        if scale is None:
            raise ValueError(f"{question.name} has no scale")
        return scale

    def _scale_of_truth(self, question: Question, ending: str = "") -> str:
        return question.name if question.name in self.survey.levels else f"{question.construct}{ending}"

    def _parts(self, question: Question) -> dict[str, list[str]]:
        if question.kind == "before_now":
            shift = EASINESS.get(question.name, 0.0)
            parts = {part: (f"{question.construct}_{end}", shift) for part, end in (("before", "THEN"), ("now", "NOW"))}
        else:
            parts = {row.value: (question.construct, self._towards(row)) for row in question.rows}
        sent = {}
        for part, (name, shift) in parts.items():
            skipped = self._skipped(question)
            if skipped != ["blank"]:
                sent[f"{question.name}/{part}"] = skipped or self._point(question, name, shift, False)
        return sent

    def _towards(self, row: Row) -> float:
        return self.programme.between.get((self.person.group, row.value), 0.0)

    def _code(self, question: Question) -> dict[str, list[str]]:
        if self.person.code is None:
            return {}
        elements = zip(("mother", "father", "town", "siblings", "day"), self.person.code, strict=True)
        return {f"{question.name}/{name}": [self._element(str(value))] for name, value in elements}

    def _element(self, value: str) -> str:
        if self.draw.random() >= ELEMENT_ERROR:
            return value
        return str((int(value) + 1) % 7 + 1) if value.isdigit() else self.draw.choice("kquwxz")

    def _by_kind(self, question: Question) -> dict[str, list[str]]:
        by_kind = {
            "scale": self._rating,
            "choice": self._choice,
            "yes_no": self._yes_no,
            "several": self._several,
            "ranking": self._ranking,
            "short_text": self._short_text,
            "long_text": self._long_text,
        }
        return by_kind[question.kind](question)

    def _rating(self, question: Question) -> dict[str, list[str]]:
        shift = EASINESS.get(question.name, 0.0) if question.construct and question.name not in self.survey.levels else 0.0
        return {question.name: self._point(question, self._scale_of_truth(question), shift, question.reverse)}

    def _choice(self, question: Question) -> dict[str, list[str]]:
        shares = self.survey.shares.get(question.name)
        values = [choice.value for choice in question.choices]
        weights = [shares[min(self.place, len(shares) - 1)][value] for value in values] if shares else None
        return {question.name: self.draw.choices(values, weights)}

    def _yes_no(self, question: Question) -> dict[str, list[str]]:
        shares = self.survey.shares[question.name]
        return {question.name: ["1" if self.draw.random() < shares[min(self.place, len(shares) - 1)]["1"] else "0"]}

    def _several(self, question: Question) -> dict[str, list[str]]:
        options = [choice.value for choice in question.choices if not choice.exclusive]
        exclusive = [choice.value for choice in question.choices if choice.exclusive]
        if exclusive and self.draw.random() < 0.05:
            return {question.name: exclusive[:1]}
        most = min(int(question.setting("maximum") or len(options)), len(options))
        return {question.name: self.draw.sample(options, self.draw.randint(1, most))}

    def _ranking(self, question: Question) -> dict[str, list[str]]:
        options = [choice.value for choice in question.choices]
        places = int(question.setting("places") or len(options))
        order = sorted(options, key=lambda value: options.index(value) + self.draw.gauss(0, 2.0))
        return {f"{question.name}/{value}": [str(rank)] for rank, value in enumerate(order[:places], start=1)}

    def _short_text(self, question: Question) -> dict[str, list[str]]:
        said = "Respuesta de ejemplo." if self.person.language == "es" else "Example answer."
        return {question.name: [said]} if self.draw.random() < COMMENT else {}

    def _long_text(self, question: Question) -> dict[str, list[str]]:
        if self.draw.random() >= COMMENT:
            return {}
        quote = {f"{question.name}/quote": ["1"]} if self.draw.random() < QUOTE else {}
        return {question.name: [self.draw.choice(self.programme.comments[self.person.language])], **quote}


def deal(survey: SurveyTruth, count: int, draw: Random) -> list[dict[str, str]]:
    """For each of ``count`` respondents the answers that are dealt from decks, so that their numbers are exact."""
    dealt: list[dict[str, str]] = [{} for _ in range(count)]
    for name, deck in survey.decks.items():
        cards = [value for value, times in deck.items() for _ in range(times)]
        draw.shuffle(cards)
        for hand, card in zip(dealt, cards, strict=True):
            hand[name] = card
    return dealt
