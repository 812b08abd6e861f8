"""Records and their queries, one file per noun. ``frames.py`` is not imported here: it loads pandas."""

from surveys.storage.base import Record
from surveys.storage.events import AttendanceCount, Event
from surveys.storage.forms import (
    Decision,
    DraftRevision,
    Form,
    FormVersion,
    Trial,
    TrialResponse,
    all_forms,
    draft_at,
    find_form,
    find_trial,
    keep_draft,
)
from surveys.storage.instruments import Instrument, all_instruments
from surveys.storage.people import AnalystReading, Person, SignInLink, StaffSession
from surveys.storage.programmes import Group, Institution, Programme, all_programmes, find_programme
from surveys.storage.responses import Late, Response, Withdrawn, count_late, count_of_version, count_responses, in_steps
from surveys.storage.results import ExpectedResult, Indicator, StatedValue, StatusRecord
from surveys.storage.rounds import Round, RoundChange, Survey, find_round, find_survey, invited_as_shown
from surveys.storage.schedules import CalendarFeed, Prepared, Schedule, schedules_of

__all__ = [
    "AnalystReading",
    "AttendanceCount",
    "CalendarFeed",
    "Decision",
    "DraftRevision",
    "Event",
    "ExpectedResult",
    "Form",
    "FormVersion",
    "Group",
    "Indicator",
    "Institution",
    "Instrument",
    "Late",
    "Person",
    "Prepared",
    "Programme",
    "Record",
    "Response",
    "Round",
    "RoundChange",
    "Schedule",
    "SignInLink",
    "StaffSession",
    "StatedValue",
    "StatusRecord",
    "Survey",
    "Trial",
    "TrialResponse",
    "Withdrawn",
    "all_forms",
    "all_instruments",
    "all_programmes",
    "count_late",
    "count_of_version",
    "count_responses",
    "draft_at",
    "find_form",
    "find_programme",
    "find_round",
    "find_survey",
    "find_trial",
    "in_steps",
    "invited_as_shown",
    "keep_draft",
    "schedules_of",
]
