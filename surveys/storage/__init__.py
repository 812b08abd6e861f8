"""Records and their queries, one file per noun. ``frames.py`` is not imported here: it loads pandas."""

from surveys.storage.base import Record
from surveys.storage.events import Event
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
from surveys.storage.invitations import (
    Delivery,
    Invitation,
    InvitationList,
    Mailing,
    OptOut,
    deliveries_of,
    invitations_of,
    known_invitees,
    mailings_of,
)
from surveys.storage.people import AnalystReading, Person, SignInLink, StaffSession
from surveys.storage.programmes import Group, Institution, Programme, all_programmes, find_programme
from surveys.storage.promises import LEVELS, Level, PersonalAnswer, PersonalLink, Promise
from surveys.storage.publications import (
    PublishedResults,
    ResultsPlan,
    all_published,
    find_results_plan,
    latest_results,
    who_published,
)
from surveys.storage.responses import Response, Withdrawn, count_late, count_of_version, count_responses, in_steps
from surveys.storage.results import ExpectedResult, Indicator, StatedValue, StatusRecord
from surveys.storage.rounds import Round, Survey, find_round, find_survey

__all__ = [
    "LEVELS",
    "AnalystReading",
    "Decision",
    "Delivery",
    "DraftRevision",
    "Event",
    "ExpectedResult",
    "Form",
    "FormVersion",
    "Group",
    "Indicator",
    "Institution",
    "Instrument",
    "Invitation",
    "InvitationList",
    "Level",
    "Mailing",
    "OptOut",
    "Person",
    "PersonalAnswer",
    "PersonalLink",
    "Programme",
    "Promise",
    "PublishedResults",
    "Record",
    "Response",
    "ResultsPlan",
    "Round",
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
    "all_published",
    "count_late",
    "count_of_version",
    "count_responses",
    "deliveries_of",
    "draft_at",
    "find_form",
    "find_programme",
    "find_results_plan",
    "find_round",
    "find_survey",
    "find_trial",
    "in_steps",
    "invitations_of",
    "keep_draft",
    "known_invitees",
    "latest_results",
    "mailings_of",
    "who_published",
]
