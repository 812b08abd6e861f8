"""Every sentence of a report, word for word, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analysis import readings, sentences
from analysis.figures import Figure
from analysis.readings import Change, Goal, Reading, Recommendation, Response, Shift, Trend
from analysis.saying import Say, amount, interval, listed, percent, short_month, signed, span
from surveys.languages import Speaker
from tests.analysis.made_by_hand import a_change, a_report, an_indicator, trust_figures

ES, EN = Speaker("es"), Speaker("en")
NBSP = "\u00a0"


def a_trend(**changes: object) -> Trend:
    return replace(readings.trends(a_report())[0], **changes)


def a_goal(**changes: object) -> Goal:
    return replace(readings.goals(a_report())[0], **changes)


def moved(words: str, value: float = 0.6, se: float | None = 0.15) -> Change:
    return Change("r1", "r5", value, None if se is None else value - 0.3, None if se is None else value + 0.3, se, words)


# --- numbers, dates


@pytest.mark.parametrize(("say", "written"), [(ES, f"66{NBSP}%"), (EN, "66%")])
def test_a_percentage_has_the_space_of_its_language(say: Say, written: str) -> None:
    assert percent(66.4, say) == written


def test_both_languages_write_a_decimal_point() -> None:
    assert amount(3.46, "points", ES) == amount(3.46, "points", EN) == "3.5"
    assert amount(1234.5, "count", ES) == amount(1234.5, "count", EN) == "1,234"


def test_a_change_has_its_sign_and_none_is_nought_without_one() -> None:
    assert [signed(value, "points", ES) for value in (0.6, -0.6, 0, -0.01)] == ["+0.6", "−0.6", "0.0", "0.0"]
    assert [signed(value, "nps", EN) for value in (30, -5, 0)] == ["+30", "−5", "0"]


def test_an_interval_is_written_with_words_and_without_signs_of_a_percentage() -> None:
    assert interval(20, 37, "percent", ES) == "20 a 37"
    assert interval(3.3, 3.7, "points", EN) == "3.3 to 3.7"


def test_months_are_short_and_lower_case_in_spanish() -> None:
    assert short_month(date(2026, 9, 1), ES) == "set 2026"
    assert short_month(date(2026, 9, 1), EN) == "Sept 2026"


def test_a_time_between_rounds_is_told_in_its_natural_unit() -> None:
    assert span(date(2025, 3, 14), date(2026, 7, 18), ES) == "16 meses"
    assert span(date(2026, 1, 1), date(2026, 2, 10), EN) == "6 weeks"


def test_spanish_and_becomes_e_before_the_sound_i() -> None:
    assert listed(["a", "iglesias"], ES) == "a e iglesias"
    assert listed(["a", "hierro"], ES) == "a y hierro"
    assert listed(["a", "b", "c"], EN) == "a, b and c"


# --- the heading of a trend


@pytest.mark.parametrize(
    ("words", "spanish", "english"),
    [
        ("increase", "La confianza subió de 2.9 a 3.5 en 16 meses", "Trust rose from 2.9 to 3.5 in 16 months"),
        ("small_increase", "La confianza subió un poco, de 2.9 a 3.5, en 16 meses", "Trust rose a little, from 2.9 to 3.5, in 16 months"),
        ("decrease", "La confianza bajó de 2.9 a 3.5 en 16 meses", "Trust fell from 2.9 to 3.5 in 16 months"),
        ("small_decrease", "La confianza bajó un poco, de 2.9 a 3.5, en 16 meses", "Trust fell a little, from 2.9 to 3.5, in 16 months"),
        (
            "no_meaningful_change",
            "La confianza se mantiene casi igual: 2.9 al inicio y 3.5 después de 16 meses",
            "Trust has stayed about the same: 2.9 at the start, 3.5 after 16 months",
        ),
        (
            "cannot_tell",
            "La confianza está en 3.5 y al inicio estaba en 2.9: todavía no se puede saber si cambió",
            "Trust reads 3.5, and 2.9 at the start: we cannot tell yet whether it changed",
        ),
        (
            "all_equal",
            "La confianza está en 3.5 y al inicio estaba en 2.9; en cada medición todas las respuestas son iguales",
            "Trust reads 3.5, and 2.9 at the start; within each round all answers are equal",
        ),
    ],
)
def test_the_heading_says_what_happened_and_never_why(words: str, spanish: str, english: str) -> None:
    trend = a_trend(change=moved(words))
    assert sentences.trend_heading(trend, ES) == spanish
    assert sentences.trend_heading(trend, EN) == english


@pytest.mark.parametrize(
    ("words", "spanish", "english"),
    [
        ("increase", "Uso del canon: subió de 2.9 a 3.5 en 16 meses", "Use of the canon: up from 2.9 to 3.5 in 16 months"),
        (
            "small_increase",
            "Uso del canon: subió un poco, de 2.9 a 3.5, en 16 meses",
            "Use of the canon: up a little, from 2.9 to 3.5, in 16 months",
        ),
        ("decrease", "Uso del canon: bajó de 2.9 a 3.5 en 16 meses", "Use of the canon: down from 2.9 to 3.5 in 16 months"),
        (
            "small_decrease",
            "Uso del canon: bajó un poco, de 2.9 a 3.5, en 16 meses",
            "Use of the canon: down a little, from 2.9 to 3.5, in 16 months",
        ),
        (
            "no_meaningful_change",
            "Uso del canon: casi igual, 2.9 al inicio y 3.5 después de 16 meses",
            "Use of the canon: about the same, 2.9 at the start and 3.5 after 16 months",
        ),
        (
            "cannot_tell",
            "Uso del canon: 3.5 ahora y 2.9 al inicio; todavía no se puede saber si cambió",
            "Use of the canon: 3.5 now, 2.9 at the start; we cannot tell yet whether it changed",
        ),
        (
            "all_equal",
            "Uso del canon: 3.5 ahora y 2.9 al inicio; en cada medición todas las respuestas son iguales",
            "Use of the canon: 3.5 now, 2.9 at the start; within each round all answers are equal",
        ),
    ],
)
def test_a_label_that_cannot_open_a_sentence_is_set_apart(words: str, spanish: str, english: str) -> None:
    trend = a_trend(key="CANON", label={"es": "Uso del canon", "en": "Use of the canon"}, change=moved(words))
    assert sentences.trend_heading(trend, ES) == spanish
    assert sentences.trend_heading(trend, EN) == english


def test_a_label_with_its_article_opens_the_sentence() -> None:
    trend = a_trend(key="CANON", label={"es": "La comprensión del canon", "en": "The understanding of the canon"}, change=moved("increase"))
    assert sentences.trend_heading(trend, ES) == "La comprensión del canon subió de 2.9 a 3.5 en 16 meses"
    assert sentences.trend_heading(trend, EN) == "The understanding of the canon rose from 2.9 to 3.5 in 16 months"


def test_a_first_round_has_a_start_and_no_change() -> None:
    trend = a_trend(adjusted=a_trend().adjusted[:1], raw=a_trend().raw[:1], change=None)
    assert sentences.trend_heading(trend, ES) == "La confianza parte de 2.9, en una escala de 1 a 5"
    assert sentences.trend_heading(trend, EN) == "Trust starts at 2.9 on a scale of 1 to 5"
    assert sentences.trend_about(trend, ES) == "Confianza en el grupo, escala de 1 a 5, marzo de 2025"
    assert "Hay una sola medición: todavía no hay con qué comparar." in sentences.trend_summary(trend, ES)


def test_a_first_round_of_a_label_that_opens_no_sentence() -> None:
    trend = a_trend(key="CANON", label={"es": "Canon", "en": "Canon"}, adjusted=a_trend().adjusted[:1], change=None)
    assert sentences.trend_heading(trend, ES) == "Canon: 2.9 al inicio, en una escala de 1 a 5"
    assert sentences.trend_heading(trend, EN) == "Canon: 2.9 at the start, on a scale of 1 to 5"


def test_without_answers_the_heading_says_so() -> None:
    empty = Reading("r1", date(2025, 3, 14))
    trend = a_trend(adjusted=(empty,), raw=(empty,), change=None)
    assert sentences.trend_heading(trend, ES) == "Confianza en el grupo: Todavía no hay una medición cerrada con respuestas a esto"
    assert sentences.trend_summary(trend, EN) == []


def test_a_hidden_trend_says_only_that_it_is_not_shown() -> None:
    hidden = Reading("r1", date(2025, 3, 14), hidden=True)
    trend = a_trend(adjusted=(hidden,), raw=(hidden,), change=None)
    assert sentences.trend_heading(trend, ES) == "Confianza en el grupo: no se muestra, para proteger a grupos pequeños"
    assert sentences.trend_heading(trend, EN) == "Trust in the group: not shown, to protect small groups"


def test_the_change_is_counted_from_the_round_it_was_computed_for() -> None:
    figures = [figure for figure in trust_figures() if figure.metric not in ("fixed_mix_change", "fixed_mix_change_se")]
    figures.append(Figure("fixed_mix_change", construct="TRUST", from_round="r4", round="r5", value=0.2, words="small_increase"))
    trend = readings.trends(a_report(figures))[0]
    assert sentences.trend_heading(trend, EN) == "Trust rose a little, from 3.3 to 3.5, in 4 months"


# --- the summary of a trend


def test_the_summary_says_how_sure_we_are() -> None:
    told = sentences.trend_summary(a_trend(), EN)
    assert told[0] == "In July 2026 it reads 3.5; with 47 answers it may lie between 3.3 and 3.7."
    assert told[1] == "The change is +0.6 and may lie between +0.3 and +0.9: increase."
    spanish = sentences.trend_summary(a_trend(), ES)
    assert spanish[0] == "En julio de 2026 está en 3.5; con 47 respuestas, puede estar entre 3.3 y 3.7."
    assert spanish[1] == "El cambio es de +0.6 y puede estar entre +0.3 y +0.9: aumento."


@pytest.mark.parametrize(
    ("say", "words"),
    [
        (ES, "En julio de 2026 está en 3.5; con 1 respuesta, puede estar entre 3.3 y 3.7."),
        (EN, "In July 2026 it reads 3.5; with 1 answer it may lie between 3.3 and 3.7."),
    ],
)
def test_one_answer_is_singular(say: Say, words: str) -> None:
    last = replace(a_trend().adjusted[-1], n=1)
    assert sentences.trend_summary(a_trend(adjusted=(*a_trend().adjusted[:-1], last)), say)[0] == words


def test_without_an_interval_or_a_number_of_people_less_is_said() -> None:
    last = a_trend().adjusted[-1]
    bare = a_trend(adjusted=(*a_trend().adjusted[:-1], replace(last, low=None, high=None)))
    assert sentences.trend_summary(bare, ES)[0] == "En julio de 2026 está en 3.5."
    unknown = a_trend(adjusted=(*a_trend().adjusted[:-1], replace(last, n=None)))
    assert sentences.trend_summary(unknown, EN)[0] == "In July 2026 it reads 3.5; it may lie between 3.3 and 3.7."


def test_a_change_that_cannot_be_told_says_how_large_it_would_have_had_to_be() -> None:
    change = moved("cannot_tell", 0.2, 0.25)
    assert sentences.change_sentence(change, "points", EN) == (
        "We cannot tell yet whether there was a change: this round could only have shown one of 0.7 or more."
    )
    assert sentences.change_sentence(change, "points", ES) == (
        "Todavía no se puede saber si hubo cambio: esta medición solo podía mostrar uno de 0.7 o más."
    )
    assert sentences.change_sentence(replace(change, se=None), "points", ES) == "Todavía no se puede saber si hubo cambio."


@pytest.mark.parametrize(
    ("key", "spanish", "english"),
    [
        ("increase", "aumento", "increase"),
        ("small_increase", "aumento pequeño", "small increase"),
        ("decrease", "disminución", "decrease"),
        ("small_decrease", "disminución pequeña", "small decrease"),
        ("no_meaningful_change", "sin cambio de importancia", "no meaningful change"),
        ("cannot_tell", "todavía no se puede saber", "cannot tell yet"),
    ],
)
def test_the_words_for_a_change_are_those_of_measures(key: str, spanish: str, english: str) -> None:
    assert (sentences.change_word(key, ES), sentences.change_word(key, EN)) == (spanish, english)


def test_a_change_whose_interval_begins_at_nought_when_rounded_does_not_print_it() -> None:
    small = Change("r1", "r5", 0.2, 0.0, 0.5, 0.1, "small_increase")
    assert (
        sentences.change_sentence(small, "points", EN) == "The change is +0.2: it may be very small, or as large as +0.5 (small increase)."
    )
    falling = Change("r1", "r5", -0.2, -0.5, -0.04, 0.1, "small_decrease")
    assert sentences.change_sentence(falling, "points", ES) == (
        "El cambio es de −0.2: puede ser muy pequeño o llegar a −0.5 (disminución pequeña)."
    )
    none = Change("r1", "r5", 0.0, 0.0, 0.2, 0.1, "no_meaningful_change")
    assert "between 0.0 and +0.2" in sentences.change_sentence(none, "points", EN)


def test_raw_and_adjusted_differ_because_of_who_answered() -> None:
    assert sentences.raw_sentence(a_trend(shift=Shift({"es": "Policía", "en": "Police"}, 53.2, 30)), ES) == (
        f"Sin ajustar se vería 3.7. En julio de 2026, «Policía» dio 53{NBSP}% de las respuestas y cuenta 30{NBSP}% en la cifra ajustada. "
        "Cambió quiénes respondieron: no lea la línea sin ajustar como un cambio."
    )
    assert sentences.raw_sentence(a_trend(shift=Shift({"en": "Police"}, 53.2, 30)), EN) == (
        "Without adjustment it would read 3.7. In July 2026 “Police” gave 53% of the answers and counts for 30% in the adjusted figure. "
        "Who answered has changed: do not read the line without adjustment as change."
    )


def test_raw_and_adjusted_that_agree_say_so() -> None:
    trend = a_trend(raw=a_trend().adjusted)
    assert sentences.raw_sentence(trend, EN) == "Without adjustment it reads the same, 3.5."
    assert sentences.raw_sentence(trend, ES) == "Sin ajustar se ve igual, 3.5."


@pytest.mark.parametrize(("adjusted", "raw", "warns"), [(0.6, 0.69, False), (0.6, 0.75, True), (0.04, -0.04, True), (-0.3, -0.3, False)])
def test_the_mix_is_warned_of_when_the_two_changes_part_or_disagree(adjusted: float, raw: float, warns: bool) -> None:
    assert sentences.mix_warning(a_trend(change=moved("increase", adjusted), raw_change=moved("", raw))) is warns


def test_a_round_without_an_absent_group_names_the_group() -> None:
    figures = [
        *trust_figures()[:8],
        Figure("fixed_mix_mean", construct="TRUST", round="r5", words="group_absent"),
        Figure("mean", construct="TRUST", round="r5", value=3.7, low=3.5, high=3.9, n=47),
        Figure("n_valid", construct="TRUST", round="r5", cut="group", group="media", value=0, n=0),
    ]
    trend = readings.trends(a_report(figures))[0]
    assert sentences.missing_sentence(trend, ES) == "No hay cifra ajustada de julio de 2026: nadie de «Medios» respondió."
    assert sentences.missing_sentence(trend, EN) == "There is no adjusted figure for July 2026: nobody from “Media” answered."


def test_a_trend_without_any_adjusted_figure_tells_its_raw_one_and_says_so() -> None:
    trend = readings.trends(a_report([figure for figure in trust_figures() if figure.metric == "mean"]))[0]
    assert sentences.trend_heading(trend, EN) == "Trust reads 3.7, and 2.8 at the start: we cannot tell yet whether it changed"
    assert "There is no adjusted figure: not every group of the programme answered." in sentences.trend_summary(trend, EN)


def test_hidden_rounds_are_named_in_the_words_of_d2() -> None:
    hidden = Reading("r2", date(2025, 7, 12), hidden=True)
    trend = a_trend(adjusted=(a_trend().adjusted[0], hidden, *a_trend().adjusted[2:]))
    assert sentences.hidden_sentence(trend, ES) == "Julio de 2025: no se muestra, para proteger a grupos pequeños."
    assert sentences.hidden_sentence(trend, EN) == "July 2025: not shown, to protect small groups."


def test_a_few_people_with_most_of_the_weight_are_warned_of() -> None:
    last = replace(a_trend().adjusted[-1], note="lopsided")
    trend = a_trend(adjusted=(*a_trend().adjusted[:-1], last))
    assert sentences.weight_sentence(trend, EN) == "A few people carry most of the weight in the adjusted figure: read it with caution."
    assert sentences.weight_sentence(a_trend(), ES) is None


# --- targets and status


@pytest.mark.parametrize(
    ("p_on", "has_forecast", "spanish", "english"),
    [
        (
            0.83,
            True,
            "Si sigue a este ritmo, es probable llegar a la meta de 3.8 para junio de 2027.",
            "If the present pace continues, the target of 3.8 is likely to be reached by June 2027.",
        ),
        (
            0.3,
            True,
            "Si sigue a este ritmo, es poco probable llegar a la meta de 3.8 para junio de 2027.",
            "If the present pace continues, the target of 3.8 is unlikely to be reached by June 2027.",
        ),
        (
            0.05,
            True,
            "Si sigue a este ritmo, es muy poco probable llegar a la meta de 3.8 para junio de 2027.",
            "If the present pace continues, the target of 3.8 is very unlikely to be reached by June 2027.",
        ),
        (
            0.6,
            False,
            "Está donde debería estar hoy para llegar a la meta de 3.8 en junio de 2027.",
            "It is where it should be by now to reach the target of 3.8 by June 2027.",
        ),
        (
            0.2,
            False,
            "Está por debajo de donde debería estar hoy para llegar a la meta de 3.8 en junio de 2027.",
            "It is behind where it should be by now to reach the target of 3.8 by June 2027.",
        ),
    ],
)
def test_the_way_to_the_target(p_on: float, has_forecast: bool, spanish: str, english: str) -> None:
    goal = a_goal(p_on=p_on, has_forecast=has_forecast)
    assert (sentences.target_sentence(goal, ES), sentences.target_sentence(goal, EN)) == (spanish, english)


def test_a_target_reached_and_one_that_nothing_can_be_said_of() -> None:
    assert sentences.target_sentence(a_goal(status="achieved"), ES) == "Se llegó a la meta de 3.8, con evidencia clara."
    assert sentences.target_sentence(a_goal(p_on=None), ES) is None
    assert sentences.target_sentence(a_goal(target=None), ES) is None


@pytest.mark.parametrize(
    ("status", "spanish", "english"),
    [
        ("achieved", "Logrado", "Achieved"),
        ("on_track", "En camino", "On track"),
        ("at_risk", "En riesgo", "At risk"),
        ("off_track", "Lejos de la meta", "Off track"),
        ("not_enough_evidence", "Falta evidencia", "Not enough evidence"),
    ],
)
def test_the_words_of_a_status(status: str, spanish: str, english: str) -> None:
    assert (sentences.status_word(status, ES), sentences.status_word(status, EN)) == (spanish, english)


@pytest.mark.parametrize(
    ("status", "rule", "reason", "english"),
    [
        ("not_enough_evidence", "S0", "few_people", "Fewer than 8 answers in this round."),
        ("not_enough_evidence", "S0", "due_without_measurement", "The due date passed without a measurement."),
        ("achieved", "S1", "", "The target is met, with clear evidence."),
        ("off_track", "S2", "", "The due date has passed and the target was not reached."),
        ("at_risk", "S2", "", "The due date has passed and it is not confirmed that the target was met."),
        ("not_enough_evidence", "S3", "", "This is the first round; progress can be read from the next one."),
        ("off_track", "S4", "", "It is below where it started, with clear evidence."),
        ("not_enough_evidence", "S5", "", "Too early to tell: the way it should have come by now is shorter than the margin."),
        ("on_track", "S6", "on_course", "At this pace the target is more likely than not to be reached in time."),
        ("at_risk", "S7", "", "At this pace the target is unlikely to be reached in time."),
        ("off_track", "S7", "", "At this pace the target is very unlikely to be reached in time."),
        ("on_track", "", "", "No rule could be applied yet."),
    ],
)
def test_the_rule_that_fired_in_words(status: str, rule: str, reason: str, english: str) -> None:
    goal = a_goal(status=status, rule=rule, reason=reason, has_forecast=True)
    assert sentences.rule_sentence(goal, EN) == english
    assert sentences.rule_sentence(goal, ES) != english


def test_every_reason_is_told_in_both_languages() -> None:
    for reason in sentences.REASONS:
        goal = a_goal(status="", rule="S0", reason=reason)
        assert sentences.rule_sentence(goal, ES) != sentences.rule_sentence(goal, EN)


def test_without_a_forecast_the_rule_speaks_of_where_it_should_be_by_now() -> None:
    goal = a_goal(status="on_track", rule="S6", reason="on_course", has_forecast=False)
    assert sentences.rule_sentence(goal, ES) == "Está donde debería estar hoy para llegar a la meta a tiempo."


def test_an_indicator_that_should_fall_is_above_its_start() -> None:
    goal = a_goal(status="off_track", rule="S4", reason="below_baseline", direction="down")
    assert sentences.rule_sentence(goal, EN) == "It is above where it started, with clear evidence; it should have come down."


@pytest.mark.parametrize(("probability", "written"), [(None, "not known"), (0.0, "under 1%"), (0.42, "42%"), (1.0, "over 99%")])
def test_a_probability_is_never_certain(probability: float | None, written: str) -> None:
    assert sentences.likely(probability, EN) == written


def test_a_forecast_needs_three_rounds_and_no_farther_a_reach_than_the_rounds_have() -> None:
    assert readings.goals(a_report())[0].has_forecast
    far = a_report(indicators=(an_indicator(due_on=date(2029, 1, 1)),))
    assert not readings.goals(far)[0].has_forecast


def test_a_target_that_is_claimed_says_what_the_silent_would_have_to_be() -> None:
    claimed = a_goal(status="achieved", tipping_point=0.72)
    assert sentences.tipping_sentence(claimed, EN) == "Those who did not answer would have to read 0.7 lower for the target to be missed."
    assert (
        sentences.tipping_sentence(claimed, ES)
        == "Quienes no respondieron tendrían que estar 0.7 más abajo para que no se llegue a la meta."
    )
    assert sentences.tipping_sentence(replace(claimed, direction="down"), EN) == (
        "Those who did not answer would have to read 0.7 higher for the target to be missed."
    )
    assert sentences.tipping_sentence(a_goal(tipping_point=0.72), EN) is None


def test_an_expected_result_takes_the_worst_of_its_key_indicators() -> None:
    worst = a_goal(status="off_track", is_key=False)
    assert readings.status_of_result([a_goal(status="achieved"), a_goal(status="at_risk"), worst]) == "at_risk"
    assert readings.status_of_result([a_goal(status="not_enough_evidence")]) == "not_enough_evidence"
    assert readings.status_of_result([a_goal(status="not_enough_evidence"), a_goal(status="on_track")]) == "on_track"


# --- the story


def test_the_story_is_the_clearest_progress_and_then_the_farthest_target() -> None:
    report = a_report()
    told = sentences.story(readings.goals(report), readings.trends(report), ES)
    assert told == [
        "La confianza subió de 2.9 a 3.5 en 16 meses, y la meta es 3.8.",
        f"Lejos de la meta: «Personas que entienden bien el informe del canon», con 28{NBSP}%; la meta es 60{NBSP}%.",
    ]


@pytest.mark.parametrize(
    ("status", "english"),
    [
        ("on_track", "On track: “Trust index, 1 to 5”, at 3.5 against 2.9 at the start; the target is 3.8."),
        ("achieved", "Achieved: “Trust index, 1 to 5”, at 3.5; the target was 3.8."),
        ("at_risk", "At risk: “Trust index, 1 to 5”, at 3.5; the target is 3.8."),
        ("off_track", "Off track: “Trust index, 1 to 5”, at 3.5; the target is 3.8."),
        ("not_enough_evidence", "There is not enough evidence yet to say how the programme is doing."),
    ],
)
def test_the_story_of_one_indicator(status: str, english: str) -> None:
    assert sentences.story([a_goal(status=status)], [], EN) == [english]


@pytest.mark.parametrize(
    ("status", "reason", "spanish"),
    [
        ("off_track", "not_reached", "Lejos de la meta: «Índice de confianza, de 1 a 5», con 3.5; la meta era 3.8."),
        (
            "at_risk",
            "not_confirmed",
            "En riesgo: «Índice de confianza, de 1 a 5», con 3.5; la meta era 3.8 y no está confirmado que se llegó.",
        ),
    ],
)
def test_a_due_date_that_passed_leaves_a_target_that_was(status: str, reason: str, spanish: str) -> None:
    goal = a_goal(status=status, rule="S2", reason=reason)
    assert sentences.story([goal], [], ES) == [spanish]
    told = sentences.target_sentence(replace(goal, has_forecast=True), EN)
    assert (told or "").startswith("The due date, June 2027, has passed")


def test_a_story_without_a_start() -> None:
    assert sentences.story([a_goal(baseline=None)], [], EN) == ["On track: “Trust index, 1 to 5”, at 3.5; the target is 3.8."]


def test_a_hidden_figure_is_no_part_of_the_story() -> None:
    goal = a_goal(now=Reading("r5", hidden=True), status="off_track")
    assert sentences.story([goal], [], ES) == ["Todavía falta evidencia para decir cómo va el programa."]


def test_a_target_that_is_a_change_bears_its_sign() -> None:
    assert sentences.target_words(a_goal(target=0.5, target_kind="change"), EN) == "+0.5"
    assert sentences.target_words(a_goal(target=0.5, target_kind="change", direction="down"), EN) == "−0.5"


# --- distributions


def test_the_items_with_the_most_and_the_fewest_high_answers() -> None:
    found = readings.distributions(a_report())[0]
    assert sentences.spread_heading(found, ES) == (
        f"Confianza en el grupo: de 30{NBSP}% a 66{NBSP}% respondió «Bastante» o «Muy de acuerdo», según la pregunta"
    )
    assert sentences.spread_summary(found, EN) == [
        "Most: “I can say in this group what I think”, 66%.",
        "Fewest: “Agreements are kept”, 30%; another 43% answered “Do not agree” or “A little”.",
    ]


def test_items_that_read_the_same_are_not_ranked() -> None:
    found = readings.distributions(a_report())[0]
    alike = replace(found, spreads=(found.spreads[0], replace(found.spreads[0], key="again")))
    assert sentences.spread_heading(alike, EN) == "Trust in the group: 66% answered “Mostly” or “Fully agree”, whichever the question"
    assert sentences.spread_summary(alike, EN) == []


def test_parts_that_do_not_add_up_to_100_are_explained() -> None:
    assert sentences.spread_rounding([(25, 41, 36), ()], EN) == "Parts are rounded, so they may not add up to 100."
    assert sentences.spread_rounding([(24, 41, 35), ()], EN) == ""


def test_one_item_alone_is_its_own_heading() -> None:
    found = readings.distributions(a_report())[0]
    alone = replace(found, spreads=found.spreads[:1])
    assert sentences.spread_heading(alone, EN) == "“I can say in this group what I think”: 66% answered “Mostly” or “Fully agree”"
    assert sentences.spread_summary(alone, EN) == ["15% answered “Do not agree” or “A little”."]


def test_a_question_is_answered_by_its_heading_and_not_repeated_above_it() -> None:
    found = readings.distributions(a_report())[0]
    item = replace(found.spreads[0], key="fair", label={"es": "¿Fue justo?"})
    alone = replace(found, key="fair", label=item.label, spreads=(item,))
    assert sentences.spread_heading(alone, ES) == f"¿Fue justo? 66{NBSP}% respondió «Bastante» o «Muy de acuerdo»"
    assert sentences.spread_about(alone, ES) == "Una pregunta, respuesta por respuesta. Medición 5, julio de 2026, n 47"


@pytest.mark.parametrize(
    ("hidden", "words"),
    [
        (1, "De 1 pregunta más no se muestra el reparto de respuestas, para proteger a grupos pequeños."),
        (2, "De 2 preguntas más no se muestra el reparto de respuestas, para proteger a grupos pequeños."),
    ],
)
def test_items_that_are_not_shown_are_counted(hidden: int, words: str) -> None:
    found = readings.distributions(a_report())[0]
    spreads = tuple(replace(spread, parts=(), n=None) if place < hidden else spread for place, spread in enumerate(found.spreads))
    assert sentences.spread_summary(replace(found, spreads=spreads), ES)[-1] == words


def test_an_item_of_which_less_is_better_is_told_by_its_low_answers() -> None:
    found = readings.distributions(a_report())[0]
    turned = replace(found, spreads=(*found.spreads[:2], replace(found.spreads[2], reverse=True)))
    assert sentences.spread_heading(turned, ES) == (
        f"Confianza en el grupo: de 40{NBSP}% a 66{NBSP}% dio respuestas favorables, según la pregunta"
    )
    assert sentences.spread_summary(turned, ES) == [
        "Respuestas favorables: «Bastante» o «Muy de acuerdo»; donde menos es mejor, «Nada de acuerdo» o «Poco».",
        f"Lo más alto: «Puedo decir en este grupo lo que pienso», 66{NBSP}%.",
        f"Lo más bajo: «Compartiría con este grupo información delicada», 40{NBSP}%; otro 32{NBSP}% respondió «Nada de acuerdo» o «Poco».",
    ]
    assert sentences.item_words(turned.spreads[2], ES) == "Los acuerdos se cumplen (menos es mejor)"
    assert sentences.item_words(turned.spreads[1], EN) == "I would share sensitive information."


def test_a_distribution_that_is_wholly_hidden_says_so() -> None:
    found = readings.distributions(a_report())[0]
    spreads = tuple(replace(spread, parts=(), n=None, hidden=True) for spread in found.spreads)
    assert sentences.spread_heading(replace(found, spreads=spreads), EN) == "Not shown, to protect small groups"
    assert sentences.spread_summary(replace(found, spreads=spreads), EN) == []


# --- who trusts whom


def test_trust_between_two_groups_is_told_both_ways() -> None:
    found = readings.matrix(a_report())
    assert found is not None
    assert sentences.matrix_heading(found, ES) == (
        "La confianza no es pareja. De Empresas mineras a Comunidades: 3.5; de Comunidades a Empresas mineras: 1.8"
    )
    assert sentences.matrix_heading(found, EN) == (
        "Trust is not even: from Mining companies to Communities, 3.5; from Communities to Mining companies, 1.8"
    )


def test_even_trust_has_a_range_and_equal_trust_one_value() -> None:
    found = readings.matrix(a_report())
    assert found is not None
    even = {pair: replace(cell, value=3.1 if pair[0] < pair[1] else 3.4) for pair, cell in found.cells.items() if not cell.hidden}
    assert sentences.matrix_heading(replace(found, cells=even), EN) == "Trust between groups goes from 3.1 to 3.4"
    equal = {pair: replace(cell, value=3.0) for pair, cell in even.items()}
    assert sentences.matrix_heading(replace(found, cells=equal), ES) == "Cada grupo confía por igual en los demás: 3.0"


def test_a_group_with_a_hidden_cell_is_not_ranked() -> None:
    found = readings.matrix(a_report())
    assert found is not None
    assert "Medios" not in " ".join(sentences.matrix_summary(found, ES))


def test_groups_that_are_trusted_nearly_alike_are_not_ranked() -> None:
    found = readings.matrix(a_report())
    assert found is not None
    even = {pair: replace(cell, value=3.1 if pair[1] == "police" else 3.3) for pair, cell in found.cells.items() if not cell.hidden}
    assert sentences.matrix_summary(replace(found, cells=even), EN) == [
        "Each mean comes from few people and may vary: it helps to talk, not to judge anyone."
    ]
    apart = {pair: replace(cell, value=2.0 if pair[1] == "police" else 3.3) for pair, cell in even.items()}
    assert "“Police” least" in sentences.matrix_summary(replace(found, cells=apart), EN)[0]


def test_a_hidden_matrix_says_so() -> None:
    found = readings.matrix(a_report())
    assert found is not None
    hidden = {pair: Reading(hidden=True) for pair in found.cells}
    assert sentences.matrix_heading(replace(found, cells=hidden), ES) == "No se muestra, para proteger a grupos pequeños"


# --- before and now


def test_before_and_now_are_what_participants_report() -> None:
    found = readings.before_now(a_report())
    assert found is not None
    assert sentences.before_now_heading(found, EN) == (
        "What changed most, as participants see it: “I can propose a project that lasts”, from 2.3 to 3.4"
    )
    assert sentences.before_now_summary(found, ES)[0] == "Las 2 valoraciones son más altas ahora que antes."
    assert sentences.before_now_about(found, EN) == "Before and now, 1 to 5. Round 5, July 2026, n 31"


def test_one_rating_that_is_higher_is_singular() -> None:
    found = readings.before_now(a_report())
    assert found is not None
    first, second = found.pairs
    same = replace(second, now=second.before)
    assert sentences.before_now_summary(replace(found, pairs=(first, same)), EN)[0] == "Of 2 ratings, 1 is higher now than before."
    equal = replace(found, pairs=(same,))
    assert sentences.before_now_heading(equal, ES) == "Quienes participaron no ven diferencia entre antes y ahora"


# --- recommendation


def a_recommendation(*values: tuple[float, float, float]) -> Recommendation:
    rounds = tuple((Reading(f"r{n}", date(2026, n, 1), {}, *value, 47), None) for n, value in enumerate(values, start=1))
    return Recommendation("sa_recommend", {}, rounds)


@pytest.mark.parametrize(
    ("values", "english"),
    [
        (((2, -10, 10), (30, 15, 45)), "The recommendation index rose from +2 to +30"),
        (((30, 15, 45), (0, -10, 10)), "The recommendation index fell from +30 to 0"),
        (((2, -20, 20), (30, 10, 50)), "The recommendation index is +30, and was +2 at the start: we cannot tell yet whether it changed"),
        (((-5, -30, 20),), "The recommendation index is −5"),
    ],
)
def test_the_index_rose_only_where_the_intervals_leave_no_doubt(values: tuple[tuple[float, float, float], ...], english: str) -> None:
    assert sentences.recommendation_heading(a_recommendation(*values), EN) == english


def test_the_margin_of_the_index_is_told() -> None:
    assert sentences.recommendation_summary(a_recommendation((30, 10, 50)), ES)[1] == (
        "El margen es amplio: con 47 respuestas, el último valor puede estar entre +10 y +50."
    )


# --- who answered


def a_response(answered: int | None = 47, invited: int | None = 59, rate: float | str | None = 79.7, hidden: bool = False) -> Response:
    return Response(Reading("r5", date(2026, 7, 18)), {}, answered, invited, rate, hidden)


@pytest.mark.parametrize(
    ("response", "spanish", "english"),
    [
        (
            a_response(),
            f"Respondieron 47 de las 59 personas invitadas en julio de 2026: 80{NBSP}%",
            "47 of the 59 people who were invited answered in July 2026: 80%",
        ),
        (
            a_response(1, 4, 25.0),
            f"Respondió 1 de las 4 personas invitadas en julio de 2026: 25{NBSP}%",
            "1 of the 4 people invited answered in July 2026: 25%",
        ),
        (
            a_response(1, None, None),
            "Respondió 1 persona en julio de 2026; no se sabe a cuántas se invitó",
            "1 person answered in July 2026; how many were invited is not known",
        ),
        (
            a_response(12, None, None),
            "Respondieron 12 personas en julio de 2026; no se sabe a cuántas se invitó",
            "12 people answered in July 2026; how many were invited is not known",
        ),
        (
            a_response(12, None, "under_half"),
            "Respondió menos de la mitad de las personas invitadas en julio de 2026",
            "Fewer than half of the people invited answered in July 2026",
        ),
        (a_response(None, None, None, hidden=True), "No se muestra, para proteger a grupos pequeños", "Not shown, to protect small groups"),
    ],
)
def test_how_many_answered(response: Response, spanish: str, english: str) -> None:
    assert sentences.response_heading([response], ES) == spanish
    assert sentences.response_heading([response], EN) == english


def test_a_low_response_asks_for_caution_and_a_very_low_one_gives_no_status() -> None:
    assert sentences.response_summary([a_response(rate=49.0)], EN) == [
        "Fewer than half answered: read the figures of this round with caution."
    ]
    assert sentences.response_summary([a_response(rate=29.0)], EN) == [
        "Fewer than three in ten answered: no status is given on this round."
    ]
    assert sentences.response_summary([a_response(rate=50.0)], EN) == []


def test_the_words_of_a_rate_that_may_only_be_told_by_halves() -> None:
    assert sentences.rate_words(a_response(rate="over_half"), ES) == f"más de 50{NBSP}%"
    assert sentences.rate_words(a_response(rate=None), EN) == "attendance unknown"


# --- nothing is said of what disclosure held back


def test_a_suppressed_change_is_not_told() -> None:
    figures = [figure for figure in trust_figures() if figure.metric not in ("fixed_mix_change", "fixed_mix_change_se")]
    hidden = [replace(figure, value=None, low=None, high=None, suppressed=True) for figure in a_change()]
    trend = readings.trends(a_report([*figures, *hidden]))[0]
    assert trend.change is None
    assert not any("+0.6" in words for words in sentences.trend_summary(trend, EN))
