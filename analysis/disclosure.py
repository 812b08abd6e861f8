"""The one gate that every figure passes (privacy c.2 and c.3): what of a round may be shown, to whom, and how exactly.

For each round, ``decide`` settles what may be said of every measured thing (the forms handed in, each item, each
construct) in every cell of the closed list of cuts (D4): nothing, the mean and n, or the percentages as well. A figure
and everything that can be computed from it read the same verdict. Two passes: the rules (D1, D3, D7, D10), then the
exact audit of c.3, which knows only linear algebra: cells, the people in them, and what can be solved for. What the
audit finds is hidden too, until it finds nothing.

Three readings of the contract that the rules leave open:

* A cell of 5 to 9 people has no percentages (D7), so percentages are their own release with a smallest cell of 10, and
  a cell where 90 % or more chose one option counts as hidden in it: else the total gives both back.
* A construct and its items are one system: hiding exactly one of them in a cell hides nothing, so it is none or two.
* People without a group, where hidden, enter the fixed mix with the hidden groups: pooled apart, the fixed mix would
  tell the two pools, and so the few without a group, apart (D17: a fixed mix adds no equation).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from analysis.columns import Audience

TOTAL, GROUP = "total", "group"
LEAST = 5  # no programme goes lower (D1)
LEAST_PUBLIC = 10
SPREAD = 10  # fewer people have no percentages (D7)
EXACT_PERCENT = 20  # fewer people have percentages in steps of 10 (D7)
UNIFORM_SHARE = 0.9
MOST_SUBSETS, MOST_ATOMS = 200_000, 60  # beyond, cells of an optional cut are hidden (c.3)
TINY = 1e-7

Cell = tuple[str, str]  # cut and its value; "" is everyone of the total, and of a cut those outside its list


_Hidden = dict[str, set[Cell]]  # by the key of the thing


@dataclass(frozen=True)
class Cuts:
    """The people of one round, cut in every way that may be shown (D4).

    ``codes``: cut -> one number per person, the place of their cell in ``values[cut]``. Every cut has the cell "" for
    people who gave no value or one outside the list (D3). ``further`` cuts are shown at k = 10 only.
    """

    values: dict[str, tuple[str, ...]]
    codes: dict[str, np.ndarray]
    further: frozenset[str] = frozenset()

    @property
    def cells(self) -> tuple[Cell, ...]:
        return tuple((cut, value) for cut, values in self.values.items() for value in values)

    def mask(self, cell: Cell) -> np.ndarray:
        cut, value = cell
        return self.codes[cut] == self.values[cut].index(value)


def cuts_of(people: int, columns: Mapping[str, tuple[Sequence[str], Sequence[object]]], further: Collection[str] = ()) -> Cuts:
    """Cuts from columns: cut -> (its values in order, each person's value). The total is added.

    >>> found = cuts_of(3, {"group": (["a", "b"], ["a", None, "elsewhere"])})
    >>> found.values["group"], found.codes["group"].tolist()
    (('a', 'b', ''), [0, 2, 2])
    """
    values: dict[str, tuple[str, ...]] = {TOTAL: ("",)}
    codes = {TOTAL: np.zeros(people, dtype=int)}
    for cut, (known, given) in columns.items():
        place = {value: number for number, value in enumerate(known)}
        values[cut] = (*known, "")
        codes[cut] = np.array([place.get(str(value), len(known)) for value in given], dtype=int)
    return Cuts(values, codes, frozenset(further))


@dataclass(frozen=True)
class Thing:
    """Something measured in a round: ``answers`` holds one number per person (options as numbers), NaN for no answer.

    ``items`` of a construct; ``ranking``: the question whose options are ranked together; ``is_closed``: nothing of it is
    ever shown (trust in a group of too few members, D10);
    ``is_counted``: the forms handed in, which nobody can be unanimous about; ``is_sensitive``: shown from k = 10.
    """

    key: str
    answers: np.ndarray
    items: tuple[str, ...] = ()
    ranking: str = ""
    is_sensitive: bool = False
    is_closed: bool = False
    is_counted: bool = False


@dataclass(frozen=True)
class Verdict:
    """What may be said of one cell. ``n`` people have a valid answer.

    ``is_shown``: mean and n; ``has_spread``: percentages, top-2, recommendation index; ``has_n``: n may be printed (D9);
    ``top``: the one answer that 90 % or more gave (then ">= 90 %" and the mean to the nearest half), if n >= 10.
    """

    n: int
    is_shown: bool = True
    has_spread: bool = True
    has_n: bool = True
    top: float | None = None


@dataclass(frozen=True)
class Decision:
    """The verdicts of one thing in one round, and what they are about: how many people of each cell (``counts``) gave
    each of the answers that were given at all (``points``, ascending)."""

    verdicts: dict[Cell, Verdict]
    points: np.ndarray
    counts: dict[Cell, np.ndarray]

    def of(self, cut: str = TOTAL, value: str = "") -> Verdict:
        return self.verdicts[(cut, value)]

    def hidden(self, cut: str, spread: bool = False) -> frozenset[str]:
        """The values of a cut whose means (or exact percentages) are not shown although somebody answered."""
        return frozenset(
            value
            for (name, value), verdict in self.verdicts.items()
            if name == cut and verdict.n and not (verdict.has_spread and verdict.top is None if spread else verdict.is_shown)
        )


# --- the sizes and the unanimity of cells


class _Table:
    """How many people of each cell gave each answer: the size, unanimity and commonest answer of cells."""

    def __init__(self, thing: Thing, cuts: Cuts) -> None:
        self.thing, self.cuts = thing, cuts
        self.valid = ~np.isnan(thing.answers)
        given = thing.answers[self.valid]
        _points, first, place = np.unique(np.round(given, 9), return_index=True, return_inverse=True)
        self.points = given[first]
        self.counts: dict[Cell, np.ndarray] = {}
        width = max(len(self.points), 1)
        for cut, values in cuts.values.items():
            codes = cuts.codes[cut][self.valid]
            table = np.bincount(codes * width + place, minlength=len(values) * width).reshape(len(values), width)
            self.counts |= {(cut, value): table[row] for row, value in enumerate(values)}
        self.n = {cell: int(counted.sum()) for cell, counted in self.counts.items()}

    def is_uniform(self, cells: Iterable[Cell]) -> bool:
        """Fewer than 10 people of whom all, or all but one, gave the same answer (D7)."""
        if self.thing.is_counted:
            return False
        counted = sum((self.counts[cell] for cell in cells), np.zeros(1, dtype=int))
        n = int(counted.sum())
        return 0 < n < SPREAD and int(counted.max()) >= n - 1

    def top(self, cell: Cell) -> float | None:
        """The answer of 90 % or more of ten people or more (D7)."""
        counted, n = self.counts[cell], self.n[cell]
        if self.thing.is_counted or n < SPREAD or counted.max() < UNIFORM_SHARE * n - 1e-9:
            return None
        return float(self.points[int(counted.argmax())])

    def decided(self, verdicts: dict[Cell, Verdict]) -> Decision:
        return Decision(verdicts, self.points, self.counts)

    def of_cut(self, cut: str) -> list[Cell]:
        return [(cut, value) for value in self.cuts.values[cut]]


# --- the gate


@dataclass(frozen=True)
class Gate:
    """Who looks, and the smallest group they may see (D1): ``k`` inside, ``k_public`` outside and where sensitive."""

    audience: Audience
    k: int = LEAST
    k_public: int = LEAST_PUBLIC

    def __post_init__(self) -> None:
        if self.k < LEAST or self.k_public < max(LEAST_PUBLIC, self.k):
            raise ValueError(f"a programme may raise k, never lower it: {self.k} inside, {self.k_public} outside")

    @property
    def is_open(self) -> bool:
        """The analyst's view: everything, at full precision."""
        return self.audience == "analyst"

    @property
    def least(self) -> int:
        """The smallest group of whoever looks."""
        return self.k_public if self.audience == "public" else self.k

    def least_of(self, is_sensitive: bool) -> int:
        """The smallest group that they may see of something asked, sensitive or not."""
        return self.k_public if is_sensitive else self.least

    def decide(self, things: Sequence[Thing], cuts: Cuts) -> dict[str, Decision]:
        """The verdict of every thing of one round in every cell. The first thing counts the forms handed in.

        What is hidden of the forms is hidden of every thing; what is hidden inside is hidden outside.
        """
        tables = {thing.key: _Table(thing, cuts) for thing in things}
        if self.is_open:
            return {key: table.decided({cell: Verdict(n) for cell, n in table.n.items()}) for key, table in tables.items()}
        hidden, spread = self._settled(things, tables, cuts, self.k, ({}, {}))
        if self.audience == "public":
            hidden, spread = self._settled(things, tables, cuts, self.k_public, (hidden, spread))
        parents = {item: thing.key for thing in things for item in thing.items}
        return {
            key: table.decided(
                {
                    cell: self._verdict(cell, table, hidden[key], spread[key], tables[parents[key]] if key in parents else None)
                    for cell in table.n
                }
            )
            for key, table in tables.items()
        }

    def _settled(
        self, things: Sequence[Thing], tables: Mapping[str, _Table], cuts: Cuts, k: int, before: tuple[_Hidden, _Hidden]
    ) -> tuple[_Hidden, _Hidden]:
        """The cells hidden at k, and those without percentages; what was hidden ``before`` stays so."""
        levels = {thing.key: (self.k_public if thing.is_sensitive else k, self.k_public) for thing in things}
        hidden = _settle(things, tables, cuts, levels, before[0])
        least = (max(SPREAD, k), max(SPREAD, self.k_public))
        spread = {key: _without_spread(table, hidden[key] | before[1].get(key, set()), least) for key, table in tables.items()}
        return hidden, spread

    def _verdict(self, cell: Cell, table: _Table, hidden: set[Cell], spread: set[Cell], parent: _Table | None) -> Verdict:
        n = table.n[cell]
        apart = 0 if parent is None else abs(parent.n[cell] - n)
        k = self.least_of(table.thing.is_sensitive)
        return Verdict(n, cell not in hidden, cell not in spread, not 1 <= apart < k, table.top(cell))


# --- the first pass: rules


def _settle(
    things: Sequence[Thing],
    tables: Mapping[str, _Table],
    cuts: Cuts,
    levels: Mapping[str, tuple[int, int]],
    before: Mapping[str, set[Cell]],
) -> _Hidden:
    """The hidden cells of every thing: by the rules, then family by family until the audit finds nothing."""
    forms = things[0]
    hidden = {forms.key: _by_rule(tables[forms.key], levels[forms.key], before.get(forms.key, set()))}
    _audit_family([forms.key], tables, cuts, levels, hidden)
    for thing in things[1:]:
        hidden[thing.key] = _by_rule(tables[thing.key], levels[thing.key], before.get(thing.key, set()) | hidden[forms.key])
    _link_rankings(things[1:], tables, levels, hidden)
    for family in _families(things[1:]):
        _audit_family(family, tables, cuts, levels, hidden)
    return hidden


def _link_rankings(things: Sequence[Thing], tables: Mapping[str, _Table], levels: Mapping[str, tuple[int, int]], hidden: _Hidden) -> None:
    """The ranks that a person gives add up to the same: where one option is hidden in a cell, hide another too."""
    for question in dict.fromkeys(thing.ranking for thing in things if thing.ranking):
        options = [thing.key for thing in things if thing.ranking == question]
        while _link(options, tables, hidden):
            for key in options:
                hidden[key] = _complete(tables[key], levels[key], hidden[key])


def _families(things: Sequence[Thing]) -> list[list[str]]:
    """A construct with its items; every other thing alone."""
    known = {thing.key for thing in things}
    families = [[thing.key, *(item for item in thing.items if item in known)] for thing in things if thing.items]
    inside = {key for family in families for key in family}
    return families + [[thing.key] for thing in things if thing.key not in inside]


def _by_rule(table: _Table, level: tuple[int, int], before: Collection[Cell]) -> set[Cell]:
    """Cells that are too small, unanimous (D1, D7) or closed (D10), with those that complement them (D3)."""
    if table.thing.is_closed:
        return set(table.n)
    hidden = set(before)
    for cell, n in table.n.items():
        if n < _least(cell[0], table, level) or table.is_uniform([cell]):
            hidden.add(cell)
    return _complete(table, level, hidden)


def _least(cut: str, table: _Table, level: tuple[int, int]) -> int:
    return level[1] if cut in table.cuts.further else level[0]


def _complete(table: _Table, level: tuple[int, int], hidden: set[Cell]) -> set[Cell]:
    """Complement the hidden cells of every cut (D3). Without a total nothing of the thing is shown."""
    if (TOTAL, "") in hidden:
        return set(table.n)
    for cut in table.cuts.values:
        if cut != TOTAL:
            hidden |= _complement(table, cut, _least(cut, table, level), hidden)
    return hidden


def _complement(table: _Table, cut: str, k: int, hidden: Collection[Cell], must: bool = False) -> set[Cell]:
    """Cells to hide so that the hidden ones of a cut hold k people or more in two cells or more (D3).

    ``must``: the total itself is not told exactly, so that the cells may not add up to it either.
    """
    cells = [cell for cell in table.of_cut(cut) if table.n[cell]]
    secret = [cell for cell in cells if cell in hidden]
    added: set[Cell] = set()
    while (secret or must) and not _is_covered(table, secret, k):
        shown = [cell for cell in cells if cell not in secret]
        if not shown:
            break
        smallest = min(reversed(shown), key=lambda cell: table.n[cell])
        secret.append(smallest)
        added.add(smallest)
    return added


def _is_covered(table: _Table, secret: Sequence[Cell], k: int) -> bool:
    return len(secret) >= 2 and sum(table.n[cell] for cell in secret) >= k and not table.is_uniform(secret)


def _without_spread(table: _Table, hidden: Collection[Cell], level: tuple[int, int]) -> set[Cell]:
    """The cells without percentages: hidden ones, those under 10 people, and what complements them (D7)."""
    secret = set(hidden) | {cell for cell, n in table.n.items() if n < _least(cell[0], table, level)}
    bound = {cell for cell in table.n if cell not in secret and table.top(cell) is not None}
    must = (TOTAL, "") in bound
    if (TOTAL, "") in secret:
        return set(table.n)
    while True:
        for cut in table.cuts.values:
            if cut != TOTAL:
                secret |= _complement(table, cut, _least(cut, table, level), secret | bound, must)
        leak = _leak(
            [table], [secret | bound], table.cuts, level[0], [(0, cell) for cell in bound if cell[0] != TOTAL], tuple(table.cuts.values)
        )
        if leak is None:
            return secret
        secret.add(leak[1])


# --- the second pass: the exact audit (c.3)


def _audit_family(
    family: Sequence[str], tables: Mapping[str, _Table], cuts: Cuts, levels: Mapping[str, tuple[int, int]], hidden: dict[str, set[Cell]]
) -> None:
    """Hide more of a construct and its items until nothing can be solved for fewer than k people."""
    own = [tables[key] for key in family]
    while True:
        while _link(family, tables, hidden):
            for key in family:
                hidden[key] = _complete(tables[key], levels[key], hidden[key])
        leak = _find_leak(own, [hidden[key] for key in family], cuts, levels[family[0]])
        if leak is None:
            return
        key = family[leak[0]]
        hidden[key] = _complete(tables[key], levels[key], hidden[key] | {leak[1]})


def _find_leak(own: Sequence[_Table], hidden: Sequence[set[Cell]], cuts: Cuts, level: tuple[int, int]) -> tuple[int, Cell] | None:
    """The whole closed list at k, then the further cuts at their own k. Unanimous cells are protected whatever their size."""
    uniform = [
        (number, cell) for number, table in enumerate(own) for cell in hidden[number] if cell[0] != TOTAL and table.is_uniform([cell])
    ]
    leak = _leak(own, hidden, cuts, level[0], uniform, tuple(cuts.values))
    if leak is None and cuts.further and level[1] > level[0]:
        return _leak(own, hidden, cuts, level[1], (), (TOTAL, *(cut for cut in cuts.values if cut in cuts.further)))
    return leak


def _lone(family: Sequence[str], tables: Mapping[str, _Table], hidden: Mapping[str, set[Cell]], cell: Cell) -> str | None:
    """The only hidden member of a family in a cell, if it is the only one: the others would give it back."""
    there = [key for key in family if tables[key].n[cell]]
    secret = [key for key in there if cell in hidden[key]]
    return secret[0] if len(secret) == 1 and len(there) > 1 else None


def _link(family: Sequence[str], tables: Mapping[str, _Table], hidden: dict[str, set[Cell]]) -> bool:
    """Where one member of a construct's family is hidden in a cell, hide the item with the fewest answers too.

    Beside an item that is closed it is the construct: its other items say nothing of it. Returns whether anything was.
    """
    found = False
    for cell in tables[family[0]].n if len(family) > 1 else ():
        lone = _lone(family, tables, hidden, cell)
        if lone is None:
            continue
        others = [key for key in family[1:] if key != lone and tables[key].n[cell] and not tables[lone].thing.is_closed] or [family[0]]
        hidden[min(reversed(others), key=lambda key: tables[key].n[cell])].add(cell)
        found = True
    return found


def _leak(
    own: Sequence[_Table],
    hidden: Sequence[Collection[Cell]],
    cuts: Cuts,
    k: int,
    protected: Sequence[tuple[int, Cell]],
    names: tuple[str, ...],
) -> tuple[int, Cell] | None:
    """What to hide next, as (place of the thing, cell), because fewer than k people can be solved for; None if none.

    ``own``: the construct first, then its items; or one thing. Unknowns are the sums of each item over the people that
    no cut tells apart (atoms); equations are the shown cells; a construct's sum is the mean of its items' sums.
    ``protected`` cells (unanimous ones) may not be solved for either, whatever their size.
    """
    split = [cut for cut in names if cut != TOTAL and sum(own[0].n[cell] > 0 for cell in own[0].of_cut(cut)) > 1]
    if len(own) == 1 and len(split) < 2:
        return None  # one partition: complementing it (D3) is enough
    system = _System(own, hidden, cuts, names, k)
    if not system.rows:
        return None
    for number, cell in protected:
        if cell[0] in names and system.solves(system.indicator(number, cell)):
            return system.weakest(system.indicator(number, cell))
    for number in range(len(own)):
        found = system.small_set(number, k)
        if found is not None:
            return system.weakest(found) if found.size else system.optional()
    return _leak_by_pattern(own, hidden, cuts, k, names)


def _leak_by_pattern(
    own: Sequence[_Table], hidden: Sequence[Collection[Cell]], cuts: Cuts, k: int, names: tuple[str, ...]
) -> tuple[int, Cell] | None:
    """The same for someone who also knows who left which item blank, where k people or more did and n is printed (D9)."""
    apart = [abs(own[0].n[cell] - table.n[cell]) for table in own[1:] for cell in own[0].n]
    if not any(difference >= k for difference in apart):
        return None
    codes = np.column_stack([*(cuts.codes[cut] for cut in names), *(table.valid for table in own)])
    alike = np.unique(codes[own[0].valid], axis=0, return_counts=True)[1]
    if (alike < k).sum() > MOST_ATOMS:
        return None  # too many ways of leaving items blank for anyone to know them all
    system = _System(own, hidden, cuts, names, k, by_pattern=True)
    for number in range(len(own)) if system.rows else ():
        found = system.small_set(number, k)
        if found is not None and found.size:
            return system.weakest(found)
    return None


class _System:
    """The shown cells of a family as linear equations in the sums of its atoms.

    ``sizes`` members x atoms counts the people with a valid answer; a construct's sum in an atom is the mean of the sums
    of the items that were asked there (``there``). ``by_pattern`` tells people apart by the items they answered, too, and
    leaves out the means whose n is kept back (D9).
    """

    def __init__(
        self,
        own: Sequence[_Table],
        hidden: Sequence[Collection[Cell]],
        cuts: Cuts,
        names: tuple[str, ...],
        k: int,
        by_pattern: bool = False,
    ) -> None:
        codes = np.column_stack([*(cuts.codes[cut] for cut in names), *(table.valid for table in own if by_pattern)])
        atoms, place = np.unique(codes, axis=0, return_inverse=True)
        self.own, self.names = own, names
        self.sizes = np.stack([np.bincount(place.ravel()[table.valid], minlength=len(atoms)) for table in own])
        groups = atoms[:, names.index(GROUP)] if GROUP in names else np.zeros(len(atoms), dtype=int)
        self.there = (self.sizes > 0).astype(float) if by_pattern else self._asked(groups, k)
        self.inside = {
            (cut, value): (atoms[:, column] == code).astype(float)
            for column, cut in enumerate(names)
            for code, value in enumerate(cuts.values[cut])
        }
        self.rows = [
            (number, cell)
            for number, table in enumerate(own)
            for cell in self.inside
            if cell not in hidden[number] and table.n[cell] and not (by_pattern and 1 <= abs(own[0].n[cell] - table.n[cell]) < k)
        ]
        self.matrix = np.stack([self.indicator(*row) for row in self.rows]) if self.rows else np.zeros((0, 0))
        self.known = _row_space(self.matrix.tobytes(), self.matrix.shape[1]) if self.rows else self.matrix

    def _asked(self, groups: np.ndarray, k: int) -> np.ndarray:
        """Members x atoms: 1 unless a group of k people or more gave no answer at all, not having been asked (one's own group).

        Single blanks are taken as answered: who left one is not known (D9), and more equations only hide more.
        """
        of_group = np.stack([np.bincount(groups, sizes)[groups] for sizes in self.sizes])
        blank = (self.sizes[0] > 0) & ((of_group > 0) | (of_group[0] < k))
        blank[0] = False
        return ((self.sizes > 0) | blank).astype(float)

    def indicator(self, number: int, cell: Cell) -> np.ndarray:
        """The sum of a thing over a cell as a row over (item, atom)."""
        return self._row(number, self.inside[cell])

    def _row(self, number: int, people: np.ndarray) -> np.ndarray:
        there = self.there
        if len(self.own) == 1:
            return people * there[0]
        items = there[1:]
        if number:
            return (np.eye(len(items))[number - 1][:, None] * (people * there[number])).ravel()
        return (items / np.maximum(items.sum(axis=0), 1.0) * (people * there[0])).ravel()

    def solves(self, wanted: np.ndarray) -> bool:
        """Whether the equations determine a row."""
        return bool(wanted.any()) and bool(np.abs(self._open(wanted)).max(initial=0.0) < TINY)

    def _open(self, rows: np.ndarray) -> np.ndarray:
        """What of some rows the equations leave open."""
        return rows - (rows @ self.known.T) @ self.known

    def small_set(self, number: int, k: int) -> np.ndarray | None:
        """Fewer than k people whose sum can be solved for, as a row; None if none; empty when too many sets had to be tried."""
        small = np.flatnonzero((self.sizes[number] > 0) & (self.sizes[number] < k))
        if not small.size:
            return None
        rows = np.stack([self._row(number, np.eye(self.sizes.shape[1])[atom]) for atom in small])
        chosen = _without_shadow(self._open(rows) @ _directions(rows.shape[1]), self.sizes[number, small], k)
        return None if chosen is None else rows[chosen].sum(axis=0) if chosen else np.zeros(0)

    def weakest(self, wanted: np.ndarray) -> tuple[int, Cell]:
        """The cell to hide among those that solve for ``wanted``: of the most optional cut, an item's, the smallest."""
        shares = np.linalg.lstsq(self.matrix.T, wanted, rcond=None)[0]
        return self._least([row for row, share in zip(self.rows, shares, strict=True) if abs(share) > 1e-6])

    def optional(self) -> tuple[int, Cell]:
        """The smallest cell shown of the most optional cut."""
        return self._least(self.rows)

    def _least(self, rows: Sequence[tuple[int, Cell]]) -> tuple[int, Cell]:
        alone = len(self.own) > 1
        return min(rows, key=lambda row: (-self.names.index(row[1][0]), row[0] == 0 and alone, self.own[row[0]].n[row[1]]))


@lru_cache(maxsize=512)
def _row_space(rows: bytes, columns: int) -> np.ndarray:
    """An orthonormal base of what the equations determine, one row each. Rounds and constructs often share a system."""
    matrix = np.frombuffer(rows).reshape(-1, columns)
    _left, strength, right = np.linalg.svd(matrix, full_matrices=False)
    return right[: int((strength > 1e-9 * max(strength.max(initial=0.0), 1.0)).sum())]


@lru_cache(maxsize=256)
def _directions(size: int) -> np.ndarray:
    """Two fixed random directions: sets of atoms are told apart by their shadows."""
    return np.random.default_rng(2026).standard_normal((size, 2))


def _without_shadow(shadows: np.ndarray, sizes: np.ndarray, k: int) -> list[int] | None:
    """Places of atoms with fewer than k people whose shadows add up to nothing; None if none; [] when too many to try."""
    if len(sizes) > MOST_ATOMS:
        return []
    sums, people, chosen = np.zeros((1, 2)), np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    for place, size in enumerate(sizes):
        fits = people + size < k
        more, bits = sums[fits] + shadows[place], chosen[fits] | np.int64(1 << place)
        flat = np.flatnonzero(np.abs(more).max(axis=1) < TINY)
        if flat.size:
            return [bit for bit in range(len(sizes)) if int(bits[flat[0]]) >> bit & 1]
        sums, chosen = np.concatenate([sums, more]), np.concatenate([chosen, bits])
        people = np.concatenate([people, people[fits] + size])
        if len(sums) > MOST_SUBSETS:
            return []
    return None
