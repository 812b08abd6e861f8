"""The item bank: bilingual instruments ready to use, as YAML beside this file."""

from __future__ import annotations

from functools import cache
from importlib import resources

from forms.bank.scoring import SCORING
from forms.codec import load
from forms.definition import FormDefinition
from forms.wording import Text

_NAMES = ("workshop_feedback", "trust", "trust_facets", "capacity", "capacity_vp", "follow_up", "interview")


def names() -> tuple[str, ...]:
    """The instruments of the bank."""
    return _NAMES


def text_of(name: str) -> str:
    """The file of an instrument, to begin a form of one's own from it; KeyError when there is none."""
    if name not in _NAMES:
        raise KeyError(name)
    return resources.files("forms.bank").joinpath(f"{name}.yaml").read_text(encoding="utf-8")


@cache
def instrument(name: str) -> FormDefinition:
    """An instrument, not yet bound to a programme; KeyError when there is none."""
    return load(text_of(name))


def scoring(name: str) -> Text:
    """How an instrument is scored, in words; KeyError when there is none."""
    return SCORING[name]
