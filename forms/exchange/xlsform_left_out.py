"""What an XLSForm can have and a form has no room for, and what a person is told of it."""

from __future__ import annotations

from forms.messages import mark

_PERSON = mark("It would tell who answers, or where from: it is left out, and answers are never kept with it.")
_PLACE = mark("Places on a map have no room in a form: the question is left out.")
_FILE = mark("Files, pictures and recordings that people send have no room in a form: the question is left out.")
_ELSEWHERE = mark("Options kept in another file or sheet have no room in a form: the question is left out.")
_HIDDEN = mark("What is calculated or hidden has no room in a form: it is left out, and so are the conditions that read it.")
_MOMENT = mark("The time of day has no room in a form: the question is left out. A date has.")
_AUTOMATIC = mark("Tupuy keeps the day of an answer by itself and never its time: the row is left out.")

#: Types without a room.
TYPES: dict[str, str] = {
    **dict.fromkeys(
        ("deviceid", "subscriberid", "simserial", "imei", "phonenumber", "username", "email", "uri:deviceid", "uri:phonenumber"), _PERSON
    ),
    **dict.fromkeys(("uri:email", "uri:username", "uri:simserial", "uri:subscriberid", "ip", "referrer", "tel", "audit"), _PERSON),
    **dict.fromkeys(("geopoint", "geotrace", "geoshape", "osm"), _PLACE),
    **dict.fromkeys(("start-geopoint", "background-geopoint"), _PERSON),
    **dict.fromkeys(("image", "audio", "video", "file", "background-audio", "barcode"), _FILE),
    **dict.fromkeys(("select_one_external", "select_one_from_file", "select_multiple_from_file"), _ELSEWHERE),
    **dict.fromkeys(("csv-external", "xml-external"), _ELSEWHERE),
    **dict.fromkeys(("calculate", "hidden"), _HIDDEN),
    **dict.fromkeys(("time", "dateTime"), _MOMENT),
    **dict.fromkeys(("start", "end", "today"), _AUTOMATIC),
}
UNKNOWN_TYPE = mark("This type is not known: the row is left out.")

_MEDIA = mark("Pictures and video beside a question have no room in a form: they are left out.")
_RECORDING = mark("The file of this recording did not come along: send it together with the form, or add it on the page of recordings.")
_FILTER = mark("Lists that depend on an answer have no room in a form: all options are shown.")

#: Columns of a question without a room; each cell of them is told.
COLUMNS: dict[str, str] = {
    "default": mark("Nothing is answered beforehand in a form: the default is left out."),
    "calculation": _HIDDEN,
    "read_only": mark("Every question can be answered: “read only” is left out."),
    "choice_filter": _FILTER,
    "trigger": _HIDDEN,
    "repeat_count": mark("Repeats have no room in a form: the questions are asked once."),
    "required_message": mark("The words for a missing answer are the form's own: these are left out."),
    "media::image": _MEDIA,
    "media::big-image": _MEDIA,
    "media::video": _MEDIA,
    "media::audio": _RECORDING,
}
#: Columns that are taken.
TAKEN = frozenset(
    {
        "type",
        "name",
        "label",
        "hint",
        "guidance_hint",
        "relevant",
        "required",
        "constraint",
        "constraint_message",
        "appearance",
        "parameters",
    }
    | {"construct", "reverse", "kobo--matrix_list", "kobo--score-choices", "kobo--rank-items", "list_name", *COLUMNS}
)
#: Settings that are taken, or say nothing that could be lost.
SETTINGS = frozenset({"form_title", "form_id", "default_language", "version", "name", "id"})

#: Appearances that are heeded.
HEEDED = frozenset({"likert", "label", "list-nolabel", "table-list", "multiline"})
APPEARANCE = mark("Tupuy shows every question in its own way: the appearance is left out.")
PARAMETERS = mark("These parameters have no room in a form: they are left out.")
