"""Where the shapes of a chart lie; that what is hidden has no place in them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from analysis import charts, panels, readings
from analysis.figures import Figure
from analysis.readings import Reading, Trend
from surveys.languages import Speaker
from tests.analysis.made_by_hand import a_report, item_figures, trust_figures


def a_trend(**changes: object) -> Trend:
    return replace(readings.trends(a_report())[0], **changes)


def test_time_is_proportional_and_runs_to_the_due_date() -> None:
    chart = charts.trend_chart(a_trend())
    assert chart is not None
    days = [(tick.on - date(2025, 3, 14)).days for tick in chart.ticks]
    whole = (date(2027, 6, 30) - date(2025, 3, 14)).days
    assert [tick.x for tick in chart.ticks] == [pytest.approx(8 + 87 * day / whole, abs=0.01) for day in days]
    assert chart.due_x == 95


def test_the_whole_scale_is_drawn_with_at_most_five_lines() -> None:
    chart = charts.trend_chart(a_trend())
    assert chart is not None
    assert [(line.value, line.y) for line in chart.grid] == [(1, 100), (2, 75), (3, 50), (4, 25), (5, 0)]
    assert len(charts.grid_values(0, 10)) <= 5
    assert charts.grid_values(-100, 100) == [-100, -50, 0, 50, 100]


def test_values_and_the_target_lie_on_the_scale() -> None:
    chart = charts.trend_chart(a_trend())
    assert chart is not None
    assert [mark.y for mark in chart.adjusted.marks] == [52.5, 50, 47.5, 42.5, 37.5]
    assert chart.target_y == 30
    assert chart.adjusted.band.startswith("M8 47.5L")
    assert chart.adjusted.band.endswith("Z")


def test_a_hidden_round_breaks_the_line_and_is_hatched() -> None:
    adjusted = a_trend().adjusted
    hidden = replace(adjusted[2], value=None, low=None, high=None, n=None, hidden=True)
    raw = tuple(
        replace(point, value=None, low=None, high=None, n=None, hidden=True) if place == 2 else point
        for place, point in enumerate(a_trend().raw)
    )
    chart = charts.trend_chart(a_trend(adjusted=(*adjusted[:2], hidden, *adjusted[3:]), raw=raw))
    assert chart is not None
    assert chart.adjusted.line.count("M") == 2
    assert len(chart.gaps) == 1
    assert [tick.n for tick in chart.ticks if tick.hidden] == [None]


def test_a_trend_of_one_round_has_a_point_and_an_upright_band() -> None:
    chart = charts.trend_chart(a_trend(adjusted=a_trend().adjusted[:1], raw=(), goal=None))
    assert chart is not None
    assert [mark.x for mark in chart.adjusted.marks] == [8]
    assert chart.adjusted.band == "M7.4 47.5L8.6 47.5L8.6 57.5L7.4 57.5Z"


def test_nothing_is_drawn_without_a_value() -> None:
    empty = (Reading("r1", date(2025, 3, 14)),)
    assert charts.trend_chart(a_trend(adjusted=empty, raw=empty)) is None


def test_rounds_that_stand_close_leave_each_other_room() -> None:
    months = [replace(a_trend().adjusted[0], round=f"m{n}", on=date(2025 + n // 12, n % 12 + 1, 1)) for n in range(24)]
    chart = charts.trend_chart(a_trend(adjusted=tuple(months), raw=(), goal=None))
    assert chart is not None
    said = [tick.x for tick in chart.ticks if tick.room == "everywhere"]
    assert all(later - earlier >= 13 for earlier, later in pairwise(said))
    assert (said[0], said[-1]) == (8, 95)


# --- spreads


def test_negatives_lie_left_of_zero_and_positives_right_of_it() -> None:
    chart = charts.likert(readings.distributions(a_report())[0])
    for row in chart.rows:
        left = [part for part in row.parts if part.point in ("1", "2")]
        right = [part for part in row.parts if part.point in ("4", "5")]
        assert max(part.x + part.width for part in left) == pytest.approx(chart.zero, abs=0.02)
        assert min(part.x for part in right) == pytest.approx(chart.zero, abs=0.02)
        assert {part.point for part in row.parts} == {"1", "2", "4", "5"}
        assert 0 <= row.left <= row.right <= 100


def test_items_are_sorted_by_their_positive_answers() -> None:
    chart = charts.likert(readings.distributions(a_report())[0])
    assert [row.positive for row in chart.rows] == [66, 40, 30]
    assert [row.middle for row in chart.rows] == [19, 28, 27]


def test_a_part_bears_its_number_from_nine_per_cent() -> None:
    chart = charts.likert(readings.distributions(a_report())[0])
    assert {part.pct: part.has_room for row in chart.rows for part in row.parts} == {
        4: False, 11: True, 40: True, 26: True, 21: True, 28: True, 12: True, 15: True, 9: True,
    }  # fmt: skip


def test_one_suppressed_option_hides_the_whole_row_and_it_comes_last() -> None:
    figures = [
        replace(figure, value=None, n=None, suppressed=True) if figure.item == "tr_open" and figure.option == "1" else figure
        for figure in item_figures()
    ]
    chart = charts.likert(readings.distributions(a_report(figures))[0])
    assert chart.rows[-1].spread.key == "tr_open"
    assert (chart.rows[-1].parts, chart.rows[-1].middle) == ((), None)


def test_nine_in_ten_on_one_answer_is_told_as_a_bound_and_not_drawn() -> None:
    figures = [Figure("mean", item="tr_open", round="r5", value=5.0, n=20)]
    figures += [Figure("pct", item="tr_open", option=str(point), round="r5", suppressed=True) for point in range(1, 5)]
    figures.append(Figure("pct", item="tr_open", option="5", round="r5", value=">= 90 %", n=20))
    spread = readings.distributions(a_report(figures))[0].spreads[0]
    assert (spread.bound, spread.parts) == ("5", ())


# --- who trusts whom


def test_colours_of_the_matrix_follow_the_value_as_it_is_printed() -> None:
    found = readings.matrix(a_report())
    assert found is not None
    chart = charts.heat(found)
    assert chart.bounds == (2.0, 2.8, 3.3, 4.0)
    step = {(row.key, column.key): cell.step for row in chart.rows for column, cell in zip(found.columns, row.cells, strict=True)}
    assert [step[pair] for pair in (("communities", "firms"), ("communities", "police"), ("firms", "media"), ("police", "firms"))] == [
        1,
        2,
        3,
        4,
    ]


def test_ones_own_group_is_not_asked_and_a_hidden_row_is_one_hatched_cell() -> None:
    found = readings.matrix(a_report())
    assert found is not None
    rows = {row.key: row for row in charts.heat(found).rows}
    assert [cell.state for cell in rows["communities"].cells] == ["own", "shown", "shown", "hidden"]
    assert rows["media"].is_hidden
    assert rows["media"].answered is None


# --- the rest


def test_the_parts_of_the_recommendation_fill_the_bar() -> None:
    chart = charts.bars(readings.recommendations(a_report())[0])
    assert [(part.x, part.width) for part in chart[1].parts] == [(0, 17), (17, 36), (53, 47)]


def test_the_largest_difference_comes_first() -> None:
    found = readings.before_now(a_report())
    assert found is not None
    chart = charts.bells(found)
    assert [bell.pair.key for bell in chart] == ["ca_project", "ca_needs"]
    assert (chart[0].before, chart[0].now) == (32.9, 58.2)


def test_a_spark_shows_the_target_inside_its_frame() -> None:
    for goal in readings.goals(a_report()):
        drawn = charts.spark(goal)
        assert drawn is not None
        assert drawn.target_y is not None
        heights = [float(place.split(",")[1]) for place in (drawn.line + " " + drawn.band).split()]
        assert all(0 <= height <= 44 for height in [*heights, drawn.target_y])


def test_a_spark_without_a_value_is_not_drawn() -> None:
    goal = readings.goals(a_report([]))[0]
    assert charts.spark(goal) is None


def test_every_chart_but_the_matrix_has_its_table_with_as_many_cells_as_heads() -> None:
    for panel in panels.panels(a_report(), Speaker("es")):
        assert all((panel.heading, panel.about))
        if panel.kind != "heat":
            assert panel.table.rows
        assert {len(row) for row in panel.table.rows} <= {len(panel.table.head)}


def test_a_hidden_figure_is_hidden_in_the_table_as_well() -> None:
    figures = [
        replace(figure, value=None, low=None, high=None, n=None, suppressed=True) if figure.round == "r5" else figure
        for figure in trust_figures()
    ]
    panel = panels.panels(a_report(figures), Speaker("es"))[0]
    assert [cell.text for cell in panel.table.rows[-1][2:]] == ["no se muestra, para proteger a grupos pequeños"] * 4
    assert panel.table.rows[-1][1].text == "—"


def test_the_words_of_a_pair_are_those_of_its_question() -> None:
    report = a_report()
    parts = {
        "before": {"es": "Entiendo el canon.: Antes", "en": "I understand.: Before"},
        "now": {"es": "Entiendo el canon.: Ahora", "en": "I understand.: Now"},
    }
    for part, label in parts.items():
        report.items[f"ca_needs/{part}"] = replace(report.items[f"ca_needs/{part}"], label=label)
    found = readings.before_now(report)
    assert found is not None
    assert found.pairs[0].label == {"es": "Entiendo el canon", "en": "I understand"}
