"""The labels of a scale against one another: as many good as bad ones, the neutral one in the middle, ends that are opposites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from forms.definition import Scale
from forms.questions.marks import folded

Fault = Literal["more_good", "more_bad", "middle", "ends"]

#: How good a label is, from -3 to 3. Amounts (nothing, little, a lot) are not among them: they have one direction only.
TONES: Mapping[str, Mapping[int, str]] = {
    "es": {
        -3: "pésimo|pésima|terrible",
        -2: "muy mal|muy malo|muy mala|totalmente en desacuerdo|muy en desacuerdo|muy insatisfecho|muy insatisfecha|muy improbable"
        "|muy injusto|muy injusta|muy difícil|mucho peor|muy en contra|muy inseguro|muy insegura",
        -1: "mal|malo|mala|en desacuerdo|algo en desacuerdo|insatisfecho|insatisfecha|improbable|injusto|injusta|difícil|peor|en contra"
        "|inseguro|insegura|deficiente",
        0: "regular|neutral|indiferente|ni bien ni mal|ni bueno ni malo|ni buena ni mala|ni de acuerdo ni en desacuerdo|igual"
        "|ni satisfecho ni insatisfecho|ni satisfecha ni insatisfecha|ni fácil ni difícil|ni a favor ni en contra|ni mejor ni peor",
        1: "bien|bueno|buena|de acuerdo|algo de acuerdo|satisfecho|satisfecha|probable|justo|justa|fácil|mejor|a favor|seguro|segura",
        2: "muy bien|muy bueno|muy buena|totalmente de acuerdo|muy de acuerdo|muy satisfecho|muy satisfecha|muy probable|muy justo"
        "|muy justa|muy fácil|mucho mejor|muy a favor|muy seguro|muy segura",
        3: "excelente|óptimo|óptima|extraordinario|extraordinaria",
    },
    "en": {
        -3: "terrible|awful|dreadful",
        -2: "very poor|very bad|very badly|strongly disagree|totally disagree|very dissatisfied|very unlikely|very unfair|very difficult"
        "|much worse|strongly against|very unsafe",
        -1: "poor|bad|badly|disagree|tend to disagree|somewhat disagree|dissatisfied|unlikely|unfair|difficult|worse|against|unsafe",
        0: "fair|neutral|neither good nor bad|neither agree nor disagree|neither satisfied nor dissatisfied|neither likely nor unlikely"
        "|neither easy nor difficult|about the same|the same|average|so-so|neither for nor against",
        1: "good|well|agree|tend to agree|somewhat agree|satisfied|likely|easy|better|in favour|safe",
        2: "very good|very well|strongly agree|totally agree|very satisfied|very likely|very fair|very easy|much better|strongly in favour"
        "|very safe",
        3: "excellent|outstanding|superb",
    },
}

_TONE_OF = {
    language: {folded(label): tone for tone, labels in tones.items() for label in labels.split("|")} for language, tones in TONES.items()
}


@dataclass(frozen=True)
class Imbalance:
    """One fault of a scale's labels in a language: how many are good and bad; the label it is about, where there is one."""

    fault: Fault
    language: str
    good: int = 0
    bad: int = 0
    label: str = ""
    other: str = ""


def imbalances(scale: Scale, language: str) -> list[Imbalance]:
    """What is out of balance, none when a label is not known: nothing is said of words that mean something else here."""
    labels = [(point, text.get(language) or "") for point, text in sorted(scale.labels)]
    known = _TONE_OF.get(language, {})
    if len(labels) < 2 or not all(folded(label) in known for _, label in labels):
        return []
    tones = [(point, label, known[folded(label)]) for point, label in labels]
    good, bad = sum(tone > 0 for *_, tone in tones), sum(tone < 0 for *_, tone in tones)
    if good != bad:
        return [Imbalance("more_good" if good > bad else "more_bad", language, good, bad)]
    middle = [Imbalance("middle", language, label=label) for point, label, tone in tones if tone == 0 and 2 * point != scale.lo + scale.hi]
    (_, low, least), (_, high, most) = tones[0], tones[-1]
    return middle or ([Imbalance("ends", language, label=low, other=high)] if least != -most else [])
