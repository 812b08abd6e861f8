"""The file format as JSON Schema 2020-12, made from the kinds of questions themselves: ``python -m forms.schema``.

It tells an editor what may stand where. ``forms.check`` knows more: names that are not there, conditions, constructs.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from forms import codec
from forms.check import CONSTRUCT, NAME, VALUE
from forms.questions import TYPES
from forms.questions.base import QuestionType, SettingField

Schema = dict[str, Any]

ADDRESS = "https://tupuy.example/form.schema.json"

_SETTING: dict[str, Schema] = {
    "flag": {"$ref": "#/$defs/flag"},
    "whole": {"type": "integer"},
    "number": {"type": "number"},
    "day": {"type": "string", "format": "date"},
    "text": {"type": "string"},
    "words": {"$ref": "#/$defs/text"},
}

#: What each key of a question is, by name; kinds narrow this down.
_DESCRIBED = {
    "name": "The question's own name: its column in files of answers. Kept for ever once published.",
    "kind": "What kind of question it is.",
    "label": "The question itself.",
    "hint": "Help below the question.",
    "message": "Own words when the answer is not valid.",
    "interviewer_note": "Read by whoever interviews; never shown to who answers.",
    "required": "yes: must be answered or refused; soft: asks once more; no: may be left blank.",
    "show_if": "The condition under which it is asked.",
    "construct": "What it measures together with other items of the same scale.",
    "reverse": "A high answer means little of the construct.",
    "unknown": "Offers “I do not know”.",
    "refuse": "Offers “I prefer not to answer”.",
    "sensitive": "Shown for ten people or more only, everywhere.",
    "scale": "One of the form's scales.",
    "choices": "The options, in order.",
    "rows": "The rows, in order.",
    "of_groups": "The options or rows are the programme's stakeholder groups.",
    "shuffle": "Options or rows in an order of their own for each person.",
}


def document_schema() -> Schema:
    """The schema of a form's file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": "Tupuy form",
        "description": "A form of Tupuy, in YAML or JSON. docs/forms.md explains it.",
        "type": "object",
        "required": ["name", "title", "languages", "sections"],
        "additionalProperties": False,
        "properties": _form(),
        "$defs": _parts() | {f"question_{type_.kind}": _question(type_) for type_ in TYPES},
    }


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "required": list(required), "additionalProperties": False, "properties": properties}


def _keyed(part: str, key: str) -> Schema:
    """Parts written as ``name: part`` or as a list."""
    return {"oneOf": [{"type": "object", "additionalProperties": _ref(part)}, {"type": "array", "items": _ref(f"{part}_of_list")}]}


def _form() -> Schema:
    languages = {"type": "array", "minItems": 1, "uniqueItems": True, "items": _ref("language")}
    found: Schema = {
        "name": _ref("name"),
        "title": _ref("text"),
        "languages": {"oneOf": [languages, _ref("language")], "description": "The base language first."},
        "intro": _ref("text"),
        "minutes": {"type": "integer", "minimum": 0, "maximum": 600},
        "source": {"type": "string"},
        "licence": {"type": "string"},
        "words": {"type": "object", "additionalProperties": _ref("text"), "description": "What {places} in the texts say."},
        "defaults": _object({key: _property(key) for key in codec.DEFAULT_KEYS}),
        "scales": _keyed("scale", "name"),
        "sections": {"type": "array", "minItems": 1, "items": _ref("section")},
    }
    return {key: found[key] for key in codec.FORM_KEYS}


def _parts() -> Schema:
    scale = {"lo": {"type": "integer"}, "hi": {"type": "integer"}, "step": {"type": "integer", "minimum": 1}, "labels": _labels()}
    choice = {key: _property(key) for key in codec.CHOICE_KEYS if key != "value"}
    row = {key: _property(key) for key in codec.ROW_KEYS if key != "value"}
    value = {"value": {"type": ["string", "integer"], "pattern": _whole(VALUE.pattern)}}
    kinds = [_ref(f"question_{type_.kind}") for type_ in TYPES]
    section = {
        "name": _ref("name"),
        "title": _ref("text"),
        "questions": {"type": "array", "minItems": 1, "items": _ref("question")},
    }
    return {
        "name": {"type": "string", "pattern": _whole(NAME.pattern)},
        "language": {"type": "string", "pattern": _whole(codec.LANGUAGE.pattern)},
        "flag": {"enum": [True, False, "yes", "no", "true", "false", "on", "off"]},
        "text": {
            "description": "The same words per language; plain words are in the base language.",
            "oneOf": [
                {"type": ["string", "number"]},
                {
                    "type": "object",
                    "minProperties": 1,
                    "propertyNames": _ref("language"),
                    "additionalProperties": {"type": ["string", "number", "null"]},
                },
            ],
        },
        "scale": _object(scale, "lo", "hi"),
        "scale_of_list": _object({"name": _ref("name")} | scale, "name", "lo", "hi"),
        "choice": {"anyOf": [_ref("text"), _object(choice, "label")]},
        "choice_of_list": {"anyOf": [{"type": ["string", "integer"]}, _object(value | choice, "value")]},
        "row": {"anyOf": [_ref("text"), _object(row, "label")]},
        "row_of_list": {"anyOf": [{"type": ["string", "integer"]}, _object(value | row, "value")]},
        "section": _object(section, "questions"),
        "question": {"oneOf": kinds},
    }


def _whole(pattern: str) -> str:
    return f"^(?:{pattern})$"


def _labels() -> Schema:
    return {"type": "object", "propertyNames": {"pattern": _whole(codec.POINT.pattern)}, "additionalProperties": _ref("text")}


def _property(key: str) -> Schema:
    """A key that a question, choice or row may have."""
    if key in codec.FLAGS or key == "exclusive":
        part: Schema = _ref("flag")
    elif key in codec.TEXTS:
        part = _ref("text")
    else:
        others: dict[str, Schema] = {
            "required": {"enum": ["yes", "soft", "no", True, False]},
            "construct": {"type": "string", "pattern": _whole(CONSTRUCT.pattern)},
            "show_if": {"type": "string"},
            "name": _ref("name"),
            "scale": _ref("name"),
            "choices": _keyed("choice", "value"),
            "rows": _keyed("row", "value"),
        }
        part = others[key]
    return {"description": _DESCRIBED[key]} | part if key in _DESCRIBED else part


def _keys_of(type_: QuestionType) -> list[str]:
    """The keys that mean something in a question of this kind."""
    keys = ["name", "label", "hint", "interviewer_note", "show_if"]
    if type_.asks:
        keys += ["message", "sensitive"] + (["required"] if type_.may_require else [])
    keys += ["unknown", "refuse"] if type_.may_skip else []
    keys += ["construct"] if type_.may_measure else []
    return [*keys, *type_.may_have, *type_.needs]


def _question(type_: QuestionType) -> Schema:
    keys = set(_keys_of(type_))
    properties: Schema = {"name": _property("name"), "kind": {"const": type_.kind, "description": type_.name}}
    properties |= {key: _property(key) for key in codec.QUESTION_KEYS if key in keys and key != "name"}
    properties |= {setting.name: _setting(setting) for setting in type_.settings}
    needed = ["scale"] if "scale" in type_.needs else []
    schema = _object(properties, "name", "kind", "label", *needed)
    listed = next((key for key in ("choices", "rows") if key in type_.needs), "")
    if listed:
        schema["anyOf"] = [{"required": [listed]}, {"required": ["of_groups"]}]
    return schema


def _setting(setting: SettingField) -> Schema:
    return _SETTING[setting.kind] | {"description": setting.label} | ({} if setting.default is None else {"default": setting.default})


def as_text() -> str:
    """The schema as it stands in ``docs/form.schema.json``."""
    return json.dumps(document_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())
