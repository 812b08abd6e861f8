"""The codes of printed cards: all different, and a slip of the pen is found before anything is sent."""

from __future__ import annotations

import re
from itertools import pairwise, product
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from surveys import cards

CODES = [code.replace("-", "") for code in cards.make_stack(40)]


def test_a_stack_of_five_thousand_has_no_two_alike() -> None:
    stack = cards.make_stack(5000)
    assert len({cards.tidied_code(code) for code in stack}) == 5000
    assert all(cards.is_code(code) and re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}", code) for code in stack)


def test_a_stack_is_in_no_order_that_tells_when_a_card_was_drawn() -> None:
    stack = cards.make_stack(300)
    rising = sum(one < two for one, two in pairwise(stack))
    assert 100 < rising < 200
    assert stack != sorted(stack)


def test_every_single_wrong_character_is_found() -> None:
    wrong = [code[:at] + other + code[at + 1 :] for code in CODES for at in range(8) for other in cards.ALPHABET if other != code[at]]
    assert len(wrong) == len(CODES) * 8 * 31
    assert not [code for code in wrong if cards.is_code(code)]


def test_every_two_neighbours_that_changed_places_are_found() -> None:
    swapped = [code[:at] + code[at + 1] + code[at] + code[at + 2 :] for code in CODES for at in range(7) if code[at] != code[at + 1]]
    assert len(swapped) > 200
    assert not [code for code in swapped if cards.is_code(code)]


def test_a_missing_or_doubled_character_is_found() -> None:
    for code in CODES:
        assert not any(cards.is_code(code[:at] + code[at + 1 :]) for at in range(8))
        assert not any(cards.is_code(code[:at] + code[at] + code[at:]) for at in range(8))


def test_of_codes_made_up_one_in_thirty_two_passes() -> None:
    passing = sum(cards.is_code(CODES[0].replace("-", "")[:5] + "".join(rest)) for rest in product(cards.ALPHABET, repeat=3))
    assert passing == 32**3 / 32


@given(st.sampled_from(CODES), st.lists(st.sampled_from(["", " ", "-", "–", "  "]), min_size=8, max_size=8), st.booleans())
def test_how_a_code_is_typed_does_not_matter(code: str, between: list[str], looks_alike: bool) -> None:
    typed = "".join(letter + gap for letter, gap in zip(code.lower(), between, strict=True))
    typed = typed.replace("0", "o").replace("1", "l") if looks_alike else typed
    assert cards.tidied_code(typed).replace("-", "") == code
    assert cards.fault_of(typed) is None


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_a_blank_or_a_fault(typed: str) -> None:
    fault = cards.fault_of(typed)
    assert (fault is None) == (not typed.strip() or cards.is_code(typed))
    assert fault is None or typed not in str(fault.fault.values)


SCRIPT = (Path(cards.__file__).parent / "web" / "static" / "card.js").read_text(encoding="utf-8")


def test_the_script_of_the_page_knows_the_same_letters() -> None:
    assert f"'{cards.ALPHABET}'" in SCRIPT
    assert f"{cards._DIVISOR}" in SCRIPT
