"""Geometry of the charts: positions in per cent (horizontal) and in steps of a drawing (vertical), from readings.

A template draws what is here as SVG whose text keeps its size while its shapes stretch (visual.md 5): horizontal
positions are per cents of the width, vertical ones pixels of a fixed height, and lines lie in a nested drawing of
100 by 100 without a kept ratio. Nothing here knows a language, a colour or a number that disclosure did not pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from analysis.columns import Words
from analysis.readings import BeforeNow, Distribution, Goal, Matrix, Pair, Reading, Recommendation, Spread, Trend, Turned, last_segment

#: A part of a bar bears its number from this many per cent (visual.md 5.7).
INSIDE_FROM = 9.0
#: The left and right margin of a time axis, per cent of the width.
LEFT, RIGHT = 8.0, 95.0


@dataclass(frozen=True)
class Mark:
    """A point of a chart: per cent from the left, per cent from the top, and the reading it stands for."""

    x: float
    y: float
    reading: Reading


@dataclass(frozen=True)
class Grid:
    """A hairline with its label: the value, and where it lies in per cent from the top."""

    y: float
    value: float


@dataclass(frozen=True)
class Lines:
    """A series: its marks, and per unbroken run the path of its line and of its band (in the 100 by 100 drawing)."""

    marks: tuple[Mark, ...]
    line: str
    band: str


@dataclass(frozen=True)
class Tick:
    """A day on the time axis; ``hidden`` marks a round whose value is not shown. ``room`` says where its words fit
    without touching those of the next: everywhere, on a wide page only, or nowhere."""

    x: float
    on: date
    n: int | None = None
    hidden: bool = False
    is_round: bool = True
    room: str = "everywhere"


@dataclass(frozen=True)
class TurnMark:
    """Where the question changed: a break stands between two rounds, another change at its own. ``is_low``: its words
    stand near the foot of the drawing, where the lines leave room; ``is_left``: to the left of it."""

    x: float
    turned: Turned
    is_low: bool
    is_left: bool

    @property
    def is_break(self) -> bool:
        return self.turned.kind == "break"


@dataclass(frozen=True)
class TrendChart:
    adjusted: Lines
    raw: Lines
    grid: tuple[Grid, ...]
    ticks: tuple[Tick, ...]
    target: float | None  # the value
    target_y: float | None
    due_x: float | None
    gaps: tuple[float, ...]  # left edges of rounds that are hidden, hatched
    is_same: bool  # adjusted and raw end on the same printed number: the ghost needs no words
    turns: tuple[TurnMark, ...] = ()


@dataclass(frozen=True)
class Part:
    """A piece of a bar: ``step`` 1 to 5 of the scale's colours, position and width in per cent, its share."""

    point: str
    label: Words
    step: int
    x: float
    width: float
    pct: float

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)

    @property
    def has_room(self) -> bool:
        return self.pct >= INSIDE_FROM


@dataclass(frozen=True)
class LikertRow:
    spread: Spread
    parts: tuple[Part, ...]
    zero: float
    negative: float
    positive: float
    left: float  # where the bar begins
    right: float  # where it ends
    middle: float | None  # the share of the middle answer
    middle_width: float


@dataclass(frozen=True)
class Likert:
    rows: tuple[LikertRow, ...]
    zero: float
    steps: dict[str, int]  # the colour of each point


@dataclass(frozen=True)
class HeatCell:
    """``state``: shown, own (not asked), hidden, empty; ``step`` 1 to 5 where shown."""

    state: str
    reading: Reading
    step: int = 0


@dataclass(frozen=True)
class HeatRow:
    key: str
    label: Words
    answered: int | None
    cells: tuple[HeatCell, ...]

    @property
    def is_hidden(self) -> bool:
        """All that was asked of this group is hidden: one hatched cell for the whole row."""
        asked = [cell for cell in self.cells if cell.state != "own"]
        return bool(asked) and all(cell.state == "hidden" for cell in asked)


@dataclass(frozen=True)
class Heat:
    rows: tuple[HeatRow, ...]
    bounds: tuple[float, ...]  # the four values that part the five colours

    @property
    def is_shown(self) -> bool:
        """Whether any cell has a colour that needs a key."""
        return any(cell.state == "shown" for row in self.rows for cell in row.cells)


@dataclass(frozen=True)
class Bell:
    """A dumbbell: before and now in per cent of the width; texts stand apart to the left and right of them."""

    pair: Pair
    before: float | None
    now: float | None


@dataclass(frozen=True)
class Bar:
    """The three parts of a recommendation index, or none where they are not shown."""

    reading: Reading
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Spark:
    """A small trend, 150 by 44: points of a polyline, of its band, the target's height, the last point."""

    line: str
    band: str
    target_y: float | None
    last: tuple[float, float] | None


# --- time and scale


def _across(on: date, first: date, last: date) -> float:
    """A day's place in per cent: proportional in time between the margins; a single day lies at the left."""
    days = (last - first).days
    return round(LEFT + (RIGHT - LEFT) * ((on - first).days / days if days else 0), 2)


def _down(value: float, lo: float, hi: float) -> float:
    """A value's height in per cent from the top, kept inside the scale."""
    share = (value - lo) / (hi - lo) if hi > lo else 0.5
    return round(100 * (1 - min(1.0, max(0.0, share))), 2)


def grid_values(lo: float, hi: float) -> list[float]:
    """At most five values of the whole scale, ends included.

    >>> grid_values(1, 5), grid_values(0, 10), grid_values(0, 100)
    ([1.0, 2.0, 3.0, 4.0, 5.0], [0.0, 5.0, 10.0], [0.0, 25.0, 50.0, 75.0, 100.0])
    """
    reach = hi - lo
    parts = next((parts for parts in (4, 3, 2) if reach >= parts and float(reach / parts).is_integer()), 1 if reach < 4 else 2)
    return [lo + reach * part / parts for part in range(parts + 1)]


# --- trend


def trend_chart(trend: Trend) -> TrendChart | None:
    """Adjusted and raw over time, to the target's due date; None where no round has a day or a value."""
    days = [point.on for point in (*trend.adjusted, *trend.raw) if point.on]
    if not days or not trend.shown:
        return None
    due = trend.goal.due_on if trend.goal else None
    first, last = min(days), max([*days, *([due] if due else [])])
    target = trend.goal.target if trend.goal and trend.goal.target_kind == "level" and trend.goal.unit == "points" else None
    ticks = _ticks(trend, first, last)
    adjusted, raw = _lines(trend.adjusted, trend, first, last), _lines(trend.raw, trend, first, last)
    return TrendChart(
        adjusted=adjusted,
        raw=raw,
        grid=tuple(Grid(_down(value, trend.lo, trend.hi), value) for value in grid_values(trend.lo, trend.hi)),
        ticks=ticks,
        target=target,
        target_y=None if target is None else _down(target, trend.lo, trend.hi),
        due_x=_across(due, first, last) if due else None,
        gaps=tuple(tick.x for tick in ticks if tick.hidden),
        is_same=_ends_alike(trend),
        turns=tuple(_turn_mark(turned, trend, (*adjusted.marks, *raw.marks), first, last) for turned in trend.turns),
    )


def _turn_mark(turned: Turned, trend: Trend, marks: Sequence[Mark], first: date, last: date) -> TurnMark:
    """A break half way between its round and the one before; its words away from the points that stand beside it."""
    x = _across(turned.on, first, last)
    before = [mark.reading.on for mark in marks if mark.reading.on and mark.reading.on < turned.on]
    if turned.kind == "break" and before:
        x = round((x + _across(max(before), first, last)) / 2, 2)
    beside = sorted(marks, key=lambda mark: abs(mark.x - x))[:4]
    return TurnMark(x, turned, sum(mark.y for mark in beside) < 50 * len(beside), x > 50)


def _ends_alike(trend: Trend) -> bool:
    ends = [next((point for point in reversed(points) if point.value is not None), None) for points in (trend.adjusted, trend.raw)]
    printed = {(end.round, round(end.value or 0, 1)) for end in ends if end}
    return len(printed) == 1 and None not in ends


def _lines(points: Sequence[Reading], trend: Trend, first: date, last: date) -> Lines:
    marks = [
        Mark(_across(point.on, first, last), _down(point.value, trend.lo, trend.hi), point)
        if point.on and point.value is not None
        else None
        for point in points
    ]
    runs = list(_runs(marks))
    line = "".join(_path([(mark.x, mark.y) for mark in run]) for run in runs)
    return Lines(tuple(mark for mark in marks if mark), line, "".join(_band(run, trend) for run in runs))


def _runs(marks: Iterable[Mark | None]) -> Iterable[list[Mark]]:
    """Unbroken runs: a round without a figure breaks the line, and so does a new segment; neither is bridged."""
    run: list[Mark] = []
    for mark in marks:
        if run and (mark is None or mark.reading.segment != run[-1].reading.segment):
            yield run
            run = []
        if mark is not None:
            run.append(mark)
    if run:
        yield run


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def _band(run: Sequence[Mark], trend: Trend) -> str:
    ends = [(mark.x, mark.reading.low, mark.reading.high) for mark in run if mark.reading.has_interval]
    if not ends:
        return ""
    upper = [(x, _down(high or 0, trend.lo, trend.hi)) for x, _, high in ends]
    lower = [(x, _down(low or 0, trend.lo, trend.hi)) for x, low, _ in reversed(ends)]
    if len(ends) == 1:  # a single round: a narrow upright band
        x = ends[0][0]
        upper, lower = [(x - 0.6, upper[0][1]), (x + 0.6, upper[0][1])], [(x + 0.6, lower[0][1]), (x - 0.6, lower[0][1])]
    return _path([*upper, *lower]) + "Z"


def _ticks(trend: Trend, first: date, last: date) -> tuple[Tick, ...]:
    main = {point.round: point for point in trend.main}
    points = [main.get(point.round, point) for point in (trend.raw or trend.adjusted)]
    ticks = [Tick(_across(point.on, first, last), point.on, point.n, point.hidden) for point in points if point.on]
    due = trend.goal.due_on if trend.goal else None
    if due and all(abs(_across(due, first, last) - tick.x) > 6 for tick in ticks):
        ticks.append(Tick(_across(due, first, last), due, is_round=False))
    return tuple(_with_room(ticks))


def _with_room(ticks: Sequence[Tick]) -> list[Tick]:
    """The first and the last round always speak; between them whoever stands 13 % apart, and 6 % on a wide page."""
    rounds = [tick for tick in ticks if tick.is_round]
    kept = {"everywhere": 13.0, "wide": 6.0}
    said: dict[str, list[Tick]] = {
        room: [tick for tick in ticks if tick in (rounds[-1:] + rounds[:1]) or not tick.is_round] for room in kept
    }
    for room, apart in kept.items():
        for tick in reversed(ticks):
            if tick not in said[room] and all(abs(tick.x - other.x) >= apart for other in said[room]):
                said[room].append(tick)
    rooms = {tick.x: next((room for room in kept if tick in said[room]), "nowhere") for tick in ticks}
    return [replace(tick, room=rooms[tick.x]) for tick in ticks]


# --- how the answers are spread


def steps(points: Sequence[str]) -> dict[str, int]:
    """The colour step of each point, 1 to 5: ends strongest, an odd scale's middle 3, seven points and more in bands.

    >>> steps(["1", "2", "3", "4", "5"])
    {'1': 1, '2': 2, '3': 3, '4': 4, '5': 5}
    >>> steps(["0", "1"]), steps(["1", "2", "3", "4"])
    ({'0': 1, '1': 5}, {'1': 1, '2': 2, '3': 4, '4': 5})
    """
    half = len(points) // 2
    found = {}
    for place, point in enumerate(points):
        if len(points) % 2 and place == half:
            found[point] = 3
        elif place < half:
            found[point] = 1 if place < (half + 1) // 2 else 2
        else:
            found[point] = 5 if len(points) - 1 - place < (half + 1) // 2 else 4
    return found


def likert(distribution: Distribution) -> Likert:
    """Negatives left and positives right of one zero, the middle apart; most positive first, hidden rows last."""
    negative = max((spread.share(distribution.negative) for spread in distribution.spreads), default=0)
    positive = max((spread.share(distribution.positive) for spread in distribution.spreads), default=0)
    room = negative + positive or 1  # sums stand outside the drawing
    zero = round(100 * negative / room, 2)
    shown = sorted((s for s in distribution.spreads if s.parts), key=lambda s: (s.reverse, -s.share(distribution.positive)))
    rows = [_likert_row(spread, distribution, zero, room) for spread in (*shown, *(s for s in distribution.spreads if not s.parts))]
    return Likert(tuple(rows), zero, steps([point for point, _ in distribution.points]))


def _likert_row(spread: Spread, distribution: Distribution, zero: float, room: float) -> LikertRow:
    colour = steps([point for point, _ in distribution.points])
    pct = {point: (label, share) for point, label, share in spread.parts}
    at = left = zero - 100 * spread.share(distribution.negative) / room
    parts = []
    for point in (*distribution.negative, *distribution.positive):
        if spread.parts and point in pct:
            width = 100 * pct[point][1] / room
            parts.append(Part(point, pct[point][0], colour[point], round(at, 2), round(width, 2), pct[point][1]))
            at += width
    middle = pct[distribution.middle][1] if distribution.middle in pct and distribution.middle else None
    return LikertRow(
        spread=spread,
        parts=tuple(part for part in parts if part.pct > 0),
        zero=zero,
        negative=spread.share(distribution.negative),
        positive=spread.share(distribution.positive),
        left=round(left, 2),
        right=round(at, 2),
        middle=middle,
        middle_width=round(min(60.0, middle), 2) if middle is not None else 0,
    )


# --- who trusts whom


def heat(matrix: Matrix) -> Heat:
    """The table of who trusts whom: rows answer, columns are trusted, the diagonal is not asked."""
    reach = matrix.hi - matrix.lo
    bounds = tuple(round(matrix.lo + reach * share, 2) for share in (0.25, 0.45, 0.575, 0.75))
    rows = []
    for group in matrix.groups:
        cells = tuple(_heat_cell(matrix, group.key, column.key, bounds) for column in matrix.columns)
        row = HeatRow(group.key, group.label, matrix.answered.get(group.key), cells)
        rows.append(HeatRow(group.key, group.label, None, cells) if row.is_hidden else row)
    return Heat(tuple(rows), bounds)


def _heat_cell(matrix: Matrix, row: str, column: str, bounds: Sequence[float]) -> HeatCell:
    if row == column:
        return HeatCell("own", Reading())
    reading = matrix.cells.get((row, column))
    if reading is None or (reading.value is None and not reading.hidden):
        return HeatCell("empty", Reading())
    if reading.value is None:
        return HeatCell("hidden", reading)
    shown = round(reading.value, 1)
    return HeatCell("shown", reading, 1 + sum(shown >= bound for bound in bounds))


# --- before and now, recommendation


def bells(found: BeforeNow) -> tuple[Bell, ...]:
    """Largest difference first; rows that are not shown last."""

    def across(reading: Reading) -> float | None:
        return None if reading.value is None else round(3 + 92 * (100 - _down(reading.value, found.lo, found.hi)) / 100, 2)

    rows = [Bell(pair, across(pair.before), across(pair.now)) for pair in found.pairs]
    return tuple(sorted(rows, key=lambda bell: -(bell.now - bell.before) if bell.now is not None and bell.before is not None else 1000))


def bars(found: Recommendation) -> tuple[Bar, ...]:
    return tuple(Bar(reading, _three(parts) if parts else ()) for reading, parts in found.rounds)


def _three(shares: tuple[float, float, float]) -> tuple[Part, ...]:
    total = sum(shares) or 100
    at, found = 0.0, []
    for step, share in zip((1, 3, 5), shares, strict=True):
        found.append(Part(str(step), {}, step, round(at, 2), round(100 * share / total, 2), share))
        at += 100 * share / total
    return tuple(part for part in found if part.pct > 0)


# --- spark


def spark(goal: Goal) -> Spark | None:
    """A line of 150 by 44 over the rounds of the last segment, on the scale of what is shown and of the target; None
    without a value."""
    shown = [point for point in last_segment(goal.series) if point.on]
    if not shown:
        return None
    lo, hi = _reach(goal, shown)
    first, last = min(p.on for p in shown if p.on), max(p.on for p in shown if p.on)
    days = (last - first).days or 1

    def place(on: date | None, value: float | None) -> tuple[float, float]:
        across = 142.0 if last == first or on is None else 4 + 138 * (on - first).days / days
        return round(across, 1), round(4 + 36 * _down(value or 0, lo, hi) / 100, 1)

    line = [place(point.on, point.value) for point in shown]
    ends = [point for point in shown if point.has_interval]
    band = [*(place(p.on, p.high) for p in ends), *(place(p.on, p.low) for p in reversed(ends))] if len(ends) > 1 else []
    target = place(None, goal.target)[1] if goal.target is not None and goal.target_kind == "level" else None
    return Spark(_points(line), _points(band), target, line[-1])


def _reach(goal: Goal, shown: Sequence[Reading]) -> tuple[float, float]:
    """What is drawn with a little air, but never less than two fifths of the scale, so that noise stays small."""
    known = [end for point in shown for end in (point.value, point.low, point.high) if end is not None]
    if goal.target is not None and goal.target_kind == "level":
        known.append(goal.target)
    lo, hi = min(known), max(known)
    least = 0.4 * (goal.hi - goal.lo) or max(abs(lo), abs(hi), 1.0)
    air = max(0.06 * (hi - lo), (least - (hi - lo)) / 2)
    return lo - air, hi + air


def _points(places: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in places)
