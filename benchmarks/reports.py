"""Time and memory of a survey's report at 1,000, 10,000 and 100,000 responses, as a ratio to bare pandas on the same rows.

The demo's own closed responses are copied under new ids and people until there are enough of them.
"""

from __future__ import annotations

import json
import resource
import tempfile
import time
from datetime import UTC, datetime
from itertools import cycle, islice
from pathlib import Path
from uuid import uuid4

import pandas as pd
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from surveys import demo, reporting
from surveys.settings import load_settings
from surveys.storage import Response, Round, Survey
from surveys.storage.database import open_database

SIZES = (1_000, 10_000, 100_000)


def busiest_survey(session: Session) -> Survey:
    counts = select(Round.survey_id, func.count()).join(Response).group_by(Round.survey_id).order_by(func.count().desc())
    return session.get_one(Survey, session.scalars(counts.limit(1)).one())


def grow(session: Session, survey: Survey, size: int) -> None:
    rounds = [round_.id for round_ in survey.rounds if round_.closed_at]
    rows = [
        {column.name: getattr(row, column.name) for column in Response.__table__.columns}
        for row in session.scalars(select(Response).where(Response.round_id.in_(rounds), Response.snapshot.is_not(None)))
    ]
    more = [{**row, "id": uuid4(), "person": uuid4()} for row in islice(cycle(rows), max(0, size - len(rows)))]
    for start in range(0, len(more), 5_000):
        session.execute(insert(Response), more[start : start + 5_000])
    session.flush()


def bare(session: Session, survey: Survey) -> float:
    """Seconds that pandas needs to read the same documents and take one mean of each column by round and group."""
    began = time.perf_counter()
    rounds = [round_.id for round_ in survey.rounds]
    rows = session.execute(select(Response.round_id, Response.group_key, Response.answers).where(Response.round_id.in_(rounds))).all()
    frame = pd.DataFrame([{"round": str(row[0]), "group": row[1], **json.loads(json.dumps(row[2]))} for row in rows])
    frame.groupby(["round", "group"]).mean(numeric_only=True)
    return time.perf_counter() - began


def main() -> None:
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(str(Path(folder) / "data"))
        keys = Path(folder) / "keys"
        with open_database(settings, create=True).session() as session:
            demo.build(session, now.date(), keys)
            survey = busiest_survey(session)
            print(f"{'responses':>10}{'report s':>10}{'bare s':>9}{'ratio':>8}{'peak MB':>9}")
            for size in SIZES:
                grow(session, survey, size)
                session.expire_all()
                began = time.perf_counter()
                reporting.survey_report(session, survey, "coordinator", now.date())
                took, plain = time.perf_counter() - began, bare(session, survey)
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"{size:>10}{took:>10.2f}{plain:>9.2f}{took / plain:>8.1f}{peak:>9.0f}")
            session.rollback()


if __name__ == "__main__":
    main()
