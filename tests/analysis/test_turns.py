"""A question that changed: what charts draw, sentences say and tables list, and what is not compared any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analysis import charts, readings, sentences
from analysis.columns import Turn
from analysis.figures import Figure, Report
from analysis.panels import panels
from analysis.readings import Trend
from surveys.languages import Speaker
from tests.analysis.made_by_hand import a_report, a_turned_report, trust_figures

ES, EN = Speaker("es"), Speaker("en")


def a_trend(report: Report) -> Trend:
    return next(trend for trend in readings.trends(report) if trend.key == "TRUST")


def only_round_five_after(kind: str = "break") -> Report:
    kept = [replace(figure, segment=2 if figure.round == "r5" else 1) for figure in trust_figures() if figure.from_round is None]
    return a_report(kept, turns=(Turn("construct:TRUST", "r5", kind, ""),))  # type: ignore[arg-type]  # one of the three kinds


def test_the_line_and_the_band_break_where_the_question_changed() -> None:
    chart = charts.trend_chart(a_trend(a_turned_report()))
    assert chart is not None
    for lines in (chart.adjusted, chart.raw):
        assert lines.line.count("M") == 2
        assert lines.band.count("Z") == 2
    ((broke, noted)) = chart.turns
    between = sorted(tick.x for tick in chart.ticks)[1:3]
    assert broke.is_break
    assert between[0] < broke.x < between[1]
    assert not noted.is_break
    assert noted.x == next(tick.x for tick in chart.ticks if tick.on == date(2026, 7, 18))


def test_without_a_change_nothing_is_marked() -> None:
    chart = charts.trend_chart(a_trend(a_report()))
    assert chart is not None
    assert chart.turns == ()
    assert chart.adjusted.line.count("M") == 1


def test_the_finding_is_that_of_the_series_that_still_stands() -> None:
    trend = a_trend(a_turned_report())
    assert [point.round for point in trend.shown] == ["r3", "r4", "r5"]
    assert sentences.trend_heading(trend, EN) == "Trust rose a little, from 3.1 to 3.5, in 8 months"
    assert sentences.trend_heading(trend, ES) == "La confianza subió un poco, de 3.1 a 3.5, en 8 meses"


def test_one_round_since_the_change_is_a_new_start() -> None:
    trend = a_trend(only_round_five_after())
    assert sentences.trend_heading(trend, EN) == "Trust starts at 3.5 on a scale of 1 to 5"
    assert trend.change is None
    summary = sentences.trend_summary(trend, ES)
    assert "La pregunta cambió en julio de 2026: empieza una serie nueva, que no se compara con la anterior." in summary
    assert "Hay una sola medición desde que cambió la pregunta: todavía no hay con qué compararla." in summary


@pytest.mark.parametrize(
    ("kind", "english", "spanish"),
    [
        (
            "break",
            "The question changed in July 2026 and a new series begins: “A ‘plain’ word”.",
            "La pregunta cambió en julio de 2026 y empieza una serie nueva: «A “plain” word».",
        ),
        (
            "note",
            "The question changed in July 2026; read the line with care: “A ‘plain’ word”.",
            "La pregunta cambió en julio de 2026; lea la línea con cuidado: «A “plain” word».",
        ),
        (
            "comparable",
            "The question changed in July 2026 and was judged comparable: “A ‘plain’ word”.",
            "La pregunta cambió en julio de 2026 y se consideró comparable: «A “plain” word».",
        ),
    ],
)
def test_each_kind_of_change_is_said_with_the_reason_given(kind: str, english: str, spanish: str) -> None:
    turned = readings.Turned("r5", date(2026, 7, 18), kind, "A “plain” word.")  # type: ignore[arg-type]  # one of the three kinds
    assert sentences.turn_sentence(turned, EN) == english
    assert sentences.turn_sentence(turned, ES) == spanish


def test_the_table_tells_the_change_in_the_row_of_its_round() -> None:
    table = panels(a_turned_report("Words."), EN)[0].table
    assert table.head[-1] == "Change of the question"
    assert [row[-1].text for row in table.rows] == [
        "—",
        "—",
        "New series: “Words”",
        "—",
        "Read with care: “Ahora se pregunta también por correo”",
    ]
    assert "Change of the question" not in panels(a_report(), EN)[0].table.head


def test_a_start_from_before_the_change_is_not_told_beside_what_came_after() -> None:
    goal = next(goal for goal in readings.goals(a_turned_report()) if goal.code == "1.1")
    assert goal.baseline is None
    assert sentences.rule_sentence(goal, EN).startswith("The question changed after the start was measured")
    assert sentences.rule_sentence(goal, ES).startswith("La pregunta cambió después de medir el inicio")


def test_a_small_line_shows_the_last_segment_alone() -> None:
    goal = next(goal for goal in readings.goals(a_turned_report()) if goal.code == "1.1")
    spark = charts.spark(goal)
    assert spark is not None
    assert len(spark.line.split()) == 3
    assert not readings._has_forecast(next(one for one in a_report().plan.indicators if one.code == "1.1"), goal.series)


def test_a_recommendation_is_compared_within_its_segment_alone() -> None:
    (found,) = readings.recommendations(a_turned_report())
    assert len(found.rounds) == 2
    assert sentences.recommendation_heading(found, EN) == "The recommendation index is +30"
    assert any("new series begins" in words for words in sentences.recommendation_summary(found, EN))


def test_how_answers_are_spread_bears_the_words_of_its_round() -> None:
    was = {"es": "Antes", "en": "Before"}
    labels = {str(point): {"es": f"p{point}", "en": f"p{point}"} for point in range(1, 6)}
    figures = [
        Figure("pct", item="tr_fair", option=str(point), round="r4", value=20.0, n=50, segment=1, unit="percent") for point in range(1, 6)
    ]
    report = a_report(figures, turns=(Turn("tr_fair", "r5", "break", "", was, labels),))
    (found,) = (one for one in readings.distributions(report) if one.key == "TRUST")
    (spread,) = found.spreads
    assert (spread.label, spread.parts[0][1]) == (was, labels["1"])
    assert readings.as_asked(report.plan, report.items["tr_fair"], "r5").label != was
