"""A form on paper: whatever is typed from a sheet is read as a page's answers are, and comes back as it was typed."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from forms.answers import read_answers, write_posted
from forms.definition import FormDefinition
from forms.paper import Typed, all_spaces, on_paper, posted_of, typed_of
from forms.questions.base import Space
from tests.forms.strategies import definitions

TODAY = date(2026, 7, 18)


def read(form: FormDefinition, typed: dict[str, str]) -> Any:
    return read_answers(on_paper(form), Typed(posted_of(on_paper(form), typed)), form.languages[0], TODAY)


def said_in(space: Space) -> st.SearchStrategy[str]:
    """Something that may be typed into a space, or nothing, or a slip of the finger."""
    numbers = [circle.number for circle in space.circles]
    return st.sampled_from(["", "n", "r", "1", "77", *numbers, " ".join(numbers[:2])])


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_what_is_valid_comes_back_as_it_was_typed(data: st.DataObject) -> None:
    """Typed again from what was kept, a sheet says the same: the second typing can be compared with the first."""
    form = data.draw(definitions())
    spaces = {space.name: space for _, space in all_spaces(form)}
    typed = {name: data.draw(said_in(space), label=name) for name, space in spaces.items()}
    sent = read(form, typed)
    kept = typed_of(on_paper(form), write_posted(on_paper(form), sent.answers))
    again = read(form, kept)
    if not sent.blocking:
        assert again.answers == sent.answers
        assert again.blocking == []


@given(definitions())
@settings(max_examples=60, deadline=None)
def test_paper_never_insists_save_on_a_consent(form: FormDefinition) -> None:
    kinds = {form.question(problem.place).kind for problem in read(form, {}).problems}  # type: ignore[union-attr]  # it is there
    assert kinds <= {"consent"}


@given(definitions())
@settings(max_examples=60, deadline=None)
def test_every_space_has_a_name_of_its_own(form: FormDefinition) -> None:
    names = [space.name for _, space in all_spaces(form)]
    assert len(names) == len(set(names))
