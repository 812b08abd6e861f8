"""What tests of forms on paper need: a round with every kind of question, its sheets, and somebody who types."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from surveys import accounts, keying, papering
from surveys.keying import Desk
from surveys.storage import PaperBatch, PaperSheet, Round
from tests.records import NOW, SECRET
from tests.web.questionnaires import a_round, every_kind

#: A whole sheet of ``every_kind`` as it is typed: the numbers in the circles, words, and the own code.
TYPED = {
    "agree": "1",
    "came": "2",
    "why": "Llovió",
    "job": "2",
    "years": "12",
    "since": "18/7/2026",
    "fair": "4",
    "far": "7",
    "share": "55",
    "ca/before": "2",
    "ca/now": "4",
    "tr/mayor": "3",
    "tr/boss": "n",
    "help": "1 2",
    "best/water": "1",
    "best/jobs": "2",
    "wishes": "Más mapas",
    "wishes/quote": "1",
    "code/mother": "M",
    "code/father": "j",
    "code/town": "Ñ",
    "code/siblings": "2",
    "code/day": "14",
}


def a_paper_round(session: Session, **more: Any) -> Round:
    return a_round(session, every_kind(), **more)


def a_batch(session: Session, round_: Round | None = None, count: int = 1, **more: Any) -> PaperBatch:
    return papering.make_batch(session, round_ or a_paper_round(session), ["es"], count, NOW, **more)


def a_sheet(session: Session, **more: Any) -> PaperSheet:
    return a_batch(session, **more).sheets[0]


def a_desk(session: Session, keys: Path, who: str = "ana@example.org", **more: Any) -> Desk:
    return Desk(**{"person": accounts.ensure_person(session, who).id, "now": NOW, "secret": SECRET, "keys": keys, **more})


def enter(session: Session, sheet: PaperSheet, desk: Desk, entry_id: UUID | None = None, **changed: str) -> keying.Outcome:
    """Type a whole sheet, save for what is ``changed`` (a__b for a/b)."""
    typed = TYPED | {name.replace("__", "/"): said for name, said in changed.items()}
    return keying.enter_sheet(session, sheet, entry_id or uuid4(), typed, desk)
