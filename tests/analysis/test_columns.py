"""What is let in at the door: every fault with its row, column and value."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.columns import FrameError, Group, Indicator, Plan, Round, Turn, check_frame

DAY = date(2026, 3, 1)
PLAN = Plan(
    "p",
    "s",
    {},
    ("es", "en"),
    (Round("r1", {}, DAY), Round("r2", {}, date(2026, 6, 1))),
    (Group("x", {}), Group("y", {})),
    {"x": 0.4, "y": 0.6},
)
KINDS = {"q": "scale", "u": "scale", "job": "choice", "yes": "flag", "first": "rank", "years": "number", "when": "day", "say": "text"}


def a_codebook() -> pd.DataFrame:
    rows = {
        key: {
            "question": key,
            "part": "",
            "kind": kind,
            "construct": "T" if kind == "scale" else "",
            "lo": 1.0 if kind == "scale" else None,
            "hi": 5.0 if kind == "scale" else None,
            "step": 1.0 if kind == "scale" else None,
            "reverse": False,
            "sensitive": False,
            "label": {},
            "labels": {"a": {}, "b": {}} if kind == "choice" else {},
        }
        for key, kind in KINDS.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def some_answers(**changes: list) -> pd.DataFrame:
    columns = {
        "response": ["i1", "i2"],
        "round": ["r1", "r2"],
        "date": [DAY, DAY],
        "group": ["x", None],
        "circle": ["core", None],
        "person": ["h1", None],
        "q": [1, 5],
        "u": [3, 2],
        "job": ["a", "b"],
        "yes": [1, 0],
        "first": [1, 2],
        "years": [2.5, 0],
        "when": ["2026-01-31", "2025-12-01"],
        "say": ["good", "bad"],
    }
    columns |= {f"{key}:why": [None, None] for key in KINDS} | changes
    return pd.DataFrame(columns, index=["i1", "i2"], dtype=object)


def found(**changes: list) -> list[tuple]:
    return [(fault.kind, fault.row, fault.column, fault.value) for fault in check_frame(some_answers(**changes), a_codebook(), PLAN)]


def test_frames_that_keep_the_contract_have_no_fault() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("q", 0),
        ("q", 6),
        ("q", 2.5),
        ("q", "4"),
        ("job", "c"),
        ("job", "A"),
        ("yes", 2),
        ("first", 0),
        ("first", 1.5),
        ("years", "two"),
        ("years", float("inf")),
        ("when", "31/01/2026"),
        ("say", 7),
    ],
)
def test_a_value_that_is_no_answer_is_named_with_its_row_and_column(column: str, value: object) -> None:
    good = some_answers()[column]["i1"]
    assert found(**{column: [good, value]}) == [("value_wrong", "i2", column, value)]


def test_a_value_and_a_reason_do_not_stand_together() -> None:
    assert found(**{"q:why": [None, "refused"]}) == [("reason_beside_value", "i2", "q:why", "refused")]


def test_a_missing_value_has_a_reason() -> None:
    assert [fault[:3] for fault in found(q=[1, None])] == [("reason_missing", "i2", "q:why")]
    assert found(q=[1, None], **{"q:why": [None, "blank"]}) == []
    assert found(q=[1, None], **{"q:why": [None, "lost"]}) == [("reason_unknown", "i2", "q:why", "lost")]


def test_a_response_is_there_once_and_in_a_round_of_the_plan() -> None:
    assert found(response=["i1", "i1"]) == [("value_repeated", "i2", "response", "i1")]
    assert found(round=["r1", "r9"]) == [("round_unknown", "i2", "round", "r9")]
    assert found(date=[DAY, "2026-03-01"]) == [("date_wrong", "i2", "date", "2026-03-01")]
    assert found(circle=["core", "inner"]) == [("circle_unknown", "i2", "circle", "inner")]
    assert found(group=["x", 3]) == [("group_wrong", "i2", "group", 3)]


def test_a_group_outside_the_plan_is_a_cell_of_its_own_and_no_fault() -> None:
    assert found(group=["x", "visitors"]) == []


def test_every_fault_is_told_at_once() -> None:
    faults = found(q=[9, 9], yes=[3, 0], round=["r1", None])
    assert len(faults) == 4


def test_a_missing_column_stops_the_look_at_cells() -> None:
    answers = some_answers(q=[9, 9]).drop(columns=["person", "u:why"])
    assert [(fault.kind, fault.column) for fault in check_frame(answers, a_codebook(), PLAN)] == [
        ("column_missing", "person"),
        ("column_missing", "u:why"),
    ]
    assert [fault.kind for fault in check_frame(some_answers(), a_codebook().drop(columns="kind"), PLAN)] == ["column_missing"]


def test_a_codebook_knows_its_kinds_and_one_scale_per_construct() -> None:
    book = a_codebook()
    book.loc["say", "kind"] = "song"
    book.loc["u", ["lo", "hi"]] = [5.0, 1.0]
    assert {(fault.kind, fault.row) for fault in check_frame(some_answers(), book, PLAN) if fault.frame == "codebook"} == {
        ("kind_unknown", "say"),
        ("scale_wrong", "u"),
        ("scales_differ", "T"),
    }


def test_a_plan_has_a_whole_mix_ordered_rounds_and_known_sources() -> None:
    wrong = replace(
        PLAN,
        mix={"x": 0.5, "z": 0.4},
        rounds=(PLAN.rounds[1], PLAN.rounds[0]),
        k=5,
        k_public=3,
        indicators=(
            Indicator("I1", {}, "construct", "T"),
            Indicator("I2", {}, "construct", "TRUST"),
            Indicator("I3", {}, "nps", "rec"),
            Indicator("I4", {}, "manual"),
        ),
    )
    faults = {(fault.kind, fault.row) for fault in check_frame(some_answers(), a_codebook(), wrong)}
    assert faults == {
        ("mix_group_unknown", "z"),
        ("mix_wrong", None),
        ("rounds_unordered", None),
        ("k_wrong", None),
        ("source_unknown", "I2"),
        ("source_unknown", "I3"),
    }


def test_a_turn_is_of_something_asked_in_a_round_that_is_there_and_stands_alone() -> None:
    first, second = (round_.key for round_ in PLAN.rounds[:2])
    turns = (Turn("q", second, "break"), Turn("construct:T", second, "note"), Turn("q", first, "comparable"))
    assert check_frame(some_answers(), a_codebook(), replace(PLAN, turns=turns)) == []
    wrong = (Turn("nowhere", second, "break"), Turn("q", "never", "note"), Turn("T", second, "note"), turns[0], turns[0])
    faults = [(fault.kind, fault.row) for fault in check_frame(some_answers(), a_codebook(), replace(PLAN, turns=wrong))]
    assert faults == [("turn_unknown", "nowhere"), ("turn_unknown", "q"), ("turn_unknown", "T"), ("turn_repeated", "q")]


def test_an_error_of_frames_tells_all_faults_at_once() -> None:
    error = FrameError(check_frame(some_answers(q=[9, 0]), a_codebook(), PLAN))
    assert [fault.value for fault in error.faults] == [9, 0]
    assert "row i1, column q" in str(error)


def test_typed_columns_are_as_good_as_plain_ones() -> None:
    answers = some_answers().astype({"q": "Int64", "u": "float64", "yes": "int8", "job": "str", "say": "str"})
    assert check_frame(answers, a_codebook(), PLAN) == []


def test_nobody_is_no_fault() -> None:
    assert check_frame(some_answers().iloc[:0], a_codebook(), PLAN) == []


def test_a_tenth_is_a_point_of_a_scale_by_tenths() -> None:
    book = a_codebook()
    book.loc["q", ["lo", "hi", "step"]] = book.loc["u", ["lo", "hi", "step"]] = [0.0, 1.0, 0.1]
    assert check_frame(some_answers(q=[0.3, 0.7], u=[0.1, 0.6]), book, PLAN) == []


def test_the_contract_itself_loads_no_pandas() -> None:
    code = "import sys, analysis.columns; raise SystemExit(any(m in sys.modules for m in ('pandas', 'numpy', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
