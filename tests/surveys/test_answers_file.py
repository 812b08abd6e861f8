"""A row of a file of answers says what a page would have sent, whatever the kind of question."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from forms.definition import RESERVED
from surveys.answers_file import Asked
from tests.forms.factories import TODAY, sent_to
from tests.forms.test_answers import CONTROLS, EVERY_KIND, TYPED


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(CONTROLS), st.lists(TYPED, max_size=2), max_size=12))
def test_what_a_page_sends_and_what_a_file_says_are_stored_alike(sent_values: dict[str, list[str]]) -> None:
    sent = sent_to(EVERY_KIND, **{name.replace("/", "__"): values for name, values in sent_values.items()})
    if sent.blocking:
        return
    asked = Asked(EVERY_KIND)
    reserved = {name: sent.answers[name] for name in RESERVED if name in sent.answers}
    read = dict(reserved)
    for key in asked.columns:
        read |= asked.read(
            key, f"~{why}" if (why := sent.answers.get(f"{key}:why")) in ("unknown", "refused") else str(sent.answers.get(key, ""))
        )
    stored = asked.without_hidden(asked.complete(read))
    assert asked.problems(stored, TODAY) == []
    assert {key: value for key, value in stored.items() if key not in reserved} == {
        key: value for key, value in sent.answers.items() if key.removesuffix(":why") not in RESERVED
    }
