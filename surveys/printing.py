"""Sheets of paper: a Typst template of ``surveys/prints`` and its data to a tagged PDF.

Typst weighs 34 MB and only those who print need it, so it is loaded by name at its first use.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

PRINTS = Path(__file__).parent / "prints"


def as_pdf(template: str, data: Mapping[str, Any], language: str, title: str) -> bytes:
    """The sheet ``prints/<template>.typ`` as PDF/UA-1, in ``language``, with ``data`` (what JSON can hold).

    The template reads its data with ``#import "base.typ": data``; nothing of it is ever read as markup. Fonts that the
    machine lacks are replaced by those that Typst brings.
    """
    given = {"data": json.dumps({**data, "language": language, "title": title}, ensure_ascii=False)}
    source = PRINTS / f"{template}.typ"
    return bytes(import_module("typst").compile(source, root=PRINTS, sys_inputs=given, pdf_standards="ua-1"))
