"""Past answers from a CSV file: read, checked cell by cell, stored once, and their rounds closed (docs/answers-csv.md).

``prepare`` reads and checks without changing anything; ``store`` writes what was found valid; ``import_answers`` does
both. No value is ever changed: what the form does not know is rejected and told, never clipped or rounded.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from forms.answers import drop_hidden
from forms.messages import Message, Say, mark, mark_many
from forms.questions import columns as columns_of
from forms.questions import type_of
from forms.questions.base import Answers, CellError, Column
from surveys import authoring, linking, sealing
from surveys.csv_table import Table, read_table
from surveys.errors import ProblemsFound
from surveys.reporting import record_statuses
from surveys.settings import Settings
from surveys.storage import FormVersion, Response, Round, Survey, Withdrawn
