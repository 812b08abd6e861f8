"""The many names that XLSForm gives the same thing, folded at the door."""

from __future__ import annotations

import re
import unicodedata

#: What languages are called in headings, by their code. The first name is the one that is written.
LANGUAGES: dict[str, tuple[str, ...]] = {
    "es": ("Español", "Spanish", "Castellano", "Espanol", "Espagnol", "Espanhol"),
    "en": ("English", "Inglés", "Ingles", "Anglais", "Inglês"),
    "qu": ("Runasimi", "Quechua", "Kichwa", "Qhichwa", "Quichua"),
    "quz": ("Quechua Cusco", "Quechua cusqueño", "Cusco Quechua", "Qusqu Runasimi"),
    "quy": ("Quechua Chanka", "Quechua ayacuchano", "Ayacucho Quechua", "Chanka"),
    "ay": ("Aymara", "Aimara", "Aymar aru"),
    "pt": ("Português", "Portuguese", "Portugués", "Portugues", "Portugais"),
    "fr": ("Français", "French", "Francés", "Francais", "Frances"),
    "ar": ("العربية", "Arabic", "Árabe", "Arabe"),
    "he": ("עברית", "Hebrew", "Hebreo"),
    "de": ("Deutsch", "German", "Alemán"),
    "it": ("Italiano", "Italian"),
    "sw": ("Kiswahili", "Swahili"),
    "hi": ("हिन्दी", "Hindi"),
    "ne": ("नेपाली", "Nepali"),
    "id": ("Bahasa Indonesia", "Indonesian", "Bahasa"),
    "cni": ("Asháninka", "Ashaninka"),
    "agr": ("Awajún", "Awajun", "Aguaruna"),
    "shp": ("Shipibo-Konibo", "Shipibo"),
}

#: Headings of the sheets, folded: what they are called here.
COLUMNS: dict[str, str] = {
    "list name": "list_name",
    "listname": "list_name",
    "list": "list_name",
    "value": "name",
    "caption": "label",
    "text": "label",
    "relevance": "relevant",
    "bind:relevant": "relevant",
    "bind::relevant": "relevant",
    "skip": "relevant",
    "bind:required": "required",
    "bind::required": "required",
    "bind:constraint": "constraint",
    "bind::constraint": "constraint",
    "constraint message": "constraint_message",
    "constraintmsg": "constraint_message",
    "bind:jr:constraintmsg": "constraint_message",
    "bind::jr:constraintmsg": "constraint_message",
    "required message": "required_message",
    "bind:jr:requiredmsg": "required_message",
    "bind::jr:requiredmsg": "required_message",
    "bind:calculate": "calculation",
    "bind::calculate": "calculation",
    "calculate": "calculation",
    "control:appearance": "appearance",
    "body::appearance": "appearance",
    "bind:readonly": "read_only",
    "bind::readonly": "read_only",
    "read only": "read_only",
    "readonly": "read_only",
    "guidance hint": "guidance_hint",
    "choice filter": "choice_filter",
    "repeat count": "repeat_count",
    "parameter": "parameters",
    "title": "form_title",
    "form title": "form_title",
    "set form title": "form_title",
    "id_string": "form_id",
    "form id": "form_id",
    "set form id": "form_id",
    "default language": "default_language",
    "image": "media::image",
    "audio": "media::audio",
    "video": "media::video",
    "big-image": "media::big-image",
    "media:image": "media::image",
    "media:audio": "media::audio",
    "media:video": "media::video",
    "tupuy::construct": "construct",
    "tupuy::reverse": "reverse",
}
#: Only choices have a column "value" and "text"; only settings have a "title".
_ONLY_IN = {"value": "choices", "text": "choices", "list": "choices", "title": "settings"}

#: Columns that hold words in several languages.
SPOKEN = ("label", "hint", "guidance_hint", "constraint_message", "required_message", "form_title")

#: Types, folded: what they are called here.
TYPES: dict[str, str] = {
    "string": "text",
    "textarea": "multiline",
    "multiline text": "multiline",
    "int": "integer",
    "number": "integer",
    "select one": "select_one",
    "select1": "select_one",
    "select one from": "select_one",
    "select_one from": "select_one",
    "select all that apply": "select_multiple",
    "select all that apply from": "select_multiple",
    "select multiple": "select_multiple",
    "select multiple from": "select_multiple",
    "select": "select_multiple",
    "add select one prompt using": "select_one",
    "add select multiple prompt using": "select_multiple",
    "odk:rank": "rank",
    "trigger": "acknowledge",
    "acknowledgement": "acknowledge",
    "datetime": "dateTime",
    "photo": "image",
    "picture": "image",
    "gps": "geopoint",
    "location": "geopoint",
    "phone number": "phonenumber",
    "get phone number": "phonenumber",
    "device id": "deviceid",
    "get device id": "deviceid",
    "get start time": "start",
    "get end time": "end",
    "get today": "today",
    "start time": "start",
    "end time": "end",
    "begin group": "begin_group",
    "end group": "end_group",
    "begin repeat": "begin_repeat",
    "end repeat": "end_repeat",
    "begin looped group": "begin_repeat",
    "begin kobomatrix": "begin_kobomatrix",
    "end kobomatrix": "end_kobomatrix",
    "begin score": "begin_score",
    "end score": "end_score",
    "begin rank": "begin_rank",
    "end rank": "end_rank",
    "score__row": "score_row",
    "rank__level": "rank_level",
}
SELECTS = ("select_one", "select_multiple", "rank")
_LISTED = re.compile(
    r"(?P<type>add select one prompt using|add select multiple prompt using|select all that apply from|select all that apply|"
    r"select[_ ]one[_ ]external|select[_ ]one[_ ]from[_ ]file|select[_ ]multiple[_ ]from[_ ]file|"
    r"select[_ ]one(?: from)?|select[_ ]multiple(?: from)?|select1|select|odk:rank|rank)\s+(?P<list>\S+)(?P<rest>.*)",
    re.IGNORECASE,
)
_CODE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_IN_BRACKETS = re.compile(r"\(\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*\)\s*$")


def plain(words: str) -> str:
    """Words as headings and names are compared: no case, no accents, single spaces.

    >>> plain("  Español  (ES) ")
    'espanol (es)'
    """
    apart = unicodedata.normalize("NFKD", words.replace("\u00a0", " ")).casefold()
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())


_CODE_OF = {plain(name): code for code, names in LANGUAGES.items() for name in names}


def language_code(name: str) -> str | None:
    """The code of a language as headings name it; None when it is not known.

    >>> language_code("Español (es)"), language_code("Quechua"), language_code("pt_BR"), language_code("Klingon")
    ('es', 'qu', 'pt-BR', None)
    """
    bracketed = _IN_BRACKETS.search(name)
    said = (bracketed[1] if bracketed else name).strip().replace("_", "-")
    head, _, tail = said.partition("-")
    code = head.casefold() + (f"-{tail}" if tail else "")
    if bracketed or (len(head) <= 3 and _CODE.fullmatch(code)):
        return code if _CODE.fullmatch(code) else None
    return _CODE_OF.get(plain(name))


def language_name(code: str) -> str:
    """A language as headings are written.

    >>> language_name("es"), language_name("xx")
    ('Español (es)', 'xx (xx)')
    """
    return f"{LANGUAGES.get(code, (code,))[0]} ({code})"


def column(heading: str, sheet: str) -> tuple[str, str]:
    """What a heading is called here, and the language it names, as written there ('' for none).

    >>> column("label::Español (es)", "survey"), column("Label:es", "survey"), column("List Name", "choices"), column("value", "survey")
    (('label', 'Español (es)'), ('label', 'es'), ('list_name', ''), ('value', ''))
    """
    said = " ".join(heading.replace("\u00a0", " ").split())
    folded = said.casefold()
    if folded in COLUMNS and _ONLY_IN.get(folded, sheet) == sheet:
        return COLUMNS[folded], ""
    prefix = next((one for one in ("bind::jr:", "bind:jr:", "media::", "media:", "tupuy::") if folded.startswith(one)), "")
    name, colon, language = said[len(prefix) :].partition("::" if "::" in said[len(prefix) :] else ":")
    whole = prefix + name.strip().casefold()
    name = COLUMNS.get(whole, whole) if _ONLY_IN.get(whole, sheet) == sheet else whole
    is_spoken = name in SPOKEN or name.startswith(("media::", "tupuy::"))
    if colon and is_spoken:
        return name, language.strip()
    return folded if colon else name, ""


def question_type(cell: str) -> tuple[str, str, bool]:
    """What a type is called here, the name of its list, and whether it has "other".

    >>> question_type("select one from yes_no or_other"), question_type("Begin Group"), question_type("select_multiple a or specify other")
    (('select_one', 'yes_no', True), ('begin_group', '', False), ('select_multiple', 'a', True))
    """
    said = " ".join(cell.replace("\u00a0", " ").split())
    folded = said.casefold()
    if folded in TYPES:
        return TYPES[folded], "", False
    found = _LISTED.fullmatch(said)
    if found:
        type_ = TYPES.get(found["type"].casefold().replace("_", " "), found["type"].casefold().replace(" ", "_"))
        rest = plain(found["rest"])
        return type_, found["list"], rest in ("or_other", "or other", "or specify other")
    head, _, tail = said.partition(" ")
    known = TYPES.get(head.casefold(), head.casefold())
    if known in ("begin_kobomatrix", "begin_score", "begin_rank", "range", "osm", "score_row", "rank_level"):
        return known, tail.strip(), False
    return TYPES.get(folded.replace("_", " "), folded if known != "dateTime" else known), "", False
