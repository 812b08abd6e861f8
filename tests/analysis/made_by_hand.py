"""A Report made by hand: five rounds of a working group, as disclosure would hand it over. No arithmetic behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from analysis.columns import Group, Indicator, Plan, Round, Turn, Words
from analysis.figures import Figure, Measured, Report

AGREE: dict[str, Words] = {
    "1": {"es": "Nada de acuerdo", "en": "Do not agree"},
    "2": {"es": "Poco", "en": "A little"},
    "3": {"es": "Regular", "en": "Partly"},
    "4": {"es": "Bastante", "en": "Mostly"},
    "5": {"es": "Muy de acuerdo", "en": "Fully agree"},
}
DAYS = (date(2025, 3, 14), date(2025, 7, 12), date(2025, 11, 15), date(2026, 3, 14), date(2026, 7, 18))
GROUPS = (
    Group("communities", {"es": "Comunidades", "en": "Communities"}, 14),
    Group("police", {"es": "Policía", "en": "Police"}, 12),
    Group("firms", {"es": "Empresas mineras", "en": "Mining companies"}, 12),
    Group("media", {"es": "Medios", "en": "Media"}, 6),
)
ITEMS = {
    "tr_open": ({"es": "Puedo decir en este grupo lo que pienso.", "en": "I can say in this group what I think."}, (4, 11, 19, 40, 26)),
    "tr_share": (
        {"es": "Compartiría con este grupo información delicada.", "en": "I would share sensitive information."},
        (11, 21, 28, 28, 12),
    ),
    "tr_fair": ({"es": "Los acuerdos se cumplen.", "en": "Agreements are kept."}, (15, 28, 27, 21, 9)),
}
CAPACITY = {
    "ca_needs": ({"es": "Entiendo las necesidades de las comunidades.", "en": "I understand the needs of the communities."}, 3.1, 3.6),
    "ca_project": ({"es": "Puedo proponer un proyecto que dure.", "en": "I can propose a project that lasts."}, 2.3, 3.4),
}


def a_round(place: int) -> Round:
    return Round(f"r{place}", {"es": f"Medición {place}", "en": f"Round {place}"}, DAYS[place - 1], {"communities": 14, "police": 12})


def an_indicator(**changes: Any) -> Indicator:
    kept = {
        "code": "1.1",
        "title": {"es": "Índice de confianza, de 1 a 5", "en": "Trust index, 1 to 5"},
        "source": "construct",
        "of": "TRUST",
        "result": "trust",
        "target": 3.8,
        "due_on": date(2027, 6, 30),
        "baseline": 2.9,
        "baseline_on": DAYS[0],
    }
    return Indicator(**{**kept, **changes})


def a_plan(**changes: Any) -> Plan:
    kept: dict[str, Any] = {
        "programme": "moquegua",
        "survey": "rounds",
        "title": {"es": "Medición del grupo", "en": "Group survey"},
        "languages": ("es", "en"),
        "rounds": tuple(a_round(place) for place in range(1, 6)),
        "groups": GROUPS,
        "mix": {"communities": 0.3, "police": 0.3, "firms": 0.25, "media": 0.15},
        "constructs": {"TRUST": {"es": "Confianza en el grupo", "en": "Trust in the group"}},
        "indicators": (an_indicator(), a_share(), a_count()),
    }
    return Plan(**{**kept, **changes})


def a_share() -> Indicator:
    title = {"es": "Personas que entienden bien el informe del canon", "en": "People who understand the canon report well"}
    return an_indicator(code="4.1", title=title, source="share", of="tr_fair", result="access", target=60.0, baseline=24.0)


def a_count() -> Indicator:
    title = {"es": "Iniciativas con lección escrita", "en": "Initiatives with a written lesson"}
    stated = ((DAYS[0], 0.0, "acta"), (DAYS[2], 2.0, "acta"), (DAYS[4], 4.0, "acta"))
    return an_indicator(code="3.1", title=title, source="manual", of="", result="learning", target=4.0, baseline=0.0, stated=stated)


def trust_figures() -> list[Figure]:
    adjusted = ((2.9, 2.7, 3.1), (3.0, 2.8, 3.2), (3.1, 2.9, 3.3), (3.3, 3.1, 3.5), (3.5, 3.3, 3.7))
    raw = ((2.8, 2.5, 3.0), (3.1, 2.9, 3.3), (3.3, 2.9, 3.5), (3.3, 3.1, 3.5), (3.7, 3.5, 3.9))
    people = (46, 51, 44, 53, 47)
    found = []
    for place, (fixed, plain, n) in enumerate(zip(adjusted, raw, people, strict=True), start=1):
        found.append(Figure("fixed_mix_mean", construct="TRUST", round=f"r{place}", value=fixed[0], low=fixed[1], high=fixed[2], n=n))
        found.append(Figure("mean", construct="TRUST", round=f"r{place}", value=plain[0], low=plain[1], high=plain[2], n=n))
    return [*found, *a_change()]


def a_change(words: str = "increase", value: float = 0.6, raw: float = 0.9, se: float = 0.15) -> list[Figure]:
    ends = {"construct": "TRUST", "from_round": "r1", "round": "r5"}
    return [
        Figure("fixed_mix_change", value=value, low=value - 2 * se, high=value + 2 * se, words=words, **ends),
        Figure("fixed_mix_change_se", value=se, **ends),
        Figure("raw_change", value=raw, low=raw - 0.3, high=raw + 0.3, **ends),
    ]


def item_figures() -> list[Figure]:
    found = []
    for key, (_, shares) in ITEMS.items():
        found.append(Figure("mean", item=key, round="r5", value=3.2, low=2.9, high=3.5, n=47))
        found += [
            Figure("pct", item=key, option=str(point), round="r5", value=float(share), n=47) for point, share in enumerate(shares, start=1)
        ]
    return found


def between_figures() -> list[Figure]:
    """The media are five and hidden; so is what communities say of them."""
    means = {("communities", "police"): 2.2, ("communities", "firms"): 1.8, ("police", "communities"): 3.3, ("police", "firms"): 3.5}
    means |= {("firms", "communities"): 3.5, ("firms", "police"): 3.7, ("police", "media"): 2.6, ("firms", "media"): 3.1}
    found = [_between(*pair, value) for pair, value in means.items()]
    hidden = [("communities", "media"), *(("media", to) for to in ("communities", "police", "firms"))]
    return found + [Figure("trust_mean", round="r5", cut="trust_between", group=row, to_group=to, suppressed=True) for row, to in hidden]


def _between(row: str, to: str, value: float) -> Figure:
    return Figure("trust_mean", round="r5", cut="trust_between", group=row, to_group=to, value=value, n=8)


def capacity_figures() -> list[Figure]:
    found = []
    for key, (_, before, now) in CAPACITY.items():
        found.append(Figure("mean", item=f"{key}/before", round="r5", value=before, n=31))
        found.append(Figure("mean", item=f"{key}/now", round="r5", value=now, n=31))
    return found


def recommendation_figures() -> list[Figure]:
    found = []
    for place, index, shares in ((4, 5.0, (25, 45, 30)), (5, 30.0, (17, 36, 47))):
        found.append(Figure("nps", item="sa_recommend", round=f"r{place}", value=index, low=index - 20, high=index + 20, n=47, unit="nps"))
        spread = {5: shares[0], 7: shares[1], 10: shares[2]}
        found += [
            Figure("pct", item="sa_recommend", option=str(point), round=f"r{place}", value=float(spread.get(point, 0)), n=47)
            for point in range(11)
        ]
    return found


def response_figures() -> list[Figure]:
    found = []
    for place, (answered, invited) in enumerate(((46, 59), (51, 60), (44, 58), (53, 60), (47, 59)), start=1):
        found += [
            Figure("n_submitted", round=f"r{place}", value=float(answered)),
            Figure("n_invited", round=f"r{place}", value=float(invited)),
            Figure("response_rate", round=f"r{place}", value=100 * answered / invited),
        ]
    groups = {"communities": (6, 14), "police": (25, 30)}
    for group, (answered, invited) in groups.items():
        of = {"round": "r5", "cut": "group", "group": group}
        found += [Figure("n_submitted", value=float(answered), **of), Figure("n_invited", value=float(invited), **of)]
        found.append(Figure("response_rate", value=100 * answered / invited, **of))
    return [*found, Figure("n_submitted", round="r5", cut="group", group="media", suppressed=True)]


def status_figures() -> list[Figure]:
    of = {"indicator": "1.1", "round": "r5"}
    series = ((24.0, 15, 34), (25.0, 16, 35), (24.0, 15, 34), (29.0, 20, 38), (28.0, 20, 37))
    shares = [
        Figure("fixed_mix_mean", indicator="4.1", round=f"r{place}", value=value, low=low, high=high, n=47, unit="percent")
        for place, (value, low, high) in enumerate(series, start=1)
    ]
    trust = [replace(figure, construct=None, indicator="1.1") for figure in trust_figures() if figure.metric == "fixed_mix_mean"]
    return [
        *shares,
        *trust,
        Figure("status", value="on_track", status="on_track", rule="S6", words="on_course", **of),
        Figure("p_target_met_now", value=0.02, **of),
        Figure("p_on_course", value=0.83, **of),
        Figure("status", indicator="4.1", round="r5", value="off_track", status="off_track", rule="S7", words="off_course"),
        Figure("p_on_course", indicator="4.1", round="r5", value=0.004),
        Figure("status", indicator="3.1", value="achieved", status="achieved", rule="S1", words="target_met"),
    ]


def measured() -> tuple[dict[str, Measured], dict[str, Measured]]:
    items = {key: Measured(key, label, 1, 5, 1, labels=AGREE) for key, (label, _) in ITEMS.items()}
    for key, (label, _, _) in CAPACITY.items():
        items |= {f"{key}/{part}": Measured(f"{key}/{part}", label, 1, 5, 1, labels=AGREE) for part in ("before", "now")}
    items["sa_recommend"] = Measured(
        "sa_recommend", {"es": "¿Recomendaría este espacio?", "en": "Would you recommend this group?"}, 0, 10, 1
    )
    label = {"es": "Confianza en el grupo", "en": "Trust in the group"}
    constructs = {"TRUST": Measured("TRUST", label, 1, 5, 1, items=tuple(ITEMS))}
    return constructs, items


def a_report(figures: list[Figure] | None = None, **plan: Any) -> Report:
    """The whole report, or one of the ``figures`` given."""
    every = [
        *trust_figures(),
        *item_figures(),
        *between_figures(),
        *capacity_figures(),
        *recommendation_figures(),
        *response_figures(),
        *status_figures(),
        *([Figure("n_submitted", round="r5", cut="group", group="firms", value=10.0)]),
    ]
    constructs, items = measured()
    return Report(a_plan(**plan), "coordinator", date(2026, 8, 8), tuple(every if figures is None else figures), constructs, items)


REASON = "Se cambió «franqueza» por «decir lo que uno piensa»."


def a_turned_report(reason: str = REASON, broke_at: int = 3) -> Report:
    """The report of a question that broke in round 3 and was reworded with a note in round 5; the status says why it is silent."""
    segments = {f"r{place}": 1 if place < broke_at else 2 for place in range(1, 6)}
    turns = (
        Turn("construct:TRUST", f"r{broke_at}", "break", reason),
        *([Turn("construct:TRUST", "r5", "note", "Ahora se pregunta también por correo.")] if broke_at < 5 else []),
        Turn("sa_recommend", "r5", "break"),
    )
    words = {"status": "not_enough_evidence", "rule": "S0", "words": "baseline_before_break"}
    found = []
    for figure in a_report().figures:
        kept = replace(figure, segment=segments.get(figure.round or ""))
        if figure.from_round == "r1":
            kept = replace(kept, from_round=f"r{broke_at}", value=0.4, words="small_increase")
        if figure.metric == "status" and figure.indicator == "1.1":
            kept = replace(kept, value="not_enough_evidence", **words)
        if figure.item == "sa_recommend":
            kept = replace(kept, segment=1 if figure.round == "r4" else 2)
        if figure.from_round is None or broke_at < 5:
            found.append(kept)
    return a_report(found, turns=turns)
