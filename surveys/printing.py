"""Sheets of paper: a Typst template of ``surveys/prints`` and its data to a tagged PDF.

Typst weighs 34 MB and only those who print need it, so it is loaded by name at its first use.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from surveys.errors import SignNotPrintable

PRINTS = Path(__file__).parent / "prints"
#: What Typst says of a sign that no font has.
_NO_FONT = re.compile(r'the text `"(?P<sign>.+?)"` could not be displayed')


def typst_language(code: str) -> str:
    """A language as Typst names it: two or three letters, without the region.

    >>> typst_language("pt-BR"), typst_language("quz")
    ('pt', 'quz')
    """
    return code.partition("-")[0]


def as_pdf(template: str, data: Mapping[str, Any], language: str, title: str) -> bytes:
    """The sheet ``prints/<template>.typ`` as PDF/UA-1, in ``language``, with ``data`` (what JSON can hold).

    The template reads its data with ``#import "base.typ": data``; nothing of it is ever read as markup. Fonts that the
    machine lacks are replaced by those that Typst brings. Raises SignNotPrintable where no font has a sign.
    """
    given = {"data": json.dumps({**data, "language": typst_language(language), "title": title}, ensure_ascii=False)}
    source = PRINTS / f"{template}.typ"
    typst = import_module("typst")
    try:
        return bytes(typst.compile(source, root=PRINTS, sys_inputs=given, pdf_standards="ua-1"))
    except typst.TypstError as fault:
        if sign := _NO_FONT.search(str(fault)):
            raise SignNotPrintable(sign["sign"]) from fault
        raise
